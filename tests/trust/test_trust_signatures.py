"""XML signatures: made by hand with real certificates, verified, and refused when anything is off."""

from __future__ import annotations

import hashlib
import re
import sys
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from cxml_punchout import parse
from cxml_punchout.errors import AuthenticationError, InvalidValue, UsageError

pytest.importorskip("signxml", reason="the extra signatures is not installed")

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from cxml_punchout.trust.signatures import SignaturePolicy, Signed, is_signed, verify_signature

NOW = datetime(2026, 7, 10, 12, 0, tzinfo=UTC)
DS = "http://www.w3.org/2000/09/xmldsig#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"


class Signer:
    """A party with a key and a certificate of its own."""

    def __init__(self, name: str, key=None, days: int = 30) -> None:
        self.key = key or rsa.generate_private_key(public_exponent=65537, key_size=2048)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(self.key.public_key())
            .serial_number(7)
            .not_valid_before(NOW - timedelta(days=30))
            .not_valid_after(NOW + timedelta(days=days))
            .sign(self.key, hashes.SHA256())
        )
        self.der = self.certificate.public_bytes(serialization.Encoding.DER)
        self.pem = self.certificate.public_bytes(serialization.Encoding.PEM)

    def sign(self, octets: bytes, algorithm: hashes.HashAlgorithm) -> bytes:
        return self.key.sign(octets, padding.PKCS1v15(), algorithm)


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer("buyer")


@pytest.fixture(scope="module")
def stranger() -> Signer:
    return Signer("stranger")


def digest(element: etree._Element, name: str = "sha256") -> str:
    return b64encode(hashlib.new(name, etree.tostring(element, method="c14n")).digest()).decode()


UNSIGNED = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.029/cXML.dtd">
<cXML payloadID="1@buy.example.net" timestamp="2026-07-10T09:45:11+10:00" signatureVersion="1.0">
  <Header>
    <From><Credential domain="NetworkID"><Identity>AN1</Identity></Credential></From>
    <To><Credential domain="NetworkID"><Identity>AN2</Identity></Credential></To>
    <Sender><Credential domain="NetworkID"><Identity>AN1</Identity></Credential><UserAgent/></Sender>
  </Header>
  <Request Id="cXMLData">
    <PunchOutSetupRequest operation="create">
      <BuyerCookie>cookie é</BuyerCookie>
    </PunchOutSetupRequest>
  </Request>
  <ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="cXMLSignature">
    <ds:SignedInfo>
      <ds:CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>
      <ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>
      <ds:Reference URI="#cXMLSignedInfo"><ds:DigestMethod Algorithm="{0}"/><ds:DigestValue/></ds:Reference>
      <ds:Reference URI="#cXMLData"><ds:DigestMethod Algorithm="{0}"/><ds:DigestValue/></ds:Reference>
      <ds:Reference URI="#XAdESSignedProps" Type="http://uri.etsi.org/01903#SignedProperties">\
<ds:DigestMethod Algorithm="{0}"/><ds:DigestValue/></ds:Reference>
    </ds:SignedInfo>
    <ds:SignatureValue/>
    <ds:KeyInfo><ds:X509Data><ds:X509Certificate>CERTIFICATE</ds:X509Certificate></ds:X509Data></ds:KeyInfo>
    <ds:Object><cXMLSignedInfo Id="cXMLSignedInfo" signatureVersion="1.0" payloadID="1@buy.example.net"/></ds:Object>
    <ds:Object>
      <xades:QualifyingProperties xmlns:xades="http://uri.etsi.org/01903/v1.3.2#" Target="#cXMLSignature">
        <xades:SignedProperties Id="XAdESSignedProps">
          <xades:SignedSignatureProperties>
            <xades:SigningTime>2026-07-10T09:45:11+10:00</xades:SigningTime>
            <xades:SigningCertificate><xades:Cert>
              <xades:CertDigest><ds:DigestMethod Algorithm="{0}"/><ds:DigestValue>CERTDIGEST</ds:DigestValue>\
</xades:CertDigest>
              <xades:IssuerSerial><ds:X509IssuerName>CN=buyer</ds:X509IssuerName>\
<ds:X509SerialNumber>7</ds:X509SerialNumber></xades:IssuerSerial>
            </xades:Cert></xades:SigningCertificate>
          </xades:SignedSignatureProperties>
        </xades:SignedProperties>
      </xades:QualifyingProperties>
    </ds:Object>
  </ds:Signature>
</cXML>
""".replace("{0}", SHA256)


def signed(signer: Signer, change=lambda text: text, algorithm=None, digest_name: str = "sha256") -> str:
    """The document, changed, and then signed: what the signer itself would send."""
    cert_digest = b64encode(hashlib.new(digest_name, signer.der).digest()).decode()
    text = UNSIGNED.replace("CERTIFICATE", b64encode(signer.der).decode()).replace("CERTDIGEST", cert_digest)
    root = etree.fromstring(change(text).encode())
    info = root.find(f".//{{{DS}}}SignedInfo")
    for reference in info.iterfind(f"{{{DS}}}Reference"):
        found = root.xpath("//*[@Id=$name]", name=reference.get("URI", "#")[1:])
        if found:
            reference.find(f"{{{DS}}}DigestValue").text = digest(found[0], digest_name)
    octets = etree.tostring(info, method="c14n")
    value = signer.sign(octets, algorithm or hashes.SHA256())
    root.find(f".//{{{DS}}}SignatureValue").text = b64encode(value).decode()
    return etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True).decode()


def verify(text: str, *signers: Signer, now: datetime = NOW, **options: object) -> Signed:
    document = parse(text.encode(), mode="tolerant")
    return verify_signature(document, [each.certificate for each in signers], now=now, **options)  # type: ignore[arg-type]


def refused(text: str, *signers: Signer, **options: object) -> int:
    with pytest.raises(AuthenticationError) as caught:
        verify(text, *signers, **options)
    return caught.value.status


def test_a_signed_document_is_verified(signer):
    found = verify(signed(signer), signer)
    assert found.certificate is signer.certificate
    assert found.signing_time == datetime.fromisoformat("2026-07-10T09:45:11+10:00")
    assert found.document.payload_id == "1@buy.example.net"
    assert found.document.payload.buyer_cookie.value == "cookie é"


def test_certificates_are_given_in_pem_and_the_right_one_is_picked(signer, stranger):
    document = parse(signed(signer))
    for given in ([stranger.pem, signer.pem], [stranger.pem.decode() + signer.pem.decode()], signer.pem):
        assert verify_signature(document, given, now=NOW).certificate == signer.certificate


def test_without_a_certificate_in_the_signature_all_given_ones_are_tried(signer, stranger):
    def without(text: str) -> str:
        return text[: text.index("<ds:KeyInfo>")] + text[text.index("</ds:KeyInfo>") + 13 :]

    assert verify(signed(signer, without), stranger, signer).certificate is signer.certificate
    assert refused(signed(signer, without), stranger) == 476


def test_a_signature_is_found_and_handed_out_untouched(signer):
    text = signed(signer)
    document = parse(text)
    assert is_signed(document) == "1.0"
    assert document.signature[0].markup in text
    document.signature_version = None
    assert is_signed(document) == "1.0"
    document.signature = ()
    assert is_signed(document) == ""


def test_what_is_proved_is_what_was_signed_and_not_what_was_changed_since(signer):
    document = parse(signed(signer))
    document.payload.buyer_cookie = "another"
    found = verify_signature(document, [signer.certificate], now=NOW)
    assert found.document.payload.buyer_cookie.value == "cookie é"


# --- 475 ---------------------------------------------------------------------------------------------------


def test_a_document_without_a_signature_is_refused_with_475(signer, own_documents):
    assert refused(own_documents["valid/precoro-order.xml"].decode(), signer) == 475


def test_a_document_that_was_not_received_cannot_be_verified(signer):
    document = parse(signed(signer))
    document._signed = None
    with pytest.raises(UsageError, match="parse the document"):
        verify_signature(document, [signer.certificate], now=NOW)


# --- 476 ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("cookie é", "cookie è"),
        ("cookie é", "cookie  é"),
        ('operation="create"', 'operation="edit"'),
        ("09:45:11+10:00</xades", "09:45:12+10:00</xades"),
        ("<ds:SignatureValue>", "<ds:SignatureValue>AAAA"),
        ("rsa-sha256", "rsa-sha512"),
        ("<BuyerCookie>", "\n<BuyerCookie>"),
    ],
)
def test_a_document_that_was_changed_is_refused_with_476(signer, old, new):
    text = signed(signer)
    assert old in text
    assert refused(text.replace(old, new, 1), signer) == 476


def test_a_signature_by_another_key_under_the_same_certificate_is_refused_with_476(signer, stranger):
    text = signed(stranger).replace(b64encode(stranger.der).decode(), b64encode(signer.der).decode())
    assert refused(text, signer) == 476


@pytest.mark.parametrize("name", ["SignatureValue", "DigestValue"])
@pytest.mark.parametrize("value", ["<ds:{0}>A</ds:{0}>", "<ds:{0}>é</ds:{0}>", ""])
def test_a_signature_that_is_not_well_made_is_refused_with_476(signer, name, value):
    pattern = f"<ds:{name}>.*?</ds:{name}>"
    damaged = re.sub(pattern, value.format(name), signed(signer), count=1, flags=re.DOTALL)
    assert refused(damaged, signer) == 476


@pytest.mark.parametrize("name", ["SignatureMethod", "CanonicalizationMethod", "DigestMethod"])
def test_a_signature_without_an_algorithm_is_refused(signer, name):
    damaged = re.sub(rf"<ds:{name}[^>]*>", f"<ds:{name}/>", signed(signer), count=1)
    assert refused(damaged, signer) in (476, 477)


def test_our_example_with_placeholders_is_refused(signer, own_documents):
    assert refused(own_documents["valid/signed-order.xml"].decode(), signer) == 477


# --- 477 ---------------------------------------------------------------------------------------------------


def test_an_unknown_signer_is_refused_with_477(signer, stranger):
    assert refused(signed(stranger), signer) == 477


def test_a_certificate_counts_while_it_is_valid(signer):
    text = signed(signer)
    assert refused(text, signer, now=NOW + timedelta(days=31)) == 477
    assert refused(text, signer, now=NOW - timedelta(days=31)) == 477


def test_sha1_is_refused_unless_the_policy_accepts_it(signer):
    def weak(text: str) -> str:
        return text.replace(SHA256, f"{DS}sha1").replace(
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", f"{DS}rsa-sha1"
        )

    text = signed(signer, weak, hashes.SHA1(), "sha1")
    assert refused(text, signer) == 477
    assert verify(text, signer, policy=SignaturePolicy(sha1=True))

    def weak_properties(text: str) -> str:
        at = text.index("<xades:CertDigest>")
        sha1 = b64encode(hashlib.sha1(signer.der).digest()).decode()
        sha256 = b64encode(hashlib.sha256(signer.der).digest()).decode()
        return text[:at] + text[at:].replace(SHA256, f"{DS}sha1").replace(sha256, sha1)

    assert refused(signed(signer, weak_properties), signer) == 477


def test_an_hmac_is_no_signature(signer):
    text = signed(signer, lambda text: text.replace("xmldsig-more#rsa-sha256", "xmldsig-more#hmac-sha256"))
    assert refused(text, signer) == 477


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # Signed by the right key, but not for this document, or not in the form that the standard asks for.
        (
            'cXMLSignedInfo" signatureVersion="1.0" payloadID="1@',
            'cXMLSignedInfo" signatureVersion="1.0" payloadID="2@',
        ),
        (' signatureVersion="1.0" payloadID', " payloadID"),
        ('<cXML payloadID="1@', '<cXML payloadID="2@'),
        ("<BuyerCookie>", '<BuyerCookie Id="cXMLData">'),
        ("<BuyerCookie>", '<BuyerCookie id="cXMLData">'),
        ('<Request Id="cXMLData">', "<Request>"),
        ('<Request Id="cXMLData">\n    <PunchOutSetupRequest', '<Request>\n    <PunchOutSetupRequest Id="cXMLData"'),
        ('URI="#cXMLData"', 'URI=""'),
        ('URI="#cXMLData"', 'URI="#cXMLSignedInfo"'),
        ('URI="#cXMLData">', 'URI="#cXMLData"><ds:Transforms><ds:Transform Algorithm="x"/></ds:Transforms>'),
        (' Type="http://uri.etsi.org/01903#SignedProperties"', ""),
        ('Target="#cXMLSignature"', 'Target="#x"'),
        (' Id="cXMLSignature"', ""),
        ('<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="cXMLSignature">', "NESTED"),
        ("<ds:Object><cXMLSignedInfo", "<ds:Object/><ds:Object><cXMLSignedInfo"),
        ("http://uri.etsi.org/01903/v1.3.2#", "http://uri.etsi.org/01903/v1.1.1#"),
        ("<xades:CertDigest>", "<xades:CertDigest><x/></xades:CertDigest><xades:CertDigest>"),
        ("CERTDIGEST", "AAAA"),
        ("CERTDIGEST", "!"),
    ],
)
def test_a_signature_for_something_else_is_refused_with_477(signer, old, new):
    def change(text: str) -> str:
        digest_text = b64encode(hashlib.sha256(signer.der).digest()).decode()
        text = text.replace(digest_text, new if old == "CERTDIGEST" else digest_text)
        if new == "NESTED":
            return text.replace("<Request Id", f'<ds:Signature xmlns:ds="{DS}"/><Request Id')
        return text if old == "CERTDIGEST" else text.replace(old, new, 1)

    assert old in UNSIGNED
    assert refused(signed(signer, change), signer) == 477


def test_the_name_of_the_signature_on_another_element_is_refused_with_477(signer):
    text = (
        signed(signer).replace(' Id="cXMLSignature"', "").replace("<BuyerCookie>", '<BuyerCookie Id="cXMLSignature">')
    )
    assert refused(text, signer) == 477


def test_a_signed_part_cannot_be_moved_beside_a_forged_one(signer):
    # Signature wrapping: the signed Request is kept somewhere, another one is put in its place.
    text = signed(signer)
    start, end = text.index("<Request"), text.index("</Request>") + len("</Request>")
    original = text[start:end]
    forged = original.replace("cookie é", "forged")
    for wrapped in (
        text[:start] + forged + text[end:].replace("</cXML>", f"{original}</cXML>"),
        text[:start] + forged.replace(' Id="cXMLData"', "") + text[end:].replace("</cXML>", f"{original}</cXML>"),
        text[:start]
        + forged.replace(' Id="cXMLData"', "")
        + text[end:].replace("</ds:Signature>", f"<ds:Object>{original}</ds:Object></ds:Signature>"),
    ):
        assert refused(wrapped, signer) == 477


# --- the rest ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "soon", "2026-07-10T09:45:11"])
def test_a_time_that_names_no_moment_is_none(signer, text):
    change = lambda whole: whole.replace("2026-07-10T09:45:11+10:00</xades", f"{text}</xades")  # noqa: E731
    assert verify(signed(signer, change), signer).signing_time is None


def test_other_kinds_of_keys_are_verified_too():
    curve = Signer("curve", ec.generate_private_key(ec.SECP256R1()))
    curve.sign = lambda octets, _: _raw(curve.key.sign(octets, ec.ECDSA(hashes.SHA256())))  # type: ignore[method-assign]
    text = signed(curve, lambda text: text.replace("rsa-sha256", "ecdsa-sha256"))
    assert verify(text, curve).certificate is curve.certificate


def _raw(signature: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    return b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(signature))


@pytest.mark.parametrize("given", [[], ["no certificate"], [b""], "x"])
def test_something_else_than_a_certificate_is_our_own_fault(signer, given):
    with pytest.raises(InvalidValue, match="certificate"):
        verify_signature(parse(signed(signer)), given, now=NOW)


def test_the_clock_needs_an_offset(signer):
    with pytest.raises(InvalidValue):
        verify(signed(signer), signer, now=datetime(2026, 7, 10))


@pytest.mark.parametrize("module", ["signxml", "cryptography"])
def test_without_the_extra_it_says_what_to_install(signer, monkeypatch, module):
    text = signed(signer)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UsageError, match=r"pip install 'cxml-punchout\[signatures\]'"):
        verify(text, signer)
