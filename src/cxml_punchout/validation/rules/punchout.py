"""Rules for PunchOut: what belongs into a setup request, and what an empty cart means."""

from __future__ import annotations

from decimal import Decimal

from ...summary.reading import many, plain
from ..located import Located
from .envelope import status_code
from .registry import Faults, rule
from .texts import scheme

__all__: list[str] = []


@rule(
    "setup-create-with-items",
    "PunchOutSetupRequest",
    severity="warning",
    guide="5.6.2",
    says="A setup request with operation create carries items, although a new cart is empty.",
    hint='Use operation="edit" or "inspect" to open a cart again.',
)
def setup_create_with_items(here: Located) -> Faults:
    items = here.all("item_out")
    if here.element.operation == "create" and items:
        yield "A new cart is asked for, but items are sent along.", items[0]


@rule(
    "setup-without-items",
    "PunchOutSetupRequest",
    severity="warning",
    guide="5.6.2",
    says="A setup request with operation edit or inspect does not carry the cart that shall be opened again.",
    hint="Send the items of the cart as ItemOut.",
)
def setup_without_items(here: Located) -> Faults:
    if here.element.operation in ("edit", "inspect") and not many(here.element.item_out):
        yield f"A cart shall be opened to {here.element.operation}, but no ItemOut says what was in it."


@rule(
    "setup-source-selected",
    "PunchOutSetupRequest",
    severity="warning",
    guide="5.6.2.6",
    says="A setup request with operation source names a SelectedItem.",
    hint="Leave out SelectedItem; a request for quotes does not begin at an item of a catalogue.",
)
def setup_source_selected(here: Located) -> Faults:
    if here.element.operation == "source" and here.element.selected_item is not None:
        yield "SelectedItem has no meaning with operation source.", here.place("selected_item")


@rule(
    "setup-item-surplus",
    "PunchOutSetupRequest",
    severity="warning",
    guide="5.6.2.2",
    says="An item of a setup request carries data that mean nothing before there is an order.",
    hint="Leave out lineNumber, requisitionID, requestedDeliveryDate, Distribution and Comments.",
)
def setup_item_surplus(here: Located) -> Faults:
    names = {
        "line_number": "lineNumber",
        "requisition_id": "requisitionID",
        "requested_delivery_date": "requestedDeliveryDate",
        "distribution": "Distribution",
        "comments": "Comments",
    }
    for item in here.all("item_out"):
        found = [wire for name, wire in names.items() if getattr(item.element, name) not in (None, ())]
        if found:
            yield f"ItemOut carries {', '.join(found)}, of no use in a setup request.", item


@rule(
    "form-post-missing",
    "PunchOutSetupRequest",
    severity="warning",
    guide="5.6.2.4",
    says="A setup request does not say where the browser shall post the cart.",
    hint="Send BrowserFormPost with the URL that takes the PunchOutOrderMessage.",
)
def form_post_missing(here: Located) -> Faults:
    if here.element.browser_form_post is None:
        yield "There is no BrowserFormPost, so the shop cannot return a cart."


@rule(
    "cookie-empty",
    "BuyerCookie",
    severity="warning",
    guide="5.6.2.3",
    says="The BuyerCookie is empty, so a returned cart cannot be matched with its session.",
    hint="The buyer gives each session a value of its own, and the shop returns it unchanged.",
)
def cookie_empty(here: Located) -> Faults:
    if not here.element.elements and not here.element.value:
        yield "The BuyerCookie is empty."


@rule(
    "cart-empty",
    "Message",
    severity="warning",
    guide="5.6.4.3",
    says="A cart comes back without items and without status 204; after an edit that deletes all items of the session.",
    hint="If the user just left, put <Status code='204' text='No Content'/> in front of the PunchOutOrderMessage.",
)
def cart_empty(here: Located) -> Faults:
    cart = _cart(here)
    if cart is not None and not many(cart.element.item_in) and _status(here) != 204:
        yield "The cart is empty: after an edit the buyer deletes all items of the session.", cart


@rule(
    "cart-cancelled-with-items",
    "Message",
    severity="error",
    guide="5.6.4.3",
    says="A cart with status 204 says that nothing was changed, but it carries items.",
    hint="Leave out the items, or the Status.",
)
def cart_cancelled_with_items(here: Located) -> Faults:
    cart = _cart(here)
    if cart is not None and _status(here) == 204 and many(cart.element.item_in):
        yield "Status 204 says that nothing was changed, yet items are returned.", cart


@rule(
    "cart-refused",
    "Message",
    severity="warning",
    guide="3.1.9.1",
    says="A cart comes with a Status that is no success, which a cart cannot mean.",
    hint="Leave out the Status, or use 204 for a user who left without a change.",
)
def cart_refused(here: Located) -> Faults:
    status = _status(here)
    if _cart(here) is not None and status is not None and not 200 <= status < 300:
        yield f"A cart comes with status {status}.", here.place("status")


@rule(
    "cart-empty-total",
    "PunchOutOrderMessage",
    severity="warning",
    guide="5.6.4.2",
    says="A cart without items states a total that is not zero.",
    hint="Send 0 as the total of an empty cart.",
)
def cart_empty_total(here: Located) -> Faults:
    header = here.one("punch_out_order_message_header")
    total = header.one("total") if header is not None else None
    amount = getattr(getattr(total.element, "money", None), "amount", None) if total is not None else None
    if total is not None and not many(here.element.item_in) and isinstance(amount, Decimal) and amount:
        yield f"The cart is empty, but its total is {plain(amount)}.", total


def _cart(message: Located) -> Located | None:
    payload = message.one("payload")
    return payload if payload is not None and payload.tag == "PunchOutOrderMessage" else None


def _status(message: Located) -> int | None:
    return status_code(message.element.status)


@rule(
    "url-unusable",
    "StartPage",
    "BrowserFormPost",
    "Transaction",
    severity="error",
    guide="5.6.3, 5.6.2.4, 4.3",
    says="A browser or a server shall go to an address that is not one of http or https.",
    hint="Write the whole address, beginning with https://.",
)
def url_unusable(here: Located) -> Faults:
    url = plain(here.element.url).strip()
    if scheme(url) not in ("https", "http", ""):
        yield f"{here.tag} leads to an address of {scheme(url)[:20]}, not of http or https.", here.place("url")
