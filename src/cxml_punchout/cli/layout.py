"""Text on a terminal: at most 100 columns, labels in a gutter, tables, a little bold where the terminal has it."""

from __future__ import annotations

import io
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import TextIO

import attrs

__all__ = [
    "GUTTER",
    "PLAIN",
    "WIDTH",
    "Column",
    "Style",
    "aligned",
    "clean",
    "columns_of",
    "cut",
    "labelled",
    "table",
    "wrap",
]

WIDTH = 100

#: Where values begin: an indent of two, the longest label, two blanks.
GUTTER = 16


@attrs.frozen
class Style:
    """How words are made to stand out."""

    ansi: bool = False

    @classmethod
    def of(cls, stream: TextIO) -> Style:
        """Bold on a terminal, unless the user's environment says NO_COLOR."""
        return cls(stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb")

    def bold(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self.ansi else text


PLAIN = Style()


def forgive(stream: TextIO) -> None:
    """Let a stream replace the characters that it cannot encode, so that none of them ends a command."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")


# --- single texts ----------------------------------------------------------------------------------------------


def clean(text: str) -> str:
    """A text of a partner made harmless for a terminal: one line, control characters visible, blanks made one."""
    words = " ".join(text.split())
    if words.isprintable():
        return words
    return "".join(char if char.isprintable() or char in _JOINERS else _visible(char) for char in words)


_JOINERS = "\u200c\u200d"  # letters of Persian and Hindi, and pictures, need them


def _visible(char: str) -> str:
    return "" if char == "\u00ad" else char.encode("unicode_escape").decode("ascii")


def columns_of(text: str) -> int:
    """How many columns a text takes: East Asian letters two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.combining(char) or char in _JOINERS:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(text: str, width: int) -> str:
    """The text in at most ``width`` columns; what is left out shows as ``…``."""
    if columns_of(text) <= width:
        return text
    return _head(text, width - 1).rstrip() + "…"


def _head(text: str, width: int) -> str:
    """As much of a text as fits, of one that does not fit as a whole."""
    taken = at = 0
    while taken + _columns(text[at]) <= width:
        taken += _columns(text[at])
        at += 1
    return text[:at]


def wrap(text: str, width: int, most: int = 3) -> list[str]:
    """The text in at most so many lines, broken between words where that is possible."""
    rest = clean(text[: width * (most + 1) * 4])
    lines: list[str] = []
    while columns_of(rest) > width and len(lines) < most - 1:
        head = _head(rest, width)
        blank = len(head) if rest[len(head)] == " " else head.rfind(" ")
        taken = head[:blank] if blank > 0 else head
        lines.append(taken)
        rest = rest[len(taken) :].lstrip()
    return [*lines, cut(rest, width)]


# --- labels ----------------------------------------------------------------------------------------------------


def labelled(label: str, text: str, most: int = 3, *, before: str = "") -> Iterator[str]:
    """A label in the gutter and its value beside it; ``before`` comes in front of the value and is not wrapped."""
    lead = f"{before}  " if before else ""
    for line in wrap(text, WIDTH - GUTTER - len(lead), most):
        yield f"  {label:<{GUTTER - 2}}{lead}{line}".rstrip()
        label, lead = "", " " * len(lead)


# --- tables ----------------------------------------------------------------------------------------------------


_INDENT = 2


@attrs.frozen
class Column:
    """One column of a table.

    limit: the most columns that it takes; 0 for one that takes what the others leave, at most as wide as its cells.
    number: right-aligned, decimal points below one another.
    """

    title: str
    cells: Sequence[str]
    limit: int = 0
    number: bool = False


def table(columns: Sequence[Column], style: Style, notes: Sequence[Sequence[str]] = ()) -> list[str]:
    """Rows below a line of titles. Columns without any content are left out.

    notes: for each row, lines that stand below it, under the column that has no limit.
    """
    used = [column for column in columns if any(column.cells)]
    if not used:
        return []
    cells = [aligned(column) for column in used]
    widths = [max(map(columns_of, (column.title, *content))) for column, content in zip(used, cells, strict=True)]
    free = next((at for at, column in enumerate(used) if not column.limit), None)
    if free is not None:
        widths[free] = min(widths[free], WIDTH - _INDENT - 2 * (len(used) - 1) - sum(widths) + widths[free])
    titles = _row([column.title for column in used], used, widths)
    lines = [style.bold(titles)]
    below = _INDENT + (sum(widths[:free]) + 2 * free if free is not None else 0)
    for row, remarks in zip_longest(zip(*cells, strict=True), notes, fillvalue=()):
        lines.append(_row(row, used, widths))
        lines.extend(" " * below + line for remark in remarks for line in wrap(remark, WIDTH - below, 2))
    return lines


def _row(cells: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> str:
    shown = [
        _padded(cut(cell, width), width, column.number)
        for cell, column, width in zip(cells, columns, widths, strict=True)
    ]
    return (" " * _INDENT + "  ".join(shown)).rstrip()


def _padded(text: str, width: int, right: bool) -> str:
    blanks = " " * (width - columns_of(text))
    return blanks + text if right else text + blanks


_NUMBER = re.compile(r"\(?-?[0-9]+(\.[0-9]+)?…?\)?(?: .*)?").fullmatch


def aligned(column: Column) -> list[str]:
    """The cells of a column, clean and not too wide; numbers so that their decimal points come below one another."""
    texts = [cut(clean(cell), column.limit or WIDTH) for cell in column.cells]
    if not column.number:
        return texts
    tails = [len(match[0]) - match.start(1) for text in texts if (match := _NUMBER(text)) and match[1]]
    padded = [_pointed(text, max(tails, default=0)) for text in texts]
    widest = max(map(columns_of, padded), default=0)
    return [" " * (widest - columns_of(text)) + text for text in padded]


def _pointed(text: str, longest: int) -> str:
    """Pad a number on the right, so that its decimal point comes below the others."""
    match = _NUMBER(text)
    return text + " " * (longest - (len(text) - match.start(1) if match[1] else 0)) if match else text
