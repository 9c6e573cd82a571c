"""The buyer's side: what it sends proves itself and is valid, and what comes back is understood."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from itertools import count
from typing import Any

import attrs
import official
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from validated import RESPONSE, SETUP, changed

from cxml_punchout import (
    CXML,
    DocumentError,
    IncompleteElement,
    InvalidValue,
    OpenElement,
    Partner,
    UsageError,
    authenticate,
    parse,
    serialize,
    validate,
)
from cxml_punchout.buyer import Answer, Buyer, Outgoing, RetryAdvice
from cxml_punchout.mime import Part, attachments_of, decode_xml, unpack
from cxml_punchout.models.delivery import ShipTo
from cxml_punchout.models.item import ItemID, ItemOut
from cxml_punchout.models.money import Money, Total
from cxml_punchout.models.order import OrderRequest
from cxml_punchout.models.party import Address, BillTo
from cxml_punchout.models.profile import ProfileRequest
from cxml_punchout.models.punchout import BuyerCookie, PunchOutSetupRequest, SelectedItem
from cxml_punchout.models.text import Attachment, Comments, Name
from cxml_punchout.punchout.cart import cart_item, item_out_of
from cxml_punchout.punchout.user import user_of
from cxml_punchout.trust.credentials import Account
from cxml_punchout.trust.secrets import Secret, hash_secret
from cxml_punchout.trust.stores.memory import MemoryStore

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SECRET = "tulip-bulb-17"


def partner(**changes: Any) -> Partner:
    fields: dict[str, Any] = {
        "sender_domain": "NetworkID",
        "supplier_domain": "DUNS",
        "from_identity": "AN01000000123",
        "to_identity": "942888710",
        "sender_identity": "procurement.example.com",
        "shared_secret": SECRET,
        "punchout_url": "https://shop.example.com/punchout",
        "purchase_order_url": "https://shop.example.com/orders",
    }
    return Partner(**(fields | changes))


def buyer(record: Partner | None = None, **changes: Any) -> Buyer:
    numbers = count(1)
    settings: dict[str, Any] = {
        "clock": lambda: NOW,
        "ids": lambda: f"{next(numbers)}@buyer.example.com",
        "user_agent": "Procurement 4.2",
    }
    return Buyer(record or partner(), **(settings | changes))


def line(number: int = 1, quantity: str = "2", price: str = "12.50", **more: Any) -> ItemOut:
    made = cart_item(
        part_id=f"A-{number}",
        description="Blue pen",
        unit_price=price,
        currency="EUR",
        unit="EA",
        classification="44121704",
        quantity=quantity,
        **more,
    )
    return item_out_of(made, line_number=number)


OFFICE = Address(name=Name("Example Ltd", lang="en"))
PLAN = Part("plan@buyer", "application/pdf", b"%PDF-1.7\r\n\x00\xff", "plan.pdf")
TERMS = Part("terms 3/4@buyer".replace(" ", "_"), "text/plain", b"net 30")


def ordered(by: Buyer | None = None, **changes: Any) -> Outgoing:
    fields: dict[str, Any] = {"order_id": "PO-4711", "items": [line()], "bill_to": OFFICE}
    return (by or buyer()).order_request(**(fields | changes))


def set_up(by: Buyer | None = None, **changes: Any) -> Outgoing:
    fields: dict[str, Any] = {
        "buyer_cookie": "1CX3L4843PPZO",
        "return_url": "https://buyer.example.com/return?id=7&x=1",
    }
    return (by or buyer()).setup_request(**(fields | changes))


def received(sent: Outgoing) -> CXML:
    """What the supplier reads."""
    package = unpack(sent.body, sent.content_type)
    return parse(decode_xml(package.body, package.content_type))


def order_of(sent: Outgoing) -> OrderRequest:
    payload = received(sent).payload
    assert isinstance(payload, OrderRequest)
    return payload


def setup_of(sent: Outgoing) -> PunchOutSetupRequest:
    payload = received(sent).payload
    assert isinstance(payload, PunchOutSetupRequest)
    return payload


# --- the envelope ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("send", [set_up, ordered])
@pytest.mark.parametrize("mode", ["production", "test"])
def test_the_supplier_knows_who_it_is(send: Callable[[Buyer], Outgoing], mode: str) -> None:
    record = partner(
        mode=mode,
        more_sender=[Account("DUNS", "111222333")],
        more_from=[Account("DUNS", "123456789")],
        more_to=[Account("PrivateId", "shop")],
    )
    document = received(send(buyer(record)))
    verified = authenticate(document, MemoryStore([record]), now=NOW)
    assert verified.partner is record
    assert verified.mode == mode
    assert document.request is not None
    assert document.request.deployment_mode == mode
    assert document.header is not None
    assert document.header.sender.user_agent == "Procurement 4.2"
    assert [each.identity.value for each in document.header.from_.credential] == ["AN01000000123", "123456789"]
    assert [each.identity.value for each in document.header.to.credential] == ["942888710", "shop"]
    secrets = [each.shared_secret for each in document.header.sender.credential]
    assert [secret and secret.value for secret in secrets] == [SECRET, None]


def test_each_document_has_its_own_id_and_the_present_time() -> None:
    by = buyer()
    first, second = set_up(by), ordered(by)
    assert (first.payload_id, second.payload_id) == ("1@buyer.example.com", "2@buyer.example.com")
    for sent in (first, second):
        document = received(sent)
        assert (document.payload_id, document.timestamp, document.lang) == (sent.payload_id, NOW, "en")
        assert sent.content_type == 'text/xml; charset="UTF-8"'
    assert first.url == "https://shop.example.com/punchout"
    assert second.url == "https://shop.example.com/orders"


def test_clock_and_ids_have_defaults() -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    sent = set_up(Buyer(partner()))
    assert before <= received(sent).timestamp <= datetime.now(UTC)
    assert sent.payload_id != set_up(Buyer(partner())).payload_id


def test_what_is_sent_again_is_the_same_object() -> None:
    sent = ordered(attachments=[PLAN])
    body = sent.body
    sent.document.payload_id = "other"
    assert sent.body is body
    assert received(sent).payload_id == sent.payload_id == "1@buyer.example.com"
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        sent.body = b""  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(sent)).body == body


def test_nothing_that_is_printed_holds_the_secret() -> None:
    by = buyer()
    for sent in (set_up(by), ordered(by, attachments=[PLAN])):
        assert SECRET in sent.body.decode("latin-1")
        assert SECRET not in f"{sent!r} {sent} {sent.document!r} {by!r}"
        assert "<cXML" not in repr(sent)


def test_the_secret_that_holds_now_is_sent() -> None:
    turn = NOW + timedelta(days=1)
    record = partner(shared_secret=[Secret("old-one", not_after=turn), Secret("new-one", not_before=turn)])
    for now, secret in ((NOW, "old-one"), (turn, "old-one"), (turn + timedelta(seconds=1), "new-one")):
        document = received(set_up(buyer(record, clock=lambda now=now: now)))
        assert document.header is not None
        assert document.header.sender.credential[0].shared_secret is not None
        assert document.header.sender.credential[0].shared_secret.value == secret
        authenticate(document, MemoryStore([record]), now=now)


def test_without_a_secret_nothing_is_sent() -> None:
    over = partner(shared_secret=Secret(SECRET, not_after=NOW - timedelta(days=1)))
    with pytest.raises(UsageError, match="no secret that holds now"):
        set_up(buyer(over))
    with pytest.raises(UsageError, match="CXML_NO_SUCH_SECRET"):
        set_up(buyer(partner(shared_secret=Secret.from_env("CXML_NO_SUCH_SECRET"))))
    hashed = Secret.hashed(hash_secret(Secret(SECRET)))
    with pytest.raises(UsageError, match="hash"):
        set_up(buyer(partner(shared_secret=hashed)))
    # A hash beside the secret itself is for the other side.
    assert SECRET.encode() in set_up(buyer(partner(shared_secret=[hashed, SECRET]))).body


@pytest.mark.parametrize(
    ("accepts", "markup"),
    [
        (("absent", "none"), b"</Identity></Credential><UserAgent>"),
        (("none", "empty"), b"<SharedSecret/></Credential>"),
        (("none",), b"<SharedSecret>none</SharedSecret>"),
    ],
)
def test_a_connection_without_secret_sends_what_is_accepted(accepts: tuple[str, ...], markup: bytes) -> None:
    record = partner(shared_secret=None, accepts_no_secret=accepts)
    sent = set_up(buyer(record))
    assert markup in sent.body.replace(b"<SharedSecret></SharedSecret>", b"<SharedSecret/>")
    assert authenticate(received(sent), MemoryStore([record]), now=NOW).partner is record


def test_a_secret_that_xml_cannot_hold_is_not_told() -> None:
    with pytest.raises(UsageError) as caught:
        set_up(buyer(partner(shared_secret="tulip\x01bulb")))
    assert "tulip" not in f"{caught.value!r} {caught.value}"


def test_a_hub_is_no_buyer() -> None:
    with pytest.raises(IncompleteElement, match="from_identity"):
        buyer(partner(from_identity=None, any_from=True))


def test_the_record_has_to_say_where_to() -> None:
    record = partner(punchout_url="", purchase_order_url="")
    with pytest.raises(IncompleteElement, match="punchout_url"):
        set_up(buyer(record))
    with pytest.raises(IncompleteElement, match="purchase_order_url"):
        ordered(buyer(record))
    assert buyer(record).request(ProfileRequest(), url="https://x.example/").url == "https://x.example/"


def test_times_without_offset_are_refused() -> None:
    with pytest.raises((InvalidValue, TypeError)):
        set_up(buyer(clock=lambda: datetime(2026, 11, 24)))


def test_any_other_request_can_be_sent() -> None:
    sent = buyer().request(ProfileRequest())
    assert received(sent).payload == ProfileRequest()
    assert sent.url == "https://shop.example.com/orders"


def test_a_copy_of_an_order_travels_as_a_file() -> None:
    order = ordered(attachments=[PLAN])
    inside = Part("order@buyer", order.content_type, order.body)
    url = f"<cXMLAttachment><Attachment><URL>{inside.url}</URL></Attachment></cXMLAttachment>"
    copied = OpenElement(f'<CopyRequest processingMode="info">{url}</CopyRequest>')
    sent = buyer().request(copied, attachments=[inside])
    assert received(sent).payload == copied
    (part,) = unpack(sent.body, sent.content_type).parts
    assert part == inside
    assert unpack(part.content, part.content_type).parts == (PLAN,)
    with pytest.raises(InvalidValue, match="order@buyer"):
        buyer().request(copied)


# --- setup requests ----------------------------------------------------------------------------------------------


def test_a_setup_request_says_who_shops_and_where_the_cart_goes() -> None:
    sent = set_up(user_email="jo@buyer.example.com", user_name="Jo Doe", extrinsics={"CostCenter": "610"})
    setup = setup_of(sent)
    assert setup.operation == "create"
    assert setup.buyer_cookie.text == "1CX3L4843PPZO"
    assert setup.browser_form_post is not None
    assert setup.browser_form_post.url.value == "https://buyer.example.com/return?id=7&x=1"
    (contact,) = setup.contact
    assert (contact.role, contact.name.value, contact.email[0].value) == ("endUser", "Jo Doe", "jo@buyer.example.com")
    assert {each.name: each.value for each in setup.extrinsic} == {
        "UserEmail": "jo@buyer.example.com",
        "UniqueName": "jo@buyer.example.com",
        "User": "Jo Doe",
        "CostCenter": "610",
    }
    user = user_of(setup)
    assert (user.email, user.name, user.unique_name, user.cost_center) == (
        "jo@buyer.example.com",
        "Jo Doe",
        "jo@buyer.example.com",
        "610",
    )


def test_a_user_may_be_told_in_part_or_not_at_all() -> None:
    assert setup_of(set_up()).contact == ()
    assert setup_of(set_up()).extrinsic == ()
    (only_mail,) = setup_of(set_up(user_email="jo@x.example")).contact
    assert only_mail.name.value == "jo@x.example"
    (only_name,) = setup_of(set_up(user_name="Jo")).contact
    assert (only_name.name.value, only_name.email) == ("Jo", ())
    own = setup_of(set_up(user_email="jo@x.example", extrinsics={"UniqueName": "jo17"}))
    assert {each.name: each.value for each in own.extrinsic} == {"UserEmail": "jo@x.example", "UniqueName": "jo17"}


def test_a_cookie_of_elements_goes_out_as_it_is() -> None:
    cookie = BuyerCookie([" ", OpenElement('<Money currency="EUR">1</Money>'), "x "])
    assert setup_of(set_up(buyer_cookie=cookie)).buyer_cookie == cookie


@pytest.mark.parametrize("operation", ["edit", "inspect"])
def test_a_cart_is_opened_again_with_its_items(operation: str) -> None:
    items = [
        item_out_of(
            cart_item(
                part_id="A-1",
                description="Blue pen",
                unit_price="1",
                currency="EUR",
                unit="EA",
                classification="44121704",
                quantity=3,
                auxiliary_id="cfg 7",
            )
        )
    ]
    sent = set_up(operation=operation, items=items)
    assert setup_of(sent).item_out == tuple(items)
    assert validate(sent.body).findings == ()


def test_the_way_into_the_shop_may_be_told() -> None:
    item = ItemID(supplier_part_id="shelf-3")
    for selected in (item, SelectedItem(item_id=item)):
        for ship_to in (OFFICE, ShipTo(address=OFFICE)):
            setup = setup_of(set_up(selected_item=selected, ship_to=ship_to))
            assert setup.selected_item == SelectedItem(item_id=item)
            assert setup.ship_to == ShipTo(address=OFFICE)


@pytest.mark.parametrize(
    "wrong",
    [
        {"return_url": "buyer.example.com/return"},
        {"return_url": "javascript:alert(1)"},
        {"buyer_cookie": "\x00"},
        {"buyer_cookie": None},
        {"operation": "Create"},
        {"operation": None},
        {"user_name": "\x0b"},
        {"extrinsics": {"a": 1}},
        {"items": [None]},
    ],
)
def test_a_setup_request_that_is_wrong_is_not_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        set_up(**wrong)


# --- orders ------------------------------------------------------------------------------------------------------


def test_a_new_order_has_a_date_and_an_exact_total() -> None:
    lines = [line(1, "3", "0.1"), line(2, "2", "12.50"), line(3, "1", "0.333", basis_quantity=3)]
    order = order_of(ordered(items=iter(lines), ship_to=OFFICE, comments="Ring twice.", extrinsics={"Site": "7"}))
    header = order.order_request_header
    assert (header.order_id, header.order_date, header.type) == ("PO-4711", NOW, "new")
    assert header.total == Total(money=Money("25.411", currency="EUR"))
    assert header.bill_to == BillTo(address=OFFICE)
    assert header.ship_to == ShipTo(address=OFFICE)
    assert [each.value for each in header.comments] == ["Ring twice."]
    assert [(each.name, each.value) for each in header.extrinsic] == [("Site", "7")]
    assert order.item_out == tuple(lines)


def test_a_total_that_has_no_end_has_to_be_given() -> None:
    lines = [line(1, "1", "1", basis_quantity=3)]
    with pytest.raises(InvalidValue, match="no end"):
        ordered(items=lines)
    for total in (Money("0.33", currency="EUR"), Total(money=Money("0.33", currency="EUR"))):
        header = order_of(ordered(items=lines, total=total)).order_request_header
        assert header.total.money.amount == Decimal("0.33")


def test_what_is_given_counts_more_than_what_is_customary() -> None:
    created = datetime(2026, 11, 20, 9, 30, tzinfo=timezone(timedelta(hours=1)))
    comments = [Comments("Ring twice.", lang="en", type="delivery"), "Thanks."]
    sent = ordered(
        order_date=created,
        order_version=3,
        bill_to=BillTo(address=OFFICE),
        ship_to=ShipTo(address=OFFICE),
        comments=comments,
        lang="en-GB",
    )
    header = order_of(sent).order_request_header
    assert (header.order_date, header.order_version) == (created, 3)
    assert header.comments == (comments[0], Comments("Thanks.", lang="en-GB"))
    assert received(sent).lang == "en-GB"


def test_an_order_is_changed_and_cancelled_by_a_chain() -> None:
    by = buyer()
    new = ordered(by, order_version=1)
    update = ordered(by, type="update", reference=new, order_version=2, items=[line(), line(2)])
    delete = ordered(by, type="delete", reference=update.payload_id)
    kinds, ids = [], []
    for sent in (new, update, delete):
        header = order_of(sent).order_request_header
        kinds.append(header.type)
        ids.append(header.document_reference and header.document_reference.payload_id)
    assert kinds == ["new", "update", "delete"]
    assert ids == [None, new.payload_id, update.payload_id]
    assert len({new.payload_id, update.payload_id, delete.payload_id}) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "update"},
        {"type": "delete"},
        {"reference": "1@buyer.example.com"},
        {"type": "update", "reference": "1@buyer.example.com"},  # its own
        {"type": "Update", "reference": "0@buyer.example.com"},
        {"order_id": ""},
        {"order_id": None},
        {"items": []},
        {"order_date": datetime(2026, 11, 24)},
        {"total": 25.0},
        {"total": Money("25", currency="Euro")},
        {"bill_to": None},
        {"comments": [1]},
        {"attachments": [PLAN, PLAN]},
        {"attachments": [Part("a b", "text/plain", b"")]},
        {"comments": [Comments([Attachment(url="cid:other")], lang="en")]},
        {"comments": [Comments([Attachment(url="cid:other")], lang="en")], "attachments": [PLAN]},
        {"comments": [Comments([Attachment(url="https://x.example/a")], lang="en")]},
    ],
)
def test_an_order_that_is_wrong_is_not_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        ordered(**wrong)


def test_files_go_along_and_the_header_points_at_them() -> None:
    sent = ordered(comments="See the plan.", attachments=[PLAN, TERMS])
    assert sent.content_type.startswith("multipart/related; ")
    package = unpack(sent.body, sent.content_type)
    assert package.parts == (PLAN, TERMS)
    document = received(sent)
    found = attachments_of(document, package.parts)
    assert [each.part for each in found.attached] == [PLAN, TERMS]
    assert package.findings + found.findings == ()
    assert document == sent.document


def test_files_that_a_line_points_at_are_not_named_again() -> None:
    item = line()
    item.comments = [Comments(["See ", Attachment(url=PLAN.url)], lang="en")]
    sent = ordered(items=[item], attachments=[PLAN, TERMS])
    found = attachments_of(received(sent), unpack(sent.body, sent.content_type).parts)
    assert sorted(each.path.split("/")[4] for each in found.attached) == ["ItemOut", "OrderRequestHeader"]
    assert found.findings == ()


def test_an_order_made_elsewhere_is_sent_and_left_as_it_is() -> None:
    order = order_of(ordered())
    before = copy.deepcopy(order)
    sent = buyer().request(order, attachments=[PLAN])
    assert order == before
    assert len(order_of(sent).order_request_header.comments) == 1


def test_files_have_no_place_in_a_setup_request() -> None:
    setup = parse(SETUP).payload
    with pytest.raises(InvalidValue, match="plan@buyer"):
        buyer().request(setup, attachments=[PLAN])  # type: ignore[arg-type]


# --- everything that is made is valid ----------------------------------------------------------------------------


def everything() -> Iterator[Outgoing]:
    by = buyer(partner(mode="test"))
    yield set_up(by)
    yield set_up(
        by,
        operation="edit",
        user_email="jo@x.example",
        user_name='Jo "<&>" Døe 木',
        extrinsics={"CostCenter": "610", "Note": "]]>"},
        ship_to=OFFICE,
        selected_item=ItemID(supplier_part_id="A"),
        items=[
            item_out_of(
                cart_item(
                    part_id="A",
                    description="x",
                    unit_price=1,
                    currency="EUR",
                    unit="EA",
                    classification="44121704",
                    quantity=1,
                )
            )
        ],
    )
    new = ordered(by, ship_to=OFFICE, comments=["a", "b"], extrinsics={"Site": "7"}, order_version=1)
    yield new
    yield ordered(by, type="update", reference=new, order_version=2, attachments=[PLAN, TERMS])
    yield ordered(by, type="delete", reference=new)
    yield by.request(ProfileRequest())


def test_everything_that_is_made_is_valid_by_our_own_rules() -> None:
    for sent in everything():
        body = unpack(sent.body, sent.content_type).body
        report = validate(body)
        assert report.ok, report.findings
        assert parse(body, validate=True) == sent.document


def test_everything_that_is_made_is_valid_by_the_official_grammar() -> None:
    if official.directory() is None:
        pytest.skip("the official DTDs are not at hand; set CXML_OFFICIAL_DTD to run this test")
    grammar = etree.DTD(str(official.path()))
    for sent in everything():
        tree = etree.fromstring(unpack(sent.body, sent.content_type).body)
        assert grammar.validate(tree), grammar.error_log.filter_from_errors()


# --- versions, and times -----------------------------------------------------------------------------------------


def version_of(sent: Outgoing) -> str | None:
    doctype = received(sent).doctype
    assert doctype is not None
    return doctype.version


def test_a_partner_that_takes_one_version_is_sent_that_one() -> None:
    old = partner(version="1.2.014")
    assert [version_of(send()) for send in (set_up, ordered)] == ["1.2.071"] * 2
    assert [version_of(send(buyer(old))) for send in (set_up, ordered)] == ["1.2.014"] * 2
    assert version_of(ordered(buyer(version="1.2.020"))) == "1.2.020"
    assert version_of(ordered(buyer(old, version="1.2.020"))) == "1.2.014"
    with pytest.raises(InvalidValue, match="a cXML version is expected"):
        buyer(version="1.3.000")


def test_what_the_version_of_a_partner_does_not_have_is_not_sent() -> None:
    by = buyer(version="1.2.014")
    with pytest.raises(UsageError, match=r"does not have more than one <Comments> in OrderRequestHeader.*1\.2\.050"):
        ordered(by, comments=["one", "two"])
    late = line()
    late.requested_shipment_date = NOW
    with pytest.raises(UsageError, match=r"ItemOut@requestedShipmentDate; it came with 1\.2\.036") as caught:
        ordered(by, items=[line(), late])
    assert caught.value.path == "document.request.payload.item_out[1].requested_shipment_date"


@pytest.mark.parametrize("version", ["1.2.014", "1.2.050"])
def test_a_file_finds_its_place_in_every_version(version: str) -> None:
    sent = ordered(buyer(version=version), comments="Handle with care.", attachments=[PLAN])
    header = order_of(sent).order_request_header
    assert len(header.comments) == (1 if version == "1.2.014" else 2)
    assert header.comments[0].value == "Handle with care."
    assert len(attachments_of(received(sent), [PLAN]).unreferenced) == 0
    if official.directory() is not None:
        assert official.accepts(unpack(sent.body, sent.content_type).body, version)


def test_everything_that_is_made_in_an_old_version_is_valid_by_its_grammar() -> None:
    if official.directory() is None:
        pytest.skip("the official DTDs are not at hand; name their directory in CXML_OFFICIAL_DTD")
    for version in official.OLD_VERSIONS:
        by = buyer(version=version)
        for sent in (
            set_up(by, user_email="a@b.example", user_name="A", ship_to=OFFICE),
            ordered(by),
            by.request(ProfileRequest()),
        ):
            assert official.accepts(unpack(sent.body, sent.content_type).body, version)


def test_nothing_that_is_sent_holds_a_fraction_of_a_second() -> None:
    by = buyer(clock=lambda: NOW.replace(microsecond=250001))
    for send in (set_up, ordered):
        assert b"250001" not in send(by).body
        assert received(send(by)).timestamp == NOW
    assert order_of(ordered(by)).order_request_header.order_date == NOW


# --- answers -----------------------------------------------------------------------------------------------------

NO_RETRY = (False, timedelta(0), 0)
HOURLY = (True, timedelta(hours=1), 10)
RUSH = (True, timedelta(minutes=15), 25)


def told(answer: Answer) -> tuple[bool, timedelta, int]:
    advice = answer.retry
    assert advice.why
    return advice.retry, advice.after, advice.attempts


def reply(code: object, text: str = "Whatever", inside: str = "", message: str = "") -> bytes:
    status = f'<Status code="{code}" text="{text}">{message}</Status>{inside}'
    start, end = RESPONSE.index("<Status"), RESPONSE.index("</Response>")
    return f"{RESPONSE[:start]}{status}{RESPONSE[end:]}".encode()


def test_a_start_page_is_where_the_browser_goes() -> None:
    spread = changed(RESPONSE, "https://shop.example.com/session/8f3a", "\n  https://shop.example.com/s?a=1&amp;b=2\n ")
    answer = buyer().read_reply(spread.encode(), 'text/xml; charset="UTF-8"')
    assert answer.outcome == "success"
    assert (answer.status, answer.text, answer.message, answer.http_status) == (200, "OK", "", 200)
    assert answer.start_page_url == "https://shop.example.com/s?a=1&b=2"
    assert answer.payload is not None
    assert answer.document is not None
    assert answer.payload is answer.document.payload
    assert told(answer) == NO_RETRY


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "/session/8f3a", "", "https://", "ftp://shop.example.com/", "http://[", "data:,x"]
)
def test_a_browser_is_sent_to_the_web_only(url: str) -> None:
    answer = buyer().read_reply(changed(RESPONSE, "https://shop.example.com/session/8f3a", url).encode())
    assert (answer.outcome, answer.start_page_url) == ("success", None)


def test_a_refusal_has_no_start_page() -> None:
    answer = buyer().read_reply(changed(RESPONSE, 'code="200"', 'code="403"').encode())
    assert (answer.outcome, answer.start_page_url) == ("permanent", None)
    assert (
        buyer()
        .read_reply(changed(RESPONSE, "<StartPage>", "<StartPag>", "</StartPage>", "</StartPag>").encode())
        .start_page_url
        is None
    )


@pytest.mark.parametrize(
    ("code", "outcome", "expected"),
    [
        *((code, "success", NO_RETRY) for code in (200, 201, 204, 211, 280, 281, 299)),
        *((code, "permanent", NO_RETRY) for code in (400, 401, 406, 409, 412, 450, 475, 499, 404, 461)),
        *((code, "transient", HOURLY) for code in (500, 550, 551, 560, 503, 599)),
        *((code, "undefined", HOURLY) for code in (0, 100, 302, 600, -1)),
    ],
)
@pytest.mark.parametrize("http_status", [200, 404, 500])
def test_the_class_of_the_status_decides_whatever_http_says(
    code: int, outcome: str, expected: object, http_status: int
) -> None:
    answer = buyer().read_reply(reply(code, "T", message=" sorry "), "text/xml", http_status)
    assert (answer.outcome, answer.status, answer.text, answer.message) == (outcome, code, "T", "sorry")
    assert told(answer) == expected
    assert answer.http_status == http_status
    assert str(code) in answer.retry.why
    assert answer.error is None


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", None),
        (b"<html><body>Not Found</body></html>", "text/html"),
        (b"<html><br></html>", "text/html; charset=utf-8"),
        (b"OK", "text/plain"),
        (RESPONSE.encode()[:-20], "text/xml"),
        (RESPONSE.replace("OK", "Zürich").encode("latin-1"), "text/xml; charset=no-such"),
        (RESPONSE.encode(), "multipart/mixed"),
        (SETUP.encode(), "text/xml"),
        (reply("abc"), "text/xml"),
        (changed(RESPONSE, '<Status code="200" text="OK"/>', "").encode(), "text/xml"),
        (changed(RESPONSE, ' code="200"', "").encode(), "text/xml"),
        (b"<!DOCTYPE cXML [<!ENTITY a 'b'>]><cXML/>", "text/xml"),
    ],
)
@pytest.mark.parametrize("http_status", [200, 404, 500])
def test_a_reply_without_cxml_is_a_fault_of_the_transport(
    body: bytes, content_type: str | None, http_status: int
) -> None:
    answer = buyer().read_reply(body, content_type, http_status)
    assert (answer.outcome, answer.status, answer.payload, answer.start_page_url) == ("transport", None, None, None)
    assert told(answer) == HOURLY
    assert str(http_status) in answer.retry.why
    assert isinstance(answer.error, DocumentError) != (answer.document is not None)


SECOND = {
    "beside": ("</Status>", "</Status><Status code='{}' text='T'/>"),
    "before": ("<Status ", "<Status code='{}' text='T'/><Status "),
    "within": ("</Status>", "<Status code='{}' text='T'/></Status>"),
    "in a second Response": ("</Response>", "</Response><Response><Status code='{}' text='T'/></Response>"),
    "in a first Response": ("<Response>", "<Response><Status code='{}' text='T'/></Response><Response>"),
    "in a Message": ("</Response>", "</Response><Message><Status code='{}' text='T'/></Message>"),
    "in the root": ("</Response>", "</Response><Status code='{}' text='T'/>"),
}


def twice(code: int, where: str, second: object) -> bytes:
    before, after = SECOND[where]
    return changed(reply(code, "T", message="m").decode(), before, after.format(second)).encode()


@pytest.mark.parametrize("where", SECOND)
@pytest.mark.parametrize(("first", "second"), [(200, 406), (406, 200), (200, 500), (500, 201), (400, 500), (200, "x")])
def test_two_statuses_that_disagree_are_no_success_and_nothing_is_sent_again(
    where: str, first: int, second: object
) -> None:
    answer = buyer().read_reply(twice(first, where, second), "text/xml", rush=True)
    assert (answer.outcome, answer.status, answer.payload, answer.start_page_url) == ("unclear", None, None, None)
    assert told(answer) == NO_RETRY
    assert str(first) in answer.retry.why
    assert answer.document is not None


@pytest.mark.parametrize("where", SECOND)
@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        (200, 200, "success"),
        (200, 201, "success"),
        (406, 401, "permanent"),
        (500, " 560 ", "transient"),
        (200, "", "success"),
    ],
)
def test_statuses_that_agree_are_one(where: str, first: int, second: object, outcome: str) -> None:
    answer = buyer().read_reply(twice(first, where, second), "text/xml")
    assert answer.outcome == outcome
    assert answer.status in (first, 201, 401, 560)


@given(st.data())
def test_whatever_comes_back_is_an_answer(data: st.DataObject) -> None:
    body = RESPONSE.encode()
    start, length = data.draw(st.integers(0, len(body))), data.draw(st.integers(0, 40))
    inside = data.draw(st.binary(max_size=20) | st.sampled_from([b"<Status/>", b"</Response>", b"<Response/>", b'"']))
    content_type = data.draw(
        st.sampled_from(["text/xml", "multipart/mixed; boundary=b", "x; charset=utf-16"]) | st.text()
    )
    answer = buyer().read_reply(body[:start] + inside + body[start + length :], content_type)
    assert answer.retry.retry == (answer.outcome not in ("success", "permanent"))
    assert (answer.status is None) == (answer.outcome == "transport")


def test_no_reply_is_a_fault_of_the_transport() -> None:
    answer = buyer().no_reply("timed out after 60 s")
    assert (answer.outcome, answer.http_status, answer.status) == ("transport", None, None)
    assert told(answer) == HOURLY
    assert "timed out after 60 s" in answer.retry.why


def test_an_urgent_order_is_tried_more_often_in_no_less_time() -> None:
    by = buyer()
    assert told(by.read_reply(reply(500), rush=True)) == RUSH
    assert told(by.no_reply("refused", rush=True)) == RUSH
    assert told(by.read_reply(b"", rush=True)) == RUSH
    assert told(by.read_reply(reply(400), rush=True)) == NO_RETRY
    for _, after, attempts in (HOURLY, RUSH):
        assert after * (attempts - 1) >= timedelta(hours=6)


def test_an_answer_with_small_faults_is_an_answer() -> None:
    odd = changed(RESPONSE, '<Status code="200" text="OK"/>', '<Status code="200" colour="red"/>')
    answer = buyer().read_reply(odd.encode("latin-1"), "text/xml; charset=us-ascii")
    assert (answer.outcome, answer.text) == ("success", "")
    assert answer.document is not None
    assert {finding.code for finding in answer.document.findings} == {"unknown-attribute", "missing-attribute"}
    assert answer.start_page_url is not None


def test_answers_come_in_the_encoding_that_they_announce() -> None:
    body = reply(400, "Größe").decode().replace("UTF-8", "ISO-8859-1").encode("latin-1")
    for content_type in ("text/xml", "text/xml; charset=iso-8859-1"):
        assert buyer().read_reply(body, content_type).text == "Größe"


def test_an_answer_in_a_multipart_is_found() -> None:
    body = b"--b\r\nContent-Type: text/xml\r\n\r\n" + reply(201) + b"\r\n--b--"
    assert buyer().read_reply(body, "multipart/related; boundary=b").status == 201


def test_an_answer_prints_itself_without_the_document() -> None:
    shown = repr(buyer().read_reply(reply(200, inside="<ProfileResponse/>")))
    assert "Profile" not in shown
    assert "outcome='success'" in shown


def test_advice_is_a_value() -> None:
    assert buyer().read_reply(reply(200)).retry == RetryAdvice(False, "Status 200: done", timedelta(0), 0)


def test_a_whole_conversation() -> None:
    record = partner(mode="test")
    by, partners = buyer(record), MemoryStore([record])
    sent = set_up(by, user_email="jo@x.example")
    request = received(sent)
    authenticate(request, partners, now=NOW)
    answer = by.read_reply(serialize(parse(RESPONSE)), sent.content_type)
    assert answer.start_page_url == "https://shop.example.com/session/8f3a"
    order = ordered(by)
    answer = by.read_reply(b"<h1>502 Bad Gateway</h1>", "text/html", 502)
    assert answer.retry.retry
    again = order.body  # the same object once more
    assert by.read_reply(reply(201)).outcome == "success"
    assert again == order.body
