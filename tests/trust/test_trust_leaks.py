"""Marked secrets are fed through everything that is public, failing calls included; then all output is searched."""

from __future__ import annotations

import contextlib
import copy
import io
import logging
import pickle
import pprint
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterator
from datetime import timedelta
from inspect import isfunction
from pathlib import Path

import attrs
import pytest
from headers import NOW, body, document, partner, shared

import cxml_punchout
from cxml_punchout import (
    Buyer,
    Endpoint,
    PunchOutSession,
    Received,
    authenticate,
    browser_form,
    content_security_policy,
    masking,
    parse,
    read_form,
    redact,
    roundtrip,
    serialize,
    summary,
    validate,
)
from cxml_punchout import document as document_module
from cxml_punchout.cli import formats, main, show
from cxml_punchout.cli import partners as cli_partners
from cxml_punchout.document import doctype_for, standard_doctype
from cxml_punchout.models import Credential, CredentialMac, PunchOutSetupRequest, SharedSecret
from cxml_punchout.replay.memory import MemoryReplayGuard
from cxml_punchout.roundtrip import first_difference, round_trip, same_infoset
from cxml_punchout.summary import summarize
from cxml_punchout.testing.forms import forms_of
from cxml_punchout.trust import authenticate as authenticate_module
from cxml_punchout.trust import credentials, mac, partners, records, secrets, signatures
from cxml_punchout.trust import redact as redact_module
from cxml_punchout.trust.credentials import Account
from cxml_punchout.trust.secrets import Given, Secret, Verifications
from cxml_punchout.trust.stores import memory, toml
from cxml_punchout.validation import report as report_module
from cxml_punchout.validation.report import excerpt, in_order, lines_of

sqlalchemy = pytest.importorskip("sqlalchemy", reason="the extra sql is not installed")
from cxml_punchout.trust.stores import sql  # noqa: E402

# Each occasion has its own mark, so that a failing test tells which one leaked.
SENT = "xyzzy-sent-7"
KEPT = "xyzzy-kept-7"
HUB = "xyzzy-hub-7"
CARD = "4111111111111111"
MARKS = (SENT, KEPT, HUB, CARD)

BUYER = ("NetworkID", "AN01000000123")
WHOLE = body([(*BUYER, shared(SENT))], extra=f'<PCard number="{CARD}" expiration="2027-01-31"/>')
MAC = mac.create_mac(
    Account(*BUYER), Account(*BUYER), secret=Secret(HUB), created=NOW - timedelta(1), expires=NOW + timedelta(1)
)


def broken() -> Iterator[bytes]:
    at = WHOLE.index(SENT.encode())
    yield WHOLE[: at + len(SENT) + 3]
    yield WHOLE.replace(b"</SharedSecret>", b"</SharedSecre>")
    yield WHOLE.replace(b"<SharedSecret>", b"<SharedSecret><SharedSecret>")
    yield WHOLE.replace(b"</Identity>", b"</Identity><SharedSecret>" + SENT.encode() + b"</SharedSecret>", 1)
    yield WHOLE.replace(b"<SharedSecret>", b"<SharedSecret x='" + SENT.encode() + b"'>")
    yield WHOLE.replace(SENT.encode(), SENT.encode() + b"&nbsp;")
    yield WHOLE.replace(SENT.encode(), SENT.encode() + b"<b/>")
    yield WHOLE.replace(SENT.encode(), SENT.encode() + b"\0")
    yield WHOLE.replace(b"SharedSecret", b"CredentialMac")
    yield WHOLE.replace(b"Credential ", b"Credential secret='" + SENT.encode() + b"' ")


def verifying(sender: tuple[str, ...], **changes: object) -> Callable[[], object]:
    def call() -> object:
        record = partner(**{"shared_secret": KEPT, "mac_secret": HUB} | changes)
        return authenticate(document([sender]), memory.MemoryStore([record]), now=NOW)  # type: ignore[list-item]

    return call


def occasions() -> Iterator[Callable[[], object]]:
    """Calls whose results and errors must not show a mark."""
    for octets in (WHOLE, *broken()):
        for mode in ("strict", "tolerant"):
            yield lambda octets=octets, mode=mode: parse(octets, mode=mode)  # type: ignore[misc]
        yield lambda octets=octets: validate(octets)
        yield lambda octets=octets: reported(octets)
        yield lambda octets=octets: validate(octets).raise_for_errors()
        yield lambda octets=octets: examined(octets)
        yield lambda octets=octets: redact(octets)
        yield lambda octets=octets: redact(octets.decode("utf-8", "replace"))
        yield lambda octets=octets: hidden_in(octets.decode("utf-8", "replace"))
        yield lambda octets=octets: conversed(octets)
        yield lambda octets=octets: carried(octets)
    yield from occasions_of_trust()
    yield bought


def reported(octets: bytes) -> list[object]:
    """A report in all the forms in which people and programs get it."""
    report = validate(octets)
    checked = formats.Checked("a.xml", report)
    lines = lines_of(report.source, range(octets.count(b"\n") + 2))
    shown = [excerpt(line, 1, 10_000) for line in lines.values()]
    assert len(shown) == report.source.count("\n") + 1
    return [
        report.to_dict(),
        report.to_json(),
        report.source,
        report.render("a.xml", color=True, width=10_000),
        in_order(report.findings),
        formats.as_text(checked, color=False, limit=None),
        formats.as_json([checked]),
        formats.as_sarif([checked]),
        formats.as_github(checked),
        *shown,
    ]


def examined(octets: bytes) -> list[object]:
    """What ``show`` tells, and what it is made of."""
    found = show.examine(octets)
    read = parse(octets, mode="tolerant")
    doubled = octets.replace(SENT.encode(), SENT.encode() * 2)
    return [
        show.render(found, findings=1000),
        show.as_json(found),
        summarize(read),
        round_trip(read, octets, mode="tolerant"),
        round_trip(read, doubled, mode="tolerant"),
        first_difference(octets, doubled),
        same_infoset(octets, doubled),
        standard_doctype(read),
        doctype_for(read, asked="1.2.014"),
    ]


def hidden_in(text: str) -> list[object]:
    # What could not be told from a name is shown; that is judged in tests of its own.
    return [masking.has_tags(text), masking.hidden(text), *map(redact, (text, masking.masked(text)))]


def conversed(octets: bytes) -> list[object]:
    """A visit that begins with a document, as far as it gets; what goes over the wire is looked at, too."""
    shown: list[object] = []

    def begin(received: Received) -> object:
        session = PunchOutSession.begin(received, key="k")
        # Whatever else a buyer wrote is kept with the session, a card number too.
        stored = str(session.to_dict()).replace(CARD, "")
        shown.extend([received, received.document, session, stored, session.user])
        cart = session.cancel()
        form = browser_form("https://buyer.example/", cart)
        policy = content_security_policy("https://buyer.example/")
        shown.extend([serialize(cart).decode(), form, policy, read_form(forms_of(form)[0].fields)])
        return session.start_page("https://shop.example/")

    store = memory.MemoryStore([partner(shared_secret=SENT, mac_secret=HUB)])
    ours = Endpoint(store, clock=lambda: NOW, replay=MemoryReplayGuard())
    for content_type in ("text/xml", "text/xml; charset=latin-1", f"multipart/mixed; boundary={SENT[:3]}"):
        reply = ours.handle(octets, content_type, {PunchOutSetupRequest: begin})  # type: ignore[dict-item]
        shown += [reply, reply.body.decode(), reply.error]
    shown.append(ours.receive(octets))
    return shown


def carried(octets: bytes) -> list[object]:
    """A document with secrets as somebody put it into a form, read and written."""
    read = read_form({"cxml-urlencoded": octets.decode("utf-8", "replace")})
    return [read, browser_form("https://buyer.example/", read)]


def bought() -> list[object]:
    """The buyer's side, whose documents hold a secret by right."""
    buyer = Buyer(partner(shared_secret=KEPT, punchout_url="https://shop.example/"), clock=lambda: NOW)
    setup = buyer.setup_request(buyer_cookie="c", return_url="https://buyer.example/")
    answers = [buyer.read_reply(WHOLE), *(buyer.read_reply(each) for each in broken())]
    return [buyer, setup, setup.document, *answers, *(answer.document for answer in answers)]


def files() -> Iterator[Path]:
    """Files of partners in which somebody wrote a secret."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "partners.toml"
        for wrong in (
            f'"{KEPT}"',
            f'{{ env = "{KEPT}" }}',
            f'{{ text = "{KEPT}" }}',
            f'"{KEPT}',
            f"{{ hash = '{KEPT}' }}",
        ):
            fields = "".join(f'{name} = "a"\n' for name in ("supplier_domain", "to_identity", "sender_identity"))
            path.write_text(f'[[partner]]\nsender_domain = "a"\n{fields}any_from = true\nshared_secret = {wrong}\n')
            yield path


def stored() -> list[object]:
    engine = sqlalchemy.create_engine("sqlite://", poolclass=sqlalchemy.StaticPool)
    store = sql.SqlStore(engine)
    store.create_tables()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOP_SECRET", KEPT)
        store.add(partner(shared_secret=Secret.from_env("SHOP_SECRET")))
        verified = authenticate(document([(*BUYER, shared(KEPT))]), store, now=NOW)
    shown = [store, store.items(), store.decoys(), verified, memory.costliest(store), memory.clashes(store)]
    engine.dispose()
    return shown


def stored_as_it_is() -> object:
    engine = sqlalchemy.create_engine("sqlite://")
    try:
        return sql.SqlStore(engine).add(partner(shared_secret=KEPT))
    finally:
        engine.dispose()


def occasions_of_trust() -> Iterator[Callable[[], object]]:
    read = parse(WHOLE, mode="tolerant")
    yield lambda: redact(read)
    yield lambda: [*read.findings, read.header, copy.deepcopy(read)]
    yield lambda: Credential(domain=7, identity="a", shared_secret=SENT)  # type: ignore[arg-type]
    yield lambda: SharedSecret(7, SENT)  # type: ignore[call-arg, arg-type]
    yield lambda: CredentialMac(SENT)  # type: ignore[call-arg]
    yield lambda: serialize(Credential(domain="a", identity="b", shared_secret=SENT))  # type: ignore[arg-type]
    yield lambda: [credentials.section_of(read.header.sender), credentials.without_proofs(read.header)]
    # As it succeeds and as it fails.
    for sender in (
        (*BUYER, shared(KEPT)),
        (*BUYER, shared(SENT)),
        ("NetworkID", "nobody", shared(SENT)),
        (*BUYER, f"<SharedSecret>{SENT}<b/></SharedSecret>"),
    ):
        yield verifying(sender)
        yield verifying(sender, mode="test")
        yield verifying(sender, mode="neither")
        yield verifying(sender, shared_secret=[KEPT, b"bytes " + KEPT.encode()])
        yield verifying(sender, shared_secret=[Secret(KEPT, not_after=NOW - timedelta(1))])
        yield verifying(sender, shared_secret=Secret.from_callable(lambda: failing(KEPT)))
        yield verifying(sender, to_identity="x")
        yield verifying(sender, from_identity="x")
    yield lambda: Secret(KEPT, not_before=NOW, not_after=NOW)
    yield lambda: Secret.hashed(KEPT)
    yield lambda: pickle.dumps(Secret(KEPT))
    yield lambda: pickle.dumps(partner(shared_secret=KEPT))
    yield lambda: Secret(KEPT) == KEPT
    yield lambda: secrets.hash_secret(Secret(f" {KEPT}"))
    yield lambda: secrets.secrets_of([KEPT, 7])
    yield lambda: pickle.dumps(Given(SENT))
    yield lambda: mac.in_force([Secret(HUB, not_after=NOW - timedelta(1))], NOW)
    yield lambda: signatures.is_signed(read)
    yield stored
    yield lambda: [toml.check(path) for path in files()]
    yield lambda: [toml.TomlStore(path) for path in files()]
    yield stored_as_it_is
    yield lambda: [Secret(KEPT), Given(SENT), Verifications(), partner(shared_secret=KEPT, mac_secret=HUB)]
    yield lambda: attrs.asdict(partner(shared_secret=KEPT))
    yield lambda: secrets.prove(Given(KEPT), [Secret(KEPT)], Verifications(), NOW)
    yield lambda: secrets.find_equal(secrets.fingerprint(SENT.encode()), [secrets.fingerprint(KEPT.encode())])
    yield lambda: mac.verify_mac(MAC, [(Account("a", "b"), Account(*BUYER))], [Secret(HUB)], now=NOW)
    yield lambda: mac.verify_mac(MAC, [(Account(*BUYER), Account(*BUYER))], [Secret(HUB)], now=NOW)
    yield lambda: mac.compute_mac(Account("a", "b"), Account("c", "d"), "x", "y", Secret(HUB), "MD5")
    yield lambda: mac.create_mac(Account("a", "b"), Account("c", "d"), secret=Secret(HUB), created=NOW, expires=NOW)
    yield lambda: signatures.verify_signature(read, ["x"], now=NOW)
    for record in ({"shared_secret": KEPT}, {"shared_secret": {"hash": KEPT}}, {"mac_secret": [{"text": KEPT}]}):
        yield lambda record=record: records.partner_of(records.shielded(record))
    yield lambda: records.record_of(partner(shared_secret=KEPT))
    yield lambda: memory.MemoryStore([partner(shared_secret=KEPT), partner(shared_secret=HUB)])


def failing(mark: str) -> str:
    raise RuntimeError(mark)


def collected(error: BaseException) -> str:
    """Everything that a log could show of an error: sentence, notes, findings, chain, and locals of frames of trust."""
    text = [repr(error), str(error), repr(getattr(error, "__dict__", {})), *traceback.format_exception(error)]
    chain: BaseException | None = error
    while chain is not None:
        frames = chain.__traceback__
        while frames is not None:
            name = frames.tb_frame.f_code.co_filename
            if "cxml_punchout/trust" in name:
                text.append(repr(frames.tb_frame.f_locals))
            frames = frames.tb_next
        chain = chain.__cause__ or chain.__context__
    # The source line of this very test is part of a traceback, the marks in it are names.
    return "\n".join(text)


@pytest.mark.parametrize("call", list(occasions()))
def test_no_output_of_any_call_holds_a_marked_secret(call, caplog, capsys, recwarn):
    caplog.set_level(logging.DEBUG)
    shown = ""
    try:
        result = call()
    except Exception as error:
        shown = collected(error)
    else:
        # Octets are what goes out on the wire; everything else may come into a log.
        if not isinstance(result, bytes):
            shown = f"{result!r}\n{result}\n{pprint.pformat(result)}"
    captured = capsys.readouterr()
    shown += captured.out + captured.err + caplog.text + "".join(str(each.message) for each in recwarn)
    assert not [mark for mark in MARKS if mark in shown]


@pytest.mark.parametrize("octets", [WHOLE, *broken()])
@pytest.mark.parametrize(
    "command",
    [
        ["show"],
        ["show", "--json"],
        ["show", "--mode", "tolerant"],
        ["check"],
        *(["check", "--format", form] for form in ("json", "sarif", "github")),
    ],
    ids=" ".join,
)
def test_no_command_prints_a_marked_secret(octets, command, tmp_path):
    (tmp_path / "document.xml").write_bytes(octets)
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output), warnings.catch_warnings():
        main([*command, str(tmp_path / "document.xml")])
    assert output.getvalue()
    assert not [mark for mark in (SENT, CARD) if mark in output.getvalue()]


@pytest.mark.parametrize("action", ["check", "sheet"])
def test_no_command_prints_a_secret_that_stands_in_a_file_of_partners(action):
    for path in files():
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            assert main(["partners", action, str(path)]) == 1
        assert "error: " in output.getvalue()
        assert KEPT not in output.getvalue()


#: Public functions that no occasion calls, and why that is right.
NOT_FED = {
    "advice", "advice_on_duns", "advice_on_network_id", "fold", "stripped",  # names only
    "add", "sheet",  # the command line, which is called as a whole
    "blotted", "from_beyond_doubt",  # by validate
    "shielded",  # gives what is no secret back as it is; all that is read goes through it
    "compare", "decimal_text", "decimals_of", "item_name", "line_amount", "lines_of",  # by summarize
    "in_ascii",  # by browser_form
    "parse_judged",  # by Endpoint
}  # fmt: skip
#: Where a document, a secret or a record of a partner goes in.
MODULES = (
    authenticate_module, credentials, mac, partners, records, redact_module, secrets, signatures, memory, sql, toml,
    document_module, roundtrip, masking, report_module, summary, show, formats, cli_partners,
)  # fmt: skip


def test_every_public_function_that_a_secret_may_reach_is_fed():
    called = {name for each in occasions() for name in names_of(each.__code__)}
    makers = (reported, examined, hidden_in, stored, files, conversed, carried, bought)
    called |= {name for made in makers for name in names_of(made.__code__)}
    functions = {name for module in MODULES for name in module.__all__ if isfunction(getattr(module, name))}
    assert functions - called - NOT_FED == set()
    assert len(functions) > 35
    flat = {name for name in cxml_punchout.__all__ if isfunction(getattr(cxml_punchout, name))}
    # No secret goes into a line of a cart.
    lines = {"cart_item", "cart_total", "compare_order", "item_in_of", "item_out_of"}
    assert flat - called - lines - {"spelling"} == set()


def names_of(code) -> Iterator[str]:
    yield from code.co_names
    yield from code.co_freevars
    for constant in code.co_consts:
        if hasattr(constant, "co_names"):
            yield from names_of(constant)
