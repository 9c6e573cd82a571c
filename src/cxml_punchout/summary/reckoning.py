"""Which lines make a total, and how: the one place that knows of groups, returns, deleted and blanket lines.

The Guide does not say for every document how its lines are to be added up: a group may have its price on the head or on
the members without a word about it, and a return may be left out or taken off. So there is not one sum but a set of
them, one for each lawful reading. A total differs only if none of these is the total.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, Literal, NamedTuple

import attrs

from .amounts import bounded_sum, detail_of, line_amount
from .reading import at, plain, says_yes

__all__ = ["Reckoning", "Returns", "Share", "Sums"]

#: How many sums are followed up; a document with more readings is not held against its total.
_READINGS = 32

#: What the head of a group says of its price. ``open``: nothing, so it is the group's or the sum of the members; what
#: is not marked as a head may also be one line beside its accessories (``beside``).
_Pricing = Literal["group", "members", "open", "beside"]
Returns = Literal["left out", "taken off", "added"]


@attrs.frozen
class Share:
    """What one line has to do with the total.

    amount: exact; None where a number is missing or cannot be read, and for the lines of a blanket order.
    counted: whether the amount is part of the total, or may be.
    why: in words, if there is something to say.
    """

    amount: Fraction | None
    currency: str
    counted: bool
    why: tuple[str, ...] = ()


class Sums(NamedTuple):
    """What lines come to: every sum that a lawful reading has, and whether these are all."""

    of: frozenset[Fraction]
    complete: bool


_UNKNOWN = Sums(frozenset(), False)


class Reckoning:
    """The lines of one cart or order, ready to be added up.

    amounts: what is added up; what ``line_amount`` says of each, unless something else is given, taxes for instance.
    blanket: for a blanket order, in which prices are for later and no sum is made of the blanket lines.
    """

    def __init__(
        self, items: Iterable[Any], amounts: Iterable[Fraction | None] | None = None, *, blanket: bool = False
    ) -> None:
        self.items = tuple(items)
        made = list(map(line_amount, self.items) if amounts is None else amounts)
        details = list(map(detail_of, self.items))
        #: Lines whose price is for another time.
        self._later = [
            blanket and detail is not item.item_detail for item, detail in zip(self.items, details, strict=True)
        ]
        self._amounts = [None if later else amount for amount, later in zip(made, self._later, strict=True)]
        self._priced = [
            amount != 0 if amount is not None else bool(plain(at(detail, "unit_price.money.amount")).strip())
            for amount, detail in zip(self._amounts, details, strict=True)
        ]
        self._returned = [says_yes(getattr(item, "is_return", False)) for item in self.items]
        self._deleted = [getattr(item, "operation", None) == "delete" for item in self.items]
        self._groups = _Groups(self.items)
        self._fed = self._groups.any_below(self._priced)
        self._shares = tuple(self._made(details))

    # --- line by line ------------------------------------------------------------------------------------------

    def shares(self, returns: Returns = "left out") -> tuple[Share, ...]:
        """What each line has to do with the total, when lines that go back count so."""
        if returns == "left out" or not any(self._returned):
            return self._shares
        return tuple(
            _going_back(share, returns) if back and not gone else share
            for share, back, gone in zip(self._shares, self._returned, self._deleted, strict=True)
        )

    def _made(self, details: list[Any]) -> Iterable[Share]:
        covered = self._covered()
        for place, detail in enumerate(details):
            why = []
            if self._returned[place]:
                why.append("goes back to the supplier, not in the total")
            if self._deleted[place]:
                why.append("deleted, not in the total")
            if place in self._groups.members and self._by_members(place):
                why.append("head of a group, priced by its members")
            if covered[place] is not None:
                why.append(f"in the price of line {covered[place]}")
            amount, currency = self._amounts[place], plain(at(detail, "unit_price.money.currency"))
            yield Share(amount, currency, not why and not self._later[place], tuple(why))

    def _by_members(self, head: int) -> bool:
        """Whether the price of the head is no part of any sum."""
        if self._groups.pricing[head] == "group":
            return not self._is_priced_as_one(head) and self._fed[head]
        return self._groups.pricing[head] == "members" or (not self._priced[head] and self._fed[head])

    def _by_head(self, head: int) -> bool:
        """Whether the prices of the members are no part of any sum."""
        if self._groups.pricing[head] == "group":
            return self._is_priced_as_one(head)
        return self._groups.pricing[head] == "open" and self._priced[head] and not self._fed[head]

    def _is_priced_as_one(self, head: int) -> bool:
        return self._priced[head] or self._amounts[head] is not None

    def _covered(self) -> list[str | None]:
        """For each line the number of the head whose price it is in."""
        covered: list[str | None] = [None] * len(self.items)
        for head in self._groups.downwards:
            for member in self._groups.members.get(head, ()):
                covered[member] = plain(self.items[head].line_number) if self._by_head(head) else covered[head]
        return covered

    # --- all together ------------------------------------------------------------------------------------------

    def ways(self) -> list[tuple[Returns, bool]]:
        """How returned lines count, and whether deleted lines do; first what the Guide says."""
        ways: list[tuple[Returns, bool]] = [("left out", False)]
        if any(self._returned):
            ways.append(("taken off", False))
            if self._is_all_returned() or any(map(_is_below_zero, self._amounts, self._returned)):
                ways.append(("added", False))
        return ways + [(returns, True) for returns, _ in ways] if any(self._deleted) else ways

    def _is_all_returned(self) -> bool:
        # That it all goes back need not be said by the sign as well.
        return all(map(any, zip(self._returned, self._deleted, strict=True)))

    def in_way(self, returns: Returns, deleted: bool) -> list[Fraction | None]:
        """What each line is worth in one of the ways."""
        sign = {"left out": 0, "taken off": -1, "added": 1}[returns]
        amounts = self._amounts
        if not any(self._returned) and not any(self._deleted):
            return amounts
        worth: list[Fraction | None] = []
        for amount, back, gone in zip(amounts, self._returned, self._deleted, strict=True):
            factor = (sign if back else 1) * (not gone or deleted)
            worth.append(Fraction(0) if factor == 0 else amount if amount is None else amount * factor)
        return worth

    def sums(self, worth: Sequence[Fraction | None], *, sure: bool = False) -> Sums:
        """What the lines come to, if each is worth that much.

        sure: only what the Guide says of lines that are well marked; for documents of one's own.
        """
        groups = self._groups
        if not groups.members:
            return _total([_one(amount) for amount in worth])
        made: dict[int, Sums] = {}
        for place in reversed(groups.downwards):
            below = groups.members.get(place)
            if below is None:
                made[place] = _one(worth[place])
            else:
                made[place] = self._group(place, worth[place], [made.pop(member) for member in below], sure=sure)
        return _total(made.values())

    def every_sum(self) -> Sums:
        """What the lines come to in any of the ways."""
        every = [self.sums(self.in_way(returns, deleted)) for returns, deleted in self.ways()]
        return Sums(frozenset().union(*(each.of for each in every)), all(each.complete for each in every))

    def _group(self, head: int, amount: Fraction | None, below: list[Sums], *, sure: bool) -> Sums:
        pricing, mine = self._groups.pricing[head], _one(amount)
        if pricing == "group" and (self._priced[head] or (sure and amount is not None)):
            return mine
        members = _total(below)
        if pricing == "group" and amount is not None:
            # A group for nothing, or one whose price was left at nothing.
            return _limited(mine.of | members.of, members.complete)
        if pricing in ("group", "members") or not self._priced[head]:
            return members if pricing == "members" or self._fed[head] or amount is None else mine
        if pricing == "open" and not self._fed[head]:
            return mine
        both = _total([mine, members])
        if pricing == "beside" and sure:
            return both
        readings = [mine, members]
        if pricing == "beside" or not (sure or mine == members or self._is_service(head)):
            readings.append(both)
        return _limited(frozenset().union(*(each.of for each in readings)), all(each.complete for each in readings))

    def _is_service(self, head: int) -> bool:
        item = self.items[head]
        detail = detail_of(item)
        return (
            item.item_classification == "service"
            or says_yes(getattr(item, "requires_service_entry", False))
            or (detail is not None and detail is not item.item_detail)
        )

    def doubt(self) -> str:
        """Why the total may lawfully be none of the sums; empty if there is no reason."""
        counted = [item for item, share in zip(self.items, self._shares, strict=True) if share.counted]
        if any(map(_has_limit, counted)):
            return "lines have limits"
        if any(item.spend_detail is not None for item in counted):
            return "lines have rates of their own"
        if any(at(detail_of(item), "unit_price.modifications") is not None for item in counted):
            return "before the allowances and charges on unit prices"
        return self._groups.doubt


def _going_back(share: Share, returns: Returns) -> Share:
    taken_off = returns == "taken off"
    amount = share.amount if share.amount is None or not taken_off else -share.amount
    first = "goes back to the supplier, taken off the total" if taken_off else "goes back to the supplier"
    return attrs.evolve(share, amount=amount, counted=len(share.why) == 1, why=(first, *share.why[1:]))


def _is_below_zero(amount: Fraction | None, returned: bool) -> bool:
    """Whether a line says twice that it goes back, by its sign as well."""
    return returned and amount is not None and amount < 0


def _has_limit(item: Any) -> bool:
    detail = detail_of(item)
    return item.item_category == "limit" or any(getattr(detail, name, None) is not None for name in _LIMITS)


_LIMITS = ("max_amount", "max_quantity", "overall_limit", "expected_limit", "max_contract_amount", "max_adhoc_amount")


# --- sums of sums ----------------------------------------------------------------------------------------------


def _one(amount: Fraction | None) -> Sums:
    return _UNKNOWN if amount is None else Sums(frozenset({amount}), True)


def _limited(sums: frozenset[Fraction], complete: bool) -> Sums:
    return Sums(sums, complete) if len(sums) <= _READINGS else _UNKNOWN


def _total(parts: Iterable[Sums]) -> Sums:
    """Every sum that has one of each."""
    single: list[Fraction] = []
    several: list[Sums] = []
    for part in parts:
        if len(part.of) == 1 and part.complete:
            single.extend(part.of)
        elif not part.of:
            return _UNKNOWN
        else:
            several.append(part)
    whole = bounded_sum(single)
    if whole is None:
        return _UNKNOWN
    made = Sums(frozenset({whole}), True)
    for part in several:
        pairs = [bounded_sum((one, other)) for one in made.of for other in part.of]
        if None in pairs:
            return _UNKNOWN
        made = _limited(frozenset(pair for pair in pairs if pair is not None), made.complete and part.complete)
        if not made.of:
            return _UNKNOWN
    return made


# --- groups ----------------------------------------------------------------------------------------------------


class _Groups:
    """Which line is the head of which, as far as that makes sense.

    members: of each head, by place. pricing: of each head.
    downwards: all places, each head before its members.
    doubt: what is wrong with the groups, in words.
    """

    def __init__(self, items: Sequence[Any]) -> None:
        self.members: dict[int, list[int]] = {}
        self.pricing: dict[int, _Pricing] = {}
        self.doubt = ""
        parents = self._parents(items)
        for place, parent in parents.items():
            self.members.setdefault(parent, []).append(place)
        self.downwards = [place for place in range(len(items)) if place not in parents]
        for place in self.downwards:  # grows while it is walked through
            self.downwards.extend(self.members.get(place, ()))
        if len(self.downwards) < len(items):
            # Lines that are their own parents, and what is below these: lines like any other.
            self.doubt = "lines are their own parents"
            known = set(self.downwards)
            for place in range(len(items)):
                if place not in known:
                    self.members.pop(place, None)
                    self.downwards.append(place)
        self.pricing = {head: _pricing(items[head]) for head in self.members}

    def _parents(self, items: Sequence[Any]) -> dict[int, int]:
        named = {place: item.parent_line_number for place, item in enumerate(items) if item.parent_line_number}
        if not named:
            return {}
        places: dict[int, int] = {}
        twice: set[int] = set()
        for place, item in enumerate(items):
            if isinstance(item.line_number, int) and places.setdefault(item.line_number, place) != place:
                twice.add(item.line_number)
        parents = {}
        for place, number in named.items():
            parent = places.get(number) if isinstance(number, int) else None
            if parent is None or number in twice:
                there_is = "no such line" if parent is None else "more than one such line"
                self.doubt = f"line {plain(number)} is named as a parent, and there is {there_is}"
            if parent is not None:
                parents[place] = parent
        return parents

    def any_below(self, flags: Sequence[bool]) -> dict[int, bool]:
        """Of each head, whether a line below it has the flag."""
        found: dict[int, bool] = {}
        for head in reversed(self.downwards):
            if head in self.members:
                found[head] = any(flags[member] or found.get(member, False) for member in self.members[head])
        return found


def _pricing(head: Any) -> _Pricing:
    if head.item_type != "composite":
        return "beside"
    if head.composite_item_type == "groupLevel":
        return "group"
    return "members" if head.composite_item_type == "itemLevel" else "open"
