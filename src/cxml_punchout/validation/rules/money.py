"""Rules for money: totals, currencies, price bases and limits. All sums are exact."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ...summary.amounts import decimal_text, detail_of, exact, line_amount
from ...summary.lines import held
from ...summary.reading import at, plain
from ...summary.reckoning import Reckoning
from ..located import Located
from .registry import Faults, rule

__all__: list[str] = []


def cost(line: Located) -> Fraction | None:
    """What a line costs; to be asked with ``once``."""
    return line_amount(line.element)


def _lines(here: Located) -> list[Located]:
    return here.all("item_in" if here.tag == "PunchOutOrderMessage" else "item_out")


def _total(here: Located) -> tuple[Located | None, Any, list[Any]]:
    """The total of an order or a cart, its header and its lines."""
    cart = here.tag == "PunchOutOrderMessage"
    header = here.one("punch_out_order_message_header" if cart else "order_request_header")
    items = [line.element for line in _lines(here)]
    return (header.one("total") if header is not None else None), header and header.element, items


@rule(
    "total-differs",
    "OrderRequest",
    "PunchOutOrderMessage",
    severity="warning",
    guide="5.6.4.2, 7.2.1.1",
    says="The total is not the sum of the lines: price, divided by the price basis, times quantity; a group counts "
    "once. Rounding is allowed, line by line or of the sum, and returns may be left out or taken off. Totals with "
    "allowances and charges, blanket orders, cancellations, lines with limits or without a readable price are not "
    "compared.",
    hint="Total is the items alone, without tax and shipping.",
)
def total_differs(here: Located) -> Faults:
    total, header, items = _total(here)
    if total is None:
        return
    _, found = held(header, items, [line.once(cost) for line in _lines(here)])
    stated = exact(at(total.element, "money.amount"))
    if found is None or found.verdict != "differs" or found.lines is None or stated is None:
        return
    surplus = _surplus(header, stated - found.lines)
    yield f"The total is {found.stated} {found.currency}, but {found.remark}{surplus}.", total


def _blanket(header: Any) -> bool:
    return getattr(header, "order_type", None) == "blanket"


def _surplus(header: Any, gap: Fraction) -> str:
    """What the difference looks like: tax or shipping that was added to the total."""
    tax, shipping = (at(header, f"{name}.money.amount") for name in ("tax", "shipping"))
    parts = [(name, a) for name, money in (("tax", tax), ("shipping", shipping)) if (a := exact(money))]
    for chosen in ([parts[0]], [parts[-1]], parts) if parts else ():
        if sum(amount for _, amount in chosen) == gap:
            return f"; it seems to include {' and '.join(name for name, _ in chosen)}"
    return ""


@rule(
    "currencies-mixed",
    "OrderRequest",
    "PunchOutOrderMessage",
    severity="warning",
    guide="3.2.2",
    says="A line is priced in another currency than the total, so the total cannot be checked.",
    hint="Price all lines in the currency of the total; Money@alternateAmount is there for a second currency.",
)
def currencies_mixed(here: Located) -> Faults:
    total, _, _ = _total(here)
    currency = plain(at(total.element, "money.currency")) if total is not None else ""
    for item in _lines(here):
        mine = plain(at(detail_of(item.element), "unit_price.money.currency"))
        if mine != currency and _CURRENCY(mine) and _CURRENCY(currency):
            yield f"This line is priced in {mine}, the total in {currency}.", item


#: What has not this form, the datatypes have found already.
_CURRENCY = re.compile("[A-Z]{3}").fullmatch


@rule(
    "tax-differs",
    "OrderRequest",
    "PunchOutOrderMessage",
    severity="warning",
    guide="7.2.1",
    says="The tax of the whole is not the sum of the taxes of the lines, although every line states one.",
    hint="Tax on the header is the total tax, on a line that of the line.",
)
def tax_differs(here: Located) -> Faults:
    _, header, items = _total(here)
    whole = at(header, "tax.money")
    taxes = [at(item, "tax.money") for item in items]
    if whole is None or not taxes or None in taxes:
        return
    stated, amounts = exact(whole.amount), [exact(tax.amount) for tax in taxes]
    same = {plain(money.currency) for money in (whole, *taxes)}
    if stated is None or None in amounts or len(same) > 1:
        return
    made = Reckoning(items, amounts).every_sum()
    # Each line may have been rounded to the cent by itself.
    if made.complete and all(abs(each - stated) > Fraction(len(taxes), 100) for each in made.of):
        nearest = min(made.of, key=lambda each: (abs(each - stated), each))
        yield f"The taxes of the lines make {decimal_text(nearest, 2)}, the header states {plain(whole.amount)}."


@rule(
    "alternate-incomplete",
    "Money",
    severity="error",
    guide="3.2.2",
    says="alternateAmount and alternateCurrency do not come together.",
    hint="Send both or neither.",
)
def alternate_incomplete(here: Located) -> Faults:
    if here.element.alternate_amount is None and here.element.alternate_currency is None:
        return
    amount, currency = plain(here.element.alternate_amount).strip(), plain(here.element.alternate_currency).strip()
    if bool(amount) != bool(currency):
        yield f"Money has {'alternateAmount' if amount else 'alternateCurrency'} without the other of the two."


@rule(
    "price-negative",
    "UnitPrice",
    severity="warning",
    guide="5.6.4.4",
    says="A unit price is below zero.",
    hint="Express a discount in Modifications, and a return by isReturn.",
)
def price_negative(here: Located) -> Faults:
    amount = at(here.element, "money.amount")
    if isinstance(amount, Decimal) and amount < 0:
        yield f"The unit price is {plain(amount)}."


@rule(
    "price-basis-zero",
    "PriceBasisQuantity",
    severity="error",
    guide="14.2.2.2.1",
    says="A price is stated for a quantity of zero or less, or its unit converts to nothing.",
    hint="quantity and conversionFactor are numbers above zero; 1 if the price is for one unit.",
)
def price_basis_zero(here: Located) -> Faults:
    for name, wire in (("quantity", "quantity"), ("conversion_factor", "conversionFactor")):
        number = getattr(here.element, name)
        if isinstance(number, Decimal) and number <= 0:
            yield f"{wire} of the price basis is {plain(number)}."


@rule(
    "limit-over-total",
    "OrderRequest",
    severity="warning",
    guide="7.2.1.1",
    says="The limits of the lines of a blanket order add up to more than its total, which is the most to be spent.",
    hint="Raise the total or lower MaxAmount.",
)
def limit_over_total(here: Located) -> Faults:
    total, header, items = _total(here)
    if total is None or not _blanket(header):
        return
    whole: Any = total.element.money
    limits: list[Any] = [at(item, "blanket_item_detail.max_amount.money") for item in items]
    stated = exact(at(whole, "amount"))
    made = Reckoning(items, [exact(at(limit, "amount")) or Fraction(0) for limit in limits]).every_sum()
    same = {plain(money.currency) for money in (whole, *limits) if money is not None}
    if stated is not None and len(same) == 1 and made.complete and min(made.of) > stated:
        yield (
            f"The limits of the lines make {decimal_text(min(made.of), 2)}, the total is {plain(whole.amount)}.",
            total,
        )
