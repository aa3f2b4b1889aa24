"""Which IP rights a case is about: those of its technology when it opened, and what officers add or take out afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.execution.commands import ChangeRights, Command
from casework.engine.execution.context import By
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.errors import InvalidForm
from casework.json_values import JsonObject
from casework.operations.cases.case_capacities import case_answer, on_case
from casework.operations.core.access_queries import case_log
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import Standing, perform
from casework.permissions.actors import Actor


def add_rights(
    db: Connection,
    actor: Actor,
    number: str,
    *,
    rights: Sequence[str],
    reason: str,
    revision: int | None,
    request: Request,
) -> Done:
    """Let a case be about these rights as well. Raises InvalidForm for one that the programme has not recorded."""
    change = ChangeRights(tuple(rights), reason)
    return _change(db, actor, number, change, revision=revision, request=request)


def remove_rights(
    db: Connection,
    actor: Actor,
    number: str,
    *,
    rights: Sequence[str],
    reason: str,
    revision: int | None,
    request: Request,
) -> Done:
    """Take rights out of a case that has laid nothing on them."""
    change = ChangeRights(tuple(rights), reason, add=False)
    return _change(db, actor, number, change, revision=revision, request=request)


def _change(
    db: Connection, actor: Actor, number: str, change: ChangeRights, *, revision: int | None, request: Request
) -> Done:
    def to_command(standing: Standing) -> tuple[Command, By]:
        by = on_case(actor, standing, (Role.OFFICER, Role.SUPERVISOR), reasons.actions.CHANGE_RIGHTS, revision)
        if change.add:
            given = {"ids": list(change.rights), "programme": standing.case.programme}
            if set(db.execute(_RECORDED, given).scalars()) != set(change.rights):
                raise InvalidForm(fields={"rights": reasons.catalogue.RIGHT_UNKNOWN})
        return change, by

    return perform(db, actor, case_log(db, actor, number), "case", to_command, answer=case_answer, request=request)


#: Which of some rights a programme has recorded.
_RECORDED = text(
    "SELECT id::text FROM rights WHERE id::text = ANY(CAST(:ids AS text[])) AND programme_id = CAST(:programme AS uuid)"
)


def list_addable(db: Connection, case: Case) -> list[JsonObject]:
    """Recorded rights of a case's technology that it is not about yet: id, kind, office, number, owner."""
    given = {"technology": case.technology, "there": list(case.rights), "most": MOST_OFFERED}
    return [dict(row._mapping) for row in db.execute(_ADDABLE, given)]


MOST_OFFERED = 200
#: The rights of a technology that a case may still add, the newest first.
_ADDABLE = text("""
    SELECT id::text, kind, office, number, owner FROM rights
    WHERE technology_id = CAST(:technology AS uuid) AND id <> ALL(CAST(:there AS uuid[])) ORDER BY created_at DESC, id LIMIT :most
""")


def find_by_number(db: Connection, case: Case, number: str) -> str:
    """The right that the case's programme has recorded under a number, blanks aside. Raises InvalidForm for none or several."""
    found = list(db.execute(_NUMBERED, {"programme": case.programme, "number": number}).scalars())
    if len(found) != 1:
        raise InvalidForm(
            fields={"number": reasons.catalogue.SEVERAL_RIGHTS if found else reasons.catalogue.RIGHT_UNKNOWN}
        )
    return str(found[0])


#: Rights of a programme with a number, with or without the office before it.
_NUMBERED = text("""
    SELECT id::text FROM rights WHERE programme_id = CAST(:programme AS uuid) AND replace(lower(:number), ' ', '')
    IN (replace(lower(number), ' ', ''), replace(lower(concat(office, number)), ' ', '')) ORDER BY id LIMIT 2
""")
