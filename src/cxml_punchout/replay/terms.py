"""What all guards have in common: what they write down of a document, and what follows from it."""

from __future__ import annotations

from datetime import datetime, timedelta

import attrs

from ..errors import InvalidValue, Refusal
from ..findings import shorten
from ..times import later
from . import KEEP, LEASE, RETRY_WINDOW, Claim, Stored

__all__ = ["Entry", "Terms", "aware", "lost"]


@attrs.frozen
class Entry:
    """What a guard knows of one document.

    token: of the claim; "" once it is finished or given up.
    touched: when it was claimed or finished.
    until: when the lease of the claim runs out.
    """

    digest: bytes
    attempt: int
    token: str
    touched: datetime
    until: datetime
    stored: Stored | None = None


@attrs.frozen
class Terms:
    """How long things last: a claim that nobody ends, and an answer.

    Raises InvalidValue for terms under which a repeat could be taken for something new.
    """

    lease: timedelta = LEASE
    keep: timedelta = KEEP

    def __attrs_post_init__(self) -> None:
        if self.lease <= timedelta(0):
            raise InvalidValue("a lease takes some time", "lease")
        if self.keep < max(RETRY_WINDOW, self.lease):
            raise InvalidValue("answers are kept for ten hours at least, and longer than a lease", "keep")

    def claim(self, known: Entry | None, digest: bytes, now: datetime, token: str) -> Entry | Stored:
        """What becomes of a document: the entry to write down for a new claim, or the answer that is there.

        Raises Refusal as ``ReplayGuard.begin`` does.
        """
        attempt = 1
        if known is not None and not self.is_old(known, aware(now)):
            if known.digest != digest:
                raise Refusal(
                    409, "this document was here before and said something else; another one needs another payloadID"
                )
            if known.stored is not None:
                return known.stored
            if self.is_held(known, now):
                raise Refusal(560, "this document is being handled; send it again later for the answer")
            attempt = known.attempt + 1
        return Entry(digest, attempt, token, aware(now), later(now, self.lease))

    def is_held(self, known: Entry, now: datetime) -> bool:
        """Whether somebody may be at a document that is not finished.

        A claim from further in the future than clocks differ has run out: the clock was set back, and if its holder has
        died, nobody would get the document for as long.
        """
        return known.touched - now <= self.lease and now < known.until

    def is_old(self, known: Entry, now: datetime) -> bool:
        """Whether an entry counts no more."""
        return now - known.touched > self.keep


def aware(now: datetime) -> datetime:
    """The present, if it has an offset from UTC.

    Raises InvalidValue if it has none.
    """
    if now.tzinfo is None:
        raise InvalidValue("the present needs an offset from UTC", "now")
    return now


def lost(claim: Claim) -> Refusal:
    """What to raise for a claim that is not held any more."""
    shown = shorten(claim.key.payload_id)
    return Refusal(560, f"the document {shown} is being handled a second time; send it again later for the answer")
