"""CredentialMac: the vector of the Guide, what is not that vector, its window, and who may have made it."""

from __future__ import annotations

import hmac
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha1

import pytest
from headers import NOW, SECRET, body
from hypothesis import given
from hypothesis import strategies as st

from cxml_punchout import parse, serialize
from cxml_punchout.errors import AuthenticationError, InvalidValue, SecretUnavailable
from cxml_punchout.models import CredentialMac
from cxml_punchout.trust.credentials import Account, section_of
from cxml_punchout.trust.mac import MacPolicy, compute_mac, create_mac, verify_mac
from cxml_punchout.trust.secrets import Secret

BUYER = Account("NetworkID", "AN9900000100")
VECTOR = "cR6Jpz58nriXERDN"
CREATED, EXPIRES = "2003-01-15T08:42:46-08:00", "2003-01-15T11:42:46-08:00"
IN_BETWEEN = datetime.fromisoformat("2003-01-15T10:00:00-08:00")
ABRACADABRA = Secret("abracadabra")


def reason(caught: pytest.ExceptionInfo[AuthenticationError]) -> str:
    assert caught.value.status == 401
    return caught.value.reason


# --- the computation (Guide 21.1.4.3) ----------------------------------------------------------------------


def test_the_vector_of_the_guide_is_computed():
    assert compute_mac(BUYER, BUYER, CREATED, EXPIRES, ABRACADABRA) == VECTOR


@pytest.mark.parametrize("spelled", [("networkid", "an9900000100"), ("NetworkId", "\n AN9900000100\t")])
def test_domain_and_identity_are_folded_and_stripped_in_the_vector(spelled):
    assert compute_mac(Account(*spelled), Account(*spelled), CREATED, EXPIRES, ABRACADABRA) == VECTOR


@pytest.mark.parametrize(
    ("created", "expires", "value"),
    [
        # The dates as samples in circulation spell them: each is another MAC.
        ("2003-01-15T08:42:46-0800", "2003-01-15T11:42:46-0800", "LCn7axI2CgWs6QTT"),
        ("2016-01-15T08:42:46-0800", "2016-01-15T11:42:46-0800", "qXtdoUuek88ogCaM"),
        ("2016-01-15T08:42:46-08:00", "2016-01-15T11:42:46-08:00", "vsWG6NydIMK/PsyV"),
    ],
)
def test_dates_enter_in_the_characters_in_which_they_are_spelled(created, expires, value):
    assert compute_mac(BUYER, BUYER, created, expires, ABRACADABRA) == value != VECTOR


def test_the_domain_of_user_names_keeps_its_case():
    def by_hand(domain: str) -> str:
        items = (domain, "admin@acme.com", "networkid", "an9900000100", CREATED, EXPIRES)
        data = b"".join(item.encode() + b"\0" for item in items)
        return b64encode(hmac.new(b"abracadabra", data, sha1).digest()[:12]).decode()

    computed = [
        compute_mac(Account(domain, "Admin@acme.com"), BUYER, CREATED, EXPIRES, ABRACADABRA)
        for domain in ("AribaNetworkUserId", "ARIBANETWORKUSERID")
    ]
    assert computed == [by_hand("AribaNetworkUserId"), by_hand("aribanetworkuserid")]
    assert computed[0] != computed[1]


def test_an_unknown_algorithm_is_not_computed():
    with pytest.raises(InvalidValue, match="HMAC-SHA1-96"):
        compute_mac(BUYER, BUYER, CREATED, EXPIRES, ABRACADABRA, "HMAC-MD5")


# --- verifying ---------------------------------------------------------------------------------------------


def element(
    value: str = VECTOR,
    created: str = CREATED,
    expires: str = EXPIRES,
    algorithm: str = "HMAC-SHA1-96",
    kind: str = "FromSenderCredentials",
) -> CredentialMac:
    """A CredentialMac as it is read from a document."""
    markup = (
        f'<CredentialMac type="{kind}" algorithm="{algorithm}" creationDate="{created}" expirationDate="{expires}">'
        f"{value}</CredentialMac>"
    )
    read = parse(body([("NetworkId", "AN9900000100", markup)]), mode="tolerant")
    mac = read.header.sender.credential[0].credential_mac
    assert mac is not None
    return mac


def verify(mac: CredentialMac, now: datetime = IN_BETWEEN, **options: object) -> tuple[Secret, ...]:
    secrets = options.pop("secrets", [ABRACADABRA])
    pairs = options.pop("pairs", [(BUYER, BUYER)])
    return verify_mac(mac, pairs, secrets, now=now, **options)  # type: ignore[arg-type]


def test_the_vector_is_verified_from_a_document():
    assert verify(element()) == (ABRACADABRA,)
    assert verify(element(f"\n  {VECTOR}\n")) == (ABRACADABRA,)


@pytest.mark.parametrize(
    ("created", "expires"),
    [
        ("2003-01-15T08:42:46-0800", "2003-01-15T11:42:46-0800"),
        ("2003-01-15T08:42:46-08:00", "2003-01-15T11:42:46-0800"),
        ("2003-01-15T16:42:46+00:00", "2003-01-15T19:42:46+00:00"),
        ("2003-01-15T08:42:46.0-08:00", "2003-01-15T11:42:46-08:00"),
        ("2003-01-15T08:42:46-08:00 ", "2003-01-15T11:42:46-08:00"),
    ],
)
def test_the_same_moments_in_another_spelling_do_not_fit_the_vector(created, expires):
    with pytest.raises(AuthenticationError) as caught:
        verify(element(created=created, expires=expires))
    assert reason(caught) == "mac-mismatch"


def test_a_mac_over_an_odd_spelling_is_verified_over_that_spelling():
    assert verify(element("LCn7axI2CgWs6QTT", "2003-01-15T08:42:46-0800", "2003-01-15T11:42:46-0800"))


def test_a_mac_that_is_passed_on_keeps_the_characters_that_it_covers():
    odd = ("LCn7axI2CgWs6QTT", "2003-01-15T08:42:46-0800", "2003-01-15T11:42:46-0800")
    ours = parse(body([("NetworkId", "AN9900000100")]))
    ours.header.sender.credential[0].credential_mac = element(*odd)
    passed_on = parse(serialize(ours)).header.sender.credential[0].credential_mac
    assert verify(passed_on)


@pytest.mark.parametrize(
    "value", ["", "cR6Jpz58nriXERDM", "cr6jpz58nrixerdn", VECTOR + "=", VECTOR[:-1], "\u00e9" * 16]
)
def test_another_value_does_not_fit(value):
    with pytest.raises(AuthenticationError) as caught:
        verify(element(value))
    assert reason(caught) == "mac-mismatch"


@pytest.mark.parametrize(
    ("algorithm", "kind"),
    [("HMAC-SHA256", "FromSenderCredentials"), ("hmac-sha1-96", "FromSenderCredentials"), ("HMAC-SHA1-96", "Other")],
)
def test_an_unknown_algorithm_or_type_is_refused_with_a_reason(algorithm, kind):
    with pytest.raises(AuthenticationError) as caught:
        verify(element(algorithm=algorithm, kind=kind))
    assert reason(caught) == "mac-algorithm"
    assert "HMAC-SHA1-96" in caught.value.detail or "FromSenderCredentials" in caught.value.detail


@pytest.mark.parametrize("date", ["", "yesterday", "2003-01-15", "2003-01-15T08:42:46"])
def test_a_date_that_names_no_moment_is_refused(date):
    for dates in ({"created": date}, {"expires": date}):
        with pytest.raises(AuthenticationError) as caught:
            verify(element(**dates))
        assert reason(caught) == "mac-malformed"


@pytest.mark.parametrize(
    ("now", "policy", "expected"),
    [
        ("2003-01-15T08:42:45-08:00", MacPolicy(), "mac-not-yet-valid"),
        ("2003-01-15T08:42:46-08:00", MacPolicy(), ""),
        ("2003-01-15T19:42:45+00:00", MacPolicy(), ""),
        ("2003-01-15T11:42:46-08:00", MacPolicy(), "mac-expired"),
        ("2026-01-15T11:42:46-08:00", MacPolicy(), "mac-expired"),
        ("2003-01-15T08:42:40-08:00", MacPolicy(skew=timedelta(seconds=10)), ""),
        ("2003-01-15T11:42:50-08:00", MacPolicy(skew=timedelta(seconds=10)), ""),
        ("2003-01-15T10:43:00-08:00", MacPolicy(max_age=timedelta(hours=2)), "mac-expired"),
        ("2003-01-15T10:42:00-08:00", MacPolicy(max_age=timedelta(hours=2)), ""),
        ("2003-01-15T11:00:00-08:00", MacPolicy(min_left=timedelta(hours=1)), "mac-expired"),
        ("2003-01-15T10:42:00-08:00", MacPolicy(min_left=timedelta(hours=1)), ""),
    ],
)
def test_the_present_has_to_lie_between_the_dates(now, policy, expected):
    moment = datetime.fromisoformat(now)
    if not expected:
        assert verify(element(), moment, policy=policy)
        return
    with pytest.raises(AuthenticationError) as caught:
        verify(element(), moment, policy=policy)
    assert reason(caught) == expected


def test_the_clock_needs_an_offset():
    with pytest.raises(InvalidValue):
        verify(element(), datetime(2003, 1, 15, 10))


def test_any_of_several_secrets_and_names_may_fit(monkeypatch):
    monkeypatch.delenv("SHOP_SECRET", raising=False)
    others = [Secret("abracadabr"), Secret.from_env("SHOP_SECRET")]
    pairs = [(Account("DUNS", "1"), BUYER), (BUYER, BUYER)]
    assert verify(element(), secrets=[*others, ABRACADABRA], pairs=pairs) == (ABRACADABRA,)
    with pytest.raises(SecretUnavailable):
        verify(element(), secrets=others)
    with pytest.raises(AuthenticationError) as caught:
        verify(element(), secrets=[])
    assert reason(caught) == "mac-mismatch"


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"not_after": IN_BETWEEN - timedelta(1)}, "expired-secret"),
        ({"not_before": IN_BETWEEN + timedelta(1)}, "secret-not-yet-valid"),
    ],
)
def test_the_secret_of_a_mac_has_to_hold(limits, expected):
    with pytest.raises(AuthenticationError) as caught:
        verify(element(), secrets=[Secret("abracadabra", **limits)])
    assert reason(caught) == expected


# --- making ------------------------------------------------------------------------------------------------

names = st.builds(
    Account, st.sampled_from(["NetworkID", "DUNS", "AribaNetworkUserId", "x"]), st.text("aB1é -", min_size=1)
)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))


@given(names, names, moments, st.timedeltas(timedelta(seconds=1), timedelta(days=400)), st.text("aé ☃", min_size=1))
def test_what_is_made_is_verified_after_a_way_through_the_wire(from_, sender, created, span, text):
    secret = Secret(f"x{text}")
    mac = create_mac(from_, sender, secret=secret, created=created, expires=created + span)
    document = parse(body([("NetworkID", "a")]))
    document.header.sender.credential[0].credential_mac = mac
    read = parse(serialize(document)).header.sender.credential[0].credential_mac
    assert len(read.value) == 16
    assert verify_mac(read, [(from_, sender)], [secret], now=created) == (secret,)
    for pair in ((sender, from_), (from_, Account("DUNS", "9"))):
        if pair != (from_, sender):
            with pytest.raises(AuthenticationError):
                verify_mac(read, [pair], [secret], now=created)


@pytest.mark.parametrize(
    ("created", "expires"),
    [(NOW, NOW), (NOW, NOW - timedelta(1)), (datetime(2026, 1, 1), NOW), (NOW, datetime(2027, 1, 1))],
)
def test_a_mac_without_a_window_is_not_made(created, expires):
    with pytest.raises(InvalidValue):
        create_mac(BUYER, BUYER, secret=Secret(SECRET), created=created, expires=expires)


def test_a_mac_is_not_shown():
    mac = create_mac(BUYER, BUYER, secret=Secret(SECRET), created=NOW, expires=NOW + timedelta(1))
    assert mac.value not in repr(mac)


def test_our_own_example_does_not_fit_another_secret(own_documents):
    document = parse(own_documents["valid/ariba-setup-request-mac.xml"])
    from_, sender = section_of(document.header.from_), section_of(document.header.sender)
    with pytest.raises(AuthenticationError) as caught:
        verify_mac(
            document.header.sender.credential[0].credential_mac,
            [(from_.accounts[0], sender.accounts[0])],
            [Secret("not the one of the example")],
            now=datetime(2026, 5, 6, 12, tzinfo=UTC),
        )
    assert reason(caught) == "mac-mismatch"
