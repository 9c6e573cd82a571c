"""A document as plain values for JSON, and back, without loss.

    data = to_plain(body)          # {"!DOCTYPE": {...}, "cXML": {"@payloadID": "...", "Header": {...}, ...}}
    body = from_plain(data)

An element is a dict: attributes with ``@`` in front of their names, children by their names, in a list where there are
several of one name. An element that holds nothing but a text is that text, or has it under ``$`` beside attributes; an
empty one is ``{}``. Where texts and elements stand side by side, or the order of children would be lost, ``$content``
lists them as they come: texts, and dicts with one element each. A name in a namespace has that in front, in braces.
Every value is a text, spelled as it was received, for JSON has neither exact numbers nor times. A signature is kept
whole under ``ds:Signature``, as XML.

White space between elements, comments and processing instructions are not part of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from lxml import etree

from .. import element as x
from ..errors import DocumentError, InvalidDocument, InvalidValue
from ..limits import DEFAULT_LIMITS, Limits
from ..places import tag_of
from ..tree import DSIG, Doctype, load, markup, parse_markup
from .dtd import check_dtd

__all__ = ["from_plain", "to_plain"]

_TEXT, _CONTENT, _DOCTYPE, _SIGNATURE = "$", "$content", "!DOCTYPE", "ds:Signature"
_XML = "{http://www.w3.org/XML/1998/namespace}"


def to_plain(body: bytes | str, *, limits: Limits = DEFAULT_LIMITS) -> dict[str, Any]:
    """The document as plain values; a secret is in them as it is in the document.

    Raises DocumentError, as reading it does, and InvalidDocument if it does not follow the grammar: what has no place
    there would be lost.
    """
    loaded = load(body, limits, blanks=True)
    errors = [finding for finding in check_dtd(loaded) if finding.severity == "error"]
    if errors:
        raise InvalidDocument(errors)
    root = loaded.root
    signatures = [node for node in root if tag_of(node) == f"{{{DSIG}}}Signature"]
    kept = [markup(node) for node in signatures]
    for node in signatures:
        root.remove(node)
    made: dict[str, Any] = {tag_of(root): _plain(root)}
    if kept:
        made[tag_of(root)][_SIGNATURE] = kept
    doctype = loaded.doctype
    if doctype is None:
        return made
    named = {"name": doctype.name, "system": doctype.system, "public": doctype.public}
    return {_DOCTYPE: {key: value for key, value in named.items() if value is not None}, **made}


def from_plain(data: Mapping[str, Any]) -> bytes:
    """The document that ``to_plain`` made the values from.

    Raises InvalidValue if they are not of that form.
    """
    try:
        ((tag, value),) = ((key, value) for key, value in data.items() if key != _DOCTYPE)
        signatures = value.get(_SIGNATURE, ()) if isinstance(value, Mapping) else ()
        root = _built(tag, value)
        for signature in signatures:
            root.append(parse_markup(signature))
        doctype = f"{Doctype(**data[_DOCTYPE])}\n" if _DOCTYPE in data else ""
        text = f'<?xml version="1.0" encoding="UTF-8"?>\n{doctype}{markup(root)}'
        return load(text).octets
    except (DocumentError, ValueError, TypeError, AttributeError) as error:
        raise InvalidValue("the values are not those of a document") from error


# --- reading ---------------------------------------------------------------------------------------------------


#: A text, or an element with its name.
_Part: TypeAlias = str | tuple[str, etree._Element]


def _plain(node: etree._Element) -> Any:
    made: dict[str, Any] = {f"@{_short(str(name))}": text for name, text in node.items()}
    parts = _parts(node)
    if not _counts_texts(node, parts):
        parts = [part for part in parts if isinstance(part, tuple)]
    if len(parts) == 1 and isinstance(parts[0], str):
        made[_TEXT] = parts[0]
    elif parts:
        made.update(_arranged(parts))
    return made[_TEXT] if made.keys() == {_TEXT} else made


def _parts(node: etree._Element) -> Sequence[_Part]:
    """The texts and elements in a node as they come; what stands on both sides of an instruction is one text."""
    parts: list[_Part] = []
    text = node.text or ""
    for child in node:
        if isinstance(child.tag, str):
            parts += [text, (child.tag, child)] if text else [(child.tag, child)]
            text = ""
        text += child.tail or ""
    return [*parts, text] if text else parts


def _counts_texts(node: etree._Element, parts: Sequence[_Part]) -> bool:
    texts = [part for part in parts if isinstance(part, str)]
    declared = x.lookup(tag_of(node))
    if isinstance(declared, x.Declaration) and declared.kind == "elements":
        blank = True
    else:
        # Without a declaration it looks like elements only if there are some.
        blank = declared is None and len(parts) > len(texts)
    # In a payload that nobody judges, a text may stand where the grammar has no place for one.
    return not blank or any(text.strip(" \t\r\n") for text in texts)


def _arranged(parts: Sequence[_Part]) -> dict[str, Any]:
    """Children by name if that tells their order, else one after the other."""
    names = [None if isinstance(part, str) else part[0] for part in parts]
    runs = [name for number, name in enumerate(names) if number == 0 or names[number - 1] != name]
    if len(set(runs)) < len(runs) or None in names:
        return {_CONTENT: [part if isinstance(part, str) else {part[0]: _plain(part[1])} for part in parts]}
    made: dict[str, Any] = {}
    for part in parts:
        if not isinstance(part, str):
            made.setdefault(part[0], []).append(_plain(part[1]))
    return {name: values[0] if len(values) == 1 else values for name, values in made.items()}


def _short(name: str) -> str:
    return f"xml:{name.removeprefix(_XML)}" if name.startswith(_XML) else name


# --- writing ---------------------------------------------------------------------------------------------------


def _built(tag: str, value: Any) -> etree._Element:
    node = etree.Element(tag)
    if isinstance(value, str):
        node.text = value
        return node
    for name, part in value.items():
        if name.startswith("@"):
            node.set(_XML + name[5:] if name.startswith("@xml:") else name[1:], part)
        elif name == _TEXT:
            node.text = part
        elif name == _CONTENT:
            _fill(node, part)
        elif name != _SIGNATURE:
            node.extend(_built(name, each) for each in (part if isinstance(part, list) else [part]))
    return node


def _fill(node: etree._Element, parts: Any) -> None:
    last: etree._Element | None = None
    for part in parts:
        if not isinstance(part, str):
            ((name, value),) = part.items()
            last = _built(name, value)
            node.append(last)
        elif last is None:
            node.text = (node.text or "") + part
        else:
            last.tail = (last.tail or "") + part
