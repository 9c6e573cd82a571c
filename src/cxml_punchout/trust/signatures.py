"""XML signatures: what a signed document proves, by certificates that are known beforehand (Guide 22).

A signed document names itself (``cXMLSignedInfo``: payloadID and signatureVersion) and its Request, Message or Response
(``cXMLData``) in a signature in the form XAdES 1.3.2. The Header is not covered: who sent the document is proved by
``authenticate``, what it says by its signature. Needs the extra ``signatures``.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs
from lxml import etree

from ..document import parse
from ..errors import AuthenticationError, AuthenticationReason, InvalidValue, UsageError
from ..places import tag_of
from ..tree import DSIG, load

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from ..models.envelope import CXML

__all__ = ["DEFAULT_SIGNATURE_POLICY", "SignaturePolicy", "Signed", "is_signed", "verify_signature"]

_DS = f"{{{DSIG}}}"
_XADES = "{http://uri.etsi.org/01903/v1.3.2#}"
_SIGNED_PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"
_IDS = ("cXMLSignature", "cXMLSignedInfo", "cXMLData", "XAdESSignedProps")
_DIGESTS = {
    "http://www.w3.org/2000/09/xmldsig#sha1": "sha1",
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}


@attrs.frozen
class SignaturePolicy:
    """What is asked of a signature.

    sha1: accept SHA-1, which signers of before 2015 used. Whoever can afford collisions can then have two documents for
        one signature.
    """

    sha1: bool = False


DEFAULT_SIGNATURE_POLICY = SignaturePolicy()


@attrs.frozen(eq=False)
class Signed:
    """What a signature proves.

    document: the document, read again from the octets that were verified; rely on this one. The signature covers its
        payload_id and its Request, Message or Response, not its Header.
    certificate: the one of those given that the signer used.
    signing_time: when the signer says that it signed; None if it is not said in a way that can be read.
    """

    document: CXML
    certificate: Certificate
    signing_time: datetime | None


def is_signed(document: CXML) -> str:
    """The version of the signature that a document carries, or says that it carries; "" if there is none."""
    return document.signature_version or ("1.0" if document.signature else "")


def verify_signature(
    document: CXML,
    certificates: Sequence[str | bytes | Certificate],
    *,
    now: datetime,
    policy: SignaturePolicy = DEFAULT_SIGNATURE_POLICY,
) -> Signed:
    """What the signature of a document that was received proves.

    certificates: those of the signers that are accepted, in PEM or as objects of cryptography; no chain is followed.
    now: the present; the certificate has to be valid then.

    Raises AuthenticationError with Status 475 if there is no signature, 476 if it is not that of the document, 477 if
    its certificate, its algorithms or its form are not accepted. Guide 22.
    """
    if now.tzinfo is None:
        raise InvalidValue("now needs an offset from UTC")
    known = _certificates(certificates)
    if not document.signature:
        raise AuthenticationError("signature-required", "the document has no signature")
    if document._signed is None:
        raise UsageError("a signature is verified in the octets in which it was received; parse the document")
    octets, limits = document._signed.octets, document._signed.limits
    # As text: it is in UTF-8 by now, whatever it declares.
    root = load(octets.decode("utf-8"), limits).root
    signature = _shape(root)
    candidates = _matching(signature, known)
    certificate = _verified(root, candidates, now, policy)
    _check_properties(signature, certificate, policy)
    again = parse(octets.decode("utf-8"), mode="tolerant", limits=limits)
    return Signed(again, certificate, _signing_time(signature))


def _refuse(reason: AuthenticationReason, detail: str) -> AuthenticationError:
    return AuthenticationError(reason, detail)


def _certificates(given: Sequence[str | bytes | Certificate]) -> list[Certificate]:
    try:
        from cryptography import x509
    except ImportError:
        raise _missing() from None
    known: list[Certificate] = []
    for each in [given] if isinstance(given, (str, bytes)) else given:
        if isinstance(each, (str, bytes)):
            try:
                known.extend(x509.load_pem_x509_certificates(each.encode() if isinstance(each, str) else each))
            except ValueError:
                raise InvalidValue("a certificate in PEM is expected", "certificates") from None
        else:
            known.append(each)
    if not known:
        raise InvalidValue("without a certificate nobody's signature can be verified", "certificates")
    return known


def _der(certificate: Certificate) -> bytes:
    try:
        from cryptography.hazmat.primitives.serialization import Encoding
    except ImportError:  # pragma: no cover - there would be no certificate
        raise _missing() from None
    return certificate.public_bytes(Encoding.DER)


def _missing() -> UsageError:
    return UsageError("signatures need signxml: pip install 'cxml-punchout[signatures]'")


# --- the form of the signature (Guide 22) ------------------------------------------------------------------


def _shape(root: etree._Element) -> etree._Element:
    """The signature, if it covers what a cXML signature covers and nothing can be mistaken for that.

    A signature is verified for whatever it points at, so first it is made sure that this is what the application reads.
    """
    signatures = list(root.iter(f"{_DS}Signature"))
    if len(signatures) != 1 or signatures[0].getparent() is not root:
        raise _refuse("signature-unacceptable", "there is not one signature at the end of the document")
    signature = signatures[0]
    named = {name: _by_id(root, name) for name in _IDS}
    data, info = named["cXMLData"], named["cXMLSignedInfo"]
    if named["cXMLSignature"] is not signature:
        raise _refuse("signature-unacceptable", "the signature does not have the Id cXMLSignature")
    # A second Request beside the signed one would be the one that is read.
    wrappers = [child for child in root.iterchildren("*") if tag_of(child) in ("Request", "Message", "Response")]
    if wrappers != [data]:
        raise _refuse("signature-unacceptable", "cXMLData is not the Request, Message or Response of the document")
    if info.getparent() is not signature.find(f"{_DS}Object") or tag_of(info) != "cXMLSignedInfo":
        raise _refuse("signature-unacceptable", "cXMLSignedInfo does not stand in the first Object of the signature")
    for attribute in ("payloadID", "signatureVersion"):
        if info.get(attribute) is None or info.get(attribute) != root.get(attribute):
            raise _refuse("signature-unacceptable", f"the signature is for another {attribute}")
    properties = named["XAdESSignedProps"]
    around = properties.getparent()
    if (
        tag_of(properties) != f"{_XADES}SignedProperties"
        or around is None
        or tag_of(around) != f"{_XADES}QualifyingProperties"
        or around.get("Target") != "#cXMLSignature"
        or signature not in list(around.iterancestors())
    ):
        raise _refuse("signature-unacceptable", "the signature is not in the form XAdES 1.3.2")
    _check_references(signature)
    return signature


def _by_id(root: etree._Element, name: str) -> etree._Element:
    found = [
        element
        for element in root.iter("*")
        if any(value == name and etree.QName(key).localname.lower() == "id" for key, value in element.attrib.items())
    ]
    if len(found) != 1 or found[0].get("Id") != name:
        raise _refuse("signature-unacceptable", f"there is not one element with the Id {name}")
    return found[0]


def _check_references(signature: etree._Element) -> None:
    references = signature.findall(f"{_DS}SignedInfo/{_DS}Reference")
    uris = [reference.get("URI") for reference in references]
    if uris != ["#cXMLSignedInfo", "#cXMLData", "#XAdESSignedProps"]:
        raise _refuse(
            "signature-unacceptable", "the signature does not cover cXMLSignedInfo, cXMLData and XAdESSignedProps"
        )
    if references[2].get("Type") != _SIGNED_PROPERTIES:
        raise _refuse("signature-unacceptable", "the reference to XAdESSignedProps does not have its type")
    if signature.find(f"{_DS}SignedInfo/{_DS}Reference/{_DS}Transforms") is not None:
        raise _refuse("signature-unacceptable", "a reference is transformed before it is signed")


# --- the signature itself ----------------------------------------------------------------------------------


def _matching(signature: etree._Element, known: list[Certificate]) -> list[Certificate]:
    """The given certificates that the signer may have used: the one that it names, or all if it names none."""
    named = [
        "".join((node.text or "").split())
        for node in signature.iterfind(f"{_DS}KeyInfo/{_DS}X509Data/{_DS}X509Certificate")
    ]
    if not named:
        return known
    found = [each for each in known if b64encode(_der(each)).decode() in named]
    if not found:
        raise _refuse("signature-unacceptable", "the certificate of the signature is none of those that are accepted")
    return found


def _verified(
    root: etree._Element, candidates: list[Certificate], now: datetime, policy: SignaturePolicy
) -> Certificate:
    signxml = _signxml()
    configuration = _configuration(signxml, now, policy)
    problem: AuthenticationError | None = None
    for certificate in candidates:
        try:
            signxml.XMLVerifier().verify(root, x509_cert=certificate, id_attribute="Id", expect_config=configuration)
        except signxml.exceptions.InvalidCertificate:
            problem = _refuse("signature-unacceptable", "the certificate is not valid at this time")
        except signxml.exceptions.InvalidSignature:
            problem = problem or _refuse("signature-invalid", "the signature is not that of the document")
        except signxml.exceptions.InvalidInput:
            problem = problem or _refuse("signature-unacceptable", "an algorithm of the signature is not accepted")
        except (etree.LxmlError, ValueError, KeyError, TypeError, AttributeError):
            # What signxml lets through of a signature that is not well made.
            problem = problem or _refuse("signature-invalid", "the signature is not well made")
        else:
            return certificate
    assert problem is not None
    raise problem


def _signxml() -> Any:
    try:
        import signxml
    except ImportError:
        raise _missing() from None
    return signxml


def _configuration(signxml: Any, now: datetime, policy: SignaturePolicy) -> Any:
    weak = () if policy.sha1 else ("SHA1",)
    methods = frozenset(
        each
        for each in signxml.SignatureMethod
        if not each.name.startswith(("HMAC", "DSA")) and not any(name in each.name for name in weak)
    )
    digests = frozenset(each for each in signxml.DigestAlgorithm if each.name not in weak)
    return signxml.SignatureConfiguration(
        location="./",
        expect_references=3,
        signature_methods=methods,
        digest_algorithms=digests,
        verification_time=now,
        # XML Signature 1.0, 4.3.3.2: without a transform the first canonical form counts.
        default_reference_c14n_method=signxml.CanonicalizationMethod.CANONICAL_XML_1_0,
    )


def _check_properties(signature: etree._Element, certificate: Certificate, policy: SignaturePolicy) -> None:
    """The signer has to name, under its signature, the certificate that it used."""
    digest = signature.find(f".//{_XADES}SigningCertificate/{_XADES}Cert/{_XADES}CertDigest")
    method = None if digest is None else digest.find(f"{_DS}DigestMethod")
    value = None if digest is None else digest.findtext(f"{_DS}DigestValue")
    name = None if method is None else _DIGESTS.get(method.get("Algorithm", ""))
    if name is None or value is None:
        raise _refuse("signature-unacceptable", "the signature does not name its certificate")
    if name == "sha1" and not policy.sha1:
        raise _refuse("signature-unacceptable", "an algorithm of the signature is not accepted")
    # Both are public, so this needs no constant time.
    if _decoded(value) != hashlib.new(name, _der(certificate)).digest():
        raise _refuse("signature-unacceptable", "the signature names another certificate")


def _decoded(text: str) -> bytes:
    try:
        return b64decode("".join(text.split()), validate=True)
    except ValueError:
        return b""


def _signing_time(signature: etree._Element) -> datetime | None:
    text = signature.findtext(f".//{_XADES}SignedSignatureProperties/{_XADES}SigningTime")
    try:
        found = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
