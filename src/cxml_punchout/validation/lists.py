"""Lists of codes that others keep: currencies, countries, their subdivisions, languages, units of measure.

ISO codes come from pycountry, which the extra ``codes`` installs. For units there is no such library; theirs are in
``units.txt``, with the source named.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["INSTALL", "available", "countries", "currencies", "known_language", "states", "units", "unknown"]

INSTALL = (
    "Codes of currencies, countries, states and languages were not looked up; "
    "pip install 'cxml-punchout[codes]' brings the lists."
)


def available() -> bool:
    """Whether the lists of ISO codes are installed."""
    return _library() is not None


@cache
def _library() -> Any:
    try:
        import pycountry
    except ImportError:
        return None
    return pycountry


@cache
def _codes(database: str, *attributes: str) -> frozenset[str]:
    entries = getattr(_library(), database, ())
    return frozenset(
        code for entry in entries for name in attributes if isinstance(code := getattr(entry, name, None), str)
    )


def currencies() -> frozenset[str]:
    return _codes("currencies", "alpha_3")


def countries() -> frozenset[str]:
    return _codes("countries", "alpha_2")


def states() -> frozenset[str]:
    return _codes("subdivisions", "code")


def known_language(code: str) -> bool:
    """Whether the first part of ``en-GB`` is a language of ISO 639."""
    return code.partition("-")[0].lower() in _codes("languages", "alpha_2", "alpha_3")


@cache
def units() -> frozenset[str]:
    """All units of UN/CEFACT Recommendation 20, all packages of Recommendation 21, with and without their X."""
    text = files("cxml_punchout.validation").joinpath("units.txt").read_text("ascii")
    found: set[str] = set()
    packages = False
    for line in text.splitlines():
        if line.startswith("["):
            packages = line == "[Recommendation 21]"
        elif not line.startswith("#"):
            found.update(line.split())
            found.update(f"X{code}" for code in line.split() if packages)
    return frozenset(found)


def unknown(name: str, text: str) -> str:
    """The kind of code that is on no list; "" if it is on one, or has a form that none has."""
    if name == "language":
        if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", text):
            return ""
        if not known_language(text):
            return "language"
        country = re.match(r"[A-Za-z]+-([A-Za-z]{2})(?:-|$)", text)
        return "country" if country and country[1].upper() not in countries() else ""
    lists_of: dict[str, tuple[str, Callable[[], frozenset[str]]]] = {
        "currency": (r"[A-Z]{3}", currencies),
        "country": (r"[A-Z]{2}", countries),
        "state": (r"[A-Z]{2}-[A-Z0-9]{1,3}", states),
        "unit": (r"[A-Z0-9]{1,3}", units),
    }
    pattern, known = lists_of[name]
    return name if re.fullmatch(pattern, text) and text not in known() else ""
