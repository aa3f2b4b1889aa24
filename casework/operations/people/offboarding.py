"""Whoever leaves: everything that hangs on the person, and what becomes of it.

A supervisor sees it within the own programmes and hands over each case, in a transaction of its own; an administrator,
who sees no case, gets numbers, and closes the account when nothing is left.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.execution.commands import Command, HandOver
from casework.engine.execution.context import By
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.errors import CaseworkError, InvalidForm, NotFound, WrongState
from casework.operations.cases.case_capacities import capacity_on_case
from casework.operations.cases.handing_over import refuses_owner
from casework.operations.cases.relief import relieve_holders
from casework.operations.core.access_queries import case_log
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.overdue_sql import AT_WORK
from casework.operations.core.perform import Standing, perform
from casework.operations.core.presenters import when
from casework.operations.core.reader_names import titled
from casework.operations.core.references import IN_FORCE
from casework.operations.core.views import NamedInBoth
from casework.operations.people.views import Leaver, LeaverCase, Successor
from casework.permissions.actors import Actor
from casework.reasons import Why
from casework.records.access_sql import mediated
from casework.records.case_loader import load_several

#: Cases that are shown, and handed over, at once.
MOST = 100

#: A person who holds or held a role in some programmes, or owns a case there.
_PERSON = text("""
    SELECT p.id, p.name, p.name_zh, p.active FROM people p WHERE p.id = CAST(:person AS uuid) AND (
        EXISTS (SELECT FROM memberships m WHERE m.person_id = p.id AND m.programme_id = ANY(CAST(:programmes AS uuid[])))
        OR EXISTS (SELECT FROM cases c WHERE c.owner_id = p.id AND c.programme_id = ANY(CAST(:programmes AS uuid[])))
    )
""")
#: The open cases that a person owns or works on, with when the next task at work is due and how many tasks the person holds there.
_CASES = text(f"""
    SELECT c.id, c.number, {titled("c")} AS title, c.state, c.programme_id, g.name AS programme, g.name_zh AS programme_zh,
        c.owner_id = CAST(:person AS uuid) AS owned, n.due_at, count(*) OVER () AS every,
        (SELECT count(*) FROM tasks t WHERE t.log_id = c.id AND t.holder_id = CAST(:person AS uuid)
            AND t.state IN ('Reserved', 'InProgress', 'Suspended')) AS held
    FROM cases c JOIN programmes g ON g.id = c.programme_id LEFT JOIN LATERAL (
        SELECT min(t.due_at) AS due_at FROM tasks t WHERE t.log_id = c.id AND NOT t.aftercare
        AND t.state IN ('Ready', 'Reserved', 'InProgress') AND {AT_WORK}
    ) n ON true
    WHERE c.programme_id = ANY(CAST(:programmes AS uuid[])) AND c.closed_at IS NULL
    AND (c.owner_id = CAST(:person AS uuid) OR CAST(:person AS uuid) = ANY(c.team))
    ORDER BY owned DESC, n.due_at, c.number LIMIT :most
""")
#: How many tasks, proposals and roles a person still has in some programmes.
_COUNTS = text("""
    SELECT
        (SELECT count(*) FROM tasks t WHERE t.holder_id = p.id AND t.programme_id = ANY(CAST(:programmes AS uuid[]))
            AND t.state IN ('Reserved', 'InProgress', 'Suspended') AND t.log_id IN (SELECT id FROM cases)) AS tasks,
        (SELECT count(*) FROM proposals r JOIN cases c ON c.id = r.log_id WHERE r.actor_id = p.id::text
            AND c.programme_id = ANY(CAST(:programmes AS uuid[]))) AS proposals,
        (SELECT count(*) FROM absences a WHERE a.substitute_id = p.id AND a.scope_id = ANY(CAST(:programmes AS uuid[]))
            AND a.ends_at > greatest(casework_now(), a.starts_at)) AS stands_in,
        (SELECT count(*) FROM memberships m WHERE m.person_id = p.id AND m.deputy_for IS NOT NULL
            AND m.programme_id = ANY(CAST(:programmes AS uuid[])) AND (m.ends_at IS NULL OR m.ends_at > casework_now())) AS deputies,
        (SELECT count(*) FROM memberships m WHERE m.person_id = p.id AND m.deputy_for IS NULL
            AND m.programme_id = ANY(CAST(:programmes AS uuid[])) AND (m.ends_at IS NULL OR m.ends_at > casework_now())) AS roles
    FROM (SELECT CAST(:person AS uuid) AS id) p
""")
#: The other officers of some programmes, what each is kept from, and how many cases they own.
_OFFICERS = text(f"""
    SELECT DISTINCT m.programme_id, p.id, p.name, p.name_zh, (
        SELECT coalesce(array_agg(h.id), '{{}}') FROM cases h WHERE h.id = ANY(CAST(:cases AS uuid[]))
        AND (CAST(p.id AS text) = ANY(h.interests) OR {mediated("p.id", "h.programme_id", "h.opened_at")})
    ) AS kept_from, (
        SELECT count(*) FROM cases c WHERE c.owner_id = p.id AND c.programme_id = m.programme_id AND c.closed_at IS NULL
    ) AS cases FROM memberships m JOIN people p ON p.id = m.person_id AND p.active
    WHERE m.programme_id = ANY(CAST(:programmes AS uuid[])) AND m.role = 'officer' AND m.deputy_for IS NULL AND {IN_FORCE}
    AND p.id <> CAST(:person AS uuid) ORDER BY m.programme_id, cases, p.name, p.id LIMIT 1000
""")


def supervised(actor: Actor) -> list[str]:
    """The programmes in which the actor hands over what others leave behind."""
    return sorted({m.programme for m in actor.memberships if m.programme and m.role == Role.SUPERVISOR})


def show_leaver(db: Connection, actor: Actor, person: str) -> Leaver:
    """What hangs on a person in the actor's programmes, and who could take over each case. Raises NotFound."""
    given = {"person": person, "programmes": supervised(actor), "most": MOST}
    row = db.execute(_PERSON, given).one_or_none()
    if row is None:
        raise NotFound("person")
    cases = db.execute(_CASES, given).all()
    known = db.execute(_OFFICERS, given | {"cases": [case.id for case in cases]}).all()
    whole = load_several(db, [case.id for case in cases])

    def successors(case: Any) -> list[Successor]:
        return [
            Successor(id=candidate.id, name=candidate.name, name_zh=candidate.name_zh, cases=candidate.cases)
            for candidate in known
            if candidate.programme_id == case.programme_id and case.id not in candidate.kept_from
        ]

    return Leaver(
        id=row.id,
        name=row.name,
        name_zh=row.name_zh,
        active=row.active,
        count=cases[0].every if cases else 0,
        **db.execute(_COUNTS, given).one()._mapping,
        cases=[
            LeaverCase(
                number=case.number,
                title=case.title,
                state=case.state,
                owned=case.owned,
                held=case.held,
                programme=NamedInBoth(id=case.programme_id, name=case.programme, name_zh=case.programme_zh),
                due_at=when(case.due_at),
                successors=successors(case) if case.owned else [],
                why_not=_why_not(actor, whole[case.id]),
            )
            for case in cases
        ],
    )


def _hand_over(actor: Actor, case: Case) -> By:
    """The capacity in which the actor hands over what another one leaves behind. Raises NotFound and NotAllowed."""
    return capacity_on_case(actor, case, (Role.SUPERVISOR,), reasons.actions.HAND_OVER)


def _why_not(actor: Actor, case: Case) -> Why | None:
    """Why the actor hands over nothing in this case; None where that is possible."""
    try:
        _hand_over(actor, case)
    except CaseworkError as refusal:
        return refusal.reason
    return None


def take_over(
    db: Connection, actor: Actor, number: str, *, leaver: str, successor: str | None, note: str, request: Request
) -> Done:
    """Hand over a case that a leaver owns, or take the leaver out of its team: by a supervisor, with a note."""

    def to_command(standing: Standing) -> tuple[Command, By]:
        case = standing.case
        by = _hand_over(actor, case)
        if leaver != case.owner and leaver not in case.team:
            raise WrongState(action=reasons.actions.HAND_OVER, why=reasons.cases.IN_OTHER_HANDS)
        owner = case.owner if leaver != case.owner else successor
        if owner is None:
            raise InvalidForm(fields={"successor": reasons.fields.REQUIRED})
        if owner == leaver:
            raise InvalidForm(fields={"successor": reasons.fields.SOMEBODY_ELSE})
        if owner != case.owner and (why_not := refuses_owner(db, case, owner)):
            raise InvalidForm(fields={"successor": why_not})
        if not note.strip():
            raise InvalidForm(fields={"note": reasons.fields.REQUIRED})
        return HandOver(owner, tuple(member for member in case.team if member not in (leaver, owner)), note), by

    done = perform(
        db,
        actor,
        case_log(db, actor, number),
        "case",
        to_command,
        answer=lambda case, _: {"number": case.number, "revision": case.revision},
        request=request,
    )
    return relieve_holders(db, done, number)


__all__ = ["MOST", "show_leaver", "supervised", "take_over"]
