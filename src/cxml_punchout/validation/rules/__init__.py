"""The rules of the Guide that no grammar can state, one small function for each."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from ..located import Located
from . import credentials, envelope, header, lines, money, punchout, status, texts
from .registry import BY_TAG, RULES, Rule

__all__ = ["RULES", "Rule", "broken"]

_TOPICS = (envelope, credentials, punchout, header, lines, money, texts, status)


def broken(document: Located) -> Iterator[tuple[Rule, str, Located | etree._Element]]:
    """Each rule that a document breaks: the rule, the sentence and what to point at."""
    for here in document.walk(BY_TAG):
        for rule in BY_TAG[here.tag]:
            for fault in rule.check(here):
                message, at = (fault, here) if isinstance(fault, str) else fault
                yield rule, message, at
