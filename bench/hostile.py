"""What a stranger may repeat: a document with a place in it, and something that stands there as often as one likes."""

from __future__ import annotations

from collections.abc import Callable

import attrs

__all__ = ["SECRET", "THINGS", "Thing", "cart", "order", "setup"]

#: That of the partner; strangers do not know it.
SECRET = "Nothing-but-growth-26"

_HEADER = """<Header><From>{from_}<Credential domain="DUNS"><Identity>418257396</Identity></Credential></From>{between}\
<To>{to}<Credential domain="DUNS"><Identity>604417289</Identity></Credential></To>\
<Sender>{sender}<Credential domain="DUNS"><Identity>418257396</Identity>\
<SharedSecret>{secret}</SharedSecret></Credential><UserAgent>Growth 1.0</UserAgent></Sender></Header>"""
_START = '{before}<cXML payloadID="growth-1@buyer.example" timestamp="2026-11-27T10:00:00+00:00"{root}>'
_SETUP = (
    _START
    + _HEADER
    + '<Request><PunchOutSetupRequest operation="create"><BuyerCookie>{cookie}</BuyerCookie>{inside}'
    + "<BrowserFormPost><URL>https://buyer.example/back</URL></BrowserFormPost></PunchOutSetupRequest>{beside}</Request>"
    + "{end}</cXML>{after}"
)
_LINE = (
    '<ItemOut quantity="{quantity}" lineNumber="{number}"><ItemID><SupplierPartID>{part}</SupplierPartID></ItemID>'
    '<ItemDetail><UnitPrice><Money currency="EUR">{price}</Money></UnitPrice>'
    '<Description xml:lang="en">Gloves</Description><UnitOfMeasure>{unit}</UnitOfMeasure>'
    '<Classification domain="UNSPSC">46181504</Classification></ItemDetail>{inside}</ItemOut>'
)
_ORDER = (
    _START
    + _HEADER
    + '<Request><OrderRequest><OrderRequestHeader orderID="G-1" orderDate="2026-11-27T10:00:00+00:00" type="new">'
    + '<Total><Money currency="EUR">{total}</Money></Total>{head}</OrderRequestHeader>{inside}</OrderRequest></Request>'
    + "{end}</cXML>{after}"
)
_CART = (
    _START
    + _HEADER
    + "<Message><PunchOutOrderMessage><BuyerCookie>{cookie}</BuyerCookie>"
    + '<PunchOutOrderMessageHeader operationAllowed="edit"><Total><Money currency="EUR">1</Money></Total>'
    + "</PunchOutOrderMessageHeader>{inside}</PunchOutOrderMessage></Message>{end}</cXML>{after}"
)
_PLACES = ("before", "root", "from_", "between", "to", "sender", "cookie", "head", "inside", "beside", "end", "after")


def _filled(template: str, given: dict[str, str]) -> str:
    known = {**dict.fromkeys(_PLACES, ""), "secret": SECRET, "total": "1", "cookie": "c-1", **given}
    return template.format_map(known)


def setup(**given: str) -> str:
    """A PunchOutSetupRequest with something in a place of it."""
    return _filled(_SETUP, given)


def order(**given: str) -> str:
    return _filled(_ORDER, {"inside": line(), **given})


def cart(**given: str) -> str:
    """A PunchOutOrderMessage."""
    return _filled(_CART, {"inside": line().replace("ItemOut", "ItemIn"), **given})


def line(**given: str) -> str:
    """A line of an order."""
    known = {"quantity": "1", "number": "1", "part": "A-1", "price": "1.00", "unit": "EA", "inside": "", **given}
    return _LINE.format_map(known)


@attrs.frozen
class Thing:
    """Something that is repeated: number -> the document in which it stands so often.

    each: about how many octets one of them takes.
    content_type: what an HTTP header says of it.
    """

    name: str
    of: Callable[[int], str | bytes] = attrs.field(repr=False)
    each: int
    content_type: str

    def sized(self, octets: int) -> bytes:
        """A document of about so many octets."""
        return _octets(self.of(max(1, octets // self.each)))


THINGS: dict[str, Thing] = {}


def _thing(name: str, of: Callable[[int], str | bytes], content_type: str = "text/xml") -> None:
    few, many = _octets(of(100)), _octets(of(300))
    THINGS[name] = Thing(name, of, max(1, (len(many) - len(few)) // 200), content_type)


def _octets(made: str | bytes) -> bytes:
    return made if isinstance(made, bytes) else made.encode()


def _same(place: str, text: str, make: Callable[..., str] = setup) -> Callable[[int], str]:
    return lambda number: make(**{place: text * number})


def _new(place: str, text: str, make: Callable[..., str] = setup) -> Callable[[int], str]:
    """Each with a number of its own, so that nothing can be remembered."""
    return lambda number: make(**{place: "".join(text.replace("#", str(each)) for each in range(number))})


def _around(place: str, begin: str, text: str, end: str, make: Callable[..., str] = setup) -> Callable[[int], str]:
    return lambda number: make(**{place: begin + text * number + end})


_CREDENTIAL = '<Credential domain="DUNS"><Identity>418257396</Identity></Credential>'

# --- elements
for _where in ("root", "from_", "between", "to", "sender", "cookie", "inside", "beside", "end", "after"):
    if _where not in ("root", "after"):
        _thing(f"unknown elements in {_where}", _same(_where, "<a/>"))
        _thing(f"new elements in {_where}", _new(_where, "<a#/>"))
        _thing(f"longer elements in {_where}", _same(_where, "<something-longer/>"))
        _thing(f"longer elements and text in {_where}", _new(_where, "<something-longer-#/>and a text"))
        _thing(f"instructions in {_where}", _same(_where, "<?a?>"))
        _thing(f"comments in {_where}", _same(_where, "<!---->"))
        _thing(f"CDATA in {_where}", _same(_where, "<![CDATA[ ]]>"))
        _thing(f"text in {_where}", _same(_where, "x"))
        _thing(f"elements and text in {_where}", _same(_where, "<a/>x"))
        _thing(f"blank lines in {_where}", _same(_where, "\n"))
        _thing(f"references in {_where}", _same(_where, "&#65;"))
        _thing(f"undeclared entities in {_where}", _same(_where, "&x;"))
        _thing(f"elements with an attribute in {_where}", _same(_where, "<a b=''/>"))
        _thing(f"elements in namespaces in {_where}", _new(_where, "<n#:a xmlns:n#='u'/>"))
        _thing(f"elements in one namespace each in {_where}", _same(_where, "<a xmlns='&#65;'/>"))
# What may be taken for less than it is where memory is told from the octets.
_thing("elements with a blank in an attribute", _same("inside", "<abcdefgh b = ''/>"))
_thing("texts that end like a tag", _same("inside", "<abcdefgh>></abcdefgh>"))
_thing("attributes that hold the end of a tag", _same("inside", "<abcdefgh b='/>'>\n<c/> </abcdefgh>"))
_thing("sections of nothing", _same("inside", "<abcdefgh><![CDATA[]]></abcdefgh>"))
_thing("elements beyond the end", _same("after", "<a/>"))
_thing("instructions before", _same("before", "<?a?>"))
_thing("comments before", _same("before", "<!---->"))
_thing("instructions behind", _same("after", "<?a?>"))
_thing("comments behind", _same("after", "<!---->"))
_thing("nested elements", lambda number: setup(inside="<a>" * number + "</a>" * number))
_thing("nested elements, unclosed", _same("inside", "<a>"))
_thing(
    "nests of 200",
    lambda number: setup(inside=("<Extrinsic name='a'>" + "<a>" * 200 + "</a>" * 200 + "</Extrinsic>") * number),
)
_thing("long names", lambda number: setup(inside=f"<{'a' * number}/>"))
_thing("many long names", _new("inside", f"<{'n' * 240}#/>"))
_thing("a long prefix", lambda number: setup(inside=f"<{'p' * number}:a xmlns:{'p' * number}='u'/>"))

# --- attributes and namespaces
_thing("attributes of one element", _new("root", " a#='1'"))
_thing("attributes of many elements", _same("inside", "<a b='' c='' d='' e='' f='' g=''/>"))
_thing("a long attribute", _around("root", " a='", "x", "'"))
_thing("a long attribute of references", _around("root", " a='", "&amp;", "'"))
_thing("blanks in a tag", _same("root", " "))
_thing("new attributes", _new("inside", "<Extrinsic name='a' b#=''>x</Extrinsic>"))
_thing("namespaces of the root", _new("root", " xmlns:a#='u'"))
_thing("a long namespace", lambda number: setup(root=f" xmlns:a='{'u' * number}'"))
_thing(
    "elements below 30 namespaces",
    lambda number: setup(root="".join(f" xmlns:n{each}='u{each}'" for each in range(30)), inside="<a/>" * number),
)
_thing("the word of namespaces in texts", _around("inside", "<Extrinsic name='a'>", "xmlns", "</Extrinsic>"))
_thing("the word of namespaces in an attribute", _around("inside", "<Extrinsic name='", "xmlns=", "'>x</Extrinsic>"))

# --- the header
_thing("credentials in From", _same("from_", _CREDENTIAL))
_thing("credentials in To", _same("to", _CREDENTIAL))
_thing("credentials in Sender", _same("sender", _CREDENTIAL))
_thing("new credentials in Sender", _new("sender", "<Credential domain='d#'><Identity>i#</Identity></Credential>"))
_thing("empty credentials in From", _same("from_", "<Credential/>"))
_thing("many From", _same("between", f"<From>{_CREDENTIAL}</From>"))
_thing("many To", _same("between", f"<To>{_CREDENTIAL}</To>"))
_thing("many Sender", _same("between", f"<Sender>{_CREDENTIAL}</Sender>"))
_thing("empty To", _same("between", "<To/>"))
_thing("many Correspondents", _same("from_", "<Correspondent/>"))
_thing("many headers", _same("end", f"<Header><To>{_CREDENTIAL}</To></Header>"))
_thing("identities in a Credential", _around("from_", "<Credential>", "<Identity>a</Identity>", "</Credential>"))
_thing("secrets in a Credential", _around("sender", "<Credential>", "<SharedSecret>a</SharedSecret>", "</Credential>"))
_thing("a long Identity", _around("from_", "<Credential domain='DUNS'><Identity>", "1", "</Identity></Credential>"))
_thing("a long domain", _around("from_", "<Credential domain='", "d", "'><Identity>1</Identity></Credential>"))
_thing("requests beside each other", _same("beside", "<ProfileRequest/>"))

# --- the request
_thing("Extrinsics", _same("inside", "<Extrinsic name='a'>x</Extrinsic>"))
_thing("elements in an Extrinsic", _around("inside", "<Extrinsic name='a'>", "<a/>", "</Extrinsic>"))
_thing("secret words in an Extrinsic", _around("inside", "<Extrinsic name='a'>", "password=", "</Extrinsic>"))
_thing("Extrinsics named like a secret", _new("inside", "<Extrinsic name='password#'>secret#</Extrinsic>"))
_thing("card numbers", _new("inside", "<PCard number='411111111111#' expiration='2027-01-01'/>"))
_thing("digits with dashes", _around("inside", "<Extrinsic name='a'>", "4-1 ", "</Extrinsic>"))
_thing("attachments in an Extrinsic", _around("inside", "<Extrinsic name='a'>", "<Attachment/>", "</Extrinsic>"))
_thing(
    "wrong Money in an Extrinsic",
    _around("inside", "<Extrinsic name='a'>", "<Money currency='x'>1</Money>", "</Extrinsic>"),
)
_thing(
    "wrong Route in an Extrinsic",
    _around("inside", "<Extrinsic name='a'>", "<Route method='air' means='a b'/>", "</Extrinsic>"),
)
_thing("a long address", _around("inside", "<SupplierSetup><URL>https://a.example/", "a/", "</URL></SupplierSetup>"))

# --- orders and carts
_thing("lines", _new("inside", line(number="#", part="P-#", price="#.50"), order))
_thing("lines with one number", _same("inside", line(), order))
_thing("bare lines", _same("inside", "<ItemOut/>", order))
_thing("lines with a bad quantity", _same("inside", "<ItemOut quantity='x'/>", order))
_thing("lines with a bad price", _same("inside", line(price="1,2,3"), order))
_thing("lines with another unit each", _new("inside", line(unit="U#", number="#"), order))
_thing("lines with a number of 40 digits", _new("inside", line(price="1." + "3" * 30 + "#", number="#"), order))
_thing("digits of a quantity", lambda number: order(inside=line(quantity="9" * number)))
_thing("digits of a price", lambda number: order(inside=line(price="9" * number)))
_thing("thousands of a price", lambda number: order(inside=line(price="1" + ",000" * number)))
_thing("marks of a price", lambda number: order(inside=line(price="1" + ",." * number)))
_thing("digits of a fraction of a second", lambda number: setup().replace("10:00:00", f"10:00:00.{'1' * number}"))
_thing("signs of a price", lambda number: order(inside=line(price="-+e." * number)))
_thing("digits of a total", lambda number: order(total="0." + "1" * number))
_thing("texts of Comments", _around("head", "<Comments xml:lang='en'>", "x<a/>", "</Comments>", order))
_thing("blanks between what stands in Comments", _around("head", "<Comments>x", "<abcdefgh/> ", "</Comments>", order))
_thing("minimal lines", _same("inside", "<ItemOut quantity='1'><ItemID><SupplierPartID/></ItemID></ItemOut>", order))
_thing("Comments", _same("head", "<Comments xml:lang='en'>x</Comments>", order))
_thing("Extrinsics of a line", lambda number: order(inside=line(inside="<Extrinsic name='a'>x</Extrinsic>" * number)))
_thing(
    "price bases of a line",
    _new(
        "inside",
        line(number="#", inside="").replace(
            "<UnitOfMeasure>",
            "<PriceBasisQuantity quantity='1.7#3' conversionFactor='0.3#1'><UnitOfMeasure>EA</UnitOfMeasure>"
            "</PriceBasisQuantity><UnitOfMeasure>",
        ),
        order,
    ),
)
_thing("items of a cart", _new("inside", line(number="#", part="P-#").replace("ItemOut", "ItemIn"), cart))
_thing("items of a cart with one name", _same("inside", line().replace("ItemOut", "ItemIn"), cart))

# --- what may stand once, and could be joined with the first
_SHIP_TO = '<ShipTo><Address><Name xml:lang="en">Bakery</Name></Address></ShipTo>'
_thing("addresses", _same("inside", _SHIP_TO))
_thing("addresses of an order", _same("head", _SHIP_TO, order))
_thing("new addresses", _new("inside", _SHIP_TO.replace("Bakery", "Bakery #")))

# --- statuses
_RESPONSE = _START + '<Response><Status code="200" text="OK">{inside}</Status>{beside}</Response></cXML>'
_thing("statuses", lambda n: _filled(_RESPONSE, {"beside": "<Status code='500' text='no'/>" * n}))
_thing("a long status", lambda n: _filled(_RESPONSE, {"inside": "x" * n}))

# --- no document at all
for _text in (
    "<",
    ">",
    "<a ",
    "<a b",
    "<a b=",
    "<!--",
    "<![CDATA[",
    "<?",
    "<?a ",
    "&",
    "&#",
    "<!",
    "</",
    "='",
    '="',
    "<cXML",
    "<Header>",
    "<SharedSecret>",
    "</a>",
    "]]>",
    "-->",
    " ",
    "\n",
    "\t \r\n",
    "x",
    "=?utf-8?b?",
    "%3C",
    "&lt;",
    "=3C",
    "\\u003c",
    "PD94",
    "<Credential ",
    "<PCard '",
    "secret",
    "\ufeff",
    "é",
    "\U0001f600",
    "<é",
    "--",
    "=\r\n",
):
    _thing(f"nothing but {_text!r}", lambda number, text=_text: text * number)
    _thing(f"{_text!r} in a document", _same("inside", _text))
_thing("blanks before", _same("before", " "))
_thing("blanks behind", _same("after", "\n"))
_thing("zeros", lambda number: b"\0" * number)
_thing("zeros behind", lambda number: setup().encode() + b"\0" * number)
_thing("UTF-16", lambda number: setup(inside="<Extrinsic name='a'>é</Extrinsic>" * number).encode("utf-16"))
_thing("UTF-32", lambda number: setup(inside="<a/>" * number).encode("utf-32"))
_thing(
    "windows-1252",
    lambda n: b"<?xml version='1.0' encoding='windows-1252'?>" + setup(cookie="\xe9" * n).encode("cp1252"),
)
_thing("a long declaration", lambda number: f"<?xml version='1.0'{' ' * number}encoding='UTF-8'?>" + setup())
_thing("a long encoding", lambda number: f"<?xml version='1.0' encoding='{'u' * number}'?>" + setup())
_thing("a long DOCTYPE", lambda number: f"<!DOCTYPE cXML SYSTEM '{'x' * number}'>" + setup())
_thing("blanks in a DOCTYPE", lambda number: f"<!DOCTYPE cXML{' ' * number}[{' ' * number}]>" + setup())
_thing(
    "entities in a DOCTYPE",
    lambda n: "<!DOCTYPE cXML [" + "".join(f"<!ENTITY e{i} 'x'>" for i in range(n)) + "]>" + setup(),
)
_thing("comments in a DOCTYPE", lambda number: "<!DOCTYPE cXML [" + "<!---->" * number + "]>" + setup())
_thing("DOCTYPEs", lambda number: "<!DOCTYPE cXML>" * number + setup())

# --- messages of several parts
_MULTIPART = 'multipart/related; boundary="b"'
_FIRST = "--b\r\nContent-Type: text/xml\r\n\r\n" + setup() + "\r\n"


def _part(headers: str, content: str = "x") -> str:
    return f"--b\r\nContent-Type: application/pdf\r\n{headers}\r\n{content}\r\n"


def _message(name: str, of: Callable[[int], str]) -> None:
    _thing(name, lambda number: _FIRST + of(number) + "--b--\r\n", _MULTIPART)


_message("parts", lambda number: _part("Content-ID: <a>\r\n") * number)
_message("lines of a part", lambda number: _part("", "x\r\n" * number))
_message("lines like a boundary", lambda number: _part("", "\r\n--bb\r\n" * number))
_message("header lines", lambda number: _part("X-A: b\r\n" * number))
_message("continued header lines", lambda number: _part("X-A: b\r\n" + "\tb\r\n" * number))
_message("header words", lambda number: _part(f'Content-Disposition: attachment; filename="{"=?a?q?x" * number}"\r\n'))
_message(
    "whole header words",
    lambda number: _part(f"Content-Disposition: attachment; filename={'=?utf-8?b?eA==?= ' * number}\r\n"),
)
_message("parameters", lambda number: _part(f"Content-Disposition: attachment{'; a=b' * number}\r\n"))
_message(
    "numbered parameters",
    lambda n: _part("Content-Disposition: attachment" + "".join(f"; filename*{i}=b" for i in range(n)) + "\r\n"),
)
_message(
    "quotes in a header", lambda number: _part("Content-Disposition: attachment; filename=" + '"' * number + "\r\n")
)
_message("comments in a header", lambda number: _part("Content-Disposition: attachment " + "(" * number + "\r\n"))
_message("angle brackets in a header", lambda number: _part("Content-ID: " + "<" * number + "\r\n"))
_message(
    "multiparts in multiparts",
    lambda n: "".join(f"--b\r\nContent-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n" for i in range(n)),
)
_message("base64 lines", lambda n: _part("Content-Transfer-Encoding: base64\r\n", "eHh4\r\n" * n))
_message("broken base64", lambda n: _part("Content-Transfer-Encoding: base64\r\n", "e=" * n))
_message("quoted-printable lines", lambda n: _part("Content-Transfer-Encoding: quoted-printable\r\n", "=3C=\r\n" * n))
_message("a long subtype", lambda n: f"--b\r\nContent-Type: text/{'x' * n}\r\n\r\nx\r\n")
