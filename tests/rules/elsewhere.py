"""Rules that look at several kinds of elements, broken on those where no case of their family breaks them."""

from __future__ import annotations

import re

from pieces import BLANKET, CART_ITEM, END_OF_SETUP, RING, SCHEDULE, SETUP_ITEM, TAX, in_item
from validated import CART, ORDER, PROFILE, SETUP, changed

__all__ = ["ELSEWHERE"]

_TWICE = '<Extrinsic name="a">1</Extrinsic><Extrinsic name="a">2</Extrinsic>'
_PARTY = '<Credential domain="NetworkID"><Identity>AN01</Identity></Credential>'
_TWO_PARTIES = (
    '<Credential domain="DUNS" type="marketplace"><Identity>942888710</Identity></Credential>'
    '<Credential domain="DUNS" type="marketplace"><Identity>049329048</Identity></Credential>'
)
_VALIDITY = (
    '<UnitPrice><Money currency="EUR">12.50</Money><PricingConditions><ValidityPeriods>'
    '<ValidityPeriod from="2026-12-02T00:00:00+00:00" to="2026-12-01T00:00:00+00:00"><ConditionTypes>'
    '<ConditionType name="a"/></ConditionTypes></ValidityPeriod></ValidityPeriods>'
    "</PricingConditions></UnitPrice>"
)
_UNIT_PRICE = '<UnitPrice><Money currency="EUR">12.50</Money></UnitPrice>'
_END_OF_CART_ITEM = "        </ItemDetail>\n      </ItemIn>"


def in_cart_item(extra: str) -> str:
    return changed(CART, _END_OF_CART_ITEM, f"        </ItemDetail>{extra}\n      </ItemIn>")


def in_cart_twice(first: str, second: str) -> str:
    items = (CART_ITEM.replace("<ItemIn", f"<ItemIn {attributes}") for attributes in (first, second))
    return changed(CART, CART_ITEM, "".join(items), "25.00", "50.00")


def in_setup_twice(first: str, second: str) -> str:
    items = "".join(SETUP_ITEM.replace("<ItemOut", f"<ItemOut {attributes}") for attributes in (first, second))
    return changed(SETUP, '"create"', '"edit"', END_OF_SETUP, items + END_OF_SETUP)


_GROUPS = {
    "composite-empty": ('lineNumber="1" itemType="composite"', ""),
    "parent-circle": ('lineNumber="1" itemType="composite" parentLineNumber="1"', ""),
    "parent-not-composite": ('lineNumber="1"', 'itemType="item" parentLineNumber="1"'),
    "parent-of-other": ('lineNumber="1" itemType="composite"', 'parentLineNumber="1"'),
    "parent-unknown": ("", 'itemType="item" parentLineNumber="7"'),
}

#: code, element, document
ELSEWHERE: list[tuple[str, str, str]] = [
    *((code, "PunchOutOrderMessage", in_cart_twice(*lines)) for code, lines in _GROUPS.items()),
    *((code, "PunchOutSetupRequest", in_setup_twice(*lines)) for code, lines in _GROUPS.items()),
    ("address-domain-missing", "Contact", changed(SETUP, '<Contact role="endUser"', '<Contact addressID="4"')),
    ("composite-type-misplaced", "ItemIn", changed(CART, "<ItemIn", '<ItemIn compositeItemType="itemLevel"')),
    ("credential-repeated", "To", changed(SETUP, "    </To>", f"{_TWO_PARTIES}</To>")),
    ("credential-repeated", "Sender", changed(SETUP, "      <UserAgent>", f"{_TWO_PARTIES}<UserAgent>")),
    ("currencies-mixed", "PunchOutOrderMessage", changed(CART, 'currency="EUR">12', 'currency="USD">12')),
    (
        "deprecated",
        "DigitalSignature",
        changed(SETUP, "<SharedSecret>tulip</SharedSecret>", '<DigitalSignature type="PK7" encoding="Base64"/>'),
    ),
    (
        "deprecated",
        "Followup",
        changed(ORDER, RING, f"{RING}<Followup><URL>https://buyer.example.com/</URL></Followup>"),
    ),
    ("duns-shape", "SupplierID", in_cart_item('<SupplierID domain="DUNS">12345678</SupplierID>')),
    ("duns-check-digit", "SupplierID", in_cart_item('<SupplierID domain="DUNS">942888711</SupplierID>')),
    (
        "extrinsic-repeated",
        "BlanketItemDetail",
        re.sub(
            "<ItemDetail>.*?</ItemDetail>",
            BLANKET.format("12.50").replace("</Blanket", f"{_TWICE}</Blanket"),
            ORDER,
            count=1,
            flags=re.DOTALL,
        ),
    ),
    ("extrinsic-repeated", "Contact", changed(SETUP, "</Contact>", f"{_TWICE}</Contact>")),
    ("extrinsic-repeated", "ItemDetail", changed(ORDER, "        </ItemDetail>", f"{_TWICE}</ItemDetail>")),
    ("extrinsic-repeated", "ItemIn", in_cart_item(_TWICE)),
    ("extrinsic-repeated", "OrderRequestHeader", changed(ORDER, RING, RING + _TWICE)),
    (
        "language-missing",
        "Status",
        changed(PROFILE, '<Status code="200" text="OK"/>', "<Status code='200' text='OK'>Fine.</Status>"),
    ),
    ("payload-id-empty", "DocumentReference", changed(ORDER, RING, f'{RING}<DocumentReference payloadID=""/>')),
    (
        "payload-id-empty",
        "OriginalDocument",
        changed(
            SETUP,
            "  </Header>",
            f'<Path><Node type="copy">{_PARTY}</Node></Path><OriginalDocument payloadID=""/></Header>',
        ),
    ),
    ("period-reversed", "ValidityPeriod", changed(ORDER, _UNIT_PRICE, _VALIDITY)),
    ("quantity-negative", "ItemIn", changed(CART, 'quantity="2"', 'quantity="-2"')),
    ("quantity-negative", "ScheduleLine", in_item(SCHEDULE.format("3") + SCHEDULE.format("-1"))),
    ("quantity-zero", "ItemIn", changed(CART, 'quantity="2"', 'quantity="0"')),
    ("schedule-quantity", "ItemIn", in_cart_item(SCHEDULE.format("1"))),
    (
        "tax-differs",
        "PunchOutOrderMessage",
        changed(in_cart_item(TAX.format("1.00")), "</Total>", f"</Total>{TAX.format('4.75')}"),
    ),
    ("total-differs", "PunchOutOrderMessage", changed(CART, "25.00", "25.01")),
    ("url-unusable", "BrowserFormPost", changed(SETUP, "https://buyer", "ftp://buyer")),
    ("url-unusable", "Transaction", changed(PROFILE, "https://shop", "ftp://shop")),
]
