"""The datatypes: numbers, times, codes and links, whose form a DTD cannot describe.

libxml2 gives the verdict by the XML schema that is made from the declarations. Only if it finds something, each value
is held against its datatype again, to tell which of them it is. What the DTD says of the structure the schema says too,
but here nobody listens.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import attrs
from lxml import etree

from ..binding.notes import Note
from ..findings import Severity, shorten
from ..forks import ForkLock
from ..places import tag_of
from ..spelled import Unreadable
from ..tree import Loaded
from . import hints, lists
from .datatypes import Typed, is_remembered, typed_fields
from .kept import Kept
from .pieces import is_large, large_children, piece_size

__all__ = ["TYPES", "TypeCode", "check", "directory", "fits", "is_valid"]


@attrs.frozen
class TypeCode:
    """A code of this layer. ``severities``: what its findings can be."""

    severities: str
    says: str
    hint: str
    guide: str


#: The codes of this layer.
TYPES: dict[str, TypeCode] = {
    "number": TypeCode(
        "error or warning",
        "The value is not a number in plain decimal notation. A warning if it can be read all the same.",
        "Write digits with a point: 12.50. No comma, no currency sign, no exponent; whole numbers without a point.",
        "3.2.2",
    ),
    "time": TypeCode(
        "error or warning",
        "The value is not a date or a time in the form of cXML. A warning if it can be read all the same.",
        "Write 2026-11-23T18:30:00+00:00: always with seconds and with the offset from UTC, never with Z.",
        "3.1.6.2",
    ),
    "duration": TypeCode(
        "error", "The value is not a duration of ISO 8601.", "Write P30D for thirty days, PT2H for two hours.", "7.2.2"
    ),
    "currency": TypeCode(
        "error or warning",
        "The value is not a currency code. A warning if it is empty or in lower case.",
        "Write three capitals, such as EUR.",
        "3.2.2",
    ),
    "country": TypeCode(
        "error or warning",
        "The value is not a country code. A warning if it is empty or in lower case.",
        "Write two capitals, such as DE.",
        "3.2.1",
    ),
    "state": TypeCode(
        "warning",
        "The value does not have the form of a code of ISO 3166-2.",
        "Write the country in front: US-CA.",
        "3.2.1",
    ),
    "language": TypeCode(
        "warning", "The value does not have the form of a language.", "Write en or en-GB, with a hyphen.", "3.2.1"
    ),
    "unit": TypeCode(
        "warning",
        "The value does not have the form of a UN/CEFACT unit of measure.",
        "Write one to three capitals or digits, such as EA, HUR or C62.",
        "3.2.1",
    ),
    "url": TypeCode(
        "error", "The value is not an absolute URL.", "Begin with https:// and encode blanks as %20.", "3.1.5"
    ),
    "unknown-currency": TypeCode(
        "warning", "ISO 4217 has no such currency.", "Look the code up; UK£ is GBP, for instance.", "3.2.2"
    ),
    "unknown-country": TypeCode(
        "warning", "ISO 3166-1 has no such country.", "Look the code up; the United Kingdom is GB.", "3.2.1"
    ),
    "unknown-state": TypeCode(
        "warning", "ISO 3166-2 has no such subdivision.", "Look the code up; it begins with the country.", "3.2.1"
    ),
    "unknown-language": TypeCode(
        "warning", "ISO 639 has no such language.", "Look the code up; a country alone is no language.", "3.2.1"
    ),
    "unknown-unit": TypeCode(
        "warning",
        "UN/CEFACT Recommendations 20 and 21 have no such unit; some buyers refuse it, others take it for EA.",
        "Look the code up; a piece is EA or C62, an hour HUR, a box BX.",
        "3.2.1",
    ),
}

#: simple type -> code
_CODE_OF = {
    "number": "number",
    "uint": "number",
    "int": "number",
    "datetime.tz": "time",
    "date": "time",
    "time.tz": "time",
}


def check(loaded: Loaded, kept: Kept) -> list[str]:
    """Put what this layer notices into ``kept``; the value is what could not be checked."""
    if not _is_valid(loaded):
        _explain(loaded.root, kept)
    return _look_up(loaded.root, kept)


# --- the verdict: libxml2 --------------------------------------------------------------------------------------

_local = threading.local()
_compiling = ForkLock()


def directory() -> Path:
    """Where the schemas are: in the package if it was installed from a wheel, else beside the sources."""
    here = Path(__file__).resolve()
    return next(place for place in (here.parents[1] / "dtd", here.parents[3] / "dtd") if (place / "cXML.xsd").is_file())


def is_valid(root: etree._Element) -> bool:
    """Whether a document follows the schema in all, its structure included."""
    return _schema(_DOCUMENTS).validate(root)


def _schema(name: str) -> etree.XMLSchema:
    """The schema of all documents, or of those that hold nothing but one value of a datatype."""
    try:
        schemas: dict[str, etree.XMLSchema] = _local.schemas
    except AttributeError:  # some for each thread: a schema keeps the errors of its last document
        schemas = _local.schemas = {}
    if name not in schemas:
        # With the first schema of a process libxml2 sets its own datatypes up, and no two threads may be at that: one
        # finds them half done, or the memory is broken.
        with _compiling:
            whole = name == _DOCUMENTS
            schemas[name] = etree.XMLSchema(file=str(directory() / name)) if whole else etree.XMLSchema(_holder(name))
    return schemas[name]


def _is_valid(loaded: Loaded) -> bool:
    """The same, a large tree in pieces. A piece that is no document by itself makes no fault of it, only work."""
    piece = piece_size(loaded)
    if not is_large(loaded.root, piece):
        return is_valid(loaded.root)
    verdict = _schema(_DOCUMENTS).validate
    waiting = [loaded.root]
    while waiting:
        node = waiting.pop()
        if not all(fits(typed.type, text) for typed, text in _values_of(node)):
            return False
        large = large_children(node, piece)
        waiting += large
        if not all(child in large or verdict(child) for child in node.iterchildren("*")):
            return False
    return True


# --- which value it is -----------------------------------------------------------------------------------------

_DOCUMENTS, _VALUE = "cXML.xsd", "value"
#: What libxml2 reads otherwise than people mean it: it knows no number of more than 24 digits, and no address with a
#: bracket in its path. These are right or wrong by the patterns of our own schema alone.
_BY_FORM = frozenset(("number", "uint", "int", "url"))


@cache
def _forms() -> dict[str, tuple[Callable[[str], object], bool]]:
    """The patterns of these datatypes, and whether they may be below zero, as xmlschema reads them."""
    import xmlschema  # not at the top: most documents have nothing to be looked at in this way

    types: Any = xmlschema.XMLSchema(str(directory() / "datatypes.xsd"), allow="local", defuse="never").types
    found = {}
    for name in _BY_FORM:
        (pattern,) = types[name].patterns.patterns
        found[name] = pattern.match, types[name].min_value != 0
    return found


def _holder(name: str) -> etree._Element:
    """A schema of documents with one value in them."""
    space = "{http://www.w3.org/2001/XMLSchema}"
    root = etree.Element(f"{space}schema")
    etree.SubElement(root, f"{space}include", schemaLocation=(directory() / "datatypes.xsd").as_uri())
    etree.SubElement(root, f"{space}element", name=_VALUE, type=name)
    return root


def fits(name: str, text: str) -> bool:
    """Whether a text is a value of a datatype."""
    if name in _BY_FORM:
        matches, below_zero = _forms()[name]
        text = text.strip(" \t\r\n")
        return matches(text) is not None and (below_zero or text[0] != "-" or not text.strip("-0"))
    node = etree.Element(_VALUE)
    node.text = text
    return _schema(name).validate(node)


#: So many values are remembered while one document is judged: the same few come again and again.
_REMEMBERED = 1000


def _explain(root: etree._Element, kept: Kept) -> None:
    # How wrong each of the values is; None if it is right.
    known: dict[tuple[str, str], Severity | None] = {}
    for node in root.iter("*"):
        for typed, text in _values_of(node):
            key = typed.what, text
            if key not in known:
                if len(known) >= _REMEMBERED:
                    known.clear()
                known[key] = None if fits(typed.type, text) else _severity(typed, _code(typed), text)
            severity = known[key]
            if severity is not None and kept.takes(severity):
                kept.add(_note(node, typed, text, severity))


def _values_of(node: etree._Element) -> Iterator[tuple[Typed, str]]:
    """The values of one element that have a datatype."""
    for typed in typed_fields(tag_of(node)):
        if typed.key:
            text = node.get(typed.key)
            if text is not None:
                yield typed, text
        elif not len(node):
            yield typed, node.text or ""


def _code(typed: Typed) -> str:
    name = typed.type.removesuffix(".opt")
    return _CODE_OF.get(name, name)


def _note(node: etree._Element, typed: Typed, text: str, severity: Severity) -> Note:
    name, code = typed.type.removesuffix(".opt"), _code(typed)
    found = "a secret value" if typed.secret else shorten(text) if text else "nothing"
    message = f"{typed.what}: {_EXPECTED.get(name) or typed.scalar.expected} is expected, found {found}."
    return Note(node, "type", severity, code, message, hints.hint(typed, text) or TYPES[code].hint)


_EXPECTED = {"uint": "a whole number from 0", "unit": "a unit such as EA", "url": "an absolute URL"}


def _severity(typed: Typed, code: str, text: str) -> Severity:
    if code not in ("number", "time"):
        # The DTD allows an empty code on purpose, and everybody knows what ``eur`` is.
        known = TYPES[code].severities != "error" and (not text.strip() or hints.is_in_lower_case(code, text.strip()))
        return "warning" if known or TYPES[code].severities == "warning" else "error"
    # What a reader understands all the same is a remark; it is written back as it came.
    reading = typed.scalar.recover(text)
    legible = reading.code and not isinstance(reading.value, Unreadable)
    return "warning" if legible else "error"


# --- lists of codes --------------------------------------------------------------------------------------------

_LISTED = frozenset(("currency", "country", "state", "language", "unit"))


#: By declared names only.
_CODED: dict[str, tuple[Typed, ...]] = {}


def _coded(tag: str) -> tuple[Typed, ...]:
    """What in an element is a code of a list."""
    found = tuple(typed for typed in typed_fields(tag) if typed.type.removesuffix(".opt") in _LISTED)
    if is_remembered(tag):
        _CODED[tag] = found
    return found


def _look_up(root: etree._Element, kept: Kept) -> list[str]:
    unchecked: list[str] = []
    unknown: dict[tuple[str, str], str] = {}
    for node in root.iter("*"):
        tag: Any = node.tag
        for typed in _CODED[tag] if tag in _CODED else _coded(str(tag)):
            text = node.get(typed.key) if typed.key else (node.text if not len(node) else None)
            name = typed.type.removesuffix(".opt")
            if not text or not text.strip():
                continue
            if name != "unit" and not lists.available():
                unchecked = [lists.INSTALL]
                continue
            key = name, text.strip()
            if key not in unknown:
                if len(unknown) >= _REMEMBERED:
                    unknown.clear()
                unknown[key] = lists.unknown(*key)
            if unknown[key] and kept.takes("warning"):
                kept.add(_unlisted(node, typed, unknown[key], key[1]))
    return unchecked


def _unlisted(node: etree._Element, typed: Typed, kind: str, text: str) -> Note:
    made = TYPES[f"unknown-{kind}"]
    hint = "The United Kingdom is GB." if kind == "country" and text.upper().endswith("UK") else made.hint
    message = f"{typed.what}: {shorten(text)} is no known {kind}."
    return Note(node, "type", "warning", f"unknown-{kind}", message, hint)
