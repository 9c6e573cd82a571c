"""A fault of our own: told without a word of the document, logged so that it can be found.

The text of an exception that nobody foresaw may quote the document, a secret included. So only its class is named, and
where it was raised.
"""

from __future__ import annotations

from .findings import CODES, Finding

__all__ = ["REPORT_IT", "internal_finding", "log_fault", "stack_of"]

#: What to do about it.
REPORT_IT = "Report it to the maintainers of the library, with the lines of the log that name the place."


def stack_of(error: BaseException) -> str:
    """Where an exception was raised, as a traceback shows it, and its class; not its text."""
    import traceback  # only where something is wrong

    return f"{''.join(traceback.format_tb(error.__traceback__))}{type(error).__name__}"


def log_fault(what: str, error: BaseException) -> None:
    """Write an unforeseen exception to the log ``cxml_punchout``; ``what`` says where it was caught."""
    import logging  # most programs never get here

    logging.getLogger("cxml_punchout").error("%s: unforeseen %s\n%s", what, type(error).__name__, stack_of(error))


def internal_finding(error: BaseException) -> Finding:
    """The finding that stands for an unforeseen exception."""
    message = f"{CODES['internal'].rstrip('.')} ({type(error).__name__})."
    return Finding("xml", "error", "internal", message, hint=REPORT_IT)
