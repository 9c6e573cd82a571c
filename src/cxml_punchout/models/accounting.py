"""How the buyer charges amounts to its accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import element as x

if TYPE_CHECKING:
    from .money import Money
    from .text import Description, Name

__all__ = ["Accounting", "AccountingSegment", "Charge", "Distribution", "Segment"]


@x.element()
class Distribution(x.Element):
    """The share of an amount that is charged to one account.

    The charges of a line should add up to the amount of the line. The buyer sets them in an order and the supplier
    returns them in the invoice; a PunchOutSetupRequest should not carry any.

    Guide 5.6.2.2, 5.6.4.4.
    """

    accounting: Accounting = x.child("Accounting")
    charge: Charge = x.child("Charge")


@x.element("(Segment+ | AccountingSegment+)")
class Accounting(x.Element):
    """The account that a share is charged to, as a list of segments.

    name: a label for the combination of segments.
    accounting_segment, segment: the parts of the account. Send the first, accept either; the two do not mix.
    """

    name: str = x.attribute("name")
    segment: x.Many[Segment] = x.children("Segment", default=())
    accounting_segment: x.Many[AccountingSegment] = x.children("AccountingSegment", default=())


@x.element(deprecated="use AccountingSegment")
class Segment(x.Element):
    """One part of an account in the old form, whose texts state no language.

    type: the kind of segment, AccountingSegment.name in the new form.
    id: its key in the buyer's system.
    description: what the key stands for.
    """

    type: str = x.attribute("type")
    id: str = x.attribute("id")
    description: str = x.attribute("description")


@x.element()
class AccountingSegment(x.Element):
    """One part of an account, such as a cost center or a general ledger account.

    id: its key in the buyer's system, unique among segments of the same name.
    name: the kind of segment, such as Cost Center.
    description: what the key stands for.
    """

    id: str = x.attribute("id")
    name: Name = x.child("Name")
    description: Description = x.child("Description")


@x.element()
class Charge(x.Element):
    """The amount that is charged to an account."""

    money: Money = x.child("Money")
