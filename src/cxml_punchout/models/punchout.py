"""PunchOut: a user of the buyer shops on the supplier's site and brings the cart home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from .. import element as x
from ..scalars import Language

if TYPE_CHECKING:
    from .delivery import Shipping, ShipTo
    from .item import ItemID, ItemIn, ItemOut
    from .money import Total
    from .order import SupplierOrderInfo
    from .party import Contact
    from .tax import Tax
    from .text import URL, Extrinsic

__all__ = [
    "BrowserFormPost",
    "BuyerCookie",
    "PunchOutOrderMessage",
    "PunchOutOrderMessageHeader",
    "PunchOutSetupRequest",
    "PunchOutSetupResponse",
    "SelectedItem",
    "SourcingStatus",
    "StartPage",
    "SupplierSetup",
]

Operation = Literal["create", "inspect", "edit", "source"]
OperationAllowed = Literal["create", "inspect", "edit"]
QuoteStatus = Literal["pending", "final"]
SourcingStatusAction = Literal["approve", "cancel", "deny"]


@x.element()
class PunchOutSetupRequest(x.Element):
    """The buyer's wish to open the supplier's shop for one user.

    operation: ``create`` asks for an empty cart; ``edit`` and ``inspect`` reopen the cart in item_out, to change it or
        only to look at it; ``source`` opens a request for quotation. A shop that can ``edit`` can ``inspect`` as well,
        and answers 450 to what it cannot do.
    buyer_cookie: marks this session; another one comes when the same cart is reopened.
    extrinsic: who the user is and what else was agreed. No name can be relied on; ``UserEmail``, ``UniqueName``,
        ``User`` and ``CostCenter`` are common.
    browser_form_post: where the browser takes the cart. Without it the cart has no way home by form.
    contact: the user, as role ``endUser``. It was meant to replace the extrinsics ``User`` and ``CostCenter``, which
        buyers go on sending.
    supplier_setup: obsolete, but still common.
    ship_to: a hint for prices and delivery times; where the goods go is said by the order.
    selected_item: the catalogue entry that the user came from; without it the whole shop is meant. Not with ``source``.
    item_out: the cart to reopen, none for ``create``. Quantity and ItemID suffice; distribution, comments, line and
        requisition numbers and delivery dates have no meaning before there is an order.

    Guide 5.6.2.
    """

    operation: Operation = x.attribute("operation")
    buyer_cookie: x.OrText[BuyerCookie] = x.child("BuyerCookie")
    extrinsic: x.Many[Extrinsic] = x.children("Extrinsic", default=())
    browser_form_post: BrowserFormPost | None = x.child("BrowserFormPost", default=None)
    contact: x.Many[Contact] = x.children("Contact", default=())
    supplier_setup: SupplierSetup | None = x.child("SupplierSetup", default=None)
    ship_to: ShipTo | None = x.child("ShipTo", default=None)
    selected_item: SelectedItem | None = x.child("SelectedItem", default=None)
    item_out: x.Many[ItemOut] = x.children("ItemOut", default=())


@x.element()
class BuyerCookie(x.TextAndElements):
    """The buyer's mark of one PunchOut session, by which the returned cart finds its requisition.

    content: opaque to the supplier, who gives it back to the letter, blanks included. It is neither a secret nor the
        same when a cart is reopened, so the shop needs a session key of its own.

    Guide 5.6.2.3.
    """

    content: x.Content = x.open_content(default=(), kw_only=False)


@x.element()
class BrowserFormPost(x.Element):
    """Where the user's browser posts the finished cart.

    url: the target of the form, to be used whole, query included. It need not differ between sessions.

    Guide 5.4.3.1.
    """

    url: x.OrText[URL] = x.child("URL")


@x.element(deprecated="nothing: the hub or the buyer's settings know the address of the shop")
class SupplierSetup(x.Element):
    """The address of the shop, as many buyers still write it into their requests.

    url: tells nothing that the shop does not know; it must not decide where a request or a browser is sent.

    Guide 5.6.2.
    """

    url: x.OrText[URL] = x.child("URL")


@x.element()
class SelectedItem(x.Element):
    """The catalogue entry from which the user went to the shop, so that the shop can open at that place.

    item_id: copied from the supplier's index; it may stand for the store, an aisle, a shelf or one product.

    Guide 5.6.2.
    """

    item_id: ItemID = x.child("ItemID")


@x.element()
class PunchOutSetupResponse(x.Element):
    """The supplier's consent to a PunchOutSetupRequest, with the entrance to the shop.

    It needs a 2xx status beside it; a refusal is a Status alone.

    Guide 5.6.3.
    """

    start_page: StartPage = x.child("StartPage")


@x.element()
class StartPage(x.Element):
    """The page where the user's session in the shop begins.

    url: serves as a key to the session: for one session only, short-lived and hard to guess. Let it point at what the
        shop remembers instead of containing it.

    Guide 5.6.3.
    """

    url: x.OrText[URL] = x.child("URL")


@x.element()
class PunchOutOrderMessage(x.Element):
    """The cart that a user brings home from the shop: an offer to the buyer, not yet an order.

    It ends the session, with items or without, and travels through the browser, so it must not hold a secret.

    buyer_cookie: from the request that opened this session; nothing else ties the cart to it.
    item_in: after ``create`` what to add to the requisition. After ``edit`` all items that shall remain: an empty list
        deletes them all, unless the Message has Status 204, which leaves them as they were. After ``inspect`` there
        should be none, and the buyer ignores them.

    Guide 5.6.4.3.
    """

    buyer_cookie: x.OrText[BuyerCookie] = x.child("BuyerCookie")
    punch_out_order_message_header: PunchOutOrderMessageHeader = x.child("PunchOutOrderMessageHeader")
    item_in: x.Many[ItemIn] = x.children("ItemIn", default=())


@x.element()
class PunchOutOrderMessageHeader(x.Element):
    """What the supplier says about the cart as a whole.

    operation_allowed: how the user may come back for these items: with ``create`` not at all, with ``inspect`` to look,
        with ``edit`` to look and to change.
    quote_status: ``pending`` while a quotation is still being worked on.
    total: the price of the items without tax and shipping; 0.00 for an empty cart.
    shipping, tax: for the whole cart; not contained in total.
    supplier_order_info: says that the supplier has made a sales order of the cart already. To cancel that, the buyer
        repeats this element in an OrderRequest of type ``delete``.

    Guide 5.6.4.
    """

    operation_allowed: OperationAllowed = x.attribute("operationAllowed")
    quote_status: QuoteStatus | None = x.attribute("quoteStatus", default=None, absent="final")
    sourcing_status: SourcingStatus | None = x.child("SourcingStatus", default=None)
    total: Total = x.child("Total")
    ship_to: ShipTo | None = x.child("ShipTo", default=None)
    shipping: Shipping | None = x.child("Shipping", default=None)
    tax: Tax | None = x.child("Tax", default=None)
    supplier_order_info: SupplierOrderInfo | None = x.child("SupplierOrderInfo", default=None)


@x.element()
class SourcingStatus(x.Element):
    """What becomes of a sourcing request that is already under way.

    action: ``approve`` or ``deny`` the pending request, or ``cancel`` an earlier one.
    value: what to show to the user.

    Guide 5.6.4.
    """

    action: SourcingStatusAction | None = x.attribute("action", default=None)
    lang: Language = x.attribute("xml:lang")
    value: str = x.text(kw_only=False)
