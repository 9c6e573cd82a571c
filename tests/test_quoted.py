"""What messages, findings, reports and logs quote of a document, through every door."""

from __future__ import annotations

import io
import logging
import pickle
from collections.abc import Iterator

import attrs
import pytest
from bodies import ORDER, SETUP, envelope, everything_shown
from visits import endpoint, setup

from cxml_punchout import CXMLError, parse, redact, validate
from cxml_punchout.cli.formats import Checked, as_github, as_json, as_sarif, as_text
from cxml_punchout.findings import shorten
from cxml_punchout.models import PunchOutSetupRequest
from cxml_punchout.plaintext import quotable

MARK = "Magn0lia-78"
CARD = "4539 1488 0343 6467"
VALUES = [CARD, f"token={MARK}", f"https://me:{MARK}@h.example.com/", f"api-key: {MARK}", f"htp:/a b?pwd={MARK}"]


def documents() -> Iterator[bytes]:
    order = envelope(ORDER.format(number="4"))
    for value in VALUES:
        for old, new in (
            ('operation="create"', f'operation="{value}"'),
            ("https://", f"{value} https://"),
            ("<BuyerCookie>", f"<Odd>{value}</Odd><BuyerCookie>"),
            ("<BuyerCookie>", f'<BuyerCookie a="{value}">'),
            ("<BuyerCookie>", f"<?x {value}?><BuyerCookie>"),
            ("<Request>", f'<Request deploymentMode="{value}">'),
        ):
            yield envelope(SETUP).replace(old, new, 1).encode()
        for tag in ("Money", "UnitOfMeasure", "Description", "SupplierPartID"):
            yield order.replace(f"</{tag}>", f" {value}</{tag}>", 1).encode()
        for name in ("currency", "quantity", "orderDate", "lineNumber", "xml:lang"):
            yield order.replace(f'{name}="', f'{name}="{value} ', 1).encode()


def told(text: str) -> bool:
    return any(mark in text for mark in (MARK, CARD, CARD.replace(" ", "")))


def test_no_door_shows_what_stands_in_a_value() -> None:
    heard = io.StringIO()
    handler, log = logging.StreamHandler(heard), logging.getLogger("cxml_punchout")
    log.addHandler(handler)
    noticed = 0
    try:
        for body in documents():
            report = validate(body)
            noticed += bool(report.findings)
            checked = Checked("a.xml", report)
            shown = [str(report), report.to_json(), f"{report.to_dict()} {report.findings} {attrs.asdict(report)}"]
            shown += [as_github(checked), f"{as_json([checked])} {as_sarif([checked])}", report.source]
            shown += [as_text(checked, color=False, limit=None), pickle.dumps(report).decode("latin-1"), redact(body)]
            for mode in ("strict", "tolerant"):
                try:
                    shown.append(str(parse(body, mode=mode).findings))  # type: ignore[arg-type]
                except CXMLError as error:
                    shown.append(everything_shown(error))
            reply = endpoint(validate=("dtd", "type")).handle(body, None, {PunchOutSetupRequest: lambda _: 450})
            shown.append(f"{reply!r} {reply.error}")
            assert not [text for text in shown if told(text)], body
    finally:
        log.removeHandler(handler)
    assert noticed > 40
    assert heard.getvalue()
    assert not told(heard.getvalue())


@pytest.mark.parametrize("value", VALUES)
def test_the_answer_quotes_no_secret(value: str) -> None:
    body = setup().replace(b'operation="create"', f'operation="{value}"'.encode())
    reply = endpoint(validate=("dtd",)).handle(body, None, {PunchOutSetupRequest: lambda _: 450})
    assert not told(reply.body.decode())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("abc", "abc"),
        ("Shipping: 4", "Shipping: 4"),
        (f"pay {CARD} now", "pay *** now"),
        ("a?pwd=b&c=d", "a?pwd=***&c=d"),
        ("pin=1 pin=2\npin=3", "pin=***\npin=***"),
        ("", ""),
    ],
)
def test_a_value_is_quoted_without_what_is_secret_in_it(text: str, shown: str) -> None:
    assert quotable(text) == shown
    assert shorten(text) == repr(shown)


@pytest.mark.parametrize("before", range(40, 70))
def test_what_begins_before_the_cut_is_known_behind_it(before: int) -> None:
    quoted = shorten("a" * before + " " + CARD + " " + "b" * 100)
    assert "4539" not in quoted
    assert len(quoted) == 62
    assert quoted.endswith("…'")
