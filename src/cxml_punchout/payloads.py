"""Which payload belongs to which DTD module (1.2.071).

The modules are self-contained and differ only in what Request, Response and Message may carry, so the payload
tells the module; the DOCTYPE does not, for senders name ``cXML.dtd`` for everything. Private.dtd is left out.
"""

from __future__ import annotations

__all__ = ["MESSAGES", "MODULES", "REQUESTS", "RESPONSES", "SINCE", "module_of", "names"]

#: module -> the requests that it allows, in the order of the DTD.
REQUESTS: dict[str, tuple[str, ...]] = {
    "cXML": (
        "ProfileRequest",
        "OrderRequest",
        "MasterAgreementRequest",
        "PurchaseRequisitionRequest",
        "PunchOutSetupRequest",
        "ProviderSetupRequest",
        "StatusUpdateRequest",
        "GetPendingRequest",
        "SubscriptionListRequest",
        "SubscriptionContentRequest",
        "SupplierListRequest",
        "SupplierDataRequest",
        "SubscriptionStatusUpdateRequest",
        "CopyRequest",
        "CatalogUploadRequest",
        "AuthRequest",
        "DataRequest",
        "OrganizationDataRequest",
        "ApprovalRequest",
        "QualityNotificationRequest",
        "QualityInspectionRequest",
        "QualityInspectionResultRequest",
        "QualityInspectionDecisionRequest",
    ),
    "Fulfill": (
        "ConfirmationRequest",
        "ShipNoticeRequest",
        "ServiceEntryRequest",
        "CopyRequest",
        "SalesOrderRequest",
        "TimeCardInfoRequest",
        "ReceiptRequest",
        "OrderStatusRequest",
        "TimeCardRequest",
        "ComponentConsumptionRequest",
    ),
    "InvoiceDetail": ("InvoiceDetailRequest", "ProviderSetupRequest"),
    "Quote": ("QuoteRequest",),
    "PaymentRemittance": (
        "PaymentRemittanceRequest",
        "PaymentRemittanceStatusUpdateRequest",
        "PaymentProposalRequest",
        "TradeRequest",
        "PaymentBatchRequest",
        "PaymentReceiptConfirmationRequest",
        "ChargeFileRequest",
    ),
    "Catalog": ("OrderRequest", "MasterAgreementRequest", "PunchOutSetupRequest", "CopyRequest"),
    "Contract": ("ContractRequest", "ContractStatusUpdateRequest"),
    "Logistics": ("TransportRequest", "TransportConfirmation"),
}

RESPONSES: dict[str, tuple[str, ...]] = {
    "cXML": (
        "ProfileResponse",
        "PunchOutSetupResponse",
        "ProviderSetupResponse",
        "GetPendingResponse",
        "SubscriptionListResponse",
        "SubscriptionContentResponse",
        "SupplierListResponse",
        "SupplierDataResponse",
        "AuthResponse",
        "DataResponse",
        "OrganizationDataResponse",
    ),
    "InvoiceDetail": ("ProviderSetupResponse",),
    "Catalog": ("PunchOutSetupResponse",),
}

MESSAGES: dict[str, tuple[str, ...]] = {
    "cXML": (
        "PunchOutOrderMessage",
        "ProviderDoneMessage",
        "SubscriptionChangeMessage",
        "DataAvailableMessage",
        "SupplierChangeMessage",
        "OrganizationChangeMessage",
        "ProductActivityMessage",
    ),
    "Fulfill": ("ProductReplenishmentMessage",),
    "InvoiceDetail": ("ProviderDoneMessage",),
    "Quote": ("QuoteMessage",),
    "Catalog": ("PunchOutOrderMessage",),
}

#: payloads without a declaration -> the first cXML version that has them; nothing is known of the others.
SINCE: dict[str, str] = {
    **dict.fromkeys(
        (
            "SubscriptionStatusUpdateRequest",
            "OrganizationDataRequest",
            "OrganizationDataResponse",
            "OrganizationChangeMessage",
        ),
        "1.2.020",
    ),
    **dict.fromkeys(
        (
            "PurchaseRequisitionRequest",
            "ApprovalRequest",
            "QualityNotificationRequest",
            "QualityInspectionRequest",
            "QualityInspectionResultRequest",
            "QualityInspectionDecisionRequest",
            "ProductActivityMessage",
        ),
        "1.2.036",
    ),
}

MODULES: tuple[str, ...] = tuple(REQUESTS)

_MODULE: dict[str, str] = {}
for _table in (REQUESTS, RESPONSES, MESSAGES):
    for _module, _payloads in _table.items():
        for _payload in _payloads:
            _MODULE.setdefault(_payload, _module)


def module_of(payload: str | None) -> str:
    """The DTD module for a payload; ``cXML`` for a bare Response and for names that no module knows."""
    return _MODULE.get(payload or "", "cXML")


def names(table: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """All payloads of a table once, those of cXML.dtd first."""
    return tuple(dict.fromkeys(payload for payloads in table.values() for payload in payloads))
