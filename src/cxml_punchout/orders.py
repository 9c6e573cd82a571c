"""Orders that change: which document an order refers to, and what may follow what (Guide 7.2.1.12).

An order is a chain of documents: one ``new``, any number of ``update``, perhaps a ``delete``. Each document after the
first is complete in itself and names an earlier one by its payloadID. The Guide says in one place that this is the
latest one and in another that it is the first, and partners do both, so any document of the order is accepted. Others
name none: then the number says which order is meant, and the version that the document is a later one.

    found = chain_of(order, chains)
    chain = found.apply(order, payload_id) if found else OrderChain.start(order, payload_id)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, cast

import attrs

from .element import Element
from .envelope import status_of
from .errors import InvalidValue, Refusal
from .findings import shorten
from .summary.reading import at, many, plain
from .trust.credentials import fold, stripped

if TYPE_CHECKING:
    from .declaration import Field
    from .models.envelope import CXML
    from .models.item import ItemOut
    from .models.order import OrderRequest
    from .models.status_update import StatusUpdateRequest

__all__ = [
    "Chains",
    "Change",
    "HeaderChange",
    "LineChange",
    "Move",
    "OrderChain",
    "OrderMove",
    "chain_of",
    "header_changes",
    "line_changes",
    "move_of",
    "status_update",
]

#: What a document does with an order.
Move = Literal["new", "update", "delete"]
_MOVES = ("new", "update", "delete")


@attrs.frozen
class OrderMove:
    """What one OrderRequest does.

    order_id: the buyer's number of the order, without blanks around it.
    version: its orderVersion, None if it has none.
    reference: payloadID of the document that it changes or cancels, without blanks around it; None if it names none.
    """

    kind: Move
    order_id: str
    version: Decimal | None
    reference: str | None


def move_of(order: OrderRequest) -> OrderMove:
    """Whether an order is new, changes one or cancels one, and which document it refers to.

    ``Update`` is taken for ``update``, as some partners write it; an empty type, version or reference is none.

    Raises Refusal (Status 400) for an order without number, or of a kind or version that cannot be read: it must not be
    taken for a new one. Guide 7.2.1.
    """
    header = _header(order, "move_of")
    order_id = stripped(at(header, "order_id") or "")
    if not order_id:
        raise Refusal(400, "the order has no orderID")
    kind = fold(stripped(header.type or "")) or "new"
    if kind not in _MOVES:
        raise Refusal(400, f"the type of an order is new, update or delete, not {shorten(str(header.type))}")
    version = header.order_version
    if isinstance(version, str):
        if stripped(version):
            raise Refusal(400, f"the orderVersion {shorten(str(version))} is not a number")
        version = None
    reference = stripped(at(header, "document_reference.payload_id") or "")
    return OrderMove(cast(Move, kind), order_id, version, reference or None)


def _header(order: Any, function: str) -> Any:
    """The header of an order; None where a tolerant reader found none.

    It leaves None as well where something required in it was missing, and a text where a number is illegible.
    """
    if not hasattr(order, "order_request_header"):
        raise InvalidValue(f"an OrderRequest is expected, not {type(order).__name__}", function)
    return order.order_request_header


# --- the chain ---------------------------------------------------------------------------------------------

#: What ``to_dict`` writes; a later form gets the next number.
_VERSION = 1


@attrs.frozen
class OrderChain:
    """One order and all documents that it consists of so far.

    order_id: the buyer's number; another buyer may have the same one.
    payload_ids: of its documents, the first one first.
    version: the latest orderVersion; None if no document had one.
    deleted: it was cancelled, and nothing more follows.

    A repeated document is a matter for a ReplayGuard, and here a conflict. Only after a crash, in an attempt that is
    not the first, look with ``in`` whether it was applied already.
    """

    order_id: str
    payload_ids: tuple[str, ...]
    version: Decimal | None = None
    deleted: bool = False

    @classmethod
    def start(cls, order: OrderRequest, payload_id: str, *, unseen: bool = False) -> OrderChain:
        """The chain of an order that is not known yet.

        payload_id: of the document that the order stands in.
        unseen: begin the order with a change or a cancellation as well, since the order itself was never received here,
            or was refused: some buyers send the mended order as an update of the refused one. What it refers to counts
            as a document of the order, for later ones may refer to that too.

        Raises Refusal: Status 412 for a change or a cancellation, whose order should be here, unless it is ``unseen``;
        400 as ``move_of`` does.
        """
        move = move_of(order)
        if move.kind != "new" and not unseen:
            raise Refusal(412, f"the order {_shown(move)} {_missing(move)}")
        named = dict.fromkeys((move.reference, _named(payload_id)) if move.kind != "new" else (_named(payload_id),))
        return cls(move.order_id, tuple(filter(None, named)), move.version, move.kind == "delete")

    def apply(self, order: OrderRequest, payload_id: str, *, unseen: bool = False) -> OrderChain:
        """The chain with one more document, a change or a cancellation; it need not have lines.

        With a DocumentReference it may have the version that is here, or none. Without one it needs a higher version
        than the one that is here; where no version is here, any; and a cancellation may have none, for it is clear
        without.

        payload_id: of the document that the order stands in.
        unseen: the document that it refers to was never received here, or was refused, and counts as one of the order.

        Raises Refusal: Status 409 for a ``new`` order, for what follows a cancellation, for a version that is not
        later, and for a document that is part of the order already; 412 for one that refers to a document of no or
        another order, unless it is ``unseen``; 400 for an update with neither reference nor version, for another order,
        and as ``move_of`` does.
        Guide 7.2.1.12.
        """
        move = move_of(order)
        if move.order_id != stripped(self.order_id):
            raise Refusal(400, f"the order {_shown(move)} refers to a document of the order {shorten(self.order_id)}")
        if payload_id in self:
            raise Refusal(409, f"the document {shorten(payload_id)} is part of the order {_shown(move)} already")
        if move.kind == "new":
            state = "was cancelled" if self.deleted else "is here already; send an update to change it"
            raise Refusal(409, f"the order {_shown(move)} {state}")
        earlier = () if move.reference is None or move.reference in self else (move.reference,)
        if earlier and not unseen:
            raise Refusal(412, f"{shorten(earlier[0])} is no document of the order {_shown(move)}")
        if self.deleted:
            raise Refusal(409, f"the order {_shown(move)} was cancelled, so nothing can follow")
        self._refuse_earlier(move)
        return attrs.evolve(
            self,
            payload_ids=tuple(dict.fromkeys((*self.payload_ids, *earlier, _named(payload_id)))),
            version=self.version if move.version is None else move.version,
            deleted=move.kind == "delete",
        )

    def _refuse_earlier(self, move: OrderMove) -> None:
        """Whether a change is later than what is here, as far as it says."""
        if move.reference is None and move.version is None and move.kind == "update":
            needed = "a DocumentReference, or an orderVersion that is higher than the one before"
            raise Refusal(400, f"an update of the order {_shown(move)} needs {needed}")
        if move.version is None or self.version is None or move.version > self.version:
            return
        if move.version < self.version:
            versions = f"version {_number(move.version)} came after version {_number(self.version)}"
            raise Refusal(409, f"the order {_shown(move)} has gone further: {versions}")
        if move.reference is None:
            raise Refusal(409, f"version {_number(move.version)} of the order {_shown(move)} is here already")

    def __contains__(self, payload_id: object) -> bool:
        return isinstance(payload_id, str) and stripped(payload_id) in self.payload_ids

    @property
    def first(self) -> str:
        """The document that the order began with."""
        return self.payload_ids[0]

    @property
    def latest(self) -> str:
        """The document that says how the order is now: the one that later documents should refer to. Guide 13.3.2."""
        return self.payload_ids[-1]

    # --- keeping it

    def to_dict(self) -> dict[str, Any]:
        """The chain as JSON can hold it."""
        return {
            "version": _VERSION,
            "order_id": self.order_id,
            "payload_ids": list(self.payload_ids),
            "order_version": None if self.version is None else format(self.version, "f"),
            "deleted": self.deleted,
        }

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> OrderChain:
        """The chain that ``to_dict`` made a record of.

        Raises InvalidValue if it is no such record, or one of a later release.
        """
        version = record.get("version")
        if version != _VERSION:
            raise InvalidValue(f"this is no stored order of version {_VERSION} but of {version!r}", "OrderChain")
        if record.keys() != {"version", "order_id", "payload_ids", "order_version", "deleted"}:
            raise InvalidValue(f"its fields are not those of a chain: {', '.join(sorted(record))}", "OrderChain")
        order_id, payload_ids, deleted = record["order_id"], record["payload_ids"], record["deleted"]
        named = isinstance(payload_ids, list) and payload_ids and all(isinstance(each, str) for each in payload_ids)
        if not (isinstance(order_id, str) and named and isinstance(deleted, bool)):
            raise InvalidValue("a number of the order, a list of its documents, and whether it stands", "OrderChain")
        return cls(order_id, tuple(payload_ids), _version_of(record["order_version"]), deleted)


def _version_of(text: Any) -> Decimal | None:
    if text is None:
        return None
    try:
        version = Decimal(text) if isinstance(text, str) else Decimal("NaN")
    except InvalidOperation:
        version = Decimal("NaN")
    if not version.is_finite():
        raise InvalidValue("the version is a text with a number in it", "OrderChain")
    return version


def _shown(move: OrderMove) -> str:
    return shorten(move.order_id)


def _missing(move: OrderMove) -> str:
    """What is wrong with a change of an order that is not here."""
    if move.reference is None:
        return f"has not been received, so there is nothing to {move.kind}"
    return f"refers to {shorten(move.reference)}, which has not been received"


def _number(version: Decimal) -> str:
    text = format(version, "f")
    return text if len(text) < 20 else shorten(text)


def _named(payload_id: str) -> str:
    name = stripped(payload_id or "")
    if not name:
        raise Refusal(400, "the document has no payloadID, so nothing could refer to it")
    return name


# --- finding it --------------------------------------------------------------------------------------------


class Chains(Protocol):
    """Where an application keeps the chains of one buyer: the one who sent the document, and no other."""

    def by_order(self, order_id: str) -> OrderChain | None:
        """The order with this number."""
        ...

    def by_document(self, payload_id: str) -> OrderChain | None:
        """The order that this document is part of, be it the first or any other."""
        ...


def chain_of(order: OrderRequest, chains: Chains) -> OrderChain | None:
    """The stored chain that an order belongs to, None if there is none.

    A change belongs to the order whose number it has, unless it refers to a document of another one; whether it fits
    there is for ``apply`` to say.

    Raises Refusal (Status 400) as ``move_of`` does.
    """
    move = move_of(order)
    numbered = chains.by_order(move.order_id)
    if move.kind == "new" or move.reference is None:
        return numbered
    # The number goes first, for a payloadID that is not as unique as it should be may stand in two orders.
    if numbered is not None and move.reference in numbered:
        return numbered
    return chains.by_document(move.reference) or numbered


# --- what differs ------------------------------------------------------------------------------------------

#: What became of something from one version of an order to the next.
Change = Literal["added", "changed", "deleted"]


@attrs.frozen
class LineChange:
    """What became of one line from one version of an order to the next.

    number: its line number.
    old, new: the line before and after. A deleted line may still stand in the new order, marked as such.
    fields: of a changed line, the fields of ItemOut that differ; none if only something unknown in it does.
    """

    kind: Change
    number: int
    old: ItemOut | None
    new: ItemOut | None
    fields: tuple[str, ...] = ()


def line_changes(old: OrderRequest, new: OrderRequest) -> tuple[LineChange, ...]:
    """The lines that differ between two versions of an order, by line number.

    An update is the whole order as it shall be, so a line that it does not have is deleted; so is one that it marks
    with ``operation="delete"``. Lines are compared as values: neither spelling nor the sender's own mark of a changed
    line (``isItemChanged``) counts. They are told apart by ``lineNumber``; where no line of either order has one, by
    place.

    Raises Refusal (Status 400) if two lines have one number, or only some lines have one. Guide 7.2.2.
    """
    counted = all(_line_number(line) is None for order in (old, new) for line in many(order.item_out))
    before, after = (_lines(order, counted) for order in (old, new))
    changes = []
    for number in sorted(before.keys() | after.keys()):
        earlier, later = before.get(number), after.get(number)
        was, is_ = _stands(earlier), _stands(later)
        if was and not is_:
            changes.append(LineChange("deleted", number, earlier, later))
        elif is_ and not was:
            changes.append(LineChange("added", number, earlier, later))
        elif was and is_ and _meaning(earlier, _MARK) != _meaning(later, _MARK):
            fields = tuple(field.name for field in _differing(earlier, later, _MARK))
            changes.append(LineChange("changed", number, earlier, later, fields))
    return tuple(changes)


#: The sender's own mark of a changed line is no change of it.
_MARK = frozenset({"is_item_changed"})


def _lines(order: OrderRequest, counted: bool) -> dict[int, ItemOut]:
    found: dict[int, ItemOut] = {}
    for place, line in enumerate(many(order.item_out), 1):
        number: Any = place if counted else _line_number(line)
        if not isinstance(number, int):
            raise Refusal(400, f"line {place} of the order has no lineNumber that can be read, though others have one")
        if found.setdefault(number, line) is not line:
            raise Refusal(400, f"two lines of the order have the lineNumber {number}")
    return found


def _line_number(line: Any) -> Any:
    """The number of a line, a text if it is illegible; an empty one is none."""
    number = line.line_number
    return None if isinstance(number, str) and not stripped(number) else number


def _stands(line: ItemOut | None) -> bool:
    return line is not None and line.operation != "delete"


@attrs.frozen
class HeaderChange:
    """What became of one thing that the header of an order says.

    field: the field of OrderRequestHeader: ``ship_to``, ``requested_delivery_date``, ``extrinsic``.
    name: which of several: the name of an extrinsic, the role of a contact or a partner, the domain of a number, the
        type of a remark; empty if there is none.
    old, new: the value before and after, None where there is none: an element, a number, a time, a text.
    paths: what differs in a changed element: ``address.postal_address.city``. None for a plain value, or if only
        something unknown in the element differs.
    """

    kind: Change
    field: str
    name: str
    old: Any
    new: Any
    paths: tuple[str, ...] = ()


def header_changes(old: OrderRequest, new: OrderRequest) -> tuple[HeaderChange, ...]:
    """What differs between the headers of two versions of an order, in the order of the fields of OrderRequestHeader.

    An update is the whole order as it shall be, so what it does not say any more is deleted. All fields are compared,
    as values: neither spelling, nor blanks around a text, nor an absent value that means the same as the one before.
    What stands there several times is told apart by ``HeaderChange.name``, and its order says nothing.

    Left out is what is said of the document and not of the order: type, order_version, is_internal_version, order_date
    and document_reference.
    """
    before, after = _header(old, "header_changes"), _header(new, "header_changes")
    some = after if before is None else before
    return () if some is None else tuple(_header_changes(some.__cxml__.fields, before, after))


_OF_THE_DOCUMENT = frozenset({"document_reference", "is_internal_version", "order_date", "order_version", "type"})

#: What tells several of a kind apart.
_NAMES = {
    "business_partner": "role",
    "comments": "type",
    "contact": "role",
    "extrinsic": "name",
    "id_reference": "domain",
    "organizational_unit": "id_reference.domain",
}


def _header_changes(fields: Iterable[Field], before: Any, after: Any) -> Iterator[HeaderChange]:
    for field in fields:
        if field.name in _OF_THE_DOCUMENT:
            continue
        was, is_ = at(before, field.name), at(after, field.name)
        if field.many:
            yield from _member_changes(field.name, many(was), many(is_))
            continue
        # An empty text is no value, so it neither was there nor is.
        was, is_ = (None if _meaning(value) is None else value for value in (was, is_))
        if _meaning_of(field, was) != _meaning_of(field, is_):
            yield _header_change(field.name, "", was, is_)


def _member_changes(field: str, old: Iterable[Any], new: Iterable[Any]) -> Iterator[HeaderChange]:
    before, after = _by_name(field, old), _by_name(field, new)
    for name in dict.fromkeys((*before, *after)):
        was, is_ = before.get(name, []), after.get(name, [])
        for pair in zip_longest(_without(was, is_), _without(is_, was)):
            some: Any = pair[0] if pair[0] is not None else pair[1]
            yield _header_change(field, _name(field, some), *pair)


_Meant: TypeAlias = tuple[Hashable, Any]


def _by_name(field: str, members: Iterable[Any]) -> dict[str, list[_Meant]]:
    """Members of one kind under what tells them apart, each with what it means."""
    found: dict[str, list[_Meant]] = {}
    for member in members:
        found.setdefault(fold(_name(field, member)), []).append((_meaning(member), member))
    return found


def _name(field: str, member: Any) -> str:
    return stripped(plain(at(member, _NAMES[field]))) if field in _NAMES else ""


def _without(these: list[_Meant], those: list[_Meant]) -> list[Any]:
    """The members that have no equal on the other side, each answering to one."""
    answers = Counter(meaning for meaning, _ in those)
    left = []
    for meaning, member in these:
        answers[meaning] -= 1
        if answers[meaning] < 0:
            left.append(member)
    return left


def _header_change(field: str, name: str, old: Any, new: Any) -> HeaderChange:
    if old is None or new is None:
        return HeaderChange("deleted" if new is None else "added", field, name, old, new)
    return HeaderChange("changed", field, name, old, new, tuple(_paths(old, new)))


def _paths(old: Any, new: Any, within: str = "") -> Iterator[str]:
    """The smallest fields in which two elements of one kind differ."""
    if not isinstance(old, Element) or type(old) is not type(new):
        return
    for field in _differing(old, new):
        path = f"{within}{field.name}"
        inner = () if field.many else tuple(_paths(getattr(old, field.name), getattr(new, field.name), f"{path}."))
        yield from inner or (path,)


# --- what a value means ------------------------------------------------------------------------------------


def _differing(old: Any, new: Any, without: frozenset[str] = frozenset()) -> Iterator[Field]:
    for field in old.__cxml__.fields:
        if field.name not in without:
            was, is_ = (_meaning_of(field, getattr(each, field.name)) for each in (old, new))
            if was != is_:
                yield field


def _meaning_of(field: Field, value: Any) -> Hashable:
    meaning = _meaning(value)
    return field.absent if meaning is None else meaning


def _meaning(value: Any, without: frozenset[str] = frozenset()) -> Hashable:
    """What a value says, however it is spelled: equal, and countable, exactly if it says the same.

    without: fields of the element that do not count.
    """
    if isinstance(value, Element):
        fields = (field for field in value.__cxml__.fields if field.name not in without)
        known = tuple(_meaning_of(field, getattr(value, field.name)) for field in fields)
        return value.__cxml__.tag, known, _unknown(value)
    if isinstance(value, (tuple, list)):
        return tuple(meaning for meaning in map(_meaning, value) if meaning is not None)
    if isinstance(value, str):
        text = stripped(value)
        markup = getattr(value, "markup", None)
        return (text, markup) if markup else text or None
    return cast(Hashable, value)


def _unknown(element: Element) -> Hashable:
    """What a tolerant reader found in an element without a place for it."""
    leftover = element._leftover
    if leftover is None or not (leftover.attributes or leftover.nodes):
        return None
    return tuple(sorted(leftover.attributes)), tuple(markup for _, markup in leftover.nodes)


# --- news of an order ------------------------------------------------------------------------------------------


def status_update(order: CXML, code: int = 200, text: str = "") -> StatusUpdateRequest:
    """What to send when an order that was answered 201, because it only went into a queue, was dealt with.

    It is a request of ours to the buyer or the hub, so it needs a header that proves us: a ``Buyer`` whose partner is
    written with us as Sender makes it.

    order: the document with the order.
    code: what its answer would be today; nothing more is expected after 200. Guide 13.2.
    text: for a person.

    Raises InvalidValue for a code that cXML does not have.
    """
    from .models.order import DocumentReference
    from .models.status_update import StatusUpdateRequest

    return StatusUpdateRequest(
        document_reference=DocumentReference(payload_id=order.payload_id), status=status_of(code, text)
    )
