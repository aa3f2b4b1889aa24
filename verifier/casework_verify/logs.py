"""The published log: a checkpoint alone, or with its tiles, in a folder or an archive."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from casework_verify.case_files import Checked
from casework_verify.faults import Fault, Unreadable
from casework_verify.integrity.tree import BadProof
from casework_verify.memory import Memory
from casework_verify.reading import Archive, read_file
from casework_verify.tiles import Tiles, Wanted
from casework_verify.words.reasons import why_of

CHECKPOINT = "checkpoint"
_MOST_NOTE, _MOST_TILE, _MOST_FILES = 2**16, 2**14, 500_000


def check_log(note: bytes, memory: Memory, tiles: Tiles, *, together: bool = False) -> Checked:
    """Whether a checkpoint was signed and goes on from what is remembered; and, with tiles, that they are the tree that was signed. Where
    both lie `together`, that other files lie there too."""
    checked = Checked("log")
    try:
        said, checked.faults = memory.open(note.decode("utf-8"), tiles)
    except UnicodeDecodeError as fault:
        raise Unreadable("file_kind") from fault
    if said is None:
        return checked
    checked.facts = {"origin": said.origin, "size": said.size}
    if len(tiles):
        try:
            if tiles.root(said.size) != said.root:
                checked.faults.append(Fault("tiles_other", {"size": said.size}))
        except Wanted as wanted:
            checked.faults.append(Fault("tiles_missing", {"tiles": " ".join(wanted.paths[:20])}))
        except BadProof:
            checked.faults.append(Fault("tiles_other", {"size": said.size}))
    if together and (beside := tiles.others - 1) > 0:
        checked.faults.append(Fault("log_beside", {"count": beside}))
    return checked


def checkpoint_in(names: Iterable[str]) -> str | None:
    """The name of the checkpoint among files that are an export of the log."""
    return next((name for name in sorted(names, key=len) if name.replace("\\", "/").split("/")[-1] == CHECKPOINT), None)


def tiles_in_folder(folder: Path) -> Tiles:
    """The tiles of a folder, of which no link is followed. Raises Unreadable."""
    names = []
    if not folder.is_dir():
        raise Unreadable("tiles_folder", why="it is no folder" if folder.exists() else "there is no such folder")
    try:
        for count, path in enumerate(folder.rglob("*")):
            if count > _MOST_FILES:
                raise Unreadable("file_large", file=folder.name)
            if path.is_file() and not path.is_symlink():
                names.append(path.relative_to(folder).as_posix())
    except OSError as fault:
        raise Unreadable("file_missing", why=why_of(fault)) from fault
    return Tiles(names, lambda name: read_file(folder / name, _MOST_TILE))


def tiles_in_archive(archive: Archive) -> Tiles:
    return Tiles(archive.names, lambda name: archive.read(name, _MOST_TILE))


def note_of(path: Path) -> bytes:
    """Raises Unreadable; what is larger is no checkpoint."""
    try:
        return read_file(path, _MOST_NOTE)
    except Unreadable as unread:
        raise Unreadable("file_kind") if unread.fault.code == "file_large" else unread from None
