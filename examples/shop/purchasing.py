"""The buyer's system in small, for ``demo.py --serve``: it opens the shop, shows the cart that comes, and orders."""

from __future__ import annotations

import secrets
import threading
from html import escape
from http.server import ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from http_bodies import BadBody
from http_servers import RequestHandler
from report import STYLE, lines_table
from shop import SAFE_HEADERS

from cxml_punchout import DocumentError
from cxml_punchout.models import BillTo, ShipTo
from cxml_punchout.summary import summarize
from cxml_punchout.testing.simulator import Cart, Simulator, Visit

__all__ = ["PurchasingServer"]


class PurchasingServer(ThreadingHTTPServer):
    """Pages for one user, who is trusted: they stand for the system of a company."""

    def __init__(self, simulator: Simulator, bill_to: BillTo, ship_to: ShipTo) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self._simulator = simulator
        self._addresses = {"bill_to": bill_to, "ship_to": ship_to}
        self._visits: dict[str, Visit] = {}
        self._carts: dict[str, Cart] = {}
        self._lock = threading.Lock()

    def open_shop(self) -> str:
        """The start page of a new visit; its cart comes back to this server."""
        name = secrets.token_urlsafe(12)
        with self._lock:
            visit = self._simulator.punch_out(return_url=f"{self.url}/return?visit={name}")
            self._visits[name] = visit
        return visit.start_page

    def take(self, name: str, fields: dict[str, list[str]]) -> str:
        """The page that shows the cart of a visit."""
        with self._lock:
            visit = self._visits.get(name)
            if visit is None:
                return _page("Nothing here", "<p>This cart belongs to no visit, or came before.</p>", AGAIN)
            cart = visit.take(fields)
            del self._visits[name]
            self._carts[name] = cart
        if not cart.items:
            status = cart.document.message.status if cart.document.message is not None else None
            meaning = "nothing changes" if status is not None else "the cart was emptied"
            return _page("No items came back", f"<p>The user left the shop: {meaning}.</p>", AGAIN)
        order = _button(f"/order?cart={escape(name)}", "Order")
        return _page("Your requisition", lines_table(summarize(cart.document)), order)

    def order(self, name: str) -> str:
        """The page that says how the shop answered an order."""
        with self._lock:
            cart = self._carts.pop(name, None)
            if cart is None:
                return _page("Nothing here", "<p>There is no such cart, or it was ordered before.</p>", AGAIN)
            number = f"PO-{secrets.token_hex(4)}"
            answer = self._simulator.order(cart, order_id=number, **self._addresses)
        text = f"<p>Order {number}: the shop answered {answer.status} {escape(answer.text)}.</p>"
        return _page("Ordered" if answer.status == 200 else "Not ordered", text, AGAIN)


class Handler(RequestHandler):
    def serve(self) -> None:
        system, parts = self.server, urlsplit(self.path)
        assert isinstance(system, PurchasingServer)
        query = parse_qs(parts.query)
        if self.command != "POST":
            self.show(_page("Purchasing", "<p>You need something for the bakery.</p>", AGAIN))
        elif parts.path == "/open":
            self.answer(b"", 303, {"Location": system.open_shop()})
        elif parts.path == "/order":
            self.show(system.order("".join(query.get("cart", ()))))
        else:
            try:
                fields = parse_qs(self.body().decode("ascii", "replace"), max_num_fields=100)
                self.show(system.take("".join(query.get("visit", ())), fields))
            except (BadBody, DocumentError, AssertionError, ValueError) as error:
                self.show(_page("This is no cart", f"<p>{escape(str(error))}</p>", AGAIN), 400)

    def show(self, page: str, status: int = 200) -> None:
        body = page.encode("utf-8")
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": str(len(body)),
            **SAFE_HEADERS,
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action *",
        }
        self.answer(body, status, headers)


def _button(action: str, label: str) -> str:
    return f'<form method="post" action="{action}"><button>{label}</button></form>'


AGAIN = _button("/open", "Open the shop")


def _page(title: str, content: str, below: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<link rel="icon" href="data:,">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
        f'<div class="paper scroll">\n{content}\n</div>\n<p>{below}</p>\n</main>\n</body>\n</html>\n'
    )
