"""Which document is it, and does it say the same as the one before?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..document import serialize
from ..envelope import unproved
from ..errors import Refusal
from ..tree import Doctype
from ..trust.credentials import STANDARD_DOMAINS
from . import ReplayKey

if TYPE_CHECKING:
    from ..mime import Part
    from ..models.envelope import CXML
    from ..trust.authenticate import Verified
    from ..trust.credentials import Account

__all__ = ["digest_of", "key_of"]


def key_of(document: CXML, verified: Verified) -> ReplayKey:
    """What a document is known by: its payloadID, within the Sender that was proved, From and mode.

    Raises Refusal (Status 400) if it has no payloadID: a repeat of it could not be told from a new document.
    """
    # A tolerant reader leaves None where something required was missing.
    if not (document.payload_id or "").strip():
        raise Refusal(400, "the document has no payloadID")
    return ReplayKey(
        _names([verified.sender]), _names(sorted(verified.from_, key=_name)), verified.mode, document.payload_id
    )


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
    if bare.header is not None:
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
