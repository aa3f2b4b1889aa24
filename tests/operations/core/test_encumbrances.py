"""What cases lay on IP rights: it lies in the right's own log until the same case ends it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from casework.engine.state.events import Event
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
    assert burdens(db, other) == []
    # The verifier asks the case too, and there is none here.
    assert {one.kind for one in verify_case(db, right)} == {"rights"}
