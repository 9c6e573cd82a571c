"""Status codes: what each means for the sender, and whether to send again."""

from __future__ import annotations

import pytest

from cxml_punchout.envelope import status_of
from cxml_punchout.status import STATUS_TEXT, should_retry, status_class

CLASSES = [
    (200, "success"),
    (201, "success"),
    (204, "success"),
    (281, "success"),
    (299, "success"),
    (400, "permanent"),
    (401, "permanent"),
    (406, "permanent"),
    (499, "permanent"),
    (500, "transient"),
    (560, "transient"),
    (599, "transient"),
    # Not a class of cXML: nobody has said what to do with these.
    (-200, "undefined"),
    (0, "undefined"),
    (100, "undefined"),
    (199, "undefined"),
    (300, "undefined"),
    (399, "undefined"),
    (600, "undefined"),
]


@pytest.mark.parametrize(("code", "expected"), CLASSES)
def test_the_hundreds_digit_tells_the_class_of_a_code(code: int, expected: str) -> None:
    assert status_class(code) == expected


@pytest.mark.parametrize(("code", "kind"), CLASSES)
def test_only_transient_failures_are_worth_sending_again(code: int, kind: str) -> None:
    assert should_retry(code) is (kind == "transient")


def test_listed_codes_have_a_class_and_a_text() -> None:
    for code, text in STATUS_TEXT.items():
        assert status_class(code) != "undefined"
        assert text
        assert text == text.strip()


def test_codes_are_listed_in_ascending_order() -> None:
    assert list(STATUS_TEXT) == sorted(STATUS_TEXT)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (200, "OK"),
        (201, "Accepted"),
        (204, "No Content"),
        (401, "Unauthorized"),
        (406, "Not Acceptable"),
        (450, "Not Implemented"),
        (461, "Bad Commodity Code"),
        (465, "Duplicate Catalog Name"),
        (468, "Catalog Too Large"),
        (470, "Catalog Has Errors"),
        (476, "Signature Verification Failed"),
        (499, "Document Size Error"),
        (500, "Internal Server Error"),
        (560, "Temporary server error"),
        (561, "Too Many Catalogs"),
        (563, "Catalog Validating"),
    ],
)
def test_texts_are_those_that_partners_know(code: int, text: str) -> None:
    assert STATUS_TEXT[code] == text


def test_every_answer_to_an_upload_has_its_own_text() -> None:
    codes = [*range(461, 471), *range(561, 564)]
    assert len({status_of(code).text for code in codes}) == len(codes)
