"""What a document says, in short: what a person in purchasing or support asks for first.

    summary = summarize(parse(body))
    summary.kind           'Order "new"'
    summary.total.remark   'agrees with the lines'

Texts stand here as they were received. Secrets never do: of a proof only its kind is told, of a purchasing card
nothing that could be used, of free data (``Extrinsic``, ``Option``) only what is known to be harmless. Every field
may be absent or unreadable, as a tolerant reader leaves it, and is then an empty text.
"""

from .amounts import decimal_text, decimals_of, line_amount
from .document import Charge, Fact, Party, Service, Summary, summarize
from .lines import Line, Total

__all__ = [
    "Charge",
    "Fact",
    "Line",
    "Party",
    "Service",
    "Summary",
    "Total",
    "decimal_text",
    "decimals_of",
    "line_amount",
    "summarize",
]
