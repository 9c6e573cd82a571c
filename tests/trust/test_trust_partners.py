"""Records of partners: what is refused, what is filled in, and that two records never fit one document."""

from __future__ import annotations

import copy

import attrs
import pytest
from headers import NOW, SECRET, partner

from cxml_punchout.errors import InvalidValue
from cxml_punchout.trust.credentials import Account, Domains
from cxml_punchout.trust.partners import Partner
from cxml_punchout.trust.secrets import Secret, Verifications
from cxml_punchout.trust.stores.memory import MemoryStore, clashes, costliest

MARK = "xyzzy-marked-secret"


def test_the_eight_fields_of_the_form_are_enough():
    made = Partner(
        sender_domain="NetworkID",
        supplier_domain="DUNS",
        from_identity="AN1",
        to_identity="123456789",
        sender_identity="login",
        shared_secret="s3cret",
        punchout_url="https://shop.example.com/punchout",
        purchase_order_url="https://shop.example.com/orders",
    )
    assert made.mode == "production"
    assert made.name == "NetworkID AN1 by NetworkID login (production)"
    assert made.accounts == {
        "sender": (Account("NetworkID", "login"),),
        "from": (Account("NetworkID", "AN1"),),
        "to": (Account("DUNS", "123456789"),),
    }


def test_from_may_have_a_domain_of_its_own_and_all_parties_further_names():
    made = partner(
        from_domain="VendorID",
        more_sender=[Account("EndPointID", "ERP")],
        more_from=[Account("DUNS", "1")],
        more_to=[Account("NetworkID", "AN2")],
    )
    assert made.from_domain == "VendorID"
    assert [str(account) for account in made.accounts["from"]] == ["VendorID AN01000000123", "DUNS 1"]
    assert len(made.accounts["sender"]) == len(made.accounts["to"]) == 2


def test_a_partner_may_take_one_version_only():
    assert partner().version == ""
    assert partner(version="1.2.008").version == "1.2.008"


def test_several_secrets_may_hold_at_once():
    old, new = Secret("old", not_after=NOW), Secret("new")
    assert partner(shared_secret=[old, new]).secrets == (old, new)


def test_a_record_shows_no_secret_and_cannot_be_changed():
    made = partner(shared_secret=MARK, mac_secret=MARK)
    assert MARK not in repr(made)
    assert repr(made).startswith(
        "<Partner 'AN01000000123 (production)', production: sender NetworkID AN01000000123; from"
    )
    assert MARK not in repr(attrs.asdict(made, recurse=False))
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        made.mode = "test"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"shared_secret": None}, "there is no secret"),
        ({"shared_secret": []}, "there is no secret"),
        ({"shared_secret": ""}, "must not be empty"),
        ({"shared_secret": "none"}, "buyers send when they have no secret"),
        ({"shared_secret": b"bytes"}, "is a text"),
        ({"mode": "Test"}, "production or test"),
        ({"mode": None}, "production or test"),
        ({"sender_identity": ""}, "sender has an empty identity"),
        ({"sender_identity": " "}, "sender has an empty identity"),
        ({"sender_identity": None}, "identity of sender are texts, not NoneType"),
        ({"sender_domain": " "}, "sender has an empty domain"),
        ({"supplier_domain": None}, "domain and identity of to are texts, not NoneType"),
        ({"to_identity": 942888710}, "identity of to are texts, not int"),
        ({"to_identity": ""}, "to has an empty identity"),
        ({"from_identity": None}, "from_identity is missing"),
        ({"from_identity": None, "any_from": True, "more_from": [Account("a", "b")]}, "any_from lets every buyer in"),
        ({"any_from": True}, "any_from lets every buyer in"),
        ({"more_to": [("DUNS", "1")]}, "more_to holds Account"),
        ({"accepts_no_secret": True, "shared_secret": None}, "a list of absent, empty, none, not True"),
        ({"more_to": [Account("duns", "999")]}, "two names in the domain duns"),
        ({"more_sender": [Account("networkid", "AN01000000123")]}, "two names in the domain"),
        ({"punchout_url": "shop.example.com"}, "punchout_url: "),
        ({"punchout_url": "ftp://shop.example.com"}, "punchout_url: "),
        ({"purchase_order_url": "https://"}, "purchase_order_url: "),
        ({"purchase_order_url": "https://[1"}, "purchase_order_url: "),
        ({"purchase_order_url": 7}, "purchase_order_url: "),
        ({"version": "1.2.999"}, "version: a cXML version is expected"),
        ({"version": None}, "version: a cXML version is expected"),
        ({"accepts_no_secret": ["absent"]}, "contradicts a secret"),
        ({"accepts_no_secret": ["anything"], "shared_secret": None}, "takes absent, empty, none"),
        ({"mac_secret": Secret.hashed("$argon2id$x")}, "cannot be a hash"),
    ],
)
def test_a_contradictory_record_is_refused(changes, word):
    with pytest.raises(InvalidValue, match=word):
        partner(**changes)


def test_all_faults_of_a_record_are_told_at_once():
    with pytest.raises(InvalidValue) as caught:
        partner(mode="live", to_identity="", punchout_url="x", name="Quill")
    assert str(caught.value).count(";") == 2
    assert caught.value.path == "Partner Quill"


def test_a_record_may_do_without_a_secret_if_it_says_so():
    assert partner(shared_secret=None, accepts_no_secret=["none"]).accepts_no_secret == {"none"}
    assert partner(shared_secret=None, mac_secret=SECRET).secrets == ()


def test_no_frame_of_ours_holds_a_secret_when_a_record_is_refused():
    from test_trust_secrets import frames

    for changes in ({"mode": "x"}, {"mac_secret": ""}, {"shared_secret": [MARK, 7]}, {"shared_secret": MARK.encode()}):
        with pytest.raises(InvalidValue) as caught:
            Partner(
                **{  # type: ignore[arg-type]
                    "sender_domain": "NetworkID",
                    "supplier_domain": "DUNS",
                    "from_identity": "a",
                    "to_identity": "b",
                    "sender_identity": "c",
                    "shared_secret": MARK,
                    "mac_secret": MARK,
                }
                | changes
            )
        shown = list(frames(caught.value))
        assert shown
        assert not any(MARK in each for each in shown)


def test_a_record_knows_a_name_in_any_spelling_and_none_of_somebody_else():
    made = partner(more_sender=[Account("NetworkID", "M", marketplace=True)])
    for account in (Account("networkid", " an01000000123"), Account("NetworkId", "m", marketplace=True)):
        assert made.meant("sender", account, Domains()) == (account,)
    for account in (Account("NetworkID", "M"), Account("DUNS", "123456789"), Account("", "")):
        assert made.meant("sender", account, Domains()) == ()
    assert made.meant("to", Account("DUNS+4", "1234567890001"), Domains())


# --- the store in memory -----------------------------------------------------------------------------------


def test_a_store_finds_a_record_under_each_of_its_names():
    made = partner(more_sender=[Account("EndPointID", "ERP")])
    store = MemoryStore([made])
    accounts = [Account("networkid", " an01000000123"), Account("endpointid", "ERP"), Account("EndPointID", "erp")]
    assert store.find("sender", accounts) == [[made], [made], ()]
    assert [store.standing("sender", account) for account in accounts] == ["named", "named", "domain"]
    assert store.standing("to", accounts[0]) == "unknown"
    assert store.standing("sender", Account("NetworkID", "AN01000000123", marketplace=True)) == "unknown"
    assert list(store) == [made]
    assert len(store) == 1
    assert repr(store) == "<MemoryStore of 1 partners>"


def test_a_party_with_nine_digits_is_found_under_thirteen():
    made = partner(sender_domain="DUNS", sender_identity="12-345-6789", from_domain="NetworkID")
    store = MemoryStore([made])
    assert store.find("sender", [Account("DUNS+4", "1234567890001")]) == [[made]]
    assert store.standing("sender", Account("DUNS+4", "1234567890001")) == "named"
    assert store.standing("sender", Account("DUNS+4", "9999999990001")) == "domain"


def test_a_store_has_its_own_rules_and_memory():
    domains, verifications = Domains(["networkid", "shops"]), Verifications()
    made = partner(sender_domain="shops", sender_identity="Acme", from_domain="NetworkID")
    store = MemoryStore([made], domains=domains, verifications=verifications)
    assert store.find("sender", [Account("Shops", "ACME")]) == [[made]]
    assert (store.domains, store.verifications) == (domains, verifications)


@pytest.mark.parametrize(
    ("second", "clash"),
    [
        ({}, True),
        ({"sender_domain": "NetworkId", "from_domain": "networkid", "supplier_domain": "duns"}, True),
        ({"mode": "test"}, False),
        ({"to_identity": "987654321"}, False),
        ({"from_identity": "AN02"}, False),
        ({"sender_identity": "AN02"}, False),
        ({"from_identity": None, "any_from": True}, False),
        ({"from_identity": "AN02", "more_from": [Account("DUNS", "7")]}, False),
    ],
)
def test_two_records_that_fit_one_document_are_refused(second, clash):
    records = [partner(name="One"), partner(name="Two", **second)]
    assert bool(clashes(records)) == clash
    if clash:
        with pytest.raises(InvalidValue, match="One and Two have the same Sender, From and To"):
            MemoryStore(records)
    else:
        assert len(MemoryStore(records)) == 2


def test_two_hubs_that_speak_for_anybody_clash():
    hub = {"from_identity": None, "any_from": True}
    assert clashes([partner(**hub), partner(**hub)])


def test_the_decoy_is_as_costly_as_the_costliest_partner():
    plain = partner(shared_secret=["a", "b", "c"])
    hashed = partner(shared_secret=Secret.hashed("$argon2id$x"), from_identity="AN2")
    assert costliest([plain, hashed]) == hashed.secrets
    assert costliest([plain]) == plain.secrets
    assert costliest([]) == ()


def test_a_copy_of_a_partner_is_the_partner():
    made = partner()
    assert copy.copy(made) is made
    assert copy.deepcopy({"a": made})["a"] is made


def test_a_store_holds_partners():
    with pytest.raises(InvalidValue, match="a Partner is expected, not str"):
        MemoryStore(["AN01000000123"])
