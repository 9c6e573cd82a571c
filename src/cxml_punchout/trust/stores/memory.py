"""Partners in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ...errors import InvalidValue
from ..credentials import STANDARD_DOMAINS, Account, Domains, Key
from ..partners import ROLES, Partner, Role, Standing
from ..secrets import Secret, Verifications

__all__ = ["MemoryStore", "clashes", "costliest"]

_Name = tuple[Role, bool, str, str]


class MemoryStore:
    """A store of partners that does not change; make a new one when partners do.

    domains: how names are compared.
    verifications: what is remembered of hashed secrets; give the one of the old store to a new one.

    Raises InvalidValue if two records fit the same documents, or two partners have one name.
    """

    __slots__ = ("_by_name", "_decoys", "_domains", "_known", "_partners", "_verifications")

    def __init__(
        self,
        partners: Iterable[Partner],
        *,
        domains: Domains = STANDARD_DOMAINS,
        verifications: Verifications | None = None,
    ) -> None:
        self._partners = tuple(partners)
        self._domains = domains
        self._verifications = verifications or Verifications()
        self._by_name: dict[_Name, list[Partner]] = {}
        self._known: set[tuple[Role, bool, str]] = set()
        for partner in self._partners:
            if not isinstance(partner, Partner):
                raise InvalidValue(f"a Partner is expected, not {type(partner).__name__}", "MemoryStore")
            for role in ROLES:
                for account in partner.accounts[role]:
                    domain, identity = domains.keys(account)[0]
                    self._by_name.setdefault((role, account.marketplace, domain, identity), []).append(partner)
                    self._known.add((role, account.marketplace, domain))
        faults = clashes(self._partners, domains)
        if faults:
            raise InvalidValue("; ".join(faults), "partners")
        self._decoys = costliest(self._partners)

    def __iter__(self) -> Iterator[Partner]:
        return iter(self._partners)

    def __len__(self) -> int:
        return len(self._partners)

    def __repr__(self) -> str:
        return f"<MemoryStore of {len(self._partners)} partners>"

    @property
    def domains(self) -> Domains:
        return self._domains

    @property
    def verifications(self) -> Verifications:
        return self._verifications

    def find(self, role: Role, accounts: Sequence[Account]) -> Sequence[Sequence[Partner]]:
        return [self._found(role, account) for account in accounts]

    def _found(self, role: Role, account: Account) -> Sequence[Partner]:
        found = [self._by_name.get((role, account.marketplace, *key), ()) for key in self._domains.keys(account)]
        return found[0] if len(found) == 1 else [partner for records in found for partner in records]

    def standing(self, role: Role, account: Account) -> Standing:
        keys = self._domains.keys(account)
        if any((role, account.marketplace, *key) in self._by_name for key in keys):
            return "named"
        return "domain" if any((role, account.marketplace, domain) in self._known for domain, _ in keys) else "unknown"

    def standings(self, role: Role, accounts: Sequence[Account]) -> Sequence[Standing]:
        return [self.standing(role, account) for account in accounts]

    def decoys(self) -> Sequence[Secret]:
        return self._decoys


def costliest(partners: Iterable[Partner]) -> tuple[Secret, ...]:
    """The secrets of the partner whose secrets take longest to compare, hashes first."""
    most: tuple[Secret, ...] = ()
    weight = (0, 0)
    for partner in partners:
        own = (sum(secret.kind == "hash" for secret in partner.secrets), len(partner.secrets))
        if own > weight:
            most, weight = partner.secrets, own
    return most


def clashes(partners: Iterable[Partner], domains: Domains = STANDARD_DOMAINS) -> list[str]:
    """Records that would fit the same document (same mode, Sender, To, and From in common), and equal names.

    Programs know a partner by its name, so two must not share one. One partner may have several records of its name:
    for test and production, and for several names of ours.
    """
    seen: dict[tuple[object, ...], Partner] = {}
    named: dict[tuple[str, str], tuple[Partner, set[tuple[object, object]]]] = {}
    faults = []
    for partner in partners:
        froms: Sequence[tuple[bool, Key] | None] = _keys(partner, "from", domains) or [None]
        senders = _keys(partner, "sender", domains)
        for sender in senders:
            for to in _keys(partner, "to", domains):
                for from_ in froms:
                    first = seen.setdefault((partner.mode, sender, to, from_), partner)
                    if first is not partner:
                        faults.append(f"{first.name} and {partner.name} have the same Sender, From and To")
        own: set[tuple[object, object]] = {(sender, from_) for sender in senders for from_ in froms}
        first, others = named.setdefault((partner.name, partner.mode), (partner, own))
        if not own & others:
            who = f"{first.sender_identity} and {partner.sender_identity}"
            faults.append(
                f"{partner.name} is the name of two partners, whose Senders are {who}; give each its own name"
            )
    return list(dict.fromkeys(faults))


def _keys(partner: Partner, role: Role, domains: Domains) -> list[tuple[bool, Key]]:
    return [(account.marketplace, domains.keys(account)[0]) for account in partner.accounts[role]]
