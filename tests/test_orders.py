"""Orders that change: what may follow what, which order a document belongs to, and which lines differ."""

from __future__ import annotations

import copy
import json
from decimal import Decimal

import attrs
import pytest
from visits import example

from cxml_punchout import parse
from cxml_punchout.element import put
from cxml_punchout.errors import InvalidValue, Refusal
from cxml_punchout.orders import LineChange, OrderChain, OrderMove, chain_of, line_changes, move_of

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
        order.item_out = lines
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
    assert refused(lambda: OrderChain.start(changed(ariba[2], document_reference=None), THIRD))[0] == 400


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
            lambda: chain.apply(changed(ariba[1], document_reference=None), "9"),
            400,
            "type 'update' needs a DocumentReference that says which document is meant",
        ),
        (
            lambda: chain.apply(changed(ariba[2], of=""), "9"),
            400,
            "type 'delete' needs a DocumentReference that says which document is meant",
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
