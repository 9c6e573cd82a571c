"""Where secrets stand in the text of a document, be it well-formed or broken: for logs, and for lines that are shown.

A text is shown when something went wrong, so no parser is asked. It is cut at everything that looks like a tag, escaped
ones included, and what a secret could be is hidden rather than shown: after an element of a secret has begun,
everything up to its end, or to the end of the text if it has none. In a Credential only names are shown at all. What
was found to be a secret in one place is hidden in all others too.

``search`` goes from tag to tag, ``sensitive`` says what people call a secret, ``plaintext`` finds those that need no
tag, and ``escapes`` opens texts in which a whole document may be wrapped.

A text may be anybody's and of any size, so it is gone through once for each question, and nothing is kept for a tag.
"""

from __future__ import annotations

import heapq
import re
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator
from html import unescape

from .escapes import LEVELS, joined, soft_line, unfolded, wrapped
from .plaintext import MASK, Span, behind_names, in_addresses, in_text, in_values
from .search import ENTITY, KEPT, TAG, Asked, Search, asked, has_tags, words

__all__ = ["MASK", "blotted", "from_beyond_doubt", "has_tags", "hidden", "masked"]


def masked(text: str, extrinsics: Collection[str] = (), also: Collection[str] = ()) -> str:
    """The text with ``***`` for each secret.

    extrinsics: names of Extrinsics whose content is secret too, whatever their case.
    also: words that make any name that of a secret, beside those of ``sensitive``.
    """
    return _written(text, _veil(text, extrinsics, also), lambda _: MASK)


def blotted(text: str) -> str:
    """The text with a ``*`` for each character of a secret, so that lines and columns stay what they were."""
    return _written(text, _veil(text), lambda secret: _NO_LINE_END.sub(_stars, secret))


_NO_LINE_END = re.compile(r"[^\r\n]+")


def _stars(found: re.Match[str]) -> str:
    return "*" * len(found[0])


def from_beyond_doubt(text: str) -> str:
    """A text of which a fault may have made anything, with those lines emptied that could have to do with a secret.

    These are all down to the last one that names a secret, or an element around one: the Header, and the Payment of an
    order. What comes behind is written as ``blotted`` has it.
    """
    last = max((found.end() for found in words().doubt.finditer(text)), default=0)
    if not last:
        return blotted(text)
    end = text.find("\n", last)
    return "\n" * text.count("\n", 0, last) + (blotted(text)[end:] if end >= 0 else "")


def hidden(text: str, extrinsics: Collection[str] = ()) -> list[Span]:
    """Where secrets stand in a text, in order and apart from one another; nothing is ever raised."""
    return list(_veil(text, extrinsics).spans())


def _written(text: str, veil: _Veil, instead: Callable[[str], str]) -> str:
    def pieces() -> Iterator[str]:
        at = 0
        for start, stop in veil.spans():
            yield text[at:start]
            yield instead(text[start:stop])
            at = stop
        yield text[at:]

    return joined(pieces())


class _Veil:
    """Which characters of a text are not to be shown, and where an empty secret stands. An octet for a character."""

    __slots__ = ("_empty", "_mask")

    def __init__(self, length: int) -> None:
        self._mask = bytearray(length)
        self._empty = array("Q")

    def hide(self, start: int, stop: int) -> None:
        if start < stop:
            self._mask[start:stop] = b"\1" * (stop - start)
        else:
            self._empty.append(start)

    def spans(self) -> Iterator[Span]:
        """In order, and those that touch made one."""
        if not self._empty:
            yield from (found.span() for found in _HIDDEN.finditer(self._mask))
            return
        empty = ((at, at) for at in sorted(self._empty))
        last: Span | None = None
        for start, stop in heapq.merge((found.span() for found in _HIDDEN.finditer(self._mask)), empty):
            if last is not None and start <= last[1]:
                last = last[0], max(stop, last[1])
            else:
                if last is not None:
                    yield last
                last = start, stop
        if last is not None:
            yield last

    def shown(self, text: str, start: int, stop: int) -> str:
        """A part of a text, with zeros for what is not shown."""
        mask = self._mask[start:stop]
        if 1 not in mask:
            return text[start:stop]
        if 0 not in mask:
            return ""

        def pieces() -> Iterator[str]:
            at = 0
            for found in _HIDDEN.finditer(mask):
                yield text[start + at : start + found.start()]
                yield "\0" * len(found[0])
                at = found.end()
            yield text[start + at : stop]

        return joined(pieces())


_HIDDEN = re.compile(rb"\x01+")


def _veil(text: str, extrinsics: Collection[str] = (), also: Collection[str] = ()) -> _Veil:
    wanted = asked(extrinsics, also)
    veil = _Veil(len(text))
    _look(text, veil, wanted, whole=True)
    told = _told(text, veil)
    # The key of a visit in an address may be part of other values that are none.
    for start, stop in in_addresses(text):
        veil.hide(start, stop)
    opened = 0
    for start, behind, stop, escape in wrapped(text):
        if escape < behind and _more(veil.shown(text, start, behind), wanted):
            veil.hide(start + 1, stop)
        elif behind < stop and _more(veil.shown(text, behind, stop), wanted, whole=not behind):
            veil.hide(behind, stop)
        else:
            continue
        opened += 1
        if opened > KEPT:  # who wraps so many is not read to the end
            veil.hide(stop, len(text))
            break
    first = soft_line(text)
    if first >= 0 and _more(veil.shown(text, 0, len(text)), wanted, whole=True):
        # What a tag is was not to be seen, so nobody knows where it ends.
        veil.hide(text.rfind("\n", 0, first) + 1, len(text))
    _look_elsewhere(text, veil, told)
    return veil


def _look(text: str, veil: _Veil, wanted: Asked, *, whole: bool) -> None:
    Search(text, veil.hide, wanted, whole).run()
    for entity in ENTITY.finditer(text):
        veil.hide(*entity.span(1))
    for start, stop in in_values(text, wanted.judge):
        veil.hide(start, stop)


def _more(text: str, wanted: Asked, *, whole: bool = False) -> bool:
    """Whether a secret is in what is wrapped in a text, beside those that are hidden already.

    whole: the text is not cut out of another one.
    """
    tags = text.count("<")
    for _ in range(LEVELS):
        opened = unfolded(text)
        if opened == text:
            return False
        text = opened
        with_tags = text.count("<") > tags
        if not with_tags and not _TELLING(text):
            continue
        found: Iterable[Span]
        if with_tags:
            wanted.looks += 1
            if wanted.looks > _LOOKS:
                return True  # for all that anybody knows
            veil = _Veil(len(text))
            _look(text, veil, wanted, whole=whole)
            for start, stop in in_addresses(text):
                veil.hide(start, stop)
            found = veil.spans()
        else:
            found = in_text(text, wanted.judge)
        if any(text[start:stop].strip(_NOTHING) for start, stop in found):
            return True
        named = behind_names(text, wanted.judge)
        if named >= 0 and text[named:].strip(_NOTHING):
            return True
    return False


#: What there is in a text without tags in which a secret can be found: a value, the number of a card.
_TELLING = re.compile(r"""[\w"'\];][ \t]*[=:]|[0-9]{3}""").search
#: What a secret that is hidden already leaves of itself.
_NOTHING = "\0 \t\r\n\"'\\"


#: Into how many wrappings with tags in them it is looked; an order of thousands of lines has one in each.
_LOOKS = 5000


# --- what was found ----------------------------------------------------------------------------------------


# Shorter ones stand in every text, longer ones are no secrets but what a fault has cost its end.
_SHORTEST, _LONGEST, _MOST = 6, 500, 50
_MARKS = re.compile(rf"{TAG.pattern}|<!\[CDATA\[|\]\]>|[\"']", re.IGNORECASE)


def _told(text: str, veil: _Veil) -> list[str]:
    """What was found to be a secret, the longest first."""
    told: set[str] = set()
    for start, stop in veil.spans():
        if len(told) >= KEPT:
            break
        if _SHORTEST <= stop - start <= _LONGEST:
            secret = text[start:stop]
            for piece in (secret, *_MARKS.sub("\0", secret).split("\0")):
                told |= {piece.strip(), unescape(piece).strip()}
    return sorted((each for each in told if len(each) >= _SHORTEST), key=len, reverse=True)[:_MOST]


def _look_elsewhere(text: str, veil: _Veil, told: list[str]) -> None:
    """Hide what was found where else it stands: a secret that stands in a wrong place as well is no less of one."""
    for piece in told:
        # Replacing is many times faster than looking for one after the other.
        gone = text.replace(piece, "\0" * len(piece))
        if gone != text:
            for found in _ZEROS.finditer(gone):
                veil.hide(*found.span())


_ZEROS = re.compile("\0+")
