"""Another person reviews a side task before it is finished: who may, what comes back, and what may be finished then."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from casework.engine.definition.forms import Choice, Form, Text
from casework.engine.definition.grammar import Final, State, Task, Workflow, working_days
from casework.engine.execution.commands import Command
from casework.engine.execution.context import By
from casework.engine.execution.task_commands import AnswerReview, AskReview, Claim, Complete, Delegate, Release
from casework.engine.roles import Role
from casework.engine.state.case import COMPLETED
from casework.engine.state.projection import fold
from casework.errors import CaseworkError, InvalidForm, WrongState
from tests.engine.toys import OFFICER as FIRST
from tests.engine.toys import SECOND_OFFICER as SECOND
from tests.engine.toys import SUPERVISOR, Play


class Answer(Form):
    fits = Choice(label="Does it fit?", choices={"yes": "Yes", "no": "No"})
    words = Text(label="Words")


class Toy(Workflow):
    """One step and a side task."""

    workflow = "toy"
    work = State("Work", Role.OFFICER, working_days(3), "Work")
    done = Final("Done")
    finish = work.to(done, by=Role.OFFICER)
    opens = (Task("look", "Look closely", Role.OFFICER, working_days(5), Answer),)


DATA = {"fits": "yes", "words": "Well."}
DEPUTY = By(SECOND.person, SECOND.role, acting_for=FIRST.person)


@pytest.fixture
def case() -> Play:
    """A case whose first officer asked the second to review the task."""
    play = Play(Toy).start(owner=FIRST.person, team=[SECOND.person])
    play.do(Claim(look(play)))
    play.do(AskReview(look(play), SECOND.person, DATA))
    return play


def look(case: Play) -> str:
    return next(task.id for task in case.case.tasks.values() if task.name == "look")


def test_the_reviewer_has_the_task_with_what_is_proposed(case: Play) -> None:
    task = case.case.tasks[look(case)]
    assert (task.holder, task.result, task.handed and task.handed["round"]) == (SECOND.person, {"fits": "yes"}, 1)


def test_what_is_approved_comes_back_and_is_finished_by_whoever_asked(case: Play) -> None:
    case.do(AnswerReview(look(case), approve=True), SECOND)
    assert case.case.tasks[look(case)].holder == FIRST.person
    case.do(Complete(look(case), DATA))
    task = case.case.tasks[look(case)]
    assert (task.state, task.closed_by) == (COMPLETED, FIRST.person)
    assert [(one.kind, one.actor) for one in case.events[-3:]] == [
        ("review_asked", FIRST.person),
        ("approved", SECOND.person),
        ("completed", FIRST.person),
    ]


def test_what_was_not_approved_is_not_finished_in_its_place(case: Play) -> None:
    case.do(AnswerReview(look(case), approve=True), SECOND)
    with pytest.raises(WrongState):
        case.do(Complete(look(case), DATA | {"fits": "no"}))


def test_rounds_are_counted(case: Play) -> None:
    case.do(AnswerReview(look(case), approve=False, note="Not so."), SECOND)
    case.do(AskReview(look(case), SECOND.person, DATA | {"fits": "no"}))
    handed = case.case.tasks[look(case)].handed
    assert handed is not None
    assert handed["round"] == 2


def test_changes_come_with_words(case: Play) -> None:
    with pytest.raises(InvalidForm):
        case.do(AnswerReview(look(case), approve=False), SECOND)


#: Who may do what while the review is open: by whom, what, and whether it is done.
WHO = [
    ("the reviewer approves", SECOND, lambda task: AnswerReview(task, approve=True), True),
    ("the reviewer asks for changes", SECOND, lambda task: AnswerReview(task, approve=False, note="No."), True),
    ("whoever asked approves", FIRST, lambda task: AnswerReview(task, approve=True), False),
    ("whoever asked asks for changes", FIRST, lambda task: AnswerReview(task, approve=False, note="No."), False),
    ("a supervisor approves", SUPERVISOR, lambda task: AnswerReview(task, approve=True), False),
    ("the reviewer, as the deputy of whoever asked, approves", DEPUTY, lambda task: AnswerReview(task, approve=True), False),
    ("the reviewer finishes", SECOND, lambda task: Complete(task, DATA), False),
    ("whoever asked finishes", FIRST, lambda task: Complete(task, DATA), False),
    ("the reviewer gives it to the queue", SECOND, lambda task: Release(task), False),
    ("the reviewer delegates", SECOND, lambda task: Delegate(task, FIRST.person, "You."), False),
    ("the reviewer asks for a review", SECOND, lambda task: AskReview(task, FIRST.person, DATA), False),
    ("a supervisor takes it out of the reviewer's hands", SUPERVISOR, lambda task: Release(task), True),
]  # fmt: skip


@pytest.mark.parametrize(("by", "make", "done"), [row[1:] for row in WHO], ids=[row[0] for row in WHO])
def test_who_may_while_it_is_reviewed(case: Play, by: By, make: Callable[[str], Command], done: bool) -> None:
    before = case.case
    if done:
        case.do(make(look(case)), by)
        assert case.case.tasks[look(case)].handed != before.tasks[look(case)].handed
    else:
        with pytest.raises(CaseworkError):
            case.do(make(look(case)), by)


@pytest.mark.parametrize("person", [FIRST.person])
def test_nobody_is_asked_to_review_their_own(person: str) -> None:
    play = Play(Toy).start(owner=FIRST.person, team=[SECOND.person])
    play.do(Claim(look(play)))
    with pytest.raises(InvalidForm):
        play.do(AskReview(look(play), person, DATA))


def test_the_deputy_of_a_person_does_not_ask_that_person() -> None:
    play = Play(Toy).start(owner=FIRST.person, team=[SECOND.person])
    play.do(Claim(look(play)), DEPUTY)
    with pytest.raises(InvalidForm):
        play.do(AskReview(look(play), FIRST.person, DATA), DEPUTY)


def test_the_words_of_a_proposal_stand_in_the_body_alone(case: Play) -> None:
    event = case.events[-1]
    assert (event.body["words"], "Well." in str(event.effects)) == ("Well.", False)


def test_the_log_folds_to_the_same_case(case: Play) -> None:
    case.do(AnswerReview(look(case), approve=False, note="Not so."), SECOND)
    assert fold(case.events) == case.case
