"""The compiled pair and the careful pair: what each does, and that they mean the same."""

from __future__ import annotations

import copy
import linecache
import pickle
import traceback
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from cxml_punchout import (
    IncompleteElement,
    InvalidDocument,
    InvalidValue,
    Limits,
    OpenElement,
    Unreadable,
    UsageError,
    parse,
    serialize,
)
from cxml_punchout import element as x
from cxml_punchout.binding import careful, generated_source, reader, rewriter, writer
from cxml_punchout.binding.notes import MOST, Enough, Note, findings_of
from cxml_punchout.binding.source import BlanksNeeded, Departure
from cxml_punchout.models import (
    Address,
    Comments,
    Credential,
    Description,
    DocumentReference,
    Extrinsic,
    Fax,
    Identity,
    Money,
    Name,
    PostalAddress,
    ShortName,
    TelephoneNumber,
)
from cxml_punchout.roundtrip import same_infoset
from cxml_punchout.tree import load


@x.element()
class Parcel(x.Element):
    """Stands in no DTD: choices that keep their order between kinds."""

    content: x.Many[Money | DocumentReference] = x.choices("Money", "DocumentReference", default=())


@x.element()
class Crate(x.Element):
    """As Parcel, but never empty."""

    content: x.Many[Money | DocumentReference] = x.choices("Money", "DocumentReference")


def read(text: str, *, blanks: bool = True) -> tuple[x.Element, reader.Notes]:
    loaded = load(text, blanks=blanks)
    notes = reader.Notes(loaded)
    return reader.read(loaded.root, notes), notes


def read_carefully(text: str, *, blanks: bool = True) -> tuple[x.Element, reader.Notes]:
    loaded = load(text, blanks=blanks)
    declaration = x.lookup(loaded.root.tag)
    assert isinstance(declaration, x.Declaration)
    return careful.read(loaded, declaration)


# --- both readers, both writers ------------------------------------------------------------------------------------


def test_the_two_readers_agree_on_every_valid_example(valid_document: bytes) -> None:
    loaded = load(valid_document)
    if loaded.namespaces:
        pytest.skip("signed documents are read the careful way only")
    notes = reader.Notes(loaded)
    fast = reader.read(loaded.root, notes)
    slow, slow_notes = careful.read(loaded, fast.__cxml__)
    assert fast == slow
    assert sorted(str(note.message) for note in notes) == sorted(str(note.message) for note in slow_notes)


def test_the_two_writers_agree_on_every_valid_example(valid_document: bytes) -> None:
    document = parse(valid_document)
    pieces: list[str] = []
    writer.write(document, pieces.append)
    assert same_infoset("".join(pieces).encode(), rewriter.write(document).encode())


def test_what_was_compiled_can_be_read() -> None:
    assert generated_source("NeverUsed") == ""
    read("<Money currency='EUR'>1</Money>")
    rewriter.write(Money("1", currency="EUR"))
    writer.write(Money("1", currency="EUR"), str)
    source = generated_source("Money")
    assert "def read_Money(el, notes):" in source
    assert "def write_Money(o, put, origin):" in source
    name = "<cxml_punchout read Money>"
    linecache.checkcache(name)
    assert linecache.getline(name, 1) == "def read_Money(el, notes):\n"


def test_a_traceback_shows_the_generated_line() -> None:
    with pytest.raises(Departure) as caught:
        read("<Money>1</Money>")
    assert "raise Departure" in "".join(traceback.format_exception(caught.value))


# --- choices that keep their order ---------------------------------------------------------------------------------

MIXED_UP = (
    "<Parcel><Money currency='EUR'>1</Money><DocumentReference payloadID='a'/><Money currency='USD'>2</Money></Parcel>"
)


def test_choices_keep_the_order_between_kinds() -> None:
    for made in (read(MIXED_UP)[0], read_carefully(MIXED_UP)[0]):
        assert isinstance(made, Parcel)
        assert [type(part) for part in made.content] == [Money, DocumentReference, Money]
        assert same_infoset(MIXED_UP.encode(), rewriter.write(made).encode())
        pieces: list[str] = []
        writer.write(made, pieces.append)
        assert same_infoset(MIXED_UP.encode(), "".join(pieces).encode())


def test_choices_may_be_required() -> None:
    assert read("<Parcel/>")[0] == Parcel()
    with pytest.raises(Departure):
        read("<Crate/>")
    made, notes = read_carefully("<Crate/>")
    assert [note.code for note in notes] == ["missing-element"]
    assert rewriter.write(made) == "<Crate/>"
    with pytest.raises(IncompleteElement):
        Crate(content=[])
    with pytest.raises(InvalidValue):
        Crate(content=[Name("x", lang="en")])  # type: ignore[list-item]


def test_choices_refuse_other_kinds_when_written() -> None:
    parcel = Parcel()
    x.put(parcel, "content", (Name("x", lang="en"),))
    with pytest.raises(Departure):
        writer.write(parcel, str)
    with pytest.raises(InvalidValue, match=r"document\.content"):
        rewriter.write(parcel)


# --- departures of the fast reader ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "<Money currency='EUR' colour='red'>1</Money>",
        "<Money>1</Money>",
        "<Money currency='EUR'>1<b/></Money>",
        "<DocumentReference payloadID='1'> </DocumentReference>",
        "<DocumentReference payloadID='1'><b/></DocumentReference>",
        "<Address><Name xml:lang='en'>x</Name>stray</Address>",
        "<Address>stray<Name xml:lang='en'>x</Name></Address>",
        "<Address>\u00a0<Name xml:lang='en'>x</Name></Address>",
        "<Address><Email>a</Email><Name xml:lang='en'>x</Name></Address>",
        "<Address><Name xml:lang='en'>x</Name><Name xml:lang='en'>x</Name></Address>",
        "<Address><Name xml:lang='en'>x</Name><Colour/></Address>",
        "<Address/>",
        "<Fax/>",
        "<Fax><URL>a</URL><Email>b</Email></Fax>",
        "<PostalAddress><Street>a<b/></Street><City>c</City><Country isoCountryCode='DE'>d</Country></PostalAddress>",
        "<PostalAddress><Street a='1'>a</Street><City>c</City><Country isoCountryCode='DE'>d</Country></PostalAddress>",
        "<ItemOut quantity='1' colour='red'><ItemID><SupplierPartID>1</SupplierPartID></ItemID></ItemOut>",
        "<ItemOut quantity='1' itemType='Lean'><ItemID><SupplierPartID>1</SupplierPartID></ItemID></ItemOut>",
        "<ItemOut lineNumber='1'><ItemID><SupplierPartID>1</SupplierPartID></ItemID></ItemOut>",
        "<Option name='a' a-dtype='other'>x</Option>",
        "<Description xml:lang='en'>a<b/></Description>",
        "<Request><GarbageRequest/></Request>",
        "<Request/>",
        "<Path><?a?><Node type='copy'><Credential domain='a'><Identity>b</Identity></Credential></Node></Path>",
        "<Unheard/>",
        "<Street>a leaf</Street>",
    ],
)
def test_the_fast_reader_leaves_departures_to_the_careful_one(text: str) -> None:
    with pytest.raises(Departure):
        read(text)


def test_white_space_that_belongs_to_the_content_is_asked_for() -> None:
    text = "<Comments> <Attachment><URL>cid:a</URL></Attachment> </Comments>"
    with pytest.raises(BlanksNeeded):
        read(text, blanks=False)
    made, _ = read(text)
    assert made.text == "  "  # type: ignore[attr-defined]
    extrinsic = "<Extrinsic name='a'> <Money currency='EUR'>1</Money></Extrinsic>"
    with pytest.raises(BlanksNeeded):
        read(extrinsic, blanks=False)
    assert read("<Extrinsic name='a'> </Extrinsic>", blanks=False)[0] == Extrinsic(" ", name="a")


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("<Description xml:lang='en'><ShortName>a</ShortName>b</Description>", False),
        ("<Description xml:lang='en'>b<ShortName>a</ShortName> </Description>", False),
        ("<Description xml:lang='en'> <ShortName>a</ShortName>b</Description>", True),
        ("<Description xml:lang='en'><ShortName>a</ShortName> </Description>", True),
        ("<Description xml:lang='en'><ShortName>a</ShortName>\n<ShortName>a</ShortName></Description>", True),
        ("<Description xml:lang='en'><ShortName/>b</Description>", True),
    ],
)
def test_a_document_is_read_twice_only_if_white_space_may_be_missing(text: str, again: bool) -> None:
    expected = read(text)[0]
    if again:
        with pytest.raises(BlanksNeeded):
            read(text, blanks=False)
    else:
        assert read(text, blanks=False)[0] == expected
    assert same_infoset(text.encode(), rewriter.write(expected).encode())


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("<Money colour='red'>1</Money>", False),
        ("<To> <Foo/> <Credential domain='a'> <Identity>1</Identity> </Credential> </To>", False),
        ("<To><Foo> </Foo><Correspondent>x</Correspondent></To>", False),
        ("<Extrinsic colour='red' name='a'> </Extrinsic>", False),
        ("<Comments colour='red'>b<Attachment><URL>cid:a</URL></Attachment> </Comments>", False),
        ("<To><Foo><Bar/></Foo></To>", True),
        ("<Extrinsic colour='red' name='a'> <Bar/></Extrinsic>", True),
        ("<Comments colour='red'> <Attachment><URL>cid:a</URL></Attachment> b</Comments>", True),
        ("<Comments> <Foo/></Comments>", True),
        ("<Money currency='EUR'>1<Foo/></Money>", True),
        ("<ItemID><SupplierPartID>1</SupplierPartID><SupplierPartID> <Foo/></SupplierPartID></ItemID>", True),
        ("<PostalAddress><Street>1<Foo/></Street><City/></PostalAddress>", True),
        (
            "<PostalAddress><Street>1</Street><City/><Country isoCountryCode='DE'> <Foo/></Country></PostalAddress>",
            True,
        ),
        ("<ShipTo><PCard number='1' expiration='2026-01-01'> <Foo/></PCard></ShipTo>", True),
    ],
)
def test_the_careful_reader_asks_only_for_white_space_that_it_keeps(text: str, again: bool) -> None:
    exact, noted = read_carefully(text)
    if again:
        with pytest.raises(BlanksNeeded):
            read_carefully(text, blanks=False)
    else:
        made, notes = read_carefully(text, blanks=False)
        assert made == exact
        assert rewriter.write(made, origin=notes.origin) == rewriter.write(exact, origin=noted.origin)
        assert sorted(note.message for note in notes) == sorted(note.message for note in noted)


# --- what the careful reader keeps ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("<Money currency='EUR' colour='red'>1</Money>", ["unknown-attribute"]),
        ("<Money>1</Money>", ["missing-attribute"]),
        ("<Money currency='EUR'>1<b>2</b>3</Money>", ["unexpected-child"]),
        ("<DocumentReference payloadID='1'> </DocumentReference>", ["unexpected-text"]),
        (
            "<DocumentReference payloadID='1'>a<b/>c</DocumentReference>",
            ["unexpected-text", "unknown-element", "unexpected-text"],
        ),
        (
            "<Address>a<Name xml:lang='en'>x</Name>b<Colour/>c</Address>",
            ["unexpected-text", "unexpected-text", "unknown-element", "unexpected-text"],
        ),
        ("<Address/>", ["missing-element"]),
        ("<Fax/>", ["group"]),
        ("<Fax><URL>a</URL><Email>b</Email></Fax>", ["group"]),
        ("<IdReference identifier='1' domain='a'>1002665</IdReference>", ["unexpected-text"]),
        ("<Option name='a' a-dtype='other'>x</Option>", ["enumeration"]),
        ("<Option name='a' a-dtype='name  string'>x</Option>", []),
        ("<Description xml:lang='en'>a<b>c</b>d</Description>", ["unknown-element"]),
        ("<Request><GarbageRequest a='1'/></Request>", ["unknown-element"]),
        ("<Request/>", ["missing-element"]),
        ("<TaxExemption exemptCode='1' xmlns:a='u' a:b='c'/>", ["namespace", "unknown-attribute"]),
        ("<Contact role='a b'><Name xml:lang='en'>x</Name></Contact>", ["token"]),
        ("<Contact role=' a '><Name xml:lang='en'>x</Name></Contact>", []),
        ("<ShipTo><?a?></ShipTo>", ["processing-instruction", "missing-element"]),
        (
            "<ItemOut quantity='1' isAdHoc='true'><ItemID><SupplierPartID>1</SupplierPartID></ItemID></ItemOut>",
            ["enumeration"],
        ),
    ],
)
def test_every_departure_is_noted_and_everything_is_kept(text: str, codes: list[str]) -> None:
    made, notes = read_carefully(text)
    assert sorted(note.code for note in notes) == sorted(codes)
    written = rewriter.write(made, origin=notes.origin)
    if "order" not in codes:
        assert same_infoset(text.encode(), written.encode())
    assert read_carefully(written)[0] == made
    assert pickle.loads(pickle.dumps(made)) == made
    assert copy.deepcopy(made) == made


def test_a_leaf_with_more_than_text_is_written_back_whole() -> None:
    text = (
        "<PostalAddress><Street a='1'>x<b>y</b></Street><City>c</City><Country isoCountryCode='DE'>d</Country>"
        "</PostalAddress>"
    )
    made, notes = read_carefully(text)
    assert isinstance(made, PostalAddress)
    assert made.street == ("x",)
    assert {note.code for note in notes} == {"unexpected-child", "unknown-attribute"}
    with pytest.raises(Departure):
        writer.write(made, str)
    assert same_infoset(text.encode(), rewriter.write(made).encode())
    number, _ = read_carefully("<BlanketItemDetail><MaxQuantity>1<b/></MaxQuantity></BlanketItemDetail>")
    assert isinstance(number.max_quantity, Unreadable)  # type: ignore[attr-defined]
    assert "<MaxQuantity>1<b/></MaxQuantity>" in rewriter.write(number)


def test_two_elements_are_joined_when_they_do_not_contradict_each_other() -> None:
    header = (
        "<Header><From><Credential domain='a'><Identity>1</Identity></Credential></From>"
        "<To><Credential domain='b'><Identity>2</Identity></Credential></To>"
        "<To><Credential domain='c'><Identity>3</Identity></Credential></To>"
        "<Sender><Credential domain='a'><Identity>1</Identity></Credential><UserAgent/></Sender></Header>"
    )
    made, notes = read_carefully(header)
    assert [note.code for note in notes] == ["repeated"]
    assert [credential.identity.value for credential in made.to.credential] == ["2", "3"]  # type: ignore[attr-defined]


def test_a_prefix_that_means_two_things_keeps_no_two_elements_apart() -> None:
    a, b, c, d = (f"<Credential domain='{domain}'><Identity>1</Identity></Credential>" for domain in "abcd")
    d = d.replace(" ", " xmlns:p='urn:three' ", 1)
    made, _ = read_carefully(
        f"<Header><From>{a}</From><To xmlns:p='urn:one' xmlns:q='urn:q'>{b}</To><To xmlns:p='urn:two'>{c}{d}</To>"
        f"<Sender>{a}<UserAgent/></Sender></Header>"
    )
    to = made.to  # type: ignore[attr-defined]
    assert [credential.domain for credential in to.credential] == ["b", "c", "d"]
    assert to._leftover.namespaces == (("p", "urn:one"), ("q", "urn:q"))
    told = [each._leftover.namespaces if each._leftover else () for each in to.credential]
    assert told == [(), (("p", "urn:two"),), (("p", "urn:three"),)]
    again, _ = read_carefully(rewriter.write(made))
    assert again == made
    # Where it stands in a text it cannot be handed down, and they stay apart.
    aside = "<BillTo xmlns:p='{}'><Address><Name xml:lang='en'>B</Name></Address><URL>u</URL></BillTo>"
    order = f"<OrderRequestHeader>{aside.format('urn:one')}{aside.format('urn:two')}</OrderRequestHeader>"
    assert rewriter.write(read_carefully(order)[0]).count("<BillTo") == 2


@pytest.mark.parametrize(
    "second",
    [
        "<Description xml:lang='en'>other</Description>",  # nothing in it can be joined
        "<Description xml:lang='de'>other</Description>",
    ],
)
def test_two_elements_that_contradict_each_other_are_both_kept(second: str) -> None:
    text = f"<Priority level='1'><Description xml:lang='en'>one</Description>{second}</Priority>"
    made, notes = read_carefully(text)
    assert [note.code for note in notes] == ["repeated"]
    assert made.description == Description("one", lang="en")  # type: ignore[attr-defined]
    assert same_infoset(text.encode(), rewriter.write(made).encode())


def test_a_second_element_is_kept_apart_if_one_of_them_departs_itself() -> None:
    text = "<OrderMethods><OrderMethod><OrderTarget><URL>a</URL></OrderTarget></OrderMethod>{}{}</OrderMethods>"
    contact = "<Contact><Name xml:lang='en'>{}</Name></Contact>"
    made, _ = read_carefully(text.format(contact.format("a"), contact.format("b")))
    assert '<Name xml:lang="en">b</Name>' in rewriter.write(made)
    odd = "<Contact colour='red'><Name xml:lang='en'>a</Name></Contact>"
    assert rewriter.write(read_carefully(text.format(contact.format("a"), odd))[0]).count("<Contact") == 2


def test_two_elements_that_differ_in_what_stands_in_a_text_are_not_joined() -> None:
    address = "<BillTo><Address><Name xml:lang='en'>B{}</Name></Address></BillTo>"
    plain, odd = address.format(""), address.format("<Extrinsic name='x'>kept</Extrinsic>")
    for pair in (plain + odd, odd + plain):
        made, _ = read_carefully(
            f"<OrderRequestHeader orderID='1' orderDate='2026-01-01T00:00:00+00:00'>{pair}</OrderRequestHeader>"
        )
        assert rewriter.write(made).count("kept") == 1


def test_hundreds_of_repeated_elements_are_not_joined_one_by_one() -> None:
    credential = "<Credential domain='a'><Identity>1</Identity></Credential>"
    many = f"<To>{credential}</To>" * 300
    header = f"<Header><From>{credential}</From>{many}<Sender>{credential}<UserAgent/></Sender></Header>"
    made, notes = read_carefully(header)
    assert len(notes) == 299
    assert 100 < len(made.to.credential) < 103  # type: ignore[attr-defined]
    assert rewriter.write(made).count("<Credential") == 302


def test_of_a_crowd_of_equal_elements_not_all_are_compared_with_the_first() -> None:
    # Each would be written, and the first one again, to see whether they say the same.
    address = '<ShipTo><Address><Name xml:lang="en">Bakery</Name></Address></ShipTo>'
    body = (
        "<cXML payloadID='1' timestamp='2026-11-23T18:30:00+00:00'><Request><PunchOutSetupRequest operation='create'>"
        f"<BuyerCookie/>{address * (careful._JOINS + 500)}</PunchOutSetupRequest></Request></cXML>"
    )
    document = parse(body, mode="tolerant")
    assert document.payload.ship_to.address.name.value == "Bakery"
    assert serialize(document).count(b"<ShipTo>") == 500


def test_findings_are_limited_and_the_rest_is_counted() -> None:
    body = (
        "<cXML payloadID='1' timestamp='2026-11-23T18:30:00+00:00'><Response><Status code='200' text='OK'/>"
        + "<Colour/>" * (MOST + 500)
        + "</Response></cXML>"
    )
    document = parse(body, mode="tolerant")
    assert document.findings[-1].code == "more"
    assert len([finding for finding in document.findings if finding.layer == "dtd"]) == MOST + 1
    assert serialize(document).count(b"<Colour/>") == MOST + 500


@pytest.mark.parametrize("most", [0, 1, 7, MOST])
def test_strict_reading_ends_when_all_departures_that_are_listed_are_found(most: int) -> None:
    body = (
        "<cXML payloadID='1' timestamp='2026-11-23T18:30:00+00:00'><Response><Status code='200' text='OK'/>"
        + "{}</Response></cXML>"
    )
    limits = Limits(findings=most)
    with pytest.raises(InvalidDocument) as caught:
        parse(body.format("<Colour/>" * 100_000), limits=limits)
    listed = [(finding.code, finding.message) for finding in caught.value.findings if finding.severity == "error"]
    assert [code for code, _ in listed] == ["unknown-element"] * most
    assert "Reading ended at the next departure." in [finding.message for finding in caught.value.findings]
    if most:
        with pytest.raises(InvalidDocument) as caught:
            parse(body.format("<Colour/>" * most), limits=limits)
        assert "more" not in [finding.code for finding in caught.value.findings]


def test_a_strict_reader_that_came_to_the_end_says_how_many_departures_there_are() -> None:
    loaded = load("<cXML/>")
    notes = reader.Notes(loaded, 1, strict=True)
    for severity in ("error", "warning", "warning"):
        notes.append(Note(loaded.root, "dtd", severity, "order", "", fatal=severity == "error"))  # type: ignore[arg-type]
    assert [finding.message for finding in findings_of(notes)][-1] == "2 more departures are not listed."
    with pytest.raises(Enough):
        notes.append(Note(loaded.root, "dtd", "error", "order", "", fatal=True))
    assert [finding.message for finding in findings_of(notes)][-1] == "Reading ended at the next departure."


def test_a_near_name_is_offered() -> None:
    _, notes = read_carefully("<Address adressID='1'><Name xml:lang='en'>x</Name><EMail>a</EMail></Address>")
    assert [note.hint for note in notes] == ["Is addressID meant?", "Is Email meant?"]
    _, notes = read_carefully(f"<Address><Name xml:lang='en'>x</Name><{'Email' * 20}/></Address>")
    assert [note.hint for note in notes] == [""]


# --- what the careful writer says ----------------------------------------------------------------------------------


def address() -> Address:
    return Address(
        name=Name("Acme", lang="en"),
        postal_address=PostalAddress(street=["1 Main"], city="Springfield", country=country()),
    )


def country() -> object:
    from cxml_punchout.models import Country

    return Country("Germany", iso_country_code="DE")


def test_a_text_that_was_put_for_an_element_is_written_as_that_element() -> None:
    made = address()
    x.put(made, "email", "jane@example.com")
    assert made.postal_address is not None
    x.put(made.postal_address, "street", ["a", "b"])
    text = rewriter.write(made)
    assert "<Email>jane@example.com</Email>" in text
    assert "<Street>a</Street><Street>b</Street>" in text


def test_the_field_of_a_wrong_value_is_named() -> None:
    made = address()
    assert made.postal_address is not None
    x.put(made.postal_address, "street", ["a", 1.5])
    with pytest.raises(InvalidValue) as caught:
        rewriter.write(made)
    assert caught.value.path == "document.postal_address.street"
    x.put(made.postal_address, "street", ())
    with pytest.raises(IncompleteElement, match=r"document\.postal_address\.street"):
        rewriter.write(made)
    x.put(made.postal_address, "street", 5)
    with pytest.raises(InvalidValue, match=r"document\.postal_address\.street"):
        rewriter.write(made)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda made: x.put(made, "name", None), "document.name"),
        (lambda made: x.put(made.name, "lang", None), "document.name.lang"),
        (lambda made: x.put(made.name, "value", None), "document.name.value"),
        (lambda made: x.put(made.name, "value", "a\x0b"), "document.name.value"),
        (lambda made: x.put(made.name, "lang", "\ufffe"), "document.name.lang"),
        (lambda made: x.put(made, "name", "no language"), "document.name"),
        (lambda made: x.put(made, "name", country()), "document.name"),
        (lambda made: x.put(made, "address_id", 5), "document.address_id"),
        (lambda made: x.put(made.postal_address, "street", ["\ud800"]), "document.postal_address.street[0]"),
    ],
)
def test_each_fault_has_its_place(change: object, path: str) -> None:
    made = address()
    change(made)  # type: ignore[operator]
    with pytest.raises(UsageError) as caught:
        rewriter.write(made)
    assert caught.value.path.startswith(path)


def test_a_group_that_does_not_fit_is_refused() -> None:
    with pytest.raises(IncompleteElement, match="TelephoneNumber"):
        rewriter.write(Fax())
    with pytest.raises(Departure):
        writer.write(Fax(url="a", email="b"), str)


def test_content_is_checked_when_it_is_written() -> None:
    made = Description("a", lang="en")
    made.content = "plain"
    assert rewriter.write(made) == '<Description xml:lang="en">plain</Description>'
    x.put(made, "content", ("a", ShortName("b"), 5))
    with pytest.raises(InvalidValue, match=r"document\.content"):
        rewriter.write(made)
    x.put(made, "content", ("a", "\x00"))
    with pytest.raises(InvalidValue, match=r"document\.content\[0\]"):
        rewriter.write(made)
    comments = Comments("see", lang="en")
    comments.content = (Unreadable("x"),)
    with pytest.raises(Departure):
        writer.write(comments, str)
    assert rewriter.write(comments) == '<Comments xml:lang="en">x</Comments>'


def test_a_secret_is_not_in_the_message_about_it() -> None:
    credential = Credential(domain="a", identity="b", shared_secret="x")
    assert credential.shared_secret is not None
    x.put(credential.shared_secret, "content", (object(),))
    with pytest.raises(InvalidValue) as caught:
        rewriter.write(credential)
    assert "this value cannot be written" in str(caught.value)


def test_what_is_not_an_element_is_refused() -> None:
    with pytest.raises(InvalidValue, match="element is expected"):
        rewriter.write("text")  # type: ignore[arg-type]
    with pytest.raises(Departure):
        writer.write("text", str)  # type: ignore[arg-type]


def test_a_fixed_attribute_has_one_value() -> None:
    from cxml_punchout.models import Option

    option = Option("x", name="a", a_dtype="name string")
    assert 'a-dtype="name string"' in rewriter.write(option)
    option.a_dtype = "other"
    with pytest.raises(InvalidValue, match="a_dtype"):
        rewriter.write(option)


def test_exact_text_takes_the_place_of_an_element() -> None:
    made = address()
    assert "<Name>exact</Name>" in rewriter.write(made, exact={id(made.name): "<Name>exact</Name>"})


def test_leftovers_stand_at_the_end_when_what_they_followed_is_gone() -> None:
    made, _ = read_carefully("<Address><Name xml:lang='en'>x</Name><Email>a</Email><Colour/></Address>")
    made.email = None  # type: ignore[attr-defined]
    assert rewriter.write(made).endswith("<Colour/></Address>")


# --- spellings through both writers --------------------------------------------------------------------------------


@pytest.mark.parametrize("spelled", ["1505.0", ".34", "13,450.00", "+5", "007.50", " 12.5 ", "1.", "0.0000001", "-0"])
def test_a_number_is_written_as_it_came(spelled: str) -> None:
    text = f'<Money currency="EUR">{spelled}</Money>'
    made, notes = read(text)
    pieces: list[str] = []
    writer.write(made, pieces.append, notes.origin)
    assert "".join(pieces) == rewriter.write(made, origin=notes.origin) == text


@pytest.mark.parametrize(
    "spelled",
    [
        "2008-05-19T19:51:55Z",
        "2022-10-18T23:56:52",
        "2003-01-15T08:42:46-0800",
        "2018-09-20T03:30:00.5-07:00",
        "2018-09-20T03:30:00-00:00",
        "2000-10-12",
        "--T+00:00",
        "yesterday",
        "",
    ],
)
def test_a_time_is_written_as_it_came(spelled: str) -> None:
    text = f'<SupplierOrderInfo orderID="1" orderDate="{spelled}"/>'
    made, notes = read(text)
    pieces: list[str] = []
    writer.write(made, pieces.append, notes.origin)
    assert "".join(pieces) == rewriter.write(made, origin=notes.origin) == text


def test_new_values_are_written_plainly() -> None:
    made = Money(Decimal("1E+3"), currency="EUR", alternate_amount=Decimal("1E-9"))
    assert rewriter.write(made) == '<Money currency="EUR" alternateAmount="0.000000001">1000</Money>'
    pieces: list[str] = []
    writer.write(made, pieces.append)
    assert "".join(pieces) == rewriter.write(made)
    assert TelephoneNumber.__cxml__.tag == "TelephoneNumber"
    assert Identity(OpenElement("<IdReference identifier='1' domain='b'/>")).elements[0].tag == "IdReference"
    now = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
    from cxml_punchout.models import SupplierOrderInfo

    assert 'orderDate="2026-11-23T18:30:00+00:00"' in rewriter.write(SupplierOrderInfo(order_id="1", order_date=now))


# --- a text in which only some elements may stand ------------------------------------------------------------


def test_a_foreign_element_cannot_be_put_into_a_text_where_only_some_may_stand() -> None:
    foreign = x.OpenElement("<b>x</b>")
    with pytest.raises(InvalidValue, match="b cannot stand here"):
        Description(["a ", foreign], lang="en")
    made = Description("a", lang="en")
    with pytest.raises(InvalidValue, match=r"^Description\.content: b cannot stand here$"):
        made.content = ["a ", foreign]  # type: ignore[list-item]
    x.put(made, "content", ["a ", foreign])
    with pytest.raises(InvalidValue, match=r"document\.content: b cannot stand here"):
        rewriter.write(made)
    with pytest.raises(Departure):
        writer.write(made, [].append)


def test_one_that_was_received_is_kept_and_written_back() -> None:
    text = '<Description xml:lang="en">a <b>x</b> c</Description>'
    made, _ = careful.read(load(text.encode(), tolerant=True), Description.__cxml__)
    assert made.content == ("a ", x.OpenElement("<b>x</b>"), " c")
    assert rewriter.write(made) == text
