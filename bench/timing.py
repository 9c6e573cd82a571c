"""How times are taken: all contenders in one process, in turns, so that a busy machine hurts all of them alike."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter_ns

__all__ = ["Timing", "in_turns"]

#: A sample repeats a short call until it takes about this long, so that the clock and the turns cost nothing.
_SAMPLE = 2_000_000


@dataclass(frozen=True)
class Timing:
    """Nanoseconds for one call. The minimum is what the work costs; the median shows how noisy the machine was."""

    minimum: float
    median: float
    rounds: int


def in_turns(cases: Mapping[str, Callable[[], object]], rounds: int, *, patience: float = 20.0) -> dict[str, Timing]:
    """Time every case ``rounds`` times, one after the other in each round.

    A case that would take more than ``patience`` seconds over all rounds takes part in fewer of them, at least in
    three. What a call returns is thrown away within its time: freeing a tree or a model is part of its price.
    Python's garbage collector is not touched.
    """
    calls, turns = {}, {}
    for name, case in cases.items():
        case()  # compiles and imports whatever is done on first use
        once = _time(case, 1)
        # Python goes on to adapt its bytecode during the first calls of a function.
        once = min(once, _time(case, 20 if once < _SAMPLE else 1))
        calls[name] = max(1, int(_SAMPLE / once))
        turns[name] = max(min(rounds, 3), min(rounds, int(patience * 1e9 / (once * calls[name]))))
    samples: dict[str, list[float]] = {name: [] for name in cases}
    names = list(cases)
    for number in range(rounds):
        # Nobody always comes after the same neighbour, and finds the caches as that one left them.
        for name in names[number % len(names) :] + names[: number % len(names)]:
            if number < turns[name]:
                samples[name].append(_time(cases[name], calls[name]))
    return {name: Timing(min(found), statistics.median(found), len(found)) for name, found in samples.items()}


def _time(case: Callable[[], object], calls: int) -> float:
    turns = range(calls)
    start = perf_counter_ns()
    for _ in turns:
        case()
    return (perf_counter_ns() - start) / calls
