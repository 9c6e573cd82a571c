"""Status updates: what they are about and what they say, each rule broken and kept."""

from __future__ import annotations

import re

from pieces import Case
from validated import ORDER, SETUP, changed

__all__ = ["BROKEN", "PART", "PAYMENT", "about"]

REFERENCE = '<DocumentReference payloadID="20261123T170000.9.4710@buyer.example.com"/>'
STATUS = '<Status code="200" text="OK"/>'
UPDATE = re.sub(
    "<PunchOutSetupRequest.*</PunchOutSetupRequest>",
    f"<StatusUpdateRequest>{REFERENCE}{STATUS}</StatusUpdateRequest>",
    SETUP,
    flags=re.DOTALL,
)
PATH = "/cXML/Request/StatusUpdateRequest"
OWN = REFERENCE.replace("20261123T170000.9.4710@buyer.example.com", "20261123T183000.17.4711@buyer.example.com")
INVOICE = '<InvoiceIDInfo invoiceID="R-9"/>'
DOCUMENT = '<DocumentInfo documentID="OC-7" documentType="confirmation"/>'
PART = '<PartialAmount><Money currency="EUR">95.00</Money></PartialAmount>'
PAYMENT = (
    '<PaymentStatus orderID="PO-4711" transactionTimestamp="2026-11-23T18:29:00+00:00" type="Sale">'
    '<PCard number="4111111111111111" expiration="2027-01-31"/>'
    '<Total><Money currency="EUR">37.50</Money></Total></PaymentStatus>'
)
ITEM = '<DocumentStatus type="processing"><ItemStatus type="rejected"><ReferenceDocumentInfo {}/></ItemStatus>{}'


def about(news: str, reference: str = REFERENCE, status: str = STATUS) -> str:
    """The status update with something behind its status."""
    return changed(UPDATE, REFERENCE, reference, STATUS, f"{status}{news}")


def invoice(kind: str, inside: str, reference: str = REFERENCE) -> str:
    return about(f'<InvoiceStatus type="{kind}">{inside}</InvoiceStatus>', reference)


def item(attributes: str) -> str:
    return about(ITEM.format(attributes, "</DocumentStatus>"))


BROKEN = [
    Case("update-of-nothing", about("", ""), PATH, UPDATE),
    Case("update-of-nothing", invoice("paid", "", ""), PATH, invoice("paid", INVOICE, "")),
    Case(
        "update-of-nothing",
        about('<DocumentStatus type="approved"/>', ""),
        PATH,
        about(f'<DocumentStatus type="approved">{DOCUMENT}</DocumentStatus>', ""),
    ),
    Case("update-of-nothing", about(PAYMENT, ""), PATH, about(PAYMENT)),
    Case("reference-self", about("", OWN), f"{PATH}/DocumentReference", UPDATE),
    Case(
        "partial-amount-unpaid",
        invoice("paying", PART),
        f"{PATH}/InvoiceStatus/PartialAmount",
        invoice("paid", PART),
    ),
    Case(
        "schedule-line-without-line",
        item('scheduleLineNumber="2"'),
        f"{PATH}/DocumentStatus/ItemStatus/ReferenceDocumentInfo",
        item('lineNumber="10" scheduleLineNumber="2"'),
    ),
    Case(
        "schedule-line-without-line",
        changed(
            ORDER,
            "        </ItemDetail>\n",
            '</ItemDetail><ItemOutIndustry><ReferenceDocumentInfo scheduleLineNumber="2"/></ItemOutIndustry>',
        ),
        "/cXML/Request/OrderRequest/ItemOut[1]/ItemOutIndustry/ReferenceDocumentInfo",
        changed(
            ORDER,
            "        </ItemDetail>\n",
            '</ItemDetail><ItemOutIndustry><ReferenceDocumentInfo lineNumber="2"/></ItemOutIndustry>',
        ),
    ),
    Case(
        "status-unknown",
        about("", status='<Status code="0" text="OK"/>'),
        f"{PATH}/Status",
        about(PAYMENT, status='<Status code="0" text="OK"/>'),
    ),
    Case(
        "status-unknown",
        about(PAYMENT, status='<Status code="1" text="OK"/>'),
        f"{PATH}/Status",
        about(PAYMENT, status='<Status code="201" text="OK"/>'),
    ),
    Case(
        "status-silent",
        about("", status='<Status code="550" text="Unreachable"/>'),
        f"{PATH}/Status",
        about("", status='<Status code="550" text="Unreachable" xml:lang="en">The shop is shut.</Status>'),
    ),
    Case(
        "payload-id-empty",
        about("", '<DocumentReference payloadID=""/>'),
        f"{PATH}/DocumentReference",
        UPDATE,
    ),
]
