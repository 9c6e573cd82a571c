"""Delivery schedules and their releases, the components of subcontracted goods, and batches with their properties."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from .. import element as x
from ..scalars import Duration, IsoCountry

if TYPE_CHECKING:
    from .delivery import ShipTo
    from .industry import DPAS, BatchInfo
    from .item import SupplierPartAuxiliaryID, SupplierPartID
    from .order import DocumentReference
    from .text import Description, Extrinsic, IdReference

__all__ = [
    "Batch",
    "BuyerBatchID",
    "Characteristic",
    "ComponentID",
    "LabelID",
    "Product",
    "ProductRevisionID",
    "PropertyReference",
    "PropertyValuation",
    "PropertyValue",
    "ReleaseInfo",
    "ScheduleLine",
    "ScheduleLineAerospaceAndDefense",
    "ScheduleLineIndustry",
    "ScheduleLineReleaseInfo",
    "ShipNoticeIDInfo",
    "ShipNoticeReference",
    "ShipNoticeReleaseInfo",
    "SubcontractingComponent",
    "SubcontractingComponentIndustry",
    "SubcontractingComponentLifeSciences",
    "SupplierBatchID",
    "ValueGroup",
]

ScheduleLineType = Literal["backlog", "immediate", "forecast"]
CommitmentCode = Literal["firm", "tradeoff", "forecast"]
MaterialProvisionIndicator = Literal["reworkTo", "reworkFrom", "regular"]
DpasRating = Literal["DO", "DX"]
ReleaseType = Literal["forecast", "jit"]


@x.element(since="1.2.036")
class ScheduleLine(x.Element):
    """One partial delivery of a line: so much by then.

    quantity: in the unit of measure of the schedule line; all schedule lines of a line should add up to its quantity.
    requested_delivery_date: a moment with offset, where the one of ItemOut may be a plain date.
    line_number: counts the schedule lines of one line.
    delivery_window: the span in which the delivery is expected, an ISO 8601 duration such as P2D.
    original_requested_delivery_date: the date that was asked for first; later changes leave it alone.
    statistical_delivery_date: the date against which the buyer measures the supplier's punctuality.
    type: backlog is overdue, immediate is due today, forecast lies ahead. For information, in releases of a scheduling
        agreement.
    schedule_line_release_info: how binding the schedule line is.
    subcontracting_component: what is needed to make the goods of this delivery.
    ship_to: where this delivery goes if not to the ShipTo of the line.
    """

    quantity: x.Exact[Decimal] = x.attribute("quantity")
    requested_delivery_date: datetime = x.attribute("requestedDeliveryDate")
    line_number: int | None = x.attribute("lineNumber", default=None)
    delivery_window: Duration | None = x.attribute("deliveryWindow", default=None)
    requested_shipment_date: datetime | None = x.attribute("requestedShipmentDate", default=None)
    original_requested_delivery_date: datetime | None = x.attribute("originalRequestedDeliveryDate", default=None)
    type: ScheduleLineType | None = x.attribute("type", default=None, since="1.2.063")
    statistical_delivery_date: datetime | None = x.attribute("statisticalDeliveryDate", default=None, since="1.2.071")
    unit_of_measure: str = x.child("UnitOfMeasure")
    schedule_line_release_info: ScheduleLineReleaseInfo | None = x.child("ScheduleLineReleaseInfo", default=None)
    subcontracting_component: x.Many[SubcontractingComponent] = x.children("SubcontractingComponent", default=())
    ship_to: ShipTo | None = x.child("ShipTo", default=None, since="1.2.050")
    schedule_line_industry: ScheduleLineIndustry | None = x.child("ScheduleLineIndustry", default=None)
    extrinsic: x.Many[Extrinsic] = x.children("Extrinsic", default=())


@x.element(since="1.2.036")
class ScheduleLineReleaseInfo(x.Element):
    """How binding a schedule line of a scheduling agreement is.

    commitment_code: firm lets the supplier produce, and the buyer answers for production and material; tradeoff lets it
        buy material, and the buyer answers for that; forecast binds nobody.
    cumulative_scheduled_quantity: all that is scheduled for the line up to and with this schedule line.
    received_quantity: what the buyer has posted as received; for information, invoices and shipments are not checked
        against it.
    unit_of_measure: of both quantities.
    """

    commitment_code: CommitmentCode = x.attribute("commitmentCode")
    cumulative_scheduled_quantity: x.Exact[Decimal] = x.attribute("cumulativeScheduledQuantity")
    received_quantity: x.Exact[Decimal | None] = x.attribute("receivedQuantity", default=None)
    unit_of_measure: str = x.child("UnitOfMeasure")


@x.element(since="1.2.036")
class SubcontractingComponent(x.Element):
    """A part or material that is used to make subcontracted goods.

    quantity: what the finished goods of the schedule line need.
    requirement_date: when the component has to be at hand.
    material_provision_indicator: the kind of subcontracting that the part is used in.
    batch: the batch that the component comes from.
    """

    quantity: x.Exact[Decimal] = x.attribute("quantity")
    requirement_date: datetime | None = x.attribute("requirementDate", default=None)
    material_provision_indicator: MaterialProvisionIndicator | None = x.attribute(
        "materialProvisionIndicator", default=None
    )
    component_id: str = x.child("ComponentID")
    unit_of_measure: str = x.child("UnitOfMeasure")
    description: Description | None = x.child("Description", default=None)
    product: Product | None = x.child("Product", default=None)
    product_revision_id: str | None = x.child("ProductRevisionID", default=None)
    batch: Batch | None = x.child("Batch", default=None)
    subcontracting_component_industry: SubcontractingComponentIndustry | None = x.child(
        "SubcontractingComponentIndustry", default=None
    )


ComponentID = x.leaf("ComponentID", str, "The id of a component within a subcontracting order.", since="1.2.036")


@x.element(since="1.2.036")
class Product(x.Element):
    """A component as the parties and standards identify it.

    id_reference: standard or internal ids, each pair of domain and identifier at most once.
    """

    supplier_part_id: x.OrText[SupplierPartID | None] = x.child("SupplierPartID", default=None)
    supplier_part_auxiliary_id: x.OrText[SupplierPartAuxiliaryID | None] = x.child(
        "SupplierPartAuxiliaryID", default=None
    )
    buyer_part_id: str | None = x.child("BuyerPartID", default=None)
    id_reference: x.Many[IdReference] = x.children("IdReference", default=())


ProductRevisionID = x.leaf(
    "ProductRevisionID",
    str,
    "The revision of a component, counted up with each change to it.",
    since="1.2.036",
)


@x.element(since="1.2.063")
class SubcontractingComponentIndustry(x.Element):
    """What single industries add to a component.

    batch_info: whether a batch number has to be given when consumption of the component is reported.
    """

    subcontracting_component_life_sciences: SubcontractingComponentLifeSciences | None = x.child(
        "SubcontractingComponentLifeSciences", default=None
    )
    batch_info: BatchInfo | None = x.child("BatchInfo", default=None)


@x.element(since="1.2.063")
class SubcontractingComponentLifeSciences(x.Element):
    """What life sciences add to a component."""

    label_id: str | None = x.child("LabelID", default=None)
    extrinsic: x.Many[Extrinsic] = x.children("Extrinsic", default=())


LabelID = x.leaf(
    "LabelID",
    str,
    "The id under which the artwork of a label stands in the bill of materials.",
    since="1.2.063",
)


@x.element(since="1.2.063")
class ScheduleLineIndustry(x.Element):
    """What single industries add to a schedule line."""

    schedule_line_aerospace_and_defense: ScheduleLineAerospaceAndDefense | None = x.child(
        "ScheduleLineAerospaceAndDefense", default=None
    )


@x.element(since="1.2.063")
class ScheduleLineAerospaceAndDefense(x.Element):
    """The United States defense priority of a schedule line.

    dpas_rating: the rating of the whole schedule line.
    dpas: how its quantity is divided between rated contracts.
    """

    dpas_rating: DpasRating | None = x.attribute("dpasRating", default=None)
    dpas: x.Many[DPAS] = x.children("DPAS", default=())


@x.element(since="1.2.036")
class ReleaseInfo(x.Element):
    """What has been released and received under a scheduling agreement when this release of a line is sent.

    release_type: the Guide prints them as JIT and Forecast, which is not valid.
    cumulative_received_quantity: all receipts up to the release, in the unit of measure given here.
    release_number: the number of the release in the buyer's system.
    production_go_ahead_end_date: until when the supplier may produce.
    material_go_ahead_end_date: until when the supplier may buy material.
    ship_notice_release_info: a ship notice whose goods the received quantity includes.
    """

    release_type: ReleaseType = x.attribute("releaseType")
    cumulative_received_quantity: x.Exact[Decimal] = x.attribute("cumulativeReceivedQuantity")
    release_number: str | None = x.attribute("releaseNumber", default=None)
    production_go_ahead_end_date: datetime | None = x.attribute("productionGoAheadEndDate", default=None)
    material_go_ahead_end_date: datetime | None = x.attribute("materialGoAheadEndDate", default=None)
    unit_of_measure: str = x.child("UnitOfMeasure")
    ship_notice_release_info: ShipNoticeReleaseInfo | None = x.child("ShipNoticeReleaseInfo", default=None)
    extrinsic: x.Many[Extrinsic] = x.children("Extrinsic", default=())


@x.element("(ShipNoticeReference | ShipNoticeIDInfo)", since="1.2.036")
class ShipNoticeReleaseInfo(x.Element):
    """A ship notice for a scheduling agreement and what the buyer received of it."""

    received_quantity: x.Exact[Decimal] = x.attribute("receivedQuantity")
    ship_notice_reference: ShipNoticeReference | None = x.child("ShipNoticeReference", default=None)
    ship_notice_id_info: ShipNoticeIDInfo | None = x.child("ShipNoticeIDInfo", default=None)
    unit_of_measure: str = x.child("UnitOfMeasure")


@x.element(since="1.2.020")
class ShipNoticeReference(x.Element):
    """A ship notice, named by the payload id of its document.

    ship_notice_id, ship_notice_date: copied from the ship notice so that the reference can be read on its own.
    """

    ship_notice_id: str | None = x.attribute("shipNoticeID", default=None)
    ship_notice_date: datetime | None = x.attribute("shipNoticeDate", default=None)
    document_reference: DocumentReference = x.child("DocumentReference")


@x.element(since="1.2.020")
class ShipNoticeIDInfo(x.Element):
    """A ship notice, named by its own number because its payload id is not known.

    id_reference: further ids of the shipment, such as those of a delivery note or a dispatch advice.
    """

    ship_notice_id: str = x.attribute("shipNoticeID")
    ship_notice_date: datetime | None = x.attribute("shipNoticeDate", default=None)
    id_reference: x.Many[IdReference] = x.children("IdReference", default=(), since="1.2.036")


@x.element(since="1.2.036")
class Batch(x.Element):
    """A batch or lot: goods made in one production run, which can be traced together.

    buyer_batch_id, supplier_batch_id: the number that each side gave to the same batch.
    batch_quantity: how much of the line belongs to the batch.
    expiration_date: from when the goods may no longer be used.
    inspection_date: when the batch is to be inspected.
    shelf_life: how long after production the goods stay within specification, an ISO 8601 duration such as P18M; for
        information.
    origin_country_code: where the goods come from.
    property_valuation: measured or agreed properties of the batch.
    """

    production_date: datetime | None = x.attribute("productionDate", default=None)
    expiration_date: datetime | None = x.attribute("expirationDate", default=None)
    inspection_date: datetime | None = x.attribute("inspectionDate", default=None)
    shelf_life: Duration | None = x.attribute("shelfLife", default=None)
    origin_country_code: IsoCountry | None = x.attribute("originCountryCode", default=None)
    batch_quantity: x.Exact[Decimal | None] = x.attribute("batchQuantity", default=None, since="1.2.050")
    buyer_batch_id: str | None = x.child("BuyerBatchID", default=None)
    supplier_batch_id: str | None = x.child("SupplierBatchID", default=None)
    property_valuation: x.Many[PropertyValuation] = x.children("PropertyValuation", default=())


BuyerBatchID = x.leaf("BuyerBatchID", str, "The number that the buyer gave to a batch.", since="1.2.036")
SupplierBatchID = x.leaf(
    "SupplierBatchID",
    str,
    "The number that the supplier gave to a batch, also called lot number; it serves to trace goods.",
    since="1.2.036",
)


@x.element(since="1.2.036")
class PropertyValuation(x.Element):
    """A property of a batch and the values it has."""

    property_reference: PropertyReference | None = x.child("PropertyReference", default=None)
    value_group: x.Many[ValueGroup] = x.children("ValueGroup", default=())


@x.element(since="1.2.036")
class PropertyReference(x.Element):
    """The property that is valued, by its ids in the systems of the parties."""

    id_reference: x.Many[IdReference] = x.children("IdReference", default=())


@x.element(since="1.2.036")
class ValueGroup(x.Element):
    """A group of values for one property.

    parent_id: the id of the group above this one, where a property is structured.
    """

    id_reference: IdReference | None = x.child("IdReference", default=None)
    parent_id: str | None = x.child("ParentID", default=None)
    property_value: x.Many[PropertyValue] = x.children("PropertyValue", default=())


@x.element(since="1.2.036")
class PropertyValue(x.Element):
    """A value of a property, or a rule for permitted values.

    name: the kind of value, such as QuantitySpecification; range and profile where serial or medication numbers are
        meant.
    """

    name: str | None = x.attribute("name", default=None)
    characteristic: x.Many[Characteristic] = x.children("Characteristic", default=())


@x.element(since="1.2.036")
class Characteristic(x.Element):
    """One trait of an item or of a value, such as its size, color or grade.

    domain: the kind of trait, free text such as size, colorCode or grade; agreed between the parties.
    code: what qualifies the value, such as its unit of measure or currency.
    """

    domain: str = x.attribute("domain")
    value: str = x.attribute("value")
    code: str | None = x.attribute("code", default=None)
