"""The documents as xsdata dataclasses, by hand, in the form that its generator gives them.

There is a field for everything that stands in the documents, and for nothing else. (From the DTD itself the
generator makes fields required that are optional together, and then no document with a payload can be read.)
"""

# ruff: noqa: RUF009 - each helper returns a dataclass field, which is what the rule wants to see

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from xsdata.models.datatype import XmlDate, XmlDateTime

_XML = "http://www.w3.org/XML/1998/namespace"


def _attribute(name: str, *, required: bool = False) -> Any:
    return field(default=None, metadata={"name": name, "type": "Attribute", "required": required})


def _lang() -> Any:
    return field(default=None, metadata={"name": "lang", "type": "Attribute", "namespace": _XML})


def _child(name: str, *, required: bool = False) -> Any:
    return field(default=None, metadata={"name": name, "type": "Element", "required": required})


def _children(name: str) -> Any:
    return field(default_factory=list, metadata={"name": name, "type": "Element"})


def _text() -> Any:
    return field(default="", metadata={"type": "Text"})


@dataclass(slots=True)
class LangText:
    lang: str | None = _lang()
    value: str = _text()


@dataclass(slots=True)
class Named:
    name: str | None = _attribute("name")
    value: str = _text()


@dataclass(slots=True)
class Description:
    lang: str | None = _lang()
    content: list[object] = field(
        default_factory=list,
        metadata={
            "type": "Wildcard",
            "namespace": "##any",
            "mixed": True,
            "choices": ({"name": "ShortName", "type": str},),
        },
    )


@dataclass(slots=True)
class MoneyAmount:
    currency: str | None = _attribute("currency", required=True)
    amount: Decimal | None = field(default=None, metadata={"type": "Text"})


@dataclass(slots=True)
class Money:
    money: MoneyAmount | None = _child("Money", required=True)


# --- envelope ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Credential:
    domain: str | None = _attribute("domain", required=True)
    identity: str | None = _child("Identity", required=True)
    shared_secret: str | None = _child("SharedSecret")


@dataclass(slots=True)
class Party:
    credentials: list[Credential] = _children("Credential")


@dataclass(slots=True)
class Sender:
    credentials: list[Credential] = _children("Credential")
    user_agent: str | None = _child("UserAgent", required=True)


@dataclass(slots=True)
class Header:
    from_: Party | None = _child("From", required=True)
    to: Party | None = _child("To", required=True)
    sender: Sender | None = _child("Sender", required=True)


# --- parties -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Country:
    iso_country_code: str | None = _attribute("isoCountryCode", required=True)
    value: str = _text()


@dataclass(slots=True)
class State:
    iso_state_code: str | None = _attribute("isoStateCode")
    value: str = _text()


@dataclass(slots=True)
class PostalAddress:
    name: str | None = _attribute("name")
    deliver_to: list[str] = _children("DeliverTo")
    street: list[str] = _children("Street")
    city: str | None = _child("City", required=True)
    state: State | None = _child("State")
    postal_code: str | None = _child("PostalCode")
    country: Country | None = _child("Country", required=True)


@dataclass(slots=True)
class TelephoneNumber:
    country_code: Country | None = _child("CountryCode", required=True)
    area_or_city_code: str | None = _child("AreaOrCityCode", required=True)
    number: str | None = _child("Number", required=True)
    extension: str | None = _child("Extension")


@dataclass(slots=True)
class Phone:
    name: str | None = _attribute("name")
    telephone_number: TelephoneNumber | None = _child("TelephoneNumber", required=True)


@dataclass(slots=True)
class AddressBody:
    iso_country_code: str | None = _attribute("isoCountryCode")
    address_id: str | None = _attribute("addressID")
    name: LangText | None = _child("Name", required=True)
    postal_address: PostalAddress | None = _child("PostalAddress")
    email: Named | None = _child("Email")
    phone: Phone | None = _child("Phone")


@dataclass(slots=True)
class Address:
    address: AddressBody | None = _child("Address", required=True)


@dataclass(slots=True)
class Contact:
    role: str | None = _attribute("role")
    name: LangText | None = _child("Name", required=True)
    emails: list[Named] = _children("Email")
    phones: list[Phone] = _children("Phone")


# --- lines -------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class ItemID:
    supplier_part_id: str | None = _child("SupplierPartID", required=True)
    supplier_part_auxiliary_id: str | None = _child("SupplierPartAuxiliaryID")
    buyer_part_id: str | None = _child("BuyerPartID")


@dataclass(slots=True)
class Classification:
    domain: str | None = _attribute("domain", required=True)
    value: str = _text()


@dataclass(slots=True)
class ItemDetail:
    unit_price: Money | None = _child("UnitPrice", required=True)
    descriptions: list[Description] = _children("Description")
    unit_of_measure: str | None = _child("UnitOfMeasure", required=True)
    classifications: list[Classification] = _children("Classification")
    manufacturer_part_id: str | None = _child("ManufacturerPartID")
    manufacturer_name: LangText | None = _child("ManufacturerName")
    url: str | None = _child("URL")
    lead_time: int | None = _child("LeadTime")
    extrinsics: list[Named] = _children("Extrinsic")


@dataclass(slots=True)
class TaxDetail:
    purpose: str | None = _attribute("purpose")
    category: str | None = _attribute("category", required=True)
    percentage_rate: Decimal | None = _attribute("percentageRate")
    taxable_amount: Money | None = _child("TaxableAmount")
    tax_amount: Money | None = _child("TaxAmount", required=True)


@dataclass(slots=True)
class Tax:
    money: MoneyAmount | None = _child("Money", required=True)
    description: Description | None = _child("Description", required=True)
    details: list[TaxDetail] = _children("TaxDetail")


@dataclass(slots=True)
class Shipping:
    tracking_domain: str | None = _attribute("trackingDomain")
    money: MoneyAmount | None = _child("Money", required=True)
    description: Description | None = _child("Description", required=True)


@dataclass(slots=True)
class AccountingSegment:
    id: str | None = _attribute("id", required=True)
    name: LangText | None = _child("Name", required=True)
    description: Description | None = _child("Description", required=True)


@dataclass(slots=True)
class Accounting:
    name: str | None = _attribute("name", required=True)
    segments: list[AccountingSegment] = _children("AccountingSegment")


@dataclass(slots=True)
class Distribution:
    accounting: Accounting | None = _child("Accounting", required=True)
    charge: Money | None = _child("Charge", required=True)


@dataclass(slots=True)
class ItemOut:
    quantity: Decimal | None = _attribute("quantity", required=True)
    line_number: int | None = _attribute("lineNumber")
    requested_delivery_date: XmlDateTime | XmlDate | None = _attribute("requestedDeliveryDate")
    is_ad_hoc: str | None = _attribute("isAdHoc")
    item_id: ItemID | None = _child("ItemID", required=True)
    item_detail: ItemDetail | None = _child("ItemDetail")
    tax: Tax | None = _child("Tax")
    distributions: list[Distribution] = _children("Distribution")
    comments: list[LangText] = _children("Comments")


@dataclass(slots=True)
class ItemIn:
    quantity: Decimal | None = _attribute("quantity", required=True)
    line_number: int | None = _attribute("lineNumber")
    item_id: ItemID | None = _child("ItemID", required=True)
    item_detail: ItemDetail | None = _child("ItemDetail", required=True)
    shipping: Shipping | None = _child("Shipping")
    tax: Tax | None = _child("Tax")


# --- payloads ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Link:
    url: str | None = _child("URL", required=True)


@dataclass(slots=True)
class PunchOutSetupRequest:
    operation: str | None = _attribute("operation", required=True)
    buyer_cookie: str | None = _child("BuyerCookie", required=True)
    extrinsics: list[Named] = _children("Extrinsic")
    browser_form_post: Link | None = _child("BrowserFormPost")
    contacts: list[Contact] = _children("Contact")
    ship_to: Address | None = _child("ShipTo")


@dataclass(slots=True)
class PunchOutOrderMessageHeader:
    operation_allowed: str | None = _attribute("operationAllowed", required=True)
    quote_status: str | None = _attribute("quoteStatus")
    total: Money | None = _child("Total", required=True)


@dataclass(slots=True)
class PunchOutOrderMessage:
    buyer_cookie: str | None = _child("BuyerCookie", required=True)
    header: PunchOutOrderMessageHeader | None = _child("PunchOutOrderMessageHeader", required=True)
    lines: list[ItemIn] = _children("ItemIn")


@dataclass(slots=True)
class PaymentTerm:
    pay_in_number_of_days: int | None = _attribute("payInNumberOfDays", required=True)


@dataclass(slots=True)
class OrderRequestHeader:
    order_id: str | None = _attribute("orderID", required=True)
    order_date: XmlDateTime | None = _attribute("orderDate", required=True)
    order_type: str | None = _attribute("orderType")
    type: str | None = _attribute("type")
    total: Money | None = _child("Total", required=True)
    ship_to: Address | None = _child("ShipTo")
    bill_to: Address | None = _child("BillTo", required=True)
    shipping: Shipping | None = _child("Shipping")
    tax: Tax | None = _child("Tax")
    payment_terms: list[PaymentTerm] = _children("PaymentTerm")
    contacts: list[Contact] = _children("Contact")
    comments: list[LangText] = _children("Comments")
    extrinsics: list[Named] = _children("Extrinsic")


@dataclass(slots=True)
class OrderRequest:
    header: OrderRequestHeader | None = _child("OrderRequestHeader", required=True)
    lines: list[ItemOut] = _children("ItemOut")


@dataclass(slots=True)
class Request:
    deployment_mode: str | None = _attribute("deploymentMode")
    setup: PunchOutSetupRequest | None = _child("PunchOutSetupRequest")
    order: OrderRequest | None = _child("OrderRequest")


@dataclass(slots=True)
class Message:
    deployment_mode: str | None = _attribute("deploymentMode")
    cart: PunchOutOrderMessage | None = _child("PunchOutOrderMessage", required=True)


@dataclass(slots=True)
class CXML:
    class Meta:
        name = "cXML"

    payload_id: str | None = _attribute("payloadID", required=True)
    timestamp: XmlDateTime | None = _attribute("timestamp", required=True)
    lang: str | None = _lang()
    header: Header | None = _child("Header")
    message: Message | None = _child("Message")
    request: Request | None = _child("Request")


def lines_of(document: Any) -> list[Any]:
    """The lines of either hand-made model."""
    if document.message is not None:
        return document.message.cart.lines
    return document.request.order.lines if document.request.order is not None else []
