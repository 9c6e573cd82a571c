"""What is wrong with one element, in words: its children, its text, its attributes, held against the DTD's rule."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from lxml import etree

from ..declaration import clark
from ..findings import CODES, shorten
from ..meant import meant
from ..places import name_of, tag_of
from ..scalars import IDREF, NMTOKEN, NMTOKENS, XML_ID, Scalar
from .automaton import Misfit, Slot
from .grammar import AttributeRule, Grammar, Rule

__all__ = ["Effort", "Fault", "attribute_faults", "content_faults", "fits_content", "undeclared"]

_BLANK = " \t\r\n"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_TOKENS: dict[str, Scalar] = {
    "nmtoken": NMTOKEN,
    "nmtokens": NMTOKENS,
    "id": XML_ID,
    "idref": IDREF,
}


class Fault(NamedTuple):
    """Something wrong with ``node``: the child that should not be there, else the element itself."""

    node: etree._Element
    code: str
    message: str
    hint: str = ""


# --- names in words ------------------------------------------------------------------------------------------


def _short(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:59]}…"


def _called(node: etree._Element) -> str:
    return _short(name_of(node)) if tag_of(node) else "a processing instruction"


def _listed(names: Sequence[str], word: str = "or", most: int = 12) -> str:
    if len(names) > most:
        return f"{', '.join(names[:most])}, …"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"


class Effort:
    """How hard to look for what may be meant, in one document: a thousand faults with a search each would take long.

    What is found beyond gets the general hint.
    """

    def __init__(self, searches: int = 200) -> None:
        self._searches = searches

    def spent(self) -> bool:
        """Whether nothing is left for one more search."""
        self._searches -= 1
        return self._searches < 0

    def nearest(self, name: str, known: Collection[str]) -> str:
        """The known name that may be meant, or ""."""
        if len(name) > 60 or self._searches <= 0:
            return ""
        self._searches -= 1 + len(known) // 200
        return _nearest(name, known)


def _nearest(name: str, known: Collection[str]) -> str:
    words = list(reversed(list(known)))
    near = meant(name, words)
    if not near and len(name) > 3:
        # "Cookie" for "BuyerCookie", "lang" for "xml:lang"; of several nobody knows which.
        parts = [each for each in words if name.lower() in each.lower()]
        near = parts[0] if len(parts) == 1 else ""
    return near


def _meant(name: str, near: str) -> str:
    if name.lower() == near.lower():
        return f"Write {near}; upper and lower case count."
    return f"Is {near} meant?"


# --- content -------------------------------------------------------------------------------------------------


def _texts(node: etree._Element) -> Iterator[etree._Element]:
    """The nodes with text behind their start tag (the element itself) or behind their end tag (its children)."""
    if node.text and node.text.strip(_BLANK):
        yield node
    for child in node:
        if child.tail and child.tail.strip(_BLANK):
            yield child


def fits_content(node: etree._Element, rule: Rule, names: Iterable[str]) -> bool:
    """Whether the content of an element is valid, as libxml2 sees it; ``names`` are those of its children."""
    if rule.kind == "any":
        return True
    if rule.kind == "empty":
        return node.text is None and not len(node)
    if rule.kind == "text":
        return not any(True for _ in names)
    if rule.kind == "mixed":
        return all(name in rule.names or name.rpartition(":")[2] in rule.names for name in names)
    assert rule.automaton is not None
    return rule.automaton.fits(names) and next(_texts(node), None) is None


def content_faults(
    node: etree._Element, rule: Rule, grammar: Grammar, effort: Effort, names: Iterable[str] | None = None
) -> Iterator[Fault]:
    """All that is wrong with what stands in an element; ``names`` are to be taken for those of its children."""
    if rule.kind == "empty":
        yield from _not_empty(node, rule)
    elif rule.kind == "text":
        for child in node.iterchildren("*"):
            yield Fault(
                child,
                "unexpected-child",
                f"{rule.tag} holds text only, not {_called(child)}.",
                "If it is meant as text, write '<' as '&lt;'; else leave the tags out.",
            )
    elif rule.kind == "mixed":
        for child in node.iterchildren("*"):
            if name_of(child) not in rule.names:
                yield _unknown(child, rule, grammar, rule.names, effort)
    elif rule.automaton is not None:
        for place in islice(_texts(node), 3):
            where = (
                f"in front of its children in {rule.tag}" if place is node else f"in {rule.tag} behind {_called(place)}"
            )
            yield Fault(
                node,
                "unexpected-text",
                f"Text stands {where}, where only elements may be.",
                "Put it into the element that it belongs to, or take it out.",
            )
        named = (name_of(child) for child in node.iterchildren("*")) if names is None else names
        yield from _sequence(node, rule, grammar, effort, named)


def _not_empty(node: etree._Element, rule: Rule) -> Iterator[Fault]:
    if node.text is not None or not len(node):
        blank = not (node.text or "").strip(_BLANK)
        what = "not even blank space or a line break may stand in it" if blank else "it has nothing but attributes"
        hint = f"Write <{rule.tag} …/>; {what}."
        yield Fault(node, "unexpected-text", f"{rule.tag} must be empty, but text stands in it.", hint)
    for child in node:
        yield Fault(
            child,
            "unexpected-child",
            f"{rule.tag} must be empty, but {_called(child)} stands in it.",
            f"Write <{rule.tag} …/>; it has nothing but attributes.",
        )


#: What cannot stand in an element, whatever it is called.
_FOREIGN = "?"


def _sequence(
    node: etree._Element, rule: Rule, grammar: Grammar, effort: Effort, names: Iterable[str]
) -> Iterator[Fault]:
    assert rule.automaton is not None
    # There may be a million children, so neither they nor their names are kept.
    known = {name: name for name in rule.names}
    sequence = [known.get(name, _FOREIGN) for name in names]
    if rule.automaton.fits(sequence):
        return
    misfit = rule.automaton.mend(sequence)
    missing = {slot.tag: number for number, slot in enumerate(misfit.slots) if slot.child is None}
    befores = dict(misfit.left_out)
    children = ((index, child) for index, child in enumerate(node.iterchildren("*")) if index in befores)
    left_out = _LeftOut(rule, misfit.slots, effort)
    for index, child in children:
        if sequence[index] == _FOREIGN:
            expected = _expected(rule, misfit, befores[index])
            near = effort.nearest(name_of(child), list(dict.fromkeys((*expected, *rule.names))))
            missing.pop(near, None)
            yield _unknown(child, rule, grammar, expected, effort, near)
        elif sequence[index] in missing:
            yield _misplaced(child, rule, misfit.slots, missing.pop(sequence[index]))
        else:
            yield left_out.fault(child, sequence[index])
    for number, slot in enumerate(misfit.slots):
        if slot.child is None and slot.tag in missing:
            needed = _listed(slot.instead) if len(slot.instead) == 1 else f"one of {_listed(slot.instead)}"
            place = _between(misfit.slots, number, number + 1)
            hint = f"Put it {place}." if place else f"{rule.tag} is made of {_shown(rule)}."
            yield Fault(node, "missing-element", f"{rule.tag} needs {needed}, which is missing.", hint)


def _shown(rule: Rule) -> str:
    return rule.model if len(rule.model) <= 300 else f"{rule.model[:299]}…"


def _expected(rule: Rule, misfit: Misfit, before: int) -> list[str]:
    """The names that may stand where a child does not belong, what is missing there first."""
    missing = [name for slot in misfit.slots[before : before + 1] if slot.child is None for name in slot.instead]
    return missing or list(rule.names)


def _between(slots: Sequence[Slot], before: int, behind: int) -> str:
    """A place in words: after the slot in front of ``before`` and in front of the one from ``behind`` that is there."""
    first = next((slot.tag for slot in reversed(slots[:before]) if slot.child is not None), "")
    last = next((slot.tag for slot in slots[behind:] if slot.child is not None), "")
    if first and last and first != last:
        return f"between {first} and {last}"
    return f"behind {first}" if first and not last else f"in front of {last}" if last else ""


def _misplaced(child: etree._Element, rule: Rule, slots: Sequence[Slot], number: int) -> Fault:
    place = _between(slots, number, number + 1)
    hint = f"Put it {place}." if place else f"{rule.tag} is made of {_shown(rule)}."
    return Fault(child, "order", f"{_called(child)} stands in the wrong place in {rule.tag}.", hint)


class _LeftOut:
    """What is wrong with children that are known and fit nowhere; those of one name have one reason."""

    def __init__(self, rule: Rule, slots: Sequence[Slot], effort: Effort) -> None:
        self._rule = rule
        self._slots = slots[:500]
        self._tags = dict.fromkeys(slot.tag for slot in self._slots)
        self._effort = effort
        self._known: dict[str, tuple[str, str, str]] = {}

    def fault(self, child: etree._Element, name: str) -> Fault:
        if name not in self._known:
            self._known[name] = self._reason(name)
        code, message, hint = self._known[name]
        return Fault(child, code, message.format(_called(child)), hint)

    def _reason(self, name: str) -> tuple[str, str, str]:
        """Code, message with a place for the name, and hint."""
        rule, slots = self._rule, self._slots
        assert rule.automaton is not None
        where = None if self._effort.spent() else rule.automaton.place_for(name, slots)
        shown = f"{rule.tag} is made of {_shown(rule)}."
        if where is not None:
            place = _between(slots, where, where)
            hint = f"Put it {place}." if place else shown
            return "order", f"{{}} stands in the wrong place in {rule.tag}.", hint
        if name in self._tags:
            hint = f"Leave one {name}; what the others hold goes into it or must be left out."
            return "repeated", f"{{}} may stand only once here in {rule.tag}.", hint
        for other in self._tags:
            if self._effort.spent():
                break
            if rule.automaton.place_for(name, [slot for slot in slots if slot.tag != other]) is not None:
                message = f"{{}} and {other} exclude each other in {rule.tag}."
                return "group", message, f"Leave one of them out; {shown}"
        message = f"{{}} does not go together with the other elements in {rule.tag}."
        return "group", message, f"Leave it out; {shown}"


def _unknown(
    child: etree._Element,
    rule: Rule,
    grammar: Grammar,
    expected: Sequence[str],
    effort: Effort,
    near: str | None = None,
) -> Fault:
    name = name_of(child)
    near = effort.nearest(name, expected) if near is None else near
    if near:
        hint = _meant(name, near)
    elif parents := grammar.parents(name):
        hint = f"{name} stands in {_listed(parents, most=4)}."
    elif "Extrinsic" in rule.names:
        hint = f"cXML has no such element; data of your own goes into an Extrinsic of {rule.tag}."
    else:
        hint = f"Here may stand: {_listed(expected)}." if expected else f"{rule.tag} holds text only."
    return Fault(child, "unknown-element", f"{_called(child)} is not allowed in {rule.tag}.", hint)


def undeclared(node: etree._Element, grammar: Grammar, effort: Effort) -> Fault:
    """An element that the DTD does not know at all, where any that it knows may stand."""
    name, parent = name_of(node), node.getparent()
    if parent is None:
        near = effort.nearest(name, ("cXML",))
        hint = _meant(name, near) if near else "The root element of a document is cXML."
        return Fault(node, "unknown-element", f"cXML has no document whose root is {_called(node)}.", hint)
    near = effort.nearest(name, grammar.tags)
    hint = (
        _meant(name, near) if near else "Only elements of cXML may stand here; write XML of your own as escaped text."
    )
    return Fault(node, "unknown-element", f"cXML has no element {_called(node)}.", hint)


# --- attributes ----------------------------------------------------------------------------------------------


def _attribute_name(node: etree._Element, key: str) -> str:
    if not key.startswith("{"):
        return key
    if key.startswith(_XML):
        return f"xml:{key[len(_XML) :]}"
    uri, local = key[1:].rsplit("}", 1)
    prefix = next((prefix for prefix, each in node.nsmap.items() if each == uri and prefix), "?")
    return f"{prefix}:{local}"


def attribute_faults(
    node: etree._Element, rule: Rule, declared_namespaces: Iterable[tuple[str, str]], effort: Effort
) -> Iterator[Fault]:
    """All that is wrong with the attributes of an element; ``declared_namespaces`` are (prefix or "", URI)."""
    for prefix, uri in declared_namespaces:
        name = f"xmlns:{prefix}" if prefix else "xmlns"
        known = rule.attributes.get(name)
        if known is None:
            yield Fault(
                node, "namespace", CODES["namespace"], f"Leave out {_short(name)} and the prefix that it declares."
            )
        elif known.fixed is not None and known.fixed != uri:
            message = f"{rule.tag}@{name}: only {known.fixed!r} may stand here."
            yield Fault(node, "enumeration", message, "Write it in the place of the other one.")
    present = set()  # those that were meant count as well
    for key, value in node.items():
        name = _attribute_name(node, key)
        present.add(name)
        known = rule.attributes.get(name)
        if known is None:
            near = effort.nearest(name, rule.attributes)
            present.add(near)
            yield _unknown_attribute(node, rule, name, near)
        else:
            yield from _value_faults(node, rule, known, value, effort)
    for known in rule.attributes.values():
        if known.required and known.name not in present:
            value = _listed(known.values) if known.values else _expected_value(node, known.name)
            hint = f"Its value is {value}." if value else f'Write <{rule.tag} {known.name}="…">.'
            yield Fault(node, "missing-attribute", f"{rule.tag} needs the attribute {known.name}.", hint)


def _unknown_attribute(node: etree._Element, rule: Rule, name: str, near: str) -> Fault:
    if near:
        hint = _meant(name, near)
    else:
        names = [each for each in rule.attributes if not each.startswith("xmlns")]
        hint = f"It may have {_listed(sorted(names))}." if names else f"{rule.tag} has no attributes at all."
    return Fault(node, "unknown-attribute", f"{rule.tag} has no attribute {_short(name)}.", hint)


def _value_faults(
    node: etree._Element, rule: Rule, known: AttributeRule, value: str, effort: Effort
) -> Iterator[Fault]:
    what = f"{rule.tag}@{known.name}"
    if known.fixed is not None and value != known.fixed:
        yield Fault(node, "enumeration", f"{what}: only {known.fixed!r} may stand here.", "Leave the attribute out.")
    elif known.values and value not in known.values:
        near = effort.nearest(value.strip(), known.values)
        otherwise = "" if known.required else ", or leave the attribute out"
        hint = (
            _meant(value, near)
            if near
            else f"Write {known.values[0] if len(known.values) == 1 else 'one of them'}{otherwise}."
        )
        yield Fault(node, "enumeration", f"{what}: {shorten(value)} is not {_among(known.values)}.", hint)
    elif known.type in _TOKENS and not _is_token(known.type, value):
        expected = _TOKENS[known.type].expected
        hint = _token_hint(known, value)
        yield Fault(node, "token", f"{what}: {shorten(value)} is not {expected}.", hint)


def _token_hint(known: AttributeRule, value: str) -> str:
    if not value.strip():
        return "Write a value." if known.required else "Write a value, or leave the attribute out."
    if re.search(r"\s", value):
        return "Leave out the blanks."
    if known.type in ("id", "idref") and _is_token("nmtoken", value):
        return "Begin with a letter or an underscore."
    return "Write letters, digits and the signs . - _ : only."


def _among(values: Sequence[str]) -> str:
    return repr(values[0]) if len(values) == 1 else f"one of {_listed(values, most=30)}"


def _expected_value(node: etree._Element, name: str) -> str:
    from .datatypes import typed_fields  # only where it is needed

    typed = next((each for each in typed_fields(tag_of(node)) if each.key == clark(name)), None)
    return "" if typed is None else typed.scalar.expected


_SPACES = re.compile(" +")


def _is_token(kind: str, value: str) -> bool:
    # Of a list of tokens libxml2 takes blanks around it, and several between two.
    read = _TOKENS[kind].read
    assert read is not None
    try:
        read(_SPACES.sub(" ", value.strip(" ")) if kind == "nmtokens" else value)
    except ValueError:
        return False
    return True
