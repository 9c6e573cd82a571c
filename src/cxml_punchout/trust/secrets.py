"""Shared secrets: held so that they cannot be shown, and compared in one place and in constant time.

A frame of a traceback shows its local variables in many a log, so a text that is a secret is not kept in one: what is
received becomes a ``Given`` and what is configured a ``Secret`` before anything can fail.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, NamedTuple, NoReturn

from ..errors import InvalidValue, UsageError
from ..forks import ForkLock, ForkSemaphore
from ..times import later

__all__ = [
    "Given",
    "Mismatch",
    "Nothing",
    "Outcome",
    "Secret",
    "Verifications",
    "find_equal",
    "fingerprint",
    "hash_secret",
    "prove",
    "secrets_of",
]

Kind = Literal["text", "env", "file", "callable", "hash"]
#: What some senders send when they have no secret.
Nothing = Literal["absent", "empty", "none"]
#: Whether a secret may be used at some time.
Window = Literal["valid", "early", "expired"]

_BLANKS = " \t\r\n"


# --- comparing -------------------------------------------------------------------------------------------------


class Mismatch(Exception):
    """Nothing was equal."""


# New in each process, so that a fingerprint in a log or a core file is of no use anywhere else.
_PEPPER = os.urandom(32)


def fingerprint(octets: bytes) -> bytes:
    """What is compared in the place of a secret: its length and its beginning cannot be felt from outside."""
    return blake2b(octets, digest_size=32, key=_PEPPER).digest()


def find_equal(given: bytes, candidates: Sequence[bytes]) -> list[int]:
    """Where the fingerprint ``given`` stands among others: the only comparison of secrets in this library.

    All candidates are looked at, in a time that does not depend on what they hold.

    Raises Mismatch if there is none.
    """
    found = [position for position, other in enumerate(candidates) if hmac.compare_digest(given, other)]
    if not found:
        raise Mismatch
    return found


# --- what is configured ----------------------------------------------------------------------------------------


def _objection(text: str) -> str:
    """Why a text cannot be a secret; "" if it can."""
    if not text:
        return "a secret must not be empty"
    if not text.strip():
        return "a secret must not be blank"
    if text.strip().casefold() == "none":
        return "'none' is what buyers send when they have no secret; it cannot be one"
    return ""


class Secret:
    """A secret that both sides know, and when it holds.

    Secret("..."), Secret.from_env("NAME"), Secret.from_file("path"), Secret.from_callable(fetch) and
    Secret.hashed("$argon2id$...") make one. What is referred to is looked up each time it is needed, so a new value
    counts at once. An empty or blank text and ``none`` are refused wherever they come from.

    It cannot be printed, formatted, pickled or compared with a text; ``reveal`` is the only way to the text, and easy
    to find in a review.

    not_before, not_after: the time in which it holds, for a rotation; both need an offset from UTC.

    Raises InvalidValue. Guide 5.3.2.2.
    """

    __slots__ = ("__weakref__", "_held", "kind", "not_after", "not_before")
    kind: Kind
    not_before: datetime | None
    not_after: datetime | None
    _held: Any

    def __init__(self, text: str, *, not_before: datetime | None = None, not_after: datetime | None = None) -> None:
        problem = "a secret is a text" if not isinstance(text, str) else _objection(text)
        held = None if problem else _Held(text)
        del text
        if problem:
            raise InvalidValue(problem, "Secret")
        self._set("text", held, not_before, not_after)

    @classmethod
    def from_env(cls, name: str, *, not_before: datetime | None = None, not_after: datetime | None = None) -> Secret:
        """The value of an environment variable."""
        return cls._make("env", name, not_before, not_after)

    @classmethod
    def from_file(
        cls, path: str | Path, *, not_before: datetime | None = None, not_after: datetime | None = None
    ) -> Secret:
        """The content of a file in UTF-8, without the line end at its end."""
        return cls._make("file", str(path), not_before, not_after)

    @classmethod
    def from_callable(
        cls, fetch: Callable[[], str], *, not_before: datetime | None = None, not_after: datetime | None = None
    ) -> Secret:
        """What a function returns, which may ask a vault. It is called for every request, so let it remember."""
        return cls._make("callable", fetch, not_before, not_after)

    @classmethod
    def hashed(cls, encoded: str, *, not_before: datetime | None = None, not_after: datetime | None = None) -> Secret:
        """A secret of which only the argon2 hash is kept, as ``hash_secret`` makes it; needs the extra ``argon2``."""
        if not isinstance(encoded, str) or not encoded.startswith("$argon2"):
            del encoded  # perhaps it is the secret itself
            raise InvalidValue("an argon2 hash is expected, as hash_secret() makes it", "Secret")
        return cls._make("hash", encoded, not_before, not_after)

    @classmethod
    def _make(cls, kind: Kind, held: Any, not_before: datetime | None, not_after: datetime | None) -> Secret:
        self = object.__new__(cls)
        self._set(kind, held, not_before, not_after)
        return self

    def _set(self, kind: Kind, held: Any, not_before: datetime | None, not_after: datetime | None) -> None:
        for limit in (not_before, not_after):
            if limit is not None and limit.tzinfo is None:
                raise InvalidValue("not_before and not_after need an offset from UTC", "Secret")
        if not_before is not None and not_after is not None and not_before >= not_after:
            raise InvalidValue("not_before must come before not_after", "Secret")
        for name, value in zip(
            ("kind", "_held", "not_before", "not_after"), (kind, held, not_before, not_after), strict=True
        ):
            object.__setattr__(self, name, value)

    @property
    def reference(self) -> str:
        """Where the text is looked up: the name of the variable or the path of the file; "" for other kinds."""
        return self._held if self.kind in ("env", "file") else ""

    @property
    def encoded(self) -> str:
        """The argon2 hash; "" for other kinds."""
        return self._held if self.kind == "hash" else ""

    def reveal(self) -> str:
        """The text itself, for sending it: as it is now where it is referred to, whether or not it holds at this time.

        It is a plain ``str`` from here on, which any log shows: put it into the document straight away
        (``SharedSecret(secret.reveal())``) and keep it out of variables. Whoever sends asks ``window`` first.

        Raises UsageError if it cannot be had: the variable is not set, the file cannot be read or holds nothing, only a
        hash is kept.
        """
        return self._look_up().text

    @property
    def problem(self) -> str:
        """Why the secret cannot be looked up at the moment, "" if it can; a hash is all that there is of it."""
        if self.kind == "hash":
            return "" if find_spec("argon2") is not None else "hashed secrets need argon2-cffi, which is not here"
        try:
            self._look_up()
        except UsageError as error:
            return error.message
        return ""

    def _look_up(self) -> _Held:
        """The text in a form that shows nothing."""
        if self.kind == "text":
            held: _Held = self._held
            return held
        if self.kind == "hash":
            raise UsageError("only the hash of this secret is kept, it cannot be revealed", "Secret")
        problem, found = _fetch(self.kind, self._held)
        if found is None:
            raise UsageError(problem, "Secret")
        return found

    def window(self, now: datetime) -> Window:
        """Whether it holds at a time; it does at both ends of its window."""
        if self.not_before is not None and now < self.not_before:
            return "early"
        return "expired" if self.not_after is not None and now > self.not_after else "valid"

    def __repr__(self) -> str:
        if not hasattr(self, "not_after"):  # a debugger looks at it before it is made
            return "Secret(***)"
        shown = f"{self.kind}={self.reference!r}" if self.reference else "***"
        limits = "".join(
            f", {name}={limit.isoformat()}"
            for name, limit in (("not_before", self.not_before), ("not_after", self.not_after))
            if limit is not None
        )
        return f"Secret({shown}{limits})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, (str, bytes, bytearray)):
            del other  # it may be the text of a secret, and stand in a traceback
            raise TypeError("a Secret is not compared with ==; authenticate() compares it")
        return self is other

    __hash__ = object.__hash__

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a Secret cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a Secret cannot be changed")

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret cannot be pickled; refer to it by environment variable or file")


class _Unpicklable:
    """Whoever writes one of these to a file would write the secret."""

    __slots__ = ()

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__.lstrip('_')} cannot be pickled, for a secret is in it")


class _Held(_Unpicklable):
    """A text that shows nothing, and the fingerprints under which it is compared."""

    __slots__ = ("padded", "print", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.padded = text != text.strip(_BLANKS)
        self.print = fingerprint(text.encode("utf-8", "surrogatepass"))


def _fetch(kind: Kind, held: Any) -> tuple[str, _Held | None]:
    """What is wrong, or what was found. Nothing is raised here, where the text is in a variable."""
    try:
        if kind == "env":
            text = os.environ.get(held)
            if text is None:
                return f"the environment variable {held} is not set", None
        elif kind == "file":
            text = Path(held).read_text("utf-8").removesuffix("\n").removesuffix("\r")
        else:
            text = held()
    except OSError as error:
        return f"the file {held} cannot be read: {error.strerror}" if kind == "file" else "the function failed", None
    except UnicodeDecodeError:
        return f"the file {held} is not in UTF-8", None
    except Exception as error:
        # The function is not ours, and what its error says may be the secret.
        return f"the function that knows the secret failed with {type(error).__name__}", None
    problem = "the function returned no text" if not isinstance(text, str) else _objection(text)
    return (problem, None) if problem else ("", _Held(text))


def secrets_of(value: Any) -> tuple[Secret, ...]:
    """What a program gave for secrets: None, a text, a Secret, or several of them.

    Raises InvalidValue.
    """
    if value is None:
        return ()
    # An iterator, for a list in a variable would show the texts that it holds.
    items = iter((value,) if isinstance(value, (str, bytes, Secret)) else value)
    del value
    return tuple(map(_secret_of, items))


def _secret_of(item: Any) -> Secret:
    if isinstance(item, Secret):
        return item
    held = [item]
    del item
    return Secret(held.pop())


# --- what is received --------------------------------------------------------------------------------------


class Given(_Unpicklable):
    """The secret that a Sender sent, or the lack of one.

    nothing: what it is if it is no secret at all: absent, empty (or blank), ``none``.
    """

    __slots__ = ("_exact", "_plain", "nothing")
    nothing: Nothing | None

    def __init__(self, text: str | None) -> None:
        self.nothing = _nothing(text)
        self._exact = (text or "").encode("utf-8", "surrogatepass")
        self._plain = self._exact.strip(_BLANKS.encode())

    @classmethod
    def unreadable(cls) -> Given:
        """For a SharedSecret that holds elements: it was sent, and it is nobody's."""
        self = cls(None)
        self.nothing = "empty"
        return self

    def fingerprint(self, padded: bool) -> bytes:
        """As it was sent if the secret on our side has blanks around it; else without those of a pretty-printer.

        Guide 5.3.2.2 asks for an exact comparison, and samples in circulation break the line around the secret.
        """
        return fingerprint(self._exact if padded else self._plain)

    @property
    def octets(self) -> bytes:
        return self._plain

    def __repr__(self) -> str:
        return f"Given({self.nothing or '***'})"


def _nothing(text: str | None) -> Nothing | None:
    if text is None:
        return "absent"
    if not text.strip():
        return "empty"
    return "none" if text.strip().casefold() == "none" else None


# --- hashes ------------------------------------------------------------------------------------------------


def _argon2() -> Any:
    try:
        import argon2
    except ImportError:
        raise UsageError("hashed secrets need argon2-cffi: pip install 'cxml-punchout[argon2]'") from None
    return argon2


def hash_secret(secret: Secret | str) -> str:
    """The argon2id hash of a secret, for ``Secret.hashed``, with the cost that argon2-cffi recommends.

    Raises InvalidValue if the secret has blanks around it, which a hash could not tell from those of a pretty-printer.
    """
    # Wrapped in the same variable, so that no text stays in this frame.
    secret = Secret(secret) if isinstance(secret, str) else secret
    if secret._look_up().padded:
        raise InvalidValue("a secret with blanks around it cannot be hashed", "Secret")
    encoded: str = _argon2().PasswordHasher().hash(secret.reveal())
    return encoded


class Verifications:
    """Hashes that were verified a short time ago, so that a busy partner does not cost 50 ms for each request.

    Only successes are remembered, as fingerprints, and only for ``lifetime``. Whoever is taken from the store of
    partners is out at once, because what is remembered is never looked at without the hash from the store.

    lifetime: how long; zero remembers nothing.
    most: how many; the oldest goes first.
    """

    __slots__ = ("_lock", "_until", "lifetime", "most")

    def __init__(self, lifetime: timedelta = timedelta(minutes=5), most: int = 10_000) -> None:
        self.lifetime = lifetime
        self.most = most
        self._until: dict[bytes, datetime] = {}
        self._lock = ForkLock()

    def check(self, encoded: str, given: Given, now: datetime) -> None:
        """Do nothing if ``encoded`` is the hash of what was given.

        Raises Mismatch.
        """
        key = fingerprint(encoded.encode() + b"\0" + given.octets)
        if self._is_known(key, now):
            return
        with _HASHING:
            # Whoever waited may have waited for the same.
            if self._is_known(key, now):
                return
            problem = _verify(encoded, given)
        if problem:
            raise Mismatch
        if self.lifetime > timedelta(0) and self.most > 0:
            with self._lock:
                # What is verified anew goes to the end, as the youngest.
                self._until.pop(key, None)
                while len(self._until) >= self.most:
                    del self._until[next(iter(self._until))]
                self._until[key] = later(now, self.lifetime)

    def _is_known(self, key: bytes, now: datetime) -> bool:
        until = self._until.get(key)
        # A clock that was set back must not prolong anything.
        return until is not None and now < until and until - now <= self.lifetime


#: Each hash takes 64 MiB, for strangers too, so only a few are computed at once; others wait for their turn.
_HASHING = ForkSemaphore(2)


def _verify(encoded: str, given: Given) -> str:
    argon2 = _argon2()
    try:
        argon2.PasswordHasher().verify(encoded, given.octets)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError) as error:
        # Raised again outside: the frames of argon2 hold what was sent.
        return type(error).__name__
    return ""


# --- proving -----------------------------------------------------------------------------------------------


class Outcome(NamedTuple):
    """What came of comparing a given secret with those on our side.

    matched: all secrets that are equal to it, of several partners perhaps.
    plain, hashes: how many secrets were compared, those that are held as they are and hashes.
    problems: why secrets could not be looked up.
    """

    matched: tuple[Secret, ...]
    plain: int
    hashes: int
    problems: tuple[str, ...]


def prove(given: Given, secrets: Sequence[Secret], verifications: Verifications, now: datetime) -> Outcome:
    """Compare what was given with all secrets, those that hold now and others, so that a log can tell what happened.

    What is no secret at all is compared too, for the sake of the time that it takes, and never equal.
    """
    held, problems = [], []
    hashes: dict[str, list[Secret]] = {}
    for secret in secrets:
        if secret.kind == "hash":
            hashes.setdefault(secret.encoded, []).append(secret)
            continue
        try:
            held.append((secret._look_up(), secret))
        except UsageError as error:
            problems.append(error.message)
    matched = _matched(given, held)
    for encoded, owners in hashes.items():
        try:
            verifications.check(encoded, given, now)
        except Mismatch:
            continue
        matched += owners
    plain = len(held) + len(problems)
    return Outcome(() if given.nothing else tuple(matched), plain, len(hashes), tuple(problems))


def _matched(given: Given, held: Sequence[tuple[_Held, Secret]]) -> list[Secret]:
    matched = []
    for padded in (False, True):
        alike = [(each.print, secret) for each, secret in held if each.padded == padded]
        if not alike:
            continue
        try:
            found = find_equal(given.fingerprint(padded), [each for each, _ in alike])
        except Mismatch:
            continue
        matched += [alike[position][1] for position in found]
    return matched
