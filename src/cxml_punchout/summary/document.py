"""One document in short: kind, parties, and what matters for its kind of payload."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import attrs

from ..element import OpenElement
from ..models.envelope import CXML
from ..models.order import OrderRequest
from ..models.profile import ProfileRequest, ProfileResponse
from ..models.punchout import PunchOutOrderMessage, PunchOutSetupRequest, PunchOutSetupResponse
from ..models.status_update import StatusUpdateRequest
from ..status import status_class
from .lines import Line, Total, held, item_name, lines_of
from .reading import at, comments, described, is_instruction, joined, many, money, person, place, plain, tag_of
from .reckoning import Reckoning

__all__ = ["Charge", "Fact", "Party", "Service", "Summary", "summarize"]


@attrs.frozen
class Party:
    """One name of an organisation.

    type: ``marketplace`` or empty.
    proof: what stands beside the name to prove it: ``secret``, ``empty secret``, ``MAC``, ``digital signature``.
    """

    domain: str
    identity: str
    type: str = ""
    proof: str = ""


@attrs.frozen
class Fact:
    """One thing worth knowing, such as the return URL of a session; ``remark`` says what it means."""

    label: str
    text: str
    remark: str = ""


@attrs.frozen
class Charge:
    """What is paid beside the items: shipping, tax."""

    label: str
    amount: str
    currency: str
    description: str


@attrs.frozen
class Service:
    """One kind of request that a server takes, and where."""

    request: str
    url: str
    options: str


@attrs.frozen(kw_only=True)
class Summary:
    """What a document says.

    wrapper: ``request``, ``message``, ``response``, or empty.
    payload: the name of the payload; empty in a bare Response.
    deployment_mode: as stated; where a request or message states none, it is production.
    doctype: the cXML version, else what the DOCTYPE names; empty without one.
    facts, closing: what is told before and after the lines.
    charges: not contained in the total.
    """

    kind: str
    wrapper: str
    payload: str
    payload_id: str
    timestamp: str
    deployment_mode: str
    doctype: str
    from_: tuple[Party, ...] = ()
    to: tuple[Party, ...] = ()
    sender: tuple[Party, ...] = ()
    user_agent: str = ""
    facts: tuple[Fact, ...] = ()
    lines: tuple[Line, ...] = ()
    total: Total | None = None
    charges: tuple[Charge, ...] = ()
    closing: tuple[Fact, ...] = ()
    services: tuple[Service, ...] = ()


@attrs.define
class _Draft:
    """The part of a summary that depends on the payload, while it is put together."""

    kind: str
    facts: list[Fact] = attrs.field(factory=list)
    lines: tuple[Line, ...] = ()
    total: Total | None = None
    charges: list[Charge] = attrs.field(factory=list)
    closing: list[Fact] = attrs.field(factory=list)
    services: tuple[Service, ...] = ()

    def fact(self, label: str, text: str, remark: str = "") -> None:
        """Note a fact that is told before the lines; an empty text is none."""
        if text:
            self.facts.append(Fact(label, text, remark))

    def close(self, label: str, text: str) -> None:
        """Note a fact that is told after the lines."""
        if text:
            self.closing.append(Fact(label, text))


def summarize(document: CXML) -> Summary:
    """The facts of one document, read in either mode or built."""
    wrapper = next((name for name in ("request", "message", "response") if getattr(document, name) is not None), "")
    payload = document.payload
    made = _Draft(tag_of(payload) or wrapper.capitalize() or "Document without content")
    _envelope(document, wrapper, made)
    _ABOUT.get(type(payload), _other)(payload, made)
    doctype = document.doctype
    return Summary(
        kind=made.kind,
        wrapper=wrapper,
        payload=tag_of(payload),
        payload_id=plain(document.payload_id),
        timestamp=plain(document.timestamp),
        deployment_mode=plain(at(document, f"{wrapper}.deployment_mode")) if wrapper in ("request", "message") else "",
        doctype=doctype.version or doctype.system or doctype.name if doctype is not None else "",
        from_=_parties(at(document, "header.from_.credential")),
        to=_parties(at(document, "header.to.credential")),
        sender=_parties(at(document, "header.sender.credential")),
        user_agent=plain(at(document, "header.sender.user_agent")),
        facts=tuple(made.facts),
        lines=made.lines,
        total=made.total,
        charges=tuple(made.charges),
        closing=tuple(made.closing),
        services=made.services,
    )


# --- the envelope ----------------------------------------------------------------------------------------------


def _envelope(document: CXML, wrapper: str, made: _Draft) -> None:
    made.fact("reply to", plain(at(document, "message.in_reply_to")))
    made.fact("made from", plain(at(document, "header.original_document.payload_id")))
    parties = tuple(many(at(document, "header.path.node")))
    made.fact("path", f"{len(parties)} parties" if parties else "")
    made.fact("signed", "yes" if document.signature else "", "not verified here")
    status = at(document, f"{wrapper}.status") if wrapper in ("message", "response") else None
    _status(status, made, _outcome(at(status, "code"), wrapper))


def _status(status: Any, made: _Draft, outcome: str) -> None:
    if status is not None:
        made.fact("status", joined((plain(status.code), plain(status.text)), " "), outcome)
        made.fact("message", plain(status).strip())


def _outcome(code: object, wrapper: str) -> str:
    if wrapper == "message" and code == 204:
        return "the user left without changing anything"
    kind = status_class(code) if isinstance(code, int) else ""
    return {"permanent": "failed for good", "transient": "may succeed later"}.get(kind, "")


def _parties(credentials: Any) -> tuple[Party, ...]:
    return tuple(
        Party(plain(each.domain), _identity(each.identity), plain(each.type), _proof(each))
        for each in many(credentials)
    )


def _identity(identity: Any) -> str:
    text = plain(identity)
    if text:
        return text
    # An address in a scheme of its own comes as an IdReference.
    elements = [part for part in many(at(identity, "content")) if isinstance(part, OpenElement)]
    inside = [part.tree() for part in elements if not is_instruction(part)]
    return joined(node.get("identifier") or "" for node in inside)


def _proof(credential: Any) -> str:
    if credential.shared_secret is not None:
        return "secret" if plain(credential.shared_secret) else "empty secret"
    if credential.credential_mac is not None:
        return "MAC"
    return "digital signature" if credential.digital_signature is not None else ""


# --- PunchOut --------------------------------------------------------------------------------------------------

_WISH = {
    "create": "begins with an empty cart",
    "edit": "reopens a cart to change it",
    "inspect": "reopens a cart to look at it",
    "source": "opens a request for quotation",
}


def _setup(request: Any, made: _Draft) -> None:
    operation = plain(request.operation)
    made.kind = f'Setup request "{operation}"' if operation else "Setup request"
    made.fact("operation", operation, _WISH.get(operation, ""))
    made.fact("buyer cookie", _cookie(request.buyer_cookie))
    made.fact("return URL", plain(at(request, "browser_form_post.url")))
    user, others = _user(request)
    made.fact("user", user)
    made.fact("extrinsics", others, "values not shown")
    made.fact("ship to", place(at(request, "ship_to.address")))
    made.fact("opens at", item_name(at(request, "selected_item.item_id")))
    made.lines = lines_of(Reckoning(many(request.item_out)), numbered=False)


def _cookie(cookie: Any) -> str:
    inside = "" if plain(cookie) else joined(map(tag_of, many(at(cookie, "content"))))
    return plain(cookie) or (f"no text, but {inside}" if inside else "")


def _user(request: Any) -> tuple[str, str]:
    """Who wants to shop, from wherever the buyer writes it, and the names of the other extrinsics."""
    extrinsics: dict[str, str] = {}
    for extrinsic in many(request.extrinsic):  # case and blanks of the names vary
        extrinsics.setdefault(plain(extrinsic.name).strip(), plain(extrinsic))
    folded = {name.lower(): text for name, text in extrinsics.items()}
    taken: set[str] = set()

    def first(*names: str) -> str:
        taken.update(names)
        return next(filter(None, (folded.get(name) for name in names)), "")

    given = joined((first("firstname"), first("lastname")), " ")
    email = first("useremail", "email")
    account = first("uniquename", "user")
    contacts = sorted(many(request.contact), key=lambda contact: plain(contact.role) != "endUser")
    known = person(contacts[0]) if contacts else joined((given, f"<{email}>" if given and email else email), " ")
    user = joined((known, f"({account})" if known and account else account), " ")
    return user, ", ".join(name for name in extrinsics if name.lower() not in taken)


def _setup_response(response: Any, made: _Draft) -> None:
    made.kind = "Setup response"
    made.fact("start page", plain(at(response, "start_page.url")))


_RETURN = {
    "create": "the items cannot be opened again",
    "inspect": "the user may come back to look",
    "edit": "the user may come back to look and to change",
}


def _cart(cart: Any, made: _Draft) -> None:
    made.kind = "Cart"
    header = cart.punch_out_order_message_header
    allowed = plain(at(header, "operation_allowed"))
    made.fact("buyer cookie", _cookie(cart.buyer_cookie))
    made.fact("allows", allowed, _RETURN.get(allowed, ""))
    made.fact("quotation", plain(at(header, "quote_status")))
    made.fact("sourcing", joined((plain(at(header, "sourcing_status.action")), plain(at(header, "sourcing_status")))))
    made.fact("sales order", plain(at(header, "supplier_order_info.order_id")))
    made.fact("ship to", place(at(header, "ship_to.address")))
    made.fact("items", "" if cart.item_in else "none")
    reckoning, made.total = held(header, many(cart.item_in))
    made.lines = lines_of(reckoning, numbered=False)
    made.charges += _charges(header)
    made.close("comments", comments(each.comments for each in many(cart.item_in) if each.comments is not None))


def _charges(header: Any) -> Iterator[Charge]:
    for label in ("shipping", "tax"):
        charge = at(header, label)
        if charge is not None:
            amount, currency = plain(at(charge, "money.amount")), plain(at(charge, "money.currency"))
            yield Charge(label, amount, currency, described(charge.description))


# --- orders ----------------------------------------------------------------------------------------------------


def _order(order: Any, made: _Draft) -> None:
    header = order.order_request_header
    made.kind = f'Order "{plain(at(header, "type")) or "new"}"'
    _order_facts(header, order.item_out, made)
    reckoning, made.total = held(header, many(order.item_out))
    made.lines = lines_of(reckoning, numbered=True, returns=made.total.returns if made.total else "left out")
    made.charges += _charges(header)
    made.close("payment", _payment(at(header, "payment")))
    made.close("terms", joined(map(_term, many(at(header, "payment_term"))), "; "))
    made.close("contacts", joined(map(_role, many(at(header, "contact"))), "; "))
    on_lines = (comment for item in many(order.item_out) for comment in many(item.comments))
    made.close("comments", comments([*many(at(header, "comments")), *on_lines]))


def _order_facts(header: Any, items: Any, made: _Draft) -> None:
    version = plain(at(header, "order_version"))
    made.fact("order", plain(at(header, "order_id")), f"version {version}" if version else "")
    made.fact("dated", plain(at(header, "order_date")))
    made.fact("type", plain(at(header, "order_type")) or "regular")
    made.fact("refers to", plain(at(header, "document_reference.payload_id")))
    made.fact("agreement", plain(at(header, "agreement_id")) or plain(at(header, "parent_agreement_id")))
    made.fact("valid from", plain(at(header, "effective_date")))
    made.fact("valid until", plain(at(header, "expiration_date")))
    made.fact("sales order", plain(at(header, "supplier_order_info.order_id")))
    made.fact("requisition", plain(at(header, "requisition_id")))
    made.fact("bill to", place(at(header, "bill_to.address")))
    made.fact("ship to", *_destination(header, items))
    made.fact("deliver by", *_wanted(header, items))


def _destination(header: Any, items: Any) -> tuple[str, str]:
    stated = place(at(header, "ship_to.address"))
    places = dict.fromkeys(filter(None, (place(at(item, "ship_to.address")) for item in many(items))))
    if stated or len(places) < 2:
        return stated or "".join(places), ""
    return f"{len(places)} places", "by line"


def _wanted(header: Any, items: Any) -> tuple[str, str]:
    stated = plain(at(header, "requested_delivery_date"))
    days = sorted(filter(None, {plain(item.requested_delivery_date) for item in many(items)}))
    if stated or len(days) < 2:
        return stated or "".join(days), ""
    return f"{days[0]} to {days[-1]}", "by line"


def _payment(payment: Any) -> str:
    card = at(payment, "pcard")
    return joined(("purchasing card", plain(card.name), "number not shown")) if card is not None else ""


def _term(term: Any) -> str:
    percent = plain(at(term, "discount.discount_percent.percent"))
    less = f"{percent} %" if percent else money(at(term, "discount.discount_amount.money"))
    return f"{less + ' less' if less else 'net'} within {plain(term.pay_in_number_of_days)} days"


def _role(contact: Any) -> str:
    return joined((plain(contact.role), person(contact)), ": ")


# --- status updates --------------------------------------------------------------------------------------------

_FURTHER = {
    200: "dealt with, no further update expected",
    201: "still waiting, another update follows",
    280: "passed on, another update follows",
    281: "passed on, another update may follow",
}


def _status_update(update: Any, made: _Draft) -> None:
    made.kind = "Status update"
    made.fact("refers to", plain(at(update, "document_reference.payload_id")))
    code = at(update, "status.code")
    _status(update.status, made, _FURTHER.get(code, "") or _outcome(code, "request"))
    for field, about in _NEWS.items():
        news = getattr(update, field)
        if news is not None:
            about(news, made)
    made.fact("extrinsics", ", ".join(plain(each.name).strip() for each in many(update.extrinsic)), "values not shown")


def _payment_status(news: Any, made: _Draft) -> None:
    made.fact("order", plain(news.order_id))
    made.fact("payment", plain(news.type), "failed" if news.is_failed else "")
    made.fact("submitted", plain(news.transaction_timestamp))
    made.fact("transaction", plain(news.transaction_id))
    made.fact("authorized as", plain(news.authorization_id))
    made.fact("amount", money(at(news, "total.money")), _payment(news))
    made.charges += _charges(news)


def _sourcing_status(news: Any, made: _Draft) -> None:
    made.fact("sourcing", joined((plain(news.action), plain(news))))


def _invoice_status(news: Any, made: _Draft) -> None:
    made.fact("invoice is", plain(news.type))
    made.fact("invoice", plain(at(news, "invoice_id_info.invoice_id")), plain(at(news, "invoice_id_info.invoice_date")))
    made.fact("paid in part", money(at(news, "partial_amount.money")))
    made.fact("due", plain(news.payment_net_due_date))
    made.close("comments", comments(many(news.comments)))


def _document_status(news: Any, made: _Draft) -> None:
    made.fact("document is", plain(news.type))
    made.fact("document", *_document(news.document_info))
    made.fact("lines", joined(map(_item_status, many(news.item_status)), "; "))
    on_lines = (comment for item in many(news.item_status) for comment in many(item.comments))
    made.close("comments", comments([*many(news.comments), *on_lines]))


def _item_status(item: Any) -> str:
    about = item.reference_document_info
    line = joined((plain(at(about, "line_number")), plain(at(about, "schedule_line_number"))), "/")
    document = plain(at(about, "document_info.document_id"))
    where = joined((line, f"of {document}" if document else ""), " ")
    code = plain(item.code)
    return joined((where, plain(item.type), f"({code})" if code else ""), " ")


def _document(info: Any) -> tuple[str, str]:
    return plain(at(info, "document_id")), joined((plain(at(info, "document_type")), plain(at(info, "document_date"))))


def _integration_status(news: Any, made: _Draft) -> None:
    made.fact("delivery", plain(news.document_status))
    told = news.integration_message
    if told is not None:
        result = {True: "success", False: "no success"}.get(told.is_successful, "")
        made.fact("by message", joined((plain(told.type), result)), plain(told).strip())


_NEWS: dict[str, Callable[[Any, _Draft], None]] = {
    "payment_status": _payment_status,
    "sourcing_status": _sourcing_status,
    "invoice_status": _invoice_status,
    "document_status": _document_status,
    "integration_status": _integration_status,
}


# --- other payloads --------------------------------------------------------------------------------------------


def _profile_request(request: Any, made: _Draft) -> None:
    made.kind = "Profile request"


#: Options whose value says something and is no secret. A hub hands out the material of a CredentialMac in others.
_OPEN_OPTIONS = ("service", "attachments", "changes", "locale", "direct.authenticationmethod.")


def _profile_response(response: Any, made: _Draft) -> None:
    made.kind = "Profile response"
    made.fact("effective", plain(response.effective_date))
    made.fact("options", _options(response.option))
    made.services = tuple(
        Service(plain(each.request_name), plain(each.url), _options(each.option)) for each in many(response.transaction)
    )


def _options(options: Any) -> str:
    shown = []
    for option in many(options):
        name = plain(option.name)
        shown.append(f"{name}={plain(option)}" if name.lower().startswith(_OPEN_OPTIONS) else name)
    return ", ".join(shown)


def _other(payload: Any, made: _Draft) -> None:
    if isinstance(payload, OpenElement):
        made.fact("content", "carried whole", f"no typed model, {len(payload.markup)} characters")


_ABOUT: dict[type, Callable[[Any, _Draft], None]] = {
    PunchOutSetupRequest: _setup,
    PunchOutSetupResponse: _setup_response,
    PunchOutOrderMessage: _cart,
    OrderRequest: _order,
    ProfileRequest: _profile_request,
    ProfileResponse: _profile_response,
    StatusUpdateRequest: _status_update,
}
