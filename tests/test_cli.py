"""The command line: what ``show`` prints, its exit status, and that no document breaks it or makes it tell a secret."""

from __future__ import annotations

import io
import json
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import cxml_punchout
from cxml_punchout.cli import main
from cxml_punchout.cli.layout import PLAIN, WIDTH, Column, Style, clean, columns_of, cut, forgive, labelled, table, wrap
from cxml_punchout.cli.show import as_json, examine, render
from cxml_punchout.document import Mode

OWN = Path(__file__).resolve().parents[1] / "examples" / "documents"
ORDER = OWN / "valid" / "precoro-order.xml"

HEAD = '<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd">'
RESPONSE = (
    HEAD + '<cXML payloadID="1@example.com" timestamp="2026-03-01T08:00:00+00:00"><Response>'
    '<Status code="200" text="OK">{}</Status></Response></cXML>'
)
GOOD = RESPONSE.format("taken in").encode()
#: Tolerant mode reads it, strict mode does not.
ODD = GOOD.replace(b"<Status ", b'<Status mood="glad" ')
BROKEN = GOOD.replace(b"</Response>", b"")

Run = pytest.CaptureFixture[str]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "document.xml"


# --- show ------------------------------------------------------------------------------------------------------


def test_an_order_is_told_in_full(capsys: Run) -> None:
    assert main(["show", str(ORDER)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == str(ORDER)
    assert told[1] == 'Order "new"'
    for line in (
        "  payload ID    20260313110240.48213.7731408@buy.example.net",
        "  DOCTYPE       1.2.045",
        "  from          NetworkID: AN01999010012",
        "  sender        NetworkID: tallow-finch-live, secret: given",
        "                Purchase Desk 4.12",
        "  line  quantity  unit  part        description                                   price       amount",
        "     1        12  CT    KM-40718    Baking parchment 450 x 750                    18.45  GBP  221.40",
        "     2        30  BX    KM-22630-L  Nitrile gloves, blue, powder free, size L,…    6.80  GBP  204.00",
        "  total         495.30 GBP  agrees with the lines",
        "  shipping        9.50 GBP  Pallet delivery, two working days",
        "  read          in strict mode",
        "  findings      none",
    ):
        assert line in told
    assert re.fullmatch(r"  round trip    same infoset, \d+ bytes → \d+ bytes", told[-2])
    assert told[-1] == ""


def test_findings_come_with_their_place_and_advice(capsys: Run, file: Path) -> None:
    file.write_bytes(ODD)
    assert main(["show", str(file)]) == 0
    told = capsys.readouterr().out
    assert "  read          in tolerant mode; strict mode refuses it\n  findings      1 error\n" in told
    assert "                error: Status has no attribute mood. [dtd/unknown-attribute]\n" in told
    assert "                  line 1:155, /cXML/Response/Status\n" in told


def test_a_finding_without_a_place_is_told_without_one(capsys: Run, file: Path) -> None:
    file.write_bytes(GOOD.replace(HEAD.encode(), b""))
    assert main(["show", str(file)]) == 0
    told = capsys.readouterr().out.splitlines()
    at = told.index("  findings      1 warning")
    assert told[at + 1].endswith("every cXML document should name its DTD.")
    assert told[at + 3].startswith("  round trip    same infoset, DOCTYPE added")


def test_advice_is_shown_below_the_place(capsys: Run) -> None:
    name = OWN / "departures" / "user-agent-missing.xml"
    assert main(["show", str(name)]) == 0
    assert "                  Model: (Credential+, UserAgent)\n" in capsys.readouterr().out


@pytest.mark.parametrize(("limit", "shown", "rest"), [("0", 0, "and 12 more"), ("5", 5, "and 7 more"), ("12", 12, "")])
def test_findings_beyond_the_limit_are_counted(capsys: Run, file: Path, limit: str, shown: int, rest: str) -> None:
    unknown = " ".join(f'a{number}="1"' for number in range(12))
    file.write_bytes(GOOD.replace(b"<Status ", f"<Status {unknown} ".encode()))
    assert main(["show", "--findings", limit, str(file)]) == 0
    told = capsys.readouterr().out
    assert told.count("has no attribute") == shown
    assert re.findall(r"and \d+ more", told) == ([rest] if rest else [])


def test_strict_mode_refuses(capsys: Run, file: Path) -> None:
    file.write_bytes(ODD)
    assert main(["show", "--mode", "strict", str(file)]) == 1
    told = capsys.readouterr().out
    assert "  read          refused\n" in told
    assert "round trip" not in told


def test_tolerant_mode_does_not_ask_strict_mode(capsys: Run, file: Path) -> None:
    file.write_bytes(ODD)
    assert main(["show", "--mode", "tolerant", str(file)]) == 0
    assert "  read          in tolerant mode\n" in capsys.readouterr().out


def test_what_is_not_xml_is_refused_in_any_mode(capsys: Run, file: Path) -> None:
    file.write_bytes(BROKEN)
    assert main(["show", str(file)]) == 1
    told = capsys.readouterr().out
    assert "  read          refused\n  findings      1 error\n" in told
    assert "[xml/malformed]" in told


def test_a_failed_round_trip_fails_the_command(capsys: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cxml_punchout.roundtrip.serialize", lambda document: GOOD.replace(b"taken in", b"lost"))
    file.write_bytes(GOOD)
    assert main(["show", str(file)]) == 1
    assert "  round trip    differs: the text differs at /cXML/Response/Status" in capsys.readouterr().out


def test_a_large_document_is_shown_and_not_written_again(
    capsys: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cxml_punchout.roundtrip.serialize", None)
    file.write_bytes(GOOD.replace(b"</cXML>", b" " * 64 * 1024 + b"</cXML>"))
    assert main(["show", str(file)]) == 0
    assert "  round trip    not tried, the document is larger than 64 KB\n" in capsys.readouterr().out
    assert main(["show", "--json", str(file)]) == 0
    assert json.loads(capsys.readouterr().out)[0]["round_trip"] is None


def test_directories_are_read_in_order_with_what_lies_below(capsys: Run, tmp_path: Path) -> None:
    for name in ("b.xml", "a.xml", "sub/c.xml", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(GOOD)
    assert main(["show", str(tmp_path)]) == 0
    shown = [line for line in capsys.readouterr().out.splitlines() if line.startswith(str(tmp_path))]
    assert shown == [str(tmp_path / name) for name in ("a.xml", "b.xml", "sub/c.xml")]


def test_a_dash_is_standard_input(capsys: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(GOOD)))
    assert main(["show", "-"]) == 0
    assert capsys.readouterr().out.startswith("standard input\nResponse\n  payload ID    1@example.com\n")


def test_what_cannot_be_opened_is_named_and_the_rest_is_shown(capsys: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "good.xml").write_bytes(GOOD)
    names = [str(tmp_path / name) for name in ("absent.xml", "empty", "good.xml")]
    assert main(["show", *names]) == 2
    captured = capsys.readouterr()
    assert captured.out.startswith(f"{names[2]}\nResponse\n")
    assert captured.err.splitlines() == [
        f"cxml-punchout show: {names[0]}: No such file or directory",
        f"cxml-punchout show: {names[1]}: no *.xml in this directory",
    ]


def test_a_document_over_the_limit_is_refused(capsys: Run, file: Path) -> None:
    file.write_bytes(GOOD + b" " * 33 * 1024 * 1024)
    assert main(["show", str(file)]) == 1
    assert "[xml/bytes-exceeded]" in capsys.readouterr().out


def test_json_has_the_same_for_programs(capsys: Run, file: Path) -> None:
    file.write_bytes(BROKEN)
    assert main(["show", "--json", str(ORDER), str(file)]) == 1
    order, refused = json.loads(capsys.readouterr().out)
    assert (order["file"], order["read"], order["findings"]) == (str(ORDER), "strict", [])
    summary = order["summary"]
    assert list(summary)[:9] == [
        *("kind", "wrapper", "payload", "payload_id", "timestamp", "deployment_mode", "doctype", "from", "to")
    ]
    assert summary["sender"] == [
        {"domain": "NetworkID", "identity": "tallow-finch-live", "type": "", "proof": "secret"}
    ]
    assert summary["facts"]["bill_to"].startswith("Tallow & Finch Bakeries Ltd [HQ], ")
    assert summary["facts"]["terms"] == "net within 30 days"
    assert [line["amount"] for line in summary["lines"]] == ["221.40", "204.00", "69.90"]
    assert (summary["total"]["verdict"], summary["total"]["lines"]) == ("agrees", "495.30")
    assert order["round_trip"]["ok"] is True
    assert order["round_trip"]["read"] == ORDER.stat().st_size
    assert (refused["read"], refused["summary"], refused["round_trip"]) == (None, None, None)
    assert refused["findings"][0]["code"] == "malformed"


def test_json_of_several_kinds_of_lines(capsys: Run) -> None:
    assert main(["show", "--json", str(OWN / "valid" / "ariba-blanket-order.xml")]) == 0
    (order,) = json.loads(capsys.readouterr().out)
    assert [line["amount"] for line in order["summary"]["lines"]] == [None, None]
    assert order["summary"]["total"]["lines"] is None


# --- the command line as such -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["show"],
        ["show", "--mode", "loose", "x.xml"],
        ["show", "--findings", "-1", "x.xml"],
        ["show", "--findings", "few", "x.xml"],
    ],
)
def test_wrong_arguments_end_with_2(arguments: list[str], capsys: Run) -> None:
    with pytest.raises(SystemExit) as raised:
        main(arguments)
    assert raised.value.code == 2
    assert capsys.readouterr().err.startswith("usage: ")


def test_help_and_version(capsys: Run) -> None:
    for arguments in (["--help"], ["show", "--help"], ["--version"]):
        with pytest.raises(SystemExit) as raised:
            main(arguments)
        assert raised.value.code == 0
    assert capsys.readouterr().out.endswith(f"cxml-punchout {cxml_punchout.__version__}\n")


def run(*arguments: str, data: bytes = b"", **more: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(Path(cxml_punchout.__file__).parents[1]), **more}
    command = [sys.executable, "-m", "cxml_punchout", *arguments]
    return subprocess.run(command, input=data, capture_output=True, env=environment, check=False)


def test_it_runs_as_a_program() -> None:
    done = run("show", "-", data=GOOD, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"standard input")
    # The arrow of the verdict is not in ASCII.
    assert re.search(rb"same infoset, \d+ bytes \? \d+ bytes", done.stdout)
    assert b"\x1b" not in done.stdout


def test_the_package_is_the_program(monkeypatch: pytest.MonkeyPatch, capsys: Run) -> None:
    monkeypatch.setattr("sys.argv", ["cxml-punchout", "show", str(ORDER)])
    with pytest.raises(SystemExit) as raised:
        runpy.run_module("cxml_punchout", run_name="__main__")
    assert raised.value.code == 0
    assert 'Order "new"' in capsys.readouterr().out


def test_a_reader_that_goes_away_is_no_error() -> None:
    read, write = os.pipe()
    os.close(read)
    environment = {**os.environ, "PYTHONPATH": str(Path(cxml_punchout.__file__).parents[1])}
    command = [sys.executable, "-m", "cxml_punchout", "show", str(OWN)]
    try:
        done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, env=environment, check=False)
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_broken_pipe_within_the_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "output").open("w") as stream:
        monkeypatch.setattr("sys.stdout", stream)

        def broken(*_: object, **__: object) -> None:
            raise BrokenPipeError

        monkeypatch.setattr("builtins.print", broken)
        assert main(["show", str(ORDER)]) == 0


# --- every document there is -----------------------------------------------------------------------------------


def check(data: bytes, mode: Mode | None) -> None:
    examined = examine(data, "document.xml", mode)
    told = render(examined)
    assert max(map(columns_of, told.splitlines())) <= WIDTH
    assert "\n\n\n" not in told
    json.dumps(as_json(examined))


@pytest.mark.parametrize("mode", [None, "strict", "tolerant"])
def test_every_example_is_shown(own_document: bytes, mode: Mode | None) -> None:
    check(own_document, mode)


@pytest.mark.parametrize("mode", [None, "strict", "tolerant"])
def test_every_document_of_others_is_shown(corpus_document: bytes, mode: Mode | None) -> None:
    check(corpus_document, mode)


def test_every_example_comes_back(own_document: bytes) -> None:
    examined = examine(own_document)
    assert examined.ok, str(examined.round_trip)


MARK = "XYZZY"
#: Whatever stands at one of these places must not be told.
SECRETS = re.compile(
    r"(<(?:SharedSecret|DigitalSignature|CredentialMac)\b[^>]*>)[^<]*"
    r'|(<PCard\b[^>]*\bnumber=")[^"]*|(<Option name="CredentialMac[^>]*>)[^<]*'
)


def marked(document: bytes) -> bytes:
    text = document.decode("utf-16" if document[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1")
    declared = re.sub(r'(<\?xml[^>]*encoding=")[^"]*', r"\1iso-8859-1", text) if "\ufeff" not in text else text
    made = SECRETS.sub(lambda match: f"{match[1] or match[2] or match[3]}{MARK}", declared)
    return made.encode("latin-1", "xmlcharrefreplace")


def test_the_examples_hold_secrets_of_all_kinds(own_documents: dict[str, bytes]) -> None:
    together = b"".join(marked(body) for body in own_documents.values()).decode("latin-1")
    for place in ("<SharedSecret>", 'encoding="Base64">', "<CredentialMac ", '<PCard number="'):
        assert re.search(f"{re.escape(place)}[^<]*{MARK}", together)


@pytest.mark.parametrize("mode", [None, "strict", "tolerant"])
def test_no_secret_is_told(own_document: bytes, mode: Mode | None) -> None:
    examined = examine(marked(own_document), "document.xml", mode)
    assert MARK not in render(examined, findings=1000)
    assert MARK not in json.dumps(as_json(examined))


@pytest.mark.parametrize(
    "misplaced",
    [
        "<SharedSecret>{}</SharedSecret><SharedSecret>{}</SharedSecret>",
        "<SharedSecret>{}<b>{}</b></SharedSecret>",
        "<SharedSecret type='{}'>{}</SharedSecret>",
        "<Sharedsecret>{}</Sharedsecret>",
        "<CredentialMac type='FromSenderCredentials'>{}</CredentialMac>",
        "<DigitalSignature><Other>{}</Other></DigitalSignature>",
        "<UserAgent><SharedSecret>{}</SharedSecret></UserAgent>",
    ],
)
def test_no_secret_is_told_where_it_has_no_place(misplaced: str) -> None:
    secret = misplaced.replace("{}", MARK)
    data = ORDER.read_text("utf-8").replace("</Sender>", f"{secret}</Sender>")
    for place in ("</Sender>", "</Credential>", "</Identity>", "</UserAgent>"):
        examined = examine(data.replace(place, f"{secret}{place}", 1).encode())
        assert examined.mode == "tolerant"
        assert MARK not in render(examined, findings=1000)
        assert MARK not in json.dumps(as_json(examined))


def test_the_example_in_the_documentation_is_true(capsys: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    root = OWN.parents[1]
    monkeypatch.chdir(root)
    page = (root / "docs" / "command-line.md").read_text("utf-8")
    command, _, told = page.partition("    $ cxml-punchout ")[2].partition("\n")
    assert main(command.split()) == 0
    for line in capsys.readouterr().out.rstrip("\n").splitlines():
        shown, _, told = told.partition("\n")
        assert shown.removeprefix("    ") == line


# --- layout ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  two \n\t words ", "two words"),
        ("red \x9b31m and bell\x07", "red \\x9b31m and bell\\x07"),
        ("right\u202eleft", "right\\u202eleft"),
        ("soft\u00adhyphen", "softhyphen"),
        ("no\u00a0break", "no break"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
    ],
)
def test_texts_of_partners_cannot_steer_the_terminal(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("short", 5, "short"),
        ("longer", 5, "long…"),
        ("one two", 5, "one…"),
        ("广口瓶", 6, "广口瓶"),
        ("广口瓶", 5, "广口…"),
        ("广口瓶", 4, "广…"),
        ("e\u0301te\u0301", 3, "e\u0301te\u0301"),
        ("a\u200cb", 2, "a\u200cb"),
    ],
)
def test_texts_are_cut_by_the_columns_they_take(text: str, width: int, expected: str) -> None:
    assert cut(text, width) == expected
    assert columns_of(cut(text, width)) <= width


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [""]),
        ("one two three", ["one two", "three"]),
        ("onetwo three", ["onetwo", "three"]),
        ("onetwothree", ["onetwoth", "ree"]),
        ("one two three four fives", ["one two", "three", "four fi…"]),
        ("twelve 34 567", ["twelve", "34 567"]),
        ("eight888 nine", ["eight888", "nine"]),
    ],
)
def test_texts_are_wrapped_between_words_if_possible(text: str, expected: list[str]) -> None:
    assert wrap(text, 8) == expected


def test_labels_stand_in_the_gutter() -> None:
    long = "word " * 40
    lines = list(labelled("ship to", long, 2, before="9.50"))
    assert lines[0].startswith("  ship to       9.50  word word")
    assert lines[1].startswith("                      word word")
    assert len(lines) == 2
    assert lines[1].endswith("…")


def test_numbers_stand_with_their_points_below_one_another() -> None:
    numbers = Column("n", ["1", "12.5", "3.125", "many", "", "0.333333…"], 9, number=True)
    assert table([numbers, Column("", ["", "", "", "", "", ""])], PLAIN) == [
        "           n",
        "   1",
        "  12.5",
        "   3.125",
        "        many",
        "",
        "   0.333333…",
    ]


def test_a_table_gives_the_free_column_what_is_left() -> None:
    free = Column("what", ["x" * 200, "y"])
    lines = table([Column("a", ["1", "2"], 5), free, Column("z", ["z", "z"], 5)], PLAIN, [["note"], []])
    assert [len(line) for line in lines] == [WIDTH, WIDTH, 9, WIDTH]
    assert lines[2] == "     note"


def test_a_table_need_not_have_a_free_column() -> None:
    assert table([Column("a", ["1", "22"], 5, number=True)], Style(ansi=True)) == ["\x1b[1m   a\x1b[0m", "   1", "  22"]
    assert table([Column("a", ["", ""], 5)], PLAIN) == []


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environment", "bold"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)
def test_bold_is_for_terminals_whose_users_like_it(
    stream: io.StringIO, environment: dict[str, str], bold: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Style.of(stream).ansi is bold


def test_on_a_terminal_the_titles_are_bold() -> None:
    told = render(examine(ORDER.read_bytes(), "order.xml"), style=Style(ansi=True))
    assert told.startswith('\x1b[1morder.xml\x1b[0m\n\x1b[1mOrder "new"\x1b[0m\n')
    assert told.count("\x1b[1m") == 3


def test_a_stream_is_forgiven_what_it_cannot_encode() -> None:
    octets = io.BytesIO()
    stream = io.TextIOWrapper(octets, encoding="ascii")
    forgive(stream)
    print("→", file=stream, flush=True)
    assert octets.getvalue() == f"?{os.linesep}".encode()
    forgive(io.StringIO())  # has no encoding and needs none


def test_small_things_are_told() -> None:
    partial = HEAD + "<cXML><Header><From><Credential/></From></Header><Request/></cXML>"
    told = render(examine(partial.encode()))
    for line in (
        "Request",
        "  payload ID    none",
        "  sent          not stated",
        "  mode          production (not stated)",
        "  from          (no domain): (empty)",
    ):
        assert line in told.splitlines()
    refused = render(examine(b"<x"))
    assert refused.startswith("  read          refused\n")


def test_lines_without_a_number_get_their_place_in_brackets() -> None:
    text = ORDER.read_text("utf-8").replace(' lineNumber="2"', "").replace(">6.80<", ">six<")
    told = render(examine(text.encode()))
    assert re.search(r"^   \(2\) +30  BX .* six +GBP +\?$", told, re.MULTILINE)
    assert "  total         495.30 GBP  1 of 3 lines have no amount\n" in told


def test_parties_are_told_by_their_proof() -> None:
    proof = "<SharedSecret/>"
    text = ORDER.read_text("utf-8").replace("<SharedSecret>placeholder-live-secret</SharedSecret>", proof)
    assert "  sender        NetworkID: tallow-finch-live, secret: empty\n" in render(examine(text.encode()))
    mac = (OWN / "valid" / "ariba-setup-request-mac.xml").read_bytes()
    assert "  sender        NetworkID: AN01999020002, MAC: given\n" in render(examine(mac))
    market = (OWN / "valid" / "ariba-setup-request.xml").read_bytes()
    assert "                NetworkId: AN01999029990 (marketplace)\n" in render(examine(market))


def test_services_are_told_one_by_one() -> None:
    told = render(examine((OWN / "valid" / "profile-response.xml").read_bytes()))
    assert (
        "  takes         OrderRequest at https://b2b.pellworm.example.org/cxml/orders\n"
        "                attachments=Yes, changes=Yes\n"
    ) in told


@pytest.mark.thorough
def test_a_large_order_takes_no_time_out_of_proportion() -> None:
    text = ORDER.read_text("utf-8")
    start, end = text.index("<ItemOut"), text.rindex("</ItemOut>") + len("</ItemOut>")
    many = text[:start] + text[start:end] * 400 + text[end:]
    told = render(examine(many.encode()))
    assert "  total         495.30 GBP  the lines sum to 198120.00 GBP, 197624.70 more\n" in told
