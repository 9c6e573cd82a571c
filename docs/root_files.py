"""Puts files from the root of the repository, such as SECURITY.md, on pages of the site, with links that lead there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[1]
_LINE = re.compile(r'^--8<-- "(\w+\.md)"$', re.MULTILINE)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """A hook of mkdocs: the text of a file, for a line that says nothing but its name."""
    return _LINE.sub(lambda line: (_ROOT / line[1]).read_text("utf-8").replace("](docs/", "]("), markdown)
