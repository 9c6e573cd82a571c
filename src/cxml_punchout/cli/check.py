"""``cxml-punchout check``: everything that is wrong with documents; and ``explain``, what a code means."""

from __future__ import annotations

import argparse
import difflib
import json
import os
import sys
import textwrap
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from ..document import validate
from ..errors import UsageError
from ..internal import internal_finding, log_fault
from ..limits import DEFAULT_LIMITS
from . import formats
from .formats import Checked
from .layout import Style, clean, cut
from .progress import watched

if TYPE_CHECKING:
    from ..validation.catalog import DtdCatalog

__all__ = ["Source", "add", "sources"]

_STDIN = "-"
# One octet more than is read, so that a document over the limit is recognised and not all of it loaded.
_MOST = DEFAULT_LIMITS.bytes + 1
LAYERS = ("xml", "dtd", "type", "rule")


# --- what to check ---------------------------------------------------------------------------------------------


@attrs.frozen
class Source:
    """Where a document is: a file, a member of a zip archive, or octets that were read already.

    problem: why there is no document; it is told and not checked.
    """

    name: str
    path: str = ""
    member: str = ""
    data: bytes | None = attrs.field(default=None, repr=False)
    problem: str = ""

    def read(self) -> bytes:
        if self.data is not None:
            return self.data
        if not self.member:
            with open(self.path, "rb") as stream:
                return stream.read(_MOST)
        with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as stream:
            return stream.read(_MOST)


def sources(names: Iterable[str]) -> Iterator[Source]:
    """The documents that arguments of the command line mean."""
    for name in names:
        if name == _STDIN:
            yield Source("standard input", data=sys.stdin.buffer.read(_MOST))
        elif os.path.isdir(name):
            yield from _directory(Path(name))
        else:
            yield from _file(Path(name))


def _directory(path: Path) -> Iterator[Source]:
    files = sorted(file for file in path.rglob("*") if file.suffix.lower() in (".xml", ".cxml", ".zip"))
    if not files:
        yield Source(str(path), problem="no documents in this directory")
    for file in files:
        yield from _file(file)


def _file(path: Path) -> Iterator[Source]:
    try:
        if not zipfile.is_zipfile(path):
            yield Source(str(path), str(path))
            return
        with zipfile.ZipFile(path) as archive:
            members = sorted(name for name in archive.namelist() if name.lower().endswith((".xml", ".cxml")))
    except (OSError, zipfile.BadZipFile) as error:
        yield Source(str(path), problem=getattr(error, "strerror", None) or "this archive cannot be read")
        return
    if not members:
        yield Source(str(path), problem="no documents in this archive")
    for member in members:
        yield Source(f"{path}/{member}", str(path), member)


# --- checking --------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _catalog(paths: tuple[str, ...]) -> DtdCatalog | None:
    if not paths:
        return None
    from ..validation.catalog import DtdCatalog

    catalog = DtdCatalog()
    for path in paths:
        catalog.add(path)
    return catalog


def check(source: Source, layers: tuple[str, ...], paths: tuple[str, ...]) -> Checked:
    """Judge one document, in a process of its own if there are several. A fault of ours is that of one document."""
    try:
        return _check(source, layers, paths)
    except Exception as error:
        log_fault(f"check {clean(source.name)}", error)
        return Checked(source.name, problem=_unforeseen(error))


def _unforeseen(error: Exception) -> str:
    return internal_finding(error).message


def _check(source: Source, layers: tuple[str, ...], paths: tuple[str, ...]) -> Checked:
    if source.problem:
        return Checked(source.name, problem=source.problem)
    try:
        data = source.read()
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        # A damaged member, a password, a compression that Python does not know: each has an exception of its own.
        if source.member:
            return Checked(source.name, problem="this member of the archive cannot be read")
        return Checked(source.name, problem=getattr(error, "strerror", None) or "cannot be read")
    return Checked(source.name, validate(data, layers=layers, catalog=_catalog(paths)))


def _checked(found: Sequence[Source], arguments: argparse.Namespace) -> Iterator[Checked]:
    work = partial(check, layers=tuple(arguments.layer or LAYERS), paths=tuple(arguments.dtd_path or ()))
    jobs = min(arguments.jobs or os.cpu_count() or 1, len(found))
    if jobs < 2:
        yield from map(work, found)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(work, found, chunksize=max(1, min(50, len(found) // (4 * jobs))))


def _run(arguments: argparse.Namespace) -> int:
    try:
        _catalog(tuple(arguments.dtd_path or ()))
    except (UsageError, OSError) as error:
        print(f"cxml-punchout check: {clean(str(error))}", file=sys.stderr)
        return 2
    found = list(sources(arguments.files))
    status = 0
    all_checked: list[Checked] = []
    for checked in watched(_checked(found, arguments), len(found)):
        if checked.report is None:
            _complain(checked, checked.problem)
            status = 2
            continue
        internal = any(finding.code == "internal" for finding in checked.report.findings)
        status = max(status, 2 if internal else 0 if checked.report.ok else 1)
        try:
            text = _shown(checked, arguments)
        except Exception as error:
            log_fault(f"check {clean(checked.name)}", error)
            _complain(checked, _unforeseen(error))
            status = 2
            continue
        if text is None:
            all_checked.append(checked)
        elif text:
            print(text, end="")
    if arguments.format == "json":
        print(json.dumps(formats.as_json(all_checked), indent=2, ensure_ascii=False))
    elif arguments.format == "sarif":
        print(json.dumps(formats.as_sarif(all_checked), indent=2, ensure_ascii=False))
    return status


def _complain(checked: Checked, problem: str) -> None:
    print(f"cxml-punchout check: {clean(checked.name)}: {problem}", file=sys.stderr)


def _shown(checked: Checked, arguments: argparse.Namespace) -> str | None:
    """What to print of one document at once; None where all are written together at the end."""
    if arguments.format == "text":
        color, limit = Style.of(sys.stdout).ansi, arguments.findings or None
        return formats.as_text(checked, color=color, limit=limit, quiet=arguments.quiet)
    return formats.as_github(checked) if arguments.format == "github" else None


# --- explain ---------------------------------------------------------------------------------------------------


def _explain(arguments: argparse.Namespace) -> int:
    from ..validation.codes import explanations

    known = explanations()
    if not arguments.codes:
        for code, made in known.items():
            print(cut(f"{code:<26} {made.layer:<5} {made.says}", 100))
        return 0
    status = 0
    for code in arguments.codes:
        named = code.lower().rpartition("/")[2]
        if named not in known:
            near = difflib.get_close_matches(code.lower(), known, 1)
            meant = f"; is {near[0]} meant?" if near else "; without a code, all are listed"
            print(f"cxml-punchout explain: there is no code {clean(code)}{meant}", file=sys.stderr)
            status = 2
            continue
        made = known[named]
        print(f"{made.code} ({made.layer}, {made.severity})")
        for label, text in (("", made.says), ("do:    ", made.hint), ("guide: ", made.guide)):
            print(textwrap.fill(text, 98, initial_indent=f"  {label}", subsequent_indent=" " * (2 + len(label))))
    return status


# --- arguments -------------------------------------------------------------------------------------------------


def _count(text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number")
    return int(text)


def add(commands: Any) -> None:
    """Add both commands to the parser of the command line."""
    parser = commands.add_parser(
        "check",
        help="say everything that is wrong with documents",
        description="Say everything that is wrong with cXML documents: XML, grammar, datatypes, and the rules of the "
        "Guide. Each finding comes with its place, its reason and what to do. Secrets are not shown.",
        epilog="Exit status: 0 no errors, 1 errors were found, 2 a file could not be read, or judged to the end.",
    )
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="a document, a directory or a zip archive with *.xml in it, or - for standard input",
    )
    parser.add_argument(
        "--format",
        choices=("text", "json", "sarif", "github"),
        default="text",
        help="text for people (the default), a JSON list, SARIF 2.1.0, or annotations of GitHub Actions",
    )
    parser.add_argument("--layer", action="append", choices=LAYERS, help="check only this layer; may be repeated")
    parser.add_argument(
        "--dtd-path",
        action="append",
        metavar="PATH",
        help="a directory or zip archive with official DTDs to judge by; may be repeated",
    )
    parser.add_argument(
        "--jobs", type=_count, default=1, metavar="N", help="check N documents at once; 0 for one on each processor"
    )
    parser.add_argument(
        "--findings",
        type=_count,
        default=50,
        metavar="N",
        help="show N findings of a document, 0 for all (default: 50)",
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="as text, show only documents with findings")
    parser.set_defaults(run=_run)
    explain = commands.add_parser(
        "explain",
        help="say what the code of a finding means",
        description="Say what a code means and what to do about it; without a code, list all of them.",
    )
    explain.add_argument("codes", nargs="*", metavar="CODE", help="such as order or total-differs")
    explain.set_defaults(run=_explain)
