"""cXML for Python: typed models, exact reading and writing.

    from cxml_punchout import parse, serialize, validate

    document = parse(body)
    document.payload
    body = serialize(document)
    report = validate(body)

The elements themselves are in ``cxml_punchout.models``.
"""

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
    SignatureWarning,
    UnsafeDocument,
    UsageError,
)
from .findings import Finding
from .limits import Limits
from .models.envelope import CXML
from .spelled import Unreadable, spelling
from .tree import Doctype

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
    "SignatureWarning",
    "Unreadable",
    "UnsafeDocument",
    "UsageError",
    "parse",
    "serialize",
    "spelling",
    "validate",
]

__version__ = "0.1.0.dev0"
