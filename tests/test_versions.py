"""Which version a document of ours names, and whether that version has all that stands in it."""

from __future__ import annotations

import random
from functools import cache

import grammar
import official
import pytest
from lxml import etree

from cxml_punchout import CURRENT_VERSION, InvalidValue, UsageError, parse, serialize
from cxml_punchout import element as x
from cxml_punchout.models import CXML, BusinessPartner, Comments, Contact, Extrinsic, ItemOut, Name, OrderRequestHeader
from cxml_punchout.versions import known_version, lacking, named_by, named_in, version_for

needs_official = pytest.mark.skipif(
    official.directory() is None,
    reason="the official DTDs are not at hand; name their directory in CXML_OFFICIAL_DTD",
)
DECLARED = grammar.declared()
SMALLEST = grammar.Smallest(DECLARED)


@cache
def dtd(version: str) -> etree.DTD:
    return etree.DTD(str(official.path(version)))


def read(root: etree._Element) -> CXML:
    return parse(grammar.octets(root))


def with_one_thing_more(tag: str):
    """The smallest documents with each attribute, each of its values, and each child of an element, once or twice."""
    kind = DECLARED[tag]
    needed = {name: grammar.sample(each) for name, each in kind.attributes.items() if each.required}
    for name, attribute in kind.attributes.items():
        values = attribute.expanded.strip("()").split("|") if attribute.expanded.startswith("(") else None
        for value in values or [grammar.sample(attribute)]:
            yield SMALLEST.element(tag, attributes=needed | {name: value})
    if kind.model in ("EMPTY", "ANY", f"({grammar.TEXT})"):
        yield SMALLEST.element(tag)
        return
    model = grammar.restricted(grammar.parsed(kind.model), DECLARED)
    assert model is not None
    for name in grammar.tags(model):
        if name == grammar.TEXT:
            continue
        once = grammar.shortest(model, name)
        yield SMALLEST.element(tag, once)
        place = once.index(name)
        twice = [*once[:place], name, *once[place:]]
        if grammar.fits(model, twice):
            yield SMALLEST.element(tag, twice)


#: Wrappers differ in what the module allows, which is not a matter of versions.
CASES = sorted(set(SMALLEST.parents) & set(official.elements())) if official.directory() else []


@pytest.mark.thorough
@needs_official
@pytest.mark.parametrize("version", official.OLD_VERSIONS)
def test_what_a_version_holds_is_what_its_official_grammar_accepts(version: str) -> None:
    tried = {True: 0, False: 0}
    for tag in CASES:
        for element in with_one_thing_more(tag):
            root = SMALLEST.document(element)
            if not official.accepts(grammar.octets(root)):
                continue  # an ID that nobody points at, a payload of another module
            found = lacking(read(root), version)
            accepted = dtd(version).validate(root)
            assert (found is None) == accepted, (
                etree.tostring(element)[:300],
                found,
                dtd(version).error_log.last_error,
            )
            tried[accepted] += 1
    print(f"{version}: {tried[True]} documents held, {tried[False]} not")
    assert tried[True] > 500
    assert tried[False] > 20


@needs_official
@pytest.mark.slow
@pytest.mark.parametrize("version", official.OLD_VERSIONS)
def test_no_random_document_of_a_version_is_said_to_be_newer(version: str) -> None:
    old = {tag: kind for tag, kind in official.elements(version).items() if tag in DECLARED}
    documents = grammar.Documents(old, random.Random(f"held {version}"))
    for _ in range(200):
        root = documents.element()
        assert lacking(read(root), version) is None


ORDER = b"""<cXML payloadID="8@mill.example" timestamp="2026-02-03T04:05:06+00:00">
<Header><From><Credential domain="DUNS"><Identity>31</Identity></Credential></From>
<To><Credential domain="DUNS"><Identity>32</Identity></Credential></To>
<Sender><Credential domain="DUNS"><Identity>31</Identity></Credential><UserAgent>m</UserAgent></Sender></Header>
<Request><OrderRequest><OrderRequestHeader orderID="M-8" orderDate="2026-02-03T04:05:06+00:00" type="new">
<Total><Money currency="CHF">4.00</Money></Total><BillTo><Address><Name xml:lang="en">Mill</Name></Address></BillTo>
</OrderRequestHeader><ItemOut quantity="1" lineNumber="1"><ItemID><SupplierPartID>Q</SupplierPartID></ItemID></ItemOut>
</OrderRequest></Request></cXML>"""


def order() -> tuple[CXML, OrderRequestHeader, ItemOut]:
    document = parse(ORDER)
    payload = document.payload
    return document, payload.order_request_header, payload.item_out[0]  # type: ignore[union-attr, return-value]


HEADER = "document.request.payload.order_request_header"
ITEM = "document.request.payload.item_out[0]"


def set_on(target: str, **values: object):
    def change(header: OrderRequestHeader, item: ItemOut) -> None:
        for name, value in values.items():
            setattr(header if target == "header" else item, name, value)

    return change


@pytest.mark.parametrize(
    ("change", "path", "since"),
    [
        (set_on("header", order_type="blanket"), f"{HEADER}.order_type", "1.2.020"),
        (set_on("header", order_type="stockTransport"), f"{HEADER}.order_type", "1.2.050"),
        (set_on("header", release_required=True), f"{HEADER}.release_required", "1.2.020"),
        (set_on("header", comments=(Comments("a"), Comments("b"))), f"{HEADER}.comments", "1.2.050"),
        (set_on("item", item_category="text"), f"{ITEM}.item_category", "1.2.036"),
        (set_on("item", parent_line_number=1), f"{ITEM}.parent_line_number", "1.2.036"),
        (
            set_on("header", contact=(Contact(name=Name("B", lang="en"), extrinsic=[Extrinsic("x", name="y")]),)),
            f"{HEADER}.contact[0].extrinsic",
            "1.2.036",
        ),
        (
            set_on("header", extrinsic=(Extrinsic(x.OpenElement("<Batch/>"), name="y"),)),
            f"{HEADER}.extrinsic[0].content[0]",
            "1.2.036",
        ),
        (
            set_on("header", extrinsic=(Extrinsic(x.OpenElement('<p><State isoStateCode="BE"/></p>'), name="y"),)),
            f"{HEADER}.extrinsic[0].content[0]",
            "1.2.036",
        ),
    ],
)
def test_the_first_thing_that_a_version_lacks_is_named(change, path: str, since: str) -> None:
    document, header, item = order()
    assert lacking(document, "1.2.014") is None
    change(header, item)
    found = lacking(document, "1.2.014")
    assert found is not None
    assert (found.path, found.since) == (path, since)
    assert lacking(document, since) is None or since == "1.2.036"  # a category that came later than its field
    assert lacking(document, CURRENT_VERSION) is None
    with pytest.raises(UsageError, match=rf"cXML 1\.2\.014 does not have .*{since}") as caught:
        serialize(document, version="1.2.014")
    assert caught.value.path == path
    assert b"/1.2.050/" in serialize(document, version="1.2.050")


def test_a_value_may_be_younger_than_its_field() -> None:
    document, _, item = order()
    item.item_category = "text"
    found = lacking(document, "1.2.036")
    assert found is not None
    assert (found.path, found.since) == (f"{ITEM}.item_category", "1.2.050")
    partner = BusinessPartner(type="organization", role="logistics", address=order()[1].bill_to.address)
    found = lacking(partner, "1.2.050", "partner")
    assert found is not None
    assert (found.path, found.since) == ("partner.role", "1.2.063")


def test_what_is_false_or_empty_is_not_written_and_so_not_newer() -> None:
    document, header, item = order()
    header.release_required = False
    header.comments = ()
    item.schedule_line = []  # type: ignore[assignment]
    assert lacking(document, "1.2.014") is None
    item.comments = [Comments("one")]
    assert lacking(document, "1.2.014") is None


def test_a_no_that_was_received_is_written_in_its_own_document_only() -> None:
    theirs = parse(ORDER.replace(b'lineNumber="1"', b'lineNumber="1" isReturn="no"'), mode="tolerant")
    ours = CXML(payload_id="M-9", timestamp=theirs.timestamp, header=theirs.header, request=theirs.request)
    assert lacking(ours, "1.2.014") is None
    assert b"isReturn" not in serialize(ours, version="1.2.014")
    found = lacking(theirs, "1.2.014")
    assert found is not None
    assert found.path == f"{ITEM}.is_return"


def test_a_payload_without_a_model_has_its_version_too() -> None:
    document, *_ = order()
    document.request.payload = x.OpenElement("<ApprovalRequest/>")  # type: ignore[union-attr]
    found = lacking(document, "1.2.020")
    assert found is not None
    assert (found.path, found.since) == ("document.request.payload", "1.2.036")
    document.request.payload = x.OpenElement("<CopyRequest/>")  # type: ignore[union-attr]
    assert lacking(document, "1.2.014") is None


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("1.2.014", "1.2.014"),
        ("1.2.007", "1.2.007"),
        ("1.2.071", "1.2.071"),
        ("1.2.072", CURRENT_VERSION),
        ("1.1.010", CURRENT_VERSION),
        ("1.2.14", CURRENT_VERSION),
        ("1.2.0141", CURRENT_VERSION),
        ("2.0.001", CURRENT_VERSION),
        ("1.2.\uff1014", CURRENT_VERSION),
        ("", CURRENT_VERSION),
    ],
)
def test_a_version_that_was_asked_for_is_named_if_it_is_one_of_ours(asked: str, named: str) -> None:
    assert version_for(order()[0], asked=asked) == named


def test_what_was_asked_for_gives_way_and_what_was_set_does_not() -> None:
    document, header, _ = order()
    header.release_required = True
    assert version_for(document, asked="1.2.014") == CURRENT_VERSION
    assert version_for(document, asked="1.2.020") == "1.2.020"
    assert version_for(document, given="1.2.036", asked="1.2.014") == "1.2.036"
    with pytest.raises(UsageError, match=r"1\.2\.020"):
        version_for(document, given="1.2.014", asked="1.2.036")


@pytest.mark.parametrize("wrong", ["1.2.14", "1.2.072", "1.1.008", "cXML", "1.2.014 ", 1.2, None, 12])
def test_a_version_that_is_set_is_one_of_ours(wrong: object) -> None:
    with pytest.raises(InvalidValue, match="a cXML version is expected") as caught:
        known_version(wrong, "Somebody.version")  # type: ignore[arg-type]
    assert caught.value.path == "Somebody.version"
    assert known_version("", "x") == ""
    assert known_version("1.2.008", "x") == "1.2.008"


DOCTYPE = b'<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.033/cXML.dtd">'


@pytest.mark.parametrize(
    ("octets", "named"),
    [
        (b'<?xml version="1.0"?>\n' + DOCTYPE + b"<cXML><a>&", "1.2.033"),
        (DOCTYPE.replace(b'"', b"'"), "1.2.033"),
        (DOCTYPE.replace(b"http://xml.cxml.org/", b"https://xml.cXML.org/"), "1.2.033"),
        (DOCTYPE.replace(b"/cXML.dtd", b"/InvoiceDetail.dtd"), "1.2.033"),
        (b"Content-Type: text/xml\r\n\r\n" + DOCTYPE, "1.2.033"),
        (bytearray(DOCTYPE), "1.2.033"),
        (memoryview(DOCTYPE), "1.2.033"),
        (b" " * 5000 + DOCTYPE, ""),
        (b'<cXML a="/cXML/1.2.033/cXML.dtd"/>', ""),
        (b"<!DOCTYPE cXML " * 1000, ""),
        (b"", ""),
        ("text", ""),
        (None, ""),
    ],
)
def test_what_cannot_be_read_may_still_name_a_version(octets: object, named: str) -> None:
    assert named_in(octets) == named


def test_the_attribute_of_old_names_the_version_where_there_is_no_doctype() -> None:
    document = parse(ORDER)
    assert named_by(document) == ""
    assert named_by(parse(ORDER.replace(b"<cXML ", b'<cXML version="1.2.005" '))) == "1.2.005"
    assert named_by(parse(DOCTYPE + ORDER.replace(b"<cXML ", b'<cXML version="1.2.005" '))) == "1.2.033"


def test_a_document_that_was_read_keeps_its_doctype() -> None:
    document = parse(DOCTYPE + ORDER)
    document.payload.order_request_header.is_sto_outbound = True  # type: ignore[union-attr]
    assert DOCTYPE in serialize(document)


def test_writing_in_a_version_leaves_the_document_alone() -> None:
    document, *_ = order()
    assert b"/1.2.020/" in serialize(document, version="1.2.020")
    assert document.doctype is None
