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

    __slots__ = ("__weakref__", "_lock")

    def __init__(self) -> None:
        self._lock = threading.RLock()
        with _registry:
            _locks.add(self)

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *error: object) -> None:
        self._lock.release()

    def taken(self) -> bool:
        """Take it for a fork, if it can be had."""
        return self._lock.acquire(timeout=_PATIENCE)

    def given_back(self) -> None:
        self._lock.release()

    def anew(self) -> None:
        self._lock = threading.RLock()


class ForkSemaphore:
    """Lets so many threads into a ``with`` block at once. In a child nobody is in it."""

    __slots__ = ("__weakref__", "_most", "_semaphore")

    def __init__(self, most: int) -> None:
        self._most = most
        self._semaphore = threading.BoundedSemaphore(most)
        with _registry:
            _semaphores.add(self)

    def __enter__(self) -> None:
        self._semaphore.acquire()

    def __exit__(self, *error: object) -> None:
        self._semaphore.release()

    def anew(self) -> None:
        self._semaphore = threading.BoundedSemaphore(self._most)


_locks: WeakSet[ForkLock] = WeakSet()
_semaphores: WeakSet[ForkSemaphore] = WeakSet()
#: Held while one of them is made, and from the beginning of a fork to its end: then the sets hold still, and only one
#: thread forks at a time.
_registry = threading.Lock()
_held: list[ForkLock] = []


def _before() -> None:
    _registry.acquire()
    _held[:] = [lock for lock in list(_locks) if lock.taken()]


def _after_in_parent() -> None:
    while _held:
        _held.pop().given_back()
    _registry.release()


def _after_in_child() -> None:
    _held.clear()
    for lock in list(_locks):
        lock.anew()
    for semaphore in list(_semaphores):
        semaphore.anew()
    _registry.release()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(before=_before, after_in_parent=_after_in_parent, after_in_child=_after_in_child)
