"""The declarations of cXML, one file for a topic, loaded when first touched.

    from cxml_punchout.models import ItemIn, Money

The index below tells which topic declares which element; a test keeps it true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import element as x

if TYPE_CHECKING:
    from .accounting import Accounting as Accounting
    from .accounting import AccountingSegment as AccountingSegment
    from .accounting import Charge as Charge
    from .accounting import Distribution as Distribution
    from .accounting import Segment as Segment
    from .credential import Correspondent as Correspondent
    from .credential import Credential as Credential
    from .credential import CredentialMac as CredentialMac
    from .credential import DigitalSignature as DigitalSignature
    from .credential import Identity as Identity
    from .credential import Routing as Routing
    from .credential import SharedSecret as SharedSecret
    from .delivery import ASNInstruction as ASNInstruction
    from .delivery import CarrierIdentifier as CarrierIdentifier
    from .delivery import ControlKeys as ControlKeys
    from .delivery import InvoiceInstruction as InvoiceInstruction
    from .delivery import Lower as Lower
    from .delivery import OCInstruction as OCInstruction
    from .delivery import PriceTolerance as PriceTolerance
    from .delivery import QuantityTolerance as QuantityTolerance
    from .delivery import Route as Route
    from .delivery import SESInstruction as SESInstruction
    from .delivery import Shipping as Shipping
    from .delivery import ShippingInstructions as ShippingInstructions
    from .delivery import ShippingPaymentMethod as ShippingPaymentMethod
    from .delivery import ShipTo as ShipTo
    from .delivery import TemporaryPrice as TemporaryPrice
    from .delivery import TermsOfDelivery as TermsOfDelivery
    from .delivery import TermsOfDeliveryCode as TermsOfDeliveryCode
    from .delivery import TimeTolerance as TimeTolerance
    from .delivery import Tolerances as Tolerances
    from .delivery import TransportInformation as TransportInformation
    from .delivery import TransportTerms as TransportTerms
    from .delivery import Upper as Upper
    from .delivery import Value as Value
    from .envelope import CXML as CXML
    from .envelope import From as From
    from .envelope import Header as Header
    from .envelope import Message as Message
    from .envelope import Node as Node
    from .envelope import OriginalDocument as OriginalDocument
    from .envelope import Path as Path
    from .envelope import Request as Request
    from .envelope import Response as Response
    from .envelope import Sender as Sender
    from .envelope import Status as Status
    from .envelope import To as To
    from .industry import DPAS as DPAS
    from .industry import AerospaceAndDefense as AerospaceAndDefense
    from .industry import AssetInfo as AssetInfo
    from .industry import AuthorizationLabels as AuthorizationLabels
    from .industry import BatchInfo as BatchInfo
    from .industry import CertificateInfo as CertificateInfo
    from .industry import DocumentInfo as DocumentInfo
    from .industry import ExternalDocumentType as ExternalDocumentType
    from .industry import ItemDetailIndustry as ItemDetailIndustry
    from .industry import ItemDetailRetail as ItemDetailRetail
    from .industry import ItemOutAerospaceAndDefense as ItemOutAerospaceAndDefense
    from .industry import ItemOutIndustry as ItemOutIndustry
    from .industry import ItemOutLifeSciences as ItemOutLifeSciences
    from .industry import ItemOutRetail as ItemOutRetail
    from .industry import IUIDInfo as IUIDInfo
    from .industry import KitType as KitType
    from .industry import LifeSciences as LifeSciences
    from .industry import MedicationListInfo as MedicationListInfo
    from .industry import OrderRequestHeaderIndustry as OrderRequestHeaderIndustry
    from .industry import PackageControlNumber as PackageControlNumber
    from .industry import Priority as Priority
    from .industry import QualityInfo as QualityInfo
    from .industry import ReferenceDocumentInfo as ReferenceDocumentInfo
    from .industry import SerialNumberInfo as SerialNumberInfo
    from .industry import Study as Study
    from .item import BlanketItemDetail as BlanketItemDetail
    from .item import Classification as Classification
    from .item import DateInfo as DateInfo
    from .item import Dimension as Dimension
    from .item import ExpectedLimit as ExpectedLimit
    from .item import Indicator as Indicator
    from .item import ItemDetail as ItemDetail
    from .item import ItemID as ItemID
    from .item import ItemIn as ItemIn
    from .item import ItemOut as ItemOut
    from .item import ManufacturerName as ManufacturerName
    from .item import MasterAgreementIDInfo as MasterAgreementIDInfo
    from .item import MasterAgreementReference as MasterAgreementReference
    from .item import MaxAdhocAmount as MaxAdhocAmount
    from .item import MaxAmount as MaxAmount
    from .item import MaxContractAmount as MaxContractAmount
    from .item import MinAmount as MinAmount
    from .item import OverallLimit as OverallLimit
    from .item import PriceBasisQuantity as PriceBasisQuantity
    from .item import SupplierPartAuxiliaryID as SupplierPartAuxiliaryID
    from .item import SupplierPartID as SupplierPartID
    from .money import AdditionalCost as AdditionalCost
    from .money import AdditionalDeduction as AdditionalDeduction
    from .money import ConditionType as ConditionType
    from .money import ConditionTypes as ConditionTypes
    from .money import CostTermValue as CostTermValue
    from .money import DeductedPrice as DeductedPrice
    from .money import DeductionAmount as DeductionAmount
    from .money import DeductionPercent as DeductionPercent
    from .money import Modification as Modification
    from .money import ModificationDetail as ModificationDetail
    from .money import Modifications as Modifications
    from .money import Money as Money
    from .money import OriginalPrice as OriginalPrice
    from .money import Percentage as Percentage
    from .money import PricingConditions as PricingConditions
    from .money import Scale as Scale
    from .money import Scales as Scales
    from .money import Total as Total
    from .money import UnitPrice as UnitPrice
    from .money import ValidityPeriod as ValidityPeriod
    from .money import ValidityPeriods as ValidityPeriods
    from .order import BusinessPartner as BusinessPartner
    from .order import DeliveryPeriod as DeliveryPeriod
    from .order import Discount as Discount
    from .order import DiscountAmount as DiscountAmount
    from .order import DiscountPercent as DiscountPercent
    from .order import DocumentReference as DocumentReference
    from .order import Followup as Followup
    from .order import LegalEntity as LegalEntity
    from .order import OrderRequest as OrderRequest
    from .order import OrderRequestHeader as OrderRequestHeader
    from .order import OrganizationalUnit as OrganizationalUnit
    from .order import Payment as Payment
    from .order import PaymentTerm as PaymentTerm
    from .order import PCard as PCard
    from .order import Period as Period
    from .order import SupplierOrderInfo as SupplierOrderInfo
    from .packaging import BestBeforeDate as BestBeforeDate
    from .packaging import DispatchQuantity as DispatchQuantity
    from .packaging import FreeGoodsQuantity as FreeGoodsQuantity
    from .packaging import OrderedQuantity as OrderedQuantity
    from .packaging import PackageID as PackageID
    from .packaging import Packaging as Packaging
    from .packaging import PackagingCode as PackagingCode
    from .packaging import PackagingDistribution as PackagingDistribution
    from .packaging import PackagingIndustry as PackagingIndustry
    from .packaging import PackagingLifeSciences as PackagingLifeSciences
    from .party import Address as Address
    from .party import BillTo as BillTo
    from .party import City as City
    from .party import Contact as Contact
    from .party import Country as Country
    from .party import CountryCode as CountryCode
    from .party import Email as Email
    from .party import Fax as Fax
    from .party import Municipality as Municipality
    from .party import OrderMethod as OrderMethod
    from .party import OrderMethods as OrderMethods
    from .party import OrderTarget as OrderTarget
    from .party import OtherOrderTarget as OtherOrderTarget
    from .party import Phone as Phone
    from .party import PostalAddress as PostalAddress
    from .party import State as State
    from .party import Supplier as Supplier
    from .party import SupplierID as SupplierID
    from .party import SupplierList as SupplierList
    from .party import SupplierLocation as SupplierLocation
    from .party import TelephoneNumber as TelephoneNumber
    from .profile import Option as Option
    from .profile import ProfileRequest as ProfileRequest
    from .profile import ProfileResponse as ProfileResponse
    from .profile import Transaction as Transaction
    from .punchout import BrowserFormPost as BrowserFormPost
    from .punchout import BuyerCookie as BuyerCookie
    from .punchout import PunchOutOrderMessage as PunchOutOrderMessage
    from .punchout import PunchOutOrderMessageHeader as PunchOutOrderMessageHeader
    from .punchout import PunchOutSetupRequest as PunchOutSetupRequest
    from .punchout import PunchOutSetupResponse as PunchOutSetupResponse
    from .punchout import SelectedItem as SelectedItem
    from .punchout import SourcingStatus as SourcingStatus
    from .punchout import StartPage as StartPage
    from .punchout import SupplierSetup as SupplierSetup
    from .schedule import Batch as Batch
    from .schedule import Characteristic as Characteristic
    from .schedule import Product as Product
    from .schedule import PropertyReference as PropertyReference
    from .schedule import PropertyValuation as PropertyValuation
    from .schedule import PropertyValue as PropertyValue
    from .schedule import ReleaseInfo as ReleaseInfo
    from .schedule import ScheduleLine as ScheduleLine
    from .schedule import ScheduleLineAerospaceAndDefense as ScheduleLineAerospaceAndDefense
    from .schedule import ScheduleLineIndustry as ScheduleLineIndustry
    from .schedule import ScheduleLineReleaseInfo as ScheduleLineReleaseInfo
    from .schedule import ShipNoticeIDInfo as ShipNoticeIDInfo
    from .schedule import ShipNoticeReference as ShipNoticeReference
    from .schedule import ShipNoticeReleaseInfo as ShipNoticeReleaseInfo
    from .schedule import SubcontractingComponent as SubcontractingComponent
    from .schedule import SubcontractingComponentIndustry as SubcontractingComponentIndustry
    from .schedule import SubcontractingComponentLifeSciences as SubcontractingComponentLifeSciences
    from .schedule import ValueGroup as ValueGroup
    from .spend import Contractor as Contractor
    from .spend import ContractorIdentifier as ContractorIdentifier
    from .spend import FeeDetail as FeeDetail
    from .spend import JobDescription as JobDescription
    from .spend import LaborDetail as LaborDetail
    from .spend import SpendDetail as SpendDetail
    from .spend import Supervisor as Supervisor
    from .spend import TermReference as TermReference
    from .spend import UnitRate as UnitRate
    from .spend import WorkLocation as WorkLocation
    from .status_update import DocumentStatus as DocumentStatus
    from .status_update import IntegrationMessage as IntegrationMessage
    from .status_update import IntegrationStatus as IntegrationStatus
    from .status_update import InvoiceIDInfo as InvoiceIDInfo
    from .status_update import InvoiceStatus as InvoiceStatus
    from .status_update import ItemStatus as ItemStatus
    from .status_update import PartialAmount as PartialAmount
    from .status_update import PaymentStatus as PaymentStatus
    from .status_update import StatusUpdateRequest as StatusUpdateRequest
    from .tax import ExemptReason as ExemptReason
    from .tax import Tax as Tax
    from .tax import TaxableAmount as TaxableAmount
    from .tax import TaxAdjustmentAmount as TaxAdjustmentAmount
    from .tax import TaxAmount as TaxAmount
    from .tax import TaxDetail as TaxDetail
    from .tax import TaxExemption as TaxExemption
    from .tax import TaxLocation as TaxLocation
    from .tax import TriangularTransactionLawReference as TriangularTransactionLawReference
    from .text import URL as URL
    from .text import Attachment as Attachment
    from .text import AttachmentReference as AttachmentReference
    from .text import Comments as Comments
    from .text import Creator as Creator
    from .text import Description as Description
    from .text import Extrinsic as Extrinsic
    from .text import IdReference as IdReference
    from .text import InternalID as InternalID
    from .text import Name as Name
    from .text import ShortName as ShortName
    from .travel import AirDetail as AirDetail
    from .travel import AirLeg as AirLeg
    from .travel import AirLegDestination as AirLegDestination
    from .travel import AirLegOrigin as AirLegOrigin
    from .travel import Airport as Airport
    from .travel import Amenities as Amenities
    from .travel import AvailablePrice as AvailablePrice
    from .travel import BookingClassCode as BookingClassCode
    from .travel import CarRentalDetail as CarRentalDetail
    from .travel import CarRentalDropoff as CarRentalDropoff
    from .travel import CarRentalFee as CarRentalFee
    from .travel import CarRentalPickup as CarRentalPickup
    from .travel import HotelDetail as HotelDetail
    from .travel import LimitedMileage as LimitedMileage
    from .travel import Meal as Meal
    from .travel import Penalty as Penalty
    from .travel import PolicyViolation as PolicyViolation
    from .travel import PolicyViolationJustification as PolicyViolationJustification
    from .travel import RailDetail as RailDetail
    from .travel import RailLeg as RailLeg
    from .travel import RailLegDestination as RailLegDestination
    from .travel import RailLegOrigin as RailLegOrigin
    from .travel import Rate as Rate
    from .travel import RoomType as RoomType
    from .travel import TermsAndConditions as TermsAndConditions
    from .travel import TravelDetail as TravelDetail
    from .travel import TripType as TripType
    from .travel import Vendor as Vendor

#: topic -> the elements that it declares
TOPICS: dict[str, str] = {
    "envelope": ("cXML Header From To Sender UserAgent Path Node OriginalDocument Request Message Response Status"),
    "credential": ("Credential Identity SharedSecret DigitalSignature CredentialMac Correspondent Routing"),
    "profile": ("ProfileRequest ProfileResponse Transaction Option"),
    "punchout": (
        "PunchOutSetupRequest BuyerCookie BrowserFormPost SupplierSetup SelectedItem "
        "PunchOutSetupResponse StartPage PunchOutOrderMessage PunchOutOrderMessageHeader SourcingStatus"
    ),
    "order": (
        "OrderRequest OrderRequestHeader BusinessPartner LegalEntity OrganizationalUnit Payment PCard "
        "PaymentTerm Discount DiscountPercent DiscountAmount Followup DocumentReference "
        "SupplierOrderInfo DeliveryPeriod Period"
    ),
    "item": (
        "ItemIn ItemOut ItemID SupplierPartID SupplierPartAuxiliaryID BuyerPartID ItemDetail "
        "BlanketItemDetail OverallLimit ExpectedLimit MaxAmount MinAmount MaxContractAmount "
        "MaxAdhocAmount MaxQuantity MinQuantity UnitOfMeasure PriceBasisQuantity Classification "
        "ManufacturerPartID ManufacturerName LeadTime PlannedAcceptanceDays Dimension Indicator DateInfo "
        "MasterAgreementReference MasterAgreementIDInfo"
    ),
    "text": (
        "Name Description ShortName Comments Attachment AttachmentReference InternalID Extrinsic "
        "IdReference Creator URL"
    ),
    "party": (
        "Address PostalAddress DeliverTo Street City Municipality State PostalCode Country Contact Email "
        "Phone Fax TelephoneNumber CountryCode AreaOrCityCode Number Extension BillTo SupplierID "
        "SupplierList Supplier SupplierLocation OrderMethods OrderMethod OrderTarget OtherOrderTarget "
        "OrderProtocol"
    ),
    "money": (
        "Money UnitPrice Total Modifications Modification OriginalPrice AdditionalDeduction "
        "DeductionAmount DeductionPercent DeductedPrice AdditionalCost Percentage ModificationDetail "
        "ParentID PricingConditions ValidityPeriods ValidityPeriod ConditionTypes ConditionType "
        "CostTermValue Scales Scale"
    ),
    "tax": (
        "Tax TaxAdjustmentAmount TaxDetail TaxableAmount TaxAmount TaxLocation "
        "TriangularTransactionLawReference TaxRegime TaxExemption ExemptReason"
    ),
    "accounting": ("Distribution Accounting Segment AccountingSegment Charge"),
    "delivery": (
        "ShipTo CarrierIdentifier TransportInformation Route ShippingContractNumber ShippingInstructions "
        "Shipping TermsOfDelivery TermsOfDeliveryCode ShippingPaymentMethod TransportTerms Tolerances "
        "QuantityTolerance PriceTolerance TimeTolerance Value ControlKeys OCInstruction ASNInstruction "
        "InvoiceInstruction SESInstruction TemporaryPrice Lower Upper"
    ),
    "schedule": (
        "ScheduleLine ScheduleLineReleaseInfo SubcontractingComponent ComponentID Product "
        "ProductRevisionID SubcontractingComponentIndustry SubcontractingComponentLifeSciences LabelID "
        "ScheduleLineIndustry ScheduleLineAerospaceAndDefense ReleaseInfo ShipNoticeReleaseInfo "
        "ShipNoticeReference ShipNoticeIDInfo Batch BuyerBatchID SupplierBatchID PropertyValuation "
        "PropertyReference ValueGroup PropertyValue Characteristic"
    ),
    "packaging": (
        "Packaging PackagingCode PackagingLevelCode PackageTypeCodeIdentifierCode "
        "ShippingContainerSerialCode ShippingContainerSerialCodeReference PackageID "
        "GlobalIndividualAssetID ReturnablePackageID PackageTrackingID ShippingMark OrderedQuantity "
        "DispatchQuantity FreeGoodsQuantity QuantityVarianceNote BestBeforeDate StoreCode "
        "PackagingIndustry PackagingLifeSciences PackagingDistribution"
    ),
    "industry": (
        "ItemDetailIndustry ItemDetailRetail EANID EuropeanWasteCatalogID ItemOutIndustry ItemOutRetail "
        "PromotionVariantID PromotionDealID ReferenceDocumentInfo DocumentInfo Priority QualityInfo "
        "CertificateInfo SerialNumberInfo SerialNumber BatchInfo AssetInfo IUIDInfo IUIDNumber "
        "ItemOutAerospaceAndDefense DPAS ItemOutLifeSciences Study StudyID KitType KitTypeID ProtocolID "
        "PackageControlNumber PoolID MedicationListInfo OrderRequestHeaderIndustry ExternalDocumentType "
        "LifeSciences AuthorizationLabels AerospaceAndDefense"
    ),
    "spend": (
        "SpendDetail FeeDetail LaborDetail UnitRate TermReference Contractor ContractorIdentifier "
        "JobDescription Supervisor WorkLocation"
    ),
    "travel": (
        "TravelDetail PolicyViolation PolicyViolationJustification TermsAndConditions AirDetail TripType "
        "AirLeg AirLegOrigin AirLegDestination Airport RailDetail RailLeg RailLegOrigin "
        "RailLegDestination CarRentalDetail CarRentalPickup CarRentalDropoff CarRentalFee LimitedMileage "
        "HotelDetail RoomType Amenities Meal Vendor BookingClassCode Rate AvailablePrice Penalty"
    ),
    "status_update": (
        "StatusUpdateRequest PaymentStatus InvoiceStatus InvoiceIDInfo PartialAmount DocumentStatus "
        "ItemStatus IntegrationStatus IntegrationMessage"
    ),
}

x.register_topics(__name__, TOPICS)

_CLASSES = {tag if tag != "cXML" else "CXML": tag for tags in TOPICS.values() for tag in tags.split()}


def __getattr__(name: str) -> Any:
    declared = x.lookup(_CLASSES[name]) if name in _CLASSES else None
    if isinstance(declared, x.Declaration):
        return declared.cls
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(name for name, tag in _CLASSES.items() if isinstance(x.lookup(tag), x.Declaration))
