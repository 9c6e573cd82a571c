"""A stand-in for API Gateway on this machine: it makes events of payload format 2.0 for a function of AWS Lambda."""

from __future__ import annotations

import base64
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from http_bodies import BadBody
from http_servers import RequestHandler

__all__ = ["Function", "Gateway"]

Function = Callable[[dict[str, Any], object], dict[str, Any]]

#: API Gateway takes 10 MB, and reads chunks by itself.
MOST = 10_000_000

#: What API Gateway hands on as text; it encodes everything else.
TEXTS = ("text/", "application/json", "application/xml", "application/javascript")


class Gateway(ThreadingHTTPServer):
    """Calls a function for each request; it can be given after the gateway has an address."""

    function: Function

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)


class Handler(RequestHandler):
    def serve(self) -> None:
        try:
            body = self.body(MOST)
        except BadBody as fault:
            too_large = fault.status == 499
            self.send_error(413 if too_large else fault.http_status, "Request Too Long" if too_large else fault.text)
            return
        assert isinstance(self.server, Gateway)
        result = self.server.function(self.event(body), None)
        answer = result["body"]
        octets = base64.b64decode(answer) if result["isBase64Encoded"] else answer.encode("utf-8")
        self.answer(octets, result["statusCode"], result["headers"])

    def event(self, body: bytes) -> dict[str, Any]:
        parts = urlsplit(self.path)
        text = self.headers.get("Content-Type", "").startswith(TEXTS)
        made = {
            "version": "2.0",
            "rawPath": parts.path,
            "rawQueryString": parts.query,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "requestContext": {"http": {"method": self.command, "path": parts.path}},
            "isBase64Encoded": bool(body) and not text,
        }
        if body:
            made["body"] = body.decode("utf-8", "replace") if text else base64.b64encode(body).decode("ascii")
        return made
