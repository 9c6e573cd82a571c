"""How times are taken: all contenders in one process, in turns, so that a busy machine hurts all of them alike."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import get_clock_info, perf_counter_ns, thread_time_ns

__all__ = ["Timing", "in_turns"]

#: Time on the processor, so that other programs do not count; where that clock is coarse, time on the wall.
_clock = thread_time_ns if get_clock_info("thread_time").resolution <= 1e-6 else perf_counter_ns

#: Before a call that takes longer than this, none is made to warm up: it does not fit into the caches anyway.
_LONG = 50_000_000


@dataclass(frozen=True)
class Timing:
    """Nanoseconds for one call, in the order of the rounds."""

    samples: list[float]

    @property
    def minimum(self) -> float:
        return min(self.samples)

    @property
    def median(self) -> float:
        """Far above the minimum on a busy machine."""
        return statistics.median(self.samples)

    def ratio(self, other: Timing) -> float:
        """How many times as long as ``other`` it takes, round by round, in the quietest quarter of the rounds.

        A minimum is one lucky moment, which one contender may have and the other one not. Quiet is a round in which
        both were fast; choosing by one of them alone would favour the other.
        """
        pairs = sorted(zip(self.samples, other.samples, strict=False), key=lambda pair: pair[0] * pair[1])
        return statistics.median(mine / theirs for mine, theirs in pairs[: max(3, len(pairs) // 4)])


def in_turns(
    cases: Mapping[str, Callable[[], object]], rounds: int, *, sample: float = 0.002, patience: float = 20.0
) -> dict[str, Timing]:
    """Time every case ``rounds`` times, one after the other in each round.

    A short call is repeated until it takes ``sample`` seconds, so that the clock and the turns cost nothing.
    A case that would take more than ``patience`` seconds over all rounds takes part in the first of them only, at
    least in three. What a call returns is thrown away within its time: freeing a tree or a model is part of its
    price. Python's garbage collector is not touched.
    """
    calls, warm, turns = {}, {}, {}
    for name, case in cases.items():
        case()  # compiles and imports whatever is done on first use
        once = _time(case, 1)
        # Python goes on to adapt its bytecode during the first calls of a function.
        once = min(once, _time(case, max(1, min(20, int(sample * 1e9 / once)))))
        calls[name] = max(1, int(sample * 1e9 / once))
        warm[name] = max(calls[name] // 4, int(once < _LONG))
        turns[name] = max(min(rounds, 3), min(rounds, int(patience * 1e9 / (once * calls[name]))))
    samples: dict[str, list[float]] = {name: [] for name in cases}
    names = list(cases)
    for number in range(rounds):
        # Nobody always comes after the same neighbour.
        for name in names[number % len(names) :] + names[: number % len(names)]:
            if number < turns[name]:
                for _ in range(warm[name]):
                    cases[name]()  # the caches still hold what the contender before has left
                samples[name].append(_time(cases[name], calls[name]))
    return {name: Timing(found) for name, found in samples.items()}


def _time(case: Callable[[], object], calls: int) -> float:
    turns = range(calls)
    start = _clock()
    for _ in turns:
        case()
    return (_clock() - start) / calls
