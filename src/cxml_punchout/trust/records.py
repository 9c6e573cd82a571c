"""Partners as plain records, the form in which files and databases keep them: no secret stands in one.

    sender_domain = "NetworkID"
    supplier_domain = "DUNS"
    from_identity = "AN01000000123"
    to_identity = "123456789"
    sender_identity = "AN01000000123"
    shared_secret = { env = "ACME_SECRET" }

A secret is ``{ env = "NAME" }``, ``{ file = "path" }`` or ``{ hash = "$argon2id$..." }``, with ``not_before`` and
``not_after`` if it has a term, or a list of such. ``more_sender``, ``more_from`` and ``more_to`` are lists of
``{ domain = "...", identity = "..." }``, with ``marketplace = true`` if the name is that of a marketplace.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs

from ..errors import InvalidValue, UsageError
from .credentials import Account
from .partners import Partner
from .secrets import Secret

__all__ = ["partner_of", "record_of", "shielded"]

_TEXTS = (
    "name",
    "mode",
    "sender_domain",
    "supplier_domain",
    "from_domain",
    "from_identity",
    "to_identity",
    "sender_identity",
    "punchout_url",
    "purchase_order_url",
    "version",
)
_NEEDED = ("sender_domain", "supplier_domain", "to_identity", "sender_identity")
_NAMES = ("more_sender", "more_from", "more_to")
_SECRETS = ("shared_secret", "mac_secret")
_SWITCHES = ("any_from", "accepts_missing_to")
_FIELDS = (*_TEXTS, *_NAMES, *_SECRETS, *_SWITCHES, "accepts_no_secret")
_KINDS = ("env", "file", "hash")
# What is called otherwise may be a secret under a name that is misspelt.
_NO_SECRETS = frozenset(
    (*_TEXTS, *_NAMES, *_SWITCHES, "accepts_no_secret", "partner", "domain", "identity", "marketplace")
)


@attrs.frozen(repr=False)
class _Shield:
    """Stands where a secret stood in the clear."""


def shielded(value: Any, secret: bool = False) -> Any:
    """A record from outside without the texts that stand where only references to secrets may, or nobody knows what.

    Done before anything else, so that no error and no traceback ever holds such a text.
    """
    if isinstance(value, Mapping):
        return {
            key: shielded(item, not _is_reference(key, item) if secret else key not in _NO_SECRETS)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [shielded(item, secret) for item in value]
    return _Shield() if secret else value


_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*").fullmatch


def _is_reference(key: object, value: Any) -> bool:
    """Whether a part of a secret's table can be shown: what is no name of a variable may be the secret itself."""
    if key in ("env", "hash") and isinstance(value, str):
        return bool(_VARIABLE(value)) if key == "env" else value.startswith("$argon2")
    return key in ("file", "not_before", "not_after")


def partner_of(record: Mapping[str, Any], directory: Path | None = None) -> Partner:
    """The partner of a record that ``shielded`` has gone over.

    directory: what paths of secret files are relative to.

    Raises InvalidValue, which lists all faults.
    """
    faults: list[str] = []
    fields: dict[str, Any] = {}
    for key, value in record.items():
        if key not in _FIELDS:
            near = difflib.get_close_matches(str(key), _FIELDS, 1)
            faults.append(f"there is no field {key}{f'; is it {near[0]}?' if near else ''}")
        elif key in _TEXTS and not isinstance(value, str):
            faults.append(f"{key} is a text in quotes, not {type(value).__name__}")
        elif key in _NAMES:
            fields[key] = _accounts_of(key, value, faults)
        elif key in _SECRETS:
            fields[key] = _secrets_of(key, value, directory, faults)
        elif key in _SWITCHES and not isinstance(value, bool):
            faults.append(f"{key} is true or false")
        elif key == "accepts_no_secret" and not _is_texts(value):
            faults.append("accepts_no_secret is a list of texts")
        else:
            fields[key] = value
    faults += [f"{key} is missing" for key in _NEEDED if key not in record]
    if not faults:
        try:
            return Partner(**fields)
        except InvalidValue as error:
            faults.append(error.message)
    raise InvalidValue("; ".join(faults), f"partner {record.get('name', '')}".strip())


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _accounts_of(key: str, value: Any, faults: list[str]) -> list[Account]:
    accounts = []
    for item in value if isinstance(value, list) else [value]:
        known = isinstance(item, Mapping) and item.keys() <= {"domain", "identity", "marketplace"}
        if (
            known
            and isinstance(item.get("domain"), str)
            and isinstance(item.get("identity"), str)
            and isinstance(item.get("marketplace", False), bool)
        ):
            accounts.append(Account(item["domain"], item["identity"], item.get("marketplace", False)))
        else:
            faults.append(f'{key} is a list of {{ domain = "...", identity = "..." }}')
    return accounts


def _secrets_of(key: str, value: Any, directory: Path | None, faults: list[str]) -> list[Secret]:
    secrets = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, _Shield):
            faults.append(f'{key} stands there in the clear; write {{ env = "NAME" }} or {{ file = "path" }}')
            continue
        try:
            secrets.append(_secret_of(item, directory))
        except UsageError as error:
            faults.append(f"{key}: {error}")
    return secrets


def _secret_of(item: Any, directory: Path | None) -> Secret:
    kinds = [kind for kind in _KINDS if isinstance(item, Mapping) and kind in item]
    if len(kinds) != 1 or item.keys() - {*kinds, "not_before", "not_after"} or not isinstance(item[kinds[0]], str):
        raise InvalidValue("a secret is one of env, file and hash, perhaps with not_before and not_after")
    limits = {name: _moment(name, item.get(name)) for name in ("not_before", "not_after")}
    if kinds[0] == "env":
        return Secret.from_env(item["env"], **limits)
    if kinds[0] == "hash":
        return Secret.hashed(item["hash"], **limits)
    return Secret.from_file(item["file"] if directory is None else directory / item["file"], **limits)


def _moment(name: str, value: Any) -> datetime | None:
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            pass
    elif value is None or isinstance(value, datetime):
        return value
    raise InvalidValue(f"{name} is a time such as 2026-12-31T23:59:59+01:00")


# --- the way back ------------------------------------------------------------------------------------------


def record_of(partner: Partner) -> dict[str, Any]:
    """A partner as plain values, for a database.

    Raises InvalidValue if a secret of it is held in memory only: records keep references and hashes.
    """
    record: dict[str, Any] = {key: getattr(partner, key) for key in _TEXTS if getattr(partner, key)}
    for key in _NAMES:
        if accounts := getattr(partner, key):
            record[key] = [_names_of(account) for account in accounts]
    for key, secrets in (("shared_secret", partner.secrets), ("mac_secret", partner.mac_secrets)):
        if secrets:
            record[key] = _references(secrets, f"partner {partner.name}")
    record |= {key: True for key in _SWITCHES if getattr(partner, key)}
    if partner.accepts_no_secret:
        record["accepts_no_secret"] = sorted(partner.accepts_no_secret)
    return record


def _names_of(account: Account) -> dict[str, Any]:
    named: dict[str, Any] = {"domain": account.domain, "identity": account.identity}
    return named | {"marketplace": True} if account.marketplace else named


def _references(secrets: Sequence[Secret], path: str) -> list[dict[str, str]]:
    found = []
    for secret in secrets:
        if secret.kind not in _KINDS:
            raise InvalidValue("a secret is stored as a reference or a hash: use from_env, from_file or hashed", path)
        reference: dict[str, str] = {secret.kind: secret.reference or secret.encoded}
        for name in ("not_before", "not_after"):
            if (limit := getattr(secret, name)) is not None:
                reference[name] = limit.isoformat()
        found.append(reference)
    return found
