"""Needs and technologies as records that the office keeps: what a person confirms, and what is put right."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.kept_records import (
    CONFIRMED,
    CORRECTED,
    FIELDS,
    REASON,
    changed,
    is_confirmed,
)
from casework.engine.execution.context import By
from casework.engine.roles import Role
from casework.errors import InvalidForm, NotAllowed
from casework.operations.catalogue.service import read_seen
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.record_log import Change, Kept, Standing, lock_record, write_records
from casework.permissions.actors import Actor
from casework.permissions.work import in_the_programme

EDITORS = (Role.OFFICER, Role.SUPERVISOR)


def confirm_field(db: Connection, actor: Actor, noun: Kept, id: str, *, field: str, request: Request) -> Done:
    """An officer stands for a field as it is; until then no guard believes it. Of two at once the first one does."""
    programme, by = _editable(db, actor, noun, id)
    if field not in FIELDS[noun]:
        raise InvalidForm(fields={"field": reasons.catalogue.NOT_CONFIRMABLE})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    standing = lock_record(db, noun, id, programme)
    if standing.state[field] in (None, "", [], {}):
        raise InvalidForm(fields={"field": reasons.catalogue.NOTHING_TO_CONFIRM})
    state = _confirm(db, by, standing, [field])
    return finish(db, actor, request, Done({"id": id, "field": field, "provenance": state["provenance"][field]}))


def set_owner(
    db: Connection,
    actor: Actor,
    noun: Kept,
    id: str,
    *,
    organisation: str,
    request: Request,
    reason: str | None = None,
) -> Done:
    """Say whose a need or technology is: cases opened from now on take the organisation as their party."""
    programme, by = _editable(db, actor, noun, id)
    known = db.execute(text("SELECT 1 FROM organisations WHERE id = CAST(:id AS uuid)"), {"id": organisation}).first()
    if known is None:
        raise InvalidForm(fields={"organisation": reasons.fields.NOT_KNOWN})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    standing = lock_record(db, noun, id, programme)
    if fields := changed(noun, standing.state, {"owner_id": organisation}):
        words = _reasoned(standing, fields, reason)
        write_records(db, by, [(standing, Change(CORRECTED, fields, words, {"confirmed": sorted(fields)}))])
    else:
        _confirm(db, by, standing, ["owner_id"])
    return finish(db, actor, request, Done({"id": id, "owner": organisation}))


def _reasoned(standing: Standing, fields: Collection[str], reason: str | None) -> dict[str, str | None]:
    """Why fields say something else now. Raises InvalidForm where somebody stands for one of them and nothing is said."""
    said = (reason or "").strip()
    if not said and any(is_confirmed(standing.state, name) for name in fields):
        raise InvalidForm(fields={REASON: reasons.catalogue.SAY_WHY_CORRECTED})
    return {REASON: said or None}


def _confirm(db: Connection, by: By, standing: Standing, fields: Collection[str]) -> Any:
    """Stand for those of the fields that nobody stands for; gives how the record stands then."""
    new = sorted(name for name in fields if not is_confirmed(standing.state, name))
    if not new:
        return standing.state
    return write_records(db, by, [(standing, Change(CONFIRMED, effects={"confirmed": new}))])[standing.log.id]


def _editable(db: Connection, actor: Actor, noun: Kept, id: str) -> tuple[str, By]:
    """The programme of a record that the actor may put right, and in which capacity. Raises NotFound and NotAllowed."""
    programme = str(read_seen(db, actor, noun, id).programme_id)
    by = in_the_programme(actor, programme, EDITORS)
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))
    return programme, by
