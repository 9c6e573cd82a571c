"""The simulated buyer: it finds nothing wrong with a shop that is right, and every fault of one that is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs
import pytest
from visits import SECRET, partner

from cxml_punchout import (
    CXML,
    Endpoint,
    InvalidValue,
    PunchOutSession,
    Refusal,
    browser_form,
    cart_item,
    parse,
    serialize,
)
from cxml_punchout.models import OrderRequest, PunchOutSetupRequest, SharedSecret
from cxml_punchout.replay.memory import MemoryReplayGuard
from cxml_punchout.testing.forms import forms_of
from cxml_punchout.testing.simulator import Simulator
from cxml_punchout.trust.stores.memory import MemoryStore


class Shop:
    """A shop of one article, with faults to order."""

    def __init__(self, **faults: Callable[[Any], Any]) -> None:
        self.faults = faults
        self.endpoint = Endpoint(MemoryStore([partner()]), replay=MemoryReplayGuard())
        self.sessions: dict[str, dict[str, Any]] = {}
        self.orders: list[OrderRequest] = []

    def post(self, url: str, body: bytes, content_type: str) -> tuple[bytes, str]:
        handlers: Any = {PunchOutSetupRequest: self.open, OrderRequest: lambda got: self.orders.append(got.payload)}
        reply = self.endpoint.handle(body, content_type, self.faults.get("handlers", lambda given: given)(handlers))
        return self.faults.get("reply", lambda given: given)((reply.body, reply.content_type))

    def open(self, received: Any) -> Any:
        session = PunchOutSession.begin(received)
        self.sessions[session.key] = session.to_dict()
        return session.start_page(f"https://shop.example.com/start/{session.key}")

    def check_out(self, start_page: str) -> Mapping[str, str]:
        """What the browser posts when the user has chosen two trays."""
        session = PunchOutSession.from_dict(self.sessions[start_page.rpartition("/")[2]])
        item = cart_item(
            part_id="A-1",
            description="Tray",
            unit_price="4.20",
            currency="GBP",
            unit="EA",
            classification="24112404",
            quantity=2,
        )
        message = self.faults.get("cart", lambda given: given)(session.return_cart([item]))
        if "cart" in self.faults:  # past the form, which would refuse some of it
            return {"cxml-urlencoded": serialize(message, encoding="US-ASCII").decode()}
        (form,) = forms_of(browser_form(session, message))
        return form.fields


def played(shop: Shop) -> Simulator:
    buyer = Simulator(partner(), shop.post)
    visit = buyer.punch_out()
    cart = visit.take(shop.check_out(visit.start_page))
    buyer.order(cart)
    return buyer


def test_a_right_shop_has_no_problems():
    shop = Shop()
    buyer = played(shop)
    buyer.transcript.raise_for_problems()
    assert [exchange.step for exchange in buyer.transcript.exchanges] == [
        "setup",
        "setup reply",
        "cart",
        "order",
        "order reply",
    ]
    assert all(exchange.report.ok for exchange in buyer.transcript.exchanges)
    (order,) = shop.orders
    assert str(order.order_request_header.total.money.amount) == "8.40"
    assert SECRET not in repr(buyer.transcript)


def test_the_cart_that_came_home_can_be_looked_at():
    shop = Shop()
    buyer = Simulator(partner(), shop.post, return_url="https://buyer.example/back?a=b&c")
    visit = buyer.punch_out(user_email="max@buyer.example", user_name="Max", buyer_cookie="c & d")
    assert visit.answer.status == 200
    cart = visit.take(shop.check_out(visit.start_page))
    assert [item.item_id.supplier_part_id.value for item in cart.items] == ["A-1"]
    (stored,) = shop.sessions.values()
    session = PunchOutSession.from_dict(stored)
    assert session.user.email == "max@buyer.example"
    assert session.return_url == "https://buyer.example/back?a=b&c"


def test_two_carts_can_be_ordered_at_once():
    shop = Shop()
    buyer = Simulator(partner(), shop.post)
    carts = [visit.take(shop.check_out(visit.start_page)) for visit in (buyer.punch_out(), buyer.punch_out())]
    assert buyer.order(*carts, order_id="PO-7").status == 200
    assert shop.orders[0].order_request_header.order_id == "PO-7"
    assert [item.line_number for item in shop.orders[0].item_out] == [1, 2]


def test_an_order_can_be_sent_again():
    shop = Shop()
    buyer = Simulator(partner(), shop.post)
    visit = buyer.punch_out()
    cart = visit.take(shop.check_out(visit.start_page))
    buyer.order(cart)
    again = buyer.transcript.exchanges[-2]
    outgoing = attrs.evolve(visit.setup, document=parse(again.body), body=again.body)
    assert buyer.send("order again", outgoing).status == 200
    assert len(shop.orders) == 1


def _without_cookie(message: CXML) -> CXML:
    message.payload.buyer_cookie.content = "another"  # type: ignore[union-attr]
    return message


def _with_secret(message: CXML) -> CXML:
    assert message.header is not None
    message.header.sender.credential[0].shared_secret = SharedSecret("for all to see")
    return message


def _swapped(message: CXML) -> CXML:
    assert message.header is not None
    header = message.header
    header.from_.credential, header.to.credential = header.to.credential, header.from_.credential
    return message


def _for_test(message: CXML) -> CXML:
    assert message.message is not None
    message.message.deployment_mode = "test"
    return message


def _without_classification(message: CXML) -> CXML:
    return parse(
        serialize(message).replace(b'<Classification domain="UNSPSC">24112404</Classification>', b""), mode="tolerant"
    )


CARTS = {
    _without_cookie: "BuyerCookie",
    _with_secret: "secret through the browser",
    _swapped: "To of the cart is not From",
    _for_test: "for production, the cart is for test",
    _without_classification: "Classification",
}


@pytest.mark.parametrize("fault", CARTS, ids=lambda fault: fault.__name__)
def test_a_fault_of_a_cart_is_found(fault):
    shop = Shop(cart=fault)
    buyer = Simulator(partner(), shop.post)
    visit = buyer.punch_out()
    visit.take(shop.check_out(visit.start_page))
    with pytest.raises(AssertionError, match=CARTS[fault]):
        buyer.transcript.raise_for_problems()


def _no_cart(message: CXML) -> CXML:
    message.message, message.request = None, None
    return parse(
        b'<cXML payloadID="1" timestamp="2026-03-12T09:30:00+00:00"><Response><Status code="200" text="OK"/></Response>'
        b"</cXML>"
    )


def test_a_form_without_a_cart_ends_the_play():
    with pytest.raises(AssertionError, match="no PunchOutOrderMessage"):
        played(Shop(cart=_no_cart))


def _headless(message: CXML) -> CXML:
    body = serialize(message)
    start, end = body.index(b"<Header>"), body.index(b"</Header>") + len("</Header>")
    return parse(body[:start] + body[end:], mode="tolerant")


def test_a_cart_without_a_header_is_found():
    with pytest.raises(AssertionError, match="no Header"):
        played(Shop(cart=_headless)).transcript.raise_for_problems()


def test_a_shop_that_answers_html_is_found():
    buyer = Simulator(partner(), Shop(reply=lambda _: (b"<html>Oops</html>", "text/html")).post)
    visit = buyer.punch_out()
    assert visit.start_page == ""
    problems = "\n".join(buyer.transcript.problems)
    for part in ("no cXML", "'text/html'", "no start page"):
        assert part in problems


@pytest.mark.parametrize("came", [None, b"<cXML/>", ("<cXML/>", "text/xml"), (b"<cXML/>",)])
def test_the_function_that_posts_gives_body_and_content_type(came):
    with pytest.raises(InvalidValue, match="it returns the body in bytes and its content type, not"):
        Simulator(partner(), lambda *_: came).punch_out()


def test_an_answer_without_a_content_type_is_found():
    buyer = Simulator(partner(), lambda *_: (b"<html/>", None))
    buyer.punch_out()
    assert "announced as ''" in "\n".join(buyer.transcript.problems)


def test_a_reply_with_a_header_is_found():
    def mirrored(given: tuple[bytes, str]) -> tuple[bytes, str]:
        head = serialize(
            parse(
                Simulator(partner(), Shop().post)
                .buyer.setup_request(buyer_cookie="c", return_url="https://b.example")
                .body
            )
        )
        header = head[head.index(b"<Header>") : head.index(b"</Header>") + len("</Header>")]
        return given[0].replace(b"<Response>", header + b"<Response>"), given[1]

    buyer = Simulator(partner(), Shop(reply=mirrored).post)
    buyer.punch_out()
    assert any("a Response has none" in problem for problem in buyer.transcript.problems)


def test_refusals_are_found():
    def refusing(_: Any) -> Any:
        def refuse(_: object) -> None:
            raise Refusal(409, "Closed on Sundays.")

        return {PunchOutSetupRequest: Shop().open, OrderRequest: refuse}

    shop = Shop(handlers=refusing)
    buyer = Simulator(partner(), shop.post)
    buyer.punch_out()
    item = cart_item(
        part_id="A", description="B", unit_price=1, currency="EUR", unit="EA", classification="24112404", quantity=1
    )
    from cxml_punchout import item_out_of

    buyer.order(items=[item_out_of(item, line_number=1)])
    assert buyer.transcript.problems == ("order reply: the order was answered 409 Conflict",)

    wrong = Simulator(partner(shared_secret="guess"), shop.post)
    wrong.punch_out()
    assert wrong.transcript.problems[0] == "setup reply: the setup request was answered 401 Unauthorized"
