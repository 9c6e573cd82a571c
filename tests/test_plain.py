"""Documents as plain values for JSON and back: nothing is lost, or it is refused."""

from __future__ import annotations

import json

import pytest
from validated import CART, ORDER, SETUP, changed

from cxml_punchout import OpenElement, parse, serialize
from cxml_punchout.errors import DocumentError, InvalidDocument, InvalidValue
from cxml_punchout.validation.plain import from_plain, to_plain


def back(body: bytes | str) -> bytes:
    return from_plain(json.loads(json.dumps(to_plain(body))))


def assert_same(body: bytes | str) -> None:
    try:
        data = to_plain(body)
    except DocumentError:
        return  # refused, not mangled
    returned = from_plain(json.loads(json.dumps(data)))
    first, second = parse(body), parse(returned)
    if isinstance(first.payload, OpenElement):
        # Without a declaration nobody knows which white space counts.
        assert isinstance(second.payload, OpenElement)
        assert "".join(second.payload.markup.split()) == "".join(first.payload.markup.split())
    else:
        assert second == first
    assert second.doctype == first.doctype
    if not first.signature and not isinstance(first.payload, OpenElement):
        assert serialize(second) == serialize(first)


def test_valid_documents_come_back(valid_document: bytes) -> None:
    to_plain(valid_document)
    assert_same(valid_document)


def test_documents_with_departures_come_back_or_are_refused(own_document: bytes) -> None:
    assert_same(own_document)


def test_documents_of_others_come_back_or_are_refused(corpus_document: bytes) -> None:
    assert_same(corpus_document)


def test_the_form_is_the_one_that_is_described() -> None:
    data = to_plain(
        changed(
            CART,
            ">Blue pen<",
            "> a <ShortName>b</ShortName>\n<",
            "</ItemID>",
            "<SupplierPartAuxiliaryID> x </SupplierPartAuxiliaryID></ItemID>",
            "12.50",
            "+.50",
        )
    )
    assert data["!DOCTYPE"] == {"name": "cXML", "system": "http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd"}
    item = data["cXML"]["Message"]["PunchOutOrderMessage"]["ItemIn"]
    assert item["@quantity"] == "2"
    assert item["ItemID"] == {"SupplierPartID": "A-100", "SupplierPartAuxiliaryID": " x "}
    assert item["ItemDetail"]["UnitPrice"] == {"Money": {"@currency": "EUR", "$": "+.50"}}
    assert item["ItemDetail"]["Description"] == {"@xml:lang": "en", "$content": [" a ", {"ShortName": "b"}, "\n"]}


def test_a_document_without_doctype_stays_without() -> None:
    bare = SETUP.replace(SETUP.splitlines()[1] + "\n", "")
    assert "!DOCTYPE" not in to_plain(bare)
    assert b"DOCTYPE" not in back(bare)


def test_white_space_that_counts_is_kept() -> None:
    document = changed(SETUP, "1CX3L4843PPZO", "\n 1CX \n<Money currency='EUR'>1</Money>\t\ue000")
    assert parse(back(document)).payload == parse(document).payload
    file = "<Attachment><URL>cid:1@a</URL></Attachment>"
    remarks = changed(ORDER, "Ring twice.", f" {file} {file}\n")
    assert parse(back(remarks)).payload == parse(remarks).payload


def test_what_would_be_lost_is_refused() -> None:
    with pytest.raises(InvalidDocument):
        to_plain(changed(SETUP, ' operation="create"', ' operation="create" mood="glad"'))


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"a": {}, "b": {}},
        {"cXML": 1},
        {"cXML": {"a b": "c"}},
        {"cXML": {"@a": 1}},
        {"cXML": {"$": "\x00"}},
        {"cXML": {"$content": [1]}},
        {"cXML": {"$content": [{"a": "b", "c": "d"}]}},
        {"!DOCTYPE": {"name": "cXML [<!ENTITY a 'b'>]"}, "cXML": {}},
        {"!DOCTYPE": {"id": "cXML"}, "cXML": {}},
        {"cXML": {"ds:Signature": ["<a"]}},
    ],
)
def test_other_values_are_a_fault_of_the_program(data: dict[str, object]) -> None:
    with pytest.raises(InvalidValue):
        from_plain(data)


UNJUDGED = changed(
    SETUP,
    SETUP[SETUP.index("<PunchOutSetupRequest") : SETUP.index("  </Request>")],
    '<CatalogUploadRequest operation="new"><IdReference identifier="7" domain="d">kept</IdReference>'
    '<DateInfo expected="2026-12-01" type="x"/><PostalAddress>as well <Street/>here</PostalAddress><Name> </Name>'
    "<Any> a <b/> c <?x y?> d<b>e</b></Any><Any>\n  <b/>\n</Any><?x y?></CatalogUploadRequest>",
)


def test_nothing_is_lost_inside_a_payload_without_a_model() -> None:
    data = to_plain(UNJUDGED)
    assert data["cXML"]["Request"]["CatalogUploadRequest"] == {
        "@operation": "new",
        "IdReference": {"@identifier": "7", "@domain": "d", "$": "kept"},
        "DateInfo": {"@expected": "2026-12-01", "@type": "x"},
        "PostalAddress": {"$content": ["as well ", {"Street": {}}, "here"]},
        "Name": " ",
        "Any": [{"$content": [" a ", {"b": {}}, " c  d", {"b": "e"}]}, {"b": {}}],
    }
    without = UNJUDGED.replace("<?x y?>", "").replace("\n  <b/>\n", "<b/>")
    assert parse(from_plain(json.loads(json.dumps(data)))) == parse(without)


def test_names_in_namespaces_come_back() -> None:
    foreign = '<p:Any xmlns:p="urn:p" p:a="1"><p:b>x</p:b></p:Any>'
    body = UNJUDGED.replace("<Name> </Name>", foreign)
    again = parse(back(body)).payload
    assert isinstance(again, OpenElement)
    found = again.tree().find("{urn:p}Any")
    assert found is not None
    assert dict(found.items()) == {"{urn:p}a": "1"}
    assert found.findtext("{urn:p}b") == "x"
