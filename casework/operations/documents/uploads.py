"""A file on its way in: with a name that is only a name, looked at while it comes.

It is copied into a temporary one while it is counted and hashed, and nothing is ever held in memory as a whole.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Protocol, Self

from casework import reasons
from casework.errors import UploadRefused
from casework.operations.documents.upload_checks import TYPES
from casework.operations.documents.upload_limits import (
    IN_MEMORY,
    LONGEST_NAME,
    MEGABYTE,
    MOST_BYTES,
    PIECE,
    VIRUS,
    VirusWatch,
    extension_of,
)


class Reads(Protocol):
    """Anything that gives bytes piece by piece."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class Upload:
    """A file that was looked at and may be kept; with it, as long as it is needed."""

    name: str
    #: One of TYPES.
    type: str
    size: int
    #: SHA-256 of what is in it.
    digest: str
    file: IO[bytes]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def pieces(self) -> Iterator[bytes]:
        self.file.seek(0)
        while piece := self.file.read(PIECE):
            yield piece


def receive(stream: Reads, name: str) -> Upload:
    """Take a file in, looking at everything that may be wrong with it. Raises UploadRefused."""
    shown = clean_name(name)
    look = TYPES.get(extension_of(shown))
    if look is None:
        raise UploadRefused(shown, reasons.files.KIND(kinds=sorted(TYPES)))
    kept: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  whoever keeps the upload closes it
    try:
        size, digest = _copy(stream, kept, shown)
        if not size:
            raise UploadRefused(shown, reasons.files.EMPTY)
        kept.seek(0)
        if why := look(kept, size):
            raise UploadRefused(shown, why)
    except BaseException:
        kept.close()
        raise
    return Upload(shown, extension_of(shown), size, digest, kept)


def _copy(stream: Reads, kept: IO[bytes], name: str) -> tuple[int, str]:
    size, digest, watch = 0, hashlib.sha256(), VirusWatch()
    while piece := stream.read(PIECE):
        size += len(piece)
        if watch.sees(piece):
            raise UploadRefused(name, VIRUS)
        if size > MOST_BYTES:
            raise UploadRefused(name, reasons.files.TOO_LARGE(most=MOST_BYTES // MEGABYTE))
        digest.update(piece)
        kept.write(piece)
    return size, digest.hexdigest()


# --- names -----------------------------------------------------------------------------------------------------------

_SEPARATORS = re.compile(r"[/\\:*?\"<>|]")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def clean_name(given: str) -> str:
    """A file name as it may be shown and saved again: one line, no folders, nothing that turns or hides letters."""
    plain = unicodedata.normalize("NFC", given.encode("utf-8", "replace").decode("utf-8"))
    last = re.split(r"[/\\]", plain)[-1]
    # Controls, marks of direction and joiners: with these a name can look like another one.
    kept = "".join(
        " " if letter in "\t\n\r" else letter
        for letter in last
        if unicodedata.category(letter) not in ("Cf", "Cs", "Co", "Cn")
        and (letter in "\t\n\r" or unicodedata.category(letter) != "Cc")
    )
    kept = " ".join(_SEPARATORS.sub("_", kept).split()).strip(". ")
    if _RESERVED.match(kept):
        kept = "_" + kept
    stem, dot, extension = kept.rpartition(".")
    if dot and len(extension) <= 10:
        return f"{(stem or 'file')[: LONGEST_NAME - len(extension) - 1]}.{extension}"
    return kept[:LONGEST_NAME] or "file"
