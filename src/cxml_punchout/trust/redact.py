"""Documents made fit for a log: secrets masked, in well-formed and in broken XML alike.

A log is written when something went wrong, so no parser is asked. The text is cut at everything that looks like a tag,
escaped ones included, and what a secret could be is masked rather than shown: after an element of a secret has begun,
everything up to its end, or to the end of the document if it has none. In a Credential only names are shown at all.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterator
from html import unescape
from typing import TYPE_CHECKING

import attrs

from ..errors import UsageError
from ..findings import shorten
from .credentials import fold, stripped

if TYPE_CHECKING:
    from ..models.envelope import CXML

__all__ = ["MASK", "redact"]

#: What stands in the place of a secret. It does not tell how long the secret is.
MASK = "***"


def redact(document: bytes | bytearray | memoryview | str | CXML, *, extrinsics: Collection[str] = ()) -> str:
    """The text of a document with its secrets masked, for a log. It is not meant to be read by a parser again.

    Masked are SharedSecret, CredentialMac and DigitalSignature, the number of a PCard, attributes made like the
    number of a card, elements and attributes that are called something with secret or password, and in a Credential
    everything but names.

    extrinsics: names of further Extrinsics whose content is to be masked, whatever their case.

    Nothing is ever raised, and what cannot be judged is not shown. Guide 5.3.2.2, 7.2.1.11.
    """
    text = _text_of(document)
    if not _TAG.search(text):
        return f"<{len(text)} characters that are no XML>" if text.strip() else text
    return "".join(_Masking(text, extrinsics).pieces())


# --- to a text ---------------------------------------------------------------------------------------------

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']?([\w.-]+)""")
# Encodings in which a tag looks like one in ASCII.
_LEGIBLE = re.compile(r"utf-8|utf-16|utf-32|ascii|iso8859-\d+|cp125\d|latin-1").fullmatch


def _text_of(document: bytes | bytearray | memoryview | str | CXML) -> str:
    if isinstance(document, str):
        return document
    if isinstance(document, (bytes, bytearray, memoryview)):
        return _decoded(bytes(document))
    from ..binding import careful

    try:
        return careful.write(document)
    except UsageError:
        return f"<cXML payloadID={shorten(str(document.payload_id))}, which cannot be written/>"


def _decoded(octets: bytes) -> str:
    for mark, name in _BOMS:
        if octets.startswith(mark):
            return octets.decode(name, "replace")
    # UTF-16 and UTF-32 without a mark: what is left without the zeros is ASCII where it was ASCII.
    octets = octets.replace(b"\0", b"")
    declared = _DECLARED.search(octets[:400])
    name = declared[1].decode("ascii", "replace") if declared else "utf-8"
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        codec = ""
    if not _LEGIBLE(codec):
        return f"<{len(octets)} octets in an encoding that is not read/>"
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("utf-8" if codec.startswith("utf") else codec, "replace")


# --- masking -----------------------------------------------------------------------------------------------

_AMP = r"&(?:amp;|#0*38;|#x0*26;)*"  # escaped once, twice, or as often as somebody forwarded it
_LT = rf"(?:<|{_AMP}(?:lt|#0*60|#x0*3c);)"
_GT = rf"(?:>|{_AMP}(?:gt|#0*62|#x0*3e);)"
_TAG = re.compile(
    rf"(?P<lt>{_LT}\s*)(?P<end>(?:/\s*)?)(?P<name>[\w.:-]+)(?P<rest>(?:(?!{_LT}|{_GT}).)*)(?P<gt>{_GT}?)",
    re.DOTALL | re.IGNORECASE,
)
_COMMENT = re.compile(rf"({_LT}!--)(.*?)(--{_GT}|\Z)", re.DOTALL | re.IGNORECASE)
_SECRET = re.compile(r"secret|pass-?word|passwd|pass-?phrase|credentialmac|digitalsignature", re.IGNORECASE)
_QUOTE = r"&(?:quot|apos|#0*34|#0*39);"
# A value that has no end goes on to the end of the tag, one without quotes to whatever cannot belong to it.
_ATTRIBUTE = re.compile(
    rf"""(?<![\w.:-])([\w.:-]+)(\s*=\s*)("[^"]*"?|'[^']*'?|{_QUOTE}.*?(?:{_QUOTE}|\Z)|[^"'=]+)""", re.DOTALL
)
_ORDERLY = re.compile(r"""(?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?""").fullmatch
_DIGITS = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){11,18}(?![0-9])")
_CARD = re.compile(r"\D*(?:[0-9][ -]?){12,19}\D*").fullmatch
# What a CredentialMac has beside its value, and a log should show.
_OF_A_MAC = re.compile(
    r"""(?:\s+(?:type=(["'])FromSenderCredentials\1|algorithm=(["'])HMAC-SHA1-96\2"""
    r"""|(?:creationDate|expirationDate)=(["'])[0-9T:+.Z-]{0,35}\3))*\s*/?"""
).fullmatch
#: Elements of a Credential whose text is no secret.
_NAMES = frozenset(("identity", "idreference", "useragent"))
#: Where a Credential ends, even if nobody closed it.
_AROUND = frozenset(("credential", "from", "to", "sender", "header", "node"))


@attrs.define
class _Tag:
    """Something that looks like a tag."""

    start: int
    stop: int
    lt: str
    slash: str
    name: str
    local: str
    rest: str
    gt: str

    @property
    def closes(self) -> bool:
        return bool(self.slash)

    @property
    def empty(self) -> bool:
        return self.rest.endswith("/")

    def shown(self, rest: str | None = None) -> str:
        """The tag as a log may show it, with another ``rest`` if its attributes are not to be seen at all."""
        if rest is None and self.rest.lstrip().startswith("="):
            # An attribute whose tag was cut off in front of it.
            return f"{self.lt}{self.slash}{_mask_attributes(self.local, self.name + self.rest)}{self.gt}"
        rest = _mask_attributes(self.local, self.rest) if rest is None else rest
        return f"{self.lt}{self.slash}{_mask_name(self.name)}{rest}{self.gt}"


class _Masking:
    """One way through a text, from tag to tag.

    hidden: the name of the element that is being masked; "" outside of one. depth: how many of this name are open.
    """

    def __init__(self, text: str, extrinsics: Collection[str]) -> None:
        self._text = _COMMENT.sub(_masked_comment, text)
        names = [re.escape(fold(stripped(name))) for name in extrinsics]
        self._extrinsic = re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)").search if names else None
        self._tags = [
            _Tag(
                found.start(),
                found.end(),
                found["lt"],
                found["end"],
                found["name"],
                fold(found["name"].rpartition(":")[2]),
                found["rest"],
                found["gt"],
            )
            for found in _TAG.finditer(self._text)
        ]
        self._ends = self._ends_ahead()
        self._hidden, self._depth = "", 0
        self._credential = False
        self._inside = ""
        self._open_quote = False
        #: Shown pieces, and where among them masking may reach back to.
        self._shown: list[str] = []
        self._floor = 0

    def pieces(self) -> Iterator[str]:
        at = 0
        for number, tag in enumerate(self._tags):
            self._gap(self._text[at : tag.start])
            if self._hidden:
                self._hide(tag)
            elif tag.closes:
                self._close(tag)
            else:
                self._open(tag, number)
            at = tag.stop
        self._gap(self._text[at:])
        yield from self._shown

    def _gap(self, text: str) -> None:
        """What stands between two tags."""
        if self._hidden or not text:
            return
        secret = self._open_quote or self._inside == "pcard" or (self._credential and self._inside not in _NAMES)
        if not (secret and text.strip()) and "=" in text:
            # A fault may have cost a tag its beginning, and left its attributes here.
            text = _mask_cards(_mask_attributes("", text))
        self._shown.append(MASK if secret and text.strip() else text)

    def _hide(self, tag: _Tag) -> None:
        if tag.local != self._hidden:
            return
        if not tag.closes:
            self._depth += not tag.empty
            return
        self._depth -= 1
        if not self._depth:
            self._hidden = ""
            self._shown += (MASK, tag.shown(""))
            self._floor = len(self._shown)

    def _close(self, tag: _Tag) -> None:
        self._inside, self._open_quote = "", False
        if _SECRET.search(tag.local) or tag is self._tags[0]:
            # Its beginning was not seen: it is cut off, or stands in CDATA. All since the last secret may belong to it.
            self._shown[self._floor :] = [MASK]
            self._floor = len(self._shown) + 1
        if tag.local in _AROUND:
            self._credential = False
        self._shown.append(tag.shown())

    def _open(self, tag: _Tag, number: int) -> None:
        self._open_quote = tag.local == "pcard" and (tag.rest.count('"') + tag.rest.count("'")) % 2 > 0
        if not self._is_secret(tag):
            self._inside = "" if tag.empty else tag.local
            self._credential = self._credential or (tag.local == "credential" and not tag.empty)
            self._shown.append(tag.shown())
            return
        rest = tag.rest
        known = _OF_A_MAC(rest) if tag.local == "credentialmac" else tag.local == "extrinsic" and tag.gt
        if not known and rest.strip("/ \t\r\n"):
            rest = f" {MASK}{'/' if tag.empty else ''}"
        self._shown.append(tag.shown(rest))
        # An empty element that an end tag follows was not meant to be empty.
        if not tag.empty or self._ends[number]:
            self._hidden, self._depth = tag.local, 1
        self._floor = len(self._shown)

    def _is_secret(self, tag: _Tag) -> bool:
        if _SECRET.search(tag.local):
            return True
        if tag.local != "extrinsic":
            return False
        named = fold(unescape(unescape(tag.rest)))
        return bool(_SECRET.search(named) or (self._extrinsic and self._extrinsic(named)))

    def _ends_ahead(self) -> list[bool]:
        """For each tag, whether the next one of its name is an end tag."""
        following: dict[str, bool] = {}
        found = []
        for tag in reversed(self._tags):
            found.append(following.get(tag.local, False))
            following[tag.local] = tag.closes
        return found[::-1]


def _masked_comment(comment: re.Match[str]) -> str:
    return f"{comment[1]}{MASK}{comment[3]}" if _SECRET.search(comment[2]) else comment[0]


def _mask_name(name: str) -> str:
    """A name up to the word that makes it one of a secret: the secret follows if somebody forgot the '>'."""
    found = _SECRET.search(name)
    return f"{name[: found.end()]}{MASK}" if found and found.end() < len(name) else _mask_cards(name)


def _mask_attributes(local: str, rest: str) -> str:
    if "=" not in rest:
        return rest
    if local == "pcard" and not _ORDERLY(rest):
        return f" {MASK}"

    def mask(attribute: re.Match[str]) -> str:
        name, between, value = attribute.groups()
        number = local == "pcard" and fold(name).endswith("number")
        return f"{name}{between}{MASK}" if number or _SECRET.search(name) or _is_card(value) else attribute[0]

    slash = "/" if rest.endswith("/") else ""
    return _ATTRIBUTE.sub(mask, rest.removesuffix("/")) + slash


def _mask_cards(text: str) -> str:
    return _DIGITS.sub(lambda found: MASK if _is_card(found[0]) else found[0], text)


def _is_card(value: str) -> bool:
    """Whether a value is made like the number of a card, in whatever attribute it stands."""
    if not _CARD(value):
        return False
    digits = [int(char) for char in reversed(value) if "0" <= char <= "9"]
    doubled = [digit * (1 + place % 2) for place, digit in enumerate(digits)]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0
