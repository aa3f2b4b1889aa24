"""One task as it is handed out, with what it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.analysis.decisions import returned_round
from casework.engine.execution.checklists import items_of
from casework.engine.execution.context import Library
from casework.engine.execution.task_lifecycle import VIEW
from casework.engine.parts import REFERRAL
from casework.engine.roles import ORGANISATION_QUEUES
from casework.engine.state.case import Case, Task
from casework.engine.state.events import HANDED_BACK, REVIEW_ASKED
from casework.engine.tasks.queue_order import reason
from casework.errors import NotFound
from casework.json_values import JsonObject
from casework.ledger.redactable_bodies import ERASED, Body, values
from casework.operations.cases.known_answers import owners_of
from casework.operations.cases.track_presenters import show
from casework.operations.core.access_queries import task_log
from casework.operations.core.overdue_sql import STANDING
from casework.operations.core.paging import cursor_id, cursor_time
from casework.operations.core.presenters import names_of, when
from casework.operations.core.reader_names import titled
from casework.operations.core.views import NamedInBoth, row_as, to_named
from casework.operations.tasks.allocation import explain_waiting
from casework.operations.tasks.request_context import what_was_asked
from casework.operations.tasks.views import (
    CaseTitle,
    HandedWithNote,
    ListedItem,
    ListedTask,
    PlacedTask,
    SingleTask,
    Turn,
    WaitsForQueue,
    WaitsForSomebody,
    WaitWithReason,
)
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, own_tracks, sight
from casework.permissions.work import operations
from casework.records.case_loader import load, task_of

#: Tasks with what a list of them shows.
TASKS = f"""
    SELECT t.*, l.kind AS log_kind, c.number, {titled("c")} AS title, r.parent_id, r.part, 0 AS reminded, {{standing}}, {{words}}{{since}}
    FROM tasks t
    JOIN logs l ON l.id = t.log_id JOIN tracks r ON r.id = t.track_id LEFT JOIN cases c ON c.id = t.log_id {{looked}}
    WHERE {{where}} {{more}} ORDER BY {{order}}, t.id LIMIT :most
"""
#: What was written when a task of a list came to whom it is with, and when it was let wait.
WORDS = ", ".join(
    f"(SELECT e.body FROM events e WHERE e.log_id = t.log_id AND e.seq = CAST(t.{name}->>'seq' AS bigint)) AS {name}_words"
    for name in ("handed", "wait")
)


def task_row(row: Any, library: Library, names: Mapping[str, str]) -> ListedTask:
    """A row of tasks with its case's number and title, as lists show it."""
    task = task_of(row._mapping)
    shown = show(task, library[task.edition], names, overdue=row.late, still=row.still)
    # What came with a form are its fields, and no note.
    of_a_form = task.type == "side" and shown.handed is not None and shown.handed.how in (HANDED_BACK, REVIEW_ASKED)
    note = None if of_a_form else _words(row.handed_words, "note")
    return row_as(
        ListedTask,
        shown,
        handed=shown.handed and row_as(HandedWithNote, shown.handed, note=note),
        wait=shown.wait and row_as(WaitWithReason, shown.wait, reason=_words(row.wait_words, "reason")),
        # A task of a sealed log names no case.
        case=CaseTitle(number=row.number, title=row.title) if row.number else None,
        turn=Turn(at=when(row.turn_at), by=reason(row.due_at)),
    )


def _words(body: Body | None, name: str) -> str | None:
    """What a person wrote with an action; None where nothing was, or where it has been erased."""
    said = values(body or {}).get(name)
    return said if isinstance(said, str) else None


def named_in(rows: Iterable[Any]) -> set[str | None]:
    """Everybody who is named where these rows of tasks are shown."""
    return {
        person
        for row in rows
        for person in (row.holder_id, row.initiator, *((row.handed["by"], row.handed["to"]) if row.handed else ()))
    }


def placed_row(row: Any, library: Library, names: Mapping[str, str]) -> PlacedTask:
    """The same with where it is done (its log, and of a provider's the referral), whom it waits for, and reminders."""
    who = row.holder_id or row.organisation_id
    return row_as(
        PlacedTask,
        task_row(row, library, names),
        log=row.log_id,
        kind=row.log_kind,
        referral=row.track_id if row.part == REFERRAL else row.parent_id,
        waits_for=WaitsForSomebody(name=names.get(who)) if who else WaitsForQueue(role=row.queue),
        reminded=row.reminded,
        outward=row.queue in ORGANISATION_QUEUES,
        closed_at=when(row.closed_at),
    )


def read_task(db: Connection, actor: Actor, id: str) -> tuple[Case, PlacedTask]:
    """A task with its case, for whoever sees them, as pages show it. Raises NotFound."""
    case, row = find_task(db, actor, id)
    return case, placed_row(row, load_library(), names_of(db, named_in([row]), {row.organisation_id}))


def show_task(db: Connection, actor: Actor, id: str) -> SingleTask:
    """One task, for whoever sees its case or referral. Raises NotFound."""
    case, row = find_task(db, actor, id)
    task, library = case.tasks.get(id), load_library()
    return row_as(
        SingleTask,
        task_row(row, library, names_of(db, named_in([row]))),
        operations=[VIEW] if task is None else operations(actor, case, task, library[row.edition]),
        checklist=show_checklist(db, case, id),
        unallocated=None if task is None else explain_waiting(db, actor, case, task),
        asked=None if task is None else what_was_asked(db, actor, case, task),
        owners=[] if task is None else _owners_asked(db, actor, case, task),
    )


def _owners_asked(db: Connection, actor: Actor, case: Case, task: Task) -> list[NamedInBoth]:
    """The owners on record of whom the form of an open task asks, to who sees the case whole."""
    edition = load_library()[task.edition]
    if task.type != "side" or not task.open or sight(actor, case) < Sight.ALL:
        return []
    form = edition.form(edition.tasks[task.rule].form)
    asked = any(cell["type"] == "owner" for field in form for cell in field.get("fields", ()))
    return owners_of(db, case, task.about) if asked else []


def show_checklist(db: Connection, case: Case, id: str) -> list[ListedItem]:
    """The items of a task's checklist with their words, and who ticked or added each and when."""
    task = case.tasks.get(id)
    if task is None:
        return []
    edition = load_library()[task.edition]
    listed = items_of(edition, task)
    names = names_of(db, {item.told["by"] for item in listed if item.told})
    added = {item.told["seq"]: item.id for item in listed if item.told and item.text is None}
    written = (
        {
            added[row.seq]: _words(row.body, "item")
            for row in db.execute(
                text("SELECT seq, body FROM events WHERE log_id = CAST(:log AS uuid) AND seq = ANY(:seqs)"),
                {"log": case.log, "seqs": list(added)},
            )
        }
        if added
        else {}
    )
    return [
        ListedItem(
            id=item.id,
            text=edition.text(item.text) if item.text else written.get(item.id),
            key=item.text,
            required=item.required,
            done=item.done,
            at=item.told["at"] if item.told else None,
            by=to_named(item.told["by"], names) if item.told else None,
        )
        for item in listed
    ]


#: A task by its id.
_ONE = text(
    TASKS.format(
        where="t.id = CAST(:id AS uuid)", more="", order="t.id", standing=STANDING, words=WORDS, since="", looked=""
    )
)


def after_due(keys: Sequence[Any]) -> tuple[str, JsonObject]:
    """What comes after the row that a cursor names, where what is due first stands first and what has no date last."""
    given: JsonObject = {"id": cursor_id(keys[1])}
    if keys[0] is None:
        return " AND t.due_at IS NULL AND t.id > CAST(:id AS uuid)", given
    return " AND ((t.due_at, t.id) > (:at, CAST(:id AS uuid)) OR t.due_at IS NULL)", given | {
        "at": cursor_time(keys[0])
    }


def find_task(db: Connection, actor: Actor, id: str) -> tuple[Case, Any]:
    """A task's case and its row, for whoever sees them. Raises NotFound."""
    case = load(db, *task_log(db, actor, id))
    row = db.execute(
        _ONE,
        {"id": id, "most": 1},
    ).one()
    level = sight(actor, case)
    mine = {track.id for track in own_tracks(actor, case)}
    if level != Sight.ALL and not (level == Sight.REFERRALS and row.track_id in mine and row.organisation_id):
        raise NotFound("task")
    return case, row


def returned(db: Connection, case: Case, task: Task) -> JsonObject:
    """What the form said that came back to be filled in once more: its facts, and its words where they have not been erased."""
    before = returned_round(load_library()[task.edition], case, task)
    if before is None:
        return {}
    body = db.execute(
        text(
            "SELECT body FROM events WHERE log_id = CAST(:log AS uuid) AND kind = 'completed' AND effects->>'task' = :task"
            " ORDER BY seq DESC LIMIT 1"
        ),
        {"log": case.log, "task": before.id},
    ).scalar_one_or_none()
    return dict(before.result) | {name: said for name, said in values(body or {}).items() if said is not ERASED}


def completed_at(db: Connection, log: str, task: str) -> int | None:
    """The entry of the history with which a task was finished; none where nobody finished it."""
    return db.execute(_COMPLETED, {"log": log, "task": task}).scalar_one_or_none()


#: The last event that finished a task of a log.
_COMPLETED = text(
    "SELECT seq FROM events WHERE log_id = CAST(:log AS uuid) AND kind = 'completed' AND effects->>'task' = :task"
    " ORDER BY seq DESC LIMIT 1"
)


def prepared(db: Connection, task: str) -> JsonObject:
    """The form of a delegated or reviewed task as it came back: its facts, and its words where they have not been erased."""
    row = db.execute(
        text(
            "SELECT t.result, e.body FROM tasks t JOIN events e ON e.log_id = t.log_id"
            " AND e.seq = CAST(coalesce(t.handed->>'form', t.handed->>'seq') AS bigint) WHERE t.id = CAST(:id AS uuid)"
        ),
        {"id": task},
    ).one_or_none()
    if row is None:
        return {}
    return dict(row.result) | {name: said for name, said in values(row.body).items() if said is not ERASED}
