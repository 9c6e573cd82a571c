"""Typed elements and the nodes of the tree that they were read from.

A typed element does not know where it stood, and does not have to. Its declaration says which children belong to which
field, so the values of a field and the children with its tags, in document order, are pairs. They are put together only
where something is wrong: most elements of most documents are never looked for in the tree.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from itertools import compress
from operator import attrgetter
from typing import Any, TypeVar

import attrs
from lxml import etree

from .. import element as x

__all__ = ["Located"]

T = TypeVar("T")
#: More than these are not found all at once.
_MANY = 100


class Located:
    """A typed element and where it stood.

    parent: None for the root.
    """

    __slots__ = ("_field", "_found", "_known", "_nodes", "_number", "_pairs", "element", "parent", "tag")

    def __init__(
        self,
        element: x.Element,
        nodes: list[etree._Element] | None,
        parent: Located | None = None,
        field: str = "",
        number: int = 0,
    ) -> None:
        # The rules read what a tolerant reader has left, where anything may be absent; no type can help them.
        self.element: Any = element
        self.tag = element.__cxml__.tag
        self.parent = parent
        # The root knows its node, the others the field of their parent and their number in it.
        self._nodes = nodes
        self._field = field
        self._number = number
        self._pairs: dict[str, list[etree._Element]] | None = None
        self._found: dict[str, list[Located]] | None = None
        self._known: dict[Any, Any] | None = None

    @property
    def nodes(self) -> list[etree._Element]:
        """One node, or several where a tolerant reader joined repeated elements, as it does for two ``To``."""
        if self._nodes is None:
            assert self.parent is not None
            self._nodes = self.parent.nodes_of(self._field, self._number) or self.parent.nodes
        return self._nodes

    @property
    def node(self) -> etree._Element:
        return self.nodes[0]

    @property
    def root(self) -> Located:
        found = self
        while found.parent is not None:
            found = found.parent
        return found

    def up(self, tag: str) -> Located | None:
        """The nearest element called ``tag`` that this one stands in."""
        found = self.parent
        while found is not None and found.tag != tag:
            found = found.parent
        return found

    def all(self, name: str) -> list[Located]:
        """The typed elements of one field."""
        if self._found is None:
            self._found = {}
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = list(self._typed(name, getattr(self.element, name)))
        return found

    def one(self, name: str) -> Located | None:
        found = self.all(name)
        return found[0] if found else None

    def numbered(self, name: str, number: int) -> Located:
        """One of the typed elements of a field, without a look at the others; ``all`` makes one for each of them."""
        return Located(getattr(self.element, name)[number], None, self, name, number)

    def once(self, reckon: Callable[[Located], T]) -> T:
        """What ``reckon`` says of this element; it is asked once, however many rules want to know."""
        if self._known is None:
            self._known = {}
        if reckon not in self._known:
            self._known[reckon] = reckon(self)
        made: T = self._known[reckon]
        return made

    def place(self, name: str) -> etree._Element:
        """The node of a field whose value stands in a child; else that of the element itself."""
        nodes = self.nodes_of(name)
        return nodes[0] if nodes else self.node

    def walk(self, tags: Container[str]) -> Iterator[Located]:
        """This element and all below it that are called as one of ``tags``."""
        worth = _Worth(tags)
        # Some one by one: where there are thousands, each would take more room than what it stands for.
        waiting: list[Located | Iterator[Located]] = [self]
        while waiting:
            here = waiting.pop()
            if not isinstance(here, Located):
                following = next(here, None)
                if following is not None:
                    waiting += (here, following)
                continue
            if here.tag in tags:
                yield here
            known, here._found = here._found, None  # found again if it is needed
            shape = _SHAPES[here.element.__class__]
            values = shape.values(here.element)
            below: list[Located | Iterator[Located]] = []
            # Most fields are empty.
            for name, value in compress(zip(shape.names, values, strict=True), values):
                if known is not None and name in known:
                    below += known[name]
                elif value.__class__ is tuple:
                    if len(value) > 1 or worth[value[0].__class__]:
                        found = (each for each in here._typed(name, value) if worth[each.element.__class__])
                        below += found if len(value) <= _MANY else (found,)
                elif worth[value.__class__]:
                    below.append(Located(value, None, here, name))
            below.reverse()
            waiting += below

    def nodes_of(self, name: str, number: int = 0) -> list[etree._Element]:
        """The nodes of one value of a field; none if it is absent."""
        if self._pairs is None:
            self._pairs = {}
        found = self._pairs.get(name)
        if found is None:
            found = self._pairs[name] = self._paired(name)
        if _SHAPES[self.element.__class__].fields[name].kind in ("child", "choice"):
            # The first is the one that was read; a tolerant reader may have joined the others with it.
            return found
        return found[number : number + 1]

    def _typed(self, name: str, value: Any) -> Iterator[Located]:
        if value.__class__ is not tuple:
            if isinstance(value, x.Element):
                yield Located(value, None, self, name)
            return
        number = 0
        for each in value:
            if isinstance(each, x.Element):
                yield Located(each, None, self, name, number)
            # Texts between elements have no node.
            number += not isinstance(each, str)

    def _paired(self, name: str) -> list[etree._Element]:
        """The nodes of all values of a field. There may be one for every few octets of a document."""
        field = _SHAPES[self.element.__class__].fields[name]
        if getattr(self.element, name) is None:
            return []
        if field.kind in ("mixed", "open"):
            return [node for mine in self.nodes for node in mine]
        # Most children may be none of these, and each that is in a list takes ten times what it takes in the tree.
        tags = [x.clark(tag) for tag in field.tags]
        return [node for mine in self.nodes for node in mine.iterchildren(*tags)]


class _Worth(dict[type, bool]):
    """Class of a value -> whether a walk has to stop there: it is an element that is wanted or that may hold one."""

    def __init__(self, tags: Container[str]) -> None:
        super().__init__()
        self._tags = tags

    def __missing__(self, kind: type) -> bool:
        worth = issubclass(kind, x.Element) and (kind.__cxml__.tag in self._tags or bool(_SHAPES[kind].names))
        self[kind] = worth
        return worth


@attrs.frozen
class _Shape:
    """What of a declaration tells where its children are: the fields that may hold some, and how to read them all."""

    fields: dict[str, x.Field]
    names: tuple[str, ...]
    values: Callable[[x.Element], tuple[Any, ...]]


class _Shapes(dict[type[x.Element], _Shape]):
    def __missing__(self, kind: type[x.Element]) -> _Shape:
        made = self[kind] = _shape(kind)
        return made


_SHAPES = _Shapes()


def _shape(kind: type[x.Element]) -> _Shape:
    fields = {field.name: field for field in kind.__cxml__.content if field.kind != "text"}
    # Elements in open content have no type, so no rule looks at them.
    names = tuple(name for name, field in fields.items() if field.kind != "open")
    read = attrgetter(*names) if names else None
    if read is None:
        return _Shape(fields, names, lambda element: ())
    # Of one name alone there would be no tuple.
    return _Shape(fields, names, read if len(names) > 1 else lambda element: (read(element),))
