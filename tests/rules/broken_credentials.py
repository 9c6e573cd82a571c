"""Credentials: who is speaking, and what proves it, each rule broken and kept."""

from __future__ import annotations

import re

from pieces import DISTRIBUTION, END_OF_SETUP, ITEM, MAC, SECRET, SETUP_PATH, Case, in_item
from validated import CART, SETUP, changed

__all__ = ["BROKEN"]

BROKEN = [
    Case(
        "secret-in-message",
        changed(
            CART, "</Identity></Credential>\n      <UserAgent>", f"</Identity>{SECRET}</Credential>\n      <UserAgent>"
        ),
        "/cXML/Header/Sender/Credential/SharedSecret",
        CART,
    ),
    Case(
        "secret-outside-sender",
        changed(SETUP, "942888710</Identity>", f"942888710</Identity>{SECRET}"),
        "/cXML/Header/To/Credential/SharedSecret",
        SETUP,
    ),
    Case(
        "sender-unproved",
        changed(SETUP, SECRET, ""),
        "/cXML/Header/Sender",
        changed(SETUP, SECRET, MAC),
    ),
    Case(
        "secret-blank",
        changed(SETUP, SECRET, "<SharedSecret>None</SharedSecret>"),
        "/cXML/Header/Sender/Credential/SharedSecret",
        changed(SETUP, SECRET, "<SharedSecret>nonesuch</SharedSecret>"),
    ),
    Case(
        "secret-padded",
        changed(SETUP, ">tulip<", ">tulip\n<"),
        "/cXML/Header/Sender/Credential/SharedSecret",
        changed(SETUP, ">tulip<", ">tu lip<"),
    ),
    Case(
        "credential-repeated",
        changed(
            SETUP,
            "</Credential>\n    </From>",
            '</Credential><Credential domain="NetworkId"><Identity>AN02</Identity></Credential></From>',
        ),
        "/cXML/Header/From/Credential[2]",
        changed(
            SETUP,
            "</Credential>\n    </From>",
            '</Credential><Credential domain="NetworkId" type="marketplace"><Identity>AN02</Identity>'
            "</Credential></From>",
        ),
    ),
    Case(
        "identity-empty",
        changed(SETUP, "942888710", "\n"),
        "/cXML/Header/To/Credential/Identity",
        changed(SETUP, "942888710", '<IdReference identifier="1" domain="iso6523"/>'),
    ),
    Case("identity-padded", changed(SETUP, "942888710", " 942888710"), "/cXML/Header/To/Credential/Identity", SETUP),
    Case(
        "domain-misspelt",
        changed(SETUP, '"NetworkID"', '"AribaNetworkUserID"'),
        "/cXML/Header/From/Credential",
        changed(SETUP, '"NetworkID"', '"NetworkId"'),
    ),
    Case(
        "duns-shape",
        changed(SETUP, "942888710", "RIDGELINE1"),
        "/cXML/Header/To/Credential",
        changed(SETUP, "942888710", "94-288-8710"),
    ),
    Case(
        "duns-check-digit",
        changed(SETUP, "942888710", "942888711"),
        "/cXML/Header/To/Credential",
        changed(SETUP, "942888710", "049329048"),
    ),
    Case(
        "mac-unknown",
        changed(SETUP, SECRET, MAC.replace("SHA1-96", "SHA256")),
        "/cXML/Header/Sender/Credential/CredentialMac",
        changed(SETUP, SECRET, MAC),
    ),
    Case(
        "mac-shape",
        changed(SETUP, SECRET, MAC.replace("XERDN<", "XERDNtg2G/Y=<")),
        "/cXML/Header/Sender/Credential/CredentialMac",
        changed(SETUP, SECRET, MAC),
    ),
    Case(
        "mac-dates",
        changed(SETUP, SECRET, MAC.replace("19:00", "17:00")),
        "/cXML/Header/Sender/Credential/CredentialMac",
        changed(SETUP, SECRET, MAC),
    ),
    Case("deprecated", changed(SETUP, 'xml:lang="en">', 'xml:lang="en" version="1.2.071">'), "/cXML", SETUP),
    Case(
        "deprecated",
        changed(
            SETUP, END_OF_SETUP, f"<SupplierSetup><URL>https://shop.example.com/</URL></SupplierSetup>{END_OF_SETUP}"
        ),
        f"{SETUP_PATH}/SupplierSetup",
        SETUP,
    ),
    Case(
        "deprecated",
        in_item(
            re.sub(
                "<AccountingSegment.*</AccountingSegment>",
                '<Segment type="Cost Center" id="610" description="Office"/>',
                DISTRIBUTION.format("25.00"),
            )
        ),
        f"{ITEM}/Distribution/Accounting/Segment",
        in_item(DISTRIBUTION.format("25.00")),
    ),
]
