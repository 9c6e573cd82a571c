"""The outcome of ``check`` in the forms that people and programs read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

import attrs

from .. import __version__
from ..findings import Finding
from ..validation.report import Report
from .layout import clean

__all__ = ["Checked", "as_github", "as_json", "as_sarif", "as_text"]


@attrs.frozen
class Checked:
    """What came of one document: a report, or the problem why there is none."""

    name: str
    report: Report | None = None
    problem: str = ""


def as_text(checked: Checked, *, color: bool, limit: int | None, quiet: bool = False) -> str:
    report = checked.report
    if report is None or (quiet and not report.findings):
        return ""
    return report.render(clean(checked.name), color=color, limit=limit)


def as_json(all_checked: Iterable[Checked]) -> list[dict[str, Any]]:
    return [{"file": checked.name, **checked.report.to_dict()} for checked in all_checked if checked.report is not None]


# --- GitHub Actions --------------------------------------------------------------------------------------------


def as_github(checked: Checked) -> str:
    """One workflow command for each finding, which becomes an annotation of the file."""
    return "".join(
        f"::{finding.severity} {_properties(checked.name, finding)}::{_data(_sentence(finding))}\n"
        for finding in (checked.report.findings if checked.report is not None else ())
    )


def _properties(name: str, finding: Finding) -> str:
    place = {"file": name, "line": finding.line, "col": finding.column, "title": f"{finding.layer}/{finding.code}"}
    return ",".join(f"{key}={_property(str(value))}" for key, value in place.items() if value)


def _sentence(finding: Finding) -> str:
    at = f" (at {finding.path})" if finding.path else ""
    hint = f"\n{finding.hint}" if finding.hint else ""
    return f"{finding.message}{at}{hint}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


# --- SARIF -----------------------------------------------------------------------------------------------------


def as_sarif(all_checked: Iterable[Checked]) -> dict[str, Any]:
    """A SARIF 2.1.0 log with one run: the format in which code hosts take the findings of analysers."""
    from ..validation.codes import explanations

    findings = [
        (checked.name, finding)
        for checked in all_checked
        if checked.report is not None
        for finding in checked.report.findings
    ]
    known = explanations()
    used = sorted({finding.code for _, finding in findings})
    rules = []
    for code in used:
        described: dict[str, Any] = {"id": code}
        if code in known:
            described["shortDescription"] = {"text": known[code].says}
            described["help"] = {"text": known[code].hint}
        rules.append(described)
    driver = {"name": "cxml-punchout", "version": __version__, "rules": rules}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_result(name, finding, used.index(finding.code)) for name, finding in findings],
            }
        ],
    }


def _result(name: str, finding: Finding, index: int) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": {"uri": quote(PurePath(name).as_posix())}}
    if finding.line:
        location["region"] = {"startLine": finding.line, "startColumn": max(finding.column, 1)}
    place: dict[str, Any] = {"physicalLocation": location}
    if finding.path:
        place["logicalLocations"] = [{"fullyQualifiedName": finding.path, "kind": "element"}]
    text = f"{finding.message} {finding.hint}".rstrip()
    return {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": finding.severity,
        "message": {"text": text},
        "locations": [place],
        "properties": {"layer": finding.layer},
    }
