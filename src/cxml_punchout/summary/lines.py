"""Line items in short, what each costs, and whether they make the stated total. All of it exact, in fractions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, Literal, NamedTuple

import attrs

from .amounts import decimal_text, decimals_of, detail_of, exact, exact_sum, line_amount, rounded
from .reading import at, described, joined, many, money, plain

__all__ = ["Line", "Priced", "Total", "compare", "item_name", "lines_of", "priced"]

Verdict = Literal["agrees", "rounded", "differs", "not compared"]


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
        detail = detail_of(item)
        counted = detail is item.item_detail and not any(_outside(item, heads))
        made.append(Priced(amount, plain(at(detail, "unit_price.money.currency")), counted))
    return made


def _heads(items: Iterable[Any]) -> dict[Any, Any]:
    return {item.line_number: item.composite_item_type for item in items if item.item_type == "composite"}


def _line(item: Any, position: int, number: str, heads: dict[Any, Any]) -> Line:
    detail = detail_of(item)
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
    if stated in (rounded(made, decimals), exact_sum(rounded(amount, decimals) for amount in amounts)):
        return "rounded", f"agrees when rounded; {words}"
    gap = decimal_text(abs(made - stated), decimals)
    return "differs", f"{words}, {gap} {'more' if made > stated else 'less'}"
