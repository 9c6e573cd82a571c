"""No regular expression of the package takes more than linear time over what a stranger sends."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from patterns import faults, pumped

import cxml_punchout

#: Where a pattern is refused by the checker and may stay: pattern -> why.
ALLOWED: dict[str, str] = {}
ANCHORED = ("match", "fullmatch")


def _named() -> Iterator[tuple[str, str, Any]]:
    for found in pkgutil.walk_packages(cxml_punchout.__path__, "cxml_punchout."):
        if not found.name.endswith("__main__"):
            module = importlib.import_module(found.name)
            for name, value in vars(module).items():
                yield found.name, name, value


def _inside(value: Any, depth: int = 0) -> Iterator[Any]:
    if depth > 4 or isinstance(value, (str, bytes)):
        return
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple, set, frozenset)):
        for each in value:
            yield from _inside(each, depth + 1)
    else:
        yield value


def compiled() -> dict[tuple[Any, int], tuple[str, bool]]:
    """The patterns that modules keep -> where, and whether they are searched."""
    known: dict[tuple[Any, int], tuple[str, bool]] = {}
    for module, name, value in _named():
        for each in _inside(value):
            owner = getattr(each, "__self__", each)
            if isinstance(owner, re.Pattern):
                searched = getattr(each, "__name__", "search") not in ANCHORED
                key = owner.pattern, owner.flags
                known[key] = f"{module}.{name}", searched or known.get(key, ("", False))[1]
    return known


def inline() -> dict[tuple[Any, int], tuple[str, bool]]:
    """The patterns that are written where they are used."""
    known: dict[tuple[Any, int], tuple[str, bool]] = {}
    for path in Path(cxml_punchout.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "re"):
                continue
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, (str, bytes)):
                flags = sum(
                    int(getattr(re, each.attr))
                    for each in ast.walk(node)
                    if isinstance(each, ast.Attribute) and each.attr.isupper() and hasattr(re, each.attr)
                )
                pattern = re.compile(first.value, flags)
                searched = node.func.attr not in (*ANCHORED, "compile")
                known[pattern.pattern, pattern.flags] = f"{path.name}:{node.lineno}", searched
    return known


def every() -> list[tuple[str, re.Pattern[Any], bool]]:
    found = inline() | compiled()
    return [(where, re.compile(*key), searched) for key, (where, searched) in found.items()]


EVERY = every()


def test_all_patterns_are_found() -> None:
    assert len(EVERY) > 100


@pytest.mark.parametrize(("where", "pattern", "searched"), EVERY, ids=[f"{row[0]}-{n}" for n, row in enumerate(EVERY)])
def test_no_repeats_that_can_overlap(where: str, pattern: re.Pattern[Any], searched: bool) -> None:
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    assert not re.search(r"[*+?}]\+|\(\?>", re.sub(r"\\.|\[(?:[^\]\\]|\\.)*\]", "_", text)), "wrong in early 3.11"
    if text in ALLOWED:
        assert faults(pattern, searched), "it need not be on the list"
    else:
        assert faults(pattern, searched) == [], where
