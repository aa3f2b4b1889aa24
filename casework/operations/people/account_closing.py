"""Closing an account: what hangs on its person ends with it, whoever decided on that."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from casework.engine.execution.context import By
from casework.engine.state.register_effects import RegisterEffects
from casework.operations.auth.account_log import CLOSED, note_account
from casework.operations.auth.password_change import end_links
from casework.operations.auth.sessions import close_account
from casework.operations.people.absences import absences_of, finish_absence
from casework.operations.people.role_requests import asked_in, close_requests


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody who leaves: the roles to end first, of substitutes too, and where roles were asked for."""

    person: str
    programmes: frozenset[str]
    roles: tuple[str, ...]
    absences: tuple[str, ...]
    asked_in: tuple[str, ...]


#: The roles of a person that have not ended.
_RUNNING = text("""
    SELECT id, programme_id FROM memberships WHERE person_id = CAST(:id AS uuid)
    AND (ends_at IS NULL OR ends_at > casework_now()) ORDER BY coalesce(programme_id, organisation_id), id
""")
#: How many open cases a person owns or works on, by programme.
_LEFT = text("""
    SELECT g.name, count(*) AS count FROM cases c JOIN programmes g ON g.id = c.programme_id
    WHERE c.closed_at IS NULL AND (c.owner_id = CAST(:id AS uuid) OR CAST(:id AS uuid) = ANY(c.team))
    GROUP BY g.name ORDER BY g.name
""")


def find_leaving(db: Connection, person: str) -> Leaving:
    """What ends with somebody's account."""
    running, away = db.execute(_RUNNING, {"id": person}).all(), absences_of(db, person)
    return Leaving(
        person,
        frozenset(row.programme_id for row in running if row.programme_id),
        (*(row.id for row in running), *(role for absence in away for role in absence.roles)),
        tuple(absence.id for absence in away),
        tuple(asked_in(db, person)),
    )


def cases_left(db: Connection, person: str) -> dict[str, int]:
    """How many open cases somebody owns or works on, by the name of the programme."""
    return {str(name): int(count) for name, count in db.execute(_LEFT, {"id": person})}


def close(db: Connection, leaving: Leaving, by: By, *, because: RegisterEffects | None = None) -> None:
    """Close the account of somebody whose roles have ended. `because` as with `registry.end_role`."""
    person = leaving.person
    for absence in leaving.absences:
        finish_absence(db, absence, by)
    close_account(db, person, by=by.person, because=because)
    close_requests(db, person)
    end_links(db, person)
    note_account(db, person, CLOSED, by.person)


__all__ = ["Leaving", "cases_left", "close", "find_leaving"]
