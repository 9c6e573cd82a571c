"""Addresses to which a browser or a document may be sent."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from .errors import InvalidValue
from .findings import shorten

__all__ = ["web_address"]

#: C0 and C1 controls, which browsers drop from a URL or stop at, and halves of surrogate pairs.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]").search
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):").match
_NO_HOST = re.compile(r"""[\s\\<>"^`{|}]""").search


def web_address(url: object, path: str = "") -> str:
    """``url`` without the white space around it, if it is a whole address of http or https; else InvalidValue.

    path: what the address is for, to be named by the error. The address itself is not, for its query may hold a token.
    """
    text = url.strip(" \t\r\n") if isinstance(url, str) else ""
    if not text:
        raise InvalidValue("an address is expected, which begins with https://", path)
    if _UNSEEN(text):
        raise InvalidValue("a control character stands in the address", path)
    scheme = _SCHEME(text)
    if scheme is None:
        raise InvalidValue("the address has to be a whole one and begin with https://", path)
    if scheme[1].lower() not in ("http", "https"):
        raise InvalidValue(f"an address of http or https is expected, not of {shorten(scheme[1], 20)}", path)
    if not _has_host(text):
        raise InvalidValue("the address has no host that could be found", path)
    return text


#: All in front of the path.
_HEAD = re.compile(r"[^:]*://[^/?#]*").match
#: Longer than any name of a host with a port.
_LONGEST_HEAD = 1000


def _has_host(url: str) -> bool:
    head = _HEAD(url)
    if head is None or len(head[0]) > _LONGEST_HEAD:
        return False
    try:
        # The standard library remembers what it has split, however long it is.
        parts = urlsplit(head[0])
        host, _ = parts.hostname, parts.port
    except ValueError:  # brackets that do not fit, a port that is no number
        return False
    return bool(host) and _NO_HOST(parts.netloc) is None
