"""The report of the demo, one HTML page with nothing from elsewhere: what was said, what was wrong, and the order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, NamedTuple

from cxml_punchout import CXML, parse, redact
from cxml_punchout.models import OrderRequest
from cxml_punchout.summary import Line, Summary, decimal_text, summarize
from cxml_punchout.summary.reading import at, joined, many, plain
from cxml_punchout.validation.report import Report

__all__ = ["Check", "Step", "indented", "order_table", "render"]


class Check(NamedTuple):
    """Something that had to be so."""

    sentence: str
    good: bool


class Step(NamedTuple):
    """Something that happened: a document that was sent, or what a user did.

    who: by whom, and to whom. outcome: in a few words, such as a Status.
    body: the document; empty if there is none. report, problems: what is wrong with it.
    """

    who: str
    what: str
    outcome: str = ""
    body: bytes = b""
    report: Report | None = None
    problems: Sequence[str] = ()

    @property
    def good(self) -> bool:
        return not self.problems and (self.report is None or self.report.ok)

    @property
    def told(self) -> list[str]:
        """What there is to say against it, one sentence each."""
        return [*self.problems, *map(str, self.report.findings if self.report is not None else ())]

    @property
    def verdict(self) -> str:
        if self.report is None:
            return ""
        return ("valid, with remarks" if self.told else "valid") if self.good else "NOT AS IT SHOULD BE"


STYLE = """
* { box-sizing: border-box }
body { margin: 0; background: #f4f5f2; color: #1d2a24; font: 16px/1.5 system-ui, sans-serif }
main { max-width: 60rem; margin: 0 auto; padding: 1rem 1rem 4rem }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 1rem 0 .5rem }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem }
.paper { background: #fff; border: 1px solid #d5dad3; border-radius: 8px; padding: 1.25rem }
.scroll { overflow-x: auto }
.good, .bad { border-radius: 1rem; padding: .1rem .7rem; font-size: .85rem; white-space: nowrap }
.good { background: #dcefe3; color: #14532d }
.bad { background: #fbdcd9; color: #8b1a10; font-weight: 600 }
.parties { display: flex; flex-wrap: wrap; gap: 1rem 3rem; margin: 0 0 1.25rem }
.parties address { font-style: normal; white-space: pre-line }
.parties b, dt { display: block; color: #56635c; font-size: .85rem; font-weight: 400 }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .45rem .6rem; border-bottom: 1px solid #e6e9e4 }
th { color: #56635c; font-size: .85rem; font-weight: 400 }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
tfoot td { border: 0; font-weight: 600 }
ol { list-style: none; padding: 0; margin: 0 }
ol > li { background: #fff; border: 1px solid #d5dad3; border-radius: 8px; padding: .6rem 1rem; margin-bottom: .5rem }
ol > li > div { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline }
.who { color: #56635c; width: 8rem }
.what { flex: 1; min-width: 12rem }
summary { cursor: pointer; color: #1f4d3a }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: .75rem 0 }
dd { margin: 0; overflow-wrap: anywhere }
pre { overflow-x: auto; background: #f4f5f2; border-radius: 6px; padding: .75rem; font-size: .8rem; line-height: 1.45 }
td:nth-child(2) { white-space: nowrap }
button { font: inherit; padding: .6rem 1.1rem; border-radius: 6px; border: 0; background: #1f4d3a; color: #fff }
.checks { columns: 22rem; padding-left: 1.2rem }
@media (max-width: 34rem) { dl { grid-template-columns: 1fr } dd { margin-bottom: .4rem } .who { width: 100% } }
"""


def render(steps: Sequence[Step], checks: Sequence[Check]) -> str:
    """The whole page. Secrets are masked in all documents."""
    wrong = sum(not check.good for check in checks)
    verdict = f"{wrong} of {len(checks)} things were wrong" if wrong else f"All {len(checks)} things were right"
    orders = [document for step in steps if step.body and _is_order(document := parse(step.body, mode="tolerant"))]
    parts = [f'<h1>A PunchOut from setup to order</h1>\n<p><span class="{_mark(not wrong)}">{verdict}</span></p>']
    if orders:
        parts.append(f'<h2>The order</h2>\n<div class="paper scroll">\n{order_table(orders[0])}\n</div>')
    said = "\n".join(map(_step, steps))
    looked_at = "\n".join(f"<li>{escape(check.sentence)} {_badge(check)}</li>" for check in checks)
    parts.append(f"<h2>What was said</h2>\n<ol>\n{said}\n</ol>")
    parts.append(f'<h2>What was looked at</h2>\n<ul class="checks">\n{looked_at}\n</ul>')
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>A PunchOut from setup to order</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(parts)
        + "\n</main>\n</body>\n</html>\n"
    )


def _is_order(document: CXML) -> bool:
    return isinstance(document.payload, OrderRequest)


def _mark(good: bool) -> str:
    return "good" if good else "bad"


def _badge(check: Check) -> str:
    return f'<span class="{_mark(check.good)}">{"yes" if check.good else "no"}</span>'


# --- one step -------------------------------------------------------------------------------------------------


def _step(step: Step) -> str:
    badge = f'<span class="{_mark(step.good)}">{escape(step.verdict)}</span>' if step.verdict else ""
    line = (
        f'<div><span class="who">{escape(step.who)}</span><span class="what">{escape(step.what)}</span>'
        f"<span>{escape(step.outcome)}</span>{badge}</div>"
    )
    told = "".join(f"<li>{escape(each)}</li>" for each in step.told)
    if told:
        line += f"\n<ul>{told}</ul>"
    return f"<li>{line}{_document(step) if step.body else ''}</li>"


def _document(step: Step) -> str:
    summary = summarize(parse(step.body, mode="tolerant"))
    facts = [("payload ID", summary.payload_id), ("sent", summary.timestamp)]
    facts += [(fact.label, joined((fact.text, fact.remark))) for fact in (*summary.facts, *summary.closing)]
    facts.append(("findings", str(len(step.report.findings)) if step.report is not None else "not looked for"))
    listed = "".join(f"<dt>{escape(label)}</dt><dd>{escape(text)}</dd>" for label, text in facts)
    xml = escape(indented(redact(step.body)))
    return f"\n<details><summary>Document</summary><dl>{listed}</dl>\n<pre>{xml}</pre></details>"


_PIECES = re.compile(r"<([\w.:-]+)[^<>]*(?<!/)>[^<]*</\1>|<[^>]*>|[^<]+")


def indented(xml: str) -> str:
    """A document with one element to a line, for reading only: the white space is not part of it."""
    lines, depth = [], 0
    for match in _PIECES.finditer(xml):
        piece = match[0].strip()
        if piece.startswith("</"):
            depth -= 1
        if piece:
            lines.append("  " * depth + piece)
        opens = piece.startswith("<") and not piece.startswith(("</", "<?", "<!")) and not piece.endswith("/>")
        if opens and match[1] is None:
            depth += 1
    return "\n".join(lines)


# --- the order ------------------------------------------------------------------------------------------------


def order_table(document: CXML) -> str:
    """An order as a person reads it."""
    order: Any = document.payload
    header, summary = order.order_request_header, summarize(document)
    parties = [
        ("Order", joined((plain(header.order_id), plain(header.order_date)), "\n")),
        ("Bill to", _address(at(header, "bill_to.address"))),
        ("Ship to", _address(at(header, "ship_to.address"))),
        ("Comments", "\n".join(plain(comment) for comment in many(header.comments))),
    ]
    shown = "".join(f"<div><b>{label}</b><address>{escape(text)}</address></div>" for label, text in parties if text)
    return f'<div class="parties">{shown}</div>\n{lines_table(summary)}'


def lines_table(summary: Summary) -> str:
    """The lines of a cart or an order, with amounts and the total."""
    rows = [
        _row(
            (line.number or str(line.position), line.part_id, line.description),
            (line.quantity, line.unit, line.unit_price, _amount(line)),
        )
        for line in summary.lines
    ]
    rows_below = [_below(charge.label, f"{charge.amount} {charge.currency}") for charge in summary.charges]
    if summary.total is not None:
        total = summary.total
        rows_below.insert(0, _below(f"Total ({total.remark})", f"{total.stated} {total.currency}"))
    titles = "".join(f"<th>{title}</th>" for title in ("", "Part", "Description"))
    numbers = "".join(f'<th class="number">{title}</th>' for title in ("Quantity", "Unit", "Price", "Amount"))
    return (
        f"<table>\n<thead><tr>{titles}{numbers}</tr></thead>\n<tbody>\n{''.join(rows)}</tbody>\n"
        f"<tfoot>\n{''.join(rows_below)}</tfoot>\n</table>"
    )


def _amount(line: Line) -> str:
    return decimal_text(line.amount, 2) if line.amount is not None else ""


def _row(texts: Iterable[str], numbers: Iterable[str]) -> str:
    cells = "".join(f"<td>{escape(text)}</td>" for text in texts)
    cells += "".join(f'<td class="number">{escape(number)}</td>' for number in numbers)
    return f"<tr>{cells}</tr>\n"


def _below(label: str, amount: str) -> str:
    return f'<tr><td colspan="6" class="number">{escape(label)}</td><td class="number">{escape(amount)}</td></tr>\n'


def _address(address: Any) -> str:
    """An address, one line for each of its lines."""
    postal = at(address, "postal_address")
    lines = (
        plain(at(address, "name")),
        *(plain(line) for line in many(at(postal, "deliver_to"))),
        *(plain(line) for line in many(at(postal, "street"))),
        joined((plain(at(postal, "city")), plain(at(postal, "postal_code"))), " "),
        plain(at(postal, "country")),
    )
    return joined(lines, "\n")
