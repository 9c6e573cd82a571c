"""Documents by number, what is promised of each, and how a failure is told apart from another and made small."""

from __future__ import annotations

import contextlib
import logging
import random
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import attrs
import official
from lxml import etree
from mutants import mutant
from rarities import Rarity, rarity
from seeds import Seed, root_of
from targets import BETWEEN, CORE, OTHERS, TARGETS, Violated, answered, answers

import cxml_punchout
from cxml_punchout import CXML, DocumentError, OpenElement, parse
from cxml_punchout.summary import summarize

__all__ = ["COMPARED", "REFUSED", "Failure", "Given", "failing", "given", "run", "shrunk", "silent"]

_LIBRARY = str(Path(cxml_punchout.__file__).parent)


@attrs.frozen
class Given:
    """One document: of which kind, by which number, how it was made."""

    kind: str
    number: str
    octets: bytes = attrs.field(repr=False)
    made: str
    rarity: Rarity | None = attrs.field(default=None, repr=False)


def given(kind: str, seed: int, number: int) -> Given:
    """The document with a number: the same one at any time and anywhere."""
    chance = random.Random(f"{kind} {seed} {number}")
    name = f"{seed}:{number}"
    if kind == "rarity":
        rare = rarity(chance)
        return Given(kind, name, rare.octets, f"{rare.seed} by {', '.join(rare.productions) or 'nothing'}", rare)
    made = mutant(chance)
    octets = made.octets
    if chance.random() < 0.05:
        octets += BETWEEN + mutant(chance).octets
    return Given(kind, name, octets, f"{made.seed} by {', '.join(made.changes)}")


# --- what is promised of lawful documents --------------------------------------------------------------------------

#: Why a lawful document that says what an acceptable one says may be refused: it declares something, it is in an
#: encoding that is not read, or something in it is larger than anything in cXML needs to be.
REFUSED: dict[str, tuple[str, ...]] = {
    "internal-subset": ("doctype:declares-",),
    "encoding": ("encoding:",),
    # More than 200 prefixes in a document.
    "namespaces-exceeded": tuple(f"namespace-{name}" for name in ("many", "prefix", "undone", "reference", "long")),
    # A second byte order mark, though libxml2 passes over it.
    "malformed": ("start:mark", "encoding:false-"),
    # The name of a namespace is measured as it is spelled.
    "name-length-exceeded": ("namespace-long",),
    "attribute-length-exceeded": ("reference-in-attribute-zeros",),
}


def alike(given: Given) -> None:
    """What libxml2 reads as the same document is the same document, with the same answer.

    Comments and processing instructions say nothing. The latter are kept with the document, and so are declarations
    of namespaces that nothing uses; a signature is kept to the octet. Such documents are compared by what a person is
    told.
    """
    rare = given.rarity
    if rare is None or (says := said(rare.octets)) is None:
        return
    original = _original(rare.seed)
    if says != original.said:
        return
    try:
        document = parse(rare.octets, mode="tolerant")
    except DocumentError as error:
        allowed = REFUSED.get(error.code, ())
        if not any(name.startswith(allowed) for name in rare.productions):
            raise Violated(f"a lawful document is refused: {type(error).__name__}, {error.code}") from error
        return
    if original.document is None:
        return
    if any(name.startswith(_KEPT) and name not in _NOT_KEPT for name in rare.productions) or document.signature:
        if not isinstance(document.payload, OpenElement) and _told(document) != _told(original.document):
            raise Violated("a lawful document that says the same is summarized as another one")
    elif document != original.document:
        raise Violated("a lawful document that says the same is read as another one")
    status = (answers.get(rare.octets) or answered(rare.octets)).status
    if status != original.status:
        raise Violated(f"a lawful document that says the same is answered {status}, not {original.status}")


#: Productions by which something is added that a document keeps though it says nothing.
_KEPT = ("namespace-", "instruction-")
_NOT_KEPT = frozenset({"namespace-xml", "namespace-xml-everywhere", "instruction-before", "instruction-after"})


def _told(document: CXML) -> object:
    return attrs.evolve(summarize(document), doctype="")


def judged(given: Given) -> None:
    """Strict reading and the official grammar have one verdict, where the official one is at hand."""
    rare = given.rarity
    if rare is None or not rare.same or official.directory() is None or _UNJUDGED.intersection(rare.productions):
        return
    try:
        root = root_of(rare.octets)
        payload = parse(rare.octets, mode="tolerant").payload
    except (etree.XMLSyntaxError, DocumentError):
        return
    if not _verdicts_agree(rare.seed) or isinstance(payload, OpenElement):
        return
    accepted, lawful = _strict(rare.octets), _lawful(root)
    if accepted != lawful:
        words = {True: "accepts", False: "refuses"}
        raise Violated(f"the official grammar {words[lawful]} what strict reading {words[accepted]}")


#: What the official grammar is not asked about: a CDATA section or an instruction where only elements or nothing may
#: be, white space between elements in a document that calls itself standalone, and namespaces in open content, which is
#: not judged; nor about blank lines in front, which cXML forbids and XML does not. Comments are taken out, for none is
#: looked at.
_UNJUDGED = frozenset(
    {"cdata-empty", "cdata-blank", "instruction-in-empty", "declaration:standalone", "start:lines", "start:blank"}
    | {f"namespace-{name}" for name in ("prefix", "undone", "many", "reference", "long")}
)


@cache
def _verdicts_agree(seed: Seed) -> bool:
    """Whether both have one verdict on what a document was made from; on open content they need not."""
    return _strict(seed.octets) is _lawful(root_of(seed.octets))


def _strict(body: bytes) -> bool:
    try:
        parse(body)
    except DocumentError:
        return False
    return True


def _lawful(root: etree._Element) -> bool:
    etree.strip_tags(root, etree.Comment)
    return bool(official._dtd(official.CURRENT, "cXML").validate(root))


@attrs.frozen(eq=False)
class _Original:
    said: bytes
    document: CXML | None
    status: int


@cache
def _original(seed: Seed) -> _Original:
    try:
        document = parse(seed.octets, mode="tolerant")
    except DocumentError:
        document = None
    return _Original(said(seed.octets) or b"", document, answered(seed.octets).status)


def said(body: bytes) -> bytes | None:
    """What a document says, as libxml2 has it: its canonical form without comments. None if it is no XML."""
    try:
        root = root_of(body)
    except (etree.XMLSyntaxError, ValueError):
        return None
    etree.strip_tags(root, etree.Comment, etree.PI)
    canonical: bytes = etree.tostring(root, method="c14n2", with_comments=False)
    return canonical


# --- failures ------------------------------------------------------------------------------------------------------


@attrs.frozen
class Failure:
    """What went wrong; two with one ``kind`` have one cause."""

    target: str
    kind: str
    text: str = attrs.field(repr=False)
    given: Given


def failing(name: str, data: bytes) -> str:
    """The kind of failure that a target has with some octets; "" if it has none."""
    try:
        TARGETS[name](data)
    except Exception as error:
        return kind_of(error)
    return ""


def kind_of(error: BaseException) -> str:
    """Type and innermost frames of the library: what a failure is known by."""
    cause = error.__cause__ if isinstance(error, Violated) and error.__cause__ is not None else error
    frames = [
        f"{Path(frame.filename).relative_to(_LIBRARY)}:{frame.name}"
        for frame in traceback.extract_tb(cause.__traceback__)
        if frame.filename.startswith(_LIBRARY)
    ]
    words = f" ({error})" if isinstance(error, Violated) else ""
    return f"{type(cause).__name__}{words} in {' > '.join(frames[-2:]) or 'the test'}"


def text_of(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


#: What is asked of a lawful document beside the one that it was made from.
COMPARED: dict[str, Callable[[Given], None]] = {"alike": alike, "judged": judged}


#: Every third document goes through another target as well, and no more: a million would not take longer than a night.
_TURN = 3


def steps(place: int, names: Iterable[str] = ()) -> list[str]:
    """The targets of a document: the core, often one other in turn; or those that are named."""
    if names:
        return list(names)
    others = list(OTHERS)
    turn, other = divmod(place, _TURN)
    more = [others[turn % len(others)]] if not other else []
    # The command line starts anew each time, which takes ten times what the library does.
    if more == ["commands"] and turn // len(others) % 3:
        more = []
    return [*CORE, "alike", *(["judged"] if not other else []), *more]


def run(documents: Iterable[Given], names: Iterable[str] = ()) -> Iterator[Failure]:
    """Take each document through its targets, and tell what went wrong."""
    names = list(names)
    with silent():
        for place, document in enumerate(documents):
            answers.clear()
            for name in steps(place, names):
                try:
                    if name in COMPARED:
                        COMPARED[name](document)
                    else:
                        TARGETS[name](document.octets)
                except Exception as error:
                    yield Failure(name, kind_of(error), text_of(error), document)


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """Thousands of refusals need not be heard."""
    log = logging.getLogger("cxml_punchout")
    before, nothing = log.propagate, logging.NullHandler()
    log.propagate = False
    log.addHandler(nothing)
    try:
        yield
    finally:
        log.propagate = before
        log.removeHandler(nothing)


def shrunk(data: bytes, fails: Callable[[bytes], bool], seconds: float = 5) -> bytes:
    """Fewer octets that still fail: pieces are left out as long as there is time."""
    size, end = len(data) // 2, time.monotonic() + seconds
    while size:
        at = 0
        while at < len(data):
            if time.monotonic() > end:
                return data
            less = data[:at] + data[at + size :]
            if fails(less):
                data = less
            else:
                at += size
        size //= 2
    return data
