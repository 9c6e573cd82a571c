"""What XML allows and few think of: read like any other document, in both modes, by everything that reads."""

from __future__ import annotations

import copy
import pickle

import pytest
from bodies import DOCTYPE, HEADER, MODES, ORDER, SETUP, START, envelope

from cxml_punchout import (
    Buyer,
    InvalidDocument,
    MalformedDocument,
    OpenElement,
    Partner,
    Secret,
    parse,
    read_form,
    redact,
    serialize,
    validate,
)
from cxml_punchout.cli.main import main
from cxml_punchout.document import Mode
from cxml_punchout.models import Comments, Extrinsic
from cxml_punchout.roundtrip import round_trip
from cxml_punchout.summary import summarize
from cxml_punchout.trust.credentials import section_of
from cxml_punchout.validation.plain import from_plain, to_plain

XML = 'xmlns:xml="http://www.w3.org/XML/1998/namespace"'
BUY = ORDER.format(number="1")
RICH = BUY.replace(
    "</OrderRequestHeader>", '<Extrinsic name="a">b<URL>https://x.example</URL></Extrinsic></OrderRequestHeader>'
)

#: Where it may stand: what is replaced, and by what.
PLACES = {
    "root": ("<cXML ", f"<cXML {XML} "),
    "header": ("<Header>", f"<Header {XML}>"),
    "a text": ("<UserAgent>", f"<UserAgent {XML}>"),
    "a number": ("<Money ", f"<Money {XML} "),
    "mixed content": ("<Description ", f"<Description {XML} "),
    "an empty element": ("<PCard ", f"<PCard {XML} "),
    "open content": ("<Extrinsic ", f"<Extrinsic {XML} "),
    "within open content": ("<URL>https://x", f"<URL {XML}>https://x"),
    "single quotes": ("<Request>", f"<Request {XML.replace(chr(34), chr(39))}>"),
    "blanks": ("<Request>", f"<Request\n\t{XML.replace('=', ' = ')} >"),
    "twice": ("<From>", f"<From {XML} {XML}>"),
    "references": ("<Request>", f"<Request {XML.replace('/', '&#x2F;')}>"),
}
#: What only looks like a declaration.
WORDS = {
    "in a value": ('orderID="1"', "orderID=\"PO xmlns='1' xmlns:a=\""),
    "in a text": (">B<", "> xmlns='u' xmlns:b=\"v\" <"),
    "in a comment": ("<Request>", "<!-- <a xmlns='u'> --><Request>"),
    "in a section": (">D<", "><![CDATA[<a xmlns:a='u'>]]><"),
}


def changed(place: str) -> str:
    old, new = {**PLACES, **WORDS}[place]
    text = envelope(RICH)
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize("place", [*PLACES, *WORDS])
@pytest.mark.parametrize("mode", MODES)
def test_what_declares_nothing_is_no_departure(place: str, mode: Mode) -> None:
    body = changed(place)
    plain = envelope(RICH)
    document = parse(body, mode=mode)
    assert [finding.code for finding in document.findings] == []
    if place in PLACES:
        assert document == parse(plain)
        assert serialize(document) == serialize(parse(plain))
    assert round_trip(document, body.encode(), mode=mode).ok
    assert {finding.code for finding in validate(body).findings} == {
        finding.code for finding in validate(plain).findings
    }


@pytest.mark.parametrize("place", [*PLACES, *WORDS])
def test_everything_else_reads_it_as_well(place: str, tmp_path, capsys) -> None:
    body = changed(place)
    assert str(summarize(read_form({"cxml-urlencoded": body}))) == str(summarize(parse(body)))
    if place in PLACES:
        assert to_plain(body) == to_plain(envelope(RICH))
    assert parse(from_plain(to_plain(body))) == parse(body)
    assert "s3cr3t" not in redact(body.replace("</Sender>", "<SharedSecret>s3cr3t</SharedSecret></Sender>"))
    (tmp_path / "a.xml").write_text(body, "utf-8")
    assert main(["show", str(tmp_path)]) == 0
    assert main(["check", "--layer", "xml", "--layer", "dtd", str(tmp_path)]) == 0
    capsys.readouterr()


REPLY = (
    f'{DOCTYPE}{START}{{}}><Response{{}}><Status code="200" text="OK"{{}}/><PunchOutSetupResponse><StartPage>'
    "<URL>https://shop.example.com/s</URL></StartPage></PunchOutSetupResponse></Response></cXML>"
)


@pytest.mark.parametrize("where", [(f" {XML}", "", ""), ("", f" {XML}", ""), ("", "", f" {XML}")])
@pytest.mark.parametrize("subset", [">", "[]>", " [\n] >", "[<!-- c --><?p q?>]>"])
def test_an_answer_is_read_and_nothing_is_sent_twice(where: tuple[str, str, str], subset: str) -> None:
    record = Partner(
        sender_domain="DUNS",
        supplier_domain="DUNS",
        from_identity="1",
        to_identity="2",
        sender_identity="1",
        shared_secret=Secret("s3cr3t"),
        name="Alder",
    )
    body = REPLY.format(*where).replace('.dtd">', f'.dtd"{subset}', 1).encode()
    reply = Buyer(record).read_reply(body, "text/xml")
    assert (reply.outcome, reply.retry.retry) == ("success", False)


@pytest.mark.parametrize("mode", MODES)
def test_a_signature_may_declare_what_every_document_has(mode: Mode) -> None:
    signature = f'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" {XML}><ds:Object/></ds:Signature>'
    body = envelope(SETUP + signature)
    document = parse(body, mode="tolerant")
    assert len(document.signature) == 1
    assert serialize(document) == body.encode()


# --- namespaces that say something ------------------------------------------------------------------------------


@pytest.mark.parametrize("declared", ["xmlns='urn:a'", 'xmlns:a = "urn:a"', "xmlns:a='&#117;rn:a'"])
@pytest.mark.parametrize("place", ["<Request", "<Money", "<Name", "<Description"])
def test_another_namespace_is_a_departure_and_is_kept(place: str, declared: str) -> None:
    body = envelope(BUY).replace(place, f"{place} {declared}", 1)
    with pytest.raises(InvalidDocument):
        parse(body)
    document = parse(body, mode="tolerant")
    assert document.findings
    assert round_trip(document, body.encode(), mode="tolerant").difference is None


@pytest.mark.parametrize("root", ['cXML xmlns="{}"', 'c:cXML xmlns:c="{}"'])
def test_cxml_in_a_namespace_is_refused_for_the_namespace(root: str) -> None:
    name = root.split()[0]
    body = f"<{root.format('urn:example:orders')} payloadID='1' timestamp='2026-11-23T18:30:00+00:00'></{name}>"
    with pytest.raises(InvalidDocument) as caught:
        parse(body, mode="tolerant")
    assert caught.value.code == "namespace"
    assert "stands in the namespace 'urn:example:orders'" in str(caught.value)
    assert "leave out xmlns" in str(caught.value)
    assert not validate(body).ok


def test_many_namespaces_cost_little() -> None:
    import time

    declared = " ".join(f'xmlns:n{number}="urn:{number}"' for number in range(195))
    body = envelope(SETUP + f"<{'something' * 4}/>" * 10_000, attributes=f" {declared}")
    words = envelope(SETUP + f"<Extrinsic>{'xmlns ' * 300_000}</Extrinsic>" + "<a b='xmlns'/>" * 10_000)
    for document in (body, words):
        begun = time.process_time()
        parse(document, mode="tolerant")
        assert time.process_time() - begun < 5


# --- instructions ----------------------------------------------------------------------------------------------

INSIDE = {
    "a text": (">n@example.com<", ">n@<?a b?>example.com<"),
    "a name": (">N<", "><?a?>N<"),
    "an identity": ("<Identity>1<", "<Identity>1<?a?><"),
    "a cookie": (">c<", "><?a x='&y'?>c<?b?><"),
    "an extrinsic": (">b<", ">b<?a?><"),
}


@pytest.mark.parametrize("place", INSIDE)
@pytest.mark.parametrize("mode", MODES)
def test_an_instruction_is_no_part_of_a_value(place: str, mode: Mode) -> None:
    body, plain = envelope(SETUP.replace(*INSIDE[place]), header=HEADER.replace(*INSIDE[place])), envelope()
    document = parse(body, mode=mode)
    assert {(finding.code, finding.severity) for finding in document.findings} == {
        ("processing-instruction", "warning")
    }
    assert round_trip(document, body.encode(), mode=mode).ok
    assert validate(body).ok == validate(plain).ok
    summarize(document)
    setup, expected = document.payload, parse(plain).payload
    assert setup.buyer_cookie.value == expected.buyer_cookie.value
    assert setup.buyer_cookie.elements == ()
    assert setup.extrinsic[0].value == "b"
    assert setup.contact[0].email[0].value == "n@example.com"


@pytest.mark.parametrize("inside", ["1<?a?>2.50", "<?a?>12.50", "12.50<?a b?><?c?>"])
@pytest.mark.parametrize("mode", MODES)
def test_a_number_with_an_instruction_in_it_is_a_number(inside: str, mode: Mode) -> None:
    body = envelope(BUY.replace("12.50", inside).replace(">D<", ">D<?d?>d<"))
    document = parse(body, mode=mode)
    item = document.payload.item_out[0]
    assert item.item_detail.unit_price.money.amount * 2 == 25
    assert item.item_detail.description[0].value == "Dd"
    assert item.item_detail.description[0].content[1].tag == ""
    assert round_trip(document, body.encode(), mode=mode).ok
    item.item_detail.unit_price.money.amount = "7"
    assert b">7<?" in serialize(document)


def test_an_instruction_goes_from_one_element_to_another_and_is_not_made() -> None:
    cookie = parse(envelope(SETUP.replace(">c<", ">c<?a b?>d<"))).payload.buyer_cookie
    extrinsic = Extrinsic(name="a", content=cookie.content)
    assert extrinsic.content[1].markup == "<?a b?>"
    assert extrinsic.content[1].tree().text == "b"
    assert extrinsic.value == "cd"
    assert copy.deepcopy(extrinsic) == pickle.loads(pickle.dumps(extrinsic)) == extrinsic
    assert Comments(lang="en", content=cookie.content).value == "cd"
    with pytest.raises(MalformedDocument):
        OpenElement("<?a b?>")
    assert OpenElement("<?a b?><c/>").markup == "<c/>"


def test_an_instruction_in_an_identity_names_nobody_else() -> None:
    reference = '<IdReference identifier="1" domain="d"/>'
    for inside, name in (("<?a b?>1", "1"), (f"{reference}<?a b?>", "d:1"), ("<?a identifier='1'?>", "")):
        header = parse(envelope(header=HEADER.replace("<Identity>1<", f"<Identity>{inside}<")), mode="tolerant").header
        assert section_of(header.sender).accounts[0].identity == name


# --- what is refused all the same ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["xmlns:xml='urn:other'", "xmlns:a='http://www.w3.org/XML/1998/namespace'"])
def test_a_wrong_declaration_of_xml_is_malformed(name: str) -> None:
    for mode in MODES:
        with pytest.raises(MalformedDocument):
            parse(envelope(attributes=f" {name}"), mode=mode)
    assert not validate(envelope(attributes=f" {name}")).ok


@pytest.mark.parametrize(
    ("trimming", "joined"),
    [
        ("<To><?a b?>", True),
        ('<To xmlns:a="urn:a">', True),
        ('<To xmlns:a="urn:a"><?a b?>', True),
        ('<To xmlns:b="urn:a">', True),
        ('<To xmlns:b="urn:b">', True),
        ('<To b="c">', False),
    ],
)
def test_what_says_nothing_does_not_keep_two_parties_apart(trimming: str, joined: bool) -> None:
    first = HEADER[HEADER.index("<To>") : HEADER.index("</To>") + 5]
    second = '<Credential domain="DUNS"><Identity>123456789</Identity></Credential></To>'
    text = envelope(BUY).replace(first, first.replace("<To>", '<To xmlns:b="urn:a"><?first?>') + trimming + second)
    document = parse(text, mode="tolerant")
    assert document.header is not None
    assert len(document.header.to.credential) == (2 if joined else 1)
    assert parse(serialize(document), mode="tolerant") == document
    assert serialize(document).count(b"123456789") == 1
