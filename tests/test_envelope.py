"""What goes around a payload: ids, times, statuses, and headers that prove nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from visits import NOW, SECRET, example, setup

from cxml_punchout import InvalidValue, parse, serialize
from cxml_punchout.envelope import PayloadIds, credentials_of, returning, status_of, unproved, utc_now
from cxml_punchout.models import Credential, Header
from cxml_punchout.trust.credentials import Account, section_of


def test_the_present_is_told_in_utc_to_the_second():
    now = utc_now()
    assert now.utcoffset() == timedelta(0)
    assert now.microsecond == 0
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)


def test_ids_have_the_recommended_form_and_never_repeat():
    made = PayloadIds("shop.example.com", clock=lambda: NOW)
    ids = {made() for _ in range(100)}
    assert len(ids) == 100
    assert all(re.fullmatch(r"20260312093000\.\d+\.[0-9a-f]{16}@shop\.example\.com", each) for each in ids)
    assert repr(made) == "PayloadIds('shop.example.com')"


def test_ids_name_the_machine_if_nothing_is_said():
    assert re.fullmatch(r"\d{14}\.\d+\.[0-9a-f]{16}@.+", PayloadIds()())


@pytest.mark.parametrize(
    ("code", "text"), [(200, "OK"), (450, "Not Implemented"), (299, "OK"), (404, "Bad Request"), (599, "Internal")]
)
def test_a_status_has_the_phrase_of_its_code_or_class(code, text):
    status = status_of(code, "why")
    assert status.text.startswith(text)
    assert (status.code, status.value, status.lang) == (code, "why", "en")


@pytest.mark.parametrize("code", [0, 100, 199, 302, 600])
def test_a_code_that_is_none_is_refused(code):
    with pytest.raises(InvalidValue, match="no status of cXML"):
        status_of(code)


def test_what_cannot_be_written_is_replaced():
    assert (
        status_of(400, "a\x00\x1f\ud800\ufffe\uffff\tb\n\r\U0001f4b0").value
        == "a\ufffd\ufffd\ufffd\ufffd\ufffd\tb\n\r\U0001f4b0"
    )


def test_names_become_credentials():
    made = credentials_of([Account("DUNS", "942888710"), Account("NetworkID", "AN1", marketplace=True)])
    assert made == [
        Credential(domain="DUNS", identity="942888710"),
        Credential(domain="NetworkID", identity="AN1", type="marketplace"),
    ]


def header_of(body: bytes) -> Header:
    header = parse(body, mode="tolerant").header
    assert header is not None
    return header


def test_the_way_back_is_the_mirror():
    header = returning(header_of(setup()), user_agent="Shop 1")
    assert [[str(account) for account in section_of(part)] for part in (header.from_, header.to, header.sender)] == [
        ["DUNS 999110224"],
        ["NetworkID AN01999010012"],
        ["DUNS 999110224"],
    ]
    assert header.sender.user_agent == "Shop 1"


def test_several_names_and_references_come_along():
    names = (
        b'<Credential domain="NetworkID" type="marketplace"><Identity>M</Identity></Credential>'
        b'<Credential domain="BusinessPartnerId"><Identity><IdReference domain="iso6523" identifier="9925:BE1"/>'
        b"</Identity></Credential>"
    )
    header = returning(header_of(setup().replace(b"</From>", names + b"</From>")))
    assert [str(account) for account in section_of(header.to)] == [
        "NetworkID AN01999010012",
        "NetworkID M (marketplace)",
        "BusinessPartnerId iso6523:9925:BE1",
    ]


def test_what_else_stands_in_an_identity_is_left_behind():
    body = setup().replace(
        b"<Identity>AN01999010012</Identity>",
        f"<Identity>AN01999010012<SharedSecret>{SECRET}</SharedSecret></Identity>".encode(),
    )
    document = unproved(parse(body, mode="tolerant"))
    assert SECRET.encode() not in serialize(document)


def test_an_unproved_copy_has_all_but_the_proof():
    document = parse(setup())
    copy = unproved(document)
    assert copy.payload == document.payload
    assert (copy.payload_id, copy.timestamp, copy.lang) == (document.payload_id, document.timestamp, document.lang)
    assert SECRET.encode() in serialize(document)
    assert serialize(copy) == serialize(document).replace(f"<SharedSecret>{SECRET}</SharedSecret>".encode(), b"")


def test_a_signature_is_left_out_since_it_would_not_hold():
    document = parse(example("valid/signed-order"))
    copy = unproved(document)
    assert copy.signature == ()
    assert b"Signature" not in serialize(copy)
    assert document.signature


def test_a_response_has_no_header_to_begin_with():
    document = parse(example("valid/precoro-setup-response"))
    assert unproved(document) == document


def test_what_was_missing_stays_missing():
    body = setup().replace(b"<UserAgent>Purchase Desk 4.12</UserAgent>", b"")
    copy = unproved(parse(body, mode="tolerant"))
    assert copy.header is not None
    assert copy.header.sender.user_agent is None
    assert b"UserAgent" not in serialize(copy)


@pytest.mark.parametrize("place", ["<Header>", "<Request ", "</cXML>", "<PunchOutSetupRequest", "</Request>"])
def test_a_secret_in_a_wrong_place_is_left_out_too(place):
    body = setup().decode().replace(place, f"<SharedSecret>{SECRET}</SharedSecret><?note {SECRET}?>{place}")
    document = parse(body.replace("<cXML ", f'<cXML secret="{SECRET}" '), mode="tolerant")
    copy = unproved(document)
    assert SECRET.encode() not in serialize(copy)
    assert serialize(document).count(SECRET.encode()) == 4
    assert copy.payload is document.payload


def test_an_instruction_beside_the_root_is_left_out():
    document = parse(setup().replace(b"<cXML", b"<?note x?><cXML") + b"<?note x?>")
    assert b"<?note" in serialize(document)
    assert b"<?note" not in serialize(unproved(document))
