"""Puts files from the root of the repository, such as SECURITY.md, on pages of the site, with links that lead there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[1]
_PAGE = re.compile(r'--8<-- "(\w+\.md)"\s*').fullmatch


def on_page_markdown(markdown: str, **_: Any) -> str:
    """A hook of mkdocs: the text of the file, for a page that consists of nothing but its name."""
    named = _PAGE(markdown)
    return markdown if named is None else (_ROOT / named[1]).read_text("utf-8").replace("](docs/", "](")
