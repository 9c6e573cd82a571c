"""The head of an order, each rule broken and kept."""

from __future__ import annotations

from pieces import DETAIL_END, HEAD, ITEM, RING, SHIP_TO, Case, in_item, order_head
from validated import CART, ORDER, changed

__all__ = ["BROKEN"]

BROKEN = [
    Case("order-id-empty", changed(ORDER, "PO-4711", ""), HEAD, ORDER),
    Case(
        "reference-missing",
        order_head('type="update"'),
        HEAD,
        changed(order_head('type="update"'), RING, f'{RING}<DocumentReference payloadID="1@h"/>'),
    ),
    Case(
        "reference-unexpected",
        changed(ORDER, RING, f'{RING}<DocumentReference payloadID="1@h"/>'),
        f"{HEAD}/DocumentReference",
        changed(order_head('type="delete"'), RING, f'{RING}<DocumentReference payloadID="1@h"/>'),
    ),
    Case(
        "reference-self",
        changed(
            order_head('type="update"'),
            RING,
            f'{RING}<DocumentReference payloadID="20261123T183000.17.4711@buyer.example.com"/>',
        ),
        f"{HEAD}/DocumentReference",
        changed(order_head('type="update"'), RING, f'{RING}<DocumentReference payloadID="1@h"/>'),
    ),
    Case(
        "blanket-without-date",
        order_head('orderType="blanket"'),
        HEAD,
        order_head('orderType="blanket" effectiveDate="2026-12-01T00:00:00+00:00"'),
    ),
    Case(
        "blanket-only",
        order_head('expirationDate="2026-12-01T00:00:00+00:00"'),
        HEAD,
        order_head(
            'orderType="blanket" effectiveDate="2026-11-01T00:00:00+00:00" expirationDate="2026-12-01T00:00:00+00:00"'
        ),
    ),
    Case(
        "release-without-agreement",
        order_head('orderType="release"'),
        HEAD,
        order_head('orderType="release" agreementID="MA-1"'),
    ),
    Case("release-only", order_head('agreementID="MA-1"'), HEAD, order_head('orderType="release" agreementID="MA-1"')),
    Case(
        "stock-only",
        order_head('isSTOOutbound="yes"'),
        HEAD,
        order_head('orderType="stockTransport" isSTOOutbound="yes"'),
    ),
    Case(
        "period-reversed",
        order_head(
            'orderType="blanket" effectiveDate="2026-12-01T00:00:00+00:00" expirationDate="2026-11-01T00:00:00+00:00"'
        ),
        HEAD,
        order_head(
            'orderType="blanket" effectiveDate="2026-12-01T00:00:00+00:00" expirationDate="2026-12-01T00:00:00+00:00"'
        ),
    ),
    Case(
        "period-reversed",
        changed(
            CART,
            "      </ItemIn>",
            '<Period startDate="2026-12-02T00:00:00+00:00" endDate="2026-12-01T00:00:00+00:00"/></ItemIn>',
        ),
        "/cXML/Message/PunchOutOrderMessage/ItemIn/Period",
        changed(
            CART,
            "      </ItemIn>",
            '<Period startDate="2026-12-01T00:00:00+00:00" endDate="2026-12-02T00:00:00+00:00"/></ItemIn>',
        ),
    ),
    Case(
        "address-domain-missing",
        changed(ORDER, "<Address>", '<Address addressID="4">'),
        f"{HEAD}/BillTo/Address",
        changed(ORDER, "<Address>", '<Address addressID="4" addressIDDomain="buyerLocationID">'),
    ),
    Case(
        "both-levels",
        changed(in_item(SHIP_TO), "        <BillTo>", f"{SHIP_TO}<BillTo>"),
        ITEM,
        changed(ORDER, "        <BillTo>", f"{SHIP_TO}<BillTo>"),
    ),
    Case(
        "both-levels",
        changed(
            ORDER,
            'orderID="PO-4711"',
            'orderID="PO-4711" requisitionID="R1"',
            "<ItemOut",
            '<ItemOut requisitionID="R1"',
        ),
        ITEM,
        changed(ORDER, "<ItemOut", '<ItemOut requisitionID="R1"'),
    ),
    Case(
        "not-every-line",
        in_item(SHIP_TO),
        "/cXML/Request/OrderRequest/ItemOut[2]",
        changed(in_item(SHIP_TO), DETAIL_END, f"        </ItemDetail>{SHIP_TO}\n      </ItemOut>"),
    ),
    Case(
        "comments-repeated",
        in_item(RING),
        f"{ITEM}/Comments",
        in_item(RING.replace("twice", "once")),
    ),
]
