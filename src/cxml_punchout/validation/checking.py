"""All layers over one tree: the grammar, the datatypes, the rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import attrs
from lxml import etree

from ..binding.notes import Note
from ..errors import InvalidValue
from ..findings import Finding, Layer
from ..places import Places
from ..tree import Loaded
from . import rules
from .located import Located
from .report import LAYERS, Report

if TYPE_CHECKING:
    from ..models.envelope import CXML
    from .catalog import DtdCatalog

__all__ = ["check", "chosen", "refused"]

#: So many findings of one layer are listed; of the rest only the number is told.
MOST = 1000


def chosen(layers: Iterable[str]) -> frozenset[Layer]:
    """The layers that a program asked for; a word that is none is its own fault."""
    if isinstance(layers, str):
        layers = (layers,)
    wanted = frozenset(layers)
    unknown = sorted(wanted.difference(LAYERS))
    if unknown:
        raise InvalidValue(f"there is no layer {unknown[0]!r}; the layers are {', '.join(LAYERS)}")
    return wanted  # type: ignore[return-value]


def refused(findings: Iterable[Finding], data: bytes) -> Report:
    """The report on a document that is no document."""
    if b"\0" in data:  # in UTF-16 secrets would not be recognised, so nothing of it is shown
        data = b""
    return Report((_advised(finding) for finding in findings), octets=data, broken=True)


def _advised(finding: Finding) -> Finding:
    if finding.hint:
        return finding
    from .codes import ADVICE  # only where something is wrong

    return attrs.evolve(finding, hint=ADVICE[finding.code][0])


def check(
    loaded: Loaded,
    document: CXML | None,
    notes: Sequence[Note],
    layers: frozenset[Layer],
    catalog: DtdCatalog | None,
    version: str | None,
) -> Report:
    """Judge one document; ``document`` and ``notes`` are what a tolerant reader made of the same tree."""
    findings = [_refusing(_advised(finding)) for finding in loaded.findings] if "xml" in layers else []
    unchecked: list[str] = []
    # What the reader says of the grammar and of datatypes, the layers below say better.
    noticed = [note for note in notes if note.layer in layers and note.layer in ("xml", "rule")]
    if "dtd" in layers:
        from .dtd import check_dtd

        judged = check_dtd(loaded, catalog, version)
        findings += [finding for finding in judged if finding.code != "version-unavailable"]
        # A newer grammar takes all that an older one took, so this is no fault, and nearly every document names one.
        unchecked += [
            f"{finding.message} {finding.hint}" for finding in judged if finding.code == "version-unavailable"
        ]
        if any(finding.code == "payload-unjudged" for finding in judged):
            noticed = [note for note in noticed if note.code != "payload-undeclared"]
    if "type" in layers:
        from . import schema

        mistyped, silent = schema.check(loaded.root)
        noticed += mistyped
        unchecked += silent
    if "rule" in layers and document is not None:
        noticed += [
            Note(node, "rule", rule.severity, rule.code, message, rule.hint)
            for rule, message, node in rules.broken(Located(document, [loaded.root]))
        ]
    findings += _placed(loaded, noticed)
    return Report(findings, tuple(unchecked), loaded.octets)


def _refusing(finding: Finding) -> Finding:
    """Blank space in front of the XML declaration is no remark: no other parser goes on behind it."""
    if finding.code != "blank-start":
        return finding
    return attrs.evolve(finding, severity="error")


def _placed(loaded: Loaded, notes: list[Note]) -> list[Finding]:
    shown: list[Note] = []
    more: list[Finding] = []
    for layer in LAYERS:
        mine = [note for note in notes if note.layer == layer]
        if len(mine) > MOST:
            mine.sort(key=lambda note: note.severity)
            more.append(Finding(layer, "warning", "more", f"{len(mine) - MOST} more findings are not listed."))
        shown += mine[:MOST]
    places = Places(loaded, (note.node for note in shown))
    return [_finding(note, places, note.node) for note in shown] + more


def _finding(note: Note, places: Places, node: etree._Element) -> Finding:
    line, column = places.position(node)
    return Finding(note.layer, note.severity, note.code, note.message, places.path(node), line, column, note.hint)
