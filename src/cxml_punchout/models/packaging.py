"""How goods are packed: packages and their ids, what is in them, and which store each is for."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from .. import element as x
from ..scalars import Language

if TYPE_CHECKING:
    from .industry import AssetInfo, MedicationListInfo
    from .item import Dimension
    from .text import Description, Extrinsic

__all__ = [
    "BestBeforeDate",
    "DispatchQuantity",
    "FreeGoodsQuantity",
    "GlobalIndividualAssetID",
    "OrderedQuantity",
    "PackageID",
    "PackageTrackingID",
    "PackageTypeCodeIdentifierCode",
    "Packaging",
    "PackagingCode",
    "PackagingDistribution",
    "PackagingIndustry",
    "PackagingLevelCode",
    "PackagingLifeSciences",
    "QuantityVarianceNote",
    "ReturnablePackageID",
    "ShippingContainerSerialCode",
    "ShippingContainerSerialCodeReference",
    "ShippingMark",
    "StoreCode",
]


@x.element("((PackagingCode+, Dimension*) | Dimension+)", since="1.2.036")
class Packaging(x.Element):
    """How a line is to be packed, or one package of it.

    packaging_code: one packaging in several languages, no language twice.
    dimension: of the package; each type at most once.
    packaging_level_code: whether this is an inner, outer or intermediate package.
    package_type_code_identifier_code: the kind of packaging material.
    shipping_container_serial_code: the serial number of this package.
    shipping_container_serial_code_reference: the serial number of the package that this one is packed in.
    ordered_quantity, dispatch_quantity: what was ordered and what is really in the package.
    free_goods_quantity: what is in it without charge.
    quantity_variance_note: why ordered and delivered quantity differ.
    store_code: the store that the package is for.
    """

    packaging_code: x.Many[PackagingCode] = x.children("PackagingCode", default=())
    dimension: x.Many[Dimension] = x.children("Dimension", default=())
    description: Description | None = x.child("Description", default=None)
    packaging_level_code: str | None = x.child("PackagingLevelCode", default=None)
    package_type_code_identifier_code: str | None = x.child("PackageTypeCodeIdentifierCode", default=None)
    shipping_container_serial_code: str | None = x.child("ShippingContainerSerialCode", default=None)
    shipping_container_serial_code_reference: str | None = x.child("ShippingContainerSerialCodeReference", default=None)
    package_id: PackageID | None = x.child("PackageID", default=None)
    shipping_mark: x.Many[str] = x.children("ShippingMark", default=())
    ordered_quantity: OrderedQuantity | None = x.child("OrderedQuantity", default=None)
    dispatch_quantity: DispatchQuantity | None = x.child("DispatchQuantity", default=None)
    free_goods_quantity: FreeGoodsQuantity | None = x.child("FreeGoodsQuantity", default=None)
    quantity_variance_note: str | None = x.child("QuantityVarianceNote", default=None)
    best_before_date: BestBeforeDate | None = x.child("BestBeforeDate", default=None)
    asset_info: x.Many[AssetInfo] = x.children("AssetInfo", default=(), since="1.2.050")
    packaging_industry: PackagingIndustry | None = x.child("PackagingIndustry", default=None)
    store_code: str | None = x.child("StoreCode", default=None)
    extrinsic: x.Many[Extrinsic] = x.children("Extrinsic", default=())


@x.element(since="1.2.036")
class PackagingCode(x.Element):
    """A kind of packaging in words, such as pallet or skid."""

    lang: Language = x.attribute("xml:lang")
    value: str = x.text(kw_only=False)


PackagingLevelCode = x.leaf(
    "PackagingLevelCode",
    str,
    "The place of a package in the packing hierarchy: inner, intermediate or outer.",
    since="1.2.036",
)
PackageTypeCodeIdentifierCode = x.leaf(
    "PackageTypeCodeIdentifierCode",
    str,
    "The code of the packaging material, such as box, pallet or rack, which tells how to unload and store it.",
    since="1.2.036",
)
ShippingContainerSerialCode = x.leaf(
    "ShippingContainerSerialCode",
    str,
    "The serial number of a package, such as a GS1 SSCC, valid in transport and in stock.",
    since="1.2.036",
)
ShippingContainerSerialCodeReference = x.leaf(
    "ShippingContainerSerialCodeReference",
    str,
    "The serial number of the package on the next higher level, in which this one is packed.",
    since="1.2.036",
)


@x.element(since="1.2.036")
class PackageID(x.Element):
    """The ids of a package apart from its serial number."""

    global_individual_asset_id: str | None = x.child("GlobalIndividualAssetID", default=None)
    returnable_package_id: str | None = x.child("ReturnablePackageID", default=None)
    package_tracking_id: str | None = x.child("PackageTrackingID", default=None)


GlobalIndividualAssetID = x.leaf(
    "GlobalIndividualAssetID",
    str,
    "The GS1 number (GIAI) of a package that is somebody's asset.",
    since="1.2.036",
)
ReturnablePackageID = x.leaf(
    "ReturnablePackageID",
    str,
    "The id by which the supplier recognises a package that is sent back.",
    since="1.2.036",
)
PackageTrackingID = x.leaf(
    "PackageTrackingID",
    str,
    "The number by which the supplier tracks a package in its own scheme.",
    since="1.2.036",
)
ShippingMark = x.leaf(
    "ShippingMark",
    str,
    "A mark on a package: its place in the packing or a warning, such as dangerous goods or stacking height.",
    since="1.2.036",
)


@x.element(since="1.2.036")
class OrderedQuantity(x.Element):
    """How much of a line was ordered."""

    quantity: x.Exact[Decimal | None] = x.attribute("quantity", default=None)
    unit_of_measure: str | None = x.child("UnitOfMeasure", default=None)


@x.element(since="1.2.036")
class DispatchQuantity(x.Element):
    """How much is delivered, to be compared with what was ordered."""

    quantity: x.Exact[Decimal | None] = x.attribute("quantity", default=None)
    unit_of_measure: str | None = x.child("UnitOfMeasure", default=None)


@x.element(since="1.2.036")
class FreeGoodsQuantity(x.Element):
    """How much is delivered without charge, such as samples; invoices leave it out or price it at 0.00."""

    quantity: x.Exact[Decimal | None] = x.attribute("quantity", default=None)
    unit_of_measure: str | None = x.child("UnitOfMeasure", default=None)


QuantityVarianceNote = x.leaf(
    "QuantityVarianceNote",
    str,
    "An explanation of a partial delivery or of a quantity that is measured differently, such as lots of 500 pieces.",
    since="1.2.036",
)


@x.element(since="1.2.036")
class BestBeforeDate(x.Element):
    """Until when goods such as food, drugs or chemicals keep their quality."""

    date: datetime = x.attribute("date")


StoreCode = x.leaf("StoreCode", str, "The code of the store that goods are shipped to.", since="1.2.050")


@x.element(since="1.2.063")
class PackagingIndustry(x.Element):
    """What single industries add to a package."""

    packaging_life_sciences: PackagingLifeSciences | None = x.child("PackagingLifeSciences", default=None)


@x.element(since="1.2.063")
class PackagingLifeSciences(x.Element):
    """What life sciences add to a package.

    medication_list_info: the medication numbers that are in the package.
    """

    medication_list_info: x.Many[MedicationListInfo] = x.children("MedicationListInfo", default=())


@x.element(since="1.2.050")
class PackagingDistribution(x.Element):
    """How much of a line goes to one store."""

    quantity: x.Exact[Decimal] = x.attribute("quantity")
    store_code: str = x.child("StoreCode")
    unit_of_measure: str = x.child("UnitOfMeasure")
