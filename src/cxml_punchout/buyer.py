"""The buyer's side: setup requests and orders for a partner, and what the answers mean. It sends nothing itself.

buyer = Buyer(partner)
sent = buyer.order_request(order_id="PO-4711", items=items, bill_to=address)
# post sent.body to sent.url with sent.content_type, by whatever makes HTTP requests here
answer = buyer.read_reply(reply_body, reply_content_type, http_status)
answer.retry.retry          # whether to post the same ``sent`` again, and answer.retry.after when
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import attrs

from . import concealed
from .addresses import web_address
from .concealed import Concealed
from .document import doctype_for, parse, serialize
from .element import Element, OpenElement
from .envelope import USER_AGENT, Clock, Ids, PayloadIds, credentials_of, utc_now
from .errors import DocumentError, IncompleteElement, InvalidValue, UsageError
from .findings import shorten
from .mime import Part, attachments_of, decode_xml, pack, unpack
from .models.credential import Credential, SharedSecret
from .models.delivery import ShipTo
from .models.envelope import CXML, From, Header, Request, Sender, To
from .models.item import ItemID, ItemOut
from .models.money import Money, Total
from .models.order import DocumentReference, OrderRequest, OrderRequestHeader
from .models.party import Address, BillTo, Contact, Email
from .models.punchout import (
    BrowserFormPost,
    BuyerCookie,
    PunchOutSetupRequest,
    PunchOutSetupResponse,
    SelectedItem,
)
from .models.text import Attachment, Comments, Extrinsic, Name
from .punchout.cart import cart_total
from .status import StatusClass, status_class
from .summary.reading import at, plain
from .trust.partners import Mode, Partner
from .trust.secrets import Secret
from .versions import known_version, lacking

if TYPE_CHECKING:
    from .models.envelope import RequestPayload, ResponsePayload

__all__ = ["Answer", "Buyer", "Outgoing", "RetryAdvice"]

#: What a document, and a reply, is sent as.
_XML = 'text/xml; charset="UTF-8"'

Operation: TypeAlias = Literal["create", "edit", "inspect", "source"]
OrderMove: TypeAlias = Literal["new", "update", "delete"]


@attrs.frozen
class Outgoing:
    """A request that is ready to be posted. To send it again, post the same object: nothing in it may change.

    document: what was written; the body does not follow if it is changed.
    body: for the HTTP body. It holds the secret, so it is not printed.
    content_type: for the header of that name.
    url: where to.
    payload_id: names the document, in logs and in changes of an order.
    """

    document: CXML = attrs.field(repr=False)
    _body: Concealed[bytes] = attrs.field(converter=concealed.octets, alias="body")
    content_type: str
    url: str
    payload_id: str

    @property
    def body(self) -> bytes:
        """The octets to post."""
        return self._body.value

    def __reduce__(self) -> tuple[Any, ...]:
        # For a queue, which then holds the secret.
        return Outgoing, (self.document, self.body, self.content_type, self.url, self.payload_id)


@attrs.frozen
class RetryAdvice:
    """Whether to send the identical document again. It is advice: nothing here waits or counts.

    why: for the log.
    after: how long to wait before the next try.
    attempts: how many tries to make in all, the first included; 0 if there shall be no other.

    Guide 3.1.9.1.
    """

    retry: bool
    why: str
    after: timedelta
    attempts: int


@attrs.frozen
class Answer:
    """What came back for a request.

    outcome: what it means: done (``success``), refused for good (``permanent``), failed for the moment (``transient``),
        a code that means nothing (``undefined``), no answer in cXML at all (``transport``), or several that disagree
        (``unclear``): then only a person can find out whether it was done.
    status: the code as it was sent; None without an answer in cXML, or with several that disagree.
    text: the phrase beside the code. message: what is said in words, for a person.
    document, payload: None if there are none. What is odd about the document is in its ``findings``.
    start_page_url: where to send the user's browser after a setup request; None if there is no address of the web.
    http_status: as it was given.
    error: why the body could not be read, for the log; None if it could.
    """

    outcome: StatusClass | Literal["transport", "unclear"]
    status: int | None
    text: str
    message: str
    document: CXML | None = attrs.field(repr=False)
    payload: ResponsePayload | None = attrs.field(repr=False)
    start_page_url: str | None
    http_status: int | None
    retry: RetryAdvice
    error: DocumentError | None = None


class Buyer:
    """A buyer that does business with one partner, in the mode of the record.

    partner: the connection, written as the supplier would write it: From is the buyer, To the supplier.
    clock, ids: the present with its offset from UTC, and payloadIDs that nobody else has.
    user_agent: product and version of the software that sends.
    version: the cXML version that the DOCTYPE names, ``1.2.014`` say, for a partner that validates by it.
        ``Partner.version`` goes before it; by default the current one.

    What is made is held against the grammar, the datatypes and the rules of the Guide before it leaves.

    Raises IncompleteElement if the record does not say who the buyer is.
    """

    def __init__(
        self,
        partner: Partner,
        *,
        clock: Clock = utc_now,
        ids: Ids | None = None,
        user_agent: str = USER_AGENT,
        version: str = "",
    ) -> None:
        if not partner.accounts["from"]:
            raise IncompleteElement(
                "the record of a hub does not say which buyer this is; take one with the name of a buyer",
                "Partner.from_identity",
            )
        self.partner = partner
        self.user_agent = user_agent
        self.version = partner.version or known_version(version, "Buyer.version")
        self._clock = clock
        self._ids = ids if ids is not None else PayloadIds(clock=clock)

    def __repr__(self) -> str:
        return f"Buyer({self.partner!r})"

    # --- requests

    def setup_request(
        self,
        *,
        buyer_cookie: str | BuyerCookie,
        return_url: str,
        operation: Operation = "create",
        user_email: str | None = None,
        user_name: str | None = None,
        extrinsics: Mapping[str, str] | None = None,
        ship_to: ShipTo | Address | None = None,
        selected_item: ItemID | SelectedItem | None = None,
        items: Iterable[ItemOut] = (),
        lang: str = "en",
    ) -> Outgoing:
        """Ask for an entrance to the shop, for one user.

        buyer_cookie: a new one for every session, by which the cart finds home.
        return_url: where the user's browser posts the cart.
        user_email, user_name: go into a Contact with the role ``endUser`` and, as many shops still look there, into the
            Extrinsics ``UserEmail``, ``UniqueName`` and ``User``.
        extrinsics: further ones by name; one of those three takes the place of ours.
        items: for ``edit`` and ``inspect`` the cart to open again. Line numbers and the like mean nothing here.

        Raises UsageError for what cannot be sent. Guide 5.6.2.
        """
        known = {"UserEmail": user_email, "UniqueName": user_email, "User": user_name}
        given = {name: value for name, value in known.items() if value} | dict(extrinsics or {})
        name = user_name or user_email
        contact = (
            Contact(role="endUser", name=Name(name, lang=lang), email=[Email(user_email)] if user_email else [])
            if name
            else None
        )
        setup = PunchOutSetupRequest(
            operation=operation,
            buyer_cookie=buyer_cookie,
            extrinsic=_extrinsics(given),
            browser_form_post=BrowserFormPost(url=return_url),
            contact=[contact] if contact else [],
            ship_to=ShipTo(address=ship_to) if isinstance(ship_to, Address) else ship_to,
            selected_item=SelectedItem(item_id=selected_item) if isinstance(selected_item, ItemID) else selected_item,
            item_out=items,
        )
        return self.request(setup, lang=lang)

    def order_request(
        self,
        *,
        order_id: str,
        items: Iterable[ItemOut],
        bill_to: BillTo | Address,
        ship_to: ShipTo | Address | None = None,
        total: Total | Money | None = None,
        type: OrderMove = "new",
        reference: Outgoing | str | None = None,
        order_version: int | Decimal | None = None,
        order_date: datetime | None = None,
        comments: str | Iterable[Comments | str] = (),
        extrinsics: Mapping[str, str] | None = None,
        attachments: Iterable[Part] = (),
        lang: str = "en",
    ) -> Outgoing:
        """Order, change an order, or cancel one. An order with more in its header is for ``request``.

        total: without tax and shipping; computed exactly from the lines if it is not given.
        type, reference: ``update`` and ``delete`` name the latest document of the order, or its payloadID.
        order_date: when the order was created; now, if nothing is said.
        attachments: files. Those that no Attachment of the comments or lines points at get one on the header.

        Raises UsageError for what cannot be sent, or a sum that is not to be had exactly. Guide 7.2.
        """
        items = tuple(items)
        header = OrderRequestHeader(
            order_id=order_id,
            order_date=order_date or self._clock().replace(microsecond=0),
            type=type,
            order_version=order_version,
            total=_total(total, items),
            ship_to=ShipTo(address=ship_to) if isinstance(ship_to, Address) else ship_to,
            bill_to=BillTo(address=bill_to) if isinstance(bill_to, Address) else bill_to,
            comments=_comments(comments, lang),
            document_reference=_reference(type, reference),
            extrinsic=_extrinsics(extrinsics or {}),
        )
        order = OrderRequest(order_request_header=header, item_out=items)
        return self.request(order, attachments=attachments, lang=lang)

    def request(
        self, payload: RequestPayload, *, attachments: Iterable[Part] = (), url: str | None = None, lang: str = "en"
    ) -> Outgoing:
        """Send any request: with a new payloadID, the present time, and the header that proves who sends it.

        attachments: files. In an order, those that no Attachment points at get one on the header.
        url: where to; by default where the partner takes setup requests, or for all others orders.

        Raises UsageError for what cannot be sent or the version that was set does not have, and if there is no secret
        that holds now. Guide 3.1.
        """
        now = self._clock().replace(microsecond=0)
        parts = tuple(attachments)
        document = CXML(
            payload_id=self._ids(),
            timestamp=now,
            lang=lang,
            header=self._header(now),
            request=Request(deployment_mode=self.partner.mode, payload=payload),
        )
        _attach(document, parts, self.partner.mode, lang, self.version)
        document.doctype = doctype_for(document, given=self.version)
        body, content_type = serialize(document, validate=True), _XML
        if parts:
            body, content_type = pack(body, parts)
        return Outgoing(document, body, content_type, url or self._url(payload), document.payload_id)

    def _url(self, payload: RequestPayload) -> str:
        field = "punchout_url" if isinstance(payload, PunchOutSetupRequest) else "purchase_order_url"
        url: str = getattr(self.partner, field)
        if not url:
            raise IncompleteElement("the record does not say where to send this", f"Partner.{field}")
        return url

    def _header(self, now: datetime) -> Header:
        accounts = self.partner.accounts
        sender = credentials_of(accounts["sender"])
        self._prove(sender[0], now)
        return Header(
            from_=From(credential=credentials_of(accounts["from"])),
            to=To(credential=credentials_of(accounts["to"])),
            sender=Sender(credential=sender, user_agent=self.user_agent),
        )

    def _prove(self, credential: Credential, now: datetime) -> None:
        """Put the secret where it belongs. It is in no variable on the way."""
        secret = _in_force(self.partner.secrets, now)
        if secret is not None:
            credential.shared_secret = SharedSecret(secret.reveal())
        elif "absent" in self.partner.accepts_no_secret:
            return
        elif self.partner.accepts_no_secret:
            credential.shared_secret = SharedSecret("" if "empty" in self.partner.accepts_no_secret else "none")
        else:
            raise UsageError("the record has no secret that holds now", "Partner.shared_secret")

    # --- replies

    def read_reply(
        self, body: bytes, content_type: str | None = None, http_status: int = 200, *, rush: bool = False
    ) -> Answer:
        """What an HTTP reply means. Nothing that may come back raises: a reply that cannot be read is an answer too.

        The Status of the cXML decides, whatever HTTP says. A reply without cXML is a fault of the transport, 404 and
        500 alike. Two Statuses that disagree are neither a success nor a reason to send again: what was done may be
        done twice. rush: the order is urgent, so try again soon.

        Guide 3.1.9.1.
        """
        try:
            package = unpack(body, content_type)
            document = parse(decode_xml(package.body, package.content_type), mode="tolerant")
        except DocumentError as error:
            return _unanswered(f"HTTP {http_status} without cXML: {error.code}", http_status, rush, error)
        codes = _codes(document)
        if len({status_class(code) for code in codes}) > 1:
            why = f"HTTP {http_status} with several Statuses, {' and '.join(map(str, codes[:5]))}: ask the partner"
            advice = RetryAdvice(False, why, timedelta(0), 0)
            return Answer("unclear", None, "", "", document, None, None, http_status, advice)
        response = document.response
        status = response.status if response is not None else None
        code = status.code if status is not None and isinstance(status.code, int) else max(codes, default=-1)
        if response is None or status is None or (code < 0 and code != status.code):
            why = f"HTTP {http_status} with a document that is no Response with a Status"
            return attrs.evolve(_unanswered(why, http_status, rush, None), document=document)
        outcome = status_class(code)
        return Answer(
            outcome,
            code,
            plain(status.text).strip(),
            plain(status).strip(),
            document,
            response.payload,
            _start_page(response.payload) if outcome == "success" else None,
            http_status,
            _advice(outcome, f"Status {code}", rush),
        )

    def no_reply(self, why: str, *, rush: bool = False) -> Answer:
        """What it means that no HTTP reply came: a timeout, a refused connection, a name that is not found."""
        return _unanswered(why, None, rush, None)


# --- parts of a request --------------------------------------------------------------------------------------------


def _in_force(secrets: Iterable[Secret], now: datetime) -> Secret | None:
    """The first secret that holds now. One of which only the hash is kept cannot be sent, so it comes last."""
    valid = [secret for secret in secrets if secret.window(now) == "valid"]
    return min(valid, key=lambda secret: secret.kind == "hash", default=None)


def _extrinsics(values: Mapping[str, str]) -> list[Extrinsic]:
    return [Extrinsic(value, name=name) for name, value in values.items()]


def _total(total: Total | Money | None, items: tuple[ItemOut, ...]) -> Total:
    if isinstance(total, Total):
        return total
    return Total(money=total if total is not None else cart_total(items))


def _comments(comments: str | Iterable[Comments | str], lang: str) -> list[Comments]:
    given = [comments] if isinstance(comments, str) else comments
    return [Comments(each, lang=lang) if isinstance(each, str) else each for each in given]


def _reference(type: str, reference: Outgoing | str | None) -> DocumentReference | None:
    if reference is None:
        return None  # and if there has to be one, the rules say so
    if type == "new":
        raise InvalidValue("a new order changes no other one", "order_request.reference")
    return DocumentReference(payload_id=reference.payload_id if isinstance(reference, Outgoing) else reference)


def _attach(document: CXML, parts: tuple[Part, ...], mode: Mode, lang: str, version: str) -> None:
    """See to it that every file is pointed at, and that every Attachment points at a file."""
    found = attachments_of(document, parts)
    for finding in found.findings:
        if finding.severity == "error":
            raise InvalidValue(finding.message, finding.path)
    if not found.unreferenced:
        return
    payload = document.payload
    if not isinstance(payload, OrderRequest):
        raise InvalidValue(f"no Attachment points at {shorten(found.unreferenced[0].content_id)}", "attachments")
    # What the program gave stays as it is.
    order, header = copy.copy(payload), copy.copy(payload.order_request_header)
    links = [Attachment(url=part.url) for part in found.unreferenced]
    given = tuple(header.comments)
    header.comments = [*given, Comments(links, lang=lang)]
    newer = lacking(header, version, "header") if given and version else None
    if newer is not None and newer.path == "header.comments":  # one has to do
        last = copy.copy(given[-1])
        last.content = (*last.content, *links)
        header.comments = [*given[:-1], last]
    order.order_request_header = header
    document.request = Request(deployment_mode=mode, payload=order)


# --- what a reply means --------------------------------------------------------------------------------------------

_TRIES = (timedelta(hours=1), 10)
#: Six hours as well, but four times as often.
_RUSH_TRIES = (timedelta(minutes=15), 25)


def _advice(outcome: str, what: str, rush: bool) -> RetryAdvice:
    if outcome == "success":
        return RetryAdvice(False, f"{what}: done", timedelta(0), 0)
    if outcome == "permanent":
        return RetryAdvice(False, f"{what}: refused for good", timedelta(0), 0)
    why = {
        "transient": "failed for the moment",
        "undefined": "means nothing, and a repetition does no harm",
        "transport": "nobody knows whether it arrived",
    }[outcome]
    return RetryAdvice(True, f"{what}: {why}", *(_RUSH_TRIES if rush else _TRIES))


def _unanswered(why: str, http_status: int | None, rush: bool, error: DocumentError | None) -> Answer:
    advice = _advice("transport", why, rush)
    return Answer("transport", None, "", "", None, None, None, http_status, advice, error)


def _codes(document: CXML) -> list[int]:
    """The codes of all Statuses in a reply, wherever they stand: -1 for no number, nothing for none."""
    wrappers = (document.response, document.message)
    statuses = [at(wrapper, "status") for wrapper in wrappers]
    markup = [getattr(at(status, "value"), "markup", None) or "" for status in statuses]
    for part in (document, *wrappers, *statuses):
        leftover = part._leftover if isinstance(part, Element) else None
        markup += (text for _, text in leftover.nodes) if leftover is not None else ()
    found = [plain(at(status, "code")) for status in statuses]
    for text in markup:
        if "Status" in text:
            found += (node.get("code", "") for node in OpenElement(f"<_>{text}</_>").tree().iter("{*}Status"))
    return [int(code) if _NUMBER(code) else -1 for code in map(str.strip, found) if code]


_NUMBER = re.compile(r"[0-9]{1,9}").fullmatch


def _start_page(payload: Any) -> str | None:
    if not isinstance(payload, PunchOutSetupResponse):
        return None
    url = plain(getattr(getattr(payload, "start_page", None), "url", None))
    try:
        return web_address(url)  # a browser is sent there, so it must not be javascript: or the like
    except InvalidValue:
        return None
