"""Everything this library raises on purpose.

    CXMLError
    ├── DocumentError            what was received is at fault; knows the Status to answer with
    │   ├── MalformedDocument    not well-formed XML, or in an encoding that is not read       406
    │   ├── UnsafeDocument       declares entities or an internal subset                       406
    │   ├── LimitExceeded        more than ``Limits`` allow                                    499
    │   │   ├── BytesExceeded
    │   │   ├── DepthExceeded
    │   │   ├── ElementsExceeded
    │   │   ├── AttributesExceeded
    │   │   ├── AttributeLengthExceeded
    │   │   ├── NameLengthExceeded
    │   │   ├── NamespacesExceeded
    │   │   ├── CredentialsExceeded
    │   │   └── MemoryExceeded
    │   ├── InvalidDocument      well-formed, but not the cXML that the reader was told to accept  406
    │   └── UnreadableValue      a program computed with a number or a time that nobody can read       406
    ├── AuthenticationError      who sent it is not known, or may not; the log gets the reason  401, 403, 475-477
    ├── SecretUnavailable        our own secret for a sender cannot be had at the moment           500
    ├── Refusal                  what an application answers to a request that it does not carry out    its own
    ├── TokenError               the link by which a user's browser opens the shop is forged or too old
    └── UsageError               what our own program asked for cannot be done
        ├── InvalidValue         a value that has no exact form on the wire
        └── IncompleteElement    a required part is missing, or parts exclude each other

The tree is split by whose fault it is: a ``DocumentError`` and an ``AuthenticationError`` go back to the partner, a
``UsageError`` is a fault in the program that uses the library. A ``Refusal`` is nobody's fault: it is an answer. Errors
keep their facts in attributes and build the sentence when it is asked for. None of them ever holds a secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from .findings import Finding

__all__ = [
    "AttributeLengthExceeded",
    "AttributesExceeded",
    "AuthenticationError",
    "BytesExceeded",
    "CXMLError",
    "CredentialsExceeded",
    "DepthExceeded",
    "DocumentError",
    "ElementsExceeded",
    "IncompleteElement",
    "InvalidDocument",
    "InvalidValue",
    "LimitExceeded",
    "MalformedDocument",
    "MemoryExceeded",
    "NameLengthExceeded",
    "NamespacesExceeded",
    "Refusal",
    "SecretUnavailable",
    "SignatureWarning",
    "TokenError",
    "UnreadableValue",
    "UnsafeDocument",
    "UsageError",
]


class CXMLError(Exception):
    """Root of all errors of this library."""


class DocumentError(CXMLError):
    """What was received cannot be used; ``status`` is the code to answer with, ``findings`` say why.

    The first finding speaks for the error: its ``path``, ``line`` and ``column`` are the error's own.
    """

    status: ClassVar[int] = 406

    def __init__(self, findings: Finding | Sequence[Finding]) -> None:
        self.findings: tuple[Finding, ...] = (findings,) if isinstance(findings, Finding) else tuple(findings)
        super().__init__(*self.findings)

    def __reduce__(self) -> tuple[type[DocumentError], tuple[tuple[Finding, ...]]]:
        return type(self), (self.findings,)

    @property
    def code(self) -> str:
        return self.findings[0].code

    @property
    def path(self) -> str:
        return self.findings[0].path

    @property
    def line(self) -> int:
        return self.findings[0].line

    @property
    def column(self) -> int:
        return self.findings[0].column

    def __str__(self) -> str:
        first = self.findings[0]
        place = f"line {first.line}, column {first.column}: " if first.line else ""
        at = f" at {first.path}" if first.path else ""
        hint = f"{'; ' if at else ' '}{first.hint}" if first.hint else ""
        more = f" (and {len(self.findings) - 1} more)" if len(self.findings) > 1 else ""
        return f"{place}{first.message}{at}{hint}{more}"


class MalformedDocument(DocumentError):
    """The bytes are not well-formed XML, or in an encoding that is not read (Status 406)."""


class UnsafeDocument(DocumentError):
    """The document declares entities or brings a grammar of its own; cXML allows neither (Status 406)."""


class LimitExceeded(DocumentError):
    """The document is larger than ``Limits`` allow (Status 499); ``limit`` is the number that was passed."""

    status = 499

    def __init__(self, findings: Finding | Sequence[Finding], limit: int = 0) -> None:
        super().__init__(findings)
        self.limit = limit

    def __reduce__(self) -> tuple[type[DocumentError], tuple[tuple[Finding, ...], int]]:  # type: ignore[override]
        return type(self), (self.findings, self.limit)


class BytesExceeded(LimitExceeded):
    """The document has more octets than ``Limits.bytes``."""


class DepthExceeded(LimitExceeded):
    """Elements are nested deeper than ``Limits.depth``."""


class ElementsExceeded(LimitExceeded):
    """The document has more elements than ``Limits.elements``."""


class AttributesExceeded(LimitExceeded):
    """One element has more attributes than ``Limits.attributes``."""


class AttributeLengthExceeded(LimitExceeded):
    """One attribute value is longer than ``Limits.attribute_length``."""


class NameLengthExceeded(LimitExceeded):
    """A name is longer than ``Limits.name_length``."""


class NamespacesExceeded(LimitExceeded):
    """The document has more prefixes of namespaces than ``Limits.namespaces``."""


class CredentialsExceeded(LimitExceeded):
    """A party has more names than ``Limits.credentials``."""


class MemoryExceeded(LimitExceeded):
    """The document would take more than ``Limits.memory`` times its own size."""


class InvalidDocument(DocumentError):
    """Well-formed, but not the cXML that the reader accepts; ``findings`` lists every departure (Status 406)."""


class UnreadableValue(DocumentError):
    """A program computed with what was received as a number or a time and cannot be read (Status 406).

    An ``Unreadable`` raises it in arithmetic, in comparisons with numbers and times, and on its way to be a number.
    The finding says where the value stands and what was found there, unless the field is secret.

    origin: a mark of the document that the value was read from; None for one that a program made.
    """

    def __init__(self, findings: Finding | Sequence[Finding], origin: object = None) -> None:
        super().__init__(findings)
        self.origin = origin

    def __reduce__(self) -> tuple[type[DocumentError], tuple[tuple[Finding, ...], object]]:  # type: ignore[override]
        return type(self), (self.findings, self.origin)


AuthenticationReason = Literal[
    "ambiguous-partner",
    "conflicting-credentials",
    "expired-secret",
    "from-not-allowed",
    "mac-algorithm",
    "mac-expired",
    "mac-malformed",
    "mac-mismatch",
    "mac-not-yet-valid",
    "missing-secret",
    "mode-mismatch",
    "no-header",
    "secret-not-yet-valid",
    "signature-invalid",
    "signature-required",
    "signature-unacceptable",
    "too-many-credentials",
    "unknown-sender",
    "wrong-secret",
    "wrong-to",
]

_SIGNATURES = {"signature-required": 475, "signature-invalid": 476, "signature-unacceptable": 477}
_NEUTRAL = {
    401: "The sender could not be authenticated.",
    403: "The sender is not permitted to do this.",
    475: "The document has to be signed.",
    476: "The signature of the document could not be verified.",
    477: "The signature of the document is not accepted.",
}


class AuthenticationError(CXMLError):
    """The document may be what it likes, but its sender is not known or may not send it.

    reason, detail: what exactly happened, for the log; ``detail`` quotes names of the document but never a secret.
    proved: whether the sender had proved who it is, and only the right was missing.

    The sentence of the error and ``status`` are the same for all reasons, so that an answer made of them tells an
    attacker nothing: 401 for whoever has proved nothing, 403 after the proof, 475 to 477 for signatures.
    """

    def __init__(self, reason: AuthenticationReason, detail: str = "", *, proved: bool = False) -> None:
        super().__init__(reason, detail, proved)
        self.reason: AuthenticationReason = reason
        self.detail = detail
        self.proved = proved
        # A traceback shows notes; the sentence of an error does not.
        self.add_note(f"reason: {reason}{f': {detail}' if detail else ''}")

    def __reduce__(self) -> tuple[object, ...]:
        return _authentication_error, (self.reason, self.detail, self.proved)

    @property
    def status(self) -> int:
        return _SIGNATURES.get(self.reason, 403 if self.proved else 401)

    def __str__(self) -> str:
        return _NEUTRAL[self.status]


def _authentication_error(reason: AuthenticationReason, detail: str, proved: bool) -> AuthenticationError:
    return AuthenticationError(reason, detail, proved=proved)


class SecretUnavailable(CXMLError):
    """What a sender would have to be held against cannot be had: a variable is not set, a file is gone or half written.

    Nothing is known of the sender then, so it must be told to come again (Status 500), never that it is nobody.

    problems: what is wrong, for the log; names of variables and files, never a secret.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(tuple(problems))
        self.problems: tuple[str, ...] = tuple(problems)

    def __str__(self) -> str:
        return "it cannot be looked up who sends this: " + "; ".join(self.problems)


class Refusal(CXMLError):
    """What an application raises to answer a request with another Status than success.

    status: 4xx if the partner must not send the same again, 5xx if it should, later. Guide 3.1.9.1.
    text: why, in words for a person at the partner's; it is sent to them.
    """

    def __init__(self, status: int, text: str = "") -> None:
        if not isinstance(status, int) or not 400 <= status < 600:
            raise InvalidValue(f"a refusal has a status from 400 to 599, not {status!r}")
        if not isinstance(text, str):
            raise InvalidValue(f"the text of a refusal is a str, not {type(text).__name__}")
        super().__init__(status, text)
        self.status = status
        self.text = text

    def __str__(self) -> str:
        return f"{self.status}: {self.text}" if self.text else str(self.status)


class TokenError(CXMLError):
    """The token in the address of a start page opens nothing; show the user a page, and let them start anew.

    reason: ``forged`` for one that was not made by us, ``expired`` for one that is too old.
    """

    def __init__(self, reason: Literal["forged", "expired"]) -> None:
        super().__init__(reason)
        self.reason: Literal["forged", "expired"] = reason

    def __str__(self) -> str:
        return "the start page was opened too late" if self.reason == "expired" else "the token is not one of ours"


class UsageError(CXMLError):
    """What the program asked for cannot be done; a fault on our side of the wire.

    ``path`` names the element or field, as far as it is known where the fault was seen.
    """

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message, path)
        self.message = message
        self.path = path

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class InvalidValue(UsageError, ValueError):
    """A value has no exact form on the wire: a float for money, a time without offset, a control character."""


class IncompleteElement(UsageError):
    """A required part of an element is missing, or parts that exclude each other are both given."""


class SignatureWarning(UserWarning):
    """A signed document was changed before it was written: its signature no longer proves the content."""
