"""The shop behind the HTTP server of the standard library: python examples/shop/with_http_server.py

That server is made for trying things out. A shop that the world can reach stands behind one of the frameworks.
"""

from __future__ import annotations

from http.server import ThreadingHTTPServer
from urllib.parse import urlsplit

from http_bodies import BadBody
from http_servers import RequestHandler
from shop import PORT, Answer, Shop, from_environment

__all__ = ["ShopServer"]


class ShopServer(ThreadingHTTPServer):
    """Listens at once; the shop can be given afterwards, when its address is known."""

    shop: Shop

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)


class Handler(RequestHandler):
    def serve(self) -> None:
        assert isinstance(self.server, ShopServer)
        shop = self.server.shop
        path, kind = urlsplit(self.path).path, self.headers.get("Content-Type")
        try:
            answer: Answer = shop.serve(self.command, path, self.body(), kind)
        except BadBody as fault:
            answer = shop.unread(fault)
        self.answer(answer.body, answer.http_status, answer.headers)


if __name__ == "__main__":
    with ShopServer(PORT) as server:
        server.shop = from_environment()
        print(f"The shop takes setup requests at {server.shop.base_url}/punchout", flush=True)
        server.serve_forever()
