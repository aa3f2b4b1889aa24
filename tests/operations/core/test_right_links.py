"""What a right belongs to is written as a whole, and read beside its row."""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework.operations.core.right_links import with_links, write_owners, write_technologies
from tests.support.world import World


def _links(db: Connection, right: str) -> tuple[list[str], list[dict[str, str | None]]]:
    statement = text(f"SELECT {with_links('x')} FROM rights x WHERE x.id = CAST(:id AS uuid)")
    row = db.execute(statement, {"id": right}).one()
    return row.technologies, row.owners


def test_what_is_written_last_stands(world: World, db: Connection) -> None:
    right, (one, other) = world.rights[0], world.technologies[:2]
    bank = world.organisations["bank"]
    assert _links(db, right) == ([one], [])
    write_technologies(db, right, [one, other])
    write_owners(db, right, [{"organisation": bank, "share": "33.30"}])
    assert _links(db, right) == (sorted([one, other]), [{"organisation": bank, "share": "33.3"}])
    write_technologies(db, right, [])
    write_owners(db, right, [{"organisation": bank, "share": None}])
    assert _links(db, right) == ([], [{"organisation": bank, "share": None}])
