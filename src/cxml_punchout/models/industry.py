"""What single industries add to orders and lines.

They are retail, manufacturing, life sciences, aerospace and defense; priorities, serial numbers, assets, quality
demands and referenced documents are shared by several.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from .. import element as x
from ..scalars import Flag, YesNo

if TYPE_CHECKING:
    from .item import DateInfo
    from .order import DocumentReference
    from .packaging import PackagingDistribution
    from .party import Contact
    from .schedule import Characteristic, PropertyValue
    from .text import Description, Extrinsic, IdReference

__all__ = [
    "DPAS",
    "EANID",
    "AerospaceAndDefense",
    "AssetInfo",
    "AuthorizationLabels",
    "BatchInfo",
    "CertificateInfo",
    "DocumentInfo",
    "EuropeanWasteCatalogID",
    "ExternalDocumentType",
    "IUIDInfo",
    "IUIDNumber",
    "ItemDetailIndustry",
    "ItemDetailRetail",
    "ItemOutAerospaceAndDefense",
    "ItemOutIndustry",
    "ItemOutLifeSciences",
    "ItemOutRetail",
    "KitType",
    "KitTypeID",
    "LifeSciences",
    "MedicationListInfo",
    "OrderRequestHeaderIndustry",
    "PackageControlNumber",
    "PoolID",
    "Priority",
    "PromotionDealID",
    "PromotionVariantID",
    "ProtocolID",
    "QualityInfo",
    "ReferenceDocumentInfo",
    "SerialNumber",
    "SerialNumberInfo",
    "Study",
    "StudyID",
]

PlanningType = Literal["MTO", "MTS", "ATO", "CTO"]
ReferenceDocumentInfoStatus = Literal["created", "released", "open", "completed", "closed", "cancelled"]
PriorityLevel = Literal["1", "2", "3", "4", "5"]
SerialNumberInfoType = Literal["list", "profile", "range"]
IsReferencedAsset = Literal["no"]
DpasRating = Literal["DO", "DX"]
MedicationListInfoType = Literal["range"]
IndustryType = Literal["lifeSciences", "aerospaceAndDefense"]
OrderCategory = Literal[
    "clinicalFinishedGoodsOrder",
    "labelPrintingOrder",
    "reworkOrder",
    "shelfLifeExtensionRelabelOrder",
    "additionalLabelPrintingOrder",
]


@x.element(since="1.2.036")
class ItemDetailIndustry(x.Element):
    """What single industries add to the description of an item.

    is_configurable_material: the item is made to a configuration, which its characteristics describe.
    """

    is_configurable_material: Flag = x.attribute("isConfigurableMaterial", default=False)
    item_detail_retail: ItemDetailRetail | None = x.child("ItemDetailRetail", default=None)


@x.element(since="1.2.036")
class ItemDetailRetail(x.Element):
    """What retail adds to the description of an item.

    ean_id: out of use; send an IdReference with domain EAN-13 in ItemID instead.
    characteristic: traits such as size and color.
    """

    ean_id: str | None = x.child("EANID", default=None)
    european_waste_catalog_id: str | None = x.child("EuropeanWasteCatalogID", default=None)
    characteristic: x.Many[Characteristic] = x.children("Characteristic", default=())


EANID = x.leaf(
    "EANID",
    str,
    "The EAN or UPC of an article; deprecated: send an IdReference with domain EAN-13 in ItemID instead.",
    since="1.2.036",
)
EuropeanWasteCatalogID = x.leaf(
    "EuropeanWasteCatalogID",
    str,
    "The number of an article in the European Waste Catalogue, which tells that it needs special handling.",
    since="1.2.036",
)


@x.element(since="1.2.036")
class ItemOutIndustry(x.Element):
    """What single industries add to an ordered line.

    planning_type: how the item is planned: to make (MTO), assemble (ATO) or configure (CTO) to order, or to stock
        (MTS).
    requires_real_time_consumption: consumption of the item has to be reported as it happens.
    is_hu_mandatory: the item has to come in handling units, that is packages with a number of their own.
    reference_document_info: documents behind the line, such as the sales order that it serves.
    asset_info: the units of the line, one by one.
    packaging_distribution: how the line is divided between stores.
    """

    planning_type: PlanningType | None = x.attribute("planningType", default=None)
    requires_real_time_consumption: Flag = x.attribute("requiresRealTimeConsumption", default=False, since="1.2.050")
    is_hu_mandatory: Flag = x.attribute("isHUMandatory", default=False, since="1.2.050")
    item_out_retail: ItemOutRetail | None = x.child("ItemOutRetail", default=None)
    reference_document_info: x.Many[ReferenceDocumentInfo] = x.children("ReferenceDocumentInfo", default=())
    priority: Priority | None = x.child("Priority", default=None)
    quality_info: QualityInfo | None = x.child("QualityInfo", default=None)
    serial_number_info: SerialNumberInfo | None = x.child("SerialNumberInfo", default=None)
    batch_info: BatchInfo | None = x.child("BatchInfo", default=None)
    asset_info: x.Many[AssetInfo] = x.children("AssetInfo", default=(), since="1.2.050")
    packaging_distribution: x.Many[PackagingDistribution] = x.children("PackagingDistribution", default=())
    item_out_life_sciences: ItemOutLifeSciences | None = x.child("ItemOutLifeSciences", default=None)
    item_out_aerospace_and_defense: ItemOutAerospaceAndDefense | None = x.child(
        "ItemOutAerospaceAndDefense", default=None
    )
    iuid_info: IUIDInfo | None = x.child("IUIDInfo", default=None)


@x.element(since="1.2.036")
class ItemOutRetail(x.Element):
    """The promotion that a retail line belongs to."""

    promotion_variant_id: str | None = x.child("PromotionVariantID", default=None)
    promotion_deal_id: str | None = x.child("PromotionDealID", default=None)


PromotionVariantID = x.leaf(
    "PromotionVariantID",
    str,
    "The number of the variant, where only some variants of an article are promoted.",
    since="1.2.036",
)
PromotionDealID = x.leaf(
    "PromotionDealID",
    str,
    "The number that the supplier gave to a promotion, which affects planning and price.",
    since="1.2.036",
)


@x.element("(DocumentInfo | DocumentReference)?", since="1.2.036")
class ReferenceDocumentInfo(x.Element):
    """A document that stands behind an order or a line, and how far it has come.

    document_info, document_reference: the first for documents of other systems, the second for cXML documents.
    line_number: the line in that document.
    schedule_line_number: the schedule line under line_number, which has to be given as well.
    date_info: dates of the document, such as start and finish of production.
    contact: people to ask about the document.
    """

    line_number: int | None = x.attribute("lineNumber", default=None)
    schedule_line_number: int | None = x.attribute("scheduleLineNumber", default=None, since="1.2.050")
    status: ReferenceDocumentInfoStatus | None = x.attribute("status", default=None)
    document_info: DocumentInfo | None = x.child("DocumentInfo", default=None)
    document_reference: DocumentReference | None = x.child("DocumentReference", default=None)
    date_info: x.Many[DateInfo] = x.children("DateInfo", default=())
    contact: x.Many[Contact] = x.children("Contact", default=())
    extrinsic: x.Many[Extrinsic] = x.children("Extrinsic", default=())


@x.element(since="1.2.036")
class DocumentInfo(x.Element):
    """A document by its number in the system it comes from.

    document_type: free text; salesOrder, customerOrder, freightOrder, productionOrder and purchaseOrder are customary.
    """

    document_id: str = x.attribute("documentID")
    document_type: str = x.attribute("documentType")
    document_date: datetime | None = x.attribute("documentDate", default=None)


@x.element(since="1.2.036")
class Priority(x.Element):
    """How urgent an order or line is for the buyer.

    level: from 1, very high, to 5, low.
    sequence: ranks the lines of the same level; no two of them share a number.
    inventory_level: the stock that is left, in per cent of the target: 0 to 100.
    description: the level in words.
    """

    level: PriorityLevel = x.attribute("level")
    sequence: int | None = x.attribute("sequence", default=None)
    inventory_level: x.Exact[Decimal | None] = x.attribute("inventory_level", default=None)
    description: Description | None = x.child("Description", default=None)


@x.element("(IdReference* | CertificateInfo*)", since="1.2.036")
class QualityInfo(x.Element):
    """Which quality checks and certificates the buyer demands.

    requires_quality_process: the goods go through the buyer's quality process.
    id_reference: domain controlCode for the quality control code, certificateType for the inspection certificate.
    certificate_info: the same ids, each with a word on whether it is required. Use one of the two lists.
    """

    requires_quality_process: Flag = x.attribute("requiresQualityProcess", default=False)
    id_reference: x.Many[IdReference] = x.children("IdReference", default=())
    certificate_info: x.Many[CertificateInfo] = x.children("CertificateInfo", default=())


@x.element(since="1.2.050")
class CertificateInfo(x.Element):
    """One quality code or certificate.

    is_required: absent means that the certificate is optional.
    id_reference: domain controlCode or certificateType.
    """

    is_required: Flag = x.attribute("isRequired", default=False)
    id_reference: IdReference = x.child("IdReference")


@x.element(since="1.2.050")
class SerialNumberInfo(x.Element):
    """Which serial numbers the buyer accepts for a line, and whether they have to be reported.

    requires_serial_number: the supplier has to give them in AssetInfo of the ship notice.
    type: list goes with serial_number; range and profile go with a property_value of that name.
    property_value: for range, characteristics with domains minimum and maximum, numbers only; for profile, with domains
        type (numeric, text or numericAndText), minLength and maxLength.
    """

    requires_serial_number: Flag = x.attribute("requiresSerialNumber", default=False)
    type: SerialNumberInfoType | None = x.attribute("type", default=None)
    serial_number: x.Many[str] = x.children("SerialNumber", default=())
    property_value: x.Many[PropertyValue] = x.children("PropertyValue", default=())


SerialNumber = x.leaf("SerialNumber", str, "One serial number.", since="1.2.050")


@x.element(since="1.2.050")
class BatchInfo(x.Element):
    """Whether a batch has to be reported.

    requires_batch: for a line the supplier has to give it in the order confirmation and the ship notice, for a
        subcontracting component when its consumption is reported.
    """

    requires_batch: Flag = x.attribute("requiresBatch", default=False)


@x.element(since="1.2.020")
class AssetInfo(x.Element):
    """One unit that the buyer keeps as an asset.

    is_referenced_asset: its only value says that the unit is not an existing asset which the line refers to.
    tag_number: the buyer's inventory tag.
    serial_number: given by the manufacturer.
    equipment_id: the unit in the buyer's maintenance system.
    """

    is_referenced_asset: IsReferencedAsset | None = x.attribute("isReferencedAsset", default=None, since="1.2.050")
    tag_number: str | None = x.attribute("tagNumber", default=None)
    serial_number: str | None = x.attribute("serialNumber", default=None)
    location: str | None = x.attribute("location", default=None)
    equipment_id: str | None = x.attribute("equipmentId", default=None, since="1.2.050")
    extrinsic: x.Many[Extrinsic] = x.children("Extrinsic", default=())


@x.element(since="1.2.071")
class IUIDInfo(x.Element):
    """The item unique identification (IUID) that defense customers demand.

    requires_iuid: the item has to carry such a number.
    """

    requires_iuid: Flag = x.attribute("requiresIUID", default=False)
    iuid_number: x.Many[str] = x.children("IUIDNumber", default=())


IUIDNumber = x.leaf("IUIDNumber", str, "The item unique identification number of one unit.", since="1.2.071")


@x.element(since="1.2.063")
class ItemOutAerospaceAndDefense(x.Element):
    """The United States defense priority of a line.

    dpas_rating: the rating of the whole line.
    dpas: how its quantity is divided between rated contracts.
    """

    dpas_rating: DpasRating | None = x.attribute("dpasRating", default=None)
    dpas: x.Many[DPAS] = x.children("DPAS", default=())


@x.element(since="1.2.063")
class DPAS(x.Element):
    """A rating under the Defense Priorities and Allocations System (DPAS) of the United States.

    A supplier is obliged by law to give such an order the treatment that its rating demands.

    rating: DO, DX or a more detailed rating.
    contract: the rated contract; not on the header.
    quantity: the share for that contract; not on the header.
    """

    rating: str = x.attribute("rating")
    contract: str | None = x.attribute("contract", default=None)
    quantity: x.Exact[Decimal | None] = x.attribute("quantity", default=None)


@x.element(since="1.2.063")
class ItemOutLifeSciences(x.Element):
    """The clinical trial that a line is ordered for.

    One of study, protocol_id and pool_id has to be given or the line is refused, although the DTD does not demand it.

    is_cfg_pooled: the finished goods serve several studies, so pool_id is required.
    pool_id: stands in place of a study where several are pooled.
    medication_list_info: the medication numbers to use.
    """

    is_cfg_pooled: Flag = x.attribute("isCFGPooled", default=False)
    study: Study | None = x.child("Study", default=None)
    kit_type: KitType | None = x.child("KitType", default=None)
    protocol_id: str | None = x.child("ProtocolID", default=None)
    package_control_number: PackageControlNumber | None = x.child("PackageControlNumber", default=None)
    pool_id: str | None = x.child("PoolID", default=None)
    medication_list_info: x.Many[MedicationListInfo] = x.children("MedicationListInfo", default=())
    extrinsic: x.Many[Extrinsic] = x.children("Extrinsic", default=())


@x.element(since="1.2.063")
class Study(x.Element):
    """A clinical study."""

    study_id: str = x.child("StudyID")
    description: Description | None = x.child("Description", default=None)


StudyID = x.leaf("StudyID", str, "The number of a clinical study.", since="1.2.063")


@x.element(since="1.2.063")
class KitType(x.Element):
    """A group of clinical finished goods that are the same supply under different national packagings and labels."""

    kit_type_id: str = x.child("KitTypeID")
    description: Description | None = x.child("Description", default=None)


KitTypeID = x.leaf("KitTypeID", str, "The number of a kit type.", since="1.2.063")
ProtocolID = x.leaf(
    "ProtocolID",
    str,
    "The number of the protocol, which is the plan of a clinical study.",
    since="1.2.063",
)


@x.element(since="1.2.063")
class PackageControlNumber(x.Element):
    """A number that stands for a batch number, so that nobody can tell drug and placebo apart."""

    package_control_number_expiry_date: datetime = x.attribute("packageControlNumberExpiryDate")
    is_package_control_number_released: Flag = x.attribute("isPackageControlNumberReleased", default=False)
    value: str = x.text(kw_only=False)


PoolID = x.leaf("PoolID", str, "The number of a group of studies.", since="1.2.063")


@x.element(since="1.2.063")
class MedicationListInfo(x.Element):
    """The medication numbers that belong to a line or a package.

    property_value: named range, with characteristics of domains minimum and maximum; whole numbers only.
    """

    type: MedicationListInfoType | None = x.attribute("type", default=None)
    property_value: x.Many[PropertyValue] = x.children("PropertyValue", default=())


@x.element(since="1.2.036")
class OrderRequestHeaderIndustry(x.Element):
    """What single industries add to an order as a whole.

    reference_document_info: documents behind the order.
    external_document_type: the kind of order in the buyer's system.
    quality_info: what holds for all lines.
    """

    industry_type: IndustryType | None = x.attribute("industryType", default=None, since="1.2.063")
    reference_document_info: x.Many[ReferenceDocumentInfo] = x.children("ReferenceDocumentInfo", default=())
    priority: Priority | None = x.child("Priority", default=None)
    external_document_type: ExternalDocumentType | None = x.child("ExternalDocumentType", default=None)
    quality_info: QualityInfo | None = x.child("QualityInfo", default=None, since="1.2.050")
    asset_info: x.Many[AssetInfo] = x.children("AssetInfo", default=(), since="1.2.050")
    life_sciences: LifeSciences | None = x.child("LifeSciences", default=None)
    dpas: DPAS | None = x.child("DPAS", default=None)
    authorization_labels: AuthorizationLabels | None = x.child("AuthorizationLabels", default=None)
    aerospace_and_defense: AerospaceAndDefense | None = x.child("AerospaceAndDefense", default=None)


@x.element(since="1.2.036")
class ExternalDocumentType(x.Element):
    """The kind of document in the buyer's back end, which separates business cases that look alike in cXML.

    document_type: the code there, such as an ERP order type.
    description: what the code stands for.
    """

    document_type: str = x.attribute("documentType")
    description: Description | None = x.child("Description", default=None)


@x.element(since="1.2.063")
class LifeSciences(x.Element):
    """What life sciences add to an order as a whole.

    order_category: what is ordered for a clinical trial: goods, labels, rework or a longer shelf life.
    """

    order_category: OrderCategory | None = x.attribute("orderCategory", default=None)


@x.element(since="1.2.063")
class AuthorizationLabels(x.Element):
    """Labels by which the receiving application decides who may see a document; they grant nothing by themselves.

    id_reference: one for each domain, such as sip, program, contract or documentVisibility; several identifiers of one
        domain are joined by commas.
    """

    id_reference: x.Many[IdReference] = x.children("IdReference")


@x.element(since="1.2.071")
class AerospaceAndDefense(x.Element):
    """What aerospace and defense add to an order as a whole.

    acknowledgement_required: whether the supplier has to accept or reject the terms of the order. Orders with a DPAS
        rating state it; absent counts as True.
    dpas: the rating of the order, without contract and quantity.
    """

    acknowledgement_required: YesNo | None = x.attribute("acknowledgementRequired", default=None)
    authorization_labels: AuthorizationLabels | None = x.child("AuthorizationLabels", default=None)
    dpas: DPAS | None = x.child("DPAS", default=None)
