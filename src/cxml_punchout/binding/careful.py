"""The slow and thorough way: says what departs from the grammar and where, and loses nothing.

Documents that follow the grammar never come here. ``read`` collects every departure as a note and keeps what
has no place in the declaration as the element's leftover, for ``rewriter`` to put it back where it stood.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import attrs
from lxml import etree

from .. import element as x
from ..concealed import secret_text
from ..errors import MemoryExceeded
from ..findings import CODES, Layer
from ..limits import DEFAULT_LIMITS, Limits
from ..meant import meant
from ..places import name_of, namespaces, tag_of
from ..scalars import Scalar
from ..spelled import Origin, SpelledStr, Unreadable, remembered
from ..tree import PIECE_LIMITS, Loaded, exceeded, markup
from .counting import DECLARES, LOST, PAIR, PART, SLOT, SPELLED, TEXT, left, leftover_octets, octets_of
from .notes import Enough, Note, Notes, in_namespace
from .reader import group_function, instruction_note, odd_note, read_open
from .rewriter import write
from .source import BlanksNeeded
from .writer import escape_text

__all__ = ["read"]


def read(
    loaded: Loaded, declaration: x.Declaration, limits: Limits = DEFAULT_LIMITS, *, strict: bool = False
) -> tuple[Any, Notes]:
    """Read a whole tree; the notes tell every departure, in no particular order.

    strict: the first departure refuses the document. Once as many are noted as are listed, reading ends, and there is
        no document.

    Raises LimitExceeded if what is kept of the document would take more memory than ``limits`` allow, and BlanksNeeded
    if white space that the tree may lack belongs to it.
    """
    reader = _Reader(loaded, limits, strict=strict)
    try:
        return reader.element(loaded.root, declaration), reader.notes
    except Enough:
        return None, reader.notes


def read_each(loaded: Loaded, nodes: Iterable[etree._Element], declaration: x.Declaration) -> list[Any]:
    """Read some elements of one kind in a tree that is no document itself."""
    reader = _Reader(loaded, PIECE_LIMITS)
    return [reader.element(node, declaration) for node in nodes]


@attrs.frozen(eq=False)
class _Plan:
    """What is asked of a declaration for each of its elements.

    attributes, children: names as lxml tells them -> the field, of children with the number in their order.
    absent: what the attributes are that are not there.
    known: the names of all children.
    octets: what one element takes of memory, its values aside.
    """

    attributes: dict[str, x.Field]
    absent: tuple[tuple[str, bool | None], ...]
    children: dict[str, tuple[int, x.Field]]
    known: tuple[str, ...]
    payload: x.Field | None
    model: str
    octets: int


@cache
def _plan(declaration: x.Declaration) -> _Plan:
    content = declaration.content
    absent = {
        field.name: False if field.scalar is not None and field.scalar.name == "yes" else None
        for field in declaration.attributes
    }
    model = str(declaration.model) if declaration.kind == "elements" else ""
    return _Plan(
        {x.clark(field.tag): field for field in declaration.attributes},
        tuple(absent.items()),
        {x.clark(tag): (number, field) for number, field in enumerate(content) for tag in field.tags},
        tuple(tag for field in content for tag in field.tags),
        next((field for field in content if field.kind == "choice"), None),
        model if len(model) <= 300 else f"{model[:300]}…",
        octets_of(declaration),
    )


#: So many are tried to be joined with an equal one, for both are compared as written; nobody means more.
_JOINS = 1000


@attrs.define(eq=False)
class _Found:
    """A ``Leftover`` that is being filled."""

    attributes: list[tuple[str, str]] = attrs.field(factory=list)
    namespaces: list[tuple[str, str]] = attrs.field(factory=list)
    prefixes: dict[str, str] = attrs.field(factory=dict)
    nodes: list[tuple[tuple[str, int] | None, str]] = attrs.field(factory=list)
    missing: list[str] = attrs.field(factory=list)
    irregular: bool = False

    def settled(self) -> x.Leftover | None:
        if not (self.attributes or self.namespaces or self.nodes or self.missing or self.irregular):
            return None
        return x.Leftover(
            tuple(self.attributes),
            tuple(self.namespaces),
            tuple(self.prefixes.items()),
            tuple(self.nodes),
            tuple(self.missing),
            self.irregular,
        )


class _Reader:
    """One reading; ``spent`` is about how many octets of memory the values take that were made so far."""

    def __init__(self, loaded: Loaded, limits: Limits, *, strict: bool = False) -> None:
        self.notes = Notes(loaded, limits.findings, strict=strict)
        self.limits = limits
        self.spent = self.joins = 0
        self.most, self.counted = left(loaded, limits), False
        self.spend(loaded.namespaces * DECLARES)
        self.declared_namespaces = namespaces(loaded)

    def spend(self, octets: int) -> None:
        self.spent += octets
        if self.spent > self.most and not self.counted:
            self.most, self.counted = left(self.notes.loaded, self.limits, exactly=True), True
        if self.spent > self.most:
            raise exceeded(MemoryExceeded, "times its own size in memory", self.limits.memory)

    def whole(self, node: etree._Element) -> etree._Element:
        """The same node, which is to be kept as it was received, if all that it holds is in the tree."""
        if len(node) and not self.notes.loaded.blanks:
            raise BlanksNeeded
        return node

    def keep(self, leftover: _Found, place: tuple[str, int] | None, text: str) -> None:
        self.spend(PAIR + TEXT + len(text))
        leftover.nodes.append((place, text))

    def note(
        self,
        node: etree._Element,
        code: str,
        message: str,
        hint: str = "",
        layer: Layer = "dtd",
        value: Unreadable | None = None,
    ) -> None:
        self.notes.append(Note(node, layer, "error", code, message, hint, fatal=True, value=value))

    def nearest(self, name: str, known: Iterable[str]) -> str:
        """A hint at the name that may be meant. Comparing costs, so not for names and numbers out of the ordinary."""
        near = "" if self.notes.full else meant(name, known)
        return f"Is {near} meant?" if near else ""

    def element(self, node: etree._Element, declaration: x.Declaration) -> x.Element:
        self.spend(_plan(declaration).octets)
        made = object.__new__(declaration.cls)
        leftover = _Found()
        self.namespaces(node, leftover)
        self.attributes(node, declaration, made, leftover)
        kind = declaration.kind
        if kind == "elements":
            self.children(node, declaration, made, leftover)
        elif kind == "empty":
            self.nothing(node, declaration, leftover)
        else:
            (field,) = declaration.content
            content = getattr(self, f"{kind}_content")(node, declaration, field, leftover)
            x.put(made, field.name, content)
            leftover.irregular = kind == "mixed" and any(
                isinstance(part, x.OpenElement) and not part.is_instruction for part in content
            )
        made._leftover = leftover.settled()
        if made._leftover is not None:
            self.spend(leftover_octets(made._leftover))
        return made

    # --- attributes

    def namespaces(self, node: etree._Element, leftover: _Found) -> None:
        for prefix, uri in self.declared_namespaces.get(node, ()):
            leftover.namespaces.append((prefix, uri))
            self.note(node, "namespace", CODES["namespace"], f"Leave out xmlns{':' if prefix else ''}{prefix}.")

    def attributes(self, node: etree._Element, declaration: x.Declaration, made: x.Element, leftover: _Found) -> None:
        plan = _plan(declaration)
        for name, value in plan.absent:
            x.put(made, name, value)
        for key, text in node.items():
            known = plan.attributes.get(key)
            if known is None:
                name = _qualified(node, key)
                leftover.attributes.append((name, text))
                self.prefix(node, key, name, leftover)
                names = [field.tag for field in declaration.attributes]
                self.note(
                    node, "unknown-attribute", f"{declaration.tag} has no attribute {name}.", self.nearest(name, names)
                )
            else:
                x.put(made, known.name, self.attribute(node, declaration, known, text))
        for field in declaration.attributes:
            if field.required and getattr(made, field.name) is None:
                leftover.missing.append(field.name)
                message = f"{declaration.tag} needs the attribute {field.tag}."
                self.note(node, "missing-attribute", message)

    def prefix(self, node: etree._Element, key: str, name: str, leftover: _Found) -> None:
        prefix, colon, _ = name.partition(":")
        if colon and prefix != "xml" and prefix not in dict(leftover.namespaces):
            leftover.prefixes[prefix] = str(etree.QName(key).namespace)

    def attribute(self, node: etree._Element, declaration: x.Declaration, field: x.Field, text: str) -> Any:
        if field.fixed is not None and " ".join(text.split()) == field.fixed:
            return remembered(SpelledStr(field.fixed, text), self.notes.origin)
        if field.fixed is not None:
            lost, what = remembered(Unreadable(text), self.notes.origin), f"{declaration.tag}@{field.tag}"
            self.note(node, "enumeration", f"{what}: only {field.fixed!r} may stand here.", value=lost)
            return lost
        assert field.scalar is not None
        return self.scalar(node, field.scalar, f"{declaration.tag}@{field.tag}", field.secret, text)

    def scalar(self, node: etree._Element, scalar: Scalar, what: str, secret: bool, text: str) -> Any:
        if len(text) > 1:  # Python has each single letter once
            self.spent += TEXT + len(text)
        try:
            return (secret_text(text) if secret else text) if scalar.read is None else scalar.read(text)
        except ValueError:
            reading = scalar.recover(text)
        self.spend(SPELLED + (LOST if isinstance(reading.value, Unreadable) else 0))
        if reading.code:
            self.notes.append(odd_note(node, scalar, what, secret, text, reading))
        return remembered(reading.value, self.notes.origin)

    # --- content

    def nothing(self, node: etree._Element, declaration: x.Declaration, leftover: _Found) -> None:
        if node.text is not None:
            blank = not node.text.strip()
            hint = f"Write <{declaration.tag}/>; not even blank space may stand in it." if blank else ""
            self.note(node, "unexpected-text", f"{declaration.tag} must be empty.", hint)
            if node.text:  # it is empty where a CDATA section is
                self.keep(leftover, None, escape_text(node.text))
        for child in self.whole(node):
            self.stray(node, declaration, child, None, leftover)
            self.text_after(child, declaration, None, leftover)

    def text_content(self, node: etree._Element, declaration: x.Declaration, field: x.Field, leftover: _Found) -> Any:
        assert field.scalar is not None
        if not len(node):
            return self.scalar(node, field.scalar, declaration.tag, field.secret, node.text or "")
        text = _own_text(self.whole(node))
        inside = escape_text(node.text or "") + "".join(_with_tail(child) for child in node)
        if field.scalar.read is None or any(map(tag_of, node)):
            value = remembered(_marked(field.scalar, text, inside), self.notes.origin)
            self.only_text(node, declaration.tag, value)
            return value
        # A number is a number, whatever instruction stands beside its digits.
        self.only_text(node, declaration.tag, None)
        self.keep(leftover, None, inside)
        return self.scalar(node, field.scalar, declaration.tag, field.secret, text)

    def only_text(self, node: etree._Element, tag: str, value: SpelledStr | None) -> None:
        lost = value if isinstance(value, Unreadable) else None
        for child in node:
            if not tag_of(child):
                self.instruction(node)
                continue
            message = f"{tag} holds text only, not {_shown(child)}."
            self.note(child, "unexpected-child", message, "Write '<' in text as '&lt;'.", value=lost)

    def mixed_content(
        self, node: etree._Element, declaration: x.Declaration, field: x.Field, leftover: _Found
    ) -> tuple[Any, ...]:
        parts: list[Any] = [node.text] if node.text else []
        sure = bool(node.text)  # libxml2 leaves out no blanks behind a text
        self.spend(len(node) * PART)
        for child in node:
            tag = tag_of(child)
            if tag in field.tags:
                if not sure and not self.notes.tight(tag):
                    raise BlanksNeeded
                parts.append(self.declared(child, tag))
            else:
                self.whole(node)
                if tag:
                    self.unknown(child, declaration, field.tags)
                else:
                    self.instruction(node)
                parts.append(x.OpenElement.of(child))
            if child.tail:
                parts.append(child.tail)
        return tuple(parts)

    def open_content(
        self, node: etree._Element, declaration: x.Declaration, field: x.Field, leftover: _Found
    ) -> tuple[Any, ...]:
        self.spend(len(node) * PART)
        content = read_open(node, self.notes, many=len(node))
        return secret_text(content) if field.secret else content

    # --- children

    def children(self, node: etree._Element, declaration: x.Declaration, made: x.Element, leftover: _Found) -> None:
        plan = _plan(declaration)
        fields, payload = plan.children, plan.payload
        found: dict[str, list[Any]] = {field.name: [] for field in declaration.content}
        counts: dict[str, int] = {}
        # Where leftovers go, in the order in which they will be written; only of places that have some.
        ranks: dict[tuple[str, int] | None, tuple[int, int]] = {None: (-1, 0)}
        anchor: tuple[str, int] | None = None
        adopted: tuple[str, int] | None = None
        rank = -1, 0
        last = -1
        if node.text and node.text.strip(" \t\r\n"):
            self.text_before(node, declaration, leftover)
        unheard = payload is not None and not any(tag_of(child) in payload.tags for child in node)
        for at, child in enumerate(node):
            tag = tag_of(child)
            number, field = fields.get(tag) or (-1, None)
            if field is not None:
                if number < last:
                    self.note(child, "order", f"{name_of(child)} stands too late.", f"Model: {plan.model}")
                last = max(last, number)
                anchor, taken = self.put(child, field, found[field.name], counts)
                rank = number, at
                if not taken:
                    # Behind the one that was taken, wherever it stood: in front of it, it would be taken next time.
                    ranks.setdefault(anchor, rank)
                    self.keep(leftover, anchor, markup(self.whole(child)))
            elif payload is not None and unheard and tag:
                unheard = False
                self.unknown(child, declaration, payload.tags)
                found[payload.name].append(x.OpenElement.of(self.whole(child)))
                # An element without a declaration is counted without a name, as the writer does.
                counts[""] = 1
                anchor = adopted = "", 1
                ranks[anchor] = rank = declaration.content.index(payload), at
            else:
                # In front of an adopted payload it would be adopted next time.
                ranks.setdefault(adopted or anchor, rank)
                self.stray(node, declaration, child, adopted or anchor, leftover)
            if child.tail:
                ranks.setdefault(anchor, rank)
                self.text_after(child, declaration, anchor, leftover)
        _in_writing_order(leftover.nodes, ranks)
        self.fill(node, declaration, made, found, leftover)

    def put(
        self,
        child: etree._Element,
        field: x.Field,
        found: list[Any],
        counts: dict[str, int],
    ) -> tuple[tuple[str, int], bool]:
        """Read a child into its field; tells the place of what the field holds, and whether the child is part of it."""
        value = self.declared(child, tag_of(child), field)
        taken = field.many or not found
        if taken:
            self.spend(SLOT if field.many else 0)
            found.append(value)
        else:
            name = name_of(child)
            self.note(child, "repeated", f"{name} may stand only once here.", f"Put everything into one {name}.")
        # As the writer counts: by tag, and elements without a declaration without a name.
        holder = found[-1]
        tag = field.tag if len(field.tags) == 1 else holder.__cxml__.tag if isinstance(holder, x.Element) else ""
        if taken:
            counts[tag] = counts.get(tag, 0) + 1
        self.joins += not taken
        # Two orders are two orders: only what names a party may be joined, never a payload.
        if taken or field.kind != "child" or self.joins > _JOINS or not _join(holder, value, self.notes.origin):
            return (tag, counts[tag]), taken
        self.notes.joined.add(field.tag)
        return (tag, counts[tag]), True

    def declared(self, node: etree._Element, tag: str, field: x.Field | None = None) -> Any:
        declared = x.lookup(tag)
        if isinstance(declared, x.Declaration):
            return self.element(node, declared)
        of_choice = field is not None and field.kind in ("choice", "choices")
        if isinstance(declared, x.Leaf) and not of_choice:
            return self.leaf(node, declared)
        if of_choice:
            self.notes.append(Note(node, "rule", "warning", "payload-undeclared", CODES["payload-undeclared"]))
        return x.OpenElement.of(self.whole(node))

    def leaf(self, node: etree._Element, leaf: x.Leaf) -> Any:
        if not len(node) and not node.items() and node not in self.declared_namespaces:
            return self.scalar(node, leaf.scalar, leaf.tag, False, node.text or "")
        value = remembered(_marked(leaf.scalar, _own_text(node), markup(self.whole(node))), self.notes.origin)
        self.only_text(node, leaf.tag, value)
        lost = value if isinstance(value, Unreadable) else None
        for key, _ in node.items():
            message = f"{leaf.tag} has no attribute {_qualified(node, key)}."
            self.note(node, "unknown-attribute", message, value=lost)
        return value

    def fill(
        self,
        node: etree._Element,
        declaration: x.Declaration,
        made: x.Element,
        found: dict[str, list[Any]],
        leftover: _Found,
    ) -> None:
        for field in declaration.content:
            values = found[field.name]
            x.put(made, field.name, tuple(values) if field.many else values[0] if values else None)
            if field.required and not values:
                leftover.missing.append(field.name)
                wanted = field.tag if len(field.tags) == 1 else f"one of {', '.join(field.tags[:4])}, …"
                self.note(
                    node, "missing-element", f"{declaration.tag} needs {wanted}.", f"Model: {_plan(declaration).model}"
                )
        for group in declaration.constraints:
            if not group_function(declaration.tag, str(group))(made):
                leftover.irregular = True
                self.note(node, "group", f"The children of {declaration.tag} must fit {group}.")

    def stray(
        self,
        node: etree._Element,
        declaration: x.Declaration,
        child: etree._Element,
        anchor: tuple[str, int] | None,
        leftover: _Found,
    ) -> None:
        self.keep(leftover, anchor, markup(self.whole(child)))
        if not tag_of(child):
            self.instruction(node)
        else:
            self.unknown(child, declaration, _plan(declaration).known)

    def instruction(self, node: etree._Element) -> None:
        """An instruction in an element. XML allows it everywhere, and it is no part of what the element holds."""
        self.notes.append(instruction_note(node))

    def unknown(self, child: etree._Element, declaration: x.Declaration, known: tuple[str, ...]) -> None:
        if self.notes.full:
            self.notes.skip(fatal=True)
            return
        foreign = in_namespace(child, known) if tag_of(child) else None
        if foreign is not None:
            self.notes.append(foreign)
            return
        name = _shown(child)
        self.note(child, "unknown-element", f"{name} is not allowed in {declaration.tag}.", self.nearest(name, known))

    def text_before(self, node: etree._Element, declaration: x.Declaration, leftover: _Found) -> None:
        self.note(node, "unexpected-text", f"{declaration.tag} holds elements only, but text stands in it.")
        self.keep(leftover, None, escape_text(node.text or ""))

    def text_after(
        self,
        child: etree._Element,
        declaration: x.Declaration,
        anchor: tuple[str, int] | None,
        leftover: _Found,
    ) -> None:
        if child.tail and child.tail.strip(" \t\r\n"):
            parent = child.getparent()
            assert parent is not None
            self.note(
                parent, "unexpected-text", f"{declaration.tag} holds no text, but text stands after {_shown(child)}."
            )
            self.keep(leftover, anchor, escape_text(child.tail))


def _shown(node: etree._Element) -> str:
    return name_of(node) if tag_of(node) else "a processing instruction"


def _with_tail(child: etree._Element) -> str:
    return markup(child) + escape_text(child.tail or "")


def _in_writing_order(
    nodes: list[tuple[tuple[str, int] | None, str]], ranks: Mapping[tuple[str, int] | None, tuple[int, int]]
) -> None:
    """Put leftovers into the order in which they will be read again: texts between which nothing is left are one."""
    # In place, for there may be one for every few octets of a document.
    nodes.sort(key=lambda item: ranks[item[0]])
    last = 0
    for at in range(1, len(nodes)):
        place, text = nodes[at]
        if nodes[last][0] == place and "<" not in (nodes[last][1][0], text[0]):
            nodes[last] = place, nodes[last][1] + text
        else:
            last += 1
            nodes[last] = nodes[at]
    del nodes[last + 1 :]


def _own_text(node: etree._Element) -> str:
    # Not that of the elements within, for one of them may be a secret.
    return (node.text or "") + "".join(child.tail or "" for child in node)


def _marked(scalar: Scalar, text: str, inside: str) -> SpelledStr:
    return SpelledStr(text, text, inside) if scalar.read is None else Unreadable(text, text, inside)


def _qualified(node: etree._Element, key: str) -> str:
    name = etree.QName(key)
    if name.namespace is None:
        return key
    if name.namespace == "http://www.w3.org/XML/1998/namespace":
        return f"xml:{name.localname}"
    prefixes = [prefix for prefix, uri in node.nsmap.items() if uri == name.namespace and prefix]
    return f"{prefixes[0]}:{name.localname}"


def _join(first: Any, second: Any, origin: Origin) -> bool:
    """Move what ``second`` holds into ``first``, as for two ``To`` elements; False if they contradict."""
    if not isinstance(first, x.Element):
        return False
    aside = _joined_trimmings(first._leftover or x.Leftover(), second._leftover or x.Leftover())
    if aside is None:
        return False
    fields = first.__cxml__.fields
    if type(first) is not type(second) or not any(field.many for field in fields):
        return False
    for field in fields:
        mine, other = getattr(first, field.name), getattr(second, field.name)
        # Nobody means hundreds; joining them one by one would cost the square of their number.
        if field.many and len(mine) > 100:
            return False
        both = not field.many and mine not in (None, False) and other not in (None, False)
        if both and not _same(mine, other, origin):
            return False
    if not _handed_down(first, second):
        return False
    for field in fields:
        mine, other = getattr(first, field.name), getattr(second, field.name)
        x.put(first, field.name, mine + other if field.many else other if mine in (None, False) else mine)
    first._leftover = None if aside == x.Leftover() else aside
    return True


def _handed_down(first: x.Element, second: x.Element) -> bool:
    """Declare in the children of ``second`` what its prefixes mean, where they mean something else in ``first``.

    False if that cannot be done.
    """
    taken = dict(first._leftover.namespaces) if first._leftover is not None else {}
    own = second._leftover.namespaces if second._leftover is not None else ()
    clash = [(prefix, uri) for prefix, uri in own if taken.get(prefix, uri) != uri]
    if not clash:
        return True
    values = [getattr(second, field.name) for field in second.__cxml__.content]
    children = [child for value in values for child in (value if isinstance(value, tuple) else (value,))]
    if not all(
        child is None or (isinstance(child, x.Element) and child.__cxml__.kind == "elements") for child in children
    ):
        return False
    for child in children:
        if child is not None:
            leftover = child._leftover or x.Leftover()
            known = dict(leftover.namespaces)
            more = tuple(pair for pair in clash if pair[0] not in known)
            child._leftover = attrs.evolve(leftover, namespaces=(*more, *leftover.namespaces))
    return True


def _joined_trimmings(first: x.Leftover, second: x.Leftover) -> x.Leftover | None:
    """What two elements were received with and says nothing, instructions and namespaces; None if there is more."""
    for each in (first, second):
        rest = attrs.evolve(each, nodes=(), namespaces=())
        if rest != x.Leftover() or not all(text.startswith("<?") for _, text in each.nodes):
            return None
    # Of those that clash the second one's go to its children.
    namespaces = {**dict(second.namespaces), **dict(first.namespaces)}
    # Those of the second go to the front, where they will be found again.
    moved = tuple((None, text) for _, text in second.nodes)
    nodes = sorted(first.nodes + moved, key=lambda node: node[0] is not None)
    return x.Leftover(namespaces=tuple(namespaces.items()), nodes=tuple(nodes))


def _same(mine: Any, other: Any, origin: Origin) -> bool:
    """Whether nothing is lost if only one of two equal values is kept; a text may hold elements beside its letters."""
    if isinstance(mine, x.Element):
        return mine == other and write(mine, origin=origin) == write(other, origin=origin)
    return bool(mine == other) and getattr(mine, "markup", None) == getattr(other, "markup", None)
