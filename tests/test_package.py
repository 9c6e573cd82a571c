"""The shape of the package: what it exports, who imports whom, what it loads, and what a wheel holds."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import cxml_punchout
from cxml_punchout import element
from cxml_punchout.binding import source

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "cxml_punchout"
PACKAGE = "cxml_punchout"
FILES = {path.relative_to(SOURCE).with_suffix("").as_posix().replace("/", "."): path for path in SOURCE.rglob("*.py")}


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(FILES[module].read_text("utf-8"))


@cache
def metadata() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


each_module = pytest.mark.parametrize("module", sorted(FILES))


# --- what is exported ------------------------------------------------------------------------------------


def full_name(module: str) -> str:
    return f"{PACKAGE}.{module}".removesuffix(".__init__")


def sorting_key(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest, as the linter has it."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2), name


@pytest.mark.parametrize("module", sorted(FILES.keys() - {"__main__"}))
def test_all_is_sorted_without_doubles_and_importable(module):
    loaded = importlib.import_module(full_name(module))
    if not hasattr(loaded, "__all__"):
        # Nothing to export: the classes of models are found by name, and a bare package holds modules only.
        assert module == "models.__init__" or not _public(module)
        return
    exported = loaded.__all__
    assert list(exported) == sorted(set(exported), key=sorting_key)
    for name in exported:
        assert getattr(loaded, name) is not None


def _public(module: str) -> list[str]:
    return [
        node.name
        for node in tree(module).body
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_")
    ]


def test_the_flat_face_is_complete():
    public = {
        name
        for name, value in vars(cxml_punchout).items()
        if not name.startswith("_") and not isinstance(value, type(sys))
    } - {"Any", "TYPE_CHECKING", "import_module"}
    assert public | set(cxml_punchout._LATER) == set(cxml_punchout.__all__)


def test_the_names_that_are_promised_are_there():
    promised = {"CXML", "CXMLError", "DocumentError", "Finding", "Limits", "UsageError", "parse", "serialize"}
    assert promised <= set(cxml_punchout.__all__)


def test_the_version_is_that_of_the_project():
    assert cxml_punchout.__version__ == metadata()["version"]


def test_the_command_exists():
    (entry,) = metadata()["scripts"].values()  # type: ignore[attr-defined]
    module, function = entry.split(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_type_checkers_are_told_that_there_are_types():
    assert (SOURCE / "py.typed").is_file()


# --- habits ----------------------------------------------------------------------------------------------


@each_module
def test_every_module_says_what_it_is_for(module):
    doc = ast.get_docstring(tree(module))
    assert doc or module == "__main__"


@each_module
def test_no_star_imports(module):
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.ImportFrom):
            assert all(alias.name != "*" for alias in node.names)


@each_module
def test_only_the_command_line_prints(module):
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "pprint", "breakpoint", "input"):
            assert module.split(".")[0] in ("cli", "__main__"), f"line {node.lineno}"


#: What turns text into a tree. A parser that is built anywhere else might fetch what a document names.
PARSING = re.compile(
    r"^(?:lxml\.|etree\.|ElementTree\.|ET\.)+(XMLParser|HTMLParser|XMLPullParser|fromstring|fromstringlist|parse|iterparse|XML|HTML)$"
)
PARSERS = ("xml.etree", "xml.dom", "xml.sax", "xml.parsers", "lxml.html", "lxml.objectify", "defusedxml")


@each_module
def test_only_tree_builds_a_parser(module):
    if module == "tree":
        return
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Call):
            assert not PARSING.match(ast.unparse(node.func)), f"line {node.lineno}"
        elif isinstance(node, ast.Import):
            assert not any(alias.name.startswith(PARSERS) for alias in node.names), f"line {node.lineno}"
        elif isinstance(node, ast.ImportFrom) and not node.level:
            assert not (node.module or "").startswith(PARSERS), f"line {node.lineno}"
            if node.module == "lxml.etree":
                assert not any(PARSING.match(f"etree.{alias.name}") for alias in node.names), f"line {node.lineno}"


#: Where declarations become code: readers and writers, checks of groups, annotations.
MAKING = ("binding.source", "binding.reader", "declaration")
#: What runs code that a text says, or another program.
RUNNING = ("pickle", "marshal", "shelve", "subprocess", "ctypes", "runpy", "code", "codeop", "pty")


@each_module
def test_code_is_made_where_declarations_are_read_and_nothing_is_unpickled(module):
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            made = node.func.id in ("exec", "eval", "compile", "__import__")
            assert not made or module in MAKING, f"line {node.lineno}"
        elif isinstance(node, ast.Call):
            assert not ast.unparse(node.func).startswith(("os.system", "os.popen", "os.exec", "os.spawn"))
        elif isinstance(node, ast.Import):
            assert not any(alias.name.split(".")[0] in RUNNING for alias in node.names), f"line {node.lineno}"
        elif isinstance(node, ast.ImportFrom) and not node.level:
            assert (node.module or "").split(".")[0] not in RUNNING, f"line {node.lineno}"


def test_no_code_is_made_of_what_a_document_says():
    order = (ROOT / "examples/documents/valid/precoro-order.xml").read_text("utf-8")
    strange = "<Import.os/><Größe a='b'>c</Größe><p:Money xmlns:p='u'>1</p:Money>"
    known = {tag for _, tag in source._sources}  # elements that other tests have declared among them
    for body in (order, order.replace("</OrderRequestHeader>", f"{strange}</OrderRequestHeader>")):
        document = cxml_punchout.parse(body, mode="tolerant")
        cxml_punchout.serialize(document)
        cxml_punchout.validate(body)
    made = {tag for _, tag in source._sources}
    assert {"OrderRequest", "Money"} < made
    assert all(isinstance(element.lookup(tag), element.Declaration) for tag in made - known)


#: Names that say nothing, and so gather everything.
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "core", "base", "common", "misc", "lib", "tools", "functions"}


@each_module
def test_modules_are_named_for_what_they_hold(module):
    assert not {part.strip("_") for part in module.split(".")} & EMPTY_NAMES


#: A module that may be longer than 600 lines, with the reason.
LONG_MODULES: dict[str, str] = {}
#: A function that may be longer than 60 lines, with the reason.
LONG_FUNCTIONS: dict[str, str] = {}


@each_module
def test_modules_and_functions_can_be_read_at_one_sitting(module):
    lines = FILES[module].read_text("utf-8").count("\n")
    assert (lines <= 600) != (module in LONG_MODULES), f"{lines} lines"
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            length = node.end_lineno - node.lineno + 1
            assert length <= 60 or f"{module}.{node.name}" in LONG_FUNCTIONS, f"{node.name}: {length} lines"


def patterns(module: str) -> Iterator[re.Pattern[object]]:
    """The regular expressions that a module keeps, by themselves or as one of their methods."""
    for value in vars(importlib.import_module(full_name(module))).values():
        held = getattr(value, "__self__", value)
        if isinstance(held, re.Pattern):
            yield held


def steps(parsed: object) -> Iterator[str]:
    """The names of all steps of a regular expression."""
    if isinstance(parsed, re._parser.SubPattern):  # type: ignore[attr-defined]
        parsed = list(parsed)
    if isinstance(parsed, (list, tuple)):
        for each in parsed:
            yield from steps(each)
    elif isinstance(parsed, re._constants._NamedIntConstant):  # type: ignore[attr-defined]
        yield parsed.name


@pytest.mark.parametrize("module", sorted(FILES.keys() - {"__main__"}))
def test_no_pattern_holds_on_to_what_it_matched(module):
    """Python 3.11.0 to 3.11.4 match possessive quantifiers and atomic groups wrongly, and secrets stay visible."""
    for pattern in patterns(module):
        found = set(steps(re._parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)))  # type: ignore[attr-defined]
        assert not found & {"POSSESSIVE_REPEAT", "ATOMIC_GROUP"}, pattern.pattern


# --- who imports whom ------------------------------------------------------------------------------------

#: Top to bottom of the architecture, turned round: each may import those before it. A package is one line here.
ORDER = (
    "concealed",
    "forks",
    "sensitive",
    "cards",
    "plaintext",
    "findings",
    "meant",
    "errors",
    "addresses",
    "limits",
    "status",
    "places",
    "spelled",
    "pairs",
    "times",
    "scalars",
    "internal",
    "malformed",
    "octets",
    "prolog",
    "weight",
    "unheard",
    "tree",
    "declaration",
    "element",
    "payloads",
    "models",
    "versions",
    "escapes",
    "search",
    "masking",
    "binding",
    "summary",
    "validation",
    "document",
    "spine",
    "roundtrip",
    "trust",
    "envelope",
    "carried",
    "media",
    "mime",
    "replay",
    "punchout",
    "orders",
    "faults",
    "endpoint",
    "buyer",
    "__init__",
    "testing",
    "cli",
    "__main__",
)
#: The order inside a package where the modules build on one another.
INSIDE = {
    "binding": ("__init__", "source", "notes", "reader", "writer", "rewriter", "counting", "careful"),
    "punchout": ("__init__", "cart", "compare", "user", "tokens", "session", "form"),
    "replay": ("__init__", "content", "terms", "memory", "sql"),
    "trust": (
        "__init__",
        "credentials",
        "secrets",
        "mac",
        "partners",
        "authenticate",
        "records",
        "signatures",
        "redact",
        "stores",
    ),
}


def imports(module: str) -> set[str]:
    """The modules of the package that ``module`` imports when it runs, late imports included."""
    for_checkers: set[int] = set()
    found = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for_checkers |= {id(inner) for part in node.body for inner in ast.walk(part)}
    for node in ast.walk(tree(module)):
        if id(node) in for_checkers:
            continue
        if isinstance(node, ast.Import):
            assert not any(alias.name.split(".")[0] == PACKAGE for alias in node.names), "imports are relative"
        elif isinstance(node, ast.ImportFrom):
            assert node.level or (node.module or "").split(".")[0] != PACKAGE, "imports are relative"
            if node.level:
                parts = module.split(".")[: -node.level] + (node.module.split(".") if node.module else [])
                found |= {_module(parts, alias.name) for alias in node.names}
    return found - {module}


def _module(parts: list[str], name: str) -> str:
    for candidate in ([*parts, name], [*parts, name, "__init__"], parts, [*parts, "__init__"]):
        if ".".join(candidate) in FILES:
            return ".".join(candidate)
    raise AssertionError(f"{parts} {name} is no module")


@each_module
def test_imports_run_downwards_only(module):
    unit = module.split(".")[0]
    assert unit in ORDER, "give the new module its place in ORDER"
    for imported in imports(module):
        other = imported.split(".")[0]
        if other == unit:
            continue
        assert ORDER.index(other) < ORDER.index(unit), f"{module} imports {imported}"


@pytest.mark.parametrize("package", INSIDE)
def test_imports_inside_a_package_run_downwards_only(package):
    order = INSIDE[package]
    for module in FILES:
        if module.split(".")[0] != package:
            continue
        name = module.split(".")[1]
        for imported in imports(module):
            if imported.split(".")[0] == package and name not in ("__init__", imported.split(".")[1]):
                assert order.index(imported.split(".")[1]) < order.index(name), f"{module} imports {imported}"


def test_no_module_imports_itself_by_way_of_others():
    below: dict[str, set[str]] = {module: imports(module) for module in FILES}
    done: set[str] = set()
    while left := [module for module in below if module not in done]:
        ready = [module for module in left if below[module] <= done]
        assert ready, f"a circle among {left}"
        done |= set(ready)


def test_topics_do_not_import_one_another():
    for module in FILES:
        if module.startswith("models."):
            assert not any(imported.startswith("models.") for imported in imports(module)), module


def test_every_import_from_outside_is_a_dependency():
    names = {re.split(r"[<>=~!\[; ]", each)[0] for each in metadata()["dependencies"]}  # type: ignore[attr-defined]
    for module in FILES:
        optional = _optional(tree(module))
        for node in ast.walk(tree(module)):
            found = []
            if id(node) in optional:
                continue
            if isinstance(node, ast.Import):
                found = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found = [node.module or ""]
            for name in found:
                top = name.split(".")[0]
                assert top in sys.stdlib_module_names or top in names, f"{module} imports {name}"


def _optional(module: ast.Module) -> set[int]:
    """The imports that a module can do without: it tries them, and goes on where they are missing; or only types."""
    only_types = {
        id(inner)
        for node in ast.walk(module)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    return only_types | {
        id(inner)
        for node in ast.walk(module)
        if isinstance(node, ast.Try)
        and any(handler.type is not None and ast.unparse(handler.type) == "ImportError" for handler in node.handlers)
        for part in node.body
        for inner in ast.walk(part)
    }


# --- what importing costs --------------------------------------------------------------------------------

LOADED = """
import sys
import attrs, lxml.etree
before = set(sys.modules)
import cxml_punchout
print(*sorted(set(sys.modules) - before))
"""
#: Nothing here is needed to read a document; much of it is slow to load, or talks to the network.
NOT_NEEDED = [
    "xmlschema",
    "elementpath",
    "socket",
    "ssl",
    "http",
    "http.client",
    "urllib",
    "urllib.request",
    "asyncio",
    "email",
    "email.message",
    "logging",
    "subprocess",
    "multiprocessing",
    "concurrent",
    "sqlite3",
    "ctypes",
    "argparse",
    "unittest",
    "pdb",
    "xml.etree.ElementTree",
    "xml.dom",
    "xml.sax",
    "pydantic",
    "requests",
    "flask",
    "django",
]


@cache
def loaded() -> frozenset[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    result = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, env=environment)
    return frozenset(result.stdout.split())


def test_importing_loads_nothing_that_is_not_needed():
    assert not loaded() & set(NOT_NEEDED)


def test_no_expression_of_lxml_is_shared_by_threads():
    # It is locked while it is evaluated, so the child of a fork might wait for ever.
    made = [path.name for path in FILES.values() if "etree.XPath(" in path.read_text("utf-8")]
    assert made == ["tree.py"]


def test_importing_loads_one_topic_and_few_modules():
    # The number of modules stands for the time that they take, and is the same on every machine.
    own = {name for name in loaded() if name.split(".")[0] == PACKAGE}
    assert {name for name in own if name.startswith(f"{PACKAGE}.models.")} == {f"{PACKAGE}.models.envelope"}
    assert not any(name.startswith((f"{PACKAGE}.cli", f"{PACKAGE}.testing", f"{PACKAGE}.summary")) for name in own)
    assert len(own) <= 36
    assert len(loaded() - own) <= 24


# --- the wheel -------------------------------------------------------------------------------------------


def built(place: Path, times: int) -> Path:
    """A wheel of the sources as they are; times: when its files were written, seconds since 1970."""
    project = place / "project"
    project.mkdir(parents=True)
    shutil.copytree(SOURCE, project / "src" / PACKAGE, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "dtd", project / "dtd")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, project)
    for path in project.rglob("*"):
        os.utime(path, (times, times))
    # pip may be missing from the environment, and the backend may have to be fetched.
    if importlib.util.find_spec("pip") is None:
        pytest.skip("pip is not installed")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "--wheel-dir", str(place)]
    if importlib.util.find_spec("hatchling") is not None:
        command.append("--no-build-isolation")
    result = subprocess.run([*command, str(project)], capture_output=True, text=True, check=False)
    offline = ("No matching distribution found for hatchling", "Could not find a version that satisfies", "onnection")
    if result.returncode and any(sign in result.stderr for sign in offline):
        pytest.skip("hatchling is not installed and cannot be fetched, so no wheel can be built")
    assert result.returncode == 0, result.stderr
    (made,) = place.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def wheel_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("wheel"), 1_700_000_000)


@pytest.fixture
def wheel(wheel_file: Path) -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(wheel_file) as archive:
        yield archive


@pytest.mark.slow
def test_a_wheel_is_the_same_whenever_it_is_built(wheel_file, tmp_path):
    again = built(tmp_path / "elsewhere", 1_780_000_000)
    assert again.read_bytes() == wheel_file.read_bytes()


@pytest.mark.slow
def test_a_wheel_holds_the_package_and_nothing_else(wheel):
    names = set(wheel.namelist())
    version = str(metadata()["version"])
    assert {name.split("/")[0] for name in names} == {PACKAGE, f"{PACKAGE}-{version}.dist-info"}
    sources = {f"{PACKAGE}/{path.relative_to(SOURCE).as_posix()}" for path in FILES.values()}
    assert {name for name in names if name.endswith(".py")} == sources
    assert f"{PACKAGE}/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any("test_" in name or "/tests/" in name for name in names)


@pytest.mark.slow
def test_a_wheel_says_what_it_needs(wheel):
    (name,) = (name for name in wheel.namelist() if name.endswith("/METADATA"))
    text = wheel.read(name).decode()
    assert f"\nVersion: {metadata()['version']}\n" in text
    for dependency in metadata()["dependencies"]:
        assert f"\nRequires-Dist: {dependency}\n" in text
