"""The command line: ``cxml-punchout``."""

from .main import main

__all__ = ["main"]
