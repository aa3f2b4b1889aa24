"""From the file of a report its figures are counted again, and whatever was changed in it is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from casework.errors import UnknownName
from casework.ledger.canonical_json import digest
from casework.operations.mediations.service import open_mediation
from casework.operations.oversight.report_file import CheckedReport, check_report_file, export_report
from casework.operations.oversight.reports import agree_report, read_content, word_report
from casework.records.database import transaction
from docs.recount.reading import File
from tests.operations.oversight.test_reports import a_phase, frozen, published
from tests.support.world import World, new_request


def file_of(engine: Engine, world: World, number: int = 1) -> Any:
    with transaction(engine) as db:
        return json.loads("".join(export_report(db, world.programmes["BJ"], number)))


def check(tmp_path: Path, file: Any) -> CheckedReport:
    path = tmp_path / "report.json"
    path.write_text(file if isinstance(file, str) else json.dumps(file), "utf-8")
    return check_report_file(path)


@pytest.fixture
def file(engine: Engine, world: World) -> Any:
    """The file of a report that tells anew what an earlier one told."""
    with transaction(engine) as db:
        number = world.open_case(db)
        open_mediation(db, world.actor(db, "dispute_officer"), number, new_request())
    published(engine, world)
    with transaction(engine) as db:
        world.open_case(db, 1)
    return file_of(engine, world, published(engine, world))


def test_a_file_that_nobody_changed_is_counted_again_without_a_difference(file: Any, tmp_path: Path) -> None:
    checked = check(tmp_path, file)
    assert checked.faults == ()
    assert (checked.number, checked.logs) == (2, len(file["logs"]))
    assert checked.events == sum(len(log["events"]) for log in file["logs"])
    # Two cases at least, and what was told anew: else there was nothing to count.
    assert sum(log["kind"] == "case" for log in file["logs"]) == 2
    assert file["content"]["restated"]["inside"]


def test_it_has_no_words_of_cases_and_needs_and_nothing_of_mediations(engine: Engine, world: World, file: Any) -> None:
    written = json.dumps(file)
    kinds = {log["kind"] for log in file["logs"]}
    assert {"programme", "case", "need", "technology"} <= kinds <= {"programme", "case", "need", "technology", "right"}
    assert "Steam without coal" not in written
    cases = [event for log in file["logs"] if log["kind"] == "case" for event in log["events"]]
    assert all(field.keys() == {"hash"} for event in cases for field in event["body"].values())
    with transaction(engine) as db:
        assert file["content"] == read_content(db, world.programmes["BJ"], 2)


def test_a_draft_has_a_file_too(engine: Engine, world: World, tmp_path: Path) -> None:
    frozen(engine, world)
    drafted = file_of(engine, world)
    assert drafted["state"] == "draft"
    assert check(tmp_path, drafted).faults == ()
    with pytest.raises(UnknownName, match="report 4"):
        file_of(engine, world, 4)


@pytest.mark.parametrize("kind", ["phase", "period"])
def test_a_report_of_a_part_of_the_cases_is_counted_again(
    engine: Engine, world: World, tmp_path: Path, kind: str
) -> None:
    with transaction(engine) as db:
        phase = a_phase(db, world)
        world.open_case(db)
    among = {"phase": phase} if kind == "phase" else {"opened_to": "2020-01-01"}
    published(engine, world, among=among)
    file = file_of(engine, world, published(engine, world, among=among))
    assert check(tmp_path, file).faults == ()
    file["content"]["inside"]["as_of"]["among"] = {}
    faults = check(tmp_path, file).faults
    assert "The programme's log says that report 2 is of other cases." in faults
    assert "The report 1 that it tells anew is of other cases." in faults


def test_its_own_words_are_in_it_and_nobody_changes_them(engine: Engine, world: World, tmp_path: Path) -> None:
    frozen(engine, world)
    with transaction(engine) as db:
        manager, programme = world.actor(db, "manager"), world.programmes["BJ"]
        agree_report(db, manager, programme, 1, new_request())
        word_report(db, manager, programme, 1, words={"title": "What came of it"}, request=new_request())
        agree_report(db, manager, programme, 1, new_request())
    file = file_of(engine, world)
    assert (file["words"], file["state"]) == ({"title": "What came of it"}, "draft")
    assert check(tmp_path, file).faults == ()
    path = tmp_path / "report.json"
    assert [*File(str(path)).faults()] == []
    file["words"]["title"] = "Something better"
    assert check(tmp_path, file).faults == ("The programme's log says that the report has other words.",)
    assert [*File(str(path)).faults()] == ["the programme's log says that the report has other words"]


def _case(file: Any) -> Any:
    return next(log for log in file["logs"] if log["kind"] == "case")


def _number(file: Any) -> None:
    """Somebody betters a number, and makes the digest of it."""
    row = next(
        row for row in file["content"]["inside"]["figures"]["conversion"]["rows"] if row["of"]["step"] == "opened"
    )
    row["numerator"] = 2
    file["digest"] = digest(file["content"])


def _effect(file: Any) -> None:
    _case(file)["events"][0]["effects"]["case"]["phase"] = "00000000-0000-7000-8000-000000000000"


def _event(file: Any) -> None:
    own = file["logs"][0]
    del own["events"][file["content"]["inside"]["as_of"]["logs"][own["log"]] - 1 :]


def _no_events(file: Any) -> None:
    _case(file)["events"].clear()


def _log(file: Any) -> None:
    file["logs"].remove(_case(file))


def _one_more(file: Any) -> None:
    more = json.loads(json.dumps(_case(file)))
    more["log"] = "00000000-0000-7000-8000-000000000000"
    file["logs"].append(more)


def _state(file: Any) -> None:
    file["state"] = "agreed"


def _restated(file: Any) -> None:
    file["content"]["restated"]["inside"][0]["then"]["numerator"] = 9


def _before(file: Any) -> None:
    file["before"]["number"] = 7


def _never_frozen(file: Any) -> None:
    own = file["logs"][0]["events"]
    del own[next(n for n, one in enumerate(own) if one["header"]["kind"] == "report_frozen" and n > 0) :]


def _calendar(file: Any) -> None:
    file["content"]["inside"]["as_of"]["calendar"] = "0" * 64


def _definitions(file: Any) -> None:
    file["content"]["inside"]["definitions"]["version"] = 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_number, "of numerator the report says 2, the logs 0"),
        (_number, "that another report 2 was frozen"),
        (_effect, "In the log "),
        (_event, "what it had when the report was frozen"),
        (_no_events, "has no events"),
        (_log, "is missing"),
        (_one_more, "was not counted"),
        (_state, "the report is published, and not agreed"),
        (_restated, "What it tells anew of earlier months"),
        (_restated, "not what its digest is of"),
        (_before, "is not the one that was frozen"),
        (_never_frozen, "does not say that report 2 was frozen"),
        (_calendar, "The calendar is not what the report says"),
        (_definitions, "take the one that froze it"),
    ],
)
def test_what_was_changed_is_said(file: Any, tmp_path: Path, change: Callable[[Any], None], said: str) -> None:
    change(file)
    assert any(said in fault for fault in check(tmp_path, file).faults)


@pytest.mark.parametrize("words", ["", "no JSON", "{}", "[]", '{"form": 9}', '{"form": 1, "content": {}, "logs": []}'])
def test_what_is_no_file_of_a_report_is_said_to_be_none(tmp_path: Path, words: str) -> None:
    (fault,) = check(tmp_path, words).faults
    assert fault.startswith("This is no file of a report")
