"""Lines that are not goods: travel, fees and temporary labor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from .. import element as x
from ..scalars import Flag

if TYPE_CHECKING:
    from .item import PriceBasisQuantity
    from .money import Money
    from .order import Period
    from .party import Address, Contact
    from .text import Description, Extrinsic
    from .travel import TravelDetail

__all__ = [
    "Contractor",
    "ContractorIdentifier",
    "FeeDetail",
    "JobDescription",
    "LaborDetail",
    "SpendDetail",
    "Supervisor",
    "TermReference",
    "UnitRate",
    "WorkLocation",
]

ContractorIdentifierDomain = Literal["supplierReferenceID", "buyerReferenceID"]


@x.element("(TravelDetail | FeeDetail | LaborDetail | Extrinsic)")
class SpendDetail(x.Element):
    """What a line needs to say if it is travel, a fee, temporary labor or another service.

    extrinsic: for all other kinds of spend, with the kind as its name, such as PrintDetail. There is only one: further
        data are nested in it.
    Guide 7.2.2.3.3.
    """

    travel_detail: TravelDetail | None = x.child("TravelDetail", default=None)
    fee_detail: FeeDetail | None = x.child("FeeDetail", default=None)
    labor_detail: LaborDetail | None = x.child("LaborDetail", default=None)
    extrinsic: Extrinsic | None = x.child("Extrinsic", default=None)


@x.element()
class FeeDetail(x.Element):
    """A fee, charged once or again and again.

    unit_rate: several form a rate schedule and are told apart by their term_reference.
    period: the time that the fee covers.
    """

    is_recurring: Flag = x.attribute("isRecurring", default=False)
    unit_rate: x.Many[UnitRate] = x.children("UnitRate")
    period: Period | None = x.child("Period", default=None)


@x.element()
class LaborDetail(x.Element):
    """The engagement of a temporary worker.

    supplier_reference_code: the number of the supplier's quote or proposal.
    unit_rate: several form a rate schedule, such as regular and overtime, and are told apart by their term_reference.
    period: when the work is done.
    contractor: the person who is engaged; may be unknown while the engagement is still requested.
    supervisor: who oversees the work.
    work_location: where it is done.
    """

    supplier_reference_code: str | None = x.attribute("supplierReferenceCode", default=None)
    unit_rate: x.Many[UnitRate] = x.children("UnitRate")
    period: Period = x.child("Period")
    contractor: Contractor | None = x.child("Contractor", default=None)
    job_description: JobDescription | None = x.child("JobDescription", default=None)
    supervisor: Supervisor | None = x.child("Supervisor", default=None)
    work_location: WorkLocation | None = x.child("WorkLocation", default=None)
    extrinsic: x.Many[Extrinsic] = x.children("Extrinsic", default=(), since="1.2.020")


@x.element()
class UnitRate(x.Element):
    """What one unit of time or work costs.

    money: for one unit of measure, or for the quantity in price_basis_quantity.
    term_reference: the term of the contract that defines the rate.
    """

    money: Money = x.child("Money")
    unit_of_measure: str = x.child("UnitOfMeasure")
    price_basis_quantity: PriceBasisQuantity | None = x.child("PriceBasisQuantity", default=None)
    term_reference: TermReference | None = x.child("TermReference", default=None)


@x.element()
class TermReference(x.Element):
    """A term that another document defines, such as a rate in a contract.

    term_name: the name of the attribute or field that holds the term there.
    term: its value.
    """

    term_name: str = x.attribute("termName")
    term: str = x.attribute("term")


@x.element()
class Contractor(x.Element):
    """The person who does temporary work.

    contractor_identifier: agreed between buyer and supplier before the first order or time card.
    """

    contractor_identifier: ContractorIdentifier = x.child("ContractorIdentifier")
    contact: Contact = x.child("Contact")


@x.element()
class ContractorIdentifier(x.Element):
    """The id of a temporary worker.

    domain: whose system assigned it.
    """

    domain: ContractorIdentifierDomain = x.attribute("domain")
    value: str = x.text(kw_only=False)


@x.element()
class JobDescription(x.Element):
    """The work to be done, in words."""

    description: Description = x.child("Description")


@x.element()
class Supervisor(x.Element):
    """The person who oversees temporary work."""

    contact: Contact = x.child("Contact")


@x.element()
class WorkLocation(x.Element):
    """Where temporary work is done."""

    address: Address = x.child("Address")
