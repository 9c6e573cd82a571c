"""A shop and the buyer of the Precoro examples, for tests of the conversation between them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cxml_punchout import Partner
from cxml_punchout.endpoint import Endpoint, Received
from cxml_punchout.trust.partners import PartnerStore
from cxml_punchout.trust.stores.memory import MemoryStore

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "documents"
NOW = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
SECRET = "placeholder-live-secret"


def example(name: str) -> bytes:
    return (EXAMPLES / f"{name}.xml").read_bytes()


def partner(**changes: Any) -> Partner:
    """The record of the buyer that sends the Precoro examples."""
    fields: dict[str, Any] = {
        "sender_domain": "NetworkID",
        "supplier_domain": "DUNS",
        "from_identity": "AN01999010012",
        "to_identity": "999110224",
        "sender_identity": "tallow-finch-live",
        "shared_secret": SECRET,
        "punchout_url": "https://shop.example.com/punchout",
        "purchase_order_url": "https://shop.example.com/orders",
    }
    return Partner(**(fields | changes))


def counted() -> Iterator[str]:
    return (f"{number}@shop.example.com" for number in itertools.count(1))


def endpoint(partners: PartnerStore | None = None, **options: Any) -> Endpoint:
    ids = counted()
    defaults: dict[str, Any] = {"clock": lambda: NOW, "ids": lambda: next(ids)}
    return Endpoint(partners or MemoryStore([partner()]), **(defaults | options))


def setup(**replacements: str) -> bytes:
    """The setup request of the examples: ``operation``, ``cookie`` and ``items`` may be others, ``extra`` is added."""
    body = example("valid/precoro-setup-request").decode()
    if "operation" in replacements:
        body = body.replace('operation="create"', f'operation="{replacements["operation"]}"')
    if "cookie" in replacements:
        body = re.sub("<BuyerCookie>.*?</BuyerCookie>", f"<BuyerCookie>{replacements['cookie']}</BuyerCookie>", body)
    for where, name in (("<BrowserFormPost>", "before_form"), ("</PunchOutSetupRequest>", "items")):
        body = body.replace(where, replacements.get(name, "") + where)
    if "contact" in replacements:
        body = re.sub("<Contact .*?</Contact>", replacements["contact"], body, flags=re.DOTALL)
    return body.encode()


def received(body: bytes | None = None, **options: Any) -> Received:
    return endpoint(**options).receive(setup() if body is None else body)


ITEM_OUT = (
    '<ItemOut quantity="3"><ItemID><SupplierPartID>A-1</SupplierPartID>'
    "<SupplierPartAuxiliaryID>cart-77</SupplierPartAuxiliaryID></ItemID><ItemDetail><UnitPrice>"
    '<Money currency="GBP">4.20</Money></UnitPrice><Description xml:lang="en">Tray</Description>'
    '<UnitOfMeasure>EA</UnitOfMeasure><Classification domain="UNSPSC">24112404</Classification></ItemDetail></ItemOut>'
)
