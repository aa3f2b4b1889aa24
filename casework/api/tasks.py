"""Tasks: what waits in one's queues, take it, give it back, finish it."""

from __future__ import annotations

from casework.api import shapes
from casework.api.routes import Call, Json, Route, get, post
from casework.api.shapes import text_of
from casework.operations import agenda, deadlines, task_lists, tasks
from casework.operations.requests import Done


def list_tasks(call: Call) -> dict[str, Json]:
    asked = call.query
    return task_lists.list_tasks(
        call.db, call.actor, view=asked.view, queue=asked.queue, cursor=asked.cursor, limit=asked.limit
    )


def list_agenda(call: Call) -> dict[str, Json]:
    asked = call.query
    return agenda.list_agenda(
        call.db, call.actor, whose=asked.whose, first=asked.from_, last=asked.to, limit=asked.limit
    )


def show_task(call: Call) -> dict[str, Json]:
    return task_lists.show_task(call.db, call.actor, call.path["task"])


def claim_task(call: Call) -> Done:
    return tasks.claim_task(call.db, call.actor, call.path["task"], call.request)


def release_task(call: Call) -> Done:
    return tasks.release_task(call.db, call.actor, call.path["task"], note=call.body.note, request=call.request)


def complete_task(call: Call) -> Done:
    return tasks.complete_task(
        call.db, call.actor, call.path["task"], data=call.body.data, happened_on=text_of(call.body.happened_on),
        request=call.request,
    )  # fmt: skip


def exit_task(call: Call) -> Done:
    return tasks.exit_task(call.db, call.actor, call.path["task"], reason=call.body.reason, request=call.request)


def explain_task(call: Call) -> dict[str, Json]:
    return deadlines.explain_task(call.db, call.actor, call.path["task"])


_TASK = "/tasks/{task}"

ROUTES: tuple[Route, ...] = (
    get("/tasks", list_tasks, "List tasks: those you hold, may take, or have finished", shapes.TaskPage, query=shapes.TaskQuery),
    get("/agenda", list_agenda, "List what is due on which day, with working days and holidays", shapes.Agenda, query=shapes.AgendaQuery),
    get(_TASK, show_task, "Show a task with its form", shapes.Task),
    get(f"{_TASK}/clock", explain_task, "Explain why a task is due when it is", shapes.Clock),
    post(f"{_TASK}/claim", claim_task, "Take a task from its queue", shapes.TaskDone),
    post(f"{_TASK}/release", release_task, "Give a task back to its queue", shapes.TaskDone, body=shapes.Releasing),
    post(
        f"{_TASK}/complete", complete_task, "Finish a side task, or decide on what another person proposed",
        shapes.TaskDone, body=shapes.Completing,
    ),
    post(f"{_TASK}/exit", exit_task, "End a side task that is not needed any more", shapes.TaskDone, body=shapes.Reason),
)  # fmt: skip
