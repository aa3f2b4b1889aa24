"""What a task is about: the action that opened it with what was said then, and what granting it would move. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.analysis.notification_rules import action_of
from casework.engine.execution.extensions import moves
from casework.engine.execution.task_changes import plays
from casework.engine.parts import GRANTS_TIME
from casework.engine.state.case import Case, Task
from casework.engine.state.events import COMPLETED, FIRED, OBJECTED
from casework.json_values import Answers
from casework.ledger.redactable_bodies import ERASED, values
from casework.operations.cases.answer_names import ids_in, names_in_answers
from casework.operations.core.event_views import FormKey, data_of
from casework.operations.core.perform import calendar_of
from casework.operations.core.presenters import when
from casework.operations.core.views import to_named
from casework.operations.tasks.views import Asked, Move
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, sight
from casework.records.event_log import now

#: The event by which a task was opened.
_OPENED = text("""
    SELECT e.seq, e.kind, e.track_id, e.header, e.effects, e.body, t.rule, t.edition FROM events e
    LEFT JOIN tasks t ON t.id = CAST(e.effects->>'task' AS uuid)
    WHERE e.log_id = CAST(:log AS uuid) AND e.effects->'tasks' @> jsonb_build_array(jsonb_build_object('id', CAST(:task AS text)))
    ORDER BY e.seq LIMIT 1
""")
#: How a rule says that a task comes for each item of a list.
ITEMS = "items:"
_WITH_WORDS = (FIRED, COMPLETED, OBJECTED)


def what_was_asked(db: Connection, actor: Actor, case: Case, task: Task) -> Asked | None:
    """By whom a side task of the office was opened and with which answers; None where nobody said anything with it.

    For those who see the case whole: a provider is told nothing of what the office said to itself.
    """
    if task.type != "side" or task.organisation is not None or sight(actor, case) < Sight.ALL:
        return None
    row = db.execute(_OPENED, {"log": case.log, "task": task.id}).one_or_none()
    if row is None or row.kind not in _WITH_WORDS:
        return None
    body, data = values(row.body), dict(data_of(row.effects))
    if not body and not data:
        return None
    per = load_library()[task.edition].tasks[task.rule].per
    body, data = own_item(per, task.about, body), own_item(per, task.about, data)
    actor_id = row.header["actor"]
    names = names_in_answers(db, case, ids_in([actor_id, data]))
    return Asked(
        seq=row.seq,
        at=row.header["at"],
        by=to_named(str(actor_id), names),
        role=row.header["role"],
        form=_form(row),
        data=data,
        body={name: None if said is ERASED else said for name, said in body.items()},
        erased=sorted(name for name, said in body.items() if said is ERASED),
        names=names,
        moves=_moves(db, case, task, data),
    )


def own_item(per: str | None, about: str | None, said: Mapping[str, Any]) -> dict[str, Any]:
    """What was said, and of the list of which each item opened a task the one of this task alone."""
    name = (per or "").removeprefix(ITEMS)
    if per == name or about is None or not isinstance(said.get(name), list):
        return dict(said)
    return {**said, name: said[name][int(about) : int(about) + 1]}


def _form(row: Any) -> FormKey | None:
    """Which form it was, for the words of its questions."""
    library = load_library()
    if row.kind == COMPLETED and row.rule is not None:
        name = library[row.edition].tasks[row.rule].form
        return FormKey(edition=row.edition, name=name) if name else None
    if row.kind != FIRED or not row.header["edition"]:
        return None
    match = library[row.header["edition"]].find(row.effects["transition"], tuple(row.header["from"] or ()))
    return FormKey(edition=row.header["edition"], name=match[0].form) if match and match[0].form else None


def _moves(db: Connection, case: Case, task: Task, data: Answers) -> list[Move]:
    """What an extension as it was asked for would move: each of the provider's tasks with its day now and then."""
    library = load_library()
    if not plays(library, task, GRANTS_TIME) or "new_date" not in data:
        return []
    if "extend_work" not in library[task.edition].tasks[task.rule].effects:
        return []
    moved = moves(case, case.tracks[task.track], data["new_date"], now(db), calendar_of(db, case.programme))
    return [
        Move(
            task=other.id,
            edition=other.edition,
            key=action_of(other)[1],
            do=library[other.edition].text(action_of(other)[1]),
            due_at=when(other.due_at),
            until=day.isoformat(),
        )
        for other, day in moved
    ]
