"""Measure memory for each line of an order: the file, lxml's tree, our model, and the peak while it is read.

    python bench/memory.py [--json FILE]

Every figure comes from a fresh process. Python cannot see what libxml2 allocates, so the tree and the peak are taken
from the memory of the whole process, as Linux tells it; the model consists of Python objects only, which tracemalloc
counts to the byte.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from documents import make

_SOURCE = Path(__file__).resolve().parents[1] / "src"

_START = """
import gc, pathlib, sys
import cxml_punchout
from lxml import etree

parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
small = pathlib.Path(sys.argv[2]).read_bytes()
etree.fromstring(small, parser)
cxml_punchout.parse(small)  # what is compiled and imported at first use is no memory of a line
data = pathlib.Path(sys.argv[1]).read_bytes()

def peak():
    status = pathlib.Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024

gc.collect()
"""
_PROGRAMS = {
    "lxml tree": "before = peak(); kept = etree.fromstring(data, parser); print(peak() - before)",
    "our model": """
import tracemalloc
tracemalloc.start()
kept = cxml_punchout.parse(data)
gc.collect()
print(tracemalloc.get_traced_memory()[0])
""",
    "peak while we read": "before = peak(); kept = cxml_punchout.parse(data); print(peak() - before)",
}


def measure() -> dict[str, dict[str, float]]:
    """Bytes per line: document -> what -> bytes."""
    environment = {**os.environ, "PYTHONPATH": str(_SOURCE)}
    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as place:
        small = Path(place, "small.xml")
        small.write_bytes(make("order-10").data)
        for name in ("order-1000", "order-10000"):
            document = make(name)
            file = Path(place, f"{name}.xml")
            file.write_bytes(document.data)
            found[name] = {"file": len(document.data) / document.lines}
            for what, program in _PROGRAMS.items():
                command = [sys.executable, "-c", _START + program, str(file), str(small)]
                done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
                found[name][what] = int(done.stdout) / document.lines
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--json", metavar="FILE", type=Path, help="write the figures to FILE")
    chosen = options.parse_args()
    if not Path("/proc/self/status").exists():
        raise SystemExit("not measured: this system does not tell the memory of a process in /proc")

    found = measure()
    kinds = list(next(iter(found.values())))
    print(f"{'bytes per line':16}" + "".join(f"{kind:>20}" for kind in kinds) + f"{'model : tree':>15}")
    for name, sizes in found.items():
        share = sizes["our model"] / sizes["lxml tree"]
        print(f"{name:16}" + "".join(f"{sizes[kind]:20,.0f}" for kind in kinds) + f"{share:15.2f}")
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1), "utf-8")


if __name__ == "__main__":
    main()
