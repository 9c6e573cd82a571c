"""Numbers of cards, however they are grouped, and numbers that are none."""

from __future__ import annotations

import random

import pytest

from cxml_punchout.cards import SCHEMES, card_numbers
from cxml_punchout.masking import MASK, masked


def with_check_digit(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 - place % 2)
        total += number - 9 if number > 9 else number
    return digits + str(-total % 10)


@pytest.mark.parametrize(
    "number",
    [
        "4539148803436467",
        "4539 1488 0343 6467",
        "4539-1488-0343-6467",
        "4539\u00a01488\u00a00343\u00a06467",
        "4539\u20111488\u20110343\u20116467",
        "4539.1488.0343.6467",
        "4539+1488+0343+6467",
        "4539 - 1488 - 0343 - 6467",
        "4539\n1488\t0343 6467",
        "45391488 03436467",
        "no. 12 4539 1488 0343 6467 12/29",
        "CARD4539148803436467x",
        "374245455400126",
        "3742 454554 00126",
        "6011 0009 9013 9424",
        "3056 930902 5904",
        "5425233430109903",
        "2222405343248877",
        "6304 0000 0000 0000",
        "4222222222222",
    ],
)
def test_a_number_is_found_anywhere(number: str) -> None:
    assert list(card_numbers(number))
    for text in (
        f"<Comments>please use {number} for it</Comments>",
        f"<a b='{number}'/>",
        f"<!-- {number} --><a/>",
        f"<a/><?x {number}?>",
        f"<a><![CDATA[{number}]]></a>",
    ):
        shown = masked(text)
        assert number not in shown
        assert MASK in shown


@pytest.mark.parametrize(
    "text",
    [
        "4539148803436468",  # another check digit
        "4006381333931",  # an article
        "20261127100000",  # times
        "20261127100000123",
        "1795773600123",
        "123456789",  # DUNS
        "1234567890123456",  # no issuer has it
        "33.333333333333336",
        "0.4539148803436467",
        "4 5 3 9 1 4 8 8 0 3 4 3 6 4 6 7",
        "45391488034364674539148803436467",
        "4539 items, 1488 boxes, 0343 bags, 6467 lids",
        "20261127100000.4211.9f3c2a@shop.example.com",
    ],
)
def test_another_number_is_shown(text: str) -> None:
    assert masked(f"<a b='{text}'>{text}</a>") == f"<a b='{text}'>{text}</a>"


def test_every_scheme_is_found() -> None:
    rng = random.Random(6)
    begins = {
        "American Express": "37",
        "Diners Club": "36",
        "JCB": "3530",
        "Visa": "4",
        "Mastercard": "53",
        "Mir": "2202",
    }
    for scheme, _, lengths in SCHEMES:
        for length in lengths:
            begin = begins.get(scheme, "6759")
            for _ in range(20):
                rest = "".join(rng.choice("0123456789") for _ in range(length - len(begin) - 1))
                number = with_check_digit(begin + rest)
                # One in ten that has thirteen digits could be an article as well, and is taken for one.
                assert list(card_numbers(number)) == [(0, length)] or length == 13, (scheme, number)


def test_most_numbers_of_articles_are_shown() -> None:
    rng = random.Random(7)
    for _ in range(500):
        digits = "4" + "".join(rng.choice("0123456789") for _ in range(11))
        total = sum(int(digit) * (1 + 2 * (place % 2)) for place, digit in enumerate(digits))
        assert not list(card_numbers(digits + str(-total % 10)))
