"""Datatypes: the XML schema that is made from the declarations, what it accepts, and how a refusal is explained."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from datetime import date, datetime
from datetime import time as clock
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from validated import ORDER, SETUP, changed

from cxml_punchout import element as x
from cxml_punchout import parse, validate
from cxml_punchout.errors import DocumentError
from cxml_punchout.scalars import scalar_for
from cxml_punchout.tree import load
from cxml_punchout.validation import lists, schema
from cxml_punchout.validation.datatypes import typed_fields

ROOT = Path(__file__).resolve().parents[1]


# --- the files -------------------------------------------------------------------------------------------------


def test_the_schemas_are_as_they_would_be_written() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "make_xsd.py", "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "stale: nothing\n"), done.stderr


def test_every_declaration_has_an_element_in_the_schema() -> None:
    tree = etree.parse(schema.directory() / "cXML.xsd")
    names = {node.get("name") for node in tree.getroot() if node.tag.endswith("}element")}
    assert {declared.tag for declared in x.declarations()} <= names


def test_valid_documents_follow_the_schema(valid_document: bytes) -> None:
    assert schema.is_valid(load(valid_document).root)
    assert not [
        finding for finding in validate(valid_document, layers=["type"]).findings if finding.severity == "error"
    ]


def test_schemas_are_compiled_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    # The datatypes of libxml2 itself are set up by the first one, for all threads, and without a lock.
    inside: list[int] = []
    together: list[int] = []
    real = etree.XMLSchema

    def compiled(*arguments: object, **options: object) -> etree.XMLSchema:
        inside.append(1)
        time.sleep(0.01)
        together.append(len(inside))
        inside.pop()
        return real(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(etree, "XMLSchema", compiled)
    threads = [threading.Thread(target=schema._schema, args=(name,)) for name in 4 * ["cXML.xsd"]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == [1, 1, 1, 1]


def test_xmlschema_is_of_the_same_opinion_as_libxml2(own_documents: dict[str, bytes]) -> None:
    import xmlschema

    made = xmlschema.XMLSchema(str(schema.directory() / "cXML.xsd"), allow="local")
    for name in ("valid/precoro-order.xml", "valid/everything-order.xml", "departures/z-times.xml"):
        root = load(own_documents[name]).root
        assert made.is_valid(root) == schema.is_valid(root), name


# --- every datatype: what is accepted and what is refused ------------------------------------------------------

DATATYPES: list[tuple[str, list[str], list[str]]] = [
    (
        "datetime.tz",
        ["2026-11-23T18:30:00+00:00", "2024-02-29T00:00:00.250-08:00", "2026-11-23T18:30:00-00:00"],
        [
            "2026-11-23T18:30:00Z",
            "2026-11-23T18:30:00",
            "2026-11-23T18:30:00-0800",
            "2026-11-23T18:30:00+8.00",
            "2026-11-23 18:30:00+00:00",
            "2026-11-23T18:30+00:00",
            "2026-02-30T18:30:00+00:00",
            "2026-11-23T24:00:00+00:00",
            "2026-11-23T18:30:00+15:00",
            "2026- 06-09T00:00:00+00:00",
            "2026-11-23",
            "--T+00:00",
            "yesterday",
            "",
        ],
    ),
    (
        "date",
        ["2026-11-23", "2026-11-23T18:30:00+00:00"],
        ["2026-02-30", "2026-11-23Z", "23.11.2026", "20261123", "2026-11-23T18:30:00Z", ""],
    ),
    (
        "time.tz",
        ["14:00:00+01:00", "14:00+01:00", "23:59:59.5-08:00"],
        ["14:00", "24:00:00+00:00", "14:00:00Z", "2pm", ""],
    ),
    ("duration", ["P30D", "PT2H", "P1Y2M", "P1DT1.5S"], ["30D", "P", "30", "P-1D", ""]),
    (
        "number",
        ["12.50", ".34", "-1", "+5", "0", "007", "1." + "0" * 40],
        ["12,50", "1,000.00", "1e3", "EUR 5", "NaN", "INF", "1 000", ""],
    ),
    ("uint", ["0", "007", "10", "+5", "-0"], ["-5", "1.0", "x", "1_0", "\N{ARABIC-INDIC DIGIT ONE}", ""]),
    ("int", ["0", "-5"], ["1.5", "1_0", ""]),
    ("url", ["https://a.example/b?c=d", "cid:1@h", "mailto:a@b.c"], ["www.example.com", "/a", "https://a b", ""]),
    ("unit", ["EA", "C62", "4O", "H"], ["EACH", "ea", "", "E A"]),
    ("language", ["en", "en-GB", "en-UK", "ger", "zh-Hans-CN"], ["en_GB", "english", "e", ""]),
    ("language.opt", ["en", ""], ["en_GB"]),
    ("country", ["DE"], ["de", "DEU", "Germany", ""]),
    ("country.opt", ["DE", ""], ["de"]),
    ("state", ["US-CA", "GB-ENG", "FR-2A"], ["CA", "us-ca", "US-CALI", ""]),
    ("state.opt", ["US-CA", ""], ["CA"]),
    ("currency", ["EUR", "XXX"], ["eur", "UK£", "EURO", "€", ""]),
    ("currency.opt", ["EUR", ""], ["eur"]),
    ("day", ["2026-11-23"], ["2026-11-23+01:00", ""]),
]


def holder(name: str) -> etree.XMLSchema:
    octets = (
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:include schemaLocation="datatypes.xsd"/>'
        f'<xs:element name="a" type="{name}"/></xs:schema>'
    )
    return etree.XMLSchema(etree.fromstring(octets, base_url=str(schema.directory() / "a.xsd")))


@cache
def second_opinion(name: str) -> Any:
    import xmlschema

    return xmlschema.XMLSchema(str(schema.directory() / "datatypes.xsd"), allow="local").types[name]


@pytest.mark.parametrize(("name", "accepted", "refused"), DATATYPES, ids=[row[0] for row in DATATYPES])
def test_a_datatype_accepts_and_refuses(name: str, accepted: list[str], refused: list[str]) -> None:
    judge = holder(name)
    for text in (*accepted, *refused):
        node = etree.Element("a")
        node.text = text
        if len(text) < 24:  # libxml2 reads no longer numbers
            assert judge.validate(node) == (text in accepted), (text, "libxml2")
        assert schema.fits(name, text) == (text in accepted), text
        assert second_opinion(name).is_valid(text) == (text in accepted), (text, "xmlschema")


def test_every_datatype_of_the_schema_is_tried() -> None:
    tree = etree.parse(schema.directory() / "datatypes.xsd")
    assert {node.get("name") for node in tree.getroot() if node.get("name")} == {row[0] for row in DATATYPES}


@pytest.mark.parametrize(
    ("annotation", "name"),
    [(Decimal, "number"), (int, "uint"), (datetime, "datetime.tz"), (date | datetime, "date"), (clock, "time.tz")],
)
def test_what_a_reader_remarks_the_schema_refuses(annotation: object, name: str) -> None:
    scalar = scalar_for(annotation)
    texts = {text for _, accepted, refused in DATATYPES for text in (*accepted, *refused)}
    for text in texts:
        try:
            assert scalar.read is not None
            scalar.read(text)
        except ValueError:
            if scalar.recover(text).code:
                assert not schema.fits(name, text), text


def test_every_datatype_of_the_core_is_known() -> None:
    kinds = {typed.type.removesuffix(".opt") for d in x.declarations() for typed in typed_fields(d.tag)}
    assert kinds == {row[0].removesuffix(".opt") for row in DATATYPES} - {"day"}


# --- findings --------------------------------------------------------------------------------------------------

DATED = 'orderDate="2026-11-23T18:29:00+00:00"'
COUNTRY = (
    '<PostalAddress><Street>1</Street><City>B</City><State isoStateCode="{}">B</State><Country isoCountryCode="{}">B'
    "</Country></PostalAddress></Address>"
)


def placed(state: str, country: str) -> str:
    return changed(ORDER, "</Address>", COUNTRY.format(state, country))


FINDINGS: list[tuple[str, str, str, str, str]] = [
    (
        changed(ORDER, DATED, 'orderDate="2026-11-23T18:29:00Z"'),
        "time",
        "warning",
        "found '2026-11-23T18:29:00Z'",
        "+00:00",
    ),
    (changed(ORDER, DATED, 'orderDate="2026-11-23T18:29:00"'), "time", "warning", "found", "Add the offset"),
    (changed(ORDER, DATED, 'orderDate="2026-11-23T18:29:00+0100"'), "time", "warning", "found", "colon"),
    (changed(ORDER, DATED, 'orderDate="2026-11-23"'), "time", "warning", "found", "time of day"),
    (changed(ORDER, DATED, 'orderDate="23.11.2026"'), "time", "error", "found", "year first"),
    (changed(ORDER, DATED, 'orderDate="2026-02-30T18:29:00+00:00"'), "time", "error", "found", "does not exist"),
    (changed(ORDER, DATED, 'orderDate=""'), "time", "error", "found nothing", "Write 2026"),
    (changed(ORDER, ">12.50<", ">12,50<"), "number", "error", "Money: a number", "point, not a comma"),
    (changed(ORDER, ">12.50<", ">1,012.50<"), "number", "warning", "found", "commas between"),
    (changed(ORDER, ">12.50<", ">1.012,50<"), "number", "error", "found", "nothing between the thousands"),
    (changed(ORDER, ">12.50<", ">1e3<"), "number", "warning", "found", "exponent"),
    (changed(ORDER, 'quantity="2"', 'quantity="1,012"'), "number", "error", "found '1,012'", "nobody knows"),
    (changed(ORDER, ">12.50<", ">12.50 EUR<"), "number", "error", "found", "number alone"),
    (changed(ORDER, ">12.50<", "><"), "number", "error", "found nothing", "Leave it out"),
    (changed(ORDER, ">12.50<", ">free<"), "number", "error", "found 'free'", "Write digits"),
    (changed(ORDER, 'lineNumber="1"', 'lineNumber="-1"'), "number", "error", "a whole number from 0", "below zero"),
    (
        changed(ORDER, 'lineNumber="1"', 'lineNumber="1.0"'),
        "number",
        "warning",
        "ItemOut@lineNumber",
        "without a point",
    ),
    (changed(ORDER, 'currency="EUR"', 'currency="eur"'), "currency", "warning", "Money@currency", "capitals: EUR"),
    (changed(ORDER, 'currency="EUR"', 'currency="€"'), "currency", "error", "found", "not the sign"),
    (changed(ORDER, 'currency="EUR"', 'currency=""'), "currency", "warning", "found nothing", "three capitals"),
    (changed(ORDER, 'currency="EUR"', 'currency="EUX"'), "unknown-currency", "warning", "'EUX'", "Look"),
    (changed(ORDER, 'xml:lang="en"', 'xml:lang="en_GB"'), "language", "warning", "cXML@xml:lang", "hyphen"),
    (changed(ORDER, 'xml:lang="en"', 'xml:lang="qq"'), "unknown-language", "warning", "'qq'", "Look"),
    (changed(ORDER, 'xml:lang="en"', 'xml:lang="en-UK"'), "unknown-country", "warning", "'en-UK'", "GB"),
    (placed("DE-BE", "de"), "country", "warning", "Country@isoCountryCode", "capitals: DE"),
    (placed("DE-BE", ""), "country", "warning", "found nothing", "two capitals"),
    (placed("DE-BE", "DEU"), "country", "error", "found", "two letters"),
    (placed("DE-BE", "UK"), "unknown-country", "warning", "'UK'", "GB"),
    (placed("BE", "DE"), "state", "warning", "State@isoStateCode", "US-CA"),
    (placed("DE-QQ", "DE"), "unknown-state", "warning", "'DE-QQ'", "begins with"),
    (changed(ORDER, ">EA<", ">EACH<"), "unit", "warning", "UnitOfMeasure: a unit", "write EA"),
    (changed(ORDER, ">EA<", ">ea<"), "unit", "warning", "found", "capitals"),
    (changed(ORDER, ">EA<", ">QQQ<"), "unknown-unit", "warning", "'QQQ'", "Look"),
    (
        changed(SETUP, "https://buyer.example.com/return?id=7", "buyer.example.com/return"),
        "url",
        "error",
        "an absolute URL",
        "https:// in front",
    ),
    (
        changed(
            ORDER,
            "      </ItemOut>",
            '<ScheduleLine quantity="2" requestedDeliveryDate="2026-12-01T12:00:00+00:00" deliveryWindow="2 days">'
            "<UnitOfMeasure>EA</UnitOfMeasure></ScheduleLine></ItemOut>",
        ),
        "duration",
        "error",
        "ScheduleLine@deliveryWindow",
        "P30D",
    ),
]


@pytest.mark.parametrize(("document", "code", "severity", "words", "advice"), FINDINGS, ids=[r[1] for r in FINDINGS])
def test_a_value_is_explained(document: str, code: str, severity: str, words: str, advice: str) -> None:
    if code.startswith("unknown") and code != "unknown-unit":
        pytest.importorskip("pycountry")
    (finding,) = validate(document, layers=["type"]).findings
    assert (finding.layer, finding.code, finding.severity) == ("type", code, severity)
    assert words in finding.message
    assert advice in finding.hint
    assert finding.line
    assert finding.path


def test_every_code_of_the_layer_is_tried() -> None:
    assert {row[1] for row in FINDINGS} == set(schema.TYPES)


def test_what_the_grammar_says_is_not_said_again() -> None:
    document = changed(
        ORDER, DATED, "", 'deploymentMode="test"', 'deploymentMode="Test"', "<BillTo>", "<Bill>", "</BillTo>", "</Bill>"
    )
    assert validate(document, layers=["type"]).findings == ()


def test_values_are_judged_wherever_their_element_stands() -> None:
    document = changed(ORDER, "<BillTo>", '<Money currency="EUR">x</Money><BillTo>')
    assert [finding.code for finding in validate(document, layers=["type"]).findings] == ["number"]
    inside = changed(SETUP, ">610<", '><Money currency="eur">1</Money><')
    assert [finding.code for finding in validate(inside, layers=["type"]).findings] == ["currency"]


def test_the_layer_finds_what_a_reader_finds(own_document: bytes) -> None:
    try:
        document = parse(own_document, mode="tolerant")
    except DocumentError:
        return
    noticed = {(f.code, f.path, f.severity) for f in document.findings if f.layer == "type"}
    assert noticed <= {(f.code, f.path, f.severity) for f in validate(own_document).findings}


def test_the_layer_finds_what_a_reader_finds_in_documents_of_others(corpus_document: bytes) -> None:
    try:
        document = parse(corpus_document, mode="tolerant")
    except DocumentError:
        return
    noticed = {(f.code, f.path, f.severity) for f in document.findings if f.layer == "type"}
    assert noticed <= {(f.code, f.path, f.severity) for f in validate(corpus_document).findings}


# --- lists -----------------------------------------------------------------------------------------------------


def test_without_the_lists_the_report_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pycountry", None)
    lists._library.cache_clear()
    report = validate(changed(ORDER, 'currency="EUR"', 'currency="EUX"', ">EA<", ">QQQ<"), layers=["type"])
    assert [finding.code for finding in report.findings] == ["unknown-unit"]
    assert report.unchecked == (lists.INSTALL,)
    assert "not checked: Codes of currencies" in report.render()
    lists._library.cache_clear()


def test_lists_know_what_they_should() -> None:
    pytest.importorskip("pycountry")
    assert {"EUR", "USD", "JPY"} <= lists.currencies()
    assert {"DE", "GB"} <= lists.countries()
    assert "UK" not in lists.countries()
    assert "US-CA" in lists.states()
    assert lists.known_language("en-GB")
    assert lists.known_language("deu")
    assert lists.available()


def test_units_come_from_one_file_with_its_source() -> None:
    assert {"EA", "C62", "HUR", "KGM", "BX", "XBX", "H87", "PCE"} <= lists.units()
    assert {"EACH", "XEA", "[OBSOLETE]", "#"}.isdisjoint(lists.units())
    text = (ROOT / "src" / "cxml_punchout" / "validation" / "units.txt").read_text()
    assert "# Source: " in text
    assert len(lists.units()) > 2500


# --- speed and threads -----------------------------------------------------------------------------------------


def test_xmlschema_is_imported_only_to_tell_which_value_is_wrong() -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "from validated import ORDER; from cxml_punchout import validate;"
        "assert validate(ORDER).ok; print('xmlschema' in sys.modules);"
        "validate(ORDER.replace('12.50', '12,50')); print('xmlschema' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(ROOT / "tests")], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "True"]


def test_many_threads_get_the_same_verdicts() -> None:
    wrong = changed(ORDER, ">12.50<", ">12,50<")
    expected = [validate(body).findings for body in (ORDER, wrong)]
    found: list[bool] = []

    def work() -> None:
        found.extend([validate(body).findings for body in (ORDER, wrong)] == expected for _ in range(10))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 80


def test_the_verdict_takes_time_in_proportion_to_the_size() -> None:
    items = ORDER[ORDER.index("      <ItemOut") : ORDER.index("    </OrderRequest>")]
    roots = [load(changed(ORDER, items, items * number)).root for number in (500, 2000)]
    schema.is_valid(roots[0])
    taken = []
    for root in roots:
        best = 1e9
        for _ in range(3):
            began = time.process_time()
            schema.is_valid(root)
            best = min(best, time.process_time() - began)
        taken.append(best)
    # Four times the size: a square would be sixteen times, and what fits into a cache of the processor is quicker.
    assert taken[1] < 12 * taken[0]
