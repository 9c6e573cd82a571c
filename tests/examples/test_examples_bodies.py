"""Bodies as HTTP brings them: in chunks, too large, cut off, with a length that is none; under each of the servers."""

from __future__ import annotations

import io
import re
import socket
import time
from collections.abc import Callable
from contextlib import closing, suppress
from email import message_from_bytes
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import http_bodies
import pytest
from buying import cart_from, opened, order_for, setup_request
from http_bodies import BadBody, body_of
from hypothesis import given
from hypothesis import strategies as st
from serving import SERVERS, Got, Running, by_itself, fetch
from shop import NotAllowed

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
    first, _, fields = head.partition(b"\r\n")
    status = re.match(rb"HTTP/1\.[01] (\d+)", first)
    if stop and not came:
        return Got(0, Message(), b"")
    assert status is not None, came
    return Got(int(status[1]), message_from_bytes(fields), body)


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


LENGTHS = ["abc", "-1", "+5", "1e3", "0x10", "1_0", "9" * 5000, "5, 6", "\u0665"]


@each_server
@pytest.mark.parametrize("length", LENGTHS, ids=[each[:9] for each in LENGTHS])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_length_that_is_none_is_a_fault_of_the_sender(
    name: str, length: str, method: str, shops: Callable[[str], Running]
) -> None:
    shop = shops(name)
    for url in (f"{shop.url}/orders", f"{shop.url}/shop/key"):
        got = exchanged(url, method, {"Content-Type": "text/xml", "Content-Length": length}, b"<cXML/>", stop=True)
        assert got.status == 400
        assert b"<html" not in got.body.lower()


@each_server
@pytest.mark.parametrize("lengths", ["5|7", "7|5", "5|5|7"])
def test_two_lengths_are_none(name: str, lengths: str, shops: Callable[[str], Running]) -> None:
    headers = dict(zip(("Content-Length", "content-length", "CONTENT-LENGTH"), lengths.split("|"), strict=False))
    got = exchanged(f"{shops(name).url}/orders", "POST", headers, b"<cXML/>", stop=True)
    assert got.status == 400


@each_server
def test_a_length_and_chunks_are_no_two_messages(name: str, shops: Callable[[str], Running]) -> None:
    shop = shops(name)
    order = order_for(number=f"PO-both-{name}")
    headers = CHUNKED | {"Content-Length": "5"}
    got = exchanged(f"{shop.url}/orders", "POST", headers, in_chunks(order))
    assert got.status in (200, 400)  # RFC 9112, 6.3: refused, or read in chunks
    taken = shop.rows(ORDERS, f"PO-both-{name}") == [(1,)]
    assert taken == (got.status == 200 and code_of(got) == 200)


@each_server
def test_a_message_that_is_cut_off_is_not_carried_out(name: str, shops: Callable[[str], Running]) -> None:
    shop = shops(name)
    order = order_for(number=f"PO-cut-{name}")
    for headers, sent in (
        ({"Content-Length": str(len(order) + 50)}, order),  # all of it seems to be there
        ({"Content-Length": str(len(order))}, order[:-50]),
        ({"Content-Length": str(len(order) - 50)}, order),
        ({"Transfer-Encoding": "chunked"}, in_chunks(order, end=b"")),
    ):
        status = exchanged(
            f"{shop.url}/orders", "POST", {"Content-Type": "text/xml", **headers}, sent, stop=True
        ).status
        assert status in (0, 200, 400)  # uvicorn may not answer who has hung up
        assert shop.rows(ORDERS, f"PO-cut-{name}") == [(0,)]


METHODS = ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "BREW"]


@each_server
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("place", ["punchout", "orders", "shop/key"])
def test_an_order_by_another_method_is_not_taken_for_a_ping(
    name: str, method: str, place: str, shops: Callable[[str], Running]
) -> None:
    body = order_for()
    headers = {"Content-Type": "text/xml", "Content-Length": str(len(body))}
    got = exchanged(f"{shops(name).url}/{place}", method, headers, body)
    assert got.status == 405
    assert {"GET", "HEAD", "POST"} <= set(re.split(", *", got.headers["Allow"]))


@each_server
def test_a_head_is_a_get_without_its_body(name: str, shops: Callable[[str], Running]) -> None:
    shop = shops(name)
    for url, status in ((f"{shop.url}/punchout", 200), (opened(shop), 200), (f"{shop.url}/shop/key", 404)):
        got, whole = exchanged(url, "HEAD", {}, b""), fetch(url)
        assert (got.status, got.body) == (status, b"")
        assert whole.status == status
        assert abs(int(got.headers["Content-Length"]) - len(whole.body)) < 20  # a nonce


@each_server
def test_a_form_is_small(name: str, shops: Callable[[str], Running]) -> None:
    page = opened(shops(name))
    for form in ("a=b&" * 300, "a=" + "b" * 100_000):
        assert fetch(page, form.encode(), "application/x-www-form-urlencoded").status == 413
    assert fetch(page).status == 200


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shop that takes less, so that a test need not send so much."""
    monkeypatch.setattr(http_bodies, "MOST_OCTETS", 20_000)


@pytest.mark.usefixtures("little")
@pytest.mark.parametrize("name", ["http_server", "flask", "fastapi", "django"])
@pytest.mark.parametrize("chunked", [True, False])
@pytest.mark.parametrize("place", ["punchout", "shop/key"])
def test_a_body_that_is_too_large_is_told_so_in_cxml(
    name: str, chunked: bool, place: str, shops: Callable[[str], Running]
) -> None:
    shop = shops(name)
    body = setup_request() + b" " * 20_000
    headers = CHUNKED if chunked else {"Content-Type": "text/xml", "Content-Length": str(len(body))}
    got = exchanged(f"{shop.url}/{place}", "POST", headers, in_chunks(body) if chunked else body)
    assert (got.status, code_of(got)) == (200, 499)


@pytest.mark.slow
@each_server
@pytest.mark.parametrize("chunked", [True, False])
def test_a_large_body_is_read_to_its_end_and_not_held(name: str, chunked: bool, tmp_path: Path) -> None:
    if not Path("/proc/self/status").is_file():
        pytest.skip("no /proc tells how much memory a process takes")
    block, count = b" " * 1_000_000, 200
    with (
        by_itself(name, tmp_path) as (url, process),
        closing(HTTPConnection(urlsplit(url).netloc, timeout=60)) as client,
    ):
        assert fetch(f"{url}/punchout", setup_request()).status == 200
        before = peak(process)
        headers = {"Content-Type": "text/xml"} | ({} if chunked else {"Content-Length": str(len(block) * count)})
        client.request("POST", "/orders", (block for _ in range(count)), headers, encode_chunked=chunked)
        answer = client.getresponse()  # an ordinary client, that reads no answer before it has sent everything
        told = answer.read()
        assert peak(process) - before < 130_000_000
        if name == "lambda":
            assert answer.status == 413
        else:
            assert (answer.status, parse(told).response.status.code) == (200, 499)  # type: ignore[union-attr]
        assert fetch(f"{url}/punchout", setup_request()).status == 200


def peak(process: int) -> int:
    """The most memory that a process has held, in octets."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


# --- slow clients ----------------------------------------------------------------------------------------------


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shop that does not wait for long."""
    monkeypatch.setattr(http_bodies, "IDLE_SECONDS", 0.6)
    monkeypatch.setattr(http_bodies, "MOST_SECONDS", 1.5)


@pytest.mark.thorough
@pytest.mark.usefixtures("hurried")
@each_server
@pytest.mark.parametrize("chunked", [True, False])
@pytest.mark.parametrize("pause", [60, 0.2], ids=["stops", "drips"])
def test_a_client_that_is_slow_is_not_waited_for(
    name: str, chunked: bool, pause: float, shops: Callable[[str], Running]
) -> None:
    shop = shops(name)
    parts = urlsplit(shop.url)
    headers = CHUNKED if chunked else {"Content-Length": "5000"}
    lines = ["POST /orders HTTP/1.1", f"Host: {parts.netloc}", *(f"{key}: {each}" for key, each in headers.items())]
    began = time.monotonic()
    with closing(socket.create_connection((parts.hostname or "", parts.port or 0), timeout=pause)) as connection:
        connection.sendall("\r\n".join((*lines, "", "")).encode() + (b"1\r\n \r\n" if chunked else b" "))
        assert fetch(f"{shop.url}/punchout").status == 200  # others are served meanwhile
        came = b""
        while not came and time.monotonic() - began < 50:
            with suppress(TimeoutError):
                came = connection.recv(65536)
                break
            connection.sendall(b"1\r\n \r\n" if chunked else b" ")
    assert time.monotonic() - began < 30
    assert came.split(b" ")[1] == b"408"


@pytest.mark.thorough
@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("name", ["http_server", "flask", "django", "lambda"])
@pytest.mark.parametrize("sent", [b"", b"POST /orders HT", b"POST /orders HTTP/1.1\r\nA: b\r\n"])
def test_a_request_that_does_not_begin_is_not_waited_for(
    name: str, sent: bytes, shops: Callable[[str], Running]
) -> None:
    parts = urlsplit(shops(name).url)
    with closing(socket.create_connection((parts.hostname or "", parts.port or 0), timeout=30)) as connection:
        connection.sendall(sent)
        assert _received(connection) == b""


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
        (b"hello", {"length": "9"}, 400),
        (b"hello", {"length": "9" * 18}, 499),
    ],
)
def test_what_is_not_read_is_told(octets: bytes, headers: dict[str, str], status: int) -> None:
    with pytest.raises(BadBody) as caught:
        read(octets, **headers)
    assert caught.value.status == status


def test_a_length_says_how_much_is_read() -> None:
    assert read(b"hello, world", length=" 5 ") == b"hello"
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
