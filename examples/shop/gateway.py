"""A stand-in for API Gateway on this machine: it makes events of payload format 2.0 for a function of AWS Lambda."""

from __future__ import annotations

import base64
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from http_bodies import BadBody, body_of

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


class Handler(BaseHTTPRequestHandler):
    timeout = 30

    def do_POST(self) -> None:
        try:
            body = body_of(self.rfile, self.headers.get("Content-Length"), self.headers.get("Transfer-Encoding"), MOST)
        except BadBody as fault:
            self.send_error(413 if fault.status == 499 else 400, fault.text)
            return
        event = self.event(body)
        assert isinstance(self.server, Gateway)
        result = self.server.function(event, None)
        body = result["body"]
        self.send_response(result["statusCode"])
        for name, value in result["headers"].items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(base64.b64decode(body) if result["isBase64Encoded"] else body.encode("utf-8"))

    do_GET = do_HEAD = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_POST  # noqa: N815

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
