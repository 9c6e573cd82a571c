"""Who is shopping: found wherever a buyer says it, with the place where it was found."""

from __future__ import annotations

import copy
import pickle
import re
import time

import pytest
from visits import example, received, setup

from cxml_punchout import parse
from cxml_punchout.models import Extrinsic
from cxml_punchout.punchout.user import User, extrinsic, user_of

EMAIL = "jane@buyer.example"


def found(**replacements: str) -> User:
    return user_of(received(setup(**replacements)).payload)


def test_the_user_of_the_example_is_found_with_the_places():
    user = user_of(parse(example("valid/precoro-setup-request")).payload)
    assert user == User(email="imogen.adair@tallowfinch.example.com", name="Imogen Adair", unique_name="iadair")
    assert user.places == {
        "email": "Contact[endUser]/Email",
        "name": "Contact[endUser]/Name",
        "unique_name": "Extrinsic[UniqueName]",
    }


def test_places_cannot_be_changed():
    with pytest.raises(TypeError):
        found().places["email"] = "nowhere"  # type: ignore[index]


PLACES = {
    "contact of the end user": (
        {"contact": f'<Contact role="endUser"><Name xml:lang="en">J</Name><Email>{EMAIL}</Email></Contact>'},
        "Contact[endUser]/Email",
    ),
    "role in another case": (
        {"contact": f'<Contact role="ENDUSER"><Name xml:lang="en">J</Name><Email>{EMAIL}</Email></Contact>'},
        "Contact[ENDUSER]/Email",
    ),
    "extrinsic of Coupa": (
        {"contact": "", "before_form": f'<Extrinsic name="UserEmail">{EMAIL}</Extrinsic>'},
        "Extrinsic[UserEmail]",
    ),
    "extrinsic with a blank behind its name": (
        {"contact": "", "before_form": f'<Extrinsic name="Email "> {EMAIL}\n</Extrinsic>'},
        "Extrinsic[Email ]",
    ),
    "another contact": (
        {"contact": f'<Contact role="buyer"><Name xml:lang="en">Desk</Name><Email>{EMAIL}</Email></Contact>'},
        "Contact[buyer]/Email",
    ),
    "a contact without a role": (
        {"contact": f'<Contact><Name xml:lang="en">Desk</Name><Email>{EMAIL}</Email></Contact>'},
        "Contact[]/Email",
    ),
}


def test_a_user_can_be_copied_and_pickled():
    user = found()
    for other in (copy.deepcopy(user), pickle.loads(pickle.dumps(user))):
        assert other == user
        assert other.places == user.places


def without_extrinsics(body: bytes) -> bytes:
    return body.replace(b'<Extrinsic name="UserEmail">imogen.adair@tallowfinch.example.com</Extrinsic>', b"")


@pytest.mark.parametrize(("replacements", "place"), PLACES.values(), ids=PLACES)
def test_an_address_is_found_in_each_of_its_places(replacements, place):
    user = user_of(parse(without_extrinsics(setup(**replacements))).payload)
    assert (user.email, user.places["email"]) == (EMAIL, place)


def test_the_last_place_is_the_address_to_deliver_to():
    body = without_extrinsics(setup(contact="")).replace(
        b"</PostalAddress>",
        b"</PostalAddress><Email>goods@buyer.example</Email><Phone><TelephoneNumber><CountryCode isoCountryCode='GB'>44"
        b"</CountryCode><AreaOrCityCode>020</AreaOrCityCode><Number>7946 0000</Number></TelephoneNumber></Phone>",
    )
    user = user_of(parse(body).payload)
    assert (user.email, user.places["email"]) == ("goods@buyer.example", "ShipTo/Address/Email")
    assert (user.phone, user.places["phone"]) == ("+44 020 7946 0000", "ShipTo/Address/Phone")


def test_the_name_of_an_office_is_not_that_of_the_user():
    user = found(contact='<Contact role="buyer"><Name xml:lang="en">Purchasing</Name></Contact>')
    assert user.name is None


def test_names_in_two_parts_make_one():
    extra = '<Extrinsic name="FirstName">Jane</Extrinsic><Extrinsic name="LastName">Doe</Extrinsic>'
    user = found(contact="", before_form=extra)
    assert user.name == "Jane Doe"
    assert user.places["name"] == "Extrinsic[FirstName], Extrinsic[LastName]"


def test_everything_that_platforms_call_by_names_of_their_own():
    extra = "".join(
        f'<Extrinsic name="{name}">{value}</Extrinsic>'
        for name, value in {
            "UserFullName": "Jane Doe",
            "PhoneNumber": "123",
            "UserBusinessUnit": "Labs",
            "CostCenter": "0815",
        }.items()
    )
    user = found(contact="", before_form=extra)
    assert (user.name, user.phone, user.business_unit, user.cost_center) == ("Jane Doe", "123", "Labs", "0815")


SPELLINGS = {
    "email": ("UserEmail", "user_email", "E-Mail", "EMailAddress", "useremailaddress", " Email ", "REQUESTER EMAIL"),
    "name": ("UserPrintableName", "user_full_name", "Full Name", "displayName", "RequestorName", "User", "username"),
    "first_name": ("FirstName", "first_name", "firstname", "fname", "UserFirstName", "given-name", "User First Name"),
    "last_name": ("LastName", "last_name", "lastname", "lname", "UserLastName", "Surname", "FAMILY_NAME"),
    "unique_name": ("UniqueName", "unique_username", "UserId", "user_id", "Login", "UserUniqueName", "employeeId"),
    "phone": ("UserPhoneNumber", "phone", "Phone Number", "user_phone", "Telephone", "telephone-number"),
    "business_unit": ("BusinessUnitId", "business_unit", "Department", "user department", "dept", "UserBusinessUnit"),
    "cost_center": ("CostCenter", "cost centre", "COST_CENTER", "CostCenterCode"),
}


@pytest.mark.parametrize(("field", "name"), [(field, name) for field, names in SPELLINGS.items() for name in names])
def test_platforms_spell_the_names_in_many_ways(field, name):
    body = re.sub(rb"<Extrinsic .*?</Extrinsic>", b"", setup(contact=""))
    wanted = f'<Extrinsic name="{name}"> wanted </Extrinsic><BrowserFormPost>'
    body = body.replace(b"<BrowserFormPost>", wanted.encode())
    user = user_of(parse(body).payload)
    assert getattr(user, field) == "wanted"
    assert user.places == {field: f"Extrinsic[{name}]"}


def test_a_name_in_two_parts_goes_before_what_may_be_a_login():
    parts = '<Extrinsic name="fname">Jo</Extrinsic><Extrinsic name="lname">Ek</Extrinsic>'
    parts = f'<Extrinsic name="User">jdoe</Extrinsic>{parts}'
    assert found(contact="", before_form=parts).name == "Jo Ek"
    whole = '<Extrinsic name="UserPrintableName">Jo van Ek</Extrinsic>'
    assert found(contact="", before_form=parts + whole).name == "Jo van Ek"
    assert found(contact="", before_form='<Extrinsic name="User">jdoe</Extrinsic>').name == "jdoe"


ANYBODY = '<Contact><Name xml:lang="en">Pat Roe</Name><Email>pat@buyer.example</Email></Contact>'


def test_a_contact_without_a_role_is_the_user():
    user = user_of(parse(without_extrinsics(setup(contact=ANYBODY))).payload)
    assert (user.name, user.email) == ("Pat Roe", "pat@buyer.example")
    assert user.places["name"] == "Contact[]/Name"
    blank = ANYBODY.replace("<Contact>", '<Contact role=" ">')
    assert user_of(parse(setup(contact=blank), mode="tolerant").payload).name == "Pat Roe"
    desk = '<Contact role="buyer"><Name xml:lang="en">Desk</Name><Email>desk@buyer.example</Email></Contact>'
    both = user_of(parse(without_extrinsics(setup(contact=desk + ANYBODY))).payload)
    assert (both.name, both.email) == ("Pat Roe", "pat@buyer.example")
    end = '<Contact role="endUser"><Name xml:lang="en">Jane</Name></Contact>'
    assert found(contact=ANYBODY + end).name == "Jane"


def test_a_contact_without_a_role_may_say_more():
    contact = ANYBODY.replace("</Contact>", '<Extrinsic name="cost_center">91</Extrinsic></Contact>')
    assert found(contact=contact).cost_center == "91"


def test_what_is_blank_or_holds_elements_says_nothing():
    extra = '<Extrinsic name="CostCenter"> </Extrinsic><Extrinsic name="costcenter">7</Extrinsic>'
    assert found(before_form=extra).cost_center == "7"
    assert found(before_form='<Extrinsic name="CostCenter"/>').cost_center is None


def test_a_buyer_who_says_nothing_is_nobody():
    body = setup(contact="")
    start, end = body.index(b"<BuyerCookie>"), body.index(b"</PunchOutSetupRequest>")
    bare = body[:start] + b"<BuyerCookie>c</BuyerCookie>" + body[end:]
    assert user_of(parse(bare).payload) == User()


def test_any_extrinsic_is_found_by_its_name_whatever_its_case():
    given = [Extrinsic("", name="A"), Extrinsic(" 1 ", name=" a"), Extrinsic("2", name="b")]
    assert extrinsic(given, "A") == "1"
    assert extrinsic(given, "c", "B") == "2"
    assert extrinsic(given, "c") is None


@pytest.mark.parametrize("role", ["endUser", "buyer"])
def test_a_crowd_of_contacts_takes_no_time(role):
    contact = '<Contact role="{}"><Name xml:lang="en">{}</Name><Email>somebody@buyer.example</Email></Contact>'
    crowd = "".join(contact.format(role, number) for number in range(5000))
    setup_request = received(setup(contact=crowd + contact.format("endUser", "Jane"))).payload
    start = time.process_time()
    assert user_of(setup_request).name == ("0" if role == "endUser" else "Jane")
    assert time.process_time() - start < 5


def test_blanks_around_what_was_sent_do_not_count():
    contact = (
        '<Contact role="endUser"><Name xml:lang="en">\n Jane </Name><Email> a@b \n</Email><Email>c@d</Email>'
        '<Phone><TelephoneNumber><CountryCode isoCountryCode="GB"> 44 </CountryCode>'
        "<AreaOrCityCode> 20 </AreaOrCityCode>"
        "<Number> 1234 </Number></TelephoneNumber></Phone></Contact>"
    )
    user = found(contact=contact)
    assert (user.name, user.email, user.phone) == ("Jane", "a@b", "+44 20 1234")
