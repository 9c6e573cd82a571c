"""Bytes to an lxml tree, safely: the only module that builds a parser or prints a node.

Whatever comes in leaves here either as a tree or as a ``DocumentError``. No entity is declared, expanded or
fetched; no file and no socket is opened; the grammar that a DOCTYPE names is a name and nothing more. The
messages of libxml2 quote the document, which may be a secret, so they are translated and never passed on.
"""

from __future__ import annotations

import codecs
import copy
import re
import threading
from encodings import normalize_encoding
from encodings.aliases import aliases
from functools import lru_cache

import attrs
from lxml import etree

from .errors import (
    AttributeLengthExceeded,
    AttributesExceeded,
    BytesExceeded,
    DepthExceeded,
    ElementsExceeded,
    InvalidValue,
    LimitExceeded,
    MalformedDocument,
    UnsafeDocument,
)
from .findings import CODES, Finding, shorten
from .limits import DEFAULT_LIMITS, Limits
from .places import MARKUP

__all__ = [
    "DSIG",
    "Doctype",
    "Loaded",
    "canonical",
    "codec_named",
    "codec_of",
    "declared_encoding",
    "decode",
    "instructions",
    "load",
    "markup",
    "parse_markup",
]

#: The namespace of XML signatures, the only one that a cXML document has.
DSIG = "http://www.w3.org/2000/09/xmldsig#"

#: libxml2 stops here by itself, whatever ``Limits`` say.
_LIBXML2_DEPTH = 256


@attrs.frozen
class Doctype:
    """The DOCTYPE of a document, kept as it was received. Nothing is ever fetched from it."""

    name: str
    system: str | None = None
    public: str | None = None

    @property
    def version(self) -> str | None:
        """The cXML version in the system identifier, such as ``1.2.071``."""
        match = _CXML_ORG(self.system or "")
        return match[1] if match else None

    def __str__(self) -> str:
        if self.public is not None:
            return f'<!DOCTYPE {self.name} PUBLIC "{self.public}" {_quote(self.system or "")}>'
        if self.system is not None:
            return f"<!DOCTYPE {self.name} SYSTEM {_quote(self.system)}>"
        return f"<!DOCTYPE {self.name}>"


def _quote(system: str) -> str:
    return f"'{system}'" if '"' in system else f'"{system}"'


# Hosts are compared without case: xml.cxml.org and xml.cXML.org are both in use.
_CXML_ORG = re.compile(
    r"https?://xml\.cxml\.org/schemas/cXML/([0-9]+\.[0-9]+\.[0-9]+)/\w+\.dtd", re.IGNORECASE
).fullmatch


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
    namespaces: whether it may declare namespaces.
    """

    root: etree._Element
    octets: bytes = attrs.field(repr=False)
    doctype: Doctype | None
    findings: tuple[Finding, ...]
    start: int
    skipped: int
    blanks: bool
    namespaces: bool


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
        finding = _finding("blank-start", 1, 1)
        if not tolerant:
            raise MalformedDocument(finding)
        findings.append(finding)
        received, octets = octets, octets.lstrip(b" \t\r\n")
        skipped = received.count(b"\n", 0, len(received) - len(octets))
    if octets.startswith(codecs.BOM_UTF8):
        # libxml2 would pass over it, the scan of the prolog would not.
        raise MalformedDocument(_finding("malformed", skipped + 1, 1, "A byte order mark stands in a wrong place."))
    # Most prologs are the same few hundred octets again and again.
    mark = octets.find(b"<cXML", 0, 1024)
    doctype, start = _prolog(octets[:mark]) if mark > 0 else (None, -1)
    if start < 0:
        doctype, start = _scan(octets)
    if doctype is None:
        findings.append(_finding("doctype-missing"))
    elif doctype.version is None:
        findings.append(_finding("doctype-unexpected"))
    # In front of comments, CDATA and instructions libxml2 drops blanks that belong to a text.
    blanks = blanks or start < 0 or _follows(octets, b"!", start) or _follows(octets, b"?", start)
    root = _parse(octets, limits, blanks, skipped)
    _refuse_references(octets, start, skipped)
    declared = octets.count(b"xmlns") if b"xmlns" in octets else 0
    _measure(root, octets, limits, declared)
    return Loaded(root, octets, doctype, tuple(findings), start, skipped, blanks, declared > 0)


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


def _finding(code: str, line: int = 0, column: int = 0, message: str = "") -> Finding:
    severe = code not in (
        "byte-order-mark",
        "declared-encoding",
        "doctype-missing",
        "doctype-unexpected",
        "blank-start",
    )
    return Finding("xml", "error" if severe else "warning", code, message or CODES[code], "", line, column)


# --- encodings: everything becomes UTF-8 -----------------------------------------------------------------

_BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARATION = re.compile(rb"""\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")
#: All names of encodings -> the module of it.
_MODULES = {**{module: module for module in aliases.values()}, **aliases}
# Only encodings in which ASCII is ASCII: a scan of the prolog must see what the parser will see.
_READ = re.compile(r"utf-8|ascii|iso8859-(?:[1-9]|1[0-6])|cp125[0-8]|latin-1").fullmatch


def _octets(data: bytes | bytearray | memoryview | str, limits: Limits, findings: list[Finding]) -> bytes:
    if not isinstance(data, (bytes, bytearray, memoryview, str)):
        raise InvalidValue(f"the octets of a document are expected, or its text, not {type(data).__name__}")
    size = len(data) if not isinstance(data, memoryview) else data.nbytes
    if size > limits.bytes:
        raise _exceeded(BytesExceeded, "octets", limits.bytes)
    octets = _encode(data, findings) if isinstance(data, str) else _transcode(bytes(data), findings)
    if len(octets) > limits.bytes:
        raise _exceeded(BytesExceeded, "octets", limits.bytes)
    return octets


def _encode(text: str, findings: list[Finding]) -> bytes:
    if text.startswith("\ufeff"):
        findings.append(_finding("byte-order-mark", 1, 1))
        text = text[1:]
    try:
        octets = text.encode("utf-8")
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        column = error.start - text.rfind("\n", 0, error.start)
    else:
        declared = _DECLARATION.match(octets[:1024])
        if declared and declared[1].lower() not in (b"utf-8", b"utf8"):
            findings.append(_finding("declared-encoding", 1, 1))
        return octets
    raise MalformedDocument(_finding("malformed", line, column, "The text holds half of a surrogate pair."))


def _transcode(octets: bytes, findings: list[Finding]) -> bytes:
    if octets.startswith(b'<?xml version="1.0" encoding="UTF-8"'):
        return octets
    for mark, name in _BOMS:
        if octets.startswith(mark):
            return decode(octets, name).encode("utf-8", "surrogatepass")
    if octets.startswith(codecs.BOM_UTF8):
        findings.append(_finding("byte-order-mark", 1, 1))
        octets = octets[3:]
    if octets[:4] == b"<\0?\0":
        return decode(octets, "utf-16-le").encode("utf-8", "surrogatepass")
    if octets[:4] == b"\0<\0?":
        return decode(octets, "utf-16-be").encode("utf-8", "surrogatepass")
    name = declared_encoding(octets)
    if name in ("", "UTF-8", "utf-8"):
        return octets
    codec = codec_of(name)
    return octets if codec == "utf-8" else decode(octets, codec).encode("utf-8")


def declared_encoding(octets: bytes) -> str:
    """The encoding that the XML declaration names; "" if it names none."""
    declared = _DECLARATION.match(octets[:1024])
    return declared[1].decode("ascii") if declared else ""


def codec_named(name: str) -> str:
    """Python's name for an encoding, whether documents may have it or not; "" if it knows none of that name.

    Python never forgets a name that it was asked for, so it is asked for those of its own list alone.
    """
    module = _MODULES.get(normalize_encoding(name).lower()) if name.isascii() else None
    try:
        return codecs.lookup(module).name if module else ""
    except LookupError:  # one that only another system has
        return ""


def codec_of(name: str) -> str:
    """Python's name for an encoding that a document may have, those aside that do not contain ASCII.

    Raises MalformedDocument for all others.
    """
    codec = codec_named(name)
    if not _READ(codec):
        message = f"The encoding {shorten(name, 41)} is not read; send UTF-8."
        raise MalformedDocument(_finding("encoding", 1, 1, message))
    return codec


def decode(octets: bytes, codec: str) -> str:
    """The text of a whole document.

    Raises MalformedDocument if the octets are not in that encoding.
    """
    try:
        return octets.decode(codec)
    except UnicodeDecodeError as error:
        start = error.start
    line = octets.count(b"\n", 0, start) + 1
    raise MalformedDocument(
        _finding("encoding", line, 1, f"Octet {start} is not {codec.upper()}, which was announced.")
    )


# --- the prolog ------------------------------------------------------------------------------------------

_SPACE = re.compile(rb"[ \t\r\n]*")
_DOCTYPE_MARK = re.compile(rb"""["'\[>]""")
_DOCTYPE = re.compile(
    r"""<!DOCTYPE\s+([^\s>\["']+)(?:\s+SYSTEM\s+("[^"]*"|'[^']*')|\s+PUBLIC\s+("[^"]*"|'[^']*')(?:\s+("[^"]*"|'[^']*'))?)?"""
).match
_PREDEFINED = (b"amp;", b"lt;", b"gt;", b"quot;", b"apos;")
_CHARACTER = re.compile(rb"&#(?:[0-9]+|x[0-9a-fA-F]+);").match
# A reference to an entity that is neither one of the five of XML nor a character.
_REFERENCE = re.compile(rb"&(?!(?:lt|gt|amp|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);)").search
_LITERAL = re.compile(rb"<!\[CDATA\[.*?\]\]>|<!--.*?-->|<\?.*?\?>", re.DOTALL)


def _scan(octets: bytes) -> tuple[Doctype | None, int]:
    """Find the DOCTYPE and refuse, before any parser sees it, a document that brings declarations of its own.

    The second value is where the prolog ends, or -1 if it does not end within ``octets``.
    """
    doctype: Doctype | None = None
    at = 0
    while True:
        at = _SPACE.match(octets, at).end()  # type: ignore[union-attr]
        if octets.startswith(b"<?", at):
            end = octets.find(b"?>", at)
        elif octets.startswith(b"<!--", at):
            end = octets.find(b"-->", at + 4)
        elif octets.startswith(b"<!DOCTYPE", at):
            end = _doctype_end(octets, at)
            doctype = _doctype(octets[at : max(end, at)])
        else:
            return doctype, at
        if end < 0:
            return doctype, -1
        at = octets.find(b">", end) + 1


_prolog = lru_cache(maxsize=64)(_scan)


def _refuse_references(octets: bytes, start: int, skipped: int) -> None:
    """Refuse references to entities, whose text libxml2 would leave out without a word.

    The document is known to be well-formed here, so behind its prolog every comment and CDATA section has its end.
    """
    at = octets.find(b"&", start)
    while at >= 0 and (octets.startswith(_PREDEFINED, at + 1) or _CHARACTER(octets, at)):
        at = octets.find(b"&", at + 1)
    # What looks like a reference may stand in a comment or in CDATA.
    if at >= 0 and (hit := _REFERENCE(_LITERAL.sub(_blank, octets[start:]))):
        line, column = _line(octets, start + hit.start())
        message = "A reference to an entity that cXML does not know; write '&' as '&amp;' and characters as '&#233;'."
        raise UnsafeDocument(_finding("entity", skipped + line, column, message))


def _blank(literal: re.Match[bytes]) -> bytes:
    return b" " * len(literal[0])


def _doctype_end(octets: bytes, at: int) -> int:
    while mark := _DOCTYPE_MARK.search(octets, at):
        if mark[0] == b">":
            return mark.start()
        if mark[0] == b"[":
            line, column = _line(octets, mark.start())
            message = "The document declares entities or grammar of its own between '[' and ']'; cXML allows neither."
            raise UnsafeDocument(_finding("internal-subset", line, column, message))
        at = octets.find(mark[0], mark.end()) + 1
        if at == 0:
            break
    return -1


def _doctype(octets: bytes) -> Doctype | None:
    match = _DOCTYPE(octets.decode("utf-8", "replace"))
    if match is None:
        return None
    name, system, public, public_system = match.groups()
    system = system or public_system
    return Doctype(name, system and system[1:-1], public and public[1:-1])


def _line(octets: bytes, offset: int) -> tuple[int, int]:
    start = octets.rfind(b"\n", 0, offset) + 1
    return octets.count(b"\n", 0, offset) + 1, len(octets[start:offset].decode("utf-8", "replace")) + 1


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


#: libxml2's error numbers, in words that quote nothing.
_MALFORMED = {
    4: "There is no XML in the document.",
    5: "Something stands after the end of the root element, or the document ends too early.",
    8: "A character reference is not finished or names no character.",
    9: "A character stands here that XML does not allow.",
    38: "A '<' stands in an attribute value; write '&lt;'.",
    39: "An attribute value is not in quotes.",
    40: "An attribute value is not closed.",
    41: "An attribute has no value.",
    42: "An attribute stands twice in one element.",
    62: "']]>' stands in text; write ']]&gt;'.",
    63: "A CDATA section is not closed.",
    64: "The XML declaration does not stand at the very start.",
    65: "Blank space is missing.",
    68: "A name is expected here.",
    73: "A tag is not closed with '>'.",
    76: "An end tag does not fit the start tag that is open.",
    77: "The document ends while an element is still open.",
    81: "The octets are not those of the encoding.",
    201: "A name has a prefix whose namespace is not declared.",
}


#: libxml2's own bounds: a comment, a name, any other value or the depth.
_TOO_LONG = frozenset((110, 114))
_LIBXML2_VALUE = 10_000_000
_LIBXML2_NAME = 50_000


def _too_long(octets: bytes, limits: Limits, message: str, line: int, column: int, skipped: int) -> LimitExceeded:
    if "depth" in message:
        return _exceeded(DepthExceeded, "levels of elements", min(limits.depth, _LIBXML2_DEPTH), line, column)
    if "Name" in message:
        return _exceeded(LimitExceeded, "octets in a name", _LIBXML2_NAME, line, column)
    # The message does not tell an attribute from a text; the tag that is still open does.
    at = octets.rfind(b"<", 0, _offset(octets, line - skipped, column))
    if at >= 0 and octets[at + 1 : at + 2] not in (b"!", b"?", b"/") and b"=" in octets[at : at + 1000]:
        tag = MARKUP.match(octets, at)
        if tag is None or tag.end() - at > _LIBXML2_VALUE:
            longest = min(limits.attribute_length, _LIBXML2_VALUE)
            return _exceeded(AttributeLengthExceeded, "characters in an attribute", longest, line, column)
    return _exceeded(LimitExceeded, "characters in one value", _LIBXML2_VALUE, line, column)


def _offset(octets: bytes, line: int, column: int) -> int:
    at = 0
    for _ in range(line - 1):
        at = octets.find(b"\n", at) + 1
    return at + column


def _parse(octets: bytes, limits: Limits, blanks: bool, skipped: int) -> etree._Element:
    try:
        return etree.fromstring(octets, _parser(blanks))
    except etree.XMLSyntaxError as error:
        code, message = error.code, error.msg or ""
        line, column = error.position
        line, column = line + skipped, max(column, 0)
    # Outside the handler, so that libxml2's text does not hang on the new error as its context.
    if code in _TOO_LONG or "too big" in message:
        raise _too_long(octets, limits, message, line, column, skipped)
    text = _MALFORMED.get(code or 0, f"The document is not well-formed XML (libxml2 error {code}).")
    raise MalformedDocument(_finding("malformed", line, column, text))


# --- limits ----------------------------------------------------------------------------------------------

# cXML has none but those of a signature; thousands would make every look at a prefix slow.
_NAMESPACES = 200
# Each element that is carried as it is carries the names of its namespaces.
_NAMESPACE_LENGTH = 256
_LONG_NAMESPACE = re.compile(rb"""xmlns[^\s=]*\s*=\s*(?:"[^"]{257}|'[^']{257})""").search
_COUNT_ELEMENTS = etree.XPath("count(/descendant::*)")


def _measure(root: etree._Element, octets: bytes, limits: Limits, declared: int) -> None:
    """Hold the tree against the limits. The mere size shows at once that most documents are far below."""
    size = len(octets)
    if size > 4 * limits.elements and _COUNT_ELEMENTS(root) > limits.elements:
        raise _exceeded(ElementsExceeded, "elements", limits.elements)
    if limits.depth < _LIBXML2_DEPTH and _true(f"boolean({'/*' * (limits.depth + 1)})", root):
        raise _exceeded(DepthExceeded, "levels of elements", limits.depth)
    # A tag is a stretch without '<', and so is an attribute; most documents have no long ones at all. An attribute
    # takes five octets at the least.
    most = limits.attributes
    if _has_stretch(octets, 5 * most) and _true(f"boolean(/descendant::*/@*[{most + 1}])", root):
        raise _exceeded(AttributesExceeded, "attributes in one element", most)
    if declared > _NAMESPACES:
        raise _exceeded(AttributesExceeded, "declarations of namespaces", _NAMESPACES)
    if declared and _LONG_NAMESPACE(octets):
        raise _exceeded(AttributeLengthExceeded, "characters in the name of a namespace", _NAMESPACE_LENGTH)
    longest = limits.attribute_length
    if _has_stretch(octets, longest) and _true(f"boolean(/descendant::*/@*[string-length() > {longest}])", root):
        raise _exceeded(AttributeLengthExceeded, "characters in an attribute", longest)


def _has_stretch(octets: bytes, length: int) -> bool:
    """Whether more than ``length`` octets without '<' follow one another. Such a stretch covers a multiple of it."""
    length = max(length, 1)
    for at in range(length, len(octets), length):
        end = octets.find(b"<", at, at + length)
        if end < 0 or end - octets.rfind(b"<", at - length, at) > length:
            return True
    return False


@lru_cache(maxsize=64)
def _xpath(expression: str) -> etree.XPath:
    return etree.XPath(expression)


def _true(expression: str, root: etree._Element) -> bool:
    return bool(_xpath(expression)(root))


def _exceeded(kind: type[LimitExceeded], what: str, limit: int, line: int = 0, column: int = 0) -> LimitExceeded:
    code = re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower()
    return kind(Finding("xml", "error", code, f"The document has more than {limit} {what}.", "", line, column), limit)


# --- single nodes ----------------------------------------------------------------------------------------


def markup(node: etree._Element) -> str:
    """A node as XML that can stand alone: an element with the namespaces that it uses, or a processing instruction."""
    if node.nsmap:
        # A copy takes along what it needs; printed in its place a node takes all that is declared around it.
        node = copy.deepcopy(node)
    text: str = etree.tostring(node, encoding="unicode", with_tail=False)
    return text


def instructions(root: etree._Element) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The processing instructions before and after the root element."""
    if root.getprevious() is None and root.getnext() is None:
        return (), ()
    before = [_instruction(node) for node in root.itersiblings(preceding=True)]
    return tuple(reversed(before)), tuple(_instruction(node) for node in root.itersiblings())


def _instruction(node: etree._Element) -> str:
    # Printing a node that stands beside the root costs lxml a walk over all others.
    return f"<?{node.target} {node.text}?>" if node.text else f"<?{node.target}?>"  # type: ignore[attr-defined]


def parse_markup(text: str, limits: Limits = DEFAULT_LIMITS) -> etree._Element:
    """The tree of a piece of XML, under the same rules as a document."""
    return load(text, limits).root


def canonical(root: etree._Element) -> bytes:
    """Canonical XML of a whole document, with the processing instructions around its root: equal where only the
    spelling differs. The second edition of the standard, for the first one fails on namespaces such as ``xmlns="x"``.
    """
    octets: bytes = etree.tostring(root.getroottree(), method="c14n2", with_comments=False)
    return octets
