"""Whatever is repeated in what a stranger sends: sixteen times the input costs sixteen times as much, and no more.

The table is that of ``bench/growth.py``: public functions x things that are repeated. Looked at are ratios of
processor time with a wide margin, and the memory of the process; what is too much is measured again, with more.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from cxml_punchout import CXMLError, unheard, validate

BENCH = Path(__file__).resolve().parents[1] / "bench"
sys.path.insert(0, str(BENCH))
try:
    import growth
    import hostile
finally:
    sys.path.remove(str(BENCH))

#: Octets of the smallest of three inputs; the largest is sixteen times as large.
SMALLEST = 4_000
#: What a document of so little may take in any case, tree, objects and report, and what is never given back.
SLACK = 12_000_000
PARTS = 4
THINGS = list(hostile.THINGS.values())


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    # What other tests have left in this process is not for the collector to look at while we measure.
    gc.collect()
    gc.freeze()
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("function", growth.FUNCTIONS)
def test_nothing_grows_faster_than_what_is_sent(function: str, part: int) -> None:
    things = THINGS[part::PARTS]
    growth.measured(function, things[0], SMALLEST)  # what is done once in a process does not count
    told = [growth.grows(growth.measured(function, thing, SMALLEST, slack=SLACK)) for thing in things]
    assert not [each for each in told if each]


#: What argparse and the encoder of JSON leave behind is theirs.
WITHOUT_CIRCLES = {
    **{name: call for name, call in growth.FUNCTIONS.items() if name not in ("validate", "show", "check")},
    "validate, a text": lambda data, _: str(validate(data)),
}


@pytest.mark.thorough
@pytest.mark.parametrize("met", ["little", "too much"])
@pytest.mark.parametrize("function", WITHOUT_CIRCLES)
def test_nothing_that_was_read_or_refused_waits_for_the_collector(
    function: str, met: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if met == "too much":  # names, so that other threads read
        monkeypatch.setattr(unheard._met, "octets", unheard._MOST)
    call = WITHOUT_CIRCLES[function]
    inputs = [(thing.sized(2000), thing.content_type) for thing in THINGS]
    for _ in range(2):  # what is done once in a process does not count
        gc.collect()
        gc.disable()
        try:
            for data, content_type in inputs:
                with contextlib.suppress(CXMLError):
                    call(data, content_type)
            left = gc.collect()
        finally:
            gc.enable()
    assert left == 0


def test_what_grows_with_the_square_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def quadratic(data: bytes, content_type: str) -> None:
        for at in range(0, len(data), 64):
            data.count(b"<", at)

    monkeypatch.setitem(growth.FUNCTIONS, "quadratic", quadratic)
    thing = hostile.THINGS["lines"]
    assert "quadratic x lines" in growth.grows(growth.measured("quadratic", thing, 2 * SMALLEST))


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="this system does not tell the peak of memory")
def test_what_takes_a_hundred_times_the_input_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(growth.FUNCTIONS, "greedy", lambda data, content_type: [data + b"x" for _ in range(100)])
    assert "memory" in growth.grows(growth.measured("greedy", hostile.THINGS["lines"], SMALLEST))


#: What takes the most; ``python bench/growth.py --alone`` tells of all.
HUNGRIEST = [
    ("validate", "lines with a bad quantity"),
    ("validate", "Extrinsics of a line"),
    ("parse, tolerant", "lines with a bad quantity"),
    ("parse, tolerant", "bare lines"),
    ("parse, tolerant", "minimal lines"),
    ("handle, a partner", "Comments"),
    ("show", "longer elements and text in beside"),
    ("summarize", "longer elements and text in end"),
]


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="this system does not tell the peak of memory")
@pytest.mark.thorough
@pytest.mark.parametrize(("function", "thing"), HUNGRIEST)
def test_the_hungriest_take_twenty_times_their_size(function: str, thing: str) -> None:
    # In a new process, for in this one there is room that others have left behind.
    command = [sys.executable, str(BENCH / "growth.py"), "--alone", "--functions", function, "--things", thing]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert function in done.stdout
    assert thing in done.stdout


def test_every_thing_can_be_repeated() -> None:
    for thing in THINGS:
        assert 0.5 < len(thing.sized(20_000)) / len(thing.sized(10_000)) / 2 < 1.3, thing.name


def test_the_table_is_printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ["growth.py", "--functions", "unpack", "--things", "parts", "--octets", "1000", "--worst", "0"]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit) as caught:
        growth.main()
    assert caught.value.code == 0
    assert "1 functions" not in capsys.readouterr().err
    assert isinstance(growth, ModuleType)
