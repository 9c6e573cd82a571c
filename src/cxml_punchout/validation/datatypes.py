"""Which datatype stands where: from a declaration to the name of a simple type in ``datatypes.xsd``."""

from __future__ import annotations

import attrs

from .. import element as x
from ..scalars import Scalar

__all__ = ["Typed", "is_remembered", "simple_type", "typed_fields"]

#: What a declaration says of a datatype -> the simple type.
_NAMES = {
    "string": "string",
    "number": "number",
    "uint": "uint",
    "datetime.tz": "datetime.tz",
    "date": "date",
    "time.tz": "time.tz",
    "duration": "duration",
    "URL": "url",
    "xmlLangCode": "language",
    "isoCountryCode": "country",
    "isoStateCode": "state",
    "isoCurrencyCode": "currency",
    "NMTOKEN": "NMTOKEN",
    "NMTOKENS": "NMTOKENS",
    "ID": "ID",
    "IDREF": "IDREF",
}
_OPTIONAL = frozenset(("language", "country", "state", "currency"))
#: Where Python's type says less than the DTD: a whole number below zero is allowed, a text has a form.
_SPECIAL = {"TimeTolerance@limit": "int", "UnitOfMeasure": "unit"}


def simple_type(tag: str, field: x.Field | None, scalar: Scalar) -> str:
    """The simple type of an attribute, or without ``field`` of the text of an element."""
    what = tag if field is None else f"{tag}@{field.tag}"
    name = _SPECIAL.get(what) or _NAMES[scalar.name]
    return f"{name}.opt" if field is not None and not field.required and name in _OPTIONAL else name


@attrs.frozen
class Typed:
    """An attribute or a text whose form no DTD checks.

    key: the attribute in Clark notation; "" for the text of the element. what: how messages call it.
    required: it is an attribute that the element needs.
    """

    key: str
    what: str
    type: str
    scalar: Scalar
    secret: bool
    required: bool = False


#: What is text to XSD too, or is checked by the DTD.
_UNCHECKED = frozenset(("string", "NMTOKEN", "NMTOKENS", "ID", "IDREF"))


def typed_fields(tag: str) -> tuple[Typed, ...]:
    """The attributes and the text of an element that have a datatype of their own."""
    found = _TYPED.get(tag)
    if found is None:
        declared = x.lookup(tag)
        if declared is None:  # not to be remembered: a stranger has any number of names
            return ()
        found = _TYPED[tag] = _typed(tag, declared)
    return found


def is_remembered(tag: str) -> bool:
    """Whether it is the name of a declared element, of which ``typed_fields`` was asked before."""
    return tag in _TYPED


#: By declared names only.
_TYPED: dict[str, tuple[Typed, ...]] = {}


def _typed(tag: str, declared: x.Declaration | x.Leaf) -> tuple[Typed, ...]:
    if isinstance(declared, x.Leaf):
        found = [Typed("", tag, simple_type(tag, None, declared.scalar), declared.scalar, False)]
    else:
        found = [
            Typed(
                x.clark(field.tag) if field.kind == "attribute" else "",
                f"{tag}@{field.tag}" if field.kind == "attribute" else tag,
                simple_type(tag, field if field.kind == "attribute" else None, field.scalar),
                field.scalar,
                field.secret,
                field.kind == "attribute" and field.required,
            )
            for field in declared.fields
            if field.scalar is not None and not field.scalar.values and field.fixed is None
        ]
    return tuple(made for made in found if made.type not in _UNCHECKED)
