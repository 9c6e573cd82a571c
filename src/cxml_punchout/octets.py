"""The encodings of documents: whatever they came in, everything becomes UTF-8 before anybody looks at it.

A declaration is believed as long as the octets can be what it says. What they certainly are counts more: a byte order
mark, the zero octets of UTF-16, UTF-8 under a name that cannot be.
"""

from __future__ import annotations

import codecs
import re
from encodings import normalize_encoding
from encodings.aliases import aliases
from functools import lru_cache

from .errors import MalformedDocument
from .findings import Finding, shorten
from .malformed import form_finding, place_of

__all__ = ["codec_named", "codec_of", "declared_encoding", "decode", "encoded", "transcoded"]

#: How wide encodings begin: with their mark, or with '<?'. UTF-32 first: its little-endian mark begins with the other.
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0\0\0?\0\0\0", "utf-32-le"),
    (b"\0\0\0<\0\0\0?", "utf-32-be"),
    (b"<\0?\0", "utf-16-le"),
    (b"\0<\0?", "utf-16-be"),
)
#: Blanks make it as long as anybody likes.
_LONGEST_DECLARATION = 64 * 1024
_DECLARATION = re.compile(rb"""\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")
#: All names of encodings -> the module of it; the last ones are in use, and Python's list does not have them.
_MODULES = {
    **{module: module for module in aliases.values()},
    **aliases,
    **{name: name for name in ("cp720", "cp737", "cp856", "cp874", "cp1006", "koi8_t", "koi8_u")},
    "iso_latin_1": "latin_1",
    "windows_31j": "cp932",
    "windows_874": "cp874",
    "x_euc_jp": "euc_jp",
    "x_gbk": "gbk",
    "x_sjis": "shift_jis",
}
_ASCII = bytes([9, 10, 13, *range(32, 127)])


def declared_encoding(octets: bytes) -> str:
    """The encoding that the XML declaration names; "" if it names none."""
    end = octets.find(b"?>", 0, _LONGEST_DECLARATION)
    declared = _DECLARATION.match(octets[: max(end, 1024)])
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


@lru_cache(maxsize=256)
def _is_read(codec: str) -> bool:
    """Whether ASCII is ASCII in it, so that the declaration of a document can be told from its octets."""
    try:
        return bool(codec) and _ASCII.decode(codec) == _ASCII.decode("ascii")
    except (UnicodeDecodeError, LookupError):  # the second where it is no encoding of text
        return False


def codec_of(name: str) -> str:
    """Python's name for an encoding that a document may have, those aside that do not contain ASCII.

    Raises MalformedDocument for all others.
    """
    codec = codec_named(name)
    if not _is_read(codec):
        raise _not_read(name)
    return codec


def _not_read(name: str) -> MalformedDocument:
    message = f"The encoding {shorten(name, 41)} is not read; send UTF-8."
    return MalformedDocument(form_finding("encoding", 1, 1, message))


def decode(octets: bytes, codec: str) -> str:
    """The text of a whole document.

    Raises MalformedDocument if the octets are not in that encoding.
    """
    if codec.startswith(("utf-16", "utf-32")):
        # The end of a text in C, which may be shorter than one of its characters.
        beyond = len(octets) % (2 if codec.startswith("utf-16") else 4)
        if beyond and octets.endswith(b"\0" * beyond):
            octets = octets[:-beyond]
    try:
        return octets.decode(codec)
    except UnicodeDecodeError as error:
        start = error.start
    line, _ = place_of(octets, start)
    message = f"Octet {start} is not {codec.upper()}, which was announced."
    raise MalformedDocument(form_finding("encoding", line, 1, message))


def encoded(text: str, findings: list[Finding]) -> bytes:
    """A text in UTF-8; what it declares was not used."""
    if text.startswith("\ufeff"):
        findings.append(form_finding("byte-order-mark", 1, 1))
        text = text[1:]
    try:
        octets = text.encode("utf-8")
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        column = error.start - text.rfind("\n", 0, error.start)
    else:
        if declared_encoding(octets).lower() not in ("", "utf-8", "utf8"):
            findings.append(form_finding("declared-encoding", 1, 1))
        return octets
    raise MalformedDocument(form_finding("malformed", line, column, "The text holds half of a surrogate pair."))


def transcoded(octets: bytes, findings: list[Finding]) -> bytes:
    """A document in UTF-8, whatever it came in.

    Raises MalformedDocument if nobody can tell what it is in.
    """
    if octets.startswith(b'<?xml version="1.0" encoding="UTF-8"'):
        return octets
    for begin, name in _WIDE:
        if octets.startswith(begin):
            made = decode(octets, name).encode("utf-8", "surrogatepass")
            said = declared_encoding(made)
            if said and not codec_named(said).startswith(name[:6]) and "ucs" not in said.lower():
                findings.append(_contradicted(said, name))
            return made
    marked = octets.startswith(codecs.BOM_UTF8)
    if marked:
        findings.append(form_finding("byte-order-mark", 1, 1))
        octets = octets[3:]
    said = declared_encoding(octets)
    if said in ("", "UTF-8", "utf-8") or codec_named(said) == "utf-8":
        return octets
    made = octets if marked else _as_declared(octets, said)
    if made is octets:
        findings.append(_contradicted(said, "utf-8"))
    return made


def _as_declared(octets: bytes, said: str) -> bytes:
    """The document in UTF-8; the octets themselves where they cannot be what is declared, and are UTF-8."""
    codec = codec_named(said)
    try:
        text = octets.decode(codec) if codec else ""
    except (UnicodeDecodeError, LookupError):
        text = ""
    if text and _is_read(codec):
        return text.encode("utf-8", "surrogatepass")
    try:
        plain = octets.decode("utf-8")
    except UnicodeDecodeError:
        plain = ""
    # UTF-7 and the like: ASCII octets that may mean something else.
    if not plain or (text != plain and text.lstrip().startswith("<?xml")):
        if _is_read(codec):
            decode(octets, codec)  # says where it is not
        raise _not_read(said)
    return octets


def _contradicted(said: str, found: str) -> Finding:
    message = f"The document declares {shorten(said, 41)}, but its octets are {found[:6].upper()}."
    return form_finding("encoding-contradicted", 1, 1, message)
