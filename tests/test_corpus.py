"""148 documents that others published, good and bad: what is valid survives exactly, what is not loses nothing."""

from __future__ import annotations

import csv
import os
from collections import Counter
from pathlib import Path

import pytest

from cxml_punchout import InvalidDocument, MalformedDocument, OpenElement, parse, serialize, validate
from cxml_punchout.roundtrip import first_difference, same_infoset
from cxml_punchout.tree import load

ROOT = Path(__file__).resolve().parents[1]
CORPUS = Path(os.environ.get("CXML_CORPUS") or ROOT.parent / "shared" / "corpus")
CORE = {
    "PunchOutSetupRequest",
    "PunchOutSetupResponse",
    "PunchOutOrderMessage",
    "OrderRequest",
    "ProfileRequest",
    "ProfileResponse",
    "StatusUpdateRequest",
    "Response",
}


def _rows() -> list[dict[str, str]]:
    index = CORPUS / "INDEX.tsv"
    if not index.is_file():
        return []
    with index.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


ROWS = _rows()
VALID = [row for row in ROWS if row["well_formed"] == "y" and row["valid_1.2.071"] == "y"]
INVALID = [row for row in ROWS if row["well_formed"] == "y" and row["valid_1.2.071"] == "n"]
MALFORMED = [row for row in ROWS if row["well_formed"] == "n"]


def _each(rows: list[dict[str, str]]) -> list[object]:
    absent = pytest.param("", marks=pytest.mark.skip(reason=f"no corpus in {CORPUS}; set CXML_CORPUS"), id="absent")
    return [pytest.param(row["path"], id=row["path"]) for row in rows] or [absent]


def _contents(octets: bytes) -> Counter[str]:
    found: Counter[str] = Counter()
    for node in load(octets, tolerant=True).root.iter("*"):
        found.update(str(value) for value in node.values())
        found.update(text.strip() for text in (node.text, node.tail) if text and text.strip())
    return found


@pytest.mark.skipif(not ROWS, reason=f"no corpus in {CORPUS}; set CXML_CORPUS")
def test_every_document_of_the_index_is_judged() -> None:
    assert len(ROWS) == len(VALID) + len(INVALID) + len(MALFORMED) == 148


@pytest.mark.parametrize("path", _each([row for row in VALID if row["payload"] in CORE]))
def test_a_valid_document_with_a_core_payload_survives_strictly(path: str) -> None:
    body = (CORPUS / path).read_bytes()
    document = parse(body)
    written = serialize(document)
    assert first_difference(body, written) is None
    assert parse(written) == document
    assert not isinstance(document.payload, OpenElement)


@pytest.mark.parametrize("path", _each([row for row in VALID if row["payload"] not in {*CORE, "Index"}]))
def test_a_valid_document_with_another_payload_is_carried_whole_and_says_so(path: str) -> None:
    body = (CORPUS / path).read_bytes()
    document = parse(body)
    assert isinstance(document.payload, OpenElement)
    assert "payload-undeclared" in [finding.code for finding in document.findings]
    assert same_infoset(body, serialize(document))


@pytest.mark.parametrize("path", _each(INVALID))
def test_an_invalid_document_is_read_tolerantly_and_loses_nothing(path: str) -> None:
    body = (CORPUS / path).read_bytes()
    document = parse(body, mode="tolerant")
    written = serialize(document)
    assert _contents(body) <= _contents(written)
    again = parse(written, mode="tolerant")
    assert again == document
    if not isinstance(document.payload, OpenElement) or path.endswith(("GarbageRequest.xml", "GarbageResponse.xml")):
        departures = [
            finding for finding in document.findings if finding.layer == "dtd" and finding.severity == "error"
        ]
        assert departures
        assert all(finding.line and finding.column and finding.path for finding in departures)
        with pytest.raises(InvalidDocument) as caught:
            parse(body)
        assert caught.value.status == 406
        assert {finding.code for finding in departures} <= {finding.code for finding in caught.value.findings}


@pytest.mark.parametrize("mode", ["strict", "tolerant"])
@pytest.mark.parametrize("path", _each(MALFORMED))
def test_a_malformed_document_gives_an_error_with_a_line_number(path: str, mode: str) -> None:
    with pytest.raises(MalformedDocument) as caught:
        parse((CORPUS / path).read_bytes(), mode=mode)  # type: ignore[arg-type]
    assert caught.value.line > 0
    assert str(caught.value.line) in str(caught.value)


@pytest.mark.skipif(not ROWS, reason=f"no corpus in {CORPUS}; set CXML_CORPUS")
def test_static_content_is_refused_by_the_name_of_its_root() -> None:
    (path,) = (row["path"] for row in ROWS if row["payload"] == "Index")
    with pytest.raises(InvalidDocument, match="root element must be cXML, not Index"):
        parse((CORPUS / path).read_bytes(), mode="tolerant")


#: Valid documents of the corpus whose total is wrong by every reading, each looked at by hand.
WRONG = {
    "FriendsOfCXML+cxml-php/002-PunchOutOrderMessage.xml",  # the price of the first line in the place of the sum
    "FriendsOfCXML+cxml-php/010-PunchOutOrderMessage.xml",  # the same
    "FriendsOfCXML+cxml-php/011-PunchOutOrderMessage.xml",  # the price basis is not applied
    "PurchasingPlatform+cxml/002-PunchOutOrderMessage.xml",  # the quantity is not applied
    "chefworks+cxml-tester/003-PunchOutOrderMessage.xml",  # contains the shipping
    "hscheffknecht+cxml/001-PunchOutOrderMessage.xml",  # contains the tax
    "njp970+punchoutsandbox/013-OrderRequest.xml",  # five more than the lines
    "officeluv+cxml/011-OrderRequest.xml",  # one of two lines, without quantity
    "ubala+aribaweb/001-OrderRequest.xml",  # prices were changed, the total was not
    "ubala+aribaweb/002-OrderRequest.xml",  # a line was put in, the total was not changed
    "ubala+aribaweb/003-OrderRequest.xml",  # prices were changed and a line taken out, the total was not changed
    "vphantom+Business-cXML/010-PunchOutOrderMessage.xml",  # leaves a line out, and contains tax and shipping
}


@pytest.mark.skipif(not ROWS, reason=f"no corpus in {CORPUS}; set CXML_CORPUS")
def test_of_the_valid_documents_those_have_a_wrong_total_that_do() -> None:
    said = {
        row["path"]
        for row in VALID
        if "total-differs" in [finding.code for finding in validate((CORPUS / row["path"]).read_bytes()).findings]
    }
    assert said == WRONG
