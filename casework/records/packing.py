"""Streams of bytes made smaller, with a digest at their end by which one that was cut or changed is known."""

from __future__ import annotations

import hashlib
import hmac
import zlib
from collections.abc import Iterable, Iterator

from casework.errors import BackupUnusable

_DIGEST = 32


def deflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same in fewer bytes."""
    packer = zlib.compressobj(1)
    for piece in pieces:
        if packed := packer.compress(piece):
            yield packed
    yield packer.flush()


def inflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What was deflated. Raises BackupUnusable, where it was cut or is none."""
    opener = zlib.decompressobj()
    try:
        for piece in pieces:
            if opened := opener.decompress(piece):
                yield opened
        if opened := opener.flush():
            yield opened
    except zlib.error as fault:
        raise BackupUnusable(f"it cannot be unpacked ({fault}).") from fault
    if not opener.eof or opener.unused_data:
        raise BackupUnusable("it is cut off, or goes on where it should end.")


def with_digest(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same, and the SHA-256 of it."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
        yield piece
    yield digest.digest()


def checked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same without the SHA-256 at its end. Raises BackupUnusable where that is another."""
    digest, held = hashlib.sha256(), b""
    for piece in pieces:
        held += piece
        if len(held) > _DIGEST:
            digest.update(held[:-_DIGEST])
            yield held[:-_DIGEST]
            held = held[-_DIGEST:]
    if not hmac.compare_digest(held, digest.digest()):
        raise BackupUnusable("it was changed since it was written.")


def packed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    return deflated(with_digest(pieces))


def unpacked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    return checked(inflated(pieces))
