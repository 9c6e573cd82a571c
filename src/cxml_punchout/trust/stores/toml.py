"""Partners in a TOML file, which is read again when it changes.

    [[partner]]
    name = "Acme"
    sender_domain = "NetworkID"
    ...
    shared_secret = { env = "ACME_SECRET" }

The fields are those of a record; secrets stand elsewhere, and files of secrets are looked for beside the TOML file.
"""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

import attrs

from ...errors import InvalidValue, UsageError
from ...forks import ForkLock
from ..credentials import STANDARD_DOMAINS, Account, Domains, fold, stripped
from ..credentials import advice as advice_on
from ..partners import ROLES, Partner, Role, Standing
from ..records import partner_of, shielded
from ..secrets import Secret, Verifications
from .memory import MemoryStore, clashes

__all__ = ["Checked", "TomlStore", "check"]


@attrs.frozen
class Checked:
    """What was found in a file of partners.

    partners: the records that are right.
    faults: why the file cannot be used, with the record and its line.
    advice: what is unusual, or depends on the machine, such as a variable that is not set here.
    """

    partners: tuple[Partner, ...]
    faults: tuple[str, ...]
    advice: tuple[str, ...] = attrs.field(default=(), eq=False)


def check(path: str | Path, *, domains: Domains = STANDARD_DOMAINS) -> Checked:
    """Read a file of partners and explain all its faults; nothing is raised."""
    path = Path(path)
    problem, data, lines = _read(path)
    if problem:
        return Checked((), (problem,))
    faults = [f"there is no table {key}; partners stand in [[partner]]" for key in data if key != "partner"]
    records = data.get("partner", [])
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        return Checked((), (*faults, "partners stand in tables called [[partner]]"))
    partners, advice = [], []
    for number, record in enumerate(records):
        line = f"line {lines[number]}: " if len(lines) == len(records) else f"record {number + 1}: "
        try:
            partner = partner_of(record, path.parent)
        except UsageError as error:
            faults.append(f"{line}{error}")
            continue
        partners.append(partner)
        advice += [f"{line}{sentence}" for sentence in _advice(partner)]
    faults += clashes(partners, domains)
    if not records:
        advice.append("there is no [[partner]] in the file, so nobody is let in")
    return Checked(tuple(partners), tuple(faults), tuple(advice))


_TABLE = re.compile(r"^[ \t]*\[\[[ \t]*partner[ \t]*\]\]", re.MULTILINE)


def _read(path: Path) -> tuple[str, dict[str, Any], list[int]]:
    """What is wrong with the file as such, its tables without secrets in the clear, the lines of ``[[partner]]``."""
    try:
        text = path.read_text("utf-8")
        lines = [text.count("\n", 0, table.start()) + 1 for table in _TABLE.finditer(text)]
        return "", shielded(tomllib.loads(text)), lines
    except OSError as error:
        return f"the file cannot be read: {error.strerror}", {}, []
    except UnicodeDecodeError:
        return "the file is not in UTF-8", {}, []
    except tomllib.TOMLDecodeError as error:
        # It tells the place, and never quotes more than one character.
        return f"the file is not TOML: {error}", {}, []
    except (ValueError, RecursionError):
        return "the file is not TOML: a number or a nesting in it is too long", {}, []


def _advice(partner: Partner) -> Iterator[str]:
    named = f"{partner.name}: "
    for account in dict.fromkeys(account for role in ROLES for account in partner.accounts[role]):
        for sentence in advice_on(account):
            yield f"{named}{account}: {sentence}"
    yield from (f"{named}{sentence}" for sentence in (*_advice_on_mode(partner), *_advice_on_urls(partner)))
    if any(secret.kind == "hash" for secret in partner.secrets) and find_spec("argon2") is None:
        yield f"{named}hashed secrets need argon2-cffi, which is not here: pip install 'cxml-punchout[argon2]'"
    for secret in (*partner.secrets, *partner.mac_secrets):
        if secret.kind in ("env", "file"):
            try:
                secret.reveal()
            except UsageError as error:
                yield f"{named}{error.message}"


def _advice_on_mode(partner: Partner) -> Iterator[str]:
    if partner.mode != "production":
        return
    for account in dict.fromkeys(account for role in ROLES for account in partner.accounts[role]):
        if STANDARD_DOMAINS.key(account.domain) == "networkid" and fold(stripped(account.identity)).endswith("-t"):
            yield f"{account} is the name of a test account, and the record is for production"


def _advice_on_urls(partner: Partner) -> Iterator[str]:
    for field in ("punchout_url", "purchase_order_url"):
        url = getattr(partner, field)
        if not url:
            yield f"{field} is not given, so the sheet for the customer has a gap"
        elif not url.startswith("https:"):
            yield f"{field} is not https; the shared secret would travel in the clear"


class TomlStore:
    """Partners in a TOML file.

    The file is looked at for each document, and read again when its time, size or inode has changed. If it cannot be
    used then, the partners that were read last stay, and ``problem`` says why until the file is mended. One that has
    become shorter, or in which a partner is missing or nobody is left, may be half written: it is taken when it has not
    changed for ``quiet``. While there is a problem, a document that would be refused is answered 500, for it may come
    from somebody whom the file would name. Replace the file in one step: write another one beside it and rename that.

    quiet: how long a file that may be half written has to rest.
    clock: seconds that only grow, to measure that.

    Raises InvalidValue, with all faults, if the file cannot be used when the store is made.
    """

    __slots__ = ("_clock", "_domains", "_loaded", "_lock", "_mark", "_size", "_watched", "path", "problem", "quiet")

    def __init__(
        self,
        path: str | Path,
        *,
        domains: Domains = STANDARD_DOMAINS,
        verifications: Verifications | None = None,
        quiet: timedelta = timedelta(seconds=2),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = Path(path)
        self.problem = ""
        self.quiet = quiet
        self._clock = clock
        self._domains = domains
        self._loaded = MemoryStore((), domains=domains, verifications=verifications)
        #: Of the file that was judged last, and of one that is watched until it has been quiet: since when.
        self._mark: _Mark = None
        self._watched: tuple[_Mark, float] | None = None
        self._size = 0
        self._lock = ForkLock()
        faults = self._refresh()
        if faults:
            raise InvalidValue(_joined(faults), str(self.path))

    def __repr__(self) -> str:
        return f"<TomlStore {str(self.path)!r}>"

    def __iter__(self) -> Iterator[Partner]:
        return iter(self._current())

    @property
    def domains(self) -> Domains:
        return self._domains

    @property
    def verifications(self) -> Verifications:
        return self._loaded.verifications

    def find(self, role: Role, accounts: Sequence[Account]) -> Sequence[Sequence[Partner]]:
        return self._current().find(role, accounts)

    def standing(self, role: Role, account: Account) -> Standing:
        return self._current().standing(role, account)

    def standings(self, role: Role, accounts: Sequence[Account]) -> Sequence[Standing]:
        return self._current().standings(role, accounts)

    def decoys(self) -> Sequence[Secret]:
        return self._current().decoys()

    def _current(self) -> MemoryStore:
        if self._mark_of() != self._mark:
            with self._lock:
                self._refresh()
        return self._loaded

    def _refresh(self) -> tuple[str, ...]:
        """Judge the file as it is now; tells what is wrong with it."""
        # The mark is taken first: a change while we read is noticed the next time.
        mark = self._mark_of()
        if mark is not None and mark == self._mark:
            return ()  # another thread was quicker
        if self._watched is None or self._watched[0] != mark:
            self._watched = mark, self._clock()
        elif not self._is_quiet(mark):
            return ()
        checked = check(self.path, domains=self._domains)
        if not checked.faults and self._may_be_half(checked, mark) and not self._is_quiet(mark):
            self._mark = None
            self._say(
                "the file is smaller than it was or a partner is missing; it is taken when it has not changed a while"
            )
            return ()
        if not checked.faults:
            self._loaded = MemoryStore(checked.partners, domains=self._domains, verifications=self.verifications)
            self._size = _size_of(mark)
        self._say(_joined(checked.faults))
        self._mark, self._watched = mark, None
        return checked.faults

    def _is_quiet(self, mark: _Mark) -> bool:
        """Whether nobody has written for a while: nobody did since it was noticed, or long before that."""
        assert self._watched is not None
        written = mark[0] / 1e9 if isinstance(mark, tuple) else time.time()
        return self._clock() - self._watched[1] >= self.quiet.total_seconds() or time.time() - written >= _LONG_AGO

    def _may_be_half(self, checked: Checked, mark: _Mark) -> bool:
        """Whether a right file may be the beginning of another one, which somebody is about to write on."""
        names = {(partner.name, partner.mode) for partner in checked.partners}
        missing = any((partner.name, partner.mode) not in names for partner in self._loaded)
        return not names or missing or _size_of(mark) < self._size

    def _say(self, problem: str) -> None:
        if problem and problem != self.problem:
            import logging  # most programs never get here

            logging.getLogger("cxml_punchout").error("partners in %s: %s", self.path, problem)
        self.problem = problem

    def _mark_of(self) -> _Mark:
        try:
            status = self.path.stat()
        except OSError as error:
            return error.errno
        return status.st_mtime_ns, status.st_size, status.st_ino


#: What tells one state of a file from another: time, size, inode; or why it has none.
_Mark: TypeAlias = "tuple[int, int, int] | int | None"
#: A file that was written so many seconds ago is not being written now, though the clocks of two machines differ.
_LONG_AGO = 60.0


def _size_of(mark: _Mark) -> int:
    return mark[1] if isinstance(mark, tuple) else 0


def _joined(faults: Iterable[str]) -> str:
    return "\n".join(faults)
