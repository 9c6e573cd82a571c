"""Names that nobody declared: what libxml2 remembers of a stranger, and how it is made to forget.

libxml2 keeps every name that it ever met, in a dictionary of the thread that met it, as long as the thread lives. The
names of cXML are some hundreds; those that a stranger makes up have no end. So they are counted, and a process that has
met too many of them has its documents read by threads of their own, which end with the reading.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

__all__ = ["apart", "heard"]

P = ParamSpec("P")
T = TypeVar("T")

#: So many octets of names all threads together may remember; a word takes some more than its letters.
_MOST = 1_000_000
_WORD = 64

_NAME = re.compile(rb"""<([^\s<>/"'=!?]+)|[\s"']([^\s<>/"'=!?]+)[ \t\r\n]*=[ \t\r\n]*["']""").finditer
_local = threading.local()


class _Met:
    """How many octets of names the threads of this process have met. None is ever forgotten by a thread that lives."""

    __slots__ = ("octets",)

    def __init__(self) -> None:
        self.octets = 0


_met = _Met()


def heard(octets: bytes) -> None:
    """Count the names of a document that this thread has read, or tried to."""
    if _met.octets >= _MOST or getattr(_local, "apart", False):
        _local.__dict__.pop("names", None)
        return
    try:
        names: set[bytes] = _local.names
    except AttributeError:
        names = _local.names = set()
    for found in _NAME(octets):
        name = found[1] or found[2]
        if name not in names:
            names.add(name)
            # Two threads may count at once, and one of them for nothing; it is a bound and no account.
            _met.octets += len(name) + _WORD
            if _met.octets >= _MOST:
                return


def apart(read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What ``read`` gives or raises: called in a thread of its own once this process has met too many names."""
    if _met.octets < _MOST or getattr(_local, "apart", False):
        return read(*args, **kwargs)
    given: list[T] = []
    raised: list[BaseException] = []

    def work() -> None:
        _local.apart = True
        try:
            given.append(read(*args, **kwargs))
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=work, name="cxml_punchout.unheard")
    try:
        thread.start()
    except RuntimeError:  # the process may have no more of them
        return read(*args, **kwargs)
    thread.join()
    if raised:
        # No name may hold it, for its traceback holds this frame: tree and all would stay until the collector comes.
        raise raised.pop()
    return given.pop()
