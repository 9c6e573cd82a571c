"""Which faults are news, and that their memory is bounded."""

from __future__ import annotations

import io
import logging
from datetime import UTC, datetime, timedelta

import pytest
from visits import EXAMPLES, endpoint

from cxml_punchout.endpoint import Received
from cxml_punchout.faults import Faults, harmless
from cxml_punchout.models import PunchOutSetupRequest

NOW = datetime(2026, 4, 2, 11, tzinfo=UTC)


def raised(kind: type[Exception]) -> Exception:
    try:
        raise kind
    except Exception as error:
        return error


def test_a_kind_is_told_once_in_a_while():
    faults = Faults(timedelta(minutes=5))
    assert faults.is_news(raised(KeyError), NOW)
    assert not faults.is_news(raised(KeyError), NOW + timedelta(minutes=4))
    assert faults.is_news(raised(KeyError), NOW + timedelta(minutes=5))


def test_another_class_or_place_is_another_kind():
    faults = Faults()
    assert faults.is_news(raised(KeyError), NOW)
    assert faults.is_news(raised(ValueError), NOW)
    with pytest.raises(KeyError) as caught:
        raise KeyError
    assert faults.is_news(caught.value, NOW)
    assert faults.is_news(KeyError(), NOW), "one that was never raised"


def test_a_clock_that_was_set_back_silences_nothing():
    faults = Faults()
    assert faults.is_news(raised(KeyError), NOW)
    assert faults.is_news(raised(KeyError), NOW - timedelta(days=1))


def test_the_memory_is_bounded():
    faults = Faults(most=3)
    kinds = [type(f"Fault{number}", (Exception,), {}) for number in range(10)]
    assert all(faults.is_news(raised(kind), NOW) for kind in kinds)
    assert len(faults._told) == 3
    assert not faults.is_news(raised(kinds[-1]), NOW)
    assert faults.is_news(raised(kinds[0]), NOW)


# --- what the log is told --------------------------------------------------------------------------------------


def logged(error: BaseException) -> str:
    """What a handler of the application's logs writes of an error that a handler of requests raises."""

    def fail(_: Received) -> None:
        raise error

    heard = io.StringIO()
    handler, log = logging.StreamHandler(heard), logging.getLogger("cxml_punchout.endpoint")
    log.addHandler(handler)
    try:
        body = (EXAMPLES / "valid/precoro-setup-request.xml").read_bytes()
        assert endpoint().handle(body, None, {PunchOutSetupRequest: fail}).status == 500
    finally:
        log.removeHandler(handler)
    return heard.getvalue()


def caused(error: BaseException, cause: BaseException) -> BaseException:
    error.__cause__ = cause
    return error


HOSTILE = "cart 1\r\n2026-11-27 ERROR all is lost\u202egnp\x1b[2J\u2028\x85\x00"


def test_what_an_exception_says_stays_in_its_line() -> None:
    noted = RuntimeError("a")
    noted.add_note(HOSTILE)
    for error in (ValueError(HOSTILE), KeyError(HOSTILE), caused(RuntimeError("b"), OSError(HOSTILE)), noted):
        text = logged(error)
        assert "\n2026-11-27" not in text
        assert all(line.isprintable() for line in text.split("\n"))
        assert "cart 1" in text
        assert "Traceback (most recent call last):" in text
        assert "in fail" in text


def test_causes_come_first_and_are_told_once() -> None:
    text = logged(caused(RuntimeError("the shop is closed"), OSError("disk full")))
    assert (
        text.index("OSError: disk full") < text.index("direct cause") < text.index("RuntimeError: the shop is closed")
    )
    first, second = RuntimeError("one"), RuntimeError("two")
    first.__context__, second.__context__ = second, first
    assert logged(first).count("RuntimeError: one") == 1


def test_what_an_exception_quotes_of_a_document_has_no_secret() -> None:
    for quoted in (
        "cannot store <SharedSecret>tulip</SharedSecret>",
        "no route to https://me:tulip@db.example.com/",
        "pay with 4539 1488 0343 6467",
        "bad answer: {'api_key': 'tulip'}",
    ):
        text = logged(ValueError(quoted))
        assert "tulip" not in text
        assert "4539" not in text
        assert quoted.split(" ")[0] in text


def test_a_long_text_is_cut_and_one_that_cannot_be_told_is_named() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise ZeroDivisionError

    assert "Mute: <it cannot be told>" in logged(Mute())
    assert len(logged(ValueError("a" * 1_000_000))) < 5000
    assert "ValueError\n" in logged(ValueError())


def test_the_exception_itself_is_in_the_record(caplog: pytest.LogCaptureFixture) -> None:
    error = ValueError("a\nb")
    logged(error)
    (record,) = (each for each in caplog.records if each.exc_info)
    assert record.exc_info is not None
    assert record.exc_info[1] is error
    assert harmless(logging.LogRecord("a", 40, "a.py", 1, "b", (), None))
