"""The slow and thorough way to write: puts back what a careful reader kept, and says where something is wrong.

Leftovers go back where they stood, what may be coerced is coerced, and the field of a value that cannot be written is
named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from .. import element as x
from ..concealed import SecretText
from ..errors import IncompleteElement, InvalidValue, UsageError
from ..scalars import Scalar
from ..spelled import Origin, SpelledInt, SpelledStr, Unreadable, spelling_in
from .reader import group_function
from .writer import escape_attribute, escape_text

__all__ = ["legal", "write"]

_INSTRUCTION = re.compile(r"<\?.*?\?>", re.DOTALL)
# XML 1.0 has no place for these, not even as references.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]").search


@attrs.frozen
class _Target:
    """What an element is written into.

    exact: by the ``id`` of an element, XML that is to be written in its place.
    origin: the document, if it was read: values that were read from it are written as they were spelled there.
    scope: the prefixes that are declared around the element, and their URIs.
    """

    exact: Mapping[int, str]
    origin: Origin | None
    scope: Mapping[str, str] = MappingProxyType({})


def write(
    element: x.Element,
    path: str = "document",
    exact: Mapping[int, str] = MappingProxyType({}),
    origin: Origin | None = None,
) -> str:
    """The XML of an element. Raises InvalidValue and IncompleteElement, naming the field.

    ``exact`` holds, by the ``id`` of an element, XML that is to be written in its place. Values are written as they
    were spelled in the document ``origin``, which a whole document knows by itself; those of another one as we would
    write them.
    """
    return _element(element, path, _Target(exact, origin or getattr(element, "_origin", None)))


def _element(element: x.Element, path: str, target: _Target) -> str:
    if id(element) in target.exact:
        return target.exact[id(element)]
    if not isinstance(element, x.Element):
        raise InvalidValue(f"an element is expected, not {type(element).__name__}", path)
    declaration = element.__cxml__
    leftover = element._leftover or x.Leftover()
    head = [f"<{declaration.tag}"]
    unheard = [(prefix, uri) for prefix, uri in leftover.prefixes if target.scope.get(prefix) != uri]
    namespaces = [*leftover.namespaces, *unheard]
    if namespaces:
        target = attrs.evolve(target, scope={**target.scope, **dict(namespaces)})
    for prefix, uri in namespaces:
        head.append(f' xmlns{":" if prefix else ""}{prefix}="{escape_attribute(uri)}"')
    for field in declaration.attributes:
        text = _attribute_text(element, field, leftover, path, target)
        if text is not None:
            head.append(f' {field.tag}="{escape_attribute(text)}"')
    for name, text in leftover.attributes:
        head.append(f' {name}="{escape_attribute(text)}"')
    inside = _inside(element, declaration, leftover, path, target)
    return f"{''.join(head)}>{inside}</{declaration.tag}>" if inside else f"{''.join(head)}/>"


def _attribute_text(element: x.Element, field: x.Field, leftover: x.Leftover, path: str, target: _Target) -> str | None:
    value = getattr(element, field.name)
    assert field.scalar is not None
    if value is None or (field.scalar.name == "yes" and _is_absent(value, target)):
        if field.required and field.name not in leftover.missing:
            raise IncompleteElement(f"{field.name} is required", f"{path}.{field.name}")
        return None
    if field.fixed is not None and value != field.fixed and not isinstance(value, Unreadable):
        raise InvalidValue(f"only {field.fixed!r} may stand here", f"{path}.{field.name}")
    return _scalar_text(field.scalar, value, f"{path}.{field.name}", target, field.secret)


def _is_absent(value: Any, target: _Target) -> bool:
    """Whether a flag that is written as ``yes`` or not at all is False; ``no`` stays what it is in its own document."""
    return value is False or (isinstance(value, SpelledInt) and not value and spelling_in(value, target.origin) is None)


def _scalar_text(scalar: Scalar, value: Any, path: str, target: _Target, secret: bool = False) -> str:
    try:
        accepted = scalar.accept(value)
        spelled = spelling_in(accepted, target.origin)
        text = scalar.write(accepted) if spelled is None else spelled
    except InvalidValue as error:
        raise InvalidValue("this value cannot be written" if secret else error.message, path) from None
    return legal(text, path)


def legal(text: str, path: str) -> str:
    """The text, if XML has a place for all its characters. Raises InvalidValue, naming ``path``."""
    if hit := _ILLEGAL(text):
        raise InvalidValue(f"the character U+{ord(hit[0]):04X} cannot stand in XML", path)
    return text


def _inside(element: x.Element, declaration: x.Declaration, leftover: x.Leftover, path: str, target: _Target) -> str:
    if declaration.kind == "elements":
        return _children_text(element, declaration, leftover, path, target)
    stray = "".join(text for _, text in leftover.nodes)
    if declaration.kind == "empty":
        return stray
    (field,) = declaration.content
    value = getattr(element, field.name)
    here = f"{path}.{field.name}"
    if declaration.kind == "text":
        assert field.scalar is not None
        if value is None:
            raise IncompleteElement(f"{field.name} is required", here)
        inside = value.markup if isinstance(value, SpelledStr) else None
        if inside is not None:
            return inside
        text = escape_text(_scalar_text(field.scalar, value, here, target, field.secret))
        # The instructions where they stood, as long as the value is the one that was read; else behind it.
        return stray if _INSTRUCTION.sub("", stray) == text else text + "".join(_INSTRUCTION.findall(stray))
    pieces = []
    parts = value if leftover.irregular else _accepted(declaration, field, value or (), here)
    for number, part in enumerate(parts):
        if isinstance(part, str):
            pieces.append(escape_text(legal(part, f"{here}[{number}]")))
        else:
            pieces.append(_child_text(field, part, f"{here}[{number}]", target))
    return "".join(pieces)


def _accepted(declaration: x.Declaration, field: x.Field, value: Any, path: str) -> Any:
    try:
        return x.accept(declaration, field, value)
    except UsageError as error:
        message, kind = error.message, type(error)
    except TypeError:
        message, kind = f"{type(value).__name__} is not what may stand here", InvalidValue
    raise kind("this value cannot be written" if field.secret else message, path)


def _children_text(
    element: x.Element, declaration: x.Declaration, leftover: x.Leftover, path: str, target: _Target
) -> str:
    # ((tag, number of it), text), in the order of the grammar; leftovers go in behind the child they followed.
    pieces: list[tuple[tuple[str, int] | None, str]] = []
    counts: dict[str, int] = {}
    for field in declaration.content:
        value = getattr(element, field.name)
        here = f"{path}.{field.name}"
        if field.name in leftover.missing and (value is None or value == ()):
            continue
        accepted = _accepted(declaration, field, value, here)
        if field.many:
            values = [(part, f"{here}[{number}]") for number, part in enumerate(accepted)]
        else:
            values = [] if accepted is None else [(accepted, here)]
        for part, place in values:
            tag = field.tag if len(field.tags) == 1 else part.__cxml__.tag if isinstance(part, x.Element) else ""
            counts[tag] = counts.get(tag, 0) + 1
            # A traceback of what goes wrong further on may be shown with all variables.
            text = SecretText(_child_text(field, part, place, target))
            pieces.append(((tag, counts[tag]), text))
    if not leftover.irregular:
        for group in declaration.constraints:
            if not group_function(declaration.tag, str(group))(element):
                raise IncompleteElement(f"the children of {declaration.tag} must fit {group}", path)
    return "".join(_with_leftovers(pieces, leftover.nodes))


def _child_text(field: x.Field, value: Any, path: str, target: _Target) -> str:
    if isinstance(value, x.OpenElement):
        return value.markup
    if isinstance(value, x.Element):
        return _element(value, path, target)
    if isinstance(value, SpelledStr) and value.markup is not None:
        return value.markup
    leaf = x.lookup(field.tag)
    assert isinstance(leaf, x.Leaf)
    return f"<{leaf.tag}>{escape_text(_scalar_text(leaf.scalar, value, path, target))}</{leaf.tag}>"


def _with_leftovers(
    pieces: list[tuple[tuple[str, int] | None, str]], nodes: Iterable[tuple[tuple[str, int] | None, str]]
) -> Iterable[str]:
    behind: dict[tuple[str, int] | None, list[str]] = {}
    for anchor, text in nodes:
        behind.setdefault(anchor, []).append(text)
    yield from behind.pop(None, ())
    for place, text in pieces:
        yield text
        yield from behind.pop(place, ())
    for rest in behind.values():  # what they followed was taken out meanwhile
        yield from rest
