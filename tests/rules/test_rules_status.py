"""The rules for status updates, beside the cases that all rules have."""

from __future__ import annotations

import re

import pytest
from broken_status import BROKEN, PART, PAYMENT, about
from pieces import Case
from validated import RESPONSE

from cxml_punchout import validate


@pytest.mark.parametrize("case", BROKEN, ids=[case.code for case in BROKEN])
def test_nothing_else_is_said_of_a_status_update(case: Case) -> None:
    assert [finding.code for finding in validate(case.document).findings] == [case.code]
    assert validate(case.kept).findings == ()


@pytest.mark.parametrize(
    ("document", "repeated"),
    [
        (about("", status='<Status code="550" text="Unreachable"/>'), False),
        (re.sub("<Status.*</Pun[^>]*>", '<Status code="550" text="No"/>', RESPONSE, flags=re.DOTALL), True),
    ],
    ids=["a status update", "an answer"],
)
def test_only_an_answer_makes_the_sender_try_again(document: str, repeated: bool) -> None:
    (finding,) = validate(document).findings
    assert finding.code == "status-silent"
    assert ("try again" in finding.message) == repeated


def test_a_rule_is_silent_about_what_the_grammar_says() -> None:
    document = about(f"<InvoiceStatus>{PART}</InvoiceStatus>")
    assert {finding.code for finding in validate(document).findings} == {"missing-attribute"}
    document = about("<DocumentStatus/>")
    assert {finding.code for finding in validate(document).findings} == {"missing-attribute"}


def test_the_card_of_a_payment_is_in_no_finding() -> None:
    report = validate(about(PAYMENT.replace("<PCard ", "\n<PCard colour='red' ")))
    assert "<PCard colour=" in report.render()
    assert "4111" not in report.to_json()
    assert "4111" not in report.render()
