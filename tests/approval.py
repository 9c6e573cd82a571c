"""Every reply and every cart that is made anywhere in the tests is held against the official grammar and our own rules.

``conftest`` switches it on. A test that makes wrong ones on purpose has the marker ``unapproved`` and says why.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from typing import Any

import official

from cxml_punchout import UsageError, parse, serialize, validate
from cxml_punchout.endpoint import Endpoint
from cxml_punchout.punchout.session import PunchOutSession

_built: dict[bytes, None] = {}


def watch() -> None:
    """Remember what is built from now on."""
    _watch(Endpoint, "_reply", lambda reply: reply.body)
    _watch(PunchOutSession, "_message", serialize)


def _watch(owner: type, name: str, octets: Callable[[Any], bytes]) -> None:
    original = getattr(owner, name)

    @functools.wraps(original)
    def watched(*arguments: Any, **options: Any) -> Any:
        made = original(*arguments, **options)
        with contextlib.suppress(UsageError):  # what cannot be written goes nowhere
            _built[octets(made)] = None
        return made

    setattr(owner, name, watched)


def forget() -> None:
    _built.clear()


def check() -> None:
    """Fail if something was built that the official grammar or our own rules refuse."""
    for body in _built:
        report = validate(body)
        assert report.ok, f"a test built a document with errors\n{report}\n{body.decode()}"
        if official.directory() is not None:
            assert official.accepts(body), f"the official DTD refuses what a test built\n{body.decode()}"
            version = _named(body)
            if version in official.OLD_VERSIONS:
                assert official.accepts(body, version), f"cXML {version} cannot hold what a test built\n{body.decode()}"


def _named(body: bytes) -> str | None:
    doctype = parse(body, mode="tolerant").doctype
    return doctype.version if doctype is not None else None
