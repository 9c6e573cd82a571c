"""What is wrong with the form of a document, in words and with what to do: one source for errors and reports.

libxml2 says where a document stops being XML. Its messages quote the document, which may be a secret, so they are
translated here and never passed on.
"""

from __future__ import annotations

import re

from .findings import CODES, Finding

__all__ = ["SUBSET_HINT", "WELL_FORMED_HINT", "explained", "form_finding", "offset_of", "place_of"]

#: What to do where nothing better is known.
WELL_FORMED_HINT = "Make the document with an XML library; at the place shown it stops being XML."
SUBSET_HINT = "Leave out everything between '[' and ']' in the DOCTYPE."
_DOCTYPE_HINT = 'Write <!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd">.'
_AMPERSAND_HINT = "Write '&' as '&amp;'."

_WARNINGS = frozenset(
    (
        "byte-order-mark",
        "declared-encoding",
        "doctype-missing",
        "doctype-unexpected",
        "blank-start",
        "encoding-contradicted",
        "nul-end",
        "xml-version",
    )
)


def form_finding(code: str, line: int = 0, column: int = 0, message: str = "", hint: str = "") -> Finding:
    severity = "warning" if code in _WARNINGS else "error"
    return Finding("xml", severity, code, message or CODES[code], "", line, column, hint)  # type: ignore[arg-type]


# --- places ----------------------------------------------------------------------------------------------------


def place_of(octets: bytes, offset: int) -> tuple[int, int]:
    """Line and column of an octet, both from 1."""
    start = octets.rfind(b"\n", 0, offset) + 1
    return octets.count(b"\n", 0, offset) + 1, len(octets[start:offset].decode("utf-8", "replace")) + 1


def offset_of(octets: bytes, line: int, column: int) -> int:
    """About where in the octets a place is that libxml2 names."""
    at, end, left = 0, len(octets), line - 1
    # Halved, for a document may be millions of empty lines.
    while end - at > 1000:
        half = (at + end) // 2
        number = octets.count(b"\n", at, half)
        if number >= left:
            end = half
        else:
            at, left = half, left - number
    for _ in range(left):
        at = octets.find(b"\n", at) + 1
    return at + column


# --- words -----------------------------------------------------------------------------------------------------

_XML_DECLARATION = "The XML declaration is not written as XML wants it."

#: libxml2's error numbers, in words that quote nothing.
_MALFORMED = {
    4: "There is no XML in the document.",
    5: "Something stands behind the end of the root element.",
    6: "A character reference is not finished or names no character.",
    7: "A character reference is not finished or names no character.",
    8: "A character reference is not finished or names no character.",
    9: "A character stands here that XML does not allow.",
    23: "An '&' stands here that begins no reference.",
    38: "A '<' stands in an attribute value; write '&lt;'.",
    39: "An attribute value is not in quotes.",
    40: "An attribute value is not closed.",
    41: "An attribute has no value.",
    42: "An attribute stands twice in one element.",
    32: "The XML declaration names an encoding that is not read.",
    33: _XML_DECLARATION,
    34: _XML_DECLARATION,
    44: "A literal is not closed.",
    45: "A comment is not closed.",
    46: "A processing instruction has no name.",
    47: "A processing instruction is not closed.",
    56: _XML_DECLARATION,
    57: _XML_DECLARATION,
    61: "The DOCTYPE is not closed.",
    62: "']]>' stands in text; write ']]&gt;'.",
    63: "A CDATA section is not closed.",
    64: "The XML declaration does not stand at the very start.",
    65: "Blank space is missing.",
    68: "A name is expected here.",
    73: "A tag is not closed with '>'.",
    75: "An '=' is missing.",
    76: "An end tag does not fit the start tag that is open.",
    77: "The document ends while an element is still open.",
    78: _XML_DECLARATION,
    79: _XML_DECLARATION,
    80: "'--' stands within a comment.",
    81: "The octets are not those of the encoding.",
    96: _XML_DECLARATION,
    99: "The name of a namespace is not a URI.",
    108: "The document declares a version of XML that does not exist.",
    200: "A namespace is declared in a way that XML does not allow.",
    201: "A name has a prefix whose namespace is not declared.",
    202: "A ':' stands in a name where none may.",
    203: "An attribute stands twice in one element.",
    205: "A ':' stands in a name where none may.",
}
_BEHIND = 5
#: What to do, by number; where nothing stands here, the general advice is given.
_ADVICE = {
    _BEHIND: "Leave out what stands behind the end tag of the root; nothing follows the end of a document.",
    9: "Leave the character out; of the control characters XML has tabs and line ends only.",
    64: "It stands once, at the very start: look for a second document, or for what was put in front.",
    81: "Write the document in the encoding that it declares; without a declaration that is UTF-8.",
    201: "Leave out the prefix, or declare it; cXML itself has none.",
    **dict.fromkeys((33, 34, 56, 57, 78, 79, 96), 'Write <?xml version="1.0" encoding="UTF-8"?>.'),
}
_NO_REFERENCE, _NO_NAME = 23, 68

#: What most often makes a document ill-formed.
_AMPERSAND = re.compile(rb"&(?!(?:lt|gt|amp|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);)").search
#: A field of a form, with or without its name; or a document that was escaped or put into base64 for one.
_FORM_FIELD = re.compile(
    rb"\s*(?:[\w-]{1,40}\s{0,9}=\s{0,9}[<%&\w]|%3C|&lt;|PD94bWwg|PGNYTUwg|PCFET0NUWVBF)", re.IGNORECASE
).match


def explained(octets: bytes, code: int, line: int, column: int, skipped: int = 0) -> Finding:
    """Why a document is not well-formed: libxml2's error number and place, looked up in the document.

    ``skipped``: lines that stood in front of ``octets``.
    """
    offset = offset_of(octets, line, column)
    message, hint = _doctype_fault(octets, offset)
    if not message:
        message = _MALFORMED.get(code, f"The document is not well-formed XML (libxml2 error {code}).")
        if _at_ampersand(octets, code, offset):
            message, hint = _MALFORMED[_NO_REFERENCE], _AMPERSAND_HINT
        else:
            hint = _advice(octets, code)
    return form_finding("malformed", line + skipped, column, message, hint)


def _at_ampersand(octets: bytes, code: int, offset: int) -> bool:
    if code not in (_NO_REFERENCE, _NO_NAME):
        return False
    # libxml2 has read the name behind it, and a letter more or less.
    begin = max(offset - (300 if code == _NO_REFERENCE else 5), 0)
    hit = _AMPERSAND(octets, begin, offset + 100)
    return hit is not None and hit.start() <= offset


def _advice(octets: bytes, code: int) -> str:
    if _FORM_FIELD(octets):
        return "This is what a browser form carries: take the value of the field and undo its encoding first."
    if octets.startswith(b"\x1f\x8b"):
        return "This is compressed by gzip: undo the Content-Encoding of the message first."
    if not octets.lstrip(b" \t\r\n").startswith(b"<"):
        return "What came is something else than XML, or nothing; look at how it was sent."
    if code != _BEHIND and not octets.rstrip().endswith(b">"):
        return "The document breaks off; look for what cut it, such as a limit of length."
    return _ADVICE.get(code, WELL_FORMED_HINT)


# --- the DOCTYPE -------------------------------------------------------------------------------------------------

_DOCTYPE_BEGIN = b"<!doctype"
_DOCTYPE_LENGTH = 4000
_IN_FRONT = re.compile(rb"<!DOCTYPE|<[^?!\s]").search
_NAMED = re.compile(rb"<!DOCTYPE\s+[^\s\"'\[>]+\s*").match
_KEYWORD = re.compile(rb"(?:SYSTEM|PUBLIC)\b\s*", re.IGNORECASE).match


def _doctype_fault(octets: bytes, offset: int) -> tuple[str, str]:
    """What is wrong with the DOCTYPE, if that is where the document stops being XML, and what to do."""
    window = max(offset - _DOCTYPE_LENGTH, 0)
    found = octets[window : offset + len(_DOCTYPE_BEGIN)].lower().rfind(_DOCTYPE_BEGIN)
    begin = window + found
    # One that has no end was cut off.
    if found < 0 or b">" in octets[begin : max(offset - 2, begin)] or octets.find(b">", begin) < 0:
        return "", ""
    text = octets[begin : begin + _DOCTYPE_LENGTH]
    if _IN_FRONT(octets, 0, begin):
        return "A DOCTYPE stands here, where none may be.", "It stands once, in front of the root element."
    if not text.startswith(b"<!DOCTYPE"):
        return "The word DOCTYPE has to be written in capital letters.", _DOCTYPE_HINT
    named = _NAMED(text)
    rest = text[named.end() :] if named else b""
    if rest[:1] in (b'"', b"'") or rest[:4].lower() == b"http":
        return "In the DOCTYPE the word SYSTEM is missing in front of the address of the DTD.", _DOCTYPE_HINT
    keyword = _KEYWORD(rest)
    if keyword and keyword[0].strip() not in (b"SYSTEM", b"PUBLIC"):
        return "In the DOCTYPE the words SYSTEM and PUBLIC have to be written in capital letters.", _DOCTYPE_HINT
    if keyword and rest[keyword.end() : keyword.end() + 1] not in (b'"', b"'"):
        return "In the DOCTYPE the address of the DTD has to stand in quotes.", _DOCTYPE_HINT
    return "The DOCTYPE is not written as XML wants it.", _DOCTYPE_HINT
