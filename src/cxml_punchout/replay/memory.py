"""A guard against repeats in memory: for one process, and for no longer than it lives."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import attrs

from ..errors import InvalidValue, Refusal
from . import KEEP, LEASE, Claim, ReplayKey, Stored, Tokens, new_token
from .terms import Entry, Terms, aware, lost

__all__ = ["MemoryReplayGuard"]


class MemoryReplayGuard:
    """Remembers documents in this process. Threads may share it; several workers need a SqlReplayGuard.

    lease: how long an attempt may take before it counts as cut off; more than the slowest handler needs.
    keep: how long an answer is remembered, at least RETRY_WINDOW.
    most: how many documents are remembered. A further one takes the place of the oldest that nobody is at.
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
        self._lock = threading.Lock()
        #: By the id of the key, which a partner cannot make long, in the order in which they were touched.
        self._entries: dict[str, Entry] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<MemoryReplayGuard of {len(self)} documents>"

    def begin(self, key: ReplayKey, digest: bytes, now: datetime) -> Claim | Stored:
        with self._lock:
            made = self._terms.claim(self._entries.get(key.id), digest, now, self._tokens())
            if isinstance(made, Stored):
                return made
            self._entries.pop(key.id, None)
            if len(self._entries) >= self._most:
                self._make_room(now)
            self._entries[key.id] = made
            return Claim(key, made.attempt, made.token)

    def _make_room(self, now: datetime) -> None:
        oldest = (key for key, each in self._entries.items() if each.stored is not None or each.until <= now)
        key = next(oldest, None)
        if key is None:
            raise Refusal(560, "too many documents are being handled; send it again later")
        del self._entries[key]

    def finish(self, claim: Claim, stored: Stored, now: datetime) -> None:
        with self._lock:
            held = self._held(claim)
            if held is None:
                raise lost(claim)
            done = attrs.evolve(held, token="", touched=aware(now), stored=stored)
            del self._entries[claim.key.id]
            self._entries[claim.key.id] = done

    def abandon(self, claim: Claim) -> None:
        with self._lock:
            held = self._held(claim)
            if held is not None:
                self._entries[claim.key.id] = attrs.evolve(held, token="", until=held.touched)

    def _held(self, claim: Claim) -> Entry | None:
        known = self._entries.get(claim.key.id)
        return known if known is not None and known.token == claim.token else None

    def forget(self, now: datetime) -> int:
        with self._lock:
            old = [key for key, each in self._entries.items() if self._terms.is_old(each, aware(now))]
            for key in old:
                del self._entries[key]
        return len(old)
