"""What a stranger's document may cost to be judged: time in proportion, and a report that is bounded."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from validated import ORDER, changed

from cxml_punchout import Limits, validate
from cxml_punchout.validation import pieces
from cxml_punchout.validation.report import Report

#: So that what is judged gets as far as that.
GENEROUS = Limits(name_length=50_000, memory=1000)


def carried(markup: str) -> bytes:
    """An order with something in open content, where any element may stand."""
    return changed(ORDER, "</BillTo>", f'</BillTo><Extrinsic name="hold">{markup}</Extrinsic>').encode()


def judged(body: bytes, *layers: str) -> tuple[float, Report]:
    began = time.process_time()
    report = validate(body, layers=layers or ("xml", "dtd", "type", "rule"), limits=GENEROUS)
    report.render(color=True)
    report.to_json()
    return time.process_time() - began, report


CROWDS: dict[str, tuple[str, Callable[[int], str]]] = {
    "one wrong currency": ("type", lambda n: '<Money currency="q">3</Money>' * n),
    "currencies in lower case": ("type", lambda n: '<Money currency="sek">3</Money>' * n),
    "unknown currencies": ("type", lambda n: "".join(f'<Money currency="QQ{"XY"[i % 2]}">3</Money>' for i in range(n))),
    "amounts, each another": ("type", lambda n: "".join(f'<Money currency="SEK">{i}x</Money>' for i in range(n))),
    "remarks, each another": ("type", lambda n: "".join(f'<Money currency="SEK">{i}e1</Money>' for i in range(n))),
    "links, each another": ("type", lambda n: "".join(f"<URL>no {i}</URL>" for i in range(n))),
    "dates with long fractions": ("type", lambda n: f'<Period startDate="2026-04-01T00:00:00.{"7" * 9}Z"/>' * n),
    "lists of tokens": ("dtd", lambda n: '<Route method="air" means="by air"/>' * n),
    "no attribute": ("dtd", lambda n: "<Money>3</Money>" * n),
    "no child": ("dtd", lambda n: "<Contact/>" * n),
    "wrong order": ("dtd", lambda n: "<Phone><Name/><TelephoneNumber/></Phone>" * n),
    "text where none may be": ("dtd", lambda n: "<Phone>x</Phone>" * n),
    "unknown names, each another": ("dtd", lambda n: "".join(f"<Buyr{i}/>" for i in range(n))),
    "unknown attributes, each another": ("dtd", lambda n: "".join(f'<URL nam{i}="x"/>' for i in range(n))),
    "one Id": ("dtd", lambda n: '<Request Id="twice"/>' * n),
    "references to nothing": ("dtd", lambda n: '<TaxDetail category="x" taxedElement="no"/>' * n),
    "deep and wide": ("dtd", lambda n: "<Comments>" * 150 + "<Phone/>" * n + "</Comments>" * 150),
}  # fmt: skip


@pytest.mark.thorough
@pytest.mark.parametrize(("layer", "make"), CROWDS.values(), ids=CROWDS)
def test_four_times_as_much_takes_four_times_as_long(layer: str, make: Callable[[int], str]) -> None:
    small, large = carried(make(4000)), carried(make(16_000))
    judged(carried(make(100)), layer)  # what is compiled once
    taken, _ = judged(small, layer)
    longer, report = judged(large, layer)
    assert longer < 8 * taken + 0.2
    assert 900 < len(report.findings) <= 1002
    assert report.findings[0].code == "more"
    assert len(report.to_json()) < 1_500_000


def test_long_names_in_a_deep_place_are_cut_in_every_path() -> None:
    names = [f"Box{number}{'w' * 30_000}" for number in range(20)]
    inside = '<Money currency="q">3</Money>' * 300
    markup = "".join(f"<{name}>" for name in names) + inside + "".join(f"</{name}>" for name in reversed(names))
    _, report = judged(carried(markup))
    assert sum(finding.code == "currency" for finding in report.findings) == 300
    for finding in report.findings:
        assert len(finding.path) <= 1010
        assert len(finding.message) + len(finding.hint) < 1000
    deepest = report.findings[-1].path if report.findings[-1].code == "currency" else report.findings[-2].path
    assert deepest.startswith("/cXML/Request/OrderRequest/")
    assert "/…/" in deepest
    assert deepest.endswith("/Money[300]")


def test_no_crowd_of_remarks_hides_an_error() -> None:
    _, report = judged(
        carried('<Money currency="sek">3</Money>' * 3000 + '<Money currency="SEK">three</Money>'), "type"
    )
    assert not report.ok
    assert [finding.code for finding in report.errors] == ["number"]
    assert report.findings[0].message == "2001 more findings are not listed."


def test_what_is_judged_in_pieces_is_judged_as_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    body = carried(
        '<Money currency="q">3</Money><Period startDate="1.2.2026" endDate="2026-04-01T00:00:00+00:00"/><Own/>'
    )
    whole = validate(body).findings
    for size in (0, 1, 5):
        monkeypatch.setattr(pieces, "PIECE", size)
        assert validate(body).findings == whole
        assert validate(ORDER).findings == validate(ORDER, layers=("xml", "rule")).findings


def test_a_thousand_misspelt_names_cost_no_thousand_searches() -> None:
    few, _ = judged(carried("".join(f"<Byer{number}Cookie/>" for number in range(100))), "dtd")
    many, report = judged(carried("".join(f"<Byer{number}Cookie/>" for number in range(900))), "dtd")
    assert many < 6 * few + 0.1
    assert all(finding.hint for finding in report.findings)
