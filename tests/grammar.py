"""Content models as data, and documents made from them: what the declarations are compared and tried with.

A grammar is a mapping of names to ``official.ElementType``; ``official.elements`` gives that of an official file,
``declared`` that of the library. ``Smallest`` builds the least document in which an element can stand, ``Documents``
random ones that are valid.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TypeAlias

import attrs
from lxml import etree
from official import Attribute, ElementType

from cxml_punchout import element as x
from cxml_punchout import models

assert models.TOPICS  # the index of all declarations comes with the package

Grammar: TypeAlias = Mapping[str, ElementType]

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
TEXT = "#PCDATA"


# --- content models --------------------------------------------------------------------------------------


@attrs.frozen
class Name:
    tag: str
    occurs: str = ""


@attrs.frozen
class Group:
    separator: str
    parts: tuple[Name | Group, ...]
    occurs: str = ""


Model: TypeAlias = Name | Group

_TOKEN = re.compile(r"[\w:.#-]+|[(),|?*+]")


@cache
def parsed(text: str) -> Model:
    """A content model as a tree; brackets around a single part are dropped, for they say nothing."""
    if text in ("EMPTY", "ANY"):
        return Group(",", ())
    tokens = _TOKEN.findall(text)
    model = _parsed(tokens)
    assert not tokens, text
    return model


def _parsed(tokens: list[str]) -> Model:
    token = tokens.pop(0)
    if token != "(":
        return Name(token, _occurs(tokens))
    parts = [_parsed(tokens)]
    separator = ","
    while (token := tokens.pop(0)) != ")":
        separator = token
        parts.append(_parsed(tokens))
    occurs = _occurs(tokens)
    if len(parts) == 1 and "" in (occurs, parts[0].occurs):
        return attrs.evolve(parts[0], occurs=occurs or parts[0].occurs)
    return Group(separator, tuple(parts), occurs)


def _occurs(tokens: list[str]) -> str:
    return tokens.pop(0) if tokens and tokens[0] in "?*+" else ""


def tags(model: Model) -> list[str]:
    """The names in a model, each once, in order."""
    if isinstance(model, Name):
        return [model.tag]
    return list(dict.fromkeys(tag for part in model.parts for tag in tags(part)))


def pattern(model: Model) -> re.Pattern[str]:
    """A regular expression for the sequences of names that fit; each name has a blank behind it."""
    return re.compile(_pattern(model))


def _pattern(model: Model) -> str:
    if isinstance(model, Name):
        return f"(?:{re.escape(model.tag)} ){model.occurs}"
    between = "" if model.separator == "," else "|"
    return f"(?:{between.join(map(_pattern, model.parts))}){model.occurs}"


def fits(model: Model, names: Iterable[str]) -> bool:
    return pattern(model).fullmatch("".join(f"{name} " for name in names)) is not None


def restricted(model: Model, allowed: Mapping[str, object]) -> Model | None:
    """The model without the names that are not ``allowed``; None if nothing can be made of the rest."""
    if isinstance(model, Name):
        return model if model.tag in allowed or model.tag == TEXT else None
    parts = []
    for part in model.parts:
        kept = restricted(part, allowed)
        if kept is not None:
            parts.append(kept)
        elif model.separator == "," and part.occurs not in ("?", "*"):
            return None
    return attrs.evolve(model, parts=tuple(parts)) if parts or not model.parts else None


def shortest(model: Model, with_: str = "") -> list[str]:
    """The shortest sequence that fits and, if ``with_`` is given, holds that name once."""
    if with_ and with_ not in tags(model):
        raise ValueError(with_)
    if model.occurs in ("?", "*") and not with_:
        return []
    if isinstance(model, Name):
        return [model.tag]
    if model.separator == "|":
        usable = [part for part in model.parts if not with_ or with_ in tags(part)]
        return min((shortest(part, with_) for part in usable), key=len)
    sequence: list[str] = []
    for part in model.parts:
        here = with_ if with_ and with_ in tags(part) and with_ not in sequence else ""
        sequence += shortest(part, here)
    return sequence


def sentence(model: Model, chance: random.Random, likely: float = 0.5, most: int = 3) -> list[str]:
    """A random sequence that fits. ``likely``: how often optional parts are there."""
    if model.occurs == "":
        times = 1
    elif model.occurs == "?":
        times = int(chance.random() < likely)
    else:
        times = 1 if model.occurs == "+" else 0
        while times < most and chance.random() < likely:
            times += 1
    made: list[str] = []
    for _ in range(times):
        if isinstance(model, Name):
            made.append(model.tag)
        elif model.separator == "|":
            made += sentence(chance.choice(model.parts), chance, likely, most)
        else:
            for part in model.parts:
                made += sentence(part, chance, likely, most)
    return made


# --- the grammar of the declarations ---------------------------------------------------------------------


def model_text(declared: x.Declaration | x.Leaf) -> str:
    """The content model of a declaration in the notation of the DTD."""
    if isinstance(declared, x.Leaf) or declared.kind == "text":
        return f"({TEXT})"
    if declared.kind == "mixed":
        return f"({'|'.join((TEXT, *declared.content[0].tags))})*"
    return {"empty": "EMPTY", "open": "ANY"}.get(declared.kind) or str(declared.model).replace(" ", "")


@cache
def declared() -> dict[str, ElementType]:
    """All declarations of the library as element types."""
    found = {}
    for declaration in x.declarations():
        fields = declaration.attributes if isinstance(declaration, x.Declaration) else ()
        attributes = {field.tag: _attribute(field) for field in fields}
        found[declaration.tag] = ElementType(declaration.tag, model_text(declaration), attributes)
    return found


def _attribute(field: x.Field) -> Attribute:
    assert field.scalar is not None
    kind = f"({'|'.join(field.scalar.values)})" if field.scalar.values else field.scalar.name
    return Attribute(field.tag, kind, field.required, field.fixed or field.absent, field.fixed is not None, kind)


# --- the smallest document around an element -------------------------------------------------------------

_SAMPLES = {
    "datetime.tz": "2026-11-23T18:30:00+00:00",
    "date": "2026-11-23",
    "time.tz": "18:30:00+00:00",
    "duration": "P1D",
    "NMTOKEN": "a",
    "NMTOKENS": "a b",
    "ID": "i",
}


def sample(attribute: Attribute) -> str:
    """A value that the grammar and the datatype of an attribute allow; ``1`` is a number, a token and a text."""
    if attribute.fixed and attribute.default is not None:
        return attribute.default
    if attribute.expanded.startswith("("):
        return attribute.expanded.strip("()").split("|")[0]
    return _SAMPLES.get(attribute.type, "1")


def clark(name: str) -> str:
    return XML_LANG if name == "xml:lang" else name


class Smallest:
    """Builds elements with nothing in them but what must be there."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        # element -> the one in which it is put; all that can be reached from the root
        self.parents: dict[str, str] = {}
        todo = ["cXML"]
        for parent in todo:
            for tag in tags(parsed(grammar[parent].model)):
                if tag in grammar and tag not in self.parents and tag != "cXML":
                    self.parents[tag] = parent
                    todo.append(tag)

    def element(
        self, tag: str, children: Iterable[str] | None = None, attributes: Mapping[str, str] | None = None
    ) -> etree._Element:
        """The smallest ``tag``, or one with other ``children`` (names) or other ``attributes``."""
        kind = self.grammar[tag]
        made = etree.Element(tag)
        if attributes is None:
            attributes = {each.name: sample(each) for each in kind.attributes.values() if each.required}
        for name, value in attributes.items():
            made.set(clark(name), value)
        if kind.model == f"({TEXT})":
            made.text = "1"
        for child in shortest(self._usable(tag)) if children is None else children:
            if child != TEXT:
                made.append(self.element(child) if child in self.grammar else etree.Element(child))
        return made

    def _usable(self, tag: str) -> Model:
        model = restricted(parsed(self.grammar[tag].model), self.grammar)
        assert model is not None, tag
        return model

    def document(self, inner: etree._Element) -> etree._Element:
        """The smallest document that holds ``inner`` where it belongs."""
        while inner.tag != "cXML":
            parent = self.parents[str(inner.tag)]
            names = shortest(self._usable(parent), str(inner.tag))
            outer = self.element(parent, names)
            place = names.index(str(inner.tag))
            outer.replace(outer[place], inner)
            inner = outer
        return inner


def octets(root: etree._Element, version: str = "1.2.071", module: str = "cXML") -> bytes:
    system = f"http://xml.cxml.org/schemas/cXML/{version}/{module}.dtd"
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, doctype=f'<!DOCTYPE cXML SYSTEM "{system}">')


def canonical(root: etree._Element) -> bytes:
    return etree.tostring(root, method="c14n2")


# --- random documents ------------------------------------------------------------------------------------

_TEXTS = [
    "1",
    "00042",
    "12.50",
    ".34",
    "+5",
    "13,450.00",
    "1.234,56",
    "EA",
    "NetworkID",
    "cid:part@host",
    "none",
    "ID-1",
    "",
    " ",
    "  two words ",
    "Büro-Stuhl",
    "<&>\"'",
    "]]>",
    "日本語",
    "a\tb",
    "line\nline",
    "https://shop.example/?a=1&b=2",
]
_VALUES = {
    "datetime.tz": [
        "2026-11-23T18:30:00+00:00",
        "2008-05-19T19:51:55Z",
        "2024-02-29T00:00:00.5-08:00",
        "2022-10-18T23:56:52",
        "2026-11-23",
        "--T+00:00",
    ],
    "date": ["2026-11-23", "2026-11-23T18:30:00+01:00", "2026-02-30"],
    "time.tz": ["18:30:00+00:00", "18:30:00", "8:30"],
    "number": ["0", "12.50", "-3", "1505.0", ".34", "1e3", "13,450.00", "0.0000001"],
    "uint": ["0", "1", "007", "10", "1.0", "x"],
    "xmlLangCode": ["en", "en-GB", "de", "USD"],
    "isoCurrencyCode": ["EUR", "USD", "eur"],
    "isoCountryCode": ["DE", "US"],
    "NMTOKEN": ["endUser", "a-b:c.d", "1st"],
}
_VALUES |= {"r8": _VALUES["number"], "int": _VALUES["uint"], "ui8": _VALUES["uint"]}


class Documents:
    """Random documents that are valid in ``grammar``; only elements that are in it are used."""

    def __init__(self, grammar: Grammar, chance: random.Random, deep: int = 5) -> None:
        self.chance = chance
        self.deep = deep
        self.grammar = grammar
        self.models: dict[str, Model] = {}
        for tag, kind in grammar.items():
            model = restricted(parsed(kind.model), grammar)
            assert model is not None, tag
            self.models[tag] = model
        # What may stand in open content: anything declared, kept small.
        self.anywhere = [tag for tag in ("IdReference", "Money", "Period", "URL", "Extrinsic") if tag in grammar]
        self.used: set[str] = set()
        self._ids = 0

    def element(self, tag: str = "cXML", depth: int = 0) -> etree._Element:
        """A random element; the deeper it stands, the less it holds."""
        self.used.add(tag)
        kind, chance = self.grammar[tag], self.chance
        made = etree.Element(tag)
        for attribute in kind.attributes.values():
            if attribute.required or chance.random() < 0.4:
                value = self._value(attribute)
                if value is not None:
                    made.set(clark(attribute.name), value)
        if kind.model == f"({TEXT})":
            made.text = chance.choice(_TEXTS) or None
        elif kind.model == "ANY":
            self._mix(made, chance.choices(self.anywhere, k=chance.choice((0, 0, 1, 2)) if depth < 12 else 0), depth)
        elif TEXT in kind.model:
            names = [name for name in tags(self.models[tag]) if name != TEXT]
            self._mix(made, chance.choices(names, k=chance.choice((0, 0, 1, 2))) if names else [], depth)
        else:
            for name in self._children(tag, depth):
                made.append(self.element(name, depth + 1))
        return made

    def _children(self, tag: str, depth: int) -> list[str]:
        likely = 0.5 if depth < self.deep else 0.12
        return sentence(self.models[tag], self.chance, likely, 2)

    def _mix(self, made: etree._Element, names: list[str], depth: int) -> None:
        made.text = self.chance.choice(_TEXTS) or None
        for name in names:
            child = self.element(name, depth + 4)
            child.tail = self.chance.choice(_TEXTS) or None
            made.append(child)

    def _value(self, attribute: Attribute) -> str | None:
        if attribute.fixed:
            return attribute.default
        if attribute.expanded.startswith("("):
            return self.chance.choice(attribute.expanded.strip("()").split("|"))
        if attribute.expanded == "ID":
            self._ids += 1
            return f"id{self._ids}"
        if attribute.expanded == "IDREF":
            return None
        return self.chance.choice(_VALUES.get(attribute.type, _TEXTS))


def spread(root: etree._Element, grammar: Grammar, chance: random.Random) -> None:
    """Put white space where it means nothing: between children of elements that hold only elements."""
    for element in root.iter("*"):
        model = grammar[str(element.tag)].model
        if TEXT in model or model in ("EMPTY", "ANY") or not len(element):
            continue
        if any(
            str(above.tag) in grammar and grammar[str(above.tag)].model == "ANY" for above in element.iterancestors()
        ):
            continue  # open content is kept to the letter, its white space included
        element.text = chance.choice(("\n  ", None, " "))
        for child in element:
            child.tail = chance.choice(("\n  ", None, "\t"))
