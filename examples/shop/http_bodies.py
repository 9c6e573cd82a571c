"""The body of an HTTP request, read from the bare stream of a server that hands over no more than that.

A body has a Content-Length, or comes in chunks of unknown number, as many clients of procurement systems send it
(``Transfer-Encoding: chunked``). Either way no more is kept than the shop takes, nobody waits for it for ever, and what
is neither is told. The limits are here and nowhere else.
"""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterable, Callable, Iterable
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIApplication

__all__ = [
    "MOST_OCTETS",
    "BadBody",
    "body_of",
    "fields_of",
    "gathered",
    "whole_bodies",
]

#: The endpoint reads no larger message.
MOST_OCTETS = 64 * 1024 * 1024
#: A form of the shop's own pages: a quantity for each article.
MOST_OF_A_FORM = 64 * 1024
MOST_FIELDS = 200
#: What is too large is read on and thrown away, up to so much: a sender that is cut off would never read the answer.
MOST_PASSED_OVER = 1024 * 1024 * 1024
#: How long a request may take to arrive, and how long nothing may come of it.
MOST_SECONDS = 300.0
IDLE_SECONDS = 30.0

_BLOCK = 64 * 1024
_LONGEST_LINE = 4096

_LENGTH = re.compile("[0-9]{1,18}").fullmatch
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r\n").fullmatch


class Stream(Protocol):
    """What a server gives to read the rest of a request from."""

    def read(self, size: int, /) -> bytes: ...
    def readline(self, size: int, /) -> bytes: ...


class BadBody(Exception):
    """A body that is not read.

    status: that of cXML. http_status: that of HTTP; too large a message is none of its faults.
    """

    def __init__(self, status: int, text: str, http_status: int) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.http_status = http_status


def _broken(text: str) -> BadBody:
    return BadBody(400, text, 400)


def _late() -> BadBody:
    return BadBody(560, "The message did not come to its end in time.", 408)  # a partner sends it again after 560


def body_of(stream: Stream, length: str | None, encoding: str | None, most: int = 0) -> bytes:
    """All octets of a body.

    length, encoding: the headers Content-Length and Transfer-Encoding; empty if they are not there.
    most: how many octets at most; by default ``MOST_OCTETS``.

    Raises BadBody.
    """
    kept = _Kept(most or MOST_OCTETS)
    try:
        if encoding:
            _read_chunks(stream, length, encoding, kept)
        elif length:
            if not _LENGTH(length.strip()):
                raise _broken("The Content-Length is no number.")
            kept.announce(int(length))
            kept.read(stream, int(length))
    except TimeoutError:
        raise _late() from None
    except (BadBody, OSError) as fault:
        kept.whole()  # that it is too large says more
        raise (fault if isinstance(fault, BadBody) else _broken("The body was cut off.")) from None
    return kept.whole()


def _read_chunks(stream: Stream, length: str | None, encoding: str, kept: _Kept) -> None:
    if length:
        raise _broken("A body has a Content-Length or comes in chunks, not both.")
    if encoding.strip().lower() != "chunked":
        raise _broken("The only Transfer-Encoding that is read is chunked.")
    while True:
        line = stream.readline(_LONGEST_LINE)
        size = _CHUNK(line)
        if size is None:
            raise _broken("A chunk does not begin with its size.")
        count = int(size[1], 16)
        kept.announce(len(line) + count)  # what is around the chunks counts as well
        if count == 0:
            break
        kept.read(stream, count)
        if stream.read(2) != b"\r\n":
            raise _broken("A chunk does not end where it should.")
    for _ in range(100):  # what may stand behind the last chunk
        line = stream.readline(_LONGEST_LINE)
        if line == b"\r\n":
            return
        if not line.endswith(b"\r\n"):
            break
    raise _broken("The body does not end as bodies in chunks do.")


class _Kept:
    """What is kept of a body while it comes: nothing any more as soon as it is too large."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._octets = 0
        self._body = bytearray()

    def announce(self, octets: int) -> None:
        """So much more is to come."""
        self._octets += octets
        if self._octets > self._most:
            self._body.clear()
        if self._octets > self._most + MOST_PASSED_OVER:
            self.whole()

    def add(self, part: bytes) -> None:
        if self._octets <= self._most:
            self._body += part

    def read(self, stream: Stream, size: int) -> None:
        while size:
            part = stream.read(min(size, _BLOCK))
            if not part:
                raise _broken("The body ends before it should.")
            self.add(part)
            size -= len(part)

    def whole(self) -> bytes:
        if self._octets > self._most:
            raise BadBody(499, f"The message has more than {self._most} octets.", 200)
        return bytes(self._body)


def fields_of(body: bytes) -> dict[str, str]:
    """A form of the shop's own pages, as a browser posts it. Raises BadBody for one that is none of them."""
    try:
        if len(body) <= MOST_OF_A_FORM:
            return dict(parse_qsl(body.decode("ascii", "replace"), max_num_fields=MOST_FIELDS))
    except ValueError:
        pass  # too many fields
    raise BadBody(400, "This form is too large for one of the shop's.", 413)


# --- for ASGI ----------------------------------------------------------------------------------------------------


async def gathered(parts: AsyncIterable[bytes]) -> bytes:
    """All octets of a body that an ASGI server took apart, which bounds neither size nor time. Raises BadBody."""
    kept = _Kept(MOST_OCTETS)
    try:
        async with asyncio.timeout(MOST_SECONDS):
            async for part in parts:
                kept.announce(len(part))
                kept.add(part)
    except TimeoutError:
        raise _late() from None
    return kept.whole()


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
        return app({**environ, "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}, start_response)

    return wrapped


def _body_in(environ: dict[str, Any]) -> bytes:
    stream, encoding = environ["wsgi.input"], environ.get("HTTP_TRANSFER_ENCODING")
    if not (encoding and environ.get("wsgi.input_terminated")):
        return body_of(stream, environ.get("CONTENT_LENGTH"), encoding)
    # The server takes the chunks apart by itself and ends the stream behind the last one.
    kept = _Kept(MOST_OCTETS)
    try:
        while part := stream.read(_BLOCK):
            kept.announce(len(part))
            kept.add(part)
    except TimeoutError:
        raise _late() from None
    except OSError:
        kept.whole()
        raise _broken("The body does not come in chunks as HTTP has them.") from None
    return kept.whole()
