"""What the library takes out of a compiled DTD: rules of elements, and which sequences of children fit them."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import grammar
import official
import pytest

from cxml_punchout import InvalidValue
from cxml_punchout.validation.automaton import Automaton, Node, Slot
from cxml_punchout.validation.grammar import Grammar

ROOT = Path(__file__).resolve().parents[1]

needs_official = pytest.mark.skipif(
    official.directory() is None,
    reason="the official DTDs are not at hand; name their directory in CXML_OFFICIAL_DTD",
)


@cache
def ours() -> Grammar:
    return Grammar((ROOT / "dtd" / "cXML.dtd").read_text("utf-8"))


def _files() -> list[tuple[str, str]]:
    place = official.directory()
    return sorted((path.parent.name, path.stem) for path in place.glob("*/*.dtd")) if place else [("", "")]


@needs_official
@pytest.mark.parametrize(("version", "module"), _files())
def test_the_rules_are_those_of_the_file(version, module):
    compiled = Grammar(official.path(version, module).read_text("utf-8", "replace"))
    expected = official.elements(version, module)
    assert set(compiled.tags) == set(expected)
    for tag, kind in expected.items():
        rule = compiled.rule(tag)
        assert rule is not None
        model = grammar.parsed(kind.model)
        if rule.kind == "elements":
            assert grammar.parsed(rule.model) == model, tag
        if rule.kind in ("mixed", "elements"):
            assert list(rule.names) == [name for name in grammar.tags(model) if name != grammar.TEXT], tag
        else:
            assert kind.model.strip("()*") == {"text": "#PCDATA", "any": "ANY", "empty": "EMPTY"}[rule.kind], tag
        assert set(rule.attributes) == set(kind.attributes), tag
        for name, attribute in kind.attributes.items():
            found = rule.attributes[name]
            assert found.required == attribute.required, (tag, name)
            assert found.fixed == (attribute.default if attribute.fixed else None), (tag, name)
            if attribute.expanded.startswith("("):
                assert f"({'|'.join(found.values)})" == attribute.expanded, (tag, name)
            else:
                assert found.type == attribute.expanded.lower(), (tag, name)


@needs_official
def test_an_automaton_takes_what_the_model_takes():
    compiled, tried = Grammar(official.path().read_text("utf-8", "replace")), 0
    for tag, kind in official.elements().items():
        rule = compiled.rule(tag)
        assert rule is not None
        if rule.automaton is None:
            continue
        model, chance = grammar.parsed(kind.model), random.Random(tag)
        for _ in range(20):
            names = grammar.sentence(model, chance, 0.4)
            assert rule.automaton.fits(names), (tag, names)
            if names:
                names[chance.randrange(len(names))] = chance.choice([*rule.names, "Bogus"])
            assert rule.automaton.fits(names) == grammar.fits(model, names), (tag, names)
            tried += 2
            misfit = rule.automaton.mend(names)
            assert rule.automaton.fits([slot.tag for slot in misfit.slots]), (tag, names)
            kept = [slot.child for slot in misfit.slots if slot.child is not None]
            assert sorted([*kept, *(index for index, _ in misfit.left_out)]) == list(range(len(names)))
            assert all(names[slot.child] == slot.tag for slot in misfit.slots if slot.child is not None)
    assert tried > 5000


def _mended(tag: str, children: str) -> str:
    rule = ours().rule(tag)
    assert rule is not None
    assert rule.automaton is not None
    names = children.split()
    misfit = rule.automaton.mend(names)
    slots = [slot.tag if slot.child is not None else f"+{'/'.join(slot.instead)}" for slot in misfit.slots]
    return " ".join([*slots, *(f"-{names[index]}" for index, _ in misfit.left_out)])


@pytest.mark.parametrize(
    ("tag", "children", "expected"),
    [
        ("Header", "From To Sender", "From To Sender"),
        ("Header", "From Sender", "From +To Sender"),
        ("Header", "From Sender To", "From +To Sender -To"),
        ("Header", "From To To Sender", "From To Sender -To"),
        ("Header", "From To Sender Path", "From To Sender Path +OriginalDocument"),
        ("Header", "from To Sender", "+From To Sender -from"),
        ("Fax", "", "+TelephoneNumber/URL/Email"),
        ("Fax", "URL Email", "URL -Email"),
        ("Payment", "", "+PCard"),
        ("Accounting", "Segment AccountingSegment", "Segment -AccountingSegment"),
    ],
)
def test_the_fewest_changes_are_found(tag, children, expected):
    assert _mended(tag, children) == expected


def test_of_a_very_long_sequence_only_the_part_near_the_first_fault_is_looked_at():
    rule = ours().rule("OrderRequest")
    assert rule is not None
    assert rule.automaton is not None
    names = ["OrderRequestHeader", *["ItemOut"] * 50_000, "Total", *["ItemOut"] * 50_000]
    misfit = rule.automaton.mend(names)
    assert misfit.cut
    assert [names[index] for index, _ in misfit.left_out] == ["Total"]


def test_a_place_is_found_for_one_more_name():
    model = Node(
        "", ",", (Node("", tag="a"), Node("?", tag="b"), Node("*", "|", (Node("", tag="c"), Node("", tag="d"))))
    )
    automaton = Automaton(model)
    assert str(model) == "(a, b?, (c | d)*)"
    assert automaton.place_for("b", [Slot("a", 0), Slot("c", 1)]) == 1
    assert automaton.place_for("d", [Slot("a", 0)]) == 1
    assert automaton.place_for("a", [Slot("a", 0)]) is None


def test_parents_and_names_with_prefixes():
    assert ours().parents("ItemOut") == ["PunchOutSetupRequest", "OrderRequest"]
    assert ours().parents("Bogus") == []
    rule = ours().rule("xades:IssuerSerial")
    assert rule is not None
    assert rule.names == ("ds:X509IssuerName", "ds:X509SerialNumber")
    fallback = ours().rule("q:Money")
    assert fallback is not None
    assert fallback.tag == "Money"
    assert ours().rule("q:Bogus") is None
    assert {"{*}Request", "{*}TaxDetail", "{*}SignedInfo"} <= set(ours().with_ids)
    assert "{*}Money" not in ours().with_ids


def test_a_text_that_is_no_dtd_is_refused_in_words():
    with pytest.raises(InvalidValue, match="cannot compile"):
        Grammar("<!ELEMENT cXML (")
