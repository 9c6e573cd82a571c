"""Documents in the escapes of somebody else's wrapping, one in the other, whatever stands beside them."""

from __future__ import annotations

import base64
import html
import itertools
import json
import quopri
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from bodies import SETUP, envelope

from cxml_punchout import redact, validate
from cxml_punchout.escapes import unfolded
from cxml_punchout.masking import masked

MARK = "Magn0lia-77"
CARD = "4539 1488 0343 6467"

#: How a text is wrapped.
WRAPPINGS: dict[str, Callable[[str], str]] = {
    "percent": quote,
    "form": quote_plus,
    "every octet": lambda text: "".join(f"%{octet:02x}" for octet in text.encode()),
    "json": json.dumps,
    "json without tags": lambda text: json.dumps(text).replace("<", "\\u003c").replace(">", "\\u003E"),
    "javascript": lambda text: text.replace('"', '\\"').replace("<", "\\x3c").replace(">", "\\x3e"),
    "quoted-printable": lambda text: quopri.encodestring(text.encode()).decode(),
    "quoted-printable tags": lambda text: "".join(f"={ord(each):02X}" if each in '<>="' else each for each in text),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 in lines": lambda text: base64.encodebytes(text.encode()).decode(),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "base64 of UTF-16": lambda text: base64.b64encode(text.encode("utf-16")).decode(),
    "html": html.escape,
    "html numbers": lambda text: "".join(each if each.isalnum() else f"&#{ord(each)};" for each in text),
    "html all": lambda text: "".join(f"&#x{ord(each):x};" for each in text),
}
HELD = {
    "document": envelope(SETUP, proof=f"<SharedSecret>{MARK}</SharedSecret>"),
    "element": f"<SharedSecret>{MARK}</SharedSecret>",
    "attribute": f'<PCard number="{MARK}" name="a"/>',
    "json": f'{{"password": "{MARK}", "a": [1, 2]}}',
    "card": f"pay with {CARD} please",
    "address": f"https://shop:{MARK}@files.example.com/a",
}
PLACES = [
    "{}",
    "<a/>{}",
    "<Extrinsic name='x'>{}</Extrinsic>",
    "<!-- {} --><a/>",
    "<a><![CDATA[{}]]></a>",
    '<a/>{{"b": "{}"}}',
]


@pytest.mark.thorough
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("held", HELD)
def test_no_wrapping_of_two_shows_a_secret(held: str, place: str) -> None:
    for names in [(name,) for name in WRAPPINGS] + list(itertools.product(WRAPPINGS, repeat=2)):
        text = HELD[held]
        for name in names:
            text = WRAPPINGS[name](text)
        shown = redact(place.format(text))
        assert MARK not in shown, names
        assert CARD not in shown, names
        assert text not in shown, names


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("held", ["element", "json", "card"])
def test_no_report_shows_what_is_wrapped(held: str, wrapping: str) -> None:
    text = html.escape(WRAPPINGS[wrapping](HELD[held]))
    body = envelope(SETUP.replace("</BuyerCookie>", f"</BuyerCookie><Extrinsic name='x'>{text}</Extrinsic><Odd/>"))
    report = validate(body)
    assert not report.ok
    assert MARK not in report.source
    assert CARD not in report.source
    assert text not in report.source


@pytest.mark.parametrize(
    "text",
    [
        "<Description>Pens &amp; ink, 50% off, &quot;blue&quot; &lt;b&gt;new&lt;/b&gt;</Description>",
        "<URL>https://shop.example.com/a%20b?x=1&amp;y=%C3%A4</URL>",
        "<SupplierPartAuxiliaryID>basket=88213;line=10&amp;b=5A</SupplierPartAuxiliaryID>",
        "<a>SGVsbG8sIHRoaXMgaXMgYSByZW1hcmsgYWJvdXQgbm90aGluZw==</a>",
        "<a>C:\\new\\table and \\u00e4</a>",
        "<a b='1=20 2=3D 3&#228;'/>",
        "<PunchOutOrderMessageHeader a='b'/>",
        '<a>{"name": "Thomas &amp; Co", "value": 12}</a>',
        "<Credential domain=\n'DUNS'><Identity>a</Identity></Credential>",
    ],
)
def test_what_holds_no_secret_is_shown_with_its_escapes(text: str) -> None:
    assert masked(text) == text


def test_what_is_wrapped_is_hidden_and_what_stands_beside_it_is_shown() -> None:
    wrapped = quote(HELD["element"])
    assert masked(f"<a>before</a><b>{wrapped}</b><c>behind</c>") == "<a>before</a><b>***</b><c>behind</c>"


def test_a_tag_may_be_cut_by_a_soft_line_break() -> None:
    assert "tulip" not in masked("<a>\n<pass=\nword>tulip</pass=\nword>\n</a>")


def test_many_texts_with_secrets_are_not_all_read() -> None:
    text = "<a>%3Cpin%3Etulip</a>" * 2000
    assert "tulip" not in masked(text)


@pytest.mark.parametrize("text", ["", "a", "%4", "%zz", "\\", "\\u12", "=", "=3", "&", "&#;", "QUJD", "a" * 23])
def test_what_is_no_escape_stays(text: str) -> None:
    assert unfolded(text) == text
