"""Who sends to the shop under load: honest buyers, each in a thread, and a process that means harm."""

from __future__ import annotations

import http.client
import random
import socket
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import attrs
from load_attacks import Fodder, Shot, attack
from load_server import SECRET, partners

from cxml_punchout import DocumentError, parse
from cxml_punchout.buyer import Buyer, Outgoing
from cxml_punchout.models import Address, ItemOut, Name
from cxml_punchout.punchout.cart import cart_item, item_out_of
from cxml_punchout.punchout.form import read_form
from cxml_punchout.testing.forms import forms_of

__all__ = ["Attacker", "Buyers", "Honest", "Outcome"]

#: So often an honest order is sent before its buyer gives up.
TRIES = 20


class Outcome(NamedTuple):
    """An answer: status is that of cXML, 0 if there was none in it. fault: what is wrong with it."""

    kind: str
    status: int
    seconds: float
    payload_id: str = ""
    fault: str = ""
    http_status: int = 0


class Got(NamedTuple):
    status: int
    content_type: str
    body: bytes
    seconds: float


def fetch(port: int, shot: Shot, timeout: float = 120) -> Got:
    """Send a request on a connection of its own, as most purchasing systems do, and wait for the answer."""
    began = time.perf_counter()
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)) as connection:
        connection.request(shot.method, shot.path, shot.body, {"Content-Type": shot.content_type})
        response = connection.getresponse()
        body = response.read()
        return Got(response.status, response.getheader("Content-Type", ""), body, time.perf_counter() - began)


def judged(shot: Shot, got: Got) -> Outcome:
    """Whether an answer is a right one. Where cXML is not spoken any refusal of HTTP is."""
    if not shot.right:
        fault = "" if 400 <= got.status < 500 else f"{shot.kind} was answered HTTP {got.status}"
        return Outcome(shot.kind, 0, got.seconds, "", fault, got.status)
    if got.status != 200 or not got.content_type.startswith("text/xml"):
        fault = f"{shot.kind} was answered HTTP {got.status}, {got.content_type}"
        return Outcome(shot.kind, 0, got.seconds, shot.payload_id, fault, got.status)
    try:
        response = parse(got.body).response
    except DocumentError as error:
        return Outcome(shot.kind, 0, got.seconds, shot.payload_id, f"no cXML: {error}", 200)
    if response is None:
        return Outcome(shot.kind, 0, got.seconds, shot.payload_id, "no Response", 200)
    code = response.status.code
    fault = "" if code in shot.right else f"{shot.kind} was answered {code}: {response.status.value}"
    return Outcome(shot.kind, code, got.seconds, shot.payload_id, fault, 200)


# --- honest buyers ------------------------------------------------------------------------------------------------


class Buyers:
    """Makes the documents of each partner; the last one is the intruder."""

    def __init__(self, port: int, count: int, secret: str = SECRET) -> None:
        self.port = port
        self._buyers = [Buyer(partner) for partner in partners(f"http://127.0.0.1:{port}", count, secret)]

    def setup(self, number: int, cookie: str) -> Shot:
        made = self._buyers[number].setup_request(
            buyer_cookie=cookie, return_url="https://buyer.example/return", user_email="jane@buyer.example"
        )
        return _shot("setup", "/punchout", made)

    def order(self, number: int, name: str, items: list[ItemOut], kind: str = "order") -> Shot:
        bill_to = Address(name=Name("Buyer", lang="en"))
        made = self._buyers[number].order_request(order_id=name, items=items, bill_to=bill_to)
        return _shot(kind, "/orders", made)._replace(payload_id=made.payload_id, lines=len(items))


def _shot(kind: str, path: str, made: Outgoing) -> Shot:
    return Shot(kind, path, made.body, made.content_type, (200,))


def items_by(chance: random.Random, count: int) -> list[ItemOut]:
    return [
        item_out_of(
            cart_item(
                part_id=f"P-{number}",
                description="Probe, -50 to 300 °C",
                unit_price=f"{chance.randint(1, 9999) / 100:.2f}",
                currency="EUR",
                unit="EA",
                classification="41112213",
                quantity=chance.randint(1, 9),
            ),
            line_number=number,
        )
        for number in range(1, count + 1)
    ]


class Honest(threading.Thread):
    """A buyer: opens the shop, fills carts, orders, and sends again what was not accepted.

    done: counts all honest requests. until, most: when it stops. rate: requests a second, 0 for as many as go.
    """

    def __init__(self, buyers: Buyers, number: int, seed: int, done: Any, until: float, most: int, rate: float) -> None:
        super().__init__(daemon=True)
        self.outcomes: list[Outcome] = []
        self.lines: dict[str, int] = {}
        self.carts = self.unsettled = 0
        self.finished = False
        self._buyers, self._number, self._done = buyers, number, done
        self._until, self._most, self._rate = until, most, rate
        self._chance = random.Random(f"honest {seed} {number}")
        self._next = time.monotonic()
        self._named = 0
        self._sent: list[Shot] = []

    def run(self) -> None:
        turns = ((self._visit, 12), (self._order, 38), (self._again, 10), (self._hung_up, 3), (self._ping, 3))
        does, weights = [turn for turn, _ in turns], [weight for _, weight in turns]
        while time.monotonic() < self._until and len(self.outcomes) < self._most:
            self._chance.choices(does, weights)[0]()
        self.finished = True

    def _new(self, kind: str) -> str:
        self._named += 1
        return f"{kind}-{self._number}-{self._named}"

    def _visit(self) -> None:
        """Open the shop, choose, take the cart home, and order it now and then."""
        setup = self._buyers.setup(self._number, self._new("c"))
        got = self._send(setup)
        response = parse(got.body).response if got is not None and self.outcomes[-1].status == 200 else None
        if response is None:
            return
        path = "/" + response.payload.start_page.url.value.split("/", 3)[3]  # type: ignore[union-attr]
        page = self._send(Shot("start page", path, b"", "", (), method="GET"))
        chosen = b"KM-40718=3&KM-90155=1&action=check-out"
        home = self._send(Shot("check out", path, chosen, "application/x-www-form-urlencoded", ()))
        if page is None or home is None or home.status != 200:
            return
        self.carts += 1
        if self._chance.random() < 0.5:
            cart: Any = read_form(forms_of(home.body.decode("utf-8"))[0].fields).payload
            items = [item_out_of(item, line_number=line) for line, item in enumerate(cart.item_in, 1)]
            self._settle(self._buyers.order(self._number, self._new("PO"), items, "order of a cart"))

    def _order(self) -> None:
        items = items_by(self._chance, self._chance.choice((1, 2, 3, 10, 10, 60)))
        self._settle(self._buyers.order(self._number, self._new("PO"), items))

    def _again(self) -> None:
        if self._sent:
            self._settle(self._chance.choice(self._sent)._replace(kind="order again"))

    def _hung_up(self) -> None:
        """The line breaks before the answer comes, and the order is sent once more."""
        shot = self._buyers.order(self._number, self._new("PO"), items_by(self._chance, 2))
        self._pause()
        with closing(http.client.HTTPConnection("127.0.0.1", self._buyers.port, timeout=60)) as connection:
            connection.request("POST", shot.path, shot.body, {"Content-Type": shot.content_type})
            time.sleep(self._chance.choice((0, 0.002, 0.01, 0.05)))
        self._settle(shot._replace(kind="order after hanging up"))

    def _ping(self) -> None:
        self._send(Shot("ping", "/punchout", b"", "text/xml", (200,), method="GET"))

    def _settle(self, order: Shot) -> None:
        """Send an order until it is accepted."""
        self.lines[order.payload_id] = order.lines
        self._sent = [*self._sent[-100:], order]
        for _ in range(TRIES):
            self._send(order, settles=True)
            if self.outcomes[-1].status == 200:
                return
            time.sleep(0.5)
        self.unsettled += 1

    def _pause(self) -> None:
        if self._rate:
            self._next += self._chance.expovariate(self._rate)
            time.sleep(max(self._next - time.monotonic(), 0))

    def _send(self, shot: Shot, settles: bool = False) -> Got | None:
        self._pause()
        try:
            got = fetch(self._buyers.port, shot)
        except OSError as error:
            self.outcomes.append(Outcome(shot.kind, 0, 0, shot.payload_id, f"no answer: {error!r}"))
            return None
        finally:
            with self._done.get_lock():
                self._done.value += 1
        if not shot.right:  # a page of the shop
            fault = "" if got.status == 200 else f"{shot.kind} was answered HTTP {got.status}"
            self.outcomes.append(Outcome(shot.kind, 0, got.seconds, "", fault, got.status))
            return got
        outcome = judged(shot, got)
        if settles and outcome.status == 560:  # the first attempt is still at work: send again, says the protocol
            outcome = outcome._replace(fault="")
        self.outcomes.append(outcome)
        return got


# --- who means harm -----------------------------------------------------------------------------------------------


@attrs.frozen
class Attacker:
    """Sends attacks from some threads, so many that they are a share of all requests.

    out: where the octets go that were answered wrongly.
    """

    port: int
    buyers: int
    share: float
    threads: int
    seed: int
    out: Path

    def run(self, done: Any, stop: Any, found: Any) -> None:
        """In a process of its own: count and stop are shared with the honest ones, outcomes go into a queue."""
        outcomes: list[Outcome] = []
        turn = threading.Lock()
        taken = 0

        def taken_one() -> bool:
            nonlocal taken
            with turn:
                if taken >= done.value * self.share / (1 - self.share):
                    return False
                taken += 1
                return True

        def attacks(number: int) -> None:
            maker = _Attacks(self, number)
            while not stop.is_set():
                if not taken_one():
                    time.sleep(0.02)
                    continue
                outcomes.append(maker.one())

        threads = [threading.Thread(target=attacks, args=(number,), daemon=True) for number in range(self.threads)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found.put(outcomes)


class _Attacks:
    """The attacks of one thread."""

    def __init__(self, attacker: Attacker, number: int) -> None:
        from http_bodies import MOST_OCTETS

        self._attacker, self._thread, self._most = attacker, number, MOST_OCTETS
        self._chance = random.Random(f"hostile {attacker.seed} {number}")
        self._right = Buyers(attacker.port, attacker.buyers)
        self._wrong = Buyers(attacker.port, attacker.buyers, "guessed")
        self._named = 0

    def one(self) -> Outcome:
        self._named += 1
        name, items = f"X-{self._thread}-{self._named}", items_by(self._chance, 2)
        stranger = self._wrong.order(self._chance.randrange(self._attacker.buyers), name, items)
        partner = self._right.order(self._attacker.buyers, name, items)
        shot = attack(self._chance, Fodder(stranger.body, partner.body, partner.payload_id, self._most))
        try:
            outcome = self._raw(shot) if shot.raw else judged(shot, fetch(self._attacker.port, shot))
        except OSError as error:
            # A server may hang up on what is too large, before all of it was sent.
            fault = "" if len(shot.body) >= self._most - 1_000_000 else f"{shot.kind} was not answered: {error!r}"
            outcome = Outcome(shot.kind, 0, 0, shot.payload_id, fault)
        if outcome.fault:
            path = self._attacker.out / f"{shot.kind.removeprefix('hostile: ').replace(' ', '-')}-{outcome.status}.txt"
            path.write_bytes(f"{outcome.fault}\n{shot.content_type}\n".encode() + shot.body)
        return outcome

    def _raw(self, shot: Shot) -> Outcome:
        """What is no HTTP has no right answer; a fault of the server is a wrong one."""
        began = time.perf_counter()
        head = b""
        with closing(socket.create_connection(("127.0.0.1", self._attacker.port), timeout=3)) as line:
            try:
                line.sendall(shot.body)
                head = line.recv(65536)
            except OSError:
                pass  # it waits for more, or has hung up
        status = int(head[9:12]) if head[9:12].isdigit() else 0
        fault = f"{shot.kind} was answered HTTP {status}" if status >= 500 else ""
        return Outcome(shot.kind, 0, time.perf_counter() - began, "", fault, status)
