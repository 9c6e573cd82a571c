"""The demo: a shop and a buyer who talk over HTTP, what is told of it, and whether all was right."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from importlib.metadata import packages_distributions
from pathlib import Path

import demo
import pytest
import report
from demo import Got, fetch
from report import Check, Step, indented, render
from visits import SECRET, example

import cxml_punchout
from cxml_punchout import parse, validate
from cxml_punchout.testing.forms import forms_of

DEMO = Path(__file__).resolve().parents[1] / "examples" / "shop" / "demo.py"


def command(*arguments: str) -> tuple[list[str], dict[str, str]]:
    source = str(Path(cxml_punchout.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": source, "PYTHONUTF8": "1", "SHOP_SECRET": SECRET}
    return [sys.executable, "-W", "error", str(DEMO), *arguments], environment


# --- what is played ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """What the demo prints, and its report."""
    place = tmp_path_factory.mktemp("demo")
    arguments, environment = command()
    done = subprocess.run(arguments, capture_output=True, cwd=place, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode("utf-8"), (place / "build" / "demo" / "report.html").read_text("utf-8")


def test_the_conversation_is_told(played: tuple[str, str]) -> None:
    told, _ = played
    expected = [
        r"buyer to shop +GET /punchout +HTTP 200",
        r"log of the shop +answered 401: wrong-secret: the Sender is '.+'",
        r"shop to buyer +Response +401 Unauthorized +valid",
        r'buyer to shop +Setup request "create" +valid',
        r"shop to buyer +Setup response +200 OK +valid",
        r"user +wants 250 of KM-55010",
        r"shop to buyer +Cart +valid",
        r"KM-55010 +250 +EA +Cake board, 12\", silver & gold +0.385 +96.25",
        r"total 591.55 GBP, agrees with the lines",
        r'buyer to shop +Order "new" +valid',
        r"shop to buyer +Response +200 OK +valid",
        r"(\d+) of \1 things were right. Report: build.demo.report.html",
    ]
    at = 0
    for pattern in expected:
        found = re.compile(rf"^ *{pattern}$", re.MULTILINE).search(told, at)
        assert found, pattern
        at = found.end()
    assert max(map(len, told.splitlines())) <= 110


def test_neither_tells_a_secret(played: tuple[str, str]) -> None:
    told, page = played
    for secret in (SECRET, "placeholder-guess"):
        assert secret not in told
        assert secret not in page
    assert page.count("&lt;SharedSecret&gt;***&lt;/SharedSecret&gt;") == 4


class Texts(HTMLParser):
    """The texts of a page, and whatever it would load from elsewhere."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.loaded: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "link", "img", "iframe") or {"src", "href"} & dict(attrs).keys():
            self.loaded.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts += data.split("\n")


def test_the_report_shows_the_order_and_every_document(played: tuple[str, str]) -> None:
    _, page = played
    read = Texts(page)
    assert read.loaded == []
    assert {"PO-2026-00512", "Unit 9, Fictive Wharf", "Total (agrees with the lines)", "591.55 GBP"} <= set(read.texts)
    assert page.count("<details>") == 9
    assert 'class="bad"' not in page


@pytest.mark.thorough
def test_it_needs_nothing_but_what_the_library_needs(tmp_path: Path) -> None:
    project = tomllib.loads((DEMO.parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
    extras = {re.split(r"[\[>]", each)[0] for extra in project["optional-dependencies"].values() for each in extra}
    extras -= {project["name"]}  # an extra takes what another one has
    names = [name for name, found in packages_distributions().items() if extras & {each.lower() for each in found}]
    assert {"django", "itsdangerous", "pycountry", "rich", "sqlalchemy"} <= set(names)
    code = f"import runpy, sys; sys.modules.update(dict.fromkeys({names})); sys.path.insert(0, {str(DEMO.parent)!r}); "
    code += f"sys.argv = ['demo']; runpy.run_path({str(DEMO)!r}, run_name='__main__')"
    _, environment = command()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=tmp_path, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.browser
def test_the_report_fits_a_screen(played: tuple[str, str], browser: object, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(played[1], encoding="utf-8")

    def steps(page: object) -> list[int]:
        widths = []
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 900})  # type: ignore[attr-defined]
            page.goto(file.as_uri())  # type: ignore[attr-defined]
            widths.append(page.evaluate("document.documentElement.scrollWidth"))  # type: ignore[attr-defined]
        return widths

    assert browser.visit(steps) == [360, 1280]  # type: ignore[attr-defined]


def test_what_is_wrong_is_told_and_ends_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "price_of", lambda _: 0)
    assert demo.run(tmp_path / "report.html") == 1
    told = capsys.readouterr().out
    assert re.search(r"^ +WRONG +its total is the sum of the shop's prices$", told, re.MULTILINE)
    assert re.search(r"^19 of 20 things were right", told, re.MULTILINE)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert '<span class="bad">1 of 20 things were wrong</span>' in page
    assert 'sum of the shop&#x27;s prices <span class="bad">no</span>' in page


# --- the report -------------------------------------------------------------------------------------------------


def test_the_report_tells_what_is_wrong_with_a_document() -> None:
    body = example("departures/wrong-child-order")
    step = Step("buyer to <shop>", "Cart", "", body, validate(body), ["the <b>cookie</b> is lost"])
    page = render([step], [Check("a & b", False)])
    assert '<span class="bad">NOT AS IT SHOULD BE</span>' in page
    assert "<li>the &lt;b&gt;cookie&lt;/b&gt; is lost</li>" in page
    assert "[dtd/order]" in page
    assert "buyer to &lt;shop&gt;" in page
    assert "a &amp; b" in page


def test_every_example_can_stand_in_a_report(own_documents: dict[str, bytes]) -> None:
    for name, body in own_documents.items():
        page = render([Step("a", "b", "", body, validate(body))], [])
        assert "<details>" in page, name
        assert "placeholder" not in page, name


def test_indenting_changes_nothing_but_white_space(own_documents: dict[str, bytes]) -> None:
    for name, body in own_documents.items():
        text = body.decode("utf-8", "replace")
        assert re.sub(r"\s", "", indented(text)) == re.sub(r"\s", "", text), name


def test_indenting_puts_an_element_on_a_line() -> None:
    xml = '<?xml version="1.0"?><a><b c="d"><e>text</e><f/></b>mixed<b><b/></b></a>'
    assert indented(xml).split("\n") == [
        '<?xml version="1.0"?>',
        "<a>",
        '  <b c="d">',
        "    <e>text</e>",
        "    <f/>",
        "  </b>",
        "  mixed",
        "  <b>",
        "    <b/>",
        "  </b>",
        "</a>",
    ]


def test_an_order_without_amounts_can_be_shown() -> None:
    page = report.order_table(parse(example("valid/ariba-blanket-order")))
    assert "<table>" in page


# --- left up ----------------------------------------------------------------------------------------------------


@contextmanager
def left_up(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """The demo with --serve, the address of its start page and that of the purchasing system."""
    arguments, environment = command("--serve", "--report", str(tmp_path / "report.html"))
    running = subprocess.Popen(
        arguments, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert running.stdout is not None
        told = ""
        for line in running.stdout:
            told += line
            if line.startswith("Ctrl-C"):
                break
        page, purchasing = re.findall(r"^(?:The shop stays up|Or begin).*: +(http\S+)$", told, re.MULTILINE)
        yield running, page, purchasing
    finally:
        running.kill()
        running.communicate()


def pressed(got: Got, base: str = "", **fields: str) -> Got:
    """Post the only form of a page."""
    (form,) = forms_of(got.body.decode("utf-8"))
    return fetch(base + form.action, {**form.fields, **fields})


@pytest.mark.thorough
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_can_be_left_up_to_click_through(tmp_path: Path, ending: signal.Signals) -> None:
    with left_up(tmp_path) as (running, page, purchasing):
        home = fetch(page, {"KM-90155": "3", "action": "check-out"})
        cart = pressed(home)
        assert "Your requisition" in cart.body.decode()
        assert ">34.95</td>" in cart.body.decode()
        ordered = pressed(cart, purchasing)
        assert re.search("Order PO-[0-9a-f]{8}: the shop answered 200 OK.", ordered.body.decode())
        assert "Nothing here" in pressed(cart, purchasing).body.decode()
        assert "Nothing here" in pressed(home).body.decode()
        running.send_signal(ending)
        told, complaints = running.communicate(timeout=30)
        assert (running.returncode, told, complaints) == (0, "\nThe shop is closed.\n", "")


@pytest.mark.thorough
def test_the_purchasing_system_opens_the_shop_again(tmp_path: Path) -> None:
    with left_up(tmp_path) as (_, _, purchasing):
        for action, told in (("cancel", "nothing changes"), ("empty", "the cart was emptied")):
            start = pressed(fetch(purchasing + "/"), purchasing)
            assert start.status == 303
            assert told in pressed(fetch(start.location, {"action": action})).body.decode()
        start = pressed(fetch(purchasing + "/"), purchasing)
        (form,) = forms_of(fetch(start.location, {"action": "cancel"}).body.decode())
        for nonsense in ("", "no cart", example("valid/precoro-order").decode()):
            assert fetch(form.action, {"cxml-urlencoded": nonsense}).status == 400
