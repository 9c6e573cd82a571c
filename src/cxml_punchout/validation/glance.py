"""A glance at a large document, before libxml2 judges it: is so much wrong in it that this would take long?

libxml2 looks for the place of an error among all neighbours of its element, so a million wrong elements side by side
would keep it busy for an hour. Elements are looked at here and there in the source text, for to walk through the tree
would cost as much as to judge it. A wrong answer costs time and changes no verdict.
"""

from __future__ import annotations

import re

from ..places import MARKUP
from ..tree import Loaded
from .grammar import Grammar

__all__ = ["may_take_long"]

#: Longer elements are passed over; there cannot be many of them.
_WINDOW = 4096
_ATTRIBUTE = re.compile(rb"""([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def may_take_long(loaded: Loaded, grammar: Grammar, safe: int) -> bool:
    """Whether libxml2 might take long over the errors. Up to ``safe`` tags it does not, however wrong they are."""
    octets = loaded.octets
    tags = octets.count(b"<")
    if tags <= safe:
        return False
    import random  # only now, for few documents are so large

    start = max(loaded.start, 0)
    # As many looks as it takes not to miss errors that would cost some seconds; their price grows with the square.
    looks = int((tags / 20_000) ** 2) + 2
    chance = random.Random()  # noqa: S311 - its own, so that nobody can foresee it and nobody's seed is used up
    return any(_is_wrong(octets, chance.randrange(start, len(octets)), grammar) for _ in range(looks))


def _is_wrong(octets: bytes, at: int, grammar: Grammar) -> bool:
    """Whether the element that begins next behind an offset is wrong in itself, as far as can be seen."""
    tag = next((tag for tag in MARKUP.finditer(octets, at, at + _WINDOW) if tag[2] and not tag[1]), None)
    if tag is None:
        return False
    rule = grammar.rule(tag[2].decode("utf-8", "replace"))
    if rule is None:
        return True
    present = {name.decode("utf-8", "replace"): one or two for name, one, two in _ATTRIBUTE.findall(tag[3])}
    for attribute in rule.attributes.values():
        value = present.pop(attribute.name, None)
        if value is None:
            if attribute.required:
                return True
        elif attribute.values and value.decode("utf-8", "replace") not in attribute.values:
            return True
    if present:
        return True
    inside = ([], False) if tag[3].endswith(b"/") else _inside(octets, tag.end())
    if inside is None:
        return False
    names, has_text = inside
    if rule.kind == "empty":
        return bool(names) or has_text
    if rule.automaton is not None:
        return has_text or not rule.automaton.fits(names)
    return rule.kind != "any" and not set(names) <= set(rule.names)


def _inside(octets: bytes, at: int) -> tuple[list[str], bool] | None:
    """The names of the children of the element whose start tag ends at an offset, and whether it has text."""
    names: list[str] = []
    has_text, level, last = False, 0, at
    for tag in MARKUP.finditer(octets, at, at + _WINDOW):
        if level == 0 and octets[last : tag.start()].strip():
            has_text = True
        last = tag.end()
        if tag[1]:
            if level == 0:
                return names, has_text
            level -= 1
        elif tag[2]:
            if level == 0:
                names.append(tag[2].decode("utf-8", "replace"))
            level += not tag[3].endswith(b"/")
    return None
