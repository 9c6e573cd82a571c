"""Findings: plain records with a place, a stable code and a sentence."""

from __future__ import annotations

import pickle
import re

import attrs
import pytest

from cxml_punchout import Finding
from cxml_punchout.findings import CODES, shorten

PLACED = Finding("dtd", "error", "order", "To stands too late.", "/cXML/Header/To", 7, 5, "Put it before Sender.")
UNPLACED = Finding("xml", "warning", "doctype-missing", "There is no DOCTYPE.")


@pytest.mark.parametrize(
    ("finding", "expected"),
    [
        (PLACED, "7:5: error [dtd/order] To stands too late. at /cXML/Header/To"),
        (UNPLACED, "warning [xml/doctype-missing] There is no DOCTYPE."),
    ],
)
def test_a_finding_prints_its_place_code_and_message_on_one_line(finding: Finding, expected: str) -> None:
    assert str(finding) == expected


def test_a_finding_without_a_place_has_line_and_column_zero() -> None:
    assert (UNPLACED.path, UNPLACED.line, UNPLACED.column, UNPLACED.hint) == ("", 0, 0, "")


def test_a_finding_cannot_be_changed() -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        PLACED.line = 1  # type: ignore[misc]


def test_findings_are_values() -> None:
    same = attrs.evolve(PLACED)
    assert same == PLACED
    assert hash(same) == hash(PLACED)
    assert len({same, PLACED, UNPLACED}) == 2


def test_what_a_tool_said_is_kept_but_not_shown() -> None:
    said = attrs.evolve(PLACED, raw="Element SharedSecret: Pa55word")
    assert said == PLACED
    assert "Pa55word" not in f"{said} {said!r}"
    assert pickle.loads(pickle.dumps(said)).raw == "Element SharedSecret: Pa55word"


def test_findings_have_no_order_of_their_own() -> None:
    with pytest.raises(TypeError):
        sorted([PLACED, UNPLACED])  # type: ignore[type-var]


def test_a_finding_survives_pickling() -> None:
    assert pickle.loads(pickle.dumps(PLACED)) == PLACED


@pytest.mark.parametrize(("code", "sentence"), CODES.items())
def test_a_code_is_lower_case_words_and_its_explanation_a_sentence(code: str, sentence: str) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
    assert re.fullmatch(r"[A-Z].*\.", sentence)


def test_codes_are_listed_in_alphabetical_order() -> None:
    assert list(CODES) == sorted(CODES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "''"),
        ("12,50", "'12,50'"),
        ("a" * 60, f"'{'a' * 60}'"),
        ("a" * 61, f"'{'a' * 59}…'"),
        ("a" * 1_000_000, f"'{'a' * 59}…'"),
        ("line\nbreak", r"'line\nbreak'"),
        ("bell\x07", r"'bell\x07'"),
        ("\x1b[31mred", r"'\x1b[31mred'"),
        ("\u202eright to left", r"'\u202eright to left'"),
        ("Sörensen", "'Sörensen'"),
    ],
)
def test_quoted_text_is_short_and_shows_control_characters(text: str, expected: str) -> None:
    assert shorten(text) == expected


def test_quoted_text_may_have_another_length() -> None:
    assert shorten("abcdef", 3) == "'ab…'"
