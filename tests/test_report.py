"""Reports: the order of findings, equality, and what a person and a program get to see."""

from __future__ import annotations

import copy
import itertools
import json
import random
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

import attrs
import pytest
from lxml import etree
from validated import CART, ORDER, SETUP, changed

from cxml_punchout import Finding, UsageError, parse, serialize, validate
from cxml_punchout.errors import DocumentError, InvalidDocument, InvalidValue
from cxml_punchout.findings import CODES
from cxml_punchout.tree import load
from cxml_punchout.validation.codes import ADVICE
from cxml_punchout.validation.report import LAYERS, Report, excerpt, in_order, lines_of
from cxml_punchout.validation.schema import TYPES

ERROR = Finding("dtd", "error", "order", "To stands too late.", "/cXML/Header/To", 7, 5, "Put it before Sender.")
WARNING = Finding("rule", "warning", "deprecated", "SupplierSetup is obsolete.", "/cXML", 3, 1)
UNPLACED = Finding("xml", "warning", "doctype-missing", "There is no DOCTYPE.")


# --- the value -------------------------------------------------------------------------------------------------


def test_a_report_without_errors_is_ok() -> None:
    assert Report().ok
    assert Report((WARNING, UNPLACED)).ok
    assert not Report((WARNING, ERROR)).ok


def test_a_report_tells_errors_from_warnings() -> None:
    report = Report((ERROR, WARNING))
    assert report.errors == (ERROR,)
    assert report.warnings == (WARNING,)


def test_findings_stand_in_the_order_of_the_document() -> None:
    expected = (UNPLACED, WARNING, ERROR)
    for shuffled in itertools.permutations(expected):
        assert Report(shuffled).findings == expected


def test_findings_of_one_place_stand_by_layer_severity_and_code() -> None:
    def made(layer: object, severity: object, code: str, message: str = "It is so.") -> Finding:
        return Finding(layer, severity, code, message, "/cXML", 3, 1)  # type: ignore[arg-type]

    expected = (
        *(made(layer, "error", "number") for layer in LAYERS[:-1]),
        made("platform", "error", "a"),
        made("platform", "error", "b", "A."),
        made("platform", "error", "b", "B."),
        made("platform", "warning", "a"),
    )
    assert in_order(reversed(expected)) == expected


def test_a_finding_is_listed_once() -> None:
    assert Report((ERROR, ERROR, attrs.evolve(ERROR))).findings == (ERROR,)


def test_reports_with_equal_findings_are_equal() -> None:
    report = Report((ERROR, WARNING), ("Nothing.",), b"<a/>")
    assert report == Report((WARNING, ERROR))
    assert hash(report) == hash(Report((WARNING, ERROR)))
    assert report != Report((ERROR,))


def test_a_report_cannot_be_changed() -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        Report().findings = ()  # type: ignore[misc]


def test_errors_are_raised_on_demand_and_come_first() -> None:
    Report((WARNING,)).raise_for_errors()
    with pytest.raises(InvalidDocument) as caught:
        Report((WARNING, ERROR)).raise_for_errors()
    assert caught.value.findings == (ERROR, WARNING)
    assert (caught.value.status, caught.value.line) == (406, 7)


def test_a_report_is_plain_values() -> None:
    report = Report((ERROR, WARNING), ("No code lists.",))
    made = report.to_dict()
    assert made == {
        "ok": False,
        "errors": 1,
        "warnings": 1,
        "findings": [
            {
                "layer": finding.layer,
                "severity": finding.severity,
                "code": finding.code,
                "message": finding.message,
                "path": finding.path,
                "line": finding.line,
                "column": finding.column,
                "hint": finding.hint,
            }
            for finding in (WARNING, ERROR)
        ],
        "unchecked": ["No code lists."],
    }
    assert json.loads(report.to_json()) == made
    assert json.loads(report.to_json(indent=None)) == made


def test_a_report_shows_its_verdict_and_no_content() -> None:
    assert repr(Report((ERROR, WARNING, UNPLACED), octets=b"tulip")) == "<Report not ok, 1 error, 2 warnings>"
    assert repr(Report()) == "<Report ok, 0 errors, 0 warnings>"


# --- for people ------------------------------------------------------------------------------------------------


def test_a_finding_is_shown_with_its_source_line_and_a_caret() -> None:
    report = validate(changed(SETUP, 'operation="create"', 'operation="inspect"'))
    assert str(report) == (
        "17:5: warning[setup-without-items] A cart shall be opened to inspect, but no ItemOut says what was in it.\n"
        '  17 |     <PunchOutSetupRequest operation="inspect">\n'
        "     |     ^\n"
        "    at /cXML/Request/PunchOutSetupRequest\n"
        "    Send the items of the cart as ItemOut.\n"
        "ok, 1 warning\n"
    )


def test_a_report_names_the_file_in_front_of_each_place() -> None:
    report = validate(changed(SETUP, 'operation="create"', 'operation="inspect"'))
    first, *_, last = report.render("setup.xml").splitlines()
    assert first.startswith("setup.xml:17:5: warning[")
    assert last == "setup.xml: ok, 1 warning"
    assert Report((UNPLACED,)).render("a.xml").startswith("a.xml: warning[doctype-missing]")
    assert Report((UNPLACED,)).render().startswith("warning[doctype-missing]")
    assert validate(SETUP, layers=["rule"]).render("a.xml") == "a.xml: ok\n"


def test_colours_change_nothing_but_colours() -> None:
    report = validate(changed(SETUP, 'operation="create"', 'operation="inspect"', "AN01", "\nAN01"))
    painted = report.render("a.xml", color=True)
    assert "\x1b[1;33mwarning[setup-without-items]\x1b[0m" in painted
    plain = painted
    for code in ("\x1b[1;31m", "\x1b[1;33m", "\x1b[1m", "\x1b[32m", "\x1b[1;32m", "\x1b[0m"):
        plain = plain.replace(code, "")
    assert plain == report.render("a.xml")


def test_a_rendering_can_be_limited() -> None:
    report = Report((ERROR, WARNING, UNPLACED))
    assert "and 2 more findings\n" in report.render(limit=1)
    assert "more findings" not in report.render(limit=3)


def test_what_was_not_checked_is_said() -> None:
    assert "not checked: No code lists.\n" in Report((), ("No code lists.",)).render()


def test_control_characters_of_a_partner_do_not_reach_the_terminal() -> None:
    finding = Finding("dtd", "error", "order", "A \x1b[31m stands.", "/cXML/\u202e", 1, 1, "Write \x07.")
    shown = Report((finding,), octets="<a>\x1b\u202e</a>".encode()).render()
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\x07" not in shown


@pytest.mark.parametrize(
    ("source", "line", "column", "expected"),
    [
        ("one\ntwo\nthree", 2, 1, ("two", 1)),
        ("one\r\ntwo", 1, 3, ("one", 3)),
        ("one\ttwo", 1, 5, ("one two", 5)),
        ("one", 1, 0, ("one", 0)),
        ("one", 1, 4, ("one", 4)),
        ("one", 1, 9, ("one", 0)),
        ("one", 0, 0, None),
        ("one", 2, 1, None),
        ("Zürich", 1, 3, ("Zürich", 3)),
        ("0123456789" * 3, 1, 1, ("012345678…", 1)),
        ("0123456789" * 3, 1, 15, ("…34567890…", 3)),
        ("0123456789" * 3, 1, 30, ("…123456789", 10)),
    ],
)
def test_a_source_line_is_cut_around_the_place(
    source: str, line: int, column: int, expected: tuple[str, int] | None
) -> None:
    assert excerpt(lines_of(source, [line]).get(line), column, 10) == expected


# --- secrets ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8"])
def test_a_broken_document_in_any_encoding_shows_no_secret(encoding: str) -> None:
    body = SETUP.replace('encoding="UTF-8"', f'encoding="{encoding[:6]}"').replace("</SharedSecret>", "</Secret>")
    report = validate(body.encode(encoding))
    assert not report.ok
    assert "tulip" not in report.render(width=10_000).replace(" ", "").replace("\\0", "")


def test_a_source_line_with_a_secret_is_shown_without_it() -> None:
    report = validate(changed(SETUP, "<SharedSecret>tulip", "<SharedSecret> tulip"))
    (finding,) = report.findings
    assert finding.code == "secret-padded"
    assert "tulip" not in str(report)
    assert "<SharedSecret>******</SharedSecret>" in str(report)
    broken = validate(SETUP.replace("</SharedSecret>", "").replace("<SharedSecret>", "<SharedSecret><SharedSecret>"))
    assert not broken.ok
    assert "tulip" not in str(broken)


# --- validate --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "malformed"),
        ("", "malformed"),
        (b"\xff\xfe", "malformed"),
        ("\udc80", "malformed"),
        (b"not xml", "malformed"),
        (b'<?xml version="1.0" encoding="EBCDIC"?><cXML>\xe9</cXML>', "encoding"),
        (b"<!DOCTYPE cXML [<!ENTITY a 'b'>]><cXML/>", "internal-subset"),
        (b"<!DOCTYPE cXML SYSTEM 'a'><cXML>&a;</cXML>", "entity"),
        (b"<cXML>" + b"<a>" * 300, "depth-exceeded"),
        (b"\n\n" + SETUP.encode(), "blank-start"),
        (memoryview(b"<cXML"), "malformed"),
        (bytearray(b"<cXML"), "malformed"),
        (b"<html/>", "unknown-element"),
    ],
)
def test_bad_input_makes_a_report_and_never_raises(body: bytes, code: str) -> None:
    report = validate(body)
    assert not report.ok
    assert code in {finding.code for finding in report.errors}
    str(report)


def test_a_bare_ampersand_is_recognised() -> None:
    (finding,) = validate(changed(CART, "Blue pen", "Pen & ink")).findings
    assert (finding.code, finding.line, finding.hint) == ("malformed", 26, "Write '&' as '&amp;'.")
    (finding,) = validate(changed(CART, "Blue pen</", "Pen &amp; ink</x")).findings
    assert (finding.code, finding.hint) == ("malformed", ADVICE["malformed"][0])


@pytest.mark.parametrize("body", ["", "  ", '{"cXML": {}}', "Internal Server Error"])
def test_what_is_no_xml_at_all_is_called_so(body: str) -> None:
    (finding,) = validate(body).findings
    assert (finding.code, finding.hint[:26]) == ("malformed", "What came is something els")


@pytest.mark.parametrize("length", [50, 400, 900, len(CART) - 3])
def test_a_document_that_breaks_off_is_called_so(length: int) -> None:
    report = validate(CART[:length])
    assert ("malformed", "The document breaks off; l") in [(f.code, f.hint[:26]) for f in report.findings]


@pytest.mark.parametrize("encode", [quote, lambda text: b64encode(text.encode()).decode(), escape])
@pytest.mark.parametrize("name", ["", "cxml-urlencoded=", "cXML-Base64="])
def test_a_field_of_a_form_is_recognised(encode: Callable[[str], str], name: str) -> None:
    for document in (CART, CART[CART.index("<!") :], CART[CART.index("<cXML") :]):
        (finding,) = validate(name + encode(document)).findings
        assert (finding.code, finding.hint.startswith("This is what a browser form carries")) == ("malformed", True)


def test_there_is_advice_for_every_code_of_reading() -> None:
    assert set(CODES) - set(TYPES) == set(ADVICE)
    assert all(hint for hint, _ in ADVICE.values())


def test_a_document_with_blank_space_in_front_is_judged_all_the_same() -> None:
    report = validate("\n\n" + changed(SETUP, "1CX3L4843PPZO", ""))
    assert [(f.code, f.line) for f in report.findings] == [("blank-start", 1), ("cookie-empty", 20)]


def test_only_the_layers_that_are_asked_for_are_judged() -> None:
    document = changed(
        ORDER,
        ' orderID="PO-4711"',
        "",
        'orderDate="2026-11-23T18:29:00+00:00"',
        'orderDate="yesterday"',
        'lineNumber="1"',
        "",
        '<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd">\n',
        "",
    )
    layers = ("xml", "dtd", "type", "rule")
    for layer in layers:
        assert {f.layer for f in validate(document, layers=[layer]).findings} == {layer}
        assert {f.layer for f in validate(document, layers=layer).findings} == {layer}
    assert {f.layer for f in validate(document).findings} == set(layers)
    assert validate(document, layers=()).findings == ()


def test_a_layer_that_does_not_exist_is_a_fault_of_the_program() -> None:
    with pytest.raises(InvalidValue, match="there is no layer 'style'"):
        validate(SETUP, layers=["style"])


def test_findings_of_one_layer_stay_bounded() -> None:
    first = ORDER[ORDER.index("      <ItemOut") : ORDER.index("    </OrderRequest>")]
    report = validate(changed(ORDER, first, first.replace(' lineNumber="1"', "") * 1200), layers=["rule"])
    assert len([f for f in report.findings if f.code != "more"]) == 1000
    (more,) = [f for f in report.findings if f.code == "more"]
    assert more.layer == "rule"
    # Errors are not the ones that are left out.
    assert sum(f.code == "line-number-repeated" for f in report.findings) == 1000


def test_parse_can_validate_and_lists_the_warnings() -> None:
    document = parse(changed(SETUP, "1CX3L4843PPZO", ""), validate=True)
    assert [finding.code for finding in document.findings] == ["cookie-empty"]
    assert parse(SETUP, validate=True).findings == ()


@pytest.mark.parametrize("mode", ["strict", "tolerant"])
def test_parse_refuses_an_error_of_any_layer_when_it_validates(mode: str) -> None:
    for body in (
        changed(ORDER, 'orderDate="2026-11-23T18:29:00+00:00"', 'orderDate="yesterday"'),
        changed(ORDER, ' orderID="PO-4711"', ""),
        changed(ORDER, 'lineNumber="2"', 'lineNumber="1"'),
    ):
        with pytest.raises(InvalidDocument):
            parse(body, mode=mode, validate=True)  # type: ignore[arg-type]
        parse(body, mode="tolerant")


def test_serialize_can_check_our_own_output() -> None:
    document = parse(ORDER)
    assert serialize(document, validate=True) == serialize(document)
    document.request.payload.item_out[1].line_number = 1  # type: ignore[union-attr]
    with pytest.raises(UsageError) as caught:
        serialize(document, validate=True)
    assert caught.value.path == "/cXML/Request/OrderRequest/ItemOut[2]"
    assert "Line number 1 stands a second time. Give each line" in str(caught.value)
    document.request.payload.order_request_header.type = "update"  # type: ignore[union-attr]
    with pytest.raises(UsageError, match=r"\(and 1 more\)"):
        serialize(document, validate=True)


def test_the_report_says_what_a_strict_reader_says(own_document: bytes) -> None:
    errors = [f.code for f in validate(own_document).errors if f.layer in ("xml", "dtd")]
    try:
        parse(own_document)
    except DocumentError:
        assert errors
    else:
        # A reader keeps foreign elements in open content, where the grammar allows those of cXML only.
        assert set(errors) <= {"unknown-element"}


def test_importing_the_package_imports_no_validation() -> None:
    import subprocess
    import sys

    program = (
        "import sys, cxml_punchout; cxml_punchout.parse;"
        "print([m for m in sys.modules if m.startswith(('xmlschema', 'pycountry', 'cxml_punchout.validation'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def _mutated(rng: random.Random, body: bytes) -> bytes:
    """The document with a few of the accidents that happen to documents."""
    root = load(body, tolerant=True).root
    for _ in range(rng.randint(1, 4)):
        nodes = list(root.iter("*"))
        node = rng.choice(nodes)
        parent = node.getparent()
        accident = rng.randrange(6)
        if accident == 0 and parent is not None:
            parent.remove(node)
        elif accident == 1 and parent is not None:
            parent.insert(rng.randint(0, len(parent)), copy.deepcopy(node))
        elif accident == 2:
            node.tag = rng.choice(nodes).tag
        elif accident == 3 and node.attrib:
            node.set(
                rng.choice(list(node.attrib)),
                rng.choice(["", "-1", "x y", "EUR", "2026-01-01", "1e9", "yes", "ü" * 99]),
            )
        elif accident == 4 and node.attrib:
            del node.attrib[rng.choice(list(node.attrib))]
        else:
            node.text = rng.choice(["", " ", "-5", "12,50", "0", "text", "none", "\u20ac", "9" * 60])
    return etree.tostring(root)


def test_no_accident_makes_validate_raise(own_documents: dict[str, bytes]) -> None:
    rng = random.Random(20261123)
    readable = [body for name, body in own_documents.items() if "utf-16" not in name]
    for _ in range(200):
        body = _mutated(rng, rng.choice(readable))
        report = validate(body)
        assert report == validate(body)
        report.render()
        report.to_json()


def test_a_long_line_is_not_looked_at_for_each_finding() -> None:
    """Our own writer makes documents of one line. What is counted is how much of it is sliced."""

    class Counted(str):
        seen = 0

        def __getitem__(self, key: Any) -> str:
            piece = super().__getitem__(key)
            Counted.seen += len(piece)
            return piece

    line = Counted("<a/>" * 100_000)
    assert excerpt(line, 200_000) is not None
    assert Counted.seen <= 100
