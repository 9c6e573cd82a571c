"""Limits: what is exactly at a limit is read, one more is refused with an error of its own."""

from __future__ import annotations

import time
from collections.abc import Callable

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxml_punchout import (
    AttributeLengthExceeded,
    AttributesExceeded,
    BytesExceeded,
    CredentialsExceeded,
    DepthExceeded,
    ElementsExceeded,
    LimitExceeded,
    Limits,
    MalformedDocument,
    MemoryExceeded,
    NameLengthExceeded,
    NamespacesExceeded,
    parse,
    validate,
)
from cxml_punchout.errors import DocumentError
from cxml_punchout.findings import CODES
from cxml_punchout.limits import DEFAULT_LIMITS
from cxml_punchout.tree import load, parse_markup
from cxml_punchout.weight import has_room, roughly, weigh

# --- documents of an exact size ---------------------------------------------------------------------------


def of_octets(number: int) -> bytes:
    # No value may have more than ten million characters, so the octets are spread over comments.
    start, end = b"<cXML>", b"</cXML>"
    room = number - len(start) - len(end)
    whole, rest = divmod(room, 1_000_000)
    comments = b"<!--" + b"x" * 999_993 + b"-->"
    return start + comments * whole + b" " * rest + end


def of_depth(number: int) -> bytes:
    return b"<cXML>" + b"<a>" * (number - 1) + b"</a>" * (number - 1) + b"</cXML>"


def of_elements(number: int) -> bytes:
    # Not tiny ones, for these are too many sooner.
    return b"<cXML>" + b"<abcdefghijkl/>" * (number - 1) + b"</cXML>"


def of_attributes(number: int) -> bytes:
    return b"<cXML><a %s/></cXML>" % b" ".join(b'a%d=""' % n for n in range(number))


def of_name_length(number: int) -> bytes:
    return b"<cXML><%s/></cXML>" % (b"x" * number)


def of_namespaces(number: int) -> bytes:
    return b"<cXML>" + b"".join(b'<a xmlns:p%d="u"/>' % each for each in range(number)) + b"</cXML>"


def of_attribute_length(number: int) -> bytes:
    return b'<cXML><a b="%s"/></cXML>' % (b"x" * number)


LIMITS: list[tuple[str, Callable[[int], bytes], type[LimitExceeded], str, int]] = [
    ("bytes", of_octets, BytesExceeded, "bytes-exceeded", 1000),
    ("depth", of_depth, DepthExceeded, "depth-exceeded", 3),
    ("elements", of_elements, ElementsExceeded, "elements-exceeded", 10),
    ("attributes", of_attributes, AttributesExceeded, "attributes-exceeded", 4),
    ("name_length", of_name_length, NameLengthExceeded, "name-length-exceeded", 10),
    ("namespaces", of_namespaces, NamespacesExceeded, "namespaces-exceeded", 3),
    ("attribute_length", of_attribute_length, AttributeLengthExceeded, "attribute-length-exceeded", 100),
]
TABLE = pytest.mark.parametrize(
    ("name", "document", "kind", "code", "small"), LIMITS, ids=[limit for limit, *_ in LIMITS]
)


@TABLE
def test_a_document_exactly_at_a_small_limit_is_read(
    name: str, document: Callable[[int], bytes], kind: type[LimitExceeded], code: str, small: int
) -> None:
    assert load(document(small), Limits(**{name: small})).root.tag == "cXML"


@TABLE
def test_one_more_than_a_small_limit_is_refused_with_its_own_error(
    name: str, document: Callable[[int], bytes], kind: type[LimitExceeded], code: str, small: int
) -> None:
    with pytest.raises(LimitExceeded) as caught:
        load(document(small + 1), Limits(**{name: small}))
    error = caught.value
    assert type(error) is kind
    assert (error.limit, error.status, error.code) == (small, 499, code)
    assert f" {small} " in str(error)
    assert code in CODES


@TABLE
def test_a_document_exactly_at_a_default_limit_is_read(
    name: str, document: Callable[[int], bytes], kind: type[LimitExceeded], code: str, small: int
) -> None:
    assert load(document(getattr(DEFAULT_LIMITS, name))).root.tag == "cXML"


@TABLE
def test_one_more_than_a_default_limit_is_refused_with_its_own_error(
    name: str, document: Callable[[int], bytes], kind: type[LimitExceeded], code: str, small: int
) -> None:
    most = getattr(DEFAULT_LIMITS, name)
    with pytest.raises(LimitExceeded) as caught:
        load(document(most + 1))
    assert (type(caught.value), caught.value.limit, caught.value.status) == (kind, most, 499)


@TABLE
@pytest.mark.parametrize("mode", ["strict", "tolerant"])
def test_parse_holds_the_limits_in_both_modes(
    name: str,
    document: Callable[[int], bytes],
    kind: type[LimitExceeded],
    code: str,
    small: int,
    mode: str,
) -> None:
    with pytest.raises(kind):
        parse(document(small + 1), mode=mode, limits=Limits(**{name: small}))  # type: ignore[arg-type]


@TABLE
def test_a_limit_can_be_raised(
    name: str, document: Callable[[int], bytes], kind: type[LimitExceeded], code: str, small: int
) -> None:
    if name == "depth":
        pytest.skip("libxml2 goes no deeper than the default")
    body = document(getattr(DEFAULT_LIMITS, name) + 1)
    assert load(body, Limits(**{name: len(body) + 1})).root.tag == "cXML"


def test_limits_are_named_and_frozen() -> None:
    with pytest.raises(TypeError):
        Limits(100)  # type: ignore[misc]
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        DEFAULT_LIMITS.bytes = 1  # type: ignore[misc]


# --- octets -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [bytes, bytearray, memoryview])
def test_octets_are_counted_in_every_kind_of_buffer(form: Callable[[bytes], object]) -> None:
    body = of_octets(1000)
    assert load(form(body), Limits(bytes=1000)).octets == body  # type: ignore[arg-type]
    with pytest.raises(BytesExceeded):
        load(form(body), Limits(bytes=999))  # type: ignore[arg-type]


def test_a_view_of_wide_items_is_counted_in_octets() -> None:
    with pytest.raises(BytesExceeded):
        load(memoryview(of_octets(1000)).cast("I"), Limits(bytes=999))


def test_a_text_is_counted_in_the_octets_that_it_takes_as_utf_8() -> None:
    text = "<cXML>" + "é" * 100 + "</cXML>"
    assert load(text, Limits(bytes=213)).octets == text.encode()
    with pytest.raises(BytesExceeded):
        load(text, Limits(bytes=212))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_octets_are_counted_as_they_were_received(encoding: str) -> None:
    body = '<?xml version="1.0"?><cXML>ab</cXML>'.encode(encoding)
    if encoding == "utf-32":
        assert load(body, Limits(bytes=len(body))).root.text == "ab"
    with pytest.raises(BytesExceeded) as caught:
        load(body, Limits(bytes=len(body) - 1))
    assert caught.value.limit == len(body) - 1


def test_octets_are_counted_again_when_another_encoding_makes_them_more() -> None:
    body = b'<?xml version="1.0" encoding="ISO-8859-1"?><cXML>' + b"\xe9" * 100 + b"</cXML>"
    assert load(body, Limits(bytes=len(body) + 100)).root.text == "é" * 100
    with pytest.raises(BytesExceeded):
        load(body, Limits(bytes=len(body) + 99))


# --- what does not count --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "inside",
    [
        "<!-- <a/><a/><a/><a/> -->",
        "<![CDATA[ <a/><a/><a/><a/> ]]>",
        "<?target <a/><a/><a/><a/> ?>",
        "<?a?><?a?><?a?><?a?>",
        "</cXML><!-- --><!-- --><!-- -->",
    ],
)
def test_only_elements_count_as_elements(inside: str) -> None:
    document = f"<cXML>{inside}" + ("" if "</cXML>" in inside else "</cXML>")
    assert load(document, Limits(elements=1)).root.tag == "cXML"


@pytest.mark.parametrize(
    "document",
    [
        '<cXML a="" b="">a="" b="" c="" d=""</cXML>',
        '<cXML a="" b=""><!-- a="" b="" c="" d="" --></cXML>',
        '<cXML a="" b=""><a a="" b=""/><a a="" b=""/></cXML>',
        '<cXML a="= = =" b="= = ="/>',
    ],
)
def test_attributes_are_counted_for_each_element_by_itself(document: str) -> None:
    assert load(document, Limits(attributes=2)).root.tag == "cXML"


@pytest.mark.parametrize(
    "document",
    [
        "<cXML>" + "x" * 101 + "</cXML>",
        "<cXML><![CDATA[" + "x" * 101 + "]]></cXML>",
        '<cXML>="' + "x" * 101 + '"</cXML>',
        "<cXML><!-- =" + "x" * 101 + " --></cXML>",
        '<cXML a="' + "x" * 60 + '" b="' + "x" * 60 + '"/>',
    ],
)
def test_only_attributes_are_held_to_the_length_of_an_attribute(document: str) -> None:
    assert load(document, Limits(attribute_length=100)).root.tag == "cXML"


def test_an_attribute_is_measured_in_characters() -> None:
    document = '<cXML a="' + "é" * 100 + '"/>'
    assert load(document, Limits(attribute_length=100)).root.get("a") == "é" * 100
    with pytest.raises(AttributeLengthExceeded):
        load(document, Limits(attribute_length=99))


def test_a_long_attribute_in_the_last_element_is_found_too() -> None:
    with pytest.raises(AttributeLengthExceeded):
        load(b"<cXML>" + b"<a b='x'/>" * 1000 + b"<a b = '" + b"x" * 101 + b"'/></cXML>", Limits(attribute_length=100))


def test_the_root_is_level_one() -> None:
    assert load("<cXML/>", Limits(depth=1)).root.tag == "cXML"
    with pytest.raises(DepthExceeded):
        load("<cXML><a/></cXML>", Limits(depth=1))


def test_depth_is_that_of_the_deepest_branch() -> None:
    with pytest.raises(DepthExceeded):
        load("<cXML>" + "<a/>" * 50 + "<a><a><a/></a></a>" + "<a/>" * 50 + "</cXML>", Limits(depth=3))


# --- bounds that are always there -------------------------------------------------------------------------------

GENEROUS = Limits(bytes=64 * 1024 * 1024, attribute_length=64 * 1024 * 1024, name_length=64 * 1024 * 1024)
TEN_MILLION = b"x" * 10_000_001


def test_a_long_attribute_is_told_from_a_long_text() -> None:
    for document in (b"<cXML a='" + TEN_MILLION + b"'/>", b"<cXML>\n<a\nb='" + TEN_MILLION + b"'/></cXML>"):
        with pytest.raises(AttributeLengthExceeded):
            load(document, GENEROUS)


def test_a_larger_depth_than_libxml2_has_is_not_promised() -> None:
    with pytest.raises(DepthExceeded) as caught:
        load(of_depth(257), Limits(depth=1000))
    assert caught.value.limit == 256


def test_one_namespace_everywhere_is_one() -> None:
    assert (
        load(b"<cXML>" + b'<a xmlns="urn:one" xmlns:xsi="urn:another">text</a>' * 5_000 + b"</cXML>").root.tag == "cXML"
    )


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (b"<cXML><a %s=''/></cXML>" % (b"x" * 1001), "a name"),
        (b"<cXML><a xmlns:p='%s'/></cXML>" % (b"u" * 1001), "the name of a namespace"),
        (b"<cXML><%s:a xmlns:%s='u'/></cXML>" % (b"p" * 1001, b"p" * 1001), "a name"),
    ],
)
def test_every_kind_of_name_has_a_bound(document: bytes, told: str) -> None:
    with pytest.raises(NameLengthExceeded) as caught:
        load(document)
    assert f"more than 1000 characters in {told}." in str(caught.value)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(b"<cXML>" + TEN_MILLION + b"</cXML>", id="text"),
        pytest.param(b"<cXML\n a='1'>\n\n" + TEN_MILLION + b"&#65;</cXML>", id="text behind an attribute"),
        pytest.param(b"<cXML><![CDATA[" + TEN_MILLION + b"]]></cXML>", id="cdata"),
        pytest.param(b"<cXML><!--" + TEN_MILLION + b"--></cXML>", id="comment"),
        pytest.param(b"<cXML><?a " + TEN_MILLION + b"?></cXML>", id="instruction"),
        pytest.param(b"<cXML a='" + TEN_MILLION + b"'/>", id="attribute"),
        pytest.param(b"<cXML><" + b"x" * 50_001 + b"/></cXML>", id="name"),
        pytest.param(b"<cXML " + b"x" * 50_001 + b"=''/>", id="attribute name"),
        pytest.param(b"<!DOCTYPE cXML SYSTEM '" + b"x" * 50_001 + b"'><cXML/>", id="system identifier"),
    ],
)
def test_one_value_has_a_bound_that_no_limit_lifts(document: bytes) -> None:
    with pytest.raises(LimitExceeded) as caught:
        load(document, GENEROUS)
    assert caught.value.status == 499
    assert 50_000 <= caught.value.limit <= 10_000_000
    assert "xxx" not in str(caught.value)


@pytest.mark.parametrize("length", [1, 900, 40_000])
def test_a_long_value_behind_a_long_name_costs_no_more_than_a_look(length: int) -> None:
    document = b"<cXML><" + b"a" * length + b' b="' + b"x" * 10_500_000 + b'"'
    begun = time.process_time()
    with pytest.raises(LimitExceeded):
        load(document)
    assert time.process_time() - begun < 3


def test_the_place_of_a_fault_is_found_among_millions_of_lines() -> None:
    begun = time.process_time()
    with pytest.raises(MalformedDocument) as caught:
        load(b"<cXML>" + b"\n" * 9_000_000 + b"A & B</cXML>")
    assert "&amp;" in str(caught.value)
    assert time.process_time() - begun < 3


# --- where they come first and last ------------------------------------------------------------------------------


def test_size_is_looked_at_before_anything_else() -> None:
    with pytest.raises(BytesExceeded):
        load(b"\0" * 101, Limits(bytes=100))


def test_a_malformed_document_within_the_limits_is_malformed() -> None:
    with pytest.raises(MalformedDocument):
        load(b"<cXML>" + b"<a>" * 10, Limits(depth=5))


def test_a_refused_document_is_not_quoted() -> None:
    for limits in (Limits(bytes=10), Limits(depth=1), Limits(elements=1), Limits(attributes=0)):
        with pytest.raises(DocumentError) as caught:
            load("<cXML><Secret word='Pa55word'>Pa55word</Secret></cXML>", limits)
        assert "Pa55word" not in repr(caught.value)


def test_markup_is_held_to_the_limits_as_well() -> None:
    with pytest.raises(DepthExceeded):
        parse_markup("<a><b/></a>", Limits(depth=1))
    assert parse_markup("<a><b/></a>").tag == "a"


# --- memory ------------------------------------------------------------------------------------------------------

#: What each of these takes as a tree is many times its own size.
TINY = [
    "<a/>",
    "<a></a>",
    "<ab>></ab>",
    "<a/>x",
    "<a b=''/>",
    "<?a?>",
    "<a b = ''/>",
    "<abcdef b = ''/>",
    "<abcdef b\n=''/>",
    "<a>\n</a>",
    "<?a?><b/>",
]


@pytest.mark.parametrize("tiny", TINY)
@pytest.mark.parametrize("mode", ["strict", "tolerant"])
def test_a_document_of_tiny_elements_is_refused_before_there_is_a_tree(tiny: str, mode: str) -> None:
    body = "<cXML>" + tiny * (3_000_000 // len(tiny)) + "</cXML>"
    with pytest.raises(MemoryExceeded) as caught:
        parse(body, mode=mode)  # type: ignore[arg-type]
    assert (caught.value.limit, caught.value.status, caught.value.code) == (20, 499, "memory-exceeded")


@pytest.mark.parametrize("tiny", TINY)
def test_a_small_document_may_be_anything(tiny: str) -> None:
    body = "<cXML>" + tiny * (47 * 1024 // len(tiny)) + "</cXML>"
    assert parse(body, mode="tolerant").payload is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<![CDATA[" + '<b class="x">y</b>' * 10_000 + "]]>", id="markup in a section"),
        pytest.param("<!--" + "<b a='1'/>" * 20_000 + "-->", id="markup in a comment"),
        pytest.param("&lt;b class=x&gt;" * 10_000, id="escaped markup"),
        pytest.param("a=b&amp;c=d " * 20_000, id="equals signs"),
        pytest.param("> > > " * 30_000, id="quoted mail"),
    ],
)
def test_what_only_looks_like_elements_takes_nothing(text: str) -> None:
    assert load(f"<cXML>{text}</cXML>").root.tag == "cXML"


def ordering(number: int) -> str:
    return "<cXML><Request><OrderRequest>" + "<ItemOut/>" * number + "</OrderRequest></Request></cXML>"


def test_what_a_tolerant_reader_makes_counts_as_well() -> None:
    # Ten octets, and an object with fifty fields.
    with pytest.raises(MemoryExceeded):
        parse(
            "<cXML><Request><OrderRequest>" + "<ItemOut/>" * 100_000 + "</OrderRequest></Request></cXML>",
            mode="tolerant",
        )
    few = "<cXML><Request><OrderRequest>" + "<ItemOut/>" * 3_000 + "</OrderRequest></Request></cXML>"
    assert len(parse(few, mode="tolerant").payload.item_out) == 3_000


LINE = (
    '<ItemOut quantity="1" lineNumber="1"><ItemID><SupplierPartID>4711</SupplierPartID></ItemID><ItemDetail><UnitPrice>'
    '<Money currency="USD">5.00</Money></UnitPrice><Description xml:lang="en">Pen, blue</Description><UnitOfMeasure>EA'
    '</UnitOfMeasure><Classification domain="UNSPSC">44121704</Classification></ItemDetail>{}</ItemOut>'
)
SPLIT = (
    '<Distribution><Accounting name="Split"><Segment type="Cost Center" id="4711" description="Marketing"/>'
    '<Segment type="GL" id="600010" description="Office"/></Accounting><Charge><Money currency="USD">5.00</Money>'
    "</Charge></Distribution>"
)
TERSE = '<Distribution><Accounting name="x">' + '<Segment type="GL" id="1" description="2"/>' * 3 + "</Accounting>"
TERSE += '<Charge><Money currency="USD">1</Money></Charge></Distribution>'


@pytest.mark.thorough
@pytest.mark.parametrize("departing", ["", ' colour="red"'])
@pytest.mark.parametrize("between", ["", "\n", "\n\t", "\n    "])
@pytest.mark.parametrize(
    "more", ["", SPLIT * 3, TERSE * 4, '<Extrinsic name="ab"/>' * 10, "<Comments>ab</Comments>" * 9]
)
def test_an_order_of_thousands_of_lines_is_read_however_tersely_it_is_written(
    more: str, between: str, departing: str
) -> None:
    line = LINE.format(more).replace("><", f">{between}<")
    number = 2_000_000 // len(line)
    body = ordering(0).replace("<OrderRequest>", f"<OrderRequest{departing}>{(line + between) * number}")
    assert len(parse(body, mode="tolerant").payload.item_out) == number


#: In which white space counts, so that it has to be read with all that stands between the tags.
APPROVER = '<Extrinsic name="approver"><Contact role="x"><Name xml:lang="en">A</Name></Contact></Extrinsic>'
REMARK = "<Comments>\r\n  By the side door.\r\n</Comments>"


@pytest.mark.thorough
@pytest.mark.parametrize("between", ["\n\t", "\r\n", "\r\n\t"])
@pytest.mark.parametrize("detail", [APPROVER, REMARK, APPROVER + REMARK])
@pytest.mark.parametrize("more", ["", SPLIT, SPLIT * 3])
def test_nor_does_it_matter_where_its_lines_end(more: str, detail: str, between: str) -> None:
    line = LINE.format(more).replace("</ItemDetail>", f"{detail}</ItemDetail>").replace("><", f">{between}<")
    number = 2_000_000 // len(line)
    body = ordering(0).replace("<OrderRequest>", f'<OrderRequest colour="red">{(line + between) * number}')
    assert len(parse(body, mode="tolerant").payload.item_out) == number


@pytest.mark.thorough
def test_what_is_refused_for_its_layout_can_be_allowed() -> None:
    line = LINE.format(SPLIT * 3).replace("</ItemDetail>", f"{APPROVER}</ItemDetail>").replace("><", ">\n<")
    number = 2_000_000 // len(line)
    body = ordering(0).replace("<OrderRequest>", f"<OrderRequest>{(line + chr(10)) * number}")
    with pytest.raises(MemoryExceeded):
        parse(body, mode="tolerant")
    assert len(parse(body, mode="tolerant", limits=Limits(memory=25)).payload.item_out) == number


def test_memory_can_be_allowed() -> None:
    body = "<cXML>" + "<a/>" * 100_000 + "</cXML>"
    assert len(parse(body, mode="tolerant", limits=Limits(memory=300)).findings) == 1002  # and no DOCTYPE, and more


def test_what_a_document_of_many_small_objects_takes_is_counted_before_they_are_made() -> None:
    # Follows the grammar, and there would be room for its tree.
    line = '<ItemOut quantity="1"><ItemID/></ItemOut>'
    body = ordering(0).replace("<OrderRequest>", f"<OrderRequest>{line * 10_000}")
    assert load(body, blanks=False).dense
    with pytest.raises(MemoryExceeded):
        parse(body, mode="tolerant")


PIECES = ["", "x", " ", "\n\t", " x ", "<b/>", "<b/> ", "<b a='c'/>", '<b d = "e" f="">\n</b>', "g>"]
INSIDE = st.recursive(
    st.sampled_from(PIECES),
    lambda inner: st.lists(inner, max_size=5).map(lambda parts: f"<n>{''.join(parts)}</n>"),
    max_leaves=30,
)


@given(st.lists(INSIDE, max_size=10), st.booleans())
def test_a_weight_is_that_of_the_tree_to_the_node(parts: list[str], blanks: bool) -> None:
    body = f"<cXML>{''.join(parts)}</cXML>".encode()
    root = load(body, blanks=blanks).root
    nodes, attributes = root.xpath("count(//* | //text())"), root.xpath("count(//@*)")
    # Each name is there once, and what stands in front of the root may be taken for a text.
    taken = (
        128 * (nodes + ("g>" not in "".join(parts)))
        + 240 * attributes
        + sum(40 + len(name) for name in {node.tag for node in root.iter()})
    )
    weight = weigh(body, blanks=blanks)
    assert roughly(body, blanks=False) <= taken <= weight
    if b"g>" not in body:  # then nobody knows where a tag ends
        assert weight == taken
    assert weight.elements == len(list(root.iter()))


def test_of_a_large_document_some_pieces_tell_enough() -> None:
    body = ("<cXML>" + "<something>else</something>" * 40_000 + "</cXML>").encode()
    asked: list[int] = []

    def takes(octets: bytes) -> int:
        asked.append(len(octets))
        return roughly(octets)

    whole = roughly(body)
    assert has_room(body, 2 * whole, takes)
    assert max(asked) < len(body) / 10
    # Where they leave little room, all of it is looked at.
    assert has_room(body, whole, takes)
    assert not has_room(body, whole - 1, takes)
    assert asked[-1] == len(body)


def test_a_weight_is_that_of_the_tree() -> None:
    for each, octets in (("<a/>", 128), ("<a>x</a>", 256), ("<a b='c'/>", 368), ("<a b = 'c'>\n</a>", 496)):
        body = ("<cXML>" + each * 1000 + "</cXML>").encode()
        assert abs(weigh(body) - 1000 * octets) < 1000
        assert weigh(body).elements == 1001


# --- the header ----------------------------------------------------------------------------------------------------

CREDENTIAL = '<Credential domain="DUNS"><Identity>1</Identity></Credential>'


@pytest.mark.parametrize("part", ["From", "To", "Sender"])
def test_a_party_has_so_many_names_and_no_more(part: str) -> None:
    def naming(number: int) -> str:
        return f"<cXML><Header><{part}>{CREDENTIAL * number}</{part}></Header></cXML>"

    assert parse(naming(100), mode="tolerant").header is not None
    with pytest.raises(CredentialsExceeded) as caught:
        parse(naming(101), mode="tolerant")
    assert (caught.value.limit, caught.value.status, caught.value.code) == (100, 499, "credentials-exceeded")
    with pytest.raises(CredentialsExceeded):
        parse(naming(3), mode="tolerant", limits=Limits(credentials=2))
    assert [each.code for each in validate(naming(101)).errors] == ["credentials-exceeded"]


@pytest.mark.parametrize(
    "many",
    [
        "<Header/>" * 101,
        f"<Header>{f'<To>{CREDENTIAL}</To>' * 101}</Header>",
        f"<Header>{'<a/>' * 5001}</Header>",
        f"<Header><From><Credential>{'<Identity>1</Identity>' * 101}</Credential></From></Header>",
        f"<Header><From><Credential><Identity>{'<a/>' * 5001}</Identity></Credential></From></Header>",
    ],
)
def test_nor_may_a_party_or_a_header_stand_there_hundreds_of_times(many: str) -> None:
    with pytest.raises(CredentialsExceeded):
        parse(f"<cXML>{many}</cXML>", mode="tolerant")
