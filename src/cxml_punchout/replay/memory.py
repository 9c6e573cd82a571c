"""A guard against repeats in memory: for one process, and for no longer than it lives."""

from __future__ import annotations

from datetime import datetime, timedelta

import attrs

from ..errors import InvalidValue, Refusal
from ..forks import ForkLock
from . import KEEP, LEASE, RETRY_WINDOW, Claim, ReplayKey, Stored, Tokens, new_token
from .terms import Entry, Terms, aware, lost

__all__ = ["MemoryReplayGuard"]


class MemoryReplayGuard:
    """Remembers documents in this process. Threads may share it; several workers need a SqlReplayGuard.

    lease: how long an attempt may take before it counts as cut off; more than the slowest handler needs.
    keep: how long an answer is remembered, at least RETRY_WINDOW.
    most: how many documents of each partner are remembered. A further one takes the place of its oldest that nobody is
        at, if that is older than RETRY_WINDOW, and else has to wait: what a partner may still repeat is not given up,
        and no partner takes the room of another.
    """

    def __init__(
        self,
        *,
        lease: timedelta = LEASE,
        keep: timedelta = KEEP,
        most: int = 10_000,
        tokens: Tokens = new_token,
    ) -> None:
        if most < 1:
            raise InvalidValue("at least one document is remembered", "most")
        self._terms = Terms(lease, keep)
        self._most = most
        self._tokens = tokens
        self._lock = ForkLock()
        #: By the id of the key, which a partner cannot make long.
        self._entries: dict[str, Entry] = {}
        #: partner -> the ids of its documents in the order in which they were touched; and whose each one is.
        self._rooms: dict[str, dict[str, None]] = {}
        self._owners: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<MemoryReplayGuard of {len(self)} documents>"

    def begin(self, key: ReplayKey, digest: bytes, now: datetime) -> Claim | Stored:
        token = self._tokens()
        with self._lock:
            made = self._terms.claim(self._entries.get(key.id), digest, now, token)
            if isinstance(made, Stored):
                return made
            owner = self._owners.get(key.id)
            if owner is None:
                owner = key.partner or f"{key.sender} {key.from_}"
                self._make_room(owner, now)
            self._put(key.id, owner, made)
            return Claim(key, made.attempt, made.token)

    def _make_room(self, owner: str, now: datetime) -> None:
        room = self._rooms.get(owner, {})
        if len(room) < self._most:
            return
        for id_ in room:
            entry = self._entries[id_]
            if entry.touched - now > self._terms.lease:
                # The clock was set back. How old they are nobody knows, so all of them begin to age now.
                for each in room:
                    known = self._entries[each]
                    self._entries[each] = attrs.evolve(known, touched=min(known.touched, now))
                break
            if now - entry.touched <= RETRY_WINDOW:
                break  # and so are all that follow
            if entry.stored is not None or not self._terms.is_held(entry, now):
                self._drop(id_)
                return
        raise Refusal(560, "too many documents came within a few hours; send it again later")

    def finish(self, claim: Claim, stored: Stored, now: datetime) -> None:
        with self._lock:
            held = self._held(claim)
            if held is None:
                raise lost(claim)
            done = attrs.evolve(held, token="", touched=aware(now), stored=stored)
            self._put(claim.key.id, self._owners[claim.key.id], done)

    def abandon(self, claim: Claim) -> None:
        with self._lock:
            held = self._held(claim)
            if held is not None:
                self._entries[claim.key.id] = attrs.evolve(held, token="", until=held.touched)

    def forget(self, now: datetime) -> int:
        with self._lock:
            old = [id_ for id_, each in self._entries.items() if self._terms.is_old(each, aware(now))]
            for id_ in old:
                self._drop(id_)
        return len(old)

    def _held(self, claim: Claim) -> Entry | None:
        known = self._entries.get(claim.key.id)
        return known if known is not None and known.token == claim.token else None

    def _put(self, id_: str, owner: str, entry: Entry) -> None:
        """Write an entry down, as the one of its owner that was touched last."""
        room = self._rooms.setdefault(owner, {})
        room.pop(id_, None)
        room[id_] = None
        self._entries[id_], self._owners[id_] = entry, owner

    def _drop(self, id_: str) -> None:
        owner = self._owners.pop(id_)
        room = self._rooms[owner]
        del self._entries[id_], room[id_]
        if not room:
            del self._rooms[owner]
