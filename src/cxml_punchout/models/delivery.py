"""Where goods go, how they travel and on what terms; tolerances, and rules for the documents that follow."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from .. import element as x
from ..scalars import NMToken, YesNo

if TYPE_CHECKING:
    from .money import Modifications, Money, Percentage
    from .party import Address, Contact
    from .text import Comments, Description, IdReference

__all__ = [
    "ASNInstruction",
    "CarrierIdentifier",
    "ControlKeys",
    "InvoiceInstruction",
    "Lower",
    "OCInstruction",
    "PriceTolerance",
    "QuantityTolerance",
    "Route",
    "SESInstruction",
    "ShipTo",
    "Shipping",
    "ShippingContractNumber",
    "ShippingInstructions",
    "ShippingPaymentMethod",
    "TemporaryPrice",
    "TermsOfDelivery",
    "TermsOfDeliveryCode",
    "TimeTolerance",
    "Tolerances",
    "TransportInformation",
    "TransportTerms",
    "Upper",
    "Value",
]

RouteMethod = Literal[
    "air", "motor", "rail", "ship", "mail", "multimodal", "fixedTransport", "inlandWater", "unknown", "custom"
]
TimeToleranceType = Literal["minutes", "hours", "days", "weeks"]
OCInstructionValue = Literal["allowed", "notAllowed", "requiredBeforeASN"]
ASNInstructionValue = Literal["allowed", "notAllowed"]
InvoiceInstructionValue = Literal["isERS", "isNotERS", "allowed", "notAllowed"]
VerificationType = Literal["goodsReceipt"]
SESInstructionValue = Literal["allowed", "notAllowed"]


@x.element()
class ShipTo(x.Element):
    """Where goods or services are delivered.

    In an order it stands on the header or on every line, never on both, and the header is no default for the lines. In
    a PunchOutSetupRequest it only helps the shop to quote price and delivery time.

    address: an addressID should come with its addressIDDomain; for a plant of the buyer the domain is buyerLocationID.
    carrier_identifier: the carrier to use; several entries name it in several domains.
    transport_information: meant for the ShipTo of an order header only.
    id_reference: further ids of the place, each pair of domain and identifier at most once.
    Guide 5.6.2.8, 7.2.1.
    """

    address: Address = x.child("Address")
    carrier_identifier: x.Many[CarrierIdentifier] = x.children("CarrierIdentifier", default=(), since="1.2.036")
    transport_information: x.Many[TransportInformation] = x.children("TransportInformation", default=())
    id_reference: x.Many[IdReference] = x.children("IdReference", default=(), since="1.2.036")


@x.element()
class CarrierIdentifier(x.Element):
    """The company that carries a shipment.

    domain: how it is named: companyName, SCAC, IATA, AAR, UIC, EAN or DUNS.
    Guide 13.5.
    """

    domain: str = x.attribute("domain")
    value: str = x.text(kw_only=False)


@x.element(since="1.2.036")
class TransportInformation(x.Element):
    """How the buyer wants an order to be transported.

    The supplier repeats it in the ship notice, changed if need be.

    Guide 7.2.1.
    """

    route: Route | None = x.child("Route", default=None)
    shipping_contract_number: str | None = x.child("ShippingContractNumber", default=None)
    shipping_instructions: ShippingInstructions | None = x.child("ShippingInstructions", default=None)


@x.element(since="1.2.036")
class Route(x.MixedElement):
    """One leg of a transport by one mode.

    method: multimodal stands for several modes under one contract, fixedTransport for pipelines and the like; custom
        for an agreed code, which is the text.
    means: the vehicle, from a list that depends on method, such as truck, tanker or freightTrain; for air the IATA code
        of the aircraft type.
    start_date, end_date: when the leg begins and ends; legs that follow do not begin before this one ends.
    content: text, and contacts such as carrierCorporate, shipFrom and shipTo, each role once.
    """

    method: RouteMethod = x.attribute("method")
    means: NMToken | None = x.attribute("means", default=None)
    start_date: datetime | None = x.attribute("startDate", default=None)
    end_date: datetime | None = x.attribute("endDate", default=None)
    content: x.Mixed[Contact] = x.mixed("Contact", default=(), kw_only=False)


ShippingContractNumber = x.leaf(
    "ShippingContractNumber",
    str,
    "The number of the contract under which a shipment is transported, set by buyer or supplier.",
    since="1.2.036",
)


@x.element(since="1.2.036")
class ShippingInstructions(x.Element):
    """What the buyer asks of the transport, in words."""

    description: Description | None = x.child("Description", default=None)


@x.element()
class Shipping(x.Element):
    """The cost of shipping a cart, an order or a line.

    In an order it stands on the header or on every line, never on both.

    description: the way of shipping, in words.
    modifications: allowances and charges on the shipping cost.
    tracking_domain: the carrier whose tracking number tracking_id is, such as FedEx or UPS.
    tracking: out of use; do not send it.
    Guide 7.2.1.
    """

    tracking_domain: str | None = x.attribute("trackingDomain", default=None)
    tracking_id: str | None = x.attribute("trackingId", default=None)
    tracking: str | None = x.attribute("tracking", default=None)
    money: Money = x.child("Money")
    description: Description = x.child("Description")
    modifications: Modifications | None = x.child("Modifications", default=None)


@x.element(since="1.2.036")
class TermsOfDelivery(x.Element):
    """The terms on which goods are delivered: what they cover, who pays the transport, where the risk passes.

    The buyer sets them in the order; the supplier repeats them in the ship notice and may change them there.

    terms_of_delivery_code: what the terms relate to: price, transport, delivery.
    shipping_payment_method: how the shipping is paid for.
    transport_terms: who bears title, risk and insurance on the way.
    address: the place named in the terms.
    comments: type Transport describes the transport, type TermsOfDelivery adds to the terms.
    """

    terms_of_delivery_code: TermsOfDeliveryCode = x.child("TermsOfDeliveryCode")
    shipping_payment_method: ShippingPaymentMethod = x.child("ShippingPaymentMethod")
    transport_terms: TransportTerms | None = x.child("TransportTerms", default=None)
    address: Address | None = x.child("Address", default=None)
    comments: x.ManyOrText[Comments] = x.children("Comments", default=())


@x.element(since="1.2.036")
class TermsOfDeliveryCode(x.Element):
    """What terms of delivery relate to.

    value: such as PriceCondition, DespatchCondition, PriceandDespatchCondition, TransportCondition, DeliveryCondition
        or CollectedByCustomer.
    content: the code in words; may be empty unless value is Other.
    """

    value: str = x.attribute("value")
    content: str = x.text(kw_only=False)


@x.element(since="1.2.036")
class ShippingPaymentMethod(x.Element):
    """How the shipping of an order is paid for.

    value: such as Account, AdvanceCollect or AdvancePrepaid.
    content: the method in words; may be empty unless value is Other.
    """

    value: str = x.attribute("value")
    content: str = x.text(kw_only=False)


@x.element(since="1.2.036")
class TransportTerms(x.Element):
    """Which of buyer and supplier bears title, risk and insurance of a transport.

    value: a trade term spelled out, such as Free-Carrier, CostAndFreight or DeliveredAtFrontier.
    content: the terms in words; may be empty unless value is Other.
    """

    value: str = x.attribute("value")
    content: str = x.text(kw_only=False)


@x.element(since="1.2.036")
class Tolerances(x.Element):
    """How far a delivery or an invoice may deviate from what was ordered."""

    quantity_tolerance: QuantityTolerance | None = x.child("QuantityTolerance", default=None)
    price_tolerance: PriceTolerance | None = x.child("PriceTolerance", default=None)
    time_tolerance: TimeTolerance | None = x.child("TimeTolerance", default=None)


@x.element("(Percentage | Value)", since="1.2.036")
class QuantityTolerance(x.Element):
    """The permitted deviation in quantity, relative or in units."""

    percentage: Percentage | None = x.child("Percentage", default=None)
    value: Value | None = x.child("Value", default=None)


@x.element("(Percentage | Money)", since="1.2.036")
class PriceTolerance(x.Element):
    """The permitted deviation in price, relative or as an amount."""

    percentage: Percentage | None = x.child("Percentage", default=None)
    money: Money | None = x.child("Money", default=None)


@x.element(since="1.2.036")
class TimeTolerance(x.Element):
    """The permitted deviation from the requested delivery date.

    limit: counted in the unit that type names.
    """

    limit: int = x.attribute("limit")
    type: TimeToleranceType | None = x.attribute("type", default=None, absent="days")


@x.element(since="1.2.036")
class Value(x.Element):
    """A quantity as the limit of a tolerance, in the unit of the line."""

    value: x.Exact[Decimal] = x.attribute("value")


@x.element(since="1.2.036")
class ControlKeys(x.Element):
    """Which documents the supplier may send for an order or a line, and in what limits.

    They override the rules that the network hub would apply. Each field is for one kind of document: order
    confirmation, ship notice, invoice and service entry sheet. What is absent stays under the rules of the hub.
    """

    oc_instruction: OCInstruction | None = x.child("OCInstruction", default=None)
    asn_instruction: ASNInstruction | None = x.child("ASNInstruction", default=None)
    invoice_instruction: InvoiceInstruction | None = x.child("InvoiceInstruction", default=None)
    ses_instruction: SESInstruction | None = x.child("SESInstruction", default=None)


@x.element(since="1.2.036")
class OCInstruction(x.Element):
    """Whether the supplier may confirm the order or line.

    value: requiredBeforeASN makes the confirmation a condition for the ship notice.
    lower, upper: how far a confirmation may fall below or go beyond the order.
    """

    value: OCInstructionValue = x.attribute("value")
    lower: Lower | None = x.child("Lower", default=None)
    upper: Upper | None = x.child("Upper", default=None)


@x.element(since="1.2.036")
class ASNInstruction(x.Element):
    """Whether the supplier may send a ship notice for the order or line.

    lower, upper: how far a shipment may fall below or go beyond the order.
    """

    value: ASNInstructionValue = x.attribute("value")
    lower: Lower | None = x.child("Lower", default=None)
    upper: Upper | None = x.child("Upper", default=None)


@x.element(since="1.2.036")
class InvoiceInstruction(x.Element):
    """Whether and how the supplier may invoice the order or line.

    value: isERS says that the buyer posts the invoice itself from its goods receipts (evaluated receipt settlement).
    verification_type: goodsReceipt has every invoice line matched with the receipt of the goods.
    unit_price_editable: True allows another unit price within the price tolerance, False forbids it; absent leaves it
        to the rules of the hub.
    temporary_price: whether prices are still provisional.
    lower, upper: how far an invoice may fall below or go beyond the order.
    """

    value: InvoiceInstructionValue | None = x.attribute("value", default=None)
    verification_type: VerificationType | None = x.attribute("verificationType", default=None)
    unit_price_editable: YesNo | None = x.attribute("unitPriceEditable", default=None, since="1.2.050")
    temporary_price: TemporaryPrice | None = x.child("TemporaryPrice", default=None)
    lower: Lower | None = x.child("Lower", default=None, since="1.2.050")
    upper: Upper | None = x.child("Upper", default=None, since="1.2.050")


@x.element(since="1.2.036")
class SESInstruction(x.Element):
    """Whether the supplier may send a service entry sheet for the order or line.

    unit_price_editable: as in InvoiceInstruction.
    lower, upper: how far a sheet may fall below or go beyond the order.
    """

    value: SESInstructionValue = x.attribute("value")
    unit_price_editable: YesNo | None = x.attribute("unitPriceEditable", default=None, since="1.2.050")
    lower: Lower | None = x.child("Lower", default=None, since="1.2.050")
    upper: Upper | None = x.child("Upper", default=None, since="1.2.050")


@x.element(since="1.2.036")
class TemporaryPrice(x.Element):
    """Whether prices are provisional, so that the supplier cannot invoice yet.

    On a line it concerns that line, on the header the whole order.
    """

    value: YesNo = x.attribute("value")


@x.element(since="1.2.036")
class Lower(x.Element):
    """The tolerances below what was ordered."""

    tolerances: Tolerances = x.child("Tolerances")


@x.element(since="1.2.036")
class Upper(x.Element):
    """The tolerances above what was ordered."""

    tolerances: Tolerances = x.child("Tolerances")
