"""The rules of the Guide: for each one a document that keeps it and one that breaks it, with the place."""

from __future__ import annotations

import re

import pytest
from test_rules_status import BROKEN as OF_STATUS_UPDATES
from validated import CART, ORDER, PROFILE, RESPONSE, SETUP, changed

from cxml_punchout import parse, validate
from cxml_punchout.errors import InvalidDocument
from cxml_punchout.validation.rules import RULES

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


#: code, document that breaks the rule, path of the finding, near miss that keeps the rule
BROKEN: list[tuple[str, str, str, str]] = [
    (
        "payload-id-empty",
        changed(SETUP, "20261123T183000.17.4711@buyer.example.com", " "),
        "/cXML",
        SETUP,
    ),
    (
        "payload-id-shape",
        changed(SETUP, "20261123T183000.17.4711@buyer.example.com", "9949494"),
        "/cXML",
        changed(SETUP, "20261123T183000.17.4711@buyer.example.com", "1@h"),
    ),
    (
        "payload-without-success",
        changed(RESPONSE, '<Status code="200" text="OK"/>', '<Status code="500" text="No" xml:lang="en">No.</Status>'),
        "/cXML/Response",
        changed(RESPONSE, '"200"', '"201"'),
    ),
    (
        "status-unknown",
        changed(PROFILE, 'code="200"', 'code="202"'),
        "/cXML/Response/Status",
        changed(PROFILE, 'code="200"', 'code="280"'),
    ),
    (
        "status-silent",
        re.sub(r"<PunchOutSetupResponse>.*</PunchOutSetupResponse>", "", changed(RESPONSE, '"200"', '"500"'), flags=16),
        "/cXML/Response/Status",
        RESPONSE,
    ),
    (
        "signature-missing",
        changed(SETUP, 'xml:lang="en">', 'xml:lang="en" signatureVersion="1.0">'),
        "/cXML",
        changed(SETUP, 'xml:lang="en">', 'xml:lang="en" signatureVersion="1.0">', "</cXML>", SIGNATURE),
    ),
    (
        "signature-unannounced",
        changed(SETUP, "</cXML>", SIGNATURE),
        "/cXML",
        changed(SETUP, 'xml:lang="en">', 'xml:lang="en" signatureVersion="1.0">', "</cXML>", SIGNATURE),
    ),
    (
        "signature-without-id",
        changed(SETUP, "</cXML>", SIGNATURE),
        "/cXML/Request",
        changed(SETUP, "</cXML>", SIGNATURE, "<Request ", '<Request Id="cXMLData" '),
    ),
    (
        "module-mismatch",
        changed(SETUP, "/cXML.dtd", "/InvoiceDetail.dtd"),
        "/cXML",
        changed(SETUP, "/cXML.dtd", "/Catalog.dtd"),
    ),
    (
        "secret-in-message",
        changed(
            CART, "</Identity></Credential>\n      <UserAgent>", f"</Identity>{SECRET}</Credential>\n      <UserAgent>"
        ),
        "/cXML/Header/Sender/Credential/SharedSecret",
        CART,
    ),
    (
        "secret-outside-sender",
        changed(SETUP, "942888710</Identity>", f"942888710</Identity>{SECRET}"),
        "/cXML/Header/To/Credential/SharedSecret",
        SETUP,
    ),
    (
        "sender-unproved",
        changed(SETUP, SECRET, ""),
        "/cXML/Header/Sender",
        changed(SETUP, SECRET, MAC),
    ),
    (
        "secret-blank",
        changed(SETUP, SECRET, "<SharedSecret>None</SharedSecret>"),
        "/cXML/Header/Sender/Credential/SharedSecret",
        changed(SETUP, SECRET, "<SharedSecret>nonesuch</SharedSecret>"),
    ),
    (
        "secret-padded",
        changed(SETUP, ">tulip<", ">tulip\n<"),
        "/cXML/Header/Sender/Credential/SharedSecret",
        changed(SETUP, ">tulip<", ">tu lip<"),
    ),
    (
        "credential-repeated",
        changed(
            SETUP,
            "</Credential>\n    </From>",
            '</Credential><Credential domain="NetworkId"><Identity>AN02</Identity></Credential></From>',
        ),
        "/cXML/Header/From/Credential[2]",
        changed(
            SETUP,
            "</Credential>\n    </From>",
            '</Credential><Credential domain="NetworkId" type="marketplace"><Identity>AN02</Identity>'
            "</Credential></From>",
        ),
    ),
    (
        "identity-empty",
        changed(SETUP, "942888710", "\n"),
        "/cXML/Header/To/Credential/Identity",
        changed(SETUP, "942888710", '<IdReference identifier="1" domain="iso6523"/>'),
    ),
    ("identity-padded", changed(SETUP, "942888710", " 942888710"), "/cXML/Header/To/Credential/Identity", SETUP),
    (
        "domain-misspelt",
        changed(SETUP, '"NetworkID"', '"AribaNetworkUserID"'),
        "/cXML/Header/From/Credential",
        changed(SETUP, '"NetworkID"', '"NetworkId"'),
    ),
    (
        "duns-shape",
        changed(SETUP, "942888710", "RIDGELINE1"),
        "/cXML/Header/To/Credential",
        changed(SETUP, "942888710", "94-288-8710"),
    ),
    (
        "duns-check-digit",
        changed(SETUP, "942888710", "942888711"),
        "/cXML/Header/To/Credential",
        changed(SETUP, "942888710", "049329048"),
    ),
    (
        "mac-unknown",
        changed(SETUP, SECRET, MAC.replace("SHA1-96", "SHA256")),
        "/cXML/Header/Sender/Credential/CredentialMac",
        changed(SETUP, SECRET, MAC),
    ),
    (
        "mac-shape",
        changed(SETUP, SECRET, MAC.replace("XERDN<", "XERDNtg2G/Y=<")),
        "/cXML/Header/Sender/Credential/CredentialMac",
        changed(SETUP, SECRET, MAC),
    ),
    (
        "mac-dates",
        changed(SETUP, SECRET, MAC.replace("19:00", "17:00")),
        "/cXML/Header/Sender/Credential/CredentialMac",
        changed(SETUP, SECRET, MAC),
    ),
    ("deprecated", changed(SETUP, 'xml:lang="en">', 'xml:lang="en" version="1.2.071">'), "/cXML", SETUP),
    (
        "deprecated",
        changed(
            SETUP, END_OF_SETUP, f"<SupplierSetup><URL>https://shop.example.com/</URL></SupplierSetup>{END_OF_SETUP}"
        ),
        f"{SETUP_PATH}/SupplierSetup",
        SETUP,
    ),
    (
        "deprecated",
        in_item(
            re.sub(
                "<AccountingSegment.*</AccountingSegment>",
                '<Segment type="Cost Center" id="610" description="Office"/>',
                DISTRIBUTION.format("25.00"),
            )
        ),
        f"{ITEM}/Distribution/Accounting/Segment",
        in_item(DISTRIBUTION.format("25.00")),
    ),
    (
        "setup-create-with-items",
        changed(SETUP, END_OF_SETUP, SETUP_ITEM + END_OF_SETUP),
        f"{SETUP_PATH}/ItemOut",
        changed(SETUP, END_OF_SETUP, SETUP_ITEM + END_OF_SETUP, '"create"', '"edit"'),
    ),
    (
        "setup-without-items",
        changed(SETUP, '"create"', '"inspect"'),
        SETUP_PATH,
        changed(SETUP, END_OF_SETUP, SETUP_ITEM + END_OF_SETUP, '"create"', '"inspect"'),
    ),
    (
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
    (
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
    (
        "form-post-missing",
        re.sub("<BrowserFormPost>.*</BrowserFormPost>", "", SETUP),
        SETUP_PATH,
        SETUP,
    ),
    ("cookie-empty", changed(SETUP, "1CX3L4843PPZO", ""), f"{SETUP_PATH}/BuyerCookie", SETUP),
    (
        "cart-empty",
        changed(CART, CART_ITEM, "", "25.00", "0.00"),
        "/cXML/Message/PunchOutOrderMessage",
        changed(CART, CART_ITEM, "", "25.00", "0.00", "<Message>", '<Message><Status code="204" text="No Content"/>'),
    ),
    (
        "cart-cancelled-with-items",
        changed(CART, "<Message>", '<Message><Status code="204" text="No Content"/>'),
        "/cXML/Message/PunchOutOrderMessage",
        changed(CART, "<Message>", '<Message><Status code="200" text="OK"/>'),
    ),
    (
        "cart-refused",
        changed(CART, "<Message>", '<Message><Status code="400" text="Bad" xml:lang="en">Why.</Status>'),
        "/cXML/Message/Status",
        changed(CART, "<Message>", '<Message><Status code="200" text="OK"/>'),
    ),
    (
        "cart-empty-total",
        changed(CART, CART_ITEM, ""),
        "/cXML/Message/PunchOutOrderMessage/PunchOutOrderMessageHeader/Total",
        changed(CART, CART_ITEM, "", "25.00", "0.00"),
    ),
    (
        "url-unusable",
        changed(RESPONSE, "https://", "javascript:"),
        "/cXML/Response/PunchOutSetupResponse/StartPage/URL",
        changed(RESPONSE, "https://", "HTTP://"),
    ),
    ("order-id-empty", changed(ORDER, "PO-4711", ""), HEAD, ORDER),
    (
        "reference-missing",
        order_head('type="update"'),
        HEAD,
        changed(order_head('type="update"'), RING, f'{RING}<DocumentReference payloadID="1@h"/>'),
    ),
    (
        "reference-unexpected",
        changed(ORDER, RING, f'{RING}<DocumentReference payloadID="1@h"/>'),
        f"{HEAD}/DocumentReference",
        changed(order_head('type="delete"'), RING, f'{RING}<DocumentReference payloadID="1@h"/>'),
    ),
    (
        "reference-self",
        changed(
            order_head('type="update"'),
            RING,
            f'{RING}<DocumentReference payloadID="20261123T183000.17.4711@buyer.example.com"/>',
        ),
        f"{HEAD}/DocumentReference",
        changed(order_head('type="update"'), RING, f'{RING}<DocumentReference payloadID="1@h"/>'),
    ),
    (
        "blanket-without-date",
        order_head('orderType="blanket"'),
        HEAD,
        order_head('orderType="blanket" effectiveDate="2026-12-01T00:00:00+00:00"'),
    ),
    (
        "blanket-only",
        order_head('expirationDate="2026-12-01T00:00:00+00:00"'),
        HEAD,
        order_head(
            'orderType="blanket" effectiveDate="2026-11-01T00:00:00+00:00" expirationDate="2026-12-01T00:00:00+00:00"'
        ),
    ),
    (
        "release-without-agreement",
        order_head('orderType="release"'),
        HEAD,
        order_head('orderType="release" agreementID="MA-1"'),
    ),
    ("release-only", order_head('agreementID="MA-1"'), HEAD, order_head('orderType="release" agreementID="MA-1"')),
    (
        "stock-only",
        order_head('isSTOOutbound="yes"'),
        HEAD,
        order_head('orderType="stockTransport" isSTOOutbound="yes"'),
    ),
    (
        "period-reversed",
        order_head(
            'orderType="blanket" effectiveDate="2026-12-01T00:00:00+00:00" expirationDate="2026-11-01T00:00:00+00:00"'
        ),
        HEAD,
        order_head(
            'orderType="blanket" effectiveDate="2026-12-01T00:00:00+00:00" expirationDate="2026-12-01T00:00:00+00:00"'
        ),
    ),
    (
        "period-reversed",
        changed(
            CART,
            "      </ItemIn>",
            '<Period startDate="2026-12-02T00:00:00+00:00" endDate="2026-12-01T00:00:00+00:00"/></ItemIn>',
        ),
        "/cXML/Message/PunchOutOrderMessage/ItemIn/Period",
        changed(
            CART,
            "      </ItemIn>",
            '<Period startDate="2026-12-01T00:00:00+00:00" endDate="2026-12-02T00:00:00+00:00"/></ItemIn>',
        ),
    ),
    (
        "address-domain-missing",
        changed(ORDER, "<Address>", '<Address addressID="4">'),
        f"{HEAD}/BillTo/Address",
        changed(ORDER, "<Address>", '<Address addressID="4" addressIDDomain="buyerLocationID">'),
    ),
    (
        "both-levels",
        changed(in_item(SHIP_TO), "        <BillTo>", f"{SHIP_TO}<BillTo>"),
        ITEM,
        changed(ORDER, "        <BillTo>", f"{SHIP_TO}<BillTo>"),
    ),
    (
        "both-levels",
        changed(
            ORDER,
            'orderID="PO-4711"',
            'orderID="PO-4711" requisitionID="R1"',
            "<ItemOut",
            '<ItemOut requisitionID="R1"',
        ),
        ITEM,
        changed(ORDER, "<ItemOut", '<ItemOut requisitionID="R1"'),
    ),
    (
        "not-every-line",
        in_item(SHIP_TO),
        "/cXML/Request/OrderRequest/ItemOut[2]",
        changed(in_item(SHIP_TO), DETAIL_END, f"        </ItemDetail>{SHIP_TO}\n      </ItemOut>"),
    ),
    (
        "comments-repeated",
        in_item(RING),
        f"{ITEM}/Comments",
        in_item(RING.replace("twice", "once")),
    ),
    (
        "quantity-negative",
        changed(ORDER, 'quantity="2"', 'quantity="-2"', "37.50", "-12.50"),
        ITEM,
        changed(ORDER, 'quantity="2"', 'quantity="0.5"', "37.50", "18.75"),
    ),
    (
        "quantity-zero",
        changed(ORDER, 'quantity="2"', 'quantity="0"', "37.50", "12.50"),
        ITEM,
        changed(
            order_head('type="update"'),
            'quantity="2"',
            'quantity="0"',
            "37.50",
            "12.50",
            RING,
            f'{RING}<DocumentReference payloadID="1@h"/>',
        ),
    ),
    ("line-number-missing", changed(ORDER, ' lineNumber="1"', ""), ITEM, ORDER),
    (
        "line-number-repeated",
        changed(ORDER, 'lineNumber="2"', 'lineNumber="01"'),
        "/cXML/Request/OrderRequest/ItemOut[2]",
        changed(ORDER, 'lineNumber="2"', 'lineNumber="20"'),
    ),
    (
        "parent-unknown",
        grouped("", 'itemType="item" parentLineNumber="7"'),
        "/cXML/Request/OrderRequest/ItemOut[2]",
        grouped('itemType="composite" compositeItemType="itemLevel"', 'itemType="item" parentLineNumber="1"'),
    ),
    (
        "parent-not-composite",
        grouped('itemType="lean"', 'itemType="item" parentLineNumber="1"'),
        "/cXML/Request/OrderRequest/ItemOut[2]",
        grouped('itemType="composite"', 'itemType="item" parentLineNumber="1"'),
    ),
    (
        "parent-circle",
        grouped(
            'itemType="composite"',
            'itemType="composite" parentLineNumber="2"',
        ),
        "/cXML/Request/OrderRequest/ItemOut[2]",
        grouped('itemType="composite"', 'itemType="composite" parentLineNumber="1"'),
    ),
    (
        "parent-of-other",
        grouped('itemType="composite"', 'parentLineNumber="1"'),
        "/cXML/Request/OrderRequest/ItemOut[2]",
        grouped('itemType="composite"', 'itemType="item" parentLineNumber="1"'),
    ),
    ("composite-empty", grouped('itemType="composite"', ""), ITEM, grouped('itemType="lean"', "")),
    (
        "composite-type-misplaced",
        grouped('compositeItemType="groupLevel"', ""),
        ITEM,
        grouped('itemType="lean" compositeItemType="groupLevel"', ""),
    ),
    (
        "part-id-empty",
        changed(CART, "A-100", ""),
        "/cXML/Message/PunchOutOrderMessage/ItemIn/ItemID",
        changed(ORDER, "A-100", ""),
    ),
    (
        "part-id-characters",
        changed(CART, "A-100", "A?100{1}"),
        "/cXML/Message/PunchOutOrderMessage/ItemIn/ItemID/SupplierPartID",
        changed(CART, "A-100", "A/100[1]"),
    ),
    (
        "auxiliary-id-long",
        changed(CART, "</ItemID>", f"<SupplierPartAuxiliaryID>{'x' * 101}</SupplierPartAuxiliaryID></ItemID>"),
        "/cXML/Message/PunchOutOrderMessage/ItemIn/ItemID/SupplierPartAuxiliaryID",
        changed(CART, "</ItemID>", f"<SupplierPartAuxiliaryID>{'x' * 100}</SupplierPartAuxiliaryID></ItemID>"),
    ),
    (
        "auxiliary-id-padded",
        changed(CART, "</ItemID>", "<SupplierPartAuxiliaryID>x\n</SupplierPartAuxiliaryID></ItemID>"),
        "/cXML/Message/PunchOutOrderMessage/ItemIn/ItemID/SupplierPartAuxiliaryID",
        changed(CART, "</ItemID>", "<SupplierPartAuxiliaryID>x y</SupplierPartAuxiliaryID></ItemID>"),
    ),
    (
        "unspsc-shape",
        changed(CART, "44121704", "44.12.17.04"),
        "/cXML/Message/PunchOutOrderMessage/ItemIn/ItemDetail/Classification",
        changed(CART, '"UNSPSC">44121704', '"MaterialGroup">9'),
    ),
    (
        "schedule-quantity",
        in_item(SCHEDULE.format("1.5") * 2),
        ITEM,
        in_item(SCHEDULE.format("0.5") + SCHEDULE.format("1.5")),
    ),
    (
        "distribution-sum",
        in_item(DISTRIBUTION.format("12.50")),
        ITEM,
        in_item(DISTRIBUTION.format("12.50") * 2),
    ),
    (
        "total-differs",
        changed(ORDER, "37.50", "37.51"),
        f"{HEAD}/Total",
        changed(ORDER, "12.50", "12.504", "37.50", "37.51"),
    ),
    (
        "total-differs",
        changed(
            ORDER,
            "<UnitOfMeasure>EA</UnitOfMeasure>",
            f"<UnitOfMeasure>EA</UnitOfMeasure>{BASIS.format('100', '1')}",
        ),
        f"{HEAD}/Total",
        changed(
            ORDER,
            "37.50",
            "12.75",
            "<UnitOfMeasure>EA</UnitOfMeasure>",
            f"<UnitOfMeasure>EA</UnitOfMeasure>{BASIS.format('100', '1')}",
        ),
    ),
    (
        "currencies-mixed",
        changed(ORDER, 'currency="EUR">12.50', 'currency="USD">12.50'),
        ITEM,
        ORDER,
    ),
    (
        "tax-differs",
        changed(
            in_item(TAX.format("5.00")),
            DETAIL_END,
            f"        </ItemDetail>{TAX.format('2.00')}\n      </ItemOut>",
            RING,
            f"{TAX.format('8.00')}{RING}",
        ),
        HEAD.rpartition("/")[0],
        changed(
            in_item(TAX.format("5.00")),
            DETAIL_END,
            f"        </ItemDetail>{TAX.format('2.00')}\n      </ItemOut>",
            RING,
            f"{TAX.format('7.01')}{RING}",
        ),
    ),
    (
        "alternate-incomplete",
        changed(ORDER, 'currency="EUR"', 'currency="EUR" alternateCurrency="USD"'),
        f"{HEAD}/Total/Money",
        changed(ORDER, 'currency="EUR"', 'currency="EUR" alternateCurrency="USD" alternateAmount="40"'),
    ),
    (
        "price-negative",
        changed(ORDER, "12.50", "-12.50", "37.50", "-12.50"),
        f"{ITEM}/ItemDetail/UnitPrice",
        changed(ORDER, "12.50", "0", "37.50", "12.50"),
    ),
    (
        "price-basis-zero",
        changed(
            ORDER,
            "<UnitOfMeasure>EA</UnitOfMeasure>",
            f"<UnitOfMeasure>EA</UnitOfMeasure>{BASIS.format('0', '1')}",
        ),
        f"{ITEM}/ItemDetail/PriceBasisQuantity",
        changed(
            ORDER,
            "<UnitOfMeasure>EA</UnitOfMeasure>",
            f"<UnitOfMeasure>EA</UnitOfMeasure>{BASIS.format('0.5', '0.5')}",
        ),
    ),
    (
        "limit-over-total",
        re.sub(
            "<ItemDetail>.*?</ItemDetail>",
            BLANKET.format("20.00"),
            order_head('orderType="blanket" effectiveDate="2026-12-01T00:00:00+00:00"'),
            flags=re.DOTALL,
        ),
        f"{HEAD}/Total",
        re.sub(
            "<ItemDetail>.*?</ItemDetail>",
            BLANKET.format("18.75"),
            order_head('orderType="blanket" effectiveDate="2026-12-01T00:00:00+00:00"'),
            flags=re.DOTALL,
        ),
    ),
    (
        "short-name-repeated",
        changed(CART, ">Blue pen<", "><ShortName>Pen</ShortName><ShortName>Biro</ShortName>Blue pen<"),
        "/cXML/Message/PunchOutOrderMessage/ItemIn/ItemDetail/Description/ShortName[2]",
        changed(CART, ">Blue pen<", "><ShortName>Pen</ShortName>Blue pen<"),
    ),
    (
        "short-name-long",
        changed(CART, ">Blue pen<", f"><ShortName>{'x' * 51}</ShortName>Blue pen<"),
        "/cXML/Message/PunchOutOrderMessage/ItemIn/ItemDetail/Description/ShortName",
        changed(CART, ">Blue pen<", f"><ShortName>{'x' * 50}</ShortName>Blue pen<"),
    ),
    (
        "language-missing",
        changed(ORDER, '<Comments xml:lang="en">', "<Comments>"),
        f"{HEAD}/Comments",
        ORDER,
    ),
    (
        "url-padded",
        changed(RESPONSE, "8f3a<", "8f3a\n<"),
        "/cXML/Response/PunchOutSetupResponse/StartPage/URL",
        RESPONSE,
    ),
    ("extrinsic-unnamed", changed(SETUP, '"CostCenter"', '"CostCenter "'), f"{SETUP_PATH}/Extrinsic", SETUP),
    ("extrinsic-unnamed", changed(SETUP, '"CostCenter"', '""'), f"{SETUP_PATH}/Extrinsic", SETUP),
    (
        "extrinsic-repeated",
        changed(SETUP, "<BrowserFormPost>", '<Extrinsic name="CostCenter">611</Extrinsic><BrowserFormPost>'),
        f"{SETUP_PATH}/Extrinsic[2]",
        changed(SETUP, "<BrowserFormPost>", '<Extrinsic name="Department">611</Extrinsic><BrowserFormPost>'),
    ),
    (
        "attachment-link",
        changed(ORDER, RING, ATTACHED.format("https://files.example.com/a.pdf", "cid:2@h")),
        f"{HEAD}/Comments/Attachment[1]/URL",
        changed(ORDER, RING, ATTACHED.format("cid:1@h", "cid:2@h")),
    ),
    (
        "attachment-link",
        changed(ORDER, RING, ATTACHED.format("cid:&lt;1@h&gt;", "cid:2@h")),
        f"{HEAD}/Comments/Attachment[1]/URL",
        changed(ORDER, RING, ATTACHED.format("cid:1@h", "cid:2@h")),
    ),
    (
        "attachment-repeated",
        changed(ORDER, RING, ATTACHED.format("cid:1@h", "cid:1@h")),
        f"{HEAD}/Comments/Attachment[2]",
        changed(ORDER, RING, ATTACHED.format("cid:1@h", "cid:2@h")),
    ),
]


@pytest.mark.parametrize("name", CLEAN)
def test_a_right_document_breaks_no_rule(name: str) -> None:
    report = validate(CLEAN[name], layers=["xml", "dtd", "rule"])
    assert report.findings == ()


@pytest.mark.parametrize(("code", "document", "path", "kept"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_broken_rule_is_found_where_it_is_broken(code: str, document: str, path: str, kept: str) -> None:
    report = validate(document, layers=["dtd", "rule"])
    found = [finding for finding in report.findings if finding.code == code]
    assert [finding.path for finding in found] == [path], report
    (finding,) = found
    assert finding.layer == "rule"
    assert (finding.severity, finding.hint) == (RULES[code].severity, RULES[code].hint)
    assert finding.line
    assert finding.column
    # The grammar has nothing against these documents: only a rule can find the fault.
    assert not [finding for finding in report.findings if finding.layer == "dtd"], report


@pytest.mark.parametrize(("code", "document", "path", "kept"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_document_that_only_looks_like_it_keeps_the_rule(code: str, document: str, path: str, kept: str) -> None:
    report = validate(kept, layers=["dtd", "rule"])
    assert code not in {finding.code for finding in report.findings}, report
    assert not [finding for finding in report.findings if finding.layer == "dtd"], report


def test_every_rule_has_a_document_that_breaks_it() -> None:
    assert set(RULES) == {row[0] for row in (*BROKEN, *OF_STATUS_UPDATES)}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_says_what_is_wrong_and_what_to_do(rule: object) -> None:
    for sentence in (rule.says, rule.hint):  # type: ignore[attr-defined]
        assert re.fullmatch(r"[A-Za-z].*\.", sentence, re.DOTALL)
        assert len(sentence) < 400
    assert re.match(r"[0-9]", rule.guide)  # type: ignore[attr-defined]


def test_rules_survive_every_document_of_ours(own_document: bytes) -> None:
    validate(own_document)


def test_rules_survive_every_document_of_others(corpus_document: bytes) -> None:
    validate(corpus_document)


def test_totals_that_contain_tax_and_shipping_are_recognised() -> None:
    shipping = '<Shipping><Money currency="EUR">4.00</Money><Description xml:lang="en">Post</Description></Shipping>'
    for stated, words in (
        ("41.50", "include shipping"),
        ("44.50", "include tax"),
        ("48.50", "include tax and shipping"),
    ):
        document = changed(ORDER, "37.50", stated, RING, f"{shipping}{TAX.format('7.00')}{RING}")
        (finding,) = [f for f in validate(document).findings if f.code == "total-differs"]
        assert words in finding.message
    document = changed(ORDER, "37.50", "99.00", RING, f"{shipping}{TAX.format('7.00')}{RING}")
    (finding,) = [f for f in validate(document).findings if f.code == "total-differs"]
    assert "include" not in finding.message


def test_a_rule_is_silent_about_what_the_grammar_says() -> None:
    document = changed(ORDER, ' orderID="PO-4711"', "")
    report = validate(document)
    assert {finding.code for finding in report.findings} == {"missing-attribute"}


def test_a_rule_is_silent_about_what_cannot_be_read() -> None:
    report = validate(changed(ORDER, 'quantity="2"', 'quantity="two"'), layers=["rule"])
    assert report.findings == ()


def test_taxes_that_cannot_be_read_are_not_added_up() -> None:
    both = changed(
        in_item(TAX.format("5.00")), DETAIL_END, f"        </ItemDetail>{TAX.format('much')}\n      </ItemOut>"
    )
    findings = validate(changed(both, RING, f"{TAX.format('8.00')}{RING}")).findings
    assert [finding.code for finding in findings] == ["number"]


def test_the_credentials_of_two_to_elements_are_told_apart() -> None:
    to = '<To><Credential domain="DUNS"><Identity></Identity></Credential></To>'
    document = changed(SETUP, "    <Sender>", f"    {to}\n    <Sender>")
    found = {f.code: f.path for f in validate(document).findings if f.layer == "rule"}
    assert found["identity-empty"] == "/cXML/Header/To[2]/Credential/Identity"
    assert found["credential-repeated"] == "/cXML/Header/To[2]/Credential"


def test_a_rule_is_silent_about_what_the_datatypes_say() -> None:
    for document, code in (
        (changed(ORDER, 'currency="EUR">12.50', 'currency="€">12.50'), "currency"),
        (changed(RESPONSE, "https://", ""), "url"),
        (changed(ORDER, RING, ATTACHED.format("a.pdf", "cid:2@h")), "url"),
    ):
        assert {finding.code for finding in validate(document).findings} == {code}


def test_every_line_of_a_circle_is_named_and_no_other() -> None:
    items = [
        FIRST.replace('lineNumber="1"', f'lineNumber="{line}" itemType="composite" parentLineNumber="{parent}"')
        for line, parent in ((1, 2), (2, 3), (3, 4), (4, 2), (5, 5), (6, 5))
    ]
    report = validate(changed(ORDER, ITEMS, "".join(items)))
    assert [f.path[-10:] for f in report.findings if f.code == "parent-circle"] == [
        f"ItemOut[{number}]" for number in (2, 3, 4, 5)
    ]


def test_secrets_appear_in_no_finding() -> None:
    document = changed(SETUP, ">tulip<", ">\n tulip \n<", "942888710</Identity>", f"942888710</Identity>{SECRET}")
    report = validate(document)
    assert report.findings
    assert "tulip" not in report.to_json()
    assert "tulip" not in report.render()


def test_parse_refuses_what_breaks_a_rule_when_told_to_validate() -> None:
    document = order_head('type="update"')
    assert parse(document).payload is not None
    with pytest.raises(InvalidDocument) as caught:
        parse(document, validate=True)
    assert caught.value.code == "reference-missing"
    assert caught.value.status == 406


# --- the traps that people fall into ---------------------------------------------------------------------------

POSTED = "<BrowserFormPost><URL>https://buyer.example.com/return?id=7</URL></BrowserFormPost>"
COST_CENTER = '<Extrinsic name="CostCenter">610</Extrinsic>'
AUXILIARY = "<SupplierPartAuxiliaryID>{}</SupplierPartAuxiliaryID></ItemID>"

#: What goes wrong most often, as far as a document shows it, and the code that says so.
TRAPS: list[tuple[str, str, str]] = [
    ("a time with Z", changed(SETUP, "18:30:00+00:00", "18:30:00Z"), "time"),
    ("a time without offset", changed(SETUP, "18:30:00+00:00", "18:30:00"), "time"),
    ("a copied payloadID", changed(SETUP, "20261123T183000.17.4711@buyer.example.com", "9949494"), "payload-id-shape"),
    ("a header in a response", changed(RESPONSE, "<Response>", "<Header/><Response>"), "group"),
    ("no UserAgent", changed(SETUP, "<UserAgent>Buyer 4.2</UserAgent>", ""), "missing-element"),
    ("Sender before To", re.sub(r"(<To>.*?</To>)(\s*)(<Sender>.*?</Sender>)", r"\3\2\1", SETUP, flags=16), "order"),
    ("an Extrinsic too late", changed(SETUP, COST_CENTER, "", POSTED, POSTED + COST_CENTER), "order"),
    ("a domain in another spelling", changed(SETUP, '"DUNS"', '"Duns"'), "domain-misspelt"),
    ("blanks around an identity", changed(SETUP, "942888710", "\n  942888710\n"), "identity-padded"),
    ("a DUNS number without check digit", changed(SETUP, "942888710", "942888711"), "duns-check-digit"),
    (
        "a secret in a cart",
        changed(CART, "</Identity></Credential>", f"</Identity>{SECRET}</Credential>"),
        "secret-in-message",
    ),
    (
        "credentials that disagree",
        changed(SETUP, "    </To>", '<Credential domain="duns"><Identity>049329048</Identity></Credential></To>'),
        "credential-repeated",
    ),
    ("another MAC algorithm", changed(SETUP, SECRET, MAC.replace("SHA1-96", "SHA256")), "mac-unknown"),
    ("a MAC out of date", changed(SETUP, SECRET, MAC.replace("19:00", "17:00")), "mac-dates"),
    ("deploymentMode on cXML", changed(SETUP, "<cXML ", '<cXML deploymentMode="test" '), "unknown-attribute"),
    ("a payload beside a failure", changed(RESPONSE, '"200"', '"500"'), "payload-without-success"),
    ("a code of HTTP", changed(PROFILE, '"200"', '"202"'), "status-unknown"),
    ("a cart that deletes", changed(CART, CART_ITEM, "", "25.00", "0"), "cart-empty"),
    ("an empty cookie", changed(CART, "1CX3L4843PPZO", ""), "cookie-empty"),
    ("a question mark in an auxiliary id", changed(CART, "</ItemID>", AUXILIARY.format("a?b")), "part-id-characters"),
    ("a long auxiliary id", changed(CART, "</ItemID>", AUXILIARY.format("x" * 256)), "auxiliary-id-long"),
    ("XML of one's own", changed(CART, "</ItemID>", AUXILIARY.format("<cfg/>")), "unknown-element"),
    ("a line break in a URL", changed(RESPONSE, "8f3a<", "8f3a\n<"), "url-padded"),
    ("a flag that is true", changed(ORDER, 'lineNumber="1"', 'lineNumber="1" isAdHoc="true"'), "enumeration"),
    ("an enumeration in capitals", changed(SETUP, '"test"', '"Test"'), "enumeration"),
    ("a decimal comma", changed(CART, ">12.50<", ">12,50<"), "number"),
    ("no currency", changed(CART, ' currency="EUR"', ""), "missing-attribute"),
    ("a negative quantity", changed(CART, 'quantity="2"', 'quantity="-2"'), "quantity-negative"),
    ("a total with tax", changed(ORDER, "37.50", "44.63"), "total-differs"),
    ("an address on both levels", changed(in_item(SHIP_TO), "        <BillTo>", f"{SHIP_TO}<BillTo>"), "both-levels"),
    ("the DTD of another payload", changed(ORDER, "/cXML.dtd", "/Fulfill.dtd"), "module-mismatch"),
    ("an internal subset", changed(SETUP, 'cXML.dtd">', "cXML.dtd\" [<!ENTITY a 'b'>]>"), "internal-subset"),
    ("an entity", changed(SETUP, "Jo Doe", "Jo&nbsp;Doe"), "entity"),
    (
        "a namespace",
        changed(SETUP, "<cXML ", '<cXML xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '),
        "namespace",
    ),
    ("a blank line in front", "\n" + SETUP, "blank-start"),
]


@pytest.mark.parametrize(("trap", "document", "code"), TRAPS, ids=[row[0] for row in TRAPS])
def test_a_usual_trap_is_found(trap: str, document: str, code: str) -> None:
    assert code in {finding.code for finding in validate(document).findings}, trap
