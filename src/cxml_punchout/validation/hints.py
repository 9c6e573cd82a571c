"""What to do about one value that does not fit its datatype: the fault at hand, in a sentence.

A value may be as long as whoever sent it likes, so long ones are not looked at: nobody mistypes hundreds of characters.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from typing import TypeAlias

from ..scalars import AMOUNT
from . import lists
from .datatypes import Typed

__all__ = ["hint", "is_in_lower_case"]

_LONGEST = 80
_NUMBERS = ("number", "uint", "int")
_TIMES = ("datetime.tz", "date", "time.tz")
#: Patterns of whole values, and what is wrong with such a value; the first that fits counts.
_Table: TypeAlias = tuple[tuple[str, str], ...]


def hint(typed: Typed, text: str) -> str:
    """What is wrong with a value; "" if that is none of the things that people get wrong."""
    name, text = typed.type.removesuffix(".opt"), text.strip()
    if not text and name in (*_NUMBERS, *_TIMES) and not typed.required:
        return "Leave it out if there is no value."
    if len(text) > _LONGEST:
        return ""
    if name in _NUMBERS:
        return _number(typed, text)
    if name in _TIMES:
        return _time(name, text)
    return _code(name, text)


# --- numbers ---------------------------------------------------------------------------------------------------

_POINT = "Write a point, not a comma, in front of the decimals."
_NOTHING_BETWEEN = "Write a point in front of the decimals and nothing between the thousands."
_WHOLE = "Write a whole number, without a point and decimals."

_NONE = "Leave it out if there is no value; this is none."

_ANY_NUMBER: _Table = (
    (r"(?i)[+-]?(?:nan|inf|infinity|null|none|n/a)", _NONE),
    ("[\"'\u2018-\u201e].*[\"'\u2018-\u201e]", "Leave out the quotation marks."),
    (".*[\u2010-\u2015\u2212\ufe63\uff0d].*", "Write the sign as a plain hyphen: -12.50."),
    (r".*(?![0-9])\d.*", "Write the digits from 0 to 9 of ASCII."),
    (r"\(.*\)", "Write a minus sign in front of the digits, not brackets around them: -12.50."),
    (r"[+-]\s*[+-].*", "Write one sign only, in front of the digits."),
    (r"[+-]\s+[0-9.,]+", "Leave out the blank behind the sign."),
    (r"[0-9.,'\s]*[0-9.]\s*[+-]", "Write the sign in front of the digits: -12.50."),
    (r"[+-]?[0-9.,'\u2018\u2019\u00b4`]*[0-9]['\u2018\u2019\u00b4`][0-9.,'\u2018\u2019\u00b4`]*",
     "Leave out the apostrophes between thousands."),
    (r"[+-]?[0-9_.,]*_[0-9_.,]*", "Leave out the underscores between the digits."),
    (r"[+-]?[0-9.\s]*[0-9]\s[0-9.\s]*", "Leave out the blanks between the digits."),
    (r"[+-]?[0-9.,\s]*[0-9]\s[0-9.,\s]*", _NOTHING_BETWEEN),
    (r"[+-]?[0-9.]+[eE][+-]?[0-9]+", "Write the number without an exponent."),
    (r"[+-]?[0-9.,]+\s*%", "Leave out the percent sign."),
)  # fmt: skip
_WHOLE_NUMBER: _Table = (
    (r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+", "Leave out the commas between thousands."),
    (r"-[0-9]+(?:[.,][0-9]*)?", "A number below zero cannot stand here."),
    (r"[+-]?[0-9]*[.,][0-9]*", _WHOLE),
)
_IN_MONEY: _Table = ((r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?", "Leave out the commas between thousands."),)
_ELSEWHERE: _Table = (
    (r"[+-]?[1-9][0-9]{0,2},[0-9]{3}",
     "Write a point in front of decimals and nothing between thousands; nobody knows which of them this comma is."),
    (r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?",
     "Leave out the commas between thousands; only Money may have them."),
)  # fmt: skip
_MARKS: _Table = (
    (r"[+-]?[0-9]*,[0-9]*", _POINT),
    (r"[+-]?[0-9]{1,3}(?:\.[0-9]{3}){2,}", "Leave out the dots between thousands."),
    (r"[+-]?[0-9.]*,[0-9]*", _NOTHING_BETWEEN),
    (r"[+-]?[0-9]+(?:,[0-9]+)+\.[0-9]*", "Leave out the commas between thousands."),
    (r"[+-]?[0-9.,]*,[0-9.,]*", _NOTHING_BETWEEN),
    (r"[+-]?[0-9.]*\.[0-9.]*\.[0-9.]*", "Write one point only, in front of the decimals."),
    (r".*[0-9].*", "Write the number alone; currency and unit have places of their own."),
)


def _number(typed: Typed, text: str) -> str:
    if typed.type == "number":
        special = _IN_MONEY if typed.scalar is AMOUNT else _ELSEWHERE
    else:
        special = _WHOLE_NUMBER if typed.type == "uint" else _WHOLE_NUMBER[::2]
    return next((says for pattern, says in (*_ANY_NUMBER, *special, *_MARKS) if _is(pattern, text)), "")


def _is(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text, re.DOTALL) is not None


# --- times -----------------------------------------------------------------------------------------------------

_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?![0-9])(\s*[Tt]\s*|\s+)?(.*)", re.DOTALL).fullmatch
_CLOCK = re.compile(r"([0-9]{1,2})(?:(:[0-9]{2}))?(?:(:[0-9]{2}))?([.,][0-9]*)?(\s*)(.*)", re.DOTALL).fullmatch
_OFFSET = re.compile(r"([+-])([0-9]{2})(:?)([0-9]{2})?").fullmatch

_NO_DAY: _Table = (
    ("(?i)0{8,14}|0000-00-00.*|null|none|n/a", _NONE),
    (r".*(?![0-9])\d.*", "Write the digits from 0 to 9 of ASCII."),
    (
        "(?i)(?:.*[^a-z])?(?:jan|feb|mar|apr|ma[yi]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-z]*[^a-z].*",
        "Write the month as a number, and the year first: 2026-11-23.",
    ),
    (r"[0-9]{1,2}[-./ ][0-9]{1,2}[-./ ][0-9]{2,4}(?:[^0-9].*)?", "Write the year first: 2026-11-23."),
    (r"[0-9]{4}[./][0-9]{1,2}[./].*", "Write hyphens between year, month and day: 2026-11-23."),
    (r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[^0-9].*)?", "Write month and day with two digits each: 2026-01-05."),
    (r"[0-9]{4}\s*-\s*[0-9]{1,2}\s*-\s*[0-9]{1,2}.*", "Leave out the blanks in the day: 2026-11-23."),
    (r"[0-9]{4}(?:-[0-9]{1,2})?", "Write the whole day: 2026-11-23."),
    (r"[0-9]{8}", "Write hyphens between year, month and day: 2026-11-23."),
    (
        r"[0-9]{8}[T ].*|20[0-9]{10}|20[0-9]{12}",
        "Write hyphens and colons between the numbers: 2026-11-23T18:30:00+00:00.",
    ),
    (r"[0-9]{1,2}:[0-9]{2}.*", "Write the day in front of the time: 2026-11-23T18:30:00+00:00."),
    (
        r"[0-9]{9,13}(?:\.[0-9]+)?|/?Date\([0-9+-]+\)/?",
        "Write day and time, not a number of seconds: 2026-11-23T18:30:00+00:00.",
    ),
)


def _time(name: str, text: str) -> str:
    if name == "time.tz":
        return " ".join(_in_clock(text, seconds=False))
    found = _DAY(text)
    if found is None or _is(_NO_DAY[0][0], text):
        return next((says for pattern, says in _NO_DAY if _is(pattern, text)), "")
    year, month, day, between, rest = found.groups()
    if missing := _no_such_day(int(year), int(month), int(day)):
        return missing
    if not rest:
        return "Add the time of day and the offset: T00:00:00+00:00."
    if between is None:
        if name == "date" and (rest == "Z" or _OFFSET(rest)):
            return "Leave out the offset behind a day, or write a time between them."
        return "Write T between the day and the time: 2026-11-23T18:30:00+00:00."
    faults = [] if between == "T" else ["Write a capital T, and no blank, between the day and the time."]
    return " ".join((*faults, *_in_clock(rest)))


def _no_such_day(year: int, month: int, day: int) -> str:
    if not 1 <= month <= 12:
        order = " Write the month in front of the day." if 1 <= day <= 12 < month <= 31 else ""
        return f"The month {month:02} does not exist.{order}"
    if not year:
        return "The year 0000 does not exist."
    if not 1 <= day <= monthrange(year, month)[1]:
        return f"The day {year:04}-{month:02}-{day:02} does not exist."
    return ""


_NO_CLOCK: _Table = (
    (r"[0-9]{1,2}(?:[.,][0-9]{1,2}){2}(?![0-9]).*", "Write colons between hours, minutes and seconds: 18:30:00."),
    (r"[0-9]{1,2}(?::[0-9]{1,2}){0,1}:[0-9](?![0-9]).*",
     "Write hours, minutes and seconds with two digits each: 18:05:00."),
)  # fmt: skip


def _in_clock(text: str, seconds: bool = True) -> Iterator[str]:
    """What is wrong with a time of day and its offset; what does not exist is told alone."""
    for pattern, says in _NO_CLOCK:
        if _is(pattern, text):
            yield says
            return
    found = _CLOCK(text)
    if found is None:
        yield "Write the time of day as 18:30:00, and the offset behind it."
        return
    hour, minute, second, fraction, blank, offset = found.groups()
    if int(hour) >= 24:
        yield (
            "24:00 does not exist here; write 00:00:00 of the next day."
            if hour == "24"
            else (f"The hour {hour} does not exist.")
        )
        return
    for what, part in (("minute", minute), ("second", second)):
        if part and int(part[1:]) > 59:
            yield f"The {what} {part[1:]} does not exist."
            return
    if re.match(r"(?i)[ap]\.?m", offset):
        yield "Count the hours from 00 to 23, without AM and PM."
        return
    if len(hour) == 1:
        yield "Write the hour with two digits: 08:30:00."
    if minute is None or (second is None and (seconds or fraction)):
        yield "Write hours, minutes and seconds: 18:30:00."
    elif fraction and len(fraction) == 1:
        yield "Leave out the point behind the seconds, for no fraction follows."
    elif fraction and fraction[0] == ",":
        yield "Write a point in front of the fraction of a second."
    if blank and offset:
        yield "Leave out the blank in front of the offset."
    yield from _in_offset(offset)


def _in_offset(offset: str) -> Iterator[str]:
    found = _OFFSET(offset)
    if not offset:
        yield "Add the offset from UTC, such as +00:00."
    elif offset.upper() in ("Z", "UTC", "GMT"):
        yield f"Write +00:00 in the place of {offset}."
    elif re.match("[\u2010-\u2015\u2212\ufe63\uff0d]", offset):
        yield "Write the sign of the offset as a plain hyphen: -05:00."
    elif found is None and _is(r"[+-][0-9]{2}:?[0-9]{2}\s*\[.*\]", offset):
        yield "Leave out the name of the zone behind the offset."
    elif found is None:
        yield "Write the offset from UTC with a sign, two digits, a colon and two digits: +01:00."
    elif int(found[2]) * 60 + int(found[4] or 0) > 14 * 60 or int(found[4] or 0) > 59:
        yield f"The offset {offset} does not exist."
    elif not found[4]:
        yield f"Write the minutes of the offset as well: {found[1]}{found[2]}:00."
    elif not found[3]:
        yield f"Put a colon into the offset: {found[1]}{found[2]}:{found[4]}."


# --- codes and links -------------------------------------------------------------------------------------------

_CAPITALS = {"currency": "[A-Z]{3}", "country": "[A-Z]{2}", "state": "[A-Z]{2}-[A-Z0-9]{1,3}", "unit": "[A-Z0-9]{1,3}"}

_CODES: dict[str, _Table] = {
    "country": ((r"(?i)uk", "The United Kingdom is GB."), ("[A-Z]{3}", "Write the code of two letters, not of three.")),
    "currency": ((r"[€$£¥].*|.*[€$£¥]", "Write the code, not the sign."),),
    "state": (("[A-Za-z]{2,3}", "Write the country in front: US-CA."),),
    "unit": (("(?i)each|pcs|pieces?|st|stk|stück", "For a piece write EA."),),
    "url": ((r"[\w.-]+\.[a-z]{2,}(?:/.*)?", "Write https:// in front."), (r".*\s.*", "Encode blanks as %20.")),
}


def is_in_lower_case(name: str, text: str) -> bool:
    """Whether a code has the right form as soon as it is written in capitals."""
    return name in _CAPITALS and not _is(_CAPITALS[name], text) and _is(_CAPITALS[name], text.upper())


def _code(name: str, text: str) -> str:
    if name == "language" and (underscored := re.fullmatch("([A-Za-z]{2,3})_([A-Za-z]{2})", text)):
        return f"Write a hyphen, not an underscore: {underscored[1].lower()}-{underscored[2].upper()}."
    for pattern, says in _CODES.get(name, ()):
        if _is(pattern, text):
            return says
    if is_in_lower_case(name, text) and (name != "unit" or text.upper() in lists.units()):
        return f"Write capitals: {text.upper()}."
    return ""
