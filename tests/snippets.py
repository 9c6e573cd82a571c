"""The code on a page of the docs, run as it stands.

A page is read like a session at the keyboard: its blocks run in their order and share their names. What a block prints
is held against the ``text`` block that follows it at once. What a reader need not see stands in a comment:

    <!-- run            Python that runs at this place
    <!-- file: NAME     the next block is the content of that file
    <!-- from: PATH     the next block stands like this in a file of the project, and does not run here

Commands of ``console`` blocks run too, and print what stands below them.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

from cxml_punchout.cli import main

ROOT = Path(__file__).resolve().parents[1]

_PIECE = re.compile(
    r"^<!-- run\n(?P<hidden>.*?)\n-->$"
    r"|^<!-- (?P<mark>file|from): (?P<name>\S+) -->$"
    r"|^(?P<indent> *)```(?P<lang>\w*)[^\n]*\n(?P<code>.*?)^ *```$",
    re.DOTALL | re.MULTILINE,
)


@attrs.frozen
class Block:
    """One piece of a page.

    kind: ``run`` for hidden code, else the language of the block.
    line: of the page, where its text begins.
    mark, name: what a comment in front of it says of it.
    """

    kind: str
    text: str
    line: int
    start: int
    end: int
    mark: str = ""
    name: str = ""


def blocks(page: str) -> list[Block]:
    """The pieces of a page in their order."""
    found: list[Block] = []
    mark = name = ""
    for match in _PIECE.finditer(page):
        if match["mark"]:
            mark, name = match["mark"], match["name"]
            continue
        kind, group = ("run", "hidden") if match["hidden"] is not None else (match["lang"], "code")
        indent = match["indent"] or ""
        text = "\n".join(line.removeprefix(indent) for line in match[group].split("\n"))
        line = page.count("\n", 0, match.start(group)) + 1
        found.append(Block(kind, text, line, match.start(), match.end(), mark, name))
        mark = name = ""
    return found


def included(block: Block) -> list[str]:
    """The files of which a block consists, if the tool that builds the site is to put some there."""
    first, *files, last = block.text.splitlines() if block.text.count("\n") > 2 else ("", "")
    return files if first == last == "--8<--" else []


def run_page(path: Path, directory: Path, names: dict[str, Any]) -> None:
    """Run all code of a page in ``directory``, with ``names`` to begin with."""
    page = path.read_text("utf-8")
    found = blocks(page)
    with contextlib.chdir(directory):
        for block, following in zip(found, [*found[1:], None], strict=True):
            if block.mark == "file":
                (directory / block.name).write_text(block.text, "utf-8")
            elif block.mark == "from":
                assert block.text.strip() in without_docstrings((ROOT / block.name).read_text("utf-8")), block.name
            elif block.kind == "console":
                _run_commands(block)
            elif block.kind in ("run", "python") and not included(block):
                printed = run(block, path, names).rstrip()
                if following is not None and following.kind == "text" and not page[block.end : following.start].strip():
                    assert printed == following.text.rstrip(), f"{path.name}:{following.line} prints\n{printed}"


def run(block: Block, path: Path, names: dict[str, Any]) -> str:
    """Run one block and return what it prints; tracebacks show the line of the page."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile("\n" * (block.line - 1) + block.text, path, "exec", dont_inherit=True), names)
    return output.getvalue()


def without_docstrings(source: str) -> str:
    return re.sub(r'^ +"""(?:(?!""").)*"""\n\n?', "", source, flags=re.DOTALL | re.MULTILINE)


def _run_commands(block: Block) -> None:
    commands = list(_commands(block.text))
    assert commands, f"line {block.line}: a console block begins with $"
    for command, expected in commands:
        program, *arguments = shlex.split(command, comments=True)
        assert program == "cxml-punchout", command
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.suppress(SystemExit):
            main(arguments)
        if expected:
            assert output.getvalue().rstrip() == expected.rstrip(), f"{command} prints\n{output.getvalue()}"


def _commands(text: str) -> Iterator[tuple[str, str]]:
    for piece in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, expected = piece.partition("\n")
        yield command, expected
