"""The structure of XML signatures, as far as a cXML document may hold one.

The library carries a signature whole and declares no classes for it, so its grammar stands here, for ``make_dtd``.
The elements are those of two public standards: ``ds`` of XML Signature Syntax and Processing (W3C), ``xades`` of
XML Advanced Electronic Signatures (ETSI TS 101 903). ``cXMLSignedInfo``, which ties a signature to a document, is
cXML's own.

A model is written as in a DTD. ``%name;`` is one of ``HOOKS``, where others may add elements of their own.
"""

from __future__ import annotations

__all__ = ["HOOKS", "attributes_of", "model_of", "tags"]


def _names(*lines: str) -> tuple[str, ...]:
    return tuple(" ".join(lines).split())


#: Where foreign elements may be let in: parameter entity -> what it holds by default.
HOOKS = {
    "Object.ANY": "| xades:QualifyingProperties | cXMLSignedInfo | Extrinsic",
    "Method.ANY": "",
    "Transform.ANY": "",
    "SignatureProperty.ANY": "",
    "KeyInfo.ANY": "",
    "KeyValue.ANY": "",
    "PGPData.ANY": "",
    "X509Data.ANY": "",
    "SPKIData.ANY": "",
    "Any.ANY": "",
    "XMLTimeStamp.ANY": "",
}

#: Elements that hold one text.
_TEXT = _names(
    "ds:SignatureValue ds:XPath ds:DigestValue ds:HMACOutputLength",
    "ds:KeyName ds:MgmtData ds:P ds:Q ds:G ds:Y ds:J ds:Seed ds:PgenCounter ds:Modulus ds:Exponent",
    "ds:X509IssuerName ds:X509SerialNumber ds:X509SubjectName ds:X509SKI ds:X509Certificate ds:X509CRL",
    "ds:PGPKeyID ds:PGPKeyPacket ds:SPKISexp",
    "xades:SigningTime xades:Identifier xades:Description xades:DocumentationReference xades:SPURI",
    "xades:X509IssuerName xades:X509SerialNumber xades:ExplicitText xades:Organization xades:int",
    "xades:City xades:StateOrProvince xades:PostalCode xades:CountryName xades:CertifiedRole",
    "xades:MimeType xades:Encoding xades:ObjectReference",
    "xades:EncapsulatedPKIData xades:EncapsulatedTimeStamp xades:EncapsulatedX509Certificate",
    "xades:EncapsulatedCRLValue xades:EncapsulatedOCSPValue",
    "xades:Issuer xades:IssueTime xades:Number xades:ByName xades:ByKey xades:ProducedAt",
)

_DIGEST = "(ds:DigestMethod, ds:DigestValue)"
_IDENTIFIED = "(xades:Identifier, xades:Description?, xades:DocumentationReferences?)"
_STAMP = "(xades:EncapsulatedTimeStamp | xades:XMLTimeStamp)"
_STAMPED = f"(xades:Include*, ds:CanonicalizationMethod?, {_STAMP}+)"
_REVOCATIONS = "(xades:CRLRefs?, xades:OCSPRefs?, xades:OtherRefs?)"
_REVOCATION_VALUES = "(xades:CRLValues?, xades:OCSPValues?, xades:OtherValues?)"
_CERTIFICATES = "(xades:EncapsulatedX509Certificate | xades:OtherCertificate)*"
_ANY = "(#PCDATA %Any.ANY;)*"

#: All other elements and what they hold.
_MODELS = {
    # What is signed, and how.
    "ds:Signature": "(ds:SignedInfo, ds:SignatureValue, ds:KeyInfo?, ds:Object*)",
    "ds:SignedInfo": "(ds:CanonicalizationMethod, ds:SignatureMethod, ds:Reference+)",
    "ds:CanonicalizationMethod": "(#PCDATA %Method.ANY;)*",
    "ds:SignatureMethod": "(#PCDATA | ds:HMACOutputLength %Method.ANY;)*",
    "ds:Reference": "(ds:Transforms?, ds:DigestMethod, ds:DigestValue)",
    "ds:Transforms": "(ds:Transform+)",
    "ds:Transform": "(#PCDATA | ds:XPath %Transform.ANY;)*",
    "ds:DigestMethod": "(#PCDATA %Method.ANY;)*",
    # The key.
    "ds:KeyInfo": (
        "(#PCDATA | ds:KeyName | ds:KeyValue | ds:RetrievalMethod | ds:X509Data | ds:PGPData | ds:SPKIData | "
        "ds:MgmtData %KeyInfo.ANY;)*"
    ),
    "ds:KeyValue": "(#PCDATA | ds:DSAKeyValue | ds:RSAKeyValue %KeyValue.ANY;)*",
    "ds:DSAKeyValue": "((ds:P, ds:Q)?, ds:G?, ds:Y, ds:J?, (ds:Seed, ds:PgenCounter)?)",
    "ds:RSAKeyValue": "(ds:Modulus, ds:Exponent)",
    "ds:RetrievalMethod": "(ds:Transforms?)",
    "ds:X509Data": (
        "((ds:X509IssuerSerial | ds:X509SKI | ds:X509SubjectName | ds:X509Certificate | ds:X509CRL)+ %X509Data.ANY;)"
    ),
    "ds:X509IssuerSerial": "(ds:X509IssuerName, ds:X509SerialNumber)",
    "ds:PGPData": "((ds:PGPKeyID, ds:PGPKeyPacket?) | (ds:PGPKeyPacket) %PGPData.ANY;)",
    "ds:SPKIData": "(ds:SPKISexp %SPKIData.ANY;)",
    # What else a signature carries.
    "ds:Object": "(#PCDATA | ds:Signature | ds:SignatureProperties | ds:Manifest %Object.ANY;)*",
    "ds:Manifest": "(ds:Reference+)",
    "ds:SignatureProperties": "(ds:SignatureProperty+)",
    "ds:SignatureProperty": "(#PCDATA %SignatureProperty.ANY;)*",
    "cXMLSignedInfo": "EMPTY",
    # XAdES: the frame.
    "xades:QualifyingProperties": "(xades:SignedProperties?, xades:UnsignedProperties?)",
    "xades:QualifyingPropertiesReference": "EMPTY",
    "xades:SignedProperties": "(xades:SignedSignatureProperties, xades:SignedDataObjectProperties?)",
    "xades:UnsignedProperties": "(xades:UnsignedSignatureProperties?, xades:UnsignedDataObjectProperties?)",
    "xades:SignedSignatureProperties": (
        "(xades:SigningTime?, xades:SigningCertificate?, xades:SignaturePolicyIdentifier?, "
        "xades:SignatureProductionPlace?, xades:SignerRole?)"
    ),
    "xades:SignedDataObjectProperties": (
        "(xades:DataObjectFormat*, xades:CommitmentTypeIndication*, xades:AllDataObjectsTimeStamp*, "
        "xades:IndividualDataObjectsTimeStamp*)"
    ),
    "xades:UnsignedSignatureProperties": (
        "(xades:CounterSignature | xades:SignatureTimeStamp | xades:CompleteCertificateRefs | "
        "xades:CompleteRevocationRefs | xades:AttributeCertificateRefs | xades:AttributeRevocationRefs | "
        "(xades:SigAndRefsTimeStamp | xades:RefsOnlyTimeStamp) | xades:CertificateValues | xades:RevocationValues | "
        "xades:AttrAuthoritiesCertValues | xades:AttributeRevocationValues | xades:ArchiveTimeStamp)+"
    ),
    "xades:UnsignedDataObjectProperties": "(xades:UnsignedDataObjectProperty*)",
    "xades:UnsignedDataObjectProperty": _ANY,
    "xades:CounterSignature": "(ds:Signature)",
    # XAdES: the signer and the terms.
    "xades:SigningCertificate": "(xades:Cert+)",
    "xades:Cert": "(xades:CertDigest, xades:IssuerSerial)",
    "xades:CertDigest": _DIGEST,
    "xades:IssuerSerial": "(ds:X509IssuerName, ds:X509SerialNumber)",
    "xades:SignaturePolicyIdentifier": "(xades:SignaturePolicyId | xades:SignaturePolicyImplied)",
    "xades:SignaturePolicyImplied": "ANY",
    "xades:SignaturePolicyId": ("(xades:SigPolicyId, ds:Transforms?, xades:SigPolicyHash, xades:SigPolicyQualifiers?)"),
    "xades:SigPolicyId": _IDENTIFIED,
    "xades:SigPolicyHash": _DIGEST,
    "xades:SigPolicyQualifiers": "(xades:SigPolicyQualifier+)",
    "xades:SigPolicyQualifier": "(#PCDATA | xades:SPURI %Any.ANY;)*",
    "xades:SPUserNotice": "(xades:NoticeRef?, xades:ExplicitText?)",
    "xades:NoticeRef": "(xades:Organization, xades:NoticeNumbers)",
    "xades:NoticeNumbers": "(xades:int*)",
    "xades:SignatureProductionPlace": ("(xades:City?, xades:StateOrProvince?, xades:PostalCode?, xades:CountryName?)"),
    "xades:SignerRole": "(xades:ClaimedRoles?, xades:CertifiedRoles?)",
    "xades:ClaimedRoles": "(xades:ClaimedRole+)",
    "xades:ClaimedRole": _ANY,
    "xades:CertifiedRoles": "(xades:CertifiedRole+)",
    # XAdES: what is signed.
    "xades:DataObjectFormat": ("(xades:Description?, xades:ObjectIdentifier?, xades:MimeType?, xades:Encoding?)"),
    "xades:ObjectIdentifier": _IDENTIFIED,
    "xades:DocumentationReferences": "(xades:DocumentationReference)+",
    "xades:CommitmentTypeIndication": (
        "(xades:CommitmentTypeId, (xades:ObjectReference+ | xades:AllSignedDataObjects), "
        "xades:CommitmentTypeQualifiers?)"
    ),
    "xades:CommitmentTypeId": _IDENTIFIED,
    "xades:CommitmentTypeQualifiers": "(xades:CommitmentTypeQualifier*)",
    "xades:CommitmentTypeQualifier": _ANY,
    "xades:AllSignedDataObjects": "ANY",
    # XAdES: time stamps.
    "xades:SignatureTimeStamp": f"(ds:CanonicalizationMethod?, {_STAMP}+)",
    "xades:AllDataObjectsTimeStamp": f"(ds:CanonicalizationMethod?, {_STAMP}+)",
    "xades:IndividualDataObjectsTimeStamp": f"(xades:Include+, ds:CanonicalizationMethod?, {_STAMP}+)",
    "xades:SigAndRefsTimeStamp": _STAMPED,
    "xades:RefsOnlyTimeStamp": _STAMPED,
    "xades:ArchiveTimeStamp": _STAMPED,
    "xades:XAdESTimeStamp": _STAMPED,
    "xades:OtherTimeStamp": f"(xades:ReferenceInfo+, ds:CanonicalizationMethod?, {_STAMP})",
    "xades:XMLTimeStamp": "(#PCDATA %XMLTimeStamp.ANY;)*",
    "xades:ReferenceInfo": _DIGEST,
    "xades:Include": "EMPTY",
    # XAdES: what it takes to check a signature years later.
    "xades:CompleteCertificateRefs": "(xades:CertRefs)",
    "xades:AttributeCertificateRefs": "(xades:CertRefs)",
    "xades:CertRefs": "(xades:Cert+)",
    "xades:CompleteRevocationRefs": _REVOCATIONS,
    "xades:AttributeRevocationRefs": _REVOCATIONS,
    "xades:CRLRefs": "(xades:CRLRef+)",
    "xades:CRLRef": "(xades:DigestAlgAndValue, xades:CRLIdentifier?)",
    "xades:CRLIdentifier": "(xades:Issuer, xades:IssueTime, xades:Number?)",
    "xades:OCSPRefs": "(xades:OCSPRef+)",
    "xades:OCSPRef": "(xades:OCSPIdentifier, xades:DigestAlgAndValue?)",
    "xades:OCSPIdentifier": "(xades:ResponderID, xades:ProducedAt)",
    "xades:ResponderID": "(xades:ByName | xades:ByKey)",
    "xades:OtherRefs": "(xades:OtherRef+)",
    "xades:OtherRef": _ANY,
    "xades:DigestAlgAndValue": _DIGEST,
    "xades:CertificateValues": _CERTIFICATES,
    "xades:AttrAuthoritiesCertValues": _CERTIFICATES,
    "xades:OtherCertificate": _ANY,
    "xades:RevocationValues": _REVOCATION_VALUES,
    "xades:AttributeRevocationValues": _REVOCATION_VALUES,
    "xades:CRLValues": "(xades:EncapsulatedCRLValue+)",
    "xades:OCSPValues": "(xades:EncapsulatedOCSPValue+)",
    "xades:OtherValues": "(xades:OtherValue+)",
    "xades:OtherValue": _ANY,
    "xades:Any": _ANY,
}

_ALGORITHM = "Algorithm CDATA #REQUIRED"
_ENCODING = "Encoding CDATA #IMPLIED"
_URI = "URI CDATA #IMPLIED"
_XADES = 'xmlns:xades CDATA #FIXED "http://uri.etsi.org/01903/v1.3.2#"'
_TARGET = "Target CDATA #REQUIRED"

#: Attributes other than Id, in order.
_ATTRIBUTES = {
    "ds:Signature": ['xmlns:ds CDATA #FIXED "http://www.w3.org/2000/09/xmldsig#"', _XADES],
    "ds:CanonicalizationMethod": [_ALGORITHM],
    "ds:SignatureMethod": [_ALGORITHM],
    "ds:Transform": [_ALGORITHM],
    "ds:DigestMethod": [_ALGORITHM],
    "ds:Reference": [_URI, "Type CDATA #IMPLIED"],
    "ds:RetrievalMethod": ["URI CDATA #REQUIRED", "Type CDATA #IMPLIED"],
    "ds:Object": ["MimeType CDATA #IMPLIED", _ENCODING],
    "ds:SignatureProperty": [_TARGET],
    "cXMLSignedInfo": [
        "signatureVersion %cxml.signatureVersions; #REQUIRED",
        "payloadID %string; #REQUIRED",
        "Id ID #REQUIRED",
    ],
    "xades:QualifyingProperties": [_TARGET, _XADES],
    "xades:QualifyingPropertiesReference": ["URI CDATA #REQUIRED"],
    "xades:Cert": [_URI],
    "xades:CRLIdentifier": [_URI],
    "xades:OCSPIdentifier": [_URI],
    "xades:ReferenceInfo": [_URI],
    "xades:Include": ["URI CDATA #REQUIRED", "referencedData CDATA #IMPLIED"],
    "xades:Identifier": ["Qualifier (OIDAsURI | OIDAsURN) #IMPLIED"],
    "xades:DataObjectFormat": ["ObjectReference CDATA #REQUIRED"],
    "xades:CertifiedRole": [_ENCODING],
    "xades:EncapsulatedPKIData": [_ENCODING],
    "xades:EncapsulatedX509Certificate": [_ENCODING],
    "xades:EncapsulatedCRLValue": [_ENCODING],
    "xades:EncapsulatedOCSPValue": [_ENCODING],
}

_WITH_ID = _names(
    "ds:Signature ds:SignatureValue ds:SignedInfo ds:Reference ds:KeyInfo ds:Object ds:Manifest",
    "ds:SignatureProperties ds:SignatureProperty",
    "xades:EncapsulatedPKIData xades:ReferenceInfo xades:XAdESTimeStamp xades:OtherTimeStamp",
    "xades:EncapsulatedTimeStamp xades:QualifyingProperties xades:SignedProperties xades:UnsignedProperties",
    "xades:SignedSignatureProperties xades:SignedDataObjectProperties xades:UnsignedSignatureProperties",
    "xades:UnsignedDataObjectProperties xades:QualifyingPropertiesReference xades:CertifiedRole",
    "xades:AllDataObjectsTimeStamp xades:IndividualDataObjectsTimeStamp xades:SignatureTimeStamp",
    "xades:CompleteCertificateRefs xades:AttributeCertificateRefs xades:CompleteRevocationRefs",
    "xades:AttributeRevocationRefs xades:SigAndRefsTimeStamp xades:RefsOnlyTimeStamp xades:CertificateValues",
    "xades:EncapsulatedX509Certificate xades:AttrAuthoritiesCertValues xades:RevocationValues",
    "xades:EncapsulatedCRLValue xades:EncapsulatedOCSPValue xades:AttributeRevocationValues xades:ArchiveTimeStamp",
)


def tags() -> list[str]:
    """All elements: those with a structure first, then those that hold one text."""
    return [*_MODELS, *_TEXT]


def model_of(tag: str) -> str:
    """What an element holds, in the notation of a DTD."""
    return _MODELS.get(tag, "(#PCDATA)")


def attributes_of(tag: str) -> list[str]:
    """The attributes of an element, in the notation of a DTD."""
    return [*(["Id ID #IMPLIED"] if tag in _WITH_ID else []), *_ATTRIBUTES.get(tag, [])]
