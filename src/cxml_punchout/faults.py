"""Whose fault it is, and faults of our own in the log: each kind with its traceback now and then."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ConversionSyntax, Decimal, InvalidOperation

from .errors import Refusal, UnreadableValue
from .forks import ForkLock
from .models.envelope import CXML
from .spine import unreadables

__all__ = ["Faults", "speaking"]

#: A kind of fault: the class of the exception, and the file and line where it was raised.
_Kind = tuple[str, str, int]


class Faults:
    """Which kinds of faults were told lately, so that a stranger cannot fill the disk with tracebacks.

    every: how long one kind is not told again.
    most: how many kinds are remembered; the oldest goes first.
    """

    __slots__ = ("_lock", "_told", "every", "most")

    def __init__(self, every: timedelta = timedelta(minutes=10), most: int = 100) -> None:
        self.every = every
        self.most = most
        self._told: dict[_Kind, datetime] = {}
        self._lock = ForkLock()

    def is_news(self, error: BaseException, now: datetime) -> bool:
        """Whether a fault of this kind was not told lately; from now on it was."""
        kind = _kind(error)
        with self._lock:
            told = self._told.get(kind)
            # A clock that was set back must not silence anything.
            if told is not None and timedelta(0) <= now - told < self.every:
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


def speaking(error: Exception, document: CXML) -> Exception | None:
    """What an exception of a handler may tell the partner; None if it is a fault of ours.

    A value that cannot be read is the partner's fault only if it stands in the document that was sent.
    """
    if isinstance(error, Refusal):
        return error
    if isinstance(error, UnreadableValue):
        return error if error.origin is not None and error.origin == document._origin else None
    if isinstance(error, InvalidOperation) and error.args == ([ConversionSyntax],):
        # Decimal() asks no value whether it likes to be read. Of a document in which it could have failed so, we take
        # it that it did.
        for value in unreadables(document):
            if value.finding is not None and value.finding.code == "number" and not _is_number(value):
                found = UnreadableValue(value.finding, value.origin)
                found.__cause__ = error
                return found
    return None


def _is_number(text: str) -> bool:
    try:
        Decimal(text)
    except InvalidOperation:
        return False
    return True
