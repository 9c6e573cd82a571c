"""Money: totals, currencies, price bases and limits, each rule broken and kept."""

from __future__ import annotations

import re

from pieces import BASIS, BLANKET, DETAIL_END, HEAD, ITEM, RING, TAX, Case, in_item, order_head
from validated import ORDER, changed

__all__ = ["BROKEN"]

BROKEN = [
    Case(
        "total-differs",
        changed(ORDER, "37.50", "37.51"),
        f"{HEAD}/Total",
        changed(ORDER, "12.50", "12.504", "37.50", "37.51"),
    ),
    Case(
        "total-differs",
        changed(
            ORDER,
            "<UnitOfMeasure>EA</UnitOfMeasure>",
            f"<UnitOfMeasure>EA</UnitOfMeasure>{BASIS.format('100', '1')}",
        ),
        f"{HEAD}/Total",
        changed(
            ORDER,
            "37.50",
            "12.75",
            "<UnitOfMeasure>EA</UnitOfMeasure>",
            f"<UnitOfMeasure>EA</UnitOfMeasure>{BASIS.format('100', '1')}",
        ),
    ),
    Case(
        "currencies-mixed",
        changed(ORDER, 'currency="EUR">12.50', 'currency="USD">12.50'),
        ITEM,
        ORDER,
    ),
    Case(
        "tax-differs",
        changed(
            in_item(TAX.format("5.00")),
            DETAIL_END,
            f"        </ItemDetail>{TAX.format('2.00')}\n      </ItemOut>",
            RING,
            f"{TAX.format('8.00')}{RING}",
        ),
        HEAD.rpartition("/")[0],
        changed(
            in_item(TAX.format("5.00")),
            DETAIL_END,
            f"        </ItemDetail>{TAX.format('2.00')}\n      </ItemOut>",
            RING,
            f"{TAX.format('7.01')}{RING}",
        ),
    ),
    Case(
        "alternate-incomplete",
        changed(ORDER, 'currency="EUR"', 'currency="EUR" alternateCurrency="USD"'),
        f"{HEAD}/Total/Money",
        changed(ORDER, 'currency="EUR"', 'currency="EUR" alternateCurrency="USD" alternateAmount="40"'),
    ),
    Case(
        "price-negative",
        changed(ORDER, "12.50", "-12.50", "37.50", "-12.50"),
        f"{ITEM}/ItemDetail/UnitPrice",
        changed(ORDER, "12.50", "0", "37.50", "12.50"),
    ),
    Case(
        "price-basis-zero",
        changed(
            ORDER,
            "<UnitOfMeasure>EA</UnitOfMeasure>",
            f"<UnitOfMeasure>EA</UnitOfMeasure>{BASIS.format('0', '1')}",
        ),
        f"{ITEM}/ItemDetail/PriceBasisQuantity",
        changed(
            ORDER,
            "<UnitOfMeasure>EA</UnitOfMeasure>",
            f"<UnitOfMeasure>EA</UnitOfMeasure>{BASIS.format('0.5', '0.5')}",
        ),
    ),
    Case(
        "limit-over-total",
        re.sub(
            "<ItemDetail>.*?</ItemDetail>",
            BLANKET.format("20.00"),
            order_head('orderType="blanket" effectiveDate="2026-12-01T00:00:00+00:00"'),
            flags=re.DOTALL,
        ),
        f"{HEAD}/Total",
        re.sub(
            "<ItemDetail>.*?</ItemDetail>",
            BLANKET.format("18.75"),
            order_head('orderType="blanket" effectiveDate="2026-12-01T00:00:00+00:00"'),
            flags=re.DOTALL,
        ),
    ),
]
