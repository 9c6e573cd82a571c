"""Rules for texts, links and data by agreement."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from ...summary.reading import plain
from ..located import Located
from .registry import Faults, rule

__all__ = ["again", "padded", "scheme"]

T = TypeVar("T")


def padded(element: Any) -> bool:
    """Whether blank space stands around the text of an element with open content, and a text there is."""
    text: str = element.text
    bare = text.strip()
    return text != bare and bare != "" and not element.elements


def again(items: Iterable[T], key: Callable[[T], Any]) -> Iterator[tuple[T, Any]]:
    """The items whose key an earlier one has, each with the key; what has none (None or "") is passed over."""
    seen: set[Any] = set()
    for item in items:
        known = key(item)
        if known in (None, ""):
            continue
        if known in seen:
            yield item, known
        seen.add(known)


def scheme(url: str) -> str:
    """What stands in front of the colon, in small letters. What has none is no URL, as the datatypes have found."""
    found = re.match("([A-Za-z][A-Za-z0-9+.-]*):", url)
    return found[1].lower() if found else ""


@rule(
    "short-name-repeated",
    "Description",
    severity="error",
    guide="5.6.4.4",
    says="A Description has more than one ShortName.",
    hint="Keep one.",
)
def short_name_repeated(here: Located) -> Faults:
    if len(here.element.content) < 2:
        return
    names = [part for part in here.all("content") if part.tag == "ShortName"]
    if len(names) > 1:
        yield f"Description has {len(names)} short names.", names[1]


@rule(
    "short-name-long",
    "ShortName",
    severity="warning",
    guide="5.6.4.4",
    says="A ShortName has more than 50 characters, the most that receivers show.",
    hint="Shorten it; 30 characters are good.",
)
def short_name_long(here: Located) -> Faults:
    if len(plain(here.element)) > 50:
        yield f"ShortName has {len(plain(here.element))} characters."


@rule(
    "language-missing",
    "Comments",
    "Status",
    severity="warning",
    guide="3.1.6.1",
    says="A text does not say in which language it is; leaving that out is obsolete.",
    hint='Add xml:lang, such as xml:lang="en".',
)
def language_missing(here: Located) -> Faults:
    if here.element.lang is None and plain(here.element).strip():
        yield f"{here.tag} has a text but no xml:lang."


@rule(
    "url-padded",
    "URL",
    severity="warning",
    guide="5.6.3",
    says="Blank space or a line break stands around a URL.",
    hint="Write <URL>…</URL> on one line.",
)
def url_padded(here: Located) -> Faults:
    spelling = getattr(here.element.value, "spelling", None)
    if spelling is not None and spelling != str(here.element.value):
        yield "Blank space stands around the URL."


@rule(
    "extrinsic-unnamed",
    "Extrinsic",
    severity="warning",
    guide="7.2.1.17",
    says="An Extrinsic has no name, or blanks around it, so the receiver may not find it.",
    hint="Write the name exactly as agreed.",
)
def extrinsic_unnamed(here: Located) -> Faults:
    name = here.element.name
    if isinstance(name, str) and name != name.strip():
        yield f"Blank space stands around the name {name.strip()[:40]!r}."
    elif name == "":
        yield "The name of an Extrinsic is empty."


@rule(
    "extrinsic-repeated",
    "PunchOutSetupRequest",
    "OrderRequestHeader",
    "ItemDetail",
    "BlanketItemDetail",
    "ItemIn",
    "Contact",
    severity="warning",
    guide="7.2.1.17",
    says="Two Extrinsics of one list have the same name.",
    hint="Keep one, or nest several values in one Extrinsic.",
)
def extrinsic_repeated(here: Located) -> Faults:
    extrinsics = here.element.extrinsic
    if len(extrinsics) < 2:
        return
    for number, name in again(range(len(extrinsics)), lambda each: plain(extrinsics[each].name).strip()):
        yield f"The Extrinsic {name[:60]} stands a second time.", here.numbered("extrinsic", number)


@rule(
    "attachment-link",
    "Attachment",
    severity="error",
    guide="3.1.5",
    says="An Attachment does not point at a part of the same message.",
    hint="Write cid: and the Content-ID of the part without angle brackets; other files go into AttachmentReference.",
)
def attachment_link(here: Located) -> Faults:
    url = plain(here.element.url).strip()
    if scheme(url) not in ("cid", ""):
        yield "The URL of an Attachment does not begin with cid:.", here.place("url")
    elif "<" in url or ">" in url:
        yield "The URL of an Attachment has angle brackets in it.", here.place("url")


@rule(
    "attachment-repeated",
    "cXML",
    severity="warning",
    guide="3.1.5",
    says="Two Attachments point at the same part of the message.",
    hint="Each part belongs to exactly one Attachment.",
)
def attachment_repeated(here: Located) -> Faults:
    # The whole document is walked only if there may be something to find.
    if sum(1 for _ in here.node.iter("Attachment")) < 2:
        return
    for attachment, link in again(here.walk(("Attachment",)), lambda each: plain(each.element.url).strip()):
        yield f"A second Attachment points at {link[:60]}.", attachment
