"""Bytes to a document and back: ``parse``, ``validate`` and ``serialize``."""

from __future__ import annotations

import copy
import gc
import re
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import attrs
from lxml import etree

from . import element as x
from .binding import careful, reader, rewriter, writer
from .binding.counting import fits
from .binding.notes import Note, Notes, findings_of, in_namespace
from .binding.source import BlanksNeeded, Departure
from .element import OpenElement, clark
from .errors import CredentialsExceeded, DocumentError, InvalidDocument, InvalidValue, SignatureWarning, UsageError
from .findings import Finding, Layer
from .internal import internal_finding, log_fault
from .limits import DEFAULT_LIMITS, Limits
from .models.envelope import CXML, Header
from .payloads import module_of
from .places import name_of, slices, tag_of
from .tree import Doctype, Loaded, exceeded, instructions, load, skeleton
from .unheard import apart, heard
from .versions import CURRENT_VERSION, known_version, version_for

if TYPE_CHECKING:
    from .validation.catalog import DtdCatalog
    from .validation.report import Report

__all__ = [
    "CURRENT_VERSION",
    "Mode",
    "doctype_for",
    "in_ascii",
    "parse",
    "parse_judged",
    "serialize",
    "standard_doctype",
    "validate",
]

Mode = Literal["strict", "tolerant"]
T = TypeVar("T")
_NONE: frozenset[str] = frozenset()

# Below this the collector has no time to get in the way, or what it does later takes as long.
_LARGE = 1024 * 1024
# Below this reading costs no more than a tenth of a second, whatever is in it.
_SMALL = 64 * 1024


def parse(
    data: bytes | bytearray | memoryview | str,
    *,
    mode: Mode = "strict",
    limits: Limits = DEFAULT_LIMITS,
    pause_gc: bool = True,
    validate: bool = False,
) -> CXML:
    """Read one cXML document.

    ``strict`` refuses whatever the grammar of cXML forbids, and numbers that cannot be read. ``tolerant`` reads
    what partners really send: wrong order, unknown elements, missing parts, several ``To``. It keeps all of it,
    so that the document can be written back, and lists each departure in ``document.findings``; a required field
    that was missing is None there, and a value that cannot be read is an ``Unreadable``. In both modes a time that
    cannot be read is kept as received with a finding, and legible but unusual spellings are accepted.

    Reading many small objects wakes Python's garbage collector again and again, to no use. For a document over
    1 MiB it is paused and started again in a program of one thread; ``pause_gc=False`` leaves it alone there too.

    ``validate`` holds the document against the datatypes and the rules of the Guide as well, as the function of that
    name does: any error refuses it, in both modes, and ``document.findings`` lists all warnings.

    Raises MalformedDocument, UnsafeDocument and InvalidDocument (Status 406), LimitExceeded (Status 499). Guide 3.1.
    """
    if mode not in ("strict", "tolerant"):
        raise InvalidValue(f"a document is read in the mode strict or tolerant, not {mode!r}", "parse")
    return apart(_loaded_and_parsed, data, mode, limits, pause_gc, validate)


def _loaded_and_parsed(
    data: bytes | bytearray | memoryview | str, mode: Mode, limits: Limits, pause_gc: bool, validate: bool
) -> CXML:
    loaded = load(data, limits, tolerant=mode == "tolerant", blanks=False)
    if validate:
        loaded = _to_be_judged(loaded, limits)
    return _parsed(loaded, mode, limits, pause_gc, validate)


def parse_judged(data: bytes | str, judge: Callable[[CXML], T], limits: Limits) -> tuple[CXML, T]:
    """Read a document tolerantly, and what ``judge`` says of it.

    Reading costs more than making a tree. So of a large document the header is read first, and as much as tells what
    is asked for; ``judge`` sees that before all the rest, and what it raises ends the reading.

    Raises what ``parse`` raises, and what ``judge`` raises.
    """
    loaded = apart(load, data, limits, tolerant=True, blanks=False)
    del data  # a log may show the variables of all frames when a store of partners fails
    if len(loaded.octets) > _SMALL and loaded.root.tag == CXML.__cxml__.tag:
        _measure_header(loaded.root, limits)
        judge(apart(_outline, loaded.root, limits))
    document = apart(_parsed, loaded, "tolerant", limits, True, False)
    return document, judge(document)


#: Octets of the shortest Credential of a document that follows the grammar.
_SHORTEST = len('<Credential domain=""><Identity/></Credential>')
_HEADER = Header.__cxml__.tag
_SECTIONS = tuple(Header.__cxml__.named[name].tag for name in ("from_", "to", "sender"))
_WRAPPERS = tuple(CXML.__cxml__.named[name].tag for name in ("message", "request", "response"))


def _outline(root: etree._Element, limits: Limits) -> CXML:
    """The header of a document, and what is asked for, without anything of it."""
    document = parse(skeleton(root, _HEADER, _WRAPPERS), mode="tolerant", limits=limits)
    # In lines of the document nobody knows yet where they are.
    document.findings = tuple(attrs.evolve(finding, line=0, column=0) for finding in document.findings)
    return document


def _measure_header(root: etree._Element, limits: Limits) -> None:
    """Each name of a party is looked up in a store, and whoever sends them has proved nothing yet."""
    most = limits.credentials
    for number, header in enumerate(root.iterchildren(_HEADER), 1):
        if number > most:
            raise exceeded(CredentialsExceeded, "headers", most)
        if sum(1 for _ in islice(header.iter("*"), most * _EACH + 1)) > most * _EACH:
            raise exceeded(CredentialsExceeded, "elements in the header", most * _EACH)
        for place, part in enumerate(header.iterchildren(*_SECTIONS), 1):
            if place > most or len(part) > most or any(len(credential) > most for credential in part):
                raise exceeded(CredentialsExceeded, "names of a party", most)


#: Elements that a name may take, with all that is said of its party.
_EACH = 50


def _parsed(loaded: Loaded, mode: Mode, limits: Limits, pause_gc: bool, validate: bool) -> CXML:
    if pause_gc and len(loaded.octets) > _LARGE:
        with _collector_paused():
            document, notes, loaded = _read(loaded, limits, mode)
    else:
        document, notes, loaded = _read(loaded, limits, mode)
    findings = loaded.findings + findings_of(notes)
    if document is None or (mode == "strict" and any(note.fatal for note in notes)):
        raise InvalidDocument(_fatal_first(findings))
    x.put(document, "doctype", loaded.doctype)
    x.put(document, "findings", findings)
    if validate:
        document.findings = _checked(loaded, document, notes).findings
    before, after = instructions(loaded.root)
    x.put(document, "before_root", before)
    x.put(document, "after_root", after)
    x.put(document, "_signed", None)
    x.put(document, "_origin", notes.origin)
    x.put(document, "_joined", frozenset(notes.joined) if notes.joined else _NONE)
    if document.signature:
        _keep_source(document, loaded, limits)
    return document


_LAYERS = ("xml", "dtd", "type", "rule")


def validate(
    body: bytes | bytearray | memoryview | str,
    *,
    layers: Iterable[str] = _LAYERS,
    catalog: DtdCatalog | None = None,
    version: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Report:
    """Say everything that is wrong with one cXML document, each fault with its place, its reason and what to do.

    layers: what to look at. ``xml``: well-formed, safe, within limits; a document that is not is judged no further.
        ``dtd``: the grammar. ``type``: numbers, times, codes and links, which a DTD cannot describe. ``rule``: what
        the Guide says in prose.
    catalog, version: where the grammar comes from, and of which cXML version; by default our own, of the current one.

    A bad document never raises; it makes a Report that is not ``ok``. Nor does a fault of the library: it is a finding
    ``internal``, and its place is logged.

    Raises InvalidValue if ``layers`` names one that does not exist.
    """
    from .validation import checking

    chosen = checking.chosen(layers)
    try:
        return apart(_judged, body, chosen, catalog, version, limits)
    except UsageError:
        raise
    except Exception as error:
        log_fault("validate", error)
        return checking.refused([internal_finding(error)], b"")


def _judged(
    body: bytes | bytearray | memoryview | str,
    chosen: frozenset[Layer],
    catalog: DtdCatalog | None,
    version: str | None,
    limits: Limits,
) -> Report:
    from .validation import checking

    with _collector_paused():
        try:
            loaded = _to_be_judged(load(body, limits, tolerant=True, blanks=False), limits)
            # Only the rules need typed values; and the reader tells of processing instructions.
            if "rule" in chosen or loaded.octets.find(b"<?", loaded.start) >= 0:
                document, notes, loaded = _read(loaded, limits)
            else:
                document, notes = None, Notes(loaded)
                heard(loaded.octets)
        except DocumentError as error:
            return checking.refused(
                error.findings, body.encode("utf-8", "replace") if isinstance(body, str) else bytes(body)
            )
        if document is not None:
            document.doctype = loaded.doctype
        ruled = checking.by_rules(loaded, document, chosen)
        del document  # the other layers look at the tree, and may take as much memory again
        return checking.check(loaded, notes, ruled, chosen, catalog, version)


def _checked(loaded: Loaded, document: CXML, notes: Notes) -> Report:
    from .validation import checking

    chosen = checking.chosen(_LAYERS)
    report = checking.check(loaded, notes, checking.by_rules(loaded, document, chosen), chosen, None, None)
    report.raise_for_errors()
    return report


def _read(loaded: Loaded, limits: Limits, mode: Mode = "tolerant") -> tuple[CXML | None, Notes, Loaded]:
    """Read a tree the fast way if it follows the grammar, else the careful way; with white space where it counts."""
    declaration = CXML.__cxml__
    # A declared namespace is invisible to the fast reader; signatures are the one lawful case.
    if loaded.root.tag == declaration.tag and not loaded.namespaces and (not loaded.dense or fits(loaded, limits)):
        try:
            try:
                return *_read_fast(loaded, limits), loaded
            except BlanksNeeded:
                pass
            loaded = _with_blanks(loaded, limits)
            return *_read_fast(loaded, limits), loaded
        except Departure:
            pass
    heard(loaded.octets)
    if loaded.root.tag != declaration.tag:
        notes = Notes(loaded)
        notes.append(_other_root(loaded.root, declaration.tag))
        return None, notes, loaded
    _measure_header(loaded.root, limits)
    strict = mode == "strict"
    try:
        return *careful.read(loaded, declaration, limits, strict=strict), loaded
    except BlanksNeeded:
        pass
    loaded = _with_blanks(loaded, limits)
    return *careful.read(loaded, declaration, limits, strict=strict), loaded


def _other_root(root: etree._Element, expected: str) -> Note:
    foreign = in_namespace(root, (expected,), "The root element ")
    if foreign is not None:
        return foreign
    message = f"The root element must be {expected}, not {name_of(root)[:60]}."
    hint = "Take the document out of its envelope; cXML travels by itself." if _ENVELOPE(str(root.tag)) else ""
    return Note(root, "dtd", "error", "unknown-element", message, hint, fatal=True)


#: That of SOAP, of either version.
_ENVELOPE = re.compile(r"\{.*\}Envelope").fullmatch


def _read_fast(loaded: Loaded, limits: Limits) -> tuple[CXML, Notes]:
    notes = Notes(loaded, limits.findings)
    document: CXML = reader.read(loaded.root, notes)  # type: ignore[assignment]
    if notes.opened:
        heard(loaded.octets)
    header = document.header
    if header is not None and len(loaded.octets) > limits.credentials * _SHORTEST:
        # Everything else stands once, or the grammar would not be followed.
        for part in (header.from_, header.to, header.sender):
            if len(part.credential) > limits.credentials:
                raise exceeded(CredentialsExceeded, "names of a party", limits.credentials)
    return document, notes


def _with_blanks(loaded: Loaded, limits: Limits) -> Loaded:
    if loaded.blanks:
        return loaded
    octets = loaded.octets
    del loaded.root  # nobody looks at it any more, and two trees take twice the memory
    # What was noticed about the octets as they were received stays.
    return attrs.evolve(_again(octets, limits), findings=loaded.findings, skipped=loaded.skipped)


def _to_be_judged(loaded: Loaded, limits: Limits) -> Loaded:
    """White space between elements takes half of a tree, and only ``standalone="yes"`` makes a fault of it."""
    return _with_blanks(loaded, limits) if loaded.root.getroottree().docinfo.standalone else loaded


def _again(octets: bytes, limits: Limits) -> Loaded:
    """Load what was loaded before. As text, for it is in UTF-8 by now whatever it declares."""
    return load(octets.decode("utf-8"), limits)


def _fatal_first(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The error speaks with its first finding, so let that be one that refuses the document."""
    return tuple(sorted(findings, key=lambda finding: finding.severity != "error"))


@contextmanager
def _collector_paused() -> Iterator[None]:
    # Where other threads are, they may leave garbage of their own behind meanwhile, or set the collector as they wish.
    if not gc.isenabled() or threading.active_count() > 1:
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


# --- signed documents --------------------------------------------------------------------------------------


@attrs.frozen
class _Source:
    """A signed document as it was received. A signature covers white space, which typed values do not hold."""

    octets: bytes = attrs.field(repr=False)
    limits: Limits


def _keep_source(document: CXML, loaded: Loaded, limits: Limits) -> None:
    document._signed = _Source(loaded.octets, limits)
    exact = [text for node, text in _parts(loaded) if node.tag == clark("ds:Signature")]
    signatures = []
    for signature, text in zip(document.signature, exact, strict=True):
        try:
            signatures.append(OpenElement.verbatim(text))
        except DocumentError:  # its prefix is declared further out, so it cannot stand alone
            signatures.append(signature)
    document.signature = signatures


def _parts(loaded: Loaded) -> list[tuple[etree._Element, str]]:
    return list(zip(loaded.root.iterchildren("*"), slices(loaded), strict=True))


def _write_signed(document: CXML, source: _Source) -> tuple[str, bytes | None]:
    """The body of a signed document, or the whole document if nothing was changed since it was received."""
    original, _, loaded = _read(_again(source.octets, source.limits), source.limits)
    assert original is not None
    _keep_source(original, loaded, source.limits)
    if original == document:
        return "", source.octets
    warnings.warn(
        "a signed document was changed; its signature may no longer prove what it holds", SignatureWarning, stacklevel=3
    )
    exact: dict[int, str] = {}
    for node, text in _parts(loaded):
        name = tag_of(node).lower()
        wrapper = getattr(document, name, None)
        if name in ("request", "message", "response") and wrapper == getattr(original, name):
            exact[id(wrapper)] = text
    return rewriter.write(document, exact=exact), None


# --- writing -----------------------------------------------------------------------------------------------


def standard_doctype(payload: str | None, version: str = CURRENT_VERSION) -> Doctype:
    """The DOCTYPE for a payload: its DTD module at cxml.org."""
    return Doctype("cXML", f"http://xml.cxml.org/schemas/cXML/{version}/{module_of(payload)}.dtd")


def doctype_for(document: CXML, *, given: str = "", asked: str = "") -> Doctype:
    """The DOCTYPE for a document of ours, with the version that was set, or asked for, or the current one.

    Raises UsageError if ``given`` lacks something that stands in the document.
    """
    return standard_doctype(_tag(document.payload), version_for(document, given, asked))


def serialize(
    document: CXML,
    *,
    encoding: Literal["UTF-8", "US-ASCII"] = "UTF-8",
    validate: bool = False,
    version: str = "",
) -> bytes:
    """Write a document: XML declaration, DOCTYPE, and the elements without white space between them.

    A document that was read is written with everything that it had, in the spelling in which it came; comments and
    white space between elements aside. What was read from another document is written in the usual spelling, times to
    the second; what was ``Unreadable`` there, or a time without an offset, is refused. A signed document that was not
    changed is written as it was received, octet for octet; a changed one warns with ``SignatureWarning``.

    encoding: ``US-ASCII`` writes all other characters as references.
    validate: holds what was written against the grammar, the datatypes and the rules of the Guide, as the function of
        that name does.
    version: the cXML version that the DOCTYPE names, ``1.2.014`` say, for a partner that validates by it; by default
        that of a document that was read, else the current one.

    Raises InvalidValue and IncompleteElement, which name the field that cannot be written; with ``validate`` UsageError
    for the first error of the report; with ``version`` UsageError for a field that the version does not have.
    """
    if not isinstance(document, CXML):
        raise InvalidValue(f"a CXML document is expected, not {type(document).__name__}")
    if known_version(version, "serialize.version"):
        if document._signed is not None and document.signature:
            raise UsageError("a signed document is written as it was received; its DOCTYPE cannot change")
        document = copy.copy(document)
        document.doctype = doctype_for(document, given=version)
    octets = _serialized(document, encoding)
    if validate:
        _approve(octets)
    return octets


def _approve(octets: bytes) -> None:
    report = _validate(octets)
    for first in report.errors:
        rest = len(report.errors) - 1
        more = f" (and {rest} more)" if rest else ""
        hint = f" {first.hint}" if first.hint else ""
        raise UsageError(f"{first.message}{hint}{more}", first.path)


#: Under another name, for ``validate`` is an option of the functions that call it.
_validate = validate


def _serialized(document: CXML, encoding: str) -> bytes:
    if document._signed is not None and document.signature:
        body, unchanged = _write_signed(document, document._signed)
        if unchanged is not None and encoding == "UTF-8" and _names_utf8(unchanged):
            return unchanged
        body = body or rewriter.write(document)
    else:
        body = _write(document)
    octets = _encode(document, body, encoding)
    if octets.translate(None, _ILLEGAL_OCTETS) != octets or b"\xef\xbf\xbe" in octets or b"\xef\xbf\xbf" in octets:
        rewriter.write(document)  # names the field
        raise InvalidValue("a character stands in the document that XML does not allow")
    return octets


#: C0 controls except tab, line feed and carriage return.
_ILLEGAL_OCTETS = bytes(code for code in range(32) if code not in (9, 10, 13))


def _write(document: CXML) -> str:
    pieces: list[str] = []
    try:
        writer.write(document, pieces.append)
        return "".join(pieces)
    except (Departure, UsageError, AttributeError, TypeError, ValueError):
        pieces.clear()  # a traceback may be shown with all variables
    # Not the plain case, or a value of a wrong kind: the careful way writes it or says where it is.
    return rewriter.write(document)


def _encode(document: CXML, body: str, encoding: str) -> bytes:
    doctype = document.doctype or standard_doctype(_tag(document.payload))
    before = "".join(f"{instruction}\n" for instruction in document.before_root)
    after = "".join(f"\n{instruction}" for instruction in document.after_root)
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n{doctype}\n{before}{body}{after}'
    if encoding == "US-ASCII":
        return _referring(text)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        pass
    rewriter.write(document)  # names the field
    raise InvalidValue("half of a surrogate pair stands in the document")


def in_ascii(octets: bytes) -> bytes:
    """What ``serialize`` wrote in UTF-8, with references for all characters that are not ASCII.

    It still declares UTF-8, which it is, for some readers know no US-ASCII. Raises InvalidValue if a character has no
    reference where it stands.
    """
    return octets if octets.isascii() else _referring(octets.decode("utf-8"))


def _referring(text: str) -> bytes:
    octets = text.encode("ascii", "xmlcharrefreplace")
    if not text.isascii() and _UNSPELLABLE(octets):
        raise InvalidValue("US-ASCII has no way to write a character in a name or an instruction; write UTF-8")
    return octets


# A reference where it is none: in the name of an element or an attribute, an instruction, CDATA, the DOCTYPE.
_UNSPELLABLE = re.compile(
    rb"""<(?:\?(?:(?!\?>|&#).)*&#|!\[CDATA\[(?:(?!\]\]>|&#).)*&#|!DOCTYPE[^>&]*&#"""
    rb"""|(?![!?])(?:[^<>"'&]|"[^"]*"|'[^']*')*&)""",
    re.DOTALL,
).search


def _names_utf8(octets: bytes) -> bool:
    head = octets[:100].lower()
    return b"encoding" not in head or b"utf-8" in head


def _tag(payload: Any) -> str | None:
    if isinstance(payload, OpenElement):
        return payload.tag
    return payload.__cxml__.tag if isinstance(payload, x.Element) else None
