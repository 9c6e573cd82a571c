"""Points in time, days and times of day: how they are read and written.

Guide 3.1.6.2: local time with a mandatory numeric offset; the designator Z is not allowed.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import attrs

from .errors import InvalidValue
from .pairs import Reading, Scalar, no_canonical, refuse, remembering
from .spelled import SpelledDate, SpelledDatetime, SpelledTime, Unreadable, spelling

__all__ = ["COVERED", "DATE", "DATETIME", "TIME", "later"]

# Later Pythons read 24:00 as the next day, and all of them +10:75 as +11:15.
_HOUR = r"(?:[01][0-9]|2[0-3])"
# What people write in the place of +01:00 and can mean nothing else.
_OFFSET = r"(?:[ \t]*(Z|z|UTC|GMT|[+-][0-9]{2}(?::?[0-5][0-9])?))?"
_CLOCKED = rf"({_HOUR}:[0-9]{{2}}(?::[0-9]{{2}})?)((?<=:[0-9]{{2}}:[0-9]{{2}})[.,][0-9]+)?{_OFFSET}"
_DATETIME = re.compile(rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})(?:[ \t]*[Tt][ \t]*|[ \t]+){_CLOCKED}").fullmatch
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
_CLOCK = re.compile(_CLOCKED).fullmatch
#: The forms that are legal though they are not ours: with a fraction, and a time of day without seconds.
_LEGAL_OFFSET = r"[+-][0-9]{2}:[0-5][0-9]"
_LEGAL_DATETIME = re.compile(rf"[0-9-]{{10}}T[0-9:]{{8}}(?:\.[0-9]+)?{_LEGAL_OFFSET}").fullmatch
_LEGAL_CLOCK = re.compile(rf"[0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:\.[0-9]+)?)?{_LEGAL_OFFSET}").fullmatch


def _in_iso(clock: str, fraction: str | None, offset: str | None) -> str:
    """A time of day as Python reads it on every version."""
    if offset in ("Z", "z", "UTC", "GMT"):
        offset = "+00:00"
    elif offset and len(offset) != 6:
        offset = f"{offset[:3]}:{offset[3:] or '00'}"
    return f"{clock}{(fraction or '').replace(',', '.')[:7]}{offset or ''}"


@remembering
def _read_datetime(text: str) -> datetime:
    # Exactly YYYY-MM-DDThh:mm:ss±hh:mm; fromisoformat alone accepts a dozen more forms.
    if (
        len(text) == 25
        and text[10] == "T"
        and text[7] == "-"
        and text[13] == text[16] == text[22] == ":"
        and text[19] in "+-"
        and text[23] < "6"
        and text[11:13] != "24"
        and text[19:] != "-00:00"
    ):
        return datetime.fromisoformat(text)
    raise ValueError(text)


def _recover_datetime(text: str) -> Reading:
    match = _DATETIME(text.strip())
    try:
        if match is not None:
            value = datetime.fromisoformat(f"{match[1]}T{_in_iso(*match.groups()[1:])}")
            return Reading(SpelledDatetime.of(value, text), "" if _LEGAL_DATETIME(text) else "time")
        if _DATE(text.strip()):
            return Reading(SpelledDate.of(date.fromisoformat(text.strip()), text), "time")
    except ValueError:
        pass
    return Reading(Unreadable(text), "time", "error")


def _write_datetime(value: Any) -> str:
    if value.__class__ is datetime and value.tzinfo is not None:
        return _offset_text(value)
    naive = isinstance(value, datetime) and value.tzinfo is None
    if (naive or isinstance(value, (Unreadable, SpelledDate))) and spelling(value) is not None:
        raise no_canonical(value)
    return _offset_text(_accept_datetime(value))


def _accept_datetime(value: Any) -> datetime:
    if isinstance(value, datetime):
        if value.tzinfo is None and spelling(value) is None:
            raise InvalidValue("a time needs an offset from UTC; give a datetime with tzinfo")
        return value
    if isinstance(value, (Unreadable, SpelledDate)) and value.spelling is not None:
        return value  # type: ignore[return-value]
    raise refuse(value, "a datetime with tzinfo")


def _offset_text(value: datetime | time) -> str:
    """A time as we write it: to the second, for some partners read no fraction and nobody needs one."""
    text = value.isoformat(timespec="seconds")
    # datetime allows offsets with seconds, the wire does not.
    if len(text) < 6 or text[-6] not in "+-" or text[-3] != ":":
        raise InvalidValue("the offset of a time must be whole minutes from UTC")
    return text


DATETIME = Scalar(
    "datetime.tz",
    "a time such as 2026-11-23T18:30:00+00:00",
    _read_datetime,
    _recover_datetime,
    _write_datetime,
    _accept_datetime,
)


def _write_covered(value: Any) -> str:
    spelled = spelling(value)
    return _write_datetime(value) if spelled is None else spelled


COVERED = attrs.evolve(DATETIME, write=_write_covered)


@remembering
def _read_date_or_datetime(text: str) -> date | datetime:
    return date.fromisoformat(text) if _DATE(text) else _read_datetime(text)


def _recover_date_or_datetime(text: str) -> Reading:
    reading = _recover_datetime(text)
    # A day is what may stand here; only blanks are around it.
    return Reading(reading.value) if isinstance(reading.value, SpelledDate) else reading


def _write_date_or_datetime(value: Any) -> str:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return _write_datetime(value)


def _accept_date_or_datetime(value: Any) -> date | datetime:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return _accept_datetime(value)


DATE = Scalar(
    "date",
    "a date such as 2026-11-23, or a time with offset",
    _read_date_or_datetime,
    _recover_date_or_datetime,
    _write_date_or_datetime,
    _accept_date_or_datetime,
)


@remembering
def _read_time(text: str) -> time:
    if (
        len(text) == 14
        and text[2] == text[5] == text[11] == ":"
        and text[8] in "+-"
        and text[12] < "6"
        and text[:2] != "24"
        and text[8:] != "-00:00"
    ):
        return time.fromisoformat(text)
    raise ValueError(text)


def _recover_time(text: str) -> Reading:
    if match := _CLOCK(text.strip()):
        try:
            value = time.fromisoformat(_in_iso(*match.groups()))
        except ValueError:
            pass
        else:
            return Reading(SpelledTime.of(value, text), "" if _LEGAL_CLOCK(text) else "time")
    return Reading(Unreadable(text), "time", "error")


def _write_time(value: Any) -> str:
    naive = isinstance(value, time) and value.tzinfo is None
    if (naive or isinstance(value, Unreadable)) and spelling(value) is not None:
        raise no_canonical(value)
    return _offset_text(_accept_time(value))


def _accept_time(value: Any) -> time:
    if isinstance(value, time):
        if value.tzinfo is None and spelling(value) is None:
            raise InvalidValue("a time of day needs an offset from UTC; give a time with tzinfo")
        return value
    if isinstance(value, Unreadable):
        return value  # type: ignore[return-value]
    raise refuse(value, "a time with tzinfo")


TIME = Scalar("time.tz", "a time of day such as 14:00:00+01:00", _read_time, _recover_time, _write_time, _accept_time)


def later(moment: datetime, span: timedelta) -> datetime:
    """``moment`` and ``span``, or the last moment that there is: "for ever" is a span, and has no end."""
    try:
        return moment + span
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)
