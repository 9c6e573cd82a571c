"""Where things stand: the source text of a document beside its tree.

A tree knows the line in which a start tag ends, and nothing of its own spelling. What people and signatures need is in
the octets; this module finds it again there. Everything here is given a document that is known to be well-formed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

if TYPE_CHECKING:
    from .tree import Loaded

__all__ = [
    "MARKUP",
    "Declaring",
    "Places",
    "crowded",
    "declaring",
    "is_tight",
    "name_of",
    "namespaces",
    "slices",
    "tag_of",
]


#: The most letters of a name, and of a whole path, that are shown. No document of cXML comes near.
_LONGEST_NAME = 100
_LONGEST_PATH = 1000


class Places:
    """Where elements stand: XPath with positions, line and column of the start tag.

    elements: those that will be asked about. In a path longer than any document needs ``…`` stands for its middle.
    """

    def __init__(self, loaded: Loaded, elements: Iterable[etree._Element]) -> None:
        anchors = {_anchor(element) for element in elements}
        self._positions = _positions(loaded, anchors)
        self._anchors = anchors
        self._steps: dict[etree._Element, str] | None = None

    def path(self, element: etree._Element) -> str:
        if self._steps is None:
            self._steps = _steps_to(self._anchors)
        steps: list[str] = []
        here: etree._Element | None = _anchor(element)
        while here is not None:
            steps.append(self._steps[here])
            here = here.getparent()
        return _path(steps)

    def position(self, element: etree._Element) -> tuple[int, int]:
        """Line and column, both from 1."""
        return self._positions.get(_anchor(element), (0, 0))


def _anchor(node: etree._Element) -> etree._Element:
    """The element to point at: for a processing instruction the one that it stands in."""
    parent = node.getparent()
    return node if tag_of(node) or parent is None else parent


def tag_of(node: etree._Element) -> str:
    """The name of an element in Clark notation; "" for a processing instruction."""
    tag = node.tag
    return tag if isinstance(tag, str) else ""


def name_of(element: etree._Element) -> str:
    """The qualified name, as it stands in the document."""
    local = str(element.tag).rpartition("}")[2]
    return f"{element.prefix}:{local}" if element.prefix else local


def _steps_to(elements: Iterable[etree._Element]) -> dict[etree._Element, str]:
    """The step of a path that leads to each of the elements and to all that they stand in."""
    steps: dict[etree._Element, str] = {}
    wanted: dict[etree._Element, set[etree._Element]] = {}
    for element in elements:
        while element not in steps:
            steps[element] = ""
            parent = element.getparent()
            if parent is None:
                steps[element] = _shown(name_of(element))
                break
            wanted.setdefault(parent, set()).add(element)
            element = parent
    for parent, children in wanted.items():
        steps.update(_child_steps(parent, children))
    return steps


def _child_steps(parent: etree._Element, wanted: set[etree._Element]) -> dict[etree._Element, str]:
    # Of all other children, which may be a million, nothing is kept.
    names = {child: name_of(child) for child in wanted}
    counts = dict.fromkeys(names.values(), 0)
    numbers: dict[etree._Element, int] = {}
    for child in parent.iterchildren("*"):
        name = name_of(child)
        if name in counts:
            counts[name] += 1
            if child in wanted:
                numbers[child] = counts[name]
    return {
        child: _shown(name) if counts[name] == 1 else f"{_shown(name)}[{numbers[child]}]"
        for child, name in names.items()
    }


def _shown(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def _path(steps: list[str]) -> str:
    """A path of steps from the element upwards."""
    path = "/" + "/".join(reversed(steps))
    if len(path) <= _LONGEST_PATH:
        return path
    half = _LONGEST_PATH // 2
    begin, end = path[:half].rpartition("/")[0], path[-half:].partition("/")[2]
    return f"{begin}/…/{end}"


# The markup of a document that is known to be well-formed. No parser is asked: expat knows fewer letters than libxml2.
# A name ends in front of a blank, "/" or ">", so no shorter one is tried where a tag is not closed.
MARKUP = re.compile(
    rb"""<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"""
    rb"""|<(/?)([^\s<>/"'=!?]+)(?=[\s/>])([^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*)>""",
    re.DOTALL,
)


def _tags(octets: bytes, start: int) -> Iterator[re.Match[bytes]]:
    """Start and end tags in order; groups: "/" of an end tag, name, the rest."""
    return (tag for tag in MARKUP.finditer(octets, start) if tag[2])


def _start_tags(loaded: Loaded) -> Iterator[tuple[etree._Element, re.Match[bytes]]]:
    tags = _tags(loaded.octets, loaded.start)
    return zip(loaded.root.iter("*"), (tag for tag in tags if not tag[1]), strict=True)


def _positions(loaded: Loaded, wanted: set[etree._Element]) -> dict[etree._Element, tuple[int, int]]:
    # lxml knows the line in which a start tag ends; people look for the one in which it begins.
    found: dict[etree._Element, tuple[int, int]] = {}
    if not wanted:
        return found
    octets = loaded.octets
    line, column, last = 1 + loaded.skipped, 1, 0
    for element, tag in _start_tags(loaded):
        if element in wanted:
            # From one to the next: a document may be a single line of many megabytes.
            at = tag.start()
            lines = octets.count(b"\n", last, at)
            begins = octets.rfind(b"\n", last, at) + 1 if lines else last
            line, column = line + lines, (1 if lines else column) + len(octets[begins:at].decode("utf-8"))
            last = at
            found[element] = line, column
            if len(found) == len(wanted):
                break
    return found


# --- namespaces ------------------------------------------------------------------------------------------

_ATTRIBUTE = re.compile(rb"""([^\s=<>"'/]+)\s*=\s*("[^"]*"|'[^']*')""").finditer
_XMLNS = b"xmlns"


def _declared(tag: re.Match[bytes], most: int | None = None) -> list[tuple[bytes, bytes]]:
    """The declarations of namespaces in a start tag, the first ``most`` at least: prefix or "", URI in its quotes.

    That of the prefix xml is none: every document has it, and it may only say what is so anyway.
    """
    if _XMLNS not in tag[3]:
        return []
    found = (attribute.groups() for attribute in _ATTRIBUTE(tag[3]))
    declared = (
        (name[6:], value)
        for name, value in found
        if name == _XMLNS or (name.startswith(b"xmlns:") and name != b"xmlns:xml")
    )
    return list(islice(declared, most))


class Declaring(NamedTuple):
    """What the start tags of a document declare: in how many of them, how many prefixes, octets of the longest name."""

    tags: int = 0
    prefixes: int = 0
    longest: int = 0


def declaring(octets: bytes, start: int, plain: bool, most: int) -> Declaring:
    """What the start tags of a well-formed document declare.

    plain: no comment, CDATA section or instruction stands behind ``start``, so that only tags begin with '<'.
    most: behind the tag in which there are more prefixes than these it looks no further.
    """
    tags = longest = 0
    prefixes: set[bytes] = set()
    for tag in _mentioning(octets, start) if plain else (tag for tag in _tags(octets, start) if not tag[1]):
        if declared := _declared(tag, most + 1):
            tags += 1
            prefixes.update(prefix for prefix, _ in declared)
            longest = max(longest, *(len(name) - 2 for _, name in declared))
            if len(prefixes) > most:
                break
    return Declaring(tags, len(prefixes), longest)


def crowded(octets: bytes, most: int) -> bool:
    """Whether a tag declares more than ``most`` namespaces, as far as that can be seen before there is a tree."""
    if octets.count(_XMLNS) <= most:
        return False
    return any(tag[0].count(_XMLNS) > most for tag in _TAG(octets))


_TAG = re.compile(rb"<[^<>]*").finditer


def _mentioning(octets: bytes, start: int) -> Iterator[re.Match[bytes]]:
    """The tags in which the word stands, found without a look at all the others."""
    last, at = start, octets.find(_XMLNS, start)
    while at >= 0:
        # What was looked at is not looked at again: the word may stand a thousand times in one text.
        begin = octets.rfind(b"<", last, at)
        last = at + 1
        tag = MARKUP.match(octets, begin) if begin >= 0 else None
        if tag is not None and tag.end() > at:
            yield tag
            last = tag.end()
        at = octets.find(_XMLNS, last)


def namespaces(loaded: Loaded) -> dict[etree._Element, list[tuple[str, str]]]:
    """The namespaces that elements declare: element -> (prefix or "", URI)."""
    found: dict[etree._Element, list[tuple[str, str]]] = {}
    if not loaded.namespaces:
        return found
    for element, tag in _start_tags(loaded):
        if declared := _declared(tag):
            found[element] = [(prefix.decode("utf-8"), _name(element, prefix, value)) for prefix, value in declared]
            if len(found) == loaded.namespaces:
                break
    return found


def _name(element: etree._Element, prefix: bytes, value: bytes) -> str:
    """The name of a namespace that an element declares."""
    if _PLAIN(value):
        return value[1:-1].decode("utf-8")
    # There are references in it. The map lists what is declared further out as well, so it is not for every tag.
    return element.nsmap.get(prefix.decode("utf-8") or None) or ""


_PLAIN = re.compile(rb"[^&\s]*").fullmatch


def slices(loaded: Loaded) -> list[str]:
    """The exact source text of each child of the root, in order."""
    found: list[str] = []
    level = began = 0
    for tag in _tags(loaded.octets, loaded.start):
        if not tag[1]:
            level += 1
            if level == 2:
                began = tag.start()
        if tag[1] or tag[3].endswith(b"/"):
            if level == 2:
                found.append(loaded.octets[began : tag.end()].decode("utf-8"))
            level -= 1
    return found


def is_tight(octets: bytes, tag: bytes) -> bool:
    """Whether no blanks stand in front of elements called ``tag``, nor behind them up to the next tag."""
    start = b"<" + tag
    at = octets.find(start)
    while at > 0:
        if octets[at - 1] != 62:  # the '>' of the tag before it
            return False
        at = octets.find(start, at + 1)
    return not re.search(rb"</" + tag + rb"\s*>\s+<", octets) and not re.search(start + rb"[^<>]*/>", octets)
