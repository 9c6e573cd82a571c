"""Partners in an SQL database, through SQLAlchemy Core; needs the extra ``sql``.

A partner is one row with its record as JSON, which holds references to secrets and hashes but no secret, and one row
for each of its names in the form in which names are compared; one more is for what people call it. A document is
authenticated with one query, and refused with three, however many names it gives.

What is equal is decided here: the database, which may compare without case or accents, only narrows it down.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from ...errors import InvalidValue, UsageError
from ...findings import shorten
from ...forks import ForkLock
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
#: The columns that a name is found by, and what stands in them.
_COLUMNS = ("marketplace", "domain", "identity")
_Place: TypeAlias = tuple[int, str, str]
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
        self._lock = ForkLock()
        self._statements: dict[int, tuple[Any, Any]] = {}
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
        self._names = sa.Table(
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
        """For each name, all records that have it in this part of the header.

        Raises UsageError if two partners among them have one name, for somebody else wrote the rows.
        """
        with self._engine.connect() as connection:
            return self._found(connection, role, accounts)

    def _found(self, connection: sa.Connection, role: Role, accounts: Sequence[Account]) -> list[list[Partner]]:
        places = [self._places(account) for account in accounts]
        asked = list(dict.fromkeys(place for several in places for place in several if not _is_too_long(place)))
        if not asked:
            return [[] for _ in accounts]
        records = self._found_at(connection, role, asked)
        found = [[partner for place in several for partner in records.get(place, ())] for several in places]
        _refuse_equal_names([partner for several in records.values() for partner in several], self._domains)
        return found

    def _found_at(self, connection: sa.Connection, role: str, places: Sequence[_Place]) -> dict[_Place, list[Partner]]:
        find, _ = self._statements_for(len(places))
        records: dict[_Place, list[Partner]] = {}
        for *row, record in connection.execute(find, {"role": role, **_parameters(places)}):
            marketplace, domain, identity = row
            records.setdefault((int(marketplace), domain, identity), []).append(self._partner(record))
        return records

    def standing(self, role: Role, account: Account) -> Standing:
        return "named" if self.find(role, [account])[0] else self.standings(role, [account])[0]

    def standings(self, role: Role, accounts: Sequence[Account]) -> Sequence[Standing]:
        """What is known of the domains of some names: it does not tell whose name is whose.

        A database that takes é for e takes two such domains for one; then a name in either has to be a known one.
        """
        places = [[place for place in self._places(account) if not _is_too_long(place)] for account in accounts]
        domains = list(dict.fromkeys((place[0], place[1], "") for several in places for place in several))
        if not domains:
            return ["unknown" for _ in accounts]
        _, used = self._statements_for(len(domains))
        with self._engine.connect() as connection:
            row = connection.execute(used, {"role": role, **_parameters(domains)}).one()
        known = {domain for domain, is_used in zip(domains, row, strict=True) if is_used}
        return [
            "domain" if any((place[0], place[1], "") in known for place in several) else "unknown" for several in places
        ]

    def _statements_for(self, count: int) -> tuple[Any, Any]:
        """The questions for so many names: which records have one of them, and which of their domains are in use."""
        made = self._statements.get(count)
        if made is None:
            partners, names = self._partners, self._names
            place = [
                (names.c.marketplace == sa.bindparam(f"marketplace{at}"), names.c.domain == sa.bindparam(f"domain{at}"))
                for at in range(count)
            ]
            exact = [sa.and_(*each, names.c.identity == sa.bindparam(f"identity{at}")) for at, each in enumerate(place)]
            role = names.c.role == sa.bindparam("role")
            find = (
                sa.select(names.c.marketplace, names.c.domain, names.c.identity, partners.c.record)
                .select_from(names.join(partners, names.c.partner == partners.c.id))
                .where(role, sa.or_(*exact))
                .order_by(partners.c.id)
            )
            used = sa.select(*(sa.select(names).where(role, *each).exists() for each in place))
            made = self._statements[count] = find, used
        return made

    def decoys(self) -> Sequence[Secret]:
        with self._engine.connect() as connection:
            row = connection.execute(self._cost).first()
        return self._partner(row[0]).secrets if row else ()

    def _places(self, account: Account) -> list[_Place]:
        return [(int(account.marketplace), *key) for key in self._domains.keys(account)]

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

        Raises InvalidValue if a secret of it is neither a reference nor a hash, if it fits the same documents as
        another one, or has the name of another one.
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
        own = {role: [self._places(account)[0] for account in partner.accounts[role]] for role in ROLES}
        if any(_is_too_long(place) for places in own.values() for place in places):
            raise InvalidValue(f"a domain and an identity have at most {_LONGEST} characters here", "SqlStore")
        others = [
            *(other for found in self._found(connection, "sender", partner.accounts["sender"]) for other in found),
            *self._found_at(connection, "name", [_place_of_name(partner)]).get(_place_of_name(partner), ()),
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
        rows = [
            {**dict(zip(_COLUMNS, place, strict=True)), "role": role, "partner": number[0]}
            for role, places in (*own.items(), ("name", [_place_of_name(partner)]))
            for place in places
        ]
        connection.execute(sa.insert(self._names), rows)
        return int(number[0])


def _place_of_name(partner: Partner) -> _Place:
    """Where the name of a partner stands among the others, so that its twin is found: as a digest, it may be long."""
    return 0, partner.mode, hashlib.sha256(partner.name.encode("utf-8", "surrogatepass")).hexdigest()


def _parameters(places: Sequence[_Place]) -> dict[str, Any]:
    return {
        f"{column}{at}": part for at, place in enumerate(places) for column, part in zip(_COLUMNS, place, strict=True)
    }


def _is_too_long(place: _Place) -> bool:
    """Whether no row can hold it, so that the database need not be asked."""
    return len(place[1]) > _LONGEST or len(place[2]) > _LONGEST


def _refuse_equal_names(found: Sequence[Partner], domains: Domains) -> None:
    distinct = list(dict.fromkeys(found))
    if len({(partner.name, partner.mode) for partner in distinct}) < len(distinct):
        faults = [fault for fault in clashes(distinct, domains) if "is the name of two partners" in fault]
        if faults:
            raise UsageError(shorten("; ".join(faults), 500), "SqlStore")
