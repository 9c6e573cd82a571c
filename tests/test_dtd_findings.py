"""What the DTD layer says: where, what, and what to do; and that it says enough and never too much."""

from __future__ import annotations

import time

import pytest

from cxml_punchout import parse, validate
from cxml_punchout.findings import CODES, Finding
from cxml_punchout.limits import Limits
from cxml_punchout.tree import load
from cxml_punchout.validation import dtd, pieces
from cxml_punchout.validation.catalog import DtdCatalog
from cxml_punchout.validation.grammar import Complaint, Grammar

OURS = DtdCatalog()
DOCTYPE = '<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd">\n'
CXML = '<cXML payloadID="1" timestamp="2026-11-23T18:30:00+00:00">'
CREDENTIAL = '<Credential domain="DUNS"><Identity>1</Identity></Credential>'
HEADER = (
    f"<Header>\n<From>{CREDENTIAL}</From>\n<To>{CREDENTIAL}</To>\n"
    f"<Sender>{CREDENTIAL}<UserAgent>x</UserAgent></Sender>\n</Header>"
)


def findings(body: str, catalog: DtdCatalog = OURS) -> list[Finding]:
    return dtd.check_dtd(load(body.encode()), catalog)


def about(inside: str) -> list[Finding]:
    """The findings about a Response that holds ``inside``, those on its own children aside."""
    found = findings(f'{DOCTYPE}{CXML}<Response><Status code="200" text="OK"/>{inside}</Response></cXML>')
    return [finding for finding in found if finding.path.count("/") > 3]


def request(payload: str, header: str = HEADER) -> str:
    return f"{DOCTYPE}{CXML}\n{header}\n<Request>{payload}</Request>\n</cXML>"


def wrapped(inside: str) -> str:
    """Something in an element in which anything declared may stand, so that only its own faults show."""
    return request(
        '<PunchOutSetupRequest operation="create"><BuyerCookie>1</BuyerCookie>'
        f'<Extrinsic name="x">{inside}</Extrinsic></PunchOutSetupRequest>'
    )


def only(body: str) -> Finding:
    (finding,) = findings(body)
    return finding


# --- the usual mistakes --------------------------------------------------------------------------------------

USUAL = {
    "order": (
        request("<ProfileRequest/>", HEADER.replace("<From>", "<X>").replace("</From>", "</X>"))
        .replace("<To>", "<From>").replace("</To>", "</From>").replace("<X>", "<To>").replace("</X>", "</To>"),
        "order", "From stands in the wrong place in Header.", "Put it in front of To.", "/cXML/Header/From", (5, 1),
    ),
    "order between": (
        wrapped("<Address><Name xml:lang='en'/><Phone><TelephoneNumber><CountryCode isoCountryCode='DE'/>"
                "<AreaOrCityCode/><Number/></TelephoneNumber></Phone><Email/><URL/></Address>"),
        "order", "Email stands in the wrong place in Address.", "Put it between Name and Phone.",
        "/cXML/Request/PunchOutSetupRequest/Extrinsic/Address/Email", None,
    ),
    "missing required child": (
        request("<ProfileRequest/>", HEADER.replace("<UserAgent>x</UserAgent>", "")),
        "missing-element", "Sender needs UserAgent, which is missing.", "Put it behind Credential.",
        "/cXML/Header/Sender", (6, 1),
    ),
    "missing one of several": (
        wrapped("<Fax/>"), "missing-element", "Fax needs one of TelephoneNumber, URL or Email, which is missing.",
        "Fax is made of (TelephoneNumber | URL | Email).", "/cXML/Request/PunchOutSetupRequest/Extrinsic/Fax", None,
    ),
    "wrong case": (
        request("<profileRequest/>"), "unknown-element", "profileRequest is not allowed in Request.",
        "Write ProfileRequest; upper and lower case count.", "/cXML/Request/profileRequest", (8, 10),
    ),
    "misspelt": (
        request("<ProfileReqest/>"), "unknown-element", "ProfileReqest is not allowed in Request.",
        "Is ProfileRequest meant?", "/cXML/Request/ProfileReqest", (8, 10),
    ),
    "half a name": (
        request('<PunchOutSetupRequest operation="create"><Cookie>1</Cookie></PunchOutSetupRequest>'),
        "unknown-element", "Cookie is not allowed in PunchOutSetupRequest.", "Is BuyerCookie meant?",
        "/cXML/Request/PunchOutSetupRequest/Cookie", None,
    ),
    "an attribute without its prefix": (
        wrapped("<Contact><Name lang='en'/></Contact>"), "unknown-attribute", "Name has no attribute lang.",
        "Is xml:lang meant?", "/cXML/Request/PunchOutSetupRequest/Extrinsic/Contact/Name", None,
    ),
    "belongs elsewhere": (
        wrapped("<ItemID><SupplierPartID>1</SupplierPartID><TaxDetail category='x'><TaxAmount><Money currency='EUR'>1"
                "</Money></TaxAmount></TaxDetail></ItemID>"),
        "unknown-element", "TaxDetail is not allowed in ItemID.", "TaxDetail stands in Tax.",
        "/cXML/Request/PunchOutSetupRequest/Extrinsic/ItemID/TaxDetail", None,
    ),
    "an element of one's own": (
        wrapped("<Contact><Name xml:lang='en'/><Shoe/></Contact>"),
        "unknown-element", "Shoe is not allowed in Contact.",
        "cXML has no such element; data of your own goes into an Extrinsic of Contact.",
        "/cXML/Request/PunchOutSetupRequest/Extrinsic/Contact/Shoe", None,
    ),
    "an element of one's own in open content": (
        wrapped("<Shoe><Size/></Shoe>"), "unknown-element", "cXML has no element Shoe.",
        "Only elements of cXML may stand here; write XML of your own as escaped text.",
        "/cXML/Request/PunchOutSetupRequest/Extrinsic/Shoe", None,
    ),
    "a misspelt element in open content": (
        wrapped("<period startDate='x' endDate='x'/>"), "unknown-element", "cXML has no element period.",
        "Write Period; upper and lower case count.", "/cXML/Request/PunchOutSetupRequest/Extrinsic/period", None,
    ),
    "twice": (
        request("<ProfileRequest/>", HEADER.replace("<Sender>", f"<To>{CREDENTIAL}</To><Sender>")),
        "repeated", "To may stand only once here in Header.",
        "Leave one To; what the others hold goes into it or must be left out.", "/cXML/Header/To[2]", (6, 1),
    ),
    "excluded": (
        wrapped("<Accounting name='x'><Segment type='x' id='x' description='x'/><AccountingSegment id='x'>"
                "<Name xml:lang='en'/><Description xml:lang='en'/></AccountingSegment></Accounting>"),
        "group", "AccountingSegment and Segment exclude each other in Accounting.",
        "Leave one of them out; Accounting is made of (Segment+ | AccountingSegment+).",
        "/cXML/Request/PunchOutSetupRequest/Extrinsic/Accounting/AccountingSegment", None,
    ),
    "outside the enumeration": (
        request('<PunchOutSetupRequest operation="make"><BuyerCookie/></PunchOutSetupRequest>'),
        "enumeration", "PunchOutSetupRequest@operation: 'make' is not one of create, inspect, edit or source.",
        "Write one of them.",
        "/cXML/Request/PunchOutSetupRequest", (8, 10),
    ),
    "enumeration in the wrong case": (
        request('<PunchOutSetupRequest operation="Create"><BuyerCookie/></PunchOutSetupRequest>'),
        "enumeration", "PunchOutSetupRequest@operation: 'Create' is not one of create, inspect, edit or source.",
        "Write create; upper and lower case count.", "/cXML/Request/PunchOutSetupRequest", (8, 10),
    ),
    "white space in an empty element": (
        request("<ProfileRequest>\n</ProfileRequest>"), "unexpected-text",
        "ProfileRequest must be empty, but text stands in it.",
        "Write <ProfileRequest …/>; not even blank space or a line break may stand in it.",
        "/cXML/Request/ProfileRequest", (8, 10),
    ),
    "an element in an empty one": (
        request("<ProfileRequest><Money currency='EUR'>1</Money></ProfileRequest>"), "unexpected-child",
        "ProfileRequest must be empty, but Money stands in it.",
        "Write <ProfileRequest …/>; it has nothing but attributes.", "/cXML/Request/ProfileRequest/Money", None,
    ),
    "an instruction in an empty element": (
        request("<ProfileRequest><?php x?></ProfileRequest>"), "unexpected-child",
        "ProfileRequest must be empty, but a processing instruction stands in it.",
        "Write <ProfileRequest …/>; it has nothing but attributes.", "/cXML/Request/ProfileRequest", None,
    ),
    "xmlns": (
        request("<ProfileRequest/>").replace("<cXML ", '<cXML xmlns="http://example.org" '), "namespace",
        "A namespace is declared; cXML has none.", "Leave out xmlns and the prefix that it declares.", "/cXML", (2, 1),
    ),
    "xmlns with a prefix": (
        request("<ProfileRequest/>").replace("<cXML ", '<cXML xmlns:xsi="http://example.org" '), "namespace",
        "A namespace is declared; cXML has none.", "Leave out xmlns:xsi and the prefix that it declares.", "/cXML",
        (2, 1),
    ),
    "another namespace for signatures": (
        wrapped('<ds:Signature xmlns:ds="urn:other"/>').replace("/>", "><ds:SignedInfo><ds:CanonicalizationMethod "
        'Algorithm="x"/><ds:SignatureMethod Algorithm="x"/><ds:Reference><ds:DigestMethod Algorithm="x"/>'
        "<ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/></ds:Signature>", 1),
        "enumeration", "ds:Signature@xmlns:ds: only 'http://www.w3.org/2000/09/xmldsig#' may stand here.",
        "Write it in the place of the other one.",
        "/cXML/Request/PunchOutSetupRequest/Extrinsic/ds:Signature", None,
    ),
    "text in front": (
        request("<ProfileRequest/>").replace("<Header>", "<Header>words"), "unexpected-text",
        "Text stands in front of its children in Header, where only elements may be.",
        "Put it into the element that it belongs to, or take it out.", "/cXML/Header", (3, 1),
    ),
    "text behind": (
        request("<ProfileRequest/>").replace("</From>", "</From>words"), "unexpected-text",
        "Text stands in Header behind From, where only elements may be.",
        "Put it into the element that it belongs to, or take it out.", "/cXML/Header", (3, 1),
    ),
    "an element in text": (
        wrapped("<UserAgent>a <b/></UserAgent>").replace("<b/>", "<URL>b</URL>"), "unexpected-child",
        "UserAgent holds text only, not URL.",
        "If it is meant as text, write '<' as '&lt;'; else leave the tags out.",
        "/cXML/Request/PunchOutSetupRequest/Extrinsic/UserAgent/URL", None,
    ),
    "an element in mixed text": (
        wrapped("<Description xml:lang='en'><URL/></Description>"), "unknown-element",
        "URL is not allowed in Description.",
        "URL stands in Transaction, BrowserFormPost, SupplierSetup, StartPage, ….",
        "/cXML/Request/PunchOutSetupRequest/Extrinsic/Description/URL", None,
    ),
    "unknown attribute": (
        request("<ProfileRequest colour='red'/>"), "unknown-attribute", "ProfileRequest has no attribute colour.",
        "ProfileRequest has no attributes at all.", "/cXML/Request/ProfileRequest", None,
    ),
    "attribute in the wrong case": (
        request("<ProfileRequest/>").replace("payloadID", "payloadId"), "unknown-attribute",
        "cXML has no attribute payloadId.", "Write payloadID; upper and lower case count.", "/cXML", (2, 1),
    ),
    "unknown attribute where others are": (
        request("<ProfileRequest/>").replace("<Request>", "<Request colour='red'>"), "unknown-attribute",
        "Request has no attribute colour.", "It may have Id or deploymentMode.", "/cXML/Request", None,
    ),
    "missing attribute": (
        request("<ProfileRequest/>").replace(' payloadID="1"', ""), "missing-attribute",
        "cXML needs the attribute payloadID.", 'Write <cXML payloadID="…">.', "/cXML", (2, 1),
    ),
    "missing attribute with a datatype": (
        wrapped("<Money>1</Money>"), "missing-attribute", "Money needs the attribute currency.",
        "Its value is a currency such as EUR.", "/cXML/Request/PunchOutSetupRequest/Extrinsic/Money", None,
    ),
    "outside an enumeration of an attribute that may be absent": (
        request("<ProfileRequest/>").replace("<Request>", "<Request deploymentMode='live'>"), "enumeration",
        "Request@deploymentMode: 'live' is not one of production or test.",
        "Write one of them, or leave the attribute out.", "/cXML/Request", None,
    ),
    "a flag": (
        wrapped("<Extrinsic name='x'><Tax><Money currency='EUR'>1</Money><Description xml:lang='en'/>"
                "<TaxDetail category='x' isVatRecoverable='true'><TaxAmount><Money currency='EUR'>1</Money></TaxAmount>"
                "</TaxDetail></Tax></Extrinsic>"),
        "enumeration", "TaxDetail@isVatRecoverable: 'true' is not 'yes'.", "Write yes, or leave the attribute out.",
        "/cXML/Request/PunchOutSetupRequest/Extrinsic/Extrinsic/Tax/TaxDetail", None,
    ),
    "an empty token": (
        wrapped("<Contact role=''><Name xml:lang='en'/></Contact>"), "token",
        "Contact@role: '' is not a name token: no blanks, not empty.", "Write a value, or leave the attribute out.",
        "/cXML/Request/PunchOutSetupRequest/Extrinsic/Contact", None,
    ),
    "missing attribute with an enumeration": (
        request("<PunchOutSetupRequest><BuyerCookie/></PunchOutSetupRequest>"), "missing-attribute",
        "PunchOutSetupRequest needs the attribute operation.", "Its value is create, inspect, edit or source.",
        "/cXML/Request/PunchOutSetupRequest", None,
    ),
    "fixed": (
        wrapped("<Option name='x' a-dtype='y'/>"), "enumeration", "Option@a-dtype: only 'name string' may stand here.",
        "Leave the attribute out.", "/cXML/Request/PunchOutSetupRequest/Extrinsic/Option", None,
    ),
    "token": (
        wrapped("<Contact role='end user'><Name xml:lang='en'/></Contact>"), "token",
        "Contact@role: 'end user' is not a name token: no blanks, not empty.", "Leave out the blanks.",
        "/cXML/Request/PunchOutSetupRequest/Extrinsic/Contact", None,
    ),
    "dangling reference": (
        wrapped("<TaxDetail category='x' taxedElement='there'><TaxAmount><Money currency='EUR'>1</Money></TaxAmount>"
                "</TaxDetail>"),
        "dangling-idref", "TaxDetail@taxedElement: no element has the Id 'there'.",
        "Write the Id of an element that is there, or leave the attribute out.",
        "/cXML/Request/PunchOutSetupRequest/Extrinsic/TaxDetail", None,
    ),
    "the root": (
        f"{DOCTYPE}<CXML><a/><b/></CXML>", "unknown-element", "cXML has no document whose root is CXML.",
        "Write cXML; upper and lower case count.", "/CXML", (2, 1),
    ),
    "another root": (
        "<html><body/></html>", "unknown-element", "cXML has no document whose root is html.",
        "The root element of a document is cXML.", "/html", (1, 1),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", USUAL)
def test_a_usual_mistake_is_explained(case):
    body, code, message, hint, path, position = USUAL[case]
    finding = only(body)
    assert (finding.layer, finding.severity) == ("dtd", "error")
    assert (finding.code, finding.message, finding.hint, finding.path) == (code, message, hint, path)
    assert position is None or (finding.line, finding.column) == position
    assert finding.raw, "libxml2's own words are at hand"
    assert finding.raw not in f"{finding}{finding!r}"


def test_all_codes_are_documented():
    assert {case[1] for case in USUAL.values()} | {
        "not-valid",
        "duplicate-id",
        "version-unavailable",
        "payload-unjudged",
        "more",
    } <= set(CODES)


def test_ids_that_stand_twice():
    body = wrapped("<a/>").replace("<a/>", '<Request Id="a"><ProfileRequest/></Request>' * 2)
    finding = only(body)
    assert (finding.code, finding.message) == ("duplicate-id", "Request@Id: another element has the Id 'a' already.")
    assert finding.path.endswith("/Extrinsic/Request[2]")


def test_all_faults_are_found_at_once_in_document_order():
    body = request('<PunchOutSetupRequest operation="x" Operation="y"><buyerCookie/></PunchOutSetupRequest>', HEADER)
    body = body.replace("<To>", '<To type="x">').replace("<Identity>1</Identity>", "<identity>1</identity>")
    found = findings(body)
    assert [(finding.code, finding.path.rsplit("/", 1)[1]) for finding in found] == [
        ("unknown-element", "identity"),
        ("unknown-attribute", "To"),
        ("unknown-element", "identity"),
        ("unknown-element", "identity"),
        ("enumeration", "PunchOutSetupRequest"),
        ("unknown-attribute", "PunchOutSetupRequest"),
        ("unknown-element", "buyerCookie"),
    ]
    assert [(finding.line, finding.column) for finding in found] == sorted((f.line, f.column) for f in found)


def test_a_valid_document_has_no_findings():
    assert findings(request("<ProfileRequest/>")) == []


def test_findings_do_not_quote_text():
    secret = "hunter2"
    body = wrapped(f"<Credential domain='x'><Identity/><SharedSecret>{secret}</SharedSecret>{secret}</Credential>")
    body = body.replace("<ProfileRequest/>", f"<ProfileRequest>{secret}</ProfileRequest>")
    found = findings(body)
    assert found
    assert secret not in "".join(f"{finding!r}{finding}{finding.hint}" for finding in found)


def test_names_out_of_the_ordinary_are_shortened():
    long = "x" * 1000
    (finding, *_) = findings(wrapped(f"<{long}/>"))
    assert len(finding.message) < 200
    (finding, *_) = findings(wrapped(f"<Period startDate='x' endDate='x' {long}='y'/>"))
    assert len(finding.message) < 200


@pytest.mark.parametrize("lines", [1, 5000], ids=["in one go", "in pieces"])
def test_white_space_in_a_document_that_calls_itself_standalone_is_told_once(lines):
    # The declaration that some libraries write of themselves, and the indentation of everybody.
    setup = "<PunchOutSetupRequest operation='create'>\n<BuyerCookie/>" + lines * "<Extrinsic name='a'/>\n"
    body = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + request(f"{setup}</PunchOutSetupRequest>")
    report = validate(body, layers=["xml", "dtd"])
    assert [(each.code, each.severity, each.line) for each in report.findings] == [("standalone", "warning", 1)]
    assert "standalone" in {each.code for each in parse(body, validate=True, limits=Limits(memory=40)).findings}
    assert validate(body.replace(' standalone="yes"', ""), layers=["xml", "dtd"]).findings == ()
    assert validate(body.replace(">\n<", "><"), layers=["xml", "dtd"]).findings == ()


def test_elements_of_other_namespaces_have_their_places():
    body = wrapped('<a xmlns="urn:a"><b/><b/></a><c:d xmlns:c="urn:c"/><c:d xmlns:c="urn:d" c:e="1"/>')
    found = findings(body)
    assert [finding.path.rsplit("/", 1)[1] for finding in found] == ["a", "c:d[1]", "c:d[2]"]


def test_an_attribute_of_another_namespace():
    found = findings(wrapped('<Period startDate="x" endDate="x" xmlns:q="urn:q" q:z="1"/>'))
    assert [finding.code for finding in found] == ["namespace", "unknown-attribute"]
    assert found[1].message == "Period has no attribute q:z."


def test_what_libxml2_alone_sees_is_still_a_finding(monkeypatch):
    strange = [
        Complaint("/cXML", "DTD_CONTENT_MODEL", "odd"),
        Complaint("/cXML", "DTD_MISSING_ATTRIBUTE", "odder"),
        Complaint("/cXML/Nowhere", "DTD_SOMETHING", "oddest"),
    ]
    monkeypatch.setattr(Grammar, "complaints", lambda self, element: strange)
    found = findings(request("<ProfileRequest/>"))
    assert [(finding.code, finding.raw) for finding in found] == [
        ("not-valid", "odd"),
        ("not-valid", "odder"),
        ("not-valid", "oddest"),
    ]


# --- by which DTD --------------------------------------------------------------------------------------------


def test_another_version_than_declared_is_reported():
    old = request("<ProfileRequest/>").replace("1.2.071", "1.2.014")
    (finding,) = findings(old)
    assert (finding.layer, finding.severity, finding.code) == ("rule", "warning", "version-unavailable")
    assert "1.2.014" in finding.message
    loaded = load(old.encode())
    assert dtd.check_dtd(loaded, OURS, "1.2.071") == []


def test_by_default_the_default_catalogue_judges():
    assert dtd.check_dtd(load(request("<ProfileRequest/>").encode())) == []


UPLOAD = "<CatalogUploadRequest><CatalogName xml:lang='en'>Pens</CatalogName></CatalogUploadRequest>"
CONFIRMATION = "<ConfirmationRequest><Bogus/></ConfirmationRequest>"


@pytest.mark.parametrize("payload", [UPLOAD, CONFIRMATION])
def test_of_an_undeclared_payload_the_envelope_is_judged(payload):
    name = payload[1 : payload.index(">")]
    body = request(payload)
    (finding,) = findings(body)
    assert (finding.layer, finding.severity, finding.code) == ("rule", "warning", "payload-unjudged")
    assert name in finding.message
    assert (finding.path, finding.line, finding.column) == (f"/cXML/Request/{name}", 8, 10)
    wrong = findings(body.replace("<To>", "<to>").replace("</To>", "</to>").replace("<Request>", '<Request Id="-">'))
    assert [(each.code, each.path) for each in wrong] == [
        ("payload-unjudged", f"/cXML/Request/{name}"),
        ("unknown-element", "/cXML/Header/to"),
        ("token", "/cXML/Request"),
    ]


def test_an_undeclared_payload_of_an_answer_and_of_a_message():
    body = f'{DOCTYPE}{CXML}<Response><Status code="200" text="OK"/><AuthResponse><x/></AuthResponse></Response></cXML>'
    assert [finding.code for finding in findings(body)] == ["payload-unjudged"]
    body = f"{DOCTYPE}{CXML}{HEADER}<Message><QuoteMessage><x/></QuoteMessage></Message></cXML>"
    assert [finding.code for finding in findings(body)] == ["payload-unjudged"]
    twice = body.replace("<QuoteMessage>", "<QuoteMessage/><QuoteMessage>")
    assert {finding.code for finding in findings(twice)} == {"payload-unjudged", "unknown-element"}


def test_ids_of_the_envelope_are_judged_without_those_of_the_payload():
    body = request(UPLOAD.replace("<CatalogName ", "<CatalogName Id='a' taxedElement='b' "))
    body = body.replace("<Request>", "<Request Id='a'>")
    assert [finding.code for finding in findings(body)] == ["payload-unjudged"]


def test_a_payload_that_nobody_knows_is_a_finding():
    found = findings(request("<GarbageRequest><x/></GarbageRequest>"))
    assert "unknown-element" in [finding.code for finding in found]
    assert "payload-unjudged" not in [finding.code for finding in found]


# --- large documents -----------------------------------------------------------------------------------------


MANY = " ".join(f"a{number}='1'" for number in range(200))


def order(lines: int, line: str) -> str:
    return request(f"<OrderRequest>{line * lines}</OrderRequest>")


def test_findings_are_bounded_and_the_rest_is_counted():
    found = findings(order(3000, "<ItemOut/>"))
    assert len(found) == dtd.MOST + 1
    assert found[-1].code == "more"
    assert found[-1].severity == "warning"
    count = int(found[-1].message.split()[2])
    assert 2000 <= count <= 6001


@pytest.mark.thorough
@pytest.mark.parametrize(
    "body",
    [
        f"{CXML}{'<Foo/>' * 200_000}</cXML>",
        order(100_000, "<ItemOut/>"),
        order(1, "<Header>" * 100 + "<ItemOut/>" * 100_000 + "</Header>" * 100),
        f"{CXML}<Response><Status/>{'<Extrinsic/>' * 100_000}</Response></cXML>",
        wrapped('<Request Id="a"/>' * 50_000),
        wrapped("<Description xml:lang='en'>" + "<Foo/>" * 100_000 + "</Description>"),
        f"{CXML}<Response>{f'<Status {MANY}/>' * 1000}</Response></cXML>",
    ],
    ids=["flat", "lines", "deep", "answer", "ids", "mixed", "attributes"],
)
def test_a_large_document_full_of_faults_takes_no_long_time(body):
    loaded = load(body.encode(), Limits(memory=1000))
    began = time.process_time()
    found = dtd.check_dtd(loaded, OURS)
    assert time.process_time() - began < 20, "the square of the number would take minutes"
    assert dtd.MOST <= len(found) <= dtd.MOST + 1


def test_a_large_valid_document_is_judged_in_pieces(monkeypatch):
    line = '<ItemOut quantity="1"><ItemID><SupplierPartID>1</SupplierPartID></ItemID></ItemOut>'
    head = (
        "<OrderRequestHeader orderID='1' orderDate='2026-11-23T18:30:00+00:00'><Total><Money currency='EUR'>1</Money>"
        "</Total><BillTo><Address><Name xml:lang='en'>x</Name></Address></BillTo></OrderRequestHeader>"
    )
    judged = []
    judge = Grammar.judge.fget
    monkeypatch.setattr(
        Grammar, "judge", property(lambda self: lambda node: judged.append(len(list(node.iter()))) or judge(self)(node))
    )
    assert dtd.check_dtd(load(order(1, head + line * 2000).encode()), OURS) == []
    assert len(judged) > 2000
    assert max(judged) < pieces.PIECE


def test_in_pieces_as_in_one_go(monkeypatch):
    """Namespaces of parents are not held against a piece, and Ids are compared across pieces."""
    body = wrapped(
        "<Request Id='a'><ProfileRequest/></Request><Request Id='b'><ProfileRequest/></Request>"
        "<Request Id='a'><ProfileRequest/></Request><Request Id='b' xmlns:q='urn:q'><Bogus/></Request>"
        "<TaxDetail category='x' taxedElement='b'><TaxAmount><Money currency='EUR'>1</Money></TaxAmount></TaxDetail>"
        "<TaxDetail category='x' taxedElement='c'><TaxAmount><Money currency='EUR'>1</Money></TaxAmount></TaxDetail>"
    ).replace("<cXML ", '<cXML xmlns:xsi="urn:x" ')
    whole = findings(body)
    assert {finding.code for finding in whole} == {
        "namespace",
        "duplicate-id",
        "dangling-idref",
        "unknown-element",
        "missing-element",
    }
    monkeypatch.setattr(pieces, "PIECE", 3)
    assert sorted(map(str, findings(body))) == sorted(map(str, whole))


def test_an_undeclared_element_among_pieces(monkeypatch):
    monkeypatch.setattr(pieces, "PIECE", 1)
    finding = only(wrapped("<Bogus><a/><b/></Bogus>"))
    assert (finding.code, finding.path.rsplit("/", 1)[1]) == ("unknown-element", "Bogus")


def test_a_root_that_nobody_knows_around_an_undeclared_payload():
    found = findings(f"<html><Request>{UPLOAD}</Request></html>")
    assert [finding.code for finding in found if finding.layer == "dtd"] == ["unknown-element"]


@pytest.mark.parametrize(
    ("document", "hint"),
    [
        (wrapped("<Contact role='end/user'><Name xml:lang='en'/></Contact>"), "Write letters, digits and the signs"),
        (wrapped("").replace("<Request", '<Request Id="7"'), "Begin with a letter"),
        (wrapped("").replace("<Request", '<Request Id="a 7"'), "Leave out the blanks."),
    ],
)
def test_the_hint_at_a_token_speaks_of_its_fault(document: str, hint: str) -> None:
    assert only(document).code == "token"
    assert hint in only(document).hint
