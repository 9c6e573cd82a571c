"""One visit to the shop: what the buyer asked for, how it ends, and how it is kept meanwhile."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from visits import ITEM_OUT, NOW, SECRET, example, partner, received, setup

from cxml_punchout import (
    InvalidValue,
    OpenElement,
    Refusal,
    UsageError,
    browser_form,
    parse,
    serialize,
    validate,
)
from cxml_punchout.models import CXML, Dimension, Money, PunchOutOrderMessage, StartPage
from cxml_punchout.punchout.cart import cart_item
from cxml_punchout.punchout.session import PunchOutSession
from cxml_punchout.trust.credentials import section_of
from cxml_punchout.trust.stores.memory import MemoryStore

OPERATIONS = ("create", "edit", "inspect", "source")


def begun(body: bytes | None = None, **replacements: str) -> PunchOutSession:
    return PunchOutSession.begin(received(body or setup(**replacements)), key="k1")


def item():
    return cart_item(
        part_id="A-1",
        description="Tray",
        unit_price="4.20",
        currency="GBP",
        unit="EA",
        classification="24112404",
        quantity=3,
    )


@pytest.mark.parametrize("given", [parse(setup()), parse(setup()).payload, setup()])
def test_a_session_begins_with_what_an_endpoint_received(given):
    with pytest.raises(InvalidValue, match=f"a Received, not {type(given).__name__}"):
        PunchOutSession.begin(given)


@pytest.mark.parametrize("stored", [json.dumps(begun().to_dict()), None])
def test_a_session_is_restored_from_a_dict(stored):
    with pytest.raises(InvalidValue, match=r"the dict that to_dict\(\) made is expected, not"):
        PunchOutSession.from_dict(stored)


@pytest.mark.parametrize("line", [{"part_id": "A-1"}, None, ITEM_OUT])
def test_a_cart_is_made_of_its_own_lines(line):
    with pytest.raises(InvalidValue, match=f"ItemIn is expected, as cart_item.. makes it, not {type(line).__name__}"):
        begun().return_cart([item(), line])


@pytest.mark.parametrize(
    "url", ["https://shop.example.com/a b", "https://shop.example.com/<key>", "https://s.example/{}"]
)
def test_the_address_of_a_start_page_is_encoded(url):
    with pytest.raises(InvalidValue, match="a blank as %20"):
        begun().start_page(url)


FIXED = {"clock": lambda: NOW, "ids": lambda: "1@shop.example.com"}


def cart_of(message: CXML) -> PunchOutOrderMessage:
    assert isinstance(message.payload, PunchOutOrderMessage)
    return message.payload


def approved(message: CXML) -> CXML:
    """A cart that our own checks find nothing wrong with, as it comes out at the other end."""
    return parse(serialize(message, validate=True))


# --- what was asked for --------------------------------------------------------------------------------------


def test_a_session_says_what_was_asked_for():
    session = begun()
    assert (session.operation, session.mode, session.lang, session.key) == ("create", "production", "en-GB", "k1")
    assert session.partner == partner().name
    assert session.return_url == "https://buy.example.net/punchout/return?draft=6614&company=81"
    assert session.buyer_cookie.text == "po-draft-6614-k2v9wq"
    assert session.user.name == "Imogen Adair"
    assert session.ship_to is not None
    assert session.ship_to.address.address_id == "LDN-02"
    assert session.items == ()
    assert session.selected_item is None


def test_a_reopened_cart_comes_with_its_items():
    body = example("valid/oracle-setup-request-edit")
    session = PunchOutSession("k", "p", parse(body))
    assert session.operation == "edit"
    assert [each.item_id.supplier_part_id.value for each in session.items]


def test_the_entry_of_the_catalogue_is_told():
    selected = "<SelectedItem><ItemID><SupplierPartID>A-7</SupplierPartID></ItemID></SelectedItem>"
    session = begun(items=selected)
    assert session.selected_item is not None
    assert session.selected_item.supplier_part_id.value == "A-7"


def test_each_session_has_a_key_that_cannot_be_guessed():
    keys = {PunchOutSession.begin(received()).key for _ in range(20)}
    assert len(keys) == 20
    assert all(len(key) == 32 and key.isascii() for key in keys)


def test_a_session_begins_with_a_setup_request():
    body = example("valid/precoro-order")
    store = MemoryStore([partner(sender_identity="tallow-finch-live")])
    order = received(body, partners=store)
    with pytest.raises(InvalidValue, match="PunchOutSetupRequest"):
        PunchOutSession.begin(order)


def test_without_a_form_there_is_no_way_home():
    body = setup()
    start, end = body.index(b"<BrowserFormPost>"), body.index(b"</BrowserFormPost>") + len(b"</BrowserFormPost>")
    assert PunchOutSession("k", "p", parse(body[:start] + body[end:])).return_url == ""


def test_without_a_cookie_there_is_an_empty_one_to_give_back():
    body = setup()
    start, end = body.index(b"<BuyerCookie>"), body.index(b"</BuyerCookie>") + len(b"</BuyerCookie>")
    session = begun(body[:start] + body[end:])
    assert session.buyer_cookie.text == ""
    assert session.cancel().payload.buyer_cookie.text == ""  # type: ignore[union-attr]


@pytest.mark.parametrize("to", ["", "<To/>", '<To><Credential domain="DUNS"><Identity/></Credential></To>'])
def test_a_cart_comes_from_us_even_if_the_buyer_did_not_say_to_whom_it_wrote(to):
    body = re.sub(rb"<To>.*?</To>", to.encode(), setup(), flags=re.DOTALL)
    got = received(body, partners=MemoryStore([partner(accepts_missing_to=True)]))
    session = PunchOutSession.from_dict(PunchOutSession.begin(got).to_dict())
    header = parse(serialize(session.cancel(), validate=True)).header
    assert header is not None
    (ours,) = header.from_.credential
    assert (ours.domain, ours.identity.value) == ("DUNS", "999110224")


def test_a_test_request_makes_a_test_session():
    document = parse(example("valid/precoro-setup-request-test"))
    session = PunchOutSession("k", "p", document)
    assert session.mode == "test"
    assert session.cancel().message.deployment_mode == "test"  # type: ignore[union-attr]


# --- the answer ----------------------------------------------------------------------------------------------


def test_the_start_page_is_the_answer():
    answer = begun().start_page(" https://shop.example.com/start/k1?a=b&c ")
    assert answer.start_page == StartPage(url="https://shop.example.com/start/k1?a=b&c")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//shop.example.com/", "", None])
def test_a_browser_is_sent_to_web_addresses_only(url):
    with pytest.raises(InvalidValue, match="StartPage"):
        begun().start_page(url)


# --- the three ends ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", ["create", "edit", "source"])
def test_a_cart_goes_home(operation):
    session = begun(operation=operation, items="" if operation != "edit" else ITEM_OUT)
    message = session.return_cart([item()], operation_allowed="edit", **FIXED)
    cart = cart_of(message)
    assert cart.punch_out_order_message_header.operation_allowed == "edit"
    assert cart.punch_out_order_message_header.total.money == Money(currency="GBP", amount="12.60")
    assert cart.buyer_cookie == session.buyer_cookie
    assert message.message is not None
    assert message.message.status is None
    assert message.message.in_reply_to == session.setup.payload_id
    assert (message.payload_id, message.timestamp, message.lang) == ("1@shop.example.com", NOW, "en-GB")
    assert approved(message) == message


def test_the_header_is_the_mirror_of_that_of_the_request_and_proves_nothing():
    message = begun().return_cart([item()])
    header = message.header
    assert header is not None
    assert [str(each) for each in section_of(header.from_)] == ["DUNS 999110224"]
    assert [str(each) for each in section_of(header.to)] == ["NetworkID AN01999010012"]
    assert [str(each) for each in section_of(header.sender)] == ["DUNS 999110224"]
    assert header.sender.user_agent == "cxml_punchout"
    assert SECRET.encode() not in serialize(message)


def test_all_names_of_both_sides_come_back():
    body = setup().replace(
        b"</Credential>\n    </From>",
        b"</Credential><Credential domain='PrivateId'><Identity>77</Identity></Credential>\n    </From>",
    )
    message = begun(body).cancel()
    assert message.header is not None
    assert [str(each) for each in section_of(message.header.to)] == ["NetworkID AN01999010012", "PrivateId 77"]


@pytest.mark.parametrize("operation", ["create", "edit"])
def test_an_emptied_cart_has_no_status(operation):
    message = begun(operation=operation, items=ITEM_OUT).return_empty_cart()
    assert message.message is not None
    assert message.message.status is None
    assert cart_of(message).item_in == ()
    total = cart_of(message).punch_out_order_message_header.total.money
    assert (total.currency, str(total.amount)) == ("GBP", "0.00")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_cancelling_changes_nothing_whatever_was_asked_for(operation):
    message = begun(operation=operation).cancel()
    assert message.message is not None
    assert message.message.status is not None
    assert message.message.status.code == 204
    assert cart_of(message).item_in == ()
    approved(message)


@pytest.mark.parametrize("end", ["return_empty_cart", "cancel"])
def test_the_currency_of_nothing_can_be_chosen(end):
    message = getattr(begun(), end)(currency="CHF")
    assert cart_of(message).punch_out_order_message_header.total.money.currency == "CHF"
    assert cart_of(getattr(begun(), end)()).punch_out_order_message_header.total.money.currency == "USD"


def test_no_end_is_taken_for_another():
    with pytest.raises(UsageError, match=r"return_empty_cart\(\) or cancel\(\)"):
        begun().return_cart([])
    with pytest.raises(UsageError, match=r"cancel\(\)"):
        begun(operation="inspect", items=ITEM_OUT).return_cart([item()])
    for operation in ("inspect", "source"):
        with pytest.raises(UsageError, match=r"cancel\(\)"):
            begun(operation=operation).return_empty_cart()


def test_a_cart_takes_what_belongs_to_its_header():
    total = Money(currency="GBP", amount="12.00")
    message = begun().return_cart([item()], total=total, quote_status="pending", user_agent="Shop 2")
    header = cart_of(message).punch_out_order_message_header
    assert (header.total.money, header.quote_status) == (total, "pending")
    assert message.header is not None
    assert message.header.sender.user_agent == "Shop 2"


def test_a_time_without_an_offset_is_refused():
    with pytest.raises(InvalidValue):
        serialize(begun().cancel(clock=lambda: datetime(2026, 1, 1)))


COOKIES = [
    "  two  blanks\n and a line ",
    "<Extrinsic name='a'>b</Extrinsic>",
    "x<Money currency='EUR'>1</Money>y",
    "&#65;&amp;&lt;",
    "<foreign a='1'/>",
    "",
]


# --- which version a cart names --------------------------------------------------------------------------------


def asking(asked: str, **options: object) -> PunchOutSession:
    body = re.sub(rb"/cXML/1\.2\.\d+/", f"/cXML/{asked}/".encode(), setup(operation="edit"))
    return PunchOutSession.begin(received(body, **options), key="k1")


def version_of(message: CXML) -> str | None:
    doctype = parse(serialize(message)).doctype
    assert doctype is not None
    return doctype.version


def kept(session: PunchOutSession) -> PunchOutSession:
    return PunchOutSession.from_dict(json.loads(json.dumps(session.to_dict())))


@pytest.mark.parametrize(
    ("asked", "named"), [("1.2.008", "1.2.008"), ("1.2.014", "1.2.014"), ("1.2.080", "1.2.071"), ("1.1.008", "1.2.071")]
)
def test_a_cart_names_the_version_of_its_setup_request(asked: str, named: str) -> None:
    for session in (asking(asked), kept(asking(asked))):
        for message in (session.return_cart([item()]), session.return_empty_cart(), session.cancel()):
            assert version_of(message) == named
            assert f"/cXML/{named}/" in browser_form(session, message)


def newer() -> object:
    line = item()
    line.item_detail.dimension = (Dimension(type="weight", quantity="3", unit_of_measure="KGM"),)
    return line


def test_a_cart_that_is_newer_than_its_setup_request_names_the_version_of_today() -> None:
    session = asking("1.2.014")
    assert version_of(session.return_cart([newer()])) == "1.2.071"  # type: ignore[list-item]
    assert version_of(asking("1.2.036").return_cart([newer()])) == "1.2.036"  # type: ignore[list-item]
    grown = session.return_cart([item()])
    cart_of(grown).item_in = (newer(),)  # type: ignore[assignment]
    assert "/cXML/1.2.071/" in browser_form(session, grown)
    assert version_of(grown) == "1.2.014"


@pytest.mark.parametrize("options", [{"version": "1.2.016"}, {"partners": MemoryStore([partner(version="1.2.016")])}])
def test_a_version_that_was_set_goes_with_the_session_and_is_held(options: dict[str, object]) -> None:
    for session in (asking("1.2.040", **options), kept(asking("1.2.040", **options))):
        assert session.version == "1.2.016"
        assert version_of(session.return_cart([item()])) == "1.2.016"
        with pytest.raises(
            UsageError, match=r"cXML 1\.2\.016 does not have .*Dimension.*; it came with 1\.2\.036"
        ) as caught:
            session.return_cart([newer()])  # type: ignore[list-item]
        assert caught.value.path == "document.message.payload.item_in[0].item_detail.dimension"
        grown = session.return_cart([item()])
        cart_of(grown).item_in = (newer(),)  # type: ignore[assignment]
        with pytest.raises(UsageError, match=r"1\.2\.036"):
            browser_form(session, grown)


def test_a_session_of_an_earlier_release_is_read_and_a_version_that_is_none_is_not() -> None:
    stored = asking("1.2.040").to_dict()
    assert stored.keys() == {"version", "key", "partner", "setup"}
    assert PunchOutSession.from_dict(stored).version == ""
    for wrong in ("1.2", None, 7):
        with pytest.raises(InvalidValue, match="a cXML version is expected"):
            PunchOutSession.from_dict(stored | {"cxml_version": wrong})


def test_no_cart_holds_a_fraction_of_a_second() -> None:
    message = begun().cancel(clock=lambda: NOW.replace(microsecond=123456))
    assert message.timestamp == NOW
    assert b"123456" not in serialize(message)


@pytest.mark.unapproved  # foreign elements are not valid, and come back all the same
@pytest.mark.parametrize("cookie", COOKIES)
def test_the_cookie_comes_back_unchanged(cookie):
    session = PunchOutSession.from_dict(begun(cookie=cookie).to_dict())
    sent = parse(setup(cookie=cookie), mode="tolerant").payload.buyer_cookie
    assert parse(serialize(session.cancel()), mode="tolerant").payload.buyer_cookie == sent


@given(st.lists(st.one_of(st.text(st.characters(codec="utf-8", blacklist_categories=["Cc", "Cs"])), st.just("el"))))
def test_any_cookie_comes_back(parts):
    content = [OpenElement("<Extrinsic name='a'>b</Extrinsic>") if part == "el" else part for part in parts]
    session = begun()
    session.request.buyer_cookie.content = tuple(content)
    try:
        serialize(session.setup)
    except InvalidValue:
        return  # a character that XML does not have
    kept = PunchOutSession.from_dict(json.loads(json.dumps(session.to_dict())))
    sent = session.buyer_cookie
    back = parse(serialize(kept.cancel())).payload.buyer_cookie
    assert (back.text, back.elements) == (sent.text, sent.elements)


# --- opening a cart again ------------------------------------------------------------------------------------

REOPENED = {
    ("create", None): 0,
    ("source", None): 0,
    ("create", "create"): 0,
    ("edit", "edit"): 0,
    ("inspect", "edit"): 0,
    ("inspect", "inspect"): 0,
    ("edit", "inspect"): 412,
    ("edit", "create"): 412,
    ("inspect", "create"): 412,
    ("edit", None): 412,
    ("inspect", None): 412,
}


@pytest.mark.parametrize(("operation", "allowed"), REOPENED)
def test_a_cart_is_opened_again_only_as_it_allowed(operation, allowed):
    session = begun(operation=operation)
    if not REOPENED[operation, allowed]:
        session.require(allowed)
        return
    with pytest.raises(Refusal) as caught:
        session.require(allowed)
    assert caught.value.status == 412


# --- keeping it ----------------------------------------------------------------------------------------------


def test_a_session_survives_json():
    session = begun(operation="edit", items=ITEM_OUT)
    stored = json.loads(json.dumps(session.to_dict()))
    again = PunchOutSession.from_dict(stored)
    assert again == session
    assert again.to_dict() == stored
    assert again.return_cart([item()], **FIXED) == session.return_cart([item()], **FIXED)


def test_what_is_stored_or_shown_holds_no_secret():
    session = begun()
    assert SECRET not in json.dumps(session.to_dict())
    assert SECRET not in repr(session)
    assert SECRET not in repr(session.setup)
    assert SECRET.encode() not in serialize(session.setup)


@pytest.mark.parametrize(
    "carrier",
    [
        f"<SharedSecret>{SECRET}</SharedSecret>",
        f"<Secret>{SECRET}</Secret>",
        f"<Extrinsic name='SharedSecret'>{SECRET}</Extrinsic>",
    ],
)
@pytest.mark.parametrize("where", ["From", "To", "Sender", "Header"])
def test_a_secret_at_a_wrong_place_of_the_header_is_not_stored(where, carrier):
    body = setup().replace(f"</{where}>".encode(), f"{carrier}</{where}>".encode(), 1)
    session = begun(body)
    assert SECRET not in json.dumps(session.to_dict())
    assert SECRET.encode() not in serialize(session.cancel())


@pytest.mark.parametrize(
    "cookie",
    [
        f"<SharedSecret>{SECRET}</SharedSecret>",
        f"a<b><x:sharedsecret xmlns:x='u'>{SECRET}</x:sharedsecret></b>",
        f"&lt;SharedSecret&gt;{SECRET}&lt;/SharedSecret&gt;",
        f"<Credential domain='a'><Identity>b</Identity><CredentialMac>{SECRET}</CredentialMac></Credential>",
    ],
)
def test_a_cookie_that_no_form_could_bring_home_begins_no_session(cookie):
    with pytest.raises(Refusal, match=r"(?i)(SharedSecret|CredentialMac) stands in the BuyerCookie") as caught:
        begun(cookie=cookie)
    assert caught.value.status == 406
    assert SECRET not in str(caught.value)


def test_a_secret_that_came_into_the_cookie_later_goes_into_no_form():
    session = begun()
    session.request.buyer_cookie.content = (OpenElement(f"<SharedSecret>{SECRET}</SharedSecret>"),)
    with pytest.raises(UsageError, match="SharedSecret") as caught:
        browser_form(session, session.cancel())
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(session.setup)


def test_the_document_that_was_received_keeps_its_proof():
    got = received()
    before = serialize(got.document)
    PunchOutSession.begin(got)
    assert serialize(got.document) == before
    assert SECRET.encode() in before


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"version": None},
        {"key": 7},
        {"partner": None},
        {"setup": b"<cXML/>"},
        {"setup": "<cXML>"},
        {"setup": example("valid/precoro-cart").decode()},
    ],
)
def test_what_is_no_session_is_not_restored(change):
    with pytest.raises(InvalidValue):
        PunchOutSession.from_dict(begun().to_dict() | change)


def test_a_stored_session_is_valid():
    assert validate(begun().to_dict()["setup"].encode()).ok


def test_an_attribute_beside_the_mark_of_the_buyer_does_not_spoil_the_cart():
    body = (
        setup()
        .replace(b"<cXML ", b'<cXML xmlns:k="urn:kitchen" ')
        .replace(b"<BuyerCookie>", b'<BuyerCookie k:seen="no">')
    )
    kept = PunchOutSession.from_dict(json.loads(json.dumps(begun(body).to_dict())))
    back = serialize(kept.cancel(), validate=True)
    assert parse(back).payload.buyer_cookie.text == begun().buyer_cookie.text


@pytest.mark.parametrize("name", ["key", "partner", "setup"])
def test_half_a_surrogate_is_in_no_stored_session(name):
    stored = begun().to_dict()
    with pytest.raises(InvalidValue, match="surrogate"):
        PunchOutSession.from_dict(stored | {name: stored[name] + "\udc80"})
