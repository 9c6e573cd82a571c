"""A child that is forked while threads work finds every lock free and everything whole."""

from __future__ import annotations

import faulthandler
import importlib
import os
import pkgutil
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

import pytest

import cxml_punchout
from cxml_punchout.forks import ForkLock, ForkSemaphore
from cxml_punchout.replay import ReplayKey, Stored
from cxml_punchout.replay.memory import MemoryReplayGuard
from cxml_punchout.trust import secrets
from cxml_punchout.trust.secrets import Given, Verifications

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here"),
    # Python 3.12 and later warn of what is tested here.
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]

NOW = datetime(2026, 5, 6, 12, 0, tzinfo=UTC)


def forked(work: Callable[[], object], seconds: int = 20) -> int:
    """How a child ends that does some work: 0, or -14 if it hangs.

    What else this process has loaded may keep a child from coming out of the fork at all; then another one is tried.
    """
    for _ in range(3):
        began, begins = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(begins, b"!")
            signal.alarm(seconds)
            faulthandler.dump_traceback_later(seconds - 5, file=sys.__stderr__)
            try:
                work()
                os._exit(0)
            except BaseException:
                os._exit(1)
        os.close(begins)
        came = bool(select.select([began], [], [], seconds)[0])
        os.close(began)
        if not came:
            os.kill(child, signal.SIGKILL)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if came:
            return ended
    return -signal.SIGKILL


@contextmanager
def busy(*jobs: Callable[[int], object]) -> Iterator[None]:
    """Threads that do their jobs over and over."""
    over = threading.Event()

    def work(job: Callable[[int], object]) -> None:
        turn = 0
        while not over.is_set():
            turn += 1
            job(turn)

    threads = [threading.Thread(target=work, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def test_a_lock_that_a_thread_holds_is_free_in_a_child() -> None:
    lock, semaphore = ForkLock(), ForkSemaphore(1)
    held, over = threading.Event(), threading.Event()

    def hold() -> None:
        with lock, semaphore:
            held.set()
            over.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(30)

    def take() -> None:
        with lock, semaphore:
            pass

    try:
        started = time.monotonic()
        assert forked(take) == 0
        assert time.monotonic() - started < 15, "a fork waits for a lock, but not for long"
    finally:
        over.set()
        thread.join()
    take()
    assert forked(take) == 0


def test_a_lock_is_still_held_by_its_thread_in_the_parent() -> None:
    lock = ForkLock()
    seen = []

    def hold() -> None:
        with lock:
            seen.append("in")
            time.sleep(0.3)
            seen.append("out")

    thread = threading.Thread(target=hold)
    thread.start()
    while not seen:
        time.sleep(0.001)
    assert forked(lambda: None) == 0
    with lock:
        assert seen == ["in", "out"]
    thread.join()


@pytest.mark.thorough
def test_a_child_of_a_busy_process_goes_on_with_what_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_verify", lambda encoded, given: "")
    guard = MemoryReplayGuard(most=7)
    known = Verifications(most=5)

    def handle(turn: int) -> None:
        key = ReplayKey("a", "a", "test", str(turn % 20), partner=f"p{turn % 3}")
        now = NOW + timedelta(hours=turn)
        claim = guard.begin(key, b"order", now)
        if not isinstance(claim, Stored):
            guard.finish(claim, Stored(b"<cXML/>", "text/xml", 200), now)
            guard.forget(now - timedelta(days=29))

    def verify(turn: int) -> None:
        known.check(f"hash {turn % 9}", Given("a secret"), NOW)

    def carry_on() -> None:
        for turn in range(10**6, 10**6 + 60):
            handle(turn)
            verify(turn)

    with busy(handle, verify):
        assert [forked(carry_on) for _ in range(60)] == [0] * 60
    assert forked(carry_on) == 0


#: In a process of its own: what else a process of tests has loaded, may hold on to locks of its own in a fork.
VALIDATING = """
import logging, os, signal, sys, threading
from pathlib import Path
from visits import partner
from cxml_punchout import Endpoint, MemoryStore, validate
from cxml_punchout.models import OrderRequest
from cxml_punchout.replay.memory import MemoryReplayGuard

# What a log is written to has a lock of its own, which is not ours to mend.
logging.disable(logging.CRITICAL)
body, partners, over = Path(sys.argv[1]).read_bytes(), MemoryStore([partner()]), threading.Event()

def answer(turn):
    endpoint = Endpoint(partners, replay=MemoryReplayGuard(), validate=("dtd", "type", "rule"))
    endpoint.handle(body.replace(b'quantity="', b'quantity="x'), None, {OrderRequest: lambda _: 200})
    validate(body.replace(b"<Total>", b"<Totals>" + b"%d" % turn).replace(b"</Total>", b"</Totals>"))

def work():
    turn = 0
    while not over.is_set():
        turn += 1
        answer(turn)

answer(0)
threads = [threading.Thread(target=work) for _ in range(3)]
for thread in threads:
    thread.start()
ended = []
for _ in range(300):
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        assert validate(body).ok
        answer(1)
        os._exit(0)
    ended.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
over.set()
for thread in threads:
    thread.join()
print(ended.count(0))
"""


@pytest.mark.slow
def test_three_hundred_children_of_a_process_that_validates_answer() -> None:
    here = Path(__file__).resolve().parent
    body = here.parent / "examples/documents/valid/precoro-order.xml"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", VALIDATING, str(body)],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": f"{here}{os.pathsep}{here.parent / 'src'}"},
    )
    assert done.stdout.strip() == "300", done.stderr


@pytest.mark.thorough
def test_locks_that_are_made_while_others_fork_keep_nobody_waiting() -> None:
    lock = ForkLock()

    def make(turn: int) -> None:
        made = [ForkLock() for _ in range(200)]
        with lock, made[turn % 200]:
            pass

    with busy(make, make, make):
        assert [forked(lambda: make(1)) for _ in range(100)] == [0] * 100
    make(1)


def test_no_property_has_a_lock_that_a_child_might_find_taken() -> None:
    # Python 3.11 has one lock for each cached property of all objects together; attrs makes slots of them instead.
    names = [each.name for each in pkgutil.walk_packages(cxml_punchout.__path__, "cxml_punchout.")]
    for name in [name for name in names if not name.endswith("__main__")]:
        for cls in [each for each in vars(importlib.import_module(name)).values() if isinstance(each, type)]:
            assert not [name for name, each in vars(cls).items() if isinstance(each, cached_property)], cls
