"""How organisations name themselves in a header, and how the Sender proves its name."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from .. import element as x
from ..scalars import CoveredTime, Language

if TYPE_CHECKING:
    from .party import Contact
    from .text import Extrinsic

__all__ = ["Correspondent", "Credential", "CredentialMac", "DigitalSignature", "Identity", "Routing", "SharedSecret"]

CredentialType = Literal["marketplace"]
RoutingDestination = Literal["peppol", "fieldglass"]


@x.element("(SharedSecret | DigitalSignature | CredentialMac)?")
class Credential(x.Element):
    """The name of an organisation in one naming scheme and, in a Sender, the proof that it is this organisation.

    domain: the naming scheme: ``NetworkID``, ``DUNS``, ``AribaNetworkUserId`` or any that the parties agree on. Senders
        differ in spelling (``NetworkId``, ``duns``), so compare without regard to case.
    type: ``marketplace`` names the marketplace where a member company trades; absence means the company itself.
    shared_secret, digital_signature, credential_mac: the proof; it belongs into the Sender and never into a document
        that goes through a browser.

    A receiver ignores credentials in domains that it does not know, and refuses a section whose known credentials
    contradict one another.

    Guide 3.1.7.5.
    """

    domain: str = x.attribute("domain")
    type: CredentialType | None = x.attribute("type", default=None)
    identity: x.OrText[Identity] = x.child("Identity")
    shared_secret: x.OrText[SharedSecret | None] = x.child("SharedSecret", default=None)
    digital_signature: x.OrText[DigitalSignature | None] = x.child("DigitalSignature", default=None)
    credential_mac: CredentialMac | None = x.child("CredentialMac", default=None)


@x.element()
class Identity(x.TextAndElements):
    """The name itself, within the domain of the credential.

    last_changed_timestamp: when the record of the organisation last changed at its origin, for copies kept in step.
    content: a text, or an IdReference for an address such as ``iso6523``. Blanks around the text do not count, leading
        zeros do. Case counts, except in ``NetworkID`` and ``DUNS``.

    Guide 3.1.7.5.
    """

    last_changed_timestamp: datetime | None = x.attribute("lastChangedTimestamp", default=None)
    content: x.Content = x.open_content(default=(), kw_only=False)


@x.element()
class SharedSecret(x.TextAndElements):
    """The password of the Sender, agreed on before the first document is sent.

    content: to be compared exactly and in constant time. Behind a hub it is the supplier's own secret with the hub, one
        for all buyers; on a direct connection each buyer has its own. Empty or ``none``, which some buyers send when
        nothing is set up, proves nothing.

    Guide 5.3.2.2.
    """

    content: x.Content = x.open_content(default=(), secret=True, kw_only=False)


@x.element(deprecated="SharedSecret or CredentialMac")
class DigitalSignature(x.TextAndElements):
    """A signature inside a credential, as a proof of identity from the early days of cXML.

    type: format of the signature.
    encoding: how its bytes are written.
    """

    type: str | None = x.attribute("type", default=None, absent="PK7 self-contained")
    encoding: str | None = x.attribute("encoding", default=None, absent="Base64")
    content: x.Content = x.open_content(default=(), secret=True, kw_only=False)


@x.element()
class CredentialMac(x.Element):
    """A hub's word for a buyer who calls the supplier without it: the hub knows this Sender and this From.

    The hub computes it with a secret that only it and the supplier have. The buyer just passes it on, and keeps it as
    safe as a password.

    type: what is covered; only ``FromSenderCredentials``: domain and identity of From and Sender, and both dates.
    algorithm: only ``HMAC-SHA1-96``.
    creation_date, expiration_date: the present must lie between them. They enter the computation as they were spelled.
    value: 16 characters of base64. Even a right one does not yet permit what the request asks for.

    Guide 21.1.
    """

    type: str = x.attribute("type")
    algorithm: str = x.attribute("algorithm")
    creation_date: CoveredTime = x.attribute("creationDate")
    expiration_date: CoveredTime = x.attribute("expirationDate")
    value: str = x.text(secret=True, kw_only=False)


@x.element(since="1.2.020")
class Correspondent(x.Element):
    """How to reach an organisation that the hub or the receiver does not know.

    preferred_language: the language in which the organisation wishes to be addressed.
    routing: the system to which its documents are delivered.

    Guide 3.1.7.6.
    """

    preferred_language: Language | None = x.attribute("preferredLanguage", default=None)
    contact: x.Many[Contact] = x.children("Contact")
    routing: Routing | None = x.child("Routing", default=None)
    extrinsic: x.Many[Extrinsic] = x.children("Extrinsic", default=())


@x.element(since="1.2.050")
class Routing(x.Element):
    """The system to which the documents for an organisation are delivered.

    destination: the Peppol network or Fieldglass.

    Guide 3.1.7.6.
    """

    destination: RoutingDestination = x.attribute("destination")
