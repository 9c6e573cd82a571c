"""A stand-in for API Gateway on this machine: it makes events of payload format 2.0 for a function of AWS Lambda."""

from __future__ import annotations

import base64
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

__all__ = ["Function", "Gateway"]

Function = Callable[[dict[str, Any], object], dict[str, Any]]

#: What API Gateway hands on as text; it encodes everything else.
TEXTS = ("text/", "application/json", "application/xml", "application/javascript")


class Gateway(ThreadingHTTPServer):
    """Calls a function for each request; it can be given after the gateway has an address."""

    function: Function

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)


class Handler(BaseHTTPRequestHandler):
    timeout = 30

    def do_GET(self) -> None:
        self.call()

    def do_POST(self) -> None:
        self.call()

    def call(self) -> None:
        length = self.headers.get("Content-Length", "")
        event = self.event(self.rfile.read(int(length) if length.isdecimal() else 0))
        assert isinstance(self.server, Gateway)
        result = self.server.function(event, None)
        body = result["body"]
        self.send_response(result["statusCode"])
        for name, value in result["headers"].items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(base64.b64decode(body) if result["isBase64Encoded"] else body.encode("utf-8"))

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

    def log_message(self, format: str, *args: object) -> None:
        """Write no log of requests: the path of a page holds the key of a visit."""
