"""Tasks are opened, freed and closed: for each party, for each item, later, once, and no longer than their track."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework.engine.deadlines.deadlines import Rule
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.task_changes import free_task, free_tasks_of, free_tasks_within, open_task
from casework.engine.state.case import CREATED, IN_PROGRESS, READY, RESERVED, SUSPENDED, Case
from casework.errors import NotAllowed, WrongState
from tests.engine.pieces import case, referral, task, track
from tests.engine.toy_case import begun
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


def test_a_task_opens_only_with_the_answers_that_it_hangs_on(play: Play) -> None:
    play.fire("signal", data={"light": "green"})
    assert not play.tasks("mend_light")
    play.fire("signal", data={"light": "red"})
    assert len(play.tasks("mend_light")) == 1


def test_a_task_opens_only_where_the_guard_holds_that_it_hangs_on(play: Play) -> None:
    play.fire("signal", data={"light": "red"})
    assert not play.tasks("drive_on")
    play.fire("signal", data={"light": "green"})
    assert len(play.tasks("drive_on")) == 1


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


# --- one task, by hand ---------------------------------------------------------------------------------------------------


def building(stands: Case) -> EventBuilder:
    play = begun()
    builder = EventBuilder(play.library, stands, play.context(OFFICER))
    builder.begin("noted", stands.main, {})
    return builder


@pytest.mark.parametrize("state", [READY, RESERVED, IN_PROGRESS, SUSPENDED, CREATED])
def test_a_task_that_is_freed_goes_back_to_its_queue_or_stands_still_there(state: str) -> None:
    held = task(state=state, holder="x")
    builder = building(case(tasks=(held,)))
    free_task(builder, held)
    again = {"state": READY} if state in (RESERVED, IN_PROGRESS) else {}
    assert builder.effects["task_states"] == [{"id": "task", "holder": None, **again}]


def test_what_somebody_holds_is_freed_but_what_ends_with_this_event() -> None:
    tasks = (task("mine", holder="x"), task("ends", holder="x"), task("theirs", holder="y"))
    builder = building(case(tasks=tasks))
    builder.set_task(tasks[1], state="Completed")
    free_tasks_of(builder, "x")
    assert [(one["id"], one.get("holder", "-")) for one in builder.effects["task_states"]] == [
        ("ends", "-"),
        ("mine", None),
    ]


def test_whoever_is_shut_out_of_a_referral_holds_nothing_within_it_but_its_own_step() -> None:
    tasks = (
        task("step", track="referral", type="step", holder="x"),
        task("side", track="referral", holder="x"),
        task("below", track="service", type="step", holder="x"),
        task("elsewhere", holder="x"),
        task("others", track="referral", holder="y"),
    )
    builder = building(case(track(), referral(), track("service", parent="referral"), tasks=tasks))
    free_tasks_within(builder, builder.case.tracks["referral"], ["x"])
    assert [one["id"] for one in builder.effects["task_states"]] == ["side", "below"]


@pytest.mark.parametrize(
    ("frozen", "queue", "later", "state"),
    [
        (False, "provider", False, READY),
        (True, "provider", False, SUSPENDED),
        (True, "officer", False, READY),
        (True, "provider", True, CREATED),
    ],
)
def test_in_which_state_a_task_begins(frozen: bool, queue: str, later: bool, state: str) -> None:
    play = begun()
    builder = building(replace(play.case, frozen=frozen))
    at: Rule | None = {"n": 30, "unit": "cd"} if later else None
    open_task(
        builder,
        builder.case.main,
        task="new",
        name="n",
        rule="check",
        type="side",
        queue=queue,
        due={"n": 1, "unit": "wd"},
        activate=at,
    )
    (opened,) = builder.effects["tasks"]
    assert (opened["state"], opened["queue"]) == (state, queue)
