"""Text on the wire and values in Python: one pair for each datatype, each the inverse of the other.

A text that is not spelled as we would spell it becomes a value that remembers its spelling; what cannot be read
at all becomes ``Unreadable`` (both in ``spelled``). No text raises.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin

import attrs

from .errors import InvalidValue
from .findings import shorten
from .pairs import Reading, Scalar, no_canonical, refuse, remembering
from .spelled import SpelledDecimal, SpelledInt, SpelledStr, Unreadable
from .times import COVERED, DATE, DATETIME, TIME

__all__ = [
    "ID",
    "Amount",
    "CoveredTime",
    "Duration",
    "Flag",
    "IDRef",
    "IsoCountry",
    "IsoCurrency",
    "IsoState",
    "Language",
    "NMToken",
    "NMTokens",
    "Reading",
    "Scalar",
    "URLText",
    "YesNo",
    "scalar_for",
]


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return str.__str__(value)  # the text of an enum member, whatever its own str() says
    raise refuse(value, "a text")


def _accept_text(value: Any) -> str:
    # As it is: the spelling of a text that was received goes with it.
    if isinstance(value, str):
        return value
    raise refuse(value, "a text")


def _keep(text: str) -> Reading:
    return Reading(text)


TEXT = Scalar("string", "text", None, _keep, _as_text, _accept_text)


# Numbers. str(Decimal) is the canonical spelling unless it has an exponent; comparing with it is cheaper than
# a pattern, and a text that equals it cannot be misread.

_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?").fullmatch
_LOOSE_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*").fullmatch
# What an 8-byte real is written as by programs that print it without a thought.
_EXPONENT = re.compile(r"\s*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[eE][+-]?[0-9]{1,4}\s*").fullmatch
# 0,123 is a decimal comma, not a hundred and twenty-three.
_GROUPED_NUMBER = re.compile(r"\s*[+-]?(?!0+,)[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?\s*").fullmatch


# So many digits no amount has; plain notation of 1E+999999999 would fill the memory.
_MOST_DIGITS = 4000
# The type of the DTD for quantities, r8, knows no larger exponent.
_MOST_EXPONENT = 308


@remembering
def _read_decimal(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if str(value) == text and "E" not in text and value.is_finite() and len(text) <= _MOST_DIGITS:
        return value
    raise ValueError(text)


def _recover_decimal(text: str) -> Reading:
    if len(text) > _MOST_DIGITS:
        return Reading(Unreadable(text), "number", "error")
    if _PLAIN_NUMBER(text):
        return Reading(Decimal(text))
    if _LOOSE_NUMBER(text):
        return Reading(SpelledDecimal(Decimal(text.strip()), text))
    if _EXPONENT(text):
        value = Decimal(text.strip())
        if abs(value.adjusted()) <= _MOST_EXPONENT:
            # In plain notation, so that whoever prints it sees a number without an exponent.
            return Reading(SpelledDecimal(Decimal(format(value, "f")), text), "number")
    return Reading(Unreadable(text), "number", "error")


def _recover_amount(text: str) -> Reading:
    # Guide 3.2.2: in Money a comma may separate thousands and is never a decimal mark. Elsewhere nobody knows which
    # of the two it is, and 12,000 pieces may be twelve.
    if len(text) <= _MOST_DIGITS and _GROUPED_NUMBER(text):
        return Reading(SpelledDecimal(Decimal(text.strip().replace(",", "")), text), "number")
    return _recover_decimal(text)


def _write_decimal(value: Any) -> str:
    if value.__class__ is Decimal:
        text = str(value)
        if value.is_finite() and abs(value.adjusted()) <= _MOST_DIGITS:
            return format(value, "f") if "E" in text else text
        raise InvalidValue(f"{text[:60]} is not a number that can be sent")
    if isinstance(value, Unreadable):
        raise no_canonical(value)
    return _write_decimal(Decimal(_accept_decimal(value)))


def _accept_decimal(value: Any) -> Decimal:
    if isinstance(value, Decimal):
        if value.is_finite() and abs(value.adjusted()) <= _MOST_DIGITS:
            return value
        raise InvalidValue(f"{str(value)[:60]} is not a number that can be sent")
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(_accept_int(value))
    if isinstance(value, Unreadable):
        return value  # type: ignore[return-value]
    if isinstance(value, str):
        if _PLAIN_NUMBER(value):
            return Decimal(value)
        raise InvalidValue(f"{shorten(value)} is not a number in plain decimal notation")
    if isinstance(value, float):
        raise InvalidValue("a float is not exact; give a Decimal, an int or a text such as '12.50'")
    raise refuse(value, "a Decimal")


DECIMAL = Scalar("number", "a number such as 12.50", _read_decimal, _recover_decimal, _write_decimal, _accept_decimal)
AMOUNT = attrs.evolve(DECIMAL, recover=_recover_amount)


# Python writes no int of more than 4300 digits.
_MOST_BITS = 13_000
_INTEGER = re.compile(r"\s*([+-]?[0-9]{1,4000})(?:\.0*)?\s*").fullmatch


@remembering
def _read_int(text: str) -> int:
    value = int(text)
    if str(value) == text:
        return value
    raise ValueError(text)


def _recover_int(text: str) -> Reading:
    if match := _INTEGER(text):
        plain = match[1].lstrip("+-").isdecimal() and "." not in text
        return Reading(SpelledInt(int(match[1]), text), "" if plain else "number")
    return Reading(Unreadable(text), "number", "error")


def _write_int(value: Any) -> str:
    if isinstance(value, Unreadable):
        raise no_canonical(value)
    return str(int(_accept_int(value)))


def _accept_int(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        if value.bit_length() > _MOST_BITS:
            raise InvalidValue("so large a number cannot be sent")
        return value
    if isinstance(value, Unreadable):
        return value  # type: ignore[return-value]
    raise refuse(value, "an int")


INTEGER = Scalar("uint", "a whole number", _read_int, _recover_int, _write_int, _accept_int)


# Flags. Where the grammar knows only "yes", absence is the other value and nothing else may be written.

_YES = {"yes": True, "true": True, "1": True, "y": True, "no": False, "false": False, "0": False, "n": False}


def _read_flag(text: str) -> bool:
    if text == "yes":
        return True
    raise ValueError(text)


def _read_yes_no(text: str) -> bool:
    if text == "yes":
        return True
    if text == "no":
        return False
    raise ValueError(text)


def _recover_flag(text: str) -> Reading:
    value = _YES.get(text.strip().lower())
    if value is None:
        return Reading(Unreadable(text), "enumeration", "error", refused=True)
    return Reading(SpelledInt(value, text), "enumeration", "error", refused=True)


def _write_flag(value: Any) -> str:
    if value is True or (isinstance(value, SpelledInt) and value):
        return "yes"
    if isinstance(value, Unreadable):
        raise no_canonical(value)
    raise refuse(value, "True (False is written as absence)")


def _write_yes_no(value: Any) -> str:
    if isinstance(value, Unreadable):
        raise no_canonical(value)
    return "yes" if _accept_flag(value) else "no"


def _accept_flag(value: Any) -> bool:
    if isinstance(value, (bool, SpelledInt, Unreadable)):
        return value  # type: ignore[return-value]
    raise refuse(value, "True or False")


FLAG = Scalar(
    "yes", "yes, or no attribute at all", _read_flag, _recover_flag, _write_flag, _accept_flag, True, ("yes",)
)
YES_NO = Scalar("yes|no", "yes or no", _read_yes_no, _recover_flag, _write_yes_no, _accept_flag, True, ("yes", "no"))


# URLs: samples of the Guide put line breaks around the text; the value is without them.


def _read_url(text: str) -> str:
    if text == text.strip():
        return text
    raise ValueError(text)


def _recover_url(text: str) -> Reading:
    return Reading(SpelledStr(text.strip(), text))


URL = Scalar("URL", "a URL", _read_url, _recover_url, _as_text, _accept_text)


# Name tokens, the one lexical form that the DTD itself checks. Characters as in XML 1.0, fifth edition.

_ASCII = r"-.0-9:A-Z_a-z"
_NAME_CHARACTERS = (
    _ASCII + r"\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u1fff\u200c\u200d\u203f\u2040\u2070-\u218f"
    r"\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)


def _written(value: str) -> str:
    if isinstance(value, Unreadable):
        raise no_canonical(value)
    return _as_text(value)


def _token(name: str, pattern: str, expected: str) -> Scalar:
    """Name tokens of the shape ``pattern``, in which ``%s`` stands for the letters of a name."""

    def matches(text: str) -> bool:
        # All letters of Unicode make a pattern that is slow to compile, and hardly anybody needs it.
        letters = _ASCII if text.isascii() else _NAME_CHARACTERS
        return re.fullmatch(pattern.replace("%s", letters), text) is not None

    def read(text: str) -> str:
        if matches(text):
            return text
        raise ValueError(text)

    def recover(text: str) -> Reading:
        # Blanks around and between the tokens of an attribute are dropped before it is checked.
        tokens = " ".join(filter(None, text.split(" ")))
        if matches(tokens):
            return Reading(SpelledStr(tokens, text))
        return Reading(Unreadable(text), "token", "error", refused=True)

    def accept(value: Any) -> str:
        text = _as_text(value)
        if isinstance(value, SpelledStr) or matches(text):
            return value  # type: ignore[no-any-return]
        raise InvalidValue(f"{shorten(text)} is not {expected}")

    return Scalar(name, expected, read, recover, lambda value: _written(accept(value)), accept, True)


NMTOKEN = _token("NMTOKEN", r"[%s]+", "a name token: no blanks, not empty")
NMTOKENS = _token("NMTOKENS", r"[%s]+(?: [%s]+)*", "name tokens between blanks")
_NAME = r"(?![-.0-9\u00b7\u203f\u2040])[%s]+"
XML_ID = _token("ID", _NAME, "an XML name")
IDREF = _token("IDREF", _NAME, "the Id of another element")


def _enumeration(values: tuple[str, ...]) -> Scalar:
    legal = {value: value for value in values}
    folded = {value.lower(): value for value in values}
    expected = values[0] if len(values) == 1 else f"one of {', '.join(values)}"

    def read(text: str) -> str:
        # The constant, not the copy that was received: thousands of lines then share one string.
        try:
            return legal[text]
        except KeyError:
            raise ValueError(text) from None

    def recover(text: str) -> Reading:
        known = folded.get(text.strip().lower())
        value = Unreadable(text) if known is None else SpelledStr(known, text)
        return Reading(value, "enumeration", "error", refused=True)

    def accept(value: Any) -> str:
        if isinstance(value, SpelledStr) or (isinstance(value, str) and value in legal):
            return value
        if isinstance(value, str):
            raise InvalidValue(f"{shorten(value)} is not {expected}")
        raise refuse(value, expected)

    return Scalar("enumeration", expected, read, recover, lambda value: _written(accept(value)), accept, True, values)


# --- annotations -----------------------------------------------------------------------------------------

#: An amount of Money: the one number in which a comma may separate thousands. All others are plain ``Decimal``.
Amount: TypeAlias = Annotated[Decimal, AMOUNT]
#: A time whose very characters a proof covers: it is written as it was received, in whatever document.
CoveredTime: TypeAlias = Annotated[datetime, COVERED]
#: ``yes`` or nothing: True or False.
Flag: TypeAlias = Annotated[bool, FLAG]
#: ``yes`` or ``no``: True or False, and None where it may be absent.
YesNo: TypeAlias = Annotated[bool, YES_NO]
NMToken: TypeAlias = Annotated[str, NMTOKEN]
NMTokens: TypeAlias = Annotated[str, NMTOKENS]
ID: TypeAlias = Annotated[str, XML_ID]
IDRef: TypeAlias = Annotated[str, IDREF]
URLText: TypeAlias = Annotated[str, URL]


def _named_text(name: str, expected: str) -> Scalar:
    return attrs.evolve(TEXT, name=name, expected=expected)


#: ``en`` or ``en-GB``; never refused on a registry, for the Guide itself has ``en-UK``.
Language: TypeAlias = Annotated[str, _named_text("xmlLangCode", "a language such as en or en-GB")]
#: ISO 3166-1 alpha-2.
IsoCountry: TypeAlias = Annotated[str, _named_text("isoCountryCode", "a country such as DE")]
#: ISO 3166-2, with the country in front.
IsoState: TypeAlias = Annotated[str, _named_text("isoStateCode", "a state such as US-CA")]
#: ISO 4217.
IsoCurrency: TypeAlias = Annotated[str, _named_text("isoCurrencyCode", "a currency such as EUR")]
#: ISO 8601, kept as text: months and years have no fixed length.
Duration: TypeAlias = Annotated[str, _named_text("duration", "a duration such as P30D")]

_BY_TYPE: dict[object, Scalar] = {
    str: TEXT,
    Decimal: DECIMAL,
    int: INTEGER,
    datetime: DATETIME,
    time: TIME,
    frozenset({date, datetime}): DATE,
}
_ENUMERATIONS: dict[tuple[str, ...], Scalar] = {}


def scalar_for(annotation: object) -> Scalar:
    """The pair for a field's annotation: ``Decimal``, ``datetime | None``, ``Literal["new", "update"]``."""
    if get_origin(annotation) is Annotated:
        for extra in get_args(annotation)[1:]:
            if isinstance(extra, Scalar):
                return extra
    if get_origin(annotation) is Literal:
        values = get_args(annotation)
        if values not in _ENUMERATIONS:
            _ENUMERATIONS[values] = _enumeration(values)
        return _ENUMERATIONS[values]
    if get_origin(annotation) in (Union, UnionType):
        parts = [part for part in get_args(annotation) if part is not NoneType]
        if len(parts) == 1:
            return scalar_for(parts[0])
        return _BY_TYPE[frozenset(parts)]
    return _BY_TYPE[annotation]
