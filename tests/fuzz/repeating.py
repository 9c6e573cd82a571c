"""Whether n times one thing takes n times as long: for every public function that a stranger's text reaches.

Something short, then a piece many times, then something short, all of them drawn from the words that the function
knows. ``growing`` repeats pieces of whole documents; here the text may be anything at all.

What stays within the budget of a second for a million octets is right at any rate and not looked at further. What
does not is taken once more at twice the length, each of them several times, and has to grow with the length. Sizes
differ, so that what grows with the square is beyond the budget in one of them.
"""

from __future__ import annotations

import contextlib
import io
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import attrs
from productions import COMMENTS, INSTRUCTIONS, LOOKALIKES, ODD
from seeds import partners, seeds
from targets import HANDLERS, answered

from cxml_punchout import Buyer, Endpoint, MemoryStore, compare_order, parse, read_form, redact, validate
from cxml_punchout.addresses import web_address
from cxml_punchout.cli import main
from cxml_punchout.media import decode_xml, media_type
from cxml_punchout.mime import unpack
from cxml_punchout.models import OrderRequest
from cxml_punchout.orders import line_changes
from cxml_punchout.punchout.tokens import StartPageTokens
from cxml_punchout.summary import summarize

__all__ = ["FUNCTIONS", "Repeated", "repeated", "slow", "tried"]

#: Characters of a text, and of twice as much.
_SIZES = (2_000, 2_000, 8_000, 8_000, 8_000, 30_000, 120_000)
#: Seconds for a character. Below this nothing grows that matters; a function that stays below it keeps its promise.
_BUDGET = 1e-6
#: What twice the text and four times the text may take, with what a busy machine and the garbage collector add. What
#: grows with the square takes four times and sixteen times as long.
_TWICE, _FOUR = 2.7, 8.0
#: So long a function may take for whatever it is given.
_START = 0.004

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

# --- words --------------------------------------------------------------------------------------------------------

_MARKUP = (
    *(
        "<",
        ">",
        "</",
        "/>",
        "<b",
        "<b>",
        "</b>",
        "<b/>",
        "=",
        '"',
        "'",
        "&",
        "&amp;",
        "&lt;",
        "&#60;",
        "&#x3c",
        ";",
        "#",
    ),
    *("<!--", "-->", "--", "<![CDATA[", "]]>", "<?", "?>", "<?r s?>", "<!DOCTYPE ", "[", "]", "!", ":", "%", " ", "\n"),
    *("\t", "\r", "\0", "r", "0", "12", "c=''", "c='d'", " c:d=''", " xmlns:c='d'", 'name="', "<cXML>", "</cXML>"),
    *(
        "<Header>",
        "</Header>",
        "<Sender>",
        "<Credential>",
        "</Credential>",
        "<Credential ",
        "<Identity>",
        "</Identity>",
    ),
    *("<SharedSecret>", "</SharedSecret>", "<SharedSecret", "SharedSecret", "<CredentialMac ", "<PCard ", "number='"),
    *("<Extrinsic name='", "<Extrinsic>", "password", "token", "4000 1234 ", "<Comments>", "</Comments>", "<To/>"),
    *("<Money currency='EUR'>", "</Money>", "<Request>", "<Attachment/>", "<URL>", "cid:", "<PostalAddress/>", "Total"),
    *LOOKALIKES,
    *ODD,
    *COMMENTS,
    *INSTRUCTIONS,
)
_HEADERS = (
    *(
        ";",
        " ",
        "\t",
        "=",
        '"',
        "\\",
        "*",
        "*0",
        "*0*=",
        "*1=",
        "''",
        "utf-8''",
        "filename",
        "filename=",
        'name="',
        "%",
    ),
    *("=?", "?=", "?q?", "?b?", "=?utf-8?q?", "=?utf-8?b?", "=?r?", "%41", "boundary=", "charset=", "(", ")", "<", ">"),
    *("@", "/", ",", "0", "a", "é", ":", "start=", "multipart/", "text/xml", "type=", "''%", "=41", "==", "?"),
)
_LINES = (*_HEADERS, "\r\n", "\n", "\r\n ", "--b", "--b\r\n", "--b--", "\r\n--b\r\n", "Content-Type:", "Content-ID: <")
_ADDRESS = (
    "http",
    "s",
    "://",
    "//",
    "a",
    ".",
    ":",
    "@",
    "[",
    "]",
    "/",
    "?",
    "#",
    "\\",
    "%",
    "%2",
    " ",
    "1",
    "é",
    "xn--",
)
_NUMBERS = ("0", "1", "9", ".", ",", "-", "+", "e", "E", "T", "Z", ":", "_", " ", "/", "$", "%", "\u00a0", "٣", "2026-")
_FORM = (*_MARKUP, "%3C", "%25", "%", "+", "%C3", "&", "cxml-urlencoded=")
_BASE64 = ("A", "PD94", "=", "==", "+", "/", "-", "_", " ", "\n", "PGNYTUw", "é")
#: What leaves a document well-formed wherever elements may stand.
_WHOLE = (
    *("<b/>", "<b></b>", "<b>r</b>", "<b c='d'/>", "<b:c xmlns:b='d'/>", "<b xmlns='d'/>", "<Comments/>", "<Header/>"),
    *(
        "<!-- r -->",
        "<?r s?>",
        "<![CDATA[ r ]]>",
        "&#60;",
        "&amp;",
        "r",
        " ",
        "\n",
        "\t",
        "0",
        "é",
        "\u2028",
        "]]",
        "'",
    ),
    *("<Extrinsic name='r'>s</Extrinsic>", "<Extrinsic name='password'>s</Extrinsic>", "<Extrinsic/>", "<Attachment/>"),
    *("<Credential domain='DUNS'><Identity>4</Identity></Credential>", "<SharedSecret>s</SharedSecret>", "<To></To>"),
    *(
        "<Money currency='x'>1</Money>",
        "<Money>1.</Money>",
        "<PCard number='4000 1234'/>",
        "<Comments>&lt;b></Comments>",
    ),
    *("<URL>cid:r</URL>", "<Attachment><URL>cid:r</URL></Attachment>", "<Description xml:lang='e'>r</Description>"),
    *("<ItemOut quantity='1'/>", "<ItemOut/>", "<Path><Node/></Path>", "<OriginalDocument/>", "<Status code='1'/>"),
    *("<Request><OrderRequest/></Request>", "<BuyerCookie/>", "<Total/>", "<Sender><UserAgent/></Sender>"),
)

# --- functions ----------------------------------------------------------------------------------------------------


@cache
def _document(name: str) -> tuple[bytes, bytes]:
    """A right order, before and behind the place where texts go: in the header, or at the end of the order's own."""
    order = next(seed.octets for seed in seeds() if seed.name == "valid/precoro-order.xml")
    before, found, after = order.partition(name.encode())
    assert found, name
    return before, found + after


_PLACES = ("</Sender>", "</From>", "</OrderRequestHeader>", "</cXML>", "</Request>", "</Header>", "?>")


def _in_document(text: str) -> bytes:
    """A text in an order, at a place that the text itself decides."""
    before, after = _document(_PLACES[len(text) % len(_PLACES)])
    return before + text.encode("utf-8", "replace") + after


def _as_value(text: str) -> bytes:
    """The text as a value: of an element, or of an attribute."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").encode("utf-8", "replace")
    before, after = _document("</OrderRequestHeader>")
    values = (
        b"<Total><Money currency='EUR'>%s</Money></Total>",
        b'<Extrinsic name="%s">r</Extrinsic>',
        b"<DocumentR/>%s",
    )
    return before + values[len(text) % 3].replace(b"%s", escaped) + after


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _reported(body: bytes) -> None:
    report = validate(body)
    str(report), report.render("a.xml", color=True, width=70), report.to_json(), repr(report)


def _told(body: bytes) -> None:
    document = parse(body, mode="tolerant")
    summarize(document), repr(document), [str(finding) for finding in document.findings]
    if isinstance(document.payload, OrderRequest):
        compare_order([], document.payload.item_out), line_changes(document.payload, document.payload)


@cache
def _strict() -> Endpoint:
    return Endpoint(MemoryStore(partners()[:4]), clock=lambda: NOW, validate=("dtd", "type", "rule"))


def _unpacked(head: str) -> None:
    first = b"--b\r\nContent-Type: text/xml\r\n\r\n<cXML/>\r\n--b\r\n"
    for part in unpack(first + _octets(head) + b"\r\n\r\nr\r\n--b--\r\n", "multipart/related; boundary=b").parts:
        repr(part), part.url, part.filename


def _command(text: str) -> None:
    command = (["check"], ["check", "--format", "sarif"], ["show"], ["check", "--format", "github"])[len(text) % 4]
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "a.xml"
        path.write_bytes(_in_document(text))
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            main([*command, str(path)])


def _replied(text: str) -> None:
    answer = Buyer(partners()[0]).read_reply(_octets(text), None, 200)
    repr(answer), str(answer.error)


def _tokens() -> StartPageTokens:
    return StartPageTokens("a secret of the shop", lifetime=timedelta(hours=1))


#: Each function with the words that its texts are made of.
FUNCTIONS: dict[str, tuple[tuple[str, ...], Callable[[str], object]]] = {
    "parse": (_MARKUP, lambda text: parse(_octets(text), mode="tolerant")),
    "parse, in a document": (_WHOLE, lambda text: parse(_in_document(text), mode="tolerant")),
    "parse, as a value": (_NUMBERS + _ADDRESS, lambda text: parse(_as_value(text), mode="tolerant")),
    "summarize": (_WHOLE, lambda text: _told(_in_document(text))),
    "validate": (_MARKUP, lambda text: _reported(_octets(text))),
    "validate, in a document": (_WHOLE, lambda text: _reported(_in_document(text))),
    "validate, as a value": (_NUMBERS + _ADDRESS, lambda text: _reported(_as_value(text))),
    "endpoint": (_MARKUP, lambda text: answered(_octets(text))),
    "endpoint, in a document": (_WHOLE, lambda text: _strict().handle(_in_document(text), None, HANDLERS)),
    "endpoint, content type": (_HEADERS, lambda text: answered(b"<cXML/>", "multipart/related; boundary=b" + text)),
    "redact": (_MARKUP, redact),
    "redact, with names": (_MARKUP, lambda text: redact(text, extrinsics=("r", "name"))),
    "redact, a document": (_WHOLE, lambda text: redact(_in_document(text))),
    "unpack": (_LINES, lambda text: unpack(_octets(text), "multipart/related; boundary=b")),
    "unpack, a file name": (_HEADERS, lambda text: _unpacked("Content-Disposition: attachment" + text)),
    "unpack, a header": (_LINES, lambda text: _unpacked('Content-Type: r/s; name="' + text)),
    "media type": (_HEADERS, lambda text: media_type("text/xml" + text)),
    "decode": (_MARKUP, lambda text: decode_xml(_octets(text), "text/xml; charset=utf-16")),
    "form": (_FORM, lambda text: read_form({"cxml-urlencoded": text})),
    "form, base64": (_BASE64, lambda text: read_form({"cxml-base64": text})),
    "reply": (_MARKUP, _replied),
    "address": (_ADDRESS, lambda text: web_address("https://" + text)),
    "token": ((*_BASE64, ".", "a"), lambda text: _tokens().read(text, now=NOW)),
    "commands": (_WHOLE, _command),
}


# --- texts --------------------------------------------------------------------------------------------------------


@attrs.frozen
class Repeated:
    """A text for a function: something, a piece any number of times, something."""

    function: str
    before: str
    piece: str
    after: str
    size: int

    def of(self, size: int) -> str:
        return self.before + self.piece * max(1, size // len(self.piece)) + self.after


def repeated(chance: random.Random, functions: tuple[str, ...] = ()) -> Repeated:
    """One such text by chance."""
    function = chance.choice(functions or tuple(FUNCTIONS))
    words = FUNCTIONS[function][0]

    def some(numbers: tuple[int, ...]) -> str:
        return "".join(chance.choices(words, k=chance.choice(numbers)))

    piece = some((1, 1, 1, 2, 2, 3, 4, 6)) or " "
    return Repeated(function, some((0, 0, 1, 1, 2, 3)), piece, some((0, 0, 1, 2)), chance.choice(_SIZES))


def slow(text: Repeated) -> tuple[str, float]:
    """What is wrong with the times that a text takes, "" if all is well; and seconds for a million characters.

    What is refused is not wrong.
    """
    what = FUNCTIONS[text.function][1]
    once = text.of(text.size)
    most = _START + _BUDGET * len(once)
    small = _took(what, once)
    if small < most:
        return "", 0
    twice, four = text.of(2 * text.size), text.of(4 * text.size)
    large = huge = float("inf")
    for _ in range(4):  # the least of some, for the machine may have had other things to do
        small, large = min(small, _took(what, once)), min(large, _took(what, twice))
        if small < most or large < _TWICE * small:
            return "", small / len(once) * 1e6
        huge = min(huge, _took(what, four))
        if huge < _FOUR * small:
            return "", small / len(once) * 1e6
    told = f"{small * 1000:.0f}, {large * 1000:.0f}, {huge * 1000:.0f} ms for {len(once)}, twice and four times as many"
    return told, small / len(once) * 1e6


def _took(what: Callable[[str], object], text: str) -> float:
    begin = time.thread_time()
    with contextlib.suppress(Exception):
        what(text)
    return time.thread_time() - begin


def tried(seed: int, seconds: float, functions: tuple[str, ...] = ()) -> Iterator[tuple[Repeated, str, float]]:
    """Texts until the time is over, each with what is wrong with it and what it costs."""
    for name in functions or FUNCTIONS:
        _took(FUNCTIONS[name][1], "r")  # what is made once is made now
    end, number = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        text = repeated(random.Random(f"repeated {seed} {number}"), functions)
        number += 1
        yield (text, *slow(text))
