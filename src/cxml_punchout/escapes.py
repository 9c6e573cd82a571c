"""Texts inside texts: a document in percent, JSON, quoted-printable, base64 or HTML escapes, in one another too.

A document is logged as somebody else wrapped it: the body of a form, a field of JSON, a part of a mail. What is in the
wrapping is read as far as that is needed to see whether a secret is in it; all that is wrapped is hidden then.
"""

from __future__ import annotations

import re
from binascii import a2b_base64
from collections.abc import Iterator
from html import unescape
from itertools import islice

__all__ = ["LEVELS", "joined", "soft_line", "unfolded", "wrapped"]

#: How many wrappings are opened, one in the other.
LEVELS = 3

_PERCENT = r"%[0-9A-Fa-f]{2}"
_BACKSLASH = r"""\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|["'\\/nrt])"""
_EQUALS = r"=[0-9A-F]{2}|=\r?\n(?=[^\s\"'])"
_REFERENCE = r"&(?:amp|lt|gt|quot|apos|nbsp|#[0-9]{1,8}|#[xX][0-9A-Fa-f]{1,6});"
# Encoders of base64 break its lines. What is escaped in it is taken off first: a part of it by itself says nothing.
_BASE64 = r"(?<![\w+/<-])[A-Za-z0-9+/_-]{24}[A-Za-z0-9+/_\s-]*(?:==?(?!\r?\n[A-Za-z0-9+/]))?"
_ESCAPE = re.compile(f"{_PERCENT}|{_BACKSLASH}|{_EQUALS}|{_REFERENCE}|{_BASE64}")
_SOFT = re.compile(r"=\r?\n(?=[^\s\"'])")
#: What begins an escape in the middle of base64; "" is the end of the text.
_ESCAPED = ("%", "\\", "&", "=")
_URLSAFE = str.maketrans("-_", "+/")
_NAMED = {"n": "\n", "r": "\r", "t": "\t"}


def wrapped(text: str) -> Iterator[tuple[int, int, int, int]]:
    """Each tag with the text behind it where anything is escaped.

    Told are where it begins, behind its ``>``, where it ends, and where the first escape is.
    """
    at = 0
    while True:
        found = _ESCAPE.search(text, at)
        if found is None:
            return
        start = max(text.rfind("<", at, found.start() + 1), at)
        stop = text.find("<", found.end())
        if stop < 0:
            stop = len(text)
        yield start, text.find(">", start, stop) + 1 or start, stop, found.start()
        at = stop


def unfolded(text: str) -> str:
    """A text with one wrapping taken off, of whatever kind; the text itself if there is none."""
    return _ESCAPE.sub(_meant, text) if len(text) < _SHORT else joined(_opened(text))


#: Below so many characters nobody counts what the pieces of a text take.
_SHORT = 10_000


def _opened(text: str) -> Iterator[str]:
    at = 0
    for found in _ESCAPE.finditer(text):
        yield text[at : found.start()]
        yield _meant(found)
        at = found.end()
    yield text[at:]


def joined(pieces: Iterator[str]) -> str:
    """One text of many small ones, of which only some are alive at a time: each costs as much as fifty characters."""
    whole: list[str] = []
    while some := list(islice(pieces, 1000)):
        whole.append("".join(some))
    return "".join(whole)


def soft_line(text: str) -> int:
    """Where the first soft line break of quoted-printable stands, which may be in the middle of a tag; -1 if none."""
    found = _SOFT.search(text)
    return found.start() if found else -1


def _meant(found: re.Match[str]) -> str:
    escape = found[0]
    first = escape[0]
    if first == "%":
        return chr(int(escape[1:], 16))
    if first == "&":
        return unescape(escape)
    if first == "\\":
        return chr(int(escape[2:], 16)) if escape[1] in "ux" else _NAMED.get(escape[1], escape[1])
    if first == "=":
        return "" if escape[-1] == "\n" else chr(int(escape[1:], 16))
    return escape if found.string[found.end() : found.end() + 1] in _ESCAPED else _decoded(escape)


def _decoded(run: str) -> str:
    whole = _plain(run)
    if whole is not None:
        return whole
    # A word may stand in front of it.
    lines = run.split()
    return run if len(lines) == 1 else "\n".join(_plain(line) or line for line in lines)


#: What octets of a text begin with, 16 bits wide or not.
_LEGIBLE = re.compile(rb"[\t\n\r -~\x00\x80-\xff]{12}").match
_ILLEGIBLE = bytes(set(range(32)) - set(b"\0\t\n\r")) + b"\x7f"


def _plain(run: str) -> str | None:
    """What a run of base64 says; None if it is no text."""
    try:
        octets = a2b_base64(run.translate(_URLSAFE) + "==")
    except ValueError:
        return None
    octets = octets.replace(b"\0", b"")
    # Of 256 octets of a picture many are none that a text has.
    if not _LEGIBLE(octets) or len(octets[:256].translate(None, _ILLEGIBLE)) < len(octets[:256]):
        return None
    return octets.decode("utf-8", "replace")
