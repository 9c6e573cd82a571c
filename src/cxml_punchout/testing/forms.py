"""The forms of an HTML page, as a browser would send them; for tests that do without a browser."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser

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
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return tuple(reader.forms)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._fields: dict[str, str] | None = None
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._fields = {}
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower(), self._fields))
        elif self._fields is None or "name" not in given or "disabled" in given:
            return
        elif tag == "textarea":
            self._textarea = given["name"]
            self._fields[self._textarea] = ""
        elif tag == "input" and _is_sent(given):
            self._fields[given["name"]] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._textarea and self._fields is not None:
            self._fields[self._textarea] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._fields = None
        elif tag == "textarea":
            self._textarea = ""


def _is_sent(given: Mapping[str, str]) -> bool:
    kind = given.get("type", "text").lower()
    if kind in ("checkbox", "radio"):
        return "checked" in given
    return kind not in ("submit", "button", "image", "reset", "file")
