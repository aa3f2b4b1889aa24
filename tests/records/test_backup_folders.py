"""Backups on disk: what is half counts for nothing, what was changed is found, and pruning keeps what is to be kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casework.errors import BackupUnusable
from casework.json_values import JsonObject
from casework.records.backup_folders import (
    HALF,
    LONGEST,
    MANIFEST,
    PROOF,
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
from casework.records.backup_shelves import Folder, Shelf
from casework.settings import Settings

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
PASSPHRASE = "a passphrase of the tests"


def _make(shelf: Shelf, at: datetime = NOON, *, good: bool | None = True, passphrase: str | None = None) -> Backup:
    with making(shelf, name_at(at), passphrase) as half:
        half.write("a", [b"some ", b"words"])
        made = finish(half, half.manifest({"made_at": at.isoformat()}))
    if good is None:
        return made
    return keep_proof(made, {"faults": [] if good else ["a fault"], "at": at.isoformat()}, open_key(made, passphrase))


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_what_was_written_is_read(shelf: Shelf, passphrase: str | None) -> None:
    made = _make(shelf, passphrase=passphrase)
    assert faults_of_files(made) == []
    assert b"".join(read_file(made, "a", open_key(made, passphrase))) == b"some words"
    assert (b"words" in b"".join(shelf.read(f"{made.name}/a"))) == (passphrase is None)


def test_what_was_broken_off_is_no_backup_and_goes_with_the_next(shelf: Shelf) -> None:
    with pytest.raises(KeyError), making(shelf, name_at(NOON), None) as half:
        half.write("a", [b"x"])
        raise KeyError
    assert shelf.names() == set()
    with making(shelf, "2020-01-01T000000Z", None) as half:
        half.write("a", [b"x"])
        (mark,) = shelf.small([f"{half.name}/{HALF}"])
        assert mark is not None
    assert (list_backups(shelf), shelf.names()) == ([], {"2020-01-01T000000Z"})
    _make(shelf)
    assert shelf.names() == {name_at(NOON)}
    assert shelf.names(name_at(NOON)) == {"a", MANIFEST, PROOF}


def _change(made: Backup, manifest: JsonObject) -> None:
    made.shelf.write(f"{made.name}/{MANIFEST}", [json.dumps(manifest).encode()])


class _Elsewhere(Folder):
    """The same folder, as another machine sees it that does not share its locks."""

    me = "another"


def test_what_another_machine_makes_just_now_stays(tmp_path: Path) -> None:
    """For as long as one may take; then it is dead."""
    shelf = Folder(tmp_path)
    with making(_Elsewhere(tmp_path), "2020-01-01T000000Z", None):
        with pytest.raises(BackupUnusable, match="another machine makes 2020-01-01T000000Z"):
            _make(shelf)
        begun = (datetime.now(UTC) - LONGEST).isoformat()
        shelf.write(f"2020-01-01T000000Z/{HALF}", [json.dumps({"by": "another", "at": begun}).encode()])
        _make(shelf)
    assert shelf.names() == {name_at(NOON)}


def test_what_has_its_manifest_is_whole_though_it_is_marked(shelf: Shelf) -> None:
    made = _make(shelf, NOON - timedelta(days=1))
    shelf.write(f"{made.name}/{HALF}", [b"{}"])
    _make(shelf)
    assert len(list_backups(shelf)) == 2
    assert HALF not in shelf.names(made.name)


def test_one_of_the_same_second_is_refused(shelf: Shelf) -> None:
    _make(shelf)
    with pytest.raises(BackupUnusable, match="is there already"), making(shelf, name_at(NOON), None):
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
def test_what_is_no_manifest_is_no_backup(shelf: Shelf, content: str) -> None:
    shelf.write(f"{name_at(NOON)}/{MANIFEST}", [content.encode()])
    with pytest.raises(BackupUnusable, match="is no backup"):
        read_backup(shelf, name_at(NOON))
    assert list_backups(shelf) == []


def test_a_manifest_that_names_other_peoples_files_is_refused(shelf: Shelf) -> None:
    made = _make(shelf, good=None)
    changed = {**made.manifest, "files": {"../a": {"bytes": 1, "sha256": "0"}}}
    _change(made, changed)
    with pytest.raises(BackupUnusable, match="not its own"):
        read_backup(made.shelf, made.name)


def test_one_of_a_later_form_is_refused(shelf: Shelf) -> None:
    made = _make(shelf, good=None)
    _change(made, {**made.manifest, "form": 2})
    with pytest.raises(BackupUnusable, match="another release"):
        read_backup(made.shelf, made.name)


def test_a_proof_counts_for_the_manifest_that_was_proved_alone(shelf: Shelf) -> None:
    made = _make(shelf)
    assert read_backup(made.shelf, made.name).is_good
    _change(made, {**made.manifest, "made_at": (NOON + timedelta(1)).isoformat()})
    assert read_backup(made.shelf, made.name).proof is None


def test_a_manifest_that_was_changed_is_not_opened(shelf: Shelf) -> None:
    made = _make(shelf, passphrase=PASSPHRASE)
    _change(made, {**made.manifest, "made_at": (NOON + timedelta(1)).isoformat()})
    with pytest.raises(BackupUnusable, match="was changed"):
        open_key(read_backup(made.shelf, made.name), PASSPHRASE)


@pytest.mark.parametrize(
    ("given", "said"), [(None, "is encrypted"), ("another passphrase, as long", "another passphrase")]
)
def test_whoever_lacks_the_passphrase_opens_nothing(shelf: Shelf, given: str | None, said: str) -> None:
    made = _make(shelf, passphrase=PASSPHRASE)
    with pytest.raises(BackupUnusable, match=said):
        open_key(made, given)


def test_a_short_passphrase_is_none() -> None:
    with pytest.raises(BackupUnusable, match="20 characters"):
        derive("too short", b"salt")


def test_two_do_not_work_in_one_folder(shelf: Shelf) -> None:
    with alone(shelf), pytest.raises(BackupUnusable, match="somebody else"), alone(shelf):
        pass


def test_pruning_keeps_days_and_weeks(shelf: Shelf) -> None:
    """One of each of the last three days and two weeks; of a day and a week the last one."""
    for days in range(20):
        _make(shelf, NOON - timedelta(days=days))
    _make(shelf, NOON - timedelta(hours=1))
    prune(shelf, days=3, weeks=2)
    # The 15th is a Monday: its week is its own, the one before ends on the 14th.
    assert [one.name[:13] for one in list_backups(shelf)] == ["2026-06-15T12", "2026-06-14T12", "2026-06-13T12"]
    prune(shelf, days=1, weeks=2)
    assert [one.name[:13] for one in list_backups(shelf)] == ["2026-06-15T12", "2026-06-14T12"]


def test_pruning_never_takes_the_last_good_one(shelf: Shelf) -> None:
    """What is not good, or not proved, counts for none of the days."""
    _make(shelf, NOON - timedelta(days=30))
    for days in range(20):
        _make(shelf, NOON - timedelta(days=days), good=False if days % 2 else None)
    _make(shelf, NOON - timedelta(days=40), good=False)
    assert len(prune(shelf, days=1, weeks=0)) == 1
    assert last_good(shelf) is not None


def test_where_none_is_good_nothing_is_taken(shelf: Shelf) -> None:
    _make(shelf, good=False)
    assert prune(shelf, days=1, weeks=0) == []


def test_one_is_due_when_the_last_is_old_and_late_when_the_last_good_one_is_older(shelf: Shelf) -> None:
    settings = Settings(profile="test")
    assert is_due(settings, shelf, NOON)
    assert is_late(settings, None, NOON)
    _make(shelf)
    last = last_good(shelf)
    hours = [hour for hour in range(48) if is_due(settings, shelf, NOON + timedelta(hours=hour))]
    late = [hour for hour in range(48) if is_late(settings, last, NOON + timedelta(hours=hour))]
    assert (hours[0], late[0]) == (24, 37)
