"""How long a refusal takes tells nobody whether the sender is known.

Times are compared as distributions: both kinds of refusal take turns in one process, and their medians may differ by a
factor of two. That is far from what an attacker across a network could feel, and a difference that matters, a hash that
is computed or not, is a factor of thousands. A busy machine may spoil one measurement, hardly five in a row.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

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


def medians(store: PartnerStore, documents: Sequence[CXML], rounds: int) -> list[float]:
    times: list[list[int]] = [[] for _ in documents]
    for _ in range(rounds):
        for made, found in zip(documents, times, strict=True):
            start = time.perf_counter_ns()
            try:
                authenticate(made, store, now=NOW)
            except AuthenticationError:
                pass
            else:
                raise AssertionError("nobody was to be let in")
            found.append(time.perf_counter_ns() - start)
    return [statistics.median(found) for found in times]


def alike(measure: Callable[[], list[float]]) -> list[float]:
    """The last ratio to the first that was measured; the first measurement without an outlier counts."""
    ratios: list[float] = []
    for _ in range(5):
        first, *others = measure()
        ratios = [other / first for other in others]
        if all(0.5 <= ratio <= 2 for ratio in ratios):
            break
    return ratios


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
    ratios = alike(lambda: medians(plain, documents, 400))
    assert all(0.5 <= ratio <= 2 for ratio in ratios), ratios


def test_a_secret_that_is_almost_right_costs_the_time_of_another_one(plain):
    documents = [sent(KNOWN, secret) for secret in ("X" * 15, "correct-horse-8", "correct-horse-", "c")]
    ratios = alike(lambda: medians(plain, documents, 400))
    assert all(0.5 <= ratio <= 2 for ratio in ratios), ratios


def test_an_unknown_sender_costs_the_time_of_a_wrong_secret_in_a_database(monkeypatch):
    sa = pytest.importorskip("sqlalchemy", reason="the extra sql is not installed")
    from cxml_punchout.trust.stores.sql import SqlStore

    monkeypatch.setenv("ACME_SECRET", "right")
    store = SqlStore(sa.create_engine("sqlite://", poolclass=sa.StaticPool))
    store.create_tables()
    for number in range(100):
        name = f"AN{number:011}"
        store.add(partner(sender_identity=name, from_identity=name, shared_secret=Secret.from_env("ACME_SECRET")))
    documents = [sent("AN00000000007", "wrong"), sent(UNKNOWN, "wrong"), sent(ELSEWHERE, "right", "VendorID")]
    ratios = alike(lambda: medians(store, documents, 200))
    assert all(0.5 <= ratio <= 2 for ratio in ratios), ratios


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
    ratios = alike(lambda: medians(store, documents, 7))
    assert all(0.5 <= ratio <= 2 for ratio in ratios), ratios
