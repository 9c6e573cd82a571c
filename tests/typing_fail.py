"""What type checkers must refuse. Each line with a mark is an error, for mypy and for pyright; no other line is.

The mark names the rule that each of the two gives: ``# E: mypy-rule | pyright-rule``.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from cxml_punchout import CXML, parse, serialize
from cxml_punchout.endpoint import Endpoint, Handlers, Received
from cxml_punchout.models import (
    Contact,
    Credential,
    Description,
    From,
    Header,
    ItemDetail,
    ItemIn,
    ItemOut,
    Message,
    Money,
    Name,
    OrderRequest,
    ProfileRequest,
    PunchOutSetupRequest,
    Request,
    Status,
    Total,
    UnitPrice,
)


def what_is_required() -> None:
    Money("1")  # E: call-arg | reportCallIssue
    Total()  # E: call-arg | reportCallIssue
    CXML(payload_id="1")  # E: call-arg | reportCallIssue
    Credential(domain="DUNS")  # E: call-arg | reportCallIssue
    Request(payload=None)  # E: arg-type | reportArgumentType
    Money("1", currency=None)  # E: arg-type | reportArgumentType
    Description("Blue pen")  # E: call-arg | reportCallIssue


def what_is_not_exact() -> None:
    Money(12.5, currency="EUR")  # E: arg-type | reportArgumentType
    Money(Decimal(1), currency="EUR", alternate_amount=1.5)  # E: arg-type | reportArgumentType
    Status(code="200", text="OK")  # E: arg-type | reportArgumentType
    CXML(payload_id="1", timestamp="2026-11-23T18:30:00+00:00")  # E: arg-type | reportArgumentType
    CXML(payload_id="1", timestamp=date(2026, 11, 23))  # E: arg-type | reportArgumentType


def what_the_grammar_does_not_know(header: Header, payload: ProfileRequest, total: Total) -> None:
    PunchOutSetupRequest(operation="Create", buyer_cookie="c")  # E: arg-type | reportArgumentType
    Request(deployment_mode="Test", payload=payload)  # E: arg-type | reportArgumentType
    Request(payload=total)  # E: arg-type | reportArgumentType
    Message(payload=payload)  # E: arg-type | reportArgumentType
    Money("1", curency="EUR")  # E: call-arg | reportCallIssue
    Money("1", "EUR")  # E: call-arg | reportCallIssue
    header.form_ = None  # E: attr-defined | reportAttributeAccessIssue


def what_is_one_and_what_is_many(credential: Credential, detail: ItemDetail, money: Money) -> None:
    From(credential=credential)  # E: arg-type | reportArgumentType
    From(credential=["123"])  # E: list-item | reportArgumentType
    From(credential=None)  # E: arg-type | reportArgumentType
    UnitPrice(money=[money])  # E: arg-type | reportArgumentType
    detail.description.append(Description("a", lang="en"))  # E: attr-defined | reportAttributeAccessIssue


def what_a_text_cannot_stand_for() -> None:
    Total(money="12.50")  # E: arg-type | reportArgumentType
    Contact(name="Ann")  # E: arg-type | reportArgumentType
    Description(["a", Name("b", lang="en")], lang="en")  # E: list-item | reportArgumentType


def what_may_be_absent(document: CXML, request: Request, item: ItemIn, out: ItemOut) -> None:
    _ = document.header.sender  # E: union-attr | reportOptionalMemberAccess
    _ = item.supplier_id.value  # E: union-attr | reportOptionalMemberAccess
    due: datetime = out.requested_delivery_date  # E: assignment | reportAssignmentType
    _ = due
    _ = request.payload.item_out  # E: union-attr | reportAttributeAccessIssue


def what_cannot_be_assigned(money: Money, header: Header, order: OrderRequest) -> None:
    money.amount = 0.1  # E: assignment | reportAttributeAccessIssue
    money.currency = None  # E: assignment | reportAttributeAccessIssue
    header.to = None  # E: assignment | reportAttributeAccessIssue
    order.item_out = None  # E: assignment | reportAttributeAccessIssue


def what_parse_and_serialize_do_not_take(document: CXML) -> None:
    parse(document)  # E: arg-type | reportArgumentType
    parse(b"", mode="loose")  # E: arg-type | reportArgumentType
    serialize(document, encoding="latin-1")  # E: arg-type | reportArgumentType
    serialize(b"")  # E: arg-type | reportArgumentType


def nothing_done(received: Received) -> None: ...


async def later(received: Received) -> None: ...


def nothing_given() -> None: ...


def text(received: Received) -> str:
    return ""


def money_back(received: Received) -> Money:
    return Money("1", currency="EUR")


def what_is_no_handler(endpoint: Endpoint) -> None:
    a: Handlers = {OrderRequest: text}  # E: dict-item | reportAssignmentType
    b: Handlers = {OrderRequest: money_back}  # E: dict-item | reportAssignmentType
    c: Handlers = {OrderRequest: later}  # E: dict-item | reportAssignmentType
    d: Handlers = {OrderRequest: nothing_given}  # E: dict-item | reportAssignmentType
    e: Handlers = {7: nothing_done}  # E: dict-item | reportAssignmentType
    _ = a, b, c, d, e
    endpoint.ping().status = 200  # E: misc | reportAttributeAccessIssue
