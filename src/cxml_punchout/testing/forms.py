"""The forms of an HTML page, as a browser would send them; for tests that do without a browser.

The page is read in one pass that never goes back, as browsers read it. ``html.parser`` begins anew at each ``<`` of a
tag that is not closed, so that a page of nothing else takes time that grows with the square of its length.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping

import attrs

__all__ = ["Form", "forms_of"]


@attrs.frozen
class Form:
    """One form of a page.

    action: where it is posted; "" is the page itself.
    method: ``get`` or ``post``.
    fields: name -> value of what would be sent without touching anything, buttons left out.
    """

    action: str
    method: str
    fields: Mapping[str, str]


def forms_of(page: str) -> tuple[Form, ...]:
    """The forms of a page in their order."""
    forms: list[Form] = []
    fields: dict[str, str] | None = None
    for tag, given, text in _tags(page):
        if tag == "form":
            fields = {}
            forms.append(Form(given.get("action", ""), given.get("method", "get").lower(), fields))
        elif tag == "/form":
            fields = None
        elif fields is None or "name" not in given or "disabled" in given:
            continue
        elif tag == "textarea":
            fields[given["name"]] = text
        elif tag == "input" and _is_sent(given):
            fields[given["name"]] = given.get("value", "")
    return tuple(forms)


def _is_sent(given: Mapping[str, str]) -> bool:
    kind = given.get("type", "text").lower()
    if kind in ("checkbox", "radio"):
        return "checked" in given
    return kind not in ("submit", "button", "image", "reset", "file")


# --- reading HTML ---------------------------------------------------------------------------------------------

_NAME = re.compile(r"</?[A-Za-z][^ \t\n\f\r/>]*")
_BLANKS = re.compile(r"[ \t\n\f\r/]*")
_ATTRIBUTE = re.compile(r"=?[^ \t\n\f\r/>=]*")
_EQUALS = re.compile(r"""[ \t\n\f\r]*=[ \t\n\f\r]*(["']?)""")
_BARE = re.compile(r"[^ \t\n\f\r>]*")
_LONG = re.compile(r"&#(?:[0-9]{20,}|[Xx][0-9A-Fa-f]{20,});?")
#: Elements that hold nothing but text, whatever it looks like.
_TEXTS = {
    name: re.compile(rf"</{name}(?=[ \t\n\f\r/>])", re.IGNORECASE)
    for name in ("textarea", "title", "script", "style", "xmp", "iframe", "noembed", "noframes")
}


def _tags(page: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """The tags of a page: the name, the attributes, and the text behind it if it is one that holds nothing else."""
    at = page.find("<")
    while at >= 0:
        name = _NAME.match(page, at)
        if name is None:
            at = _passed(page, at)
        else:
            given, at = _attributes(page, name.end())
            if at < 0:
                return  # a tag that is not closed is none
            tag, text = name[0][1:].lower(), ""
            if tag in _TEXTS:
                end = _TEXTS[tag].search(page, at)
                text, at = (page[at:], len(page)) if end is None else (page[at : end.start()], end.start())
            yield tag, given, _text(text)
        at = page.find("<", at) if at >= 0 else -1


def _passed(page: str, at: int) -> int:
    """Where it goes on behind a '<' that begins no tag; -1 if it does not."""
    if page.startswith("<!--", at):
        end = page.find("-->", at + 2)
        return end + 3 if end >= 0 else -1
    if page.startswith(("<!", "<?", "</"), at):
        return page.find(">", at)
    return at + 1


def _attributes(page: str, at: int) -> tuple[dict[str, str], int]:
    """The attributes of a tag, of two with one name the first, and where the tag ends; -1 if it does not."""
    given: dict[str, str] = {}
    while True:
        at = _end(_BLANKS, page, at)
        if at == len(page):
            return given, -1
        if page[at] == ">":
            return given, at + 1
        start, at = at, _end(_ATTRIBUTE, page, at)
        name, value = page[start:at].lower(), ""
        equals = _EQUALS.match(page, at)
        if equals is not None:
            start = equals.end()
            at = page.find(equals[1], start) if equals[1] else _end(_BARE, page, start)
            if at < 0:
                return given, -1
            value = page[start:at]
            at += len(equals[1])
        given.setdefault(name, _text(value))


def _end(pattern: re.Pattern[str], page: str, at: int) -> int:
    """Where something that may be empty ends."""
    found = pattern.match(page, at)
    return found.end() if found is not None else at


def _text(written: str) -> str:
    """A text without its references. Numbers too long for any character are not computed."""
    return html.unescape(_LONG.sub("\ufffd", written))
