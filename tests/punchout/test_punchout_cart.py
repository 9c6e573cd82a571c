"""Lines of a cart: what makes one, what is refused, sums to the cent, and the way to a line of an order and back."""

from __future__ import annotations

import decimal
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from typing import Any

import official
import pytest
import strategies
from hypothesis import event, given, settings
from hypothesis import strategies as st
from lxml import etree
from validated import CART, ORDER, changed

from cxml_punchout import parse, serialize, validate
from cxml_punchout.binding import rewriter
from cxml_punchout.errors import IncompleteElement, InvalidValue
from cxml_punchout.models import (
    BlanketItemDetail,
    Comments,
    Description,
    Extrinsic,
    ItemIn,
    ItemOut,
    Money,
    PriceBasisQuantity,
    SupplierID,
    SupplierPartAuxiliaryID,
    Tax,
)
from cxml_punchout.punchout.cart import cart_item, cart_total, item_in_of, item_out_of
from cxml_punchout.spelled import SpelledDecimal, SpelledStr, Unreadable
from cxml_punchout.summary.amounts import line_amount
from cxml_punchout.tree import load
from cxml_punchout.validation import lists

LEAST: dict[str, Any] = {
    "part_id": "A-100",
    "description": "Blue pen",
    "unit_price": "12.50",
    "currency": "EUR",
    "unit": "EA",
    "classification": "44121704",
    "quantity": 2,
}
MOST: dict[str, Any] = {
    **LEAST,
    "lang": "de-AT",
    "classification_domain": "UNSPSC",
    "auxiliary_id": "config/8f3a",
    "buyer_part_id": "B 7",
    "short_name": "Pen",
    "basis_quantity": 100,
    "basis_unit": "KGM",
    "conversion_factor": "0.25",
    "lead_time": 3,
    "manufacturer_part_id": "M-1",
    "manufacturer_name": 'Grün & Söhne <"GmbH">',
    "url": "https://shop.example.com/a?b=1&c=2",
    "extrinsics": {"Colour": "blue", "Note": ""},
    "comments": "Handle with care",
    "supplier_id": SupplierID("942888710", domain="DUNS"),
    "tax": Tax(money=Money("0.10", currency="EUR"), description=Description("VAT", lang="de")),
}


def made(**given: Any) -> ItemIn:
    return cart_item(**{**LEAST, **given})


def document(*items: ItemIn) -> bytes:
    cart: Any = parse(CART)
    cart.payload.item_in = items
    money = cart_total(items, currency="EUR")
    cart.payload.punch_out_order_message_header.total.money = money
    return serialize(cart)


# --- one call makes a line -------------------------------------------------------------------------------------


def test_what_the_dtd_requires_is_what_the_call_requires():
    required = {"quantity", "item_id", "item_detail"}
    assert {field.name for field in ItemIn.__cxml__.fields if field.required} == required
    for name in LEAST:
        with pytest.raises(TypeError, match=name):
            cart_item(**{key: value for key, value in LEAST.items() if key != name})


def test_the_least_is_a_cart_without_findings():
    assert validate(document(made())).findings == ()


def test_the_most_is_a_cart_without_findings_and_arrives():
    body = document(cart_item(**MOST))
    assert validate(body).findings == ()
    item: Any = parse(body).payload.item_in[0]  # type: ignore[union-attr]
    detail = item.item_detail
    assert item.item_id.supplier_part_auxiliary_id.value == "config/8f3a"
    assert item.item_id.buyer_part_id == "B 7"
    assert detail.description[0].lang == "de-AT"
    assert [getattr(part, "value", part) for part in detail.description[0].content] == ["Pen", "Blue pen"]
    assert detail.price_basis_quantity == PriceBasisQuantity(
        quantity=100, conversion_factor="0.25", unit_of_measure="KGM"
    )
    assert detail.manufacturer_name.value == 'Grün & Söhne <"GmbH">'
    assert (detail.lead_time, detail.url.value) == (3, "https://shop.example.com/a?b=1&c=2")
    assert detail.extrinsic == (Extrinsic("blue", name="Colour"), Extrinsic("", name="Note"))
    assert item.comments == Comments("Handle with care", lang="de-AT")
    assert item.supplier_id.value == "942888710"
    assert item.tax.money.amount == Decimal("0.10")


@pytest.mark.skipif(official.directory() is None, reason="the official DTDs are not at hand")
def test_the_official_dtd_agrees():
    dtd = etree.DTD(BytesIO(official.path().read_bytes()))
    tree = load(document(made(), cart_item(**MOST), item_in_of(item_out_of(made())))).root
    assert dtd.validate(tree), dtd.error_log


def test_the_price_basis_is_of_the_unit_of_the_line_unless_another_is_named():
    basis = made(basis_quantity=100).item_detail.price_basis_quantity
    assert basis == PriceBasisQuantity(quantity=100, conversion_factor=1, unit_of_measure="EA")


def test_an_auxiliary_id_of_elements_is_taken_as_it_is():
    auxiliary = SupplierPartAuxiliaryID(["\n", Extrinsic("7", name="key")])
    assert made(auxiliary_id=auxiliary).item_id.supplier_part_auxiliary_id is auxiliary


def test_values_that_were_received_are_written_as_new_ones():
    item = made(unit_price=SpelledDecimal(Decimal("1200"), "1,200"), unit=SpelledStr("EA", " EA\n"))
    assert "1,200" not in rewriter.write(item)
    assert item.item_detail.unit_of_measure.__class__ is str


def test_what_only_some_buyers_dislike_is_not_refused_here():
    report = validate(document(made(part_id="A?{1}", auxiliary_id="k" * 101)))
    assert {finding.code for finding in report.findings} == {"part-id-characters", "auxiliary-id-long"}


def test_another_scheme_has_codes_of_its_own():
    assert made(classification="X.7", classification_domain="eclass").item_detail.classification[0].value == "X.7"


REFUSED: list[tuple[str, Any, type[Exception]]] = [
    ("part_id", "", IncompleteElement),
    ("part_id", None, IncompleteElement),
    ("part_id", 4711, InvalidValue),
    ("part_id", "A\x00", InvalidValue),
    ("description", " \n", IncompleteElement),
    ("description", "bell\x07", InvalidValue),
    ("description", "\ud800", InvalidValue),
    ("unit_price", 12.5, InvalidValue),
    ("unit_price", "12,50", InvalidValue),
    ("unit_price", "-0.01", InvalidValue),
    ("unit_price", Decimal("NaN"), InvalidValue),
    ("unit_price", Unreadable("free"), InvalidValue),
    ("unit_price", None, IncompleteElement),
    ("unit_price", True, InvalidValue),
    ("currency", "€", InvalidValue),
    ("currency", "EURO", InvalidValue),
    ("currency", "", IncompleteElement),
    ("unit", "", IncompleteElement),
    ("unit", "E\x00", InvalidValue),
    ("unit", 7, InvalidValue),
    ("classification", "", IncompleteElement),
    ("classification", 44121704, InvalidValue),
    ("classification", "44121704", None),  # type: ignore[list-item]
    ("classification_domain", "", IncompleteElement),
    ("quantity", 0, InvalidValue),
    ("quantity", "-1", InvalidValue),
    ("quantity", 1.0, InvalidValue),
    ("lang", "", IncompleteElement),
    ("auxiliary_id", " key", InvalidValue),
    ("auxiliary_id", "", IncompleteElement),
    ("auxiliary_id", 7, InvalidValue),
    ("auxiliary_id", SupplierPartAuxiliaryID("a\x00"), InvalidValue),
    ("buyer_part_id", "", IncompleteElement),
    ("short_name", "n" * 51, InvalidValue),
    ("basis_quantity", 0, InvalidValue),
    ("manufacturer_part_id", "\x1b", InvalidValue),
    ("manufacturer_name", " ", IncompleteElement),
    ("url", "shop.example.com/a", InvalidValue),
    ("url", "https://shop.example.com/a b", InvalidValue),
    ("lead_time", -1, InvalidValue),
    ("lead_time", 1.5, InvalidValue),
    ("lead_time", True, InvalidValue),
    ("extrinsics", {"": "x"}, IncompleteElement),
    ("extrinsics", {" a": "x"}, InvalidValue),
    ("extrinsics", {"a": 7}, InvalidValue),
    ("extrinsics", {"a": "\x01"}, InvalidValue),
    ("comments", "", IncompleteElement),
]


@pytest.mark.parametrize(("name", "value", "error"), REFUSED, ids=lambda value: repr(value)[:30])
def test_what_would_be_refused_later_is_refused_at_once_and_named(name, value, error):
    if error is None:
        assert made(**{name: value})
        return
    with pytest.raises(error) as caught:
        made(**{name: value})
    assert type(caught.value) is error
    assert caught.value.path == f"cart_item.{name}"
    assert "\x00" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        # Units that buyers have set up and UN/CEFACT has not.
        *(({"unit": unit}, {"unknown-unit"}) for unit in ("DZ", "LB", "PAK", "Q9Q")),
        *(({"unit": unit}, {"unit"}) for unit in ("ea", "Rolle", "box of 12")),
        ({"basis_quantity": 12, "basis_unit": "DZ", "conversion_factor": 3}, {"unknown-unit"}),
        ({"currency": "EUX"}, {"unknown-currency"}),
        ({"lang": "de_AT"}, {"language"}),
        ({"lang": "qq"}, {"unknown-language"}),
        ({"lang": "en-UK"}, {"unknown-country"}),
        ({"classification": "4412170"}, {"unspsc-shape"}),
        ({"classification": "4412170400"}, {"unspsc-shape"}),
        ({"classification": "pens"}, {"unspsc-shape"}),
        ({"classification": "pens", "classification_domain": "not available"}, set()),
    ],
    ids=repr,
)
def test_no_list_of_codes_refuses_a_line(given, codes):
    currency = given.get("currency", "EUR")
    cart: Any = parse(CART)
    item = made(**given)
    cart.payload.item_in = (item,)
    cart.payload.punch_out_order_message_header.total.money = cart_total([item], currency=currency)
    body = serialize(cart)
    findings = validate(body).findings
    assert {finding.severity for finding in findings} <= {"warning"}
    # Without pycountry only the forms are looked at.
    assert {finding.code for finding in findings} == (codes if lists.available() else codes - ISO)
    assert parse(body).payload.item_in == (item,)  # type: ignore[union-attr]


ISO = {"unknown-currency", "unknown-language", "unknown-country"}


def test_a_code_in_small_letters_goes_through():
    assert made(currency="eur").item_detail.unit_price.money.currency == "eur"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"basis_unit": "KGM"}, "basis_quantity"),
        ({"conversion_factor": 2}, "basis_quantity"),
        ({"basis_quantity": 1, "basis_unit": "KGM"}, "conversion_factor"),
    ],
)
def test_a_price_basis_is_whole_or_not_there(given, named):
    with pytest.raises(IncompleteElement) as caught:
        made(**given)
    assert caught.value.path == f"cart_item.{named}"


TEXTS = st.sampled_from(["A-1", "]]>", "&#174;", "a\r\nb", "日本語", "👍", 'ä<"&>'])
ANY = TEXTS | TEXTS | TEXTS | st.text(min_size=1, max_size=60) | st.sampled_from(["", " ", " A", "A\n"])
URLS = [
    "",
    "a?b=1&c=2",
    "ü",
    "日本",
    "%zz",
    "#a#b",
    "[1]",
    "a'b",
    "~$-_.+!*(),;:@&=",
    "a%20b",
    "\u00a0",
    "//",
    ":",
    "👍",
]


@settings(max_examples=300)
@given(
    part_id=ANY,
    description=TEXTS,
    auxiliary_id=st.none() | ANY,
    short_name=st.none() | TEXTS,
    url=st.none() | st.builds("https://shop.example.com/{}".format, st.sampled_from(URLS) | st.text(max_size=5)),
    unit_price=st.decimals(0, 10**9, places=3) | st.integers(0, 10**20),
    quantity=st.decimals("0.01", 10**6, places=2),
    unit=st.sampled_from(["EA", "HUR", "C62", "XBX", "BX", "KGM", "Q9Q"]),
    classification=st.sampled_from(["44121704", "00000000", "44121701", "\uff144121704"]),
    extrinsics=st.dictionaries(TEXTS, TEXTS, max_size=2),
)
def test_what_is_accepted_has_no_findings_and_is_read_as_it_was_made(**given: Any) -> None:
    try:
        item = cart_item(**{**LEAST, **given})
    except (InvalidValue, IncompleteElement) as error:
        event("refused")
        assert error.path.removeprefix("cart_item.") in given  # noqa: PT017
        return
    event("accepted")
    body = document(item)
    codes = {finding.code for finding in validate(body).findings}
    assert codes <= {"part-id-characters", "auxiliary-id-long", "unknown-unit", "unspsc-shape"}
    assert parse(body).payload.item_in == (item,)  # type: ignore[union-attr]


# --- sums ------------------------------------------------------------------------------------------------------


def test_a_sum_is_exact_and_written_as_the_prices_are():
    items = [made(unit_price="0.10", quantity=3), made(unit_price="0.20", quantity=1)]
    assert str(cart_total(items).amount) == "0.50"
    assert str(cart_total([made(unit_price=1200, quantity=2, currency="JPY")]).amount) == "2400"
    assert str(cart_total([made(unit_price="0.0050", quantity=200)]).amount) == "1.00"
    assert str(cart_total([made(unit_price="12.50", basis_quantity=100, quantity=3)]).amount) == "0.375"
    assert str(cart_total([made(unit_price="0")]).amount) == "0.00"


def test_many_large_amounts_lose_nothing():
    # More digits than the arithmetic of decimals carries by default.
    price = Decimal("12345678901234567890123456.78")
    total = cart_total([made(unit_price=price, quantity=1), made(unit_price="0.01", quantity=1)])
    assert str(total.amount) == "12345678901234567890123456.79"


def test_the_context_of_the_program_changes_nothing():
    with decimal.localcontext(decimal.Context(prec=2, traps=[decimal.Inexact, decimal.Rounded])):
        items = [made(unit_price="1234.565", quantity="1.5")] * 3
        assert str(cart_total(items).amount) == "5555.5425"
        assert str(cart_total(items, places=2, rounding=decimal.ROUND_HALF_EVEN).amount) == "5555.54"


def test_an_empty_cart_has_a_total_in_a_named_currency():
    assert cart_total([], currency="EUR") == Money("0.00", currency="EUR")
    assert str(cart_total([], currency="EUR").amount) == "0.00"
    assert str(cart_total([], currency="JPY", places=0).amount) == "0"
    with pytest.raises(IncompleteElement) as caught:
        cart_total([])
    assert caught.value.path == "cart_total.currency"


def test_places_pad_and_never_round_by_themselves():
    assert str(cart_total([made(unit_price=1, quantity=1)], places=2).amount) == "1.00"
    with pytest.raises(InvalidValue, match=r"0\.375.*more than 2 decimals") as caught:
        cart_total([made(basis_quantity=100, quantity=3)], places=2)
    assert caught.value.path == "cart_total.places"
    with pytest.raises(InvalidValue, match="no end"):
        cart_total([made(unit_price=1, basis_quantity=3)])
    with pytest.raises(InvalidValue, match="no end"):
        cart_total([made(unit_price=1, basis_quantity=3)], places=2)


def test_the_sum_or_each_line_is_rounded():
    items = [made(unit_price="0.005", quantity=1)] * 3
    by_sum = cart_total(items, places=2, rounding=decimal.ROUND_HALF_UP)
    by_line = cart_total(items, places=2, rounding=decimal.ROUND_HALF_UP, each_line=True)
    assert (str(by_sum.amount), str(by_line.amount)) == ("0.02", "0.03")
    thirds = [made(unit_price=1, quantity=1, basis_quantity=3)] * 2
    assert str(cart_total(thirds, places=2, rounding=decimal.ROUND_DOWN).amount) == "0.66"


@pytest.mark.parametrize(
    ("options", "error", "named"),
    [
        ({"rounding": decimal.ROUND_UP}, IncompleteElement, "places"),
        ({"places": 2, "rounding": "up"}, InvalidValue, "rounding"),
        ({"places": 2, "each_line": True}, IncompleteElement, "rounding"),
        ({"places": -1}, InvalidValue, "places"),
        ({"places": True}, InvalidValue, "places"),
        ({"places": 2.0}, InvalidValue, "places"),
        ({"currency": "eu"}, InvalidValue, "currency"),
        ({"currency": ""}, InvalidValue, "currency"),
        ({"currency": "USD"}, InvalidValue, "currency"),
    ],
)
def test_half_an_instruction_is_refused(options, error, named):
    with pytest.raises(error) as caught:
        cart_total([made()], **options)
    assert caught.value.path == f"cart_total.{named}"


def test_a_currency_in_small_letters_is_the_same_one():
    small = made(currency="chf", unit_price="2.50", quantity=2)
    large = made(currency="CHF", unit_price="2.50", quantity=2)
    assert cart_total([small, large]) == Money("10.00", currency="CHF")
    assert cart_total([large], currency="chf") == Money("5.00", currency="CHF")
    assert cart_total([small]) == Money("5.00", currency="chf"), "nobody said it otherwise"
    padded = made()
    padded.item_detail.unit_price.money.currency = " EUR\n"
    assert cart_total([padded]).currency == "EUR"


def test_currencies_are_not_mixed():
    with pytest.raises(InvalidValue, match="'EUR', 'USD'"):
        cart_total([made(), made(currency="USD")])
    nameless = made()
    nameless.item_detail.unit_price.money.currency = ""
    with pytest.raises(InvalidValue, match="do not say their currency"):
        cart_total([nameless])


def test_a_line_without_an_amount_is_named():
    item = made(part_id="A-7")
    item.quantity = Unreadable("two")  # type: ignore[assignment]
    with pytest.raises(InvalidValue, match=r"line 2 \('A-7'\) has no amount"):
        cart_total([made(), item])


def test_numbers_that_a_program_assigns_count():
    item = made()
    item.quantity = 5
    item.item_detail.unit_price.money.amount = "2.50"
    assert line_amount(item) == Fraction("12.5")
    assert str(cart_total([item], currency="EUR").amount) == "12.50"


def test_lines_in_the_price_of_others_do_not_count():
    head, member = made(unit_price=10, quantity=1), made(unit_price=4)
    head.item_type, head.composite_item_type, head.line_number = "composite", "groupLevel", 1
    member.item_type, member.parent_line_number = "item", 1
    assert cart_total([head, member]).amount == 10
    assert validate(document(head, member)).findings == ()


def test_a_group_within_a_group_is_in_the_price_of_the_outer_one():
    kit, frame, leg, top = (made(unit_price=price, quantity=1) for price in (90, 50, 25, 30))
    for number, item in enumerate((kit, frame, leg, top), 1):
        item.line_number, item.item_type = number, "item"
    kit.item_type, kit.composite_item_type = "composite", "groupLevel"
    frame.item_type, frame.composite_item_type = "composite", "itemLevel"
    frame.parent_line_number, leg.parent_line_number, top.parent_line_number = 1, 2, 1
    assert cart_total([kit, frame, leg, top]).amount == 90
    kit.composite_item_type, frame.composite_item_type = "itemLevel", "groupLevel"
    assert cart_total([kit, frame, leg, top]).amount == 80
    frame.composite_item_type = "itemLevel"
    assert cart_total([leg, top, frame, kit]).amount == 55


def test_a_group_that_does_not_say_how_it_is_priced_is_not_guessed_at():
    head, member = made(unit_price=10, quantity=1), made(unit_price=4, quantity=1)
    head.line_number, head.item_type, member.parent_line_number = 1, "composite", 1
    with pytest.raises(InvalidValue, match="composite_item_type"):
        cart_total([head, member])
    # The group and its members say the same.
    assert cart_total([head, member, made_below(1, 6)]).amount == 10
    head.item_detail.unit_price.money.amount = Decimal(0)
    assert cart_total([head, member]).amount == 4
    # What heads no group is a line beside its accessories.
    head.item_type, head.item_detail.unit_price.money.amount = None, Decimal(10)
    assert cart_total([head, member]).amount == 14


def made_below(number: int, price: int) -> ItemIn:
    item = made(unit_price=price, quantity=1)
    item.parent_line_number = number
    return item


def test_a_blanket_line_with_a_price_counts():
    lines: Any = parse(ORDER).payload.item_out  # type: ignore[union-attr]
    detail = BlanketItemDetail(
        description=[Description("Cleaning", lang="en")],
        unit_price=lines[0].item_detail.unit_price,
        unit_of_measure="HUR",
    )
    lines[0].item_detail, lines[0].blanket_item_detail = None, detail
    assert cart_total(lines) == Money("37.50", currency="EUR")


def test_price_bases_without_common_measure_are_refused_in_good_time():
    items = [made(basis_quantity=10**39 + 2 * number + 1, quantity=1) for number in range(300)]
    with pytest.raises(InvalidValue, match="common measure"):
        cart_total(items, places=2, rounding=decimal.ROUND_DOWN)
    rounded = cart_total(items, places=2, rounding=decimal.ROUND_DOWN, each_line=True)
    assert str(rounded.amount) == "0.00"


def test_lines_of_an_order_are_added_up_too():
    lines: Any = parse(ORDER).payload.item_out  # type: ignore[union-attr]
    assert cart_total(lines) == Money("37.50", currency="EUR")
    lines[0].is_return = True
    assert cart_total(lines).amount == Decimal("12.50")
    for blanket in (None, BlanketItemDetail(description=[Description("Repairs", lang="en")])):
        lines[0].item_detail, lines[0].blanket_item_detail = None, blanket
        with pytest.raises(InvalidValue, match="has no amount"):
            cart_total(lines)


PRICES = st.decimals(0, 10**6, places=4)


@given(
    st.lists(st.tuples(PRICES, st.integers(1, 999), st.none() | st.integers(1, 12)), max_size=6),
    st.integers(0, 4),
    st.sampled_from(sorted(getattr(decimal, name) for name in dir(decimal) if name.startswith("ROUND_"))),
    st.booleans(),
)
def test_sums_are_those_of_fractions(rows, places, rounding, each_line):
    items = [made(unit_price=price, quantity=quantity, basis_quantity=basis) for price, quantity, basis in rows]
    amounts = [Fraction(price) / (basis or 1) * quantity for price, quantity, basis in rows]
    total = cart_total(items, currency="EUR", places=places, rounding=rounding, each_line=each_line).amount
    cent = Fraction(1, 10**places)
    parts = len(amounts) if each_line else 1
    assert abs(sum(amounts) - Fraction(total)) < cent * max(parts, 1)
    assert -total.as_tuple().exponent == places  # type: ignore[operator]


# --- ItemIn and ItemOut ----------------------------------------------------------------------------------------

IN, OUT = ItemIn.__cxml__, ItemOut.__cxml__
COMMON = {field.name for field in IN.fields} & {field.name for field in OUT.fields}
ONLY_IN = {field.name for field in IN.fields} - COMMON
ONLY_OUT = {field.name for field in OUT.fields} - COMMON


def test_fields_of_one_name_are_one_thing():
    mine, other = ({field.name: field for field in each.fields} for each in (IN, OUT))
    for name in COMMON:
        assert mine[name].tags == other[name].tags
        assert mine[name].scalar is other[name].scalar
    assert {name for name in COMMON if mine[name].many != other[name].many} == {"comments"}


@pytest.mark.slow
@settings(max_examples=80)
@given(strategies.elements("ItemIn"))
def test_a_line_of_a_cart_comes_back_from_the_order(item: ItemIn) -> None:
    lost = {name for name in ONLY_IN if getattr(item, name) not in (None, ())}
    if lost:
        with pytest.raises(InvalidValue) as caught:
            item_out_of(item)
        assert all(name in str(caught.value) for name in lost)
    before = rewriter.write(item)
    there = item_out_of(item, leave_out=tuple(lost))
    again = item_in_of(there)
    for name in ONLY_IN:
        setattr(again, name, getattr(item, name))
    assert again == item
    assert rewriter.write(again) == rewriter.write(item) == before
    assert not any(getattr(there, name) not in (None, (), False) for name in ONLY_OUT)


@pytest.mark.slow
@settings(max_examples=80)
@given(strategies.elements("ItemOut"), strategies.elements("ItemDetail"))
def test_a_line_of_an_order_comes_back_from_the_cart(item: ItemOut, detail: Any) -> None:
    item.item_detail, item.blanket_item_detail = detail, None
    lost = {name for name in ONLY_OUT if getattr(item, name) not in (None, (), False)}
    if len(item.comments) > 1:
        lost.add("comments")
    if lost:
        with pytest.raises(InvalidValue) as caught:
            item_in_of(item)
        assert all(name in str(caught.value) for name in lost)
    again = item_out_of(item_in_of(item, leave_out=lost))
    for name in lost:
        setattr(again, name, getattr(item, name))
    assert again == item
    assert rewriter.write(again) == rewriter.write(item)


def test_nothing_is_shared():
    item = made()
    order = item_out_of(item)
    order.item_detail.unit_price.money.amount = "13.00"  # type: ignore[union-attr]
    assert item.item_detail.unit_price.money.amount == Decimal("12.50")


def test_the_number_of_the_line():
    item = made()
    item.line_number = 7
    assert item_out_of(item).line_number == 7
    assert item_out_of(item, line_number=10).line_number == 10
    for number in (0, -1, True, "1"):
        with pytest.raises(InvalidValue) as caught:
            item_out_of(item, line_number=number)
        assert caught.value.path == "item_out_of.line_number"


def test_without_a_detail_there_is_no_line_of_a_cart():
    order = item_out_of(made())
    order.item_detail = None
    with pytest.raises(IncompleteElement, match="there is none") as caught:
        item_in_of(order)
    assert caught.value.path == "ItemOut.item_detail"
    order.blanket_item_detail = BlanketItemDetail(description=[Description("Repairs", lang="en")])
    with pytest.raises(IncompleteElement, match="only a BlanketItemDetail"):
        item_in_of(order)


def test_several_comments_are_named_and_can_be_left_out():
    order = item_out_of(made(comments="one"))
    assert item_in_of(order).comments == Comments("one", lang="en")
    order.comments = [*order.comments, "two"]
    with pytest.raises(InvalidValue, match=r"comments \(more than one\)"):
        item_in_of(order)
    assert item_in_of(order, leave_out={"comments"}).comments is None


@pytest.mark.parametrize("names", ["requisition_id", ("requisitionID",), ("quantity",), ("item_id", "comments")])
def test_only_fields_that_are_there_and_not_needed_can_be_left_out(names):
    with pytest.raises(InvalidValue) as caught:
        item_in_of(item_out_of(made()), leave_out=names)
    assert caught.value.path == "leave_out"


def test_a_flag_that_says_no_says_nothing():
    body = changed(ORDER, '<ItemOut quantity="2"', '<ItemOut quantity="2" isAdHoc="no"')
    item: Any = parse(body, mode="tolerant").payload.item_out[0]  # type: ignore[union-attr]
    assert item_in_of(item)
    unreadable: Any = parse(body.replace('"no"', '""'), mode="tolerant").payload.item_out[0]  # type: ignore[union-attr]
    with pytest.raises(InvalidValue, match="is_ad_hoc"):
        item_in_of(unreadable)


def test_what_had_no_place_goes_along_and_the_spelling_stays_behind():
    body = changed(
        ORDER,
        '<ItemOut quantity="2"',
        '<ItemOut quantity="+2.0" colour="blue"',
        "12.50</Money>",
        "1,012.50</Money>",
        "</ItemID>",
        "</ItemID><Shelf>7</Shelf>",
    )
    order: Any = parse(body, mode="tolerant").payload.item_out[0]  # type: ignore[union-attr]
    cart = item_in_of(order)
    text = rewriter.write(cart)
    for part in ('quantity="2.0"', 'colour="blue"', ">1012.50<", "</ItemID><Shelf>7</Shelf>"):
        assert part in text
    assert item_out_of(cart) == order
    assert rewriter.write(item_out_of(cart)) == rewriter.write(order)
    assert cart._leftover is not order._leftover


@pytest.mark.parametrize("kind", ["ItemIn", "ItemOut"])
def test_the_carts_and_orders_of_the_examples_go_there_and_back(own_documents, kind):
    seen = 0
    for name, body in own_documents.items():
        if not name.startswith("valid/"):
            continue
        payload: Any = parse(body).payload
        for item in getattr(payload, "item_in" if kind == "ItemIn" else "item_out", None) or ():
            if item.item_detail is None:
                continue
            only = ONLY_IN if kind == "ItemIn" else ONLY_OUT
            lost = {field for field in only if getattr(item, field) not in (None, (), False)}
            if kind == "ItemOut" and len(item.comments) > 1:
                lost.add("comments")
            again: Any = (
                item_in_of(item_out_of(item, leave_out=lost))
                if kind == "ItemIn"
                else item_out_of(item_in_of(item, leave_out=lost))
            )
            for field in lost:
                setattr(again, field, getattr(item, field))
            assert again == item
            seen += 1
    assert seen >= 5


def test_a_line_that_lacks_what_every_line_has_is_named():
    cart: Any = parse(CART.replace(' quantity="2"', ""), mode="tolerant")
    with pytest.raises(IncompleteElement) as caught:
        item_out_of(cart.payload.item_in[0])
    assert caught.value.path == "ItemIn.quantity"
