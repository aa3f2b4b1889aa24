"""Actions and what follows from them, on toy workflows."""

from __future__ import annotations

from typing import Any

import pytest

from casework.engine.execution.clocks import moves_clocks
from casework.engine.execution.commands import Fire, HandOver
from casework.engine.execution.context import By
from casework.engine.execution.effects import apply_effects
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.roles import Role
from casework.engine.state.case import CREATED, OBSOLETE, PAUSED, READY, RUNNING
from casework.errors import AlreadyTaken, InvalidForm, NotAllowed, NotFound, Refused, WrongState
from tests.engine.toy_case import GREEN, RED, begun
from tests.engine.toys import (
    CALENDAR,
    COMPLIANCE,
    DAY,
    OFFICER,
    PROVIDER,
    SECOND_OFFICER,
    SECOND_SUPERVISOR,
    SUPERVISOR,
    Play,
)


@pytest.fixture
def play() -> Play:
    return begun()


# --- firing ----------------------------------------------------------------------------------------------------------


def test_a_transition_moves_the_case_and_turns_over_its_step_task(play: Play) -> None:
    before = play.task("a")
    play.fire("go", data=GREEN)
    assert play.states == ("b",)
    assert (play.case.tasks[before.id].state, play.case.tasks[before.id].closed_by) == ("Completed", "officer-1")
    assert [task.name for task in play.tasks()] == ["b"]
    assert play.case.main.fired["go"].data == GREEN


def test_words_go_into_the_body_and_codes_into_the_effects(play: Play) -> None:
    (event,) = play.fire("go", data=GREEN | {"note": "Go on."})
    assert event.effects["data"] == GREEN
    assert event.body == {"note": "Go on."}


def test_a_guard_refuses_with_its_sentence(play: Play) -> None:
    with pytest.raises(Refused) as refused:
        play.fire("go", data=RED)
    assert [str(why) for why in refused.value.reasons] == ["The light is red."]
    assert play.states == ("a",)


@pytest.mark.parametrize(
    ("transition", "by", "data", "error"),
    [
        ("go", SUPERVISOR, GREEN, NotAllowed),
        ("back", SUPERVISOR, {}, WrongState),
        ("fly", OFFICER, {}, NotFound),
        ("go", OFFICER, {}, InvalidForm),
        ("go", OFFICER, {"light": "blue"}, InvalidForm),
        ("go", OFFICER, GREEN | {"extra": 1}, InvalidForm),
        ("take", OFFICER, GREEN, InvalidForm),
        ("resume_due", OFFICER, {}, WrongState),
    ],
)
def test_what_is_wrong_is_refused_and_changes_nothing(
    play: Play, transition: str, by: By, data: dict[str, Any], error: type[Exception]
) -> None:
    before = play.case
    with pytest.raises(error):
        play.fire(transition, by, data)
    assert play.case is before


def test_an_act_that_leaves_the_state_leaves_its_task(play: Play) -> None:
    before = play.task("a")
    play.fire("note", data=GREEN)
    assert play.task("a") == before


def test_an_action_recorded_afterwards_keeps_its_day_and_never_lies_ahead(play: Play) -> None:
    main = play.case.main.id
    (event,) = play.do(Fire(main, "note", GREEN, happened_on="2026-02-27"))
    assert event.effects["happened_on"] == "2026-02-27"
    for day in ("2026-03-03", "soon", "0", "2026-3-1"):
        with pytest.raises(InvalidForm):
            play.do(Fire(main, "note", GREEN, happened_on=day))


def test_a_closed_case_can_be_opened_again(play: Play) -> None:
    play.fire("go", data=GREEN)
    play.fire("finish", SUPERVISOR)
    assert (play.case.main.live, play.case.closed_at is not None) == (False, True)
    assert not play.tasks()
    play.fire("reopen", SUPERVISOR)
    assert (play.case.main.live, play.case.closed_at, play.states) == (True, None, ("a",))
    assert [task.name for task in play.tasks()] == ["a"]


# --- two persons -----------------------------------------------------------------------------------------------------


def test_whoever_did_one_step_may_not_do_the_other(play: Play) -> None:
    play.fire("go", data=GREEN)
    with pytest.raises(NotAllowed):
        play.fire("finish", OFFICER)
    with pytest.raises(NotAllowed):
        play.fire("finish", By("someone", Role.OFFICER, acting_for="officer-1"))
    play.fire("finish", SECOND_OFFICER)


def test_whoever_did_a_task_may_not_do_the_step(play: Play) -> None:
    play.add("check")
    play.complete("check", SECOND_OFFICER, yes=False)
    play.fire("go", data=GREEN)
    assert play.offer("finish", SECOND_OFFICER).why_not
    with pytest.raises(NotAllowed):
        play.fire("finish", SECOND_OFFICER)


def test_a_proposal_waits_for_a_second_person(play: Play) -> None:
    play.fire("ask", data=GREEN)
    assert play.states == ("a",)
    task = play.task("decide_ask")
    assert (task.type, task.queue) == ("decision", "supervisor")
    with pytest.raises(WrongState):
        play.fire("ask", data=GREEN)
    play.complete("decide_ask", SUPERVISOR, decision="confirm")
    assert play.states == ("b",)
    assert not play.case.proposals
    assert play.case.main.fired["ask"].data == GREEN
    assert (play.events[-1].actor, play.events[-1].because) == ("supervisor-1", play.events[-2].seq)


def test_firing_again_confirms_as_well_and_needs_no_form(play: Play) -> None:
    play.fire("ask", SUPERVISOR, GREEN)
    with pytest.raises(NotAllowed):
        play.fire("ask", SUPERVISOR)
    with pytest.raises(InvalidForm):
        play.fire("ask", SECOND_SUPERVISOR, GREEN)
    assert play.offer("ask", SECOND_SUPERVISOR).allowed
    play.fire("ask", SECOND_SUPERVISOR)
    assert play.states == ("b",)


def test_a_proposal_can_be_refused_with_a_reason(play: Play) -> None:
    play.fire("ask", data=GREEN)
    with pytest.raises(InvalidForm):
        play.complete("decide_ask", SUPERVISOR, decision="refuse")
    play.complete("decide_ask", SUPERVISOR, decision="refuse", reason="Too early.")
    assert (play.states, play.case.proposals, play.tasks("decide_ask")) == (("a",), {}, [])
    assert play.offer("ask").allowed


def test_every_open_proposal_lapses_when_the_case_moves_on(play: Play) -> None:
    play.fire("ask", data=GREEN)
    play.fire("ask_more", data=GREEN)
    play.fire("stop", COMPLIANCE)
    assert len(play.case.proposals) == 3
    play.fire("go", data=GREEN)
    assert not play.case.proposals
    assert not play.case.frozen
    assert [task.name for task in play.tasks()] == ["b"]
    assert {t.state for t in play.case.tasks.values() if t.type == "decision"} == {OBSOLETE}


# --- tasks -----------------------------------------------------------------------------------------------------------


def test_a_held_step_refuses_others_of_its_queue_only(play: Play) -> None:
    play.claim("a")
    with pytest.raises(AlreadyTaken):
        play.claim("a", SECOND_OFFICER)
    with pytest.raises(AlreadyTaken):
        play.fire("go", SECOND_OFFICER, GREEN)
    assert play.offer("go", SECOND_OFFICER).why_not
    play.fire("note", SECOND_OFFICER, GREEN)
    play.fire("ask", SUPERVISOR, GREEN)
    play.complete("decide_ask", SECOND_SUPERVISOR, decision="confirm")
    held = next(task for task in play.case.tasks.values() if task.name == "a")
    assert held.state == OBSOLETE


def test_a_released_task_is_anybodys_again(play: Play) -> None:
    play.claim("a")
    with pytest.raises(NotAllowed):
        play.release("a", SECOND_OFFICER)
    play.release("a")
    play.fire("go", SECOND_OFFICER, GREEN)


def test_a_step_task_is_not_completed_but_ends_with_its_step(play: Play) -> None:
    with pytest.raises(WrongState):
        play.complete("a")


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


def test_more_time_for_a_task_that_has_not_begun_leaves_the_day_on_which_it_does(play: Play) -> None:
    play.fire("later")
    builder = EventBuilder(play.library, play.case, play.context(OFFICER))
    builder.begin("completed", play.case.main, {})
    apply_effects(builder, ["toy_more_time"], builder.facts(play.case.main, {"tasks": [play.task("look").id]}))
    assert not moves_clocks(builder)
    assert "activate" in play.wait(31 * DAY)


def test_a_task_is_added_once_by_whom_and_where_it_may_be(play: Play) -> None:
    with pytest.raises(NotAllowed):
        play.add("check", SUPERVISOR)
    play.add("check")
    with pytest.raises(WrongState):
        play.add("check")
    with pytest.raises(WrongState):
        play.add("audit", SUPERVISOR)
    with pytest.raises(NotFound):
        play.add("dance")


def test_an_answer_opens_what_follows_from_it(play: Play) -> None:
    play.add("check")
    play.complete("check", yes=True)
    assert play.tasks("praise")


def test_tasks_of_a_case_that_ends_are_obsolete(play: Play) -> None:
    play.add("check")
    play.fire("later")
    play.fire("call_off")
    assert not play.tasks()
    assert not play.case.clocks


def test_what_the_former_owner_held_goes_back_to_the_queue(play: Play) -> None:
    play.fire("take")
    play.claim("a")
    play.do(HandOver("officer-2", (), "On leave."), SUPERVISOR)
    assert (play.case.owner, play.task("a").state, play.task("a").holder) == ("officer-2", READY, None)


# --- waiting ---------------------------------------------------------------------------------------------------------


def test_a_pause_keeps_what_was_left_of_the_step(play: Play) -> None:
    before = play.task("a").due_at
    assert before is not None
    play.wait(2 * DAY)
    play.fire("hold")
    assert play.states == ("held",)
    paused = next(clock for clock in play.case.clocks.values() if clock.of == "a")
    assert paused.state == PAUSED
    play.wait(7 * DAY)
    play.fire("resume")
    assert play.states == ("a",)
    after = play.task("a").due_at
    assert after is not None
    # A week later, and a minute for each action; what ran out meanwhile did not run.
    assert 0 <= CALENDAR.working_minutes(before + 7 * DAY, after) < 10
    assert next(clock for clock in play.case.clocks.values() if clock.of == "a").state == RUNNING


def test_the_tasks_beside_wait_too_and_go_on(play: Play) -> None:
    play.add("check")
    before = play.task("check").due_at
    play.fire("hold")
    paused = next(clock for clock in play.case.clocks.values() if clock.task == play.task("check").id)
    assert paused.state == PAUSED
    play.wait(7 * DAY)
    play.fire("resume")
    after = play.task("check").due_at
    assert before is not None
    assert after is not None
    assert 0 <= CALENDAR.working_minutes(before + 7 * DAY, after) < 10
    assert play.case.hold is None


def test_a_hold_ends_on_the_day_named(play: Play) -> None:
    play.fire("hold", data={"day": "2026-03-20"})
    play.wait(20 * DAY)
    assert play.states == ("a",)
    assert play.case.main.fired["resume_due"].actor == "system"


def test_a_hold_without_a_day_stays(play: Play) -> None:
    play.fire("hold")
    play.wait(300 * DAY)
    assert play.states == ("held",)


def test_leaving_a_side_state_for_good_forgets_what_waited(play: Play) -> None:
    play.fire("go", data=GREEN)
    play.fire("hold")
    play.fire("resume")
    play.fire("back", SUPERVISOR)
    assert play.states == ("a",)
    assert {clock.of for clock in play.case.clocks.values()} == {"a"}


# --- what is offered -------------------------------------------------------------------------------------------------


def test_every_action_that_leads_out_of_here_is_offered_or_says_why_not(play: Play) -> None:
    found = {one.transition: one.allowed for one in play.offers(OFFICER)}
    assert found["go"]
    assert not found["stop"]
    assert "back" not in found
    assert "resume_due" not in found
    for one in play.offers(PROVIDER):
        assert one.why_not
