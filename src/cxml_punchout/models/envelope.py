"""The envelope of every document: who sends it to whom, and whether it asks, tells or answers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from .. import element as x
from ..payloads import MESSAGES, REQUESTS, RESPONSES, names
from ..scalars import ID, Flag, Language

if TYPE_CHECKING:
    from ..findings import Finding
    from ..spelled import Origin
    from ..tree import Doctype
    from .credential import Correspondent, Credential
    from .order import OrderRequest
    from .profile import ProfileRequest, ProfileResponse
    from .punchout import PunchOutOrderMessage, PunchOutSetupRequest, PunchOutSetupResponse
    from .status_update import StatusUpdateRequest

    RequestPayload: TypeAlias = (
        PunchOutSetupRequest | OrderRequest | ProfileRequest | StatusUpdateRequest | x.OpenElement
    )
    MessagePayload: TypeAlias = PunchOutOrderMessage | x.OpenElement
    ResponsePayload: TypeAlias = PunchOutSetupResponse | ProfileResponse | x.OpenElement

__all__ = [
    "CXML",
    "From",
    "Header",
    "Message",
    "Node",
    "OriginalDocument",
    "Path",
    "Request",
    "Response",
    "Sender",
    "Status",
    "To",
    "UserAgent",
]

SignatureVersion = Literal["1.0"]
NodeType = Literal["copy", "route"]
DeploymentMode = Literal["production", "test"]


class Document(x.Element):
    """What a document has besides its elements.

    doctype: the DOCTYPE as it was received; None on a document of our own, which gets the standard one.
    findings: what the reader noticed, in document order.
    before_root, after_root: processing instructions outside the root element, as they were received.
    """

    __slots__ = ("_joined", "_origin", "_signed", "after_root", "before_root", "doctype", "findings")
    doctype: Doctype | None
    findings: tuple[Finding, ...]
    before_root: tuple[str, ...]
    after_root: tuple[str, ...]
    _origin: Origin | None
    _signed: Any
    #: What stood twice and was read as one, by its tag.
    _joined: frozenset[str]

    def __attrs_post_init__(self) -> None:
        self.doctype = None
        self.findings = ()
        self.before_root = self.after_root = ()
        self._origin = self._signed = None
        self._joined = frozenset()
        super().__attrs_post_init__()


@x.element("((Header, (Message | Request)) | Response)", tag="cXML")
class CXML(Document):
    """One cXML document: a request, a one-way message, or the answer to a request.

    version: obsolete since 1.2.007; leave it out, for the DOCTYPE names the version.
    payload_id: names this document for good, for logs, references and the discovery of duplicates. A retry repeats it,
        a response has its own. Customary form ``time.process.random@host``; unique by convention only, so keep it
        together with the Sender.
    timestamp: when the document was first sent, with its offset from UTC; a retry repeats it.
    signature_version: set on a signed document only, which must then end with a Signature.
    lang: language of free text that does not state its own; the answer should keep to it. It says nothing about the
        form of numbers and dates.
    header: goes with a request or a message. A response has none, because it rides on the connection of its request.

    Guide 3.1.6.
    """

    version: str | None = x.attribute("version", default=None, absent="1.2.071")
    payload_id: str = x.attribute("payloadID")
    timestamp: datetime = x.attribute("timestamp")
    signature_version: SignatureVersion | None = x.attribute("signatureVersion", default=None)
    lang: Language | None = x.attribute("xml:lang", default=None)
    header: Header | None = x.child("Header", default=None)
    message: Message | None = x.child("Message", default=None)
    request: Request | None = x.child("Request", default=None)
    response: Response | None = x.child("Response", default=None)
    signature: x.Many[x.OpenElement] = x.children("ds:Signature", default=(), many_since="1.2.020")

    @property
    def payload(self) -> RequestPayload | MessagePayload | ResponsePayload | None:
        """What the document is about, whichever of the three wrappers it stands in; None in a bare Response."""
        wrapper = self.request or self.message or self.response
        return wrapper.payload if wrapper is not None else None


@x.element("(Path, OriginalDocument)?")
class Header(x.Element):
    """Who a request or a message is from, whom it is for, and who delivers it.

    from_: the organisation where the document began; hubs leave it as it is.
    to: the organisation that shall act on it; hubs leave it as it is.
    sender: whoever opened the HTTP connection, so each hub on the way puts itself here. Only this part is
        authenticated: from_ and to are claims, and whether the Sender may make them is a question of its own.
    path, original_document: both or neither; for a document that a routing node made from another one.

    Guide 3.1.7.
    """

    from_: From = x.child("From")
    to: To = x.child("To")
    sender: Sender = x.child("Sender")
    path: Path | None = x.child("Path", default=None)
    original_document: OriginalDocument | None = x.child("OriginalDocument", default=None)


@x.element()
class From(x.Element):
    """The organisation in whose name a document is sent: the buyer of an order, the supplier of a cart.

    credential: one organisation under several names, at most one for each domain, a marketplace aside. All names that
        the receiver knows must mean the same party. A hub may replace a domain by another one, and a secret here proves
        nothing.
    correspondent: how to reach the organisation, for a receiver that does not know it.

    Guide 3.1.7.
    """

    credential: x.Many[Credential] = x.children("Credential")
    correspondent: Correspondent | None = x.child("Correspondent", default=None)


@x.element()
class To(x.Element):
    """The organisation that a document is meant for.

    credential: one organisation under several names, as in From. The receiver checks that it is the party named.
    correspondent: how to reach the organisation, for a hub that does not know it.

    Guide 3.1.7.
    """

    credential: x.Many[Credential] = x.children("Credential")
    correspondent: Correspondent | None = x.child("Correspondent", default=None)


@x.element()
class Sender(x.Element):
    """The party that delivers the document and has to prove who it is: the buyer itself, or the last hub on the way.

    credential: the proof may stand in any of several credentials, not only in the first.

    Guide 3.1.7.3.
    """

    credential: x.Many[Credential] = x.children("Credential")
    user_agent: str = x.child("UserAgent")


UserAgent = x.leaf(
    "UserAgent",
    str,
    "Product and version of the software that delivers the document; it may be empty but not absent. Guide 3.1.7.",
)


@x.element()
class Path(x.Element):
    """The parties that a purchase passes between the buyer and the supplier, where there are more than these two.

    node: from the buyer who began to the supplier; confirmations and ship notices take the way backwards. When a cart
        is reopened, the paths of its items must come along unchanged.

    Guide 8.
    """

    node: x.Many[Node] = x.children("Node")


@x.element()
class Node(x.Element):
    """One party on the path of a purchase.

    type: ``route`` takes the document over, rewrites it and sends it on; ``copy`` only wants to be sent a copy.
    item_details_required: asks the node before to include ItemDetail when a cart is edited or inspected.

    Guide 8.
    """

    type: NodeType = x.attribute("type")
    item_details_required: Flag = x.attribute("itemDetailsRequired", default=False)
    credential: x.Many[Credential] = x.children("Credential")


@x.element()
class OriginalDocument(x.Element):
    """The document that a routing node received and rewrote into the present one.

    Guide 8.2.2.
    """

    payload_id: str = x.attribute("payloadID")


@x.element()
class Request(x.Element):
    """A question or a task, answered by a Response on the same HTTP connection.

    deployment_mode: ``test`` for a trial. Absence means real business, so a test tool has to say it.
    id: what an XML signature points at, customarily ``cXMLData``; a signed document needs it.

    Guide 3.1.8.
    """

    deployment_mode: DeploymentMode | None = x.attribute("deploymentMode", default=None, absent="production")
    id: ID | None = x.attribute("Id", default=None)
    payload: RequestPayload = x.choice(*names(REQUESTS))


@x.element()
class Message(x.Element):
    """News that is not answered; PunchOut brings the cart home in one.

    A browser may carry it, so it must not hold a secret.

    deployment_mode: ``test`` for a trial. Absence means real business.
    in_reply_to: payloadID of the document that led to this one; for a cart, of the PunchOutSetupRequest.
    id: what an XML signature points at, customarily ``cXMLData``; a signed document needs it.
    status: absence means 200. With a cart, 204 means that the user left the shop without changing anything.

    Guide 3.1.11.
    """

    deployment_mode: DeploymentMode | None = x.attribute("deploymentMode", default=None, absent="production")
    in_reply_to: str | None = x.attribute("inReplyTo", default=None)
    id: ID | None = x.attribute("Id", default=None)
    status: Status | None = x.child("Status", default=None)
    payload: MessagePayload = x.choice(*names(MESSAGES))


@x.element()
class Response(x.Element):
    """The answer to a Request, on the same HTTP connection.

    id: what an XML signature points at, customarily ``cXMLData``; a signed document needs it.
    payload: stands only beside a 2xx status. Orders, confirmations and invoices are answered by the status alone.

    Guide 3.1.9.1.
    """

    id: ID | None = x.attribute("Id", default=None)
    status: Status = x.child("Status")
    payload: ResponsePayload | None = x.choice(*names(RESPONSES), default=None)


@x.element()
class Status(x.Element):
    """How a request ended, or what state a message reports.

    code: 2xx succeeded, 4xx failed for good, 5xx may succeed later. An unknown code counts as 200, 400 or 500. 201 is
        accepted but not yet examined, and updates follow; 204 has nothing to return.
    text: the customary phrase for the code. Its wording varies, so decide by the code.
    lang: language of text and value; should be given.
    value: for 4xx and 5xx what is wrong, in words for a person; never which part of a credential failed.

    Guide 3.1.9.1.
    """

    code: int = x.attribute("code")
    text: str = x.attribute("text")
    lang: Language | None = x.attribute("xml:lang", default=None)
    value: str = x.text(default="", kw_only=False)
