"""Try the library with documents that nobody thought of: for some seconds, or guided by coverage.

    python -m tests.fuzz --seconds 60 --seed 7          mutants and lawful rarities, by number
    python -m tests.fuzz --target form --seconds 60     one target alone
    python -m tests.fuzz --grow --seconds 60            whether twice the document takes more than twice the time
    python -m tests.fuzz --repeat --seconds 60          the same of any text, for every function that one reaches
    python -m tests.fuzz --at rarity:0:4711             one of the documents again, with what becomes of it
    python -m tests.fuzz parse -max_total_time=60       atheris; all options of libFuzzer go behind the target

What fails is written into a directory: the octets, made small where that is possible, and the traceback.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE), str(_HERE.parent)]

_OUT = _HERE.parents[1] / "build" / "fuzz"


def main(argv: list[str]) -> int:
    """Exit status 1 if something failed."""
    if argv and not argv[0].startswith("-"):
        return guided(*argv)
    from running import COMPARED
    from targets import TARGETS

    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__, add_help=True)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--seconds", type=float, default=60.0, help="how long (default: 60)")
    parser.add_argument(
        "--seed", type=int, default=1, help="another seed gives other documents; 0 is that of the tests"
    )
    parser.add_argument("--target", action="append", choices=(*TARGETS, *COMPARED), help="this target alone")
    parser.add_argument("--kind", choices=("mutant", "rarity"), help="such documents alone")
    parser.add_argument(
        "--grow", action="store_true", help="look for what takes more than twice the time at twice the size"
    )
    parser.add_argument("--repeat", action="store_true", help="look for what takes too long with a text of repetitions")
    parser.add_argument("--at", metavar="KIND:SEED:NUMBER", help="one document, and what each target says of it")
    parser.add_argument("--out", type=Path, default=_OUT, help="where failures go (default: build/fuzz)")
    chosen = parser.parse_args(argv)
    warnings.simplefilter("error")
    if chosen.grow:
        return growing(chosen)
    if chosen.repeat:
        return repeating(chosen)
    return again(chosen) if chosen.at else endless(chosen)


def _documents(chosen: argparse.Namespace) -> Iterator[object]:
    from running import given

    kinds = (chosen.kind,) if chosen.kind else ("mutant", "rarity")
    end = time.monotonic() + chosen.seconds
    for number in itertools.count():
        for kind in kinds:
            if time.monotonic() > end:
                return
            yield given(kind, chosen.seed, number)


def endless(chosen: argparse.Namespace) -> int:
    """Documents one after another until the time is over."""
    from running import Failure, Given, run

    number = 0

    def counted() -> Iterator[Given]:
        nonlocal number
        for document in _documents(chosen):
            number += 1
            if number % 5000 == 0:
                print(f"{number} documents, {len(kinds)} kinds of failure", flush=True)
            yield document  # type: ignore[misc]

    kinds: dict[tuple[str, str], int] = {}
    failure: Failure
    for failure in run(counted(), chosen.target or ()):
        key = (failure.target, failure.kind)
        kinds[key] = kinds.get(key, 0) + 1
        if kinds[key] == 1:
            print(f"{failure.target}: {failure.kind}\n    {_kept(failure, chosen.out)}", flush=True)
            print(f"    {failure.given.kind}:{failure.given.number}, {failure.given.made}", flush=True)
    print(f"{number} documents, {sum(kinds.values())} failures of {len(kinds)} kinds, seed {chosen.seed}")
    for (target, kind), times in sorted(kinds.items(), key=lambda item: -item[1]):
        print(f"{times:7} {target}: {kind}")
    return 1 if kinds else 0


def _kept(failure: object, place: Path) -> Path:
    """Write a failure down: the document, and how it came to it."""
    from running import Failure, failing, shrunk
    from targets import TARGETS

    assert isinstance(failure, Failure)
    data = failure.given.octets
    if failure.target in TARGETS:
        data = shrunk(data, lambda less: failing(failure.target, less) == failure.kind)
    place.mkdir(parents=True, exist_ok=True)
    name = f"{failure.target}-{hashlib.sha256(failure.kind.encode()).hexdigest()[:8]}"
    path = place / f"{name}.xml"
    path.write_bytes(data)
    of = f"{failure.given.kind}:{failure.given.number}, {failure.given.made}"
    (place / f"{name}.txt").write_text(f"{failure.kind}\n{of}\n\n{failure.text}", "utf-8")
    return path


def growing(chosen: argparse.Namespace) -> int:
    """Documents in which something is repeated, each through all targets."""
    import random

    from growing import grown, slow
    from running import silent
    from targets import TARGETS

    end, number, found = time.monotonic() + chosen.seconds, 0, 0
    with silent():
        while time.monotonic() < end:
            document = grown(random.Random(f"grown {chosen.seed} {number}"))
            number += 1
            for target in chosen.target or TARGETS:
                if said := slow(TARGETS[target], document):
                    found += 1
                    print(f"{target}: {said}, {document.made}", flush=True)
    print(f"{number} documents, {found} times more than twice the time for twice the size, seed {chosen.seed}")
    return 1 if found else 0


def repeating(chosen: argparse.Namespace) -> int:
    """Texts in which something is repeated, each for one function."""
    from repeating import Repeated, tried
    from running import silent

    number, found = 0, 0
    dearest: dict[str, tuple[float, Repeated]] = {}
    with silent():
        for text, said, cost in tried(chosen.seed, chosen.seconds):
            number += 1
            if said:
                found += 1
                print(f"{said}: {text}", flush=True)
            if cost > dearest.get(text.function, (0.0, text))[0]:
                dearest[text.function] = cost, text
    print(f"{number} texts, {found} times more than twice the time for twice the size, seed {chosen.seed}")
    print("The dearest that were beyond a second for a million characters:")
    for cost, text in sorted(dearest.values(), key=lambda each: -each[0]):
        print(f"{cost:7.1f} s  {text}")
    return 1 if found else 0


def again(chosen: argparse.Namespace) -> int:
    """One document once more."""
    from running import COMPARED, given, run
    from targets import TARGETS

    kind, seed, number = chosen.at.split(":")
    document = given(kind, int(seed), int(number))
    print(document.made)
    chosen.out.mkdir(parents=True, exist_ok=True)
    path = chosen.out / f"{kind}-{seed}-{number}.xml"
    path.write_bytes(document.octets)
    print(path)
    failed = list(run([document], chosen.target or (*TARGETS, *COMPARED)))
    for failure in failed:
        print(f"\n{failure.target}: {failure.kind}\n{failure.text}")
    return 1 if failed else 0


def guided(target: str, *options: str) -> int:
    """Let atheris look for inputs that reach new code; it goes on until it is stopped or something fails."""
    try:
        import atheris
    except ImportError:
        print("atheris is not installed: pip install -e '.[fuzz]'; without it: python -m tests.fuzz --seconds 60")
        return 2
    with atheris.instrument_imports(include=["cxml_punchout"]):
        from running import silent
        from seeds import seeds, stored
        from targets import TARGETS

        import cxml_punchout  # noqa: F401

    if target not in TARGETS:
        print(f"there is no target {target}; there are {', '.join(TARGETS)}")
        return 2
    warnings.simplefilter("ignore")  # those of the tool itself
    corpus = _OUT / "corpus" / target
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in (*seeds(), *stored()):
        (corpus / hashlib.sha256(seed.octets).hexdigest()[:16]).write_bytes(seed.octets)
    what = TARGETS[target]
    atheris.Setup([sys.argv[0], *options, str(corpus)], lambda data: what(bytes(data)))
    with silent():
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
