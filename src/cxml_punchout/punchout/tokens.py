"""Tokens for the address of a start page: signed, and good for a while. Needs the extra ``tokens``.

The page that a setup response names is opened by a browser, minutes later, by whoever has the address. The token in it
says which session is meant. The BuyerCookie cannot: the buyer chose it, and it is neither secret nor unique.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from ..errors import InvalidValue, TokenError
from ..trust.secrets import Secret, secrets_of

try:
    from itsdangerous import BadData, BadSignature, SignatureExpired, TimestampSigner
    from itsdangerous.encoding import base64_decode, base64_encode
except ImportError as error:  # pragma: no cover - the tests have it
    raise ImportError("start page tokens need itsdangerous: pip install 'cxml-punchout[tokens]'") from error

__all__ = ["StartPageTokens"]


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Signer(TimestampSigner):
    """A signer whose clock is given to it."""

    def __init__(self, keys: list[str], now: datetime) -> None:
        super().__init__(keys, salt="cxml_punchout.start_page", key_derivation="hmac", digest_method=sha256)
        self._now = now

    def get_timestamp(self) -> int:
        return int(self._now.timestamp())


class StartPageTokens:
    """Signs the key of a session for the address of its start page, and reads it back.

    secrets: what is signed with; several while they are changed, the newest first. They are the shop's own, and no
        partner has them.
    lifetime: how long the user may take from the setup request to the page.

    Raises InvalidValue for a secret that cannot be one, as ``Secret`` does.
    """

    def __init__(
        self,
        secrets: str | Secret | Sequence[str | Secret],
        *,
        lifetime: timedelta = timedelta(minutes=30),
    ) -> None:
        given = iter((secrets,))
        del secrets
        self._secrets = secrets_of(next(given))
        if not self._secrets or any(secret.kind == "hash" for secret in self._secrets):
            raise InvalidValue("a token is signed with a secret itself", "StartPageTokens")
        self._lifetime = lifetime

    def __repr__(self) -> str:
        return f"<StartPageTokens, {len(self._secrets)} secrets, {self._lifetime}>"

    def sign(self, key: str, *, now: datetime) -> str:
        """A token for the session with this key; it fits into an address as it is if the key does.

        Raises InvalidValue for a key that is no text, or that no address could hold.
        """
        try:
            octets = key.encode("utf-8")
        except (AttributeError, UnicodeError):
            octets = None
        if octets is None:
            raise InvalidValue("the key of a session is a text, without half a surrogate in it", "StartPageTokens")
        return self._signer(now).sign(octets).decode("utf-8")

    def read(self, token: str | None, *, now: datetime) -> str:
        """The key of the session that a token opens.

        token: exactly as it was signed. None, for an address that came without one, is no token of ours.

        Raises TokenError, whose ``reason`` is ``forged`` or ``expired``; a token from the future counts as expired.
        """
        if not isinstance(token, str) or not _is_canonical(token):
            raise TokenError("forged")
        try:
            return self._signer(now).unsign(token, max_age=int(self._lifetime.total_seconds())).decode("utf-8")
        except SignatureExpired:
            raise TokenError("expired") from None
        except (BadSignature, UnicodeError):
            raise TokenError("forged") from None

    def _signer(self, now: datetime) -> _Signer:
        if now.tzinfo is None:
            raise InvalidValue("now needs an offset from UTC")
        if now < _EPOCH:
            raise InvalidValue("a token is signed with the seconds since 1970, and now lies before that")
        # itsdangerous signs with the last of its keys.
        return _Signer([secret.reveal() for secret in reversed(self._secrets)], now)


def _is_canonical(token: str) -> bool:
    """Whether the signature is written as we write it, for base64 has many texts for the same octets."""
    signature = token.rpartition(".")[2]
    try:
        return base64_encode(base64_decode(signature)).decode("ascii") == signature
    except (BadData, UnicodeError):
        return False
