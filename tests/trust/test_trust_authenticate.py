"""Who is let in, who is not, and what the log and the wire are told."""

from __future__ import annotations

import copy
import pickle
from datetime import datetime, timedelta

import attrs
import pytest
from headers import BUYER, NOW, SECRET, SUPPLIER, body, document, partner, shared

from cxml_punchout import Limits, parse
from cxml_punchout.errors import (
    AuthenticationError,
    CXMLError,
    DocumentError,
    InvalidValue,
    SecretUnavailable,
    UsageError,
)
from cxml_punchout.trust.authenticate import Verified, authenticate
from cxml_punchout.trust.credentials import Account
from cxml_punchout.trust.mac import MacPolicy, create_mac
from cxml_punchout.trust.partners import Partner
from cxml_punchout.trust.secrets import Secret
from cxml_punchout.trust.stores.memory import MemoryStore

OUR_BUYER = ("NetworkID", "AN01000000123")


def store(*partners: Partner) -> MemoryStore:
    return MemoryStore(partners or [partner()])


def verify(made=None, partners: MemoryStore | None = None, **options: object) -> Verified:
    return authenticate(made or document(), store() if partners is None else partners, **({"now": NOW} | options))  # type: ignore[arg-type]


def refused(made=None, partners: MemoryStore | None = None, status: int = 401, **options: object) -> str:
    """The reason for which a document is refused."""
    with pytest.raises(AuthenticationError) as caught:
        verify(made, partners, **options)
    assert caught.value.status == status
    assert caught.value.proved == (status == 403)
    assert SECRET not in caught.value.detail
    return caught.value.reason


# --- the plain case ----------------------------------------------------------------------------------------


def test_a_partner_with_its_secret_is_verified():
    partners = store()
    verified = verify(partners=partners)
    assert verified.partner is next(iter(partners))
    assert verified.sender == Account(*OUR_BUYER)
    assert [str(account) for account in verified.from_] == ["NetworkID AN01000000123"]
    assert [str(account) for account in verified.to] == ["DUNS 123456789"]
    assert [str(account) for account in verified.senders] == ["NetworkID AN01000000123"]
    assert (verified.mode, verified.proof) == ("production", "shared-secret")
    assert verified.secret is verified.partner.secrets[0]


def test_what_was_verified_cannot_be_changed_and_shows_no_secret():
    verified = verify()
    assert SECRET not in repr(verified)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        verified.mode = "test"


def test_names_are_compared_by_their_domains():
    sender = [("networkid", "\n  an01000000123\n", shared(f"\n  {SECRET}\n"))]
    assert verify(document(sender, [("NetworkId", "an01000000123")], [("Duns", "12-345-6789")]))


def test_our_examples_are_accepted_with_their_record(own_documents):
    made = parse(own_documents["valid/precoro-setup-request.xml"])
    record = Partner(
        sender_domain="NetworkID",
        supplier_domain="DUNS",
        from_identity="AN01999010012",
        to_identity="999110224",
        sender_identity="tallow-finch-live",
        shared_secret="placeholder-live-secret",
    )
    assert verify(made, store(record)).partner is record


def test_the_clock_needs_an_offset():
    with pytest.raises(InvalidValue):
        verify(now=datetime(2026, 5, 6))


def test_a_response_has_nobody_to_authenticate(own_documents):
    assert refused(parse(own_documents["valid/precoro-setup-response.xml"])) == "no-header"


def test_a_cart_that_came_through_a_browser_proves_nothing(own_documents):
    assert refused(parse(own_documents["valid/precoro-cart.xml"])) == "unknown-sender"


# --- the secret --------------------------------------------------------------------------------------------


def sent(proof: str, domain: str = "NetworkID", identity: str = "AN01000000123"):
    return document([(domain, identity, proof)])


@pytest.mark.parametrize(
    "proof",
    [
        "",
        "<SharedSecret/>",
        "<SharedSecret> \n</SharedSecret>",
        "<SharedSecret>none</SharedSecret>",
        "<SharedSecret>None</SharedSecret>",
        "<SharedSecret>\u00a0</SharedSecret>",
        f"<SharedSecret><SharedSecret>{SECRET}</SharedSecret></SharedSecret>",
        f"<SharedSecret>{SECRET}<b/></SharedSecret>",
        "<DigitalSignature>abc</DigitalSignature>",
    ],
)
def test_whoever_sends_no_secret_is_refused(proof):
    assert refused(sent(proof)) == "missing-secret"


@pytest.mark.parametrize("secret", [SECRET.upper(), SECRET + "x", SECRET[:-1], "*", "\u200b" + SECRET])
def test_a_wrong_secret_is_refused(secret):
    assert refused(sent(shared(secret))) == "wrong-secret"


@pytest.mark.parametrize(
    ("domain", "identity"),
    [
        ("NetworkID", "AN01000000124"),
        ("NetworkID", "AN01000000123-T"),
        ("DUNS", "123456789"),
        ("NetworkID", ""),
        ("", ""),
        ("VendorID", "AN01000000123"),
    ],
)
def test_an_unknown_sender_is_refused(domain, identity):
    assert refused(sent(shared(SECRET), domain, identity)) == "unknown-sender"


def test_an_empty_store_lets_nobody_in():
    assert refused(partners=MemoryStore([])) == "unknown-sender"
    assert refused(sent(""), MemoryStore([])) == "unknown-sender"


def test_a_secret_in_from_or_to_proves_nothing():
    proof = (*OUR_BUYER, shared(SECRET))
    assert refused(document([OUR_BUYER], [proof], [("DUNS", "123456789", shared(SECRET))])) == "missing-secret"


def test_a_secret_rotates_with_both_valid_in_between():
    hour = timedelta(hours=1)
    record = partner(shared_secret=[Secret("old", not_after=NOW), Secret("new", not_before=NOW - hour)])
    old, new = record.secrets
    partners = store(record)
    assert verify(sent(shared("old")), partners).secret is old
    assert verify(sent(shared("new")), partners).secret is new
    assert refused(sent(shared("old")), partners, now=NOW + hour) == "expired-secret"
    assert refused(sent(shared("new")), partners, now=NOW - 2 * hour) == "secret-not-yet-valid"
    assert refused(sent(shared("neither")), partners) == "wrong-secret"


def test_a_secret_that_is_both_expired_and_valid_is_valid():
    record = partner(shared_secret=[Secret("same", not_after=NOW - timedelta(1)), Secret("same")])
    assert verify(sent(shared("same")), store(record)).secret is record.secrets[1]


def test_a_secret_that_cannot_be_looked_up_is_no_fault_of_the_sender(monkeypatch):
    monkeypatch.delenv("SHOP_SECRET", raising=False)
    partners = store(partner(shared_secret=Secret.from_env("SHOP_SECRET")))
    with pytest.raises(SecretUnavailable, match="SHOP_SECRET is not set") as caught:
        verify(sent(shared("x")), partners)
    assert not isinstance(caught.value, AuthenticationError)
    assert refused(sent(""), partners) == "missing-secret"
    monkeypatch.setenv("SHOP_SECRET", "x")
    assert verify(sent(shared("x")), partners)


@pytest.mark.parametrize(
    ("accepted", "proof"),
    [
        ("absent", ""),
        ("empty", "<SharedSecret/>"),
        ("empty", "<SharedSecret> </SharedSecret>"),
        ("none", shared("none")),
    ],
)
def test_a_record_that_says_so_lets_its_sender_in_without_a_secret(accepted, proof):
    partners = store(partner(shared_secret=None, accepts_no_secret=[accepted]))
    verified = verify(sent(proof), partners)
    assert (verified.proof, verified.secret) == ("nothing", None)
    others = {"absent": "", "empty": "<SharedSecret/>", "none": shared("none"), "x": shared("x")}
    del others[accepted]
    for other in others.values():
        assert refused(sent(other), partners) in ("missing-secret", "wrong-secret")


# --- several credentials (Guide 3.1.7.5) -------------------------------------------------------------------

ERP = Account("EndPointID", "ERP")


def test_the_secret_may_stand_in_any_credential_of_the_sender():
    named = [OUR_BUYER, ("EndPointID", "ERP", shared(SECRET))]
    assert verify(document(named)).sender == Account(*OUR_BUYER)
    assert verify(document(named), store(partner(more_sender=[ERP])))


def test_a_name_in_a_domain_that_nobody_uses_is_ignored():
    named = [("VendorID", "7"), (*OUR_BUYER, shared(SECRET))]
    assert verify(document(named, [*BUYER, ("PrivateId", "p")], [*SUPPLIER, ("SystemID", "s")]))


def test_a_name_in_a_domain_that_we_use_has_to_be_known():
    partners = store(partner(), partner(sender_domain="DUNS", sender_identity="111111111", from_domain="NetworkID"))
    assert refused(document([(*OUR_BUYER, shared(SECRET)), ("DUNS", "999999999")]), partners) == "unknown-sender"


def test_names_of_two_senders_are_a_conflict():
    other = partner(sender_domain="DUNS", sender_identity="111111111", from_identity="AN02", from_domain="NetworkID")
    named = [(*OUR_BUYER, shared(SECRET)), ("DUNS", "111111111")]
    assert refused(document(named), store(partner(), other)) == "conflicting-credentials"


def test_one_domain_with_two_names_is_a_conflict():
    named = [(*OUR_BUYER, shared(SECRET)), ("networkid", "AN02")]
    assert refused(document(named)) == "conflicting-credentials"
    assert refused(document(None, [*BUYER, ("networkid", "AN02")]), status=403) == "conflicting-credentials"
    assert refused(document(None, BUYER, [*SUPPLIER, ("duns", "987654321")]), status=403) == "conflicting-credentials"


def test_one_name_given_twice_is_one_name():
    named = [(*OUR_BUYER, shared(SECRET)), ("networkid", "an01000000123", shared(SECRET))]
    assert verify(document(named, [*BUYER, *BUYER]))


@pytest.mark.parametrize("second", ["wrong", "", "none"])
def test_two_secrets_that_differ_are_a_conflict(second):
    for first, last in ((SECRET, second), (second, SECRET)):
        named = [(*OUR_BUYER, shared(first)), ("EndPointID", "ERP", shared(last))]
        assert refused(document(named)) == "conflicting-credentials"


def test_a_marketplace_has_its_own_name_beside_that_of_the_member():
    market = ("NetworkID", "AN777", "", "marketplace")
    assert verify(document(None, [*BUYER, market])), "an unknown marketplace is ignored"
    record = partner(more_from=[Account("NetworkID", "AN777", marketplace=True)])
    assert verify(document(None, [*BUYER, market]), store(record))
    other = ("NetworkID", "AN778", "", "marketplace")
    assert refused(document(None, [*BUYER, other]), store(record), 403) == "conflicting-credentials"


def test_a_member_cannot_pass_for_its_name_as_a_marketplace():
    named = [("NetworkID", "AN01000000123", shared(SECRET), "marketplace")]
    assert refused(document(named)) == "unknown-sender"


def test_two_to_elements_are_read_as_one():
    twice = body([(*OUR_BUYER, shared(SECRET))]).decode()
    twice = twice.replace(
        "<Sender>", '<To><Credential domain="SystemID"><Identity>x</Identity></Credential></To><Sender>'
    )
    assert verify(parse(twice, mode="tolerant"))


@pytest.mark.parametrize("other", [SECRET, "wrong", ""])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"<SharedSecret>{SECRET}</SharedSecret>", "{0}<SharedSecret>OTHER</SharedSecret>"),
        (f"<SharedSecret>{SECRET}</SharedSecret>", "<SharedSecret>OTHER</SharedSecret>{0}"),
        ("<Identity>AN01000000123</Identity><SharedSecret>", "<Identity>OTHER</Identity>{0}"),
        ("<Identity>AN01000000123</Identity><SharedSecret>", "<Identity>AN01000000123</Identity>{0}"),
        ("<Identity>123456789</Identity>", "{0}<Identity>987654321</Identity>"),
        ("<Header>", "<Header><Sender/></Header>{0}"),
        ("</Header>", "{0}<Header/>"),
        ("</Request>", '{0}<Request deploymentMode="test"/>'),
    ],
)
def test_what_may_stand_once_and_stands_twice_proves_nothing(old, new, other):
    # A tolerant reader takes the first and keeps the other aside; whoever wrote the rule may have meant the other.
    text = body([(*OUR_BUYER, shared(SECRET))]).decode()
    assert old in text
    text = text.replace(old, new.replace("OTHER", other).replace("{0}", old), 1)
    assert refused(parse(text, mode="tolerant")) == "conflicting-credentials"


def test_what_stands_beside_a_proof_and_is_none_does_not_matter():
    text = body([(*OUR_BUYER, f"{shared(SECRET)}stray<Token>x</Token>")]).decode()
    assert verify(parse(text, mode="tolerant"))


# --- the rights --------------------------------------------------------------------------------------------


def test_a_document_for_somebody_else_is_refused_with_403():
    assert refused(document(None, BUYER, [("DUNS", "987654321")]), status=403) == "wrong-to"
    assert refused(document(None, BUYER, [("VendorID", "123456789")]), status=403) == "wrong-to"
    assert refused(document(None, BUYER, [("", "")]), status=403) == "wrong-to"


def test_a_document_in_the_name_of_somebody_else_is_refused_with_403():
    other = partner(sender_identity="AN02", from_identity="AN02", shared_secret="other")
    for named in ([("NetworkID", "AN02")], [("NetworkID", "AN99")], [("DUNS", "5")]):
        assert refused(document(None, named), store(partner(), other), 403) == "from-not-allowed"


def test_to_and_from_have_to_agree_in_all_names_that_we_know():
    other = partner(sender_identity="AN02", from_identity="AN02", more_from=[Account("DUNS", "5")])
    mixed = document(None, [*BUYER, ("DUNS", "5")])
    assert refused(mixed, store(partner(), other), 403) == "conflicting-credentials"
    unknown = document(None, [*BUYER, ("DUNS", "6")])
    assert refused(unknown, store(partner(), other), 403) == "conflicting-credentials"


@pytest.mark.parametrize(("mode", "expected"), [(None, "production"), ("production", "production"), ("test", "test")])
def test_the_mode_picks_the_record(mode, expected):
    records = [partner(), partner(mode="test")]
    verified = verify(document(mode=mode), store(*records))
    assert (verified.mode, verified.partner.mode) == (expected, expected)


@pytest.mark.parametrize(
    ("mode", "record"), [(None, "test"), ("production", "test"), ("test", "production"), ("x", "test")]
)
def test_a_document_for_the_other_mode_is_refused_with_403(mode, record):
    assert refused(document(mode=mode), store(partner(mode=record)), 403) == "mode-mismatch"


def test_each_mode_has_its_own_secret():
    partners = store(partner(shared_secret="live"), partner(mode="test", shared_secret="trial"))
    named = [(*OUR_BUYER, shared("trial"))]
    assert verify(document(named, mode="test"), partners)
    assert refused(document(named), partners, 403) == "mode-mismatch"


HUB = {"sender_domain": "AribaNetworkUserId", "sender_identity": "sysadmin@ariba.com", "from_domain": "NetworkID"}
FROM_HUB = [("AribaNetworkUserId", "sysadmin@ariba.com", shared(SECRET))]


def test_a_hub_with_one_secret_speaks_for_each_buyer_that_has_a_record():
    one, two = partner(**HUB), partner(**HUB, from_identity="AN02")
    partners = store(one, two)
    assert verify(document(FROM_HUB), partners).partner is one
    assert verify(document(FROM_HUB, [("NetworkID", "AN02")]), partners).partner is two
    assert refused(document(FROM_HUB, [("NetworkID", "AN03")]), partners, 403) == "from-not-allowed"


def test_a_hub_may_be_allowed_to_speak_for_anybody():
    hub = partner(**HUB | {"from_identity": None, "any_from": True})
    for named in (BUYER, [("NetworkID", "AN99"), ("DUNS", "1")], [("VendorID", "x")]):
        assert verify(document(FROM_HUB, named), store(hub)).partner is hub
    assert refused(document(FROM_HUB, [("NetworkID", "")]), store(hub), 403) == "conflicting-credentials"
    one = partner(**HUB)
    assert verify(document(FROM_HUB), store(hub, one)).partner is one, "the record of the buyer goes first"


def test_a_hub_cannot_mix_two_buyers_that_we_know_apart():
    hub = partner(**HUB | {"from_identity": None, "any_from": True})
    one = partner(more_from=[Account("DUNS", "1")])
    two = partner(sender_identity="AN02", from_identity="AN02", more_from=[Account("VendorID", "2")])
    mixed = [("DUNS", "1"), ("VendorID", "2")]
    assert refused(document(FROM_HUB, mixed), store(hub, one, two), 403) == "conflicting-credentials"
    assert verify(document(FROM_HUB, [("NetworkID", "AN02"), ("VendorID", "2")]), store(hub, one, two)).partner is hub


def test_records_that_fit_together_only_for_one_document_are_refused_there():
    # Each name alone tells them apart, a DUNS+4 number means both.
    one = partner(supplier_domain="DUNS", to_identity="123456789", name="whole")
    two = partner(supplier_domain="DUNS+4", to_identity="1234567890001", name="branch")
    made = document(None, BUYER, [("DUNS+4", "123456789-0001")])
    assert refused(made, store(one, two), 403) == "ambiguous-partner"


# --- CredentialMac -----------------------------------------------------------------------------------------


def with_mac(from_=OUR_BUYER, sender=OUR_BUYER, secret="hub-secret", header_from=None, more=()):
    mac = create_mac(
        Account(*from_), Account(*sender), secret=Secret(secret), created=NOW - timedelta(1), expires=NOW + timedelta(1)
    )
    made = document([sender, *more], header_from or [from_])
    made.header.sender.credential[0].credential_mac = mac
    return made


def test_a_mac_of_the_hub_proves_the_buyer():
    record = partner(mac_secret=["old hub secret", "hub-secret"])
    verified = verify(with_mac(), store(record))
    assert (verified.proof, verified.secret) == ("credential-mac", record.mac_secrets[1])


def test_a_mac_needs_a_secret_of_its_own():
    assert refused(with_mac(secret=SECRET)) == "mac-mismatch"
    assert refused(with_mac(secret=SECRET), store(partner(mac_secret="hub-secret"))) == "mac-mismatch"


def test_the_buyers_own_secret_is_not_that_of_the_hub():
    partners = store(partner(mac_secret="hub-secret"))
    assert refused(sent(shared("hub-secret")), partners) == "wrong-secret"


def test_a_mac_of_an_unknown_sender_is_refused_as_such():
    partners = store(partner(mac_secret="hub-secret"))
    other = ("NetworkID", "AN99")
    assert refused(with_mac(other, other), partners) == "unknown-sender"


def test_a_mac_beside_a_secret_is_a_conflict():
    partners = store(partner(mac_secret="hub-secret"))
    assert refused(with_mac(more=[("EndPointID", "ERP", shared(SECRET))]), partners) == "conflicting-credentials"
    twice = with_mac(more=[("EndPointID", "ERP")])
    twice.header.sender.credential[1].credential_mac = twice.header.sender.credential[0].credential_mac
    assert refused(twice, partners) == "conflicting-credentials"


def test_a_mac_may_cover_any_name_of_from():
    record = partner(mac_secret="hub-secret", more_from=[Account("DUNS", "1")])
    made = with_mac(("DUNS", "1"), header_from=[OUR_BUYER, ("DUNS", "1")])
    assert verify(made, store(record)).partner is record


def test_a_mac_for_a_stranger_does_not_prove_a_known_name_beside_it():
    record = partner(mac_secret="hub-secret")
    made = with_mac(("VendorID", "stranger"), header_from=[OUR_BUYER, ("VendorID", "stranger")])
    assert refused(made, store(record)) == "mac-mismatch"


def test_a_mac_does_not_give_the_right_to_speak_for_others():
    record = partner(mac_secret="hub-secret")
    assert refused(with_mac(("NetworkID", "AN02")), store(record), 403) == "from-not-allowed"


def test_the_policy_for_macs_is_the_applications():
    partners = store(partner(mac_secret="hub-secret"))
    policy = MacPolicy(max_age=timedelta(hours=1))
    assert refused(with_mac(), partners, mac_policy=policy) == "mac-expired"
    assert refused(with_mac(), partners, now=NOW + timedelta(2)) == "mac-expired"


# --- hashes ------------------------------------------------------------------------------------------------


def test_a_hashed_secret_lets_its_partner_in():
    hasher = pytest.importorskip("argon2").PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    record = partner(shared_secret=Secret.hashed(hasher.hash(SECRET)))
    assert verify(partners=store(record)).secret is record.secrets[0]
    assert refused(sent(shared("wrong")), store(record)) == "wrong-secret"


def test_every_refusal_computes_as_many_hashes(monkeypatch):
    from cxml_punchout.trust import secrets

    hasher = pytest.importorskip("argon2").PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    hashes = [Secret.hashed(hasher.hash(text)) for text in ("one", "two")]
    partners = store(
        partner(shared_secret=hashes),
        partner(sender_identity="AN1HASH", from_identity="AN1HASH", shared_secret=hashes[0]),
        partner(sender_identity="AN0HASH", from_identity="AN0HASH"),
    )
    computed: list[str] = []
    real = secrets._verify
    monkeypatch.setattr(secrets, "_verify", lambda *given: (computed.append(""), real(*given))[1])
    attempts = [(identity, "wrong") for identity in ("AN01000000123", "AN1HASH", "AN0HASH", "nobody")]
    counts = []
    for identity, secret in [*attempts, ("nobody", ""), ("AN01000000123", "none")]:
        computed.clear()
        refused(sent(shared(secret), "NetworkID", identity), partners)
        counts.append(len(computed))
    assert counts == [2] * 6


# --- what the wire and the log are told --------------------------------------------------------------------


def failures() -> list[AuthenticationError]:
    records = store(partner(mac_secret="hub"), partner(sender_identity="AN7", from_identity="AN7"))
    documents = [
        sent(shared("wrong")),
        sent(""),
        sent(shared(SECRET), "NetworkID", "AN99"),
        document([(*OUR_BUYER, shared(SECRET)), ("networkid", "AN7")]),
        with_mac(secret="wrong"),
        document(mode="test"),
        document(None, [("NetworkID", "AN7")]),
        document(None, BUYER, [("DUNS", "1")]),
    ]
    found = []
    for made in documents:
        with pytest.raises(AuthenticationError) as caught:
            verify(made, records)
        found.append(caught.value)
    return found


def test_the_wire_is_told_one_neutral_sentence_for_each_status():
    said = {(error.status, str(error)) for error in failures()}
    assert said == {
        (401, "The sender could not be authenticated."),
        (403, "The sender is not permitted to do this."),
    }


def test_the_log_is_told_the_reason_and_the_names():
    found = failures()
    assert [error.reason for error in found] == [
        "wrong-secret",
        "missing-secret",
        "unknown-sender",
        "conflicting-credentials",
        "mac-mismatch",
        "mode-mismatch",
        "from-not-allowed",
        "wrong-to",
    ]
    assert "AN99" in found[2].detail
    assert all(error.reason in error.__notes__[0] for error in found)


def test_a_name_cannot_break_a_line_of_the_log():
    with pytest.raises(AuthenticationError) as caught:
        verify(sent(shared("x"), "NetworkID", "AN1\nINFO all is well " + "x" * 500))
    assert "\n" not in caught.value.detail
    assert len(caught.value.detail) < 200


def test_the_error_is_a_sibling_of_document_errors_and_survives_pickling():
    error = AuthenticationError("wrong-to", "To is nobody", proved=True)
    assert isinstance(error, CXMLError)
    assert not isinstance(error, (DocumentError, UsageError))
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert (again.reason, again.detail, again.proved, again.status) == ("wrong-to", "To is nobody", True, 403)
        assert len(again.__notes__) == 1


def test_a_damaged_header_is_refused_and_breaks_nothing():
    text = body([(*OUR_BUYER, shared(SECRET))]).decode()
    for cut in ("Sender", "From", "To", "Identity", "Credential", "Header"):
        damaged = text
        while f"<{cut}" in damaged:
            start, end = damaged.index(f"<{cut}"), damaged.index(f"</{cut}>")
            damaged = damaged[:start] + damaged[end + len(f"</{cut}>") :]
        with pytest.raises(AuthenticationError):
            verify(parse(damaged, mode="tolerant"))


# --- what a tolerant reader put aside in the header ----------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<From a="b">', "<From>"),
        ("<From>stray ", "<From>"),
        ("<From>", '<From a="b">'),
        ('<To a="b">', "<To>"),
        ("<To>", '<To a="b">'),
    ],
)
def test_a_second_party_that_was_put_aside_conflicts_with_the_first(before, after):
    part = after.strip("<>").split()[0]
    other = f'{after}<Credential domain="NetworkID"><Identity>somebody</Identity></Credential></{part}>'
    plain = body([("NetworkID", "AN01000000123", shared(SECRET))]).decode()
    doubled = plain.replace(f"<{part}>", before, 1).replace(f"</{part}>", f"</{part}>{other}", 1)
    assert refused(parse(doubled, mode="tolerant")) == "conflicting-credentials"


def test_a_second_sender_that_was_put_aside_conflicts_with_the_first():
    plain = body([("NetworkID", "AN01000000123", shared(SECRET))]).decode()
    other = (
        "<Sender><Credential domain='NetworkID'><Identity>x</Identity></Credential><UserAgent>2</UserAgent></Sender>"
    )
    doubled = plain.replace("</Sender>", f"</Sender>{other}")
    assert refused(parse(doubled, mode="tolerant")) == "conflicting-credentials"


def test_a_crowd_of_names_beyond_what_is_joined_conflicts():
    crowd = "".join(f"<Credential domain='d{number}'><Identity>x</Identity></Credential>" for number in range(101))
    plain = body([("NetworkID", "AN01000000123", shared(SECRET))]).decode()
    doubled = plain.replace(
        "</From>", f"{crowd}</From><From><Credential domain='e'><Identity>y</Identity></Credential></From>"
    )
    assert refused(parse(doubled, mode="tolerant", limits=Limits(credentials=200))) == "conflicting-credentials"


def test_one_party_in_two_elements_is_one_party():
    plain = body([("NetworkID", "AN01000000123", shared(SECRET))]).decode()
    doubled = plain.replace(
        "</To>", '</To><To><Credential domain="DUNS"><Identity>123456789</Identity></Credential></To>'
    )
    assert verify(parse(doubled, mode="tolerant"))
    assert verify(parse(plain.replace("<From>", '<From a="b">'), mode="tolerant"))
    assert verify(parse(plain.replace("</UserAgent>", "</UserAgent><UserAgent>2</UserAgent>"), mode="tolerant"))


# --- an empty To, an empty mode ------------------------------------------------------------------------------

NOBODY = [(), [("DUNS", "")], [("DUNS", " ")], [("", ""), ("NetworkID", "")]]


@pytest.mark.parametrize("to", NOBODY)
def test_whom_a_document_is_for_may_be_left_out_where_the_record_says_so(to):
    assert refused(document(to=to), status=403) == "wrong-to"
    allowed = store(partner(accepts_missing_to=True))
    assert verify(document(to=to), allowed).partner.accepts_missing_to
    assert verify(document(), allowed)
    assert refused(document(to=[("DUNS", "987654321")]), allowed, status=403) == "wrong-to"


def test_without_to_several_records_are_still_ambiguous():
    two = store(partner(accepts_missing_to=True), partner(to_identity="987654321", accepts_missing_to=True))
    assert refused(document(to=()), two, status=403) == "ambiguous-partner"
    one = store(partner(accepts_missing_to=True), partner(to_identity="987654321"))
    assert verify(document(to=()), one).partner.to_identity == "123456789"


@pytest.mark.parametrize("mode", ["", " "])
def test_an_empty_mode_is_none(mode):
    assert verify(document(mode=mode)).mode == "production"
    assert refused(document(mode=mode), store(partner(mode="test")), status=403) == "mode-mismatch"
    assert refused(document(mode="live"), status=403) == "mode-mismatch"


# --- secrets that are not there ------------------------------------------------------------------------------


def test_while_a_vault_is_down_no_name_shows_itself(monkeypatch):
    monkeypatch.delenv("SHOP_SECRET", raising=False)
    partners = store(partner(shared_secret=Secret.from_env("SHOP_SECRET")))
    said = set()
    for sender in (("NetworkID", "AN01000000123"), ("NetworkID", "AN99"), ("elsewhere", "x")):
        with pytest.raises(SecretUnavailable) as caught:
            verify(document([(*sender, shared("guess"))]), partners)
        assert caught.value.problems[-1].startswith("the Sender is")
        assert "guess" not in str(caught.value)
        said.add(caught.value.problems[0])
        again = pickle.loads(pickle.dumps(caught.value))
        assert str(again) == str(caught.value)
    assert said == {"the environment variable SHOP_SECRET is not set"}
