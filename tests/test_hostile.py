"""A body of any octets gives a document or a ``DocumentError``, nothing else, in bounded time, and tells no secret."""

from __future__ import annotations

import copy
import http.server
import random
import re
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from cxml_punchout import (
    CXML,
    AttributeLengthExceeded,
    BytesExceeded,
    CXMLError,
    DepthExceeded,
    DocumentError,
    Finding,
    InvalidDocument,
    LimitExceeded,
    Limits,
    MalformedDocument,
    UnsafeDocument,
    parse,
    serialize,
)
from cxml_punchout import element as x
from cxml_punchout.document import Mode
from cxml_punchout.findings import CODES

MODES: tuple[Mode, ...] = ("strict", "tolerant")
SYSTEM = "http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd"
DOCTYPE = f'<!DOCTYPE cXML SYSTEM "{SYSTEM}">'
START = '<cXML payloadID="1@example.com" timestamp="2026-11-23T18:30:00+00:00"'
HEADER = (
    '<Header><From><Credential domain="DUNS"><Identity>1</Identity></Credential></From>'
    '<To><Credential domain="DUNS"><Identity>2</Identity></Credential></To>'
    '<Sender><Credential domain="DUNS"><Identity>1</Identity>{proof}</Credential>'
    "<UserAgent>Test 1</UserAgent></Sender></Header>"
)
SETUP = (
    '<Request><PunchOutSetupRequest operation="create"><BuyerCookie>c</BuyerCookie>'
    '<Extrinsic name="a">b</Extrinsic><BrowserFormPost><URL>https://example.com/</URL></BrowserFormPost>'
    '<Contact role="endUser"><Name xml:lang="en">N</Name><Email>n@example.com</Email></Contact>'
    "</PunchOutSetupRequest></Request>"
)
ORDER = (
    '<Request><OrderRequest><OrderRequestHeader orderID="1" orderDate="2026-11-23T18:30:00+00:00" type="new">'
    '<Total><Money currency="EUR">12.50</Money></Total><BillTo><Address><Name xml:lang="en">B</Name></Address></BillTo>'
    '<Payment><PCard number="{number}" expiration="2027-01-31T00:00:00+00:00"/></Payment>'
    '</OrderRequestHeader><ItemOut quantity="1" lineNumber="1"><ItemID><SupplierPartID>P</SupplierPartID></ItemID>'
    '<ItemDetail><UnitPrice><Money currency="EUR">12.50</Money></UnitPrice><Description xml:lang="en">D</Description>'
    '<UnitOfMeasure>EA</UnitOfMeasure><Classification domain="UNSPSC">1</Classification></ItemDetail>'
    "</ItemOut></OrderRequest></Request>"
)


def envelope(payload: str = SETUP, *, header: str = HEADER, proof: str = "", attributes: str = "") -> str:
    return f"{DOCTYPE}{START}{attributes}>{header.format(proof=proof)}{payload}</cXML>"


def refused(data: bytes | str, limits: Limits | None = None) -> DocumentError:
    """The error with which both modes refuse a document."""
    errors = []
    for mode in MODES:
        with pytest.raises(DocumentError) as caught:
            parse(data, mode=mode, limits=limits or Limits())
        errors.append(caught.value)
    assert type(errors[0]) is type(errors[1])
    return errors[0]


# --- attacks ------------------------------------------------------------------------------------------------------

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(f"<!DOCTYPE cXML [{LAUGHS}]>{START}>&l9;</cXML>", id="billion laughs"),
        pytest.param(f"<!DOCTYPE cXML [{LAUGHS}]>{START} xml:lang='&l9;'/>", id="billion laughs in an attribute"),
        pytest.param(
            f"<!DOCTYPE cXML SYSTEM '{SYSTEM}' [{LAUGHS.replace('ENTITY ', 'ENTITY % ')} %l9;]>{START}/>",
            id="billion laughs of parameter entities",
        ),
        pytest.param(
            f"<!DOCTYPE cXML [<!ENTITY a '{'a' * 100_000}'>]>{START}>{'&a;' * 100_000}</cXML>",
            id="quadratic blow-up",
        ),
        pytest.param(f"<!DOCTYPE cXML [<!ENTITY a '&b;'><!ENTITY b '&a;'>]>{START}>&a;</cXML>", id="endless loop"),
        pytest.param(
            f"<!DOCTYPE cXML [<!ATTLIST Identity a CDATA '{'a' * 100_000}'>]>{START}/>",
            id="large default of an attribute",
        ),
        pytest.param(f"<!DOCTYPE cXML [<!ELEMENT cXML (a|b)*>]>{START}/>", id="a grammar of its own"),
    ],
)
def test_a_document_that_declares_anything_is_unsafe(document: str) -> None:
    for form in (document, document.encode(), document.encode("utf-16")):
        error = refused(form)
        assert type(error) is UnsafeDocument
        assert (error.status, error.code) == (406, "internal-subset")


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xef\xbb\xbf\xef\xbb\xbf", b"\n\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_byte_order_marks_do_not_smuggle_declarations(mark: bytes) -> None:
    # A parser that skips more marks than the one who looked before it would see what that one did not.
    for subset in (LAUGHS, LAUGHS + "<!ENTITY hide '<!--'>"):
        for mode in MODES:
            with pytest.raises((UnsafeDocument, MalformedDocument)):
                parse(mark + f"<!DOCTYPE cXML [{subset}]>{START} xml:lang='&l9;'/>".encode(), mode=mode)


class Trap(http.server.ThreadingHTTPServer):
    """Answers every request with something that would be seen, and remembers it."""

    MARKER = "fetched-from-elsewhere"

    def __init__(self) -> None:
        self.requests: list[str] = []
        super().__init__(("127.0.0.1", 0), _Answer)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answer(http.server.BaseHTTPRequestHandler):
    server: Trap

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"<!ENTITY a '{Trap.MARKER}'>".encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def trap() -> Iterator[Trap]:
    with Trap() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


FETCHING = {
    "general entity": "<!DOCTYPE cXML [<!ENTITY a SYSTEM '{url}'>]>{start}>&a;</cXML>",
    "public entity": "<!DOCTYPE cXML [<!ENTITY a PUBLIC 'p' '{url}'>]>{start}>&a;</cXML>",
    "parameter entity": "<!DOCTYPE cXML [<!ENTITY % a SYSTEM '{url}'> %a;]>{start}>&a;</cXML>",
    "unparsed entity": "<!DOCTYPE cXML [<!NOTATION n SYSTEM '{url}'><!ENTITY a SYSTEM '{url}' NDATA n>]>{start}/>",
    "external dtd, reference": "<!DOCTYPE cXML SYSTEM '{url}'>{start}>&a;</cXML>",
    "external dtd, reference in an attribute": "<!DOCTYPE cXML SYSTEM '{url}'>{start} xml:lang='&a;'/>",
    "external dtd": "<!DOCTYPE cXML SYSTEM '{url}'>{start}>{header}{setup}</cXML>",
    "public dtd": "<!DOCTYPE cXML PUBLIC '-//cXML//EN' '{url}'>{start}>{header}{setup}</cXML>",
    "schema location": "{start} xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
    "xsi:noNamespaceSchemaLocation='{url}'>{header}{setup}</cXML>",
    "style sheet": "<?xml-stylesheet type='text/xsl' href='{url}'?>{start}>{header}{setup}</cXML>",
    "inclusion": "{start}>{header}{setup}<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' parse='text' "
    "href='{url}'/></cXML>",
    "base": "{start} xml:base='{url}'>{header}{setup}</cXML>",
    "namespace": "{start} xmlns='{url}'>{header}{setup}</cXML>",
}


@pytest.mark.parametrize("template", [pytest.param(text, id=name) for name, text in FETCHING.items()])
def test_nothing_is_fetched_from_the_network_or_from_files(template: str, trap: Trap, tmp_path: Path) -> None:
    file = tmp_path / "a.dtd"
    file.write_text(f"<!ENTITY a '{Trap.MARKER}'>")
    for url in (f"{trap.url}/a.dtd", file.as_uri(), str(file), f"ftp://127.0.0.1:{trap.server_port}/a"):
        document = template.format(url=url, start=START, header=HEADER.format(proof=""), setup=SETUP)
        for mode in MODES:
            try:
                read = parse(document, mode=mode)
            except DocumentError as error:
                assert Trap.MARKER not in everything_shown(error)
            else:
                assert Trap.MARKER not in everything_shown(read)
                assert Trap.MARKER not in serialize(read).decode()
    assert trap.requests == []


def test_a_parser_left_alone_would_have_read_the_file(tmp_path: Path) -> None:
    # Else the test above would show nothing. (Whether libxml2 can use the network depends on how it was built.)
    file = tmp_path / "a.txt"
    file.write_text(Trap.MARKER)
    document = FETCHING["general entity"].format(url=file.as_uri(), start=START)
    root = etree.fromstring(document, etree.XMLParser(resolve_entities=True))
    assert root.text == Trap.MARKER


@pytest.mark.parametrize("levels", [257, 10_000, 1_000_000])
@pytest.mark.parametrize("closed", [True, False])
def test_deep_nesting_is_refused(levels: int, closed: bool) -> None:
    error = refused(b"<cXML>" + b"<a>" * levels + b"</a>" * levels * closed)
    assert type(error) is DepthExceeded
    assert error.status == 499


def test_the_grammar_itself_bounds_the_recursion_of_the_reader() -> None:
    # Only declared elements are read by recursion, and none of them can stand within itself.
    def below(tag: str, path: tuple[str, ...]) -> None:
        assert tag not in path
        declared = x.lookup(tag)
        if isinstance(declared, x.Declaration) and tag not in done:
            for field in declared.content:
                for child in field.tags:
                    below(child, (*path, tag))
            done.add(tag)

    done: set[str] = set()
    for declaration in x.declarations():
        below(declaration.tag, ())
    assert "cXML" in done


def test_an_attribute_of_200_million_characters_is_refused() -> None:
    document = b"<cXML payloadID='" + b"x" * 200_000_000 + b"'/>"
    assert type(refused(document)) is BytesExceeded
    generous = Limits(bytes=len(document), attribute_length=len(document))
    for mode in MODES:
        with pytest.raises(LimitExceeded) as caught:
            parse(document, mode=mode, limits=generous)
        assert caught.value.status == 499
    with pytest.raises(AttributeLengthExceeded):
        parse(b"<cXML payloadID='" + b"x" * 2_000_000 + b"'/>")


@pytest.mark.parametrize("number", [1, 2, 4, 1000])
@pytest.mark.parametrize("at", [0, 1, 5, 60, 200, -8, -1])
def test_nuls_are_refused_wherever_they_stand(at: int, number: int) -> None:
    body = envelope().encode()
    assert isinstance(refused(body[:at] + b"\0" * number + body[at:]), DocumentError)


@pytest.mark.parametrize(
    "noise", [b"\x80", b"\xff", b"\xc3", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xfe\xff"]
)
def test_octets_that_are_not_utf_8_are_refused_wherever_they_stand(noise: bytes) -> None:
    body = envelope().encode()
    for at in range(1, len(body), 7):
        assert type(refused(body[:at] + noise + body[at:])) in (MalformedDocument, UnsafeDocument)


@pytest.mark.parametrize("data", [None, 5, 1.5, object(), ["<cXML/>"]])
def test_what_is_no_body_at_all_is_a_fault_of_the_program(data: object) -> None:
    with pytest.raises((TypeError, CXMLError)):
        parse(data)  # type: ignore[arg-type]


# --- secrets ------------------------------------------------------------------------------------------------------

SECRET = "S3CR3T-MARKER-9QZ"
FRAGMENTS = [SECRET[at : at + 6] for at in range(len(SECRET) - 5)]
MAC = (
    '<CredentialMac type="FromSenderCredentials" algorithm="HMAC-SHA1-96" creationDate="2026-11-23T18:30:00+00:00"'
    f' expirationDate="2026-11-24T18:30:00+00:00">{SECRET}</CredentialMac>'
)
#: The element that holds the secret, and the document in which it stands.
CARRIERS = {
    "shared secret": (f"<SharedSecret>{SECRET}</SharedSecret>", SETUP),
    "mac": (MAC, SETUP),
    "signature": (f'<DigitalSignature encoding="Base64">{SECRET}</DigitalSignature>', SETUP),
    "inner": (f"<SharedSecret><Password>{SECRET}</Password></SharedSecret>", ORDER.format(number="4")),
    "card": (f'<PCard number="{SECRET}" expiration="2027-01-31T00:00:00+00:00"/>', ORDER.format(number=SECRET)),
}
INSERTIONS = [
    *(b"& < > ]]> \0 \" ' <!-- --> <![CDATA[ <? ?> &x; &#0; &#xD800; </ /> \x01 \xff \xc3 \xed\xa0\x80".split(b" ")),
    b" ",
    b"&nbsp;",
    b"\xef\xbf\xbe",
    b"<a>",
    b"<a/>",
    b"</SharedSecret>",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    b"\xef\xbb\xbf",
]
#: Elements of every kind of content into which a secret may get by mistake.
WRONG_PLACES = (
    "cXML Header From Sender Credential Identity UserAgent Request PunchOutSetupRequest BuyerCookie Extrinsic URL Name "
    "Email Contact BrowserFormPost OrderRequest OrderRequestHeader Total Money Payment PCard ItemOut ItemID "
    "SupplierPartID ItemDetail Description UnitOfMeasure Classification"
).split()


def everything_shown(value: object) -> str:
    """What a log, a traceback or an answer could show of an error or a document."""
    shown = [repr(value), str(value)]
    seen: list[BaseException] = []
    error = value if isinstance(value, BaseException) else None
    if error is not None:
        shown += traceback.format_exception(error)
    while error is not None and error not in seen:
        seen.append(error)
        shown += [repr(error), str(error), repr(error.args), repr(vars(error))]
        error = error.__cause__ or error.__context__
    for finding in getattr(value, "findings", ()):
        shown += [str(finding), repr(finding)]
    return "\n".join(shown)


def holds_text(tag: str) -> bool:
    declared = x.lookup(tag)
    return not isinstance(declared, x.Declaration) or declared.kind in ("text", "mixed", "open")


def broken(carrier: str) -> Iterator[tuple[str, bytes]]:
    """A document with a secret, broken in many ways in and around it."""
    holder, payload = CARRIERS[carrier]
    proof = "" if carrier == "card" else holder
    whole = envelope(payload, proof=proof).encode()
    start = whole.index(SECRET.encode())
    end = start + len(SECRET)
    rng = random.Random(carrier)

    yield "as it is", whole
    for at in range(start - 3, end + 3, 2):
        yield f"cut at {at}", whole[:at]
    for insertion in INSERTIONS:
        for at in (start, rng.randrange(start + 1, end), end):
            yield f"{insertion!r} at {at}", whole[:at] + insertion + whole[at:]
    for _ in range(40):
        at = rng.randrange(start - 30, end + 30)
        yield f"flip at {at}", whole[:at] + bytes([whole[at] ^ 1 << rng.randrange(8)]) + whole[at + 1 :]
    for _ in range(20):
        at, to = sorted((rng.randrange(start - 30, end + 30), rng.randrange(start - 30, end + 30)))
        yield f"drop {at} to {to}", whole[:at] + whole[to:]
        yield f"double {at} to {to}", whole[:to] + whole[at:]

    text = whole.decode()
    name = re.match(r"<(\w+)", holder)[1]  # type: ignore[index]
    yield "end tag renamed", text.replace(f"</{name}>", f"</{name}s>").encode()
    yield "element renamed", re.sub(rf"\b{name}\b", f"{name}s", text).encode()
    yield "attribute twice", text.replace(f"<{name}", f"<{name} a='{SECRET}' a='{SECRET}'").encode()
    yield "attribute unknown", text.replace(f"<{name}", f"<{name} a='{SECRET}'").encode()
    yield "attribute unquoted", text.replace(f"<{name}", f"<{name} a={SECRET} ").encode()
    yield "prefix unknown", text.replace(f"<{name}", f"<a:{name}").encode()
    yield "element twice", text.replace(holder, holder * 2).encode()
    yield "all proofs", text.replace(holder, "".join(other for other, _ in CARRIERS.values())).encode()
    yield "declared us-ascii", f'<?xml version="1.0" encoding="US-ASCII"?>{text}'.replace(SECRET, f"é{SECRET}").encode()
    yield "half a character", text.encode("utf-16")[:-1]
    yield "half a pair", text.replace(SECRET, SECRET + "\ud800").encode("utf-16-le", "surrogatepass")
    yield "blank start", b"\n" + whole
    yield "entity", text.replace(DOCTYPE, f"<!DOCTYPE cXML [<!ENTITY a '{SECRET}'>]>").encode()
    for place in WRONG_PLACES:
        for stray in (holder, SECRET, f"<Wrapped>{holder}</Wrapped>"):
            if stray == SECRET and holds_text(place):
                continue  # there it would be an ordinary value, and nobody could know
            for form, instead in ((rf"(<{place}\b[^>]*[^/>]>)", rf"\1{stray}"), (rf"(</{place}>)", rf"{stray}\1")):
                yield f"in {place}", re.sub(form, instead, text, count=1).encode()


@pytest.mark.parametrize("carrier", CARRIERS)
def test_no_secret_is_told_however_a_document_is_broken(carrier: str) -> None:
    outcomes: Counter[str] = Counter()
    for name, body in broken(carrier):
        for mode in MODES:
            value: CXML | DocumentError
            try:
                value = parse(body, mode=mode)
            except DocumentError as error:
                value = error
            outcomes[type(value).__name__] += 1
            shown = everything_shown(value)
            assert not [fragment for fragment in FRAGMENTS if fragment in shown], (name, mode)
    assert sum(outcomes.values()) > 500
    assert outcomes["CXML"] > 50
    assert outcomes["MalformedDocument"] > 50
    assert outcomes["InvalidDocument"] > 20


@pytest.mark.parametrize(
    "limits", [Limits(bytes=100), Limits(depth=2), Limits(elements=3), Limits(attributes=0), Limits(attribute_length=1)]
)
@pytest.mark.parametrize("carrier", CARRIERS)
def test_no_secret_is_told_by_a_limit(carrier: str, limits: Limits) -> None:
    holder, payload = CARRIERS[carrier]
    error = refused(envelope(payload, proof=holder), limits)
    shown = everything_shown(error)
    assert not [fragment for fragment in FRAGMENTS if fragment in shown]


@pytest.mark.parametrize("wrong", [f"{SECRET}\0", f"{SECRET}\ud800", 5.5, [SECRET.encode()], object()])
@pytest.mark.parametrize("carrier", CARRIERS)
def test_no_secret_is_told_by_the_writer(carrier: str, wrong: Any) -> None:
    holder, payload = CARRIERS[carrier]
    document = parse(envelope(payload, proof="" if carrier == "card" else holder))
    assert document.header is not None
    (credential,) = document.header.sender.credential
    if carrier == "card":
        document.payload.order_request_header.payment.pcard.number = wrong  # type: ignore[union-attr]
    elif carrier == "mac":
        assert credential.credential_mac is not None
        credential.credential_mac.value = wrong
    else:
        kind = credential.digital_signature if carrier == "signature" else credential.shared_secret
        assert kind is not None
        kind.content = wrong
    with pytest.raises(CXMLError) as caught:
        serialize(document)
    shown = everything_shown(caught.value) + everything_shown(document)
    assert not [fragment for fragment in FRAGMENTS if fragment in shown]


# --- the invariant ------------------------------------------------------------------------------------------------


def plausible(findings: tuple[Finding, ...]) -> None:
    for finding in findings:
        assert finding.code in CODES
        assert finding.layer in ("xml", "dtd", "type", "rule")
        assert finding.severity in ("error", "warning")
        assert finding.message
        assert finding.path == "" or re.fullmatch(r"(/[^/\[\]]+(\[[1-9][0-9]*\])?)+", finding.path)
        assert (finding.line >= 1) == (finding.column >= 1)


def outcome(data: bytes | str, mode: Mode) -> CXML | None:
    try:
        document = parse(data, mode=mode)
    except DocumentError as error:
        assert error.findings
        assert error.status in (406, 499)
        assert str(error)
        plausible(error.findings)
        return None
    assert type(document) is CXML
    assert repr(document).startswith("CXML(")
    plausible(document.findings)
    return document


def holds(data: bytes | str) -> str:
    """Try the invariant on one body, in both modes; tells what became of it.

    What is accepted can be written, and what is written is the same document again.
    """
    strict, tolerant = outcome(data, "strict"), outcome(data, "tolerant")
    if tolerant is None:
        assert strict is None, data
        return "refused"
    if strict is not None:
        assert strict == tolerant, data
        assert strict.findings == tolerant.findings, data
        assert not [f for f in strict.findings if f.layer in ("xml", "dtd") and f.severity == "error"], data
    body = serialize(tolerant)
    again = parse(body, mode="tolerant")
    assert again == tolerant, data
    assert serialize(again) == body, data
    return "tolerated" if strict is None else "accepted"


def test_own_documents_hold(own_document: bytes) -> None:
    assert holds(own_document) != "refused"


def test_the_corpus_holds(corpus_document: bytes) -> None:
    holds(corpus_document)


@given(st.binary(max_size=200))
def test_any_octets(data: bytes) -> None:
    assert holds(data) == "refused"


@given(st.text(max_size=200))
def test_any_text(data: str) -> None:
    assert holds(data) == "refused"


@given(st.binary(max_size=20), st.binary(max_size=20), st.binary(max_size=20), st.integers(0))
def test_any_octets_around_and_within_a_document(before: bytes, within: bytes, after: bytes, at: int) -> None:
    body = envelope().encode()
    at %= len(body)
    holds(before + body[:at] + within + body[at:] + after)


MARKUP = st.sampled_from(
    "< > </ /> & &amp; &#10; &a; <!-- --> <![CDATA[ ]]> <? ?> <?xml <!DOCTYPE [ ] \" ' = cXML Header Request Response "
    "Status Credential code text xmlns xmlns:a a:b xml:lang ds:Signature 1 200 OK \n \t \x00 é \ufeff \ud800".split(" ")
    + [" ", DOCTYPE, START, HEADER.format(proof=""), SETUP, "</cXML>", "<Response>", "</Response>"]
)


@given(st.lists(MARKUP, max_size=30))
def test_any_markup(pieces: list[str]) -> None:
    holds("".join(pieces))


@given(st.lists(MARKUP, max_size=10))
def test_any_markup_within_a_document(pieces: list[str]) -> None:
    holds(f"{DOCTYPE}{START}>{HEADER.format(proof='')}{''.join(pieces)}{SETUP}</cXML>")


NAMES = sorted({"Foo", "é", "\u0220", "ds:Signature", "a:b", *WRONG_PLACES})
WORDS = st.sampled_from(["", " ", "x", "1", "é", "<", "&", "\r", "\n", "]]>", "\u2028", "yes", "2026-11-23T18:30:00Z"])
NODES = st.recursive(
    WORDS,
    lambda inner: st.tuples(
        st.sampled_from(NAMES),
        st.dictionaries(st.sampled_from(["domain", "name", "xml:lang", "foo", "a:x", "quantity"]), WORDS, max_size=3),
        st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)


def printed(node: Any) -> str:
    if isinstance(node, str):
        return node.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    name, attributes, children = node
    head = "".join(f' {key}="{value.replace("&", "&amp;").replace("<", "&lt;")}"' for key, value in attributes.items())
    return f"<{name}{head}>{''.join(map(printed, children))}</{name}>"


@given(st.lists(NODES, max_size=4), st.lists(NODES, max_size=4), st.booleans())
def test_any_well_formed_document_is_tolerated(first: list[Any], second: list[Any], prefixes: bool) -> None:
    declared = ' xmlns:a="urn:a" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
    within = "".join(map(printed, first)), "".join(map(printed, second))
    if not prefixes:
        within = (
            within[0].replace("a:", "a-").replace("ds:", "ds-"),
            within[1].replace("a:", "a-").replace("ds:", "ds-"),
        )
    body = envelope(f"{within[0]}{SETUP}{within[1]}", attributes=declared if prefixes else "")
    assert holds(body) != "refused"


# --- mutations ----------------------------------------------------------------------------------------------------

SEEDS = range(8)
EACH = 120


@pytest.fixture(params=["own_documents", "corpus"])
def documents(request: pytest.FixtureRequest) -> list[bytes]:
    found: dict[str, bytes] = request.getfixturevalue(request.param)
    return list(found.values())


def mutate_octets(rng: random.Random, body: bytes, others: list[bytes]) -> bytes:
    at, to = sorted((rng.randrange(len(body) + 1), rng.randrange(len(body) + 1)))
    near = min(at + rng.randrange(1, 20), len(body))
    other = rng.choice(others)
    return rng.choice(
        [
            lambda: body[:at] + bytes([rng.randrange(256)]) + body[at + 1 :],
            lambda: body[:at] + bytes(rng.randrange(256) for _ in range(rng.randrange(1, 5))) + body[at:],
            lambda: body[:at] + body[near:],
            lambda: body[:at] + body[to:],
            lambda: body[:near] + body[at:],
            lambda: body[:at] + body[near:to] + body[at:near] + body[to:],
            lambda: body[:at] + other[rng.randrange(len(other) + 1) :],
            lambda: body[:at] + rng.choice(INSERTIONS) + body[at:],
            lambda: body[: rng.randrange(len(body))],
        ]
    )()


TOKEN = re.compile(rb"<[^>]*>|[^<]+")
NAME = re.compile(rb"(?<=[</ ])[A-Za-z][\w:.-]*")


def mutate_tokens(rng: random.Random, body: bytes, others: list[bytes]) -> bytes:
    tokens = TOKEN.findall(body)
    other = TOKEN.findall(rng.choice(others))
    at, to = rng.randrange(len(tokens)), rng.randrange(len(tokens))
    match rng.randrange(7):
        case 0:
            del tokens[at]
        case 1:
            tokens.insert(to, tokens[at])
        case 2:
            tokens[at], tokens[to] = tokens[to], tokens[at]
        case 3:
            tokens[at] = rng.choice(other)
        case 4:
            begin = rng.randrange(len(other))
            tokens[at:at] = other[begin : begin + rng.randrange(1, 6)]
        case 5:  # an element gets another name everywhere, start tags and end tags alike
            names = [name for token in tokens for name in NAME.findall(token) if token.startswith(b"</")]
            theirs = [name for token in other for name in NAME.findall(token) if token.startswith(b"</")]
            if names and theirs:
                old, new = rng.choice(names), rng.choice(theirs)
                return re.sub(rb"(?<=[</])" + re.escape(old) + rb"\b", new, body)
        case 6:
            rng.shuffle(tokens[min(at, to) : max(at, to)])
            tokens.insert(at, b"<?a b?>")
    return b"".join(tokens)


VALUES = (
    "|' '| x |x|yes|Yes|no|1|007|+5|.5|1,000.00|1,5|NaN|Infinity|1e5|-0|2026-11-23|2026-11-23T18:30:00Z|"
    "2026-11-23T18:30:00|2026-02-30T00:00:00+00:00|2026-11-23T24:00:00+00:00|2026-11-23T18:30:00.123456789+01:00|"
    "2026-11-23T18:30:00+01:75|0000-00-00T00:00:00+00:00|new|NEW|a b|\t|\n|\r|\u00a0|\u2028|é|😀|<&>\"'|]]>|\u0662|18:30|"
    "production"
).split("|") + ["x" * 300, "9" * 5000]


def mutate_tree(rng: random.Random, body: bytes, others: list[bytes]) -> bytes:
    """A well-formed document with a few things at the wrong place."""
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
    root, other = etree.fromstring(body, parser), etree.fromstring(rng.choice(others), parser)
    theirs = list(other.iter("*"))
    for _ in range(rng.choice([1, 1, 2, 4])):
        node, target = (rng.choice(list(root.iter("*"))) for _ in range(2))
        parent = node.getparent()
        value = rng.choice(VALUES)
        match rng.randrange(15):
            case 0 if parent is not None:
                parent.remove(node)
            case 1 if parent is not None:
                target.insert(rng.randrange(len(target) + 1), copy.deepcopy(node))
            case 2:
                target.insert(rng.randrange(len(target) + 1), copy.deepcopy(rng.choice(theirs)))
            case 3 if parent is not None:
                node.tag = rng.choice([rng.choice(theirs).tag, "Foo", "É", "\u0220", "{urn:a}Foo", "{urn:b}Identity"])
            case 4:
                node.set(rng.choice(["foo", "name", "{urn:a}b", "{http://www.w3.org/XML/1998/namespace}lang"]), value)
            case 5 | 6 if node.keys():
                node.set(rng.choice(node.keys()), value)
            case 7 if node.keys():
                del node.attrib[rng.choice(node.keys())]
            case 8:
                node.text = value
            case 9 if parent is not None:
                node.tail = value
            case 10:
                node.insert(rng.randrange(len(node) + 1), etree.ProcessingInstruction("a", rng.choice([None, "b c"])))
            case 11:
                node.insert(rng.randrange(len(node) + 1), etree.Comment("c"))
            case 12:
                children = list(node)
                rng.shuffle(children)
                node.extend(children)
            case 13:
                node.text = None
                del node[:]
            case _ if parent is not None:  # the children take the place of their parent
                at = parent.index(node)
                parent[at : at + 1] = list(node)
    return etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True)


def well_formed(documents: list[bytes]) -> list[bytes]:
    found = []
    for body in documents:
        try:
            etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
        except etree.XMLSyntaxError:
            continue
        found.append(body)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("mutate", [mutate_octets, mutate_tokens, mutate_tree])
def test_mutated_documents_hold(
    mutate: Callable[[random.Random, bytes, list[bytes]], bytes], seed: int, documents: list[bytes]
) -> None:
    rng = random.Random(seed)
    bases = well_formed(documents)
    outcomes = Counter(holds(mutate(rng, rng.choice(bases), bases)) for _ in range(EACH))
    assert sum(outcomes.values()) == EACH
    # The mutations are neither too weak to matter nor too strong to get past the first line.
    assert outcomes["refused"] < EACH
    assert outcomes["accepted"] < EACH


# --- bounded work ---------------------------------------------------------------------------------------------------


def crowd(each: str, *, around: str = "{}", payload: str = SETUP) -> Callable[[int], str]:
    return lambda number: envelope(around.format(each * number) + payload)


CROWDS: dict[str, Callable[[int], str]] = {
    "unknown elements": crowd("<Foo/>"),
    "unknown elements with different names": lambda n: envelope("".join(f"<F{k}/>" for k in range(n)) + SETUP),
    "nearly known elements": lambda n: envelope("".join(f"<Heade{k}/>" for k in range(n)) + SETUP),
    "repeated elements": crowd(
        '<To><Credential domain="a"><Identity>1</Identity></Credential></To>', around="<Header>{}</Header>"
    ),
    "repeated elements that contradict": crowd("<Status code='1' text='a'/>", around="<Message>{}</Message>"),
    "elements in the wrong order": crowd("<To/><From/>", around="<Header>{}</Header>"),
    "texts between elements": crowd("x<Foo/>"),
    "comments": crowd("<!-- a -->"),
    "instructions": crowd("<?a?>"),
    "instructions in front": lambda n: "<?a?>" * n + envelope(),
    "instructions behind": lambda n: envelope() + "<?a?>" * n,
    "instructions in a text": lambda n: envelope(SETUP.replace("n@example.com", "x<?a?>" * n)),
    "comments in front": lambda n: "<!-- -->" * n + envelope(),
    "elements in a text": lambda n: envelope(SETUP.replace("n@example.com", "x<a/>" * n)),
    "elements in open content": lambda n: envelope(SETUP.replace(">c<", f">{'x<a/>' * n}<")),
    "elements in mixed content": lambda n: envelope(ORDER.format(number="1").replace(">D<", f">{'x<a/>' * n}<")),
    "unreadable numbers": lambda n: envelope(
        re.sub("(<ItemOut.*</ItemOut>)", "\\1" * n, ORDER).replace('quantity="1"', 'quantity="x"').format(number="1")
    ),
    "attributes": lambda n: envelope("".join(f"<Foo a='{k}' b='=' c='x=\"'/>" for k in range(n)) + SETUP),
    "quotes and equals signs": crowd('="'),
    "namespaces": crowd(
        "<Foo/>", around="<Header {}>{{}}</Header>".format(" ".join(f'xmlns:a{k}="urn:{k}"' for k in range(200)))
    ),
    "a long namespace": crowd("<a:Foo/>", around=f"<Header xmlns:a='{'u' * 200}'>{{}}</Header>"),
    "prefixed attributes": crowd("<From a:x='' a:y=''/>", around="<Header xmlns:a='urn:a'>{}</Header>"),
    "signatures": lambda n: envelope(
        SETUP + "<ds:Signature/>" * n, attributes=' xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
    ),
    "unclosed comments": lambda n: envelope() + "<!--" * n,
    "unclosed comments behind a reference": lambda n: envelope("&a;" + "<!--" * n),
    "unclosed sections behind a reference": lambda n: envelope("&a;" + "<![CDATA[" * n),
    "unclosed instructions behind a reference": lambda n: envelope("&a;" + "<?a " * n),
    "closed ones behind a reference": lambda n: envelope("&a;" + "<!-- & --><![CDATA[&]]><?a &?>" * n),
    "ampersands": lambda n: envelope("&amp;" * n),
    "digits": lambda n: envelope(ORDER.format(number="1").replace("12.50", "1" * n)),
    "groups of digits": lambda n: envelope(ORDER.format(number="1").replace("12.50", "1" + ",000" * n)),
    "blanks": lambda n: envelope(SETUP.replace(">c<", f">{' ' * n}<")),
    "lines": lambda n: envelope("<Foo>" + "\n" * n + "</Foo><Bar/>"),
    "quotes in the doctype": lambda n: f"<!DOCTYPE cXML SYSTEM '{'<' * min(n, 40_000)}'>{'x' * n}",
    "unclosed doctype": lambda n: "<!DOCTYPE cXML " + "\"'" * n,
}


def worked(data: str, mode: Mode) -> int:
    """How many calls it took to read a body; a count, so that it is the same on every machine."""
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        parse(data, mode=mode)
    except DocumentError:
        pass
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("build", [pytest.param(build, id=name) for name, build in CROWDS.items()])
def test_twice_the_document_is_twice_the_work(build: Callable[[int], str], mode: Mode) -> None:
    small, large = build(1000), build(2000)
    worked(small, mode)  # what is done once in a process is not counted
    assert worked(large, mode) <= 2.2 * worked(small, mode) + 1000


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("build", [pytest.param(build, id=name) for name, build in CROWDS.items()])
def test_a_crowd_of_half_a_million_octets_is_dealt_with(build: Callable[[int], str], mode: Mode) -> None:
    # At this size anything that grows with the square of a number of octets would take minutes.
    data = build(500_000_000 // (len(build(2000)) - len(build(1000))))
    try:
        document = parse(data, mode=mode)
    except DocumentError as error:
        assert len(error.findings) <= 1001
        return
    assert len(document.findings) <= 1010
    assert len(serialize(document)) < 64 * len(data)


def test_what_is_carried_is_not_many_times_what_was_sent() -> None:
    # Each element that is carried as XML can stand alone, so it repeats namespaces; not all that were ever declared.
    declared = " ".join(f'xmlns:a{k}="urn:example:{k}"' for k in range(200))
    data = envelope(SETUP + "<Foo/>" * 2000, attributes=f" {declared}")
    assert len(serialize(parse(data, mode="tolerant"))) < 2 * len(data)


def test_a_name_of_a_namespace_that_would_be_repeated_everywhere_is_refused() -> None:
    with pytest.raises(LimitExceeded):
        parse(envelope(SETUP + "<a:Foo/>" * 100, attributes=f" xmlns:a='{'u' * 100_000}'"), mode="tolerant")


def test_an_error_about_a_thousand_faults_is_one_sentence() -> None:
    with pytest.raises(InvalidDocument) as caught:
        parse(envelope("<Foo/>" * 5000 + SETUP))
    assert len(str(caught.value)) < 500
