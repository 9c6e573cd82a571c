"""Errors: one tree, facts in attributes, the Status to answer with."""

from __future__ import annotations

import copy
import pickle

import pytest

import cxml_punchout
from cxml_punchout import errors
from cxml_punchout.errors import (
    AttributeLengthExceeded,
    AttributesExceeded,
    BytesExceeded,
    CXMLError,
    DepthExceeded,
    DocumentError,
    ElementsExceeded,
    IncompleteElement,
    InvalidDocument,
    InvalidValue,
    LimitExceeded,
    MalformedDocument,
    SignatureWarning,
    UnsafeDocument,
    UsageError,
)
from cxml_punchout.findings import Finding

ORDER = Finding("dtd", "error", "order", "To stands too late.", "/cXML/Header/To", 7, 5, "Put it before Sender.")
TIME = Finding("type", "warning", "time", "No offset.", "/cXML", 3, 1)
UNPLACED = Finding("xml", "error", "malformed", "The document is not well-formed XML.")

DOCUMENT_ERRORS = [
    (MalformedDocument, DocumentError, 406),
    (UnsafeDocument, DocumentError, 406),
    (InvalidDocument, DocumentError, 406),
    (LimitExceeded, DocumentError, 499),
    (BytesExceeded, LimitExceeded, 499),
    (DepthExceeded, LimitExceeded, 499),
    (ElementsExceeded, LimitExceeded, 499),
    (AttributesExceeded, LimitExceeded, 499),
    (AttributeLengthExceeded, LimitExceeded, 499),
]
LIMIT_ERRORS = [kind for kind, _, status in DOCUMENT_ERRORS if status == 499]


@pytest.mark.parametrize(("kind", "parent", "status"), DOCUMENT_ERRORS)
def test_a_document_error_knows_the_status_to_answer_with(
    kind: type[DocumentError], parent: type[DocumentError], status: int
) -> None:
    assert kind.__bases__ == (parent,)
    assert kind(ORDER).status == status


@pytest.mark.parametrize("kind", [InvalidValue, IncompleteElement])
def test_a_usage_error_is_never_a_document_error(kind: type[UsageError]) -> None:
    assert issubclass(kind, UsageError)
    assert not issubclass(kind, DocumentError)


KINDS = [kind for kind in (getattr(errors, name) for name in errors.__all__) if isinstance(kind, type)]


def test_an_invalid_value_is_a_value_error_as_well() -> None:
    assert issubclass(InvalidValue, ValueError)


def test_everything_is_caught_by_the_root() -> None:
    raised = [kind for kind in KINDS if not issubclass(kind, Warning)]
    assert all(issubclass(kind, CXMLError) for kind in raised)
    assert {kind for kind, _, _ in DOCUMENT_ERRORS} < set(raised)


def test_a_changed_signature_is_a_warning_for_the_programmer() -> None:
    assert issubclass(SignatureWarning, UserWarning)


@pytest.mark.parametrize("kind", KINDS)
def test_all_errors_can_be_imported_from_the_package(kind: type[Exception]) -> None:
    assert getattr(cxml_punchout, kind.__name__) is kind


def test_the_first_finding_speaks_for_the_error() -> None:
    error = InvalidDocument([ORDER, TIME])
    assert error.findings == (ORDER, TIME)
    assert (error.code, error.path, error.line, error.column) == ("order", "/cXML/Header/To", 7, 5)


def test_one_finding_needs_no_list() -> None:
    assert MalformedDocument(UNPLACED).findings == (UNPLACED,)


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        (ORDER, "line 7, column 5: To stands too late. at /cXML/Header/To; Put it before Sender."),
        ([ORDER, TIME], "line 7, column 5: To stands too late. at /cXML/Header/To; Put it before Sender. (and 1 more)"),
        ([TIME, ORDER, UNPLACED], "line 3, column 1: No offset. at /cXML (and 2 more)"),
        (UNPLACED, "The document is not well-formed XML."),
    ],
)
def test_the_sentence_tells_place_reason_and_number(findings: Finding | list[Finding], expected: str) -> None:
    assert str(InvalidDocument(findings)) == expected


@pytest.mark.parametrize("kind", [kind for kind, _, status in DOCUMENT_ERRORS if status == 406])
@pytest.mark.parametrize("again", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
def test_a_document_error_survives_pickling_and_copying(kind: type[DocumentError], again) -> None:  # type: ignore[no-untyped-def]
    error = again(kind([ORDER, TIME]))
    assert type(error) is kind
    assert error.findings == (ORDER, TIME)
    assert str(error) == str(kind([ORDER, TIME]))


@pytest.mark.parametrize("kind", LIMIT_ERRORS)
@pytest.mark.parametrize("again", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
def test_an_exceeded_limit_keeps_its_number(kind: type[LimitExceeded], again) -> None:  # type: ignore[no-untyped-def]
    error = again(kind(UNPLACED, 256))
    assert type(error) is kind
    assert error.limit == 256
    assert error.findings == (UNPLACED,)


@pytest.mark.parametrize("kind", [UsageError, InvalidValue, IncompleteElement])
def test_a_usage_error_names_the_field(kind: type[UsageError]) -> None:
    error = kind("a text is expected, not an int", "Money.currency")
    assert (error.message, error.path) == ("a text is expected, not an int", "Money.currency")
    assert str(error) == "Money.currency: a text is expected, not an int"
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.message, again.path) == (kind, error.message, error.path)


def test_a_usage_error_may_have_no_path() -> None:
    assert str(UsageError("no handler")) == "no handler"
