"""The shop behind the HTTP server of the standard library: python examples/shop/with_http_server.py

That server is made for trying things out. A shop that the world can reach stands behind one of the frameworks.
"""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from shop import PORT, Answer, Shop, from_environment

__all__ = ["ShopServer"]

#: The endpoint reads no larger document, and says so of one that is cut off here.
MOST_OCTETS = 64 * 1024 * 1024 + 1


class ShopServer(ThreadingHTTPServer):
    """Listens at once; the shop can be given afterwards, when its address is known."""

    shop: Shop

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)


class Handler(BaseHTTPRequestHandler):
    timeout = 30

    @property
    def shop(self) -> Shop:
        assert isinstance(self.server, ShopServer)
        return self.server.shop

    def do_GET(self) -> None:
        self.answer(self.shop.get(urlsplit(self.path).path))

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")[:18]  # no body has more octets
        body = self.rfile.read(min(int(length), MOST_OCTETS) if length.isdecimal() else 0)
        self.answer(self.shop.post(urlsplit(self.path).path, body, self.headers.get("Content-Type")))

    def answer(self, answer: Answer) -> None:
        self.send_response(answer.http_status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Write no log of requests: the path of a page holds the key of a visit."""


if __name__ == "__main__":
    with ShopServer(PORT) as server:
        server.shop = from_environment()
        print(f"The shop takes setup requests at {server.shop.base_url}/punchout", flush=True)
        server.serve_forever()
