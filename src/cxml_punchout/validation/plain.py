"""A document as plain values for JSON, and back, without loss.

    data = to_plain(body)          # {"cXML": {"@payloadID": "...", "Header": {...}, ...}}
    body = from_plain(data)

An element is a dict: attributes with ``@`` in front of their names, children by their names, in a list where there are
several of one name. An element that holds nothing but a text is that text, or has it under ``$`` beside attributes.
Where texts and elements stand side by side, or the order of children would be lost, ``$content`` lists them as they
come: texts, and dicts with one element each. Every value is a text, spelled as it was received, for JSON has neither
exact numbers nor times.

The xmlschema library does the work, by the schema of the declarations with all datatypes taken for texts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from lxml import etree

from .schema import directory

if TYPE_CHECKING:
    from xmlschema import XMLSchema

__all__ = ["from_plain", "to_plain"]

_TEXT, _CONTENT, _DOCTYPE = "$", "$content", "!DOCTYPE"


@cache
def _schema() -> XMLSchema:
    """The grammar of the declarations without any datatype: whatever was sent is a text and stays as it was."""
    import xmlschema

    datatypes = (directory() / "datatypes.xsd").read_text("utf-8")
    source = (directory() / "cXML.xsd").read_text("utf-8")
    names = "|".join(map(re.escape, re.findall(r'simpleType name="([^"]+)"', datatypes)))
    source = re.sub(rf'(type|base)="(?:{names}|xs:\w+)"', r'\1="xs:string"', source)
    source = re.sub(
        r"<xs:simpleType><xs:restriction[^>]*>(?:\s*<xs:enumeration [^>]*/>)+\s*</xs:restriction></xs:simpleType>",
        "",
        source,
    )
    source = re.sub(r"<xs:include [^>]*/>| fixed=\"[^\"]*\"| schemaLocation=\"xml.xsd\"", "", source)
    return xmlschema.XMLSchema(source, allow="none")


@cache
def _converter() -> type[Any]:
    from xmlschema import XMLSchemaConverter

    class Converter(XMLSchemaConverter):
        """From what xmlschema has read to the dicts that are described above."""

        __slots__ = ()

        def element_decode(self, data: Any, xsd_element: Any, xsd_type: Any = None, level: int = 0) -> Any:
            made: Any = {f"@{_short(name)}": value for name, value in data.attributes} if data.attributes else {}
            parts = [(name, value) for name, value, _ in data.content or ()]
            if not parts:
                text = data.text if data.text is not None else None
                if text is not None and made:
                    made[_TEXT] = text
                elif text is not None:
                    made = text
            else:
                made.update(_arranged(parts))
            return {_short(data.tag): made} if level == 0 else made

    return Converter


def _arranged(parts: list[tuple[Any, Any]]) -> dict[str, Any]:
    names = [name for name, _ in parts]
    runs = [name for number, name in enumerate(names) if number == 0 or names[number - 1] != name]
    if len(set(runs)) < len(runs) or not all(isinstance(name, str) for name in names):
        return {_CONTENT: [value if not isinstance(name, str) else {_short(name): value} for name, value in parts]}
    made: dict[str, Any] = {}
    for name, value in parts:
        made.setdefault(_short(name), []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in made.items()}


_XML = "{http://www.w3.org/XML/1998/namespace}"


def _short(name: str) -> str:
    return f"xml:{name.removeprefix(_XML)}" if name.startswith(_XML) else name


def _long(name: str) -> str:
    return f"{_XML}{name[4:]}" if name.startswith("xml:") else name


def decoded(root: etree._Element) -> dict[str, Any]:
    made, errors = _schema().decode(
        root, converter=_converter(), validation="lax", keep_unknown=True, process_skipped=True, keep_empty=True
    )
    return made


def encoded(data: Mapping[str, Any]) -> etree._Element:
    (tag,) = [name for name in data if name != _DOCTYPE]
    return _built(tag, data[tag])


def _built(tag: str, value: Any) -> etree._Element:
    node = etree.Element(_long(tag))
    if isinstance(value, str):
        node.text = value
        return node
    for name, part in value.items():
        if name.startswith("@"):
            node.set(_long(name[1:]), part)
        elif name == _TEXT:
            node.text = part
        elif name == _CONTENT:
            _fill(node, part)
        else:
            for each in part if isinstance(part, list) else [part]:
                node.append(_built(name, each))
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
