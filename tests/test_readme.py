"""The four things that the README shows run as they stand, in one process, in as few statements as promised."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest
from snippets import ROOT, Block, blocks, run
from visits import SECRET, example

from cxml_punchout import parse
from cxml_punchout.models import PunchOutSetupResponse
from cxml_punchout.punchout.form import read_form
from cxml_punchout.testing.forms import forms_of

README = ROOT / "README.md"
PAGE = README.read_text("utf-8")

#: heading -> how many statements a user may have to write, imports aside
LIMITS = {"Answer a setup request": 8, "Return a cart": 8, "Read an order": 3, "Test a payload": 2}


def snippet(heading: str) -> Block:
    """The one piece of code under a heading."""
    start = PAGE.index(f"\n## {heading}\n")
    end = PAGE.find("\n## ", start + 1)
    (found,) = (block for block in blocks(PAGE) if block.kind == "python" and start < block.start < end)
    return found


def printed(heading: str) -> str:
    """What the README says that the code under a heading prints."""
    found = blocks(PAGE)
    following = found[found.index(snippet(heading)) + 1]
    assert following.kind == "text"
    return following.text


def statements(code: str) -> int:
    """How many statements a piece of code has, nested ones included, imports aside."""
    return sum(
        isinstance(node, ast.stmt) and not isinstance(node, ast.Import | ast.ImportFrom)
        for node in ast.walk(ast.parse(code))
    )


def test_statements_are_counted_inside_of_others_too():
    assert statements("import a\nfrom b import c\nx = 1; y = 2\ndef f():\n    if x:\n        return y\n") == 5


@pytest.mark.parametrize(("heading", "limit"), LIMITS.items())
def test_it_takes_no_more_statements_than_promised(heading, limit):
    assert statements(snippet(heading).text) <= limit


def test_every_snippet_is_one_of_the_four():
    assert [block for block in blocks(PAGE) if block.kind == "python"] == [snippet(heading) for heading in LIMITS]


def test_the_snippets_run_one_after_the_other(monkeypatch):
    monkeypatch.setenv("PRECORO_SECRET", SECRET)
    setup, order = example("valid/precoro-setup-request"), example("valid/precoro-order")
    names: dict[str, Any] = {"body": setup, "content_type": "text/xml"}

    assert run(snippet("Answer a setup request"), README, names) == ""
    answer = parse(names["reply"].body).payload
    assert isinstance(answer, PunchOutSetupResponse)
    names["key"] = answer.start_page.url.value.rpartition("/")[2]

    assert run(snippet("Return a cart"), README, names) == ""
    (form,) = forms_of(names["page"])
    cart = read_form(form.fields)
    assert cart.payload.buyer_cookie == parse(setup).payload.buyer_cookie
    assert form.action == parse(setup).payload.browser_form_post.url.value
    assert [item.quantity for item in cart.payload.item_in] == [30]
    assert cart.findings == ()

    names["body"] = order
    assert run(snippet("Read an order"), README, names) == printed("Read an order")
    names["body"] = with_a_decimal_comma(order)
    assert run(snippet("Test a payload"), README, names).rstrip() == printed("Test a payload").rstrip()


def with_a_decimal_comma(order: bytes) -> bytes:
    """An order with that one fault, and nothing else that could be said of it."""
    text = order.decode().replace("/1.2.045/", "/1.2.071/").replace(">495.30<", ">495,30<")
    return re.sub(r' addressID="[^"]*"', "", text).encode()


def test_the_answer_checks_the_secret(monkeypatch):
    monkeypatch.setenv("PRECORO_SECRET", "another one")
    names: dict[str, Any] = {"body": example("valid/precoro-setup-request"), "content_type": "text/xml"}
    run(snippet("Answer a setup request"), README, names)
    assert names["reply"].status == 401
    assert names["sessions"] == {}


def test_the_eight_fields_of_the_form_are_shown():
    (call,) = (
        node
        for node in ast.walk(ast.parse(snippet("Answer a setup request").text))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Partner"
    )
    assert [keyword.arg for keyword in call.keywords] == [
        "sender_domain",
        "supplier_domain",
        "from_identity",
        "to_identity",
        "sender_identity",
        "shared_secret",
        "punchout_url",
        "purchase_order_url",
    ]


def test_every_file_that_the_readme_links_to_is_there():
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", PAGE)
    assert [link for link in links if not (ROOT / link).exists()] == []
