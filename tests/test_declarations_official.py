"""Each declaration against the official DTD 1.2.071: the same content model, the same attributes, the same refusals."""

from __future__ import annotations

import random
from functools import cache

import grammar
import official
import pytest
from lxml import etree

from cxml_punchout import CXML, InvalidDocument, parse, payloads, serialize
from cxml_punchout import element as x

pytestmark = pytest.mark.skipif(
    official.directory() is None,
    reason="the official DTDs are not at hand; name their directory in CXML_OFFICIAL_DTD",
)

ENVELOPE = ("cXML", "Request", "Response", "Message")
WRAPPERS = {"Request": payloads.REQUESTS, "Response": payloads.RESPONSES, "Message": payloads.MESSAGES}
DECLARED = {declaration.tag: declaration for declaration in x.declarations()}
DECLARATIONS = [tag for tag, declaration in DECLARED.items() if isinstance(declaration, x.Declaration)]


@cache
def official_elements() -> dict[str, official.ElementType]:
    return official.elements()


@cache
def dtd() -> etree.DTD:
    return etree.DTD(str(official.path()))


# --- how many --------------------------------------------------------------------------------------------


def test_the_core_is_declared_completely_and_nothing_else():
    core = official.closure(list(official.CORE_ROOTS))
    assert len(core) == 299
    assert sum(len(official_elements()[tag].attributes) for tag in core) == 351
    assert set(DECLARED) == {*core, *ENVELOPE}


def test_the_declarations_have_351_attributes_beside_those_of_the_envelope():
    fields = [
        field
        for tag in DECLARATIONS
        if tag not in ENVELOPE
        for field in DECLARED[tag].attributes  # type: ignore[union-attr]
    ]
    assert len(fields) == 351


# --- content models --------------------------------------------------------------------------------------


@pytest.mark.parametrize("tag", [tag for tag in DECLARED if tag not in WRAPPERS])
def test_content_model(tag):
    declared, expected = grammar.declared()[tag].model, official_elements()[tag].model
    assert grammar.parsed(declared) == grammar.parsed(expected)
    assert (declared == expected) or "((" in expected  # brackets that say nothing are the only liberty


@pytest.mark.parametrize("tag", WRAPPERS)
def test_wrappers_take_the_payloads_of_all_modules_those_of_cxml_first(tag):
    # One class serves all modules, so its choice is that of cXML.dtd with the other modules' payloads behind.
    ours = grammar.parsed(grammar.declared()[tag].model)
    theirs = grammar.parsed(official_elements()[tag].model)
    assert _choice(ours)[: len(_choice(theirs))] == _choice(theirs) == list(WRAPPERS[tag]["cXML"])
    assert _choice(ours) == list(payloads.names(WRAPPERS[tag]))
    assert _around_choice(ours) == _around_choice(theirs)


def _choice(model: grammar.Model) -> list[str]:
    """The names of the payload choice, which is the only alternative in a wrapper."""
    if isinstance(model, grammar.Group):
        if model.separator == "|":
            return grammar.tags(model)
        return [tag for part in model.parts for tag in _choice(part)]
    return []


def _around_choice(model: grammar.Model) -> object:
    """A model with its choice left open, to compare what stands around it."""
    if isinstance(model, grammar.Group) and model.separator == "|":
        return "choice", model.occurs
    if isinstance(model, grammar.Group):
        return tuple(_around_choice(part) for part in model.parts), model.occurs
    return model


# --- attributes ------------------------------------------------------------------------------------------

#: Type entity of the DTD -> name of the pair in ``scalars``, where the two differ. r8 is a number that the DTD
#: bounds to eight bytes, which a Decimal has no need of; int and ui8 are further words for a whole number;
#: nmtoken is CDATA in the DTD, lest empty values be refused, so nothing but a text may be asked for.
SCALARS = {"r8": "number", "int": "uint", "ui8": "uint", "nmtoken": "string"}

#: Attributes whose datatype is not that of the DTD, with the reason.
OTHER_DATATYPES = {
    ("PCard", "number"): "string",  # a card number is a name written in digits: leading zeros count
}


@pytest.mark.parametrize("tag", DECLARATIONS)
def test_attributes(tag):
    declared = {field.tag: field for field in DECLARED[tag].attributes}
    expected = official_elements()[tag].attributes
    assert list(declared) == list(expected), "the same names in the same order"
    for name, attribute in expected.items():
        field = declared[name]
        assert field.required == attribute.required, name
        if attribute.fixed:
            assert (field.fixed, field.absent) == (attribute.default, None), name
        else:
            assert (field.fixed, field.absent) == (None, attribute.default), name
        if attribute.expanded.startswith("("):
            assert f"({'|'.join(field.scalar.values)})" == attribute.expanded, name
            assert field.scalar.grammar, name
        else:
            datatype = OTHER_DATATYPES.get((tag, name)) or SCALARS.get(attribute.type, attribute.type)
            assert field.scalar.name == datatype, name
            assert not field.scalar.values, name
            assert field.scalar.grammar == (attribute.expanded != "CDATA"), name


def test_flags_are_the_attributes_that_know_only_yes_or_yes_and_no():
    for tag in DECLARATIONS:
        for field in DECLARED[tag].attributes:
            values = official_elements()[tag].attributes[field.tag].expanded
            expected = {"(yes)": "yes", "(yes|no)": "yes|no"}.get(values)
            assert (field.scalar.name if field.scalar.name in ("yes", "yes|no") else None) == expected, (tag, field.tag)


# --- the datatype of texts -------------------------------------------------------------------------------

#: Elements whose text is not read as the DTD's note calls it, with the reason.
TEXT_AS_STRING = {
    "CountryCode": "dialling codes are names written in digits",
    "AreaOrCityCode": "0161 keeps its zero, and empty ones occur",
    "Extension": "0042 keeps its zeros",
    "UnitOfMeasure": "the DTD's nmtoken is a text",
}


@pytest.mark.parametrize("tag", [tag for tag in DECLARED if grammar.declared()[tag].model == "(#PCDATA)"])
def test_datatype_of_text(tag):
    declared = DECLARED[tag]
    scalar = declared.scalar if isinstance(declared, x.Leaf) else declared.content[0].scalar
    noted = official.text_types().get(tag, "string")
    assert scalar.name == ("string" if tag in TEXT_AS_STRING else noted)


# --- the version that introduced it ----------------------------------------------------------------------

VERSIONS = (*official.OLD_VERSIONS, official.CURRENT)
#: Releases whose DTD was examined but is not at hand; the examination says what they introduced.
BETWEEN = ("1.2.053", "1.2.063")


def _first(present: list[bool]) -> tuple[str, ...]:
    """What ``since`` may say, given in which of the official versions a thing is present."""
    first = present.index(True)
    assert all(present[first:]), "nothing is ever removed"
    if first == 0:
        return ("",)
    return (VERSIONS[first], *BETWEEN) if VERSIONS[first] == official.CURRENT else (VERSIONS[first],)


@pytest.mark.parametrize("tag", DECLARED)
def test_since_of_elements(tag):
    assert DECLARED[tag].since in _first([tag in official.elements(version) for version in VERSIONS])


@pytest.mark.parametrize("tag", DECLARATIONS)
def test_since_of_attributes_and_children(tag):
    versions = [official.elements(version) for version in VERSIONS]
    of_element = DECLARED[tag].since
    for field in DECLARED[tag].fields:
        if field.kind not in ("attribute", "child", "children"):
            continue
        if field.kind == "attribute":
            present = [tag in each and field.tag in each[tag].attributes for each in versions]
            implied = of_element
        else:
            present = [tag in each and field.tag in grammar.tags(grammar.parsed(each[tag].model)) for each in versions]
            of_child = DECLARED[field.tag].since if field.tag in DECLARED else ""
            implied = max(of_element, of_child)
        # A field as old as its element, or as the child that it holds, need not say so again.
        assert (field.since or implied) in _first(present), field.tag
        assert field.since == "" or field.since > of_element, field.tag


#: What the examination of the two releases in between has shown for the core.
IN_063 = {
    "Indicator",
    "ScheduleLineIndustry",
    "ItemOutLifeSciences",
    "ItemOutAerospaceAndDefense",
    "PackagingIndustry",
    "LifeSciences",
    "DPAS",
    "AuthorizationLabels",
    "SubcontractingComponentIndustry",
    "ScheduleLineAerospaceAndDefense",
    "Study",
    "KitType",
    "ProtocolID",
    "PackageControlNumber",
    "PoolID",
    "MedicationListInfo",
    "PackagingLifeSciences",
    "SubcontractingComponentLifeSciences",
    "StudyID",
    "KitTypeID",
    "LabelID",
}


def test_elements_that_came_between_the_official_versions_at_hand():
    assert {tag for tag, declared in DECLARED.items() if declared.since == "1.2.053"} == set()
    assert {tag for tag, declared in DECLARED.items() if declared.since == "1.2.063"} == IN_063
    assert {tag for tag, declared in DECLARED.items() if declared.since == "1.2.071"} == {
        "IUIDInfo",
        "AerospaceAndDefense",
        "IUIDNumber",
    }


def test_attributes_that_came_between_the_official_versions_at_hand():
    new = {
        (field.since, f"{tag}@{field.tag}")
        for tag in DECLARATIONS
        for field in DECLARED[tag].attributes
        if field.since > "1.2.050"
    }
    assert new == {
        ("1.2.053", "ItemOut@stoFinalDelivery"),
        ("1.2.063", "ItemOut@operation"),
        ("1.2.063", "ScheduleLine@type"),
        ("1.2.063", "OrderRequestHeaderIndustry@industryType"),
        ("1.2.063", "ModificationDetail@scope"),
        ("1.2.063", "ModificationDetail@calculationType"),
        ("1.2.071", "ScheduleLine@statisticalDeliveryDate"),
    }


# --- the same verdict on documents -----------------------------------------------------------------------
#
# A declaration may look right and be read wrong. So each element is put, with right and wrong children and
# attributes, into the smallest document around it, and reader and writer are held against libxml2's verdict.

SMALLEST = grammar.Smallest(grammar.declared())


def _verdict(root: etree._Element) -> tuple[bool, CXML, bytes]:
    """What ``parse`` says in both modes, which must agree with one another and with the official DTD."""
    octets = grammar.octets(root)
    valid = bool(dtd().validate(etree.fromstring(octets)))
    try:
        strict = parse(octets)
    except InvalidDocument:
        strict = None
    tolerant = parse(octets, mode="tolerant")
    said = octets.decode(), [str(finding) for finding in tolerant.findings]
    assert (strict is not None) == valid, said
    departs = any(finding.layer in ("dtd", "xml") for finding in tolerant.findings)
    assert departs != valid, said
    return valid, tolerant, octets


def _assert_kept(document: CXML, octets: bytes, in_order: bool) -> None:
    """Written back, the document is the same; children that do not fit may be put in order, and equal ones joined."""
    before, after = etree.fromstring(octets), etree.fromstring(serialize(document))
    if in_order:
        assert grammar.canonical(after) == grammar.canonical(before)
    else:
        assert _pieces(after) == _pieces(before)


def _pieces(root: etree._Element) -> set[tuple[str, tuple[tuple[str, str], ...], str]]:
    return {(str(each.tag), tuple(sorted(each.items())), each.text or "") for each in root.iter()}


def _sequences(tag: str) -> list[list[str]]:
    """Right and wrong sequences of children: random ones that fit, and those with one child changed."""
    chance = random.Random(tag)
    model = grammar.restricted(grammar.parsed(official_elements()[tag].model), grammar.declared())
    assert model is not None
    names = grammar.tags(model)
    found: list[list[str]] = [grammar.shortest(model), *(grammar.shortest(model, name) for name in names)]
    found += [grammar.sentence(model, chance, likely, 2) for likely in (0.2, 0.5, 0.8)]
    for base in found[:]:
        changed = base[:]
        if changed and chance.random() < 0.5:
            del changed[chance.randrange(len(changed))]
        else:
            changed.insert(chance.randint(0, len(changed)), chance.choice([*names, "Money"]))
        found.append(changed)
        if len(base) > 1:
            found.append(chance.sample(base, len(base)))
    found += [[], ["Money", *found[0]], [*found[0], "Money"], [name for name in names for _ in range(2)]]
    unique = {tuple(names): names for names in found}
    return chance.sample(list(unique.values()), min(len(unique), 12))


@pytest.mark.slow
@pytest.mark.parametrize("tag", [tag for tag in DECLARATIONS if "#PCDATA" not in grammar.declared()[tag].model])
def test_children_are_accepted_and_refused_as_the_dtd_says(tag):
    verdicts = set()
    for children in _sequences(tag):
        element = SMALLEST.element(tag, children)
        valid, document, octets = _verdict(SMALLEST.document(element))
        verdicts.add(valid)
        _assert_kept(document, octets, valid)
    assert True in verdicts
    if grammar.declared()[tag].model != "ANY":
        assert False in verdicts


@pytest.mark.slow
@pytest.mark.parametrize(
    "tag", [tag for tag in DECLARATIONS if official.directory() and grammar.declared()[tag].attributes]
)
def test_attributes_are_accepted_and_refused_as_the_dtd_says(tag):
    kind = official_elements()[tag]
    least = {each.name: grammar.sample(each) for each in kind.attributes.values() if each.required}
    cases: list[dict[str, str]] = [least, {}, {**least, "colour": "red"}]
    for name, attribute in kind.attributes.items():
        if attribute.type == "IDREF":
            continue  # depends on the rest of the document
        cases.append({**least, name: grammar.sample(attribute)})
        cases.append({key: value for key, value in least.items() if key != name})
        cases += [{**least, name: value} for value in ("", "a b", "YES", "-1.5", "Ünicode", "<&\"'>")]
        if attribute.expanded.startswith("("):
            cases += [{**least, name: value} for value in attribute.expanded.strip("()").split("|")]
            cases.append({**least, name: grammar.sample(attribute).upper()})
    for attributes in cases:
        element = SMALLEST.element(tag, attributes=attributes)
        _, document, octets = _verdict(SMALLEST.document(element))
        _assert_kept(document, octets, True)


@pytest.mark.parametrize(
    "tag",
    [
        tag
        for tag in DECLARED
        if grammar.declared()[tag].model not in ("ANY",) and "|" not in grammar.declared()[tag].model
    ],
)
def test_text_is_accepted_and_refused_as_the_dtd_says(tag):
    # Text in an element without text, white space in one that is empty, an element in one that holds text.
    for text in ("words", " \n "):
        element = SMALLEST.element(tag)
        element.text = text
        _verdict(SMALLEST.document(element))
    element = SMALLEST.element(tag)
    etree.SubElement(element, "Money", currency="EUR").text = "1"
    _verdict(SMALLEST.document(element))


@pytest.mark.parametrize("tag", [tag for tag in DECLARED if "#PCDATA|" in grammar.declared()[tag].model])
def test_mixed_content_is_accepted_and_refused_as_the_dtd_says(tag):
    inside = grammar.tags(grammar.parsed(grammar.declared()[tag].model))[1]
    for names in ([], [inside], [inside, inside], ["Money"], [inside, "Money"], ["nothing"]):
        element = SMALLEST.element(tag, names)
        element.text = "before"
        for child in element:
            child.tail = "behind"
        valid, document, octets = _verdict(SMALLEST.document(element))
        assert valid == (set(names) <= {inside})
        _assert_kept(document, octets, True)


def test_open_content_is_carried_and_not_judged():
    # To the DTD, ANY means any element that it knows; the reader keeps whatever stands there, to the letter.
    for name in ("Money", "Extrinsic", "colour"):
        octets = grammar.octets(SMALLEST.document(SMALLEST.element("Extrinsic", [name])))
        assert f"<{name}".encode() in serialize(parse(octets))


def test_a_reference_is_carried_and_not_resolved():
    octets = grammar.octets(
        SMALLEST.document(SMALLEST.element("TaxDetail", attributes={"category": "vat", "taxedElement": "i1"}))
    )
    assert b'taxedElement="i1"' in serialize(parse(octets))


# --- payloads --------------------------------------------------------------------------------------------

MODULES = ("cXML", "Fulfill", "InvoiceDetail", "Quote", "PaymentRemittance", "Catalog", "Contract", "Logistics")


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("tag", WRAPPERS)
def test_payloads_of_each_module(module, tag):
    kind = official.elements(official.CURRENT, module).get(tag)
    names = _payloads(kind.model) if kind is not None else ()
    assert WRAPPERS[tag].get(module, ()) == names


def _payloads(model: str) -> tuple[str, ...]:
    return tuple(tag for tag in grammar.tags(grammar.parsed(model)) if tag != "Status")


def test_all_modules_at_hand_are_known():
    assert set(payloads.MODULES) == {path.stem for path in official.path().parent.glob("*.dtd")} - {"Private"}


@pytest.mark.parametrize("module", MODULES)
def test_shared_elements_are_the_same_in_all_modules(module):
    # This is why one set of classes can serve them all.
    others = official.elements(official.CURRENT, module)
    for tag in DECLARED:
        if tag in others and tag not in WRAPPERS:
            assert others[tag].model == official_elements()[tag].model, tag
            assert others[tag].attributes == official_elements()[tag].attributes, tag
