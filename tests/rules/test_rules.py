"""The rules of the Guide: each has a document that breaks it, found at its place, and one that only looks like it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from functools import partial

import broken_credentials
import broken_envelope
import broken_header
import broken_lines
import broken_money
import broken_punchout
import broken_status
import broken_texts
import pytest
from elsewhere import ELSEWHERE
from lxml import etree
from pieces import (
    ATTACHED,
    CLEAN,
    DETAIL_END,
    DISTRIBUTION,
    FIRST,
    ITEMS,
    MAC,
    RING,
    SECRET,
    TAX,
    Case,
    in_item,
    order_head,
)
from validated import CART, ORDER, RESPONSE, SETUP, changed

from cxml_punchout import parse, validate
from cxml_punchout.errors import InvalidDocument
from cxml_punchout.tree import load
from cxml_punchout.validation.rules import RULES, Rule
from cxml_punchout.validation.rules.registry import BY_TAG

FAMILIES = {
    "credentials": broken_credentials.BROKEN,
    "envelope": broken_envelope.BROKEN,
    "header": broken_header.BROKEN,
    "lines": broken_lines.BROKEN,
    "money": broken_money.BROKEN,
    "punchout": broken_punchout.BROKEN,
    "status": broken_status.BROKEN,
    "texts": broken_texts.BROKEN,
}
BROKEN = [case for cases in FAMILIES.values() for case in cases]
each_case = pytest.mark.parametrize("case", BROKEN, ids=[case.code for case in BROKEN])


@pytest.mark.parametrize("name", CLEAN)
def test_a_right_document_breaks_no_rule(name: str) -> None:
    report = validate(CLEAN[name], layers=["xml", "dtd", "rule"])
    assert report.findings == ()


@each_case
def test_a_broken_rule_is_found_where_it_is_broken(case: Case) -> None:
    report = validate(case.document, layers=["dtd", "rule"])
    found = [finding for finding in report.findings if finding.code == case.code]
    assert [finding.path for finding in found] == [case.path], report
    (finding,) = found
    assert finding.layer == "rule"
    assert (finding.severity, finding.hint) == (RULES[case.code].severity, RULES[case.code].hint)
    assert finding.line
    assert finding.column
    # The grammar has nothing against these documents: only a rule can find the fault.
    assert not [finding for finding in report.findings if finding.layer == "dtd"], report


@each_case
def test_a_document_that_only_looks_like_it_keeps_the_rule(case: Case) -> None:
    report = validate(case.kept, layers=["dtd", "rule"])
    assert case.code not in {finding.code for finding in report.findings}, report
    assert not [finding for finding in report.findings if finding.layer == "dtd"], report


@pytest.mark.parametrize(("code", "tag", "document"), ELSEWHERE, ids=[f"{row[0]} {row[1]}" for row in ELSEWHERE])
def test_a_rule_is_broken_on_another_element_as_well(code: str, tag: str, document: str) -> None:
    report = validate(document, layers=["dtd", "rule"])
    assert not [finding for finding in report.findings if finding.layer == "dtd"], report
    found = [finding for finding in report.findings if finding.code == code]
    assert len(found) == 1, report
    assert f"/{tag}" in found[0].path


def without_both_outcomes(rules: dict[str, Rule], families: dict[str, list[Case]]) -> set[str]:
    """The rules that no case of their own family breaks and keeps."""
    return {
        code
        for code, rule in rules.items()
        if code not in {case.code for case in families.get(rule.check.__module__.rpartition(".")[2], ())}
    }


def test_every_rule_is_tried_in_both_outcomes() -> None:
    assert without_both_outcomes(RULES, FAMILIES) == set()
    assert {case.code for case in BROKEN} == set(RULES)
    # A rule that nobody tries is noticed, and one that is tried in the wrong family too.
    new = Rule("new", ("cXML",), "error", "1", "So.", "Do.", RULES["total-differs"].check)
    assert without_both_outcomes({"new": new}, FAMILIES) == {"new"}
    assert "total-differs" in without_both_outcomes(RULES, {**FAMILIES, "money": broken_texts.BROKEN})


def test_every_rule_is_broken_on_each_element_that_it_looks_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule is told of an element for a reason: on each there is a document that breaks it."""
    spoken: set[tuple[str, str]] = set()

    def heard(rule: Rule) -> Rule:
        def check(here):  # type: ignore[no-untyped-def]
            for fault in rule.check(here):
                spoken.add((rule.code, here.tag))
                yield fault

        return Rule(rule.code, rule.on, rule.severity, rule.guide, rule.says, rule.hint, check)

    for tag, rules in BY_TAG.items():
        monkeypatch.setitem(BY_TAG, tag, [heard(rule) for rule in rules])
    for document in (*(case.document for case in BROKEN), *(document for _, _, document in ELSEWHERE)):
        validate(document, layers=["rule"])
    silent = {(code, tag) for code, rule in RULES.items() for tag in rule.on} - spoken
    assert sorted(silent) == []


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_says_what_is_wrong_and_what_to_do(rule: Rule) -> None:
    for sentence in (rule.says, rule.hint):
        assert re.fullmatch(r"[A-Za-z].*\.", sentence, re.DOTALL)
        assert len(sentence) < 400
    assert re.match(r"[0-9]", rule.guide)


def test_rules_survive_every_document_of_ours(own_document: bytes) -> None:
    validate(own_document)


def test_rules_survive_every_document_of_others(corpus_document: bytes) -> None:
    validate(corpus_document)


def test_totals_that_contain_tax_and_shipping_are_recognised() -> None:
    shipping = '<Shipping><Money currency="EUR">4.00</Money><Description xml:lang="en">Post</Description></Shipping>'
    for stated, words in (
        ("41.50", "include shipping"),
        ("44.50", "include tax"),
        ("48.50", "include tax and shipping"),
    ):
        document = changed(ORDER, "37.50", stated, RING, f"{shipping}{TAX.format('7.00')}{RING}")
        (finding,) = [f for f in validate(document).findings if f.code == "total-differs"]
        assert words in finding.message
    document = changed(ORDER, "37.50", "99.00", RING, f"{shipping}{TAX.format('7.00')}{RING}")
    (finding,) = [f for f in validate(document).findings if f.code == "total-differs"]
    assert "include" not in finding.message


def test_a_rule_is_silent_about_what_the_grammar_says() -> None:
    document = changed(ORDER, ' orderID="PO-4711"', "")
    report = validate(document)
    assert {finding.code for finding in report.findings} == {"missing-attribute"}


def test_a_rule_is_silent_about_what_cannot_be_read() -> None:
    report = validate(changed(ORDER, 'quantity="2"', 'quantity="two"'), layers=["rule"])
    assert report.findings == ()


def test_the_credentials_of_two_to_elements_are_told_apart() -> None:
    to = '<To><Credential domain="DUNS"><Identity></Identity></Credential></To>'
    document = changed(SETUP, "    <Sender>", f"    {to}\n    <Sender>")
    found = {f.code: f.path for f in validate(document).findings if f.layer == "rule"}
    assert found["identity-empty"] == "/cXML/Header/To[2]/Credential/Identity"
    assert found["credential-repeated"] == "/cXML/Header/To[2]/Credential"


def test_a_rule_is_silent_about_what_the_datatypes_say() -> None:
    for document, code in (
        (changed(ORDER, 'currency="EUR">12.50', 'currency="€">12.50'), "currency"),
        (changed(RESPONSE, "https://", ""), "url"),
        (changed(ORDER, RING, ATTACHED.format("a.pdf", "cid:2@h")), "url"),
    ):
        assert {finding.code for finding in validate(document).findings} == {code}


DOLLARS = TAX.format("7.00").replace("EUR", "USD")


@pytest.mark.parametrize(
    "document",
    [
        # A time without an offset is before or after no other.
        changed(SETUP, SECRET, MAC.replace("19:00:00+00:00", "17:00:00")),
        # Sums in two currencies are no sums.
        in_item(DISTRIBUTION.format("20.00").replace('"EUR"', '"USD"')),
        changed(ORDER.replace("</ItemDetail>", f"</ItemDetail>{TAX.format('1.00')}"), RING, DOLLARS + RING),
    ],
)
def test_a_rule_is_silent_about_what_cannot_be_compared(document: str) -> None:
    assert validate(document, layers=["dtd", "rule"]).findings == ()


def test_every_line_of_a_circle_is_named_and_no_other() -> None:
    items = [
        FIRST.replace('lineNumber="1"', f'lineNumber="{line}" itemType="composite" parentLineNumber="{parent}"')
        for line, parent in ((1, 2), (2, 3), (3, 4), (4, 2), (5, 5), (6, 5))
    ]
    report = validate(changed(ORDER, ITEMS, "".join(items)))
    assert [f.path[-10:] for f in report.findings if f.code == "parent-circle"] == [
        f"ItemOut[{number}]" for number in (2, 3, 4, 5)
    ]


def test_secrets_appear_in_no_finding() -> None:
    document = changed(SETUP, ">tulip<", ">\n tulip \n<", "942888710</Identity>", f"942888710</Identity>{SECRET}")
    report = validate(document)
    assert report.findings
    assert "tulip" not in report.to_json()
    assert "tulip" not in report.render()


def test_a_secret_in_a_message_is_a_fault_only_where_a_browser_carries_it() -> None:
    cart = CART[CART.index("<PunchOutOrderMessage>") : CART.index("  </Message>")]
    secret = changed(
        CART, "</Identity></Credential>\n      <UserAgent>", f"</Identity>{SECRET}</Credential><UserAgent>"
    )
    assert "secret-in-message" in {finding.code for finding in validate(secret).findings}
    for payload in ("<SubscriptionChangeMessage/>", "<DataAvailableMessage/>", '<QuoteMessage xml:lang="en"/>'):
        report = validate(changed(secret, cart, payload))
        assert "browser" not in report.render()
        assert "secret-in-message" not in {finding.code for finding in report.findings}
    # In From it proves nothing there either.
    elsewhere = changed(secret, cart, "<DataAvailableMessage/>", "</Identity>", f"</Identity>{SECRET}")
    assert "secret-outside-sender" in {finding.code for finding in validate(elsewhere).findings}


def test_parse_refuses_what_breaks_a_rule_when_told_to_validate() -> None:
    document = order_head('type="update"')
    assert parse(document).payload is not None
    with pytest.raises(InvalidDocument) as caught:
        parse(document, validate=True)
    assert caught.value.code == "reference-missing"
    assert caught.value.status == 406


# --- never twice -----------------------------------------------------------------------------------------------


def _values(root: etree._Element) -> Iterator[tuple[Callable[[], str | None], Callable[[str | None], None]]]:
    """Every attribute and every text: how to read it and how to replace it."""
    for node in root.iter("*"):
        for name in node.attrib:
            yield partial(node.get, name), partial(_set, node, name)
        if not len(node):
            yield partial(getattr, node, "text"), partial(setattr, node, "text")


def _set(node: etree._Element, name: str, value: str | None) -> None:
    if value is None:
        node.attrib.pop(name, None)
    else:
        node.set(name, value)


ALL = [*CLEAN.values(), *(case.document for case in BROKEN), *(document for _, _, document in ELSEWHERE)]


@pytest.mark.slow
def test_a_rule_says_nothing_more_where_a_lower_layer_has_spoken() -> None:
    """Whichever value is spoilt: if grammar or datatypes refuse it, no rule has anything new to say."""
    tried, chance = 0, random.Random(20261123)
    for document in dict.fromkeys(ALL):
        root = load(document, tolerant=True).root
        usual = {(finding.code, finding.path) for finding in validate(etree.tostring(root)).findings}
        for read, write in _values(root):
            if chance.random() > 0.1:  # all of them take a minute
                continue
            right = read()
            for wrong in ("", "x y", "-1", None):
                write(wrong)
                new = [f for f in validate(etree.tostring(root)).findings if (f.code, f.path) not in usual]
                if any(finding.layer in ("dtd", "type") for finding in new):
                    assert [finding for finding in new if finding.layer == "rule"] == [], (right, wrong)
                    tried += 1
            write(right)
    print(f"{tried} spoilt values, each named once")
    assert tried > 300


def test_taxes_that_cannot_be_read_are_not_added_up() -> None:
    both = changed(
        in_item(TAX.format("5.00")), DETAIL_END, f"        </ItemDetail>{TAX.format('much')}\n      </ItemOut>"
    )
    findings = validate(changed(both, RING, f"{TAX.format('8.00')}{RING}")).findings
    assert [finding.code for finding in findings] == ["number"]
