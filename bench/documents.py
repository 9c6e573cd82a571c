"""The documents that are measured: made up, DTD-valid, and the same on every machine.

A line has about 22 elements and 1.4 KB, as buyers' systems write them: pretty-printed, most prices and part
numbers different from one another, units, currencies and cost centers few. Nothing in them needs a second look;
what odd spellings cost is not the question here.

    python bench/documents.py DIRECTORY     writes them as files, to look at or to feed to other programs
"""

# ruff: noqa: SIM117 - the nesting of the statements is that of the elements

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

__all__ = ["DOCUMENTS", "Document", "make"]


@dataclass(frozen=True)
class Document:
    """One document and what a correct reader finds in it.

    lines: how many items it has.
    amount: the exact sum of quantity times unit price, reckoned beside the document and not read from it.
    facts: texts that must be found: what -> text.
    """

    name: str
    data: bytes
    lines: int
    amount: Decimal
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def elements(self) -> int:
        return self.data.count(b"</") + self.data.count(b"/>")


class _Printer:
    """Writes elements, one a line and indented; text stays next to its tags."""

    def __init__(self, doctype: str) -> None:
        self._pieces = [f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE cXML SYSTEM "{doctype}">\n']
        self._open: list[str] = []

    def __enter__(self) -> _Printer:
        return self

    def __exit__(self, *_: object) -> None:
        tag = self._open.pop()
        self._pieces.append(f"{'  ' * len(self._open)}</{tag}>\n")

    def element(self, tag: str, **attributes: object) -> _Printer:
        """An element with children, to be used in a ``with`` statement."""
        self._pieces.append(f"{'  ' * len(self._open)}<{tag}{_attributes(attributes)}>\n")
        self._open.append(tag)
        return self

    def text(self, tag: str, text: object, *, short: str = "", **attributes: object) -> None:
        """An element with text; ``short`` is a ShortName in front of it."""
        name = f"<ShortName>{escape(short)}</ShortName>" if short else ""
        start = f"{'  ' * len(self._open)}<{tag}{_attributes(attributes)}>"
        self._pieces.append(f"{start}{name}{escape(str(text))}</{tag}>\n")

    def empty(self, tag: str, **attributes: object) -> None:
        self._pieces.append(f"{'  ' * len(self._open)}<{tag}{_attributes(attributes)}/>\n")

    def money(self, amount: Decimal) -> None:
        self.text("Money", amount, currency="EUR")

    def finish(self) -> bytes:
        return "".join(self._pieces).encode("utf-8")


def _attributes(attributes: dict[str, object]) -> str:
    return "".join(
        f" {'xml:lang' if name == 'lang' else name}={quoteattr(str(value))}" for name, value in attributes.items()
    )


class _Choice:
    """Numbers that look random and are the same everywhere and always."""

    def __init__(self, seed: int) -> None:
        self._state = seed

    def below(self, limit: int) -> int:
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._state >> 33) % limit

    def of(self, choices: list[str]) -> str:
        return choices[self.below(len(choices))]

    def one_in(self, number: int) -> bool:
        return self.below(number) == 0


_THINGS = [
    "Kugelschreiber, Mine blau",
    "Copy paper A4, 80 g/m²",
    "Schutzbrille, klar, beschlagfrei",
    "Hex bolt M8 x 40, zinc plated",
    "Bürostuhl mit Armlehnen",
    "Safety gloves, cut level 5",
    "Lüfterrad für Schaltschrank",
    "Patch cable Cat 6a",
    "Batterie AA, Alkali-Mangan",
    "Label tape 12 mm, black on white",
    "Größenverstellbarer Gurt",
    "Cleaning spray, 500 ml",
    "Réglette LED 120 cm",
    "Ball bearing 6204-2RS",
]
_TRAITS = [
    "Packung zu 10 Stück",
    "for use at -20 °C to 60 °C",
    "Farbe: grün & grau",
    "replaces the model of last year, which is out of stock",
    "mit Prüfzeichen",
    "box & lid included",
    "geräuscharm, wartungsfrei und für Dauerbetrieb geeignet",
    "tested to 1 000 V",
    "recyclable packaging",
]
_MAKERS = ["Müller & Söhne", "Norwold Tools", "Østby Industri", "Hallbrook Paper", "Carrow Electric", "Vetter Technik"]
_UNITS = ["EA", "EA", "EA", "BX", "PK", "MTR", "KGM", "RO"]
_CODES = ["44121618", "14111507", "46181804", "31161500", "56112102", "46181504", "43223303", "26111702", "47131805"]
_CENTERS = [
    ("7100-410", "Werk Süd, Instandhaltung"),
    ("7100-415", "Plant south, stores"),
    ("8200-002", "Research & development"),
    ("9050-118", "Zentrale, Empfang"),
]
_DAYS = [f"2026-10-{day:02}" for day in (5, 6, 7, 8, 9, 12, 14, 19, 20, 28)]
_COMMENTS = [
    "Bitte Anlieferung nur bis 14 Uhr, Tor 3.",
    "Please pack apart & mark with the cost center.",
    "Ersatz für Position aus Bestellung vom März.",
]


@dataclass
class _Item:
    """What is drawn for one line before it is written."""

    number: int
    quantity: Decimal
    price: Decimal
    part: str
    thing: str

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.price


def _items(count: int, choice: _Choice) -> Iterator[_Item]:
    for number in range(1, count + 1):
        quantity = Decimal(1 + choice.below(400)) / 4 if choice.one_in(8) else Decimal(1 + choice.below(60))
        price = Decimal(35 + choice.below(900 if choice.one_in(2) else 250_000)).scaleb(-2)
        part = f"{choice.of(['BK', 'KM', 'ST', 'X'])}-{10_000 + choice.below(89_999)}-{choice.below(100):02}"
        yield _Item(number, quantity, price, part, choice.of(_THINGS))


def _item_id(to: _Printer, item: _Item, choice: _Choice) -> None:
    with to.element("ItemID"):
        to.text("SupplierPartID", item.part)
        to.text("SupplierPartAuxiliaryID", f"basket={880_000 + choice.below(9_999)};line={item.number}")
        if choice.one_in(4):
            to.text("BuyerPartID", f"100{choice.below(9_000_000) + 1_000_000}")


def _item_detail(to: _Printer, item: _Item, choice: _Choice) -> None:
    lang = choice.of(["de", "en", "en-GB"])
    with to.element("ItemDetail"):
        with to.element("UnitPrice"):
            to.money(item.price)
        short = item.thing.split(",")[0] if choice.one_in(3) else ""
        to.text("Description", f"{item.thing}, {choice.of(_TRAITS)}", short=short, lang=lang)
        to.text("UnitOfMeasure", choice.of(_UNITS))
        to.text("Classification", choice.of(_CODES), domain="UNSPSC")
        to.text("ManufacturerPartID", f"{choice.of(['SBP', 'PT', 'N'])}{choice.below(10**7)}")
        to.text("ManufacturerName", choice.of(_MAKERS), lang=lang)
        if choice.one_in(4):
            to.text("URL", f"https://shop.example.com/item?no={item.part}&lang={lang}")
        to.text("LeadTime", 1 + choice.below(21))
        if choice.one_in(3):
            to.text("Extrinsic", choice.of(["yes", "no"]), name="HazardousGoods")
        if choice.one_in(4):
            to.text("Extrinsic", f"Nr. {choice.below(900)} / Lager Köln", name="ContractNumber")


def _tax(to: _Printer, amount: Decimal) -> None:
    tax = _cents(amount * Decimal("0.19"))
    with to.element("Tax"):
        to.money(tax)
        to.text("Description", "Umsatzsteuer", lang="de")
        with to.element("TaxDetail", purpose="tax", category="vat", percentageRate=19):
            with to.element("TaxableAmount"):
                to.money(_cents(amount))
            with to.element("TaxAmount"):
                to.money(tax)


def _distribution(to: _Printer, item: _Item, choice: _Choice) -> None:
    with to.element("Distribution"):
        with to.element("Accounting", name="DistributionCharge"):
            center, meaning = _CENTERS[choice.below(len(_CENTERS))]
            _segment(to, "Cost Center", center, meaning)
            if choice.one_in(6):
                _segment(to, "G/L Account", f"4{choice.below(90_000) + 10_000}", "Betriebsbedarf & Werkzeug")
        with to.element("Charge"):
            to.money(_cents(item.amount))


def _segment(to: _Printer, name: str, key: str, meaning: str) -> None:
    with to.element("AccountingSegment", id=key):
        to.text("Name", name, lang="en")
        to.text("Description", meaning, lang="de")


def _item_out(to: _Printer, item: _Item, choice: _Choice) -> None:
    day = choice.of(_DAYS)
    when = day if choice.one_in(2) else f"{day}T12:00:00+02:00"
    attributes: dict[str, object] = {
        "quantity": item.quantity,
        "lineNumber": item.number,
        "requestedDeliveryDate": when,
    }
    if choice.one_in(10):
        attributes["isAdHoc"] = "yes"
    with to.element("ItemOut", **attributes):
        _item_id(to, item, choice)
        _item_detail(to, item, choice)
        if choice.one_in(12):
            _tax(to, item.amount)
        _distribution(to, item, choice)
        if choice.one_in(5):
            to.text("Comments", choice.of(_COMMENTS), lang="de")


def _item_in(to: _Printer, item: _Item, choice: _Choice) -> None:
    with to.element("ItemIn", quantity=item.quantity, lineNumber=item.number):
        _item_id(to, item, choice)
        _item_detail(to, item, choice)
        if choice.one_in(4):
            with to.element("Shipping"):
                to.money(Decimal(390 + choice.below(2_000)).scaleb(-2))
                to.text("Description", "Paketdienst, zwei Werktage", lang="de")
        if choice.one_in(5):
            _tax(to, item.amount)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))


# --- the rest of a document --------------------------------------------------------------------------------


def _address(to: _Printer, key: str, name: str, person: str, street: str) -> None:
    with to.element("Address", isoCountryCode="DE", addressID=key):
        to.text("Name", name, lang="de")
        with to.element("PostalAddress", name="default"):
            to.text("DeliverTo", person)
            to.text("DeliverTo", "Gebäude 4, Wareneingang")
            to.text("Street", street)
            to.text("City", "Köln")
            to.text("State", "NW", isoStateCode="DE-NW")
            to.text("PostalCode", "50667")
            to.text("Country", "Deutschland", isoCountryCode="DE")
        to.text("Email", "einkauf@werk-sued.example.com", name="default")
        with to.element("Phone", name="work"):
            _telephone(to)


def _telephone(to: _Printer) -> None:
    with to.element("TelephoneNumber"):
        to.text("CountryCode", "49", isoCountryCode="DE")
        to.text("AreaOrCityCode", "0221")
        to.text("Number", "9990417")
        to.text("Extension", "012")


def _header(to: _Printer, sender: str, receiver: str, *, secret: str = "") -> None:
    with to.element("Header"):
        for tag, identity in (("From", sender), ("To", receiver)):
            with to.element(tag):
                with to.element("Credential", domain="NetworkID"):
                    to.text("Identity", identity)
                with to.element("Credential", domain="DUNS"):
                    to.text("Identity", f"0{identity[-8:]}")
        with to.element("Sender"):
            with to.element("Credential", domain="NetworkID"):
                to.text("Identity", "AN01999000777")
                if secret:
                    to.text("SharedSecret", secret)
            to.text("UserAgent", "Beschaffung & Bestellung 7.3")


def _document(
    name: str, edition: int, body: Callable[[_Printer], tuple[int, Decimal]], *, secret: bool, **facts: str
) -> Document:
    to = _Printer("http://xml.cxml.org/schemas/cXML/1.2.050/cXML.dtd")
    buyer, supplier = "AN01999000101", "AN01999000202"
    sender, receiver = (buyer, supplier) if secret else (supplier, buyer)
    payload_id = f"1790000000.{name}.{edition}@buy.example.com"
    with to.element("cXML", payloadID=payload_id, timestamp=f"2026-09-21T14:{_clock(edition)}+02:00", lang="de"):
        _header(to, sender, receiver, secret="not-a-real-secret" if secret else "")
        lines, amount = body(to)
    return Document(name, to.finish(), lines, amount, {"payload_id": payload_id, **facts})


def _clock(edition: int) -> str:
    return f"{edition // 60 % 60:02}:{edition % 60:02}"


def setup_request(edition: int) -> Document:
    """A PunchOutSetupRequest that opens an empty cart."""
    cookie = f"7f3a-{2291 + edition}-köln"
    address = f"https://buy.example.com/punchout/return?session={48151623 + edition}&step=2"

    def body(to: _Printer) -> tuple[int, Decimal]:
        with to.element("Request", deploymentMode="production"):
            with to.element("PunchOutSetupRequest", operation="create"):
                to.text("BuyerCookie", cookie)
                to.text("Extrinsic", "ute.groß@werk-sued.example.com", name="UserEmail")
                to.text("Extrinsic", "ugross", name="UniqueName")
                to.text("Extrinsic", "7100-410", name="CostCenter")
                with to.element("BrowserFormPost"):
                    to.text("URL", address)
                with to.element("Contact", role="endUser"):
                    to.text("Name", "Ute Groß", lang="de")
                    to.text("Email", "ute.gross@werk-sued.example.com")
                with to.element("ShipTo"):
                    _address(to, "WERK-SUED", "Werk Süd GmbH & Co. KG", "Ute Groß", "Ölmühlgasse 12")
        return 0, Decimal(0)

    return _document("posr", edition, body, secret=True, cookie=cookie, address=address)


def cart(count: int, edition: int) -> Document:
    """A PunchOutOrderMessage with ``count`` items."""
    choice = _Choice(count + edition * 1_000_003)
    items = list(_items(count, choice))
    amount = sum((item.amount for item in items), Decimal(0))

    def body(to: _Printer) -> tuple[int, Decimal]:
        with to.element("Message", deploymentMode="production"):
            with to.element("PunchOutOrderMessage"):
                to.text("BuyerCookie", "7f3a-2291")
                with to.element("PunchOutOrderMessageHeader", operationAllowed="edit", quoteStatus="final"):
                    with to.element("Total"):
                        to.money(_cents(amount))
                for item in items:
                    _item_in(to, item, choice)
        return count, amount

    return _document(f"poom-{count}", edition, body, secret=False, cookie="7f3a-2291")


def order(count: int, edition: int) -> Document:
    """An OrderRequest with ``count`` lines."""
    choice = _Choice(count + edition * 1_000_003)
    items = list(_items(count, choice))
    amount = sum((item.amount for item in items), Decimal(0))
    number = f"PO-2026-{count:05}-{edition}"

    def body(to: _Printer) -> tuple[int, Decimal]:
        with to.element("Request", deploymentMode="production"):
            with to.element("OrderRequest"):
                _order_header(to, number, amount, edition)
                for item in items:
                    _item_out(to, item, choice)
        return count, amount

    return _document(f"order-{count}", edition, body, secret=True, order_id=number)


def _order_header(to: _Printer, number: str, amount: Decimal, edition: int) -> None:
    ordered = f"2026-09-21T13:{_clock(edition)}+02:00"
    attributes = {"orderID": number, "orderDate": ordered, "orderType": "regular", "type": "new"}
    with to.element("OrderRequestHeader", **attributes):
        with to.element("Total"):
            to.money(_cents(amount))
        with to.element("ShipTo"):
            _address(to, "WERK-SUED", "Werk Süd GmbH & Co. KG", "Ute Groß", "Ölmühlgasse 12")
        with to.element("BillTo"):
            _address(to, "ZENTRALE", "Süd Holding SE", "Kreditorenbuchhaltung", "Am Römerwall 1")
        with to.element("Shipping", trackingDomain="internal"):
            to.money(Decimal("48.50"))
            to.text("Description", "Spedition, frei Haus", lang="de")
        _tax(to, amount)
        to.empty("PaymentTerm", payInNumberOfDays=30)
        with to.element("Contact", role="purchasingAgent"):
            to.text("Name", "Jörg Weiß", lang="de")
            to.text("Email", "joerg.weiss@werk-sued.example.com")
            with to.element("Phone", name="work"):
                _telephone(to)
        to.text("Comments", "Rahmenvertrag 2026/7, Anlieferung Tor 3 & 4.", lang="de")
        to.text("Extrinsic", "Süd", name="Region")


DOCUMENTS: dict[str, Callable[[int], Document]] = {
    "posr": setup_request,
    "poom-10": partial(cart, 10),
    "poom-200": partial(cart, 200),
    "order-1": partial(order, 1),
    "order-10": partial(order, 10),
    "order-100": partial(order, 100),
    "order-1000": partial(order, 1_000),
    "order-10000": partial(order, 10_000),
}


def make(name: str, edition: int = 0) -> Document:
    """An edition of the document of that name."""
    return DOCUMENTS[name](edition)


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit("usage: python bench/documents.py DIRECTORY")
    place = Path(sys.argv[1])
    place.mkdir(parents=True, exist_ok=True)
    for name in DOCUMENTS:
        document = make(name)
        (place / f"{name}.xml").write_bytes(document.data)
        print(f"{name:12} {len(document.data):>12,} bytes {document.elements:>9,} elements {document.lines:>6} lines")


if __name__ == "__main__":
    main()
