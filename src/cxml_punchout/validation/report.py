"""What validation found: all findings of a document in one value, for programs and for people.

Findings have a defined order: by line and column, those without a place first; in one place by layer (``xml``, ``dtd``,
``type``, ``rule``, ``platform``), errors before warnings, then by code, path and message. Equal findings are listed
once. Two reports are equal when their findings are; the document itself does not take part.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import attrs

from .. import concealed
from ..concealed import Concealed
from ..errors import InvalidDocument
from ..findings import Finding, Layer, visible
from ..masking import blotted, from_beyond_doubt

__all__ = ["LAYERS", "Report", "excerpt", "in_order", "lines_of"]

#: The layers, from the ground up.
LAYERS: tuple[Layer, ...] = ("xml", "dtd", "type", "rule", "platform")
_RANK = {layer: rank for rank, layer in enumerate(LAYERS)}


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in the order of a report, each once."""
    return tuple(sorted(dict.fromkeys(findings), key=_key))


def _key(finding: Finding) -> tuple[Any, ...]:
    return (
        finding.line,
        finding.column,
        _RANK[finding.layer],
        finding.severity,
        finding.code,
        finding.path,
        finding.message,
    )


@attrs.frozen(repr=False)
class Report:
    """The outcome of ``validate``.

    findings: everything that was noticed, in the order of a report.
    unchecked: what could not be judged and why, one sentence each; it is no fault of the document.
    """

    findings: tuple[Finding, ...] = attrs.field(default=(), converter=in_order)
    unchecked: tuple[str, ...] = attrs.field(default=(), eq=False)
    _octets: Concealed[bytes] = attrs.field(
        default=Concealed(b""), converter=concealed.octets, eq=False, alias="octets"
    )
    _broken: bool = attrs.field(default=False, eq=False, alias="broken")

    @cached_property
    def source(self) -> str:
        """The document with all secrets blotted out, for showing lines of it.

        Where it is no XML nobody can be sure what is a secret, and lines that have to do with one are empty.
        """
        text = self._octets.value.decode("utf-8", "replace")
        return from_beyond_doubt(text) if self._broken else blotted(text)

    @property
    def ok(self) -> bool:
        """Whether there is no error; warnings may be there."""
        return not self.errors

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == "warning")

    def raise_for_errors(self) -> None:
        """Do nothing if all is well.

        Raises InvalidDocument (Status 406) with all findings, the errors first.
        """
        if not self.ok:
            raise InvalidDocument((*self.errors, *self.warnings))

    def to_dict(self) -> dict[str, Any]:
        """The report as plain values that ``json`` can write."""
        return {
            "ok": self.ok,
            "errors": len(self.errors),
            "warnings": len(self.warnings),
            "findings": [finding.to_dict() for finding in self.findings],
            "unchecked": list(self.unchecked),
        }

    def to_json(self, *, indent: int | None = 2) -> str:
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)

    def render(self, name: str = "", *, color: bool = False, limit: int | None = None, width: int = 100) -> str:
        """The report for a person: each finding with its source line and a caret below the place.

        name: what to call the document, in front of each place.
        color: with the colours of a terminal.
        limit: how many findings to show; the rest is counted.
        width: how many columns of a source line to show.
        """
        paint = _ANSI if color else _PLAIN
        shown = self.findings if limit is None else self.findings[:limit]
        source = lines_of(self.source, (finding.line for finding in shown))
        lines = [line for finding in shown for line in _rendered(finding, name, source, paint, width)]
        if len(shown) < len(self.findings):
            lines.append(f"and {len(self.findings) - len(shown)} more findings")
        lines.extend(f"not checked: {sentence}" for sentence in self.unchecked)
        lines.append(_verdict(self, name, paint))
        return "\n".join(lines) + "\n"

    def __reduce__(self) -> tuple[Any, ...]:
        # What is stored or sent holds no secret: the lines of the document go along as they are shown.
        findings = tuple(attrs.evolve(finding, raw="") for finding in self.findings)
        return Report, (findings, self.unchecked, self.source.encode())

    def __str__(self) -> str:
        return self.render()

    def __repr__(self) -> str:
        verdict = "ok" if self.ok else "not ok"
        return f"<Report {verdict}, {_counted(len(self.errors), 'error')}, {_counted(len(self.warnings), 'warning')}>"


# --- for people ------------------------------------------------------------------------------------------------

_PLAIN = {"error": "{}", "warning": "{}", "place": "{}", "caret": "{}", "good": "{}"}
_ANSI = {
    "error": "\x1b[1;31m{}\x1b[0m",
    "warning": "\x1b[1;33m{}\x1b[0m",
    "place": "\x1b[1m{}\x1b[0m",
    "caret": "\x1b[32m{}\x1b[0m",
    "good": "\x1b[1;32m{}\x1b[0m",
}


def _rendered(
    finding: Finding, name: str, source: Mapping[int, str], paint: dict[str, str], width: int
) -> Iterator[str]:
    numbers = [str(number) for number in (finding.line, finding.column) if number]
    place = ":".join([name, *numbers] if name else numbers)
    severity = paint[finding.severity].format(f"{finding.severity}[{finding.code}]")
    lead = paint["place"].format(f"{place}: ") if place else ""
    yield f"{lead}{severity} {visible(finding.message)}"
    if shown := excerpt(source.get(finding.line), finding.column, width):
        text, caret = shown
        number = str(finding.line)
        yield f"  {number} | {text}"
        if caret:
            yield f"  {' ' * len(number)} | {paint['caret'].format(' ' * (caret - 1) + '^')}"
    if finding.path:
        yield f"    at {visible(finding.path)}"
    if finding.hint:
        yield f"    {visible(finding.hint)}"


def _verdict(report: Report, name: str, paint: dict[str, str]) -> str:
    errors, warnings = len(report.errors), len(report.warnings)
    found = ", ".join(_counted(number, what) for number, what in ((errors, "error"), (warnings, "warning")) if number)
    word = paint["error" if errors else "good"].format("not ok" if errors else "ok")
    return f"{name}: {word}{f', {found}' if found else ''}" if name else f"{word}{f', {found}' if found else ''}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def lines_of(source: str, wanted: Iterable[int]) -> dict[int, str]:
    """Some lines of a document by their numbers. A list of all may take thirty times what the document takes."""
    found: dict[int, str] = {}
    number, start = 1, 0
    for line in sorted(set(wanted)):
        while number < line and start >= 0:
            start = source.find("\n", start) + 1 or -1
            number += 1
        if start < 0:
            break
        if line > 0:
            end = source.find("\n", start)
            found[line] = source[start : end if end >= 0 else len(source)]
    return found


def excerpt(text: str | None, column: int, width: int = 100) -> tuple[str, int] | None:
    """One line of a document, cut to ``width`` around ``column``, and the column of the caret in what is shown.

    The caret is 0 if the column is unknown. None if the document has no such line, or nothing stands in it.
    """
    if text is None:
        return None
    # A document may be one line of many megabytes, with a thousand findings in it: only what is shown is looked at.
    length = len(text) - text.endswith("\r")
    if column < 1 or column > length + 1:
        column = 0
    # Most of the window lies behind the place, for an element goes on there.
    start = min(max(column - 1 - width // 4, 0), max(length - width, 0))
    shown = "".join(char if char.isprintable() else " " for char in text[start : min(start + width, length)])
    if shown.isspace() or not shown:
        return None
    if start:
        shown = "…" + shown[1:]
    if start + width < length:
        shown = shown[:-1] + "…"
    return shown, column - start if column else 0
