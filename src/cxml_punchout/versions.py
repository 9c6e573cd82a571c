"""Which cXML version a document of ours names, and what the older versions lack.

The grammar only ever grew, so one set of declarations reads all versions, and the version matters for what is written:
a partner that validates by an old DTD can read only what is in it. What came when stands in the declarations. The
oldest grammar that they were held against is 1.2.014; what that one has is taken to be in those before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import attrs

from . import element as x
from .errors import InvalidValue, UsageError
from .payloads import SINCE
from .spelled import Origin, spelling_in

__all__ = ["CURRENT_VERSION", "Newer", "known_version", "lacking", "named_by", "named_in", "version_for"]

#: The cXML version whose grammar the declarations follow, and the newest that documents of ours name.
CURRENT_VERSION = "1.2.071"

_KNOWN = re.compile(r"1\.2\.[0-9]{3}").fullmatch


def known_version(version: str, path: str) -> str:
    """A version that a program sets, or "" for none. Raises InvalidValue, naming ``path``, for what is none of ours."""
    if not isinstance(version, str) or (version and not _usable(version)):
        raise InvalidValue(f"a cXML version is expected, such as 1.2.014, and none after {CURRENT_VERSION}", path)
    return version


def _usable(version: str) -> bool:
    return _KNOWN(version) is not None and version <= CURRENT_VERSION


def version_for(document: Any, given: str = "", asked: str = "") -> str:
    """The version that a document of ours names.

    given: the one that was set for the partner or the program; "" for none.
    asked: the one that the partner's own document names. It is taken if it can hold what is written.

    Raises UsageError, which names the field and the version that brought it, if ``given`` lacks something.
    """
    if given:
        found = lacking(document, given)
        if found is not None:
            raise UsageError(f"cXML {given} does not have {found.what}; it came with {found.since}", found.path)
        return given
    if _usable(asked) and lacking(document, asked) is None:
        return asked
    return CURRENT_VERSION


def named_by(document: Any) -> str:
    """The version that a document names in its DOCTYPE, or in the attribute of old; "" if in neither."""
    named: str | None = document.doctype.version if document.doctype is not None else None
    return named or (document.version.strip() if isinstance(document.version, str) else "")


# A document that cannot be read may still say for whom it was written. Nothing depends on it but a name in the answer.
_NAMED = re.compile(rb"<!DOCTYPE\s+cXML\s[^<>]{0,100}/cXML/(1\.2\.[0-9]{3})/\w{1,40}\.dtd[\"']", re.IGNORECASE).search
_FIRST_OCTETS = 4096


def named_in(octets: object) -> str:
    """The version that a DOCTYPE among the first octets of something unreadable names, or ""."""
    found = _NAMED(octets[:_FIRST_OCTETS]) if isinstance(octets, (bytes, bytearray, memoryview)) else None
    return found[1].decode("ascii") if found is not None else ""


# --- what a version lacks ------------------------------------------------------------------------------------


@attrs.frozen
class Newer:
    """Something in a document that came after a version.

    path: the field. what: in words. since: the first version that has it, as far as it is known.
    """

    path: str
    what: str
    since: str


def lacking(element: Any, version: str, path: str = "document", origin: Origin | None = None) -> Newer | None:
    """The first part of an element that ``version`` has no place for; None if it holds all of it.

    Elements without a model are judged by the names in them that are declared here. origin: the document that it will
    be written in, if that was read.
    """
    if version >= CURRENT_VERSION:
        return None
    if isinstance(element, x.OpenElement):
        return _newer_in_markup(element, version, path)
    if not isinstance(element, x.Element):
        return None
    origin = getattr(element, "_origin", None) or origin
    plan = _plan(element.__cxml__.tag, version)
    for name, what, since, flag in plan.later:
        value = getattr(element, name)
        # A "no" is written in the document that it stood in; elsewhere it is absence.
        unset = flag and value in (False,) and spelling_in(value, origin) is None
        if value is not None and value != () and value != [] and not unset:
            return Newer(f"{path}.{name}", what, since)
    for name, what, values in plan.values:
        since = values.get(getattr(element, name), "")
        if since > version:
            return Newer(f"{path}.{name}", f"this value of {what}", since)
    for name, what, since in plan.single:
        if len(getattr(element, name) or ()) > 1:
            return Newer(f"{path}.{name}", f"more than one {what}", since)
    for name in plan.inner:
        for part, here in _parts(getattr(element, name), f"{path}.{name}"):
            since = _since_of(part.tag if isinstance(part, x.OpenElement) else part.__cxml__.tag)
            if since > version:
                return Newer(here, f"<{part.tag if isinstance(part, x.OpenElement) else part.__cxml__.tag}>", since)
            found = lacking(part, version, here, origin)
            if found is not None:
                return found
    return None


def _parts(value: Any, path: str) -> Iterator[tuple[Any, str]]:
    """The elements in a field, each with its path."""
    if isinstance(value, (tuple, list)):
        for number, part in enumerate(value):
            if isinstance(part, (x.Element, x.OpenElement)):
                yield part, f"{path}[{number}]"
    elif isinstance(value, (x.Element, x.OpenElement)):
        yield value, path


@attrs.frozen
class _Plan:
    """What to look at in an element of one kind, for one version.

    later: fields that must be absent: name, name on the wire, version, and whether False means absence.
    values: enumerations. single: fields that may hold one only. inner: fields that hold elements.
    """

    later: tuple[tuple[str, str, str, bool], ...]
    values: tuple[tuple[str, str, Any], ...]
    single: tuple[tuple[str, str, str], ...]
    inner: tuple[str, ...]


@lru_cache(maxsize=4096)
def _plan(tag: str, version: str) -> _Plan:
    declaration = x.lookup(tag)
    assert isinstance(declaration, x.Declaration)
    later, values, single, inner = [], [], [], []
    for field in declaration.fields:
        since = _since(field)
        what = (
            f"{tag}@{field.tag}" if field.kind == "attribute" else f"<{field.tags[0] if field.tags else tag}> in {tag}"
        )
        if since > version:
            later.append((field.name, what, since, field.scalar is not None and field.scalar.name == "yes"))
        elif field.values_since:
            values.append((field.name, what, field.values_since))
        elif field.kind not in ("attribute", "text"):
            inner.append(field.name)
            if field.many_since > version:
                single.append((field.name, what, field.many_since))
    return _Plan(tuple(later), tuple(values), tuple(single), tuple(inner))


def _since(field: x.Field) -> str:
    """The version that brought a field; its element may be younger than its place."""
    return max(field.since, _since_of(field.tag)) if field.kind in ("child", "children") else field.since


def _since_of(tag: str) -> str:
    declared = x.lookup(tag)
    return declared.since if declared is not None else SINCE.get(tag, "")


def _newer_in_markup(element: x.OpenElement, version: str, path: str) -> Newer | None:
    for node in element.tree().iter("*"):
        tag = str(node.tag)
        since = _since_of(tag)
        if since > version:
            return Newer(path, f"<{tag}>", since)
        declaration = x.lookup(tag)
        if not isinstance(declaration, x.Declaration):
            continue
        children = [str(child.tag) for child in node.iterchildren("*")]
        for field in declaration.fields:
            given = node.get(x.clark(field.tag)) if field.kind == "attribute" else None
            there = given is not None or any(child in field.tags for child in children)
            if there and _since(field) > version:
                return Newer(path, f"{tag}/{field.tag}", _since(field))
            if given is not None and field.values_since.get(given, "") > version:
                return Newer(path, f"this value of {tag}@{field.tag}", field.values_since[given])
            if field.many_since > version and sum(child in field.tags for child in children) > 1:
                return Newer(path, f"more than one {field.tag} in {tag}", field.many_since)
    return None
