"""Four small documents without any fault, and how a test puts one in: by replacing a piece of text."""

from __future__ import annotations

__all__ = ["CART", "ORDER", "PROFILE", "RESPONSE", "SETUP", "changed"]

_TOP = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd">
<cXML payloadID="20261123T183000.17.4711@buyer.example.com" timestamp="2026-11-23T18:30:00+00:00" xml:lang="en">
"""

_HEADER = """  <Header>
    <From>
      <Credential domain="NetworkID"><Identity>AN01000000123</Identity></Credential>
    </From>
    <To>
      <Credential domain="DUNS"><Identity>942888710</Identity></Credential>
    </To>
    <Sender>
      <Credential domain="NetworkID"><Identity>AN01000000123</Identity><SharedSecret>tulip</SharedSecret></Credential>
      <UserAgent>Buyer 4.2</UserAgent>
    </Sender>
  </Header>
"""

_OPEN_HEADER = _HEADER.replace("<SharedSecret>tulip</SharedSecret>", "")

_ITEM_ID = "<ItemID><SupplierPartID>A-100</SupplierPartID></ItemID>"

_DETAIL = """<ItemDetail>
          <UnitPrice><Money currency="EUR">12.50</Money></UnitPrice>
          <Description xml:lang="en">Blue pen</Description>
          <UnitOfMeasure>EA</UnitOfMeasure>
          <Classification domain="UNSPSC">44121704</Classification>
        </ItemDetail>"""

SETUP = f"""{_TOP}{_HEADER}  <Request deploymentMode="test">
    <PunchOutSetupRequest operation="create">
      <BuyerCookie>1CX3L4843PPZO</BuyerCookie>
      <Extrinsic name="CostCenter">610</Extrinsic>
      <BrowserFormPost><URL>https://buyer.example.com/return?id=7</URL></BrowserFormPost>
      <Contact role="endUser"><Name xml:lang="en">Jo Doe</Name></Contact>
    </PunchOutSetupRequest>
  </Request>
</cXML>
"""

CART = f"""{_TOP}{_OPEN_HEADER}  <Message>
    <PunchOutOrderMessage>
      <BuyerCookie>1CX3L4843PPZO</BuyerCookie>
      <PunchOutOrderMessageHeader operationAllowed="create">
        <Total><Money currency="EUR">25.00</Money></Total>
      </PunchOutOrderMessageHeader>
      <ItemIn quantity="2">
        {_ITEM_ID}
        {_DETAIL}
      </ItemIn>
    </PunchOutOrderMessage>
  </Message>
</cXML>
"""

ORDER = f"""{_TOP}{_HEADER}  <Request deploymentMode="test">
    <OrderRequest>
      <OrderRequestHeader orderID="PO-4711" orderDate="2026-11-23T18:29:00+00:00">
        <Total><Money currency="EUR">37.50</Money></Total>
        <BillTo><Address><Name xml:lang="en">Example Ltd</Name></Address></BillTo>
        <Comments xml:lang="en">Ring twice.</Comments>
      </OrderRequestHeader>
      <ItemOut quantity="2" lineNumber="1">
        {_ITEM_ID}
        {_DETAIL}
      </ItemOut>
      <ItemOut quantity="1" lineNumber="2">
        {_ITEM_ID}
        {_DETAIL}
      </ItemOut>
    </OrderRequest>
  </Request>
</cXML>
"""

RESPONSE = f"""{_TOP}  <Response>
    <Status code="200" text="OK"/>
    <PunchOutSetupResponse>
      <StartPage><URL>https://shop.example.com/session/8f3a</URL></StartPage>
    </PunchOutSetupResponse>
  </Response>
</cXML>
"""

PROFILE = f"""{_TOP}  <Response>
    <Status code="200" text="OK"/>
    <ProfileResponse effectiveDate="2026-01-01T00:00:00+01:00">
      <Transaction requestName="OrderRequest"><URL>https://shop.example.com/cxml</URL></Transaction>
    </ProfileResponse>
  </Response>
</cXML>
"""


def changed(document: str, *pairs: str) -> str:
    """The document with the first occurrence of each odd text replaced by the even one behind it."""
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert old in document, old
        document = document.replace(old, new, 1)
    return document
