"""The lowest versions that pyproject.toml allows, as constraints for pip: python tools/minimum.py > constraints.txt

Each requirement has one lower bound, and that bound is a version that exists: whoever changes it runs
``make test-minimum``. What an extra takes from another extra is followed.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

__all__ = ["floors"]

PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"

_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)(?:\[([a-z0-9,]+)\])?(?:>=([0-9.]+))?").fullmatch


def floors(*extras: str) -> dict[str, str]:
    """The lowest version of every requirement of the core and of these extras, by name.

    Raises ValueError for a requirement that has no lower bound, or two.
    """
    project = tomllib.loads(PROJECT.read_text("utf-8"))["project"]
    found: dict[str, str] = {}
    for name, floor in _walked(project, project["dependencies"] + [f"{project['name']}[{','.join(extras)}]"]):
        if found.setdefault(name, floor) != floor:
            raise ValueError(f"{name} has two lower bounds, {found[name]} and {floor}")
    return found


def _walked(project: dict[str, object], requirements: list[str]) -> Iterator[tuple[str, str]]:
    for requirement in requirements:
        read = _REQUIREMENT(requirement)
        if read is None:
            raise ValueError(f"{requirement!r} has another form than 'name>=version'")
        name, wanted, floor = read.groups()
        if name == project["name"]:
            extras = project["optional-dependencies"]
            assert isinstance(extras, dict)
            for extra in (wanted or "").split(","):
                yield from _walked(project, extras[extra] if extra else [])
        elif floor is None:
            raise ValueError(f"{requirement!r} has no lower bound")
        else:
            yield name, floor


if __name__ == "__main__":
    for name, floor in sorted(floors(*(sys.argv[1:] or ["test"])).items()):
        print(f"{name}=={floor}")
