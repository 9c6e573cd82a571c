"""A supplier's or a buyer's end of the line: bytes in, an answer out, and an answer to anything (Guide 3.1.9, 5.2).

    endpoint = Endpoint(partners)
    reply = endpoint.handle(body, content_type, {PunchOutSetupRequest: open_shop, OrderRequest: take_order})

No socket is opened here; whatever serves HTTP hands the body in and sends ``reply.body`` back. Whatever came in, the
answer is well-formed cXML with HTTP status 200, for any other answer makes a partner send again for hours:

    what came                                                         Status
    not XML, not well-formed, no request at all                       406
    without its spine, or contradicting itself in it                  406
    over a limit                                                      499
    from whom nobody knows, or with a wrong proof                     401
    in a name or a mode that the Sender may not use                   403
    a request that no handler is there for, an unknown operation      450
    the payloadID of an earlier document with other content           409
    what the application refuses                                      that of its ``Refusal``
    what the application cannot compute with: ``UnreadableValue``     406
    from whom we cannot look up the secret at the moment              500, with an error in the log
    a fault in the application, or in this library                    500, without a word of it

The spine of a request is what nobody could carry it out without (``cxml_punchout.spine``); a shop that needs more says
so with ``require``. Whatever else is missing or illegible is a finding.

The reason of each refusal goes to the log, ``logging.getLogger("cxml_punchout.endpoint")``, and stands in
``reply.error``.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, overload

import attrs

from . import concealed
from .concealed import Concealed
from .document import doctype_for, parse_judged, serialize, validate
from .element import Element, OpenElement
from .envelope import Clock, Ids, PayloadIds, status_of, utc_now
from .errors import (
    AuthenticationError,
    CXMLError,
    DocumentError,
    InvalidValue,
    Refusal,
    SecretUnavailable,
    UsageError,
)
from .faults import Faults, harmless, speaking, without_frames
from .findings import Finding, Layer, shorten, visible
from .limits import DEFAULT_LIMITS, Limits
from .mime import DEFAULT_MIME_LIMITS, Attachments, MimeLimits, Part, attachments_of, decode_xml, unpack
from .models.envelope import CXML, Response, Status
from .models.profile import Option, ProfileResponse, Transaction
from .payloads import REQUESTS, names
from .replay import Claim, ReplayGuard, Stored
from .replay.content import digest_of, key_of
from .spine import Demands, Require, demands_of, objection, unasked
from .status import status_class
from .trust.authenticate import Verified, authenticate
from .trust.credentials import Account, Section
from .trust.mac import DEFAULT_MAC_POLICY, MacPolicy
from .trust.partners import Mode, Partner, PartnerStore
from .trust.secrets import Secret
from .versions import known_version, named_by, named_in

if TYPE_CHECKING:
    from .models.envelope import ResponsePayload

__all__ = ["CONTENT_TYPE", "Answer", "AsyncHandler", "Endpoint", "Handler", "Handlers", "Received", "Reply"]

#: Guide 3.1.4: the charset is that of the declaration.
CONTENT_TYPE = 'text/xml; charset="UTF-8"'

_log = logging.getLogger(__name__)
_log.addFilter(harmless)


@attrs.frozen(eq=False)
class Received:
    """A document that was let in: read, and its sender proved.

    document: what was sent. Read tolerantly: ``findings`` says where it departs from the standard. What stands in the
        spine of its payload is there, can be read and is said once; so is what the endpoint was told to ``require``.
        Any other field may be None, required by the grammar or not, and a value that cannot be read is an
        ``Unreadable``, which raises ``UnreadableValue`` as soon as something is computed with it.
    verified: who sent it, and for whom.
    parts: the files that came with it.
    attachments: the Attachments of the document, each with its file.
    findings: departures of the document and of the message around it.
    attempt: 1; more if the same document came before and was not carried out to the end, because of a crash or a
        refusal. Then look whether the work was done, for nobody else knows.
    version: the cXML version that was set for the partner, or for the endpoint; "" if answers name that of the request.
    """

    document: CXML
    verified: Verified
    _raw: Concealed[bytes] = attrs.field(converter=concealed.octets, alias="raw", repr=False)
    parts: tuple[Part, ...]
    attachments: Attachments
    findings: tuple[Finding, ...] = ()
    attempt: int = 1
    version: str = ""

    @property
    def raw(self) -> bytes:
        """The octets of the document as they came, secrets included; ``redact`` makes them fit for a log."""
        return self._raw.value

    @property
    def payload(self) -> Any:
        """The request: a PunchOutSetupRequest, an OrderRequest, ..., an OpenElement where there is no typed model."""
        return self.document.payload

    @property
    def payload_id(self) -> str:
        return self.document.payload_id

    @property
    def partner(self) -> Partner:
        """The record that fits the document."""
        return self.verified.partner

    @property
    def sender(self) -> Account:
        """The name under which the Sender is known."""
        return self.verified.sender

    @property
    def from_(self) -> Section:
        """Who wrote the document; behind a hub this tells the buyer."""
        return self.verified.from_

    @property
    def mode(self) -> Mode:
        return self.verified.mode


@attrs.frozen(eq=False)
class Reply:
    """What to send back.

    body: one cXML document.
    content_type: goes into the header of that name.
    http_status: 200, whatever the answer: the Status is in the document. Guide 3.1.9.1.
    status: its code, for logs and counters.
    error: why it is a refusal; for the log, never for the wire. A refusal has no traceback.
    """

    body: bytes = attrs.field(repr=False)
    status: int
    content_type: str = CONTENT_TYPE
    http_status: int = 200
    error: BaseException | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The HTTP headers that the answer needs."""
        return {"Content-Type": self.content_type, "Content-Length": str(len(self.body)), "Cache-Control": "no-store"}


#: What an answer is for: what was read, or the octets that could not be.
_Received: TypeAlias = "Received | bytes | Concealed[bytes] | None"
#: What a handler returns: a payload, a Status or its code; None is 200 without a payload.
Answer: TypeAlias = "ResponsePayload | Status | int | None"
Handler: TypeAlias = Callable[[Received], Answer]
AsyncHandler: TypeAlias = Callable[[Received], Awaitable[Answer]]
#: Which handler takes which request: the class of the payload, or its tag where there is no class.
Handlers: TypeAlias = Mapping["type[Element] | str", Handler]
# A mapping is particular about the type of its keys, so a table of classes alone would be none of those above, and a
# type variable alone does not take classes and tags in one table.
_Payload = TypeVar("_Payload", bound="type[Element] | str")
_AnyHandlers: TypeAlias = Mapping[_Payload, "Handler | AsyncHandler"]


@attrs.frozen(eq=False)
class _Task:
    """A document whose handler is about to be called, and the right to handle it where repeats are guarded against."""

    handler: Handler | AsyncHandler
    received: Received
    claim: Claim | None


class Endpoint:
    """Receives documents of partners and answers them, without doing any I/O itself.

    partners: who may send something.
    clock, ids: the present, and new payloadIDs.
    require: what this shop cannot do without, beyond what nobody could: payload (its class or tag) -> paths of the
        typed model, ``{OrderRequest: ["order_request_header.bill_to", "item_out.item_detail.unit_price"]}``. In a list
        each element has to have it, and there has to be one. A cancellation is not asked for its lines.
        ``"grammar"`` asks for all that the grammar requires.
    validate: layers of ``validate`` whose errors refuse a document, ``("dtd", "type")`` say. By default none: partners
        send what departs from the grammar every day, and as long as what a program relies on is there, it is read.
    replay: remembers what was answered, so that a document that is sent again is not carried out again. What was
        refused is not remembered: then the next time is a further attempt.
    version: the cXML version that answers and carts name in their DOCTYPE, ``1.2.014`` say. ``Partner.version`` goes
        before it; by default they name that of the request, if it can hold them, else the current one.
    limits, mime_limits: how large a document may be, and a message with the files that come along.
    mac_policy: how fresh a CredentialMac has to be.
    """

    def __init__(
        self,
        partners: PartnerStore,
        *,
        clock: Clock = utc_now,
        ids: Ids | None = None,
        require: Require = MappingProxyType({}),
        validate: Iterable[Layer] = (),
        replay: ReplayGuard | None = None,
        limits: Limits = DEFAULT_LIMITS,
        mime_limits: MimeLimits = DEFAULT_MIME_LIMITS,
        version: str = "",
        mac_policy: MacPolicy = DEFAULT_MAC_POLICY,
    ) -> None:
        if not callable(getattr(partners, "find", None)):
            raise InvalidValue(
                f"a store of partners is expected, MemoryStore([...]) say, not {type(partners).__name__}",
                "Endpoint.partners",
            )
        self._partners = partners
        self._clock = clock
        self._ids = ids or PayloadIds(clock=clock)
        self._demands: Demands = demands_of(require, "Endpoint.require")
        self._layers = _chosen(validate)
        self._faults = Faults()
        self._replay = replay
        self._limits = limits
        self._mime_limits = mime_limits
        self._mac_policy = mac_policy
        self._version = known_version(version, "Endpoint.version")
        self._since = clock()
        if self._since.tzinfo is None:
            raise InvalidValue("the clock has to give the offset from UTC: datetime.now(UTC)", "Endpoint.clock")

    def check(self) -> None:
        """Look up every secret that the partners refer to; call it when the program starts.

        A variable that is not set or a file that is gone would otherwise be noticed by the partner, whose documents
        are answered 500 until it is there. A store that cannot be iterated over is asked for its ``decoys`` only; one
        that is not sure of its partners says why (``problem``).

        Raises UsageError, which lists all of them with the names of their partners.
        """
        problems = [f"{name}: {problem}" for name, secret in _secrets(self._partners) if (problem := secret.problem)]
        unsure = getattr(self._partners, "problem", "")
        if problems or unsure:
            raise UsageError("; ".join(filter(None, dict.fromkeys([unsure, *problems]))), "Endpoint.check")

    # --- in ------------------------------------------------------------------------------------------------

    def receive(self, body: bytes, content_type: str | None = None) -> Received:
        """Read a document, and prove who sent it.

        content_type: the HTTP header of that name, with its charset, or the boundary of a message with attachments.

        Raises DocumentError (Status 406, 499); AuthenticationError (401, 403); Refusal (450) for an operation that the
        Guide does not know; SecretUnavailable (500) if nobody can say who sent it; InvalidValue for a text, which has
        lost the encoding that it came in.
        """
        return self._received(_octets(body), content_type)

    def _received(self, body: Concealed[bytes], content_type: str | None) -> Received:
        # No variable holds the octets, for a log may show those of all frames when a store of partners fails.
        package = unpack(body.value, content_type, limits=self._mime_limits)
        document, verified = parse_judged(decode_xml(package.body, package.content_type), self._sender_of, self._limits)
        refused = objection(document, self._demands)
        if refused is not None:
            raise refused
        if self._layers:
            text = decode_xml(package.body, package.content_type)
            report = validate(text, layers=self._layers, limits=self._limits)
            del text
            report.raise_for_errors()
        attachments = attachments_of(document, package.parts)
        findings = (*package.findings, *document.findings, *attachments.findings)
        version = verified.partner.version or self._version
        return Received(document, verified, package.body, package.parts, attachments, findings, version=version)

    def _sender_of(self, document: CXML) -> Verified:
        """Who sent a request; raises for what is none, and for whom we do not let in."""
        nothing = unasked(document)
        if nothing is not None:
            raise nothing
        return authenticate(document, self._partners, now=self._clock(), mac_policy=self._mac_policy)

    # --- out -----------------------------------------------------------------------------------------------

    def reply(self, received: Received, payload: ResponsePayload | None = None, *, status: int = 200) -> Reply:
        """Answer a document that was received.

        status: 200 for what was carried out, 201 for what was put aside and will be reported on later.

        Raises InvalidValue for a payload beside a status that is no success. Guide 3.1.9.1.
        """
        if payload is not None and status_class(status) != "success":
            raise InvalidValue("a payload stands only beside a status of success", "Response")
        return self._reply(Response(status=status_of(status), payload=payload), received)

    def refuse(self, error: BaseException, received: _Received = None) -> Reply:
        """Answer what went wrong: with the Status that the error knows, or 500 without a word of it.

        received: what is answered, or the octets that could not be read; the answer names its cXML version.
        """
        if isinstance(error, Refusal):
            status = status_of(error.status, error.text)
        elif isinstance(error, (DocumentError, AuthenticationError)):
            status = status_of(error.status, str(error))
        else:
            return self._failed(error, received)
        return self._reply(Response(status=status), received, error=error)

    def _failed(self, error: BaseException, received: _Received) -> Reply:
        status = status_of(500, "The request could not be carried out. Please send it again later.")
        return self._reply(Response(status=status), received, error=error)

    def ping(self) -> Reply:
        """The answer to an HTTP GET: the service is there. Guide 3.1.13."""
        return self._reply(Response(status=status_of(200, "Ping Response Message")))

    def _reply(self, response: Response, received: _Received = None, *, error: BaseException | None = None) -> Reply:
        document = CXML(payload_id=self._ids(), timestamp=self._clock().replace(microsecond=0), response=response)
        if isinstance(received, Received):
            document.doctype = doctype_for(document, given=received.version, asked=named_by(received.document))
        else:
            document.doctype = doctype_for(
                document,
                given=self._version,
                asked=named_in(received.value if isinstance(received, Concealed) else received),
            )
        # A member of HTTPStatus becomes a plain number, which any database takes.
        return Reply(serialize(document), int(response.status.code), error=error)

    # --- both ----------------------------------------------------------------------------------------------

    @overload
    def handle(self, body: bytes, content_type: str | None, handlers: Handlers) -> Reply: ...
    @overload
    def handle(  # pyright: ignore[reportOverlappingOverload] - mypy needs the second for a table made elsewhere
        self, body: bytes, content_type: str | None, handlers: Mapping[_Payload, Handler]
    ) -> Reply: ...
    def handle(self, body: bytes, content_type: str | None, handlers: Mapping[Any, Handler]) -> Reply:
        """Receive a document, let the handler for its payload carry it out, and answer; never raises for what came in.

        handlers: payload -> what to call with the ``Received``. It returns a payload, a Status or its code, or None for
            200; and raises ``Refusal`` for any other answer. A ProfileRequest is answered from the handlers that are
            there, unless it has one.
        """
        given = Concealed(body)
        del body  # a traceback may be shown with all variables
        task = self._begun(given, content_type, handlers)
        if isinstance(task, Reply):
            return task
        try:
            answer: Any = task.handler(task.received)
            if inspect.isawaitable(answer):
                _close(answer)
                raise UsageError("an async handler needs await endpoint.handle_async(...)", "Endpoint.handle")
        except BaseException as error:
            return self._given_up(task, error)
        return self._done(task, answer)

    @overload
    async def handle_async(
        self, body: bytes, content_type: str | None, handlers: _AnyHandlers[type[Element] | str]
    ) -> Reply: ...
    @overload
    async def handle_async(  # pyright: ignore[reportOverlappingOverload] - as above
        self, body: bytes, content_type: str | None, handlers: _AnyHandlers[_Payload]
    ) -> Reply: ...
    async def handle_async(self, body: bytes, content_type: str | None, handlers: _AnyHandlers[Any]) -> Reply:
        """``handle`` for handlers that are awaited; plain ones work too.

        Partners and the replay guard are asked without awaiting anything: a database among them answers on this thread.
        """
        given = Concealed(body)
        del body  # a traceback may be shown with all variables
        task = self._begun(given, content_type, handlers)
        if isinstance(task, Reply):
            return task
        try:
            answer: Any = task.handler(task.received)
            if inspect.isawaitable(answer):
                answer = await answer
        except BaseException as error:
            return self._given_up(task, error)
        return self._done(task, answer)

    def _begun(self, body: Concealed[bytes], content_type: str | None, handlers: _AnyHandlers[Any]) -> _Task | Reply:
        """What is to be done, or the answer if no handler is needed for it."""
        received = None
        try:
            received = self._received(_octets(body.value), content_type)
            handler = _handler_for(received, handlers)
            if handler is None:
                return self.reply(received, self._profile(received, handlers))
            if self._replay is None:
                return _Task(handler, received, None)
            key, digest = key_of(received.document, received.verified), digest_of(received.document, received.parts)
            begun = self._replay.begin(key, digest, self._clock())
            if isinstance(begun, Stored):
                return Reply(begun.body, begun.status, begun.content_type)
            return _Task(handler, attrs.evolve(received, attempt=begun.attempt), begun)
        except Exception as error:
            return self._refused(error, received or body)

    def _done(self, task: _Task, answer: Answer) -> Reply:
        try:
            reply = self._answer(answer, task.received)
            # Only what was carried out is final. What was refused may be possible when it comes again.
            if status_class(reply.status) != "success":
                self._abandon(task)
            elif self._replay is not None and task.claim is not None:
                self._replay.finish(task.claim, Stored(reply.body, reply.content_type, reply.status), self._clock())
            return reply
        except Exception as error:
            return self._given_up(task, error)

    def _given_up(self, task: _Task, error: BaseException) -> Reply:
        self._abandon(task)
        if not isinstance(error, Exception):  # the program is being stopped, or the task cancelled
            raise error
        spoken = speaking(error, task.received.document)
        if spoken is not None:
            return self._refused(spoken, task.received)
        return self._broken(error, task.received)

    def _abandon(self, task: _Task) -> None:
        if self._replay is None or task.claim is None:
            return
        try:
            self._replay.abandon(task.claim)
        except Exception as error:  # the lease will run out by itself
            _log.error("a claim could not be given back: %s", type(error).__name__, exc_info=error)

    def _answer(self, answer: Answer, received: Received) -> Reply:
        if answer is None and _payload_tag(received.payload) == "PunchOutSetupRequest":
            raise UsageError("the handler of a PunchOutSetupRequest has to return session.start_page(...), not None")
        if answer is None or (isinstance(answer, int) and not isinstance(answer, bool)):
            return self.reply(received, status=200 if answer is None else answer)
        if isinstance(answer, Status):
            if status_class(answer.code) == "undefined":
                raise UsageError(f"{answer.code} is no status of cXML", "Status.code")
            return self._reply(Response(status=answer), received)
        if isinstance(answer, (Element, OpenElement)):
            return self.reply(received, answer)
        raise UsageError(f"a handler returns a payload, a Status, its code or None, not {type(answer).__name__}")

    def _refused(self, error: Exception, received: _Received) -> Reply:
        """The answer to an error that may speak to the partner, and to faults before there was a handler."""
        try:
            reply, reason = self.refuse(error, received), _reason(error)
        except Exception as fault:  # an error of the application's own making that cannot say what its class promises
            return self._broken(fault, received)
        if status_class(reply.status) == "transient" and not isinstance(error, Refusal):
            # Whoever it was, nobody has proved to be anybody: what is always the same is told in full only once.
            news = self._faults.is_news(error, self._clock())
            told = reason if isinstance(error, SecretUnavailable) else type(error).__name__
            _log.error("answered 500: %s", told, exc_info=error if news else None)
        else:
            news = False
            _log.warning("answered %d: %s", reply.status, reason)
        if not news:
            without_frames(error)
        return reply

    def _broken(self, error: Exception, received: _Received) -> Reply:
        """The answer to a fault of the application."""
        _log.error("answered 500: %s", type(error).__name__, exc_info=error)
        return self._failed(error, received)

    # --- the profile ---------------------------------------------------------------------------------------

    def _profile(self, received: Received, handlers: _AnyHandlers[Any]) -> ProfileResponse:
        """What is offered to the partner who asks: the requests that have a handler, at the addresses of its record.

        Guide 4.
        """
        partner = received.partner
        transactions = []
        for tag in map(_tag_of, handlers):
            setup = tag == "PunchOutSetupRequest"
            url = partner.punchout_url if setup else partner.purchase_order_url or partner.punchout_url
            if url:
                option = [Option("Yes", name="attachments")] if tag == "OrderRequest" else []
                transactions.append(Transaction(request_name=tag, url=url, option=option))
        if not transactions:
            raise Refusal(450, "No service has an address that could be told.")
        return ProfileResponse(effective_date=self._since.replace(microsecond=0), transaction=transactions)


def _octets(body: Any) -> Concealed[bytes]:
    if not isinstance(body, (bytes, bytearray, memoryview)):
        raise InvalidValue(
            f"the octets of the request are expected, as they came, not {type(body).__name__}", "Endpoint.receive"
        )
    return Concealed(bytes(body))


def _chosen(layers: Iterable[Layer]) -> frozenset[Layer]:
    if isinstance(layers, bool):
        raise InvalidValue("layers are expected, ('dtd', 'type', 'rule') say, not a bool", "Endpoint.validate")
    if not isinstance(layers, str):
        layers = frozenset(layers)
    if not layers:
        return frozenset()  # without a word of validation, whose modules take their time to load
    from .validation.checking import chosen

    return chosen(layers)


def _handler_for(received: Received, handlers: _AnyHandlers[Any]) -> Handler | AsyncHandler | None:
    """Who takes the payload; None for a profile, which the endpoint answers by itself."""
    tag = _payload_tag(received.payload)
    if received.document.request is None:
        raise Refusal(450, "Only requests are answered here.")
    if not isinstance(handlers, Mapping):
        raise UsageError(f"handlers are a mapping of payload to function, not a {type(handlers).__name__}", "handlers")
    by_tag = {_tag_of(name): handler for name, handler in handlers.items()}
    handler = by_tag.get(tag)
    if handler is None and tag not in by_tag:
        if tag == "ProfileRequest":
            return None
        meant = {each.lower(): each for each in names(REQUESTS)}.get(tag.lower(), tag)
        near = f" Is {meant} meant?" if meant != tag else ""
        refusal = Refusal(450, f"{shorten(tag)} is not implemented here.{near}")
        refusal.add_note(f"handlers are there for {', '.join(map(shorten, by_tag)) or 'nothing'}")
        raise refusal
    if not callable(handler):
        raise UsageError(f"the handler of {tag} is no function but a {type(handler).__name__}", "handlers")
    return handler


def _tag_of(name: type[Element] | str) -> str:
    if isinstance(name, str):
        return name
    tag: str = name.__cxml__.tag if isinstance(name, type) and issubclass(name, Element) else ""
    if tag not in names(REQUESTS):
        raise UsageError(f"{getattr(name, '__name__', name)} is no request, so no handler can take it", "handlers")
    return tag


def _payload_tag(payload: Any) -> str:
    if payload is None:
        return "an empty document"
    return payload.tag if isinstance(payload, OpenElement) else payload.__cxml__.tag


def _close(answer: Any) -> None:
    close = getattr(answer, "close", None)
    if close is not None:
        close()


def _secrets(partners: PartnerStore) -> Iterable[tuple[str, Secret]]:
    if not isinstance(partners, Iterable):
        return [("a partner", secret) for secret in partners.decoys()]
    return [
        (shorten(partner.name), secret) for partner in partners for secret in (*partner.secrets, *partner.mac_secrets)
    ]


def _reason(error: Exception) -> str:
    """What the log is told: more than the wire, but never a secret, and in one line."""
    if isinstance(error, AuthenticationError):
        return visible(f"{error.reason}: {error.detail}" if error.detail else error.reason)
    if isinstance(error, SecretUnavailable):
        return visible(str(error))
    if isinstance(error, Refusal):
        return visible(" ".join((error.text or "refused", *(f"({note})" for note in getattr(error, "__notes__", ())))))
    return shorten(f"{type(error).__name__}: {error}" if isinstance(error, CXMLError) else type(error).__name__, 500)
