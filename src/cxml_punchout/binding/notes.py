"""What a reader notices, before it is known in which line it stands."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from lxml import etree

from ..findings import Finding, Layer, Severity
from ..places import Places, is_tight
from ..spelled import Origin
from ..tree import Loaded

__all__ = ["MOST", "Note", "Notes", "findings_of"]

#: So many findings are listed one by one; of the rest only the number is told.
MOST = 1000


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


class Notes(list[Note]):
    """The notes of one pass over ``loaded``; ``origin`` is what values with a spelling call that document."""

    def __init__(self, loaded: Loaded) -> None:
        super().__init__()
        self.loaded = loaded
        self.origin = Origin()
        self._tight: dict[str, bool] = {}

    def tight(self, tag: str) -> bool:
        """Whether no white space around elements called ``tag`` can be missing from the tree."""
        if tag not in self._tight:
            self._tight[tag] = self.loaded.blanks or is_tight(self.loaded.octets, tag.encode())
        return self._tight[tag]


def findings_of(notes: Notes) -> tuple[Finding, ...]:
    """The notes with their places, in document order."""
    if not notes:
        return ()
    # A refusal must not drown in a thousand remarks.
    shown: Sequence[Note] = notes if len(notes) <= MOST else sorted(notes, key=lambda note: not note.fatal)[:MOST]
    places = Places(notes.loaded, (note.node for note in shown))
    findings = []
    for note in shown:
        line, column = places.position(note.node)
        findings.append(
            Finding(note.layer, note.severity, note.code, note.message, places.path(note.node), line, column, note.hint)
        )
    findings.sort(key=lambda finding: (finding.line, finding.column))
    if len(notes) > MOST:
        rest = len(notes) - MOST
        layer: Layer = "dtd" if any(note.layer == "dtd" for note in notes) else "type"
        findings.append(Finding(layer, "warning", "more", f"{rest} more departures are not listed."))
    return tuple(findings)
