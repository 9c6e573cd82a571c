"""What every code of a finding means: one table, from which the command line and the docs explain it."""

from __future__ import annotations

from functools import cache

import attrs

from ..findings import CODES, Layer
from ..internal import REPORT_IT
from ..malformed import SUBSET_HINT, WELL_FORMED_HINT
from .dtd import STANDALONE
from .rules import RULES
from .schema import TYPES

__all__ = ["Explanation", "explanations"]


@attrs.frozen
class Explanation:
    """One code. ``severity`` is what its findings have: ``error``, ``warning`` or both."""

    code: str
    layer: Layer
    severity: str
    says: str
    hint: str
    guide: str


_XML = frozenset(
    (
        "attribute-length-exceeded",
        "attributes-exceeded",
        "blank-start",
        "byte-order-mark",
        "bytes-exceeded",
        "credentials-exceeded",
        "declared-encoding",
        "depth-exceeded",
        "doctype-missing",
        "doctype-unexpected",
        "elements-exceeded",
        "encoding",
        "encoding-contradicted",
        "entity",
        "form-characters",
        "form-escaped-twice",
        "form-field",
        "form-mended",
        "form-value",
        "header-bytes-exceeded",
        "internal",
        "internal-subset",
        "limit-exceeded",
        "malformed",
        "memory-exceeded",
        "multipart",
        "name-length-exceeded",
        "namespaces-exceeded",
        "nesting-exceeded",
        "nul-end",
        "part-bytes-exceeded",
        "parts-exceeded",
        "processing-instruction",
        "xml-version",
    )
)
_RULE = frozenset(
    (
        "attachment-ambiguous",
        "attachment-dangling",
        "charset-contradicted",
        "part-encoding",
        "part-id-repeated",
        "part-mended",
        "part-unreferenced",
        "payload-undeclared",
        "payload-unjudged",
        "start-unknown",
        "version-unavailable",
    )
)
_WARNINGS = {
    "byte-order-mark",
    "charset-contradicted",
    "declared-encoding",
    "doctype-missing",
    "doctype-unexpected",
    "encoding-contradicted",
    "form-characters",
    "form-mended",
    "more",
    "nul-end",
    "part-mended",
    "part-unreferenced",
    "payload-undeclared",
    "payload-unjudged",
    "processing-instruction",
    "standalone",
    "start-unknown",
    "version-unavailable",
    "xml-version",
}

#: What to do about the codes that reading a document can give.
ADVICE: dict[str, tuple[str, str]] = {
    "attachment-ambiguous": ("Give each part a Content-ID of its own.", "3.1.5"),
    "attachment-dangling": ("Send the file as a part whose Content-ID is what follows cid: in the URL.", "3.1.5"),
    "attribute-length-exceeded": ("Raise Limits.attribute_length if such documents are to be expected.", "3.1"),
    "attributes-exceeded": ("No element of cXML has that many; look at how the document is made.", "3.1"),
    "blank-start": (
        "Write the XML declaration as the very first thing; often a template begins with an empty line.",
        "3.1.3",
    ),
    "byte-order-mark": ("Save or send the document as UTF-8 without a byte order mark.", "3.1.3"),
    "bytes-exceeded": ("Send files as attachments, or raise Limits.bytes if such documents are to be expected.", "5.1"),
    "charset-contradicted": (
        "Send the charset that the XML declaration names, or application/xml without any.",
        "3.1.4",
    ),
    "credentials-exceeded": ("Give each party the few names by which its partner knows it.", "3.1.7.5"),
    "dangling-idref": ("Write the Id of an element that is there, or leave the attribute out.", "22"),
    "declared-encoding": ("Hand the octets as they were received to the parser, not a text.", "3.1.6.3"),
    "depth-exceeded": ("No document of cXML is that deep; look for an element that is not closed.", "3.1"),
    "doctype-missing": ("Put <!DOCTYPE cXML SYSTEM …> behind the XML declaration.", "3.1.3"),
    "doctype-unexpected": (
        "Name a DTD of cxml.org, such as http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd.",
        "2.2, 3.1.3",
    ),
    "duplicate-id": ("Give each element an Id of its own.", "22"),
    "elements-exceeded": ("Split the document, or raise Limits.elements if such documents are to be expected.", "3.1"),
    "encoding": ("Send UTF-8, and declare it.", "3.1.6.3"),
    "encoding-contradicted": (
        "Declare the encoding in which the octets are sent; .NET's StringWriter writes utf-16, whatever comes of it.",
        "3.1.6.3",
    ),
    "entity": ("Write '&' as '&amp;' and characters as '&#233;'.", "3.1.6.3"),
    "enumeration": ("Use one of the listed values; upper and lower case count.", "2.4"),
    "form-characters": (
        "Write the document as US-ASCII, with references such as &#233;, or send base64.",
        "3.1.12",
    ),
    "form-escaped-twice": (
        "Escape the document once, for HTML; the browser encodes the form, and nobody else does.",
        "3.1.12",
    ),
    "form-field": ("Put the document into one hidden field, cxml-urlencoded or cxml-base64.", "3.1.12, 5.4.3.1"),
    "form-mended": ("Write base64 whole, and leave it to the browser to encode the form.", "3.1.12"),
    "form-value": ("Put plain base64 into the page; the browser encodes the form, and nobody else does.", "3.1.12"),
    "group": (
        "Look at the content model of the element: some children exclude one another, others need one another.",
        "2.4",
    ),
    "header-bytes-exceeded": ("Look at how the message is made; a part needs three or four short headers.", "3.1.5"),
    "internal": (REPORT_IT, "3.1"),
    "internal-subset": (SUBSET_HINT, "3.1.3"),
    "limit-exceeded": ("Look at how the document is made; a single value of this length is of no use.", "3.1"),
    "malformed": (WELL_FORMED_HINT, "3.1"),
    "memory-exceeded": ("No document of cXML is made of thousands of elements with nothing in them.", "3.1"),
    "missing-attribute": ("Add the attribute.", "2.4"),
    "missing-element": ("Add the element at its place in the content model.", "2.4"),
    "more": ("Mend what is listed and look again.", "2.4"),
    "multipart": ("Make the message with a MIME library, and take the boundary for the HTTP header from it.", "3.1.5"),
    "namespace": ("Leave out xmlns and xmlns:…; cXML has no namespaces outside signatures.", "2.4"),
    "name-length-exceeded": ("No name of cXML is that long; look at how the document is made.", "3.1"),
    "namespaces-exceeded": ("cXML has no namespaces but those of a signature; leave the declarations out.", "3.1"),
    "nesting-exceeded": ("Put the document into the first part of the outermost multipart.", "3.1.5"),
    "not-valid": ("Compare the element with its content model, which the hint of the finding shows.", "2.2"),
    "nul-end": ("Send as many octets as the document has; in C the end of a text is no part of it.", "3.1"),
    "order": ("Put the children into the order of the content model.", "2.4"),
    "part-bytes-exceeded": ("Send a link to the file in AttachmentReference, or raise MimeLimits.part_bytes.", "3.1.5"),
    "part-encoding": (
        "Send files as base64 or binary, and say so in Content-Transfer-Encoding; do not use what is undecoded.",
        "3.1.5",
    ),
    "part-id-repeated": ("Give each part a Content-ID of its own.", "3.1.5"),
    "part-mended": ("Write base64 whole, its last one or two '=' included.", "3.1.5"),
    "part-unreferenced": (
        "Put an Attachment with cid: and the Content-ID of the part where the file belongs.",
        "3.1.5",
    ),
    "parts-exceeded": ("Send fewer files, or raise MimeLimits.parts if so many are to be expected.", "3.1.5"),
    "payload-undeclared": ("Nothing; the payload is passed through. It is not checked as closely as others.", "3.1.8"),
    "payload-unjudged": ("Install the official DTDs and name their directory in CXML_DTD_PATH.", "2.2"),
    "processing-instruction": ("Leave it out, unless the partner has asked for it.", "3.1"),
    "repeated": ("Put everything into one element, or keep one of them.", "2.4"),
    "standalone": (STANDALONE.hint, "3.1.3"),
    "start-unknown": ("Put the document into the first part, or name its Content-ID in start.", "3.1.5"),
    "token": ("Leave out blanks, and leave out the attribute if there is no value.", "2.4"),
    "unexpected-child": ("Write '<' in text as '&lt;'; foreign XML has to be escaped.", "3.1.6.3"),
    "unexpected-text": ("Remove the text. An element without content must not hold a line break either.", "2.4"),
    "unknown-attribute": ("Look for a misspelling; upper and lower case count. Other data go into Extrinsic.", "2.4"),
    "unknown-element": ("Look for a misspelling; upper and lower case count. Other data go into Extrinsic.", "2.4"),
    "version-unavailable": (
        "Nothing: a newer grammar takes what an older one took. To judge by that version, install its official DTD.",
        "2.2",
    ),
    "xml-version": ("Declare version 1.0, as cXML is written in.", "3.1.3"),
}


@cache
def explanations() -> dict[str, Explanation]:
    """Every code that a finding can have, in alphabetical order."""
    found = [_reading(code) for code in CODES if code not in TYPES]
    found += [
        Explanation(code, "type", made.severities, made.says, made.hint, made.guide) for code, made in TYPES.items()
    ]
    found += [
        Explanation(rule.code, "rule", rule.severity, rule.says, rule.hint, rule.guide) for rule in RULES.values()
    ]
    return {made.code: made for made in sorted(found, key=lambda made: made.code)}


def _reading(code: str) -> Explanation:
    layer: Layer = "xml" if code in _XML else "rule" if code in _RULE else "dtd"
    hint, guide = ADVICE.get(code, ("", ""))
    severity = "warning" if code in _WARNINGS else "error"
    return Explanation(code, layer, severity, CODES[code], hint, guide)
