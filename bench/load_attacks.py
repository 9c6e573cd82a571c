"""What a hostile sender tries: one maker for each kind of attack, in sizes from some octets to the limit of the body.

Each maker takes a source of chance, a size and two right documents (a stranger's with a wrong secret, and one of a
partner who has a right secret and means harm), and gives a ``Shot``. None of them may be answered with a Status of
500, get hold of a worker for long, or make it larger.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import NamedTuple

__all__ = ["ATTACKS", "Fodder", "Shot", "attack"]

XML = "text/xml; charset=UTF-8"
RELATED = 'multipart/related; boundary=b; type="text/xml"'

#: What a hostile document may be answered with: it is no cXML, too much of something, or of nobody who is known.
REFUSED = (400, 401, 403, 406, 450, 499)
#: A partner may send what is right in the end.
TOLD = (200, *REFUSED, 409, 475, 476, 477, 560)


class Shot(NamedTuple):
    """One request: what kind, the octets, the statuses that are right answers, and which order it is if it is one.

    raw: the whole of it as it goes over the wire, headers too; the answer is then only looked at if it is cXML.
    """

    kind: str
    path: str
    body: bytes
    content_type: str
    right: tuple[int, ...]
    payload_id: str = ""
    lines: int = 0
    raw: bool = False
    method: str = "POST"


class Fodder(NamedTuple):
    """Documents to spoil: orders, one with a wrong secret and one of a partner, with its payloadID."""

    stranger: bytes
    partner: bytes
    payload_id: str
    most: int


Maker = Callable[[random.Random, int, Fodder], Shot]
ATTACKS: dict[str, Maker] = {}


def attack(chance: random.Random, fodder: Fodder) -> Shot:
    """One attack by chance: mostly 10 KB to 2 MB, sometimes nothing much, seldom as large as a body may be."""
    name = chance.choice(list(ATTACKS))
    dice = chance.random()
    size = int(10 ** chance.uniform(4, 6.3)) if dice > 0.1 else chance.randint(1, 2000)
    if dice > 0.995:
        size = fodder.most - 100_000
    shot = ATTACKS[name](chance, size, fodder)
    return shot._replace(kind=f"hostile: {name}", body=shot.body[: fodder.most])


def _maker(make: Maker) -> Maker:
    ATTACKS[make.__name__.strip("_").replace("_", " ")] = make
    return make


def _sent(body: bytes, content_type: str = XML, right: tuple[int, ...] = REFUSED) -> Shot:
    return Shot("", "/orders", body, content_type, right)


def _inside(fodder: Fodder, more: bytes, before: bytes = b"</Header>") -> Shot:
    """A stranger's document with something in it."""
    return _sent(fodder.stranger.replace(before, more + before, 1))


def _times(piece: bytes, size: int) -> bytes:
    return piece * max(1, size // len(piece))


# --- many of one thing, before anybody knows who sent them ---------------------------------------------------------


@_maker
def _tiny_elements(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    place = chance.choice((b"</cXML>", b"</Header>", b"</OrderRequest>", b"</Request>"))
    return _inside(fodder, _times(chance.choice((b"<q/>", b"<q></q>", b"<Comments/>")), size), place)


@_maker
def _namespaces(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    declared = b"".join(b' xmlns:n%d="urn:n:%d"' % (number, number) for number in range(chance.randint(5, 300)))
    body = fodder.stranger.replace(b"<cXML ", b"<cXML" + declared + b" ", 1)
    return _sent(body.replace(b"</cXML>", _times(chance.choice((b"<q/>", b"<n1:q/>")), size) + b"</cXML>"))


@_maker
def _credentials(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    one = chance.choice(
        (
            b'<Credential domain="DUNS"><Identity>77</Identity></Credential>',
            b'<Credential domain="d%d"/>' % chance.randrange(99),
        )
    )
    return _inside(fodder, _times(one, size), chance.choice((b"</Sender>", b"</From>", b"</To>", b"<UserAgent>")))


@_maker
def _depth(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    deep = _times(b"<d>", min(size, chance.choice((600, 765, 900, size))))
    closed = deep + b"</d>" * (len(deep) // 3) if chance.random() < 0.5 else deep
    return _inside(fodder, closed, b"</cXML>") if chance.random() < 0.5 else _sent(deep)


@_maker
def _long_names(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    name = b"n" * min(size // 4 + 1, chance.choice((200, 900, 5000, 45_000)))
    tag = chance.choice((b"<%s/>", b"<a:%s xmlns:a='u'/>", b"<a %s='1'/>", b"<%s:b/>")) % name
    return _inside(fodder, _times(tag, size), b"</cXML>")


@_maker
def _huge_tag(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    name, quote = b"a" * chance.choice((1, 30, 900, 9000)), chance.choice((b'"', b"'"))
    return _sent(b"<cXML><" + name + b" b=" + quote + b"x" * size + chance.choice((quote, quote + b"/></cXML>", b"")))


@_maker
def _attributes(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    many = b"".join(b" a%d=''" % number for number in range(min(size // 8, 60_000)))
    return _inside(fodder, b"<q" + many + b"/>", chance.choice((b"</cXML>", b"</Sender>")))


@_maker
def _instructions(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    piece = chance.choice((b"<?x y?>", b"<!-- -->", b"<![CDATA[x]]>", b"<?xml-stylesheet href='a'?>"))
    return _inside(fodder, _times(piece, size), chance.choice((b"</cXML>", b"</Identity>", b"</Comments>", b"</To>")))


@_maker
def _unclosed(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    start = chance.choice((b'<PCard "', b"<SharedSecret ", b"<!--", b"<![CDATA[", b"<?", b"<!DOCTYPE cXML ", b"<a b='"))
    return _sent(start + _times(chance.choice((b"<a>", b"'<", b'">"', b" ", b"<Header>", b"--", b"]]")), size))


@_maker
def _references(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    one = chance.choice((b"&#65;", b"&amp;", b"&lt;", b"&#x1F600;", b"&none;", b"&#0;", b"&"))
    place = chance.choice((b"</Comments>", b"</Identity>", b"</UserAgent>", b"</cXML>"))
    return _inside(fodder, b"<Comments>" + _times(one, size) + b"</Comments>", place)


@_maker
def _declared(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    body = fodder.stranger[fodder.stranger.index(b"<cXML") :]
    inner = chance.choice(
        (
            b'<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">',
            b'<!ENTITY a SYSTEM "file:///etc/passwd">',
            b'<!ENTITY % p SYSTEM "http://127.0.0.1:1/x">%p;',
            _times(b'<!ENTITY a "b">', size),
            _times(b"<!ATTLIST q a CDATA 'b'>", size),
        )
    )
    return _sent(b"<!DOCTYPE cXML [" + inner + b"]>" + body, right=(406, 499))


@_maker
def _blanks(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    run = chance.choice((b" ", b"\n", b"\t \n", b"\r\n", b"\0")) * size
    return _sent(chance.choice((b"<" + run, run + fodder.stranger, fodder.stranger + run, b"<cXML" + run + b"/>")))


@_maker
def _text(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    text = _times(chance.choice((b"x", b"9", b"0,", b"e.0", b"secret ", "\u00e9".encode(), b"4111 1111 ")), size)
    return _inside(
        fodder, text, chance.choice((b"</Identity>", b"</SharedSecret>", b"</UserAgent>", b"</Money>", b"</cXML>"))
    )


@_maker
def _extrinsics(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    one = chance.choice(
        (
            b'<Extrinsic name="a">b</Extrinsic>',
            b"<Extrinsic/>",
            b"<Money currency='x'>1</Money>",
            b"<Attachment/>",
            b"<Classification domain='a'>b</Classification>",
        )
    )
    return _inside(fodder, _times(one, size), chance.choice((b"</OrderRequestHeader>", b"</ItemOut>", b"</Header>")))


@_maker
def _nonsense(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    wide = fodder.stranger.decode().encode("utf-16")
    return _sent(
        chance.choice((chance.randbytes(size), b"", wide, wide[1:], b"\xef\xbb\xbf" * (size // 3), b"{" * size)),
        chance.choice((XML, "text/xml; charset=klingon", "text/xml; charset=utf-7", "application/json", "")),
    )


# --- messages of several parts ------------------------------------------------------------------------------------


@_maker
def _words_in_headers(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    word = chance.choice((b"=?a?q?x", b"=?utf-8?b?", b"=?utf-8?q?a?= ", b"utf-8''%41", b"; filename*1=a", b'\\"', b"%"))
    count = max(1, min(size // 16_000, 98))
    head = b'Content-Disposition: attachment; filename="' + _times(word, min(size, 15_900)) + b'"'
    first = b"--b\r\nContent-Type: text/xml\r\n\r\n" + fodder.stranger + b"\r\n"
    return _sent(first + (b"--b\r\n" + head + b"\r\n\r\nx\r\n") * count + b"--b--\r\n", RELATED)


@_maker
def _parts(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    piece = chance.choice(
        (b"--b\r\n\r\n", b"--b\r\nContent-Type: image/png\r\n\r\nx\r\n", b"--b--\r\n", b"a: b\r\n", b"--c")
    )
    first = chance.choice((b"", b"--b\r\nContent-Type: text/xml\r\n\r\n" + fodder.stranger + b"\r\n", b"--b\r\n"))
    return _sent(
        first + _times(piece, size),
        chance.choice((RELATED, "multipart/mixed; boundary=b", "multipart/mixed", 'multipart/related; boundary="')),
    )


@_maker
def _encoded_parts(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    how = chance.choice((b"base64", b"quoted-printable", b"x-uuencode", b"8bit"))
    text = _times(chance.choice((b"iVBOR", b"=3D", b"=\r\n", b"====", b"!", b"\xff")), size)
    head = b"--b\r\nContent-Type: text/xml\r\n\r\n" + fodder.stranger + b"\r\n--b\r\nContent-Transfer-Encoding: " + how
    return _sent(head + b"\r\nContent-ID: <p@q>\r\n\r\n" + text + b"\r\n--b--\r\n", RELATED)


# --- who somebody is ----------------------------------------------------------------------------------------------


@_maker
def _wrong_secrets(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    right = re.search(rb"<SharedSecret>.*?</SharedSecret>", fodder.stranger)
    assert right is not None
    proof = chance.choice(
        (
            b"",
            b"<SharedSecret/>",
            b"<SharedSecret>" + b"g" * min(size, 900_000) + b"</SharedSecret>",
            b"<SharedSecret>guess-%d</SharedSecret>" % chance.randrange(10**9),
            right[0] * 2,
        )
    )
    return _sent(fodder.stranger.replace(right[0], proof), right=(401, 403, 406, 499))


@_maker
def _tampered_macs(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    mac = (
        b'<CredentialMac type="FromSenderCredentials" algorithm="%s" creationDate="2026-01-15T09:39:09-08:00" '
        b'expirationDate="2036-01-15T11:39:09-08:00">%s</CredentialMac>'
    ) % (
        chance.choice((b"HMAC-SHA1-96", b"none", b"HMAC-SHA256")),
        chance.choice((b"AAAAAAAAAAAAAAAA", b"", b"!" * 99)),
    )
    return _sent(re.sub(rb"<SharedSecret>.*?</SharedSecret>", mac, fodder.stranger), right=(401, 403, 406))


@_maker
def _signatures(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    signature = (
        b"<ds:Signature xmlns:ds='http://www.w3.org/2000/09/xmldsig#'><ds:SignedInfo>"
        + _times(b"<ds:Reference URI='#a'/>", size)
        + b"</ds:SignedInfo></ds:Signature>"
    )
    return _inside(fodder, signature, b"</cXML>")


@_maker
def _names_of_others(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    """A partner in the name of another one: beside its own, instead of it, in a second From."""
    other = b'<Credential domain="NetworkID"><Identity>AN01999010000</Identity></Credential>'
    change: Callable[[bytes], bytes] = chance.choice(
        (
            lambda body: body.replace(b"</From>", other + b"</From>"),
            lambda body: re.sub(rb"<From>.*?</From>", b"<From>" + other + b"</From>", body),
            lambda body: body.replace(b"<To>", b"<From>" + other + b"</From><To>"),
            lambda body: body.replace(b"</From>", b"</From><From x='y'>" + other + b"</From>"),
            lambda body: body.replace(b"</Header>", b"</Header><Header><From>" + other + b"</From></Header>"),
        )
    )
    return _sent(change(fodder.partner), right=(401, 403, 406))


# --- what a partner can do who means harm -------------------------------------------------------------------------


def _order(fodder: Fodder, body: bytes) -> Shot:
    return Shot("", "/orders", body, XML, TOLD, fodder.payload_id)


@_maker
def _evicting(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    """Many small orders, so that the answers to others may be forgotten."""
    return _order(fodder, fodder.partner)


@_maker
def _large_orders(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    start = fodder.partner.index(b"<ItemOut")
    stop = fodder.partner.index(b"</ItemOut>") + len(b"</ItemOut>")
    item = fodder.partner[start:stop]
    return _order(fodder, fodder.partner[:stop] + _times(item, size) + fodder.partner[stop:])


@_maker
def _open_content(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    piece = chance.choice((b"<Attachment/>", b"<q/>", b"<Money currency='x'>1</Money>", b"<?x y?>", b"&#65;"))
    more = b'<Extrinsic name="x">' + _times(piece, size) + b"</Extrinsic>"
    return _order(fodder, fodder.partner.replace(b"</OrderRequestHeader>", more + b"</OrderRequestHeader>"))


@_maker
def _numbers(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    digits = _times(chance.choice((b"9", b"0", b"1.", b"1,", b"1e9", b"-")), min(size, 200_000))
    tag = chance.choice((rb"(<Money[^>]*>)[^<]*", rb'(quantity=")[^"]*', rb'(lineNumber=")[^"]*', rb'(version=")[^"]*'))
    return _order(fodder, re.sub(tag, lambda found: found[1] + digits, fodder.partner))


@_maker
def _payloads(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    name = chance.choice((b"ApprovalRequest", b"ConfirmationRequest", b"InvoiceDetailRequest", b"ProfileRequest"))
    return _sent(re.sub(rb"OrderRequest(?=[> ])", name, fodder.partner), right=(*REFUSED, 200))


@_maker
def _cut(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    body, place = fodder.partner, chance.randrange(len(fodder.partner))
    wrecks = (
        body[:place],
        body[place:],
        body[:place] + b"\xff\xfe" + body[place:],
        body[:place] + b"</x>" + body[place:],
        body[:place] + chance.randbytes(3) + body[place + 3 :],
        body.replace(b"UTF-8", b"UTF-16"),
        re.sub(rb"<Total>.*?</Total>", b"", body),
        b"cxml-urlencoded=" + body,
    )
    return _order(fodder, chance.choice(wrecks))


# --- below cXML ---------------------------------------------------------------------------------------------------


@_maker
def _broken_http(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    body = fodder.stranger
    heads = (
        b"Content-Length: -5\r\n\r\n",
        b"Content-Length: ten\r\n\r\n",
        b"Content-Length: %d\r\n\r\n" % (len(body) + 5_000_000),
        b"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n",
        b"Transfer-Encoding: gzip\r\n\r\n",
        b"X: " + b"y" * min(size, 300_000) + b"\r\n\r\n",
        b"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n" % len(body),
    )
    start = b"POST /orders HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n"
    return _sent(start + chance.choice(heads) + body)._replace(raw=True)


@_maker
def _other_doors(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    method, path = chance.choice(
        (
            ("PUT", "/orders"),
            ("PATCH", "/punchout"),
            ("POST", "/shop/guess"),
            ("POST", "/nowhere"),
            ("DELETE", "/orders"),
        )
    )
    body = _times(chance.choice((b"a=1&", b"&", b"%41=", fodder.stranger)), size)
    return Shot("", path, body, "application/x-www-form-urlencoded", (), method=method)


@_maker
def _as_large_as_it_may_be(chance: random.Random, size: int, fodder: Fodder) -> Shot:
    """Seldom, for a body of the full size is a second of the network."""
    if chance.random() > 0.1:
        return _inside(fodder, b"x" * size, b"</cXML>")
    return _sent(b"<cXML>" + _times(chance.choice((b"x", b"<q/>", b"<q>", b" ", b"&#65;")), fodder.most))
