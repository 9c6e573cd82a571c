"""A document as plain values for JSON, and back, without loss.

    data = to_plain(body)          # {"!DOCTYPE": {...}, "cXML": {"@payloadID": "...", "Header": {...}, ...}}
    body = from_plain(data)

An element is a dict: attributes with ``@`` in front of their names, children by their names, in a list where there are
several of one name. An element that holds nothing but a text is that text, or has it under ``$`` beside attributes; an
empty one is ``{}``. Where texts and elements stand side by side, or the order of children would be lost, ``$content``
lists them as they come: texts, and dicts with one element each. Every value is a text, spelled as it was received, for
JSON has neither exact numbers nor times. A signature is kept whole under ``ds:Signature``, as XML.

White space between elements, comments and processing instructions are not part of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from lxml import etree

from .. import element as x
from ..errors import DocumentError, InvalidDocument, InvalidValue
from ..limits import DEFAULT_LIMITS, Limits
from ..places import tag_of
from ..tree import DSIG, Doctype, load, markup, parse_markup
from .dtd import check_dtd
from .schema import directory

__all__ = ["from_plain", "to_plain"]

_TEXT, _CONTENT, _DOCTYPE, _SIGNATURE = "$", "$content", "!DOCTYPE", "ds:Signature"
_XML = "{http://www.w3.org/XML/1998/namespace}"
#: xmlschema trims texts in mixed content, so each is fenced in.
_FENCE = "\ue000"


def to_plain(body: bytes | str, *, limits: Limits = DEFAULT_LIMITS) -> dict[str, Any]:
    """The document as plain values; a secret is in them as it is in the document.

    Raises DocumentError, as reading it does, and InvalidDocument if it does not follow the grammar: what has no place
    there would be lost.
    """
    loaded = load(body, limits)
    errors = [finding for finding in check_dtd(loaded) if finding.severity == "error"]
    if errors:
        raise InvalidDocument(errors)
    root = loaded.root
    signatures = [node for node in root if tag_of(node) == f"{{{DSIG}}}Signature"]
    kept = [markup(node) for node in signatures]
    for node in signatures:
        root.remove(node)
    _fence(root)
    decoded: Any = _schema().decode(
        root, converter=_converter(), validation="lax", keep_unknown=True, process_skipped=True, keep_empty=True
    )
    made: dict[str, Any] = decoded[0]
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


# --- reading: xmlschema ----------------------------------------------------------------------------------------


def _fence(root: etree._Element) -> None:
    for node in root.iter("*"):
        declared = x.lookup(tag_of(node))
        if isinstance(declared, x.Declaration) and declared.kind in ("elements", "empty"):
            continue
        if declared is None and len(node) and not "".join(_texts(node)).strip():
            continue  # of a payload without a declaration: it looks like elements only
        if node.text:
            node.text = _FENCE + node.text + _FENCE
        for child in node:
            if child.tail:
                child.tail = _FENCE + child.tail + _FENCE


def _texts(node: etree._Element) -> list[str]:
    return [node.text or "", *(child.tail or "" for child in node)]


@cache
def _schema() -> Any:
    """The grammar of the declarations without any datatype: whatever was sent is a text and stays as it was."""
    import xmlschema

    datatypes = (directory() / "datatypes.xsd").read_text("utf-8")
    source = (directory() / "cXML.xsd").read_text("utf-8")
    names = "|".join(map(re.escape, re.findall(r'simpleType name="([^"]+)"', datatypes)))
    source = re.sub(r"<xs:simpleType><xs:restriction.*?</xs:simpleType>", "", source, flags=re.DOTALL)
    source = re.sub(rf'(type|base)="(?:{names}|xs:\w+)"', r'\1="xs:string"', source)
    source = re.sub(r"<xs:include [^>]*/>| fixed=\"[^\"]*\"| schemaLocation=\"xml.xsd\"", "", source)
    return xmlschema.XMLSchema(source, allow="none")


@cache
def _converter() -> type[Any]:
    from xmlschema import XMLSchemaConverter

    class Converter(XMLSchemaConverter):
        """From what xmlschema has read to the dicts that are described above."""

        __slots__ = ()

        def element_decode(self, data: Any, xsd_element: Any, xsd_type: Any = None, level: int = 0) -> Any:
            made: dict[str, Any] = {f"@{_short(name)}": value for name, value in data.attributes or ()}
            parts = [(name, _unfenced(value)) for name, value, _ in data.content or ()]
            text = _unfenced(data.text)
            if text is not None and parts:
                parts.insert(0, (0, text))
            elif text is not None:
                made[_TEXT] = text
            if parts:
                made.update(_arranged(parts))
            value = text if text is not None and made.keys() == {_TEXT} else made
            return {data.tag: value} if level == 0 else value

    return Converter


def _unfenced(value: Any) -> Any:
    return value[1:-1] if isinstance(value, str) and value[:1] == _FENCE == value[-1:] else value


def _arranged(parts: list[tuple[Any, Any]]) -> dict[str, Any]:
    """Children by name if that tells their order, else one after the other."""
    names = [name for name, _ in parts]
    runs = [name for number, name in enumerate(names) if number == 0 or names[number - 1] != name]
    if len(set(runs)) < len(runs) or not all(isinstance(name, str) for name in names):
        return {_CONTENT: [{name: value} if isinstance(name, str) else value for name, value in parts]}
    made: dict[str, Any] = {}
    for name, value in parts:
        made.setdefault(name, []).append(value)
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
