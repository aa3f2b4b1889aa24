"""The command `import` tells what it did, exits with 1 for bad rows, and is done once however often."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from casework.engine.deadlines.calendars import Calendar
from casework.operations.people.registry import register_programme
from casework.records.database import transaction
from tests.support.databases import run_casework


@pytest.fixture
def environment(engine: Engine, database_url: str) -> dict[str, str]:
    with transaction(engine) as db:
        calendar = Calendar(name="None", version=1, zone="Asia/Shanghai")
        register_programme(db, code="BJ", name="Beijing", name_zh=None, calendar=calendar)
    return {"DATABASE_URL": database_url}


def test_good_rows_go_in_and_bad_ones_are_reported(environment: dict[str, str], tmp_path: Path) -> None:
    file, report = tmp_path / "needs.csv", tmp_path / "bad.csv"
    file.write_text("external_id,title\nN1,A\nN2,\n", "utf-8")
    made = run_casework("import", "needs", str(file), "--report", str(report), environment=environment)
    assert made.returncode == 1
    assert "row 3, title: is missing" in made.stdout
    assert "1 new, 0 changed, 0 unchanged, 1 bad" in made.stdout
    assert report.read_text("utf-8").splitlines() == ["row,field,reason", "3,title,is missing"]


def test_a_dry_run_and_a_repeated_import(environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "needs.csv"
    file.write_text("external_id,title\nN1,A\n", "utf-8")
    dry = run_casework("import", "needs", str(file), "--dry-run", environment=environment)
    assert "Nothing was imported" in dry.stdout
    assert "1 new" in run_casework("import", "needs", str(file), environment=environment).stdout
    again = run_casework("import", "needs", str(file), "--programme", "BJ", environment=environment)
    assert (again.returncode, "0 new, 0 changed, 1 unchanged" in again.stdout) == (0, True)


def test_a_wrong_programme_is_one_clear_line(environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "needs.csv"
    file.write_text("external_id,title\nN1,A\n", "utf-8")
    made = run_casework("import", "needs", str(file), "--programme", "XX", environment=environment)
    assert made.returncode == 1
    assert made.stderr.strip().splitlines() == ["Error: There is no such programme, or you may not see it."]
