"""The shop behind Django, in one file: pip install django, then python examples/shop/with_django.py"""

from __future__ import annotations

import secrets
from typing import cast
from wsgiref.simple_server import make_server
from wsgiref.types import WSGIApplication

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from http_bodies import whole_bodies
from http_servers import WSGIRequests, WSGIThreads
from shop import PORT, Shop, from_environment

__all__ = ["application"]


def application(shop: Shop) -> WSGIApplication:
    """The WSGI application. It is made once, for there is one set of settings in a process."""

    def view(request: HttpRequest, key: str = "") -> HttpResponse:
        kind = request.META.get("CONTENT_TYPE")
        answer = shop.serve(request.method or "", request.path, request.body, kind)
        content = b"" if request.method == "HEAD" else answer.body
        return HttpResponse(content, status=answer.http_status, headers=answer.headers)

    # No CsrfViewMiddleware: a procurement system has no token, and the key of a visit is as hard to guess as one.
    settings.configure(
        ALLOWED_HOSTS=["*"],
        DATA_UPLOAD_MAX_MEMORY_SIZE=None,
        # No XFrameOptionsMiddleware either: procurement systems show shops in frames, and the pages say who may.
        MIDDLEWARE=["django.middleware.security.SecurityMiddleware"],
        ROOT_URLCONF=(path("punchout", view), path("orders", view), path("shop/<key>", view), re_path("", view)),
        SECRET_KEY=secrets.token_urlsafe(32),
        SECURE_CROSS_ORIGIN_OPENER_POLICY=None,  # the page that opened the shop waits for it to come back
    )
    # Django reads a body by its Content-Length, whatever serves it, and nothing of one that comes in chunks.
    return whole_bodies(cast(WSGIApplication, get_wsgi_application()), shop.unread)


if __name__ == "__main__":
    app = application(from_environment())
    with make_server("127.0.0.1", PORT, app, WSGIThreads, WSGIRequests) as server:
        print(f"The shop takes setup requests at http://127.0.0.1:{PORT}/punchout", flush=True)
        server.serve_forever()
