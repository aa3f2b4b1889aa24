"""What lists find a case and a referral by is written where it changes, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from casework.definitions import load_library
from casework.engine.state.case import Case, Task
from casework.operations.core.perform import home_of
from casework.records.case_loader import load
from casework.records.case_writer import difference
from casework.records.list_rows import dates_row, may_be_dated_otherwise, moved, place_row
from tests.support.way_to_referral import to_accepted

pytestmark = pytest.mark.stage(play=to_accepted)


@pytest.fixture
def case(db: Connection, staged: tuple[str, str]) -> Case:
    return load(db, home_of(db, staged[0]), "case", every_task=True)


def changed(case: Case, task: Task) -> Case:
    return replace(case, tasks={**case.tasks, task.id: task})


def theirs(case: Case) -> Task:
    """What the provider must do first."""
    due = [task for task in case.open_tasks() if task.organisation is not None and task.due_at is not None]
    return min(due, key=lambda task: str(task.due_at))


def test_what_is_the_same_is_not_written_again(case: Case) -> None:
    again = changed(case, replace(theirs(case), priority=1))
    assert not may_be_dated_otherwise(case, case)
    assert dates_row(case) == dates_row(again)
    assert moved(case, again, load_library()) == set()
    assert set(difference(case, again, load_library())[0]) == {"tasks"}


def test_a_case_without_a_day_comes_last(case: Case) -> None:
    assert dates_row(replace(case, tasks={}))["due_at"] == "infinity"
    assert may_be_dated_otherwise(None, case)
    assert may_be_dated_otherwise(case, replace(case, tasks={}))


def test_a_mediation_has_no_dates_for_lists(case: Case) -> None:
    assert not may_be_dated_otherwise(None, replace(case, kind="mediation"))


def test_a_referral_is_written_when_what_is_due_in_it_is_another_day(case: Case, staged: tuple[str, str]) -> None:
    task = theirs(case)
    assert task.due_at is not None
    sooner = changed(case, replace(task, due_at=task.due_at - timedelta(days=1)))
    assert moved(case, sooner, load_library()) == {staged[1]}
    rows, gone = difference(case, sooner, load_library())
    # It is late at another moment, too.
    assert (set(rows), gone) == ({"tasks", "tracks", "case_dates"}, {})
    (row,) = rows["tracks"]
    place = place_row(sooner, sooner.tracks[staged[1]], load_library())
    assert place["inbox"] == "working"
    assert row == {"id": staged[1], "inbox_at": place["inbox_at"]}
