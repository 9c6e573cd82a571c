"""Travel lines as booking sites return them: flights, trains, rental cars and hotel rooms.

With them go the prices that were not chosen and the company rules that were broken.
"""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from .. import element as x
from ..scalars import Flag, YesNo

if TYPE_CHECKING:
    from .money import Money, Total
    from .party import Address, SupplierID
    from .spend import UnitRate
    from .text import Comments, Description

__all__ = [
    "AirDetail",
    "AirLeg",
    "AirLegDestination",
    "AirLegOrigin",
    "Airport",
    "Amenities",
    "AvailablePrice",
    "BookingClassCode",
    "CarRentalDetail",
    "CarRentalDropoff",
    "CarRentalFee",
    "CarRentalPickup",
    "HotelDetail",
    "LimitedMileage",
    "Meal",
    "Penalty",
    "PolicyViolation",
    "PolicyViolationJustification",
    "RailDetail",
    "RailLeg",
    "RailLegDestination",
    "RailLegOrigin",
    "Rate",
    "RoomType",
    "TermsAndConditions",
    "TravelDetail",
    "TripType",
    "Vendor",
]

PolicyViolationLevel = Literal["warning", "violation"]
TripTypeType = Literal["round", "oneWay", "multiLeg"]
SeatType = Literal["window", "aisle", "middle"]
CarType = Literal["sleeper", "seat"]
CarRentalFeeType = Literal[
    "baseRate",
    "additionalDriver",
    "airportAccessFee",
    "dropOffCharge",
    "vehicleLicensingFee",
    "touristTax",
    "prepaidGasoline",
    "navigationSystem",
    "childSeat",
    "luggageRack",
    "collisionDamageInsurance",
    "liabilityInsurance",
    "mobilePhone",
    "other",
]
BedType = Literal["king", "queen", "full", "double", "single", "other"]
AvailablePriceType = Literal["lowest", "lowestCompliant", "highestCompliant", "highest", "other"]


@x.element("(AirDetail | CarRentalDetail | HotelDetail | RailDetail)")
class TravelDetail(x.Element):
    """One booking: a flight, a train trip, a rental car or a hotel stay.

    confirmation_number: the number that traveller and vendor use, such as a hotel reservation or an e-ticket.
    pnr_locator: the passenger name record, the number that the booking site uses.
    quote_expiration_time: until when the price holds, set by the site in the cart; absent means without limit.
    policy_violation: the travel rules that this booking breaks.
    comments: what the traveller wrote about the booking, not about violations.
    """

    confirmation_number: str = x.attribute("confirmationNumber")
    pnr_locator: str | None = x.attribute("pnrLocator", default=None)
    quote_expiration_time: datetime | None = x.attribute("quoteExpirationTime", default=None)
    air_detail: AirDetail | None = x.child("AirDetail", default=None)
    car_rental_detail: CarRentalDetail | None = x.child("CarRentalDetail", default=None)
    hotel_detail: HotelDetail | None = x.child("HotelDetail", default=None)
    rail_detail: RailDetail | None = x.child("RailDetail", default=None)
    policy_violation: x.Many[PolicyViolation] = x.children("PolicyViolation", default=())
    comments: x.OrText[Comments | None] = x.child("Comments", default=None)
    terms_and_conditions: TermsAndConditions | None = x.child("TermsAndConditions", default=None)


@x.element()
class PolicyViolation(x.Element):
    """A travel rule of the buyer's company that a booking breaks, and why the traveller chose it all the same.

    level: warning for the light cases, violation for the serious ones.
    comments: what the traveller adds to the justification.
    """

    level: PolicyViolationLevel = x.attribute("level")
    description: Description = x.child("Description")
    policy_violation_justification: PolicyViolationJustification = x.child("PolicyViolationJustification")
    comments: x.OrText[Comments | None] = x.child("Comments", default=None)


@x.element()
class PolicyViolationJustification(x.Element):
    """The traveller's reason, usually picked from a list on the booking site."""

    description: Description = x.child("Description")


@x.element()
class TermsAndConditions(x.Element):
    """The conditions of a fare, a rental or a room, such as charges for extra mileage."""

    description: x.Many[Description] = x.children("Description")


@x.element()
class AirDetail(x.Element):
    """A flight booking, leg by leg.

    air_leg: a return flight without stops has two.
    penalty: the fee for a change or cancellation.
    """

    trip_type: TripType = x.child("TripType")
    air_leg: x.Many[AirLeg] = x.children("AirLeg")
    available_price: x.Many[AvailablePrice] = x.children("AvailablePrice", default=())
    penalty: Penalty | None = x.child("Penalty", default=None)


@x.element()
class TripType(x.Element):
    """Whether a trip is one way, there and back, or of several legs."""

    type: TripTypeType = x.attribute("type")


@x.element()
class AirLeg(x.Element):
    """One flight.

    travel_segment: text by which the booking site identifies the leg.
    upgrade: the seat was raised to a better class.
    stops: landings in between; absent means 0, a direct flight.
    equipment: the type of aircraft.
    booking_class_code: the letter code of the airlines for first, business and coach.
    rate: the price of this leg; if legs have rates, together they make the price of the line.
    """

    travel_segment: str = x.attribute("travelSegment")
    departure_time: datetime = x.attribute("departureTime")
    arrival_time: datetime = x.attribute("arrivalTime")
    flight_number: str = x.attribute("flightNumber")
    seat_number: str | None = x.attribute("seatNumber", default=None)
    seat_type: SeatType | None = x.attribute("seatType", default=None)
    upgrade: Flag = x.attribute("upgrade", default=False)
    stops: x.Exact[Decimal | None] = x.attribute("stops", default=None)
    equipment: str | None = x.attribute("equipment", default=None)
    vendor: Vendor = x.child("Vendor")
    air_leg_origin: AirLegOrigin = x.child("AirLegOrigin")
    air_leg_destination: AirLegDestination = x.child("AirLegDestination")
    booking_class_code: BookingClassCode | None = x.child("BookingClassCode", default=None)
    rate: Rate | None = x.child("Rate", default=None)
    meal: x.Many[Meal] = x.children("Meal", default=())


@x.element()
class AirLegOrigin(x.Element):
    """Where a flight starts."""

    airport: Airport = x.child("Airport")


@x.element()
class AirLegDestination(x.Element):
    """Where a flight ends."""

    airport: Airport = x.child("Airport")


@x.element()
class Airport(x.Element):
    """An airport.

    airport_code: three letters of IATA.
    """

    airport_code: str = x.attribute("airportCode")
    address: Address | None = x.child("Address", default=None)


@x.element()
class RailDetail(x.Element):
    """A train booking, leg by leg.

    penalty: the fee for a change or cancellation.
    """

    trip_type: TripType = x.child("TripType")
    rail_leg: x.Many[RailLeg] = x.children("RailLeg")
    available_price: x.Many[AvailablePrice] = x.children("AvailablePrice", default=())
    penalty: Penalty | None = x.child("Penalty", default=None)


@x.element()
class RailLeg(x.Element):
    """One train journey.

    travel_segment: text by which the booking site identifies the leg.
    rate: the price of this leg; if legs have rates, together they make the price of the line.
    """

    travel_segment: str = x.attribute("travelSegment")
    departure_time: datetime = x.attribute("departureTime")
    arrival_time: datetime = x.attribute("arrivalTime")
    train_number: str = x.attribute("trainNumber")
    seat_number: str | None = x.attribute("seatNumber", default=None)
    car_type: CarType | None = x.attribute("carType", default=None)
    vendor: Vendor = x.child("Vendor")
    rail_leg_origin: RailLegOrigin = x.child("RailLegOrigin")
    rail_leg_destination: RailLegDestination = x.child("RailLegDestination")
    booking_class_code: BookingClassCode | None = x.child("BookingClassCode", default=None)
    rate: Rate | None = x.child("Rate", default=None)
    meal: x.Many[Meal] = x.children("Meal", default=())


@x.element("(Airport | Address)")
class RailLegOrigin(x.Element):
    """Where a train journey starts: the address of a station, or an airport."""

    airport: Airport | None = x.child("Airport", default=None)
    address: Address | None = x.child("Address", default=None)


@x.element("(Airport | Address)")
class RailLegDestination(x.Element):
    """Where a train journey ends: the address of a station, or an airport."""

    airport: Airport | None = x.child("Airport", default=None)
    address: Address | None = x.child("Address", default=None)


@x.element()
class CarRentalDetail(x.Element):
    """The rental of a car.

    travel_segment: text by which the booking site identifies the rental.
    booking_class_code: four letters for size, body, gearbox and air conditioning.
    car_rental_fee: together they make the price of the line.
    """

    travel_segment: str = x.attribute("travelSegment")
    pickup_time: datetime = x.attribute("pickupTime")
    dropoff_time: datetime = x.attribute("dropoffTime")
    vendor: Vendor = x.child("Vendor")
    car_rental_pickup: CarRentalPickup = x.child("CarRentalPickup")
    car_rental_dropoff: CarRentalDropoff = x.child("CarRentalDropoff")
    booking_class_code: BookingClassCode | None = x.child("BookingClassCode", default=None)
    car_rental_fee: x.Many[CarRentalFee] = x.children("CarRentalFee")
    limited_mileage: LimitedMileage | None = x.child("LimitedMileage", default=None)
    available_price: x.Many[AvailablePrice] = x.children("AvailablePrice", default=())


@x.element("(Airport | Address)")
class CarRentalPickup(x.Element):
    """Where the car is fetched: an airport or the address of a rental station."""

    airport: Airport | None = x.child("Airport", default=None)
    address: Address | None = x.child("Address", default=None)


@x.element("(Airport | Address)")
class CarRentalDropoff(x.Element):
    """Where the car is returned: an airport or the address of a rental station."""

    airport: Airport | None = x.child("Airport", default=None)
    address: Address | None = x.child("Address", default=None)


@x.element()
class CarRentalFee(x.Element):
    """One charge of a car rental.

    Only charges that are due; those that depend on use, such as extra mileage, go into TermsAndConditions.

    total: what the rates add up to.
    """

    type: CarRentalFeeType | None = x.attribute("type", default=None, absent="baseRate")
    total: Total = x.child("Total")
    rate: x.Many[Rate] = x.children("Rate", default=())


@x.element()
class LimitedMileage(x.Element):
    """How far a rental car may be driven without extra charge.

    unit_of_measure: miles or kilometers.
    """

    quantity: x.Exact[Decimal] = x.attribute("quantity")
    unit_of_measure: str = x.child("UnitOfMeasure")


@x.element()
class HotelDetail(x.Element):
    """A hotel stay.

    travel_segment: text by which the booking site identifies the stay.
    arrival_time, departure_time: when the guest expects to come and go, for the hotel to know.
    checkin_time, checkout_time: the hours of the house, with the offset of its time zone.
    vendor, address: address is the house where the guest stays; the vendor may be seated elsewhere.
    meal: meals included in the price.
    rate: the night, parking and the like.
    available_price: offers of this hotel or of others.
    """

    travel_segment: str = x.attribute("travelSegment")
    arrival_time: datetime = x.attribute("arrivalTime")
    departure_time: datetime = x.attribute("departureTime")
    checkin_time: time = x.attribute("checkinTime")
    checkout_time: time = x.attribute("checkoutTime")
    early_checkin_allowed: Flag = x.attribute("earlyCheckinAllowed", default=False)
    late_checkout_allowed: Flag = x.attribute("lateCheckoutAllowed", default=False)
    vendor: Vendor = x.child("Vendor")
    address: Address = x.child("Address")
    room_type: RoomType = x.child("RoomType")
    booking_class_code: BookingClassCode | None = x.child("BookingClassCode", default=None)
    meal: x.Many[Meal] = x.children("Meal", default=())
    rate: x.Many[Rate] = x.children("Rate", default=())
    available_price: x.Many[AvailablePrice] = x.children("AvailablePrice", default=())


@x.element()
class RoomType(x.Element):
    """The room that is booked.

    smoking: True for a smoking room.
    """

    smoking: YesNo = x.attribute("smoking")
    number_of_bed: x.Exact[Decimal | None] = x.attribute("numberOfBed", default=None)
    bed_type: BedType | None = x.attribute("bedType", default=None)
    description: Description | None = x.child("Description", default=None)
    amenities: x.Many[Amenities] = x.children("Amenities", default=())


@x.element()
class Amenities(x.Element):
    """What a hotel room offers, in words."""

    description: Description = x.child("Description")


@x.element()
class Meal(x.Element):
    """A meal that comes with a flight, a train journey or a room.

    booking_class_code: for flights the letter of the airlines, such as B for breakfast.
    description: also for special needs, such as vegetarian.
    """

    booking_class_code: BookingClassCode | None = x.child("BookingClassCode", default=None)
    description: Description | None = x.child("Description", default=None)


@x.element()
class Vendor(x.Element):
    """The airline, railway, rental company or hotel that provides the service.

    preferred: True for a vendor that the buyer prefers.
    address: its seat of business.
    supplier_id: the same vendor in several domains, so that one site can serve buyers with different schemes.
    """

    preferred: YesNo = x.attribute("preferred")
    address: Address = x.child("Address")
    supplier_id: x.Many[SupplierID] = x.children("SupplierID", default=())


@x.element()
class BookingClassCode(x.Element):
    """The class of a seat, car, room or meal.

    domain: who defines the code, such as IATA; otherwise agreed between buyer and booking site.
    """

    domain: str = x.attribute("domain")
    code: str = x.attribute("code")
    description: Description | None = x.child("Description", default=None)


@x.element()
class Rate(x.Element):
    """A price times a quantity, such as four nights in a hotel.

    quantity: counted in the unit of measure of unit_rate.
    total: quantity times unit_rate.
    """

    quantity: x.Exact[Decimal] = x.attribute("quantity")
    total: Total = x.child("Total")
    unit_rate: UnitRate = x.child("UnitRate")
    description: Description | None = x.child("Description", default=None)


@x.element()
class AvailablePrice(x.Element):
    """A price that the traveller could have chosen, for comparison.

    type: lowest and highest of all offers, or of those that comply with the travel rules.
    description: how the price came about; needed if type is other.
    """

    type: AvailablePriceType = x.attribute("type")
    money: Money = x.child("Money")
    description: Description | None = x.child("Description", default=None)


@x.element()
class Penalty(x.Element):
    """What a change or cancellation costs.

    description: what it is charged for.
    """

    money: Money = x.child("Money")
    description: Description = x.child("Description")
