"""The index of declarations, while other threads are loading what is not in it yet."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from cxml_punchout import declaration
from cxml_punchout import element as x
from cxml_punchout.binding import reader, writer
from cxml_punchout.models import ItemOut

HALF = """
import threading
from cxml_punchout import declaration
declaration.add(declaration.Leaf("Half", str, ""))
threading.current_thread().inside.set()
assert threading.current_thread().may_end.wait(30)
whole = True
"""


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    for index in ("_declared", "_ready", "_topics"):
        monkeypatch.setattr(declaration, index, dict(getattr(declaration, index)))


class Loading(threading.Thread):
    """Loads the topic of ``Half`` and stays in the middle of it until it may end."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.inside = threading.Event()
        self.may_end = threading.Event()

    def run(self) -> None:
        declaration.lookup("Half")


def test_who_asks_for_what_another_thread_is_loading_gets_all_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "half_a_topic.py").write_text(HALF)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(declaration._topics, "Half", "half_a_topic")
    loading = Loading()
    loading.start()
    assert loading.inside.wait(30)
    assert not declaration.unloaded("Half")

    found: list[object] = []

    def asks() -> None:
        found.append(declaration.lookup("Half"))
        found.append(getattr(sys.modules["half_a_topic"], "whole", False))

    asking = threading.Thread(target=asks, daemon=True)
    asking.start()
    asking.join(0.1)
    assert not found
    loading.may_end.set()
    asking.join(30)
    loading.join(30)
    assert found == [declaration._declared["Half"], True]


@pytest.mark.parametrize("lines", [lambda field: reader._child_lines(field, "{}"), writer._child])
def test_a_topic_that_is_loaded_while_a_reader_is_made_is_not_taken_for_undeclared(
    lines: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    (field,) = (field for field in ItemOut.__cxml__.content if field.tag == "Tax")
    at_first = iter([True])
    monkeypatch.setattr(x, "unloaded", lambda tag: next(at_first, False))
    monkeypatch.setattr(x, "lookup", lambda tag: None)
    assert callable(lines)
    assert "_Tax(" in lines(field)[0]
