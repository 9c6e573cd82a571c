"""A large tree in pieces, each small enough for the validators of libxml2.

For every error libxml2 writes down the path of its element, for which it counts the neighbours, and keeps it together
with a message that may list a hundred names. Of many errors in one go the time grows with the square, and the memory
with the depth and the length of names. A piece is judged by itself, as if it were a document: that bounds both.
"""

from __future__ import annotations

import re

from lxml import etree

from ..tree import Loaded, xpath

__all__ = ["PIECE", "is_large", "large_children", "piece_size"]

#: The most elements of one piece.
PIECE = 1000
#: The same for documents of a shape that none of cXML has, deep or with many attributes.
_ODD = 50
_DEEP = 30
_MANY_ATTRIBUTES = 20
#: No name of cXML is longer, by far.
_LONG_NAME = re.compile(rb"<[^\s/>!?]{80}").search


def piece_size(loaded: Loaded) -> int:
    """How many elements may be judged in one go; 0: each by itself, for the names are of a length that nobody needs."""
    if len(loaded.octets) < PIECE * len("<a/>"):
        return PIECE
    if _LONG_NAME(loaded.octets, max(loaded.start, 0)):
        return 0
    return min(_ODD, PIECE) if xpath(_IS_ODD)(loaded.root) else PIECE


_IS_ODD = f"boolean(descendant-or-self::*/@*[{_MANY_ATTRIBUTES + 1}] or /{'/'.join('*' * _DEEP)})"


#: A whole document may be as large as so many pieces: most are, and in one go they are judged soonest.
_WHOLE = 4


def is_large(root: etree._Element, piece: int) -> bool:
    """Whether a document is too large to be judged in one go."""
    # With a number in the text of an expression libxml2 stops as soon as it has counted so far.
    return bool(xpath(f"boolean(descendant::*[{_WHOLE * piece + 1}])")(root))


def large_children(node: etree._Element, piece: int) -> set[etree._Element]:
    """The children that are too large for a piece."""
    return set(xpath(f"*[descendant::*[{piece + 1}]]")(node))
