"""Names that nobody declared: what libxml2 remembers of a stranger, and how it is made to forget.

libxml2 keeps every name that it ever met, in a dictionary of the thread that met it, as long as the thread lives. The
names of cXML are a few hundred; those that a stranger makes up have no end. So they are counted, and a thread that has
met too many of them has its documents read by others, which end with the reading.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import TypeVar

__all__ = ["apart", "heard"]

T = TypeVar("T")

#: So many octets of names a thread may remember; a word takes some more than its letters.
_MOST = 2_000_000
_WORD = 64

_NAME = re.compile(rb"""<([^\s<>/"'=!?]+)|[\s"']([^\s<>/"'=!?]+)[ \t\r\n]*=[ \t\r\n]*["']""").finditer
_local = threading.local()


class _Met:
    """What one thread has met so far."""

    __slots__ = ("names", "octets")

    def __init__(self) -> None:
        self.names: set[bytes] = set()
        self.octets = 0


def _met() -> _Met:
    try:
        met: _Met = _local.met
    except AttributeError:
        met = _local.met = _Met()
    return met


def heard(octets: bytes) -> None:
    """Count the names of a document that this thread has read, or tried to."""
    met = _met()
    if met.octets >= _MOST:
        return
    for found in _NAME(octets):
        name = found[1] or found[2]
        if name not in met.names:
            met.names.add(name)
            met.octets += len(name) + _WORD
            if met.octets >= _MOST:
                met.names.clear()
                _spent.append(threading.get_ident())
                return


#: The threads that have met too many. Mostly there are none, and then nobody has to look up which one this is.
_spent: list[int] = []


def apart(read: Callable[[], T]) -> T:
    """What ``read`` gives or raises: called in a thread of its own once this one has met too many names."""
    if not _spent or _met().octets < _MOST:
        return read()
    given: list[T] = []
    raised: list[BaseException] = []

    def work() -> None:
        try:
            given.append(read())
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=work, name="cxml_punchout.unheard")
    try:
        thread.start()
    except RuntimeError:  # the process may have no more of them
        return read()
    thread.join()
    for error in raised:
        raise error
    return given[0]
