"""The shop behind Flask: pip install flask, then python examples/shop/with_flask.py"""

from __future__ import annotations

from flask import Flask, Response, request
from http_bodies import BadBody, fields_of, whole_bodies
from http_servers import PatientRequests
from shop import PORT, SAFE_HEADERS, Answer, Shop, from_environment
from werkzeug.serving import WSGIRequestHandler

__all__ = ["Requests", "application"]


def application(shop: Shop) -> Flask:
    app = Flask(__name__)
    # Flask takes a length that is none for an empty body, and reads chunks only if the server marks their end.
    app.wsgi_app = whole_bodies(app.wsgi_app, shop.unread)  # type: ignore[method-assign, assignment]

    @app.post("/punchout")
    @app.post("/orders")
    def take() -> Response:
        return respond(shop.handle(request.get_data(), request.content_type))

    @app.get("/punchout")
    @app.get("/orders")
    def ping() -> Response:
        return respond(shop.ping())

    @app.get("/shop/<key>")
    def enter(key: str) -> Response:
        return respond(shop.enter(key))

    @app.post("/shop/<key>")
    def leave(key: str) -> Response:
        return respond(shop.leave(key, fields_of(request.get_data())))

    @app.errorhandler(BadBody)
    def unread(fault: BadBody) -> Response:
        return respond(shop.unread(fault))

    @app.after_request
    def safe(response: Response) -> Response:  # the pages of Flask's own, for 404 and 405
        for name, value in SAFE_HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return app


def respond(answer: Answer) -> Response:
    return Response(answer.body, answer.http_status, answer.headers)


class Requests(PatientRequests, WSGIRequestHandler):
    """Requests to the server that comes with Flask."""


if __name__ == "__main__":
    application(from_environment()).run(port=PORT, request_handler=Requests)
