"""IP rights: entered and confirmed by the office, looked up and not in the future, with what lies on them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.engine.state.events import Event
from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.operations.core.ip_rights import confirm_right, encumber, record_right
from casework.operations.verification.service import verify_case
from casework.records.event_log import now
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


def burdens(db: Connection, right: str) -> list[dict[str, Any]]:
    query = text("SELECT encumbrances FROM rights WHERE id = CAST(:id AS uuid)")
    return list(db.execute(query, {"id": right}).scalar_one())


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


def test_what_a_case_lays_on_it_lies_there_until_that_case_ends_it(world: World, db: Connection) -> None:
    right, other = world.rights

    def caused(seq: int, case: str) -> Event:
        return Event(log=case, seq=seq, at=now(db), kind="fired", actor=world.people["officer"], role="officer")

    case, stranger = (str(db.execute(text("SELECT gen_random_uuid()")).scalar_one()) for _ in range(2))
    encumber(db, caused(1, case), {"right": right, "add": {"kind": "pledge", "holder": "Bank"}}, "burden")  # type: ignore[typeddict-item]  # what a rule gives
    [burden] = burdens(db, right)
    assert (burden["id"], burden["kind"], burden["holder"], burden["case"], burden["to"]) == (
        "burden",
        "pledge",
        "Bank",
        case,
        None,
    )
    for ended_by, what in ((stranger, "pledge"), (case, "licence")):
        encumber(db, caused(2, ended_by), {"right": right, "end": {"kind": what}}, "none")  # type: ignore[typeddict-item]  # the same
        assert burdens(db, right) == [burden]
    encumber(db, caused(3, case), {"right": right, "end": {"kind": "pledge"}}, "none")  # type: ignore[typeddict-item]  # the same
    assert [one["to"] for one in burdens(db, right)] == [today().isoformat()]
    assert burdens(db, other) == []
    # The verifier asks the case too, and there is none here.
    assert {one.kind for one in verify_case(db, right)} == {"rights"}
