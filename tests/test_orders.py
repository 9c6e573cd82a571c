"""Orders that change: what may follow what, which order a document belongs to, and which lines differ."""

from __future__ import annotations

import contextlib
import copy
import json
import re
import time
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import attrs
import pytest
from at_hand import CORPUS
from hypothesis import given, settings
from strategies import elements
from visits import example

from cxml_punchout import CXML, parse, serialize
from cxml_punchout.element import put
from cxml_punchout.errors import DocumentError, InvalidValue, Refusal
from cxml_punchout.models import (
    Address,
    BillTo,
    Comments,
    Contact,
    Extrinsic,
    ItemID,
    ItemOut,
    Money,
    Name,
    OrderRequest,
    OrderRequestHeader,
    Payment,
    PCard,
    Request,
    Total,
)
from cxml_punchout.orders import (
    HeaderChange,
    LineChange,
    OrderChain,
    OrderMove,
    chain_of,
    header_changes,
    line_changes,
    move_of,
)

NUMBER = "4500098112"
FIRST = "1778576402117-5501844.7730@network.example.com"
SECOND = "1778662950620-5502371.7731@network.example.com"
THIRD = "1778749777004-5502996.7733@network.example.com"


@pytest.fixture(scope="module")
def ariba(own_documents):
    """An order, its change, which refers to the first document, and its cancellation, which refers to the change."""
    return [parse(own_documents[f"valid/ariba-order{each}.xml"]) for each in ("", "-update", "-delete")]


def changed(document, *, of=None, lines=None, **header):
    """An order with other values in its header, and in some of its lines."""
    order = copy.copy(document.payload)
    order.order_request_header = copy.copy(order.order_request_header)
    if of is not None:
        reference = copy.copy(order.order_request_header.document_reference)
        reference.payload_id = of
        header["document_reference"] = reference
    for name, value in header.items():
        setattr(order.order_request_header, name, value)
    if lines is not None:
        put(order, "item_out", tuple(lines))  # a cancellation has none, and cannot be made so
    return order


def line(document, place, **values):
    made = copy.copy(document.payload.item_out[place])
    for name, value in values.items():
        setattr(made, name, value)
    return made


def refused(call) -> tuple[int, str]:
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value.status, caught.value.text


# --- what a document does ----------------------------------------------------------------------------------


def test_an_order_says_what_it_does(ariba):
    assert [move_of(each.payload) for each in ariba] == [
        OrderMove("new", NUMBER, Decimal(1), None),
        OrderMove("update", NUMBER, Decimal(2), FIRST),
        OrderMove("delete", NUMBER, Decimal(3), SECOND),
    ]


def test_an_order_that_says_nothing_is_new(own_documents):
    move = move_of(parse(own_documents["valid/precoro-order.xml"]).payload)
    assert (move.kind, move.version, move.reference) == ("new", None, None)


@pytest.mark.parametrize("value", ["Update", "UPDATE", " update"])
def test_a_change_in_another_spelling_is_a_change(own_documents, value):
    body = own_documents["valid/ariba-order-update.xml"].replace(b'type="update"', f'type="{value}"'.encode())
    assert move_of(parse(body, mode="tolerant").payload).kind == "update"


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (b' type="update"', b' type="replace"', "the type of an order is new, update or delete, not 'replace'"),
        (b' orderVersion="2"', b' orderVersion="two"', "the orderVersion 'two' is not a number"),
        (b' orderID="4500098112"', b' orderID=" "', "the order has no orderID"),
        (b' orderID="4500098112"', b"", "the order has no orderID"),
    ],
)
def test_an_order_that_cannot_be_understood_is_refused_and_never_new(own_documents, old, new, text):
    body = own_documents["valid/ariba-order-update.xml"].replace(old, new, 1)
    order = parse(body, mode="tolerant").payload
    for call in (lambda: move_of(order), lambda: OrderChain.start(order, "1"), lambda: chain_of(order, Shop())):
        assert refused(call) == (400, text)


def test_an_order_without_header_is_refused(ariba):
    order = changed(ariba[0])
    put(order, "order_request_header", None)  # as a tolerant reader leaves it
    assert refused(lambda: move_of(order)) == (400, "the order has no orderID")


# --- what may follow what ----------------------------------------------------------------------------------


def test_an_order_is_placed_changed_and_cancelled(ariba):
    chain = OrderChain.start(ariba[0].payload, ariba[0].payload_id)
    assert chain == OrderChain(NUMBER, (FIRST,), Decimal(1), False)
    assert move_of(ariba[1].payload).reference == chain.latest
    chain = chain.apply(ariba[1].payload, ariba[1].payload_id)
    assert chain == OrderChain(NUMBER, (FIRST, SECOND), Decimal(2), False)
    assert move_of(ariba[2].payload).reference == chain.latest
    chain = chain.apply(ariba[2].payload, ariba[2].payload_id)
    assert chain == OrderChain(NUMBER, (FIRST, SECOND, THIRD), Decimal(3), True)
    assert (chain.first, chain.latest) == (FIRST, THIRD)
    assert FIRST in chain
    assert "other" not in chain


def test_a_change_may_refer_to_the_first_document_or_to_any_other(ariba):
    chain = OrderChain.start(ariba[0].payload, FIRST).apply(ariba[1].payload, SECOND)
    for reference in (FIRST, SECOND):
        later = chain.apply(changed(ariba[1], of=reference, order_version=Decimal(3)), "3@buy")
        assert later.payload_ids == (FIRST, SECOND, "3@buy")
        assert chain.apply(changed(ariba[2], of=reference), THIRD).deleted


def test_an_order_may_begin_with_any_version_and_have_none(ariba):
    chain = OrderChain.start(changed(ariba[0], order_version=None), FIRST)
    assert chain.version is None
    chain = chain.apply(changed(ariba[1], order_version=None), SECOND)
    assert chain.version is None
    chain = chain.apply(changed(ariba[1], order_version=Decimal(7)), "3")
    chain = chain.apply(changed(ariba[1], order_version=None), "4")
    assert chain.version == 7, "the latest that was given"
    chain = chain.apply(changed(ariba[1], order_version=Decimal("7.0")), "5")
    assert refused(lambda: chain.apply(changed(ariba[1], order_version=Decimal("6.9")), "6"))[0] == 409


def test_a_change_of_an_unknown_order_is_refused(ariba):
    assert refused(lambda: OrderChain.start(ariba[1].payload, SECOND)) == (
        412,
        f"the order '{NUMBER}' refers to '{FIRST}', which has not been received",
    )
    assert refused(lambda: OrderChain.start(changed(ariba[2], document_reference=None), THIRD)) == (
        412,
        f"the order '{NUMBER}' has not been received, so there is nothing to delete",
    )


def test_what_does_not_follow_is_refused_with_a_clear_word(ariba):
    new, update, delete = (each.payload for each in ariba)
    chain = OrderChain.start(new, FIRST)
    later = chain.apply(update, SECOND)
    gone = later.apply(delete, THIRD)
    again = changed(ariba[0], order_version=Decimal(9))
    cases = [
        (lambda: chain.apply(new, "9"), 409, f"the order '{NUMBER}' is here already; send an update to change it"),
        (lambda: gone.apply(again, "9"), 409, f"the order '{NUMBER}' was cancelled"),
        (lambda: gone.apply(update, "9"), 409, f"the order '{NUMBER}' was cancelled, so nothing can follow"),
        (lambda: gone.apply(delete, "9"), 409, f"the order '{NUMBER}' was cancelled, so nothing can follow"),
        (lambda: later.apply(update, SECOND), 409, f"the document '{SECOND}' is part of the order '{NUMBER}' already"),
        (lambda: chain.apply(new, FIRST), 409, f"the document '{FIRST}' is part of the order '{NUMBER}' already"),
        (
            lambda: later.apply(changed(ariba[1], order_version=Decimal(1)), "9"),
            409,
            f"the order '{NUMBER}' has gone further: version 1 came after version 2",
        ),
        (
            lambda: chain.apply(changed(ariba[1], of="9@elsewhere"), "9"),
            412,
            f"'9@elsewhere' is no document of the order '{NUMBER}'",
        ),
        (
            lambda: chain.apply(changed(ariba[1], order_id="7"), "9"),
            400,
            f"the order '7' refers to a document of the order '{NUMBER}'",
        ),
        (lambda: chain.apply(update, " "), 400, "the document has no payloadID, so nothing could refer to it"),
        (lambda: OrderChain.start(new, ""), 400, "the document has no payloadID, so nothing could refer to it"),
    ]
    assert [refused(call) for call, _, _ in cases] == [(status, text) for _, status, text in cases]


def test_a_long_name_does_not_make_a_long_answer(ariba):
    status, text = refused(lambda: OrderChain.start(changed(ariba[1], of="x" * 10_000, order_id="y" * 10_000), "1"))
    assert (status, len(text) < 300) == (412, True)


# --- without a reference -----------------------------------------------------------------------------------


def bare(document, **header):
    """A change that names no document."""
    return changed(document, document_reference=None, **header)


@pytest.mark.parametrize("version", ["2", "2.0", "1.5", "02", "1000"])
def test_a_change_without_reference_follows_by_number_and_a_higher_version(ariba, version):
    chain = OrderChain(NUMBER, (FIRST,), Decimal(1))
    for document, gone in ((ariba[1], False), (ariba[2], True)):
        later = chain.apply(bare(document, order_version=Decimal(version)), "9")
        assert later == OrderChain(NUMBER, (FIRST, "9"), Decimal(version), gone)


@pytest.mark.parametrize(
    ("version", "text"),
    [
        ("2", f"version 2 of the order '{NUMBER}' is here already"),
        ("2.0", f"version 2.0 of the order '{NUMBER}' is here already"),
        ("02", f"version 2 of the order '{NUMBER}' is here already"),
        ("1.9", f"the order '{NUMBER}' has gone further: version 1.9 came after version 2"),
        ("0", f"the order '{NUMBER}' has gone further: version 0 came after version 2"),
        ("-3", f"the order '{NUMBER}' has gone further: version -3 came after version 2"),
    ],
)
def test_a_change_without_reference_and_without_a_higher_version_is_refused(ariba, version, text):
    chain = OrderChain(NUMBER, (FIRST,), Decimal(2))
    for document in ariba[1:]:
        assert refused(lambda document=document: chain.apply(bare(document, order_version=Decimal(version)), "9")) == (
            409,
            text,
        )


def test_a_change_with_a_reference_may_keep_its_version(ariba):
    chain = OrderChain(NUMBER, (FIRST,), Decimal(2))
    assert chain.apply(changed(ariba[1], order_version=Decimal("2.0")), "9").latest == "9"


def test_an_order_without_version_is_earlier_than_any_version(ariba):
    chain = OrderChain(NUMBER, (FIRST,)).apply(bare(ariba[1], order_version=Decimal(1)), "2")
    assert chain.version == 1
    assert refused(lambda: chain.apply(bare(ariba[1], order_version=Decimal(1)), "3"))[0] == 409


@pytest.mark.parametrize("known", [None, Decimal(1)])
def test_an_update_with_neither_reference_nor_version_does_not_say_that_it_is_later(ariba, known):
    chain = OrderChain(NUMBER, (FIRST,), known)
    text = (
        f"an update of the order '{NUMBER}' needs a DocumentReference, or an orderVersion that is higher than the one"
        " before"
    )
    assert refused(lambda: chain.apply(bare(ariba[1], order_version=None), "9")) == (400, text)


@pytest.mark.parametrize("known", [None, Decimal(1)])
def test_a_cancellation_of_a_number_is_clear_by_itself(ariba, known):
    chain = OrderChain(NUMBER, (FIRST,), known)
    for reference in (None, "", "  "):
        order = bare(ariba[2], order_version=None) if reference is None else changed(ariba[2], of=reference)
        order.order_request_header.order_version = None
        assert chain.apply(order, THIRD) == OrderChain(NUMBER, (FIRST, THIRD), known, True)


def test_nothing_follows_a_cancellation_without_reference_either(ariba):
    gone = OrderChain(NUMBER, (FIRST,), Decimal(1)).apply(bare(ariba[2]), THIRD)
    text = f"the order '{NUMBER}' was cancelled, so nothing can follow"
    for document, version in ((ariba[1], Decimal(9)), (ariba[1], None), (ariba[2], Decimal(9)), (ariba[2], None)):
        order = bare(document, order_version=version)
        assert refused(lambda order=order: gone.apply(order, "9")) == (409, text)


def test_a_version_that_cannot_be_read_says_nothing_good(ariba, own_documents):
    for value, status in (("two", 400), ("1,5,0", 400), ("", 0), (" ", 0)):
        body = own_documents["valid/ariba-order-update.xml"].replace(
            b'orderVersion="2"', f'orderVersion="{value}"'.encode()
        )
        order = parse(body, mode="tolerant").payload
        if status:
            assert refused(lambda order=order: move_of(order))[0] == status
        else:
            assert move_of(order).version is None


def test_blanks_around_the_number_are_not_part_of_it(ariba):
    order = bare(ariba[1], order_id=f" {NUMBER}\t")
    assert move_of(order).order_id == NUMBER
    chain = OrderChain(NUMBER, (FIRST,), Decimal(1))
    assert chain_of(order, Shop(chain)) is chain
    assert chain.apply(order, "9").order_id == NUMBER
    assert OrderChain(f"{NUMBER} ", (FIRST,), Decimal(1)).apply(bare(ariba[1]), "9").latest == "9"
    inside = bare(ariba[1], order_id=f"{NUMBER[:3]} {NUMBER[3:]}")
    assert refused(lambda: chain.apply(inside, "9"))[0] == 400


@pytest.mark.parametrize("value", ["", " "])
def test_an_order_of_an_empty_type_is_new(own_documents, value):
    body = own_documents["valid/ariba-order.xml"].replace(b'type="new"', f'type="{value}"'.encode())
    assert move_of(parse(body, mode="tolerant").payload).kind == "new"


# --- an order that began elsewhere -------------------------------------------------------------------------


def test_an_order_may_begin_with_the_change_of_one_that_was_refused(ariba):
    chain = OrderChain.start(ariba[1].payload, SECOND, unseen=True)
    assert chain == OrderChain(NUMBER, (FIRST, SECOND), Decimal(2))
    assert chain.apply(changed(ariba[1], order_version=Decimal(3)), "3").payload_ids == (FIRST, SECOND, "3")
    assert chain.apply(ariba[2].payload, THIRD).deleted
    assert refused(lambda: chain.apply(ariba[0].payload, FIRST))[0] == 409, "the first one is too late now"


def test_an_order_may_begin_with_a_change_that_names_nothing(ariba):
    for version in (Decimal(4), None):
        chain = OrderChain.start(bare(ariba[1], order_version=version), SECOND, unseen=True)
        assert chain == OrderChain(NUMBER, (SECOND,), version)
    assert OrderChain.start(changed(ariba[1], of=SECOND), SECOND, unseen=True).payload_ids == (SECOND,)


def test_an_order_that_was_never_here_may_be_cancelled(ariba):
    chain = OrderChain.start(ariba[2].payload, THIRD, unseen=True)
    assert (chain.deleted, chain.payload_ids) == (True, (SECOND, THIRD))
    assert refused(lambda: chain.apply(ariba[0].payload, FIRST)) == (409, f"the order '{NUMBER}' was cancelled")


def test_a_change_may_refer_to_a_change_that_was_refused(ariba):
    chain = OrderChain.start(ariba[0].payload, FIRST)
    mended = changed(ariba[1], of="refused@buy", order_version=Decimal(3))
    assert refused(lambda: chain.apply(mended, THIRD))[0] == 412
    later = chain.apply(mended, THIRD, unseen=True)
    assert later == OrderChain(NUMBER, (FIRST, "refused@buy", THIRD), Decimal(3))
    assert refused(lambda: later.apply(ariba[1].payload, "refused@buy"))[0] == 409, "it is too late now"
    older = changed(ariba[1], of="refused@buy", order_version=Decimal(0))
    assert refused(lambda: chain.apply(older, THIRD, unseen=True))[0] == 409
    itself = changed(ariba[1], of=THIRD)
    assert chain.apply(itself, THIRD, unseen=True).payload_ids == (FIRST, THIRD)


def test_blanks_around_a_reference_say_nothing(own_documents, ariba):
    chain = OrderChain.start(ariba[0].payload, f" {FIRST}")
    assert (chain.first, f"{FIRST}\n" in chain) == (FIRST, True)
    body = own_documents["valid/ariba-order-update.xml"].replace(FIRST.encode(), b"\n  " + FIRST.encode() + b" ")
    assert chain.apply(parse(body).payload, SECOND).payload_ids == (FIRST, SECOND)


def test_a_new_order_begins_as_ever(ariba):
    assert OrderChain.start(ariba[0].payload, FIRST, unseen=True) == OrderChain.start(ariba[0].payload, FIRST)
    with pytest.raises(Refusal):
        OrderChain.start(ariba[1].payload, " ", unseen=True)


# --- which order it belongs to -----------------------------------------------------------------------------


class Shop:
    """Orders as an application keeps them."""

    def __init__(self, *chains):
        self.chains = chains

    def by_order(self, order_id):
        return next((chain for chain in self.chains if chain.order_id == order_id), None)

    def by_document(self, payload_id):
        return next((chain for chain in self.chains if payload_id in chain), None)


def test_a_document_finds_its_order_by_reference_and_by_number(ariba):
    new, update, _ = (each.payload for each in ariba)
    chain, other = OrderChain.start(new, FIRST), OrderChain("7", ("7@buy",))
    assert chain_of(update, Shop()) is None
    assert chain_of(update, Shop(other, chain)) is chain
    assert chain_of(new, Shop(other, chain)) is chain, "so that it can be refused"
    assert chain_of(changed(ariba[1], of="9@elsewhere"), Shop(other, chain)) is chain
    assert chain_of(changed(ariba[1], document_reference=None), Shop(other, chain)) is chain
    astray = changed(ariba[1], of="7@buy")
    assert chain_of(astray, Shop(other, chain)) is other
    assert refused(lambda: other.apply(astray, "9"))[0] == 400
    # What a new order refers to is no order that it changes.
    cited = changed(ariba[0], document_reference=astray.order_request_header.document_reference)
    assert chain_of(cited, Shop(other)) is None


def test_a_document_whose_name_is_not_unique_belongs_to_the_order_with_its_number(ariba):
    # Two orders of one second, at a buyer whose payloadID is the time.
    chain, other = OrderChain(NUMBER, (FIRST,), Decimal(1)), OrderChain("7", (FIRST,), Decimal(1))
    for shop in (Shop(other, chain), Shop(chain, other)):
        assert chain_of(ariba[1].payload, shop) is chain
        assert chain_of(changed(ariba[1], order_id="7"), shop) is other


# --- keeping it --------------------------------------------------------------------------------------------


CHAINS = [
    OrderChain("1", ("1@buy",)),
    OrderChain("ü", ("1@buy", "2@buy"), Decimal("2.50"), True),
    OrderChain("1", ("1@buy",), Decimal("1E+2")),
]


@pytest.mark.parametrize("chain", CHAINS, ids=["new", "gone", "far"])
def test_a_chain_can_be_kept_as_json(chain):
    record = json.loads(json.dumps(chain.to_dict()))
    assert OrderChain.from_dict(record) == chain
    assert record["version"] == 1


def test_the_form_of_a_kept_chain_does_not_change():
    kept = '{"version": 1, "order_id": "1", "payload_ids": ["1", "2"], "order_version": "2", "deleted": false}'
    assert OrderChain.from_dict(json.loads(kept)) == OrderChain("1", ("1", "2"), Decimal(2))


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"version": 2}, "of version 1 but of 2"),
        ({"version": None}, "of version 1 but of None"),
        ({"more": 1}, "fields are not those"),
        ({"payload_ids": []}, "list of its documents"),
        ({"payload_ids": "1@buy"}, "list of its documents"),
        ({"payload_ids": [1]}, "list of its documents"),
        ({"order_id": 1}, "number of the order"),
        ({"deleted": 0}, "whether it stands"),
        ({"order_version": "two"}, "a text with a number"),
        ({"order_version": "NaN"}, "a text with a number"),
        ({"order_version": 1.0}, "a text with a number"),
    ],
)
def test_what_is_no_kept_chain_is_refused(changes, word):
    record = OrderChain("1", ("1@buy",)).to_dict() | changes
    with pytest.raises(InvalidValue, match=word):
        OrderChain.from_dict(record)


def test_a_kept_chain_without_a_field_is_refused():
    record = OrderChain("1", ("1@buy",)).to_dict()
    del record["deleted"]
    with pytest.raises(InvalidValue, match="fields are not those"):
        OrderChain.from_dict(record)


# --- lines -------------------------------------------------------------------------------------------------


def summary(changes):
    return [(each.kind, each.number, each.fields) for each in changes]


def test_the_lines_that_an_update_changes(ariba):
    old, new, _ = (each.payload for each in ariba)
    changes = line_changes(old, new)
    assert summary(changes) == [
        ("changed", 20, ("quantity", "distribution")),
        ("deleted", 30, ()),
        ("added", 40, ()),
    ]
    assert (changes[0].old.quantity, changes[0].new.quantity) == (8, 10)
    assert changes[1] == LineChange("deleted", 30, old.item_out[2], None)
    assert changes[2] == LineChange("added", 40, None, new.item_out[2])


def test_nothing_differs_from_itself_and_turning_round_turns_everything(ariba):
    old, new, _ = (each.payload for each in ariba)
    assert line_changes(old, old) == ()
    assert summary(line_changes(new, old)) == [
        ("changed", 20, ("quantity", "distribution")),
        ("added", 30, ()),
        ("deleted", 40, ()),
    ]


def test_spelling_and_the_mark_of_the_sender_are_no_change(ariba, own_documents):
    body = own_documents["valid/ariba-order.xml"].replace(b'quantity="8"', b'quantity="8.0" isItemChanged="yes"')
    assert line_changes(ariba[0].payload, parse(body).payload) == ()


def test_lines_may_stand_in_any_order(ariba):
    lines = ariba[0].payload.item_out
    assert line_changes(ariba[0].payload, changed(ariba[0], lines=lines[::-1])) == ()


def test_a_line_that_is_marked_as_deleted_is_deleted(ariba):
    old = ariba[0].payload
    marked = changed(ariba[0], lines=[*old.item_out[:2], line(ariba[0], 2, operation="delete")])
    blocked = changed(ariba[0], lines=[*old.item_out[:2], line(ariba[0], 2, operation="block")])
    (change,) = line_changes(old, marked)
    assert change == LineChange("deleted", 30, old.item_out[2], marked.item_out[2])
    assert summary(line_changes(old, blocked)) == [("changed", 30, ("operation",))]
    assert line_changes(marked, marked) == ()
    assert line_changes(marked, changed(ariba[0], lines=old.item_out[:2])) == ()
    assert summary(line_changes(marked, old)) == [("added", 30, ())]


def test_something_unknown_in_a_line_is_a_change_too(ariba, own_documents):
    body = own_documents["valid/ariba-order.xml"].replace(b'quantity="8"', b'quantity="8" colour="red"')
    assert summary(line_changes(ariba[0].payload, parse(body, mode="tolerant").payload)) == [("changed", 20, ())]


def test_lines_without_numbers_are_told_apart_by_their_place(ariba):
    lines = [line(ariba[0], place, line_number=None) for place in range(3)]
    old = changed(ariba[0], lines=lines)
    new = changed(ariba[0], lines=[lines[0], line(ariba[0], 1, line_number=None, quantity=Decimal(9))])
    assert summary(line_changes(old, new)) == [("changed", 2, ("quantity",)), ("deleted", 3, ())]


def test_lines_that_cannot_be_told_apart_are_refused(ariba, own_documents):
    old = ariba[0].payload
    twice = changed(ariba[0], lines=[old.item_out[0], line(ariba[0], 1, line_number=10)])
    half = changed(ariba[0], lines=[old.item_out[0], line(ariba[0], 1, line_number=None)])
    odd = own_documents["valid/ariba-order.xml"].replace(b'lineNumber="20"', b'lineNumber="B"')
    assert refused(lambda: line_changes(old, twice)) == (400, "two lines of the order have the lineNumber 10")
    unnumbered = "line 2 of the order has no lineNumber that can be read, though others have one"
    for order in (half, parse(odd, mode="tolerant").payload):
        assert refused(lambda order=order: line_changes(old, order)) == (400, unnumbered)
        assert refused(lambda order=order: line_changes(order, old)) == (400, unnumbered)


def test_a_cancellation_without_lines_ends_the_order(ariba, own_documents):
    body = re.sub(rb"(?s)<ItemOut.*</ItemOut>", b"", own_documents["valid/ariba-order-delete.xml"])
    order = parse(body, mode="tolerant").payload
    assert order.item_out == ()
    chain = OrderChain.start(ariba[0].payload, FIRST).apply(ariba[1].payload, SECOND)
    assert chain.apply(order, THIRD).deleted
    assert {each.kind for each in line_changes(ariba[1].payload, order)} == {"deleted"}
    assert {each.kind for each in line_changes(order, ariba[1].payload)} == {"added"}
    assert line_changes(order, order) == ()


def test_an_empty_line_number_is_none(ariba, own_documents):
    body = re.sub(rb'lineNumber="[0-9]+"', b'lineNumber=""', own_documents["valid/ariba-order.xml"])
    order = parse(body, mode="tolerant").payload
    assert line_changes(order, order) == ()
    assert summary(line_changes(order, changed(ariba[0], lines=[]))) == [("deleted", n, ()) for n in (1, 2, 3)]


# --- the header --------------------------------------------------------------------------------------------


def header_of(own_documents, *pairs):
    """The order with something replaced in its text."""
    text = own_documents["valid/ariba-order.xml"].decode()
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return parse(text.encode(), mode="tolerant").payload


def told(changes):
    return [(each.kind, each.field, each.name, each.paths) for each in changes]


def test_the_header_of_an_update_tells_what_it_changes(ariba):
    old, new, _ = (each.payload for each in ariba)
    assert header_changes(old, old) == ()
    (total,) = [each for each in header_changes(old, new) if each.field == "total"]
    assert total.paths == ("money.amount",)
    assert (total.old, total.new) == (old.order_request_header.total, new.order_request_header.total)
    assert {each.field for each in header_changes(old, new)}.isdisjoint(
        {"type", "order_version", "document_reference", "order_date"}
    )


def test_a_change_of_the_header_names_the_smallest_field(ariba):
    old = ariba[0].payload
    new = copy.deepcopy(old)
    header = new.order_request_header
    header.bill_to.address.postal_address.city.value = "Elsewhere"
    header.agreement_id = "R-1"
    header.payment_term = header.payment_term[:1]
    assert told(header_changes(old, new)) == [
        ("added", "agreement_id", "", ()),
        ("changed", "bill_to", "", ("address.postal_address.city.value",)),
        ("deleted", "payment_term", "", ()),
    ]
    assert header_changes(old, new)[0] == HeaderChange("added", "agreement_id", "", None, "R-1")
    assert [(each.kind, each.field) for each in header_changes(new, old)] == [
        ("deleted", "agreement_id"),
        ("changed", "bill_to"),
        ("added", "payment_term"),
    ]


def order_with(**header):
    made = {
        "order_id": "K-5",
        "order_date": datetime(2026, 6, 1, tzinfo=UTC),
        "total": Total(money=Money("12.50", currency="CHF")),
        "bill_to": BillTo(address=Address(name=Name("Tannery", lang="en"))),
        **header,
    }
    line = ItemOut(quantity=1, item_id=ItemID(supplier_part_id="T"))
    return OrderRequest(order_request_header=OrderRequestHeader(**made), item_out=[line])


def test_what_stands_there_several_times_is_told_apart_by_its_name():
    def contact(role, name):
        return Contact(role=role, name=Name(name, lang="en"))

    old = order_with(
        extrinsic=[Extrinsic("A1", name="Door"), Extrinsic("x", name="Gate"), Extrinsic("7", name="Dock")],
        contact=[contact("buyer", "Ada"), contact("sales", "Bo")],
        comments=["Ring twice", "Mind the dog"],
    )
    new = order_with(
        extrinsic=[Extrinsic("7", name="Dock"), Extrinsic("A2", name=" door "), Extrinsic("n", name="Lift")],
        contact=[contact("sales", "Bo"), contact("buyer", "Eve")],
        comments=[Comments(" Mind the dog\n"), "Ring once", "Thanks"],
    )
    changes = header_changes(old, new)
    assert told(changes) == [
        ("changed", "contact", "buyer", ("name.value",)),
        ("changed", "comments", "", ("content",)),
        ("added", "comments", "", ()),
        ("changed", "extrinsic", "Door", ("name", "content")),
        ("deleted", "extrinsic", "Gate", ()),
        ("added", "extrinsic", "Lift", ()),
    ]
    assert (changes[3].old.value, changes[3].new.value) == ("A1", "A2")
    assert (changes[4].old.value, changes[4].new) == ("x", None)


def test_the_same_member_twice_is_counted():
    once, twice = order_with(comments=["a"]), order_with(comments=["a", "a"])
    assert told(header_changes(once, twice)) == [("added", "comments", "", ())]
    assert told(header_changes(twice, once)) == [("deleted", "comments", "", ())]
    both = order_with(extrinsic=[Extrinsic("1", name="n"), Extrinsic("2", name="N")])
    assert told(header_changes(both, order_with(extrinsic=[Extrinsic("2", name="N")]))) == [
        ("deleted", "extrinsic", "n", ())
    ]


def test_values_are_compared_and_not_their_spelling(own_documents):
    first = header_of(own_documents)
    text = own_documents["valid/ariba-order.xml"].decode()
    assert "1761.50<" in text
    spelled = text.replace("1761.50<", " 1,761.500 <").replace("\n        <Name", "\n<Name")
    assert header_changes(first, parse(spelled.encode(), mode="tolerant").payload) == ()


def test_a_default_that_is_written_out_is_no_change():
    moment = datetime(2026, 6, 3, 9, tzinfo=UTC)
    there = moment.astimezone(timezone(timedelta(hours=5)))
    old = order_with(requested_delivery_date=moment)
    assert header_changes(old, order_with(order_type="regular", requested_delivery_date=there)) == ()
    late = order_with(order_type="blanket", requested_delivery_date=moment + timedelta(days=1))
    assert told(header_changes(old, late)) == [
        ("added", "order_type", "", ()),
        ("changed", "requested_delivery_date", "", ()),
    ]


def test_what_only_the_document_says_of_itself_is_no_change_of_the_order(ariba):
    old = ariba[1].payload
    new = changed(
        ariba[1],
        of="other",
        type="delete",
        order_version=Decimal(9),
        is_internal_version=True,
        order_date=old.order_request_header.order_date + timedelta(days=1),
    )
    assert header_changes(old, new) == ()


def test_headers_of_tolerant_documents_are_compared_too(ariba, own_documents):
    old = ariba[0].payload
    headless = changed(ariba[0])
    put(headless, "order_request_header", None)
    assert header_changes(headless, headless) == ()
    assert {each.kind for each in header_changes(old, headless)} == {"deleted"}
    assert {each.kind for each in header_changes(headless, old)} == {"added"}
    assert len(header_changes(old, headless)) == len(header_changes(headless, old)) > 3

    illegible = header_of(own_documents, ('orderVersion="1"', 'orderVersion="1" requestedDeliveryDate="soon"'))
    (change,) = header_changes(old, illegible)
    assert (change.kind, change.field, change.new) == ("added", "requested_delivery_date", "soon")
    unknown = header_of(own_documents, ("<BillTo>", '<BillTo colour="red">'))
    assert told(header_changes(old, unknown)) == [("changed", "bill_to", "", ())]
    empty = header_of(own_documents, ('orderVersion="1"', 'orderVersion="1" pickUpDate="" agreementID=" "'))
    assert header_changes(old, empty) == ()
    with pytest.raises(InvalidValue, match="an OrderRequest is expected, not CXML"):
        header_changes(ariba[0], ariba[0])


HEADERS = elements("OrderRequestHeader")


def order_of(header):
    return changed_header(order_with(), header)


def changed_header(order, header):
    order.order_request_header = header
    return order


@settings(max_examples=25)
@given(HEADERS)
def test_a_header_does_not_differ_from_itself_when_it_was_written_and_read(header):
    order = order_of(header)
    assert header_changes(order, copy.deepcopy(order)) == ()
    try:
        written = serialize(envelope_of(order))
    except InvalidValue:
        return  # a text that no XML can hold
    assert header_changes(order, parse(written, mode="tolerant").payload) == ()


@pytest.mark.thorough
@settings(max_examples=25)
@given(HEADERS, HEADERS)
def test_turning_round_turns_every_change_of_a_header(one, other):
    there, back = header_changes(order_of(one), order_of(other)), header_changes(order_of(other), order_of(one))
    turned = {"added": "deleted", "deleted": "added", "changed": "changed"}
    assert sorted((turned[each.kind], each.field) for each in there) == sorted((each.kind, each.field) for each in back)
    for each in there:
        assert getattr(one, each.field) != getattr(other, each.field)
        assert (each.old is None, each.new is None) == (each.kind == "added", each.kind == "deleted")
        assert each.kind == "changed" or each.paths == ()


def envelope_of(order):
    document = parse(example("valid/precoro-order"))
    return CXML(payload_id="1", timestamp=document.timestamp, header=document.header, request=Request(payload=order))


def test_orders_of_any_origin_can_be_compared(own_documents):
    bodies = [*own_documents.values(), *(each.read_bytes() for each in sorted(CORPUS.rglob("*.xml")))]
    orders = []
    for body in bodies:
        try:
            payload = parse(body, mode="tolerant").payload
        except DocumentError:
            continue
        if isinstance(payload, OrderRequest):
            orders.append(payload)
    assert len(orders) > 3
    for old, new in zip(orders, [*orders[1:], orders[0]], strict=True):
        assert header_changes(old, old) == ()
        assert all(each.old != each.new for each in header_changes(old, new))
        with contextlib.suppress(Refusal):
            assert line_changes(old, old) == ()
            line_changes(old, new)


@pytest.mark.thorough
def test_many_members_are_compared_in_linear_time():
    old, new = (order_with(extrinsic=[Extrinsic(f"{side}{n}", name="x") for n in range(20_000)]) for side in "ab")
    began = time.perf_counter()
    assert len(header_changes(old, new)) == 20_000
    assert time.perf_counter() - began < 10


def test_the_number_of_a_card_is_not_shown_by_a_change():
    paid = order_with(payment=Payment(pcard=PCard(number="4005550000000019", expiration=date(2031, 4, 30))))
    (change,) = header_changes(order_with(), paid)
    assert (change.field, "4005550000000019" in repr(change)) == ("payment", False)


def test_chains_and_changes_are_values(ariba):
    chain = OrderChain.start(ariba[0].payload, FIRST)
    assert len({chain, OrderChain.start(ariba[0].payload, FIRST)}) == 1
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        chain.deleted = True


# --- news of an order --------------------------------------------------------------------------------------


def test_an_order_that_was_queued_is_reported_on():
    from visits import example, partner

    from cxml_punchout import InvalidValue, parse
    from cxml_punchout.buyer import Buyer
    from cxml_punchout.orders import status_update

    order = parse(example("valid/precoro-order"))
    news = status_update(order, 400, "The article is not made any more.")
    ours = partner(
        sender_domain="DUNS",
        sender_identity="999110224",
        from_identity="999110224",
        supplier_domain="NetworkID",
        to_identity="AN01999010012",
    )
    sent = Buyer(ours).request(news, url="https://buyer.example/cxml")
    found = parse(sent.body).payload
    assert found.document_reference.payload_id == order.payload_id
    assert (found.status.code, found.status.value) == (400, "The article is not made any more.")
    with pytest.raises(InvalidValue):
        status_update(order, 302)


@pytest.mark.parametrize("other", [None, parse(example("valid/precoro-order"))])
def test_only_an_order_has_moves(other):
    with pytest.raises(InvalidValue, match=f"an OrderRequest is expected, not {type(other).__name__}"):
        move_of(other)
