"""Where secrets stand in a text, and that nothing else is hidden."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from bodies import MODES
from hypothesis import given
from hypothesis import strategies as st
from validated import CART, ORDER, SETUP, changed

from cxml_punchout import parse, validate
from cxml_punchout.declaration import Declaration, declarations
from cxml_punchout.masking import MASK, blotted, from_beyond_doubt, has_tags, hidden, masked


@pytest.mark.parametrize(
    "hidden",
    [
        "<SharedSecret>tulip</SharedSecret>",
        "<SharedSecret\n>tu\nlip tulip</SharedSecret\n>",
        "<sharedSecret>tulip</sharedSecret>",
        "<x:SharedSecret a='>'>tulip</x:SharedSecret>",
        "<SharedSecret><b>tulip</b></SharedSecret>",
        "<SharedSecret>tulip</SharedSecert>",
        "<SharedSecret>tulip",
        "<SharedSecret><![CDATA[tulip]]></SharedSecret>",
        "<!-- <SharedSecret>tulip</SharedSecret> -->",
        "&lt;SharedSecret&gt;tulip&lt;/SharedSecret&gt;",
        "<Password>tulip</Password>",
        "<CredentialMac type='a'>tulip</CredentialMac>",
        "<DigitalSignature>tulip</DigitalSignature>",
        "<Credential domain='a'><Identity>me</Identity><ShardSecrt>tulip</ShardSecrt></Credential>",
        "<Credential domain='a'><Identity>me</Identity><Token>tulip",
        "<Credential domain='a' secret='tulip'/>",
        '<PCard name="a" number="tulip" expiration="2027-01-01"/>',
        "<PCard\nnumber = 'tulip'/>",
    ],
)
def test_secrets_are_blotted_out_of_the_source(hidden: str) -> None:
    text = f"<cXML>\n  {hidden}\n</cXML>"
    shown = blotted(text)
    assert "tulip" not in shown
    assert "lip" not in shown
    assert len(shown) == len(text)
    assert [at for at, char in enumerate(shown) if char == "\n"] == [at for at, char in enumerate(text) if char == "\n"]


@pytest.mark.parametrize(
    "shown",
    [
        SETUP.replace("tulip", "*****"),
        CART,
        "<Identity>secret</Identity>",
        "<SharedSecret/><Name>tulip</Name>",
        "<Credential domain='DUNS'><Identity>942888710</Identity></Credential>",
    ],
)
def test_nothing_else_is_blotted_out(shown: str) -> None:
    assert blotted(shown) == shown


# --- where secrets may stand -----------------------------------------------------------------------------------


def test_what_is_declared_secret_is_hidden_and_what_stands_beside_it_is_not() -> None:
    found = 0
    for declared in declarations():
        for field in declared.fields if isinstance(declared, Declaration) else ():
            if not field.secret:
                continue
            found += 1
            if field.kind == "attribute":
                others = [other.tag for other in declared.attributes if not other.secret]
                beside = "".join(f' {name}="rose"' for name in others)
                text = f'<{declared.tag}{beside} {field.tag}="tulip"/>'
                assert masked(text) == text.replace("tulip", MASK)
            else:
                text = f"<{declared.tag}>tulip</{declared.tag}><a>rose</a>"
                assert masked(text) == text.replace("tulip", MASK)
    assert found >= 4


@pytest.mark.parametrize(
    "hidden_there",
    [
        "<Header>tulip<From><Credential domain='a'><Identity>b</Identity></Credential></From></Header>",
        "<Header><From><Credential domain='a'><Identity>b</Identity></Credential>tulip</From></Header>",
        "<Header><From><Credential domain='a'><Identity>b</Identity></Credential></From>tulip</Header>",
        "<Sender><Token>tulip</Token><Credential domain='a'/></Sender>",
        "<Sender><Token><Inner>tulip</Inner></Token></Sender>",
        "<Path><Node><Credential/>tulip</Node></Path>",
        "<PCard nunber='tulip'/>",
        "<PCards number='tulip'/>",
        "<Foreign number='tulip'/>",
        "<PCardtulip number='1'>",
        "<x:PCardtulip number='1'>",
        "<PCard number='<tulip' name='a'/>",
        "<PCard number='</b>tulip' name='a'/>",
        "<PCard number='tulip<a>tulip",
    ],
)
def test_where_only_a_secret_would_be_put_everything_is_hidden(hidden_there: str) -> None:
    assert "tulip" not in masked(hidden_there)
    assert "tulip" not in blotted(hidden_there)


@pytest.mark.parametrize(
    "shown",
    [
        "<Header><From><Credential domain='a'><Identity>b</Identity></Credential><Correspondent><Contact>"
        "<Name>Jane</Name><Email>j@example.com</Email></Contact></Correspondent></From></Header>",
        "<Sender><Credential domain='a'><Identity>b</Identity></Credential>\n<UserAgent>u</UserAgent></Sender>",
        "<Header></Header><Request>\n<Foreign>a</Foreign> tail </Request>",
        '<PCard expiration="2027-01-31" name="Visa"/><Payment>a</Payment>',
        '<ItemOut quantity="1" lineNumber="4"/>',
    ],
)
def test_what_is_no_secret_around_credentials_and_cards_is_shown(shown: str) -> None:
    assert masked(shown) == shown


#: What a Credential may have in it, or in its own tag, that nobody declared.
PROOFS = {
    "attribute of a foreign element": "<Auth value='magnolia'/>",
    "deep inside": "<Auth kind='a'><Token form='b' of=\"magnolia\">x</Token></Auth>",
    "with a prefix": "<a:Auth xmlns:a='urn:a' a:value='magnolia'/>",
    "with a > in it": "<Auth value='a > magnolia'/>",
    "without quotes": "<Auth value=magnolia/>",
    "with one quote": "<Auth value='magnolia/>",
    "at an end tag": "<Auth></Auth value='magnolia'>",
    "of a known element": "<DigitalSignature encoding='Base64' token='magnolia'>x</DigitalSignature>",
    "comment": "<!-- magnolia -->",
    "comment that seems to end it": "<!-- </Credential></Sender> --><Auth>magnolia</Auth>",
    "comment without an end": "<!-- </Credential> magnolia",
    "instruction": "<?auth magnolia?>",
    "instruction that seems to end it": "<?auth </Credential> magnolia?>",
    "character data": "<![CDATA[magnolia]]>",
    "character data that seems to end it": "<![CDATA[</Credential>]]>magnolia",
    "of its name": "",
}


@pytest.mark.parametrize("form", ["as it is", "in lines", "escaped"])
@pytest.mark.parametrize("proof", PROOFS.values(), ids=PROOFS)
def test_whatever_is_in_a_credential_is_hidden_but_names(proof: str, form: str) -> None:
    for old, new in (
        ("<SharedSecret>tulip</SharedSecret>", proof),
        ("</Identity>", f"</Identity>{proof}"),
        ("<Sender>\n      <Credential", "<Sender>\n      <Credential token='magnolia'"),
        ("<Sender>\n      <Credential", "<Sender>\n      <Credential a:domain='magnolia' xmlns:a='urn:a'"),
        ("<Sender>\n      <Credential", "<Sender>\n      <Credential token='a > magnolia'"),
        ("<Sender>\n      <Credential", "<Sender>\n      <Credential token='a &lt;b&gt; magnolia'"),
        ("<Sender>\n      <Credential", "<Sender token='magnolia'><Auth value='magnolia'/>\n      <Credential"),
        ("<UserAgent>", "<UserAgent token='magnolia'>"),
        ("<Identity>AN01000000123</Identity><Sh", "<Identity token='magnolia'>AN01000000123</Identity><Sh"),
        ("AN01000000123</Identity><Sh", "AN01000000123<?x magnolia?></Identity><Sh"),
        ("AN01000000123</Identity><Sh", "AN01000000123<!-- magnolia --></Identity><Sh"),
    ):
        assert old in SETUP
        text = SETUP.replace(old, new)
        if form == "in lines":
            text = re.sub("><(?!/)", ">\n<", text)
        elif form == "escaped":
            text = f"<a>{text.replace('<', '&lt;').replace('>', '&gt;')}</a>"
        assert "magnol" not in masked(text)
        assert "magnol" not in str(validate(text))
        # Names are what a log is read for, if nothing is broken.
        if form != "escaped" and not any(finding.layer == "xml" for finding in validate(text).errors):
            assert masked(text).count("AN01000000123") == 2


@pytest.mark.parametrize(
    "shown",
    [
        "<Credential xmlns:a='urn:a' domain='NetworkID' type='marketplace'><Identity>a</Identity></Credential>",
        "<Credential domain='O\"Neil'><Identity lastChangedTimestamp='2026'>a</Identity></Credential>",
        "<Credential domain='a'><Identity><IdReference domain='iso6523' identifier='9925:1'/></Identity></Credential>",
        "<Identity><![CDATA[A & B]]></Identity><!-- from the test system --><?robots none?>",
        "<Credential domain='a'><Identity>a</Identity></Credential><!-- magnolia --><Extrinsic a='magnolia'/>",
        "<Extrinsic name='a'><![CDATA[<Header><Sender><Credential domain='a'><Identity>b</Identity></Credential>"
        "</Sender></Header><Request a='b'>magnolia</Request>]]></Extrinsic><Name a='magnolia'>magnolia</Name>",
    ],
)
def test_names_and_what_stands_outside_of_credentials_are_shown(shown: str) -> None:
    assert masked(f"<cXML>{shown}</cXML>") == f"<cXML>{shown}</cXML>"


@pytest.mark.thorough
@pytest.mark.parametrize("function", [masked, from_beyond_doubt])
@pytest.mark.parametrize(
    ("start", "again"),
    [
        ('<PCard "', "<a>"),
        ("<PCard ", '"<a>'),
        ("<Credential a='", "<a>"),
        ("<Credential>", "<a b='c'>"),
        ("<Credential ", " a='b'"),
        ("<Credential>", "<!--"),
        ("<Credential>", "<!-- a -->"),
        ("<Credential>", "<?a"),
        ("<Credential>", "<?a b?>"),
        ("<Credential>", "<![CDATA["),
        ("<Credential>", "<![CDATA[a]]>"),
        ("<!--<Credential>", "</Credential>"),
        ("", "<Credential><Sender>"),
        ("<", " "),
        ("<a>", "</ "),
        ("<!--", "--"),
        ("<?", "?"),
    ],
)
def test_the_time_grows_with_the_size(function: Callable[[str], str], start: str, again: str) -> None:
    def took(size: int) -> float:
        text = start + again * (size // len(again))
        begun = time.process_time()
        function(text)
        return time.process_time() - begun

    small = min(took(10_000) for _ in range(3))
    assert min(took(100_000) for _ in range(2)) < 40 * max(small, 0.001)


@pytest.mark.parametrize(
    ("secret", "elsewhere"),
    [
        ("tulips-7", "tulips-7"),
        ("\n  tulips-7\n", "(tulips-7)"),
        ("<![CDATA[tulips-7]]>", "tulips-7"),
        ("<b>tulips-7</b>", "tulips-7"),
        ("tu&amp;lips", "tu&amp;lips <![CDATA[tu&lips]]>"),
    ],
)
def test_a_secret_is_hidden_in_a_wrong_place_as_well(secret: str, elsewhere: str) -> None:
    text = f"<Comments>{elsewhere}</Comments><SharedSecret>{secret}</SharedSecret><URL>https://a/?{elsewhere}</URL>"
    for shown in (masked(text), blotted(text)):
        assert "tulips-7" not in shown
        assert "lips" not in shown
        assert "https://a/?" in shown


def test_short_words_are_not_searched_for() -> None:
    text = "<Name>abc</Name><SharedSecret>abc</SharedSecret>"
    assert masked(text) == f"<Name>abc</Name><SharedSecret>{MASK}</SharedSecret>"


def test_an_empty_secret_looks_like_any_other_in_a_log() -> None:
    assert masked("<SharedSecret></SharedSecret>") == f"<SharedSecret>{MASK}</SharedSecret>"


def test_what_has_no_tags_cannot_be_judged() -> None:
    assert has_tags("a < b&lt;c")
    assert not has_tags("a > b < ")


@given(st.text("<>/&;=\"' \n!-[]ltgSharedScrPCn\0é"))
def test_spans_are_in_order_and_apart(text: str) -> None:
    at = -1
    for start, stop in hidden(text):
        assert at < start <= stop <= len(text)
        at = stop
    shown = blotted(text)
    assert len(shown) == len(text)
    assert shown.count("\n") == text.count("\n")


# --- documents that are none -----------------------------------------------------------------------------------


def lines_shown(text: str) -> list[int]:
    return [number for number, line in enumerate(from_beyond_doubt(text).split("\n"), 1) if line]


def test_behind_the_last_word_of_a_secret_lines_are_shown() -> None:
    assert lines_shown("<a>\n<b>\n</a>") == [1, 2, 3]
    assert lines_shown("<a>\n<Header>x\n<b>\n</Header> <c>\n<d>\n<e>") == [5, 6]
    assert lines_shown("<OrderRequestHeader>\n<PCard\nnumber='1'/>\n</Payment>\n<Comments>\n") == [5]
    assert lines_shown("<a>\n&lt;SharedSecret&gt;x") == []
    assert lines_shown("<a>\nHeader>x\nship to Bob\n") == [3]
    assert from_beyond_doubt("</Header>\n<a secret='tulip'>\n</b>\n<c>") == "\n\n</b>\n<c>"


def test_a_line_keeps_its_number() -> None:
    text = changed(ORDER, "<SupplierPartID>", "<SupplierPartID>Pen & ink ")
    for before, after in zip(text.split("\n"), from_beyond_doubt(text).split("\n"), strict=True):
        assert after in (before, "")


@pytest.mark.parametrize("document", [SETUP, CART, ORDER])
def test_a_fault_in_what_is_bought_is_still_shown_with_its_line(document: str) -> None:
    lines = document.split("\n")
    last = max(number for number, line in enumerate(lines) if re.search("Header>|Payment>", line))
    shown = 0
    for number in range(last + 1, len(lines)):
        text = "\n".join((*lines[:number], f"{lines[number]} & ", *lines[number + 1 :]))
        report = validate(text)
        assert report.findings[0].code == "malformed"
        at = report.findings[0].line
        assert not lines[at - 1] or f"  {at} | " in report.render(), at
        shown += f"  {at} | " in report.render()
    assert shown >= 3


def test_a_fault_in_a_header_is_told_without_its_line() -> None:
    report = validate(changed(SETUP, "</SharedSecret>", "</SharedSecre>"))
    (finding,) = report.findings
    assert finding.line
    assert " | " not in report.render()
    assert f"{finding.line}:{finding.column}: error[malformed]" in report.render()


@pytest.mark.parametrize("mode", MODES)
def test_a_well_formed_document_is_shown_with_its_lines(mode: str) -> None:
    body = changed(SETUP, "<SharedSecret>tulip", "<SharedSecret> tulip")
    assert parse(body, mode=mode)  # type: ignore[arg-type]
    assert "<SharedSecret>******</SharedSecret>" in validate(body).render()
