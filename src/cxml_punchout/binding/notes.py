"""What a reader notices, before it is known in which line it stands."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from lxml import etree

from ..findings import Finding, Layer, Severity
from ..tree import Loaded, Places

__all__ = ["Note", "findings_of"]


@attrs.frozen(eq=False)
class Note:
    """A finding about ``node``. ``fatal``: a strict reader must refuse the document for it."""

    node: etree._Element
    layer: Layer
    severity: Severity
    code: str
    message: str
    hint: str = ""
    fatal: bool = False


def findings_of(loaded: Loaded, notes: Sequence[Note]) -> tuple[Finding, ...]:
    """The notes with their places, in document order."""
    if not notes:
        return ()
    places = Places(loaded, (note.node for note in notes))
    findings = []
    for note in notes:
        line, column = places.position(note.node)
        findings.append(
            Finding(note.layer, note.severity, note.code, note.message, places.path(note.node), line, column, note.hint)
        )
    findings.sort(key=lambda finding: (finding.line, finding.column))
    return tuple(findings)
