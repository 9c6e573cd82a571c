"""The shop of the examples under each of its servers, on the loopback, and a buyer that talks to it over HTTP."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from socketserver import BaseServer
from typing import Any
from urllib.parse import urlencode, urlsplit

import attrs
import uvicorn
import werkzeug.serving
import with_django
import with_fastapi
import with_flask
from gateway import Gateway
from http_servers import WSGIRequests, WSGIThreads
from shop import Shop, precoro
from visits import SECRET
from with_http_server import ShopServer
from with_lambda import respond

import cxml_punchout

__all__ = ["SERVERS", "SHOP", "XML", "Got", "Running", "by_itself", "fetch", "serving"]

SHOP = Path(__file__).resolve().parents[2] / "examples" / "shop"

XML = 'text/xml; charset="UTF-8"'


@attrs.frozen
class Got:
    """What came back over HTTP."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


def fetch(url: str, body: bytes | Mapping[str, str] | None = None, content_type: str | None = XML) -> Got:
    """GET an address, or POST octets or a form to it."""
    parts = urlsplit(url)
    if isinstance(body, Mapping):
        body, content_type = urlencode(body).encode(), "application/x-www-form-urlencoded"
    headers = {"Content-Type": content_type} if body is not None and content_type else {}
    with closing(HTTPConnection(parts.netloc, timeout=30)) as connection:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request("GET" if body is None else "POST", target, body, headers)
        response = connection.getresponse()
        return Got(response.status, response.headers, response.read())


@attrs.frozen
class Running:
    """A shop that listens."""

    url: str
    database: Path

    def rows(self, query: str, *values: str) -> list[Any]:
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(query, values).fetchall()


@contextmanager
def by_itself(name: str, place: Path) -> Iterator[tuple[str, int]]:
    """An example in a process of its own, as its command starts it: its address, and the id of the process."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    source = str(Path(cxml_punchout.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": source, "SHOP_PORT": str(port), "SHOP_SECRET": SECRET}
    with (place / "log").open("w+b") as log:
        command = [sys.executable, str(SHOP / f"with_{name}.py")]
        running = subprocess.Popen(command, cwd=place, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            for _ in range(400):
                with closing(socket.socket()) as tried:
                    if tried.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert running.poll() is None, (place / "log").read_text("utf-8")
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}", running.pid
        finally:
            running.terminate()
            running.wait(timeout=30)


def _shop(port: int, database: Path) -> Shop:
    url = f"http://127.0.0.1:{port}"
    return Shop(url, [precoro(url, SECRET)], database)


@contextmanager
def _in_thread(server: BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


@contextmanager
def _http_server(database: Path) -> Iterator[int]:
    with ShopServer(0) as server:
        server.shop = _shop(server.server_port, database)
        with _in_thread(server):
            yield server.server_port


@contextmanager
def _lambda(database: Path) -> Iterator[int]:
    with Gateway(0) as server:
        shop = _shop(server.server_port, database)
        server.function = lambda event, context: respond(shop, event)
        with _in_thread(server):
            yield server.server_port


class _Quiet(WSGIRequests):
    def log_message(self, *_: object) -> None:
        """Keep the output of the tests for the tests."""


@contextmanager
def _django(database: Path) -> Iterator[int]:
    with WSGIThreads(("127.0.0.1", 0), _Quiet) as server:
        server.set_app(with_django.application(_shop(server.server_port, database)))
        with _in_thread(server):
            yield server.server_port


@contextmanager
def _flask(database: Path) -> Iterator[int]:
    made = werkzeug.serving.make_server(
        "127.0.0.1", 0, lambda *_: [], threaded=True, request_handler=with_flask.Requests
    )
    with made as server:
        server.app = with_flask.application(_shop(server.server_port, database))
        with _in_thread(server):
            yield server.server_port


@contextmanager
def _fastapi(database: Path) -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        app = with_fastapi.application(_shop(port, database))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.01)
            yield port
        finally:
            server.should_exit = True
            thread.join()


SERVERS: dict[str, Callable[[Path], AbstractContextManager[int]]] = {
    "http_server": _http_server,
    "flask": _flask,
    "fastapi": _fastapi,
    "django": _django,
    "lambda": _lambda,
}


@contextmanager
def serving(name: str, database: Path) -> Iterator[Running]:
    """The shop under one of its servers; it answers by the time that it is there."""
    with SERVERS[name](database) as port:
        yield Running(f"http://127.0.0.1:{port}", database)
