"""Pieces from which the documents of the rules are made, and what a case is."""

from __future__ import annotations

from typing import NamedTuple

from validated import CART, ORDER, PROFILE, RESPONSE, SETUP, changed

__all__ = [
    "ATTACHED",
    "BASIS",
    "BLANKET",
    "CART_ITEM",
    "CLEAN",
    "DETAIL_END",
    "DISTRIBUTION",
    "END_OF_SETUP",
    "FIRST",
    "HEAD",
    "ITEM",
    "ITEMS",
    "MAC",
    "RING",
    "SCHEDULE",
    "SECRET",
    "SETUP_ITEM",
    "SETUP_PATH",
    "SHIP_TO",
    "SIGNATURE",
    "TAX",
    "Case",
    "grouped",
    "in_item",
    "order_head",
]


class Case(NamedTuple):
    """A rule, a document that breaks it, the place of the finding, and a document that only looks as if it did."""

    code: str
    document: str
    path: str
    kept: str


CLEAN = {"setup": SETUP, "cart": CART, "order": ORDER, "response": RESPONSE, "profile": PROFILE}

ITEMS = ORDER[ORDER.index("      <ItemOut") : ORDER.index("    </OrderRequest>")]
FIRST = ITEMS[: ITEMS.index("      <ItemOut", 10)]
CART_ITEM = CART[CART.index("      <ItemIn") : CART.index("    </PunchOutOrderMessage>")]
SETUP_ITEM = '<ItemOut quantity="1"><ItemID><SupplierPartID>A-100</SupplierPartID></ItemID></ItemOut>'
END_OF_SETUP = "    </PunchOutSetupRequest>"
SECRET = "<SharedSecret>tulip</SharedSecret>"
MAC = (
    '<CredentialMac type="FromSenderCredentials" algorithm="HMAC-SHA1-96" creationDate="2026-11-23T18:00:00+00:00"'
    ' expirationDate="2026-11-23T19:00:00+00:00">cR6Jpz58nriXERDN</CredentialMac>'
)
SHIP_TO = '<ShipTo><Address><Name xml:lang="en">Dock 4</Name></Address></ShipTo>'
SIGNATURE = (
    '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod'
    ' Algorithm="a"/><ds:SignatureMethod Algorithm="b"/><ds:Reference><ds:DigestMethod Algorithm="c"/>'
    "<ds:DigestValue>d</ds:DigestValue></ds:Reference></ds:SignedInfo><ds:SignatureValue>e</ds:SignatureValue>"
    "</ds:Signature></cXML>"
)
TAX = '<Tax><Money currency="EUR">{}</Money><Description xml:lang="en">VAT</Description></Tax>'
BASIS = '<PriceBasisQuantity quantity="{}" conversionFactor="{}"><UnitOfMeasure>EA</UnitOfMeasure></PriceBasisQuantity>'
DISTRIBUTION = (
    '<Distribution><Accounting name="a"><AccountingSegment id="610"><Name xml:lang="en">Cost Center</Name>'
    '<Description xml:lang="en">Office</Description></AccountingSegment></Accounting><Charge>'
    '<Money currency="EUR">{}</Money></Charge></Distribution>'
)
BLANKET = (
    '<BlanketItemDetail><Description xml:lang="en">Pens</Description><MaxAmount><Money currency="EUR">{}</Money>'
    "</MaxAmount></BlanketItemDetail>"
)
SCHEDULE = (
    '<ScheduleLine quantity="{}" requestedDeliveryDate="2026-12-01T12:00:00+00:00"><UnitOfMeasure>EA</UnitOfMeasure>'
    "</ScheduleLine>"
)
ATTACHED = (
    '<Comments xml:lang="en">Ring twice.<Attachment><URL>{}</URL></Attachment>'
    "<Attachment><URL>{}</URL></Attachment></Comments>"
)
RING = '<Comments xml:lang="en">Ring twice.</Comments>'
DETAIL_END = "        </ItemDetail>\n      </ItemOut>"
HEAD = "/cXML/Request/OrderRequest/OrderRequestHeader"
ITEM = "/cXML/Request/OrderRequest/ItemOut[1]"
SETUP_PATH = "/cXML/Request/PunchOutSetupRequest"


def order_head(attributes: str) -> str:
    return changed(ORDER, 'orderID="PO-4711"', f'orderID="PO-4711" {attributes}')


def grouped(first: str, second: str) -> str:
    return changed(ORDER, 'lineNumber="1"', f'lineNumber="1" {first}', 'lineNumber="2"', f'lineNumber="2" {second}')


def in_item(extra: str) -> str:
    """The order with something behind the detail of its first line."""
    return changed(ORDER, DETAIL_END, f"        </ItemDetail>{extra}\n      </ItemOut>")
