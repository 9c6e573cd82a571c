"""Values that remember how they were spelled.

A value remembers its spelling when that is not the one that we would write ourselves: reading ``.34`` gives
``SpelledDecimal('0.34')``, equal to ``Decimal('0.34')``, which is written as ``.34`` again. The spelling belongs to
the value, so a new value never inherits an old spelling; and it belongs to the document that it was read from, its
origin: put into another one, the value is written as we would write it, ``0.34``.

What cannot be read at all is kept as ``Unreadable``, a ``str`` that is written back as it came; it takes part in no
arithmetic, so that a misread amount is an ``UnreadableValue`` and never a wrong sum.
"""

from __future__ import annotations

import os
import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NoReturn

from .errors import UnreadableValue
from .findings import Finding, shorten

__all__ = [
    "Origin",
    "SpelledDate",
    "SpelledDatetime",
    "SpelledDecimal",
    "SpelledInt",
    "SpelledStr",
    "SpelledTime",
    "Unreadable",
    "remembered",
    "spelling",
    "spelling_in",
]


class Origin:
    """Which document a value was read from. There is one for each that is read, and copies of it are of the same."""

    __slots__ = ("_mark",)

    def __init__(self, mark: bytes = b"") -> None:
        self._mark = mark

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Origin) and bool(self._mark) and self._mark == other._mark)

    __hash__ = None  # type: ignore[assignment]

    def __copy__(self) -> Origin:
        return self

    def __deepcopy__(self, memo: object) -> Origin:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        # In a pickle the document and its values share one again, and it still tells where they came from.
        self._mark = self._mark or os.urandom(16)
        return Origin, (self._mark,)


class SpelledDecimal(Decimal):
    """A number received in another form than ``12.50``: ``.34``, ``+5``, ``13,450.00``, ``1e+06``."""

    spelling: str
    origin: Origin | None = None

    def __new__(cls, value: Decimal, spelling: str) -> SpelledDecimal:
        self = super().__new__(cls, value)
        self.spelling = spelling
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return SpelledDecimal, (Decimal(self), self.spelling), _state(self)


class SpelledInt(int):
    """A whole number or a flag received in another form: ``007``, ``true``."""

    spelling: str
    origin: Origin | None = None

    def __new__(cls, value: int, spelling: str) -> SpelledInt:
        self = super().__new__(cls, value)
        self.spelling = spelling
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return SpelledInt, (int(self), self.spelling), _state(self)


class SpelledStr(str):
    """A text whose form on the wire differs from its value: blanks around a URL, ``Test`` for ``test``.

    ``spelling`` is the text as it was received; ``markup`` is set instead when the whole element has to be
    written back because it held more than text.
    """

    spelling: str
    markup: str | None
    origin: Origin | None = None

    def __new__(cls, value: str, spelling: str, markup: str | None = None) -> SpelledStr:
        self = super().__new__(cls, value)
        self.spelling = spelling
        self.markup = markup
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.spelling, self.markup), _state(self)


#: Format specifications that ask for a text: a width and where to put it; a precision only with an ``s`` behind it.
_FOR_TEXT = re.compile(r"(?:.?[<>^])?(?:[1-9][0-9]*)?(?:(?:\.[0-9]+)?s)?", re.DOTALL).fullmatch


class Unreadable(SpelledStr):
    """What was received where a number, a time or one of a few words should stand, kept as it came.

    As a text it can be shown, compared with texts and written back. Whatever takes it for a number or a time raises
    ``UnreadableValue``: arithmetic, ``<`` and its like with anything but a text, ``int``, ``float``, ``round``, a
    format such as ``.2f``, and what only a number or a time has (``.quantize``, ``.isoformat``). ``Decimal`` asks no
    value whether it likes to be read, so of all texts it raises its own ``InvalidOperation``.

    finding: the departure with its place; None for a value that a program made.
    """

    finding: Finding | None

    def __new__(cls, value: str, spelling: str | None = None, markup: str | None = None) -> Unreadable:
        self: Unreadable = super().__new__(cls, value, value if spelling is None else spelling, markup)  # type: ignore[assignment]
        self.finding = None
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        state = {"finding": self.finding, "origin": self.origin}
        return type(self), (str.__str__(self), self.spelling, self.markup), state

    def _told(self) -> tuple[Finding, Origin | None]:
        message = f"{shorten(str.__str__(self))} is nothing that could be computed with."
        return self.finding or Finding("type", "error", "unreadable", message), self.origin

    def _refuse(self, *_: object) -> NoReturn:
        raise UnreadableValue(*self._told())

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("_"):
            raise AttributeError(f"'Unreadable' object has no attribute {name!r}")
        raise _NoSuchPart(*self._told())

    def __format__(self, spec: str) -> str:
        if not _FOR_TEXT(spec):
            self._refuse()
        return format(str.__str__(self), spec)

    # Texts go on being put together.

    def __add__(self, other: Any) -> str:
        return str.__add__(self, other) if _is_text(other) else self._refuse()

    def __radd__(self, other: Any) -> str:
        return str.__str__(other) + str.__str__(self) if _is_text(other) else self._refuse()

    def __rmod__(self, other: Any) -> str:
        return str.__mod__(other, self) if _is_text(other) else self._refuse()

    def __lt__(self, other: Any) -> bool:
        return str.__lt__(self, other) if _is_text(other) else self._refuse()

    def __le__(self, other: Any) -> bool:
        return str.__le__(self, other) if _is_text(other) else self._refuse()

    def __gt__(self, other: Any) -> bool:
        return str.__gt__(self, other) if _is_text(other) else self._refuse()

    def __ge__(self, other: Any) -> bool:
        return str.__ge__(self, other) if _is_text(other) else self._refuse()

    # Equality stays that of texts, as in a dictionary: no text is equal to a number.
    __eq__ = str.__eq__
    __ne__ = str.__ne__
    __hash__ = str.__hash__

    __mul__ = __rmul__ = __mod__ = _refuse  # pyright: ignore[reportAssignmentType] - str has them for itself
    __sub__ = __rsub__ = __truediv__ = __rtruediv__ = _refuse
    __floordiv__ = __rfloordiv__ = __divmod__ = __rdivmod__ = __pow__ = __rpow__ = _refuse
    __neg__ = __pos__ = __abs__ = __round__ = __trunc__ = __floor__ = __ceil__ = _refuse
    __int__ = __float__ = __complex__ = __index__ = _refuse

    def __repr__(self) -> str:
        return f"Unreadable({str.__str__(self)!r})"


def _is_text(value: object) -> bool:
    # Two values that cannot be read are no two texts: their sum would be a text, and one of them the greater.
    return isinstance(value, str) and not isinstance(value, Unreadable)


class _NoSuchPart(UnreadableValue, AttributeError):
    """For ``hasattr`` and its like, which ask whether a value is a number or a time."""


class SpelledDatetime(datetime):
    """A time received in another form than ``2026-11-23T18:30:00+00:00``; without an offset it stays naive."""

    spelling: str | None = None
    origin: Origin | None = None

    @classmethod
    def of(cls, value: datetime, spelling: str) -> SpelledDatetime:
        self = cls(
            value.year,
            value.month,
            value.day,
            value.hour,
            value.minute,
            value.second,
            value.microsecond,
            value.tzinfo,
            fold=value.fold,
        )
        self.spelling = spelling
        return self

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        plain = datetime.combine(self.date(), self.timetz())
        return (
            (SpelledDatetime.of, (plain, self.spelling), _state(self))
            if self.spelling
            else (plain.__class__, plain.__reduce__()[1])
        )


class SpelledDate(date):
    """A bare date received where the grammar wants a point in time, or with blanks around it."""

    spelling: str | None = None
    origin: Origin | None = None

    @classmethod
    def of(cls, value: date, spelling: str) -> SpelledDate:
        self = cls(value.year, value.month, value.day)
        self.spelling = spelling
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        plain = date(self.year, self.month, self.day)
        if not self.spelling:
            return date, plain.__reduce__()[1]
        return SpelledDate.of, (plain, self.spelling), _state(self)


class SpelledTime(time):
    """A time of day received in another form than ``14:00:00+01:00``."""

    spelling: str | None = None
    origin: Origin | None = None

    @classmethod
    def of(cls, value: time, spelling: str) -> SpelledTime:
        self = cls(value.hour, value.minute, value.second, value.microsecond, value.tzinfo, fold=value.fold)
        self.spelling = spelling
        return self

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        plain = time(self.hour, self.minute, self.second, self.microsecond, self.tzinfo, fold=self.fold)
        if not self.spelling:
            return time, plain.__reduce__()[1]
        return SpelledTime.of, (plain, self.spelling), _state(self)


def spelling(value: object) -> str | None:
    """The characters in which ``value`` was received, if they differ from what we would write; else None."""
    return getattr(value, "spelling", None)


def spelling_in(value: Any, origin: Origin | None) -> str | None:
    """The characters in which a value is written in the document ``origin`` if it was read from there; else None."""
    spelled = spelling(value)
    return spelled if spelled is not None and origin is not None and value.origin is origin else None


def remembered(value: Any, origin: Origin) -> Any:
    """A value that was just read; if it has a spelling, it knows from now on which document that belongs to."""
    if spelling(value) is not None:
        value.origin = origin
    return value


def _state(value: Any) -> dict[str, Any] | None:
    return None if value.origin is None else {"origin": value.origin}
