"""Forms, read from a page as a browser reads them, in one pass."""

from __future__ import annotations

import html
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxml_punchout.testing.forms import Form, forms_of


def test_the_forms_of_a_page():
    page = """<form action="/a?b&amp;c" method="POST"><input name=x value="&lt;1&gt;">
    <input type=checkbox name=y checked>
    <input type=radio name=z><input type=submit name=s><textarea name=t>a &amp; b</textarea><input value=unnamed>
    <input name=off disabled></form><input name=outside><form></form>"""
    assert forms_of(page) == (
        Form("/a?b&c", "post", {"x": "<1>", "y": "", "t": "a & b"}),
        Form("", "get", {}),
    )


@pytest.mark.parametrize(
    ("page", "fields"),
    [
        ("<form><INPUT NAME=a VALUE='b\"c'>", {"a": 'b"c'}),
        ("<form><input name = a\nvalue\t=\r\n'b'/>", {"a": "b"}),
        ("<form><input/name='a'/value=b>", {"a": "b"}),
        ("<form><input name=a value=b/c>", {"a": "b/c"}),
        ("<form><input name=a value=b value=c>", {"a": "b"}),
        ("<form><input name=a value='<b>&amp;amp;'>", {"a": "<b>&amp;"}),
        ("<form><input name=a value='&#x41;&#66;&copy'>", {"a": "AB©"}),
        (f"<form><input name=a value='&#{'9' * 5000};&#x{'f' * 5000}'>", {"a": "\ufffd\ufffd"}),
        ("<form><input name=a =b value=c>", {"a": "c"}),
        ("<form><!-- <input name=a> --><input name=b><!--><input name=c>", {"b": "", "c": ""}),
        ("<form><!DOCTYPE a><?b c><input name=a></>< input name=b>1 < 2<input name=c>", {"a": "", "c": ""}),
        ("<form><script>'<input name=a>'</script><style><input name=b></style><input name=c>", {"c": ""}),
        (
            "<form><title><input name=a></title><textarea name=t><input name=b>&lt;</TEXTAREA ><input name=c>",
            {"t": "<input name=b><", "c": ""},
        ),
        ("<form><textarea name=t>a</textareas></form>", {"t": "a</textareas></form>"}),
        ("<form><input name=a><input name=b", {"a": ""}),
        ("<form><input name=a><input name='b>", {"a": ""}),
        ("<form><input name=a><!-- <input name=b>", {"a": ""}),
        ("<form></form><input name=a>", {}),
        ("<form><inputs name=a><form2><input name=b>", {"b": ""}),
    ],
)
def test_a_page_means_what_it_means_to_a_browser(page: str, fields: dict[str, str]) -> None:
    (form,) = forms_of(page)
    assert form.fields == fields


@given(st.dictionaries(st.text(min_size=1), st.text()), st.text())
def test_what_was_escaped_comes_back(fields: dict[str, str], action: str) -> None:
    inputs = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in fields.items()
    )
    page = f'<p>1 < 2</p><form action="{html.escape(action)}">{inputs}</form>'
    assert forms_of(page) == (Form(action, "get", fields),)


@given(st.text("<>/=\"'!-?& \nainputform#x1;"))
def test_any_text_is_a_page(page: str) -> None:
    forms_of(page)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "piece",
    [
        "<input",
        "<input ",
        "<input '",
        '<input a="',
        "<input name=a>",
        "<form>",
        "</form",
        "<a b",
        "<!--",
        "<!",
        "<?",
        "</",
        "<",
        "<textarea>",
        "<title>",
        "<script",
        "&#1",
        "=",
        "'",
        " ",
        "a=b ",
        "a = ",
    ],
)
@pytest.mark.parametrize("before", ["<form>", "<form><input ", "<form><input name=a value='"])
def test_a_page_takes_time_in_proportion_to_its_length(before: str, piece: str) -> None:
    began = time.process_time()
    forms_of(before + piece * (300_000 // len(piece)))
    assert time.process_time() - began < 5  # in one pass a tenth of that; from the start at each '<' it takes minutes
