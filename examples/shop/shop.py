"""A small shop that a procurement system can punch out to; no web framework is needed for any of it.

    shop = Shop("https://shop.example.com", [precoro(...)], "shop.db")

    shop.handle(body, content_type)    POST /punchout and POST /orders: setup requests and orders
    shop.ping()                        GET of the same two: is anybody there?
    shop.enter(key)                    GET /shop/<key>: the start page of a visit
    shop.leave(key, fields)            POST /shop/<key>: the user has pressed one of its buttons

Each gives an answer with ``body``, ``headers`` and ``http_status``, which whatever serves HTTP sends back; ``serve``
chooses among them where no framework does. The modules ``with_...`` beside this one serve the shop, each in its
way. Visits, carts and orders are kept in SQLite, so any number of threads and processes may share them.
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import attrs
import shop_pages
from http_bodies import BadBody, fields_of

from cxml_punchout import CXML, InvalidValue, Partner, Refusal, parse, serialize
from cxml_punchout.addresses import web_address
from cxml_punchout.endpoint import Endpoint, Handlers, Received, Reply
from cxml_punchout.envelope import unproved
from cxml_punchout.findings import Layer
from cxml_punchout.models import ItemIn, ItemOut, OrderRequest, PunchOutSetupRequest, PunchOutSetupResponse
from cxml_punchout.orders import move_of
from cxml_punchout.punchout.cart import cart_item
from cxml_punchout.punchout.compare import compare_order
from cxml_punchout.punchout.form import browser_form, content_security_policy
from cxml_punchout.punchout.session import PunchOutSession
from cxml_punchout.replay.memory import MemoryReplayGuard
from cxml_punchout.summary import summarize
from cxml_punchout.summary.reading import at, plain
from cxml_punchout.trust.credentials import STANDARD_DOMAINS
from cxml_punchout.trust.stores.memory import MemoryStore

__all__ = [
    "CATALOGUE",
    "PORT",
    "SAFE_HEADERS",
    "Answer",
    "Article",
    "NotAllowed",
    "Page",
    "Shop",
    "buyer_of",
    "from_environment",
    "precoro",
]

PORT = int(os.environ.get("SHOP_PORT", "8000"))
CURRENCY = "GBP"
CXML_PATHS = ("/punchout", "/orders")

#: What no page goes without. ``frame-ancestors`` is said by each page; see ``Shop``.
SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",  # the address holds the key of the visit
    "X-Content-Type-Options": "nosniff",
}


class Article(NamedTuple):
    """Something that is sold: ``unit`` is a code of UN/CEFACT, ``unspsc`` a class of goods."""

    part_id: str
    name: str
    price: Decimal
    unit: str
    unspsc: str


CATALOGUE = (
    Article("KM-40718", "Baking parchment, 450 x 750 mm, carton of 500 sheets", Decimal("18.45"), "CT", "48101909"),
    Article("KM-22630-L", "Nitrile gloves, blue, size L, box of 100", Decimal("6.80"), "BX", "46181504"),
    Article("KM-90155", "Probe thermometer, -50 to 300 °C, splash proof", Decimal("34.95"), "EA", "41112213"),
    Article("KM-31200", "Crème pâtissière powder, bag of 10 kg", Decimal("41.50"), "BG", "50181905"),
    Article("KM-55010", 'Cake board, 12", silver & gold', Decimal("0.385"), "EA", "48101908"),
)

SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS visit (
    key TEXT PRIMARY KEY, buyer TEXT NOT NULL, session TEXT NOT NULL, began TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE IF NOT EXISTS cart (
    buyer TEXT, number TEXT, document TEXT NOT NULL,
    PRIMARY KEY (buyer, number)
);
CREATE TABLE IF NOT EXISTS purchase (
    buyer TEXT, number TEXT, payload_id TEXT NOT NULL, document TEXT NOT NULL, remarks TEXT NOT NULL,
    PRIMARY KEY (buyer, number)
);
CREATE TABLE IF NOT EXISTS line (
    buyer TEXT, purchase TEXT, position INTEGER, part_id TEXT NOT NULL, description TEXT NOT NULL,
    quantity TEXT NOT NULL, unit TEXT NOT NULL, unit_price TEXT NOT NULL, currency TEXT NOT NULL,
    PRIMARY KEY (buyer, purchase, position)
);
"""


class Answer(Protocol):
    """What goes back over HTTP: a ``Reply`` in cXML, or a ``Page``."""

    @property
    def body(self) -> bytes: ...
    @property
    def headers(self) -> dict[str, str]: ...
    @property
    def http_status(self) -> int: ...


class Page(NamedTuple):
    """A page for the user's browser."""

    html: str
    policy: str
    http_status: int = 200

    @property
    def body(self) -> bytes:
        return self.html.encode("utf-8")

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": str(len(self.body)),
            **SAFE_HEADERS,
            "Content-Security-Policy": self.policy,
        }


class NotAllowed(NamedTuple):
    """The answer to a method of HTTP that means nothing here. A PUT that was taken for a GET would lose an order."""

    body: bytes = b"Only GET and POST are answered here.\n"
    http_status: int = 405

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Length": str(len(self.body)),
            **SAFE_HEADERS,
            "Allow": "GET, HEAD, POST",
        }


class Mistake(Exception):
    """The user has to put something right first; the text is for them."""


class Shop:
    """Lets users of its partners in, gives them their carts, and takes orders.

    base_url: where browsers find the shop.
    partners: who may send something. Whose carts and orders are whose is told by ``buyer_of``.
    database: a file of SQLite, made if it is not there.
    validate: layers of validation whose errors refuse a document; see ``Endpoint``.
    framed_by: who may show the pages in a frame, as ``frame-ancestors`` has it: ``'none'``, or a list of hosts. Anybody
        may by default, for procurement systems do, and from hosts that they do not tell. No page can be had without
        the key of a visit, so that there is nothing that a stranger could put into a frame.
    """

    def __init__(
        self,
        base_url: str,
        partners: Iterable[Partner],
        database: str | Path,
        *,
        validate: Iterable[Layer] = (),
        framed_by: str = "*",
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.framed_by = framed_by
        # Remembers answers in this process; what several must agree on is held by the keys of the tables.
        self.endpoint = Endpoint(MemoryStore(partners), replay=MemoryReplayGuard(), validate=validate)
        self.endpoint.check()  # a secret that is not there is better noticed now than by a partner
        self.handlers: Handlers = {PunchOutSetupRequest: self._admit, OrderRequest: self._take_order}
        self._database = database
        with self._transaction() as db:
            db.executescript(SCHEMA)

    # --- where there is no framework to route requests -------------------------------------------------------

    def serve(self, method: str, path: str, body: bytes, content_type: str | None) -> Answer:
        cxml, key = path in CXML_PATHS, path.removeprefix("/shop/")
        if method in ("GET", "HEAD"):
            return self.ping() if cxml else self.enter(key)
        if method != "POST":
            return NotAllowed()
        if cxml:
            return self.handle(body, content_type)
        try:
            return self.leave(key, fields_of(body))
        except BadBody as fault:
            return self.unread(fault)

    def unread(self, fault: BadBody) -> Reply:
        """The answer to a body that was not read, in cXML like any other."""
        return attrs.evolve(self.endpoint.refuse(Refusal(fault.status, fault.text)), http_status=fault.http_status)

    # --- what procurement systems send ---------------------------------------------------------------------

    def handle(self, body: bytes, content_type: str | None) -> Reply:
        return self.endpoint.handle(body, content_type, self.handlers)

    def ping(self) -> Reply:
        return self.endpoint.ping()

    def _admit(self, received: Received) -> PunchOutSetupResponse:
        """Begin a visit: its start page is the answer to a setup request."""
        session = PunchOutSession.begin(received)
        if session.operation not in ("create", "edit", "inspect"):
            raise Refusal(450, "Carts are made, changed and looked at here, and no more.")
        try:
            web_address(session.return_url)
        except InvalidValue:
            raise Refusal(400, "BrowserFormPost does not say where a browser could take the cart.") from None
        with self._transaction() as db:
            session.require("edit" if self._offered(db, buyer_of(received), session.items) else None)
            db.execute("DELETE FROM visit WHERE began < datetime('now', '-8 hours')")
            row = session.key, buyer_of(received), json.dumps(session.to_dict())
            db.execute("INSERT INTO visit (key, buyer, session) VALUES (?, ?, ?)", row)
        return session.start_page(f"{self.base_url}/shop/{session.key}")

    def _take_order(self, received: Received) -> None:
        """Store an order, once. What it says otherwise than the cart did is noted for a person to look at."""
        order: OrderRequest = received.payload
        move = move_of(order)
        if move.kind != "new":
            raise Refusal(450, "Orders are changed and cancelled by telephone here.")
        key = buyer_of(received), move.order_id
        with self._transaction() as db:
            offered = self._offered(db, buyer_of(received), order.item_out)
            remarks = "\n".join(map(str, compare_order(offered, order.item_out)))
            document = serialize(unproved(received.document)).decode("utf-8")
            row = (*key, received.payload_id, document, remarks)
            if db.execute("INSERT INTO purchase VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", row).rowcount == 0:
                select = "SELECT payload_id FROM purchase WHERE (buyer, number) = (?, ?)"
                if db.execute(select, key).fetchone() != (received.payload_id,):
                    raise Refusal(409, f"There is an order {move.order_id} already.")
                return  # stored by an attempt that was cut off before it could answer
            for line in summarize(received.document).lines:
                item = line.part_id, line.description, line.quantity, line.unit, line.unit_price, line.currency
                db.execute("INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*key, line.position, *item))

    # --- what users do -------------------------------------------------------------------------------------

    def enter(self, key: str) -> Page:
        """The start page of a visit."""
        session = self._session(key)
        if session is None:
            return self._gone()
        quantities = {plain(at(item, "item_id.supplier_part_id")): plain(item.quantity) for item in session.items}
        return self._start_page(session, quantities if session.operation != "create" else {})

    def leave(self, key: str, fields: Mapping[str, str]) -> Page:
        """The end of a visit: the page that takes the cart home, or the start page again with what is wrong.

        fields: the form, a quantity for each part number and ``action``.
        """
        session = self._session(key)
        if session is None:
            return self._gone()
        # A cart that is opened again keeps its number, or the buyer would take its lines for other ones.
        opened = session.items if session.operation == "edit" else ()
        number = next(iter(_numbers(opened)), secrets.token_hex(8))
        try:
            message = _message(session, fields, number)
        except Mistake as mistake:
            return self._start_page(session, fields, str(mistake))
        with self._transaction() as db:
            buyer = db.execute("SELECT buyer FROM visit WHERE key = ?", (key,)).fetchone()
            if db.execute("DELETE FROM visit WHERE key = ?", (key,)).rowcount == 0:
                return self._gone()  # another tab was quicker
            if fields["action"] == "check-out":
                row = *buyer, number, serialize(message).decode("utf-8")
                db.execute("INSERT OR REPLACE INTO cart VALUES (?, ?, ?)", row)
        nonce = secrets.token_urlsafe(16)
        form = browser_form(
            session, message, page=False, auto_submit=True, nonce=nonce, button="Back to your purchasing system"
        )
        policy = f"{content_security_policy(session, nonce=nonce)}; {self._look(nonce)}"
        return Page(shop_pages.way_home(form, nonce=nonce), policy)

    def _start_page(self, session: PunchOutSession, quantities: Mapping[str, str], mistake: str = "") -> Page:
        nonce = secrets.token_urlsafe(16)
        html = shop_pages.start(session, CATALOGUE, CURRENCY, quantities, mistake, nonce=nonce)
        return Page(html, self._policy(nonce), 400 if mistake else 200)

    def _gone(self) -> Page:
        nonce = secrets.token_urlsafe(16)
        return Page(shop_pages.gone(nonce=nonce), self._policy(nonce), 404)

    def _policy(self, nonce: str) -> str:
        return f"default-src 'none'; base-uri 'none'; form-action 'self'; {self._look(nonce)}"

    def _look(self, nonce: str) -> str:
        return f"style-src 'nonce-{nonce}'; frame-ancestors {self.framed_by}"

    # --- what is kept --------------------------------------------------------------------------------------

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._database, timeout=30)) as connection, connection:
            yield connection

    def _session(self, key: str) -> PunchOutSession | None:
        select = "SELECT session FROM visit WHERE key = ? AND began >= datetime('now', '-8 hours')"
        with self._transaction() as db:
            row = db.execute(select, (key,)).fetchone()
        return PunchOutSession.from_dict(json.loads(row[0])) if row else None

    def _offered(self, db: sqlite3.Connection, buyer: str, items: Iterable[ItemOut]) -> list[ItemIn]:
        """The lines of all carts that these items come from."""
        select = "SELECT document FROM cart WHERE (buyer, number) = (?, ?)"
        rows = [row for number in _numbers(items) for row in db.execute(select, (buyer, number))]
        carts: list[Any] = [parse(document).payload for (document,) in rows]
        return [line for cart in carts for line in cart.item_in]


def buyer_of(received: Received) -> str:
    """Whose carts and orders these are: of what the partner's record is called, and of the account that was proved.

    From is there for a hub, which proves only itself and says in From for whom it speaks. Names are written as they are
    compared, for a buyer may spell its own in several ways.
    """
    verified = received.verified
    told = [[*STANDARD_DOMAINS.keys(name)[0], name.marketplace] for name in (verified.proved, *verified.from_)]
    return json.dumps([verified.partner.name, verified.mode, told[0], sorted(told[1:])])


def _numbers(items: Iterable[ItemOut]) -> dict[str, None]:
    """The numbers of the carts that items come from, which this shop writes into their auxiliary ids."""
    auxiliary = (plain(at(item, "item_id.supplier_part_auxiliary_id")).strip() for item in items)
    return dict.fromkeys(filter(None, auxiliary))


def _message(session: PunchOutSession, fields: Mapping[str, str], number: str) -> CXML:
    """What the buyer is sent, by the button that was pressed."""
    match fields.get("action"):
        case "cancel":
            return session.cancel(currency=CURRENCY)
        case _ if session.operation == "inspect":
            raise Mistake("This cart can only be looked at.")
        case "empty":
            return session.return_empty_cart(currency=CURRENCY)
        case "check-out":
            lines = [_line(article, fields, number) for article in CATALOGUE if _quantity(article, fields)]
            if not lines:
                raise Mistake("Nothing is chosen yet. Type how many you need, or leave without changes.")
            return session.return_cart(lines, operation_allowed="edit")
        case _:
            raise Mistake("Press one of the buttons, please.")


def _quantity(article: Article, fields: Mapping[str, str]) -> int:
    text = fields.get(article.part_id, "").strip() or "0"
    if not text.isdecimal() or len(text) > 4:
        raise Mistake(f"{article.name}: type a whole number from 0 to 9999, please.")
    return int(text)


def _line(article: Article, fields: Mapping[str, str], number: str) -> ItemIn:
    return cart_item(
        part_id=article.part_id,
        auxiliary_id=number,
        description=article.name,
        unit_price=article.price,
        currency=CURRENCY,
        unit=article.unit,
        classification=article.unspsc,
        quantity=_quantity(article, fields),
        lead_time=2,
    )


def precoro(base_url: str, secret: str) -> Partner:
    """The record of a buyer that uses Precoro; the first eight are the fields of Precoro's form."""
    return Partner(
        sender_domain="NetworkID",
        supplier_domain="DUNS",
        from_identity="AN01999010012",
        to_identity="999110224",
        sender_identity="tallow-finch-live",
        shared_secret=secret,
        punchout_url=f"{base_url}/punchout",
        purchase_order_url=f"{base_url}/orders",
        name="Tallow & Finch Bakeries",
    )


def from_environment() -> Shop:
    """The shop that the examples serve. ``SHOP_URL`` says where browsers find it, if not on this machine."""
    base_url = os.environ.get("SHOP_URL", f"http://127.0.0.1:{PORT}")
    partner = precoro(base_url, os.environ.get("SHOP_SECRET", "placeholder-live-secret"))
    return Shop(base_url, [partner], os.environ.get("SHOP_DATABASE", "shop.db"))
