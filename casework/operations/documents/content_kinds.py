"""What kind of file a content is, by how it begins and ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO

from casework import reasons
from casework.reasons import Reason

#: Says what is wrong with the content; None for nothing.
Look = Callable[[IO[bytes], int], Reason | None]
TWO_AT_ONCE = reasons.files.TWO_KINDS
OTHER = reasons.files.OTHER
HEAD, TAIL = 8_192, 66_000
END_OF_ZIP = b"PK\x05\x06"


def ends_of(file: IO[bytes], size: int) -> tuple[bytes, bytes]:
    file.seek(0)
    head = file.read(HEAD)
    file.seek(max(size - TAIL, 0))
    tail = file.read(TAIL)
    file.seek(0)
    return head, tail


def kinds_of(head: bytes) -> set[str]:
    """The extensions that the content would bear."""
    import puremagic

    try:
        return {guess.extension.lstrip(".") for guess in puremagic.magic_string(head) if guess.confidence >= 0.3}
    except (puremagic.PureError, ValueError):
        return set()


def begins_as(extension: str, start: bytes, more: Look | None = None) -> Look:
    """A file of one kind that begins as it must, and is no archive besides."""

    def look(file: IO[bytes], size: int) -> Reason | None:
        head, tail = ends_of(file, size)
        if not head.startswith(start) or extension not in kinds_of(head):
            return OTHER
        if END_OF_ZIP in tail:
            return TWO_AT_ONCE
        return more(file, size) if more else None

    return look
