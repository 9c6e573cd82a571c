"""Texts, links and data by agreement, each rule broken and kept."""

from __future__ import annotations

from pieces import ATTACHED, HEAD, RING, SETUP_PATH, Case
from validated import CART, ORDER, RESPONSE, SETUP, changed

__all__ = ["BROKEN"]

BROKEN = [
    Case(
        "short-name-repeated",
        changed(CART, ">Blue pen<", "><ShortName>Pen</ShortName><ShortName>Biro</ShortName>Blue pen<"),
        "/cXML/Message/PunchOutOrderMessage/ItemIn/ItemDetail/Description/ShortName[2]",
        changed(CART, ">Blue pen<", "><ShortName>Pen</ShortName>Blue pen<"),
    ),
    Case(
        "short-name-long",
        changed(CART, ">Blue pen<", f"><ShortName>{'x' * 51}</ShortName>Blue pen<"),
        "/cXML/Message/PunchOutOrderMessage/ItemIn/ItemDetail/Description/ShortName",
        changed(CART, ">Blue pen<", f"><ShortName>{'x' * 50}</ShortName>Blue pen<"),
    ),
    Case(
        "language-missing",
        changed(ORDER, '<Comments xml:lang="en">', "<Comments>"),
        f"{HEAD}/Comments",
        ORDER,
    ),
    Case(
        "url-padded",
        changed(RESPONSE, "8f3a<", "8f3a\n<"),
        "/cXML/Response/PunchOutSetupResponse/StartPage/URL",
        RESPONSE,
    ),
    Case("extrinsic-unnamed", changed(SETUP, '"CostCenter"', '"CostCenter "'), f"{SETUP_PATH}/Extrinsic", SETUP),
    Case("extrinsic-unnamed", changed(SETUP, '"CostCenter"', '""'), f"{SETUP_PATH}/Extrinsic", SETUP),
    Case(
        "extrinsic-repeated",
        changed(SETUP, "<BrowserFormPost>", '<Extrinsic name="CostCenter">611</Extrinsic><BrowserFormPost>'),
        f"{SETUP_PATH}/Extrinsic[2]",
        changed(SETUP, "<BrowserFormPost>", '<Extrinsic name="Department">611</Extrinsic><BrowserFormPost>'),
    ),
    Case(
        "attachment-link",
        changed(ORDER, RING, ATTACHED.format("https://files.example.com/a.pdf", "cid:2@h")),
        f"{HEAD}/Comments/Attachment[1]/URL",
        changed(ORDER, RING, ATTACHED.format("cid:1@h", "cid:2@h")),
    ),
    Case(
        "attachment-link",
        changed(ORDER, RING, ATTACHED.format("cid:&lt;1@h&gt;", "cid:2@h")),
        f"{HEAD}/Comments/Attachment[1]/URL",
        changed(ORDER, RING, ATTACHED.format("cid:1@h", "cid:2@h")),
    ),
    Case(
        "attachment-repeated",
        changed(ORDER, RING, ATTACHED.format("cid:1@h", "cid:1@h")),
        f"{HEAD}/Comments/Attachment[2]",
        changed(ORDER, RING, ATTACHED.format("cid:1@h", "cid:2@h")),
    ),
]
