"""A hint speaks of the fault at hand, and costs nothing to speak of."""

from __future__ import annotations

import time

import pytest
from validated import ORDER, changed

from cxml_punchout import validate
from cxml_punchout.validation.datatypes import Typed, typed_fields
from cxml_punchout.validation.hints import hint
from cxml_punchout.validation.schema import TYPES, fits


def field(what: str) -> Typed:
    (typed,) = (typed for typed in typed_fields(what.partition("@")[0]) if typed.what == what)
    return typed


MONEY, QUANTITY, LINE, LIMIT = map(field, ("Money", "ItemOut@quantity", "ItemOut@lineNumber", "TimeTolerance@limit"))
WHEN, DAY, CLOCK = map(field, ("OrderRequestHeader@orderDate", "PCard@expiration", "HotelDetail@checkinTime"))
UNTIL = field("OrderRequestHeader@expirationDate")
COUNTRY, CURRENCY, STATE = map(field, ("Country@isoCountryCode", "Money@currency", "State@isoStateCode"))
LANGUAGE, UNIT = map(field, ("Name@xml:lang", "UnitOfMeasure"))

POINT = "Write a point, not a comma, in front of the decimals."
NOTHING_BETWEEN = "Write a point in front of the decimals and nothing between the thousands."

NUMBERS: list[tuple[tuple[Typed, ...], str, str]] = [
    ((MONEY, LINE), "", "Leave it out"),
    ((MONEY, QUANTITY, LINE), "NaN", "this is none"),
    ((MONEY, QUANTITY), "-INF", "this is none"),
    ((MONEY, QUANTITY), "7.25-", "sign in front"),
    ((MONEY, QUANTITY, LIMIT), "3 -", "sign in front"),
    ((MONEY, QUANTITY), "(7.25)", "not brackets"),
    ((MONEY, QUANTITY), "--7.25", "one sign only"),
    ((MONEY, QUANTITY), "+-7", "one sign only"),
    ((MONEY, QUANTITY), "- 7", "blank behind the sign"),
    ((MONEY, QUANTITY, LIMIT), "\N{MINUS SIGN}7", "plain hyphen"),
    ((MONEY, QUANTITY), "\N{EN DASH} 7.25", "plain hyphen"),
    ((MONEY, QUANTITY, LINE), "\N{ARABIC-INDIC DIGIT SEVEN}", "digits from 0 to 9"),
    ((MONEY, QUANTITY), "7\N{FULLWIDTH DIGIT TWO}", "digits from 0 to 9"),
    ((MONEY, QUANTITY), "8'765.00", "apostrophes between thousands"),
    ((MONEY, QUANTITY), "8\N{RIGHT SINGLE QUOTATION MARK}765", "apostrophes between thousands"),
    ((MONEY, QUANTITY, LINE), '"7"', "quotation marks"),
    ((MONEY, QUANTITY, LINE), "\N{LEFT DOUBLE QUOTATION MARK}7\N{RIGHT DOUBLE QUOTATION MARK}", "quotation marks"),
    ((MONEY, QUANTITY, LINE), "8_765", "underscores"),
    ((MONEY, QUANTITY, LINE), "8 765", "blanks between the digits"),
    ((MONEY, QUANTITY), "8\N{NO-BREAK SPACE}765.50", "blanks between the digits"),
    ((MONEY, QUANTITY), "8\N{NARROW NO-BREAK SPACE}765,50", NOTHING_BETWEEN),
    ((MONEY, QUANTITY), "3e+02", "without an exponent"),
    ((LINE,), "3e2", "without an exponent"),
    ((MONEY, QUANTITY), "19 %", "percent"),
    ((MONEY, QUANTITY), "0,750", POINT),
    ((MONEY, QUANTITY), ",5", POINT),
    ((MONEY, QUANTITY), "-0,5", POINT),
    ((MONEY, QUANTITY), "7,5", POINT),
    ((MONEY, QUANTITY), "8765,500", POINT),
    ((MONEY, QUANTITY), "7,", POINT),
    ((MONEY, QUANTITY), "8.765,50", NOTHING_BETWEEN),
    ((MONEY, QUANTITY), "-8.765.432,1", NOTHING_BETWEEN),
    ((MONEY, QUANTITY), "8.765.432", "dots between thousands"),
    ((MONEY, QUANTITY), "1.2.3", "one point only"),
    ((MONEY,), "8,765", "Leave out the commas between thousands."),
    ((QUANTITY,), "8,765", "nobody knows which of them"),
    ((MONEY,), "8,765.50", "Leave out the commas between thousands."),
    ((QUANTITY,), "8,765.50", "only Money may have them"),
    ((QUANTITY,), "8,765,432", "only Money may have them"),
    ((LINE,), "8,765", "commas between thousands"),
    ((MONEY, QUANTITY), "87,65,432.00", "commas between thousands"),
    ((MONEY, QUANTITY), "8,765,43", NOTHING_BETWEEN),
    ((MONEY, QUANTITY, LINE), "7.25 EUR", "currency and unit have places of their own"),
    ((MONEY, QUANTITY), "$7.25", "currency and unit"),
    ((LINE,), "-7", "below zero"),
    ((LINE, LIMIT), "7.0", "whole number, without a point"),
    ((LINE, LIMIT), "7,5", "whole number, without a point"),
    ((MONEY, QUANTITY, LINE), "several", ""),
]


def test_what_is_required_is_not_to_be_left_out() -> None:
    assert [typed.what for typed in (QUANTITY, WHEN, DAY, MONEY, LINE, UNTIL) if hint(typed, " ")] == [
        "Money",
        "ItemOut@lineNumber",
        "OrderRequestHeader@expirationDate",
    ]


@pytest.mark.parametrize(("fields", "text", "words"), NUMBERS, ids=[repr(row[1]) for row in NUMBERS])
def test_what_is_wrong_with_a_number(fields: tuple[Typed, ...], text: str, words: str) -> None:
    for typed in fields:
        assert not fits(typed.type, text)
        assert words in hint(typed, text)
        assert bool(words) == bool(hint(typed, text))


TIMES: list[tuple[tuple[Typed, ...], str, str]] = [
    ((WHEN, DAY), "2026-02-29", "The day 2026-02-29 does not exist."),
    ((WHEN, DAY), "2026-06-31T10:00:00+00:00", "The day 2026-06-31 does not exist."),
    ((WHEN, DAY), "2026-06-00T10:00:00+00:00", "does not exist"),
    ((WHEN, DAY), "2026-13-40", "The month 13 does not exist."),
    ((WHEN, DAY), "2026-23-11T10:00:00Z", "month in front of the day"),
    ((WHEN, DAY), "0000-01-01T00:00:00+00:00", "The year 0000"),
    ((WHEN,), "2026-11-23T24:00:00+00:00", "00:00:00 of the next day"),
    ((WHEN,), "2026-11-23T25:00:00+00:00", "The hour 25 does not exist."),
    ((WHEN,), "2026-11-23T18:61:00+00:00", "The minute 61 does not exist."),
    ((WHEN,), "2026-11-23T18:30:60+00:00", "The second 60 does not exist."),
    ((WHEN,), "2026-11-23T18:30:00+15:00", "The offset +15:00 does not exist."),
    ((WHEN,), "2026-11-23T18:30:00+01:75", "The offset +01:75 does not exist."),
    ((WHEN,), "2026-11-23", "Add the time of day"),
    ((WHEN,), "2026-11-23T18:30:00", "Add the offset"),
    ((WHEN,), "2026-11-23T18:30:00Z", "+00:00 in the place of Z"),
    ((WHEN,), "2026-11-23T18:30:00 UTC", "+00:00 in the place of UTC"),
    ((WHEN,), "2026-11-23T18:30:00-0500", "colon into the offset: -05:00"),
    ((WHEN,), "2026-11-23T18:30:00-05", "minutes of the offset as well: -05:00"),
    ((WHEN,), "2026-11-23T18:30:00+8.00", "two digits, a colon and two digits"),
    ((WHEN,), "2026-11-23T18:30:00 CET", "two digits, a colon and two digits"),
    ((WHEN,), "2026-11-23T18:30+01:00", "hours, minutes and seconds"),
    ((WHEN,), "2026-11-23T18+01:00", "hours, minutes and seconds"),
    ((WHEN,), "2026-11-23T8:30:00+01:00", "hour with two digits"),
    ((WHEN,), "2026-11-23T06:30:00 PM", "without AM and PM"),
    ((WHEN,), "2026-11-23T18:30:00,5+01:00", "point in front of the fraction"),
    ((WHEN,), "2026-11-23T18:30:00 +01:00", "blank in front of the offset"),
    ((WHEN,), "2026-11-23 18:30:00+01:00", "capital T"),
    ((WHEN,), "2026-11-23t18:30:00+01:00", "capital T"),
    ((WHEN,), "2026-11-23 T18:30:00+01:00", "no blank"),
    ((WHEN,), "2026-11-23 18:30+01", "capital T"),
    ((WHEN,), "2026-11-23 18:30+01", "minutes of the offset"),
    ((WHEN,), "2026-11-23T+01:00", "18:30:00, and the offset behind it"),
    ((WHEN, DAY), "23.11.2026", "year first"),
    ((WHEN, DAY), "11/23/26 18:30", "year first"),
    ((WHEN, DAY), "2026/11/23", "hyphens between year, month and day"),
    ((WHEN, DAY), "2026-1-5", "two digits each"),
    ((WHEN, DAY), "2026- 06-09T00:00:00+00:00", "blanks in the day"),
    ((WHEN, DAY), "20261123T183000Z", "hyphens and colons"),
    ((WHEN, DAY), "18:30:00+00:00", "day in front"),
    ((WHEN, DAY), "1795458600", "number of seconds"),
    ((WHEN, DAY), "\N{ARABIC-INDIC DIGIT TWO}026-11-23", "digits from 0 to 9"),
    ((DAY,), "2026-11-23Z", "Leave out the offset behind a day"),
    ((CLOCK,), "14:00", "Add the offset"),
    ((CLOCK,), "14:00:00Z", "in the place of Z"),
    ((CLOCK,), "24:00:00+00:00", "next day"),
    ((CLOCK,), "2:00 pm", "AM and PM"),
    ((UNTIL,), "", "Leave it out"),
    ((WHEN, DAY), "00000000", "this is none"),
    ((WHEN, DAY), "0000-00-00T00:00:00", "this is none"),
    ((WHEN, DAY), "Mon, 23 Nov 2026 18:30:00 GMT", "month as a number"),
    ((WHEN, DAY), "23-NOV-2026", "month as a number"),
    ((WHEN, DAY), "December 5, 2026", "month as a number"),
    ((WHEN, DAY), "2026-11", "the whole day"),
    ((WHEN, DAY), "20261123", "hyphens between year, month and day"),
    ((WHEN, DAY), "20261123183000", "hyphens and colons"),
    ((WHEN, DAY), "/Date(1795458600000+0100)/", "number of seconds"),
    ((WHEN, DAY), "2026-00-11T10:00:00Z", "The month 00 does not exist."),
    ((WHEN,), "2026-11-23T18.30.00+01:00", "colons between hours"),
    ((WHEN,), "2026-11-23T18:5:0+01:00", "two digits each"),
    ((WHEN,), "2026-11-23T18:30:00.+01:00", "no fraction follows"),
    ((WHEN,), "2026-11-23T18:30:00\N{MINUS SIGN}05:00", "plain hyphen"),
    ((WHEN,), "2026-11-23T18:30:00+01:00[Europe/Bern]", "name of the zone"),
    ((WHEN, DAY), "tomorrow", ""),
]


@pytest.mark.parametrize(("fields", "text", "words"), TIMES, ids=[f"{row[1]!r} {row[2]}" for row in TIMES])
def test_what_is_wrong_with_a_time(fields: tuple[Typed, ...], text: str, words: str) -> None:
    for typed in fields:
        assert not fits(typed.type, text)
        assert words in hint(typed, text)
        assert bool(words) == bool(hint(typed, text))


@pytest.mark.parametrize(
    ("typed", "text", "words"),
    [
        (CURRENCY, "usd", "Write capitals: USD."),
        (CURRENCY, "$", "not the sign"),
        (COUNTRY, "fr", "Write capitals: FR."),
        (COUNTRY, "uk", "The United Kingdom is GB."),
        (COUNTRY, "FRA", "two letters"),
        (STATE, "us-tx", "Write capitals: US-TX."),
        (STATE, "tx", "country in front"),
        (LANGUAGE, "FR_fr", "not an underscore: fr-FR."),
        (UNIT, "hur", "Write capitals: HUR."),
        (UNIT, "pcs", "For a piece write EA."),
        (UNIT, "zzz", ""),
    ],
)
def test_what_is_wrong_with_a_code(typed: Typed, text: str, words: str) -> None:
    assert words in hint(typed, text)
    assert bool(words) == bool(hint(typed, text))


@pytest.mark.thorough
@pytest.mark.parametrize("long", ["e.0" + "," * 200_000 + "+0", "1" * 200_000 + "x", "1 " * 100_000, "2026-" * 40_000])
def test_a_long_value_costs_no_time(long: str) -> None:
    body = changed(ORDER, ">12.50<", f">{long}<", "2026-11-23T18:29:00+00:00", long)
    began = time.perf_counter()
    report = validate(body, layers=["type"])
    assert time.perf_counter() - began < 3
    assert {finding.hint for finding in report.errors} == {TYPES["number"].hint, TYPES["time"].hint}


def test_the_longest_value_that_is_looked_at_costs_no_time() -> None:
    began = time.perf_counter()
    for typed in (MONEY, QUANTITY, LINE, WHEN, CLOCK, CURRENCY, LANGUAGE, UNIT, field("URL")):
        for piece in ("1", "1,", "1.", "1 ", "'", ",", "-", "a.", "a b", "2026-", ":00", "(", "+1"):
            for end in ("", "x", "-", "!"):
                hint(typed, (piece * 80)[:79] + end)
    assert time.perf_counter() - began < 2


EMPTY = (
    '<PostalAddress><Street>1</Street><City>B</City><State isoStateCode="{0}">B</State><Country isoCountryCode="{0}">'
)


@pytest.mark.parametrize(
    ("pairs", "code"),
    [
        (('currency="EUR"', 'currency=""'), "currency"),
        (('currency="EUR"', 'currency=" "'), "currency"),
        (('currency="EUR"', 'currency="eur"'), "currency"),
        (("</Address>", EMPTY.format("") + "B</Country></PostalAddress></Address>"), "country"),
        ((">EA<", "><"), "unit"),
    ],
)
def test_an_empty_code_and_one_in_lower_case_are_remarks(pairs: tuple[str, str], code: str) -> None:
    report = validate(changed(ORDER, *pairs))
    assert report.ok
    assert [finding.severity for finding in report.findings if finding.code == code] == ["warning"]


def test_a_wrong_code_stays_an_error() -> None:
    for wrong in ("euro", "e1r", "Euros", "US$"):
        assert [f.code for f in validate(changed(ORDER, 'currency="EUR"', f'currency="{wrong}"')).errors] == [
            "currency"
        ]
