"""Attacks: entities, files and sockets, depth and size, and crowds that would cost the square of their number."""

from __future__ import annotations

import http.server
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from bodies import DOCTYPE, HEADER, MODES, ORDER, SETUP, START, SYSTEM, envelope, everything_shown
from lxml import etree

from cxml_punchout import (
    AttributeLengthExceeded,
    BytesExceeded,
    CXMLError,
    DepthExceeded,
    DocumentError,
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


def refused(data: bytes | str) -> DocumentError:
    """The error with which both modes refuse a document."""
    errors = []
    for mode in MODES:
        with pytest.raises(DocumentError) as caught:
            parse(data, mode=mode)
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
            shown = ""
            try:
                read = parse(document, mode=mode)
                shown = serialize(read).decode() + everything_shown(read)
            except DocumentError as error:
                shown = everything_shown(error)
            assert Trap.MARKER not in shown
    assert trap.requests == []


def test_a_parser_left_alone_would_have_read_the_file(tmp_path: Path) -> None:
    # Else the test above would show nothing. (Whether libxml2 can use the network depends on how it was built.)
    file = tmp_path / "a.txt"
    file.write_text(Trap.MARKER)
    document = FETCHING["general entity"].format(url=file.as_uri(), start=START)
    root = etree.fromstring(document, etree.XMLParser(resolve_entities=True))
    assert root.text == Trap.MARKER


@pytest.mark.parametrize("levels", [257, 10_000, 900_000])
@pytest.mark.parametrize("closed", [True, False])
def test_deep_nesting_is_refused(levels: int, closed: bool) -> None:
    error = refused(b"<cXML>" + b"<abcdefghijkl>" * levels + b"</abcdefghijkl>" * levels * closed)
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


@pytest.mark.thorough
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
        "<Foo/>", around="<Header {}>{{}}</Header>".format(" ".join(f'xmlns:a{k}="urn:{k}"' for k in range(100)))
    ),
    "declarations of xml": crowd("<a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>"),
    "words like declarations": lambda n: envelope("<Foo a='xmlns'/>" + "xmlns " * n),
    "words in comments": crowd("<!-- <a xmlns='u'> -->xmlns"),
    "comments in the subset": lambda n: f"<!DOCTYPE cXML [{'<!-- ] -->' * n}]>{envelope()[len(DOCTYPE) :]}",
    "instructions in the subset": lambda n: f"<!DOCTYPE cXML [{'<?a ]>?>' * n}]>{envelope()[len(DOCTYPE) :]}",
    "an unclosed subset": lambda n: "<!DOCTYPE cXML [" + "<!-- -->" * n,
    "many subsets": lambda n: "<!DOCTYPE cXML " + "[]" * n,
    "zero octets behind": lambda n: envelope() + "\0" * n,
    "zero octets within": lambda n: "\0" * n + envelope(),
    "doctypes": lambda n: "<!doctype " * n,
    "lines in front of a fault": lambda n: "<cXML>" + "\n" * n + "&",
    "a long name in front of a long value": lambda n: "<cXML><" + "a" * min(n, 40_000) + " b='" + "x" * n,
    "instructions in a number": lambda n: envelope(ORDER.format(number="1").replace("12.50", "1" + "<?a?>" * n)),
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


@pytest.mark.thorough
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("build", [pytest.param(build, id=name) for name, build in CROWDS.items()])
def test_twice_the_document_is_twice_the_work(build: Callable[[int], str], mode: Mode) -> None:
    def grows(number: int) -> bool:
        small, large = build(number), build(2 * number)
        worked(small, mode)  # what is done once in a process is not counted
        return worked(large, mode) > 2.2 * worked(small, mode) + 1000

    # Some looks are worth their while from a certain size on; that is a step, and a little further there is none.
    assert not (grows(2000) and grows(8000))


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Give up on what takes many times the processor time that it should; how busy the machine is does not count."""

    def give_up(number: int, frame: object) -> None:
        raise AssertionError(f"this took more than {seconds} seconds of the processor")

    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@pytest.mark.slow
@pytest.mark.parametrize("build", [pytest.param(build, id=name) for name, build in CROWDS.items()])
def test_a_crowd_of_a_quarter_of_a_million_octets_is_dealt_with(build: Callable[[int], str]) -> None:
    # What a call into C costs is not seen by the count above. The worst of these takes a second; what grows with the
    # square of the number would take minutes or hours.
    data = build(250_000_000 // (len(build(2000)) - len(build(1000))))
    with patience(20):
        try:
            document = parse(data, mode="tolerant")
            findings, written = document.findings, len(serialize(document))
        except DocumentError as error:
            findings, written = error.findings, 0
    assert len(findings) <= 1010
    assert written < 64 * len(data)


def test_a_hundred_thousand_instructions_around_the_root_are_kept() -> None:
    with patience(10):
        document = parse("<?a b c?>" * 100_000 + envelope() + "<?c d e?>" * 100_000)
        assert document.before_root == ("<?a b c?>",) * 100_000
        assert document.after_root == ("<?c d e?>",) * 100_000


def test_what_is_carried_is_not_many_times_what_was_sent() -> None:
    # Each element that is carried as XML can stand alone, so it repeats namespaces; not all that were ever declared.
    declared = " ".join(f'xmlns:a{k}="urn:example:{k}"' for k in range(100))
    data = envelope(SETUP + "<Foo/>" * 2000, attributes=f" {declared}")
    assert len(serialize(parse(data, mode="tolerant"))) < 2 * len(data)


def test_a_name_of_a_namespace_that_would_be_repeated_everywhere_is_refused() -> None:
    with pytest.raises(LimitExceeded):
        parse(envelope(SETUP + "<a:Foo/>" * 100, attributes=f" xmlns:a='{'u' * 100_000}'"), mode="tolerant")


def test_an_error_about_a_thousand_faults_is_one_sentence() -> None:
    with pytest.raises(InvalidDocument) as caught:
        parse(envelope("<Foo/>" * 5000 + SETUP))
    assert len(str(caught.value)) < 500
