"""Texts, files, links and numbers that elements of every topic hold."""

from __future__ import annotations

from typing import Literal

from .. import element as x
from ..scalars import Language, URLText

__all__ = [
    "URL",
    "Attachment",
    "AttachmentReference",
    "Comments",
    "Creator",
    "Description",
    "Extrinsic",
    "IdReference",
    "InternalID",
    "Name",
    "ShortName",
]

Visibility = Literal["internal"]


@x.element()
class Name(x.Element):
    """What an organisation, a person or a thing is called, in one language."""

    lang: Language = x.attribute("xml:lang")
    value: str = x.text(kw_only=False)


@x.element()
class Description(x.MixedElement):
    """What something is, in words for a person.

    type: which aspect is described, as agreed.
    content: the text and at most one ShortName, preferably first. Without a ShortName, lists show the beginning of the
        text, and some buyers keep only about 250 characters, so what matters comes first.

    Guide 5.6.4.4.
    """

    lang: Language = x.attribute("xml:lang")
    type: str | None = x.attribute("type", default=None, since="1.2.036")
    content: x.Mixed[ShortName] = x.mixed("ShortName", default=(), kw_only=False)


@x.element()
class ShortName(x.Element):
    """The description in a few words, for lists.

    value: in the language of the description; 30 characters are good, 50 the limit.

    Guide 5.6.4.4.
    """

    value: str = x.text(kw_only=False)


@x.element()
class Comments(x.MixedElement):
    """Remarks to the people at the other end, with files if need be.

    lang: should always be given.
    type: what the remark is about, as agreed.
    content: the text and the attachments; these stand together, before or after the text.

    Guide 7.2.1.9.
    """

    lang: Language | None = x.attribute("xml:lang", default=None)
    type: str | None = x.attribute("type", default=None, since="1.2.036")
    content: x.Mixed[Attachment] = x.mixed("Attachment", default=(), kw_only=False)


@x.element()
class Attachment(x.Element):
    """A file that travels with the document, in the same MIME message.

    visibility: ``internal`` hints that the file is not meant for outsiders.
    url: ``cid:`` and the Content-ID of exactly one part, without angle brackets, special characters percent-encoded.

    Guide 3.1.5.
    """

    visibility: Visibility | None = x.attribute("visibility", default=None, since="1.2.036")
    url: x.OrText[URL] = x.child("URL")


@x.element()
class AttachmentReference(x.Element):
    """A file that stays where it is and can be fetched, also in an Extrinsic named ``Attachments``.

    length: bytes.
    version: of the file, as its owner counts.
    internal_id: what the owner calls the file; the domain ``local`` says that the receiver of this is the owner, so
        that requests for the file do not run in circles.
    url: where to fetch it, by https or http.
    """

    length: int | None = x.attribute("length", default=None)
    version: str | None = x.attribute("version", default=None, since="1.2.036")
    name: Name = x.child("Name")
    description: Description = x.child("Description")
    internal_id: x.OrText[InternalID] = x.child("InternalID")
    url: x.OrText[URL | None] = x.child("URL", default=None, since="1.2.036")


@x.element()
class InternalID(x.Element):
    """What a file or document is called in the system of its owner.

    domain: the kind of number.
    """

    domain: str | None = x.attribute("domain", default=None)
    value: str = x.text(kw_only=False)


@x.element()
class Extrinsic(x.TextAndElements):
    """A piece of data that cXML has no element for, agreed between buyer and supplier.

    name: as agreed; once in a list, and on the header or on the lines of an order but not on both. Some senders vary in
        case or leave blanks around it.
    content: a text, whose case does not count, or elements of cXML, an Extrinsic included. Foreign XML has to be
        escaped.

    Guide 7.2.1.17.
    """

    name: str = x.attribute("name")
    content: x.Content = x.open_content(default=(), kw_only=False)


@x.element()
class IdReference(x.Element):
    """A number under which a party or thing is known to somebody.

    identifier: unique together with domain, between this buyer and this supplier.
    domain: the kind of number, such as ``vatID``, ``ibanID``, ``supplierReference`` or ``iso6523``; an open list.
    creator: who gave the number out.
    description: what it is, for people.
    """

    identifier: str = x.attribute("identifier")
    domain: str = x.attribute("domain")
    creator: Creator | None = x.child("Creator", default=None)
    description: Description | None = x.child("Description", default=None)


@x.element()
class Creator(x.Element):
    """Who gave a number out: a bank, a carrier, a tax office."""

    lang: Language = x.attribute("xml:lang")
    value: str = x.text(kw_only=False)


@x.element()
class URL(x.Element):
    """A link: to a page, to a service, or with ``cid:`` to a file in the same MIME message.

    name: what to call the link.
    value: absolute; blanks and line breaks around it do not count.
    """

    name: str | None = x.attribute("name", default=None)
    value: URLText = x.text(kw_only=False)
