"""Documents with files: multipart messages in and out, and which file belongs to which Attachment (Guide 3.1.5).

A multipart message is cut by its own octets here, since the parser of the standard library turns line ends over and
goes as deep as a message wants it to. Nothing is looked at that a limit forbids, and the time is that of one look at
each octet. The standard library reads the headers of a part and undoes its transfer encoding.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote, unquote

import attrs

from . import concealed
from .binding.notes import MOST
from .carried import attachments_in
from .concealed import Concealed
from .errors import BytesExceeded, InvalidValue, LimitExceeded, MalformedDocument
from .findings import CODES, Finding, shorten
from .media import decode_xml, encoding_of, media_type, parameters_of
from .models.envelope import CXML
from .models.text import Attachment
from .summary.reading import plain
from .tree import codec_named, declared_encoding

__all__ = [
    "DEFAULT_MIME_LIMITS",
    "Attached",
    "Attachments",
    "MimeLimits",
    "Package",
    "Part",
    "attachments_of",
    "decode_xml",
    "media_type",
    "pack",
    "unpack",
]


@attrs.frozen(kw_only=True)
class MimeLimits:
    """The most that is read from one multipart message; a message over a limit raises a ``LimitExceeded``.

    bytes: size of the whole message in octets, as received.
    parts: how many parts, the document included.
    part_bytes: size of one part in octets, its transfer encoding undone.
    header_bytes: size of the headers of one part in octets, and of the Content-Type of the whole.
    nesting: levels of multipart down to the document. Other parts are not looked into.
    """

    bytes: int = 64 * 1024 * 1024
    parts: int = 100
    part_bytes: int = 32 * 1024 * 1024
    header_bytes: int = 16 * 1024
    nesting: int = 4


DEFAULT_MIME_LIMITS = MimeLimits()


def _size(octets: bytes) -> str:
    return f"<{len(octets)} octets>"


@attrs.frozen
class Part:
    """A file that travels with a document.

    content_id: names the part within its message, without angle brackets; "" if it has no name.
    content_type: media type with its parameters. A nested multipart is one part, and ``unpack`` opens it.
    content: the octets of the file, no transfer encoding left but one that is ``undecoded``.
    filename: what the sender calls the file, "" if nothing. As received it is a bare name without directories, and
        still nothing to name a file on a disk by.
    undecoded: the Content-Transfer-Encoding that ``content`` still has, for MIME knows none of that name; "" for every
        part that can be used as it is.
    """

    content_id: str
    content_type: str
    content: bytes = attrs.field(repr=_size)
    filename: str = ""
    undecoded: str = ""

    @property
    def url(self) -> str:
        """What the URL of an Attachment says to mean this part."""
        return "cid:" + quote(self.content_id, safe="!$&'()*+,;=:@/~")


@attrs.frozen
class Package:
    """What came in one HTTP body.

    body: the cXML document; ``decode_xml`` makes of it and of ``content_type`` what ``parse`` takes.
    content_type: of the document, as announced; "" if it was not.
    parts: the files, in the order of the message.
    findings: what is odd about the message, none of it an obstacle.
    """

    _body: Concealed[bytes] = attrs.field(converter=concealed.octets, alias="body")
    content_type: str
    parts: tuple[Part, ...]
    findings: tuple[Finding, ...]

    @property
    def body(self) -> bytes:
        """The octets of the document."""
        return self._body.value


@attrs.frozen
class Attached:
    """An Attachment of a document and the part that it points at; None if there is none, or more than one.

    path: where the Attachment stands, as an XPath with positions.
    """

    attachment: Attachment
    part: Part | None
    path: str


@attrs.frozen
class Attachments:
    """All Attachments of a document in its order, the parts that none of them points at, and what is wrong."""

    attached: tuple[Attached, ...]
    unreferenced: tuple[Part, ...]
    findings: tuple[Finding, ...]


# --- in ----------------------------------------------------------------------------------------------------------


def unpack(body: bytes, content_type: str | None, *, limits: MimeLimits = DEFAULT_MIME_LIMITS) -> Package:
    """Take the body of an HTTP message apart: the cXML document and the files that came with it.

    The document is the part that ``start`` of the Content-Type names, else the first one; the only one that is XML, if
    the first is not. All kinds of multipart are read alike. What is no multipart is the document itself.

    Raises MalformedDocument (Status 406) if the message is broken, LimitExceeded (Status 499). Guide 3.1.5.
    """
    _hold(len(content_type or ""), limits.header_bytes, "header-bytes-exceeded", "octets in its Content-Type")
    findings: list[Finding] = []
    parts: list[Part] = []
    ids: Counter[str] = Counter()
    kind, parameters = media_type(content_type)
    level = 0
    while kind.startswith("multipart/"):
        level += 1
        _hold(level, limits.nesting, "nesting-exceeded", "levels of multipart")
        found = _parts(body, parameters.get("boundary", ""), limits, len(parts), findings)
        ids.update(part.content_id for part in found if part.content_id)
        root = found.pop(_root(found, parameters.get("start", ""), findings))
        if root.undecoded:
            raise _broken(f"MIME does not know the transfer encoding {shorten(root.undecoded, 40)} of the document.")
        parts[:0] = found
        body, content_type = root.content, root.content_type
        kind, parameters = media_type(content_type)
    findings += (
        _odd("part-id-repeated", f"{number} parts have the Content-ID {shorten(name)}.")
        for name, number in ids.items()
        if number > 1
    )
    if not level and _MULTIPART(body):
        raise _broken(
            "The message is a multipart one, and its Content-Type, which names the boundary, did not come along."
        )
    _, contradiction = encoding_of(body, content_type)
    if contradiction:
        findings.append(_odd("charset-contradicted", contradiction))
    return Package(body, content_type or "", tuple(parts), tuple(findings))


def _root(parts: list[Part], start: str, findings: list[Finding]) -> int:
    """Which of the parts is the document."""
    name = _id(start)
    for number, part in enumerate(parts):
        if name and part.content_id == name:
            return number
    found = 0
    if not _may_be_xml(parts[0]):
        # A gateway of mail puts its words in front, some senders the files.
        others = [number for number, part in enumerate(parts) if _says_xml(part) and _may_be_xml(part)]
        found = others[0] if len(others) == 1 else 0
    if name or found:
        why = f"No part has the Content-ID {shorten(name)} that start names" if name else "The first part is no XML"
        findings.append(_odd("start-unknown", f"{why}; {'the first part' if not found else 'another'} was read."))
    return found


def _says_xml(part: Part) -> bool:
    return media_type(part.content_type)[0].endswith(("/xml", "+xml"))


def _may_be_xml(part: Part) -> bool:
    """Whether a part may be a document, in whatever encoding, or hold one in another multipart."""
    inner = media_type(part.content_type)[0].startswith("multipart/")
    return inner or part.content[:100].lstrip(_IN_FRONT).startswith(b"<")


#: Byte order marks, blanks, and the zero octets of wide encodings.
_IN_FRONT = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"


#: How a multipart message begins, whatever it was announced as.
_MULTIPART = re.compile(rb"\s{0,20}--[^\r\n]{1,70}\r?\nContent-", re.IGNORECASE).match
_LINE_END = re.compile(rb"\r?\n").match
_HEAD_END = re.compile(rb"\r?\n\r?\n").search
_DELIMITER_END = re.compile(rb"(--)?[ \t]*(?:\r?\n|\Z)").match


def _parts(body: bytes, boundary: str, limits: MimeLimits, before: int, findings: list[Finding]) -> list[Part]:
    _hold(len(body), limits.bytes, "bytes-exceeded", "octets")
    if not boundary or not (boundary.isascii() and boundary.isprintable()):
        raise _broken("The Content-Type says multipart, but names no boundary that can be used.")
    found: list[Part] = []
    for begin, end in _spans(body, b"--" + boundary.encode("ascii")):
        number = before + len(found) + 1
        _hold(number, limits.parts, "parts-exceeded", "parts")
        found.append(_part(body, begin, end, number, limits, findings))
    if not found:
        raise _broken("The multipart message has no parts.")
    return found


def _spans(body: bytes, delimiter: bytes) -> Iterator[tuple[int, int]]:
    """Where the parts begin and end. The line end in front of a delimiter belongs to the delimiter."""
    begin = -1
    at = 0 if body.startswith(delimiter) else _next_line(body, delimiter, 0)
    while at >= 0:
        line = _DELIMITER_END(body, at + len(delimiter))
        if line:
            if begin >= 0:
                end = at - 1
                yield begin, max(begin, end - (body[end - 1] == 13))
            if line[1]:
                return
            begin = line.end()
        at = _next_line(body, delimiter, at + len(delimiter))
    if begin < 0:
        raise _broken("The boundary that the Content-Type names does not stand in the message.")
    raise _broken("The message ends before its last boundary; something is missing.")


def _next_line(body: bytes, delimiter: bytes, at: int) -> int:
    """Where the next line that starts with a delimiter does; -1 if there is none."""
    found = body.find(b"\n" + delimiter, at)
    return found + 1 if found >= 0 else -1


def _part(body: bytes, begin: int, end: int, number: int, limits: MimeLimits, findings: list[Finding]) -> Part:
    most = limits.header_bytes
    if blank := _LINE_END(body, begin, end):
        head, start = b"", blank.end()
    elif mark := _HEAD_END(body, begin, min(end, begin + most + 4)):
        head, start = body[begin : mark.start()], mark.end()
    else:
        head, start = body[begin : min(end, begin + most + 1)], end
    _hold(len(head), most, "header-bytes-exceeded", f"octets in the headers of part {number}")
    headers = _headers(head, number)
    encoding = headers.get("content-transfer-encoding", "").lower()
    content = _plain_octets(body[start:end], encoding, number, findings)
    _hold(len(content), limits.part_bytes, "part-bytes-exceeded", f"octets in part {number}")
    kind = headers.get("content-type", "text/plain")
    unknown = "" if encoding in _ENCODINGS else encoding[:_LONGEST_WORDS]
    return Part(_id(headers.get("content-id", "")), kind, content, _filename(headers), unknown)


def _headers(head: bytes, number: int) -> dict[str, str]:
    """The headers of a part, names in lower case, each in one line; the first one counts where a name is repeated."""
    if not head:
        return {}
    from email.errors import MultipartInvariantViolationDefect  # not at the top: few documents bring files
    from email.parser import HeaderParser

    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError:
        text = head.decode("latin-1")
    read = HeaderParser().parsestr(text)
    # Before 3.11.5 Python misses the parts of a multipart, which the headers alone cannot have.
    faults = [each for each in read.defects if not isinstance(each, MultipartInvariantViolationDefect)]
    if faults or read.get_payload():
        raise _broken(f"The headers of part {number} cannot be read.")
    found: dict[str, str] = {}
    for name, value in read.items():
        found.setdefault(name.lower(), re.sub(r"[\r\n]+", "", value).strip())
    return found


_ENCODINGS = ("", "7bit", "8bit", "binary", "quoted-printable", "base64")


def _plain_octets(content: bytes, encoding: str, number: int, findings: list[Finding]) -> bytes:
    """The octets without their transfer encoding. What is damaged is refused: nobody could tell what was lost.

    An encoding that nobody knows damages nothing: the octets are left as they came, and the part says so.
    """
    if encoding in ("", "7bit", "8bit", "binary"):
        return content
    if encoding == "quoted-printable":
        return binascii.a2b_qp(content)
    if encoding == "base64":
        content = content.translate(None, b" \t\r\n")
        # Some senders leave out the padding, which says nothing that the number of letters does not say.
        padded = content + b"=" * (-len(content) % 4)
        try:
            octets = binascii.a2b_base64(padded, strict_mode=True)
        except binascii.Error:
            pass
        else:
            if padded != content:
                findings.append(_odd("part-mended", f"The base64 of part {number} ends without its padding."))
            return octets
        raise _broken(f"Part {number} is not the base64 that its Content-Transfer-Encoding announces.")
    findings.append(
        _odd(
            "part-encoding",
            f"Part {number} has the Content-Transfer-Encoding {shorten(encoding, 40)}, which MIME does not know.",
        )
    )
    return content


def _id(text: str) -> str:
    """A Content-ID without its angle brackets."""
    text = text.strip()
    begin = text.find("<")
    end = text.find(">", begin)
    return text[begin + 1 : end].strip() if 0 <= begin < end else text


#: No name of a file is longer; what is longer is taken as it is.
_LONGEST_WORDS = 1000


def _filename(headers: Mapping[str, str]) -> str:
    _, parameters = parameters_of(headers.get("content-disposition", ""))
    name = parameters.get("filename") or parameters_of(headers.get("content-type", ""))[1].get("name", "")
    # The standard library takes the square of the time for the length.
    if "=?" in name and len(name) <= _LONGEST_WORDS:
        name = _decoded_words(name)
    # Only the last step: what stands before it is a directory of somebody else, or meant to be one of ours.
    name = "".join(char for char in re.split(r"[/\\]", name)[-1] if char.isprintable()).strip()
    return "" if name in (".", "..") else name


def _decoded_words(text: str) -> str:
    from email.errors import HeaderParseError
    from email.header import decode_header, make_header

    try:
        pieces = [(piece, charset and (codec_named(charset) or "unknown")) for piece, charset in decode_header(text)]
        return str(make_header(pieces))
    except (HeaderParseError, LookupError, ValueError):  # an encoding that does not exist, or other octets
        return text


# --- which file belongs where ------------------------------------------------------------------------------------


def attachments_of(document: CXML, parts: Iterable[Part]) -> Attachments:
    """Pair every Attachment of a document with the part that it points at, wherever in the document it stands.

    An Attachment that points at nothing is an error among the findings, as is one whose Content-ID several parts have,
    and one that says where else a file is (``attachment-link``, as ``validate`` says). A part that no Attachment points
    at is a warning. Guide 3.1.5, 7.2.1.9.
    """
    parts = tuple(parts)
    by_id: dict[str, list[int]] = {}
    for number, part in enumerate(parts):
        if part.content_id:
            by_id.setdefault(part.content_id, []).append(number)
    attached: list[Attached] = []
    findings: list[Finding] = []
    meant: set[int] = set()
    faults = 0
    for attachment, path in attachments_in(document):
        link, numbers = _target(attachment, by_id)
        meant.update(numbers)
        attached.append(Attached(attachment, parts[numbers[0]] if len(numbers) == 1 else None, path))
        if len(numbers) == 1:
            continue
        faults += 1
        if faults > MOST:
            continue
        if not numbers and _elsewhere(link):
            findings.append(_odd("attachment-link", "The URL of an Attachment does not begin with cid:.", path))
        elif not numbers:
            findings.append(_odd("attachment-dangling", f"No part of the message is {shorten(link)}.", path))
        else:
            message = f"{len(numbers)} parts of the message are {shorten(link)}."
            findings.append(_odd("attachment-ambiguous", message, path))
    if faults > MOST:
        findings.append(_odd("more", f"{faults - MOST} more Attachments that point at no part are not listed."))
    unreferenced = tuple(part for number, part in enumerate(parts) if number not in meant)
    for part in unreferenced:
        name = f"the part {shorten(part.content_id)}" if part.content_id else "a part without Content-ID"
        findings.append(_odd("part-unreferenced", f"No Attachment points at {name}."))
    return Attachments(tuple(attached), unreferenced, tuple(findings))


def _elsewhere(link: str) -> bool:
    """Whether an Attachment says where a file is, instead of which part of the message it is."""
    scheme, colon, _ = link.partition(":")
    return bool(colon) and _SCHEME(scheme) is not None and scheme.lower() != "cid"


_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*").fullmatch


def _target(attachment: Attachment, by_id: Mapping[str, list[int]]) -> tuple[str, list[int]]:
    """The link of an Attachment and the numbers of the parts that it means."""
    link = plain(attachment.url).strip()
    scheme, _, rest = link.partition(":")
    if scheme.lower() == "cid":
        name = _id(rest)
        # Some senders write the name of the part with the escapes of the URL.
        for spelled in (unquote(name), name):
            if spelled in by_id:
                return link, by_id[spelled]
    return link, []


# --- out ---------------------------------------------------------------------------------------------------------

# Narrower than RFC 2046 allows, so that it may stand in a Content-ID too.
_BOUNDARY = re.compile(r"[0-9A-Za-z_.-]{1,70}").fullmatch
_CONTENT_ID = re.compile(r"[!-;=?-~]{1,200}").fullmatch
_TYPE = re.compile(r"[!#$&^_.+0-9A-Za-z-]+/[!#$&^_.+0-9A-Za-z-]+(?:\s*;[ -~]*)?").fullmatch


def pack(body: bytes, parts: Iterable[Part], *, boundary: str | None = None) -> tuple[bytes, str]:
    """Put a document and its files into one HTTP body; the second value is its Content-Type.

    The message is ``multipart/related`` with the document first. The document and nested multiparts travel as they
    are, other files as base64, which no station on the way damages.

    boundary: what separates the parts, 1 to 70 letters, digits, ``_``, ``.`` and ``-``; by default a random one.

    Raises InvalidValue for a part that cannot be sent so. Guide 3.1.5.
    """
    if boundary is None:
        boundary = secrets.token_hex(16)
    elif not _BOUNDARY(boundary):
        raise InvalidValue(f"{shorten(boundary)} cannot be a boundary: 1 to 70 letters, digits, '_', '.' and '-'")
    root = f"cxml@{boundary}"
    charset = declared_encoding(body) or "UTF-8"
    pieces = [_piece(body, f'text/xml; charset="{charset}"', root, "binary")]
    known = {root}
    for part in parts:
        _check(part, known)
        known.add(part.content_id)
        whole = media_type(part.content_type)[0].startswith("multipart/")
        content = part.content if whole else base64.encodebytes(part.content).replace(b"\n", b"\r\n")
        encoding = "binary" if whole else "base64"
        pieces.append(_piece(content, part.content_type, part.content_id, encoding, part.filename))
    delimiter = f"--{boundary}".encode("ascii")
    if any(delimiter in piece for piece in pieces):
        raise InvalidValue(f"the boundary {boundary} stands in what it shall separate")
    packed = b"".join(delimiter + b"\r\n" + piece + b"\r\n" for piece in pieces) + delimiter + b"--\r\n"
    return packed, f'multipart/related; boundary="{boundary}"; type="text/xml"; start="<{root}>"'


def _check(part: Part, known: set[str]) -> None:
    if isinstance(part, Part) and part.undecoded:
        raise InvalidValue(f"the part {shorten(part.content_id)} is still in the encoding {shorten(part.undecoded)}")
    if not isinstance(part, Part) or not isinstance(part.content, bytes):
        what = part.content if isinstance(part, Part) else part
        raise InvalidValue(f"a Part with its octets is expected, not {type(what).__name__}")
    if not _CONTENT_ID(part.content_id):
        raise InvalidValue(f"{shorten(part.content_id)} cannot be a Content-ID: 1 to 200 visible characters of ASCII")
    if part.content_id in known:
        raise InvalidValue(f"two parts have the Content-ID {shorten(part.content_id)}")
    if not _TYPE(part.content_type):
        raise InvalidValue(f"{shorten(part.content_type)} is no media type")
    if not part.filename.isprintable() or not _encodable(part.filename):
        raise InvalidValue(f"{shorten(part.filename)} cannot be the name of a file")


def _encodable(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)


def _piece(content: bytes, kind: str, name: str, encoding: str, filename: str = "") -> bytes:
    head = [f"Content-Type: {kind}", f"Content-ID: <{name}>", f"Content-Transfer-Encoding: {encoding}"]
    if filename.isascii() and filename:
        escaped = re.sub(r'(["\\])', r"\\\1", filename)
        head.append(f'Content-Disposition: attachment; filename="{escaped}"')
    elif filename:
        head.append(f"Content-Disposition: attachment; filename*=UTF-8''{quote(filename, safe='')}")
    return "\r\n".join([*head, "", ""]).encode("ascii") + content


# --- what is wrong -----------------------------------------------------------------------------------------------

_WARNINGS = ("charset-contradicted", "more", "part-mended", "part-unreferenced", "start-unknown")


def _odd(code: str, message: str, path: str = "") -> Finding:
    return Finding("rule", "warning" if code in _WARNINGS else "error", code, message, path)


def _broken(message: str) -> MalformedDocument:
    return MalformedDocument(Finding("xml", "error", "multipart", message, "", 0, 0, CODES["multipart"]))


def _hold(number: int, most: int, code: str, what: str) -> None:
    if number > most:
        kind = BytesExceeded if code == "bytes-exceeded" else LimitExceeded
        raise kind(Finding("xml", "error", code, f"The message has more than {most} {what}."), most)
