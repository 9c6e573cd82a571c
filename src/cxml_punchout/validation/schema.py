"""The datatypes: numbers, times, codes and links, whose form a DTD cannot describe.

libxml2 gives the verdict by the XML schema that is made from the declarations. Only if it finds something, each value
is held against its datatype again, by the xmlschema library, which knows what exactly is wrong with it. What the DTD
says of the structure the schema says too, but here nobody listens.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import attrs
from lxml import etree

from ..binding.notes import Note
from ..findings import Severity, shorten
from ..places import tag_of
from ..spelled import Unreadable
from . import hints, lists
from .datatypes import Typed, typed_fields

__all__ = ["TYPES", "TypeCode", "check", "directory", "is_valid"]


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


def check(root: etree._Element) -> tuple[list[Note], list[str]]:
    """The notes of this layer, and what could not be checked."""
    notes = [] if is_valid(root) else list(_explained(root))
    listed, unchecked = _looked_up(root)
    return notes + listed, unchecked


# --- the verdict: libxml2 --------------------------------------------------------------------------------------

_local = threading.local()


def directory() -> Path:
    """Where the schemas are: in the package if it was installed from a wheel, else beside the sources."""
    here = Path(__file__).resolve()
    return next(place for place in (here.parents[1] / "dtd", here.parents[3] / "dtd") if (place / "cXML.xsd").is_file())


def is_valid(root: etree._Element) -> bool:
    """Whether a document follows the schema in all, its structure included."""
    try:
        schema: etree.XMLSchema = _local.schema
    except AttributeError:  # one for each thread: a schema keeps the errors of its last document
        schema = _local.schema = etree.XMLSchema(file=str(directory() / "cXML.xsd"))
    return schema.validate(root)


# --- the explanation: xmlschema --------------------------------------------------------------------------------


@cache
def _simple_types() -> Any:
    import xmlschema

    return xmlschema.XMLSchema(str(directory() / "datatypes.xsd"), allow="local", defuse="never").types


_lock = threading.Lock()


def _explained(root: etree._Element) -> Iterator[Note]:
    known: dict[tuple[str, str], str | None] = {}
    for node, typed, text in _values(root):
        key = typed.type, text
        if key not in known:
            known[key] = _reason(typed.type, text)
        if known[key] is not None:
            yield _note(node, typed, text)


def _values(root: etree._Element) -> Iterator[tuple[etree._Element, Typed, str]]:
    """Every value with a datatype, wherever its element stands."""
    for node in root.iter("*"):
        for typed in typed_fields(tag_of(node)):
            if typed.key:
                text = node.get(typed.key)
                if text is not None:
                    yield node, typed, text
            elif not len(node):
                yield node, typed, node.text or ""


def _reason(name: str, text: str) -> str | None:
    """What xmlschema has against a value; None if nothing."""
    with _lock:
        error = next(_simple_types()[name].iter_errors(text), None)
    return None if error is None else str(error.reason)


def _note(node: etree._Element, typed: Typed, text: str) -> Note:
    name = typed.type.removesuffix(".opt")
    code = _CODE_OF.get(name, name)
    found = "a secret value" if typed.secret else shorten(text) if text else "nothing"
    message = f"{typed.what}: {_EXPECTED.get(name) or typed.scalar.expected} is expected, found {found}."
    return Note(node, "type", _severity(typed, code, text), code, message, hints.hint(typed, text) or TYPES[code].hint)


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


@cache
def _listed(tag: str) -> tuple[Typed, ...]:
    """What in an element is a code of a list."""
    return tuple(typed for typed in typed_fields(tag) if typed.type.removesuffix(".opt") in _LISTED)


def _looked_up(root: etree._Element) -> tuple[list[Note], list[str]]:
    # Only what stands in the document is looked at, so that no topic is loaded for nothing.
    tags = {tag: listed for tag in {tag_of(node) for node in root.iter("*")} if (listed := _listed(tag))}
    notes: list[Note] = []
    unchecked: list[str] = []
    unknown: dict[tuple[str, str], str] = {}
    for node in root.iter(*tags) if tags else ():
        for typed in tags[tag_of(node)]:
            text = node.get(typed.key) if typed.key else (node.text if not len(node) else None)
            name = typed.type.removesuffix(".opt")
            if not text or not text.strip():
                continue
            if name != "unit" and not lists.available():
                unchecked = [lists.INSTALL]
                continue
            key = name, text.strip()
            if key not in unknown:
                unknown[key] = lists.unknown(*key)
            if unknown[key]:
                notes.append(_unlisted(node, typed, unknown[key], key[1]))
    return notes, unchecked


def _unlisted(node: etree._Element, typed: Typed, kind: str, text: str) -> Note:
    made = TYPES[f"unknown-{kind}"]
    hint = "The United Kingdom is GB." if kind == "country" and text.upper().endswith("UK") else made.hint
    message = f"{typed.what}: {shorten(text)} is no known {kind}."
    return Note(node, "type", "warning", f"unknown-{kind}", message, hint)
