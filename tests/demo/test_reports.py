"""A report of the demo is counted again from its file: by the product, and by a script that knows nothing of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from casework.operations.oversight.report_file import check_report_file, write_file
from casework.operations.oversight.reports import draft_content
from casework.records.database import transaction
from docs import verify_report
from tests.demo.told import Told


def test_a_report_of_the_demo_is_what_its_file_adds_up_to(
    told: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "report.json"
    with transaction(told.engine) as db:
        programme = db.execute(text("SELECT id::text FROM programmes")).scalar_one()
        made = draft_content(db, programme)
    content = made(1)
    # A quarter has ended, so that something is told outside.
    assert content["outside"]["figures"]
    with transaction(told.engine) as db:
        path.write_text("".join(write_file(db, programme, content, state=None)), "utf-8")
    assert check_report_file(path).faults == ()
    assert verify_report.main(str(path)) == 0, capsys.readouterr().out
