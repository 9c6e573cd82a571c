"""The shop of the examples, started once under each server that a test asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest
from serving import Running, serving


@pytest.fixture(scope="session")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Running]]:
    """A shop by the name of its server. Django has one set of settings in a process, so each is there but once."""
    with ExitStack() as running:

        @cache
        def shop(name: str) -> Running:
            return running.enter_context(serving(name, tmp_path_factory.mktemp(name) / "shop.db"))

        yield shop


@pytest.fixture
def shop(shops: Callable[[str], Running]) -> Running:
    """The shop under the server of the standard library."""
    return shops("http_server")
