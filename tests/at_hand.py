"""Where the documents are that the tests read: our own examples, and what others published."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["CORPUS", "OWN", "ROOT"]

ROOT = Path(__file__).resolve().parents[1]
OWN = ROOT / "examples" / "documents"
CORPUS = Path(os.environ.get("CXML_CORPUS") or ROOT.parent / "shared" / "corpus")
