"""The comparison behind the verdict of a round trip: what counts as a difference, and where it is found."""

from __future__ import annotations

import pytest

from cxml_punchout import Doctype, MalformedDocument, parse, serialize
from cxml_punchout.document import Mode
from cxml_punchout.element import put
from cxml_punchout.roundtrip import RoundTrip, first_difference, round_trip, same_infoset

HEAD = '<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd">\n'
BODY = (
    HEAD + '<cXML payloadID="1" timestamp="2026-03-01T08:00:00+00:00"><Response>\n <Status code="200" text="OK">{}'
    "</Status></Response></cXML>"
)
PLAIN = BODY.format("fine").encode()


def changed(old: str, new: str) -> bytes:
    made = PLAIN.decode().replace(old, new)
    assert made != PLAIN.decode()
    return made.encode()


@pytest.mark.parametrize(
    "other",
    [
        changed("\n <Status", "<Status"),
        changed("</Status>", "</Status>\n\t"),
        changed('code="200" text="OK"', "text='OK'   code='200'"),
        changed("fine", "<![CDATA[fine]]>"),
        changed("fine", "&#102;ine"),
        changed("</Response>", "<!-- nothing --></Response>"),
        b"\xef\xbb\xbf" + PLAIN,
        PLAIN.decode().encode("utf-16"),
    ],
)
def test_spelling_blanks_and_comments_do_not_count(other: bytes) -> None:
    assert same_infoset(PLAIN, other)
    assert same_infoset(other, PLAIN)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (changed("fine", "fine "), "the text differs at /cXML/Response/Status (line 3, column 2)"),
        (changed('"OK"', '"ok"'), "the attribute text differs at /cXML/Response/Status (line 3, column 2)"),
        (changed(' text="OK"', ""), "the attribute text differs at /cXML/Response/Status (line 3, column 2)"),
        (changed("fine", "fine<a/>"), "the children differ at /cXML/Response/Status (line 3, column 2)"),
        (changed("</Response>", "x</Response>"), "the text between the children differs at /cXML/Response"),
        (changed("<Response>", '<Response xmlns:a="urn:a">'), "the name or its namespace differs at /cXML/Response"),
        (changed("<cXML", "<?a b?><cXML"), "the processing instructions around the root element differ"),
        (changed("1.2.071", "1.2.070"), "the DOCTYPE differs"),
        (changed(HEAD, ""), "the DOCTYPE differs"),
    ],
)
def test_whatever_else_differs_is_named_with_its_place(other: bytes, expected: str) -> None:
    assert not same_infoset(PLAIN, other)
    assert str(first_difference(PLAIN, other)).startswith(expected)


def test_a_processing_instruction_counts() -> None:
    one, two = (changed("fine", f"<?keep {what}?>fine") for what in ("this", "that"))
    assert same_infoset(one, one)
    assert str(first_difference(one, two)).startswith("a processing instruction differs at /cXML/Response/Status")


def test_a_doctype_may_be_added() -> None:
    assert same_infoset(changed(HEAD, ""), PLAIN)


def test_a_place_is_told_without_the_value() -> None:
    assert "fine" not in str(first_difference(PLAIN, changed("fine", "secret")))


def test_blanks_count_in_an_element_that_must_be_empty() -> None:
    body = (
        HEAD + '<cXML payloadID="1" timestamp="2026-03-01T08:00:00+00:00"><Request><ProfileRequest{}</Request></cXML>'
    )
    assert not same_infoset(body.format("/>").encode(), body.format("> </ProfileRequest>").encode())


def test_two_documents_are_needed() -> None:
    with pytest.raises(MalformedDocument):
        same_infoset(PLAIN, b"<cXML>")


# --- the verdict -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["strict", "tolerant"])
def test_an_untouched_document_comes_back(mode: Mode) -> None:
    trip = round_trip(parse(PLAIN, mode=mode), PLAIN, mode=mode)
    assert trip.ok
    assert trip.read == len(PLAIN)
    assert trip.written == len(serialize(parse(PLAIN)))
    assert str(trip) == f"same infoset, {trip.read} bytes → {trip.written} bytes"


def test_an_added_doctype_is_mentioned() -> None:
    bare = changed(HEAD, "")
    assert str(round_trip(parse(bare), bare)).startswith("same infoset, DOCTYPE added, ")


def test_a_changed_document_differs() -> None:
    document = parse(PLAIN)
    document.payload_id = "2"
    trip = round_trip(document, PLAIN)
    assert not trip.ok
    assert str(trip) == "differs: the attribute payloadID differs at /cXML (line 2, column 1)"


def test_a_document_that_cannot_be_written_fails() -> None:
    document = parse(PLAIN)
    assert document.response is not None
    put(document.response, "status", None)
    trip = round_trip(document, PLAIN)
    assert (trip.ok, trip.written) == (False, 0)
    assert str(trip).startswith("failed: ")


def test_a_document_that_cannot_be_read_again_fails() -> None:
    document = parse(PLAIN)
    document.doctype = Doctype('cXML [<!ENTITY a "b">]')
    assert str(round_trip(document, PLAIN)).startswith("failed: ")


def test_equal_texts_do_not_excuse_unequal_values() -> None:
    trip = RoundTrip(100, 90, equal=False)
    assert not trip.ok
    assert str(trip) == "differs: read again, the document has other values than before"


CREDENTIAL = '<Credential domain="DUNS"><Identity>{}</Identity></Credential>'
TO = f"<To>{CREDENTIAL.format('2')}</To>"
HEADER = (
    f"<Header><From>{CREDENTIAL.format('1')}</From>{TO}"
    f"<Sender>{CREDENTIAL.format('1')}<UserAgent>Desk</UserAgent></Sender></Header>"
)
REQUEST = HEAD + (
    '<cXML payloadID="1" timestamp="2026-03-01T08:00:00+00:00">{}<Request><ProfileRequest/></Request></cXML>'
)


@pytest.mark.parametrize(
    "header",
    [
        HEADER.replace(TO, "").replace("<From>", f"{TO}<From>"),
        HEADER.replace(TO, TO + TO.replace("2", "3")),
        HEADER.replace("</Header>", f"<Sender>{CREDENTIAL.format('1')}<UserAgent>Desk</UserAgent></Sender></Header>"),
    ],
    ids=["order", "two-to", "two-senders"],
)
def test_in_tolerant_mode_the_order_may_be_mended(header: str) -> None:
    body = REQUEST.format(header).encode()
    document = parse(body, mode="tolerant")
    trip = round_trip(document, body, mode="tolerant")
    assert trip.ok
    assert trip.mended
    assert str(trip).startswith("same content, order mended: the children differ at /cXML/Header (line 2, column 59), ")
    assert not round_trip(document, body, mode="strict").ok


def test_nothing_may_be_lost_when_the_order_is_mended() -> None:
    body = REQUEST.format(HEADER.replace(TO, TO + TO.replace("2", "3"))).encode()
    document = parse(body, mode="tolerant")
    assert document.header is not None
    document.header.to.credential = document.header.to.credential[:1]
    trip = round_trip(document, body, mode="tolerant")
    assert not trip.ok
    assert not trip.mended
