"""The examples: one shop, served in five ways, and the same behaviour in each, over real HTTP."""

from __future__ import annotations

import ast
import base64
import re
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from buying import RETURN, cart_from, check_out, opened, order_for, setup_request, start_page, status_of
from serving import SERVERS, SHOP, XML, Running, by_itself, fetch, serving
from shop import Shop, precoro
from visits import SECRET, example
from with_lambda import respond

import cxml_punchout
from cxml_punchout import CXML, parse
from cxml_punchout.models import DocumentReference, ProfileResponse, PunchOutOrderMessage
from cxml_punchout.testing.forms import forms_of
from cxml_punchout.testing.simulator import Simulator

ORDERS = "SELECT count(*) FROM purchase WHERE number = ?"
LINES = (
    "SELECT position, part_id, quantity, unit, unit_price, currency FROM line WHERE purchase = ? ORDER BY position, 1"
)


def payload_of(cart: CXML) -> PunchOutOrderMessage:
    assert isinstance(cart.payload, PunchOutOrderMessage)
    return cart.payload


def lines_of(cart: CXML) -> dict[str, str]:
    return {item.item_id.supplier_part_id.value: str(item.quantity) for item in payload_of(cart).item_in}


# --- the same in all five -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SERVERS)
def test_the_whole_flow(name: str, shops: Callable[[str], Running]) -> None:
    shop = shops(name)

    for place in ("punchout", "orders"):
        assert status_of(fetch(f"{shop.url}/{place}")).value == "Ping Response Message"

    page = opened(shop)
    assert page.startswith(f"{shop.url}/shop/")
    shown = fetch(page)
    assert shown.status == 200
    assert "Imogen Adair, for Tallow &amp; Finch Bakeries" in shown.text
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]

    home = check_out(page, {"KM-40718": "12", "KM-90155": "2", "KM-55010": " 7 "})
    assert "script-src 'nonce-" in home.headers["Content-Security-Policy"]
    cart = cart_from(home)
    message = payload_of(cart)
    assert lines_of(cart) == {"KM-40718": "12", "KM-90155": "2", "KM-55010": "7"}
    assert str(message.punch_out_order_message_header.total.money.amount) == "293.995"
    assert message.buyer_cookie.text == "c&1"
    assert fetch(page).status == 404
    assert fetch(page, {"KM-40718": "1", "action": "check-out"}).status == 404

    order = order_for(cart, number=f"PO-{name}")
    first = fetch(f"{shop.url}/orders", order)
    assert status_of(first).code == 200
    assert fetch(f"{shop.url}/orders", order).body == first.body
    assert shop.rows(ORDERS, f"PO-{name}") == [(1,)]
    assert shop.rows("SELECT remarks FROM purchase WHERE number = ?", f"PO-{name}") == [("",)]
    assert shop.rows(LINES, f"PO-{name}") == [
        (1, "KM-40718", "12", "CT", "18.45", "GBP"),
        (2, "KM-90155", "2", "EA", "34.95", "GBP"),
        (3, "KM-55010", "7", "EA", "0.385", "GBP"),
    ]

    for place in ("punchout", "orders"):
        wrong = setup_request().replace(SECRET.encode(), b"placeholder-other")
        assert status_of(fetch(f"{shop.url}/{place}", wrong)).code == 401
        assert status_of(fetch(f"{shop.url}/{place}", setup_request()[:-20])).code == 406
        assert status_of(fetch(f"{shop.url}/{place}", b"")).code == 406
        assert status_of(fetch(f"{shop.url}/{place}", b"\xff" * 99, "application/octet-stream")).code == 406
        assert status_of(fetch(f"{shop.url}/{place}", unknown())).code == 450

    assert fetch(f"{shop.url}/shop/of-nobody").status == 404
    assert fetch(f"{shop.url}/shop/of-nobody", {"action": "cancel"}).status == 404
    assert fetch(f"{shop.url}/elsewhere").status == 404


def unknown() -> bytes:
    asked = b"<GetPendingRequest><MessageType>StatusUpdateRequest</MessageType></GetPendingRequest>"
    body = re.sub(rb"<PunchOutSetupRequest.*</PunchOutSetupRequest>", asked, setup_request(), flags=re.DOTALL)
    assert asked in body
    return body


@pytest.mark.parametrize("name", SERVERS)
def test_a_simulated_buyer_finds_nothing_wrong(name: str, shops: Callable[[str], Running]) -> None:
    shop = shops(name)

    def post(url: str, body: bytes, content_type: str) -> tuple[bytes, str]:
        got = fetch(url, body, content_type)
        return got.body, got.headers["Content-Type"]

    buyer = Simulator(precoro(shop.url, SECRET), post, return_url=RETURN)
    carts = []
    for chosen in ({"KM-40718": "1"}, {"KM-40718": "2", "KM-31200": "3"}):
        visit = buyer.punch_out(ship_to=parse(example("valid/precoro-setup-request")).payload.ship_to)  # type: ignore[union-attr]
        (form,) = forms_of(check_out(visit.start_page, chosen).text)
        carts.append(visit.take(form.fields))
    assert buyer.order(*carts, order_id=f"PO-two-{name}").status == 200
    buyer.transcript.raise_for_problems()
    assert shop.rows("SELECT remarks FROM purchase WHERE number = ?", f"PO-two-{name}") == [("",)]


@pytest.mark.parametrize("name", SERVERS)
def test_characters_survive_whatever_the_charset(name: str, shops: Callable[[str], Running]) -> None:
    shop = shops(name)
    body = setup_request(name="Zoë ]]&gt; &lt;b&gt; 漢字")
    page = fetch(start_page(fetch(f"{shop.url}/punchout", body, "text/xml")))
    assert "<p>Zoë ]]&gt; &lt;b&gt; 漢字, for" in page.text
    latin = setup_request(name="Zoë").decode().replace("UTF-8", "ISO-8859-1").encode("latin-1")
    page = fetch(start_page(fetch(f"{shop.url}/punchout", latin, "application/octet-stream")))
    assert "<p>Zoë, for" in page.text


@pytest.mark.parametrize("name", SERVERS)
def test_no_page_goes_without_the_headers_that_keep_it_safe(name: str, shops: Callable[[str], Running]) -> None:
    shop = shops(name)
    start = opened(shop)
    pages = [fetch(start), fetch(start, {"action": "nonsense"}), check_out(start, {"KM-40718": "1"}), fetch(start)]
    pages += [fetch(f"{shop.url}/elsewhere"), fetch(f"{shop.url}/elsewhere", {"a": "b"}), fetch(f"{shop.url}/shop/a/b")]
    assert [page.status for page in pages] == [200, 400, 200, 404, 404, 404, 404]
    for page in pages:
        if not page.headers["Content-Type"].startswith("text/html"):
            assert page.headers["Content-Type"] == "application/json"  # a word of FastAPI's own
            continue
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "frame-ancestors" in page.headers["Content-Security-Policy"]
        for name in ("X-Frame-Options", "Cross-Origin-Opener-Policy"):
            assert page.headers[name] is None  # procurement systems show shops in frames, or in windows that they watch


def test_who_may_show_the_shop_in_a_frame_can_be_said(tmp_path: Path) -> None:
    url = "https://shop.example.com"
    shop = Shop(url, [precoro(url, SECRET)], tmp_path / "shop.db", framed_by="https://a.example")
    assert shop.enter("").headers["Content-Security-Policy"].endswith("; frame-ancestors https://a.example")


@pytest.mark.parametrize("name", SERVERS)
def test_an_example_is_short(name: str) -> None:
    assert len((SHOP / f"with_{name}.py").read_text("utf-8").splitlines()) < 60


@pytest.mark.thorough
@pytest.mark.parametrize("name", SERVERS)
def test_an_example_runs_by_itself(name: str, tmp_path: Path) -> None:
    with by_itself(name, tmp_path) as (url, _):
        assert start_page(fetch(f"{url}/punchout", setup_request())).startswith(f"{url}/shop/")
        assert (tmp_path / "shop.db").is_file()


def test_nothing_in_the_library_knows_the_examples() -> None:
    ours = {path.stem for path in SHOP.glob("*.py")}
    for path in Path(cxml_punchout.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                assert not {alias.name.split(".")[0] for alias in node.names} & (ours | {"examples"}), path
            elif isinstance(node, ast.ImportFrom) and not node.level:
                assert (node.module or "").split(".")[0] not in ours | {"examples"}, path


# --- what a framework has no part in --------------------------------------------------------------------------


def test_a_document_of_the_examples_can_be_posted_as_it_is(shop: Running) -> None:
    assert fetch(start_page(fetch(f"{shop.url}/punchout", example("valid/precoro-setup-request")))).status == 200
    assert status_of(fetch(f"{shop.url}/orders", example("valid/precoro-order"))).code == 200
    ((remarks,),) = shop.rows("SELECT remarks FROM purchase WHERE number = ?", "PO-2026-00481")
    assert "in the order, nothing in the cart" in remarks


def test_a_partner_can_ask_what_there_is(shop: Running) -> None:
    body = re.sub(
        rb"<PunchOutSetupRequest.*</PunchOutSetupRequest>", b"<ProfileRequest/>", setup_request(), flags=re.DOTALL
    )
    profile = parse(fetch(f"{shop.url}/punchout", body).body).payload
    assert isinstance(profile, ProfileResponse)
    assert {each.request_name: each.url.value for each in profile.transaction} == {
        "PunchOutSetupRequest": f"{shop.url}/punchout",
        "OrderRequest": f"{shop.url}/orders",
    }


@pytest.mark.parametrize(
    ("fields", "alert"),
    [
        ({}, "Nothing is chosen yet."),
        ({"KM-40718": "0"}, "Nothing is chosen yet."),
        ({"KM-40718": "-1"}, "Baking parchment, 450 x 750 mm, carton of 500 sheets: type a whole number"),
        ({"KM-40718": "1.5"}, "type a whole number"),
        ({"KM-40718": "10000"}, "type a whole number"),
        ({"KM-40718": '"><script>'}, "type a whole number"),
    ],
)
def test_a_mistake_is_told_and_the_visit_goes_on(shop: Running, fields: dict[str, str], alert: str) -> None:
    page = opened(shop)
    again = check_out(page, fields)
    assert again.status == 400
    assert '<p role="alert">' in again.text
    assert alert in again.text
    assert "<script" not in again.text
    (form,) = forms_of(again.text)
    assert form.fields["KM-40718"] == fields.get("KM-40718", "")
    assert lines_of(cart_from(check_out(page, {"KM-40718": "3"}))) == {"KM-40718": "3"}


def test_a_form_without_a_button_ends_nothing(shop: Running) -> None:
    page = opened(shop)
    assert fetch(page, {"KM-40718": "3"}).status == 400
    assert fetch(page, {"KM-40718": "3", "action": "buy"}).status == 400
    assert fetch(page).status == 200


def test_cancel_and_empty_mean_different_things(shop: Running) -> None:
    cancelled = cart_from(check_out(opened(shop), {"KM-40718": "3"}, "cancel"))
    emptied = cart_from(check_out(opened(shop), {"KM-40718": "3"}, "empty"))
    assert cancelled.message is not None
    assert emptied.message is not None
    assert cancelled.message.status is not None
    assert (cancelled.message.status.code, payload_of(cancelled).item_in) == (204, ())
    assert (emptied.message.status, payload_of(emptied).item_in) == (None, ())


ITEM = (
    '<ItemOut quantity="{quantity}"><ItemID><SupplierPartID>{part}</SupplierPartID>'
    "<SupplierPartAuxiliaryID>{number}</SupplierPartAuxiliaryID></ItemID></ItemOut>"
)


def reopened(cart: CXML) -> str:
    """The lines of a cart as a setup request names them to open it again."""
    return "".join(
        ITEM.format(
            quantity=item.quantity,
            part=item.item_id.supplier_part_id.value,
            number=item.item_id.supplier_part_auxiliary_id.text,  # type: ignore[union-attr]
        )
        for item in payload_of(cart).item_in
    )


def test_a_cart_is_opened_again_and_changed(shop: Running) -> None:
    before = cart_from(check_out(opened(shop), {"KM-40718": "3", "KM-90155": "1"}))
    page = opened(shop, operation="edit", items=reopened(before))
    (form,) = forms_of(fetch(page).text)
    assert (form.fields["KM-40718"], form.fields["KM-90155"], form.fields["KM-22630-L"]) == ("3", "1", "")
    after = cart_from(check_out(page, {"KM-40718": "5", "KM-90155": "", "KM-22630-L": "2"}))
    assert lines_of(after) == {"KM-40718": "5", "KM-22630-L": "2"}
    numbers = {
        str(item.item_id.supplier_part_auxiliary_id.text)  # type: ignore[union-attr]
        for cart in (before, after)
        for item in payload_of(cart).item_in
    }
    assert len(numbers) == 1
    assert status_of(fetch(f"{shop.url}/orders", order_for(after, number="PO-after"))).code == 200
    assert status_of(fetch(f"{shop.url}/orders", order_for(before, number="PO-before"))).code == 200
    assert shop.rows("SELECT number, remarks = '' FROM purchase WHERE number IN ('PO-after', 'PO-before')") == [
        ("PO-after", 1),
        ("PO-before", 0),
    ]


def test_a_new_cart_does_not_take_the_place_of_the_one_that_the_request_lists(shop: Running) -> None:
    cart = cart_from(check_out(opened(shop), {"KM-40718": "3"}))
    cart_from(check_out(opened(shop, items=reopened(cart)), {"KM-90155": "1"}))
    assert status_of(fetch(f"{shop.url}/orders", order_for(cart, number="PO-first"))).code == 200
    assert shop.rows("SELECT remarks FROM purchase WHERE number = 'PO-first'") == [("",)]


def test_leaving_an_edit_without_changes_keeps_the_cart(shop: Running) -> None:
    cart = cart_from(check_out(opened(shop), {"KM-40718": "3"}))
    left = cart_from(check_out(opened(shop, operation="edit", items=reopened(cart)), {}, "cancel"))
    assert payload_of(left).item_in == ()
    assert status_of(fetch(f"{shop.url}/orders", order_for(cart, number="PO-kept"))).code == 200
    assert shop.rows("SELECT remarks FROM purchase WHERE number = 'PO-kept'") == [("",)]


def test_a_cart_that_is_looked_at_cannot_be_changed(shop: Running) -> None:
    cart = cart_from(check_out(opened(shop), {"KM-40718": "3"}))
    page = opened(shop, operation="inspect", items=reopened(cart))
    shown = fetch(page).text
    assert "readonly" in shown
    assert "Check out" not in shown
    for action in ("check-out", "empty"):
        assert check_out(page, {"KM-40718": "4"}, action).status == 400
    left = cart_from(check_out(page, {}, "cancel"))
    assert left.message is not None
    assert left.message.status is not None
    assert left.message.status.code == 204


@pytest.mark.parametrize(
    ("wishes", "code"),
    [
        ({"operation": "source"}, 450),
        ({"operation": "browse"}, 450),
        ({"operation": "edit"}, 412),
        ({"operation": "inspect", "items": ITEM.format(quantity=1, part="KM-40718", number="of-nobody")}, 412),
        ({"operation": "edit", "items": "<ItemOut/>"}, 412),
    ],
)
def test_what_cannot_be_opened(shop: Running, wishes: dict[str, str], code: int) -> None:
    assert status_of(fetch(f"{shop.url}/punchout", setup_request(**wishes))).code == code


@pytest.mark.parametrize("url", ["javascript:alert(1)", "", "/return", "ftp://buy.example.net/"])
def test_a_cart_needs_a_way_home(shop: Running, url: str) -> None:
    body = re.sub(rb"<URL>.*?</URL>", f"<URL>{url}</URL>".encode(), setup_request())
    assert status_of(fetch(f"{shop.url}/punchout", body)).code == (400 if url else 406)
    without = re.sub(rb"<BrowserFormPost>.*</BrowserFormPost>", b"", setup_request(), flags=re.DOTALL)
    assert status_of(fetch(f"{shop.url}/punchout", without)).code == 406


def test_the_article_that_the_user_came_from_has_the_focus(shop: Running) -> None:
    items = "<SelectedItem><ItemID><SupplierPartID>KM-90155</SupplierPartID></ItemID></SelectedItem>"
    (focused,) = re.findall("<input [^>]*autofocus>", fetch(opened(shop, items=items)).text)
    assert 'name="KM-90155"' in focused


def test_a_visit_ends_after_some_hours(shop: Running) -> None:
    page = opened(shop)
    with closing(sqlite3.connect(shop.database)) as connection, connection:
        connection.execute("UPDATE visit SET began = datetime('now', '-9 hours') WHERE key = ?", (page.split("/")[-1],))
    assert fetch(page).status == 404
    opened(shop)
    assert shop.rows("SELECT count(*) FROM visit WHERE key = ?", page.split("/")[-1]) == [(0,)]


def test_of_two_tabs_one_brings_the_cart_home(shop: Running) -> None:
    page = opened(shop)
    with ThreadPoolExecutor(8) as tabs:
        got = list(tabs.map(lambda _: fetch(page, {"KM-40718": "1", "action": "check-out"}).status, range(8)))
    assert sorted(got) == [200] + [404] * 7


# --- orders -------------------------------------------------------------------------------------------------


def test_an_order_that_comes_many_times_at_once_is_stored_once(shop: Running) -> None:
    body = order_for(number="PO-many")
    with ThreadPoolExecutor(8) as senders:
        got = list(senders.map(lambda _: status_of(fetch(f"{shop.url}/orders", body)).code, range(8)))
    assert set(got) <= {200, 560}
    assert status_of(fetch(f"{shop.url}/orders", body)).code == 200
    assert shop.rows(ORDERS, "PO-many") == [(1,)]
    assert shop.rows("SELECT count(*) FROM line WHERE purchase = 'PO-many'") == [(3,)]


def test_two_orders_with_one_number_are_not_mixed_up(shop: Running) -> None:
    assert status_of(fetch(f"{shop.url}/orders", order_for(number="PO-twice"))).code == 200
    status = status_of(fetch(f"{shop.url}/orders", order_for(number="PO-twice")))
    assert (status.code, status.value) == (409, "There is an order PO-twice already.")
    assert shop.rows(ORDERS, "PO-twice") == [(1,)]


def test_an_order_is_known_after_a_restart(tmp_path: Path) -> None:
    body = order_for(number="PO-restart")
    for _ in range(2):
        with serving("http_server", tmp_path / "shop.db") as started:
            assert status_of(fetch(f"{started.url}/orders", body)).code == 200
            assert started.rows(ORDERS, "PO-restart") == [(1,)]


def test_what_the_order_says_otherwise_than_the_cart_is_noted(shop: Running) -> None:
    cart = cart_from(check_out(opened(shop), {"KM-40718": "3", "KM-90155": "1"}))
    body = order_for(cart, number="PO-cheap").replace(b">18.45<", b">1.45<")
    assert status_of(fetch(f"{shop.url}/orders", body)).code == 200
    ((remarks,),) = shop.rows("SELECT remarks FROM purchase WHERE number = 'PO-cheap'")
    assert re.fullmatch(
        "'KM-40718 / [0-9a-f]{16}': the unit price is 18.45 in the cart and 1.45 in the order", remarks
    ), remarks


@pytest.mark.parametrize("kind", ["update", "delete"])
def test_changes_of_orders_are_no_orders(shop: Running, kind: str) -> None:
    body = order_for(number=f"PO-{kind}", type=kind, document_reference=DocumentReference(payload_id="o@b"))
    assert status_of(fetch(f"{shop.url}/orders", body)).code == 450
    assert shop.rows(ORDERS, f"PO-{kind}") == [(0,)]


def test_no_secret_is_kept(shop: Running) -> None:
    cart = cart_from(check_out(opened(shop), {"KM-40718": "3"}))
    opened(shop)
    assert status_of(fetch(f"{shop.url}/orders", order_for(cart))).code == 200
    for name in ("shop.db", "shop.db-wal"):
        path = shop.database.with_name(name)
        assert not path.exists() or SECRET.encode() not in path.read_bytes()
    assert RETURN.split("?")[0].encode() in b"".join(path.read_bytes() for path in shop.database.parent.iterdir())


# --- the function ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoded", [False, True], ids=["text", "base64"])
def test_a_function_takes_a_body_in_either_form(tmp_path: Path, encoded: bool) -> None:
    shop = Shop("https://shop.example.com", [precoro("https://shop.example.com", SECRET)], tmp_path / "shop.db")
    body = setup_request(name="Zoë")
    event = {
        "version": "2.0",
        "rawPath": "/punchout",
        "headers": {"content-type": XML},
        "requestContext": {"http": {"method": "POST", "path": "/punchout"}},
        "body": base64.b64encode(body).decode() if encoded else body.decode(),
        "isBase64Encoded": encoded,
    }
    result = respond(shop, event)
    assert (result["statusCode"], result["isBase64Encoded"]) == (200, False)
    page = parse(result["body"].encode()).payload
    assert page.start_page.url.value.startswith("https://shop.example.com/shop/")  # type: ignore[union-attr]
