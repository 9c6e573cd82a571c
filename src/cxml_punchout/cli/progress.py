"""A progress bar for long runs, on a terminal only; rich draws it where it is installed, one plain line otherwise."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TextIO, TypeVar

__all__ = ["LONG", "watched"]

T = TypeVar("T")

#: A run of fewer documents is over before anybody looks.
LONG = 20


def watched(items: Iterable[T], total: int, on: TextIO | None = None) -> Iterator[T]:
    """The items, while a bar on standard error tells how many there have been."""
    stream = sys.stderr if on is None else on
    if total < LONG or not stream.isatty():
        yield from items
        return
    try:
        from rich.console import Console
        from rich.progress import Progress
    except ImportError:
        yield from _plainly(items, total, stream)
        return
    # What is printed meanwhile has to pass by the bar, unless it goes elsewhere.
    with Progress(console=Console(file=stream), transient=True, redirect_stdout=sys.stdout.isatty()) as bar:
        yield from bar.track(items, total=total, description="checking")


def _plainly(items: Iterable[T], total: int, stream: TextIO) -> Iterator[T]:
    done = 0
    waiting = iter(items)
    while True:
        stream.write(f"\r\x1b[Kchecking {done}/{total}")
        stream.flush()
        try:
            item = next(waiting)
        except StopIteration:
            return
        finally:
            # Nothing may stand in the line where the item is shown.
            stream.write("\r\x1b[K")
            stream.flush()
        done += 1
        yield item
