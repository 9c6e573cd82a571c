"""How much memory a document takes as a tree, told from its octets, before there is a tree.

libxml2 makes a record for every element, attribute, text and instruction, however short. A document of tiny elements
takes fifty times its own size, a usual one nine times.
"""

from __future__ import annotations

import random
import re

from .limits import Limits

__all__ = ["FREE", "SMALL", "Weight", "overweight", "weigh"]

#: Octets of a record, of an element, a text or an instruction; of an attribute with its value.
_NODE = 128
_ATTRIBUTE = 240
#: What any document may take, in octets, and the size below which none can take more than that.
FREE = 2_500_000
SMALL = 48 * 1024
#: A tree may take so much of what ``Limits.memory`` allows; the rest is for the typed objects.
_SHARE = 0.65

# A look at the whole of an honest document would cost a tenth of reading it. A few pieces of it, taken by chance, tell
# as much, and nobody can know where to hide. Where they look dense, all of it is counted.
_PIECE = 128
_DENSE = 0.7


class Weight(int):
    """Octets of memory; ``elements`` is how many elements were counted."""

    elements: int

    def __new__(cls, octets: int, elements: int) -> Weight:
        made = super().__new__(cls, octets)
        made.elements = elements
        return made


def overweight(octets: bytes, limits: Limits) -> bool:
    """Whether the tree of a document would take more than ``limits`` allow."""
    size = len(octets)
    if size <= SMALL:
        return False
    most = _SHARE * limits.memory
    pieces = _pieces(octets)
    if _weight(pieces) < _DENSE * most * len(pieces):
        return False
    # Instructions count as elements do; a comment counts for nothing.
    return (weigh(octets) if octets.find(b"<!") >= 0 else _exactly(octets)) > most * size + FREE


def _pieces(octets: bytes) -> bytes:
    size = len(octets)
    chance = random.random
    places = [int(chance() * (size - _PIECE)) for _ in range(max(16, min(64, size >> 15)))]
    return b"".join([octets[place : place + _PIECE] for place in places])


def _weight(octets: bytes) -> Weight:
    marks = octets.count(b"<")
    elements = marks - octets.count(b"</")
    # A text stands in front of a tag that follows no other one.
    texts = marks - octets.count(b"><")
    attributes = octets.count(b'="') + octets.count(b"='")
    return Weight(_NODE * (elements + texts) + _ATTRIBUTE * attributes, elements)


def weigh(octets: bytes) -> Weight:
    """What the tree of a well-formed document takes. Of one that is not, it is what its tags would take."""
    if octets.find(b"<!") < 0 and octets.find(b"<?") < 0:
        return _exactly(octets)
    bare, taken = _without_literals(octets)
    weight = _exactly(bare)
    return Weight(weight + _NODE * taken, weight.elements)


def _exactly(octets: bytes) -> Weight:
    weight = _weight(octets)
    spaced = sum(1 for _ in _SPACED(octets))
    return Weight(weight + _ATTRIBUTE * spaced, weight.elements)


_SPACED = re.compile(rb"""=[ \t\r\n]+["']""").finditer
_LITERAL = re.compile(rb"<!--|<!\[CDATA\[|<\?").search
_ENDS = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}


def _without_literals(octets: bytes) -> tuple[bytes, int]:
    """The document without comments, CDATA sections and instructions, and how many of the latter two there are."""
    bare = bytearray()
    taken = last = 0
    while begin := _LITERAL(octets, last):
        bare += octets[last : begin.start()]
        end = octets.find(_ENDS[begin[0]], begin.end())
        if end < 0:  # no document; what follows is one literal
            return bytes(bare), taken
        last = end + len(_ENDS[begin[0]])
        taken += begin[0] != b"<!--"
    bare += octets[last:]
    return bytes(bare), taken
