"""A real Chromium for tests, driven by Playwright: one that is installed, never one that is fetched.

Playwright keeps an event loop running in the thread in which it was started, where no test could run one of its own
any more. So it has a thread to itself, and a test hands it what to do.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["Browser", "executable"]

T = TypeVar("T")

#: What distributions call it.
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
)


def executable() -> str | None:
    """Where Chromium is, or None."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


class Browser:
    """One running Chromium; each ``visit`` has cookies and storage of its own."""

    def __init__(self, path: str) -> None:
        self._thread = ThreadPoolExecutor(1, "browser")
        self._thread.submit(self._start, path).result()

    def _start(self, path: str) -> None:
        from playwright.sync_api import sync_playwright

        self._playwright = sync_playwright().start()
        # The sandbox of Chromium refuses to be run by root.
        flags = [*_QUIET, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [*_QUIET]
        try:
            self._chromium = self._playwright.chromium.launch(executable_path=path, args=flags)
        except BaseException:
            self._playwright.stop()
            raise

    def visit(self, steps: Callable[[Page], T], *, scripts: bool = True) -> T:
        """Do ``steps`` with a fresh page and give their result; ``scripts=False`` for a user who has none."""
        return self._thread.submit(self._visit, steps, scripts).result(timeout=120)

    def _visit(self, steps: Callable[[Page], T], scripts: bool) -> T:
        context = self._chromium.new_context(java_script_enabled=scripts)
        context.set_default_timeout(30_000)
        try:
            return steps(context.new_page())
        finally:
            context.close()

    def close(self) -> None:
        self._thread.submit(self._stop).result()
        self._thread.shutdown()

    def _stop(self) -> None:
        self._chromium.close()
        self._playwright.stop()
