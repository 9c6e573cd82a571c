"""Which document is it, and does it say the same as the one before?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..binding import rewriter
from ..document import serialize
from ..element import Element, OpenElement
from ..envelope import unproved
from ..summary.reading import at, tag_of
from ..tree import Doctype
from ..trust.credentials import STANDARD_DOMAINS, stripped
from . import ReplayKey

if TYPE_CHECKING:
    from ..mime import Part
    from ..models.envelope import CXML
    from ..trust.authenticate import Verified
    from ..trust.credentials import Account

__all__ = ["digest_of", "key_of"]


#: payload -> where it says what it is about.
_SUBJECTS = {
    "OrderRequest": "order_request_header.order_id",
    "PunchOutSetupRequest": "buyer_cookie",
    "StatusUpdateRequest": "document_reference.payload_id",
}


def key_of(document: CXML, verified: Verified) -> ReplayKey:
    """What a document is known by: its payloadID, within the Sender that was proved, From, mode and what it is about.

    An order is about its number, blanks around it aside; a setup request about its BuyerCookie, to the letter; news of
    a document about that document. All else, and what lacks its own, is known by its content: under one payloadID, two
    that differ are two documents.

    Without a payloadID the time stamp has to do, which a repeat should not change either, together with the content.
    """
    partner = verified.partner
    # A tolerant reader leaves None where something required was missing.
    payload_id = stripped(document.payload_id or "") and document.payload_id
    about = _subject(document) if payload_id else [[_content(document), str(document.timestamp or "")]]
    return ReplayKey(
        sender=_names([verified.sender]),
        from_=_names(sorted(verified.from_, key=_name)),
        mode=verified.mode,
        payload_id=payload_id,
        subject=json.dumps([tag_of(document.payload), *about], ensure_ascii=False),
        # Two records may have one name, and one record many buyers, of whom a MAC proves one.
        partner=f"{partner.name} {partner.sender_domain} {partner.sender_identity} {partner.from_identity}"
        + (f" {_names([verified.proved])}" if verified.proof == "credential-mac" else ""),
    )


def _subject(document: CXML) -> list[Any]:
    payload = document.payload
    tag = tag_of(payload)
    if tag in _SUBJECTS and isinstance(payload, Element):
        said = at(payload, _SUBJECTS[tag])
        parts = [stripped(said)] if isinstance(said, str) else list(map(_written, at(said, "content") or ()))
        if any(not isinstance(part, str) or stripped(part) for part in parts):
            return parts
    # In a list of its own, so that no name is equal to it.
    return [[_content(document)]]


def _content(document: CXML) -> str:
    return digest_of(document).hex()


def _written(part: Any) -> Any:
    """A part of open content, elements so that no text is equal to them."""
    if isinstance(part, str):
        return part
    return {"element": part.markup if isinstance(part, OpenElement) else rewriter.write(part)}


def _name(account: Account) -> tuple[str, str, bool]:
    return (*STANDARD_DOMAINS.keys(account)[0], account.marketplace)


def _names(accounts: Iterable[Account]) -> str:
    """Names in the form in which they are compared, as a text that no other names have."""
    return json.dumps([_name(account) for account in accounts], ensure_ascii=False)


#: A moment that stands for any.
_ANY_TIME = datetime(1999, 1, 1, tzinfo=UTC)


def digest_of(document: CXML, parts: Iterable[Part] = ()) -> bytes:
    """A digest of what a document says with its attachments: 32 octets, equal exactly if the content is.

    Left out is what a repeat may have anew without being another document: secrets, MACs and signatures, which prove
    the Sender and say nothing; its UserAgent; the time stamp, which some partners renew; DOCTYPE, comments, white space
    between elements, and what has no place around header and payload. All else counts to the letter: payload, names,
    mode, language, and each attachment.
    The document is not changed.
    """
    bare = unproved(document)
    bare.timestamp, bare.doctype = _ANY_TIME, Doctype("cXML")
    if bare.header is not None and bare.header.sender is not None:
        bare.header.sender.user_agent = ""
    made = hashlib.sha256()
    _add(made, serialize(bare))
    for part in sorted(parts, key=lambda part: part.content_id):
        for text in (part.content_id, part.content_type, part.filename):
            _add(made, text.encode("utf-8", "surrogatepass"))
        _add(made, part.content)
    return made.digest()


def _add(made: hashlib._Hash, octets: bytes) -> None:
    # Its length goes ahead of each piece, so that no other pieces make the same row of octets.
    made.update(len(octets).to_bytes(8, "big"))
    made.update(octets)
