"""Marked secrets are fed through everything that is public, failing calls included; then all output is searched."""

from __future__ import annotations

import contextlib
import copy
import io
import logging
import pickle
import pprint
import traceback
import warnings
from collections.abc import Callable, Iterator
from datetime import timedelta

import attrs
import pytest
from headers import NOW, body, document, partner, shared

import cxml_punchout
from cxml_punchout import authenticate, parse, redact, serialize, validate
from cxml_punchout.cli import main
from cxml_punchout.models import Credential, CredentialMac, SharedSecret
from cxml_punchout.trust import authenticate as authenticate_module
from cxml_punchout.trust import credentials, mac, partners, records, secrets, signatures
from cxml_punchout.trust.credentials import Account
from cxml_punchout.trust.partners import Partner
from cxml_punchout.trust.secrets import Given, Secret, Verifications
from cxml_punchout.trust.stores import memory, sql, toml

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
        yield lambda octets=octets: redact(octets)
        yield lambda octets=octets: redact(octets.decode("utf-8", "replace"))
    read = parse(WHOLE, mode="tolerant")
    yield lambda: redact(read)
    yield lambda: [*read.findings, read.header, copy.deepcopy(read)]
    yield lambda: Credential(domain=7, identity="a", shared_secret=SENT)  # type: ignore[arg-type]
    yield lambda: SharedSecret(7, SENT)  # type: ignore[call-arg, arg-type]
    yield lambda: CredentialMac(SENT)  # type: ignore[call-arg]
    yield lambda: serialize(Credential(domain="a", identity="b", shared_secret=SENT))  # type: ignore[arg-type]
    # Trust, as it succeeds and as it fails.
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
@pytest.mark.parametrize("command", ["show", "check"])
def test_no_command_prints_a_marked_secret(octets, command, tmp_path):
    (tmp_path / "document.xml").write_bytes(octets)
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output), warnings.catch_warnings():
        main([command, str(tmp_path / "document.xml")])
    assert output.getvalue()
    assert not [mark for mark in (SENT, CARD) if mark in output.getvalue()]


#: Public names that no occasion calls, and why that is right.
NO_SECRET_PASSES = {
    "advice", "advice_on_duns", "advice_on_network_id", "fold", "section_of", "stripped",  # names only
    "is_signed", "clashes", "costliest", "check",  # judged in tests of their own
    "secrets_of", "in_force",  # called by those that are called
}  # fmt: skip


def test_every_public_function_of_trust_is_fed():
    called = " ".join(name for each in occasions() for name in names_of(each.__code__))
    modules = (authenticate_module, credentials, mac, partners, records, secrets, signatures, memory, sql, toml)
    functions = {
        name
        for module in modules
        for name in module.__all__
        if callable(getattr(module, name)) and not isinstance(getattr(module, name), type) and name[0].islower()
    }
    assert {name for name in functions if name not in called} == NO_SECRET_PASSES & functions
    flat = {name for name in cxml_punchout.__all__ if name[0].islower()} - {"spelling"}
    assert not {name for name in flat if name not in called}
    assert issubclass(Partner, object)


def names_of(code) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if hasattr(constant, "co_names"):
            yield from names_of(constant)
