"""The shop behind FastAPI: pip install fastapi uvicorn, then python examples/shop/with_fastapi.py"""

from __future__ import annotations

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from http_bodies import BadBody, gathered
from shop import PORT, Answer, Shop, fields_of, from_environment

__all__ = ["application"]


def application(shop: Shop) -> FastAPI:
    app = FastAPI(openapi_url=None)

    # The shop waits for its database, so it is kept off the event loop.
    @app.post("/punchout")
    @app.post("/orders")
    async def take(request: Request) -> Response:
        body = await gathered(request.stream())
        return respond(await run_in_threadpool(shop.handle, body, request.headers.get("Content-Type")))

    @app.get("/punchout")
    @app.get("/orders")
    def ping() -> Response:
        return respond(shop.ping())

    @app.get("/shop/{key}")
    def enter(key: str) -> Response:
        return respond(shop.enter(key))

    @app.post("/shop/{key}")
    async def leave(key: str, request: Request) -> Response:
        fields = fields_of(await gathered(request.stream()))
        return respond(await run_in_threadpool(shop.leave, key, fields))

    @app.exception_handler(BadBody)
    async def unread(_: Request, fault: BadBody) -> Response:
        return respond(shop.unread(fault))

    return app


def respond(answer: Answer) -> Response:
    return Response(answer.body, answer.http_status, answer.headers)


if __name__ == "__main__":
    uvicorn.run(application(from_environment()), port=PORT)
