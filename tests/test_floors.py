"""The lowest versions that pyproject.toml allows, and what is told of an audit."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def minimum() -> ModuleType:
    return tool("minimum")


@pytest.mark.parametrize("extra", PROJECT["optional-dependencies"])
def test_every_requirement_has_one_lowest_version(extra: str, minimum: ModuleType) -> None:
    found = minimum.floors(extra)
    assert {"attrs", "lxml", "xmlschema"} <= found.keys()
    assert all(re.fullmatch(r"\d+(\.\d+)*", floor) for floor in found.values())


def test_no_two_extras_disagree(minimum: ModuleType) -> None:
    together = minimum.floors(*PROJECT["optional-dependencies"])
    assert together == {
        name: floor for extra in PROJECT["optional-dependencies"] for name, floor in minimum.floors(extra).items()
    }


def test_the_tests_are_run_with_all_that_the_library_can_use(minimum: ModuleType) -> None:
    optional = PROJECT["optional-dependencies"].keys() - {"audit", "bench", "docs", "fuzz", "lint", "test"}
    assert minimum.floors(*optional).items() <= minimum.floors("test").items()


@pytest.mark.parametrize(
    "requirement", ["lxml", "lxml==6.1", "lxml>=6.1,<7", "lxml>6", "lxml>=6.1; python_version>'3'"]
)
def test_a_requirement_of_another_form_is_told(requirement: str, minimum: ModuleType, tmp_path: Path) -> None:
    minimum.PROJECT, before = tmp_path / "pyproject.toml", minimum.PROJECT
    try:
        minimum.PROJECT.write_text(
            f'[project]\nname = "a"\ndependencies = ["{requirement}"]\n[project.optional-dependencies]\nb = []\n',
            "utf-8",
        )
        with pytest.raises(ValueError, match="lxml"):
            minimum.floors("b")
    finally:
        minimum.PROJECT = before


def package(name: str, *holes: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "version": "1.0", "vulns": list(holes)}


HOLE = {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-1"], "fix_versions": ["1.1"]}


def test_an_audit_that_could_ask_nobody_is_none() -> None:
    told = tool("audit").told
    for found in ([], [{"name": "lxml", "skip_reason": "not found"}]):
        (line,), good = told(".venv", found)
        assert "NOT AUDITED" in line
        assert good


def test_a_hole_is_told_with_the_version_that_mends_it() -> None:
    lines, good = tool("audit").told(".venv", [package("a", HOLE), package("b"), package("pip", HOLE)])
    assert lines == [".venv: 2 packages audited.", "  a 1.0: PYSEC-2026-1 CVE-2026-1, fixed in 1.1"]
    assert not good


def test_a_hole_that_cannot_be_reached_is_told_with_its_reason() -> None:
    audit = tool("audit")
    (name, *_) = audit.HARMLESS
    lines, good = audit.told(".venv", [package("a", {**HOLE, "aliases": [name]})])
    assert "harmless: " in lines[1]
    assert good
