"""Rules for credentials: who is speaking, and what proves it. No document in a browser ever holds a secret."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import chain
from typing import Any

from ...summary.reading import many, plain, tag_of
from ..located import Located
from .registry import Faults, rule
from .texts import padded

__all__: list[str] = []

_PROOFS = ("shared_secret", "digital_signature", "credential_mac")


def _credentials(section: Located | None) -> list[Located]:
    return section.all("credential") if section is not None else []


def _proofs(credential: Located) -> list[Located]:
    return [proof for name in _PROOFS for proof in credential.all(name)]


def _identity(credential: Any) -> str:
    return plain(credential.identity).strip()


@rule(
    "secret-in-message",
    "cXML",
    severity="error",
    guide="3.1.7.5, 3.1.10",
    says="A PunchOutOrderMessage holds a secret or another proof; the user's browser carries it and can read it.",
    hint="Leave SharedSecret and CredentialMac out of a PunchOutOrderMessage; the BuyerCookie ties it to its session.",
)
def secret_in_message(here: Located) -> Faults:
    header = here.one("header")
    if header is None or not _goes_through_a_browser(here):
        return
    sections = (header.one("from_"), header.one("to"), header.one("sender"))
    for credential in chain.from_iterable(map(_credentials, sections)):
        for proof in _proofs(credential):
            yield f"{proof.tag} stands in a message that goes through a browser.", proof


def _goes_through_a_browser(document: Located) -> bool:
    """Whether a document is a cart. Other messages go from server to server and prove who sends them."""
    message = document.element.message
    return message is not None and tag_of(message.payload) == "PunchOutOrderMessage"


@rule(
    "secret-outside-sender",
    "Header",
    severity="warning",
    guide="3.1.7",
    says="From or To holds a secret; only the Sender is authenticated, so it proves nothing there and others read it.",
    hint="Move the SharedSecret to the Credential in Sender.",
)
def secret_outside_sender(here: Located) -> Faults:
    if here.parent is None or _goes_through_a_browser(here.parent):
        return  # the rule above has said so
    for name in ("from_", "to"):
        for credential in _credentials(here.one(name)):
            for proof in _proofs(credential):
                yield f"{proof.tag} stands in {credential.parent.tag if credential.parent else name}.", proof


@rule(
    "sender-unproved",
    "cXML",
    severity="warning",
    guide="3.1.7.3",
    says="The Sender of a request gives no proof of who it is.",
    hint="Put the SharedSecret that the partners agreed on into the Credential in Sender.",
)
def sender_unproved(here: Located) -> Faults:
    header = here.one("header")
    sender = header.one("sender") if header is not None else None
    if here.element.request is None or sender is None or not sender.element.credential:
        return
    if not any(_proofs(credential) for credential in _credentials(sender)):
        yield "Sender has neither a SharedSecret nor a CredentialMac.", sender


@rule(
    "secret-blank",
    "SharedSecret",
    severity="warning",
    guide="5.3.2.2",
    says="The shared secret is empty or the word none, which some senders write when nothing is configured.",
    hint="Agree on a secret with the partner and configure it; a receiver should refuse this one.",
)
def secret_blank(here: Located) -> Faults:
    if here.up("Sender") is None or here.up("cXML") is None:
        return
    if not here.element.elements and here.element.value.lower() in ("", "none"):
        yield "The shared secret of the Sender is not configured."


@rule(
    "secret-padded",
    "SharedSecret",
    severity="warning",
    guide="3.1.7.5",
    says="Blank space stands around the shared secret; it belongs to the secret, so a comparison may fail.",
    hint="Write <SharedSecret>…</SharedSecret> without line breaks inside.",
)
def secret_padded(here: Located) -> Faults:
    if padded(here.element):
        yield "Blank space stands around the shared secret."


@rule(
    "credential-repeated",
    "From",
    "To",
    "Sender",
    severity="error",
    guide="3.1.7.5",
    says="Two credentials of one section give different identities in the same domain.",
    hint="Several credentials have to mean the same organisation; give each domain once.",
)
def credential_repeated(here: Located) -> Faults:
    known: dict[tuple[str, str], str] = {}
    for credential in _credentials(here):
        domain, identity = plain(credential.element.domain).strip().lower(), _identity(credential.element)
        key = domain, plain(credential.element.type)
        if key[0] in ("networkid", "duns"):
            identity = identity.lower()
        if known.setdefault(key, identity) != identity:
            yield (
                f"{here.tag} names a second organisation in the domain {plain(credential.element.domain)}.",
                credential,
            )


@rule(
    "identity-empty",
    "Credential",
    severity="warning",
    guide="3.1.7.5",
    says="An Identity is empty, so the organisation is not named.",
    hint="Write the number of the organisation in the domain of the credential.",
)
def identity_empty(here: Located) -> Faults:
    identity = here.one("identity")
    if identity is not None and not identity.element.elements and not identity.element.value:
        yield f"The Identity in the domain {plain(here.element.domain)!r} is empty.", identity


@rule(
    "identity-padded",
    "Identity",
    severity="warning",
    guide="3.1.7.5",
    says="Blank space stands around an Identity; not every receiver takes it away.",
    hint="Write <Identity>…</Identity> on one line.",
)
def identity_padded(here: Located) -> Faults:
    if padded(here.element):
        yield f"Blank space stands around the identity {here.element.value!r}."


@rule(
    "domain-misspelt",
    "Credential",
    severity="warning",
    guide="3.1.7.5",
    says="The domain of a credential is a customary one in a spelling that receivers may not know.",
    hint="Write NetworkID, DUNS or AribaNetworkUserId; case matters to some receivers.",
)
def domain_misspelt(here: Located) -> Faults:
    domain = plain(here.element.domain)
    folded = re.sub(r"[\s_-]", "", domain.lower())
    right = {"networkid": ("NetworkID", "NetworkId"), "duns": ("DUNS",), "aribanetworkuserid": ("AribaNetworkUserId",)}
    if folded in right and domain not in right[folded]:
        yield f"The domain is spelt {domain!r}; the customary form is {right[folded][0]}."


@rule(
    "duns-shape",
    "Credential",
    "SupplierID",
    severity="warning",
    guide="3.1.7.5",
    says="The value in a DUNS domain is not nine digits. For advice only: some partners put other names there.",
    hint="A D-U-N-S number has nine digits; leading zeros count.",
)
def duns_shape(here: Located) -> Faults:
    number = _duns(here)
    if number and not re.fullmatch(r"[0-9]{9}(?:[0-9A-Za-z]{4})?", number):
        yield f"{number!r} is not a D-U-N-S number of nine digits."


@rule(
    "duns-check-digit",
    "Credential",
    "SupplierID",
    severity="warning",
    guide="3.1.7.5",
    says="The last digit of a D-U-N-S number is not its check digit. For advice only: newer numbers have none.",
    hint="Compare the number with the partner's; if it is right, leave it.",
)
def duns_check_digit(here: Located) -> Faults:
    number = _duns(here)
    if re.fullmatch(r"[0-9]{9}", number) and not _luhn(number):
        yield f"{number} has no valid check digit, which numbers given out since 2007 need not have."


def _duns(here: Located) -> str:
    """The number without the hyphens and blanks that are not part of it."""
    if plain(here.element.domain).strip().lower() != "duns":
        return ""
    value = here.element.identity if here.tag == "Credential" else here.element.value
    return re.sub(r"[\s-]", "", plain(value))


def _luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    return sum(digits[::2] + [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]) % 10 == 0


@rule(
    "mac-unknown",
    "CredentialMac",
    severity="error",
    guide="21.1",
    says="The kind or the algorithm of a CredentialMac is not one that cXML defines.",
    hint='Only type="FromSenderCredentials" and algorithm="HMAC-SHA1-96" exist.',
)
def mac_unknown(here: Located) -> Faults:
    for name, value, only in (
        ("type", here.element.type, "FromSenderCredentials"),
        ("algorithm", here.element.algorithm, "HMAC-SHA1-96"),
    ):
        if value is not None and value != only:
            yield f"The {name} of the CredentialMac is {plain(value)!r}, not {only}."


@rule(
    "mac-shape",
    "CredentialMac",
    severity="error",
    guide="21.1",
    says="The content of a CredentialMac is not 16 characters of base64.",
    hint="Take the first 12 octets of the HMAC and encode them in base64; that makes 16 characters without padding.",
)
def mac_shape(here: Located) -> Faults:
    value = here.element.value
    if isinstance(value, str) and not re.fullmatch(r"[A-Za-z0-9+/]{16}", value.strip()):
        yield "The CredentialMac is not 16 characters of base64."


@rule(
    "mac-dates",
    "CredentialMac",
    severity="error",
    guide="21.1",
    says="A CredentialMac expires before it was created.",
    hint="expirationDate has to be later than creationDate.",
)
def mac_dates(here: Located) -> Faults:
    if later(here.element.creation_date, here.element.expiration_date, or_equal=True):
        yield "The CredentialMac is never valid: it expires before it was created."


def later(first: Any, second: Any, *, or_equal: bool = False) -> bool:
    """Whether the first of two times is after the second; False where they cannot be compared."""
    if not isinstance(first, datetime) or not isinstance(second, datetime):
        return False
    if (first.tzinfo is None) != (second.tzinfo is None):
        return False
    return first > second or (or_equal and first == second)


@rule(
    "deprecated",
    "cXML",
    "DigitalSignature",
    "SupplierSetup",
    "Accounting",
    "Followup",
    severity="warning",
    guide="3.1.6, 3.1.7.5, 5.6.2.7, 7.2.1",
    says="Something is used that cXML has given up.",
    hint="It is still read; new documents should do without.",
)
def deprecated(here: Located) -> Faults:
    if here.tag == "cXML":
        if here.element.version is not None:
            yield "cXML@version is obsolete: the DOCTYPE names the version."
    elif here.tag == "Accounting":
        if many(here.element.segment):
            yield "Segment is obsolete: AccountingSegment takes its place.", here.place("segment")
    else:
        instead = {
            "DigitalSignature": "send a SharedSecret or a CredentialMac",
            "SupplierSetup": "the hub or the buyer's settings know the address of the shop",
            "Followup": "the profile tells where requests go",
        }
        yield f"{here.tag} is obsolete: {instead[here.tag]}."
