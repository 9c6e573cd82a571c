"""Whoever knocks with all that is wanted is let in: real setup requests and orders of many systems, and our own maimed.

Whether a document has its spine is looked up in the tree by a few paths, and not asked of the library.
"""

from __future__ import annotations

import collections
import contextlib
import copy
import logging
import random
import re
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import pytest
from at_hand import CORPUS, OWN
from lxml import etree
from visits import NOW, example, partner

from cxml_punchout import Partner, PunchOutSession, Refusal, compare_order, parse, redact
from cxml_punchout.endpoint import Endpoint, Received
from cxml_punchout.models import OrderRequest, PunchOutSetupRequest, PunchOutSetupResponse
from cxml_punchout.orders import line_changes, move_of
from cxml_punchout.roundtrip import round_trip
from cxml_punchout.summary import summarize
from cxml_punchout.trust.credentials import Account
from cxml_punchout.trust.stores.memory import MemoryStore

_WANTED = ("PunchOutSetupRequest", "OrderRequest")
_NUMBER = re.compile(r"\s*[+-]?([0-9]+(,[0-9]{3})*(\.[0-9]*)?|\.[0-9]+)\s*").fullmatch


@cache
def foreign() -> tuple[Path, ...]:
    """The documents of others that hold a setup request or an order, whatever state they are in."""
    places = (CORPUS, CORPUS.with_name(f"{CORPUS.name}-fulfilment"))
    return tuple(
        path
        for place in places
        if place.is_dir()
        for path in sorted(place.rglob("*.xml"))
        if any(f"<{tag}".encode() in path.read_bytes() for tag in _WANTED)
    )


def tree_of(body: bytes) -> Any:
    """The tree of a document, None if it is no XML."""
    parser = etree.XMLParser(load_dtd=False, no_network=True, resolve_entities=False)
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        return None


def _text(node: Any, path: str) -> str:
    return str(node.xpath(f"string({path})")).strip()


def lacks(tree: Any) -> str:
    """What a request lacks that nobody could carry it out without; "" if it has its spine."""
    (payload,) = tree.xpath("/cXML/Request/*[self::PunchOutSetupRequest or self::OrderRequest]")
    if payload.tag == "PunchOutSetupRequest":
        if _text(payload, "@operation").lower() not in ("create", "edit", "inspect", "source"):
            return "operation"
        ways = {url.strip() for url in payload.xpath("BrowserFormPost/URL/text()")} - {""}
        return "" if len(ways) == 1 else "BrowserFormPost"
    if payload.find("OrderRequestHeader") is None:
        return "OrderRequestHeader"
    if not _text(payload, "OrderRequestHeader/@orderID"):
        return "orderID"
    kind = _text(payload, "OrderRequestHeader/@type").lower()
    if kind not in ("", "new", "update", "delete"):
        return "type"
    if kind == "delete":
        return ""
    lines = payload.findall("ItemOut")
    if not lines:
        return "ItemOut"
    if not all(_NUMBER(line.get("quantity", "")) for line in lines):
        return "quantity"
    prices = payload.xpath("ItemOut/*/UnitPrice/Money")
    return "" if all(_NUMBER(price.text) for price in prices if (price.text or "").strip()) else "Money"


def record_of(tree: Any) -> Partner | None:
    """A record for whoever sent a document; None if it names nobody in From or in Sender."""
    names = {
        part: sorted(
            (
                Account(each.get("domain", ""), _text(each, "Identity"), each.get("type") == "marketplace")
                for each in tree.xpath(f"Header/{part}/Credential")
            ),
            key=lambda account: account.marketplace,
        )
        for part in ("From", "To", "Sender")
    }
    if not all(
        names[part] and all(each.domain and each.identity for each in names[part]) for part in ("From", "Sender")
    ):
        return None
    missing = not any(each.identity for each in names["To"])
    first = {part: named[0] for part, named in names.items() if named and named[0].identity}
    to = first.get("To", Account("DUNS", "999110224"))
    secret = "".join(tree.xpath("Header/Sender/Credential/SharedSecret/text()"))
    nothing = secret.strip().lower() in ("", "none")
    return Partner(
        sender_domain=first["Sender"].domain,
        sender_identity=first["Sender"].identity,
        more_sender=names["Sender"][1:],
        from_domain=first["From"].domain,
        from_identity=first["From"].identity,
        more_from=names["From"][1:],
        supplier_domain=to.domain,
        to_identity=to.identity,
        more_to=() if missing else names["To"][1:],
        accepts_missing_to=missing,
        mode="test" if _text(tree, "Request/@deploymentMode").lower() == "test" else "production",
        shared_secret=None if nothing else secret,
        accepts_no_secret=["absent", "empty", "none"] if nothing else (),
    )


def with_a_header_of_ours(tree: Any) -> bytes:
    for header in tree.findall("Header"):
        tree.remove(header)
    tree.insert(0, tree_of(example("valid/precoro-order")).find("Header"))
    tree.find("Request").attrib.pop("deploymentMode", None)
    written: bytes = etree.tostring(tree)
    return written


def open_shop(received: Received) -> PunchOutSetupResponse:
    """What a shop does with a setup request, and some of what it might."""
    session = PunchOutSession.begin(received, key="k")
    look_at(received)
    assert session.return_url
    repr((session.user, session.items, session.selected_item, session.ship_to, session.lang, session.mode))
    again = PunchOutSession.from_dict(session.to_dict())
    assert again.operation == session.operation
    return session.start_page("https://shop.example.com/k")


def take_order(received: Received) -> None:
    order = received.payload
    look_at(received)
    move = move_of(order)
    assert move.order_id.strip()
    # The lines of a cancellation are not asked for anything.
    assert move.kind == "delete" or all(line.quantity is not None for line in order.item_out)
    compare_order([], order.item_out)
    with contextlib.suppress(Refusal):  # lines that cannot be told apart
        line_changes(order, order)


def look_at(received: Received) -> None:
    """What logs, archives and pages do with any document."""
    repr(received)
    str(summarize(received.document))
    redact(received.raw)
    assert round_trip(received.document, received.raw, mode="tolerant").ok


@pytest.fixture(autouse=True)
def _silent():
    """Thousands of refusals are no news."""
    logging.getLogger("cxml_punchout.endpoint").disabled = True
    yield
    logging.getLogger("cxml_punchout.endpoint").disabled = False


HANDLERS: Any = {PunchOutSetupRequest: open_shop, OrderRequest: take_order}


def answered(body: bytes, record: Partner) -> tuple[int, str]:
    """The Status of an answer, and what it says."""
    endpoint = Endpoint(MemoryStore([record]), clock=lambda: NOW)
    reply = endpoint.handle(body, "text/xml", HANDLERS)
    response = parse(reply.body).response
    assert response is not None
    return reply.status, response.status.value if reply.status != 500 else repr(reply.error)


# --- what others wrote ---------------------------------------------------------------------------------------


@pytest.mark.skipif(not foreign(), reason="no documents of others are at hand; CXML_CORPUS names a directory of them")
def test_real_requests_with_their_spine_are_let_in_and_those_without_are_told_what_they_lack():
    count: collections.Counter[str] = collections.Counter()
    wrong = []
    for path in foreign():
        body = path.read_bytes()
        tree = tree_of(body)
        if tree is None or not tree.xpath("/cXML/Request[PunchOutSetupRequest or OrderRequest]"):
            count["no request"] += 1
            continue
        record, lacking = record_of(tree), lacks(tree)
        if record is None:  # a fragment, or a template that leaves the names open: as if a buyer of ours had sent it
            count["names nobody"] += 1
            body, record = with_a_header_of_ours(tree), partner()
        status, said = answered(body, record)
        count["with spine" if not lacking else f"without {lacking}"] += 1
        right = status == 200 if not lacking else status in (406, 450) and lacking in said
        if not right:
            wrong.append(f"{path.parent.name}/{path.name}: {status} {said}, lacking {lacking or 'nothing'}")
    print(dict(count))
    assert not wrong, "\n".join(wrong)
    assert count["with spine"]


# --- our own documents, each thing taken out in turn ------------------------------------------------------------

_OWN = [
    path
    for path in sorted((OWN / "valid").glob("*.xml"))
    if any(f"<{tag}".encode() in path.read_bytes() for tag in _WANTED)
]


@attrs.frozen
class Maimed:
    what: str
    body: bytes


def maimed(body: bytes, most: int) -> list[Maimed]:
    """A document without some of its elements and attributes, one each time, and with one of them emptied."""
    tree = tree_of(body)
    faults = [
        (number, name, value)
        for number, node in enumerate(tree.iter("*"))
        if node.tag not in ("cXML", "Request")
        and not any(each.tag == "Header" for each in (node, *node.iterancestors()))
        for name, value in [("", None), ("", ""), *((name, value) for name in node.attrib for value in (None, ""))]
    ]
    found = []
    for number, name, value in random.Random(0).sample(faults, min(most, len(faults))):
        copied = copy.deepcopy(tree)
        node = list(copied.iter("*"))[number]
        if name and value is None:
            del node.attrib[name]
        elif name:
            node.set(name, "")
        elif value is None:
            node.getparent().remove(node)
        else:
            node[:], node.text = [], None
        found.append(Maimed(f"{node.tag}@{name}={value}", etree.tostring(copied)))
    return found


@pytest.mark.thorough
@pytest.mark.parametrize("path", _OWN, ids=lambda path: path.stem)
def test_whatever_is_missing_no_program_falls_over_it(path):
    _hold(path, 20)


@pytest.mark.slow
@pytest.mark.parametrize("path", _OWN, ids=lambda path: path.stem)
def test_whatever_of_very_much_is_missing_no_program_falls_over_it(path):
    _hold(path, 250)


def _hold(path: Path, most: int) -> None:
    body = path.read_bytes()
    record = record_of(tree_of(body))
    if record is None or b"<CredentialMac" in body:
        pytest.skip("its sender has no name that is a text, or proves itself by a MAC, which has run out")
    wrong = []
    for each in maimed(body, most):
        tree = tree_of(each.body)
        if not tree.xpath("/cXML/Request[PunchOutSetupRequest or OrderRequest]"):
            continue
        status, said = answered(each.body, record)
        lacking = lacks(tree)
        if status != 200 if not lacking else status not in (406, 450) or lacking not in said:
            wrong.append(f"{each.what}: {status} {said}, lacking {lacking or 'nothing'}")
    assert not wrong, "\n".join(wrong[:20])
