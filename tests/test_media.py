"""Content types, and in which encoding a document is when they and the document say different things."""

from __future__ import annotations

from contextlib import suppress

import pytest
from validated import ORDER

from cxml_punchout import DocumentError, MalformedDocument, parse
from cxml_punchout.media import decode_xml, media_type
from cxml_punchout.mime import unpack

# --- media types -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, ("", {})),
        ("", ("", {})),
        ("Text/XML", ("text/xml", {})),
        ("text/xml; charset=UTF-8", ("text/xml", {"charset": "UTF-8"})),
        ('text/xml;charset="UTF-8"', ("text/xml", {"charset": "UTF-8"})),
        ('text/xml ; CharSet = "UTF-8" ; x=1', ("text/xml", {"charset": "UTF-8", "x": "1"})),
        ('a/b; x="1; y=2"; z="\\"\\\\"', ("a/b", {"x": "1; y=2", "z": '"\\'})),
        ("a/b; x=1; x=2", ("a/b", {"x": "1"})),
        ("a/b; x=", ("a/b", {"x": ""})),
        ('a/b; x="never closed; y=1', ("a/b", {"x": "", "y": "1"})),
        ("a/b; x; =1; ;;", ("a/b", {})),
        ('a/b; boundary*0="one"; boundary*1=two', ("a/b", {"boundary": "onetwo"})),
        ("a/b; x*=no-such''%E4", ("a/b", {"x": "ä"})),
    ],
)
def test_a_media_type_is_read_with_its_parameters(text: str | None, expected: object) -> None:
    assert media_type(text) == expected


# --- encodings ---------------------------------------------------------------------------------------------------


def document(declared: str = "", text: str = "Größe") -> str:
    encoding = f' encoding="{declared}"' if declared else ""
    doctype = '<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd">'
    response = f'<Response><Status code="200" text="OK">{text}</Status></Response>'
    return (
        f'<?xml version="1.0"{encoding}?>{doctype}<cXML payloadID="1" timestamp="2026-11-23T18:30:00+00:00">'
        f"{response}</cXML>"
    )


def text_of(body: bytes, content_type: str | None) -> tuple[str, list[str]]:
    """What the reader makes of it, and the codes of all findings."""
    package = unpack(body, content_type)
    read = parse(decode_xml(package.body, package.content_type))
    assert read.response is not None
    return read.response.status.value, [finding.code for finding in package.findings + read.findings]


OTHER = ["charset-contradicted"]
CHARSETS = [
    # absent: the mark, the declaration, UTF-8
    (None, document().encode(), []),
    ("", document("UTF-8").encode(), []),
    ("text/xml", document("utf-8").encode(), []),
    ("text/xml", document("ISO-8859-1").encode("latin-1"), []),
    ("text/xml", document().encode("utf-8-sig"), ["byte-order-mark"]),
    ("text/xml", document("UTF-16").encode("utf-16"), []),
    ("text/xml", document("UTF-16").encode("utf-16-le"), []),
    ("text/xml; charset=", document("ISO-8859-1").encode("latin-1"), []),
    # present and equal, in every way to say it
    ('text/xml; charset="UTF-8"', document("UTF-8").encode(), []),
    ("TEXT/XML; CHARSET=UTF-8", document("UTF-8").encode(), []),
    ("text/xml; charset='utf-8'", document("UTF-8").encode(), []),
    ("application/xml;charset=utf8", document().encode(), []),
    ("text/xml; charset=ISO-8859-1", document("iso-8859-1").encode("latin-1"), []),
    ("text/xml; charset=latin1", document("iso-8859-1").encode("latin-1"), []),
    ("text/xml; charset=windows-1252", document("windows-1252", "€").encode("cp1252"), []),
    ("text/xml; charset=utf-16", document("UTF-16").encode("utf-16"), []),
    ("text/xml; charset=utf-16", document("UTF-16").encode("utf-16-le"), []),
    ("text/xml; charset=utf-16be", document("UTF-16").encode("utf-16-be"), []),
    # present, and nothing is declared
    ("text/xml; charset=ISO-8859-1", document().encode("latin-1"), []),
    # present and contradicting: it counts more than the declaration and less than the mark
    ("text/xml; charset=UTF-8", document("ISO-8859-1").encode(), [*OTHER, "declared-encoding"]),
    ("text/xml; charset=ISO-8859-1", document("UTF-8").encode("latin-1"), OTHER),
    ("text/xml; charset=utf-8", document("no-such").encode(), [*OTHER, "declared-encoding"]),
    ("text/xml; charset=utf-8", document("no-such", "&#8364;").encode(), [*OTHER, "declared-encoding"]),
    ("text/xml; charset=utf-8", document("UTF-16").encode(), [*OTHER, "declared-encoding"]),
    ("text/xml; charset=utf-32", document("UTF-8").encode("utf-32-be"), []),
    ("text/xml; charset=ISO-8859-1", document("UTF-8").encode("utf-8-sig"), [*OTHER, "byte-order-mark"]),
    ("text/xml; charset=utf-8", document("UTF-16").encode("utf-16"), OTHER),
    ("text/xml; charset=no-such", document("UTF-8").encode("utf-8-sig"), [*OTHER, "byte-order-mark"]),
    ("text/xml", document("ISO-8859-1").encode("utf-8-sig"), ["byte-order-mark", "declared-encoding"]),
    # what servers put there by themselves, over what is certainly UTF-8
    ("text/xml; charset=ISO-8859-1", document("UTF-8").encode(), OTHER),
    ("text/xml;charset=windows-1252", document("utf8", "€").encode(), OTHER),
    # what .NET says of any text
    ("text/xml; charset=utf-16", document("UTF-8").encode(), OTHER),
    ("text/xml; charset=UTF-16LE", document().encode(), OTHER),
    ("text/xml; charset=utf-32", document("ISO-8859-1").encode("latin-1"), OTHER),
    ("text/xml; charset=utf-16", document("utf-16").encode(), [*OTHER, "encoding-contradicted"]),
    # US-ASCII is what old software says without looking
    ("text/xml; charset=us-ascii", document("UTF-8").encode(), OTHER),
    ("text/xml; charset=US-ASCII", document().encode(), OTHER),
    ('text/xml; charset="us-ascii"', document("ISO-8859-1").encode("latin-1"), OTHER),
    ("text/xml; charset=us-ascii", document("US-ASCII").encode("ascii", "xmlcharrefreplace"), []),
    # only ASCII, so that it makes no difference
    ("text/xml; charset=ISO-8859-1", document("UTF-8").encode("ascii", "xmlcharrefreplace"), []),
    ("text/xml; charset=utf-8", document("US-ASCII").encode("ascii", "xmlcharrefreplace"), []),
]


@pytest.mark.parametrize(("content_type", "body", "expected"), CHARSETS)
def test_the_charset_is_taken_from_where_it_counts(content_type: str | None, body: bytes, expected: list[str]) -> None:
    text, found = text_of(body, content_type)
    assert text in ("Größe", "€")
    assert found == expected
    # The same inside a multipart.
    if content_type:
        packed = b"--b\r\nContent-Type: " + content_type.encode() + b"\r\n\r\n" + body + b"\r\n--b--"
        assert text_of(packed, "multipart/mixed; boundary=b") == (text, found)


def test_octets_that_speak_for_themselves_are_handed_on_as_they_are() -> None:
    body = ORDER.encode()
    assert decode_xml(body, 'text/xml; charset="UTF-8"') is body
    assert decode_xml(body, None) is body


@pytest.mark.parametrize(
    "charset",
    ["no-such", "utf-7", "zlib", "rot13", "idna", "unicode_escape", "undefined", "ü", "x" * 1000, "\0"],
)
def test_a_charset_that_is_not_read_counts_for_nothing_beside_octets_that_say_what_they_are(charset: str) -> None:
    content_type = f'text/xml; charset="{charset}"'
    body = document().encode("utf-8")
    assert decode_xml(body, content_type) is body
    assert [finding.code for finding in unpack(body, content_type).findings] == ["charset-contradicted"]
    for read in (decode_xml, unpack):
        with pytest.raises(MalformedDocument) as caught:
            read(document().encode("latin-1"), content_type)
        assert (caught.value.status, caught.value.code) == (406, "encoding")
        assert len(str(caught.value)) < 200


@pytest.mark.parametrize("charset", ["UTF-8", "utf-8", "euc-jp"])
def test_a_charset_that_the_octets_are_not_in_gives_way_to_what_they_declare(charset: str) -> None:
    body = document("ISO-8859-1").encode("latin-1")
    content_type = f"text/xml; charset={charset}"
    assert decode_xml(body, content_type) is body
    assert [finding.code for finding in unpack(body, content_type).findings] == ["charset-contradicted"]


@pytest.mark.parametrize(
    ("charset", "body"),
    [("UTF-8", document().encode("latin-1")), ("utf-16", b"\xd8\x00\xd8\x00"), ("utf-32", b"odd")],
)
def test_octets_that_are_not_in_the_charset_are_malformed(charset: str, body: bytes) -> None:
    with pytest.raises(MalformedDocument):
        parse(decode_xml(body, f"text/xml; charset={charset}"))


def test_python_is_not_asked_for_names_that_somebody_made_up():
    """Its codecs keep every name that they were asked for, for good."""
    import encodings

    def ask(name: str) -> None:
        for content_type in (f"text/xml; charset={name}", f"text/xml; charset*={name}''utf-8"):
            media_type(content_type)
            with suppress(DocumentError):
                decode_xml("<ä/>".encode(), content_type)
        with suppress(DocumentError):
            decode_xml(f'<?xml version="1.0" encoding="{name}"?><ä/>'.encode(), "text/xml; charset=utf-8")
            parse(f'<?xml version="1.0" encoding="{name}"?><ä/>'.encode())
        unpack(
            b"--b\r\n\r\n<a/>\r\n--b\r\nContent-Disposition: attachment; filename==?%s?q?a?=\r\n\r\n--b--"
            % name.encode(),
            "multipart/mixed; boundary=b",
        )

    for name in ("x-first", "utf-8", "iso-8859-1"):
        ask(name)
    known = set(encodings._cache)  # type: ignore[attr-defined]
    for name in ("x-first-1", "x-second", "utf---8", "iso-8859---1", "utf-8."):
        ask(name)
    assert set(encodings._cache) == known  # type: ignore[attr-defined]
