"""cXML for Python: typed models, exact reading and writing.

    from cxml_punchout import parse, serialize, validate

    document = parse(body)
    document.payload
    body = serialize(document)
    report = validate(body)

    verified = authenticate(document, partners, now=now)

The elements themselves are in ``cxml_punchout.models``, stores of partners in ``cxml_punchout.trust.stores``.
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
    CXMLError,
    DepthExceeded,
    DocumentError,
    ElementsExceeded,
    IncompleteElement,
    InvalidDocument,
    InvalidValue,
    LimitExceeded,
    MalformedDocument,
    Refusal,
    SignatureWarning,
    TokenError,
    UnsafeDocument,
    UsageError,
)
from .findings import Finding
from .limits import Limits
from .models.envelope import CXML
from .spelled import Unreadable, spelling
from .tree import Doctype

if TYPE_CHECKING:
    from .trust.authenticate import Verified, authenticate
    from .trust.partners import Partner
    from .trust.redact import redact

__all__ = [
    "CURRENT_VERSION",
    "CXML",
    "AttributeLengthExceeded",
    "AttributesExceeded",
    "AuthenticationError",
    "BytesExceeded",
    "CXMLError",
    "DepthExceeded",
    "Doctype",
    "DocumentError",
    "ElementsExceeded",
    "Finding",
    "IncompleteElement",
    "InvalidDocument",
    "InvalidValue",
    "LimitExceeded",
    "Limits",
    "MalformedDocument",
    "OpenElement",
    "Partner",
    "Refusal",
    "SignatureWarning",
    "TokenError",
    "Unreadable",
    "UnsafeDocument",
    "UsageError",
    "Verified",
    "authenticate",
    "parse",
    "redact",
    "serialize",
    "spelling",
    "validate",
]

__version__ = "0.1.0.dev0"

#: What is loaded when it is first asked for, since not every program needs it: name -> module.
_LATER = {
    "Partner": "trust.partners",
    "Verified": "trust.authenticate",
    "authenticate": "trust.authenticate",
    "redact": "trust.redact",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f".{_LATER[name]}", __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})
