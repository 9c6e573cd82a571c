"""Which payload belongs to which DTD module. The official files are compared in test_declarations_official."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cxml_punchout import CXML, OpenElement, serialize
from cxml_punchout.models import (
    Credential,
    From,
    Header,
    Message,
    ProfileRequest,
    Request,
    Response,
    Sender,
    Status,
    To,
)
from cxml_punchout.payloads import MESSAGES, MODULES, REQUESTS, RESPONSES, module_of, names

TABLES = {"requests": REQUESTS, "responses": RESPONSES, "messages": MESSAGES}


def test_eight_modules_each_with_requests():
    assert MODULES == (
        "cXML",
        "Fulfill",
        "InvoiceDetail",
        "Quote",
        "PaymentRemittance",
        "Catalog",
        "Contract",
        "Logistics",
    )
    assert set(RESPONSES) | set(MESSAGES) <= set(MODULES)


@pytest.mark.parametrize(("table", "count"), [("requests", 23), ("responses", 11), ("messages", 7)])
def test_number_of_payloads_of_cxml(table, count):
    assert len(TABLES[table]["cXML"]) == count


@pytest.mark.parametrize("table", TABLES)
def test_names_of_a_table_are_unique_and_end_like_their_kind(table):
    for payloads in TABLES[table].values():
        assert len(payloads) == len(set(payloads))
    ending = {"requests": ("Request", "TransportConfirmation"), "responses": "Response", "messages": "Message"}[table]
    assert all(name.endswith(ending) for name in names(TABLES[table]))


@pytest.mark.parametrize(
    ("payload", "module"),
    [
        ("PunchOutSetupRequest", "cXML"),  # Catalog has it as well; cXML comes first
        ("OrderRequest", "cXML"),
        ("PunchOutOrderMessage", "cXML"),
        ("ProviderSetupRequest", "cXML"),
        ("CopyRequest", "cXML"),
        ("ConfirmationRequest", "Fulfill"),
        ("ShipNoticeRequest", "Fulfill"),
        ("ProductReplenishmentMessage", "Fulfill"),
        ("InvoiceDetailRequest", "InvoiceDetail"),
        ("QuoteRequest", "Quote"),
        ("QuoteMessage", "Quote"),
        ("PaymentRemittanceRequest", "PaymentRemittance"),
        ("ContractRequest", "Contract"),
        ("TransportConfirmation", "Logistics"),
        ("NeverHeardOfRequest", "cXML"),
        ("", "cXML"),
        (None, "cXML"),
    ],
)
def test_module_of(payload, module):
    assert module_of(payload) == module


def test_every_payload_has_a_module_that_allows_it():
    for table in TABLES.values():
        for name in names(table):
            assert name in table[module_of(name)]


def test_names_lists_each_payload_once_those_of_cxml_first():
    listed = names(REQUESTS)
    assert listed[:23] == REQUESTS["cXML"]
    assert len(listed) == len(set(listed))
    assert set(listed) == {name for payloads in REQUESTS.values() for name in payloads}


@pytest.mark.parametrize("module", MODULES)
def test_a_document_names_the_module_of_its_payload(module, header: Header):
    tag = next(name for name in REQUESTS[module] if module_of(name) == module or module == "Catalog")
    payload = ProfileRequest() if tag == "ProfileRequest" else OpenElement(f"<{tag}/>")
    document = _document(header=header, request=Request(payload=payload))
    expected = "cXML" if module == "Catalog" else module  # all that Catalog allows is in cXML.dtd too
    assert f"/1.2.071/{expected}.dtd".encode() in serialize(document)


def test_a_message_names_the_module_of_its_payload(header: Header):
    document = _document(header=header, message=Message(payload=OpenElement("<QuoteMessage/>")))
    assert b"/1.2.071/Quote.dtd" in serialize(document)


def test_a_bare_response_names_cxml():
    document = _document(response=Response(status=Status(code=200, text="OK")))
    assert b"/1.2.071/cXML.dtd" in serialize(document)


def _document(**parts: object) -> CXML:
    return CXML(payload_id="1@example.com", timestamp=datetime(2026, 11, 23, tzinfo=UTC), **parts)  # type: ignore[arg-type]


@pytest.fixture
def header() -> Header:
    def credential(identity: str) -> Credential:
        return Credential(domain="NetworkID", identity=identity)

    return Header(
        from_=From(credential=[credential("buyer")]),
        to=To(credential=[credential("supplier")]),
        sender=Sender(credential=[credential("buyer")], user_agent="test"),
    )
