"""Summaries: what is told of a document, which arithmetic is done, and what is never told."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from cxml_punchout import CXML, parse
from cxml_punchout.models import Credential, From, Header, ProfileRequest, Request, Sender, To
from cxml_punchout.summary import Party, Summary, decimal_text, line_amount, summarize
from cxml_punchout.summary.reading import plain

DOCUMENT = """<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd">
<cXML payloadID="1@example.com" timestamp="2026-03-01T08:00:00+00:00">{header}{body}</cXML>"""

HEADER = """<Header><From><Credential domain="DUNS"><Identity>999000001</Identity></Credential></From>
<To><Credential domain="DUNS"><Identity>999000002</Identity></Credential></To>
<Sender><Credential domain="DUNS"><Identity>999000001</Identity></Credential><UserAgent>Desk 1</UserAgent>
</Sender>{more}</Header>"""

ORDER = """<Request><OrderRequest><OrderRequestHeader orderID="PO-1" orderDate="2026-03-01T08:00:00+00:00" {kind}>
{total}<BillTo><Address><Name xml:lang="en">A</Name></Address></BillTo>{more}</OrderRequestHeader>
{items}</OrderRequest></Request>"""


def read(body: str, header: str = HEADER.format(more="")) -> CXML:
    return parse(DOCUMENT.format(body=body, header=header), mode="tolerant")


def order(*items: str, total: str = "10.00", kind: str = "", more: str = "", modified: str = "") -> Summary:
    stated = f'<Total><Money currency="EUR">{total}</Money>{modified}</Total>' if total else ""
    return summarize(read(ORDER.format(total=stated, kind=kind, more=more, items="".join(items))))


def item(price: str = "5.00", quantity: str = "2", *, basis: str = "", currency: str = "EUR", more: str = "") -> str:
    return (
        f'<ItemOut quantity="{quantity}" {more}><ItemID><SupplierPartID>P</SupplierPartID></ItemID><ItemDetail>'
        f'<UnitPrice><Money currency="{currency}">{price}</Money></UnitPrice><Description xml:lang="en">Pen'
        f'</Description><UnitOfMeasure>EA</UnitOfMeasure>{basis}<Classification domain="UNSPSC">1</Classification>'
        "</ItemDetail></ItemOut>"
    )


def basis(quantity: str, factor: str) -> str:
    unit = "<UnitOfMeasure>BX</UnitOfMeasure>"
    return f'<PriceBasisQuantity quantity="{quantity}" conversionFactor="{factor}">{unit}</PriceBasisQuantity>'


def setup(inside: str = "", operation: str = "create") -> Summary:
    request = f'<PunchOutSetupRequest operation="{operation}"><BuyerCookie>c</BuyerCookie>{inside}'
    return summarize(read(f'<Request deploymentMode="test">{request}</PunchOutSetupRequest></Request>'))


def extrinsic(name: str, text: str) -> str:
    return f'<Extrinsic name="{name}">{text}</Extrinsic>'


def facts(summary: Summary) -> dict[str, str]:
    return {fact.label: fact.text for fact in (*summary.facts, *summary.closing)}


def remarks(summary: Summary) -> dict[str, str]:
    return {fact.label: fact.remark for fact in summary.facts}


# --- amounts ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (Fraction("12.5"), 2, "12.50"),
        (Fraction("12.345"), 2, "12.345"),
        (Fraction(7), 0, "7"),
        (Fraction(7), 2, "7.00"),
        (Fraction(1200), 0, "1200"),
        (Fraction("-0.05"), 2, "-0.05"),
        (Fraction(1, 10), 0, "0.1"),
        (Fraction(1, 8), 0, "0.125"),
        (Fraction(1, 25), 0, "0.04"),
        (Fraction(1, 3), 2, "0.333333…"),
        (Fraction(-200, 3), 2, "-66.666666…"),
    ],
)
def test_a_fraction_is_written_exactly_or_marked_as_cut(value: Fraction, decimals: int, expected: str) -> None:
    assert decimal_text(value, decimals) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (item("0.1", "3"), Fraction("0.3")),
        (item("13,450.00", "2"), Fraction(26900)),
        (item("14.20", "250", basis=basis("100", "1")), Fraction("35.50")),
        (item("10", "1", basis=basis("3", "1")), Fraction(10, 3)),
        (item("2.00", "5", basis=basis("1", "12")), Fraction(120)),
        (item("2.00", "5", basis=basis("0", "1")), None),
        (item("2.00", "5", basis=basis("1", "dozen")), None),
        (item("two"), None),
        (item(quantity="many"), None),
        (item("1" * 41), None),
        (item("0." + "0" * 41 + "1"), None),
    ],
)
def test_a_line_costs_what_its_price_basis_says(line: str, expected: Fraction | None) -> None:
    (made,) = order(line).lines
    assert made.amount == expected


def test_the_amount_of_an_item_can_be_asked_for_by_itself() -> None:
    document = read(ORDER.format(total="", kind="", more="", items=item("18.45", "12")))
    assert line_amount(document.payload.item_out[0]) == Decimal("221.40")  # type: ignore[union-attr]


def test_a_price_basis_is_told_below_the_line() -> None:
    summary = order(item(basis=basis("100", "1")), item(basis=basis("1", "12")), item(basis=basis("1", "1")))
    assert [line.notes for line in summary.lines] == [
        ("price for 100 BX",),
        ("price for 1 BX, 12 to the unit of the line",),
        (),
    ]


# --- totals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "lines", "verdict", "remark"),
    [
        ("20.00", [item(), item()], "agrees", "agrees with the lines"),
        ("20", [item(), item()], "agrees", "agrees with the lines"),
        ("-10.00", [item("-5.00")], "agrees", "agrees with the lines"),
        ("0.00", [], "agrees", "agrees with the lines"),
        ("20.01", [item(), item()], "differs", "the lines sum to 20.00 EUR, 0.01 less"),
        ("0.02", [item("0.01"), item("0.01")], "differs", "the lines sum to 0.04 EUR, 0.02 more"),
        # 2 x 0.0125 rounds to 0.03; so does the sum of both only when each is rounded first.
        ("0.03", [item("0.0125")], "rounded", "agrees when rounded; the lines sum to 0.025 EUR"),
        ("-0.03", [item("-0.0125")], "rounded", "agrees when rounded; the lines sum to -0.025 EUR"),
        ("0.06", [item("0.0125"), item("0.0125")], "rounded", "agrees when rounded; the lines sum to 0.05 EUR"),
        (
            "3.33",
            [item("10", "1", basis=basis("3", "1"))],
            "rounded",
            "agrees when rounded; the lines sum to 3.333333…",
        ),
        ("ten", [item()], "not compared", "no readable amount"),
        ("10.00", [item("five")], "not compared", "1 of 1 lines have no amount"),
        ("10.00", [item(currency="USD")], "not compared", "the lines are in USD"),
    ],
)
def test_the_total_is_held_against_the_lines(total: str, lines: list[str], verdict: str, remark: str) -> None:
    made = order(*lines, total=total).total
    assert made is not None
    assert (made.stated, made.currency, made.verdict) == (total, "EUR", verdict)
    assert made.remark.startswith(remark)


def test_allowances_on_the_total_explain_a_difference() -> None:
    deduction = "<AdditionalDeduction><DeductionPercent percent='10'/></AdditionalDeduction>"
    modified = f"<Modifications><Modification>{deduction}</Modification></Modifications>"
    made = order(item(), total="9.00", modified=modified).total
    assert made is not None
    assert made.verdict == "not compared"
    assert made.remark == "the lines sum to 10.00 EUR, 1.00 more, before the allowances and charges on the total"


def test_there_is_no_total_without_one() -> None:
    assert order(item(), total="").total is None


def test_a_blanket_order_states_a_limit_and_no_sum() -> None:
    limits = """<ItemOut quantity="1"><ItemID><SupplierPartID/></ItemID><BlanketItemDetail>
        <Description xml:lang="en">Oil</Description>{limit}<UnitPrice><Money currency="EUR">4</Money></UnitPrice>
        </BlanketItemDetail></ItemOut>"""
    most = '<MaxAmount><Money currency="EUR">900</Money></MaxAmount>'
    summary = order(limits.format(limit=most), limits.format(limit=""), total="900", kind='orderType="blanket"')
    assert [(line.amount, line.counted, line.notes) for line in summary.lines] == [
        (None, False, ("at most 900 EUR",)),
        (None, False, ()),
    ]
    assert summary.total is not None
    assert (summary.total.verdict, summary.total.lines) == ("not compared", None)


def test_lines_that_are_no_part_of_the_total_say_why() -> None:
    summary = order(
        item(more='lineNumber="1" itemType="composite" compositeItemType="itemLevel"'),
        item(more='lineNumber="2" itemType="item" parentLineNumber="1"'),
        item(more='lineNumber="3" itemType="composite" compositeItemType="groupLevel"'),
        item(more='lineNumber="4" itemType="item" parentLineNumber="3"'),
        item(more='lineNumber="5" isReturn="yes"'),
        item(more='lineNumber="6" operation="delete"'),
        item(more='lineNumber="7" operation="block" isAdHoc="yes"'),
        total="30.00",
    )
    assert [line.number for line in summary.lines if line.counted] == ["2", "3", "7"]
    assert summary.total is not None
    assert summary.total.verdict == "agrees"
    assert [line.notes for line in summary.lines] == [
        ("head of a group, priced by its members",),
        (),
        (),
        ("in the price of line 3",),
        ("goes back to the supplier, not in the total",),
        ("deleted, not in the total",),
        ("blocked", "not from a catalogue"),
    ]


# --- parties ---------------------------------------------------------------------------------------------------


def test_parties_are_told_with_the_kind_of_their_proof_only() -> None:
    mac = (
        '<CredentialMac type="FromSenderCredentials" algorithm="HMAC-SHA1-96" creationDate="2026-03-01T08:00:00+00:00" '
        'expirationDate="2026-03-02T08:00:00+00:00">XYZZY</CredentialMac>'
    )
    proofs = ("", "<SharedSecret>XYZZY</SharedSecret>", "<SharedSecret> </SharedSecret>", mac)
    proofs += ("<DigitalSignature>XYZZY</DigitalSignature>",)
    credentials = "".join(f'<Credential domain="d"><Identity>i</Identity>{proof}</Credential>' for proof in proofs)
    market = '<Credential domain="d" type="marketplace"><Identity>i</Identity></Credential>'
    header = f"<Header><To>{market}</To><Sender>{credentials}<UserAgent/></Sender></Header>"
    summary = summarize(read("<Request><ProfileRequest/></Request>", header))
    assert [party.proof for party in summary.sender] == ["", "secret", "empty secret", "MAC", "digital signature"]
    assert (summary.from_, summary.to) == ((), (Party("d", "i", "marketplace"),))
    assert "XYZZY" not in repr(summary)


def test_an_identity_may_be_an_id_reference() -> None:
    reference = '<IdReference identifier="9999:1" domain="iso6523"/><Other/>'
    header = HEADER.format(more="").replace("<Identity>999000002</Identity>", f"<Identity>{reference}</Identity>")
    summary = summarize(read("<Request><ProfileRequest/></Request>", header))
    assert summary.to == (Party("DUNS", "9999:1"),)


def test_a_document_of_ones_own_can_be_summarized() -> None:
    from datetime import UTC, datetime

    names = [Credential(domain="DUNS", identity="1")]
    document = CXML(
        payload_id="1@example.com",
        timestamp=datetime(2026, 3, 1, tzinfo=UTC),
        header=Header(
            from_=From(credential=names), to=To(credential=names), sender=Sender(credential=names, user_agent="Desk")
        ),
        request=Request(payload=ProfileRequest()),
    )
    summary = summarize(document)
    assert (summary.kind, summary.timestamp, summary.doctype) == ("Profile request", "2026-03-01T00:00:00+00:00", "")


@pytest.mark.parametrize(
    ("doctype", "expected"),
    [
        ('<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.014/cXML.dtd">', "1.2.014"),
        ('<!DOCTYPE cXML SYSTEM "cXML.dtd">', "cXML.dtd"),
        ("<!DOCTYPE cXML>", "cXML"),
        ("", ""),
    ],
)
def test_the_doctype_is_told_by_its_version_if_it_has_one(doctype: str, expected: str) -> None:
    assert summarize(parse(f'{doctype}<cXML payloadID="1"/>', mode="tolerant")).doctype == expected


# --- requests and carts ----------------------------------------------------------------------------------------


def test_the_user_is_found_wherever_the_buyer_writes_it() -> None:
    name = '<Name xml:lang="en">Ann Lee</Name><Email>ann@example.com</Email>'
    end_user = f'<Contact role="buyer"><Name xml:lang="en">B</Name></Contact><Contact role="endUser">{name}</Contact>'
    named = extrinsic("FirstName", "Ann") + extrinsic("LastName", "Lee")
    email = extrinsic("UserEmail ", "ann@example.com")
    account = extrinsic("uniquename", "alee")
    assert facts(setup(account + end_user))["user"] == "Ann Lee <ann@example.com> (alee)"
    assert facts(setup(named + email))["user"] == "Ann Lee <ann@example.com>"
    assert facts(setup(email))["user"] == "ann@example.com"
    assert facts(setup(account))["user"] == "alee"
    assert "user" not in facts(setup())


def test_of_other_extrinsics_only_the_name_is_told() -> None:
    summary = setup(extrinsic("Password", "XYZZY") + extrinsic("CostCenter", "XYZZY"))
    assert facts(summary)["extrinsics"] == "Password, CostCenter"
    assert "XYZZY" not in repr(summary)


def test_a_setup_request_tells_what_is_asked() -> None:
    selected = "<SelectedItem><ItemID><SupplierPartID>P</SupplierPartID></ItemID></SelectedItem>"
    post = "<BrowserFormPost><URL> https://example.com/back </URL></BrowserFormPost>"
    reopened = '<ItemOut quantity="3" lineNumber="8"><ItemID><SupplierPartID>P</SupplierPartID></ItemID></ItemOut>'
    summary = setup(post + selected + reopened, "edit")
    assert summary.kind == 'Setup request "edit"'
    assert (summary.deployment_mode, summary.wrapper, summary.payload) == ("test", "request", "PunchOutSetupRequest")
    told = facts(summary)
    assert (told["buyer cookie"], told["return URL"], told["opens at"]) == ("c", "https://example.com/back", "P")
    assert remarks(summary)["operation"] == "reopens a cart to change it"
    # Line numbers mean nothing before there is an order.
    assert [(line.number, line.position, line.quantity, line.amount) for line in summary.lines] == [("", 1, "3", None)]


def test_a_setup_request_without_its_parts_is_told_nevertheless() -> None:
    summary = summarize(read("<Request><PunchOutSetupRequest/></Request>"))
    assert summary.kind == "Setup request"
    assert facts(summary) == {}


def test_a_cookie_may_hold_elements() -> None:
    body = "<Message><PunchOutOrderMessage><BuyerCookie><a/><b/></BuyerCookie></PunchOutOrderMessage></Message>"
    assert facts(summarize(read(body)))["buyer cookie"] == "no text, but a, b"


def test_a_cart_tells_what_it_allows_and_holds() -> None:
    money = '<Money currency="EUR">{}</Money><Description xml:lang="en">{}</Description>'
    header = (
        '<PunchOutOrderMessageHeader operationAllowed="inspect" quoteStatus="final">'
        '<SourcingStatus action="approve" xml:lang="en">Fine</SourcingStatus>'
        f'<Total><Money currency="EUR">10.00</Money></Total><Shipping>{money.format("4.00", "Truck")}</Shipping>'
        f'<Tax>{money.format("1.90", "VAT")}</Tax><SupplierOrderInfo orderID="S-1"/></PunchOutOrderMessageHeader>'
    )
    line = item().replace("ItemOut", "ItemIn").replace("</ItemIn>", "<Comments>Well packed</Comments></ItemIn>")
    body = f"<Message inReplyTo='0@example.com'><PunchOutOrderMessage><BuyerCookie>c</BuyerCookie>{header}{line}{line}"
    summary = summarize(read(f"{body}</PunchOutOrderMessage></Message>"))
    assert facts(summary) == {
        "reply to": "0@example.com",
        "buyer cookie": "c",
        "allows": "inspect",
        "quotation": "final",
        "sourcing": "approve, Fine",
        "sales order": "S-1",
        "comments": "2: Well packed",
    }
    charges = [(each.label, each.amount, each.currency, each.description) for each in summary.charges]
    assert charges == [("shipping", "4.00", "EUR", "Truck"), ("tax", "1.90", "EUR", "VAT")]
    assert summary.total is not None
    assert summary.total.verdict == "differs"


def test_a_cart_that_was_left_is_told_from_an_empty_one() -> None:
    cart = "<PunchOutOrderMessage><BuyerCookie>c</BuyerCookie></PunchOutOrderMessage>"
    left = summarize(read(f'<Message><Status code="204" text="No Content"/>{cart}</Message>'))
    empty = summarize(read(f"<Message>{cart}</Message>"))
    assert (facts(left)["status"], facts(left)["items"]) == ("204 No Content", "none")
    assert remarks(left)["status"] == "the user left without changing anything"
    assert "status" not in facts(empty)


# --- orders ----------------------------------------------------------------------------------------------------


def test_an_order_tells_its_parties_dates_and_payment() -> None:
    address = """<Address addressID="7"><Name xml:lang="en">Works</Name><PostalAddress><DeliverTo>Ann</DeliverTo>
        <Street>Road 1</Street><City>Town</City><PostalCode>1</PostalCode><Country isoCountryCode="GB">UK</Country>
        </PostalAddress></Address>"""
    card = '<Payment><PCard number="XYZZY" expiration="2029-01-31" name="Visa"/></Payment>'
    amount = '<DiscountAmount><Money currency="EUR">5</Money></DiscountAmount>'
    terms = (
        '<PaymentTerm payInNumberOfDays="10"><Discount><DiscountPercent percent="2"/></Discount></PaymentTerm>'
        f'<PaymentTerm payInNumberOfDays="20"><Discount>{amount}</Discount></PaymentTerm>'
        '<PaymentTerm payInNumberOfDays="30"/>'
    )
    contact = '<Contact role="buyer"><Name xml:lang="en">Bob</Name></Contact>'
    files = "<Comments>Hurry<Attachment><URL>cid:1</URL></Attachment></Comments>"
    change = '<DocumentReference payloadID="0@example.com"/>'
    summary = order(
        item(),
        kind='type="update" orderVersion="2" requestedDeliveryDate="2026-04-01T00:00:00Z" agreementID="A-1"',
        more=f"<ShipTo>{address}</ShipTo>{card}{terms}{contact}{files}{change}",
    )
    assert summary.kind == 'Order "update"'
    assert facts(summary) == {
        "order": "PO-1",
        "dated": "2026-03-01T08:00:00+00:00",
        "type": "regular",
        "refers to": "0@example.com",
        "agreement": "A-1",
        "bill to": "A",
        "ship to": "Works [7], Ann, Road 1, 1 Town, GB",
        "deliver by": "2026-04-01T00:00:00Z",
        "payment": "purchasing card, Visa, number not shown",
        "terms": "2 % less within 10 days; 5 EUR less within 20 days; net within 30 days",
        "contacts": "buyer: Bob",
        "comments": "1, 1 attachment: Hurry",
    }
    assert remarks(summary)["order"] == "version 2"
    assert "XYZZY" not in repr(summary)


def test_places_and_dates_of_the_lines_are_gathered() -> None:
    def going(place: str, day: str) -> str:
        ship_to = f'<ShipTo><Address><Name xml:lang="en">{place}</Name></Address></ShipTo>'
        return item(more=f'requestedDeliveryDate="{day}"').replace("</ItemOut>", f"{ship_to}</ItemOut>")

    same = facts(order(going("Works", "2026-04-01"), going("Works", "2026-04-01")))
    assert (same["ship to"], same["deliver by"]) == ("Works", "2026-04-01")
    several = facts(order(going("Works", "2026-04-03"), going("Office", "2026-04-01")))
    assert (several["ship to"], several["deliver by"]) == ("2 places", "2026-04-01 to 2026-04-03")


def test_remarks_without_words_are_counted() -> None:
    files = "<Comments><Attachment><URL>cid:1</URL></Attachment><Attachment><URL>cid:2</URL></Attachment></Comments>"
    assert facts(order(item(), more=files))["comments"] == "1, 2 attachments"


def test_the_short_name_goes_before_the_whole_description() -> None:
    (line,) = order(item().replace(">Pen<", "><ShortName>Biro</ShortName>A pen that writes blue<")).lines
    assert line.description == "Biro"


def test_an_order_without_anything_is_told_nevertheless() -> None:
    summary = summarize(read("<Request><OrderRequest><ItemOut/></OrderRequest></Request>"))
    assert (summary.kind, summary.total, facts(summary)) == ('Order "new"', None, {"type": "regular"})


# --- status updates --------------------------------------------------------------------------------------------

STATUS = '<Status code="{}" text="{}"/>'
TIMED = "2026-03-01T08:00:00+00:00"


def update(inside: str, status: str = STATUS.format(200, "OK")) -> Summary:
    reference = '<DocumentReference payloadID="0@example.com"/>'
    return summarize(read(f"<Request><StatusUpdateRequest>{reference}{status}{inside}</StatusUpdateRequest></Request>"))


@pytest.mark.parametrize(
    ("code", "remark"),
    [
        ("200", "dealt with, no further update expected"),
        ("201", "still waiting, another update follows"),
        ("280", "passed on, another update follows"),
        ("281", "passed on, another update may follow"),
        ("204", ""),
        ("409", "failed for good"),
        ("550", "may succeed later"),
        ("new", ""),
    ],
)
def test_a_status_update_says_whether_another_one_follows(code: str, remark: str) -> None:
    summary = update(extrinsic("stage", "TULIP"), f'<Status code="{code}" text="So"> Why </Status>')
    assert (summary.kind, summary.payload) == ("Status update", "StatusUpdateRequest")
    assert facts(summary) == {
        "refers to": "0@example.com",
        "status": f"{code} So",
        "message": "Why",
        "extrinsics": "stage",
    }
    assert remarks(summary)["status"] == remark
    assert "TULIP" not in repr(summary)


def news(inside: str) -> tuple[dict[str, str], dict[str, str]]:
    """What is told besides the reference and the status."""
    summary = update(inside)
    told = {label: text for label, text in facts(summary).items() if label not in ("refers to", "status")}
    return told, {label: remark for label, remark in remarks(summary).items() if remark and label != "status"}


def test_a_status_update_tells_of_a_payment_but_not_the_card() -> None:
    card = '<PCard number="4111111111111111" expiration="2027-01-31" name="Visa"/>'
    tax = '<Tax><Money currency="EUR">0.50</Money><Description xml:lang="en">VAT</Description></Tax>'
    payment = (
        f'<PaymentStatus orderID="PO-1" transactionTimestamp="{TIMED}" type="Sale" isFailed="yes" transactionID="T7"'
        f' authorizationID="B8">{card}<Total><Money currency="EUR">9.50</Money></Total>{tax}</PaymentStatus>'
    )
    assert news(payment) == (
        {
            "order": "PO-1",
            "payment": "Sale",
            "submitted": TIMED,
            "transaction": "T7",
            "authorized as": "B8",
            "amount": "9.50 EUR",
        },
        {"payment": "failed", "amount": "purchasing card, Visa, number not shown"},
    )
    summary = update(payment)
    assert "4111" not in repr(summary)
    assert [(charge.label, charge.amount) for charge in summary.charges] == [("tax", "0.50")]
    assert news(payment.replace(' isFailed="yes"', ""))[1] == {"amount": "purchasing card, Visa, number not shown"}


def test_a_status_update_tells_of_a_sourcing_request() -> None:
    sourcing = '<SourcingStatus action="deny" xml:lang="en">Too late</SourcingStatus>'
    assert news(sourcing) == ({"sourcing": "deny, Too late"}, {})


def test_a_status_update_tells_how_far_an_invoice_is() -> None:
    invoice = (
        f'<InvoiceStatus type="paid" paymentNetDueDate="{TIMED}"><InvoiceIDInfo invoiceID="R-9" invoiceDate="{TIMED}"/>'
        '<PartialAmount><Money currency="EUR">95</Money></PartialAmount><Comments>Discount</Comments></InvoiceStatus>'
    )
    assert news(invoice) == (
        {"invoice is": "paid", "invoice": "R-9", "paid in part": "95 EUR", "due": TIMED, "comments": "1: Discount"},
        {"invoice": TIMED},
    )
    assert news('<InvoiceStatus type="rejected"/>') == ({"invoice is": "rejected"}, {})


def test_a_status_update_tells_how_far_a_document_and_its_lines_are() -> None:
    def line(kind: str, more: str, about: str = "") -> str:
        reference = f"<ReferenceDocumentInfo {more}>{about}</ReferenceDocumentInfo>"
        return f'<ItemStatus type="{kind}" code="47">{reference}<Comments>Sold</Comments></ItemStatus>'

    info = f'<DocumentInfo documentID="OC-7" documentType="confirmation" documentDate="{TIMED}"/>'
    lines = (
        line("rejected", 'lineNumber="10" scheduleLineNumber="2"', info),
        line("accepted", 'lineNumber="20"').replace(' code="47"', ""),
        line("accepted", ""),
        '<ItemStatus type="open"/>',
    )
    status = f'<DocumentStatus type="processing">{info}{"".join(lines)}<Comments>So far</Comments></DocumentStatus>'
    assert news(status) == (
        {
            "document is": "processing",
            "document": "OC-7",
            "lines": "10/2 of OC-7 rejected (47); 20 accepted; accepted (47); open",
            "comments": "4: So far",
        },
        {"document": f"confirmation, {TIMED}"},
    )
    assert news('<DocumentStatus type="approved"/>') == ({"document is": "approved"}, {})


@pytest.mark.parametrize(("flag", "result"), [("yes", "MDN, success"), ("no", "MDN, no success"), ("perhaps", "MDN")])
def test_a_status_update_tells_how_far_the_delivery_is(flag: str, result: str) -> None:
    message = f'<IntegrationMessage isSuccessful="{flag}" type="MDN"> processed </IntegrationMessage>'
    delivery = f'<IntegrationStatus documentStatus="deliveryReady">{message}</IntegrationStatus>'
    assert news(delivery) == ({"delivery": "deliveryReady", "by message": result}, {"by message": "processed"})
    assert news('<IntegrationStatus documentStatus="deliveryReady"/>') == ({"delivery": "deliveryReady"}, {})


def test_a_status_update_without_anything_is_told_nevertheless() -> None:
    summary = summarize(read("<Request><StatusUpdateRequest/></Request>"))
    assert (summary.kind, facts(summary)) == ("Status update", {})


# --- everything else -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "remark"),
    [("200", ""), ("401", "failed for good"), ("503", "may succeed later"), ("700", ""), ("broken", "")],
)
def test_a_status_says_whether_sending_again_helps(code: str, remark: str) -> None:
    summary = summarize(read(f'<Response><Status code="{code}" text="So"> Why </Status></Response>', header=""))
    assert (summary.kind, summary.payload) == ("Response", "")
    assert (facts(summary), remarks(summary)["status"]) == ({"status": f"{code} So", "message": "Why"}, remark)


def test_a_setup_response_tells_the_entrance() -> None:
    page = "<PunchOutSetupResponse><StartPage><URL>https://example.com/s</URL></StartPage></PunchOutSetupResponse>"
    summary = summarize(read(f'<Response><Status code="200" text="OK"/>{page}</Response>', header=""))
    assert (summary.kind, facts(summary)["start page"]) == ("Setup response", "https://example.com/s")


def test_a_profile_tells_services_but_not_the_material_of_a_mac() -> None:
    options = '<Option name="CredentialMac.value">XYZZY</Option><Option name="Locale">en</Option>'
    service = (
        '<Transaction requestName="OrderRequest"><URL>https://example.com/o</URL><Option name="changes">Yes</Option>'
    )
    profile = f'<ProfileResponse effectiveDate="2026-03-01T08:00:00+00:00">{options}{service}</Transaction>'
    body = f'<Response><Status code="200" text="OK"/>{profile}</ProfileResponse></Response>'
    summary = summarize(read(body, header=""))
    assert facts(summary)["options"] == "CredentialMac.value, Locale=en"
    assert [(each.request, each.url, each.options) for each in summary.services] == [
        ("OrderRequest", "https://example.com/o", "changes=Yes")
    ]
    assert "XYZZY" not in repr(summary)


def test_a_payload_without_a_model_is_named() -> None:
    summary = summarize(read("<Request><CatalogUploadRequest>x</CatalogUploadRequest></Request>"))
    assert (summary.kind, facts(summary)["content"]) == ("CatalogUploadRequest", "carried whole")


def test_a_document_without_payload_is_named_by_what_it_has() -> None:
    assert summarize(read("<Request/>")).kind == "Request"
    assert summarize(read("")).kind == "Document without content"


def test_the_way_of_a_document_is_told() -> None:
    node = '<Node type="route"><Credential domain="d"><Identity>i</Identity></Credential></Node>'
    more = f'<Path>{node}{node}</Path><OriginalDocument payloadID="0@example.com"/>'
    summary = summarize(read("<Request><ProfileRequest/></Request>", HEADER.format(more=more)))
    assert facts(summary) == {"made from": "0@example.com", "path": "2 parties"}


def test_a_signature_is_mentioned_but_not_trusted() -> None:
    body = '<Request><ProfileRequest/></Request><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'
    assert remarks(summarize(read(body)))["signed"] == "not verified here"


def test_elements_within_a_text_are_not_told() -> None:
    # A misplaced secret would be part of the text.
    secret = "<UserAgent>Desk<SharedSecret>XYZZY</SharedSecret></UserAgent>"
    header = HEADER.format(more="").replace("<UserAgent>Desk 1</UserAgent>", secret)
    assert summarize(read("<Request><ProfileRequest/></Request>", header)).user_agent == "(elements)"


def test_numbers_are_told_without_exponent() -> None:
    assert plain(Decimal("1E+3")) == "1000"


@pytest.mark.parametrize("mode", ["strict", "tolerant"])
def test_every_document_of_others_can_be_summarized(corpus_document: bytes, mode: str) -> None:
    from cxml_punchout import DocumentError

    try:
        document = parse(corpus_document, mode=mode)  # type: ignore[arg-type]
    except DocumentError:
        return
    summarize(document)
