"""One visit of a buyer's user to the shop, from the setup request to the cart that goes home (Guide 5.4, 5.6)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import attrs

from ..addresses import web_address
from ..document import doctype_for, parse, serialize
from ..element import OpenElement
from ..envelope import (
    USER_AGENT,
    Clock,
    Ids,
    PayloadIds,
    credentials_of,
    proof_in,
    returning,
    status_of,
    unproved,
    utc_now,
)
from ..errors import DocumentError, InvalidValue, Refusal, UsageError
from ..models.envelope import CXML, Message, To
from ..models.item import ItemIn
from ..models.money import Money, Total
from ..models.punchout import (
    BuyerCookie,
    Operation,
    OperationAllowed,
    PunchOutOrderMessage,
    PunchOutOrderMessageHeader,
    PunchOutSetupRequest,
    PunchOutSetupResponse,
    QuoteStatus,
    SourcingStatus,
    StartPage,
)
from ..summary.reading import at, many, plain
from ..versions import known_version, named_by
from .cart import cart_total
from .user import User, user_of

if TYPE_CHECKING:
    from ..endpoint import Received
    from ..models.delivery import Shipping, ShipTo
    from ..models.item import ItemID, ItemOut
    from ..models.order import SupplierOrderInfo
    from ..models.tax import Tax

__all__ = ["PunchOutSession"]

#: What ``to_dict`` writes; a later form gets the next number.
_VERSION = 1

#: What is in no text that could be written down.
_HALF = re.compile("[\ud800-\udfff]").search
#: What no address may hold as it is.
_UNENCODED = re.compile(r"""[\s<>"{}|\\^`]""").search


@attrs.frozen(repr=False)
class PunchOutSession:
    """A user of a buyer in the shop.

    Make one with ``begin`` when a setup request was let in, keep it where the application keeps sessions (``to_dict``
    and ``from_dict`` go through JSON), and end it with exactly one of three calls, which mean different things to the
    buyer: ``return_cart`` with items, ``return_empty_cart`` for a user who threw everything out, ``cancel`` for one who
    left. After an edit the second deletes the items of the session from the requisition, and the third leaves them
    alone. Guide 5.6.4.3.

    key: the shop's own name of the session, hard to guess.
    partner: the name of the partner's record.
    setup: the setup request, without any proof of its sender.
    version: the cXML version that was set for the partner or the endpoint; by default "", and the cart names that of
        the setup request, if it can hold the cart, else the current one.
    """

    key: str
    partner: str
    setup: CXML
    version: str = ""

    @classmethod
    def begin(cls, received: Received, *, key: str | None = None) -> PunchOutSession:
        """A session for a setup request that an endpoint has let in.

        key: a random one of 32 characters that fit into an address, unless the application has its own.

        Raises InvalidValue if something else than a setup request was received, and Refusal (Status 406) for a
        BuyerCookie with a proof of identity in it: it goes home through the user's browser.
        """
        if not hasattr(received, "document"):
            kind = type(received).__name__
            raise InvalidValue(f"what Endpoint.receive returned is expected, a Received, not {kind}", "PunchOutSession")
        _setup_of(received.document)
        setup = unproved(received.document)
        header: Any = setup.header
        if not any(account.identity for account in received.verified.to):
            # It was let in all the same, so it is meant for us; the cart has to say from whom it comes.
            header.to = To(credential=credentials_of(received.partner.accounts["to"][:1]))
        version = getattr(received, "version", "")
        session = cls(key or secrets.token_urlsafe(24), received.partner.name, setup, version)
        marked = (each.markup if isinstance(each, OpenElement) else str(each) for each in session.buyer_cookie.content)
        proof = proof_in("".join(marked).encode("utf-8", "replace"))
        if proof:
            raise Refusal(406, f"{proof} stands in the BuyerCookie, which the user's browser would bring back.")
        return session

    def __repr__(self) -> str:
        return f"<PunchOutSession {self.operation} for {self.partner!r}>"

    def __rich_repr__(self) -> Iterator[Any]:
        # Without the key, which lets a user in.
        yield "operation", self.operation
        yield "partner", self.partner

    # --- what was asked for --------------------------------------------------------------------------------

    @property
    def request(self) -> PunchOutSetupRequest:
        return _setup_of(self.setup)

    @property
    def operation(self) -> Operation:
        """``create``, ``edit``, ``inspect`` or ``source``; a tolerant reader lets other words through."""
        return self.request.operation

    @property
    def buyer_cookie(self) -> BuyerCookie:
        """The buyer's mark of the session, empty if it sent none; it goes back unchanged and is no key for anything."""
        # A tolerant reader leaves None where something required was missing, and keeps attributes that mean nothing.
        cookie: BuyerCookie | None = self.request.buyer_cookie
        return BuyerCookie() if cookie is None else BuyerCookie(cookie.content)

    @property
    def return_url(self) -> str:
        """Where the browser takes the cart, whole, or "" if the buyer did not say."""
        return plain(at(self.request, "browser_form_post.url")).strip()

    @property
    def items(self) -> tuple[ItemOut, ...]:
        """The cart to open again, when it is to be edited or looked at."""
        return tuple(many(self.request.item_out))

    @property
    def selected_item(self) -> ItemID | None:
        """The catalogue entry that the user came from."""
        found = self.request.selected_item
        return found.item_id if found is not None else None

    @property
    def ship_to(self) -> ShipTo | None:
        """A hint where the goods might go; the order decides."""
        return self.request.ship_to

    @property
    def user(self) -> User:
        """Who is shopping, as far as the buyer told, and where each piece was found."""
        return user_of(self.request)

    @property
    def lang(self) -> str:
        """The language of the user's system, or "" if it did not say."""
        return plain(self.setup.lang)

    @property
    def mode(self) -> Literal["production", "test"]:
        """Whether it is real business."""
        return "test" if at(self.setup, "request.deployment_mode") == "test" else "production"

    def require(self, allowed: OperationAllowed | None) -> None:
        """Hold an edit or an inspection against what the cart allowed when it was returned.

        allowed: the ``operation_allowed`` of the cart that is to be opened again; None if there is no such cart. Look
            it up by the items, their auxiliary ids say.

        Raises Refusal with Status 412 if it may not be opened so. Guide 5.6.4.2.
        """
        if self.operation not in ("edit", "inspect"):
            return
        if allowed is None:
            raise Refusal(412, "This cart is not known here, so it cannot be opened again.")
        if allowed == "create" or (self.operation == "edit" and allowed == "inspect"):
            raise Refusal(412, f"This cart was returned with operationAllowed {allowed}.")

    def start_page(self, url: str) -> PunchOutSetupResponse:
        """The answer to the setup request: the page where the user's browser enters the shop.

        url: short-lived and for this session only; let it name the ``key``, or a token of ``StartPageTokens``.

        Raises InvalidValue if it is no address of http or https. Guide 5.6.3.
        """
        address = web_address(url, "StartPage")
        if _UNENCODED(address):
            raise InvalidValue("the address has to be encoded, a blank as %20", "StartPage")
        return PunchOutSetupResponse(start_page=StartPage(url=address))

    # --- the end -------------------------------------------------------------------------------------------

    def return_cart(
        self,
        items: Iterable[ItemIn],
        *,
        operation_allowed: OperationAllowed = "create",
        total: Money | None = None,
        quote_status: QuoteStatus | None = None,
        sourcing_status: SourcingStatus | None = None,
        ship_to: ShipTo | None = None,
        shipping: Shipping | None = None,
        tax: Tax | None = None,
        supplier_order_info: SupplierOrderInfo | None = None,
        user_agent: str = USER_AGENT,
        clock: Clock = utc_now,
        ids: Ids | None = None,
    ) -> CXML:
        """The cart as a message for the buyer. After an edit it replaces what the session had before.

        operation_allowed: whether the buyer may open this cart again, to look at it or to change it.
        total: without tax and shipping; the exact sum of the lines unless it is given.

        Raises UsageError for a cart without items, and for a cart that was only to be looked at, as the buyer ignores
        its items; and for what the cXML version that was set for the partner does not have. Guide 5.6.4.
        """
        lines = tuple(items)
        for line in lines:
            if not isinstance(line, ItemIn):
                what = f"ItemIn is expected, as cart_item() makes it, not {type(line).__name__}"
                raise InvalidValue(what, "return_cart.items")
        if not lines:
            raise UsageError("a cart without items is return_empty_cart() or cancel(); they mean different things")
        if self.operation == "inspect":
            raise UsageError("a cart that was only inspected is not returned; end the session with cancel()")
        header = PunchOutOrderMessageHeader(
            operation_allowed=operation_allowed,
            quote_status=quote_status,
            sourcing_status=sourcing_status,
            total=Total(money=total or cart_total(lines)),
            ship_to=ship_to,
            shipping=shipping,
            tax=tax,
            supplier_order_info=supplier_order_info,
        )
        return self._message(header, lines, None, user_agent, clock, ids)

    def return_empty_cart(
        self,
        *,
        currency: str = "",
        user_agent: str = USER_AGENT,
        clock: Clock = utc_now,
        ids: Ids | None = None,
    ) -> CXML:
        """The user threw everything out. After an edit the buyer DELETES all items of the session.

        currency: of the total, which is 0.00; by default that of the items that were to be edited, else USD.

        Raises UsageError after ``inspect`` and ``source``, for which the standard gives it no meaning. Guide 5.6.4.3.
        """
        if self.operation not in ("create", "edit"):
            raise UsageError(f"an empty cart means nothing after {self.operation}; end the session with cancel()")
        return self._message(self._nothing(currency), (), None, user_agent, clock, ids)

    def cancel(
        self,
        *,
        currency: str = "",
        user_agent: str = USER_AGENT,
        clock: Clock = utc_now,
        ids: Ids | None = None,
    ) -> CXML:
        """The user left: Status 204, nothing changes at the buyer's, whatever the operation. Guide 5.6.4.3.

        currency: of the total, which is 0.00; by default that of the items that were to be opened, else USD.
        """
        return self._message(self._nothing(currency), (), 204, user_agent, clock, ids)

    def _nothing(self, currency: str) -> PunchOutOrderMessageHeader:
        known = (plain(at(item, "item_detail.unit_price.money.currency")) for item in self.items)
        chosen = currency or next(filter(None, known), "") or "USD"
        money = Money(currency=chosen, amount=Decimal("0.00"))
        return PunchOutOrderMessageHeader(operation_allowed="create", total=Total(money=money))

    def _message(
        self,
        header: PunchOutOrderMessageHeader,
        items: tuple[ItemIn, ...],
        status: int | None,
        user_agent: str,
        clock: Clock,
        ids: Ids | None,
    ) -> CXML:
        assert self.setup.header is not None
        cart = PunchOutOrderMessage(
            buyer_cookie=self.buyer_cookie, punch_out_order_message_header=header, item_in=items
        )
        message = CXML(
            payload_id=(ids or PayloadIds())(),
            timestamp=clock().replace(microsecond=0),
            lang=self.setup.lang,
            header=returning(self.setup.header, user_agent=user_agent),
            message=Message(
                deployment_mode=self.mode,
                in_reply_to=self.setup.payload_id,
                status=status_of(status) if status is not None else None,
                payload=cart,
            ),
        )
        message.doctype = doctype_for(message, given=self.version, asked=named_by(self.setup))
        return message

    # --- keeping it ----------------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """The session as plain values for ``json``. No proof of the Sender is in them, but all that the buyer told.

        Nothing of the setup request is lost but its proofs, a signature, and what stood around its elements.
        """
        stored = {
            "version": _VERSION,
            "key": self.key,
            "partner": self.partner,
            "setup": serialize(self.setup).decode("utf-8"),
        }
        return stored | {"cxml_version": self.version} if self.version else stored

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> PunchOutSession:
        """A session that ``to_dict`` wrote, by this version of the library or an earlier one.

        Raises InvalidValue if it is something else.
        """
        if not isinstance(stored, Mapping):
            kind = type(stored).__name__
            raise InvalidValue(f"the dict that to_dict() made is expected, not {kind}", "PunchOutSession")
        version = stored.get("version")
        if version != _VERSION:
            raise InvalidValue(f"this is no stored session of version {_VERSION} but of {version!r}", "PunchOutSession")
        key, partner, text = (stored.get(name) for name in ("key", "partner", "setup"))
        if not isinstance(key, str) or not isinstance(partner, str) or not isinstance(text, str):
            raise InvalidValue("a stored session has a key, a partner and a setup request", "PunchOutSession")
        cxml_version = known_version(stored.get("cxml_version", ""), "PunchOutSession.version")
        if any(_HALF(each) for each in (key, partner, text)):
            raise InvalidValue("there is half a surrogate in the stored session, which is no text", "PunchOutSession")
        try:
            setup = parse(text.encode("utf-8"), mode="tolerant")
        except DocumentError as error:
            raise InvalidValue(f"the stored setup request cannot be read: {error}", "PunchOutSession") from error
        _setup_of(setup)
        return cls(key, partner, setup, cxml_version)


def _setup_of(document: CXML) -> PunchOutSetupRequest:
    payload = document.payload
    if not isinstance(payload, PunchOutSetupRequest) or document.header is None:
        raise InvalidValue("a session begins with a PunchOutSetupRequest", "PunchOutSession")
    return payload
