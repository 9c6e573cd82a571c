"""Reads all example documents and tells of each what it says and whether it can be written back.

    python examples/demo.py

The documents in ``documents/valid`` follow the grammar of cXML, those in ``documents/departures`` do not, in the ways
in which documents of real partners do not. The exit status is 1 if a valid one is refused, or if any document does
not come back from being read and written.
"""

from __future__ import annotations

import sys
from pathlib import Path

from cxml_punchout.cli.layout import Column, Style, forgive, table
from cxml_punchout.cli.show import Examined, examine, render

DOCUMENTS = Path(__file__).resolve().parent / "documents"


def main(documents: Path = DOCUMENTS) -> int:
    forgive(sys.stdout)
    style = Style.of(sys.stdout)
    examined: dict[str, list[Examined]] = {}
    for file in sorted(documents.rglob("*.xml"), key=lambda file: (file.parent.name != "valid", file)):
        name = file.relative_to(documents).as_posix()
        result = examine(file.read_bytes(), name)
        print(render(result, style=style))
        examined.setdefault(file.parent.name, []).append(result)
    for line in closing(examined, style):
        print(line)
    sound = all(result.ok for results in examined.values() for result in results)
    strict = all(result.mode == "strict" for result in examined.get("valid", []))
    return 0 if examined and sound and strict else 1


def closing(examined: dict[str, list[Examined]], style: Style) -> list[str]:
    """One row for each folder of documents."""
    folders = list(examined.values())
    return table(
        [
            Column("folder", list(examined), 20),
            Column("documents", [str(len(results)) for results in folders], 12, number=True),
            Column("read strictly", [_count(results, "strict") for results in folders], 16, number=True),
            Column("tolerantly", [_count(results, "tolerant") for results in folders], 12, number=True),
            Column("refused", [_count(results, None) for results in folders], 10, number=True),
            Column("departures", [_departures(results) for results in folders], 12, number=True),
            Column("round trips equal", [_equal(results) for results in folders], 18, number=True),
        ],
        style,
    )


def _count(results: list[Examined], mode: str | None) -> str:
    return str(sum(result.mode == mode for result in results))


def _departures(results: list[Examined]) -> str:
    return str(sum(finding.layer != "rule" for result in results for finding in result.findings))


def _equal(results: list[Examined]) -> str:
    return f"{sum(result.ok for result in results)} of {len(results)}"


if __name__ == "__main__":
    raise SystemExit(main())
