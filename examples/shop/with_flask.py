"""The shop behind Flask: pip install flask, then python examples/shop/with_flask.py"""

from __future__ import annotations

from flask import Flask, Response, request
from shop import PORT, Answer, Shop, from_environment

__all__ = ["application"]


def application(shop: Shop) -> Flask:
    app = Flask(__name__)

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

    return app


def respond(answer: Answer) -> Response:
    return Response(answer.body, answer.http_status, answer.headers)


if __name__ == "__main__":
    application(from_environment()).run(port=PORT)
