"""The body of an HTTP request, read from the bare stream of a server that hands over no more than that.

A body has a Content-Length, or comes in chunks of unknown number, as many clients of procurement systems send it
(``Transfer-Encoding: chunked``). Either way no more is read than the shop takes, and what is neither is told.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterable, Callable, Iterable
from http import HTTPStatus
from io import BytesIO
from typing import Any, Protocol
from wsgiref.types import StartResponse, WSGIApplication

__all__ = ["MOST_OCTETS", "BadBody", "body_of", "gathered", "whole_bodies"]

#: The endpoint reads no larger message.
MOST_OCTETS = 64 * 1024 * 1024
_LONGEST_LINE = 4096

_LENGTH = re.compile("[0-9]{1,18}").fullmatch
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r\n").fullmatch


class Stream(Protocol):
    """What a server gives to read the rest of a request from."""

    def read(self, size: int, /) -> bytes: ...
    def readline(self, size: int, /) -> bytes: ...


class BadBody(Exception):
    """A body that is not read. ``status`` is that of cXML: 499 for too many octets, else 400."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def body_of(stream: Stream, length: str | None, encoding: str | None, most: int = 0) -> bytes:
    """All octets of a body.

    length, encoding: the headers Content-Length and Transfer-Encoding; empty if they are not there.
    most: how many octets at most; by default ``MOST_OCTETS``.

    Raises BadBody.
    """
    most = most or MOST_OCTETS
    if encoding:
        if length:
            raise BadBody(400, "A body has a Content-Length or comes in chunks, not both.")
        if encoding.strip().lower() != "chunked":
            raise BadBody(400, "The only Transfer-Encoding that is read is chunked.")
        return _chunks(stream, most)
    if not length:
        return b""
    if not _LENGTH(length.strip()):
        raise BadBody(400, "The Content-Length is no number.")
    if int(length) > most:
        raise _too_large(most)
    return stream.read(int(length))


def _chunks(stream: Stream, most: int) -> bytes:
    body, read = bytearray(), 0
    while True:
        line = stream.readline(_LONGEST_LINE)
        size = _CHUNK(line)
        if size is None:
            raise BadBody(400, "A chunk does not begin with its size.")
        count = int(size[1], 16)
        read += len(line) + count  # what is around the chunks counts as well
        if read > most:
            raise _too_large(most)
        if count == 0:
            _trailers(stream)
            return bytes(body)
        body += stream.read(count)
        if stream.read(2) != b"\r\n":
            raise BadBody(400, "A chunk does not end where it should.")


def _trailers(stream: Stream) -> None:
    for _ in range(100):
        line = stream.readline(_LONGEST_LINE)
        if line == b"\r\n":
            return
        if not line.endswith(b"\r\n"):
            break
    raise BadBody(400, "The body does not end as bodies in chunks do.")


def _too_large(most: int) -> BadBody:
    return BadBody(499, f"The message has more than {most} octets.")


async def gathered(parts: AsyncIterable[bytes]) -> bytes:
    """All octets of a body that an ASGI server took apart, which bounds nothing."""
    body = bytearray()
    async for part in parts:
        body += part
        if len(body) > MOST_OCTETS:
            raise _too_large(MOST_OCTETS)
    return bytes(body)


# --- for WSGI ----------------------------------------------------------------------------------------------------


def whole_bodies(app: WSGIApplication, refuse: Callable[[BadBody], Any]) -> WSGIApplication:
    """A WSGI application that is handed bodies with a Content-Length only, whatever came.

    refuse: makes the answer to a body that is not read.
    """

    def wrapped(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        try:
            body = _body_in(environ)
        except BadBody as fault:
            answer = refuse(fault)
            status = HTTPStatus(answer.http_status)
            start_response(f"{status.value} {status.phrase}", list(answer.headers.items()))
            return [answer.body]
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        return app({**environ, "CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body)}, start_response)

    return wrapped


def _body_in(environ: dict[str, Any]) -> bytes:
    stream, encoding = environ["wsgi.input"], environ.get("HTTP_TRANSFER_ENCODING")
    if not (encoding and environ.get("wsgi.input_terminated")):
        return body_of(stream, environ.get("CONTENT_LENGTH"), encoding)
    # The server takes the chunks apart by itself and ends the stream behind the last one.
    body: bytes = stream.read(MOST_OCTETS + 1)
    if len(body) > MOST_OCTETS:
        raise _too_large(MOST_OCTETS)
    return body
