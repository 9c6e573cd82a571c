"""A pair of text and value: what every datatype has, and what its functions need.

The datatypes themselves are in ``times`` and ``scalars``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import attrs

from .errors import InvalidValue
from .findings import Severity
from .spelled import Unreadable

__all__ = ["Reading", "Scalar", "no_canonical", "refuse", "remembering"]

T = TypeVar("T")


@attrs.frozen
class Reading:
    """What became of a text that is not in the canonical form.

    ``code`` is empty when the spelling is legal (``007``) and otherwise the code of a finding. ``refused`` is
    set when a strict reader must not go on, for the grammar itself forbids the text.
    """

    value: Any
    code: str = ""
    severity: Severity = "warning"
    refused: bool = False


@attrs.frozen(eq=False)
class Scalar:
    """One datatype: how its text is read, how its values are written, and what a program may hand in.

    name: the name of the DTD's type entity, or a word for what the DTD cannot say.
    expected: what may stand there, for messages.
    read: canonical text -> value; raises ValueError for any other text. None: the text is the value.
    recover: any other text -> ``Reading``.
    write: value -> text, as we would write it, whatever its spelling was; raises ``InvalidValue``.
    accept: what a program hands in -> value; raises ``InvalidValue``.
    grammar: whether the DTD itself checks it (enumerations and name tokens), not only the prose.
    values: the legal texts of an enumeration, in the order of the DTD.
    """

    name: str
    expected: str
    read: Callable[[str], Any] | None
    recover: Callable[[str], Reading]
    write: Callable[[Any], str]
    accept: Callable[[Any], Any]
    grammar: bool = False
    values: tuple[str, ...] = ()


def remembering(read: Callable[[str], T]) -> Callable[[str], T]:
    """``read`` with a memory for short texts: the same few prices, quantities and dates come again and again."""
    known: dict[str, T] = {}

    def remember(text: str) -> T:
        try:
            return known[text]
        except KeyError:
            value = read(text)
        if len(text) < 32:
            if len(known) >= 4096:
                known.clear()
            known[text] = value
        return value

    return remember


def refuse(value: object, expected: str) -> InvalidValue:
    kind = type(value).__name__
    return InvalidValue(f"{expected} is expected, not {'an' if kind[0] in 'aeiou' else 'a'} {kind}")


def no_canonical(value: Any) -> InvalidValue:
    """Why a value that one document holds cannot be written into another."""
    if isinstance(value, Unreadable):
        return InvalidValue("what was received here cannot be read, so it goes into no other document")
    return InvalidValue("a time that was received without an offset from UTC goes into no other document; add one")
