"""A partner: what both sides exchange when they connect, and where such records are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, Protocol, Self

import attrs

from ..addresses import web_address
from ..errors import InvalidValue
from ..versions import known_version
from .credentials import Account, Domains
from .secrets import Nothing, Secret, Verifications, secrets_of

__all__ = ["ROLES", "Mode", "Partner", "PartnerStore", "Role", "Standing"]

Mode = Literal["production", "test"]
#: The part of the header in which a name stands.
Role = Literal["sender", "from", "to"]
#: What a store knows of a name: a record has it; records use its domain, for others; neither.
Standing = Literal["named", "domain", "unknown"]

ROLES: tuple[Role, ...] = ("sender", "from", "to")
_NOTHING = ("absent", "empty", "none")


@attrs.frozen(init=False, eq=False, repr=False)
class Partner:
    """One connection to a buyer or a hub, in one mode; what Precoro's form and its like ask for, field by field.

    sender_domain: the domain of the Sender, and of From unless ``from_domain`` says another.
    supplier_domain: the domain of To.
    from_identity: who the buyer is.
    to_identity: who we are for this partner.
    sender_identity: who delivers, and proves it; often the buyer itself, behind a network the hub.
    shared_secret: what the Sender proves itself with; several while they are rotated.
    punchout_url, purchase_order_url: where we receive setup requests and orders, for the sheet that the partner gets.
    mode: test and production are two records, with names and secrets of their own if need be.
    name: what people call the partner; no other partner of a store has it in the same mode. By default its identity,
        with that of its Sender if another one delivers, and the mode.
    more_sender, more_from, more_to: further names of the same parties, in other domains.
    any_from: the Sender is a hub that may speak for any buyer; in place of ``from_identity``.
    mac_secret: what a hub signs a CredentialMac with, when buyers behind it call directly. It is the hub's secret and
        not that of the buyer, so it has no default.
    accepts_no_secret: lets the Sender in without any proof, when it sends no secret (``absent``), an empty one
        (``empty``) or the word ``none``. Only for a connection that something else protects, a client certificate say.
    accepts_missing_to: lets in what names nobody in To, by no credential or by one with an empty Identity; by default
        that is answered 403. Only where nobody else receives at our address.
    version: the cXML version that documents for the partner name in their DOCTYPE, ``1.2.014`` say, if it takes no
        other. By default answers name the version of the request, and all else the current one.

    A record without any secret is refused, as are records that contradict themselves: InvalidValue lists all faults.
    """

    name: str
    mode: Mode
    sender_domain: str
    supplier_domain: str
    from_domain: str
    from_identity: str | None
    to_identity: str
    sender_identity: str
    secrets: tuple[Secret, ...]
    mac_secrets: tuple[Secret, ...]
    punchout_url: str
    purchase_order_url: str
    more_sender: tuple[Account, ...]
    more_from: tuple[Account, ...]
    more_to: tuple[Account, ...]
    any_from: bool
    accepts_no_secret: frozenset[Nothing]
    version: str
    accepts_missing_to: bool
    accounts: Mapping[Role, tuple[Account, ...]]

    def __init__(
        self,
        *,
        sender_domain: str,
        supplier_domain: str,
        from_identity: str | None = None,
        to_identity: str,
        sender_identity: str,
        shared_secret: str | Secret | Iterable[str | Secret] | None = None,
        punchout_url: str = "",
        purchase_order_url: str = "",
        mode: Mode = "production",
        name: str = "",
        from_domain: str | None = None,
        more_sender: Iterable[Account] = (),
        more_from: Iterable[Account] = (),
        more_to: Iterable[Account] = (),
        any_from: bool = False,
        mac_secret: str | Secret | Iterable[str | Secret] | None = None,
        accepts_no_secret: Iterable[Nothing] = (),
        version: str = "",
        accepts_missing_to: bool = False,
    ) -> None:
        # No secret may stand in a variable of this frame when something is raised.
        given = iter((shared_secret, mac_secret))
        del shared_secret, mac_secret
        secrets, mac_secrets = secrets_of(next(given)), secrets_of(next(given))
        senders = (Account(sender_domain, sender_identity), *more_sender)
        buyers = () if from_identity is None else (Account(from_domain or sender_domain, from_identity),)
        fields: dict[str, Any] = {
            "name": name or f"{_who(senders[0], buyers)} ({mode})",
            "mode": mode,
            "sender_domain": sender_domain,
            "supplier_domain": supplier_domain,
            "from_domain": from_domain or sender_domain,
            "from_identity": from_identity,
            "to_identity": to_identity,
            "sender_identity": sender_identity,
            "secrets": secrets,
            "mac_secrets": mac_secrets,
            "punchout_url": punchout_url,
            "purchase_order_url": purchase_order_url,
            "more_sender": senders[1:],
            "more_from": tuple(more_from),
            "more_to": tuple(more_to),
            "any_from": any_from,
            "accepts_no_secret": _words(accepts_no_secret),
            "version": version,
            "accepts_missing_to": accepts_missing_to,
        }
        accounts: dict[Role, tuple[Account, ...]] = {
            "sender": senders,
            "from": (*buyers, *fields["more_from"]),
            "to": (Account(supplier_domain, to_identity), *fields["more_to"]),
        }
        faults = _faults(fields, accounts)
        if faults:
            raise InvalidValue("; ".join(faults), f"Partner {fields['name']}")
        for field, value in (*fields.items(), ("accounts", MappingProxyType(accounts))):
            object.__setattr__(self, field, value)

    def __repr__(self) -> str:
        if not hasattr(self, "accounts"):  # a debugger looks at it before it is made
            return "<Partner>"
        named = "; ".join(f"{role} {', '.join(map(str, self.accounts[role]))}" for role in ROLES)
        return f"<Partner {self.name!r}, {self.mode}: {named}>"

    def __copy__(self) -> Self:  # nothing of it changes
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def meant(self, role: Role, account: Account, domains: Domains) -> tuple[Account, ...]:
        """The name itself if the record has it in this part of the header, whatever its spelling; else nothing.

        It says nothing about who is speaking.
        """
        keys = domains.keys(account)
        for own in self.accounts[role]:
            if own.marketplace == account.marketplace and domains.keys(own)[0] in keys:
                return (account,)
        return ()


def _who(sender: Account, buyers: Sequence[Account]) -> str:
    """What to call a partner: by its Sender too, for what a hub calls a buyer another hub may call another one."""
    if not buyers:
        return f"anybody by {sender.domain} {sender.identity}"
    if (buyers[0].domain, buyers[0].identity) == (sender.domain, sender.identity):
        return str(sender.identity)
    return f"{buyers[0].domain} {buyers[0].identity} by {sender.domain} {sender.identity}"


def _words(accepted: Iterable[Nothing]) -> frozenset[Nothing]:
    if isinstance(accepted, (str, bool)):
        raise InvalidValue(f"accepts_no_secret is a list of {', '.join(_NOTHING)}, not {accepted!r}", "Partner")
    return frozenset(accepted)


def _faults(fields: Mapping[str, Any], accounts: Mapping[Role, Sequence[Account]]) -> list[str]:
    """Everything that is wrong with a record, one sentence each."""
    faults = []
    if fields["mode"] not in ("production", "test"):
        faults.append("mode is production or test")
    for role, named in accounts.items():
        faults += _faults_of_names(role, named)
    if fields["any_from"] and accounts["from"]:
        faults.append("any_from lets every buyer in, so there is no from_identity beside it")
    if not fields["any_from"] and not accounts["from"]:
        faults.append("from_identity is missing; a hub that speaks for any buyer has any_from instead")
    faults += _faults_of_secrets(fields)
    try:
        known_version(fields["version"], "")
    except InvalidValue as error:
        faults.append(f"version: {error.message}")
    for field in ("punchout_url", "purchase_order_url"):
        if fields[field]:
            try:
                web_address(fields[field], field)
            except InvalidValue as error:
                faults.append(str(error))
    return faults


def _faults_of_names(role: Role, named: Sequence[Account]) -> list[str]:
    faults = []
    seen: dict[tuple[str, bool], Account] = {}
    for account in named:
        if not isinstance(account, Account):
            return [f"more_{role} holds Account(domain, identity), not {type(account).__name__}"]
        if not isinstance(account.domain, str) or not isinstance(account.identity, str):
            wrong = account.domain if not isinstance(account.domain, str) else account.identity
            return [f"domain and identity of {role} are texts, not {type(wrong).__name__}"]
        if not account.identity.strip():
            faults.append(f"{role} has an empty identity")
        elif not account.domain.strip():
            faults.append(f"{role} has an empty domain")
        first = seen.setdefault((Domains().key(account.domain), account.marketplace), account)
        if first is not account:
            faults.append(f"{role} has two names in the domain {account.domain.strip()}; no party has")
    return faults


def _faults_of_secrets(fields: Mapping[str, Any]) -> list[str]:
    faults = []
    unknown = sorted(fields["accepts_no_secret"] - set(_NOTHING))
    if unknown:
        faults.append(f"accepts_no_secret takes {', '.join(_NOTHING)}, not {', '.join(map(repr, unknown))}")
    if fields["accepts_no_secret"] and (fields["secrets"] or fields["mac_secrets"]):
        faults.append("accepts_no_secret contradicts a secret; a record has one or the other")
    if not (fields["accepts_no_secret"] or fields["secrets"] or fields["mac_secrets"]):
        faults.append("there is no secret, so nobody could ever get in; accepts_no_secret would let anybody in")
    if any(secret.kind == "hash" for secret in fields["mac_secrets"]):
        faults.append("a MAC is computed with the secret itself, so mac_secret cannot be a hash")
    return faults


class PartnerStore(Protocol):
    """Where partners are looked up. ``authenticate`` asks it; whoever keeps partners elsewhere writes these five.

    Every record has to be found under each of its names, compared by ``domains``; no two partners may have one name. A
    store that can be iterated over lets ``Endpoint.check`` look at all secrets.

    Two things more it may have. ``standings``, as ``standing`` for a list of names, saves a database questions.
    ``problem``, a text that is not empty while the store cannot be sure of its partners, turns refusals into Status
    500, so that they come again.
    """

    @property
    def domains(self) -> Domains:
        """How names are compared."""
        ...

    @property
    def verifications(self) -> Verifications:
        """What is remembered of hashed secrets."""
        ...

    def find(self, role: Role, accounts: Sequence[Account]) -> Sequence[Sequence[Partner]]:
        """For each name, all records that have it in this part of the header.

        A record that is found twice in one call has to be one object.
        """
        ...

    def standing(self, role: Role, account: Account) -> Standing:
        """What is known of a name. A name whose domain nobody uses is ignored, Guide 3.1.7.5."""
        ...

    def decoys(self) -> Sequence[Secret]:
        """Secrets that an unknown sender is compared with, to no avail, so that it costs as much as a known one."""
        ...
