"""What an order has made of the cart: each kind of difference, and what is none."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from validated import ORDER, changed

from cxml_punchout import OpenElement, parse
from cxml_punchout.errors import CXMLError, InvalidValue
from cxml_punchout.models import (
    BlanketItemDetail,
    Description,
    Extrinsic,
    ItemIn,
    ItemOut,
    Money,
    PriceBasisQuantity,
    SupplierPartAuxiliaryID,
    UnitPrice,
)
from cxml_punchout.punchout.cart import cart_item, item_out_of
from cxml_punchout.punchout.compare import Difference, DifferenceKind, compare_order
from cxml_punchout.spelled import Unreadable


def line(part: str = "A-100", auxiliary: Any = None, **given: Any) -> ItemIn:
    least: dict[str, Any] = {
        "part_id": part,
        "auxiliary_id": auxiliary,
        "description": "Blue pen",
        "unit_price": "12.50",
        "currency": "EUR",
        "unit": "EA",
        "classification": "44121704",
        "quantity": 2,
    }
    return cart_item(**{**least, **given})


def ordered(part: str = "A-100", auxiliary: Any = None, **given: Any) -> ItemOut:
    return item_out_of(line(part, auxiliary, **given), line_number=1)


def found(cart: list[ItemIn], order: list[ItemOut]) -> list[tuple[Any, ...]]:
    return [
        (each.kind, each.part_id, each.auxiliary_id, _short(each.expected), _short(each.found))
        for each in compare_order(cart, order)
    ]


def _short(value: Any) -> Any:
    if isinstance(value, SupplierPartAuxiliaryID):
        return value.value
    return str(value) if isinstance(value, Decimal) else value


# --- each kind -------------------------------------------------------------------------------------------------


def test_an_order_of_the_cart_differs_in_nothing():
    assert compare_order([line(), line("B")], [ordered("B"), ordered()]) == ()
    assert compare_order([], []) == ()


def test_an_instruction_in_an_auxiliary_id_is_no_part_of_it():
    key = "<SupplierPartAuxiliaryID>k-7</SupplierPartAuxiliaryID></ItemID>"
    marked = changed(ORDER, "</ItemID>", key.replace("k-7", "k-7<?desk note?>"))
    order: Any = parse(marked, mode="tolerant").payload
    assert found([line(auxiliary="k-7", quantity=2)], [order.item_out[0]]) == []


def test_what_was_split_among_other_auxiliary_ids_goes_to_the_line_with_its_price():
    cart = [line(auxiliary="x", quantity=3, unit_price="2"), line(auxiliary="x", quantity=1, unit_price="1")]
    order = [ordered(quantity=1, unit_price="2"), ordered(auxiliary="y", quantity=2, unit_price="2")]
    assert found(cart, order) == [
        ("auxiliary-id", "A-100", "x", "x", None),
        ("auxiliary-id", "A-100", "x", "x", "y"),
        ("missing", "A-100", "x", "1", None),
    ]


def test_what_is_left_over_is_not_taken_for_an_item_in_another_unit():
    cart = [line(quantity=5), line(auxiliary="x", quantity=1, unit="BX")]
    assert found(cart, [ordered(auxiliary="y", quantity=2, unit="BX")]) == [
        ("missing", "A-100", "", "5", None),
        ("auxiliary-id", "A-100", "x", "x", "y"),
        ("quantity", "A-100", "x", "1", "2"),
    ]


def test_each_kind_of_difference_is_typed():
    cart = [line()]
    basis = PriceBasisQuantity(quantity=100, conversion_factor=1, unit_of_measure="EA")
    assert found(cart, [ordered(unit_price="13.00")]) == [("price", "A-100", "", "12.50", "13.00")]
    assert found(cart, [ordered(currency="USD")]) == [("currency", "A-100", "", "EUR", "USD")]
    assert found(cart, [ordered(unit="BX")]) == [("unit", "A-100", "", "EA", "BX")]
    assert found(cart, [ordered(basis_quantity=100)]) == [("price-basis", "A-100", "", None, basis)]
    assert found([line(basis_quantity=100)], [ordered()]) == [("price-basis", "A-100", "", basis, None)]
    assert found(cart, [ordered(quantity=3)]) == [("quantity", "A-100", "", "2", "3")]
    assert found(cart, [ordered(quantity="1.5")]) == [("quantity", "A-100", "", "2", "1.5")]
    assert found(cart, [ordered(auxiliary="k")]) == [("auxiliary-id", "A-100", "", None, "k")]
    assert found(cart, []) == [("missing", "A-100", "", "2", None)]
    assert found([], [ordered(auxiliary="k")]) == [("added", "A-100", "k", None, "2")]


def test_a_difference_knows_both_lines():
    cart, order = line(), ordered(quantity=3)
    (difference,) = compare_order([cart], [order])
    assert difference.cart is cart
    assert difference.order is order
    assert difference == Difference("quantity", cart, order, Decimal(2), Decimal(3))
    with pytest.raises(AttributeError):
        difference.kind = "unit"  # type: ignore[misc]


def test_several_things_can_be_wrong_at_once_and_come_in_the_order_of_the_cart():
    cart = [line("A"), line("B"), line("C", "k")]
    order = [ordered("D"), ordered("C", "l", quantity=1), ordered("A", unit_price="1", unit="BX", currency="USD")]
    assert [(kind, part) for kind, part, *_ in found(cart, order)] == [
        ("unit", "A"),
        ("price", "A"),
        ("currency", "A"),
        ("missing", "B"),
        ("auxiliary-id", "C"),
        ("quantity", "C"),
        ("added", "D"),
    ]


SENTENCES = {
    "price": ([line()], [ordered(unit_price="13.00")], "the unit price is 12.50 in the cart and 13.00 in the order"),
    "currency": ([line()], [ordered(currency="USD")], "the currency is 'EUR' in the cart and 'USD' in the order"),
    "unit": ([line()], [ordered(unit="BX")], "the unit of measure is 'EA' in the cart and 'BX' in the order"),
    "quantity": ([line()], [ordered(quantity=3)], "the quantity is 2 in the cart and 3 in the order"),
    "price-basis": (
        [line(basis_quantity=100)],
        [ordered(basis_quantity=1, basis_unit="KGM", conversion_factor="0.25")],
        "the price basis is 100 EA in the cart and 1 KGM, 0.25 to the unit in the order",
    ),
    "auxiliary-id": (
        [line(auxiliary="blue")],
        [ordered()],
        "'A-100 / blue': the auxiliary id is 'blue' in the cart and absent in the order",
    ),
    "missing": ([line()], [], "'A-100': 2 in the cart, nothing in the order"),
    "added": ([], [ordered()], "'A-100': 2 in the order, nothing in the cart"),
}


@pytest.mark.parametrize("kind", get_args(DifferenceKind))
def test_a_difference_is_a_sentence(kind):
    cart, order, sentence = SENTENCES[kind]
    (difference,) = compare_order(cart, order)
    assert difference.kind == kind
    assert str(difference).endswith(sentence)


def test_a_sentence_shows_no_control_characters_and_no_novels():
    text = str(compare_order([], [ordered("A\n" + "x" * 500, SupplierPartAuxiliaryID(OpenElement("<a/>")))])[0])
    assert "\n" not in text
    assert len(text) < 120
    cart = [line(auxiliary=SupplierPartAuxiliaryID(OpenElement("<a/>")))]
    assert "the auxiliary id is (elements) in the cart" in str(compare_order(cart, [ordered()])[0])


# --- what is no difference -------------------------------------------------------------------------------------


def test_numbers_are_compared_by_value():
    assert found([line(unit_price="12.50", quantity="2.0")], [ordered(unit_price="12.5", quantity=2)]) == []
    assert found([line(unit_price="12.50")], [ordered(unit_price="12.5000000000000000000000000000000001")]) != []


def test_codes_in_small_letters_are_the_same_ones():
    order = ordered(currency="eur", unit="ea", basis_quantity=10, basis_unit="EA", conversion_factor=1)
    assert found([line(basis_quantity=10)], [order]) == []
    assert [each[0] for each in found([line()], [ordered(currency="usd", unit="bx")])] == ["unit", "currency"]


def test_a_price_for_one_unit_is_no_price_basis():
    assert found([line()], [ordered(basis_quantity="1.0")]) == []
    assert found([line(basis_quantity=1)], [ordered(unit="BX")]) == [("unit", "A-100", "", "EA", "BX")]


def test_blanks_around_numbers_of_items_do_not_count():
    order = ordered(" A-100\n", SupplierPartAuxiliaryID("\n  k\n"))
    assert found([line(auxiliary="k")], [order]) == []
    assert found([line()], [ordered(auxiliary=SupplierPartAuxiliaryID(" \n"))]) == []
    assert order.item_id.supplier_part_auxiliary_id.text == "\n  k\n"  # type: ignore[union-attr]


def test_texts_classes_and_accounts_belong_to_the_buyer():
    order = ordered(description="PEN, BLUE", classification="44121701", buyer_part_id="77")
    assert found([line()], [order]) == []


def test_auxiliary_ids_of_elements_are_compared_by_content():
    mine = SupplierPartAuxiliaryID(["k ", Extrinsic("7", name="a")])
    same = SupplierPartAuxiliaryID(["\n k ", OpenElement("<Extrinsic name='a'>7</Extrinsic>"), "\n"])
    other = SupplierPartAuxiliaryID(["k ", OpenElement("<Extrinsic name='a'>8</Extrinsic>")])
    text = SupplierPartAuxiliaryID('k <Extrinsic name="a">7</Extrinsic>')
    assert found([line(auxiliary=mine)], [ordered(auxiliary=same)]) == []
    for each in (other, text):
        assert [kind for kind, *_ in found([line(auxiliary=mine)], [ordered(auxiliary=each)])] == ["auxiliary-id"]


def test_what_a_program_has_assigned_counts():
    item = line()
    item.quantity = 3
    item.item_id.supplier_part_id = "B"
    item.item_id.supplier_part_auxiliary_id = " k "
    item.item_detail.unit_price.money.amount = "12.5"
    assert found([item], [ordered("B", "k", quantity=3)]) == []


# --- lines that belong together --------------------------------------------------------------------------------


def test_quantities_may_be_split_and_merged():
    assert found([line(quantity=10)], [ordered(quantity=4), ordered(quantity=6)]) == []
    assert found([line(quantity=4), line(quantity=6)], [ordered(quantity=10)]) == []
    assert found([line(quantity=4), line(quantity=6)], [ordered(quantity=5)] * 2) == []
    assert found([line(quantity=4), line(quantity=6)], [ordered(quantity=9)]) == [("quantity", "A-100", "", "10", "9")]
    assert found([line(quantity="0.5")], [ordered(quantity="0.25"), ordered(quantity=1)]) == [
        ("quantity", "A-100", "", "0.5", "1.25")
    ]


def test_the_price_of_each_part_of_a_merged_line_is_looked_at():
    cart = [line(quantity=3, unit_price=10), line(quantity=2, unit_price=9)]
    assert found(cart, [ordered(quantity=3, unit_price=10), ordered(quantity=2, unit_price=9)]) == []
    assert found(cart, [ordered(quantity=5, unit_price=10)]) == [("price", "A-100", "", "9", "10")]
    assert found(cart, [ordered(quantity=6, unit_price=10)]) == [
        ("price", "A-100", "", "9", "10"),
        ("quantity", "A-100", "", "5", "6"),
    ]


def test_configurations_are_kept_apart_by_their_auxiliary_id():
    cart = [line(auxiliary="red", quantity=1), line(auxiliary="blue", quantity=2, unit_price=9)]
    order = [ordered(auxiliary="blue", quantity=2, unit_price=9), ordered(auxiliary="red", quantity=5)]
    assert found(cart, order) == [("quantity", "A-100", "red", "1", "5")]


def test_lost_auxiliary_ids_are_told_without_noise():
    cart = [line(auxiliary="red", quantity=3), line(auxiliary="blue", quantity=2)]
    lost = [("auxiliary-id", "A-100", "red", "red", None), ("auxiliary-id", "A-100", "blue", "blue", None)]
    assert found(cart, [ordered(quantity=2), ordered(quantity=3)]) == lost
    assert found(cart, [ordered(quantity=5)]) == lost
    assert found(cart, [ordered(quantity=3)]) == [lost[0], ("missing", "A-100", "blue", "2", None)]
    assert found([line(auxiliary="red", quantity=10)], [ordered(quantity=4), ordered(quantity=6)]) == [lost[0]]
    # The price tells which is which.
    cart = [line(auxiliary="red", quantity=2), line(auxiliary="blue", quantity=2, unit_price=9)]
    order = [ordered(auxiliary="b", quantity=2, unit_price=9), ordered(auxiliary="r", quantity=2)]
    assert found(cart, order) == [
        ("auxiliary-id", "A-100", "red", "red", "r"),
        ("auxiliary-id", "A-100", "blue", "blue", "b"),
    ]


def test_pieces_and_boxes_under_one_number_are_not_set_off():
    cart = [line(quantity=3), line(quantity=1, unit="BX", unit_price=90)]
    assert found(cart, [ordered(quantity=2), ordered(quantity=1, unit="BX", unit_price=90)]) == [
        ("quantity", "A-100", "", "3", "2")
    ]
    assert found(cart, [ordered(quantity=3)]) == [("missing", "A-100", "", "1", None)]
    assert found([line(quantity=100)], [ordered(quantity=1, unit="BX")]) == [
        ("unit", "A-100", "", "EA", "BX"),
        ("quantity", "A-100", "", "100", "1"),
    ]
    assert found([line(auxiliary="a")], [ordered(unit="BX")]) == [
        ("auxiliary-id", "A-100", "a", "a", None),
        ("unit", "A-100", "a", "EA", "BX"),
    ]


def test_an_order_may_buy_several_carts():
    first, second = [line("A"), line("B", quantity=1)], [line("B", quantity=4), line("C")]
    assert found([*first, *second], [ordered("C"), ordered("B", quantity=5), ordered("A")]) == []
    assert found(first, [ordered("A"), ordered("B", quantity=5)]) == [("quantity", "B", "", "1", "5")]


def test_deleted_lines_are_not_there_and_returned_ones_are_extra():
    gone, back = ordered(), ordered()
    gone.operation, back.is_return = "delete", True
    assert found([line()], [gone]) == [("missing", "A-100", "", "2", None)]
    assert found([line()], [back]) == [("missing", "A-100", "", "2", None), ("added", "A-100", "", None, "2")]
    assert found([line()], [ordered(), gone]) == []


# --- orders as they are received -------------------------------------------------------------------------------


def test_an_order_without_details_has_no_terms():
    order = ordered()
    order.item_detail = None
    nothing = [
        ("unit", "A-100", "", "EA", None),
        ("price", "A-100", "", "12.50", None),
        ("currency", "A-100", "", "EUR", None),
    ]
    assert found([line()], [order]) == nothing
    price = UnitPrice(money=Money("12.5", currency="EUR"))
    order.blanket_item_detail = BlanketItemDetail(
        description=[Description("Pens", lang="en")], unit_price=price, unit_of_measure="EA"
    )
    assert found([line()], [order]) == []


def test_what_cannot_be_read_is_a_difference_and_no_crash():
    body = changed(ORDER, 'quantity="2"', 'quantity="two"', ">12.50<", ">a lot<")
    order: Any = parse(body, mode="tolerant").payload.item_out  # type: ignore[union-attr]
    assert found([line()], order[:1]) == [
        ("price", "A-100", "", "12.50", "a lot"),
        ("quantity", "A-100", "", "2", "two"),
    ]
    # The second line buys one of the two; what the first one buys, a person has to find out.
    assert found([line()], order) == found([line()], order[:1])
    assert all(str(difference) for difference in compare_order([line()], order))
    same = line()
    same.quantity = Unreadable("two")  # type: ignore[assignment]
    assert [kind for kind, *_ in found([same], order[:1])] == ["price"]


def test_an_item_without_a_number_is_compared_like_others():
    order: Any = parse(
        changed(ORDER, "<ItemID><SupplierPartID>A-100</SupplierPartID></ItemID>", ""), mode="tolerant"
    ).payload.item_out[:1]  # type: ignore[union-attr]
    assert found([], order) == [("added", "", "", None, "2")]


LINES = st.lists(
    st.tuples(
        st.sampled_from(["A", "B"]),
        st.sampled_from([None, "x", "y"]),
        st.sampled_from(["1", "2", "3.5"]),
        st.sampled_from(["9.00", "10"]),
        st.sampled_from(["EA", "BX"]),
    ),
    max_size=7,
)


@settings(max_examples=300)
@given(LINES, LINES)
def test_the_quantities_of_cart_and_order_are_accounted_for(cart_rows, order_rows):
    cart = [line(p, a, quantity=q, unit_price=c, unit=u) for p, a, q, c, u in cart_rows]
    order = [ordered(p, a, quantity=q, unit_price=c, unit=u) for p, a, q, c, u in order_rows]
    differences = compare_order(cart, order)
    changed_units = any(each.kind == "unit" for each in differences)
    for part in ("A", "B"):
        bought = sum((Decimal(row[2]) for row in order_rows if row[0] == part), Decimal(0))
        expected = sum((Decimal(row[2]) for row in cart_rows if row[0] == part), Decimal(0))
        for each in differences:
            if each.part_id == part and each.kind in ("quantity", "missing", "added"):
                expected += Decimal(each.found or 0) - Decimal(each.expected or 0)  # type: ignore[arg-type]
        assert changed_units or expected == bought
    # No difference is exactly: the same quantities of the same items on the same terms.
    assert (not differences) == (_sums(cart_rows) == _sums(order_rows))


def _sums(rows: list[tuple[Any, ...]]) -> dict[Any, Decimal]:
    sums: dict[Any, Decimal] = {}
    for part, auxiliary, quantity, price, unit in rows:
        key = part, auxiliary, Decimal(price), unit
        sums[key] = sums.get(key, Decimal(0)) + Decimal(quantity)
    return sums


@settings(max_examples=100)
@given(LINES, st.randoms())
def test_the_order_of_lines_means_nothing_where_nothing_differs(rows, random):
    cart = [line(p, a, quantity=q, unit_price=c, unit=u) for p, a, q, c, u in rows]
    order = [item_out_of(item) for item in cart]
    random.shuffle(order)
    assert compare_order(cart, order) == ()


def test_thousands_of_prices_of_one_part_take_no_time():
    # One part with as many prices: work that grew with the square of the lines would not end.
    one, other = line(quantity=1), ordered(quantity=2)
    cart, order = [], []
    for number in range(3000):
        mine, its = _with_price(one, number), _with_price(other, number + 100_000)
        cart.append(mine)
        order.append(its)
    assert len(compare_order(cart, order)) == 6000


def _with_price(item: Any, number: int) -> Any:
    detail = item.item_detail
    price = UnitPrice(money=Money(number, currency="EUR"))
    made = type(detail)(
        unit_price=price, description=detail.description, unit_of_measure="EA", classification=detail.classification
    )
    return type(item)(quantity=item.quantity, item_id=item.item_id, item_detail=made)


def test_comparing_raises_nothing_of_its_own(corpus_document):
    try:
        payload: Any = parse(corpus_document, mode="tolerant").payload
    except CXMLError:
        return
    lines = tuple(getattr(payload, "item_out", None) or ())
    for difference in compare_order([], lines):
        assert str(difference)


def test_cart_and_order_are_told_apart():
    cart, order = line(), ordered()
    with pytest.raises(InvalidValue, match="lines of the cart are ItemIn, not ItemOut"):
        compare_order([order], [cart])
    with pytest.raises(InvalidValue, match="lines of the order are ItemOut, not ItemIn"):
        compare_order([cart], [cart])
