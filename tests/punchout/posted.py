"""Carts to be taken home, and what a browser makes of a page on the way."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlencode

from validated import CART

from cxml_punchout import CXML, OpenElement, parse, serialize
from cxml_punchout.models import Extrinsic, ItemIn, PunchOutOrderMessage

__all__ = ["HARD", "Page", "cart", "fields_of"]

#: What was ever lost on the way from a shop to a buyer, in one text.
HARD = (
    "Größe ß € 🛒👩‍🔧 & &amp; &#174; ® \" ' < > <b> ]]> <![CDATA[x]]> -- 漢字 ひらがな Ω\u00a0\u2028\u2029\u0085 "
    "100 % a+b %2B %25 a=b&c=d ;\ttab\nline\r\nline\rend \U0001d54f \U0010fffd \ufeff é"
)


def cart(text: str, lines: int = 1) -> CXML:
    """A cart with ``text`` in all sorts of places."""
    document = parse(CART)
    message = document.payload
    assert isinstance(message, PunchOutOrderMessage)
    message.buyer_cookie = text
    message.item_in = [_item(text, number) for number in range(1, lines + 1)]
    # Read again, so that it has the form of what a reader makes.
    return parse(serialize(document))


def _item(text: str, number: int) -> ItemIn:
    item: ItemIn
    (item,) = parse(CART).payload.item_in  # type: ignore[union-attr]
    item.line_number = number
    item.item_id.supplier_part_id = f"{number}{text}"
    item.item_id.supplier_part_auxiliary_id = text
    detail = item.item_detail
    detail.description[0].content = text
    inside = OpenElement("<Extrinsic name='x'><?keep it?></Extrinsic>")
    detail.extrinsic = [Extrinsic(name=text, content=(text, inside, text))]
    return item


class Page(HTMLParser):
    """The forms of a page, as an HTML parser sees them: attributes of each element by tag, texts by tag."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.elements[-1][0], data))

    def one(self, tag: str) -> dict[str, str | None]:
        (found,) = (attributes for name, attributes in self.elements if name == tag)
        return found

    def text(self, tag: str) -> str:
        return "".join(text for name, text in self.texts if name == tag)


def fields_of(page: str, charset: str = "utf-8") -> dict[str, list[str]]:
    """What the buyer's web framework makes of the form when a browser has posted it.

    charset: what the framework believes the octets to be.
    """
    field = Page(page).one("input")
    name, value = field["name"], field["value"]
    assert name is not None
    assert value is not None
    # Browsers write every line end of a field in the way of the network.
    posted = urlencode({name: re.sub("\r\n|\r|\n", "\r\n", value)})
    return parse_qs(posted, encoding=charset, keep_blank_values=True, strict_parsing=True)
