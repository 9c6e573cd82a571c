"""Twenty thousand lawful rarities and twenty thousand mutants through all that is public; and whether the harness sees.

Every document goes through ``parse``, ``validate`` and ``Endpoint``, each rarity is compared with what it was made
from, and every third document goes through one of the other targets in turn. The documents are the same in every run:
``python -m tests.fuzz --at rarity:0:4711`` makes one of them again and shows what became of it.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

import growing
import pytest
import repeating
import running
import targets
from at_hand import ROOT
from growing import Grown, grown
from lxml import etree
from productions import PRODUCTIONS
from rarities import Writer, rarity
from repeating import Repeated
from running import Given, failing, given, run, shrunk
from seeds import Seed, partners, root_of, seeds, stored
from targets import BETWEEN, CORE, OTHERS, TARGETS, answered

from cxml_punchout import endpoint, parse, tree

# A cart repeats the cookie of the request, and a mutant's may be anything. Coverage is for the other tests to say.
pytestmark = pytest.mark.unapproved

#: How many of each kind there are, and how many of them in a run of some seconds.
MANY, FEW, EACH = 20_000, 200, 600
CHUNKS = [(start, min(start + EACH, MANY)) for start in range(FEW, MANY, EACH)]


# --- the documents -------------------------------------------------------------------------------------------------


def _faultless(documents: Iterator[Given]) -> None:
    kinds: dict[tuple[str, str], list[str]] = {}
    for failure in run(documents):
        kinds.setdefault((failure.target, failure.kind), []).append(
            f"{failure.given.kind}:{failure.given.number} ({failure.given.made})"
        )
    told = [f"{len(found)} x {target}: {kind}\n    first {found[0]}" for (target, kind), found in kinds.items()]
    assert not kinds, "\n".join(told)


@pytest.mark.parametrize("kind", ["rarity", "mutant"])
def test_no_document_does_harm(kind: str) -> None:
    _faultless(given(kind, 0, number) for number in range(FEW))


@pytest.mark.slow
@pytest.mark.parametrize("chunk", CHUNKS, ids=lambda chunk: f"{chunk[0]}-{chunk[1]}")
@pytest.mark.parametrize("kind", ["rarity", "mutant"])
def test_no_document_of_very_many_does_harm(kind: str, chunk: tuple[int, int]) -> None:
    _faultless(given(kind, 0, number) for number in range(*chunk))


@pytest.mark.parametrize("seed", [pytest.param(seed, id=seed.name) for seed in stored()])
@pytest.mark.parametrize("target", TARGETS)
def test_what_once_made_trouble_does_none(seed: Seed, target: str) -> None:
    with running.silent():
        TARGETS[target](seed.octets)


# --- the generator of lawful rarities ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PRODUCTIONS)
def test_what_is_called_lawful_is_read_by_libxml2_and_says_the_same(name: str) -> None:
    made = 0
    for number in range(400):
        chance = random.Random(f"alone {number}")
        rare = Writer(chance, frozenset({name})).document(chance.choice(seeds()))
        if rare.productions != (name,):
            continue
        made += 1
        if rare.lawful:
            root_of(rare.octets)
            if rare.same:
                assert running.said(rare.octets) == running.said(rare.seed.octets)
        if made == 4:
            break
    assert made == 4, f"{name} finds no place in any document"


def test_what_is_not_called_lawful_is_often_refused_by_libxml2() -> None:
    # Else the mark would mean nothing. Some are read: what is declared falsely may be right for these octets.
    refused = Counter[bool]()
    for name in (name for name, production in PRODUCTIONS.items() if not production.lawful):
        chance = random.Random(name)
        rare = Writer(chance, frozenset({name})).document(chance.choice(seeds()))
        try:
            root_of(rare.octets)
            refused[False] += 1
        except (etree.XMLSyntaxError, ValueError):
            refused[True] += 1
    assert refused[True] > refused[False]


@pytest.mark.slow
def test_every_production_is_tried_many_times() -> None:
    used = Counter[str]()
    for number in range(MANY // 2):
        used.update(rarity(random.Random(f"rarity 0 {number}")).productions)
    assert {name: used[name] for name in PRODUCTIONS if used[name] < 8} == {}


def test_a_document_has_one_number_in_every_process() -> None:
    asked = (
        "from zlib import crc32; from running import given; "
        "print([crc32(given(kind, 3, number).octets) for kind in ('rarity', 'mutant') for number in range(20)])"
    )
    told = set()
    for hashes in ("1", "2"):
        paths = os.pathsep.join((str(ROOT / "tests"), str(ROOT / "tests" / "fuzz"), *sys.path))
        environment = {**os.environ, "PYTHONHASHSEED": hashes, "PYTHONPATH": paths}
        done = subprocess.run(
            [sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True
        )
        told.add(done.stdout)
    assert len(told) == 1


def test_documents_get_as_far_as_the_handlers() -> None:
    # A harness whose documents are all turned away at the door tries the door alone.
    with running.silent():
        statuses = Counter(answered(seed.octets).status for seed in seeds() if not seed.name.startswith("built/"))
    assert len(partners()) > 10
    assert statuses[200] + statuses[201] >= 20, statuses


# --- whether the harness sees --------------------------------------------------------------------------------------


def test_each_target_is_tried_with_documents_in_turn() -> None:
    tried = Counter(name for place in range(3 * len(OTHERS) * 6) for name in running.steps(place))
    assert tried.keys() == {*TARGETS, *running.COMPARED}
    assert all(tried[name] == 3 * len(OTHERS) * 6 for name in CORE)


@pytest.mark.parametrize("target", [name for name in TARGETS if name not in ("redact", "unpack")])
def test_a_planted_fault_is_seen(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(*arguments: object, **options: object) -> None:
        raise KeyError("planted")

    setup = (ROOT / "examples/documents/valid/precoro-setup-request.xml").read_bytes()
    monkeypatch.setattr(tree, "_parse", faulty)
    if target == "message":
        setup = b"text/xml\n" + setup
    with running.silent():
        assert failing(target, setup)


def test_a_secret_that_shows_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    setup = (ROOT / "examples/documents/valid/precoro-setup-request.xml").read_bytes()
    with running.silent():
        assert not failing("secrets", setup)
        monkeypatch.setattr(targets, "redact", lambda document, **_: str(document))
        assert failing("secrets", setup) == "Violated (a secret stands in redact) in the test"


def test_a_fault_behind_the_door_is_seen_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(*arguments: object, **options: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(endpoint, "authenticate", faulty)
    failures = list(run([Given("mutant", "0:0", seeds()[0].octets, "nothing")], ["endpoint"]))
    assert [(failure.target, failure.kind.split(" (")[0]) for failure in failures] == [
        ("endpoint", "ZeroDivisionError")
    ]
    assert "faulty" in failures[0].text


def test_a_document_that_says_the_same_must_be_answered_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    document = given("rarity", 0, 0)
    assert document.rarity is not None
    seed = next(seed for seed in seeds() if seed.name == "valid/precoro-order.xml")
    same = Writer(random.Random(1), frozenset({"tag-quotes"})).document(seed)
    running.alike(Given("rarity", "", same.octets, "", same))
    other = Given("rarity", "", same.octets, "", same)
    monkeypatch.setattr(running, "parse", lambda body, mode: parse(seeds()[0].octets, mode=mode))
    with pytest.raises(targets.Violated, match="read as another one"):
        running.alike(other)


def test_a_failing_document_is_made_small() -> None:
    data = b"a" * 1000 + b"<fault/>" + b"b" * 1000
    assert shrunk(data, lambda less: b"<fault/>" in less) == b"<fault/>"


def test_what_grows_with_the_square_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    document = Grown("", b"<a>", b"<b/>", b"</a>")
    assert len(document.of(1000)) == 1007
    assert len(grown(random.Random(1)).of(50_000)) > 40_000
    spent = 0.0

    def square(data: bytes) -> None:
        nonlocal spent
        spent += (len(data) / 60_000) ** 2

    monkeypatch.setattr(growing.time, "process_time", lambda: spent)
    assert growing.slow(square, document) == "1.00 s for 60 kB and 4.00 s for 120 kB"
    assert growing.slow(lambda data: None, document) == ""


@pytest.mark.slow
def test_nothing_repeated_takes_more_than_its_share_of_time() -> None:
    # Growth alone is judged here; make fuzz ARGS=--repeat goes on for hours, and tells what is dear as well.
    with running.silent():
        found = [f"{said}: {text}" for text, said, _ in repeating.tried(0, 10) if said]
    assert not found, "\n".join(found)


def test_each_function_gets_texts_that_repeat() -> None:
    texts = [repeating.repeated(random.Random(number)) for number in range(300)]
    assert {text.function for text in texts} == repeating.FUNCTIONS.keys()
    assert all(text.size <= len(text.of(text.size)) + len(text.piece) for text in texts)
    assert repeating.repeated(random.Random(1), ("form",)).function == "form"


def test_a_function_that_takes_the_square_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    spent = 0.0

    def square(text: str) -> None:
        nonlocal spent
        spent += (len(text) / 30_000) ** 2

    def straight(text: str) -> None:
        nonlocal spent
        spent += len(text) / 10_000

    monkeypatch.setattr(repeating.time, "thread_time", lambda: spent)
    text = Repeated("form", "<", "ab", ">", 30_000)
    monkeypatch.setitem(repeating.FUNCTIONS, "form", ((), square))
    said, cost = repeating.slow(text)
    assert said == "1000, 4000, 16001 ms for 30002, twice and four times as many"
    assert 33 < cost < 34
    monkeypatch.setitem(repeating.FUNCTIONS, "form", ((), straight))
    assert repeating.slow(text)[0] == ""
    monkeypatch.setitem(repeating.FUNCTIONS, "form", ((), len))
    assert repeating.slow(text) == ("", 0)


def test_the_command_tries_documents_for_some_seconds() -> None:
    command = [sys.executable, "-m", "tests.fuzz", "--seconds", "1", "--target", "redact", "--seed", "4"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "0 failures of 0 kinds, seed 4" in done.stdout


def test_the_command_says_what_is_missing_for_coverage() -> None:
    code = (
        "import runpy, sys; sys.modules['atheris'] = None; sys.argv = ['fuzz', 'parse']; "
        "runpy.run_module('tests.fuzz', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "atheris is not installed" in done.stdout


def test_two_documents_can_be_given_at_once() -> None:
    order = (ROOT / "examples/documents/valid/precoro-order.xml").read_bytes()
    cart = (ROOT / "examples/documents/valid/precoro-cart.xml").read_bytes()
    targets.orders(cart + BETWEEN + order)
