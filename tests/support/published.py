"""Time passes for the tree over all events: what was signed of it is published at once, and not when the minute is full."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text

from casework.operations.verification.sequencer import sequence
from casework.settings import Settings


def publish(superuser_engine: Engine) -> None:
    """As if the minute were full."""
    with superuser_engine.begin() as db:
        db.execute(text("ALTER TABLE checkpoints DISABLE TRIGGER USER"))
        db.execute(text("UPDATE checkpoints SET made_at = made_at - interval '1 hour'"))
        db.execute(text("ALTER TABLE checkpoints ENABLE TRIGGER USER"))


def sign_and_publish(engine: Engine, superuser_engine: Engine, settings: Settings) -> None:
    """Every event gets its leaf, and the checkpoint over them is the one that everybody is shown."""
    sequence(engine, settings)
    publish(superuser_engine)


def nothing_awaited(db: Connection) -> None:
    """As if the sequencer had just been through, and left no trace."""
    before = db.execute(text("SELECT current_setting('role')")).scalar_one()
    db.execute(text("SET LOCAL ROLE casework_sequencer"))
    db.execute(text("DELETE FROM awaited_leaves"))
    db.execute(text("SELECT set_config('role', :before, true)"), {"before": before})
