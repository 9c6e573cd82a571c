"""What was noticed about a document: one frozen record per departure.

A finding is data, not an exception: the reader collects findings while it goes on, a strict reader raises
when there are any that it cannot live with, and a report orders and renders them. No finding ever holds a
secret; whoever creates one passes only names, numbers and values of fields that are not marked secret.
"""

from __future__ import annotations

from typing import Any, Literal

import attrs

from . import concealed
from .concealed import Concealed
from .plaintext import quotable

__all__ = ["CODES", "Finding", "Layer", "Severity", "shorten", "visible"]

Layer = Literal["xml", "dtd", "type", "rule", "platform"]
Severity = Literal["error", "warning"]

#: Stable codes of what reading can notice, each with one sentence for the person who has to mend it.
CODES: dict[str, str] = {
    "attachment-ambiguous": "An Attachment points at a Content-ID that several parts of the message have.",
    "attachment-dangling": "An Attachment points at a part that the message does not have.",
    "attribute-length-exceeded": "An attribute value is longer than the limit.",
    "attributes-exceeded": "An element has more attributes than the limit.",
    "blank-start": "Blank space stands before the XML declaration; the first octets must be '<?' or '<!'.",
    "byte-order-mark": "The document starts with a byte order mark; some receivers refuse it.",
    "bytes-exceeded": "The document is larger than the limit.",
    "charset-contradicted": "The charset of the Content-Type and the document contradict each other.",
    "credentials-exceeded": "A party of the header has more names than the limit, or stands there more often.",
    "dangling-idref": "An attribute refers to the Id of an element, but no element has that Id.",
    "declared-encoding": "The document came as text, so the encoding that it declares was not used.",
    "depth-exceeded": "Elements are nested deeper than the limit.",
    "doctype-missing": "There is no DOCTYPE; every cXML document should name its DTD.",
    "doctype-unexpected": "The DOCTYPE does not name a DTD at cxml.org.",
    "duplicate-id": "Two elements have the same Id.",
    "elements-exceeded": "The document has more elements than the limit.",
    "encoding": "The octets are not those of the encoding that was announced, or it is one that is not read.",
    "encoding-contradicted": "The octets are not in the encoding that the document declares.",
    "entity": "A reference to an entity stands in the document; cXML has none but those of XML itself.",
    "enumeration": "The value is not one of those that the grammar lists.",
    "form-characters": "Characters beyond US-ASCII stand in the form field as such; write them as references.",
    "form-escaped-twice": "The document in the form field is still escaped; somebody escaped it twice.",
    "form-field": "The form does not have one text in cxml-base64 or cxml-urlencoded.",
    "form-mended": "The base64 in the form had no padding, or blanks for plus signs; it was put right.",
    "form-value": "The form field cxml-base64 holds something that is no base64.",
    "group": "The children do not fit together as the grammar wants them.",
    "header-bytes-exceeded": "The headers of a part of a multipart message are larger than the limit.",
    "internal": "This library has a fault, and the document was not judged to the end; please report it.",
    "internal-subset": "The document brings declarations of its own; cXML allows none.",
    "limit-exceeded": "One value is longer than any document needs.",
    "malformed": "The document is not well-formed XML.",
    "memory-exceeded": "The document consists of tiny elements and would take many times its own size.",
    "missing-attribute": "A required attribute is absent.",
    "missing-element": "A required child element is absent.",
    "more": "There are more findings than are listed.",
    "multipart": "The multipart message is broken: its boundary, the headers or the encoding of a part.",
    "name-length-exceeded": "A name is longer than the limit.",
    "namespace": "A namespace is declared; cXML has none.",
    "namespaces-exceeded": "The document has more prefixes of namespaces than the limit.",
    "nesting-exceeded": "The document stands deeper in nested multiparts than the limit.",
    "not-valid": "The element does not follow the grammar.",
    "nul-end": "Zero octets stand behind the document; they were left out.",
    "number": "The value is not a number in plain decimal notation.",
    "order": "The children do not stand in the order of the grammar.",
    "part-bytes-exceeded": "A part of a multipart message is larger than the limit.",
    "part-encoding": "A part of a multipart message is in an unknown transfer encoding, and was left in it.",
    "part-id-repeated": "Several parts of a multipart message have the same Content-ID.",
    "part-mended": "The base64 of a part ends without its padding; it was read all the same.",
    "part-unreferenced": "No Attachment of the document points at a part of the message.",
    "parts-exceeded": "A multipart message has more parts than the limit.",
    "payload-undeclared": "This library has no typed model for the payload yet; it is carried whole.",
    "payload-unjudged": "No grammar at hand declares the payload; only what stands around it was judged.",
    "processing-instruction": "A processing instruction stands in the document; it is carried, not understood.",
    "repeated": "An element stands more often than the grammar allows.",
    "standalone": "The document is declared to be independent of its DTD, and is not.",
    "start-unknown": "The Content-Type does not say which part of the message is the document.",
    "time": "The value is not a point in time of the form 2026-11-23T18:30:00+00:00.",
    "token": "The value is not a single name token.",
    "unexpected-child": "Elements stand where only text may be.",
    "unexpected-text": "Text stands where only elements may be, or nothing at all.",
    "unknown-attribute": "The grammar has no such attribute here.",
    "unknown-element": "The grammar has no such element here.",
    "version-unavailable": "The DTD of the wanted cXML version is not at hand; that of another one has judged.",
    "xml-version": "The document declares another version of XML than 1.0; it was read as 1.0.",
}


@attrs.frozen(order=False)
class Finding:
    """One departure from the grammar, the datatypes or the rules, with the place where it stands.

    ``path`` is an XPath with positions (``/cXML/Header/To[2]``); in one that is longer than any document needs ``…``
    stands for its middle. ``line`` and ``column`` count from 1 and are 0 when the place is unknown. A document is valid
    against the DTD exactly when no finding has the layer ``xml`` or ``dtd``.

    ``raw`` is the message of the tool that found it, where there is one. It may quote values, secret ones too, so it
    is for the eyes of a developer: it is never shown unless it is asked for, and does not count in comparisons.
    """

    layer: Layer
    severity: Severity
    code: str
    message: str
    path: str = ""
    line: int = 0
    column: int = 0
    hint: str = ""
    _raw: Concealed[str] = attrs.field(
        default=Concealed(""), converter=concealed.text, alias="raw", repr=False, eq=False
    )

    @property
    def raw(self) -> str:
        return self._raw.value

    def to_dict(self) -> dict[str, Any]:
        """The finding as plain values that ``json`` can write, without ``raw``."""
        return {name: getattr(self, name) for name in _SHOWN}

    def __reduce__(self) -> tuple[Any, ...]:
        return Finding, (*self.to_dict().values(), self.raw)

    def __str__(self) -> str:
        place = f"{self.line}:{self.column}: " if self.line else ""
        at = f" at {self.path}" if self.path else ""
        return f"{place}{self.severity} [{self.layer}/{self.code}] {self.message}{at}"


_SHOWN = ("layer", "severity", "code", "message", "path", "line", "column", "hint")


def shorten(text: str, limit: int = 60) -> str:
    """Quote ``text`` for a message: at most ``limit`` characters, control characters made visible, secrets masked."""
    shown = quotable(text[: limit + _AHEAD])
    return repr(shown[: limit - 1] + "…" if len(shown) > limit or len(text) > limit + _AHEAD else shown)


# How far behind the limit a secret may end that begins before it.
_AHEAD = 100


def visible(text: str) -> str:
    """A text of a partner made harmless for a terminal or a log: what cannot be printed is written as an escape."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
