"""The file of people as a worker takes it: when it has changed and rests, and never half of it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from casework.jobs.people_file import STILL_S, PeopleFile, is_still
from casework.records.database import transaction
from casework.settings import Settings
from tests.support.world import World

FILE = "email,programme,role,name\nnew@example.org,BJ,observer,New\n"


def test_what_was_written_just_now_or_in_the_future_rests_first() -> None:
    at = 1_000_000.0
    assert [is_still(at + ahead, at, 0) for ahead in (-STILL_S, -STILL_S + 1, 0, 1, 1e9)] == [True, *[False] * 4]
    assert [is_still(at + 1e9, at, seen) for seen in (STILL_S - 1, STILL_S)] == [False, True]


def test_a_file_is_done_once_it_rests_and_again_when_it_has_changed(
    world: World, engine: Engine, settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "people.csv"
    people = PeopleFile(settings.model_copy(update={"people_file": path}))

    def write(words: str, ago: int) -> None:
        path.write_text(words, encoding="utf-8")
        path.chmod(0o644)
        os.utime(path, (time.time() - ago,) * 2)

    assert people.look(engine) is None
    assert "cannot be read" in caplog.text
    write(FILE, 1)
    assert people.look(engine) is None
    # By a clock that goes ahead it could be half written, too.
    write(FILE, -3600)
    assert people.look(engine) is None
    assert people.look(engine) is None
    write(FILE, 3600)
    # Whoever else may write it could close accounts: told once, and taken once that is mended.
    path.chmod(0o664)
    caplog.clear()
    assert people.look(engine) is None
    assert people.look(engine) is None
    assert caplog.text.count("chmod go-w") == 1
    path.chmod(0o644)
    assert people.look(engine) == "The file of people: 1 invited."
    assert people.look(engine) is None
    for words, fault in (
        (FILE[:-1], "cut off"),
        (f"{FILE}officer@example.org,BJ,auditor,\n", "row 3, role"),
        (f"{FILE}officer@example.org,XX,officer,\n", "row 3, programme"),
    ):
        caplog.clear()
        write(words, 1800)
        assert people.look(engine) is None
        assert fault in caplog.text
        assert "officer@example.org" not in caplog.text
    path.unlink()
    path.mkdir()
    assert people.look(engine) is None
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM invitations")).scalar_one() == 1
