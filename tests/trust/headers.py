"""Documents for the tests of trust: headers of any shape, as they come in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from cxml_punchout import Limits, parse
from cxml_punchout.models import CXML
from cxml_punchout.trust.partners import Partner

NOW = datetime(2026, 5, 6, 12, 0, tzinfo=UTC)
SECRET = "correct-horse-7"

#: (domain, identity), and more markup behind the Identity: a SharedSecret, a CredentialMac.
Named = tuple[str, str] | tuple[str, str, str]

BUYER: tuple[Named, ...] = (("NetworkID", "AN01000000123"),)
SUPPLIER: tuple[Named, ...] = (("DUNS", "123456789"),)


def shared(secret: str) -> str:
    return f"<SharedSecret>{escape(secret)}</SharedSecret>"


def credential(domain: str, identity: str, proof: str = "", kind: str = "") -> str:
    attribute = f" type={quoteattr(kind)}" if kind else ""
    return (
        f"<Credential domain={quoteattr(domain)}{attribute}><Identity>{escape(identity)}</Identity>{proof}</Credential>"
    )


def body(
    sender: Sequence[Named],
    from_: Sequence[Named] = BUYER,
    to: Sequence[Named] = SUPPLIER,
    mode: str | None = None,
    extra: str = "",
) -> bytes:
    parts = {
        name: "".join(credential(*each) for each in named)
        for name, named in (("From", from_), ("To", to), ("Sender", sender))
    }
    attribute = "" if mode is None else f" deploymentMode={quoteattr(mode)}"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.045/cXML.dtd">
<cXML payloadID="1@buy.example.net" timestamp="2026-05-06T12:00:00+00:00"><Header><From>{parts["From"]}</From>\
<To>{parts["To"]}</To><Sender>{parts["Sender"]}<UserAgent>Tests 1</UserAgent></Sender></Header>\
<Request{attribute}><PunchOutSetupRequest operation="create"><BuyerCookie>c</BuyerCookie>{extra}\
</PunchOutSetupRequest></Request></cXML>""".encode()


def document(
    sender: Sequence[Named] | None = None,
    from_: Sequence[Named] = BUYER,
    to: Sequence[Named] = SUPPLIER,
    mode: str | None = None,
) -> CXML:
    """A setup request; by default one that the partner of ``partner()`` sends."""
    named = [("NetworkID", "AN01000000123", shared(SECRET))] if sender is None else sender
    return parse(body(named, from_, to, mode), mode="tolerant", limits=Limits(credentials=10_000))


def partner(**changes: object) -> Partner:
    fields: dict[str, object] = {
        "sender_domain": "NetworkID",
        "supplier_domain": "DUNS",
        "from_identity": "AN01000000123",
        "to_identity": "123456789",
        "sender_identity": "AN01000000123",
        "shared_secret": SECRET,
    }
    return Partner(**(fields | changes))  # type: ignore[arg-type]
