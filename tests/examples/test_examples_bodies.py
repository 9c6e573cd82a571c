"""Bodies as HTTP brings them: in chunks, too large, cut off, with a length that is none; under each of the servers."""

from __future__ import annotations

import io
import re
import socket
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import http_bodies
import pytest
import with_flask
from buying import cart_from, opened, order_for, setup_request
from http_bodies import BadBody, body_of
from hypothesis import given
from hypothesis import strategies as st
from serving import SERVERS, Got, Running, fetch
from shop import NotAllowed, Shop, precoro
from visits import SECRET

from cxml_punchout import parse

each_server = pytest.mark.parametrize("name", SERVERS)
ORDERS = "SELECT count(*) FROM purchase WHERE number = ?"


def in_chunks(body: bytes, size: int = 700, end: bytes = b"0\r\n\r\n") -> bytes:
    parts = (body[start : start + size] for start in range(0, len(body), size))
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + end


def exchanged(url: str, method: str, headers: dict[str, str], sent: bytes, *, stop: bool = False) -> Got:
    """What comes back for octets that no client of HTTP would make."""
    parts = urlsplit(url)
    lines = [f"{method} {parts.path} HTTP/1.1", f"Host: {parts.netloc}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    with closing(socket.create_connection((parts.hostname or "", parts.port or 0), timeout=30)) as connection:
        connection.sendall("\r\n".join((*lines, "", "")).encode() + sent)
        if stop:
            connection.shutdown(socket.SHUT_WR)
        came = b""
        while part := _received(connection):
            came += part
    head, _, body = came.partition(b"\r\n\r\n")
    status = re.match(rb"HTTP/1\.[01] (\d+)", head)
    assert status is not None, came
    return Got(int(status[1]), {}, body)  # type: ignore[arg-type]


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65536)
    except ConnectionResetError:  # it did not want the rest
        return b""


def code_of(got: Got) -> int:
    response = parse(got.body).response
    assert response is not None
    return response.status.code


CHUNKED = {"Content-Type": 'text/xml; charset="UTF-8"', "Transfer-Encoding": "chunked"}


@each_server
@pytest.mark.parametrize("size", [1, 700, 100_000])
@pytest.mark.parametrize(
    "end", [b"0\r\n\r\n", b"000\r\n\r\n", b"0;last\r\nX-Sum: 1\r\n\r\n"], ids=["plain", "zeros", "trailer"]
)
def test_a_body_in_chunks_is_read(name: str, size: int, end: bytes, shops: Callable[[str], Running]) -> None:
    if name == "flask" and b"X-Sum" in end:
        pytest.skip("Flask's own server does not read what may stand behind the last chunk")
    shop = shops(name)
    got = exchanged(f"{shop.url}/punchout", "POST", CHUNKED, in_chunks(setup_request(), size, end))
    assert (got.status, code_of(got)) == (200, 200)


@each_server
def test_an_order_in_chunks_is_taken(name: str, shops: Callable[[str], Running]) -> None:
    shop = shops(name)
    got = exchanged(f"{shop.url}/orders", "POST", CHUNKED, in_chunks(order_for(number=f"PO-chunks-{name}")))
    assert code_of(got) == 200
    assert shop.rows(ORDERS, f"PO-chunks-{name}") == [(1,)]


@each_server
def test_a_form_in_chunks_is_read(name: str, shops: Callable[[str], Running]) -> None:
    page = opened(shops(name))
    headers = CHUNKED | {"Content-Type": "application/x-www-form-urlencoded"}
    got = exchanged(page, "POST", headers, in_chunks(b"KM-40718=3&action=check-out", 5))
    assert cart_from(got).payload is not None


BROKEN = {
    "no size": b"<cXML>\r\n",
    "negative": b"-5\r\nhello\r\n0\r\n\r\n",
    "too short": b"3\r\nhello\r\n0\r\n\r\n",
    "words": b"five\r\nhello\r\n0\r\n\r\n",
}


@each_server
@pytest.mark.parametrize("sent", BROKEN.values(), ids=BROKEN)
def test_chunks_that_are_none_are_a_fault_of_the_sender(
    name: str, sent: bytes, shops: Callable[[str], Running]
) -> None:
    got = exchanged(f"{shops(name).url}/orders", "POST", CHUNKED, sent, stop=True)
    assert got.status == 400
    assert b"Traceback" not in got.body


@each_server
@pytest.mark.parametrize("length", ["abc", "-1", "+5", "1e3", "9" * 5000, "5, 6"])
def test_a_length_that_is_none_is_no_fault_of_ours(name: str, length: str, shops: Callable[[str], Running]) -> None:
    headers = {"Content-Type": "text/xml", "Content-Length": length}
    got = exchanged(f"{shops(name).url}/orders", "POST", headers, b"<cXML/>", stop=True)
    assert got.status < 500
    assert b"Traceback" not in got.body


@each_server
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("place", ["punchout", "orders"])
def test_an_order_by_another_method_is_not_taken_for_a_ping(
    name: str, method: str, place: str, shops: Callable[[str], Running]
) -> None:
    body = order_for()
    headers = {"Content-Type": "text/xml", "Content-Length": str(len(body))}
    assert exchanged(f"{shops(name).url}/{place}", method, headers, body).status == 405


@each_server
def test_a_head_is_a_get_without_its_body(name: str, shops: Callable[[str], Running]) -> None:
    got = exchanged(f"{shops(name).url}/punchout", "HEAD", {}, b"")
    assert (got.status, got.body) == (405 if name == "fastapi" else 200, b"")
    assert fetch(f"{shops(name).url}/punchout").status == 200


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shop that takes less, so that a test need not send so much."""
    monkeypatch.setattr(http_bodies, "MOST_OCTETS", 20_000)


@pytest.mark.usefixtures("little")
@pytest.mark.parametrize("name", ["http_server", "django", "fastapi"])
@pytest.mark.parametrize("chunked", [True, False])
def test_a_body_that_is_too_large_is_told_so_in_cxml(name: str, chunked: bool, shops: Callable[[str], Running]) -> None:
    shop = shops(name)
    body = setup_request() + b" " * 20_000
    headers = CHUNKED if chunked else {"Content-Type": "text/xml", "Content-Length": str(len(body))}
    got = exchanged(f"{shop.url}/punchout", "POST", headers, in_chunks(body) if chunked else body)
    assert (got.status, code_of(got)) == (200, 499)


def test_flask_has_a_limit_of_its_own(tmp_path: Path) -> None:
    url = "https://shop.example.com"
    app = with_flask.application(Shop(url, [precoro(url, SECRET)], tmp_path / "shop.db"))
    assert app.config["MAX_CONTENT_LENGTH"] == http_bodies.MOST_OCTETS
    app.config["MAX_CONTENT_LENGTH"] = 20_000
    for place in ("/punchout", "/shop/key"):
        got = app.test_client().post(
            place, data=setup_request() + b" " * 20_000, content_type="application/x-www-form-urlencoded"
        )
        assert (got.status_code, parse(got.data).response.status.code) == (200, 499)  # type: ignore[union-attr]


# --- the reader itself -----------------------------------------------------------------------------------------


def read(octets: bytes, most: int = 1000, **headers: str) -> bytes:
    return body_of(io.BytesIO(octets), headers.get("length"), headers.get("encoding"), most)


@given(st.lists(st.binary(max_size=30), max_size=10), st.sampled_from(["", ";a=b", "  ", " ; x"]), st.booleans())
def test_chunks_of_any_size_make_one_body(parts: list[bytes], extension: str, upper: bool) -> None:
    sent = b"".join(
        (b"%X" if upper else b"%x") % len(part) + extension.encode() + b"\r\n" + part + b"\r\n"
        for part in parts
        if part
    )
    assert read(sent + b"0\r\n\r\nrest", encoding="Chunked") == b"".join(parts)


@given(st.binary(max_size=60) | st.text("0123456789abcdef;\r\n x", max_size=60).map(str.encode))
def test_whatever_comes_is_a_body_or_a_fault(octets: bytes) -> None:
    with suppress(BadBody):
        assert len(read(octets, encoding="chunked")) <= len(octets)


@pytest.mark.parametrize(
    ("octets", "headers", "status"),
    [
        (b"5\r\nhello\r\n0\r\n\r\n", {"length": "5", "encoding": "chunked"}, 400),
        (b"hello", {"encoding": "gzip, chunked"}, 400),
        (b"hello", {"encoding": "identity"}, 400),
        (b"5\r\nhello\r\n", {"encoding": "chunked"}, 400),
        (b"5\r\nhel", {"encoding": "chunked"}, 400),
        (b"5\nhello\n0\n\n", {"encoding": "chunked"}, 400),
        (b"0" * 5000 + b"\r\n\r\n", {"encoding": "chunked"}, 400),
        (b"1;" + b"x" * 5000 + b"\r\na\r\n0\r\n\r\n", {"encoding": "chunked"}, 400),
        (b"0\r\n" + b"a: b\r\n" * 200 + b"\r\n", {"encoding": "chunked"}, 400),
        (b"3e9\r\n" + b"x" * 1001, {"encoding": "chunked"}, 499),
        (b"fffffffffffffff\r\n", {"encoding": "chunked"}, 499),
        (b"1\r\na\r\n" * 400 + b"0\r\n\r\n", {"encoding": "chunked"}, 499),
        (b"x" * 1001, {"length": "1001"}, 499),
        (b"x", {"length": "\u0661"}, 400),
    ],
)
def test_what_is_not_read_is_told(octets: bytes, headers: dict[str, str], status: int) -> None:
    with pytest.raises(BadBody) as caught:
        read(octets, **headers)
    assert caught.value.status == status


def test_a_length_says_how_much_is_read() -> None:
    assert read(b"hello, world", length=" 5 ") == b"hello"
    assert read(b"hello", length="9") == b"hello"
    assert read(b"hello") == b""
    assert read(b"hello", length="", encoding="") == b""


def test_a_server_that_takes_chunks_apart_is_believed() -> None:
    seen: list[bytes] = []

    def app(environ: dict[str, object], _: object) -> list[bytes]:
        assert "HTTP_TRANSFER_ENCODING" not in environ
        seen.append(environ["wsgi.input"].read(int(str(environ["CONTENT_LENGTH"]))))  # type: ignore[attr-defined]
        return []

    environ = {"wsgi.input": io.BytesIO(b"hello"), "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    http_bodies.whole_bodies(app, lambda _: NotAllowed())(environ, lambda *_: None)  # type: ignore[arg-type,return-value]
    assert seen == [b"hello"]
