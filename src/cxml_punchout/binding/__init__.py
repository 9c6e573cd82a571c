"""From declarations to code: a reader and a writer compiled for each class on first use.

``reader`` and ``writer`` hold the compiled, fast way for documents that follow the grammar; whatever departs
from it makes them give up with ``Departure``, and ``careful`` goes over the document again, slowly, to say
what is wrong and where, and to keep everything; ``rewriter`` writes all of it. ``generated_source`` prints what was
compiled.
"""

from __future__ import annotations

from .source import generated_source

__all__ = ["generated_source"]
