"""Who somebody says they are: accounts, compared by the rules of their domains (Guide 3.1.7.5, 21.1.4.2).

Domains are compared without case: ``NetworkID``, ``NetworkId`` and ``networkid`` are one. Identities in them are
compared without the blanks around them and then

* without case in ``NetworkID``; ``AN01000000123-T``, the test account, is an account of its own;
* as digits in ``DUNS``, so that ``12-345-6789`` is ``123456789``. ``DUNS+4`` appends four characters: a party that is
  configured with nine digits is meant by all thirteen, one that is configured with thirteen needs them all;
* to the letter everywhere else: ``AribaNetworkUserId``, ``PrivateId``, whatever the two sides agreed on.

Only the letters A to Z are folded, so that no look-alike of Unicode ever becomes a letter of a known name.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from ..declaration import Declaration, lookup
from ..element import Element, Leftover, OpenElement, put
from ..masking import hidden

if TYPE_CHECKING:
    from ..models.credential import Credential
    from ..models.envelope import From, Header, Sender, To

__all__ = [
    "STANDARD_DOMAINS",
    "Account",
    "Domains",
    "Key",
    "Section",
    "advice",
    "advice_on_duns",
    "advice_on_network_id",
    "fold",
    "section_of",
    "stripped",
    "without_proofs",
]

#: What two names of one party have in common: domain and identity in the form in which they are compared.
Key: TypeAlias = tuple[str, str]

#: What XML calls white space. Other blanks of Unicode are part of a name.
_BLANKS = " \t\r\n"
_FOLD = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_NINE = re.compile(r"[0-9]{9}").fullmatch
_THIRTEEN = re.compile(r"[0-9]{9}[0-9A-Za-z]{4}").fullmatch
_DUNS = ("duns", "duns+4")


def fold(text: str) -> str:
    """``text`` with A to Z in lower case."""
    return text.lower() if text.isascii() else text.translate(_FOLD)


def stripped(text: str) -> str:
    """``text`` without the white space that a pretty-printed document has around it."""
    return text.strip(_BLANKS)


# A few domains are met again and again; a long one is nobody's, and not worth being remembered.
_LONG = 64


@lru_cache(maxsize=256)
def _domain(domain: str) -> str:
    folded = fold(stripped(domain))
    return "duns+4" if folded == "duns4" else folded


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(fold(stripped(name)) for name in names)


@attrs.frozen
class Domains:
    """How names are compared; a store of partners has one.

    case_blind: domains in which the case of an identity does not count. Add those of your own agreements only if both
        sides know that ``acme`` and ``Acme`` are one party.
    """

    case_blind: frozenset[str] = attrs.field(default=frozenset({"networkid"}), converter=_folded)

    def key(self, domain: str) -> str:
        """A domain in the form in which it is compared."""
        return _domain(domain) if len(domain) < _LONG else _domain.__wrapped__(domain)

    def keys(self, account: Account) -> tuple[Key, ...]:
        """The forms in which an account may be known, the most exact first; the first is its own."""
        # It is asked several times for one document, so an account remembers what it was told last.
        told = account._told
        if told is None or told[0] is not self:
            told = self, self._keys(account)
            object.__setattr__(account, "_told", told)
        return told[1]

    def _keys(self, account: Account) -> tuple[Key, ...]:
        domain, identity = self.key(account.domain), stripped(account.identity)
        if domain in _DUNS:
            digits = identity.replace("-", "").replace(" ", "")
            if _NINE(digits) or (domain == "duns" and _digits(digits) and len(digits) != 13):
                return (("duns", digits),)
            if _THIRTEEN(digits):
                return (("duns+4", fold(digits)), ("duns", digits[:9]))
            return ((domain, fold(identity)),)
        return ((domain, fold(identity) if domain in self.case_blind else identity),)


#: The rules of the standard, which hold unless a store is given others.
STANDARD_DOMAINS = Domains()


@attrs.frozen(eq=False)
class Account:
    """The name of an organisation in one domain, spelled as it was received or configured.

    marketplace: the name is that of the marketplace in which the organisation trades, not its own.

    Two are equal when they mean the same account by the rules of the standard.
    """

    domain: str
    identity: str
    marketplace: bool = False
    _told: tuple[Domains, tuple[Key, ...]] | None = attrs.field(default=None, init=False, repr=False)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Account):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[Key, bool]:
        return STANDARD_DOMAINS.keys(self)[0], self.marketplace

    def __str__(self) -> str:
        return f"{self.domain} {stripped(self.identity)}{' (marketplace)' if self.marketplace else ''}"


@attrs.frozen
class Section:
    """All names that stand in From, To or Sender, in their order."""

    accounts: tuple[Account, ...] = ()

    def __iter__(self) -> Iterator[Account]:
        return iter(self.accounts)

    def __len__(self) -> int:
        return len(self.accounts)

    def by_domain(self, domain: str, *, marketplace: bool = False) -> Account | None:
        """The name in one domain, whatever its spelling; that of the marketplace only if it is asked for."""
        wanted = STANDARD_DOMAINS.key(domain)
        for account in self.accounts:
            if account.marketplace == marketplace and STANDARD_DOMAINS.key(account.domain) == wanted:
                return account
        return None

    def contradiction(self, domains: Domains = STANDARD_DOMAINS) -> tuple[Account, Account] | None:
        """Two names in one domain that differ, if there are any: no party has two. Guide 3.1.7.5.

        The name of a marketplace and that of its member may share a domain.
        """
        if len(self.accounts) < 2:
            return None
        seen: dict[tuple[str, bool], Account] = {}
        for account in self.accounts:
            first = seen.setdefault((domains.key(account.domain), account.marketplace), account)
            if domains.keys(first)[0] != domains.keys(account)[0]:
                return first, account
        return None


def section_of(element: From | To | Sender | None) -> Section:
    """The names in one part of a header. Secrets are not taken along."""
    credentials: Sequence[Credential] = () if element is None else element.credential or ()
    return Section(tuple(map(_account_of, credentials)))


def _account_of(credential: Credential) -> Account:
    # A tolerant reader leaves None where something required was missing.
    return Account(credential.domain or "", _identity_of(credential.identity), credential.type == "marketplace")


def _identity_of(identity: Any) -> str:
    """The text of an Identity, or ``iso6523:9925:…`` if it holds an IdReference; a mixture of both names nobody."""
    content: Sequence[Any] = () if identity is None else identity.content
    if any(isinstance(part, OpenElement) and part.is_instruction for part in content):
        content = [part for part in content if not (isinstance(part, OpenElement) and part.is_instruction)]
    if len(content) == 1 and isinstance(content[0], str):
        return stripped(content[0])
    if all(isinstance(part, str) for part in content):
        return stripped("".join(content))
    elements = [part for part in content if not isinstance(part, str) or stripped(part)]
    if len(elements) != 1:
        return ""
    if isinstance(elements[0], OpenElement):
        node = elements[0].tree()
        return f"{node.get('domain', '')}:{node.get('identifier', '')}" if node.tag == "IdReference" else ""
    reference: Any = elements[0]
    return f"{reference.domain}:{reference.identifier}" if reference.__cxml__.tag == "IdReference" else ""


def without_proofs(header: Header) -> Header:
    """A copy of a header without anything that proves who sends: for the way back, for a browser, for an archive.

    Taken out are SharedSecret, DigitalSignature and CredentialMac of all credentials, those of From, To and Path too,
    and whatever a tolerant reader had kept aside in the header. The header that was given stays as it is.
    Guide 3.1.7.5, 3.1.10.
    """
    copied = copy.deepcopy(header)
    _bare(copied)
    return copied


def _bare(element: Element) -> None:
    if element._leftover is not None:
        # What has no place in the grammar may be a secret under another name.
        kept = element._leftover
        element._leftover = Leftover(missing=kept.missing, irregular=kept.irregular)
    for field in element.__cxml__.content:
        value = getattr(element, field.name)
        if isinstance(value, (tuple, list)):
            foreign = OpenElement if field.kind == "mixed" else ()
            value = tuple(part for part in value if not (_is_proof(part) or isinstance(part, foreign)))
            put(element, field.name, value)
        elif any(map(_holds_proof, field.tags)):
            put(element, field.name, None)
            continue
        for child in value if isinstance(value, tuple) else (value,):
            if isinstance(child, Element):
                _bare(child)


def _is_proof(part: object) -> bool:
    if isinstance(part, OpenElement):
        return bool(hidden(part.markup))
    return isinstance(part, Element) and _holds_proof(part.__cxml__.tag)


def _holds_proof(tag: str) -> bool:
    declared = lookup(tag)
    return isinstance(declared, Declaration) and any(field.secret for field in declared.content)


# --- advice ------------------------------------------------------------------------------------------------


def advice(account: Account) -> tuple[str, ...]:
    """What looks odd about a name, one sentence each; nothing of it makes the name wrong."""
    domain = STANDARD_DOMAINS.key(account.domain)
    if domain == "networkid":
        return advice_on_network_id(account.identity)
    return advice_on_duns(account.identity) if domain in _DUNS else ()


def advice_on_network_id(identity: str) -> tuple[str, ...]:
    """What keeps an identity from being an Ariba Network id such as ``AN01000000123`` or ``AN01000000123-T``.

    Outside that network any name that both sides agree on is right.
    """
    number = fold(stripped(identity)).removesuffix("-t")
    if not number.startswith("an") or not _digits(number[2:]):
        return ("not an Ariba Network id, which is AN and 11 digits; other networks use names of their own",)
    if len(number) != 13:
        return (f"an Ariba Network id has 11 digits, this one has {len(number) - 2}; early accounts are shorter",)
    return ()


def advice_on_duns(identity: str) -> tuple[str, ...]:
    """What is unusual about a D-U-N-S number. Its check digit was abolished in 2006, so a wrong one proves nothing."""
    number = stripped(identity).replace("-", "").replace(" ", "")
    if _THIRTEEN(number):
        return advice_on_duns(number[:9])
    if not _digits(number):
        return ("not a D-U-N-S number, which has nine digits; some buyers use the domain for other names",)
    if len(number) != 9:
        return (f"a D-U-N-S number has nine digits, this one has {len(number)}; are leading zeros missing?",)
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(number))
    if sum(value - 9 if value > 9 else value for value in doubled) % 10:
        return ("its last digit is not the check digit that numbers from before 2006 have; look for a slip",)
    return ()


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
