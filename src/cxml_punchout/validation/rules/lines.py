"""Rules for lines: numbers, groups, quantities, part numbers, schedules and accounts."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ...spelled import Unreadable
from ...summary.amounts import decimal_text, exact, exact_sum
from ...summary.reading import at, many, plain
from ..located import Located
from .money import cost
from .registry import Faults, rule
from .texts import again, padded

__all__: list[str] = []


@rule(
    "quantity-negative",
    "ItemIn",
    "ItemOut",
    "ScheduleLine",
    severity="error",
    guide="5.6.4.4, 7.2.2",
    says="A quantity is below zero.",
    hint='Quantities are never negative; a return is marked with isReturn="yes".',
)
def quantity_negative(here: Located) -> Faults:
    quantity = here.element.quantity
    if isinstance(quantity, Decimal) and quantity < 0:
        yield f"The quantity of {here.tag} is {plain(quantity)}."


@rule(
    "quantity-zero",
    "ItemIn",
    "ItemOut",
    severity="warning",
    guide="5.6.4.4, 7.2.2",
    says="A line of a cart or of a new order has the quantity zero.",
    hint="Leave the line out.",
)
def quantity_zero(here: Located) -> Faults:
    quantity = here.element.quantity
    if not isinstance(quantity, Decimal) or quantity:
        return
    order = here.up("OrderRequest")
    # A change may set to zero what is no longer wanted.
    if order is None or at(order.element, "order_request_header.type") not in ("update", "delete"):
        yield f"The quantity of {here.tag} is zero."


@rule(
    "line-number-missing",
    "OrderRequest",
    severity="warning",
    guide="7.2.2",
    says="A line of an order has no number, so later documents cannot refer to it.",
    hint="Number the lines with lineNumber, from 1 or by tens.",
)
def line_number_missing(here: Located) -> Faults:
    for item in here.all("item_out"):
        if item.element.line_number is None:
            yield "ItemOut has no lineNumber.", item


@rule(
    "line-number-repeated",
    "OrderRequest",
    severity="error",
    guide="7.2.2",
    says="Two lines of an order have the same number.",
    hint="Give each line a lineNumber of its own, and keep it through all changes of the order.",
)
def line_number_repeated(here: Located) -> Faults:
    for item, number in again(here.all("item_out"), _line_number):
        yield f"Line number {number} stands a second time.", item


def _line_number(item: Located) -> int | None:
    number = item.element.line_number
    return int(number) if _is_number(number) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and value >= 0


def _is_unclear(value: Any) -> bool:
    """Whether a number is there that cannot be read: the datatypes have found it, and nothing is built on it."""
    return value is not None and not _is_number(value)


# --- groups ----------------------------------------------------------------------------------------------------

_CARRIERS = ("OrderRequest", "PunchOutOrderMessage", "PunchOutSetupRequest")


def _items(here: Located) -> list[Located]:
    return here.all("item_in" if here.tag == "PunchOutOrderMessage" else "item_out")


def _by_number(items: list[Located]) -> dict[int, Located]:
    known: dict[int, Located] = {}
    for item in items:
        if _is_number(item.element.line_number):
            known.setdefault(item.element.line_number, item)
    return known


def _members(here: Located) -> list[tuple[Located, int, Located | None]]:
    """Each line with a parent: the line, the number that it names, and the head if there is such a line."""
    items = _items(here)
    named = [(item, number) for item in items if _is_number(number := item.element.parent_line_number)]
    known = _by_number(items) if named else {}
    return [(item, number, known.get(number)) for item, number in named]


@rule(
    "parent-unknown",
    *_CARRIERS,
    severity="error",
    guide="7.2.2",
    says="A line names a parent line that is not in the document.",
    hint="parentLineNumber repeats the lineNumber of the head of the group.",
)
def parent_unknown(here: Located) -> Faults:
    unclear = any(_is_unclear(item.element.line_number) for item in _items(here))
    for item, number, head in here.once(_members):
        if head is None and not unclear:
            yield f"There is no line {number} to be the parent of this line.", item


@rule(
    "parent-not-composite",
    *_CARRIERS,
    severity="error",
    guide="7.2.2",
    says="A line names a parent that is not the head of a group.",
    hint='Mark the head with itemType="composite".',
)
def parent_not_composite(here: Located) -> Faults:
    for item, number, head in here.once(_members):
        if head is None or head.element is item.element or isinstance(head.element.item_type, Unreadable):
            continue
        if head.element.item_type != "composite":
            kind = "a lean line, which has no members" if head.element.item_type == "lean" else "no composite line"
            yield f"Line {number} is the parent of this line but {kind}.", item


@rule(
    "parent-circle",
    *_CARRIERS,
    severity="error",
    guide="7.2.2",
    says="A line is its own parent, by itself or by way of others.",
    hint="Correct parentLineNumber; groups are trees.",
)
def parent_circle(here: Located) -> Faults:
    known = _by_number(_items(here))
    done: set[int] = set()
    circular: set[int] = set()
    for number in known:
        path: list[int] = []
        parent: Any = number
        while _is_number(parent) and parent in known and parent not in done:
            done.add(parent)
            path.append(parent)
            parent = known[parent].element.parent_line_number
        if parent in path:
            circular.update(path[path.index(parent) :])
    for number in sorted(circular):
        yield f"Line {number} is its own parent.", known[number]


@rule(
    "parent-of-other",
    *_CARRIERS,
    severity="warning",
    guide="7.2.2",
    says='A line with a parent is not marked as a member: parentLineNumber goes with itemType="item" only.',
    hint='Say itemType="item".',
)
def parent_of_other(here: Located) -> Faults:
    for item, number, _ in here.once(_members):
        kind = item.element.item_type
        if kind != "item" and kind != "composite" and not isinstance(kind, Unreadable):
            yield f"A line below line {number} is not marked as a member of the group.", item


@rule(
    "composite-empty",
    *_CARRIERS,
    severity="warning",
    guide="7.2.2",
    says="The head of a group has no members.",
    hint='Use itemType="lean" for a head whose members are not sent.',
)
def composite_empty(here: Located) -> Faults:
    items = _items(here)
    parents = {item.element.parent_line_number for item in items}
    if any(map(_is_unclear, parents)) or any(_is_unclear(item.element.line_number) for item in items):
        return
    for item in items:
        if item.element.item_type == "composite" and item.element.line_number not in parents - {None}:
            yield "No line is a member of this composite line.", item


@rule(
    "composite-type-misplaced",
    "ItemIn",
    "ItemOut",
    severity="warning",
    guide="7.2.2",
    says="compositeItemType stands on a line that heads no group.",
    hint='It belongs to a line with itemType="composite".',
)
def composite_type_misplaced(here: Located) -> Faults:
    if here.element.composite_item_type is not None and here.element.item_type in (None, "item"):
        yield "compositeItemType says how a group is priced, but this line heads none."


# --- part numbers ----------------------------------------------------------------------------------------------


@rule(
    "part-id-empty",
    "ItemIn",
    severity="warning",
    guide="5.6.4.4",
    says="An item of a cart has no part number, so the order for it cannot name it.",
    hint="Send the number under which the shop finds the item again as SupplierPartID.",
)
def part_id_empty(here: Located) -> Faults:
    part = at(here.element, "item_id.supplier_part_id")
    if part is not None and not plain(part).strip():
        yield "SupplierPartID is empty.", here.place("item_id")


@rule(
    "part-id-characters",
    "ItemID",
    severity="warning",
    guide="5.6.4.4.1 and the habits of SAP Business Network",
    says="A part number or auxiliary number has a character that some buyers refuse: ?, { or }.",
    hint="Encode the value, in hexadecimal for instance.",
)
def part_id_characters(here: Located) -> Faults:
    for name, wire in (
        ("supplier_part_id", "SupplierPartID"),
        ("supplier_part_auxiliary_id", "SupplierPartAuxiliaryID"),
    ):
        text = plain(getattr(here.element, name))
        if _REFUSED(text):
            found = sorted(set(text) & set("?{}"))
            yield f"{wire} has {' and '.join(map(repr, found))} in it.", here.place(name)


_REFUSED = re.compile("[?{}]").search


@rule(
    "auxiliary-id-long",
    "ItemID",
    severity="warning",
    guide="5.6.4.4.1 and the habits of buyers",
    says="An auxiliary number is so long that buyers may cut it, and then it does not find its item again.",
    hint="Keep the data on your side and send a key of at most 100 characters.",
)
def auxiliary_id_long(here: Located) -> Faults:
    length = len(plain(here.element.supplier_part_auxiliary_id).strip())
    if length > 100:
        yield f"SupplierPartAuxiliaryID has {length} characters.", here.place("supplier_part_auxiliary_id")


@rule(
    "auxiliary-id-padded",
    "SupplierPartAuxiliaryID",
    severity="warning",
    guide="5.6.4.4.1",
    says="Blank space stands around an auxiliary number; buyers return it or not.",
    hint="Write it on one line, without blanks around it.",
)
def auxiliary_id_padded(here: Located) -> Faults:
    if padded(here.element):
        yield "Blank space stands around the SupplierPartAuxiliaryID."


@rule(
    "unspsc-shape",
    "Classification",
    severity="warning",
    guide="5.6.4.4",
    says="A UNSPSC code does not have eight digits.",
    hint="Send the eight digits of the commodity, without dots and blanks.",
)
def unspsc_shape(here: Located) -> Faults:
    code = here.element.code or here.element.value
    if plain(here.element.domain).strip().lower() == "unspsc" and isinstance(code, str):
        digits = code.strip()
        if not (digits.isascii() and digits.isdigit() and len(digits) == 8):
            yield f"{digits[:40]!r} is not a UNSPSC code of eight digits."


# --- quantities that have to add up ----------------------------------------------------------------------------


@rule(
    "schedule-quantity",
    "ItemIn",
    "ItemOut",
    severity="warning",
    guide="7.2.2",
    says="The schedule lines of a line do not add up to its quantity.",
    hint="Divide the whole quantity of the line over its schedule lines.",
)
def schedule_quantity(here: Located) -> Faults:
    schedule = here.element.schedule_line
    whole = exact(here.element.quantity) if schedule else None
    if whole is None:
        return
    parts = [part for line in schedule if (part := exact(line.quantity)) is not None]
    unit = {plain(at(here.element, "item_detail.unit_of_measure")), *(plain(line.unit_of_measure) for line in schedule)}
    made = exact_sum(parts)
    if len(parts) == len(schedule) and len(unit - {""}) < 2 and made != whole:
        yield f"The schedule lines make {decimal_text(made)}, the line has {plain(here.element.quantity)}."


@rule(
    "distribution-sum",
    "ItemOut",
    severity="warning",
    guide="7.2.2",
    says="The charges of a line do not add up to the amount of the line.",
    hint="Divide the whole amount of the line over its accounts.",
)
def distribution_sum(here: Located) -> Faults:
    parts = many(here.element.distribution)
    price = here.once(cost) if parts and here.element.item_detail is not None else None
    if price is None:
        return
    charges = [at(part, "charge.money") for part in parts]
    amounts = [amount for charge in charges if (amount := exact(at(charge, "amount"))) is not None]
    currency = {plain(at(charge, "currency")) for charge in charges}
    currency.add(plain(at(here.element, "item_detail.unit_price.money.currency")))
    if len(amounts) < len(charges) or len(currency) > 1:
        return
    made = exact_sum(amounts)
    # Each part may have been rounded to the cent by itself.
    if made != price and abs(made - price) > Fraction(len(charges), 100):
        yield f"The accounts are charged {decimal_text(made, 2)}, the line costs {decimal_text(price, 2)}."
