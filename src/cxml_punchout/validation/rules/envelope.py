"""Rules for the envelope: identity of the document, status, signature, and the three shapes of a document."""

from __future__ import annotations

import re
from typing import Any

from ...payloads import MESSAGES, MODULES, REQUESTS, RESPONSES
from ...status import STATUS_TEXT, should_retry, status_class
from ...summary.reading import tag_of
from ..located import Located
from .registry import Faults, rule

__all__: list[str] = []


@rule(
    "payload-id-empty",
    "cXML",
    "DocumentReference",
    "OriginalDocument",
    severity="error",
    guide="3.1.6",
    says="A payloadID is empty, so the document cannot be referred to nor recognised when it is sent again.",
    hint="Give every document a payloadID of its own, such as 20261123T183000.4711.0815@shop.example.com.",
)
def payload_id_empty(here: Located) -> Faults:
    if here.element.payload_id is not None and not here.element.payload_id.strip():
        yield f"The payloadID of {here.tag} is empty."


@rule(
    "payload-id-shape",
    "cXML",
    severity="warning",
    guide="3.1.6",
    says="The payloadID does not have the recommended form time.process.random@host, so another sender may use it too.",
    hint="Put the name of your host behind an '@'; a payloadID has to be unique over all senders and for ever.",
)
def payload_id_shape(here: Located) -> Faults:
    payload_id = here.element.payload_id
    if payload_id and payload_id.strip() and not re.search(r"[^@\s]@[^@\s]", payload_id):
        yield "The payloadID names no host, so it may not be unique."


def status_code(status: Any) -> int | None:
    """The code of a Status; None if there is none, or none that can be read."""
    code = getattr(status, "code", None)
    return code if isinstance(code, int) and code >= 0 else None


@rule(
    "payload-without-success",
    "Response",
    severity="error",
    guide="3.1.9.1",
    says="A payload stands beside a Status that is no success.",
    hint="Send the Status alone when a request fails; a payload belongs to a code 2xx only.",
)
def payload_without_success(here: Located) -> Faults:
    code = status_code(here.element.status)
    if here.element.payload is not None and code is not None and status_class(code) != "success":
        yield f"{_payload_name(here.element.payload)} comes with status {code}."


@rule(
    "status-unknown",
    "Status",
    severity="warning",
    guide="3.1.9.1",
    says="The status code is not one that cXML defines; receivers go by its first digit.",
    hint="Codes of HTTP such as 404 mean nothing in cXML: use 400, 401, 403, 406, 409, 412, 417, 450 or 500.",
)
def status_unknown(here: Located) -> Faults:
    code = status_code(here.element)
    if code == 0 and here.parent is not None and getattr(here.parent.element, "payment_status", None) is not None:
        return  # The Guide's own example reports the result of a card payment with 0 (13.2.3).
    if code is not None and code not in STATUS_TEXT:
        known = f"receivers treat it as {str(code)[0]}00" if status_class(code) != "undefined" else "it has no meaning"
        yield f"Status code {code} is not defined; {known}."


@rule(
    "status-silent",
    "Status",
    severity="warning",
    guide="3.1.9.1",
    says="A Status that reports a failure does not say in its text what is wrong.",
    hint="Write the reason between <Status …> and </Status>; it is what the partner's people get to see.",
)
def status_silent(here: Located) -> Faults:
    code = status_code(here.element)
    if code is not None and status_class(code) in ("permanent", "transient") and not _text(here.element.value):
        answer = here.parent is not None and here.parent.tag == "Response"
        again = "; the sender will try again for hours" if answer and should_retry(code) else ""
        yield f"Status {code} has no text that says what went wrong{again}."


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _payload_name(payload: object) -> str:
    return tag_of(payload).rpartition("}")[2]


@rule(
    "signature-missing",
    "cXML",
    severity="error",
    guide="3.1.6, 22",
    says="signatureVersion says that the document is signed, but there is no ds:Signature.",
    hint="Leave out signatureVersion, or sign the document.",
)
def signature_missing(here: Located) -> Faults:
    if here.element.signature_version is not None and not here.element.signature:
        yield "The document says that it is signed, but no signature follows."


@rule(
    "signature-unannounced",
    "cXML",
    severity="warning",
    guide="3.1.6, 22",
    says="A signature stands in a document without signatureVersion.",
    hint='Put signatureVersion="1.0" on cXML.',
)
def signature_unannounced(here: Located) -> Faults:
    if here.element.signature and here.element.signature_version is None:
        yield "The document has a signature that signatureVersion does not announce."


@rule(
    "signature-without-id",
    "cXML",
    severity="error",
    guide="22",
    says="The signed part of a signed document has no Id for the signature to point at.",
    hint='Put Id="cXMLData" on Request, Message or Response.',
)
def signature_without_id(here: Located) -> Faults:
    for name in ("request", "message", "response"):
        part = here.one(name)
        if here.element.signature and part is not None and part.element.id is None:
            yield f"{part.tag} of a signed document has no Id.", part


@rule(
    "module-mismatch",
    "cXML",
    severity="warning",
    guide="2.2",
    says="The DOCTYPE names a DTD module that does not know the payload.",
    hint="Each payload has a module of its own, such as Fulfill.dtd for confirmations; serialize chooses it by itself.",
)
def module_mismatch(here: Located) -> Faults:
    doctype = here.element.doctype
    named = re.search(r"/([A-Za-z]+)\.dtd$", getattr(doctype, "system", None) or "")
    payload = here.element.payload
    if named is None or payload is None:
        return
    table = (
        REQUESTS if here.element.request is not None else MESSAGES if here.element.message is not None else RESPONSES
    )
    tag = _payload_name(payload)
    homes = [module for module in MODULES if tag in table.get(module, ())]
    if homes and named[1] not in homes and named[1] in MODULES:
        yield f"{tag} is defined in {' and '.join(homes)}.dtd, but the DOCTYPE names {named[1]}.dtd."
