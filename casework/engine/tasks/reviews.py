"""Reviews: before a side task is finished, another person looks at its form, and approves it or asks for changes.

The task goes to the reviewer with the form as it is proposed, and comes back to whoever asked. What was approved is what
is finished: with other answers it is asked for again.
"""

from __future__ import annotations

from casework import reasons
from casework.engine.execution import task_lifecycle
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guards import begin_on, form_data, insist_another_than, insist_operation, line
from casework.engine.execution.task_changes import commit
from casework.engine.execution.task_commands import AnswerReview, AskReview
from casework.engine.state.case import RESERVED, Task
from casework.engine.state.events import APPROVED, CHANGES_ASKED, REVIEW_ASKED
from casework.engine.two_person import are_apart
from casework.errors import InvalidForm, NotAllowed, WrongState
from casework.json_values import Answers


def approved(task: Task) -> bool:
    """Whether another person has approved the form that it holds."""
    return task.handed is not None and task.handed["how"] == APPROVED and task.holder == task.handed["to"]


def insist_reviewed(task: Task, facts: Answers) -> None:
    """Raises WrongState while a review is not answered, and where other answers were approved than are given now."""
    do = task_lifecycle.OPERATIONS[task_lifecycle.COMPLETE].do
    if task_lifecycle.review_for(task) is not None:
        raise WrongState(action=do, why=reasons.tasks.BEING_REVIEWED)
    if approved(task) and dict(facts) != dict(task.result):
        raise WrongState(action=do, why=reasons.tasks.OTHERS_APPROVED)


def ask_review(builder: EventBuilder, command: AskReview) -> None:
    """Have another person look at the form before the task is finished."""
    task = insist_operation(builder, command.task, task_lifecycle.COMPLETE)
    if task.type != "side" or task_lifecycle.giver(task) is not None or task_lifecycle.review_for(task) is not None:
        raise WrongState(action=reasons.actions.ASK_FOR_REVIEW, why=reasons.tasks.SIDE_TASKS_ONLY)
    if command.person in (task.holder, builder.by.person, builder.by.acting_for):
        raise InvalidForm(fields={"person": reasons.fields.SOMEBODY_ELSE})
    edition = builder.library[task.edition]
    rule = edition.tasks[task.rule]
    insist_another_than(builder, rule.not_by, builder.case.tracks[task.track])
    track = builder.case.tracks[task.track]
    facts, body = form_data(builder, edition, rule.form, command.data, track=track, against=command.against)
    begin_on(builder, task, REVIEW_ASKED, body)
    builder.set_task(task, state=RESERVED, holder=command.person, to=command.person, result=facts)
    commit(builder)


def answer_review(builder: EventBuilder, command: AnswerReview) -> None:
    """Approve what was proposed, or ask for changes; it goes back to whoever asked."""
    task = insist_operation(builder, command.task, task_lifecycle.COMPLETE)
    asked_by = task_lifecycle.review_for(task)
    if asked_by is None or builder.by.person != task.holder:
        raise WrongState(action=reasons.actions.REVIEW, why=reasons.tasks.NOT_ASKED_TO_REVIEW)
    if not are_apart((asked_by,), (builder.by.acting_for,)):
        raise NotAllowed(why=reasons.cases.ANOTHER_DECIDES)
    if command.approve:
        begin_on(builder, task, APPROVED, {"note": line(command.note, "note")} if command.note else {})
    else:
        begin_on(builder, task, CHANGES_ASKED, {"note": line(command.note or "", "note")})
    builder.set_task(task, state=RESERVED, holder=asked_by, to=asked_by)
    commit(builder)
