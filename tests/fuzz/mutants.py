"""Documents that went wrong on the way: octets, tags and values changed by chance but repeatably."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from functools import cache
from itertools import accumulate

import attrs
from grammar import declared
from lxml import etree
from mutation import mutant as rearranged
from rarities import rarity
from seeds import Seed, root_of, seeds, stored

__all__ = ["Mutant", "mutant"]

_TAG = re.compile(rb"<[^<>]{1,400}>")
_VALUE = re.compile(rb"""=\s*"([^"<]{0,300})"|=\s*'([^'<]{0,300})'""")
_TEXT = re.compile(rb">([^<>]{1,300})<")
_ELEMENT = re.compile(rb"<(\w{1,60})(?:\s[^<>]{0,300})?>[^<>]{0,300}</\1>")

_NUMBERS = (
    *(
        "",
        "0",
        "-0",
        "-1",
        "1e3",
        "1e+06",
        "1E-400",
        "1e999999999",
        "9" * 40,
        "0" * 400 + "1",
        "1.",
        ".5",
        "+5",
        "5-",
        "--5",
    ),
    *(
        "12,000",
        "1.234,56",
        "1,234.50",
        "1,23",
        "0,5",
        "1 000",
        "1\u00a0000",
        "1_000",
        "\uff11\uff12",
        "\u0661",
        "NaN",
        "-NaN",
    ),
    *(
        "sNaN",
        "Infinity",
        "-inf",
        "0x10",
        "1/3",
        "abc",
        "1;2",
        "$5",
        "5 EUR",
        "²",
        "1e",
        "e5",
        "1.2.3",
        ",",
        ".",
        "-",
        "+",
    ),
)
_TIMES = (
    *("2026-02-30", "2026-02-29T00:00:00+00:00", "2026-11-23T24:00:00+00:00", "2026-11-23T23:59:60Z", "0000-01-01"),
    *("2026-11-23T18:30", "2026-11-23 18:30:00+01", "2026-11-23T18:30:00+25:00", "2026-11-23T18:30:00,123456789+00:00"),
    *("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "10000-01-01", "-2026-01-01", "20261123", "23.11.2026"),
    *(
        "2026-W48-1",
        "T",
        "--T+00:00",
        "2026-11-23T18:30:00.5.5Z",
        "٢٠٢٦-11-23",
        "P1D",
        "P",
        "-P1Y2M3DT4H5M6.7S",
        "P99999999999Y",
    ),
)
_TEXTS = (
    *(
        "x" * 5000,
        " " * 300,
        "\t\r\n",
        "\u0000",
        "\x01",
        "\x7f",
        "\u0085",
        "\u2028",
        "\ufeff",
        "\ufffe",
        "\U0001f600",
        "\u202e",
    ),
    *(
        "é",
        "日本",
        "İ",
        "ß",
        "%s%n",
        "{0}",
        "../../x",
        "C:\\x",
        "cid:",
        "cid:%",
        "cid:a@b",
        "javascript:alert(1)",
        "http://[",
    ),
    *(
        "http://a:b@c:99999/",
        "https://\u0130.example",
        "//a",
        "data:,x",
        "file:///etc/passwd",
        "mailto:",
        "a@b",
        "urn:",
    ),
    *(
        "&",
        "&amp;",
        "&amp;amp;",
        "&#0;",
        "&#x1F600;",
        "&#xD800;",
        "&a;",
        "&#;",
        "<",
        ">",
        "]]>",
        "<![CDATA[",
        "<!--",
        "-->",
    ),
    *(
        "yes",
        "Yes",
        "true",
        "no",
        "create",
        "Create",
        "new",
        "delete",
        "update",
        "production",
        "test",
        "EUR",
        "eur",
        "XXX",
        "en",
    ),
    *(
        ' xmlns:xml="http://www.w3.org/XML/1998/namespace"',
        ' xmlns="urn:x"',
        ' xmlns:a="urn:a" a:b="c"',
        'xmlns:a=""',
        "a:b",
    ),
    *(
        "<a/>",
        "<a:b/>",
        "<cXML/>",
        "<SharedSecret>x</SharedSecret>",
        "<?a b?>",
        "<?xml version='1.0'?>",
        "<!DOCTYPE a []>",
    ),
)
_NASTY = tuple(text.encode("utf-8", "surrogatepass") for text in (*_NUMBERS, *_TIMES, *_TEXTS))
_OCTETS = (0, 9, 10, 13, 32, 34, 38, 39, 60, 61, 62, 0x7F, 0x80, 0xC0, 0xC3, 0xED, 0xEF, 0xFE, 0xFF)


@attrs.frozen
class Mutant:
    """A document, what it was made from, and what was done to it."""

    octets: bytes = attrs.field(repr=False)
    seed: str
    changes: tuple[str, ...]


@cache
def _sources() -> tuple[tuple[Seed, ...], list[float]]:
    known = (*seeds(), *stored())
    return known, list(accumulate(each.weight for each in known))


def mutant(chance: random.Random) -> Mutant:
    """One document with one to a few changes."""
    known, weights = _sources()
    seed = chance.choices(known, cum_weights=weights)[0]
    name, body = seed.name, seed.octets
    changes: list[str] = []
    if chance.random() < 0.1:
        rare = rarity(chance)
        name, body = f"{rare.seed.name} by {', '.join(rare.productions)}", rare.octets
    elif chance.random() < 0.3 and not seed.name.startswith("corpus/"):
        changes.append("rearranged")
        body = _rearranged(seed, chance)
        if chance.random() < 0.5:
            return Mutant(body, name, tuple(changes))
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 5, 8))):
        change = chance.choices(_CHANGES, _WEIGHTS)[0]
        changes.append(change.__name__)
        body = change(body, chance)
    return Mutant(body, name, tuple(changes))


def _rearranged(seed: Seed, chance: random.Random) -> bytes:
    root = rearranged(root_of(seed.octets), _tags(), chance)
    made: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    head, line, rest = made.partition(b"\n")
    return head + line + b'<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd">\n' + rest


@cache
def _tags() -> Sequence[str]:
    return tuple(declared())


# --- changes: octets -----------------------------------------------------------------------------------------------


def flip(body: bytes, chance: random.Random) -> bytes:
    if not body:
        return body
    at = chance.randrange(len(body))
    return body[:at] + bytes((body[at] ^ 1 << chance.randrange(8),)) + body[at + 1 :]


def octet(body: bytes, chance: random.Random) -> bytes:
    at = chance.randint(0, len(body))
    return body[:at] + bytes((chance.choice(_OCTETS),)) + body[at + chance.randint(0, 1) :]


def insert(body: bytes, chance: random.Random) -> bytes:
    at = chance.randint(0, len(body))
    return body[:at] + chance.choice(_NASTY) + body[at:]


def cut(body: bytes, chance: random.Random) -> bytes:
    start, end = _span(body, chance)
    return body[:start] + body[end:]


def double(body: bytes, chance: random.Random) -> bytes:
    start, end = _span(body, chance)
    return body[:end] + body[start:end] + body[end:]


def end_early(body: bytes, chance: random.Random) -> bytes:
    return body[: chance.randint(0, len(body))]


def splice(body: bytes, chance: random.Random) -> bytes:
    known, weights = _sources()
    other = chance.choices(known, cum_weights=weights)[0].octets
    return body[: chance.randint(0, len(body))] + other[chance.randint(0, len(other)) :]


def _span(body: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randint(0, len(body))
    return start, min(len(body), start + chance.choice((1, 2, 8, 40, 200, 1000)))


# --- changes: tags and values --------------------------------------------------------------------------------------


def _found(pattern: re.Pattern[bytes], body: bytes, chance: random.Random) -> re.Match[bytes] | None:
    """One of the places where a pattern fits."""
    found = list(pattern.finditer(body))
    return chance.choice(found) if found else None


def value(body: bytes, chance: random.Random) -> bytes:
    hit = _found(_VALUE, body, chance)
    if hit is None:
        return body
    start, end = hit.span(1 if hit[1] is not None else 2)
    return body[:start] + chance.choice(_NASTY) + body[end:]


def text(body: bytes, chance: random.Random) -> bytes:
    hit = _found(_TEXT, body, chance)
    return body[: hit.start(1)] + chance.choice(_NASTY) + body[hit.end(1) :] if hit else body


def empty(body: bytes, chance: random.Random) -> bytes:
    hit = _found(chance.choice((_TEXT, _VALUE)), body, chance)
    if hit is None:
        return body
    start, end = hit.span(1 if hit[1] is not None else 2)
    return body[:start] + body[end:]


def drop_tag(body: bytes, chance: random.Random) -> bytes:
    hit = _found(_TAG, body, chance)
    return body[: hit.start()] + body[hit.end() :] if hit else body


def repeat_tag(body: bytes, chance: random.Random) -> bytes:
    hit = _found(_TAG, body, chance)
    return body[: hit.end()] + hit[0] * chance.choice((1, 2, 20)) + body[hit.end() :] if hit else body


def swap_tags(body: bytes, chance: random.Random) -> bytes:
    one, other = _found(_TAG, body, chance), _found(_TAG, body, chance)
    if one is None or other is None or one.start() >= other.start():
        return body
    return body[: one.start()] + other[0] + body[one.end() : other.start()] + one[0] + body[other.end() :]


def drop_element(body: bytes, chance: random.Random) -> bytes:
    hit = _found(_ELEMENT, body, chance)
    return body[: hit.start()] + body[hit.end() :] if hit else body


def repeat_element(body: bytes, chance: random.Random) -> bytes:
    hit = _found(_ELEMENT, body, chance)
    return body[: hit.end()] + hit[0] * chance.choice((1, 2, 50)) + body[hit.end() :] if hit else body


def rename(body: bytes, chance: random.Random) -> bytes:
    """Another name for an element, in both of its tags."""
    hit = _found(_ELEMENT, body, chance)
    if hit is None:
        return body
    name = chance.choice((*_tags(), "Bogus", "a:b", hit[1].decode().lower(), "ds:Signature")).encode()
    inner = hit[0][len(hit[1]) + 1 : -len(hit[1]) - 1]
    return body[: hit.start()] + b"<" + name + inner + name + b">" + body[hit.end() :]


def attribute(body: bytes, chance: random.Random) -> bytes:
    """One more attribute, or a declaration of a namespace, in some tag."""
    hit = _found(_TAG, body, chance)
    if hit is None:
        return body
    at = hit.end() - (2 if hit[0].endswith(b"/>") else 1)
    names = (
        b"xmlns",
        b"xmlns:xml",
        b"xmlns:a",
        b"xml:lang",
        b"xml:id",
        b"Id",
        b"a:b",
        b"quantity",
        b"type",
        b"payloadID",
    )
    made = b' %s="%s"' % (chance.choice(names), chance.choice(_NASTY).replace(b'"', b"&quot;"))
    return body[:at] + made + body[at:]


_CHANGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *(flip, octet, insert, cut, double, end_early, splice),
    *(value, text, empty, drop_tag, repeat_tag, swap_tags, drop_element, repeat_element, rename, attribute),
)
#: Most changes leave the document well-formed, for what is not comes no further than the parser.
_WEIGHTS = (1, 1, 1, 1, 1, 0.5, 1, 6, 6, 4, 0.5, 0.5, 1, 4, 4, 3, 3)
