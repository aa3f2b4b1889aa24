"""Who else fills in a form at this moment: told by the drafts that are kept while one types, to those who may do the same."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, text

from casework.engine.execution.context import By
from casework.engine.execution.effect_roles import accepted
from casework.engine.roles import Role
from casework.engine.state.case import Case, Track
from casework.ledger.canonical_json import instant
from casework.operations.core.presenters import names_of
from casework.permissions.actors import Actor
from casework.permissions.work import barred, capacities, choose
from casework.records.actors import find_members

#: Whoever typed within so long is at it.
AT_IT = timedelta(minutes=5)
#: So many are named.
MOST = 3

#: Who else has typed into a form of late, the last first.
_TYPED = text("""
    SELECT person_id, saved_at FROM drafts
    WHERE form = :form AND saved_at > casework_now() - :at_it AND person_id <> CAST(:person AS uuid)
    ORDER BY saved_at DESC, person_id LIMIT 20
""")
#: In which capacity somebody may do what a form is for; None: that person may not.
Capacity = Callable[[Actor], By | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Editor:
    """Somebody else who fills in the same form."""

    name: str
    #: When what that person typed was kept last.
    at: str


def editors_beside(db: Connection, actor: Actor, form: str, capacity: Capacity) -> tuple[Editor, ...]:
    """Who else fills in a form, of the actor's own side; nobody where the actor may not do what it is for.

    A draft has whatever name its writer sent: so only those count who may do it themselves, in the office or in the same organisation.
    """
    mine = capacity(actor)
    if mine is None:
        return ()
    rows = db.execute(_TYPED, {"form": form, "at_it": AT_IT, "person": actor.person}).all()
    if not rows:
        return ()
    others = {other.person: capacity(other) for other in find_members(db, people=[row.person_id for row in rows])}
    beside = [row for row in rows if (by := others.get(row.person_id)) and by.organisation == mine.organisation][:MOST]
    names = names_of(db, {row.person_id for row in beside})
    return tuple(
        Editor(name=names[row.person_id], at=instant(row.saved_at)) for row in beside if row.person_id in names
    )


def fires(case: Case, track: Track, roles: Collection[Role]) -> Capacity:
    """In which capacity somebody may do an action that is for these roles."""

    def capacity(actor: Actor) -> By | None:
        if barred(actor, case):
            return None
        return choose(capacities(actor, case, track), accepted(case, roles))

    return capacity


__all__ = ["Editor", "editors_beside", "fires"]
