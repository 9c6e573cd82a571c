"""The shop behind FastAPI: pip install fastapi uvicorn, then python examples/shop/with_fastapi.py"""

from __future__ import annotations

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from http_bodies import BadBody, fields_of, gathered
from shop import PORT, Answer, Shop, from_environment
from starlette.requests import ClientDisconnect

__all__ = ["application"]


def application(shop: Shop) -> FastAPI:
    app = FastAPI(openapi_url=None)

    # The shop waits for its database, so it is kept off the event loop.
    @app.api_route("/punchout", methods=["GET", "HEAD", "POST"])
    @app.api_route("/orders", methods=["GET", "HEAD", "POST"])
    async def take(request: Request) -> Response:
        body = await gathered(request.stream())
        if request.method != "POST":
            return respond(shop.ping())
        return respond(await run_in_threadpool(shop.handle, body, request.headers.get("Content-Type")))

    @app.api_route("/shop/{key}", methods=["GET", "HEAD", "POST"])
    async def visit(key: str, request: Request) -> Response:
        body = await gathered(request.stream())
        if request.method != "POST":
            return respond(await run_in_threadpool(shop.enter, key))
        return respond(await run_in_threadpool(shop.leave, key, fields_of(body)))

    @app.exception_handler(BadBody)
    async def unread(_: Request, fault: BadBody) -> Response:
        return respond(shop.unread(fault))

    @app.exception_handler(ClientDisconnect)
    async def gone(_: Request, __: ClientDisconnect) -> Response:
        return Response(status_code=400)  # nobody reads it; without it the log fills up with tracebacks

    return app


def respond(answer: Answer) -> Response:
    return Response(answer.body, answer.http_status, answer.headers)


if __name__ == "__main__":
    uvicorn.run(application(from_environment()), port=PORT)
