"""Puts the docstrings of the project into Markdown, for the reference pages.

A docstring explains fields and arguments one a line, ``name: what it is``, with further lines indented. Here each such
line becomes an item of a list.
"""

from __future__ import annotations

import re
from typing import Any

import griffe

_FIELD = re.compile(r"(?P<names>[a-z_*][\w*]*(?:, [a-z_*][\w*]*)*): (?P<text>\S.*)")
# A second field may begin within the text of the first, behind a full stop.
_NEXT = re.compile(r"(?<=\.) (?=[a-z_][\w]*(?:, [a-z_][\w]*)*: )")


class Fields(griffe.Extension):
    """Rewrites each docstring as it is read."""

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:
        if obj.docstring is not None:
            obj.docstring.value = markdown(obj.docstring.value)


def markdown(docstring: str) -> str:
    """The docstring with its lists of fields as lists."""
    return "\n\n".join(map(_paragraph, re.split(r"\n\s*\n", docstring)))


def _paragraph(text: str) -> str:
    lines = text.split("\n")
    items: list[str] = []
    before: list[str] = []
    for line in lines:
        if _FIELD.fullmatch(line):
            items.append(line)
        elif items and line.startswith("    "):
            items[-1] += f" {line.strip()}"
        elif not items:
            before.append(line)
        else:  # prose behind a list
            return text
    if not items:
        return text
    listed = [_item(part) for item in items for part in _NEXT.split(item)]
    return "\n".join([*before, *([""] if before else []), *listed])


def _item(line: str) -> str:
    match = _FIELD.fullmatch(line)
    if match is None:
        return f"- {line}"
    names = ", ".join(f"`{name}`" for name in match["names"].split(", "))
    return f"- {names}: {match['text']}"
