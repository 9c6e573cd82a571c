"""The arithmetic of lines and totals, all of it exact: fractions inside, decimals at the border, rounding by name."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact
from fractions import Fraction
from math import lcm
from typing import Any

from ..errors import InvalidValue
from ..scalars import scalar_for
from .reading import at

__all__ = [
    "bounded_sum",
    "decimal_of",
    "decimal_text",
    "decimals_of",
    "detail_of",
    "exact",
    "exact_sum",
    "line_amount",
    "places_of",
    "rounded",
]

# No price needs more; a number of a million digits would only cost time.
_DIGITS = 40
_NUMBER = scalar_for(Decimal)
_ROOMY = Context(prec=2 * _DIGITS, traps=[Inexact])


def exact(value: Any) -> Fraction | None:
    """A number of an element as a fraction; None where it is absent, cannot be read, or has no end of digits.

    An int or a text that a program has put there counts as the number that will be written.
    """
    number = _usable(value)
    return Fraction(*number.as_integer_ratio()) if number is not None else None


def _usable(value: Any) -> Decimal | None:
    if value is None:
        return None
    if not isinstance(value, Decimal):
        try:
            value = _NUMBER.accept(value)
        except InvalidValue:
            return None
        if not isinstance(value, Decimal):  # Unreadable
            return None
    _, digits, exponent = value.as_tuple()
    return value if isinstance(exponent, int) and len(digits) <= _DIGITS and abs(exponent) <= _DIGITS else None


def exact_sum(amounts: Iterable[Fraction]) -> Fraction:
    """The sum. Most amounts of a document have one denominator, and whole numbers are quickly added."""
    numerators: dict[int, int] = {}
    for amount in amounts:
        denominator = amount.denominator
        numerators[denominator] = numerators.get(denominator, 0) + amount.numerator
    made = [Fraction(numerator, denominator) for denominator, numerator in numerators.items()]
    return made[0] if len(made) == 1 else sum(made, Fraction(0))


#: Room for any price basis that a shop has; the least common multiple of made-up ones grows without end.
_DENOMINATOR_BITS = 4096


def bounded_sum(amounts: Iterable[Fraction]) -> Fraction | None:
    """The exact sum in linear time; None if its denominator would be out of all measure."""
    numerators: dict[int, int] = {}
    for amount in amounts:
        denominator = amount.denominator
        numerators[denominator] = numerators.get(denominator, 0) + amount.numerator
    common = 1
    for denominator in numerators:
        if common % denominator:
            common = lcm(common, denominator)
            if common.bit_length() > _DENOMINATOR_BITS:
                return None
    return Fraction(sum(numerator * (common // each) for each, numerator in numerators.items()), common)


def detail_of(item: Any) -> Any:
    """The detail of a line, or what a blanket line has in its place."""
    return item.item_detail or getattr(item, "blanket_item_detail", None)


def line_amount(item: Any) -> Fraction | None:
    """What an ItemIn or ItemOut costs, exactly; None where a number is missing or cannot be read.

    The unit price is for as many units as the price basis says: price / basis quantity * quantity * conversion factor.
    """
    detail = detail_of(item)
    price, quantity = _usable(at(detail, "unit_price.money.amount")), _usable(item.quantity)
    if price is None or quantity is None:
        return None
    basis = detail.price_basis_quantity
    if basis is None:
        # Decimals multiply faster than fractions, and as exactly where there is room for all digits.
        return Fraction(*_ROOMY.multiply(price, quantity).as_integer_ratio())
    per, factor = exact(basis.quantity), exact(basis.conversion_factor)
    return Fraction(price) * Fraction(quantity) * factor / per if per and factor is not None else None


def places_of(value: Fraction) -> int | None:
    """How many decimals the number needs; None if it has no end."""
    needed, rest = 0, value.denominator
    while rest % 10 == 0:
        needed, rest = needed + 1, rest // 10
    while rest > 1 and rest % 2 == 0:
        needed, rest = needed + 1, rest // 2
    while rest > 1 and rest % 5 == 0:
        needed, rest = needed + 1, rest // 5
    return None if rest > 1 else needed


def decimal_of(value: Fraction, places: int) -> Decimal:
    """The number with exactly so many decimals, of which it must not need more."""
    whole = value * 10**places
    assert whole.denominator == 1
    return Decimal(f"{whole.numerator}E-{places}")


def decimal_text(value: Fraction, decimals: int = 0) -> str:
    """The number with at least so many decimals; what does not end is cut after six and marked with ``…``."""
    needed = places_of(value)
    places = 6 if needed is None else max(needed, decimals)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    whole, part = (digits[:-places], digits[-places:]) if places else (digits, "")
    return f"{'-' if value < 0 else ''}{whole}{'.' if part else ''}{part}{'…' if needed is None else ''}"


def decimals_of(number: str) -> int:
    """How many decimals a number is written with."""
    return len(number.partition(".")[2])


def rounded(value: Fraction, places: int, rounding: str = ROUND_HALF_UP) -> Fraction:
    """The number rounded to so many decimals, as one of the ways of ``decimal`` says; half away from zero by default,
    as invoices do.
    """
    whole, rest = divmod(abs(value.numerator) * 10 ** (places + 1), value.denominator)
    # One decimal more than wanted, and behind it whether anything follows: all that any way of rounding looks at.
    digits = f"{whole}{1 if rest else 0}"
    number = Decimal(f"{'-' if value < 0 else ''}{digits}E-{places + 2}")
    return Fraction(number.quantize(Decimal(f"1E-{places}"), rounding, Context(prec=len(digits) + 1)))
