"""Who sent a document, and may they: the one decision that everything else relies on (Guide 3.1.7, 5.3.2.2, 21.1.3).

1. The Sender is looked up under all its names. Names in domains that no record uses are ignored; those that are known
   have to mean one party, and one of them has to be known.
2. It proves itself with the shared secret, in whichever of its credentials that stands, or with a CredentialMac. Both
   are compared with all records that fit the Sender, in constant time; an unknown Sender is compared with a decoy.
3. The deployment mode, To and From have to fit a record that was proved. This record is the partner. Of From a MAC
   proves the one name that it covers; beside it may stand what a record ties to it, and nothing else.

Until 2 has succeeded every failure has the status 401 and the same sentence, and takes the same time. Where a secret on
our side cannot be looked up, or the store is not sure of its partners, nobody can say who the Sender is: that is not
its failure, and it shall come again.
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
from .mac import DEFAULT_MAC_POLICY, MacPolicy, as_covered, find_covered, in_force
from .partners import Mode, Partner, PartnerStore, Role, Standing
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
    proved: the account that the proof is of: that of the Sender which has the secret; for a CredentialMac the one in
        From that it covers. Know your customers by it. Behind a hub that proved itself with its secret it is the hub,
        whose word for From you take; with ``nothing`` it is the Sender, who is taken at its word.
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
    proved: Account = attrs.field(default=attrs.Factory(lambda self: self.sender, takes_self=True))


def authenticate(
    document: CXML, partners: PartnerStore, *, now: datetime, mac_policy: MacPolicy = DEFAULT_MAC_POLICY
) -> Verified:
    """The proof that a document comes from a partner who may send it.

    now: the present, with its offset from UTC.
    mac_policy: how fresh a CredentialMac has to be.

    Raises AuthenticationError (Status 401, or 403 where the Sender is proved and a right is missing), whose ``reason``
    and ``detail`` are for the log; SecretUnavailable (Status 500) if a secret that might have fitted cannot be looked
    up and no other one fits, and for whoever would be refused while the store has a ``problem``. Guide 3.1.7.5,
    5.3.2.2.
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
    try:
        return _verified(_Attempt.of(document, partners, now, mac_policy))
    except AuthenticationError as error:
        unsure = getattr(partners, "problem", "")
        if not unsure or error.reason in _OF_THE_DOCUMENT:
            raise
        reason = f"{error.reason}: {error.detail}" if error.detail else error.reason
    raise SecretUnavailable((str(unsure), reason))


#: What no partner that we might have overlooked would make right.
_OF_THE_DOCUMENT: frozenset[AuthenticationReason] = frozenset(
    ("mac-algorithm", "mac-malformed", "missing-secret", "no-header", "too-many-credentials")
)


def _verified(attempt: _Attempt) -> Verified:
    candidates, problem = _candidates(attempt)
    proved = _prove(attempt, candidates, problem)
    partner = _permitted(attempt, proved)
    sender = next(account for account in attempt.senders if partner.meant("sender", account, attempt.domains))
    return Verified(
        partner=partner,
        sender=sender,
        senders=attempt.senders,
        from_=attempt.from_,
        to=attempt.to,
        mode=attempt.mode,
        proof=proved.proof,
        secret=proved.secret,
        proved=proved.covered or sender,
    )


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
    #: Whether the store was asked what it knows of the names of the Sender, which takes a database its time.
    asked: bool = False

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
        most = max(len(from_.accounts), len(to.accounts), len(senders.accounts))
        if most > _MOST_NAMES:
            # Nobody is asked for so many, neither a database nor a MAC.
            detail = f"a part of the header has {most} credentials, more than {_MOST_NAMES}"
            raise AuthenticationError("conflicting-credentials" if conflict else "too-many-credentials", detail)
        return cls(senders, from_, to, mode, given, macs, conflict, store, store.domains, now, mac_policy)

    def claimed(self, role: Literal["from", "to"]) -> Section:
        return self.from_ if role == "from" else self.to

    def standings(self, role: Role, accounts: Sequence[Account]) -> Sequence[Standing]:
        """What the store knows of some names, in one question if it can be asked so."""
        several = getattr(self.store, "standings", None)
        if several is not None:
            found: Sequence[Standing] = several(role, accounts)
            return found
        return [self.store.standing(role, account) for account in accounts]


#: More names in one part of a header than anybody has: in the documents that we know nobody has more than four.
_MOST_NAMES = 100

#: What tells who a document is from and for. Where it is put aside another reader may read it.
_PARTIES = frozenset(("Header", "From", "To", "Sender"))
_NAMING = _PARTIES | {"Credential"}


def _doubled(document: CXML, header: Header) -> str:
    """What stands twice where it may stand once, or "": a tolerant reader reads the first and keeps the other aside.

    Another reader might read the other one, so it is not left to chance what was proved.
    """
    joined = document._joined and document._joined & {"From", "Sender"}
    if joined:
        # Two To that do not contradict each other are one party under two names; some networks write them so.
        return f"{min(joined)} stands twice in Header"
    twice = "" if document._leftover is None else _again(document, _PARTIES)
    wrapper = document.request or document.message
    if wrapper is not None and wrapper._leftover is not None:
        twice = twice or _again(wrapper, _PARTIES, own=False)
    if header._leftover is not None:
        twice = twice or _again(header, _NAMING)
    for section in (header.from_, header.to, header.sender):
        if section is not None and section._leftover is not None:
            twice = twice or _again(section, _NAMING, own=False)
        for credential in () if section is None else section.credential or ():
            if credential._leftover is not None:
                twice = twice or _again(credential, _NAMING)
    return twice


_OPENED = re.compile(r"<([^\s<>/!?]+)")


def _again(element: Element, telling: frozenset[str], *, own: bool = True) -> str:
    """What was put aside in an element though it may stand there once (``own``), or tells anywhere who is speaking."""
    assert element._leftover is not None
    fields = {tag for field in element.__cxml__.content for tag in field.tags} if own else frozenset()
    for _, markup in element._leftover.nodes:
        head, *instructions = markup.split("<?")
        plain = head + "".join(each.partition("?>")[2] for each in instructions)
        for place, opened in enumerate(_OPENED.finditer(plain)):
            name = opened[1].rpartition(":")[2]
            if name in telling or (place == 0 and name in fields):
                return f"{name} stands twice, or in a wrong place, in {element.__cxml__.tag}"
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
    standings = _ask(attempt) if not all(found) else ["named"] * len(found)
    candidates: Sequence[Partner] | None = None
    for account, records, standing in zip(attempt.senders, found, standings, strict=True):
        if not records:
            if standing != "unknown":
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
        names = _listed(attempt.senders)
        problem = problem or ("unknown-sender", f"nobody is {names}" if names else "the Sender has no name")
    return (() if problem else candidates or ()), problem


def _quoted(account: Account) -> str:
    return shorten(str(account))


def _listed(accounts: Iterable[Account]) -> str:
    """Some names for one line of a log, which does not grow with the document."""
    names = list(accounts)
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{', '.join(map(_quoted, names[:5]))}{more}"


@attrs.define(eq=False)
class _Proved:
    """The records that the Sender proved to be, how it did, with which secret, and which From a MAC covers."""

    records: Sequence[Partner]
    proof: Proof
    secret: Secret | None = None
    covered: Account | None = None


def _prove(attempt: _Attempt, candidates: Sequence[Partner], problem: _Problem | None) -> _Proved:
    if attempt.macs:
        return _prove_by_mac(attempt, candidates, problem)
    secrets = _distinct(secret for record in candidates for secret in record.secrets)
    outcome = prove(attempt.given, secrets, attempt.store.verifications, attempt.now)
    if outcome.matched:
        valid = in_force(outcome.matched, attempt.now)
        return _Proved(_having(candidates, valid), "shared-secret", valid[0])
    unproved = [record for record in candidates if attempt.given.nothing in record.accepts_no_secret]
    if unproved:
        return _Proved(unproved, "nothing")
    _ask(attempt)
    unavailable = (*outcome.problems, *_spend(attempt, outcome))
    if unavailable and attempt.given.nothing is None:
        raise _unavailable(attempt, unavailable)
    raise _refusal(attempt, problem)


def _distinct(secrets: Iterable[Secret]) -> list[Secret]:
    """Each secret once; that of a hub is in the record of each buyer behind it."""
    return list(dict.fromkeys(secrets))


def _having(candidates: Sequence[Partner], secrets: Sequence[Secret], macs: bool = False) -> Sequence[Partner]:
    own = set(secrets)
    return [each for each in candidates if own.intersection(each.mac_secrets if macs else each.secrets)]


def _ask(attempt: _Attempt) -> Sequence[Standing]:
    """Ask what is known of the Sender's names, once for each refusal, for a database takes its time for it."""
    if attempt.asked:
        return ()
    attempt.asked = True
    return attempt.standings("sender", attempt.senders.accounts)


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
    names = _listed(attempt.senders)
    told = list(dict.fromkeys(problems))
    more = (f"and {len(told) - 5} more",) if len(told) > 5 else ()
    return SecretUnavailable((*told[:5], *more, f"the Sender is {names}"))


def _refusal(attempt: _Attempt, problem: _Problem | None) -> AuthenticationError:
    if problem is not None:
        return AuthenticationError(*problem)
    sender = f"the Sender is {_listed(attempt.senders)}"
    if attempt.given.nothing is not None:
        return AuthenticationError("missing-secret", f"the secret is {attempt.given.nothing}; {sender}")
    return AuthenticationError("wrong-secret", sender)


# Nobody has it, so it never fits; it is there for its time.
_DECOY = Secret(os.urandom(32).hex())


def _prove_by_mac(attempt: _Attempt, candidates: Sequence[Partner], problem: _Problem | None) -> _Proved:
    sender, mac = attempt.macs[0]
    domains = attempt.domains
    # The MAC covers the name that it stands beside; under another name of the Sender it proves nothing.
    candidates = [record for record in candidates if record.meant("sender", sender, domains)]
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
    outcome: _Proved | AuthenticationError | SecretUnavailable
    try:
        (covered, _), found = find_covered(mac, pairs, secrets or [_DECOY], now=attempt.now, policy=attempt.mac_policy)
        outcome = _Proved(_having(candidates, found, macs=True), "credential-mac", found[0], covered)
    except (AuthenticationError, SecretUnavailable) as error:
        outcome = error
        _ask(attempt)
    if problem is not None:
        raise AuthenticationError(*problem)
    if not isinstance(outcome, _Proved):
        raise outcome
    return outcome


# --- the rights --------------------------------------------------------------------------------------------


def _permitted(attempt: _Attempt, proved: _Proved) -> Partner:
    """The one record among the proved ones that the rest of the header fits."""
    fitting = [record for record in proved.records if record.mode == attempt.mode]
    if not fitting:
        modes = " or ".join(sorted({record.mode for record in proved.records}))
        detail = f"the document is for {shorten(attempt.mode)}, the record for {modes}"
        raise AuthenticationError("mode-mismatch", detail, proved=True)
    fitting = _fitting(attempt, "to", "wrong-to", fitting)
    fitting = _fitting(attempt, "from", "from-not-allowed", fitting)
    if proved.covered is not None:
        _check_alone(attempt, proved.covered, proved.records)
        _check_tied(attempt, proved.covered)
        meant = [each for each in fitting if each.any_from or each.meant("from", proved.covered, attempt.domains)]
        if not meant:
            raise AuthenticationError("from-not-allowed", f"the MAC is for {_quoted(proved.covered)}", proved=True)
        fitting = meant
    # A record that names the buyer goes before one of a hub that may speak for anybody.
    fitting = [record for record in fitting if not record.any_from] or fitting
    if len(fitting) > 1:
        names = ", ".join(shorten(record.name) for record in fitting[:5])
        raise AuthenticationError("ambiguous-partner", f"several records fit: {names}", proved=True)
    return fitting[0]


def _check_alone(attempt: _Attempt, covered: Account, records: Sequence[Partner]) -> None:
    """Refuse a name that a MAC cannot tell from another one that we know, because it folds the case of both."""
    own, names = attempt.domains.keys(covered)[0], as_covered(covered)
    for record in records:
        for other in record.accounts["from"]:
            if as_covered(other) == names and not other.marketplace and attempt.domains.keys(other)[0] != own:
                detail = f"the MAC may be for {_quoted(other)} as well as for {_quoted(covered)}"
                raise AuthenticationError("from-not-allowed", detail, proved=True)


def _check_tied(attempt: _Attempt, covered: Account) -> None:
    """Refuse names in From of which nobody says that they are the covered account: the MAC does not."""
    domains = attempt.domains
    others = [
        account
        for account in attempt.from_
        if account.marketplace or domains.keys(account)[0] != domains.keys(covered)[0]
    ]
    if not others:
        return
    found = attempt.store.find("from", [covered, *others])
    own, *theirs = [_owners(attempt, *each) for each in zip([covered, *others], found, strict=True)]
    for account, records in zip(others, theirs, strict=True):
        if not any(record is other for record in records for other in own):
            detail = f"the MAC is for {_quoted(covered)}, and no record says that {_quoted(account)} is the same"
            raise AuthenticationError("conflicting-credentials", detail, proved=True)


def _owners(attempt: _Attempt, account: Account, records: Sequence[Partner]) -> Sequence[Partner]:
    """The records whose word counts for whose name this is: those of this Sender, or of buyers who send by themselves.

    What another hub calls its buyers may be somebody else's name here. A record that has all of a DUNS+4 number goes
    before those of the whole organisation.
    """
    domains = attempt.domains
    sender, _ = attempt.macs[0]
    key = domains.keys(account)[0]
    known = [each for each in records if each.meant("sender", sender, domains) or _sends_itself(each, domains)]
    exact = [each for each in known if any(domains.keys(own)[0] == key for own in each.accounts["from"])]
    return exact or known


def _sends_itself(record: Partner, domains: Domains) -> tuple[Account, ...]:
    return tuple(own for own in record.accounts["sender"] if record.meant("from", own, domains))


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
            if not others or set(attempt.standings(role, others)) == {"unknown"}:
                fitting.append(record)
    if fitting:
        return fitting
    names = _listed(section) or "nobody"
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
