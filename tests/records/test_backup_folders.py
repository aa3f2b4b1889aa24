"""Backups on disk: what is half counts for nothing, what was changed is found, and pruning keeps what is to be kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casework.errors import BackupUnusable
from casework.records.backup_folders import (
    MANIFEST,
    Backup,
    alone,
    derive,
    faults_of_files,
    finish,
    is_due,
    is_late,
    keep_proof,
    last_good,
    list_backups,
    making,
    name_at,
    open_key,
    prune,
    read_backup,
    read_file,
)
from casework.settings import Settings

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
PASSPHRASE = "a passphrase of the tests"


def _make(root: Path, at: datetime = NOON, *, good: bool | None = True, passphrase: str | None = None) -> Backup:
    root.mkdir(exist_ok=True)
    with making(root, name_at(at), passphrase) as half:
        half.write("a", [b"some ", b"words"])
        made = finish(half, half.manifest({"made_at": at.isoformat()}))
    if good is None:
        return made
    return keep_proof(made, {"faults": [] if good else ["a fault"], "at": at.isoformat()}, open_key(made, passphrase))


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_what_was_written_is_read(tmp_path: Path, passphrase: str | None) -> None:
    made = _make(tmp_path, passphrase=passphrase)
    assert faults_of_files(made) == []
    assert b"".join(read_file(made, "a", open_key(made, passphrase))) == b"some words"
    assert (b"words" in (made.folder / "a").read_bytes()) == (passphrase is None)


def test_what_was_broken_off_is_no_backup_and_goes_with_the_next(tmp_path: Path) -> None:
    with pytest.raises(KeyError), making(tmp_path, name_at(NOON), None) as half:
        half.write("a", [b"x"])
        raise KeyError
    assert list(tmp_path.iterdir()) == []
    (tmp_path / ".half-2020-01-01T000000Z").mkdir()
    assert list_backups(tmp_path) == []
    _make(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == [name_at(NOON)]


def test_one_of_the_same_second_is_refused(tmp_path: Path) -> None:
    _make(tmp_path)
    with pytest.raises(BackupUnusable, match="is there already"), making(tmp_path, name_at(NOON), None):
        pass


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        '{"form": 1, "made_at": "x", "files": {}}',
        '{"made_at": "2026-01-01T00:00:00Z", "files": {"a": 1}}',
    ],
)
def test_what_is_no_manifest_is_no_backup(tmp_path: Path, content: str) -> None:
    folder = tmp_path / name_at(NOON)
    folder.mkdir()
    (folder / MANIFEST).write_text(content)
    with pytest.raises(BackupUnusable, match="is no backup"):
        read_backup(folder)
    assert list_backups(tmp_path) == []


def test_a_manifest_that_names_other_peoples_files_is_refused(tmp_path: Path) -> None:
    made = _make(tmp_path, good=None)
    changed = {**made.manifest, "files": {"../a": {"bytes": 1, "sha256": "0"}}}
    (made.folder / MANIFEST).write_text(json.dumps(changed))
    with pytest.raises(BackupUnusable, match="not its own"):
        read_backup(made.folder)


def test_one_of_a_later_form_is_refused(tmp_path: Path) -> None:
    made = _make(tmp_path, good=None)
    (made.folder / MANIFEST).write_text(json.dumps({**made.manifest, "form": 2}))
    with pytest.raises(BackupUnusable, match="another release"):
        read_backup(made.folder)


def test_a_proof_counts_for_the_manifest_that_was_proved_alone(tmp_path: Path) -> None:
    made = _make(tmp_path)
    assert read_backup(made.folder).is_good
    (made.folder / MANIFEST).write_text(json.dumps({**made.manifest, "made_at": (NOON + timedelta(1)).isoformat()}))
    assert read_backup(made.folder).proof is None


def test_a_manifest_that_was_changed_is_not_opened(tmp_path: Path) -> None:
    made = _make(tmp_path, passphrase=PASSPHRASE)
    (made.folder / MANIFEST).write_text(json.dumps({**made.manifest, "made_at": (NOON + timedelta(1)).isoformat()}))
    with pytest.raises(BackupUnusable, match="was changed"):
        open_key(read_backup(made.folder), PASSPHRASE)


@pytest.mark.parametrize(
    ("given", "said"), [(None, "is encrypted"), ("another passphrase, as long", "another passphrase")]
)
def test_whoever_lacks_the_passphrase_opens_nothing(tmp_path: Path, given: str | None, said: str) -> None:
    made = _make(tmp_path, passphrase=PASSPHRASE)
    with pytest.raises(BackupUnusable, match=said):
        open_key(made, given)


def test_a_short_passphrase_is_none() -> None:
    with pytest.raises(BackupUnusable, match="20 characters"):
        derive("too short", b"salt")


def test_two_do_not_work_in_one_folder(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(BackupUnusable, match="somebody else"), alone(tmp_path):
        pass


def test_pruning_keeps_days_and_weeks(tmp_path: Path) -> None:
    """One of each of the last three days and two weeks; of a day and a week the last one."""
    for days in range(20):
        _make(tmp_path, NOON - timedelta(days=days))
    _make(tmp_path, NOON - timedelta(hours=1))
    prune(tmp_path, days=3, weeks=2)
    # The 15th is a Monday: its week is its own, the one before ends on the 14th.
    assert [one.name[:13] for one in list_backups(tmp_path)] == ["2026-06-15T12", "2026-06-14T12", "2026-06-13T12"]
    prune(tmp_path, days=1, weeks=2)
    assert [one.name[:13] for one in list_backups(tmp_path)] == ["2026-06-15T12", "2026-06-14T12"]


def test_pruning_never_takes_the_last_good_one(tmp_path: Path) -> None:
    """What is not good, or not proved, counts for none of the days."""
    _make(tmp_path, NOON - timedelta(days=30))
    for days in range(20):
        _make(tmp_path, NOON - timedelta(days=days), good=False if days % 2 else None)
    _make(tmp_path, NOON - timedelta(days=40), good=False)
    assert len(prune(tmp_path, days=1, weeks=0)) == 1
    assert last_good(tmp_path) is not None


def test_where_none_is_good_nothing_is_taken(tmp_path: Path) -> None:
    _make(tmp_path, good=False)
    assert prune(tmp_path, days=1, weeks=0) == []


def test_one_is_due_when_the_last_is_old_and_late_when_the_last_good_one_is_older(tmp_path: Path) -> None:
    settings = Settings(profile="test", backup_folder=tmp_path)
    assert is_due(settings, NOON)
    assert is_late(settings, None, NOON)
    _make(tmp_path)
    last = last_good(tmp_path)
    hours = [hour for hour in range(48) if is_due(settings, NOON + timedelta(hours=hour))]
    late = [hour for hour in range(48) if is_late(settings, last, NOON + timedelta(hours=hour))]
    assert (hours[0], late[0]) == (24, 37)
    assert not is_due(Settings(profile="test"), NOON)
