"""What a Content-Type says, and how it and a document settle in which encoding the document is (RFC 7303)."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping

from .errors import MalformedDocument
from .findings import shorten
from .tree import codec_named, codec_of, declared_encoding, decode

__all__ = ["decode_xml", "encoding_of", "media_type", "parameters_of"]


# --- media types -------------------------------------------------------------------------------------------------

_PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;"]*)', re.DOTALL)


def media_type(content_type: str | None) -> tuple[str, dict[str, str]]:
    """What a Content-Type says: the media type in lower case, "" if it says nothing, and the parameters by name.

    Names of parameters are in lower case, quotes are gone; the first counts where a name is repeated.
    """
    kind, parameters = parameters_of(content_type or "")
    return kind.lower(), parameters


def parameters_of(text: str) -> tuple[str, dict[str, str]]:
    """The value of any header that is made like a Content-Type, and its parameters."""
    found: dict[str, str] = {}
    for name, value in _PARAMETER.findall(text):
        found.setdefault(name.lower(), re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value)
    if any("*" in name for name in found):
        found = dict(_extended(found))
    return text.partition(";")[0].strip(), found


def _extended(parameters: Mapping[str, str]) -> Mapping[str, str]:
    """Parameters that are cut into pieces or name their encoding (RFC 2231), joined."""
    from email.utils import decode_params, unquote

    quoted = [(name, '"' + re.sub(r'(["\\])', r"\\\1", value) + '"') for name, value in parameters.items()]
    try:
        # A value with an encoding comes last, so that it counts more than the plain one that stands beside it.
        return {
            name: unquote(value if isinstance(value, str) else _decoded(value[2], value[0] or "us-ascii"))
            for name, value in decode_params([("", ""), *quoted])[1:]
        }
    except (TypeError, ValueError):  # whole and in pieces at once, counted beyond all numbers
        return parameters


def _decoded(text: str, charset: str) -> str:
    """A text whose octets are characters yet; they stay so in a charset that does not exist."""
    try:
        return text.encode("raw-unicode-escape").decode(codec_named(charset), "replace")
    except LookupError:
        return text


# --- encodings ---------------------------------------------------------------------------------------------------

_MARKS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8"),
)
#: Encodings of several octets; where the name does not say which of them is first, it is the big one (RFC 2781).
_WIDE = {
    "utf-16": "utf-16-be",
    "utf-16-be": "utf-16-be",
    "utf-16-le": "utf-16-le",
    "utf-32": "utf-32-be",
    "utf-32-be": "utf-32-be",
    "utf-32-le": "utf-32-le",
}
#: How UTF-16 begins that the reader knows without being told.
_PLAINLY_WIDE = (b"<\0?\0", b"\0<\0?")


def decode_xml(body: bytes, content_type: str | None) -> bytes | str:
    """What to hand to ``parse``: the octets where they speak for themselves, else the text that they are.

    A byte order mark counts most, then the charset of the Content-Type, then the declaration of the document, then
    UTF-8 (RFC 7303). A charset that nobody knows, or that the octets are not in, is passed over if they are in the
    encoding that the document declares, and so is any other where document and octets say UTF-8: senders say so without
    knowing.

    Raises MalformedDocument (Status 406) for octets that are in neither encoding. Guide 3.1.4.
    """
    codec, _ = encoding_of(body, content_type)
    return decode(body, codec) if codec else body


def encoding_of(body: bytes, content_type: str | None) -> tuple[str, str]:
    """The codec of a document, "" if its octets say it themselves; and what contradicts itself, in words."""
    charset = media_type(content_type)[1].get("charset", "").strip(" '")
    said = codec_named(charset)
    declared = declared_encoding(body.removeprefix(codecs.BOM_UTF8))
    for mark, codec in _MARKS:
        if body.startswith(mark):
            odd = f"charset is {shorten(charset, 40)}, but the octets begin with the mark of {codec.upper()}."
            # Behind its mark the reader would believe the declaration.
            misled = codec == "utf-8" and declared and codec_named(declared) != codec
            return codec if misled else "", odd if charset and codec not in said else ""
    if not charset or (said in _WIDE and body.startswith(_PLAINLY_WIDE)):
        return "", ""
    if said in _WIDE and b"\0" not in body[:4]:
        return "", f"charset is {shorten(charset, 40)}, but the octets cannot be."
    itself = codec_named(declared or "utf-8")
    plain_ascii = body.isascii()
    named = _WIDE.get(said) or (said if _is_read(charset) else "")
    if named == "ascii" and not plain_ascii:
        return "", "charset is US-ASCII, but there are other octets."
    if named and (itself == named or (plain_ascii and _is_read(itself) and named not in _WIDE)):
        return "", ""
    # Any octets are Latin-1, which servers put there by themselves; but only UTF-8 is UTF-8.
    surely = itself == "utf-8" and bool(declared) and not plain_ascii
    if (surely or not (named and _reads(body, named))) and _reads(body, itself):
        return "", f"charset is {shorten(charset, 40)}, but the octets are {itself.upper()}."
    named = named or codec_of(charset)
    odd = f"charset is {shorten(charset, 40)}, but the document declares {shorten(declared, 40)}."
    return named, odd if declared else ""


def _reads(body: bytes, codec: str) -> bool:
    try:
        decode(body, codec if codec in _WIDE else codec_of(codec))
    except MalformedDocument:
        return False
    return True


def _is_read(name: str) -> bool:
    try:
        codec_of(name)
    except MalformedDocument:
        return False
    return True
