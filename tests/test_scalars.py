"""Texts and values: each pair is its own inverse, every spelling survives, and nothing inexact gets through."""

from __future__ import annotations

import copy
import enum
import math
import pickle
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cxml_punchout import InvalidValue, Unreadable, UnreadableValue, scalars, spelling
from cxml_punchout.scalars import (
    AMOUNT,
    DECIMAL,
    FLAG,
    IDREF,
    INTEGER,
    NMTOKEN,
    NMTOKENS,
    TEXT,
    URL,
    XML_ID,
    YES_NO,
    Flag,
    Language,
    Scalar,
    scalar_for,
)
from cxml_punchout.spelled import (
    Origin,
    SpelledDate,
    SpelledDatetime,
    SpelledDecimal,
    SpelledInt,
    SpelledStr,
    SpelledTime,
    remembered,
    spelling_in,
)
from cxml_punchout.times import COVERED, DATE, DATETIME, TIME

COLOUR = scalar_for(Literal["red", "darkGreen"])
ALL = {
    "text": TEXT,
    "decimal": DECIMAL,
    "amount": AMOUNT,
    "integer": INTEGER,
    "datetime": DATETIME,
    "date": DATE,
    "time": TIME,
    "flag": FLAG,
    "yes_no": YES_NO,
    "url": URL,
    "nmtoken": NMTOKEN,
    "nmtokens": NMTOKENS,
    "id": XML_ID,
    "idref": IDREF,
    "enumeration": COLOUR,
}
CET = timezone(timedelta(hours=1))
#: Digits that Python reads as numbers, and the wire does not.
ARABIC = str.maketrans({str(digit): chr(0x660 + digit) for digit in range(10)})


def read(scalar: Scalar, text: str) -> tuple[Any, scalars.Reading | None]:
    """The value of a text as a reader finds it, and what it had to say if the text was not canonical."""
    try:
        return (text if scalar.read is None else scalar.read(text)), None
    except ValueError:
        reading = scalar.recover(text)
        return reading.value, reading


def as_received(scalar: Scalar, value: Any) -> str:
    """A value as it is written into the document that it was read from."""
    spelled = spelling(value)
    return scalar.write(value) if spelled is None else spelled


def parametrize_scalars(*names: str):
    return pytest.mark.parametrize("scalar", [pytest.param(ALL[name], id=name) for name in names or ALL])


# --- every pair ------------------------------------------------------------------------------------------

_texts = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="0123456789+-.,:TZ eE_ \t\n", max_size=30),
    st.from_regex(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}[:.,][0-9]{2}([+-][0-9]{2}:[0-9]{2}|Z|)", fullmatch=True
    ),
    st.from_regex(r"[0-9]{2}[:.,][0-9]{2}[:.,][0-9]{2}[+-][0-9]{2}[:.,][0-9]{2}", fullmatch=True),
    st.sampled_from(["yes", "no", "Yes", "true", "0", "red", " red ", "RED", "darkgreen", "a b", "a  b", " a ", "1a"]),
)


@parametrize_scalars()
@settings(max_examples=50)
@given(text=_texts)
@example("2026-11-23T18:30:00+10:75")
@example("2026-11-23T18:30:00+00:60")
@example("2026-11-23T18:30,00+00:00")
@example("2026-11-23T24:00:00+00:00")
@example("18:30:00+10:75")
@example("24:00:00+00:00")
@example("-0")
@example("-00")
@example("0.0000001")
@example("1E-7")
@example("1_000")
@example("NaN")
@example("sNaN")
@example("Infinity")
@example("\N{ARABIC-INDIC DIGIT ONE}")
def test_no_text_raises_and_each_is_written_as_it_came(scalar, text):
    value, reading = read(scalar, text)
    assert as_received(scalar, value) == text
    if reading is not None and isinstance(value, Unreadable):
        assert reading.code
        assert reading.severity == "error"


@parametrize_scalars()
@settings(max_examples=50)
@given(text=_texts)
def test_a_value_that_was_read_can_be_handed_in_again(scalar, text):
    value, _ = read(scalar, text)
    accepted = scalar.accept(value)
    assert accepted == value
    assert as_received(scalar, accepted) == text


@parametrize_scalars()
@settings(max_examples=100)
@given(text=_texts)
@example("2026-11-23t18:30 Z")
@example("14:00:00,5+01")
@example("  1e+06")
@example("13,450.00")
@example("TRUE")
@example(" 007")
def test_what_is_written_anew_is_canonical_and_says_the_same(scalar, text):
    value, _ = read(scalar, text)
    try:
        written = scalar.write(value)
    except InvalidValue:
        naive = isinstance(value, (datetime, time)) and value.tzinfo is None
        day = isinstance(value, date) and not isinstance(value, datetime)
        assert isinstance(value, Unreadable) or naive or day or (scalar is FLAG and not value)
        return
    again, reading = read(scalar, written)
    assert reading is None
    if isinstance(value, (datetime, time)):
        value = value.replace(microsecond=0)
    assert again == value


@parametrize_scalars()
@pytest.mark.parametrize("wrong", [object(), b"1", 1.5, [], {"a": 1}, 1j])
def test_values_of_a_wrong_kind_are_refused(scalar, wrong):
    with pytest.raises(InvalidValue):
        scalar.accept(wrong)
    with pytest.raises(InvalidValue):
        scalar.write(wrong)


def test_the_refusal_names_both_kinds():
    with pytest.raises(InvalidValue, match=r"^a datetime with tzinfo is expected, not an int$"):
        DATETIME.accept(3)
    with pytest.raises(InvalidValue, match=r"^a text is expected, not a list$"):
        TEXT.accept([])


# --- numbers ---------------------------------------------------------------------------------------------


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**18), max_value=10**18))
@example(Decimal("1E+20"))
@example(Decimal("1E-20"))
@example(Decimal("-0"))
@example(Decimal("12.50"))
def test_decimals_are_written_plainly_and_read_back_with_their_scale(value):
    text = DECIMAL.write(value)
    assert set(text) <= set("-0123456789.")
    again, _ = read(DECIMAL, text)
    assert again == value
    if value.as_tuple().exponent <= 0:
        assert again.as_tuple() == value.as_tuple()


@pytest.mark.parametrize("text", ["0", "12.50", "1505.0", "-3", "0.34", "100", "0.00", "12345678901234567890.12"])
def test_plain_numbers_are_decimals(text):
    value, reading = read(DECIMAL, text)
    assert type(value) is Decimal
    assert str(value) == text
    assert reading is None


@pytest.mark.parametrize(
    ("text", "value"),
    [(".34", "0.34"), ("+5", "5"), ("007", "7"), ("5.", "5"), (" 12.50 ", "12.50"), ("-.5", "-0.5"), ("00.10", "0.10")],
)
def test_legible_numbers_keep_their_spelling_and_are_no_departure(text, value):
    number, reading = read(DECIMAL, text)
    assert number == Decimal(value)
    assert number.as_tuple() == Decimal(value).as_tuple()
    assert spelling(number) == text
    assert DECIMAL.write(number) == value
    assert reading.code == ""
    assert not reading.refused


@pytest.mark.parametrize(
    ("text", "value"),
    [("13,450.00", "13450.00"), ("1,234,567", "1234567"), ("-1,000.5", "-1000.5"), (" 1,000 ", "1000")],
)
def test_a_comma_between_thousands_is_read_in_money_and_mentioned(text, value):
    number, reading = read(AMOUNT, text)
    assert number == Decimal(value)
    assert spelling(number) == text
    assert AMOUNT.write(number) == value
    assert (reading.code, reading.severity, reading.refused) == ("number", "warning", False)
    # Elsewhere it may be the decimal mark of a partner who writes three decimals.
    assert type(read(DECIMAL, text)[0]) is Unreadable


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e+06", "1000000"),
        ("2.5E3", "2500"),
        ("-4e-3", "-0.004"),
        (" .5e1 ", "5"),
        ("12.50e0", "12.50"),
        ("0e5", "0"),
        ("1.7976931348623157e308", "17976931348623157" + "0" * 292),
    ],
)
@parametrize_scalars("decimal", "amount")
def test_an_exponent_is_read_exactly_mentioned_and_never_written_anew(scalar, text, value):
    number, reading = read(scalar, text)
    assert number == Decimal(value)
    assert spelling(number) == text
    assert scalar.write(number) == format(number, "f") == value
    assert (reading.code, reading.severity, reading.refused) == ("number", "warning", False)


@pytest.mark.parametrize(
    "text",
    [
        "1.234,56",
        "12,5",
        "1,2345",
        "1,23,456",
        "0,123",
        ",5",
        "1,000,00",
        "1E309",
        "1e-309",
        "9e9999",
        "1E999999999",
        "1e-999999999",
        "1e",
        "e5",
        "1e5.0",
        "1e+-5",
        "1,5e3",
        "1 e5",
        "NaN",
        "nan",
        "sNaN",
        "Infinity",
        "-inf",
        "1_000",
        "1__0",
        "0x10",
        "--5",
        "5-",
        ".",
        "-",
        "+",
        "$12",
        "12EUR",
        "12.5.0",
        "TBD",
        "\N{VULGAR FRACTION ONE HALF}",
        "\N{FULLWIDTH DIGIT ONE}2",
        "12".translate(ARABIC),
        "",
        " ",
        "1 000",
        "12\xa050",
        "1 .5",
        "- 5",
    ],
)
@parametrize_scalars("decimal", "amount")
def test_what_is_no_plain_number_is_unreadable_and_kept(scalar, text):
    number, reading = read(scalar, text)
    assert type(number) is Unreadable
    assert spelling(number) == number == text
    with pytest.raises(InvalidValue, match="no other document"):
        scalar.write(number)
    assert (reading.code, reading.severity, reading.refused) == ("number", "error", False)


@pytest.mark.parametrize(
    ("given_", "value"), [(5, "5"), (-3, "-3"), ("12.50", "12.50"), ("-0.1", "-0.1"), (Decimal("1.0"), "1.0")]
)
def test_a_program_may_give_decimals_ints_and_plain_texts(given_, value):
    accepted = DECIMAL.accept(given_)
    assert type(accepted) is Decimal
    assert accepted.as_tuple() == Decimal(value).as_tuple()
    assert DECIMAL.write(given_) == value


@pytest.mark.parametrize(
    "wrong",
    [
        0.1,
        12.0,
        math.nan,
        math.inf,
        True,
        False,
        None,
        "1e5",
        ".5",
        "+5",
        " 5",
        "5 ",
        "13,450.00",
        "1_000",
        "NaN",
        "",
        "12".translate(ARABIC),
    ],
)
def test_inexact_or_unclear_numbers_are_refused(wrong):
    with pytest.raises(InvalidValue):
        DECIMAL.accept(wrong)
    with pytest.raises(InvalidValue):
        DECIMAL.write(wrong)


def test_the_refusal_of_a_float_says_what_to_give():
    with pytest.raises(InvalidValue, match="float is not exact; give a Decimal, an int or a text"):
        DECIMAL.accept(0.1)


@pytest.mark.parametrize("wrong", ["NaN", "sNaN", "Infinity", "-Infinity", "NaN123"])
def test_decimals_that_are_no_number_are_refused(wrong):
    with pytest.raises(InvalidValue):
        DECIMAL.accept(Decimal(wrong))
    with pytest.raises(InvalidValue):
        DECIMAL.write(Decimal(wrong))


@pytest.mark.parametrize("text", ["1E+999999999", "-1E+999999999", "1E-999999999", "1E+100000"])
def test_decimals_that_would_fill_the_memory_are_refused(text):
    # Plain notation of 1E+999999999 has a thousand million digits.
    with pytest.raises(InvalidValue):
        DECIMAL.accept(Decimal(text))
    with pytest.raises(InvalidValue):
        DECIMAL.write(Decimal(text))


def test_numbers_longer_than_any_amount_are_kept_but_not_computed_with():
    for text in ("9" * 5000, "0." + "0" * 5000 + "1", "1," + "000," * 2000 + "000", "9" * 5000 + "e1"):
        number, reading = read(AMOUNT, text)
        assert type(number) is Unreadable
        assert reading.code == "number"
        assert spelling(number) == text


class Price(Decimal):
    """A program's own kind of Decimal."""


def test_kinds_of_decimals_are_decimals():
    assert DECIMAL.write(Price("12.50")) == "12.50"
    assert DECIMAL.accept(Price("12.50")) == Decimal("12.50")
    with pytest.raises(InvalidValue):
        DECIMAL.write(Price("NaN"))


def test_moderate_exponents_are_written_out():
    assert DECIMAL.write(Decimal("1.5E+3")) == "1500"
    assert DECIMAL.write(Decimal("1E-10")) == "0.0000000001"
    assert DECIMAL.accept(Decimal("1E+3")) == 1000


def test_a_computed_number_has_no_spelling():
    price, _ = read(AMOUNT, "13,450.00")
    for computed in (
        price + 0,
        price * 1,
        -price,
        +price,
        abs(price),
        price.quantize(Decimal("0.1")),
        price.copy_abs(),
    ):
        assert spelling(computed) is None
        assert "," not in DECIMAL.write(computed)
    assert DECIMAL.write(price * 2) == "26900.00"
    assert DECIMAL.write(sum([price, price])) == "26900.00"


def test_the_memory_of_a_reader_is_bounded():
    # Four thousand different prices and one more: all are read right, whether remembered or not.
    texts = [f"{number}.25" for number in range(4100)]
    assert [str(DECIMAL.read(text)) for text in texts] == texts
    assert [str(DECIMAL.read(text)) for text in texts] == texts
    assert str(DECIMAL.read("1" * 100)) == "1" * 100


# --- whole numbers ---------------------------------------------------------------------------------------


@given(st.integers())
def test_integers_are_their_own_inverse(value):
    assert INTEGER.read(INTEGER.write(value)) == value


@pytest.mark.parametrize(
    ("text", "value", "code"),
    [("007", 7, ""), ("+5", 5, ""), (" 5 ", 5, ""), ("-0", 0, ""), ("5.0", 5, "number"), ("5.", 5, "number")],
)
def test_whole_numbers_in_other_spellings(text, value, code):
    number, reading = read(INTEGER, text)
    assert (number, spelling(number)) == (value, text)
    assert isinstance(number, int)
    assert (reading.code, reading.severity, reading.refused) == (code, "warning", False)


@pytest.mark.parametrize(
    "text", ["", "5.5", "1e3", "1_000", "1,000", "x", "3".translate(ARABIC), "0x1F", "9" * 5000, "--1", "ten"]
)
def test_what_is_no_whole_number_is_unreadable(text):
    number, reading = read(INTEGER, text)
    assert type(number) is Unreadable
    assert spelling(number) == text
    assert (reading.code, reading.severity) == ("number", "error")


@pytest.mark.parametrize("wrong", [True, False, "5", 5.0, Decimal("5"), None, pytest.param(10**5000, id="huge")])
def test_only_ints_are_whole_numbers(wrong):
    with pytest.raises(InvalidValue):
        INTEGER.accept(wrong)
    with pytest.raises(InvalidValue):
        INTEGER.write(wrong)


class Level(int, enum.Enum):
    """An enumeration whose str() is not its number."""

    HIGH = 5


def test_kinds_of_ints_are_ints():
    assert INTEGER.write(Level.HIGH) == "5"
    assert DECIMAL.write(Level.HIGH) == "5"
    assert DECIMAL.accept(Level.HIGH) == Decimal(5)


def test_a_computed_int_has_no_spelling():
    number, _ = read(INTEGER, "007")
    assert INTEGER.write(number + 1) == "8"
    assert spelling(number * 1) is None


# --- times -----------------------------------------------------------------------------------------------

_offsets = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(timezones=_offsets).map(lambda value: value.replace(microsecond=0)))
def test_times_are_written_with_a_numeric_offset_and_read_back(value):
    text = DATETIME.write(value)
    assert text[-6] in "+-"
    assert text[-3] == ":"
    assert "Z" not in text
    again, reading = read(DATETIME, text)
    assert again == value
    assert again.utcoffset() == value.utcoffset()
    assert reading is None or reading.code == ""


@given(st.times(timezones=_offsets).map(lambda value: value.replace(microsecond=0)))
def test_times_of_day_are_written_with_a_numeric_offset_and_read_back(value):
    text = TIME.write(value)
    again, reading = read(TIME, text)
    assert (again, again.utcoffset()) == (value, value.utcoffset())
    assert reading is None or reading.code == ""


def test_fractions_of_seconds_are_not_written():
    assert DATETIME.write(datetime(2026, 11, 23, 18, 30, 59, 999_999, CET)) == "2026-11-23T18:30:59+01:00"
    assert TIME.write(time(14, 0, 0, 1, CET)) == "14:00:00+01:00"
    assert DATE.write(read(DATE, "2026-11-23T18:30:00.75-05:00")[0]) == "2026-11-23T18:30:00-05:00"


def test_a_time_that_a_proof_covers_keeps_its_characters_everywhere():
    for text in ("2026-11-23T18:30:00Z", "2026-11-23T18:30:00.5+01:00", "2026-11-23T18:30:00"):
        assert COVERED.write(read(COVERED, text)[0]) == text
    assert COVERED.write(datetime(2026, 11, 23, 18, 30, 0, 5, CET)) == "2026-11-23T18:30:00+01:00"


def test_utc_is_written_as_an_offset():
    assert DATETIME.write(datetime(2026, 11, 23, 18, 30, tzinfo=UTC)) == "2026-11-23T18:30:00+00:00"
    assert TIME.write(time(14, tzinfo=UTC)) == "14:00:00+00:00"


@pytest.mark.parametrize(
    ("text", "value", "code"),
    [
        ("2026-11-23T18:30:00.5+01:00", datetime(2026, 11, 23, 18, 30, 0, 500_000, CET), ""),
        ("2026-11-23T18:30:00.123456789+01:00", datetime(2026, 11, 23, 18, 30, 0, 123_456, CET), ""),
        ("2026-11-23T18:30:00-00:00", datetime(2026, 11, 23, 18, 30, tzinfo=UTC), ""),
        ("2008-05-19T19:51:55Z", datetime(2008, 5, 19, 19, 51, 55, tzinfo=UTC), "time"),
        ("2026-11-23T18:30:00+0100", datetime(2026, 11, 23, 18, 30, tzinfo=CET), "time"),
        ("2026-11-23 18:30:00+01:00", datetime(2026, 11, 23, 18, 30, tzinfo=CET), "time"),
        (" 2026-11-23T18:30:00+01:00\n", datetime(2026, 11, 23, 18, 30, tzinfo=CET), "time"),
        ("2022-10-18T23:56:52", datetime(2022, 10, 18, 23, 56, 52), "time"),
        ("2022-10-18 23:56", datetime(2022, 10, 18, 23, 56), "time"),
        ("2026-11-23T18:30+01:00", datetime(2026, 11, 23, 18, 30, tzinfo=CET), "time"),
        ("2026-11-23T18:30:00+01", datetime(2026, 11, 23, 18, 30, tzinfo=CET), "time"),
        ("2026-11-23T18:30+0100", datetime(2026, 11, 23, 18, 30, tzinfo=CET), "time"),
        ("2026-11-23  18:30:00 +01:00", datetime(2026, 11, 23, 18, 30, tzinfo=CET), "time"),
        ("2026-11-23T18:30:00,25+01:00", datetime(2026, 11, 23, 18, 30, 0, 250_000, CET), "time"),
        ("2026-11-23 T 18:30:00+01:00", datetime(2026, 11, 23, 18, 30, tzinfo=CET), "time"),
        ("2026-11-23t18:30:00z", datetime(2026, 11, 23, 18, 30, tzinfo=UTC), "time"),
        ("2026-11-23 18:30:00 UTC", datetime(2026, 11, 23, 18, 30, tzinfo=UTC), "time"),
        ("2026-11-23T18:30:00 GMT", datetime(2026, 11, 23, 18, 30, tzinfo=UTC), "time"),
    ],
)
@parametrize_scalars("datetime", "date")
def test_times_in_other_spellings(scalar, text, value, code):
    found, reading = read(scalar, text)
    assert isinstance(found, SpelledDatetime)
    assert (found, found.tzinfo) == (value, value.tzinfo)
    assert spelling(found) == text
    assert (reading.code, reading.severity, reading.refused) == (code, "warning", False)
    if value.tzinfo is not None:
        assert scalar.write(found) == value.replace(microsecond=0).isoformat()


def test_a_bare_date_is_a_date_where_one_is_allowed_and_a_departure_where_a_time_is_wanted():
    assert read(DATE, "2026-11-23") == (date(2026, 11, 23), None)
    assert type(DATE.read("2026-11-23")) is date
    found, reading = read(DATETIME, "2026-11-23")
    assert type(found) is SpelledDate
    assert found == date(2026, 11, 23)
    assert spelling(found) == "2026-11-23"
    assert (reading.code, reading.severity) == ("time", "warning")
    assert DATE.write(found) == "2026-11-23"
    with pytest.raises(InvalidValue, match="without an offset"):
        DATETIME.write(found)
    padded, reading = read(DATE, " 2026-11-23\n")
    assert (padded, reading.code, DATE.write(padded)) == (date(2026, 11, 23), "", "2026-11-23")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "--T+00:00",
        "2016- 06-09T10:00:00+00:00",
        "2026-02-30T10:00:00+00:00",
        "2026-02-30",
        "0000-01-01",
        "2026-11-23T25:00:00+00:00",
        "2026-11-23T18:75:00+00:00",
        "2026-11-23T24:00:00+00:00",
        "2026-11-23T24:00+00:00",
        "2026-11-23T18:30:60+00:00",
        "2026-11-23T18:30,5+00:00",
        "2026-11-23T18+00:00",
        "2026-13-01T10:00:00Z",
        "2026-11-23T06:30 PM",
        "2026-11-23T18:30:00+8:00",
        "2026-11-23T18:30:00+800",
        "2026-11-23T18:30:00+8.00",
        "2026-11-23T18:30:00+24:00",
        "2026-11-23T18: 30:00+01:00",
        "2026-11-23T18:30:00\n+01:00",
        "20261123T183000+0100",
        "2026-W48-1T10:00:00+00:00",
        "23.11.2026",
        "2026-11-23T18:30:00CET",
        "2026-11-23T18:30:00+00:00".translate(ARABIC),
        "2026-11-23T18:30:00+00:00[UTC]",
    ],
)
@parametrize_scalars("datetime", "date")
def test_what_is_no_time_is_unreadable_and_kept(scalar, text):
    found, reading = read(scalar, text)
    assert type(found) is Unreadable
    assert spelling(found) == text
    assert (reading.code, reading.severity, reading.refused) == ("time", "error", False)
    with pytest.raises(InvalidValue, match="no other document"):
        scalar.write(found)


@pytest.mark.parametrize(
    ("text", "value", "code"),
    [
        ("14:00:00.5+01:00", time(14, 0, 0, 500_000, CET), ""),
        ("14:00:00-00:00", time(14, tzinfo=UTC), ""),
        ("14:00+01:00", time(14, tzinfo=CET), ""),
        ("14:00:00Z", time(14, tzinfo=UTC), "time"),
        ("14:00:00", time(14), "time"),
        (" 14:00:00+01:00", time(14, tzinfo=CET), "time"),
        ("14:00+01", time(14, tzinfo=CET), "time"),
        ("14:00 +0100", time(14, tzinfo=CET), "time"),
        ("14:00z", time(14, tzinfo=UTC), "time"),
        ("14:00:00,5+01:00", time(14, 0, 0, 500_000, CET), "time"),
    ],
)
def test_times_of_day_in_other_spellings(text, value, code):
    found, reading = read(TIME, text)
    assert isinstance(found, SpelledTime)
    assert (found, found.tzinfo) == (value, value.tzinfo)
    assert spelling(found) == text
    assert (reading.code, reading.severity) == (code, "warning")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2 pm",
        "8:30",
        "25:00:00+00:00",
        "14.00",
        "14:00:00+1",
        "T14:00:00+01:00",
        "14:75:00+01:00",
        "24:00+01:00",
        "14",
    ],
)
def test_what_is_no_time_of_day_is_unreadable(text):
    found, reading = read(TIME, text)
    assert type(found) is Unreadable
    assert (reading.code, reading.severity) == ("time", "error")


class Nowhere(tzinfo):
    """A tzinfo that does not know its offset."""

    def utcoffset(self, when: datetime | None) -> None:
        return None

    def dst(self, when: datetime | None) -> None:
        return None


@pytest.mark.parametrize(
    "wrong", [datetime(2026, 11, 23), "2026-11-23T18:30:00+00:00", 0, None, time(1, tzinfo=UTC), True]
)
@parametrize_scalars("datetime", "date")
def test_naive_times_are_refused(scalar, wrong):
    with pytest.raises(InvalidValue):
        scalar.accept(wrong)
    with pytest.raises(InvalidValue):
        scalar.write(wrong)


@pytest.mark.parametrize("wrong", [time(14), "14:00:00+01:00", datetime(2026, 11, 23, tzinfo=UTC), None])
def test_naive_times_of_day_are_refused(wrong):
    with pytest.raises(InvalidValue):
        TIME.accept(wrong)
    with pytest.raises(InvalidValue):
        TIME.write(wrong)


@pytest.mark.parametrize(
    "zone", [timezone(timedelta(hours=1, seconds=30)), timezone(timedelta(microseconds=1)), Nowhere()]
)
def test_offsets_that_the_wire_cannot_say_are_refused(zone):
    for scalar, value in ((DATETIME, datetime(2026, 11, 23, tzinfo=zone)), (TIME, time(14, tzinfo=zone))):
        with pytest.raises(InvalidValue, match="whole minutes"):
            scalar.write(value)


def test_a_date_is_no_time():
    with pytest.raises(InvalidValue):
        DATETIME.accept(date(2026, 11, 23))
    assert DATE.write(date(2026, 11, 23)) == "2026-11-23"


def test_a_computed_time_has_no_spelling():
    found, _ = read(DATETIME, "2008-05-19T19:51:55Z")
    for computed in (found + timedelta(0), found.replace(), found.astimezone(CET), found - timedelta(0)):
        assert spelling(computed) is None
        assert DATETIME.accept(computed) is computed
    assert DATETIME.write(found + timedelta(hours=1)) == "2008-05-19T20:51:55+00:00"
    assert DATETIME.write(found.astimezone(CET)) == "2008-05-19T20:51:55+01:00"
    assert found.date() == date(2008, 5, 19)


def test_a_time_without_offset_stays_in_its_document():
    found, _ = read(DATETIME, "2022-10-18T23:56:52")
    assert DATETIME.accept(found) is found
    with pytest.raises(InvalidValue, match="no other document; add one"):
        DATETIME.write(found)
    assert DATETIME.write(found.replace(tzinfo=CET)) == "2022-10-18T23:56:52+01:00"
    with pytest.raises(InvalidValue):
        DATETIME.accept(found + timedelta(hours=1))
    with pytest.raises(InvalidValue):
        DATETIME.write(found.replace(hour=1))
    clock, _ = read(TIME, "14:00:00")
    with pytest.raises(InvalidValue, match="no other document; add one"):
        TIME.write(clock)
    with pytest.raises(InvalidValue):
        TIME.accept(clock.replace(hour=15))


def test_a_date_computed_from_one_that_stood_for_a_time_is_a_date():
    found, _ = read(DATETIME, "2026-11-23")
    later = found + timedelta(days=1)
    assert spelling(later) is None
    assert DATE.write(later) == "2026-11-24"
    with pytest.raises(InvalidValue):
        DATETIME.accept(later)
    with pytest.raises(InvalidValue):
        DATETIME.write(later)


# --- flags -----------------------------------------------------------------------------------------------


def test_flags_know_one_word_and_choices_of_yes_and_no_two():
    assert FLAG.read("yes") is True
    assert (YES_NO.read("yes"), YES_NO.read("no")) == (True, False)
    assert (FLAG.values, YES_NO.values) == (("yes",), ("yes", "no"))
    assert FLAG.write(True) == YES_NO.write(True) == "yes"
    assert YES_NO.write(False) == "no"
    with pytest.raises(InvalidValue, match="absence"):
        FLAG.write(False)
    with pytest.raises(ValueError, match="no"):
        FLAG.read("no")


@pytest.mark.parametrize(("text", "value"), [("true", 1), ("1", 1), ("YES", 1), (" yes ", 1), ("false", 0), ("N", 0)])
@parametrize_scalars("flag", "yes_no")
def test_other_words_for_yes_are_read_but_break_the_grammar(scalar, text, value):
    found, reading = read(scalar, text)
    assert isinstance(found, SpelledInt)
    assert bool(found) == bool(value)
    assert spelling(found) == text
    if value or scalar is YES_NO:
        assert scalar.write(found) == ("yes" if value else "no")
    assert (reading.code, reading.severity, reading.refused) == ("enumeration", "error", True)


@parametrize_scalars("flag", "yes_no")
def test_what_is_neither_yes_nor_no_is_unreadable(scalar):
    found, reading = read(scalar, "perhaps")
    assert type(found) is Unreadable
    assert spelling(found) == "perhaps"
    with pytest.raises(InvalidValue, match="no other document"):
        scalar.write(found)
    assert reading.refused


@pytest.mark.parametrize("wrong", [1, 0, "yes", "true", None])
@parametrize_scalars("flag", "yes_no")
def test_only_true_and_false_are_flags(scalar, wrong):
    with pytest.raises(InvalidValue):
        scalar.accept(wrong)
    with pytest.raises(InvalidValue):
        scalar.write(wrong)


# --- texts, links, tokens, enumerations ------------------------------------------------------------------


class Colour(str, enum.Enum):  # noqa: UP042 - the older spelling, whose str() is not its value
    RED = "red"


class Shade(enum.StrEnum):
    RED = "red"


@pytest.mark.parametrize("value", [Colour.RED, Shade.RED])
@parametrize_scalars("text", "url", "nmtoken", "id", "enumeration")
def test_enumerations_of_python_are_written_by_value(scalar, value):
    assert f"{scalar.write(value)}" == "red"


@pytest.mark.parametrize("text", ["", "00042", " blanks ", "日本語", "<&>", "a\nb"])
def test_texts_are_themselves(text):
    assert TEXT.read is None
    assert TEXT.write(text) == text
    assert TEXT.accept(text) is text
    assert TEXT.recover(text).value == text


def test_blanks_around_a_link_are_not_part_of_it():
    assert read(URL, "https://shop.example/?a=1") == ("https://shop.example/?a=1", None)
    found, reading = read(URL, "\n  https://shop.example/\n")
    assert found == "https://shop.example/"
    assert spelling(found) == "\n  https://shop.example/\n"
    assert URL.write(found) == "https://shop.example/"
    assert reading.code == ""


@pytest.mark.parametrize("text", ["endUser", "1st", "-a", "a:b.c-d_e", "Größe"])
def test_tokens(text):
    assert read(NMTOKEN, text) == (text, None)
    assert NMTOKEN.accept(text) == text


@pytest.mark.parametrize("text", ["", " ", "a b", "a,b", "a/b", "a\tb", "§"])
def test_what_is_no_token_breaks_the_grammar(text):
    found, reading = read(NMTOKEN, text)
    assert type(found) is Unreadable
    assert (reading.code, reading.refused) == ("token", True)
    with pytest.raises(InvalidValue, match="is not a name token"):
        NMTOKEN.accept(text)


@pytest.mark.parametrize(
    ("scalar", "text", "value"), [(NMTOKEN, " a ", "a"), (NMTOKENS, " a  b ", "a b"), (XML_ID, "i ", "i")]
)
def test_blanks_around_and_between_tokens_do_not_count(scalar, text, value):
    # XML drops them before it looks at the value of an attribute of these types.
    found, reading = read(scalar, text)
    assert found == value
    assert spelling(found) == text
    assert scalar.write(found) == value
    assert (reading.code, reading.refused) == ("", False)


@parametrize_scalars("id", "idref")
def test_names_do_not_begin_like_a_number(scalar):
    assert read(scalar, "cXMLData") == ("cXMLData", None)
    for text in ("1a", "-a", ".a", "", "a b", "\N{MIDDLE DOT}a"):
        assert read(scalar, text)[1].refused
        with pytest.raises(InvalidValue):
            scalar.accept(text)


def test_enumerations_have_the_texts_of_the_wire():
    assert COLOUR.values == ("red", "darkGreen")
    assert COLOUR.read("darkGreen") is COLOUR.read("".join(["dark", "Green"]))
    assert COLOUR.accept("red") == COLOUR.write("red") == "red"
    with pytest.raises(InvalidValue, match=r"'Red' is not one of red, darkGreen"):
        COLOUR.accept("Red")
    with pytest.raises(InvalidValue, match=r"'x' is not red$"):
        scalar_for(Literal["red"]).accept("x")


@pytest.mark.parametrize("text", ["Red", "RED", "DarkGreen", "red\n"])
def test_another_case_is_understood_but_breaks_the_grammar(text):
    found, reading = read(COLOUR, text)
    assert found in COLOUR.values
    assert spelling(found) == text
    assert COLOUR.write(found) == str(found)
    assert (reading.code, reading.severity, reading.refused) == ("enumeration", "error", True)


@pytest.mark.parametrize("text", ["", "blue", "red darkGreen"])
def test_other_words_are_unreadable(text):
    found, reading = read(COLOUR, text)
    assert type(found) is Unreadable
    assert reading.refused


# --- spelled values --------------------------------------------------------------------------------------

SPELLED = [
    SpelledDecimal(Decimal("0.34"), ".34"),
    SpelledInt(7, "007"),
    SpelledStr("test", "Test"),
    SpelledStr("", "", "<b/>"),
    Unreadable("TBD"),
    Unreadable("TBD", "TBD", "<i>TBD</i>"),
    SpelledDatetime.of(datetime(2008, 5, 19, 19, 51, 55, 1, UTC), "2008-05-19T19:51:55.000001Z"),
    SpelledDatetime.of(datetime(2008, 5, 19), "2008-05-19T00:00:00"),
    SpelledDate.of(date(2026, 11, 23), "2026-11-23"),
    SpelledTime.of(time(14, 0, 0, 1, CET), "14:00:00.000001+01:00"),
]


@pytest.mark.parametrize("value", SPELLED, ids=repr)
@pytest.mark.parametrize(
    "through",
    [
        copy.copy,
        copy.deepcopy,
        *(
            pytest.param(lambda value, number=number: pickle.loads(pickle.dumps(value, number)), id=f"pickle-{number}")
            for number in range(pickle.HIGHEST_PROTOCOL + 1)
        ),
    ],
)
def test_copies_and_pickles_keep_the_spelling_and_its_document(value, through):
    origin = Origin()
    same, where = through((remembered(value, origin), origin))
    assert spelling_in(same, where) == spelling(value)
    assert spelling_in(same, Origin()) is None
    assert spelling_in(same, None) is None
    assert type(same) is type(value)
    assert same == value
    assert spelling(same) == spelling(value) is not None
    assert getattr(same, "markup", None) == getattr(value, "markup", None)


@pytest.mark.parametrize("value", [datetime(2026, 10, 25, 2, 30, tzinfo=CET, fold=1), time(2, 30, tzinfo=CET, fold=1)])
def test_copies_keep_the_second_of_two_equal_hours(value):
    spelled = SpelledDatetime.of(value, "x") if isinstance(value, datetime) else SpelledTime.of(value, "x")
    for same in (copy.copy(spelled), copy.deepcopy(spelled), pickle.loads(pickle.dumps(spelled))):
        assert same.fold == 1


@pytest.mark.parametrize(
    "value",
    [SPELLED[6] + timedelta(1), SPELLED[8] + timedelta(1), SPELLED[9].replace(hour=3)],
    ids=["datetime", "date", "time"],
)
def test_values_computed_from_spelled_ones_are_copied_and_pickled_as_plain_ones(value):
    for same in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert same == value
        assert spelling(same) is None


@pytest.mark.parametrize("value", SPELLED[:4] + SPELLED[6:], ids=repr)
def test_a_spelled_value_equals_the_plain_one_and_hashes_alike(value):
    plain = next(kind for kind in (Decimal, datetime, date, time, int, str) if isinstance(value, kind))
    assert type(value) is not plain
    if plain in (Decimal, int, str):
        assert hash(value) == hash(plain(value))
        assert value == plain(value)


def test_plain_values_have_no_spelling():
    assert [spelling(value) for value in (Decimal(1), 1, "a", datetime(2026, 1, 1), None, True)] == [None] * 6


NO_NUMBER = Unreadable("1,5")


@pytest.mark.parametrize(
    "compute",
    [
        lambda: NO_NUMBER + Decimal(1),
        lambda: Decimal(1) + NO_NUMBER,
        lambda: NO_NUMBER * Decimal(3),
        lambda: Decimal(3) * NO_NUMBER,
        lambda: NO_NUMBER * 3,
        lambda: 3 * NO_NUMBER,
        lambda: NO_NUMBER % 3,
        lambda: 7 // NO_NUMBER,
        lambda: divmod(NO_NUMBER, 2),
        lambda: -NO_NUMBER,
        lambda: abs(NO_NUMBER),
        lambda: sum([NO_NUMBER, NO_NUMBER]),
        lambda: NO_NUMBER + NO_NUMBER,
        lambda: max(NO_NUMBER, Unreadable("2,5")),
        lambda: Decimal(1) > NO_NUMBER,
        lambda: NO_NUMBER <= 3,
        lambda: NO_NUMBER - NO_NUMBER,
        lambda: int(NO_NUMBER),
        lambda: int(Unreadable("12")),
        lambda: float(NO_NUMBER),
        lambda: round(NO_NUMBER, 2),
        lambda: math.floor(NO_NUMBER),
        lambda: range(NO_NUMBER),
        lambda: f"{NO_NUMBER:.2f}",
        lambda: f"{NO_NUMBER:,}",
        lambda: f"{NO_NUMBER:08}",
        lambda: "%d" % NO_NUMBER,  # noqa: UP031
        lambda: NO_NUMBER.quantize(Decimal("0.01")),
        lambda: Unreadable("yesterday") < datetime.now(UTC),
        lambda: datetime.now(UTC) - Unreadable("yesterday"),
        lambda: Unreadable("yesterday").isoformat(),
        lambda: f"{Unreadable('yesterday'):%d %B}",
    ],
)
def test_what_cannot_be_read_takes_no_part_in_arithmetic(compute):
    with pytest.raises(UnreadableValue) as caught:
        compute()
    assert caught.value.status == 406


def test_what_cannot_be_read_stays_a_text():
    assert Decimal("1.5") != NO_NUMBER
    assert NO_NUMBER == "1,5"
    assert NO_NUMBER in {"1,5": 1}
    assert f"[{NO_NUMBER:>5}]" == "[  1,5]"
    assert "%s" % NO_NUMBER == "" + NO_NUMBER == NO_NUMBER + "" == "1,5"  # noqa: UP031
    assert sorted([NO_NUMBER, "0"]) == ["0", "1,5"]
    assert not hasattr(NO_NUMBER, "isoformat")
    assert getattr(NO_NUMBER, "year", None) is None
    with pytest.raises(InvalidOperation):
        Decimal(NO_NUMBER)


def test_what_cannot_be_read_shows_that_in_its_repr():
    assert repr(Unreadable("TBD")) == "Unreadable('TBD')"
    assert str(Unreadable("TBD")) == "TBD"


def test_results_of_text_methods_have_no_spelling():
    assert spelling(SpelledStr("test", "Test").upper()) is None
    assert spelling(SpelledStr("test", "Test") + "") is None


# --- annotations -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("annotation", "scalar"),
    [
        (str, TEXT),
        (str | None, TEXT),
        (Decimal, DECIMAL),
        (Decimal | None, DECIMAL),
        (int, INTEGER),
        (datetime, DATETIME),
        (datetime | None, DATETIME),
        (date | datetime, DATE),
        (datetime | date | None, DATE),
        (time, TIME),
        (Flag, FLAG),
        (scalars.Amount | None, AMOUNT),
        (scalars.CoveredTime, COVERED),
        (scalars.YesNo | None, YES_NO),
        (scalars.URLText, URL),
        (scalars.NMToken, NMTOKEN),
        (scalars.NMTokens, NMTOKENS),
        (scalars.ID | None, XML_ID),
        (scalars.IDRef, IDREF),
    ],
)
def test_the_annotation_names_the_pair(annotation, scalar):
    assert scalar_for(annotation) is scalar


def test_annotations_of_texts_with_a_meaning():
    assert scalar_for(Language).name == "xmlLangCode"
    assert scalar_for(Language | None).expected == "a language such as en or en-GB"
    assert {scalar_for(kind).name for kind in (scalars.IsoCountry, scalars.IsoState, scalars.IsoCurrency)} == {
        "isoCountryCode",
        "isoStateCode",
        "isoCurrencyCode",
    }
    assert scalar_for(scalars.Duration).name == "duration"


def test_equal_enumerations_share_one_pair():
    assert scalar_for(Literal["red", "darkGreen"]) is COLOUR
    assert scalar_for(Literal["red", "darkGreen"] | None) is COLOUR
    assert scalar_for(Literal["darkGreen", "red"]) is not COLOUR


@pytest.mark.parametrize("annotation", [float, bytes, date, Annotated[float, "no pair"], int | str])
def test_annotations_without_a_pair_are_a_fault_of_the_declaration(annotation):
    with pytest.raises((KeyError, TypeError)):
        scalar_for(annotation)
