"""The docs: all their code runs, all their links lead somewhere, and every page can be found."""

from __future__ import annotations

import argparse
import ast
import importlib
import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from snippets import ROOT, blocks, included, run_page
from test_package import ORDER
from visits import example, partner

import cxml_punchout
from cxml_punchout.cli import main as command_line

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NAVIGATION = (ROOT / "mkdocs.yml").read_text("utf-8")

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())


def text_of(page: Path) -> str:
    """A page without its code."""
    code = re.compile(r"^( *)```.*?^\1```$|^<!--.*?^-->$", re.DOTALL | re.MULTILINE)
    return code.sub("", page.read_text("utf-8"))


# --- code ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if any(block.kind in ("python", "console") for block in blocks(page.read_text("utf-8")))],
    ids=lambda page: page.relative_to(DOCS).as_posix(),
)
def test_the_code_of_a_page_runs(page, tmp_path, monkeypatch):
    names: dict[str, Any] = {"__name__": "page", "example": example, "partner": partner, "setenv": monkeypatch.setenv}
    run_page(page, tmp_path, names)


@each_page
def test_code_in_a_page_is_marked_as_such(page):
    # A block that is only indented would not run.
    for block in re.findall(r"(?:^ {4}\S.*\n)+", text_of(page), re.MULTILINE):
        assert not re.search(r"^ {4}(?:import|from \w+ import|def|class|for|with) |^ {4}\w+ = ", block, re.M), block


# --- links -----------------------------------------------------------------------------------------------


@each_page
def test_every_relative_link_leads_somewhere(page):
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", text_of(page))
    assert [link for link in links if not (page.parent / link).is_file()] == []


@each_page
def test_every_file_that_a_page_includes_is_there(page):
    text = page.read_text("utf-8")
    named = re.findall(r'^ *--8<-- "([^"]+)"', text, re.MULTILINE)
    named += [name for block in blocks(text) for name in included(block)]
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_every_page_is_in_the_navigation_and_nothing_else_is():
    named = re.findall(r"^ +- (?:[^:\n]+: )?([\w/-]+\.md)$", NAVIGATION, re.MULTILINE)
    assert sorted(named) == sorted(page.relative_to(DOCS).as_posix() for page in PAGES)


# --- what is named exists ------------------------------------------------------------------------------------


def test_every_option_that_is_named_exists(monkeypatch):
    known = options(monkeypatch)
    for page in (ROOT / "README.md", *PAGES):
        for line in page.read_text("utf-8").splitlines():
            # The benchmarks have options of their own, and other programs too.
            if "cxml-punchout " in line or (page.name == "command-line.md" and not line.startswith("    $")):
                for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+", line):
                    assert option in known, f"{page.name}: {option}"


def options(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """All options of the command line."""
    found: set[str] = set()
    original = argparse.ArgumentParser.add_argument

    def noted(self: Any, *names: Any, **options: Any) -> Any:
        found.update(name for name in names if isinstance(name, str))
        return original(self, *names, **options)

    monkeypatch.setattr(argparse._ActionsContainer, "add_argument", noted)
    with pytest.raises(SystemExit):
        command_line(["--version"])
    return found


def test_every_target_of_make_that_is_named_exists():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *PAGES):
        for name in re.findall(r"(?:`|&& |^ {4})make (\w+)", page.read_text("utf-8"), re.MULTILINE):
            assert name in targets, f"{page.name}: {name}"


def test_every_option_of_a_target_of_make_exists():
    scripts = dict(
        re.findall(r"^(\w+):.*\n\t\S+python (\S+\.py) ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    )
    named = [
        found
        for page in (ROOT / "README.md", *PAGES)
        for found in re.findall(r"make (\w+) ARGS=(--[a-z-]+)", page.read_text("utf-8"))
    ]
    assert named
    for target, option in named:
        assert f'"{option}"' in (ROOT / scripts[target]).read_text("utf-8"), f"make {target} {option}"


def test_every_extra_that_is_named_exists():
    extras = PROJECT["optional-dependencies"]
    for page in (ROOT / "README.md", *PAGES):
        for name in re.findall(r"cxml-punchout\[(\w+)\]", page.read_text("utf-8")):
            assert name in extras, f"{page.name}: {name}"


def test_the_layers_are_drawn_in_their_order():
    page = (DOCS / "design.md").read_text("utf-8")
    rows = re.findall(r"^\| ((?:`\w+/?`(?:, )?)+) \|", page[page.index("| module |") :], re.MULTILINE)
    drawn = [name for row in rows for name in re.findall(r"`(\w+)/?`", row)]
    assert drawn[: len(ORDER) - 2] == [name for name in ORDER if not name.startswith("__")]


def test_every_package_that_is_needed_is_told_with_its_reason():
    page = (DOCS / "design.md").read_text("utf-8")
    told = page[page.index("\n## Dependencies\n") :].casefold()
    needed = [name for names in (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()) for name in names]
    names = {re.split(r"[\[>=]", name)[0] for name in needed} - {PROJECT["name"]}  # an extra takes what another one has
    assert [name for name in names if name not in told] == []


# --- the reference ---------------------------------------------------------------------------------------

DESCRIBED = re.findall(
    r"^::: (\S+)$", "\n".join(page.read_text("utf-8") for page in DOCS.glob("reference/**/*.md")), re.MULTILINE
)


def exported(name: str) -> set[int]:
    """What a reference entry describes: an object, or all that a module exports."""
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError:
        parent, _, last = name.rpartition(".")
        return {id(getattr(importlib.import_module(parent), last))}
    return {id(getattr(module, each)) for each in module.__all__}


def test_the_reference_describes_the_whole_public_face():
    described = {found for name in DESCRIBED for found in exported(name)}
    missing = [name for name in cxml_punchout.__all__ if id(getattr(cxml_punchout, name)) not in described]
    assert missing == []


def test_the_reference_describes_every_topic_of_elements():
    topics = {path.stem for path in (ROOT / "src" / "cxml_punchout" / "models").glob("*.py")} - {"__init__"}
    assert {name.removeprefix("cxml_punchout.models.") for name in DESCRIBED if ".models." in name} == topics


#: Modules that users import from, by what the project says of itself.
PUBLIC = ("buyer", "endpoint", "envelope", "mime", "orders", "punchout.", "replay.", "testing.", "trust.", "roundtrip")
#: Of these, the ones that only other modules of ours use.
INNER = {"replay.terms", "trust.records"}


def test_the_reference_describes_every_module_that_users_import_from():
    source = ROOT / "src" / "cxml_punchout"
    modules = {
        path.relative_to(source).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
        for path in source.rglob("*.py")
    }
    wanted = {
        module
        for module in modules - INNER
        if module.startswith(tuple(name for name in PUBLIC if name.endswith("."))) or module in PUBLIC
    }
    described = {name.removeprefix("cxml_punchout.") for name in DESCRIBED}
    missing = {
        module
        for module in wanted
        if not any(name == module or name.startswith(f"{module}.") for name in described) and has_all(source, module)
    }
    assert missing == set()


def has_all(source: Path, module: str) -> bool:
    path = source / f"{module.replace('.', '/')}.py"
    path = path if path.is_file() else source / module.replace(".", "/") / "__init__.py"
    return any(
        isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        for node in ast.parse(path.read_text("utf-8")).body
    )


DOCSTRING = """What it is.

key: of the session.
items, others: the cart
    to open. limits: what fits.

Raises UsageError (Status 500).

    a: is code
"""
MARKDOWN = """What it is.

- `key`: of the session.
- `items`, `others`: the cart to open.
- `limits`: what fits.

Raises UsageError (Status 500).

    a: is code
"""


def test_fields_in_docstrings_become_lists():
    pytest.importorskip("griffe", reason="the extra docs is not installed")
    spec = importlib.util.spec_from_file_location("docstrings", DOCS / "docstrings.py")
    assert spec is not None
    assert spec.loader is not None
    docstrings = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(docstrings)
    assert docstrings.markdown(DOCSTRING) == MARKDOWN


# --- the site --------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_site_is_built_without_a_warning_and_asks_nobody_else_for_anything(tmp_path):
    if importlib.util.find_spec("mkdocs") is None or importlib.util.find_spec("mkdocstrings") is None:
        pytest.skip("the extra docs is not installed, so the site is not built here; make docs does it")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", tmp_path / "site"],
        cwd=ROOT,
        env={"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT / "src"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    # Said quietly, warnings would not count as such.
    said = [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("INFO ")]
    assert (done.returncode, said) == (0, [])
    built = sorted((tmp_path / "site").rglob("*.html"))
    assert len(built) >= len(PAGES)
    for page in built:
        html = page.read_text("utf-8")
        loaded = re.findall(r"""<(?:script|img|iframe|source)\b[^>]*\bsrc=["']?([^"'\s>]+)""", html)
        loaded += re.findall(r"""<link\b(?![^>]*rel=["']?canonical)[^>]*\bhref=["']?([^"'\s>]+)""", html)
        assert [url for url in loaded if re.match(r"(https?:)?//", url)] == [], page.name
        assert included_is_resolved(html), page.name


def included_is_resolved(html: str) -> bool:
    return "--8&lt;--" not in html and "--8<--" not in html


def test_the_pages_of_frameworks_show_the_files_that_run():
    shown = {name for page in PAGES for block in blocks(page.read_text("utf-8")) for name in included(block)}
    assert {name for name in shown if name.startswith("examples/shop/with_")} == {
        path.relative_to(ROOT).as_posix() for path in (ROOT / "examples" / "shop").glob("with_*.py")
    }
