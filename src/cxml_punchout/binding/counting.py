"""How much memory typed objects take, told while they are made or before."""

from __future__ import annotations

from .. import element as x
from ..limits import Limits
from ..tree import Loaded
from ..weight import FREE, SMALL, has_room, names, room, roughly, weigh

__all__ = ["DECLARES", "PAIR", "PART", "SPELLED", "TEXT", "fits", "left", "leftover_octets", "octets_of"]

#: What the collector adds to an object; lxml's own object for a node, which the fast reader has in a list.
_COLLECTED = 16
_PROXY = 96
#: A text, its letters aside; a pair in a list that becomes a tuple; in octets.
TEXT = 56
PAIR = 96
#: An element that is carried as it is, and the text behind it.
PART = 200
#: A value that remembers how it was spelled, and where it could not be read.
SPELLED = 460
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
    for found in names(octets):
        for name, number in found.items():
            declared = x.lookup(name.decode("utf-8", "replace"))
            taken += number * (_PROXY + (octets_of(declared) if isinstance(declared, x.Declaration) else 0))
    return taken
