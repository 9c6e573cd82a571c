"""Measure what a cold start costs: a fresh Python imports the package and serves one PunchOutSetupRequest.

    python bench/imports.py [--rounds N] [--json FILE]

Every figure is the median of fresh processes, and the programs take turns. The time of the interpreter itself and of
lxml and attrs, which any program of this kind would import, is measured beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from documents import make

#: Milliseconds over ``import lxml.etree, attrs`` for the import and the first request.
GOAL = 60.0

_SOURCE = Path(__file__).resolve().parents[1] / "src"

_BASE = "import lxml.etree, attrs\n"
_SERVE = """
import datetime, pathlib
from cxml_punchout.models import CXML, PunchOutSetupResponse, Response, StartPage, Status
request = cxml_punchout.parse(pathlib.Path(sys.argv[1]).read_bytes())
assert request.payload.operation == "create"
answer = CXML(
    payload_id="1@shop.example.com",
    timestamp=datetime.datetime(2026, 9, 21, 12, 0, tzinfo=datetime.timezone.utc),
    response=Response(
        status=Status(code=200, text="OK"),
        payload=PunchOutSetupResponse(start_page=StartPage(url="https://shop.example.com/?s=1")),
    ),
)
assert b"https://shop.example.com/?s=1" in cxml_punchout.serialize(answer)
"""
_PROGRAMS = {
    "python -c pass": "",
    "import lxml.etree, attrs": _BASE,
    "... and cxml_punchout": _BASE + "import cxml_punchout\n",
    "... and serve one request": _BASE + "import cxml_punchout\n" + _SERVE,
}


def measure(rounds: int) -> dict[str, dict[str, float]]:
    """Milliseconds and number of modules of each program."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    times: dict[str, list[float]] = {name: [] for name in _PROGRAMS}
    modules: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as place:
        # An installed package is compiled; so is this checkout, but nothing is written into it.
        environment |= {"PYTHONPATH": str(_SOURCE), "PYTHONPYCACHEPREFIX": str(Path(place, "compiled"))}
        request = Path(place, "request.xml")
        request.write_bytes(make("posr").data)

        def run(program: str, *options: str) -> str:
            command = [sys.executable, *options, "-c", f"import sys\n{program}", str(request)]
            return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout

        for name, program in _PROGRAMS.items():
            # This first time leaves the compiled files behind.
            modules[name] = int(run(program + "\nprint(len(sys.modules))"))
        for _ in range(rounds):
            for name, program in _PROGRAMS.items():
                start = perf_counter()
                run(program)
                times[name].append((perf_counter() - start) * 1e3)
    return {
        name: {"median": statistics.median(took), "minimum": min(took), "modules": modules[name]}
        for name, took in times.items()
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=20, help="fresh processes for each program; default 20")
    options.add_argument("--json", metavar="FILE", type=Path, help="write the figures to FILE")
    chosen = options.parse_args()

    found = measure(chosen.rounds)
    base = found["import lxml.etree, attrs"]
    print(f"{'ms of a fresh process':28}{'median':>9}{'minimum':>9}{'over base':>11}{'modules':>9}")
    for name, figures in found.items():
        over = figures["median"] - base["median"]
        print(f"  {name:26}{figures['median']:9.1f}{figures['minimum']:9.1f}{over:+11.1f}{figures['modules']:9}")
    over = found["... and serve one request"]["median"] - base["median"]
    verdict = "reached" if over <= GOAL else "missed"
    print(f"\ngoal: import and serve one request, ms over lxml.etree and attrs  ≤ {GOAL:g}   {over:.1f}   {verdict}")
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1), "utf-8")


if __name__ == "__main__":
    main()
