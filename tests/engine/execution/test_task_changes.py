"""Tasks are opened, freed and closed: for each party, for each item, later, once, and no longer than their track."""

from __future__ import annotations

import pytest

from casework.engine.state.case import CREATED, READY
from casework.errors import NotAllowed, WrongState
from tests.engine.toys import COMPLIANCE, DAY, OFFICER, Play


def test_one_task_opens_for_each_party(play: Play) -> None:
    play.fire("per_party")
    assert [task.about for task in play.tasks("screen")] == ["need_owner", "technology_owner"]
    play.complete("screen", COMPLIANCE, about="technology_owner", yes=True)
    assert [task.about for task in play.tasks("screen")] == ["need_owner"]
    with pytest.raises(NotAllowed):
        play.complete("screen", OFFICER, yes=True)


def test_one_task_opens_for_each_item_with_its_own_day(play: Play) -> None:
    items = [{"what": "Dig", "by": "2026-03-10"}, {"what": "Fill", "by": "2026-04-10"}]
    play.fire("per_item", data={"steps": items})
    due = [task.due_at.date().isoformat() for task in play.tasks("step") if task.due_at]
    assert due == ["2026-03-10", "2026-04-10"]
    assert [task.about for task in play.tasks("step")] == ["0", "1"]


def test_a_task_can_appear_later(play: Play) -> None:
    play.fire("later")
    assert play.task("look").state == CREATED
    with pytest.raises(WrongState):
        play.complete("look")
    assert "activate" in play.wait(31 * DAY)
    assert play.task("look").state == READY
    play.complete("look")


def test_tasks_of_a_case_that_ends_are_obsolete(play: Play) -> None:
    play.add("check")
    play.fire("later")
    play.fire("call_off")
    assert not play.tasks()
    assert not play.case.clocks
