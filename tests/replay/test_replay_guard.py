"""Guards against repeats: in memory, on SQLite and on a real PostgreSQL server, all by one set of rules."""

from __future__ import annotations

import pickle
import re
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone

import pytest
from guards import INSTANT, KEEP, LEASE, NOW, answer, key
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from cxml_punchout.errors import InvalidValue, Refusal
from cxml_punchout.replay import RETRY_WINDOW, Claim, ReplayGuard, ReplayKey, Stored
from cxml_punchout.replay.memory import MemoryReplayGuard

KINDS = ["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.slow)]


def in_database(address: str, prefix: str = "cxml_replay"):
    sa = pytest.importorskip("sqlalchemy", reason="the extra sql is not installed")
    from cxml_punchout.replay.sql import SqlReplayGuard

    engine = sa.create_engine(address)
    guard = SqlReplayGuard(engine, table=prefix)
    guard.create_tables()
    return guard, engine


@pytest.fixture(params=KINDS)
def guard(request, tmp_path):
    if request.param == "memory":
        yield MemoryReplayGuard()
        return
    if request.param == "sqlite":
        made, engine = in_database(f"sqlite:///{tmp_path / 'shop.db'}")
    else:
        made, engine = in_database(request.getfixturevalue("server"))
    yield made
    made.metadata.drop_all(engine)
    engine.dispose()


def refused(call) -> int:
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value.status


def test_a_repeat_gets_the_very_octets_of_the_first_answer(guard: ReplayGuard) -> None:
    claim = guard.begin(key(), b"order", NOW)
    assert isinstance(claim, Claim)
    assert (claim.key, claim.attempt) == (key(), 1)
    guard.finish(claim, answer("Ü", 201), NOW)
    assert guard.begin(key(), b"order", NOW + timedelta(hours=1)) == answer("Ü", 201)
    assert guard.begin(key(), b"order", NOW + KEEP) == answer("Ü", 201)


def test_another_content_under_the_same_id_is_a_conflict(guard: ReplayGuard) -> None:
    claim = guard.begin(key(), b"order", NOW)
    assert isinstance(claim, Claim)
    other = lambda: guard.begin(key(), b"another", NOW)  # noqa: E731
    assert refused(other) == 409, "while the first is being handled"
    guard.finish(claim, answer(), NOW)
    assert refused(other) == 409, "and afterwards"


@pytest.mark.parametrize(
    "other",
    [
        key("2@buy.example.net"),
        key(sender="ridge"),
        key(from_="ridge"),
        key(mode="production"),
        key("1@BUY"),
        key(subject="order 2"),
    ],
)
def test_the_same_id_of_another_party_or_about_something_else_is_another_document(
    guard: ReplayGuard, other: ReplayKey
) -> None:
    guard.finish(guard.begin(key(), b"order", NOW), answer(), NOW)
    assert isinstance(guard.begin(other, b"another", NOW), Claim)


def test_keys_of_any_kind_stay_apart(guard: ReplayGuard) -> None:
    keys = [
        ReplayKey("ab", "c", "test", "d"),
        ReplayKey("a", "bc", "test", "d"),
        ReplayKey("a", "b", "test", "cd"),
        ReplayKey("a", '"', "test", "d" * 100_000),
        ReplayKey("a", "'; DROP TABLE cxml_replay; --", "test", "%"),
    ]
    for number, each in enumerate(keys):
        guard.finish(guard.begin(each, b"order", NOW), answer(str(number)), NOW)
    assert [guard.begin(each, b"order", NOW) for each in keys] == [answer(str(number)) for number in range(5)]


def test_nobody_else_gets_a_document_while_its_lease_runs(guard: ReplayGuard) -> None:
    guard.begin(key(), b"order", NOW)
    assert refused(lambda: guard.begin(key(), b"order", NOW)) == 560
    assert refused(lambda: guard.begin(key(), b"order", NOW + LEASE - INSTANT)) == 560


def test_an_attempt_that_was_cut_off_is_followed_by_another(guard: ReplayGuard) -> None:
    first = guard.begin(key(), b"order", NOW)
    second = guard.begin(key(), b"order", NOW + LEASE)
    third = guard.begin(key(), b"order", NOW + 2 * LEASE)
    assert [each.attempt for each in (first, second, third)] == [1, 2, 3]
    assert len({each.token for each in (first, second, third)}) == 3
    assert refused(lambda: guard.begin(key(), b"another", NOW + 4 * LEASE)) == 409, "it may have got anywhere"
    guard.finish(third, answer("third"), NOW + 2 * LEASE)
    assert guard.begin(key(), b"order", NOW + 9 * LEASE) == answer("third")


def test_only_the_holder_of_the_claim_ends_it(guard: ReplayGuard) -> None:
    first = guard.begin(key(), b"order", NOW)
    second = guard.begin(key(), b"order", NOW + LEASE)
    with pytest.raises(Refusal, match=r"'1@buy\.example\.net' is being handled a second time") as caught:
        guard.finish(first, answer("first"), NOW + LEASE)
    assert caught.value.status == 560
    guard.abandon(first)
    assert refused(lambda: guard.begin(key(), b"order", NOW + LEASE)) == 560
    guard.finish(second, answer("second"), NOW + LEASE)
    assert refused(lambda: guard.finish(second, answer("again"), NOW)) == 560, "once is enough"
    guard.abandon(second)
    assert guard.begin(key(), b"order", NOW + LEASE) == answer("second")


def test_a_slow_attempt_may_still_finish_if_nobody_took_over(guard: ReplayGuard) -> None:
    claim = guard.begin(key(), b"order", NOW)
    guard.finish(claim, answer(), NOW + 3 * LEASE)
    assert guard.begin(key(), b"order", NOW + 3 * LEASE) == answer()


def test_an_abandoned_document_is_handed_out_again_at_once(guard: ReplayGuard) -> None:
    claim = guard.begin(key(), b"order", NOW)
    guard.abandon(claim)
    assert refused(lambda: guard.begin(key(), b"another", NOW)) == 409
    again = guard.begin(key(), b"order", NOW)
    assert isinstance(again, Claim)
    assert again.attempt == 2, "the first may have got anywhere"
    assert again.token != claim.token
    assert refused(lambda: guard.finish(claim, answer(), NOW)) == 560


def test_the_record_of_a_partner_is_no_part_of_the_name(guard: ReplayGuard) -> None:
    guard.finish(guard.begin(key(partner="Acme"), b"order", NOW), answer(), NOW)
    assert guard.begin(key(partner="Acme Ltd"), b"order", NOW) == answer()
    assert key(partner="Acme") == key(partner="Acme Ltd")
    assert key(partner="Acme").id == key(partner="Acme Ltd").id


def test_a_claim_from_the_future_has_run_out(guard: ReplayGuard) -> None:
    # The worker died, and then the clock was set back.
    guard.begin(key(), b"order", NOW + timedelta(days=1))
    again = guard.begin(key(), b"order", NOW)
    assert isinstance(again, Claim)
    assert again.attempt == 2
    guard.finish(again, answer(), NOW)
    assert guard.begin(key(), b"order", NOW) == answer()


def test_a_clock_that_is_a_little_ahead_ends_no_claim(guard: ReplayGuard) -> None:
    guard.begin(key(), b"order", NOW + LEASE)
    assert refused(lambda: guard.begin(key(), b"order", NOW)) == 560
    assert guard.begin(key(), b"order", NOW - INSTANT).attempt == 2


def test_an_answer_from_the_future_is_an_answer(guard: ReplayGuard) -> None:
    guard.finish(guard.begin(key(), b"order", NOW + KEEP), answer(), NOW + KEEP)
    assert guard.begin(key(), b"order", NOW) == answer()
    assert refused(lambda: guard.begin(key(), b"another", NOW)) == 409


def test_what_is_older_than_it_has_to_be_kept_counts_no_more(guard: ReplayGuard) -> None:
    guard.finish(guard.begin(key(), b"order", NOW), answer(), NOW)
    guard.begin(key("2@buy"), b"order", NOW)
    again = [guard.begin(key(each), b"another", NOW + KEEP + INSTANT) for each in ("1@buy.example.net", "2@buy")]
    assert [each.attempt for each in again] == [1, 1]
    guard.finish(again[0], answer("new"), NOW + KEEP + INSTANT)
    assert guard.begin(key(), b"another", NOW + 2 * KEEP) == answer("new")


def test_what_is_old_is_forgotten_and_nothing_else(guard: ReplayGuard) -> None:
    guard.finish(guard.begin(key("1"), b"order", NOW), answer("1"), NOW)
    guard.begin(key("2"), b"order", NOW)
    guard.finish(guard.begin(key("3"), b"order", NOW), answer("3"), NOW + INSTANT)
    guard.begin(key("4"), b"order", NOW + INSTANT)
    assert guard.forget(NOW + KEEP) == 0
    assert guard.forget(NOW + KEEP + INSTANT) == 2
    assert guard.forget(NOW + KEEP + INSTANT) == 0
    assert guard.begin(key("3"), b"order", NOW) == answer("3")
    assert refused(lambda: guard.begin(key("4"), b"order", NOW)) == 560


def test_a_time_without_offset_is_refused_everywhere(guard: ReplayGuard) -> None:
    claim = guard.begin(key(), b"order", NOW)
    naive = datetime(2026, 5, 6, 12, 0)
    calls = [
        lambda: guard.begin(key(), b"order", naive),
        lambda: guard.begin(key("2"), b"order", naive),
        lambda: guard.finish(claim, answer(), naive),
        lambda: guard.forget(naive),
    ]
    for call in calls:
        with pytest.raises(InvalidValue, match="offset from UTC"):
            call()
    guard.finish(claim, answer(), NOW)
    assert guard.begin(key(), b"order", NOW) == answer()


def test_times_of_any_offset_are_one_time(guard: ReplayGuard) -> None:
    there = NOW.astimezone(timezone(timedelta(hours=-8)))
    guard.begin(key(), b"order", there)
    assert refused(lambda: guard.begin(key(), b"order", NOW + LEASE - INSTANT)) == 560
    assert guard.begin(key(), b"order", NOW + LEASE).attempt == 2


# --- values ------------------------------------------------------------------------------------------------


def test_an_answer_that_asks_for_a_repeat_is_not_kept():
    for status in (500, 560, 599):
        with pytest.raises(InvalidValue, match="abandon the claim"):
            answer(status=status)
    assert [answer(status=each).status for each in (200, 201, 204, 412)] == [200, 201, 204, 412]


def test_an_answer_does_not_show_the_address_that_lets_a_user_in():
    stored = Stored(b"<URL>https://shop/start?token=abc</URL>", "text/xml", 200)
    assert "abc" not in repr(stored)
    assert pickle.loads(pickle.dumps(stored)) == stored


@pytest.mark.parametrize(
    ("terms", "word"),
    [
        ({"lease": timedelta(0)}, "some time"),
        ({"lease": -LEASE}, "some time"),
        ({"keep": timedelta(hours=10) - INSTANT}, "ten hours"),
        ({"keep": timedelta(days=1), "lease": timedelta(days=2)}, "longer than a lease"),
    ],
)
def test_terms_under_which_a_repeat_could_pass_for_new_are_refused(terms, word):
    with pytest.raises(InvalidValue, match=word):
        MemoryReplayGuard(**terms)


def test_terms_are_those_of_the_guard():
    guard = MemoryReplayGuard(lease=timedelta(seconds=1), keep=timedelta(hours=10))
    guard.begin(key(), b"order", NOW)
    claim = guard.begin(key(), b"order", NOW + timedelta(seconds=1))
    guard.finish(claim, answer(), NOW)
    assert isinstance(guard.begin(key(), b"another", NOW + RETRY_WINDOW + INSTANT), Claim)


# --- clocks that jump --------------------------------------------------------------------------------------


@pytest.mark.parametrize("jump", [timedelta(days=-400), timedelta(days=-1), timedelta(hours=9), timedelta(days=1)])
def test_nothing_is_lost_or_stuck_when_the_clock_is_moved(guard: ReplayGuard, jump: timedelta) -> None:
    done = guard.begin(key("done"), b"order", NOW)
    guard.finish(done, answer("done"), NOW)
    died = guard.begin(key("died"), b"order", NOW)
    moved = NOW + jump
    assert guard.begin(key("done"), b"order", moved) == answer("done")
    assert guard.begin(key("died"), b"order", moved).attempt == 2
    assert refused(lambda: guard.begin(key("died"), b"order", moved)) == 560, "it is being handled"
    assert refused(lambda: guard.finish(died, answer(), moved)) == 560
    assert isinstance(guard.begin(key("new"), b"order", moved), Claim)
    assert guard.begin(key("done"), b"order", NOW) == answer("done"), "and moved back"


def test_the_ends_of_the_calendar_are_moments_like_others(guard: ReplayGuard) -> None:
    for number, now in enumerate((datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))):
        guard.finish(guard.begin(key(str(number)), b"order", now), answer(), now)
        assert guard.begin(key(str(number)), b"order", now) == answer()
        assert guard.forget(now) == number, "the one of the first day, on the last"


def test_an_answer_may_be_kept_for_ever() -> None:
    guard = MemoryReplayGuard(keep=timedelta.max, lease=timedelta.max)
    guard.finish(guard.begin(key(), b"order", NOW), answer(), NOW)
    assert guard.begin(key(), b"order", datetime(9999, 12, 31, tzinfo=UTC)) == answer()
    assert guard.begin(key("2"), b"order", NOW).attempt == 1
    assert refused(lambda: guard.begin(key("2"), b"order", datetime(9999, 12, 31, tzinfo=UTC))) == 560
    assert guard.forget(datetime(9999, 12, 31, tzinfo=UTC)) == 0


def test_a_room_that_was_filled_in_the_future_is_free_again_in_time() -> None:
    guard = MemoryReplayGuard(most=3)
    ahead = NOW + timedelta(days=3)
    for each in "123":
        guard.finish(guard.begin(key(each), b"order", ahead), answer(each), ahead)
    # The clock is set right. Nobody knows how old those are, so they are as good as new.
    assert refused(lambda: guard.begin(key("4"), b"order", NOW)) == 560
    assert guard.begin(key("1"), b"order", NOW) == answer("1")
    for each in "456":
        assert isinstance(guard.begin(key(each), b"order", LATER), Claim)
    assert refused(lambda: guard.begin(key("7"), b"order", LATER)) == 560


# --- in memory ---------------------------------------------------------------------------------------------


LATER = NOW + RETRY_WINDOW + INSTANT


def test_the_memory_is_bounded_and_gives_up_the_oldest_first():
    guard = MemoryReplayGuard(most=3)
    for each in "123":
        guard.finish(guard.begin(key(each), b"order", NOW), answer(each), NOW)
    guard.begin(key("4"), b"order", LATER)
    assert len(guard) == 3
    assert [guard.begin(key(each), b"order", LATER) for each in "23"] == [answer("2"), answer("3")]
    assert repr(guard) == "<MemoryReplayGuard of 3 documents>"


def test_the_memory_never_gives_up_what_may_still_be_repeated():
    guard = MemoryReplayGuard(most=3)
    guard.finish(guard.begin(key("1"), b"order", NOW), answer("1"), NOW)
    guard.abandon(guard.begin(key("2"), b"order", NOW))
    guard.begin(key("3"), b"order", NOW)
    for now in (NOW, NOW + LEASE, NOW + RETRY_WINDOW):
        assert refused(lambda now=now: guard.begin(key("4"), b"order", now)) == 560
    assert guard.begin(key("1"), b"order", NOW + RETRY_WINDOW) == answer("1")
    assert guard.begin(key("2"), b"order", NOW + RETRY_WINDOW).attempt == 2
    assert guard.begin(key("3"), b"order", NOW + RETRY_WINDOW).attempt == 2
    assert isinstance(guard.begin(key("4"), b"order", LATER), Claim), "in the place of 1"
    assert len(guard) == 3


def test_the_memory_never_gives_up_what_is_being_handled():
    guard = MemoryReplayGuard(most=2, lease=timedelta(hours=20))
    first = guard.begin(key("1"), b"order", NOW)
    guard.finish(guard.begin(key("2"), b"order", NOW), answer(), NOW)
    guard.begin(key("3"), b"order", LATER)
    assert refused(lambda: guard.begin(key("4"), b"order", LATER)) == 560
    assert refused(lambda: guard.begin(key("1"), b"order", LATER)) == 560
    guard.finish(first, answer("1"), LATER)
    assert refused(lambda: guard.begin(key("4"), b"order", LATER)) == 560, "it was just finished"
    assert len(guard) == 2


def test_no_partner_takes_the_room_of_another():
    guard = MemoryReplayGuard(most=2)
    guard.finish(guard.begin(key("1", partner="A"), b"order", NOW), answer("A"), NOW)
    for each in "23":
        guard.finish(guard.begin(key(each, partner="B"), b"order", NOW), answer(), NOW)
    assert refused(lambda: guard.begin(key("4", partner="B"), b"order", NOW)) == 560
    assert guard.begin(key("1", partner="A"), b"order", NOW) == answer("A")
    assert isinstance(guard.begin(key("4", partner="A"), b"order", NOW), Claim)
    # A program that makes keys of its own need not name the record.
    other = MemoryReplayGuard(most=1)
    assert all(isinstance(other.begin(key(sender=each), b"order", NOW), Claim) for each in "AB")


def test_a_partner_cannot_make_itself_more_room_with_other_names():
    guard = MemoryReplayGuard(most=2)
    for each in "12":
        guard.begin(key(each, sender=each, from_=each, partner="B"), b"order", NOW)
    assert refused(lambda: guard.begin(key("3", sender="3", from_="3", partner="B"), b"order", NOW)) == 560


def test_a_partner_that_was_renamed_keeps_what_it_has():
    guard = MemoryReplayGuard(most=1)
    guard.begin(key("1", partner="A"), b"order", NOW)
    guard.begin(key("2", partner="B"), b"order", NOW)
    assert guard.begin(key("1", partner="B"), b"order", NOW + LEASE).attempt == 2
    assert len(guard) == 2


def test_room_that_is_empty_takes_no_room():
    guard = MemoryReplayGuard()
    for each in range(50):
        guard.begin(key(partner=str(each), sender=str(each)), b"order", NOW)
    assert guard.forget(NOW + KEEP + INSTANT) == 50
    assert (len(guard), guard._rooms, guard._owners) == (0, {}, {})


def test_a_full_memory_still_takes_further_attempts():
    guard = MemoryReplayGuard(most=1)
    guard.begin(key(), b"order", NOW)
    assert guard.begin(key(), b"order", NOW + LEASE).attempt == 2


def test_a_memory_of_nothing_is_refused():
    with pytest.raises(InvalidValue, match="at least one document"):
        MemoryReplayGuard(most=0)


def test_tokens_may_come_from_outside():
    assert MemoryReplayGuard(tokens=lambda: "t").begin(key(), b"order", NOW).token == "t"
    assert re.fullmatch("[0-9a-f]{32}", MemoryReplayGuard().begin(key(), b"order", NOW).token)


# --- any sequence of calls, held against a plain model -----------------------------------------------------

KEYS = st.sampled_from([key("1"), key("2"), key("1", from_="ridge"), key("1", subject="another")])
BACK = [-INSTANT, -LEASE, -LEASE - INSTANT, -timedelta(days=1)]


class GuardMachine(RuleBasedStateMachine):
    """The model: for each key a digest, the number of the attempt, when it began, and the answer if there is one."""

    make = staticmethod(MemoryReplayGuard)

    @initialize()
    def start(self) -> None:
        self.guard = self.make()
        self.now = NOW
        self.model: dict[ReplayKey, dict[str, object]] = {}
        self.claims: list[Claim] = []

    @rule(by=st.sampled_from([INSTANT, LEASE - INSTANT, LEASE, timedelta(hours=9), KEEP, KEEP + INSTANT, *BACK]))
    def wait(self, by: timedelta) -> None:
        self.now += by

    @rule(each=KEYS, digest=st.sampled_from([b"order", b"another"]))
    def begin(self, each: ReplayKey, digest: bytes) -> None:
        known = self.model.get(each)
        if known is not None and self.now - known["at"] > KEEP:
            known = None
        status = 0
        if known is not None and known["digest"] != digest:
            status = 409
        elif known is not None and known["claim"] is not None and -LEASE <= self.now - known["at"] < LEASE:
            status = 560
        if status:
            assert refused(lambda: self.guard.begin(each, digest, self.now)) == status
            return
        outcome = self.guard.begin(each, digest, self.now)
        if known is not None and known["answer"] is not None:
            assert outcome == known["answer"]
            return
        attempt = 1 if known is None else known["number"] + 1
        assert (outcome.key, outcome.attempt) == (each, attempt)
        self.model[each] = {
            "digest": digest,
            "number": attempt,
            "at": self.now,
            "answer": None,
            "claim": outcome.token,
        }
        self.claims.append(outcome)

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), text=st.sampled_from("ab"))
    def finish(self, data: st.DataObject, text: str) -> None:
        claim = data.draw(st.sampled_from(self.claims))
        known = self.model.get(claim.key)
        if known is None or known["claim"] != claim.token:
            assert refused(lambda: self.guard.finish(claim, answer(text), self.now)) == 560
            return
        self.guard.finish(claim, answer(text), self.now)
        known.update(answer=answer(text), at=self.now, claim=None)

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def abandon(self, data: st.DataObject) -> None:
        claim = data.draw(st.sampled_from(self.claims))
        self.guard.abandon(claim)
        if claim.key in self.model and self.model[claim.key]["claim"] == claim.token:
            self.model[claim.key]["claim"] = None

    @rule()
    def forget(self) -> None:
        old = [each for each, known in self.model.items() if self.now - known["at"] > KEEP]
        assert self.guard.forget(self.now) == len(old)
        for each in old:
            del self.model[each]


def test_any_sequence_of_calls_goes_as_the_model_has_it_in_memory():
    run_state_machine_as_test(GuardMachine, settings=settings(max_examples=200, stateful_step_count=30))


@pytest.mark.parametrize("kind", KINDS[1:])
def test_any_sequence_of_calls_goes_as_the_model_has_it_in_a_database(kind, request, tmp_path):
    address = f"sqlite:///{tmp_path / 'shop.db'}" if kind == "sqlite" else request.getfixturevalue("server")
    guard, engine = in_database(address, "machine")

    def emptied():
        with engine.begin() as connection:
            for table in guard.metadata.sorted_tables:
                connection.execute(table.delete())
        return guard

    class DatabaseMachine(GuardMachine):
        make = staticmethod(emptied)

    try:
        run_state_machine_as_test(DatabaseMachine, settings=settings(max_examples=25, stateful_step_count=25))
    finally:
        guard.metadata.drop_all(engine)
        engine.dispose()


def test_a_document_is_filed_under_a_short_name_however_long_its_own_is():
    keys = [
        key("x" * 1_000_000),
        key("x" * 1_000_001),
        key("1", mode="production"),
        key("1"),
        key(sender="1"),
        key(from_="1"),
        key(subject="1"),
    ]
    assert {len(each.id) for each in keys} == {64}
    assert len({each.id for each in keys}) == len(keys)
    guard = MemoryReplayGuard()
    tracemalloc.start()
    try:
        for number in range(20):
            guard.finish(guard.begin(key(f"{number}" * 500_000), b"order", NOW), answer(), NOW)
        assert tracemalloc.get_traced_memory()[0] < 1_000_000
    finally:
        tracemalloc.stop()
