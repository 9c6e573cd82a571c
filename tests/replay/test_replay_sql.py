"""The guard in a database: workers that race, transactions of the application, and crashes."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from guards import KEEP, LEASE, NOW, answer, key

from cxml_punchout.errors import Refusal
from cxml_punchout.replay import Claim, Stored

sa = pytest.importorskip("sqlalchemy", reason="the extra sql is not installed")
from cxml_punchout.replay.sql import SqlReplayGuard  # noqa: E402


@pytest.fixture
def guard(engine: sa.Engine) -> SqlReplayGuard:
    made = SqlReplayGuard(engine)
    made.create_tables()
    return made


@pytest.fixture
def orders(engine: sa.Engine) -> sa.Table:
    """Orders as an application keeps them. Nothing in the table keeps an order from being there twice."""
    made = sa.Table("orders", sa.MetaData(), sa.Column("payload_id", sa.Text))
    made.create(engine)
    return made


def kept(engine: sa.Engine, orders: sa.Table) -> list[str]:
    with engine.connect() as connection:
        return sorted(connection.execute(sa.select(orders.c.payload_id)).scalars())


# --- races -------------------------------------------------------------------------------------------------


def handle(guard: SqlReplayGuard, engine: sa.Engine, orders: sa.Table, payload_id: str) -> str:
    """What an endpoint does with an order."""
    try:
        outcome = guard.begin(key(payload_id), b"order", NOW)
    except Refusal as refusal:
        return str(refusal.status)
    if isinstance(outcome, Stored):
        return "repeat"
    with engine.begin() as connection:
        connection.execute(sa.insert(orders), {"payload_id": payload_id})
    guard.finish(outcome, answer(payload_id), NOW)
    return "handled"


def test_threads_that_race_for_a_document_make_one_order(guard, engine, orders):
    rounds, workers = 40, 4
    gate = threading.Barrier(workers)

    def work(_: int) -> list[str]:
        done = []
        for number in range(rounds):
            gate.wait()
            done.append(handle(guard, engine, orders, f"{number}@buy"))
        return done

    with ThreadPoolExecutor(workers) as pool:
        outcomes = list(zip(*pool.map(work, range(workers)), strict=True))
    assert kept(engine, orders) == sorted(f"{number}@buy" for number in range(rounds))
    for one_round in outcomes:
        assert one_round.count("handled") == 1
        assert set(one_round) <= {"handled", "560", "repeat"}
    assert sum(one_round.count("560") for one_round in outcomes), "there was no race at all"


def test_threads_that_race_for_a_further_attempt_make_one(guard):
    rounds, workers = 20, 4
    gate = threading.Barrier(workers)

    def work(_: int) -> list[int]:
        attempts = []
        for number in range(rounds):
            gate.wait()
            try:
                attempts.append(guard.begin(key(), b"order", NOW + number * LEASE).attempt)
            except Refusal as refusal:
                attempts.append(-refusal.status)
            gate.wait()
        return attempts

    with ThreadPoolExecutor(workers) as pool:
        outcomes = list(zip(*pool.map(work, range(workers)), strict=True))
    assert [sorted(one_round) for one_round in outcomes] == [[-560, -560, -560, number + 1] for number in range(rounds)]


WORKER = """
import sys
sys.path.insert(0, {tests!r})
import sqlalchemy as sa
from cxml_punchout.replay.sql import SqlReplayGuard
from test_replay_sql import handle

engine = sa.create_engine({address!r})
orders = sa.Table("orders", sa.MetaData(), autoload_with=engine)
guard = SqlReplayGuard(engine)
print("ready", flush=True)
sys.stdin.readline()
for number in range({rounds}):
    print(handle(guard, engine, orders, f"{{number}}@buy"))
engine.dispose()
"""


@pytest.mark.slow
def test_processes_that_race_for_documents_make_one_order_of_each(guard, engine, orders, request):
    address = engine.url.render_as_string(hide_password=False)
    script = WORKER.format(tests=str(request.path.parent), address=address, rounds=100)
    command = [sys.executable, "-c", script]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    printed = [worker.communicate(timeout=120) for worker in workers]
    assert [(worker.returncode, errors) for worker, (_, errors) in zip(workers, printed, strict=True)] == [(0, "")] * 2
    outcomes = list(zip(*(lines.split() for lines, _ in printed), strict=True))
    assert len(outcomes) == 100
    assert all(pair.count("handled") == 1 and set(pair) <= {"handled", "560", "repeat"} for pair in outcomes)
    assert kept(engine, orders) == sorted(f"{number}@buy" for number in range(100))


# --- with the transaction of the application ---------------------------------------------------------------


def test_an_order_and_the_word_that_it_is_there_are_committed_together(guard, engine, orders):
    claim = guard.begin(key(), b"order", NOW)
    with engine.begin() as connection:
        connection.execute(sa.insert(orders), {"payload_id": "1"})
        guard.finish(claim, answer(), NOW, connection=connection)
    assert guard.begin(key(), b"order", NOW) == answer()
    assert kept(engine, orders) == ["1"]


def test_a_crash_before_the_commit_leaves_nothing_and_the_next_attempt_does_it_all(guard, engine, orders):
    claim = guard.begin(key(), b"order", NOW)
    with engine.connect() as connection:
        connection.execute(sa.insert(orders), {"payload_id": "1"})
        guard.finish(claim, answer("lost"), NOW, connection=connection)
        connection.rollback()
    assert kept(engine, orders) == []
    claim = guard.begin(key(), b"order", NOW + LEASE)
    assert claim.attempt == 2
    with engine.begin() as connection:
        connection.execute(sa.insert(orders), {"payload_id": "1"})
        guard.finish(claim, answer(), NOW + LEASE, connection=connection)
    assert kept(engine, orders) == ["1"]
    assert guard.begin(key(), b"order", NOW + LEASE) == answer()


def test_an_attempt_that_lost_its_lease_takes_its_order_back(guard, engine, orders):
    slow = guard.begin(key(), b"order", NOW)
    quick = guard.begin(key(), b"order", NOW + LEASE)

    def settle(claim: Claim) -> None:
        with engine.begin() as connection:
            connection.execute(sa.insert(orders), {"payload_id": str(claim.attempt)})
            guard.finish(claim, answer(), NOW + LEASE, connection=connection)

    settle(quick)
    with pytest.raises(Refusal, match="second time"):
        settle(slow)
    assert kept(engine, orders) == ["2"]


@pytest.fixture
def postgres(server: str):
    """Two ways into one database; whoever waits for a lock on the second one gets an error."""
    first = sa.create_engine(server)
    impatient = sa.create_engine(server, connect_args={"options": "-c lock_timeout=300"})
    guards = [SqlReplayGuard(each, table="patience") for each in (first, impatient)]
    guards[0].create_tables()
    yield first, *guards
    guards[0].metadata.drop_all(first)
    first.dispose()
    impatient.dispose()


@pytest.mark.slow
def test_nobody_waits_for_a_transaction_of_the_application(postgres):
    engine, guard, other = postgres
    claim = guard.begin(key(), b"order", NOW)
    with engine.begin() as connection:
        guard.finish(claim, answer(), NOW, connection=connection)
        with pytest.raises(Refusal) as caught:
            other.begin(key(), b"order", NOW)
        assert caught.value.status == 560
        other.finish(other.begin(key("2"), b"order", NOW), answer(), NOW)
    assert other.begin(key(), b"order", NOW) == answer()


@pytest.mark.slow
def test_a_further_attempt_sees_what_a_slow_one_commits_in_the_meantime(postgres):
    engine, guard, _ = postgres
    claim = guard.begin(key(), b"order", NOW)
    with ThreadPoolExecutor(1) as pool:
        with engine.begin() as connection:
            guard.finish(claim, answer("slow"), NOW + LEASE, connection=connection)
            repeat = pool.submit(guard.begin, key(), b"order", NOW + LEASE)
            _until(lambda: _waiting(engine) or repeat.done())
            assert not repeat.done()
        assert repeat.result(timeout=30) == answer("slow")


def _waiting(engine: sa.Engine) -> bool:
    with engine.connect() as connection:
        return bool(connection.execute(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar())


def _until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


# --- the table ---------------------------------------------------------------------------------------------


def test_the_table_has_a_name_of_its_own_and_is_made_once(engine):
    for _ in range(2):
        SqlReplayGuard(engine, table="repeats").create_tables()
    assert sa.inspect(engine).get_table_names() == ["repeats"]


def test_errors_of_the_database_come_through(engine):
    with pytest.raises(sa.exc.SQLAlchemyError):
        SqlReplayGuard(engine).begin(key(), b"order", NOW)


def test_a_person_can_find_a_document_in_the_table(guard, engine):
    guard.finish(guard.begin(key("1@buy", sender="acme"), b"order", NOW), answer(), NOW)
    guard.begin(key("x" * 10_000), b"order", NOW)
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT sender, payload_id, status FROM cxml_replay ORDER BY status")).all()
    assert ("'acme'", "'1@buy'", 200) in rows
    assert all(len(text) < 210 for row in rows for text in row[:2])


class Beaten(SqlReplayGuard):
    """Somebody is always a little quicker, between what it reads and what it writes."""

    def __init__(self, engine, rival):
        super().__init__(engine)
        self.rival, self.tries = rival, 0

    def _read(self, key):
        self.tries += 1
        known = super()._read(key)
        self.rival(self.tries)
        return known


def test_who_is_beaten_looks_again(engine, guard):
    guard.begin(key(), b"order", NOW)
    other = Beaten(engine, lambda tries: tries > 1 or guard.begin(key(), b"order", NOW + LEASE))
    with pytest.raises(Refusal) as caught:
        other.begin(key(), b"order", NOW + LEASE)
    assert (caught.value.status, other.tries) == (560, 2)


def test_who_is_beaten_to_an_old_document_gets_the_new_answer(engine, guard):
    guard.finish(guard.begin(key(), b"old", NOW), answer("old"), NOW)
    later = NOW + KEEP + LEASE

    def rival(tries: int) -> None:
        if tries == 1:
            guard.finish(guard.begin(key(), b"order", later), answer("new"), later)

    assert Beaten(engine, rival).begin(key(), b"order", later) == answer("new")


def test_who_is_beaten_all_the_time_gives_up_and_says_why(engine, guard):
    def rival(tries: int) -> None:
        # Makes the row after it was looked for, and takes it away before it is looked for again.
        guard.forget(NOW + 3 * KEEP)
        guard.begin(key(), b"order", NOW)

    class Unlucky(Beaten):
        def _read(self, key):
            guard.forget(NOW + 3 * KEEP)
            return super()._read(key)

    other = Unlucky(engine, rival)
    with pytest.raises(Refusal) as caught:
        other.begin(key(), b"order", NOW)
    assert (caught.value.status, other.tries) == (560, 10)
    assert isinstance(caught.value.__cause__, sa.exc.IntegrityError)
