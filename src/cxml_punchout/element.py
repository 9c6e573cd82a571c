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

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, dataclass_transform

import attrs

from .concealed import Shown, secret_text
from .declaration import (
    Declaration,
    Field,
    Group,
    Leaf,
    Part,
    Spec,
    add,
    clark,
    declarations,
    lookup,
    register_topics,
    unloaded,
)
from .errors import IncompleteElement, InvalidValue
from .tree import canonical, markup, parse_markup

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
    "put",
    "raw",
    "register_topics",
    "text",
    "unloaded",
]

T = TypeVar("T")
E = TypeVar("E", bound="type[Element]")


# --- open content ----------------------------------------------------------------------------------------


_PLAIN_TAG = re.compile(r"<([^\s<>/:=!?&]+)(?=[\s/>])").match


@attrs.frozen(repr=False, eq=False)
class OpenElement:
    """An element without a model here, kept as the XML that was received and written back unchanged.

    A processing instruction among texts is kept in the same way; it has no tag, and is none of the ``elements``.

    It stands in open content (``Extrinsic``, ``BuyerCookie``), for payloads that are not declared yet and for
    XML signatures. Two are equal when their XML says the same: neither quotes nor the order of attributes counts.

    Raises MalformedDocument if ``markup`` is not one well-formed element.
    """

    markup: str

    def __attrs_post_init__(self) -> None:
        # As lxml writes it, so that quotes and the like make no difference.
        object.__setattr__(self, "markup", markup(parse_markup(self.markup)))

    @property
    def tag(self) -> str:
        """The name of the element, in Clark notation if it has a namespace; "" for a processing instruction."""
        if self.is_instruction:
            return ""
        # Most have no namespace, and then the name stands where everybody sees it.
        plain = _PLAIN_TAG(self.markup) if "xmlns" not in self.markup else None
        return plain[1] if plain else str(self.tree().tag)

    @property
    def is_instruction(self) -> bool:
        return self.markup.startswith("<?")

    def tree(self) -> etree._Element:
        """A fresh lxml tree of the XML; changing it does not change this value."""
        if self.is_instruction:
            return parse_markup(f"<_>{self.markup}</_>")[0]
        return parse_markup(self.markup)

    @classmethod
    def of(cls, node: etree._Element) -> OpenElement:
        """What a node of a tree holds."""
        return cls._exactly(markup(node))

    @classmethod
    def verbatim(cls, text: str) -> OpenElement:
        """An element that is written to the letter as ``text``, as a signature needs it."""
        parse_markup(text)
        return cls._exactly(text)

    @classmethod
    def _exactly(cls, text: str) -> OpenElement:
        made = object.__new__(cls)
        object.__setattr__(made, "markup", text)
        return made

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, OpenElement):
            return NotImplemented
        return self.markup == other.markup or self._canonical() == other._canonical()

    def __hash__(self) -> int:
        return hash(self._canonical())

    def _canonical(self) -> bytes:
        return self.markup.encode() if self.is_instruction else canonical(self.tree())

    def __repr__(self) -> str:
        # The content may hold a secret (CopyRequest carries whole documents), so only the name is shown.
        name = re.match(r"<([^\s/>]+)", self.markup)
        return f"<OpenElement {name[1] if name else '?'}, {len(self.markup)} characters>"


# What walks through the fields of attrs classes would show the XML: attrs.asdict, rich, pytest.
del OpenElement.__attrs_attrs__  # pyright: ignore[reportAttributeAccessIssue]


# --- what was received and has no place in the declaration --------------------------------------------------


@attrs.frozen
class Leftover:
    """What a tolerant reader found in one element that its declaration has no place for.

    attributes: unknown attributes, (qualified name, value).
    namespaces: declarations of namespaces on this element, (prefix or "", URI).
    prefixes: those of the attributes that are declared further out, and their URIs: in another document nobody does.
    nodes: (tag and number of the child before it, XML): elements, stray text, processing instructions.
    missing: names of required fields that were absent and may be written as absent.
    irregular: the children break a group, or stand in a text where they may not, and may be written so.

    What it holds is not shown: a secret may be in it, and nobody can tell. There may be one for each element of a large
    document, so it has no lists that are mostly empty.
    """

    attributes: tuple[tuple[str, str], ...] = attrs.field(default=(), repr=False, eq=sorted)
    namespaces: tuple[tuple[str, str], ...] = attrs.field(default=(), eq=sorted)
    prefixes: tuple[tuple[str, str], ...] = attrs.field(default=(), eq=sorted)
    nodes: tuple[tuple[tuple[str, int] | None, str], ...] = attrs.field(default=(), repr=False)
    missing: tuple[str, ...] = attrs.field(default=(), eq=sorted)
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


def _field(spec: Spec, default: Any, kw_only: bool = True) -> Any:
    return attrs.field(default=default, kw_only=kw_only, metadata={"cxml": spec})


def attribute(
    name: str,
    *,
    default: Any = attrs.NOTHING,
    secret: bool = False,
    since: str = "",
    absent: str | None = None,
    fixed: str | None = None,
    values_since: Mapping[str, str] = MappingProxyType({}),
) -> Any:
    """An attribute. ``absent`` is what the DTD says its absence means; ``fixed`` the only value that it may have."""
    return _field(Spec("attribute", (name,), secret, since, absent, fixed, values_since), default)


def text(*, default: Any = attrs.NOTHING, secret: bool = False, kw_only: bool = True) -> Any:
    """The text of an element that holds nothing but text."""
    return _field(Spec("text", (), secret), default, kw_only)


def child(tag: str, *, default: Any = attrs.NOTHING, since: str = "") -> Any:
    """One child element; with ``default=None`` it may be absent."""
    return _field(Spec("child", (tag,), since=since), default)


def children(tag: str, *, default: Any = attrs.NOTHING, since: str = "", many_since: str = "") -> Any:
    """One or more children of one kind; with ``default=()`` any number."""
    return _field(Spec("children", (tag,), since=since, many_since=many_since), default)


def choice(*tags: str, default: Any = attrs.NOTHING) -> Any:
    """One child that is of one of several kinds."""
    return _field(Spec("choice", tags), default)


def choices(*tags: str, default: Any = attrs.NOTHING) -> Any:
    """Any mixture of children of several kinds, their order kept."""
    return _field(Spec("choices", tags), default)


def mixed(*tags: str, default: Any = attrs.NOTHING, kw_only: bool = True) -> Any:
    """Text between which elements of the named kinds may stand."""
    return _field(Spec("mixed", tags), default, kw_only)


def open_content(*, default: Any = attrs.NOTHING, secret: bool = False, kw_only: bool = True) -> Any:
    """Text and elements of any kind (``ANY`` in the DTD); elements are kept as ``OpenElement``."""
    return _field(Spec("open", (), secret), default, kw_only)


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
        add(declaration)
        return made

    return declare


def leaf(tag: str, datatype: object, doc: str, *, since: str = "") -> Leaf:
    """Declare an element that holds one value and nothing else; fields hold the value itself."""
    made = Leaf(tag, datatype, doc, since)
    add(made)
    return made


# --- elements ----------------------------------------------------------------------------------------------

#: Puts a value into a slot of an element as it is: for readers, which keep what a document says, whatever it is.
put = object.__setattr__


def _raw(cls: type[Element]) -> type[Element]:
    plain = {"__slots__": (), "__setattr__": put, "__init__": object.__init__, "__module__": cls.__module__}
    return type(cls.__name__, (cls,), plain)


#: A class with the slots of an element's, which take anything, at the full speed of the interpreter. What is being
#: made is one of these; when it is filled, its ``__class__`` becomes the class of the element.
raw: Callable[[Any], Any] = cache(_raw)


class Element:
    """Base of all declared elements.

    Elements can be changed, and assigning does what constructing does: a text becomes a number or an element where one
    belongs, and what cannot stand in the field raises InvalidValue or IncompleteElement. Two are equal when they are of
    one kind and all their fields are equal; how a value was spelled does not count.
    """

    __slots__ = ("__weakref__", "_leftover")
    __cxml__: ClassVar[Declaration]
    _leftover: Leftover | None

    def __attrs_pre_init__(self) -> None:
        put(self, "__class__", raw(self.__class__))

    def __attrs_post_init__(self) -> None:
        self._leftover = None
        declaration = self.__cxml__
        for field in declaration.fields:
            value = getattr(self, field.name)
            if not value and not field.required and (value is None or value == ()):
                continue  # as most are
            accepted = accept(declaration, field, value)
            if accepted is not value:
                setattr(self, field.name, accepted)
        self.__class__ = self.__class__.__base__  # type: ignore[assignment]

    if not TYPE_CHECKING:  # or a checker would take any name for a field

        def __setattr__(self, name, value):
            declaration = self.__cxml__
            field = declaration.named.get(name)
            put(self, name, value if field is None else accept(declaration, field, value))

    def __setstate__(self, state: tuple[None, dict[str, Any]]) -> None:
        # A copy holds what the original holds, were it a None that a tolerant reader left.
        for name, value in state[1].items():
            put(self, name, value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Element) or other.__class__ is not self.__class__:
            return NotImplemented
        return (
            all(
                _comparable(getattr(self, field.name)) == _comparable(getattr(other, field.name))
                for field in self.__cxml__.fields
            )
            and self._leftover == other._leftover
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shown = [f"{name}={value!r}" for name, value in self._set_fields()]
        if self._leftover is not None:
            shown.append("<leftover>")
        return f"{type(self).__name__}({', '.join(shown)})"

    def __rich_repr__(self) -> Iterator[Any]:
        """What rich prints, in tracebacks with locals as well."""
        yield from self._set_fields()
        if getattr(self, "_leftover", None) is not None:
            yield Shown("<leftover>")

    def _set_fields(self) -> Iterator[tuple[str, Any]]:
        """The fields that hold something, for people; secrets are not shown."""
        for field in self.__cxml__.fields:
            value = getattr(self, field.name, None)  # in a traceback an element may be half made
            if value is not None and value != () and value is not False:
                yield field.name, _MASKED if field.secret or _holds_secret(field, value) else value


_MASKED = Shown("***")


def _holds_secret(field: Field, value: object) -> bool:
    """Whether a plain text stands where an element with a secret content belongs: in one that is still being made."""
    declared = lookup(field.tag) if field.kind == "child" and isinstance(value, str) else None
    return isinstance(declared, Declaration) and any(inner.secret for inner in declared.fields)


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
        content: tuple[str | OpenElement | Element, ...] = self.content  # type: ignore[attr-defined]
        return tuple(
            part
            for part in content
            if not isinstance(part, str) and not (isinstance(part, OpenElement) and part.is_instruction)
        )


def accept(declaration: Declaration, field: Field, value: Any) -> Any:
    """What a program gave for a field, as the field holds it; or a clear word why it cannot."""
    if value is None:
        if field.required:
            raise IncompleteElement(f"{field.name} is required", _path(declaration, field))
        return value
    try:
        if field.scalar is not None:
            accepted = field.scalar.accept(value)
            return secret_text(accepted) if field.secret else accepted
        if field.kind in ("mixed", "open"):
            content = _accept_content(field, value)
            return secret_text(content) if field.secret else content
        if not field.many:
            return _accept_child(field, value)
        if isinstance(value, (str, Element, OpenElement)):
            raise InvalidValue("a list of elements is expected, not a single one")
        accepted = tuple(_accept_child(field, item) for item in _each(value))
    except InvalidValue as error:
        if not error.path:
            error.path = _path(declaration, field)
        if not field.secret:
            raise
        accepted = None
    if accepted is None:  # raised outside the handler, lest the other error and its words hang on this one
        raise InvalidValue("this value cannot stand here", _path(declaration, field))
    if field.required and not accepted:
        raise IncompleteElement(f"at least one {field.tag} is required", _path(declaration, field))
    return accepted


def _each(value: Any) -> Iterable[Any]:
    if isinstance(value, Iterable):
        return value
    raise InvalidValue(f"a list is expected, not {type(value).__name__}")


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
    for part in _each(value):
        if isinstance(part, Element):
            if field.kind == "mixed" and part.__cxml__.tag not in field.tags:
                raise InvalidValue(f"{part.__cxml__.tag} cannot stand here")
        elif field.kind == "mixed" and isinstance(part, OpenElement) and not part.is_instruction:
            raise InvalidValue(f"{part.tag} cannot stand here")
        elif not isinstance(part, (str, OpenElement)):
            raise InvalidValue(f"texts and elements are expected, not {type(part).__name__}")
        # Neighbouring texts are one text on the wire, and an empty one is none.
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        elif part != "":
            parts.append(part)
    return tuple(parts)
