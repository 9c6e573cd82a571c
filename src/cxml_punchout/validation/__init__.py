"""Validation that explains itself: the grammar, the datatypes and the Guide's rules, in one report.

Nothing here is imported before a document is validated.
"""

from __future__ import annotations

from .report import LAYERS, Report

__all__ = ["LAYERS", "Report"]
