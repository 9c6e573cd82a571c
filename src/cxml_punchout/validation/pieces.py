"""A large tree in pieces, each small enough for the validators of libxml2.

For every error libxml2 writes down the path of its element, for which it counts the neighbours, and keeps it together
with a message that may list a hundred names. Of many errors in one go the time grows with the square, and the memory
with the depth and the length of names. A piece is judged by itself, as if it were a document: that bounds both.
"""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree

from ..tree import Loaded

__all__ = ["PIECE", "is_large", "large_children", "piece_size"]

#: The most elements of one piece, and the most attributes.
PIECE = 1000
#: The most levels of one piece, for it is the path of an error that is written down.
_LEVELS = 30
#: No name of cXML is longer, by far.
_LONG_NAME = re.compile(rb"<[^\s/>!?]{80}").search


def piece_size(loaded: Loaded) -> int:
    """How many elements may be judged in one go; 0: each by itself, for the names are of a length that nobody needs."""
    return 0 if _LONG_NAME(loaded.octets, max(loaded.start, 0)) else PIECE


def is_large(root: etree._Element, piece: int) -> bool:
    """Whether a tree is too large for one piece."""
    return bool(_judged_apart(piece)(root))


def large_children(node: etree._Element, piece: int) -> set[etree._Element]:
    """The children that are too large for a piece."""
    return set(_large(piece)(node))


def _test(piece: int) -> str:
    # With a number in the text libxml2 stops as soon as it has counted so far.
    deep = "/".join("*" * _LEVELS)
    return f"descendant::*[{piece + 1}] or count(descendant-or-self::*/@*) > {piece} or {deep}"


@lru_cache(maxsize=8)
def _judged_apart(piece: int) -> etree.XPath:
    return etree.XPath(_test(piece))


@lru_cache(maxsize=8)
def _large(piece: int) -> etree.XPath:
    return etree.XPath(f"*[{_test(piece)}]")
