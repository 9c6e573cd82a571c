"""Hypothesis strategies for whole elements, derived from the declarations.

``elements("ItemIn")`` makes any ItemIn that the grammar allows: every field drawn from its datatype, optional ones
present or not, groups filled by one of their alternatives.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as st

from cxml_punchout import element as x
from cxml_punchout.scalars import Scalar

# XML 1.0 has no place for control characters; everything else may stand in a text.
TEXT = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\x00\ufffe\uffff", min_codepoint=9).filter(
        lambda c: c >= " " or c in "\t\n\r"
    ),
    max_size=12,
)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9) | st.builds(
    Decimal, st.sampled_from(["0", "-0", "1E+3", "0.00", "1E-9", "12.50"])
)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# Fractions of seconds are not written.
TIMES = st.datetimes(min_value=datetime(1000, 1, 1), timezones=OFFSETS).map(lambda value: value.replace(microsecond=0))


def values(scalar: Scalar) -> st.SearchStrategy[Any]:
    """Values of one datatype."""
    if scalar.values and scalar.name == "enumeration":
        return st.sampled_from(scalar.values)
    if scalar.name in ("NMTOKEN", "ID", "IDREF"):
        return st.from_regex(r"\A[a-z_][a-zA-Z0-9._-]{0,8}\Z")
    return {
        "yes": st.booleans(),
        "yes|no": st.booleans(),
        "number": NUMBERS,
        "uint": st.integers(-5, 10**12),
        "datetime.tz": TIMES,
        "date": TIMES | st.dates(min_value=datetime(1000, 1, 1).date()),
        "time.tz": st.times(timezones=OFFSETS).map(lambda value: value.replace(microsecond=0)),
        "URL": TEXT.map(str.strip),
    }.get(scalar.name, TEXT)


@cache
def elements(tag: str) -> st.SearchStrategy[Any]:
    """Elements, or for a leaf the values, that may stand as ``tag``."""
    declared = x.lookup(tag)
    if declared is None:
        return st.just(x.OpenElement(f'<ds:{tag[3:]} xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'))
    if isinstance(declared, x.Leaf):
        return values(declared.scalar)
    return st.deferred(lambda: _element(declared))


@st.composite
def _element(draw: st.DrawFn, declaration: x.Declaration) -> x.Element:
    given: dict[str, Any] = {}
    grouped = {tag for group in declaration.constraints for tag in group.tags()}
    by_tag = {tag: field for field in declaration.content for tag in field.tags}
    for field in declaration.fields:
        if field.tags and field.tag in grouped:
            continue
        # Few optional parts, else documents grow without end.
        if not field.required and draw(st.integers(0, 3)):
            continue
        given[field.name] = draw(_field(field))
    for group in declaration.constraints:
        _fill(draw, group, by_tag, given)
    return declaration.cls(**given)


def _field(field: x.Field) -> st.SearchStrategy[Any]:
    if field.fixed is not None:
        return st.just(field.fixed)
    if field.scalar is not None:
        return values(field.scalar)
    if field.kind in ("mixed", "open"):
        inner = [elements(tag) for tag in field.tags]
        nested = x.OpenElement('<Extrinsic name="a"> <Money currency="EUR">1</Money>x</Extrinsic>')
        extra = [st.just(nested)] if field.kind == "open" else []
        return st.lists(st.one_of(TEXT, *inner, *extra), max_size=3)
    declared = [tag for tag in field.tags if isinstance(x.lookup(tag), x.Declaration)] or list(field.tags)
    one = st.one_of([elements(tag) for tag in declared])
    return st.lists(one, min_size=int(field.required), max_size=2) if field.many else one


def _fill(draw: st.DrawFn, part: x.Part | x.Group, by_tag: dict[str, x.Field], given: dict[str, Any]) -> None:
    if part.occurs in ("?", "*") and draw(st.booleans()):
        return
    if isinstance(part, x.Group):
        parts = part.parts if part.separator == "," else [draw(st.sampled_from(part.parts))]
        for inner in parts:
            _fill(draw, inner, by_tag, given)
        return
    field = by_tag[part.tag]
    one = elements(part.tag)
    given[field.name] = [draw(one)] if field.many else draw(one)
