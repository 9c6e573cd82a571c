"""Which document it is, and whether it says the same as the one before."""

from __future__ import annotations

import copy
import re

import attrs
import pytest

from cxml_punchout import parse, serialize
from cxml_punchout.mime import Part
from cxml_punchout.replay.content import digest_of, key_of
from cxml_punchout.trust.authenticate import Verified
from cxml_punchout.trust.credentials import Account, Section, section_of
from cxml_punchout.trust.partners import Partner


def attached(content_id: str, content: bytes = b"%PDF", content_type: str = "application/pdf", filename: str = ""):
    return Part(content_id, content_type, content, filename)


@pytest.fixture(scope="module")
def bodies(own_documents):
    return {
        "order": own_documents["valid/ariba-order.xml"],
        "setup": own_documents["valid/precoro-setup-request.xml"],
        "mac": own_documents["valid/ariba-setup-request-mac.xml"],
        "signed": own_documents["valid/signed-order.xml"],
        "cart": own_documents["valid/precoro-cart.xml"],
    }


def replaced(body: bytes, *pairs: tuple[str, str]) -> bytes:
    text = body.decode()
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text.encode()


def digest(body: bytes, *parts: Part) -> bytes:
    return digest_of(parse(body, mode="tolerant"), parts)


# --- the digest --------------------------------------------------------------------------------------------


def test_every_document_has_a_digest_and_is_not_changed_by_it(valid_document):
    document = parse(valid_document)
    before, written = copy.deepcopy(document), serialize(document)
    made = digest_of(document)
    assert len(made) == 32
    assert (digest_of(document), digest_of(parse(written))) == (made, made)
    assert document == before
    assert serialize(document) == written


def test_all_documents_have_digests_of_their_own(own_documents):
    valid = {name: digest(body) for name, body in own_documents.items() if name.startswith("valid/")}
    assert len(set(valid.values())) == len(valid) > 30


SAME = {
    "the secret is another": ("order", ("placeholder-pellworm-secret", "rotated")),
    "the secret is gone": ("order", ("<SharedSecret>placeholder-pellworm-secret</SharedSecret>", "")),
    "the user agent is another": ("order", ("Network Gateway 26.2", "Network Gateway 26.3")),
    "the time stamp is another": ("order", ("2026-05-12T11:00:02+02:00", "2026-05-12T12:00:02+02:00")),
    "blanks between elements are others": ("order", ("  <Header>\n    <From>", "<Header><From>\n\n")),
    "a comment is there": ("order", ("<Header>", "<Header><!-- second try -->")),
    "the grammar is a later one": ("order", ("1.2.050/cXML.dtd", "1.2.071/cXML.dtd")),
    "an instruction stands in front": ("order", ("<cXML ", "<?try 2?><cXML ")),
    "attributes stand in another order": (
        "order",
        (' lineNumber="10" requestedDeliveryDate="2026-05-18"', ' requestedDeliveryDate="2026-05-18" lineNumber="10"'),
    ),
    "a character is escaped": ("order", ("Nordhavn", "&#78;ordhavn")),
    "a secret stands in From as well": ("setup", ("</Identity>", "</Identity><SharedSecret>s</SharedSecret>")),
}


@pytest.mark.parametrize("change", SAME)
def test_what_a_repeat_may_have_anew_makes_no_difference(bodies, change):
    name, pair = SAME[change]
    assert digest(replaced(bodies[name], pair)) == digest(bodies[name])


def test_a_mac_that_was_made_anew_makes_no_difference(bodies):
    renewed = re.sub(rb"(?s)<CredentialMac.*?</CredentialMac>", b"", bodies["mac"])
    assert renewed != bodies["mac"]
    assert digest(renewed) == digest(bodies["mac"])


def test_a_signature_that_was_made_anew_makes_no_difference(bodies):
    renewed = re.sub(rb"(<[\w:]*SignatureValue[^>]*>)[^<]*", rb"\1AAAA", bodies["signed"])
    assert renewed != bodies["signed"]
    assert digest(renewed) == digest(bodies["signed"])
    spaced = bodies["signed"].replace(b"<Request", b"\n\n<Request")
    assert digest(spaced) == digest(bodies["signed"]), "though the signature would not hold"


OTHER = {
    "a quantity": ("order", ('quantity="250"', 'quantity="251"')),
    "the spelling of a price": ("order", ("14.20", "14.2")),
    "a blank in a text": ("order", ("Sechskantschraube M10", "Sechskantschraube  M10")),
    "the order number": ("order", ('orderID="4500098112"', 'orderID="4500098113"')),
    "From": ("order", ("AN01999020002", "AN01999020003")),
    "a further name in From": ("order", ("<Identity>NHVNPRD100</Identity>", "<Identity>NHVNPRD200</Identity>")),
    "To": ("order", ("AN01999020047", "AN01999020048")),
    "the Sender": ("order", ("hub-service@network", "other-service@network")),
    "the path": ("order", ("AN01999027713", "AN01999027714")),
    "the document that it was made from": ("order", ("20260512105958.3310.41@", "20260512105958.3310.42@")),
    "the mode": ("order", ('deploymentMode="production"', 'deploymentMode="test"')),
    "the payloadID": ("order", ("1778576402117-5501844.7730@", "1778576402117-5501844.7731@")),
    "the language": ("order", ('xml:lang="de-DE"', 'xml:lang="de-AT"')),
    "the correspondent": (
        "order",
        (
            "</From>",
            '<Correspondent><Contact role="x"><Name xml:lang="de">N</Name></Contact></Correspondent></From>',
        ),
    ),
    "an unknown element": ("order", ("<BillTo>", "<Billing/><BillTo>")),
    "an element of open content": ("setup", ("</BuyerCookie>", "<Period/></BuyerCookie>")),
}


@pytest.mark.parametrize("change", OTHER)
def test_all_else_makes_another_content(bodies, change):
    name, pair = OTHER[change]
    assert digest(replaced(bodies[name], pair)) != digest(bodies[name])


def test_attachments_are_content(bodies):
    body, a, b = bodies["order"], attached("a@x"), attached("b@x")
    different = [
        (),
        (a,),
        (a, b),
        (a, a),
        (attached("a@x", b"%PDF2"), b),
        (attached("a@x", content_type="image/png"), b),
        (attached("a@x", filename="plan.pdf"), b),
        (attached("a@x", b"PDF", filename="%"), b),
        (attached("c@x"), b),
    ]
    digests = [digest(body, *parts) for parts in different]
    assert len(set(digests)) == len(digests)
    assert digest(body, b, a) == digest(body, a, b), "their order says nothing"


def test_a_name_that_is_no_text_at_all_has_a_digest_too(bodies):
    assert len(digest(bodies["order"], attached("a\udcff", filename="\ud800"))) == 32


def test_a_document_without_a_sender_has_a_digest_too(bodies):
    none = re.sub(rb"(?s)<Sender>.*</Sender>", b"", bodies["order"])
    assert digest(none) not in (digest(bodies["order"]), digest(re.sub(rb"(?s)<Header>.*</Header>", b"", none)))


# --- the key -----------------------------------------------------------------------------------------------


def verified(document, **changes):
    header = document.header
    partner = Partner(
        sender_domain="NetworkID",
        supplier_domain="DUNS",
        from_identity="AN1",
        to_identity="123456789",
        sender_identity="AN1",
        shared_secret="correct-horse-7",
    )
    senders = section_of(header.sender)
    found = Verified(
        partner,
        senders.accounts[0],
        senders,
        section_of(header.from_),
        section_of(header.to),
        "production",
        "shared-secret",
        None,
    )
    return attrs.evolve(found, **changes)


def test_a_document_is_known_by_sender_from_mode_and_payload_id(bodies):
    document = parse(bodies["order"])
    made = key_of(document, verified(document))
    assert made.payload_id == document.payload_id
    assert made.mode == "production"
    assert made.subject == '["OrderRequest", "4500098112"]'
    assert made.partner == "AN1 (production) NetworkID AN1 AN1"
    assert made.sender == '[["aribanetworkuserid", "hub-service@network.example.com", false]]'
    assert made.from_ == (
        '[["duns", "999200021", false], ["endpointid", "NHVNPRD100", false], ["networkid", "an01999020002", false]]'
    )
    others = [
        verified(document, sender=Account("DUNS", "1")),
        verified(document, sender=attrs.evolve(verified(document).sender, marketplace=True)),
        verified(document, from_=Section((Account("DUNS", "1"),))),
        verified(document, mode="test"),
    ]
    assert len({made, *(key_of(document, each) for each in others)}) == 5


def test_names_are_compared_by_the_rules_of_their_domains(bodies):
    document = parse(bodies["order"])
    names = [("networkid", " an01999020002 "), ("duns", "99-920-0021"), ("EndPointID", "NHVNPRD100")]
    spelled = Section(tuple(Account(*name) for name in names))
    assert key_of(document, verified(document, from_=spelled)) == key_of(document, verified(document))


@pytest.mark.parametrize("attribute", [' payloadID=""', ' payloadID="  "', ""])
def test_a_document_without_payload_id_is_known_by_its_time_and_content(bodies, attribute):
    body = re.sub(rb' payloadID="[^"]*"', attribute.encode(), bodies["order"], count=1)
    later = re.sub(rb' timestamp="[^"]*"', b' timestamp="2026-11-23T18:30:01+00:00"', body, count=1)
    other = re.sub(rb' quantity="[^"]*"', b' quantity="77"', body, count=1)
    document = parse(body, mode="tolerant")
    key = key_of(document, verified(document))
    assert (key.payload_id, key) == ("", key_of(parse(body, mode="tolerant"), verified(document)))
    assert other != body != later
    assert all(key_of(parse(each, mode="tolerant"), verified(document)) != key for each in (later, other))


# --- what a document is about ------------------------------------------------------------------------------


def subject(body: bytes) -> str:
    document = parse(body, mode="tolerant")
    return key_of(document, verified(document)).subject


def cookie(body: bytes, content: str) -> bytes:
    return re.sub(rb"(?s)<BuyerCookie>.*?</BuyerCookie>", content.encode(), body)


def test_an_order_is_about_its_number_and_nothing_else(bodies):
    body = bodies["order"]
    same = [
        replaced(body, ('orderID="4500098112"', 'orderID=" 4500098112 "')),
        replaced(body, ('quantity="250"', 'quantity="251"')),
        replaced(body, ('type="new" orderVersion="1"', 'type="update" orderVersion="2"')),
        replaced(body, ("Network Gateway 26.2", "Network Gateway 26.3")),
    ]
    assert {subject(each) for each in same} == {subject(body)}
    others = [
        replaced(body, ('orderID="4500098112"', f'orderID="{number}"')) for number in ("450009811", "4500 098112", "ü")
    ]
    assert len({subject(body), *map(subject, others)}) == 4


COOKIES = [
    "<BuyerCookie>1</BuyerCookie>",
    "<BuyerCookie> 1</BuyerCookie>",
    "<BuyerCookie>2</BuyerCookie>",
    "<BuyerCookie><Period/></BuyerCookie>",
    "<BuyerCookie>1<Period/></BuyerCookie>",
    "<BuyerCookie><Period a='1'/></BuyerCookie>",
    "<BuyerCookie>&lt;Period/&gt;</BuyerCookie>",
]


def test_a_setup_request_is_about_its_cookie_to_the_letter(bodies):
    subjects = {subject(cookie(bodies["setup"], each)) for each in COOKIES}
    assert len(subjects) == len(COOKIES)
    first = cookie(bodies["setup"], COOKIES[0])
    assert subject(replaced(first, ("</BrowserFormPost>", "</BrowserFormPost><Contact/>"))) == subject(first)
    cdata = cookie(bodies["setup"], "<BuyerCookie><![CDATA[1]]></BuyerCookie>")
    assert subject(cdata) == subject(first)


@pytest.mark.parametrize("nothing", ["", "<BuyerCookie/>", "<BuyerCookie> \n</BuyerCookie>"])
def test_without_a_cookie_it_is_the_content_that_tells_sessions_apart(bodies, nothing):
    first = cookie(bodies["setup"], nothing)
    other = replaced(first, ("</BrowserFormPost>", "</BrowserFormPost><Contact/>"))
    assert subject(first) == subject(first)
    assert subject(first) != subject(other)
    digests = {digest(first).hex(), digest(other).hex()}
    assert {each for each in digests if each in subject(first) + subject(other)} == digests


def test_a_cookie_cannot_pass_for_a_content(bodies):
    none = cookie(bodies["setup"], "")
    forged = cookie(bodies["setup"], f"<BuyerCookie>{digest(none).hex()}</BuyerCookie>")
    assert subject(forged) != subject(none)


def test_another_kind_of_payload_is_another_document(bodies):
    start, end = bodies["order"].index(b"<OrderRequest>"), bodies["order"].index(b"</OrderRequest>")
    rest = bodies["order"][end + len(b"</OrderRequest>") :]

    def carrying(payload: str) -> bytes:
        return bodies["order"][:start] + payload.encode() + rest

    news = '<StatusUpdateRequest><DocumentReference payloadID="{}"/><Status code="{}" text="OK"/></StatusUpdateRequest>'
    payloads = [
        news.format("4500098112", 200),
        news.format("2", 200),
        "<PunchOutSetupRequest operation='create'><BuyerCookie>4500098112</BuyerCookie></PunchOutSetupRequest>",
        "<ConfirmationRequest><ConfirmationHeader type='accept'/></ConfirmationRequest>",
        "<ConfirmationRequest><ConfirmationHeader type='reject'/></ConfirmationRequest>",
        "<OrderRequest/>",
        "<ProfileRequest/>",
    ]
    subjects = {subject(bodies["order"]), *(subject(carrying(each)) for each in payloads)}
    assert len(subjects) == len(payloads) + 1
    assert subject(carrying(payloads[0])) == subject(carrying(news.format("4500098112", 500)))
    assert len(key_of(parse(bodies["cart"]), verified(parse(bodies["order"]))).subject) > 64


def test_the_room_of_a_document_is_that_of_the_record_and_not_of_the_names_that_it_gives(bodies):
    document = parse(bodies["order"])
    accepted = verified(document)
    hub = attrs.evolve(accepted, from_=Section((Account("DUNS", "1"),)), sender=Account("DUNS", "2"))
    assert key_of(document, hub).partner == key_of(document, accepted).partner
    fields = {"supplier_domain": "DUNS", "from_identity": "1001", "to_identity": "1", "shared_secret": "vetch-81"}
    fields["name"] = "Vetch"
    records = [Partner(sender_domain="DUNS", sender_identity=each, **fields) for each in ("777000111", "777000222")]
    assert records[0].name == records[1].name
    assert len({key_of(document, attrs.evolve(accepted, partner=each)).partner for each in records}) == 2
