"""Whether twice the input costs twice as much, whatever stands in it twice as often: every function x every thing.

    python bench/growth.py                       the whole table at 64 KB, 256 KB and 1 MB; half an hour
    python bench/growth.py --functions validate --things "new elements"
    python bench/growth.py --octets 8000         n, 4n and 16n, from n = 8000 octets
    python bench/growth.py --alone               only memory, at 1 MB, each pair in a process of its own

A row that grows faster than its input, costs more than a second for a megabyte, or takes more than twenty times its
input of memory is marked.
``tests/test_growth.py`` runs the same table at small sizes and looks at ratios only, for seconds depend on the machine.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import gc
import io
import json
import logging
import os
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import attrs
from hostile import SECRET, THINGS, Thing, order

from cxml_punchout import (
    Buyer,
    CXMLError,
    Endpoint,
    MemoryStore,
    Partner,
    compare_order,
    parse,
    read_form,
    redact,
    validate,
)
from cxml_punchout.cli import formats
from cxml_punchout.cli import main as command
from cxml_punchout.mime import unpack
from cxml_punchout.models import OrderRequest, PunchOutOrderMessage, PunchOutSetupRequest
from cxml_punchout.summary import summarize
from cxml_punchout.trust.secrets import Secret

__all__ = ["FUNCTIONS", "SLACK", "Cost", "alone", "grows", "measured", "peak"]

_NOW = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
_PARTNER = Partner(
    sender_domain="DUNS",
    supplier_domain="DUNS",
    from_identity="418257396",
    to_identity="604417289",
    sender_identity="418257396",
    shared_secret=Secret(SECRET),
    punchout_url="https://shop.example/punchout",
    purchase_order_url="https://shop.example/orders",
)
_WRONG = b"Quite-another-one-256"
assert len(_WRONG) == len(SECRET)

#: What may be taken of memory: so many times the input, and what a first look at anything takes.
MEMORY = 20
SLACK = 3_000_000
#: Seconds for a megabyte, before anybody has proved to be anybody.
SECONDS = 1.0
#: Four times the input may take so many times the time; a busy machine adds to it.
FACTOR = 10.0
#: Below so many seconds, and below so many for a megabyte, a time says nothing: there are steps, and other programs.
FLOOR = 0.02
FLOOR_OF_A_MEGABYTE = 0.15


# --- the functions -----------------------------------------------------------------------------------------


def _handlers(_: object) -> int:
    return 200


_HANDLERS = {PunchOutSetupRequest: _handlers, OrderRequest: _handlers}


def _endpoint() -> Endpoint:
    return Endpoint(MemoryStore([_PARTNER]), clock=lambda: _NOW)


def _stranger(data: bytes, content_type: str) -> None:
    _endpoint().handle(data.replace(SECRET.encode(), _WRONG), content_type, _HANDLERS)


def _partner(data: bytes, content_type: str) -> None:
    _endpoint().handle(data, content_type, _HANDLERS)


def _validating(data: bytes, _: str) -> None:
    report = validate(data)
    str(report), report.render("a.xml", color=True, width=60), report.to_json()
    checked = formats.Checked("a.xml", report)
    formats.as_github(checked), formats.as_sarif([checked])


def _reading_base64(data: bytes, _: str) -> None:
    read_form({"cxml-base64": b64encode(data).decode()})


def _commands(*names: str) -> Callable[[bytes, str], None]:
    def run(data: bytes, _: str) -> None:
        with tempfile.TemporaryDirectory() as place:
            file = Path(place, "a.xml")
            file.write_bytes(data)
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                command([*names, str(file)])

    return run


_KNOWN = parse(order(), mode="tolerant").payload.item_out


def _comparing(data: bytes, _: str) -> None:
    payload = parse(data, mode="tolerant").payload
    if isinstance(payload, OrderRequest):
        compare_order((), payload.item_out), compare_order((), (*payload.item_out, *_KNOWN))
    elif isinstance(payload, PunchOutOrderMessage):
        compare_order(payload.item_in, _KNOWN)


FUNCTIONS: dict[str, Callable[[bytes, str], object]] = {
    "handle, a stranger": _stranger,
    "handle, a partner": _partner,
    "parse": lambda data, _: parse(data),
    "parse, tolerant": lambda data, _: parse(data, mode="tolerant"),
    "validate": _validating,
    "redact": lambda data, _: redact(data),
    "unpack": unpack,
    "read_form": lambda data, _: read_form({"cxml-urlencoded": data.decode("utf-8", "replace")}),
    "read_form, base64": _reading_base64,
    "read_reply": lambda data, content_type: Buyer(_PARTNER).read_reply(data, content_type),
    "summarize": lambda data, _: summarize(parse(data, mode="tolerant")),
    "show": _commands("show"),
    "check": _commands("check"),
    "compare_order": _comparing,
}


# --- measuring ---------------------------------------------------------------------------------------------


@attrs.frozen
class Cost:
    """What a function took for the three sizes: seconds of the processor, and octets of memory at the largest."""

    function: str
    thing: str
    octets: tuple[int, int, int]
    seconds: tuple[float, float, float]
    memory: int
    slack: int

    @property
    def factor(self) -> float:
        """How many times the time four times the input takes; 0 if it takes none worth a look."""
        _, middle, large = self.seconds
        if large < max(FLOOR, FLOOR_OF_A_MEGABYTE * self.octets[2] / 1e6):
            return 0.0
        return large / max(middle, 1e-4) * 4 / (self.octets[2] / self.octets[1])

    @property
    def a_megabyte(self) -> float:
        return self.seconds[2] / self.octets[2] * 1e6 if self.seconds[2] >= FLOOR else 0.0

    @property
    def times(self) -> float:
        """How many times the input its memory is."""
        return max(0, self.memory - self.slack) / self.octets[2]

    @property
    def grows(self) -> bool:
        return self.factor > FACTOR or self.times > MEMORY


def _input(function: str, data: bytes) -> int:
    """Octets of what a function gets: three of a document are four of base64."""
    return len(data) * 4 // 3 if function.endswith("base64") else len(data)


def _took(call: Callable[[], object]) -> float:
    begin = time.process_time()
    with contextlib.suppress(CXMLError):
        call()
    return time.process_time() - begin


def peak(call: Callable[[], float]) -> tuple[float, int]:
    """What a call gives, and how many octets it takes of the memory of the process at most.

    The octets are 0 where Linux does not tell.
    """
    status, mark = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    if not status.exists() or not mark.exists():
        return call(), 0
    _trim()
    mark.write_text("5")  # the peak begins anew
    before = _of(status, "VmRSS")
    return call(), _of(status, "VmHWM") - before


def _of(status: Path, name: str) -> int:
    return int(status.read_text().split(f"{name}:")[1].split()[0]) * 1024


def _trim() -> None:
    # What was freed and not given back would hide as much as is taken next, or be counted with it where threads have
    # pools of their own.
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL("libc.so.6")
        library.mallopt(_ARENA_MAX, 1)
        library.malloc_trim(0)


_ARENA_MAX = -8


def measured(function: str, thing: Thing, octets: int, *, slack: int = SLACK) -> Cost:
    """What a function takes for a thing at n, 4n and 16n octets; ``slack`` octets of memory do not count."""
    call = FUNCTIONS[function]
    small, middle, large = (thing.sized(octets * times) for times in (1, 4, 16))
    seconds = [_took(lambda data=data: call(data, thing.content_type)) for data in (small, middle)]
    last, most = peak(lambda: _took(lambda: call(large, thing.content_type)))
    sizes = _input(function, small), _input(function, middle), _input(function, large)
    return Cost(function, thing.name, sizes, (seconds[0], seconds[1], last), most, slack)


def alone(function: str, thing: Thing, octets: int) -> float:
    """How many times its input a function takes of memory in a process that has done little before, nothing aside."""
    call = FUNCTIONS[function]
    data = thing.sized(octets)
    back, told = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            for first in (thing.sized(1000), order().encode()):  # what is done once in a process does not count
                _took(lambda first=first: call(first, thing.content_type))
            _, most = peak(lambda: _took(lambda: call(data, thing.content_type)))
            os.write(told, b"%d" % most)
        finally:
            os._exit(0)
    os.close(told)
    with open(back, "rb") as answer:
        most = int(answer.read() or MEMORY * 10 * octets)  # it died
    os.waitpid(child, 0)
    return most / _input(function, data)


def grows(cost: Cost) -> str:
    """What is wrong with the growth, "" if nothing.

    What looks bad is measured again with four times as much: a step, such as the size from which documents are
    weighed, or the room for a full report, is none any more then, and what really grows has grown.
    """
    smallest = cost.octets[0]
    for _ in range(3):
        if not cost.grows:
            return ""
        gc.collect()
        cost = measured(cost.function, THINGS[cost.thing], 4 * smallest, slack=cost.slack)
    return _told(cost) if cost.grows else ""


def _told(cost: Cost) -> str:
    times = " ".join(f"{each:.3f}" for each in cost.seconds)
    return f"{cost.function} x {cost.thing}: {times} s, x{cost.factor:.1f}; memory {cost.times:.0f} x the input"


# --- the table ---------------------------------------------------------------------------------------------


def _rows(functions: str, things: str, octets: int) -> Iterator[Cost]:
    for name in FUNCTIONS:
        for thing in THINGS.values():
            if functions in name and things in thing.name:
                yield measured(name, thing, octets)


def _alone(functions: str, things: str) -> int:
    """Print what each pair takes of memory, the hungriest first; tells how many take too much."""
    rows = [
        (alone(name, thing, 1_000_000), name, thing.name)
        for name in FUNCTIONS
        for thing in THINGS.values()
        if functions in name and things in thing.name
    ]
    for times, name, thing in sorted(rows, reverse=True):
        print(f"{name:20} {thing[:44]:44} {times:7.1f}x")
    return sum(times > MEMORY + SLACK / 1e6 for times, _, _ in rows)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--functions", default="", help="only those with this in their name")
    options.add_argument("--things", default="", help="only those with this in their name")
    options.add_argument("--octets", type=int, default=64_000, help="the smallest size")
    options.add_argument("--worst", type=int, default=40, help="how many rows of each kind to print; 0 is all")
    options.add_argument("--alone", action="store_true", help="only memory, at 1 MB, each in a process of its own")
    options.add_argument("--json", metavar="FILE", type=Path, help="write all rows to FILE")
    chosen = options.parse_args()
    logging.disable(logging.CRITICAL)
    if chosen.alone:
        sys.exit(min(1, _alone(chosen.functions, chosen.things)))

    rows = list(_rows(chosen.functions, chosen.things, chosen.octets))
    if chosen.json:
        chosen.json.write_text(json.dumps([attrs.asdict(row) for row in rows]))
    bad = [row for row in rows if grows(row) or row.a_megabyte > SECONDS]
    shown = rows if chosen.worst == 0 else _worst(rows, chosen.worst)
    print(f"{'function':20} {'thing':44} {'s/MB':>6} {'4n':>5} {'memory':>7}")
    for row in shown:
        mark = "  <--" if row in bad else ""
        print(f"{row.function:20} {row.thing[:44]:44} {row.a_megabyte:6.2f} {row.factor:5.1f} {row.times:6.0f}x{mark}")
    print(f"{len(rows)} pairs of {len(FUNCTIONS)} functions and {len(THINGS)} things; beyond the budget: {len(bad)}")
    sys.exit(1 if bad else 0)


def _worst(rows: list[Cost], number: int) -> list[Cost]:
    chosen: dict[int, Cost] = {}
    for key in (lambda row: row.a_megabyte, lambda row: row.factor, lambda row: row.times):
        chosen |= {id(row): row for row in sorted(rows, key=key, reverse=True)[:number]}
    return sorted(chosen.values(), key=lambda row: row.a_megabyte, reverse=True)


if __name__ == "__main__":
    main()
