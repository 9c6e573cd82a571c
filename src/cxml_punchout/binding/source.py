"""Generated functions: compiled once, visible in tracebacks, printable."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from typing import Any

__all__ = ["BlanksNeeded", "Departure", "compile_function", "generated_source"]

_sources: dict[tuple[str, str], str] = {}


class Departure(Exception):
    """The fast way ends here: the document or the value is not the plain case."""


class BlanksNeeded(Exception):
    """White space between elements matters in this document; read it again from a tree that has it."""


def compile_function(direction: str, tag: str, lines: list[str], namespace: dict[str, Any]) -> Callable[..., Any]:
    """Compile ``lines``, which define ``{direction}_{tag}``, into ``namespace``."""
    text = "\n".join(lines) + "\n"
    name = f"<cxml_punchout {direction} {tag}>"
    exec(compile(text, name, "exec"), namespace)  # noqa: S102 - made from declarations, never from a document
    # A length without a time stamp: linecache.checkcache then leaves the entry alone.
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    _sources[direction, tag] = text
    function: Callable[..., Any] = namespace[function_name(direction, tag)]
    return function


def function_name(direction: str, tag: str) -> str:
    return f"{direction}_{tag.replace(':', '_')}"


def generated_source(tag: str) -> str:
    """The reader and the writer that were compiled for an element, as Python source; "" before first use."""
    return "\n\n".join(text for (_, name), text in sorted(_sources.items()) if name == tag)
