"""What is done to a document, target by target: public functions are called, and only a broken promise raises.

Each target takes octets and returns nothing. A ``CXMLError`` where the function promises one is an answer; any other
exception, a Status of ours for a fault of our own, and a secret that shows are failures.
"""

from __future__ import annotations

import base64
import contextlib
import copy
import io
import json
import logging
import re
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree
from seeds import SECRET, partners

from cxml_punchout import (
    CXML,
    AuthenticationError,
    Buyer,
    CXMLError,
    DocumentError,
    Endpoint,
    MemoryStore,
    OpenElement,
    PunchOutSession,
    Received,
    Refusal,
    Reply,
    UsageError,
    authenticate,
    browser_form,
    compare_order,
    parse,
    read_form,
    redact,
    serialize,
    validate,
)
from cxml_punchout.cli import main
from cxml_punchout.element import Declaration, lookup
from cxml_punchout.mime import attachments_of, unpack
from cxml_punchout.models import OrderRequest, PunchOutOrderMessage, PunchOutSetupRequest
from cxml_punchout.orders import OrderChain, line_changes, move_of, status_update
from cxml_punchout.replay.memory import MemoryReplayGuard
from cxml_punchout.roundtrip import first_difference, round_trip
from cxml_punchout.summary import summarize
from cxml_punchout.validation.plain import from_plain, to_plain
from cxml_punchout.validation.report import Report

__all__ = ["BETWEEN", "CORE", "OTHERS", "TARGETS", "Violated", "answered", "answers"]

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
#: Where a target takes two documents, this stands between them. Without it one document is taken twice.
BETWEEN = b"\n--between--\n"


class Violated(AssertionError):
    """A promise of the library does not hold."""


def _hold(promise: bool, what: str) -> None:
    if not promise:
        raise Violated(what)


# --- reading and writing -------------------------------------------------------------------------------------------


def reading(data: bytes) -> None:
    """parse in both modes; what was read can be written, and says the same when it is read again."""
    try:
        strict = parse(data)
    except DocumentError as error:
        str(error), repr(error)
        strict = None
    try:
        document = parse(data, mode="tolerant")
    except DocumentError as error:
        str(error), repr(error)
        _hold(strict is None, "strict reading accepts what tolerant reading refuses")
        return
    if strict is not None:
        _hold(strict == document, "strict and tolerant reading make two different documents")
    repr(document), [str(finding) for finding in document.findings]
    written = serialize(document)
    again = parse(written, mode="tolerant")
    _hold(again == document, "what was written and read again is another document")
    _hold(
        serialize(again) == written or bool(document.signature), "a document that was read again is written otherwise"
    )


def validating(data: bytes) -> None:
    """validate never raises, nothing in it goes wrong unforeseen, and the report can be shown in every form."""
    report = validate(data)
    _foreseen(report)
    report.render("a.xml", color=True, width=60), str(report), repr(report)
    json.loads(report.to_json())
    with contextlib.suppress(DocumentError):
        report.raise_for_errors()


def reading_and_validating(data: bytes) -> None:
    """parse that validates as well refuses with the first error of the report, or has its warnings."""
    for mode in ("strict", "tolerant"):
        try:
            document = parse(data, mode=mode, validate=True)  # type: ignore[arg-type]
        except DocumentError as error:
            str(error)
        else:
            _hold(validate(data).ok, "a document with errors was let in")
            _hold(all(finding.severity == "warning" for finding in document.findings), "an error was let in")


def _foreseen(report: Report) -> None:
    for finding in report.findings:
        _hold(finding.code != "internal", f"an unforeseen exception became a finding: {finding.message}")


# --- the endpoint --------------------------------------------------------------------------------------------------


def _shop(received: Received) -> object:
    session = PunchOutSession.begin(received, key="k")
    stored = PunchOutSession.from_dict(json.loads(json.dumps(session.to_dict())))
    _hold(stored.request == session.request, "a stored session holds another request")
    repr(session), session.user, session.items, session.selected_item, session.ship_to, session.lang, session.mode
    with contextlib.suppress(UsageError):  # a cart that cannot go home: no address, a cookie with a secret in it
        browser_form(session, session.cancel())
    _looked_at(received)
    return session.start_page("https://shop.example/visit/1")


def _office(received: Received) -> object:
    _looked_at(received)
    order = received.payload
    move_of(order)
    line_changes(order, order)
    compare_order([], order.item_out)
    with contextlib.suppress(UsageError):  # there is no payloadID to refer to
        status_update(received.document)
    with contextlib.suppress(Refusal):
        OrderChain.start(order, received.payload_id)
    return 201


def _looked_at(received: Received) -> None:
    redact(received.raw), summarize(received.document), repr(received), [part.url for part in received.parts]


HANDLERS: dict[Any, Callable[[Received], Any]] = {
    PunchOutSetupRequest: _shop,
    OrderRequest: _office,
    "StatusUpdateRequest": _looked_at,
    "ConfirmationRequest": _looked_at,
}


@cache
def _endpoint() -> Endpoint:
    return Endpoint(MemoryStore(partners()), clock=lambda: NOW)


def _watchful() -> Endpoint:
    """One that validates and remembers."""
    layers = ("dtd", "type", "rule")
    return Endpoint(MemoryStore(partners()), clock=lambda: NOW, validate=layers, replay=MemoryReplayGuard())


#: What the document was answered that is looked at; asking twice for it would take long.
answers: dict[bytes, Reply] = {}


def answered(data: bytes, content_type: str | None = None, endpoint: Endpoint | None = None) -> Reply:
    """The answer to a document, which is never a fault of our own."""
    reply = (endpoint or _endpoint()).handle(data, content_type, HANDLERS)
    if reply.status >= 500:
        raise Violated(f"answered {reply.status}") from reply.error
    return reply


def handling(data: bytes) -> None:
    """Endpoint.handle answers anything, in cXML that any buyer can read."""
    reply = answers[data] = answered(data)
    _hold(parse(reply.body).response is not None, "the answer is no Response")
    repr(reply), str(reply.error)


def handling_twice(data: bytes) -> None:
    """The same with validation and a guard against repeats: the second time it is answered from memory, or again."""
    endpoint = _watchful()
    first, second = (answered(data, "text/xml", endpoint) for _ in range(2))
    _hold(first.status == second.status, f"answered {first.status}, and a repeat of it {second.status}")


_CONTENT_TYPES = (
    *("", "text/xml", "application/xml; charset=utf-8", "text/xml; charset=iso-8859-1", "text/xml; charset=utf-16"),
    *("text/xml; charset=nonsense", 'multipart/related; boundary="b"; start="<a>"', "multipart/mixed; boundary=b"),
    *(
        "multipart/mixed",
        "multipart/related; boundary=",
        "text/xml; charset*=utf-8''us-ascii",
        "text/xml; charset",
        ";",
        "\u00e9/",
    ),
)
_PARTS = (
    b"--b\r\nContent-Type: text/xml\r\nContent-ID: <a>\r\n\r\n%s\r\n--b\r\nContent-Type: image/png\r\n"
    b"Content-Transfer-Encoding: base64\r\nContent-ID: <p>\r\n\r\niVBORw0KGgo=\r\n--b--\r\n"
)


def _in_message(data: bytes) -> tuple[bytes, str]:
    """A body and its Content-Type: the first line, where it looks like one, else one of ours for these octets."""
    line, found, rest = data.partition(b"\n")
    if found and line and b"<" not in line and len(line) < 300:
        return rest, line.decode("utf-8", "replace").strip()
    kind = _CONTENT_TYPES[sum(data[-40:]) % len(_CONTENT_TYPES)]
    return (_PARTS.replace(b"%s", data) if "multipart" in kind else data), kind


def handling_messages(data: bytes) -> None:
    """Bodies with a Content-Type, alone and with files."""
    answered(*_in_message(data))


def unpacking(data: bytes) -> None:
    """unpack, and the files of the document."""
    body, kind = _in_message(data)
    for octets, content_type in ((body, kind), (_PARTS.replace(b"%s", data), "multipart/related; boundary=b")):
        try:
            package = unpack(octets, content_type)
            for part in package.parts:
                repr(part), part.url
                _hold("/" not in part.filename and "\\" not in part.filename, "a file has the name of a path")
            attachments_of(parse(package.body, mode="tolerant"), package.parts)
        except DocumentError as error:
            str(error)


def authenticating(data: bytes) -> None:
    with contextlib.suppress(DocumentError, AuthenticationError):
        authenticate(parse(data, mode="tolerant"), MemoryStore(partners()), now=NOW)


# --- the buyer -----------------------------------------------------------------------------------------------------


@cache
def _buyer() -> Buyer:
    return Buyer(partners()[0])


def replies(data: bytes) -> None:
    """Buyer.read_reply never raises."""
    for content_type, http_status in ((None, 200), ("text/xml; charset=utf-8", 500), (_in_message(data)[1], 200)):
        answer = _buyer().read_reply(data, content_type, http_status)
        repr(answer), str(answer.error)
        _hold(
            answer.outcome in ("success", "permanent", "transient", "undefined", "transport", "unclear"),
            "an unknown outcome",
        )


def forms(data: bytes) -> None:
    """read_form, with the document as each of the fields, and as it is."""
    text = data.decode("utf-8", "replace")
    in_base64 = base64.b64encode(data).decode()
    for fields in (
        {"cxml-urlencoded": text},
        {"cxml-base64": in_base64},
        {"CXML-Base64": in_base64.rstrip("=").replace("+", " "), "x": text},
        {"cxml-base64": text},
        {"cxml-urlencoded": [text[:-1], data.decode("utf-8", "surrogateescape")]},
    ):
        try:
            document = read_form(fields)
        except DocumentError as error:
            str(error)
        else:
            serialize(document)


# --- looking at documents ------------------------------------------------------------------------------------------


def redacting(data: bytes) -> None:
    for given in (data, data.decode("utf-8", "replace"), data.decode("latin-1"), memoryview(data)):
        _hold(isinstance(redact(given, extrinsics=("CostCenter",)), str), "redact returns no text")


def summarizing(data: bytes) -> None:
    try:
        document = parse(data, mode="tolerant")
    except DocumentError:
        return
    repr(summarize(document))
    str(round_trip(document, data, mode="tolerant"))
    str(first_difference(data, serialize(document)))
    redact(document)
    copied = copy.deepcopy(document)
    _hold(copied == document, "a copy is another document")


def plain_values(data: bytes) -> None:
    try:
        values = json.loads(json.dumps(to_plain(data)))
    except DocumentError as error:
        str(error)
        return
    first, second = parse(data, mode="tolerant"), parse(from_plain(values), mode="tolerant")
    instructed = b"<?" in serialize(first)[5:]  # which are no part of plain values
    if not instructed and not isinstance(first.payload, OpenElement):  # nobody knows which white space counts there
        _hold(
            first == second or _without_blanks(first) == _without_blanks(second),
            "what comes back from plain values is another document",
        )


def _without_blanks(document: CXML) -> bytes:
    """A document without what plain values leave out of open content: text that is nothing but blanks."""
    root = etree.fromstring(serialize(document))
    for holder in root.iter("*"):
        declared = lookup(str(holder.tag))
        if not isinstance(declared, Declaration) or declared.kind != "open":
            continue
        for node in holder.iter():
            node.text = _said(node.text)
            if node is not holder:
                node.tail = _said(node.tail)
    return etree.tostring(root, method="c14n2")


def _said(text: str | None) -> str | None:
    return text if text and text.strip(" \t\r\n") else None


def orders(data: bytes) -> None:
    """Two documents: the lines of one against those of the other, and one as a change of the other."""
    one, _, other = data.partition(BETWEEN)
    try:
        first, second = parse(one, mode="tolerant"), parse(other or one, mode="tolerant")
    except DocumentError:
        return
    for document, against in ((first, second), (second, first)):
        with contextlib.suppress(CXMLError):
            [str(difference) for difference in compare_order(_lines(document, "item_in"), _lines(against, "item_out"))]
        if not isinstance(document.payload, OrderRequest) or not isinstance(against.payload, OrderRequest):
            continue
        with contextlib.suppress(CXMLError):
            [repr(change) for change in line_changes(document.payload, against.payload)]
        with contextlib.suppress(CXMLError):
            chain = OrderChain.start(document.payload, document.payload_id)
            chain = OrderChain.from_dict(json.loads(json.dumps(chain.to_dict())))
            chain.apply(against.payload, against.payload_id)


def _lines(document: CXML, name: str) -> list[object]:
    kind = PunchOutOrderMessage if name == "item_in" else OrderRequest
    return list(getattr(document.payload, name)) if isinstance(document.payload, kind) else []


def commands(data: bytes) -> None:
    """check and show on a file: exit status 0 or 1, for 2 says that they could not do it."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "a.xml"
        path.write_bytes(data)
        for command in (["check"], ["check", "--format", "sarif"], ["check", "--format", "github"], ["show"]):
            with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
                status = main([*command, str(path)])
            _hold(status in (0, 1), f"{' '.join(command)} ends with {status}: {err.getvalue()[:200]}")
            _hold(bool(out.getvalue()) or "github" in command, f"{' '.join(command)} says nothing")


# --- secrets -------------------------------------------------------------------------------------------------------

_MARK = "plover-0-mark-61"
_PROOF = re.compile(rb"<SharedSecret(?:\s[^<>]*)?(?<!/)>")


def secrets(data: bytes) -> None:
    """A secret in a document of whatever state shows nowhere."""
    marked = _PROOF.sub(lambda tag: tag[0] + _MARK.encode(), data.replace(SECRET.encode(), b""))
    if _MARK.encode() not in marked:
        return
    heard, log = io.StringIO(), logging.getLogger("cxml_punchout")
    handler = logging.StreamHandler(heard)
    log.addHandler(handler)
    try:
        reply = _endpoint().handle(marked, None, HANDLERS)
    finally:
        log.removeHandler(handler)
    _hidden("the answer", reply.body.decode(), repr(reply), str(reply.error), repr(reply.error))
    _hidden("the log", heard.getvalue())
    report = validate(marked)
    _hidden("the report", str(report), report.to_json(), repr(report), report.source, str(report.findings))
    _hidden("redact", redact(marked), redact(marked.decode("utf-8", "replace")))
    try:
        document = parse(marked, mode="tolerant")
    except DocumentError as error:
        _hidden("the error", str(error), repr(error))
        return
    _hidden("repr", repr(document), repr(document.header), str(document))
    _hidden("the findings", str(document.findings))
    _hidden("the summary", repr(summarize(document)))


def _hidden(where: str, *texts: str) -> None:
    for text in texts:
        _hold(_MARK not in text, f"a secret stands in {where}")


# --- all of them ---------------------------------------------------------------------------------------------------

#: What every document goes through.
CORE: dict[str, Callable[[bytes], None]] = {"parse": reading, "validate": validating, "endpoint": handling}
#: What documents go through in turn.
OTHERS: dict[str, Callable[[bytes], None]] = {
    "validated": reading_and_validating,
    "repeat": handling_twice,
    "message": handling_messages,
    "unpack": unpacking,
    "authenticate": authenticating,
    "reply": replies,
    "form": forms,
    "redact": redacting,
    "summary": summarizing,
    "plain": plain_values,
    "orders": orders,
    "commands": commands,
    "secrets": secrets,
}
TARGETS = CORE | OTHERS
