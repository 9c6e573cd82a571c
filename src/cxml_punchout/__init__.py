"""cXML for Python: typed models, exact reading and writing.

    from cxml_punchout import parse, serialize, validate

    document = parse(body)
    document.payload
    body = serialize(document)
    report = validate(body)

    endpoint = Endpoint(partners)
    reply = endpoint.handle(body, content_type, {PunchOutSetupRequest: open_shop, OrderRequest: take_order})

The elements themselves are in ``cxml_punchout.models``, more stores of partners in ``cxml_punchout.trust.stores``,
guards against repeated documents in ``cxml_punchout.replay``, and what a shop needs to test itself in
``cxml_punchout.testing``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .document import CURRENT_VERSION, parse, serialize, validate
from .element import OpenElement
from .errors import (
    AttributeLengthExceeded,
    AttributesExceeded,
    AuthenticationError,
    BytesExceeded,
    CredentialsExceeded,
    CXMLError,
    DepthExceeded,
    DocumentError,
    ElementsExceeded,
    IncompleteElement,
    InvalidDocument,
    InvalidValue,
    LimitExceeded,
    MalformedDocument,
    MemoryExceeded,
    NameLengthExceeded,
    NamespacesExceeded,
    Refusal,
    SecretUnavailable,
    SignatureWarning,
    TokenError,
    UnreadableValue,
    UnsafeDocument,
    UsageError,
)
from .findings import Finding
from .limits import Limits
from .models.envelope import CXML
from .spelled import Unreadable, spelling
from .tree import Doctype

if TYPE_CHECKING:
    from .buyer import Buyer
    from .endpoint import Endpoint, Received, Reply
    from .punchout.cart import cart_item, cart_total, item_in_of, item_out_of
    from .punchout.compare import compare_order
    from .punchout.form import browser_form, content_security_policy, read_form
    from .punchout.session import PunchOutSession
    from .trust.authenticate import Verified, authenticate
    from .trust.partners import Partner
    from .trust.redact import redact
    from .trust.secrets import Secret
    from .trust.stores.memory import MemoryStore
    from .validation.catalog import DtdCatalog
    from .validation.report import Report

__all__ = [
    "CURRENT_VERSION",
    "CXML",
    "AttributeLengthExceeded",
    "AttributesExceeded",
    "AuthenticationError",
    "Buyer",
    "BytesExceeded",
    "CXMLError",
    "CredentialsExceeded",
    "DepthExceeded",
    "Doctype",
    "DocumentError",
    "DtdCatalog",
    "ElementsExceeded",
    "Endpoint",
    "Finding",
    "IncompleteElement",
    "InvalidDocument",
    "InvalidValue",
    "LimitExceeded",
    "Limits",
    "MalformedDocument",
    "MemoryExceeded",
    "MemoryStore",
    "NameLengthExceeded",
    "NamespacesExceeded",
    "OpenElement",
    "Partner",
    "PunchOutSession",
    "Received",
    "Refusal",
    "Reply",
    "Report",
    "Secret",
    "SecretUnavailable",
    "SignatureWarning",
    "TokenError",
    "Unreadable",
    "UnreadableValue",
    "UnsafeDocument",
    "UsageError",
    "Verified",
    "authenticate",
    "browser_form",
    "cart_item",
    "cart_total",
    "compare_order",
    "content_security_policy",
    "item_in_of",
    "item_out_of",
    "parse",
    "read_form",
    "redact",
    "serialize",
    "spelling",
    "validate",
]

__version__ = "0.1.0.dev0"

#: What is loaded when it is first asked for, since not every program needs it: name -> module.
_LATER = {
    "Buyer": "buyer",
    "DtdCatalog": "validation.catalog",
    "Endpoint": "endpoint",
    "MemoryStore": "trust.stores.memory",
    "Partner": "trust.partners",
    "PunchOutSession": "punchout.session",
    "Received": "endpoint",
    "Reply": "endpoint",
    "Report": "validation.report",
    "Secret": "trust.secrets",
    "Verified": "trust.authenticate",
    "authenticate": "trust.authenticate",
    "browser_form": "punchout.form",
    "cart_item": "punchout.cart",
    "cart_total": "punchout.cart",
    "compare_order": "punchout.compare",
    "content_security_policy": "punchout.form",
    "item_in_of": "punchout.cart",
    "item_out_of": "punchout.cart",
    "read_form": "punchout.form",
    "redact": "trust.redact",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f".{_LATER[name]}", __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})
