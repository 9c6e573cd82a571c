"""A guard against repeats in an SQL database, through SQLAlchemy Core; needs the extra ``sql``.

A document is one row. Each step is a transaction of one statement that changes nothing unless the row is as it was
read, so any number of workers may race for a document, on any isolation level, and none waits for another's work.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ..errors import Refusal
from ..findings import shorten
from . import KEEP, LEASE, Claim, ReplayKey, Stored, Tokens, new_token
from .terms import Entry, Terms, aware, lost

try:
    import sqlalchemy as sa
    from sqlalchemy.exc import IntegrityError
except ImportError as error:  # pragma: no cover - the tests have it
    raise ImportError("a guard in a database needs SQLAlchemy: pip install 'cxml-punchout[sql]'") from error

__all__ = ["SqlReplayGuard"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
#: How often a claim is tried when others are quicker. Each time one of them has got further.
_TRIES = 10


class SqlReplayGuard:
    """Remembers documents in one table, for any number of workers.

    engine: of the application; each step takes a connection from its pool and gives it back at once.
    lease: how long an attempt may take before it counts as cut off; more than the slowest handler needs.
    keep: how long an answer is remembered, at least RETRY_WINDOW.
    table, schema: where the rows stand.

    The columns for people are ``sender``, ``payload_id`` and ``status``; times are microseconds since 1970 in UTC.
    Errors of the database come through as SQLAlchemy raises them: answer them with Status 500, so that the partner
    sends again.
    """

    def __init__(
        self,
        engine: sa.Engine,
        *,
        lease: timedelta = LEASE,
        keep: timedelta = KEEP,
        tokens: Tokens = new_token,
        table: str = "cxml_replay",
        schema: str | None = None,
    ) -> None:
        self._engine = engine
        self._terms = Terms(lease, keep)
        self._tokens = tokens
        self.metadata = sa.MetaData(schema=schema)
        rows = self._rows = sa.Table(
            table,
            self.metadata,
            # Of all parts of the key: they have no greatest length, and not every database minds their case.
            sa.Column("id", sa.String(64), primary_key=True),
            sa.Column("sender", sa.Text, nullable=False),
            sa.Column("payload_id", sa.Text, nullable=False),
            sa.Column("digest", sa.LargeBinary, nullable=False),
            sa.Column("attempt", sa.Integer, nullable=False),
            sa.Column("token", sa.String(64), nullable=False),
            sa.Column("touched", sa.BigInteger, nullable=False, index=True),
            sa.Column("until", sa.BigInteger, nullable=False),
            sa.Column("status", sa.Integer),
            sa.Column("content_type", sa.Text),
            sa.Column("body", sa.LargeBinary),
        )
        self._known = sa.select(rows).where(rows.c.id == sa.bindparam("key"))
        mine = sa.and_(rows.c.id == sa.bindparam("key"), rows.c.token == sa.bindparam("held"))
        self._settle = sa.update(rows).where(mine)
        self._give_up = sa.update(rows).where(mine).values(token="", until=rows.c.touched)
        # No token stands in a finished row, so the time is what tells whether it is still the same.
        self._take_over = sa.update(rows).where(mine, rows.c.touched == sa.bindparam("seen"))

    def create_tables(self) -> None:
        """Create the table if it is not there; ``metadata`` is for those who use a migration tool."""
        self.metadata.create_all(self._engine)

    def begin(self, key: ReplayKey, digest: bytes, now: datetime) -> Claim | Stored:
        token = self._tokens()
        beaten: IntegrityError | None = None
        for _ in range(_TRIES):
            known = self._read(key)
            made = self._terms.claim(known, digest, now, token)
            if isinstance(made, Stored):
                return made
            try:
                if self._insert(key, made) if known is None else self._replace(key, known, made):
                    return Claim(key, made.attempt, token)
            except IntegrityError as error:  # somebody else was quicker, and made the row
                beaten = error
        raise Refusal(560, "this document comes too often at once; send it again later for the answer") from beaten

    def finish(self, claim: Claim, stored: Stored, now: datetime, *, connection: sa.Connection | None = None) -> None:
        """Keep the answer, for every repeat from now on.

        connection: of the application, to the same database, with its own transaction open. What the application did
            for the document and the word that it is done are then committed together or not at all, so that not even a
            crash makes two orders of one. Roll back if Refusal is raised.

        Raises Refusal (Status 560) if the claim is not held any more.
        """
        values = {
            "token": "",
            "touched": _ticks(aware(now)),
            "status": stored.status,
            "content_type": stored.content_type,
            "body": stored.body,
        }
        place = {"key": claim.key.id, "held": claim.token}
        if connection is not None:
            settled = connection.execute(self._settle.values(values), place).rowcount
        else:
            with self._engine.begin() as own:
                settled = own.execute(self._settle.values(values), place).rowcount
        if not settled:
            raise lost(claim)

    def abandon(self, claim: Claim) -> None:
        with self._engine.begin() as connection:
            connection.execute(self._give_up, {"key": claim.key.id, "held": claim.token})

    def forget(self, now: datetime) -> int:
        before = _ticks(aware(now)) - self._terms.keep // _TICK
        with self._engine.begin() as connection:
            return int(connection.execute(sa.delete(self._rows).where(self._rows.c.touched < before)).rowcount)

    # --- one statement each ----------------------------------------------------------------------------------

    def _read(self, key: ReplayKey) -> Entry | None:
        with self._engine.connect() as connection:
            row: Any = connection.execute(self._known, {"key": key.id}).first()
        if row is None:
            return None
        stored = None if row.status is None else Stored(bytes(row.body), row.content_type, row.status)
        return Entry(bytes(row.digest), row.attempt, row.token, _moment(row.touched), _moment(row.until), stored)

    def _insert(self, key: ReplayKey, made: Entry) -> bool:
        shown = {"id": key.id, "sender": shorten(key.sender, 200), "payload_id": shorten(key.payload_id, 200)}
        with self._engine.begin() as connection:
            connection.execute(sa.insert(self._rows), {**shown, **_values(made)})
        return True

    def _replace(self, key: ReplayKey, known: Entry, made: Entry) -> bool:
        place = {"key": key.id, "held": known.token, "seen": _ticks(known.touched)}
        with self._engine.begin() as connection:
            return bool(connection.execute(self._take_over.values(_values(made)), place).rowcount)


def _values(made: Entry) -> dict[str, Any]:
    """The columns of a claim."""
    return {
        "digest": made.digest,
        "attempt": made.attempt,
        "token": made.token,
        "touched": _ticks(made.touched),
        "until": _ticks(made.until),
        "status": None,
        "content_type": None,
        "body": None,
    }


def _ticks(moment: datetime) -> int:
    return (moment - _EPOCH) // _TICK


def _moment(ticks: int) -> datetime:
    return _EPOCH + ticks * _TICK
