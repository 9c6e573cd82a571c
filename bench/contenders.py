"""What is measured: this library, lxml as the floor, and the ways in which Python programs read XML otherwise.

Each contender says how it reads octets, how it writes what it has read, and what it found, so that the benchmark can
see whether its result is right. A contender whose package is not installed says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lxml import etree, objectify

import cxml_punchout
from cxml_punchout.models import OrderRequest, PunchOutOrderMessage, PunchOutSetupRequest

__all__ = ["FLOOR", "OURS", "UNPAUSED", "Contender", "Found", "contenders", "difference"]

FLOOR = "lxml"
OURS = "cxml_punchout"
#: The same with Python's garbage collector running through large documents too.
UNPAUSED = "cxml_punchout, gc on"

PARSER_OPTIONS: dict[str, Any] = {"resolve_entities": False, "no_network": True, "remove_comments": True}


@dataclass(frozen=True)
class Found:
    """What a contender read: how many lines, and the sum of quantity times unit price."""

    lines: int
    amount: Decimal


@dataclass(frozen=True)
class Contender:
    """One way to read and write documents.

    read: octets -> its own kind of value. write: such a value -> octets; None if that is not its business.
    look: such a value -> what it found. typed: numbers come out as numbers.
    """

    name: str
    read: Callable[[bytes], Any]
    write: Callable[[Any], bytes] | None
    look: Callable[[Any], Found]
    typed: bool = True


def contenders(*, peers: bool = True) -> tuple[list[Contender], list[str]]:
    """The contenders that can be measured here, and the names of those that are not installed."""
    found = [_lxml(), _objectify(), _ours(OURS, pause_gc=True), _ours(UNPAUSED, pause_gc=False)]
    missing = []
    for name, make in _PEERS.items() if peers else ():
        try:
            found.append(make())
        except ImportError:
            missing.append(name)
    return found, missing


def _added(lines: Iterable[tuple[Any, Any]]) -> Found:
    count, amount = 0, Decimal(0)
    for quantity, price in lines:
        count += 1
        # Through text, which for a float is its shortest form: an exact sum of what was read.
        amount += Decimal(str(quantity)) * Decimal(str(price))
    return Found(count, amount)


# --- lxml --------------------------------------------------------------------------------------------------


def _lxml() -> Contender:
    parser = etree.XMLParser(**PARSER_OPTIONS)

    def look(root: etree._Element) -> Found:
        return _added(
            (line.get("quantity"), line.findtext("ItemDetail/UnitPrice/Money"))
            for line in root.iter("ItemIn", "ItemOut")
        )

    return Contender(FLOOR, lambda data: etree.fromstring(data, parser), etree.tostring, look, typed=False)


def _objectify() -> Contender:
    parser = objectify.makeparser(**PARSER_OPTIONS)

    def read(data: bytes) -> objectify.ObjectifiedElement:
        root = objectify.fromstring(data, parser)
        for node in root.iter():
            node.items()
            if not node.countchildren():
                node.pyval  # noqa: B018 - a value is made when it is asked for
        return root

    def look(root: objectify.ObjectifiedElement) -> Found:
        return _added(
            (line.get("quantity"), line.ItemDetail.UnitPrice.Money.text) for line in root.iter("ItemIn", "ItemOut")
        )

    return Contender("lxml.objectify, all values", read, None, look)


# --- this library ------------------------------------------------------------------------------------------


def _ours(name: str, *, pause_gc: bool) -> Contender:
    def read(data: bytes) -> cxml_punchout.CXML:
        return cxml_punchout.parse(data, pause_gc=pause_gc)

    def look(document: cxml_punchout.CXML) -> Found:
        assert not document.findings, document.findings
        match document.payload:
            case OrderRequest(item_out=lines) | PunchOutSetupRequest(item_out=lines):
                return _added(_line(line) for line in lines)
            case PunchOutOrderMessage(item_in=lines):
                return _added(_line(line) for line in lines)
        raise AssertionError(f"not one of the documents: {document.payload}")

    return Contender(name, read, cxml_punchout.serialize, look)


def _line(line: Any) -> tuple[Decimal, Decimal]:
    price = line.item_detail.unit_price.money.amount
    assert type(line.quantity) is type(price) is Decimal
    return line.quantity, price


# --- other ways, from the bench extra ----------------------------------------------------------------------


def _xmltodict() -> Contender:
    import xmltodict

    def read(data: bytes) -> dict[str, Any]:
        # Else a single line is a dict and two lines are a list.
        return xmltodict.parse(data, force_list=("ItemIn", "ItemOut"))

    def look(value: dict[str, Any]) -> Found:
        root = value["cXML"]
        if "Message" in root:
            lines = root["Message"]["PunchOutOrderMessage"].get("ItemIn", [])
        else:
            lines = root["Request"].get("OrderRequest", {}).get("ItemOut", [])
        return _added((line["@quantity"], line["ItemDetail"]["UnitPrice"]["Money"]["#text"]) for line in lines)

    return Contender("xmltodict", read, lambda value: xmltodict.unparse(value).encode(), look, typed=False)


def _pydantic_xml() -> Contender:
    import peer_pydantic as models

    def look(document: models.CXML) -> Found:
        return _added((line.quantity, line.item_detail.unit_price.money.amount) for line in models.lines_of(document))

    def write(document: models.CXML) -> bytes:
        written = document.to_xml(encoding="UTF-8", exclude_none=True)
        return written if isinstance(written, bytes) else written.encode()

    return Contender("pydantic-xml", models.CXML.from_xml, write, look)


def _xsdata() -> Contender:
    import peer_xsdata as models
    from xsdata.formats.dataclass.context import XmlContext
    from xsdata.formats.dataclass.parsers import XmlParser
    from xsdata.formats.dataclass.parsers.handlers import XmlEventHandler
    from xsdata.formats.dataclass.serializers import XmlSerializer
    from xsdata.formats.dataclass.serializers.writers import XmlEventWriter

    # Of the handlers and writers that it has, these are the fastest.
    context = XmlContext()
    parser = XmlParser(context=context, handler=XmlEventHandler)
    serializer = XmlSerializer(context=context, writer=XmlEventWriter)

    def look(document: models.CXML) -> Found:
        return _added((line.quantity, line.item_detail.unit_price.money.amount) for line in models.lines_of(document))

    return Contender(
        "xsdata",
        lambda data: parser.from_bytes(data, models.CXML),
        lambda value: serializer.render(value).encode(),
        look,
    )


_PEERS: dict[str, Callable[[], Contender]] = {
    "xmltodict": _xmltodict,
    "pydantic-xml": _pydantic_xml,
    "xsdata": _xsdata,
}


# --- comparing documents -----------------------------------------------------------------------------------


def difference(one: bytes, other: bytes) -> str:
    """What another document says otherwise; "" if both say the same. White space between elements does not count."""
    before, after = list(_walk(one)), list(_walk(other))
    for left, right in zip(before, after, strict=False):
        for what in left:
            if left[what] != right[what]:
                return f"{what} {left['element']}: {_short(left[what])} became {_short(right[what])}"
    return "" if len(before) == len(after) else f"{len(before)} elements became {len(after)}"


def _walk(data: bytes) -> Iterable[dict[str, Any]]:
    for node in etree.fromstring(data).iter():
        text, tail = node.text or "", node.tail or ""
        yield {
            "element": node.tag,
            "attributes of": dict(node.attrib),
            "text in": text if text.strip() or not len(node) else "",
            "children of": len(node),
            "text behind": tail if tail.strip() else "",
        }


def _short(value: object) -> str:
    text = str(value)
    return repr(text if len(text) <= 20 else f"{text[:19]}…")
