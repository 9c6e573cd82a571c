"""Line items: what a cart offers and an order buys, with price, classification, limits and agreements."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from .. import element as x
from ..scalars import Flag, Language

if TYPE_CHECKING:
    from .accounting import Distribution
    from .delivery import ControlKeys, Shipping, ShipTo, TermsOfDelivery, Tolerances
    from .envelope import Path
    from .industry import ItemDetailIndustry, ItemOutIndustry
    from .money import Money, UnitPrice
    from .order import DocumentReference, Period
    from .packaging import Packaging
    from .party import BillTo, Contact, SupplierID, SupplierList
    from .schedule import Batch, ReleaseInfo, ScheduleLine
    from .spend import SpendDetail
    from .tax import Tax
    from .text import URL, AttachmentReference, Comments, Description, Extrinsic, IdReference

__all__ = [
    "BlanketItemDetail",
    "BuyerPartID",
    "Classification",
    "DateInfo",
    "Dimension",
    "ExpectedLimit",
    "Indicator",
    "ItemDetail",
    "ItemID",
    "ItemIn",
    "ItemOut",
    "LeadTime",
    "ManufacturerName",
    "ManufacturerPartID",
    "MasterAgreementIDInfo",
    "MasterAgreementReference",
    "MaxAdhocAmount",
    "MaxAmount",
    "MaxContractAmount",
    "MaxQuantity",
    "MinAmount",
    "MinQuantity",
    "OverallLimit",
    "PlannedAcceptanceDays",
    "PriceBasisQuantity",
    "SupplierPartAuxiliaryID",
    "SupplierPartID",
    "UnitOfMeasure",
]

ItemType = Literal["composite", "item", "lean"]
CompositeItemType = Literal["groupLevel", "itemLevel"]
ItemClassification = Literal["material", "service"]
ItemCategory = Literal[
    "materialUnknown", "text", "stockTransfer", "materialGroup", "subcontract", "consignment", "thirdParty", "limit"
]
# What ItemIn and ItemOut can say of them only since 1.2.050.
_ITEM_TYPES_SINCE = {"lean": "1.2.050"}
_ITEM_CATEGORIES_SINCE: dict[str, str] = dict.fromkeys(
    ("materialUnknown", "text", "stockTransfer", "materialGroup", "limit"), "1.2.050"
)
SubcontractingType = Literal["regular", "refurbWithoutChange", "refurbWithChange", "replacement"]
StockTransferType = Literal["intra", "inter"]
StoDelivery = Literal["full", "partial"]
ItemOutOperation = Literal["delete", "block"]
DimensionType = Literal[
    "length",
    "width",
    "height",
    "weight",
    "volume",
    "stackHeight",
    "grossWeight",
    "grossVolume",
    "unitGrossWeight",
    "unitNetWeight",
]
IndicatorLevel = Literal["warning", "error"]
DateInfoType = Literal[
    "expectedShipmentDate",
    "productionStartDate",
    "productionFinishDate",
    "requestedPickUpDate",
    "expectedPickUpDate",
    "actualPickUpDate",
    "requestedDeliveryDate",
    "expectedDeliveryDate",
    "actualDeliveryDate",
    "confirmedShipmentDate",
    "confirmedDeliveryDate",
]
AgreementType = Literal["scheduling_agreement"]


@x.element("(SupplierID | SupplierList)?")
class ItemIn(x.Element):
    """One line of a cart, from the supplier to the buyer; an order repeats it as ItemOut.

    quantity: in the unit of item_detail; fractions are allowed, negative numbers are not.
    open_quantity: what is still to be delivered, in the buyer's books.
    promised_quantity: what the seller has confirmed after looking at stock and supply.
    line_number: has no meaning in a cart.
    item_type: ``composite`` heads a group, ``item`` is a member of one or stands alone, ``lean`` (from 1.2.050) is a
        head for which no members come.
    parent_line_number: for a member, the line_number of its head.
    composite_item_type: for a head, whether the group has one price or each member its own.
    item_category: how the goods are procured. ``materialUnknown``, ``text``, ``stockTransfer``, ``materialGroup`` and
        ``limit`` exist from 1.2.050.
    path: for a purchase through several parties; it must come back unchanged when the cart is reopened.
    supplier_id: together with item_id tells the buyer which item it is.
    supplier_list: suppliers that may quote for the item.
    spend_detail: what travel, a fee or temporary labour consists of.
    distribution: which accounts of the buyer are charged.
    period: when a service can be performed.

    Guide 5.6.4.4.
    """

    quantity: x.Exact[Decimal] = x.attribute("quantity")
    open_quantity: x.Exact[Decimal | None] = x.attribute("openQuantity", default=None, since="1.2.036")
    promised_quantity: x.Exact[Decimal | None] = x.attribute("promisedQuantity", default=None, since="1.2.036")
    line_number: int | None = x.attribute("lineNumber", default=None)
    parent_line_number: int | None = x.attribute("parentLineNumber", default=None, since="1.2.036")
    item_type: ItemType | None = x.attribute("itemType", default=None, since="1.2.036", values_since=_ITEM_TYPES_SINCE)
    composite_item_type: CompositeItemType | None = x.attribute("compositeItemType", default=None, since="1.2.036")
    item_classification: ItemClassification | None = x.attribute("itemClassification", default=None, since="1.2.036")
    item_category: ItemCategory | None = x.attribute(
        "itemCategory", default=None, since="1.2.036", values_since=_ITEM_CATEGORIES_SINCE
    )
    item_id: ItemID = x.child("ItemID")
    path: Path | None = x.child("Path", default=None)
    item_detail: ItemDetail = x.child("ItemDetail")
    supplier_id: SupplierID | None = x.child("SupplierID", default=None)
    supplier_list: SupplierList | None = x.child("SupplierList", default=None, since="1.2.036")
    ship_to: ShipTo | None = x.child("ShipTo", default=None)
    shipping: Shipping | None = x.child("Shipping", default=None)
    tax: Tax | None = x.child("Tax", default=None)
    spend_detail: SpendDetail | None = x.child("SpendDetail", default=None)
    distribution: x.Many[Distribution] = x.children("Distribution", default=(), since="1.2.036")
    contact: x.Many[Contact] = x.children("Contact", default=(), since="1.2.036")
    comments: x.OrText[Comments | None] = x.child("Comments", default=None, since="1.2.036")
    schedule_line: x.Many[ScheduleLine] = x.children("ScheduleLine", default=())
    bill_to: BillTo | None = x.child("BillTo", default=None, since="1.2.036")
    batch: Batch | None = x.child("Batch", default=None)
    period: Period | None = x.child("Period", default=None, since="1.2.050")
    date_info: x.Many[DateInfo] = x.children("DateInfo", default=())
    extrinsic: x.Many[Extrinsic] = x.children("Extrinsic", default=(), since="1.2.036")


@x.element(
    "(ItemDetail | BlanketItemDetail)?",
    "(SupplierID | SupplierList)?",
    "(MasterAgreementReference | MasterAgreementIDInfo)?",
)
class ItemOut(x.Element):
    """One line from the buyer to the supplier: of an order, or of a cart that is opened again.

    quantity: in the unit of the detail; fractions are allowed, negative numbers are not. A blanket line without a part
        number has 1, and no sum is made of it.
    line_number: counted from 1, or by tens. An item keeps its number through all changes of the order; the number of a
        deleted line is not used again. Without meaning in PunchOut.
    requisition_id: here or on the header, never on both.
    agreement_item_number: the line of the agreement that a release calls off.
    requested_delivery_date: a day, or a moment.
    is_ad_hoc: not from a catalogue or an agreement.
    item_type, parent_line_number, composite_item_type: groups, as in ItemIn; ``lean`` from 1.2.050.
    requires_service_entry: the supplier has to report the work in a ServiceEntryRequest.
    confirmation_due_date: by when the supplier has to confirm; a day, or a moment.
    item_category: how the goods are procured. ``materialUnknown``, ``text``, ``stockTransfer``, ``materialGroup`` and
        ``limit`` exist from 1.2.050.
    subcontracting_type: plain subcontracting, refurbishment with the material unchanged or changed, or replacement.
    stock_transfer_type: between plants of one company code (``intra``) or of two (``inter``).
    is_return: the goods go back to the supplier; the line does not count in the total of the order.
    return_authorization_number: the number that permits the return.
    is_delivery_completed: the buyer expects nothing more for this line; for information.
    unlimited_delivery: any quantity above the ordered one is accepted.
    is_item_changed: marks the lines that an update changes.
    is_kanban: ordered by kanban, so it has to come complete and in time.
    sto_delivery: for stock transport, whether in parts; absence means in full.
    sto_order_combination: for stock transport, one ship notice may cover items of several orders.
    sto_final_delivery: for stock transport, no further ship notice is possible.
    operation: ``delete`` removes the line, ``block`` stops it.
    path: where it differs from that of the header.
    item_detail, blanket_item_detail: what the line buys, or the limits of a blanket line. Neither is needed when a cart
        is opened again.
    ship_to, shipping, contact: here on every line or on the header, never on both.
    spend_detail: what travel, a fee or temporary labour consists of.
    distribution: which accounts are charged; the parts make up the price of the line, and invoices repeat them.
    comments: more than one from 1.2.050; nothing that the header says already.
    schedule_line: the quantity divided over several dates.

    Guide 7.2.2.
    """

    quantity: x.Exact[Decimal] = x.attribute("quantity")
    line_number: int | None = x.attribute("lineNumber", default=None)
    requisition_id: str | None = x.attribute("requisitionID", default=None)
    agreement_item_number: str | None = x.attribute("agreementItemNumber", default=None)
    requested_delivery_date: date | datetime | None = x.attribute("requestedDeliveryDate", default=None)
    is_ad_hoc: Flag = x.attribute("isAdHoc", default=False)
    parent_line_number: int | None = x.attribute("parentLineNumber", default=None, since="1.2.036")
    item_type: ItemType | None = x.attribute("itemType", default=None, since="1.2.036", values_since=_ITEM_TYPES_SINCE)
    requires_service_entry: Flag = x.attribute("requiresServiceEntry", default=False, since="1.2.036")
    confirmation_due_date: date | datetime | None = x.attribute("confirmationDueDate", default=None, since="1.2.036")
    composite_item_type: CompositeItemType | None = x.attribute("compositeItemType", default=None, since="1.2.036")
    item_classification: ItemClassification | None = x.attribute("itemClassification", default=None, since="1.2.050")
    item_category: ItemCategory | None = x.attribute(
        "itemCategory", default=None, since="1.2.036", values_since=_ITEM_CATEGORIES_SINCE
    )
    subcontracting_type: SubcontractingType | None = x.attribute("subcontractingType", default=None, since="1.2.036")
    stock_transfer_type: StockTransferType | None = x.attribute("stockTransferType", default=None, since="1.2.050")
    requested_shipment_date: datetime | None = x.attribute("requestedShipmentDate", default=None, since="1.2.036")
    is_return: Flag = x.attribute("isReturn", default=False, since="1.2.036")
    return_authorization_number: str | None = x.attribute("returnAuthorizationNumber", default=None, since="1.2.036")
    is_delivery_completed: Flag = x.attribute("isDeliveryCompleted", default=False, since="1.2.036")
    unlimited_delivery: Flag = x.attribute("unlimitedDelivery", default=False, since="1.2.050")
    is_item_changed: Flag = x.attribute("isItemChanged", default=False, since="1.2.050")
    is_kanban: Flag = x.attribute("isKanban", default=False, since="1.2.050")
    sto_delivery: StoDelivery | None = x.attribute("stoDelivery", default=None, since="1.2.050")
    sto_order_combination: Flag = x.attribute("stoOrderCombination", default=False, since="1.2.050")
    sto_final_delivery: Flag = x.attribute("stoFinalDelivery", default=False, since="1.2.053")
    operation: ItemOutOperation | None = x.attribute("operation", default=None, since="1.2.063")
    item_id: ItemID = x.child("ItemID")
    path: Path | None = x.child("Path", default=None)
    item_detail: ItemDetail | None = x.child("ItemDetail", default=None)
    blanket_item_detail: BlanketItemDetail | None = x.child("BlanketItemDetail", default=None)
    supplier_id: SupplierID | None = x.child("SupplierID", default=None)
    supplier_list: SupplierList | None = x.child("SupplierList", default=None)
    ship_to: ShipTo | None = x.child("ShipTo", default=None)
    shipping: Shipping | None = x.child("Shipping", default=None)
    tax: Tax | None = x.child("Tax", default=None)
    spend_detail: SpendDetail | None = x.child("SpendDetail", default=None)
    distribution: x.Many[Distribution] = x.children("Distribution", default=())
    contact: x.Many[Contact] = x.children("Contact", default=())
    terms_of_delivery: TermsOfDelivery | None = x.child("TermsOfDelivery", default=None)
    comments: x.ManyOrText[Comments] = x.children("Comments", default=(), many_since="1.2.050")
    indicator: x.ManyOrText[Indicator] = x.children("Indicator", default=())
    tolerances: Tolerances | None = x.child("Tolerances", default=None)
    control_keys: ControlKeys | None = x.child("ControlKeys", default=None)
    schedule_line: x.Many[ScheduleLine] = x.children("ScheduleLine", default=())
    master_agreement_reference: MasterAgreementReference | None = x.child(
        "MasterAgreementReference", default=None, since="1.2.036"
    )
    master_agreement_id_info: MasterAgreementIDInfo | None = x.child(
        "MasterAgreementIDInfo", default=None, since="1.2.036"
    )
    item_out_industry: ItemOutIndustry | None = x.child("ItemOutIndustry", default=None)
    packaging: x.Many[Packaging] = x.children("Packaging", default=())
    release_info: ReleaseInfo | None = x.child("ReleaseInfo", default=None)
    batch: Batch | None = x.child("Batch", default=None)


@x.element()
class ItemID(x.Element):
    """What the supplier and the buyer call an item.

    supplier_part_id: empty on a blanket or free-text line that has no part number.
    supplier_part_auxiliary_id: tells variants of one part apart. For the buyer, an item is the same when the supplier,
        the part and this are the same.

    Guide 5.6.4.4.
    """

    supplier_part_id: x.OrText[SupplierPartID] = x.child("SupplierPartID")
    supplier_part_auxiliary_id: x.OrText[SupplierPartAuxiliaryID | None] = x.child(
        "SupplierPartAuxiliaryID", default=None
    )
    buyer_part_id: str | None = x.child("BuyerPartID", default=None)
    id_reference: x.Many[IdReference] = x.children("IdReference", default=(), since="1.2.036")


@x.element()
class SupplierPartID(x.Element):
    """The supplier's number of the item.

    revision_id: the version of its design.
    value: a text, for leading zeros count. Some buyers refuse ``?``, ``{`` and ``}``.
    """

    revision_id: str | None = x.attribute("revisionID", default=None, since="1.2.036")
    value: str = x.text(kw_only=False)


@x.element()
class SupplierPartAuxiliaryID(x.TextAndElements):
    """The supplier's own note on an item, which the buyer returns with an edited cart and with the order.

    content: whatever finds the item again: the key of a configuration, or the unit where piece and box share a part
        number. Opaque to the buyer, who gives it back unchanged; blanks around it do not count in comparisons. Foreign
        XML has to be escaped as text. When a cart is reopened it must stay the same, or the buyer sees another item.

    Guide 5.6.4.4.1.
    """

    content: x.Content = x.open_content(default=(), kw_only=False)


BuyerPartID = x.leaf("BuyerPartID", str, "The buyer's own number of the item.", since="1.2.036")


@x.element()
class ItemDetail(x.Element):
    """What a user wants to know of an item beyond its number: price, text, unit, class.

    A buyer that makes an order of a cart keeps all of it.

    unit_price: for one unit, unless price_basis_quantity says for how many.
    description: one for each language.
    overall_limit: the most that unplanned services or goods under this line may cost.
    expected_limit: what they will probably cost.
    price_basis_quantity: for how many of which unit the price is meant.
    classification: usually UNSPSC; several if buyers use several schemes.
    url: a page about the item, or where PunchOut begins for it.
    lead_time: days until the item arrives.
    planned_acceptance_days: days that the buyer takes to inspect the goods after they arrive.

    Guide 5.6.4.4.
    """

    unit_price: UnitPrice = x.child("UnitPrice")
    description: x.Many[Description] = x.children("Description")
    overall_limit: OverallLimit | None = x.child("OverallLimit", default=None)
    expected_limit: ExpectedLimit | None = x.child("ExpectedLimit", default=None)
    unit_of_measure: str = x.child("UnitOfMeasure")
    price_basis_quantity: PriceBasisQuantity | None = x.child("PriceBasisQuantity", default=None)
    classification: x.Many[Classification] = x.children("Classification")
    manufacturer_part_id: str | None = x.child("ManufacturerPartID", default=None)
    manufacturer_name: x.OrText[ManufacturerName | None] = x.child("ManufacturerName", default=None)
    url: x.OrText[URL | None] = x.child("URL", default=None)
    lead_time: int | None = x.child("LeadTime", default=None)
    dimension: x.Many[Dimension] = x.children("Dimension", default=())
    item_detail_industry: ItemDetailIndustry | None = x.child("ItemDetailIndustry", default=None)
    attachment_reference: x.Many[AttachmentReference] = x.children("AttachmentReference", default=(), since="1.2.036")
    planned_acceptance_days: x.Exact[Decimal | None] = x.child("PlannedAcceptanceDays", default=None)
    extrinsic: x.Many[Extrinsic] = x.children("Extrinsic", default=())


@x.element(since="1.2.020")
class BlanketItemDetail(x.Element):
    """What a line of a blanket order buys, and within which limits it may be drawn on.

    overall_limit: the most that unplanned services or goods under this line may cost.
    expected_limit: what they will probably cost.
    max_amount: the most that may be spent on this line; absence means up to the total of the order.
    max_contract_amount, max_adhoc_amount: the most for items under contract and for others; the buyer's own business.

    Guide 7.2.2.
    """

    description: x.Many[Description] = x.children("Description")
    overall_limit: OverallLimit | None = x.child("OverallLimit", default=None, since="1.2.050")
    expected_limit: ExpectedLimit | None = x.child("ExpectedLimit", default=None, since="1.2.050")
    max_amount: MaxAmount | None = x.child("MaxAmount", default=None)
    min_amount: MinAmount | None = x.child("MinAmount", default=None)
    max_contract_amount: MaxContractAmount | None = x.child("MaxContractAmount", default=None)
    max_adhoc_amount: MaxAdhocAmount | None = x.child("MaxAdhocAmount", default=None)
    max_quantity: x.Exact[Decimal | None] = x.child("MaxQuantity", default=None)
    min_quantity: x.Exact[Decimal | None] = x.child("MinQuantity", default=None)
    unit_price: UnitPrice | None = x.child("UnitPrice", default=None)
    unit_of_measure: str | None = x.child("UnitOfMeasure", default=None)
    price_basis_quantity: PriceBasisQuantity | None = x.child("PriceBasisQuantity", default=None)
    classification: x.Many[Classification] = x.children("Classification", default=())
    extrinsic: x.Many[Extrinsic] = x.children("Extrinsic", default=())


@x.element(since="1.2.036")
class OverallLimit(x.Element):
    """The budget for unplanned services or goods under a line, which must not be exceeded."""

    money: Money = x.child("Money")


@x.element(since="1.2.036")
class ExpectedLimit(x.Element):
    """What unplanned services or goods under a line will probably cost; for planning, not a bound."""

    money: Money = x.child("Money")


@x.element()
class MaxAmount(x.Element):
    """The most that may be spent on a blanket line.

    Over all lines it should not exceed the total of the order.

    Guide 7.2.1.1.
    """

    money: Money = x.child("Money")


@x.element()
class MinAmount(x.Element):
    """The least that is to be spent on a blanket line."""

    money: Money = x.child("Money")


@x.element(since="1.2.050")
class MaxContractAmount(x.Element):
    """The most that may be spent on items under contract; only the buyer sees it."""

    money: Money = x.child("Money")


@x.element(since="1.2.050")
class MaxAdhocAmount(x.Element):
    """The most that may be spent on items outside a contract; only the buyer sees it."""

    money: Money = x.child("Money")


MaxQuantity = x.leaf("MaxQuantity", Decimal, "The most that may be drawn from a blanket line.", since="1.2.020")
MinQuantity = x.leaf("MinQuantity", Decimal, "The least that is to be drawn from a blanket line.", since="1.2.020")
UnitOfMeasure = x.leaf(
    "UnitOfMeasure",
    str,
    "The unit in which something is counted, as a UN/CEFACT common code (Recommendation 20): "
    "``EA`` each, ``HUR`` hour, ``KGM`` kilogram. A unit that the buyer does not know can "
    "make the import of a cart fail. Guide 3.2.1.",
)


@x.element(since="1.2.036")
class PriceBasisQuantity(x.Element):
    """For how many of which unit a price is meant, where it is not one unit of the order: 12.50 for 100 pieces.

    quantity: so many of unit_of_measure cost the unit price.
    conversion_factor: turns the unit of the order into unit_of_measure. A line costs its unit price, divided by this
        quantity, times the ordered quantity, times this factor.
    unit_of_measure: the unit of the price, not of the order.

    Guide 14.2.2.2.1.
    """

    quantity: x.Exact[Decimal] = x.attribute("quantity")
    conversion_factor: x.Exact[Decimal] = x.attribute("conversionFactor")
    unit_of_measure: str = x.child("UnitOfMeasure")
    description: Description | None = x.child("Description", default=None)


@x.element()
class Classification(x.Element):
    """The kind of goods or service, by which the buyer books and reports the purchase.

    domain: the scheme: mostly ``UNSPSC``, also ``MaterialGroup`` or one that the parties agree on; spelling varies.
    code: the code of the commodity.
    value: for UNSPSC 8 digits, though other lengths occur; a text, for leading zeros count.
    """

    domain: str = x.attribute("domain")
    code: str | None = x.attribute("code", default=None, since="1.2.036")
    value: str = x.text(kw_only=False)


ManufacturerPartID = x.leaf(
    "ManufacturerPartID", str, "The manufacturer's number of the item, where the supplier only sells it."
)


@x.element()
class ManufacturerName(x.Element):
    """Who makes the item, where the supplier only sells it."""

    lang: Language | None = x.attribute("xml:lang", default=None)
    value: str = x.text(kw_only=False)


LeadTime = x.leaf("LeadTime", int, "Days until the item arrives. Guide 5.6.4.4.")
PlannedAcceptanceDays = x.leaf(
    "PlannedAcceptanceDays",
    Decimal,
    "Days that the buyer takes to inspect the goods after they arrive.",
    since="1.2.036",
)


@x.element(since="1.2.036")
class Dimension(x.Element):
    """One measurement of an item or of its package.

    quantity: in unit_of_measure.
    type: ``weight`` and ``volume`` are net; ``grossWeight`` and ``grossVolume`` include the packaging;
        ``unitGrossWeight`` and ``unitNetWeight`` are those of the item; ``stackHeight`` is the height of the packages
        piled up.
    """

    quantity: x.Exact[Decimal] = x.attribute("quantity")
    type: DimensionType = x.attribute("type")
    unit_of_measure: str = x.child("UnitOfMeasure")


@x.element(since="1.2.063")
class Indicator(x.Element):
    """A warning or an error that is attached to a line.

    type: a name for the indicator.
    value: its text.
    """

    type: str | None = x.attribute("type", default=None)
    level: IndicatorLevel | None = x.attribute("level", default=None)
    value: str = x.text(kw_only=False)


@x.element(since="1.2.036")
class DateInfo(x.Element):
    """When something was asked for, expected, promised or done for an item.

    type: the requested dates are the wish of whoever arranges the transport, the expected ones a forecast, the
        confirmed ones the seller's word, the actual ones what happened.
    """

    type: DateInfoType = x.attribute("type")
    date: datetime = x.attribute("date")
    extrinsic: x.Many[Extrinsic] = x.children("Extrinsic", default=())


@x.element()
class MasterAgreementReference(x.Element):
    """The master agreement behind a line, cited by the document that set it up.

    Better than MasterAgreementIDInfo where that document is known.

    agreement_id: the buyer's number of the agreement.
    agreement_date: when the agreement was requested.
    document_reference: the MasterAgreementRequest.

    Guide 14.2.2.1.
    """

    agreement_id: str | None = x.attribute("agreementID", default=None)
    agreement_date: datetime | None = x.attribute("agreementDate", default=None)
    agreement_type: AgreementType | None = x.attribute("agreementType", default=None, since="1.2.036")
    document_reference: DocumentReference = x.child("DocumentReference")


@x.element()
class MasterAgreementIDInfo(x.Element):
    """The master agreement behind a line, cited by its number where the document that set it up is not known.

    agreement_id: the buyer's number of the agreement.
    agreement_date: when the agreement was requested.
    id_reference: other numbers of the same agreement.

    Guide 14.2.2.1.
    """

    agreement_id: str = x.attribute("agreementID")
    agreement_date: datetime | None = x.attribute("agreementDate", default=None)
    agreement_type: AgreementType | None = x.attribute("agreementType", default=None, since="1.2.036")
    id_reference: x.Many[IdReference] = x.children("IdReference", default=(), since="1.2.036")
