"""Rules for the head of an order: change and cancellation, kinds of orders, parties."""

from __future__ import annotations

from typing import Any

from ...spelled import Unreadable
from ...summary.reading import many, plain
from ..located import Located
from .credentials import later
from .registry import Faults, rule

__all__: list[str] = []


@rule(
    "order-id-empty",
    "OrderRequestHeader",
    severity="error",
    guide="7.2.1",
    says="An order has no number.",
    hint="Send the buyer's purchase order number as orderID.",
)
def order_id_empty(here: Located) -> Faults:
    if here.element.order_id is not None and not plain(here.element.order_id).strip():
        yield "The orderID is empty."


@rule(
    "reference-missing",
    "OrderRequestHeader",
    severity="error",
    guide="7.2.1.12",
    says="An order is changed or cancelled without saying which document is meant.",
    hint="Send DocumentReference with the payloadID of the latest OrderRequest for this order.",
)
def reference_missing(here: Located) -> Faults:
    if here.element.type in ("update", "delete") and here.element.document_reference is None:
        yield f'type="{here.element.type}" needs a DocumentReference to the order that is meant.'


@rule(
    "reference-unexpected",
    "OrderRequestHeader",
    severity="warning",
    guide="7.2.1.12",
    says="A new order refers to an earlier document, as if it were a change.",
    hint='Say type="update" or type="delete", or leave out DocumentReference.',
)
def reference_unexpected(here: Located) -> Faults:
    if here.element.type in (None, "new") and here.element.document_reference is not None:
        yield "A new order has a DocumentReference.", here.place("document_reference")


@rule(
    "reference-self",
    "OrderRequestHeader",
    "StatusUpdateRequest",
    severity="error",
    guide="7.2.1.12, 13.2",
    says="A document refers to itself; a change of an order and a status update need a payloadID of their own.",
    hint="Give the new document a new payloadID and refer to that of the earlier one.",
)
def reference_self(here: Located) -> Faults:
    named = getattr(here.element.document_reference, "payload_id", None)
    if named and here.root.tag == "cXML" and named == here.root.element.payload_id:
        yield "DocumentReference names the document in which it stands.", here.place("document_reference")


@rule(
    "blanket-without-date",
    "OrderRequestHeader",
    severity="error",
    guide="7.2.1",
    says="A blanket order does not say from when it applies.",
    hint="Send effectiveDate.",
)
def blanket_without_date(here: Located) -> Faults:
    if here.element.order_type == "blanket" and here.element.effective_date is None:
        yield "A blanket order needs an effectiveDate."


@rule(
    "blanket-only",
    "OrderRequestHeader",
    severity="warning",
    guide="7.2.1",
    says="An order that is no blanket order has attributes that only a blanket order may have.",
    hint='Say orderType="blanket", or leave them out.',
)
def blanket_only(here: Located) -> Faults:
    names = {
        "effective_date": "effectiveDate",
        "expiration_date": "expirationDate",
        "parent_agreement_id": "parentAgreementID",
        "parent_agreement_payload_id": "parentAgreementPayloadID",
        "release_required": "releaseRequired",
    }
    found = [wire for name, wire in names.items() if getattr(here.element, name) not in (None, False)]
    if found and here.element.order_type != "blanket" and not isinstance(here.element.order_type, Unreadable):
        yield f"{', '.join(found)} belong to blanket orders only."


@rule(
    "release-without-agreement",
    "OrderRequestHeader",
    severity="error",
    guide="7.2.1",
    says="A release order does not name the agreement that it draws on.",
    hint="Send agreementID.",
)
def release_without_agreement(here: Located) -> Faults:
    if here.element.order_type == "release" and not here.element.agreement_id:
        yield "A release needs the agreementID of its agreement."


@rule(
    "release-only",
    "OrderRequestHeader",
    severity="warning",
    guide="7.2.1",
    says="An order that is no release names an agreement in its attributes.",
    hint='Say orderType="release", or leave out agreementID and agreementPayloadID.',
)
def release_only(here: Located) -> Faults:
    kind = here.element.order_type
    named = here.element.agreement_id or here.element.agreement_payload_id
    if named and kind != "release" and not isinstance(kind, Unreadable):
        yield "agreementID and agreementPayloadID belong to releases only."


_STOCK = ("stockTransport", "stockTransportRelease")


@rule(
    "stock-only",
    "OrderRequestHeader",
    severity="warning",
    guide="7.2.1",
    says="isSTOOutbound stands on an order that moves no stock.",
    hint='Say orderType="stockTransport" or "stockTransportRelease", or leave it out.',
)
def stock_only(here: Located) -> Faults:
    kind = here.element.order_type
    if here.element.is_sto_outbound and kind not in _STOCK and not isinstance(kind, Unreadable):
        yield "isSTOOutbound belongs to stock transport orders only."


@rule(
    "period-reversed",
    "OrderRequestHeader",
    "Period",
    "ValidityPeriod",
    severity="error",
    guide="7.2.1",
    says="A period ends before it begins.",
    hint="Exchange the two dates.",
)
def period_reversed(here: Located) -> Faults:
    begin, end = {
        "OrderRequestHeader": ("effective_date", "expiration_date"),
        "Period": ("start_date", "end_date"),
        "ValidityPeriod": ("from_", "to"),
    }[here.tag]
    if later(getattr(here.element, begin), getattr(here.element, end)):
        yield f"The period of {here.tag} ends before it begins."


@rule(
    "address-domain-missing",
    "Address",
    "Contact",
    severity="warning",
    guide="5.6.2.8",
    says="An addressID stands without addressIDDomain, so nobody knows whose code it is.",
    hint="Say in addressIDDomain whose code it is, such as DUNS or buyerLocationID.",
)
def address_domain_missing(here: Located) -> Faults:
    if here.element.address_id and not here.element.address_id_domain:
        yield f"addressID of {here.tag} has no addressIDDomain."


# --- header or lines -------------------------------------------------------------------------------------------


@rule(
    "both-levels",
    "OrderRequest",
    severity="error",
    guide="7.2.1, 7.2.1.4",
    says="Something stands on the header and on a line, where it may stand on one of the two only.",
    hint="Say it once on the header, or on every line; what the header says is no default for the lines.",
)
def both_levels(here: Located) -> Faults:
    header = here.one("order_request_header")
    if header is None:
        return
    whole = _level(header)
    for item in here.all("item_out") if whole else ():
        for what in sorted(_level(item) & whole):
            yield f"{what} stands on the header and on this line.", item


@rule(
    "not-every-line",
    "OrderRequest",
    severity="warning",
    guide="7.2.1, 7.2.1.4",
    says="ShipTo or Shipping stands on some lines, but neither on the header nor on all lines.",
    hint="Say it once on the header, or on every line.",
)
def not_every_line(here: Located) -> Faults:
    header = here.one("order_request_header")
    items = here.all("item_out")
    if header is None:
        return
    for name, wire in (("ship_to", "ShipTo"), ("shipping", "Shipping")):
        without = [item for item in items if getattr(item.element, name) is None]
        if getattr(header.element, name) is None and 0 < len(without) < len(items):
            yield f"{wire} is missing here and on the header, but stands on other lines.", without[0]


def _level(here: Located) -> set[str]:
    """What one level of an order says, of the things that only one level may say."""
    element = here.element
    found = {
        wire
        for name, wire in (("ship_to", "ShipTo"), ("shipping", "Shipping"), ("requisition_id", "requisitionID"))
        if getattr(element, name)
    }
    if element.contact:
        found.update(f"the Contact with role {plain(c.role)}" for c in element.contact if c.role)
    extrinsics = element.extrinsic if here.tag == "OrderRequestHeader" else _line_extrinsics(element)
    if extrinsics:
        found.update(f"the Extrinsic {plain(e.name).strip()}" for e in extrinsics if plain(e.name).strip())
    return found


def _line_extrinsics(item: Any) -> Any:
    detail = getattr(item, "item_detail", None) or getattr(item, "blanket_item_detail", None)
    return getattr(detail, "extrinsic", ())


@rule(
    "comments-repeated",
    "OrderRequest",
    severity="warning",
    guide="7.2.1.9",
    says="A line repeats a comment of the header.",
    hint="Leave it out on the line.",
)
def comments_repeated(here: Located) -> Faults:
    header = here.one("order_request_header")
    said = {plain(comment) for comment in many(header.element.comments)} - {""} if header is not None else set()
    for item in here.all("item_out") if said else ():
        for comment in item.all("comments") if item.element.comments else ():
            if plain(comment.element) in said:
                yield "The comment of this line stands on the header as well.", comment
