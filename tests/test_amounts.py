"""Fractions and decimals: nothing is lost between them, and every way of rounding is that of ``decimal``."""

from __future__ import annotations

import decimal
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxml_punchout.spelled import Unreadable
from cxml_punchout.summary.amounts import decimal_of, exact, exact_sum, places_of, rounded


@given(st.integers(-(10**6), 10**6), st.integers(1, 40), st.integers(0, 3))
def test_every_way_of_rounding_is_that_of_decimal(numerator, denominator, places):
    value = Fraction(numerator, denominator)
    context = decimal.Context(prec=60)
    # Sixty digits tell every fraction with so small a denominator from a half and from a whole.
    long = context.divide(Decimal(numerator), Decimal(denominator))
    for name in (name for name in dir(decimal) if name.startswith("ROUND_")):
        expected = long.quantize(Decimal(1).scaleb(-places), getattr(decimal, name), context)
        assert rounded(value, places, getattr(decimal, name)) == Fraction(expected)


@given(st.decimals(-(10**9), 10**9, places=6), st.integers(0, 4))
def test_a_fraction_of_a_decimal_is_that_decimal_again(number, more):
    value = exact(number)
    assert value is not None
    places = places_of(value)
    assert places is not None
    assert decimal_of(value, places + more) == number
    assert places == 0 or (value * 10 ** (places - 1)).denominator != 1


@pytest.mark.parametrize("value", [None, 1.5, True, "1,5", Unreadable("x"), Decimal("1E+41"), Decimal("1e-41")])
def test_what_is_no_number_to_compute_with(value):
    assert exact(value) is None


def test_a_sum_is_of_numbers_or_it_is_none():
    assert exact_sum([]) == 0
    assert exact_sum([Fraction(1, 10), Fraction(2, 10), Fraction(3), Fraction(1, 3)]) == Fraction(109, 30)
    assert exact_sum([Fraction(1, 4), Fraction(3, 4)]) == 1
