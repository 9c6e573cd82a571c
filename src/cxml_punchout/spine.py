"""Who is let in: what nobody could carry a request out without, for each payload, and whether a document has it.

This is what a handler may rely on, and not more. Everything else that a document lacks, or says so that nobody can read
it, is a finding, and the field is None or an ``Unreadable``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, Literal, TypeAlias

import attrs

from .binding import careful
from .element import Declaration, Element, Field, Leaf, OpenElement, lookup
from .errors import CXMLError, DocumentError, InvalidDocument, InvalidValue, Refusal
from .findings import Finding, shorten
from .models.envelope import CXML
from .payloads import REQUESTS, names
from .spelled import Unreadable
from .summary.reading import says_yes
from .tree import PIECE_LIMITS, load, parse_markup

__all__ = ["SPINE", "Demand", "Demands", "Require", "demands_of", "objection", "unasked", "unreadables"]


@attrs.frozen
class Demand:
    """One thing that a payload has to say, or may not say in two ways.

    paths: where it stands in the typed model, seen from the payload; if several are named, one of them suffices. In a
        list each element has to say it. Wherever it is given, it has to be legible, and nowhere may it be given twice
        in different ways.
    said: it has to be there; an empty text is none.
    same: what several paths say has to be the same.
    lowest: a number must not be below it, unless the goods go back.
    of_lines: a cancellation is not asked for it.
    status: the answer to a word that the Guide does not know, if it is not 406.
    """

    paths: tuple[str, ...]
    said: bool = False
    same: bool = False
    lowest: Decimal | None = None
    of_lines: bool = False
    status: int = 0


def _demand(*paths: str, **how: Any) -> Demand:
    return Demand(paths, of_lines=all(path.split(".")[0] == "item_out" for path in paths), **how)


_ITEM_IDS = (
    _demand("item_out.item_id.supplier_part_id.value"),
    _demand("item_out.item_id.supplier_part_auxiliary_id.content"),
    _demand("item_out.item_id.buyer_part_id"),
)

#: The spine of each payload that has a typed model. One without a model is carried whole and not judged.
SPINE: Mapping[str, tuple[Demand, ...]] = {
    "PunchOutSetupRequest": (
        _demand("operation", said=True, status=450),
        _demand("browser_form_post.url.value", said=True),
        _demand("buyer_cookie.content"),
        *_ITEM_IDS,
    ),
    "OrderRequest": (
        _demand("order_request_header.order_id", said=True),
        _demand("order_request_header.type"),
        _demand("item_out", said=True),
        _demand("item_out.quantity", said=True, lowest=Decimal(0)),
        *(
            _demand(f"item_out.item_detail.{value}", f"item_out.blanket_item_detail.{value}", same=True)
            for value in ("unit_price.money.amount", "unit_price.money.currency")
        ),
        *_ITEM_IDS,
    ),
    "StatusUpdateRequest": (
        _demand("status.code", said=True),
        _demand(
            "document_reference.payload_id",
            "payment_status.order_id",
            "invoice_status.invoice_id_info.invoice_id",
            "document_status.document_info.document_id",
            said=True,
        ),
    ),
    "ProfileRequest": (),
}

#: What a shop asks for besides: payload (its class or tag) -> paths; or all that the grammar requires.
Require: TypeAlias = "Mapping[Any, Iterable[str]] | Literal['grammar']"
Demands: TypeAlias = "Mapping[str, tuple[Demand, ...]] | Literal['grammar']"


def demands_of(require: Require, path: str) -> Demands:
    """The demands of a shop, checked against the declarations. Raises InvalidValue, naming ``path``."""
    if require == "grammar":
        return "grammar"
    if not isinstance(require, Mapping):
        raise InvalidValue("a mapping of payload to paths is expected, or the word 'grammar'", path)
    found: dict[str, tuple[Demand, ...]] = {}
    for payload, wanted in require.items():
        tag = payload if isinstance(payload, str) else getattr(getattr(payload, "__cxml__", None), "tag", "")
        if tag not in names(REQUESTS):
            raise InvalidValue(f"{getattr(payload, '__name__', payload)} is no request", path)
        if tag not in SPINE:
            raise InvalidValue(f"{tag} has no typed model, so nothing in it can be asked for", path)
        if isinstance(wanted, str) or not isinstance(wanted, Iterable):
            raise InvalidValue(f"a list of paths is expected for {tag}, not {type(wanted).__name__}", path)
        found[tag] = tuple(demand for each in wanted for demand in _checked(tag, each, path))
    return found


def _checked(tag: str, wanted: str, path: str) -> Iterator[Demand]:
    """A path as demands: the lists on its way must not be empty, and each of their elements has to say it."""
    steps = wanted.split(".") if isinstance(wanted, str) else [str(wanted)]
    tags: Sequence[str] = (tag,)
    for number, step in enumerate(steps, 1):
        known = {field.name: field for each in tags for field in _fields(each)}
        field = known.get(step)
        if field is None:
            near = difflib.get_close_matches(step, known, 1)
            hint = f"; is {near[0]} meant?" if near else ""
            raise InvalidValue(f"{wanted}: {' or '.join(tags[:3])} has no field {step}{hint}", path)
        tags = field.tags if field.kind in ("child", "children", "choice", "choices") else ()
        if field.many and number < len(steps):
            yield _demand(".".join(steps[:number]), said=True)
    yield _demand(wanted, said=True)


def _fields(tag: str) -> Sequence[Field]:
    declared = lookup(tag)
    return declared.fields if isinstance(declared, Declaration) else ()


# --- the verdict -------------------------------------------------------------------------------------------


def unasked(document: CXML) -> InvalidDocument | None:
    """Why a document is not one request of somebody; None if it is.

    To be told so nobody has to prove anything, for nobody is let in.
    """
    finding = _other_than_a_request(document)
    if finding is None and document.header is None:
        # Whoever has none proves nothing, and is told so later. One under another name is a slip in the form.
        missing = Finding("dtd", "error", "missing-element", "cXML needs Header.", "/cXML")
        finding = _explained(missing, document.findings)
        if finding is missing:
            return None
    return InvalidDocument(_in_turn(document, [finding])) if finding is not None else None


def _other_than_a_request(document: CXML) -> Finding | None:
    message, where, hint = "", "/cXML", ""
    payload = document.payload
    if document.response is not None and document.request is None and document.message is None:
        message, hint = "A response came where a request belongs.", "Answers ride on the connection of their request."
    elif document.response is not None:
        message, where = "A Response stands beside the Request.", "/cXML/Response"
    elif document.request is not None and any(tag == "Request" for tag, _ in _aside(document)):
        message, hint = "A second Request stands beside the first.", "Send one document for each."
    elif payload is None:
        wrapper = "Message" if document.message is not None else "Request"
        empty = document.message is not None or document.request is not None
        message = f"{wrapper} is empty." if empty else "There is no Request in the document."
        hint = f"Put the payload into cXML/{wrapper}."
    elif isinstance(payload, OpenElement) and payload.tag.startswith("{"):
        found = (each for each in document.findings if each.code == "namespace" and each.path.count("/") == 3)
        return next(found, None)
    return Finding("dtd", "error", "missing-element", message, where, hint=hint) if message else None


def _in_turn(document: CXML, refusing: Sequence[Finding]) -> list[Finding]:
    """What refuses a document, and behind it whatever else is an error in it."""
    known = set(refusing)
    others = [each for each in document.findings if each.severity == "error" and each not in known]
    first, *rest = refusing
    return [_explained(first, others), *rest, *others]


_MEANT = {
    "namespace": re.compile(r"(\S+) stands in the namespace").search,
    "unknown-attribute": re.compile(r"Is (\S+) meant\?$").search,
    "unknown-element": re.compile(r"Is (\S+) meant\?$").search,
}


def _explained(refusing: Finding, others: Iterable[Finding]) -> Finding:
    """A finding of something missing, with what stands in its place under another name or in a namespace."""
    words = re.split(r"[^\w:]+", refusing.message) if refusing.code.startswith("missing") else ()
    for each in others if words else ():
        where = each.path if each.code == "unknown-attribute" else each.path.rpartition("/")[0]
        if where == refusing.path and each.code in _MEANT:
            meant = _MEANT[each.code](f"{each.message} {each.hint}".rstrip())
            if meant and meant[1] in words:
                return attrs.evolve(refusing, hint=f"{each.message} {each.hint}")
    return refusing


def objection(document: CXML, demands: Demands) -> CXMLError | None:
    """Why a document is not let in; None if it is.

    An InvalidDocument (Status 406) names first what really refuses it; a Refusal has the Status of the demand.
    """
    places = _Places(document)
    refusing = list(_beside(document))
    payload = document.payload
    if payload is None and document.request is not None:
        refusing.append(Finding("dtd", "error", "missing-element", "The Request asks for nothing.", "/cXML/Request"))
    if isinstance(payload, Element):
        asked = SPINE.get(payload.__cxml__.tag, ())
        if demands != "grammar":
            asked += demands.get(payload.__cxml__.tag, ())
        path = f"/{document.__cxml__.tag}/{_wrapper(document)}/{payload.__cxml__.tag}"
        # Of findings that are not all listed, nobody knows what they are.
        departs = any(finding.severity == "error" or finding.code == "more" for finding in document.findings)
        repeats = any(finding.code in ("repeated", "more") for finding in document.findings)
        judge = _Judge(places, departs, repeats)
        for demand in asked:
            if demand.of_lines and _cancels(payload):
                continue
            found = list(judge.findings(payload, demand, path))
            if found and demand.status and found[0].code == "enumeration":
                return Refusal(demand.status, found[0].message)
            refusing += found
    if demands == "grammar" and not refusing and _misses(document):
        refusing = [finding for finding in document.findings if finding.code.startswith("missing")] or [
            Finding("dtd", "error", "missing-element", "Something that the grammar requires is missing.")
        ]
    if not refusing:
        return None
    # What the reader told already comes in its words, with the place and the model.
    told = {(each.code, each.path, each.message): each for each in reversed(document.findings)}
    refusing = list(dict.fromkeys(told.get((each.code, each.path, each.message), each) for each in refusing))
    return InvalidDocument(_in_turn(document, refusing))


def _wrapper(document: CXML) -> str:
    wrapper = document.request or document.message or document.response
    return wrapper.__cxml__.tag if wrapper is not None else ""


def _cancels(payload: Element) -> bool:
    return getattr(getattr(payload, "order_request_header", None), "type", None) == "delete"


_TAG = re.compile(r"<([^\s/>]+)").match
_REQUESTS = frozenset(names(REQUESTS))


def _beside(document: CXML) -> Iterator[Finding]:
    """Whether something stands beside the request that a reader may take for what was asked.

    Nobody would carry it out, and the answer would say that it was.
    """
    if document.request is None:
        return
    for other in (document.message, document.response):
        if other is not None:
            tag = other.__cxml__.tag
            yield Finding("dtd", "error", "group", f"A {tag} stands beside the Request.", f"/cXML/{tag}")
    for tag, _ in _aside(document.request):
        if tag in _REQUESTS:
            message = f"A second request, {shorten(tag)}, stands beside the first; send one document for each."
            yield Finding("dtd", "error", "repeated", message, "/cXML/Request")
            return


def _aside(element: Element) -> Iterator[tuple[str, str]]:
    """What a tolerant reader put aside in an element: tag and XML."""
    for _, text in element._leftover.nodes if element._leftover is not None else ():
        tag = _TAG(text)
        if tag is not None:
            yield tag[1], text


class _Places:
    """Line and column of what a document has findings for."""

    def __init__(self, document: CXML) -> None:
        self._known: dict[str, Finding] = {}
        self._repeated: dict[str, Finding] = {}
        for finding in document.findings:
            self._known.setdefault(finding.path, finding)
            if finding.code == "repeated":
                self._repeated.setdefault(_plain(finding.path), finding)

    def at(self, path: str) -> dict[str, Any]:
        near = self._known.get(path)
        return {"path": path, "line": near.line, "column": near.column} if near else {"path": path}

    def repeated(self, path: str, steps: Iterable[str]) -> dict[str, Any]:
        """Of the second one of an element on the way of ``steps`` from ``path``, or of what the way begins with."""
        start = path
        for step in steps:
            path = f"{path}/{step}"
            near = self._repeated.get(_plain(path))
            if near is not None:
                return {"path": near.path, "line": near.line, "column": near.column}
        return self.at(start)


def _plain(path: str) -> str:
    """A path without the position of its last step."""
    return path[: path.rindex("[")] if path.endswith("]") else path


@attrs.frozen
class _Found:
    """What stands at the end of a path: where, in which field of which element; None if a step is absent."""

    where: str
    owner: str
    field: Field
    value: Any


@attrs.frozen
class _Judge:
    """Holds a payload against demands.

    departs: whether the document may depart from the grammar. Else all in it is legible, and nothing stands twice.
    repeats: whether something may stand twice in it.
    """

    places: _Places
    departs: bool
    repeats: bool

    def findings(self, payload: Element, demand: Demand, path: str) -> Iterator[Finding]:
        lacking: list[Finding] = []
        for each in demand.paths if self.departs or demand.said else ():
            missing = None
            for found in _reach(payload, each.split("."), path):
                if _says(found.value):
                    yield from self._value(found, demand, payload)
                elif isinstance(found.value, Unreadable) and found.value.strip():
                    yield found.value.finding or self._missing(found)
                else:
                    missing = missing or self._missing(found)
            if missing is None:
                lacking = []
                break
            lacking.append(missing)
        if demand.said and lacking:
            yield lacking[0]
        elif self.repeats or (self.departs and demand.same):
            yield from self._contradictions(payload, demand, path)

    def _value(self, found: _Found, demand: Demand, payload: Element) -> Iterator[Finding]:
        value = found.value
        if demand.lowest is not None and isinstance(value, Decimal) and value < demand.lowest:
            line = _at(payload, found.where)
            if not says_yes(getattr(line, "is_return", False)):
                message = (
                    f"{found.owner}@{found.field.tag} is {shorten(str(value))}, and must not be below {demand.lowest}."
                )
                yield Finding("rule", "error", "number", message, **self.places.at(found.where))

    def _missing(self, found: _Found) -> Finding:
        owner, field = found.owner, found.field
        if field.kind == "attribute":
            empty = found.value is not None
            message = f"{owner}@{field.tag} is empty." if empty else f"{owner} needs the attribute {field.tag}."
            return Finding("dtd", "error", "missing-attribute", message, **self.places.at(found.where))
        if field.kind in ("text", "mixed", "open"):
            return Finding("dtd", "error", "missing-element", f"{owner} is empty.", **self.places.at(found.where))
        wanted = field.tag if len(field.tags) == 1 else f"one of {', '.join(field.tags[:4])}, …"
        said = "is empty" if found.value else ""
        message = f"{wanted} {said}." if said else f"{owner} needs {wanted}."
        return Finding("dtd", "error", "missing-element", message, **self.places.at(found.where))

    def _contradictions(self, payload: Element, demand: Demand, path: str) -> Iterator[Finding]:
        groups = [demand.paths] if demand.same else [(each,) for each in demand.paths]
        for paths in groups:
            split = [each.split(".") for each in paths]
            for holder, where, rests in _branches(payload, split, path):
                first = [value for rest in rests for value, aside in _everything(holder, rest) if not aside]
                later = [value for rest in rests for value, aside in _everything(holder, rest) if aside]
                given = [value for value in map(_comparable, first) if value != ""]
                others = [value for value in map(_comparable, later) if value != ""]
                if (others and not given) or any(value != (given or others)[0] for value in (*given, *others)):
                    yield self._contradiction(holder, where, rests, given, others)

    def _contradiction(
        self, holder: Element, where: str, rests: Sequence[Sequence[str]], given: Sequence[Any], others: Sequence[Any]
    ) -> Finding:
        tags = _tags(holder, rests[0])
        shown = dict.fromkeys(value for value in (*given, *others) if isinstance(value, (Decimal, str)))
        # What a buyer keeps in open content is nobody's business.
        quoted = "" if rests[0][-1] == "content" else " and ".join(shorten(str(value)) for value in list(shown)[:2])
        what = next((tag for tag in reversed(tags) if tag), holder.__cxml__.tag)
        message = (
            f"{what} is given twice, and differently{f': {quoted}' if quoted else ''}; nobody knows which one counts."
        )
        return Finding("dtd", "error", "repeated", message, **self.places.repeated(where, filter(None, tags)))


# --- walking -----------------------------------------------------------------------------------------------


def _field(element: Any, name: str) -> Field | None:
    return _by_name(element.__class__).get(name)


@cache
def _by_name(kind: type) -> dict[str, Field]:
    return {field.name: field for field in kind.__cxml__.fields} if issubclass(kind, Element) else {}


def _reach(element: Element, steps: Sequence[str], path: str) -> Iterator[_Found]:
    """What stands at the end of ``steps``, in each element of the lists on the way; an empty list has nothing."""
    field = _field(element, steps[0])
    if field is None:  # an element without a model, in the place of one
        return
    value = getattr(element, field.name)
    if len(steps) == 1 or value is None:
        yield _Found(path, element.__cxml__.tag, field, value)
    elif field.many:
        for number, each in enumerate(value, 1):
            yield from _reach(each, steps[1:], f"{path}/{_step(each, number, len(value))}")
    else:
        yield from _reach(value, steps[1:], f"{path}/{_step(value)}")


def _step(element: Any, number: int = 1, among: int = 1) -> str:
    tag = element.__cxml__.tag if isinstance(element, Element) else getattr(element, "tag", "")
    return tag if among == 1 else f"{tag}[{number}]"


def _at(payload: Element, where: str) -> Any:
    """The line that a path names."""
    lines = getattr(payload, "item_out", None) or (None,)
    number = re.search(r"/ItemOut\[([0-9]+)\]$", where)
    return lines[int(number[1]) - 1 if number else 0]


def _branches(
    payload: Element, paths: Sequence[Sequence[str]], path: str
) -> Iterator[tuple[Element, str, list[Sequence[str]]]]:
    """The elements in which a thing may be said once: each line, or the payload itself."""
    field = _field(payload, paths[0][0])
    if field is None or not field.many:
        yield payload, path, list(paths)
        return
    if len(paths[0]) > 1:
        lines = getattr(payload, field.name) or ()
        for number, each in enumerate(lines, 1):
            yield each, f"{path}/{_step(each, number, len(lines))}", [steps[1:] for steps in paths]


#: So many ways of saying a thing nobody has who means one and the same.
_MOST_ASIDE = 20
_TOO_MANY = object()


def _everything(element: Any, steps: Sequence[str], aside: bool = False) -> Iterator[tuple[Any, bool]]:
    """All values at the end of ``steps``, what was put aside on the way included; and whether it was."""
    field = _field(element, steps[0])
    if field is None:
        return
    held = getattr(element, field.name)
    values = [(each, aside) for each in (held if field.many and len(steps) > 1 else (held,)) if each is not None]
    if field.kind in ("child", "choice"):
        texts = list(dict.fromkeys(text for tag, text in _aside(element) if tag in field.tags))
        values += [(_read(text), True) for text in texts[:_MOST_ASIDE]]
        if len(texts) > _MOST_ASIDE:
            yield _TOO_MANY, True
    for value, by_side in values:
        if len(steps) == 1:
            yield value, by_side
        else:
            yield from _everything(value, steps[1:], by_side)


def _read(text: str) -> Any:
    """An element that was put aside, as its declaration has it."""
    node = parse_markup(text)
    declared = lookup(str(node.tag))
    if not isinstance(declared, Declaration):
        return node.text or ""
    try:
        return careful.read(load(text, PIECE_LIMITS, tolerant=True), declared, PIECE_LIMITS)[0]
    except DocumentError:
        return None


def _tags(element: Element, steps: Sequence[str]) -> list[str]:
    """The wire names on the way of ``steps``; "" for the content of an element."""
    found: list[str] = []
    declared: Declaration | Leaf | None = element.__cxml__
    for step in steps:
        field = next((each for each in declared.fields if each.name == step), None) if declared else None  # type: ignore[union-attr]
        if field is None or not field.tags or field.kind in ("mixed", "open", "text"):
            found.append("")
            break
        found.append(field.tag)
        declared = lookup(field.tag) if field.kind != "attribute" else None
    return found


def _comparable(value: Any) -> Any:
    """What counts of a value: numbers by value, texts without blanks around them, content to the letter."""
    if isinstance(value, tuple) and all(isinstance(part, str) for part in value):
        return "".join(value)
    return value.strip() if isinstance(value, str) else "" if value in (None, ()) else value


def _says(value: Any) -> bool:
    """Whether something is said: not by an empty text, nor by an element of which every part is empty."""
    if value is None or value is False or isinstance(value, Unreadable):
        return False
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, (tuple, list)):
        return any(map(_says, value))
    if isinstance(value, Element):
        fields = value.__cxml__.fields
        return not fields or any(_says(getattr(value, field.name)) for field in fields)
    return True


# --- the whole grammar -------------------------------------------------------------------------------------

#: Required by the grammar, left out by many, and missed by no program.
_DISPENSABLE = frozenset({"lang", "user_agent"})


def _misses(element: Any) -> bool:
    if isinstance(element, (tuple, list)):
        return any(map(_misses, element))
    if not isinstance(element, Element):
        return False
    leftover = element._leftover
    if leftover is not None and not _DISPENSABLE.issuperset(leftover.missing):
        return True
    return any(_misses(getattr(element, field.name)) for field in element.__cxml__.fields)


def unreadables(element: Any) -> Iterator[Unreadable]:
    """All values in an element that could not be read, in its order."""
    if isinstance(element, Unreadable):
        yield element
    elif isinstance(element, (tuple, list)):
        for each in element:
            yield from unreadables(each)
    elif isinstance(element, Element) and not isinstance(element, OpenElement):
        for field in element.__cxml__.fields:
            yield from unreadables(getattr(element, field.name))
