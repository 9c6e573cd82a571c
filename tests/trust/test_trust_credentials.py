"""Names of organisations: when two are one, what a section says, what looks odd about a number."""

from __future__ import annotations

import pytest
from headers import body, shared
from hypothesis import given
from hypothesis import strategies as st

from cxml_punchout import models, parse, serialize
from cxml_punchout.trust.credentials import (
    Account,
    Domains,
    Section,
    advice,
    advice_on_duns,
    advice_on_network_id,
    section_of,
    without_proofs,
)

SAME = [
    (("NetworkID", "AN01000000123"), ("NetworkId", "AN01000000123")),
    (("NetworkID", "AN01000000123"), ("networkid", "\n  an01000000123\t")),
    (("NetworkID", "AN01000000123-T"), ("NetworkId", "an01000000123-t")),
    (("DUNS", "123456789"), ("Duns", "12-345-6789")),
    (("DUNS", "012345678"), ("duns", " 01 234 5678 ")),
    (("DUNS+4", "1234567890001"), ("duns4", "123456789-0001")),
    (("DUNS+4", "123456789A1b2"), ("DUNS", "123456789a1B2")),
    (("DUNS+4", "123456789"), ("DUNS", "123456789")),
    (("DUNS", "6565-2314"), ("duns", "65652314")),
    (("DUNS", "COUPA1"), ("duns", "coupa1")),
    (("AribaNetworkUserId", "sysadmin@ariba.com"), ("AribaNetworkUserID", " sysadmin@ariba.com")),
    (("workchairs.com", "Acme"), ("WorkChairs.com", "Acme")),
]
DIFFERENT = [
    (("NetworkID", "AN01000000123"), ("NetworkID", "AN01000000123-T")),
    (("NetworkID", "AN01000000123"), ("DUNS", "AN01000000123")),
    (("DUNS", "012345678"), ("DUNS", "12345678")),
    (("DUNS", "123456789"), ("DUNS+4", "1234567890001")),
    (("DUNS", "DE-LL"), ("DUNS", "DELL")),
    (("AribaNetworkUserId", "admin@acme.com"), ("AribaNetworkUserId", "Admin@acme.com")),
    (("workchairs.com", "Acme"), ("workchairs.com", "acme")),
    (("PrivateId", "1"), ("PrivateId", "01")),
    # The Kelvin sign and the long s are no letters of these names, whatever Unicode says about their case.
    (("NetworkID", "AN1"), ("Networ\u212aID", "AN1")),
    (("NetworkID", "SHOP"), ("NetworkID", "\u017fHOP")),
    # A blank of Unicode belongs to the name.
    (("NetworkID", "AN1"), ("NetworkID", "AN1\u00a0")),
    # Digits of other scripts are not digits of a D-U-N-S number.
    (("DUNS", "123456789"), ("DUNS", "12345678\u0669")),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_of_one_account_are_equal(one, other):
    assert Account(*one) == Account(*other)
    assert hash(Account(*one)) == hash(Account(*other))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_accounts_that_only_look_alike_differ(one, other):
    assert Account(*one) != Account(*other)


def test_an_account_keeps_its_spelling_and_is_no_text():
    account = Account("NetworkId", " an01 ")
    assert (account.domain, account.identity, str(account)) == ("NetworkId", " an01 ", "NetworkId an01")
    assert account != "an01"


def test_the_name_of_a_marketplace_is_not_that_of_its_member():
    assert Account("NetworkID", "AN1", marketplace=True) != Account("NetworkID", "AN1")
    assert str(Account("NetworkID", "AN1", marketplace=True)) == "NetworkID AN1 (marketplace)"


def test_a_store_may_fold_the_case_of_its_own_domains():
    domains = Domains(case_blind=["NetworkID", "WorkChairs.com"])
    assert domains.keys(Account("workchairs.com", "Acme")) == domains.keys(Account("workchairs.com", "ACME"))


def test_a_party_known_by_nine_digits_is_meant_by_thirteen():
    exact, organisation = Domains().keys(Account("DUNS+4", "123456789-00a1"))
    assert (exact, organisation) == (("duns+4", "12345678900a1"), ("duns", "123456789"))
    assert Domains().keys(Account("DUNS", "12-345-6789")) == (organisation,)


@given(st.text(), st.text())
def test_an_account_has_one_exact_form_that_does_not_depend_on_the_blanks_of_a_printer(domain, identity):
    plain, printed = Account(domain, identity), Account(domain, f"\n  {identity}\n")
    assert Domains().keys(plain) == Domains().keys(printed)
    assert plain == printed


# --- sections ----------------------------------------------------------------------------------------------


def test_all_credentials_of_a_section_are_read_in_order():
    named = [("NetworkID", "AN1"), ("DUNS", " 123456789 "), ("NetworkId", "AN9", "", "marketplace")]
    section = section_of(parse(body([("x", "y")], from_=named)).header.from_)
    assert [str(account) for account in section] == ["NetworkID AN1", "DUNS 123456789", "NetworkId AN9 (marketplace)"]
    assert len(section) == 3


def test_a_name_is_found_by_its_domain_in_any_spelling():
    section = Section((Account("NetworkId", "M", marketplace=True), Account("networkID", "AN1"), Account("DUNS", "1")))
    assert section.by_domain("NETWORKID") == Account("NetworkID", "AN1")
    assert section.by_domain("NetworkID", marketplace=True) == Account("NetworkID", "M", marketplace=True)
    assert section.by_domain("VendorID") is None


@pytest.mark.parametrize(
    ("accounts", "contradiction"),
    [
        ([("NetworkID", "AN1"), ("DUNS", "123456789")], False),
        ([("NetworkID", "AN1"), ("networkid", "an1 ")], False),
        ([("NetworkID", "AN1"), ("networkid", "AN2")], True),
        ([("DUNS", "123456789"), ("VendorID", "1"), ("duns", "999999999")], True),
        ([("NetworkID", "AN1"), ("NetworkID", "AN2", True)], False),
        ([("NetworkID", "AN1", True), ("NetworkID", "AN2", True)], True),
        ([], False),
    ],
)
def test_a_domain_that_is_repeated_with_another_value_is_a_contradiction(accounts, contradiction):
    section = Section(tuple(Account(*each) for each in accounts))
    assert (section.contradiction() is not None) == contradiction


def identity(content: str) -> Account:
    text = body([("x", "y")], from_=[("BusinessPartnerId", "HERE")]).decode().replace("HERE", content)
    (account,) = section_of(parse(text, mode="tolerant").header.from_)
    return account


def test_an_identity_may_refer_to_a_number_of_another_register():
    reference = '\n<IdReference domain="iso6523" identifier="9925:BE0123456789"/>\n'
    assert identity(reference) == Account("BusinessPartnerId", "iso6523:9925:BE0123456789")


def test_a_reference_in_a_document_of_our_own_is_read_as_well():
    reference = models.IdReference(domain="iso6523", identifier="9925:BE1")
    for held, expected in ((reference, "iso6523:9925:BE1"), (models.Name("a", lang="en"), "")):
        made = models.From(credential=[models.Credential(domain="x", identity=models.Identity(held))])
        assert [account.identity for account in section_of(made)] == [expected]


@pytest.mark.parametrize(
    "content",
    ["a<b/>c", "<b/>", 'a<IdReference domain="iso6523" identifier="1"/>', "<Foreign>AN1</Foreign>"],
)
def test_an_identity_with_foreign_content_names_nobody(content):
    assert identity(content).identity == ""


@pytest.mark.parametrize("markup", ["", "<From></From>", "<From><Credential/></From>"])
def test_a_section_without_names_is_empty_and_no_error(markup):
    text = body([("x", "y")], from_=[("a", "b")]).decode()
    start, end = text.index("<From>"), text.index("</From>") + 7
    section = section_of(parse(text[:start] + markup + text[end:], mode="tolerant").header.from_)
    assert all(account.domain == account.identity == "" for account in section)


# --- advice ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["AN01000000123", "an01000000123", " AN01000000123-T ", "AN01000000123-t"])
def test_a_usual_network_id_gives_no_reason_for_advice(number):
    assert advice_on_network_id(number) == ()


@pytest.mark.parametrize("number", ["buyer", "Amazon", "me@acme.com", "AN", "AN0100000012X", "AN200001", "AN\u0661"])
def test_an_unusual_network_id_is_explained_and_not_refused(number):
    assert len(advice_on_network_id(number)) == 1
    assert Account("NetworkID", number).identity == number


@pytest.mark.parametrize("number", ["942888710", "11-431-5195", "049329048", "079928354", "079928354-0001"])
def test_a_duns_number_with_a_right_check_digit_gives_no_reason_for_advice(number):
    assert advice_on_duns(number) == ()


@pytest.mark.parametrize(
    ("number", "word"),
    [
        ("942888711", "check digit"),
        ("123456789", "check digit"),
        ("1234567890001", "check digit"),
        ("65652314", "leading zeros"),
        ("COUPA1", "nine digits"),
        ("", "nine digits"),
    ],
)
def test_an_unusual_duns_number_is_explained_and_not_refused(number, word):
    (sentence,) = advice_on_duns(number)
    assert word in sentence


def test_advice_goes_by_the_domain():
    assert advice(Account("networkid", "x"))
    assert advice(Account("duns4", "x"))
    assert not advice(Account("VendorID", "x"))


# --- the way back ------------------------------------------------------------------------------------------

PROOFS = [
    shared("xyzzy-7"),
    "<DigitalSignature>xyzzy-7</DigitalSignature>",
    '<CredentialMac type="FromSenderCredentials" algorithm="HMAC-SHA1-96" creationDate="2026-05-06T00:00:00+00:00" '
    'expirationDate="2026-05-07T00:00:00+00:00">xyzzy-7</CredentialMac>',
]


@pytest.mark.parametrize("proof", PROOFS)
def test_a_header_is_freed_from_everything_that_proves_its_sender(proof):
    named = ("NetworkID", "AN1", proof)
    read = parse(body([named, ("EndPointID", "ERP", proof)], [named], [named]))
    bare = without_proofs(read.header)
    assert bare == parse(body([("NetworkID", "AN1"), ("EndPointID", "ERP")], [named[:2]], [named[:2]])).header
    assert "xyzzy-7" in serialize(read).decode(), "the header that was given stays as it was"
    read.header = bare
    assert "xyzzy-7" not in serialize(read).decode()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("</Credential></From>", "<Token>xyzzy-7</Token></Credential></From>"),
        ("</Identity></Credential></From>", f"</Identity>{PROOFS[0]}{PROOFS[0]}</Credential></From>"),
        ("</Identity></Credential></From>", f"{PROOFS[0]}</Identity></Credential></From>"),
        ("<From><Credential", "<From secret='xyzzy-7'><Credential"),
        ("</Header>", "<SharedSecret>xyzzy-7</SharedSecret></Header>"),
        (
            "</Header>",
            '<Path><Node type="copy"><Credential domain="a"><Identity>b</Identity>'
            f'{PROOFS[0]}</Credential></Node></Path><OriginalDocument payloadID="1"/></Header>',
        ),
        (
            "</Credential></From>",
            '</Credential><Correspondent><Contact><Name xml:lang="en">N</Name></Contact>'
            f'<Extrinsic name="a"><Holder>{PROOFS[0]}</Holder></Extrinsic></Correspondent></From>',
        ),
    ],
)
def test_a_proof_in_an_odd_place_does_not_go_back_either(old, new):
    text = body([("NetworkID", "AN1")]).decode().replace(old, new, 1)
    assert new in text
    read = parse(text, mode="tolerant")
    assert "xyzzy-7" in serialize(read).decode()
    read.header = without_proofs(read.header)
    assert "xyzzy-7" not in serialize(read).decode()
    assert "AN1" in serialize(read).decode()


def test_a_proof_that_a_program_put_somewhere_is_taken_out_as_well():
    secret = models.SharedSecret("xyzzy-7")
    read = parse(body([("NetworkID", "AN1")]))
    credential = models.Credential(domain="a", identity=models.Identity(["b", secret]), shared_secret=secret)
    read.header.from_.credential = [credential]
    bare = without_proofs(read.header)
    (left,) = bare.from_.credential
    assert left == models.Credential(domain="a", identity="b")
    assert credential.shared_secret == secret
