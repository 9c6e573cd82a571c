"""Who is shopping: what a setup request says of the user, wherever it says so.

No place is guaranteed (Guide 5.6.2.5). The Guide has the Contact with role ``endUser``; before it came there were
Extrinsics, and platforms go on sending them under names of their own; some have only the ship-to address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import filterfalse
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import attrs

from ..summary.reading import at, many, plain

if TYPE_CHECKING:
    from ..models.punchout import PunchOutSetupRequest

__all__ = ["User", "extrinsic", "user_of"]


def _unchangeable(places: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType(dict(places))


@attrs.frozen
class User:
    """The person who shops, as far as the buyer told. All of it are claims of the buyer.

    email, name, first_name, last_name: as they were sent, without the blanks around them.
    unique_name: what the buyer's system calls the user; the best key for an account at the shop.
    phone: number or numbers, as one text.
    business_unit, cost_center: where in the buyer's organisation the user belongs.
    places: field -> where in the setup request it was found, such as ``Contact[endUser]/Email``.

    Guide 5.6.2.5.
    """

    email: str | None = None
    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    unique_name: str | None = None
    phone: str | None = None
    business_unit: str | None = None
    cost_center: str | None = None
    places: Mapping[str, str] = attrs.field(factory=dict, converter=_unchangeable, eq=False, repr=False)

    def __reduce__(self) -> tuple[Any, ...]:  # what cannot be changed cannot be pickled as it is
        return type(self), (*attrs.astuple(self, recurse=False)[:-1], dict(self.places))


#: field -> the names of Extrinsics that give it, the likeliest first; compared by their letters and digits only.
#: From what the Guide (5.6.2.5), manuals and published requests show: UserEmail, UniqueName, User, CostCenter,
#: department (Guide); FirstName, LastName, BusinessUnit (Coupa, BuyerQuest); Email, UserBusinessUnit (Amazon);
#: BusinessUnitId (NetSuite); EMailAddress (Infor); UserPrintableName, UserPhoneNumber, UserFirstName (Ariba and shops
#: behind Spryker); PhoneNumber (Van Marcke); UserFullName, UserId, FullName, phone (published libraries). In Dynamics
#: people type the names themselves, so the common ways to say each thing are here as well.
_EXTRINSICS = {
    "email": (
        "UserEmail",
        "Email",
        "EmailAddress",
        "UserEmailAddress",
        "UserMail",
        "Mail",
        "MailAddress",
        "EmailId",
        "UserEmailId",
        "UserEmail2",
        "BuyerEmail",
        "RequesterEmail",
        "RequestorEmail",
        "ContactEmail",
        "EmployeeEmail",
        "CustomerEmail",
        "BuyerEmailAddress",
        "RequesterEmailAddress",
        "RequestorEmailAddress",
        "ContactEmailAddress",
    ),
    "name": (
        "UserFullName",
        "FullName",
        "UserPrintableName",
        "PrintableName",
        "UserDisplayName",
        "DisplayName",
        "RequesterName",
        "RequestorName",
        "BuyerName",
        "ContactName",
        "EmployeeName",
    ),
    "first_name": (
        "FirstName",
        "UserFirstName",
        "GivenName",
        "UserGivenName",
        "Forename",
        "FName",
        "UserFName",
        "NameFirst",
        "BuyerFirstName",
        "RequesterFirstName",
        "RequestorFirstName",
        "ContactFirstName",
        "EmployeeFirstName",
    ),
    "last_name": (
        "LastName",
        "UserLastName",
        "Surname",
        "UserSurname",
        "FamilyName",
        "UserFamilyName",
        "LName",
        "UserLName",
        "NameLast",
        "BuyerLastName",
        "RequesterLastName",
        "RequestorLastName",
        "ContactLastName",
        "EmployeeLastName",
    ),
    "unique_name": (
        "UniqueName",
        "UniqueUserName",
        "UserUniqueName",
        "UserId",
        "UserLogin",
        "UserLoginId",
        "LoginName",
        "UserLoginName",
        "LoginId",
        "Login",
        "UserIdentifier",
        "UserCode",
        "EmployeeId",
        "EmployeeNumber",
    ),
    "phone": (
        "PhoneNumber",
        "UserPhoneNumber",
        "UserPhone",
        "Phone",
        "PhoneNo",
        "UserPhoneNo",
        "Telephone",
        "TelephoneNumber",
        "UserTelephone",
        "UserTelephoneNumber",
        "Tel",
        "WorkPhone",
        "ContactPhone",
        "ContactPhoneNumber",
        "BuyerPhone",
        "RequesterPhone",
        "MobilePhone",
        "Mobile",
    ),
    "business_unit": (
        "UserBusinessUnit",
        "BusinessUnit",
        "BusinessUnitName",
        "BusinessUnitId",
        "UserDepartment",
        "Department",
        "DepartmentName",
        "DepartmentCode",
        "DepartmentId",
        "Dept",
        "Division",
    ),
    "cost_center": (
        "CostCenter",
        "CostCentre",
        "UserCostCenter",
        "UserCostCentre",
        "CostCenterCode",
        "CostCentreCode",
        "CostCenterNumber",
        "CostCenterId",
    ),
}
#: Names that may hold the name of the user, and on some platforms hold what the user logs in with.
_NAME_OR_LOGIN = ("UserName", "User", "Name", "Requester", "Requestor")

_Found = tuple[str, str]


def user_of(setup: PunchOutSetupRequest) -> User:
    """The user of a setup request; a field that it does not tell is None.

    Each is looked for in the Contact of the end user, then in the Extrinsics, then in a Contact without a role and the
    other Contacts, and last in the ship-to address. A Contact with another role is an office with a name of its own.
    """
    contacts: Sequence[Any] = setup.contact or ()
    ours = list(filter(_is_user, contacts))
    others = sorted(filterfalse(_is_user, contacts), key=lambda contact: bool(_role(contact)))
    extrinsics = _Extrinsics(
        setup.extrinsic or (),
        *(contact.extrinsic or () for contact in ours),
        *(contact.extrinsic or () for contact in others if not _role(contact)),
    )
    found: dict[str, _Found] = {}
    for field in _EXTRINSICS:
        candidates = [
            *(_from_contact(contact, field) for contact in ours),
            extrinsics.find(_EXTRINSICS[field]),
            *(_from_contact(contact, field) for contact in others if field != "name"),
            _from_address(at(setup, "ship_to.address"), field),
        ]
        first = next((each for each in candidates if each is not None), None)
        if first is not None:
            found[field] = first
    if "name" not in found:
        others_say = (_from_contact(contact, "name") for contact in others)
        named = next(filter(None, (_in_two_parts(found), extrinsics.find(_NAME_OR_LOGIN), *others_say)), None)
        found |= {"name": named} if named is not None else {}
    return User(
        **{field: value for field, (value, _) in found.items()},
        places={field: place for field, (_, place) in found.items()},
    )


def _in_two_parts(found: Mapping[str, _Found]) -> _Found | None:
    if "first_name" not in found or "last_name" not in found:
        return None
    (first, place), (last, other) = found["first_name"], found["last_name"]
    return f"{first} {last}", f"{place}, {other}"


def extrinsic(extrinsics: Iterable[Any], *names: str) -> str | None:
    """The value of the first Extrinsic that has one of these names and is not blank; case and blanks do not count.

    A name that comes earlier in ``names`` goes before one that comes later. Guide 7.2.1.17.
    """
    for name in names:
        for each in extrinsics:
            if _folded(plain(each.name)) == _folded(name) and plain(each):
                return plain(each)
    return None


def _folded(name: str) -> str:
    return name.strip().casefold()


def _letters(name: str) -> str:
    """A name without what only separates its words: ``first_name`` and ``First Name`` are ``FirstName``."""
    return "".join(filter(str.isalnum, name.casefold()))


class _Extrinsics:
    """Lists of Extrinsics by name; the first that says something counts."""

    def __init__(self, *lists: Iterable[Any]) -> None:
        self._by_name: dict[str, _Found] = {}
        for each in (each for extrinsics in lists for each in extrinsics):
            name, value = plain(each.name), plain(each).strip()
            if value:
                self._by_name.setdefault(_letters(name), (value, f"Extrinsic[{name}]"))

    def find(self, names: Iterable[str]) -> _Found | None:
        found = (self._by_name.get(_letters(name)) for name in names)
        return next((each for each in found if each is not None), None)


def _role(contact: Any) -> str:
    return _letters(plain(contact.role))


def _is_user(contact: Any) -> bool:
    return _role(contact) == "enduser"


def _from_contact(contact: Any, field: str) -> _Found | None:
    place = f"Contact[{plain(contact.role)}]"
    if field == "email":
        return _first((plain(email) for email in many(contact.email)), f"{place}/Email")
    if field == "phone":
        return _first(map(_number, many(contact.phone)), f"{place}/Phone")
    # The Name of a Contact with another role is that of an office, not of the user.
    if field == "name" and (_is_user(contact) or not _role(contact)):
        return _first([plain(contact.name)], f"{place}/Name")
    return None


def _from_address(address: Any, field: str) -> _Found | None:
    if field == "email":
        return _first([plain(at(address, "email"))], "ShipTo/Address/Email")
    if field == "phone":
        return _first([_number(at(address, "phone"))], "ShipTo/Address/Phone")
    return None


def _first(values: Iterable[str], place: str) -> _Found | None:
    return next(((value.strip(), place) for value in values if value.strip()), None)


def _number(phone: Any) -> str:
    number = at(phone, "telephone_number")
    return " ".join(_parts(number)) if number is not None else ""


def _parts(number: Any) -> Iterator[str]:
    code = plain(number.country_code).strip()
    if code:
        yield f"+{code.lstrip('+')}"
    for part in (number.area_or_city_code, number.number, number.extension):
        if plain(part).strip():
            yield plain(part).strip()
