"""Carts taken home by a real Chromium: the page from one local server, the form posted to another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import attrs
import pytest
from browser import Browser
from posted import HARD, cart

from cxml_punchout import CXML, serialize
from cxml_punchout.punchout.form import Encoding, browser_form, content_security_policy, read_form
from cxml_punchout.roundtrip import first_difference

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

each_encoding = pytest.mark.parametrize("encoding", ["cxml-urlencoded", "cxml-base64"])

#: Values with a meaning in a URL, which the browser must leave alone.
QUERY = "/return?id=7&next=%2Fcart%3Fa%3D1&plus=a+b"


RECEIVED = "<!DOCTYPE html><title>received</title>"


@attrs.frozen
class Post:
    """What the buyer's system received."""

    path: str
    content_type: str
    body: bytes

    def document(self) -> CXML:
        assert self.content_type == "application/x-www-form-urlencoded"
        return read_form(parse_qs(self.body.decode("ascii"), strict_parsing=True))


@attrs.define
class Site:
    """A server on the loopback: pages by path, each with its headers, and whatever is posted.

    redirect: where a browser is sent after it has posted.
    """

    url: str = ""
    redirect: str = ""
    pages: dict[str, tuple[bytes, dict[str, str]]] = attrs.field(factory=dict)
    posts: SimpleQueue[Post] = attrs.field(factory=SimpleQueue)

    def add(self, path: str, page: str, charset: str = "utf-8", **headers: str) -> str:
        """Serve a page and give its address."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = page.encode(charset), {"Content-Type": f"text/html; charset={charset}", **named}
        return f"{self.url}{path}"

    def post(self) -> Post:
        """The one thing that was posted since the last time."""
        found = self.posts.get(timeout=30)
        assert self.posts.empty()
        return found

    def no_post(self) -> bool:
        try:
            self.posts.get(timeout=0.3)
        except Empty:
            return True
        return False


@contextmanager
def running(site: Site) -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, headers = site.pages.get(self.path, (b"", {}))
            self.answer(200 if headers else 404, body, headers)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            site.posts.put(Post(self.path, self.headers["Content-Type"], body))
            if site.redirect:
                self.answer(303, b"", {"Location": site.redirect})
            else:
                self.answer(200, RECEIVED.encode(), {"Content-Type": "text/html"})

        def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep the output of the tests for the tests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site.url = f"http://127.0.0.1:{server.server_port}"
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        serving.start()
        yield site
        server.shutdown()
        serving.join()


@pytest.fixture(scope="module")
def shop() -> Iterator[Site]:
    with running(Site()) as site:
        yield site


@pytest.fixture
def buyer() -> Iterator[Site]:
    with running(Site()) as site:
        yield site


def pressing(url: str) -> Callable[[Page], str]:
    """Open a page and press its only button; give the title of the page behind it."""

    def steps(page: Page) -> str:
        page.goto(url)
        page.get_by_role("button").click()
        page.wait_for_function("document.title === 'received'")
        return page.title()

    return steps


def opening(url: str) -> Callable[[Page], str]:
    """Open a page and wait for what happens by itself."""

    def steps(page: Page) -> str:
        page.goto(url)
        page.wait_for_function("document.title === 'received'")
        return page.title()

    return steps


def assert_came_home(sent: CXML, post: Post) -> None:
    received = post.document()
    assert first_difference(serialize(sent), serialize(received)) is None
    assert received == sent
    assert received.findings == ()


@pytest.mark.parametrize("lines", [1, 500])
@each_encoding
def test_a_cart_comes_home_by_button(browser: Browser, shop: Site, buyer: Site, encoding: Encoding, lines: int) -> None:
    sent = cart(HARD, lines)
    page = browser_form(buyer.url + QUERY, sent, encoding=encoding)
    assert browser.visit(pressing(shop.add("/cart", page))) == "received"
    post = buyer.post()
    assert post.path == QUERY
    assert_came_home(sent, post)


@pytest.mark.parametrize("lines", [1, 500])
@each_encoding
def test_a_cart_comes_home_by_itself_under_a_strict_policy(
    browser: Browser, shop: Site, buyer: Site, encoding: Encoding, lines: int
) -> None:
    sent = cart(HARD, lines)
    url = buyer.url + QUERY
    page = browser_form(url, sent, encoding=encoding, auto_submit=True, nonce="cjRuZDBt+/8=")
    policy = content_security_policy(url, nonce="cjRuZDBt+/8=")
    assert browser.visit(opening(shop.add("/cart", page, Content_Security_Policy=policy))) == "received"
    assert_came_home(sent, buyer.post())


def test_the_policy_lets_the_buyer_redirect_to_another_host(browser: Browser, shop: Site, buyer: Site) -> None:
    sent = cart("x")
    buyer.redirect = buyer.add("/requisition", RECEIVED).replace("127.0.0.1", "localhost")
    page = browser_form(buyer.url, sent, auto_submit=True, nonce="cjRuZDBt")
    policy = content_security_policy(buyer.url, nonce="cjRuZDBt")
    assert browser.visit(opening(shop.add("/cart", page, Content_Security_Policy=policy))) == "received"
    assert_came_home(sent, buyer.post())


@each_encoding
def test_without_scripts_the_button_is_there(browser: Browser, shop: Site, buyer: Site, encoding: Encoding) -> None:
    sent = cart(HARD)
    address = shop.add("/cart", browser_form(buyer.url, sent, encoding=encoding, auto_submit=True))

    def steps(page: Page) -> None:
        page.goto(address)
        with page.expect_navigation():
            page.get_by_role("button", name="Return the cart").click()

    browser.visit(steps, scripts=False)
    assert_came_home(sent, buyer.post())


@pytest.mark.parametrize("policy", ["default-src 'none'", "script-src 'nonce-b3RoZXI='; form-action http:"])
def test_a_policy_that_forbids_the_script_leaves_the_button(
    browser: Browser, shop: Site, buyer: Site, policy: str
) -> None:
    sent = cart(HARD)
    page = browser_form(buyer.url, sent, auto_submit=True, nonce="cjRuZDBt")
    address = shop.add("/cart", page, Content_Security_Policy=policy)

    def steps(page: Page) -> bool:
        page.goto(address)
        quiet = buyer.no_post()
        with page.expect_navigation():
            page.get_by_role("button").click()
        return quiet

    assert browser.visit(steps)
    assert_came_home(sent, buyer.post())


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-8", "shift_jis"])
@each_encoding
def test_a_form_works_in_a_page_of_any_charset(
    browser: Browser, shop: Site, buyer: Site, encoding: Encoding, charset: str
) -> None:
    sent = cart(HARD)
    form = browser_form(buyer.url + QUERY, sent, encoding=encoding, page=False, button="Zurück → 漢字")
    address = shop.add("/cart", f"<!DOCTYPE html><title>shop</title><p>Your cart</p>{form}", charset)

    def steps(page: Page) -> str:
        page.goto(address)
        label = page.get_by_role("button").inner_text()
        page.get_by_role("button").click()
        page.wait_for_function("document.title === 'received'")
        return label

    assert browser.visit(steps) == "Zurück → 漢字"
    assert_came_home(sent, buyer.post())


def test_two_forms_on_a_page_do_not_mix(browser: Browser, shop: Site, buyer: Site) -> None:
    other, sent = cart("other"), cart(HARD)
    forms = browser_form(buyer.url, other, page=False) + browser_form(buyer.url, sent, page=False, auto_submit=True)
    assert browser.visit(opening(shop.add("/cart", f"<!DOCTYPE html>{forms}"))) == "received"
    assert_came_home(sent, buyer.post())


@pytest.mark.parametrize(("target", "expected"), [("_top", "received"), ("", "buyer")])
def test_a_shop_in_a_frame_replaces_the_page_only_with_a_target(
    browser: Browser, shop: Site, buyer: Site, target: str, expected: str
) -> None:
    sent = cart("x")
    framed = shop.add("/cart", browser_form(buyer.url, sent, target=target))
    address = buyer.add("/", f'<!DOCTYPE html><title>buyer</title><iframe src="{framed}"></iframe>')

    def steps(page: Page) -> str:
        page.goto(address)
        page.frame_locator("iframe").get_by_role("button").click()
        post.append(buyer.post())
        if target:
            page.wait_for_function("document.title === 'received'")
        return page.title()

    post: list[Post] = []
    assert browser.visit(steps) == expected
    assert_came_home(sent, post[0])


def test_coming_back_to_a_page_brings_its_own_cart(browser: Browser, shop: Site, buyer: Site) -> None:
    first, second = cart("first"), cart("second")
    address = shop.add("/cart", browser_form(buyer.url, first), Cache_Control="no-store")

    def steps(page: Page) -> None:
        page.goto(address)
        page.get_by_role("button").click()
        page.wait_for_function("document.title === 'received'")
        assert_came_home(first, buyer.post())
        shop.add("/cart", browser_form(buyer.url, second), Cache_Control="no-store")
        page.go_back()
        page.get_by_role("button").click()
        page.wait_for_function("document.title === 'received'")

    browser.visit(steps)
    assert_came_home(second, buyer.post())
