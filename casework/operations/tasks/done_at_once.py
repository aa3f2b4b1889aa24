"""A side task that is asked for and done by one person in one go: nobody waits, so nobody is asked twice."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from casework.definitions import load_library
from casework.engine.analysis.decisions import answers_of
from casework.engine.state.case import Case, Track
from casework.json_values import Answers
from casework.operations.cases.side_tasks import add_task, whom_for
from casework.operations.core.idempotency import Done, Request
from casework.operations.tasks.service import complete_task
from casework.permissions.actors import Actor


def may_do_at_once(db: Connection, actor: Actor, case: Case, track: Track, key: str) -> bool:
    """Whether somebody may fill in the form of a side task together with asking for it.

    What decides has buttons of its own, and what is ticked off before it is finished is done in more than one go.
    """
    edition = load_library()[track.edition]
    rule = edition.tasks[key]
    if not rule.form or answers_of(edition, "side", key) or any(required for _, required in rule.checklist):
        return False
    return actor.person in {person for person, _ in whom_for(db, case, track, rule)}


def add_and_complete(
    db: Connection,
    actor: Actor,
    log: str,
    kind: str,
    track: str,
    *,
    task: str,
    about: str | None,
    data: Answers,
    request: Request,
) -> Done:
    """Ask for a side task, take it, and finish it with its form: two events of one transaction, or none."""
    added = add_task(db, actor, log, kind, track, task=task, about=about, person=actor.person, request=request)
    finishing = replace(request, key=f"{request.key[:80]}:done")
    return complete_task(db, actor, str(added.answer["tasks"][0]), data=data, happened_on=None, request=finishing)


__all__ = ["add_and_complete", "may_do_at_once"]
