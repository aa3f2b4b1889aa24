"""The embedded server is killed under load and its data are gone: what is archived brings it back, as of any moment, verified."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, text

from benchmarks.rehearsal import Disaster, come_back, elsewhere, lost_s, shelf_of, suffer
from benchmarks.rehearsal import Office as Working
from casework.errors import BackupUnusable
from casework.operations.core.editions import store_editions
from casework.operations.documents.key_material import document_store_of
from casework.operations.verification import wal_archiving
from casework.operations.verification.moments import restore_moment
from casework.operations.verification.restoring import choose
from casework.records import embedded, migrate, wal_archive
from casework.records.backup_folders import list_backups
from casework.records.backup_shelves import Folder, Shelf
from casework.records.database import connect_engine, transaction
from casework.records.wal_archive import LOG, list_lines, pieces_of
from casework.settings import Settings
from tests.conftest import server_folder
from tests.support.backed_up import PASSPHRASE
from tests.support.file_makers import PDF
from tests.support.s3_server import S3Server
from tests.support.world import build_world

#: So long it works before its server is gone, and so often the log is archived.
SECONDS, EVERY_S = 4.0, 1


@dataclass
class Scene:
    """What the disaster has left: backups and the archive of the log."""

    office: Working
    disaster: Disaster
    folder: Path

    @property
    def root(self) -> Path:
        return Path(str(self.office.settings.backup_folder))

    @property
    def shelf(self) -> Shelf:
        return shelf_of(self.office.settings)


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with _scene(lambda folder: {"backup_folder": str(folder / "backups")}) as made:
        yield made


@contextmanager
def _scene(where: Callable[[Path], dict[str, Any]]) -> Iterator[Scene]:
    with server_folder() as folder:
        settings = Settings(
            profile="test",
            var=folder / "office",
            backup_key=SecretStr(PASSPHRASE),
            backup_log_seconds=EVERY_S,
            **where(folder),
        )
        office = _found(settings)
        try:
            yield Scene(office, suffer(office, seconds=SECONDS), folder)
        finally:
            for name in ("office", "there", "then"):
                embedded.stop(folder / name)


def _found(settings: Settings) -> Working:
    """An office that takes documents in: each deed is one, with a file of its own."""
    owner = connect_engine(settings, "owner")
    migrate.upgrade(owner)
    with transaction(owner) as db:
        store_editions(db)
    owner.dispose()
    engine = connect_engine(settings)
    with transaction(engine) as db:
        world = build_world(db)
    with transaction(engine) as db:
        number = world.open_case(db)
    store, alone = document_store_of(engine, settings), threading.Lock()

    def act() -> str:
        with alone:
            return world.hand_in(store, number, content=PDF + f"\n% {time.time()}\n".encode())

    return Working(settings, act, _documents)


def _documents(engine: Engine) -> set[str]:
    with transaction(engine) as db:
        return set(db.execute(text("SELECT CAST(id AS text) FROM documents")).scalars())


def test_what_was_done_until_the_last_piece_is_back_and_verified(scene: Scene) -> None:
    """Whatever was acknowledged by then, with its files; and the office that goes on from it begins an archive of its own."""
    office, begun = scene.office, time.time()
    reached = wal_archive.reached_at(scene.shelf)
    assert reached is not None
    done, found = come_back(office, None, scene.folder / "there")
    lost = set(office.done) - found
    print(
        f"RPO: {len(lost)} of {len(office.done)} acknowledged actions lost, the first {lost_s(office, scene.disaster, found):.1f} s before"
        f" the end, archived every {EVERY_S} s; RTO: {time.time() - begun:.1f} s for {done.rows} rows and {done.documents} documents"
    )
    assert {one for one, at in office.done.items() if at < reached.timestamp()} <= found
    assert (done.faults, done.as_of, done.documents >= len(found) > 1) == ((), reached, True)
    assert done.last_commit is not None
    assert done.last_commit <= done.as_of
    notes = " ".join(done.notes)
    assert "The key that signs the log is not in a backup" in notes
    assert "Ask whoever keeps checkpoints elsewhere" in notes
    there = elsewhere(office.settings, scene.folder / "there")
    wal_archiving.archive_log(there, scene.shelf, lambda: True)
    last = list_lines(scene.shelf)[-1]
    assert (last.start.timeline, wal_archiving.needs_base(there, scene.shelf)) == (2, True)
    scene.shelf.remove_below(last.folder)
    with pytest.raises(BackupUnusable, match="nothing of it was changed"):
        restore_moment(there, choose(scene.shelf, None), None)


def test_from_a_bucket_it_is_back_on_a_machine_that_has_nothing(s3: S3Server) -> None:
    """The base, and the log and the files that were archived there since."""
    with _scene(lambda folder: s3.named("moments/backups")) as scene:
        office, begun, reached = scene.office, time.time(), wal_archive.reached_at(scene.shelf)
        done, found = come_back(office, None, scene.folder / "there")
        lost = lost_s(office, scene.disaster, found)
        print(f"From a bucket: RPO {lost:.1f} s; RTO {time.time() - begun:.1f} s for {done.rows} rows")
        assert reached is not None
        assert {one for one, at in office.done.items() if at < reached.timestamp()} <= found
        assert (done.faults, done.as_of, done.documents >= len(found) > 1) == ((), reached, True)


def test_a_moment_between_two_actions_is_back_as_it_was(scene: Scene) -> None:
    """On a machine that has signed more since: it says so."""
    log = scene.office.settings.log_dir
    (scene.folder / "then" / "log").mkdir(parents=True)
    shutil.copy(log / "last", scene.folder / "then" / "log" / "last")
    done, found = come_back(scene.office, scene.disaster.between, scene.folder / "then")
    assert found == scene.disaster.by_then
    assert (done.faults, done.as_of) == ((), scene.disaster.between)
    assert "Production will refuse to serve" in " ".join(done.notes)


Spoil = Callable[[Path], None]


def _nothing(root: Path) -> None:
    pass


def _middle(root: Path) -> Path:
    """A piece of the log that the last moment needs."""
    base = wal_archive.place_of(list_backups(Folder(root))[0])
    assert base is not None
    later = [piece for piece in pieces_of(list_lines(Folder(root))[0]) if piece.start > base.lsn]
    return Path(later[0].address(LOG))


def _lose_piece(root: Path) -> None:
    _middle(root).unlink()


def _change_piece(root: Path) -> None:
    path = _middle(root)
    path.write_bytes(path.read_bytes()[:-20] + bytes(20))


@pytest.mark.parametrize(
    ("spoil", "key", "hours", "said"),
    [
        (_nothing, PASSPHRASE, -1, r"no good backup of .* or before \(the first one is of"),
        (_nothing, PASSPHRASE, 1, "is archived until .* is later: nothing was changed"),
        (_nothing, "another passphrase, as long", None, "another passphrase"),
        (_nothing, None, None, "is encrypted"),
        (_lose_piece, PASSPHRASE, None, "a part of the archived log is missing"),
        (_change_piece, PASSPHRASE, None, "was changed since it was written"),
    ],
)
def test_what_cannot_be_reached_is_said_and_nothing_is_changed(
    scene: Scene, tmp_path: Path, spoil: Spoil, key: str | None, hours: int | None, said: str
) -> None:
    root = tmp_path / "backups"
    shutil.copytree(scene.root, root)
    spoil(root)
    to: datetime | None = None if hours is None else scene.disaster.between + timedelta(hours=hours)
    with server_folder() as var:
        given = {"backup_key": None if key is None else SecretStr(key)}
        there = elsewhere(scene.office.settings, var).model_copy(update=given)
        with pytest.raises(BackupUnusable, match=said):
            restore_moment(there, choose(Folder(root), to), to)
        assert not (var / "postgres").exists()
        assert not list((var / "documents").rglob("*/*"))


def test_a_base_is_not_put_into_a_server_of_ones_own(scene: Scene, tmp_path: Path) -> None:
    own = scene.office.settings.model_copy(update={"var": tmp_path, "database_url": "postgresql://a@nowhere.invalid/b"})
    with pytest.raises(BackupUnusable, match="restore a dump into that one"):
        restore_moment(own, choose(scene.shelf, None), None)


def test_a_base_that_is_damaged_is_named(scene: Scene, tmp_path: Path) -> None:
    backup = choose(scene.shelf, None)
    shutil.copytree(backup.address, tmp_path / backup.name)
    (tmp_path / backup.name / "base.tar").write_bytes(b"x")
    with pytest.raises(BackupUnusable, match=r"base\.tar has 1 bytes"):
        restore_moment(
            elsewhere(scene.office.settings, tmp_path / "var"),
            replace(backup, shelf=Folder(tmp_path)),
            None,
        )
