"""Whether an order buys what the cart offered, at its prices.

A buyer may order days after the shop has given out the cart, several carts in one order, or a part of one; and the
system in between may have changed what it should only have carried.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import Any, Literal

import attrs

from ..binding import rewriter
from ..element import OpenElement
from ..errors import InvalidValue
from ..findings import shorten
from ..models.item import ItemIn, ItemOut, PriceBasisQuantity, SupplierPartAuxiliaryID
from ..summary.amounts import decimal_of, detail_of, exact, places_of
from ..summary.lines import item_name
from ..summary.reading import at, is_instruction, joined, plain, says_yes

__all__ = ["Difference", "DifferenceKind", "compare_order"]

DifferenceKind = Literal["added", "auxiliary-id", "currency", "missing", "price", "price-basis", "quantity", "unit"]

_NOUNS: dict[DifferenceKind, str] = {
    "auxiliary-id": "auxiliary id",
    "currency": "currency",
    "price": "unit price",
    "price-basis": "price basis",
    "quantity": "quantity",
    "unit": "unit of measure",
}


@attrs.frozen
class Difference:
    """One thing in which an order departs from the cart.

    cart, order: the lines, the first ones where several belong together; None in ``added`` and ``missing``.
    expected, found: what the cart says and what the order says. For ``price`` and all quantities a Decimal, for
        ``currency`` and ``unit`` a text, for ``price-basis`` and ``auxiliary-id`` the element; None where there is
        nothing, and a text where what was received is no number.
    """

    kind: DifferenceKind
    cart: ItemIn | None
    order: ItemOut | None
    expected: Decimal | str | PriceBasisQuantity | SupplierPartAuxiliaryID | None = None
    found: Decimal | str | PriceBasisQuantity | SupplierPartAuxiliaryID | None = None

    @property
    def part_id(self) -> str:
        """SupplierPartID, without blanks around it."""
        return plain(at(self.cart or self.order, "item_id.supplier_part_id")).strip()

    @property
    def auxiliary_id(self) -> str:
        """The text of SupplierPartAuxiliaryID in the cart, or in the order if the line is not in the cart."""
        return plain(at(self.cart or self.order, "item_id.supplier_part_auxiliary_id")).strip()

    def __str__(self) -> str:
        item = shorten(item_name(at(self.cart or self.order, "item_id")))
        if self.kind == "missing":
            return f"{item}: {_shown(self.expected)} in the cart, nothing in the order"
        if self.kind == "added":
            return f"{item}: {_shown(self.found)} in the order, nothing in the cart"
        noun = _NOUNS[self.kind]
        return f"{item}: the {noun} is {_shown(self.expected)} in the cart and {_shown(self.found)} in the order"


def _shown(value: Any) -> str:
    if value is None:
        return "absent"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, PriceBasisQuantity):
        per = joined((plain(value.quantity), plain(value.unit_of_measure)), " ")
        return joined((per, "" if value.conversion_factor == 1 else f"{plain(value.conversion_factor)} to the unit"))
    if isinstance(value, SupplierPartAuxiliaryID) and value.elements:
        return "(elements)"
    return shorten(plain(value))


def compare_order(cart_items: Iterable[ItemIn], order_items: Iterable[ItemOut]) -> tuple[Difference, ...]:
    """The differences in the order of the cart; what was not in the cart comes last. Empty if there is none.

    Give the lines of all carts that the order may buy. Lines belong together by part number and auxiliary id, then
    by part number alone; quantities may be split over several lines or merged into one. Numbers are compared exactly
    and by value, 12.5 is 12.50, and so are codes, eur is EUR. Lines that the order deletes are not there; lines that
    go back to the supplier are ``added``.

    Texts, classifications and accounts are the buyer's to change and are not compared.

    Raises InvalidValue if the two are given the other way round.
    """
    cart, order, returned = _Lots(), _Lots(), []
    for item in cart_items:
        if not isinstance(item, ItemIn):
            raise InvalidValue(f"lines of the cart are ItemIn, not {type(item).__name__}", "compare_order.cart_items")
        cart.add(item)
    for line in order_items:
        if not isinstance(line, ItemOut):
            raise InvalidValue(
                f"lines of the order are ItemOut, not {type(line).__name__}", "compare_order.order_items"
            )
        if says_yes(line.is_return):
            returned.append(line)
        elif line.operation != "delete":
            order.add(line)
    found: list[Difference] = []
    for part, lots in cart.by_part.items():
        ordered = order.by_part.get(part, [])
        _pair_all(lots, ordered)
        found += [difference for lot in lots for difference in _differences(lot)]
        found += [difference for lot in ordered for difference in _surplus(lot)]
    added = (lot.items for lots in order.by_part.values() for lot in lots if not lot.partners)
    found += [Difference("added", None, line, found=line.quantity) for line in chain(*added, returned)]
    for lot in chain(*order.by_part.values()):
        lot.partners.clear()  # each of a pair knows the other, and only the collector could take them apart
    return tuple(found)


# --- lots: lines of one item on the same terms -----------------------------------------------------------------


@attrs.define(eq=False)
class _Lot:
    """Lines of one item on the same terms.

    total: their quantity; None if it is no number. left: what no line on the other side answers to yet.
    partners: the lots that answer. open: whether anything is left to answer to.
    """

    auxiliary: Hashable
    unit: str
    terms: tuple[Hashable, ...]
    items: list[Any]
    total: Fraction | None
    left: Fraction
    open: bool = True
    partners: list[_Lot] = attrs.field(factory=list)


class _Lots:
    """The lines of one side, by part and lot."""

    def __init__(self) -> None:
        self.by_part: dict[str, list[_Lot]] = {}
        self._known: dict[Hashable, _Lot] = {}

    def add(self, item: ItemIn | ItemOut) -> None:
        part = plain(at(item, "item_id.supplier_part_id")).strip()
        quantity = exact(item.quantity)
        auxiliary, terms = _auxiliary(item), _terms(item)
        key = part, auxiliary, terms
        lot = self._known.get(key) if quantity is not None else None
        if lot is not None and lot.total is not None and quantity is not None:
            lot.items.append(item)
            lot.total = lot.left = lot.total + quantity
            return
        made = _Lot(auxiliary, terms[0], terms, [item], quantity, Fraction(0) if quantity is None else quantity)
        self.by_part.setdefault(part, []).append(made)
        if quantity is not None:
            self._known[key] = made


def _auxiliary(item: Any) -> Hashable:
    """The content of the auxiliary id, without blanks around it; none is the same as an empty one."""
    element = at(item, "item_id.supplier_part_auxiliary_id")
    parts = (element,) if isinstance(element, str) else at(element, "content") or ()
    content: list[str | tuple[str]] = [
        part if isinstance(part, str) else _markup(part) for part in parts if not is_instruction(part)
    ]
    if content and isinstance(content[0], str):
        content[0] = content[0].lstrip()
    if content and isinstance(content[-1], str):
        content[-1] = content[-1].rstrip()
    return tuple(part for part in content if part != "")


def _markup(part: Any) -> tuple[str]:
    # An element that a program has put there, as it will be read; in a tuple, so that no text is equal to it.
    return (part.markup if isinstance(part, OpenElement) else OpenElement(rewriter.write(part)).markup,)


def _terms(item: Any) -> tuple[str, Hashable, str, Hashable]:
    """Unit, price, currency and price basis, so that equal terms are equal values."""
    detail = detail_of(item)
    unit = _code(at(detail, "unit_of_measure"))
    price = _value(at(detail, "unit_price.money.amount"))
    currency = _code(at(detail, "unit_price.money.currency"))
    return unit, price, currency, _basis(at(detail, "price_basis_quantity"), unit)


def _code(code: Any) -> str:
    return plain(code).strip().upper()


def _basis(basis: Any, unit: str) -> Hashable:
    """The price basis; one unit of the line says the same as none."""
    if basis is None:
        return Fraction(1), Fraction(1), ""
    its_unit = _code(basis.unit_of_measure)
    return _value(basis.quantity), _value(basis.conversion_factor), "" if its_unit == unit else its_unit


def _value(number: Any) -> Hashable:
    value = exact(number)
    return number if value is None else value


# --- which lots belong together --------------------------------------------------------------------------------

#: What has to be equal, from close to distant, and whether quantities can be set off against each other.
_STAGES: tuple[tuple[Callable[[_Lot], Hashable], bool], ...] = (
    (lambda lot: (lot.auxiliary, lot.terms), True),
    (lambda lot: (lot.auxiliary, lot.unit), True),
    (lambda lot: lot.auxiliary, False),
    (lambda lot: lot.terms, True),
    (lambda lot: lot.unit, True),
    (lambda lot: None, False),
)


def _pair_all(cart: list[_Lot], order: list[_Lot]) -> None:
    """Say of each lot which lots of the other side answer to it, all of one part."""
    for key, set_off in _STAGES:
        # Equal quantities first, then whatever is new on both sides, then what is left over from other pairs.
        _pair_new(cart, order, _with_total(key))
        _pair_new(cart, order, key)
        if set_off:
            _pair_leftover(cart, order, key)
            _pair_leftover(order, cart, key)


def _with_total(key: Callable[[_Lot], Hashable]) -> Callable[[_Lot], Hashable]:
    return lambda lot: (key(lot), lot.total)


def _pair_new(cart: list[_Lot], order: list[_Lot], key: Callable[[_Lot], Hashable]) -> None:
    """Pair lots that nobody answers to yet, one with one."""
    offered: dict[Hashable, list[_Lot]] = {}
    for lot in reversed(order):
        if not lot.partners:
            offered.setdefault(key(lot), []).append(lot)
    for lot in cart:
        if not lot.partners and offered.get(key(lot)):
            _pair(lot, offered[key(lot)].pop())


def _pair_leftover(new: list[_Lot], old: list[_Lot], key: Callable[[_Lot], Hashable]) -> None:
    """Pair lots that nobody answers to yet with what other pairs have left over: quantities were merged or split."""
    offered: dict[Hashable, list[_Lot]] = {}
    for lot in reversed(old):
        if lot.partners and lot.open:
            offered.setdefault(key(lot), []).append(lot)
    for lot in new:
        if lot.partners:
            continue
        stack = offered.get(key(lot), [])
        while stack and lot.open:
            _pair(lot, stack[-1])
            if not stack[-1].open:
                stack.pop()


def _pair(mine: _Lot, other: _Lot) -> None:
    """Let two lots answer to each other, for as much as both have."""
    mine.partners.append(other)
    other.partners.append(mine)
    if mine.total is None or other.total is None or mine.unit != other.unit:
        # Nothing to set off: 3 pieces are not 3 boxes. The whole answers to the whole.
        mine.open = other.open = False
        return
    common = min(mine.left, other.left)
    mine.left, other.left = mine.left - common, other.left - common
    mine.open, other.open = mine.left != 0, other.left != 0


# --- differences -----------------------------------------------------------------------------------------------

_TERMS: tuple[tuple[DifferenceKind, str], ...] = (
    ("unit", "unit_of_measure"),
    ("price", "unit_price.money.amount"),
    ("currency", "unit_price.money.currency"),
    ("price-basis", "price_basis_quantity"),
)


def _differences(lot: _Lot) -> Iterator[Difference]:
    """What has become of one lot of the cart."""
    if not lot.partners:
        yield from (Difference("missing", item, None, expected=item.quantity) for item in lot.items)
        return
    cart = lot.items[0]
    for other in lot.partners:
        order = other.items[0]
        if lot.auxiliary != other.auxiliary:
            path = "item_id.supplier_part_auxiliary_id"
            yield Difference("auxiliary-id", cart, order, at(cart, path), at(order, path))
        for (kind, path), expected, found in zip(_TERMS, lot.terms, other.terms, strict=True):
            if expected != found:
                yield Difference(kind, cart, order, at(detail_of(cart), path), at(detail_of(order), path))
        whole = lot.total is None or other.total is None or lot.unit != other.unit
        if whole and _value(_quantity(lot, lot.total)) != _value(_quantity(other, other.total)):
            yield Difference("quantity", cart, order, _quantity(lot, lot.total), _quantity(other, other.total))
    if lot.open and lot.total is not None:
        ordered = _quantity(lot, lot.total - lot.left)
        yield Difference("quantity", cart, lot.partners[0].items[0], _quantity(lot, lot.total), ordered)


def _surplus(lot: _Lot) -> Iterator[Difference]:
    """What one lot of the order has more than the cart, if the cart has it at all."""
    if lot.partners and lot.open and lot.total is not None:
        cart, expected = lot.partners[0].items[0], _quantity(lot, lot.total - lot.left)
        yield Difference("quantity", cart, lot.items[0], expected, _quantity(lot, lot.total))


def _quantity(lot: _Lot, total: Fraction | None) -> Any:
    """A number as a Decimal; what is none as it was received."""
    quantity = lot.items[0].quantity
    if total is None or exact(quantity) == total:
        return quantity
    places = places_of(total)
    assert places is not None  # a sum of decimals
    return decimal_of(total, places)
