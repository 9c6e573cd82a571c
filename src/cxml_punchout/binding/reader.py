"""The compiled reader: an lxml tree that follows the grammar to typed elements, in one straight pass.

For each class a function ``read_TAG(el, notes)`` is generated that walks the children in the order of the
declaration, so a document in that order costs one comparison for a field. Anything else raises ``Departure``
and the document is read again by ``careful``. Values in an unusual but legible spelling do not stop it: they
go to ``notes`` and keep their spelling.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import cache
from typing import Any

from lxml import etree

from .. import element as x
from ..concealed import SecretText, secret_text
from ..findings import CODES, Layer, shorten
from ..places import tag_of
from ..spelled import SpelledStr, Unreadable, remembered
from .notes import Note, Notes
from .source import BlanksNeeded, Departure, compile_function, function_name

__all__ = ["read"]

Reader = Callable[[etree._Element, Notes], Any]


class _End:
    """Stands after the last child, so that a look at the next tag needs no test; a text, for these compare fastest."""

    tag = ""


_numbers = itertools.count()
_namespace: dict[str, Any] = {"Departure": Departure, "END": _End()}


def read(node: etree._Element, notes: Notes) -> x.Element:
    """Read a tree whose root is a declared element; raises Departure where it leaves the grammar."""
    tag = tag_of(node)
    if not isinstance(x.lookup(tag), x.Declaration):
        raise Departure
    element: x.Element = _reader(tag)(node, notes)
    return element


def _reader(tag: str) -> Reader:
    found = _namespace.get(function_name("read", tag))
    return found if found is not None else _compile(tag)


def _later(tag: str) -> str:
    """The name of the reader of ``tag``: a stand-in that compiles it when it is first called."""
    name = function_name("read", tag)
    if name not in _namespace:
        _namespace[name] = lambda node, notes: _compile(tag)(node, notes)
    return name


def _constant(value: Any) -> str:
    name = f"k{next(_numbers)}"
    _namespace[name] = value
    return name


# --- what generated code calls when a value is not the plain case ------------------------------------------


def odd(node: etree._Element, field: x.Field, tag: str, text: str, notes: Notes) -> Any:
    """The value of a text in an unusual spelling; a note where a partner should hear of it."""
    if field.fixed is not None:
        return remembered(SpelledStr(field.fixed, text), notes.origin)
    assert field.scalar is not None
    return _odd_scalar(
        node, field.scalar, tag if field.kind == "text" else f"{tag}@{field.tag}", field.secret, text, notes
    )


def _odd_scalar(node: etree._Element, scalar: Any, what: str, secret: bool, text: str, notes: Notes) -> Any:
    reading = scalar.recover(text)
    if reading.refused:
        raise Departure
    if reading.code:
        notes.append(odd_note(node, scalar, what, secret, text, reading))
    return remembered(reading.value, notes.origin)


def odd_note(node: etree._Element, scalar: Any, what: str, secret: bool, text: str, reading: Any) -> Note:
    found = "a secret value" if secret else shorten(text)
    message = f"{what}: {scalar.expected} is expected, found {found}."
    lost = reading.value if isinstance(reading.value, Unreadable) else None
    kept = "It is kept as received." if lost is not None else ""
    layer: Layer = "dtd" if scalar.grammar else "type"
    return Note(node, layer, reading.severity, reading.code, message, kept, reading.refused, lost)


def instruction_note(node: etree._Element) -> Note:
    """A note about an instruction in an element. XML allows it everywhere; it is no part of what the element holds."""
    code = "processing-instruction"
    return Note(node, "xml", "warning", code, CODES[code])


def odd_leaf(node: etree._Element, leaf: x.Leaf, text: str, notes: Notes) -> Any:
    return _odd_scalar(node, leaf.scalar, leaf.tag, False, text, notes)


def read_choice(node: etree._Element, tags: frozenset[str], notes: Notes) -> Any:
    """A child of one of several kinds; kinds without a declaration are carried whole."""
    tag = tag_of(node)
    if tag not in tags:
        raise Departure
    if isinstance(x.lookup(tag), x.Declaration):
        return _reader(tag)(node, notes)
    if not notes.loaded.blanks:
        raise BlanksNeeded
    notes.append(Note(node, "rule", "warning", "payload-undeclared", CODES["payload-undeclared"]))
    return x.OpenElement.of(node)


def read_mixed(node: etree._Element, tags: frozenset[str], notes: Notes) -> tuple[Any, ...]:
    parts: list[Any] = []
    # White space belongs to this content. libxml2 leaves out none behind a text, but it may have elsewhere.
    sure = bool(node.text)
    if sure:
        parts.append(node.text)
    for child in node.getchildren():
        tag = tag_of(child)
        if tag not in tags:
            raise Departure
        if not sure and not notes.tight(tag):
            raise BlanksNeeded
        parts.append(_reader(tag)(child, notes))
        if child.tail:
            parts.append(child.tail)
    return tuple(parts)


#: Of more elements than these the careful reader tells whether there is room for them.
_MOST_CHILDREN = 1000


def read_open(node: etree._Element, notes: Notes, many: int = _MOST_CHILDREN) -> tuple[str | x.OpenElement, ...]:
    number = len(node)
    if number and not notes.loaded.blanks:
        raise BlanksNeeded
    if number > many:
        raise Departure
    notes.opened = notes.opened or number > 0
    parts: list[str | x.OpenElement] = [node.text] if node.text else []
    for child in node:
        parts.append(x.OpenElement.of(child))
        if not tag_of(child):
            notes.append(instruction_note(node))
        if child.tail:
            parts.append(child.tail)
    return tuple(parts)


_namespace.update(odd=odd, odd_leaf=odd_leaf, read_choice=read_choice, read_mixed=read_mixed, read_open=read_open)
_namespace.update(secret_text=secret_text, SecretText=SecretText)


# --- generating --------------------------------------------------------------------------------------------


def _compile(tag: str) -> Reader:
    declaration = x.lookup(tag)
    if isinstance(declaration, x.Leaf):
        start = f"def {function_name('read', tag)}(c, notes):"
        return compile_function("read", tag, [start, *_indent(_leaf_lines(declaration, "return {}"))], _namespace)
    assert declaration is not None
    lines = [
        f"def {function_name('read', tag)}(el, notes):",
        f"    o = {_constant(x.raw(declaration.cls))}()",
        "    o._leftover = None",
    ]
    lines += _attribute_lines(declaration)
    lines += _CONTENT[declaration.kind](declaration)
    if declaration.groups:
        for group in declaration.constraints:
            lines += [f"    if not ({group_test(declaration, group)}):", "        raise Departure"]
    lines += [f"    o.__class__ = {_constant(declaration.cls)}", "    return o"]
    return compile_function("read", tag, lines, _namespace)


def _attribute_lines(declaration: x.Declaration) -> list[str]:
    fields = declaration.attributes
    if not fields:
        return ["    if el.items():", "        raise Departure"]
    by_default: dict[str, list[str]] = {}
    for field in fields:
        default = "False" if field.scalar is not None and field.scalar.name == "yes" else "None"
        by_default.setdefault(default, []).append(f"o.{field.name}")
    lines = [f"    {' = '.join(names)} = {default}" for default, names in by_default.items()]
    if len(fields) > 4:
        lines += _attribute_table(declaration)
    else:
        lines.append("    for k, v in el.items():")
        word = "if"
        for field in fields:
            lines.append(f"        {word} k == {x.clark(field.tag)!r}:")
            lines += [f"            {line}" for line in _value_lines(declaration, field, f"o.{field.name}", "v", "el")]
            word = "elif"
        lines += ["        else:", "            raise Departure"]
    required = [f"o.{field.name} is None" for field in fields if field.required]
    if required:
        lines += [f"    if {' or '.join(required)}:", "        raise Departure"]
    return lines


def _attribute_table(declaration: x.Declaration) -> list[str]:
    """Many possible attributes: look each one up instead of comparing it with all of them."""
    table = {}
    for field in declaration.attributes:
        assert field.scalar is not None
        read = _fixed(field.fixed) if field.fixed else field.scalar.read or (secret_text if field.secret else str)
        table[x.clark(field.tag)] = (vars(declaration.cls)[field.name].__set__, read, field)
    name = _constant(table)
    return [
        "    try:",
        "        for k, v in el.items():",
        f"            set_, get, field = {name}[k]",
        "            set_(o, get(v))",
        "    except ValueError:",
        "        for k, v in el.items():",
        f"            if k not in {name}:",
        "                raise Departure from None",
        f"            set_, get, field = {name}[k]",
        "            try:",
        "                set_(o, get(v))",
        "            except ValueError:",
        f"                set_(o, odd(el, field, {declaration.tag!r}, v, notes))",
        "    except KeyError:",
        "        raise Departure from None",
    ]


def _fixed(value: str) -> Callable[[str], str]:
    def get(text: str) -> str:
        if text == value:
            return value
        if " ".join(text.split()) != value:
            raise Departure
        raise ValueError  # only blanks are too many: ``odd`` keeps the spelling

    return get


def _value_lines(declaration: x.Declaration, field: x.Field, target: str, source: str, node: str) -> list[str]:
    """Statements that read ``source`` into ``target`` according to the field's datatype."""
    scalar = field.scalar
    assert scalar is not None
    read = _fixed(field.fixed) if field.fixed else scalar.read
    if read is None:
        return [f"{target} = secret_text({source})" if field.secret else f"{target} = {source}"]
    return [
        "try:",
        f"    {target} = {_constant(read)}({source})",
        "except ValueError:",
        f"    {target} = odd({node}, {_constant(field)}, {declaration.tag!r}, {source}, notes)",
    ]


def _empty(declaration: x.Declaration) -> list[str]:
    return ["    if el.text is not None or len(el):", "        raise Departure"]


def _text(declaration: x.Declaration) -> list[str]:
    (field,) = declaration.content
    lines = ["    if len(el):", "        raise Departure", "    v = el.text or ''"]
    return lines + [f"    {line}" for line in _value_lines(declaration, field, f"o.{field.name}", "v", "el")]


def _mixed(declaration: x.Declaration) -> list[str]:
    (field,) = declaration.content
    return [
        "    if len(el):",
        f"        o.{field.name} = read_mixed(el, {_constant(frozenset(field.tags))}, notes)",
        "    else:",
        "        v = el.text",
        f"        o.{field.name} = (v,) if v else ()",
    ]


def _open(declaration: x.Declaration) -> list[str]:
    (field,) = declaration.content
    many, one = ("secret_text({})", "SecretText({})") if field.secret else ("{}", "{}")
    return [
        "    if len(el):",
        f"        o.{field.name} = {many.format('read_open(el, notes)')}",
        "    else:",
        "        v = el.text",
        f"        o.{field.name} = ({one.format('v')},) if v else ()",
    ]


_STRAY = ["if v and not (v.isspace() and v.isascii()):", "    raise Departure"]


# Cheaper than next(kids, END): no call is made.
_FETCH = ["for c in kids:", "    break", "else:", "    c = END", "t = c.tag"]
_NEXT = ["v = c.tail", *_STRAY, *_FETCH]


def _elements(declaration: x.Declaration) -> list[str]:
    lines = ["v = el.text", *_STRAY, "kids = iter(el.getchildren())", *_FETCH]
    for field in declaration.content:
        lines += _MANY[field.kind](field) if field.many else _one(field)
    lines += ["if t:", "    raise Departure"]
    return [f"    {line}" for line in lines]


def _one(field: x.Field) -> list[str]:
    test = f"t == {x.clark(field.tag)!r}" if field.kind == "child" else "t"
    lines = [f"if {test}:", *_indent(_child_lines(field, f"o.{field.name} = {{}}")), *_indent(_NEXT), "else:"]
    return [*lines, "    raise Departure" if field.required else f"    o.{field.name} = None"]


def _children(field: x.Field) -> list[str]:
    tag = x.clark(field.tag)
    lines = [
        f"if t == {tag!r}:",
        "    many = []",
        f"    while t == {tag!r}:",
        *_indent(_indent([*_child_lines(field, "many.append({})"), *_NEXT])),
        f"    o.{field.name} = tuple(many)",
        "else:",
    ]
    return [*lines, "    raise Departure" if field.required else f"    o.{field.name} = ()"]


def _choices(field: x.Field) -> list[str]:
    lines = [
        "many = []",
        f"while t in {_constant(frozenset(field.tags))}:",
        *_indent([*_child_lines(field, "many.append({})"), *_NEXT]),
        f"o.{field.name} = tuple(many)",
    ]
    return [*lines, "if not many:", "    raise Departure"] if field.required else lines


_MANY = {"children": _children, "choices": _choices}


def _child_lines(field: x.Field, put: str) -> list[str]:
    """Statements that read the child ``c``; ``put`` says where the value goes."""
    if field.kind in ("choice", "choices"):
        return [put.format(f"read_choice(c, {_constant(frozenset(field.tags))}, notes)")]
    # Topics that no document asks for are not loaded for the sake of a field that may stay empty.
    if x.unloaded(field.tag) or isinstance(declared := x.lookup(field.tag), x.Declaration):
        return [put.format(f"{_later(field.tag)}(c, notes)")]
    if declared is None:
        return [put.format(f"{_constant(x.OpenElement.of)}(c)")]
    return _leaf_lines(declared, put)


def _leaf_lines(declared: x.Leaf, put: str) -> list[str]:
    lines = ["if len(c) or c.items():", "    raise Departure"]
    scalar = declared.scalar
    if scalar.read is None:
        return [*lines, put.format("c.text or ''")]
    return [
        *lines,
        "v = c.text or ''",
        "try:",
        f"    v = {_constant(scalar.read)}(v)",
        "except ValueError:",
        f"    v = odd_leaf(c, {_constant(declared)}, v, notes)",
        put.format("v"),
    ]


def _indent(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


_CONTENT: dict[str, Callable[[x.Declaration], list[str]]] = {
    "empty": _empty,
    "text": _text,
    "mixed": _mixed,
    "open": _open,
    "elements": _elements,
}


# --- groups: what a sequence of optional fields cannot say -------------------------------------------------


def group_test(declaration: x.Declaration, group: x.Group) -> str:
    """A Python expression over ``o`` that is true when the fields of a group fit together."""
    fields = {tag: field for field in declaration.content for tag in field.tags}
    return _fits(fields, group)


def _fits(fields: dict[str, x.Field], part: x.Part | x.Group) -> str:
    if isinstance(part, x.Part):
        # Order and number are held by the walk itself; what is left is whether something must be there.
        return "True" if part.occurs in ("?", "*") else _present(fields, part)
    if part.separator == ",":
        test = " and ".join(f"({_fits(fields, inner)})" for inner in part.parts)
    else:
        test = " or ".join(f"({_only(fields, part, inner)})" for inner in part.parts)
    return f"({test}) or ({_absent(fields, part)})" if part.occurs in ("?", "*") else test


def _only(fields: dict[str, x.Field], group: x.Group, chosen: x.Part | x.Group) -> str:
    # Alternatives may share a tag: (PackagingCode+, Dimension*) | Dimension+.
    mine = set(_tags(chosen))
    others = [x.Part(tag) for other in group.parts for tag in _tags(other) if tag not in mine]
    return " and ".join([f"({_fits(fields, chosen)})", *(_absent(fields, other) for other in others)])


def _tags(part: x.Part | x.Group) -> list[str]:
    return [part.tag] if isinstance(part, x.Part) else list(part.tags())


def _present(fields: dict[str, x.Field], part: x.Part) -> str:
    field = fields[part.tag]
    return f"bool(o.{field.name})" if field.many else f"o.{field.name} is not None"


def _absent(fields: dict[str, x.Field], part: x.Part | x.Group) -> str:
    if isinstance(part, x.Part):
        return f"not ({_present(fields, part)})"
    return " and ".join(_absent(fields, inner) for inner in part.parts)


@cache
def group_function(tag: str, group: str) -> Callable[[Any], bool]:
    declaration = x.lookup(tag)
    assert isinstance(declaration, x.Declaration)
    parsed = next(constraint for constraint in declaration.constraints if str(constraint) == group)
    function: Callable[[Any], bool] = eval(f"lambda o: {group_test(declaration, parsed)}")  # noqa: S307
    return function
