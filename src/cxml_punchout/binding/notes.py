"""What a reader notices, before it is known in which line it stands."""

from __future__ import annotations

from collections.abc import Container, Sequence

import attrs
from lxml import etree

from ..findings import Finding, Layer, Severity, shorten
from ..limits import DEFAULT_LIMITS
from ..places import Places, is_tight
from ..spelled import Origin, Unreadable
from ..tree import Loaded

__all__ = ["MOST", "Enough", "Note", "Notes", "findings_of", "in_namespace"]

#: So many findings are listed one by one; of the rest only the number is told.
MOST = DEFAULT_LIMITS.findings


@attrs.frozen(eq=False)
class Note:
    """A finding about ``node``. ``fatal``: a strict reader must refuse the document for it.

    value: what was kept of a value that cannot be read; it learns where it stands.
    """

    node: etree._Element
    layer: Layer
    severity: Severity
    code: str
    message: str
    hint: str = ""
    fatal: bool = False
    value: Unreadable | None = None

    def finding(self, path: str = "", line: int = 0, column: int = 0) -> Finding:
        return Finding(self.layer, self.severity, self.code, self.message, path, line, column, self.hint)


def in_namespace(node: etree._Element, known: Container[str], what: str = "") -> Note | None:
    """For an element that would be in its place if it stood in no namespace: so a misplaced ``xmlns`` shows."""
    name = etree.QName(node)
    if not name.namespace or name.localname not in known:
        return None
    message = f"{what}{name.localname} stands in the namespace {shorten(name.namespace)}."
    hint = "cXML has no namespace; leave out xmlns and its prefix."
    return Note(node, "dtd", "error", "namespace", message, hint, fatal=True)


class Enough(Exception):
    """A strict reader has noted so many departures that it ends."""


class Notes(list[Note]):
    """The notes of one pass over ``loaded``; ``origin`` is what values with a spelling call that document.

    joined: the tags of what stood twice and was read as one.
    opened: whether elements stood in open content, whose names may be any.
    most: how many are kept, of those that refuse a document and of the others. Of the rest only the number is known.
    strict: the document will be refused for the first of them, so one more than that many ends the reading; it has
        ``ended`` then.
    """

    __slots__ = ("_tight", "ended", "fatal", "joined", "loaded", "more", "most", "opened", "origin", "strict")

    def __init__(self, loaded: Loaded, most: int = MOST, *, strict: bool = False) -> None:
        self.loaded = loaded
        self.most = most
        self.strict = strict
        self.ended = False
        self.more = 0
        self.fatal = 0
        self.origin = Origin()
        self.joined: set[str] = set()
        self.opened = False
        self._tight: dict[str, bool] = {}

    @property
    def full(self) -> bool:
        """Whether one more that refuses the document will only be counted."""
        return self.fatal >= self.most

    def append(self, note: Note) -> None:
        if (self.fatal if note.fatal else len(self) - self.fatal) >= self.most:
            self.skip(fatal=note.fatal)
            if note.value is not None:
                line = int(note.node.sourceline or 0) + self.loaded.skipped
                note.value.finding = note.finding(line=line)
            return
        self.fatal += note.fatal
        super().append(note)

    def skip(self, *, fatal: bool) -> None:
        """Remember that there was one more. Raises Enough if nothing that follows can change the answer."""
        self.more += 1
        if fatal and self.strict:
            self.ended = True
            raise Enough

    def tight(self, tag: str) -> bool:
        """Whether no white space around elements called ``tag`` can be missing from the tree."""
        if tag not in self._tight:
            self._tight[tag] = self.loaded.blanks or is_tight(self.loaded.octets, tag.encode())
        return self._tight[tag]


def findings_of(notes: Notes) -> tuple[Finding, ...]:
    """The notes with their places, in document order."""
    if not notes and not notes.more:
        return ()
    # A refusal must not drown in a thousand remarks.
    most = notes.most
    shown: Sequence[Note] = notes if len(notes) <= most else sorted(notes, key=lambda note: not note.fatal)[:most]
    places = Places(notes.loaded, (note.node for note in shown))
    findings = [note.finding(places.path(note.node), *places.position(note.node)) for note in shown]
    _tell_values(notes, shown, findings)
    findings.sort(key=lambda finding: (finding.line, finding.column))
    rest = len(notes) + notes.more - len(shown)
    if rest:
        layer: Layer = "dtd" if any(note.layer == "dtd" for note in notes) else "type"
        told = "Reading ended at the next departure." if notes.ended else f"{rest} more departures are not listed."
        findings.append(Finding(layer, "warning", "more", told))
    return tuple(findings)


def _tell_values(notes: Notes, shown: Sequence[Note], findings: Sequence[Finding]) -> None:
    """Let each value that cannot be read know where it stands; of those that are not listed, the line alone."""
    told = {id(note): finding for note, finding in zip(shown, findings, strict=True) if note.value is not None}
    for note in notes:
        if note.value is not None:
            line = int(note.node.sourceline or 0) + notes.loaded.skipped
            note.value.finding = told.get(id(note)) or note.finding(line=line)
