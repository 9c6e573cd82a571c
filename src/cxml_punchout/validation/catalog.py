"""Which DTD judges a document: our own files, and official ones of any version that a user has.

    catalog = DtdCatalog()
    catalog.add("/srv/cxml/dtd")        # 1.2.071/cXML.dtd, 1.2.050/Fulfill.dtd, ...; or a zip from cxml.org
    catalog.files                       # what was found, and whether it is what cxml.org publishes

Files are recognised by what they declare, not by their names. Nothing is ever fetched.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

import attrs

from ..errors import InvalidValue
from ..findings import shorten
from ..forks import ForkLock
from ..payloads import module_of
from .dtdtext import LARGEST, DtdRefused, facts_of, included, includes_others
from .grammar import Grammar

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CURRENT", "PATH_VARIABLE", "Choice", "DtdCatalog", "DtdFile", "default_catalog"]

#: The version of our own files.
CURRENT = "1.2.071"
#: The environment variable with directories and zip files, separated as in ``PATH``.
PATH_VARIABLE = "CXML_DTD_PATH"

#: SHA-256 of the files of cXML 1.2.071 as cxml.org publishes them.
PUBLISHED = {
    "Catalog": "113a82e3f7e86c9503a1d1a228735b7e7f453749e7490d71380b758c5ac30ba2",
    "Contract": "1a9cea79eff811e909f0c2d696505d5373d7795d5bae78ff22b1a5fb240ee8fb",
    "Fulfill": "1bdb5394eac2ea243dcb124e7cb149603a53848a75d89018ee06bdc6e699d21c",
    "InvoiceDetail": "4351e2b54d919e8b89c5e1dd6791347649334acec4ec3e0b31180b17163336c1",
    "Logistics": "e36913216f99e88ca731f7e65b613dde49830a10961ae5b5493cc3ecbafceafa",
    "PaymentRemittance": "4068ed75161e6bf3625062838c9aa96d7ecd93cbe68d2de36e7dd6dbbcf58050",
    "Quote": "01b084f04a9f6a0ff047c6feb111a08f768abb702c8648d3e40676783e951414",
    "cXML": "d267ad7b19cbd6608b972821daacab0f4d94a8ec78610b7127dba23222198a64",
}

_MOST_FILES = 2000
_OFFICIAL_URL = re.compile(r"https?://xml\.cxml\.org/schemas/cXML/([0-9.]+)/(\w+)\.dtd", re.IGNORECASE).fullmatch

Kind = Literal["own", "plain", "wrapper"]


@attrs.frozen(eq=False)
class DtdFile:
    """One DTD of a catalogue.

    version: the cXML version that it describes. module: the official module that it is, or comes nearest to.
    payloads: what it can judge. place: where it was found.
    kind: ``own`` for the files of this library, ``wrapper`` for one that includes another, ``plain`` for the rest.
    genuine: True if it is, octet for octet, what cxml.org publishes, False if it has been altered, None if
        that is not known (only the digests of 1.2.071 are).
    problem: why it cannot be used, or "". text: what is compiled, with all that it includes.
    """

    version: str
    module: str
    payloads: frozenset[str]
    place: str
    kind: Kind
    genuine: bool | None = None
    problem: str = ""
    text: str = attrs.field(default="", repr=False)
    _digest: str = attrs.field(default="", repr=False, alias="digest")

    @property
    def sha256(self) -> str:
        """The digest of the file as it was found."""
        return self._digest or _own_digest(self.place)


class Choice(NamedTuple):
    """The DTD that judges a document.

    complete: whether it declares the payload; if not, only what stands around the payload can be judged.
    wanted: the version that should have judged, if it is not at hand.
    """

    file: DtdFile
    complete: bool
    wanted: str = ""


def _own_directory() -> str:
    # In the package where it was installed from a wheel, beside the sources in a checkout.
    package = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    places = (os.path.join(package, "dtd"), os.path.join(os.path.dirname(os.path.dirname(package)), "dtd"))
    return next(place for place in places if os.path.isfile(os.path.join(place, "cXML.dtd")))


@cache
def _own_files() -> tuple[DtdFile, ...]:
    found = []
    directory = _own_directory()
    for name in sorted(os.listdir(directory)):
        if name.endswith(".dtd"):
            place = os.path.join(directory, name)
            with open(place, encoding="utf-8", newline="") as file:
                text = file.read()
            facts = facts_of(text)
            found.append(DtdFile(facts.version, facts.module, facts.payloads, place, "own", text=text))
    return tuple(found)


@cache
def _own_digest(place: str) -> str:
    with open(place, "rb") as file:
        return _sha256(file.read())


def _sha256(octets: bytes) -> str:
    import hashlib  # only now, for our own files need no proof

    return hashlib.sha256(octets).hexdigest()


class DtdCatalog:
    """The DTDs at hand: our own, and what ``add`` was given.

    Of several files for one version and payload a wrapper is preferred to a plain file, what was added later to what
    was added before, and any of them to ours. A catalogue can be shared by threads.
    """

    def __init__(self) -> None:
        self._waiting: list[Path] = []
        self._files: list[DtdFile] = []
        self._grammars: dict[tuple[str, str], Grammar] = {}
        self._choices: dict[tuple[str | None, str], Choice] = {}
        self._lock = ForkLock()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> DtdCatalog:
        """A catalogue of what the variable ``CXML_DTD_PATH`` names; places that do not exist raise InvalidValue."""
        catalog = cls()
        for place in environment.get(PATH_VARIABLE, "").split(os.pathsep):
            if place:
                catalog.add(place)
        return catalog

    def add(self, place: str | os.PathLike[str]) -> None:
        """Add all DTDs of a directory and those below it, of a zip file, or one DTD.

        They are read when the catalogue is first used. Raises InvalidValue if there is no such place.
        """
        from pathlib import Path

        path = Path(place)
        if not path.exists():
            raise InvalidValue(f"there is no {path}", "DtdCatalog.add")
        with self._lock:
            self._waiting.append(path)
            self._choices.clear()

    @property
    def files(self) -> tuple[DtdFile, ...]:
        """All files, the preferred ones first."""
        with self._lock:
            while self._waiting:
                self._files[:0] = self._read(self._waiting[0])
                del self._waiting[0]
            return (*sorted(self._files, key=lambda file: file.kind != "wrapper"), *_own_files())

    @property
    def versions(self) -> tuple[str, ...]:
        """The cXML versions of which there is a usable file, oldest first."""
        return tuple(sorted({file.version for file in self._usable()}, key=_number))

    def choose(self, payload: str | None, declared: str | None = None, version: str | None = None) -> Choice:
        """The DTD that judges a document with ``payload``; its DOCTYPE says only which version, ``declared``.

        payload: the name of the payload; None for a bare Response. version: the version to judge by, whatever the
        document declares. Raises InvalidValue if no file of it is at hand.
        """
        if version is not None and version not in self.versions:
            known = ", ".join(self.versions)
            raise InvalidValue(f"no DTD of cXML {version} is installed, only of {known}", "version")
        key = payload, version or declared or CURRENT
        found = self._choices.get(key)
        if found is None:
            with self._lock:
                found = self._choose(*key)
                if len(self._choices) > 1000:  # anything may be declared
                    self._choices.clear()
                self._choices[key] = found
        return found

    def _choose(self, payload: str | None, wanted: str) -> Choice:
        for candidate in (wanted, CURRENT, *reversed(self.versions)):
            found = self._best(candidate, payload)
            if found is not None:
                return Choice(found, True, "" if candidate == wanted else wanted)
        found = self._best(wanted, None)
        if found is not None:
            return Choice(found, False)
        return Choice(next(file for file in self._usable() if file.version == CURRENT), False, wanted)

    def _best(self, version: str, payload: str | None) -> DtdFile | None:
        """The file of a version that has the payload; without a payload the one for the most common ones."""
        found = [file for file in self._usable() if file.version == version]
        if payload is not None:
            found = [file for file in found if payload in file.payloads]
        module = module_of(payload)
        return min(found, key=lambda file: (file.kind != "wrapper", file.module != module), default=None)

    def grammar(self, file: DtdFile) -> Grammar:
        """The compiled DTD; each is compiled once. Raises InvalidValue for a file with a problem."""
        if file.problem:
            raise InvalidValue(f"{file.place} cannot be used: {file.problem}", "DtdCatalog")
        if file.kind == "own":
            return _own_grammar(file)
        key = file.place, file.sha256
        with self._lock:
            if key not in self._grammars:
                self._grammars[key] = Grammar(file.text)
            return self._grammars[key]

    def _usable(self) -> list[DtdFile]:
        return [file for file in self.files if not file.problem]

    def _read(self, place: Path) -> list[DtdFile]:
        octets = dict(_members(place))
        members = {name: _decoded(each) for name, each in octets.items()}
        found: list[DtdFile] = []
        # Wrappers last, for they include what stands beside them.
        for name in sorted(members, key=lambda name: includes_others(members[name])):
            kind: Kind = "wrapper" if includes_others(members[name]) else "plain"
            known = [*found, *self._files, *_own_files()]
            digest = _sha256(octets[name])
            file = _file(members[name], digest, _shown(place, name), kind, _finder(name, members, known))
            if file is not None:
                found.append(file)
        return found


@cache
def default_catalog() -> DtdCatalog:
    """The catalogue that is used where none is given: our files and those that ``CXML_DTD_PATH`` names."""
    return DtdCatalog.from_environment()


@cache
def _own_grammar(file: DtdFile) -> Grammar:
    return Grammar(file.text)


# --- reading places ------------------------------------------------------------------------------------------


def _members(place: Path) -> Iterator[tuple[str, bytes]]:
    """The DTDs of a place: name within it, with slashes, and octets. What is too large for a DTD is left out."""
    if place.is_dir():
        names = sorted(path for path in place.rglob("*") if path.suffix.lower() == ".dtd" and path.is_file())
        for path in names[:_MOST_FILES]:
            if path.stat().st_size <= LARGEST:
                yield path.relative_to(place).as_posix(), path.read_bytes()
        return
    import zipfile  # only now, for few need it

    if zipfile.is_zipfile(place):
        with zipfile.ZipFile(place) as archive:
            members = [member for member in archive.infolist() if member.filename.lower().endswith(".dtd")]
            for member in members[:_MOST_FILES]:
                # A header can lie about the size, so no more is read than it says.
                if member.file_size <= LARGEST:
                    with archive.open(member) as opened:
                        yield member.filename, opened.read(member.file_size)
    elif place.stat().st_size <= LARGEST:
        yield place.name, place.read_bytes()


def _shown(place: Path, name: str) -> str:
    return str(place / name) if place.is_dir() else str(place) if place.name == name else f"{place}!{name}"


_TEXT_DECLARATION = re.compile(r"\A\ufeff?\s*<\?xml\s[^>]*\?>")


def _decoded(octets: bytes) -> str:
    # What is not UTF-8 stands in comments, as in some of the official files.
    return _TEXT_DECLARATION.sub("", octets.decode("utf-8", "replace")).removeprefix("\ufeff")


def _file(text: str, digest: str, place: str, kind: Kind, find: Callable[[str], str]) -> DtdFile | None:
    """What is known about a file; None if it is no grammar of cXML but, perhaps, a part of one."""
    try:
        text = included(text, find)
    except DtdRefused as refused:
        return DtdFile("", "", frozenset(), place, kind, problem=str(refused), digest=digest)
    facts = facts_of(text)
    if not facts.root:
        return None
    if not facts.version:
        problem = "it names no cXML version"
        return DtdFile("", facts.module, facts.payloads, place, kind, problem=problem, digest=digest)
    genuine = None
    if kind == "plain" and facts.version == CURRENT:
        genuine = PUBLISHED.get(facts.module) == digest
    return DtdFile(facts.version, facts.module, facts.payloads, place, kind, genuine, text=text, digest=digest)


def _finder(name: str, members: Mapping[str, str], known: Sequence[DtdFile]) -> Callable[[str], str]:
    """Gives the text of what ``name`` includes: a file of the same place, or an official one that is known."""

    def find(system: str) -> str:
        official = _OFFICIAL_URL(system)
        if official is None:
            beside = posixpath.normpath(posixpath.join(posixpath.dirname(name), system))
            if beside in members:
                return members[beside]
            raise DtdRefused(f"it includes {shorten(system)}, which is not beside it")
        version, module = official.groups()
        for file in known:
            if (file.version, file.module.lower(), file.problem) == (version, module.lower(), ""):
                return file.text
        raise DtdRefused(f"it includes {module}.dtd of cXML {version}, which is not installed")

    return find


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"[0-9]+", version))
