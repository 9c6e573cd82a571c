"""``cxml-punchout partners``: is a file of partners right, and what does a customer have to be told."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from ..trust.partners import Partner
from ..trust.stores.toml import check
from .layout import Style, clean

__all__ = ["add", "sheet"]


def add(commands: Any) -> None:
    """Add the sub-command to the command line."""
    parser = commands.add_parser(
        "partners",
        help="check a file of partners, or print what a customer has to be told",
        description="Look at a TOML file of partners.",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    checking = actions.add_parser("check", help="explain the faults of the file", description=_check.__doc__)
    printing = actions.add_parser("sheet", help="print the fields for the customer's form", description=_sheet.__doc__)
    for action, run in ((checking, _check), (printing, _sheet)):
        action.add_argument("file", metavar="FILE", help="the TOML file")
        action.set_defaults(run=run)
    printing.add_argument("--partner", metavar="NAME", help="only the records of this name")


def _check(arguments: argparse.Namespace) -> int:
    """Explain all faults of the file. Exit status: 0 it can be used, 1 it cannot."""
    checked = check(arguments.file)
    for fault in checked.faults:
        print(f"error: {clean(fault)}")
    for sentence in checked.advice:
        print(f"note: {clean(sentence)}")
    number = len(checked.partners)
    print(
        f"{clean(arguments.file)}: {'not ok' if checked.faults else 'ok'}, {number} partner{'' if number == 1 else 's'}"
    )
    return 1 if checked.faults else 0


def _sheet(arguments: argparse.Namespace) -> int:
    """Print the table that a supplier sends to its customer, one for each record, without the secret."""
    checked = check(arguments.file)
    if checked.faults:
        for fault in checked.faults:
            print(f"error: {clean(fault)}", file=sys.stderr)
        return 1
    chosen = [each for each in checked.partners if arguments.partner in (None, each.name)]
    if not chosen:
        print(f"error: there is no partner called {clean(arguments.partner or '')}", file=sys.stderr)
        return 1
    print("\n".join(sheet(chosen, Style.of(sys.stdout))))
    return 0


def sheet(partners: Sequence[Partner], style: Style) -> Iterator[str]:
    """The eight fields of a customer's form for each record; the secret goes another way."""
    for number, partner in enumerate(partners):
        if number:
            yield ""
        yield style.bold(f"{clean(partner.name)}, {partner.mode}")
        for label, value in _fields(partner):
            yield f"  {label:<20}{clean(value)}"


def _fields(partner: Partner) -> Iterator[tuple[str, str]]:
    yield "Sender Domain", partner.sender_domain
    yield "Supplier Domain", partner.supplier_domain
    yield "From Identity", partner.from_identity or "the buyer's own"
    if partner.from_domain != partner.sender_domain:
        yield "From Domain", partner.from_domain
    yield "To Identity", partner.to_identity
    yield "Sender Identity", partner.sender_identity
    yield "Shared Secret", "agreed separately, never by e-mail"
    yield "PunchOut URL", partner.punchout_url or "-"
    yield "Purchase Order URL", partner.purchase_order_url or "-"
    if partner.version:
        yield "cXML Version", partner.version
