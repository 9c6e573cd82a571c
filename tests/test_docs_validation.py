"""The pages on validation: the list of codes is that of the library, and the twenty examples are what they claim."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import validated

from cxml_punchout import validate
from cxml_punchout.validation.codes import explanations

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "validation.md").read_text("utf-8")

# A comment, which no reader sees, names one of our documents and the piece of it that the example replaces.
EXAMPLE = re.compile(
    r"### \d+\. (?P<title>[^\n]+)\n\n<!-- (?P<base>\w+): (?P<anchor>.*?) -->\n.*?"
    r"```xml\n(?P<before>.*?)```\n\n```text\n(?P<findings>.*?)```\n.*?```xml\n(?P<after>.*?)```\n",
    re.DOTALL,
)
EXAMPLES = [match.groupdict() for match in EXAMPLE.finditer(PAGE)]


def document(example: dict[str, str], piece: str) -> str:
    whole: str = getattr(validated, example["base"].upper())
    anchor = example["anchor"].replace(" ↵ ", "\n")
    assert anchor in whole
    return whole.replace(anchor, piece.removesuffix("\n"), 1)


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["title"] for example in EXAMPLES])
def test_an_example_finds_what_it_says(example: dict[str, str]) -> None:
    lines = []
    for finding in validate(document(example, example["before"])).findings:
        lines.append(f"{finding.severity}[{finding.code}] {finding.message}")
        lines += [f"    {finding.hint}"] if finding.hint else []
    assert "\n".join(lines) + "\n" == example["findings"]


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["title"] for example in EXAMPLES])
def test_an_example_is_right_when_it_is_mended(example: dict[str, str]) -> None:
    assert validate(document(example, example["after"])).findings == ()


def test_there_are_twenty_examples() -> None:
    assert len(EXAMPLES) == len(re.findall(r"^### ", PAGE, re.MULTILINE)) == 20


def test_the_list_of_codes_is_as_it_would_be_written() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "make_findings.py", "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "stale: nothing\n"), done.stderr


def test_every_code_has_a_heading() -> None:
    page = (ROOT / "docs" / "findings.md").read_text("utf-8")
    assert set(re.findall(r"^### (\S+)$", page, re.MULTILINE)) == set(explanations())
