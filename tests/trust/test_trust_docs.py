"""What docs/security.md promises: each promise names tests, and they exist; its example runs."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from headers import body, shared

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text("utf-8")


def test_each_promise_names_tests_that_exist():
    tests = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    rows = [
        line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith(("| promise", "| extra"))
    ]
    promised = [row for row in rows if "`test_" in row or "tests/" in row]
    assert len(promised) >= 45
    for row in promised:
        for name in re.findall(r"`(test_\w+)`", row):
            assert f"def {name}(" in tests, name


def test_every_promise_has_a_test():
    for table in re.findall(r"\| promise \| test \|\n\|[-|]+\|\n((?:\|.*\n)+)", TEXT):
        for row in table.splitlines():
            assert re.search(r"`test_\w+`|`tests/\w+\.py`", row), row


def test_the_files_that_hold_a_promise_exist():
    for page in ("SECURITY.md", "docs/security.md"):
        named = re.findall(r"`((?:tests|bench)/[\w/.]+)`", (ROOT / page).read_text("utf-8"))
        assert named
        for name in named:
            assert (ROOT / name).exists(), name


def test_the_example_lets_in_whom_it_should(monkeypatch):
    monkeypatch.setenv("ACME_SECRET", "right")
    (example,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    names: dict[str, object] = {}
    exec(example, names)
    answers = [
        names["receive"](  # type: ignore[operator]
            body([("NetworkID", "AN01000000123", shared(secret))], to=[("DUNS", "94-288-8710")])
        )
        for secret in ("right", "wrong")
    ]
    assert answers == ["200 AN01000000123 (production)", "401 The sender could not be authenticated."]


def test_nothing_public_of_trust_returns_a_boolean():
    """A result that can be ignored, or asked for the wrong way round, is how a door comes to stand open."""
    source = ROOT / "src" / "cxml_punchout" / "trust"
    functions = 0
    for path in source.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                functions += 1
                assert node.returns is not None, f"{path.name} {node.name}"
                assert "bool" not in ast.unparse(node.returns), f"{path.name} {node.name}"
    assert functions > 40
