"""The file of people as a worker takes it: when it has changed and rests, and never half of it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from casework.jobs.people_file import PeopleFile
from casework.records.database import transaction
from casework.settings import Settings
from tests.support.world import World

FILE = "email,programme,role,name\nnew@example.org,BJ,observer,New\n"


def test_a_file_is_done_once_it_rests_and_again_when_it_has_changed(
    world: World, engine: Engine, settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "people.csv"
    people = PeopleFile(settings.model_copy(update={"people_file": path}))

    def write(words: str, ago: int) -> None:
        path.write_text(words, encoding="utf-8")
        os.utime(path, (time.time() - ago,) * 2)

    assert people.look(engine) is None
    assert "cannot be read" in caplog.text
    write(FILE, 1)
    assert people.look(engine) is None
    write(FILE, 3600)
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
