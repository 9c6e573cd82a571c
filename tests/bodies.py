"""Small whole documents, what may be put into them to break them, and all that an error or a document can show."""

from __future__ import annotations

import traceback

from cxml_punchout.document import Mode

MODES: tuple[Mode, ...] = ("strict", "tolerant")
SYSTEM = "http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd"
DOCTYPE = f'<!DOCTYPE cXML SYSTEM "{SYSTEM}">'
START = '<cXML payloadID="1@example.com" timestamp="2026-11-23T18:30:00+00:00"'
HEADER = (
    '<Header><From><Credential domain="DUNS"><Identity>1</Identity></Credential></From>'
    '<To><Credential domain="DUNS"><Identity>2</Identity></Credential></To>'
    '<Sender><Credential domain="DUNS"><Identity>1</Identity>{proof}</Credential>'
    "<UserAgent>Test 1</UserAgent></Sender></Header>"
)
SETUP = (
    '<Request><PunchOutSetupRequest operation="create"><BuyerCookie>c</BuyerCookie>'
    '<Extrinsic name="a">b</Extrinsic><BrowserFormPost><URL>https://example.com/</URL></BrowserFormPost>'
    '<Contact role="endUser"><Name xml:lang="en">N</Name><Email>n@example.com</Email></Contact>'
    "</PunchOutSetupRequest></Request>"
)
ORDER = (
    '<Request><OrderRequest><OrderRequestHeader orderID="1" orderDate="2026-11-23T18:30:00+00:00" type="new">'
    '<Total><Money currency="EUR">12.50</Money></Total><BillTo><Address><Name xml:lang="en">B</Name></Address></BillTo>'
    '<Payment><PCard number="{number}" expiration="2027-01-31T00:00:00+00:00"/></Payment>'
    '</OrderRequestHeader><ItemOut quantity="1" lineNumber="1"><ItemID><SupplierPartID>P</SupplierPartID></ItemID>'
    '<ItemDetail><UnitPrice><Money currency="EUR">12.50</Money></UnitPrice><Description xml:lang="en">D</Description>'
    '<UnitOfMeasure>EA</UnitOfMeasure><Classification domain="UNSPSC">1</Classification></ItemDetail>'
    "</ItemOut></OrderRequest></Request>"
)


def envelope(payload: str = SETUP, *, header: str = HEADER, proof: str = "", attributes: str = "") -> str:
    return f"{DOCTYPE}{START}{attributes}>{header.format(proof=proof)}{payload}</cXML>"


#: What breaks a document, more or less, wherever it is put.
INSERTIONS = [
    *(b"& < > ]]> \0 \" ' <!-- --> <![CDATA[ <? ?> &x; &#0; &#xD800; </ /> \x01 \xff \xc3 \xed\xa0\x80".split(b" ")),
    b" ",
    b"&nbsp;",
    b"\xef\xbf\xbe",
    b"<a>",
    b"<a/>",
    b"</SharedSecret>",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    b"\xef\xbb\xbf",
]
#: Elements of every kind of content into which a secret may get by mistake.
WRONG_PLACES = """
    cXML Header From Sender Credential Identity UserAgent Request PunchOutSetupRequest BuyerCookie Extrinsic URL Name
    Email Contact BrowserFormPost OrderRequest OrderRequestHeader Total Money Payment PCard ItemOut ItemID
    SupplierPartID ItemDetail Description UnitOfMeasure Classification
""".split()  # noqa: SIM905 - easier to read


def everything_shown(value: object) -> str:
    """What a log, a traceback or an answer could show of an error or a document."""
    shown = [repr(value), str(value)]
    seen: list[BaseException] = []
    error = value if isinstance(value, BaseException) else None
    if error is not None:
        shown += traceback.format_exception(error)
    while error is not None and error not in seen:
        seen.append(error)
        shown += [repr(error), str(error), repr(error.args), repr(vars(error))]
        error = error.__cause__ or error.__context__
    for finding in getattr(value, "findings", ()):
        shown += [str(finding), repr(finding)]
    return "\n".join(shown)
