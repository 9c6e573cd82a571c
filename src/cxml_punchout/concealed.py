"""Values that a program can use and that no tool shows: for tracebacks with locals, pretty printers, dictionaries.

A ``repr`` of its own keeps a secret out of what Python prints. Many tools do not ask for it: they walk through the
fields of a class and print what they find. So it is what stands in the fields that has to show nothing.
"""

from __future__ import annotations

from typing import Any, Generic, NoReturn, SupportsIndex, TypeVar

__all__ = ["Concealed", "SecretText", "Shown", "octets", "secret_text", "text"]

T = TypeVar("T", bytes, str)


class Concealed(Generic[T]):
    """Octets or a text in which a secret may stand. Only ``value`` gives it away, and pickle does not take it."""

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value: T = value

    @property
    def value(self) -> T:
        return self._value

    def __repr__(self) -> str:
        return f"<{len(self._value)} {'characters' if isinstance(self._value, str) else 'octets'}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Concealed) and bool(self._value == other._value)

    def __hash__(self) -> int:
        return hash(self._value)

    def __copy__(self) -> Concealed[T]:  # nothing of it changes
        return self

    def __deepcopy__(self, memo: object) -> Concealed[T]:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a document as it came is not pickled, for a secret may be in it; keep what you need of it")


def octets(value: bytes | Concealed[bytes]) -> Concealed[bytes]:
    """For a field that conceals octets."""
    return value if isinstance(value, Concealed) else Concealed(value)


def text(value: str | Concealed[str]) -> Concealed[str]:
    """For a field that conceals a text."""
    return value if isinstance(value, Concealed) else Concealed(value)


class Shown:
    """Stands for something in what is printed: its ``repr`` is the text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


class SecretText(str):
    """A text as any other, but for what is printed of it by tools: a shared secret, the number of a card."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"

    def __getitem__(self, key: SupportsIndex | slice) -> str:
        # Printers cut long texts.
        return SecretText(super().__getitem__(key))


def secret_text(value: Any) -> Any:
    """A value of a secret field: its texts are ``SecretText``, whatever else it is stays so."""
    if value.__class__ is str:
        return SecretText(value)
    return tuple(map(secret_text, value)) if value.__class__ is tuple else value
