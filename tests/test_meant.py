"""Which known word a misspelt one may mean: what difflib says, sooner."""

from __future__ import annotations

import difflib
import random

import pytest

from cxml_punchout.element import declarations
from cxml_punchout.meant import meant

WORDS = [declared.tag for declared in declarations()]


def by_difflib(word: str) -> str:
    folded = {each.lower(): each for each in WORDS}
    found = difflib.get_close_matches(word.lower(), folded, 1, 0.8)
    return folded[found[0]] if found else ""


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Moneyy", "Money"),
        ("itemout", "ItemOut"),
        ("BuyerCokie", "BuyerCookie"),
        ("Sandwich", ""),
        ("", ""),
        ("Shipping" * 10, ""),
    ],
)
def test_a_misspelt_word_is_recognised(word: str, expected: str) -> None:
    assert meant(word, WORDS) == expected


def test_it_is_what_difflib_says_of_all_words() -> None:
    chance = random.Random(20260411)
    for _ in range(300):
        letters = list(chance.choice(WORDS))
        for _ in range(chance.randint(0, 4)):
            at = chance.randrange(len(letters) + 1)
            letters[at : at + chance.randint(0, 1)] = chance.choice(["", "a", "Q", "ö", "\N{GREEK SMALL LETTER PI}"])
        word = "".join(letters)
        assert meant(word, WORDS) == by_difflib(word), word
