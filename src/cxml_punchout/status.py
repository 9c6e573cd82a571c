"""The status codes of cXML: what each means, and whether sending again can help (Guide 3.1.9.1).

Codes are plain integers, because partners send ones that no list has; an unknown code is understood by its
class, the hundreds digit.
"""

from __future__ import annotations

from typing import Literal

__all__ = ["STATUS_TEXT", "StatusClass", "should_retry", "status_class"]

StatusClass = Literal["success", "permanent", "transient", "undefined"]

#: Code -> the text that the Guide prints for it.
STATUS_TEXT: dict[int, str] = {
    200: "OK",
    201: "Accepted",
    204: "No Content",
    211: "OK",
    280: "Forwarded",
    281: "Forwarded, delivery unconfirmed",
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    406: "Not Acceptable",
    409: "Conflict",
    412: "Precondition Failed",
    417: "Expectation Failed",
    450: "Not Implemented",
    # 461 to 470 and 561 to 563 answer the upload of a catalogue, and nothing else.
    461: "Bad Commodity Code",
    462: "Notification Error",
    463: "Bad Catalog Format",
    464: "Bad Catalog",
    465: "Duplicate Catalog Name",
    466: "No Catalog to Update",
    467: "Publish Not Allowed",
    468: "Catalog Too Large",
    469: "Bad Catalog Extension",
    470: "Catalog Has Errors",
    475: "Signature Required",
    476: "Signature Verification Failed",
    477: "Signature Unacceptable",
    499: "Document Size Error",
    500: "Internal Server Error",
    550: "Unable to reach cXML server",
    551: "Unable to forward request",
    560: "Temporary server error",
    561: "Too Many Catalogs",
    562: "Publish Disabled",
    563: "Catalog Validating",
}


def status_class(code: int) -> StatusClass:
    """Say what a code means for the sender: done, give up, or try again later."""
    if 200 <= code < 300:
        return "success"
    if 400 <= code < 500:
        return "permanent"
    if 500 <= code < 600:
        return "transient"
    return "undefined"


def should_retry(code: int) -> bool:
    """Whether sending the identical document again may succeed; true for 5xx only."""
    return status_class(code) == "transient"
