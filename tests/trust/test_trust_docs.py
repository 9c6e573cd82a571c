"""What docs/security.md promises: each promise names tests, and they exist; its example runs."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from headers import body, shared

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text("utf-8")


def test_each_promise_names_tests_that_exist():
    places = (*Path(__file__).parent.glob("test_*.py"), ROOT / "tests/test_masking.py", ROOT / "tests/test_secrets.py")
    tests = "\n".join(path.read_text("utf-8") for path in places)
    rows = [line for line in TEXT.splitlines() if line.startswith("| ") and "`test_" in line]
    assert len(rows) >= 15
    for row in rows:
        for name in re.findall(r"`(test_\w+)`", row):
            assert f"def {name}(" in tests, name


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
