"""The files of ``models``: the index is true, names follow the DTD, annotations say what is on the wire."""

from __future__ import annotations

import ast
import inspect
import keyword
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import cxml_punchout
from cxml_punchout import element as x
from cxml_punchout import models

DIRECTORY = Path(models.__file__).parent
TOPICS = list(models.TOPICS)
DECLARED = {declared.tag: declared for declared in x.declarations()}
CLASSES = {tag: declared for tag, declared in DECLARED.items() if isinstance(declared, x.Declaration)}
LEAVES = {tag: declared for tag, declared in DECLARED.items() if isinstance(declared, x.Leaf)}


def class_name(tag: str) -> str:
    """The only element whose name begins with a small letter is the root."""
    return "CXML" if tag == "cXML" else tag


@cache
def tree(topic: str) -> ast.Module:
    return ast.parse((DIRECTORY / f"{topic}.py").read_text("utf-8"))


@cache
def class_trees() -> dict[str, ast.ClassDef]:
    return {node.name: node for topic in TOPICS for node in tree(topic).body if isinstance(node, ast.ClassDef)}


def _calls(node: ast.expr | None, name: str) -> ast.Call | None:
    """The call if ``node`` is a call of ``x.<name>``."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) == f"x.{name}":
        return node
    return None


def declared_in(topic: str) -> list[str]:
    """The tags that a file declares, as its source says."""
    found = []
    for node in tree(topic).body:
        if isinstance(node, ast.ClassDef):
            for decorator in node.decorator_list:
                if call := _calls(decorator, "element"):
                    tag = [ast.literal_eval(keyword.value) for keyword in call.keywords if keyword.arg == "tag"]
                    found.append(tag[0] if tag else node.name)
        elif isinstance(node, ast.Assign) and (call := _calls(node.value, "leaf")):
            (target,) = node.targets
            found.append(ast.literal_eval(call.args[0]))
            assert ast.unparse(target) == found[-1], "a leaf is bound to the name of its tag"
    return found


# --- the index -------------------------------------------------------------------------------------------


def test_every_file_is_a_topic_and_every_topic_a_file():
    assert sorted(TOPICS) == sorted(path.stem for path in DIRECTORY.glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("topic", TOPICS)
def test_the_index_names_what_the_file_declares(topic):
    indexed = models.TOPICS[topic].split()
    assert len(indexed) == len(set(indexed))
    assert sorted(indexed) == sorted(declared_in(topic))


def test_no_element_is_declared_twice():
    tags = [tag for topic in TOPICS for tag in declared_in(topic)]
    assert len(tags) == len(set(tags)) == 303


def test_type_checkers_see_exactly_the_classes():
    imported = set()
    for node in ast.walk(ast.parse((DIRECTORY / "__init__.py").read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module:
            assert node.module in TOPICS
            for alias in node.names:
                assert alias.asname == alias.name, "imported under its own name, so that it counts as exported"
                imported.add((node.module, alias.name))
    assert imported == {(topic, class_name(tag)) for topic in TOPICS for tag in declared_in(topic) if tag in CLASSES}


@pytest.mark.parametrize("topic", TOPICS)
def test_each_file_exports_what_it_declares(topic):
    module = __import__(f"cxml_punchout.models.{topic}", fromlist=["*"])
    assert sorted(module.__all__) == sorted(class_name(tag) for tag in declared_in(topic))


# --- loading ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tag", CLASSES)
def test_each_class_is_an_attribute_of_the_package(tag):
    cls = getattr(models, class_name(tag))
    assert cls is CLASSES[tag].cls
    assert cls.__name__ == class_name(tag)
    assert cls.__module__ == f"cxml_punchout.models.{next(t for t in TOPICS if tag in models.TOPICS[t].split())}"


@pytest.mark.parametrize("name", ["Nothing", "cXML", "UserAgent", "monney", "__wrapped__"])
def test_other_names_are_no_attributes(name):
    # A leaf has no class: what it holds is a plain value.
    with pytest.raises(AttributeError, match=f"has no attribute '{name}'"):
        getattr(models, name)


def test_dir_lists_the_classes():
    assert dir(models) == sorted(dir(models))
    assert {class_name(tag) for tag in CLASSES} <= set(dir(models))
    for name in dir(models):
        assert getattr(models, name) is not None


def test_cxml_is_the_same_from_both_places():
    assert cxml_punchout.CXML is models.CXML


def run(code: str, *arguments: str) -> str:
    result = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_a_topic_is_loaded_when_it_is_touched_and_not_before():
    loaded = "sorted(name.rsplit('.', 1)[1] for name in sys.modules if name.startswith('cxml_punchout.models.'))"
    code = f"""
import sys
import cxml_punchout
print({loaded})
from cxml_punchout.models import Airport
print({loaded})
cxml_punchout.models.Money
print({loaded})
"""
    assert run(code).splitlines() == ["['envelope']", "['envelope', 'travel']", "['envelope', 'money', 'travel']"]


def test_reading_loads_only_the_topics_of_the_document():
    code = """
import sys
from cxml_punchout import parse
parse('<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd">'
      '<cXML payloadID="1" timestamp="2026-11-23T18:30:00+00:00">'
      '<Response><Status code="200" text="OK"/></Response></cXML>')
print('cxml_punchout.models.travel' in sys.modules, 'cxml_punchout.models.order' in sys.modules)
"""
    assert run(code) == "False False"


def test_serving_a_setup_request_loads_no_topic_of_other_payloads():
    code = """
import sys
from datetime import datetime, timezone
from pathlib import Path
from cxml_punchout import CXML, parse, serialize
from cxml_punchout.models import PunchOutSetupResponse, Response, StartPage, Status
parse(Path(sys.argv[1]).read_bytes())
page = PunchOutSetupResponse(start_page=StartPage(url="https://shop.example.com/"))
response = Response(status=Status(code=200, text="OK"), payload=page)
serialize(CXML(payload_id="1@shop.example.com", timestamp=datetime.now(timezone.utc), response=response))
topics = ("order", "profile", "status_update")
print([topic for topic in topics if f"cxml_punchout.models.{topic}" in sys.modules])
"""
    request = DIRECTORY.parents[2] / "examples" / "documents" / "valid" / "precoro-setup-request.xml"
    assert run(code, str(request)) == "[]"


# --- names -----------------------------------------------------------------------------------------------

#: Wire names that are spelled otherwise in Python than the rule says: one word to the ear, or two.
SPELLED_OTHERWISE = {"PCard": "pcard", "EANID": "ean_id"}


def python_name(wire: str) -> str:
    """The rule: small letters, an underscore before each new word, no prefix, an underscore behind a keyword."""
    local = SPELLED_OTHERWISE.get(wire, wire.rsplit(":", 1)[-1]).replace("-", "_")
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", local).lower()
    return f"{name}_" if keyword.iskeyword(name) else name


@pytest.mark.parametrize("tag", CLASSES)
def test_fields_have_the_names_of_the_dtd_in_pythons_spelling(tag):
    for field in CLASSES[tag].fields:
        if field.kind in ("attribute", "child", "children"):
            assert field.name == python_name(field.tag)
        elif field.kind in ("choice", "choices"):
            assert field.name == "payload"
        elif field.kind in ("mixed", "open"):
            assert field.name == "content"
        elif tag == "Money":
            assert field.name == "amount"
        else:  # a text is called value, unless an attribute is
            taken = any(other.name == "value" for other in CLASSES[tag].attributes)
            assert field.name == ("content" if taken else "value")


def test_all_names_that_are_spelled_otherwise_occur():
    tags = {tag for declared in CLASSES.values() for field in declared.fields for tag in field.tags}
    assert set(SPELLED_OTHERWISE) <= tags


# --- docstrings ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("topic", TOPICS)
def test_every_file_says_what_it_is_about(topic):
    assert _is_sentence(ast.get_docstring(tree(topic)))


@pytest.mark.parametrize("tag", DECLARED)
def test_every_element_says_what_it_is_for(tag):
    declared = DECLARED[tag]
    assert _is_sentence(declared.doc if isinstance(declared, x.Leaf) else inspect.getdoc(declared.cls))
    if isinstance(declared, x.Declaration):
        assert declared.cls.__doc__, "its own docstring, not the one of a base class"


def _is_sentence(text: str | None) -> bool:
    first = (text or "").split("\n\n")[0]
    return len(first) > 10 and first.rstrip()[-1] in ".!?"


@pytest.mark.parametrize("tag", CLASSES)
def test_fields_in_a_docstring_are_fields_of_the_class(tag):
    doc = inspect.getdoc(CLASSES[tag].cls) or ""
    fields = {field.name for field in CLASSES[tag].fields} | {"doctype", "findings", "before_root", "after_root"}
    for line in doc.split("\n\n", 1)[-1].splitlines() if "\n\n" in doc else ():
        if match := re.match(r"([a-z_]+(?:, [a-z_]+)*): ", line):
            assert set(match[1].split(", ")) <= fields, line


# --- annotations -----------------------------------------------------------------------------------------

#: The names under which the payloads of a wrapper are gathered.
PAYLOADS = {"RequestPayload", "MessagePayload", "ResponsePayload"}
#: Kind of field -> wrapper of the annotation, for what may be handed in besides.
CHILD_WRAPPERS = ("x.OrText", "x.Exact")
MANY_WRAPPERS = ("x.Many", "x.ManyOrText")
#: The Python type that a leaf with this pair has.
LEAF_TYPES = {"string": "str", "number": "Decimal", "uint": "int", "datetime.tz": "datetime", "date": "date | datetime"}


def annotations(tag: str) -> dict[str, str]:
    return {
        node.target.id: ast.unparse(node.annotation)
        for node in class_trees()[class_name(tag)].body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }


def unwrapped(annotation: str, wrappers: tuple[str, ...]) -> tuple[str, str]:
    """``x.OrText[Name | None]`` -> ("x.OrText", "Name | None")."""
    for wrapper in wrappers:
        if annotation.startswith(f"{wrapper}[") and annotation.endswith("]"):
            return wrapper, annotation[len(wrapper) + 1 : -1]
    return "", annotation


def held(tag: str) -> str:
    """The type of what stands for a child in Python."""
    if tag in LEAVES:
        return LEAF_TYPES[LEAVES[tag].scalar.name]
    return class_name(tag) if tag in CLASSES else "x.OpenElement"


@pytest.mark.parametrize("tag", CLASSES)
def test_annotations_agree_with_the_wire(tag):
    written = annotations(tag)
    assert list(written) == [field.name for field in CLASSES[tag].fields], "one line for a field, in wire order"
    for field in CLASSES[tag].fields:
        annotation = written[field.name]
        if field.kind == "child":
            wrapper, inner = unwrapped(annotation, CHILD_WRAPPERS)
            assert inner == held(field.tag) + ("" if field.required else " | None"), field.name
            assert wrapper == _wrapper(field.tag, "x.OrText"), field.name
        elif field.kind == "children":
            wrapper, inner = unwrapped(annotation, MANY_WRAPPERS)
            assert inner == held(field.tag), field.name
            assert wrapper == ("x.ManyOrText" if _wrapper(field.tag, "x.ManyOrText") == "x.ManyOrText" else "x.Many")
        elif field.kind == "choice":
            base = annotation.removesuffix(" | None")
            assert base in PAYLOADS
            assert (base == annotation) == field.required, field.name
        elif field.kind == "mixed":
            assert annotation == f"x.Mixed[{' | '.join(map(held, field.tags))}]"
        elif field.kind == "open":
            assert annotation == "x.Content"
        else:
            _assert_value(field, annotation)


def _wrapper(tag: str, with_text: str) -> str:
    """What an element takes besides itself: a text if nothing else is needed, numbers for a Decimal."""
    if tag in LEAVES:
        return "x.Exact" if LEAVES[tag].scalar.name == "number" else ""
    return with_text if tag in CLASSES and CLASSES[tag].takes_text else ""


def _assert_value(field: x.Field, annotation: str) -> None:
    wrapper, inner = unwrapped(annotation, ("x.Exact",))
    assert field.scalar is not None
    assert (wrapper == "x.Exact") == (field.scalar.name == "number"), field.name
    optional = inner.endswith(" | None")
    if field.kind == "text":
        assert not optional
    elif field.scalar.name == "yes":
        assert inner == "Flag"  # absence is False
    else:
        assert optional == (not field.required), field.name


@pytest.mark.parametrize("topic", TOPICS)
def test_payload_names_gather_the_declared_payloads(topic):
    for node in ast.walk(tree(topic)):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id in PAYLOADS:
            wrapper = node.target.id.removesuffix("Payload")
            (field,) = (field for field in CLASSES[wrapper].content if field.kind == "choice")
            assert node.value is not None
            names = set(ast.unparse(node.value).split(" | "))
            assert names == {tag for tag in field.tags if tag in CLASSES} | {"x.OpenElement"}


@pytest.mark.parametrize("topic", TOPICS)
def test_classes_that_annotations_name_are_imported_for_type_checkers_only(topic):
    # Children are found by their tag, so no topic loads another.
    for node in tree(topic).body:
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            pytest.fail(f"{topic} imports {node.module} when it is loaded")


@pytest.mark.parametrize("tag", CLASSES)
def test_the_base_class_tells_the_kind_of_content(tag):
    base = {"mixed": "x.MixedElement", "open": "x.TextAndElements"}.get(CLASSES[tag].kind, "x.Element")
    bases = [ast.unparse(each) for each in class_trees()[class_name(tag)].bases]
    assert bases == (["Document"] if tag == "cXML" else [base])


@pytest.mark.parametrize("tag", CLASSES)
def test_text_like_elements_take_their_text_by_position(tag):
    if CLASSES[tag].kind in ("text", "mixed", "open"):
        (content,) = CLASSES[tag].content
        parameters = inspect.signature(CLASSES[tag].cls).parameters
        assert parameters[content.name].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        others = [parameter for name, parameter in parameters.items() if name != content.name]
        assert all(parameter.kind is inspect.Parameter.KEYWORD_ONLY for parameter in others)
