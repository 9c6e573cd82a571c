"""Lines of a cart: made from what a shop has, added up, and turned into lines of an order and back."""

from __future__ import annotations

import copy
import decimal
import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from .. import element as x
from ..binding.rewriter import legal
from ..errors import IncompleteElement, InvalidValue
from ..findings import shorten
from ..models.item import (
    Classification,
    ItemDetail,
    ItemID,
    ItemIn,
    ItemOut,
    ManufacturerName,
    PriceBasisQuantity,
    SupplierPartAuxiliaryID,
)
from ..models.money import Money, UnitPrice
from ..models.party import SupplierID
from ..models.tax import Tax
from ..models.text import URL, Comments, Description, Extrinsic, ShortName
from ..scalars import scalar_for
from ..summary.amounts import decimal_of, decimal_text, decimals_of, places_of, rounded
from ..summary.lines import Line, lines_of
from ..summary.reckoning import Reckoning, Sums

__all__ = ["cart_item", "cart_total", "item_in_of", "item_out_of"]

Number = Decimal | int | str
_Item = TypeVar("_Item", ItemIn, ItemOut)


# --- a line from what a shop has -------------------------------------------------------------------------------


def cart_item(
    *,
    part_id: str,
    description: str,
    unit_price: Number,
    currency: str,
    unit: str,
    classification: str,
    quantity: Number,
    lang: str = "en",
    classification_domain: str = "UNSPSC",
    auxiliary_id: str | SupplierPartAuxiliaryID | None = None,
    buyer_part_id: str | None = None,
    short_name: str | None = None,
    basis_quantity: Number | None = None,
    basis_unit: str | None = None,
    conversion_factor: Number | None = None,
    lead_time: int | None = None,
    manufacturer_part_id: str | None = None,
    manufacturer_name: str | None = None,
    url: str | None = None,
    extrinsics: Mapping[str, str] | None = None,
    comments: str | None = None,
    supplier_id: SupplierID | None = None,
    tax: Tax | None = None,
) -> ItemIn:
    """One line of a cart. What has no argument here is set on the element that is returned.

    lang: of the texts; carts in one language are the rule, so it need not be said with every line.
    unit, basis_unit: codes of UN/CEFACT, such as EA or HUR, or whatever this buyer has set up. classification: for
        UNSPSC eight digits.
    basis_quantity: the unit price is for so many basis_unit, which is the unit of the line if nothing is said.
    conversion_factor: so many basis_unit are in one unit; 1 where both are the same.
    lead_time: days. short_name: at most 50 characters. extrinsics: by name; the order brings them back.

    Raises IncompleteElement if an argument is missing or blank, InvalidValue if it could not be sent as it is meant: a
    number that is none, a text with characters that XML has not, a currency that is not three letters, an auxiliary id
    or a name that would come back without its blanks. Both name the argument. Codes are not looked up in any list: a
    unit, currency, language or class that only some buyers dislike is left to ``validate``. Guide 5.6.4.4.
    """
    detail = ItemDetail(
        unit_price=UnitPrice(money=_price(unit_price, currency)),
        description=[_description(description, short_name, _text("lang", lang))],
        unit_of_measure=_text("unit", unit),
        price_basis_quantity=_price_basis(unit, basis_quantity, basis_unit, conversion_factor),
        classification=[_classification(classification, classification_domain)],
        manufacturer_part_id=_optional("manufacturer_part_id", manufacturer_part_id),
        manufacturer_name=_manufacturer(manufacturer_name),
        url=_url(url),
        lead_time=_lead_time(lead_time),
        extrinsic=_extrinsics(extrinsics),
    )
    return ItemIn(
        quantity=_number("quantity", quantity),
        item_id=_item_id(part_id, auxiliary_id, buyer_part_id),
        item_detail=detail,
        supplier_id=supplier_id,
        tax=tax,
        comments=None if comments is None else Comments(_text("comments", comments), lang=lang),
    )


def _path(name: str) -> str:
    return f"cart_item.{name}"


def _text(name: str, value: object) -> str:
    if value is None or (isinstance(value, str) and not value.strip()):
        raise IncompleteElement("a text is required, not a blank one", _path(name))
    if not isinstance(value, str):
        raise InvalidValue(f"a text is expected, not {type(value).__name__}", _path(name))
    # Of a text that was received only what it says: this line is new.
    return legal(str.__str__(value), _path(name))


def _optional(name: str, value: str | None) -> str | None:
    return None if value is None else _text(name, value)


def _number(name: str, value: object, *, above_zero: bool = True) -> Decimal:
    if value is None:
        raise IncompleteElement("a number is required", _path(name))
    try:
        number = scalar_for(Decimal).accept(value)
    except InvalidValue as error:
        raise InvalidValue(error.message, _path(name)) from None
    if not isinstance(number, Decimal):  # a text that was received and could not be read
        raise InvalidValue(f"{shorten(str(number))} is not a number", _path(name))
    if number < 0 or (above_zero and number == 0):
        raise InvalidValue(f"{number:f} is not above zero" if above_zero else f"{number:f} is below zero", _path(name))
    return Decimal(number)


# Lists of codes are not looked into: a buyer has units and currencies of its own, and validate speaks of them.
_CURRENCY = re.compile("[A-Za-z]{3}").fullmatch


def _price(amount: Number, currency: str) -> Money:
    number = _number("unit_price", amount, above_zero=False)
    return Money(number, currency=_currency_code(_text("currency", currency), _path("currency")))


def _currency_code(text: str, path: str) -> str:
    if not _CURRENCY(text):
        raise InvalidValue(f"{shorten(text)} is not a currency of three letters such as EUR", path)
    return text


def _item_id(part_id: str, auxiliary_id: str | SupplierPartAuxiliaryID | None, buyer_part_id: str | None) -> ItemID:
    return ItemID(
        supplier_part_id=_text("part_id", part_id),
        supplier_part_auxiliary_id=_auxiliary(auxiliary_id),
        buyer_part_id=_optional("buyer_part_id", buyer_part_id),
    )


def _auxiliary(value: str | SupplierPartAuxiliaryID | None) -> SupplierPartAuxiliaryID | None:
    if isinstance(value, SupplierPartAuxiliaryID):
        legal(value.text, _path("auxiliary_id"))
    if value is None or isinstance(value, SupplierPartAuxiliaryID):
        return value
    text = _text("auxiliary_id", value)
    if text != text.strip():
        # Some buyers return the blanks and others do not.
        raise InvalidValue("blank space stands around the text", _path("auxiliary_id"))
    return SupplierPartAuxiliaryID(text)


def _description(text: str, short_name: str | None, lang: str) -> Description:
    text, short = _text("description", text), _optional("short_name", short_name)
    if short is not None and len(short) > 50:
        raise InvalidValue(f"it has {len(short)} characters, and 50 are the limit", _path("short_name"))
    return Description(text if short is None else [ShortName(short), text], lang=lang)


def _price_basis(
    unit: str, quantity: Number | None, basis_unit: str | None, factor: Number | None
) -> PriceBasisQuantity | None:
    if quantity is None:
        for name, value in (("basis_unit", basis_unit), ("conversion_factor", factor)):
            if value is not None:
                raise IncompleteElement(f"{name} is given without it", _path("basis_quantity"))
        return None
    basis_unit = unit if basis_unit is None else _text("basis_unit", basis_unit)
    if factor is None and basis_unit != unit:
        raise IncompleteElement(f"how many {basis_unit} are in one {unit} has to be said", _path("conversion_factor"))
    return PriceBasisQuantity(
        quantity=_number("basis_quantity", quantity),
        conversion_factor=_number("conversion_factor", 1 if factor is None else factor),
        unit_of_measure=basis_unit,
    )


def _classification(code: str, domain: str) -> Classification:
    return Classification(_text("classification", code), domain=_text("classification_domain", domain))


def _manufacturer(name: str | None) -> ManufacturerName | None:
    return None if name is None else ManufacturerName(_text("manufacturer_name", name))


def _url(value: str | None) -> URL | None:
    if value is None:
        return None
    text = _text("url", value)
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+", text):
        raise InvalidValue(f"{shorten(text)} is not an absolute URL", _path("url"))
    return URL(text)


def _lead_time(days: int | None) -> int | None:
    if days is None:
        return None
    if not isinstance(days, int) or isinstance(days, bool):
        raise InvalidValue(f"days as an int are expected, not {type(days).__name__}", _path("lead_time"))
    if days < 0:
        raise InvalidValue(f"{days} is below zero", _path("lead_time"))
    return int(days)


def _extrinsics(values: Mapping[str, str] | None) -> list[Extrinsic]:
    made = []
    if values is not None and not isinstance(values, Mapping):
        raise InvalidValue(f"a mapping of names to texts is expected, not {type(values).__name__}", _path("extrinsics"))
    for name, value in (values or {}).items():
        name = _text("extrinsics", name)
        if name != name.strip():
            raise InvalidValue(f"blank space stands around the name {shorten(name)}", _path("extrinsics"))
        if not isinstance(value, str):
            what = f"the value of {shorten(name)} has to be a text, not {type(value).__name__}"
            raise InvalidValue(what, _path("extrinsics"))
        made.append(Extrinsic(legal(str.__str__(value), _path("extrinsics")), name=name))
    return made


# --- the sum ---------------------------------------------------------------------------------------------------

_ROUNDINGS = frozenset(getattr(decimal, name) for name in dir(decimal) if name.startswith("ROUND_"))


def cart_total(
    items: Iterable[ItemIn | ItemOut],
    *,
    currency: str | None = None,
    places: int | None = None,
    rounding: str | None = None,
    each_line: bool = False,
) -> Money:
    """What the lines come to, exactly: the amount for ``Total``, without tax and shipping.

    currency: needed for an empty cart; otherwise that of the lines, which must all have the same.
    places: how many decimals the sum shall have. Without it, as many as it needs, and two of those of the prices.
    rounding: a way of the module ``decimal``, such as ROUND_HALF_UP. Nothing is rounded without it.
    each_line: round every line and add up what comes out, in the place of rounding the sum.

    Lines that are in the price of another one, and those of an order that are deleted or returned, do not count. A
    blanket line counts with its unit price.

    Raises InvalidValue if the sum is not to be had exactly and no rounding is named, if currencies are mixed, if a line
    has no amount, or if head and members of a group have different prices and composite_item_type of the head does not
    say which of them count; IncompleteElement if currency or places are missing. Guide 5.6.4.2.
    """
    _check_rounding(places, rounding, each_line)
    reckoning = Reckoning(items)
    lines = []
    for item, line in zip(reckoning.items, lines_of(reckoning, numbered=False), strict=True):
        if line.counted or _says_no_price(item):
            _check_amount(line)
        if line.counted:
            lines.append(line)
    currency = _currency(currency, lines)
    worth = reckoning.in_way("left out", deleted=False)
    if rounding is not None and each_line and places is not None:
        worth = [None if amount is None else rounded(amount, places, rounding) for amount in worth]
    total = _only(reckoning.sums(worth, sure=True))
    if rounding is not None and places is not None:
        total = rounded(total, places, rounding)
    needed = places_of(total)
    if needed is None:
        raise InvalidValue(f"the lines sum to {decimal_text(total)}, which has no end; name a rounding", "cart_total")
    if places is None:
        # 12.50 and 1.50 make 14.00; amounts in yen stay without decimals.
        written = max((decimals_of(line.unit_price) for line in lines), default=2)
        places = max(needed, min(2, written) if total else 2)
    elif needed > places:
        raise InvalidValue(
            f"the lines sum to {decimal_text(total)}, which has more than {places} decimals; name a rounding",
            "cart_total.places",
        )
    return Money(decimal_of(total, places), currency=currency)


def _check_rounding(places: int | None, rounding: str | None, each_line: bool) -> None:
    if places is not None and (not isinstance(places, int) or isinstance(places, bool) or not 0 <= places <= 20):
        raise InvalidValue(f"a number of decimals from 0 to 20 is expected, not {places!r}", "cart_total.places")
    if rounding is not None and rounding not in _ROUNDINGS:
        raise InvalidValue(f"{shorten(str(rounding))} is no way of rounding of decimal", "cart_total.rounding")
    if rounding is not None and places is None:
        raise IncompleteElement("to how many decimals has to be said", "cart_total.places")
    if each_line and rounding is None:
        raise IncompleteElement("how the lines are rounded has to be said", "cart_total.rounding")


def _says_no_price(item: ItemIn | ItemOut) -> bool:
    # Limits alone make no sum: that must not pass as an order for nothing. The head of a group has its members' prices.
    return isinstance(item, ItemOut) and item.item_detail is None and item.item_type != "composite"


def _check_amount(line: Line) -> None:
    if line.amount is None:
        raise InvalidValue(
            f"line {line.position} ({shorten(line.part_id)}) has no amount: quantity, price or price basis is missing "
            "or no number that can be computed with",
            "cart_total",
        )


def _only(sums: Sums) -> Fraction:
    if len(sums.of) > 1:
        raise InvalidValue(
            "the lines can be added up in more than one way: head and members of a group have prices; say which of "
            "them count in composite_item_type of the head",
            "cart_total",
        )
    if not sums.of or not sums.complete:
        raise InvalidValue("the lines cannot be added up exactly: price bases without any common measure", "cart_total")
    (total,) = sums.of
    return total


def _currency(given: str | None, lines: list[Line]) -> str:
    found = {line.currency for line in lines}
    if given is not None:
        found.add(_currency_code(given, "cart_total.currency"))
    if not found:
        raise IncompleteElement("an empty cart does not say its currency", "cart_total.currency")
    capitals = {code.strip().upper() for code in found}
    if len(capitals) > 1:
        raise InvalidValue(f"currencies are mixed: {', '.join(sorted(map(shorten, found)))}", "cart_total.currency")
    # eur is EUR, and one of them has to be written.
    currency = found.pop().strip() if len(found) == 1 else capitals.pop()
    if not currency:
        raise InvalidValue("the lines do not say their currency", "cart_total.currency")
    return currency


# --- ItemIn and ItemOut ----------------------------------------------------------------------------------------


def item_in_of(item: ItemOut, *, leave_out: Collection[str] = ()) -> ItemIn:
    """The line of a cart that a line of an order, or of a cart that is opened again, was or becomes.

    Nothing is shared with the line that was given: the new one can be changed. leave_out: fields that may be lost.

    Raises IncompleteElement if there is no ItemDetail, as in a blanket line or where a buyer sent only part and
    quantity; InvalidValue if fields would be lost, which it names. Guide 5.6.4.4, 7.2.2.
    """
    if item.item_detail is None:
        found = "only a BlanketItemDetail" if item.blanket_item_detail is not None else "none"
        raise IncompleteElement(f"a cart needs an ItemDetail, and there is {found}", "ItemOut.item_detail")
    return _converted(item, ItemIn, leave_out)


def item_out_of(item: ItemIn, *, line_number: int | None = None, leave_out: Collection[str] = ()) -> ItemOut:
    """The line of an order for a line of a cart, or the one that opens the cart again.

    Nothing is shared with the line that was given: the new one can be changed. leave_out: fields that may be lost.
    line_number: the number in the order, from 1; in a cart numbers mean nothing, so the line's own need not fit.
        ``parent_line_number`` of the members of a group is not changed with it.

    Raises InvalidValue if fields would be lost, which it names. Guide 5.6.4.4, 7.2.2.
    """
    made = _converted(item, ItemOut, leave_out)
    if line_number is not None:
        if not isinstance(line_number, int) or isinstance(line_number, bool) or line_number < 1:
            raise InvalidValue(f"a whole number from 1 is expected, not {line_number!r}", "item_out_of.line_number")
        made.line_number = line_number
    return made


def _converted(item: ItemIn | ItemOut, target: type[_Item], leave_out: Collection[str]) -> _Item:
    name = target.__cxml__.tag
    places = {field.name: field for field in target.__cxml__.fields}
    _check_left_out(item, places, leave_out)
    given: dict[str, Any] = {}
    lost = []
    for field in item.__cxml__.fields:
        value = getattr(item, field.name)
        if field.name in leave_out or _says_nothing(field, value):
            continue
        if field.many:
            value = x.accept(item.__cxml__, field, value)
        place = places.get(field.name)
        if place is None:
            lost.append(field.name)
        elif place.many and not field.many:
            given[field.name] = (value,)
        elif field.many and not place.many:
            if len(value) > 1:
                lost.append(f"{field.name} (more than one)")
            given[field.name] = value[0]
        else:
            given[field.name] = value
    if lost:
        raise InvalidValue(f"{name} has no place for {', '.join(lost)}; name in leave_out what may be lost", name)
    for place in target.__cxml__.fields:
        if place.required and place.name not in given:
            # As a tolerant reader leaves it. A line without it is no line of a cart or an order.
            raise IncompleteElement("the line has none to take over", f"{item.__cxml__.tag}.{place.name}")
    made = target(**copy.deepcopy(given))
    # What a tolerant reader could not place goes along, to be written where it stood.
    made._leftover = copy.deepcopy(item._leftover)
    return made


def _says_nothing(field: x.Field, value: Any) -> bool:
    if field.many:
        return not value
    return value is None or (field.scalar is not None and field.scalar.name == "yes" and value in (False,))


def _check_left_out(item: ItemIn | ItemOut, places: Mapping[str, x.Field], leave_out: Collection[str]) -> None:
    known = {field.name for field in item.__cxml__.fields}
    for name in (leave_out,) if isinstance(leave_out, str) else leave_out:
        if isinstance(leave_out, str) or name not in known:
            raise InvalidValue(f"names of fields of {item.__cxml__.tag} are expected, not {name!r}", "leave_out")
        if name in places and places[name].required:
            raise InvalidValue(f"{name} cannot be left out", "leave_out")
