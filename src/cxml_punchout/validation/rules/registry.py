"""The table of rules, and how one is written.

    @rule("quantity-negative", "ItemIn", "ItemOut", severity="error", guide="5.6.4.4",
          says="A quantity is below zero.", hint="Quantities are never negative; a return is marked with isReturn.")
    def quantity_negative(here: Located) -> Faults:
        if below_zero(here.element.quantity):
            yield f"The quantity of {here.tag} is {plain(here.element.quantity)}."

A rule gets one element at a time, of the kinds that it names, and yields a sentence for each fault; with a place, if
that is not the element itself. It reads what a tolerant reader has left: anything may be absent or unreadable, which is
the business of the layers below, so a rule keeps quiet about it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import attrs
from lxml import etree

from ...findings import Severity
from ..located import Located

__all__ = ["BY_TAG", "RULES", "Fault", "Faults", "Rule", "rule"]

Fault: TypeAlias = str | tuple[str, Located | etree._Element]
Faults: TypeAlias = Iterator[Fault]
Check: TypeAlias = Callable[[Located], Faults]


@attrs.frozen
class Rule:
    """One rule of the Guide.

    code: its stable name.
    on: the elements that it looks at.
    guide: the section that states it, or where the rule comes from.
    says: what is wrong when it speaks.
    hint: what to do then.
    """

    code: str
    on: tuple[str, ...]
    severity: Severity
    guide: str
    says: str
    hint: str
    check: Check = attrs.field(eq=False, repr=False)


#: code -> rule
RULES: dict[str, Rule] = {}
#: tag -> the rules that look at it
BY_TAG: dict[str, list[Rule]] = {}


def rule(code: str, *on: str, severity: Severity, guide: str, says: str, hint: str) -> Callable[[Check], Check]:
    """Enter a function into the table of rules."""

    def enter(check: Check) -> Check:
        made = RULES[code] = Rule(code, on, severity, guide, says, hint, check)
        for tag in on:
            BY_TAG.setdefault(tag, []).append(made)
        return check

    return enter
