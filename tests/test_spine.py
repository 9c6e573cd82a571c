"""What nobody could carry a request out without, what contradicts itself in it, and what a shop asks for besides."""

from __future__ import annotations

import copy
import pickle
import re
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from visits import ITEM_OUT, endpoint, example, partner, received, setup

from cxml_punchout import (
    DocumentError,
    InvalidDocument,
    InvalidValue,
    PunchOutSession,
    Refusal,
    Unreadable,
    UnreadableValue,
    parse,
)
from cxml_punchout.declaration import Declaration, lookup
from cxml_punchout.endpoint import Reply
from cxml_punchout.limits import Limits
from cxml_punchout.models import OrderRequest, PunchOutSetupRequest, StatusUpdateRequest
from cxml_punchout.payloads import REQUESTS, names
from cxml_punchout.spine import SPINE, demands_of, objection

HEAD = example("valid/precoro-order").decode().partition("<Request")[0]
PRICE = '<UnitPrice><Money currency="GBP">3.40</Money></UnitPrice>'
LINE = (
    f'<ItemOut quantity="2"><ItemID><SupplierPartID>Q-7</SupplierPartID></ItemID><ItemDetail>{PRICE}'
    "<Description>Whisk</Description></ItemDetail></ItemOut>"
)


def order(lines: str = LINE, header: str = 'orderID="PO-31"', inside: str = "") -> bytes:
    """An order that says little more than it must."""
    payload = f"<OrderRequestHeader {header}>{inside}</OrderRequestHeader>{lines}"
    return f"{HEAD}<Request><OrderRequest>{payload}</OrderRequest></Request></cXML>".encode()


def status_update(content: str) -> bytes:
    return f"{HEAD}<Request><StatusUpdateRequest>{content}</StatusUpdateRequest></Request></cXML>".encode()


def answer(body: bytes, handler: Any = None, **options: Any) -> Reply:
    """The answer of a shop whose handlers find nothing wrong."""
    handlers = {
        PunchOutSetupRequest: handler
        or (lambda got: PunchOutSession.begin(got).start_page("https://shop.example.com/")),
        OrderRequest: handler or (lambda _: None),
        StatusUpdateRequest: handler or (lambda _: None),
    }
    return endpoint(**options).handle(body, None, handlers)


def said(reply: Reply) -> str:
    response = parse(reply.body).response
    assert response is not None
    return response.status.value


# --- the table -----------------------------------------------------------------------------------------------


def test_each_payload_with_a_model_has_its_spine():
    modelled = {tag for tag in names(REQUESTS) if isinstance(lookup(tag), Declaration)}
    assert SPINE.keys() == modelled


@pytest.mark.parametrize("tag", SPINE)
def test_the_spine_names_fields_that_exist(tag):
    demands_of({tag: [path for demand in SPINE[tag] for path in demand.paths]}, "test")


def test_the_page_promises_the_spine_and_nothing_else():
    page = (Path(__file__).resolve().parents[1] / "docs" / "how-to" / "what-arrives.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+Request)` \|(.*)\|(.*)\|$", page, re.MULTILINE)
    promised = {tag: [set(re.findall(r"`([^`]+)`", cell)) for cell in cells] for tag, *cells in rows}
    assert promised == {
        tag: [{path for demand in demands if demand.said is said for path in demand.paths} for said in (True, False)]
        for tag, demands in SPINE.items()
    }


# --- what is let in, and what is not -------------------------------------------------------------------------

LET_IN = {
    "the least order": order(),
    "a line without item or price": order('<ItemOut quantity="1"/>'),
    "an update": order(header='orderID="PO-31" type="Update"'),
    "a type that is empty": order(header='orderID="PO-31" type=""'),
    "a cancellation without lines": order("", 'orderID="PO-31" type="delete"'),
    "a cancellation whose line is a shell": order("<ItemOut/>", 'orderID="PO-31" type="delete"'),
    "nothing at all of a line": order(LINE.replace('"2"', '"0"')),
    "goods that go back": order(LINE.replace('"2"', '"-2" isReturn="yes"')),
    "a price that is not given": order(LINE.replace("3.40", " ")),
    "an illegible total": order(inside='<Total><Money currency="GBP">much</Money></Total>'),
    "an illegible date": order(header='orderID="PO-31" orderDate="soon"'),
    "one price said twice": order(LINE.replace(PRICE, PRICE + PRICE.replace("3.40", "3.4"))),
    "a phone number alone": order(
        inside="<ShipTo><Address><Name>K</Name><Phone><TelephoneNumber><Number>1</Number></TelephoneNumber></Phone>"
        "</Address></ShipTo>"
    ),
    "no cookie": re.sub(rb"<BuyerCookie>.*?</BuyerCookie>", b"", setup()),
    "an empty cookie": setup(cookie=""),
    "one cookie said twice": setup(cookie="c-1</BuyerCookie><BuyerCookie>c-1"),
    "an item that is empty": setup(items="<SelectedItem/>"),
    "no mode": setup().replace(b'deploymentMode="production"', b'deploymentMode=" "'),
    "another spelling of the operation": setup(operation="Create"),
    "one way home said twice": setup(
        before_form="<BrowserFormPost><URL> https://desk.example.com/r </URL></BrowserFormPost>"
    ).replace(
        re.findall(rb"<BrowserFormPost>\s*<URL>.*?</BrowserFormPost>", setup(), re.DOTALL)[0],
        b"<BrowserFormPost><URL>https://desk.example.com/r</URL></BrowserFormPost>",
    ),
    "news of an order": status_update('<DocumentReference payloadID="1"/><Status code="200" text="OK"/>'),
    "news of an invoice": status_update(
        '<Status code="200" text="OK"/><InvoiceStatus type="paid"><InvoiceIDInfo invoiceID="I-1"/></InvoiceStatus>'
    ),
}


@pytest.mark.parametrize("body", LET_IN.values(), ids=LET_IN)
def test_what_has_its_spine_is_let_in(body):
    reply = answer(body)
    assert (reply.status, reply.error) == (200, None)


def twice(what: str, other: str) -> bytes:
    return order(LINE.replace(what, what + other))


REFUSED: dict[str, tuple[bytes, str]] = {
    "no header": (
        order().replace(b'<OrderRequestHeader orderID="PO-31"></OrderRequestHeader>', b""),
        "OrderRequestHeader",
    ),
    "no number": (order(header=""), "orderID"),
    "a blank number": (order(header='orderID=" "'), "orderID"),
    "an unheard-of type": (order(header='orderID="PO-31" type="maybe"'), "OrderRequestHeader@type"),
    "no lines": (order(""), "ItemOut"),
    "an update without lines": (order("", 'orderID="PO-31" type="update"'), "ItemOut"),
    "no quantity": (
        order(LINE + "<ItemOut/>"),
        "ItemOut needs the attribute quantity. at /cXML/Request/OrderRequest/ItemOut[2]",
    ),
    "an illegible quantity": (order(LINE.replace('"2"', '"two"')), "ItemOut@quantity"),
    "an empty quantity": (order(LINE.replace('"2"', '""')), "ItemOut@quantity"),
    "a quantity below zero": (order(LINE.replace('"2"', '"-2"')), "ItemOut@quantity"),
    "an illegible price": (order(LINE.replace("3.40", "free")), "Money"),
    "two prices": (twice(PRICE, PRICE.replace("3.40", "34.00")), "differently: '3.40' and '34.00'"),
    "two amounts": (
        twice('<Money currency="GBP">3.40</Money>', '<Money currency="GBP">34.00</Money>'),
        "UnitPrice/Money[2]",
    ),
    "two currencies": (twice(PRICE, PRICE.replace("GBP", "EUR")), "'GBP' and 'EUR'"),
    "a price behind an empty one": (twice("<ItemDetail>", "<UnitPrice/>"), "UnitPrice"),
    "a price of each kind": (
        twice("</ItemDetail>", f"<BlanketItemDetail>{PRICE.replace('3.40', '9')}</BlanketItemDetail>"),
        "'3.40' and '9'",
    ),
    "two items": (
        twice("</ItemID>", "<ItemID><SupplierPartID>Q-8</SupplierPartID></ItemID>"),
        "'Q-7' and 'Q-8'",
    ),
    "two part numbers": (twice("</SupplierPartID>", "<SupplierPartID>Q-8</SupplierPartID>"), "'Q-7' and 'Q-8'"),
    "two order numbers": (
        order(inside='</OrderRequestHeader><OrderRequestHeader orderID="PO-32">'),
        "'PO-31' and 'PO-32'",
    ),
    "two cookies": (setup(cookie="c-1</BuyerCookie><BuyerCookie>c-2"), "BuyerCookie"),
    "a cookie behind an empty one": (setup(cookie="</BuyerCookie><BuyerCookie>c-2"), "BuyerCookie"),
    "two ways home": (
        setup(before_form="<BrowserFormPost><URL>https://elsewhere.example.org/</URL></BrowserFormPost>"),
        "BrowserFormPost",
    ),
    "an empty way home": (
        re.sub(
            rb"<BrowserFormPost>.*?</BrowserFormPost>",
            b"<BrowserFormPost><URL/></BrowserFormPost>",
            setup(),
            flags=re.DOTALL,
        ),
        "URL",
    ),
    "an empty request": (
        re.sub(rb"<PunchOutSetupRequest.*</PunchOutSetupRequest>", b"", setup(), flags=re.DOTALL),
        "Request",
    ),
    "no operation": (setup().replace(b' operation="create"', b""), "operation"),
    "two items of a cart to open": (
        setup(
            operation="edit",
            items=ITEM_OUT.replace("</ItemID>", "</ItemID><ItemID><SupplierPartID>B</SupplierPartID></ItemID>"),
        ),
        "SupplierPartID",
    ),
    "news without its code": (status_update('<DocumentReference payloadID="1"/>'), "Status"),
    "news of nothing": (status_update('<Status code="200" text="OK"/>'), "DocumentReference"),
}


@pytest.mark.parametrize(("body", "named"), REFUSED.values(), ids=REFUSED)
def test_what_lacks_its_spine_or_contradicts_itself_is_refused(body, named):
    reply = answer(body)
    assert reply.status == 406
    assert isinstance(reply.error, InvalidDocument)
    assert named in said(reply)


def test_a_cookie_is_not_quoted():
    assert "c-2" not in said(answer(REFUSED["two cookies"][0]))


def test_an_operation_that_the_guide_does_not_know_is_not_implemented():
    reply = answer(setup(operation="browse"))
    assert reply.status == 450
    assert "browse" in said(reply)


def test_what_really_refuses_a_document_is_named_first():
    body = order(header='orderDate="soon"', inside='<ShipTo><Address isoCountryCode=""/></ShipTo><Odd/>')
    reply = answer(body)
    assert isinstance(reply.error, InvalidDocument)
    first, *others = reply.error.findings
    assert first.message == "OrderRequestHeader needs the attribute orderID."
    assert first.line > 0
    assert others
    assert len(set(reply.error.findings)) == len(reply.error.findings)


URN = ' xmlns="urn:kitchen"'
SLIPS = {
    "a number under another name": (order(header='OrderId="PO-31"'), "OrderRequestHeader has no attribute OrderId. Is"),
    "lines in lower case": (order(LINE.replace("ItemOut", "itemout")), "itemout is not allowed in OrderRequest."),
    "lines in a namespace": (
        order(LINE.replace("<ItemOut", f"<ItemOut{URN}")),
        "ItemOut stands in the namespace 'urn:k",
    ),
    "a return address in lower case": (
        setup().replace(b"BrowserFormPost", b"Browserformpost"),
        "Browserformpost is not allowed in PunchOutSetupRequest. Is BrowserFormPost meant?",
    ),
    "a Request in lower case": (
        order().replace(b"Request>", b"request>"),
        "request is not allowed in cXML. Is Request",
    ),
    "a Request in a namespace": (
        order().replace(b"<Request>", f"<Request{URN}>".encode()),
        "Request stands in the namespace 'urn:kitchen'. cXML has no namespace; leave out xmlns and its prefix.",
    ),
    "a payload in a namespace": (
        order().replace(b"<OrderRequest>", f"<OrderRequest{URN}>".encode()),
        "OrderRequest stands in the namespace 'urn:kitchen'.",
    ),
    "a payload with a prefix": (
        order().replace(b"<cXML", b"<cXML xmlns:k='urn:kitchen'").replace(b"OrderRequest>", b"k:OrderRequest>"),
        "OrderRequest stands in the namespace 'urn:kitchen'.",
    ),
    "a Header in lower case": (
        order().replace(b"<Header>", b"<header>").replace(b"</Header>", b"</header>"),
        "Is Header meant?",
    ),
    "a Header in a namespace": (
        order().replace(b"<Header>", f"<Header{URN}>".encode()),
        "Header stands in the namespace 'urn:kitchen'.",
    ),
}


@pytest.mark.parametrize(("body", "words"), SLIPS.values(), ids=SLIPS)
def test_what_is_missing_is_named_with_what_stands_in_its_place(body, words):
    reply = answer(body)
    assert reply.status == 406
    assert words in said(reply)


@pytest.mark.parametrize(
    "name",
    ["Is orderID meant?", "((((a+)+)+)+)+$ stands in the namespace", "orderID stands in the namespace 'x'"],
)
def test_what_a_document_says_of_itself_explains_nothing(name):
    reply = answer(order(header=f'orderDate="{name}" requestedDeliveryDate="{name}"'))
    assert said(reply).startswith("line ")
    assert "OrderRequestHeader needs the attribute orderID. at /cXML/Request/OrderRequest/OrderRequestHeader (" in said(
        reply
    )


def test_two_requests_are_told_apart_from_a_wrong_proof():
    reply = answer(order().replace(b"</Request>", b"</Request><Request><OrderRequest/></Request>"))
    assert reply.status == 406
    assert "A second Request stands beside the first." in said(reply)


@pytest.mark.parametrize("header", [b"", b"<Header/>"])
def test_a_response_is_no_request_whatever_stands_beside_it(header):
    answering = example("valid/precoro-setup-response").replace(b"<Response>", header + b"<Response>")
    assert "A response came where a request belongs." in said(answer(answering))
    beside = order().replace(b"</cXML>", b'<Response><Status code="200" text="OK"/></Response></cXML>')
    assert "A Response stands beside the Request." in said(answer(beside))


def test_a_request_in_other_letters_is_recognised():
    reply = answer(order().replace(b"OrderRequest>", b"Orderrequest>"))
    assert (reply.status, said(reply)) == (450, "'Orderrequest' is not implemented here. Is OrderRequest meant?")


def test_a_second_value_is_shown_where_it_stands():
    with pytest.raises(InvalidDocument) as caught:
        endpoint().receive(
            order(
                LINE
                + twice(PRICE, PRICE.replace("3.40", "34.00"))
                .decode()
                .partition("</OrderRequestHeader>")[2]
                .partition("</OrderRequest>")[0]
            )
        )
    assert caught.value.path == "/cXML/Request/OrderRequest/ItemOut[2]/ItemDetail/UnitPrice[2]"
    assert caught.value.line > 0


@pytest.mark.thorough
def test_nothing_hides_behind_a_crowd_of_other_faults():
    crowd = b"<Header>" + b"<Unheard/>" * 2000
    assert {answer(body.replace(b"<Header>", crowd)).status for body, _ in REFUSED.values()} == {406}


def test_a_thousand_ways_to_say_one_price_cost_little():
    prices = "".join(PRICE.replace("3.40", f"{' ' * number}3.40") for number in range(3000))
    body = order(LINE.replace(PRICE, prices))
    began = time.perf_counter()
    assert answer(body).status == 406
    assert time.perf_counter() - began < 5


def test_the_first_of_two_equal_prices_is_what_the_handler_sees():
    got = received(LET_IN["one price said twice"])
    assert got.payload.item_out[0].item_detail.unit_price.money.amount == Decimal("3.40")
    assert "repeated" in {finding.code for finding in got.findings}


# --- what a shop asks for besides ----------------------------------------------------------------------------

LINES_PRICED = {OrderRequest: ["item_out.item_detail.unit_price"]}


@pytest.mark.parametrize(
    ("require", "body", "status"),
    [
        (LINES_PRICED, order(), 200),
        (LINES_PRICED, order(LINE + '<ItemOut quantity="1"/>'), 406),
        (LINES_PRICED, order(LINE.replace(PRICE, "")), 406),
        (LINES_PRICED, order(LINE.replace(PRICE, "<UnitPrice/>")), 406),
        (LINES_PRICED, LET_IN["a cancellation without lines"], 200),
        ({"OrderRequest": ["order_request_header.bill_to"]}, order(), 406),
        ({"OrderRequest": ["order_request_header.bill_to"]}, order(inside="<BillTo/>"), 406),
        (
            {"OrderRequest": ["order_request_header.bill_to"]},
            order(inside='<BillTo><Address addressID="9"/></BillTo>'),
            200,
        ),
        ({OrderRequest: ["order_request_header.order_date"]}, LET_IN["an illegible date"], 406),
        ({OrderRequest: ["order_request_header.contact.email"]}, order(), 406),
        ({OrderRequest: ["order_request_header.contact.email"]}, order(inside="<Contact/>"), 406),
        ({PunchOutSetupRequest: ["buyer_cookie"]}, setup(cookie=" "), 406),
        ({PunchOutSetupRequest: ["buyer_cookie"]}, order(), 200),
        ({}, order(), 200),
        ("grammar", order(), 406),
        ("grammar", example("valid/precoro-order"), 200),
        ("grammar", LET_IN["no cookie"], 406),
    ],
)
def test_a_shop_may_ask_for_more(require, body, status):
    assert answer(body, require=require).status == status


def test_what_a_shop_misses_is_named_first():
    assert "BillTo" in said(answer(order(), require={OrderRequest: ["order_request_header.bill_to"]}))
    assert "missing" in str(objection(received(order()).document, "grammar")) or "needs" in said(
        answer(order(), require="grammar")
    )


@pytest.mark.parametrize(
    ("require", "said"),
    [
        ({OrderRequest: ["order_request_header.bill_too"]}, "is bill_to meant"),
        ({OrderRequest: ["item_out.quantity.value"]}, "no field value"),
        ({OrderRequest: ["item_out", 5]}, "5"),
        ({OrderRequest: [""]}, "no field"),
        ({OrderRequest: "item_out"}, "a list of paths"),
        ({OrderRequest: None}, "a list of paths"),
        ({"ConfirmationRequest": ["x"]}, "no typed model"),
        ({"Nonsense": ["x"]}, "no request"),
        ({int: ["x"]}, "no request"),
        ("everything", "the word 'grammar'"),
        (["item_out"], "the word 'grammar'"),
    ],
)
def test_what_cannot_be_asked_for_is_told_at_once(require, said):
    with pytest.raises(InvalidValue, match=re.escape(said)) as caught:
        endpoint(require=require)
    assert caught.value.path == "Endpoint.require"


# --- values that cannot be read ------------------------------------------------------------------------------

DEAR = order(inside='<Total><Money currency="GBP">12 and a half</Money></Total>')


def total(got: Any) -> Any:
    return got.payload.order_request_header.total.money.amount


@pytest.mark.parametrize(
    "use",
    [
        lambda got: print(total(got) * 2),
        lambda got: print(total(got) > 100),
        lambda got: print(int(total(got))),
        lambda got: print(Decimal(total(got))),
        lambda got: print(f"{total(got):.2f}"),
        lambda got: print(total(copy.deepcopy(got.document.payload) and got) - 1),
        lambda got: print(total(pickle.loads(pickle.dumps(Box(got.payload)))) - 1),
    ],
)
def test_what_the_document_says_illegibly_is_the_fault_of_its_sender(use):
    reply = answer(DEAR, use)
    assert reply.status == 406
    assert isinstance(reply.error, UnreadableValue)
    assert "12 and a half" in said(reply)
    assert reply.error.path == "/cXML/Request/OrderRequest/OrderRequestHeader/Total/Money"
    assert reply.error.line > 0


class Box:
    def __init__(self, payload: Any) -> None:
        self.payload = payload


@pytest.mark.parametrize(
    "use",
    [
        lambda _: int(Unreadable("made here")),
        lambda _: total(received(DEAR)) + 1,
        lambda _: Decimal("text of our own"),
    ],
)
def test_what_was_read_elsewhere_is_a_fault_of_ours(use):
    assert answer(order(), use).status == 500


def test_another_document_that_says_the_same_is_another():
    assert answer(DEAR, lambda _: total(received(DEAR)) + 1).status == 500


def test_a_value_beyond_the_list_of_findings_knows_its_line():
    lines = "".join(f'\n<ItemOut quantity="1" lineNumber="x{number}"/>' for number in range(1500))
    document = parse(order(lines), mode="tolerant", limits=Limits(memory=100))
    last: Any = document.payload.item_out[-1].line_number  # type: ignore[union-attr]
    with pytest.raises(UnreadableValue) as caught:
        int(last)
    assert "x1499" in str(caught.value)
    assert caught.value.line == order(lines).decode().partition("x1499")[0].count("\n") + 1


def test_an_unreadable_value_is_a_fault_of_the_document():
    with pytest.raises(DocumentError) as caught:
        int(Unreadable("twelve"))
    assert (caught.value.status, caught.value.code) == (406, "unreadable")
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value)


def test_the_refusal_of_a_handler_is_its_own():
    def refuse(_: object) -> None:
        raise Refusal(409, "Not today.")

    assert answer(order(), refuse).status == 409


def test_a_partner_may_leave_out_whom_it_writes_to():
    nobody = [
        re.sub(rb"<To>.*?</To>", wanted, order(), flags=re.DOTALL)
        for wanted in (b"", b"<To/>", b'<To><Credential domain="DUNS"><Identity> </Identity></Credential></To>')
    ]
    from cxml_punchout import MemoryStore

    allowed = MemoryStore([partner(accepts_missing_to=True)])
    assert [answer(body).status for body in nobody] == [403, 403, 403]
    assert [answer(body, partners=allowed).status for body in nobody] == [200, 200, 200]
    other = order().replace(b"999110224", b"999110225")
    assert answer(other, partners=allowed).status == 403


def test_an_illegible_price_does_not_hide_behind_odd_but_legible_ones():
    lines = LINE.replace('"2"', '"1,234.0"') * 1200 + LINE.replace("3.40", "free")
    assert answer(order(lines)).status == 406
