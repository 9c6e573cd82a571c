"""Threads that begin together in a new process say what one thread says, then and ever after.

What is made at first use (readers, writers, declarations, DTDs, schemas) is then made by several of them at once.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import first_use
import pytest

PROGRAM = Path(first_use.__file__)
MANY, FEW = 24, 4


def _agree(seed: int) -> None:
    done = subprocess.run([sys.executable, PROGRAM, str(seed)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), seed
    together, afterwards = json.loads(done.stdout)
    for plan, said, later in zip(first_use.plans(seed), together, afterwards, strict=True):
        expected = first_use.answers(plan)
        assert (plan, said) == (plan, expected), seed
        assert (plan, later) == (plan, expected), seed


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(FEW))
def test_threads_that_begin_together_agree(seed: int) -> None:
    _agree(seed)


@pytest.mark.slow
def test_threads_that_begin_together_agree_in_many_processes() -> None:
    for seed in range(FEW, MANY):
        _agree(seed)
