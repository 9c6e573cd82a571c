"""What is valid in an older cXML is valid here: 1.2.014, 1.2.020, 1.2.036 and 1.2.050 against the declarations.

One set of classes reads all versions. That holds because the grammar only ever grew; these tests try it, first on
content models and attributes, then on whole documents.
"""

from __future__ import annotations

import random
from functools import cache

import grammar
import official
import pytest
from lxml import etree

from cxml_punchout import element as x
from cxml_punchout import parse, serialize

pytestmark = pytest.mark.skipif(
    official.directory() is None,
    reason="the official DTDs are not at hand; name their directory in CXML_OFFICIAL_DTD",
)

DECLARED = {declaration.tag: declaration for declaration in x.declarations()}
SENTENCES = 60
DOCUMENTS = 300


@cache
def old(version: str) -> dict[str, official.ElementType]:
    """The elements of an old version that are declared here, content models cut to these."""
    return {tag: kind for tag, kind in official.elements(version).items() if tag in DECLARED}


@pytest.fixture(params=official.OLD_VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return request.param


def test_the_whole_core_of_the_old_version_is_declared(version):
    core = official.closure(list(official.CORE_ROOTS), version)
    assert set(core) <= set(DECLARED)
    assert len(core) == {"1.2.014": 144, "1.2.020": 150, "1.2.036": 253, "1.2.050": 275}[version]


@pytest.mark.slow
def test_content_that_fitted_still_fits(version):
    tried = 0
    for tag, kind in old(version).items():
        model = grammar.restricted(grammar.parsed(kind.model), DECLARED)
        assert model is not None
        ours = grammar.pattern(grammar.parsed(grammar.declared()[tag].model))
        chance = random.Random(f"{version} {tag}")
        if grammar.TEXT in kind.model or kind.model == "ANY":
            assert _kind(grammar.declared()[tag].model) == _kind(kind.model), tag
        sentences = {tuple(grammar.shortest(model))}
        sentences |= {tuple(grammar.shortest(model, name)) for name in grammar.tags(model)}
        sentences |= {tuple(grammar.sentence(model, chance, chance.choice((0.2, 0.5, 0.8)))) for _ in range(SENTENCES)}
        for sentence in sentences:
            assert ours.fullmatch("".join(f"{name} " for name in sentence)), (tag, sentence)
        tried += len(sentences)
    print(f"{version}: {tried} sequences of children in {len(old(version))} elements")
    assert tried > 500


def _kind(model: str) -> str:
    if model in ("EMPTY", "ANY", "(#PCDATA)"):
        return model
    return "mixed" if grammar.TEXT in model else "elements"


def test_attributes_are_still_there_and_no_narrower(version):
    for tag, kind in old(version).items():
        now = grammar.declared()[tag].attributes
        for name, attribute in kind.attributes.items():
            assert name in now, f"{tag}@{name}"
            assert attribute.required or not now[name].required, f"{tag}@{name}"
            if attribute.expanded.startswith("("):
                assert set(_values(attribute.expanded)) <= set(_values(now[name].expanded)), f"{tag}@{name}"
            else:
                assert not now[name].expanded.startswith("("), f"{tag}@{name}"
                tokens = ("NMTOKEN", "NMTOKENS", "ID", "IDREF")
                if now[name].expanded in tokens:
                    assert attribute.expanded == now[name].expanded, f"{tag}@{name}"
        for name, attribute in now.items():
            assert name in kind.attributes or not attribute.required, f"{tag}@{name} is required only now"


def _values(expanded: str) -> list[str]:
    return expanded.strip("()").split("|")


@pytest.mark.slow
def test_random_documents_valid_in_the_old_version_are_read_and_written(version):
    dtd = etree.DTD(str(official.path(version)))
    chance = random.Random(version)
    documents = grammar.Documents(old(version), chance)
    smallest = grammar.Smallest(old(version))
    roots = [documents.element() for _ in range(DOCUMENTS)]
    # Rare elements would not come up by chance, so each is filled once more in the smallest document around it.
    roots += [smallest.document(documents.element(tag, depth=3)) for tag in smallest.parents]
    elements = 0
    for number, root in enumerate(roots):
        before = grammar.canonical(root)
        elements += sum(1 for _ in root.iter())
        if number % 2:
            grammar.spread(root, old(version), chance)
        assert dtd.validate(root), dtd.error_log.last_error
        document = parse(grammar.octets(root, version))
        assert not [finding for finding in document.findings if finding.layer in ("xml", "dtd")]
        assert document.doctype is not None
        assert document.doctype.version == version
        written = serialize(document)
        assert grammar.canonical(etree.fromstring(written)) == before
        assert parse(written) == document
    print(f"{version}: {len(roots)} documents, {elements} elements of {len(documents.used)} kinds, none refused")
    assert documents.used >= {"cXML", *smallest.parents}
