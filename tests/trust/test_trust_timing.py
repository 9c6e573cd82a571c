"""How long a refusal takes tells nobody whether the sender is known.

All kinds of refusal take turns in one process. What counts are the quietest rounds, those in which all of them were
fast: the median of the ratios there may be one and a half. A known sender has one more row of a database to be fetched,
which is a tenth; a difference that matters, a hash that is computed or not, is a factor of thousands. A busy machine
may spoil one measurement, hardly five in a row.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence

import pytest
from headers import NOW, document, partner, shared

from cxml_punchout.errors import AuthenticationError
from cxml_punchout.models import CXML
from cxml_punchout.trust.authenticate import authenticate
from cxml_punchout.trust.partners import PartnerStore
from cxml_punchout.trust.secrets import Secret
from cxml_punchout.trust.stores.memory import MemoryStore

KNOWN, UNKNOWN, ELSEWHERE = "AN01000000123", "AN01000000999", "somebody"


def sent(identity: str, secret: str, domain: str = "NetworkID") -> CXML:
    return document([(domain, identity, shared(secret))])


MOST = 1.5


def ratios(store: PartnerStore, documents: Sequence[CXML], rounds: int) -> list[float]:
    """How many times as long as the first document each other one takes."""
    found = []
    for _ in range(rounds):
        times = []
        for made in documents:
            start = time.perf_counter_ns()
            try:
                authenticate(made, store, now=NOW)
            except AuthenticationError:
                pass
            else:
                raise AssertionError("nobody was to be let in")
            times.append(time.perf_counter_ns() - start)
        found.append(times)
    found.sort(key=sum)
    quiet = found[: max(3, rounds // 4)]
    return [statistics.median(times[at] / times[0] for times in quiet) for at in range(1, len(documents))]


def alike(store: PartnerStore, documents: Sequence[CXML], rounds: int) -> bool:
    """Whether all take the same time in one of five measurements."""
    for _ in range(5):
        measured = ratios(store, documents, rounds)
        if all(1 / MOST <= ratio <= MOST for ratio in measured):
            return True
    print(measured)
    return False


@pytest.fixture
def plain() -> MemoryStore:
    others = [partner(sender_identity=f"AN{n}", from_identity=f"AN{n}", shared_secret=f"s{n}") for n in range(100)]
    return MemoryStore([partner(), *others])


def test_an_unknown_sender_costs_the_time_of_a_wrong_secret(plain):
    documents = [
        sent(KNOWN, "wrong"),
        sent(UNKNOWN, "wrong"),
        sent(ELSEWHERE, "wrong", "VendorID"),
        sent(UNKNOWN, "correct-horse-7"),
    ]
    assert alike(plain, documents, 400)


def test_a_secret_that_is_almost_right_costs_the_time_of_another_one(plain):
    documents = [sent(KNOWN, secret) for secret in ("X" * 15, "correct-horse-8", "correct-horse-", "c")]
    assert alike(plain, documents, 400)


def test_an_unknown_sender_costs_the_time_of_a_wrong_secret_in_a_database(monkeypatch):
    sa = pytest.importorskip("sqlalchemy", reason="the extra sql is not installed")
    from cxml_punchout.trust.stores.sql import SqlStore

    monkeypatch.setenv("ACME_SECRET", "right")
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    store = SqlStore(engine)
    store.create_tables()
    for number in range(100):
        name = f"AN{number:011}"
        store.add(partner(sender_identity=name, from_identity=name, shared_secret=Secret.from_env("ACME_SECRET")))
    documents = [sent("AN00000000007", "wrong"), sent(UNKNOWN, "wrong"), sent(ELSEWHERE, "right", "VendorID")]
    try:
        assert alike(store, documents, 200)
    finally:
        engine.dispose()


@pytest.mark.slow
def test_an_unknown_sender_costs_the_time_of_a_wrong_secret_where_secrets_are_hashed():
    # Full cost: about the time that hash_secret() chooses.
    hasher = pytest.importorskip("argon2").PasswordHasher()
    store = MemoryStore(
        [
            partner(shared_secret=Secret.hashed(hasher.hash("right"))),
            partner(sender_identity="AN2", from_identity="AN2", shared_secret="in memory"),
        ]
    )
    documents = [sent(KNOWN, "wrong"), sent(UNKNOWN, "wrong"), sent("AN2", "wrong"), sent(UNKNOWN, "")]
    assert alike(store, documents, 7)


def test_a_store_that_takes_longer_for_known_senders_would_be_noticed(plain):
    class Slow(MemoryStore):
        def find(self, role, accounts):
            found = super().find(role, accounts)
            if any(found):
                time.sleep(0.0002)
            return found

    assert not alike(Slow(plain), [sent(KNOWN, "wrong"), sent(UNKNOWN, "wrong")], 100)
