"""A declared element, as the rest of the library sees it: its fields, its content model, and where to find it.

Declarations are written with ``element`` and read here: by the compiled reader and writer, by the generators of
grammars and docs, by tests.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import attrs

from .scalars import Scalar, scalar_for
from .tree import DSIG

if TYPE_CHECKING:
    from .element import Element

__all__ = [
    "Declaration",
    "Field",
    "Group",
    "Leaf",
    "Part",
    "Spec",
    "add",
    "clark",
    "declarations",
    "lookup",
    "register_topics",
    "unloaded",
]

Kind = Literal["attribute", "text", "child", "children", "choice", "choices", "mixed", "open"]
Occurs = Literal["", "?", "*", "+"]

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def clark(name: str) -> str:
    """A wire name as lxml spells it: ``xml:lang`` and ``ds:Signature`` in Clark notation, the rest as it is."""
    if name == "xml:lang":
        return _XML_LANG
    return f"{{{DSIG}}}{name[3:]}" if name.startswith("ds:") else name


@attrs.frozen
class Spec:
    """What a field specifier says; it travels in the metadata of the attrs attribute.

    values_since: values of an enumeration that came later than the field, each with its version.
    many_since: the version that first let several of them stand there.
    """

    kind: Kind
    tags: tuple[str, ...]
    secret: bool = False
    since: str = ""
    absent: str | None = None
    fixed: str | None = None
    values_since: Mapping[str, str] = attrs.field(factory=dict)
    many_since: str = ""


@attrs.frozen
class Part:
    """One child in a content model."""

    tag: str
    occurs: Occurs = ""

    def __str__(self) -> str:
        return self.tag + self.occurs


@attrs.frozen
class Group:
    """Parts that follow one another (``,``) or exclude one another (``|``)."""

    separator: Literal[",", "|"]
    parts: tuple[Part | Group, ...]
    occurs: Occurs = ""

    def __str__(self) -> str:
        between = ", " if self.separator == "," else " | "
        return f"({between.join(map(str, self.parts))}){self.occurs}"

    def tags(self) -> Iterator[str]:
        for part in self.parts:
            if isinstance(part, Group):
                yield from part.tags()
            else:
                yield part.tag


@attrs.frozen(eq=False)
class Field:
    """One line of a declaration.

    name: the name in Python. tags: the wire name, or the wire names of a choice.
    """

    name: str
    kind: Kind
    tags: tuple[str, ...]
    required: bool
    scalar: Scalar | None
    secret: bool
    since: str
    absent: str | None
    fixed: str | None
    values_since: Mapping[str, str]
    many_since: str

    @property
    def tag(self) -> str:
        return self.tags[0]

    @property
    def many(self) -> bool:
        return self.kind in ("children", "choices")

    @property
    def occurs(self) -> Occurs:
        if self.many:
            return "+" if self.required else "*"
        return "" if self.required else "?"


@attrs.frozen(eq=False)
class Leaf:
    """A declared element whose only content is one value."""

    tag: str
    datatype: object
    doc: str
    since: str = ""

    @property
    def scalar(self) -> Scalar:
        return scalar_for(self.datatype)


@attrs.define(eq=False)  # with slots, for then the cached properties have no lock that a fork could leave taken
class Declaration:
    """A declared element: its tag, its class, its fields and its content model."""

    tag: str
    cls: type[Element]
    groups: tuple[str, ...]
    since: str
    deprecated: str

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """All fields in wire order, attributes first."""
        namespace = vars(sys.modules[self.cls.__module__])
        return tuple(_resolve(a, namespace) for a in attrs.fields(self.cls))  # type: ignore[arg-type]

    @cached_property
    def named(self) -> dict[str, Field]:
        """The fields by their names in Python."""
        return {field.name: field for field in self.fields}

    @cached_property
    def attributes(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.kind == "attribute")

    @cached_property
    def content(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.kind != "attribute")

    @cached_property
    def kind(self) -> Literal["empty", "text", "mixed", "open", "elements"]:
        if not self.content:
            return "empty"
        kind = self.content[0].kind
        return kind if kind in ("text", "mixed", "open") else "elements"

    @cached_property
    def constraints(self) -> tuple[Group, ...]:
        """The groups of the decorator, parsed."""
        return tuple(_parse_group(group) for group in self.groups)

    @cached_property
    def model(self) -> Group:
        """The content model of an element with children: the fields in order, groups in their places."""
        parts: list[Part | Group] = []
        pending = {tag: group for group in self.constraints for tag in group.tags()}
        for field in self.content:
            group = pending.get(field.tag)
            if group is None:
                parts.append(_part(field))
            elif group not in parts:
                parts.append(group)
        if len(parts) == 1 and isinstance(parts[0], Group):
            return parts[0]
        return Group(",", tuple(parts))

    @cached_property
    def takes_text(self) -> bool:
        """Whether a plain text can stand for the element: nothing but its content is required."""
        return self.kind in ("text", "mixed", "open") and not any(a.required for a in self.attributes)


def _part(field: Field) -> Part | Group:
    if len(field.tags) == 1:
        return Part(field.tag, field.occurs)
    return Group("|", tuple(Part(tag) for tag in field.tags), field.occurs)


def _resolve(attribute: attrs.Attribute[Any], namespace: dict[str, Any]) -> Field:
    spec: Spec = attribute.metadata["cxml"]
    scalar = None
    if spec.kind in ("attribute", "text"):
        # Only now, for datatypes are real names in the module while the classes of children are not.
        scalar = scalar_for(eval(attribute.type, namespace) if isinstance(attribute.type, str) else attribute.type)  # noqa: S307
    return Field(
        attribute.name,
        spec.kind,
        spec.tags,
        attribute.default is attrs.NOTHING,
        scalar,
        spec.secret,
        spec.since,
        spec.absent,
        spec.fixed,
        spec.values_since,
        spec.many_since,
    )


_TOKEN = re.compile(r"[\w:.-]+|[(),|?*+]")


def _parse_group(text: str) -> Group:
    tokens = _TOKEN.findall(text)
    made = _parse_part(tokens)
    if tokens or isinstance(made, Part):
        raise ValueError(f"not a group: {text}")
    return made


def _parse_part(tokens: list[str]) -> Part | Group:
    first = tokens.pop(0)
    if first != "(":
        return Part(first, _occurs(tokens))
    parts = [_parse_part(tokens)]
    separator = ","
    while (token := tokens.pop(0)) != ")":
        separator = token
        parts.append(_parse_part(tokens))
    return Group(separator, tuple(parts), _occurs(tokens))  # type: ignore[arg-type]


def _occurs(tokens: list[str]) -> Occurs:
    return tokens.pop(0) if tokens and tokens[0] in "?*+" else ""  # type: ignore[return-value]


# --- the index: tag -> declaration, topics loaded when first touched ---------------------------------------

_declared: dict[str, Declaration | Leaf] = {}
#: What can be used: a topic that another thread is loading is half there, and its declarations are in the index.
_ready: dict[str, Declaration | Leaf] = {}
_topics: dict[str, str] = {}


def add(declared: Declaration | Leaf) -> None:
    """Put a declaration into the index."""
    _declared[declared.tag] = declared


def register_topics(package: str, topics: Mapping[str, str]) -> None:
    """Tell which module of ``package`` declares which tags: topic -> tags between blanks."""
    for topic, tags in topics.items():
        for tag in tags.split():
            _topics[tag] = f"{package}.{topic}"


def lookup(tag: str) -> Declaration | Leaf | None:
    """The declaration of ``tag``, its topic being loaded if need be; None if there is none."""
    found = _ready.get(tag)
    if found is None:
        if tag in _topics:
            importlib.import_module(_topics[tag])  # waits for whoever is at it
        found = _declared.get(tag)
        if found is not None:
            _ready[tag] = found
    return found


def unloaded(tag: str) -> bool:
    """Whether ``tag`` is declared in a topic that was not touched yet."""
    return tag not in _declared and tag in _topics


def declarations() -> tuple[Declaration | Leaf, ...]:
    """Everything that is declared, in the order of the index; loads all topics."""
    return tuple(found for tag in _topics if (found := lookup(tag)) is not None)
