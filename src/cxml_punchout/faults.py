"""Whose fault it is, and faults of our own in the log: each kind with its traceback now and then, and in safe words."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ConversionSyntax, Decimal, InvalidOperation
from typing import TYPE_CHECKING

from .errors import Refusal, UnreadableValue
from .findings import visible
from .forks import ForkLock
from .masking import has_tags, masked
from .models.envelope import CXML
from .plaintext import quotable
from .spine import unreadables

if TYPE_CHECKING:
    import logging

__all__ = ["Faults", "harmless", "speaking", "without_frames"]

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


def without_frames(error: BaseException) -> None:
    """Take the tracebacks from an error that is kept, and from what it was raised for.

    Its frames lead back to whoever holds the error, in a circle, and in them stands the document. Each refusal would
    keep one in memory until the collector comes to the oldest objects.
    """
    chain: list[BaseException | None] = [error]
    known: set[int] = set()
    while chain:
        each = chain.pop()
        if each is not None and id(each) not in known:
            known.add(id(each))
            each.__traceback__ = None
            chain += each.__cause__, each.__context__


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


def harmless(record: logging.LogRecord) -> bool:
    """A filter of a logger: the traceback of a record as it may be written, whatever the exceptions say.

    What an application raises may quote a document: with line breaks that look like other lines of the log, with
    characters that turn a terminal round, with a secret. The exception itself stays in the record, for whoever collects
    it.
    """
    if record.exc_info and record.exc_info[1] is not None and not record.exc_text:
        record.exc_text = _told(record.exc_info[1])
    return True


#: How much of the text of an exception is written, and how many that led to one another.
_TEXT, _CHAIN = 1000, 10


def _told(error: BaseException) -> str:
    import traceback  # only where something is wrong

    pieces: list[str] = []
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen and len(seen) < _CHAIN:
        seen.add(id(each))
        stack = "".join(traceback.format_tb(each.__traceback__))
        lines = [f"Traceback (most recent call last):\n{stack}{type(each).__qualname__}{_line(each, ': ')}"]
        notes = getattr(each, "__notes__", ())
        lines += [_line(note) for note in notes[:_CHAIN]] if isinstance(notes, (list, tuple)) else []
        pieces.append("\n".join(lines))
        led, each = _led(each)
        if each is not None:
            pieces.append(led)
    return "\n\n".join(reversed(pieces))


def _led(error: BaseException) -> tuple[str, BaseException | None]:
    if error.__cause__ is not None:
        return "The above exception was the direct cause of the following exception:", error.__cause__
    context = None if error.__suppress_context__ else error.__context__
    return "During handling of the above exception, another exception occurred:", context


def _line(said: object, lead: str = "") -> str:
    """What an exception or a note says, in one line."""
    try:
        text = str(said)
    except Exception:
        return f"{lead}<it cannot be told>"
    text, cut = text[: 2 * _TEXT], len(text) > 2 * _TEXT
    shown = visible(masked(text) if has_tags(text) else quotable(text))
    return lead + (shown[:_TEXT] + "…" if cut or len(shown) > _TEXT else shown) if text else ""
