"""Which names are called secrets, and which only look like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxml_punchout import sensitive
from cxml_punchout.declaration import Declaration, declarations
from cxml_punchout.masking import MASK, masked
from cxml_punchout.sensitive import judge

#: Names of fields, elements and parameters that hold a secret.
HIDDEN = """
    pwd Pwd PWD userPwd pwd2 ftp_pwd passwd Password PASSWORD UserPassword pass-word newPassword2 password_hash
    passphrase PassPhrase pass-phrase passcode Passcode passkey pass psswordSecret secret Secret clientSecret
    client_secret CLIENT-SECRET shared.secret SharedSecretV2 secretKey secret-key-3
    token Token TOKEN authToken auth_token X-Auth-Token accessToken access_token refreshToken idToken csrfToken
    csrf_token XSRF-TOKEN PaymentToken usertoken mytoken tokens sessionToken
    apikey ApiKey API_KEY api-key ApiKeyV2 X-Api-Key APIKey APIkey x.api.key key Key accessKey AWSAccessKeyId
    privateKey private_key PrivateKeyPem sessionKey session-key signingKey encryptionKey masterKey SSHKey licenseKey
    subscription-key Ocp-Apim-Subscription-Key sharedKey hmacKey
    pin PIN Pin UserPIN user_pin userPin pin2 cardPin PINBlock PinCode pin-code cvv CVV card_cvv2 cvv2 cvc CVC2 cvn
    cardNumber card_number CardNumber2 CreditCardNumber creditcardno ccnum securityCode security_code PAN
    auth Auth authCode AuthRequest basicAuth oauth OAuth2 oauth_verifier Authorization Proxy-Authorization
    X-Amz-Authorization bearer Bearer BearerValue jwt JWT otp OTP totp oneTimeCode verification_code
    sessionid SessionID session_id JSESSIONID PHPSESSID sessid cookie Cookie Set-Cookie creds credential credentials
    UserCredentials kennwort Kennwort benutzerKennwort passwort Passwort Geheimnis motDePasse mot_de_passe mdp
    contraseña contrasena wachtwoord
"""

#: Names that hold none, though a word of the list stands in many.
SHOWN = """
    Shipping ShippingInstructions shipping_mark Pinboard pinboardUrl Spinning Pineapple Opinion opinionPoll Pinion
    Tokyo tokyoOffice Tokenizer Betokened BuyerCookie OriginatorCookie cookieCount UnitOfMeasure Secretary
    secretariat Secretion BoardingPass Passenger PassengerName Passport passport_no Compass Bypass PassThrough
    Author AuthorName author_id Authority AuthorityCode Authenticity isAuthenticated AuthorizationLabels
    authorizationID returnAuthorizationNumber Keyboard Keynote keyword Keywords Turkey Monkey ControlKeys DonkeyRide
    PublicKey primaryKeyword OpenCvCode Cvs CVCampus covc Jwtx Botpress Footprint Octopus OtpionalCode Creditor
    CreditTerms cardinality Cardboard TimeCard TimeCardID CardHolder IdReference Identity Domain UserAgent Session
    SessionLength Obsession Postal PostalCode CountryCode code Code isoCountryCode StoreCode Panel Panorama Pantry
    Company Expand Signature SignatureValue Nonce Salt Hash MacAddress Machine Macro Stakeholder Bear BearerlessX
    SupplierPartID SupplierPartAuxiliaryID ManufacturerPartID payloadID orderID requisitionID Extrinsic name value
    Description Classification Money currency EmployeeId CostCenter Contact Email Phone UserEmail UniqueName
    Loginpage Logistics Tan TanColor Mdpx Passerby Passe-partout Kennzahl Kennung geheizt motor Wacht
    CredentialDomain
"""


SECRET, PUBLIC = HIDDEN.split(), SHOWN.split()


def test_the_lists_are_long_enough() -> None:
    assert len(SECRET) > 120
    assert len(PUBLIC) > 120
    assert not set(SECRET) & set(PUBLIC)


@pytest.mark.parametrize("name", SECRET)
def test_what_is_called_a_secret_is_hidden(name: str) -> None:
    assert judge()(name)
    for text in (
        f"<a><{name}>tulip</{name}></a>",
        f"<a {name}='tulip'/>",
        f"<Extrinsic name='{name}'>tulip</Extrinsic>",
        f"<Param name='{name}' value='tulip'/>",
        f"<a>https://h.example/x?{name}=tulip&amp;b=1</a>",
        f'<a>{{"{name}": "tulip", "b": 1}}</a>',
        f"<a>{name}: tulip</a>",
        f"<a/><?x {name}='tulip'?>",
        f"<a/><?{name} tulip?>",
    ):
        assert "tulip" not in masked(text), text


@pytest.mark.parametrize("name", PUBLIC)
def test_what_only_looks_like_a_secret_is_shown(name: str) -> None:
    for text in (
        f"<a><{name}>tulip</{name}></a>",
        f"<a {name}='tulip'/>",
        f"<Extrinsic name='{name}'>tulip</Extrinsic>",
        f"<a>https://h.example/x?b={name}</a>",
        f"<a>{name}: tulip</a>",
        f"<a/><?x {name}='tulip'?>",
    ):
        assert masked(text) == text


def test_an_option_of_a_profile_may_be_named_after_a_proof() -> None:
    text = '<Option name="Direct.AuthenticationMethod.CredentialMac">Yes</Option>'
    assert masked(text) == text


def test_no_declared_name_is_called_a_secret_but_those_that_are() -> None:
    called = judge()
    found = set()
    for declared in declarations():
        names = {declared.tag}
        if isinstance(declared, Declaration):
            names |= {field.tag for field in declared.attributes}
        found |= set(filter(called, names))
    assert found == {"Credential", "SharedSecret"}


def test_an_application_knows_more_words() -> None:
    called = judge(("iban", "Tax Number", "codeSecreto"))
    assert all(map(called, ("iban", "customerIBAN", "IBAN2", "taxNumber", "TAX-NUMBER", "codesecreto", "password")))
    assert not any(map(called, ("Caliban", "tax", "number", "Name")))
    assert judge(()) is judge() is judge(("", " - "))
    assert (
        masked("<a><CustomerIban>DE89</CustomerIban></a>", also=("iban",))
        == f"<a><CustomerIban>{MASK}</CustomerIban></a>"
    )


def test_a_name_of_any_length_is_judged() -> None:
    called = judge()
    assert called("a" * 1000 + "Token")
    assert called("pin-" + "a" * 1000)
    assert not called("a" * 100_000)


_STEMS = [
    *sensitive.WORDS,
    *sensitive.LAST,
    *sensitive.WHOLE,
    "password",
    "secret",
    "apikey",
    "order",
    "id",
    "\u212a",
    "\u017f",
    "\u0130",
]


@given(
    st.lists(st.tuples(st.sampled_from(_STEMS), st.sampled_from(["lower", "upper", "title"]), st.sampled_from("-_.9 ")))
)
def test_what_is_passed_over_at_one_look_is_no_secret(parts: list[tuple[str, str, str]]) -> None:
    name = "".join(getattr(stem, case)() + cut.strip() for stem, case, cut in parts)
    with pytest.MonkeyPatch.context() as patched:
        quickly = sensitive._judge(name)
        patched.setattr(sensitive, "_suspect", lambda letters: any(map(str.isalpha, letters)))
        assert quickly == sensitive._judge(name)
