"""Secrets in running text, whatever it is a part of: a value beside its name, an address, the number of a card.

JSON, a query, the lines of an HTTP header and a remark that somebody typed have in common that a name stands in front
of its value. Nothing is parsed: a text may be cut off, and stand in the middle of something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .cards import card_numbers
from .sensitive import NAMING, SAID, SHORTEST, Judge, in_an_address, judge

__all__ = ["MASK", "Span", "behind_host", "behind_names", "in_addresses", "in_text", "in_values", "quotable"]

#: What stands in the place of a secret. It does not tell how long the secret is.
MASK = "***"

#: From, to: which characters of a text are not to be shown. A span without characters is an empty secret.
Span = tuple[int, int]


def quotable(text: str) -> str:
    """A value as a message may quote it, with ``***`` for each secret in it."""
    if _TELLING(text) is None:
        return text
    pieces: list[str] = []
    at = 0
    for start, stop in sorted(in_text(text, judge())):
        if stop > at:
            pieces += (text[at:start], MASK)
            at = stop
    return "".join((*pieces, text[at:]))


#: What there is in any text in which a secret can be found: a value beside a name, the number of a card.
_TELLING = re.compile(r"[=:]|[0-9]{3}").search


def in_text(text: str, called: Judge) -> Iterator[Span]:
    """Where secrets stand in a text, in no order; tags are not looked at."""
    yield from in_values(text, called)
    yield from in_addresses(text)


def in_values(text: str, called: Judge) -> Iterator[Span]:
    """The same but for what only an address makes a key."""
    yield from _assigned(text, called)
    yield from card_numbers(text)
    yield from (found.span(1) for found in _SAID.finditer(text))
    for sign, pattern in _KEYS:
        if sign in text:
            yield from (found.span(1) for found in pattern.finditer(text))


# --- a value beside its name -------------------------------------------------------------------------------


def _name(shortest: int) -> re.Pattern[str]:
    return re.compile(
        rf"""(?<![\w.<-])(?<!</)([\w.-]{{{shortest},}})(?:\\*["']|&(?:quot|\#34|apos|\#39);|\])?[ \t]*"""
        r"""(?:[=-]>|:=|[:=](?!//))[ \t]*(?:\r?\n[ \t]+)?\\*"""
    )


#: A text of nothing but short names with a sign between them has half a million of them in a megabyte.
_NAME, _ANY_NAME = _name(SHORTEST), _name(1)
# A value without quotes ends with its line, at a tag, or where the next parameter of a query begins.
# What is said to be a password, the key in a PEM file, a JSON Web Token; and what has to be there for it.
_SAID = re.compile(
    rf"""\b(?=[{"".join(sorted({each[0] + each[0].upper() for each in SAID}))}])(?i:{"|".join(SAID)})"""
    r"""[ \t]+(?:(?:is|ist|lautet|est|es)[ \t]+)?([^\s<>"']*[0-9][^\s<>"']*)"""
)
_KEYS = (
    ("PRIVATE KEY", re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----([^<-]*)")),
    ("eyJ", re.compile(r"(?<![\w-])(eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?)")),
)
_END = re.compile(r"""[<>"'\r\n]|&(?:amp;){0,3}[\w.\[\]-]{1,40}=""")


#: So many names are asked about once only.
_KNOWN = 1000


def _assigned(text: str, called: Judge) -> Iterator[Span]:
    quoted = bare = 0  # how far the last value of each kind goes
    known: dict[str, bool] = {}
    for found in (_NAME if called is judge() else _ANY_NAME).finditer(text):
        secret = known.get(found[1])
        if secret is None:
            secret = called(found[1])
            if len(known) < _KNOWN:
                known[found[1]] = secret
        if not secret or found.start() < quoted:
            continue
        start = found.end()
        first = text[start : start + 1]
        if first and first in "\"'{[":
            start += first in "\"'"
            stop = quoted = _end_of_nested(text, start) if first in "{[" else _end_of_quoted(text, start, first)
        elif start < bare:
            continue
        else:
            end = _END.search(text, start)
            stop = bare = end.start() if end else len(text)
        if start < stop:
            yield start, stop


def _end_of_quoted(text: str, start: int, quote: str) -> int:
    """Where a value in quotes ends, none of which is behind a backslash as JSON writes those that do not end it."""
    at = text.find(quote, start)
    while at > start and text[at - 1] == "\\":
        before = at - 1
        while before > start and text[before - 1] == "\\":
            before -= 1
        if (at - before) % 2 == 0:
            break
        at = text.find(quote, at + 1)
    return at if at >= 0 else len(text)


def _end_of_nested(text: str, start: int) -> int:
    end = text.find("<", start)
    return end if end >= 0 else len(text)


_NAMED = re.compile(
    rf"""(?<![\w-])(?:{"|".join(NAMING)})\\*["']?\s*[:=]\s*\\*["']([\w .-]{{1,60}})\\*["']""", re.IGNORECASE
)


def behind_names(text: str, called: Judge) -> int:
    """Where begins what a field of another one is the name of, as in ``{"name": "pin", "value": 4711}``; -1 if none."""
    for found in _NAMED.finditer(text):
        if called(found[1]):
            return found.end()
    return -1


# --- addresses ---------------------------------------------------------------------------------------------

_ADDRESS = re.compile(r"""[^\s"'<>]+""")
_HOST_END = re.compile(r"[/?#]")
_PARAMETER = re.compile(r"[?&;#]([\w.\[\]-]{1,60})=([^&;#]+)")
_LONG_PIECE = re.compile(r"[^/?&;#=]{12,}")
#: A part of a token that is no word and no number: letters and digits in any order, twelve at least.
_MIXED = re.compile(r"[0-9A-Za-z]{12,}")
_WORDS = re.compile(r"[A-Z]?[a-z]+[0-9]*|[A-Z]+[0-9]*|[0-9]+").fullmatch
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-?[0-9A-Fa-f]{4}){3}-?[0-9A-Fa-f]{12}").search


def in_addresses(text: str) -> Iterator[Span]:
    at = text.find("//")
    while at >= 0:
        # Another one may stand in the query of this one.
        following = text.find("//", at + 2)
        found = _ADDRESS.match(text, at + 2, following if following >= 0 else len(text))
        at = following
        if found is None:
            continue
        start, stop = found.span()
        host = _HOST_END.search(text, start, stop)
        path = host.start() if host else stop
        user = text.rfind("@", start, path)
        if user < 0 and ":" in text[start : min(path, start + 300)] and not _has_port(text, start, path):
            user = text.rfind("@", path, stop)  # a password with a stroke in it
        if user > start:
            yield start, user
        for parameter in _PARAMETER.finditer(text, path, stop):
            if in_an_address(parameter[1]):
                yield parameter.span(2)
        for piece in _LONG_PIECE.finditer(text, path, stop):
            if _is_token(piece[0]):
                yield piece.span()


def _has_port(text: str, start: int, path: int) -> bool:
    port = text[start:path].rpartition(":")[2]
    return not port or port.isdecimal() or text[start] == "["


def _is_token(piece: str) -> bool:
    """Whether a piece of an address is made like a key: nothing that a person would have written."""
    if _UUID(piece):
        return True
    parts = _MIXED.findall(piece[:200])
    return any(not (_WORDS(part) or part.isdecimal() or part.isalpha()) for part in parts)


def behind_host(text: str) -> int:
    """Where the path of the address in a text begins; what is no address begins at 0."""
    at = text.find("://")
    if at < 0:
        return 0
    host = _HOST_END.search(text, at + 3)
    return host.start() if host else len(text)
