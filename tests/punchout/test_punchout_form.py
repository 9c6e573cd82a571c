"""The form that takes a cart home: what a page holds, what it never holds, and what is read from what was posted."""

from __future__ import annotations

import base64
import textwrap
import time
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import parse_qs, quote, urlencode

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from posted import HARD, Page, cart, fields_of
from strategies import TEXT
from validated import CART, SETUP, changed
from visits import received, setup

from cxml_punchout import (
    CXML,
    BytesExceeded,
    InvalidDocument,
    InvalidValue,
    Limits,
    MalformedDocument,
    OpenElement,
    UsageError,
    parse,
    serialize,
    validate,
)
from cxml_punchout.models import Comments, Credential, CredentialMac, DigitalSignature, Extrinsic, SharedSecret
from cxml_punchout.punchout.form import Encoding, browser_form, content_security_policy, read_form
from cxml_punchout.punchout.session import PunchOutSession
from cxml_punchout.roundtrip import first_difference

URL = "https://buyer.example.com/return?id=7&to=cart"
BOTH: tuple[Encoding, ...] = ("cxml-urlencoded", "cxml-base64")
each_encoding = pytest.mark.parametrize("encoding", BOTH)
BODY = CART.encode()


def base64_of(body: bytes = BODY) -> str:
    return base64.b64encode(body).decode()


# --- there and back --------------------------------------------------------------------------------------


@pytest.mark.thorough
@pytest.mark.parametrize("charset", ["utf-8", "ascii", "cp1252"])
@each_encoding
@example(HARD)
@given(text=TEXT | st.text(st.sampled_from("&\"'<>;#]%+= \t\r\nü€🛒漢\u2028\U0010ffff"), max_size=20))
def test_every_text_comes_home(encoding: Encoding, charset: str, text: str) -> None:
    sent = cart(text)
    page = browser_form(URL, sent, encoding=encoding)
    # Neither the charset of the page nor that of the form can change anything.
    assert page.isascii()
    received = read_form(fields_of(page, charset))
    assert received == sent
    assert received.findings == ()
    (item,) = received.payload.item_in  # type: ignore[union-attr]
    assert item.item_id.supplier_part_auxiliary_id.text == text
    assert first_difference(serialize(sent), serialize(received)) is None


@each_encoding
def test_the_value_is_escaped_exactly_once(encoding: Encoding) -> None:
    page = browser_form(URL, cart("&#174; ®"), encoding=encoding)
    value = octets_of(page, encoding)
    assert value == serialize(cart("&#174; ®")).replace("®".encode(), b"&#174;")
    if encoding == "cxml-urlencoded":
        assert "&amp;amp;#174; &amp;#174;" in page


def octets_of(page: str, encoding: Encoding) -> bytes:
    value = Page(page).one("input")["value"]
    assert value is not None
    return base64.b64decode(value, validate=True) if encoding == "cxml-base64" else value.encode("ascii")


@each_encoding
def test_the_document_is_ascii_and_declares_what_every_reader_knows(encoding: Encoding) -> None:
    octets = octets_of(browser_form(URL, cart(HARD), encoding=encoding), encoding)
    assert octets.isascii()
    assert octets.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n')
    assert parse(octets, mode="strict") == cart(HARD)


@each_encoding
def test_a_document_that_declares_us_ascii_is_read(encoding: Encoding) -> None:
    octets = serialize(cart("Größe"), encoding="US-ASCII")
    value = base64_of(octets) if encoding == "cxml-base64" else octets.decode()
    received = read_form({encoding: value})
    assert (received, received.findings) == (cart("Größe"), ())


@pytest.mark.thorough
def test_five_hundred_lines_come_home() -> None:
    sent = cart(HARD, 500)
    for encoding in BOTH:
        assert read_form(fields_of(browser_form(URL, sent, encoding=encoding)), mode="strict") == sent


@each_encoding
def test_what_is_posted_is_valid(encoding: Encoding) -> None:
    fields = fields_of(browser_form(URL, cart("Größe"), encoding=encoding))
    (value,) = fields[encoding]
    body = base64.b64decode(value) if encoding == "cxml-base64" else value.encode("ascii")
    assert validate(body).findings == ()


@each_encoding
def test_every_cart_of_ours_comes_home(encoding: Encoding, valid_document: bytes) -> None:
    document = parse(valid_document)
    if type(document.payload).__name__ != "PunchOutOrderMessage":
        with pytest.raises(InvalidValue, match="PunchOutOrderMessage is expected"):
            browser_form(URL, document, encoding=encoding)
        return
    received = read_form(fields_of(browser_form(URL, document, encoding=encoding)))
    assert received == document
    assert first_difference(valid_document, serialize(received)) is None


# --- the page --------------------------------------------------------------------------------------------


@attrs.frozen
class Session:
    return_url: str


def test_a_page_is_one_form_with_one_field_and_a_button() -> None:
    page = browser_form(Session(URL), cart("x"))
    assert page.startswith("<!DOCTYPE html>\n")
    parsed = Page(page)
    assert [tag for tag, _ in parsed.elements] == [
        "html", "head", "meta", "title", "body", "form", "input", "button",
    ]  # fmt: skip
    assert parsed.one("html") == {"lang": "en"}
    assert parsed.one("form") == {
        "method": "post",
        "action": URL,
        "accept-charset": "utf-8",
        "autocomplete": "off",
    }
    assert parsed.one("input").keys() == {"type", "name", "value"}
    assert parsed.one("input")["name"] == "cxml-urlencoded"
    assert parsed.one("button") == {"type": "submit"}
    assert parsed.text("button").strip() == parsed.text("title").strip() == "Return the cart"


def test_a_fragment_is_the_form_of_the_page() -> None:
    fragment = browser_form(URL, cart("x"), page=False, auto_submit=True)
    assert fragment.startswith("<form ")
    assert fragment.endswith("</script>\n")
    assert fragment in browser_form(URL, cart("x"), auto_submit=True)


def test_the_words_of_the_page_are_escaped() -> None:
    words = '"Zurück" <b> &amp; 🛒'
    page = browser_form(URL, cart("x"), button=words, title=f"{words} 2", lang='de"x', target='_top"x')
    parsed = Page(page)
    assert page.isascii()
    assert parsed.text("button").strip() == words
    assert parsed.text("title").strip() == f"{words} 2"
    assert parsed.one("html")["lang"] == 'de"x'
    assert parsed.one("form")["target"] == '_top"x'


def test_a_form_posts_itself_only_when_told() -> None:
    assert "<script" not in browser_form(URL, cart("x"))
    assert "<script" not in browser_form(URL, cart("x"), nonce="abc")
    parsed = Page(browser_form(URL, cart("x"), auto_submit=True))
    assert parsed.one("script") == {}
    assert parsed.one("button") == {"type": "submit"}
    assert Page(browser_form(URL, cart("x"), auto_submit=True, nonce="a+/-_b==")).one("script") == {"nonce": "a+/-_b=="}


@pytest.mark.parametrize("nonce", ["a b", "a'", 'a"', "a;b", "a=b", "=", "é", "a\n", "a\r\nSet-Cookie: x"])
def test_a_nonce_cannot_bring_anything_of_its_own(nonce: str) -> None:
    with pytest.raises(InvalidValue, match="nonce"):
        browser_form(URL, cart("x"), auto_submit=True, nonce=nonce)
    with pytest.raises(InvalidValue, match="nonce"):
        content_security_policy(URL, nonce=nonce)


@pytest.mark.parametrize(
    ("url", "nonce", "expected"),
    [
        (URL, "", "default-src 'none'; base-uri 'none'; form-action https:"),
        ("HTTP://buyer.example.com", "", "default-src 'none'; base-uri 'none'; form-action http:"),
        (URL, "r4nd0m==", "default-src 'none'; base-uri 'none'; form-action https:; script-src 'nonce-r4nd0m=='"),
    ],
)
def test_the_policy_allows_the_form_and_its_script(url: str, nonce: str, expected: str) -> None:
    assert content_security_policy(Session(url), nonce=nonce) == expected


# --- where a cart may go ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "http://buyer.example.com",
        "HTTPS://buyer.example.com:8443/a?b=%20&c='\"<>#d",
        "https://bücher.example/zurück?ort=Köln",
        "https://[2001:db8::1]:8080/return",
        "https://user:pass@buyer.example.com/",
        "https://buyer.example.com/a b?next=javascript:alert(1)\\",
    ],
)
def test_a_url_is_used_whole(url: str) -> None:
    page = browser_form(url, cart("x"))
    assert Page(page).one("form")["action"] == url
    assert page.isascii()


def test_blank_space_around_a_url_is_not_part_of_it() -> None:
    assert Page(browser_form(f"\r\n\t {URL} \n", cart("x"))).one("form")["action"] == URL


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "no BrowserFormPost"),
        (" \n", "no BrowserFormPost"),
        ("javascript:alert(1)", "not of 'javascript'"),
        ("JavaScript://buyer.example.com/%0aalert(1)", "not of 'JavaScript'"),
        ("java\nscript:alert(1)", "control character"),
        ("\x01javascript:alert(1)", "control character"),
        ("https://buyer.example.com/\tx", "control character"),
        ("https://buyer.example.com/\x85", "control character"),
        ("https://buyer.example.com/\ud800", "control character"),
        ("data:text/html,<script>alert(1)</script>", "not of 'data'"),
        ("vbscript:x", "not of 'vbscript'"),
        ("file:///etc/passwd", "not of 'file'"),
        ("ftp://buyer.example.com/", "not of 'ftp'"),
        ("mailto:a@example.com", "not of 'mailto'"),
        (f"{'x' * 100}:1", "not of 'xxxxxxxxxxxxxxxxxxx…'"),
        ("//buyer.example.com/", "begin with https://"),
        ("/return", "begin with https://"),
        ("buyer.example.com", "begin with https://"),
        ("\u2028javascript:alert(1)", "begin with https://"),
        ("https:", "no host"),
        ("https://", "no host"),
        ("https:///return", "no host"),
        ("https:/buyer.example.com", "no host"),
        ("https:\\\\buyer.example.com", "no host"),
        ("https://?x", "no host"),
        ("https://:443/", "no host"),
        ("https://user@/", "no host"),
        ("https://buyer.example.com\\@evil.example/", "no host"),
        ("https://buyer example.com/", "no host"),
        ("https://<b>/", "no host"),
        ("https://[2001:db8::1/", "no host"),
        ("https://buyer.example.com:port/", "no host"),
        ("https://buyer.example.com:99999/", "no host"),
    ],
)
def test_a_cart_goes_to_no_other_address(url: str, reason: str) -> None:
    for make in (lambda: browser_form(Session(url), cart("x")), lambda: content_security_policy(url)):
        with pytest.raises(InvalidValue, match="cart") as caught:
            make()
        assert reason in str(caught.value)


def test_an_error_does_not_quote_the_url() -> None:
    with pytest.raises(InvalidValue) as caught:
        browser_form("https://[x/return?session=Pa55word", cart("x"))
    assert "Pa55word" not in f"{caught.value!r}"
    assert caught.value.__context__ is None


def test_a_session_without_a_url_is_told_so() -> None:
    with pytest.raises(InvalidValue, match="no BrowserFormPost"):
        browser_form(Session(None), cart("x"))  # type: ignore[arg-type]


def test_only_a_cart_is_taken_home() -> None:
    with pytest.raises(InvalidValue, match="not one with PunchOutSetupRequest"):
        browser_form(URL, parse(SETUP))
    with pytest.raises(InvalidValue, match="not PunchOutOrderMessage"):
        browser_form(URL, cart("x").payload)  # type: ignore[arg-type]
    response = '<cXML payloadID="1" timestamp="2026-11-23T18:30:00+00:00"><Response><Status code="200" text="OK"/>{}'
    with pytest.raises(InvalidValue, match="not one with no payload"):
        browser_form(URL, parse(response.format("</Response></cXML>")))


def test_there_are_two_encodings() -> None:
    with pytest.raises(InvalidValue, match="cxml-base64 or cxml-urlencoded, not as 'utf-8'"):
        browser_form(URL, cart("x"), encoding="utf-8")  # type: ignore[arg-type]


# --- no secret goes through a browser --------------------------------------------------------------------

MAC = CredentialMac(
    "cR6Jpz58nriXERDN",
    type="FromSenderCredentials",
    algorithm="HMAC-SHA1-96",
    creation_date=datetime(2003, 1, 15, 8, tzinfo=UTC),
    expiration_date=datetime(2003, 1, 15, 11, tzinfo=UTC),
)


def credential(document: CXML, part: str) -> Credential:
    found: Credential = getattr(document.header, part).credential[0]
    return found


def extrinsic(document: CXML, content: object) -> None:
    document.payload.item_in[0].item_detail.extrinsic = [Extrinsic(name="x", content=content)]  # type: ignore[union-attr]


def comment(document: CXML, text: str) -> None:
    document.payload.item_in[0].comments = Comments(lang="en", content=text)  # type: ignore[union-attr]


INSIDE = OpenElement('<Old><Credential domain="a"><Identity/><SharedSecret>Pa55word</SharedSecret></Credential></Old>')
HIDDEN: dict[str, Callable[[CXML], object]] = {
    "secret of the sender": lambda it: setattr(credential(it, "sender"), "shared_secret", SharedSecret("Pa55word")),
    "secret in From": lambda it: setattr(credential(it, "from_"), "shared_secret", SharedSecret("Pa55word")),
    "empty secret": lambda it: setattr(credential(it, "to"), "shared_secret", SharedSecret()),
    "mac": lambda it: setattr(credential(it, "sender"), "credential_mac", MAC),
    "signature": lambda it: setattr(credential(it, "sender"), "digital_signature", DigitalSignature("Pa55word")),
    "as an element of an extrinsic": lambda it: extrinsic(it, SharedSecret("Pa55word")),
    "credential in an extrinsic": lambda it: extrinsic(
        it, Credential(domain="a", identity="b", shared_secret="Pa55word")
    ),
    "open element": lambda it: extrinsic(it, INSIDE),
    "open element with a namespace": lambda it: extrinsic(
        it, OpenElement('<c:sharedsecret xmlns:c="urn:c">Pa55word</c:sharedsecret>')
    ),
    "comment in an open element": lambda it: extrinsic(
        it, OpenElement.verbatim("<a><!-- <SharedSecret>Pa55word</SharedSecret> --></a>")
    ),
    "CDATA": lambda it: extrinsic(it, OpenElement.verbatim("<a><![CDATA[<CredentialMac>Pa55word]]></a>")),
    "text": lambda it: comment(it, "<SharedSecret>Pa55word</SharedSecret>"),
    "escaped text": lambda it: comment(it, "&lt; SharedSecret&gt;Pa55word"),
    "text escaped with numbers": lambda it: comment(it, "&amp;#60;DigitalSignature&#x3e;Pa55word"),
    "attribute": lambda it: setattr(it.header.sender, "user_agent", "<SharedSecret>Pa55word"),  # type: ignore[union-attr]
}


@each_encoding
@pytest.mark.parametrize("hide", HIDDEN.values(), ids=HIDDEN.keys())
def test_a_document_with_a_secret_is_refused(encoding: Encoding, hide: Callable[[CXML], object]) -> None:
    document = cart("x")
    hide(document)
    before = serialize(document)
    with pytest.raises(UsageError, match="stands in the document") as caught:
        browser_form(URL, document, encoding=encoding)
    assert "Pa55word" not in f"{caught.value} {caught.value!r}"
    assert caught.value.__context__ is None
    assert serialize(document) == before


@each_encoding
def test_a_tolerant_reader_does_not_let_a_secret_slip_through(encoding: Encoding) -> None:
    body = changed(CART, "<BuyerCookie>", "<SharedSecret>Pa55word</SharedSecret><BuyerCookie>")
    with pytest.raises(UsageError, match="SharedSecret stands in the document"):
        browser_form(URL, parse(body, mode="tolerant"), encoding=encoding)


@pytest.mark.parametrize("text", ["SharedSecret", "a < SharedSecretary", "The CredentialMac & co", "</SharedSecret>"])
def test_words_are_no_secrets(text: str) -> None:
    document = cart("x")
    comment(document, text)
    received = read_form(fields_of(browser_form(URL, document)))
    assert first_difference(serialize(document), serialize(received)) is None


def test_what_has_no_exact_form_in_ascii_is_refused_and_goes_as_base64() -> None:
    document = cart("x")
    extrinsic(document, OpenElement("<größe>1</größe>"))
    with pytest.raises(InvalidValue, match="US-ASCII"):
        browser_form(URL, document)
    received = read_form(fields_of(browser_form(URL, document, encoding="cxml-base64")))
    assert first_difference(serialize(document), serialize(received)) is None


# --- reading ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"cxml-urlencoded": CART},
        {"cXML-urlencoded": [CART]},
        {"CXML-URLENCODED": (CART,)},
        {"cxml-base64": base64_of()},
        {"cXML-Base64": [base64_of()]},
        {"cxml-base64": base64_of(), "cxml-urlencoded": "<cXML/>"},
        {"cxml-urlencoded": "<cXML/>", "cXML-Base64": base64_of()},
        {"cxml-base64": " ", "cxml-urlencoded": CART},
        {"cxml-base64": [], "cxml-urlencoded": CART},
        {"cxml-base64": [base64_of(), base64_of(), ""], "x": 3},
        parse_qs(urlencode({"oracle": "1", "cXML-urlencoded": CART})),
    ],
)
def test_a_field_is_found_in_any_case_and_base64_first(fields: dict[str, object]) -> None:
    document = read_form(fields, mode="strict")
    assert document == parse(CART)
    assert document.findings == ()


@pytest.mark.parametrize("count", range(4))
def test_base64_may_lack_its_padding(count: int) -> None:
    body = BODY + b"\n" * count
    text = base64_of(body)
    assert read_form({"cxml-base64": text}).findings == ()
    bare = read_form({"cxml-base64": text.rstrip("=")})
    assert bare == parse(CART)
    codes = [finding.code for finding in bare.findings]
    assert codes == (["form-mended"] if text.endswith("=") else [])
    assert read_form({"cxml-base64": f"{text}===="}) == parse(CART)


# "ü>?" and the like are where plus signs and slashes come from.
PLUSES = serialize(cart("ûûû>>>???~~~ öüß€🛒" * 20))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "\r\n".join(textwrap.wrap(text, 76)),
        lambda text: "\n    ".join(textwrap.wrap(text, 64)),
        lambda text: " ".join(textwrap.wrap(text, 76)),
        lambda text: f"\n\t {text} \n ",
        lambda text: " ".join(text),
    ],
    ids=["lines", "indented", "blanks", "around", "everywhere"],
)
def test_base64_may_have_white_space(spoil: Callable[[str], str]) -> None:
    text = base64_of(PLUSES)
    assert "+" in text
    document = read_form({"cxml-base64": spoil(text)})
    assert document == parse(PLUSES)
    assert document.findings == ()


@pytest.mark.parametrize("wrap", [False, True])
def test_blanks_may_stand_for_plus_signs(wrap: bool) -> None:
    text = base64_of(PLUSES)
    spoilt = ("\r\n".join(textwrap.wrap(text, 76)) if wrap else text).replace("+", " ")
    document = read_form({"cxml-base64": spoilt})
    assert document == parse(PLUSES)
    assert [finding.code for finding in document.findings] == ["form-mended"]
    assert document.findings[0].severity == "warning"


@given(text=TEXT, wrap=st.booleans())
def test_a_sender_who_forgets_to_encode_plus_signs_is_read(text: str, wrap: bool) -> None:
    sent = cart(text)
    coded = base64_of(serialize(sent))
    posted = "cXML-base64=" + ("%0D%0A".join(textwrap.wrap(coded, 76)) if wrap else coded).rstrip("=")
    assert read_form(parse_qs(posted)) == sent


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (CART, "has '<' in it"),
        (quote(base64_of(b"<ab" + BODY[1:]), safe=""), "has '%' in it"),
        (base64_of(PLUSES).replace("+", "-").replace("/", "_"), "in it"),
        ("ü" + base64_of(), "has 'ü' in it"),
        (f"{base64_of()[:100]}={base64_of()[100:]}", "has '=' in it"),
        (f"{base64_of()[:100]} \x00{base64_of()[100:]}", r"has '\x00' in it"),
        (base64_of()[:401], "ends in the middle"),
    ],
)
def test_what_is_no_base64_is_refused(text: str, says: str) -> None:
    with pytest.raises(MalformedDocument) as caught:
        read_form({"cxml-base64": text})
    error = caught.value
    assert (error.code, error.status, error.findings[0].layer, error.findings[0].severity) == (
        "form-value", 406, "xml", "error",
    )  # fmt: skip
    assert says in str(error)


def test_base64_honours_the_encoding_that_is_declared() -> None:
    text = changed(CART, 'encoding="UTF-8"', 'encoding="ISO-8859-1"').replace("Blue pen", "Größe")
    expected = parse(CART.replace("Blue pen", "Größe"))
    assert read_form({"cxml-base64": base64_of(text.encode("latin-1"))}) == expected
    assert read_form({"cxml-base64": base64_of(text.replace("ISO-8859-1", "UTF-16").encode("utf-16"))}) == expected
    assert read_form({"cxml-base64": base64_of(b"\xef\xbb\xbf" + BODY)}) == parse(CART)


@pytest.mark.parametrize(
    "declared", ['encoding="ISO-8859-1"', "encoding = 'utf-16'", 'encoding="US-ASCII"', 'encoding="nonsense"', ""]
)
def test_urlencoded_ignores_the_encoding_that_is_declared(declared: str) -> None:
    text = changed(CART, 'encoding="UTF-8"', declared).replace("Blue pen", "Gr&#246;&#223;e")
    document = read_form({"cxml-urlencoded": text})
    assert document == parse(CART.replace("Blue pen", "Größe"))
    assert document.findings == ()


def test_a_value_without_any_declaration_is_read() -> None:
    assert read_form({"cxml-urlencoded": CART[CART.index("<cXML") :]}) == parse(CART)


@pytest.mark.parametrize("start", ["\ufeff", "\r\n", "\ufeff  "])
def test_what_stands_before_the_declaration_does_not_bring_its_encoding_back(start: str) -> None:
    text = start + changed(CART, "UTF-8", "ISO-8859-1").replace("Blue pen", "Größe")
    if start == "\ufeff  ":
        text = text.replace("\ufeff", "")
    document = read_form({"cxml-urlencoded": text})
    assert document == parse(CART.replace("Blue pen", "Größe"))


def test_raw_characters_are_read_and_told() -> None:
    document = read_form({"cxml-urlencoded": CART.replace("Blue pen", "Größe 🛒")})
    assert document == parse(CART.replace("Blue pen", "Größe 🛒"))
    (finding,) = document.findings
    assert (finding.layer, finding.severity, finding.code) == ("xml", "warning", "form-characters")
    assert "lost" not in finding.message


def test_lost_characters_are_told() -> None:
    posted = urlencode({"cxml-urlencoded": CART.replace("Blue pen", "Größe")}, encoding="latin-1")
    document = read_form(parse_qs(posted))
    assert "\ufffd" in document.payload.item_in[0].item_detail.description[0].value  # type: ignore[union-attr]
    assert "Some are lost" in document.findings[0].message
    # Who knows better can say so.
    assert read_form(parse_qs(posted, encoding="latin-1")) == parse(CART.replace("Blue pen", "Größe"))


@pytest.mark.parametrize(
    "text", [quote(CART), quote(quote(CART)), CART.replace("<", "&lt;"), CART.replace("<", "&amp;#60;"), " %3ccXML"]
)
def test_what_was_escaped_twice_is_told(text: str) -> None:
    with pytest.raises(MalformedDocument, match="nobody else does") as caught:
        read_form({"cxml-urlencoded": text})
    assert caught.value.code == "form-escaped-twice"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "It is empty."),
        ({"oracle": "Pa55word", "xml": [CART]}, "It has 'oracle', 'xml'."),
        ({"cxml-base64": "", "cxml-urlencoded": "\n"}, "It has 'cxml-base64', 'cxml-urlencoded'."),
        ({f"a{number}": "Pa55word" for number in range(12)}, "'a9' and more."),
        ({"x" * 1000: "Pa55word"}, "xxx…'."),
        ({b"cxml-base64": [b"x"]}, "b'cxml-base64'"),
        ({"cxml-base64": BODY}, "something that is no text"),
        ({"cxml-urlencoded": [CART, None]}, "something that is no text"),
        ({"cxml-urlencoded": CART, "cXML-urlencoded": CART.replace("25.00", "26.00")}, "2 different texts"),
    ],
)
def test_a_form_without_a_document_is_refused_by_the_names_of_its_fields(fields: dict[str, object], says: str) -> None:
    with pytest.raises(MalformedDocument) as caught:
        read_form(fields)
    assert (caught.value.code, caught.value.status) == ("form-field", 406)
    assert says in str(caught.value)
    assert "Pa55word" not in str(caught.value)


def test_a_cart_with_a_secret_in_it_is_read() -> None:
    body = changed(CART, "AN01000000123</Identity></Credential>\n      <UserAgent",
                   "AN01000000123</Identity><SharedSecret>*</SharedSecret></Credential>\n      <UserAgent")  # fmt: skip
    for fields in ({"cxml-urlencoded": body}, {"cxml-base64": base64_of(body.encode())}):
        document = read_form(fields)
        assert document.header is not None
        assert document.header.sender.credential[0].shared_secret.value == "*"


def test_departures_are_read_tolerantly_and_findings_stay() -> None:
    body = changed(CART, '<ItemIn quantity="2">', '<ItemIn quantity="2" colour="ü">')
    document = read_form({"cxml-urlencoded": body})
    assert [finding.code for finding in document.findings] == ["form-characters", "unknown-attribute"]
    with pytest.raises(InvalidDocument):
        read_form({"cxml-urlencoded": body}, mode="strict")
    with pytest.raises(InvalidDocument):
        read_form({"cxml-base64": base64_of(body.encode())}, mode="strict")


@pytest.mark.parametrize("fields", [{"cxml-urlencoded": CART}, {"cxml-base64": base64_of()}])
def test_limits_hold(fields: dict[str, str]) -> None:
    with pytest.raises(BytesExceeded):
        read_form(fields, limits=Limits(bytes=100))


@pytest.mark.parametrize("end", ["?>" + "<cXML", "", ">" * 10])
def test_a_hostile_declaration_takes_no_time(end: str) -> None:
    before = time.process_time()
    with pytest.raises(MalformedDocument):
        read_form({"cxml-urlencoded": "<?xml " + " \t" * 500_000 + end})
    assert time.process_time() - before < 5


def test_a_cart_goes_home_from_its_own_session_only() -> None:
    one, other = (
        PunchOutSession.begin(received(setup().replace(b"<BuyerCookie>", b"<BuyerCookie>" + mark)))
        for mark in (b"1", b"2")
    )
    message = one.cancel()
    assert browser_form(one, message)
    with pytest.raises(InvalidValue, match="the cart belongs to another session"):
        browser_form(other, message)


def test_arguments_that_changed_places_are_named() -> None:
    session = PunchOutSession.begin(received(setup()))
    with pytest.raises(InvalidValue, match="a PunchOutSession or a URL is expected in front of the cart, not CXML"):
        browser_form(session.cancel(), session)  # type: ignore[arg-type]


@pytest.mark.parametrize("fields", ["cxml-base64=PGNYTUwvPg==", b"", None])
def test_a_form_is_read_from_its_fields(fields: object) -> None:
    with pytest.raises(InvalidValue, match="the decoded fields of the form are expected, by name, not"):
        read_form(fields)  # type: ignore[arg-type]
