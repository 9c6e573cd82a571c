"""Who sent a document, and may they: the one decision that everything else relies on (Guide 3.1.7, 5.3.2.2, 21.1.3).

1. The Sender is looked up under all its names. Names in domains that no record uses are ignored; those that are known
   have to mean one party, and one of them has to be known.
2. It proves itself with the shared secret, in whichever of its credentials that stands, or with a CredentialMac. Both
   are compared with all records that fit the Sender, in constant time; an unknown Sender is compared with a decoy.
3. The deployment mode, To and From have to fit a record that was proved. This record is the partner.

Until 2 has succeeded every failure has the status 401 and the same sentence, and takes the same time. Where a secret on
our side cannot be looked up, nobody can say who the Sender is: that is not its failure, and it shall come again.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import attrs

from ..errors import AuthenticationError, AuthenticationReason, InvalidValue, SecretUnavailable
from ..findings import shorten
from .credentials import Account, Domains, Section, section_of
from .mac import DEFAULT_MAC_POLICY, MacPolicy, in_force, verify_mac
from .partners import Mode, Partner, PartnerStore
from .secrets import Given, Mismatch, Outcome, Secret, find_equal, prove

if TYPE_CHECKING:
    from ..element import Element
    from ..models.credential import Credential, CredentialMac, SharedSecret
    from ..models.envelope import CXML, Header

__all__ = ["Proof", "Verified", "authenticate"]

#: How the Sender was proved; ``nothing`` only where the record says so.
Proof = Literal["shared-secret", "credential-mac", "nothing"]


@attrs.frozen(eq=False)
class Verified:
    """Who sent a document, decided once and handed on.

    partner: the record that fits it.
    sender: the name of the Sender under which it was found.
    senders, from_, to: all names that the document gives for the three parties, known ones and others.
    mode: whether it is real business or a trial.
    proof: how the Sender proved itself.
    secret: the secret that was used, so that a log can tell when the old one of a rotation is used no more.
    """

    partner: Partner
    sender: Account
    senders: Section
    from_: Section
    to: Section
    mode: Mode
    proof: Proof
    secret: Secret | None


def authenticate(
    document: CXML, partners: PartnerStore, *, now: datetime, mac_policy: MacPolicy = DEFAULT_MAC_POLICY
) -> Verified:
    """The proof that a document comes from a partner who may send it.

    now: the present, with its offset from UTC.
    mac_policy: how fresh a CredentialMac has to be.

    Raises AuthenticationError (Status 401, or 403 where the Sender is proved and a right is missing), whose ``reason``
    and ``detail`` are for the log; SecretUnavailable (Status 500) if a secret that might have fitted cannot be looked
    up and no other one fits. Guide 3.1.7.5, 5.3.2.2.
    """
    if now.tzinfo is None:
        raise InvalidValue("now needs an offset from UTC: datetime.now(UTC)", "authenticate")
    if not hasattr(document, "header"):
        raise InvalidValue(
            f"a document is expected, as parse() reads it, not {type(document).__name__}", "authenticate"
        )
    if not callable(getattr(partners, "find", None)):
        raise InvalidValue(
            f"a store of partners is expected, MemoryStore([...]) say, not {type(partners).__name__}", "authenticate"
        )
    attempt = _Attempt.of(document, partners, now, mac_policy)
    candidates, problem = _candidates(attempt)
    proved, proof, secret = _prove(attempt, candidates, problem)
    partner = _permitted(attempt, proved)
    sender = next(account for account in attempt.senders if partner.meant("sender", account, attempt.domains))
    return Verified(partner, sender, attempt.senders, attempt.from_, attempt.to, attempt.mode, proof, secret)


#: What is wrong before anything was proved: reason and detail. It is told only after a comparison was made.
_Problem = tuple[AuthenticationReason, str]


@attrs.define(eq=False)
class _Attempt:
    """What a document says of itself, and everything that is needed to judge it."""

    senders: Section
    from_: Section
    to: Section
    mode: Any
    given: Given
    macs: tuple[tuple[Account, CredentialMac], ...]
    conflict: str
    store: PartnerStore
    domains: Domains
    now: datetime
    mac_policy: MacPolicy

    @classmethod
    def of(cls, document: CXML, store: PartnerStore, now: datetime, mac_policy: MacPolicy) -> _Attempt:
        header, wrapper = document.header, document.request or document.message
        if header is None or wrapper is None:
            what = "a response has no header, for it answers a request" if wrapper is None else "Header is missing"
            raise AuthenticationError("no-header", what)
        senders = section_of(header.sender)
        credentials: Sequence[Credential] = () if header.sender is None else header.sender.credential or ()
        macs = tuple(
            (account, credential.credential_mac)
            for account, credential in zip(senders, credentials, strict=True)
            if credential.credential_mac is not None
        )
        given, conflict = _given(credentials)
        if macs and (given.nothing is None or len(macs) > 1):
            conflict = conflict or "the Sender has more than one proof"
        conflict = _doubled(document, header) or conflict
        # An empty attribute says no more than none.
        said = str(wrapper.deployment_mode or "")
        mode = said if said.strip() else "production"
        from_, to = section_of(header.from_), section_of(header.to)
        return cls(senders, from_, to, mode, given, macs, conflict, store, store.domains, now, mac_policy)

    def claimed(self, role: Literal["from", "to"]) -> Section:
        return self.from_ if role == "from" else self.to


def _doubled(document: CXML, header: Header) -> str:
    """What stands twice where it may stand once, or "": a tolerant reader reads the first and keeps the other aside.

    Another reader might read the other one, so it is not left to chance what was proved.
    """
    twice = "" if document._leftover is None else _again(document)
    if header._leftover is not None:
        # Those that do not contradict each other were joined.
        twice = twice or _again(header)
    for section in (header.from_, header.to, header.sender):
        if section is not None and section._leftover is not None:
            twice = twice or _again(section, ("Credential",))
        for credential in () if section is None else section.credential or ():
            if credential._leftover is not None:
                twice = twice or _again(credential)
    return twice


def _again(element: Element, tags: Iterable[str] = ()) -> str:
    assert element._leftover is not None
    names = set(tags) or {field.tag for field in element.__cxml__.content}
    for _, markup in element._leftover.nodes:
        name = re.match(r"<([^\s/>]+)", markup)
        if name and name[1] in names:
            return f"{name[1]} stands twice in {element.__cxml__.tag}"
    return ""


def _given(credentials: Sequence[Credential]) -> tuple[Given, str]:
    """The secret, from whichever credential it stands in, and "" or why several do not agree."""
    # Each is wrapped at once, so that no text of a secret stays in a variable.
    found = [_given_by(credential.shared_secret) for credential in credentials if credential.shared_secret is not None]
    if not found:
        return Given(None), ""
    try:
        for other in found[1:]:
            find_equal(found[0].fingerprint(True), [other.fingerprint(True)])
    except Mismatch:
        return found[0], "the Sender gives different secrets"
    return found[0], ""


def _given_by(secret: SharedSecret) -> Given:
    if len(secret.content) == 1 and isinstance(secret.content[0], str):
        return Given(secret.content[0])
    return Given.unreadable() if secret.elements else Given(secret.text)


# --- the Sender --------------------------------------------------------------------------------------------


def _candidates(attempt: _Attempt) -> tuple[Sequence[Partner], _Problem | None]:
    """The records that fit all known names of the Sender, or why there are none."""
    problem: _Problem | None = None
    repeated = attempt.senders.contradiction(attempt.domains)
    if repeated is not None:
        problem = "conflicting-credentials", f"the Sender is both {_quoted(repeated[0])} and {_quoted(repeated[1])}"
    elif attempt.conflict:
        problem = "conflicting-credentials", attempt.conflict
    found = attempt.store.find("sender", attempt.senders.accounts)
    candidates: Sequence[Partner] | None = None
    for account, records in zip(attempt.senders, found, strict=True):
        if not records:
            if attempt.store.standing("sender", account) == "domain":
                # Guide 3.1.7.5: a name in a domain that we know has to be one that we know.
                problem = problem or ("unknown-sender", f"nobody is {_quoted(account)}")
            continue
        if candidates is None:
            candidates = records
            continue
        candidates = [record for record in candidates if any(record is other for other in records)]
        if not candidates:
            problem = problem or ("conflicting-credentials", f"{_quoted(account)} and another name are two parties")
    if candidates is None:
        names = ", ".join(map(_quoted, attempt.senders))
        problem = problem or ("unknown-sender", f"nobody is {names}" if names else "the Sender has no name")
    return (() if problem else candidates or ()), problem


def _quoted(account: Account) -> str:
    return shorten(str(account))


#: The records that the Sender proved to be, how it did, and with which secret.
_Proved = tuple[Sequence[Partner], Proof, Secret | None]


def _prove(attempt: _Attempt, candidates: Sequence[Partner], problem: _Problem | None) -> _Proved:
    if attempt.macs:
        return _prove_by_mac(attempt, candidates, problem)
    secrets = _distinct(secret for record in candidates for secret in record.secrets)
    outcome = prove(attempt.given, secrets, attempt.store.verifications, attempt.now)
    if outcome.matched:
        return _proved(candidates, "shared-secret", in_force(outcome.matched, attempt.now))
    unproved = [record for record in candidates if attempt.given.nothing in record.accepts_no_secret]
    if unproved:
        return unproved, "nothing", None
    _ask(attempt, candidates)
    unavailable = (*outcome.problems, *_spend(attempt, outcome))
    if unavailable and attempt.given.nothing is None:
        raise _unavailable(attempt, unavailable)
    raise _refusal(attempt, problem)


def _distinct(secrets: Iterable[Secret]) -> list[Secret]:
    """Each secret once; that of a hub is in the record of each buyer behind it."""
    return list(dict.fromkeys(secrets))


def _proved(candidates: Sequence[Partner], proof: Proof, secrets: Sequence[Secret]) -> _Proved:
    own = set(secrets)
    by_secret = proof == "shared-secret"
    proved = [each for each in candidates if own.intersection(each.secrets if by_secret else each.mac_secrets)]
    return proved, proof, secrets[0]


def _ask(attempt: _Attempt, candidates: Sequence[Partner]) -> None:
    """Ask for known names what was asked for unknown ones already: a database takes its time for it."""
    for account in attempt.senders:
        if any(record.meant("sender", account, attempt.domains) for record in candidates):
            attempt.store.standing("sender", account)


def _spend(attempt: _Attempt, outcome: Outcome) -> tuple[str, ...]:
    """Compare with decoys, so that every refusal costs as much as that of the partner with the costliest secrets.

    Told are those that cannot be looked up: while a vault is down, an unknown name is answered like a known one.
    """
    decoys = attempt.store.decoys()
    plain = [secret for secret in decoys if secret.kind != "hash"]
    hashed = [secret for secret in decoys if secret.kind == "hash"]
    rest = plain[outcome.plain :] + hashed[outcome.hashes :]
    return prove(attempt.given, rest, attempt.store.verifications, attempt.now).problems


def _unavailable(attempt: _Attempt, problems: Iterable[str]) -> SecretUnavailable:
    names = ", ".join(map(_quoted, attempt.senders))
    return SecretUnavailable((*dict.fromkeys(problems), f"the Sender is {names}"))


def _refusal(attempt: _Attempt, problem: _Problem | None) -> AuthenticationError:
    if problem is not None:
        return AuthenticationError(*problem)
    sender = f"the Sender is {', '.join(map(_quoted, attempt.senders))}"
    if attempt.given.nothing is not None:
        return AuthenticationError("missing-secret", f"the secret is {attempt.given.nothing}; {sender}")
    return AuthenticationError("wrong-secret", sender)


# Nobody has it, so it never fits; it is there for its time.
_DECOY = Secret(os.urandom(32).hex())


def _prove_by_mac(attempt: _Attempt, candidates: Sequence[Partner], problem: _Problem | None) -> _Proved:
    sender, mac = attempt.macs[0]
    domains = attempt.domains
    # The Guide does not say which From counts. One that no candidate may speak for must not lend its MAC to another;
    # among the others the one in the domain of the Sender is the likeliest.
    allowed = [
        account
        for account in attempt.from_
        if any(record.any_from or record.meant("from", account, domains) for record in candidates)
    ]
    wanted = domains.key(sender.domain)
    froms = sorted(allowed or attempt.from_, key=lambda account: domains.key(account.domain) != wanted)
    pairs = [(from_, sender) for from_ in froms]
    secrets = _distinct(secret for record in candidates for secret in record.mac_secrets)
    refused: AuthenticationError | SecretUnavailable | None = None
    found: Sequence[Secret] = ()
    try:
        found = verify_mac(mac, pairs, secrets or [_DECOY], now=attempt.now, policy=attempt.mac_policy)
    except (AuthenticationError, SecretUnavailable) as error:
        refused = error
        _ask(attempt, candidates)
    if problem is not None:
        raise AuthenticationError(*problem)
    if refused is not None:
        raise refused
    return _proved(candidates, "credential-mac", found)


# --- the rights --------------------------------------------------------------------------------------------


def _permitted(attempt: _Attempt, proved: Sequence[Partner]) -> Partner:
    """The one record among the proved ones that the rest of the header fits."""
    fitting = [record for record in proved if record.mode == attempt.mode]
    if not fitting:
        modes = " or ".join(sorted({record.mode for record in proved}))
        detail = f"the document is for {shorten(attempt.mode)}, the record for {modes}"
        raise AuthenticationError("mode-mismatch", detail, proved=True)
    fitting = _fitting(attempt, "to", "wrong-to", fitting)
    fitting = _fitting(attempt, "from", "from-not-allowed", fitting)
    # A record that names the buyer goes before one of a hub that may speak for anybody.
    fitting = [record for record in fitting if not record.any_from] or fitting
    if len(fitting) > 1:
        names = ", ".join(shorten(record.name) for record in fitting[:5])
        raise AuthenticationError("ambiguous-partner", f"several records fit: {names}", proved=True)
    return fitting[0]


def _fitting(
    attempt: _Attempt, role: Literal["from", "to"], reason: AuthenticationReason, records: Sequence[Partner]
) -> list[Partner]:
    section = attempt.claimed(role)
    if role == "to" and not any(account.identity for account in section):
        allowed = [record for record in records if record.accepts_missing_to]
        if allowed:
            return allowed
    repeated = section.contradiction(attempt.domains)
    if repeated is not None:
        detail = f"{role.capitalize()} is both {_quoted(repeated[0])} and {_quoted(repeated[1])}"
        raise AuthenticationError("conflicting-credentials", detail, proved=True)
    fitting, near = [], False
    for record in records:
        if role == "from" and record.any_from:
            if _one_buyer(attempt):
                fitting.append(record)
            else:
                near = True
            continue
        others = [account for account in section if not record.meant(role, account, attempt.domains)]
        if len(others) < len(section):
            near = True
            if all(attempt.store.standing(role, account) == "unknown" for account in others):
                fitting.append(record)
    if fitting:
        return fitting
    names = ", ".join(map(_quoted, section)) or "nobody"
    if near:
        raise AuthenticationError("conflicting-credentials", f"{role.capitalize()} is {names}", proved=True)
    raise AuthenticationError(reason, f"{role.capitalize()} is {names}", proved=True)


def _one_buyer(attempt: _Attempt) -> bool:
    """Whether From names somebody, and not two parties that we know apart."""
    if not any(account.domain.strip() and account.identity for account in attempt.from_):
        return False
    found = [records for records in attempt.store.find("from", attempt.from_.accounts) if records]
    if not found:
        return True
    return any(all(any(record is other for other in more) for more in found[1:]) for record in found[0])
