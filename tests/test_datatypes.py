"""Every attribute and text with a datatype, one by one: a value that is accepted and values that are refused.

The table lists the attributes of the core by datatype, as the official DTD types them; what the declarations say is
held against it, and what the layer does with a document, too.
"""

from __future__ import annotations

import pytest
from lxml import etree

from cxml_punchout import element as x
from cxml_punchout import models
from cxml_punchout.tree import load
from cxml_punchout.validation import schema
from cxml_punchout.validation.datatypes import Typed, typed_fields
from cxml_punchout.validation.kept import Kept

assert models.TOPICS

#: datatype -> attributes of the core, and elements whose text it is
ROWS: dict[str, str] = {
    "datetime.tz": """cXML@timestamp Identity@lastChangedTimestamp CredentialMac@creationDate
        CredentialMac@expirationDate ProfileResponse@effectiveDate ProfileResponse@lastRefresh
        OrderRequestHeader@orderDate OrderRequestHeader@effectiveDate OrderRequestHeader@expirationDate
        OrderRequestHeader@pickUpDate OrderRequestHeader@requestedDeliveryDate SupplierOrderInfo@orderDate
        MasterAgreementReference@agreementDate MasterAgreementIDInfo@agreementDate DocumentInfo@documentDate
        ItemOut@requestedShipmentDate ScheduleLine@requestedDeliveryDate ScheduleLine@requestedShipmentDate
        ScheduleLine@originalRequestedDeliveryDate ScheduleLine@statisticalDeliveryDate DateInfo@date Period@startDate
        Period@endDate Route@startDate Route@endDate ModificationDetail@startDate ModificationDetail@endDate
        TaxDetail@taxPointDate TaxDetail@paymentDate Batch@productionDate Batch@expirationDate Batch@inspectionDate
        BestBeforeDate@date PackageControlNumber@packageControlNumberExpiryDate
        ReleaseInfo@productionGoAheadEndDate ReleaseInfo@materialGoAheadEndDate
        SubcontractingComponent@requirementDate ShipNoticeReference@shipNoticeDate ShipNoticeIDInfo@shipNoticeDate
        ValidityPeriod@from ValidityPeriod@to TravelDetail@quoteExpirationTime AirLeg@departureTime
        AirLeg@arrivalTime CarRentalDetail@pickupTime CarRentalDetail@dropoffTime HotelDetail@arrivalTime
        HotelDetail@departureTime RailLeg@departureTime RailLeg@arrivalTime
        PaymentStatus@transactionTimestamp InvoiceStatus@paymentNetDueDate InvoiceIDInfo@invoiceDate""",
    "date": "ItemOut@requestedDeliveryDate ItemOut@confirmationDueDate PCard@expiration",
    "time.tz": "HotelDetail@checkinTime HotelDetail@checkoutTime",
    "duration": "Batch@shelfLife ScheduleLine@deliveryWindow",
    "number": """ItemIn@quantity ItemIn@openQuantity ItemIn@promisedQuantity ItemOut@quantity
        PriceBasisQuantity@quantity PriceBasisQuantity@conversionFactor ScheduleLine@quantity
        ScheduleLineReleaseInfo@cumulativeScheduledQuantity ScheduleLineReleaseInfo@receivedQuantity
        ReleaseInfo@cumulativeReceivedQuantity ShipNoticeReleaseInfo@receivedQuantity
        SubcontractingComponent@quantity Dimension@quantity OrderedQuantity@quantity DispatchQuantity@quantity
        FreeGoodsQuantity@quantity PackagingDistribution@quantity Batch@batchQuantity Rate@quantity
        LimitedMileage@quantity DPAS@quantity Percentage@percent DiscountPercent@percent DeductionPercent@percent
        TaxDetail@percentageRate TaxDetail@basePercentageRate Priority@inventory_level AirLeg@stops
        RoomType@numberOfBed Money@alternateAmount OrderRequestHeader@orderVersion Scale@from Scale@to Value@value
        Money MaxQuantity MinQuantity PlannedAcceptanceDays""",
    "uint": """Status@code ItemOut@lineNumber ItemOut@parentLineNumber ItemIn@lineNumber ItemIn@parentLineNumber
        ScheduleLine@lineNumber ReferenceDocumentInfo@lineNumber ReferenceDocumentInfo@scheduleLineNumber
        Modification@level PaymentTerm@payInNumberOfDays AttachmentReference@length Priority@sequence LeadTime
        ItemStatus@parentLineNumber""",
    "int": "TimeTolerance@limit",
    "language": """Name@xml:lang Description@xml:lang TaxLocation@xml:lang
        TriangularTransactionLawReference@xml:lang ExemptReason@xml:lang SourcingStatus@xml:lang
        PackagingCode@xml:lang Creator@xml:lang cXML@xml:lang Status@xml:lang Comments@xml:lang
        ManufacturerName@xml:lang Email@preferredLang Correspondent@preferredLanguage""",
    "country": """Country@isoCountryCode CountryCode@isoCountryCode Address@isoCountryCode
        Batch@originCountryCode""",
    "state": "State@isoStateCode",
    "currency": "Money@currency Money@alternateCurrency",
    "url": "Supplier@corporateURL Supplier@storeFrontURL URL",
    "unit": "UnitOfMeasure",
}

#: datatype -> a value that is accepted, values that are refused
VALUES: dict[str, tuple[str, tuple[str, ...]]] = {
    "datetime.tz": ("2026-11-23T18:30:00+00:00", ("2026-11-23T18:30:00Z", "2026-11-23T18:30:00", "tomorrow", "")),
    "date": ("2026-11-23", ("23.11.2026", "2026-02-30", "")),
    "time.tz": ("14:00:00+01:00", ("14:00:00", "2pm", "")),
    "duration": ("P30D", ("30 days", "")),
    "number": ("12.50", ("12,50", "1e3", "many", "")),
    "uint": ("10", ("-1", "1.5", "ten", "")),
    "int": ("-5", ("1.5", "ten", "")),
    "language": ("en-GB", ("en_GB", "english")),
    "country": ("DE", ("de", "Germany")),
    "state": ("US-CA", ("CA", "California")),
    "currency": ("EUR", ("eur", "Euro")),
    "url": ("https://shop.example.com/a", ("shop.example.com", "https://a b")),
    "unit": ("EA", ("each", "ea", "")),
}

#: datatype -> code, where they differ
CODES = {"datetime.tz": "time", "date": "time", "time.tz": "time", "uint": "number", "int": "number"}

CASES = [(kind, what) for kind, names in ROWS.items() for what in names.split()]


def field(what: str) -> Typed:
    (typed,) = (typed for typed in typed_fields(what.partition("@")[0]) if typed.what == what)
    return typed


def notes(typed: Typed, value: str) -> list[str]:
    """The codes of what the layer says of one value, wherever its element may stand."""
    node = etree.Element(typed.what.partition("@")[0])
    if typed.key:
        node.set(typed.key, value)
    else:
        node.text = value
    root = etree.Element("cXML")
    root.append(node)
    kept = Kept()
    schema.check(load(etree.tostring(root), tolerant=True), kept)
    return [note.code for note in kept.shown if note.message.startswith(f"{typed.what}: ")]


@pytest.mark.parametrize(("kind", "what"), CASES, ids=[what for _, what in CASES])
def test_a_value_is_accepted_and_others_are_refused(kind: str, what: str) -> None:
    typed = field(what)
    assert typed.type.removesuffix(".opt") == kind
    right, wrong = VALUES[kind]
    assert notes(typed, right) == []
    for value in wrong:
        assert notes(typed, value) == [CODES.get(kind, kind)], value


def test_the_table_is_complete() -> None:
    """A card number is a text, for nobody reckons with it; so is the name of a request, whatever the DTD calls it."""
    declared = {typed.what for each in x.declarations() for typed in typed_fields(each.tag)}
    assert declared == {what for _, what in CASES}
    assert {"PCard@number", "Transaction@requestName"}.isdisjoint(declared)
