"""The profile: which requests a server takes, at which addresses and with which options."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from .. import element as x
from ..scalars import NMTokens

if TYPE_CHECKING:
    from .text import URL

__all__ = ["Option", "ProfileRequest", "ProfileResponse", "Transaction"]


@x.element()
class ProfileRequest(x.Element):
    """The question which requests a server takes; also a way to see whether it is alive.

    Every server has to answer it, and the answer depends on the To of the header.

    Guide 4.
    """


@x.element()
class ProfileResponse(x.Element):
    """What a server offers to the organisation that asked.

    effective_date: since when the services are available, never in the future.
    last_refresh: when a hub last got these data from the server itself.
    a_dtype: a note on datatypes that a parser adds from the DTD; leave it out.
    option: settings of the whole server. A hub hands out the material for a CredentialMac here.

    Guide 4.3.
    """

    effective_date: datetime = x.attribute("effectiveDate")
    last_refresh: datetime | None = x.attribute("lastRefresh", default=None)
    a_dtype: NMTokens | None = x.attribute(
        "a-dtype", default=None, fixed="effectiveDate dateTime.tz lastRefresh dateTime.tz"
    )
    option: x.Many[Option] = x.children("Option", default=())
    transaction: x.Many[Transaction] = x.children("Transaction")


@x.element()
class Transaction(x.Element):
    """One kind of request that the server takes, and where to post it.

    request_name: the name of the element in Request, such as ``OrderRequest``; it may be one of another module.
    a_dtype: a note on datatypes that a parser adds from the DTD; leave it out.
    option: settings of this request. Several addresses for one request differ in the option ``service``; if none fits,
        the first transaction without it is meant. ``Direct.URL`` is where PunchOut may come past the hub.

    Guide 4.
    """

    request_name: str = x.attribute("requestName")
    a_dtype: NMTokens | None = x.attribute("a-dtype", default=None, fixed="requestName NMTOKEN")
    url: x.OrText[URL] = x.child("URL")
    option: x.Many[Option] = x.children("Option", default=())


@x.element()
class Option(x.Element):
    """One setting of a server or of one of its transactions.

    name: ``service``, ``attachments``, ``changes``, ``CredentialMac.value`` and so on; an open list.
    a_dtype: a note on datatypes that a parser adds from the DTD; leave it out.
    value: Yes and No come in either case. ``attachments`` and ``changes`` mean No when the option is absent.

    Guide 4.3.1.
    """

    name: str = x.attribute("name")
    a_dtype: NMTokens | None = x.attribute("a-dtype", default=None, fixed="name string")
    value: str = x.text(kw_only=False)
