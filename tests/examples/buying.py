"""What the buyer of the Precoro examples sends to the shop of the examples, and what it reads."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from typing import Any

from serving import Got, Running, fetch
from visits import example

from cxml_punchout import CXML, parse, serialize, validate
from cxml_punchout.models import OrderRequest, PunchOutOrderMessage, PunchOutSetupResponse, Status
from cxml_punchout.punchout.cart import cart_total, item_out_of
from cxml_punchout.punchout.form import read_form
from cxml_punchout.testing.forms import forms_of

__all__ = ["RETURN", "cart_from", "check_out", "opened", "order_for", "setup_request", "start_page", "status_of"]

RETURN = "https://buy.example.net/punchout/return?draft=6614&company=81"

_numbers = itertools.count(1)


def setup_request(
    *, operation: str = "create", items: str = "", cookie: str = "c&amp;1", name: str = "Imogen Adair"
) -> bytes:
    """A setup request that was not sent before."""
    body = example("valid/precoro-setup-request").decode()
    body = re.sub('payloadID="[^"]*"', f'payloadID="s{next(_numbers)}@buy.example.net"', body)
    body = body.replace('operation="create"', f'operation="{operation}"')
    body = re.sub("<BuyerCookie>.*?</BuyerCookie>", f"<BuyerCookie>{cookie}</BuyerCookie>", body)
    body = body.replace("Imogen Adair</Name>", f"{name}</Name>")
    return body.replace("</PunchOutSetupRequest>", f"{items}</PunchOutSetupRequest>").encode()


def status_of(got: Got) -> Status:
    """The Status of an answer in cXML, which has to be in order whatever it says."""
    assert got.status == 200
    assert got.headers["Content-Type"].replace(" ", "").lower() == 'text/xml;charset="utf-8"'
    assert validate(got.body).ok, str(validate(got.body))
    response = parse(got.body).response
    assert response is not None
    return response.status


def start_page(got: Got) -> str:
    """Where a setup request leads."""
    assert status_of(got).code == 200
    payload = parse(got.body).payload
    assert isinstance(payload, PunchOutSetupResponse)
    return payload.start_page.url.value


def opened(shop: Running, **wishes: str) -> str:
    """The address of the start page of a new visit."""
    return start_page(fetch(f"{shop.url}/punchout", setup_request(**wishes)))


def check_out(url: str, chosen: Mapping[str, str], action: str = "check-out") -> Got:
    """Fill in the form of a start page as a browser would, and press a button."""
    (form,) = forms_of(fetch(url).text)
    assert (form.method, form.action) == ("post", "")
    assert set(chosen) <= set(form.fields)
    return fetch(url, {**form.fields, **chosen, "action": action})


def cart_from(got: Got, return_url: str = RETURN) -> CXML:
    """The document with the cart on the page that takes it home."""
    assert got.status == 200, got.text
    (form,) = forms_of(got.text)
    assert (form.method, form.action) == ("post", return_url)
    document = read_form(form.fields)
    assert document.findings == ()
    assert isinstance(document.payload, PunchOutOrderMessage)
    return document


def order_for(cart: CXML | None = None, *, number: str = "", **changes: Any) -> bytes:
    """An order of everything in a cart, that was not sent before; by default the one of the examples."""
    document = parse(example("valid/precoro-order"))
    order = document.payload
    assert isinstance(order, OrderRequest)
    count = next(_numbers)
    document.payload_id = f"o{count}@buy.example.net"
    order.order_request_header.order_id = number or f"PO-{count}"
    if cart is not None:
        assert isinstance(cart.payload, PunchOutOrderMessage)
        order.item_out = [item_out_of(item, line_number=at) for at, item in enumerate(cart.payload.item_in, 1)]
        order.order_request_header.total.money = cart_total(order.item_out)
    for name, value in changes.items():
        setattr(order.order_request_header, name, value)
    return serialize(document)
