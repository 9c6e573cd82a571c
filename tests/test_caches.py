"""What the package remembers: every memory has a bound, and nothing grows with the words of strangers."""

from __future__ import annotations

import contextlib
import gc
import importlib
import logging
import pkgutil
import sys
import tracemalloc
from collections.abc import Iterator
from types import ModuleType

import pytest

import cxml_punchout
from cxml_punchout import DocumentError, Endpoint, MemoryStore, parse, redact, unheard, validate
from cxml_punchout.mime import unpack
from cxml_punchout.punchout.form import read_form

#: Every function that remembers its answers -> what bounds them.
BOUNDED = {
    "binding.reader.group_function": "groups of declarations",
    "binding.careful._plan": "declarations",
    "carried._content_of": "declarations",
    "cli.check._catalog": "one entry, made of options",
    "element.raw": "classes of declarations",
    "meant._known_letters": "4096 words of declarations and grammars",
    "octets._is_read": "names of codecs on our own list",
    "prolog.scanned": "64 entries of at most 1024 octets",
    "search.words": "no arguments",
    "sensitive._remembered": "2048 names of less than 64 letters",
    "spine._by_name": "classes of declarations",
    "trust.credentials._domain": "256 entries; long domains are not remembered",
    "validation.catalog._own_digest": "our own files",
    "validation.catalog._own_files": "no arguments",
    "validation.catalog._own_grammar": "our own files",
    "validation.catalog.default_catalog": "no arguments",
    "validation.codes.explanations": "no arguments",
    "validation.dtd._known_version": "64 entries; long identifiers are not remembered",
    "validation.dtd._unavailable": "256 entries of versions, which are short",
    "validation.lists._codes": "names of lists",
    "validation.lists._library": "no arguments",
    "validation.lists.units": "no arguments",
    "validation.schema._forms": "no arguments",
    "versions._plan": "4096 entries; declarations and known versions",
}


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(cxml_punchout.__path__, "cxml_punchout."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def test_every_function_that_remembers_is_known_with_its_bound() -> None:
    found = set()
    for module in modules():
        spaces = [("", vars(module))]
        spaces += [
            (f"{name}.", vars(kind))
            for name, kind in vars(module).items()
            if isinstance(kind, type) and kind.__module__ == module.__name__
        ]
        for prefix, space in spaces:
            for name, value in list(space.items()):
                function = getattr(value, "__func__", value)
                home = getattr(getattr(function, "__wrapped__", None), "__module__", module.__name__)
                if hasattr(type(function), "cache_info") and home == module.__name__:
                    found.add(f"{module.__name__}.{prefix}{name}".removeprefix("cxml_punchout."))
    assert found == set(BOUNDED)


def odd(number: int) -> tuple[bytes, str]:
    """A document, and a Content-Type, in which every word is new."""
    n = f"{number:05}"
    crowd = "".join(
        f'<Made{n}x{i} by{n}x{i}="v"/><m{n}x{i}:Known xmlns:m{n}x{i}="urn:{n}:{i}"/>'
        f'<Money currency="C{n}{i}" at{n}{i}="1">7.50</Money><URL>no {n} {i}</URL>'
        for i in range(8)
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?>'
        f'<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.{n}/cXML.dtd">'
        f'<cXML payloadID="{n}@forge.example" timestamp="2026-04-0{number % 9 + 1}T0{number % 7}:00:00+00:00">'
        f'<Header><From><Credential domain="house-{n}"><Identity>{n}</Identity></Credential></From>'
        f'<To><Credential domain="inn-{n}"><Identity>i{n}</Identity></Credential></To>'
        f'<Sender><Credential domain="barn-{n}"><Identity>b{n}</Identity><SharedSecret>s{n}</SharedSecret></Credential>'
        f"<UserAgent>u{n}</UserAgent></Sender></Header>"
        f'<Request><PunchOutSetupRequest operation="op{n}"><BuyerCookie>c{n}</BuyerCookie>'
        f'<Extrinsic name="e{n}">{crowd}</Extrinsic>'
        f"<BrowserFormPost><URL>https://h{n}.example/{n}</URL></BrowserFormPost>"
        f"<SelectedItem><ItemID><SupplierPartID>{n}</SupplierPartID></ItemID></SelectedItem>"
        f"<{n and 'Thing' + n}/></PunchOutSetupRequest></Request></cXML>"
    ).encode(), f"text/xml; charset=coding-{n}"


def ask_everything(number: int) -> None:
    octets, kind = odd(number)
    parse(octets, mode="tolerant")
    report = validate(octets)
    report.render()
    report.to_json()
    redact(octets.decode(), extrinsics=("e",))
    Endpoint(MemoryStore([])).handle(octets, kind, {})
    for job in (
        lambda: read_form({"cxml-urlencoded": octets.decode()}),
        lambda: parse(octets.replace(b"utf-8", b"coding-%d" % number)),
        lambda: parse(octets.replace(b"Thing", b"Thing-")),
        lambda: unpack(
            b"--%d\r\nContent-Type: text/x%d; a%d=b\r\nX-%d: y\r\n\r\n%s\r\n--%d--\r\n"
            % (number, number, number, number, octets, number),
            f"multipart/x-{number}; boundary={number}",
        ),
    ):
        with contextlib.suppress(DocumentError):
            job()


@pytest.mark.thorough
def test_a_hundred_documents_of_new_words_leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    # pytest keeps the log, which is not ours to bound.
    monkeypatch.setattr(logging.getLogger("cxml_punchout.endpoint"), "disabled", True)
    # What libxml2 remembers has a bound of its own, and tests of its own; here nothing is counted.
    monkeypatch.setattr(unheard._local, "apart", True, raising=False)
    for number in range(80):
        ask_everything(number)
    gc.collect()
    before = sys.getallocatedblocks()
    for number in range(80, 180):
        ask_everything(number)
    gc.collect()
    # Each of these documents has eighty new words; of a few versions and DOCTYPEs is kept what we say.
    assert sys.getallocatedblocks() - before < 2000


def test_values_that_are_remembered_are_short_and_not_too_many() -> None:
    from cxml_punchout.scalars import DECIMAL

    assert DECIMAL.read is not None
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for number in range(20_000):
            DECIMAL.read(f"{number}.25")
        for number in range(100):
            DECIMAL.read("1" + f"{number:03}" * 1000)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 2_000_000
