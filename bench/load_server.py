"""The shop that stands the load: that of the examples, with its tables in SQLite or all of it in PostgreSQL.

With PostgreSQL the partners are in a ``SqlStore``, repeats are held by a ``SqlReplayGuard``, and visits, carts and
orders stand in the tables of the example. ``load.py`` starts uvicorn with ``load_server:application``.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from cxml_punchout import Partner
from cxml_punchout.endpoint import Endpoint
from cxml_punchout.replay.sql import SqlReplayGuard
from cxml_punchout.trust.secrets import Secret
from cxml_punchout.trust.stores.sql import SqlStore

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "shop"
sys.path[:0] = [str(EXAMPLES)]
from shop import Shop  # noqa: E402 - it is no package

__all__ = ["application", "partners", "shop_of"]

SECRET = "load-test-secret"

#: What SQLite knows by itself.
_DATETIME = """
CREATE OR REPLACE FUNCTION datetime(text, text) RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT CAST(now() + CAST($2 AS interval) AS text) $$;
"""


def partners(base_url: str, buyers: int, secret: str | Secret = SECRET) -> list[Partner]:
    """Buyers that are honest, and behind them one that has a right secret and means harm."""
    return [
        Partner(
            sender_domain="NetworkID",
            supplier_domain="DUNS",
            from_identity=f"AN0199901{number:04}",
            to_identity="999110224",
            sender_identity=f"buyer-{number}-live",
            shared_secret=secret,
            punchout_url=f"{base_url}/punchout",
            purchase_order_url=f"{base_url}/orders",
            name=f"Buyer {number}" if number < buyers else "Intruder",
        )
        for number in range(buyers + 1)
    ]


class _Rows:
    """A transaction of PostgreSQL that takes the sentences which the shop has for SQLite."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def execute(self, sentence: str, values: Sequence[object] = ()) -> Any:
        if sentence.startswith("INSERT OR REPLACE INTO cart"):
            sentence = sentence.replace("INSERT OR REPLACE", "INSERT")
            sentence += " ON CONFLICT ON CONSTRAINT cart_pkey DO UPDATE SET document = EXCLUDED.document"
        return self._connection.execute(sentence.replace("?", "%s"), values)

    def executescript(self, script: str) -> None:
        # One worker after the other: PostgreSQL lets two of them fail who make one table at once.
        self._connection.execute("SELECT pg_advisory_xact_lock(1)")
        for sentence in (_DATETIME, *script.split(";\n")):
            if sentence.strip() and not sentence.startswith("\nPRAGMA"):
                self._connection.execute(sentence)


class PostgresShop(Shop):
    """The shop of the examples with all that it keeps in PostgreSQL."""

    def __init__(self, base_url: str, known: Iterable[Partner], address: str) -> None:
        self._engine = sa.create_engine(address, pool_size=10, max_overflow=40)
        super().__init__(base_url, [], address)
        store, guard = SqlStore(self._engine), SqlReplayGuard(self._engine)
        self.endpoint = Endpoint(store, replay=guard)
        with self._engine.begin() as connection:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(2)"))
            store.create_tables()
            guard.create_tables()
            if not list(store):
                for partner in known:
                    store.add(partner)

    @contextmanager
    def _transaction(self) -> Iterator[Any]:
        with self._engine.begin() as connection:
            yield _Rows(connection.connection.driver_connection)


def shop_of(base_url: str, database: str, buyers: int) -> Shop:
    """database: a file of SQLite, or the address of a PostgreSQL."""
    if database.startswith("postgresql"):
        return PostgresShop(base_url, partners(base_url, buyers, Secret.from_env("SHOP_SECRET")), database)
    return Shop(base_url, partners(base_url, buyers), database)


def _give_back(every: float = 60.0) -> None:
    """Give the system what freed documents have left between others; docs/how-to/http-server.md tells why."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    while trim is not None:
        trim(0)
        time.sleep(every)


def application() -> Any:
    """The FastAPI example; each worker of uvicorn makes its own."""
    from with_fastapi import application as served

    threading.Thread(target=_give_back, daemon=True).start()
    shop = shop_of(os.environ["SHOP_URL"], os.environ["SHOP_DATABASE"], int(os.environ["SHOP_BUYERS"]))
    return served(shop)


def _flask() -> None:
    from with_flask import application as served

    threading.Thread(target=_give_back, daemon=True).start()
    shop = shop_of(os.environ["SHOP_URL"], os.environ["SHOP_DATABASE"], int(os.environ["SHOP_BUYERS"]))
    served(shop).run(port=int(os.environ["SHOP_PORT"]), threaded=True)


if __name__ == "__main__":
    _flask()
