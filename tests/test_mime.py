"""Multipart messages: taken apart and put together, attacked, and paired with the Attachments of a document."""

from __future__ import annotations

import base64
import binascii
import contextlib
import gc
import pickle
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from validated import ORDER, SETUP, changed

from cxml_punchout import (
    CXML,
    BytesExceeded,
    InvalidDocument,
    InvalidValue,
    LimitExceeded,
    MalformedDocument,
    OpenElement,
    parse,
    serialize,
    validate,
)
from cxml_punchout.mime import (
    DEFAULT_MIME_LIMITS,
    Attached,
    MimeLimits,
    Package,
    Part,
    attachments_of,
    media_type,
    pack,
    unpack,
)
from cxml_punchout.models.text import Attachment, Comments
from cxml_punchout.validation.codes import explanations

RELATED = 'multipart/related; boundary="b"; type="text/xml"; start="<main>"'
XML = b"<cXML/>"
PIXEL = bytes(range(256)) + b"\r\n--b\r\r\n\n"


def message(*parts: bytes, line: bytes = b"\r\n") -> bytes:
    """A multipart message with the boundary ``b`` of parts with their headers."""
    return b"".join(b"--b" + line + part + line for part in parts) + b"--b--" + line


def part(content: bytes, *headers: str, line: bytes = b"\r\n") -> bytes:
    return b"".join(each.encode() + line for each in headers) + line + content


MAIN = part(XML, "Content-Type: text/xml; charset=UTF-8", "Content-ID: <main>")


def codes(found: object) -> list[str]:
    return [finding.code for finding in found.findings]  # type: ignore[attr-defined]


# --- reading -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content_type", [None, "", "text/xml", 'application/xml; charset="UTF-8"'])
def test_a_document_that_is_no_multipart_is_itself(content_type: str | None) -> None:
    assert unpack(XML, content_type) == Package(XML, content_type or "", (), ())


@pytest.mark.parametrize("kind", ["related", "mixed", "Mixed", "alternative", "x-unheard-of"])
def test_all_kinds_of_multipart_are_read_alike(kind: str) -> None:
    body = message(MAIN, part(b"x", "Content-Type: image/png", "Content-ID: <a@b>"))
    package = unpack(body, f"MULTIPART/{kind}; Boundary=b")
    assert package.body == XML
    assert package.content_type == "text/xml; charset=UTF-8"
    assert package.parts == (Part("a@b", "image/png", b"x"),)
    assert package.findings == ()


def test_start_names_the_document_wherever_it_stands() -> None:
    body = message(part(b"1", "Content-ID: <1>"), MAIN, part(b"2", "Content-ID: <2>"))
    package = unpack(body, RELATED)
    assert package.body == XML
    assert [each.content_id for each in package.parts] == ["1", "2"]
    assert unpack(body, RELATED.replace("<main>", "main")) == package


def test_a_start_that_no_part_has_is_a_finding_and_the_first_part_is_read() -> None:
    package = unpack(message(MAIN, part(b"1")), RELATED.replace("main", "other"))
    assert package.body == XML
    assert codes(package) == ["start-unknown"]


WORDS = part(b"Please find the order attached.", "Content-Type: text/plain")
SCAN = part(b"%PDF-1.7 ...", "Content-Type: application/pdf", "Content-ID: <scan>")
TYPED = part(b"\xef\xbb\xbf\r\n" + XML, "Content-Type: application/xml")


@pytest.mark.parametrize("start", ["", '; start="<gone>"'])
@pytest.mark.parametrize("parts", [(WORDS, TYPED), (SCAN, TYPED), (part(b""), TYPED, SCAN), (WORDS, SCAN, TYPED)])
def test_the_only_xml_is_the_document_where_something_else_stands_first(parts: tuple[bytes, ...], start: str) -> None:
    package = unpack(message(*parts), f"multipart/mixed; boundary=b{start}")
    assert package.body.endswith(XML)
    assert len(package.parts) == len(parts) - 1
    assert codes(package) == ["start-unknown"]


@pytest.mark.parametrize("parts", [(WORDS, TYPED, TYPED), (WORDS, part(XML)), (part(XML), TYPED), (SCAN, WORDS)])
def test_the_first_part_is_the_document_where_another_is_a_guess(parts: tuple[bytes, ...]) -> None:
    package = unpack(message(*parts), "multipart/mixed; boundary=b")
    assert parts[0].endswith(b"\r\n" + package.body)
    assert codes(package) == []


ENCODED = [
    ("", lambda octets: octets),
    ("7bit", lambda octets: octets),
    ("8BIT", lambda octets: octets),
    ("binary", lambda octets: octets),
    ("base64", base64.b64encode),
    ("Base64", lambda octets: base64.encodebytes(octets).replace(b"\n", b"\r\n")),
    ("base64", lambda octets: b" \t\r\n".join(base64.b64encode(octets)[i : i + 3] for i in range(0, 400, 3))),
    ("quoted-printable", lambda octets: b"".join(b"=%02X" % octet for octet in octets)),
    ("quoted-printable", lambda octets: binascii.b2a_qp(octets, quotetabs=True, istext=False)),
    ("quoted-printable", lambda octets: b"=\r\n".join(b"=%02x" % octet for octet in octets)),
]


@pytest.mark.parametrize(("encoding", "encode"), ENCODED)
def test_content_is_exact_to_the_octet(encoding: str, encode: Callable[[bytes], bytes]) -> None:
    content = bytes(range(256)) + b"\n\r\r\n--c\r\n\x00"
    headers = [f"Content-Transfer-Encoding: {encoding}"] if encoding else []
    package = unpack(message(MAIN, part(encode(content), *headers)), RELATED)
    assert package.parts[0].content == content


@pytest.mark.parametrize("content", [b"", b"\r", b"\n", b"\r\n", b"\r\n\r\n", b" ", b"--", b"--bc\r\n", b"a--b\r\n"])
def test_the_line_end_in_front_of_a_boundary_is_not_content(content: bytes) -> None:
    package = unpack(message(MAIN, part(content), part(content)), RELATED)
    assert [each.content for each in package.parts] == [content, content]


def test_messages_with_plain_line_feeds_are_read() -> None:
    body = message(
        part(XML, "Content-ID: <main>", line=b"\n"), part(b"\x00\r", "Content-ID: <1>", line=b"\n"), line=b"\n"
    )
    # One carriage return too many: with line feeds alone, nobody can tell whose it is.
    assert unpack(body, RELATED).parts == (Part("1", "text/plain", b"\x00"),)


def test_preamble_epilogue_and_blanks_behind_a_boundary_are_passed_over() -> None:
    body = b"This is MIME.\r\n--b \t\r\n" + MAIN + b"\r\n--b--  \r\n--b\r\nno part\r\n"
    assert unpack(body, RELATED) == Package(XML, "text/xml; charset=UTF-8", (), ())
    assert unpack(b"--b\r\n\r\n<cXML/>\r\n--b--", RELATED.replace("main", "")).body == XML


def test_a_part_may_have_no_headers_or_nothing_but_headers() -> None:
    body = b"--b\r\n" + MAIN + b"\r\n--b\r\n\r\n1\r\n--b\r\nContent-ID: <2>\r\n--b\r\n--b--\r\n"
    assert unpack(body, RELATED).parts == (
        Part("", "text/plain", b"1"),
        Part("2", "text/plain", b""),
        Part("", "text/plain", b""),
    )


def test_a_boundary_that_begins_like_another_is_told_apart() -> None:
    inner = b"--bb\r\n\r\n1\r\n--bb--"
    body = message(MAIN, part(inner, "Content-Type: multipart/mixed; boundary=bb"))
    package = unpack(body, RELATED)
    assert [each.content for each in package.parts] == [inner]


def test_a_nested_multipart_is_kept_whole_and_can_be_unpacked() -> None:
    order = ORDER.encode()
    inner, kind = pack(order, [Part("pic@shop", "image/png", PIXEL)], boundary="inner")
    body, outer = pack(SETUP.encode(), [Part("doc@hub", kind, inner)])
    (kept,) = unpack(body, outer).parts
    assert (kept.content, kept.content_type) == (inner, kind)
    again = unpack(kept.content, kept.content_type)
    assert again.body == order
    assert again.parts == (Part("pic@shop", "image/png", PIXEL),)


def test_a_document_inside_an_inner_multipart_is_found() -> None:
    inner, kind = pack(XML, [Part("1", "text/plain", b"1")], boundary="inner")
    package = unpack(message(part(inner, f"Content-Type: {kind}"), part(b"2", "Content-ID: <2>")), RELATED)
    assert package.body == XML
    assert [each.content_id for each in package.parts] == ["1", "2"]


@pytest.mark.parametrize(
    ("header", "content_id"),
    [
        ("<a@b>", "a@b"),
        ("a@b", "a@b"),
        ("< a@b >", "a@b"),
        ("\r\n <a@b>", "a@b"),
        ("<a%40b>", "a%40b"),
        ("<>", ""),
        ("<a", "<a"),
        ("", ""),
    ],
)
def test_content_ids_come_with_and_without_brackets(header: str, content_id: str) -> None:
    package = unpack(message(MAIN, part(b"1", f"Content-Id: {header}")), RELATED)
    assert package.parts[0].content_id == content_id


@pytest.mark.parametrize(
    ("header", "filename"),
    [
        ('Content-Disposition: attachment; filename="plan.pdf"', "plan.pdf"),
        ("Content-Disposition: inline; filename=plan.pdf; size=3", "plan.pdf"),
        ('Content-Disposition: attachment; filename="a \\"b\\"; c.pdf"', 'a "b"; c.pdf'),
        ("Content-Disposition: attachment; filename*=UTF-8''Pl%C3%A4ne%20%E2%82%AC.pdf", "Pläne €.pdf"),
        ("Content-Disposition: attachment; filename*0=\"Pl\"; filename*1='an.pdf'", "Pl'an.pdf'"),
        ("Content-Disposition: attachment; filename*0*=iso-8859-1''Pl%E4; filename*1*=ne.pdf", "Pläne.pdf"),
        ('Content-Disposition: attachment; filename="=?UTF-8?B?UGzDpG5lLnBkZg==?="', "Pläne.pdf"),
        (
            'Content-Disposition: attachment; filename="=?no-such?B?UGzDpG5lLnBkZg==?="',
            "=?no-such?B?UGzDpG5lLnBkZg==?=",
        ),
        ('Content-Disposition: attachment; filename="Pläne.pdf"', "Pläne.pdf"),
        ('Content-Type: image/png; name="p.png"', "p.png"),
        ('Content-Disposition: attachment; filename="../../etc/passwd"', "passwd"),
        ('Content-Disposition: attachment; filename="C:\\\\Temp\\\\plan.pdf"', "plan.pdf"),
        ('Content-Disposition: attachment; filename=".."', ""),
        ('Content-Disposition: attachment; filename="plan\x00\x1b.pdf"', "plan.pdf"),
        ('Content-Disposition: attachment;\r\n\tfilename="a  b.pdf"', "a  b.pdf"),
        ("Content-Disposition: attachment; filename=\"Plane.pdf\"; filename*=UTF-8''Pl%C3%A4ne.pdf", "Pläne.pdf"),
        ("Content-Disposition: attachment; filename*=UTF-8''%FF%22.pdf", '\N{REPLACEMENT CHARACTER}".pdf'),
        ("Content-Disposition: attachment; filename*=a; filename*0=b; filename=c", "c"),
        ("Content-Disposition: attachment; filename*=a\0b''c; filename=d", "c"),
        ("Content-Disposition: attachment; filename*=idna''%FF; filename=d", "ÿ"),
        ("Content-Disposition: attachment; filename*=hex''%FF; filename=d", "ÿ"),
        (f"Content-Disposition: attachment; filename*{'9' * 5000}=a; filename=c", "c"),
        ("Content-Disposition: attachment", ""),
        ("X-Other: 1", ""),
    ],
)
def test_the_name_of_a_file_is_a_bare_name(header: str, filename: str) -> None:
    assert unpack(message(MAIN, part(b"1", header)), RELATED).parts[0].filename == filename


def test_headers_in_latin_1_are_read() -> None:
    body = message(MAIN, 'Content-Disposition: x; filename="ä"'.encode("latin-1") + b"\r\n\r\n1")
    assert unpack(body, RELATED).parts[0].filename == "ä"


def test_what_carries_content_does_not_print_it() -> None:
    package = unpack(message(part(b"<SharedSecret>tulip", "Content-ID: <main>"), part(b"tulip")), RELATED)
    assert "tulip" not in repr(package)
    assert "<5 octets>" in repr(package.parts)


def test_the_first_header_of_a_name_counts() -> None:
    package = unpack(message(MAIN, part(b"1", "Content-ID: <1>", "content-id: <2>")), RELATED)
    assert package.parts[0].content_id == "1"


@pytest.mark.parametrize("ids", [("1", "1"), ("main", "2"), ("1", "main")])
def test_one_id_for_several_parts_is_a_finding(ids: tuple[str, str]) -> None:
    body = message(MAIN, *(part(b"x", f"Content-ID: <{name}>") for name in ids))
    package = unpack(body, RELATED)
    assert package.body == XML
    assert codes(package) == ["part-id-repeated"]
    assert codes(unpack(message(MAIN, part(b""), part(b"")), RELATED)) == []  # no id is no id twice


# --- broken and hostile ------------------------------------------------------------------------------------------

BROKEN = {
    "no boundary": (message(MAIN), "multipart/related"),
    "empty boundary": (message(MAIN), 'multipart/related; boundary=""'),
    "boundary not closed": (message(MAIN), 'multipart/related; boundary="b'),
    "boundary in another script": (message(MAIN), "multipart/related; boundary=ß"),
    "boundary of two lines": (message(MAIN), 'multipart/related; boundary="a\r\nb"'),
    "another boundary": (message(MAIN), "multipart/related; boundary=c"),
    "case of the boundary": (message(MAIN), "multipart/related; boundary=B"),
    "no part": (b"--b--\r\n", RELATED),
    "empty": (b"", RELATED),
    "no final boundary": (message(MAIN, part(b"1")).replace(b"--b--", b""), RELATED),
    "cut in a part": (message(MAIN, part(b"1" * 100))[:-50], RELATED),
    "cut in the final boundary": (message(MAIN)[:-4], RELATED),
    "boundary inside a line": (message(MAIN).replace(b"\r\n--b--", b" --b--"), RELATED),
    "headers that are none": (message(MAIN, b"no header\r\n\r\n1"), RELATED),
    "headers that begin with a continuation": (message(MAIN, b" a: b\r\n\r\n1"), RELATED),
    "base64 with other characters": (message(MAIN, part(b"AA*A", "Content-Transfer-Encoding: base64")), RELATED),
    "base64 cut off": (message(MAIN, part(b"AAAAA", "Content-Transfer-Encoding: base64")), RELATED),
    "base64 behind its end": (message(MAIN, part(b"AA==AAAA", "Content-Transfer-Encoding: base64")), RELATED),
    "a document in an unknown encoding": (
        message(MAIN.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n", 1)),
        RELATED,
    ),
}


@pytest.mark.parametrize(("body", "content_type"), BROKEN.values(), ids=BROKEN)
def test_a_broken_message_is_malformed(body: bytes, content_type: str) -> None:
    with pytest.raises(MalformedDocument) as caught:
        unpack(body, content_type)
    assert (caught.value.status, caught.value.code) == (406, "multipart")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_a_file_in_an_unknown_encoding_is_kept_as_it_is_and_says_so() -> None:
    strange = part(b"begin 644 x", "Content-ID: <u>", "Content-Transfer-Encoding: X-UUencode")
    package = unpack(message(MAIN, strange, part(b"fine", "Content-ID: <f>")), RELATED)
    assert [(each.content, each.undecoded) for each in package.parts] == [
        (b"begin 644 x", "x-uuencode"),
        (b"fine", ""),
    ]
    (finding,) = package.findings
    assert (finding.code, finding.severity) == ("part-encoding", "error")
    assert "'x-uuencode'" in finding.message
    with pytest.raises(InvalidValue, match="still in the encoding"):
        pack(XML, package.parts)


def test_attachments_where_the_grammar_has_none_are_found_in_a_crowd() -> None:
    def found(number: int) -> Any:
        return attachments_of(extrinsic(f"<Attachment><URL>cid:{40 * 'q'}</URL></Attachment><b/>" * number), ())

    assert [each.path.rsplit("/", 2)[1:] for each in found(3).attached] == [["Extrinsic", "Attachment"]] * 3
    crowd = found(3000)
    assert len(crowd.attached) == 2000
    assert len(crowd.findings) == 1001
    assert crowd.findings[-1].code == "more"


def test_markup_that_cannot_stand_alone_hides_no_attachment_beside_it() -> None:
    inner = "<Attachment><URL>cid:q</URL></Attachment>"
    document = extrinsic(f'<o xmlns:p="urn:p"><Attachment p:a="1"><URL>cid:q</URL></Attachment></o>{inner}')
    assert len(attachments_of(document, ()).attached) == 2


def limits(**changes: int) -> MimeLimits:
    return attrs.evolve(DEFAULT_MIME_LIMITS, **changes)


LARGE = message(MAIN, part(b"x" * 1000, "Content-ID: <1>"), part(b"y"))
NESTED = message(part(message(MAIN).replace(b"--b", b"--c"), "Content-Type: multipart/mixed; boundary=c"))
LONG = message(MAIN, b"X-Long: " + b"x" * 1000 + b"\r\n\r\n1")


@pytest.mark.parametrize(
    ("body", "name", "least", "code"),
    [
        (LARGE, "bytes", len(LARGE), "bytes-exceeded"),
        (LARGE, "parts", 3, "parts-exceeded"),
        (LARGE, "part_bytes", 1000, "part-bytes-exceeded"),
        (LONG, "header_bytes", 1008, "header-bytes-exceeded"),
        (NESTED, "nesting", 2, "nesting-exceeded"),
    ],
)
def test_each_limit_holds_to_the_last_one(body: bytes, name: str, least: int, code: str) -> None:
    assert unpack(body, RELATED.replace("main", ""), limits=limits(**{name: least})).body == XML
    with pytest.raises(LimitExceeded) as caught:
        unpack(body, RELATED, limits=limits(**{name: least - 1}))
    assert (caught.value.status, caught.value.code, caught.value.limit) == (499, code, least - 1)
    assert isinstance(caught.value, BytesExceeded) == (name == "bytes")


def test_a_limit_counts_what_an_encoding_hides() -> None:
    body = message(MAIN, part(base64.b64encode(b"x" * 30), "Content-Transfer-Encoding: base64"))
    assert unpack(body, RELATED, limits=limits(part_bytes=30)).parts[0].content == b"x" * 30
    with pytest.raises(LimitExceeded):
        unpack(body, RELATED, limits=limits(part_bytes=29))


def test_a_document_alone_is_held_to_the_limits_of_the_reader_only() -> None:
    assert unpack(b"x" * 100, "text/xml", limits=limits(bytes=1, part_bytes=1)).body == b"x" * 100


def test_the_content_type_of_the_whole_is_limited() -> None:
    with pytest.raises(LimitExceeded) as caught:
        unpack(message(MAIN), RELATED + "; x=" + "x" * 20_000)
    assert caught.value.code == "header-bytes-exceeded"


def test_limits_cannot_be_changed() -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        DEFAULT_MIME_LIMITS.parts = 1  # type: ignore[misc]


def nest(levels: int) -> bytes:
    """Multiparts in multiparts, each the first part of the other."""
    heads = b"".join(
        b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1) for n in range(levels)
    )
    tails = b"".join(b"\r\n--b%d--" % n for n in range(levels, -1, -1))
    return heads + b"--b%d\r\n\r\n<cXML/>" % levels + tails


HEADER = b"Content-ID: <1>\r\n"
HOSTILE: dict[str, tuple[Callable[[int], bytes], int]] = {
    "parts": (lambda n: b"--b\r\n" + b"\r\n--b\r\n" * n + b"\r\n--b--", 40_000),
    "headers": (lambda n: message(HEADER * n + b"\r\n1"), 20_000),
    "a long header": (lambda n: message(b"X: " + b"x" * n + b"\r\n\r\n1"), 2_000_000),
    "folded lines": (lambda n: message(b"X: 1\r\n" + b" 1\r\n" * n + b"\r\n1"), 100_000),
    "boundaries in the midst of lines": (lambda n: message(MAIN, part(b" --b" * n)), 200_000),
    "boundaries with something behind them": (lambda n: message(MAIN, part(b"\n--b" + b" " * 50 + b"x") * n), 10_000),
    "blanks behind a boundary": (lambda n: b"--b" + b" " * n, 2_000_000),
    "half boundaries": (lambda n: message(MAIN, part(b"\n-" * n)), 500_000),
    "depth": (nest, 5_000),
    "quoted-printable": (
        lambda n: message(MAIN, part(b"=\r\n= =" * n, "Content-Transfer-Encoding: quoted-printable")),
        200_000,
    ),
    "base64": (lambda n: message(MAIN, part(b" \r\n=" * n, "Content-Transfer-Encoding: base64")), 200_000),
    "parameters": (lambda n: message(MAIN, part(b"", "Content-Type: a/b" + ';a="\\' * n)), 100_000),
    "pieces of parameters": (
        lambda n: message(MAIN, part(b"", "Content-Disposition: a" + "".join(f";f*{i}*=a" for i in range(n)))),
        10_000,
    ),
    "encoded words": (
        lambda n: message(MAIN, part(b"", 'Content-Disposition: a; filename="' + "=?utf-8?q?=20?= " * n + '"')),
        10_000,
    ),
    "brackets": (lambda n: message(MAIN, part(b"", "Content-ID: " + "<" * n)), 200_000),
}


def seconds(body: bytes, content_type: str, allowed: MimeLimits) -> float:
    """How long it takes to read or to refuse, without what the collector does meanwhile."""
    gc.disable()
    began = time.process_time()
    try:
        with contextlib.suppress(LimitExceeded, MalformedDocument):
            unpack(body, content_type, limits=allowed)
        return time.process_time() - began
    finally:
        gc.enable()


@pytest.mark.thorough
@pytest.mark.parametrize(("make", "number"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_messages_cost_no_more_than_their_length(make: Callable[[int], bytes], number: int) -> None:
    kind, body = "multipart/mixed; boundary=" + ("b0" if make is nest else "b"), make(number)
    assert any(seconds(body, kind, DEFAULT_MIME_LIMITS) < 1 for _ in range(3))


@pytest.mark.thorough
@pytest.mark.parametrize("name", sorted(set(HOSTILE) - {"depth", "pieces of parameters", "encoded words"}))
def test_without_limits_time_grows_with_the_length(name: str) -> None:
    make, number = HOSTILE[name]
    everything = MimeLimits(bytes=10**9, parts=10**9, part_bytes=10**9, header_bytes=10**9)
    few, many = make(number // 4), make(number)

    def linear() -> bool:
        """Four times as much: a square would be sixteen times, and some milliseconds are noise."""
        small, large = (seconds(body, "multipart/mixed; boundary=b", everything) for body in (few, many))
        return large < 8 * small + 0.05

    assert any(linear() for _ in range(3))  # a square is one each time


def test_ten_thousand_parts_are_refused_at_the_limit_and_read_without() -> None:
    body = message(MAIN, *(part(b"x", f"Content-ID: <{n}>") for n in range(10_000)))
    with pytest.raises(LimitExceeded) as caught:
        unpack(body, RELATED)
    assert caught.value.code == "parts-exceeded"
    assert len(unpack(body, RELATED, limits=limits(parts=10_001)).parts) == 10_000


def test_depth_is_refused_at_the_limit() -> None:
    with pytest.raises(LimitExceeded) as caught:
        unpack(nest(5_000), "multipart/mixed; boundary=b0")
    assert caught.value.code == "nesting-exceeded"
    assert unpack(nest(3), "multipart/mixed; boundary=b0").body == XML


@given(st.binary(max_size=200), st.text(max_size=60), st.lists(st.sampled_from([b"\r\n", b"--b", b"--", b":", b"a"])))
def test_whatever_comes_in_is_read_or_refused(octets: bytes, text: str, tokens: list[bytes]) -> None:
    for body in (octets, b"--b\r\n" + octets + b"\r\n--b--", b"".join(tokens), b"--b\r\n" + b"".join(tokens)):
        for content_type in (RELATED, text, f"multipart/{text}", f"multipart/x; boundary=b; {text}"):
            with contextlib.suppress(MalformedDocument):
                package = unpack(body, content_type)
                assert package.content_type == content_type or package.body in body


# --- pairing -----------------------------------------------------------------------------------------------------

FILES = (Part("drawing@buyer", "image/png", PIXEL, "plan.png"), Part("terms@buyer", "text/plain", b"net 30"))


def with_links(*links: str) -> str:
    attachments = "".join(f"<Attachment><URL>{link}</URL></Attachment>" for link in links)
    return changed(ORDER, "Ring twice.", f"{attachments}Ring twice.")


def test_attachments_are_paired_with_their_parts() -> None:
    order = parse(with_links("cid:drawing@buyer", "cid:terms@buyer"))
    found = attachments_of(order, FILES)
    (comments,) = order.payload.order_request_header.comments  # type: ignore[union-attr]
    first, second, _ = comments.content
    path = "/cXML/Request/OrderRequest/OrderRequestHeader/Comments/Attachment"
    assert found.attached == (Attached(first, FILES[0], f"{path}[1]"), Attached(second, FILES[1], f"{path}[2]"))
    assert found.attached[0].attachment is first
    assert (found.unreferenced, found.findings) == ((), ())


def test_attachments_are_found_on_header_and_lines() -> None:
    order = with_links("cid:1")
    line = "<Comments>See <Attachment visibility='internal'><URL name='x'>cid:{}</URL></Attachment></Comments>"
    order = changed(order, "</ItemDetail>", f"</ItemDetail>{line.format(2)}{line.format(3)}")
    parts = [Part(name, "text/plain", b"") for name in "123"]
    found = attachments_of(parse(order), parts)
    assert [each.part for each in found.attached] == parts
    assert found.attached[2].path == "/cXML/Request/OrderRequest/ItemOut[1]/Comments[2]/Attachment"
    assert found.attached[2].attachment.visibility == "internal"


@pytest.mark.parametrize(
    ("link", "content_id"),
    [
        ("cid: drawing@buyer", "drawing@buyer"),
        ("\n  cid:drawing@buyer\n ", "drawing@buyer"),
        ("CID:drawing@buyer", "drawing@buyer"),
        ("cid:drawing%40buyer", "drawing@buyer"),
        ("cid:Gr%C3%B6%C3%9Fe%20%25", "Größe %"),
        ("cid:drawing%40buyer", "drawing%40buyer"),
        ("cid:&lt;drawing@buyer&gt;", "drawing@buyer"),
        ("cid:a+b", "a+b"),
        ("cid:a%2Bb", "a+b"),
    ],
)
def test_links_are_resolved_as_they_are_spelled(link: str, content_id: str) -> None:
    wanted = Part(content_id, "image/png", b"1")
    found = attachments_of(parse(with_links(link)), [wanted])
    assert [each.part for each in found.attached] == [wanted]
    assert found.findings == ()


@pytest.mark.parametrize(
    ("link", "code"),
    [
        ("cid:other", "attachment-dangling"),
        ("cid:DRAWING@buyer", "attachment-dangling"),
        ("drawing@buyer", "attachment-dangling"),
        ("cid:", "attachment-dangling"),
        ("cid:%", "attachment-dangling"),
        ("CID:x", "attachment-dangling"),
        ("https://x.example/drawing@buyer", "attachment-link"),
        ("http://x.example/", "attachment-link"),
        (" ftp://x.example/a.pdf ", "attachment-link"),
        ("file:///tmp/a", "attachment-link"),
    ],
)
def test_a_link_to_nothing_and_a_part_of_nobody_are_findings(link: str, code: str) -> None:
    found = attachments_of(parse(with_links(link)), [FILES[0], Part("", "text/plain", b"")])
    assert [each.part for each in found.attached] == [None]
    assert found.unreferenced == (FILES[0], Part("", "text/plain", b""))
    assert [(each.code, each.severity) for each in found.findings] == [
        (code, "error"),
        ("part-unreferenced", "warning"),
        ("part-unreferenced", "warning"),
    ]
    assert found.findings[0].path == found.attached[0].path


def test_a_document_that_came_alone_dangles() -> None:
    package = unpack(with_links("cid:1").encode(), "text/xml")
    assert codes(attachments_of(parse(package.body), package.parts)) == ["attachment-dangling"]
    assert attachments_of(parse(ORDER), ()).findings == ()


def test_nobody_chooses_among_parts_of_one_name() -> None:
    parts = [Part("1", "text/plain", b"a"), Part("1", "text/plain", b"b")]
    found = attachments_of(parse(with_links("cid:1")), parts)
    assert [each.part for each in found.attached] == [None]
    assert codes(found) == ["attachment-ambiguous"]


def test_two_attachments_may_point_at_one_part() -> None:
    found = attachments_of(parse(with_links("cid:drawing@buyer", "cid:drawing@buyer")), FILES[:1])
    assert [each.part for each in found.attached] == [FILES[0], FILES[0]]
    assert found.findings == ()


COPY = """<CopyRequest processingMode="copy"><cXMLAttachment><Attachment><URL>cid:1</URL></Attachment></cXMLAttachment>
</CopyRequest>"""


def test_attachments_are_found_in_payloads_without_a_model() -> None:
    start = ORDER.index("<OrderRequest>")
    end = ORDER.index("</OrderRequest>") + len("</OrderRequest>")
    copy = parse(ORDER[:start] + COPY + ORDER[end:])
    assert isinstance(copy.payload, OpenElement)
    wanted = Part("1", "multipart/mixed; boundary=x", b"")
    found = attachments_of(copy, [wanted])
    assert found.attached == (
        Attached(Attachment(url="cid:1"), wanted, "/cXML/Request/CopyRequest/cXMLAttachment/Attachment"),
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # an element that stands where none is known
        ("<Comments", "<Unknown><Attachment><URL>cid:1</URL></Attachment></Unknown><Comments"),
        # the right element in a wrong place
        ("<BillTo>", "<Attachment><URL>cid:1</URL></Attachment><BillTo>"),
        # in a text that should not hold elements
        ("Blue pen", "<ShortName><Attachment><URL>cid:1</URL></Attachment></ShortName>"),
        ("<UnitOfMeasure>EA", "<UnitOfMeasure>EA<Attachment><URL>cid:1</URL></Attachment>"),
        # in open content
        (
            "</OrderRequestHeader>",
            '<Extrinsic name="a"><Attachment><URL>cid:1</URL></Attachment></Extrinsic></OrderRequestHeader>',
        ),
        # incomplete, and with more than it should have
        ("Ring twice.", '<Attachment x="1"><Foo/><URL>cid:1</URL></Attachment>'),
    ],
)
def test_attachments_are_found_in_documents_read_tolerantly(old: str, new: str) -> None:
    order = parse(changed(ORDER, old, new), mode="tolerant")
    wanted = Part("1", "text/plain", b"")
    found = attachments_of(order, [wanted])
    assert [each.part for each in found.attached] == [wanted]
    assert isinstance(found.attached[0].attachment, Attachment)
    assert found.attached[0].path.startswith("/cXML/Request/OrderRequest/")


@pytest.mark.parametrize("inside", ["", "<Foo/>", "<URL/>"])
def test_an_attachment_without_a_link_dangles(inside: str) -> None:
    order = changed(ORDER, "Ring twice.", f"<Attachment>{inside}</Attachment>")
    if inside != "<URL/>":
        with pytest.raises(InvalidDocument):
            parse(order)
    assert codes(attachments_of(parse(order, mode="tolerant"), ())) == ["attachment-dangling"]


def test_an_attachment_inside_another_is_one_too() -> None:
    order = changed(
        ORDER, "Ring twice.", "<Attachment><URL>cid:1</URL><Attachment><URL>cid:2</URL></Attachment></Attachment>"
    )
    parts = [Part(name, "text/plain", b"") for name in "12"]
    assert [each.part for each in attachments_of(parse(order, mode="tolerant"), parts).attached] == parts


def test_the_mention_of_a_file_is_no_attachment() -> None:
    extrinsic = '<Extrinsic name="a"><Money currency="EUR">1</Money></Extrinsic></OrderRequestHeader>'
    order = changed(ORDER, "Ring twice.", "Attachment cid:1 <!-- <Attachment/> --> &lt;Attachment&gt;")
    order = changed(order, "</OrderRequestHeader>", extrinsic)
    assert attachments_of(parse(order), ()).attached == ()


def test_a_large_order_is_walked_in_a_moment() -> None:
    start, end = ORDER.index("<ItemOut"), ORDER.index("</ItemOut>") + len("</ItemOut>")
    lines = ORDER[start:end].replace(
        "</ItemDetail>", "</ItemDetail><Comments><Attachment><URL>cid:1</URL></Attachment></Comments>"
    )
    order = parse(ORDER[:start] + lines * 2000 + ORDER[end:])
    began = time.process_time()
    found = attachments_of(order, [Part("1", "text/plain", b"")])
    assert time.process_time() - began < 2
    assert len(found.attached) == 2000
    assert found.attached[1999].path == "/cXML/Request/OrderRequest/ItemOut[2000]/Comments/Attachment"


# --- writing -----------------------------------------------------------------------------------------------------


def test_a_package_is_written_as_it_is_agreed() -> None:
    body, content_type = pack(XML, [Part("1@b", "image/png", b"\x00\xff", 'a "b".png')], boundary="gap")
    assert content_type == 'multipart/related; boundary="gap"; type="text/xml"; start="<cxml@gap>"'
    assert body.decode("ascii").split("\r\n") == [
        "--gap",
        'Content-Type: text/xml; charset="UTF-8"',
        "Content-ID: <cxml@gap>",
        "Content-Transfer-Encoding: binary",
        "",
        "<cXML/>",
        "--gap",
        "Content-Type: image/png",
        "Content-ID: <1@b>",
        "Content-Transfer-Encoding: base64",
        'Content-Disposition: attachment; filename="a \\"b\\".png"',
        "",
        "AP8=",
        "",
        "--gap--",
        "",
    ]


def test_the_boundary_is_random_unless_it_is_given() -> None:
    first, second = (media_type(pack(XML, ())[1])[1]["boundary"] for _ in range(2))
    assert first != second
    assert pack(XML, FILES, boundary="b") == pack(XML, FILES, boundary="b")


def test_the_charset_is_the_one_that_the_document_declares() -> None:
    ascii_order = serialize(parse(ORDER), encoding="US-ASCII")
    for body, charset in ((ascii_order, "US-ASCII"), (ORDER.encode(), "UTF-8"), (XML, "UTF-8")):
        package = unpack(*pack(body, ()))
        assert package.content_type == f'text/xml; charset="{charset}"'
        assert package.findings == ()


@pytest.mark.parametrize(
    "wrong",
    [
        Part("", "text/plain", b""),
        Part("a b", "text/plain", b""),
        Part("<a>", "text/plain", b""),
        Part("a\r\nX: 1", "text/plain", b""),
        Part("Größe", "text/plain", b""),
        Part("x" * 201, "text/plain", b""),
        Part("terms@buyer", "text/plain", b""),
        Part("cxml@b", "text/plain", b""),
        Part("1", "", b""),
        Part("1", "plain", b""),
        Part("1", "text/plain\r\nX: 1", b""),
        Part("1", "text/plain; name=Größe", b""),
        Part("1", "text/plain", b"", "a\r\nb"),
        Part("1", "text/plain", b"", "a\ud800"),
        Part("1", "multipart/mixed; boundary=x", b"--b\r\n"),
    ],
)
def test_what_cannot_be_sent_is_refused(wrong: Part) -> None:
    with pytest.raises(InvalidValue):
        pack(XML, [*FILES, wrong], boundary="b")


@pytest.mark.parametrize("wrong", [Part("1", "text/plain", "text"), ("1", b"octets"), None])  # type: ignore[arg-type]
def test_only_octets_are_sent(wrong: Any) -> None:
    with pytest.raises(InvalidValue, match="a Part with its octets is expected, not"):
        pack(XML, [wrong], boundary="b")


@pytest.mark.parametrize("content_type", [None, "", "text/xml", "text/plain; charset=utf-8"])
def test_a_message_without_its_content_type_is_called_so(content_type: str | None) -> None:
    with pytest.raises(MalformedDocument, match="Content-Type, which names the boundary, did not come along"):
        unpack(message(MAIN), content_type)


@pytest.mark.parametrize("boundary", ["", "a b", "a\r\n", "ä", "x" * 71, 'a"'])
def test_a_boundary_that_cannot_be_one_is_refused(boundary: str) -> None:
    with pytest.raises(InvalidValue):
        pack(XML, (), boundary=boundary)


def test_a_boundary_that_stands_in_the_document_is_refused() -> None:
    with pytest.raises(InvalidValue):
        pack(b"<cXML>--b</cXML>", (), boundary="b")


VISIBLE = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="<>"), min_size=1, max_size=20)
LETTERS = st.characters(exclude_categories=("C", "Z"), exclude_characters="/\\") | st.just(" ")
NAMES = st.text(LETTERS, max_size=20).filter(
    lambda name: name not in (".", "..") and "=?" not in name and name == name.strip()
)
TYPES = st.sampled_from(
    ["text/plain; charset=utf-8", "image/png", 'application/x-y+z; a="b; c"', "multipart/mixed; boundary=x"]
)
LINES = st.lists(st.sampled_from([b"\r\n", b"\r", b"\n", b"--", b"\x00", b"\xff", b" ", b"x" * 80, b"=3D"])).map(
    b"".join
)
PARTS = st.lists(
    st.builds(Part, VISIBLE, TYPES, st.binary(max_size=200) | LINES, NAMES),
    max_size=4,
    unique_by=lambda p: p.content_id,
)


@given(st.binary(max_size=200) | LINES, PARTS)
def test_what_is_packed_is_unpacked_the_same(octets: bytes, parts: list[Part]) -> None:
    body = b"<cXML>" + octets
    packed, content_type = pack(body, parts)
    package = unpack(packed, content_type)
    assert package == Package(body, 'text/xml; charset="UTF-8"', tuple(parts), ())


@given(PARTS)
def test_links_made_of_parts_lead_back_to_them(parts: list[Part]) -> None:
    order = parse(ORDER)
    header = order.payload.order_request_header  # type: ignore[union-attr]
    header.comments = [Comments([*(Attachment(url=each.url) for each in parts), "see files"], lang="en")]
    assert validate(serialize(order)).ok
    found = attachments_of(parse(serialize(order)), parts)
    assert [each.part for each in found.attached] == parts
    assert found.findings == ()


def test_the_parser_of_the_standard_library_reads_what_is_packed() -> None:
    body, content_type = pack(ORDER.encode(), FILES)
    read = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body, policy=policy.HTTP)
    assert not read.defects
    root, *files = read.iter_parts()  # type: ignore[attr-defined]
    assert root["Content-ID"] == read["Content-Type"].params["start"]
    assert root.get_content().replace("\r\n", "\n") == ORDER
    assert [(each.get_content_type(), each.get_filename()) for each in files] == [
        ("image/png", "plan.png"),
        ("text/plain", None),
    ]
    assert files[0].get_content() == PIXEL


# --- base64 and names as they come ---------------------------------------------------------------------------------


def encoded(content: bytes) -> bytes:
    return part(content, "Content-Type: image/png", "Content-ID: <f>", "Content-Transfer-Encoding: base64")


UNPADDED = encoded(b"cGxhbg")


@pytest.mark.parametrize(
    ("content", "expected", "found"),
    [
        (b"cGxhbg==", b"plan", []),
        (b"cGxhbg=", b"plan", ["part-mended"]),
        (b"cGxhbg", b"plan", ["part-mended"]),
        (b"cGxh\r\nbg\r\n", b"plan", ["part-mended"]),
        (b" cGx hbg\t= =\n", b"plan", []),
        (b"cGxhbnM", b"plans", ["part-mended"]),
        (b"cGxhbnMh", b"plans!", []),
        (b"", b"", []),
    ],
)
def test_base64_is_read_without_its_padding(content: bytes, expected: bytes, found: list[str]) -> None:
    package = unpack(message(MAIN, encoded(content)), RELATED)
    assert package.parts[0].content == expected
    assert codes(package) == found


@pytest.mark.parametrize("content", [b"c", b"cGxhb", b"cGxh=bg", b"cGxh*g==", b"=", b"cGxhbg===="])
def test_base64_that_is_damaged_otherwise_is_refused(content: bytes) -> None:
    with pytest.raises(MalformedDocument):
        unpack(message(MAIN, encoded(content)), RELATED)


def test_a_name_full_of_encoded_words_takes_no_time() -> None:
    long = "=?a?q?x" * 2280
    body = message(MAIN, *(part(b"x", f'Content-Disposition: attachment; filename="{long}"') for _ in range(90)))
    begun = time.process_time()
    package = unpack(body, RELATED)
    assert time.process_time() - begun < 2
    assert package.parts[0].filename == long


# --- codes -------------------------------------------------------------------------------------------------------


def test_every_finding_has_a_code_that_is_explained_as_it_is_given() -> None:
    seen = []
    for body, content_type in (
        (message(MAIN, MAIN), RELATED.replace("<main>", "<x>")),
        (ORDER.replace("Blue pen", "Blåpenn").encode(), "text/xml; charset=us-ascii"),
        (message(MAIN, UNPADDED), RELATED),
        (message(MAIN, part(b"1", "Content-Transfer-Encoding: x-own")), RELATED),
    ):
        seen += unpack(body, content_type).findings
    for links, parts in ((("cid:x",), FILES), (("https://x",), ()), (("cid:1",), (Part("1", "a/b", b""),) * 2)):
        seen += attachments_of(parse(with_links(*links)), parts).findings
    assert {finding.code for finding in seen} == {
        "attachment-ambiguous",
        "attachment-dangling",
        "attachment-link",
        "charset-contradicted",
        "part-encoding",
        "part-id-repeated",
        "part-mended",
        "part-unreferenced",
        "start-unknown",
    }
    for finding in seen:
        made = explanations()[finding.code]
        assert (finding.layer, finding.severity) == (made.layer, made.severity)


def extrinsic(markup: str) -> CXML:
    return parse(ORDER.replace("</BillTo>", f'</BillTo><Extrinsic name="x">{markup}</Extrinsic>'), mode="tolerant")


def test_an_attachment_inside_of_another_is_read_once_with_it() -> None:
    inner = "<Attachment><URL>cid:b</URL></Attachment>"
    found = attachments_of(extrinsic(f"<Attachment><URL>cid:a</URL><x>{inner}</x></Attachment>{inner}"), ())
    assert [each.attachment.url.value for each in found.attached] == ["cid:a", "cid:b"]


def test_attachments_in_attachments_cost_no_more_than_their_length() -> None:
    document = extrinsic("<Attachment><URL>cid:a</URL>" * 200 + "x" * 2_000_000 + "</Attachment>" * 200)
    began = time.process_time()
    attachments_of(document, ())
    assert time.process_time() - began < 1
