"""How much memory a document takes as a tree, told from its octets, before there is a tree.

libxml2 makes a record for every element, attribute, text and instruction, however short. A document of tiny elements
takes fifty times its own size, a usual one seven times.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator

from .limits import Limits

__all__ = ["FREE", "SMALL", "TREE", "Weight", "has_room", "is_dense", "named", "names", "room", "roughly", "weigh"]

#: Octets of a record, of an element, a text or an instruction; of an attribute with its value; of a name besides it.
_NODE = 128
_ATTRIBUTE = 240
_NAME = 40
#: What any document may take, in octets, and the size below which none can take more than that.
FREE = 2_500_000
SMALL = 48 * 1024
#: What the tree may take of what ``Limits.memory`` allows; the rest is for the typed objects.
TREE = 0.8
#: Where a tree takes less of that, the typed objects have room beside it, whatever they are.
_DENSE = 0.5

# A look at the whole of an honest document would cost a tenth of reading it. A few pieces of it, taken by chance, tell
# as much, and nobody can know where to hide. Where they look dense more are taken, and where these leave little room
# all of it is counted.
_PIECE = 192
_FEWEST, _MORE, _PIECES = 24, 64, 200
_CHANCE = 0.85


class Weight(int):
    """Octets of memory; ``elements`` is how many were counted, ``values`` how many attributes and texts."""

    elements: int
    values: int

    def __new__(cls, octets: int, elements: int, values: int) -> Weight:
        made = super().__new__(cls, octets)
        made.elements = elements
        made.values = values
        return made


def room(size: int, limits: Limits, share: float = 1) -> int:
    """How many octets the tree and the typed objects of a document may take together."""
    return max(int(share * limits.memory * size), FREE)


def is_dense(octets: bytes, limits: Limits, *, blanks: bool) -> bool:
    """Whether the tree of a document may leave so little room that what is made of it has to be counted."""
    size = len(octets)
    if size <= SMALL:
        return False
    pieces = _taken(octets, max(_FEWEST, min(_MORE, size >> 14)))
    return roughly(pieces, blanks=blanks) >= _CHANCE * _DENSE * limits.memory * len(pieces)


def has_room(octets: bytes, most: int, takes: Callable[[bytes], int]) -> bool:
    """Whether there is room for what ``takes`` says of a document. Of a large one some pieces may say enough."""
    size = len(octets)
    if size > 4 * _PIECES * _PIECE:
        pieces = _taken(octets, _PIECES)
        if takes(pieces) * size <= _CHANCE * most * len(pieces):
            return True
    return takes(octets) <= most


def _taken(octets: bytes, number: int) -> bytes:
    size = len(octets)
    chance = random.random
    places = [int(chance() * (size - _PIECE)) for _ in range(number)]
    return b"".join([octets[place : place + _PIECE] for place in places])


def _weight(octets: bytes | bytearray, attributes: int) -> Weight:
    marks = octets.count(b"<")
    elements = marks - octets.count(b"</")
    # A text stands in front of a tag that follows no other one, but it may end with what ends a tag.
    plain = octets.count(b">") <= marks
    texts = marks - octets.count(b"><") if plain else sum(1 for _ in _TEXT(octets))
    return Weight(_NODE * (elements + texts) + _ATTRIBUTE * attributes, elements, attributes + texts)


def roughly(octets: bytes, *, blanks: bool = True) -> Weight:
    """About what the tree of a document takes, told fast: it takes each "=" for an attribute.

    blanks: whether white space between elements will be in it; without, what only looks like that is left out too.
    """
    weight = _weight(octets, octets.count(b"="))
    if blanks:
        return weight
    left_out = octets.translate(None, _WHITE_SPACE).count(b"><") - octets.count(b"><")
    return Weight(weight - _NODE * left_out, weight.elements, weight.values - left_out)


def weigh(octets: bytes | bytearray, *, blanks: bool = True) -> Weight:
    """What the tree of a well-formed document takes. Of one that is not, it is what its tags would take.

    blanks: whether white space between elements will be in the tree.
    """
    taken = 0
    # The XML declaration and the DOCTYPE are none. A copy would be one more beside the tree.
    if octets.find(b"<?", 2) >= 0 or octets.count(b"<!") > octets.count(b"<!DOCTYPE"):
        octets, taken = _without_literals(octets)
    attributes = octets.count(b'="') + octets.count(b"='") + sum(1 for _ in _SPACED(octets))
    weight = _weight(octets, attributes)
    left_out = 0 if blanks else _left_out(octets)
    more = _NODE * (taken - left_out) + named(octets)
    return Weight(weight + more, weight.elements, weight.values + taken - left_out)


def names(octets: bytes | bytearray) -> Iterator[Counter[bytes]]:
    """How many start tags there are of each name, in one stretch after the other: all may have names of their own."""
    for start in range(0, len(octets), _STRETCH):
        yield Counter(_NAMES(octets, start, start + _STRETCH))


def named(octets: bytes | bytearray) -> int:
    """What libxml2's dictionary takes for the names of elements."""
    return sum(_NAME + len(name) for found in names(octets) for name in found)


def _left_out(octets: bytes | bytearray) -> int:
    """How many texts libxml2 leaves out if it may: blanks in an element whose first node is an element."""
    if octets.count(b">") != octets.count(b"<"):  # nobody knows where a tag ends
        return 0
    left_out = 0
    # The elements around, and whether the first node of each is a text.
    within: list[bool | None] = [None]
    for tag in _TAG(octets):
        end, inside, behind = tag.groups()
        if end:
            del within[-1:]
        else:
            if within and within[-1] is None:
                within[-1] = False
            if not inside.endswith(b"/"):
                within.append(None)
        if behind and within:
            first = within[-1]
            if not behind.isspace():
                within[-1] = first is not False
            elif first is False or (first is None and not octets.startswith(b"</", tag.end())):
                left_out += 1
    return left_out


_STRETCH = 1 << 16
_NAMES = re.compile(rb"<([^\s<>/!?]+)(?=[\s>/])").findall
_TAG = re.compile(rb"<(/?)([^<>]*)>([^<]*)").finditer
_TEXT = re.compile(rb"<[^<>]*>[^<]").finditer
_WHITE_SPACE = b" \t\r\n"
_SPACED = re.compile(rb"""=[ \t\r\n]+["']""").finditer
_LITERAL = re.compile(rb"<!--|<!\[CDATA\[|<\?").search
_ENDS = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}


def _without_literals(octets: bytes | bytearray) -> tuple[bytearray, int]:
    """The document without comments, CDATA sections and instructions, and how many of the latter two there are."""
    bare = bytearray()
    taken = last = 0
    while begin := _LITERAL(octets, last):
        bare += octets[last : begin.start()]
        end = octets.find(_ENDS[begin[0]], begin.end())
        if end < 0:  # no document; what follows is one literal
            return bare, taken
        last = end + len(_ENDS[begin[0]])
        taken += begin[0] != b"<!--"
    bare += octets[last:]
    return bare, taken
