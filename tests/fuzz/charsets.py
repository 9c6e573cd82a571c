"""The encodings that a document may come in: what it declares, what its octets are, and what stands around them."""

from __future__ import annotations

import codecs
from functools import cache

import attrs
from lxml import etree

__all__ = ["FALSE", "TRUE", "Encoding", "known_to_libxml2"]


@attrs.frozen
class Encoding:
    """One way to make octets of a text.

    declared: what the XML declaration says; "" if it names no encoding.
    codec: what the octets really are, as Python calls it.
    mark: octets in front of it.
    """

    declared: str
    codec: str
    mark: bytes = b""

    @property
    def name(self) -> str:
        mark = f"+{self.mark.hex()}" if self.mark else ""
        return f"{self.declared or 'none'}={self.codec}{mark}"

    def encode(self, text: str) -> bytes:
        """The octets; what the encoding does not have becomes a reference."""
        return self.mark + text.encode(self.codec, "xmlcharrefreplace")

    def holds(self, text: str) -> bool:
        try:
            return text.encode(self.codec).decode(self.codec) == text
        except UnicodeError:
            return False


_LE, _BE = codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE
_LE32, _BE32 = codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE

#: A name of an encoding, where Python has it under another one.
_CODECS = {"macintosh": "mac-roman", "IBM037": "cp037", "IBM500": "cp500", "x-mac-cyrillic": "mac-cyrillic"}
_ONE_OCTET = (
    *("US-ASCII", "ASCII", "ANSI_X3.4-1968", "us-ascii", "latin1", "l1", "Latin1"),
    *(f"ISO-8859-{part}" for part in range(1, 17) if part != 12),
    *("iso-8859-1", "iso8859-1", "ISO_8859-1", "Iso-8859-15", "iso-8859-9"),
    *(f"windows-125{page}" for page in range(9)),
    *("Windows-1252", "cp1252", "CP1250", "WINDOWS-1251"),
    *("KOI8-R", "KOI8-U", "koi8-r", "TIS-620", "macintosh", "CP437", "CP850", "CP866", "CP874", "HP-ROMAN8"),
    *("IBM037", "IBM500", "PTCP154", "x-mac-cyrillic"),
)
_MORE_OCTETS = (
    *("Shift_JIS", "shift-jis", "EUC-JP", "ISO-2022-JP", "GB2312", "GBK", "GB18030", "Big5", "Big5-HKSCS", "EUC-KR"),
    *("ISO-2022-KR", "JOHAB", "CP932", "HZ", "UTF-7"),
)
_WIDE = (
    *(Encoding(name, "utf-16-le", _LE) for name in ("UTF-16", "utf-16", "Utf-16", "", "UTF-16LE", "UCS-2")),
    *(Encoding(name, "utf-16-be", _BE) for name in ("UTF-16", "utf-16", "", "UTF-16BE", "ISO-10646-UCS-2")),
    *(Encoding(name, "utf-16-le") for name in ("UTF-16", "UTF-16LE", "utf-16le")),
    *(Encoding(name, "utf-16-be") for name in ("UTF-16", "UTF-16BE", "utf-16be")),
    *(Encoding(name, "utf-32-le", _LE32) for name in ("UTF-32", "UCS-4", "", "UTF-32LE")),
    *(Encoding(name, "utf-32-be", _BE32) for name in ("UTF-32", "ISO-10646-UCS-4", "", "UTF-32BE")),
    *(Encoding(name, "utf-32-le") for name in ("UTF-32LE", "utf-32")),
    *(Encoding(name, "utf-32-be") for name in ("UTF-32BE", "UCS-4", "UTF-32")),
)

#: What is declared is what it is.
TRUE: tuple[Encoding, ...] = (
    *(Encoding(name, "utf-8") for name in ("utf-8", "Utf-8", "UTF8", "utf8", "")),
    *(Encoding(name, "utf-8", codecs.BOM_UTF8) for name in ("UTF-8", "utf-8", "")),
    *(Encoding(name, _CODECS.get(name, name)) for name in (*_ONE_OCTET, *_MORE_OCTETS)),
    *_WIDE,
)

_WRONG = (
    "UTF-16",
    "utf-16",
    "UTF-16LE",
    "UTF-16BE",
    "unicode",
    "UTF-32",
    "UCS-4",
    "UCS-2",
    "ISO-10646-UCS-2",
    "IBM037",
)
_NONE = (
    "UTF-9",
    "utf_8",
    "binary",
    "x-user-defined",
    "base64",
    "rot13",
    "idna",
    "unknown-8bit",
    "8bit",
    "cp65001",
    "a",
)

#: What is declared is something else than it is, or nothing at all.
FALSE: tuple[Encoding, ...] = (
    *(
        Encoding(name, "utf-8")
        for name in (*_WRONG, *_NONE, "ISO-8859-1", "US-ASCII", "windows-1252", "Shift_JIS", "HZ")
    ),
    *(Encoding(name, "ascii") for name in (*_WRONG, "UTF-7", "GB18030", "EUC-KR", "ISO-2022-JP")),
    *(Encoding(name, "utf-8", codecs.BOM_UTF8) for name in ("UTF-16", "ISO-8859-1", "US-ASCII", "utf-16le", "IBM037")),
    *(Encoding("UTF-8", codec) for codec in ("iso-8859-1", "cp1252", "shift_jis", "gbk", "koi8-r", "cp037", "utf-7")),
    *(Encoding("UTF-8", f"utf-{size}-{end}") for size in (16, 32) for end in ("le", "be")),
    *(Encoding(name, "utf-16-le", _LE) for name in ("UTF-8", "ISO-8859-1", "UTF-16BE", "UTF-32", "US-ASCII")),
    *(Encoding(name, "utf-16-be", _BE) for name in ("UTF-8", "windows-1252", "UTF-16LE", "UTF-7")),
    *(Encoding("UTF-8", "utf-16-be", _LE), Encoding("UTF-16", "utf-16-le", _BE), Encoding("UTF-16LE", "utf-16-be")),
    *(Encoding("UTF-8", "utf-32-le", _LE32), Encoding("UTF-8", "utf-32-be", _BE32), Encoding("UTF-16", "utf-32-le")),
    *(Encoding("ISO-8859-1", "utf-16-le"), Encoding("US-ASCII", "iso-8859-1"), Encoding("UTF-16", "cp1252")),
    *(
        Encoding("UTF-8", "utf-8", codecs.BOM_UTF8 * 2),
        Encoding("UTF-16", "utf-16-le", _LE * 2),
        Encoding("", "cp1252"),
    ),
    *(Encoding("UTF-8", "utf-8", b"\xef\xbb"), Encoding("UTF-8", "utf-8", _LE), Encoding("UTF-8", "utf-8", _BE32)),
)


@cache
def known_to_libxml2(encoding: Encoding) -> bool:
    """Whether this libxml2 reads such a document; which encodings it has depends on how it was built."""
    declaration = f' encoding="{encoding.declared}"' if encoding.declared else ""
    try:
        root = etree.fromstring(encoding.encode(f'<?xml version="1.0"{declaration}?>\n<a b="c">text</a>'))
    except (etree.XMLSyntaxError, ValueError):
        return False
    return (root.tag, root.text, root.get("b")) == ("a", "text", "c")
