"""Tokens of start pages: what was signed is read back for a while, and nothing else ever."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from visits import NOW

from cxml_punchout import InvalidValue, TokenError
from cxml_punchout.punchout.tokens import StartPageTokens
from cxml_punchout.trust.secrets import Secret

KEY = "v9cKp0Zq"
TOKENS = StartPageTokens("a long secret of the shop", lifetime=timedelta(minutes=10))


def test_a_token_gives_the_key_back():
    assert TOKENS.read(TOKENS.sign(KEY, now=NOW), now=NOW) == KEY


@given(st.text(st.characters(codec="utf-8"), max_size=20))
def test_any_key_can_be_signed(key):
    assert TOKENS.read(TOKENS.sign(key, now=NOW), now=NOW) == key


@pytest.mark.parametrize(("later", "good"), [(0, True), (600, True), (601, False), (-1, False), (10**9, False)])
def test_a_token_holds_for_its_time(later, good):
    token = TOKENS.sign(KEY, now=NOW)
    now = NOW + timedelta(seconds=later)
    if good:
        assert TOKENS.read(token, now=now) == KEY
        return
    with pytest.raises(TokenError) as caught:
        TOKENS.read(token, now=now)
    assert caught.value.reason == "expired"
    assert "too late" in str(caught.value)


@given(st.data())
def test_a_token_with_any_other_character_opens_nothing_else(data):
    token = TOKENS.sign(KEY, now=NOW)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(blacklist_characters=token[place], blacklist_categories=["Cs"]))
    try:
        opened = TOKENS.read(token[:place] + other + token[place + 1 :], now=NOW)
    except TokenError:
        return
    # The last character of base64 has bits that say nothing.
    assert opened == KEY
    assert place == len(token) - 1


@pytest.mark.parametrize("token", ["", ".", "a.b", "a.b.c", "\ud800", KEY, "x" * 100_000])
def test_what_is_no_token_is_forged(token):
    with pytest.raises(TokenError) as caught:
        TOKENS.read(token, now=NOW)
    assert caught.value.reason == "forged"
    assert "not one of ours" in str(caught.value)


def test_a_token_of_another_shop_is_forged():
    with pytest.raises(TokenError):
        TOKENS.read(StartPageTokens("another secret").sign(KEY, now=NOW), now=NOW)


def test_while_secrets_are_changed_the_old_one_is_read_and_the_new_one_signs():
    both = StartPageTokens(["the new secret", Secret("a long secret of the shop")])
    assert both.read(TOKENS.sign(KEY, now=NOW), now=NOW) == KEY
    assert StartPageTokens("the new secret").read(both.sign(KEY, now=NOW), now=NOW) == KEY


HASHED = Secret.hashed("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA")


@pytest.mark.parametrize("secret", ["", " ", "none", [], HASHED])
def test_a_secret_that_cannot_be_one_is_refused(secret):
    with pytest.raises(InvalidValue):
        StartPageTokens(secret)


def test_no_secret_is_shown():
    assert "long secret" not in repr(TOKENS)
    assert repr(TOKENS) == "<StartPageTokens, 1 secrets, 0:10:00>"


def test_the_present_needs_an_offset():
    with pytest.raises(InvalidValue):
        TOKENS.sign(KEY, now=datetime(2026, 1, 1))


@pytest.mark.parametrize("missing", [None, b"", 7, ["a"]])
def test_an_address_without_a_token_is_not_one_of_ours(missing):
    with pytest.raises(TokenError) as caught:
        TOKENS.read(missing, now=NOW)
    assert caught.value.reason == "forged"


def test_a_token_is_read_in_the_very_characters_in_which_it_was_signed():
    token = TOKENS.sign(KEY, now=NOW)
    # The last letter of the signature stands for four bits and has two to spare.
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spared = [token[:-1] + letters[letters.index(token[-1]) ^ bits] for bits in (1, 2, 3)]
    for other in (
        token + "=",
        token + "==",
        token + "!",
        token + "\u00e9",
        token + " ",
        token[:-4] + "*" + token[-4:],
        *spared,
    ):
        with pytest.raises(TokenError) as caught:
            TOKENS.read(other, now=NOW)
        assert caught.value.reason == "forged", other
    assert TOKENS.read(token, now=NOW) == KEY


@pytest.mark.parametrize("key", ["\ud800", "a\udfffb", None, 7])
def test_a_key_that_is_no_text_is_not_signed(key):
    with pytest.raises(InvalidValue, match="key of a session"):
        TOKENS.sign(key, now=NOW)


def test_no_token_is_signed_before_its_clock_began():
    before = datetime(1969, 12, 31, tzinfo=NOW.tzinfo)
    for call in (lambda: TOKENS.sign(KEY, now=before), lambda: TOKENS.read(TOKENS.sign(KEY, now=NOW), now=before)):
        with pytest.raises(InvalidValue, match="1970"):
            call()
