"""The text of a DTD: what it is, what it includes, and whether it is safe to compile.

libxml2 compiles what it is given and would fetch what that names. So a DTD is read here first: files that it includes
are put in by us, and a DTD that still names another one, or whose entities would grow out of all proportion, is not
compiled at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from ..payloads import MESSAGES, MODULES, REQUESTS, RESPONSES

__all__ = ["DtdFacts", "DtdRefused", "facts_of", "included", "includes_others"]

#: The largest official file has half a million octets.
LARGEST = 8 * 1024 * 1024
#: So many files may include one another, one within the other.
_DEEPEST = 8

_VALUE = r"""("[^"]*"|'[^']*')"""
_ENTITY = re.compile(rf"<!ENTITY\s+(%\s+)?([^\s%\"'<>]+)\s+{_VALUE}\s*>")
_EXTERNAL = re.compile(
    rf"<!ENTITY\s+%\s+([^\s%\"'<>]+)\s+(?:SYSTEM\s+{_VALUE}|PUBLIC\s+(?:\"[^\"]*\"|'[^']*')\s+{_VALUE})\s*>"
)
_NAMES_A_FILE = re.compile(r"<!ENTITY\s+(?:%\s+)?[^\s\"'<>]+\s+(?:SYSTEM|PUBLIC)\b")
_REFERENCE = re.compile(r"[%&]([^\s;#%&\"'<>]+);")
_WRAPPER = re.compile(r"<!ELEMENT\s+(?:Request|Response|Message)\s([^>]*)>")
_ELEMENT = re.compile(r"<!ELEMENT\s+([^\s%\"'<>]+)\s")
_NAME = re.compile(r"[\w:.-]+")


def _without_comments(text: str) -> str:
    # Most of an official file is comments; splitting is many times faster than a pattern.
    first, *rest = text.split("<!--")
    return first + "".join(part.partition("-->")[2] for part in rest)


class DtdRefused(ValueError):
    """A DTD that is not compiled; the text says why."""


class DtdFacts(NamedTuple):
    """What a DTD says about itself.

    version: the cXML version that it names, or "".
    module: the official module that it comes nearest to.
    payloads: the payloads that it allows and declares.
    root: whether it declares the element cXML.
    """

    version: str
    module: str
    payloads: frozenset[str]
    root: bool


def facts_of(text: str) -> DtdFacts:
    """Recognise a DTD by what it declares, whatever its name is."""
    text = _without_comments(text)
    entities = _entities(text)
    allowed = {
        name
        for wrapper in _WRAPPER.findall(text)
        for name in _NAME.findall(_expanded(wrapper, entities))
        if name != "Status"
    }
    tags = set(_ELEMENT.findall(text))
    return DtdFacts(entities.get("cxml.version", ""), _module(allowed), frozenset(allowed & tags), "cXML" in tags)


def _module(payloads: set[str]) -> str:
    # Catalog.dtd allows a part of what cXML.dtd allows, so of two that fit the smaller one is meant.
    def closeness(module: str) -> tuple[int, int]:
        names = {name for table in (REQUESTS, RESPONSES, MESSAGES) for name in table.get(module, ())}
        return len(names & payloads), -len(names)

    return max(MODULES, key=closeness)


def _entities(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for _, name, value in _ENTITY.findall(text):
        found.setdefault(name, value[1:-1])
    return found


def _expanded(text: str, entities: dict[str, str]) -> str:
    for _ in range(_DEEPEST):
        text, changed = _REFERENCE.subn(lambda hit: entities.get(hit[1], ""), text)
        if not changed or len(text) > LARGEST:
            break
    return text


def includes_others(text: str) -> bool:
    """Whether a DTD includes another file."""
    return _EXTERNAL.search(_without_comments(text)) is not None


def included(text: str, find: Callable[[str], str], depth: int = 0) -> str:
    """The text with the files in it that it includes, ready to be compiled.

    ``find`` gives the text for a system identifier and raises DtdRefused if there is none. Nothing else is opened.
    Raises DtdRefused.
    """
    if depth > _DEEPEST:
        raise DtdRefused("it includes files that include one another")
    bare = _without_comments(text)
    for name, system, of_public in _EXTERNAL.findall(bare):
        reference = f"%{name};"
        if reference in bare:
            inner = included(find((system or of_public)[1:-1]), find, depth + 1)
            # Only the first one is of use: what it declares is then declared.
            before, after = bare.split(reference, 1)
            bare = before + inner + after.replace(reference, "")
            if len(bare) > LARGEST:
                raise DtdRefused("it is too large")
    if depth:
        return bare
    bare = _EXTERNAL.sub("", bare)
    _refuse_unsafe(bare)
    return bare if bare != _without_comments(text) else text


def _refuse_unsafe(text: str) -> None:
    if _NAMES_A_FILE.search(text):
        raise DtdRefused("it declares an entity that is another file")
    entities: dict[str, str] = {}
    for percent, name, value in _ENTITY.findall(text):
        # Declarations that come into being only when an entity is expanded could not be seen here.
        if percent and ("&#" in value or "<!" in value):
            raise DtdRefused(f"the entity {name[:60]} hides declarations")
        entities.setdefault(name, value[1:-1])
    sizes: dict[str, int] = {}

    def size(name: str, within: tuple[str, ...] = ()) -> int:
        if name in within or len(within) > 100:
            raise DtdRefused(f"the entity {name[:60]} refers to itself")
        if name not in sizes:
            value = entities.get(name, "")
            sizes[name] = len(value) + sum(size(inner, (*within, name)) for inner in _REFERENCE.findall(value))
        return sizes[name]

    if len(text) + sum(map(size, _REFERENCE.findall(text))) > LARGEST:
        raise DtdRefused("its entities are too large")
