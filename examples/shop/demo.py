"""A whole PunchOut on this machine: a shop and a simulated Precoro buyer, who talk over HTTP.

    python examples/shop/demo.py [--serve] [--report FILE]

The buyer opens the shop for a user, who chooses; the cart comes home and is ordered. Every document is validated on
both sides: the shop refuses what has an error, and the buyer looks at all that it sends and gets. The conversation is
printed and goes into a report. With ``--serve`` the shop then stays up, for you to be the user. The exit status is 0
only if everything was right.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sqlite3
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from decimal import Decimal
from http.client import HTTPConnection
from pathlib import Path
from socketserver import BaseServer
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import report
from purchasing import PurchasingServer
from report import Check, Step
from shop import CATALOGUE, Shop, precoro
from with_http_server import ShopServer

from cxml_punchout import parse
from cxml_punchout.cli.layout import GUTTER, Column, Style, clean, forgive, table
from cxml_punchout.models import Address, BillTo, Country, Name, PostalAddress, ShipTo
from cxml_punchout.punchout.cart import item_out_of
from cxml_punchout.summary import decimal_text, summarize
from cxml_punchout.testing.forms import forms_of
from cxml_punchout.testing.simulator import Simulator

SECRET = os.environ.get("SHOP_SECRET", "placeholder-live-secret")
CHOSEN = {"KM-40718": "12", "KM-22630-L": "30", "KM-90155": "2", "KM-55010": "250"}
ORDER = "PO-2026-00512"


class Got(NamedTuple):
    """What came back over HTTP."""

    status: int
    content_type: str
    body: bytes
    location: str = ""


def fetch(url: str, body: bytes | Mapping[str, str] | None = None, content_type: str = "") -> Got:
    """GET an address, or POST octets or a form to it."""
    parts = urlsplit(url)
    if isinstance(body, Mapping):
        body, content_type = urlencode(body).encode("ascii"), "application/x-www-form-urlencoded"
    headers = {"Content-Type": content_type} if body is not None else {}
    with closing(HTTPConnection(parts.netloc, timeout=30)) as connection:
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request("GET" if body is None else "POST", target, body, headers)
        response = connection.getresponse()
        content_type, location = (response.getheader(name, "") for name in ("Content-Type", "Location"))
        return Got(response.status, content_type, response.read(), location)


def post(url: str, body: bytes, content_type: str) -> tuple[bytes, str]:
    """Carries documents for the simulated buyer."""
    got = fetch(url, body, content_type)
    return got.body, got.content_type


class Conversation:
    """What is said and looked at, told as it happens and kept for the report."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.checks: list[Check] = []
        self.style = Style.of(sys.stdout)
        self._overheard: Counter[Simulator] = Counter()

    @property
    def good(self) -> bool:
        return all(check.good for check in self.checks)

    def title(self, text: str) -> None:
        print(f"\n{self.style.bold(text)}")

    def note(self, who: str, what: str, outcome: str = "") -> None:
        """Something that is no document: a page that was fetched, what the user did."""
        self._tell(Step(who, what, outcome))

    def overhear(self, simulator: Simulator) -> None:
        """Tell the documents that a buyer has sent and got since the last time."""
        for exchange in simulator.transcript.exchanges[self._overheard[simulator] :]:
            self._overheard[simulator] += 1
            who = "buyer to shop" if exchange.by == "buyer" else "shop to buyer"
            document = parse(exchange.body, mode="tolerant")
            status = document.response.status if document.response is not None else None
            outcome = f"{status.code} {status.text}" if status is not None else ""
            told = Step(who, summarize(document).kind, outcome, exchange.body, exchange.report, exchange.problems)
            self._tell(told)
            self.check(f"{told.what} ({exchange.step}) is valid, and as it should be", told.good)

    def check(self, sentence: str, good: bool) -> None:
        self.checks.append(Check(sentence, good))
        if not good:
            print(f"  {'WRONG':<{GUTTER - 2}}{sentence}")

    def _tell(self, step: Step) -> None:
        self.steps.append(step)
        print(f"  {step.who:<{GUTTER - 2}}{step.what:<36}{step.outcome:<20}{step.verdict}".rstrip())
        for problem in step.told:
            print(f"  {'':<{GUTTER - 2}}{clean(problem)}")


# --- the flow -------------------------------------------------------------------------------------------------


def play(talk: Conversation, shop: Shop, database: Path) -> None:
    """Setup, shopping, cart and order, and what must not work."""
    talk.title("Is anybody there?")
    ping = fetch(f"{shop.base_url}/punchout")
    talk.note("buyer to shop", "GET /punchout", f"HTTP {ping.status}")
    talk.check("the shop answers a ping", b"Ping Response Message" in ping.body)

    talk.title("A stranger knocks")
    stranger = Simulator(precoro(shop.base_url, "placeholder-guess"), post)
    refused = stranger.buyer.setup_request(buyer_cookie="x", return_url="https://buyer.example/")
    status = stranger.send("knock", refused).status
    talk.overhear(stranger)
    talk.check("a wrong secret is answered 401", status == 401)

    talk.title("Imogen Adair opens the shop from her purchasing system")
    buyer = Simulator(precoro(shop.base_url, SECRET), post)
    visit = buyer.punch_out(user_name="Imogen Adair", user_email="imogen.adair@tallowfinch.example.com")
    talk.overhear(buyer)
    talk.check("a setup request is answered with a start page of the shop", visit.start_page.startswith(shop.base_url))

    talk.title("She chooses and checks out")
    page = fetch(visit.start_page)
    talk.note("user", "opens the start page", f"HTTP {page.status}")
    (form,) = forms_of(page.body.decode("utf-8"))
    for part, quantity in CHOSEN.items():
        talk.note("user", f"wants {quantity} of {part}")
    home = fetch(visit.start_page, {**form.fields, **CHOSEN, "action": "check-out"})
    talk.note("user", "checks out", f"HTTP {home.status}")
    (form,) = forms_of(home.body.decode("utf-8"))
    cart = visit.take(form.fields)
    talk.overhear(buyer)
    show_lines(talk, buyer.transcript.exchanges[-1].body)
    came = {item.item_id.supplier_part_id.value: str(item.quantity) for item in cart.items}
    talk.check("the cart holds what was chosen, and nothing else", came == CHOSEN)
    total = cart.message.punch_out_order_message_header.total.money.amount
    talk.check("its total is the sum of the shop's prices", total == price_of(CHOSEN))
    talk.check("the visit is over", fetch(visit.start_page).status == 404)

    talk.title("The requisition is approved, and the order goes out")
    items = [item_out_of(item, line_number=number) for number, item in enumerate(cart.items, 1)]
    order = buyer.buyer.order_request(order_id=ORDER, items=items, bill_to=BILL_TO, ship_to=SHIP_TO, comments=REMARK)
    answer = buyer.send("order", order)
    talk.overhear(buyer)
    show_lines(talk, order.body)
    talk.check("the order is accepted", answer.status == 200)
    stored = rows(database, "SELECT remarks FROM purchase WHERE number = ?", ORDER)
    talk.check("it is stored, and says what the cart said", stored == [("",)])
    lines = rows(database, "SELECT part_id, quantity FROM line WHERE purchase = ? ORDER BY position", ORDER)
    talk.check("so are its lines", dict(lines) == CHOSEN)

    talk.title("The line was cut before the answer came, so the buyer sends the same again")
    answer = buyer.send("order again", order)
    talk.overhear(buyer)
    replies = [each.body for each in buyer.transcript.exchanges if each.step in ("order reply", "order again reply")]
    talk.check("the answer is the same, to the octet", answer.status == 200 and replies[0] == replies[1])
    talk.check("and the order is stored once", len(rows(database, "SELECT 1 FROM purchase")) == 1)


def show_lines(talk: Conversation, body: bytes) -> None:
    """The lines of a cart or an order, and the total."""
    summary = summarize(parse(body))
    columns = [
        Column("part", [line.part_id for line in summary.lines], 12),
        Column("quantity", [line.quantity for line in summary.lines], 10, number=True),
        Column("unit", [line.unit for line in summary.lines], 6),
        Column("description", [line.description for line in summary.lines]),
        Column("price", [line.unit_price for line in summary.lines], 10, number=True),
        Column("amount", [decimal_text(line.amount, 2) for line in summary.lines if line.amount], 12, number=True),
    ]
    for row in table(columns, talk.style):
        print(f"  {row}")
    assert summary.total is not None
    print(f"    total {summary.total.stated} {summary.total.currency}, {summary.total.remark}")


def price_of(chosen: Mapping[str, str]) -> Decimal:
    return sum((article.price * int(chosen.get(article.part_id, "0")) for article in CATALOGUE), Decimal(0))


def rows(database: Path, query: str, *values: str) -> list[Any]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query, values).fetchall()


def _address(deliver_to: str, street: str, postal_code: str) -> Address:
    return Address(
        name=Name("Tallow & Finch Bakeries Ltd", lang="en"),
        postal_address=PostalAddress(
            deliver_to=[deliver_to],
            street=[street],
            city="London",
            postal_code=postal_code,
            country=Country("United Kingdom", iso_country_code="GB"),
        ),
    )


BILL_TO = BillTo(address=_address("Accounts Payable", "14 Imaginary Row", "EC1A 0ZZ"))
SHIP_TO = ShipTo(address=_address("Imogen Adair", "Unit 9, Fictive Wharf", "E16 0ZZ"))
REMARK = "Please deliver before 06:30 or after 14:00."


# --- starting and stopping --------------------------------------------------------------------------------------


@contextmanager
def in_thread(server: BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


class ShopLog(logging.Handler):
    """Tells what the shop logs, in between."""

    def emit(self, record: logging.LogRecord) -> None:
        print(f"  {'log of the shop':<{GUTTER - 2}}  {clean(record.getMessage())}", flush=True)


def leave_up(shop: Shop) -> None:
    """Be a buyer for whoever sits in front of the browser, until the process is told to stop."""
    with PurchasingServer(Simulator(precoro(shop.base_url, SECRET), post), BILL_TO, SHIP_TO) as purchasing:
        print(f"\nThe shop stays up. Its start page:       {purchasing.open_shop()}")
        print(f"Or begin in the purchasing system:       {purchasing.url}")
        print("Ctrl-C ends it.", flush=True)
        with in_thread(purchasing):
            try:
                threading.Event().wait()
            except KeyboardInterrupt:
                print("\nThe shop is closed.")


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Plays a whole PunchOut between a shop and a simulated buyer.")
    parser.add_argument("--serve", action="store_true", help="leave the shop up afterwards, to click through it")
    parser.add_argument("--report", type=Path, default=Path("build/demo/report.html"), metavar="FILE")
    given = parser.parse_args(arguments)
    forgive(sys.stdout)
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, interrupt)
    logging.getLogger("cxml_punchout").addHandler(ShopLog())
    return run(given.report, serve=given.serve)


def run(file: Path, *, serve: bool = False) -> int:
    """Play everything and write the report to a file; 0 if everything was right."""
    with TemporaryDirectory() as directory, ShopServer(0) as server:
        database, url = Path(directory) / "shop.db", f"http://127.0.0.1:{server.server_port}"
        shop = Shop(url, [precoro(url, SECRET)], database, validate=("dtd", "type", "rule"))
        server.shop = shop
        talk = Conversation()
        print(talk.style.bold(f"A shop at {url}, and a buyer that uses Precoro"))
        with in_thread(server):
            play(talk, shop, database)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(report.render(talk.steps, talk.checks), encoding="utf-8")
            wrong = sum(not check.good for check in talk.checks)
            print(f"\n{len(talk.checks) - wrong} of {len(talk.checks)} things were right. Report: {file}")
            if serve:
                leave_up(shop)
    return 0 if talk.good else 1


if __name__ == "__main__":
    raise SystemExit(main())
