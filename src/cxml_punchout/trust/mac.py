"""CredentialMac: a hub's word for a buyer who calls the supplier directly (Guide 3.1.7.5, 21.1).

The hub computes it with the secret that it shares with the supplier; the buyer passes it on and cannot make one. It
covers domain and identity of one From and one Sender credential and the two dates, as they are spelled.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha1
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING

import attrs

from ..errors import AuthenticationError, AuthenticationReason, InvalidValue, SecretUnavailable, UsageError
from ..times import COVERED
from .credentials import Account, stripped
from .secrets import Mismatch, Secret, find_equal, fingerprint

if TYPE_CHECKING:
    from ..models.credential import CredentialMac

__all__ = [
    "ALGORITHMS",
    "DEFAULT_MAC_POLICY",
    "MAC_TYPE",
    "MacPolicy",
    "compute_mac",
    "create_mac",
    "in_force",
    "verify_mac",
]

MAC_TYPE = "FromSenderCredentials"

#: As many pairs of names as a header may have; each costs one computation.
_MOST_PAIRS = 100


def _hmac_sha1_96(key: bytes, data: bytes) -> str:
    # The left 96 bits, which are 16 characters of base64 without padding. SHA-1 is what the standard has; forging an
    # HMAC does not get easier by collisions of its hash.
    return b64encode(hmac.new(key, data, sha1).digest()[:12]).decode("ascii")


#: The algorithms that are known, by the name on the wire; the standard has one.
ALGORITHMS: Mapping[str, Callable[[bytes, bytes], str]] = MappingProxyType({"HMAC-SHA1-96": _hmac_sha1_96})


@attrs.frozen
class MacPolicy:
    """How fresh a MAC has to be besides lying between its two dates, which is always checked.

    max_age: refuse one that was made longer ago, though it has not expired; None accepts any age.
    min_left: refuse one that expires sooner than this.
    skew: by how much the hub's clock may differ from ours. Widening it lengthens the life of a stolen MAC.
    """

    max_age: timedelta | None = None
    min_left: timedelta = timedelta(0)
    skew: timedelta = timedelta(0)


DEFAULT_MAC_POLICY = MacPolicy()


def compute_mac(
    from_: Account, sender: Account, created: str, expires: str, secret: Secret, algorithm: str = "HMAC-SHA1-96"
) -> str:
    """The 16 characters of a MAC over two names and two dates, the dates as they are spelled.

    Raises InvalidValue if the algorithm is unknown, UsageError if the secret cannot be looked up. Guide 21.1.4.
    """
    if algorithm not in ALGORITHMS:
        raise InvalidValue(f"unknown algorithm; known is {', '.join(ALGORITHMS)}", "CredentialMac.algorithm")
    return ALGORITHMS[algorithm](secret.reveal().encode("utf-8"), _covered(from_, sender, created, expires))


def _covered(from_: Account, sender: Account, created: str, expires: str) -> bytes:
    # Guide 21.1.4.2: six items in this order, each with one NUL behind it, the last one too.
    items = (*as_covered(from_), *as_covered(sender), created, expires)
    return b"".join(item.encode("utf-8") + b"\0" for item in items)


def as_covered(account: Account) -> tuple[str, str]:
    """A name as it enters a MAC, in which names that differ for us may be one: ``acme`` and ``Acme`` in a PrivateId."""
    return _domain(account), _identity(account)


def _domain(account: Account) -> str:
    # Lower case, "unless known to be case sensitive"; the standard knows one such domain.
    return account.domain if account.domain == "AribaNetworkUserId" else account.domain.lower()


def _identity(account: Account) -> str:
    return stripped(account.identity).lower()


def create_mac(
    from_: Account, sender: Account, *, secret: Secret, created: datetime, expires: datetime
) -> CredentialMac:
    """The element that a hub gives to a buyer, or that a test needs.

    Raises InvalidValue if a date has no offset from UTC or they are in the wrong order, and for a marketplace, which no
    MAC could tell from its member.
    """
    from ..models.credential import CredentialMac

    for date in (created, expires):
        if date.tzinfo is None:
            raise InvalidValue("the dates of a MAC need an offset from UTC", "CredentialMac")
    if from_.marketplace or sender.marketplace:
        raise InvalidValue(
            "a MAC covers the names of a buyer and its sender, not that of a marketplace", "CredentialMac"
        )
    if created >= expires:
        raise InvalidValue("a MAC must expire after it is made", "CredentialMac")
    value = compute_mac(from_, sender, _literal(created), _literal(expires), secret)
    return CredentialMac(value, type=MAC_TYPE, algorithm="HMAC-SHA1-96", creation_date=created, expiration_date=expires)


def _literal(date: datetime) -> str:
    """A date in the characters in which it was received or will be written."""
    return COVERED.write(date)


def verify_mac(
    mac: CredentialMac,
    pairs: Iterable[tuple[Account, Account]],
    secrets: Sequence[Secret],
    *,
    now: datetime,
    policy: MacPolicy = DEFAULT_MAC_POLICY,
) -> tuple[Secret, ...]:
    """The secrets with which a MAC may have been made: equal ones, if there are several.

    pairs: the names that may be meant, for the Guide does not say which one counts where From has several. A MAC says
        nothing of marketplaces, so it never fits the name of one.
    secrets: those that the hub may have used.

    A MAC proves who sends, not what the sender may do. Raises AuthenticationError (Status 401), and SecretUnavailable
    (Status 500) if a secret cannot be looked up and no other one fits. Guide 21.1.3.
    """
    return find_covered(mac, pairs, secrets, now=now, policy=policy)[1]


def find_covered(
    mac: CredentialMac,
    pairs: Iterable[tuple[Account, Account]],
    secrets: Sequence[Secret],
    *,
    now: datetime,
    policy: MacPolicy = DEFAULT_MAC_POLICY,
) -> tuple[tuple[Account, Account], tuple[Secret, ...]]:
    """The names that a MAC covers, From and Sender, and what ``verify_mac`` tells. Raises what that raises."""
    if now.tzinfo is None:
        raise InvalidValue("now needs an offset from UTC")
    if mac.type != MAC_TYPE:
        raise AuthenticationError("mac-algorithm", f"the type of the MAC is not {MAC_TYPE}")
    if mac.algorithm not in ALGORITHMS:
        raise AuthenticationError("mac-algorithm", f"the algorithm of the MAC is not {' or '.join(ALGORITHMS)}")
    for date in (mac.creation_date, mac.expiration_date):
        if not isinstance(date, datetime) or date.tzinfo is None:
            raise AuthenticationError("mac-malformed", "a date of the MAC cannot be read or has no offset from UTC")
    known = _available(secrets)
    given = fingerprint(stripped(mac.value or "").encode("utf-8", "surrogatepass"))
    created, expires = _literal(mac.creation_date), _literal(mac.expiration_date)
    candidates = [
        (*pair, secret)
        for pair in islice(pairs, _MOST_PAIRS)
        for secret in known
        if not any(account.marketplace for account in pair)
    ]
    prints = [
        fingerprint(compute_mac(from_, sender, created, expires, secret, mac.algorithm).encode("ascii"))
        for from_, sender, secret in candidates
    ]
    try:
        found = [candidates[position] for position in find_equal(given, prints)]
    except Mismatch:
        found = []
    if not found:
        if len(known) < len(secrets):
            raise SecretUnavailable(["a secret for MACs cannot be looked up, and no other fits"])
        raise AuthenticationError("mac-mismatch", "the MAC was not made with a secret and names that are known here")
    _in_time(mac.creation_date, mac.expiration_date, now, policy)
    return found[0][:2], in_force([secret for *_, secret in found], now)


def in_force(secrets: Sequence[Secret], now: datetime) -> tuple[Secret, ...]:
    """Those of some secrets, at least one, that hold at a time.

    Raises AuthenticationError if none of them does.
    """
    valid = tuple(secret for secret in secrets if secret.window(now) == "valid")
    if valid:
        return valid
    expired = any(secret.window(now) == "expired" for secret in secrets)
    # How a secret shows itself: where it stands and when it holds.
    detail = ", ".join(map(repr, secrets))
    raise AuthenticationError("expired-secret" if expired else "secret-not-yet-valid", detail)


def _available(secrets: Sequence[Secret]) -> list[Secret]:
    found = []
    for secret in secrets:
        try:
            secret.reveal()
        except UsageError:
            continue
        found.append(secret)
    return found


#: Longer than from one end of the calendar to the other.
_EVER = timedelta(days=4_000_000)


def _in_time(created: datetime, expires: datetime, now: datetime, policy: MacPolicy) -> None:
    reason: AuthenticationReason = "mac-expired"
    # Only spans are added and compared: a date of the year 9999 has no moment behind it.
    if created - now > policy.skew:
        raise AuthenticationError("mac-not-yet-valid", f"the MAC begins at {created.isoformat()}")
    if now - expires >= policy.skew:
        raise AuthenticationError(reason, f"the MAC ended at {expires.isoformat()}")
    if policy.max_age is not None and now - created > policy.max_age:
        raise AuthenticationError(reason, f"the MAC was made at {created.isoformat()}, longer ago than is accepted")
    if min(policy.min_left, _EVER) - min(policy.skew, _EVER) > expires - now:
        raise AuthenticationError(reason, f"the MAC ends at {expires.isoformat()}, too soon to be accepted")
