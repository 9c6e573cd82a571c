"""What goes around a payload: who sends it to whom, under which id, and when (Guide 3.1.6, 3.1.7)."""

from __future__ import annotations

import copy
import os
import platform
import re
import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from .element import Element, Leftover
from .errors import InvalidValue
from .models.credential import CredentialMac, DigitalSignature, SharedSecret
from .models.envelope import CXML, From, Header, Sender, Status, To
from .spelled import Unreadable
from .status import STATUS_TEXT, status_class
from .trust.credentials import without_proofs

if TYPE_CHECKING:
    from .models.credential import Credential
    from .trust.credentials import Account

__all__ = [
    "USER_AGENT",
    "Clock",
    "Ids",
    "PayloadIds",
    "credentials_of",
    "proof_in",
    "returning",
    "status_of",
    "unproved",
    "utc_now",
]

#: The present, with its offset from UTC.
Clock: TypeAlias = Callable[[], datetime]
#: A payloadID that no other document has.
Ids: TypeAlias = Callable[[], str]

#: What documents of ours name as the software that delivers them, unless the application says another.
USER_AGENT = "cxml_punchout"

_CLASS_TEXT = {"success": "OK", "permanent": "Bad Request", "transient": "Internal Server Error"}


def utc_now() -> datetime:
    """The time on this machine, to the second, in UTC."""
    return datetime.now(UTC).replace(microsecond=0)


class PayloadIds:
    """Makes payloadIDs in the form that the Guide recommends: time, process, random number, host.

    host: what stands behind the @, the name of the shop say; by default that of the machine.

    Guide 3.1.6.
    """

    __slots__ = ("_clock", "host")

    def __init__(self, host: str = "", *, clock: Clock = utc_now) -> None:
        self.host = host or platform.node() or "localhost"
        self._clock = clock

    def __call__(self) -> str:
        return f"{self._clock():%Y%m%d%H%M%S}.{os.getpid()}.{secrets.token_hex(8)}@{self.host}"

    def __repr__(self) -> str:
        return f"PayloadIds({self.host!r})"


def status_of(code: int, text: str = "") -> Status:
    """A Status with the customary phrase for its code; ``text`` is for a person. Guide 3.1.9.1."""
    phrase = STATUS_TEXT.get(code) or _CLASS_TEXT.get(status_class(code))
    if phrase is None:
        raise InvalidValue(f"{code} is no status of cXML; its codes are those from 200 to 299 and from 400 to 599")
    return Status(_writable(text), code=code, text=phrase, lang="en")


def _writable(text: str) -> str:
    """What somebody else wrote, without the characters that no XML can hold."""
    return "".join(char if char in "\t\n\r" or _in_xml(ord(char)) else "\N{REPLACEMENT CHARACTER}" for char in text)


def _in_xml(code: int) -> bool:
    return 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000


# --- headers ---------------------------------------------------------------------------------------------------


def credentials_of(accounts: Iterable[Account]) -> list[Credential]:
    """The names of a party as they stand in a header, proving nothing."""
    from .models.credential import Credential

    return [
        Credential(
            domain=account.domain, type="marketplace" if account.marketplace else None, identity=account.identity
        )
        for account in accounts
    ]


def returning(header: Header, *, user_agent: str = USER_AGENT) -> Header:
    """The header of a document that goes back to whom this one came from: From and To change places.

    It holds no proof of anything. A browser may carry it, where the user can read it. Guide 3.1.10.
    """
    bare, again = without_proofs(header), without_proofs(header)
    return Header(
        from_=From(credential=_legible(bare.to.credential)),
        to=To(credential=_legible(bare.from_.credential)),
        sender=Sender(credential=_legible(again.to.credential), user_agent=user_agent),
    )


def _legible(credentials: Iterable[Credential]) -> tuple[Credential, ...]:
    """Names without what could not be read beside them: that goes into no other document."""
    kept = tuple(credentials)
    for credential in kept:
        if isinstance(credential.type, Unreadable):
            credential.type = None
        identity = credential.identity
        if identity is not None and getattr(identity.last_changed_timestamp, "tzinfo", None) is None:
            identity.last_changed_timestamp = None
    return kept


def proof_in(octets: bytes) -> str:
    """The name of a proof of identity that stands in what was written, or "" if none does."""
    found = _PROOF(octets)
    return found[1].decode() if found is not None else ""


_PROOFS = "|".join(cls.__cxml__.tag for cls in (SharedSecret, CredentialMac, DigitalSignature))
# In what was written a '<' always begins markup. Whole documents inside of texts are escaped once or more often.
_PROOF = re.compile(
    rf"(?:<|&(?:amp;|#0*38;|#x0*26;)*(?:lt|#0*60|#x0*3c);)\s*(?:[\w.-]+:)?({_PROOFS})(?![\w.-])".encode(), re.IGNORECASE
).search


def unproved(document: CXML) -> CXML:
    """A copy of a document to keep or to show, whose header proves nothing any more; the payload is shared with it.

    A signature is left out, for it would not hold, and so is whatever stands around header and payload without having
    a place there: it may be a secret in the wrong place.
    """
    made = copy.copy(document)
    made.signature, made.signature_version, made._signed = (), None, None
    made.before_root = made.after_root = ()
    made.header = without_proofs(document.header) if document.header is not None else None
    made._leftover = _without_nodes(document)
    for name in ("request", "message", "response"):
        wrapper = copy.copy(getattr(document, name))
        if wrapper is not None:
            wrapper._leftover = _without_nodes(wrapper)
            setattr(made, name, wrapper)
    return made


def _without_nodes(element: Element) -> Leftover | None:
    kept = element._leftover
    return Leftover(missing=kept.missing, irregular=kept.irregular) if kept is not None else None
