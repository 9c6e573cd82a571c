"""The language in which cXML elements are declared: one class for an element, one line for a field.

    @x.element("(SharedSecret | DigitalSignature | CredentialMac)?")
    class Credential(x.Element):
        domain: str = x.attribute("domain")
        type: CredentialType | None = x.attribute("type", default=None)
        identity: x.OrText[Identity] = x.child("Identity")
        shared_secret: x.OrText[SharedSecret | None] = x.child("SharedSecret", default=None)
        ...

The order of the lines is the order on the wire. The annotation of an attribute or a text is its datatype; a
field without ``default=`` is required, which is what type checkers see as well. Children are named by their
tag, so no topic imports another. A group in the decorator says, in the notation of the DTD, what a sequence
of optional lines cannot. Nothing else in the library knows a wire name.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar, dataclass_transform

import attrs

from .errors import IncompleteElement, InvalidValue
from .scalars import Scalar, scalar_for
from .tree import DSIG, markup, parse_markup

if TYPE_CHECKING:
    from lxml import etree

__all__ = [
    "Content",
    "Declaration",
    "Element",
    "Exact",
    "Field",
    "Group",
    "Leaf",
    "Leftover",
    "Many",
    "ManyOrText",
    "Mixed",
    "MixedElement",
    "OpenElement",
    "OrText",
    "Part",
    "TextAndElements",
    "accept",
    "attribute",
    "child",
    "children",
    "choice",
    "choices",
    "clark",
    "declarations",
    "element",
    "leaf",
    "lookup",
    "mixed",
    "open_content",
    "register_topics",
    "text",
]

T = TypeVar("T")
E = TypeVar("E", bound="type[Element]")
Kind = Literal["attribute", "text", "child", "children", "choice", "choices", "mixed", "open"]
Occurs = Literal["", "?", "*", "+"]

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def clark(name: str) -> str:
    """A wire name as lxml spells it: ``xml:lang`` and ``ds:Signature`` in Clark notation, the rest as it is."""
    if name == "xml:lang":
        return _XML_LANG
    return f"{{{DSIG}}}{name[3:]}" if name.startswith("ds:") else name


# --- open content ----------------------------------------------------------------------------------------


@attrs.frozen(repr=False)
class OpenElement:
    """An element without a model here, kept as the XML that was received and written back unchanged.

    It stands in open content (``Extrinsic``, ``BuyerCookie``), for payloads that are not declared yet and for
    XML signatures. Two are equal when their XML is equal to the letter.

    Raises MalformedDocument if ``markup`` is not one well-formed element.
    """

    markup: str

    def __attrs_post_init__(self) -> None:
        self.tree()

    @property
    def tag(self) -> str:
        """The name of the element, in Clark notation if it has a namespace."""
        return str(self.tree().tag)

    def tree(self) -> etree._Element:
        """A fresh lxml tree of the XML; changing it does not change this value."""
        return parse_markup(self.markup)

    @classmethod
    def of(cls, node: etree._Element) -> OpenElement:
        """What a node of a tree holds."""
        made = object.__new__(cls)
        object.__setattr__(made, "markup", markup(node))
        return made

    def __repr__(self) -> str:
        # The content may hold a secret (CopyRequest carries whole documents), so only the name is shown.
        name = re.match(r"<([^\s/>]+)", self.markup)
        return f"<OpenElement {name[1] if name else '?'}, {len(self.markup)} characters>"


# --- what was received and has no place in the declaration --------------------------------------------------


@attrs.define
class Leftover:
    """What a tolerant reader found in one element that its declaration has no place for.

    attributes: unknown attributes, (qualified name, value).
    namespaces: declarations of namespaces on this element, (prefix or "", URI).
    nodes: (tag and number of the child before it, XML): elements, stray text, processing instructions.
    missing: names of required fields that were absent and may be written as absent.
    irregular: the children break a group, and may be written so.
    """

    attributes: list[tuple[str, str]] = attrs.field(factory=list)
    namespaces: list[tuple[str, str]] = attrs.field(factory=list)
    nodes: list[tuple[tuple[str, int] | None, str]] = attrs.field(factory=list)
    missing: set[str] = attrs.field(factory=set)
    irregular: bool = False


# --- annotations: what a field gives, and what it takes besides ------------------------------------------

if TYPE_CHECKING:

    class _Takes(Generic[T]):
        def __get__(self, instance: object, owner: type[object]) -> T: ...

    class OrText(_Takes[T]):
        """Gives the element, takes a plain text as well."""

        def __set__(self, instance: object, value: T | str) -> None: ...

    class Exact(_Takes[T]):
        """Gives a Decimal, takes an int or a text in plain decimal notation as well. Never a float."""

        def __set__(self, instance: object, value: T | int | str) -> None: ...

    class Many(Generic[T]):
        """Gives a tuple, takes any iterable."""

        def __get__(self, instance: object, owner: type[object]) -> tuple[T, ...]: ...
        def __set__(self, instance: object, value: Iterable[T]) -> None: ...

    class ManyOrText(Generic[T]):
        """Gives a tuple of elements, takes any iterable of elements and texts."""

        def __get__(self, instance: object, owner: type[object]) -> tuple[T, ...]: ...
        def __set__(self, instance: object, value: Iterable[T | str]) -> None: ...

    class Content:
        """Gives the texts and elements in order, takes one text, one element or an iterable of both."""

        def __get__(self, instance: object, owner: type[object]) -> tuple[str | OpenElement | Element, ...]: ...
        def __set__(
            self, instance: object, value: str | OpenElement | Element | Iterable[str | OpenElement | Element]
        ) -> None: ...

    class Mixed(Generic[T]):
        """Gives the texts and elements in order, takes one text, one element or an iterable of both."""

        def __get__(self, instance: object, owner: type[object]) -> tuple[str | T, ...]: ...
        def __set__(self, instance: object, value: str | T | Iterable[str | T]) -> None: ...

else:

    class _Transparent:
        def __class_getitem__(cls, annotation):
            return annotation

    OrText = Exact = Many = ManyOrText = Mixed = _Transparent
    Content = object


# --- field specifiers --------------------------------------------------------------------------------------


@attrs.frozen
class _Spec:
    kind: Kind
    tags: tuple[str, ...]
    secret: bool = False
    since: str = ""
    absent: str | None = None
    fixed: str | None = None


def _field(spec: _Spec, default: Any, kw_only: bool = True) -> Any:
    return attrs.field(default=default, kw_only=kw_only, metadata={"cxml": spec})


def attribute(
    name: str,
    *,
    default: Any = attrs.NOTHING,
    secret: bool = False,
    since: str = "",
    absent: str | None = None,
    fixed: str | None = None,
) -> Any:
    """An attribute. ``absent`` is what the DTD says its absence means; ``fixed`` the only value that it may have."""
    return _field(_Spec("attribute", (name,), secret, since, absent, fixed), default)


def text(*, default: Any = attrs.NOTHING, secret: bool = False, kw_only: bool = True) -> Any:
    """The text of an element that holds nothing but text."""
    return _field(_Spec("text", (), secret), default, kw_only)


def child(tag: str, *, default: Any = attrs.NOTHING, since: str = "") -> Any:
    """One child element; with ``default=None`` it may be absent."""
    return _field(_Spec("child", (tag,), since=since), default)


def children(tag: str, *, default: Any = attrs.NOTHING, since: str = "") -> Any:
    """One or more children of one kind; with ``default=()`` any number."""
    return _field(_Spec("children", (tag,), since=since), default)


def choice(*tags: str, default: Any = attrs.NOTHING) -> Any:
    """One child that is of one of several kinds."""
    return _field(_Spec("choice", tags), default)


def choices(*tags: str, default: Any = attrs.NOTHING) -> Any:
    """Any mixture of children of several kinds, their order kept."""
    return _field(_Spec("choices", tags), default)


def mixed(*tags: str, default: Any = attrs.NOTHING, kw_only: bool = True) -> Any:
    """Text between which elements of the named kinds may stand."""
    return _field(_Spec("mixed", tags), default, kw_only)


def open_content(*, default: Any = attrs.NOTHING, secret: bool = False, kw_only: bool = True) -> Any:
    """Text and elements of any kind (``ANY`` in the DTD); elements are kept as ``OpenElement``."""
    return _field(_Spec("open", (), secret), default, kw_only)


@dataclass_transform(
    kw_only_default=True,
    eq_default=False,
    field_specifiers=(attribute, text, child, children, choice, choices, mixed, open_content),
)
def element(*groups: str, tag: str = "", since: str = "", deprecated: str = "") -> Callable[[E], E]:
    """Declare a cXML element. The tag is the name of the class unless it is given.

    groups: parts of the content model that are more than a sequence, in the notation of the DTD.
    since: the first cXML version that has the element, as far as it is known.
    deprecated: what to use instead.
    """

    def declare(cls: E) -> E:
        made = attrs.define(
            cls,
            kw_only=True,
            eq=False,
            order=False,
            repr=False,
            on_setattr=attrs.setters.NO_OP,
            match_args=False,
            getstate_setstate=False,
            weakref_slot=False,
        )
        declaration = Declaration(tag or cls.__name__, made, groups, since, deprecated)
        made.__cxml__ = declaration
        _declared[declaration.tag] = declaration
        return made

    return declare


def leaf(tag: str, datatype: object, doc: str, *, since: str = "") -> Leaf:
    """Declare an element that holds one value and nothing else; fields hold the value itself."""
    made = Leaf(tag, datatype, doc, since)
    _declared[tag] = made
    return made


# --- declarations, as the rest of the library sees them ----------------------------------------------------


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


@attrs.define(eq=False, slots=False)
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
        return kind if kind in ("text", "mixed", "open") else "elements"  # type: ignore[return-value]

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
    spec: _Spec = attribute.metadata["cxml"]
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
    )


_TOKEN = re.compile(r"[\w:.-]+|[(),|?*+]")


def _parse_group(text: str) -> Group:
    tokens = _TOKEN.findall(text)
    made = _parse_part(tokens)
    if tokens or isinstance(made, Part):
        raise ValueError(f"not a group: {text}")
    return made


def _parse_part(tokens: list[str]) -> Part | Group:
    token = tokens.pop(0)
    if token != "(":
        return Part(token, _occurs(tokens))
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
_topics: dict[str, str] = {}


def register_topics(package: str, topics: Mapping[str, str]) -> None:
    """Tell which module of ``package`` declares which tags: topic -> tags between blanks."""
    for topic, tags in topics.items():
        for tag in tags.split():
            _topics[tag] = f"{package}.{topic}"


def lookup(tag: str) -> Declaration | Leaf | None:
    """The declaration of ``tag``, its topic being loaded if need be; None if there is none."""
    found = _declared.get(tag)
    if found is None and tag in _topics:
        importlib.import_module(_topics[tag])
        found = _declared[tag]
    return found


def declarations() -> tuple[Declaration | Leaf, ...]:
    """Everything that is declared, in the order of the index; loads all topics."""
    return tuple(found for tag in _topics if (found := lookup(tag)) is not None)


# --- elements ----------------------------------------------------------------------------------------------


class Element:
    """Base of all declared elements.

    Elements can be changed; what is assigned is checked when the document is written. Two are equal when
    they are of one kind and all their fields are equal; how a value was spelled does not count.
    """

    __slots__ = ("__weakref__", "_leftover")
    __cxml__: ClassVar[Declaration]
    _leftover: Leftover | None

    def __attrs_post_init__(self) -> None:
        self._leftover = None
        declaration = self.__cxml__
        for field in declaration.fields:
            value = getattr(self, field.name)
            accepted = accept(declaration, field, value)
            if accepted is not value:
                setattr(self, field.name, accepted)

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return (
            all(
                _comparable(getattr(self, field.name)) == _comparable(getattr(other, field.name))
                for field in self.__cxml__.fields
            )
            and self._leftover == other._leftover
        )  # type: ignore[attr-defined]

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shown = []
        for field in self.__cxml__.fields:
            value = getattr(self, field.name)
            if value is None or value == () or value is False:
                continue
            shown.append(f"{field.name}={'***' if field.secret else repr(value)}")
        if self._leftover is not None:
            shown.append("<leftover>")
        return f"{type(self).__name__}({', '.join(shown)})"


def _comparable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class _WithText(Element):
    """Content of texts and elements in order."""

    __slots__ = ()

    @property
    def text(self) -> str:
        """All text that stands directly in the element, exactly as it was received."""
        return "".join(part for part in self.content if isinstance(part, str))  # type: ignore[attr-defined]

    @property
    def value(self) -> str:
        """The text without blank space around it."""
        return self.text.strip()


class MixedElement(_WithText):
    """An element of text between which some elements may stand: ``Description``, ``Comments``, ``Route``."""

    __slots__ = ()


class TextAndElements(_WithText):
    """An element with open content: ``Extrinsic``, ``BuyerCookie``, ``Identity``."""

    __slots__ = ()

    @property
    def elements(self) -> tuple[OpenElement | Element, ...]:
        """The elements that stand in it."""
        return tuple(part for part in self.content if not isinstance(part, str))  # type: ignore[attr-defined]


def accept(declaration: Declaration, field: Field, value: Any) -> Any:
    """What a program gave for a field, as the field holds it; or a clear word why it cannot."""
    if value is None or (field.scalar is not None and value is False and not field.required):
        if field.required:
            raise IncompleteElement(f"{field.name} is required", _path(declaration, field))
        return value
    try:
        if field.scalar is not None:
            return field.scalar.accept(value)
        if field.kind in ("mixed", "open"):
            return _accept_content(field, value)
        if not field.many:
            return _accept_child(field, value)
        if isinstance(value, (str, Element, OpenElement)):
            raise InvalidValue("a list of elements is expected, not a single one")
        accepted = tuple(_accept_child(field, item) for item in value)
    except InvalidValue as error:
        if not error.path:
            error.path = _path(declaration, field)
        raise
    if field.required and not accepted:
        raise IncompleteElement(f"at least one {field.tag} is required", _path(declaration, field))
    return accepted


def _path(declaration: Declaration, field: Field) -> str:
    return f"{declaration.cls.__name__}.{field.name}"


def _accept_child(field: Field, value: Any) -> Any:
    if isinstance(value, OpenElement):
        if field.kind in ("choice", "choices") or lookup(field.tag) is None:
            return value
    elif isinstance(value, Element):
        if value.__cxml__.tag in field.tags:
            return value
    elif field.kind in ("child", "children"):
        declared = lookup(field.tag)
        if isinstance(declared, Leaf):
            return declared.scalar.accept(value)
        if isinstance(value, str) and declared is not None and declared.takes_text:
            return declared.cls(value)  # type: ignore[call-arg]
    expected = field.tag if len(field.tags) == 1 else f"one of {', '.join(field.tags[:5])}…"
    raise InvalidValue(f"{expected} is expected, not {type(value).__name__}")


def _accept_content(field: Field, value: Any) -> tuple[Any, ...]:
    if isinstance(value, (str, Element, OpenElement)):
        value = (value,)
    parts: list[Any] = []
    for part in value:
        if isinstance(part, Element):
            if field.kind == "mixed" and part.__cxml__.tag not in field.tags:
                raise InvalidValue(f"{part.__cxml__.tag} cannot stand here")
        elif not isinstance(part, (str, OpenElement)):
            raise InvalidValue(f"texts and elements are expected, not {type(part).__name__}")
        # Neighbouring texts are one text on the wire, and an empty one is none.
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        elif part != "":
            parts.append(part)
    return tuple(parts)
