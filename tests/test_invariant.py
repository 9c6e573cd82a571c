"""A body of any octets gives a document or a ``DocumentError``, nothing else; what is read can be written again."""

from __future__ import annotations

import copy
import random
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from bodies import DOCTYPE, HEADER, INSERTIONS, ORDER, SETUP, START, WRONG_PLACES, envelope
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from cxml_punchout import CXML, DocumentError, Finding, parse, serialize
from cxml_punchout.binding import careful, rewriter
from cxml_punchout.binding.notes import findings_of
from cxml_punchout.document import Mode
from cxml_punchout.findings import CODES
from cxml_punchout.tree import load

# --- the invariant ------------------------------------------------------------------------------------------------


def plausible(findings: tuple[Finding, ...]) -> None:
    """What every finding is like, whatever it is about."""
    for finding in findings:
        assert finding.code in CODES
        assert finding.layer in ("xml", "dtd", "type", "rule")
        assert finding.severity in ("error", "warning")
        assert finding.message
        assert finding.path == "" or re.fullmatch(r"(/[^/\[\]]+(\[[1-9][0-9]*\])?)+", finding.path)
        assert (finding.line >= 1) == (finding.column >= 1)


def outcome(data: bytes | str, mode: Mode) -> CXML | None:
    refusal = None
    try:
        document = parse(data, mode=mode)
    except DocumentError as error:
        refusal = error
    if refusal is not None:
        assert refusal.status in (406, 499)
        assert str(refusal)
        plausible(refusal.findings)
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
    white_space_matters_not(data, tolerant)
    body = serialize(tolerant)
    again = parse(body, mode="tolerant")
    assert again == tolerant, data
    assert serialize(again) == body, data
    return "tolerated" if strict is None else "accepted"


def white_space_matters_not(data: bytes | str, read: CXML) -> None:
    """Whether blanks between elements were in the tree or not, what was read from it is the same."""
    if read.signature:  # kept to the letter, from the octets
        return
    loaded = load(data, tolerant=True)
    exact, notes = careful.read(loaded, CXML.__cxml__)
    assert exact == read, data
    assert rewriter.write(exact, origin=notes.origin) == rewriter.write(read), data
    found = Counter(finding for finding in findings_of(notes) if finding.code != "more")
    known = Counter(finding for finding in read.findings if finding.code != "more")
    assert known <= Counter(loaded.findings) + found, data


SENDER = '<Credential domain="a"><Identity>1</Identity></Credential>'
TO = '<To><Credential domain="a"><Identity>{}</Identity></Credential></To>'
#: Faults that were found once, by the tests below or by thinking.
FOUND = {
    "unknown attribute behind an unusual value": f"{DOCTYPE}<cXML payloadID='1' timestamp='today' foo=''/>",
    "instruction in a leaf": envelope(SETUP.replace("n@example.com", "n@<?a b?>example.com")),
    "instruction in a text": envelope(SETUP.replace("https://", "https:<?a?>//")),
    "instruction in mixed content": envelope(ORDER.replace(">D<", ">D<?a?>d<").format(number="1")),
    "instruction in open content": envelope(SETUP.replace(">c<", "><?a?>c<")),
    "instruction in an empty element": envelope(ORDER.replace('00:00"/>', '00:00"><?a?></PCard>').format(number="1")),
    "name with a new letter": envelope("<\u0220/>" + SETUP),
    "attribute with a new letter": envelope(SETUP, attributes=" \u0220=''"),
    "empty signature, text": envelope(SETUP + "<a:Signature xmlns:a='http://www.w3.org/2000/09/xmldsig#'/>text"),
    "two unknown payloads": envelope("<Request><A/><B/></Request>"),
    "unknown payload, text, unknown": envelope("<Request>a<A/>b<B/>c</Request>"),
    "unknown before the payload": envelope(SETUP.replace("<Request>", "<Request><A/><B/>")),
    "unknown, status, unknown": f"{DOCTYPE}{START}><Response><A/><Status code='200' text='OK'/><B/></Response></cXML>",
    "second one behind what should precede": f"{DOCTYPE}{START}><Header><Sender><UserAgent>1</UserAgent>{SENDER}"
    "<UserAgent>2</UserAgent>a<Foo/>b</Sender></Header></cXML>",
    "texts around joined ones": f"{DOCTYPE}{START}><Header>{TO}a{TO}b<Header/>c{TO}</Header></cXML>",
    "text between those that contradict": envelope(
        ORDER.replace("<UnitOfMeasure>", "a<UnitPrice/>b<UnitOfMeasure>").format(number="1")
    ),
    "attribute of an empty leaf": envelope().replace("<UserAgent>Test 1</UserAgent>", "<UserAgent foo='1'/>"),
    "element in an empty leaf": envelope().replace("<UserAgent>Test 1</UserAgent>", "<UserAgent><Foo/></UserAgent>"),
    "two payloads": envelope(SETUP.replace("</Request>", "") + ORDER.replace("<Request>", "").format(number="1")),
    "two payloads, the other way": envelope(
        ORDER.replace("</Request>", "").format(number="1") + SETUP.replace("<Request>", "")
    ),
    "prefix declared further out": envelope("<a:Foo b:c=''/><Foo/>" + SETUP, attributes=" xmlns:a='a' xmlns:b='b'"),
}


@pytest.mark.parametrize("body", [pytest.param(body, id=name) for name, body in FOUND.items()])
def test_what_once_was_at_fault_holds(body: str) -> None:
    assert holds(body) in ("tolerated", "accepted")


def test_an_order_that_stands_twice_is_not_one_order_of_twice_as_much() -> None:
    twice = re.sub("(<OrderRequest>.*</OrderRequest>)", r"\1\1", ORDER).format(number="1")
    document = parse(envelope(twice), mode="tolerant")
    assert len(document.payload.item_out) == 1  # type: ignore[union-attr]
    assert "repeated" in [finding.code for finding in document.findings]


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


PIECES = r"""
    < > </ /> & &amp; &#10; &a; <!-- --> <![CDATA[ ]]> <? ?> <?xml <!DOCTYPE [ ] " ' = cXML Header Request Response
    Status Credential code text xmlns xmlns:a a:b xml:lang ds:Signature 1 200 OK <Response> </Response> </cXML> é
""".split()  # noqa: SIM905 - easier to read
MARKUP = st.sampled_from(
    [*PIECES, " ", "\n", "\t", "\0", "\ufeff", "\ud800", DOCTYPE, START, HEADER.format(proof=""), SETUP]
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


@pytest.mark.thorough
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


#: Values that are one datatype or almost one.
VALUES = [
    *"x yes Yes no 1 007 +5 .5 1,000.00 1,5 NaN Infinity 1e5 -0 2026-11-23 18:30 new NEW production é 😀".split(),  # noqa: SIM905
    *("2026-11-23T18:30:00Z", "2026-11-23T18:30:00", "2026-02-30T00:00:00+00:00", "2026-11-23T24:00:00+00:00"),
    *("2026-11-23T18:30:00.123456789+01:00", "2026-11-23T18:30:00+01:75", "0000-00-00T00:00:00+00:00"),
    *("", " ", " x ", "a b", "\t", "\n", "\r", "\u00a0", "\u2028", "<&>\"'", "]]>", "\u0662", "x" * 300, "9" * 5000),
]


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
