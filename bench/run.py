"""Measure reading and writing, side by side in one process.

    python bench/run.py                 everything; some minutes on a quiet machine
    python bench/run.py --quick         a few rounds of the smaller documents, to see that all results are right
    python bench/run.py --no-peers --documents posr,order-100,growth
    python bench/run.py --json FILE     keeps the figures

Before anything is timed, each contender reads and writes each document once, and what it found is held against what
the generator knows. Our own result has to be right, or the run fails.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))  # this checkout, not what may be installed

import attrs
from contenders import FLOOR, OURS, UNPAUSED, Contender, contenders, difference
from documents import DOCUMENTS, Document, make
from lxml import etree
from timing import Timing, in_turns

#: Fewer rounds for documents whose single reading takes long.
_ROUNDS = {"order-1000": 15, "order-10000": 5}
#: So many bytes of other editions are read before the first one comes again.
_EDITIONS = 2_000_000
_GROWTH = ("order-100", "order-1000", "order-10000")


@dataclass
class Measured:
    """All figures of a run: document -> contender -> time of one call."""

    parse: dict[str, dict[str, Timing]]
    serialize: dict[str, dict[str, Timing]]
    growth: dict[str, dict[str, Timing]]

    def ratio(self, direction: str, document: str, one: str, other: str) -> float | None:
        """How many times as long ``one`` takes as ``other``; None if one of them was not measured."""
        times = getattr(self, direction).get(document, {})
        return times[one].ratio(times[other]) if one in times and other in times else None


# --- right or wrong ----------------------------------------------------------------------------------------


def check(contender: Contender, document: Document) -> str:
    """Read and write a document once; what is wrong with the outcome, or ""."""
    value = contender.read(document.data)
    found = contender.look(value)
    if found.lines != document.lines:
        return f"{found.lines} lines instead of {document.lines}"
    if found.amount != document.amount:
        return f"the sum is {found.amount} instead of {document.amount}"
    if contender.write is None:
        return ""
    return difference(document.data, contender.write(value))


def check_facts(document: Document) -> None:
    """A few values of ours that are no numbers."""
    import cxml_punchout

    read = cxml_punchout.parse(document.data)
    payload: Any = read.payload
    found = {"payload_id": read.payload_id}
    if "cookie" in document.facts:
        found["cookie"] = payload.buyer_cookie.value
    if "address" in document.facts:
        found["address"] = payload.browser_form_post.url.value
    if "order_id" in document.facts:
        found["order_id"] = payload.order_request_header.order_id
    if found != document.facts:
        raise SystemExit(f"{document.name}: read {found} instead of {document.facts}")


# --- measuring ---------------------------------------------------------------------------------------------


def _editions(name: str) -> int:
    return max(1, min(100, _EDITIONS // len(make(name).data)))


def measure(
    name: str, those: list[Contender], rounds: int, editions: int
) -> tuple[dict[str, Timing], dict[str, Timing]]:
    data = [make(name, edition).data for edition in range(editions)]
    read = in_turns({one.name: _over(one.read, data) for one in those}, rounds)
    # Only now, so that no model and no tree is in the collector's way while documents are read.
    written = {}
    for one in those:
        if one.write is not None and one.name != UNPAUSED:
            written[one.name] = _over(one.write, [one.read(body) for body in data[:3]])
    return read, in_turns(written, rounds)


def _over(function: Callable[[Any], object], arguments: list[Any]) -> Callable[[], object]:
    """A call of ``function`` with the next argument at each turn."""
    turns = cycle(arguments)
    return lambda: function(next(turns))


def measure_growth(those: list[Contender], rounds: int) -> dict[str, dict[str, Timing]]:
    """The same lines in documents of several sizes, all sizes in turns."""
    data = {name: [make(name, edition).data for edition in range(_editions(name))] for name in _GROWTH}
    reading = {f"{name} parse {one.name}": _over(one.read, data[name]) for name in _GROWTH for one in those}
    # A tenth of a second each: many small documents next to one large one.
    times = in_turns(reading, rounds, sample=0.1, patience=60)
    # As before, no model is kept while documents are read.
    ours = next(one for one in those if one.name == OURS)
    assert ours.write is not None
    writing = {f"{name} serialize {OURS}": _over(ours.write, [ours.read(data[name][0])]) for name in _GROWTH}
    times |= in_turns(writing, rounds, sample=0.1, patience=60)
    kinds = [f"parse {one.name}" for one in those] + [f"serialize {OURS}"]
    return {kind: {name: times[f"{name} {kind}"] for name in _GROWTH} for kind in kinds}


# --- goals -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Goal:
    """A ratio that is to be reached: at most ``limit``, or at least if ``faster``."""

    text: str
    limit: float
    measured: float | None
    faster: bool = False

    @property
    def verdict(self) -> str:
        if self.measured is None:
            return "not measured"
        share = self.limit / self.measured if self.faster else self.measured / self.limit
        return "reached" if share <= 1 else "within 10 %" if share <= 1.1 else "missed"


def goals(measured: Measured) -> list[Goal]:
    found = []
    for name, limit in (("posr", 2.5), ("order-10", 3.0), ("order-100", 3.2)):
        ratio = measured.ratio("parse", name, UNPAUSED, FLOOR)
        found.append(Goal(f"parse {name}, times lxml.etree.fromstring, gc on", limit, ratio))
    for peer, limit in (("xmltodict", 2.5), ("pydantic-xml", 6), ("xsdata", 8)):
        for name in ("posr", "order-10", "order-100"):
            ratio = measured.ratio("parse", name, peer, UNPAUSED)
            found.append(Goal(f"parse {name}, times faster than {peer}", limit, ratio, faster=True))
    for name in ("posr", "order-10", "order-100"):
        ratio = measured.ratio("serialize", name, OURS, FLOOR)
        found.append(Goal(f"serialize {name}, times lxml.etree.tostring of the ready tree", 3.5, ratio))
    shares = [
        measured.serialize[name][OURS].minimum / measured.parse[name][OURS].minimum
        for name in measured.parse
        if OURS in measured.serialize.get(name, {})
    ]
    found.append(Goal("serialize, times our own parse, worst document", 1.0, max(shares, default=None)))
    for kind in (f"parse {OURS}", f"parse {UNPAUSED}", f"serialize {OURS}"):
        found.append(Goal(f"time per line at 10 000 lines, times that at 100: {kind}", 1.3, _growth(measured, kind)))
    return found


def _growth(measured: Measured, kind: str) -> float | None:
    times = measured.growth.get(kind)
    return times["order-10000"].ratio(times["order-100"]) / 100 if times else None


# --- printing ----------------------------------------------------------------------------------------------


def show_document(document: Document, verdicts: dict[str, str], measured: Measured) -> None:
    print(f"\n{document.name}: {len(document.data):,} bytes, {document.elements:,} elements")
    reading, writing = measured.parse[document.name], measured.serialize[document.name]
    print(f"  {'':28}{'parse':>11}{'median':>11}{'ns/el':>8}{'ratio':>7}", end="")
    print(f"   {'serialize':>11}{'median':>11}{'ns/el':>8}{'ratio':>7}   result")
    for name, took in reading.items():
        print(f"  {name:28}{_figures(took, reading[FLOOR], document)}", end="")
        write = writing.get(name)
        print(f"   {_figures(write, writing[FLOOR], document) if write else '':37}   {verdicts[name] or 'right'}")


def _figures(took: Timing, floor: Timing, document: Document) -> str:
    each = took.minimum / document.elements
    return f"{_span(took.minimum):>11}{_span(took.median):>11}{each:8.0f}{took.ratio(floor):7.2f}"


def _span(nanoseconds: float) -> str:
    return f"{nanoseconds / 1e3:,.1f} µs" if nanoseconds < 1e6 else f"{nanoseconds / 1e6:,.2f} ms"


def show_growth(measured: Measured) -> None:
    print(f"\n{'µs per line':36}" + "".join(f"{name:>13}" for name in _GROWTH) + f"{'last : first':>15}")
    for kind, times in measured.growth.items():
        shown = [times[name].minimum / 1e3 / int(name.removeprefix("order-")) for name in _GROWTH]
        print(f"  {kind:34}" + "".join(f"{value:13.2f}" for value in shown) + f"{_growth(measured, kind):15.2f}")


def show_goals(found: list[Goal]) -> None:
    print(f"\n{'goal':76}{'limit':>8}{'measured':>10}  verdict")
    for goal in found:
        measured = "" if goal.measured is None else f"{goal.measured:.2f}"
        sign = "≥" if goal.faster else "≤"
        print(f"  {goal.text:74}{sign:>3} {goal.limit:4}{measured:>10}  {goal.verdict}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="3 rounds of documents up to 100 lines, no growth")
    options.add_argument("--json", metavar="FILE", type=Path, help="write all figures to FILE")
    options.add_argument("--documents", metavar="A,B", help="only these; growth counts as one")
    options.add_argument("--rounds", type=int, default=60, help="for documents up to 200 lines; default 60")
    options.add_argument("--no-peers", action="store_true", help="only this library and lxml")
    chosen = options.parse_args()

    names = chosen.documents.split(",") if chosen.documents else [*DOCUMENTS, "growth"]
    if chosen.quick:
        names = [name for name in names if name not in (*_ROUNDS, "growth")]
    rounds = 3 if chosen.quick else chosen.rounds
    those, missing = contenders(peers=not chosen.no_peers)
    print(f"{platform.python_implementation()} {platform.python_version()}, ", end="")
    print(f"lxml {etree.__version__}, attrs {attrs.__version__}, gc thresholds {gc.get_threshold()}")
    for name in missing:
        print(f"{name}: not installed")

    measured = Measured({}, {}, {})
    for name in names:
        if name == "growth":
            measured.growth = measure_growth([one for one in those if one.name in (FLOOR, OURS, UNPAUSED)], 7)
            show_growth(measured)
            continue
        document = make(name)
        check_facts(document)
        verdicts = {one.name: check(one, document) for one in those}
        if verdicts[OURS] or verdicts[UNPAUSED]:
            raise SystemExit(f"{name}: {verdicts[OURS] or verdicts[UNPAUSED]}")
        turns = min(rounds, _ROUNDS.get(name, rounds))
        editions = 1 if chosen.quick else _editions(name)
        measured.parse[name], measured.serialize[name] = measure(name, those, turns, editions)
        show_document(document, verdicts, measured)
    found = goals(measured)
    show_goals(found)
    if chosen.json:
        figures = {"measured": asdict(measured), "goals": [{**asdict(goal), "verdict": goal.verdict} for goal in found]}
        chosen.json.write_text(json.dumps(figures, indent=1), "utf-8")


if __name__ == "__main__":
    main()
