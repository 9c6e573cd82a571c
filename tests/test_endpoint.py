"""The end of the line: anything that comes in is answered with well-formed cXML, and the right Status."""

from __future__ import annotations

import asyncio
import logging
import re
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from bodies import INSERTIONS
from hypothesis import given, settings
from hypothesis import strategies as st
from visits import NOW, SECRET, counted, endpoint, example, partner, received, setup

from cxml_punchout import (
    AuthenticationError,
    DocumentError,
    InvalidDocument,
    InvalidValue,
    Limits,
    MalformedDocument,
    OpenElement,
    Refusal,
    Secret,
    SecretUnavailable,
    UsageError,
    parse,
    validate,
)
from cxml_punchout.element import put
from cxml_punchout.endpoint import CONTENT_TYPE, Endpoint, Reply
from cxml_punchout.models import (
    Money,
    OrderRequest,
    ProfileRequest,
    ProfileResponse,
    PunchOutSetupRequest,
    PunchOutSetupResponse,
    StartPage,
    Status,
)
from cxml_punchout.punchout.session import PunchOutSession
from cxml_punchout.replay.memory import MemoryReplayGuard
from cxml_punchout.trust.stores.memory import MemoryStore

ORDER = example("valid/precoro-order")
PAGE = "https://shop.example.com/start/k1"


def open_shop(_: object) -> PunchOutSetupResponse:
    return PunchOutSetupResponse(start_page=StartPage(url=PAGE))


HANDLERS: Any = {PunchOutSetupRequest: open_shop, OrderRequest: lambda _: None}


def handled(body: bytes, handlers: Any = HANDLERS, content_type: str | None = None, **options: Any) -> Reply:
    return approved(endpoint(**options).handle(body, content_type, handlers))


def approved(reply: Reply) -> Reply:
    """Every answer is well-formed, valid, and without a secret, whatever it answers."""
    report = validate(reply.body)
    assert report.ok, str(report)
    assert reply.http_status == 200
    assert reply.content_type == CONTENT_TYPE
    document = parse(reply.body)
    assert document.header is None
    assert document.response is not None
    assert document.response.status.code == reply.status
    assert SECRET.encode() not in reply.body
    return reply


def message_of(reply: Reply) -> str:
    response = parse(reply.body).response
    assert response is not None
    return response.status.value


# --- what goes well ------------------------------------------------------------------------------------------


def test_a_setup_request_is_answered_with_a_page():
    reply = handled(setup())
    document = parse(reply.body)
    assert isinstance(document.payload, PunchOutSetupResponse)
    assert document.payload.start_page.url.value == PAGE
    assert (document.payload_id, document.timestamp) == ("1@shop.example.com", NOW)
    assert (reply.status, reply.error) == (200, None)
    assert reply.headers == {
        "Content-Type": 'text/xml; charset="UTF-8"',
        "Content-Length": str(len(reply.body)),
        "Cache-Control": "no-store",
    }


def test_an_order_is_answered_by_the_status_alone():
    taken = []
    reply = handled(ORDER, {OrderRequest: lambda received: taken.append(received)})
    assert parse(reply.body).payload is None
    assert taken[0].payload.order_request_header.order_id
    assert taken[0].partner.name == "NetworkID AN01999010012 by NetworkID tallow-finch-live (production)"
    assert taken[0].attempt == 1


def test_what_was_received_says_who_sent_what():
    got = received()
    assert isinstance(got.payload, PunchOutSetupRequest)
    assert got.payload_id == "20260312091417.48213.7730912@buy.example.net"
    assert (str(got.sender), got.mode) == ("NetworkID tallow-finch-live", "production")
    assert [str(account) for account in got.from_] == ["NetworkID AN01999010012"]
    assert got.raw == setup()
    assert got.findings == ()
    assert SECRET not in repr(got)


@pytest.mark.parametrize(
    ("answer", "code"), [(None, 200), (201, 201), (204, 204), (450, 450), (Status("x", code=211, text="OK"), 211)]
)
def test_a_handler_may_answer_with_a_status(answer, code):
    assert handled(ORDER, {OrderRequest: lambda _: answer}).status == code


def test_a_payload_of_another_module_is_chosen_by_its_tag():
    body = example("valid/confirmation-request")
    seen = []

    def confirm(got):
        seen.append(got.payload)

    record = _record_of(body)
    assert handled(body, {"ConfirmationRequest": confirm}, partners=MemoryStore([record])).status == 200
    assert isinstance(seen[0], OpenElement)


def _record_of(body: bytes) -> Any:
    """A record that lets in whoever sent a document."""
    from cxml_punchout.trust.credentials import section_of

    header = parse(body, mode="tolerant").header
    assert header is not None
    names = {role: next(iter(section_of(getattr(header, role)))) for role in ("sender", "from_", "to")}
    secret = header.sender.credential[0].shared_secret
    assert secret is not None
    return partner(
        sender_domain=names["sender"].domain,
        sender_identity=names["sender"].identity,
        from_domain=names["from_"].domain,
        from_identity=names["from_"].identity,
        supplier_domain=names["to"].domain,
        to_identity=names["to"].identity,
        shared_secret=secret.value,
    )


def test_departures_are_told_and_forgiven():
    body = example("departures/z-times")
    got = received(body, partners=MemoryStore([_record_of(body)]))
    assert got.findings
    assert got.document.findings[0] in got.findings


# --- what goes wrong: the table of the module ----------------------------------------------------------------


def without(body: bytes, start: str, end: str) -> bytes:
    first, last = body.index(start.encode()), body.index(end.encode()) + len(end)
    return body[:first] + body[last:]


FAULTS: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 406),
    "no XML": (b"buyer=1&supplier=2", 406),
    "HTML": (b"<html><body>Hello</body></html>", 406),
    "not well-formed": (setup()[:-20], 406),
    "another root": (b"<Order/>", 406),
    "entities": (b'<!DOCTYPE cXML [<!ENTITY a "b">]><cXML/>', 406),
    "no operation": (setup().replace(b' operation="create"', b""), 406),
    "an unheard-of operation": (setup(operation="browse"), 450),
    "an empty operation": (setup(operation=" "), 406),
    "no way home": (without(setup(), "<BrowserFormPost>", "</BrowserFormPost>"), 406),
    "an order without lines": (re.sub(rb"<ItemOut.*</ItemOut>", b"", ORDER, flags=re.DOTALL), 406),
    "an order without its header": (without(ORDER, "<OrderRequestHeader", "</OrderRequestHeader>"), 406),
    "wrong secret": (setup().replace(SECRET.encode(), b"guess"), 401),
    "empty secret": (setup().replace(SECRET.encode(), b""), 401),
    "no secret": (without(setup(), "<SharedSecret>", "</SharedSecret>"), 401),
    "unknown sender": (setup().replace(b"tallow-finch-live", b"nobody"), 401),
    "no header": (without(setup(), "<Header>", "</Header>"), 401),
    "a response": (example("valid/precoro-setup-response"), 406),
    "neither request nor message": (without(setup(), "<Request", "</Request>"), 406),
    "another From": (setup().replace(b"AN01999010012", b"AN99", 1), 403),
    "another To": (setup().replace(b"999110224", b"999110225"), 403),
    "test": (setup().replace(b'"production"', b'"test"'), 403),
    "an unknown request": (setup().replace(b"PunchOutSetupRequest", b"SupplierListRequest"), 450),
    "over a limit": (setup(extra="x"), 499),
    "two orders": (ORDER.replace(b"</Request>", ORDER[ORDER.index(b"<OrderRequest>") :].partition(b"</cXML>")[0]), 406),
    "another request beside it": (setup().replace(b"</Request>", b"<ConfirmationRequest/></Request>"), 406),
    "a response beside it": (
        setup().replace(b"</cXML>", b'<Response><Status code="200" text="OK"/></Response></cXML>'),
        406,
    ),
    "a message with a fault": (
        setup()
        .replace(b"Request deploymentMode", b"Message x='' deploymentMode")
        .replace(b"</Request>", b"</Message>"),
        450,
    ),
}


@pytest.mark.parametrize(("body", "status"), FAULTS.values(), ids=FAULTS)
def test_each_fault_has_its_status(body, status):
    options = {"limits": Limits(elements=20)} if status == 499 else {}
    reply = handled(body, **options)
    assert reply.status == status
    assert reply.error is not None
    assert parse(reply.body).payload is None


def test_the_wire_is_told_nothing_of_a_wrong_secret_and_the_log_everything(caplog):
    with caplog.at_level(logging.WARNING, "cxml_punchout"):
        wrong, unknown = (handled(FAULTS[name][0]) for name in ("wrong secret", "unknown sender"))
    assert message_of(wrong) == message_of(unknown)
    assert [record.getMessage() for record in caplog.records] == [
        "answered 401: wrong-secret: the Sender is 'NetworkID tallow-finch-live'",
        "answered 401: unknown-sender: nobody is 'NetworkID nobody'",
    ]
    assert isinstance(wrong.error, AuthenticationError)
    assert SECRET not in caplog.text
    assert "guess" not in caplog.text


def test_a_document_that_cannot_be_read_is_told_where():
    assert "line 49" in message_of(handled(setup()[:-20]))
    assert "ItemOut" in message_of(handled(FAULTS["an order without lines"][0]))


@pytest.mark.parametrize(
    "name", ["user-agent-missing", "two-to-elements", "selected-item-before-supplier-setup", "no-doctype"]
)
def test_what_no_program_misses_may_be_missing(name):
    body = example(f"departures/{name}")
    handlers = {PunchOutSetupRequest: open_shop, OrderRequest: lambda _: None}
    assert handled(body, handlers, partners=MemoryStore([_record_of(body)])).status == 200


@pytest.mark.parametrize("name", ["an order without lines", "two orders", "no way home"])
def test_what_is_missing_does_not_hide_behind_a_crowd_of_other_faults(name):
    body = FAULTS[name][0].replace(b"<Header>", b"<Header>" + b"<Unheard/>" * 2000)
    assert handled(body).status == 406


def test_a_foreign_element_beside_the_request_is_no_second_one():
    assert handled(setup().replace(b"</Request>", b"<Unheard/><?unheard?></Request>")).status == 200


def test_layers_refuse_when_they_are_asked_to():
    body = example("departures/selected-item-before-supplier-setup")
    options = {"partners": MemoryStore([_record_of(body)])}
    assert handled(body, **options).status == 200
    assert handled(body, validate=("dtd",), **options).status == 406
    assert handled(body, validate="dtd", **options).status == 406
    assert handled(body, validate=("type",), **options).status == 200


def test_a_word_that_is_no_layer_is_told_at_once():
    with pytest.raises(InvalidValue, match="layer"):
        endpoint(validate=("grammar",))


# --- faults of our own ---------------------------------------------------------------------------------------


class Planted(Exception):
    """A fault where none is expected, with something in it that nobody may see."""


@pytest.fixture(params=["parse_judged", "decode_xml", "unpack", "authenticate", "objection", "attachments_of"])
def planted(request, monkeypatch):
    def fail(*_: object, **__: object) -> Any:
        raise Planted(f"the document held {SECRET}")

    monkeypatch.setattr(f"cxml_punchout.endpoint.{request.param}", fail)


@pytest.mark.usefixtures("planted")
def test_a_fault_of_ours_is_answered_and_told_once_in_a_while(caplog):
    now = [NOW]
    shop = endpoint(clock=lambda: now[0])
    replies = [approved(shop.handle(setup(), None, HANDLERS)) for _ in range(3)]
    replies.append(approved(asyncio.run(shop.handle_async(setup(), None, HANDLERS))))
    assert [reply.status for reply in replies] == [500] * 4
    assert {message_of(reply) for reply in replies} == {
        "The request could not be carried out. Please send it again later."
    }
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 4
    assert [record.exc_info is not None for record in caplog.records] == [True, False, False, False]
    now[0] += timedelta(hours=1)
    shop.handle(setup(), None, HANDLERS)
    assert caplog.records[-1].exc_info is not None


def test_a_secret_that_is_not_there_is_no_fault_of_the_sender(caplog, monkeypatch, tmp_path):
    monkeypatch.delenv("BAKERY_SECRET", raising=False)
    for absent in (
        Secret.from_env("BAKERY_SECRET"),
        Secret.from_file(tmp_path / "gone"),
        Secret.from_callable(lambda: [][0]),
    ):
        partners = MemoryStore([partner(shared_secret=absent)])
        reply = handled(setup(), partners=partners)
        assert reply.status == 500
        assert isinstance(reply.error, SecretUnavailable)
        stranger = handled(FAULTS["unknown sender"][0], partners=partners)
        assert (stranger.status, message_of(stranger)) == (500, message_of(reply)), "no name shows itself"
        assert handled(FAULTS["no secret"][0], partners=partners).status == 401
        with pytest.raises(UsageError, match="NetworkID AN01999010012 by NetworkID tallow"):
            endpoint(partners=partners).check()
    assert "BAKERY_SECRET is not set" in caplog.records[0].getMessage()
    assert caplog.records[0].levelno == logging.ERROR


def test_one_secret_of_two_is_enough(monkeypatch):
    monkeypatch.delenv("BAKERY_SECRET", raising=False)
    partners = MemoryStore([partner(shared_secret=[SECRET, Secret.from_env("BAKERY_SECRET")])])
    assert handled(setup(), partners=partners).status == 200
    assert handled(FAULTS["wrong secret"][0], partners=partners).status == 500


def test_all_secrets_are_looked_up_when_the_program_starts(monkeypatch, tmp_path):
    monkeypatch.setenv("BAKERY_SECRET", "there")
    monkeypatch.delenv("HUB_SECRET", raising=False)
    there = partner(shared_secret=Secret.from_env("BAKERY_SECRET"))
    endpoint(partners=MemoryStore([there])).check()
    other = partner(
        name="Orchard",
        sender_identity="orchard",
        shared_secret=Secret.from_file(tmp_path / "none"),
        mac_secret=Secret.from_env("HUB_SECRET"),
    )
    store = MemoryStore([there, other])
    with pytest.raises(UsageError) as caught:
        endpoint(partners=store).check()
    assert str(caught.value).count("'Orchard'") == 2
    assert "HUB_SECRET" in str(caught.value)

    class Elsewhere:
        """A store that does not tell whom it holds; its decoys are secrets like any others."""

        find, standing, domains = store.find, store.standing, store.domains
        verifications, decoys = store.verifications, MemoryStore([other]).decoys

    with pytest.raises(UsageError, match="none cannot be read"):
        endpoint(partners=Elsewhere()).check()


def test_a_store_that_is_not_sure_of_its_partners_says_so_when_the_program_starts():
    class Unsure(MemoryStore):
        problem = "partners.toml is half of what it was"

    with pytest.raises(UsageError, match="half of what it was"):
        endpoint(partners=Unsure([partner()])).check()


# --- handlers ------------------------------------------------------------------------------------------------


class OwnFault(Exception):
    """Something in the application."""


def failing(error: Exception) -> Any:
    def handler(_: object) -> None:
        raise error

    return {PunchOutSetupRequest: handler}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Refusal(412, "The cart is gone."), 412),
        (Refusal(560), 560),
        (OwnFault(f"the database says {SECRET}"), 500),
        (AttributeError("x"), 500),
        (StopIteration(), 500),
        (InvalidValue("x"), 500),
        (UsageError("x"), 500),
        (MemoryError(), 500),
    ],
)
def test_what_a_handler_raises_is_answered(error, status):
    reply = handled(setup(), failing(error))
    assert reply.status == status
    assert reply.error is error or isinstance(error, StopIteration)
    if isinstance(error, Refusal):
        assert message_of(reply) == error.text
    else:
        assert message_of(reply) == "The request could not be carried out. Please send it again later."


class Wordless(Refusal):
    """Of an application that forgot to call the class above."""

    def __init__(self) -> None:
        pass


@pytest.mark.parametrize("error", [Wordless(), DocumentError(())])
def test_an_error_that_cannot_say_what_it_is_is_a_fault_of_the_application(error, caplog):
    assert handled(setup(), failing(error)).status == 500
    assert caplog.records[0].levelno == logging.ERROR


@pytest.mark.parametrize("text", [None, 5, b"text"])
def test_the_text_of_a_refusal_is_a_text(text):
    with pytest.raises(InvalidValue, match="text of a refusal"):
        Refusal(400, text)


def test_what_a_handler_reads_for_itself_is_no_fault_of_the_partner(caplog):
    """It may have read another document; the partner is not told what it cannot mend."""

    def strict(_: object) -> None:
        parse(b"<html/>")

    reply = handled(setup(), {PunchOutSetupRequest: strict})
    assert reply.status == 500
    assert isinstance(reply.error, InvalidDocument)
    assert caplog.records[0].exc_info is not None


@pytest.mark.parametrize("error", [AuthenticationError("wrong-secret"), AuthenticationError("wrong-to", proved=True)])
def test_a_handler_does_not_say_who_somebody_is(error):
    assert handled(setup(), failing(error)).status == 500


def test_a_fault_of_the_application_goes_to_the_log_with_its_traceback(caplog):
    handled(setup(), failing(OwnFault("broken")))
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], OwnFault)


def test_the_text_of_a_refusal_may_hold_anything(caplog):
    text = "\x00 <&> \ud800 \ufffe ü 中\n"
    assert message_of(handled(setup(), failing(Refusal(400, text)))) == "\ufffd <&> \ufffd \ufffd ü 中\n"
    assert caplog.messages == [r"answered 400: \x00 <&> \ud800 \ufffe ü 中\n"]


@pytest.mark.parametrize(
    "answer",
    ["200", 3.5, True, [], b"", object(), 302, 99, 600, Status("x", code=302, text="x"), OrderRequest],
)
def test_a_handler_that_answers_nonsense_is_at_fault(answer):
    assert handled(setup(), {PunchOutSetupRequest: lambda _: answer}).status == 500


@pytest.mark.parametrize("part", ["document", "payload", "verified"])
def test_nothing_of_what_was_received_goes_back_as_an_answer(part):
    assert handled(setup(), {PunchOutSetupRequest: lambda got: getattr(got, part)}).status == 500


@pytest.mark.parametrize("answer", [HTTPStatus.OK, Status("x", code=HTTPStatus.OK, text="OK")])
def test_the_status_of_a_reply_is_a_plain_number(answer):
    assert type(handled(setup(), {PunchOutSetupRequest: lambda _: answer}).status) is int


def test_a_handler_that_forgets_to_return_the_start_page_is_told(caplog):
    assert handled(setup(), {PunchOutSetupRequest: lambda _: None}).status == 500
    assert "return session.start_page(...)" in caplog.text
    assert handled(setup(), {PunchOutSetupRequest: lambda _: 200}).status == 200


@pytest.mark.parametrize(
    ("handlers", "said"),
    [
        ({Money: open_shop}, "Money is no request"),
        ({PunchOutSetupResponse: open_shop}, "PunchOutSetupResponse is no request"),
        ({7: open_shop}, "7 is no request"),
        ({PunchOutSetupRequest: None}, "the handler of PunchOutSetupRequest is no function but a NoneType"),
        (open_shop, "handlers are a mapping of payload to function, not a function"),
        (None, "handlers are a mapping of payload to function, not a NoneType"),
    ],
)
def test_a_table_of_handlers_that_is_none_is_our_own_fault(caplog, handlers, said):
    assert handled(setup(), handlers).status == 500
    assert said in caplog.text


def test_the_log_says_for_what_there_are_handlers(caplog):
    assert handled(setup(), {"PunchoutSetupRequest": open_shop, OrderRequest: open_shop}).status == 450
    assert caplog.messages == [
        "answered 450: 'PunchOutSetupRequest' is not implemented here. "
        "(handlers are there for 'PunchoutSetupRequest', 'OrderRequest')"
    ]


def test_a_refusal_goes_to_the_log_with_its_text(caplog):
    handled(setup(), failing(Refusal(412, "The cart is gone.")))
    handled(setup(), failing(Refusal(560)))
    assert caplog.messages == ["answered 412: The cart is gone.", "answered 560: refused"]


@pytest.mark.parametrize("body", [setup().decode(), None, 7])
def test_what_are_no_octets_is_our_own_fault(caplog, body):
    assert handled(body).status == 500
    assert f"the octets of the request are expected, as they came, not {type(body).__name__}" in caplog.text


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_octets_come_in_any_form(kind):
    assert handled(kind(setup())).status == 200


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"partners": [partner()]}, r"a store of partners is expected, MemoryStore\(\[...\]\) say, not list"),
        ({"partners": None}, "not NoneType"),
        ({"validate": True}, "layers are expected"),
        ({"clock": datetime.now}, "offset from UTC"),
    ],
)
def test_an_endpoint_is_not_made_of_what_does_not_fit(options, said):
    with pytest.raises(InvalidValue, match=said):
        Endpoint(**({"partners": MemoryStore([])} | options))


def test_a_payload_that_cannot_be_written_is_a_fault_of_the_application():
    wrong = PunchOutSetupResponse(start_page=StartPage(url=PAGE))
    put(wrong.start_page, "url", None)
    assert handled(setup(), {PunchOutSetupRequest: lambda _: wrong}).status == 500


def test_what_stops_the_program_is_not_answered():
    def stop(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        endpoint().handle(setup(), None, {PunchOutSetupRequest: stop})


@pytest.mark.parametrize("status", [400, 450, 500])
def test_a_payload_stands_only_beside_success(status):
    with pytest.raises(InvalidValue, match="success"):
        endpoint().reply(received(), open_shop(None), status=status)


@pytest.mark.parametrize("status", [True, 200, 399, 600, "400"])
def test_a_refusal_is_no_success(status):
    with pytest.raises(InvalidValue):
        Refusal(status)


# --- awaiting ------------------------------------------------------------------------------------------------


def handled_async(body: bytes, handlers: Any, **options: Any) -> Reply:
    return approved(asyncio.run(endpoint(**options).handle_async(body, None, handlers)))


async def open_later(got: object) -> PunchOutSetupResponse:
    await asyncio.sleep(0)
    return open_shop(got)


async def refuse_later(_: object) -> None:
    await asyncio.sleep(0)
    raise Refusal(412, "Too late.")


def test_handlers_may_be_awaited():
    assert handled_async(setup(), {PunchOutSetupRequest: open_later}).body == handled(setup()).body
    assert handled_async(setup(), {PunchOutSetupRequest: refuse_later}).status == 412
    assert handled_async(setup(), HANDLERS).status == 200
    assert handled_async(b"", HANDLERS).status == 406
    assert handled_async(setup(), failing(OwnFault())).status == 500


def test_an_async_handler_is_not_forgotten_by_handle(caplog):
    assert handled(setup(), {PunchOutSetupRequest: open_later}).status == 500
    assert "UsageError" in caplog.text
    assert "handle_async" in caplog.text


def test_whoever_is_cancelled_gives_the_document_back():
    guard = MemoryReplayGuard()

    async def cancelled() -> None:
        async def wait(_: object) -> None:
            await asyncio.sleep(60)

        task = asyncio.create_task(endpoint(replay=guard).handle_async(setup(), None, {PunchOutSetupRequest: wait}))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert handled(setup(), replay=guard).status == 200


# --- profile and ping ----------------------------------------------------------------------------------------


# --- which version an answer names, and when -------------------------------------------------------------------


def naming(version: str, body: bytes | None = None) -> bytes:
    return re.sub(rb"/cXML/1\.2\.\d+/", f"/cXML/{version}/".encode(), setup() if body is None else body)


def version_of(reply: Reply) -> str | None:
    doctype = parse(reply.body).doctype
    assert doctype is not None
    return doctype.version


def refuse(_: object) -> None:
    raise Refusal(412, "No.")


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("1.2.009", "1.2.009"),
        ("1.2.014", "1.2.014"),
        ("1.2.099", "1.2.071"),
        ("1.1.009", "1.2.071"),
        ("1.2.9", "1.2.071"),
    ],
)
@pytest.mark.parametrize(
    "handler", [open_shop, refuse, lambda _: 204, lambda _: Status("x", code=200, text="OK"), failing(KeyError())]
)
def test_an_answer_names_the_version_of_its_request(asked: str, named: str, handler: Any) -> None:
    assert version_of(handled(naming(asked), {PunchOutSetupRequest: handler})) == named


@pytest.mark.parametrize("fault", FAULTS)
def test_a_refusal_names_the_version_of_what_it_refuses(fault: str) -> None:
    body = naming("1.2.017", FAULTS[fault][0])
    assert version_of(handled(body)) == ("1.2.017" if b"/cXML/1.2.017/" in body else "1.2.071")


def test_a_request_without_doctype_may_name_its_version_as_of_old() -> None:
    body = re.sub(rb"<!DOCTYPE[^>]*>", b"", setup())
    assert version_of(handled(body)) == "1.2.071"
    assert version_of(handled(body.replace(b"<cXML ", b'<cXML version="1.2.006" '))) == "1.2.006"


def test_what_is_set_for_the_partner_goes_before_what_is_set_for_all_and_that_before_the_request() -> None:
    ours, its = {"version": "1.2.030"}, MemoryStore([partner(version="1.2.025")])
    assert version_of(handled(naming("1.2.017"), **ours)) == "1.2.030"
    assert version_of(handled(naming("1.2.017"), partners=its, **ours)) == "1.2.025"
    assert version_of(handled(naming("1.2.017"), {PunchOutSetupRequest: refuse}, partners=its)) == "1.2.025"
    assert version_of(handled(b"<cXML", partners=its, **ours)) == "1.2.030"
    assert version_of(endpoint(**ours).ping()) == "1.2.030"
    assert received(partners=its).version == "1.2.025"
    with pytest.raises(InvalidValue, match="a cXML version is expected"):
        endpoint(version="1.2.72")


@pytest.mark.unapproved  # a payload without a model, and nothing in it
def test_an_answer_that_does_not_fit_is_named_by_the_version_that_has_it(caplog) -> None:
    answer = OpenElement("<OrganizationDataResponse/>")
    reply = endpoint().handle(naming("1.2.014"), None, {PunchOutSetupRequest: lambda _: answer})
    assert version_of(reply) == "1.2.071"
    reply = handled(naming("1.2.014"), {PunchOutSetupRequest: lambda _: answer}, version="1.2.014")
    assert (reply.status, version_of(reply)) == (500, "1.2.014")
    assert "cXML 1.2.014 does not have <OrganizationDataResponse>; it came with 1.2.020" in caplog.text


def test_no_answer_holds_a_fraction_of_a_second() -> None:
    options = {"clock": lambda: NOW.replace(microsecond=987654)}
    for body in (setup(), profile(), ORDER, b"<cXML", setup().replace(SECRET.encode(), b"x")):
        reply = handled(body, **options)
        assert parse(reply.body).timestamp == NOW
        assert b"987" not in reply.body
    assert b"987" not in endpoint(**options).ping().body


def profile() -> bytes:
    body = setup()
    start, end = body.index(b"<PunchOutSetupRequest"), body.index(b"</PunchOutSetupRequest>")
    return body[:start] + b"<ProfileRequest/>" + body[end + len("</PunchOutSetupRequest>") :]


def test_the_profile_lists_what_has_a_handler():
    answer = parse(handled(profile()).body).payload
    assert isinstance(answer, ProfileResponse)
    assert answer.effective_date == NOW
    assert [(each.request_name, each.url.value) for each in answer.transaction] == [
        ("PunchOutSetupRequest", "https://shop.example.com/punchout"),
        ("OrderRequest", "https://shop.example.com/orders"),
    ]
    assert [(each.name, each.value) for each in answer.transaction[1].option] == [("attachments", "Yes")]


def test_a_profile_without_addresses_is_not_implemented():
    store = MemoryStore([partner(punchout_url="", purchase_order_url="")])
    assert handled(profile(), partners=store).status == 450


def test_an_application_may_answer_the_profile_itself():
    assert handled(profile(), {ProfileRequest: lambda _: 204}).status == 204


def test_a_get_is_answered_without_a_document():
    reply = approved(endpoint().ping())
    assert (reply.status, message_of(reply)) == (200, "Ping Response Message")


# --- the same document again ---------------------------------------------------------------------------------


def test_a_document_that_comes_again_gets_the_same_octets():
    calls: list[object] = []

    def once(got: Any) -> PunchOutSetupResponse:
        calls.append(got)
        return open_shop(got)

    ours = endpoint(replay=MemoryReplayGuard())
    first, second = (ours.handle(setup(), None, {PunchOutSetupRequest: once}) for _ in range(2))
    assert first.body == second.body
    assert len(calls) == 1


def test_the_same_session_with_another_content_under_the_same_id_is_a_conflict():
    ours = endpoint(replay=MemoryReplayGuard())
    assert ours.handle(setup(), None, HANDLERS).status == 200
    changed = setup(before_form="<Extrinsic name='x'>y</Extrinsic>")
    assert approved(ours.handle(changed, None, HANDLERS)).status == 409
    assert ours.handle(setup(), None, HANDLERS).status == 200


def test_two_users_of_one_second_are_both_let_in():
    ours = endpoint(replay=MemoryReplayGuard())
    replies = [ours.handle(setup(cookie=each), None, HANDLERS) for each in ("one", "two", "one")]
    assert [reply.status for reply in replies] == [200, 200, 200]
    assert replies[0].body == replies[2].body != replies[1].body


ODD_HEADERS = {
    "lone-original": ("</Header>", '<OriginalDocument payloadID="3@hub"/></Header>'),
    "lone-path": (
        "</Header>",
        '<Path><Node type="copy"><Credential domain="DUNS"><Identity>1</Identity></Credential></Node></Path></Header>',
    ),
    "element-in-a-text": (
        "</From>",
        '<Correspondent><Contact role="x"><Name xml:lang="en">N</Name><IdReference identifier="1" domain="x">'
        '<Description xml:lang="en">A <Key>pl-44-odd</Key></Description></IdReference></Contact></Correspondent>'
        "</From>",
    ),
}


@pytest.mark.parametrize("case", ODD_HEADERS)
def test_an_odd_header_is_no_reason_to_turn_a_document_away(case):
    sessions = []

    def open_session(got: Any) -> PunchOutSetupResponse:
        session = PunchOutSession.begin(got)
        sessions.append(session.to_dict())
        return session.start_page("https://shop.example.com/s")

    ours = endpoint(replay=MemoryReplayGuard())
    old, new = ODD_HEADERS[case]
    body = setup().replace(old.encode(), new.encode())
    replies = [ours.handle(body, None, {PunchOutSetupRequest: open_session}) for _ in range(2)]
    assert [reply.status for reply in replies] == [200, 200]
    assert (len(sessions), replies[0].body) == (1, replies[1].body)
    assert PunchOutSession.from_dict(sessions[0])
    assert "pl-44-odd" not in str(sessions), "nobody knows what it is, so it may be a secret"


def test_orders_of_one_second_are_both_taken_and_a_changed_one_is_a_conflict():
    ours, taken = endpoint(replay=MemoryReplayGuard()), []
    handlers: Any = {OrderRequest: lambda got: taken.append(got.payload.order_request_header.order_id)}
    first = example("valid/precoro-order")
    number = parse(first).payload.order_request_header.order_id
    second = first.replace(f'orderID="{number}"'.encode(), b'orderID="K-2"')
    changed = first.replace(b'quantity="12"', b'quantity="13"')
    assert changed != first
    assert [ours.handle(each, None, handlers).status for each in (first, second, changed, second)] == [
        200,
        200,
        409,
        200,
    ]
    assert taken == [number, "K-2"]


def test_a_partner_that_sends_too_much_costs_no_other_an_answer():
    store = MemoryStore([partner(), partner(from_identity="999000001")])
    guard = MemoryReplayGuard(most=2)
    ours = endpoint(partners=store, replay=guard)
    theirs = setup().replace(partner().from_identity.encode(), b"999000001")
    first = ours.handle(setup(), None, HANDLERS)
    replies = [ours.handle(theirs.replace(b'payloadID="', b'payloadID="%d' % n), None, HANDLERS) for n in range(4)]
    assert [reply.status for reply in replies] == [200, 200, 560, 560]
    assert ours.handle(setup(), None, HANDLERS).body == first.body


def test_what_was_not_carried_out_is_a_further_attempt():
    attempts: list[int] = []

    def handler(got: Any) -> int:
        attempts.append(got.attempt)
        if len(attempts) == 1:
            raise OwnFault
        if len(attempts) == 2:
            raise Refusal(412, "The order that this one changes is not here yet.")
        return {3: 560, 4: 409}.get(len(attempts), 201)

    ours = endpoint(replay=MemoryReplayGuard())
    handlers: Any = {PunchOutSetupRequest: handler}
    replies = [ours.handle(setup(), None, handlers) for _ in range(7)]
    assert [reply.status for reply in replies] == [500, 412, 560, 409, 201, 201, 201]
    assert attempts == [1, 2, 3, 4, 5]
    assert len({reply.body for reply in replies[4:]}) == 1


def test_an_answer_that_could_not_be_kept_does_not_make_the_next_attempt_the_first():
    class Broken(MemoryReplayGuard):
        def finish(self, *_: Any) -> None:
            raise OwnFault("the database is gone")

    guard = Broken()
    attempts: list[int] = []
    handlers: Any = {PunchOutSetupRequest: lambda got: attempts.append(got.attempt) or 200}
    assert [handled(setup(), handlers, replay=guard).status for _ in range(2)] == [500, 500]
    assert attempts == [1, 2]


def test_while_one_is_at_work_the_other_is_told_to_come_again():
    guard = MemoryReplayGuard()
    ours = endpoint(replay=guard)
    inner: list[Reply] = []

    def handler(_: object) -> int:
        inner.append(ours.handle(setup(), None, HANDLERS))
        return 200

    assert ours.handle(setup(), None, {PunchOutSetupRequest: handler}).status == 200
    assert approved(inner[0]).status == 560


def test_after_a_crash_the_handler_is_told_that_it_is_not_the_first():
    guard, now = MemoryReplayGuard(lease=timedelta(minutes=5)), [NOW]
    ours = endpoint(replay=guard, clock=lambda: now[0])
    seen: list[int] = []

    def crash(_: object) -> None:
        raise KeyboardInterrupt

    class Dead(MemoryReplayGuard):
        def abandon(self, claim: Any) -> None:
            """A process that died gives nothing back."""

    dead = Dead(lease=timedelta(minutes=5))
    with pytest.raises(KeyboardInterrupt):
        endpoint(replay=dead, clock=lambda: now[0]).handle(setup(), None, {PunchOutSetupRequest: crash})
    now[0] += timedelta(minutes=6)
    ours = endpoint(replay=dead, clock=lambda: now[0])
    assert ours.handle(setup(), None, {PunchOutSetupRequest: lambda got: seen.append(got.attempt) or 200}).status == 200
    assert seen == [2]


def test_a_guard_that_is_out_of_order_is_a_fault_for_the_moment(caplog):
    class Gone(MemoryReplayGuard):
        def begin(self, *_: Any) -> Any:
            raise OwnFault("no database")

    class Stuck(MemoryReplayGuard):
        def abandon(self, *_: Any) -> None:
            raise OwnFault("no database")

    assert handled(setup(), replay=Gone()).status == 500
    assert handled(setup(), failing(Refusal(412)), replay=Stuck()).status == 412
    assert "could not be given back" in caplog.text


def test_a_sender_who_is_not_known_learns_nothing_of_earlier_answers():
    ours = endpoint(replay=MemoryReplayGuard())
    assert ours.handle(setup(), None, HANDLERS).status == 200
    assert ours.handle(setup().replace(SECRET.encode(), b"guess"), None, HANDLERS).status == 401


# --- octets and characters -----------------------------------------------------------------------------------

CHARSETS = [
    ("text/xml; charset=UTF-8", "UTF-8", "UTF-8", 200),
    ('text/xml; charset="utf-8"', "UTF-8", "UTF-8", 200),
    ("text/xml", "UTF-8", "UTF-8", 200),
    (None, "UTF-8", "UTF-8", 200),
    ("application/xml", "ISO-8859-1", "ISO-8859-1", 200),
    ("text/xml; charset=iso-8859-1", "UTF-8", "ISO-8859-1", 200),
    ("text/xml; charset=utf-8", "ISO-8859-1", "UTF-8", 200),
    ("application/xml", "UTF-16", "UTF-16", 200),
    ("text/xml; charset=klingon", "UTF-8", "UTF-8", 200),
    ("text/xml; charset=utf-8", "ISO-8859-1", "ISO-8859-1", 200),
    ("text/xml; charset=utf-8", "UTF-8", "ISO-8859-1", 406),
    ("text/xml; charset=klingon", "UTF-8", "ISO-8859-1", 406),
]


@pytest.mark.parametrize(("content_type", "declared", "real", "status"), CHARSETS)
def test_the_charset_of_http_goes_before_that_of_the_document(content_type, declared, real, status):
    text = setup(before_form="<Extrinsic name='x'>Zürich</Extrinsic>").decode()
    body = text.replace('encoding="UTF-8"', f'encoding="{declared}"').encode(real)
    seen = []

    def look(got: Any) -> int:
        seen.append(got.payload.extrinsic[-1].value)
        return 200

    assert handled(body, {PunchOutSetupRequest: look}, content_type).status == status
    assert seen == (["Zürich"] if status == 200 else [])


@settings(max_examples=300)
@given(st.integers(0, len(setup())), st.sampled_from(INSERTIONS), st.sampled_from([0, 1, 7, 400]))
def test_anything_is_answered(place, inserted, cut):
    body = setup()[:place] + inserted + setup()[place + cut :]
    reply = handled(body)
    assert reply.status in (200, 401, 403, 406, 450), message_of(reply)


@settings(max_examples=200)
@given(st.binary(max_size=200), st.one_of(st.none(), st.text(max_size=60)))
def test_any_octets_of_any_kind_are_answered(body, content_type):
    assert handled(body, content_type=content_type).status in (406, 401, 499)


def test_the_log_holds_no_line_break_of_a_partner(caplog):
    handled(setup().replace(b"tallow-finch-live", b"a&#10;answered 200"))
    assert "\n" not in caplog.records[0].getMessage()


def test_an_endpoint_has_real_defaults():
    ours = Endpoint(MemoryStore([partner()]))
    one, two = (parse(ours.handle(setup(), None, HANDLERS).body) for _ in range(2))
    assert one.payload_id != two.payload_id
    assert one.timestamp.tzinfo is not None


def test_errors_are_raised_by_receive_itself():
    with pytest.raises(MalformedDocument):
        endpoint().receive(b"")
    with pytest.raises(InvalidDocument):
        endpoint().receive(FAULTS["no way home"][0])
    with pytest.raises(Refusal):
        endpoint().receive(FAULTS["an unheard-of operation"][0])
    with pytest.raises(AuthenticationError):
        endpoint().receive(FAULTS["wrong secret"][0])
    assert issubclass(MalformedDocument, DocumentError)


def test_ids_are_counted_in_tests():
    assert next(counted()) == "1@shop.example.com"


# --- large documents ----------------------------------------------------------------------------------------------


def large(body: bytes, inside: bytes = b"<Extrinsic name='a'>x</Extrinsic>", octets: int = 300_000) -> bytes:
    """A request with much more in it than anybody needs."""
    return body.replace(b"</BuyerCookie>", b"</BuyerCookie>" + inside * (octets // len(inside)))


@pytest.fixture
def readings(monkeypatch):
    """How many elements the reader of orders and requests made, for each document that was read in full."""
    from cxml_punchout import document

    found = []
    original = document._parsed

    def counting(loaded, *options):
        found.append(len(loaded.octets))
        return original(loaded, *options)

    monkeypatch.setattr(document, "_parsed", counting)
    return found


def test_a_large_document_of_a_stranger_is_not_read_to_the_end(readings):
    body = large(setup())
    assert handled(body).status == 200
    assert max(readings) > 300_000
    readings.clear()
    for wrong in (body.replace(SECRET.encode(), b"wrong"), body.replace(b"Header>", b"Heading>")):
        assert handled(wrong).status in (401, 406)
    assert max(readings) < 10_000


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(SECRET.encode(), b"wrong", id="a wrong secret"),
        pytest.param(b"<From>", b"<From><Credential/></From><From>", id="a second From"),
        pytest.param(b"</Header>", b"</Header><Header/>", id="a second Header"),
        pytest.param(b"<Request>", b'<Request deploymentMode="test">', id="another mode"),
        pytest.param(
            b"<To>", b"<To><Credential domain='DUNS'><Identity>5</Identity></Credential></To><To>", id="two To"
        ),
        pytest.param(b"<Request>", b"<Response><Status code='200' text='OK'/></Response><Request>", id="a Response"),
        pytest.param(b"</Request>", b"</Request><Request><ProfileRequest/></Request>", id="two requests"),
        pytest.param(b"PunchOutSetupRequest", b"PunchOutSetupRequests", id="an unknown request"),
        pytest.param(b"<Header>", b"<Header xmlns:a='u'><?a b?>", id="decoration"),
        pytest.param(b"Header>", b"Heads>", id="no Header"),
    ],
)
def test_the_size_of_a_document_does_not_change_its_answer(old, new):
    body = setup().replace(old, new)
    small, big = handled(body), handled(large(body))
    assert small.status == big.status
    # What stands in the request is not read before it is known who sent it.
    assert message_of(small).partition(" (and")[0] == message_of(big).partition(" (and")[0]
