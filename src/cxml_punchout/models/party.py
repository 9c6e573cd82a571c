"""Organisations, people and places: addresses, contacts, and suppliers with their ways to take orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import element as x
from ..scalars import IsoCountry, IsoState, Language, NMToken, URLText

if TYPE_CHECKING:
    from .text import URL, Comments, Extrinsic, IdReference, Name

__all__ = [
    "Address",
    "AreaOrCityCode",
    "BillTo",
    "City",
    "Contact",
    "Country",
    "CountryCode",
    "DeliverTo",
    "Email",
    "Extension",
    "Fax",
    "Municipality",
    "Number",
    "OrderMethod",
    "OrderMethods",
    "OrderProtocol",
    "OrderTarget",
    "OtherOrderTarget",
    "Phone",
    "PostalAddress",
    "PostalCode",
    "State",
    "Street",
    "Supplier",
    "SupplierID",
    "SupplierList",
    "SupplierLocation",
    "TelephoneNumber",
]


@x.element()
class Address(x.Element):
    """A place of an organisation: where to deliver, where to send the invoice.

    iso_country_code: two letters of ISO 3166-1.
    address_id: the code under which buyer and supplier know the place.
    address_id_domain: whose code it is, such as ``DUNS`` or ``ILN``; should come with address_id.
    name: the organisation. The person is in deliver_to of the postal address.
    """

    iso_country_code: IsoCountry | None = x.attribute("isoCountryCode", default=None)
    address_id: str | None = x.attribute("addressID", default=None)
    address_id_domain: str | None = x.attribute("addressIDDomain", default=None, since="1.2.036")
    name: Name = x.child("Name")
    postal_address: PostalAddress | None = x.child("PostalAddress", default=None)
    email: x.OrText[Email | None] = x.child("Email", default=None)
    phone: Phone | None = x.child("Phone", default=None)
    fax: Fax | None = x.child("Fax", default=None)
    url: x.OrText[URL | None] = x.child("URL", default=None)


@x.element()
class PostalAddress(x.Element):
    """Where to bring goods or a letter.

    name: a label for people.
    deliver_to: one line each; first the person, then the place in the building.
    street: one line each.
    state: the state or region, where addresses of the country have one.
    """

    name: str | None = x.attribute("name", default=None)
    deliver_to: x.Many[str] = x.children("DeliverTo", default=())
    street: x.Many[str] = x.children("Street")
    city: x.OrText[City] = x.child("City")
    municipality: x.OrText[Municipality | None] = x.child("Municipality", default=None)
    state: x.OrText[State | None] = x.child("State", default=None)
    postal_code: str | None = x.child("PostalCode", default=None)
    country: Country = x.child("Country")
    extrinsic: x.Many[Extrinsic] = x.children("Extrinsic", default=(), since="1.2.036")


DeliverTo = x.leaf(
    "DeliverTo",
    str,
    "One line of where to go once at the address: first a person, then a department, a building or a room.",
)
Street = x.leaf("Street", str, "One line of the street address.")


@x.element()
class City(x.Element):
    """The town of an address.

    city_code: the code that an authority gives to the town.
    """

    city_code: str | None = x.attribute("cityCode", default=None, since="1.2.036")
    value: str = x.text(kw_only=False)


@x.element(since="1.2.036")
class Municipality(x.Element):
    """The municipality of an address, beside the town.

    municipality_code: the code that an authority gives to the municipality.
    """

    municipality_code: str | None = x.attribute("municipalityCode", default=None)
    value: str = x.text(kw_only=False)


@x.element()
class State(x.Element):
    """The state, province or region of an address.

    iso_state_code: of ISO 3166-2, the country in front: ``US-CA``.
    value: as it is written in an address, ``CA`` or ``California``.
    """

    iso_state_code: IsoState | None = x.attribute("isoStateCode", default=None, since="1.2.036")
    value: str = x.text(kw_only=False)


PostalCode = x.leaf("PostalCode", str, "The postal code; a text, for it may have letters, blanks and leading zeros.")


@x.element()
class Country(x.Element):
    """The country of an address.

    iso_country_code: two letters of ISO 3166-1, for programs: ``GB``, not ``UK``.
    value: the name of the country as it is printed on a label.
    """

    iso_country_code: IsoCountry = x.attribute("isoCountryCode")
    value: str = x.text(kw_only=False)


@x.element()
class Contact(x.Element):
    """A person or a department to turn to, with every way to do so.

    role: the part in the purchase: ``endUser``, ``purchasingAgent``, ``technicalSupport``, ``customerService``,
        ``supplierCorporate``, ``buyerAccount`` and more; an open list. Without blanks and never empty, or the document
        is invalid. ``from`` and ``to`` are reserved. Each role stands on the header of an order or on every line, not
        on both.
    address_id: the code of a place, for instance of a plant.
    address_id_domain: whose code it is, such as ``DUNS``, ``ILN`` or ``buyerLocationID``.
    name: the person, department or company.
    id_reference: numbers of the contact, such as its VAT or account number.

    Guide 7.2.1.
    """

    role: NMToken | None = x.attribute("role", default=None)
    address_id: str | None = x.attribute("addressID", default=None)
    address_id_domain: str | None = x.attribute("addressIDDomain", default=None, since="1.2.036")
    name: Name = x.child("Name")
    postal_address: x.Many[PostalAddress] = x.children("PostalAddress", default=())
    email: x.ManyOrText[Email] = x.children("Email", default=())
    phone: x.Many[Phone] = x.children("Phone", default=())
    fax: x.Many[Fax] = x.children("Fax", default=())
    url: x.ManyOrText[URL] = x.children("URL", default=())
    id_reference: x.Many[IdReference] = x.children("IdReference", default=(), since="1.2.036")
    extrinsic: x.Many[Extrinsic] = x.children("Extrinsic", default=(), since="1.2.036")


@x.element()
class Email(x.Element):
    """An e-mail address.

    name: a label for people.
    preferred_lang: the language in which the owner wishes to be written to.
    """

    name: str | None = x.attribute("name", default=None)
    preferred_lang: Language | None = x.attribute("preferredLang", default=None)
    value: str = x.text(kw_only=False)


@x.element()
class Phone(x.Element):
    """A telephone number with its use.

    name: what it is for, such as ``work``.
    """

    name: str | None = x.attribute("name", default=None)
    telephone_number: TelephoneNumber = x.child("TelephoneNumber")


@x.element("(TelephoneNumber | URL | Email)")
class Fax(x.Element):
    """Where to send a fax.

    name: a label for people.
    url, email: where a fax arrives by other means than a telephone line.
    """

    name: str | None = x.attribute("name", default=None)
    telephone_number: TelephoneNumber | None = x.child("TelephoneNumber", default=None)
    url: x.OrText[URL | None] = x.child("URL", default=None)
    email: x.OrText[Email | None] = x.child("Email", default=None)


@x.element()
class TelephoneNumber(x.Element):
    """A telephone number in parts, so that it can be dialled from anywhere."""

    country_code: CountryCode = x.child("CountryCode")
    area_or_city_code: str = x.child("AreaOrCityCode")
    number: str = x.child("Number")
    extension: str | None = x.child("Extension", default=None)


@x.element()
class CountryCode(x.Element):
    """The dial code of a country.

    iso_country_code: which country, for several may share a dial code: two letters of ISO 3166-1, ``GB``, not ``UK``.
    value: without the prefix for calls abroad: ``1``, ``44``.
    """

    iso_country_code: IsoCountry = x.attribute("isoCountryCode")
    value: str = x.text(kw_only=False)


AreaOrCityCode = x.leaf(
    "AreaOrCityCode", str, "The area code within the country; a text, for a leading zero counts, and it may be empty."
)
Number = x.leaf("Number", str, "The local part of a telephone number.")
Extension = x.leaf("Extension", str, "The extension behind the local number; a text, for a leading zero counts.")


@x.element()
class BillTo(x.Element):
    """Who receives the invoice; one for the whole order.

    Guide 7.2.1.
    """

    address: Address = x.child("Address")
    id_reference: x.Many[IdReference] = x.children("IdReference", default=(), since="1.2.036")


@x.element()
class SupplierID(x.Element):
    """What a supplier is called in one naming scheme.

    domain: the naming scheme, such as ``DUNS`` or ``NetworkID``, or one of the buyer's.
    value: a text, for leading zeros count.
    """

    domain: str = x.attribute("domain")
    value: str = x.text(kw_only=False)


@x.element()
class SupplierList(x.Element):
    """The suppliers that may be asked to quote for an item."""

    supplier: x.Many[Supplier] = x.children("Supplier")


@x.element()
class Supplier(x.Element):
    """A company that sells, with its names and the places that take orders.

    corporate_url: a page about the company.
    store_front_url: where users look around and shop.
    supplier_id: all of the same company, in different domains.
    """

    corporate_url: URLText | None = x.attribute("corporateURL", default=None)
    store_front_url: URLText | None = x.attribute("storeFrontURL", default=None)
    name: Name = x.child("Name")
    comments: x.OrText[Comments | None] = x.child("Comments", default=None)
    supplier_id: x.Many[SupplierID] = x.children("SupplierID")
    supplier_location: x.Many[SupplierLocation] = x.children("SupplierLocation", default=())


@x.element()
class SupplierLocation(x.Element):
    """One place of a supplier, and how it takes orders."""

    address: Address = x.child("Address")
    order_methods: OrderMethods = x.child("OrderMethods")


@x.element()
class OrderMethods(x.Element):
    """The ways in which a supplier takes orders.

    order_method: the supplier's favourite first.
    contact: who helps when an order does not get through.
    """

    order_method: x.Many[OrderMethod] = x.children("OrderMethod")
    contact: Contact | None = x.child("Contact", default=None)


@x.element()
class OrderMethod(x.Element):
    """One way to get an order to a supplier: where to, and in which form."""

    order_target: OrderTarget = x.child("OrderTarget")
    order_protocol: str | None = x.child("OrderProtocol", default=None)


@x.element("(Phone | Email | Fax | URL | OtherOrderTarget)")
class OrderTarget(x.Element):
    """The address to which an order is sent.

    url: for orders by HTTP.
    other_order_target: for whatever the others cannot say.
    """

    phone: Phone | None = x.child("Phone", default=None)
    email: x.OrText[Email | None] = x.child("Email", default=None)
    fax: Fax | None = x.child("Fax", default=None)
    url: x.OrText[URL | None] = x.child("URL", default=None)
    other_order_target: x.OrText[OtherOrderTarget | None] = x.child("OtherOrderTarget", default=None)


@x.element()
class OtherOrderTarget(x.TextAndElements):
    """An address for orders that is none of the usual kinds.

    name: what to call the target.
    content: as agreed.
    """

    name: str | None = x.attribute("name", default=None)
    content: x.Content = x.open_content(default=(), kw_only=False)


OrderProtocol = x.leaf("OrderProtocol", str, "The form in which the target expects the order, for instance ``cXML``.")
