"""`casework report` freezes, lets two persons agree, publishes, and counts again; so does a script that knows nothing of ours."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

from sqlalchemy import Engine

from casework.records.database import transaction
from tests.operations.oversight.test_reports import frozen, published
from tests.support.databases import ROOT, run_casework
from tests.support.world import World

SCRIPT = ROOT / "docs" / "verify_report.py"


def test_a_report_goes_its_way_and_is_counted_again(
    engine: Engine, database_url: str, world: World, tmp_path: Path
) -> None:
    with transaction(engine) as db:
        world.open_case(db)
    environment, path = {"DATABASE_URL": database_url}, tmp_path / "report.json"
    here, supervisor = ("--programme", "BJ"), ("--as", "supervisor@example.org")
    for asked, said in (
        (("freeze", *supervisor), "Report 1 is frozen: up to "),
        (("agree", "1", *supervisor), "Report 1 has one more who agrees"),
        (("agree", "1", "--as", "manager@example.org"), "Report 1 has one more who agrees"),
        (("publish", "1", *supervisor), "Report 1 is published"),
        (("list",), "1  published  "),
        (("export", "1", str(path)), ""),
    ):
        done = run_casework("report", *asked, *here, environment=environment)
        assert (done.returncode, done.stderr) == (0, ""), asked
        assert done.stdout.startswith(said)
    # No database is asked.
    done = run_casework("report", "verify", str(path), environment={})
    assert (done.returncode, done.stderr) == (0, "Not counted again: mediations.\n")
    assert done.stdout.endswith("nothing differs.\n")
    assert done.stdout.startswith("Report 1, ")
    done = _script(path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("funnel, conversion, discipline, endings: nothing differs\n")


def test_what_was_frozen_is_told_with_the_months_of_the_one_before(
    engine: Engine, database_url: str, world: World
) -> None:
    with transaction(engine) as db:
        world.open_case(db)
    published(engine, world)
    with transaction(engine) as db:
        world.open_case(db, 1)
    frozen(engine, world)
    environment, here = {"DATABASE_URL": database_url}, ("--programme", "BJ")
    first, second, outside = (
        run_casework("report", "show", *asked, *here, environment=environment).stdout.splitlines()
        for asked in (("1",), ("2",), ("2", "--outside"))
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
    unknown = run_casework("report", "show", "7", *here, environment=environment)
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "report 7" in unknown.stderr


def test_who_may_not_is_told_so_and_nothing_is_frozen(database_url: str, world: World) -> None:
    environment = {"DATABASE_URL": database_url}
    asked = ("report", "freeze", "--programme", "BJ", "--as", "officer@example.org")
    done = run_casework(*asked, environment=environment)
    assert done.returncode == 1
    assert "You may not do this" in done.stderr
    assert run_casework("report", "list", "--programme", "BJ", environment=environment).stdout == ""


def test_a_number_that_was_bettered_is_found_by_both(
    engine: Engine, database_url: str, world: World, tmp_path: Path
) -> None:
    with transaction(engine) as db:
        world.open_case(db)
    environment, path = {"DATABASE_URL": database_url}, tmp_path / "report.json"
    here = ("--programme", "BJ")
    run_casework("report", "freeze", "--as", "manager@example.org", *here, environment=environment)
    run_casework("report", "export", "1", str(path), *here, environment=environment)
    file = json.loads(path.read_text("utf-8"))
    row = next(
        one for one in file["content"]["inside"]["figures"]["conversion"]["rows"] if one["of"]["step"] == "opened"
    )
    row["numerator"] = 7
    path.write_text(json.dumps(file), "utf-8")
    for done in (run_casework("report", "verify", str(path), environment={}), _script(path)):
        assert done.returncode == 1
        assert "conversion" in done.stdout


def test_a_step_that_was_taken_out_of_a_log_is_found_by_the_script(
    engine: Engine, database_url: str, world: World, tmp_path: Path
) -> None:
    with transaction(engine) as db:
        world.open_case(db)
    environment, path = {"DATABASE_URL": database_url}, tmp_path / "report.json"
    here = ("--programme", "BJ")
    run_casework("report", "freeze", "--as", "manager@example.org", *here, environment=environment)
    run_casework("report", "export", "1", str(path), *here, environment=environment)
    file = json.loads(path.read_text("utf-8"))
    del file["logs"][0]["events"][1]
    path.write_text(json.dumps(file), "utf-8")
    done = _script(path)
    assert done.returncode == 1
    assert "event 2: its place is another one" in done.stdout


def test_the_script_is_short_and_imports_nothing_but_the_standard_library() -> None:
    tree = ast.parse(SCRIPT.read_text("utf-8"))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names])
    }
    assert imported <= sys.stdlib_module_names
    assert len(SCRIPT.read_text("utf-8").splitlines()) < 300


def _script(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(path)], capture_output=True, text=True, timeout=300, check=False
    )
