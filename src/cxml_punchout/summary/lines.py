"""Line items in short, what each costs, and whether they make the stated total. All of it exact, in fractions."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP
from fractions import Fraction
from typing import Any, Literal

import attrs

from ..spelled import Unreadable
from .amounts import decimal_text, decimals_of, detail_of, exact, places_of, rounded
from .reading import at, described, joined, many, money, plain, says_yes
from .reckoning import Reckoning, Returns, Share

__all__ = ["Line", "Total", "compare", "held", "item_name", "lines_of"]

Verdict = Literal["agrees", "rounded", "differs", "not compared"]


@attrs.frozen
class Line:
    """One item.

    number: as the document numbers it; empty if it does not.
    amount: exact; None where a number is missing or cannot be read, and for the lines of a blanket order.
    counted: whether the amount is part of the total, or may be: of a group that does not say how it is priced, the head
        and the members are counted, and the sum has one of them.
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


@attrs.frozen
class Total:
    """The stated total, and what the lines come to.

    verdict: ``rounded`` when the lines make the total only after rounding to its number of decimals, each by itself
        or all together.
    remark: the verdict in words.
    lines: the exact sum of the lines, where it can be made; of several lawful ones that which comes next to the total.
    returns: how the lines that go back to the supplier have been counted.
    """

    stated: str
    currency: str
    verdict: Verdict
    remark: str
    lines: Fraction | None = None
    returns: Returns = "left out"


# --- lines -----------------------------------------------------------------------------------------------------


def lines_of(reckoning: Reckoning, *, numbered: bool, returns: Returns = "left out") -> tuple[Line, ...]:
    """The lines of a cart or an order. Only in an order the numbers mean anything."""
    return tuple(
        _line(item, position, plain(item.line_number) if numbered else "", share)
        for position, (item, share) in enumerate(zip(reckoning.items, reckoning.shares(returns), strict=True), 1)
    )


def _line(item: Any, position: int, number: str, share: Share) -> Line:
    detail = detail_of(item)
    return Line(
        number=number,
        position=position,
        quantity=plain(item.quantity),
        unit=plain(at(detail, "unit_of_measure")),
        part_id=plain(at(item, "item_id.supplier_part_id")),
        description=next(filter(None, map(described, many(at(detail, "description")))), ""),
        unit_price=plain(at(detail, "unit_price.money.amount")),
        currency=share.currency,
        amount=share.amount,
        counted=share.counted,
        notes=(*share.why, *_notes(item, detail)),
    )


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
    if says_yes(getattr(item, "is_ad_hoc", False)):
        yield "not from a catalogue"


def _has(detail: Any, field: str) -> bool:
    return getattr(detail, field, None) is not None


def item_name(item_id: Any) -> str:
    """Both parts of a supplier's item number."""
    return joined((plain(at(item_id, "supplier_part_id")), plain(at(item_id, "supplier_part_auxiliary_id"))), " / ")


# --- totals ----------------------------------------------------------------------------------------------------


def held(
    header: Any, items: Iterable[Any], amounts: Iterable[Fraction | None] | None = None
) -> tuple[Reckoning, Total | None]:
    """The lines of a cart or an order, and its total held against them; ``amounts`` if they are known already."""
    kind = at(header, "order_type") if _has(header, "order_type") else None
    reckoning = Reckoning(items, amounts, blanket=kind == "blanket")
    unless = doubt = ""
    if kind == "blanket":
        unless = "the most that may be spent, no sum"
    elif isinstance(kind, Unreadable):
        unless = "no readable type of the order"
    elif _has(header, "type") and header.type == "delete":
        doubt = "which a cancellation need not repeat"
    return reckoning, compare(at(header, "total"), reckoning, unless, doubt)


def compare(total: Any, reckoning: Reckoning, unless: str = "", doubt: str = "") -> Total | None:
    """Hold the stated total against the lines.

    unless: why there is nothing to compare. doubt: why a difference says nothing.
    """
    if total is None:
        return None
    stated, currency = plain(at(total, "money.amount")), plain(at(total, "money.currency"))
    amount = exact(at(total, "money.amount"))
    unless = unless or _hindrance(amount, currency, reckoning)
    if unless or amount is None:
        return Total(stated, currency, "not compared", unless)
    if at(total, "modifications") is not None:
        doubt = doubt or _MODIFIED
    return _Comparison(reckoning, stated, amount, currency).total(doubt)


_MODIFIED = "before the allowances and charges on the total"


def _hindrance(amount: Fraction | None, currency: str, reckoning: Reckoning) -> str:
    if amount is None:
        return "no readable amount"
    if not reckoning.items and amount:
        return "there are no lines"
    # What costs nothing costs nothing in any currency, and eur is EUR.
    others = {
        share.currency
        for share in reckoning.shares()
        if share.counted and share.amount and not _same(share.currency, currency)
    }
    return f"the lines are in {', '.join(sorted(others))}" if others else ""


def _same(currency: str, other: str) -> bool:
    return currency.strip().upper() == other.strip().upper()


_WAYS = {
    "left out": "",
    "taken off": ", with what goes back taken off",
    "added": ", with what goes back as its sign says",
}


def _roundings(places: int) -> tuple[str, ...]:
    """How a total may have been rounded, for no document says how it was. Nobody cuts off more than parts of cents."""
    return (ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_DOWN) if places >= 2 else (ROUND_HALF_UP, ROUND_HALF_EVEN)


@attrs.frozen
class _Comparison:
    reckoning: Reckoning
    stated: str
    amount: Fraction
    currency: str

    def total(self, doubt: str) -> Total:
        """The verdict: the total has to be one of the sums."""
        reckoning, complete = self.reckoning, True
        known: list[tuple[Returns, str, list[Fraction | None], frozenset[Fraction]]] = []
        for returns, deleted in reckoning.ways():
            worth = reckoning.in_way(returns, deleted)
            sums = reckoning.sums(worth)
            words = _WAYS[returns] + (", with what is deleted" if deleted else "")
            if self.amount in sums.of:
                return self._made("agrees", f"agrees with the lines{words}", self.amount, returns)
            complete = complete and sums.complete
            known.append((returns, words, worth, sums.of))
        for returns, words, worth, sums_of in known:
            made = self._rounds(sums_of, worth)
            if made is not None:
                return self._made("rounded", f"agrees when rounded; {self._sum(made)}{words}", made, returns)
        return self._differing(known[0][3], complete, doubt)

    def _differing(self, sums: frozenset[Fraction], complete: bool, doubt: str) -> Total:
        if not sums:
            counted = [share for share in self.reckoning.shares() if share.counted]
            unknown = sum(share.amount is None for share in counted)
            words = f"{unknown} of {len(counted)} lines have no amount" if unknown else "the lines cannot be added up"
            return self._made("not compared", words, None)
        made = self._nearest(sums)
        gap = decimal_text(abs(made - self.amount), decimals_of(self.stated))
        remark = f"{self._sum(made)}, {gap} {'more' if made > self.amount else 'less'}"
        doubt = doubt or self.reckoning.doubt() or ("" if complete else "which may be read in other ways")
        return self._made("not compared" if doubt else "differs", joined((remark, doubt)), made)

    def _made(self, verdict: Verdict, remark: str, made: Fraction | None, returns: Returns = "left out") -> Total:
        return Total(self.stated, self.currency, verdict, remark, made, returns)

    def _sum(self, made: Fraction) -> str:
        return f"the lines sum to {decimal_text(made, decimals_of(self.stated))} {self.currency}".rstrip()

    def _nearest(self, sums: frozenset[Fraction]) -> Fraction:
        return min(sums, key=lambda made: (abs(made - self.amount), made))

    def _places(self) -> tuple[int, ...]:
        """To how many decimals may have been rounded: to those of the total, without noughts that only fill it up."""
        written = decimals_of(self.stated)
        needed = max(2, places_of(self.amount) or 0)
        return (written, needed) if needed < written else (written,)

    def _rounds(self, sums: frozenset[Fraction], worth: list[Fraction | None]) -> Fraction | None:
        """The sum that is the total when it is rounded, or when the lines are, one by one."""
        for places in self._places():
            unit = 10**places
            # Each line changes by less than one unit.
            if not sums or abs(self._nearest(sums) - self.amount) * unit >= max(len(worth), 1):
                continue
            for way in _roundings(places):
                for made in sorted(sums):
                    if rounded(made, places, way) == self.amount:
                        return made
            if all(amount is None or unit % amount.denominator == 0 for amount in worth):
                continue
            for way in _roundings(places):
                each = [None if amount is None else rounded(amount, places, way) for amount in worth]
                if self.amount in self.reckoning.sums(each).of:
                    return self._nearest(sums)
        return None
