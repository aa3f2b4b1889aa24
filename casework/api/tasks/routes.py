"""Tasks: what waits in one's queues, take it, give it back, finish it."""

from __future__ import annotations

from dataclasses import dataclass

from casework.api.protocol import case_schemas
from casework.api.protocol import schemas as shared
from casework.api.protocol.routes import Call, Route, get, post
from casework.api.protocol.schemas import text_of
from casework.api.tasks import schemas
from casework.operations.audit.findings import list_mine
from casework.operations.audit.views import FindingRow, FindingToAnswer
from casework.operations.cases import corrections
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page, insist_limit
from casework.operations.deadlines import queries as deadline_queries
from casework.operations.deadlines.views import ClockExplained
from casework.operations.tasks import bulk, calendar_view, queries, queues
from casework.operations.tasks import service as tasks
from casework.operations.tasks.candidates import list_task_people
from casework.operations.tasks.views import Agenda, ListedTask, MarkedTask, SingleTask, TaskPeople


@dataclass(frozen=True, kw_only=True, slots=True)
class TasksToDo(Page[ListedTask | MarkedTask]):
    """A part of the tasks, and with the first part of what one holds the findings of the audit that one is to answer."""

    findings: list[FindingToAnswer]


def list_tasks(call: Call) -> TasksToDo:
    asked = call.query
    listed = queues.list_tasks(
        call.db,
        call.actor,
        view=asked.view,
        queue=asked.queue,
        sort=asked.sort,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    mine = asked.view == "mine" and not (asked.queue or asked.cursor)
    found = list_mine(call.db, call.actor, most=insist_limit(asked.limit)) if mine else []
    return TasksToDo(items=listed.items, next=listed.next, findings=[_owed(one) for one in found])


def _owed(one: FindingRow) -> FindingToAnswer:
    return FindingToAnswer(
        id=one.id, number=one.number, title=one.title, words=one.words, due_at=one.due_at, late=one.late
    )


def list_agenda(call: Call) -> Agenda:
    asked = call.query
    return calendar_view.list_agenda(
        call.db, call.actor, whose=asked.whose, first=asked.from_, last=asked.to, limit=asked.limit
    )


def show_task(call: Call) -> SingleTask:
    return queries.show_task(call.db, call.actor, call.path["task"])


def claim_task(call: Call) -> Done:
    return tasks.claim_task(call.db, call.actor, call.path["task"], call.request)


def take_next_task(call: Call) -> Done:
    return tasks.take_next(call.db, call.actor, call.request)


def release_task(call: Call) -> Done:
    return tasks.release_task(call.db, call.actor, call.path["task"], note=call.body.note, request=call.request)


def complete_task(call: Call) -> Done:
    return tasks.complete_task(
        call.db,
        call.actor,
        call.path["task"],
        data=call.body.data,
        happened_on=text_of(call.body.happened_on),
        note=call.body.note,
        request=call.request,
    )


def exit_task(call: Call) -> Done:
    return tasks.exit_task(call.db, call.actor, call.path["task"], reason=call.body.reason, request=call.request)


def start_task(call: Call) -> Done:
    return tasks.start_task(call.db, call.actor, call.path["task"], call.request)


def stop_task(call: Call) -> Done:
    return tasks.stop_task(call.db, call.actor, call.path["task"], call.request)


def suspend_task(call: Call) -> Done:
    body = call.body
    return tasks.suspend_task(
        call.db,
        call.actor,
        call.path["task"],
        until=str(text_of(body.until)),
        waits_for=body.waits_for,
        reason=body.reason,
        request=call.request,
    )


def resume_task(call: Call) -> Done:
    return tasks.resume_task(call.db, call.actor, call.path["task"], call.request)


def skip_task(call: Call) -> Done:
    return tasks.skip_task(call.db, call.actor, call.path["task"], reason=call.body.reason, request=call.request)


def fail_task(call: Call) -> Done:
    return tasks.fail_task(call.db, call.actor, call.path["task"], reason=call.body.reason, request=call.request)


def activate_task(call: Call) -> Done:
    return tasks.activate_task(call.db, call.actor, call.path["task"], call.request)


def modify_task(call: Call) -> Done:
    return tasks.modify_task(
        call.db,
        call.actor,
        call.path["task"],
        priority=call.body.priority,
        reason=call.body.reason,
        request=call.request,
    )


def assign_task(call: Call) -> Done:
    return tasks.assign_task(
        call.db, call.actor, call.path["task"], person=str(call.body.person), note=call.body.note, request=call.request
    )


def delegate_task(call: Call) -> Done:
    return tasks.delegate_task(
        call.db, call.actor, call.path["task"], person=str(call.body.person), note=call.body.note, request=call.request
    )


def forward_task(call: Call) -> Done:
    return tasks.forward_task(
        call.db,
        call.actor,
        call.path["task"],
        person=text_of(call.body.person),
        note=call.body.note,
        request=call.request,
    )


def nominate_task(call: Call) -> Done:
    return tasks.nominate_task(
        call.db,
        call.actor,
        call.path["task"],
        person=text_of(call.body.person),
        note=call.body.note,
        request=call.request,
    )


def add_item(call: Call) -> Done:
    return tasks.add_item(call.db, call.actor, call.path["task"], words=call.body.words, request=call.request)


def tick_item(call: Call) -> Done:
    return tasks.tick_item(
        call.db, call.actor, call.path["task"], call.path["item"], done=call.body.done, request=call.request
    )


def ask_review(call: Call) -> Done:
    return tasks.ask_review(
        call.db, call.actor, call.path["task"], person=str(call.body.person), data=call.body.data, request=call.request
    )


def answer_review(call: Call) -> Done:
    return tasks.answer_review(
        call.db, call.actor, call.path["task"], approve=call.body.approve, note=call.body.note, request=call.request
    )


def list_people_for_task(call: Call) -> TaskPeople:
    return list_task_people(call.db, call.actor, call.path["task"])


def do_to_tasks(call: Call) -> Done:
    body = call.body
    given = {name: getattr(body, name) for name in ("person", "note", "until", "waits_for", "reason", "priority")}
    details = {name: str(value) for name, value in given.items() if value is not None}
    return bulk.do_to_tasks(
        call.db,
        call.actor,
        [str(task) for task in body.tasks],
        body.operation,
        details,
        request=call.request,
        dry_run=body.dry_run,
    )


def explain_task(call: Call) -> ClockExplained:
    return deadline_queries.explain_task(call.db, call.actor, call.path["task"])


def correct_task_answer(call: Call) -> Done:
    case, _ = queries.find_task(call.db, call.actor, call.path["task"])
    seq = corrections.last_of_task(call.db, case, call.path["task"])
    return corrections.correct_answer(
        call.db,
        call.actor,
        case,
        seq,
        data=call.body.data,
        reason=call.body.reason,
        request=call.request,
        seen=call.body.seen,
    )


_TASK = "/tasks/{task}"

ROUTES: tuple[Route, ...] = (
    get("/tasks", list_tasks, "List tasks: those you hold, may take, or have finished", schemas.TaskPage, query=schemas.TaskQuery),
    get("/agenda", list_agenda, "List what is due on which day, with working days and holidays", schemas.Agenda, query=schemas.AgendaQuery),
    get(_TASK, show_task, "Show a task with its form", case_schemas.Task),
    get(f"{_TASK}/people", list_people_for_task, "List who may have a task next, for whoever may hand it on", schemas.TaskPeople),
    get(f"{_TASK}/clock", explain_task, "Explain why a task is due when it is", shared.Clock),
    post("/tasks/bulk", do_to_tasks, "Do the same to several tasks, or try it first; each has its own result",
        schemas.TaskOutcomes, body=schemas.ManyTasks),
    post("/tasks/next", take_next_task, "Take the task whose turn is first of all that you may take", schemas.NextTask),
    post(f"{_TASK}/claim", claim_task, "Take a task from its queue", schemas.TaskDone),
    post(f"{_TASK}/release", release_task, "Give a task back to its queue", schemas.TaskDone, body=schemas.Releasing),
    post(
        f"{_TASK}/complete", complete_task, "Finish a side task, or decide on what another person proposed",
        schemas.TaskDone, body=schemas.Completing,
    ),
    post(
        f"{_TASK}/correction", correct_task_answer,
        "Put other answers in the place of those with which a side task was finished; both stand in the history",
        shared.Corrected, body=shared.AnswerCorrection, noun="task or answer",
    ),
    post(f"{_TASK}/exit", exit_task, "End a side task that is not needed any more", schemas.TaskDone, body=shared.Reason),
    post(f"{_TASK}/start", start_task, "Begin to work on a task", schemas.TaskDone),
    post(f"{_TASK}/stop", stop_task, "Stop working on a task for now, and keep it", schemas.TaskDone),
    post(f"{_TASK}/suspend", suspend_task, "Let a task wait for somebody until a day", schemas.TaskDone, body=schemas.Waiting),
    post(f"{_TASK}/resume", resume_task, "Go on with a task that waits", schemas.TaskDone),
    post(f"{_TASK}/skip", skip_task, "Leave out a task that nothing waits for", schemas.TaskDone, body=shared.Reason),
    post(f"{_TASK}/delegate", delegate_task, "Have another person prepare a task", schemas.TaskDone, body=schemas.Handing),
    post(f"{_TASK}/forward", forward_task, "Give a task up for others to take", schemas.TaskDone, body=schemas.Offering),
    post(f"{_TASK}/assign", assign_task, "Give a task to another person for good", schemas.TaskDone, body=schemas.Handing),
    post(f"{_TASK}/fail", fail_task, "End a task that cannot be done", schemas.TaskDone, body=shared.Reason),
    post(f"{_TASK}/activate", activate_task, "Let a task begin before its day", schemas.TaskDone),
    post(
        f"{_TASK}/nominate", nominate_task, "Let a task begin before its day, and name who does it", schemas.TaskDone,
        body=schemas.Offering,
    ),
    post(
        f"{_TASK}/review", ask_review, "Have another person look at a side task's form before it is finished", schemas.TaskDone,
        body=schemas.AskingReview,
    ),
    post(
        f"{_TASK}/review/answer", answer_review, "Approve what was proposed, or ask for changes", schemas.TaskDone,
        body=schemas.AnsweringReview,
    ),
    post(f"{_TASK}/items", add_item, "Add an item of one's own to a task's checklist", schemas.TaskDone, body=schemas.NewItem),
    post(
        f"{_TASK}/items/{{item}}", tick_item, "Tick an item of a task's checklist, or take the tick away", schemas.TaskDone,
        body=schemas.Ticking,
    ),
    post(f"{_TASK}/modify", modify_task, "Give a task another priority", schemas.TaskDone, body=schemas.Ranking),
)  # fmt: skip
