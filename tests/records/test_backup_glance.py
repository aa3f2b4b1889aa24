"""What pages say of backups: of a folder as it is, of a bucket what was seen within the last minute, also where it is away."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from casework.records import backup_glance
from casework.records.backup_folders import finish, making, name_at
from casework.records.backup_glance import look
from casework.records.backup_shelves import Shelf, shelf_at
from casework.settings import Settings
from tests.support.mailbox import free_port
from tests.support.s3_server import S3Server


def _make(shelf: Shelf, at: datetime) -> None:
    with making(shelf, name_at(at), None) as half:
        finish(half, half.manifest({"made_at": at.isoformat()}))


NOON, LATER = datetime(2026, 6, 15, 12, tzinfo=UTC), datetime(2026, 6, 15, 13, tzinfo=UTC)


def test_a_folder_is_told_as_it_is(tmp_path: Path) -> None:
    assert look(Settings(profile="test")) is None
    settings = Settings(profile="test", backup_folder=str(tmp_path))
    for count, at in enumerate([NOON, LATER], 1):
        _make(shelf_at(str(tmp_path), settings), at)
        seen = look(settings)
        assert seen is not None
        assert len(seen.every) == count


def test_a_bucket_is_asked_once_a_minute(s3: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = s3.settings(tmp_path, f"{tmp_path.name}/backups")
    shelf = shelf_at(str(settings.backup_folder), settings)
    _make(shelf, NOON)
    first = look(settings)
    _make(shelf, LATER)
    assert first is not None
    assert (len(first.every), look(settings)) == (1, first)
    monkeypatch.setattr(backup_glance, "REMEMBERED_S", 0.0)
    again = look(settings)
    assert again is not None
    assert (len(again.every), again.fault) == (2, None)


def test_where_it_is_away_that_is_what_is_seen(s3: S3Server, tmp_path: Path) -> None:
    settings = s3.settings(tmp_path, tmp_path.name, backup_s3_endpoint=f"http://127.0.0.1:{free_port()}")
    seen = look(settings)
    assert seen is not None
    assert seen.every == ()
    assert "it cannot be reached" in str(seen.fault)
