"""mypy and pyright accept all of ``typing_pass.py``, and refuse each marked line of ``typing_fail.py`` and no other."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PASS, FAIL = HERE / "typing_pass.py", HERE / "typing_fail.py"
MARK = re.compile(r"# E: ([\w-]+) \| (\w+)$")


class Complaint(NamedTuple):
    file: str
    line: int
    rule: str


def installed(name: str) -> pytest.MarkDecorator:
    missing = importlib.util.find_spec(name) is None
    return pytest.mark.skipif(missing, reason=f"{name} is not installed; it comes with the extra 'lint'")


def by_mypy(*files: Path, cache: Path) -> list[Complaint]:
    # The library itself is checked by `make lint`; here only its surface counts.
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--no-error-summary"]
    command += ["--hide-error-context", "--no-pretty", "--no-color-output", "--show-error-codes"]
    command += ["--config-file=", f"--cache-dir={cache}", *map(str, files)]
    environment = {"MYPYPATH": str(ROOT / "src")}
    result = run(command, environment)
    complaints = []
    for line in result.stdout.splitlines():
        if match := re.match(r"(.+?):(\d+)(?::\d+)?: error: .*\[([\w-]+)\]$", line):
            complaints.append(Complaint(Path(match[1]).name, int(match[2]), match[3]))
    assert result.returncode in (0, 1), result.stdout + result.stderr
    assert bool(complaints) == bool(result.returncode), result.stdout
    return complaints


def by_pyright(*files: Path, directory: Path) -> list[Complaint]:
    for file in files:  # it looks at nothing outside the directory of its settings
        shutil.copy(file, directory)
    settings = {
        "include": ["."],
        "extraPaths": [str(ROOT / "src")],
        "typeCheckingMode": "standard",
        "pythonVersion": "3.11",
        "reportUnusedExpression": False,
    }
    (directory / "pyrightconfig.json").write_text(json.dumps(settings), "utf-8")
    command = [sys.executable, "-m", "pyright", "--outputjson", "-p", str(directory), "--pythonpath", sys.executable]
    result = run(command, {})
    if not result.stdout.startswith("{"):
        pytest.skip(f"pyright could not start, which needs Node.js or the network: {result.stderr.strip()[-200:]}")
    report = json.loads(result.stdout)
    assert report["summary"]["filesAnalyzed"] == len(files), result.stdout
    return [
        Complaint(Path(each["file"]).name, each["range"]["start"]["line"] + 1, each.get("rule", ""))
        for each in report["generalDiagnostics"]
        if each["severity"] == "error"
    ]


def run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ, **environment}
    )


def marks(number: int) -> Iterator[Complaint]:
    for line, text in enumerate(FAIL.read_text("utf-8").splitlines(), 1):
        if match := MARK.search(text):
            yield Complaint(FAIL.name, line, match[number])


def test_every_mark_is_understood():
    lines = [text for text in FAIL.read_text("utf-8").splitlines() if "  # E:" in text]
    assert len(lines) == len(list(marks(1))) > 30


@pytest.mark.slow
@installed("mypy")
def test_mypy(tmp_path):
    found = by_mypy(PASS, FAIL, cache=tmp_path)
    assert sorted(set(found)) == sorted(marks(1))


@pytest.mark.slow
@installed("pyright")
def test_pyright(tmp_path):
    found = by_pyright(PASS, FAIL, directory=tmp_path)
    assert sorted(set(found)) == sorted(marks(2))
