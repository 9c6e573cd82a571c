"""Orders that change: which document an order refers to, and what may follow what (Guide 7.2.1.12).

An order is a chain of documents: one ``new``, any number of ``update``, perhaps a ``delete``. Each document after the
first is complete in itself and names an earlier one by its payloadID. The Guide says in one place that this is the
latest one and in another that it is the first, and partners do both, so any document of the order is accepted.

    found = chain_of(order, chains)
    chain = found.apply(order, payload_id) if found else OrderChain.start(order, payload_id)
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

import attrs

from .envelope import status_of
from .errors import InvalidValue, Refusal
from .findings import shorten
from .trust.credentials import fold, stripped

if TYPE_CHECKING:
    from .models.envelope import CXML
    from .models.item import ItemOut
    from .models.order import OrderRequest
    from .models.status_update import StatusUpdateRequest

__all__ = [
    "Chains",
    "LineChange",
    "Move",
    "OrderChain",
    "OrderMove",
    "chain_of",
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

    order_id: the buyer's number of the order.
    version: its orderVersion, None if it has none.
    reference: payloadID of the document that it changes or cancels, None if it names none.
    """

    kind: Move
    order_id: str
    version: Decimal | None
    reference: str | None


def move_of(order: OrderRequest) -> OrderMove:
    """Whether an order is new, changes one or cancels one, and which document it refers to.

    ``Update`` is taken for ``update``, as some partners write it.

    Raises Refusal (Status 400) for an order without number, or of a kind or version that cannot be read: it must not be
    taken for a new one. Guide 7.2.1.
    """
    if not hasattr(order, "order_request_header"):
        raise InvalidValue(f"an OrderRequest is expected, not {type(order).__name__}", "move_of")
    # A tolerant reader leaves None where something required was missing, and a text where a number is illegible.
    header: Any = order.order_request_header
    if header is None or not stripped(header.order_id or ""):
        raise Refusal(400, "the order has no orderID")
    kind = fold(stripped(header.type or "new"))
    if kind not in _MOVES:
        raise Refusal(400, f"the type of an order is new, update or delete, not {shorten(str(header.type))}")
    if isinstance(header.order_version, str):
        raise Refusal(400, f"the orderVersion {shorten(str(header.order_version))} is not a number")
    reference = header.document_reference.payload_id if header.document_reference is not None else None
    return OrderMove(cast(Move, kind), header.order_id, header.order_version, reference or None)


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
    def start(cls, order: OrderRequest, payload_id: str) -> OrderChain:
        """The chain of an order that is not known yet.

        payload_id: of the document that the order stands in.

        Raises Refusal: Status 412 for a change or a cancellation, whose order should be here; 400 for one that names no
        document, and as ``move_of`` does.
        """
        move = move_of(order)
        if move.kind != "new":
            raise Refusal(412, f"the order {_shown(move)} refers to {_reference(move)}, which has not been received")
        return cls(move.order_id, (_named(payload_id),), move.version)

    def apply(self, order: OrderRequest, payload_id: str) -> OrderChain:
        """The chain with one more document, a change or a cancellation.

        payload_id: of the document that the order stands in.

        Raises Refusal: Status 409 for a ``new`` order, for what follows a cancellation, for an older version than the
        one that is here, and for a document that is part of the order already; 412 for one that refers to a document
        of no or another order; 400 for one that names no document, for another order, and as ``move_of`` does.
        Guide 7.2.1.12.
        """
        move = move_of(order)
        if move.order_id != self.order_id:
            raise Refusal(400, f"the order {_shown(move)} refers to a document of the order {shorten(self.order_id)}")
        if _named(payload_id) in self:
            raise Refusal(409, f"the document {shorten(payload_id)} is part of the order {_shown(move)} already")
        if move.kind == "new":
            state = "was cancelled" if self.deleted else "is here already; send an update to change it"
            raise Refusal(409, f"the order {_shown(move)} {state}")
        reference = _reference(move)
        if move.reference not in self:
            raise Refusal(412, f"{reference} is no document of the order {_shown(move)}")
        if self.deleted:
            raise Refusal(409, f"the order {_shown(move)} was cancelled, so nothing can follow")
        if move.version is not None and self.version is not None and move.version < self.version:
            versions = f"version {move.version:f} came after version {self.version:f}"
            raise Refusal(409, f"the order {_shown(move)} has gone further: {versions}")
        return attrs.evolve(
            self,
            payload_ids=(*self.payload_ids, payload_id),
            version=self.version if move.version is None else move.version,
            deleted=move.kind == "delete",
        )

    def __contains__(self, payload_id: object) -> bool:
        return payload_id in self.payload_ids

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


def _reference(move: OrderMove) -> str:
    """The document that a change refers to, for a sentence.

    Raises Refusal (Status 400) if it refers to none.
    """
    if move.reference is None:
        raise Refusal(400, f"type {move.kind!r} needs a DocumentReference that says which document is meant")
    return shorten(move.reference)


def _named(payload_id: str) -> str:
    if not stripped(payload_id or ""):
        raise Refusal(400, "the document has no payloadID, so nothing could refer to it")
    return payload_id


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

    A change belongs to the order whose document it refers to, else to the one whose number it has; whether it fits
    there is for ``apply`` to say.

    Raises Refusal (Status 400) as ``move_of`` does.
    """
    move = move_of(order)
    found = chains.by_document(move.reference) if move.kind != "new" and move.reference is not None else None
    return found or chains.by_order(move.order_id)


# --- lines -------------------------------------------------------------------------------------------------


@attrs.frozen
class LineChange:
    """What became of one line from one version of an order to the next.

    number: its line number.
    old, new: the line before and after. A deleted line may still stand in the new order, marked as such.
    fields: of a changed line, the fields of ItemOut that differ; none if only something unknown in it does.
    """

    kind: Literal["added", "changed", "deleted"]
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
    counted = not any(line.line_number is not None for order in (old, new) for line in order.item_out)
    before, after = (_lines(order, counted) for order in (old, new))
    changes = []
    for number in sorted(before.keys() | after.keys()):
        earlier, later = before.get(number), after.get(number)
        was, is_ = _stands(earlier), _stands(later)
        if was and not is_:
            changes.append(LineChange("deleted", number, earlier, later))
        elif is_ and not was:
            changes.append(LineChange("added", number, earlier, later))
        elif was and is_ and _unmarked(earlier) != _unmarked(later):
            changes.append(LineChange("changed", number, earlier, later, _differing(earlier, later)))
    return tuple(changes)


def _lines(order: OrderRequest, counted: bool) -> dict[int, ItemOut]:
    found: dict[int, ItemOut] = {}
    for place, line in enumerate(order.item_out, 1):
        number: Any = place if counted else line.line_number
        if not isinstance(number, int):
            raise Refusal(400, f"line {place} of the order has no lineNumber that can be read, though others have one")
        if found.setdefault(number, line) is not line:
            raise Refusal(400, f"two lines of the order have the lineNumber {number}")
    return found


def _stands(line: ItemOut | None) -> bool:
    return line is not None and line.operation != "delete"


def _unmarked(line: ItemOut | None) -> Any:
    made: Any = copy.copy(line)
    made.is_item_changed = False
    return made


def _differing(old: Any, new: Any) -> tuple[str, ...]:
    names = (field.name for field in old.__cxml__.fields if field.name != "is_item_changed")
    return tuple(name for name in names if getattr(old, name) != getattr(new, name))


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
