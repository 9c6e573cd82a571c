"""Amounts, prices and totals, the allowances and charges behind them, and prices that depend on date and quantity."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from .. import element as x
from ..scalars import Amount, IsoCurrency

if TYPE_CHECKING:
    from .tax import Tax
    from .text import Description, Extrinsic, IdReference

__all__ = [
    "AdditionalCost",
    "AdditionalDeduction",
    "ConditionType",
    "ConditionTypes",
    "CostTermValue",
    "DeductedPrice",
    "DeductionAmount",
    "DeductionPercent",
    "Modification",
    "ModificationDetail",
    "Modifications",
    "Money",
    "OriginalPrice",
    "ParentID",
    "Percentage",
    "PricingConditions",
    "Scale",
    "Scales",
    "Total",
    "UnitPrice",
    "ValidityPeriod",
    "ValidityPeriods",
]

ScaleType = Literal["From", "To", "Graduated"]


@x.element()
class Money(x.Element):
    """An amount in one currency.

    amount: on the wire a comma may separate thousands and is never the decimal mark. New amounts are written without
        separators and with the number of decimals that was given.
    currency: three letters of ISO 4217.
    alternate_amount, alternate_currency: the same sum in a second currency; both or neither.
    Guide 3.2.2.
    """

    currency: IsoCurrency = x.attribute("currency")
    alternate_amount: x.Exact[Amount | None] = x.attribute("alternateAmount", default=None)
    alternate_currency: IsoCurrency | None = x.attribute("alternateCurrency", default=None)
    amount: x.Exact[Amount] = x.text(kw_only=False)


@x.element()
class UnitPrice(x.Element):
    """What one unit of an item costs.

    money: the price that holds after all modifications. It is for the quantity that PriceBasisQuantity of the item
        names; without one, for a single unit of measure.
    modifications: the allowances and charges that money already contains.
    pricing_conditions: prices for later dates or larger quantities. What is stated there is not repeated in
        modifications.
    Guide 14.2.2.2.1.
    """

    money: Money = x.child("Money")
    modifications: Modifications | None = x.child("Modifications", default=None)
    pricing_conditions: PricingConditions | None = x.child("PricingConditions", default=None)


@x.element()
class Total(x.Element):
    """The sum of a cart, an order or a part of one.

    money: the cost of the items, without tax and shipping; an empty cart still states 0.00. In a blanket order the most
        that the buyer commits to spend, not the sum of the lines.
    modifications: allowances and charges on the sum as a whole.
    Guide 5.6.4, 7.2.1.1.
    """

    money: Money = x.child("Money")
    modifications: Modifications | None = x.child("Modifications", default=None)


@x.element(since="1.2.036")
class Modifications(x.Element):
    """The allowances and charges that lead from an original price to the one that is asked."""

    modification: x.Many[Modification] = x.children("Modification")


@x.element("(AdditionalDeduction | AdditionalCost)", since="1.2.036")
class Modification(x.Element):
    """One allowance or one charge on a unit price, a total or a shipping cost.

    level: the step in a cascade. Modifications of the same level start from the same price, those of the next level
        from what is left after the level before.
    original_price: the price before this modification.
    additional_deduction, additional_cost: one makes it an allowance, the other a charge.
    tax: the tax on this modification alone.
    modification_detail: its name, its reason and how long it holds.
    """

    level: int | None = x.attribute("level", default=None)
    original_price: OriginalPrice | None = x.child("OriginalPrice", default=None)
    additional_deduction: AdditionalDeduction | None = x.child("AdditionalDeduction", default=None)
    additional_cost: AdditionalCost | None = x.child("AdditionalCost", default=None)
    tax: Tax | None = x.child("Tax", default=None)
    modification_detail: ModificationDetail | None = x.child("ModificationDetail", default=None)


@x.element(since="1.2.036")
class OriginalPrice(x.Element):
    """The price that a modification starts from.

    type: the kind of price, free text such as ListPrice, MSRP or ContractPrice.
    """

    type: str | None = x.attribute("type", default=None)
    money: Money = x.child("Money")


@x.element("(DeductionAmount | DeductionPercent | DeductedPrice)", since="1.2.036")
class AdditionalDeduction(x.Element):
    """An allowance: something taken off a price, stated as an amount, as a rate or by the price that remains.

    type: the kind of allowance, free text such as discount.
    """

    type: str | None = x.attribute("type", default=None)
    deduction_amount: DeductionAmount | None = x.child("DeductionAmount", default=None)
    deduction_percent: DeductionPercent | None = x.child("DeductionPercent", default=None)
    deducted_price: DeductedPrice | None = x.child("DeductedPrice", default=None)


@x.element(since="1.2.036")
class DeductionAmount(x.Element):
    """The amount that is taken off a price."""

    money: Money = x.child("Money")


@x.element(since="1.2.036")
class DeductionPercent(x.Element):
    """The part of a price that is taken off.

    percent: 5 means 5 %.
    """

    percent: x.Exact[Decimal] = x.attribute("percent")


@x.element(since="1.2.036")
class DeductedPrice(x.Element):
    """The price that remains after an allowance; it replaces the price of the item."""

    money: Money = x.child("Money")


@x.element("(Money | Percentage)", since="1.2.036")
class AdditionalCost(x.Element):
    """A charge on top of a price. Shipping, freight and special handling do not belong here.

    money: the charge itself, not the price that results from it.
    """

    money: Money | None = x.child("Money", default=None)
    percentage: Percentage | None = x.child("Percentage", default=None)


@x.element(since="1.2.036")
class Percentage(x.Element):
    """A rate, used for charges, price components and tolerances.

    percent: 2 means 2 %.
    """

    percent: x.Exact[Decimal] = x.attribute("percent")


@x.element(since="1.2.036")
class ModificationDetail(x.Element):
    """What an allowance or charge is called, what it applies to and when.

    name: a short name such as Allowance.
    code: the code of the service that is charged.
    start_date, end_date: when the modification holds.
    scope: free text such as UnitPrice or LineItem.
    calculation_type: free text such as fixedAmount, quantity or percentage.
    id_reference, parent_id: its own id and that of the modification above it, where modifications form a tree.
    """

    name: str = x.attribute("name")
    code: str | None = x.attribute("code", default=None)
    start_date: datetime | None = x.attribute("startDate", default=None)
    end_date: datetime | None = x.attribute("endDate", default=None)
    scope: str | None = x.attribute("scope", default=None, since="1.2.063")
    calculation_type: str | None = x.attribute("calculationType", default=None, since="1.2.063")
    description: Description | None = x.child("Description", default=None)
    id_reference: IdReference | None = x.child("IdReference", default=None, since="1.2.063")
    parent_id: str | None = x.child("ParentID", default=None, since="1.2.063")
    extrinsic: x.Many[Extrinsic] = x.children("Extrinsic", default=())


ParentID = x.leaf(
    "ParentID",
    str,
    "The id of the entry above this one, where properties or modifications form a tree.",
    since="1.2.036",
)


@x.element(since="1.2.050")
class PricingConditions(x.Element):
    """The prices of a line that depend on the date and the quantity ordered."""

    validity_periods: ValidityPeriods = x.child("ValidityPeriods")


@x.element(since="1.2.050")
class ValidityPeriods(x.Element):
    """The periods for which the price of a line is stated."""

    validity_period: x.Many[ValidityPeriod] = x.children("ValidityPeriod")


@x.element(since="1.2.050")
class ValidityPeriod(x.Element):
    """The price components that hold between two dates."""

    from_: datetime = x.attribute("from")
    to: datetime = x.attribute("to")
    condition_types: ConditionTypes = x.child("ConditionTypes")


@x.element(since="1.2.050")
class ConditionTypes(x.Element):
    """The components that make up the price of one period."""

    condition_type: x.Many[ConditionType] = x.children("ConditionType")


@x.element(since="1.2.050")
class ConditionType(x.Element):
    """One component of a price, such as the price itself, a discount or a surcharge.

    name: the kind of component, free text such as Price or Surcharge.
    cost_term_value: holds only where there are no scales; with scales the value of the step counts.
    """

    name: str = x.attribute("name")
    cost_term_value: CostTermValue | None = x.child("CostTermValue", default=None)
    scales: Scales | None = x.child("Scales", default=None)


@x.element("(Money | Percentage)", since="1.2.050")
class CostTermValue(x.Element):
    """What a price component amounts to: a sum or a rate."""

    money: Money | None = x.child("Money", default=None)
    percentage: Percentage | None = x.child("Percentage", default=None)


@x.element(since="1.2.050")
class Scales(x.Element):
    """The quantity steps of one price component.

    scale_type: From has the lower bound of each step, To the upper one, Graduated both.
    scale_basis: what the bounds count, which is always the quantity.
    """

    scale_type: ScaleType = x.attribute("scaleType")
    scale_basis: str | None = x.attribute("scaleBasis", default=None, fixed="quantity")
    scale: x.Many[Scale] = x.children("Scale")


@x.element(since="1.2.050")
class Scale(x.Element):
    """One quantity step with the values that hold in it.

    from_, to: the bounds; Scales.scale_type says which of them are set.
    """

    from_: x.Exact[Decimal | None] = x.attribute("from", default=None)
    to: x.Exact[Decimal | None] = x.attribute("to", default=None)
    cost_term_value: x.Many[CostTermValue] = x.children("CostTermValue")
