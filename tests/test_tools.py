"""No tool that people print, log and debug with shows a secret, whatever it is given; where a dictionary holds one."""

from __future__ import annotations

import copy
import io
import json
import logging
import pickle
import pprint
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
import rich.console
import rich.pretty
import rich.traceback
from bodies import ORDER, SETUP, envelope
from hypothesis.vendor import pretty as hypothesis_pretty
from visits import EXAMPLES, NOW, endpoint, partner

from cxml_punchout import CXML, DocumentError, InvalidValue, OpenElement, Partner, parse, serialize, validate
from cxml_punchout.buyer import Buyer, Outgoing
from cxml_punchout.concealed import Concealed, SecretText
from cxml_punchout.element import put
from cxml_punchout.endpoint import Received
from cxml_punchout.mime import unpack
from cxml_punchout.models import OrderRequest, PunchOutSetupRequest, SharedSecret, Total
from cxml_punchout.punchout.session import PunchOutSession
from cxml_punchout.testing.simulator import Exchange, Transcript
from cxml_punchout.trust.secrets import Secret
from cxml_punchout.trust.stores.memory import MemoryStore

MARK = "wren-2291-Qk"
CARD = "4929123412341238"
HOLDERS = {
    "secret": f"<SharedSecret>{MARK}</SharedSecret>",
    "elements": f"<SharedSecret>{MARK}<Inner>{MARK}</Inner></SharedSecret>",
    "cdata": f"<SharedSecret><![CDATA[{MARK}]]></SharedSecret>",
    "mac": '<CredentialMac type="FromSenderCredentials" algorithm="HMAC-SHA1-96"'
    f' creationDate="2026-11-23T18:30:00+00:00" expirationDate="2026-11-24T18:30:00+00:00">{MARK}</CredentialMac>',
    "signature": f'<DigitalSignature encoding="Base64">{MARK * 20}</DigitalSignature>',
    "unknown": f"<Password>{MARK}</Password>",
}


def body(holder: str = "secret") -> bytes:
    return envelope(SETUP, proof=HOLDERS[holder]).encode()


def order() -> CXML:
    return parse(envelope(ORDER.format(number=CARD)))


def foreign() -> CXML:
    """A payload without a model, with a whole document in it."""
    inner = body().decode()
    inside = inner[inner.index("<cXML") :]
    return parse(envelope(f"<Request><CopyRequest>{inside}</CopyRequest></Request>"), mode="tolerant")


def marked() -> Partner:
    return partner(shared_secret=MARK, mac_secret=f"{MARK} of the hub")


def received() -> Received:
    sent = (EXAMPLES / "valid/precoro-setup-request.xml").read_text("utf-8")
    return endpoint(MemoryStore([marked()])).receive(sent.replace("placeholder-live-secret", MARK).encode())


def outgoing() -> Outgoing:
    return Buyer(marked(), clock=lambda: NOW).setup_request(buyer_cookie="c", return_url="https://b.example.com/")


def refused() -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        parse(body().replace(b"</Header>", f"<b>{MARK}</b></Header>".encode()))
    return caught.value


def exchange() -> Exchange:
    return Exchange("setup", "buyer", body(), validate(body()))


#: What a program has in its hands, and whether its pickle may hold secrets: because the document itself is in it.
THINGS: dict[str, tuple[Callable[[], Any], bool]] = {
    **{f"document: {name}": (lambda name=name: parse(body(name), mode="tolerant"), True) for name in HOLDERS},
    "document: card": (order, True),
    "document: foreign payload": (foreign, True),
    "header": (lambda: parse(body()).header, True),
    "element": (lambda: SharedSecret(MARK), True),
    "element of elements": (lambda: SharedSecret([OpenElement(f"<a>{MARK}</a>")]), True),
    "open element": (lambda: OpenElement(f"<SharedSecret>{MARK}</SharedSecret>"), True),
    "received": (received, False),
    "verified": (lambda: received().verified, False),
    "partner": (marked, False),
    "secret": (lambda: Secret(MARK), False),
    "reply": (lambda: endpoint().refuse(refused()), False),
    "report": (lambda: validate(body()), False),
    "report of a faulty one": (lambda: validate(body("unknown")), False),
    "report of a broken one": (lambda: validate(body()[:-30]), False),
    "report of no cXML": (lambda: validate(f"<a>\n<SharedSecret>{MARK}</SharedSecret>"), False),
    "session": (lambda: PunchOutSession.begin(received()), False),
    "package": (lambda: unpack(body(), "text/xml"), False),
    "buyer": (lambda: Buyer(marked()), False),
    "outgoing": (outgoing, True),
    "exchange": (exchange, False),
    "transcript": (lambda: Transcript([exchange()]), False),
    "error": (refused, False),
    "several": (lambda: {"documents": [parse(body()), order()], "of": (received(),)}, True),
}


def raised(value: Any) -> Exception:
    """An error in whose frames the value stands."""
    try:
        _fail(value, [value])
    except ZeroDivisionError as error:
        return error
    raise AssertionError


def _fail(value: Any, several: list[Any]) -> None:
    for each in several:
        if each is value:
            print(value, 1 / 0)


def by_rich(value: Any) -> str:
    return rich.pretty.pretty_repr(value)


def by_a_traceback_of_rich(value: Any) -> str:
    error = raised(value)
    shown = rich.traceback.Traceback.from_exception(
        type(error), error, error.__traceback__, show_locals=True, locals_max_length=1000, locals_max_string=10_000
    )
    console = rich.console.Console(file=io.StringIO(), width=200)
    console.print(shown)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def by_a_traceback_with_locals(value: Any) -> str:
    return "".join(traceback.TracebackException.from_exception(raised(value), capture_locals=True).format())


def by_logging(value: Any) -> str:
    record = logging.LogRecord("shop", logging.ERROR, "shop.py", 1, "%s and %r", (value, value), None)
    return logging.Formatter().format(record)


def by_json(value: Any) -> str:
    return json.dumps({"value": value}, default=repr)


def by_asdict(value: Any) -> str:
    """What a program prints of the dictionary."""
    values = value if isinstance(value, (list, tuple)) else [value]
    found = [(attrs.asdict(each), attrs.astuple(each)) for each in values if attrs.has(type(each))]
    by_a_printer = f"{rich.pretty.pretty_repr(found)} {rich.pretty.pretty_repr(found, max_string=9)}"
    return f"{found!r} {pprint.pformat(found)} {by_a_printer}"


def by_ipython(value: Any) -> str:
    pretty = pytest.importorskip("IPython.lib.pretty")
    return pretty.pretty(value, verbose=True)  # type: ignore[no-any-return]


def by_structlog(value: Any) -> str:
    structlog = pytest.importorskip("structlog")
    shown = []
    for renderer in (
        structlog.processors.JSONRenderer(),
        structlog.processors.KeyValueRenderer(),
        structlog.processors.LogfmtRenderer(),
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ):
        shown.append(renderer(None, "error", {"event": "came", "value": value}))
    for use_rich in (True, False):
        transform = structlog.tracebacks.ExceptionDictTransformer(
            show_locals=True, use_rich=use_rich, locals_max_string=10_000, locals_max_length=1000
        )
        error = raised(value)
        shown.append(transform((type(error), error, error.__traceback__)))
    return f"{shown}"


def by_loguru(value: Any) -> str:
    loguru = pytest.importorskip("loguru")
    shown: list[str] = []
    for serialized in (False, True):
        number = loguru.logger.add(shown.append, diagnose=True, backtrace=True, serialize=serialized)
        try:
            loguru.logger.bind(value=value).info("{} {!r}", value, value)
            loguru.logger.opt(exception=raised(value)).error("failed")
        finally:
            loguru.logger.remove(number)
    return "".join(shown)


TOOLS: list[Callable[[Any], str]] = [
    repr,
    pprint.pformat,
    hypothesis_pretty.pretty,
    by_rich,
    by_a_traceback_of_rich,
    by_a_traceback_with_locals,
    by_logging,
    by_json,
    by_asdict,
    by_ipython,
    by_structlog,
    by_loguru,
]


def told(shown: str) -> bool:
    return any(mark in shown for mark in (MARK, MARK[:8], CARD, CARD[:9]))


@pytest.fixture(autouse=True)
def _nothing_else_logs() -> None:
    if "loguru" in sys.modules:
        sys.modules["loguru"].logger.remove()


@pytest.mark.thorough
@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.__name__)
@pytest.mark.parametrize("thing", THINGS)
def test_no_tool_shows_a_secret(tool: Callable[[Any], str], thing: str, capsys: pytest.CaptureFixture[str]) -> None:
    value = THINGS[thing][0]()
    shown = tool(value)
    assert shown
    assert not told(shown)
    assert not told("".join(capsys.readouterr()))


@pytest.mark.parametrize("thing", THINGS)
def test_a_copy_shows_no_secret_either(thing: str) -> None:
    value = THINGS[thing][0]()
    for copied in (copy.copy(value), copy.deepcopy(value)):
        assert not told(f"{copied!r} {by_rich(copied)} {by_asdict(copied)}")


@pytest.mark.parametrize("thing", [name for name, (_, holds) in THINGS.items() if not holds])
def test_what_is_pickled_holds_no_secret(thing: str) -> None:
    value = THINGS[thing][0]()
    try:
        stored = pickle.dumps(value)
    except TypeError:
        return
    assert not told(stored.decode("latin-1"))


def test_a_received_document_is_not_pickled_but_copied() -> None:
    value = received()
    with pytest.raises(TypeError, match=r"is not pickled|cannot be pickled"):
        pickle.dumps(value)
    assert copy.copy(value).raw == copy.deepcopy(value).raw == attrs.evolve(value, attempt=2).raw
    assert MARK.encode() in value.raw


def test_a_report_that_was_pickled_says_the_same() -> None:
    for octets in (body("unknown"), body("unknown").replace(b"><", b">\n<"), body()[:-30].replace(b"><", b">\n<")):
        report = validate(octets)
        again = pickle.loads(pickle.dumps(report))
        assert again == report
        assert str(again) == str(report)
        assert again.source == report.source


def test_what_is_in_the_hands_of_a_program_is_all_there() -> None:
    sent = outgoing()
    assert MARK.encode() in sent.body
    assert pickle.loads(pickle.dumps(sent)) == sent
    document = parse(body())
    assert document.header is not None
    secret = document.header.sender.credential[0].shared_secret
    assert secret is not None
    assert secret.value == secret.text == MARK
    assert f"{secret.content[0]}" == MARK
    assert MARK.encode() in serialize(document)
    assert pickle.loads(pickle.dumps(document)) == document


def test_a_dictionary_holds_secrets_as_texts_that_print_as_masked() -> None:
    found = attrs.asdict(SharedSecret(MARK))
    assert found["content"] == (MARK,)
    assert repr(found) == "{'content': ('***',)}"
    assert MARK in json.dumps(found)
    assert MARK in json.dumps(attrs.asdict(parse(body())), default=repr)


@pytest.mark.parametrize("mode", ["strict", "tolerant"])
def test_texts_of_secret_fields_are_the_same_however_they_come(mode: Any) -> None:
    read = parse(envelope(ORDER.format(number=CARD), proof=HOLDERS["mac"]), mode=mode)
    assert read.header is not None
    credential = read.header.sender.credential[0]
    assert isinstance(read.payload, OrderRequest)
    payment = read.payload.order_request_header.payment
    assert payment is not None
    assert payment.pcard is not None
    assert credential.credential_mac is not None
    payment.pcard.number = CARD
    made = SharedSecret("a ")
    made.content = ["b", "", "c"]
    for text in (payment.pcard.number, credential.credential_mac.value, made.content[0]):
        assert type(text) is SecretText
        assert repr(text) == repr(text[:3]) == "'***'"
    assert made.content == ("bc",)
    assert CARD.encode() in serialize(read)


def test_rich_shows_what_is_set() -> None:
    document = parse(body())
    assert isinstance(document.payload, PunchOutSetupRequest)
    assert rich.pretty.pretty_repr(document.payload.contact[0]).split() == [
        "Contact(",
        "role='endUser',",
        "name=Name(lang='en',",
        "value='N'),",
        "email=(Email(value='n@example.com'),)",
        ")",
    ]
    assert document.header is not None
    shown = rich.pretty.pretty_repr(document.header.sender.credential[0].shared_secret)
    assert shown == "SharedSecret(content=***)"
    parsed = parse(body("unknown"), mode="tolerant")
    assert parsed.header is not None
    assert rich.pretty.pretty_repr(parsed.header.sender.credential[0]).endswith("<leftover>)")
    assert rich.pretty.pretty_repr(object.__new__(Total)) == "Total()"


def test_what_is_concealed_can_be_compared() -> None:
    assert Concealed(b"a") == Concealed(b"a") != Concealed(b"b")
    assert len({Concealed("a"), Concealed("a")}) == 1
    assert Concealed("a") != "a"
    assert f"{Concealed('ab')} {Concealed(b'abc')!r}" == "<2 characters> <3 octets>"


COMPARISONS = """
import pickle, sys
sys.path.insert(0, {tests!r})
import pytest, test_tools
from test_tools import MARK, THINGS, SharedSecret, body, outgoing, parse, received, validate
import attrs

PAIRS = [
    (parse(body()), parse(body().replace(MARK.encode(), MARK[::-1].encode()))),
    (SharedSecret(MARK), SharedSecret(MARK + "x")),
    ([SharedSecret(MARK)], [SharedSecret(MARK + "x")]),
    ({{"a": parse(body())}}, {{"a": parse(body("mac"))}}),
    (outgoing(), attrs.evolve(outgoing(), url="https://other.example.com/", body=body())),
    (test_tools.exchange(), attrs.evolve(test_tools.exchange(), body=body("mac"))),
    (validate(body()), validate(body("unknown"))),
    (THINGS["package"][0](), attrs.evolve(THINGS["package"][0](), body=body("mac"))),
    (received(), received()),
    (test_tools.foreign().payload, THINGS["open element"][0]()),
    (THINGS["partner"][0](), THINGS["partner"][0]()),
    (THINGS["secret"][0](), THINGS["secret"][0]()),
]

@pytest.mark.parametrize("number", range(len(PAIRS)))
def test_it(number):
    one, other = PAIRS[number]
    assert one == other
"""


@pytest.mark.thorough
def test_pytest_shows_no_secret_where_two_differ(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(COMPARISONS.format(tests=str(Path(__file__).parent)))
    command = [sys.executable, "-m", "pytest", "-vv", "--showlocals", "-p", "no:cacheprovider", "-c", "none.ini"]
    (tmp_path / "none.ini").write_text("[pytest]\n")
    run = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert " 12 failed" in run.stdout, run.stdout + run.stderr
    assert "SharedSecret(content=***)" in run.stdout
    assert not told(run.stdout + run.stderr)


# --- what the library itself raises and logs ---------------------------------------------------------------


def in_our_frames(error: BaseException | None) -> str:
    """The variables of all frames of the library, of an error and of what led to it."""
    shown = []
    while error is not None:
        frames = error.__traceback__
        while frames is not None:
            if "tests" not in frames.tb_frame.f_code.co_filename:
                shown.append(f"{frames.tb_frame.f_code.co_name}: {frames.tb_frame.f_locals!r}")
            frames = frames.tb_next
        error = error.__cause__ or error.__context__
    assert shown
    return "\n".join(shown)


class Outage:
    """A store of partners whose database is down."""

    def __init__(self) -> None:
        self.domains = MemoryStore([marked()]).domains

    def __getattr__(self, name: str) -> Any:
        return self._fail

    def _fail(self, *_: object, **__: object) -> Any:
        raise OSError("down")


def test_an_error_that_is_logged_shows_nothing_of_the_document(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: Received) -> None:
        raise RuntimeError("the shop is closed")

    sent = (EXAMPLES / "valid/precoro-setup-request.xml").read_text("utf-8")
    octets = sent.replace("placeholder-live-secret", MARK).encode()
    for store in (MemoryStore([marked()]), Outage()):
        assert endpoint(store).handle(octets, None, {PunchOutSetupRequest: fail}).status == 500
        logged = caplog.records[-1].exc_info
        assert logged is not None
        assert not told(in_our_frames(logged[1]))


def test_an_error_of_the_writer_shows_nothing_of_the_document() -> None:
    document = parse(body())
    assert isinstance(document.payload, PunchOutSetupRequest)
    put(document.payload, "buyer_cookie", 5)
    with pytest.raises(InvalidValue) as caught:
        serialize(document)
    assert not told(in_our_frames(caught.value))
