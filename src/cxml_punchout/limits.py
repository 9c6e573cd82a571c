"""How much one document may ask of us."""

from __future__ import annotations

import attrs

__all__ = ["DEFAULT_LIMITS", "Limits"]


@attrs.frozen(kw_only=True)
class Limits:
    """The most that is read from one document; a document over a limit raises its own ``LimitExceeded``.

    The defaults fit an order of some 20 000 lines. Raising ``bytes`` raises the memory that one request can
    take: a tree costs about nine times the size of its text. libxml2 has bounds of its own that are never
    switched off (256 levels, 10 million characters for one value); a larger number here does not lift them.

    bytes: size of the document in octets.
    depth: levels of elements, the root being level 1.
    elements: elements in the whole document.
    attributes: attributes of one element.
    attribute_length: characters of one attribute value, as written.
    """

    bytes: int = 32 * 1024 * 1024
    depth: int = 256
    elements: int = 1_000_000
    attributes: int = 256
    attribute_length: int = 1024 * 1024


DEFAULT_LIMITS = Limits()
