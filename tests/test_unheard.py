"""Names that strangers make up: libxml2 is made to forget them."""

from __future__ import annotations

import contextlib
import gc
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from visits import endpoint, setup

from cxml_punchout import DocumentError, MalformedDocument, OpenElement, parse, unheard, validate
from cxml_punchout.models import PunchOutSetupRequest

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "documents"


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that has met nothing yet, in that names are counted anew."""
    unheard._local.__dict__.pop("names", None)
    monkeypatch.setattr(unheard._met, "octets", 0)
    yield
    unheard._local.__dict__.pop("names", None)


@pytest.fixture
def spent(fresh: None, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A process that has met too many names; the value is which threads have read for it."""
    readers: list[str] = []
    start = threading.Thread.start

    def starting(thread: threading.Thread) -> None:
        readers.append(thread.name)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", starting)
    unheard._met.octets = unheard._MOST
    return readers


def met() -> int:
    return unheard._met.octets


def test_names_of_our_own_are_not_even_counted(fresh: None) -> None:
    for path in sorted((EXAMPLES / "valid").glob("*.xml")):
        parse(path.read_bytes(), mode="tolerant")
    # A signature is read the careful way.
    assert met() < 50_000


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<cXML><{}/></cXML>", id="a stray element"),
        pytest.param("<cXML><a {}=''/></cXML>", id="an attribute"),
        pytest.param("<cXML><{}>", id="no document"),
        pytest.param("<{}/>", id="another root"),
        pytest.param("<cXML><{0}:a xmlns:{0}='u'/></cXML>", id="a prefix"),
        pytest.param("<cXML xmlns:{}='u'/>", id="an unused prefix"),
    ],
)
@pytest.mark.parametrize("read", [parse, validate])
def test_names_that_nobody_declared_are_counted_once(fresh: None, body: str, read: object) -> None:
    for _ in range(2):
        with contextlib.suppress(DocumentError):
            read(body.format("n" * 900))  # type: ignore[operator]
    assert 900 < met() < 2900


def test_names_in_open_content_are_counted(fresh: None) -> None:
    body = setup().replace(b"<BuyerCookie>", b"<BuyerCookie><%s/>" % (b"n" * 900))
    assert parse(body).payload is not None
    assert 900 < met() < 10_000


def test_a_process_that_has_met_too_many_has_its_documents_read_by_other_threads(spent: list[str]) -> None:
    body = (EXAMPLES / "valid" / "precoro-order.xml").read_bytes()
    assert parse(body).payload is not None
    assert validate(body).ok
    assert OpenElement("<a><b/></a>").tree().tag == "a"
    assert endpoint().handle(setup(), None, {PunchOutSetupRequest: lambda _: 202}).status == 202
    assert len(spent) >= 5
    assert set(spent) == {"cxml_punchout.unheard"}


def test_errors_come_through(spent: list[str]) -> None:
    with pytest.raises(MalformedDocument):
        parse("<cXML>")
    assert spent


def test_without_a_further_thread_the_document_is_read_all_the_same(
    fresh: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    unheard._met.octets = unheard._MOST
    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert parse("<cXML/>", mode="tolerant").payload is None


PROGRAM = """
import ctypes, gc, sys
from concurrent.futures import ThreadPoolExecutor
from cxml_punchout import CXMLError, parse

def taken():
    gc.collect()
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    return int(open("/proc/self/statm").read().split()[1]) * 4096

def attack(turns):
    for turn in turns:
        names = "".join(f"<n{turn:04d}-{number:05d}-of-mine/>" for number in range(8_000))
        try:
            parse("<cXML>" + names + "</cXML>", mode="tolerant")
        except CXMLError:
            pass

# By several threads in turns, as a server has them: what each of them remembers adds up.
with ThreadPoolExecutor(8) as pool:
    list(pool.map(lambda turn: attack([turn]), range(60)))
    before = taken()
    list(pool.map(lambda turn: attack([turn]), range(60, 120)))
    print((taken() - before) / (60 * 8_000 * 24))
"""


@pytest.mark.thorough
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="this system does not tell the memory of a process")
def test_what_strangers_make_up_is_not_kept() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    gc.collect()
    # Of each octet that was sent. It was more than two.
    assert float(done.stdout) < 0.2
