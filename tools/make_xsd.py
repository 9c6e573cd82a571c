"""Write ``dtd/*.xsd`` from the declarations: the grammar of cXML with the datatypes that a DTD cannot state.

    python tools/make_xsd.py            writes the files
    python tools/make_xsd.py --check    says whether they are as they would be written

``datatypes.xsd`` holds the datatypes alone, ``cXML.xsd`` the elements, ``xml.xsd`` the attribute ``xml:lang``. Payloads
that are not declared yet may have any content.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))  # this checkout, not what may be installed

from cxml_punchout import element as x
from cxml_punchout import models
from cxml_punchout.document import CURRENT_VERSION
from cxml_punchout.validation.datatypes import simple_type

ROOT = Path(__file__).resolve().parents[1]
XSD = "http://www.w3.org/2001/XMLSchema"

_ANYTHING = (
    '    <xs:sequence><xs:any namespace="##any" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>'
    "</xs:sequence>"
)
_HOUR = "([01][0-9]|2[0-3])"
_OFFSET = "[+\\-][0-9]{2}:[0-9]{2}"

#: name -> what it is, the base, the pattern
_TYPES: dict[str, tuple[str, str, str]] = {
    "datetime.tz": (
        "a point in time with its offset from UTC, never Z",
        "xs:dateTime",
        f"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T{_HOUR}:[0-9]{{2}}:[0-9]{{2}}(\\.[0-9]+)?{_OFFSET}",
    ),
    "day": ("a day without an offset", "xs:date", "[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "time.tz": (
        "a time of day with its offset from UTC",
        "xs:string",
        f"{_HOUR}:[0-5][0-9](:[0-5][0-9](\\.[0-9]+)?)?{_OFFSET}",
    ),
    "duration": ("an ISO 8601 duration", "xs:duration", "P.+"),
    "number": (
        "a number in plain decimal notation, without separators",
        "xs:decimal",
        "[+\\-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)",
    ),
    "uint": ("a whole number from 0", "xs:nonNegativeInteger", "[+\\-]?[0-9]+"),
    "int": ("a whole number", "xs:integer", "[+\\-]?[0-9]+"),
    "url": ("an absolute URL", "xs:anyURI", "[A-Za-z][A-Za-z0-9+.\\-]*:\\S+"),
    "unit": ("the shape of a code of UN/CEFACT Recommendation 20 or 21", "xs:token", "[A-Z0-9]{1,3}"),
    "language": ("a language, with a country perhaps", "xs:token", "[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*"),
    "country": ("the shape of a country of ISO 3166-1", "xs:token", "[A-Z]{2}"),
    "state": ("the shape of a subdivision of ISO 3166-2", "xs:token", "[A-Z]{2}-[A-Z0-9]{1,3}"),
    "currency": ("the shape of a currency of ISO 4217", "xs:token", "[A-Z]{3}"),
}
#: An attribute that may be absent may be empty too: its DTD type was made so on purpose.
_MAY_BE_EMPTY = ("language", "country", "state", "currency")


def _header(what: str) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f"<!-- cXML {CURRENT_VERSION}: {what}. Written by tools/make_xsd.py from the declarations of cxml_punchout;"
    yield "     an independent description, free to use under its MIT license. -->"


def datatypes() -> str:
    lines = [*_header("the datatypes that a DTD cannot state"), f'<xs:schema xmlns:xs="{XSD}">']
    for name, (what, base, pattern) in _TYPES.items():
        lines += _simple(name, what, base, pattern)
        if name in _MAY_BE_EMPTY:
            lines += _simple(f"{name}.opt", f"{what}, or nothing", base, f"({pattern})?")
    lines += [
        '  <xs:simpleType name="date"><!-- a day, or a point in time -->',
        '    <xs:union memberTypes="day datetime.tz"/>',
        "  </xs:simpleType>",
        "</xs:schema>",
    ]
    return "\n".join(lines) + "\n"


def _simple(name: str, what: str, base: str, pattern: str) -> list[str]:
    facet = f"<xs:pattern value={quoteattr(pattern)}/>" if pattern else ""
    body = f'<xs:restriction base="{base}">{facet}</xs:restriction>' if facet else f'<xs:restriction base="{base}"/>'
    return [f'  <xs:simpleType name="{name}"><!-- {what} -->', f"    {body}", "  </xs:simpleType>"]


def xml_attributes() -> str:
    what, base, pattern = _TYPES["language"]
    lines = [
        *_header("the attribute xml:lang"),
        f'<xs:schema xmlns:xs="{XSD}" targetNamespace="http://www.w3.org/XML/1998/namespace">',
        '  <xs:attribute name="lang">',
        f"    <xs:simpleType><!-- {what} -->",
        f'      <xs:restriction base="{base}"><xs:pattern value={quoteattr(f"({pattern})?")}/></xs:restriction>',
        "    </xs:simpleType>",
        "  </xs:attribute>",
        "</xs:schema>",
    ]
    return "\n".join(lines) + "\n"


def elements() -> str:
    undeclared: dict[str, None] = {}
    body: list[str] = []
    for tag in [tag for tags in models.TOPICS.values() for tag in tags.split()]:
        declared = x.lookup(tag)
        assert declared is not None
        body += _element(declared, undeclared)
    body += [f'  <xs:element name="{tag}" type="undeclared"/>' for tag in undeclared]
    lines = [
        *_header("the elements, their content and their datatypes"),
        f'<xs:schema xmlns:xs="{XSD}">',
        '  <xs:include schemaLocation="datatypes.xsd"/>',
        '  <xs:import namespace="http://www.w3.org/XML/1998/namespace" schemaLocation="xml.xsd"/>',
        '  <xs:complexType name="undeclared" mixed="true">',
        _ANYTHING,
        '    <xs:anyAttribute namespace="##any" processContents="skip"/>',
        "  </xs:complexType>",
        *body,
        "</xs:schema>",
    ]
    return "\n".join(lines) + "\n"


def _element(declared: x.Declaration | x.Leaf, undeclared: dict[str, None]) -> Iterator[str]:
    if isinstance(declared, x.Leaf):
        yield f'  <xs:element name="{declared.tag}" type="{_named(simple_type(declared.tag, None, declared.scalar))}"/>'
        return
    yield f'  <xs:element name="{declared.tag}">'
    if declared.kind == "text":
        (field,) = declared.content
        assert field.scalar is not None
        base = _named(simple_type(declared.tag, None, field.scalar))
        yield "    <xs:complexType><xs:simpleContent>"
        yield f'      <xs:extension base="{base}">'
        yield from _attributes(declared)
        yield "      </xs:extension>"
        yield "    </xs:simpleContent></xs:complexType>"
    else:
        mixed = ' mixed="true"' if declared.kind in ("mixed", "open") else ""
        yield f"    <xs:complexType{mixed}>"
        yield from _content(declared, undeclared)
        yield from _attributes(declared)
        yield "    </xs:complexType>"
    yield "  </xs:element>"


def _named(name: str) -> str:
    return name if name in _TYPES or name.removesuffix(".opt") in _TYPES or name == "date" else f"xs:{name}"


# --- content ---------------------------------------------------------------------------------------------------


def _content(declared: x.Declaration, undeclared: dict[str, None]) -> Iterator[str]:
    if declared.kind == "open":
        yield _ANYTHING
    elif declared.kind == "mixed":
        (field,) = declared.content
        model = x.Group("|", tuple(x.Part(tag) for tag in field.tags), "*")
        yield from _group(model, undeclared, 6)
    elif declared.kind == "elements":
        yield from _group(declared.model, undeclared, 6)


_OCCURS = {"": "", "?": ' minOccurs="0"', "*": ' minOccurs="0" maxOccurs="unbounded"', "+": ' maxOccurs="unbounded"'}


def _group(part: x.Part | x.Group, undeclared: dict[str, None], indent: int) -> Iterator[str]:
    blank = " " * indent
    occurs = _OCCURS[part.occurs]
    if isinstance(part, x.Group):
        name = "sequence" if part.separator == "," else "choice"
        yield f"{blank}<xs:{name}{occurs}>"
        for inner in part.parts:
            yield from _group(inner, undeclared, indent + 2)
        yield f"{blank}</xs:{name}>"
    elif part.tag == "ds:Signature":
        yield f'{blank}<xs:any namespace="http://www.w3.org/2000/09/xmldsig#" processContents="skip"{occurs}/>'
    else:
        if x.lookup(part.tag) is None:
            undeclared[part.tag] = None
        yield f'{blank}<xs:element ref="{part.tag}"{occurs}/>'


# --- attributes ------------------------------------------------------------------------------------------------


def _attributes(declared: x.Declaration) -> Iterator[str]:
    for field in declared.attributes:
        assert field.scalar is not None
        use = ' use="required"' if field.required else ""
        fixed = f" fixed={quoteattr(field.fixed)}" if field.fixed else ""
        if field.tag == "xml:lang":
            yield f'        <xs:attribute ref="xml:lang"{use}/>'
        elif field.scalar.values:
            yield f'        <xs:attribute name="{field.tag}"{use}><xs:simpleType><xs:restriction base="xs:token">'
            yield from (f"          <xs:enumeration value={quoteattr(value)}/>" for value in field.scalar.values)
            yield "        </xs:restriction></xs:simpleType></xs:attribute>"
        else:
            kind = _named(simple_type(declared.tag, field, field.scalar))
            yield f'        <xs:attribute name="{field.tag}" type="{kind}"{use}{fixed}/>'


def main(arguments: Sequence[str]) -> int:
    """Write the files; with ``--check`` only compare, and answer 1 if one is not as it would be written."""
    stale = []
    for name, render in (("datatypes", datatypes), ("xml", xml_attributes), ("cXML", elements)):
        path, octets = ROOT / "dtd" / f"{name}.xsd", render().encode()
        if not path.is_file() or path.read_bytes() != octets:
            stale.append(path.name)
            if "--check" not in arguments:
                path.write_bytes(octets)
    print(f"{'stale' if '--check' in arguments else 'written'}: {', '.join(stale) or 'nothing'}")
    return int("--check" in arguments and bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
