"""``python -m cxml_punchout`` is ``cxml-punchout``."""

from .cli import main

if __name__ == "__main__":
    raise SystemExit(main())
