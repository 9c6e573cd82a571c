"""Lines: numbers, groups, quantities, part numbers, schedules and accounts, each rule broken and kept."""

from __future__ import annotations

from pieces import DISTRIBUTION, ITEM, RING, SCHEDULE, Case, grouped, in_item, order_head
from validated import CART, ORDER, changed

__all__ = ["BROKEN"]

BROKEN = [
    Case(
        "quantity-negative",
        changed(ORDER, 'quantity="2"', 'quantity="-2"', "37.50", "-12.50"),
        ITEM,
        changed(ORDER, 'quantity="2"', 'quantity="0.5"', "37.50", "18.75"),
    ),
    Case(
        "quantity-zero",
        changed(ORDER, 'quantity="2"', 'quantity="0"', "37.50", "12.50"),
        ITEM,
        changed(
            order_head('type="update"'),
            'quantity="2"',
            'quantity="0"',
            "37.50",
            "12.50",
            RING,
            f'{RING}<DocumentReference payloadID="1@h"/>',
        ),
    ),
    Case("line-number-missing", changed(ORDER, ' lineNumber="1"', ""), ITEM, ORDER),
    Case(
        "line-number-repeated",
        changed(ORDER, 'lineNumber="2"', 'lineNumber="01"'),
        "/cXML/Request/OrderRequest/ItemOut[2]",
        changed(ORDER, 'lineNumber="2"', 'lineNumber="20"'),
    ),
    Case(
        "parent-unknown",
        grouped("", 'itemType="item" parentLineNumber="7"'),
        "/cXML/Request/OrderRequest/ItemOut[2]",
        grouped('itemType="composite" compositeItemType="itemLevel"', 'itemType="item" parentLineNumber="1"'),
    ),
    Case(
        "parent-not-composite",
        grouped('itemType="lean"', 'itemType="item" parentLineNumber="1"'),
        "/cXML/Request/OrderRequest/ItemOut[2]",
        grouped('itemType="composite"', 'itemType="item" parentLineNumber="1"'),
    ),
    Case(
        "parent-circle",
        grouped(
            'itemType="composite"',
            'itemType="composite" parentLineNumber="2"',
        ),
        "/cXML/Request/OrderRequest/ItemOut[2]",
        grouped('itemType="composite"', 'itemType="composite" parentLineNumber="1"'),
    ),
    Case(
        "parent-of-other",
        grouped('itemType="composite"', 'parentLineNumber="1"'),
        "/cXML/Request/OrderRequest/ItemOut[2]",
        grouped('itemType="composite"', 'itemType="item" parentLineNumber="1"'),
    ),
    Case("composite-empty", grouped('itemType="composite"', ""), ITEM, grouped('itemType="lean"', "")),
    Case(
        "composite-type-misplaced",
        grouped('compositeItemType="groupLevel"', ""),
        ITEM,
        grouped('itemType="lean" compositeItemType="groupLevel"', ""),
    ),
    Case(
        "part-id-empty",
        changed(CART, "A-100", ""),
        "/cXML/Message/PunchOutOrderMessage/ItemIn/ItemID",
        changed(ORDER, "A-100", ""),
    ),
    Case(
        "part-id-characters",
        changed(CART, "A-100", "A?100{1}"),
        "/cXML/Message/PunchOutOrderMessage/ItemIn/ItemID/SupplierPartID",
        changed(CART, "A-100", "A/100[1]"),
    ),
    Case(
        "auxiliary-id-long",
        changed(CART, "</ItemID>", f"<SupplierPartAuxiliaryID>{'x' * 101}</SupplierPartAuxiliaryID></ItemID>"),
        "/cXML/Message/PunchOutOrderMessage/ItemIn/ItemID/SupplierPartAuxiliaryID",
        changed(CART, "</ItemID>", f"<SupplierPartAuxiliaryID>{'x' * 100}</SupplierPartAuxiliaryID></ItemID>"),
    ),
    Case(
        "auxiliary-id-padded",
        changed(CART, "</ItemID>", "<SupplierPartAuxiliaryID>x\n</SupplierPartAuxiliaryID></ItemID>"),
        "/cXML/Message/PunchOutOrderMessage/ItemIn/ItemID/SupplierPartAuxiliaryID",
        changed(CART, "</ItemID>", "<SupplierPartAuxiliaryID>x y</SupplierPartAuxiliaryID></ItemID>"),
    ),
    Case(
        "unspsc-shape",
        changed(CART, "44121704", "44.12.17.04"),
        "/cXML/Message/PunchOutOrderMessage/ItemIn/ItemDetail/Classification",
        changed(CART, '"UNSPSC">44121704', '"MaterialGroup">9'),
    ),
    Case(
        "schedule-quantity",
        in_item(SCHEDULE.format("1.5") * 2),
        ITEM,
        in_item(SCHEDULE.format("0.5") + SCHEDULE.format("1.5")),
    ),
    Case(
        "distribution-sum",
        in_item(DISTRIBUTION.format("12.50")),
        ITEM,
        in_item(DISTRIBUTION.format("12.50") * 2),
    ),
]
