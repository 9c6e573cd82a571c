"""What the tests of the guards share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cxml_punchout.replay import ReplayKey, Stored

NOW = datetime(2026, 5, 6, 12, 0, tzinfo=UTC)
LEASE = timedelta(minutes=5)
KEEP = timedelta(days=30)
INSTANT = timedelta(microseconds=1)


def key(
    payload_id: str = "1@buy.example.net",
    sender: str = "acme",
    from_: str = "acme",
    mode: str = "test",
    subject: str = "",
    partner: str = "",
):
    return ReplayKey(sender, from_, mode, payload_id, subject, partner)


def answer(text: str = "", status: int = 200) -> Stored:
    return Stored(f"<cXML>{text}\0ü</cXML>".encode(), "text/xml; charset=utf-8", status)
