"""How much memory typed objects take, told while they are made or before."""

from __future__ import annotations

from .. import element as x
from ..limits import Limits
from ..tree import Loaded
from ..weight import FREE, SMALL, has_room, names, room, roughly, weigh

__all__ = [
    "DECLARES",
    "LOST",
    "PAIR",
    "PART",
    "SLOT",
    "SPELLED",
    "TEXT",
    "fits",
    "left",
    "leftover_octets",
    "octets_of",
]

#: What the collector adds to an object; lxml's own object for a node, which the fast reader has in a list.
_COLLECTED = 16
_PROXY = 96
#: A text, its letters aside; a pair in a list that becomes a tuple; in octets.
TEXT = 56
PAIR = 96
#: One in a list that becomes a tuple.
SLOT = 18
#: An element that is carried as it is, and the text behind it.
PART = 200
#: A value that remembers how it was spelled; what one that cannot be read takes besides, for it knows where it stood.
SPELLED = 460
LOST = 260
#: What is remembered of an element that declares a namespace.
DECLARES = 400


def octets_of(declaration: x.Declaration) -> int:
    """What one element takes, its values aside."""
    return declaration.cls.__basicsize__ + _COLLECTED


def leftover_octets(leftover: x.Leftover) -> int:
    texts = [text for _, text in (*leftover.attributes, *leftover.namespaces)]
    lists = TEXT + 8 * len(leftover.missing)
    return x.Leftover.__basicsize__ + _COLLECTED + lists + sum(map(len, texts)) + (PAIR + TEXT) * len(texts)


def left(loaded: Loaded, limits: Limits, *, exactly: bool = False) -> int:
    """How much room there is for typed objects beside a tree: half of what a fast look tells, or exactly."""
    octets = loaded.octets
    size = len(octets)
    if size <= SMALL:
        return 2 * FREE
    if exactly:
        return room(size, limits) - weigh(octets, blanks=loaded.blanks)
    return (room(size, limits) - roughly(octets)) // 2


def fits(loaded: Loaded, limits: Limits) -> bool:
    """Whether there is surely room for what the fast reader makes of a document, all at once."""
    octets = loaded.octets
    most = room(len(octets), limits)
    if has_room(octets, most, lambda some: roughly(some) + _typed(some, roughly(some, blanks=False).values)):
        return True
    weight = weigh(octets, blanks=loaded.blanks)
    return weight + _typed(octets, weight.values) <= most


def _typed(octets: bytes, values: int) -> int:
    taken = TEXT * values
    known: dict[bytes, int] = {}
    for found in names(octets):
        for name, number in found.items():
            declared = x.lookup(name.decode("utf-8", "replace"))
            if declared is None:
                taken += number * _PROXY
                continue
            known[name] = known.get(name, 0) + number
            if isinstance(declared, x.Declaration):
                taken += number * octets_of(declared)
    # Of what is declared no more than one kind stands in one list, but for a few.
    return taken + _PROXY * max(known.values(), default=0)
