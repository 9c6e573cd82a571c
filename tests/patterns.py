"""Whether a regular expression can take more than linear time, told from its parse tree.

What costs the square of a text, or worse, is that one stretch of it can be divided between two repeats in many ways, or
that a search begins anew in each place of a stretch that it has been through before. Both show in the tree.
"""

from __future__ import annotations

import re
import re._constants as c
import re._parser as parser
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

__all__ = ["faults", "pumped"]

#: From here on a repeat counts as one without an end.
_MANY = 64
#: Letters that stand for all of their kind; sets of letters are compared by these.
_ALPHABET = sorted({*map(chr, range(256)), *"\u2010\u2018\u2028\u20ac\u3000\ud800\uff0d", "\U0001f600"})
_ALL = frozenset(_ALPHABET)


class _Piece(NamedTuple):
    """A part of a pattern: its letters, whether it must be there, and whether it may be endless."""

    letters: frozenset[str]
    needed: bool
    endless: bool


def _parsed(pattern: re.Pattern[Any]) -> Any:
    return parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)


@cache
def _letters(pattern: str, flags: int, octets: bool) -> frozenset[str]:
    test = re.compile(pattern, flags).fullmatch
    return frozenset(letter for letter in _ALPHABET if (not octets or ord(letter) < 256) and test(letter))


def _set(kind: Any, value: Any, flags: int) -> frozenset[str]:
    """The letters of the alphabet that one item takes."""
    if kind is c.ANY:
        return _ALL if flags & re.DOTALL else _ALL - {"\n"}
    if kind is c.LITERAL:
        found = frozenset({chr(value)})
    elif kind is c.NOT_LITERAL:
        found = _ALL - {chr(value)}
    else:
        items, negated = value, False
        found = frozenset()
        for what, how in items:
            if what is c.NEGATE:
                negated = True
            elif what is c.LITERAL:
                found |= {chr(how)}
            elif what is c.RANGE:
                found |= {letter for letter in _ALPHABET if how[0] <= ord(letter) <= how[1]}
            elif what is c.CATEGORY:
                found |= _category(how, flags)
        if flags & re.IGNORECASE:
            found |= {each for letter in found for each in (letter.lower(), letter.upper()) if len(each) == 1}
        return _ALL - found if negated else found
    if flags & re.IGNORECASE:
        found |= {each for letter in found for each in (letter.lower(), letter.upper()) if len(each) == 1}
    return found


def _category(how: Any, flags: int) -> frozenset[str]:
    name = str(how).rpartition("CATEGORY_")[2]
    letter = {"DIGIT": "d", "SPACE": "s", "WORD": "w"}[name.removeprefix("NOT_")]
    ascii_only = re.ASCII if flags & re.ASCII else 0
    found = _letters(f"\\{letter}", ascii_only, False)
    return _ALL - found if name.startswith("NOT_") else found


def _paths(tree: Any, flags: int) -> list[list[_Piece | list[Any]]]:
    """The ways through a tree: each a list of pieces, where an endless repeat of more than one letter is a list."""
    ways: list[list[Any]] = [[]]
    for kind, value in tree:
        ways = [way + more for way in ways for more in _item(kind, value, flags)]
        assert len(ways) < 20_000, "too many ways through a pattern to look at all of them"
    return ways


def _item(kind: Any, value: Any, flags: int) -> list[list[Any]]:
    if kind in (c.LITERAL, c.NOT_LITERAL, c.ANY, c.IN):
        return [[_Piece(_set(kind, value, flags), True, False)]]
    if kind is c.SUBPATTERN:
        return _paths(value[3], (flags | value[1]) & ~value[2])
    if kind is c.BRANCH:
        return [way for branch in value[1] for way in _paths(branch, flags)]
    if kind in (c.MAX_REPEAT, c.MIN_REPEAT):
        least, most, body = value
        inner = _paths(body, flags)
        single = [way[0] for way in inner if len(way) == 1 and isinstance(way[0], _Piece) and not way[0].endless]
        if most is not c.MAXREPEAT and most < _MANY:
            taken = inner if most == 1 else [*inner, *(one + two for one in inner for two in inner)]
            return taken if least else [*taken, []]
        if len(single) == len(inner):
            return [[_Piece(frozenset().union(*(piece.letters for piece in single)), least > 0, True)]]
        return [[("loop", inner, least > 0)]]
    if kind is c.GROUPREF:
        return [[_Piece(_ALL, True, True)]]
    assert kind in (c.AT, c.ASSERT, c.ASSERT_NOT), f"{kind} is not known here"
    # It takes no letter, and may fail all the same.
    return [[_START if kind is c.AT and value in (c.AT_BEGINNING, c.AT_BEGINNING_STRING) else _NOTHING]]


_NOTHING = _Piece(frozenset(), True, False)
_START = _Piece(frozenset({""}), True, False)


def _shared(first: frozenset[str], between: list[_Piece], last: frozenset[str]) -> bool:
    """Whether one stretch of text can be divided between two repeats with something between them."""
    common = first & last
    return bool(common) and all(
        not piece.needed or piece in (_NOTHING, _START) or piece.letters & common for piece in between
    )


def _flat(way: list[Any]) -> Iterator[list[_Piece]]:
    """A way with its loops taken once and twice, so that what meets in them stands side by side."""
    at = next((number for number, piece in enumerate(way) if not isinstance(piece, _Piece)), None)
    if at is None:
        yield way
        return
    _, inner, needed = way[at]
    for one in inner:
        for two in inner:
            yield from _flat(way[:at] + one + two + way[at + 1 :])
    if not needed:
        yield from _flat(way[:at] + way[at + 1 :])


def _loops(tree_ways: list[list[Any]]) -> Iterator[list[list[Any]]]:
    for way in tree_ways:
        for piece in way:
            if not isinstance(piece, _Piece):
                yield piece[1]
                yield from _loops(piece[1])


def faults(pattern: re.Pattern[Any], searched: bool) -> list[str]:
    """Why a pattern may take more than linear time; nothing if it cannot.

    searched: it is not tried in one place alone, but from each place of a text.
    """
    ways = _paths(_parsed(pattern), pattern.flags)
    found = set()
    for inner in _loops(ways):
        for one in inner:
            for two in inner:
                for flat in _flat(one + two):
                    found |= {f"repeats in a loop share {letter}" for letter in _meeting(flat)}
                if not any(not isinstance(piece, _Piece) or (piece.letters and piece.needed) for piece in one):
                    found.add("a loop may repeat nothing")
    for way in ways:
        for flat in _flat(way):
            found |= {f"neighbours share {letter}" for letter in _meeting(flat)}
            if searched and _begins_anew(flat):
                found.add("a search goes through one stretch again and again")
    return sorted(found)


def _meeting(flat: list[_Piece]) -> Iterator[str]:
    endless = [number for number, piece in enumerate(flat) if piece.endless]
    for number, first in enumerate(endless):
        for last in endless[number + 1 :]:
            between = flat[first + 1 : last]
            if _shared(flat[first].letters, between, flat[last].letters) and _may_fail(flat[last + 1 :], flat[last]):
                yield repr(min(flat[first].letters & flat[last].letters))


def _may_fail(behind: list[_Piece], last: _Piece) -> bool:
    # A repeat of everything at the end takes all there is.
    return last.letters != _ALL or any(piece.needed for piece in behind)


def _begins_anew(flat: list[_Piece]) -> bool:
    if _START in flat[:1]:
        return False
    for number, piece in enumerate(flat):
        if piece.endless and any(each.needed for each in flat[number + 1 :]):
            before = flat[:number]
            return all(not each.needed or each is _NOTHING or each.letters & piece.letters for each in before)
    return False


def pumped(pattern: re.Pattern[Any], length: int) -> Iterator[str]:
    """Texts that keep a repeat busy and then disappoint it."""
    seen = set()
    for way in _paths(_parsed(pattern), pattern.flags)[:40]:
        for flat in list(_flat(way))[:20]:
            for number, piece in enumerate(flat):
                if not piece.endless or not piece.letters:
                    continue
                front = "".join(min(each.letters) for each in flat[:number] if each.needed and each.letters)
                for letter in sorted(piece.letters)[:1] + sorted(piece.letters)[-1:]:
                    for text in (front + letter * length + "\1", (front + letter) * (length // (len(front) + 1))):
                        if text not in seen:
                            seen.add(text)
                            yield text
