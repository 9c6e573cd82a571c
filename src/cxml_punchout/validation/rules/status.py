"""Rules for status updates: which document they are about, and what they may say of it."""

from __future__ import annotations

from ..located import Located
from .registry import Faults, rule

__all__: list[str] = []


@rule(
    "update-of-nothing",
    "StatusUpdateRequest",
    severity="error",
    guide="13.2",
    says="A status update does not say which document it is about.",
    hint="Send DocumentReference with the payloadID of that document; instead, InvoiceStatus may name an invoice in "
    "InvoiceIDInfo, and DocumentStatus any document in DocumentInfo.",
)
def update_of_nothing(here: Located) -> Faults:
    update = here.element
    named = (
        update.document_reference,
        getattr(update.invoice_status, "invoice_id_info", None),
        getattr(update.document_status, "document_info", None),
    )
    if not any(part is not None for part in named):
        yield "There is no DocumentReference, and nothing else says which document has this status."


@rule(
    "partial-amount-unpaid",
    "InvoiceStatus",
    severity="warning",
    guide="13.2",
    says="An invoice that is not paid has a PartialAmount, which says how much of an invoice was paid.",
    hint='Say type="paid", or leave out PartialAmount.',
)
def partial_amount_unpaid(here: Located) -> Faults:
    if here.element.partial_amount is not None and here.element.type not in (None, "paid"):
        yield f'PartialAmount has no meaning with type="{here.element.type}".', here.place("partial_amount")


@rule(
    "schedule-line-without-line",
    "ReferenceDocumentInfo",
    severity="error",
    guide="7.2.2, 13.2",
    says="A schedule line is named, but not the line that it belongs to.",
    hint="Send lineNumber as well; a scheduleLineNumber counts within one line.",
)
def schedule_line_without_line(here: Located) -> Faults:
    if here.element.schedule_line_number is not None and here.element.line_number is None:
        yield "ReferenceDocumentInfo has a scheduleLineNumber but no lineNumber."
