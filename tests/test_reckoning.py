"""Totals held against lines: the lawful ways of adding them up, and what is wrong in each of these."""

from __future__ import annotations

import re
import time
from typing import NamedTuple

import pytest

from cxml_punchout import parse, validate
from cxml_punchout.summary import Summary, summarize

ENVELOPE = """<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd">
<cXML payloadID="20260301T080000.1@buyer.example.org" timestamp="2026-03-01T08:00:00+00:00" xml:lang="en"><Header>
<From><Credential domain="NetworkID"><Identity>AN01000000771</Identity></Credential></From>
<To><Credential domain="NetworkID"><Identity>AN01000000772</Identity></Credential></To>
<Sender><Credential domain="NetworkID"><Identity>AN01000000771</Identity></Credential><UserAgent>Desk 2</UserAgent>
</Sender></Header>{}</cXML>"""


def money(amount: str, currency: str = "EUR") -> str:
    return f'<Money currency="{currency}">{amount}</Money>'


def line(
    number: int,
    price: str | None,
    quantity: str = "1",
    *,
    below: int | None = None,
    kind: str = "",
    more: str = "",
    currency: str = "EUR",
    basis: str = "",
    blanket: str | None = None,
    behind: str = "",
) -> str:
    """One ItemOut. kind: ``group``, ``members`` or ``open`` for heads. blanket: what stands before the price."""
    head = {
        "group": 'itemType="composite" compositeItemType="groupLevel"',
        "members": 'itemType="composite" compositeItemType="itemLevel"',
        "open": 'itemType="composite"',
        "lean": 'itemType="lean"',
        "": 'itemType="item"' if below is not None else "",
    }[kind]
    parent = f'parentLineNumber="{below}"' if below is not None else ""
    cost = f"<UnitPrice>{money(price, currency)}</UnitPrice>" if price is not None else ""
    text = '<Description xml:lang="en">Thing</Description>'
    unit = f"<UnitOfMeasure>EA</UnitOfMeasure>{basis}"
    code = '<Classification domain="UNSPSC">44121704</Classification>'
    inside = (
        f"<ItemDetail>{cost}{text}{unit}{code}</ItemDetail>"
        if blanket is None
        else f"<BlanketItemDetail>{text}{blanket}{cost}{unit}{code}</BlanketItemDetail>"
    )
    return (
        f'<ItemOut quantity="{quantity}" lineNumber="{number}" {head} {parent} {more}><ItemID>'
        f"<SupplierPartID>T-{number}</SupplierPartID></ItemID>{inside}{behind}</ItemOut>"
    )


def order(total: str, *lines: str, head: str = "", inside: str = "", currency: str = "EUR") -> str:
    return ENVELOPE.format(
        '<Request><OrderRequest><OrderRequestHeader orderID="P-71" orderDate="2026-03-01T08:00:00+00:00"'
        f" {head}><Total>{money(total, currency)}{inside}</Total><BillTo><Address><Name xml:lang='en'>B</Name>"
        f"</Address></BillTo></OrderRequestHeader>{''.join(lines)}</OrderRequest></Request>"
    )


def cart(total: str, *lines: str) -> str:
    items = "".join(lines).replace("ItemOut", "ItemIn")
    return ENVELOPE.format(
        "<Message><PunchOutOrderMessage><BuyerCookie>c</BuyerCookie><PunchOutOrderMessageHeader"
        f' operationAllowed="create"><Total>{money(total)}</Total></PunchOutOrderMessageHeader>{items}'
        "</PunchOutOrderMessage></Message>"
    )


def basis(quantity: str, factor: str = "1") -> str:
    unit = "<UnitOfMeasure>KGM</UnitOfMeasure>"
    return f'<PriceBasisQuantity quantity="{quantity}" conversionFactor="{factor}">{unit}</PriceBasisQuantity>'


def limit(name: str, amount: str) -> str:
    return f"<{name}>{money(amount)}</{name}>"


RETURN, GONE, SERVICE = 'isReturn="yes"', 'operation="delete"', 'itemClassification="service"'
CHARGE = f"<Modifications><Modification><AdditionalCost>{money('5')}</AdditionalCost></Modification></Modifications>"
FEE = (
    '<SpendDetail><FeeDetail><UnitRate><Money currency="EUR">9</Money><UnitOfMeasure>HUR</UnitOfMeasure></UnitRate>'
    "</FeeDetail></SpendDetail>"
)
KIT = (line(1, "80", kind="group"), line(2, "50", below=1), line(3, "25", "2", below=1))
SET = (line(1, "80", kind="members"), line(2, "50", below=1), line(3, "25", "2", below=1))
PLAIN_SET = (line(1, "80", kind="open"), line(2, "50", below=1), line(3, "25", "2", below=1))
PROJECT = (
    line(1, "900", kind="open", more=SERVICE, blanket=""),
    line(2, "70", "4", below=1, more=SERVICE),
    line(3, "45", "2", below=1, more=SERVICE),
)
PARTLY = (PROJECT[0], PROJECT[1], line(3, None, "2", below=1, more=SERVICE))
NESTED = (
    line(10, "210", kind="group"),
    line(20, "90", kind="members", below=10),
    line(30, "45", "3", below=20),
    line(40, "120", below=10),
)
NESTED_OPEN = (
    line(10, "210", kind="members"),
    line(20, "90", kind="group", below=10),
    line(30, "45", "3", below=20),
    line(40, "120", "2", below=10),
)


class Case(NamedTuple):
    name: str
    document: str
    verdict: str


CASES = [
    # blanket lines
    Case("hours of a service", order("340", line(1, "42.50", "8", more=SERVICE, blanket="")), "agrees"),
    Case("hours of a lean service", order("340", line(1, "42.50", "8", kind="lean", blanket="")), "agrees"),
    Case("hours that were added up wrongly", order("345", line(1, "42.50", "8", blanket="")), "differs"),
    Case("a blanket line beside goods", order("350", line(1, "42.50", "8", blanket=""), line(2, "10")), "agrees"),
    Case(
        "a price basis in a blanket line", order("25", line(1, "50", "500", blanket="", basis=basis("1000"))), "agrees"
    ),
    Case("no price, only a limit", order("700", line(1, None, blanket=limit("MaxAmount", "700"))), "not compared"),
    Case("neither price nor limit", order("700", line(1, None, blanket="")), "not compared"),
    Case("a limit above the price", order("700", line(1, "10", blanket=limit("MaxAmount", "700"))), "not compared"),
    Case("what is expected", order("95", line(1, "10", blanket=limit("ExpectedLimit", "95"))), "not compared"),
    Case("a limit that is not the total", order("10", line(1, "10", blanket=limit("MaxAmount", "700"))), "agrees"),
    Case("an item of the category limit", order("95", line(1, "0", more='itemCategory="limit"')), "not compared"),
    Case("a blanket order", order("700", line(1, "10", blanket=""), head='orderType="blanket"'), "not compared"),
    Case("a release", order("20", line(1, "10", "2"), head='orderType="release"'), "agrees"),
    Case("a wrong release", order("30", line(1, "10", "2"), head='orderType="release"'), "differs"),
    Case("a type of order that nobody knows", order("3", line(1, "1"), head='orderType="soon"'), "not compared"),
    # groups that say how they are priced
    Case("a price for the group", order("80", *KIT), "agrees"),
    Case("a price for the group, members added", order("100", *KIT), "differs"),
    Case("a price for the group, all added", order("180", *KIT), "differs"),
    Case("prices for the members", order("100", *SET), "agrees"),
    Case("prices for the members, the head added", order("180", *SET), "differs"),
    Case("prices for the members, only the head", order("80", *SET), "differs"),
    Case("a group in a group", order("210", *NESTED), "agrees"),
    Case("a group in a group, counted twice", order("345", *NESTED), "differs"),
    Case("a group in a group in any order", order("210", *reversed(NESTED)), "agrees"),
    Case("a group with a price in one without", order("330", *NESTED_OPEN), "agrees"),
    Case("its members instead", order("375", *NESTED_OPEN), "differs"),
    Case("a group in a group in a cart", cart("210", *NESTED), "agrees"),
    Case("two groups", order("90", *KIT, line(4, "10", kind="group"), line(5, "7", below=4)), "agrees"),
    Case("a head without a price", order("7", line(1, "0", kind="open"), line(2, "7", below=1)), "agrees"),
    Case("members without prices", order("7", line(1, "7", kind="open"), line(2, "0", below=1)), "agrees"),
    Case(
        "a head that has only a description",
        order("47", line(1, None, kind="open", blanket=""), line(2, "7", below=1), line(3, "40", below=1)),
        "agrees",
    ),
    Case(
        "a head that has only a description, added up wrongly",
        order("48", line(1, None, kind="open", blanket=""), line(2, "7", below=1), line(3, "40", below=1)),
        "differs",
    ),
    Case(
        "a price for the group that is not there",
        order("47", line(1, None, kind="group", blanket=""), line(2, "7", below=1), line(3, "40", below=1)),
        "agrees",
    ),
    Case("a group for nothing", order("0", line(1, "0", kind="group"), line(2, "7", below=1)), "agrees"),
    Case("a group whose price was left out", order("7", line(1, "0", kind="group"), line(2, "7", below=1)), "agrees"),
    Case("neither", order("6", line(1, "0", kind="group"), line(2, "7", below=1)), "differs"),
    # groups that do not
    Case("a set by its head", order("80", *PLAIN_SET), "agrees"),
    Case("a set by its members", order("100", *PLAIN_SET), "agrees"),
    Case("a set beside its parts", order("180", *PLAIN_SET), "agrees"),
    Case("a set by nothing", order("130", *PLAIN_SET), "differs"),
    Case("a service by its outline", order("900", *PROJECT), "agrees"),
    Case("a service by its activities", order("370", *PROJECT), "agrees"),
    Case("a service counted twice", order("1270", *PROJECT), "differs"),
    Case("services beside goods", order("380", *PROJECT, line(4, "5", "2")), "agrees"),
    Case(
        "two services, one by its outline",
        order(
            "41",
            *(
                line(n, p, kind="open", more=SERVICE) if n < 3 else line(n, p, below=n - 2, more=SERVICE)
                for n, p in ((1, "30"), (2, "20"), (3, "21"), (4, "11"))
            ),
        ),
        "agrees",
    ),
    Case("an accessory", order("12", line(1, "10"), line(2, "2", below=1)), "agrees"),
    Case("an accessory in the price", order("10", line(1, "10"), line(2, "2", below=1)), "agrees"),
    Case("an accessory that is forgotten and added", order("14", line(1, "10"), line(2, "2", below=1)), "differs"),
    Case("an outline above activities of which one has no price", order("900", *PARTLY), "agrees"),
    Case("the activities with a price", order("280", *PARTLY), "not compared"),
    # groups that make no sense
    Case("a parent that is not there", order("5", line(1, "5"), line(2, "2", below=9)), "not compared"),
    Case("a parent that is not there, added up", order("7", line(1, "5"), line(2, "2", below=9)), "agrees"),
    Case("a parent that is there twice", order("8", line(1, "5"), line(1, "2"), line(3, "2", below=1)), "not compared"),
    Case("no parent, said by nought", order("8", line(1, "5"), line(2, "2", below=0)), "differs"),
    Case("its own parent", order("8", line(1, "5", below=1)), "not compared"),
    Case("a circle", order("7", line(1, "5", below=2, kind="open"), line(2, "2", below=1, kind="open")), "agrees"),
    Case("a parent that is no number", order("1", line(1, "5", more='parentLineNumber="one"')), "not compared"),
    # returns and lines that are gone
    Case("a return left out", order("30", line(1, "30"), line(2, "8", more=RETURN)), "agrees"),
    Case("a return taken off", order("22", line(1, "30"), line(2, "8", more=RETURN)), "agrees"),
    Case("a return that its sign takes off", order("22", line(1, "30"), line(2, "8", "-1", more=RETURN)), "agrees"),
    Case("a return whose sign is not meant", order("30", line(1, "30"), line(2, "8", "-1", more=RETURN)), "agrees"),
    Case("a return added", order("38", line(1, "30"), line(2, "8", more=RETURN)), "differs"),
    Case("nothing but returns, below zero", order("-38", *(line(n, "19", more=RETURN) for n in (1, 2))), "agrees"),
    Case("nothing but returns, as amounts", order("38", *(line(n, "19", more=RETURN) for n in (1, 2))), "agrees"),
    Case("nothing but returns, no total", order("0.00", *(line(n, "19", more=RETURN) for n in (1, 2))), "agrees"),
    Case(
        "nothing but returns, added up wrongly", order("-37", *(line(n, "19", more=RETURN) for n in (1, 2))), "differs"
    ),
    Case("a return by its quantity", order("-16", line(1, "8", "-2")), "agrees"),
    Case("a return by its price", order("14", line(1, "30"), line(2, "-8", "2")), "agrees"),
    Case("a return in other words", order("22", line(1, "30"), line(2, "8", more='isReturn="true"')), "agrees"),
    Case(
        "no return in words that nobody knows",
        order("38", line(1, "30"), line(2, "8", more='isReturn="maybe"')),
        "agrees",
    ),
    Case("no return in other words", order("38", line(1, "30"), line(2, "8", more='isReturn="no"')), "agrees"),
    Case("a return without a price", order("29", line(1, "30"), line(2, None, more=RETURN)), "not compared"),
    Case(
        "a return of a group",
        order("-80", *(each.replace("<ItemOut ", f"<ItemOut {RETURN} ") for each in KIT)),
        "agrees",
    ),
    Case("a line that is gone", order("30", line(1, "30"), line(2, "8", more=GONE), head='type="update"'), "agrees"),
    Case("a line that is still there", order("38", line(1, "30"), line(2, "8", more=GONE)), "agrees"),
    Case("half a line that is gone", order("34", line(1, "30"), line(2, "8", more=GONE)), "differs"),
    Case("a cancellation", order("0.00", line(1, "30"), head='type="delete"'), "not compared"),
    Case("a cancellation in full", order("30", line(1, "30"), head='type="delete"'), "agrees"),
    # rounding
    Case("half a cent up", order("2.13", line(1, "0.085", "25")), "rounded"),
    Case("half a cent to the even", order("2.12", line(1, "0.085", "25")), "rounded"),
    Case("cut off", order("3.33", line(1, "10", basis=basis("3"))), "rounded"),
    Case("cut off line by line", order("9.98", *(line(n, "3.329") for n in (1, 2, 3))), "rounded"),
    Case("line by line", order("9.99", *(line(n, "3.329") for n in (1, 2, 3))), "rounded"),
    Case("filled up with noughts", order("9.9900", *(line(n, "3.329") for n in (1, 2, 3))), "rounded"),
    Case("a cent too many", order("10.00", *(line(n, "3.329") for n in (1, 2, 3))), "differs"),
    Case(
        "members line by line",
        order("9.99", line(9, "0", kind="members"), *(line(n, "3.329", below=9) for n in (1, 2, 3))),
        "rounded",
    ),
    Case("whole euros, half up", order("38", line(1, "37.50")), "rounded"),
    Case("whole euros, cut off", order("37", line(1, "37.50")), "differs"),
    Case("yen", order("1234", line(1, "617", "2", currency="JPY"), currency="JPY"), "agrees"),
    Case("a factor that has no end", order("30.00", line(1, "90", "7", basis=basis("7", "0.333333333"))), "rounded"),
    # what cannot be compared
    Case("another currency", order("5", line(1, "5", currency="USD")), "not compared"),
    Case("the same in small letters", order("5", line(1, "5", currency="eur")), "agrees"),
    Case("a gift in no currency", order("5", line(1, "5"), line(2, "0", currency="")), "agrees"),
    Case(
        "another currency within the price of a group",
        order("80", KIT[0], line(2, "55", below=1, currency="USD")),
        "agrees",
    ),
    Case("a price that is no number", order("5", line(1, "5"), line(2, "call")), "not compared"),
    Case("a quantity that is no number", order("5", line(1, "5", "abc")), "not compared"),
    Case("a total that is no number", order("five", line(1, "5")), "not compared"),
    Case("an empty total", order("", line(1, "5")), "not compared"),
    Case("a price basis of nothing", order("5", line(1, "5", basis=basis("0"))), "not compared"),
    Case("a charge on the total", order("10", line(1, "5"), inside=CHARGE), "not compared"),
    Case("a charge that changes nothing", order("5", line(1, "5"), inside=CHARGE), "agrees"),
    Case(
        "a charge on a price", order("7", line(1, "5").replace("</UnitPrice>", f"{CHARGE}</UnitPrice>")), "not compared"
    ),
    Case("rates of their own", order("9", line(1, "5", behind=FEE)), "not compared"),
    Case("no lines", order("9"), "not compared"),
    Case("an empty cart", cart("0.00"), "agrees"),
    # what is plainly wrong
    Case("one of three", order("5", line(1, "5", "3")), "differs"),
    Case("a price for a hundred, for one", order("36", line(1, "12", "3", basis=basis("100"))), "differs"),
    Case("with tax", order("5.95", line(1, "5")), "differs"),
    Case("a cart that was added up wrongly", cart("6", line(1, "5")), "differs"),
]


def told(document: str) -> Summary:
    return summarize(parse(document, mode="tolerant"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_total_differs_only_if_no_lawful_reading_is_the_total(case: Case) -> None:
    total = told(case.document).total
    assert total is not None
    assert (total.verdict, total.remark) == (case.verdict, total.remark)
    codes = [finding.code for finding in validate(case.document).findings]
    assert codes.count("total-differs") == (case.verdict == "differs")


def test_the_lines_say_how_they_have_been_counted() -> None:
    summary = told(order("22", line(1, "30"), line(2, "8", more=RETURN)))
    assert [(each.amount, each.counted, each.notes) for each in summary.lines] == [
        (30, True, ()),
        (-8, True, ("goes back to the supplier, taken off the total",)),
    ]
    assert summary.total is not None
    assert (summary.total.lines, summary.total.returns) == (22, "taken off")
    assert summary.total.remark == "agrees with the lines, with what goes back taken off"
    summary = told(order("8", line(2, "8", more=RETURN)))
    assert [(each.amount, each.counted, each.notes) for each in summary.lines] == [
        (8, True, ("goes back to the supplier",))
    ]
    nested = told(order("210", *NESTED))
    assert [each.notes for each in nested.lines] == [
        (),
        ("head of a group, priced by its members", "in the price of line 10"),
        ("in the price of line 10",),
        ("in the price of line 10",),
    ]


def test_of_several_sums_the_nearest_is_told() -> None:
    total = told(order("98", *PLAIN_SET)).total
    assert total is not None
    assert (total.verdict, total.lines, total.remark) == ("differs", 100, "the lines sum to 100 EUR, 2 more")


TAX = '<Tax><Money currency="EUR">{}</Money><Description xml:lang="en">VAT</Description></Tax>'


def taxed(whole: str, *parts: tuple[int, str, int | None, str]) -> str:
    lines = [line(n, "10", below=below, kind=kind, behind=TAX.format(tax)) for n, tax, below, kind in parts]
    return order("10", *lines).replace("</Address></BillTo>", f"</Address></BillTo>{TAX.format(whole)}")


@pytest.mark.parametrize(
    ("document", "differs"),
    [
        (taxed("4", (1, "4", None, "group"), (2, "3", 1, ""), (3, "1", 1, "")), False),
        (taxed("8", (1, "4", None, "group"), (2, "3", 1, ""), (3, "1", 1, "")), True),
        (taxed("3", (1, "4", None, "members"), (2, "3", 1, "")), False),
        (taxed("4", (1, "4", None, "open"), (2, "3", 1, "")), False),
        (taxed("6", (1, "4", None, ""), (2, "3", None, "")), True),
    ],
)
def test_taxes_are_added_up_as_the_lines_are(document: str, differs: bool) -> None:
    assert ("tax-differs" in [finding.code for finding in validate(document).findings]) == differs


def test_limits_are_added_up_as_the_lines_are() -> None:
    head = 'orderType="blanket" effectiveDate="2026-04-01T00:00:00+00:00"'
    most = limit("MaxAmount", "60")
    lines = [line(1, None, kind="group", blanket=most), *(line(n, None, below=1, blanket=most) for n in (2, 3))]
    for total, speaks in (("60", False), ("59", True)):
        codes = [finding.code for finding in validate(order(total, *lines, head=head)).findings]
        assert ("limit-over-total" in codes) == speaks


# --- what strangers send -----------------------------------------------------------------------------------------


def many_bases(number: int) -> list[str]:
    return [line(n, "1.5", "3", basis=basis(str(10**39 + 2 * n + 1))) for n in range(1, number + 1)]


def chain(number: int) -> list[str]:
    return [line(n, "1.5", str(n % 7 + 1), kind="open", below=n - 1 or None) for n in range(1, number + 1)]


def circle(number: int) -> list[str]:
    return [line(n, "1.5", kind="open", below=n % number + 1) for n in range(1, number + 1)]


def returns(number: int) -> list[str]:
    return [line(n, "1.555", str(n), more=RETURN + (f" {GONE}" if n % 2 else "")) for n in range(1, number + 1)]


@pytest.mark.thorough
@pytest.mark.parametrize("shape", [many_bases, chain, circle, returns])
def test_lines_are_added_up_in_linear_time(shape) -> None:  # type: ignore[no-untyped-def]
    document = parse(order("12.34", *shape(3000)), mode="tolerant")
    began = time.process_time()
    total = summarize(document).total
    # About half a second; what is quadratic takes half a minute.
    assert time.process_time() - began < 8
    assert total is not None
    assert total.verdict != "agrees"


def test_too_many_readings_are_not_followed_up() -> None:
    lines = []
    for n in range(1, 40, 2):
        lines += [line(n, str(2**n), kind="open"), line(n + 1, str(3**n), below=n)]
    total = told(order("12.34", *lines)).total
    assert total is not None
    assert (total.verdict, total.remark, total.lines) == ("not compared", "the lines cannot be added up", None)


GARBLED = [
    order("80", *KIT, line(4, "8", more=RETURN, basis=basis("7", "3")), *PROJECT),
    cart("210", *NESTED),
]


@pytest.mark.thorough
@pytest.mark.parametrize("document", GARBLED, ids=["order", "cart"])
@pytest.mark.parametrize("value", ["", "abc", "1,5", "-0", "1e400", "9" * 60, "NaN", "\u0661"])
def test_whatever_stands_in_the_place_of_a_value_a_summary_is_made(document: str, value: str) -> None:
    places = [
        m.span(1)
        for m in re.finditer(r'(?:quantity|lineNumber|parentLineNumber|Type|yes|currency)="([^"]*)"', document)
    ]
    places += [m.span(1) for m in re.finditer(r">([^<>\s][^<>]*)<", document)]
    for start, end in places:
        garbled = document[:start] + value + document[end:]
        assert told(garbled).kind
        validate(garbled, layers=["rule"])


@pytest.mark.parametrize("document", GARBLED, ids=["order", "cart"])
def test_whatever_is_missing_a_summary_is_made(document: str) -> None:
    for tag in re.findall(r"<(\w+)[ >]", document[document.index("</Header>") :]):
        without = re.sub(rf"<{tag}\b[^>]*?/>|<{tag}\b.*?</{tag}>", "", document, flags=re.DOTALL)
        if "<Request>" in without or "<Message>" in without:
            assert told(without).kind
    for name in ("quantity", "lineNumber", "currency", "orderID", "operationAllowed", "conversionFactor"):
        assert told(re.sub(rf' {name}="[^"]*"', "", document)).kind


@pytest.mark.parametrize("place", ["Description", "SupplierPartID", "BuyerCookie", "Identity", "Classification"])
def test_an_instruction_is_no_element(place: str) -> None:
    document = cart("5", line(1, "5"))
    with_one = re.sub(rf"(<{place}\b[^>]*>)", r"\1<?desk note?>", document)
    assert with_one != document
    summary = told(with_one)
    assert summary.total is not None
    assert summary.total.verdict == "agrees"
    assert all("desk" not in fact.text for fact in summary.facts)
