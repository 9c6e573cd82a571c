"""Where secrets stand in the text of a document, be it well-formed or broken: for logs, and for lines that are shown.

A text is shown when something went wrong, so no parser is asked. It is cut at everything that looks like a tag, escaped
ones included, and what a secret could be is hidden rather than shown: after an element of a secret has begun,
everything up to its end, or to the end of the text if it has none. In a Credential only names are shown at all. What
was found to be a secret in one place is hidden in all others too.

What is secret is said by the declarations; that a misspelt tag or a foreign attribute may hold one as well is known
here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from html import unescape

import attrs

from .declaration import Declaration, declarations

__all__ = ["MASK", "blotted", "from_beyond_doubt", "has_tags", "hidden", "masked"]

#: What stands in the place of a secret in a log. It does not tell how long the secret is.
MASK = "***"

#: From, to: which characters of a text are not to be shown. A span without characters is an empty secret.
Span = tuple[int, int]


def masked(text: str, extrinsics: Collection[str] = ()) -> str:
    """The text with ``***`` for each secret.

    extrinsics: names of Extrinsics whose content is secret too, whatever their case.
    """
    pieces: list[str] = []
    at = 0
    for start, stop in hidden(text, extrinsics):
        pieces += (text[at:start], MASK)
        at = stop
    return "".join((*pieces, text[at:]))


def blotted(text: str) -> str:
    """The text with a ``*`` for each character of a secret, so that lines and columns stay what they were."""
    pieces: list[str] = []
    at = 0
    for start, stop in hidden(text):
        pieces += (text[at:start], _NO_LINE_END.sub("*", text[start:stop]))
        at = stop
    return "".join((*pieces, text[at:]))


_NO_LINE_END = re.compile(r"[^\r\n]")


def from_beyond_doubt(text: str) -> str:
    """A text of which a fault may have made anything, with those lines emptied that could have to do with a secret.

    These are all down to the last one that names a secret, or an element around one: the Header, and the Payment of an
    order. What comes behind is written as ``blotted`` has it.
    """
    last = max((found.end() for found in _words().doubt.finditer(text)), default=0)
    if not last:
        return blotted(text)
    end = text.find("\n", last)
    return "\n" * text.count("\n", 0, last) + (blotted(text)[end:] if end >= 0 else "")


# --- what is secret ----------------------------------------------------------------------------------------


@attrs.frozen
class _Words:
    """Names out of the declarations, in small letters.

    secret: finds a name of an element with a secret content, and what else people call secrets.
    attributes: attributes that are secret; owners: elements that have them; public: what else these have.
    holders: elements with such an element in them: Credential.
    around: where a Credential ends, even if nobody closed it, which is in the Header.
    texts: elements that hold a text which is no secret.
    known: what attributes an element has.
    doubt: finds whatever has to do with a secret.
    """

    secret: re.Pattern[str]
    attributes: frozenset[str]
    owners: frozenset[str]
    public: frozenset[str]
    holders: frozenset[str]
    around: frozenset[str]
    texts: frozenset[str]
    known: Mapping[str, frozenset[str]]
    doubt: re.Pattern[str]


# What a misspelt or foreign element is called that holds one.
_CALLED = "secret|pass-?word|passwd|pass-?phrase"
#: Elements of a Credential whose text is no secret; the last one belongs behind it.
_NAMES = frozenset(("identity", "idreference", "useragent"))


@lru_cache(maxsize=1)
def _words() -> _Words:
    declared = [each for each in declarations() if isinstance(each, Declaration)]

    def around(tags: set[str]) -> set[str]:
        return {each.tag for each in declared for field in each.content if not tags.isdisjoint(field.tags)}

    contents = {each.tag for each in declared if any(field.secret for field in each.content)}
    owners = {each.tag for each in declared if any(field.secret for field in each.attributes)}
    holders = around(contents)
    headers = around(holders) | around(around(holders))
    others = owners | around(owners) | around(around(owners))
    secret = "|".join([_CALLED, *map(re.escape, sorted(contents))])
    names = "|".join(map(re.escape, sorted(holders | headers | others)))
    return _Words(
        re.compile(secret, re.IGNORECASE),
        _small(field.tag for each in declared for field in each.attributes if field.secret),
        _small(owners),
        _small(field.tag for each in declared if each.tag in owners for field in each.attributes if not field.secret),
        _small(holders),
        _small(holders | headers),
        _small(each.tag for each in declarations() if not isinstance(each, Declaration) or each.kind in _TEXT_KINDS)
        - _small(contents),
        {each.tag.lower(): _small(field.tag for field in each.attributes) for each in declared},
        re.compile(rf"{secret}|<\s*(?:/\s*)?(?:{names})\b|\b(?:{names})\s*/?>", re.IGNORECASE),
    )


_TEXT_KINDS = ("text", "mixed", "open")


def _small(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


# --- how it is written -------------------------------------------------------------------------------------

_AMP = r"&(?:amp;|#0*38;|#x0*26;)*"  # escaped once, twice, or as often as somebody forwarded it
_LT = rf"(?:<|{_AMP}(?:lt|#0*60|#x0*3c);)"
_GT = rf"(?:>|{_AMP}(?:gt|#0*62|#x0*3e);)"
_TAG = re.compile(
    rf"(?P<lt>{_LT}\s*)(?P<end>(?:/\s*)?)(?P<name>[\w.:-]+)(?P<rest>(?:[^<>&]+|(?!{_LT}|{_GT})&)*)(?P<gt>{_GT}?)",
    re.IGNORECASE,
)
# Comments and processing instructions, and what is no markup though it may look so.
_ASIDE = re.compile(rf"({_LT}!--)(.*?)(?=--{_GT}|\Z)|({_LT}\?)(?!xml\s)(.*?)(?=\?{_GT}|\Z)", re.DOTALL | re.IGNORECASE)
_CDATA = re.compile(rf"{_LT}!\[CDATA\[.*?(?=\]\]{_GT}|\Z)", re.DOTALL | re.IGNORECASE)
_QUOTE = r"&(?:quot|apos|#0*34|#0*39);"
# A value that has no end goes on to the end of the tag, one without quotes to whatever cannot belong to it.
_ATTRIBUTE = re.compile(
    rf"""(?<![\w.:-])([\w.:-]+)(\s*=\s*)("[^"]*"?|'[^']*'?|{_QUOTE}.*?(?:{_QUOTE}|\Z)|[^"'=]+)""", re.DOTALL
)
_ORDERLY = re.compile(r"""(?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?""").fullmatch
# What follows the name of a tag in whose values is a '>', or what is one when it is escaped.
_WHOLE = re.compile(r"""((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*/?)>""").match
_DIGITS = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){11,18}(?![0-9])")
_CARD = re.compile(r"\D*(?:[0-9][ -]?){12,19}\D*").fullmatch
# What a CredentialMac has beside its value, and a log should show.
_OF_A_MAC = re.compile(
    r"""(?:\s+(?:type=(["'])FromSenderCredentials\1|algorithm=(["'])HMAC-SHA1-96\2"""
    r"""|(?:creationDate|expirationDate)=(["'])[0-9T:+.Z-]{0,35}\3))*\s*/?"""
).fullmatch


@attrs.define
class _Tag:
    """Something that looks like a tag; name, rest and stop are places in the text."""

    start: int
    name: int
    rest: int
    stop: int
    local: str
    attributes: str
    closes: bool
    complete: bool

    @classmethod
    def of(cls, found: re.Match[str]) -> _Tag:
        local = found["name"].rpartition(":")[2].lower()
        return cls(
            found.start(),
            found.start("name"),
            found.start("rest"),
            found.end(),
            local,
            found["rest"],
            bool(found["end"]),
            bool(found["gt"]),
        )

    @property
    def empty(self) -> bool:
        return self.attributes.endswith("/")


def has_tags(text: str) -> bool:
    """Whether anything in a text looks like a tag; without one nobody can tell what is a secret."""
    return _TAG.search(text) is not None


def hidden(text: str, extrinsics: Collection[str] = ()) -> list[Span]:
    """Where secrets stand in a text, in order and apart from one another; nothing is ever raised."""
    return _Search(text, extrinsics).spans()


class _Search:
    """One way through a text, from tag to tag.

    hides: the name of the element that is a secret; "" outside of one. depth: how many of this name are open.
    header: the element around credentials that is open; "" outside of one.
    torn: where the attributes of an element with a secret one began, of which a quote is open; -1 otherwise.
    odd: whether a quote is open where the tags up to ``counted`` end.
    asides, cdata: where comments and instructions, and where CDATA sections stand that were not passed yet, the next
        one at the end. in_aside: the last one that was passed; no tag in it closes what was opened in front of it.
    since: where the Credential, and where the header was opened.
    floor: where the last secret ended, to which hiding may reach back.
    """

    def __init__(self, text: str, extrinsics: Collection[str]) -> None:
        self._words = _words()
        self._owners = tuple(self._words.owners)
        self._found: list[Span] = []
        self._original = text
        self._asides: list[Span] = []
        # What a comment holds is no tag if it is a secret.
        self._text = _ASIDE.sub(self._aside, text)
        self._asides.reverse()
        self._cdata = [found.span() for found in _CDATA.finditer(self._text)][::-1]
        self._in_aside: Span = 0, 0
        self._since = {"credential": 0, "header": 0}
        names = [re.escape(name.strip().lower()) for name in extrinsics]
        self._extrinsic = re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)").search if names else None
        self._tags = list(map(_Tag.of, _TAG.finditer(self._text)))
        self._ends = self._ends_ahead()
        self._hides, self._depth, self._began = "", 0, 0
        self._credential = False
        self._header = self._inside = ""
        self._torn, self._odd, self._counted = -1, False, 0
        self._floor = 0

    def _aside(self, aside: re.Match[str]) -> str:
        start, stop = span = aside.span(2 if aside[1] else 4)
        if not self._words.secret.search(self._original, start, stop):
            self._asides.append(span)
            return aside[0]
        self._found.append(span)
        return aside[0][: start - aside.start()] + " " * (stop - start)

    def spans(self) -> list[Span]:
        at = 0
        for number, tag in enumerate(self._tags):
            if tag.start < at:  # in a value of the one before
                continue
            if self._torn >= 0:
                self._mend(tag)
                at = tag.stop
                continue
            self._between(at, tag.start)
            self._pass(tag.start)
            if self._hides:
                self._go_on(tag)
            elif tag.closes:
                self._close(tag)
            else:
                self._open(tag, number)
            at = tag.stop
        if self._torn >= 0:
            self._found.append((self._torn, len(self._text)))
        else:
            self._between(at, len(self._text))
            self._pass(len(self._text))
        if self._hides:
            self._found.append((self._began, len(self._text)))
        found = _joined(self._found)
        return _joined(found + _elsewhere(self._original, found))

    def _pass(self, place: int) -> None:
        """Go on to the next tag: in a Credential, a comment or an instruction may hold what proves something."""
        for waiting, hide in ((self._asides, self._credential), (self._cdata, False)):
            while waiting and waiting[-1][0] <= place:
                start, stop = waiting.pop()
                first, last = self._in_aside
                self._in_aside = (first, max(last, stop)) if start < last else (start, stop)
                if hide:
                    self._found.append((start, stop))

    def _between(self, start: int, stop: int) -> None:
        """What stands between two tags."""
        text = self._text[start:stop]
        if self._hides or not text:
            return
        if text.strip() and self._may_be_secret():
            self._found.append((start, stop))
        elif "=" in text:
            # A fault may have cost a tag its beginning, and left its attributes here.
            self._attributes("", start, text)
            self._cards(start, text)

    def _may_be_secret(self) -> bool:
        if self._credential:
            return self._inside not in _NAMES
        if self._header and self._inside not in self._words.texts:
            return True
        return self._inside in self._words.owners

    def _go_on(self, tag: _Tag) -> None:
        if tag.local != self._hides:
            return
        if not tag.closes:
            self._depth += not tag.empty
            return
        self._depth -= 1
        if not self._depth:
            self._hides = ""
            self._found.append((self._began, tag.start))
            if tag.attributes.strip():
                self._found.append((tag.rest, tag.rest + len(tag.attributes)))
            self._floor = tag.stop

    def _close(self, tag: _Tag) -> None:
        self._inside = ""
        if self._words.secret.search(tag.local) or tag is self._tags[0]:
            # Its beginning was not seen: it is cut off, or stands in CDATA. All since the last secret may belong to it.
            self._found.append((self._floor, tag.start))
            self._floor = tag.stop
        self._tag(tag)
        if tag.local in self._words.around and self._closes(tag, "credential"):
            self._credential = False
        if tag.local == self._header and self._closes(tag, "header"):
            self._header = ""

    def _closes(self, tag: _Tag, what: str) -> bool:
        start, stop = self._in_aside
        return tag.start >= stop or self._since[what] >= start

    def _open(self, tag: _Tag, number: int) -> None:
        if _quotes(tag.attributes) % 2 and self._may_prove(tag) and not _ORDERLY(tag.attributes):
            whole = _WHOLE(self._text, tag.rest)
            if whole is None:
                self._name(tag)
                self._torn, self._odd, self._counted = tag.rest, False, tag.rest
                self._mend(tag)
                return
            tag.attributes, tag.stop, tag.complete = whole[1], whole.end(), True
        if not self._is_secret(tag):
            self._inside = "" if tag.empty else tag.local
            if tag.local in self._words.around and not tag.empty:
                if not self._credential and tag.local in self._words.holders:
                    self._credential, self._since["credential"] = True, tag.start
                if not self._header:
                    self._header, self._since["header"] = tag.local, tag.start
            self._tag(tag)
            return
        known = _OF_A_MAC(tag.attributes) if tag.local == "credentialmac" else tag.local == "extrinsic" and tag.complete
        if not known and tag.attributes.strip("/ \t\r\n"):
            self._found.append((tag.rest, tag.rest + len(tag.attributes) - tag.empty))
        self._name(tag)
        # An empty element that an end tag follows was not meant to be empty.
        if not tag.empty or self._ends[number]:
            self._hides, self._depth, self._began = tag.local, 1, tag.stop
        self._floor = tag.stop

    def _mend(self, tag: _Tag) -> None:
        """Hide what an open quote may have swallowed, up to a tag behind which all quotes are closed."""
        self._odd ^= bool(_quotes(self._text[self._counted : tag.stop]) % 2)
        self._counted = tag.stop
        if tag.complete and not self._odd:
            self._found.append((self._torn, tag.stop))
            self._torn, self._inside = -1, ""

    def _may_prove(self, tag: _Tag) -> bool:
        """Whether attributes of a tag may be secrets, whatever they are called."""
        return self._credential or tag.local in self._words.holders or tag.local.startswith(self._owners)

    def _is_secret(self, tag: _Tag) -> bool:
        if self._words.secret.search(tag.local):
            return True
        if tag.local != "extrinsic":
            return False
        named = unescape(unescape(tag.attributes)).lower()
        return bool(self._words.secret.search(named) or (self._extrinsic and self._extrinsic(named)))

    def _ends_ahead(self) -> list[bool]:
        """For each tag, whether the next one of its name is an end tag."""
        following: dict[str, bool] = {}
        found = []
        for tag in reversed(self._tags):
            found.append(following.get(tag.local, False))
            following[tag.local] = tag.closes
        return found[::-1]

    # --- inside a tag --------------------------------------------------------------------------------------

    def _tag(self, tag: _Tag) -> None:
        if tag.attributes.lstrip().startswith("="):
            # An attribute whose tag was cut off in front of it.
            self._attributes(tag.local, tag.name, self._text[tag.name : tag.rest] + tag.attributes)
            return
        self._name(tag)
        self._attributes(tag.local, tag.rest, tag.attributes, tag=True)

    def _name(self, tag: _Tag) -> None:
        """Hide what comes behind the word that makes a name one of a secret: it follows if the '>' was forgotten."""
        name = self._text[tag.name : tag.rest]
        found = self._words.secret.search(name)
        prefix = name.rfind(":") + 1
        owned = (prefix + len(each) for each in self._owners if tag.local.startswith(each))
        end = found.end() if found else next(owned, 0)
        if not end:
            self._cards(tag.name, name)
        elif end < len(name):
            self._found.append((tag.name + end, tag.rest))

    def _attributes(self, local: str, start: int, text: str, tag: bool = False) -> None:
        if "=" not in text:
            return
        owner = local in self._words.owners
        known = self._known(local) if tag else None
        if not _ORDERLY(text) and (owner or known is not None or (tag and self._words.secret.search(text))):
            self._found.append((start, start + len(text)))
            return
        for attribute in _ATTRIBUTE.finditer(text.removesuffix("/")):
            name, value = attribute[1].lower(), attribute[3]
            secret = name in self._words.attributes or (owner and name not in self._words.public)
            secret = secret or (known is not None and name not in known and not name.startswith("xmlns"))
            if secret or self._words.secret.search(name) or _is_card(value):
                quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
                self._found.append((start + attribute.start(3) + quoted, start + attribute.end(3) - quoted))

    def _known(self, local: str) -> frozenset[str] | None:
        """Around and in a Credential, the attributes of an element that are no secrets; None elsewhere."""
        if self._header or local in self._words.around:
            return self._words.known.get(local, frozenset())
        return None

    def _cards(self, start: int, text: str) -> None:
        for digits in _DIGITS.finditer(text):
            if _is_card(digits[0]):
                self._found.append((start + digits.start(), start + digits.end()))


def _quotes(text: str) -> int:
    return text.count('"') + text.count("'")


def _is_card(value: str) -> bool:
    """Whether a value is made like the number of a card, in whatever attribute it stands."""
    if not _CARD(value):
        return False
    digits = [int(char) for char in reversed(value) if "0" <= char <= "9"]
    doubled = [digit * (1 + place % 2) for place, digit in enumerate(digits)]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


# --- what was found ----------------------------------------------------------------------------------------


def _joined(found: Iterable[Span]) -> list[Span]:
    """The spans in order, those that touch made one."""
    joined: list[Span] = []
    for start, stop in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(stop, joined[-1][1])
        else:
            joined.append((start, stop))
    return joined


# Shorter ones stand in every text, longer ones are no secrets but what a fault has cost its end.
_SHORTEST, _LONGEST, _MOST = 6, 500, 50
_MARKS = re.compile(rf"{_TAG.pattern}|<!\[CDATA\[|\]\]>|[\"']", re.IGNORECASE)


def _elsewhere(text: str, found: Iterable[Span]) -> list[Span]:
    """Where else what was found stands: a secret that stands in a wrong place as well is no less of one."""
    told: set[str] = set()
    for start, stop in found:
        if _SHORTEST <= stop - start <= _LONGEST:
            secret = text[start:stop]
            for piece in (secret, *_MARKS.sub("\0", secret).split("\0")):
                told |= {piece.strip(), unescape(piece).strip()}
    spans = []
    for piece in sorted((each for each in told if len(each) >= _SHORTEST), key=len, reverse=True)[:_MOST]:
        at = text.find(piece)
        while at >= 0:
            spans.append((at, at + len(piece)))
            at = text.find(piece, at + len(piece))
    return spans
