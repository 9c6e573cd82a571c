"""The pages of the shop. They need no script and nothing from elsewhere, and every text in them is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from html import escape
from typing import Protocol

from cxml_punchout.punchout.session import PunchOutSession
from cxml_punchout.summary.reading import plain

__all__ = ["STYLE", "Offer", "gone", "page", "start", "way_home"]

STYLE = """
* { box-sizing: border-box }
body { margin: 0; background: #f4f5f2; color: #1d2a24; font: 16px/1.5 system-ui, sans-serif }
header { background: #1f4d3a; color: #fff; padding: 1rem }
header b { font-size: 1.2rem }
header, main { padding-inline: max(1rem, calc(50% - 24rem)) }
main { padding-block: 1rem 3rem }
h1 { font-size: 1.35rem; line-height: 1.3; margin: .5rem 0 }
ul { list-style: none; padding: 0; margin: 1rem 0; background: #fff; border: 1px solid #d5dad3; border-radius: 8px }
li { display: grid; grid-template-columns: 1fr 8.5rem 6rem; gap: .25rem 1rem; align-items: center; padding: .75rem }
li + li { border-top: 1px solid #e6e9e4 }
li span { text-align: right; white-space: nowrap }
small { display: block; color: #56635c }
input { font: inherit; width: 100%; padding: .45rem .6rem; text-align: right; border: 1px solid #7f8c84;
  border-radius: 6px }
button { font: inherit; padding: .6rem 1.1rem; margin: 0 .5rem .5rem 0; border-radius: 6px; cursor: pointer;
  border: 1px solid #1f4d3a; background: #fff; color: #1f4d3a }
button:first-of-type { background: #1f4d3a; color: #fff; font-weight: 600 }
:focus-visible { outline: 3px solid #d9822b; outline-offset: 1px }
[role=alert] { background: #fdf0e3; border-left: 4px solid #d9822b; padding: .6rem 1rem }
@media (max-width: 34rem) {
  li { grid-template-columns: 1fr 5.5rem }
  li label { grid-column: 1 / -1 }
  li span { text-align: left }
  button { width: 100% }
}
"""

UNITS = {"BG": "bag", "BX": "box", "CT": "carton", "EA": "piece"}


class Offer(Protocol):
    """What the start page tells of an article."""

    @property
    def part_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def price(self) -> Decimal: ...
    @property
    def unit(self) -> str: ...


def page(title: str, content: str, *, nonce: str) -> str:
    """A whole page. ``content`` is HTML; ``nonce`` lets the browser apply the style."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)} - Kestrel Moor</title>\n"
        f'<style nonce="{escape(nonce)}">{STYLE}</style>\n</head>\n<body>\n'
        f"<header><b>Kestrel Moor</b> bakery supplies</header>\n<main>\n{content}\n</main>\n</body>\n</html>\n"
    )


def start(
    session: PunchOutSession,
    offers: Iterable[Offer],
    currency: str,
    quantities: Mapping[str, str],
    mistake: str,
    *,
    nonce: str,
) -> str:
    """Where a visit begins: all that is sold, and how many of each.

    quantities: by part number, as the user typed them or as a cart that is opened again has them.
    mistake: what the user has to put right, or "".
    """
    user = session.user.name or session.user.email or "a user"
    selected = plain(session.selected_item.supplier_part_id) if session.selected_item is not None else ""
    locked = session.operation == "inspect"
    rows = "\n".join(_row(offer, currency, quantities, locked, offer.part_id == selected) for offer in offers)
    title = {"create": "Choose what you need", "edit": "Change your cart"}.get(session.operation, "Your cart")
    alert = f'<p role="alert">{escape(mistake)}</p>\n' if mistake else ""
    buttons = [_button("cancel", "Leave without changes")]
    if not locked:
        buttons[:0] = [_button("check-out", "Check out"), _button("empty", "Empty the cart and leave")]
    content = (
        f"<h1>{title}</h1>\n<p>{escape(user)}, for {escape(session.partner)}</p>\n{alert}"
        f'<form method="post" autocomplete="off">\n<ul>\n{rows}\n</ul>\n{"".join(buttons)}\n</form>'
    )
    return page(title, content, nonce=nonce)


def _row(offer: Offer, currency: str, quantities: Mapping[str, str], locked: bool, selected: bool) -> str:
    part, unit = escape(offer.part_id), escape(UNITS.get(offer.unit, offer.unit))
    field = (
        f'<input id="{part}" name="{part}" value="{escape(quantities.get(offer.part_id, ""))}" inputmode="numeric"'
        f' maxlength="4" placeholder="0"{" readonly" if locked else ""}{" autofocus" if selected else ""}>'
    )
    price = f"{escape(currency)} {offer.price:f} <small>per {unit}</small>"
    return f'<li><label for="{part}">{escape(offer.name)} <small>{part}</small></label><span>{price}</span>{field}</li>'


def _button(action: str, label: str) -> str:
    return f'<button name="action" value="{action}">{label}</button>'


def way_home(form: str, *, nonce: str) -> str:
    """The page that takes a cart home. ``form`` is that of ``browser_form``."""
    return page("Thank you", f"<h1>Thank you</h1>\n<p>You are on your way back.</p>\n{form}", nonce=nonce)


def gone(*, nonce: str) -> str:
    """For an address that leads to no visit, or to one that is over."""
    text = "This visit is over. Open the shop again from your purchasing system, please."
    return page("Nothing here", f"<h1>Nothing here</h1>\n<p>{text}</p>", nonce=nonce)
