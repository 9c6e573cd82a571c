"""The forty rules that are broken most often: the code that tells of each, or why no document shows it."""

from __future__ import annotations

import re
from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest
from pieces import ATTACHED, CART_ITEM, MAC, RING, SECRET, SHIP_TO, in_item
from validated import CART, ORDER, PROFILE, RESPONSE, SETUP, changed

from cxml_punchout import validate
from cxml_punchout.validation.codes import explanations

POSTED = "<BrowserFormPost><URL>https://buyer.example.com/return?id=7</URL></BrowserFormPost>"
COST_CENTER = '<Extrinsic name="CostCenter">610</Extrinsic>'
AUXILIARY = "<SupplierPartAuxiliaryID>{}</SupplierPartAuxiliaryID></ItemID>"
AGENT = "<UserAgent>Buyer 4.2</UserAgent>"
SELECTED = "<SelectedItem><ItemID><SupplierPartID>A-100</SupplierPartID></ItemID></SelectedItem>"
SUPPLIER_SETUP = "<SupplierSetup><URL>https://shop.example.com/</URL></SupplierSetup>"
PAYLOAD_ID = "20261123T183000.17.4711@buyer.example.com"
EMPTY = '<DocumentReference payloadID="1@h">\n</DocumentReference>'
NAMESPACE = '<cXML xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '

#: number of the trap -> what is wrong, the document, the code
TRAPS: dict[int, list[tuple[str, str, str]]] = {
    1: [("a time with Z", changed(SETUP, "18:30:00+00:00", "18:30:00Z"), "time")],
    2: [("a time without offset", changed(SETUP, "18:30:00+00:00", "18:30:00"), "time")],
    4: [
        ("a copied payloadID", changed(SETUP, PAYLOAD_ID, "9949494"), "payload-id-shape"),
        ("no payloadID", changed(SETUP, PAYLOAD_ID, ""), "payload-id-empty"),
    ],
    5: [("a header in a response", changed(RESPONSE, "<Response>", "<Header/><Response>"), "group")],
    6: [
        ("no UserAgent", changed(SETUP, AGENT, ""), "missing-element"),
        (
            "UserAgent in the Credential",
            changed(SETUP, AGENT, "", f"{SECRET}</Credential>", f"{SECRET}{AGENT}</Credential>"),
            "unknown-element",
        ),
    ],
    7: [("Sender before To", re.sub(r"(<To>.*</To>)(\s*)(<Sender>.*</Sender>)", r"\3\2\1", SETUP, flags=16), "order")],
    8: [
        ("an Extrinsic too late", changed(SETUP, COST_CENTER, "", POSTED, POSTED + COST_CENTER), "order"),
        (
            "SelectedItem too early",
            changed(SETUP, POSTED, SELECTED + SUPPLIER_SETUP),
            "order",
        ),
    ],
    9: [("a domain in another spelling", changed(SETUP, '"DUNS"', '"Duns"'), "domain-misspelt")],
    10: [("blanks around an identity", changed(SETUP, "942888710", "\n  942888710\n"), "identity-padded")],
    11: [
        ("a DUNS number that lost a zero", changed(SETUP, "942888710", "49329048"), "duns-shape"),
        ("a UNSPSC code that lost a zero", changed(CART, ">44121704<", ">1012170<"), "unspsc-shape"),
    ],
    12: [("a DUNS number without check digit", changed(SETUP, "942888710", "942888711"), "duns-check-digit")],
    13: [
        ("a secret in From", changed(SETUP, "123</Identity>", f"123</Identity>{SECRET}"), "secret-outside-sender"),
        ("no secret in Sender", changed(SETUP, SECRET, ""), "sender-unproved"),
    ],
    16: [
        (
            "a secret in a cart",
            changed(CART, "</Identity></Credential>", f"</Identity>{SECRET}</Credential>"),
            "secret-in-message",
        )
    ],
    17: [
        (
            "credentials that disagree",
            changed(SETUP, "    </To>", '<Credential domain="duns"><Identity>049329048</Identity></Credential></To>'),
            "credential-repeated",
        )
    ],
    18: [
        ("another MAC algorithm", changed(SETUP, SECRET, MAC.replace("SHA1-96", "SHA256")), "mac-unknown"),
        ("a MAC that was not cut", changed(SETUP, SECRET, MAC.replace("XERDN<", "XERDNtg2G/Y=<")), "mac-shape"),
    ],
    19: [("a MAC that ends before it begins", changed(SETUP, SECRET, MAC.replace("19:00", "17:00")), "mac-dates")],
    20: [("deploymentMode on cXML", changed(SETUP, "<cXML ", '<cXML deploymentMode="test" '), "unknown-attribute")],
    21: [("a payload beside a failure", changed(RESPONSE, '"200"', '"500"'), "payload-without-success")],
    23: [("a code of HTTP", changed(PROFILE, '"200"', '"404"'), "status-unknown")],
    25: [
        ("a cart that deletes", changed(CART, CART_ITEM, "", "25.00", "0"), "cart-empty"),
        (
            "items with 204",
            changed(CART, "<Message>", '<Message><Status code="204" text="No Content"/>'),
            "cart-cancelled-with-items",
        ),
    ],
    27: [("an empty cookie", changed(CART, "1CX3L4843PPZO", ""), "cookie-empty")],
    28: [
        ("a question mark", changed(CART, "</ItemID>", AUXILIARY.format("a?b")), "part-id-characters"),
        ("braces", changed(CART, "</ItemID>", AUXILIARY.format("{a}")), "part-id-characters"),
        ("a long auxiliary id", changed(CART, "</ItemID>", AUXILIARY.format("x" * 101)), "auxiliary-id-long"),
    ],
    29: [
        ("a form field that was not decoded", quote(CART), "malformed"),
        ("one that was escaped twice", escape(CART), "malformed"),
    ],
    30: [("a text with an encoding", changed(SETUP, '"UTF-8"', '"latin-1"'), "declared-encoding")],
    32: [
        ("XML of one's own", changed(CART, "</ItemID>", AUXILIARY.format("<cfg/>")), "unknown-element"),
        ("the same in an Extrinsic", changed(SETUP, ">610<", "><cfg/><"), "unknown-element"),
    ],
    33: [
        ("a line break in a URL", changed(RESPONSE, "8f3a<", "8f3a\n<"), "url-padded"),
        ("a line break in an empty element", changed(ORDER, RING, f"{RING}{EMPTY}"), "unexpected-text"),
    ],
    34: [
        ("a flag that is true", changed(ORDER, 'lineNumber="1"', 'lineNumber="1" isAdHoc="true"'), "enumeration"),
        ("a flag that is no", changed(ORDER, 'lineNumber="1"', 'lineNumber="1" isAdHoc="no"'), "enumeration"),
    ],
    35: [
        ("an enumeration in capitals", changed(SETUP, '"test"', '"Test"'), "enumeration"),
        ("another one", changed(ORDER, "orderID=", 'type="Update" orderID='), "enumeration"),
    ],
    36: [
        ("a decimal comma", changed(CART, ">12.50<", ">12,50<"), "number"),
        ("what a float leaves", changed(CART, ">12.50<", ">1.25e1<"), "number"),
        ("no currency", changed(CART, ' currency="EUR"', ""), "missing-attribute"),
    ],
    37: [("a negative quantity", changed(CART, 'quantity="2"', 'quantity="-2"'), "quantity-negative")],
    38: [
        ("a total with tax", changed(ORDER, "37.50", "44.63"), "total-differs"),
        ("ShipTo on both levels", changed(in_item(SHIP_TO), "        <BillTo>", f"{SHIP_TO}<BillTo>"), "both-levels"),
    ],
    39: [("the DTD of another payload", changed(ORDER, "/cXML.dtd", "/Fulfill.dtd"), "module-mismatch")],
    40: [
        ("an internal subset", changed(SETUP, 'cXML.dtd">', "cXML.dtd\" [<!ENTITY a 'b'>]>"), "internal-subset"),
        ("an entity", changed(SETUP, "Jo Doe", "Jo&nbsp;Doe"), "entity"),
        ("a namespace", changed(SETUP, "<cXML ", NAMESPACE), "namespace"),
    ],
}  # fmt: skip

#: number of the trap -> why a document alone does not show it, and what does
NOT_VISIBLE: dict[int, str] = {
    3: "Whether a retry repeats its payloadID is seen in two documents only.",
    14: "Whose secret it is stands in the partner's record; trust looks it up by the Sender.",
    15: "How secrets are compared is a matter of trust; a document does not show it.",
    22: "The answer of HTTP around the document.",
    24: "Which code fits is known only beside the request that is answered.",
    26: "Whether a cart answers an inspection is known only beside its setup request.",
    31: "The name of the form field around the document.",
}

#: Beside the forty: what else goes wrong all the time.
MORE: list[tuple[str, str, str]] = [
    ("a blank line in front", "\n" + SETUP, "blank-start"),
    ("a cookie that was posted empty", changed(SETUP, "1CX3L4843PPZO", " "), "cookie-empty"),
    ("an attachment elsewhere", changed(ORDER, RING, ATTACHED.format("https://a", "cid:2@h")), "attachment-link"),
]  # fmt: skip

ROWS = [(f"{number}", *row) for number, rows in TRAPS.items() for row in rows] + [("more", *row) for row in MORE]


@pytest.mark.parametrize(("number", "what", "document", "code"), ROWS, ids=[f"{row[0]} {row[1]}" for row in ROWS])
def test_a_trap_is_found(number: str, what: str, document: str, code: str) -> None:
    report = validate(document)
    found = [finding for finding in report.findings if finding.code == code]
    assert found, report
    # Whoever sees only the message learns what to do.
    assert all(finding.hint for finding in found), report


def test_each_of_the_forty_is_found_or_not_to_be_seen() -> None:
    assert sorted([*TRAPS, *NOT_VISIBLE]) == list(range(1, 41))
    assert {code for rows in TRAPS.values() for _, _, code in rows} <= set(explanations())
