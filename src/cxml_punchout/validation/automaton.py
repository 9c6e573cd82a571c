"""Sequences of children against a content model: whether they fit, and the fewest changes that would make them fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

__all__ = ["Automaton", "Misfit", "Node", "Slot"]

#: What a change costs. To leave out a name that the model does not know explains more than anything else.
_SKIP_UNKNOWN, _SKIP, _INSERT = 1, 2, 2


class Node(NamedTuple):
    """A content model: a name, ``#PCDATA`` (no name and no parts), or parts that follow or exclude one another."""

    occurs: str = ""
    separator: str = ""
    parts: tuple[Node, ...] = ()
    tag: str = ""

    def __str__(self) -> str:
        if not self.separator:
            return f"{self.tag}{self.occurs}"
        between = ", " if self.separator == "," else " | "
        return f"({between.join(map(str, self.parts))}){self.occurs}"

    def tags(self) -> Iterator[str]:
        if self.tag:
            yield self.tag
        for part in self.parts:
            yield from part.tags()


class Slot(NamedTuple):
    """One place of a sequence that fits: the child that stands there, or the names one of which is missing there."""

    tag: str
    child: int | None
    instead: tuple[str, ...] = ()


class Misfit(NamedTuple):
    """A sequence that fits after the fewest changes.

    slots: that sequence. left_out: the children that are not in it, each with the slot before which it stands.
    cut: whether only a part of the children was looked at.
    """

    slots: list[Slot]
    left_out: list[tuple[int, int]]
    cut: bool


class Automaton:
    """All sequences of names that fit a content model.

    A state is the place in the model of the name that was met last; 0 is the start.
    """

    def __init__(self, model: Node) -> None:
        self._tags = [""]
        self._follow: list[list[int]] = [[]]
        first, last, empty = self._build(model)
        self._follow[0] = sorted(first)
        self._ends = {*last, *([0] if empty else [])}
        self._known = set(self._tags)
        self._step: dict[tuple[int, str], int] = {}

    def _build(self, node: Node) -> tuple[set[int], set[int], bool]:
        first: set[int] = set()
        last: set[int] = set()
        empty = node.separator == ","
        if node.tag:
            self._tags.append(node.tag)
            self._follow.append([])
            first, last, empty = {len(self._tags) - 1}, {len(self._tags) - 1}, False
        for part in node.parts:
            begins, ends, nothing = self._build(part)
            if node.separator == "|":
                first, last, empty = first | begins, last | ends, empty or nothing
                continue
            self._link(last, begins)
            if empty:
                first |= begins
            last = last | ends if nothing else ends
            empty = empty and nothing
        if node.occurs in ("*", "+"):
            self._link(last, first)
        return first, last, empty or node.occurs in ("?", "*")

    def _link(self, before: set[int], behind: set[int]) -> None:
        for state in before:
            self._follow[state] = sorted({*self._follow[state], *behind})

    def _next(self, state: int, tag: str) -> int:
        """The state after a name, or -1. A DTD is deterministic: there is at most one."""
        key = state, tag
        if key not in self._step:
            self._step[key] = next((each for each in self._follow[state] if self._tags[each] == tag), -1)
        return self._step[key]

    def _walk(self, tags: Sequence[str]) -> list[int]:
        """The states before each name and after the last one, as far as the names fit."""
        states = [0]
        for tag in tags:
            # Known names come from the model, so what is remembered stays bounded.
            state = self._next(states[-1], tag) if tag in self._known else -1
            if state < 0:
                break
            states.append(state)
        return states

    def fits(self, tags: Iterable[str]) -> bool:
        state = 0
        for tag in tags:
            state = self._next(state, tag) if tag in self._known else -1
            if state < 0:
                return False
        return state in self._ends

    def place_for(self, tag: str, slots: Sequence[Slot]) -> int | None:
        """Where one more ``tag`` would fit into a sequence that fits: the number of the slot behind it."""
        states = self._walk([slot.tag for slot in slots])
        # From these states the slots that follow lead to an end.
        good = self._ends
        goods = [good]
        for slot in reversed(slots):
            good = {state for state in range(len(self._tags)) if self._next(state, slot.tag) in good}
            goods.append(good)
        goods.reverse()
        for number, state in enumerate(states):
            if self._next(state, tag) in goods[number]:
                return number
        return None

    def mend(self, tags: Sequence[str], effort: int = 100_000) -> Misfit:
        """The fewest changes that make ``tags`` fit. Of a very long sequence only what is near its first fault."""
        states = self._walk(tags)
        start, begin, end = 0, 0, len(tags)
        if len(tags) * len(self._tags) > effort:
            begin = max(len(states) - 20, 0)
            end = min(begin + max(effort // len(self._tags), 50), end)
            start = states[begin]
        cost = self._costs(tags[begin:end], end < len(tags))
        slots: list[Slot] = []
        left_out: list[tuple[int, int]] = []
        number, state = 0, start
        while True:
            here = cost[number][state]
            tag = tags[begin + number] if begin + number < end else None
            matched = self._next(state, tag) if tag is not None and tag in self._known else -1
            if tag is not None and matched >= 0 and cost[number + 1][matched] == here:
                slots.append(Slot(tag, begin + number))
                number, state = number + 1, matched
                continue
            inserted = [each for each in self._follow[state] if cost[number][each] + _INSERT == here]
            if inserted and here > 0:
                names = tuple(dict.fromkeys(self._tags[each] for each in inserted))
                slots.append(Slot(names[0], None, names))
                state = inserted[0]
            elif tag is not None:
                left_out.append((begin + number, len(slots)))
                number += 1
            else:
                return Misfit(slots, left_out, begin > 0 or end < len(tags))

    def _costs(self, tags: Sequence[str], is_cut: bool) -> list[list[int]]:
        """What it takes at least from each place and state to the end."""
        count = len(self._tags)
        never = 10**9
        column = [0 if is_cut or state in self._ends else never for state in range(count)]
        self._relax(column)
        columns = [column]
        for tag in reversed(tags):
            known = tag in self._known
            behind, column = column, []
            for state in range(count):
                price = behind[state] + (_SKIP if known else _SKIP_UNKNOWN)
                matched = self._next(state, tag) if known else -1
                column.append(price if matched < 0 else min(price, behind[matched]))
            self._relax(column)
            columns.append(column)
        columns.reverse()
        return columns

    def _relax(self, column: list[int]) -> None:
        changed = True
        while changed:
            changed = False
            for state in range(len(column) - 1, -1, -1):
                for each in self._follow[state]:
                    if column[each] + _INSERT < column[state]:
                        column[state] = column[each] + _INSERT
                        changed = True
