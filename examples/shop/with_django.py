"""The shop behind Django, in one file: pip install django, then python examples/shop/with_django.py"""

from __future__ import annotations

import secrets
from typing import cast
from wsgiref.simple_server import make_server
from wsgiref.types import WSGIApplication

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from shop import PORT, Answer, Shop, fields_of, from_environment

__all__ = ["application"]


def application(shop: Shop) -> WSGIApplication:
    """The WSGI application. It is made once, for there is one set of settings in a process."""

    def cxml(request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            return respond(shop.handle(request.body, request.META.get("CONTENT_TYPE")))
        return respond(shop.ping())

    def visit(request: HttpRequest, key: str) -> HttpResponse:
        if request.method == "POST":
            return respond(shop.leave(key, fields_of(request.body)))
        return respond(shop.enter(key))

    # No CsrfViewMiddleware: a procurement system has no token, and the key of a visit is as hard to guess as one.
    settings.configure(
        ALLOWED_HOSTS=["*"],
        DATA_UPLOAD_MAX_MEMORY_SIZE=None,
        MIDDLEWARE=[],
        ROOT_URLCONF=(path("punchout", cxml), path("orders", cxml), path("shop/<key>", visit)),
        SECRET_KEY=secrets.token_urlsafe(32),
    )
    return cast(WSGIApplication, get_wsgi_application())


def respond(answer: Answer) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.http_status, headers=answer.headers)


if __name__ == "__main__":
    app = application(from_environment())
    with make_server("127.0.0.1", PORT, app) as server:
        print(f"The shop takes setup requests at http://127.0.0.1:{PORT}/punchout", flush=True)
        server.serve_forever()
