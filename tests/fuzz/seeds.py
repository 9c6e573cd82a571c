"""The documents that are varied: our own examples, random ones made from the declarations, and who sends them."""

from __future__ import annotations

import contextlib
import random
from functools import cache
from pathlib import Path
from typing import Literal

import attrs
from at_hand import OWN
from grammar import Documents, declared, octets, spread
from lxml import etree

from cxml_punchout import InvalidValue, MemoryStore, Partner
from cxml_punchout.trust.credentials import Account

__all__ = ["SECRET", "Seed", "partners", "root_of", "seeds", "stored"]

#: What every sender of a varied document proves itself with, so that most of them get as far as a handler.
SECRET = "kestrel-harbour-58"

_BUILT = 60
_MODES: tuple[Literal["production", "test"], ...] = ("production", "test")
#: What is larger takes the time of many small ones, and is varied a little less often.
_LARGE = 6_000


@attrs.frozen
class Seed:
    """A document to begin with. ``weight``: how often it is taken."""

    name: str
    octets: bytes = attrs.field(repr=False)
    weight: float = 1.0

    def __str__(self) -> str:
        return self.name


def root_of(body: bytes) -> etree._Element:
    """What libxml2 reads, without care for entities or the network: the judge of what is lawful."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(body, parser)


@cache
def seeds() -> tuple[Seed, ...]:
    """All documents, the same in every run."""
    found = []
    for path in sorted(OWN.rglob("*.xml")):
        body = _with_secret(path.read_bytes())
        found.append(Seed(path.relative_to(OWN).as_posix(), body, 0.15 if len(body) > _LARGE else 1.0))
    return (*found, *_built())


def _with_secret(body: bytes) -> bytes:
    start, end = b"<SharedSecret>", b"</SharedSecret>"
    before, found, rest = body.partition(start)
    return before + start + SECRET.encode() + end + rest.partition(end)[2] if found else body


@cache
def stored() -> tuple[Seed, ...]:
    """Small documents kept for the kind of trouble that they once made."""
    place = Path(__file__).with_name("corpus")
    return tuple(Seed(f"corpus/{path.name}", path.read_bytes(), 0.5) for path in sorted(place.iterdir()))


def _well_formed(body: bytes) -> bool:
    try:
        root_of(body)
    except etree.XMLSyntaxError:
        return False
    return True


def _built() -> tuple[Seed, ...]:
    """Valid documents with elements that nobody would think of putting together."""
    grammar = declared()
    made = []
    for number in range(_BUILT):
        chance = random.Random(f"built {number}")
        root = Documents(grammar, chance, deep=chance.choice((2, 3, 4))).element()
        spread(root, grammar, chance)
        body = octets(root)
        if len(body) < _LARGE:
            made.append(Seed(f"built/{number}", body, 0.5))
    return tuple(made)


@cache
def partners() -> tuple[Partner, ...]:
    """A record for each header of the examples, as a shop would have one that these buyers belong to."""
    known: list[Partner] = []
    for seed in (*seeds(), *stored()):
        if seed.name.startswith("built/") or not _well_formed(seed.octets):
            continue
        root = root_of(seed.octets)
        from_, to, sender = (_accounts(root, part) for part in ("From", "To", "Sender"))
        if not (from_ and to and sender):
            continue
        for mode in _MODES:
            made = Partner(
                name=f"partner {len(known)}",
                mode=mode,
                sender_domain=sender[0].domain,
                sender_identity=sender[0].identity,
                from_domain=from_[0].domain,
                from_identity=from_[0].identity,
                supplier_domain=to[0].domain,
                to_identity=to[0].identity,
                more_sender=sender[1:],
                more_from=from_[1:],
                more_to=to[1:],
                shared_secret=SECRET,
                punchout_url="https://shop.example/enter",
                purchase_order_url="https://shop.example/orders",
            )
            with contextlib.suppress(InvalidValue):  # there is one of these names already
                MemoryStore([*known, made])
                known.append(made)
    return tuple(known)


def _accounts(root: etree._Element, part: str) -> list[Account]:
    found = []
    for credential in root.iterfind(f"Header/{part}/Credential"):
        domain, identity = (credential.get("domain") or "").strip(), (credential.findtext("Identity") or "").strip()
        if domain and identity:
            found.append(Account(domain, identity, credential.get("type") == "marketplace"))
    return found
