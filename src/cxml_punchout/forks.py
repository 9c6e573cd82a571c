"""Locks that a child process finds free, whatever the threads of its parent were at when it was forked.

A fork copies the memory and one thread. What another thread had locked stays locked in the child for ever, and what it
was changing stays half changed. So all these locks are taken before a fork and given back behind it, on both sides.
"""

from __future__ import annotations

import os
import threading
from weakref import WeakSet

__all__ = ["ForkLock", "ForkSemaphore"]

#: How long a fork waits for a lock, in seconds. They are held for moments; whoever holds one longer is stuck itself.
_PATIENCE = 0.1


class ForkLock:
    """A lock for a ``with`` block that is over in a moment. A thread may take it again, and another one within it."""

    __slots__ = ("__weakref__", "_held", "_lock")

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._held = False
        _locks.add(self)

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *error: object) -> None:
        self._lock.release()

    def before(self) -> None:
        # Two threads may fork at once, and the one that waited in vain must not forget for the other.
        if self._lock.acquire(timeout=_PATIENCE):
            self._held = True

    def after(self) -> None:
        if self._held:
            self._held = False
            self._lock.release()

    def anew(self) -> None:
        self._held = False
        self._lock = threading.RLock()


class ForkSemaphore:
    """Lets so many threads into a ``with`` block at once. In a child nobody is in it."""

    __slots__ = ("__weakref__", "_most", "_semaphore")

    def __init__(self, most: int) -> None:
        self._most = most
        self._semaphore = threading.BoundedSemaphore(most)
        _semaphores.add(self)

    def __enter__(self) -> None:
        self._semaphore.acquire()

    def __exit__(self, *error: object) -> None:
        self._semaphore.release()

    def anew(self) -> None:
        self._semaphore = threading.BoundedSemaphore(self._most)


_locks: WeakSet[ForkLock] = WeakSet()
_semaphores: WeakSet[ForkSemaphore] = WeakSet()


def _before() -> None:
    for lock in list(_locks):
        lock.before()


def _after_in_parent() -> None:
    for lock in list(_locks):
        lock.after()


def _after_in_child() -> None:
    for lock in list(_locks):
        lock.anew()
    for semaphore in list(_semaphores):
        semaphore.anew()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(before=_before, after_in_parent=_after_in_parent, after_in_child=_after_in_child)
