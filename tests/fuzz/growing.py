"""Whether twice the document takes twice the time: a piece of a document repeated thousands of times, by chance.

Time is the processor's, and yet it differs from run to run, so this is for the command and not for every test run.
"""

from __future__ import annotations

import contextlib
import random
import re
import time
from collections.abc import Callable

import attrs
from productions import COMMENTS, INSTRUCTIONS, LOOKALIKES
from seeds import seeds

__all__ = ["Grown", "grown", "slow"]

#: How large a document is made, and then twice as large.
_SIZE = 60_000
#: Below this it is measured no further: a million octets would take a few seconds at most.
_QUICK = 0.25
#: Twice the time, and what a busy machine adds.
_TWICE = 3.2
#: Seconds for an octet; where some number of things is bounded, each of them may still look at the whole document.
_MOST = 12e-6

_PIECE = re.compile(rb"""<(\w+)(?:\s[^<>]*)?>[^<>]*</\1>|<[^<>]+>|\s[\w:]+="[^"]*"|[^<>"=]+|=|"|<|>|&""")
_TOKENS = tuple(
    text.encode()
    for text in (
        *LOOKALIKES,
        *(f"<!--{comment}-->" for comment in COMMENTS),
        *(f"<?{instruction}?>" for instruction in INSTRUCTIONS),
        *(
            "<![CDATA[x]]>",
            "<Foo/>",
            "<a:b/>",
            "&#65;",
            "&amp;",
            "x",
            " ",
            "\n",
            "\t\n",
            "0",
            ",000",
            "9,",
            "--",
            "a=''",
        ),
        *(
            "<Extrinsic name='password'>x</Extrinsic>",
            "<SharedSecret>",
            "</SharedSecret>",
            "<PCard number='4",
            "secret",
        ),
    )
)


@attrs.frozen
class Grown:
    """A document in which something can be repeated any number of times."""

    made: str
    before: bytes = attrs.field(repr=False)
    piece: bytes = attrs.field(repr=False)
    after: bytes = attrs.field(repr=False)

    def of(self, size: int) -> bytes:
        return self.before + self.piece * max(1, size // len(self.piece)) + self.after


def grown(chance: random.Random) -> Grown:
    """One such document: somewhere in an example, something out of it or something odd."""
    seed = chance.choice(seeds())
    found = [match for match in _PIECE.finditer(seed.octets) if match.end() > match.start()]
    place = chance.choice(found)
    inside = chance.choice(found)
    piece = chance.choice((place[0], place[0], inside[0], chance.choice(_TOKENS), chance.choice(_TOKENS)))
    if chance.random() < 0.2:
        piece += chance.choice(_TOKENS)
    at = chance.choice((place.start(), place.end(), place.end()))
    return Grown(f"{seed} at {at} with {piece[:60]!r}", seed.octets[:at], piece, seed.octets[at:])


def slow(what: Callable[[bytes], None], document: Grown) -> str:
    """The times, if they grow faster than the size or are beyond reason; "" if all is well. Failures do not count."""
    small = _took(what, document.of(_SIZE))
    if small < _QUICK:
        return ""
    large = _took(what, document.of(2 * _SIZE))
    most = _MOST * 2 * _SIZE
    if large < _TWICE * small and large < most:
        return ""
    # Once more, for the machine may have had other things to do.
    small, large = _took(what, document.of(_SIZE)), _took(what, document.of(2 * _SIZE))
    told = f"{small:.2f} s for {_SIZE // 1000} kB and {large:.2f} s for {2 * _SIZE // 1000} kB"
    return told if large > _TWICE * small or large > most else ""


def _took(what: Callable[[bytes], None], data: bytes) -> float:
    begin = time.process_time()
    with contextlib.suppress(Exception):
        what(data)
    return time.process_time() - begin
