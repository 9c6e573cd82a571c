"""The DTD files of the project: as the generator writes them, and with the grammar of the official ones."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import grammar
import official
import pytest
from lxml import etree

from cxml_punchout import element as x
from cxml_punchout import models, payloads

ROOT = Path(__file__).resolve().parents[1]
TOOL = ROOT / "tools" / "make_dtd.py"
FILE = ROOT / "dtd" / "cXML.dtd"

assert models.TOPICS

needs_official = pytest.mark.skipif(
    official.directory() is None,
    reason="the official DTDs are not at hand; name their directory in CXML_OFFICIAL_DTD",
)


@cache
def ours() -> dict[str, official.ElementType]:
    return official.elements_of(FILE.read_text("utf-8"), official.CURRENT)


@cache
def declared_tags() -> list[str]:
    return [declaration.tag for declaration in x.declarations()]


def test_the_committed_files_are_what_the_generator_writes():
    run = subprocess.run(
        [sys.executable, str(TOOL), "--check"], capture_output=True, text=True, check=False, cwd=ROOT.anchor
    )
    assert (run.returncode, run.stdout.strip()) == (0, "stale: nothing"), run.stderr


def test_there_is_a_file_for_each_module_with_a_declared_payload_and_no_other():
    modules = {
        payloads.module_of(name)
        for table in (payloads.REQUESTS, payloads.RESPONSES, payloads.MESSAGES)
        for name in payloads.names(table)
        if x.lookup(name) is not None
    }
    assert {path.stem for path in (ROOT / "dtd").glob("*.dtd")} == modules


def test_all_declarations_are_in_the_file_and_besides_only_signatures():
    assert {tag for tag in ours() if not tag.startswith(("ds:", "xades:"))} == {*declared_tags(), "cXMLSignedInfo"}


def test_content_and_attributes_are_those_of_the_declarations():
    for tag, declared in grammar.declared().items():
        if tag not in ("Request", "Response", "Message"):
            assert grammar.parsed(ours()[tag].model) == grammar.parsed(declared.model), tag
        assert list(ours()[tag].attributes) == list(declared.attributes), tag


@pytest.mark.parametrize(
    ("tag", "table"),
    [("Request", payloads.REQUESTS), ("Response", payloads.RESPONSES), ("Message", payloads.MESSAGES)],
)
def test_the_wrappers_list_all_payloads_of_their_module_declared_or_not(tag, table):
    names = grammar.tags(grammar.parsed(ours()[tag].model))
    assert [name for name in names if name != "Status"] == list(table["cXML"])


# --- against the official file -------------------------------------------------------------------------------


@needs_official
@pytest.mark.parametrize("tag", list(ours()))
def test_an_element_is_that_of_the_official_file(tag):
    mine, theirs = ours()[tag], official.elements()[tag]
    assert grammar.parsed(mine.model) == grammar.parsed(theirs.model)
    assert _facts(mine) == _facts(theirs)


def _facts(kind: official.ElementType) -> set[tuple[object, ...]]:
    # What a validator sees; the names of datatypes are compared where the declarations are.
    return {(each.name, each.expanded, each.required, each.default, each.fixed) for each in kind.attributes.values()}


@needs_official
def test_the_grammar_of_signatures_is_complete():
    assert {tag for tag in official.elements() if ":" in tag} == {tag for tag in ours() if ":" in tag}


def _compiled(path: Path) -> dict[str, Any]:
    dtd = etree.DTD(BytesIO(path.read_bytes()))
    return {f"{each.prefix}:{each.name}" if each.prefix else each.name: each for each in dtd.iterelements()}


def _tree(content: Any) -> object:
    if content is None:
        return None
    return content.type, content.occur, content.name, _tree(content.left), _tree(content.right)


def _attributes(element: Any) -> set[tuple[object, ...]]:
    return {
        (each.prefix, each.name, each.type, each.default, each.default_value, *each.itervalues())
        for each in element.iterattributes()
    }


@needs_official
def test_libxml2_reads_the_same_out_of_both_files():
    mine, theirs = _compiled(FILE), _compiled(official.path())
    assert set(mine) == set(ours())
    for tag, element in mine.items():
        assert element.type == theirs[tag].type, tag
        assert _attributes(element) == _attributes(theirs[tag]), tag
        if tag not in ("Accounting", "Payment"):  # brackets around an entity that say nothing
            assert _tree(element.content) == _tree(theirs[tag].content), tag


# --- where users may change it -------------------------------------------------------------------------------

DOCUMENT = b"""<cXML payloadID="1" timestamp="2026-11-23T18:30:00+00:00">%s</cXML>"""


def _wrapped(*entities: str) -> etree.DTD:
    return etree.DTD(BytesIO("\n".join([*entities, FILE.read_text("utf-8")]).encode()))


@pytest.mark.parametrize(
    ("entity", "content", "element", "inside"),
    [
        ("cxml.payment", "PCard | Voucher", "Payment", "<Voucher/>"),
        ("cxml.accounting", "(Voucher | Segment+)", "Accounting", "<Voucher/>"),
        ("cxml.authentication", "SharedSecret | Voucher", "Credential", "<Identity/><Voucher/>"),
        ("cxml.requests", "(OrderRequest | Voucher)", "Request", "<Voucher/>"),
        ("cxml.responses", ", (ProfileResponse | Voucher)?", "Response", '<Status code="1" text="1"/><Voucher/>'),
        ("cxml.messages", ", (PunchOutOrderMessage | Voucher)", "Message", "<Voucher/>"),
        ("KeyValue.ANY", "| Voucher", "ds:KeyValue", "<Voucher/>"),
        ("Object.ANY", "| Voucher", "ds:Object", "<Voucher/>"),
    ],
)
def test_a_list_can_be_replaced_by_a_dtd_that_declares_it_first(entity, content, element, inside):
    start = f'<!ENTITY % {entity} "{content}"><!ELEMENT Voucher EMPTY>'
    attributes = ' name="1" domain="1"' if element in ("Accounting", "Credential") else ""
    namespace = ' xmlns:ds="http://www.w3.org/2000/09/xmldsig#"' if ":" in element else ""
    root = etree.fromstring(f"<cXML{namespace}><{element}{attributes}>{inside}</{element}></cXML>")
    tag = root[0].tag
    for dtd, expected in ((_wrapped(), True), (_wrapped(start), False)):
        dtd.validate(root)
        place = f"Element {element} content does not follow"
        wrong = [entry for entry in dtd.error_log if place in entry.message or "is not declared in" in entry.message]
        assert bool(wrong) == expected, (tag, dtd.error_log)


@pytest.mark.parametrize(
    ("entity", "element", "attribute"),
    [
        ("lineItemType", "ItemOut", "itemType"),
        ("compositeItemType", "ItemOut", "compositeItemType"),
        ("serviceItemType", "ItemIn", "itemClassification"),
        ("cxml.signatureVersions", "cXML", "signatureVersion"),
    ],
)
def test_an_enumeration_can_be_replaced(entity, element, attribute):
    dtd = _wrapped(f'<!ENTITY % {entity} "(a | b)">')
    found = next(each for each in dtd.iterelements() if each.name == element)
    assert next(each for each in found.iterattributes() if each.name == attribute).values() == ["a", "b"]


def test_the_file_holds_nothing_that_would_be_fetched():
    text = FILE.read_text("utf-8")
    assert "SYSTEM" not in text
    assert "PUBLIC" not in text
