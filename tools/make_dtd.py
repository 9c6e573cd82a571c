"""Write ``dtd/*.dtd`` from the declarations.

    python tools/make_dtd.py            writes the files
    python tools/make_dtd.py --check    says whether they are as they would be written

A file is written for each DTD module that has a declared payload, so that one is never offered that would refuse all
it is for. The files stand alone: no other file and no network is needed to use them.
"""

from __future__ import annotations

import importlib
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))  # this checkout, not what may be installed

import signature_grammar

from cxml_punchout import element as x
from cxml_punchout import models
from cxml_punchout.document import CURRENT_VERSION
from cxml_punchout.payloads import MESSAGES, REQUESTS, RESPONSES, module_of

ROOT = Path(__file__).resolve().parents[1]
WIDTH = 100

_HEADER = """\
cXML {version}: the grammar of {module}.dtd as far as cxml_punchout declares it.

An independent description, written by tools/make_dtd.py from the Python declarations of the library and free to use \
under its MIT license. It is not the file of cxml.org. It takes the place of that file for the elements below, which \
have the same content and the same attributes; other payloads are named where they may stand, but not declared.

To change a list that is an entity here (cxml.payment, cxml.requests and so on), write a DTD that declares the entity \
first and includes this file then: of two declarations of an entity the first one counts."""

#: Datatypes for which a DTD has no word; each is an entity so that the attribute lists can say what is meant.
_DATATYPES = {
    "string": "any text",
    "datetime.tz": "2026-11-23T18:30:00+00:00, never without its offset from UTC",
    "date": "2026-11-23",
    "time.tz": "18:30:00+00:00",
    "duration": "P30D",
    "number": "a decimal number such as 12.50",
    "uint": "a whole number from 0",
    "URL": "an absolute URL",
    "xmlLangCode": "a language such as en or en-GB",
    "isoCountryCode": "ISO 3166-1, two letters",
    "isoStateCode": "ISO 3166-2, with the country in front",
    "isoCurrencyCode": "ISO 4217, three letters",
}
_NATIVE = ("NMTOKEN", "NMTOKENS", "ID", "IDREF")

#: Lists that a wrapper may replace: entity -> the values of an enumeration, or the content of an element.
_ENUMERATIONS = {
    "lineItemType": ("composite", "item", "lean"),
    "compositeItemType": ("groupLevel", "itemLevel"),
    "serviceItemType": ("material", "service"),
    "cxml.signatureVersions": ("1.0",),
}
_CONTENTS = {
    "cxml.payment": ("Payment", "PCard"),
    "cxml.accounting": ("Accounting", "(Segment+ | AccountingSegment+)"),
    "cxml.authentication": ("Credential", "SharedSecret | DigitalSignature | CredentialMac"),
    "cxml.statuses": (
        "StatusUpdateRequest",
        "PaymentStatus | SourcingStatus | InvoiceStatus | DocumentStatus | IntegrationStatus",
    ),
}

#: Element -> entity, payloads by module, what leads into the list and ends it, and the model. DTDs that people keep
#: rely on these forms.
_WRAPPERS = {
    "Request": ("cxml.requests", REQUESTS, "(", ")", "(%cxml.requests;)"),
    "Response": ("cxml.responses", RESPONSES, ", (", ")?", "(Status %cxml.responses;)"),
    "Message": ("cxml.messages", MESSAGES, ", (", ")", "(Status? %cxml.messages;)"),
}


def modules() -> list[str]:
    """The modules that have a declared payload."""
    payloads = [
        name
        for table in (REQUESTS, RESPONSES, MESSAGES)
        for names in table.values()
        for name in names
        if x.lookup(name) is not None
    ]
    return list(dict.fromkeys(map(module_of, payloads)))


def render(module: str) -> str:
    """The text of one file."""
    return "\n".join(_lines(module)) + "\n"


def _lines(module: str) -> Iterator[str]:
    yield _comment(_HEADER.format(version=CURRENT_VERSION, module=module))
    yield from _heading("Datatypes. A DTD knows only text, so the names say what is meant.")
    for name, meaning in _DATATYPES.items():
        yield f'<!ENTITY % {name} "CDATA"> {_comment(meaning)}'
    yield ""
    yield f'<!ENTITY cxml.version "{CURRENT_VERSION}">'
    yield from _heading("Lists that a DTD around this one may replace.")
    for name, values in _ENUMERATIONS.items():
        yield f'<!ENTITY % {name} "({" | ".join(values)})">'
    for name, (_, content) in _CONTENTS.items():
        yield f'<!ENTITY % {name} "{content}">'
    for name, table, before, after, _ in _WRAPPERS.values():
        names = table.get(module, ())
        yield from _wrapped(f"<!ENTITY % {name} ", f'"{before}{" | ".join(names)}{after}">' if names else '"">')
    for topic, tags in models.TOPICS.items():
        doc = importlib.import_module(f"{models.__name__}.{topic}").__doc__ or ""
        yield from _heading(_first_sentence(doc))
        for tag in tags.split():
            yield from _declared(tag)
    yield from _signatures()


def _signatures() -> Iterator[str]:
    yield from _heading("XML signatures, after the standards of W3C (ds) and ETSI (xades).")
    for name, content in signature_grammar.HOOKS.items():
        yield f'<!ENTITY % {name} "{content}">'
    yield ""
    for tag in signature_grammar.tags():
        yield from _element(tag, signature_grammar.model_of(tag))
        yield from _attributes(tag, signature_grammar.attributes_of(tag))


def _declared(tag: str) -> Iterator[str]:
    declared = x.lookup(tag)
    assert declared is not None
    yield ""
    doc = declared.doc if isinstance(declared, x.Leaf) else declared.cls.__doc__
    note = " Deprecated." if isinstance(declared, x.Declaration) and declared.deprecated else ""
    since = f" Since {declared.since}." if declared.since else ""
    yield _comment(_first_sentence(doc or tag) + since + note)
    yield from _element(tag, _model(declared))
    if isinstance(declared, x.Declaration):
        yield from _attributes(tag, [_attribute(tag, field) for field in declared.attributes])


def _model(declared: x.Declaration | x.Leaf) -> str:
    if isinstance(declared, x.Leaf) or declared.kind == "text":
        return "(#PCDATA)"
    if declared.tag in _WRAPPERS:
        return _WRAPPERS[declared.tag][-1]
    if declared.kind == "mixed":
        return f"({' | '.join(('#PCDATA', *declared.content[0].tags))})*"
    if declared.kind != "elements":
        return {"empty": "EMPTY", "open": "ANY"}[declared.kind]
    text = str(declared.model)
    for entity, (tag, content) in _CONTENTS.items():
        if tag == declared.tag:
            assert content in text, (entity, text)
            text = text.replace(content, f"%{entity};")
    return text if text.startswith("(") else f"({text})"


def _attribute(tag: str, field: x.Field) -> str:
    assert field.scalar is not None
    if field.scalar.values:
        kind = next(
            (f"%{name};" for name, values in _ENUMERATIONS.items() if values == field.scalar.values),
            f"({' | '.join(field.scalar.values)})",
        )
    else:
        kind = field.scalar.name if field.scalar.name in _NATIVE else f"%{field.scalar.name};"
    if field.required:
        default = "#REQUIRED"
    elif field.fixed is not None:
        default = f'#FIXED "{field.fixed}"'
    elif (tag, field.tag) == ("cXML", "version"):
        default = '"&cxml.version;"'
    else:
        default = "#IMPLIED" if field.absent is None else f'"{field.absent}"'
    return f"{field.tag} {kind} {default}"


# --- layout ------------------------------------------------------------------------------------------------


def _element(tag: str, model: str) -> Iterator[str]:
    yield from _wrapped(f"<!ELEMENT {tag} ", f"{model}>")


def _attributes(tag: str, attributes: Sequence[str]) -> Iterator[str]:
    if len(attributes) == 1:
        yield f"<!ATTLIST {tag} {attributes[0]}>"
    elif attributes:
        yield f"<!ATTLIST {tag}"
        for attribute in attributes[:-1]:
            yield f"    {attribute}"
        yield f"    {attributes[-1]}>"


def _wrapped(start: str, rest: str) -> Iterable[str]:
    return textwrap.wrap(start + rest, WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def _heading(text: str) -> Iterator[str]:
    yield ""
    yield ""
    yield _comment(f"=== {text}")


def _comment(text: str) -> str:
    assert "--" not in text, text
    lines = [line for part in text.split("\n") for line in (textwrap.wrap(part, WIDTH - 4) or [""])]
    if len(lines) == 1:
        return f"<!-- {lines[0]} -->"
    return "\n".join(["<!--", *(f"  {line}".rstrip() for line in lines), "-->"])


def _first_sentence(doc: str) -> str:
    first = doc.strip().split("\n\n")[0]
    return re.sub(r"\s+", " ", first).strip()


def main(arguments: Sequence[str]) -> int:
    """Write the files; with ``--check`` only compare, and answer 1 if one is not as it would be written."""
    stale = []
    for module in modules():
        path, text = ROOT / "dtd" / f"{module}.dtd", render(module)
        if not path.is_file() or path.read_bytes() != text.encode():
            stale.append(path.name)
            if "--check" not in arguments:
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(text.encode())
    print(f"{'stale' if '--check' in arguments else 'written'}: {', '.join(stale) or 'nothing'}")
    return int("--check" in arguments and bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
