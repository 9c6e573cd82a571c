"""The demo: it reads all example documents, and says with its exit status whether all is well."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import cxml_punchout

DEMO = Path(__file__).resolve().parents[1] / "examples" / "demo.py"
DOCUMENTS = DEMO.parent / "documents"


@pytest.fixture(scope="module")
def demo() -> ModuleType:
    spec = importlib.util.spec_from_file_location("demo", DEMO)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_tells_of_every_document(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(cxml_punchout.__file__).parents[1]), "PYTHONUTF8": "1"}
    command = [sys.executable, str(DEMO)]
    done = subprocess.run(command, capture_output=True, cwd=tmp_path, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    told = done.stdout.decode("utf-8").splitlines()
    names = sorted(path.relative_to(DOCUMENTS).as_posix() for path in DOCUMENTS.rglob("*.xml"))
    assert sorted(line for line in told if line in names) == names
    valid = sum(name.startswith("valid/") for name in names)
    others = len(names) - valid
    assert re.fullmatch(rf"  valid +{valid} +{valid} +0 +0 +0 +{valid} of {valid}", told[-2])
    assert re.fullmatch(rf"  departures +{others} +\d+ +\d+ +0 +\d+ +{others} of {others}", told[-1])


GOOD = (DOCUMENTS / "valid" / "precoro-order-response.xml").read_bytes()
ODD = GOOD.replace(b"<Status ", b'<Status mood="glad" ')


@pytest.mark.parametrize(
    ("documents", "status"),
    [
        ({"valid/a.xml": GOOD}, 0),
        ({"valid/a.xml": GOOD, "departures/b.xml": ODD}, 0),
        ({"valid/a.xml": ODD}, 1),
        ({"valid/a.xml": GOOD, "departures/b.xml": b"<cXML"}, 1),
        ({}, 1),
    ],
    ids=["good", "departure", "departure-in-valid", "broken", "none"],
)
def test_its_exit_status_says_whether_all_is_well(
    demo: ModuleType, tmp_path: Path, documents: dict[str, bytes], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, body in documents.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(body)
    assert demo.main(tmp_path) == status
    if documents:
        assert capsys.readouterr().out.startswith("valid/a.xml\n")
