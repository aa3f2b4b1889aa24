"""`casework export` writes how cases ran into a file, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from casework.operations.oversight.event_export import export_ocel, export_xes
from casework.records.database import transaction
from casework.records.event_log import now
from tests.support.databases import run_casework
from tests.support.world import World


@pytest.mark.parametrize("form", ["xes", "ocel"])
def test_a_file_has_what_the_logs_say_up_to_a_moment(
    engine: Engine, database_url: str, world: World, tmp_path: Path, form: str
) -> None:
    with transaction(engine) as db:
        world.open_case(db)
    with transaction(engine) as db:
        at, programme = now(db), world.programmes["BJ"]
        pieces = export_xes(db, "BJ", programme, at) if form == "xes" else export_ocel(db, programme, at)
        wanted = "".join(pieces)
        world.open_case(db, 1)
    environment, file = {"DATABASE_URL": database_url}, tmp_path / "log"
    asked = ("export", form, str(file), "--programme", "BJ", "--as-of", at.isoformat())
    done = run_casework(*asked, environment=environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert file.read_text("utf-8") == wanted
    assert wanted.count("BJ-") > 0


def test_what_fails_leaves_the_file_as_it_was(database_url: str, world: World, tmp_path: Path) -> None:
    environment, file = {"DATABASE_URL": database_url}, tmp_path / "log"
    file.write_text("before", "utf-8")
    done = run_casework("export", "xes", str(file), environment=environment)
    assert "--programme takes one of BJ, SH" in done.stderr
    assert done.returncode != 0
    assert file.read_text("utf-8") == "before"


def test_a_moment_that_no_calendar_has_is_refused(database_url: str) -> None:
    environment = {"DATABASE_URL": database_url}
    for asked in (("export", "xes", "-"), ("process",), ("figures",)):
        done = run_casework(*asked, "--as-of", "0001-01-01T00:00:00+1400", environment=environment)
        assert done.returncode == 2
        assert "--as-of" in done.stderr


def test_to_the_screen_it_is_one_document(database_url: str, world: World) -> None:
    done = run_casework("export", "ocel", "-", "--programme", "SH", environment={"DATABASE_URL": database_url})
    assert json.loads(done.stdout)["events"] == []
