"""A fault of our own, planted: one document is not judged, nothing of it is shown, and everything else goes on."""

from __future__ import annotations

import json
import logging
from typing import NoReturn

import pytest
from bodies import ORDER, envelope

from cxml_punchout import InvalidValue, validate
from cxml_punchout.cli import check, show
from cxml_punchout.cli.main import main
from cxml_punchout.internal import internal_finding, stack_of
from cxml_punchout.validation import checking

CARD = "4111" * 4
BODY = envelope(ORDER.format(number=CARD))


def planted(kind: type[BaseException]) -> object:
    def fault(*_: object, **__: object) -> NoReturn:
        raise kind(f"{CARD} of the document")

    return fault


@pytest.mark.parametrize("kind", [KeyError, AssertionError, RecursionError, MemoryError, UnicodeDecodeError])
def test_a_fault_of_ours_is_a_finding_without_a_word_of_the_document(
    kind: type[Exception], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(checking.rules, "broken", planted(kind))
    report = validate(BODY)
    (finding,) = report.findings
    name = kind.__name__ if kind is not UnicodeDecodeError else "TypeError"  # it takes five arguments
    assert (finding.layer, finding.severity, finding.code) == ("xml", "error", "internal")
    assert name in finding.message
    assert "eport it" in finding.hint
    assert not report.ok
    assert report.source == ""
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert name in record.getMessage()
    assert "in fault" in record.getMessage()
    for shown in (str(report), repr(report), report.to_json(), caplog.text):
        assert CARD not in shown


def test_a_program_is_stopped_and_told_of_its_own_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking.rules, "broken", planted(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        validate(BODY)
    monkeypatch.undo()
    with pytest.raises(InvalidValue):
        validate(BODY, version="9.9.999")


def test_an_exception_is_named_by_its_class_and_its_place() -> None:
    try:
        raise ValueError("s3cr3t")
    except ValueError as error:
        told = f"{stack_of(error)} {internal_finding(error)}"
    assert "ValueError" in told
    assert __file__ in told
    assert "s3cr3t" not in told.replace('raise ValueError("s3cr3t")', "")


@pytest.fixture
def folder(tmp_path):
    for name in ("a.xml", "bad.xml", "c.xml"):
        (tmp_path / name).write_text(BODY.replace('orderID="1"', f'orderID="{name}"'), "utf-8")
    return str(tmp_path)


def only_for_bad(function, where):
    def guarded(first, *arguments, **options):
        if b"bad.xml" in (first if isinstance(first, bytes) else str(where(first)).encode()):
            raise LookupError(CARD)
        return function(first, *arguments, **options)

    return guarded


@pytest.mark.parametrize("form", ["text", "github", "json", "sarif"])
def test_check_goes_on_with_the_next_document(folder, monkeypatch, capsys, form) -> None:
    monkeypatch.setattr(check, "validate", only_for_bad(validate, str))
    assert main(["check", "--layer", "xml", "--format", form, folder]) == 2
    out, error = capsys.readouterr()
    assert error.count("bad.xml") >= 1
    assert "LookupError" in error
    assert CARD not in out + error
    if form == "json":
        assert [each["file"][-5:] for each in json.loads(out)] == ["a.xml", "c.xml"]
    elif form == "text":
        assert "a.xml: ok" in out
        assert "c.xml: ok" in out


def test_check_goes_on_behind_what_cannot_be_shown(folder, monkeypatch, capsys) -> None:
    shown = check.formats.as_text
    monkeypatch.setattr(check.formats, "as_text", only_for_bad(shown, lambda checked: checked.name))
    assert main(["check", "--layer", "xml", folder]) == 2
    out, error = capsys.readouterr()
    assert "c.xml: ok" in out
    assert "bad.xml: This library has a fault" in error


def test_check_answers_2_for_a_report_that_is_not_complete(folder, monkeypatch, capsys) -> None:
    monkeypatch.setattr(checking.rules, "broken", planted(KeyError))
    assert main(["check", folder]) == 2
    assert capsys.readouterr().out.count("error[internal]") == 3


@pytest.mark.parametrize("options", [[], ["--json"]])
@pytest.mark.parametrize("function", ["parse", "summarize"])
def test_show_goes_on_with_the_next_document(folder, monkeypatch, capsys, options, function) -> None:
    before = getattr(show, function)
    monkeypatch.setattr(
        show, function, only_for_bad(before, lambda document: document.payload.order_request_header.order_id)
    )
    assert main(["show", *options, folder]) == 2
    out, error = capsys.readouterr()
    assert "bad.xml: This library has a fault" in error
    assert CARD not in error
    assert "c.xml" in out
    if options:
        assert len(json.loads(out)) == 2
