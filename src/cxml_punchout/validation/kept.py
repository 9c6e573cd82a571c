"""The notes of one layer, as many as a report lists; the others are only counted."""

from __future__ import annotations

from ..binding.notes import MOST, Note
from ..findings import Severity

__all__ = ["Kept"]


class Kept:
    """Errors and warnings each have room of their own, so that no crowd of remarks hides an error."""

    def __init__(self) -> None:
        self.count = 0
        self._kept: dict[Severity, list[Note]] = {"error": [], "warning": []}

    def takes(self, severity: Severity) -> bool:
        """Count one more; whether there is room for it. Its words need not be found if there is none."""
        self.count += 1
        return len(self._kept[severity]) < MOST

    def add(self, note: Note) -> None:
        """Take in a note for which there is room."""
        self._kept[note.severity].append(note)

    @property
    def shown(self) -> list[Note]:
        """What is listed, errors first."""
        return (self._kept["error"] + self._kept["warning"])[:MOST]

    @property
    def more(self) -> int:
        """How many are not listed."""
        return self.count - len(self.shown)
