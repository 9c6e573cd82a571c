"""Secrets: they show themselves nowhere, rotate, come from elsewhere, and are compared exactly."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from headers import NOW
from hypothesis import given
from hypothesis import strategies as st

from cxml_punchout.errors import InvalidValue, UsageError
from cxml_punchout.trust import secrets as module
from cxml_punchout.trust.secrets import (
    Given,
    Mismatch,
    Secret,
    Verifications,
    find_equal,
    fingerprint,
    hash_secret,
    prove,
    secrets_of,
)

MARK = "xyzzy-marked-secret"


def fits(presented: str | None, *secrets: Secret, verifications: Verifications | None = None) -> tuple[Secret, ...]:
    return prove(Given(presented), secrets, verifications or Verifications(), NOW).matched


# --- it shows itself nowhere -------------------------------------------------------------------------------


@attrs.frozen
class Holder:
    secret: Secret


@pytest.mark.parametrize(
    "show",
    [repr, str, "{}".format, "%s".__mod__, "%r".__mod__, lambda secret: repr([secret]), ascii],
)
@pytest.mark.parametrize("wrap", [lambda secret: secret, Holder, lambda secret: {"a": secret}])
def test_a_secret_is_never_shown(show, wrap):
    assert MARK not in show(wrap(Secret(MARK)))


def test_no_format_shows_a_secret():
    assert f"{Secret(MARK):>40}" == "Secret(***)"


def test_what_was_given_is_never_shown():
    assert MARK not in repr(Given(MARK))
    assert repr(Given("none")) == "Given(none)"


def test_a_secret_has_no_dict_that_would_show_it():
    with pytest.raises(TypeError):
        vars(Secret(MARK))
    assert not hasattr(Secret(MARK), "__dict__")


def test_json_does_not_take_a_secret():
    with pytest.raises(TypeError):
        json.dumps(Secret(MARK))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_secret_cannot_be_pickled(protocol):
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(Secret(MARK), protocol)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("value", [Given(MARK), Secret(MARK)._held], ids=["given", "held"])
def test_nothing_that_holds_a_text_can_be_pickled(value, protocol):
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(value, protocol)
    with pytest.raises(TypeError):
        copy.copy(value)
    assert MARK not in repr(value)


@pytest.mark.parametrize("form", ["%s", "%r", "%.200s"])
def test_a_log_does_not_show_a_secret(form, caplog):
    logging.getLogger("shop").warning(f"{form} {form}", Secret(MARK), [Secret(MARK)])
    assert "Secret(***)" in caplog.text
    assert MARK not in caplog.text


def test_a_copy_of_a_secret_is_the_secret():
    secret = Secret(MARK)
    assert copy.copy(secret) is secret
    assert copy.deepcopy([secret])[0] is secret


@pytest.mark.parametrize("other", [MARK, MARK.encode(), bytearray(MARK.encode())])
def test_a_secret_is_not_compared_with_a_text(other):
    with pytest.raises(TypeError, match="authenticate"):
        Secret(MARK) == other  # noqa: B015
    with pytest.raises(TypeError):
        other == Secret(MARK)  # noqa: B015


def test_two_secrets_are_equal_only_if_they_are_one():
    secret = Secret(MARK)
    assert secret == secret
    assert secret != Secret(MARK)
    assert secret != 7
    assert len({secret, Secret(MARK)}) == 2


def test_a_secret_cannot_be_changed():
    secret = Secret(MARK)
    with pytest.raises(AttributeError):
        secret.not_after = NOW
    with pytest.raises(AttributeError):
        del secret.not_after


def test_reveal_is_the_way_to_the_text():
    assert Secret(MARK).reveal() == MARK


def test_repr_tells_where_a_secret_is_and_when_it_holds(tmp_path):
    assert repr(Secret.from_env("SHOP_SECRET")) == "Secret(env='SHOP_SECRET')"
    assert repr(Secret.from_callable(lambda: MARK, not_after=NOW)) == f"Secret(***, not_after={NOW.isoformat()})"
    assert repr(Secret(MARK, not_before=NOW)) == f"Secret(***, not_before={NOW.isoformat()})"
    assert Secret.from_file(tmp_path / "s").reference == str(tmp_path / "s")
    assert Secret(MARK).reference == Secret(MARK).encoded == ""


def frames(error: BaseException):
    """The local variables of our own frames, of an error and of those that hang on it."""
    while error is not None:
        traceback = error.__traceback__
        while traceback is not None:
            if "cxml_punchout" in traceback.tb_frame.f_code.co_filename:
                yield repr(traceback.tb_frame.f_locals)
            traceback = traceback.tb_next
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize(
    "build",
    [
        lambda: Secret(MARK.encode()),
        lambda: Secret([MARK]),
        lambda: Secret.hashed(MARK),
        lambda: Secret(MARK, not_before=datetime(2026, 1, 1)),
        lambda: Secret(MARK, not_before=NOW, not_after=NOW),
        lambda: secrets_of([MARK, ""]),
        lambda: secrets_of(["none", MARK]),
        lambda: secrets_of([MARK.encode()]),
        lambda: secrets_of(MARK.encode()),
        lambda: hash_secret(Secret(f" {MARK}")),
        lambda: Secret.from_callable(lambda: MARK.encode()).reveal(),
    ],
)
def test_no_frame_of_ours_holds_the_text_when_something_is_raised(build):
    with pytest.raises(UsageError) as caught:
        build()
    assert MARK not in str(caught.value)
    shown = list(frames(caught.value))
    assert shown
    assert not any(MARK in each for each in shown)


# --- what can be a secret ----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", " ", "\t\n", "\u00a0", "none", "None", " NONE ", "\nnone\n"])
def test_what_proves_nothing_cannot_be_a_secret(text, monkeypatch, tmp_path):
    with pytest.raises(InvalidValue):
        Secret(text)
    (tmp_path / "secret").write_text(text, "utf-8")
    monkeypatch.setenv("SHOP_SECRET", text)
    for secret in (
        Secret.from_env("SHOP_SECRET"),
        Secret.from_file(tmp_path / "secret"),
        Secret.from_callable(lambda: text),
    ):
        with pytest.raises(UsageError):
            secret.reveal()
        assert fits(text, secret) == ()


def test_a_secret_comes_from_the_environment_as_it_is_now(monkeypatch):
    secret = Secret.from_env("SHOP_SECRET")
    monkeypatch.delenv("SHOP_SECRET", raising=False)
    with pytest.raises(UsageError, match="SHOP_SECRET is not set"):
        secret.reveal()
    monkeypatch.setenv("SHOP_SECRET", "first")
    assert fits("first", secret) == (secret,)
    monkeypatch.setenv("SHOP_SECRET", "second")
    assert fits("first", secret) == ()
    assert fits("second", secret) == (secret,)


def test_a_secret_comes_from_a_file_as_it_is_now(tmp_path):
    path = tmp_path / "secret"
    secret = Secret.from_file(path)
    with pytest.raises(UsageError, match="cannot be read"):
        secret.reveal()
    path.write_bytes(b"one\r\n")
    assert secret.reveal() == "one"
    path.write_bytes("zwö\n".encode())
    assert secret.reveal() == "zwö"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="UTF-8"):
        secret.reveal()


def test_a_function_that_fails_is_named_by_its_error_and_not_quoted():
    def fetch() -> str:
        raise RuntimeError(f"cannot use {MARK}")

    with pytest.raises(UsageError, match="RuntimeError") as caught:
        Secret.from_callable(fetch).reveal()
    assert MARK not in str(caught.value)
    assert caught.value.__context__ is None

    def vault() -> str:
        raise OSError(MARK)

    with pytest.raises(UsageError) as caught:
        Secret.from_callable(vault).reveal()
    assert MARK not in str(caught.value)


def test_a_secret_that_cannot_be_looked_up_does_not_keep_others_from_fitting(monkeypatch):
    monkeypatch.delenv("SHOP_SECRET", raising=False)
    right = Secret("right")
    outcome = prove(Given("right"), [Secret.from_env("SHOP_SECRET"), right], Verifications(), NOW)
    assert outcome.matched == (right,)
    assert outcome.problems == ("the environment variable SHOP_SECRET is not set",)


def test_secrets_are_given_in_several_ways():
    secret = Secret("a")
    assert secrets_of(None) == ()
    assert secrets_of(secret) == (secret,)
    assert [each.reveal() for each in secrets_of("abc")] == ["abc"]
    assert [each.reveal() for each in secrets_of(["abc", secret])] == ["abc", "a"]


# --- when it holds -----------------------------------------------------------------------------------------


def test_a_window_has_both_its_ends():
    hour = timedelta(hours=1)
    secret = Secret("a", not_before=NOW, not_after=NOW + hour)
    expected = {-1: "early", 0: "valid", 1: "valid", 2: "expired"}
    assert {at: secret.window(NOW + at * hour) for at in expected} == expected
    assert Secret("a").window(NOW) == "valid"


def test_windows_are_compared_across_offsets():
    berlin = datetime.fromisoformat("2026-05-06T14:00:00+02:00")
    assert Secret("a", not_after=berlin).window(datetime(2026, 5, 6, 12, 0, tzinfo=UTC)) == "valid"
    assert Secret("a", not_after=berlin).window(datetime(2026, 5, 6, 12, 0, 1, tzinfo=UTC)) == "expired"


# --- comparing ---------------------------------------------------------------------------------------------


def test_the_comparison_finds_all_that_are_equal_and_raises_if_none_is():
    prints = [fingerprint(each) for each in (b"a", b"b", b"a")]
    assert find_equal(fingerprint(b"a"), prints) == [0, 2]
    for candidates in (prints, []):
        with pytest.raises(Mismatch):
            find_equal(fingerprint(b"c"), candidates)


def test_there_is_one_constant_time_comparison_in_the_package():
    from pathlib import Path

    package = Path(module.__file__).parents[1]
    holders = [path.name for path in package.rglob("*.py") if "compare_digest(" in path.read_text("utf-8")]
    assert holders == ["secrets.py"]
    assert Path(module.__file__).read_text("utf-8").count("compare_digest(") == 1


def test_a_fingerprint_is_of_no_use_in_another_process():
    import subprocess
    from pathlib import Path

    program = "from cxml_punchout.trust.secrets import fingerprint; print(fingerprint(b'a').hex())"
    environment = {"PYTHONPATH": str(Path(module.__file__).parents[2])}
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert other.stdout.strip() != fingerprint(b"a").hex()


secret_texts = st.text(min_size=1).filter(lambda text: text.strip() and text.strip().casefold() != "none")


@given(secret_texts, secret_texts)
def test_a_secret_fits_exactly_itself(one, other):
    blanks = " \t\r\n"
    expected = one == (other if one != one.strip(blanks) else other.strip(blanks))
    assert bool(fits(other, Secret(one))) == expected


@pytest.mark.parametrize(
    "presented", ["Right", "righ", "rightt", "r\u0131ght", "right\u00a0", "right\0", "\u200bright"]
)
def test_nothing_is_folded_or_normalised(presented):
    assert fits(presented, Secret("right")) == ()


def test_the_blanks_of_a_pretty_printer_do_not_count_unless_the_secret_has_some():
    assert fits("\n    right\n  ", Secret("right"))
    assert fits(" right", Secret(" right"))
    assert not fits("right", Secret(" right"))


@pytest.mark.parametrize(
    ("presented", "nothing"),
    [(None, "absent"), ("", "empty"), ("  \n", "empty"), ("\u3000", "empty"), ("none", "none"), (" None\n", "none")],
)
def test_what_is_no_secret_is_told_apart(presented, nothing):
    assert Given(presented).nothing == nothing


# --- hashes ------------------------------------------------------------------------------------------------

argon2 = pytest.importorskip("argon2", reason="the extra argon2 is not installed")


@pytest.fixture(scope="module")
def encoded() -> str:
    return argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("right")


def test_a_hashed_secret_fits_and_cannot_be_revealed(encoded):
    secret = Secret.hashed(encoded)
    assert fits("\nright\n", secret) == (secret,)
    assert fits("wrong", secret) == ()
    assert "right" not in repr(secret)
    assert encoded not in repr(secret)
    with pytest.raises(UsageError, match="cannot be revealed"):
        secret.reveal()


def test_what_is_no_secret_never_fits_a_hash_of_it():
    hasher = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    for text in ("", "none"):
        assert fits(text, Secret.hashed(hasher.hash(text))) == ()
    assert fits(None, Secret.hashed(hasher.hash(""))) == ()


@pytest.mark.slow
def test_our_own_hashes_are_argon2id_and_salted():
    one, other = hash_secret(Secret("right")), hash_secret("right")
    assert one.startswith("$argon2id$")
    assert one != other
    assert fits("right", Secret.hashed(one))


def test_a_damaged_hash_fits_nothing():
    assert fits("right", Secret.hashed("$argon2id$v=19$m=8,t=1,p=1$damaged")) == ()


def cost(verifications: Verifications, encoded: str, presented: str, now: datetime) -> int:
    """How many hashes one check computes."""
    computed = 0
    real = module._verify

    def counted(*arguments):
        nonlocal computed
        computed += 1
        return real(*arguments)

    module._verify = counted
    try:
        verifications.check(encoded, Given(presented), now)
    except Mismatch:
        pass
    finally:
        module._verify = real
    return computed


def test_a_success_is_remembered_for_its_time_and_no_longer(encoded):
    verifications = Verifications(lifetime=timedelta(minutes=5))
    minute = timedelta(minutes=1)
    assert cost(verifications, encoded, "right", NOW) == 1
    assert cost(verifications, encoded, "right", NOW + 4 * minute) == 0
    assert cost(verifications, encoded, "right", NOW + 5 * minute) == 1
    assert cost(verifications, encoded, "right", NOW + 4 * minute) == 1, "a clock that was set back prolongs nothing"


def test_a_failure_is_never_remembered(encoded):
    verifications = Verifications()
    assert [cost(verifications, encoded, "wrong", NOW) for _ in range(3)] == [1, 1, 1]


def test_a_lifetime_of_zero_remembers_nothing(encoded):
    verifications = Verifications(lifetime=timedelta(0))
    assert [cost(verifications, encoded, "right", NOW) for _ in range(2)] == [1, 1]


def test_the_oldest_success_goes_when_there_are_too_many():
    hasher = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    first, second = hasher.hash("right"), hasher.hash("right")
    verifications = Verifications(most=1)
    assert [cost(verifications, each, "right", NOW) for each in (first, second, second, first)] == [1, 1, 0, 1]


def test_with_room_for_none_nothing_is_remembered(encoded):
    verifications = Verifications(most=0)
    assert [cost(verifications, encoded, "right", NOW) for _ in range(2)] == [1, 1]


def test_what_is_verified_anew_is_the_youngest():
    hasher = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    first, second, third = (hasher.hash("right") for _ in range(3))
    verifications = Verifications(most=2)
    later = NOW + timedelta(hours=1)
    computed = [(first, NOW), (second, NOW), (first, later), (third, later), (first, later), (second, later)]
    assert [cost(verifications, each, "right", now) for each, now in computed] == [1, 1, 1, 1, 0, 1]


def test_many_threads_remember_no_more_than_there_is_room_for(encoded):
    verifications = Verifications(most=3)
    # No hash is computed, so that the threads meet where something is remembered.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_verify", lambda encoded, given: "")
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda n: verifications.check(f"{encoded}{n}", Given("right"), NOW), range(5000)))
    assert len(verifications._until) == 3


def test_what_is_remembered_is_no_secret(encoded):
    verifications = Verifications()
    verifications.check(encoded, Given("right"), NOW)
    shown = repr(verifications._until)
    assert "right" not in shown
    assert encoded not in shown


def test_without_the_extra_a_hash_says_what_to_install(encoded, monkeypatch):
    monkeypatch.setitem(sys.modules, "argon2", None)
    with pytest.raises(UsageError, match=r"pip install 'cxml-punchout\[argon2\]'"):
        fits("right", Secret.hashed(encoded))


# --- what hashes cost ----------------------------------------------------------------------------------------


def test_only_a_few_hashes_are_computed_at_once(monkeypatch):
    at_work, most = [], []

    def slow(encoded, given):
        at_work.append(encoded)
        most.append(len(at_work))
        time.sleep(0.01)
        at_work.pop()
        return "another"

    monkeypatch.setattr(module, "_verify", slow)
    stores = [Verifications() for _ in range(4)]

    def attempt(number):
        with pytest.raises(Mismatch):
            stores[number % 4].check("a hash", Given(f"guess {number}"), NOW)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(attempt, range(32)))
    assert len(most) == 32
    assert max(most) == 2, "in the whole process, however many stores there are"


def test_who_waited_for_the_same_hash_does_not_compute_it_again(monkeypatch):
    computed = []
    monkeypatch.setattr(module, "_verify", lambda *given: (time.sleep(0.02), computed.append(given), "")[2])
    known = Verifications()
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda _: known.check("a hash", Given("the secret"), NOW), range(12)))
    assert len(computed) <= 2


@pytest.mark.parametrize(
    ("moved", "computed"),
    [
        (timedelta(0), 1),
        (timedelta(minutes=4), 1),
        (timedelta(minutes=5), 2),
        (timedelta(days=-1), 2),
        (-timedelta(1), 2),
    ],
)
def test_a_clock_that_jumps_prolongs_no_hash(monkeypatch, moved, computed):
    calls = []
    monkeypatch.setattr(module, "_verify", lambda *given: (calls.append(given), "")[1])
    known = Verifications()
    known.check("a hash", Given("the secret"), NOW)
    known.check("a hash", Given("the secret"), NOW + moved)
    assert len(calls) == computed


def test_a_hash_may_be_remembered_for_ever(monkeypatch):
    calls = []
    monkeypatch.setattr(module, "_verify", lambda *given: (calls.append(given), "")[1])
    known = Verifications(lifetime=timedelta.max)
    for now in (NOW, datetime(9999, 12, 31, tzinfo=UTC)):
        known.check("a hash", Given("the secret"), now)
    assert len(calls) == 1
