"""Line items in short, what each costs, and whether they make the stated total. All of it exact, in fractions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Context, Decimal, Inexact
from fractions import Fraction
from typing import Any, Literal, NamedTuple

import attrs

from .reading import at, described, joined, many, money, plain

__all__ = [
    "Line",
    "Priced",
    "Total",
    "compare",
    "decimal_text",
    "decimals_of",
    "exact",
    "exact_sum",
    "item_name",
    "line_amount",
    "lines_of",
    "priced",
]

Verdict = Literal["agrees", "rounded", "differs", "not compared"]

# No price needs more; a number of a million digits would only cost time.
_DIGITS = 40


@attrs.frozen
class Line:
    """One item.

    number: as the document numbers it; empty if it does not.
    amount: exact; None where a number is missing or cannot be read, and for limits of a blanket order.
    counted: whether the amount is part of the total.
    """

    number: str
    position: int
    quantity: str
    unit: str
    part_id: str
    description: str
    unit_price: str
    currency: str
    amount: Fraction | None
    counted: bool = True
    notes: tuple[str, ...] = ()


class Priced(NamedTuple):
    """What of a line makes the total; a Line has it too."""

    amount: Fraction | None
    currency: str
    counted: bool


@attrs.frozen
class Total:
    """The stated total, and what the lines come to.

    verdict: ``rounded`` when the lines make the total only after rounding to its number of decimals, each by itself
        or all together.
    remark: the verdict in words.
    lines: the exact sum of the lines, where it can be made.
    """

    stated: str
    currency: str
    verdict: Verdict
    remark: str
    lines: Fraction | None = None


# --- arithmetic ------------------------------------------------------------------------------------------------


def line_amount(item: Any) -> Fraction | None:
    """What an ItemIn or ItemOut costs, exactly; None where a number is missing or cannot be read.

    The unit price is for as many units as the price basis says: price / basis quantity * quantity * conversion factor.
    """
    detail = _detail(item)
    price, quantity = at(detail, "unit_price.money.amount"), item.quantity
    if not _usable(price) or not _usable(quantity):
        return None
    basis = detail.price_basis_quantity
    if basis is None:
        # Decimals multiply faster than fractions, and as exactly where there is room for all digits.
        return Fraction(*_ROOMY.multiply(price, quantity).as_integer_ratio())
    per, factor = exact(basis.quantity), exact(basis.conversion_factor)
    return Fraction(price) * Fraction(quantity) * factor / per if per and factor is not None else None


_ROOMY = Context(prec=2 * _DIGITS, traps=[Inexact])


def _usable(value: Any) -> bool:
    """Whether it is a number, and of no more digits than any price or quantity needs."""
    if not isinstance(value, Decimal):
        return False
    _, digits, exponent = value.as_tuple()
    return isinstance(exponent, int) and len(digits) <= _DIGITS and abs(exponent) <= _DIGITS


def exact(value: Any) -> Fraction | None:
    """A number as a fraction; None if it is none, or too long."""
    return Fraction(*value.as_integer_ratio()) if _usable(value) else None


def exact_sum(amounts: Iterable[Fraction]) -> Fraction:
    """The sum. Most amounts of a document have one denominator, and whole numbers are quickly added."""
    numerators: dict[int, int] = {}
    for amount in amounts:
        denominator = amount.denominator
        numerators[denominator] = numerators.get(denominator, 0) + amount.numerator
    made = [Fraction(numerator, denominator) for denominator, numerator in numerators.items()]
    return made[0] if len(made) == 1 else sum(made, Fraction(0))


def decimal_text(value: Fraction, decimals: int = 0) -> str:
    """The number with at least so many decimals; what does not end is cut after six and marked with ``…``."""
    needed, rest = 0, value.denominator
    while rest % 10 == 0:
        needed, rest = needed + 1, rest // 10
    while rest > 1 and rest % 2 == 0:
        needed, rest = needed + 1, rest // 2
    while rest > 1 and rest % 5 == 0:
        needed, rest = needed + 1, rest // 5
    endless = rest > 1
    places = 6 if endless else max(needed, decimals)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    whole, part = (digits[:-places], digits[-places:]) if places else (digits, "")
    return f"{'-' if value < 0 else ''}{whole}{'.' if part else ''}{part}{'…' if endless else ''}"


def decimals_of(number: str) -> int:
    """How many decimals a number is written with."""
    return len(number.partition(".")[2])


def _rounded(value: Fraction, decimals: int) -> Fraction:
    """Half away from zero, as invoices do."""
    scale = 10**decimals
    whole = (abs(value) * scale + Fraction(1, 2)) // 1
    return Fraction(whole if value >= 0 else -whole, scale)


# --- lines -----------------------------------------------------------------------------------------------------


def lines_of(items: Any, *, numbered: bool) -> tuple[Line, ...]:
    """The lines of a cart or an order. Only in an order the numbers mean anything."""
    items = tuple(many(items))
    heads = _heads(items)
    return tuple(
        _line(item, position, plain(item.line_number) if numbered else "", heads)
        for position, item in enumerate(items, 1)
    )


def priced(items: Sequence[Any], amounts: Iterable[Fraction | None]) -> list[Priced]:
    """What of the lines makes the total; ``amounts`` are what ``line_amount`` says of each."""
    heads = _heads(items)
    made = []
    for item, amount in zip(items, amounts, strict=True):
        detail = _detail(item)
        counted = detail is item.item_detail and not any(_outside(item, heads))
        made.append(Priced(amount, plain(at(detail, "unit_price.money.currency")), counted))
    return made


def _heads(items: Iterable[Any]) -> dict[Any, Any]:
    return {item.line_number: item.composite_item_type for item in items if item.item_type == "composite"}


def _line(item: Any, position: int, number: str, heads: dict[Any, Any]) -> Line:
    detail = _detail(item)
    outside = tuple(_outside(item, heads))
    return Line(
        number=number,
        position=position,
        quantity=plain(item.quantity),
        unit=plain(at(detail, "unit_of_measure")),
        part_id=plain(at(item, "item_id.supplier_part_id")),
        description=next(filter(None, map(described, many(at(detail, "description")))), ""),
        unit_price=plain(at(detail, "unit_price.money.amount")),
        currency=plain(at(detail, "unit_price.money.currency")),
        amount=line_amount(item) if detail is item.item_detail else None,
        counted=detail is item.item_detail and not outside,
        notes=(*outside, *_notes(item, detail)),
    )


def _detail(item: Any) -> Any:
    return item.item_detail or _limits(item)


def _limits(item: Any) -> Any:
    """What a blanket line has in the place of a detail: a price perhaps, but no sum is made of it."""
    return getattr(item, "blanket_item_detail", None)


def _outside(item: Any, heads: dict[Any, Any]) -> Iterable[str]:
    """Why the amount of a line is no part of the total."""
    if getattr(item, "is_return", False):
        yield "goes back to the supplier, not in the total"
    if getattr(item, "operation", None) == "delete":
        yield "deleted, not in the total"
    if item.item_type == "composite" and item.composite_item_type == "itemLevel":
        yield "head of a group, priced by its members"
    if item.parent_line_number is not None and heads.get(item.parent_line_number) == "groupLevel":
        yield f"in the price of line {plain(item.parent_line_number)}"


def _notes(item: Any, detail: Any) -> Iterable[str]:
    basis = at(detail, "price_basis_quantity")
    if basis is not None and (basis.quantity, basis.conversion_factor) != (1, 1):
        factor = f", {plain(basis.conversion_factor)} to the unit of the line" if basis.conversion_factor != 1 else ""
        yield f"price for {joined((plain(basis.quantity), plain(basis.unit_of_measure)), ' ')}{factor}"
    most = (money(at(detail, f"{field}.money")) for field in ("max_amount", "overall_limit") if _has(detail, field))
    limit = next(filter(None, most), "")
    if limit:
        yield f"at most {limit}"
    if getattr(item, "operation", None) == "block":
        yield "blocked"
    if getattr(item, "is_ad_hoc", False):
        yield "not from a catalogue"


def _has(detail: Any, field: str) -> bool:
    return getattr(detail, field, None) is not None


def item_name(item_id: Any) -> str:
    """Both parts of a supplier's item number."""
    return joined((plain(at(item_id, "supplier_part_id")), plain(at(item_id, "supplier_part_auxiliary_id"))), " / ")


# --- totals ----------------------------------------------------------------------------------------------------


def compare(total: Any, lines: Iterable[Line | Priced], unless: str = "") -> Total | None:
    """Hold the stated total against the lines; ``unless`` says why there is nothing to compare."""
    if total is None:
        return None
    stated, currency = plain(at(total, "money.amount")), plain(at(total, "money.currency"))
    amount = exact(at(total, "money.amount"))
    counted = [line for line in lines if line.counted]
    amounts = [line.amount for line in counted if line.amount is not None]
    others = {line.currency for line in counted} - {currency}
    if amount is None:
        unless = unless or "no readable amount"
    elif len(amounts) < len(counted):
        unless = unless or f"{len(counted) - len(amounts)} of {len(counted)} lines have no amount"
    elif others:
        unless = unless or f"the lines are in {', '.join(sorted(others))}"
    if unless or amount is None:
        return Total(stated, currency, "not compared", unless)
    made = exact_sum(amounts)
    verdict, remark = _verdict(amount, amounts, made, decimals_of(stated), currency)
    if verdict == "differs" and at(total, "modifications") is not None:
        verdict, remark = "not compared", f"{remark}, before the allowances and charges on the total"
    return Total(stated, currency, verdict, remark, made)


def _verdict(
    stated: Fraction, amounts: list[Fraction], made: Fraction, decimals: int, currency: str
) -> tuple[Verdict, str]:
    if made == stated:
        return "agrees", "agrees with the lines"
    words = f"the lines sum to {decimal_text(made, decimals)} {currency}".rstrip()
    if stated in (_rounded(made, decimals), exact_sum(_rounded(amount, decimals) for amount in amounts)):
        return "rounded", f"agrees when rounded; {words}"
    gap = decimal_text(abs(made - stated), decimals)
    return "differs", f"{words}, {gap} {'more' if made > stated else 'less'}"
