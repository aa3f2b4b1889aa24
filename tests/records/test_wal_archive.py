"""The archive of the log on its disk: what is missing shows, what is changed is refused, and what no base needs is taken away."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casework.errors import BackupUnusable
from casework.records import wal_archive
from casework.records.backup_folders import Backup, finish, keep_proof, making, name_at, open_key
from casework.records.backup_shelves import Folder, Shelf
from casework.records.wal_archive import (
    FILES,
    LOG,
    Line,
    Piece,
    Place,
    alone,
    begin_line,
    faults_of,
    follow,
    is_behind,
    keep_state,
    lacks_base,
    list_lines,
    open_line,
    pieces_of,
    prune,
    reached_at,
    read,
    write,
)
from casework.settings import Settings

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PASSPHRASE = "a passphrase of the tests"
START = Place(system="7", timeline=1, lsn=100)


def _line(shelf: Shelf, start: Place = START, at: datetime = NOON, passphrase: str | None = PASSPHRASE) -> Line:
    return begin_line(shelf, start, at, passphrase)[0]


def _grow(line: Line, *ends: int, passphrase: str | None = PASSPHRASE, at: datetime = NOON) -> list[Piece]:
    """Pieces of a minute each, with files."""
    key, start, made = open_line(line, passphrase), line.start.lsn, []
    for minutes, end in enumerate(ends, 1):
        piece = Piece(line=line, start=start, end=end, at=at + minutes * MINUTE)
        write(piece, FILES, key, [b"files"])
        write(piece, LOG, key, [bytes(end - start)])
        made.append(piece)
        start = end
    return made


def _base(shelf: Shelf, stop: int, at: datetime = NOON, *, timeline: int = 1, good: bool = True) -> Backup:
    told = {"made_at": at.isoformat(), "base": {"system": "7", "timeline": timeline, "start": stop - 5, "stop": stop}}
    with making(shelf, name_at(at), None) as half:
        made = finish(half, half.manifest(told))
    return keep_proof(made, {"faults": [] if good else ["x"], "at": at.isoformat()}, open_key(made, None))


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_what_was_written_is_read_and_followed(shelf: Shelf, passphrase: str | None) -> None:
    line = _line(shelf, passphrase=passphrase)
    made = _grow(line, 150, 210, 300, passphrase=passphrase)
    assert pieces_of(list_lines(shelf)[0]) == made
    found = follow(shelf, START, None, passphrase)
    assert (list(found.pieces), found.reached, found.again) == (made, NOON + 3 * MINUTE, None)
    assert faults_of(found, passphrase) == []
    assert b"".join(read(made[1], LOG, open_line(line, passphrase))) == bytes(60)


def test_only_what_a_moment_needs_is_followed(shelf: Shelf) -> None:
    """And a minute more, for commits whose times are out of order."""
    made = _grow(_line(shelf), 150, 210, 300, 400)
    assert list(follow(shelf, START, NOON + MINUTE / 2, PASSPHRASE).pieces) == made[:2]
    assert list(follow(shelf, Place(system="7", timeline=1, lsn=160), None, PASSPHRASE).pieces) == made[1:]


@pytest.mark.parametrize("other", [Place(system="8", timeline=1, lsn=100), Place(system="7", timeline=2, lsn=100)])
def test_of_another_server_or_timeline_nothing_follows(shelf: Shelf, other: Place) -> None:
    _grow(_line(shelf), 150)
    assert follow(shelf, other, None, PASSPHRASE).pieces == ()


def test_what_is_missing_is_seen(shelf: Shelf) -> None:
    made = _grow(_line(shelf), 150, 210, 300)
    shelf.remove([made[1].path(LOG)])
    found = follow(shelf, START, None, PASSPHRASE)
    assert (list(found.pieces), found.reached, found.again) == (made[:1], NOON + MINUTE, NOON + 3 * MINUTE)


def test_another_line_goes_on_where_nothing_is_missing(shelf: Shelf) -> None:
    made = _grow(_line(shelf), 150)
    second = _line(shelf, Place(system="7", timeline=1, lsn=140), NOON + timedelta(hours=1))
    more = _grow(second, 200, at=NOON + timedelta(hours=1))
    assert list(follow(shelf, START, None, PASSPHRASE).pieces) == made + more


def test_whoever_works_not_is_archived_until_now(shelf: Shelf) -> None:
    """As was noted, for this place of this line alone, and as it was noted."""
    line = _line(shelf)
    _grow(line, 150)
    keep_state(shelf, line, 150, NOON + 90 * MINUTE, open_line(line, PASSPHRASE))
    assert reached_at(shelf) == NOON + 90 * MINUTE
    assert follow(shelf, START, None, PASSPHRASE).reached == NOON + 90 * MINUTE
    told = wal_archive.read_state(shelf)
    assert told is not None
    shelf.write("wal/state.json", [json.dumps(told | {"lsn": 149}).encode()])
    assert follow(shelf, START, None, PASSPHRASE).reached == NOON + MINUTE
    later = told | {"reached_at": (NOON + 99 * MINUTE).isoformat()}
    shelf.write("wal/state.json", [json.dumps(later).encode()])
    with pytest.raises(BackupUnusable, match=r"state\.json was changed"):
        follow(shelf, START, None, PASSPHRASE)


@pytest.mark.parametrize("words", ["", "[]", "{}", '{"reached_at": "2026-01-01", "lsn": 1, "line": "x"}'])
def test_what_is_no_note_says_nothing(shelf: Shelf, words: str) -> None:
    shelf.write("wal/state.json", [words.encode()])
    assert reached_at(shelf) is None


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
@pytest.mark.parametrize("how", ["changed", "cut", "gone", "another's"])
def test_what_is_damaged_is_named(shelf: Shelf, passphrase: str | None, how: str) -> None:
    line = _line(shelf, passphrase=passphrase)
    made = _grow(line, 150, 210, passphrase=passphrase)
    path = made[1].path(LOG)
    content = b"".join(shelf.read(path))
    if how == "gone":
        found = follow(shelf, START, None, passphrase)
        shelf.remove([path])
    else:
        other = b"".join(shelf.read(made[0].path(LOG)))
        shelf.write(path, [{"changed": content[:-8] + b"12345678", "cut": content[:-1], "another's": other}[how]])
        found = follow(shelf, START, None, passphrase)
    assert path in " ".join(faults_of(found, passphrase))


@pytest.mark.parametrize(("given", "said"), [(None, "is encrypted"), ("another passphrase, as long", "another pass")])
def test_whoever_lacks_the_passphrase_opens_nothing(shelf: Shelf, given: str | None, said: str) -> None:
    with pytest.raises(BackupUnusable, match=said):
        open_line(_line(shelf), given)


def test_one_archives_at_a_time_and_clears_what_was_broken_off(tmp_path: Path) -> None:
    shelf = Folder(tmp_path)
    line = _line(shelf)
    half = tmp_path / line.folder / ".half-x"
    half.write_bytes(b"x")
    with alone(shelf) as first, alone(shelf) as second:
        assert (first, second, half.exists()) == (True, False, False)
    assert pieces_of(line) == []


def test_what_says_nothing_of_itself_is_no_line(shelf: Shelf) -> None:
    shelf.write("wal/2026-01-01T000000Z/x", [])
    shelf.write(f"{_line(shelf).folder}/line.json", [b"{}"])
    assert list_lines(shelf) == []


def test_a_line_needs_a_base_that_is_of_it(shelf: Shelf) -> None:
    assert not lacks_base(shelf, [])
    _line(shelf)
    early, other, own = _base(shelf, 99), _base(shelf, 120, NOON + MINUTE, timeline=2), None
    assert lacks_base(shelf, [early, other])
    own = _base(shelf, 120, NOON + 2 * MINUTE)
    assert not lacks_base(shelf, [early, other, own])


def test_pruning_keeps_what_the_bases_of_the_days_need(shelf: Shelf) -> None:
    """No base that is kept for its day is left without its log, and no log without a base but what the line goes on from."""
    made = _grow(_line(shelf), 150, 210, 300, 400)
    assert prune(shelf, days=7) == 0
    _base(shelf, 140, NOON)
    _base(shelf, 215, NOON + timedelta(days=1))
    assert prune(shelf, days=2) == 0
    assert prune(shelf, days=1) == 4
    assert pieces_of(list_lines(shelf)[0]) == made[2:]
    assert not shelf.has(made[0].path(FILES))
    _base(shelf, 500, NOON + timedelta(days=2))
    prune(shelf, days=1)
    assert pieces_of(list_lines(shelf)[0]) == made[3:]


def test_a_line_that_no_base_is_of_goes_once_another_has_begun(shelf: Shelf) -> None:
    old, new = _line(shelf), _line(shelf, Place(system="7", timeline=2, lsn=90), NOON + timedelta(days=1))
    _grow(old, 150)
    made = _grow(new, 150)
    _base(shelf, 95, NOON + timedelta(days=1), timeline=2)
    assert prune(shelf, days=1) == 2
    assert [one.folder for one in list_lines(shelf)] == [new.folder]
    assert pieces_of(new) == made


def test_a_base_that_is_not_good_does_not_end_what_good_ones_need(shelf: Shelf) -> None:
    made = _grow(_line(shelf), 150, 210, 300)
    _base(shelf, 120, NOON)
    _base(shelf, 250, NOON + timedelta(days=1), good=False)
    assert prune(shelf, days=1) == 0
    assert pieces_of(list_lines(shelf)[0]) == made


def test_what_is_not_archived_for_longer_than_set_is_told(tmp_path: Path) -> None:
    settings = Settings(profile="test", backup_folder=str(tmp_path), backup_log_late_minutes=5)
    late = [minutes for minutes in range(10) if is_behind(settings, NOON, NOON + minutes * MINUTE)]
    assert (late[0], is_behind(settings, None, NOON)) == (6, True)
    for other in ({"backup_folder": None}, {"backup_log_seconds": 0}, {"database_url": "postgresql://a@b/c"}):
        assert not is_behind(settings.model_copy(update=other), None, NOON)
    assert not wal_archive.archives_log(settings.model_copy(update={"backup_log_seconds": 0}))
