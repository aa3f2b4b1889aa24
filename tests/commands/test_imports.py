"""The command `import` tells what it did, exits with 1 for bad rows, and is done once however often."""

from __future__ import annotations

from pathlib import Path
from subprocess import CompletedProcess

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from casework.commands.imports import import_
from casework.engine.deadlines.calendars import Calendar
from casework.operations.core.programme_lists import read_lists
from casework.operations.people.registry import register_programme
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.support.databases import run_casework
from tests.support.world import World


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


def test_columns_are_read_as_a_file_says(environment: dict[str, str], tmp_path: Path) -> None:
    file, mapping = tmp_path / "needs.csv", tmp_path / "mapping.json"
    file.write_text("Nummer,Titel,Note\nN1,A,x\n", "utf-8")

    mapping.write_text('{"Nummer": "external_id", "Titel": "title", "Note": null}', "utf-8")
    made = run_casework("import", "needs", str(file), "--mapping", str(mapping), environment=environment)
    assert (made.returncode, "1 new" in made.stdout, "Left out" in made.stdout) == (0, True, False)


def test_a_source_keeps_a_mapping_where_that_is_asked_for(world: World, database_url: str, tmp_path: Path) -> None:
    file, mapping = tmp_path / "needs.csv", tmp_path / "mapping.json"
    mapping.write_text('{"Nummer": "external_id",\n "Titel": "title"}', "utf-8")
    file.write_text("Nummer,Titel\nN1,A\n", "utf-8")

    def run(*more: str) -> CompletedProcess[str]:
        given = ("import", "needs", str(file), "--programme", "BJ", "--source", "A fair", *more)
        return run_casework(*given, environment={"DATABASE_URL": database_url})

    kept = ("--mapping", str(mapping), "--keep-mapping")
    assert "--keep-mapping needs --mapping" in run(*kept).stderr
    assert "--keep-mapping needs --mapping" in run("--keep-mapping", "--as", "officer@example.org").stderr
    # Only tried, and by somebody who may not: nothing is kept.
    assert run(*kept, "--as", "officer@example.org", "--dry-run").returncode == 0
    assert run(*kept, "--as", "auditor@example.org").returncode == 1
    assert "has no column external_id" in run().stdout
    assert "1 new" in run(*kept, "--as", "officer@example.org").stdout
    assert "0 new, 0 changed, 1 unchanged, 0 bad" in run().stdout


@pytest.mark.parametrize(
    ("kind", "says", "why"),
    [
        ("needs", "[]", "no JSON object"),
        ("needs", "{", "no JSON object"),
        ("technologies", '{"Titel": "colour"}', "colour"),
        ("matches", '{"Titel": "colour"}', "colour is no field of a match"),
    ],
)
def test_what_is_wrong_with_how_columns_are_read_is_told_before_anything(
    tmp_path: Path, kind: str, says: str, why: str
) -> None:
    file = tmp_path / "mapping.json"
    file.write_text(says, "utf-8")
    made = CliRunner().invoke(import_, [kind, str(file), "--mapping", str(file)])
    assert (made.exit_code, why in made.output) == (1, True)


def test_a_wrong_programme_is_one_clear_line(environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "needs.csv"
    file.write_text("external_id,title\nN1,A\n", "utf-8")
    made = run_casework("import", "needs", str(file), "--programme", "XX", environment=environment)
    assert made.returncode == 1
    assert made.stderr.strip().splitlines() == ["Error: There is no such programme, or you may not see it."]


INDICATORS = "kind,code,label,label_zh\nenergy,steam t,Steam (t),蒸汽（t）\nenergy,MWh,Energy (MWh),用能量（MWh）\n"


def import_list(
    database_url: str, file: Path, content: str, *more: str, name: str = "indicators"
) -> CompletedProcess[str]:
    file.write_text(content, "utf-8")
    said = ("--programme", "BJ", "--reason", "As the city counts.", "--as", "administrator@example.org")
    return run_casework("import", "list", name, str(file), *said, *more, environment={"DATABASE_URL": database_url})


def test_a_list_comes_in_whole_or_says_row_and_column_of_each_fault(
    engine: Engine, world: World, database_url: str, tmp_path: Path
) -> None:
    def entries() -> dict[str, str]:
        with transaction(engine) as db:
            return {entry.key: entry.label for entry in read_lists(db, world.programmes["BJ"])["indicators"]}

    file, begun = tmp_path / "list.csv", entries()
    wrong = import_list(database_url, file, f"{INDICATORS}heat,hot kWh,Heat,\n")
    assert wrong.returncode == 1
    told = wrong.stdout.splitlines()
    assert told[0].startswith("Row 4, kind: is one of: energy, water, ")
    assert told[1].startswith("Row 4, label_zh: ")
    assert told[-1] == "Nothing was imported."
    assert entries() == begun
    dry = import_list(database_url, file, INDICATORS, "--dry-run")
    assert dry.stdout == "Nothing was imported; this was a dry run: 1 new, 1 changed.\n"
    assert entries() == begun
    assert import_list(database_url, file, INDICATORS).stdout == "Imported: 1 new, 1 changed.\n"
    assert entries() == begun | {"energy/steam t": "Steam (t)", "energy/MWh": "Energy (MWh)"}
    assert list(verify_all(engine)) == []


def test_a_list_is_imported_by_somebody_who_may_set_it(world: World, database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    refused = import_list(database_url, file, INDICATORS, "--as", "officer@example.org")
    assert (refused.returncode, "Error: " in refused.stderr) == (1, True)
    unread = tmp_path / "gbk.csv"
    unread.write_bytes("kind,code,label,label_zh\nenergy,steam t,Steam,蒸汽\n".encode("gbk"))
    made = run_casework(
        *("import", "list", "indicators", str(unread), "--programme", "BJ", "--reason", "So it is."),
        *("--as", "administrator@example.org"),
        environment={"DATABASE_URL": database_url},
    )
    assert made.stderr.strip() == "Error: The file is not in UTF-8."


def test_a_table_of_organisations_comes_in_whole_or_says_row_and_column_of_each_fault(
    engine: Engine, world: World, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "organisations.csv"

    def bring(content: str, *more: str) -> CompletedProcess[str]:
        file.write_text(content, "utf-8")
        said = ("--programme", "BJ", "--source", "The city's list", "--as", "officer@example.org")
        return run_casework(
            *("import", "organisations", str(file), *said, *more), environment={"DATABASE_URL": database_url}
        )

    good = "name,country,colour\nNordlicht GmbH,DE,green\n"
    wrong = bring(good + "Ofenbau AG,Germany,\n")
    assert wrong.returncode == 1
    assert wrong.stdout.splitlines() == [
        "row 3, country: is no code of a country or region such as CN, DE or GB",
        "Left out, as not known: colour.",
        "Nothing was imported: 2 rows of organisations: 0 new, 0 changed, 0 unchanged, 1 bad.",
    ]
    dry = bring(good, "--dry-run").stdout.splitlines()[-1]
    assert (
        dry
        == "Nothing was imported; this was a dry run: 1 rows of organisations: 1 new, 0 changed, 0 unchanged, 0 bad."
    )
    assert bring(good).stdout.splitlines()[-1].startswith("Imported: 1 rows of organisations: 1 new, ")
    assert bring(good).stdout.splitlines()[-1].endswith("0 new, 0 changed, 1 unchanged, 0 bad.")
    refused = bring(good, "--as", "manager@example.org")
    assert (refused.returncode, "Error: " in refused.stderr) == (1, True)
    assert list(verify_all(engine)) == []
