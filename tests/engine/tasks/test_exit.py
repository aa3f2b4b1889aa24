"""What is not needed any more: side tasks dropped with a reason, and what a person leaves behind."""

from __future__ import annotations

import pytest

from casework.engine.definition.forms import Form, Text
from casework.engine.definition.grammar import Final, State, Task, Workflow, working_days
from casework.engine.execution.commands import DeclareInterest, HandOver
from casework.engine.execution.context import By
from casework.engine.execution.task_commands import Exit
from casework.engine.roles import Role
from casework.errors import InvalidForm, WrongState
from tests.engine.toys import COMPLIANCE as REVIEWER
from tests.engine.toys import Play


class Answer(Form):
    answer = Text(label="Answer")


class Toy(Workflow):
    """One step with a side task for the reviewers."""

    workflow = "toy"
    work = State("Work", Role.OFFICER, working_days(3), "Work")
    done = Final("Done")
    finish = work.to(done, by=Role.OFFICER)
    opens = (Task("screening", "Screen", Role.COMPLIANCE, working_days(5), Answer),)


def play() -> Play:
    return Play(Toy).start(owner="officer-1")


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


def test_a_former_owner_leaves_nothing_held() -> None:
    case = play()
    case.claim("work")
    case.do(HandOver("officer-2", (), "on leave"))
    task = case.task("work")
    assert (task.state, task.holder) == ("Ready", None)


def test_whoever_declares_an_interest_leaves_nothing_held() -> None:
    case = play()
    case.claim("screening", REVIEWER)
    case.do(DeclareInterest("compliance-1", "owns shares"), By("compliance-1", Role.COMPLIANCE))
    assert (case.task("screening").state, case.task("screening").holder) == ("Ready", None)
    assert "compliance-1" in case.case.interests


def test_a_form_cannot_hide_its_own_methods() -> None:
    with pytest.raises(TypeError, match="rule"):
        type("Bad", (Form,), {"rule": Text(label="Rule")})
