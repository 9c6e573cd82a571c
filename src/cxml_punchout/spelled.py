"""Values that remember how they were spelled.

A value remembers its spelling when that is not the one that we would write ourselves: reading ``.34`` gives
``SpelledDecimal('0.34')``, equal to ``Decimal('0.34')``, which is written as ``.34`` again. The spelling belongs to
the value, so a new value never inherits an old spelling; and it belongs to the document that it was read from, its
origin: put into another one, the value is written as we would write it, ``0.34``.

What cannot be read at all is kept as ``Unreadable``, a ``str`` that is written back as it came; it takes part in no
arithmetic, so that a misread amount is a ``TypeError`` and never a wrong sum.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NoReturn

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

    __slots__ = ()

    def __copy__(self) -> Origin:
        return self

    def __deepcopy__(self, memo: object) -> Origin:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return Origin, ()  # in a pickle the document and its values share one again


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


class Unreadable(SpelledStr):
    """What was received where a number, a time or one of a few words should stand, kept as it came."""

    def __new__(cls, value: str, spelling: str | None = None, markup: str | None = None) -> Unreadable:
        return super().__new__(cls, value, value if spelling is None else spelling, markup)  # type: ignore[return-value]

    def __mul__(self, other: object) -> NoReturn:
        raise TypeError("what was received here cannot be read, so it cannot be computed with")

    def __rmul__(self, other: object) -> NoReturn:
        self.__mul__(other)

    def __repr__(self) -> str:
        return f"Unreadable({str(self)!r})"


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
