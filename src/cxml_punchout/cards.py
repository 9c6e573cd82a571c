"""Numbers of payment cards in a text, found by how they begin, how long they are and their check digit.

One number in ten has a right check digit by chance, so the issuers' ranges are asked as well, and what else documents
are full of is left alone: times (``20261127…``), DUNS numbers (nine digits), and numbers of articles, whose thirteen
digits end in a check digit of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["card_numbers"]

#: How the numbers of a scheme begin, and how many digits they have.
SCHEMES: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("American Express", "3[47]", (15,)),
    ("Diners Club", "3(?:0[0-5]|095|[689])", (14, 16, 17, 18, 19)),
    ("JCB", "3(?:08[89]|09[0-4]|096|09[7-9]|1[125]|33|5(?:2[89]|[3-8]))", (16, 17, 18, 19)),
    ("Visa", "4", (13, 16, 19)),
    ("Mastercard", "5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)", (16,)),
    ("Mir", "220[0-4]", (16, 17, 18, 19)),
    ("Maestro and debit cards", "50|5[6-9]|6[0-9]", (13, 14, 15, 16, 17, 18, 19)),
)

#: What people put between the groups of a number, up to three of it: blanks, dashes, points and strokes. A form has a
#: plus sign for a blank.
_BETWEEN = r" \t\r\n\u00a0\u2000-\u2015\u202f\u2212\u3000._/+-"
_RUN = re.compile(rf"[0-9][0-9{_BETWEEN}]{{11,}}[0-9]")
_GROUP = re.compile(r"[0-9]+")
# Single digits and pairs with blanks between them are a table, not the number of a card.
_SHORTEST_GROUP, _LONGEST_GAP, _DIGITS = 3, 3, range(13, 20)
_BEGINS = re.compile("|".join(f"(?:{begins})" for _, begins, _ in SCHEMES)).match
_BY_LENGTH = {
    length: re.compile("|".join(f"(?:{begins})" for _, begins, lengths in SCHEMES if length in lengths)).match
    for length in _DIGITS
}
_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")
_ARTICLE = 13


def card_numbers(text: str) -> Iterator[tuple[int, int]]:
    """From and to of each number in a text; they do not overlap."""
    for run in _RUN.finditer(text):
        start, stop = run.span()
        if stop - start <= _DIGITS[-1] and run[0].isdecimal():
            if stop - start in _DIGITS and _is_card(run[0]) and not _is_fraction(text, start):
                yield start, stop
        else:
            yield from _in_groups(text, start, stop)


def _in_groups(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """The numbers in a run of groups, each tried from where a group begins to where one ends."""
    open_: list[tuple[int, str]] = []  # where a number may have begun, and its digits so far
    last = start
    for found in _GROUP.finditer(text, start, stop):
        begins, ends = found.span()
        digits = found[0]
        if ends - begins < _SHORTEST_GROUP or ends - begins > _DIGITS[-1]:
            open_ = []
            continue
        if begins - last > _LONGEST_GAP:
            open_ = []
        last = ends
        open_ = [(at, so_far + digits) for at, so_far in open_ if len(so_far) + len(digits) <= _DIGITS[-1]]
        if _BEGINS(digits.ljust(4, "0")) and not _is_fraction(text, begins):
            open_.append((begins, digits))
        for at, so_far in open_:
            if len(so_far) in _DIGITS and _is_card(so_far):
                yield at, ends
                open_ = []
                break


def _is_fraction(text: str, start: int) -> bool:
    """Whether digits stand behind the point of a number: what arithmetic has left there is no card."""
    return start > 1 and text[start - 1] in ".," and "0" <= text[start - 2] <= "9"


def _is_card(digits: str) -> bool:
    if not _BY_LENGTH[len(digits)](digits):
        return False
    octets = digits.encode()[::-1]
    others = octets[1::2]
    if (sum(octets[::2]) + sum(others.translate(_DOUBLED)) - 48 * len(octets)) % 10:
        return False
    return len(octets) != _ARTICLE or (sum(octets[::2]) + 3 * sum(others) - 48 * (7 + 3 * 6)) % 10 != 0
