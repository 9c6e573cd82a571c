"""A value keeps the spelling of the document that it was read from; in any other it is written as we would write it."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from validated import CART, ORDER, SETUP, changed

from cxml_punchout import CXML, InvalidValue, PunchOutSession, parse, serialize, validate
from cxml_punchout.binding import careful, rewriter, writer
from cxml_punchout.binding.source import Departure
from cxml_punchout.declaration import Declaration, declarations
from cxml_punchout.models import (
    ItemIn,
    ItemOut,
    Message,
    Request,
    SupplierOrderInfo,
)
from cxml_punchout.punchout.cart import cart_item, item_in_of, item_out_of
from cxml_punchout.roundtrip import same_infoset
from cxml_punchout.tree import load

NOW = datetime(2026, 11, 24, 9, 15, tzinfo=UTC)

#: (where, as a partner wrote it, as we write it), each in the order and one after the other
SPELLINGS = [
    ('orderDate="2026-11-23T18:29:00+00:00"', 'orderDate="2026-11-23 18:29Z"', 'orderDate="2026-11-23T18:29:00+00:00"'),
    ('quantity="2"', 'quantity="2e+00"', 'quantity="2"'),
    ('lineNumber="1"', 'lineNumber="001"', 'lineNumber="1"'),
    ("37.50</Money>", " 1,037.50\n</Money>", ">1037.50</Money>"),
    (">12.50</Money>", ">.50</Money>", ">0.50</Money>"),
    ('lineNumber="2"', 'lineNumber="2" isAdHoc="Yes"', 'isAdHoc="yes"'),
    ('deploymentMode="test"', 'deploymentMode="Test"', 'deploymentMode="test"'),
    (
        '<Comments xml:lang="en">Ring twice.',
        '<Comments xml:lang="en">Ring<Attachment><URL>\n cid:7@a \n</URL></Attachment>twice.',
        "<URL>cid:7@a</URL>",
    ),
]


def odd_order() -> CXML:
    body = changed(ORDER, *(part for row in SPELLINGS for part in row[:2]))
    return parse(body, mode="tolerant")


def in_another(document: CXML) -> CXML:
    """The request of a document in an envelope of our own."""
    return CXML(payload_id="9@relay.example.com", timestamp=NOW, header=document.header, request=document.request)


def test_a_document_that_was_read_is_written_as_it_came() -> None:
    body = changed(ORDER, *(part for row in SPELLINGS for part in row[:2]))
    assert same_infoset(body.encode(), serialize(parse(body, mode="tolerant")))


def test_what_is_copied_into_another_document_is_written_in_our_spelling() -> None:
    document = odd_order()
    written = serialize(in_another(document)).decode()
    for _, theirs, ours in SPELLINGS:
        assert ours in written
        assert theirs not in written
    assert validate(written, layers=["dtd", "type"]).findings == ()
    # The values are the same, and the document that they were taken from is what it was.
    assert parse(written).request == document.request
    assert SPELLINGS[0][1] in serialize(document).decode()


@pytest.mark.parametrize(
    "through", [copy.copy, copy.deepcopy, lambda document: pickle.loads(pickle.dumps(document))], ids=["1", "2", "3"]
)
def test_copies_of_a_document_keep_its_spelling(through: Any) -> None:
    document = odd_order()
    same = through(document)
    assert same == document
    assert serialize(same) == serialize(document)
    # Their parts are at home in both.
    document.request.payload.item_out = same.request.payload.item_out  # type: ignore[union-attr]
    kept = 'quantity="2e+00"' in serialize(document).decode()
    assert kept == (document._origin is same._origin)


#: datatype -> how partners write its values, and how we do; None where we have no spelling for it
ODD: dict[str, list[tuple[str, str | None]]] = {
    "number": [("+07.50", "7.50"), ("2.5E3", "2500"), (" .5 ", "0.5"), ("12,5", None), ("", None)],
    "uint": [("007", "7"), ("5.0", "5"), ("1e0", None)],
    "datetime.tz": [
        ("2026-11-23 18:30Z", "2026-11-23T18:30:00+00:00"),
        ("2026-11-23T18:30:00.75-0500", "2026-11-23T18:30:00-05:00"),
        ("2026-11-23T18:30:00", None),
        ("2026-11-23", None),
        ("soon", None),
    ],
    "date": [("2026-11-23 18:30+01", "2026-11-23T18:30:00+01:00"), (" 2026-11-23 ", "2026-11-23"), ("soon", None)],
    "time.tz": [("14:00Z", "14:00:00+00:00"), ("14:00", None)],
    "yes": [("true", "yes"), ("perhaps", None)],
    "yes|no": [("TRUE", "yes"), ("0", "no"), ("perhaps", None)],
    "URL": [(" https://a.example/ ", "https://a.example/")],
    "NMTOKEN": [(" endUser ", "endUser"), ("end user", None)],
    "NMTOKENS": [(" a  b ", "a b")],
    "ID": [(" a", "a")],
    "IDREF": [(" a", "a")],
}


@pytest.mark.parametrize(
    "declaration", [d for d in declarations() if isinstance(d, Declaration)], ids=lambda declaration: declaration.tag
)
def test_every_field_is_written_as_it_came_or_as_we_write_it(declaration: Declaration) -> None:
    inside = "1" if declaration.kind == "text" else ""
    for field in declaration.fields:
        if field.scalar is None or field.fixed is not None:
            continue
        odd = ODD.get(field.scalar.name, [])
        if field.scalar.name == "enumeration":
            odd = [(f" {field.scalar.values[0].swapcase()}", field.scalar.values[0]), ("unheard-of", None)]
        for theirs, ours in odd:
            if declaration.tag == "CredentialMac":
                ours = theirs  # a proof covers its dates
            body = (
                f'<{declaration.tag} {field.tag}="{theirs}">{inside}</{declaration.tag}>'
                if field.kind == "attribute"
                else f"<{declaration.tag}>{theirs}</{declaration.tag}>"
            )
            made, notes = careful.read(load(body.encode(), tolerant=True), declaration)
            assert same_infoset(body.encode(), rewriter.write(made, origin=notes.origin).encode())
            if ours is None:
                with pytest.raises(InvalidValue) as caught:
                    rewriter.write(made)
                assert caught.value.path.endswith(f".{field.name}")
            else:
                assert same_infoset(body.replace(theirs, ours).encode(), rewriter.write(made).encode())


def test_a_part_of_a_document_by_itself_is_written_in_our_spelling() -> None:
    document = odd_order()
    line = document.payload.item_out[0]  # type: ignore[union-attr]
    assert 'quantity="2"' in rewriter.write(line)
    pieces: list[str] = []
    writer.write(line, pieces.append)
    assert "".join(pieces) == rewriter.write(line)
    assert 'quantity="2e+00"' in rewriter.write(line, origin=document._origin)


def test_parts_of_two_documents_in_a_third() -> None:
    first, second = odd_order(), odd_order()
    first.request.payload.item_out += second.request.payload.item_out  # type: ignore[union-attr]
    written = serialize(first).decode()
    assert (written.count('quantity="2e+00"'), written.count('quantity="2"')) == (1, 1)


def test_a_value_of_another_document_in_one_that_was_read() -> None:
    theirs, ours = odd_order(), parse(ORDER)
    ours.payload.item_out[0].quantity = theirs.payload.item_out[0].quantity  # type: ignore[union-attr]
    assert serialize(ours) == serialize(parse(ORDER))


def test_equality_does_not_count_the_document() -> None:
    assert odd_order() == odd_order()
    assert odd_order().payload == parse(serialize(in_another(odd_order()))).payload


def test_what_says_no_in_a_flag_that_knows_only_yes_is_left_out() -> None:
    document = parse(changed(ORDER, 'lineNumber="2"', 'lineNumber="2" isAdHoc="no"'), mode="tolerant")
    assert b'isAdHoc="no"' in serialize(document)
    assert b"isAdHoc" not in serialize(in_another(document))


@pytest.mark.parametrize(
    ("old", "new", "path", "words"),
    [
        ('quantity="2"', 'quantity="two"', "item_out[0].quantity", "cannot be read"),
        ('quantity="2"', 'quantity="12,000"', "item_out[0].quantity", "cannot be read"),
        ("18:29:00+00:00", "18:29:00", "order_request_header.order_date", "without an offset"),
        ("2026-11-23T18:29:00+00:00", "2026-11-23", "order_request_header.order_date", "without an offset"),
        ('deploymentMode="test"', 'deploymentMode="trial"', "request.deployment_mode", "cannot be read"),
    ],
)
def test_what_has_no_spelling_of_ours_stays_in_its_document(old: str, new: str, path: str, words: str) -> None:
    body = changed(ORDER, old, new)
    document = parse(body, mode="tolerant")
    assert same_infoset(body.encode(), serialize(document))
    with pytest.raises(InvalidValue, match=words) as caught:
        serialize(in_another(document))
    assert path in caught.value.path


def test_fractions_of_seconds_stay_in_their_document() -> None:
    body = changed(ORDER, "18:29:00+00:00", "18:29:00.250+00:00")
    document = parse(body)
    assert b"18:29:00.250+00:00" in serialize(document)
    assert b'"2026-11-23T18:29:00+00:00"' in serialize(in_another(document))
    made = SupplierOrderInfo(order_id="1", order_date=NOW.replace(microsecond=999_999))
    assert 'orderDate="2026-11-24T09:15:00+00:00"' in rewriter.write(made)


def test_lines_between_carts_and_orders() -> None:
    lines: Any = odd_order().payload.item_out  # type: ignore[union-attr]
    cart: ItemIn = item_in_of(lines[0])
    assert 'quantity="2"' in rewriter.write(cart)
    again: ItemOut = item_out_of(cart)
    assert ">0.50</Money>" in rewriter.write(again)
    assert again.quantity == lines[0].quantity == Decimal(2)


def test_a_cart_of_lines_that_came_with_the_setup_request() -> None:
    body = changed(
        SETUP,
        'operation="create"',
        'operation="edit"',
        "<BrowserFormPost><URL>https://buyer.example.com/return?id=7</URL>",
        "<BrowserFormPost><URL>\n https://buyer.example.com/return?id=7 </URL>",
        '<Credential domain="NetworkID">',
        '<Credential domain="NetworkID" type="Marketplace">',
        "</PunchOutSetupRequest>",
        '<ItemOut quantity=" 3 " requestedDeliveryDate="2026-12-01T08:00Z"><ItemID><SupplierPartID>A-1</SupplierPartID>'
        '</ItemID><ItemDetail><UnitPrice><Money currency="EUR">1,200</Money></UnitPrice><Description xml:lang="en">A'
        '</Description><UnitOfMeasure>EA</UnitOfMeasure><Classification domain="UNSPSC">1</Classification></ItemDetail>'
        "</ItemOut></PunchOutSetupRequest>",
    )
    setup = parse(body, mode="tolerant")
    session = PunchOutSession("k", "p", setup)
    line = item_in_of(setup.payload.item_out[0], leave_out=["requested_delivery_date"])  # type: ignore[union-attr]
    cart = serialize(session.return_cart([line])).decode()
    assert 'quantity="3"' in cart
    assert ">1200</Money>" in cart
    assert 'type="marketplace"' in cart
    assert validate(cart, layers=["dtd", "type"]).findings == ()


def test_what_cannot_be_read_in_a_name_does_not_keep_the_cart_from_going_home() -> None:
    body = changed(
        SETUP, '<Credential domain="NetworkID">', '<Credential domain="NetworkID" type="hub">', "<Identity>",
        '<Identity lastChangedTimestamp="yesterday">',
    )  # fmt: skip
    session = PunchOutSession("k", "p", parse(body, mode="tolerant"))
    item = cart_item(
        part_id="A", description="a", unit_price="1", currency="EUR", unit="EA", classification="44121704", quantity=1
    )
    cart = serialize(session.return_cart([item])).decode()
    assert "yesterday" not in cart
    assert "hub" not in cart


def test_a_cart_that_was_read_in_a_message_of_our_own() -> None:
    theirs = parse(changed(CART, 'quantity="2"', 'quantity="2."', ">25.00<", ">1,025<"))
    message = Message(payload=theirs.payload)
    ours = CXML(payload_id="1@a", timestamp=NOW, header=theirs.header, message=message)
    assert b'quantity="2"' in serialize(ours)
    assert b">1025</Money>" in serialize(ours)


def test_a_request_by_itself_has_no_document() -> None:
    document = odd_order()
    request = document.request
    assert isinstance(request, Request)
    with pytest.raises(Departure):
        writer.write("no element", str)  # type: ignore[arg-type]
    assert 'deploymentMode="test"' in rewriter.write(request)
