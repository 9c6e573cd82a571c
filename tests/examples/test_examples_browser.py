"""The shop of the examples, used by a real Chromium: pages from the shop, the cart posted to a page of the buyer."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest
from browser import Browser
from buying import setup_request, start_page
from serving import Running, fetch

from cxml_punchout import CXML
from cxml_punchout.models import PunchOutOrderMessage
from cxml_punchout.punchout.form import read_form

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


class Buyer(ThreadingHTTPServer):
    """The buyer's system: takes what a browser posts to it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), BuyerPage)
        self.posts: SimpleQueue[tuple[str, CXML]] = SimpleQueue()


class BuyerPage(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        posted = self.rfile.read(int(self.headers["Content-Length"])).decode("ascii")
        assert isinstance(self.server, Buyer)
        self.server.posts.put((self.path, read_form(parse_qs(posted, strict_parsing=True))))
        # With an icon, so that the browser asks for none.
        body = b"<!DOCTYPE html><link rel=icon href=data:,><title>Requisition</title><h1>Back at the buyer's</h1>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the output of the tests for the tests."""


@pytest.fixture(scope="module")
def buyer() -> Iterator[Buyer]:
    with Buyer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def entrance(shop: Running, buyer: Buyer) -> str:
    """The start page of a new visit, whose cart goes to our own buyer."""
    home = f"<URL>http://127.0.0.1:{buyer.server_port}/return?draft=7&amp;plus=a+b</URL>".encode()
    return start_page(fetch(f"{shop.url}/punchout", re.sub(rb"<URL>.*?</URL>", home, setup_request())))


def came_home(buyer: Buyer) -> CXML:
    path, document = buyer.posts.get(timeout=30)
    assert path == "/return?draft=7&plus=a+b"
    assert document.findings == ()
    return document


def quantities(document: CXML) -> dict[str, str]:
    assert isinstance(document.payload, PunchOutOrderMessage)
    return {item.item_id.supplier_part_id.value: str(item.quantity) for item in document.payload.item_in}


def watch(page: Page) -> list[str]:
    """What the browser complains about from now on."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.append(request.url) if not _local(request.url) else None)
    return complaints


def _local(url: str) -> bool:
    return url.startswith("http://127.0.0.1:")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_cart_is_filled_and_brought_home(browser: Browser, entrance: str, buyer: Buyer, scripts: bool) -> None:
    def steps(page: Page) -> tuple[str, list[str]]:
        complaints = watch(page)
        page.goto(entrance)
        page.get_by_label("Baking parchment").fill("12")
        page.get_by_label("Cake board").fill("250")
        page.get_by_role("button", name="Check out").click()
        if not scripts:
            page.get_by_role("button", name="Back to your purchasing system").click()
        page.get_by_role("heading", name="Back at the buyer's").wait_for()
        return page.title(), complaints

    assert browser.visit(steps, scripts=scripts) == ("Requisition", [])
    document = came_home(buyer)
    assert quantities(document) == {"KM-40718": "12", "KM-55010": "250"}
    assert isinstance(document.payload, PunchOutOrderMessage)
    _, board = document.payload.item_in
    assert board.item_detail.description[0].value == 'Cake board, 12", silver & gold'
    assert document.payload.buyer_cookie.text == "c&1"
    assert fetch(entrance).status == 404


def test_a_mistake_is_told_and_can_be_mended(browser: Browser, entrance: str, buyer: Buyer) -> None:
    def steps(page: Page) -> str:
        page.goto(entrance)
        page.get_by_label("Nitrile gloves").fill("many")
        page.get_by_label("Nitrile gloves").press("Enter")
        told = page.get_by_role("alert").inner_text()
        page.get_by_label("Nitrile gloves").fill("3")
        page.get_by_label("Nitrile gloves").press("Enter")
        page.get_by_role("heading", name="Back at the buyer's").wait_for()
        return told

    told = browser.visit(steps)
    assert told == "Nitrile gloves, blue, size L, box of 100: type a whole number from 0 to 9999, please."
    assert quantities(came_home(buyer)) == {"KM-22630-L": "3"}


@pytest.mark.parametrize(("button", "status"), [("Leave without changes", 204), ("Empty the cart and leave", None)])
def test_a_user_leaves(browser: Browser, entrance: str, buyer: Buyer, button: str, status: int | None) -> None:
    def steps(page: Page) -> None:
        page.goto(entrance)
        page.get_by_label("Nitrile gloves").fill("3")
        page.get_by_role("button", name=button).click()
        page.get_by_role("heading", name="Back at the buyer's").wait_for()

    browser.visit(steps)
    document = came_home(buyer)
    assert quantities(document) == {}
    assert document.message is not None
    assert (document.message.status.code if document.message.status else None) == status


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_page_fits_the_screen(browser: Browser, entrance: str, width: int) -> None:
    def steps(page: Page) -> tuple[int, list[str]]:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(entrance)
        overflow: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        inputs = "[...document.querySelectorAll('input')]"
        names: list[str] = page.evaluate(f"{inputs}.filter(each => !each.labels.length).map(each => each.name)")
        return overflow, names

    overflow, unlabelled = browser.visit(steps)
    assert overflow <= 0
    assert unlabelled == []
