"""Taxes: totals, the single taxes they consist of, and why a tax is not due."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from .. import element as x
from ..scalars import Flag, IDRef, Language

if TYPE_CHECKING:
    from .accounting import Distribution
    from .money import Money
    from .text import Description, Extrinsic

__all__ = [
    "ExemptReason",
    "Tax",
    "TaxAdjustmentAmount",
    "TaxAmount",
    "TaxDetail",
    "TaxExemption",
    "TaxLocation",
    "TaxRegime",
    "TaxableAmount",
    "TriangularTransactionLawReference",
]

ExemptDetail = Literal["zeroRated", "exempt"]


@x.element()
class Tax(x.Element):
    """The tax on a cart, an order, a line or a modification, with its breakdown.

    money: all taxes together; tax_detail holds the parts. On the header of an order it is the tax of the whole order,
        on a line that of the line; both may be sent.
    description: a short name of the tax, such as Sales Tax.
    tax_adjustment_amount: a correction of the sum, for payment proposals only.
    distribution: how the tax is shared between accounts.
    Guide 7.2.1.
    """

    money: Money = x.child("Money")
    tax_adjustment_amount: TaxAdjustmentAmount | None = x.child("TaxAdjustmentAmount", default=None)
    description: Description = x.child("Description")
    tax_detail: x.Many[TaxDetail] = x.children("TaxDetail", default=())
    distribution: x.Many[Distribution] = x.children("Distribution", default=(), since="1.2.036")
    extrinsic: x.Many[Extrinsic] = x.children("Extrinsic", default=(), since="1.2.036")


@x.element(since="1.2.050")
class TaxAdjustmentAmount(x.Element):
    """The amount by which a payment proposal corrects a tax.

    Under Tax it corrects the sum, under TaxDetail that one tax. Other documents have no use for it.
    """

    money: Money = x.child("Money")


@x.element()
class TaxDetail(x.Element):
    """One kind of tax within a sum of taxes.

    category: free text; sales, usage, vat and gst are customary.
    purpose: what is taxed, free text such as tax, custom duty, shippingTax or specialHandlingTax.
    taxed_element: the Id of the element that is taxed; it has to exist in the same document.
    percentage_rate: 20 means 20 %.
    base_percentage_rate: a second rate by which the first is multiplied, as for the Brazilian ICMS; quotes only.
    tax_rate_type: the name of the rate, such as Standard; it stays when the law changes the percentage.
    is_vat_recoverable: the VAT can be reclaimed for the entire invoice.
    is_withholding_tax: the payer keeps the tax back and pays it to the authority.
    is_included_in_price: the prices contain the tax already; quotes only.
    tax_point_date: when VAT becomes due.
    payment_date: when payment has to be made.
    is_triangular_transaction: three parties in three countries, and the goods do not travel the way of the invoices.
        Then triangular_transaction_law_reference names the law and a Contact with role subsequentBuyer the final buyer.
    exempt_detail: why the tax is zero: zeroRated is taxed at 0 %, exempt is not taxed at all.
    """

    taxed_element: IDRef | None = x.attribute("taxedElement", default=None, since="1.2.036")
    purpose: str | None = x.attribute("purpose", default=None)
    category: str = x.attribute("category")
    percentage_rate: x.Exact[Decimal | None] = x.attribute("percentageRate", default=None)
    is_vat_recoverable: Flag = x.attribute("isVatRecoverable", default=False)
    tax_point_date: datetime | None = x.attribute("taxPointDate", default=None)
    payment_date: datetime | None = x.attribute("paymentDate", default=None)
    is_triangular_transaction: Flag = x.attribute("isTriangularTransaction", default=False)
    exempt_detail: ExemptDetail | None = x.attribute("exemptDetail", default=None, since="1.2.036")
    is_withholding_tax: Flag = x.attribute("isWithholdingTax", default=False, since="1.2.036")
    tax_rate_type: str | None = x.attribute("taxRateType", default=None, since="1.2.036")
    base_percentage_rate: x.Exact[Decimal | None] = x.attribute("basePercentageRate", default=None, since="1.2.036")
    is_included_in_price: Flag = x.attribute("isIncludedInPrice", default=False, since="1.2.036")
    taxable_amount: TaxableAmount | None = x.child("TaxableAmount", default=None)
    tax_amount: TaxAmount = x.child("TaxAmount")
    tax_location: TaxLocation | None = x.child("TaxLocation", default=None)
    tax_adjustment_amount: TaxAdjustmentAmount | None = x.child("TaxAdjustmentAmount", default=None)
    description: Description | None = x.child("Description", default=None)
    triangular_transaction_law_reference: TriangularTransactionLawReference | None = x.child(
        "TriangularTransactionLawReference", default=None
    )
    tax_regime: str | None = x.child("TaxRegime", default=None)
    tax_exemption: TaxExemption | None = x.child("TaxExemption", default=None)
    extrinsic: x.Many[Extrinsic] = x.children("Extrinsic", default=(), since="1.2.036")


@x.element()
class TaxableAmount(x.Element):
    """The amount that a tax is calculated from."""

    money: Money = x.child("Money")


@x.element()
class TaxAmount(x.Element):
    """The amount of one tax."""

    money: Money = x.child("Money")


@x.element()
class TaxLocation(x.Element):
    """The place whose tax this is, in words: a city, a state or a country."""

    lang: Language = x.attribute("xml:lang")
    value: str = x.text(kw_only=False)


@x.element()
class TriangularTransactionLawReference(x.Element):
    """The article of law under which a triangular transaction is taxed, titled as the local authority does."""

    lang: Language = x.attribute("xml:lang")
    value: str = x.text(kw_only=False)


TaxRegime = x.leaf(
    "TaxRegime",
    str,
    "The tax regime that the supplier is enrolled in; one invoice may fall under several.",
    since="1.2.036",
)


@x.element(since="1.2.036")
class TaxExemption(x.Element):
    """The code that some tax authorities demand where an exemption is claimed, Portugal among them.

    exempt_code: taken from the list of the authority.
    """

    exempt_code: str = x.attribute("exemptCode")
    exempt_reason: ExemptReason | None = x.child("ExemptReason", default=None)


@x.element(since="1.2.036")
class ExemptReason(x.Element):
    """The reason for an exemption in words; it stands beside TaxDetail.exempt_detail and does not replace it."""

    lang: Language = x.attribute("xml:lang")
    value: str = x.text(kw_only=False)
