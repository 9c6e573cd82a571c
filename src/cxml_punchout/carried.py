"""Where the Attachments of a document stand, typed or carried as XML."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from operator import attrgetter
from typing import Any, TypeAlias

from .binding import careful
from .element import Declaration, Element, lookup
from .errors import DocumentError
from .models.envelope import CXML
from .models.text import Attachment
from .places import Places
from .summary.reading import tag_of
from .tree import PIECE_LIMITS, load, xpath

__all__ = ["attachments_in"]


#: The elements around something, the nearest first.
_Trail: TypeAlias = tuple[Element, "_Trail"] | None
#: parent -> its children, and what they are called in a path; by id.
_Steps: TypeAlias = dict[int, dict[int, str]]


def attachments_in(document: CXML) -> Iterator[tuple[Attachment, str]]:
    """All Attachments with their paths, in the order of the document but for what had no place in its element."""
    steps: _Steps = {}
    carried = 0
    # What is left in each element on the way down, the next last.
    waiting: list[tuple[list[Any], _Trail]] = [([document], None)]
    while waiting:
        left, trail = waiting[-1]
        if not left:
            waiting.pop()
            continue
        found = left.pop()
        if isinstance(found, Attachment):
            yield found, _path(found, trail, steps)
        if isinstance(found, Element):
            if inside := _inside(found):
                inside.reverse()
                waiting.append((inside, (found, trail)))
        elif "Attachment" in found and trail is not None and carried < _MOST_CARRIED:
            around, above = trail
            # What stands beside it is read with it, for a parser that is started anew for each of them takes its time.
            texts, size = [found], len(found)
            while left and isinstance(left[-1], str) and size < _AT_ONCE:
                texts.append(left.pop())
                size += len(texts[-1])
            for each in _in_markup(texts, _path(around, above, steps), _MOST_CARRIED - carried):
                carried += 1
                yield each


#: So many Attachments are looked for where the grammar has none; twenty times as many as a message has parts.
_MOST_CARRIED = 2000
#: So many characters of markup are read in one go, and what stands at their end.
_AT_ONCE = 50_000


@cache
def _content_of(declaration: Declaration) -> Callable[[Element], tuple[Any, ...]]:
    """Gives the fields of an element that may hold others, with two more so that there always are several."""
    return attrgetter("__class__", "__class__", *(field.name for field in declaration.content))


def _inside(element: Element) -> list[Any]:
    """What stands directly in an element and may hold an Attachment: elements, and texts that are markup."""
    found: list[Any] = []
    for value in _content_of(element.__cxml__)(element)[2:]:
        if value is None or type(value) is str:
            continue
        for each in value if isinstance(value, (tuple, list)) else (value,):
            if isinstance(each, Element):
                found.append(each)
            elif markup := getattr(each, "markup", None):  # an OpenElement, or a text that held elements
                found.append(markup)
    if element._leftover is not None:
        found += [text for _, text in element._leftover.nodes if text.startswith("<")]
    return found


def _path(element: Element, trail: _Trail, steps: _Steps) -> str:
    path = ""
    while trail is not None:
        parent, trail = trail
        if id(parent) not in steps:
            steps[id(parent)] = _steps(parent)
        path = f"/{steps[id(parent)][id(element)]}{path}"
        element = parent
    return f"/{tag_of(element)}{path}"


def _steps(parent: Element) -> dict[int, str]:
    groups: dict[str, list[Element]] = {}
    for child in _inside(parent):
        if isinstance(child, Element):
            groups.setdefault(tag_of(child), []).append(child)
    return {
        id(child): tag if len(children) == 1 else f"{tag}[{number}]"
        for tag, children in groups.items()
        for number, child in enumerate(children, 1)
    }


def _in_markup(texts: list[str], path: str, most: int) -> Iterator[tuple[Attachment, str]]:
    """The Attachments in pieces of XML that were carried as they came."""
    declaration: Any = lookup("Attachment")
    try:
        loaded = load(f"<a><b>{'</b><b>'.join(texts)}</b></a>", PIECE_LIMITS)
    except DocumentError:  # one of them cannot stand alone; the others can
        if len(texts) > 1:
            for text in texts:
                yield from _in_markup([text], path, most)
        return
    # One inside of another has no place there, and would be read once for each that it is in.
    nodes = xpath(_OUTERMOST)(loaded.root)[:most]
    places = Places(loaded, nodes)
    for node, read in zip(nodes, careful.read_each(loaded, nodes, declaration), strict=True):
        yield read, f"{path}/{places.path(node).split('/', 3)[3]}"


_OUTERMOST = "//Attachment[not(ancestor::Attachment)]"
