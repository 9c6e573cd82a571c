"""What is called a secret: names of elements, attributes, Extrinsics, fields and parameters, as data.

A name is cut into words where its case changes and at whatever is no letter, so that ``cardPIN`` and ``card_pin2`` are
called a pin and ``Shipping`` is not. Words that people write together are sought in the name with its cuts taken out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import lru_cache

__all__ = [
    "FRAGMENTS",
    "IN_ADDRESSES",
    "LAST",
    "NAMING",
    "PAGES",
    "SAID",
    "SHORTEST",
    "SUSPECT",
    "VALUES",
    "WHOLE",
    "WORDS",
    "Judge",
    "in_an_address",
    "judge",
    "letters",
]

#: Nobody uses these letters for anything else: they count wherever they stand in a name, cut or not.
FRAGMENTS = (
    "secret(?!ar|ion)",
    "pass-?wor[dt]",
    "passwd",
    "pass-?phrase",
    "passcode",
    "passkey",
    "pwd",
    "kennwort",
    "geheim",
    "motdepasse",
    "contrase(?:n|ñ)a",
    "wachtwoord",
)
#: Words that are written together, or with any cut between them.
TOGETHER = (
    *(f"{kind}key" for kind in ("access", "api", "auth", "crypt", "decryption", "encryption", "hmac", "license")),
    *(f"{kind}key" for kind in ("mac", "master", "private", "session", "shared", "signing", "ssh", "subscription")),
    *(f"{kind}token" for kind in ("access", "auth", "csrf", "id", "refresh", "security", "session", "user", "xsrf")),
    *(f"{kind}pass" for kind in ("db", "login", "mail", "user", "smtp")),
    *(f"{kind}pin" for kind in ("card", "user")),
    *("authcode", "authorizationcode", "onetimecode", "securitycode", "verificationcode"),
    *("cardnumber", "cardnr", "creditcardno", "pcardno", "ccnumber", "ccnum"),
    *("basicauth", "sessid", "sessionid", "setcookie", "accountkey"),
)
#: Secret as a word of its own anywhere in a name.
WORDS = (
    *("auth", "bearer", "creds", "cvc", "cvn", "cvv", "jwt", "mdp", "oauth", "otp", "pin", "pincode"),
    *("psw", "pswd", "token", "tokens", "totp"),
)
#: Secret as the last word: an authorization is, its number is not; credentials are, how they are sent is not.
LAST = ("authentication", "authorization", "credential", "credentials")
#: Secret if the name is nothing else.
WHOLE = ("cardno", "cookie", "key", "pan", "pass", "passe")
#: So many letters has the shortest name of a secret.
SHORTEST = min(map(len, (*WORDS, *LAST, *WHOLE)))
#: In the query of an address these are, too.
IN_ADDRESSES = (
    *("assertion", "hmac", "relaystate", "samlart", "samlresponse", "session", "sid", "sig", "signature", "ticket"),
)
#: Attributes that tell what an element holds, and fields that tell what stands in the next one.
NAMING = ("domain", "field", "key", "label", "name", "param", "parameter", "type")
#: Elements that hold the value of what the one in front of them names.
VALUES = ("content", "data", "text", "val", "value")
#: What people write in front of the secret itself, without a sign between them.
SAID = ("cvc2?", "cvv2?", "pass-?wor[dt]", "passcode", "passwd", "pwd", "kennwort")
#: Elements whose address lets in whoever has it.
PAGES = ("startpage",)

#: Whether a name is that of a secret.
Judge = Callable[[str], bool]

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+")
_CUT = re.compile(r"[\W\d_]+")
#: Longer names are judged by where they begin and where they end.
_LONG = 200

_together = re.compile("|".join((*FRAGMENTS, *TOGETHER))).search
_words, _last, _whole = frozenset(WORDS), frozenset(LAST), frozenset(WHOLE)
#: What is in the letters of a name if anything of all these is in the name.
SUSPECT = "|".join(sorted({*FRAGMENTS, *TOGETHER, *WORDS, *LAST, *WHOLE, "token"}))
_suspect = re.compile(SUSPECT).search


def judge(also: Collection[str] = ()) -> Judge:
    """The function that tells whether a name is that of a secret.

    also: more words that make a name one, ``("iban",)`` say; several in one, ``"tax number"``, are words in a row.
    """
    if not also:
        return _judged
    # A word stands between cuts; several of them with any cut in between.
    rows = ["-".join(_split(each)) for each in also]
    more = re.compile(f"(?<![^-])(?:{'|'.join(map(re.escape, filter(None, rows)))})(?![^-])").search
    glued = frozenset(row.replace("-", "") for row in rows if row)

    def judged(name: str) -> bool:
        if _judged(name):
            return True
        words = _split(name)
        return more("-".join(words)) is not None or "".join(words) in glued

    return judged if glued else _judged


def in_an_address(name: str) -> bool:
    """Whether a parameter of this name is a secret in the query of an address; ``judge`` comes before it."""
    return name.lower() in IN_ADDRESSES


def _judged(name: str) -> bool:
    return _remembered(name) if len(name) < 64 else _judge(f"{name[:_LONG]}-{name[-_LONG:]}")


def _split(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]


def letters(name: str) -> str:
    """A name in small letters, without its cuts."""
    return _CUT.sub("", name).lower()


def _judge(name: str) -> bool:
    bare = letters(name)
    if not _suspect(bare):
        return False
    if bare in _whole or _together(bare):
        return True
    words = _split(name)
    # Small letters that end so: nothing else does.
    return words[-1] in _last or bare.endswith("token") or not _words.isdisjoint(words)


_remembered = lru_cache(maxsize=2048)(_judge)
