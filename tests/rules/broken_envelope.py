"""The envelope: identity of the document, status, signature, shape, each rule broken and kept."""

from __future__ import annotations

import re

from pieces import SIGNATURE, Case
from validated import PROFILE, RESPONSE, SETUP, changed

__all__ = ["BROKEN"]

BROKEN = [
    Case(
        "payload-id-empty",
        changed(SETUP, "20261123T183000.17.4711@buyer.example.com", " "),
        "/cXML",
        SETUP,
    ),
    Case(
        "payload-id-shape",
        changed(SETUP, "20261123T183000.17.4711@buyer.example.com", "9949494"),
        "/cXML",
        changed(SETUP, "20261123T183000.17.4711@buyer.example.com", "1@h"),
    ),
    Case(
        "payload-without-success",
        changed(RESPONSE, '<Status code="200" text="OK"/>', '<Status code="500" text="No" xml:lang="en">No.</Status>'),
        "/cXML/Response",
        changed(RESPONSE, '"200"', '"201"'),
    ),
    Case(
        "status-unknown",
        changed(PROFILE, 'code="200"', 'code="202"'),
        "/cXML/Response/Status",
        changed(PROFILE, 'code="200"', 'code="280"'),
    ),
    Case(
        "status-silent",
        re.sub(r"<PunchOutSetupResponse>.*</PunchOutSetupResponse>", "", changed(RESPONSE, '"200"', '"500"'), flags=16),
        "/cXML/Response/Status",
        RESPONSE,
    ),
    Case(
        "signature-missing",
        changed(SETUP, 'xml:lang="en">', 'xml:lang="en" signatureVersion="1.0">'),
        "/cXML",
        changed(SETUP, 'xml:lang="en">', 'xml:lang="en" signatureVersion="1.0">', "</cXML>", SIGNATURE),
    ),
    Case(
        "signature-unannounced",
        changed(SETUP, "</cXML>", SIGNATURE),
        "/cXML",
        changed(SETUP, 'xml:lang="en">', 'xml:lang="en" signatureVersion="1.0">', "</cXML>", SIGNATURE),
    ),
    Case(
        "signature-without-id",
        changed(SETUP, "</cXML>", SIGNATURE),
        "/cXML/Request",
        changed(SETUP, "</cXML>", SIGNATURE, "<Request ", '<Request Id="cXMLData" '),
    ),
    Case(
        "module-mismatch",
        changed(SETUP, "/cXML.dtd", "/InvoiceDetail.dtd"),
        "/cXML",
        changed(SETUP, "/cXML.dtd", "/Catalog.dtd"),
    ),
]
