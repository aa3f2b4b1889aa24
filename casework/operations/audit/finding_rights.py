"""Who may answer, assign and judge findings: two persons, and nobody who has a part in what is judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine import two_person
from casework.engine.roles import Role
from casework.engine.two_person import Matter, Refusal
from casework.errors import NotAllowed
from casework.permissions.actors import Actor
from casework.permissions.visibility import MEDIATED
from casework.permissions.work import capacities, conflict, in_the_programme
from casework.records.access_sql import mediated
from casework.records.case_loader import load

#: Why an actor does not do something with a finding, by its row; None where nothing stands against it.
Refusing = Callable[[Connection, Actor, Any], NotAllowed | None]


def refusal_to_answer(db: Connection, actor: Actor, row: Any) -> NotAllowed | None:
    """Why the actor does not answer a finding: the people of its case do, but for who raised it and who has an interest."""
    case = load(db, row.case_id, "case")
    mine = {by.role for by in capacities(actor, case, case.main)}
    in_role = bool(mine & {Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE})
    match two_person.refusal(Matter(row.raised_by), actor.person, in_role=in_role):
        case Refusal.ROLE:
            return NotAllowed(why=reasons.audit.ANSWERED_BY)
        case Refusal.PARTY:
            return NotAllowed(why=reasons.audit.RAISER)
    why = conflict(actor, case)
    return NotAllowed(why=why) if why else None


def refusal_to_assign(db: Connection, actor: Actor, row: Any) -> NotAllowed | None:
    """Why the actor does not say who is to answer a finding by when: an auditor who may judge it does, and a supervisor."""
    if actor.in_programme(row.programme_id, (Role.AUDITOR,)):
        return _worked_on(db, actor, row.case_id)
    if in_the_programme(actor, row.programme_id, (Role.SUPERVISOR,)) is None:
        return NotAllowed(why=reasons.audit.ASSIGNED_BY)
    why = conflict(actor, load(db, row.case_id, "case"))
    return NotAllowed(why=why) if why else None


def insist_impartial(db: Connection, actor: Actor, log: str) -> None:
    """Raises NotAllowed for an auditor who once worked on what is to be judged, in whatever role, or who may have mediated."""
    if (why := _worked_on(db, actor, log)) is not None:
        raise why


def _worked_on(db: Connection, actor: Actor, log: str) -> NotAllowed | None:
    row = db.execute(_PARTIAL, {"log": log, "person": actor.person}).one()
    if row.acted:
        return NotAllowed(why=reasons.audit.WORKED_ON_IT)
    return NotAllowed(why=MEDIATED) if row.mediated else None


#: Whether a person has acted in a log, and whether they were among those who mediate when its case was opened.
_PARTIAL = text(f"""
    SELECT EXISTS (
        SELECT FROM events WHERE log_id = CAST(:log AS uuid)
        AND (actor_id = CAST(:person AS text) OR header->>'acting_for' = CAST(:person AS text))
    ) AS acted, EXISTS (
        SELECT FROM cases c WHERE c.id = CAST(:log AS uuid) AND {mediated("CAST(:person AS uuid)", "c.programme_id", "c.opened_at")}
    ) AS mediated
""")


def refusal_to_judge(db: Connection, actor: Actor, row: Any) -> NotAllowed | None:
    """Why the actor does not say whether an answer settles a finding: an auditor does who did not give it, and had no part in the case."""
    in_role = actor.in_programme(row.programme_id, (Role.AUDITOR,))
    match two_person.refusal(Matter(row.answered_by), actor.person, in_role=in_role):
        case Refusal.ROLE:
            return NotAllowed(why=reasons.cases.FOR_ROLES(roles=(Role.AUDITOR,)))
        case Refusal.PARTY:
            return NotAllowed(why=reasons.audit.ANSWERER)
    return _worked_on(db, actor, row.case_id)
