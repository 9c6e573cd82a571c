"""All layers over one tree: the grammar, the datatypes, the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import attrs
from lxml import etree

from ..binding.notes import Note
from ..errors import InvalidValue
from ..findings import Finding, Layer
from ..places import Places
from ..tree import Loaded
from . import rules
from .kept import Kept
from .located import Located
from .report import LAYERS, Report

if TYPE_CHECKING:
    from ..models.envelope import CXML
    from .catalog import DtdCatalog

__all__ = ["by_rules", "check", "chosen", "refused"]


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


def by_rules(loaded: Loaded, document: CXML | None, layers: frozenset[Layer]) -> Kept:
    """Hold what a tolerant reader made of a tree against the rules, if it made something and that layer is wanted.

    They are asked first: nothing else needs the typed elements, which take as much memory as the tree does.
    """
    kept = Kept()
    if document is None or "rule" not in layers:
        return kept
    for rule, message, at in rules.broken(Located(document, [loaded.root])):
        if kept.takes(rule.severity):
            node = at.node if isinstance(at, Located) else at
            kept.add(Note(node, "rule", rule.severity, rule.code, message, rule.hint))
    return kept


def check(
    loaded: Loaded,
    notes: Sequence[Note],
    ruled: Kept,
    layers: frozenset[Layer],
    catalog: DtdCatalog | None,
    version: str | None,
) -> Report:
    """Judge one document; ``notes`` is what a tolerant reader noticed in the same tree, ``ruled`` what rules say."""
    findings = [_refusing(_advised(finding)) for finding in loaded.findings] if "xml" in layers else []
    unchecked: list[str] = []
    kept: dict[Layer, Kept] = {layer: Kept() for layer in LAYERS}
    kept["rule"] = ruled
    unjudged = False
    if "dtd" in layers:
        from .dtd import check_dtd

        judged = check_dtd(loaded, catalog, version)
        findings += [finding for finding in judged if finding.code != "version-unavailable"]
        # A newer grammar takes all that an older one took, so this is no fault, and nearly every document names one.
        unchecked += [
            f"{finding.message} {finding.hint}" for finding in judged if finding.code == "version-unavailable"
        ]
        unjudged = any(finding.code == "payload-unjudged" for finding in judged)
    for note in notes:
        # What the reader says of the grammar and of datatypes, the layers here say better.
        if note.layer not in layers or note.layer not in ("xml", "rule"):
            continue
        if not (unjudged and note.code == "payload-undeclared") and kept[note.layer].takes(note.severity):
            kept[note.layer].add(note)
    if "type" in layers:
        from . import schema

        unchecked += schema.check(loaded, kept["type"])
    findings += _placed(loaded, kept)
    return Report(findings, tuple(unchecked), loaded.octets)


def _refusing(finding: Finding) -> Finding:
    """Blank space in front of the XML declaration is no remark: no other parser goes on behind it."""
    if finding.code != "blank-start":
        return finding
    return attrs.evolve(finding, severity="error")


def _placed(loaded: Loaded, kept: Mapping[Layer, Kept]) -> list[Finding]:
    shown = [note for each in kept.values() for note in each.shown]
    more = [
        Finding(layer, "warning", "more", f"{each.more} more findings are not listed.")
        for layer, each in kept.items()
        if each.more
    ]
    places = Places(loaded, (note.node for note in shown))
    return [_finding(note, places, note.node) for note in shown] + more


def _finding(note: Note, places: Places, node: etree._Element) -> Finding:
    line, column = places.position(node)
    return Finding(note.layer, note.severity, note.code, note.message, places.path(node), line, column, note.hint)
