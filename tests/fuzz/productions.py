"""What a document may contain, by the grammar of XML 1.0 and Namespaces: each construct a production with a name.

Which of them are lawful is not our opinion: libxml2 reads them, and a test holds that.
"""

from __future__ import annotations

import attrs
from charsets import FALSE, TRUE, Encoding, known_to_libxml2

__all__ = [
    "BROKEN_DECLARATIONS",
    "COMMENTS",
    "DECLARATIONS",
    "DECLARING",
    "DOCTYPES",
    "ENCODINGS",
    "ENDS",
    "INSTRUCTIONS",
    "LOOKALIKES",
    "NAMES",
    "ODD",
    "PREFIXES",
    "PRODUCTIONS",
    "STARTS",
    "SYSTEM",
    "URIS",
    "UTF8",
    "XML",
    "Production",
]

XML = "http://www.w3.org/XML/1998/namespace"


@attrs.frozen
class Production:
    """Something that a document may contain.

    lawful: XML allows it. same: the document still says the same. weight: how often it is tried.
    """

    name: str
    lawful: bool = True
    same: bool = True
    weight: float = 1.0

    @property
    def group(self) -> str:
        """Of those with one group in front of the colon only one can be in a document."""
        return self.name.partition(":")[0] if ":" in self.name else self.name


#: Names of namespaces, prefixes and elements that no cXML document has, and that XML allows.
URIS = (
    "urn:rare:one",
    "urn:rare:two",
    "http://rare.example/x?a=1&b=2#c",
    "mailto:a@b",
    "x",
    "urn:%C3%A9",
    "../relative",
    "",
)
PREFIXES = ("rare", "r.2", "_", "r-x", "Größe", "xmlish", "cXML", "xs", "a")
NAMES = ("Rare", "r", "_1", "Größe", "日本", "r.x-2", "xmlns-like", "Header", "cXML", "Identity", "𐐀")
#: What looks like something that it is not, where it stands.
LOOKALIKES = (
    ' xmlns="urn:x"',
    " xmlns:a='b'",
    '<a xmlns="b">',
    "<!DOCTYPE a [",
    "&a;",
    "<![CDATA[",
    "<!--",
    "?>",
    "]]",
)
ODD = (
    "\u0085",
    "\u2028",
    "\u00a0",
    "\ufeff",
    "\u200b",
    "\U0001f600",
    "\U000e0041",
    "\ud7ff",
    "\ue000",
    "\x7f",
    "é",
    "\u202e",
)
COMMENTS = (
    " rare ",
    "",
    "<a>&b;</a>",
    ' xmlns:c="d" ',
    "]]>",
    "<!DOCTYPE cXML [",
    "\n",
    "é日",
    "?>",
    "encoding='utf-16'",
    " - - ",
)
INSTRUCTIONS = (
    "rare",
    "rare a='b'",
    "rare <a>&b;</a>",
    "rare xmlns:c='d'",
    "r ]]> -->",
    "xml-stylesheet href='a.xsl'",
    "_ \n",
    "r ?",
)

_FLAGS = (
    # namespaces
    *(Production(f"namespace-{name}") for name in ("xml", "prefix", "undone", "many", "reference", "long")),
    Production("namespace-xml-everywhere", weight=0.5),
    *(Production(f"namespace-{name}", same=False) for name in ("default", "default-inside", "of-cxml")),
    *(Production(f"foreign-{name}", same=False) for name in ("element", "attribute", "element-without-namespace")),
    *(Production(f"xml-{name}", same=False) for name in ("space", "base", "id", "lang")),
    *(Production(f"lookalike-{name}", same=False) for name in ("text", "attribute", "name", "prefixed")),
    # text
    *(Production(f"cdata-{name}") for name in ("whole", "pieces", "empty", "blank")),
    *(Production(f"comment-{name}") for name in ("inside-text", "between", "in-empty", "before", "after", "every")),
    *(Production(f"instruction-{name}", same=False) for name in ("inside-text", "between", "in-empty")),
    *(Production(f"instruction-{name}") for name in ("before", "after")),
    *(Production(f"reference-{name}") for name in ("decimal", "hexadecimal", "zeros", "predefined", "every")),
    *(Production(f"reference-in-attribute-{name}") for name in ("decimal", "hexadecimal", "zeros", "predefined")),
    *(Production(f"text-{name}", same=False) for name in ("odd", "blanks", "long", "control-reference")),
    Production("text-not-a-character", lawful=False, same=False, weight=0.3),
    # tags
    *(
        Production(f"tag-{name}")
        for name in ("blanks", "end-blanks", "lines", "quotes", "shuffled", "expanded", "collapsed")
    ),
    *(Production(f"attribute-{name}") for name in ("lines",)),
    *(Production(f"attribute-{name}", same=False) for name in ("odd", "long", "kept-lines", "empty")),
    *(Production(f"name-{name}", same=False, weight=0.5) for name in ("long", "odd")),
    *(Production(f"deep-{name}", same=False, weight=0.3) for name in ("foreign", "open")),
    Production("deep-too-much", lawful=False, same=False, weight=0.1),
    *(Production(f"lines:{name}") for name in ("crlf", "cr", "mixed")),
)

#: DOCTYPEs, each a template for the system identifier, and whether a document may have it.
SYSTEM = "http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd"
DOCTYPES = {
    "none": "",
    "name": "<!DOCTYPE cXML>",
    "system": "<!DOCTYPE cXML SYSTEM '{}'>",
    "public": '<!DOCTYPE cXML PUBLIC "-//rare//EN" "{}">',
    "public-single": "<!DOCTYPE cXML PUBLIC '-//rare+(a)//EN' '{}'>",
    "public-empty": '<!DOCTYPE cXML PUBLIC "" "{}">',
    "blanks": "<!DOCTYPE\n\tcXML  \r\n SYSTEM\t'{}'\n >",
    "system-empty": '<!DOCTYPE cXML SYSTEM "">',
    "system-odd": "<!DOCTYPE cXML SYSTEM 'http://rare.example/a>b[c]d\"e.dtd?x=1&y=&lt;'>",
    "system-not-ascii": "<!DOCTYPE cXML SYSTEM 'http://rare.example/é.dtd'>",
    "other-name": "<!DOCTYPE Rare SYSTEM '{}'>",
    "subset-empty": '<!DOCTYPE cXML SYSTEM "{}" []>',
    "subset-close": '<!DOCTYPE cXML SYSTEM "{}"[]>',
    "subset-alone": "<!DOCTYPE cXML []>",
    "subset-public": "<!DOCTYPE cXML PUBLIC '-//rare//EN' '{}' [ ]  >",
    "subset-blank": '<!DOCTYPE cXML SYSTEM "{}" [ \n\t ]>',
    "subset-comment": '<!DOCTYPE cXML SYSTEM "{}" [<!-- rare -->]>',
    "subset-comment-odd": '<!DOCTYPE cXML SYSTEM "{}" [ <!-- ]> <!ENTITY a "b"> \' " --> ]>',
    "subset-instruction": '<!DOCTYPE cXML SYSTEM "{}" [<?rare a?>]>',
    "subset-instruction-odd": "<!DOCTYPE cXML SYSTEM '{}' [<?rare ]> <!ELEMENT a ANY> \" -- ?>\n<!----> <?r?> ]>",
}
DECLARING = {
    "entity": '<!ENTITY rare "text">',
    "entity-fetched": '<!ENTITY rare SYSTEM "file:///nowhere/rare.txt">',
    "entity-odd": "<!ENTITY rare ']>'>",
    "parameter": '<!ENTITY % rare "">%rare;',
    "element": "<!ELEMENT cXML ANY>",
    "attributes": "<!ATTLIST cXML version CDATA #IMPLIED>",
    "default": '<!ATTLIST Identity rare CDATA "1">',
    "notation": '<!NOTATION rare PUBLIC "r">',
    "after-comment": '<!-- a --><?b?>\n<!ENTITY rare "text">',
    "conditional": "<![INCLUDE[]]>",
}
DECLARATIONS = {
    "quotes": "<?xml version='1.0' encoding='{}'?>",
    "blanks": '<?xml\t version = "1.0"\n  encoding\t=\r\n"{}"  ?>',
    "standalone": '<?xml version="1.0" encoding="{}" standalone="yes"?>',
    "standalone-no": "<?xml version='1.0' encoding=\"{}\"  standalone = 'no' ?>",
    "version-1.1": '<?xml version="1.1" encoding="{}"?>',
    "version-1.7": '<?xml version="1.7" encoding="{}"?>',
    "without-encoding": '<?xml version="1.0"?>',
    "without-line": '<?xml version="1.0" encoding="{}"?>',
}
BROKEN_DECLARATIONS = {
    "version-2": '<?xml version="2.0" encoding="{}"?>',
    "without-version": '<?xml encoding="{}"?>',
    "order": '<?xml encoding="{}" version="1.0"?>',
    "standalone-odd": '<?xml version="1.0" encoding="{}" standalone="true"?>',
    "upper": '<?XML version="1.0" encoding="{}"?>',
    "long": '<?xml version="1.0"' + " " * 3000 + 'encoding="{}"?>',
}
#: What stands before the first octet and behind the last one, and whether that is lawful.
ENDS = {
    "blanks": ("\n \t\r\n", True),
    "comment": ("<!-- end -->\n<?end?>", True),
    "nul": ("\0", False),
    "nuls": ("\n\0\0\0", False),
    "control-z": ("\x1a", False),
    "text": ("rare", False),
    "second": ("<cXML/>", False),
    "second-declaration": ('<?xml version="1.0"?>', False),
}
STARTS = {
    "blank": " ",
    "lines": "\r\n\n",
    "nul": "\0",
    "mark": "\ufeff",
    "text": "HTTP/1.1 200 OK\r\n\r\n",
    "comment": "<!---->",
}

PRODUCTIONS: dict[str, Production] = {
    production.name: production
    for production in (
        *_FLAGS,
        *(Production(f"doctype:{name}", weight=1.5 if "subset" in name else 0.7) for name in DOCTYPES),
        *(Production(f"doctype:declares-{name}", lawful=name != "conditional", same=False) for name in DECLARING),
        *(Production(f"declaration:{name}", weight=0.7) for name in DECLARATIONS),
        *(Production(f"declaration:{name}", False, weight=0.3) for name in BROKEN_DECLARATIONS),
        *(Production(f"end:{name}", lawful, weight=0.6) for name, (_, lawful) in ENDS.items()),
        *(Production(f"start:{name}", False, weight=0.3) for name in STARTS),
        *(Production(f"encoding:{each.name}", known_to_libxml2(each), weight=0.3) for each in TRUE),
        *(Production(f"encoding:false-{each.name}", False, same=False, weight=0.2) for each in FALSE),
    )
}
ENCODINGS = {f"encoding:{each.name}": each for each in TRUE} | {f"encoding:false-{each.name}": each for each in FALSE}
UTF8 = Encoding("UTF-8", "utf-8")
