"""IP rights: entered and confirmed by the office, looked up and not in the future, with what lies on them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved
from casework.operations.catalogue.ip_rights import confirm_right, read_entries, read_seq, record_right
from casework.operations.verification.service import verify_case
from tests.support.world import World, add_technology, new_request, today

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


def test_a_field_that_is_none_is_emptied_and_one_that_is_not_named_stays(world: World, db: Connection) -> None:
    right = record(db, world)
    officer = world.actor(db, "officer")
    confirm_right(db, officer, right, checked_on=today(), fields={"in_force": None}, request=new_request())
    row = db.execute(text("SELECT * FROM rights WHERE id = CAST(:id AS uuid)"), {"id": right}).one()
    assert (row.in_force, row.number) == (None, "CN 1")


def test_what_was_confirmed_is_corrected_with_a_reason_and_by_who_saw_it(world: World, db: Connection) -> None:
    right, officer = record(db, world, confirmed=True), world.actor(db, "officer")

    def correct(**given: Any) -> None:
        confirm_right(db, officer, right, checked_on=today(), request=new_request(), **given)

    with pytest.raises(InvalidForm, match="reason"):
        correct(fields={"owner": "ACME"})
    seen = read_seq(db, right)
    correct(fields={"owner": "ACME"}, reason="Assigned.", seen=seen)
    with pytest.raises(RecordHasMoved):
        correct(fields={"number": "CN 2"}, reason="Misread.", seen=seen)
    [corrected, recorded] = read_entries(db, officer, right)
    assert (corrected.changes["owner"], corrected.reason) == ((None, "ACME"), "Assigned.")
    assert recorded.changes["number"] == (None, "CN 1")


@pytest.mark.parametrize("number", ["CN 1", "cn1", "C N 1"])
def test_a_number_is_recorded_once_however_its_blanks_are_written(world: World, db: Connection, number: str) -> None:
    record(db, world)
    with pytest.raises(InvalidForm, match="number"):
        record(db, world, fields=FIELDS | {"number": number, "office": "cnipa"})
    other = record(db, world, fields=FIELDS | {"number": "CN 2"})
    with pytest.raises(InvalidForm, match="number"):
        confirm_right(
            db, world.actor(db, "officer"), other, checked_on=today(), fields={"number": number}, request=new_request()
        )


def test_a_technology_of_another_programme_is_not_known(world: World, db: Connection) -> None:
    foreign = add_technology(db, world.programmes["SH"], "t-9", None)
    with pytest.raises(InvalidForm, match="technology"):
        record_right(
            db,
            world.actor(db, "officer"),
            programme=world.programmes["BJ"],
            technology=foreign,
            kind="design",
            fields={},
            confirmed=True,
            request=new_request(),
        )
