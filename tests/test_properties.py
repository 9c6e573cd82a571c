"""Whatever can be built can be written, and what was written is read as what was built."""

from __future__ import annotations

import re
from functools import cache

import official
import pytest
import strategies
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from cxml_punchout import CXML, OpenElement, parse, serialize
from cxml_punchout import element as x
from cxml_punchout.binding import careful, reader, rewriter, writer
from cxml_punchout.models import BuyerCookie
from cxml_punchout.roundtrip import same_infoset
from cxml_punchout.tree import load

DOCUMENTS = strategies.elements("cXML")


@pytest.mark.slow
@settings(max_examples=400)
@given(DOCUMENTS)
def test_a_document_is_read_as_it_was_written(document: CXML) -> None:
    body = serialize(document)
    again = parse(body)
    assert again == document
    assert serialize(again) == body


@pytest.mark.slow
@settings(max_examples=200)
@given(DOCUMENTS)
def test_the_encoding_changes_nothing(document: CXML) -> None:
    ascii_ = serialize(document, encoding="US-ASCII")
    assert ascii_.isascii()
    assert parse(ascii_) == document


@pytest.mark.slow
@settings(max_examples=200)
@given(DOCUMENTS)
def test_both_readers_and_both_writers_agree(document: CXML) -> None:
    pieces: list[str] = []
    writer.write(document, pieces.append)
    slowly = rewriter.write(document)
    assert same_infoset("".join(pieces).encode(), slowly.encode())
    loaded = load(slowly)
    fast_notes = reader.Notes(loaded)
    fast = reader.read(loaded.root, fast_notes)
    slow, slow_notes = careful.read(loaded, CXML.__cxml__)
    assert fast == slow == document
    assert sorted(note.message for note in fast_notes) == sorted(note.message for note in slow_notes)


@pytest.mark.thorough
@pytest.mark.parametrize("tag", [d.tag for d in x.declarations() if isinstance(d, x.Declaration)])
def test_each_element_alone_survives(tag: str) -> None:
    @settings(max_examples=10)
    @given(strategies.elements(tag))
    def survives(element: x.Element) -> None:
        loaded = load(rewriter.write(element))
        again, notes = careful.read(loaded, element.__cxml__)
        assert again == element
        assert [note for note in notes if note.fatal] == []
        fast = reader.read(loaded.root, reader.Notes(loaded))
        assert fast == element

    survives()


@given(st.lists(strategies.TEXT | st.just(OpenElement("<a b='1'> <c/>\r</a>")), max_size=4))
def test_open_content_comes_back_to_the_letter(content: list[str | OpenElement]) -> None:
    cookie = BuyerCookie(content)
    loaded = load(rewriter.write(cookie))
    assert reader.read(loaded.root, reader.Notes(loaded)) == cookie


@pytest.mark.slow
@pytest.mark.skipif(official.directory() is None, reason="no official DTDs; set CXML_OFFICIAL_DTD")
@settings(max_examples=200)
@given(DOCUMENTS)
def test_what_can_be_built_is_valid_against_the_official_grammar(document: CXML) -> None:
    tree = load(serialize(document))
    dtd = _official_dtd()
    if not dtd.validate(tree.root):
        # A reference may name an Id that is not there, and the strategy makes no real signatures.
        errors = [error for error in dtd.error_log if not re.search("IDREF|Element Signature", error.message)]
        assert errors == [], errors[:3]


@cache
def _official_dtd() -> etree.DTD:
    place = official.directory()
    assert place is not None
    return etree.DTD(str(place / "1.2.071" / "cXML.dtd"))
