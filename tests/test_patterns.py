"""No regular expression of the package takes more than linear time over what a stranger sends."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from patterns import faults, pumped

import cxml_punchout

#: What the checker refuses and may stay: where -> why.
ALLOWED: dict[str, str] = {
    "places.MARKUP": "of well-formed documents, in which every construct has its end",
    "places._ATTRIBUTE": "of start tags of well-formed documents, in which every name has its value",
    "prolog._LITERAL": "of well-formed documents",
    "tree._INSTRUCTION": "of what libxml2 has written",
    "binding.rewriter._INSTRUCTION": "of well-formed markup",
    "document._UNSPELLABLE": "of what we have written ourselves",
    "spine._MEANT": "of messages of ours, in which names are cut",
    "trust.redact._DECLARED": "of 400 octets at most",
    # Redaction has texts of every state in front of it; its tests try the growth of the whole, and those below each.
    "search._OF_A_MAC": "at most nine turns, each of which begins with a blank and has a quotation mark",
    "search.TAG": "nothing behind the name and the rest has to be there, so nothing is given back",
    "masking._MARKS": "as TAG",
    "search._ASIDE": "what has no end ends with the text, at which the search is over",
    "search._CDATA": "as _ASIDE",
    "search._ATTRIBUTE": "of the attributes of one tag, and a name is begun where none is in front of it",
    "sensitive._WORD": "of a name of 64 letters, or two of its ends; capitals give back one letter at most",
    "plaintext._NAME": "a name is begun where no letter of one is in front of it",
    "plaintext._KEYS": "as _NAME, and between the words of a PEM file there are forty letters at most",
    "plaintext._SAID": "a word is begun behind a blank only, and what gives back holds none",
    "cards._RUN": "whatever begins with a digit and goes on for thirteen characters ends with the last digit of it",
    "escapes._ESCAPE": "base64 is begun where no letter of it is in front, and nothing behind it has to be there",
}
#: The same, where no other test tries it -> a text in proportion to n in which it has to work hard.
HARD: dict[str, Callable[[int], str]] = {
    "places.MARKUP": lambda n: "<a " + "b='c'\n" * n + "/>" + "<?x y?><!-- - -->" * n,
    "places._ATTRIBUTE": lambda n: "bb  =  '=' " * n,
    "prolog._LITERAL": lambda n: "<?x y?><!-- - --><![CDATA[]]]>" * n,
    "tree._INSTRUCTION": lambda n: "<a/><?x <y?>" * n,
    "binding.rewriter._INSTRUCTION": lambda n: "<a/><?x <y?>" * n,
    "document._UNSPELLABLE": lambda n: "<a b='x' c=\"'\">x</a><?x y?>" * n,
    "search.TAG": lambda n: "<a-b.c " + "-" * n + "&x" * n + "<" * n,
    "search._ASIDE": lambda n: "<!-- - " * n + "<?x " * n,
    "search._CDATA": lambda n: "<![CDATA[]]]" * n,
    "search._ATTRIBUTE": lambda n: "a-b = " * n + "a='" * n + "&quot;" * n,
    "sensitive._WORD": lambda n: "AAAAb" * n + "A" * n + "b1" * n,
    "plaintext._NAME": lambda n: "a.b-" * n + " " + "a:" * n + "a \t" * n,
    "plaintext._KEYS": lambda n: "eyJeyJ" * n + ".eyJ" * n,
    "plaintext._SAID": lambda n: "password " * n + "pin is " * n + "password " + "x" * n,
    "cards._RUN": lambda n: "4" + " " * n + "4-" * n + "4" + "-" * n,
    "escapes._ESCAPE": lambda n: "A" * n + "\n" * n + "AAAA=" * n + "%4" * n + "&#" * n,
}
ANCHORED = ("match", "fullmatch")


def _named() -> Iterator[tuple[str, str, Any]]:
    """What each module makes itself."""
    for found in pkgutil.walk_packages(cxml_punchout.__path__, "cxml_punchout."):
        if not found.name.endswith("__main__"):
            module = importlib.import_module(found.name)
            source = Path(str(module.__file__)).read_text("utf-8")
            for name, value in vars(module).items():
                if re.search(rf"^{name}\b", source, re.MULTILINE):
                    yield found.name, name, value


def _inside(value: Any, depth: int = 0) -> Iterator[Any]:
    if depth > 4 or isinstance(value, (str, bytes)):
        return
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple, set, frozenset)):
        for each in value:
            yield from _inside(each, depth + 1)
    else:
        yield value


def _methods(module: str, name: str) -> set[str]:
    """Which methods of a pattern its module uses; what else is done with it counts as a search."""
    source = Path(str(importlib.import_module(module).__file__)).read_text("utf-8")
    return set(re.findall(rf"(?<![\w.]){name}\.(\w+)", source)) or {"search"}


def compiled() -> dict[tuple[Any, int], tuple[str, bool]]:
    """The patterns that modules keep -> where, and whether they are searched."""
    known: dict[tuple[Any, int], tuple[str, bool]] = {}
    for module, name, value in _named():
        for each in _inside(value):
            owner = getattr(each, "__self__", each)
            if isinstance(owner, re.Pattern):
                method = getattr(each, "__name__", "")
                searched = method not in ANCHORED if method else not _methods(module, name) <= {*ANCHORED, "pattern"}
                key = owner.pattern, owner.flags
                known[key] = f"{module}.{name}", searched or known.get(key, ("", False))[1]
    return known


def inline() -> dict[tuple[Any, int], tuple[str, bool]]:
    """The patterns that are written where they are used."""
    known: dict[tuple[Any, int], tuple[str, bool]] = {}
    for path in Path(cxml_punchout.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "re"):
                continue
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, (str, bytes)):
                flags = sum(
                    int(getattr(re, each.attr))
                    for each in ast.walk(node)
                    if isinstance(each, ast.Attribute) and each.attr.isupper() and hasattr(re, each.attr)
                )
                pattern = re.compile(first.value, flags)
                searched = node.func.attr not in (*ANCHORED, "compile")
                known[pattern.pattern, pattern.flags] = f"{path.name}:{node.lineno}", searched
    return known


def every() -> list[tuple[str, re.Pattern[Any], bool]]:
    found = inline() | compiled()
    return [(where, re.compile(*key), searched) for key, (where, searched) in found.items()]


EVERY = every()


def test_all_patterns_are_found() -> None:
    assert len(EVERY) > 100


@pytest.mark.parametrize(("where", "pattern", "searched"), EVERY, ids=[f"{row[0]}-{n}" for n, row in enumerate(EVERY)])
def test_no_repeats_that_can_overlap(where: str, pattern: re.Pattern[Any], searched: bool) -> None:
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    assert not re.search(r"[*+?}]\+|\(\?>", re.sub(r"\\.|\[(?:[^\]\\]|\\.)*\]", "_", text)), "wrong in early 3.11"
    if where.removeprefix("cxml_punchout.") not in ALLOWED:
        assert faults(pattern, searched) == [], where


def took(pattern: re.Pattern[Any], text: str) -> float:
    given: Any = text if isinstance(pattern.pattern, str) else text.encode("utf-8", "surrogatepass")
    best = 1e9
    for _ in range(2):
        began = time.process_time()
        for _ in pattern.finditer(given):
            pass
        best = min(best, time.process_time() - began)
    return best


@pytest.mark.parametrize("name", HARD)
def test_what_is_allowed_takes_time_in_proportion(name: str) -> None:
    pattern = next(row[1] for row in EVERY if row[0] == f"cxml_punchout.{name}")
    small, large = took(pattern, HARD[name](4000)), took(pattern, HARD[name](16_000))
    assert large < 10 * small + 0.02


def test_the_list_holds_nothing_else() -> None:
    refused = {row[0].removeprefix("cxml_punchout.") for row in EVERY if faults(*row[1:])}
    assert set(ALLOWED) == refused
    assert set(HARD) <= set(ALLOWED)


@pytest.mark.parametrize(("where", "pattern", "searched"), EVERY, ids=[f"{row[0]}-{n}" for n, row in enumerate(EVERY)])
def test_texts_that_are_made_for_a_pattern_take_no_long_time(
    where: str, pattern: re.Pattern[Any], searched: bool
) -> None:
    if searched and where.removeprefix("cxml_punchout.") in ALLOWED:
        pytest.skip("it gets no such texts")
    for text in pumped(pattern, 20_000):
        given: Any = text
        if isinstance(pattern.pattern, bytes):
            given = text.encode("utf-8", "surrogatepass")
        began = time.process_time()
        pattern.search(given) if searched else pattern.fullmatch(given)
        # The square of 20 000 would be a second and more.
        assert time.process_time() - began < 0.3, text[:40]


@pytest.mark.parametrize(
    ("text", "searched", "refused"),
    [
        ("(a+)+b", False, True),
        ("a*b?a*c", False, True),
        (r"\s+$", True, True),
        (r"\s+$", False, False),
        ("<[^>]*>", True, True),
        ("<[^<>]*>", True, False),
        (r"[0-9]+(?:\.[0-9]+)?", False, False),
        (r"(?:[^\"]*\"[^\"]*\")*x", False, False),
        (r"\D*[0-9.,]+\D*", False, True),
        (r"\w+(?:, \w+)*", False, False),
        (r"(?:\w+,? *)*", False, True),
        (r"(?i)[a-z]*[A-Z]*;", False, True),
        (r"\A\s*x", True, False),
    ],
)
def test_the_checker_tells_what_is_dangerous(text: str, searched: bool, refused: bool) -> None:
    assert bool(faults(re.compile(text), searched)) == refused
