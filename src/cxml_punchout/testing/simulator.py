"""A buyer for a shop to be tested with: it opens the shop, takes a cart, orders it, and looks at every document.

    buyer = Simulator(partner, post)
    visit = buyer.punch_out()
    cart = visit.take(fields_of_the_form_at(visit.start_page))
    buyer.order(cart)
    buyer.transcript.raise_for_problems()

It plays Precoro's flow: cXML only, PunchOut and purchase order, level 1 (users find everything in the shop). It sends
nothing itself: ``post`` may call an ``Endpoint`` or an HTTP client.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

import attrs

from .. import concealed
from ..addresses import web_address
from ..buyer import Answer, Buyer, Outgoing
from ..concealed import Concealed
from ..document import serialize, validate
from ..envelope import Clock, Ids, utc_now
from ..errors import InvalidValue
from ..models.envelope import CXML
from ..models.item import ItemIn, ItemOut
from ..models.party import Address, BillTo
from ..models.punchout import BuyerCookie, PunchOutOrderMessage
from ..models.text import Name
from ..punchout.cart import item_out_of
from ..punchout.form import read_form
from ..trust.credentials import section_of
from ..trust.partners import Partner
from ..validation.report import Report

__all__ = ["Cart", "Exchange", "Post", "Simulator", "Transcript", "Visit"]

#: Posts a document: URL, body, Content-Type -> body and Content-Type of the answer.
Post: TypeAlias = Callable[[str, bytes, str], tuple[bytes, str]]


@attrs.frozen
class Exchange:
    """One document of the conversation and what there is to say about it.

    step: what it was for, such as ``setup`` or ``order reply``.
    by: who made it.
    body: the document; the buyer's hold the shared secret.
    report: what ``validate`` finds in it.
    problems: what is wrong with it in this conversation, one sentence each.
    """

    step: str
    by: Literal["buyer", "supplier"]
    _body: Concealed[bytes] = attrs.field(converter=concealed.octets, alias="body", repr=False)
    report: Report
    problems: tuple[str, ...] = ()

    @property
    def body(self) -> bytes:
        """The document as it was sent."""
        return self._body.value


@attrs.define
class Transcript:
    """Everything that was said."""

    exchanges: list[Exchange] = attrs.field(factory=list)

    @property
    def problems(self) -> tuple[str, ...]:
        """What the supplier has to mend, one sentence each; errors that ``validate`` finds count."""
        found = []
        for exchange in self.exchanges:
            found += [f"{exchange.step}: {problem}" for problem in exchange.problems]
            if exchange.by == "supplier":
                found += [f"{exchange.step}: {finding}" for finding in exchange.report.errors]
        return tuple(found)

    def raise_for_problems(self) -> None:
        """Do nothing if the supplier did everything right; else AssertionError with all that was wrong."""
        if self.problems:
            raise AssertionError("\n".join(self.problems))


@attrs.frozen
class Cart:
    """A cart that came home: the whole document, and what is in it."""

    document: CXML
    message: PunchOutOrderMessage

    @property
    def items(self) -> Sequence[ItemIn]:
        return self.message.item_in


@attrs.frozen
class Visit:
    """A user of the buyer in the shop.

    start_page: where the browser begins.
    answer: what the shop said to the setup request.
    """

    simulator: Simulator = attrs.field(repr=False)
    setup: Outgoing
    answer: Answer
    start_page: str

    def take(self, fields: Mapping[str, str | Sequence[str]]) -> Cart:
        """The cart in the fields of the form that the browser posted."""
        return self.simulator._take(self, fields)


class Simulator:
    """A buyer's procurement system.

    partner: the connection, as both sides have it; its first secret is sent.
    post: sends a document of the buyer.
    return_url: where the shop shall have carts posted to.
    """

    def __init__(
        self,
        partner: Partner,
        post: Post,
        *,
        return_url: str = "https://buyer.example/punchout/return",
        clock: Clock = utc_now,
        ids: Ids | None = None,
    ) -> None:
        self.partner = partner
        self.transcript = Transcript()
        self._post = post
        self._return_url = return_url
        self._clock = clock
        self._buyer = Buyer(partner, clock=clock, ids=ids)

    def punch_out(self, **options: Any) -> Visit:
        """Open the shop for a user. ``options`` are those of ``Buyer.setup_request``."""
        chosen: dict[str, Any] = {
            "operation": "create",
            "buyer_cookie": secrets.token_urlsafe(16),
            "return_url": self._return_url,
            "user_email": "jane.doe@buyer.example",
            "user_name": "Jane Doe",
        }
        setup = self._buyer.setup_request(**(chosen | options))
        answer = self._exchange("setup", setup)
        start_page, problems = "", []
        if answer.status != 200:
            problems.append(f"the setup request was answered {answer.status} {answer.text}")
        try:
            start_page = web_address(answer.start_page_url or "")
        except ValueError:
            problems.append("the answer has no start page that a browser could open")
        self._blame(problems)
        return Visit(self, setup, answer, start_page)

    def order(self, *carts: Cart, order_id: str = "", **options: Any) -> Answer:
        """Order what is in the carts. ``options`` are those of ``Buyer.order_request``."""
        items = [item for cart in carts for item in cart.items]
        chosen: dict[str, Any] = {
            "order_id": order_id or f"PO-{secrets.token_hex(4)}",
            "items": _numbered(items),
            "bill_to": BillTo(address=Address(name=Name("Buyer Ltd", lang="en"))),
        }
        answer = self.send("order", self._buyer.order_request(**(chosen | options)))
        if answer.status not in (200, 201):
            self._blame([f"the order was answered {answer.status} {answer.text}"])
        return answer

    def send(self, step: str, outgoing: Outgoing) -> Answer:
        """Send any document, an earlier one again for instance."""
        return self._exchange(step, outgoing)

    @property
    def buyer(self) -> Buyer:
        """Makes further documents of the same buyer."""
        return self._buyer

    # --- what is looked at ---------------------------------------------------------------------------------

    def _exchange(self, step: str, outgoing: Outgoing) -> Answer:
        document = serialize(outgoing.document)
        self.transcript.exchanges.append(Exchange(step, "buyer", document, validate(document)))
        came = self._post(outgoing.url, outgoing.body, outgoing.content_type)
        if not isinstance(came, tuple) or len(came) != 2 or not isinstance(came[0], bytes):
            raise InvalidValue(f"it returns the body in bytes and its content type, not {type(came).__name__}", "post")
        body, content_type = came[0], came[1] or ""
        answer = self._buyer.read_reply(body, content_type)
        problems = []
        if answer.document is None:
            problems.append("the answer is no cXML, which the buyer takes for a broken line")
        elif answer.document.header is not None:
            problems.append("the answer has a Header; a Response has none")
        if not content_type.lower().startswith(("text/xml", "application/xml")):
            problems.append(f"the answer is announced as {content_type!r}, not as text/xml")
        self.transcript.exchanges.append(Exchange(f"{step} reply", "supplier", body, validate(body), tuple(problems)))
        return answer

    def _blame(self, problems: Iterable[str]) -> None:
        """Add problems to the latest document."""
        last = self.transcript.exchanges[-1]
        self.transcript.exchanges[-1] = attrs.evolve(last, problems=(*last.problems, *problems))

    def _take(self, visit: Visit, fields: Mapping[str, str | Sequence[str]]) -> Cart:
        document = read_form(fields)
        body = serialize(document)
        self.transcript.exchanges.append(Exchange("cart", "supplier", body, validate(body)))
        message = document.payload
        if not isinstance(message, PunchOutOrderMessage):
            self._blame(["the form holds no PunchOutOrderMessage"])
            raise AssertionError("\n".join(self.transcript.problems))
        self._blame(_problems_of_cart(document, message, visit.setup.document))
        return Cart(document, message)


def _problems_of_cart(document: CXML, message: PunchOutOrderMessage, setup: CXML) -> list[str]:
    problems = []
    cookie: BuyerCookie = setup.payload.buyer_cookie  # type: ignore[union-attr]
    if message.buyer_cookie != cookie:
        problems.append("the BuyerCookie did not come back unchanged, so the cart belongs to no session")
    header, ours = document.header, setup.header
    if header is None or ours is None:
        return [*problems, "the cart has no Header"]
    if section_of(header.to).accounts != section_of(ours.from_).accounts:
        problems.append("To of the cart is not From of the setup request")
    if section_of(header.from_).accounts != section_of(ours.to).accounts:
        problems.append("From of the cart is not To of the setup request")
    if any(_proves(credential) for part in (header.from_, header.to, header.sender) for credential in part.credential):
        problems.append("the cart carries a secret through the browser")
    asked, told = (_mode(each.request or each.message) for each in (setup, document))
    if asked != told:
        problems.append(f"the request was for {asked}, the cart is for {told}")
    return problems


def _proves(credential: Any) -> bool:
    return any((credential.shared_secret, credential.credential_mac, credential.digital_signature))


def _mode(wrapper: Any) -> str:
    return str(wrapper.deployment_mode or "production")


def _numbered(items: Iterable[ItemIn]) -> list[ItemOut]:
    return [item_out_of(item, line_number=number) for number, item in enumerate(items, start=1)]
