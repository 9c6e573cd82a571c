"""The compiled writer: typed elements to XML text, in one straight pass.

For each class a function ``write_TAG(o, put, origin)`` is generated that hands pieces of text to ``put``; ``origin``
is the document whose values are written as they were spelled. It writes what is plainly right; at the first value that
needs a second look it raises ``Departure`` and ``careful`` writes the document again, coercing what may be coerced and
saying where the rest is wrong.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from .. import element as x
from ..concealed import SecretText
from ..spelled import Origin, spelling_in
from .reader import group_test
from .source import Departure, compile_function, function_name

__all__ = ["escape_attribute", "escape_text", "write"]

Put = Callable[[str], None]
Writer = Callable[[Any, Put, Origin | None], None]


def escape_text(text: str) -> str:
    """Text for element content. A carriage return is written as a reference, for a parser would drop it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def escape_attribute(text: str) -> str:
    """Text for an attribute in double quotes. Line ends and tabs are references, else they become blanks."""
    return (
        text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        .replace("\r", "&#13;")
        .replace("\n", "&#10;")
        .replace("\t", "&#9;")
    )


_numbers = itertools.count()
_namespace: dict[str, Any] = {
    "Departure": Departure,
    "Decimal": Decimal,
    "escape_text": escape_text,
    "escape_attribute": escape_attribute,
}


def write(element: x.Element, put: Put, origin: Origin | None = None) -> None:
    """Hand the XML of an element to ``put``; raises Departure where a value is not the plain case.

    ``origin`` is as in ``rewriter.write``.
    """
    declaration = getattr(element, "__cxml__", None)
    if declaration is None:
        raise Departure
    _writer(declaration.tag)(element, put, origin or getattr(element, "_origin", None))


def _writer(tag: str) -> Writer:
    found = _namespace.get(function_name("write", tag))
    return found if found is not None else _compile(tag)


def _later(tag: str) -> str:
    name = function_name("write", tag)
    if name not in _namespace:
        _namespace[name] = lambda element, put, origin: _compile(tag)(element, put, origin)
    return name


def _constant(value: Any) -> str:
    name = f"k{next(_numbers)}"
    _namespace[name] = value
    return name


# --- what generated code calls -----------------------------------------------------------------------------


def write_any(value: Any, put: Put, origin: Origin | None) -> None:
    """An element whose kind is known only now."""
    if value.__class__ is x.OpenElement:
        put(value.markup)
        return
    declaration = getattr(value, "__cxml__", None)
    if declaration is None:
        raise Departure
    _writer(declaration.tag)(value, put, origin)


def write_choice(value: Any, tags: frozenset[str], put: Put, origin: Origin | None) -> None:
    if isinstance(value, x.Element) and value.__cxml__.tag not in tags:
        raise Departure
    write_any(value, put, origin)


def write_content(content: tuple[Any, ...], put: Put, origin: Origin | None) -> None:
    for part in content:
        if part.__class__ is str or part.__class__ is SecretText:
            put(escape_text(part))
        elif isinstance(part, str):
            raise Departure
        else:
            write_any(part, put, origin)


def write_mixed(content: tuple[Any, ...], tags: frozenset[str], put: Put, origin: Origin | None) -> None:
    for part in content:
        if not isinstance(part, str) and not (isinstance(part, x.Element) and part.__cxml__.tag in tags):
            raise Departure
    write_content(content, put, origin)


_namespace.update(write_any=write_any, write_choice=write_choice, write_content=write_content, write_mixed=write_mixed)


# --- generating --------------------------------------------------------------------------------------------


def _compile(tag: str) -> Writer:
    declaration = x.lookup(tag)
    if isinstance(declaration, x.Leaf):
        lines = [f"def {function_name('write', tag)}(v, put, origin):", *(f"    {line}" for line in _leaf(declaration))]
        return compile_function("write", tag, lines, _namespace)
    assert declaration is not None
    lines = [
        f"def {function_name('write', tag)}(o, put, origin):",
        f"    if o.__class__ is not {_constant(declaration.cls)} or o._leftover is not None:",
        "        raise Departure",
    ]
    for group in declaration.constraints:
        lines += [f"    if not ({group_test(declaration, group)}):", "        raise Departure"]
    start = f"<{tag}"
    plain: list[str] = []
    for field in declaration.attributes:
        value, statements = _attribute(field)
        if field.required:
            lines += [f"    {line}" for line in statements]
            plain.append(f' {field.tag}="{{{value}}}"')
    head = f"f'''{start}{''.join(plain)}"
    optional = [field for field in declaration.attributes if not field.required]
    if optional:
        lines.append(f"    s = {head}'''")
        for field in optional:
            lines += _optional_attribute(field)
        head = "f'''{s}"
    lines += [f"    {line}" for line in _CONTENT[declaration.kind](declaration, head)]
    return compile_function("write", tag, lines, _namespace)


def _attribute(field: x.Field) -> tuple[str, list[str]]:
    """The name that holds the text of an attribute, and the statements that put it there."""
    name = f"a_{field.name}"
    fixed = [f"if {name} != {field.fixed!r}:", "    raise Departure"] if field.fixed else []
    return name, [f"{name} = o.{field.name}", *fixed, *_value(field.scalar, name, attribute=True)]


def _optional_attribute(field: x.Field) -> list[str]:
    assert field.scalar is not None
    name, statements = _attribute(field)
    if field.scalar.name == "yes":
        return [
            f"    {statements[0]}",
            f"    if {name} is True:",
            f"        s += ' {field.tag}=\"yes\"'",
            f"    elif {name} is not False and {name} is not None:",
            "        raise Departure",
        ]
    lines = [f"    {statements[0]}", f"    if {name} is not None:"]
    lines += [f"        {line}" for line in statements[1:]]
    return [*lines, f"        s += f' {field.tag}=\"{{{name}}}\"'"]


def _value(scalar: Any, name: str, attribute: bool) -> list[str]:
    """Statements that turn the value in ``name`` into escaped text."""
    escape, special = (
        ("escape_attribute", f"'&' in {name} or '<' in {name} or '\"' in {name} or not {name}.isprintable()")
        if attribute
        else ("escape_text", f"'&' in {name} or '<' in {name} or '>' in {name} or '\\r' in {name}")
    )
    write_scalar = _constant(_plain_text(scalar))
    if scalar.read is None or scalar.name == "URL":
        return [
            f"if {name}.__class__ is not str:",
            f"    {name} = {write_scalar}({name}, origin)",
            f"if {special}:",
            f"    {name} = {escape}({name})",
        ]
    if scalar.name == "number":
        # An exponent, NaN and Infinity are the only texts of a Decimal that may not be sent.
        return [
            f"if {name}.__class__ is Decimal:",
            f"    n = str({name})",
            f"    {name} = {write_scalar}({name}, origin) if 'E' in n or 'N' in n or 'y' in n else n",
            "else:",
            f"    {name} = {escape}({write_scalar}({name}, origin))",
        ]
    if scalar.name == "uint":
        return [f"if {name}.__class__ is not int:", f"    {name} = {escape}({write_scalar}({name}, origin))"]
    if scalar.name == "enumeration":
        legal = _constant(frozenset(scalar.values))
        return [
            f"if {name}.__class__ is not str or {name} not in {legal}:",
            f"    {name} = {escape}({write_scalar}({name}, origin))",
        ]
    return [f"{name} = {escape}({write_scalar}({name}, origin))"]


#: Values of these have no spelling of their own.
_UNSPELLED = frozenset((str, int, bool, Decimal, datetime, date, time))


def _plain_text(scalar: Any) -> Callable[[Any, Origin | None], str]:
    plainly: Callable[[Any], str] = scalar.write

    def text(value: Any, origin: Origin | None) -> str:
        if value.__class__ in _UNSPELLED:
            return plainly(value)
        if getattr(value, "markup", None) is not None:
            raise Departure
        spelled = spelling_in(value, origin)
        return plainly(value) if spelled is None else spelled

    return text


def _empty(declaration: x.Declaration, head: str) -> list[str]:
    return [f"put({head}/>''')"]


def _text(declaration: x.Declaration, head: str) -> list[str]:
    (field,) = declaration.content
    return [
        f"t = o.{field.name}",
        *_value(field.scalar, "t", attribute=False),
        f"put({head}>{{t}}</{declaration.tag}>''')",
    ]


def _content(declaration: x.Declaration, head: str) -> list[str]:
    (field,) = declaration.content
    return [f"put({head}>''')", f"write_content(o.{field.name}, put, origin)", f"put('</{declaration.tag}>')"]


def _mixed(declaration: x.Declaration, head: str) -> list[str]:
    (field,) = declaration.content
    write = f"write_mixed(o.{field.name}, {_constant(frozenset(field.tags))}, put, origin)"
    return [f"put({head}>''')", write, f"put('</{declaration.tag}>')"]


def _elements(declaration: x.Declaration, head: str) -> list[str]:
    lines = [f"put({head}>''')"]
    for field in declaration.content:
        lines.append(f"v = o.{field.name}")
        write_one = _child(field)
        if field.many:
            if field.required:
                lines += ["if not v:", "    raise Departure"]
            lines += ["for v in v:", *(f"    {line}" for line in write_one)]
        elif field.required:
            lines += ["if v is None:", "    raise Departure", *write_one]
        else:
            lines += ["if v is not None:", *(f"    {line}" for line in write_one)]
    return [*lines, f"put('</{declaration.tag}>')"]


def _child(field: x.Field) -> list[str]:
    """Statements that write the child ``v``."""
    if field.kind in ("choice", "choices"):
        return [f"write_choice(v, {_constant(frozenset(field.tags))}, put, origin)"]
    if x.unloaded(field.tag) or isinstance(declared := x.lookup(field.tag), x.Declaration):
        return [f"{_later(field.tag)}(v, put, origin)"]
    return ["put(v.markup)"] if declared is None else _leaf(declared)


def _leaf(declared: x.Leaf) -> list[str]:
    return [*_value(declared.scalar, "v", attribute=False), f'put(f"<{declared.tag}>{{v}}</{declared.tag}>")']


_CONTENT: dict[str, Callable[[x.Declaration, str], list[str]]] = {
    "empty": _empty,
    "text": _text,
    "mixed": _mixed,
    "open": _content,
    "elements": _elements,
}
