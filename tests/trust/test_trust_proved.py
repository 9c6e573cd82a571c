"""Who was proved: the one account that a MAC covers, and nobody that stands beside it in whatever shape."""

from __future__ import annotations

from datetime import timedelta

import pytest
from headers import NOW, SECRET, body, document, partner, shared

from cxml_punchout import parse, serialize
from cxml_punchout.endpoint import Endpoint
from cxml_punchout.errors import AuthenticationError, InvalidValue
from cxml_punchout.trust.authenticate import Verified, authenticate
from cxml_punchout.trust.credentials import Account
from cxml_punchout.trust.mac import MacPolicy, create_mac
from cxml_punchout.trust.partners import Partner
from cxml_punchout.trust.secrets import Secret
from cxml_punchout.trust.stores.memory import MemoryStore

HUB = ("AribaNetworkUserId", "relay@hub.example")
MILLER, WEAVER = ("DUNS", "700100200"), ("NetworkID", "AN04700")
RELAY = {
    "sender_domain": HUB[0],
    "sender_identity": HUB[1],
    "from_domain": "NetworkID",
    "shared_secret": "loom-and-mill",
}
ANYBODY = RELAY | {"from_identity": None, "any_from": True, "mac_secret": "grist-44", "name": "Relay"}


def attested(covered=MILLER, sender=HUB, from_=None, senders=None, secret="grist-44", days=1, name_of_mac=0):
    """A document with a MAC of the hub for ``covered`` and ``sender``."""
    mac = create_mac(
        Account(*covered[:2]),
        Account(*sender),
        secret=Secret(secret),
        created=NOW - timedelta(1),
        expires=NOW + timedelta(days),
    )
    made = document(senders or [sender], from_ or [covered])
    made.header.sender.credential[name_of_mac].credential_mac = mac
    return made


def verify(made, *records: Partner, **options) -> Verified:
    return authenticate(made, MemoryStore(records), now=NOW, **options)


def refused(made, *records: Partner, **options) -> tuple[int, str]:
    with pytest.raises(AuthenticationError) as caught:
        verify(made, *records, **options)
    return caught.value.status, caught.value.reason


# --- what a MAC proves -------------------------------------------------------------------------------------


def test_a_mac_proves_the_account_that_it_covers():
    verified = verify(attested(), partner(**ANYBODY))
    assert (verified.proof, verified.proved) == ("credential-mac", Account(*MILLER))
    assert verified.sender == Account(*HUB)


def test_a_secret_proves_the_sender():
    verified = verify(document([(*HUB, shared("loom-and-mill"))], [WEAVER]), partner(**ANYBODY))
    assert (verified.proof, verified.proved) == ("shared-secret", Account(*HUB))
    unproved = partner(shared_secret=None, accepts_no_secret=["absent"])
    assert verify(document([("NetworkID", "AN01000000123")]), unproved).proved == Account("NetworkID", "AN01000000123")


@pytest.mark.parametrize(
    "beside",
    [
        WEAVER,
        ("PrivateId", "anything at all"),
        ("NetworkID", "AN04700", "", "marketplace"),
        ("DUNS", "700100200", "", "marketplace"),
        ("DUNS+4", "7001002000001"),
        ("NetworkID", ""),
    ],
)
def test_beside_the_account_of_a_mac_nobody_else_stands(beside):
    for from_ in ([MILLER, beside], [beside, MILLER]):
        assert refused(attested(from_=from_), partner(**ANYBODY)) == (403, "conflicting-credentials")


def test_the_account_of_a_mac_may_be_named_twice():
    assert verify(attested(from_=[MILLER, ("duns", "70-010-0200")]), partner(**ANYBODY)).proved == Account(*MILLER)


def test_a_record_ties_names_together():
    tied = partner(**RELAY | {"from_identity": "AN04700", "mac_secret": "grist-44"}, more_from=[Account(*MILLER)])
    both = attested(from_=[WEAVER, MILLER])
    assert verify(both, tied).partner is tied
    itself = partner(sender_identity="AN04700", from_identity="AN04700", more_from=[Account(*MILLER)])
    assert verify(both, partner(**ANYBODY), itself).proved == Account(*MILLER)
    assert refused(both, partner(**ANYBODY), partner(sender_identity="AN04700", from_identity="AN04700"))[0] == 403


def test_a_record_of_another_hub_ties_nothing_here():
    # What one hub calls 31 is a buyer of its own; that of the other hub is somebody else.
    other = partner(
        sender_identity="OTHERHUB", from_domain="PrivateId", from_identity="31", more_from=[Account(*WEAVER)]
    )
    made = attested(("PrivateId", "31"), from_=[("PrivateId", "31"), WEAVER])
    assert refused(made, partner(**ANYBODY), other) == (403, "conflicting-credentials")


def test_a_branch_does_not_speak_for_its_organisation():
    whole = partner(sender_identity="AN04700", from_identity="AN04700", more_from=[Account(*MILLER)])
    branch = partner(sender_identity="AN04701", from_identity="AN04701", more_from=[Account("DUNS+4", "7001002000001")])
    made = attested(("DUNS+4", "7001002000001"), from_=[("DUNS+4", "7001002000001"), WEAVER])
    assert refused(made, partner(**ANYBODY), whole, branch) == (403, "conflicting-credentials")
    assert verify(made, partner(**ANYBODY), whole)


def test_the_record_of_a_buyer_beside_that_of_the_hub_lends_its_name_to_nobody():
    named = partner(**RELAY | {"from_identity": "AN04700"}, name="Weaver")
    assert refused(attested(from_=[MILLER, WEAVER]), partner(**ANYBODY), named)[0] == 403
    assert refused(attested(from_=[WEAVER, MILLER]), partner(**ANYBODY), named)[0] == 403
    # A MAC of the hub for a buyer whose record knows of no MACs is taken by the record for anybody.
    assert verify(attested(WEAVER), partner(**ANYBODY), named).partner.name == "Relay"


@pytest.mark.parametrize("which", ["from", "sender"])
def test_a_mac_for_an_account_does_not_fit_the_marketplace_of_that_name(which):
    market = {"from": [(*MILLER, "", "marketplace")], "sender": [MILLER]}[which]
    senders = [(*HUB, "", "marketplace")] if which == "sender" else None
    hub = partner(**ANYBODY, more_sender=[Account(*HUB, marketplace=True)])
    assert refused(attested(from_=market, senders=senders), hub) == (401, "mac-mismatch")
    names = [Account(*MILLER, marketplace=which == "from"), Account(*HUB, marketplace=which == "sender")]
    with pytest.raises(InvalidValue, match="marketplace"):
        create_mac(*names, secret=Secret("grist-44"), created=NOW, expires=NOW + timedelta(1))


def test_a_mac_that_cannot_tell_two_buyers_apart_proves_neither():
    # It covers identities in lower case; in a domain of one's own agreement the case may be all that differs.
    fields = RELAY | {"from_domain": "PrivateId", "mac_secret": "grist-44"}
    one, two = (partner(**fields, from_identity=identity) for identity in ("Loom", "LOOM"))
    for identity in ("Loom", "LOOM"):
        assert verify(attested(("PrivateId", "Loom")), one).partner is one
        assert refused(attested(("PrivateId", identity)), one, two) == (403, "from-not-allowed")
    alike = partner(**fields | {"from_domain": "NetworkID"}, from_identity="an04700")
    assert verify(attested(WEAVER), alike).partner is alike


def test_a_mac_under_a_name_of_the_sender_that_nobody_knows_proves_nothing():
    # The MAC covers that name, and not that of the hub beside it.
    stranger = ("VendorID", "31")
    made = attested(sender=stranger, senders=[HUB, stranger], name_of_mac=1)
    assert refused(made, partner(**ANYBODY)) == (401, "mac-mismatch")
    known = partner(**ANYBODY, more_sender=[Account(*stranger)])
    assert verify(made, known).proved == Account(*MILLER)


def test_a_mac_in_from_proves_nothing_beside_a_secret():
    made = document([(*HUB, shared("loom-and-mill"))], [MILLER])
    made.header.from_.credential[0].credential_mac = attested().header.sender.credential[0].credential_mac
    assert verify(made, partner(**ANYBODY)).proved == Account(*HUB)
    alone = document([HUB], [MILLER])
    alone.header.from_.credential[0].credential_mac = attested().header.sender.credential[0].credential_mac
    assert refused(alone, partner(**ANYBODY)) == (401, "missing-secret")


def test_dates_at_the_end_of_time_are_dates():
    for days, policy in (
        (2_900_000, MacPolicy(skew=timedelta(hours=3))),
        (2_900_000, MacPolicy(min_left=timedelta(days=999_999_999))),
        (1, MacPolicy(skew=timedelta.max)),
        (1, MacPolicy(max_age=timedelta.max)),
    ):
        made = attested(days=days)
        if policy.min_left:
            assert refused(made, partner(**ANYBODY), mac_policy=policy) == (401, "mac-expired")
        else:
            assert verify(made, partner(**ANYBODY), mac_policy=policy)


def test_a_mac_ends_whichever_way_the_clock_is_moved():
    for moved, expected in ((-2, "mac-not-yet-valid"), (2, "mac-expired")):
        with pytest.raises(AuthenticationError) as caught:
            authenticate(attested(), MemoryStore([partner(**ANYBODY)]), now=NOW + timedelta(moved))
        assert caught.value.reason == expected


def test_an_endpoint_has_a_policy_for_macs():
    home = b"<BrowserFormPost><URL>https://buy.example.net/r</URL></BrowserFormPost>"
    octets = serialize(attested()).replace(b"</BuyerCookie>", b"</BuyerCookie>" + home)
    store = MemoryStore([partner(**ANYBODY)])
    received = Endpoint(store, clock=lambda: NOW).receive(octets)
    assert received.verified.proved == Account(*MILLER)
    with pytest.raises(AuthenticationError) as caught:
        Endpoint(store, clock=lambda: NOW, mac_policy=MacPolicy(max_age=timedelta(hours=5))).receive(octets)
    assert caught.value.reason == "mac-expired"


# --- a second party, wherever it stands --------------------------------------------------------------------

PLAIN = body([("NetworkID", "AN01000000123", shared(SECRET))]).decode()
OTHER = '<Credential domain="NetworkID"><Identity>AN04700</Identity></Credential>'
STRANGE = '<Credential domain="PrivateId"><Identity>31</Identity></Credential>'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # Joined, with nothing that contradicts.
        ("<To>", f"<From>{STRANGE}</From><To>"),
        ("<Header><From>", f"<Header><From>{STRANGE}</From><From>"),
        ("</Sender>", f"</Sender><Sender>{STRANGE}<UserAgent>Tests 1</UserAgent></Sender>"),
        ("</Sender>", f"</Sender><Sender>{STRANGE}</Sender>"),
        # Put aside.
        ("</Sender>", f"</Sender><Sender>{STRANGE}<UserAgent>Other</UserAgent></Sender>"),
        ("</From>", f'</From><From lang="en">{STRANGE}</From>'),
        ("</To>", f'</To><To lang="en">{STRANGE}</To>'),
        ("</To>", f"</To>{'<To/>' * 3}<To>text{STRANGE}</To>"),
        ("</Sender>", f"</Sender><From>{STRANGE}</From>"),
        # In a wrong place.
        ("<UserAgent>", f"<From>{OTHER}</From><UserAgent>"),
        ("</From>", f"<Sender>{OTHER}</Sender></From>"),
        ("</To>", f"<To>{OTHER}</To></To>"),
        ("</Identity>", f"</Identity>{OTHER}"),
        ("<Header>", f"<From>{OTHER}</From><Header>"),
        ("</Header>", f"</Header><Sender>{OTHER}</Sender>"),
        ("</Request>", f"<Header><From>{OTHER}</From></Header></Request>"),
        ("</Request>", f"<To>{OTHER}</To></Request>"),
        # Under another name.
        ("</From>", f'</From><x:From xmlns:x="urn:x">{OTHER}</x:From>'),
        ("</From>", f'</From><From xmlns="urn:x">{OTHER}</From>'),
        (
            "</From>",
            '<x:Credential xmlns:x="urn:x" domain="NetworkID"><Identity>AN04700</Identity></x:Credential></From>',
        ),
        ("</Header>", f"<Extension><From>{OTHER}</From></Extension></Header>"),
        ("</Header>", f"<Extension>{OTHER}</Extension></Header>"),
        ("<Header>", f'<h:Header xmlns:h="urn:h"><From>{OTHER}</From></h:Header><Header>'),
    ],
)
def test_a_second_party_proves_nothing_however_it_is_written(old, new):
    assert old in PLAIN
    made = parse(PLAIN.replace(old, new, 1), mode="tolerant")
    assert refused(made, partner()) == (401, "conflicting-credentials")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("</Header>", "<Extension>nobody</Extension></Header>"),
        ("<Header>", "<Header><?note <From>x</From> ?>"),
        ("</Sender>", "<?note <Credential> ?><Else/></Sender>"),
        ("</Header>", "</Header><Extra/>"),
        ("<From>", '<From a="b">'),
        ("</To>", f"</To><To>{STRANGE}</To>"),  # some networks write two names of one party so
    ],
)
def test_what_names_nobody_does_not_matter(old, new):
    assert verify(parse(PLAIN.replace(old, new, 1), mode="tolerant"), partner())


def test_a_document_of_a_second_from_does_not_hide_behind_a_thousand_departures():
    crowd = "<Unheard/>" * 3000
    made = parse(PLAIN.replace("<To>", f"<From>{STRANGE}</From>{crowd}<To>"), mode="tolerant")
    assert refused(made, partner()) == (401, "conflicting-credentials")


# --- too many names ----------------------------------------------------------------------------------------


class Counting(MemoryStore):
    def find(self, role, accounts):
        self.asked = getattr(self, "asked", 0) + len(accounts)
        return super().find(role, accounts)


@pytest.mark.parametrize("part", ["sender", "from_", "to"])
def test_a_crowd_of_names_is_refused_before_anybody_is_looked_up(part):
    store = Counting([partner()])
    crowd = [(f"d{number}", "x" * 300) for number in range(101)]
    parts = {"sender": [("NetworkID", "AN01000000123", shared(SECRET))], "from_": [("NetworkID", "AN01000000123")]}
    parts |= {"to": [("DUNS", "123456789")]}
    with pytest.raises(AuthenticationError) as caught:
        authenticate(document(**parts | {part: parts[part] + crowd}), store, now=NOW)
    assert (caught.value.reason, caught.value.status) == ("too-many-credentials", 401)
    assert "102 credentials" in caught.value.detail
    assert not hasattr(store, "asked")


def test_a_line_of_the_log_does_not_grow_with_the_names():
    made = document([(f"d{number}", "x" * 300, shared("wrong")) for number in range(100)])
    with pytest.raises(AuthenticationError) as caught:
        verify(made, partner())
    assert caught.value.reason == "unknown-sender"
    assert caught.value.detail.endswith("and 95 more")
    assert len(caught.value.detail) < 500


# --- names that people give --------------------------------------------------------------------------------


def test_the_names_of_two_buyers_that_two_hubs_call_alike_differ():
    fields = {"from_domain": "PrivateId", "from_identity": "31", "sender_domain": "NetworkID"}
    one, two = (partner(**fields, sender_identity=hub) for hub in ("AN04700", "AN04800"))
    assert len(MemoryStore([one, two])) == 2
    assert {one.name, two.name} == {
        "PrivateId 31 by NetworkID AN04700 (production)",
        "PrivateId 31 by NetworkID AN04800 (production)",
    }


def test_two_partners_of_one_name_are_refused():
    one = partner(name="Weaver")
    for changes in ({"sender_identity": "AN9"}, {"from_identity": "AN9"}, {"from_identity": None, "any_from": True}):
        with pytest.raises(InvalidValue, match="Weaver is the name of two partners"):
            MemoryStore([one, partner(name="Weaver", **changes)])
    assert MemoryStore([one, partner(name="Weaver", mode="test"), partner(name="Weaver", to_identity="987654321")])
