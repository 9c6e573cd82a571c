"""Measure what it costs to authenticate a request that is already parsed, among many partners.

    python bench/trust.py [--partners N] [--rounds N] [--json FILE]

In memory, and in SQLite with its index (needs the extra ``sql``). Each call takes another partner. Beside a right
secret a wrong one and an unknown sender are measured: they should cost about the same.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))  # this checkout, not what may be installed

from timing import Timing, in_turns

from cxml_punchout import AuthenticationError, Partner, authenticate, parse
from cxml_punchout.trust.secrets import Secret
from cxml_punchout.trust.stores.memory import MemoryStore
from cxml_punchout.trust.stores.sql import SqlStore

#: Microseconds for a right secret, median.
GOALS = {"memory": 50.0, "sqlite": 500.0}

_NOW = datetime(2026, 5, 6, 12, 0, tzinfo=UTC)
_SECRET = "bench-secret-9"
_VARIABLE = "CXML_BENCH_SECRET"
_TEXT = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.045/cXML.dtd">
<cXML payloadID="1@buy.example.net" timestamp="2026-05-06T12:00:00+00:00"><Header>
<From><Credential domain="NetworkID"><Identity>AN{0:011}</Identity></Credential></From>
<To><Credential domain="DUNS"><Identity>942888710</Identity></Credential></To>
<Sender><Credential domain="NetworkId"><Identity>AN{0:011}</Identity><SharedSecret>{1}</SharedSecret></Credential>
<UserAgent>Bench</UserAgent></Sender></Header><Request deploymentMode="production">
<PunchOutSetupRequest operation="create"><BuyerCookie>c</BuyerCookie></PunchOutSetupRequest></Request></cXML>"""


def _partner(number: int, secret: str | Secret) -> Partner:
    return Partner(
        sender_domain="NetworkID",
        supplier_domain="DUNS",
        from_identity=f"AN{number:011}",
        to_identity="942888710",
        sender_identity=f"AN{number:011}",
        shared_secret=secret,
    )


def _requests(numbers: list[int], secret: str) -> Callable[[], Any]:
    documents = [parse(_TEXT.format(number, secret)) for number in numbers]
    return cycle(documents).__next__


def _accept(requests: Callable[[], Any], store: Any) -> Callable[[], object]:
    def call() -> object:
        return authenticate(requests(), store, now=_NOW)

    return call


def _refuse(requests: Callable[[], Any], store: Any) -> Callable[[], object]:
    def call() -> None:
        try:
            authenticate(requests(), store, now=_NOW)
        except AuthenticationError:
            return
        raise AssertionError("nobody was to be let in")

    return call


def measure(count: int, rounds: int, place: Path) -> dict[str, Timing]:
    """Nanoseconds of each kind of request: ``memory, right secret`` and so on."""
    import sqlalchemy as sa

    os.environ[_VARIABLE] = _SECRET
    # Every other number, so that unknown names stand among the known ones and not all behind them in one page.
    numbers = range(0, 2 * count, 2)
    memory = MemoryStore(_partner(number, f"{_SECRET}") for number in numbers)
    engine = sa.create_engine(f"sqlite:///{place / 'partners.db'}")
    sqlite = SqlStore(engine)
    sqlite.create_tables()
    with engine.begin() as connection:
        # One transaction for all, where add() makes one for each.
        from cxml_punchout.trust.records import record_of

        for number in numbers:
            sqlite._insert(connection, record_of(_partner(number, Secret.from_env(_VARIABLE))))
    sqlite = SqlStore(engine)  # nothing is remembered from the filling
    chosen = random.Random(7).sample(numbers, min(count, 1000))
    right, wrong = _requests(chosen, _SECRET), _requests(chosen, "wrong")
    unknown = _requests([number + 1 for number in chosen], _SECRET)
    cases: dict[str, Callable[[], object]] = {}
    for name, store in (("memory", memory), ("sqlite", sqlite)):
        cases[f"{name}, right secret"] = _accept(right, store)
        cases[f"{name}, wrong secret"] = _refuse(wrong, store)
        cases[f"{name}, unknown sender"] = _refuse(unknown, store)
    return in_turns(cases, rounds)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--partners", type=int, default=10_000, help="how many partners there are; default 10000")
    options.add_argument("--rounds", type=int, default=100, help="samples of each kind; default 100")
    options.add_argument("--json", metavar="FILE", type=Path, help="write the figures to FILE")
    chosen = options.parse_args()

    with tempfile.TemporaryDirectory() as place:
        found = measure(chosen.partners, chosen.rounds, Path(place))
    print(f"{f'µs of a request, {chosen.partners} partners':36}{'median':>9}{'minimum':>9}")
    for name, timing in found.items():
        print(f"  {name:34}{timing.median / 1e3:9.1f}{timing.minimum / 1e3:9.1f}")
    print()
    for store in GOALS:
        ratio = found[f"{store}, wrong secret"].ratio(found[f"{store}, unknown sender"])
        print(f"a wrong secret takes {ratio:.2f} times as long as an unknown sender: {store}")
    for store, goal in GOALS.items():
        median = found[f"{store}, right secret"].median / 1e3
        print(f"goal: {store:8} ≤ {goal:g} µs   {median:.1f}   {'reached' if median <= goal else 'missed'}")
    if chosen.json:
        chosen.json.write_text(json.dumps({name: asdict(timing) for name, timing in found.items()}, indent=1), "utf-8")


if __name__ == "__main__":
    main()
