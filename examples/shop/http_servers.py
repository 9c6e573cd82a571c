"""What the small servers lack, that of the standard library and those that come with frameworks to try things out.

They wait for ever for a client that is slow, and take the first of two lengths. Servers that are made for the world
have settings for that; ``docs/how-to/http-server.md`` names them.
"""

from __future__ import annotations

import io
import socket
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import http_bodies

__all__ = ["PatientRequests", "RequestHandler", "WSGIRequests", "WSGIThreads"]


class PatientRequests(BaseHTTPRequestHandler):
    """To stand in front of a request handler: it waits so long and no longer, and reads no request of two meanings."""

    timeout = http_bodies.IDLE_SECONDS
    error_message_format = "%(code)d %(message)s\n"
    error_content_type = "text/plain; charset=utf-8"

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        self.rfile = io.BufferedReader(_Patient(self.connection))

    def handle(self) -> None:
        with suppress(TimeoutError, ConnectionError):
            super().handle()

    def parse_request(self) -> bool:
        if not super().parse_request():
            return False
        for name in ("Content-Length", "Transfer-Encoding"):
            if len(set(self.headers.get_all(name, ()))) > 1:
                self.send_error(400, f"Two of {name}")
                return False
        return True


class _Patient(io.RawIOBase):
    """A connection, read until its time is over. The timeout of a socket begins anew with every octet."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._until = time.monotonic() + http_bodies.MOST_SECONDS

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        left = min(self._until - time.monotonic(), http_bodies.IDLE_SECONDS)
        if left <= 0:
            raise TimeoutError("the request does not come to its end")
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)


class RequestHandler(PatientRequests):
    """A handler that is asked to ``serve`` whatever the method is."""

    def serve(self) -> None:
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self.serve
        raise AttributeError(name)

    def body(self, most: int = 0) -> bytes:
        """The body of the request. Raises BadBody."""
        return http_bodies.body_of(
            self.rfile, self.headers.get("Content-Length"), self.headers.get("Transfer-Encoding"), most
        )

    def answer(self, body: bytes, http_status: int, headers: dict[str, str]) -> None:
        self.send_response(http_status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Write no log of requests: the path of a page holds the key of a visit."""


class WSGIRequests(PatientRequests, WSGIRequestHandler):
    """For ``WSGIThreads``."""


class WSGIThreads(ThreadingMixIn, WSGIServer):
    """The WSGI server of the standard library, with a thread for each connection: one slow client stops nobody."""

    daemon_threads = True
