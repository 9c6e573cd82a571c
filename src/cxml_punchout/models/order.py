"""Purchase orders: the order with its header, its parties, its payment and its references."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from .. import element as x
from ..scalars import Flag

if TYPE_CHECKING:
    from .delivery import ControlKeys, Shipping, ShipTo, TermsOfDelivery
    from .industry import OrderRequestHeaderIndustry
    from .item import ItemOut
    from .money import Money, Total
    from .party import Address, BillTo, Contact, PostalAddress
    from .tax import Tax
    from .text import URL, Comments, Extrinsic, IdReference

__all__ = [
    "BusinessPartner",
    "DeliveryPeriod",
    "Discount",
    "DiscountAmount",
    "DiscountPercent",
    "DocumentReference",
    "Followup",
    "LegalEntity",
    "OrderRequest",
    "OrderRequestHeader",
    "OrganizationalUnit",
    "PCard",
    "Payment",
    "PaymentTerm",
    "Period",
    "SupplierOrderInfo",
]

OrderType = Literal["release", "regular", "blanket", "stockTransport", "stockTransportRelease"]
OrderRequestHeaderType = Literal["new", "update", "delete"]
BusinessPartnerType = Literal["organization"]
BusinessPartnerRole = Literal["soldTo", "shipFrom", "orderingAddress", "logistics"]


@x.element()
class OrderRequest(x.Element):
    """A purchase order, a change of one or its cancellation.

    The answer is a bare Status; 200 means that the order was taken in, not that the supplier agrees to it, which a
    ConfirmationRequest says.

    item_out: a change carries the whole order as it shall be. A cancellation needs a line as well.

    Guide 7.2.
    """

    order_request_header: OrderRequestHeader = x.child("OrderRequestHeader")
    item_out: x.Many[ItemOut] = x.children("ItemOut")


@x.element()
class OrderRequestHeader(x.Element):
    """What a purchase order says as a whole: number, kind, dates, parties, payment.

    order_id: the buyer's number of the order.
    order_date: when the buyer created it.
    order_type: ``release`` calls goods off from a master agreement; ``blanket`` (from 1.2.020) sets limits for
        purchases over a period; ``stockTransport`` and ``stockTransportRelease`` (from 1.2.050) move stock between
        plants.
    release_required: the blanket order is drawn on by release orders.
    type: ``update`` and ``delete`` change and cancel an earlier order, which document_reference names.
    order_version: 1 at first, one more with each change.
    is_internal_version: what changed since the last version does not concern the supplier.
    parent_agreement_id, parent_agreement_payload_id: for ``blanket``, the order above it in a hierarchy.
    effective_date, expiration_date: for ``blanket``, when ordering begins and ends. The first must be given then;
        without the second there is no end.
    agreement_id, agreement_payload_id: for ``release``, the agreement; the first must be given then.
    requisition_id: here or on the lines, never on both.
    ship_complete: hold the goods until all can go together; otherwise each goes when it is ready.
    pick_up_date: when the goods are ready to be collected.
    requested_delivery_date: when the buyer is ready to receive them.
    is_sto_outbound: the stock goes from the buyer to the supplier.
    total: the items without tax and shipping; for ``blanket`` the most that the buyer commits to, not the sum of lines.
    ship_to, shipping, contact, extrinsic: here or on every line, never on both; contacts are counted by role,
        extrinsics by name. What is said here is no default for the lines.
    tax: the tax of the whole order; the lines may state their own beside it.
    legal_entity, organizational_unit: company code and purchasing organisation of the buyer.
    comments: for the whole order; more than one from 1.2.050.
    document_reference: with ``update`` and ``delete``, the latest document of the order; some name the first one.
    supplier_order_info: with ``delete``, the sales order that the supplier had announced with the cart.
    delivery_period: the window for the delivery.

    Guide 7.2.1.
    """

    order_id: str = x.attribute("orderID")
    order_date: datetime = x.attribute("orderDate")
    order_type: OrderType | None = x.attribute(
        "orderType",
        default=None,
        absent="regular",
        values_since={"blanket": "1.2.020", "stockTransport": "1.2.050", "stockTransportRelease": "1.2.050"},
    )
    release_required: Flag = x.attribute("releaseRequired", default=False, since="1.2.020")
    type: OrderRequestHeaderType | None = x.attribute("type", default=None, absent="new")
    order_version: x.Exact[Decimal | None] = x.attribute("orderVersion", default=None)
    is_internal_version: Flag = x.attribute("isInternalVersion", default=False)
    parent_agreement_id: str | None = x.attribute("parentAgreementID", default=None, since="1.2.020")
    parent_agreement_payload_id: str | None = x.attribute("parentAgreementPayloadID", default=None, since="1.2.020")
    effective_date: datetime | None = x.attribute("effectiveDate", default=None, since="1.2.020")
    expiration_date: datetime | None = x.attribute("expirationDate", default=None, since="1.2.020")
    agreement_id: str | None = x.attribute("agreementID", default=None)
    agreement_payload_id: str | None = x.attribute("agreementPayloadID", default=None)
    requisition_id: str | None = x.attribute("requisitionID", default=None)
    ship_complete: Flag = x.attribute("shipComplete", default=False)
    pick_up_date: datetime | None = x.attribute("pickUpDate", default=None, since="1.2.036")
    requested_delivery_date: datetime | None = x.attribute("requestedDeliveryDate", default=None, since="1.2.036")
    is_sto_outbound: Flag = x.attribute("isSTOOutbound", default=False, since="1.2.050")
    total: Total = x.child("Total")
    ship_to: ShipTo | None = x.child("ShipTo", default=None)
    bill_to: BillTo = x.child("BillTo")
    business_partner: x.Many[BusinessPartner] = x.children("BusinessPartner", default=())
    legal_entity: LegalEntity | None = x.child("LegalEntity", default=None, since="1.2.050")
    organizational_unit: x.Many[OrganizationalUnit] = x.children("OrganizationalUnit", default=(), since="1.2.050")
    shipping: Shipping | None = x.child("Shipping", default=None)
    tax: Tax | None = x.child("Tax", default=None)
    payment: Payment | None = x.child("Payment", default=None)
    payment_term: x.Many[PaymentTerm] = x.children("PaymentTerm", default=())
    contact: x.Many[Contact] = x.children("Contact", default=())
    comments: x.ManyOrText[Comments] = x.children("Comments", default=(), many_since="1.2.050")
    followup: Followup | None = x.child("Followup", default=None)
    control_keys: ControlKeys | None = x.child("ControlKeys", default=None)
    document_reference: DocumentReference | None = x.child("DocumentReference", default=None)
    supplier_order_info: SupplierOrderInfo | None = x.child("SupplierOrderInfo", default=None)
    terms_of_delivery: TermsOfDelivery | None = x.child("TermsOfDelivery", default=None)
    delivery_period: DeliveryPeriod | None = x.child("DeliveryPeriod", default=None)
    id_reference: x.Many[IdReference] = x.children("IdReference", default=(), since="1.2.036")
    order_request_header_industry: OrderRequestHeaderIndustry | None = x.child(
        "OrderRequestHeaderIndustry", default=None
    )
    extrinsic: x.Many[Extrinsic] = x.children("Extrinsic", default=())


@x.element(since="1.2.050")
class BusinessPartner(x.Element):
    """A further organisation that has a part in the order.

    role: ``soldTo`` buys the goods, ``shipFrom`` is where they come from, ``orderingAddress`` is where the supplier
        takes orders, ``logistics`` (from 1.2.063) moves the goods.
    address: address_id holds the partner's number, and address_id_domain is ``buyerAccountID`` for ``soldTo``,
        ``shipFromAddressID`` for ``shipFrom`` and ``supplierCorporate`` for ``orderingAddress``.
    id_reference: for ``soldTo`` the number once more, in the domain ``buyerAccountID``.
    """

    type: BusinessPartnerType = x.attribute("type")
    role: BusinessPartnerRole = x.attribute("role", values_since={"logistics": "1.2.063"})
    address: Address = x.child("Address")
    id_reference: x.Many[IdReference] = x.children("IdReference", default=())


@x.element(since="1.2.036")
class LegalEntity(x.Element):
    """The company of the buyer that places the order.

    id_reference: its code in the buyer's ERP system, in the domain ``CompanyCode``.
    """

    id_reference: IdReference = x.child("IdReference")


@x.element(since="1.2.036")
class OrganizationalUnit(x.Element):
    """The purchasing organisation or purchasing group of the buyer that places the order.

    id_reference: its code in the buyer's ERP system, in the domain ``PurchasingOrganization`` or ``PurchasingGroup``.
    """

    id_reference: IdReference = x.child("IdReference")


@x.element()
class Payment(x.Element):
    """The means of payment that an order brings along.

    A supplier that cannot do without answers with Status 402.
    """

    pcard: PCard = x.child("PCard")


@x.element()
class PCard(x.Element):
    """The purchasing card that pays for the order.

    number: digits as a text, for leading zeros count.
    expiration: a day; some buyers send a moment.
    name: the name of the card.
    postal_address: the address that belongs to the card.
    """

    number: str = x.attribute("number", secret=True)
    expiration: date | datetime = x.attribute("expiration")
    name: str | None = x.attribute("name", default=None)
    postal_address: PostalAddress | None = x.child("PostalAddress", default=None)


@x.element()
class PaymentTerm(x.Element):
    """By when the order has to be paid, and what paying by then is worth.

    pay_in_number_of_days: days after the invoice takes effect.
    discount: absent for a net term. Several terms offer several discounts.
    """

    pay_in_number_of_days: int = x.attribute("payInNumberOfDays")
    discount: Discount | None = x.child("Discount", default=None)
    extrinsic: x.Many[Extrinsic] = x.children("Extrinsic", default=(), since="1.2.036")


@x.element("(DiscountPercent | DiscountAmount)")
class Discount(x.Element):
    """What is taken off the price when it is paid within the term."""

    discount_percent: DiscountPercent | None = x.child("DiscountPercent", default=None)
    discount_amount: DiscountAmount | None = x.child("DiscountAmount", default=None)


@x.element()
class DiscountPercent(x.Element):
    """A discount as a share of the price.

    percent: 2 is 2 %; a negative number is a penalty.
    """

    percent: x.Exact[Decimal] = x.attribute("percent")


@x.element()
class DiscountAmount(x.Element):
    """A discount as a sum of money; a negative sum is a penalty."""

    money: Money = x.child("Money")


@x.element()
class Followup(x.Element):
    """Where to post later documents about the order, such as a StatusUpdateRequest.

    Strongly discouraged; the buyer's profile tells where its requests go.
    """

    url: x.OrText[URL] = x.child("URL")


@x.element()
class DocumentReference(x.Element):
    """An earlier document, for instance the order that is changed or cancelled.

    payload_id: copied from the cXML element of that document, to the letter.

    Guide 7.2.1.12.
    """

    payload_id: str = x.attribute("payloadID")


@x.element()
class SupplierOrderInfo(x.Element):
    """The supplier's own sales order for the goods.

    order_id: the supplier's number, not the buyer's.
    order_date: when the supplier created the sales order.

    Guide 7.2.1.13.
    """

    order_id: str = x.attribute("orderID")
    order_date: datetime | None = x.attribute("orderDate", default=None, since="1.2.036")


@x.element(since="1.2.036")
class DeliveryPeriod(x.Element):
    """The earliest and the latest time at which the goods can be delivered or received."""

    period: Period = x.child("Period")


@x.element()
class Period(x.Element):
    """A span of time with a beginning and an end."""

    start_date: datetime = x.attribute("startDate")
    end_date: datetime = x.attribute("endDate")
