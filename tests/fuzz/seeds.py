"""The documents that are varied: our own examples, random ones made from the declarations, and who sends them."""

from __future__ import annotations

import random
from functools import cache

import attrs
from at_hand import OWN
from grammar import Documents, declared, octets, spread
from lxml import etree

from cxml_punchout import CXMLError, Partner, parse

__all__ = ["SECRET", "Seed", "partners", "root_of", "seeds"]

#: What every sender of a varied document proves itself with, so that most of them get as far as a handler.
SECRET = "kestrel-harbour-58"

_BUILT = 60
#: What is larger takes the time of many small ones, and is varied a little less often.
_LARGE = 16_000


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
        found.append(Seed(path.relative_to(OWN).as_posix(), body, 0.1 if len(body) > _LARGE else 1.0))
    return (*found, *_built())


def _with_secret(body: bytes) -> bytes:
    start, end = b"<SharedSecret>", b"</SharedSecret>"
    before, found, rest = body.partition(start)
    return before + start + SECRET.encode() + end + rest.partition(end)[2] if found else body


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
    known: dict[tuple[str, ...], Partner] = {}
    for seed in seeds():
        if seed.name.startswith("built/"):
            continue
        try:
            header = parse(seed.octets, mode="tolerant").header
        except CXMLError:
            continue
        if header is None:
            continue
        names = [
            (str(one.domain), str(one.identity))
            for part in (header.from_, header.to, header.sender)
            for one in (part.credential[:1] if part is not None else ())
            if isinstance(one.identity, str) or one.identity is not None
        ]
        if len(names) != 3 or names[0][0] != names[2][0] or not all(all(name) for name in names):
            continue
        for mode in ("production", "test"):
            key = (*names[0], *names[1], *names[2], mode)
            if key not in known:
                known[key] = Partner(
                    name=f"partner {len(known)}",
                    sender_domain=names[2][0],
                    sender_identity=names[2][1],
                    from_identity=names[0][1],
                    supplier_domain=names[1][0],
                    to_identity=names[1][1],
                    shared_secret=SECRET,
                    punchout_url="https://shop.example/enter",
                    purchase_order_url="https://shop.example/orders",
                    mode=mode,  # type: ignore[arg-type]
                )
    return tuple(known.values())
