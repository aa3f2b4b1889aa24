"""What cases lay on IP rights: it lies in the right's own log until the same case ends it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from casework.engine.state.events import Event
from casework.engine.state.right_values import RightChange
from casework.operations.catalogue.ip_rights import write_row
from casework.operations.catalogue.right_history import read_entries
from casework.operations.core.encumbrances import encumber
from casework.operations.verification.service import verify_case
from casework.records.event_log import now
from tests.support.world import World, today


def burdens(db: Connection, right: str) -> list[dict[str, Any]]:
    query = text("SELECT encumbrances FROM rights WHERE id = CAST(:id AS uuid)")
    return list(db.execute(query, {"id": right}).scalar_one())


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
    # Its history says which of them ended, and nothing of what ended none.
    said = [(entry.kind, entry.burden) for entry in read_entries(db, world.actor(db, "officer"), right)]
    assert said == [("released", "pledge"), ("encumbered", "pledge"), ("recorded", None)]
    # On the day that the action says, where it says one.
    encumber(db, caused(4, case), {"right": other, "add": {"kind": "pledge", "from": None}}, "later")
    told: RightChange = {"right": other, "end": {"kind": "pledge", "from": None}, "ended_on": "2026-01-15"}
    encumber(db, caused(5, case), told, "none")
    assert [one["to"] for one in burdens(db, other)] == ["2026-01-15"]
    # The verifier asks the case too, and there is none here.
    assert {one.kind for one in verify_case(db, right)} == {"rights"}


def test_two_pledges_of_a_case_on_one_day_are_told_apart_by_their_tracks(world: World, db: Connection) -> None:
    right, case = world.rights[0], str(db.execute(text("SELECT gen_random_uuid()")).scalar_one())

    def caused(seq: int, change: RightChange, **body: str) -> None:
        by = world.people["officer"]
        event = Event(log=case, seq=seq, at=now(db), kind="fired", actor=by, role="officer", body=body)
        encumber(db, event, change, f"burden {seq}")

    secured = {"amount": "2400000.00", "currency": "CNY"}
    for seq, track in enumerate(("one", "two"), 1):
        pledge: Any = {"kind": "pledge", "from": "2026-01-05", "track": track, "amount": secured}
        caused(seq, {"right": right, "add": pledge})
    first: Any = {"kind": "pledge", "from": "2026-01-05", "track": "one"}
    caused(3, {"right": right, "inscribe": first | {"on": "2026-01-05", "number_in": "number"}}, number="Y 1")
    less = {"amount": "1800000.00", "currency": "CNY"}
    caused(4, {"right": right, "change": first | {"on": "2026-06-01", "amount": less, "until": "2029-01-05"}})
    one, two = burdens(db, right)
    assert (one["number"], one["amount"], one["until"], one["changed_on"]) == ("Y 1", less, "2029-01-05", "2026-06-01")
    assert (two.get("number"), two["amount"], two["until"], two.get("changed_on")) == (None, secured, None, None)
    told = read_entries(db, world.actor(db, "officer"), right)[0]
    assert (told.kind, told.amount, told.until, told.inscribed_on) == (
        "burden_changed",
        less,
        "2029-01-05",
        "2026-06-01",
    )
    caused(5, {"right": right, "end": first, "ended_on": "2026-09-01"})
    assert [each["to"] for each in burdens(db, right)] == ["2026-09-01", None]
    # The row is what the log adds up to.
    kept = burdens(db, right)
    db.execute(text("UPDATE rights SET encumbrances = '[]' WHERE id = CAST(:id AS uuid)"), {"id": right})
    write_row(db, right)
    assert burdens(db, right) == kept


def test_a_fee_that_a_case_has_checked_is_on_the_record_of_the_right(world: World, db: Connection) -> None:
    right, case = world.rights[0], str(db.execute(text("SELECT gen_random_uuid()")).scalar_one())
    by = world.people["officer"]
    event = Event(log=case, seq=1, at=now(db), kind="completed", actor=by, role="officer")
    encumber(db, event, {"right": right, "fee": {"paid_to": "2031-03-01"}}, "none")
    record = text("SELECT fee_paid_to::text FROM rights WHERE id = CAST(:id AS uuid)")
    assert db.execute(record, {"id": right}).scalar_one() == "2031-03-01"
    told = read_entries(db, world.actor(db, "officer"), right)[0]
    assert (told.kind, told.changes["fee_paid_to"][1]) == ("fee_checked", "2031-03-01")
    db.execute(text("UPDATE rights SET fee_paid_to = NULL WHERE id = CAST(:id AS uuid)"), {"id": right})
    write_row(db, right)
    assert db.execute(record, {"id": right}).scalar_one() == "2031-03-01"


def test_the_record_of_an_office_is_written_to_what_the_case_laid_there(world: World, db: Connection) -> None:
    right, case = world.rights[0], str(db.execute(text("SELECT gen_random_uuid()")).scalar_one())

    def caused(seq: int, log: str = case) -> Event:
        said = {"number": "X2026990000017"}
        return Event(
            log=log, seq=seq, at=now(db), kind="fired", actor=world.people["officer"], role="officer", body=said
        )

    encumber(db, caused(1), {"right": right, "add": {"kind": "licence", "from": "2026-01-05"}}, "burden")
    wanted = {"kind": "licence", "from": "2026-01-05", "on": "2026-02-01", "number_in": "number"}
    stranger = str(db.execute(text("SELECT gen_random_uuid()")).scalar_one())
    encumber(db, caused(2, stranger), {"right": right, "inscribe": wanted}, "none")  # type: ignore[typeddict-item]  # as a rule gives it
    assert [one.get("number") for one in burdens(db, right)] == [None]
    encumber(db, caused(3), {"right": right, "inscribe": wanted}, "none")  # type: ignore[typeddict-item]  # as a rule gives it
    [burden] = burdens(db, right)
    assert (burden["number"], burden["inscribed_on"], burden["to"]) == ("X2026990000017", "2026-02-01", None)
    told = read_entries(db, world.actor(db, "officer"), right)[0]
    assert (told.kind, told.number, told.inscribed_on) == ("burden_inscribed", "X2026990000017", "2026-02-01")
    assert (told.burden, told.licence) == ("licence", None)
    # The row is what the log adds up to.
    db.execute(text("UPDATE rights SET encumbrances = '[]' WHERE id = CAST(:id AS uuid)"), {"id": right})
    write_row(db, right)
    assert burdens(db, right) == [burden]
