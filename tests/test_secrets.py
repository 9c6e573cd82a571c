"""No error, no finding and no repr tells a secret, however the document that holds it is broken."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bodies import DOCTYPE, INSERTIONS, MODES, ORDER, SETUP, WRONG_PLACES, envelope, everything_shown

from cxml_punchout import CXML, CXMLError, DocumentError, LimitExceeded, Limits, parse, serialize, validate
from cxml_punchout import element as x
from cxml_punchout.cli import main
from cxml_punchout.cli.formats import Checked, as_github, as_json, as_sarif
from cxml_punchout.trust.redact import redact

SECRET = "S3CR3T-MARKER-9QZ"
FRAGMENTS = [SECRET[at : at + 6] for at in range(len(SECRET) - 5)]
MAC = (
    '<CredentialMac type="FromSenderCredentials" algorithm="HMAC-SHA1-96" creationDate="2026-11-23T18:30:00+00:00"'
    f' expirationDate="2026-11-24T18:30:00+00:00">{SECRET}</CredentialMac>'
)
#: The element that holds the secret, and the document in which it stands.
CARRIERS = {
    "shared secret": (f"<SharedSecret>{SECRET}</SharedSecret>", SETUP),
    "mac": (MAC, SETUP),
    "signature": (f'<DigitalSignature encoding="Base64">{SECRET}</DigitalSignature>', SETUP),
    "inner": (f"<SharedSecret><Password>{SECRET}</Password></SharedSecret>", ORDER.format(number="4")),
    "card": (f'<PCard number="{SECRET}" expiration="2027-01-31T00:00:00+00:00"/>', ORDER.format(number=SECRET)),
}


def holds_text(tag: str) -> bool:
    declared = x.lookup(tag)
    return not isinstance(declared, x.Declaration) or declared.kind in ("text", "mixed", "open")


def broken(carrier: str) -> Iterator[tuple[str, bytes]]:
    """A document with a secret, broken in many ways in and around it."""
    holder, payload = CARRIERS[carrier]
    proof = "" if carrier == "card" else holder
    whole = envelope(payload, proof=proof).encode()
    start = whole.index(SECRET.encode())
    end = start + len(SECRET)
    rng = random.Random(carrier)

    yield "as it is", whole
    for at in range(start - 3, end + 3, 2):
        yield f"cut at {at}", whole[:at]
    for insertion in INSERTIONS:
        for at in (start, rng.randrange(start + 1, end), end):
            yield f"{insertion!r} at {at}", whole[:at] + insertion + whole[at:]
    for _ in range(40):
        at = rng.randrange(start - 30, end + 30)
        yield f"flip at {at}", whole[:at] + bytes([whole[at] ^ 1 << rng.randrange(8)]) + whole[at + 1 :]
    for _ in range(20):
        at, to = sorted((rng.randrange(start - 30, end + 30), rng.randrange(start - 30, end + 30)))
        yield f"drop {at} to {to}", whole[:at] + whole[to:]
        yield f"double {at} to {to}", whole[:to] + whole[at:]

    text = whole.decode()
    name = re.match(r"<(\w+)", holder)[1]  # type: ignore[index]
    yield "end tag renamed", text.replace(f"</{name}>", f"</{name}s>").encode()
    yield "element renamed", re.sub(rf"\b{name}\b", f"{name}s", text).encode()
    yield "attribute twice", text.replace(f"<{name}", f"<{name} a='{SECRET}' a='{SECRET}'").encode()
    yield "attribute unknown", text.replace(f"<{name}", f"<{name} a='{SECRET}'").encode()
    yield "attribute unquoted", text.replace(f"<{name}", f"<{name} a={SECRET} ").encode()
    yield "prefix unknown", text.replace(f"<{name}", f"<a:{name}").encode()
    yield "element twice", text.replace(holder, holder * 2).encode()
    yield "all proofs", text.replace(holder, "".join(other for other, _ in CARRIERS.values())).encode()
    yield "declared us-ascii", f'<?xml version="1.0" encoding="US-ASCII"?>{text}'.replace(SECRET, f"é{SECRET}").encode()
    yield "half a character", text.encode("utf-16")[:-1]
    yield "half a pair", text.replace(SECRET, SECRET + "\ud800").encode("utf-16-le", "surrogatepass")
    yield "blank start", b"\n" + whole
    yield "entity", text.replace(DOCTYPE, f"<!DOCTYPE cXML [<!ENTITY a '{SECRET}'>]>").encode()
    for place in WRONG_PLACES:
        for stray in (holder, SECRET, f"<Wrapped>{holder}</Wrapped>"):
            if stray == SECRET and holds_text(place):
                continue  # there it would be an ordinary value, and nobody could know
            for form, instead in ((rf"(<{place}\b[^>]*[^/>]>)", rf"\1{stray}"), (rf"(</{place}>)", rf"{stray}\1")):
                yield f"in {place}", re.sub(form, instead, text, count=1).encode()


@pytest.mark.thorough
@pytest.mark.parametrize("carrier", CARRIERS)
def test_no_secret_is_told_however_a_document_is_broken(carrier: str) -> None:
    outcomes: Counter[str] = Counter()
    for name, body in broken(carrier):
        for mode in MODES:
            value: CXML | DocumentError
            try:
                value = parse(body, mode=mode)
            except DocumentError as error:
                value = error
            outcomes[type(value).__name__] += 1
            shown = everything_shown(value)
            assert not [fragment for fragment in FRAGMENTS if fragment in shown], (name, mode)
    assert sum(outcomes.values()) > 500
    assert outcomes["CXML"] > 50
    assert outcomes["MalformedDocument"] > 50
    assert outcomes["InvalidDocument"] > 20


def in_lines(body: bytes) -> bytes:
    """The document as a pretty-printer has it: a fault in one line leaves the others as they are."""
    return body if b"\0" in body else re.sub(rb"><(?!/)", b">\n<", body)


def leaked(text: str) -> list[str]:
    return [fragment for fragment in FRAGMENTS if fragment in text]


@pytest.mark.thorough
@pytest.mark.parametrize("form", [bytes, in_lines])
@pytest.mark.parametrize("carrier", CARRIERS)
def test_no_secret_is_told_by_a_report(carrier: str, form: Callable[[bytes], bytes]) -> None:
    outcomes: Counter[str] = Counter()
    for name, body in broken(carrier):
        report = validate(form(body))
        shown = everything_shown(report) + report.to_json() + report.render(width=10_000)
        assert not leaked(shown), name
        outcomes["with a line" if re.search(r"^ +[0-9]+ \| ", report.render(), re.MULTILINE) else "without"] += 1
        checked = Checked("a.xml", report)
        for output in (as_github(checked), repr(as_json([checked])), repr(as_sarif([checked])), repr(checked)):
            assert not leaked(output), name
    # Whoever shows nothing tells no secret; that would be too easy.
    assert outcomes["with a line"] > 100


@pytest.mark.slow
@pytest.mark.parametrize("carrier", CARRIERS)
def test_no_secret_is_told_by_a_command(carrier: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = []
    for number, (_, body) in enumerate(broken(carrier)):
        (tmp_path / f"{number}.xml").write_bytes(in_lines(body))
        names.append(str(tmp_path / f"{number}.xml"))
    for arguments in (["check"], ["show"], ["show", "--json"]):
        main([*arguments, *names])
        shown = capsys.readouterr()
        assert len(shown.out) > 10_000
        assert not leaked(shown.out + shown.err), arguments


@pytest.mark.parametrize("carrier", CARRIERS)
def test_no_secret_is_told_by_a_log(carrier: str) -> None:
    for name, body in broken(carrier):
        if carrier == "card" and name.startswith(("drop", "double")):
            # An attribute with half a number and no name is nobody's; with its digits it might be known by them.
            continue
        assert not leaked(redact(body).replace("\0", "")), name
        assert not leaked(redact(in_lines(body)).replace("\0", "")), name


@pytest.mark.parametrize(
    "limits", [Limits(bytes=100), Limits(depth=2), Limits(elements=3), Limits(attributes=0), Limits(attribute_length=1)]
)
@pytest.mark.parametrize("carrier", CARRIERS)
def test_no_secret_is_told_by_a_limit(carrier: str, limits: Limits) -> None:
    holder, payload = CARRIERS[carrier]
    with pytest.raises(LimitExceeded) as caught:
        parse(envelope(payload, proof=holder), limits=limits)
    shown = everything_shown(caught.value)
    assert not [fragment for fragment in FRAGMENTS if fragment in shown]


@pytest.mark.parametrize("wrong", [f"{SECRET}\0", f"{SECRET}\ud800", 5.5, [SECRET.encode()], object()])
@pytest.mark.parametrize("carrier", CARRIERS)
def test_no_secret_is_told_by_the_writer(carrier: str, wrong: Any) -> None:
    proof, payload = CARRIERS[carrier]
    document = parse(envelope(payload, proof="" if carrier == "card" else proof))
    assert document.header is not None
    (credential,) = document.header.sender.credential
    holder: Any
    if carrier == "card":
        holder, field = document.payload.order_request_header.payment.pcard, "number"  # type: ignore[union-attr]
    elif carrier == "mac":
        holder, field = credential.credential_mac, "value"
    else:
        holder = credential.digital_signature if carrier == "signature" else credential.shared_secret
        field = "content"
    shown = ""
    if not isinstance(wrong, str):
        with pytest.raises(CXMLError) as caught:
            setattr(holder, field, wrong)
        shown = everything_shown(caught.value)
    x.put(holder, field, wrong)
    with pytest.raises(CXMLError) as caught:
        serialize(document)
    shown += everything_shown(caught.value) + everything_shown(document)
    assert not [fragment for fragment in FRAGMENTS if fragment in shown]
