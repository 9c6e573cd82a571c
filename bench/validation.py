"""Measure what validation costs: each layer, whether it grows with the document only, and the first use.

    python bench/validation.py            a minute or so
    python bench/validation.py --quick    a few rounds, to see that it runs

DTD: both sides judge the same tree by the same DTD, in turns in one process. What the layer adds is the choice of the
DTD and, for a document that is not valid, the explanation. Types and rules: time per line of right orders of three
sizes, in turns; of the types the quick verdict alone, of the rules what they cost beside reading. The first use: in
processes of their own, from the loaded tree to the findings, with the modules already imported and, as a second figure,
not.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))  # this checkout, not what may be installed

from documents import make
from lxml import etree
from timing import Timing, in_turns

from cxml_punchout import CXML, parse, validate
from cxml_punchout.tree import load
from cxml_punchout.validation import schema
from cxml_punchout.validation.catalog import DtdCatalog
from cxml_punchout.validation.dtd import check_dtd
from cxml_punchout.validation.located import Located
from cxml_punchout.validation.rules import broken

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = ("posr", "order-10", "order-100", "order-1000", "order-10000")
#: What the DTD layer may cost, as a share of libxml2's validation, and its first use in milliseconds.
SHARE, FIRST_USE = 1.5, 10.0
#: Orders of these sizes, and how much dearer a line of the largest may be than one of the smallest.
GROWTH, STEEPEST = ("order-100", "order-1000", "order-10000"), 1.3

_FIRST_USE = """
import sys, time
sys.path.insert(0, sys.argv[1])
from cxml_punchout.tree import load
{imports}
loaded = load(open(sys.argv[2], "rb").read())
began = time.perf_counter()
from cxml_punchout.validation.catalog import DtdCatalog
from cxml_punchout.validation.dtd import check_dtd
findings = check_dtd(loaded, DtdCatalog())
took = time.perf_counter() - began
assert not [finding for finding in findings if finding.layer == "dtd"], findings
assert "xmlschema" not in sys.modules
print(took * 1000)
"""


def shares(rounds: int) -> dict[str, float]:
    """Document -> how many times as long as libxml2's validation the layer takes."""
    catalog = DtdCatalog()
    dtd = etree.DTD(BytesIO((ROOT / "dtd" / "cXML.dtd").read_bytes()))
    found = {}
    for name in DOCUMENTS:
        loaded = load(make(name).data)
        assert dtd.validate(loaded.root)
        assert not [finding for finding in check_dtd(loaded, catalog) if finding.layer == "dtd"]
        times = in_turns(
            {
                "libxml2": lambda loaded=loaded: dtd.validate(loaded.root),
                "ours": lambda loaded=loaded: check_dtd(loaded, catalog),
            },  # type: ignore[misc]
            rounds,
        )
        found[name] = times["ours"].ratio(times["libxml2"])
        figures = "".join(f"{times[side].minimum / 1000:12,.1f} µs" for side in ("libxml2", "ours"))
        print(f"  {name:14}{figures}{found[name]:8.2f}")
    return found


def growth(rounds: int, names: tuple[str, ...]) -> dict[str, dict[str, Timing]]:
    """What -> document -> time of one call."""
    calls: dict[str, Callable[[], object]] = {}
    for name in names:
        document = make(name)
        loaded = load(document.data, tolerant=True)
        typed = parse(document.data)
        assert schema.is_valid(loaded.root)
        assert validate(document.data).ok
        calls[f"types {name}"] = partial(schema.is_valid, loaded.root)
        calls[f"rules {name}"] = partial(_rules, typed, loaded.root)
        calls[f"read {name}"] = partial(parse, document.data)
        calls[f"all {name}"] = partial(validate, document.data)
    # A tenth of a second each: many small documents next to one large one.
    times = in_turns(calls, rounds, sample=0.1, patience=60)
    return {what: {name: times[f"{what} {name}"] for name in names} for what in ("types", "rules", "read", "all")}


def _rules(document: CXML, root: etree._Element) -> None:
    for _ in broken(Located(document, [root])):
        pass


def curves(times: dict[str, dict[str, Timing]], names: tuple[str, ...]) -> dict[str, float]:
    """What -> how many times as dear a line of the largest document is as one of the smallest; prints the figures."""
    found = {}
    for what, by_name in times.items():
        lines = {name: make(name).lines for name in names}
        figures = "".join(f"{by_name[name].minimum / lines[name] / 1000:12.1f} µs" for name in names)
        first, last = names[0], names[-1]
        # Round by round, for neighbours in time are disturbed alike.
        found[what] = by_name[last].ratio(by_name[first]) * lines[first] / lines[last]
        print(f"  {what:14}{figures}{found[what]:8.2f}")
    return found


def first_use(times: int, imported: bool) -> float:
    """Milliseconds of the first check in a process, the median of some processes."""
    imports = "import cxml_punchout.validation.dtd" if imported else ""
    document = ROOT / "examples" / "documents" / "valid"
    path = next(iter(sorted(document.rglob("*.xml"))))
    command = [sys.executable, "-c", _FIRST_USE.format(imports=imports), str(ROOT / "src"), str(path)]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(times)]
    return statistics.median(float(run.stdout) for run in runs)


def main() -> int:
    """Print the figures; 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a few rounds only")
    quick = parser.parse_args().quick
    print(f"  {'':14}{'libxml2':>15}{'DTD layer':>15}{'ratio':>8}")
    worst = max(shares(5 if quick else 40).values())
    names = GROWTH[:2] if quick else GROWTH
    print(f"\n  {'for a line':14}{''.join(f'{name:>15}' for name in names)}{'growth':>8}")
    steep = curves(growth(2 if quick else 9, names), names)
    use = first_use(3 if quick else 11, imported=True)
    with_imports = first_use(3 if quick else 11, imported=False)
    print(f"\nDTD layer, times libxml2's validation, worst document: {worst:.2f} (at most {SHARE})")
    steepest = max(steep, key=steep.__getitem__)
    print(f"time per line, largest order to smallest, worst: {steepest} {steep[steepest]:.2f} (at most {STEEPEST})")
    print(f"first use, modules imported: {use:.1f} ms (at most {FIRST_USE}); imports included: {with_imports:.1f} ms")
    return int(worst > SHARE or use > FIRST_USE or steep[steepest] > STEEPEST)


if __name__ == "__main__":
    sys.exit(main())
