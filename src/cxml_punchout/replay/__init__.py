"""A document that comes twice is handled once: what a guard against repeats remembers, and what it answers.

A partner who hears nothing sends the same document again, for hours. The guard knows a document by its payloadID,
within its Sender, by what it is about, and by a digest of what it says:

    begin ─┬─ Claim          ours to handle; finish() or abandon() ends it
           ├─ Stored         handled before: answer with these octets
           ├─ Refusal 409    it said something else about the same thing before
           └─ Refusal 560    somebody is at it right now

Nothing is locked while the application works: ``begin`` notes a claim with a lease and returns. If the process dies,
the lease runs out, and the next repeat is handed out as a further attempt. Guide 3.1.6, 5.3.2.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

import attrs

from ..errors import InvalidValue
from ..status import should_retry

__all__ = [
    "KEEP",
    "LEASE",
    "RETRY_WINDOW",
    "Claim",
    "ReplayGuard",
    "ReplayKey",
    "Stored",
    "Tokens",
    "new_token",
]

#: How long a partner goes on sending a document that was not answered: ten times, once an hour. Guide 3.1.9.1.
RETRY_WINDOW = timedelta(hours=10)
#: How long an attempt may take before it counts as cut off, unless a guard is told otherwise.
LEASE = timedelta(minutes=5)
#: How long an answer is remembered, unless a guard is told otherwise.
KEEP = timedelta(days=30)

#: A text that no other claim has.
Tokens: TypeAlias = Callable[[], str]


def new_token() -> str:
    """A random text of 32 characters."""
    return secrets.token_hex(16)


@attrs.frozen
class ReplayKey:
    """What names one document. A payloadID alone does not: it is unique by convention only.

    sender, from_: who delivered it and in whose name, for all buyers behind one hub share a Sender.
    mode: ``production`` or ``test``.
    subject: what it is about: the kind of payload, and the number of the order or the cookie of the session. Some
        buyers make a payloadID of the time, and then two users of one second have the same.
    partner: the record by which it was accepted. It is no part of the name; a guard in memory gives each partner its
        own room.
    """

    sender: str
    from_: str
    mode: str
    payload_id: str
    subject: str = ""
    partner: str = attrs.field(default="", eq=False)

    @property
    def id(self) -> str:
        """64 characters that no other key has, however long its parts are: what a guard files a document under."""
        parts = json.dumps([self.sender, self.from_, self.mode, self.payload_id, self.subject])
        return hashlib.sha256(parts.encode()).hexdigest()


@attrs.frozen
class Stored:
    """An answer as it goes out, once and every time the document is repeated.

    body: may hold the address of a start page, which lets a user in; it is not shown.
    status: its cXML code.

    Raises InvalidValue for a 5xx: it asks the partner to send again, so the next time must be a fresh one.
    """

    body: bytes = attrs.field(repr=False)
    content_type: str
    status: int

    def __attrs_post_init__(self) -> None:
        if should_retry(self.status):
            raise InvalidValue(f"an answer with the status {self.status} is not kept; abandon the claim", "Stored")


@attrs.frozen
class Claim:
    """The right to handle one document, until the lease runs out.

    attempt: 1, or more if an earlier attempt was cut off and may have got anywhere.
    token: tells this attempt from all others.
    """

    key: ReplayKey
    attempt: int
    token: str


class ReplayGuard(Protocol):
    """Remembers which documents were handled, and how they were answered. ``now`` has an offset from UTC."""

    def begin(self, key: ReplayKey, digest: bytes, now: datetime) -> Claim | Stored:
        """Claim a document, or get the answer that it had before.

        Raises Refusal (Status 409) if the document said something else before, and (Status 560) if it is being handled,
        or if there is no room to remember it.
        """
        ...

    def finish(self, claim: Claim, stored: Stored, now: datetime) -> None:
        """Keep the answer, for every repeat from now on.

        Raises Refusal (Status 560) if the claim is not held any more: the lease ran out and the document was claimed
        anew, or it was ended before.
        """
        ...

    def abandon(self, claim: Claim) -> None:
        """Give up a document that was not handled, so that the next repeat is handed out at once.

        It is a further attempt, for this one may have got anywhere before it failed. A claim that is not held any more
        is let be.
        """
        ...

    def forget(self, now: datetime) -> int:
        """Drop what is older than it has to be kept, and say how many that were. Call it once a day, say."""
        ...
