"""Fields of a document as short texts, whatever a tolerant reader left in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Any

from ..element import Element, OpenElement
from ..errors import DocumentError
from ..spelled import spelling
from ..tree import parse_markup

__all__ = [
    "at",
    "comments",
    "described",
    "is_instruction",
    "joined",
    "many",
    "money",
    "person",
    "place",
    "plain",
    "says_yes",
    "tag_of",
]


def at(element: Any, path: str) -> Any:
    """The field at the end of ``path`` (``unit_price.money``); None as soon as a step is absent."""
    if element is None:
        return None
    try:
        return _getter(path)(element)
    except AttributeError:
        pass  # a step is absent, or there is no such field
    for name in path.split("."):
        if element is None:
            return None
        element = getattr(element, name)
    return element


_getter = cache(attrgetter)


def says_yes(flag: Any) -> bool:
    """Whether a flag is set; what cannot be read sets nothing."""
    return isinstance(flag, int) and bool(flag)


def many(values: Any) -> Iterable[Any]:
    """The members of a field with several values, which may be absent."""
    return values or ()


def plain(value: Any) -> str:
    """A field as a text: numbers without exponent, times as they were spelled, elements by their text."""
    if value is None:
        return ""
    if value.__class__ is str:
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (date, time)):
        return spelling(value) or value.isoformat()
    if isinstance(value, Element):
        return plain(getattr(value, "value", None))
    if _holds_elements(value):
        # Theirs would be missed, and nobody knows what it says without them.
        return "(elements)"
    return str(value)


def _holds_elements(value: Any) -> bool:
    """Whether a text was received with elements in it, and not only with an instruction or an attribute of its own."""
    markup = getattr(value, "markup", None)
    if markup is None:
        return False
    try:
        around = parse_markup(f"<_>{markup}</_>")
    except DocumentError:  # with prefixes that are declared further out
        return True
    nodes = list(around.iterdescendants("*"))
    # An element that holds nothing but a text is kept whole.
    itself = len(nodes) == 1 and not around.text and not nodes[0].tail
    return bool(nodes) and not (itself and "".join(nodes[0].itertext()) == str(value))


def tag_of(part: Any) -> str:
    """The name of an element, declared or not; empty for texts, instructions and for what is absent."""
    if isinstance(part, OpenElement):
        return "" if is_instruction(part) else part.tag
    return part.__cxml__.tag if isinstance(part, Element) else ""


def is_instruction(part: Any) -> bool:
    """Whether it is a processing instruction, which is carried like an element but is none."""
    return isinstance(part, OpenElement) and part.markup.startswith("<?")


def joined(parts: Iterable[str], between: str = ", ") -> str:
    """The parts that are not empty."""
    return between.join(part for part in parts if part)


def money(value: Any) -> str:
    """``12.50 EUR``."""
    return joined((plain(at(value, "amount")), plain(at(value, "currency"))), " ")


def described(description: Any) -> str:
    """The short name if there is one, else the whole text."""
    short = (plain(part) for part in many(at(description, "content")) if tag_of(part) == "ShortName")
    return next(filter(None, short), "") or plain(description)


def place(address: Any) -> str:
    """An address in one line."""
    postal = at(address, "postal_address")
    code = plain(at(address, "address_id"))
    return joined(
        (
            joined((plain(at(address, "name")), f"[{code}]" if code else ""), " "),
            *(plain(line) for line in many(at(postal, "deliver_to"))),
            *(plain(line) for line in many(at(postal, "street"))),
            joined((plain(at(postal, "postal_code")), plain(at(postal, "city"))), " "),
            plain(at(postal, "country.iso_country_code")) or plain(at(address, "iso_country_code")),
        )
    )


def person(contact: Any) -> str:
    """``Jane Doe <jane@example.com>``."""
    email = next(filter(None, (plain(email) for email in many(at(contact, "email")))), "")
    return joined((plain(at(contact, "name")), f"<{email}>" if email else ""), " ")


def comments(remarks: Iterable[Any]) -> str:
    """How many remarks and files there are, and the first remark."""
    texts, files = [], 0
    for remark in remarks:
        texts.append(plain(remark))
        files += sum(tag_of(part) == "Attachment" for part in many(at(remark, "content")))
    if not texts:
        return ""
    attached = f"{files} attachment{'' if files == 1 else 's'}" if files else ""
    first = next(filter(None, texts), "")
    return joined((joined((str(len(texts)), attached)), first), ": ")
