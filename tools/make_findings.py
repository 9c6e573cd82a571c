"""Write ``docs/findings.md``: every code that a finding can have, from the tables that the library itself uses.

python tools/make_findings.py            writes the file
python tools/make_findings.py --check    says whether it is as it would be written
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))  # this checkout, not what may be installed

from cxml_punchout.validation.codes import Explanation, explanations
from cxml_punchout.validation.report import LAYERS
from cxml_punchout.validation.rules import RULES

PATH = Path(__file__).resolve().parents[1] / "docs" / "findings.md"

_LAYERS = {
    "xml": "Whether it is XML at all, safe, and within the limits.",
    "dtd": "The grammar: which elements and attributes may stand where.",
    "type": "Datatypes, which a DTD cannot describe: numbers, times, codes and links.",
    "rule": "What the Guide says in prose.",
}


def render() -> str:
    return "\n".join(_lines()).rstrip() + "\n"


def _lines() -> Iterator[str]:
    yield "# Findings"
    yield ""
    yield from textwrap.wrap(
        "Every code that a finding can have, by layer: whether it is an error or a warning, what it means, what to do, "
        "and the section of the cXML Reference Guide that it goes back to. Codes are stable: they are not renamed and "
        "not used for anything else. `cxml-punchout explain CODE` says the same. Written by tools/make_findings.py.",
        120,
    )
    known = explanations().values()
    for layer in LAYERS:
        mine = [made for made in known if made.layer == layer]
        if mine:
            yield from ("", f"## {layer}", "", _LAYERS[layer])
            for made in mine:
                yield from _code(made)


def _code(made: Explanation) -> Iterator[str]:
    yield ""
    yield f"### {made.code}"
    yield ""
    rule = RULES.get(made.code)
    where = f" Looks at {_listed(rule.on)}." if rule is not None else ""
    yield from textwrap.wrap(f"{made.severity.capitalize()}. {_marked(made.says)}", 120)
    yield ""
    yield from textwrap.wrap(f"What to do: {_marked(made.hint)}", 120)
    yield ""
    yield from textwrap.wrap(f"Guide {made.guide}.{where}", 120)


def _marked(text: str) -> str:
    """Markdown takes markup for its own."""
    return text.replace("<", "&lt;")


def _listed(names: Sequence[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def main(arguments: Sequence[str]) -> int:
    """Write the file; with ``--check`` only compare, and answer 1 if it is not as it would be written."""
    octets = render().encode()
    stale = not PATH.is_file() or PATH.read_bytes() != octets
    if stale and "--check" not in arguments:
        PATH.write_bytes(octets)
    print(f"{'stale' if '--check' in arguments else 'written'}: {PATH.name if stale else 'nothing'}")
    return int("--check" in arguments and stale)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
