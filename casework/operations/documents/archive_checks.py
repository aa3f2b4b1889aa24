"""What is looked for in archives and office documents.

What an archive says of itself is not believed: its entries are unpacked and counted, and thrown away.
"""

from __future__ import annotations

import re
import stat
import struct
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat

from casework import reasons
from casework.operations.documents.content_kinds import (
    END_OF_ZIP,
    OTHER,
    TAIL,
    Look,
    ends_of,
)
from casework.operations.documents.pdf_checks import LOOK_AT_PDF
from casework.operations.documents.upload_limits import (
    IN_MEMORY,
    MEGABYTE,
    MOST_DIRECTORY,
    MOST_ENTRIES,
    MOST_RATIO,
    MOST_UNPACKED,
    PIECE,
    VIRUS,
    VirusWatch,
    extension_of,
)
from casework.reasons import Reason

DAMAGED = reasons.files.DAMAGED
TOO_MUCH = reasons.files.UNPACKED_TOO_LARGE(most=MOST_UNPACKED // MEGABYTE)
NESTED = reasons.files.NESTED
_ARCHIVES = frozenset({
    "7z", "apk", "arj", "br", "bz2", "cab", "dmg", "docx", "ear", "gz", "img", "iso", "jar", "lz", "lzma", "odp",
    "ods", "odt", "pptx", "rar", "tar", "tgz", "war", "xlsx", "xz", "z", "zip", "zst",
})  # fmt: skip
_ARCHIVE_STARTS = (
    b"PK\x03\x04", b"PK\x05\x06", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00",
    b"\x28\xb5\x2f\xfd", b"MSCF", b"\x04\x22\x4d\x18",
)  # fmt: skip
#: Programs have no business in an archive of documents.
_PROGRAMS = frozenset({
    "app", "bat", "cmd", "com", "cpl", "dll", "exe", "hta", "htm", "html", "js", "jse", "lnk", "mht", "msi", "pif",
    "ps1", "reg", "scr", "sh", "svg", "vbs", "wsf", "xhtml",
})  # fmt: skip
_PLAIN_TYPES = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
_OPEN_TYPES = {
    b"application/vnd.oasis.opendocument.text": "odt", b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}  # fmt: skip


class _Wrong(Exception):
    """What is wrong with an archive."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(str(reason))


@dataclass
class _Left:
    """What may still be unpacked, of an archive and what is inside it together."""

    entries: int = MOST_ENTRIES
    bytes: int = MOST_UNPACKED


def archive_of(extension: str) -> Look:
    def look(file: IO[bytes], size: int) -> Reason | None:
        try:
            kind = _unpack(file, size, _Left(), office=extension != "zip", inside=False)
        except _Wrong as wrong:
            return wrong.reason
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            struct.error,
            UnicodeError,
            ValueError,
            NotImplementedError,
            OSError,
            RuntimeError,
        ):
            return DAMAGED
        return None if kind == extension else OTHER

    return look


#: What begins so is a program, whatever it is called; the last is what old office files and embedded objects are packed in.
_PROGRAM_STARTS = (
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xfe\xed\xfa",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"#!/",
    b"MZ\x90\x00",
    b"MZ\x00",
)
_OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PROGRAM = reasons.files.PROGRAM
OBJECT = reasons.files.OLD_OFFICE
MACROS = reasons.files.MACROS
ELSEWHERE = reasons.files.FETCHES
#: Parts of office files that run: macros of any age, controls, and what OpenDocument calls scripts.
_RUNS = re.compile(
    r"(^|/)(vbaproject\.bin|vbadata\.xml|vbaprojectsignature.*\.bin|macrosheets/.*|activex/.*|basic/.*|scripts/.*)$",
    re.IGNORECASE,
)
#: In their markup: macros declared, and words that fetch from another program.
_RUNNING_WORDS = (b"macroEnabled", b"<ddeLink", b"DDEAUTO", b"script:event-listener")
#: Links that are followed by a click alone.
_CLICKED = ("http:", "https:", "mailto:", "tel:", "#")


def _unpack(file: IO[bytes], size: int, left: _Left, *, office: bool, inside: bool) -> str:
    """Look at each entry; gives what kind of archive it is. Raises _Wrong."""
    _measure_directory(file, size)
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        left.entries -= len(entries)
        if left.entries < 0:
            raise _Wrong(reasons.files.ENTRIES(most=MOST_ENTRIES))
        _insist_apart(entries, size)
        allowed = max(size * MOST_RATIO, MEGABYTE)
        names: set[str] = set()
        for entry in entries:
            _insist_name(entry)
            if entry.filename in names:
                raise _Wrong(reasons.files.SAME_NAME)
            names.add(entry.filename)
            allowed -= _look_into(archive, entry, left, allowed, office=office, inside=inside)
        return _type_of(archive, names)


def _measure_directory(file: IO[bytes], size: int) -> None:
    """Before anything is read that an archive can make as large as it likes: how long its directory is."""
    head, tail = ends_of(file, size)
    at = tail.rfind(END_OF_ZIP)
    if not head.startswith((b"PK\x03\x04", END_OF_ZIP)) or at < 0 or len(tail) - at < 22:
        raise _Wrong(OTHER)
    disk, start, here, count, length, offset, comment = struct.unpack("<4H2LH", tail[at + 4 : at + 22])
    if count > MOST_ENTRIES or length > MOST_DIRECTORY or here != count:
        raise _Wrong(reasons.files.ENTRIES(most=MOST_ENTRIES))
    if disk or start or offset + length > size or max(0, size - TAIL) + at + 22 + comment != size:
        raise _Wrong(DAMAGED)


def _insist_apart(entries: list[zipfile.ZipInfo], size: int) -> None:
    """Entries that share their bytes make much of little."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end or entry.header_offset + 30 + entry.compress_size > size:
            raise _Wrong(DAMAGED)
        end = entry.header_offset + 30 + entry.compress_size


def _insist_name(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    odd = any(unicodedata.category(letter) in ("Cc", "Cf", "Cs") for letter in name) or name != entry.orig_filename
    if odd or "\\" in name or name.startswith("/") or ":" in name[:3] or ".." in name.split("/") or len(name) > 500:
        raise _Wrong(reasons.files.LEADS_ELSEWHERE)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise _Wrong(reasons.files.LINK)
    if entry.flag_bits & 0x1:
        raise _Wrong(reasons.files.LOCKED)


def _look_into(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: _Left, allowed: int, *, office: bool, inside: bool
) -> int:
    """Unpack an entry and throw it away; gives how large it really is. Raises _Wrong."""
    if entry.is_dir():
        return 0
    extension = extension_of(entry.filename)
    embedded = office and not inside and extension in ("docx", "xlsx", "pptx") and "/embeddings/" in entry.filename
    _insist_kind(entry, extension, office=office, embedded=embedded)
    if extension == "pdf" and not office:
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as kept:
            size = _read_through(archive, entry, left, allowed, give=kept.write)
            if why := LOOK_AT_PDF(kept, size):
                raise _Wrong(why)
        return size
    if embedded:
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as kept:
            size = _read_through(archive, entry, left, allowed, give=kept.write, embedded=True)
            # A diagram in a text has its table inside; nothing further may be in that one.
            _unpack(kept, size, left, office=True, inside=True)
        return size
    if extension in (("xml", "rels", "xhtml", "vml") if office else ("xml",)):
        checker = _Links() if extension == "rels" else _Markup()
        size = _read_through(archive, entry, left, allowed, give=checker.feed)
        checker.end()
        return size
    return _read_through(archive, entry, left, allowed, give=lambda _: None)


def _insist_kind(entry: zipfile.ZipInfo, extension: str, *, office: bool, embedded: bool) -> None:
    if extension in _ARCHIVES and not embedded:
        raise _Wrong(NESTED)
    # A document may have its own pictures drawn as SVG, which no reader of documents runs.
    if extension in _PROGRAMS - ({"svg", "xhtml"} if office else set()):
        raise _Wrong(PROGRAM)
    if office and _RUNS.search(entry.filename):
        raise _Wrong(MACROS)


def _read_through(
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    left: _Left,
    allowed: int,
    *,
    give: Callable[[bytes], object],
    embedded: bool = False,
) -> int:
    """Unpack an entry piece by piece, and give each on; says how large it really is. Raises _Wrong."""
    size, watch = 0, VirusWatch()
    with archive.open(entry) as stream:
        while piece := stream.read(PIECE):
            if not size:
                _insist_start(piece, embedded=embedded)
            if watch.sees(piece):
                raise _Wrong(VIRUS)
            size += len(piece)
            left.bytes -= len(piece)
            if left.bytes < 0 or size > allowed:
                raise _Wrong(TOO_MUCH)
            give(piece)
    return size


def _insist_start(piece: bytes, *, embedded: bool) -> None:
    """By what it begins with, an entry is no archive and no program."""
    if not embedded and piece.startswith(_ARCHIVE_STARTS):
        raise _Wrong(NESTED)
    if piece.startswith(_PROGRAM_STARTS):
        raise _Wrong(PROGRAM)
    if piece.startswith(_OLE_START):
        raise _Wrong(OBJECT)


class _Markup:
    """Reads XML as far as its first element: entities are declared before it, or not at all."""

    def __init__(self) -> None:
        self._last = b""
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse
        self._parser.StartElementHandler = self._begun
        self._seen, self._done = 0, False

    def _refuse(self, *_: object) -> None:
        raise _Wrong(reasons.files.DTD)

    def _begun(self, *_: object) -> None:
        self._done = True

    def end(self) -> None:
        """Nothing more comes."""

    def feed(self, piece: bytes) -> None:
        joined = self._last + piece
        self._last = joined[-24:]
        if any(word in joined for word in _RUNNING_WORDS):
            raise _Wrong(MACROS)
        if self._done:
            return
        self._seen += len(piece)
        if self._seen > MEGABYTE:
            raise _Wrong(DAMAGED)
        try:
            self._parser.Parse(piece, False)
        except expat.ExpatError:
            # After its beginning, what is wrong with it harms nobody.
            if not self._done:
                raise _Wrong(DAMAGED) from None


class _Links(_Markup):
    """Reads all that a part of a document refers to: what lies elsewhere and is not merely clicked on is fetched unasked."""

    def _begun(self, name: str, given: Mapping[str, str]) -> None:  # type: ignore[override]  # its caller is the parser
        if given.get("TargetMode", "").lower() != "external":
            return
        if not given.get("Type", "").endswith("/hyperlink") or not given.get("Target", "").strip().lower().startswith(
            _CLICKED
        ):
            raise _Wrong(ELSEWHERE)

    def end(self) -> None:
        try:
            self._parser.Parse(b"", True)
        except expat.ExpatError:
            raise _Wrong(DAMAGED) from None

    def feed(self, piece: bytes) -> None:
        try:
            super().feed(piece)
        except expat.ExpatError:
            raise _Wrong(DAMAGED) from None


def _type_of(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "[Content_Types].xml" in names:
        return next((kind for part, kind in _PLAIN_TYPES.items() if part in names), "other")
    if "mimetype" in names and "META-INF/manifest.xml" in names:
        with archive.open("mimetype") as stream:
            return _OPEN_TYPES.get(stream.read(100).strip(), "other")
    return "other" if "META-INF/MANIFEST.MF" in names else "zip"
