"""A case goes to another owner and team."""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.execution.commands import Command, HandOver
from casework.engine.execution.context import By
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.errors import InvalidForm
from casework.operations.cases.case_capacities import case_answer, on_case
from casework.operations.cases.relief import relieve_holders
from casework.operations.core.access_queries import case_log
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import Standing, perform
from casework.operations.core.references import IN_FORCE
from casework.permissions.actors import Actor
from casework.reasons import Reason
from casework.records.access_sql import mediated


def hand_over(
    db: Connection,
    actor: Actor,
    number: str,
    *,
    owner: str,
    team: list[str],
    note: str,
    revision: int,
    request: Request,
) -> Done:
    """Give a case to another officer and team, with a note; by its owner or a supervisor."""

    def to_command(standing: Standing) -> tuple[Command, By]:
        by = on_case(actor, standing, (Role.OFFICER, Role.SUPERVISOR), reasons.actions.HAND_OVER, revision)
        for name, person in [("owner", owner), *(("team", member) for member in team)]:
            if why_not := refuses_owner(db, standing.case, person):
                raise InvalidForm(fields={name: why_not})
        if not note.strip():
            raise InvalidForm(fields={"note": reasons.fields.REQUIRED})
        return HandOver(owner, tuple(team), note), by

    return relieve_holders(
        db,
        perform(db, actor, case_log(db, actor, number), "case", to_command, answer=case_answer, request=request),
        number,
    )


def refuses_owner(db: Connection, case: Case, person: str) -> Reason | None:
    """Why the person cannot own the case, or be on its team, now; None where that is possible."""
    row = db.execute(_OWNER, {"person": person, "programme": case.programme, "opened_at": case.opened_at}).one()
    if not row.officer:
        return reasons.cases.NOT_OFFICER
    if person in case.interests:
        return reasons.cases.DECLARED_INTEREST
    return reasons.cases.MEDIATED_THEN if row.mediated else None


#: Whether a person is an officer of the programme now, and whether they were among those who mediate.
_OWNER = text(f"""
    SELECT EXISTS (
        SELECT FROM memberships m JOIN people p ON p.id = m.person_id AND p.active WHERE m.person_id = CAST(:person AS uuid)
        AND m.programme_id = CAST(:programme AS uuid) AND m.role = 'officer' AND m.deputy_for IS NULL AND {IN_FORCE}
    ) AS officer, {mediated("CAST(:person AS uuid)", "CAST(:programme AS uuid)", ":opened_at")} AS mediated
""")
