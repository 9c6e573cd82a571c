"""The verdict of the DTD layer is that of libxml2 with the official DTD, on good documents and on bad ones."""

from __future__ import annotations

import csv
import random
from functools import cache
from io import BytesIO

import mutation
import official
import pytest
from at_hand import CORPUS, OWN
from lxml import etree

from cxml_punchout import element as x
from cxml_punchout import models
from cxml_punchout.payloads import module_of
from cxml_punchout.tree import Loaded, load
from cxml_punchout.validation import dtd, pieces
from cxml_punchout.validation.catalog import DtdCatalog

assert models.TOPICS

needs_official = pytest.mark.skipif(
    official.directory() is None,
    reason="the official DTDs are not at hand; name their directory in CXML_OFFICIAL_DTD",
)
needs_corpus = pytest.mark.skipif(not (CORPUS / "INDEX.tsv").is_file(), reason=f"no corpus in {CORPUS}")

MUTANTS = 20_000
TAGS = sorted(declared.tag for declared in x.declarations())
OURS = DtdCatalog()
NAMESPACES = {"ds": "http://www.w3.org/2000/09/xmldsig#", "xades": "http://uri.etsi.org/01903/v1.3.2#"}


@cache
def judge(module: str) -> etree.DTD:
    return etree.DTD(BytesIO(official.path(official.CURRENT, module).read_bytes()))


@cache
def with_official() -> DtdCatalog:
    place = official.directory()
    assert place is not None
    catalog = DtdCatalog()
    catalog.add(place)
    return catalog


def _payload(root: etree._Element) -> str | None:
    payload = dtd._payload(root)
    return None if payload is None else str(payload.tag)


def _is_declared(root: etree._Element) -> bool:
    payload = _payload(root)
    return root.tag == "cXML" and (payload is None or x.lookup(payload) is not None)


def _valid(loaded: Loaded, catalog: DtdCatalog, version: str | None = None) -> bool:
    return not [finding for finding in dtd.check_dtd(loaded, catalog, version) if finding.layer == "dtd"]


@cache
def originals() -> list[etree._Element]:
    """Our own documents and those of others, with a declared payload."""
    roots = []
    for path in sorted([*OWN.rglob("*.xml"), *CORPUS.rglob("*.xml")]):
        try:
            roots.append(load(path.read_bytes(), tolerant=True).root)
        except ValueError:
            continue
        except Exception as error:
            assert "Malformed" in type(error).__name__ or "Unsafe" in type(error).__name__  # noqa: PT017
    return [root for root in roots if _is_declared(root)]


@needs_official
def test_the_verdict_on_a_declared_payload_is_that_of_the_official_module(corpus_document):
    _same_verdict(corpus_document)


@needs_official
def test_so_is_the_verdict_on_our_own_documents(own_document):
    _same_verdict(own_document)


def _same_verdict(octets: bytes) -> None:
    try:
        loaded = load(octets, tolerant=True)
    except Exception:
        pytest.skip("not well-formed, so no DTD is asked")
    if not _is_declared(loaded.root):
        pytest.skip("the payload is not declared")
    expected = judge(module_of(_payload(loaded.root))).validate(loaded.root)
    assert _valid(loaded, OURS) == expected
    assert _valid(loaded, with_official(), official.CURRENT) == expected


@needs_official
@needs_corpus
def test_with_the_official_files_the_verdict_on_all_documents_is_theirs():
    with (CORPUS / "INDEX.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    judged = 0
    for row in rows:
        if row["well_formed"] == "y":
            loaded = load((CORPUS / row["path"]).read_bytes(), tolerant=True)
            assert _valid(loaded, with_official(), official.CURRENT) == (row["valid_1.2.071"] == "y"), row["path"]
            judged += 1
        else:
            with pytest.raises(Exception, match=r"."):
                load((CORPUS / row["path"]).read_bytes())
    print(f"{judged} documents judged, {len(rows) - judged} not well-formed")
    assert len(rows) == 148


@needs_official
@pytest.mark.slow
def test_the_verdict_on_documents_made_wrong_is_that_of_the_official_module():
    roots, chance = originals(), random.Random(20261123)
    ours = OURS.grammar(OURS.choose("OrderRequest").file)._dtd
    tried = valid = explained = 0
    while tried < MUTANTS:
        made = mutation.mutant(chance.choice(roots), TAGS, chance)
        if not _is_declared(made) or module_of(_payload(made)) != "cXML":
            continue
        expected = judge("cXML").validate(made)
        assert ours.validate(made) == expected, etree.tostring(made)
        tried += 1
        valid += expected
        if tried % 5 == 0:
            _explain(made, expected)
            explained += 1
    print(f"{tried} documents made from {len(roots)}: {valid} valid, {tried - valid} not; {explained} explained")
    assert min(valid, tried - valid) > MUTANTS / 20


def _explain(made: etree._Element, expected: bool) -> None:
    # As a document is received: what libxml2 has in memory may differ from what it would read.
    octets = etree.tostring(made)
    loaded = load(octets)
    expected = OURS.grammar(OURS.choose("OrderRequest").file)._dtd.validate(loaded.root)
    findings = [finding for finding in dtd.check_dtd(loaded, OURS) if finding.layer == "dtd"]
    assert bool(findings) != expected, octets
    for finding in findings:
        assert finding.code != "not-valid", (octets, finding.raw)
        assert finding.line
        assert finding.column
        assert finding.raw or finding.code == "unknown-element"
        assert finding.hint or finding.code == "more", f"nobody learns what to do: {finding}"
        assert len(loaded.root.getroottree().xpath(finding.path, namespaces=NAMESPACES)) == 1


@needs_official
@pytest.mark.slow
def test_a_tree_that_is_judged_in_pieces_gets_the_same_verdict(monkeypatch):
    roots, chance = originals(), random.Random(20261124)
    for piece in (1, 10):
        monkeypatch.setattr(pieces, "PIECE", piece)
        for _ in range(1000):
            loaded = load(etree.tostring(mutation.mutant(chance.choice(roots), TAGS, chance)))
            if _is_declared(loaded.root) and module_of(_payload(loaded.root)) == "cXML":
                expected = judge("cXML").validate(loaded.root)
                findings = dtd.check_dtd(loaded, OURS)
                said = [str(finding) for finding in findings if finding.layer == "dtd"]
                assert bool(said) != expected, (etree.tostring(loaded.root), said)
