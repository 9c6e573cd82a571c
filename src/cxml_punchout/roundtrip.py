"""Whether a document that was read can be written back: the same elements, attributes and texts."""

from __future__ import annotations

from collections import Counter

import attrs
from lxml import etree

from .declaration import Declaration, lookup
from .document import Mode, parse, serialize
from .errors import DocumentError, UsageError
from .limits import DEFAULT_LIMITS, Limits
from .models.envelope import CXML
from .places import Places, name_of
from .tree import Loaded, instructions, load, markup

__all__ = ["Difference", "RoundTrip", "first_difference", "round_trip", "same_infoset"]


@attrs.frozen
class Difference:
    """The first place where two documents say different things. It names the part and never its value.

    path, line, column: in the first document; empty and 0 where the difference stands outside the root element.
    """

    what: str
    path: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        place = f" (line {self.line}, column {self.column})" if self.line else ""
        return f"{self.what}{' at ' if self.path else ''}{self.path}{place}"


@attrs.frozen
class RoundTrip:
    """What became of a document that was read, written and read again.

    read, written: octets before and after; written is 0 when the document could not be written.
    equal: the document read again equals the first one, field by field.
    difference: where the two texts differ; None if they hold the same.
    mended: they differ only in the order in which things stand, or in how they are spread over repeated elements.
        Tolerant mode accepts such documents, and what is written follows the grammar again.
    doctype_added: there was none, and the standard one was written.
    failure: why the document could not be written or read again.
    """

    read: int
    written: int = 0
    equal: bool = False
    difference: Difference | None = None
    mended: bool = False
    doctype_added: bool = False
    failure: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing was lost and nothing invented."""
        return self.equal and (self.difference is None or self.mended) and not self.failure

    def __str__(self) -> str:
        if self.failure:
            return f"failed: {self.failure}"
        if self.difference is not None and not self.mended:
            return f"differs: {self.difference}"
        if not self.equal:
            return "differs: read again, the document has other values than before"
        held = f"same content, order mended: {self.difference}" if self.mended else "same infoset"
        added = ", DOCTYPE added" if self.doctype_added else ""
        return f"{held}{added}, {self.read} bytes → {self.written} bytes"


def round_trip(document: CXML, body: bytes, *, mode: Mode = "strict", limits: Limits = DEFAULT_LIMITS) -> RoundTrip:
    """Write ``document``, which was read from ``body``, and compare the result with both."""
    try:
        written = serialize(document)
        # What was read again is given up before the two texts are compared, for that takes as much memory once more.
        equal = parse(written, mode=mode, limits=limits) == document
    except (UsageError, DocumentError) as error:
        return RoundTrip(len(body), failure=str(error))
    difference = first_difference(body, written, limits)
    mended = difference is not None and mode == "tolerant" and _rearranged(document, body, written, limits)
    return RoundTrip(len(body), len(written), equal, difference, mended, document.doctype is None)


def _rearranged(document: CXML, body: bytes, written: bytes, limits: Limits) -> bool:
    before, after = (_content(load(octets, limits, tolerant=True)) for octets in (body, written))
    if any(finding.code == "repeated" for finding in document.findings):
        # Two elements were joined; what both of them said is said once now.
        return before.keys() == after.keys() and after <= before
    return before == after


def _content(loaded: Loaded) -> Counter[tuple[str, ...]]:
    """What a document holds, without the order: the attributes and texts of each element, with its path."""
    _drop_blanks(loaded.root)
    found: Counter[tuple[str, ...]] = Counter()
    for node in loaded.root.iter():
        path = "/".join(str(step.tag) for step in (node, *node.iterancestors()))
        attributes = (f"{name}={node.get(name)}" for name in sorted(map(str, node.keys())))
        texts = (text for text in (node.text, *(child.tail for child in node)) if text)
        held = (*attributes, *texts)
        if held:
            found[path, *held] += 1
    return found


def same_infoset(body: bytes, written: bytes, limits: Limits = DEFAULT_LIMITS) -> bool:
    """Whether two documents hold the same; see ``first_difference`` for what counts.

    Raises DocumentError if one of them is not well-formed XML.
    """
    return first_difference(body, written, limits) is None


def first_difference(body: bytes, written: bytes, limits: Limits = DEFAULT_LIMITS) -> Difference | None:
    """The first thing that ``body`` has and ``written`` has not, or the other way round; None if there is none.

    Everything counts except what serialize leaves out on purpose: comments, white space where cXML allows only
    elements, and the characters in which XML spells one and the same content. A DOCTYPE may be added.

    Raises DocumentError if one of them is not well-formed XML.
    """
    before, after = (load(octets, limits, tolerant=True) for octets in (body, written))
    if before.doctype not in (None, after.doctype):
        return Difference("the DOCTYPE differs")
    for loaded in (before, after):
        _drop_blanks(loaded.root)
    # Both walks keep step, for a node with other children ends them.
    for node, other in zip(before.root.iter(), after.root.iter(), strict=False):
        what = _unlike(node, other)
        if what:
            return _placed(before, node, what)
    if instructions(before.root) != instructions(after.root):
        return Difference("the processing instructions around the root element differ")
    return None


def _drop_blanks(root: etree._Element) -> None:
    """Take away white space that has no meaning: beside the children of an element that may hold no text."""
    for node in root.iter("*"):
        declared = lookup(str(node.tag))
        if isinstance(declared, Declaration) and declared.kind in ("elements", "empty"):
            # Not even blanks may stand in an element that is declared empty, so there they count.
            if _blank(node.text) and (len(node) or declared.kind == "elements"):
                node.text = None
            for child in node:
                if _blank(child.tail):
                    child.tail = None


def _blank(text: str | None) -> bool:
    return text is not None and not text.strip(" \t\r\n")


def _unlike(node: etree._Element, other: etree._Element) -> str:
    """In which respect two nodes differ, their children aside, which are compared in their turn."""
    if not isinstance(node.tag, str):
        return "" if markup(node) == markup(other) else "a processing instruction differs"
    if name_of(node) != name_of(other) or node.nsmap != other.nsmap:
        return "the name or its namespace differs"
    for name in sorted({*node.keys(), *other.keys()}):
        if node.get(name) != other.get(name):
            return f"the attribute {etree.QName(name).localname} differs"
    children, others = ([str(child.tag) for child in parent] for parent in (node, other))
    if children != others:
        return "the children differ"
    if (node.text or "") != (other.text or ""):
        return "the text differs"
    if any((child.tail or "") != (twin.tail or "") for child, twin in zip(node, other, strict=True)):
        return "the text between the children differs"
    return ""


def _placed(loaded: Loaded, node: etree._Element, what: str) -> Difference:
    element = node if isinstance(node.tag, str) else node.getparent()
    assert element is not None
    places = Places(loaded, [element])
    return Difference(what, places.path(element), *places.position(element))
