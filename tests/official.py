"""The official DTDs as data: what the tests hold the declarations against.

The files are not part of this project. They are looked for in the directory that ``CXML_OFFICIAL_DTD`` names,
else in ``../shared/official-dtd``; tests that need them skip with a clear word when they are absent.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

import attrs
from lxml import etree

ROOT = Path(__file__).resolve().parents[1]

#: The older releases that are at hand, each as ``cXML.dtd``.
OLD_VERSIONS = ("1.2.014", "1.2.020", "1.2.036", "1.2.050")
CURRENT = "1.2.071"


def directory() -> Path | None:
    """Where the official files are, or None."""
    place = Path(os.environ.get("CXML_OFFICIAL_DTD") or ROOT.parent / "shared" / "official-dtd")
    return place if (place / "1.2.071" / "cXML.dtd").is_file() else None


def path(version: str = CURRENT, module: str = "cXML") -> Path:
    place = directory()
    assert place is not None
    return place / version / f"{module}.dtd"


@cache
def _dtd(version: str, module: str) -> etree.DTD:
    return etree.DTD(str(path(version, module)))


def accepts(body: bytes, version: str = CURRENT, module: str = "cXML") -> bool:
    """Whether the official file finds a document valid; of documents that we wrote, for it is read without care."""
    return bool(_dtd(version, module).validate(etree.fromstring(body)))


@attrs.frozen
class Attribute:
    name: str
    type: str  # the type entity (string, datetime.tz, ...), a native type or "(a|b)"
    required: bool
    default: str | None
    fixed: bool
    expanded: str  # what a validator sees: CDATA, NMTOKEN, "(a|b)"


@attrs.frozen
class ElementType:
    name: str
    model: str  # entities expanded, without blanks
    attributes: dict[str, Attribute]


_ENTITY = re.compile(r"<!ENTITY\s+%\s+([\w.-]+)\s+(\"[^\"]*\"|'[^']*')\s*>")
_ELEMENT = re.compile(r"<!ELEMENT\s+([\w:.-]+)\s+([^>]+)>")
_ATTLIST = re.compile(r"<!ATTLIST\s+([\w:.-]+)\s+((?:\"[^\"]*\"|'[^']*'|[^>\"'])*)>")
_ATTRIBUTE = re.compile(
    r"([\w:.-]+)\s+(%[\w.-]+;|\([^)]*\)|[A-Z]+)\s+(#REQUIRED|#IMPLIED|(#FIXED\s+)?(\"[^\"]*\"|'[^']*'))"
)
_REFERENCE = re.compile(r"%([\w.-]+);")


@cache
def elements(version: str = "1.2.071", module: str = "cXML") -> dict[str, ElementType]:
    """All element types of one official file, by name."""
    return elements_of(path(version, module).read_text("utf-8", "replace"), version)


def elements_of(text: str, version: str) -> dict[str, ElementType]:
    """All element types of a DTD that needs no other file, by name."""
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    entities: dict[str, str] = {}
    for name, value in _ENTITY.findall(text):
        entities.setdefault(name, value[1:-1])

    def expand(part: str) -> str:
        while _REFERENCE.search(part):
            part = _REFERENCE.sub(lambda hit: entities[hit[1]], part)
        return part

    attributes: dict[str, dict[str, Attribute]] = {}
    for name, body in _ATTLIST.findall(text):
        for attribute, kind, default, fixed, value in _ATTRIBUTE.findall(body):
            expanded = re.sub(r"\s", "", expand(kind))
            default_value = value[1:-1].replace("&cxml.version;", version) if value else None
            if default_value is not None and expanded != "CDATA":  # XML drops superfluous blanks in tokens
                default_value = " ".join(default_value.split())
            attributes.setdefault(expand(name), {}).setdefault(
                attribute,
                Attribute(
                    attribute,
                    expanded if kind.startswith("(") else kind.strip("%;"),
                    default == "#REQUIRED",
                    default_value,
                    bool(fixed),
                    expanded,
                ),
            )
    return {
        name: ElementType(name, re.sub(r"\s", "", expand(model)), attributes.get(name, {}))
        for name, model in ((expand(name), model) for name, model in _ELEMENT.findall(text))
    }


_TEXT_TYPE = re.compile(r"<!ELEMENT\s+([\w:.-]+)\s+\(#PCDATA\)\s*>[ \t]*<!--\s*([\w.]+)\s*-->")


@cache
def text_types(version: str = CURRENT, module: str = "cXML") -> dict[str, str]:
    """The datatype of elements that hold text, where a note behind the declaration names one."""
    return dict(_TEXT_TYPE.findall(path(version, module).read_text("utf-8", "replace")))


CORE_ROOTS = [
    "PunchOutSetupRequest",
    "PunchOutSetupResponse",
    "PunchOutOrderMessage",
    "OrderRequest",
    "StatusUpdateRequest",
    "Header",
    "Status",
    "ProfileRequest",
    "ProfileResponse",
]


def closure(roots: list[str], version: str = "1.2.071") -> list[str]:
    """The elements that can stand below ``roots``, the roots included."""
    known = elements(version)
    seen: dict[str, None] = {}
    todo = [root for root in roots if root in known]
    while todo:
        name = todo.pop(0)
        if name not in seen:
            seen[name] = None
            todo += [child for child in re.findall(r"[\w:.-]+", known[name].model) if child in known]
    return list(seen)
