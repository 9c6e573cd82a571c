"""The documents as pydantic-xml models, by hand: what somebody would write who needs just these documents.

There is a field for everything that stands in them, and for nothing else. Text behind a ShortName cannot be had:
pydantic-xml reads the text before the first child only.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from pydantic_xml import BaseXmlModel, attr, element

_XML = {"xml": "http://www.w3.org/XML/1998/namespace"}


class LangText(BaseXmlModel, nsmap=_XML):
    lang: str | None = attr(name="lang", ns="xml", default=None)
    value: str = ""


class Named(BaseXmlModel):
    name: str | None = attr(name="name", default=None)
    value: str = ""


class Description(BaseXmlModel, nsmap=_XML):
    lang: str = attr(name="lang", ns="xml")
    value: str | None = None
    short_name: str | None = element(tag="ShortName", default=None)


class MoneyAmount(BaseXmlModel):
    currency: str = attr(name="currency")
    amount: Decimal


class Money(BaseXmlModel):
    money: MoneyAmount = element(tag="Money")


# --- envelope ----------------------------------------------------------------------------------------------


class Credential(BaseXmlModel):
    domain: str = attr(name="domain")
    identity: str = element(tag="Identity")
    shared_secret: str | None = element(tag="SharedSecret", default=None)


class Party(BaseXmlModel):
    credentials: list[Credential] = element(tag="Credential")


class Sender(BaseXmlModel):
    credentials: list[Credential] = element(tag="Credential")
    user_agent: str = element(tag="UserAgent")


class Header(BaseXmlModel):
    from_: Party = element(tag="From")
    to: Party = element(tag="To")
    sender: Sender = element(tag="Sender")


# --- parties -----------------------------------------------------------------------------------------------


class Country(BaseXmlModel):
    iso_country_code: str = attr(name="isoCountryCode")
    value: str


class State(BaseXmlModel):
    iso_state_code: str | None = attr(name="isoStateCode", default=None)
    value: str


class PostalAddress(BaseXmlModel):
    name: str | None = attr(name="name", default=None)
    deliver_to: list[str] = element(tag="DeliverTo", default=[])
    street: list[str] = element(tag="Street")
    city: str = element(tag="City")
    state: State | None = element(tag="State", default=None)
    postal_code: str | None = element(tag="PostalCode", default=None)
    country: Country = element(tag="Country")


class TelephoneNumber(BaseXmlModel):
    country_code: Country = element(tag="CountryCode")
    area_or_city_code: str = element(tag="AreaOrCityCode")
    number: str = element(tag="Number")
    extension: str | None = element(tag="Extension", default=None)


class Phone(BaseXmlModel):
    name: str | None = attr(name="name", default=None)
    telephone_number: TelephoneNumber = element(tag="TelephoneNumber")


class AddressBody(BaseXmlModel):
    iso_country_code: str | None = attr(name="isoCountryCode", default=None)
    address_id: str | None = attr(name="addressID", default=None)
    name: LangText = element(tag="Name")
    postal_address: PostalAddress | None = element(tag="PostalAddress", default=None)
    email: Named | None = element(tag="Email", default=None)
    phone: Phone | None = element(tag="Phone", default=None)


class Address(BaseXmlModel):
    address: AddressBody = element(tag="Address")


class Contact(BaseXmlModel):
    role: str | None = attr(name="role", default=None)
    name: LangText = element(tag="Name")
    emails: list[Named] = element(tag="Email", default=[])
    phones: list[Phone] = element(tag="Phone", default=[])


# --- lines -------------------------------------------------------------------------------------------------


class ItemID(BaseXmlModel):
    supplier_part_id: str = element(tag="SupplierPartID")
    supplier_part_auxiliary_id: str | None = element(tag="SupplierPartAuxiliaryID", default=None)
    buyer_part_id: str | None = element(tag="BuyerPartID", default=None)


class Classification(BaseXmlModel):
    domain: str = attr(name="domain")
    value: str


class ItemDetail(BaseXmlModel):
    unit_price: Money = element(tag="UnitPrice")
    descriptions: list[Description] = element(tag="Description")
    unit_of_measure: str = element(tag="UnitOfMeasure")
    classifications: list[Classification] = element(tag="Classification")
    manufacturer_part_id: str | None = element(tag="ManufacturerPartID", default=None)
    manufacturer_name: LangText | None = element(tag="ManufacturerName", default=None)
    url: str | None = element(tag="URL", default=None)
    lead_time: int | None = element(tag="LeadTime", default=None)
    extrinsics: list[Named] = element(tag="Extrinsic", default=[])


class TaxDetail(BaseXmlModel):
    purpose: str | None = attr(name="purpose", default=None)
    category: str = attr(name="category")
    percentage_rate: Decimal | None = attr(name="percentageRate", default=None)
    taxable_amount: Money | None = element(tag="TaxableAmount", default=None)
    tax_amount: Money = element(tag="TaxAmount")


class Tax(BaseXmlModel):
    money: MoneyAmount = element(tag="Money")
    description: Description = element(tag="Description")
    details: list[TaxDetail] = element(tag="TaxDetail", default=[])


class Shipping(BaseXmlModel):
    tracking_domain: str | None = attr(name="trackingDomain", default=None)
    money: MoneyAmount = element(tag="Money")
    description: Description = element(tag="Description")


class AccountingSegment(BaseXmlModel):
    id: str = attr(name="id")
    name: LangText = element(tag="Name")
    description: Description = element(tag="Description")


class Accounting(BaseXmlModel):
    name: str = attr(name="name")
    segments: list[AccountingSegment] = element(tag="AccountingSegment")


class Distribution(BaseXmlModel):
    accounting: Accounting = element(tag="Accounting")
    charge: Money = element(tag="Charge")


class ItemOut(BaseXmlModel):
    quantity: Decimal = attr(name="quantity")
    line_number: int | None = attr(name="lineNumber", default=None)
    requested_delivery_date: date | datetime | None = attr(name="requestedDeliveryDate", default=None)
    is_ad_hoc: Literal["yes"] | None = attr(name="isAdHoc", default=None)
    item_id: ItemID = element(tag="ItemID")
    item_detail: ItemDetail = element(tag="ItemDetail")
    tax: Tax | None = element(tag="Tax", default=None)
    distributions: list[Distribution] = element(tag="Distribution", default=[])
    comments: list[LangText] = element(tag="Comments", default=[])


class ItemIn(BaseXmlModel):
    quantity: Decimal = attr(name="quantity")
    line_number: int | None = attr(name="lineNumber", default=None)
    item_id: ItemID = element(tag="ItemID")
    item_detail: ItemDetail = element(tag="ItemDetail")
    shipping: Shipping | None = element(tag="Shipping", default=None)
    tax: Tax | None = element(tag="Tax", default=None)


# --- payloads ----------------------------------------------------------------------------------------------


class Link(BaseXmlModel):
    url: str = element(tag="URL")


class PunchOutSetupRequest(BaseXmlModel):
    operation: Literal["create", "inspect", "edit", "source"] = attr(name="operation")
    buyer_cookie: str = element(tag="BuyerCookie")
    extrinsics: list[Named] = element(tag="Extrinsic", default=[])
    browser_form_post: Link | None = element(tag="BrowserFormPost", default=None)
    contacts: list[Contact] = element(tag="Contact", default=[])
    ship_to: Address | None = element(tag="ShipTo", default=None)


class PunchOutOrderMessageHeader(BaseXmlModel):
    operation_allowed: Literal["create", "inspect", "edit"] = attr(name="operationAllowed")
    quote_status: Literal["pending", "final"] | None = attr(name="quoteStatus", default=None)
    total: Money = element(tag="Total")


class PunchOutOrderMessage(BaseXmlModel):
    buyer_cookie: str = element(tag="BuyerCookie")
    header: PunchOutOrderMessageHeader = element(tag="PunchOutOrderMessageHeader")
    lines: list[ItemIn] = element(tag="ItemIn", default=[])


class PaymentTerm(BaseXmlModel):
    pay_in_number_of_days: int = attr(name="payInNumberOfDays")


class OrderRequestHeader(BaseXmlModel):
    order_id: str = attr(name="orderID")
    order_date: datetime = attr(name="orderDate")
    order_type: Literal["release", "regular", "blanket"] | None = attr(name="orderType", default=None)
    type: Literal["new", "update", "delete"] | None = attr(name="type", default=None)
    total: Money = element(tag="Total")
    ship_to: Address | None = element(tag="ShipTo", default=None)
    bill_to: Address = element(tag="BillTo")
    shipping: Shipping | None = element(tag="Shipping", default=None)
    tax: Tax | None = element(tag="Tax", default=None)
    payment_terms: list[PaymentTerm] = element(tag="PaymentTerm", default=[])
    contacts: list[Contact] = element(tag="Contact", default=[])
    comments: list[LangText] = element(tag="Comments", default=[])
    extrinsics: list[Named] = element(tag="Extrinsic", default=[])


class OrderRequest(BaseXmlModel):
    header: OrderRequestHeader = element(tag="OrderRequestHeader")
    lines: list[ItemOut] = element(tag="ItemOut")


class Request(BaseXmlModel):
    deployment_mode: Literal["production", "test"] | None = attr(name="deploymentMode", default=None)
    setup: PunchOutSetupRequest | None = element(tag="PunchOutSetupRequest", default=None)
    order: OrderRequest | None = element(tag="OrderRequest", default=None)


class Message(BaseXmlModel):
    deployment_mode: Literal["production", "test"] | None = attr(name="deploymentMode", default=None)
    cart: PunchOutOrderMessage = element(tag="PunchOutOrderMessage")


class CXML(BaseXmlModel, tag="cXML", nsmap=_XML):
    payload_id: str = attr(name="payloadID")
    timestamp: datetime = attr(name="timestamp")
    lang: str | None = attr(name="lang", ns="xml", default=None)
    header: Header = element(tag="Header")
    message: Message | None = element(tag="Message", default=None)
    request: Request | None = element(tag="Request", default=None)


def lines_of(document: CXML) -> list[ItemIn] | list[ItemOut]:
    if document.message is not None:
        return document.message.cart.lines
    assert document.request is not None
    return document.request.order.lines if document.request.order is not None else []
