"""Partners in an SQL database, through SQLAlchemy Core; needs the extra ``sql``.

A partner is one row with its record as JSON, which holds references to secrets and hashes but no secret, and one row
for each of its names in the form in which names are compared. A document is authenticated with one query.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Any

from ...errors import InvalidValue
from ..credentials import STANDARD_DOMAINS, Account, Domains
from ..partners import ROLES, Partner, Role, Standing
from ..records import partner_of, record_of, shielded
from ..secrets import Secret, Verifications
from .memory import clashes

try:
    import sqlalchemy as sa
except ImportError as error:  # pragma: no cover - the tests have it
    raise ImportError("partners in a database need SQLAlchemy: pip install 'cxml-punchout[sql]'") from error

__all__ = ["SqlStore"]

#: Characters of a name; MySQL, for one, makes no index of more.
_LONGEST = 200
#: Records that were read from JSON, kept by their text.
_MOST_READ = 10_000


class SqlStore:
    """Partners in a database, in two tables whose names begin with ``prefix``.

    engine: of the application; queries take a connection from its pool.
    domains: how names are compared. The rows depend on it, so write them again when it changes.
    schema: where the tables stand, for databases that have such.

    Errors of the database come through as SQLAlchemy raises them: answer them with Status 500, so that the partner
    sends again.
    """

    def __init__(
        self,
        engine: sa.Engine,
        *,
        domains: Domains = STANDARD_DOMAINS,
        verifications: Verifications | None = None,
        prefix: str = "cxml_partner",
        schema: str | None = None,
    ) -> None:
        self._engine = engine
        self._domains = domains
        self._verifications = verifications or Verifications()
        self._read: dict[str, Partner] = {}
        self._lock = Lock()
        self.metadata = sa.MetaData(schema=schema)
        partners = self._partners = sa.Table(
            prefix,
            self.metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("name", sa.Text, nullable=False),
            sa.Column("mode", sa.Text, nullable=False),
            sa.Column("record", sa.Text, nullable=False),
            sa.Column("hashes", sa.Integer, nullable=False),
            sa.Column("secrets", sa.Integer, nullable=False),
            sa.Index(f"ix_{prefix}_cost", "hashes", "secrets"),
        )
        names = self._names = sa.Table(
            f"{prefix}_name",
            self.metadata,
            # The order of the key is that of the search: a name, or any name in a domain.
            sa.Column("role", sa.String(6), primary_key=True),
            sa.Column("marketplace", sa.Integer, primary_key=True),
            sa.Column("domain", sa.String(_LONGEST), primary_key=True),
            sa.Column("identity", sa.String(_LONGEST), primary_key=True),
            sa.Column("partner", sa.ForeignKey(partners.c.id, ondelete="CASCADE"), primary_key=True),
            sa.Index(f"ix_{prefix}_name_partner", "partner"),
        )
        place = sa.and_(
            names.c.role == sa.bindparam("role"),
            names.c.marketplace == sa.bindparam("marketplace"),
            names.c.domain == sa.bindparam("domain"),
        )
        exact = sa.and_(place, names.c.identity == sa.bindparam("identity"))
        self._find = (
            sa.select(partners.c.record)
            .join(names, names.c.partner == partners.c.id)
            .where(exact)
            .order_by(partners.c.id)
        )
        # One query for both, so that a known name and an unknown one take the same time.
        self._standing = sa.select(sa.select(names).where(exact).exists(), sa.select(names).where(place).exists())
        self._cost = sa.select(partners.c.record).order_by(partners.c.hashes.desc(), partners.c.secrets.desc()).limit(1)

    def create_tables(self) -> None:
        """Create the tables if they are not there; ``metadata`` is for those who use a migration tool."""
        self.metadata.create_all(self._engine)

    # --- what authenticate asks ----------------------------------------------------------------------------

    @property
    def domains(self) -> Domains:
        return self._domains

    @property
    def verifications(self) -> Verifications:
        return self._verifications

    def find(self, role: Role, accounts: Sequence[Account]) -> Sequence[Sequence[Partner]]:
        with self._engine.connect() as connection:
            return [self._found(connection, role, account) for account in accounts]

    def _found(self, connection: sa.Connection, role: Role, account: Account) -> list[Partner]:
        return [
            self._partner(record)
            for place in self._places(role, account)
            for (record,) in connection.execute(self._find, place)
        ]

    def standing(self, role: Role, account: Account) -> Standing:
        with self._engine.connect() as connection:
            found = [connection.execute(self._standing, place).one() for place in self._places(role, account)]
        if any(named for named, _ in found):
            return "named"
        return "domain" if any(used for _, used in found) else "unknown"

    def decoys(self) -> Sequence[Secret]:
        with self._engine.connect() as connection:
            row = connection.execute(self._cost).first()
        return self._partner(row[0]).secrets if row else ()

    def _places(self, role: Role, account: Account) -> list[dict[str, Any]]:
        return [
            {"role": role, "marketplace": int(account.marketplace), "domain": domain, "identity": identity}
            for domain, identity in self._domains.keys(account)
        ]

    def _partner(self, text: str) -> Partner:
        # One text is one object, which is what find() promises, and saves most of the time.
        found = self._read.get(text)
        if found is None:
            found = partner_of(shielded(json.loads(text)))
            with self._lock:
                while len(self._read) >= _MOST_READ:
                    del self._read[next(iter(self._read))]
                # Another thread may have been faster; one text is one object.
                found = self._read.setdefault(text, found)
        return found

    # --- keeping partners ----------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Partner]:
        return iter([partner for _, partner in self.items()])

    def items(self) -> list[tuple[int, Partner]]:
        """All partners with their numbers."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                sa.select(self._partners.c.id, self._partners.c.record).order_by(self._partners.c.id)
            )
            return [(number, self._partner(record)) for number, record in rows]

    def add(self, partner: Partner) -> int:
        """Store a partner and return its number.

        Raises InvalidValue if a secret of it is neither a reference nor a hash, or if it fits the same documents as
        another one.
        """
        record = record_of(partner)
        with self._engine.begin() as connection:
            return self._insert(connection, record)

    def replace(self, number: int, partner: Partner) -> int:
        """Store a partner in the place of another one and return its new number; in between there is no gap."""
        record = record_of(partner)
        with self._engine.begin() as connection:
            self._delete(connection, number)
            return self._insert(connection, record)

    def remove(self, number: int) -> None:
        """Take a partner out; from the next document on it is nobody."""
        with self._engine.begin() as connection:
            self._delete(connection, number)

    def _delete(self, connection: sa.Connection, number: int) -> None:
        connection.execute(sa.delete(self._names).where(self._names.c.partner == number))
        gone = connection.execute(sa.delete(self._partners).where(self._partners.c.id == number))
        if not gone.rowcount:
            raise InvalidValue(f"there is no partner with the number {number}", "SqlStore")

    def _insert(self, connection: sa.Connection, record: dict[str, Any]) -> int:
        text = json.dumps(record, ensure_ascii=False, sort_keys=True)
        partner = self._partner(text)
        places = [self._places(role, account)[0] for role in ROLES for account in partner.accounts[role]]
        if any(len(place[part]) > _LONGEST for place in places for part in ("domain", "identity")):
            raise InvalidValue(f"a domain and an identity have at most {_LONGEST} characters here", "SqlStore")
        others = [
            other for account in partner.accounts["sender"] for other in self._found(connection, "sender", account)
        ]
        faults = clashes([*dict.fromkeys(others), partner], self._domains)
        if faults or any(other is partner for other in others):
            raise InvalidValue("; ".join(faults) or f"{partner.name} is there already", "SqlStore")
        row = {
            "name": partner.name,
            "mode": partner.mode,
            "record": text,
            "hashes": sum(secret.kind == "hash" for secret in partner.secrets),
            "secrets": len(partner.secrets),
        }
        number = connection.execute(sa.insert(self._partners), row).inserted_primary_key
        assert number is not None
        connection.execute(sa.insert(self._names), [{**place, "partner": number[0]} for place in places])
        return int(number[0])
