"""Documents made wrong in small ways, by chance but repeatably: what the verdicts of two grammars are compared on."""

from __future__ import annotations

import copy
import random
from collections.abc import Sequence

from lxml import etree

__all__ = ["mutant"]

_TEXTS = ("words", " ", "\n", "1", "")
_VALUES = ("", "yes", "Yes", "no", "create", "new", "a b", "1", "-1", "2026-11-23", "en", "äö", "<&\"'>", "urn:x")
_NAMES = ("id", "type", "lang", "quantity", "Quantity", "payloadID", "payloadId", "Id", "domain", "colour", "xml_lang")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def mutant(root: etree._Element, tags: Sequence[str], chance: random.Random) -> etree._Element:
    """A changed copy: some of delete, repeat, swap, rename elements, drop, add, change attributes, add text."""
    made = copy.deepcopy(root)
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 5))):
        elements = list(made.iter("*"))
        if len(elements) == 1:
            break
        node = chance.choice(elements[1:])
        chance.choice(_CHANGES)(node, tags, chance)
    return made


def _delete(node: etree._Element, tags: Sequence[str], chance: random.Random) -> None:
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)


def _repeat(node: etree._Element, tags: Sequence[str], chance: random.Random) -> None:
    node.addnext(copy.deepcopy(node))


def _swap(node: etree._Element, tags: Sequence[str], chance: random.Random) -> None:
    other = node.getnext()
    if other is not None:
        other.addnext(node)


def _move(node: etree._Element, tags: Sequence[str], chance: random.Random) -> None:
    parent = node.getparent()
    if parent is not None:
        parent.insert(chance.randint(0, len(parent)), node)


def _rename(node: etree._Element, tags: Sequence[str], chance: random.Random) -> None:
    if isinstance(node.tag, str) and not node.tag.startswith("{"):
        lower = node.tag[:1].lower() + node.tag[1:]
        node.tag = chance.choice((chance.choice(tags), chance.choice(tags), lower, f"{node.tag}s", "Bogus"))


def _drop(node: etree._Element, tags: Sequence[str], chance: random.Random) -> None:
    if node.attrib:
        del node.attrib[chance.choice(list(node.attrib))]


def _add(node: etree._Element, tags: Sequence[str], chance: random.Random) -> None:
    node.set(chance.choice((*_NAMES, _XML_LANG)), chance.choice(_VALUES))


def _change(node: etree._Element, tags: Sequence[str], chance: random.Random) -> None:
    if node.attrib:
        name = chance.choice(list(node.attrib))
        node.set(name, chance.choice((*_VALUES, node.attrib[name].upper(), f" {node.attrib[name]}")))


def _text(node: etree._Element, tags: Sequence[str], chance: random.Random) -> None:
    text = chance.choice(_TEXTS)
    if chance.random() < 0.5:
        node.text = (node.text or "") + text
    else:
        node.tail = (node.tail or "") + text


def _child(node: etree._Element, tags: Sequence[str], chance: random.Random) -> None:
    node.insert(chance.randint(0, len(node)), etree.Element(chance.choice((*tags, "Bogus"))))


_CHANGES = (_delete, _repeat, _swap, _move, _rename, _drop, _add, _change, _text, _child)
