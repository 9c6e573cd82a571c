"""Measure the DTD layer beside libxml2's own validation, and what its first use costs.

    python bench/validation.py            a minute or so
    python bench/validation.py --quick    a few rounds, to see that it runs

Both sides judge the same tree by the same DTD, in turns in one process. What the layer adds is the choice of the DTD
and, for a document that is not valid, the explanation. The first use is timed in processes of their own, from the
loaded tree to the findings, with the modules already imported and, as a second figure, not.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))  # this checkout, not what may be installed

from documents import make
from lxml import etree
from timing import in_turns

from cxml_punchout.tree import load
from cxml_punchout.validation.catalog import DtdCatalog
from cxml_punchout.validation.dtd import check_dtd

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = ("posr", "order-10", "order-100", "order-1000", "order-10000")
#: What the DTD layer may cost, as a share of libxml2's validation, and its first use in milliseconds.
SHARE, FIRST_USE = 1.5, 10.0

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
    use = first_use(3 if quick else 11, imported=True)
    with_imports = first_use(3 if quick else 11, imported=False)
    print(f"\nDTD layer, times libxml2's validation, worst document: {worst:.2f} (at most {SHARE})")
    print(f"first use, modules imported: {use:.1f} ms (at most {FIRST_USE}); imports included: {with_imports:.1f} ms")
    return int(worst > SHARE or use > FIRST_USE)


if __name__ == "__main__":
    sys.exit(main())
