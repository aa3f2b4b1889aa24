"""What people were notified of."""

from __future__ import annotations

from sqlalchemy import Engine, text

from casework.operations.notifications.service import tell_due
from casework.records.database import transaction
from tests.support.world import World


def told(engine: Engine, world: World) -> dict[str, list[str]]:
    """The kinds of notice that each person has got."""
    tell_due(engine, mailing=True)
    with transaction(engine) as db:
        rows = db.execute(
            text("SELECT person_id::text, kind FROM notifications WHERE mail_id IS NOT NULL ORDER BY at, id")
        ).all()
    names = {id: name for name, id in world.people.items()}
    found: dict[str, list[str]] = {}
    for person, kind in rows:
        found.setdefault(names[person], []).append(kind)
    return found
