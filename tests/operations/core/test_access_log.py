"""Who read what: kept, shown to those who oversee, and changed by nobody."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.errors import NotFound
from casework.operations.core import access_log
from tests.support.world import World


def test_readings_are_kept_and_shown_to_auditors_and_managers(world: World, db: Connection) -> None:
    auditor = world.actor(db, "auditor")
    access_log.note_reading(db, auditor, "/cases/BJ-2026-0001/history?x=\x00y", "BJ-2026-0001")
    access_log.note_reading(db, auditor, "/" + "a" * 500)
    for name in ("auditor", "manager"):
        items = access_log.list_readings(db, world.actor(db, name)).items
        assert [len(one.address) for one in items] == [300, 31]
        assert items[1].number == "BJ-2026-0001"
    for name in ("officer", "supervisor", "administrator", "provider"):
        with pytest.raises(NotFound):
            access_log.list_readings(db, world.actor(db, name))
    page = access_log.list_readings(db, auditor, limit=1)
    assert len(access_log.list_readings(db, auditor, cursor=page.next).items) == 1


def test_readings_cannot_be_changed_by_the_application(world: World, db: Connection) -> None:
    with pytest.raises(Exception, match="permission denied"):
        db.execute(text("DELETE FROM readings"))
