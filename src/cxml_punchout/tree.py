"""Bytes to an lxml tree, safely: the only module that builds a parser or prints a node.

Whatever comes in leaves here either as a tree or as a ``DocumentError``. No entity is declared, expanded or
fetched; no file and no socket is opened; the grammar that a DOCTYPE names is a name and nothing more.
"""

from __future__ import annotations

import codecs
import copy
import re
import threading
from collections.abc import Sequence
from itertools import islice

import attrs
from lxml import etree

from .errors import (
    AttributeLengthExceeded,
    AttributesExceeded,
    BytesExceeded,
    DepthExceeded,
    DocumentError,
    ElementsExceeded,
    InvalidValue,
    LimitExceeded,
    MalformedDocument,
    MemoryExceeded,
    NameLengthExceeded,
    NamespacesExceeded,
)
from .findings import Finding
from .limits import DEFAULT_LIMITS, Limits
from .malformed import explained, form_finding, offset_of
from .octets import codec_named, codec_of, declared_encoding, decode, encoded, transcoded
from .places import MARKUP, Declaring, crowded, declaring
from .prolog import Doctype, refuse_references, scan, scanned
from .unheard import apart, heard
from .weight import TREE, has_room, is_dense, named, room, roughly, weigh

__all__ = [
    "DSIG",
    "PIECE_LIMITS",
    "Doctype",
    "Loaded",
    "canonical",
    "codec_named",
    "codec_of",
    "declared_encoding",
    "decode",
    "exceeded",
    "instructions",
    "load",
    "markup",
    "parse_markup",
    "skeleton",
    "xpath",
]

#: The namespace of XML signatures, the only one that a cXML document has.
DSIG = "http://www.w3.org/2000/09/xmldsig#"

_VERSION = re.compile(rb"""<\?xml\s+version\s*=\s*["']([^"']*)["']""").match
#: A text that begins with blanks.
_INDENTED = re.compile(rb">[ \t\r\n]+[^< \t\r\n]").search

#: libxml2 stops here by itself, whatever ``Limits`` say.
_LIBXML2_DEPTH = 256
_NONE = Declaring()


@attrs.define(eq=False)
class Loaded:
    """One well-formed document.

    root: the root element of the tree, without comments.
    octets: the document in UTF-8, whatever it came in; places are counted in it.
    doctype: the DOCTYPE, or None.
    findings: what was noticed on the way in, none of it an obstacle.
    start: where the prolog ends and the root element, or what stands before it, begins.
    skipped: line ends that stood before the document and are not in ``octets``.
    blanks: whether white space between elements is in the tree.
    namespaces: how many start tags declare some; that of the prefix xml says nothing.
    dense: whether the tree takes so much memory that the typed objects have to be counted.
    """

    root: etree._Element
    octets: bytes = attrs.field(repr=False)
    doctype: Doctype | None
    findings: tuple[Finding, ...]
    start: int
    skipped: int
    blanks: bool
    namespaces: int
    dense: bool


def load(
    data: bytes | bytearray | memoryview | str,
    limits: Limits = DEFAULT_LIMITS,
    *,
    tolerant: bool = False,
    blanks: bool = True,
) -> Loaded:
    """Read one document of at most ``limits`` into a tree.

    A ``str`` is taken as it stands and its encoding declaration is ignored. ``tolerant`` accepts blank space
    before the XML declaration. ``blanks=False`` leaves white space between elements out where that is safe, which
    is faster; it may then be gone from an element whose first node is an element as well.

    Raises MalformedDocument and UnsafeDocument (Status 406), LimitExceeded (Status 499).
    """
    findings: list[Finding] = []
    octets = _octets(data, limits, findings)
    skipped = 0
    if octets[:1].isspace():
        finding = form_finding("blank-start", 1, 1)
        if not tolerant:
            raise MalformedDocument(finding)
        findings.append(finding)
        received, octets = octets, octets.lstrip(b" \t\r\n")
        skipped = received.count(b"\n", 0, len(received) - len(octets))
    if not octets.startswith(b'<?xml version="1.0"'):
        version = _VERSION(octets, 0, 256)
        if version and version[1] != b"1.0":
            findings.append(form_finding("xml-version", skipped + 1, 1))
    if octets.startswith(codecs.BOM_UTF8):
        # libxml2 would pass over it, the scan of the prolog would not.
        raise MalformedDocument(form_finding("malformed", skipped + 1, 1, "A byte order mark stands in a wrong place."))
    # Most prologs are the same few hundred octets again and again.
    mark = octets.find(b"<cXML", 0, 1024)
    doctype, start = scanned(octets[:mark]) if mark > 0 else (None, -1)
    if start < 0:
        doctype, start = scan(octets)
    if doctype is None:
        findings.append(form_finding("doctype-missing"))
    elif doctype.version is None:
        findings.append(form_finding("doctype-unexpected"))
    namespaces = octets.rfind(b"xmlns") >= 0  # three times as fast as from the start, whatever the reason
    tags_only = (namespaces or not blanks) and not (_follows(octets, b"!", start) or _follows(octets, b"?", start))
    blanks = blanks or start < 0 or not tags_only
    source, blanks = _plain(octets, start, blanks)
    dense = _weigh(octets, limits, blanks)
    if namespaces and crowded(octets, limits.namespaces):
        raise exceeded(NamespacesExceeded, "prefixes of namespaces", limits.namespaces)
    try:
        root = _parse(source, limits, blanks, skipped)
        del source  # as large as the document
        refuse_references(octets, start, skipped)
        declared = declaring(octets, start, tags_only, limits.namespaces) if namespaces else _NONE
        _measure(root, octets, limits, declared)
    except DocumentError:
        heard(octets)
        raise
    return Loaded(root, octets, doctype, tuple(findings), start, skipped, blanks, declared.tags, dense)


def _plain(octets: bytes, start: int, blanks: bool) -> tuple[bytes, bool]:
    """What libxml2 is to read of a document, and whether with all its white space.

    In front of comments, CDATA and instructions it drops blanks that belong to a text, and in front of a CR.
    """
    if blanks or b"\r" not in octets or _INDENTED(octets, start) is None:
        return octets, blanks
    source = octets.replace(b"\r\n", b"\n")  # as it does itself, a moment later
    return (octets, True) if b"\r" in source else (source, False)


def _follows(octets: bytes, mark: bytes, start: int) -> bool:
    """Whether ``mark`` stands behind a '<' anywhere from ``start``. The mark is rare, '<' is not."""
    at = octets.find(mark, start)
    for _ in range(100):
        if at < 0:
            return False
        if octets[at - 1] == 60:
            return True
        at = octets.find(mark, at + 1)
    return b"<" + mark in octets[at - 1 :]


def _octets(data: bytes | bytearray | memoryview | str, limits: Limits, findings: list[Finding]) -> bytes:
    if not isinstance(data, (bytes, bytearray, memoryview, str)):
        raise InvalidValue(f"the octets of a document are expected, or its text, not {type(data).__name__}")
    size = len(data) if not isinstance(data, memoryview) else data.nbytes
    if size > limits.bytes:
        raise exceeded(BytesExceeded, "octets", limits.bytes)
    octets = encoded(data, findings) if isinstance(data, str) else transcoded(bytes(data), findings)
    if b"\0" in octets:
        octets = _without_nuls(octets, findings)
    if len(octets) > limits.bytes:
        raise exceeded(BytesExceeded, "octets", limits.bytes)
    return octets


def _without_nuls(octets: bytes, findings: list[Finding]) -> bytes:
    """The document without the zero octets behind it, which C puts behind a text."""
    text = octets.rstrip(b"\0 \t\r\n")
    if b"\0" not in octets[len(text) :]:
        return octets
    findings.append(form_finding("nul-end"))
    return text


# --- parsing ---------------------------------------------------------------------------------------------

_local = threading.local()


def _parser(blanks: bool) -> etree.XMLParser:
    # One for each thread: a parser is costly to build next to a small document, and cannot be shared.
    try:
        parsers: dict[bool, etree.XMLParser] = _local.parsers
    except AttributeError:
        parsers = _local.parsers = {}
    if blanks not in parsers:
        parsers[blanks] = etree.XMLParser(
            encoding="utf-8",
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            attribute_defaults=False,
            huge_tree=False,
            recover=False,
            remove_blank_text=not blanks,
            remove_comments=True,
            strip_cdata=True,
        )
    return parsers[blanks]


#: libxml2's own bounds: a comment, a name, any other value or the depth.
_TOO_LONG = frozenset((110, 114))
_LIBXML2_VALUE = 10_000_000
_LIBXML2_NAME = 50_000


def _too_long(octets: bytes, limits: Limits, message: str, line: int, column: int, skipped: int) -> LimitExceeded:
    at = octets.rfind(b"<", 0, offset_of(octets, line, column))
    line += skipped
    if "depth" in message:
        return exceeded(DepthExceeded, "levels of elements", min(limits.depth, _LIBXML2_DEPTH), line, column)
    if "Name" in message:
        longest = min(limits.name_length, _LIBXML2_NAME)
        return exceeded(NameLengthExceeded, "characters in a name", longest, line, column)
    # The message does not tell an attribute from a text; the tag that is still open does.
    if at >= 0 and octets[at + 1 : at + 2] not in (b"!", b"?", b"/") and b"=" in octets[at : at + 1000]:
        tag = MARKUP.match(octets, at)
        if tag is None or tag.end() - at > _LIBXML2_VALUE:
            longest = min(limits.attribute_length, _LIBXML2_VALUE)
            return exceeded(AttributeLengthExceeded, "characters in an attribute", longest, line, column)
    return exceeded(LimitExceeded, "characters in one value", _LIBXML2_VALUE, line, column)


def _parse(octets: bytes, limits: Limits, blanks: bool, skipped: int) -> etree._Element:
    parser = _parser(blanks)
    try:
        root = etree.fromstring(octets, parser)
    except etree.XMLSyntaxError as error:
        code, message = error.code, error.msg or ""
        line, column = error.position
        column = max(column, 0)
    else:
        # A prefix that nobody declared passes if a mere warning comes behind it.
        fault = next((each for each in parser.error_log if each.level >= etree.ErrorLevels.ERROR), None)
        if fault is None:
            return root
        code, message, line, column = fault.type, fault.message, fault.line, max(fault.column, 0)
    # Outside the handler, so that libxml2's text does not hang on the new error as its context.
    if code in _TOO_LONG or "too big" in message:
        raise _too_long(octets, limits, message, line, column, skipped)
    raise MalformedDocument(explained(octets, code or 0, line, column, skipped))


# --- limits ----------------------------------------------------------------------------------------------


def _weigh(octets: bytes, limits: Limits, blanks: bool) -> bool:
    """What has to be known before there is a tree, for a tree of tiny elements takes fifty times the document.

    Tells whether the document is dense.
    """
    size = len(octets)
    many = size > 4 * limits.elements and roughly(octets).elements > limits.elements
    if many and weigh(octets).elements > limits.elements:
        raise exceeded(ElementsExceeded, "elements", limits.elements)
    if not is_dense(octets, limits, blanks=blanks):
        return False
    most = room(size, limits, TREE)
    if not has_room(octets, most, lambda some: roughly(some) + named(some)) and weigh(octets, blanks=blanks) > most:
        raise exceeded(MemoryExceeded, "times its own size in memory, for its elements are tiny", limits.memory)
    return True


def _measure(root: etree._Element, octets: bytes, limits: Limits, declared: Declaring) -> None:
    """Hold the tree against the limits. A look at the octets shows at once that most documents are far below."""
    if limits.depth < _LIBXML2_DEPTH and _true(f"boolean({'/*' * (limits.depth + 1)})", root):
        raise exceeded(DepthExceeded, "levels of elements", limits.depth)
    # A tag is a stretch without '<', and so are an attribute and a name; most documents have no long ones at all. An
    # attribute takes five octets at the least.
    most, longest = limits.attributes, limits.name_length
    if _has_stretch(octets, min(5 * most, longest)):
        if _true(f"boolean(/descendant::*/@*[{most + 1}])", root):
            raise exceeded(AttributesExceeded, "attributes in one element", most)
        for nodes in ("/descendant::*", "/descendant::*/@*"):
            if _true(f"boolean({nodes}[string-length(name()) > {longest}])", root):
                raise exceeded(NameLengthExceeded, "characters in a name", longest)
    # Thousands of them would make every look at a prefix slow. Some programs declare the same few on every element,
    # which is no more than a waste.
    if declared.prefixes > limits.namespaces:
        raise exceeded(NamespacesExceeded, "prefixes of namespaces", limits.namespaces)
    # Each element that is carried as it is carries the names of its namespaces.
    if declared.longest > longest:
        raise exceeded(NameLengthExceeded, "characters in the name of a namespace", longest)
    longest = limits.attribute_length
    if _has_stretch(octets, longest) and _true(f"boolean(/descendant::*/@*[string-length() > {longest}])", root):
        raise exceeded(AttributeLengthExceeded, "characters in an attribute", longest)


def _has_stretch(octets: bytes, length: int) -> bool:
    """Whether more than ``length`` octets without '<' follow one another. Such a stretch covers a multiple of it."""
    length = max(length, 1)
    before = -1
    for at in range(length, len(octets), length):
        end = octets.find(b"<", at, at + length)
        if end < 0 or (end - before > length and end - octets.rfind(b"<", at - length, at) > length):
            return True
        before = end
    return False


def xpath(expression: str) -> etree.XPath:
    """A compiled expression, for this thread alone.

    lxml locks one while it is evaluated: other threads would wait, and the child of a fork for ever.
    """
    try:
        compiled: dict[str, etree.XPath] = _local.compiled
    except AttributeError:
        compiled = _local.compiled = {}
    if expression not in compiled:
        if len(compiled) >= _COMPILED:
            compiled.clear()
        compiled[expression] = etree.XPath(expression)
    return compiled[expression]


#: More expressions there are not, but that limits stand in them.
_COMPILED = 64


def _true(expression: str, root: etree._Element) -> bool:
    return bool(xpath(expression)(root))


def exceeded(kind: type[LimitExceeded], what: str, limit: int, line: int = 0, column: int = 0) -> LimitExceeded:
    """The error of a document that has more than ``limit`` of something."""
    code = re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower()
    return kind(Finding("xml", "error", code, f"The document has more than {limit} {what}.", "", line, column), limit)


# --- single nodes ----------------------------------------------------------------------------------------


def markup(node: etree._Element) -> str:
    """A node as XML that can stand alone: an element with the namespaces that it uses, or a processing instruction."""
    # A copy takes along what it needs; printed in its place a node takes all that is declared around it. Of a small
    # one a copy costs less than a look at what is declared.
    if isinstance(node.tag, str) and (not len(node) or node.nsmap):
        node = copy.copy(node)  # of lxml, with all that it holds
    text: str = etree.tostring(node, encoding="unicode", with_tail=False)
    # An empty CDATA section leaves an empty text behind, of which nothing is left once it is written and read.
    if "></" not in text:
        return text
    pieces = _INSTRUCTION.split(text) if "<?" in text else [text]
    return "".join(piece if piece.startswith("<?") else _EMPTY.sub(r"<\1\2/>", piece) for piece in pieces)


_INSTRUCTION = re.compile(r"(<\?.*?\?>)", re.DOTALL)
_EMPTY = re.compile(r"<([^\s<>/!?]+)((?:\s[^<>]*[^<>/])?)></\1>")


def instructions(root: etree._Element) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The processing instructions before and after the root element."""
    if root.getprevious() is None and root.getnext() is None:
        return (), ()
    before = [_instruction(node) for node in root.itersiblings(preceding=True)]
    return tuple(reversed(before)), tuple(_instruction(node) for node in root.itersiblings())


def _instruction(node: etree._Element) -> str:
    # Printing a node that stands beside the root costs lxml a walk over all others.
    return f"<?{node.target} {node.text}?>" if node.text else f"<?{node.target}?>"  # type: ignore[attr-defined]


def skeleton(root: etree._Element, whole: str, wrappers: Sequence[str]) -> bytes:
    """A document with the same root, all children of it called ``whole``, and of ``wrappers`` the first few, with the
    first few children of theirs, of which nothing but the start tag is left.
    """
    made = etree.Element(root.tag, dict(root.attrib), nsmap=root.nsmap)
    made.extend(copy.deepcopy(child) for child in root.iterchildren(whole))
    for child in islice(root.iterchildren(*wrappers), _FEW):
        bare = _start_tag(child)
        bare.extend(_start_tag(each) for each in islice(child.iterchildren("*"), _FEW))
        made.append(bare)
    octets: bytes = etree.tostring(made)
    return octets


#: More than one of a kind is a fault already.
_FEW = 3


def _start_tag(node: etree._Element) -> etree._Element:
    return etree.Element(node.tag, dict(node.attrib), nsmap=node.nsmap)


#: Those of a piece of a document. What it takes of memory was looked at when the whole was, which is less dense.
PIECE_LIMITS = attrs.evolve(DEFAULT_LIMITS, memory=1000)


def parse_markup(text: str, limits: Limits = PIECE_LIMITS) -> etree._Element:
    """The tree of a piece of XML, under the same rules as a document but for its memory."""
    return apart(load, text, limits).root


def canonical(root: etree._Element) -> bytes:
    """Canonical XML of a whole document, with the processing instructions around its root: equal where only the
    spelling differs. The second edition of the standard, for the first one fails on namespaces such as ``xmlns="x"``.
    """
    octets: bytes = etree.tostring(root, method="c14n2", with_comments=False)
    # lxml takes the square of their number for what stands beside the root.
    before, after = instructions(root)
    if before or after:
        octets = b"\n".join((*map(str.encode, before), octets, *map(str.encode, after)))
    return octets
