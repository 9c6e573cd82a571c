"""Documents made fit for a log: secrets masked, in well-formed and in broken XML alike. ``masking`` finds them."""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..findings import shorten
from ..masking import has_tags, masked

if TYPE_CHECKING:
    from ..models.envelope import CXML

__all__ = ["redact"]


def redact(
    document: bytes | bytearray | memoryview | str | CXML,
    *,
    extrinsics: Collection[str] = (),
    also: Collection[str] = (),
) -> str:
    """The text of a document with its secrets masked, for a log. It is not meant to be read by a parser again.

    Masked are SharedSecret, CredentialMac and DigitalSignature, and in a Header and a Credential everything but names;
    elements, attributes, Extrinsics, processing instructions and fields of any text that are named like a secret;
    numbers of cards; keys in addresses, and of a start page all behind the host; documents in percent, JSON,
    quoted-printable, base64 or HTML escapes in which any of this stands; and whatever was found to be a secret in all
    other places where it stands.

    extrinsics: names of further Extrinsics whose content is to be masked, whatever their case.
    also: words that make any name that of a secret, ``("iban",)`` say, beside those of ``cxml_punchout.sensitive``.

    The time grows with the size, and the memory is at most twenty times as large.
    Nothing is ever raised, and what cannot be judged is not shown. Guide 5.3.2.2, 7.2.1.11.
    """
    text = _text_of(document)
    if not has_tags(text):
        return f"<{len(text)} characters that are no XML>" if text.strip() else text
    return masked(text, extrinsics, also)


# --- to a text ---------------------------------------------------------------------------------------------

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']?([\w.-]+)""")
# Encodings in which a tag looks like one in ASCII.
_LEGIBLE = re.compile(r"utf-8|utf-16|utf-32|ascii|iso8859-\d+|cp125\d|latin-1").fullmatch


def _text_of(document: bytes | bytearray | memoryview | str | CXML) -> str:
    if isinstance(document, str):
        return document
    if isinstance(document, (bytes, bytearray, memoryview)):
        return _decoded(bytes(document))
    from ..binding import rewriter
    from ..models.envelope import CXML

    if not isinstance(document, CXML):
        return f"<a {type(document).__name__}, which is no document>"
    try:
        return rewriter.write(document)
    except UsageError:
        return f"<cXML payloadID={shorten(str(document.payload_id))}, which cannot be written/>"


def _decoded(octets: bytes) -> str:
    for mark, name in _BOMS:
        if octets.startswith(mark):
            return octets.decode(name, "replace")
    # UTF-16 and UTF-32 without a mark: what is left without the zeros is ASCII where it was ASCII.
    octets = octets.replace(b"\0", b"")
    declared = _DECLARED.search(octets[:400])
    name = declared[1].decode("ascii", "replace") if declared else "utf-8"
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        codec = ""
    if not _LEGIBLE(codec):
        return f"<{len(octets)} octets in an encoding that is not read/>"
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("utf-8" if codec.startswith("utf") else codec, "replace")
