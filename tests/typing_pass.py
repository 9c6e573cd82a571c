"""What type checkers must accept, and the types that they must see. Never run: mypy and pyright read it.

The functions take what they need as arguments, for a checker forgets a declared type where a value is assigned.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import assert_type

from cxml_punchout import CXML, Doctype, Finding, OpenElement, parse, serialize, spelling
from cxml_punchout import element as x
from cxml_punchout.endpoint import AsyncHandler, Endpoint, Handlers, Received, Reply
from cxml_punchout.models import (
    URL,
    Accounting,
    Address,
    Attachment,
    BillTo,
    BrowserFormPost,
    BuyerCookie,
    Charge,
    Classification,
    Comments,
    Contact,
    Country,
    Credential,
    CredentialMac,
    Description,
    Distribution,
    DocumentReference,
    DocumentStatus,
    Email,
    Extrinsic,
    From,
    Header,
    Identity,
    IdReference,
    ItemDetail,
    ItemID,
    ItemIn,
    ItemOut,
    ItemStatus,
    Message,
    Modifications,
    Money,
    Name,
    OrderRequest,
    OrderRequestHeader,
    PostalAddress,
    ProfileRequest,
    ProfileResponse,
    PunchOutOrderMessage,
    PunchOutOrderMessageHeader,
    PunchOutSetupRequest,
    PunchOutSetupResponse,
    ReferenceDocumentInfo,
    Request,
    Response,
    RoomType,
    Segment,
    Sender,
    SharedSecret,
    ShipTo,
    ShortName,
    StartPage,
    State,
    Status,
    StatusUpdateRequest,
    SupplierPartAuxiliaryID,
    SupplierPartID,
    To,
    Total,
    UnitPrice,
)

NOW = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)


def assigned(money: Money, item: ItemIn, contact: Contact, credential: Credential) -> None:
    """What is taken when it is constructed is taken when it is assigned, and comes out as it is held."""
    money.amount = "12.50"
    item.quantity = 3
    credential.identity = "AN01000000123"
    credential.shared_secret = "tulip"
    contact.email = ["a@example.com", Email("b@example.com")]


# --- reading: what each kind of field gives --------------------------------------------------------------


def required_and_optional(document: CXML, header: OrderRequestHeader, item: ItemIn, detail: ItemDetail) -> None:
    assert_type(document.payload_id, str)
    assert_type(document.timestamp, datetime)
    assert_type(document.lang, str | None)
    assert_type(document.header, Header | None)
    assert_type(document.signature, tuple[OpenElement, ...])
    assert_type(header.total, Total)
    assert_type(header.ship_to, ShipTo | None)
    assert_type(header.order_date, datetime)
    assert_type(header.effective_date, datetime | None)
    assert_type(item.item_id, ItemID)
    assert_type(detail.unit_of_measure, str)
    assert_type(detail.manufacturer_part_id, str | None)


def repeated(header: OrderRequestHeader, item: ItemIn, detail: ItemDetail, address: PostalAddress) -> None:
    assert_type(header.contact, tuple[Contact, ...])
    assert_type(header.comments, tuple[Comments, ...])
    assert_type(item.extrinsic, tuple[Extrinsic, ...])
    assert_type(detail.description, tuple[Description, ...])
    assert_type(address.street, tuple[str, ...])
    assert_type(address.deliver_to, tuple[str, ...])
    assert_type(detail.description[0].lang, str)


def numbers_and_flags(money: Money, item: ItemIn, out: ItemOut, status: Status, room: RoomType) -> None:
    assert_type(money.amount, Decimal)
    assert_type(money.alternate_amount, Decimal | None)
    assert_type(item.quantity, Decimal)
    assert_type(item.line_number, int | None)
    assert_type(status.code, int)
    assert_type(out.is_ad_hoc, bool)
    assert_type(room.smoking, bool)
    assert_type(out.requested_delivery_date, date | datetime | None)
    assert_type(money.amount + 1, Decimal)


def texts(credential: Credential, cookie: BuyerCookie, url: URL, mac: CredentialMac, state: State) -> None:
    assert_type(credential.identity, Identity)
    assert_type(credential.identity.value, str)
    assert_type(credential.shared_secret, SharedSecret | None)
    assert_type(credential.credential_mac, CredentialMac | None)
    assert_type(cookie.text, str)
    assert_type(cookie.elements, tuple[OpenElement | x.Element, ...])
    assert_type(cookie.content, tuple[str | OpenElement | x.Element, ...])
    assert_type(url.value, str)
    assert_type(mac.expiration_date, datetime)
    assert_type(state.value, str)


def mixed(description: Description, comments: Comments) -> None:
    assert_type(description.content, tuple[str | ShortName, ...])
    assert_type(comments.content, tuple[str | Attachment, ...])
    assert_type(comments.value, str)
    assert_type([part.url.value for part in comments.content if isinstance(part, Attachment)], list[str])


def payloads(document: CXML, request: Request, message: Message, response: Response) -> None:
    assert_type(
        request.payload, PunchOutSetupRequest | OrderRequest | ProfileRequest | StatusUpdateRequest | OpenElement
    )
    assert_type(message.payload, PunchOutOrderMessage | OpenElement)
    assert_type(response.payload, PunchOutSetupResponse | ProfileResponse | OpenElement | None)
    payload = document.payload
    if isinstance(payload, OrderRequest):
        assert_type(payload.item_out, tuple[ItemOut, ...])
        assert_type(payload.order_request_header.order_id, str)
    if isinstance(payload, PunchOutSetupRequest):
        assert_type(payload.browser_form_post, BrowserFormPost | None)
    if isinstance(payload, StatusUpdateRequest):
        assert_type(payload.status, Status)
        assert_type(payload.document_reference, DocumentReference | None)
        assert_type(payload.document_status, DocumentStatus | None)


def around(document: CXML) -> None:
    assert_type(document.findings, tuple[Finding, ...])
    assert_type(document.doctype, Doctype | None)
    assert_type(spelling(document.timestamp), str | None)


def both_ways(body: bytes) -> None:
    document = parse(body)
    assert_type(document, CXML)
    assert_type(serialize(document), bytes)
    assert_type(parse(body.decode(), mode="tolerant"), CXML)
    assert_type(serialize(document, encoding="US-ASCII"), bytes)


# --- building: what each kind of field takes -------------------------------------------------------------


def amounts() -> None:
    Money("12.50", currency="EUR")
    Money(12, currency="EUR")
    Money(Decimal("12.50"), currency="EUR")
    Money(amount="12.50", currency="EUR", alternate_amount=13, alternate_currency="USD")
    Money("1", currency="EUR", alternate_amount=None)
    ItemOut(quantity=2, item_id=ItemID(supplier_part_id="1"))
    ItemOut(quantity="2.5", item_id=ItemID(supplier_part_id="1"), is_return=True, operation="delete")


def texts_for_elements() -> None:
    Credential(domain="DUNS", identity="123", shared_secret="s")
    Credential(domain="DUNS", identity=Identity("123"), shared_secret=None)
    ItemID(supplier_part_id="00042", supplier_part_auxiliary_id="a", id_reference=())
    ItemID(supplier_part_id=SupplierPartID("1"), supplier_part_auxiliary_id=SupplierPartAuxiliaryID("a"))
    BrowserFormPost(url="https://buyer.example/return")
    Contact(name=Name("Ann", lang="en"), email=["ann@buyer.example", Email("x@buyer.example", name="work")])


def contents(extras: Iterator[str]) -> None:
    Description("Blue pen", lang="en")
    Description(["Blue pen", ShortName("pen")], lang="en")
    Description(ShortName("pen"), lang="en")
    Description(lang="en")
    Extrinsic("4711", name="CostCenter")
    Extrinsic(["a", OpenElement("<Money currency='EUR'>1</Money>"), IdReference(identifier="1", domain="d")], name="n")
    Extrinsic(Money("1", currency="EUR"), name="n")
    BuyerCookie(extras)
    Comments(["see file", Attachment(url="cid:1@buyer.example")], lang="en", type="ship")


def any_iterable(credentials: Iterator[Credential], contacts: set[str]) -> None:
    From(credential=credentials)
    From(credential=[Credential(domain="DUNS", identity="1")])
    Contact(name=Name("Ann", lang="en"), email=contacts)


def setup_request() -> CXML:
    buyer = Credential(domain="NetworkID", identity="AN01")
    supplier = Credential(domain="DUNS", identity="123456789")
    return CXML(
        payload_id="1@buyer.example",
        timestamp=NOW,
        lang="en-GB",
        header=Header(
            from_=From(credential=[buyer]),
            to=To(credential=(supplier,)),
            sender=Sender(
                credential=[Credential(domain="NetworkID", identity="AN01", shared_secret="s")],
                user_agent="Procurement 1.0",
            ),
        ),
        request=Request(
            deployment_mode="test",
            payload=PunchOutSetupRequest(
                operation="create",
                buyer_cookie="c",
                extrinsic=[Extrinsic("ann", name="UniqueName")],
                browser_form_post=BrowserFormPost(url="https://buyer.example/return"),
            ),
        ),
    )


def setup_response() -> Response:
    page = StartPage(url="https://shop.example/session/1")
    return Response(status=Status(code=200, text="OK"), payload=PunchOutSetupResponse(start_page=page))


def refusal() -> CXML:
    status = Status("Sender and secret do not fit.", code=401, text="Unauthorized", lang="en")
    return CXML(payload_id="2@shop.example", timestamp=NOW, response=Response(status=status))


def cart() -> PunchOutOrderMessage:
    line = ItemIn(
        quantity=1,
        item_id=ItemID(supplier_part_id="1"),
        item_detail=ItemDetail(
            unit_price=UnitPrice(money=Money("12.50", currency="EUR")),
            description=[Description("Blue pen", lang="en")],
            unit_of_measure="EA",
            classification=[Classification("44121701", domain="UNSPSC")],
            lead_time=3,
        ),
    )
    header = PunchOutOrderMessageHeader(operation_allowed="edit", total=Total(money=Money("12.50", currency="EUR")))
    return PunchOutOrderMessage(buyer_cookie="c", punch_out_order_message_header=header, item_in=[line])


def status_update() -> Request:
    rejected = ItemStatus(
        type="rejected",
        reference_document_info=ReferenceDocumentInfo(line_number=10),
        comments=["No longer made", Comments("See the catalogue", lang="en")],
    )
    update = StatusUpdateRequest(
        document_reference=DocumentReference(payload_id="1@buyer.example"),
        status=Status(code=200, text="OK"),
        document_status=DocumentStatus(type="processing", item_status=[rejected]),
        extrinsic=(Extrinsic("4711", name="supplierOrderID"),),
    )
    return Request(payload=update)


def order() -> OrderRequest:
    address = Address(
        name=Name("Buyer", lang="en"),
        postal_address=PostalAddress(
            street=["1 High Street"], city="London", postal_code="N1", country=Country("UK", iso_country_code="GB")
        ),
    )
    accounting = Accounting(name="cost", segment=[Segment(type="CostCenter", id="4711", description="IT")])
    money = Money("25.00", currency="GBP")
    distribution = Distribution(accounting=accounting, charge=Charge(money=money))
    header = OrderRequestHeader(
        order_id="PO1",
        order_date=NOW,
        order_version=1,
        type="new",
        total=Total(money=money, modifications=None),
        bill_to=BillTo(address=address),
    )
    item = ItemOut(
        quantity=2,
        requested_delivery_date=date(2026, 12, 1),
        item_id=ItemID(supplier_part_id="1"),
        distribution=[distribution],
    )
    return OrderRequest(order_request_header=header, item_out=[item])


def changing(document: CXML, money: Money, header: OrderRequestHeader, credential: Credential) -> None:
    money.amount = Decimal("1.00")
    money.amount = "2.00"
    money.amount = 3
    money.alternate_amount = None
    header.contact = [Contact(name=Name("Ann", lang="en"))]
    header.ship_to = None
    credential.identity = "123"
    credential.shared_secret = SharedSecret("s")
    document.header = None
    total = Total(money=money)
    total.modifications = Modifications(modification=())


# --- handlers ----------------------------------------------------------------------------------------------


def open_shop(received: Received) -> PunchOutSetupResponse:
    return PunchOutSetupResponse(start_page=StartPage(url=f"https://shop.example.com/{received.payload_id}"))


def take_order(received: Received) -> int:
    assert_type(received.attempt, int)
    return 201


def confirm(received: Received) -> Status | None: ...


async def open_later(received: Received) -> PunchOutSetupResponse:
    return open_shop(received)


def tables_of_handlers(endpoint: Endpoint, body: bytes) -> Iterator[Reply]:
    yield endpoint.handle(body, None, {PunchOutSetupRequest: open_shop})
    yield endpoint.handle(body, None, {PunchOutSetupRequest: open_shop, OrderRequest: take_order})
    yield endpoint.handle(body, None, {"ConfirmationRequest": confirm})
    yield endpoint.handle(body, None, {"ConfirmationRequest": confirm, OrderRequest: take_order})
    yield endpoint.handle(body, None, {OrderRequest: lambda _: None})
    yield endpoint.handle(body, None, {})
    table: Handlers = {PunchOutSetupRequest: open_shop, "ConfirmationRequest": confirm}
    yield endpoint.handle(body, None, table)
    classes = {OrderRequest: take_order}
    yield endpoint.handle(body, None, classes)


async def tables_that_are_awaited(endpoint: Endpoint, body: bytes, table: Handlers) -> None:
    handler: AsyncHandler = open_later
    assert_type(await endpoint.handle_async(body, None, {PunchOutSetupRequest: handler}), Reply)
    await endpoint.handle_async(body, None, {PunchOutSetupRequest: open_later, OrderRequest: take_order})
    await endpoint.handle_async(body, None, {"ConfirmationRequest": confirm, PunchOutSetupRequest: open_later})
    await endpoint.handle_async(body, None, table)
