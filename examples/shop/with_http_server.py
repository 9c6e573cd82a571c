"""The shop behind the HTTP server of the standard library: python examples/shop/with_http_server.py

That server is made for trying things out. A shop that the world can reach stands behind one of the frameworks.
"""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from http_bodies import BadBody, body_of
from shop import PORT, Answer, Shop, from_environment

__all__ = ["ShopServer"]


class ShopServer(ThreadingHTTPServer):
    """Listens at once; the shop can be given afterwards, when its address is known."""

    shop: Shop

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)


class Handler(BaseHTTPRequestHandler):
    timeout = 30

    def do_POST(self) -> None:
        assert isinstance(self.server, ShopServer)
        shop = self.server.shop
        path, kind = urlsplit(self.path).path, self.headers.get("Content-Type")
        try:
            body = body_of(self.rfile, self.headers.get("Content-Length"), self.headers.get("Transfer-Encoding"))
            self.answer(shop.serve(self.command, path, body, kind))
        except BadBody as fault:
            self.answer(shop.unread(fault))

    do_GET = do_HEAD = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_POST  # noqa: N815

    def answer(self, answer: Answer) -> None:
        self.send_response(answer.http_status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Write no log of requests: the path of a page holds the key of a visit."""


if __name__ == "__main__":
    with ShopServer(PORT) as server:
        server.shop = from_environment()
        print(f"The shop takes setup requests at {server.shop.base_url}/punchout", flush=True)
        server.serve_forever()
