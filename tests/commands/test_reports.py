"""`casework report` freezes, lets two persons agree, publishes, and counts again; so does a script that knows nothing of ours."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from casework.cli import main
from casework.engine.figures.names import DEFINITIONS
from casework.ledger.canonical_json import digest
from casework.operations.oversight.report_file import check_report_file, export_report
from casework.records.database import transaction
from docs.recount import verdict
from tests.operations.oversight.test_reports import a_phase, frozen, published
from tests.support.databases import ROOT
from tests.support.world import World

SCRIPT = ROOT / "docs" / "verify_report.py"


def run(database_url: str, *asked: str) -> Result:
    """`casework report` in this process: one of its own for each step would take its seconds each time."""
    environment = {"DATABASE_URL": database_url, "CASEWORK_PROFILE": "test"}
    return CliRunner().invoke(main, ["report", *asked], env=environment)


def test_a_report_goes_its_way_and_is_counted_again(
    engine: Engine, database_url: str, world: World, tmp_path: Path
) -> None:
    with transaction(engine) as db:
        world.open_case(db)
    path = tmp_path / "report.json"
    here, supervisor = ("--programme", "BJ"), ("--as", "supervisor@example.org")
    for asked, said in (
        (("freeze", *supervisor), "Report 1 is frozen: up to "),
        (("agree", "1", *supervisor), "Report 1 has one more who agrees"),
        (("agree", "1", "--as", "manager@example.org"), "Report 1 has one more who agrees"),
        (("publish", "1", *supervisor), "Report 1 is published"),
        (("list",), "1  published  "),
        (("export", "1", str(path)), ""),
    ):
        done = run(database_url, *asked, *here)
        assert (done.exit_code, done.stderr) == (0, ""), asked
        assert done.stdout.startswith(said)
    # No database is asked.
    done = run("postgresql://nowhere.invalid/none", "verify", str(path))
    assert (done.exit_code, done.stderr) == (0, "Not counted again: mediations.\n")
    assert done.stdout.endswith("nothing differs.\n")
    assert done.stdout.startswith("Report 1, ")
    assert ", 19 figures counted again: " in done.stdout
    counted = _script(path)
    assert (counted.returncode, counted.stderr) == (0, "")
    assert "counted again: inside 19 of 20 figures, " in counted.stdout
    assert counted.stdout.endswith("mediations: by the rule alone: nothing differs\n")


def test_what_was_frozen_is_told_with_the_months_of_the_one_before(
    engine: Engine, database_url: str, world: World
) -> None:
    with transaction(engine) as db:
        world.open_case(db)
    published(engine, world)
    with transaction(engine) as db:
        world.open_case(db, 1)
    frozen(engine, world)
    here = ("--programme", "BJ")
    first, second, outside = (
        run(database_url, "show", *asked, *here).stdout.splitlines() for asked in (("1",), ("2",), ("2", "--outside"))
    )
    assert "  next interest_confirmed, step opened: 0 of 1" in first
    assert "  next interest_confirmed, step opened: 0 of 2" in second
    assert not [line for line in first if "; now " in line]
    (opened,) = (
        line for line in second if "; now " in line and line.startswith("  conversion") and "step opened" in line
    )
    assert opened.endswith(": then 0 of 1; now 0 of 2")
    # Before its first quarter has ended nothing is told outside.
    assert outside[1:] == ["Since report 1:"]
    unknown = run(database_url, "show", "7", *here)
    assert (unknown.exit_code, unknown.stdout) == (1, "")
    assert "report 7" in unknown.stderr


def test_a_report_of_a_part_of_the_cases_is_frozen_and_counted_again(
    engine: Engine, database_url: str, world: World, tmp_path: Path
) -> None:
    with transaction(engine) as db:
        a_phase(db, world)
        world.open_case(db)
    freeze = ("freeze", "--programme", "BJ", "--as", "supervisor@example.org")
    for number, (asked, said) in enumerate(
        (
            (("--phase", "Phase 1"), "phase Phase 1"),
            (
                ("--opened-from", "2020-01-01", "--opened-to", "2020-12-31"),
                "cases opened from 2020-01-01 until 2020-12-31",
            ),
        ),
        1,
    ):
        assert run(database_url, *freeze, *asked).exit_code == 0
        assert run(database_url, "show", str(number), "--programme", "BJ").stdout.splitlines()[0].endswith(f", {said}")
        assert run(database_url, "list", "--programme", "BJ").stdout.splitlines()[-1].endswith(f"  {said}")
        path = tmp_path / f"{number}.json"
        run(database_url, "export", str(number), str(path), "--programme", "BJ")
        assert check_report_file(path).faults == ()
        counted = _script(path)
        assert counted.returncode == 0, counted.stdout
    unknown = run(database_url, *freeze, "--phase", "None such")
    assert (unknown.exit_code, "None such" in unknown.stderr) == (1, True)


def test_who_may_not_is_told_so_and_nothing_is_frozen(database_url: str, world: World) -> None:
    done = run(database_url, "freeze", "--programme", "BJ", "--as", "officer@example.org")
    assert done.exit_code == 1
    assert "You may not do this" in done.stderr
    assert run(database_url, "list", "--programme", "BJ").stdout == ""


def test_what_was_tampered_with_is_found(engine: Engine, world: World, tmp_path: Path) -> None:
    with transaction(engine) as db:
        world.open_case(db)
    frozen(engine, world)
    with transaction(engine) as db:
        written = "".join(export_report(db, world.programmes["BJ"], 1))
    bettered, shortened = json.loads(written), json.loads(written)
    rows = bettered["content"]["inside"]["figures"]["conversion"]["rows"]
    next(one for one in rows if one["of"]["step"] == "opened")["numerator"] = 7
    path = tmp_path / "report.json"
    path.write_text(json.dumps(bettered), "utf-8")
    assert any("conversion" in fault for fault in check_report_file(path).faults)
    done = _script(path)
    assert (done.returncode, "conversion" in done.stdout) == (1, True)
    del shortened["logs"][0]["events"][1]
    path.write_text(json.dumps(shortened), "utf-8")
    done = _script(path)
    assert done.returncode == 1
    assert "event 2: its place is another one" in done.stdout


def made_by(version: int, file: Any) -> Any:
    """The file of a report that was frozen by other definitions: as if the release of then had written it."""
    content = file["content"]
    content["inside"]["definitions"]["version"] = content["outside"]["definitions"] = version
    return file | {"digest": digest(content), "state": None}


def test_a_report_of_other_definitions_is_told_from_one_that_is_wrong(
    engine: Engine, world: World, tmp_path: Path
) -> None:
    with transaction(engine) as db:
        world.open_case(db)
    frozen(engine, world)
    with transaction(engine) as db:
        written = "".join(export_report(db, world.programmes["BJ"], 1))
    path = tmp_path / "report.json"
    path.write_text(json.dumps(made_by(DEFINITIONS - 1, json.loads(written))), "utf-8")
    said = f"made with other definitions: version {DEFINITIONS - 1}, and this"
    told = CliRunner().invoke(main, ["report", "verify", str(path)])
    assert (told.exit_code, said in told.stdout, "0 figures counted again: not counted." in told.stdout) == (
        3,
        True,
        True,
    )
    done = _script(path)
    assert (done.returncode, said in done.stdout) == (3, True), done.stdout
    # Whoever changes an event of it, or a number without the digest, is found all the same.
    broken = made_by(DEFINITIONS - 1, json.loads(written))
    broken["logs"][0]["events"][0]["at"] = "2020-01-01T00:00:00.000000Z"
    path.write_text(json.dumps(broken), "utf-8")
    assert CliRunner().invoke(main, ["report", "verify", str(path)]).exit_code == 1
    assert _script(path).returncode == 1


def test_the_script_knows_the_version_of_this_release() -> None:
    assert verdict.DEFINITIONS == DEFINITIONS


MODULES = [SCRIPT, *sorted((SCRIPT.parent / "recount").glob("*.py"))]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_what_an_auditor_reads_is_short_and_imports_nothing_but_the_standard_library(module: Path) -> None:
    written = module.read_text("utf-8")
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(written))
        if isinstance(node, ast.Import) or isinstance(node, ast.ImportFrom) and not node.level
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names])
    }
    assert imported <= sys.stdlib_module_names
    assert len(written.splitlines()) < 300


def _script(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(path)], capture_output=True, text=True, timeout=300, check=False
    )
