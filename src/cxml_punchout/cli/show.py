"""``cxml-punchout show``: a readable summary of documents, and whether they survive being read and written."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs

from ..document import Mode, parse
from ..errors import DocumentError
from ..findings import Finding
from ..internal import internal_finding, log_fault
from ..limits import DEFAULT_LIMITS
from ..roundtrip import RoundTrip, round_trip
from ..summary import Fact, Line, Party, Summary, decimal_text, decimals_of, summarize
from .layout import GUTTER, PLAIN, WIDTH, Column, Style, aligned, clean, cut, labelled, table, wrap

__all__ = ["Examined", "add", "as_json", "examine", "render"]

_STDIN = "-"
_LARGE = 64 * 1024


@attrs.frozen
class Examined:
    """What came of one document.

    mode: the mode in which it was read; None if it was refused.
    findings: what the reader noticed, or why it refused.
    summary: None if it was refused.
    round_trip: None if it was refused, and for a large document: to write it, read it again and hold both against each
        other takes four times what reading it takes.
    strict_refused: strict mode was tried, in vain.
    """

    name: str
    mode: Mode | None
    findings: tuple[Finding, ...]
    summary: Summary | None = None
    round_trip: RoundTrip | None = None
    strict_refused: bool = False

    @property
    def ok(self) -> bool:
        """Whether it was read and, as far as that was tried, can be written back."""
        return self.mode is not None and (self.round_trip is None or self.round_trip.ok)


def examine(data: bytes, name: str = "", mode: Mode | None = None) -> Examined:
    """Read a document, tell what it says and whether it comes back from a round trip.

    Without a mode it is read strictly and, if that is refused, tolerantly. A round trip is tried up to 64 KB.
    """
    modes: tuple[Mode, ...] = (mode,) if mode else ("strict", "tolerant")
    findings: tuple[Finding, ...] = ()
    for attempt in modes:
        try:
            document = parse(data, mode=attempt)
        except DocumentError as error:
            findings = error.findings
            continue
        trip = round_trip(document, data, mode=attempt) if len(data) <= _LARGE else None
        strict_refused = attempt != modes[0]
        return Examined(name, attempt, document.findings, summarize(document), trip, strict_refused)
    return Examined(name, None, findings, strict_refused="strict" in modes)


# --- as text ---------------------------------------------------------------------------------------------------


def render(examined: Examined, *, findings: int = 10, style: Style = PLAIN) -> str:
    """The whole answer for one document, as lines of at most 100 columns."""
    lines = [style.bold(cut(clean(examined.name), WIDTH))] if examined.name else []
    if examined.summary is not None:
        lines += _summary(examined.summary, style)
        lines.append("")
    lines += _verdict(examined)
    lines += _findings(examined.findings, findings)
    if examined.round_trip is not None:
        lines += labelled("round trip", str(examined.round_trip))
    elif examined.mode is not None:
        lines += labelled("round trip", "not tried, the document is larger than 64 KB")
    return "\n".join(lines) + "\n"


def _summary(summary: Summary, style: Style) -> Iterator[str]:
    yield style.bold(clean(summary.kind))
    yield from labelled("payload ID", summary.payload_id or "none")
    yield from labelled("sent", summary.timestamp or "not stated")
    if summary.wrapper in ("request", "message"):
        yield from labelled("mode", summary.deployment_mode or "production (not stated)")
    yield from labelled("DOCTYPE", summary.doctype or "none")
    for label, parties in (("from", summary.from_), ("to", summary.to), ("sender", summary.sender)):
        for party in parties:
            yield from labelled(label, _party(party))
            label = ""
    yield from labelled("", summary.user_agent) if summary.user_agent else ()
    yield from _facts(summary.facts)
    for service in summary.services:
        yield from labelled("takes", f"{service.request} at {service.url}")
        yield from labelled("", service.options) if service.options else ()
    closing = [*_sums(summary), *_facts(summary.closing)]
    if summary.lines:
        yield ""
        yield from _lines(summary.lines, style)
        if closing:
            yield ""
    yield from closing


def _party(party: Party) -> str:
    kind = f" ({party.type})" if party.type else ""
    proofs = {"": "", "secret": ", secret: given", "empty secret": ", secret: empty"}
    name = f"{party.domain or '(no domain)'}: {party.identity or '(empty)'}"
    return f"{name}{kind}{proofs.get(party.proof, f', {party.proof}: given')}"


def _facts(facts: Iterable[Fact]) -> Iterator[str]:
    for fact in facts:
        yield from labelled(fact.label, f"{fact.text}, {fact.remark}" if fact.remark else fact.text)


def _sums(summary: Summary) -> Iterator[str]:
    """The total and what comes on top of it, the amounts below one another."""
    rows = [(charge.label, charge.amount, charge.currency, charge.description) for charge in summary.charges]
    total = summary.total
    if total is not None:
        rows.insert(0, ("total", total.stated, total.currency, total.remark))
    amounts = Column("", [f"{amount} {currency}" for _, amount, currency, _ in rows], 40, number=True)
    for (label, _, _, remark), amount in zip(rows, aligned(amounts), strict=True):
        yield from labelled(label, remark, before=amount)


def _lines(lines: Sequence[Line], style: Style) -> list[str]:
    numbered = any(line.number for line in lines)
    numbers = [line.number or (f"({line.position})" if numbered else str(line.position)) for line in lines]
    columns = [
        Column("line" if numbered else "item", numbers, 6, number=True),
        Column("quantity", [line.quantity for line in lines], 12, number=True),
        Column("unit", [line.unit for line in lines], 6),
        Column("part", [line.part_id for line in lines], 20),
        Column("description", [line.description for line in lines]),
        Column("price", [line.unit_price for line in lines], 14, number=True),
        Column("", [line.currency for line in lines], 4),
        Column("amount", [_amount(line) or _unknown(line) for line in lines], 14, number=True),
    ]
    return table(columns, style, [line.notes for line in lines])


def _amount(line: Line) -> str:
    if line.amount is None:
        return ""
    return decimal_text(line.amount, decimals_of(line.unit_price))


def _unknown(line: Line) -> str:
    return "?" if line.counted and line.quantity and line.unit_price else ""


def _verdict(examined: Examined) -> Iterator[str]:
    refused = "; strict mode refuses it" if examined.strict_refused else ""
    yield from labelled("read", f"in {examined.mode} mode{refused}" if examined.mode else "refused")


def _findings(findings: Sequence[Finding], limit: int) -> Iterator[str]:
    counts = Counter(finding.severity for finding in findings)
    shown = (_counted(counts[kind], kind) for kind in ("error", "warning") if counts[kind])
    yield from labelled("findings", ", ".join(shown) or "none")
    indent = " " * GUTTER
    for finding in findings[:limit]:
        for line in wrap(f"{finding.severity}: {finding.message} [{finding.layer}/{finding.code}]", WIDTH - GUTTER):
            yield indent + line
        place = ", ".join(filter(None, (f"line {finding.line}:{finding.column}" if finding.line else "", finding.path)))
        for text in filter(None, (place, finding.hint)):
            for line in wrap(text, WIDTH - GUTTER - 2, 2):
                yield f"{indent}  {line}"
    if len(findings) > limit:
        yield f"{indent}and {len(findings) - limit} more"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


# --- as JSON ---------------------------------------------------------------------------------------------------


def as_json(examined: Examined) -> dict[str, Any]:
    """The same for a program: numbers as texts, for JSON has no exact ones."""
    trip = examined.round_trip
    return {
        "file": examined.name,
        "read": examined.mode,
        "summary": _summary_json(examined.summary) if examined.summary is not None else None,
        "findings": [finding.to_dict() for finding in examined.findings],
        "round_trip": {"ok": trip.ok, "read": trip.read, "written": trip.written, "verdict": str(trip)}
        if trip is not None
        else None,
    }


def _summary_json(summary: Summary) -> dict[str, Any]:
    made = {name.rstrip("_"): value for name, value in attrs.asdict(summary).items() if name != "closing"}
    facts = (*summary.facts, *summary.closing)
    made["facts"] = {fact.label.lower().replace(" ", "_"): fact.text for fact in facts}
    made["lines"] = [{**attrs.asdict(line), "amount": _amount(line) or None} for line in summary.lines]
    total = summary.total
    if total is not None and total.lines is not None:
        made["total"]["lines"] = decimal_text(total.lines, decimals_of(total.stated))
    return made


# --- the command -----------------------------------------------------------------------------------------------


def add(commands: Any) -> None:
    """Add the command to the parser of the command line."""
    parser = commands.add_parser(
        "show",
        help="tell what documents say, and whether they survive a round trip",
        description="Tell what cXML documents say: who sends to whom, what is asked, lines and totals; then what "
        "departs from the grammar, and whether the document can be written back unchanged. Secrets are not shown.",
    )
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="a document, a directory with *.xml in it, or - for standard input"
    )
    parser.add_argument(
        "--mode",
        choices=("strict", "tolerant"),
        help="how to read; by default strictly, and tolerantly what that refuses",
    )
    parser.add_argument("--json", action="store_true", help="write a JSON list instead of text")
    parser.add_argument(
        "--findings", type=_count, default=10, metavar="N", help="how many findings to show of a document (default: 10)"
    )
    parser.set_defaults(run=_run)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of findings")
    return int(text)


def _run(arguments: argparse.Namespace) -> int:
    status = 0
    gathered = []
    style = Style.of(sys.stdout)
    for name, data in _inputs(arguments.files):
        if isinstance(data, str):
            print(f"cxml-punchout show: {clean(name)}: {data}", file=sys.stderr)
            status = 2
            continue
        try:
            examined = examine(data, name, arguments.mode)
            shown = as_json(examined) if arguments.json else render(examined, findings=arguments.findings, style=style)
        except Exception as error:
            # A fault of ours is that of one document; the others are shown.
            log_fault(f"show {clean(name)}", error)
            print(f"cxml-punchout show: {clean(name)}: {internal_finding(error).message}", file=sys.stderr)
            status = 2
            continue
        status = max(status, 0 if examined.ok else 1)
        if isinstance(shown, str):
            print(shown)
        else:
            gathered.append(shown)
    if arguments.json:
        print(json.dumps(gathered, indent=2))
    return status


def _inputs(names: Iterable[str]) -> Iterator[tuple[str, bytes | str]]:
    """Name and octets of each document, or a text that says why there are none."""
    # One octet more than is read, so that a document over the limit is recognised and not all of it loaded.
    most = DEFAULT_LIMITS.bytes + 1
    for name in names:
        if name == _STDIN:
            yield "standard input", sys.stdin.buffer.read(most)
            continue
        path = Path(name)
        found = sorted(path.rglob("*.xml")) if path.is_dir() else [path]
        if not found:
            yield name, "no *.xml in this directory"
        for file in found:
            try:
                with file.open("rb") as stream:
                    data = stream.read(most)
            except OSError as error:
                yield str(file), error.strerror or "cannot be read"
            else:
                yield str(file), data
