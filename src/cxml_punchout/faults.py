"""Faults of our own in the log: each kind with its traceback now and then, so that a stranger cannot fill the disk."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock

__all__ = ["Faults"]

#: A kind of fault: the class of the exception, and the file and line where it was raised.
_Kind = tuple[str, str, int]


class Faults:
    """Which kinds of faults were told lately.

    every: how long one kind is not told again.
    most: how many kinds are remembered; the oldest goes first.
    """

    __slots__ = ("_lock", "_told", "every", "most")

    def __init__(self, every: timedelta = timedelta(minutes=10), most: int = 100) -> None:
        self.every = every
        self.most = most
        self._told: dict[_Kind, datetime] = {}
        self._lock = Lock()

    def is_news(self, error: BaseException, now: datetime) -> bool:
        """Whether a fault of this kind was not told lately; from now on it was."""
        kind = _kind(error)
        with self._lock:
            told = self._told.get(kind)
            # A clock that was set back must not silence anything.
            if told is not None and told <= now < told + self.every:
                return False
            self._told.pop(kind, None)
            while len(self._told) >= self.most:
                del self._told[next(iter(self._told))]
            self._told[kind] = now
        return True


def _kind(error: BaseException) -> _Kind:
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    return (name, place.tb_frame.f_code.co_filename, place.tb_lineno) if place is not None else (name, "", 0)
