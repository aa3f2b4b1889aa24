"""Which kinds of files may be uploaded, by content and by name, and how each is looked at."""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping
from typing import IO

from casework import reasons
from casework.operations.documents.archive_checks import archive_of
from casework.operations.documents.content_kinds import (
    OTHER,
    Look,
    begins_as,
    ends_of,
    kinds_of,
)
from casework.operations.documents.pdf_checks import LOOK_AT_PDF
from casework.operations.documents.upload_limits import (
    MOST_PIXELS,
    MOST_SIDE,
    PIECE,
)
from casework.reasons import Reason


def _text(file: IO[bytes], size: int) -> Reason | None:
    head, _ = ends_of(file, size)
    if kinds_of(head) - {"txt", "csv"}:
        return OTHER
    while piece := file.read(PIECE):
        if piece.translate(None, _CONTROLS) != piece:
            return OTHER
    return None


_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f") | {127})


TOO_MANY_PIXELS = reasons.files.PICTURE_TOO_LARGE


def _png(file: IO[bytes], size: int) -> Reason | None:
    file.seek(16)
    measures = file.read(8)
    return _pixels(*struct.unpack(">II", measures)) if len(measures) == 8 else OTHER


def _jpeg(file: IO[bytes], size: int) -> Reason | None:
    """Walk through the segments to the frame, which has the measures."""
    file.seek(2)
    for _ in range(1_000):
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF:
            return OTHER
        marker, length = head[1], int.from_bytes(head[2:], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            measures = file.read(5)
            return _pixels(*struct.unpack(">HH", measures[1:])) if len(measures) == 5 else OTHER
        if length < 2:
            return OTHER
        file.seek(length - 2, os.SEEK_CUR)
    return OTHER


def _pixels(width: int, height: int) -> Reason | None:
    if not width or not height:
        return OTHER
    return TOO_MANY_PIXELS if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE else None


#: What is taken, by extension, and how it is looked at.
TYPES: Mapping[str, Look] = {
    "pdf": LOOK_AT_PDF,
    "png": begins_as("png", b"\x89PNG\r\n\x1a\n", _png),
    "jpg": begins_as("jpg", b"\xff\xd8\xff", _jpeg),
    "jpeg": begins_as("jpg", b"\xff\xd8\xff", _jpeg),
    **{extension: archive_of(extension) for extension in ("docx", "xlsx", "pptx", "odt", "ods", "odp", "zip")},
    "txt": _text,
    "csv": _text,
}

__all__ = ["TYPES"]
