"""IP rights: entered and confirmed by the office, looked up and not in the future, with what lies on them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.operations.catalogue.ip_rights import confirm_right, record_right
from casework.operations.verification.service import verify_case
from tests.support.world import World, new_request, today

FIELDS = {"office": "CNIPA", "number": "CN 1", "in_force": True, "checked_on": "2026-01-05"}


def record(db: Connection, world: World, by: str = "officer", **other: Any) -> str:
    given: dict[str, Any] = {"kind": "invention", "fields": FIELDS, "confirmed": False} | other
    done = record_right(
        db,
        world.actor(db, by),
        programme=world.programmes["BJ"],
        technology=world.technologies[0],
        **given,
        request=new_request(),
    )
    return str(done.answer["id"])


def test_a_right_is_entered_by_the_office_and_verifies(world: World, db: Connection) -> None:
    right = record(db, world)
    assert verify_case(db, right) == []
    for who in ("foreign_officer", "auditor", "provider"):
        with pytest.raises(NotAllowed):
            record(db, world, who)


def test_what_is_no_kind_or_was_looked_up_tomorrow_is_refused(world: World, db: Connection) -> None:
    with pytest.raises(InvalidForm, match="kind"):
        record(db, world, kind="idea")
    with pytest.raises(InvalidForm, match="checked_on"):
        record(db, world, fields=FIELDS | {"checked_on": (today() + timedelta(days=1)).isoformat()})


def test_an_officer_stands_for_what_was_looked_up(world: World, db: Connection) -> None:
    right = record(db, world)

    def confirm(who: str) -> None:
        confirm_right(
            db, world.actor(db, who), right, checked_on=today(), fields={"number": "CN 2"}, request=new_request()
        )

    for who, refusal in (("auditor", NotAllowed), ("foreign_officer", NotFound), ("provider", NotFound)):
        with pytest.raises(refusal):
            confirm(who)
    confirm("officer")
    row = db.execute(
        text("SELECT confirmed, number, office, checked_on FROM rights WHERE id = CAST(:id AS uuid)"), {"id": right}
    ).one()
    assert tuple(row) == (True, "CN 2", "CNIPA", today())
    assert verify_case(db, right) == []
