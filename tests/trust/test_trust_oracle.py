"""No combination of names and secrets is accepted that the rules do not accept; here the rules are written once more.

The oracle knows nothing of the library: it works on plain tuples, says the rules in another way, and is slow.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import pytest
from headers import NOW, body, shared
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from cxml_punchout import parse
from cxml_punchout.errors import AuthenticationError
from cxml_punchout.trust.authenticate import authenticate
from cxml_punchout.trust.credentials import Account
from cxml_punchout.trust.partners import Partner
from cxml_punchout.trust.secrets import Secret
from cxml_punchout.trust.stores.memory import MemoryStore, clashes


class Name(NamedTuple):
    domain: str
    identity: str
    marketplace: bool = False


class Stored(NamedTuple):
    """A secret of a record: its text, and hours from now between which it holds."""

    text: str
    begins: int | None
    ends: int | None


class Record(NamedTuple):
    mode: str
    sender: tuple[Name, ...]
    from_: tuple[Name, ...]
    to: tuple[Name, ...]
    secrets: tuple[Stored, ...]
    any_from: bool
    without: frozenset[str]


class Said(NamedTuple):
    """A header as it is sent: names, and for each name of the Sender the text of a secret or None."""

    sender: tuple[tuple[Name, str | None], ...]
    from_: tuple[Name, ...]
    to: tuple[Name, ...]
    mode: str | None


# --- the rules ---------------------------------------------------------------------------------------------


def meant(name: Name) -> tuple[str, str, bool]:
    domain = name.domain.casefold()
    identity = name.identity.strip("\n\t ")
    if domain == "networkid":
        identity = identity.casefold()
    if domain == "duns":
        identity = identity.casefold()
        number = identity.replace("-", "").replace(" ", "")
        identity = number if number.isdigit() else identity
    return domain, identity, name.marketplace


def scheme(name: Name) -> tuple[str, bool]:
    return name.domain.casefold(), name.marketplace


def accepted(records: list[Record], said: Said) -> int | None:
    """The number of the record that the rules choose, or None."""
    senders = [name for name, _ in said.sender]
    for section in (senders, said.from_, said.to):
        for one in section:
            for other in section:
                if scheme(one) == scheme(other) and meant(one) != meant(other):
                    return None
    secrets = [secret for _, secret in said.sender if secret is not None]
    if len(set(secrets)) > 1:
        return None
    fitting = [
        number
        for number, record in enumerate(records)
        if record.mode == (said.mode or "production")
        and agree(record.sender, senders, [each.sender for each in records])
        and agree(record.to, said.to, [each.to for each in records])
        and speaks(record, said, records)
        and proves(record, secrets[0] if secrets else None)
    ]
    named = [number for number in fitting if not records[number].any_from]
    best = named or fitting
    return best[0] if len(best) == 1 else None


def agree(own, said, everybodys) -> bool:
    """One name is ours, and each other is ours too or in a domain that no record uses in this place."""
    ours = {meant(name) for name in own}
    used = {scheme(name) for names in everybodys for name in names}
    return any(meant(name) in ours for name in said) and all(
        meant(name) in ours for name in said if scheme(name) in used
    )


def speaks(record: Record, said: Said, records: list[Record]) -> bool:
    if not record.any_from:
        return agree(record.from_, said.from_, [each.from_ for each in records])
    if not any(name.domain and name.identity.strip() for name in said.from_):
        return False
    parties = []
    for name in said.from_:
        having = {number for number, each in enumerate(records) if meant(name) in {meant(own) for own in each.from_}}
        if having:
            parties.append(having)
    return not parties or bool(set.intersection(*parties))


def proves(record: Record, secret: str | None) -> bool:
    if secret is None:
        return "absent" in record.without
    if not secret.strip():
        return "empty" in record.without
    if secret.strip().lower() == "none":
        return "none" in record.without
    for stored in record.secrets:
        holds = (stored.begins is None or stored.begins <= 0) and (stored.ends is None or stored.ends >= 0)
        if holds and stored.text == secret.strip("\n\t "):
            return True
    return False


# --- what is tried -----------------------------------------------------------------------------------------

# Few values, so that they meet; each in several spellings.
DOMAINS = ("NetworkID", "networkid", "DUNS", "Duns", "UserName")
IDENTITIES = ("AN1", "an1", "12-3", "123", "An2")
names = st.builds(
    Name, st.sampled_from(DOMAINS), st.sampled_from(IDENTITIES), st.sampled_from([False, False, False, True])
)
texts = st.sampled_from(["alpha", "Alpha", "beta"])
windows = st.sampled_from(
    [(None, None)] * 3 + [(-1, None), (1, None), (None, 2), (None, -2), (-1, 2), (1, 2), (-2, -1)]
)
stored = st.builds(lambda text, window: Stored(text, *window), texts, windows)
nothings = st.frozensets(st.sampled_from(["absent", "empty", "none"]), min_size=1)


@st.composite
def records(draw: st.DrawFn) -> Record:
    def section(most: int = 2) -> tuple[Name, ...]:
        # The first is the one of the form, which is nobody's marketplace.
        found = [draw(names)._replace(marketplace=False), *draw(st.lists(names, max_size=most - 1))]
        return tuple({scheme(name): name for name in reversed(found)}.values())[::-1]

    any_from = draw(st.sampled_from([False, False, True]))
    without = draw(st.sampled_from([False, False, False, True]))
    return Record(
        draw(st.sampled_from(["production", "production", "test"])),
        section(),
        () if any_from else section(),
        section(),
        () if without else tuple(draw(st.lists(stored, min_size=1, max_size=2))),
        any_from,
        draw(nothings) if without else frozenset(),
    )


sent_names = names | st.sampled_from(
    [Name("", ""), Name("VendorID", "7"), Name("NetworkID", ""), Name("NetworkID", " ")]
)
sent_secrets = st.sampled_from(
    [None, None, "alpha", "alpha", "\n alpha\n", "ALPHA", "beta", "", " ", "none", "None", "gamma"]
)


@st.composite
def attempts(draw: st.DrawFn) -> tuple[list[Record], Said]:
    """Records, and a header that is right for one of them until something is changed, or is made of anything."""
    kept = draw(st.lists(records(), min_size=1, max_size=3))
    target = draw(st.sampled_from(kept))

    def section(own: tuple[Name, ...]) -> list[Name]:
        kind = draw(st.sampled_from(["own", "own", "own", "more", "any"]))
        if kind == "any" or not own:
            return draw(st.lists(sent_names, min_size=1, max_size=3))
        found = list(own) if draw(st.booleans()) else [draw(st.sampled_from(own))]
        found += draw(st.lists(sent_names, min_size=1, max_size=2)) if kind == "more" else []
        return draw(st.permutations(found))

    right = draw(st.sampled_from([each.text for each in target.secrets] or [None, "", "none"]))
    sender = [(name, None) for name in section(target.sender)]
    for _ in range(draw(st.sampled_from([1, 1, 1, 0, 2]))):
        at = draw(st.integers(0, len(sender) - 1))
        sender[at] = (sender[at][0], draw(st.just(right) | sent_secrets))
    mode = draw(st.sampled_from([target.mode, target.mode, None, "production", "test"]))
    return kept, Said(tuple(sender), tuple(section(target.from_)), tuple(section(target.to)), mode)


# --- the library -------------------------------------------------------------------------------------------


def hours(number: int | None):
    return None if number is None else NOW + timedelta(hours=number)


def as_partner(record: Record, number: int) -> Partner:
    from_ = record.from_[0] if record.from_ else None
    return Partner(
        name=str(number),
        mode=record.mode,  # type: ignore[arg-type]
        sender_domain=record.sender[0].domain,
        sender_identity=record.sender[0].identity,
        from_domain=from_.domain if from_ else None,
        from_identity=from_.identity if from_ else None,
        supplier_domain=record.to[0].domain,
        to_identity=record.to[0].identity,
        more_sender=[Account(*name) for name in record.sender[1:]],
        more_from=[Account(*name) for name in record.from_[1:]],
        more_to=[Account(*name) for name in record.to[1:]],
        shared_secret=[
            Secret(each.text, not_before=hours(each.begins), not_after=hours(each.ends)) for each in record.secrets
        ],
        any_from=record.any_from,
        accepts_no_secret=record.without,  # type: ignore[arg-type]
    )


def as_bytes(said: Said) -> bytes:
    def named(name: Name, secret: str | None = None) -> tuple[str, ...]:
        proof = "" if secret is None else shared(secret)
        return name.domain, name.identity, proof, "marketplace" if name.marketplace else ""

    return body(
        [named(name, secret) for name, secret in said.sender],  # type: ignore[misc]
        [named(name) for name in said.from_],  # type: ignore[misc]
        [named(name) for name in said.to],  # type: ignore[misc]
        said.mode,
    )


def verdict(kept: list[Record], said: Said) -> int | None:
    partners = MemoryStore([as_partner(record, number) for number, record in enumerate(kept)])
    try:
        return int(authenticate(parse(as_bytes(said), mode="tolerant"), partners, now=NOW).partner.name)
    except AuthenticationError:
        return None


@pytest.mark.thorough
@settings(max_examples=1000, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(attempts())
def test_nothing_is_accepted_that_the_rules_do_not_accept(attempt):
    kept, said = attempt
    kept = [record for number, record in enumerate(kept) if not clashing(kept[: number + 1])]
    expected = accepted(kept, said)
    event("accepted" if expected is not None else "refused")
    assert verdict(kept, said) == expected


def clashing(kept: list[Record]) -> bool:
    return bool(clashes([as_partner(record, number) for number, record in enumerate(kept)]))


def test_the_oracle_itself_accepts_and_refuses():
    record = Record(
        "production", (Name("DUNS", "123"),), (Name("DUNS", "123"),), (Name("DUNS", "123"),), (), False, frozenset()
    )
    record = record._replace(secrets=(Stored("alpha", None, None),))
    said = Said(((Name("duns", "12-3"), "alpha"),), (Name("DUNS", "123"),), (Name("DUNS", "123"),), None)
    assert accepted([record], said) == verdict([record], said) == 0
    for other in (None, "", "none", "Alpha"):
        wrong = said._replace(sender=((Name("DUNS", "123"), other),))
        assert accepted([record], wrong) is verdict([record], wrong) is None
