"""How much one document may ask of us."""

from __future__ import annotations

import attrs

__all__ = ["DEFAULT_LIMITS", "Limits"]


@attrs.frozen(kw_only=True)
class Limits:
    """The most that is read from one document; a document over a limit raises its own ``LimitExceeded``.

    The defaults fit an order of some 20 000 lines. Raising ``bytes`` raises the memory that one request can take: usual
    documents take ten times their own size while they are read, tersely written ones up to twenty times. libxml2 has
    bounds of its own that are never switched off (256 levels, 10 million characters for one value); a larger number
    here does not lift them.

    bytes: size of the document in octets.
    depth: levels of elements, the root being level 1.
    elements: elements in the whole document.
    attributes: attributes of one element.
    attribute_length: characters of one attribute value, as written.
    name_length: characters of the name of an element or an attribute, and of the name of a namespace.
    namespaces: prefixes of namespaces in the whole document. cXML has none but those of a signature.
    credentials: names in one From, To or Sender, how many of these there are, and a fiftieth of all elements of the
        Header.
    findings: departures from the grammar that are noted one by one; of the rest only the number is told, and a strict
        reader, which refuses the document anyway, ends there. This one refuses nothing.
    memory: how many times its own size a document may take, tree and typed objects together, as estimated from its
        elements; what takes 2.5 MB always may, and one below 48 KB. Thousands of tiny elements are what it stops.
    """

    bytes: int = 32 * 1024 * 1024
    depth: int = 256
    elements: int = 1_000_000
    attributes: int = 256
    attribute_length: int = 1024 * 1024
    name_length: int = 1000
    namespaces: int = 200
    credentials: int = 100
    findings: int = 1000
    memory: int = 20


DEFAULT_LIMITS = Limits()
