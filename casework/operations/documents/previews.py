"""Previews of files: pages as pictures, drawn by a process of its own that ends with each of them.

What is in a file is never read here: its bytes pass through, and what comes back is how large pages are, or the pixels of one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from threading import BoundedSemaphore, Timer

from sqlalchemy import Connection

from casework.errors import AskedTooOften, FilePending
from casework.operations.core.access_log import note_document
from casework.operations.documents.render import KINDS, MOST_PAGES
from casework.operations.documents.service import Opened, open_version
from casework.operations.documents.storage import PENDING, DocumentStore
from casework.permissions.actors import Actor

#: How long a page may take, and how large its picture may be.
MOST_S, MOST_PICTURE = 20.0, 12 * 1024**2
#: So many are drawn at once by one server process, so many more may wait for it, and so long: the other threads stay free.
_FREE, _ADMITTED, _PATIENCE_S = BoundedSemaphore(2), BoundedSemaphore(6), 15.0
#: When to come again, in seconds, for whom there was no room.
_LATER_S = 5
_PNG = b"\x89PNG\r\n\x1a\n"
_RENDER = "casework.operations.documents.render"


class NoPreview(Exception):
    """There is no picture of it: not of this kind of file, not of this page, or not within the limits."""


@dataclass(frozen=True)
class Size:
    """How wide and high the picture of a page is."""

    width: int
    height: int


@dataclass(frozen=True)
class Pages:
    """How many pages there are, and how large the pictures of the first ones are."""

    total: int
    sizes: tuple[Size, ...]


def has_preview(kind: str) -> bool:
    """Whether pages of such a file can be drawn at all."""
    return kind in KINDS


def open_preview(
    db: Connection,
    actor: Actor,
    document_store: DocumentStore,
    id: str,
    version: int,
    *,
    address: str | None = None,
) -> Opened:
    """A version to be drawn, by who may take it out; noted as taking it out is, where something of it is shown (`address`).

    Raises NotFound, FileBlocked, FilePending as long as nobody has looked for what harms, and NoPreview.
    """
    opened = open_version(db, actor, document_store, id, version)
    if opened.scan == PENDING:
        raise FilePending
    if not has_preview(opened.type):
        raise NoPreview
    if address is not None:
        note_document(db, actor, address, opened.number, id)
    return opened


def measure_pages(opened: Opened) -> Pages:
    """How many pages there are, and how large the first `MOST_PAGES` are. Raises NoPreview, and what the store raises."""
    try:
        total, sizes = json.loads(_run(opened.type, 0, opened.pieces, 4096))
        pages = Pages(int(total), tuple(Size(int(width), int(height)) for width, height in sizes))
    except (ValueError, TypeError) as fault:
        raise NoPreview from fault
    if not 0 < len(pages.sizes) <= MOST_PAGES:
        raise NoPreview
    return pages


def draw_page(opened: Opened, page: int) -> bytes:
    """One page as a PNG. Raises NoPreview, and what the store raises."""
    if not 1 <= page <= MOST_PAGES:
        raise NoPreview
    drawn = _run(opened.type, page, opened.pieces, MOST_PICTURE)
    if not drawn.startswith(_PNG):
        raise NoPreview
    return drawn


def _run(kind: str, page: int, pieces: Iterable[bytes], most: int) -> bytes:
    """What the process that draws says. It is ended when it takes too long or says too much.

    Raises AskedTooOften where too many wait already.
    """
    if not _ADMITTED.acquire(blocking=False):
        raise AskedTooOften(_LATER_S)
    try:
        return _draw_in_turn(kind, page, pieces, most)
    finally:
        _ADMITTED.release()


def _draw_in_turn(kind: str, page: int, pieces: Iterable[bytes], most: int) -> bytes:
    if not _FREE.acquire(timeout=_PATIENCE_S):
        raise AskedTooOften(_LATER_S)
    try:
        child = subprocess.Popen(
            [sys.executable, "-I", "-m", _RENDER, kind, str(page)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"LANG": "C.UTF-8"},
            cwd="/",
            start_new_session=True,
        )
        end = Timer(MOST_S, child.kill)
        end.start()
        try:
            said = _say_and_hear(child, pieces, most)
        finally:
            end.cancel()
            child.kill()
            child.wait()
    finally:
        _FREE.release()
    if child.returncode != 0 or len(said) > most:
        raise NoPreview
    return said


def _say_and_hear(child: subprocess.Popen[bytes], pieces: Iterable[bytes], most: int) -> bytes:
    assert child.stdin is not None
    assert child.stdout is not None
    with child.stdout as from_it:
        try:
            with child.stdin as to_it:
                for piece in pieces:
                    to_it.write(piece)
        except BrokenPipeError:
            # It has ended already; why, its return code says.
            pass
        said = from_it.read(most + 1)
        if len(said) <= most:
            child.wait()
    return said


__all__ = ["MOST_PAGES", "NoPreview", "Pages", "Size", "draw_page", "has_preview", "measure_pages", "open_preview"]
