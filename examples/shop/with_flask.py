"""The shop behind Flask: pip install flask, then python examples/shop/with_flask.py"""

from __future__ import annotations

from flask import Flask, Response, request
from http_bodies import MOST_OCTETS, BadBody
from shop import PORT, Answer, Shop, from_environment
from werkzeug.exceptions import RequestEntityTooLarge

__all__ = ["application"]


def application(shop: Shop) -> Flask:
    app = Flask(__name__)
    # Flask reads chunks if the server marks their end, as Gunicorn and its own do; this bounds them as well.
    app.config["MAX_CONTENT_LENGTH"] = MOST_OCTETS

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
        return respond(shop.leave(key, request.form))

    @app.errorhandler(RequestEntityTooLarge)
    def too_large(_: RequestEntityTooLarge) -> Response:
        return respond(shop.unread(BadBody(499, f"The message has more than {MOST_OCTETS} octets.")))

    @app.errorhandler(OSError)
    def cut_off(_: OSError) -> Response:
        return respond(shop.unread(BadBody(400, "The body does not come in chunks as HTTP has them.")))

    return app


def respond(answer: Answer) -> Response:
    return Response(answer.body, answer.http_status, answer.headers)


if __name__ == "__main__":
    application(from_environment()).run(port=PORT)
