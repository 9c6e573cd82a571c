"""Partners in a file: what is wrong with it, that it is read again, that it never holds a secret; and the commands."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from headers import NOW, document, partner, shared
from test_trust_secrets import frames

from cxml_punchout.cli import main
from cxml_punchout.errors import AuthenticationError, InvalidValue, SecretUnavailable
from cxml_punchout.trust.authenticate import authenticate
from cxml_punchout.trust.credentials import Account
from cxml_punchout.trust.records import partner_of, record_of, shielded
from cxml_punchout.trust.secrets import Secret
from cxml_punchout.trust.stores.toml import TomlStore, check

MARK = "xyzzy-marked-7"
GOOD = """
# partners of the shop
[[partner]]
name = "Acme"
sender_domain = "NetworkID"
supplier_domain = "DUNS"
from_identity = "AN01000000123"
to_identity = "942888710"
sender_identity = "AN01000000123"
shared_secret = { env = "ACME_SECRET" }
punchout_url = "https://shop.example.com/punchout"
purchase_order_url = "https://shop.example.com/orders"

[[partner]]
name = "Acme"
mode = "test"
sender_domain = "NetworkID"
supplier_domain = "DUNS"
from_domain = "VendorID"
from_identity = "V7"
to_identity = "942888710"
sender_identity = "AN01000000123-T"
more_from = [{ domain = "NetworkID", identity = "AN01000000777", marketplace = true }]
shared_secret = [{ file = "acme.secret", not_after = 2026-12-31T23:59:59+01:00 }, { env = "ACME_SECRET" }]
mac_secret = { env = "HUB_SECRET", not_before = "2026-01-01T00:00:00+00:00" }
"""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ACME_SECRET", "live")
    monkeypatch.setenv("HUB_SECRET", "hub")
    (tmp_path / "acme.secret").write_text("from-file\n")
    (tmp_path / "partners.toml").write_text(GOOD)
    return tmp_path / "partners.toml"


def write(path: Path, text: str) -> None:
    path.write_text(text)
    # Two changes may fall into one tick of the file system's clock.
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000))


def sent(secret: str, identity: str = "AN01000000123"):
    return document([("NetworkID", identity, shared(secret))], to=[("DUNS", "942888710")])


def test_partners_of_a_file_are_let_in(path):
    store = TomlStore(path)
    verified = authenticate(sent("live"), store, now=NOW)
    assert (verified.partner.name, verified.mode) == ("Acme", "production")
    with pytest.raises(AuthenticationError):
        authenticate(sent("wrong"), store, now=NOW)
    test = document(
        [("NetworkID", "AN01000000123-T", shared("from-file"))], [("VendorID", "V7")], [("DUNS", "942888710")], "test"
    )
    assert authenticate(test, store, now=NOW).mode == "test"
    assert len(list(store)) == 2
    assert repr(store) == f"<TomlStore {str(path)!r}>"


def test_the_file_is_read_again_when_it_changes(path):
    store = TomlStore(path)
    verifications = store.verifications
    assert authenticate(sent("live"), store, now=NOW)
    write(path, GOOD.replace("AN01000000123", "AN01000000999"))
    with pytest.raises(AuthenticationError) as caught:
        authenticate(sent("live"), store, now=NOW)
    assert caught.value.reason == "unknown-sender"
    assert store.verifications is verifications
    assert store.standing("sender", Account("NetworkID", "AN01000000999")) == "named"


@pytest.mark.parametrize("text", ["[[partner]", "[[partner]]\n", None])
def test_a_file_that_was_spoilt_leaves_the_partners_as_they_were(path, text):
    store = TomlStore(path)
    if text is None:
        path.unlink()
    else:
        write(path, text)
    assert authenticate(sent("live"), store, now=NOW)
    assert store.problem
    write(path, GOOD)
    assert authenticate(sent("live"), store, now=NOW)
    assert not store.problem


def test_a_store_is_not_made_of_a_faulty_file(path):
    path.write_text(GOOD.replace("mode =", "mood ="))
    with pytest.raises(InvalidValue, match="is it mode"):
        TomlStore(path)
    with pytest.raises(InvalidValue, match="cannot be read"):
        TomlStore(path.with_name("absent.toml"))


FAULTS = [
    ('mode = "test"', 'mode = "Test"', "line 14: partner Acme: mode is production or test"),
    ('name = "Acme"\nmode', "name = 7\nmode", "name is a text"),
    ('mode = "test"', 'sender = "x"', "there is no field sender"),
    (
        'to_identity = "942888710"\nsender_identity = "AN01000000123"\n',
        "",
        "line 3: partner Acme: to_identity is missing",
    ),
    ('{ env = "ACME_SECRET" }', f'"{MARK}"', "shared_secret stands there in the clear"),
    ('{ env = "ACME_SECRET" }', f'["{MARK}"]', "shared_secret stands there in the clear"),
    ('{ env = "ACME_SECRET" }', f'{{ text = "{MARK}" }}', "a secret is one of env, file and hash"),
    ('{ env = "ACME_SECRET" }', f'{{ env = "{MARK}" }}', "a secret is one of env, file and hash"),
    ('{ env = "ACME_SECRET" }', f'{{ hash = "{MARK}" }}', "a secret is one of env, file and hash"),
    ("shared_secret = {", f'secret = "{MARK}"\nshared_secret = {{', "there is no field secret"),
    ('{ env = "ACME_SECRET" }', '{ env = "A", file = "b" }', "a secret is one of env, file and hash"),
    ('{ env = "ACME_SECRET" }', "7", "stands there in the clear"),
    ('{ env = "ACME_SECRET" }', '{ env = "A", not_after = "soon" }', "not_after is a time"),
    ('{ env = "ACME_SECRET" }', '{ env = "A", not_after = 7 }', "not_after is a time"),
    ('{ env = "ACME_SECRET" }', '{ env = "A", not_after = 2026-01-01T00:00:00 }', "need an offset"),
    ('{ env = "ACME_SECRET" }', "[]", "there is no secret"),
    ("marketplace = true", 'marketplace = "yes"', "more_from is a list"),
    ("marketplace = true", "else = 1", "more_from is a list"),
    ('[{ domain = "NetworkID", identity = "AN01000000777", marketplace = true }]', '"DUNS"', "more_from is a list"),
    ('mode = "test"', 'any_from = "yes"', "any_from is true or false"),
    ('mode = "test"', "accepts_missing_to = 1", "accepts_missing_to is true or false"),
    ('mode = "test"', 'accepts_no_secret = "none"', "accepts_no_secret is a list"),
    ('mode = "test"', "version = 1.2", "version is a text"),
    ('mode = "test"', 'version = "1.3.000"', "a cXML version is expected"),
    ('mode = "test"', 'accepts_no_secret = ["x"]', "takes absent, empty, none"),
    ("# partners", "[other]\n#", "there is no table other"),
    ("[[partner]]\nname", "[partner]\nname", "is not TOML"),
    ("shop", "sh\x00p", "is not TOML"),
]


@pytest.mark.parametrize(("old", "new", "said"), FAULTS)
def test_each_fault_of_a_file_is_explained_without_a_secret(path, old, new, said):
    assert old in GOOD
    path.write_text(GOOD.replace(old, new, 1))
    checked = check(path)
    assert any(said in fault for fault in checked.faults)
    with pytest.raises(InvalidValue) as caught:
        TomlStore(path)
    assert MARK not in repr(checked) + str(caught.value) + "".join(frames(caught.value))


def test_two_records_for_one_document_are_a_fault(path):
    path.write_text(GOOD + GOOD)
    assert any("have the same Sender, From and To" in fault for fault in check(path).faults)


@pytest.mark.parametrize("text", ["partner = 1", "partner = [1]", ""])
def test_a_file_without_partners_is_told_apart(path, text):
    path.write_text(text)
    checked = check(path)
    assert bool(checked.faults) == bool(text)
    if not text:
        assert checked.advice == ("there is no [[partner]] in the file, so nobody is let in",)


def test_octets_that_are_no_text_are_a_fault(path):
    path.write_bytes(b"\xff\xfe")
    assert "UTF-8" in check(path).faults[0]


def test_records_written_in_another_way_have_numbers_for_lines(path):
    path.write_text('partner = [{ name = "x" }]')
    assert check(path).faults[0].startswith("record 1: partner x: ")


def test_what_depends_on_the_machine_is_advice(path, monkeypatch):
    monkeypatch.delenv("ACME_SECRET")
    (path.parent / "acme.secret").unlink()
    path.write_text(GOOD.replace("https://shop.example.com/punchout", "http://shop.example.com/punchout"))
    checked = check(path)
    assert not checked.faults
    said = "\n".join(checked.advice)
    for part in ("ACME_SECRET is not set", "cannot be read", "is not https", "has a gap"):
        assert part in said


@pytest.mark.parametrize("installed", [True, False])
def test_what_hashes_need_is_advised(path, monkeypatch, installed):
    path.write_text(GOOD.replace('{ env = "ACME_SECRET" }', '{ hash = "$argon2id$x" }'))
    if installed:
        pytest.importorskip("argon2")
    else:
        monkeypatch.setitem(sys.modules, "argon2", None)
    said = [sentence for sentence in check(path).advice if "hashed secrets need argon2-cffi" in sentence]
    assert bool(said) != installed


def test_odd_names_are_advised_on_and_accepted(path):
    path.write_text(GOOD.replace("942888710", "942888711").replace("AN01000000123", "buyer"))
    checked = check(path)
    assert not checked.faults
    said = "\n".join(checked.advice)
    assert "line 3: Acme: NetworkID buyer: not an Ariba Network id" in said
    assert "line 3: Acme: DUNS 942888711: its last digit is not the check digit" in said


@pytest.mark.parametrize(
    ("mode", "identity", "said"),
    [
        ("production", "AN01000000123-T", True),
        ("production", "an01000000123-t ", True),
        ("test", "AN01000000123-T", False),
        ("production", "AN01000000123", False),
    ],
)
def test_a_test_account_in_a_record_for_production_is_advised_against(path, mode, identity, said):
    first = GOOD.split("[[partner]]")[1].replace("AN01000000123", identity)
    path.write_text(f'[[partner]]{first}\nmode = "{mode}"')
    checked = check(path)
    assert not checked.faults
    assert any("is the name of a test account" in sentence for sentence in checked.advice) == said


# --- records -----------------------------------------------------------------------------------------------


def test_a_partner_comes_back_from_its_record():
    secret = Secret.from_env("A", not_after=NOW)
    made = partner(
        shared_secret=[secret, Secret.hashed("$argon2id$x")],
        mac_secret=Secret.from_file("/run/secrets/hub"),
        more_sender=[Account("EndPointID", "ERP")],
        more_from=[Account("NetworkID", "M", marketplace=True)],
        punchout_url="https://a.example/",
        version="1.2.021",
    )
    record = record_of(made)
    assert record["version"] == "1.2.021"
    again = partner_of(shielded(record))
    assert record_of(again) == record
    assert repr(again) == repr(made)
    assert [repr(each) for each in again.secrets] == [repr(each) for each in made.secrets]
    assert again.secrets[1].encoded == "$argon2id$x"
    hub = partner(
        from_identity=None, any_from=True, shared_secret=None, accepts_no_secret=["none"], accepts_missing_to=True
    )
    assert partner_of(record_of(hub)).accepts_missing_to
    assert record_of(partner_of(record_of(hub))) == record_of(hub)


@pytest.mark.parametrize("secret", [MARK, Secret.from_callable(lambda: MARK)])
def test_a_record_never_holds_a_secret(secret):
    for changes in ({"shared_secret": secret}, {"mac_secret": secret}):
        with pytest.raises(InvalidValue, match="as a reference or a hash") as caught:
            record_of(partner(**changes))
        assert MARK not in "".join(frames(caught.value))


@pytest.mark.parametrize(
    "record",
    [
        {"shared_secret": MARK},
        {"shared_secret": [{"env": MARK}, {"file": "a", "text": MARK}]},
        {"mac_secret": {"hash": MARK}},
        {"secret": MARK},
        {"sharedsecret": {"env": MARK}},
        {"more_from": [{"domain": "a", "secret": MARK}]},
    ],
)
def test_what_may_be_a_secret_is_gone_before_anything_is_read(record):
    whole = {"name": "Acme", "more_to": [{"domain": "a", "identity": "b", "marketplace": True}], **record}
    kept = shielded(whole)
    assert MARK not in repr(kept)
    assert (kept["name"], kept["more_to"]) == (whole["name"], whole["more_to"])
    with pytest.raises(InvalidValue) as caught:
        partner_of(kept)
    assert MARK not in str(caught.value) + "".join(frames(caught.value))


# --- the commands ------------------------------------------------------------------------------------------


def test_check_tells_that_a_file_is_right(path, capsys):
    assert main(["partners", "check", str(path)]) == 0
    out = capsys.readouterr().out
    assert f"{path}: ok, 2 partners\n" in out
    assert "note: line 14: Acme: punchout_url is not given" in out


def test_check_explains_faults_and_fails(path, capsys):
    path.write_text(GOOD.replace('mode = "test"', 'mode = "Test"').replace('{ env = "HUB_SECRET"', '{ x = "y"'))
    assert main(["partners", "check", str(path)]) == 1
    out = capsys.readouterr().out
    assert out.startswith("error: line 14: partner Acme: mac_secret: a secret is one of env, file and hash")
    assert out.endswith("not ok, 1 partner\n")


def test_the_sheet_has_the_eight_fields_and_no_secret(path, capsys):
    assert main(["partners", "sheet", str(path)]) == 0
    out = capsys.readouterr().out
    assert out.startswith(
        """Acme, production
  Sender Domain       NetworkID
  Supplier Domain     DUNS
  From Identity       AN01000000123
  To Identity         942888710
  Sender Identity     AN01000000123
  Shared Secret       agreed separately, never by e-mail
  PunchOut URL        https://shop.example.com/punchout
  Purchase Order URL  https://shop.example.com/orders

Acme, test
"""
    )
    assert "  From Domain         VendorID\n" in out
    assert not any(secret in out for secret in ("live", "from-file", "hub", "ACME_SECRET"))


def test_the_sheet_tells_a_version_that_was_set(path, capsys):
    path.write_text(GOOD.replace('name = "Acme"\nmode', 'name = "Acme"\nversion = "1.2.014"\nmode'))
    assert main(["partners", "sheet", str(path)]) == 0
    assert capsys.readouterr().out.count("  cXML Version        1.2.014\n") == 1


def test_the_sheet_may_be_that_of_one_partner(path, capsys):
    path.write_text(GOOD.replace('name = "Acme"\nmode', 'name = "Other"\nmode'))
    assert main(["partners", "sheet", "--partner", "Other", str(path)]) == 0
    assert capsys.readouterr().out.startswith("Other, test\n")
    assert main(["partners", "sheet", "--partner", "Nobody", str(path)]) == 1
    assert "no partner called Nobody" in capsys.readouterr().err


def test_no_sheet_is_made_of_a_faulty_file(path, capsys):
    path.write_text("[[partner]]")
    assert main(["partners", "sheet", str(path)]) == 1
    assert "error: line 1" in capsys.readouterr().err


# --- a file that is being written ----------------------------------------------------------------------------


class Ticks:
    """Seconds that pass when a test says so."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def record(identity: str, more: str = "") -> str:
    return f"""
[[partner]]
sender_domain = "NetworkID"
supplier_domain = "DUNS"
from_identity = "{identity}"
to_identity = "942888710"
sender_identity = "{identity}"
shared_secret = {{ env = "ACME_SECRET" }}
{more}"""


def outcome(store, secret="live", identity="AN04700") -> str:
    made = document([("NetworkID", identity, shared(secret))], [("NetworkID", identity)], [("DUNS", "942888710")])
    try:
        return authenticate(made, store, now=NOW).partner.from_identity
    except AuthenticationError as error:
        return error.reason
    except SecretUnavailable as error:
        return f"later: {error}"


WHOLE = record("AN04600") + record("AN04700")


@pytest.mark.parametrize(
    "half",
    [
        "",
        "\n",
        "# partners\n",
        record("AN04600"),
        WHOLE[:-1][: WHOLE.index("AN04700")],
        "[[partner",
        b"\xff\xfe[[",
        None,
    ],
)
def test_a_file_that_is_half_written_changes_nothing(path, half):
    path.write_text(WHOLE)
    ticks = Ticks()
    store = TomlStore(path, clock=ticks)
    assert not store.problem
    if half is None:
        path.unlink()
    else:
        path.write_bytes(half if isinstance(half, bytes) else half.encode())
    for _ in range(3):
        assert outcome(store) == "AN04700"
        assert store.problem
        # Who would be refused may be in the file when it is whole.
        for refused in (outcome(store, identity="AN04800"), outcome(store, "wrong")):
            assert refused.startswith("later: ")
            assert store.problem in refused
        ticks.now += 0.5
    write(path, WHOLE + record("AN04800"))
    assert outcome(store, identity="AN04800") == "AN04800"
    assert not store.problem
    assert outcome(store, "wrong") == "wrong-secret"


def test_a_document_that_nothing_would_make_right_is_refused_meanwhile(path):
    path.write_text(WHOLE)
    store = TomlStore(path, clock=Ticks())
    path.write_text("")
    me = ("NetworkID", "AN04700")
    with pytest.raises(AuthenticationError) as caught:
        authenticate(document([me], [me], [("DUNS", "942888710")]), store, now=NOW)
    assert caught.value.reason == "missing-secret"


def test_a_smaller_file_is_taken_when_it_is_quiet(path, caplog):
    path.write_text(WHOLE)
    ticks = Ticks()
    store = TomlStore(path, clock=ticks)
    for size, text in enumerate(("", record("AN04600"), record("AN04600") + "#")):
        write(path, text)
        assert outcome(store) == "AN04700", size
        ticks.now += 1.9
        assert outcome(store) == "AN04700", "somebody wrote a moment ago"
    ticks.now += 0.2
    assert outcome(store) == "unknown-sender"
    assert not store.problem
    assert [each.levelname for each in caplog.records] == ["ERROR"], "told once, not for each document"


def test_a_partner_that_goes_while_another_comes_goes_when_it_is_quiet(path):
    path.write_text(WHOLE)
    ticks = Ticks()
    store = TomlStore(path, clock=ticks)
    write(path, record("AN04600") + record("AN04800", "# a long remark on the new one"))
    assert (outcome(store), outcome(store, identity="AN04800")[:5]) == ("AN04700", "later")
    ticks.now += 2
    assert (outcome(store), outcome(store, identity="AN04800")) == ("unknown-sender", "AN04800")


def test_a_smaller_file_that_was_written_long_ago_is_taken_at_once(path):
    path.write_text(WHOLE)
    store = TomlStore(path, clock=Ticks())
    path.write_text(record("AN04600"))
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert outcome(store) == "unknown-sender"


def test_a_store_that_begins_with_nobody_waits_whether_somebody_comes(path):
    path.write_text("")
    ticks = Ticks()
    store = TomlStore(path, clock=ticks)
    assert outcome(store).startswith("later")
    write(path, WHOLE)
    assert outcome(store) == "AN04700"
    write(path, "")
    ticks.now += 5
    assert outcome(store) == "AN04700", "noticed only now"
    ticks.now += 2
    assert (outcome(store), store.problem) == ("unknown-sender", "")


def test_a_file_that_comes_back_as_it_was_is_no_problem(path):
    path.write_text(WHOLE)
    store = TomlStore(path, clock=Ticks())
    kept = path.with_name("kept.toml")
    path.rename(kept)
    path.write_text("")
    assert outcome(store, "wrong").startswith("later")
    kept.rename(path)
    assert (outcome(store, "wrong"), store.problem) == ("wrong-secret", "")


def test_a_file_of_no_sense_is_no_fault_of_ours(path):
    for text in ("a = " + "[" * 100_000, "a = " + "9" * 10_000):
        path.write_text(text)
        assert "not TOML" in check(path).faults[0]


def test_two_partners_of_one_name_are_a_fault(path):
    path.write_text(record("AN04600", 'name = "Loom"') + record("AN04700", 'name = "Loom"'))
    assert "Loom is the name of two partners" in check(path).faults[0]
