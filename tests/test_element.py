"""The language of declarations: every kind of field, built, read, written, compared, shown and copied."""

from __future__ import annotations

import copy
import pickle
import weakref
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal

import attrs
import grammar
import pytest
from lxml import etree

from cxml_punchout import (
    CXML,
    CXMLError,
    IncompleteElement,
    InvalidDocument,
    InvalidValue,
    MalformedDocument,
    OpenElement,
    Unreadable,
    UnsafeDocument,
    declaration,
    models,
    parse,
    serialize,
    spelling,
)
from cxml_punchout import element as x
from cxml_punchout.models import (
    Address,
    Attachment,
    BuyerCookie,
    Comments,
    Contact,
    Country,
    Credential,
    Description,
    Email,
    Extrinsic,
    From,
    Header,
    Identity,
    IdReference,
    ItemDetail,
    Money,
    Name,
    PCard,
    PostalAddress,
    ProfileRequest,
    Request,
    Sender,
    SharedSecret,
    ShortName,
    Status,
    TemporaryPrice,
    To,
    Total,
    UnitPrice,
)
from cxml_punchout.scalars import ID, Flag, NMToken, YesNo

# --- declarations that only this file has ----------------------------------------------------------------

Shade = Literal["light", "dark"]


@x.element()
class ProbeAttributes(x.Element):
    """One attribute of each kind."""

    plain: str = x.attribute("plain")
    amount: x.Exact[Decimal | None] = x.attribute("amount", default=None, secret=True)
    count: int | None = x.attribute("count", default=None)
    when: datetime | None = x.attribute("when", default=None)
    day: date | datetime | None = x.attribute("day", default=None)
    shade: Shade | None = x.attribute("shade", default=None, absent="light")
    marked: Flag = x.attribute("marked", default=False)
    clear: YesNo | None = x.attribute("clear", default=None)
    token: NMToken | None = x.attribute("token", default=None)
    kind: str | None = x.attribute("kind", default=None, fixed="probe")
    id: ID | None = x.attribute("Id", default=None)
    lang: str | None = x.attribute("xml:lang", default=None)


@x.element()
class ProbeFew(x.Element):
    """Few attributes, so that they are compared one by one."""

    kind: str | None = x.attribute("kind", default=None, fixed="probe")
    amount: x.Exact[Decimal] = x.attribute("amount")
    clear: YesNo = x.attribute("clear")


@x.element()
class ProbeSecretText(x.Element):
    """A number that must not be shown."""

    value: x.Exact[Decimal] = x.text(secret=True, kw_only=False)


@x.element()
class ProbeDay(x.Element):
    """A text that may be left out in Python, though not on the wire."""

    note: str | None = x.attribute("note", default=None)
    value: str = x.text(default="", kw_only=False)


@x.element()
class ProbeOpen(x.TextAndElements):
    """Open content that only a keyword reaches."""

    content: x.Content = x.open_content(default=())


@x.element()
class ProbeMixed(x.MixedElement):
    """Text among elements of two kinds."""

    content: x.Mixed[ProbeDay | ProbeFew] = x.mixed("ProbeDay", "ProbeFew", default=(), kw_only=False)


ProbeLeaf = x.leaf("ProbeLeaf", int, "A number of its own.")
ProbeFlag = x.leaf("ProbeFlag", Literal["on", "off"], "A switch.")


@x.element()
class ProbeChoices(x.Element):
    """Kinds mixed at will, at least one."""

    anything: x.Many[ProbeDay | ProbeFew | x.OpenElement] = x.choices("ProbeDay", "ProbeFew", "ProbeUnknown")
    last: int | None = x.child("ProbeLeaf", default=None)


@x.element()
class ProbeChoice(x.Element):
    """One of two kinds, or none."""

    either: ProbeDay | ProbeFew | None = x.choice("ProbeDay", "ProbeFew", default=None)
    numbers: x.Many[int] = x.children("ProbeLeaf", default=())


@x.element()
class ProbeLeafChoice(x.Element):
    """Plain values among the kinds of a choice."""

    parts: x.Many[Any] = x.choices("ProbeLeaf", "ProbeDay")


@x.element("((ProbeDay, ProbeFew) | ProbeLeaf+)?", "(ProbeFlag, ProbeOpen?)?")
class ProbeGroups(x.Element):
    """Nested alternatives, and a part that needs another one."""

    first: ProbeDay | None = x.child("ProbeDay", default=None)
    second: ProbeFew | None = x.child("ProbeFew", default=None)
    numbers: x.Many[int] = x.children("ProbeLeaf", default=())
    between: ProbeSecretText | None = x.child("ProbeSecretText", default=None)
    switch: Literal["on", "off"] | None = x.child("ProbeFlag", default=None)
    open_: ProbeOpen | None = x.child("ProbeOpen", default=None)


@x.element("(ProbeDay, ProbeFew)?")
class ProbePair(x.Element):
    """Both or neither."""

    first: x.OrText[ProbeDay | None] = x.child("ProbeDay", default=None)
    second: ProbeFew | None = x.child("ProbeFew", default=None)


PROBES = [
    "ProbeAttributes",
    "ProbeFew",
    "ProbeSecretText",
    "ProbeDay",
    "ProbeOpen",
    "ProbeMixed",
    "ProbeChoices",
    "ProbeChoice",
    "ProbeGroups",
    "ProbePair",
    "ProbeLeafChoice",
]


@x.element(tag="TradeRequest", since="1.2.063", deprecated="nothing")
class Probe(x.Element):
    """Takes the place of a payload that the library has no model for, to bring probes into a document."""

    probe: Any = x.choice(*PROBES)


# Only while a test of this file runs, for others want to find the payload undeclared.
del declaration._declared["TradeRequest"]


@pytest.fixture(autouse=True)
def _probe(monkeypatch: pytest.MonkeyPatch) -> None:
    for index in (declaration._declared, declaration._ready):
        monkeypatch.setitem(index, "TradeRequest", Probe.__cxml__)


WHEN = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)


def credential(**more: Any) -> Credential:
    return Credential(domain="NetworkID", identity="AN01", **more)


def document(payload: Any) -> CXML:
    header = Header(
        from_=From(credential=[credential()]),
        to=To(credential=[credential()]),
        sender=Sender(credential=[credential()], user_agent="test"),
    )
    return CXML(payload_id="1@example.com", timestamp=WHEN, header=header, request=Request(payload=payload))


def written(probe: x.Element) -> str:
    """The XML of a probe, which must be the same when it is read in either mode and written again."""
    octets = serialize(document(Probe(probe=probe)))
    for mode in ("strict", "tolerant"):
        again = parse(octets, mode=mode)
        assert again.payload.probe == probe
        assert serialize(again) == octets
    return _inside(octets)


def _inside(octets: bytes) -> str:
    text = octets.decode()
    return text[text.index("<TradeRequest>") + len("<TradeRequest>") : text.index("</TradeRequest>")]


def _canonical(xml: str) -> str:
    return grammar.canonical(etree.fromstring(xml)).decode()


def read(xml: str, mode: Literal["strict", "tolerant"] = "strict") -> Any:
    """A probe from its XML; what was read is written back to the letter."""
    around = serialize(document(Probe(probe=ProbePair()))).decode()
    octets = around.replace("<ProbePair></ProbePair>", xml).replace("<ProbePair/>", xml).encode()
    made = parse(octets, mode=mode)
    assert _canonical(_inside(serialize(made))) == _canonical(xml)
    return made.payload.probe  # type: ignore[union-attr]


def refused(xml: str) -> list[str]:
    """The codes for which a strict reader refuses; a tolerant one says the same and keeps all of it."""
    with pytest.raises(InvalidDocument) as caught:
        read(xml)
    around = serialize(document(Probe(probe=ProbePair()))).decode()
    octets = around.replace("<ProbePair></ProbePair>", xml).replace("<ProbePair/>", xml).encode()
    made = parse(octets, mode="tolerant")
    codes = [finding.code for finding in made.findings if finding.layer == "dtd"]
    assert sorted(codes) == sorted(finding.code for finding in caught.value.findings if finding.layer == "dtd")
    # The children may have been put in order, but nothing is lost.
    assert sorted(_canonical(_inside(serialize(made)))) == sorted(_canonical(xml))
    return codes


# --- attributes ------------------------------------------------------------------------------------------


def test_attributes_of_every_kind():
    probe = ProbeAttributes(
        plain="a<b",
        amount="12.50",
        count=3,
        when=WHEN,
        day=date(2026, 11, 23),
        shade="dark",
        marked=True,
        clear=False,
        token="a-b",
        kind="probe",
        id="i1",
        lang="en",
    )
    assert written(probe) == (
        '<ProbeAttributes plain="a&lt;b" amount="12.50" count="3" when="2026-11-23T18:30:00+00:00" day="2026-11-23"'
        ' shade="dark" marked="yes" clear="no" token="a-b" kind="probe" Id="i1" xml:lang="en"/>'
    )
    assert (probe.amount, type(probe.amount)) == (Decimal("12.50"), Decimal)


def test_attributes_that_are_absent_stay_absent():
    probe = ProbeAttributes(plain="")
    assert written(probe) == '<ProbeAttributes plain=""/>'
    assert probe.marked is False
    assert (probe.clear, probe.shade, probe.kind) == (None, None, None)


def test_few_attributes():
    assert written(ProbeFew(amount=1, clear=True)) == '<ProbeFew amount="1" clear="yes"/>'
    assert read('<ProbeFew amount="1" clear="no" kind="probe"/>') == ProbeFew(kind="probe", amount=1, clear=False)


def test_spellings_of_attributes_are_kept():
    probe = read(
        '<ProbeAttributes plain="1" amount=".34" count="007" when="2008-05-19T19:51:55Z" day="x" token=" a "/>'
    )
    assert (probe.amount, probe.count, probe.token) == (Decimal("0.34"), 7, "a")
    assert spelling(probe.when) == "2008-05-19T19:51:55Z"
    assert type(probe.day) is Unreadable
    assert read('<ProbeFew amount=" 5" clear="yes"/>').amount == 5


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        ("<ProbeAttributes/>", "missing-attribute"),
        ('<ProbeAttributes plain="" colour="red"/>', "unknown-attribute"),
        ('<ProbeAttributes plain="" shade="Dark"/>', "enumeration"),
        ('<ProbeAttributes plain="" marked="no"/>', "enumeration"),
        ('<ProbeAttributes plain="" clear="true"/>', "enumeration"),
        ('<ProbeAttributes plain="" kind="other"/>', "enumeration"),
        ('<ProbeAttributes plain="" token="a b"/>', "token"),
        ('<ProbeAttributes plain="" Id="1"/>', "token"),
        ('<ProbeFew amount="1" clear="yes" kind="other"/>', "enumeration"),
        ('<ProbeFew amount="1"/>', "missing-attribute"),
        ('<ProbeFew amount="1" clear="perhaps"/>', "enumeration"),
        ('<ProbeFew amount="1" clear="yes" colour="red"/>', "unknown-attribute"),
    ],
)
def test_attributes_that_the_grammar_forbids(xml, code):
    assert refused(xml) == [code]


def test_a_fixed_attribute_has_no_other_value():
    probe = ProbeAttributes(plain="", kind="other")
    with pytest.raises(InvalidValue, match=r"probe\.kind: only 'probe' may stand here"):
        serialize(document(Probe(probe=probe)))


def test_an_absent_yes_or_no_is_neither():
    with pytest.raises(IncompleteElement, match=r"^ProbeFew\.clear: clear is required$"):
        ProbeFew(amount=1, clear=None)


# --- text ------------------------------------------------------------------------------------------------


def test_texts():
    assert written(ProbeSecretText("12.50")) == "<ProbeSecretText>12.50</ProbeSecretText>"
    assert written(ProbeSecretText(value=5)) == "<ProbeSecretText>5</ProbeSecretText>"
    assert written(ProbeDay("a & b", note="1")) == '<ProbeDay note="1">a &amp; b</ProbeDay>'
    assert ProbeDay().value == ""
    assert read("<ProbeSecretText>0013450.00</ProbeSecretText>").value == 13450


@pytest.mark.parametrize("xml", ["<ProbeDay><b/></ProbeDay>", "<ProbeSecretText>1<b/>2</ProbeSecretText>"])
def test_a_text_holds_no_elements(xml):
    assert refused(xml) == ["unexpected-child"]


def test_an_empty_element_holds_nothing():
    assert refused('<ProbeFew amount="1" clear="yes"> </ProbeFew>') == ["unexpected-text"]
    assert "unknown-element" in refused('<ProbeFew amount="1" clear="yes"><b/></ProbeFew>')


# --- mixed and open content ------------------------------------------------------------------------------


def test_mixed_content_keeps_the_order():
    probe = ProbeMixed(["a", ProbeDay("1"), "b", ProbeFew(amount=1, clear=True), ProbeDay("2"), "c"])
    assert written(probe) == (
        '<ProbeMixed>a<ProbeDay>1</ProbeDay>b<ProbeFew amount="1" clear="yes"/><ProbeDay>2</ProbeDay>c</ProbeMixed>'
    )
    assert probe.text == "abc"


def test_content_may_be_one_text_one_element_or_any_number():
    assert ProbeMixed("a").content == ("a",)
    assert ProbeMixed(ProbeDay("1")).content == (ProbeDay("1"),)
    assert ProbeMixed(part for part in ("a", "", "b")).content == ("ab",)
    assert ProbeMixed("").content == ProbeMixed().content == ()
    assert ProbeOpen(content=OpenElement("<b/>")).content == (OpenElement("<b/>"),)
    assert Description([ShortName("pen"), " a blue ", "pen"], lang="en").content == (ShortName("pen"), " a blue pen")


def test_mixed_content_takes_only_the_kinds_that_are_named():
    with pytest.raises(InvalidValue, match=r"^ProbeMixed\.content: ProbeSecretText cannot stand here$"):
        ProbeMixed([ProbeSecretText(1)])
    with pytest.raises(InvalidValue, match=r"^Description\.content: .* not int$"):
        Description(["a", 5], lang="en")
    assert refused("<ProbeMixed>a<b/>c</ProbeMixed>") == ["unknown-element"]


def test_open_content_keeps_what_it_is_given():
    probe = ProbeOpen(
        content=["a ", OpenElement("<Money currency='EUR'>1</Money>"), " b", IdReference(identifier="1", domain="d")]
    )
    xml = serialize(document(Probe(probe=probe)))
    assert _canonical(_inside(xml)) == _canonical(
        '<ProbeOpen>a <Money currency="EUR">1</Money> b<IdReference identifier="1" domain="d"/></ProbeOpen>'
    )
    again = parse(xml).payload.probe
    assert [part if isinstance(part, str) else part.tag for part in again.content] == [
        "a ",
        "Money",
        " b",
        "IdReference",
    ]
    assert again.elements[0].tree().text == "1"
    assert (again.text, again.value) == ("a  b", "a  b")


@pytest.mark.parametrize("text", [" cookie\n", "", "\t", "a\rb"])
def test_open_text_is_kept_to_the_letter(text):
    xml = serialize(document(Probe(probe=ProbeOpen(content=text))))
    assert parse(xml).payload.probe.text == text
    assert BuyerCookie(text).text == text
    assert BuyerCookie(text).value == text.strip()


# --- children and choices --------------------------------------------------------------------------------


def test_choices_keep_the_order_between_kinds():
    probe = ProbeChoices(anything=[ProbeDay("1"), ProbeFew(amount=1, clear=True), ProbeDay("2"), ProbeDay("3")], last=7)
    assert written(probe) == (
        '<ProbeChoices><ProbeDay>1</ProbeDay><ProbeFew amount="1" clear="yes"/><ProbeDay>2</ProbeDay>'
        "<ProbeDay>3</ProbeDay><ProbeLeaf>7</ProbeLeaf></ProbeChoices>"
    )


def test_choices_carry_kinds_without_a_declaration():
    probe = read(
        "<ProbeChoices><ProbeUnknown><a/></ProbeUnknown><ProbeDay/></ProbeChoices>".replace(
            "<ProbeDay/>", "<ProbeDay></ProbeDay>"
        )
    )
    assert [type(part) for part in probe.anything] == [OpenElement, ProbeDay]


def test_choices_need_at_least_one():
    with pytest.raises(IncompleteElement, match=r"^ProbeChoices\.anything: at least one ProbeDay is required$"):
        ProbeChoices(anything=[])
    assert refused("<ProbeChoices><ProbeLeaf>1</ProbeLeaf></ProbeChoices>") == ["missing-element"]


def test_a_choice_is_one_or_none():
    assert written(ProbeChoice(either=ProbeDay("1"), numbers=[1, 2])) == (
        "<ProbeChoice><ProbeDay>1</ProbeDay><ProbeLeaf>1</ProbeLeaf><ProbeLeaf>2</ProbeLeaf></ProbeChoice>"
    )
    assert written(ProbeChoice(numbers=(number for number in (1, 2)))).count("ProbeLeaf") == 4
    assert ProbeChoice().either is None
    with pytest.raises(InvalidValue, match=r"^ProbeChoice\.either: one of ProbeDay, ProbeFew… is expected, not str$"):
        ProbeChoice(either="1")
    with pytest.raises(InvalidValue, match="not ProbeSecretText"):
        ProbeChoice(either=ProbeSecretText(1))
    assert refused("<ProbeChoice><ProbeDay>1</ProbeDay><ProbeDay>2</ProbeDay></ProbeChoice>") == ["repeated"]


def test_leaves_are_plain_values():
    probe = read("<ProbeChoice><ProbeLeaf>007</ProbeLeaf><ProbeLeaf>x</ProbeLeaf></ProbeChoice>")
    assert probe.numbers[0] == 7
    assert type(probe.numbers[1]) is Unreadable
    with pytest.raises(InvalidValue, match=r"^ProbeChoice\.numbers: an int is expected"):
        ProbeChoice(numbers=["7"])
    with pytest.raises(InvalidValue):
        ProbeChoice(numbers=[None])


def test_children_come_in_any_iterable_but_not_alone():
    for given in ([1, 2], (1, 2), iter((1, 2)), {1: "", 2: ""}):
        assert ProbeChoice(numbers=given).numbers == (1, 2)
    for single in ("12", ProbeDay(), OpenElement("<a/>")):
        with pytest.raises(InvalidValue, match="a list of elements is expected, not a single one"):
            From(credential=single)


@pytest.mark.parametrize(
    ("build", "path"),
    [
        (lambda: From(credential=5), "From.credential"),
        (lambda: From(credential=object()), "From.credential"),
        (lambda: Description(5, lang="en"), "Description.content"),
        (lambda: ProbeMixed(object()), "ProbeMixed.content"),
    ],
)
def test_what_is_not_iterable_is_an_invalid_value_with_its_path(build, path):
    with pytest.raises(InvalidValue) as caught:
        build()
    assert caught.value.path == path


# --- texts in place of elements --------------------------------------------------------------------------


def test_a_text_can_stand_for_an_element_that_needs_nothing_else():
    made = Credential(domain="DUNS", identity="123", shared_secret="s")
    assert made.identity == Identity("123")
    assert type(made.shared_secret) is SharedSecret
    assert made.shared_secret.text == "s"
    assert Attachment(url="cid:1").url.value == "cid:1"
    assert written(ProbePair(first="a", second=ProbeFew(amount=1, clear=True))).startswith("<ProbePair><ProbeDay>a<")


def test_a_text_cannot_stand_for_an_element_that_needs_more():
    with pytest.raises(InvalidValue, match=r"^Address\.name: Name is expected, not str$"):
        Address(name="Acme")  # a Name needs its language
    with pytest.raises(InvalidValue, match=r"^Total\.money: Money is expected, not str$"):
        Total(money="12.50")
    with pytest.raises(InvalidValue, match=r"^Total\.money: Money is expected, not Decimal$"):
        Total(money=Decimal("12.50"))


def test_a_text_that_stands_for_an_element_may_be_assigned_later():
    made = document(ProfileRequest())
    made.header.sender.credential[0].shared_secret = "s3cret"
    assert b"<SharedSecret>s3cret</SharedSecret>" in serialize(made)


def test_raw_xml_stands_only_where_there_is_no_declaration():
    with pytest.raises(InvalidValue, match=r"^Total\.money: Money is expected, not OpenElement$"):
        Total(money=OpenElement('<Money currency="EUR">1</Money>'))
    signature = OpenElement('<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>')
    assert CXML(payload_id="1", timestamp=WHEN, signature=[signature]).signature == (signature,)
    assert Request(payload=OpenElement("<QuoteRequest/>")).payload.tag == "QuoteRequest"


# --- what construction refuses, and where ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("build", "error", "path"),
    [
        (lambda: Money(12.5, currency="EUR"), InvalidValue, "Money.amount"),
        (lambda: Money(True, currency="EUR"), InvalidValue, "Money.amount"),
        (lambda: Money("12,50", currency="EUR"), InvalidValue, "Money.amount"),
        (lambda: Money(Decimal("NaN"), currency="EUR"), InvalidValue, "Money.amount"),
        (lambda: Money(None, currency="EUR"), IncompleteElement, "Money.amount"),
        (lambda: Money("1", currency=None), IncompleteElement, "Money.currency"),
        (lambda: Money("1", currency=5), InvalidValue, "Money.currency"),
        (lambda: Status(code="200", text="OK"), InvalidValue, "Status.code"),
        (lambda: Status(code=True, text="OK"), InvalidValue, "Status.code"),
        (lambda: CXML(payload_id="1", timestamp=datetime(2026, 1, 1)), InvalidValue, "CXML.timestamp"),
        (lambda: CXML(payload_id="1", timestamp="2026-11-23T18:30:00+00:00"), InvalidValue, "CXML.timestamp"),
        (lambda: Request(deployment_mode="Test", payload=ProfileRequest()), InvalidValue, "Request.deployment_mode"),
        (lambda: Request(payload=Money("1", currency="EUR")), InvalidValue, "Request.payload"),
        (lambda: Request(payload=None), IncompleteElement, "Request.payload"),
        (lambda: From(credential=[]), IncompleteElement, "From.credential"),
        (lambda: From(credential=None), IncompleteElement, "From.credential"),
        (lambda: From(credential=[Identity("1")]), InvalidValue, "From.credential"),
        (lambda: Contact(name=Name("A", lang="en"), role="end user"), InvalidValue, "Contact.role"),
        (lambda: TemporaryPrice(value="yes"), InvalidValue, "TemporaryPrice.value"),
        (lambda: Address(name=Name("A", lang="en"), address_id=5), InvalidValue, "Address.address_id"),
        (lambda: Address(name=Name("A", lang="en"), address_id=False), InvalidValue, "Address.address_id"),
        (lambda: ProbeAttributes(plain="", count=False), InvalidValue, "ProbeAttributes.count"),
        (lambda: ProbeAttributes(plain="", when=False), InvalidValue, "ProbeAttributes.when"),
        (lambda: ProbeAttributes(plain="", marked=1), InvalidValue, "ProbeAttributes.marked"),
    ],
)
def test_construction_refuses_and_says_where(build, error, path):
    with pytest.raises(error) as caught:
        build()
    assert caught.value.path == path
    assert str(caught.value) == f"{path}: {caught.value.message}"
    assert isinstance(caught.value, CXMLError)


def test_the_innermost_place_is_named():
    with pytest.raises(InvalidValue) as caught:
        Total(money=Money(0.1, currency="EUR"))
    assert caught.value.path == "Money.amount"
    with pytest.raises(InvalidValue) as caught:
        ProbeGroups(between="twelve")
    assert caught.value.path == "ProbeSecretText.value"


def test_fields_are_named_in_python_and_unknown_ones_refused():
    with pytest.raises(TypeError, match="curency"):
        Money("1", curency="EUR")
    with pytest.raises(TypeError):
        Money("1", "EUR")
    with pytest.raises(TypeError):
        ProbeOpen("keyword only")


def test_an_attribute_that_no_element_has_cannot_be_set():
    money = Money("1", currency="EUR")
    with pytest.raises(AttributeError):
        money.curency = "USD"


def test_assigning_does_what_constructing_does():
    few = ProbeFew(amount=1, clear=True)
    few.amount = "12.50"
    assert (few.amount, type(few.amount)) == (Decimal("12.50"), Decimal)
    pair = ProbePair(first=ProbeDay("1"), second=few)
    pair.first = "2"
    assert pair.first == ProbeDay("2")
    mixed = ProbeMixed()
    mixed.content = (part for part in ("a", "", "b", ProbeDay("1")))
    assert mixed.content == ("ab", ProbeDay("1"))
    choices = ProbeChoices(anything=[ProbeDay("1")], last=1)
    choices.anything = [ProbeDay("1"), few]
    assert choices.anything == (ProbeDay("1"), few)
    choices.last = None
    assert choices == ProbeChoices(anything=[ProbeDay("1"), few])
    assert written(choices) == (
        '<ProbeChoices><ProbeDay>1</ProbeDay><ProbeFew amount="12.50" clear="yes"/></ProbeChoices>'
    )


@pytest.mark.parametrize(
    ("name", "value", "error", "message"),
    [
        ("anything", [], IncompleteElement, "at least one ProbeDay is required"),
        ("anything", None, IncompleteElement, "anything is required"),
        ("anything", [Money("1", currency="EUR")], InvalidValue, "is expected, not Money"),
        ("anything", ProbeDay("1"), InvalidValue, "a list of elements is expected"),
        ("anything", 5, InvalidValue, "a list is expected, not int"),
        ("last", 0.5, InvalidValue, "float"),
        ("last", "one", InvalidValue, "an int is expected"),
    ],
)
def test_what_cannot_be_constructed_cannot_be_assigned(name, value, error, message):
    probe = ProbeChoices(anything=[ProbeDay("1")], last=1)
    for attempt in (
        lambda: setattr(probe, name, value),
        lambda: ProbeChoices(**{"anything": [ProbeDay("1")], name: value}),
    ):
        with pytest.raises(error, match=message) as caught:
            attempt()
        assert caught.value.path == f"ProbeChoices.{name}"
    assert probe == ProbeChoices(anything=[ProbeDay("1")], last=1)


def test_a_wrong_secret_is_not_told_when_it_is_assigned():
    secret = SharedSecret("x")
    with pytest.raises(InvalidValue, match=r"^SharedSecret\.content: this value cannot stand here$") as caught:
        secret.content = ["S3CR3T-MARKER", 5]
    assert caught.value.__context__ is None


def test_what_was_received_may_be_assigned_again():
    probe = read('<ProbeAttributes plain="1" amount=".34" day="x" count="many"/>')
    other = ProbeAttributes(plain="2", amount=probe.amount, day=probe.day)
    other.amount, other.day, other.count = probe.amount, probe.day, probe.count
    assert (type(other.day), spelling(other.amount)) == (Unreadable, ".34")
    assert type(other.count) is Unreadable


def test_what_a_reader_left_out_is_kept_by_copies_and_not_assigned():
    probe = read("<ProbeFew/>", mode="tolerant")
    assert (probe.amount, probe.clear) == (None, None)
    for copied in (copy.copy(probe), copy.deepcopy(probe), pickle.loads(pickle.dumps(probe))):
        assert type(copied) is ProbeFew
        assert (copied, copied.amount) == (probe, None)
    with pytest.raises(IncompleteElement, match=r"^ProbeFew\.amount: amount is required$"):
        probe.amount = None
    probe.amount, probe.clear = "2", True
    assert probe.amount == 2


def test_a_class_of_a_program_is_made_and_changed_like_ours():
    class Price(Money):
        note = "of the program"

    class Rounded(Price):
        def __init__(self, amount):
            super().__init__(round(Decimal(amount), 2), currency="EUR")
            self.rounded = True

    price = Rounded("1.005")
    price.amount = "2"
    assert (type(price), price.amount, price.rounded) == (Rounded, Decimal(2), True)
    assert type(Price("1", currency="EUR")) is Price
    with pytest.raises(InvalidValue):
        price.amount = 0.5
    assert copy.deepcopy(price) == price


def test_what_was_put_into_a_field_is_checked_when_the_document_is_written():
    made = document(Probe(probe=ProbeChoices(anything=[ProbeDay("1")])))
    probe = made.payload.probe
    for value, message in (
        ([], "at least one ProbeDay is required"),
        ([Money("1", currency="EUR")], "is expected, not Money"),
        (None, "anything is required"),
        (5, "anything"),
    ):
        x.put(probe, "anything", value)
        with pytest.raises((InvalidValue, IncompleteElement), match=message) as caught:
            serialize(made)
        assert caught.value.path == "document.request.payload.probe.anything"


def test_the_place_of_a_fault_in_a_list_has_its_number():
    made = document(Probe(probe=ProbeChoices(anything=[ProbeDay("1"), ProbeFew(amount=1, clear=True)])))
    x.put(made.payload.probe.anything[1], "amount", 0.1)
    with pytest.raises(InvalidValue, match="a float is not exact") as caught:
        serialize(made)
    assert caught.value.path == "document.request.payload.probe.anything[1].amount"


def test_numbers_that_cannot_be_written_are_invalid_values_and_nothing_else():
    made = document(Probe(probe=ProbeChoices(anything=[ProbeDay("1")], last=1)))
    with pytest.raises(InvalidValue):
        made.payload.probe.last = 10**5000
    x.put(made.payload.probe, "last", 10**5000)
    with pytest.raises(InvalidValue) as caught:
        serialize(made)
    assert caught.value.path == "document.request.payload.probe.last"


# --- secrets ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "made",
    [
        credential(shared_secret="s3cret"),
        SharedSecret("s3cret"),
        PCard(number="s3cret", expiration=date(2026, 1, 1)),
        From(credential=[credential(shared_secret=SharedSecret(["s3cret", OpenElement("<s3cret/>")]))]),
        document(OpenElement("<CopyRequest><SharedSecret>s3cret</SharedSecret></CopyRequest>")),
    ],
    ids=lambda made: type(made).__name__,
)
def test_secrets_are_not_shown(made):
    assert "s3cret" not in repr(made)
    assert "s3cret" not in str(made)


@pytest.mark.parametrize(
    "build",
    [
        lambda: ProbeSecretText("12,s3cret"),
        lambda: ProbeAttributes(plain="", amount="12,s3cret"),
        lambda: SharedSecret(["s3cret", 5]),
        lambda: PCard(number=b"s3cret", expiration=date(2026, 1, 1)),
    ],
)
def test_refusals_do_not_tell_secrets(build):
    with pytest.raises(InvalidValue) as caught:
        build()
    error: BaseException | None = caught.value
    while error is not None:
        assert "s3cret" not in f"{error} {error.args}"
        error = error.__cause__ or error.__context__


def test_findings_do_not_tell_secrets():
    around = serialize(document(Probe(probe=ProbePair()))).decode().replace("<ProbePair></ProbePair>", "<ProbePair/>")
    octets = around.replace("<ProbePair/>", '<ProbeAttributes plain="" amount="s3cret"/>')
    (finding,) = parse(octets).findings
    assert finding.code == "number"
    assert "s3cret" not in str(finding)


# --- comparing and showing -------------------------------------------------------------------------------


def test_equal_is_what_has_equal_fields():
    assert Money("1.0", currency="EUR") == Money(Decimal("1.00"), currency="EUR")
    assert Money("1", currency="EUR") != Money("1", currency="USD")
    assert Money("1", currency="EUR") != "1"
    assert ShortName("a") != Name("a", lang="en")
    assert read('<ProbeFew amount=".50" clear="yes"/>') == ProbeFew(amount="0.5", clear=True)


def test_a_list_that_was_assigned_equals_the_tuple_that_was_read():
    one, other = From(credential=[credential()]), From(credential=[credential()])
    one.credential = [credential()]
    assert one == other
    assert other == one


def test_what_is_left_over_counts():
    assert read('<ProbeFew amount="1" clear="yes"/>') != read(
        '<ProbeFew amount="1" clear="yes" colour="red"/>', "tolerant"
    )
    assert read("<ProbeMixed>a<b/></ProbeMixed>", "tolerant") != ProbeMixed("a")


def test_elements_change_and_so_have_no_hash():
    with pytest.raises(TypeError, match="unhashable"):
        hash(Money("1", currency="EUR"))


def test_repr_leaves_out_what_is_not_there():
    assert repr(Money("12.50", currency="EUR")) == "Money(currency='EUR', amount=Decimal('12.50'))"
    assert repr(ProbeAttributes(plain="a")) == "ProbeAttributes(plain='a')"
    assert repr(ProbeChoice()) == "ProbeChoice()"
    assert repr(credential(shared_secret="x")) == (
        "Credential(domain='NetworkID', identity=Identity(content=('AN01',)), shared_secret=SharedSecret(content=***))"
    )
    shown = repr(read('<ProbeFew amount="1" clear="yes" colour="red"/>', "tolerant"))
    assert shown == "ProbeFew(amount=Decimal('1'), clear=True, <leftover>)"


# --- open elements ---------------------------------------------------------------------------------------


def test_open_elements():
    made = OpenElement("<a b='1'>text<c/></a>")
    assert made == OpenElement('<a b="1">text<c/></a>')
    assert made != OpenElement('<a b="1">text</a>')
    assert made.tag == "a"
    assert made.markup == '<a b="1">text<c/></a>'
    assert repr(made) == "<OpenElement a, 21 characters>"
    assert hash(made) == hash(OpenElement(made.markup))
    made.tree().set("b", "2")
    assert made.markup == '<a b="1">text<c/></a>'
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        made.markup = "<b/>"
    assert OpenElement.of(etree.fromstring("<r><a>1</a>tail</r>")[0]).markup == "<a>1</a>"
    assert OpenElement('<d:a xmlns:d="urn:d"/>').tag == "{urn:d}a"


@pytest.mark.parametrize(
    "text",
    [
        "<a/>",
        "<a b='>'/>",
        "<a\n b='1'>x</a >",
        "<Größe>c</Größe>",
        "<a.b-c_1/>",
        "<!-- <x/> --><a/>",
        "<a xmlns='urn:a'/>",
        "<p:a xmlns:p='urn:p'/>",
        "<a><b xmlns='urn:b'/></a>",
        "<a>xmlns</a>",
    ],
)
def test_the_tag_of_an_open_element_is_that_of_its_tree(text):
    for made in (OpenElement(text), OpenElement.verbatim(text)):
        assert made.tag == made.tree().tag


def test_open_elements_can_be_kept_to_the_letter():
    assert OpenElement.verbatim("<a b='1'></a>").markup == "<a b='1'></a>"
    with pytest.raises(MalformedDocument):
        OpenElement.verbatim("<a>")


@pytest.mark.parametrize("text", ["", "text", "<a>", "<a/><b/>", "<a/>text", "&amp;"])
def test_open_elements_are_one_well_formed_element(text):
    with pytest.raises(MalformedDocument):
        OpenElement(text)


def test_open_elements_bring_no_entities():
    with pytest.raises(UnsafeDocument):
        OpenElement('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')


def test_the_name_is_all_that_an_open_element_shows():
    broken = OpenElement("<a/>")
    object.__setattr__(broken, "markup", "no element")
    assert repr(broken) == "<OpenElement ?, 10 characters>"


# --- copies ----------------------------------------------------------------------------------------------

ODD = (
    '<ProbeChoices colour="red">stray<ProbeDay note="0.5">1</ProbeDay><Unknown><a/></Unknown>'
    "<ProbeLeaf>7</ProbeLeaf></ProbeChoices>"
)


def _through_pickle(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


@pytest.mark.parametrize("through", [copy.copy, copy.deepcopy, _through_pickle])
@pytest.mark.parametrize(
    "xml", [ODD, '<ProbeFew amount="0.50" clear="yes"/>', "<ProbePair><ProbeDay>1</ProbeDay></ProbePair>"]
)
def test_copies_keep_everything(through, xml):
    probe = read(xml, "tolerant")
    same = through(probe)
    assert same is not probe
    assert type(same) is type(probe)
    assert same == probe
    assert same._leftover == probe._leftover
    made = document(Probe(probe=same))
    assert _canonical(_inside(serialize(made))) == _canonical(xml)


@pytest.mark.parametrize("through", [copy.copy, copy.deepcopy, _through_pickle])
def test_copies_of_documents_keep_what_stands_around_them(through):
    octets = (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE cXML SYSTEM "urn:own">\n<?own 1?>\n'
        + serialize(document(ProfileRequest())).split(b"\n", 2)[2]
    )
    made = parse(octets)
    same = through(made)
    assert same == made
    assert (same.doctype, same.findings, same.before_root) == (made.doctype, made.findings, ("<?own 1?>",))
    assert serialize(same) == serialize(made) == octets


def test_a_deep_copy_is_independent_and_a_shallow_one_is_not():
    original = From(credential=[credential()])
    shallow, deep = copy.copy(original), copy.deepcopy(original)
    original.credential[0].domain = "DUNS"
    assert shallow.credential[0].domain == "DUNS"
    assert deep.credential[0].domain == "NetworkID"


def test_attrs_can_copy_with_a_change():
    money = Money("1", currency="EUR")
    assert attrs.evolve(money, currency="USD") == Money("1", currency="USD")


def test_elements_can_be_referred_to_weakly():
    money = Money("1", currency="EUR")
    assert weakref.ref(money)() is money


# --- groups ----------------------------------------------------------------------------------------------

DAY, FEW, LEAF = "<ProbeDay>1</ProbeDay>", '<ProbeFew amount="1" clear="yes"/>', "<ProbeLeaf>1</ProbeLeaf>"
SWITCH, OPEN = "<ProbeFlag>on</ProbeFlag>", "<ProbeOpen></ProbeOpen>"


@pytest.mark.parametrize(
    "children",
    [
        "",
        DAY + FEW,
        LEAF,
        LEAF + LEAF,
        SWITCH,
        SWITCH + OPEN,
        DAY + FEW + SWITCH,
        LEAF + "<ProbeSecretText>1</ProbeSecretText>",
    ],
)
def test_nested_groups_that_fit(children):
    probe = read(f"<ProbeGroups>{children}</ProbeGroups>")
    assert written(probe) == f"<ProbeGroups>{children}</ProbeGroups>"


@pytest.mark.parametrize("children", [DAY, FEW, DAY + FEW + LEAF, DAY + LEAF, FEW + LEAF, OPEN, LEAF + OPEN])
def test_nested_groups_that_do_not_fit(children):
    assert refused(f"<ProbeGroups>{children}</ProbeGroups>") == ["group"]
    probe = read(f"<ProbeGroups>{children}</ProbeGroups>", "tolerant")
    built = ProbeGroups(**{field.name: getattr(probe, field.name) for field in attrs.fields(ProbeGroups)})
    with pytest.raises(IncompleteElement, match="the children of ProbeGroups must fit"):
        serialize(document(Probe(probe=built)))


def test_both_or_neither():
    assert written(ProbePair()) in ("<ProbePair/>", "<ProbePair></ProbePair>")
    written(ProbePair(first="1", second=ProbeFew(amount=1, clear=True)))
    for half in (ProbePair(first="1"), ProbePair(second=ProbeFew(amount=1, clear=True))):
        with pytest.raises(IncompleteElement, match=r"must fit \(ProbeDay, ProbeFew\)\?") as caught:
            serialize(document(Probe(probe=half)))
        assert caught.value.path == "document.request.payload.probe"


@pytest.mark.parametrize("group", ["", "Money", "(A, B", "A, B)", "(A) (B)", "(A))"])
def test_a_group_that_is_none_is_a_fault_of_the_declaration(group):
    made = declaration.Declaration("Nothing", ProbePair, (group,), "", "")
    with pytest.raises((ValueError, IndexError)):
        _ = made.constraints


#: Each element of the core whose model is more than a sequence: children that fit, and children that do not. Only
#: the part that is special is named; ``...`` stands for the least that the rest of the element needs.
ROWS: dict[str, tuple[list[str], list[str]]] = {
    "cXML": (
        ["Header Request", "Header Message", "Response"],
        ["Header", "Request", "Message", "Header Request Response", "Header Request Message", "Header Response"],
    ),
    "Header": (
        ["From To Sender", "From To Sender Path OriginalDocument"],
        ["From To Sender Path", "From To Sender OriginalDocument", "From To Sender OriginalDocument Path"],
    ),
    "ItemOut": (
        [
            "ItemID",
            "ItemID ItemDetail",
            "ItemID BlanketItemDetail",
            "ItemID SupplierID",
            "ItemID SupplierList",
            "ItemID MasterAgreementReference",
            "ItemID MasterAgreementIDInfo",
            "ItemID Path BlanketItemDetail SupplierList ShipTo MasterAgreementReference",
        ],
        [
            "ItemID ItemDetail BlanketItemDetail",
            "ItemID SupplierID SupplierList",
            "ItemID MasterAgreementReference MasterAgreementIDInfo",
            "ItemID SupplierID ItemDetail",
        ],
    ),
    "ItemIn": (
        ["ItemID ItemDetail", "ItemID ItemDetail SupplierID", "ItemID ItemDetail SupplierList"],
        ["ItemID ItemDetail SupplierID SupplierList", "ItemID"],
    ),
    "Credential": (
        ["Identity", "Identity SharedSecret", "Identity DigitalSignature", "Identity CredentialMac"],
        [
            "Identity SharedSecret SharedSecret",
            "Identity SharedSecret DigitalSignature",
            "Identity SharedSecret CredentialMac",
            "Identity DigitalSignature CredentialMac",
        ],
    ),
    "Fax": (["TelephoneNumber", "URL", "Email"], ["", "TelephoneNumber URL", "URL Email", "TelephoneNumber Email"]),
    "SpendDetail": (
        ["TravelDetail", "FeeDetail", "LaborDetail", "Extrinsic"],
        ["", "TravelDetail FeeDetail", "LaborDetail Extrinsic", "FeeDetail Extrinsic"],
    ),
    "Comments": (["", "Attachment", "Attachment Attachment"], ["URL", "Attachment URL"]),
    "Packaging": (
        [
            "PackagingCode",
            "PackagingCode PackagingCode",
            "PackagingCode Dimension",
            "PackagingCode PackagingCode Dimension Dimension",
            "Dimension",
            "Dimension Dimension",
            "Dimension Description ShippingMark ShippingMark",
        ],
        ["", "Description", "Dimension PackagingCode", "Description PackagingCode"],
    ),
    "Description": (["", "ShortName", "ShortName ShortName"], ["Name"]),
    "Route": (["", "Contact", "Contact Contact"], ["Name"]),
    "TravelDetail": (
        ["AirDetail", "CarRentalDetail", "HotelDetail", "RailDetail PolicyViolation Comments TermsAndConditions"],
        ["", "AirDetail CarRentalDetail", "HotelDetail RailDetail", "Comments"],
    ),
    "Accounting": (
        ["Segment", "Segment Segment", "AccountingSegment", "AccountingSegment AccountingSegment"],
        ["", "Segment AccountingSegment", "AccountingSegment Segment"],
    ),
    "QuantityTolerance": (["Percentage", "Value"], ["", "Percentage Value"]),
    "PriceTolerance": (["Percentage", "Money"], ["", "Percentage Money"]),
    "ReferenceDocumentInfo": (
        ["", "DocumentInfo", "DocumentReference", "DocumentInfo DateInfo Contact Extrinsic", "DateInfo"],
        ["DocumentInfo DocumentReference", "DocumentInfo DocumentInfo"],
    ),
    "QualityInfo": (
        ["", "IdReference", "IdReference IdReference", "CertificateInfo", "CertificateInfo CertificateInfo"],
        ["IdReference CertificateInfo", "CertificateInfo IdReference"],
    ),
    "ShipNoticeReleaseInfo": (
        ["ShipNoticeReference UnitOfMeasure", "ShipNoticeIDInfo UnitOfMeasure"],
        ["UnitOfMeasure", "ShipNoticeReference ShipNoticeIDInfo UnitOfMeasure", "ShipNoticeReference"],
    ),
    "Discount": (["DiscountPercent", "DiscountAmount"], ["", "DiscountPercent DiscountAmount"]),
    "Modification": (
        ["AdditionalDeduction", "AdditionalCost", "OriginalPrice AdditionalCost Tax ModificationDetail"],
        ["", "OriginalPrice", "AdditionalDeduction AdditionalCost"],
    ),
    "AdditionalDeduction": (
        ["DeductionAmount", "DeductionPercent", "DeductedPrice"],
        ["", "DeductionAmount DeductionPercent", "DeductionPercent DeductedPrice", "DeductionAmount DeductedPrice"],
    ),
    "AdditionalCost": (["Money", "Percentage"], ["", "Money Percentage"]),
    "CarRentalPickup": (["Airport", "Address"], ["", "Airport Address"]),
    "CarRentalDropoff": (["Airport", "Address"], ["", "Airport Address"]),
    "RailLegOrigin": (["Airport", "Address"], ["", "Airport Address"]),
    "RailLegDestination": (["Airport", "Address"], ["", "Airport Address"]),
    "OrderTarget": (
        ["Phone", "Email", "Fax", "URL", "OtherOrderTarget"],
        ["", "Phone Email", "Fax URL", "URL OtherOrderTarget"],
    ),
    "CostTermValue": (["Money", "Percentage"], ["", "Money Percentage"]),
    "StatusUpdateRequest": (
        [
            "Status",
            "DocumentReference Status",
            "Status PaymentStatus",
            "Status SourcingStatus",
            "DocumentReference Status InvoiceStatus Extrinsic",
            "Status DocumentStatus Extrinsic Extrinsic",
            "Status IntegrationStatus",
        ],
        [
            "",
            "DocumentReference",
            "Status DocumentReference",
            "DocumentStatus",
            "Status Status",
            "Status InvoiceStatus DocumentStatus",
            "Status DocumentStatus DocumentStatus",
            "Status DocumentStatus PaymentStatus",
            "Status Extrinsic IntegrationStatus",
        ],
    ),
    "Message": (["PunchOutOrderMessage", "Status PunchOutOrderMessage"], ["", "Status", "PunchOutOrderMessage Status"]),
    "Response": (["Status", "Status ProfileResponse"], ["", "ProfileResponse", "ProfileResponse Status"]),
    "Request": (
        ["ProfileRequest", "OrderRequest", "StatusUpdateRequest"],
        ["", "ProfileRequest ProfileRequest", "Status"],
    ),
}
SMALLEST = grammar.Smallest(grammar.declared())


def _cases(good: bool) -> list[Any]:
    return [
        pytest.param(tag, names.split(), id=f"{tag}: {names or 'nothing'}")
        for tag, sequences in ROWS.items()
        for names in sequences[0 if good else 1]
    ]


def _walk(value: Any) -> Iterator[x.Element]:
    if isinstance(value, x.Element):
        yield value
        for field in value.__cxml__.content:
            yield from _walk(getattr(value, field.name))
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from _walk(part)


def _find(made: CXML, tag: str) -> Any:
    return next(element for element in _walk(made) if element.__cxml__.tag == tag)


def test_the_rows_are_the_elements_whose_model_is_not_a_sequence():
    special = {
        tag
        for tag, kind in grammar.declared().items()
        if "|" in kind.model or ("," in kind.model and "(" in kind.model[1:])
    }
    assert special == set(ROWS)
    assert len(special - {"cXML", "Request", "Response", "Message"}) == 28


@pytest.mark.parametrize(("tag", "names"), _cases(good=True))
def test_children_that_fit(tag, names):
    octets = grammar.octets(SMALLEST.document(SMALLEST.element(tag, names)))
    made = parse(octets)
    assert [finding.code for finding in made.findings] == []
    assert grammar.canonical(etree.fromstring(serialize(made))) == grammar.canonical(etree.fromstring(octets))
    # Built field by field, the element is the same.
    element = _find(made, tag)
    fields = {field.name: getattr(element, field.name) for field in element.__cxml__.fields}
    assert type(element)(**fields) == element


@pytest.mark.parametrize(("tag", "names"), _cases(good=False))
def test_children_that_do_not_fit(tag, names):
    octets = grammar.octets(SMALLEST.document(SMALLEST.element(tag, names)))
    with pytest.raises(InvalidDocument) as caught:
        parse(octets)
    assert {finding.layer for finding in caught.value.findings} == {"dtd"}
    assert f"/{tag}" in caught.value.path
    made = parse(octets, mode="tolerant")
    assert {finding.code for finding in made.findings} <= {
        "group",
        "missing-element",
        "order",
        "repeated",
        "unknown-element",
    }
    again = parse(serialize(made), mode="tolerant")
    assert sorted(element.__cxml__.tag for element in _walk(again)) == sorted(
        element.__cxml__.tag for element in _walk(made)
    )


def _expressible() -> list[Any]:
    """The wrong rows that elements can say: a field holds its children in one order, and a single one at most."""
    found = []
    for case in _cases(good=False):
        tag, names = case.values
        kind = x.lookup(tag)
        assert isinstance(kind, x.Declaration)
        tags = [known for field in kind.content for known in field.tags]
        singles = [known for field in kind.content if not field.many for known in field.tags]
        if not set(names) <= set(tags) or any(names.count(single) > 1 for single in singles):
            continue
        if not grammar.fits(grammar.parsed(grammar.declared()[tag].model), sorted(names, key=tags.index)):
            found.append(case)
    return found


@pytest.mark.parametrize(("tag", "names"), _expressible())
def test_children_that_do_not_fit_are_not_written(tag, names):
    made = parse(grammar.octets(SMALLEST.document(SMALLEST.element(tag))))
    element = _find(made, tag)
    for field in element.__cxml__.content:
        values = [_value(name) for name in names if name in field.tags]
        x.put(element, field.name, tuple(values) if field.many else values[0] if values else None)
    with pytest.raises((IncompleteElement, InvalidValue)) as caught:
        serialize(made)
    assert caught.value.path.startswith("document")


def _value(tag: str) -> Any:
    kind = x.lookup(tag)
    if isinstance(kind, x.Leaf):
        return "1"
    return _find(parse(grammar.octets(SMALLEST.document(SMALLEST.element(tag)))), tag)


# --- declarations as data --------------------------------------------------------------------------------


def test_a_declaration_knows_its_fields_in_wire_order():
    kind = Money.__cxml__
    assert (kind.tag, kind.cls, kind.kind, kind.since, kind.deprecated) == ("Money", Money, "text", "", "")
    assert [field.name for field in kind.fields] == ["currency", "alternate_amount", "alternate_currency", "amount"]
    assert [field.name for field in kind.attributes] == ["currency", "alternate_amount", "alternate_currency"]
    assert [field.required for field in kind.fields] == [True, False, False, True]
    (text,) = kind.content
    assert (text.kind, text.tags, text.many, text.occurs) == ("text", (), False, "")


def test_a_field_tells_how_often_it_stands():
    fields = {field.name: field for field in ItemDetail.__cxml__.content}
    assert [fields[name].occurs for name in ("unit_price", "url", "description", "dimension")] == ["", "?", "+", "*"]
    assert (fields["unit_price"].tag, fields["dimension"].many) == ("UnitPrice", True)


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        ("ProfileRequest", "empty"),
        ("Money", "text"),
        ("Description", "mixed"),
        ("Extrinsic", "open"),
        ("Total", "elements"),
        ("Request", "elements"),
        ("cXML", "elements"),
    ],
)
def test_kinds_of_elements(tag, kind):
    declared = x.lookup(tag)
    assert isinstance(declared, x.Declaration)
    assert declared.kind == kind


@pytest.mark.parametrize(
    ("cls", "model"),
    [
        (Total, "(Money, Modifications?)"),
        (Credential, "(Identity, (SharedSecret | DigitalSignature | CredentialMac)?)"),
        (models.Accounting, "(Segment+ | AccountingSegment+)"),
        (ProbeGroups, "(((ProbeDay, ProbeFew) | ProbeLeaf+)?, ProbeSecretText?, (ProbeFlag, ProbeOpen?)?)"),
        (ProbeChoices, "((ProbeDay | ProbeFew | ProbeUnknown)+, ProbeLeaf?)"),
        (ProbeChoice, "((ProbeDay | ProbeFew)?, ProbeLeaf*)"),
        (Probe, f"({' | '.join(PROBES)})"),
    ],
)
def test_content_models_are_written_like_in_the_dtd(cls, model):
    assert str(cls.__cxml__.model) == model


def test_what_takes_a_text():
    for cls in (Identity, SharedSecret, BuyerCookie, Email, ProbeDay, Comments, ProbeSecretText):
        assert cls.__cxml__.takes_text
    for cls in (Money, Name, Description, Extrinsic, Country, Total, ProfileRequest, PostalAddress, UnitPrice):
        assert not cls.__cxml__.takes_text


def test_lookup():
    assert x.lookup("Money") is Money.__cxml__
    assert x.lookup("cXML") is CXML.__cxml__
    leaf = x.lookup("UserAgent")
    assert isinstance(leaf, x.Leaf)
    assert leaf.scalar.name == "string"
    assert x.lookup("NoSuchElement") is None
    assert x.lookup("CXML") is None
    assert (Probe.__cxml__.since, Probe.__cxml__.deprecated) == ("1.2.063", "nothing")


def test_all_declarations_are_those_of_the_index():
    tags = [declared.tag for declared in x.declarations()]
    assert len(tags) == len(set(tags)) == 303
    assert not any(tag.startswith("Probe") for tag in tags)


def test_names_as_lxml_spells_them():
    assert x.clark("xml:lang") == "{http://www.w3.org/XML/1998/namespace}lang"
    assert x.clark("ds:Signature") == "{http://www.w3.org/2000/09/xmldsig#}Signature"
    assert x.clark("payloadID") == "payloadID"


def test_a_leaf_in_a_choice_is_read_the_same_in_both_modes():
    # No element of the core has one; if one is declared, it must be neither lost nor read in two ways.
    xml = "<ProbeLeafChoice><ProbeLeaf>1</ProbeLeaf><ProbeDay>a</ProbeDay><ProbeLeaf>2</ProbeLeaf></ProbeLeafChoice>"
    strict, tolerant = read(xml), read(xml, "tolerant")
    assert strict == tolerant
    odd = read(xml.replace("</ProbeLeafChoice>", "<Odd/></ProbeLeafChoice>"), "tolerant")
    assert odd.parts == strict.parts


def test_an_element_that_was_given_a_secret_as_text_does_not_show_it():
    from cxml_punchout.models import Credential

    credential = Credential(domain="DUNS", identity="123")
    x.put(credential, "shared_secret", "S3CR3T-MARKER")
    assert "S3CR3T" not in repr(credential)
    assert "shared_secret=***" in repr(credential)
    assert "123" in repr(credential)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("<a/>", "<a></a>", True),
        ('<a b="1" c="2"/>', "<a c='2' b='1'/>", True),
        ("<a>x</a>", "<a><![CDATA[x]]></a>", True),
        ("<a> </a>", "<a/>", False),
        ('<a b="1"/>', '<a b="2"/>', False),
        ('<a xmlns="u"/>', "<a/>", False),
    ],
)
def test_open_elements_are_equal_if_they_say_the_same(one: str, other: str, same: bool) -> None:
    first, second = OpenElement.verbatim(one), OpenElement.verbatim(other)
    assert (first == second) is same
    assert len({first, second}) == (1 if same else 2)
    assert first != one


def test_the_order_of_unknown_attributes_says_nothing() -> None:
    texts = ("<Money a='1' b='2' currency='EUR'>1</Money>", "<Money currency='EUR' b='2' a='1'>1</Money>")
    start = (
        '<cXML payloadID="1" timestamp="2026-11-23T18:30:00+00:00"><Request><OrderRequest><OrderRequestHeader><Total>'
    )
    end = "</Total></OrderRequestHeader></OrderRequest></Request></cXML>"
    first, second = (parse(f"{start}{text}{end}", mode="tolerant") for text in texts)
    assert first == second
    assert first != parse(f"{start}{texts[0].replace('2', '3')}{end}", mode="tolerant")
