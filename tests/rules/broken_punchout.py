"""PunchOut: setup requests and carts, each rule broken and kept."""

from __future__ import annotations

import re

from pieces import CART_ITEM, END_OF_SETUP, SETUP_ITEM, SETUP_PATH, Case
from validated import CART, RESPONSE, SETUP, changed

__all__ = ["BROKEN"]

BROKEN = [
    Case(
        "setup-create-with-items",
        changed(SETUP, END_OF_SETUP, SETUP_ITEM + END_OF_SETUP),
        f"{SETUP_PATH}/ItemOut",
        changed(SETUP, END_OF_SETUP, SETUP_ITEM + END_OF_SETUP, '"create"', '"edit"'),
    ),
    Case(
        "setup-without-items",
        changed(SETUP, '"create"', '"inspect"'),
        SETUP_PATH,
        changed(SETUP, END_OF_SETUP, SETUP_ITEM + END_OF_SETUP, '"create"', '"inspect"'),
    ),
    Case(
        "setup-source-selected",
        changed(
            SETUP,
            '"create"',
            '"source"',
            END_OF_SETUP,
            f"<SelectedItem><ItemID><SupplierPartID>A</SupplierPartID></ItemID></SelectedItem>{END_OF_SETUP}",
        ),
        f"{SETUP_PATH}/SelectedItem",
        changed(
            SETUP,
            END_OF_SETUP,
            f"<SelectedItem><ItemID><SupplierPartID>A</SupplierPartID></ItemID></SelectedItem>{END_OF_SETUP}",
        ),
    ),
    Case(
        "setup-item-surplus",
        changed(
            SETUP,
            '"create"',
            '"edit"',
            END_OF_SETUP,
            SETUP_ITEM.replace("<ItemOut", '<ItemOut lineNumber="1"') + END_OF_SETUP,
        ),
        f"{SETUP_PATH}/ItemOut",
        changed(SETUP, '"create"', '"edit"', END_OF_SETUP, SETUP_ITEM + END_OF_SETUP),
    ),
    Case(
        "form-post-missing",
        re.sub("<BrowserFormPost>.*</BrowserFormPost>", "", SETUP),
        SETUP_PATH,
        SETUP,
    ),
    Case("cookie-empty", changed(SETUP, "1CX3L4843PPZO", ""), f"{SETUP_PATH}/BuyerCookie", SETUP),
    Case(
        "cart-empty",
        changed(CART, CART_ITEM, "", "25.00", "0.00"),
        "/cXML/Message/PunchOutOrderMessage",
        changed(CART, CART_ITEM, "", "25.00", "0.00", "<Message>", '<Message><Status code="204" text="No Content"/>'),
    ),
    Case(
        "cart-cancelled-with-items",
        changed(CART, "<Message>", '<Message><Status code="204" text="No Content"/>'),
        "/cXML/Message/PunchOutOrderMessage",
        changed(CART, "<Message>", '<Message><Status code="200" text="OK"/>'),
    ),
    Case(
        "cart-refused",
        changed(CART, "<Message>", '<Message><Status code="400" text="Bad" xml:lang="en">Why.</Status>'),
        "/cXML/Message/Status",
        changed(CART, "<Message>", '<Message><Status code="200" text="OK"/>'),
    ),
    Case(
        "cart-empty-total",
        changed(CART, CART_ITEM, ""),
        "/cXML/Message/PunchOutOrderMessage/PunchOutOrderMessageHeader/Total",
        changed(CART, CART_ITEM, "", "25.00", "0.00"),
    ),
    Case(
        "url-unusable",
        changed(RESPONSE, "https://", "javascript:"),
        "/cXML/Response/PunchOutSetupResponse/StartPage/URL",
        changed(RESPONSE, "https://", "HTTP://"),
    ),
]
