"""A process whose threads begin together: ``first_use.py SEED`` prints what each said, and what one says later."""

from __future__ import annotations

import json
import random
import sys
import threading
from collections.abc import Callable

from at_hand import OWN

__all__ = ["Asked", "answers", "plans"]

#: A function and a document.
Asked = tuple[str, str]
FUNCTIONS = ("parse", "serialize", "summarize", "validate", "redact", "read_form")
THREADS = 8


def plans(seed: int) -> list[list[Asked]]:
    """What each thread asks, in its order; often all the same."""
    chance = random.Random(seed)
    documents = sorted(path.relative_to(OWN).as_posix() for path in OWN.rglob("*.xml"))
    made = [[(chance.choice(FUNCTIONS), chance.choice(documents)) for _ in range(4)] for _ in range(THREADS)]
    return [made[0]] * THREADS if chance.random() < 0.5 else made


def answers(plan: list[Asked]) -> list[str]:
    """What the functions say of the documents."""
    # Not at the top: nothing may have been used when the threads begin.
    from cxml_punchout import CXMLError, parse, read_form, redact, serialize, validate
    from cxml_punchout.summary import summarize

    functions: dict[str, Callable[[bytes], object]] = {
        "parse": lambda body: parse(body, mode="tolerant"),
        "serialize": lambda body: serialize(parse(body, mode="tolerant")),
        "summarize": lambda body: summarize(parse(body, mode="tolerant")),
        "validate": lambda body: str(validate(body)),
        "redact": redact,
        "read_form": lambda body: read_form({"cxml-urlencoded": body.decode("utf-8", "replace")}),
    }
    said = []
    for function, document in plan:
        try:
            said.append(repr(functions[function]((OWN / document).read_bytes())))
        except CXMLError as refused:
            said.append(f"{type(refused).__name__}: {refused}")
    return said


def _together(asked: list[list[Asked]]) -> list[list[str]]:
    ready = threading.Barrier(len(asked))
    said: list[list[str]] = [[] for _ in asked]

    def work(number: int) -> None:
        ready.wait()
        said[number] = answers(asked[number])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(asked))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


if __name__ == "__main__":
    sys.setswitchinterval(1e-6)  # the next thread is to come whenever it can
    asked = plans(int(sys.argv[1]))
    json.dump([_together(asked), [answers(plan) for plan in asked]], sys.stdout)
