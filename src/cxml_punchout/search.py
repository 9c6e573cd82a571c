"""One way through a text from tag to tag, be it well-formed or broken: which elements and attributes hold secrets.

What is secret is said by the declarations; that a misspelt tag or a foreign attribute may hold one as well is known
here. Of what has to be remembered on the way nothing grows with the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from html import unescape

import attrs

from . import sensitive
from .declaration import Declaration, declarations
from .plaintext import Span, behind_host, behind_names
from .sensitive import Judge

__all__ = ["ENTITY", "KEPT", "TAG", "Asked", "Search", "asked", "has_tags", "words"]


@attrs.define
class Asked:
    """What names are secret, and which Extrinsics beside those. looks: into how many wrappings it was looked."""

    judge: Judge
    extrinsic: Callable[[str], object] | None
    looks: int = 0


def asked(extrinsics: Collection[str], also: Collection[str]) -> Asked:
    """What is to be looked for, beside what is declared."""
    return Asked(sensitive.judge(also), _named(extrinsics))


def _named(extrinsics: Collection[str]) -> Callable[[str], object] | None:
    names = [re.escape(name.strip().lower()) for name in extrinsics]
    return re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)").search if names else None


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
    hint: finds what an attribute has to have in or around it to be looked at, where attributes are no secrets.
    telling: finds in the letters of a name what it has in any case if it is more than a name.
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
    hint: re.Pattern[str]
    telling: re.Pattern[str]


#: Elements of a Credential whose text is no secret; the last one belongs behind it.
_NAMES = frozenset(("identity", "idreference", "useragent"))


#: What must not follow a word may have a cut in front of it.
_AHEAD = re.compile(r"\(\?![^()]*\)")


@lru_cache(maxsize=1)
def words() -> _Words:
    declared = [each for each in declarations() if isinstance(each, Declaration)]

    def around(tags: set[str]) -> set[str]:
        return {each.tag for each in declared for field in each.content if not tags.isdisjoint(field.tags)}

    contents = {each.tag for each in declared if any(field.secret for field in each.content)}
    owners = {each.tag for each in declared if any(field.secret for field in each.attributes)}
    holders = around(contents)
    headers = around(holders) | around(around(holders))
    others = owners | around(owners) | around(around(owners))
    secret = "|".join([*sensitive.FRAGMENTS, *map(re.escape, sorted(contents))])
    names = "|".join(map(re.escape, sorted(holders | headers | others)))
    attributes = _small(field.tag for each in declared for field in each.attributes if field.secret)
    telling = {
        sensitive.letters(each) for each in (*holders, *headers, *others, *contents, *attributes, *sensitive.PAGES)
    }
    return _Words(
        re.compile(secret, re.IGNORECASE),
        attributes,
        _small(owners),
        _small(field.tag for each in declared if each.tag in owners for field in each.attributes if not field.secret),
        _small(holders),
        _small(holders | headers),
        _small(each.tag for each in declarations() if not isinstance(each, Declaration) or each.kind in _TEXT_KINDS)
        - _small(contents),
        {each.tag.lower(): _small(field.tag for field in each.attributes) for each in declared},
        re.compile(rf"{secret}|<\s*(?:/\s*)?(?:{names})\b|\b(?:{names})\s*/?>", re.IGNORECASE),
        re.compile("|".join((secret, *map(re.escape, sorted(attributes)))), re.IGNORECASE),
        re.compile("|".join((_AHEAD.sub("", sensitive.SUSPECT), *sorted(telling)))),
    )


_TEXT_KINDS = ("text", "mixed", "open")


def _small(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


# --- how it is written -------------------------------------------------------------------------------------

# Whatever may stand any number of times is counted here: else the machine keeps each of them in mind.
_AMP = r"&(?:amp;|#0*38;|#x0*26;){0,20}"  # escaped once, twice, or as often as somebody forwarded it
_LT = rf"(?:<|{_AMP}(?:lt|#0*60|#x0*3c);)"
_GT = rf"(?:>|{_AMP}(?:gt|#0*62|#x0*3e);)"
TAG = re.compile(
    rf"(?P<lt>{_LT}\s*)(?P<end>(?:/\s*)?)(?P<name>[\w.:-]+)(?P<rest>[^<>&]*(?:(?!{_LT}|{_GT})&[^<>&]*){{0,100}})(?P<gt>{_GT}?)",
    re.IGNORECASE,
)
# Comments and processing instructions, and what is no markup though it may look so.
_ASIDE = re.compile(rf"({_LT}!--)(.*?)(?=--{_GT}|\Z)|({_LT}\?)(?!xml\s)(.*?)(?=\?{_GT}|\Z)", re.DOTALL | re.IGNORECASE)
_CDATA = re.compile(rf"{_LT}!\[CDATA\[.*?(?=\]\]{_GT}|\Z)", re.DOTALL | re.IGNORECASE)
# What a document declares for itself is read by nobody.
ENTITY = re.compile(rf"{_LT}!ENTITY\b([^<>&]*)", re.IGNORECASE)
_QUOTE = r"&(?:quot|apos|#0*34|#0*39);"
# A value that has no end goes on to the end of the tag, one without quotes to whatever cannot belong to it.
_ATTRIBUTE = re.compile(
    rf"""(?<![\w.:-])([\w.:-]+)(\s*=\s*)("[^"]*"?|'[^']*'?|{_QUOTE}.*?(?:{_QUOTE}|\Z)|[^"'=]+)""", re.DOTALL
)
_ORDERLY = re.compile(r"""(?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*')){0,1000}\s*/?""").fullmatch
# What follows the name of a tag in whose values is a '>', or what is one when it is escaped.
_WHOLE = re.compile(r"""((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*')){0,1000}\s*/?)>""").match
# What an element says that it holds; a name is short.
_NAMED = re.compile(
    rf"""(?<![\w.-])(?:{"|".join(sensitive.NAMING)})\s*=\s*(?:["']|{_QUOTE})([^"'<>]{{1,60}}?)(?:["']|{_QUOTE})""",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\w.-]+")
#: How many names are kept in mind.
KEPT = 500
# What a CredentialMac has beside its value, and a log should show.
_OF_A_MAC = re.compile(
    r"""(?:\s+(?:type=(["'])FromSenderCredentials\1|algorithm=(["'])HMAC-SHA1-96\2"""
    r"""|(?:creationDate|expirationDate)=(["'])[0-9T:+.Z-]{0,35}\3)){0,9}\s*/?"""
).fullmatch


@attrs.define
class _Tag:
    """Something that looks like a tag; name, rest and stop are places in the text."""

    start: int
    name: int
    rest: int
    stop: int
    called: str
    local: str
    attributes: str
    closes: bool
    complete: bool

    @classmethod
    def of(cls, found: re.Match[str]) -> _Tag:
        called = found["name"].rpartition(":")[2]
        return cls(
            found.start(),
            found.start("name"),
            found.start("rest"),
            found.end(),
            called,
            called.lower(),
            found["rest"],
            bool(found["end"]),
            bool(found["gt"]),
        )

    @property
    def empty(self) -> bool:
        return self.attributes.endswith("/")


def has_tags(text: str) -> bool:
    """Whether anything in a text looks like a tag; without one nobody can tell what is a secret."""
    return TAG.search(text) is not None


class _Ahead:
    """What a pattern finds in a text, one after the other as it is passed."""

    def __init__(self, pattern: re.Pattern[str], text: str) -> None:
        # Most texts have neither.
        self._found = pattern.finditer(text) if "!" in text or "?" in text else iter(())
        self._end = len(text) + 1
        self.start = 0
        self.next = self._following()

    def _following(self) -> re.Match[str] | None:
        found = next(self._found, None)
        self.start = found.start() if found else self._end
        return found

    def up_to(self, place: int) -> Iterator[re.Match[str]]:
        while self.start <= place and self.next is not None:
            yield self.next
            self.next = self._following()


class Search:
    """One way through a text, from tag to tag.

    hides: the name of the element that is a secret; "" outside of one. depth: how many of this name are open.
    header: the element around credentials that is open; "" outside of one.
    torn: where the attributes of an element with a secret one began, of which a quote is open; -1 otherwise.
    odd: whether a quote is open where the tags up to ``counted`` end.
    asides, cdata: where comments and instructions, and where CDATA sections stand that were not passed yet.
        in_aside: the last one that was passed; no tag in it closes what was opened in front of it.
    blank: where the last aside ends that is a secret; what stands in it is no tag.
    since: where the Credential, and where the header was opened.
    floor: where the last secret ended, to which hiding may reach back.
    emptied: where empty elements end that are called a secret; an end tag would say that they were not meant so.
    page: whether the address of a start page is open.
    expects: within how many tags the value of what was named begins.
    """

    def __init__(self, text: str, hide: Callable[[int, int], None], asked: Asked, whole: bool) -> None:
        self._words = words()
        self._owners = tuple(self._words.owners)
        self._text, self._hide, self._asked, self._whole = text, hide, asked, whole
        self._by_default = asked.judge is sensitive.judge() and asked.extrinsic is None
        self._asides, self._cdata = _Ahead(_ASIDE, text), _Ahead(_CDATA, text)
        self._in_aside: Span = 0, 0
        self._blank = 0
        self._since = {"credential": 0, "header": 0}
        self._hides, self._depth, self._began = "", 0, 0
        self._credential = self._page = False
        self._header = self._inside = ""
        self._torn, self._odd, self._counted = -1, False, 0
        self._floor = 0
        self._expects = 0
        self._emptied: dict[str, int] = {}
        self._plain: dict[str, bool] = {}

    def run(self) -> None:
        at = 0
        first = self._whole
        for found in TAG.finditer(self._text):
            start = found.start()
            if self._asides.start <= start or self._cdata.start <= start:
                self._pass(start)
            if start < self._blank:
                continue
            if start >= at and not (first or self._watches()) and self._is_plain(found):
                if at < start:
                    self._between(at, start)
                self._inside = "" if found["end"] else found["name"]
                at = found.end()
                continue
            tag = _Tag.of(found)
            if tag.closes and self._emptied:
                self._fill(tag)
            if start >= at:  # else it is in a value of the one before
                at = self._tag_at(at, tag, first)
            first = False
        self._pass(len(self._text))
        if self._torn >= 0:
            self._hide(self._torn, len(self._text))
        else:
            self._between(at, len(self._text))
        if self._hides:
            self._hide(self._began, len(self._text))

    def _watches(self) -> bool:
        """Whether something is open in which more than its name says what a tag is."""
        return bool(self._header or self._hides or self._page or self._emptied or self._expects) or self._torn >= 0

    def _tag_at(self, at: int, tag: _Tag, first: bool) -> int:
        if self._torn >= 0:
            self._mend(tag)
            return tag.stop
        self._expects -= self._expects > 0
        self._between(at, tag.start)
        if self._hides:
            self._go_on(tag)
        elif tag.closes:
            self._close(tag, first)
        else:
            self._open(tag)
        return tag.stop

    def _is_plain(self, found: re.Match[str]) -> bool:
        """Whether a tag has nothing to do with secrets where nothing else has: most are such."""
        rest: str = found["rest"]
        if "=" in rest and (self._words.hint.search(rest) or self._is_named_in(rest)):
            return False
        name: str = found["name"]
        plain = self._plain.get(name)
        if plain is None:
            plain = self._is_called_plain(name)
            if len(self._plain) < KEPT:
                self._plain[name] = plain
        # An Extrinsic says what it is, and may say it in references.
        return plain and ("&" not in rest or name.rpartition(":")[2].lower() != "extrinsic")

    def _is_called_plain(self, name: str) -> bool:
        if self._by_default and not self._words.telling.search(sensitive.letters(name)):
            return True
        local = name.rpartition(":")[2].lower()
        return not (
            local in self._words.around
            or local in sensitive.PAGES
            or (local == "extrinsic" and self._asked.extrinsic is not None)
            or local.startswith(self._owners)
            or self._words.hint.search(name)
            or self._asked.judge(name)
        )

    def _is_named_in(self, attributes: str) -> bool:
        """Whether an attribute says that the element holds a secret."""
        return any(self._asked.judge(unescape(unescape(found[1]))) for found in _NAMED.finditer(attributes))

    def _pass(self, place: int) -> None:
        """Go on to a place: in a header, a comment or an instruction may hold what proves something."""
        for found in self._asides.up_to(place):
            start, stop = found.span(2 if found[1] else 4)
            if self._is_named(start, stop):
                self._hide(start, stop)
                self._blank = stop
                continue
            self._aside(start, stop)
            if self._header:
                self._hide(start, stop)
        for found in self._cdata.up_to(place):
            if found.start() >= self._blank:
                self._aside(*found.span())

    def _is_named(self, start: int, stop: int) -> bool:
        """Whether a word in a comment or an instruction is that of a secret."""
        if self._words.secret.search(self._text, start, stop):
            return True
        return any(self._asked.judge(word[0]) for word in _WORD.finditer(self._text, start, stop))

    def _aside(self, start: int, stop: int) -> None:
        first, last = self._in_aside
        self._in_aside = (first, max(last, stop)) if start < last else (start, stop)

    def _between(self, start: int, stop: int) -> None:
        """What stands between two tags."""
        if self._hides or start >= stop:
            return
        if self._page:
            text = self._text[start:stop].rstrip().removesuffix("]]>")
            behind = behind_host(text) if text.strip() else len(text)
            if behind < len(text.rstrip("/")):
                self._hide(start + behind, start + len(text))
        if self._may_be_secret():
            if not self._text[start:stop].isspace():
                self._hide(start, stop)
            return
        if self._inside.lower() in sensitive.NAMING and self._asked.judge(self._text[start:stop].strip()):
            self._expects = 2
        if self._text.find("=", start, stop) >= 0 or self._text.find(":", start, stop) >= 0:
            text = self._text[start:stop]
            named = behind_names(text, self._asked.judge)
            if named >= 0:
                self._hide(start + named, stop)
            # A fault may have cost a tag its beginning, and left its attributes here.
            self._attributes("", start, text)

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
            self._hide(self._began, tag.start)
            if tag.attributes.strip():
                self._hide(tag.rest, tag.rest + len(tag.attributes))
            self._floor = tag.stop

    def _close(self, tag: _Tag, first: bool) -> None:
        self._inside = ""
        self._page = self._page and tag.local not in sensitive.PAGES
        if first or self._words.secret.search(tag.local) or self._is_called(tag):
            # Its beginning was not seen: it is cut off, or stands in CDATA. All since the last secret may belong to it.
            self._hide(self._floor, tag.start)
            self._floor = tag.stop
        self._tag(tag)
        if tag.local in self._words.around and self._closes(tag, "credential"):
            self._credential = False
        if tag.local == self._header and self._closes(tag, "header"):
            self._header = ""

    def _closes(self, tag: _Tag, what: str) -> bool:
        start, stop = self._in_aside
        return tag.start >= stop or self._since[what] >= start

    def _open(self, tag: _Tag) -> None:
        if _quotes(tag.attributes) % 2 and self._may_prove(tag) and not _ORDERLY(tag.attributes):
            whole = _WHOLE(self._text, tag.rest)
            if whole is None:
                self._name(tag)
                self._torn, self._odd, self._counted = tag.rest, False, tag.rest
                self._mend(tag)
                return
            tag.attributes, tag.stop, tag.complete = whole[1], whole.end(), True
        self._emptied.pop(tag.local, None)
        if self._is_secret(tag):
            self._begin(tag)
            return
        self._inside = "" if tag.empty else tag.local
        if not tag.empty:
            self._page = self._page or tag.local in sensitive.PAGES
            if tag.local in self._words.around:
                if not self._credential and tag.local in self._words.holders:
                    self._credential, self._since["credential"] = True, tag.start
                if not self._header:
                    self._header, self._since["header"] = tag.local, tag.start
        self._tag(tag)

    def _begin(self, tag: _Tag) -> None:
        """An element that is a secret begins."""
        known = _OF_A_MAC(tag.attributes) if tag.local == "credentialmac" else tag.local == "extrinsic" and tag.complete
        if not known and tag.attributes.strip("/ \t\r\n"):
            self._hide(tag.rest, tag.rest + len(tag.attributes) - tag.empty)
        elif tag.local == "extrinsic":
            self._values(tag)
        self._name(tag)
        if not tag.empty or len(self._emptied) >= KEPT:
            self._hides, self._depth, self._began = tag.local, 1, tag.stop
        else:
            self._emptied[tag.local] = tag.stop
        self._floor = tag.stop

    def _values(self, tag: _Tag) -> None:
        """Hide what an Extrinsic has beside its name."""
        known = self._words.known.get(tag.local, frozenset())
        for attribute in _ATTRIBUTE.finditer(tag.attributes.removesuffix("/")):
            if attribute[1].lower() not in known:
                self._hide(tag.rest + attribute.start(3), tag.rest + attribute.end(3))

    def _fill(self, tag: _Tag) -> None:
        """Hide what an empty element has in front of its end tag."""
        start = self._emptied.pop(tag.local, -1)
        if start >= 0:
            self._hide(start, tag.start)

    def _mend(self, tag: _Tag) -> None:
        """Hide what an open quote may have swallowed, up to a tag behind which all quotes are closed."""
        self._odd ^= bool(_quotes(self._text[self._counted : tag.stop]) % 2)
        self._counted = tag.stop
        if tag.complete and not self._odd:
            self._hide(self._torn, tag.stop)
            self._torn, self._inside = -1, ""

    def _may_prove(self, tag: _Tag) -> bool:
        """Whether attributes of a tag may be secrets, whatever they are called."""
        return self._credential or tag.local in self._words.holders or tag.local.startswith(self._owners)

    def _is_called(self, tag: _Tag) -> bool:
        return tag.local not in self._words.around and self._asked.judge(tag.called)

    def _is_secret(self, tag: _Tag) -> bool:
        if self._words.secret.search(tag.local) or self._is_called(tag):
            return True
        if self._expects and tag.local in sensitive.VALUES:
            return True
        if "=" not in tag.attributes:
            return False
        if tag.local not in self._words.around and self._is_named_in(tag.attributes):
            return True
        if tag.local != "extrinsic":
            return False
        named = unescape(unescape(tag.attributes)).lower()
        return bool(self._words.secret.search(named) or (self._asked.extrinsic and self._asked.extrinsic(named)))

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
        found = self._words.secret.search(self._text, tag.name, tag.rest)
        prefix = tag.rest - len(tag.called)
        owned = (prefix + len(each) for each in self._owners if tag.local.startswith(each))
        end = found.end() if found else next(owned, tag.rest)
        if end < tag.rest:
            self._hide(end, tag.rest)

    def _attributes(self, local: str, start: int, text: str, tag: bool = False) -> None:
        if "=" not in text:
            return
        owner = local in self._words.owners
        known = self._known(local) if tag else None
        if not owner and known is None and not self._words.hint.search(text):
            return
        if not _ORDERLY(text) and (owner or known is not None or (tag and self._words.secret.search(text))):
            self._hide(start, start + len(text))
            return
        for attribute in _ATTRIBUTE.finditer(text.removesuffix("/")):
            name, value = attribute[1].lower(), attribute[3]
            secret = name in self._words.attributes or (owner and name not in self._words.public)
            secret = secret or (known is not None and name not in known and not name.startswith("xmlns"))
            if secret or self._words.secret.search(name):
                quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
                self._hide(start + attribute.start(3) + quoted, start + attribute.end(3) - quoted)

    def _known(self, local: str) -> frozenset[str] | None:
        """Around and in a Credential, the attributes of an element that are no secrets; None elsewhere."""
        if self._header or local in self._words.around:
            return self._words.known.get(local, frozenset())
        return None


def _quotes(text: str) -> int:
    return text.count('"') + text.count("'")
