"""The entrance of the command line: reads the arguments and hands over to one sub-command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from .. import __version__
from . import check, partners, show
from .layout import forgive

__all__ = ["main"]

_EPILOG = "Exit status: 0 all is well, 1 a document is not, 2 the command could not be carried out."


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; wrong arguments leave through SystemExit(2), as in argparse."""
    arguments = _parser().parse_args(argv)
    forgive(sys.stdout)
    forgive(sys.stderr)
    try:
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader, head perhaps, has seen enough. Python would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cxml-punchout", description="Look at cXML documents: setup requests, carts, orders.", epilog=_EPILOG
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in (show, check, partners):
        command.add(commands)
    return parser
