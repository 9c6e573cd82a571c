"""A compiled DTD: what libxml2 says about a tree, and what the DTD wants of each element."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from functools import cached_property
from io import BytesIO
from typing import Any, Literal, NamedTuple

import attrs
from lxml import etree

from ..errors import InvalidValue
from ..forks import ForkLock
from .automaton import Automaton, Node

__all__ = ["AttributeRule", "Complaint", "Grammar", "Rule"]

Kind = Literal["empty", "any", "text", "mixed", "elements"]


class Complaint(NamedTuple):
    """One error of libxml2: XPath of the node, name of the kind of error, and the message, which quotes values."""

    path: str
    kind: str
    message: str


class AttributeRule(NamedTuple):
    """An attribute as the DTD declares it: ``type`` is ``cdata``, ``enumeration``, ``nmtoken``, ``id``, ``idref``…"""

    name: str
    type: str
    required: bool
    fixed: str | None
    values: tuple[str, ...]


class Rule(NamedTuple):
    """What the DTD wants of one element; names have their prefixes.

    names: the children that may stand in it, in the order of the DTD. model: the same in the notation of the DTD.
    automaton: which sequences of children fit; only for an element that holds nothing but elements.
    """

    tag: str
    kind: Kind
    names: tuple[str, ...]
    model: str
    attributes: dict[str, AttributeRule]
    automaton: Automaton | None


@attrs.define(eq=False, init=False)  # in a class with slots a cached property of Python 3.11 has no lock either
class Grammar:
    """A DTD, compiled. One lock guards it, for libxml2 keeps notes inside of it while it judges."""

    lock: ForkLock
    _dtd: etree.DTD
    _rules: dict[str, Rule]

    def __init__(self, text: str) -> None:
        try:
            self._dtd = etree.DTD(BytesIO(text.encode()))
        except etree.DTDParseError as error:
            problem = str(error)
        else:
            problem = ""
        if problem:
            raise InvalidValue(f"libxml2 cannot compile the DTD: {problem}", "DtdCatalog")
        self.lock = ForkLock()
        self._rules = {}

    def complaints(self, element: etree._Element) -> list[Complaint]:
        """What libxml2 has to say about an element and all that is in it; nothing if it is valid.

        The paths begin with the element itself. The element is judged as if it were the root of a document.
        """
        with self.lock:
            return [] if self._dtd.validate(element) else self.latest()

    @property
    def judge(self) -> Callable[[etree._Element], bool]:
        """libxml2's verdict on an element, for one who holds the lock and has many of them."""
        return self._dtd.validate

    def latest(self) -> list[Complaint]:
        """What libxml2 has said of the element that was judged last; for one who holds the lock."""
        # The entries are asked for only here, for each of them costs a little.
        return [Complaint(entry.path or "", entry.type_name, entry.message) for entry in self._dtd.error_log]

    @cached_property
    def _declared(self) -> dict[str, Any]:
        return {_qualified(each): each for each in self._dtd.iterelements()}

    @cached_property
    def _by_local(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for tag in self._declared:
            found.setdefault(tag.rpartition(":")[2], []).append(tag)
        return found

    @property
    def tags(self) -> Collection[str]:
        """All elements that the DTD declares."""
        return self._declared.keys()

    def rule(self, tag: str) -> Rule | None:
        """The rule for an element; None if it is not declared. libxml2 falls back to the name without its prefix."""
        with self.lock:
            declared = self._declared.get(tag)
            if declared is None:
                tag = tag.rpartition(":")[2]
                declared = self._declared.get(tag)
                if declared is None:
                    return None
            # Only declared names are remembered; of others a stranger has any number.
            if tag not in self._rules:
                self._rules[tag] = self._rule(declared)
            return self._rules[tag]

    def parents(self, tag: str) -> list[str]:
        """The elements in which an element may stand."""
        with self.lock:
            return self._parents.get(tag, [])

    @cached_property
    def _with_ids(self) -> dict[str, list[str]]:
        """The elements that may have an Id or refer to one, and the names of those attributes."""
        found = {
            tag: [each.name for each in rule.attributes.values() if each.type in ("id", "idref")]
            for tag in self.tags
            if (rule := self.rule(tag)) is not None
        }
        return {tag: names for tag, names in found.items() if names}

    @cached_property
    def with_ids(self) -> list[str]:
        """The elements that may have an Id or refer to one, as lxml looks for them, whatever their prefix is."""
        # Without a name all elements would be looked at.
        return sorted({f"{{*}}{tag.rpartition(':')[2]}" for tag in self._with_ids}) or ["{}-"]

    @cached_property
    def has_ids(self) -> str:
        """An expression that tells soon whether there are any in a tree."""
        names = sorted({name for names in self._with_ids.values() for name in names})
        return " or ".join(f"descendant-or-self::*/@{name}" for name in names) or "false()"

    @cached_property
    def _parents(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for parent in self._declared:
            rule = self.rule(parent)
            for tag in rule.names if rule else ():
                found.setdefault(tag, []).append(parent)
        return found

    def _rule(self, declared: Any) -> Rule:
        tag = _qualified(declared)
        attributes = {}
        for each in declared.iterattributes():
            name = f"{each.prefix}:{each.name}" if each.prefix else each.name
            fixed = each.default_value if each.default == "fixed" else None
            attributes[name] = AttributeRule(
                name, each.type, each.default == "required", fixed, tuple(each.itervalues())
            )
        if declared.type in ("empty", "any"):
            return Rule(tag, declared.type, (), declared.type.upper(), attributes, None)
        node = self._node(declared.content, iter(self._names(tag, list(_leaves(declared.content)))))
        names = tuple(dict.fromkeys(node.tags()))
        if declared.type == "mixed":
            shown = f"({' | '.join(('text', *names))})*" if names else "text"
            return Rule(tag, "mixed" if names else "text", names, shown, attributes, None)
        model = str(node)
        return Rule(
            tag, "elements", names, model if model.startswith("(") else f"({model})", attributes, Automaton(node)
        )

    def _node(self, content: Any, names: Iterator[str]) -> Node:
        """The content model as a tree; libxml2 keeps it as pairs."""
        occurs = {"once": "", "opt": "?", "mult": "*", "plus": "+"}[content.occur]
        if content.type == "element":
            return Node(occurs, tag=next(names))
        if content.type == "pcdata":
            return Node(occurs)
        parts = [self._node(part, names) for part in _parts(content)]
        return Node(occurs, "," if content.type == "seq" else "|", tuple(parts))

    def _names(self, parent: str, locals_: list[str]) -> list[str]:
        """The names in a content model with their prefixes, which lxml drops."""
        known = [self._by_local.get(local, [local]) for local in locals_]
        if any(len(names) > 1 for names in known):
            # libxml2 itself shows the model with prefixes when it refuses a child.
            prefix, _, local = parent.rpartition(":")
            probe = etree.Element(
                f"{{{_PROBE}}}{local}" if prefix else local, nsmap={prefix: _PROBE} if prefix else None
            )
            etree.SubElement(probe, "not-declared")
            for complaint in self.complaints(probe):
                model = complaint.message.partition("expecting ")[2].partition(", got")[0]
                shown = _NAME.findall(model)
                if [name.rpartition(":")[2] for name in shown] == locals_:
                    return shown
        own = parent.rpartition(":")[0]
        return [next((name for name in names if name.rpartition(":")[0] == own), names[0]) for names in known]


_PROBE = "urn:probe"
_NAME = re.compile(r"[^\s()|,?*+]+")


def _qualified(declared: Any) -> str:
    return f"{declared.prefix}:{declared.name}" if declared.prefix else str(declared.name)


def _leaves(content: Any) -> Iterator[str]:
    if content is not None:
        if content.type == "element":
            yield content.name
        yield from _leaves(content.left)
        yield from _leaves(content.right)


def _parts(content: Any) -> Iterator[Any]:
    """(a, (b, (c, d))) as a, b, c, d."""
    kind, rest = content.type, content
    while rest is not None and rest.type == kind and (rest is content or rest.occur == "once"):
        if rest.left is not None:
            yield rest.left
        rest = rest.right
    if rest is not None:
        yield rest
