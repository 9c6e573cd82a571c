"""``parse`` and ``serialize``: modes, envelopes, signatures, DOCTYPE, what our own side may not write."""

from __future__ import annotations

import copy
import gc
import pickle
import threading
import warnings
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from validated import ORDER, changed

from cxml_punchout import (
    CXML,
    Doctype,
    IncompleteElement,
    InvalidDocument,
    InvalidValue,
    MalformedDocument,
    OpenElement,
    SignatureWarning,
    Unreadable,
    parse,
    serialize,
    spelling,
    validate,
)
from cxml_punchout.document import CURRENT_VERSION, standard_doctype
from cxml_punchout.element import put
from cxml_punchout.models import (
    BillTo,
    BuyerCookie,
    Classification,
    Credential,
    Description,
    From,
    Header,
    ItemDetail,
    ItemID,
    ItemIn,
    Message,
    Money,
    OrderRequest,
    OrderRequestHeader,
    PunchOutOrderMessage,
    PunchOutOrderMessageHeader,
    PunchOutSetupRequest,
    PunchOutSetupResponse,
    Request,
    Response,
    Sender,
    StartPage,
    Status,
    To,
    Total,
    UnitPrice,
)
from cxml_punchout.roundtrip import same_infoset

VALID = Path(__file__).resolve().parents[1] / "examples" / "documents" / "valid"
DEPARTURES = VALID.parent / "departures"
NOW = datetime(2026, 11, 23, 18, 30, tzinfo=timezone(timedelta(hours=1)))


def response(**fields: object) -> CXML:
    return CXML(
        payload_id="1@example.com", timestamp=NOW, response=Response(status=Status(code=200, text="OK"), **fields)
    )  # type: ignore[arg-type]


def header() -> Header:
    return Header(
        from_=From(credential=[Credential(domain="DUNS", identity="123456789")]),
        to=To(credential=[Credential(domain="DUNS", identity="987654321")]),
        sender=Sender(
            credential=[Credential(domain="DUNS", identity="123456789", shared_secret="placeholder")],
            user_agent="Shop 1.0",
        ),
    )


def cart() -> CXML:
    item = ItemIn(
        quantity=3,
        item_id=ItemID(supplier_part_id="007", supplier_part_auxiliary_id="config=1"),
        item_detail=ItemDetail(
            unit_price=UnitPrice(money=Money("12.50", currency="EUR")),
            description=[Description("Blue pen & paper <b>", lang="en")],
            unit_of_measure="EA",
            classification=[Classification("44121704", domain="UNSPSC")],
        ),
    )
    message = PunchOutOrderMessage(
        buyer_cookie="4f5e",
        punch_out_order_message_header=PunchOutOrderMessageHeader(
            operation_allowed="edit", total=Total(money=Money(Decimal("37.50"), currency="EUR"))
        ),
        item_in=[item],
    )
    return CXML(payload_id="2@example.com", timestamp=NOW, header=header(), message=Message(payload=message))


# --- round trips ---------------------------------------------------------------------------------------------------


def test_every_valid_example_survives_strictly(valid_document: bytes) -> None:
    document = parse(valid_document)
    written = serialize(document)
    assert same_infoset(valid_document, written)
    assert parse(written) == document
    assert not any(finding.layer in ("xml", "dtd") and finding.severity == "error" for finding in document.findings)


def test_every_example_is_read_tolerantly_and_stays_the_same(own_document: bytes) -> None:
    document = parse(own_document, mode="tolerant")
    written = serialize(document)
    again = parse(written, mode="tolerant")
    assert again == document
    assert serialize(again) == written


def test_what_strict_accepts_tolerant_reads_alike(valid_document: bytes) -> None:
    strict, tolerant = parse(valid_document), parse(valid_document, mode="tolerant")
    assert strict == tolerant
    assert strict.findings == tolerant.findings


def test_a_document_can_be_copied_and_pickled(valid_document: bytes) -> None:
    document = parse(valid_document)
    for twin in (copy.deepcopy(document), pickle.loads(pickle.dumps(document)), copy.copy(document)):
        assert twin == document
        assert serialize(twin) == serialize(document)
        assert twin.findings == document.findings


@pytest.mark.parametrize("convert", [bytes, bytearray, memoryview, lambda body: body.decode()])
def test_bytes_and_text_are_read_alike(convert: object) -> None:
    body = (VALID / "precoro-order.xml").read_bytes()
    assert parse(convert(body)) == parse(body)  # type: ignore[operator]


def large_cart() -> bytes:
    one = cart()
    assert isinstance(one.payload, PunchOutOrderMessage)
    one.payload.item_in = one.payload.item_in * 5_000
    body = serialize(one)
    assert len(body) > 1024 * 1024
    return body


def test_large_documents_are_read_with_the_collector_paused_and_started_again() -> None:
    body = large_cart()
    assert gc.isenabled()
    assert parse(body) == parse(body, pause_gc=False)
    assert gc.isenabled()
    gc.disable()
    try:
        parse(body)
        assert not gc.isenabled()
    finally:
        gc.enable()
    with pytest.raises(MalformedDocument):
        parse(body[:-10])
    with pytest.raises(InvalidDocument):
        parse(body.replace(b"<UnitOfMeasure>", b"<Unit>").replace(b"</UnitOfMeasure>", b"</Unit>"))
    assert gc.isenabled()


def test_the_collector_runs_on_while_there_are_other_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    body, off, disable = large_cart(), [], gc.disable
    monkeypatch.setattr(gc, "disable", lambda: (off.append(True), disable()))
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    parse(body)
    assert off == [True]
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    parse(body)
    validate(body)
    assert off == [True]


@pytest.mark.thorough
@pytest.mark.parametrize("threads", [1, 2])
def test_garbage_that_others_leave_behind_is_collected_between_large_documents(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: threads)
    body, frozen = large_cart(), gc.get_freeze_count()

    class Circle:
        """Something that refers to itself, as an exception does that is kept in its own frame."""

        def __init__(self) -> None:
            self.itself = self

    for _ in range(10):
        parse(body)
        for _ in range(1000):
            Circle()
    # The young are collected again and again, so only the last of them are still there.
    assert sum(isinstance(each, Circle) for each in gc.get_objects()) < 5_000
    assert gc.get_freeze_count() == frozen


def test_many_threads_read_and_write_at_once() -> None:
    bodies = [path.read_bytes() for path in sorted(VALID.glob("*.xml"))]
    expected = [serialize(parse(body)) for body in bodies]
    failures: list[str] = []

    def work() -> None:
        for body, written in zip(bodies, expected, strict=True):
            if serialize(parse(body)) != written:
                failures.append(body[:80].decode())

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


# --- what is read --------------------------------------------------------------------------------------------------


def test_the_payload_is_found_in_each_wrapper() -> None:
    assert response().payload is None
    page = PunchOutSetupResponse(start_page=StartPage(url="https://shop.example.com/1"))
    assert response(payload=page).payload is page
    assert isinstance(cart().payload, PunchOutOrderMessage)
    assert isinstance(parse((VALID / "precoro-setup-request.xml").read_bytes()).payload, PunchOutSetupRequest)
    assert CXML(payload_id="1", timestamp=NOW).payload is None


def test_a_payload_without_a_model_is_carried_whole_and_says_so() -> None:
    body = (VALID / "confirmation-request.xml").read_bytes()
    document = parse(body)
    assert isinstance(document.payload, OpenElement)
    assert document.payload.tag == "ConfirmationRequest"
    assert [finding.code for finding in document.findings] == ["payload-undeclared"]
    assert b"Fulfill.dtd" in serialize(document)
    assert same_infoset(body, serialize(document))


def test_a_document_of_another_kind_is_refused() -> None:
    with pytest.raises(InvalidDocument, match="root element must be cXML, not Index"):
        parse("<Index/>", mode="tolerant")
    with pytest.raises(InvalidDocument, match="has no namespace; leave out xmlns"):
        parse("<cXML xmlns='http://cxml.org'/>", mode="tolerant")


def test_strict_refuses_with_every_departure_in_one_error() -> None:
    body = (DEPARTURES / "unknown-element.xml").read_bytes()
    with pytest.raises(InvalidDocument) as caught:
        parse(body)
    error = caught.value
    assert error.status == 406
    assert error.line > 1
    assert error.column > 0
    assert error.path.startswith("/cXML/")
    assert error.findings[0].layer == "dtd"
    assert error.findings[0].code in {"unknown-element", "unknown-attribute"}
    assert parse(body, mode="tolerant").findings


def test_the_error_speaks_with_a_departure_and_not_with_a_remark() -> None:
    with pytest.raises(InvalidDocument) as caught:
        parse("<cXML payloadID='1' timestamp='2026-11-23T18:30:00Z'><Response/></cXML>")
    assert caught.value.code == "missing-element"
    assert {finding.code for finding in caught.value.findings} == {"doctype-missing", "time", "missing-element"}


def test_values_that_the_grammar_cannot_check_become_findings() -> None:
    document = parse((VALID / "precoro-setup-response.xml").read_bytes().replace(b'code="200"', b'code="fine"'))
    assert document.response is not None
    assert isinstance(document.response.status.code, Unreadable)
    assert [(finding.layer, finding.code, finding.severity) for finding in document.findings] == [
        ("type", "number", "error")
    ]
    assert b'code="fine"' in serialize(document)


def test_unusual_spellings_are_kept_and_reported() -> None:
    document = parse((DEPARTURES / "grouped-amounts.xml").read_bytes())
    assert {finding.code for finding in document.findings} == {"number"}
    assert b"13,450.00" in serialize(document)
    document = parse((DEPARTURES / "z-times.xml").read_bytes())
    assert spelling(document.timestamp) is not None
    assert document.timestamp.tzinfo is not None
    assert str(spelling(document.timestamp)).encode() in serialize(document)
    document = parse((DEPARTURES / "missing-offset.xml").read_bytes())
    assert document.timestamp.tzinfo is None


def test_instructions_around_the_root_survive() -> None:
    start = b"<?xml version='1.0'?><?style a?><cXML payloadID='1' timestamp='2026-11-23T18:30:00+00:00'>"
    body = start + b"<Response><Status code='200' text='OK'/></Response></cXML><?end b?>"
    document = parse(body)
    assert document.before_root == ("<?style a?>",)
    assert document.after_root == ("<?end b?>",)
    assert same_infoset(body, serialize(document))


# --- what is written -----------------------------------------------------------------------------------------------


def test_declaration_and_doctype_are_written() -> None:
    assert serialize(response()).startswith(
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd">\n'
        b'<cXML payloadID="1@example.com" timestamp="2026-11-23T18:30:00+01:00">'
    )


def test_the_doctype_that_was_received_is_written_again() -> None:
    body = (VALID / "coupa-setup-request.xml").read_bytes()
    document = parse(body)
    assert document.doctype is not None
    assert document.doctype.version == "1.2.014"
    assert str(document.doctype).encode() in serialize(document)
    document.doctype = None
    assert CURRENT_VERSION.encode() in serialize(document)
    document.doctype = standard_doctype("OrderRequest", "1.2.050")
    assert b"1.2.050/cXML.dtd" in serialize(document)
    assert standard_doctype("QuoteMessage") == Doctype("cXML", "http://xml.cxml.org/schemas/cXML/1.2.071/Quote.dtd")


def with_cookie(inside: str) -> CXML:
    document = cart()
    assert isinstance(document.payload, PunchOutOrderMessage)
    document.payload.buyer_cookie = BuyerCookie(OpenElement.verbatim(f"<a>{inside}</a>"))
    return document


@pytest.mark.parametrize(
    "inside",
    [
        "<größe>1</größe>",
        "<b größe='1'/>",
        "<b c='größe' größe='1'/>",
        "<?keep größe?>",
        "<?keep it's größe?>",
        "<?größe?>",
        "<![CDATA['größe']]>",
    ],
)
def test_ascii_refuses_what_it_cannot_spell(inside: str) -> None:
    document = with_cookie(inside)
    assert "größe".encode() in serialize(document)
    with pytest.raises(InvalidValue, match="US-ASCII has no way"):
        serialize(document, encoding="US-ASCII")


def test_ascii_refuses_a_doctype_that_it_cannot_spell() -> None:
    document = with_cookie("1")
    document.doctype = Doctype("cXML", "http://größe.example/cXML.dtd?a&b")
    with pytest.raises(InvalidValue, match="US-ASCII has no way"):
        serialize(document, encoding="US-ASCII")


@pytest.mark.parametrize(
    "inside",
    [
        """<b c='&#228; "ä" >&amp;ä'/>""",
        """<b c='>ä' d="it's ä">it's ä &amp; "ä</b>""",
        """<!-- it's größe --><b c="&amp;">ä</b>""",
        "<?keep it's?>it's &#228; ä",
        "<![CDATA[1]]>ä",
        "&lt;größe&gt; &amp;&#228;",
    ],
)
def test_ascii_spells_everything_else(inside: str) -> None:
    document = with_cookie(inside)
    document.doctype = Doctype("cXML", "http://example.com/cXML.dtd?a&b")
    body = serialize(document, encoding="US-ASCII")
    assert body.isascii()
    assert same_infoset(serialize(document), body)


def test_ascii_writes_references() -> None:
    document = cart()
    assert isinstance(document.payload, PunchOutOrderMessage)
    document.payload.item_in[0].item_detail.description = [Description("Füller 筆 🖋 ®", lang="de")]
    body = serialize(document, encoding="US-ASCII")
    assert body.isascii()
    assert b'encoding="US-ASCII"' in body
    assert b"F&#252;ller &#31558; &#128395; &#174;" in body
    assert parse(body) == document


def test_building_takes_plain_texts_and_numbers() -> None:
    document = parse(serialize(cart()))
    assert isinstance(document.payload, PunchOutOrderMessage)
    (item,) = document.payload.item_in
    assert item.quantity == Decimal(3)
    assert item.item_id.supplier_part_id.value == "007"
    assert item.item_detail.description[0].value == "Blue pen & paper <b>"
    assert item.item_detail.unit_price.money.amount == Decimal("12.50")


@pytest.mark.parametrize(
    ("change", "error", "path"),
    [
        (lambda d: put(d, "payload_id", None), IncompleteElement, "document.payload_id"),
        (lambda d: put(d, "timestamp", datetime(2026, 1, 1)), InvalidValue, "document.timestamp"),
        (lambda d: put(d, "timestamp", "now"), InvalidValue, "document.timestamp"),
        (lambda d: put(d, "header", None), IncompleteElement, "document"),
        (lambda d: put(d.message.payload, "buyer_cookie", BuyerCookie("a\x0b")), InvalidValue, "buyer_cookie"),
        (lambda d: put(d.message.payload.item_in[0], "quantity", 2.5), InvalidValue, "item_in[0].quantity"),
        (lambda d: put(d.message.payload.item_in[0], "line_number", True), InvalidValue, "item_in[0].line_number"),
        (
            lambda d: put(d.message.payload.item_in[0].item_detail.unit_price.money, "currency", None),
            IncompleteElement,
            "item_in[0].item_detail.unit_price.money.currency",
        ),
        (
            lambda d: put(d.message.payload.item_in[0].item_detail.unit_price.money, "amount", Decimal("NaN")),
            InvalidValue,
            "money.amount",
        ),
        (lambda d: put(d.message, "deployment_mode", "Test"), InvalidValue, "deployment_mode"),
        (lambda d: put(d.message, "payload", response()), InvalidValue, "payload"),
        (lambda d: put(d.message, "in_reply_to", "\udc80"), InvalidValue, "in_reply_to"),
        (lambda d: put(d.message, "in_reply_to", "\uffff"), InvalidValue, "in_reply_to"),
        (lambda d: put(d.header.sender, "user_agent", None), IncompleteElement, "user_agent"),
        (lambda d: put(d, "header", "header"), InvalidValue, "document.header"),
        (
            lambda d: put(d, "timestamp", NOW.replace(tzinfo=timezone(timedelta(seconds=30)))),
            InvalidValue,
            "timestamp",
        ),
    ],
)
def test_what_cannot_be_written_is_named(change: object, error: type[Exception], path: str) -> None:
    document = cart()
    change(document)  # type: ignore[operator]
    with pytest.raises(error) as caught:
        serialize(document)
    assert path in caught.value.path  # type: ignore[attr-defined]


def test_only_documents_are_written() -> None:
    with pytest.raises(InvalidValue, match="CXML document is expected"):
        serialize(cart().message)  # type: ignore[arg-type]


def test_a_character_that_hides_in_foreign_xml_is_found() -> None:
    document = response()
    document.before_root = ("<?a \x01?>",)
    with pytest.raises(InvalidValue, match="XML does not allow"):
        serialize(document)
    document.before_root = ("<?a \udc80?>",)
    with pytest.raises(InvalidValue, match="surrogate"):
        serialize(document)


def test_an_order_needs_its_parts() -> None:
    with pytest.raises(IncompleteElement, match="at least one ItemOut"):
        OrderRequest(
            order_request_header=OrderRequestHeader(
                order_id="1",
                order_date=NOW,
                total=Total(money=Money("1", currency="EUR")),
                bill_to=BillTo(address=_address()),
            ),
            item_out=[],
        )


def _address() -> object:
    from cxml_punchout.models import Address, Name

    return Address(name=Name("Acme", lang="en"))


# --- signatures ----------------------------------------------------------------------------------------------------


def signed() -> bytes:
    return (VALID / "signed-order.xml").read_bytes()


def test_a_signed_document_that_was_not_changed_is_written_as_it_was() -> None:
    document = parse(signed())
    assert len(document.signature) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert serialize(document) == signed()
        assert serialize(copy.deepcopy(document)) == signed()
        assert same_infoset(signed(), serialize(document, encoding="US-ASCII"))


def test_the_signature_is_byte_exact_even_if_the_rest_is_not_signed() -> None:
    document = parse(signed())
    start, end = signed().index(b"<ds:Signature"), signed().index(b"</ds:Signature>")
    assert signed()[start:end] in document.signature[0].markup.encode()
    assert document.signature[0].tag == "{http://www.w3.org/2000/09/xmldsig#}Signature"


def test_writing_a_changed_signed_document_warns_and_keeps_the_signed_part() -> None:
    document = parse(signed())
    assert document.header is not None
    document.header.sender.user_agent = "Hub 2.0"
    with pytest.warns(SignatureWarning, match="signed document was changed"):
        body = serialize(document)
    assert b"<UserAgent>Hub 2.0</UserAgent>" in body
    for start, end in ((b"<Request", b"</Request>"), (b"<ds:Signature", b"</ds:Signature>")):
        assert signed()[signed().index(start) : signed().index(end)] in body
    assert isinstance(document.payload, OrderRequest)
    document.payload.order_request_header.order_id = "other"
    with pytest.warns(SignatureWarning):
        body = serialize(document)
    assert b'orderID="other"' in body
    assert signed()[signed().index(b"<ds:Signature") : signed().index(b"</ds:Signature>")] in body


def test_a_document_without_its_signature_is_an_ordinary_one() -> None:
    document = parse(signed())
    document.signature = ()
    document.signature_version = None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert b"Signature" not in serialize(document)


def test_a_signature_whose_prefix_is_declared_further_out_is_kept() -> None:
    body = (
        b"<cXML xmlns:ds='http://www.w3.org/2000/09/xmldsig#' payloadID='1' timestamp='2026-11-23T18:30:00+00:00'>"
        b"<Response><Status code='200' text='OK'/></Response><ds:Signature  Id='a'/></cXML>"
    )
    document = parse(body, mode="tolerant")
    assert serialize(document) == body
    document.payload_id = "2"
    with pytest.warns(SignatureWarning):
        assert same_infoset(body.replace(b"'1'", b"'2'"), serialize(document))
    latin = b"<?xml version='1.0' encoding='ISO-8859-1'?>" + body.replace(b"'OK'", b"'\xe9'")
    assert same_infoset(latin, serialize(parse(latin, mode="tolerant")))


@pytest.mark.parametrize("other", [None, 7, Path("order.xml"), ["<cXML/>"]])
@pytest.mark.parametrize("read", [parse, validate])
def test_what_are_no_octets_is_our_own_fault(read, other):
    with pytest.raises(
        InvalidValue, match=f"the octets of a document are expected, or its text, not {type(other).__name__}"
    ):
        read(other)


def test_there_are_two_modes():
    with pytest.raises(InvalidValue, match="strict or tolerant, not 'lax'"):
        parse(b"<cXML/>", mode="lax")  # type: ignore[arg-type]


# --- prefixes that are declared further out ----------------------------------------------------------------------


def test_an_attribute_takes_the_namespace_of_its_prefix_along_into_another_document() -> None:
    declared = ' xmlns:k="urn:kitchen" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    body = changed(
        ORDER,
        *("<cXML ", f"<cXML{declared} "),
        *("<ItemOut ", '<ItemOut k:shelf="7" xsi:type="line" '),
        *("<SupplierPartID>", '<SupplierPartID xsi:nil="false">'),
        *("<UnitOfMeasure>", '<UnitOfMeasure k:old="BX">'),
    )
    read = parse(body, mode="tolerant")
    again = serialize(read)
    assert again.count(b"xmlns:xsi=") == 1, "its own document declares it once, where it did"
    assert parse(again, mode="tolerant") == read
    other = CXML(payload_id="k1", timestamp=read.timestamp, header=read.header, request=Request(payload=read.payload))
    copied = parse(serialize(other), mode="tolerant")
    assert b'k:shelf="7"' in serialize(other)
    assert serialize(copied) == serialize(other)
