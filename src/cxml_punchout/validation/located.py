"""Typed elements beside the nodes of the tree that they were read from.

A typed element does not know where it stood, and does not have to. Its declaration says which children belong to which
field, so both can be walked side by side: the values of a field and the children with its tags, in document order.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, TypeAlias

from lxml import etree

from .. import element as x
from ..places import tag_of

__all__ = ["Located"]

#: field -> its values, each with its nodes
_Pairs: TypeAlias = dict[str, list[tuple[Any, list[etree._Element]]]]


class Located:
    """A typed element and where it stood.

    nodes: one node, or several where a tolerant reader joined repeated elements, as it does for two ``To``.
    parent: None for the root.
    """

    __slots__ = ("_found", "_paired_fields", "element", "nodes", "parent")

    def __init__(self, element: x.Element, nodes: list[etree._Element], parent: Located | None = None) -> None:
        # The rules read what a tolerant reader has left, where anything may be absent; no type can help them.
        self.element: Any = element
        self.nodes = nodes
        self.parent = parent
        self._paired_fields: _Pairs | None = None
        self._found: dict[str, list[Located]] = {}

    @property
    def tag(self) -> str:
        tag: str = self.element.__cxml__.tag
        return tag

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
        found = self._found.get(name)
        if found is None:
            pairs = self._pairs().get(name, ())
            found = [Located(value, nodes, self) for value, nodes in pairs if isinstance(value, x.Element)]
            self._found[name] = found
        return found

    def one(self, name: str) -> Located | None:
        found = self.all(name)
        return found[0] if found else None

    def place(self, name: str) -> etree._Element:
        """The node of a field whose value stands in a child; else that of the element itself."""
        pairs = self._pairs().get(name)
        return pairs[0][1][0] if pairs else self.node

    def children(self) -> Iterator[Located]:
        """All typed elements that stand directly in this one, field by field."""
        for name in self._pairs():
            yield from self.all(name)

    def walk(self) -> Iterator[Located]:
        """This element and all below it."""
        waiting: list[Located] = [self]
        while waiting:
            found = waiting.pop()
            yield found
            waiting.extend(reversed(list(found.children())))
            found.forget()

    def forget(self) -> None:
        """Let go of what was found below; it is found again if it is needed."""
        self._paired_fields = None
        self._found = {}

    def _pairs(self) -> _Pairs:
        if self._paired_fields is None:
            self._paired_fields = self._paired()
        return self._paired_fields

    def _paired(self) -> _Pairs:
        paired: _Pairs = {}
        children = self.nodes[0].getchildren()
        if len(self.nodes) > 1:
            children = [node for mine in self.nodes for node in mine]
        if not children:
            return paired
        by_tag: dict[str, list[etree._Element]] = {}
        for node in children:
            by_tag.setdefault(tag_of(node), []).append(node)
        element = self.element
        for name, kind, many, tags in _fields(self.tag):
            values = getattr(element, name)
            if values is None or values == ():
                continue
            if kind in ("mixed", "open"):
                held = [value for value in values if not isinstance(value, str)]
                paired[name] = [(value, [node]) for value, node in zip(held, children, strict=False)]
                continue
            nodes = by_tag.get(tags[0], []) if len(tags) == 1 else [n for n in children if tag_of(n) in tags]
            if many:
                paired[name] = [(value, [node]) for value, node in zip(values, nodes, strict=False)]
            elif nodes:
                # The first is the one that was read; a tolerant reader may have joined the others with it.
                paired[name] = [(values, nodes)]
        return paired


@cache
def _fields(tag: str) -> tuple[tuple[str, str, bool, tuple[str, ...]], ...]:
    """What of a declaration tells where its children are: name, kind, whether there are many, tags."""
    declaration = x.lookup(tag)
    assert isinstance(declaration, x.Declaration)
    return tuple(
        (field.name, field.kind, field.many, tuple(map(x.clark, field.tags)))
        for field in declaration.content
        if field.kind != "text"
    )
