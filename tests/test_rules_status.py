"""The rules for status updates: for each one a document that keeps it and one that breaks it, with the place."""

from __future__ import annotations

import re

import pytest
from validated import ORDER, RESPONSE, SETUP, changed

from cxml_punchout import validate
from cxml_punchout.validation.rules import RULES

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


#: code, document that breaks the rule, path of the finding, near miss that keeps the rule
BROKEN: list[tuple[str, str, str, str]] = [
    ("update-of-nothing", about("", ""), PATH, UPDATE),
    ("update-of-nothing", invoice("paid", "", ""), PATH, invoice("paid", INVOICE, "")),
    (
        "update-of-nothing",
        about('<DocumentStatus type="approved"/>', ""),
        PATH,
        about(f'<DocumentStatus type="approved">{DOCUMENT}</DocumentStatus>', ""),
    ),
    ("update-of-nothing", about(PAYMENT, ""), PATH, about(PAYMENT)),
    ("reference-self", about("", OWN), f"{PATH}/DocumentReference", UPDATE),
    (
        "partial-amount-unpaid",
        invoice("paying", PART),
        f"{PATH}/InvoiceStatus/PartialAmount",
        invoice("paid", PART),
    ),
    (
        "schedule-line-without-line",
        item('scheduleLineNumber="2"'),
        f"{PATH}/DocumentStatus/ItemStatus/ReferenceDocumentInfo",
        item('lineNumber="10" scheduleLineNumber="2"'),
    ),
    (
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
    (
        "status-unknown",
        about("", status='<Status code="0" text="OK"/>'),
        f"{PATH}/Status",
        about(PAYMENT, status='<Status code="0" text="OK"/>'),
    ),
    (
        "status-unknown",
        about(PAYMENT, status='<Status code="1" text="OK"/>'),
        f"{PATH}/Status",
        about(PAYMENT, status='<Status code="201" text="OK"/>'),
    ),
    (
        "status-silent",
        about("", status='<Status code="550" text="Unreachable"/>'),
        f"{PATH}/Status",
        about("", status='<Status code="550" text="Unreachable" xml:lang="en">The shop is shut.</Status>'),
    ),
    (
        "payload-id-empty",
        about("", '<DocumentReference payloadID=""/>'),
        f"{PATH}/DocumentReference",
        UPDATE,
    ),
]


@pytest.mark.parametrize(("code", "document", "path", "kept"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_broken_rule_is_found_where_it_is_broken(code: str, document: str, path: str, kept: str) -> None:
    report = validate(document)
    (finding,) = report.findings  # neither the grammar nor another rule has anything against these documents
    assert (finding.layer, finding.code, finding.path) == ("rule", code, path)
    assert (finding.severity, finding.hint) == (RULES[code].severity, RULES[code].hint)
    assert finding.line
    assert finding.column


@pytest.mark.parametrize(("code", "document", "path", "kept"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_document_that_only_looks_like_it_keeps_all_rules(code: str, document: str, path: str, kept: str) -> None:
    assert validate(kept).findings == ()


@pytest.mark.parametrize(
    ("document", "repeated"),
    [
        (about("", status='<Status code="550" text="Unreachable"/>'), False),
        (re.sub("<Status.*</Pun[^>]*>", '<Status code="550" text="No"/>', RESPONSE, flags=re.DOTALL), True),
    ],
    ids=["a status update", "an answer"],
)
def test_only_an_answer_makes_the_sender_try_again(document: str, repeated: bool) -> None:
    (finding,) = validate(document).findings
    assert finding.code == "status-silent"
    assert ("try again" in finding.message) == repeated


def test_a_rule_is_silent_about_what_the_grammar_says() -> None:
    document = about(f"<InvoiceStatus>{PART}</InvoiceStatus>")
    assert {finding.code for finding in validate(document).findings} == {"missing-attribute"}
    document = about("<DocumentStatus/>")
    assert {finding.code for finding in validate(document).findings} == {"missing-attribute"}


def test_the_card_of_a_payment_is_in_no_finding() -> None:
    report = validate(about(PAYMENT.replace("<PCard ", "\n<PCard colour='red' ")))
    assert "<PCard colour='red'" in report.render()
    assert "4111" not in report.to_json()
    assert "4111" not in report.render()
