"""``cxml-punchout check`` and ``explain``: inputs, formats, exit codes, the bar, and several processes."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from pathlib import Path

import pytest
from validated import CART, ORDER, SETUP, changed

from cxml_punchout import validate
from cxml_punchout.cli import main
from cxml_punchout.cli.check import Source, check, sources
from cxml_punchout.cli.progress import LONG, watched
from cxml_punchout.findings import CODES
from cxml_punchout.validation.codes import explanations
from cxml_punchout.validation.rules import RULES

WARNED = changed(SETUP, "1CX3L4843PPZO", "")
BROKEN = changed(ORDER, 'lineNumber="2"', 'lineNumber="1"')


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a right document, one with a warning and one with an error."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("good.xml", SETUP), ("warned.xml", WARNED), ("broken.xml", BROKEN)):
        (tmp_path / name).write_text(text)
    return tmp_path


def zipped(path: Path, members: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


# --- exit codes and inputs -------------------------------------------------------------------------------------


def test_the_exit_code_tells_errors_from_warnings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "good.xml"]) == 0
    assert main(["check", "warned.xml"]) == 0
    assert main(["check", "broken.xml", "good.xml"]) == 1
    capsys.readouterr()


def test_a_finding_is_shown_with_place_line_and_advice(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "broken.xml"])
    assert capsys.readouterr().out == validate(BROKEN).render("broken.xml")


def test_a_file_that_cannot_be_read_is_named_and_the_rest_is_checked(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "absent.xml", "warned.xml"]) == 2
    shown = capsys.readouterr()
    assert shown.err == "cxml-punchout check: absent.xml: No such file or directory\n"
    assert "cookie-empty" in shown.out


def test_standard_input_is_a_document(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BROKEN.encode())))
    assert main(["check", "-"]) == 1
    assert "standard input:32:7: error[line-number-repeated]" in capsys.readouterr().out


def test_a_directory_is_searched(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "a.XML").write_text(WARNED)
    (folder / "deep" / "notes.txt").write_text("not a document")
    zipped(folder / "deep" / "b.zip", {"x/y.xml": BROKEN, "readme.md": "", "c.cxml": SETUP})
    assert main(["check", "deep"]) == 1
    shown = capsys.readouterr().out
    assert "deep/er/a.XML:" in shown
    assert "deep/b.zip/x/y.xml: not ok, 1 error" in shown
    assert "deep/b.zip/c.cxml: ok" in shown
    assert "readme" not in shown
    assert "notes" not in shown


def test_an_empty_directory_is_a_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path)]) == 2
    assert "no documents in this directory" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("damage", "word"),
    [
        ("empty", "no documents in this archive"),
        ("directory", "this archive cannot be read"),
        ("truncated", "this member of the archive cannot be read"),
        ("member", "this member of the archive cannot be read"),
    ],
)
def test_a_bad_archive_is_a_fault(damage: str, word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = zipped(tmp_path / "a.zip", {"a.xml": SETUP} if damage != "empty" else {"a.txt": ""})
    octets = path.read_bytes()
    if damage == "truncated":
        path.write_bytes(octets[100:])
    elif damage == "directory":
        path.write_bytes(octets.replace(b"PK\1\2", b"PK\1\3"))
    elif damage == "member":
        path.write_bytes(octets.replace(b"BuyerCookie", b"BUYERCOOKIE"))
    assert main(["check", str(path)]) == 2
    assert word in capsys.readouterr().err


def test_a_document_over_the_limit_is_reported_and_not_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cxml_punchout.cli.check._MOST", 10)
    path = tmp_path / "a.xml"
    path.write_text(SETUP)
    (source,) = sources([str(path)])
    assert len(source.read()) == 10
    (member,) = sources([str(zipped(tmp_path / "a.zip", {"a.xml": SETUP}))])
    assert len(member.read()) == 10


def test_no_input_is_a_fault_of_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["check"])
    assert caught.value.code == 2
    for arguments in (["--format", "html"], ["--layer", "style"], ["--jobs", "-1"], ["--findings", "x"]):
        with pytest.raises(SystemExit) as caught:
            main(["check", "a.xml", *arguments])
        assert caught.value.code == 2
    capsys.readouterr()


# --- options ---------------------------------------------------------------------------------------------------


def test_layers_can_be_chosen(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "broken.xml", "--layer", "dtd", "--layer", "type"]) == 0
    assert main(["check", "broken.xml", "--layer", "rule"]) == 1
    capsys.readouterr()


def test_findings_can_be_limited(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("many.xml").write_text(changed(CART, "2026-11-23T18:30:00+00:00", "now", 'quantity="2"', 'quantity="-2"'))
    main(["check", "many.xml", "--findings", "1"])
    assert "and 2 more findings" in capsys.readouterr().out
    main(["check", "many.xml", "--findings", "0"])
    assert "more findings" not in capsys.readouterr().out


def test_quiet_shows_only_documents_with_findings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "good.xml", "-q"]) == 0
    assert capsys.readouterr().out == ""
    main(["check", "good.xml", "warned.xml", "-q"])
    assert "good.xml" not in capsys.readouterr().out


def test_a_dtd_path_that_is_none_is_a_fault(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "good.xml", "--dtd-path", str(folder / "absent")]) == 2
    assert "cxml-punchout check: " in capsys.readouterr().err


def test_official_files_can_be_given(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import official

    place = official.directory()
    if place is None:
        pytest.skip("the official DTDs are not at hand")
    assert main(["check", "good.xml", "--dtd-path", str(place)]) == 0
    capsys.readouterr()


def test_several_processes_give_the_same_answer(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["good.xml", "broken.xml", "warned.xml", "absent.xml"] * 3
    alone = main(["check", *names, "--jobs", "1"]), capsys.readouterr()
    several = main(["check", *names, "--jobs", "2"]), capsys.readouterr()
    assert several == alone
    assert main(["check", "good.xml", "--jobs", "0"]) == 0
    capsys.readouterr()


def test_the_name_of_a_file_cannot_speak_to_the_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = "a\x1b[31m.xml"
    Path(name).write_text(SETUP)
    main(["check", name, "b\x1b.xml"])
    shown = capsys.readouterr()
    assert "\x1b" not in shown.out + shown.err


def test_colour_is_for_terminals(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    main(["check", "broken.xml"])
    assert "\x1b[1;31merror[line-number-repeated]\x1b[0m" in capsys.readouterr().out


# --- formats ---------------------------------------------------------------------------------------------------


def test_json_lists_every_document(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "good.xml", "broken.xml", "--format", "json"]) == 1
    good, broken = json.loads(capsys.readouterr().out)
    assert good == {"file": "good.xml", "ok": True, "errors": 0, "warnings": 0, "findings": [], "unchecked": []}
    assert broken == {"file": "broken.xml", **validate(BROKEN).to_dict()}


def test_github_gets_one_annotation_for_each_finding(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a,b%.xml").write_text(WARNED)
    main(["check", "broken.xml", "a,b%.xml", "--format", "github"])
    error, warning = capsys.readouterr().out.splitlines()
    assert error == (
        "::error file=broken.xml,line=32,col=7,title=rule/line-number-repeated::Line number 1 stands a second time. "
        "(at /cXML/Request/OrderRequest/ItemOut[2])%0AGive each line a lineNumber of its own, and keep it through all "
        "changes of the order."
    )
    assert warning.startswith("::warning file=a%2Cb%25.xml,line=")


def test_sarif_has_what_code_hosts_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a b.xml").write_text(WARNED)
    Path("bare.xml").write_text(SETUP.replace(SETUP.splitlines()[1] + "\n", ""))
    assert main(["check", "broken.xml", "a b.xml", "bare.xml", "good.xml", "--format", "sarif"]) == 1
    log = json.loads(capsys.readouterr().out)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [
        "cookie-empty",
        "doctype-missing",
        "line-number-repeated",
    ]
    first, second, third = run["results"]
    assert first == {
        "ruleId": "line-number-repeated",
        "ruleIndex": 2,
        "level": "error",
        "message": {"text": f"Line number 1 stands a second time. {RULES['line-number-repeated'].hint}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "broken.xml"},
                    "region": {"startLine": 32, "startColumn": 7},
                },
                "logicalLocations": [
                    {"fullyQualifiedName": "/cXML/Request/OrderRequest/ItemOut[2]", "kind": "element"}
                ],
            }
        ],
        "properties": {"layer": "rule"},
    }
    assert second["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b.xml"
    assert third["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": "bare.xml"}}}]


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_no_format_shows_a_secret(form: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.xml").write_text(changed(SETUP, ">tulip<", "> tulip<"))
    Path("b.xml").write_text(SETUP.replace("SharedSecret>", "ShardSecret>"))
    main(["check", "a.xml", "b.xml", "--format", form])
    shown = capsys.readouterr()
    assert "secret-padded" in shown.out
    assert "tulip" not in shown.out + shown.err


# --- the bar ---------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_is_for_long_runs_on_a_terminal() -> None:
    for stream, number in ((io.StringIO(), LONG), (Terminal(), LONG - 1)):
        assert list(watched(range(number), number, stream)) == list(range(number))
        assert stream.getvalue() == ""


def test_rich_draws_the_bar_where_it_is_installed() -> None:
    pytest.importorskip("rich")
    stream = Terminal()
    assert list(watched(range(LONG), LONG, stream)) == list(range(LONG))
    assert "checking" in stream.getvalue()


def test_without_rich_one_line_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rich.console", None)
    stream = Terminal()
    assert list(watched(range(LONG), LONG, stream)) == list(range(LONG))
    shown = stream.getvalue()
    assert f"checking 0/{LONG}" in shown
    assert f"checking {LONG - 1}/{LONG}" in shown
    assert shown.endswith("\r\x1b[K")


# --- explain ---------------------------------------------------------------------------------------------------


def test_a_code_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "reference-missing"]) == 0
    assert capsys.readouterr().out == (
        "reference-missing (rule, error)\n"
        "  An order is changed or cancelled without saying which document is meant.\n"
        "  do:    Send DocumentReference with the payloadID of the latest OrderRequest for this order.\n"
        "  guide: 7.2.1.12\n"
    )


def test_a_code_may_have_its_layer_in_front(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "rule/Cart-Empty", "type/time"]) == 0
    shown = capsys.readouterr().out
    assert "cart-empty (rule, warning)" in shown
    assert "time (type, error or warning)" in shown


def test_an_unknown_code_is_a_fault_with_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "cart-emty", "xyz\x1b"]) == 2
    assert capsys.readouterr().err == (
        "cxml-punchout explain: there is no code cart-emty; is cart-empty meant?\n"
        "cxml-punchout explain: there is no code xyz\\x1b; without a code, all are listed\n"
    )


def test_without_a_code_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(explanations())
    assert max(map(len, lines)) <= 100


def test_every_code_is_explained() -> None:
    known = explanations()
    assert set(CODES) | set(RULES) <= set(known)
    assert list(known) == sorted(known)
    for made in known.values():
        assert made.says, made.code
        assert made.hint, made.code
        assert made.guide, made.code


def test_codes_are_explained_as_they_are_given(own_document: bytes) -> None:
    for finding in validate(own_document).findings:
        made = explanations()[finding.code]
        if finding.code != "more":
            assert finding.severity in made.severity, finding


def test_a_problem_is_no_document() -> None:
    assert check(Source("a", problem="why"), ("xml",), ()).problem == "why"
