"""What stands in front of the root element: the DOCTYPE, and nothing that declares anything."""

from __future__ import annotations

import re
from functools import lru_cache

import attrs

from .errors import UnsafeDocument
from .malformed import SUBSET_HINT, form_finding, place_of

__all__ = ["Doctype", "refuse_references", "scan", "scanned"]


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
    r"https?://xml\.cxml\.org/schemas/cXML/([0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,6})/\w+\.dtd", re.IGNORECASE
).fullmatch


# --- looking through it ------------------------------------------------------------------------------------

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


def scan(octets: bytes) -> tuple[Doctype | None, int]:
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


scanned = lru_cache(maxsize=64)(scan)


def refuse_references(octets: bytes, start: int, skipped: int) -> None:
    """Refuse references to entities, whose text libxml2 would leave out without a word.

    The document is known to be well-formed here, so behind its prolog every comment and CDATA section has its end.
    """
    at = octets.find(b"&", start)
    while at >= 0 and (octets.startswith(_PREDEFINED, at + 1) or _CHARACTER(octets, at)):
        at = octets.find(b"&", at + 1)
    # What looks like a reference may stand in a comment or in CDATA.
    if at >= 0 and (hit := _REFERENCE(_LITERAL.sub(_blank, octets[start:]))):
        line, column = place_of(octets, start + hit.start())
        message = "A reference to an entity that cXML does not know; write '&' as '&amp;' and characters as '&#233;'."
        raise UnsafeDocument(form_finding("entity", skipped + line, column, message))


def _blank(literal: re.Match[bytes]) -> bytes:
    return b" " * len(literal[0])


def _doctype_end(octets: bytes, at: int) -> int:
    while mark := _DOCTYPE_MARK.search(octets, at):
        if mark[0] == b">":
            return mark.start()
        at = _subset_end(octets, mark.start()) if mark[0] == b"[" else octets.find(mark[0], mark.end()) + 1
        if at == 0:
            break
    return -1


def _subset_end(octets: bytes, begin: int) -> int:
    """Where an internal subset ends that declares nothing: blanks, comments, instructions. 0 if it does not end.

    Raises UnsafeDocument for one that declares something.
    """
    at = begin + 1
    while True:
        at = _SPACE.match(octets, at).end()  # type: ignore[union-attr]
        if at == len(octets):
            return 0
        if octets.startswith(b"]", at):
            return at + 1
        if octets.startswith(b"<?", at):
            end = octets.find(b"?>", at + 2)
        elif octets.startswith(b"<!--", at):
            end = octets.find(b"-->", at + 4)
        else:
            raise _declares(octets, begin, at)
        if end < 0:
            return 0
        at = octets.find(b">", end) + 1


_DECLARATIONS = (
    (b"<!ENTITY", "an entity"),
    (b"<!ELEMENT", "an element"),
    (b"<!ATTLIST", "an attribute list"),
    (b"<!NOTATION", "a notation"),
)


def _declares(octets: bytes, begin: int, at: int) -> UnsafeDocument:
    what = next((f"declares {name}" for mark, name in _DECLARATIONS if octets.startswith(mark, at)), "")
    if octets.startswith(b"%", at):
        what = "refers to a parameter entity"
    elif octets.startswith(b"<![", at):
        what = "has a conditional section"
    message = f"The document {what or 'has something of its own'} between '[' and ']' of its DOCTYPE; cXML allows none."
    return UnsafeDocument(form_finding("internal-subset", *place_of(octets, begin), message, SUBSET_HINT))


def _doctype(octets: bytes) -> Doctype | None:
    match = _DOCTYPE(octets.decode("utf-8", "replace"))
    if match is None:
        return None
    name, system, public, public_system = match.groups()
    system = system or public_system
    return Doctype(name, system and system[1:-1], public and public[1:-1])
