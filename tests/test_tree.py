"""The loader: octets of any encoding to a tree, the DOCTYPE, and where in the source an element stands."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable

import pytest
from lxml import etree

from cxml_punchout import DocumentError, InvalidDocument, MalformedDocument, UnsafeDocument, parse, validate
from cxml_punchout.octets import codec_named
from cxml_punchout.places import Places, name_of, namespaces, slices
from cxml_punchout.tree import DSIG, Doctype, Loaded, canonical, instructions, load, markup, parse_markup

SYSTEM = "http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd"
DOCTYPE = f'<!DOCTYPE cXML SYSTEM "{SYSTEM}">'
XML = "http://www.w3.org/XML/1998/namespace"


def codes(loaded: Loaded) -> list[str]:
    return [finding.code for finding in loaded.findings]


def refused(data: bytes | str, kind: type[DocumentError], *, tolerant: bool = False) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        load(data, tolerant=tolerant)
    assert type(caught.value) is kind
    assert caught.value.status == 406
    return caught.value


# --- encodings ----------------------------------------------------------------------------------------------

TEXT = "Zürich, 東京 €"


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        pytest.param(f"{DOCTYPE}<cXML>{TEXT}</cXML>".encode(), TEXT, id="utf-8 by default"),
        pytest.param(f'<?xml version="1.0" encoding="utf-8"?>{DOCTYPE}<cXML>{TEXT}</cXML>'.encode(), TEXT, id="utf-8"),
        pytest.param(f"<?xml version='1.0' encoding='UTF8'?>{DOCTYPE}<cXML>{TEXT}</cXML>".encode(), TEXT, id="UTF8"),
        pytest.param(
            f'<?xml version="1.0" encoding="UTF-16"?>{DOCTYPE}<cXML>{TEXT}</cXML>'.encode("utf-16"),
            TEXT,
            id="utf-16 with its mark",
        ),
        pytest.param(
            b"\xfe\xff" + f'<?xml version="1.0" encoding="UTF-16"?>{DOCTYPE}<cXML>{TEXT}</cXML>'.encode("utf-16-be"),
            TEXT,
            id="utf-16 big endian with its mark",
        ),
        pytest.param(
            f'<?xml version="1.0" encoding="UTF-16LE"?>{DOCTYPE}<cXML>{TEXT}</cXML>'.encode("utf-16-le"),
            TEXT,
            id="utf-16 little endian without a mark",
        ),
        pytest.param(
            f'<?xml version="1.0" encoding="UTF-16BE"?>{DOCTYPE}<cXML>{TEXT}</cXML>'.encode("utf-16-be"),
            TEXT,
            id="utf-16 big endian without a mark",
        ),
        pytest.param(f"{DOCTYPE}<cXML>{TEXT}</cXML>".encode("utf-16"), TEXT, id="utf-16 without a declaration"),
        pytest.param(f"{DOCTYPE}<cXML>{TEXT}</cXML>".encode("utf-32"), TEXT, id="utf-32 with its mark"),
        pytest.param(
            b"\0\0\xfe\xff" + f"{DOCTYPE}<cXML>{TEXT}</cXML>".encode("utf-32-be"), TEXT, id="utf-32 big endian"
        ),
        pytest.param(
            f'<?xml version="1.0" encoding="ISO-8859-1"?>{DOCTYPE}<cXML>Zürich</cXML>'.encode("latin-1"),
            "Zürich",
            id="iso-8859-1",
        ),
        pytest.param(
            f'<?xml version="1.0" encoding="iso-8859-15"?>{DOCTYPE}<cXML>5 €</cXML>'.encode("iso-8859-15"),
            "5 €",
            id="iso-8859-15",
        ),
        pytest.param(
            f'<?xml version="1.0" encoding="windows-1252"?>{DOCTYPE}<cXML>5 €, “x”</cXML>'.encode("cp1252"),
            "5 €, “x”",
            id="windows-1252",
        ),
        pytest.param(
            f'<?xml version="1.0" encoding="US-ASCII"?>{DOCTYPE}<cXML>Z&#252;rich</cXML>'.encode(),
            "Zürich",
            id="us-ascii",
        ),
        pytest.param(
            '<?xml version="1.0" encoding="UTF-16"?><cXML>😀</cXML>'.encode("utf-16"), "😀", id="a surrogate pair"
        ),
    ],
)
def test_documents_in_these_encodings_are_read(octets: bytes, expected: str) -> None:
    loaded = load(octets)
    assert loaded.root.text == expected
    assert expected in loaded.octets.decode("utf-8") or "&#252;" in loaded.octets.decode("utf-8")


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        pytest.param(b'<?xml version="1.0" encoding="UTF-7"?><cXML>Z+APw-</cXML>', "encoding", id="utf-7"),
        pytest.param(b'<?xml version="1.0" encoding="klingon"?><cXML>Z\xfc</cXML>', "encoding", id="unknown"),
        pytest.param(b'<?xml version="1.0" encoding="Shift_JIS"?><cXML>\xff</cXML>', "encoding", id="no shift-jis"),
        pytest.param(b'<?xml version="1.0" encoding="HZ"?><cXML>~{VPND~}</cXML>', "encoding", id="hz"),
        pytest.param(b'<?xml version="1.0" encoding="rot13"?><cXML>Z\xfc</cXML>', "encoding", id="not an encoding"),
        pytest.param(b'<?xml version="1.0" encoding="mbcs"?><cXML>\xfc</cXML>', "encoding", id="of one platform only"),
        pytest.param(b'<?xml version="1.0" encoding="UTF-16"?><cXML>\xfc</cXML>', "encoding", id="no utf-16, no utf-8"),
        pytest.param('<?xml version="1.0" encoding="cp037"?><cXML/>'.encode("cp037"), "malformed", id="ebcdic"),
        pytest.param("<cXML/>".encode("utf-32-le"), "malformed", id="utf-32 without a mark"),
        pytest.param("<cXML/>".encode("utf-16-le"), "malformed", id="utf-16 without mark and declaration"),
        pytest.param(b"<cXML>Z\xfcrich</cXML>", "malformed", id="iso-8859-1 undeclared"),
        pytest.param(
            b'<?xml version="1.0" encoding="UTF-8"?><cXML>Z\xfcrich</cXML>', "malformed", id="iso-8859-1 as utf-8"
        ),
        pytest.param(b'<?xml version="1.0" encoding="windows-1252"?><cXML>\x81</cXML>', "encoding", id="no such octet"),
        pytest.param("<cXML/>".encode("utf-16") + b"\n", "encoding", id="half an utf-16 character"),
        pytest.param(b"<cXML>a\0b</cXML>", "malformed", id="a zero octet within"),
        pytest.param(b"<cXML>\0</cXML>\0", "malformed", id="zero octets within and behind"),
        pytest.param(b"\xff\xfe" + b"<\0c\0\x00\xd8>\0", "encoding", id="half a pair in utf-16"),
        pytest.param(b"<cXML>\xed\xa0\x80</cXML>", "malformed", id="half a pair in utf-8"),
        pytest.param(b"<cXML>\xc0\xbc</cXML>", "malformed", id="an overlong '<'"),
        pytest.param(b"<cXML>\xf4\x90\x80\x80</cXML>", "malformed", id="beyond unicode"),
        pytest.param(b"<cXML>\xe2\x82", "malformed", id="cut within a character"),
        pytest.param(b"\xff\xff\xff\xff", "malformed", id="noise"),
    ],
)
def test_documents_in_other_or_wrong_encodings_are_refused(octets: bytes, code: str) -> None:
    error = refused(octets, MalformedDocument)
    assert error.code == code
    assert error.line >= 1


def declaring(encoding: str, text: str = TEXT) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>{DOCTYPE}<cXML>{text}</cXML>'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ISO-Latin-1", "Zürich"),
        ("iso-8859-2", "Łódź"),
        ("ISO-8859-5", "Москва"),
        ("ISO-8859-16", "Ș €"),
        ("windows-1250", "Łódź"),
        ("windows-1251", "Київ"),
        ("cp1254", "İzmir"),
        ("KOI8-R", "Москва"),
        ("koi8-u", "Київ"),
        ("macintosh", "Zürich"),
        ("IBM850", "Zürich"),
        ("TIS-620", "กรุง"),
        ("EUC-JP", "東京"),
        ("Shift_JIS", "表示 ソ"),  # the second octet of both is that of a backslash
        ("windows-31j", "①"),
        ("ISO-2022-JP", "東京"),
        ("EUC-KR", "서울"),
        ("GB2312", "北京"),
        ("GBK", "北京"),
        ("gb18030", "北京 €"),
        ("Big5", "許功蓋"),
    ],
)
def test_every_usual_encoding_is_read_that_is_truly_declared(name: str, text: str) -> None:
    loaded = load(declaring(name, text).encode(codec_named(name)))
    assert (loaded.root.text, codes(loaded)) == (text, [])


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        pytest.param(declaring(name, "Z&#252;rich 5 +00:00").encode(), "Zürich 5 +00:00", id=name)
        for name in (
            "utf-16",
            "UTF-16LE",
            "UTF-16BE",
            "utf-32",
            "UCS-2",
            "ISO-10646-UCS-4",
            "UTF-7",
            "IBM037",
            "EBCDIC",
        )
    ]
    + [
        pytest.param(declaring(name).encode(), TEXT, id=f"utf-8 as {name}")
        for name in ("utf-16", "Unicode", "us-ascii", "UTF-7", "cp500", "klingon", "rot13", "zlib", "HZ", "utf8mb4")
    ]
    + [
        pytest.param(declaring("EUC-JP", "5 €").encode(), "5 €", id="utf-8 as euc-jp, which it cannot be"),
        pytest.param(declaring("UTF-8").encode("utf-16"), TEXT, id="utf-16 as utf-8"),
        pytest.param(declaring("UTF-8").encode("utf-16-le"), TEXT, id="utf-16 as utf-8, without mark"),
        pytest.param(declaring("ISO-8859-1").encode("utf-16-be"), TEXT, id="utf-16 as iso-8859-1"),
        pytest.param(declaring("UTF-8").encode("utf-32"), TEXT, id="utf-32 as utf-8"),
        pytest.param(declaring("utf-16").encode("utf-32-le"), TEXT, id="utf-32 as utf-16, without mark"),
        pytest.param(declaring("utf-16").encode("utf-8-sig"), TEXT, id="utf-8 with its mark as utf-16"),
        pytest.param(declaring("windows-1252").encode("utf-8-sig"), TEXT, id="utf-8 with its mark as windows-1252"),
    ],
)
def test_octets_are_what_they_are_whatever_is_declared(octets: bytes, text: str) -> None:
    loaded = load(octets)
    assert loaded.root.text == text
    assert [code for code in codes(loaded) if code != "byte-order-mark"] == ["encoding-contradicted"]
    assert loaded.findings[-1].severity == "warning"


def test_what_may_be_in_the_declared_encoding_is_taken_to_be_in_it() -> None:
    loaded = load(declaring("ISO-8859-1", "ü").encode())
    assert (loaded.root.text, codes(loaded)) == ("Ã¼", [])


@pytest.mark.parametrize("end", [b"\0", b"\0\0\0", b"\n\0", b"\0\r\n\0 "])
@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-16-le"])
def test_zero_octets_behind_a_document_are_left_out(codec: str, end: bytes) -> None:
    octets = declaring("UTF-16" if codec != "utf-8" else "UTF-8", "a").encode(codec)
    behind = end if codec == "utf-8" else end.decode().encode("utf-16-le") + b"\0" * (len(end) % 2)
    loaded = load(octets + behind)
    assert (loaded.root.text, codes(loaded)) == ("a", ["nul-end"])
    assert loaded.octets.endswith(b"</cXML>")
    assert codes(load(declaring("UTF-8") + end.decode())) == ["nul-end"]


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.9"])
def test_another_version_of_xml_is_read_as_ours(version: str) -> None:
    loaded = load(f"<?xml version='{version}' standalone='yes'?>{DOCTYPE}<cXML>a</cXML>")
    assert (loaded.root.text, codes(loaded)) == ("a", [] if version == "1.0" else ["xml-version"])


def test_a_version_of_xml_that_does_not_exist_is_called_so() -> None:
    assert "version of XML" in str(refused("<?xml version='2.0'?><cXML/>", MalformedDocument))


def test_octets_that_the_encoding_does_not_have_are_refused_with_their_line() -> None:
    octets = b'<?xml version="1.0" encoding="US-ASCII"?>\n<cXML>\n\n \xe9</cXML>'
    assert refused(octets, MalformedDocument).line == 4


def test_the_name_of_an_unknown_encoding_is_told_but_not_at_any_length() -> None:
    error = refused(b'<?xml version="1.0" encoding="' + b"x" * 100 + b'"?><cXML>\xfc</cXML>', MalformedDocument)
    assert "x" * 40 in str(error)
    assert "x" * 41 not in str(error)


# --- text, marks, blanks, line ends -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{DOCTYPE}<cXML>é</cXML>", []),
        (f'<?xml version="1.0"?>{DOCTYPE}<cXML>é</cXML>', []),
        (f'<?xml version="1.0" encoding="UTF-8"?>{DOCTYPE}<cXML>é</cXML>', []),
        (f'<?xml version="1.0" encoding="utf8"?>{DOCTYPE}<cXML>é</cXML>', []),
        (f'<?xml version="1.0" encoding="US-ASCII"?>{DOCTYPE}<cXML>é</cXML>', ["declared-encoding"]),
        (f'<?xml version="1.0" encoding="UTF-16"?>{DOCTYPE}<cXML>é</cXML>', ["declared-encoding"]),
        (f'<?xml version="1.0" encoding="klingon"?>{DOCTYPE}<cXML>é</cXML>', ["declared-encoding"]),
        (f"\ufeff{DOCTYPE}<cXML>é</cXML>", ["byte-order-mark"]),
    ],
)
def test_a_text_is_taken_as_it_stands_whatever_it_declares(text: str, expected: list[str]) -> None:
    loaded = load(text)
    assert loaded.root.text == "é"
    assert codes(loaded) == expected


def test_a_text_with_half_of_a_surrogate_pair_is_refused_with_its_place() -> None:
    error = refused("<cXML>\n  a\ud800b</cXML>", MalformedDocument)
    assert (error.line, error.column) == (2, 4)


def test_a_byte_order_mark_of_utf_8_is_noticed() -> None:
    loaded = load(b"\xef\xbb\xbf" + f"{DOCTYPE}<cXML/>".encode())
    assert codes(loaded) == ["byte-order-mark"]
    assert loaded.octets.startswith(b"<!DOCTYPE")


BLANK = "\r\n\n \t"


@pytest.mark.parametrize("start", ['<?xml version="1.0"?>', "", "<!-- -->"])
@pytest.mark.parametrize("form", [str, str.encode])
def test_blank_lines_at_the_start_are_refused_by_a_strict_reader(
    start: str, form: Callable[[str], bytes | str]
) -> None:
    error = refused(form(f"{BLANK}{start}{DOCTYPE}<cXML/>"), MalformedDocument)
    assert (error.code, error.line, error.column) == ("blank-start", 1, 1)


@pytest.mark.parametrize("start", ['<?xml version="1.0"?>', "", "<!-- -->"])
@pytest.mark.parametrize("form", [str, str.encode])
def test_blank_lines_at_the_start_are_noticed_by_a_tolerant_reader(
    start: str, form: Callable[[str], bytes | str]
) -> None:
    loaded = load(form(f"{BLANK}{start}{DOCTYPE}<cXML/>"), tolerant=True)
    assert codes(loaded) == ["blank-start"]
    assert loaded.doctype == Doctype("cXML", SYSTEM)


@pytest.mark.parametrize("tolerant", [False, True])
@pytest.mark.parametrize("data", [b"", b" \r\n", "", " \n", b"\xef\xbb\xbf", "\ufeff", b"\xff\xfe", b"\0", b"cXML"])
def test_nothing_is_not_a_document(data: bytes | str, tolerant: bool) -> None:
    refused(data, MalformedDocument, tolerant=tolerant)


def test_line_ends_of_any_kind_become_line_feeds() -> None:
    loaded = load(b"<cXML a='x\r\ny'>a\r\nb\rc\n&#13;</cXML>")
    assert loaded.root.text == "a\nb\nc\n\r"
    assert loaded.root.get("a") == "x y"


@pytest.mark.parametrize("form", [bytes, bytearray, memoryview, lambda body: memoryview(b"x" + body + b"x")[1:-1]])
def test_any_buffer_is_read_and_left_as_it_was(form: Callable[[bytes], bytes]) -> None:
    body = f"{DOCTYPE}<cXML>é</cXML>".encode()
    buffer = form(body)
    assert load(buffer).octets == body
    assert bytes(buffer) == body


def test_a_later_change_of_the_buffer_does_not_reach_the_document() -> None:
    buffer = bytearray(b"<cXML>a</cXML>")
    loaded = load(buffer)
    buffer[:] = b"\0" * len(buffer)
    assert loaded.octets == b"<cXML>a</cXML>"


# --- the DOCTYPE ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prolog", "expected"),
    [
        ("", None),
        (DOCTYPE, Doctype("cXML", SYSTEM)),
        (f"<!DOCTYPE cXML SYSTEM '{SYSTEM}'>", Doctype("cXML", SYSTEM)),
        (f'<!DOCTYPE\r\n\tcXML\n SYSTEM\n"{SYSTEM}"\n >', Doctype("cXML", SYSTEM)),
        ("<!DOCTYPE cXML>", Doctype("cXML")),
        ("<!DOCTYPE cXML >", Doctype("cXML")),
        ('<!DOCTYPE cXML SYSTEM "">', Doctype("cXML", "")),
        ('<!DOCTYPE cXML PUBLIC "-//cXML//EN" "cXML.dtd">', Doctype("cXML", "cXML.dtd", "-//cXML//EN")),
        ("<!DOCTYPE cXML PUBLIC '-//cXML//EN'\n'cXML.dtd'>", Doctype("cXML", "cXML.dtd", "-//cXML//EN")),
        ("<!DOCTYPE cXML SYSTEM 'a>b.dtd'>", Doctype("cXML", "a>b.dtd")),
        ("<!DOCTYPE cXML SYSTEM 'a[b].dtd'>", Doctype("cXML", "a[b].dtd")),
        ("<!DOCTYPE cXML SYSTEM 'a\"b.dtd'>", Doctype("cXML", 'a"b.dtd')),
        ('<!DOCTYPE cXML SYSTEM "a\'b.dtd">', Doctype("cXML", "a'b.dtd")),
        ("<!DOCTYPE cXML SYSTEM '<cXML.dtd'>", Doctype("cXML", "<cXML.dtd")),
        ("<!DOCTYPE cXML SYSTEM 'x?a=1&b=2'>", Doctype("cXML", "x?a=1&b=2")),
        ("<!DOCTYPE cXML SYSTEM 'übung.dtd'>", Doctype("cXML", "übung.dtd")),
        (f"<!-- <!DOCTYPE x> -->{DOCTYPE}", Doctype("cXML", SYSTEM)),
        (f"<?a <!DOCTYPE x ?>\n<!-- - > -->\n<?b?>{DOCTYPE}<!-- <cXML> --><?c?>", Doctype("cXML", SYSTEM)),
        (f'<?xml version="1.0" standalone="no"?>{DOCTYPE}', Doctype("cXML", SYSTEM)),
        ("<?a <!DOCTYPE cXML SYSTEM 'x'> ?>", None),
    ],
)
def test_the_doctype_is_read_in_all_its_spellings(prolog: str, expected: Doctype | None) -> None:
    loaded = load(f"{prolog}<cXML/>")
    assert loaded.doctype == expected
    assert loaded.root.tag == "cXML"


@pytest.mark.parametrize(
    ("doctype", "expected"),
    [
        ("", "doctype-missing"),
        ("<!DOCTYPE cXML>", "doctype-unexpected"),
        ("<!DOCTYPE cXML SYSTEM 'cXML.dtd'>", "doctype-unexpected"),
        ("<!DOCTYPE cXML SYSTEM 'http://example.com/schemas/cXML/1.2.071/cXML.dtd'>", "doctype-unexpected"),
        ("<!DOCTYPE cXML SYSTEM 'http://xml.cxml.org/schemas/cXML/1.2/cXML.dtd'>", "doctype-unexpected"),
    ],
)
def test_a_doctype_that_does_not_name_a_cxml_dtd_is_noticed(doctype: str, expected: str) -> None:
    loaded = load(f"{doctype}<cXML/>")
    assert codes(loaded) == [expected]
    assert loaded.findings[0].severity == "warning"


@pytest.mark.parametrize(
    ("system", "version"),
    [
        (SYSTEM, "1.2.071"),
        ("https://xml.cXML.org/schemas/cXML/1.2.008/Fulfill.dtd", "1.2.008"),
        ("http://xml.cxml.org/schemas/cXML/1.1.009/cXML.dtd", "1.1.009"),
        ("http://xml.cxml.org/schemas/cXML/cXML.dtd", None),
        (f" {SYSTEM}", None),
        (f"{SYSTEM}?x", None),
        ("", None),
        (None, None),
    ],
)
def test_the_version_is_that_of_the_system_identifier(system: str | None, version: str | None) -> None:
    assert Doctype("cXML", system).version == version


@pytest.mark.parametrize(
    "doctype",
    [
        Doctype("cXML"),
        Doctype("cXML", SYSTEM),
        Doctype("cXML", ""),
        Doctype("cXML", 'a"b>c[d]<e'),
        Doctype("cXML", "x?a=1&b=2"),
        Doctype("cXML", "it's.dtd"),
        Doctype("cXML", "cXML.dtd", "-//cXML//EN"),
        Doctype("cXML", 'a"b', "it's"),
    ],
)
def test_a_doctype_is_written_so_that_it_can_be_read_again(doctype: Doctype) -> None:
    assert load(f"{doctype}<cXML/>").doctype == doctype


EXTERNAL = ["", f' SYSTEM "{SYSTEM}"', " SYSTEM 'a>b'", " PUBLIC 'a' \"b'[\"", " SYSTEM '<cXML'", " SYSTEM '<!--'"]


@pytest.mark.parametrize(
    "subset",
    [
        "[]",
        "[ ]",
        "[\r\n\t]",
        "[]\n",
        "[<!-- nothing -->]",
        "[<!---->]",
        "[<?nothing?>]",
        "[<?a 'b\"?>]",
        "[ <!-- ]> --> <?a ]> <!ENTITY ?> ]",
        "[<!-- <cXML> <!ENTITY a 'b'> -->]",
        f"[<!--{'x' * 3000}-->]",
    ],
)
@pytest.mark.parametrize("external", EXTERNAL)
@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_an_internal_subset_that_declares_nothing_says_nothing(external: str, subset: str, codec: str) -> None:
    without = load(f"<!DOCTYPE cXML{external}><cXML>a</cXML>")
    loaded = load(f"<!DOCTYPE cXML{external} {subset}><cXML>a</cXML>".encode(codec))
    assert (loaded.doctype, codes(loaded)) == (without.doctype, codes(without))
    assert loaded.root.text == "a"
    assert instructions(loaded.root) == ((), ())


@pytest.mark.parametrize("subset", ["[<!-- ]>", "[<?a ]>", "[]", "[]]>", "[] x>", "[ <!-- a -- b --> ]>", "[] []>"])
def test_an_internal_subset_that_is_none_is_malformed(subset: str) -> None:
    refused(f"<!DOCTYPE cXML {subset}<cXML/>", MalformedDocument)


@pytest.mark.parametrize(
    ("subset", "what"),
    [
        ("<!ENTITY a 'b'>", "an entity"),
        ("<!ENTITY a SYSTEM 'file:///etc/passwd'>", "an entity"),
        ("<!ENTITY % a 'b'>", "an entity"),
        ("<!ENTITY % a SYSTEM 'http://127.0.0.1/x.dtd'> %a;", "an entity"),
        ("<!ELEMENT cXML ANY>", "an element"),
        ("<!ATTLIST cXML a CDATA 'b'>", "an attribute list"),
        ("<!NOTATION a SYSTEM 'b'>", "a notation"),
        ("<!ENTITY a ']>'>", "an entity"),
        ("%undeclared;", "a parameter entity"),
        ("<![INCLUDE[<!ENTITY a 'b'>]]>", "a conditional section"),
        ("<!-- ]> --><?a ]> ?>\n<!ELEMENT cXML ANY>", "an element"),
        ("<!-- <!ELEMENT cXML ANY> --> <!ENTITY a 'b'>", "an entity"),
        ("<?a <!-- ?><!NOTATION a SYSTEM 'b'><!-- -->", "a notation"),
        ("<!entity a 'b'>", "something of its own"),
        ("text", "something of its own"),
    ],
)
@pytest.mark.parametrize("external", EXTERNAL)
def test_a_document_that_brings_declarations_is_unsafe(external: str, subset: str, what: str) -> None:
    error = refused(f"<!DOCTYPE cXML{external} [{subset}]><cXML/>", UnsafeDocument)
    assert error.code == "internal-subset"
    assert f" {what} between '[' and ']'" in str(error)
    assert "Leave out everything between '[' and ']'" in str(error)
    assert (error.line, error.column) == (1, len(f"<!DOCTYPE cXML{external} [".encode()))


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(text, id=name)
        for name, text in {
            "declaration": '<?xml version="1.0"?>\r\n',
            "comment": "<!-- ' -->",
            "comment with a root": "<!-- <cXML> -->",
            "instruction": '<?a " ?>',
            "instruction with a root": "<?a <cXML ?>",
            "many": "<?a?>\n<!---->\t" * 100,
            "long comment": f"<!--{'x' * 5000}-->",
            "mark": "\ufeff",
            "two marks": "\ufeff\ufeff",
            "mark, comment": "\ufeff<!-- -->",
        }.items()
    ],
)
@pytest.mark.parametrize("encoding", ["str", "utf-8", "utf-16", "utf-32"])
@pytest.mark.parametrize("tolerant", [False, True])
def test_nothing_before_the_doctype_hides_declarations(before: str, encoding: str, tolerant: bool) -> None:
    text = f"{before}<!DOCTYPE cXML [<!ENTITY a 'b'>]><cXML/>"
    with pytest.raises((UnsafeDocument, MalformedDocument)):
        load(text if encoding == "str" else text.encode(encoding), tolerant=tolerant)


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b" \xef\xbb\xbf", b"\xef\xbb\xbf\xef\xbb\xbf", b"\n\xef\xbb\xbf\n"])
def test_a_misplaced_byte_order_mark_does_not_hide_declarations(mark: bytes) -> None:
    with pytest.raises((UnsafeDocument, MalformedDocument)):
        load(mark + b"<!DOCTYPE cXML [<!ENTITY a 'b'>]><cXML/>", tolerant=True)


@pytest.mark.parametrize(
    "prolog",
    [
        "<!DOCTYPE",
        "<!DOCTYPE cXML",
        "<!DOCTYPE cXML SYSTEM 'x",
        "<!DOCTYPE cXML SYSTEM x>",
        "<!DOCTYPE>",
        "<!DOCTYPEcXML>",
        "<!doctype cXML>",
        "<! DOCTYPE cXML>",
        "<!DOCTYPE cXML PUBLIC 'x'>",
        "<!DOCTYPE cXML><!DOCTYPE cXML>",
        "<!ENTITY a 'b'>",
        "<!-- ",
        "<!-->",
        "<!-- -- -->",
        "<?a",
        "<?>",
        "<?xml?>",
        '<!-- --><?xml version="1.0"?>',
        '<?xml version="2.0"?>',
        "text",
        "]]>",
    ],
)
def test_a_broken_prolog_is_malformed(prolog: str) -> None:
    refused(f"{prolog}<cXML/>", MalformedDocument)
    refused(prolog, MalformedDocument)


# --- references -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "document",
    [
        "<cXML>&nbsp;</cXML>",
        "<cXML>\n<a b='&nbsp;'/></cXML>",
        "<cXML>&xxe;</cXML>",
        "<cXML>&Lt;</cXML>",
        "<cXML>&lt;&#38;&copy;</cXML>",
        "<cXML><!-- &a; -->&b;<!-- --></cXML>",
        "<cXML><![CDATA[&a;]]>&b;<![CDATA[]]></cXML>",
        "<cXML><!-- <![CDATA[ -->&b;<!-- ]]> --></cXML>",
        "<cXML><?a <!-- ?>&b;<!-- --></cXML>",
        "<!DOCTYPE cXML SYSTEM '<!--'><cXML>&b;<!-- --></cXML>",
        "<!DOCTYPE cXML SYSTEM '<!--'><cXML a='&b;'><!-- --></cXML>",
        "<!DOCTYPE cXML SYSTEM '<![CDATA['><cXML>&b;<![CDATA[]]></cXML>",
        "<!DOCTYPE cXML SYSTEM '<?'><cXML>&b;<?a?></cXML>",
        f"{DOCTYPE}<cXML>&b;</cXML>",
    ],
)
def test_a_reference_to_an_entity_is_refused(document: str) -> None:
    # Without a DOCTYPE the parser itself may be the one who refuses.
    with pytest.raises((UnsafeDocument, MalformedDocument)) as caught:
        load(document)
    assert caught.value.line >= 1


def test_a_refused_reference_is_told_with_its_place_and_the_way_out() -> None:
    error = refused(f"{DOCTYPE}\n<cXML>\n <a>é &nbsp;</a></cXML>", UnsafeDocument)
    assert (error.code, error.line, error.column) == ("entity", 3, 7)
    assert "&amp;" in str(error)
    assert "nbsp" not in str(error)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("&lt;&gt;&amp;&quot;&apos;", "<>&\"'"),
        ("&#65;&#x42;&#x0043;&#128512;", "ABC😀"),
        ("<![CDATA[&nbsp; <!ENTITY a 'b'>]]>", "&nbsp; <!ENTITY a 'b'>"),
        ("a<!-- &nbsp; <!ENTITY a 'b'> -->b", "ab"),
        ("<![CDATA[<!DOCTYPE cXML [<!ENTITY a 'b'>]>]]>", "<!DOCTYPE cXML [<!ENTITY a 'b'>]>"),
        ("<![CDATA[<!-- ]]>&amp;<![CDATA[ -->]]>", "<!-- & -->"),
        ("&amp;nbsp;", "&nbsp;"),
        ("&#38;nbsp;", "&nbsp;"),
    ],
)
def test_references_of_xml_itself_and_quoted_ones_are_harmless(content: str, expected: str) -> None:
    for doctype in ("", DOCTYPE):
        assert load(f"{doctype}<cXML>{content}</cXML>").root.text == expected


@pytest.mark.parametrize("content", ["&#0;", "&#x1F;", "&#xFFFE;", "&#xD800;", "&#x110000;", "&#;", "&#x;", "&;", "&"])
def test_a_reference_that_names_no_character_is_malformed(content: str) -> None:
    for document in (f"<cXML>{content}</cXML>", f"<cXML a='{content}'/>", f"{DOCTYPE}<cXML>{content}</cXML>"):
        with pytest.raises((MalformedDocument, UnsafeDocument)):
            load(document)


# --- not well-formed ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "line", "column"),
    [
        ("<cXML>\n <a>\n</cXML>", 3, 8),
        ("<cXML>\n  <a b=1/></cXML>", 2, 8),
        ("<cXML>\n<a b='1' b='2'/></cXML>", 2, 15),
        ("<cXML>\n<a b='<'/></cXML>", 2, 7),
        ("<cXML>a ]]> b</cXML>", 1, 10),
        ("<cXML>\n\x01</cXML>", 2, 1),
        ("<cXML/>\n<cXML/>", 2, 1),
        ("<cXML><a:b/></cXML>", 1, 11),
        ("<cXML><a></a x='1'></cXML>", 1, 14),
        ("<cXML>", 1, 7),
    ],
)
def test_a_malformed_document_is_refused_with_line_and_column(document: str, line: int, column: int) -> None:
    error = refused(document, MalformedDocument)
    assert error.code == "malformed"
    # How far the parser has read when it notices differs by a little between its versions.
    assert error.line == line
    assert abs(error.column - column) <= 3


@pytest.mark.parametrize(
    "document",
    [
        "<cXML xmlns:a=''/>",
        "<cXML xmlns:xml='u'/>",
        "<cXML xmlns='u v>'/>",
        "<cXML xmlns:xmlns='u'/>",
        "<a:cXML xmlns:b='u'/>",
        "<cXML xmlns:a='u' xmlns:b='u' a:x='' b:x=''/>",
        "<cXML><:a/></cXML>",
        "<cXML><a:b:c/></cXML>",
    ],
)
def test_a_wrong_use_of_namespaces_is_malformed(document: str) -> None:
    refused(document, MalformedDocument)


def test_an_error_says_what_is_wrong_in_words() -> None:
    for document in ("<cXML></cXml>", "<cXML a=x/>", "<cXML a='&'/>", "<cXML>]]></cXML>", "<cXML", "<cXML a a/>"):
        error = refused(document, MalformedDocument)
        assert error.findings[0].message.endswith(".")
        assert "libxml2" not in str(error)


@pytest.mark.parametrize(
    ("document", "message", "hint"),
    [
        (f'<!DOCTYPE cXML "{SYSTEM}"><cXML/>', "the word SYSTEM is missing", "<!DOCTYPE cXML SYSTEM"),
        (f"<!DOCTYPE cXML\n'{SYSTEM}'><cXML/>", "the word SYSTEM is missing", "<!DOCTYPE cXML SYSTEM"),
        (f"<!DOCTYPE cXML {SYSTEM}><cXML/>", "the word SYSTEM is missing", "<!DOCTYPE cXML SYSTEM"),
        (f"<!DOCTYPE cXML SYSTEM {SYSTEM}><cXML/>", "in quotes", "<!DOCTYPE cXML SYSTEM"),
        (f'<!doctype cXML SYSTEM "{SYSTEM}"><cXML/>', "DOCTYPE has to be written in capital", "<!DOCTYPE cXML"),
        (f'<!Doctype cXML SYSTEM "{SYSTEM}"><cXML/>', "DOCTYPE has to be written in capital", "<!DOCTYPE cXML"),
        (f'<!DOCTYPE cXML system "{SYSTEM}"><cXML/>', "SYSTEM and PUBLIC have to be", "<!DOCTYPE cXML"),
        ('<!DOCTYPE cXML PUBLIC "a"><cXML/>', "The DOCTYPE is not written", "<!DOCTYPE cXML"),
        ('<!DOCTYPE cXML SYSTEM "a" "b"><cXML/>', "The DOCTYPE is not written", "<!DOCTYPE cXML"),
        ("<!DOCTYPE><cXML/>", "The DOCTYPE is not written", "<!DOCTYPE cXML"),
        (f"{DOCTYPE}{DOCTYPE}<cXML/>", "A DOCTYPE stands here", "in front of the root"),
        (f"<cXML>{DOCTYPE}</cXML>", "A DOCTYPE stands here", "in front of the root"),
        (f"<cXML/>\n{DOCTYPE}", "A DOCTYPE stands here", "in front of the root"),
        ("<cXML a='b&c=1'/>", "begins no reference", "&amp;"),
        ("<cXML>Pen & ink</cXML>", "begins no reference", "&amp;"),
        ("<cXML>A&B</cXML>", "begins no reference", "&amp;"),
        ("<cXML>A&&amp;</cXML>", "begins no reference", "&amp;"),
        ("<cXML/>text", "behind the end of the root", "nothing follows the end"),
        ("<cXML/><cXML/>", "behind the end of the root", "nothing follows the end"),
        ("<cXML></cXML>\n</cXML>", "behind the end of the root", "nothing follows the end"),
        ("<cXML><a>", "still open", "an XML library"),
        ("<cXML><a>tex", "still open", "breaks off"),
        ("<cXML><!-- a -- b --></cXML>", "within a comment", "an XML library"),
        ("cxml-urlencoded=%3C", "no XML", "browser form"),
        ("order_xml = <cXML/>", "no XML", "browser form"),
        ("<?xml encoding='UTF-8'?><cXML/>", "XML declaration is not written", "Write <?xml"),
        ("<?xml version='1.0' standalone='no' encoding='UTF-8'?><cXML/>", "declaration is not written", "Write <?xml"),
        ("<?xml version='1.0' encoding='UTF-8 '?><cXML/>", "XML declaration is not written", "Write <?xml"),
        ("<cXML/><?xml version='1.0'?><cXML/>", "at the very start", "a second document"),
        ("<?xml version='1.0' standalone='perhaps'?><cXML/>", "declaration is not written", "Write <?xml"),
        ("<cXML><?k:a b?></cXML>", "A ':' stands in a name", "an XML library"),
        ("<cXML><? b?></cXML>", "has no name", "an XML library"),
        ("<cXML a:='b'/>", "A ':' stands in a name", "an XML library"),
        ("<cXML xmlns:a='u' xmlns:b='u' a:c='1' b:c='2'/>", "stands twice", "an XML library"),
        ("<cXML k:a='b'/>", "namespace is not declared", "Leave out the prefix"),
        ("<cXML>\x02</cXML>", "XML does not allow", "Leave the character out"),
        ("{}", "no XML", "something else than XML"),
    ],
)
@pytest.mark.parametrize("read", [load, parse, validate], ids=["load", "parse", "validate"])
def test_an_error_and_a_report_say_the_same_with_a_hint(
    document: str, message: str, hint: str, read: Callable[[str], object]
) -> None:
    if read is validate:
        (finding,) = validate(document).findings
    else:
        with pytest.raises(MalformedDocument) as caught:
            read(document)
        (finding,) = caught.value.findings
        assert hint in str(caught.value)
    assert message in finding.message
    assert hint in finding.hint
    assert "libxml2" not in finding.message


def test_octets_of_another_encoding_are_told_what_to_do() -> None:
    error = refused("<cXML>K\xe4se</cXML>".encode("latin-1"), MalformedDocument)
    assert "without a declaration that is UTF-8" in error.findings[0].hint


def test_what_is_compressed_is_told_so() -> None:
    assert "gzip" in refused(gzip.compress(b"<cXML/>"), MalformedDocument).findings[0].hint


def test_an_envelope_is_told_so() -> None:
    with pytest.raises(InvalidDocument, match="out of its envelope"):
        parse('<k:Envelope xmlns:k="urn:kitchen"><k:Body><cXML/></k:Body></k:Envelope>')


# --- places ---------------------------------------------------------------------------------------------------------

SOURCE = """\
<?xml version="1.0"?>
<!-- a comment
     of two lines -->
<cXML
    payloadID='1'
    xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
  <a/><!-- b --><?c?><a x="1"
    y=">"><b/>text<b/></a>
  <é>ü<f/></é>\t<g/>
  <ds:Signature><ds:Object/></ds:Signature><ds:Signature/>
  <plain xmlns="u"><inner/></plain>
</cXML>
"""

PLACES = [
    ("/cXML", 4, 1),
    ("/cXML/a[1]", 7, 3),
    ("/cXML/a[2]", 7, 22),
    ("/cXML/a[2]/b[1]", 8, 11),
    ("/cXML/a[2]/b[2]", 8, 19),
    ("/cXML/é", 9, 3),
    ("/cXML/é/f", 9, 7),
    ("/cXML/g", 9, 16),
    ("/cXML/ds:Signature[1]", 10, 3),
    ("/cXML/ds:Signature[1]/ds:Object", 10, 17),
    ("/cXML/ds:Signature[2]", 10, 44),
    ("/cXML/plain", 11, 3),
    ("/cXML/plain/inner", 11, 20),
]


@pytest.mark.parametrize("encoding", ["str", "utf-8", "utf-16", "iso-8859-1"])
def test_every_element_has_a_path_a_line_and_a_column(encoding: str) -> None:
    source: bytes | str = SOURCE
    if encoding != "str":
        source = SOURCE.replace('"1.0"', f'"1.0" encoding="{encoding}"').encode(encoding)
    loaded = load(source)
    elements = list(loaded.root.iter("*"))
    places = Places(loaded, elements)
    assert [(places.path(element), *places.position(element)) for element in elements] == PLACES


def test_lines_are_counted_with_carriage_returns_as_well() -> None:
    loaded = load(SOURCE.replace("\n", "\r\n"))
    elements = list(loaded.root.iter("*"))
    places = Places(loaded, elements)
    assert [places.position(element)[0] for element in elements] == [line for _, line, _ in PLACES]


def test_lines_are_those_of_the_document_as_it_was_received() -> None:
    loaded = load(f"\n\r\n  {DOCTYPE}\n<cXML>\n<a/></cXML>", tolerant=True)
    (element,) = loaded.root
    assert Places(loaded, [element]).position(element) == (5, 1)


def test_a_place_that_was_not_asked_for_is_unknown() -> None:
    loaded = load(SOURCE)
    assert Places(loaded, []).position(loaded.root) == (0, 0)
    assert Places(loaded, [loaded.root]).position(loaded.root[0]) == (0, 0)


@pytest.mark.parametrize("name", ["\u017fmall", "\u0220", "\u1200", "a\u0487", "\U00010000", "\U000e0000"])
def test_names_may_have_all_letters_of_unicode(name: str) -> None:
    # The fifth edition of XML allows more than the fourth, and not all parsers keep step.
    loaded = load(f"{DOCTYPE}\n<cXML><{name} {name}=''/></cXML>")
    element = loaded.root[0]
    assert Places(loaded, [element]).path(element) == f"/cXML/{name}"
    assert slices(loaded) == [f"<{name} {name}=''/>"]


def test_an_instruction_has_the_place_of_its_parent() -> None:
    loaded = load("<cXML><a>x<?b?></a></cXML>")
    instruction = loaded.root[0][0]
    places = Places(loaded, [instruction])
    assert places.path(instruction).startswith("/cXML/a")


# --- slices ---------------------------------------------------------------------------------------------------------


def test_slices_are_the_exact_source_of_the_children() -> None:
    assert slices(load(SOURCE)) == [
        "<a/>",
        '<a x="1"\n    y=">"><b/>text<b/></a>',
        "<é>ü<f/></é>",
        "<g/>",
        "<ds:Signature><ds:Object/></ds:Signature>",
        "<ds:Signature/>",
        '<plain xmlns="u"><inner/></plain>',
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<a/>", []),
        ("<a><b><c/></b><b><c>1</c></b></a>", ["<b><c/></b>", "<b><c>1</c></b>"]),
        ("<a><b\n></b\n></a>", ["<b\n></b\n>"]),
        ("<a><b c='/>'/>x</a>", ["<b c='/>'/>"]),
        ('<a><b c="\'>"  />x</a>', ['<b c="\'>"  />']),
        ("<a><b c='1' d=\"2\" e='>'></b></a>", ["<b c='1' d=\"2\" e='>'></b>"]),
        ("<a><b><![CDATA[</b>]]><!-- </b> --></b></a>", ["<b><![CDATA[</b>]]><!-- </b> --></b>"]),
        ("<a>\r\n<b>\r\n</b></a>", ["<b>\r\n</b>"]),
    ],
)
def test_slices_find_the_end_of_every_kind_of_tag(source: str, expected: list[str]) -> None:
    assert slices(load(source)) == expected


# --- blanks -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("within", "expected"),
    [
        ("<a> <b/> </a>", "<a><b/></a>"),
        ("<a> x <b/> </a>", "<a> x <b/> </a>"),
        ("<a>! ? !</a> <b/>", "<a>! ? !</a><b/>"),
        ("<a>" + "!?" * 200 + "</a> <b/>", "<a>" + "!?" * 200 + "</a><b/>"),
        # Where comments, sections and instructions stand, nothing is left out: it might belong to a text.
        ("<a> <!-- -->x</a>", "<a> x</a>"),
        ("<a> <![CDATA[x]]></a>", "<a> x</a>"),
        ("<a> <?b?></a>", "<a> <?b?></a>"),
        ("<a>" + "!?" * 200 + "</a> <?b?>", "<a>" + "!?" * 200 + "</a> <?b?>"),
        ("<a>" + "!?" * 200 + "</a> <!-- -->", "<a>" + "!?" * 200 + "</a> "),
        # Nor where a text begins with blanks in a document with lonely carriage returns.
        ("<a> \r\n\tx</a>", "<a> \n\tx</a>"),
        ("<b/>\r\n<a> \rx</a>", "<b/>\n<a> \nx</a>"),
        ("<a>\r\n\t<b> x </b>\r\n</a>", "<a><b> x </b></a>"),
        ("<a>\r\n\t<b> \r\n x &#13;\r\n </b>\r\n</a>", "<a><b> \n x &#13;\n </b></a>"),
        ("<a>\r\n\t<b> \r\n x </b>\r</a>", "<a>\n\t<b> \n x </b>\n</a>"),
        ("<a>\r\n\t<b>x\r\n y</b>\r\n</a>", "<a><b>x\n y</b></a>"),
    ],
)
def test_blanks_between_elements_may_be_left_out_where_no_text_is_near(within: str, expected: str) -> None:
    document = f"{DOCTYPE}<cXML>{within}</cXML>"
    assert markup(load(document, blanks=False).root) == f"<cXML>{expected}</cXML>"
    assert load(document).blanks is True


# --- nodes ----------------------------------------------------------------------------------------------------------


def test_markup_can_stand_alone() -> None:
    root = load(SOURCE).root
    text = markup(root[4 + 1])
    assert text == f'<ds:Signature xmlns:ds="{DSIG}"><ds:Object/></ds:Signature>'
    assert parse_markup(text).tag == f"{{{DSIG}}}Signature"


def test_markup_leaves_out_what_follows_the_element() -> None:
    assert markup(parse_markup("<a><b>é &lt; &amp;</b>tail</a>")[0]) == "<b>é &lt; &amp;</b>"


def test_instructions_around_the_root_are_kept_in_order() -> None:
    loaded = load(f"<?xml version='1.0'?><?a 1?>\n<!-- -->{DOCTYPE}<?b?><cXML><?c?></cXML><?d x y?>\n<?e?>")
    assert instructions(loaded.root) == (("<?a 1?>", "<?b?>"), ("<?d x y?>", "<?e?>"))


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("<a/>", "a"),
        ("<x:a xmlns:x='u'/>", "x:a"),
        ("<a xmlns='u'/>", "a"),
    ],
)
def test_an_element_is_named_as_in_the_document(document: str, expected: str) -> None:
    assert name_of(parse_markup(document)) == expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("<cXML/>", {}),
        ("<cXML>xmlns='u'</cXML>", {}),
        ("<cXML xmlns='u'><a/></cXML>", {"cXML": [("", "u")]}),
        (
            "<cXML><a xmlns:x='u' b='' xmlns:y='v'><x:b xmlns=''/></a></cXML>",
            {"a": [("x", "u"), ("y", "v")], "b": [("", "")]},
        ),
        ("<cXML xmlns:x='u'><a xmlns:x='u'/></cXML>", {"cXML": [("x", "u")], "a": [("x", "u")]}),
        # spelled otherwise
        ('<cXML xmlns \n=\t"u"/>', {"cXML": [("", "u")]}),
        ("<cXML xmlns:x='&#117;&amp;'/>", {"cXML": [("x", "u&")]}),
        ("<cXML xmlns:ä='u'/>", {"cXML": [("ä", "u")]}),
        ("<cXML a='/>' xmlns:x='u' b='>'/>", {"cXML": [("x", "u")]}),
        ("<cXML xmlns=''/>", {"cXML": [("", "")]}),
        ("<cXML xmlns='u'><a xmlns=''/><b/></cXML>", {"cXML": [("", "u")], "a": [("", "")]}),
        # the one that every document has
        (f"<cXML xmlns:xml='{XML}'/>", {}),
        (f'<cXML><a xmlns:xml = "{XML.replace("/", "&#47;")}"/></cXML>', {}),
        (f"<cXML xmlns:xml='{XML}' xmlns:xmla='u'><a xmlns:xml='{XML}'/></cXML>", {"cXML": [("xmla", "u")]}),
        # what only looks like one
        ("<cXML a=\"xmlns='u'\" b=' xmlns:x=\"u\"'/>", {}),
        ("<cXML myxmlns='u' xmlnsx='u' xml-xmlns='u'/>", {}),
        ("<cXML xmlns:foo='u' foo:xmlns='v' foo:xmlnsx='v'/>", {"cXML": [("foo", "u")]}),
        ("<cXML><!-- <a xmlns='u'> --><![CDATA[<a xmlns='u'>]]><?a <a xmlns='u'>?></cXML>", {}),
        ("<cXML><!-- <a xmlns='u'> --><b xmlns='v'/><?a xmlns='u'?></cXML>", {"b": [("", "v")]}),
        ("<cXML>xmlns<a/>xmlns='u'<b c='xmlns'>xmlns xmlns</b>xmlns<d xmlns:x='u'/></cXML>", {"d": [("x", "u")]}),
        ("<xmlns><xmlns:a xmlns:xmlns2='u' xmlns:b='v' b='xmlns'/></xmlns>", None),
    ],
)
def test_namespaces_are_listed_where_they_are_declared(
    document: str, expected: dict[str, list[tuple[str, str]]] | None
) -> None:
    if expected is None:
        refused(document, MalformedDocument)
        return
    loaded = load(document)
    found = namespaces(loaded)
    assert bool(loaded.namespaces) == bool(expected)
    assert {etree.QName(element).localname: declared for element, declared in found.items()} == expected


def test_canonical_documents_are_equal_where_only_the_spelling_differs() -> None:
    one = load("<?a?><cXML b='&#65;' a=\"x\"><c/><!-- --></cXML>")
    assert canonical(one.root) == canonical(load("<?a?>\n<cXML a='x' b='A'><c></c></cXML>").root)
    assert canonical(one.root) != canonical(load("<cXML a='x' b='A'><c></c></cXML>").root)


@pytest.mark.parametrize("text", ["", "text", "<a/><b/>", "<a>&b;</a>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"])
def test_markup_is_read_under_the_same_rules_as_a_document(text: str) -> None:
    with pytest.raises((MalformedDocument, UnsafeDocument)):
        parse_markup(text)


# --- the reader as a whole ------------------------------------------------------------------------------------------


def test_threads_do_not_share_a_parser() -> None:
    results: list[str] = []
    barrier = threading.Barrier(8)

    def work(number: int) -> None:
        barrier.wait()
        for _ in range(50):
            results.append(load(f"<cXML>{number}</cXML>").root.text or "")
            with pytest.raises(MalformedDocument):
                load(f"<cXML>{number}</cXMl>")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == sorted(str(number) for number in range(8) for _ in range(50))


def test_a_document_is_equal_in_whatever_form_it_comes(valid_document: bytes) -> None:
    expected = parse(valid_document)
    text = valid_document.decode("utf-8")
    declared = text.replace('encoding="UTF-8"', 'encoding="UTF-16"')
    forms: list[bytes | bytearray | memoryview | str] = [
        bytearray(valid_document),
        memoryview(valid_document),
        text,
        "\ufeff" + text,
        b"\xef\xbb\xbf" + valid_document,
        declared,
        declared.encode("utf-16"),
        declared.encode("utf-16-le"),
        text.encode("utf-32"),
    ]
    if b"<![CDATA[" not in valid_document:
        forms.append(text.encode("ascii", "xmlcharrefreplace"))
    for form in forms:
        assert parse(form) == expected  # type: ignore[arg-type]


def test_remarks_around_and_within_a_document_change_nothing(valid_document: bytes) -> None:
    # A comment takes the document off the fastest way through the reader.
    expected = parse(valid_document)
    assert parse(valid_document + b"<!-- -->") == expected
    assert parse(valid_document.replace(b"</Header>", b"</Header><!-- -->")) == expected
    assert parse(valid_document.replace(b"><", b"><!-- --><")) == expected


@pytest.mark.parametrize("fault", ["<a:b/>", '<d a:b="1"/>', "<:/>", '<d xmlns="http://www.w3.org/2000/xmlns/"/>'])
def test_a_prefix_that_nobody_declared_is_malformed_whatever_is_noticed_behind_it(fault: str) -> None:
    # libxml2 tells the last thing that it noticed, and of a mere warning lxml makes nothing.
    for behind in ("", '<d xml:space="rare"/>'):
        with pytest.raises(MalformedDocument) as caught:
            load(f"<cXML>{fault}{behind}</cXML>", tolerant=True)
        assert caught.value.line == 1
    assert load('<cXML><d xml:space="rare"/></cXML>', tolerant=True).root.tag == "cXML"


def test_the_encoding_is_found_at_the_end_of_a_long_declaration() -> None:
    for blanks in (0, 1_000, 60_000):
        text = f'<?xml version="1.0"{" " * blanks} encoding="ISO-8859-1"?>\n<cXML>Zürich</cXML>'
        assert load(text.encode("latin-1"), tolerant=True).root.text == "Zürich"
