"""The DTD layer: libxml2 says that an element is invalid, the DTD's own rule says why.

libxml2's verdict is the verdict: there is a finding exactly where it has a complaint. Its messages quote values, which
may be secret, and are kept aside in ``Finding.raw``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from lxml import etree

from ..binding.notes import MOST
from ..declaration import clark
from ..errors import InvalidValue
from ..findings import Finding, shorten
from ..payloads import MESSAGES, REQUESTS, RESPONSES
from ..places import Places, name_of, namespaces, tag_of
from ..tree import Doctype, Loaded, xpath
from .catalog import DtdCatalog, default_catalog
from .explain import Effort, Fault, attribute_faults, content_faults, fits_content, undeclared
from .grammar import AttributeRule, Complaint, Grammar, Rule
from .pieces import is_large, large_children, piece_size

__all__ = ["STANDALONE", "DtdCatalog", "check_dtd"]

_WRAPPERS = {"Request": REQUESTS, "Response": RESPONSES, "Message": MESSAGES}


def check_dtd(loaded: Loaded, catalog: DtdCatalog | None = None, version: str | None = None) -> list[Finding]:
    """Hold a document against the DTD that fits its payload.

    loaded: the tree, with its white space (``load(..., blanks=True)``) if it is declared to be standalone; between
        elements that counts then, and nowhere else.
    catalog: the DTDs at hand; by default ours and those that ``CXML_DTD_PATH`` names.
    version: the version to judge by; by default the one that the DOCTYPE names, if it is at hand.

    Findings of the layer ``dtd`` are there exactly if libxml2 finds the document invalid. Warnings of the layer
    ``rule`` tell by what was judged, where that is not what the document asks for. Raises InvalidValue if no DTD of
    ``version`` is installed.
    """
    root = loaded.root
    catalog = default_catalog() if catalog is None else catalog
    if not isinstance(catalog, DtdCatalog):
        raise InvalidValue(f"a DtdCatalog is expected, not {type(catalog).__name__}", "catalog")
    payload = _payload(root)
    name = None if payload is None else tag_of(payload)
    # A wrapper DTD may add a payload of its own.
    known = name in _PAYLOADS or any(name in file.payloads for file in catalog.files)
    declared = None if loaded.doctype is None else _version(loaded.doctype.system)
    choice = catalog.choose(name if known else None, declared, version)
    grammar = catalog.grammar(choice.file)
    found = [_unavailable(choice.wanted, choice.file.version)] if choice.wanted else []
    if known and payload is not None and not choice.complete:
        found.append(_unjudged(loaded, payload))
        judge = _Judge(loaded, grammar, payload)
        judge.in_pieces()
    else:
        judge = _Judge(loaded, grammar, None)
        if is_large(root, judge.piece):
            judge.in_pieces()
        else:
            judge.explain(root, grammar.complaints(root))
    if judge.standalone:
        found.append(STANDALONE)
    return [*found, *_findings(loaded, judge.faults, judge.rest)]


_UNAVAILABLE = "A newer grammar takes all that an older one took. To judge by that version, install its official DTD."


_PAYLOADS = frozenset(name for table in _WRAPPERS.values() for names in table.values() for name in names)


#: No system identifier of cXML is longer, and what is longer is not to be remembered.
_LONGEST_SYSTEM = 200


def _version(system: str | None) -> str | None:
    """What ``Doctype.version`` says, remembered, for most documents name the same few DTDs."""
    return None if system is None or len(system) > _LONGEST_SYSTEM else _known_version(system)


@lru_cache(maxsize=64)
def _known_version(system: str) -> str | None:
    return Doctype("cXML", system).version


def _payload(root: etree._Element) -> etree._Element | None:
    for wrapper in reversed(root):
        if wrapper.tag in _WRAPPERS:
            for child in wrapper:
                tag = child.tag
                if tag != "Status" and isinstance(tag, str):
                    return child
    return None


@lru_cache(maxsize=256)
def _unavailable(wanted: str, used: str) -> Finding:
    message = f"No DTD of cXML {wanted} is installed that has this payload; {used} has judged."
    return Finding("rule", "warning", "version-unavailable", message, hint=_UNAVAILABLE)


def _unjudged(loaded: Loaded, payload: etree._Element) -> Finding:
    places = Places(loaded, [payload])
    line, column = places.position(payload)
    message = f"No DTD at hand declares {name_of(payload)}: only what stands around it was judged."
    hint = "Install the official DTDs and name their directory in CXML_DTD_PATH."
    return Finding("rule", "warning", "payload-unjudged", message, places.path(payload), line, column, hint)


# --- judging -------------------------------------------------------------------------------------------------

_CONTENT = frozenset(("DTD_CONTENT_MODEL", "DTD_NOT_EMPTY", "DTD_NOT_PCDATA", "DTD_INVALID_CHILD"))
_ATTRIBUTE = frozenset(
    (
        "DTD_UNKNOWN_ATTRIBUTE",
        "DTD_ATTRIBUTE_VALUE",
        "DTD_MISSING_ATTRIBUTE",
        "DTD_ATTRIBUTE_DEFAULT",
        "DTD_ELEM_NAMESPACE",
        "DTD_NO_PREFIX",
        "DTD_DIFFERENT_PREFIX",
    )
)
_WHITE_SPACE = "DTD_STANDALONE_WHITE_SPACE"
#: A rule of XML that nobody else looks at, and some XML libraries declare it of themselves: no reason to refuse.
STANDALONE = Finding(
    "dtd",
    "warning",
    "standalone",
    'The XML declaration says standalone="yes", so the grammar allows no white space between elements.',
    line=1,
    column=1,
    hint="Leave standalone out of the XML declaration; a document with a DOCTYPE is not standalone.",
)


class _Judged(NamedTuple):
    fault: Fault
    raw: str = ""


class _Judge:
    """One pass over a document. ``rest``: complaints that were not looked into, for there are too many."""

    def __init__(self, loaded: Loaded, grammar: Grammar, unjudged: etree._Element | None) -> None:
        self.root = loaded.root
        self.loaded = loaded
        self.grammar = grammar
        self.unjudged = unjudged
        self.piece = piece_size(loaded)
        self.effort = Effort()
        self.faults: list[_Judged] = []
        self.rest = 0
        self.standalone = False
        self._explained: set[etree._Element] = set()
        self._namespaces: dict[etree._Element, list[tuple[str, str]]] | None = None

    def in_pieces(self) -> None:
        """Judge a large document, or what stands around a payload that is not declared."""
        with self.grammar.lock:
            self.pieces(self.root)
            self.ids()

    def pieces(self, node: etree._Element) -> None:
        """Judge an element by its rule and what stands in it piece by piece."""
        rule = self.grammar.rule(name_of(node))
        if rule is None:
            self.faults.append(_Judged(undeclared(node, self.grammar, self.effort)))
            return
        self.alone(node, rule)
        large = large_children(node, self.piece)
        if self.unjudged is not None:
            large |= {child for child in (self.unjudged, self.unjudged.getparent()) if child is not None}
        is_valid = self.grammar.judge
        for child in node.iterchildren("*"):
            if child in large:
                if child is not self.unjudged:
                    self.pieces(child)
            elif not is_valid(child):
                complaints = self.grammar.latest()
                self.explain(child, [each for each in complaints if self._counts_in_piece(child, each)])
            if len(self.faults) >= MOST:
                # What is left is not looked at: each of them counts once, whatever is wrong with it.
                self.rest += sum(1 for _ in child.itersiblings("*"))
                return

    def _holds_unjudged(self, node: etree._Element) -> bool:
        return self.unjudged is not None and self.unjudged.getparent() is node

    def _counts_in_piece(self, piece: etree._Element, complaint: Complaint) -> bool:
        # As a root it gets the namespaces of its parents; and Ids are a matter of the whole document.
        if complaint.kind in ("DTD_UNKNOWN_ID", "DTD_ID_REDEFINED"):
            return False
        at_root = complaint.path.count("/") == 1
        foreign = at_root and complaint.kind == "DTD_UNKNOWN_ATTRIBUTE" and "attribute xmlns" in complaint.message
        return not foreign or piece in self._declared_namespaces()

    def alone(self, node: etree._Element, rule: Rule) -> None:
        """Judge an element without what stands in its children."""
        known = None
        if self._holds_unjudged(node) and self.unjudged is not None:
            table = _WRAPPERS[name_of(node)]
            known = next((name for name in table["cXML"] if name in rule.names), None)
            if not any(name_of(self.unjudged) in names for names in table.values()):
                known = None

        def names() -> Iterator[str]:
            # Any payload may stand for one that another module allows here.
            for child in node.iterchildren("*"):
                yield known if known is not None and child is self.unjudged else name_of(child)

        if not fits_content(node, rule, names()):
            self.add(content_faults(node, rule, self.grammar, self.effort, names()), "")
        self.add(attribute_faults(node, rule, self._declared_namespaces().get(node, ()), self.effort), "")

    def ids(self) -> None:
        """Judge what no piece can show: whether Ids are unique, and whether references lead to one."""
        if not xpath(self.grammar.has_ids)(self.root):
            return
        known: set[str] = set()
        refers = False
        for node, rule, attribute, value in self._with_ids():
            if attribute.type == "idref":
                refers = True
            elif value in known:
                self.add([_duplicate(node, rule.tag, attribute.name, value)], "")
            else:
                known.add(value)
        for node, rule, attribute, value in self._with_ids() if refers else ():
            if attribute.type == "idref" and value not in known:
                self.add([_dangling(node, rule.tag, attribute.name, value)], "")

    def _with_ids(self) -> Iterator[tuple[etree._Element, Rule, AttributeRule, str]]:
        """Every Id and every reference to one."""
        for node in self.root.iter(*self.grammar.with_ids):
            rule = self.grammar.rule(name_of(node))
            if rule is None or self._is_unjudged(node):
                continue
            for attribute in rule.attributes.values():
                if attribute.type in ("id", "idref"):
                    value = node.get(clark(attribute.name))
                    if value is not None:
                        yield node, rule, attribute, value

    def _is_unjudged(self, node: etree._Element) -> bool:
        return self.unjudged is not None and (node is self.unjudged or self.unjudged in node.iterancestors())

    # --- what libxml2 has said, explained

    def explain(self, top: etree._Element, complaints: Sequence[Complaint]) -> None:
        """Explain complaints about ``top`` and what is in it."""
        grouped: dict[str, list[Complaint]] = {}
        for complaint in complaints:
            if complaint.kind == _WHITE_SPACE:
                self.standalone = True  # of every element that is indented
            else:
                grouped.setdefault(complaint.path, []).append(complaint)
        if not grouped:
            return
        if top is self.root and self.grammar.rule(name_of(top)) is None:
            # Whatever stands in it: this is no document of cXML.
            self.add([undeclared(top, self.grammar, self.effort)], complaints[0].message[:_LONGEST_RAW])
            return
        finder = _Finder(top)
        for path, group in grouped.items():
            if len(self.faults) >= MOST:
                self.rest += len(group)
            else:
                self.explain_one(finder.find(path), group)

    def explain_one(self, node: etree._Element, group: Sequence[Complaint]) -> None:
        rule = self.grammar.rule(name_of(node))
        if rule is None:
            if node not in self._explained and node.getparent() not in self._explained:
                self.add([undeclared(node, self.grammar, self.effort)], _raw(group))
            self._explained.add(node)
            return
        content = [each for each in group if each.kind in _CONTENT]
        attributes = [each for each in group if each.kind in _ATTRIBUTE]
        if content and not self.add(content_faults(node, rule, self.grammar, self.effort), _raw(content)):
            self.add([_not_valid(node, rule)], _raw(content))
        declared = self._declared_namespaces().get(node, ())
        if attributes and not self.add(attribute_faults(node, rule, declared, self.effort), _raw(attributes)):
            self.add([_not_valid(node, rule)], _raw(attributes))
        for each in group:
            if each.kind not in _CONTENT and each.kind not in _ATTRIBUTE:
                self.add([_about_ids(node, rule, each)], _raw([each]))

    def add(self, faults: Iterable[Fault], raw: str) -> bool:
        """Take in faults; False if there were none."""
        before = len(self.faults)
        for fault in faults:
            if len(self.faults) >= MOST:
                self.rest += 1
                break
            if fault.code == "unknown-element":
                self._explained.add(fault.node)
            self.faults.append(_Judged(fault, raw))
        return len(self.faults) > before or self.rest > 0

    def _declared_namespaces(self) -> dict[etree._Element, list[tuple[str, str]]]:
        if self._namespaces is None:
            self._namespaces = namespaces(self.loaded)
        return self._namespaces


#: So much is kept of what libxml2 says of one element; it may list all names that stand in it.
_LONGEST_RAW = 2000


def _raw(complaints: Iterable[Complaint]) -> str:
    return "\n".join(each.message[:_LONGEST_RAW] for each in islice(complaints, 10))[:_LONGEST_RAW]


def _not_valid(node: etree._Element, rule: Rule) -> Fault:
    # libxml2 is the judge; it may see what the rule does not.
    return Fault(node, "not-valid", f"{rule.tag} does not follow the grammar.", f"It is made of {rule.model[:300]}.")


def _about_ids(node: etree._Element, rule: Rule, complaint: Complaint) -> Fault:
    kind = {"DTD_ID_REDEFINED": "id", "DTD_UNKNOWN_ID": "idref"}.get(complaint.kind)
    for attribute in rule.attributes.values():
        value = node.get(clark(attribute.name))
        if attribute.type == kind and value is not None:
            about = _duplicate if kind == "id" else _dangling
            return about(node, rule.tag, attribute.name, value)
    return _not_valid(node, rule)


def _duplicate(node: etree._Element, tag: str, name: str, value: str) -> Fault:
    message = f"{tag}@{name}: another element has the Id {shorten(value)} already."
    return Fault(node, "duplicate-id", message, "An Id names one element of a document; choose another one.")


def _dangling(node: etree._Element, tag: str, name: str, value: str) -> Fault:
    message = f"{tag}@{name}: no element has the Id {shorten(value)}."
    return Fault(
        node, "dangling-idref", message, "Write the Id of an element that is there, or leave the attribute out."
    )


class _Finder:
    """Finds the elements that libxml2's paths name, each step looked up in an index of the children."""

    def __init__(self, top: etree._Element) -> None:
        self.top = top
        self._steps: dict[etree._Element, dict[str, etree._Element]] = {}

    def find(self, path: str) -> etree._Element:
        node = self.top
        for step in path.split("/")[2:]:
            if node not in self._steps:
                self._steps[node] = _steps(node)
            # A path that leads nowhere stops at the last element on it.
            node = self._steps[node].get(step, node)
        return node


def _steps(parent: etree._Element) -> dict[str, etree._Element]:
    found: dict[str, etree._Element] = {}
    counts: dict[str, int] = {}
    for number, child in enumerate(parent.iterchildren("*"), 1):
        # An element of a default namespace has no name in XPath; it is counted among all.
        nameless = child.prefix is None and tag_of(child).startswith("{")
        name = "*" if nameless else name_of(child)
        counts[name] = number if nameless else counts.get(name, 0) + 1
        found[f"{name}[{counts[name]}]"] = child
        found.setdefault(name, child)
    return found


# --- findings ------------------------------------------------------------------------------------------------


def _findings(loaded: Loaded, judged: Sequence[_Judged], rest: int) -> list[Finding]:
    if not judged:
        return []
    places = Places(loaded, (each.fault.node for each in judged))
    found = []
    for each in judged:
        fault = each.fault
        line, column = places.position(fault.node)
        path = places.path(fault.node)
        found.append(Finding("dtd", "error", fault.code, fault.message, path, line, column, fault.hint, each.raw))
    found.sort(key=lambda finding: (finding.line, finding.column))
    if rest:
        message = f"At least {rest} more departures from the grammar are not listed."
        found.append(Finding("dtd", "warning", "more", message))
    return found
