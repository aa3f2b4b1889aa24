"""What operations on tasks do to clocks, steps and decisions: waiting and waking, and what a type does not know."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.engine.definition.forms import Form, Text
from casework.engine.definition.grammar import Final, State, Task, Workflow, working_days
from casework.engine.execution.task_commands import (
    Assign,
    Claim,
    Complete,
    Delegate,
    Exit,
    Fail,
    HandBack,
    Modify,
    Relieve,
    Resume,
    Skip,
    Start,
    Suspend,
)
from casework.engine.roles import Role
from casework.engine.state.case import PAUSED, READY, RESERVED, SUSPENDED
from casework.engine.state.projection import fold
from casework.errors import AlreadyTaken, InvalidForm, NotAllowed, NotFound, WrongState
from tests.engine.toy_case import GREEN, begun
from tests.engine.toys import DAY, SECOND_OFFICER, SUPERVISOR, Play


class Answer(Form):
    answer = Text(label="Answer")


look = Task("look", "Look closely", Role.OFFICER, working_days(5), Answer)


class Toy(Workflow):
    """One step, a side task that may be asked for, and an action that two persons agree on."""

    workflow = "toy"
    work = State("Work", Role.OFFICER, working_days(3), "Work")
    done = Final("Done")
    finish = work.to(done, by=Role.OFFICER)
    stop = work.to(done, by=Role.OFFICER, confirm_by=(Role.SUPERVISOR,), consequence="It stops.")
    opens = (Task("screening", "Screen", Role.COMPLIANCE, working_days(5), Answer),)
    on_request = (((work,), (Role.OFFICER,), look),)


UNTIL = "2026-03-10"


def play() -> Play:
    """A case of the first officer's, to whose team the second belongs, with the side task that was asked for."""
    case = Play(Toy).start(owner="officer-1", team=["officer-2"])
    case.add("look")
    return case


def waiting() -> Play:
    case = play()
    case.claim("look")
    case.do(Suspend(case.task("look").id, UNTIL, "need_owner", "They are away."))
    return case


def test_a_task_that_waits_wakes_at_its_day_where_it_stood() -> None:
    case = waiting()
    assert case.task("look").state == SUSPENDED
    assert "wake" in case.wait(14 * DAY)
    task = case.task("look")
    assert (task.state, task.holder, task.wait) == (RESERVED, "officer-1", None)


def test_its_time_stands_still_meanwhile() -> None:
    case = play()
    due = case.task("look").due_at
    case.do(Suspend(case.task("look").id, UNTIL, "need_owner", "They are away."))
    assert [clock.state for clock in case.case.clocks.values() if clock.task == case.task("look").id] == [
        PAUSED,
        "running",
    ]
    case.wait(timedelta(days=9))
    later = case.task("look").due_at
    assert due is not None
    assert later is not None
    assert later - due >= 5 * DAY


def test_nothing_fires_of_a_task_that_waits() -> None:
    case = waiting()
    held = case.task("look").id
    said = [event for event in case.events if event.kind == "timer_fired" and event.effects.get("task") == held]
    case.wait(6 * DAY)
    assert said == [event for event in case.events if event.kind == "timer_fired" and event.effects.get("task") == held]


def test_whoever_goes_on_before_the_day_stops_the_waking() -> None:
    case = waiting()
    case.do(Resume(case.task("look").id))
    assert all(clock.steps[0].what != "wake" for clock in case.case.clocks.values())
    assert "wake" not in case.wait(14 * DAY)


def test_a_task_waits_for_a_day_to_come() -> None:
    case = play()
    with pytest.raises(InvalidForm):
        case.do(Suspend(case.task("look").id, "2026-03-02", "need_owner", "They are away."))
    with pytest.raises(InvalidForm):
        case.do(Suspend(case.task("look").id, UNTIL, "nobody", "They are away."))


def test_a_waiting_task_of_somebody_who_left_is_free_when_it_wakes() -> None:
    case = waiting()
    case.do(Relieve(case.task("look").id, "officer-1"), SUPERVISOR)
    case.wait(14 * DAY)
    assert (case.task("look").state, case.task("look").holder) == (READY, None)


def test_a_step_that_waits_is_left_with_its_waking() -> None:
    case = play()
    case.do(Suspend(case.task("work").id, UNTIL, "need_owner", "They are away."))
    case.fire("finish")
    assert all(clock.steps[0].what != "wake" for clock in case.case.clocks.values())


@pytest.mark.parametrize("command", [Skip, Fail, Exit])
def test_a_step_ends_by_its_actions_alone(command: type[Skip] | type[Fail] | type[Exit]) -> None:
    case = play()
    case.do(Start(case.task("work").id))
    with pytest.raises(WrongState, match="an action of its step"):
        case.do(command(case.task("work").id, "no"))
    with pytest.raises(WrongState, match="an action of its step"):
        case.do(Complete(case.task("work").id))


def test_a_decision_ends_by_deciding_and_is_not_delegated() -> None:
    case = play()
    case.fire("stop")
    task = case.task("decide_stop")
    with pytest.raises(WrongState, match="with the decision"):
        case.do(Exit(task.id, "no"), SUPERVISOR)
    with pytest.raises(WrongState, match="a decision is personal"):
        case.do(Delegate(task.id, "supervisor-2", "Decide it."), SUPERVISOR)


def test_what_the_case_needs_is_not_skipped() -> None:
    case = play()
    with pytest.raises(WrongState, match="the case needs its result"):
        case.do(Skip(case.task("screening").id, "no"), SUPERVISOR)
    case.do(Skip(case.task("look").id, "Not needed."))


def test_a_delegated_step_comes_back_when_it_is_prepared() -> None:
    case = play()
    task = case.task("work").id
    case.do(Delegate(task, "officer-2", "Prepare it."))
    case.do(HandBack(task, note="Ready for you."), SECOND_OFFICER)
    assert (case.task("work").state, case.task("work").holder) == (RESERVED, "officer-1")
    assert case.events[-1].body == {"note": "Ready for you."}


def test_what_is_taken_by_one_is_refused_to_another() -> None:
    case = play()
    case.claim("look")
    for command in (Claim, Start):
        with pytest.raises(AlreadyTaken):
            case.do(command(case.task("look").id), SECOND_OFFICER)


def test_a_supervisor_takes_no_step_of_an_officer() -> None:
    case = play()
    with pytest.raises(NotAllowed):
        case.do(Claim(case.task("work").id), SUPERVISOR)
    case.do(Claim(case.task("look").id), SUPERVISOR)


def test_whoever_asked_for_a_task_is_kept() -> None:
    assert play().task("look").initiator == "officer-1"
    assert play().task("screening").initiator is None


def test_the_log_tells_all_of_it() -> None:
    case = waiting()
    task = case.task("look").id
    case.do(Assign(task, "officer-2", "Yours now."), SUPERVISOR)
    case.do(Modify(task, 1, "It matters."), SECOND_OFFICER)
    case.wait(14 * DAY)
    case.do(Start(task), SECOND_OFFICER)
    case.do(Fail(task, "Nobody answers."), SECOND_OFFICER)
    assert fold(case.events) == case.case


def test_a_dropped_task_ends_without_a_result_and_its_clock_with_it() -> None:
    case = play()
    task = case.task("screening")
    case.do(Exit(task.id, "the party has withdrawn"))
    ended = case.case.tasks[task.id]
    assert (ended.state, ended.result, ended.closed_by) == ("Exited", {}, "officer-1")
    assert all(clock.task != task.id for clock in case.case.clocks.values())
    assert case.events[-1].body == {"reason": "the party has withdrawn"}


def test_a_dropped_task_cannot_be_dropped_again() -> None:
    case = play()
    task = case.task("screening")
    case.do(Exit(task.id, "not needed"))
    with pytest.raises(WrongState):
        case.do(Exit(task.id, "not needed"))


def test_a_step_task_is_not_dropped() -> None:
    case = play()
    with pytest.raises(WrongState):
        case.do(Exit(case.task("work").id, "no"))


def test_dropping_needs_a_reason() -> None:
    case = play()
    with pytest.raises(InvalidForm):
        case.do(Exit(case.task("screening").id, " "))


# --- on the toy case ---


def test_a_released_task_is_anybodys_again() -> None:
    toy = begun()
    toy.claim("a")
    with pytest.raises(NotAllowed):
        toy.release("a", SECOND_OFFICER)
    toy.release("a")
    toy.fire("go", SECOND_OFFICER, GREEN)


def test_a_step_task_is_not_completed_but_ends_with_its_step() -> None:
    toy = begun()
    with pytest.raises(WrongState):
        toy.complete("a")


def test_a_task_is_added_once_by_whom_and_where_it_may_be() -> None:
    toy = begun()
    with pytest.raises(NotAllowed):
        toy.add("check", SUPERVISOR)
    toy.add("check")
    with pytest.raises(WrongState):
        toy.add("check")
    with pytest.raises(WrongState):
        toy.add("audit", SUPERVISOR)
    with pytest.raises(NotFound):
        toy.add("dance")


def test_an_answer_opens_what_follows_from_it() -> None:
    toy = begun()
    toy.add("check")
    toy.complete("check", yes=True)
    assert toy.tasks("praise")
