"""Lawful rarities: documents that say what another says, in any spelling that XML 1.0 and Namespaces allow.

The grammar is that of XML and not that of partners. Each thing that a document may contain is a production with a
name, so that a failure can say what it took. Which of them are lawful is not our opinion: libxml2 reads them, and a
test holds that. A document is made by a few productions at a time, each used once, here and there, or wherever it can.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from itertools import accumulate

import attrs
from lxml import etree
from productions import (
    BROKEN_DECLARATIONS,
    COMMENTS,
    DECLARATIONS,
    DECLARING,
    DOCTYPES,
    ENCODINGS,
    ENDS,
    INSTRUCTIONS,
    LOOKALIKES,
    NAMES,
    ODD,
    PREFIXES,
    PRODUCTIONS,
    STARTS,
    SYSTEM,
    URIS,
    UTF8,
    XML,
)
from seeds import Seed, root_of, seeds

__all__ = ["Rarity", "Writer", "rarity"]


@attrs.frozen
class Rarity:
    """A document, what it was made from, and by which productions."""

    octets: bytes = attrs.field(repr=False)
    seed: Seed
    productions: tuple[str, ...]

    @property
    def lawful(self) -> bool:
        """Whether XML allows all that it was made with."""
        return all(PRODUCTIONS[name].lawful for name in self.productions)

    @property
    def same(self) -> bool:
        """Whether it should still say what the seed says."""
        return all(PRODUCTIONS[name].same for name in self.productions)


_TRIED = list(PRODUCTIONS)
_OFTEN = list(accumulate(each.weight for each in PRODUCTIONS.values()))


@cache
def _seeds() -> tuple[tuple[Seed, ...], list[float]]:
    return seeds(), list(accumulate(each.weight for each in seeds()))


@cache
def _tree(seed: Seed) -> etree._Element:
    return root_of(seed.octets)


def rarity(chance: random.Random) -> Rarity:
    """One document by a few productions."""
    known, often = _seeds()
    seed = chance.choices(known, cum_weights=often)[0]
    number = chance.choice((1, 1, 1, 2, 2, 3, 5, 12))
    chosen = {PRODUCTIONS[name].group: name for name in chance.choices(_TRIED, cum_weights=_OFTEN, k=number)}
    return Writer(chance, frozenset(chosen.values())).document(seed)


class Writer:
    """Writes a tree with the productions that were chosen, and remembers which of them found a place."""

    def __init__(self, chance: random.Random, chosen: frozenset[str]) -> None:
        self.chance = chance
        # Without a declaration of it there is one encoding only.
        plain = "declaration:without-encoding" in chosen
        self.chosen = frozenset(name for name in chosen if not (plain and name in ENCODINGS))
        self.often = chance.choice((0.05, 0.3, 1.0))
        self.room = 20_000
        self.used: dict[str, None] = {}
        self.encoding = next((ENCODINGS[name] for name in self.chosen if name in ENCODINGS), UTF8)
        self._ids = 0
        self._referring = any(name.startswith("reference") for name in chosen)

    def takes(self, name: str, *, always: bool = False) -> bool:
        """Whether a production is used at this place."""
        if name not in self.chosen or not (always or self.chance.random() < self.often):
            return False
        self.used[name] = None
        return True

    def long(self, text: str, numbers: Sequence[int]) -> str:
        """A text many times, as long as the document does not become too large by that."""
        made = text * self.chance.choice(numbers)
        if len(made) > self.room:
            return text
        self.room -= len(made)
        return made

    def one(self, group: str) -> str:
        """The production of a group that was chosen, without the group; "" if none was."""
        for name in self.chosen:
            if name.startswith(f"{group}:"):
                self.used[name] = None
                return name.partition(":")[2]
        return ""

    def some(self, texts: Sequence[str]) -> str:
        """One of some texts, if the encoding has it."""
        text = self.chance.choice(texts)
        return text if self.encoding.holds(text) else texts[0]

    # --- around the root

    def document(self, seed: Seed) -> Rarity:
        root = _tree(seed)
        parts = [self._declaration(), self._around(root, before=True), self._doctype(root)]
        parts += [self._misc("before"), self.element(root), "\n", self._misc("after"), self._around(root, before=False)]
        text = "".join(parts)
        if start := self.one("start"):
            text = STARTS[start] + text
        if end := self.one("end"):
            text += ENDS[end][0]
        text = self._lines(text)
        if self.encoding.name != UTF8.name:
            self.one("encoding")
        return Rarity(self.encoding.encode(text), seed, tuple(self.used))

    def _declaration(self) -> str:
        kind = self.one("declaration")
        template = {**DECLARATIONS, **BROKEN_DECLARATIONS}.get(kind, '<?xml version="1.0" encoding="{}"?>')
        declared = self.encoding.declared
        if not declared:
            # What has no declaration of an encoding is in UTF-8, or has a mark.
            if not kind and self.chance.random() < 0.5:
                return ""
            template = template.replace(' encoding="{}"', "").replace(" encoding='{}'", "")
        return template.format(declared or "UTF-8") + ("" if kind == "without-line" else "\n")

    def _doctype(self, root: etree._Element) -> str:
        kind = self.one("doctype")
        tree = root.getroottree()
        if not kind:
            return f"{tree.docinfo.doctype}\n" if tree.docinfo.doctype else ""
        if kind.startswith("declares-"):
            return f"<!DOCTYPE cXML SYSTEM '{SYSTEM}' [{DECLARING[kind.removeprefix('declares-')]}]>"
        text = DOCTYPES[kind].format(tree.docinfo.system_url or SYSTEM)
        return text if self.encoding.holds(text) else text.replace("é", "e")

    def _around(self, root: etree._Element, *, before: bool) -> str:
        nodes = [node for node in root.itersiblings(preceding=before) if isinstance(node, etree._ProcessingInstruction)]
        return "".join(f"<?{node.target} {node.text or ''}?>\n" for node in (reversed(nodes) if before else nodes))

    def _misc(self, where: str) -> str:
        made = ""
        if self.takes(f"comment-{where}", always=True):
            made += f"{self._comment()}\n"
        if self.takes(f"instruction-{where}", always=True):
            made += f"{self._instruction()}\n"
        return made

    def _lines(self, text: str) -> str:
        kind = self.one("lines")
        if kind == "mixed":
            pieces = text.replace("\r\n", "\n").split("\n")
            return pieces[0] + "".join(self.chance.choice(("\n", "\r\n", "\r")) + piece for piece in pieces[1:])
        return text.replace("\r\n", "\n").replace("\n", {"crlf": "\r\n", "cr": "\r"}[kind]) if kind else text

    def _comment(self) -> str:
        return f"<!--{self.some(COMMENTS)}-->"

    def _instruction(self) -> str:
        return f"<?{self.some(INSTRUCTIONS)}?>"

    # --- elements

    def element(self, node: etree._Element) -> str:
        outer = node.getparent()
        scope = dict(outer.nsmap) if outer is not None else {}
        name = _qualified(node.tag, node.prefix)
        attributes = {
            f"xmlns:{prefix}" if prefix else "xmlns": uri
            for prefix, uri in node.nsmap.items()
            if scope.get(prefix) != uri
        }
        for key, value in node.attrib.items():
            attributes[_attribute_name(key, node.nsmap)] = value
        self._more_namespaces(node, attributes)
        self._more_attributes(attributes)
        content = self._content(node)
        blank = self._blank() if self.takes("tag-blanks") else ""
        start = f"<{name}{self._attributes(attributes)}{blank}"
        end = f"</{name}{self._blank() if self.takes('tag-end-blanks') else ''}>"
        if content:
            return f"{start}>{content}{end}"
        if self.takes("tag-expanded"):
            return f"{start}>{end}"
        self.takes("tag-collapsed", always=True)
        return f"{start}/>"

    def _more_namespaces(self, node: etree._Element, attributes: dict[str, str]) -> None:
        root = node.getparent() is None
        if self.takes("namespace-xml", always=root and self.often < 1) or self.takes(
            "namespace-xml-everywhere", always=True
        ):
            attributes["xmlns:xml"] = XML
        if self.takes("namespace-prefix"):
            prefix = self.some(PREFIXES)
            if prefix not in node.nsmap:
                attributes.setdefault(f"xmlns:{prefix}", self.some(URIS[:-1]))
        if self.takes("namespace-reference"):
            attributes.setdefault("xmlns:ref", "urn:re\0f&'")
        if self.takes("namespace-long"):
            attributes.setdefault("xmlns:long", "urn:" + self.long("l", (100, 251, 252, 253, 300, 5000)))
        if self.takes("namespace-many"):
            attributes.update(
                {f"xmlns:n{number}": f"urn:{number}" for number in range(len(self.long("n", (5, 40, 150))))}
            )
        if None not in node.nsmap and self.takes("namespace-undone"):
            attributes["xmlns"] = ""
        if root and self.takes("namespace-default", always=True):
            attributes["xmlns"] = "urn:rare:default"
        if root and self.takes("namespace-of-cxml", always=True):
            attributes["xmlns"] = self.chance.choice(
                ("http://www.cxml.org", "http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd")
            )
        if not root and self.takes("namespace-default-inside"):
            attributes["xmlns"] = self.some(URIS)

    def _more_attributes(self, attributes: dict[str, str]) -> None:
        if self.takes("foreign-attribute"):
            attributes.update(
                {"xmlns:fa": "urn:rare:fa", f"fa:{self.some(NAMES)}": self.some(("1", "", "<&>'\"", "é"))}
            )
        if self.takes("xml-space"):
            attributes["xml:space"] = self.chance.choice(("preserve", "default", "rare"))
        if self.takes("xml-base"):
            attributes["xml:base"] = "http://rare.example/"
        if self.takes("xml-id"):
            self._ids += 1
            attributes["xml:id"] = f"rare{self._ids}"
        if self.takes("xml-lang"):
            attributes["xml:lang"] = self.chance.choice(("", "en", "x-rare", "de-AT-1996"))
        if self.takes("lookalike-name"):
            attributes[self.chance.choice(("myxmlns", "xmlns-a", "xmlns.b", "_xmlns", "xmlnsa"))] = "urn:x"
        if self.takes("lookalike-prefixed"):
            attributes.update({"xmlns:fb": "urn:rare:fb", "fb:xmlns": "urn:x"})
        if self.takes("name-odd"):
            attributes[self.some(("rare", "größe", "日", "𐐀", "a.b-c_d", "_", "a·b"))] = "1"
        if self.takes("name-long"):
            attributes[self.long("n", (300, 3000, 15_000))] = "1"
        if self.takes("attribute-empty"):
            attributes["rare"] = ""
        for name in [name for name in attributes if not name.startswith(("xmlns", "xml:"))]:
            if self.takes("lookalike-attribute"):
                attributes[name] += self.chance.choice(LOOKALIKES)
            if self.takes("attribute-odd"):
                attributes[name] += self.chance.choice(ODD)
            if self.takes("attribute-long"):
                attributes[name] += self.long("long ", (50, 2000))
            if self.takes("attribute-kept-lines"):
                attributes[name] += self.chance.choice(("\n", "\t", "\r\n", "\r"))

    def _attributes(self, attributes: dict[str, str]) -> str:
        pairs = list(attributes.items())
        if len(pairs) > 1 and self.takes("tag-shuffled"):
            self.chance.shuffle(pairs)
        return "".join(self._attribute(name, value) for name, value in pairs)

    def _attribute(self, name: str, value: str) -> str:
        before, left, right = " ", "", ""
        if self.takes("tag-blanks"):
            before, left, right = self._blank(), self._blank(), self._blank()
        if self.takes("tag-lines"):
            before = "\n\t "
        quote = "'" if self.takes("tag-quotes") else '"'
        return f"{before}{name}{left}={right}{quote}{self._value(value, quote)}{quote}"

    def _blank(self) -> str:
        return self.chance.choice((" ", "  ", "\n", "\t", " \n "))

    def _value(self, value: str, quote: str) -> str:
        if not self._referring and value.isalnum():
            return value
        made = []
        for char in value:
            if char == "\0":  # a place where a reference stands that means nothing
                made.append(self.chance.choice(("&#x2d;", "&#45;", "&#x002D;")))
            elif char in '<&\t\n\r"' or char == quote:
                made.append({"<": "&lt;", "&": "&amp;", '"': "&quot;", "'": "&apos;"}.get(char) or f"&#{ord(char)};")
            elif char == " " and self.takes("attribute-lines"):
                made.append(self.chance.choice("\n\t"))
            else:
                made.append((self._referring and self._reference(char, "reference-in-attribute")) or char)
        return "".join(made)

    # --- content

    def _content(self, node: etree._Element) -> str:
        made = [self._text(node.text or "", between=len(node) > 0)]
        for child in node:
            if isinstance(child, etree._ProcessingInstruction):
                made.append(f"<?{child.target} {child.text or ''}?>")
            elif not isinstance(child, etree._Comment):
                made.append(self.element(child))
            made.append(self._text(child.tail or "", between=True))
        if self.takes("foreign-element"):
            made.insert(self.chance.randint(0, len(made)), self._foreign("urn:rare:fe"))
        if self.takes("foreign-element-without-namespace"):
            made.insert(self.chance.randint(0, len(made)), self._foreign(""))
        if self.takes("deep-foreign"):
            made.insert(self.chance.randint(0, len(made)), self._deep("r", (20, 100, 230)))
        if self.takes("deep-too-much"):
            made.insert(self.chance.randint(0, len(made)), self._deep("r", (260, 1000)))
        if node.tag in ("Extrinsic", "BuyerCookie", "SupplierPartAuxiliaryID") and self.takes("deep-open", always=True):
            made.append(self._deep("Extrinsic", (20, 100, 230)))
        return "".join(made)

    def _foreign(self, uri: str) -> str:
        name, inner = self.some(NAMES), self.some(("text", "", " ", "<![CDATA[<]]>", "<r/>", "<!-- a -->", "<?r?>"))
        if not uri:
            return f"<{name}>{inner}</{name}>"
        prefix = self.some(("", *PREFIXES))
        if prefix:
            return f'<{prefix}:{name} xmlns:{prefix}="{uri}" {prefix}:a="1" b="2">{inner}</{prefix}:{name}>'
        return f'<{name} xmlns="{uri}" b="2">{inner}</{name}>'

    def _deep(self, name: str, levels: Sequence[int]) -> str:
        number = len(self.long(f"<{name}></{name}>", levels)) // (2 * len(name) + 5)
        return f"<{name}>" * number + "deep" + f"</{name}>" * number

    def _text(self, text: str, *, between: bool) -> str:
        """Text as it stands in an element; ``between``: there are elements beside it."""
        blank = not text or text.isspace()
        if not blank and self.takes("text-odd"):
            text += self.chance.choice(ODD)
        if not blank and self.takes("lookalike-text"):
            text += self.chance.choice(LOOKALIKES)
        if not between and self.takes("text-long"):
            text += self.long("long text ", (100, 1500))
        if not between and self.takes("text-blanks"):
            text = f" \n{text}\t"
        made = self._spelled(text) if text else ""
        if self.takes("text-control-reference"):
            made += self.chance.choice(("&#9;", "&#10;", "&#xD;", "&#x85;", "&#x7f;", "&#xFFFD;", "&#x10FFFF;"))
        if self.takes("text-not-a-character"):
            made += self.chance.choice(("&#0;", "&#1;", "&#xD800;", "&#xFFFE;", "&#x110000;", "\ufffe", "\x02", "&#x;"))
        where = "inside-text" if text and not blank else "between" if between else "in-empty"
        return self._inserted(made, where)

    def _inserted(self, made: str, where: str) -> str:
        if self.takes(f"comment-{where}") or self.takes("comment-every", always=True):
            made = self._put(made, self._comment())
        if self.takes(f"instruction-{where}"):
            made = self._put(made, self._instruction())
        if self.takes("cdata-empty"):
            made = self._put(made, "<![CDATA[]]>")
        return made

    def _put(self, made: str, markup: str) -> str:
        """Put markup into a text that is escaped already: never into a reference or a section."""
        if "<" in made or "&" in made:
            return self.chance.choice((markup + made, made + markup))
        at = self.chance.randint(0, len(made))
        return made[:at] + markup + made[at:]

    def _spelled(self, text: str) -> str:
        if text.isspace():
            return (
                self._section(text) if "\r" not in text and self.takes("cdata-blank") else text.replace("\r", "&#13;")
            )
        plain = "]]>" not in text and "\r" not in text and self.encoding.holds(text)
        if plain and self.takes("cdata-whole"):
            return self._section(text)
        if plain and self.takes("cdata-pieces"):
            at = sorted(self.chance.randint(0, len(text)) for _ in range(2))
            pieces = (text[: at[0]], text[at[0] : at[1]], text[at[1] :])
            return "".join(
                self._section(each) if self.chance.random() < 0.6 else self._escaped(each) for each in pieces
            )
        return self._escaped(text)

    def _section(self, text: str) -> str:
        return f"<![CDATA[{text}]]>"

    def _escaped(self, text: str) -> str:
        if not self._referring:
            return text.translate(_ESCAPED)
        return "".join(_ESCAPES.get(char) or self._reference(char, "reference") or char for char in text)

    def _reference(self, char: str, kind: str) -> str:
        code = ord(char)
        if char in "'\">" and self.takes(f"{kind}-predefined"):
            return {"'": "&apos;", '"': "&quot;", ">": "&gt;"}[char]
        if self.takes(f"{kind}-decimal"):
            return f"&#{code};"
        if self.takes(f"{kind}-hexadecimal"):
            return self.chance.choice((f"&#x{code:x};", f"&#x{code:X};"))
        if self.takes(f"{kind}-zeros"):
            return self.chance.choice((f"&#{code:09d};", f"&#x{code:08X};", f"&#{self.long('0', (1, 40, 300))}{code};"))
        if kind == "reference" and self.takes("reference-every", always=True):
            return f"&#{code};"
        return ""


#: A '>' needs its escape behind ']]' alone; it is simplest to escape all.
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_ESCAPED = str.maketrans(_ESCAPES)


def _qualified(tag: str, prefix: str | None) -> str:
    local = etree.QName(tag).localname
    return f"{prefix}:{local}" if prefix else local


def _attribute_name(key: str, known: dict[str | None, str]) -> str:
    name = etree.QName(key)
    if not name.namespace:
        return name.localname
    if name.namespace == XML:
        return f"xml:{name.localname}"
    return f"{next(prefix for prefix, uri in known.items() if prefix and uri == name.namespace)}:{name.localname}"
