"""The form that carries a cart from the shop through the user's browser into the buyer's system, and its reading there.

The value of the field is escaped once, for HTML. Everything after that is the browser's: it undoes the escapes, encodes
the form and posts it. What a page holds is US-ASCII, so it means the same whatever charset it is served with.
"""

from __future__ import annotations

import base64
import copy
import html
import re
from collections.abc import Mapping
from typing import Literal, Protocol

from ..addresses import web_address
from ..document import Mode, doctype_for, in_ascii, parse, serialize
from ..envelope import proof_in
from ..errors import InvalidValue, MalformedDocument, UsageError
from ..findings import CODES, Finding, Severity, shorten
from ..limits import DEFAULT_LIMITS, Limits
from ..models.envelope import CXML
from ..models.punchout import PunchOutOrderMessage
from ..versions import lacking, named_by

__all__ = ["Encoding", "Returning", "browser_form", "content_security_policy", "read_form"]

#: The two ways to put a document into a form. Each is the name of its field as well.
Encoding = Literal["cxml-urlencoded", "cxml-base64"]


class Returning(Protocol):
    """A session that knows where the browser takes the cart: the URL of BrowserFormPost."""

    @property
    def return_url(self) -> str: ...


# --- the shop's side -----------------------------------------------------------------------------------------


def browser_form(
    session: Returning | str,
    message: CXML,
    *,
    encoding: Encoding = "cxml-urlencoded",
    page: bool = True,
    auto_submit: bool = False,
    nonce: str = "",
    button: str = "Return the cart",
    title: str = "",
    lang: str = "en",
    target: str = "",
) -> str:
    """The HTML that takes a cart home: a form with one hidden field and a button, which posts it to the buyer.

    session: where the cart goes; its ``return_url``, or the URL itself. It is used whole, query included.
    message: the document with the PunchOutOrderMessage. It may hold no proof of identity, for the user can read it:
        one that does is refused and not mended.
    encoding: both carry all characters. ``cxml-base64`` also keeps a signed document to the octet.
    page: a whole page; False gives the form alone, for a page of the shop's own.
    auto_submit: adds a script that posts the form as soon as it is there. The button stays, for users without scripts
        and for pages that are not allowed to run them.
    nonce: of the Content-Security-Policy that the page is served with, so that the script may run. The header is made
        by ``content_security_policy``.
    button, title, lang: words that the user sees, and their language. The title is the button's text unless given;
        title and lang belong to a whole page.
    target: the window to go to. A shop in a frame needs ``_top`` if the buyer's system is to replace the whole page.

    Serve it as text/html with ``Cache-Control: no-store``: coming back to it must not return an old cart.

    Raises InvalidValue for another document, and for a URL that a browser must not be sent to; UsageError for a
    document with SharedSecret, CredentialMac or DigitalSignature in it, even escaped in a text. Guide 3.1.12, 5.4.3.1.
    """
    action = _action(session)
    value = _value(message, encoding, session)
    cookie, cart = getattr(session, "buyer_cookie", None), message.payload
    if cookie is not None and isinstance(cart, PunchOutOrderMessage) and cookie != cart.buyer_cookie:
        raise InvalidValue("the cart belongs to another session: its BuyerCookie is not that of this one")
    form = "".join(
        (
            # A browser that restores what stood in a form would bring back the cart of another visit.
            f'<form method="post" action="{_escaped(action)}" accept-charset="utf-8" autocomplete="off"',
            f' target="{_escaped(target)}">\n' if target else ">\n",
            f'<input type="hidden" name="{encoding}" value="{_escaped(value)}">\n',
            f'<button type="submit">{_escaped(button)}</button>\n',
            "</form>\n",
            _script(nonce) if auto_submit else "",
        )
    )
    if not page:
        return form
    return (
        f'<!DOCTYPE html>\n<html lang="{_escaped(lang)}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{_escaped(title or button)}</title>\n</head>\n<body>\n{form}</body>\n</html>\n"
    )


def content_security_policy(session: Returning | str, *, nonce: str = "") -> str:
    """The strictest Content-Security-Policy under which the page of ``browser_form`` works.

    nonce: the one given to ``browser_form``, fresh and random for each page; without it no script runs at all.

    It allows posting to the scheme of the URL and not only to its host, because browsers hold the redirects that answer
    the form against it as well, and buyers' systems redirect to hosts that a shop cannot know.

    Raises InvalidValue for a URL that a browser must not be sent to, and for a nonce that is none.
    """
    scheme = _action(session).partition(":")[0].lower()
    script = f"; script-src 'nonce-{_checked(nonce)}'" if nonce else ""
    return f"default-src 'none'; base-uri 'none'; form-action {scheme}:{script}"


def _action(session: Returning | str) -> str:
    if not isinstance(session, str) and not hasattr(session, "return_url"):
        raise InvalidValue(f"a PunchOutSession or a URL is expected in front of the cart, not {type(session).__name__}")
    url = session if isinstance(session, str) else session.return_url
    if not isinstance(url, str) or not url.strip():
        raise InvalidValue("there is no URL to return the cart to; the setup request had no BrowserFormPost")
    return web_address(url, "the URL to return the cart to")


def _value(message: CXML, encoding: Encoding, session: Returning | str) -> str:
    if not isinstance(message, CXML):
        raise InvalidValue(f"a CXML document is expected, not {type(message).__name__}")
    if not isinstance(message.payload, PunchOutOrderMessage):
        held = type(message.payload).__name__ if message.payload is not None else "no payload"
        raise InvalidValue(f"a document with a PunchOutOrderMessage is expected, not one with {held}")
    if encoding not in _FIELDS:
        raise InvalidValue(f"a form carries a document as {' or '.join(_FIELDS)}, not as {shorten(str(encoding), 30)}")
    octets = _octets(_naming(message, getattr(session, "version", "")), encoding)
    proof = proof_in(octets)
    if proof:
        raise UsageError(f"{proof} stands in the document; whoever sees the form can read it, so leave it out")
    return octets.decode("ascii") if encoding == "cxml-urlencoded" else base64.b64encode(octets).decode("ascii")


def _naming(message: CXML, given: str) -> CXML:
    """The message with a DOCTYPE of a version that holds it, for it may have grown since it was made."""
    named = named_by(message) if message.doctype is not None else ""
    signed = message._signed is not None and message.signature
    if named and not signed and lacking(message, named) is not None:
        message = copy.copy(message)
        message.doctype = doctype_for(message, given=given)
    return message


def _octets(message: CXML, encoding: Encoding) -> bytes:
    """The document in ASCII, which receivers of urlencoded take it for, whatever it declares: Guide 3.1.12.

    It declares UTF-8, which it is as well, for some readers know no US-ASCII.
    """
    octets = serialize(message)
    if encoding == "cxml-urlencoded":
        return in_ascii(octets)
    if message.signature:
        return octets  # to the octet
    try:
        return in_ascii(octets)
    except InvalidValue:
        return octets


def _script(nonce: str) -> str:
    attribute = f' nonce="{_checked(nonce)}"' if nonce else ""
    return f"<script{attribute}>document.currentScript.previousElementSibling.submit()</script>\n"


def _checked(nonce: str) -> str:
    # What the header accepts; anything else would be a header or an attribute of somebody's own.
    if not re.fullmatch(r"[A-Za-z0-9+/_-]+={0,2}", nonce):
        raise InvalidValue("a nonce consists of letters, digits and '+', '/', '-', '_', with '=' at its end at most")
    return nonce


def _escaped(text: str) -> str:
    return html.escape(text).encode("ascii", "xmlcharrefreplace").decode("ascii")


# --- the buyer's side ----------------------------------------------------------------------------------------

#: The fields, the one that is to be preferred first.
_FIELDS: tuple[Encoding, ...] = ("cxml-base64", "cxml-urlencoded")


def read_form(fields: Mapping[str, object], *, mode: Mode = "tolerant", limits: Limits = DEFAULT_LIMITS) -> CXML:
    """Read the document that a browser posted, on the buyer's side.

    fields: the form as any web framework gives it, decoded: names, each with its text or a list of texts. Names count
        in any case. If both fields are there, ``cxml-base64`` is read.
    mode, limits: as for ``parse``.

    In base64, missing padding, white space, and blanks that were plus signs are put right. A document that came
    urlencoded is a text already, so the encoding that it declares means nothing. Whatever was unusual is listed in
    ``document.findings``. A secret that has no business in a cart is read like everything else; it proves nothing.

    Raises MalformedDocument (Status 406) if neither field is there, or one holds something else; and what parse raises.
    Guide 3.1.12, 5.4.3.1.
    """
    if not isinstance(fields, Mapping):
        raise InvalidValue(f"the decoded fields of the form are expected, by name, not {type(fields).__name__}")
    for name in _FIELDS:
        text = _text_of(fields, name)
        if text:
            read = _read_base64 if name == "cxml-base64" else _read_urlencoded
            return read(text, mode, limits)
    names = [shorten(str(name), 40) for name in fields]
    listed = f"It has {', '.join(names[:10])}{' and more' if len(names) > 10 else ''}." if names else "It is empty."
    raise MalformedDocument(_finding("form-field", f"The form has no field {' or '.join(_FIELDS)}. {listed}"))


def _text_of(fields: Mapping[str, object], wanted: Encoding) -> str:
    """The text of a field, "" if it is absent or blank."""
    found: list[object] = []
    for name, value in fields.items():
        if str(name).casefold() == wanted:
            found += value if isinstance(value, (list, tuple)) else [value]
    texts = {each for each in found if isinstance(each, str) and each.strip()}
    if any(not isinstance(each, str) for each in found):
        raise MalformedDocument(_finding("form-field", f"The field {wanted} holds something that is no text."))
    if len(texts) > 1:
        raise MalformedDocument(_finding("form-field", f"The form has {len(texts)} different texts for {wanted}."))
    return texts.pop() if texts else ""


def _read_base64(text: str, mode: Mode, limits: Limits) -> CXML:
    # A blank is a plus sign that nobody encoded, or white space between lines. Only one of the two gives XML.
    text = text.translate(_NO_LINES)
    pluses = text.replace(" ", "+")
    try:
        return _read_octets(pluses, mode, limits, mended=pluses != text)
    except MalformedDocument:
        if pluses == text:
            raise
    return _read_octets(text.replace(" ", ""), mode, limits, mended=False)


_NO_LINES = dict.fromkeys(map(ord, "\t\r\n"))
_FOREIGN = re.compile(r"[^A-Za-z0-9+/]").search


def _read_octets(text: str, mode: Mode, limits: Limits, *, mended: bool) -> CXML:
    digits = text.rstrip("=")
    foreign = _FOREIGN(digits)
    if foreign is not None:
        hint = "The shop puts plain base64 into the page; the browser encodes the form, nobody else does."
        raise MalformedDocument(_finding("form-value", f"The base64 has {shorten(foreign[0])} in it.", hint))
    if len(digits) % 4 == 1:
        raise MalformedDocument(_finding("form-value", "The base64 ends in the middle of an octet."))
    padding = "=" * (-len(digits) % 4)
    document = parse(base64.b64decode(digits + padding), mode=mode, limits=limits)
    if mended or text != digits + padding:
        document.findings = (_finding("form-mended", severity="warning"), *document.findings)
    return document


_DECLARED_ENCODING = re.compile(
    r"""\A(\ufeff?\s*<\?xml\s[^>]{0,200}?)\s{1,20}encoding\s{0,20}=\s{0,20}(?:"[^"]{0,80}"|'[^']{0,80}')"""
)
_ESCAPED = re.compile(r"\s*(?:%(?:25)*3c|&(?:amp;)*(?:lt|#60|#x3c);)", re.IGNORECASE).match


def _read_urlencoded(text: str, mode: Mode, limits: Limits) -> CXML:
    if _ESCAPED(text):
        hint = "Escape the document once, for HTML; the browser encodes the form, nobody else does."
        raise MalformedDocument(_finding("form-escaped-twice", hint=hint))
    document = parse(_DECLARED_ENCODING.sub(r"\1", text), mode=mode, limits=limits)
    if not text.isascii():
        lost = " Some are lost: they came in another encoding than the form." if "\ufffd" in text else ""
        finding = _finding("form-characters", f"{CODES['form-characters']}{lost}", severity="warning")
        document.findings = (finding, *document.findings)
    return document


def _finding(code: str, message: str = "", hint: str = "", severity: Severity = "error") -> Finding:
    return Finding("xml", severity, code, message or CODES[code], hint=hint)
