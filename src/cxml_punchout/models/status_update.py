"""Status updates: what has become of a document that was sent earlier."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from .. import element as x
from ..scalars import Flag, YesNo

if TYPE_CHECKING:
    from .delivery import Shipping
    from .envelope import Status
    from .industry import DocumentInfo, ReferenceDocumentInfo
    from .money import Money, Total
    from .order import DocumentReference, PCard
    from .punchout import SourcingStatus
    from .tax import Tax
    from .text import Comments, Extrinsic

__all__ = [
    "DocumentStatus",
    "IntegrationMessage",
    "IntegrationStatus",
    "InvoiceIDInfo",
    "InvoiceStatus",
    "ItemStatus",
    "PartialAmount",
    "PaymentStatus",
    "StatusUpdateRequest",
]

PaymentStatusType = Literal["Authorization", "Settlement", "Sale", "Credit"]
InvoiceStatusType = Literal["processing", "canceled", "reconciled", "rejected", "paying", "paid"]
IntegrationDocumentStatus = Literal[
    "deliverySuccessful",
    "deliveryDelayed",
    "deliveryFailed",
    "deliveryReady",
    "customerConfirmed",
    "customerReceived",
    "customerFailed",
]


@x.element("(PaymentStatus | SourcingStatus | InvoiceStatus | DocumentStatus | IntegrationStatus)?")
class StatusUpdateRequest(x.Element):
    """News of an earlier document, from the supplier, the buyer or a hub; the answer is a bare Status.

    Whoever answered an order with 201, because it only went into a queue, sends one when the order was dealt with.

    document_reference: the document that the news is about. It may be absent only where invoice_status or
        document_status names the document.
    status: what the answer to that document would say today. After 200, here or in the answer itself, nothing further
        is expected, unless something goes wrong later.
    payment_status, sourcing_status, invoice_status, document_status, integration_status: at most one of them, by the
        kind of document; none for a plain order.

    Guide 13.2.
    """

    document_reference: DocumentReference | None = x.child("DocumentReference", default=None)
    status: Status = x.child("Status")
    payment_status: PaymentStatus | None = x.child("PaymentStatus", default=None)
    sourcing_status: SourcingStatus | None = x.child("SourcingStatus", default=None)
    invoice_status: InvoiceStatus | None = x.child("InvoiceStatus", default=None)
    document_status: DocumentStatus | None = x.child("DocumentStatus", default=None)
    integration_status: IntegrationStatus | None = x.child("IntegrationStatus", default=None)
    extrinsic: x.Many[Extrinsic] = x.children("Extrinsic", default=(), since="1.2.036")


@x.element()
class PaymentStatus(x.Element):
    """What a purchasing card was charged, after a supplier had asked for the payment.

    order_id: the buyer's number of the order.
    transaction_timestamp: when the payment was submitted.
    type: ``Authorization`` reserves the sum, once for an order; ``Settlement`` collects what was reserved; ``Sale``
        charges the card at once; ``Credit`` gives back.
    is_failed: the payment did not go through.
    transaction_id: given by the payment service.
    authorization_id: given by the bank.

    Guide 13.2.3.
    """

    order_id: str = x.attribute("orderID")
    transaction_timestamp: datetime = x.attribute("transactionTimestamp")
    type: PaymentStatusType = x.attribute("type")
    is_failed: Flag = x.attribute("isFailed", default=False)
    transaction_id: str | None = x.attribute("transactionID", default=None)
    authorization_id: str | None = x.attribute("authorizationID", default=None)
    pcard: PCard = x.child("PCard")
    total: Total = x.child("Total")
    shipping: Shipping | None = x.child("Shipping", default=None)
    tax: Tax | None = x.child("Tax", default=None)
    extrinsic: x.Many[Extrinsic] = x.children("Extrinsic", default=())


@x.element()
class InvoiceStatus(x.Element):
    """How far the buyer has come with an invoice.

    payment_net_due_date: by when the whole sum has to be paid, without discount.
    invoice_id_info: the invoice, where the update has no DocumentReference.
    partial_amount: with ``paid`` only, what was paid if it is not all of the invoice.

    Guide 13.2.
    """

    type: InvoiceStatusType = x.attribute("type")
    payment_net_due_date: datetime | None = x.attribute("paymentNetDueDate", default=None, since="1.2.050")
    invoice_id_info: InvoiceIDInfo | None = x.child("InvoiceIDInfo", default=None)
    partial_amount: PartialAmount | None = x.child("PartialAmount", default=None)
    comments: x.ManyOrText[Comments] = x.children("Comments", default=())


@x.element()
class InvoiceIDInfo(x.Element):
    """An invoice by the number that the supplier gave it."""

    invoice_id: str = x.attribute("invoiceID")
    invoice_date: datetime | None = x.attribute("invoiceDate", default=None)


@x.element()
class PartialAmount(x.Element):
    """What was paid of an invoice, where that is less than the invoice asks for."""

    money: Money = x.child("Money")


@x.element(since="1.2.036")
class DocumentStatus(x.Element):
    """How far the receiver has come with a document of any kind, and with its lines.

    type: free text, which depends on the hub and the kind of document; ``approved``, ``processing``, ``rejected`` and
        ``canceled`` are customary.
    document_info: the document, where the update has no DocumentReference.
    item_status: single lines of it, where they have come differently far.

    Guide 13.2.
    """

    type: str = x.attribute("type")
    document_info: DocumentInfo | None = x.child("DocumentInfo", default=None)
    item_status: x.Many[ItemStatus] = x.children("ItemStatus", default=())
    comments: x.ManyOrText[Comments] = x.children("Comments", default=())


@x.element(since="1.2.036")
class ItemStatus(x.Element):
    """What has become of one line of the document.

    type: ``accepted`` as it was sent, or ``rejected``; free text.
    code: the reason, as a code of the receiver's ERP system.
    parent_line_number: the line that the item is a part of.
    reference_document_info: which line, and of which document.
    comments: the code in words.

    Guide 13.2.
    """

    type: str = x.attribute("type")
    code: str | None = x.attribute("code", default=None)
    parent_line_number: int | None = x.attribute("parentLineNumber", default=None)
    reference_document_info: ReferenceDocumentInfo = x.child("ReferenceDocumentInfo")
    comments: x.ManyOrText[Comments] = x.children("Comments", default=())


@x.element(since="1.2.036")
class IntegrationStatus(x.Element):
    """How far a document has come on its way from the hub to the customer.

    document_status: ``deliveryReady`` waits to be collected; ``deliveryDelayed``, ``deliverySuccessful`` and
        ``deliveryFailed`` tell of the transport; ``customerReceived``, ``customerConfirmed`` and ``customerFailed``
        are what the customer says: it has come, it was processed, its content is at fault.

    Guide 13.2.
    """

    document_status: IntegrationDocumentStatus = x.attribute("documentStatus")
    integration_message: IntegrationMessage | None = x.child("IntegrationMessage", default=None)


@x.element(since="1.2.036")
class IntegrationMessage(x.Element):
    """The message of the other system from which an IntegrationStatus was made.

    is_successful: whether that message reports success.
    type: its kind, such as ``997`` or ``824`` of EDI or an ``MDN``.
    value: the message itself, or the gist of it.
    """

    is_successful: YesNo = x.attribute("isSuccessful")
    type: str = x.attribute("type")
    value: str = x.text(kw_only=False)
