"""Which faults are news, and that their memory is bounded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cxml_punchout.faults import Faults

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
