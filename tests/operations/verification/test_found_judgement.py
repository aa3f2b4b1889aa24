"""The opening of a case says by which run it was found, and the verification finds whoever changed that run."""

from __future__ import annotations

from sqlalchemy import Engine, text

from casework.operations.matching.decisions import decide
from casework.operations.matching.ranking import get_ready
from casework.operations.matching.runs import show_run
from casework.operations.verification.service import verify_case
from casework.records.database import transaction
from tests.operations.matching.test_runs import put, run
from tests.support.world import World, new_request


def test_a_case_begins_with_its_run_and_both_records_as_they_were(world: World, engine: Engine) -> None:
    get_ready()
    with transaction(engine) as db:
        ids = put(world, db)
        made = run(world, db, ids["need"])
        officer = world.actor(db, "officer")
        done = decide(db, officer, made, technology=ids["pump"], decision="accept", request=new_request()).answer
        told = show_run(db, officer, made)
    with transaction(engine) as db:
        (found,) = db.execute(
            text(
                "SELECT effects->'case'->'found' FROM events e JOIN cases c ON c.id = e.log_id WHERE c.number = :n AND seq = 1"
            ),
            {"n": done["case"]},
        ).one()
        assert (found["run"], found["rank"], found["digest"]) == (made, 1, told.digest)
        for noun, id in (("need", ids["need"]), ("technology", ids["pump"])):
            head = db.execute(text("SELECT seq, head FROM logs WHERE id = :id"), {"id": id}).one()
            assert (found[noun]["seq"], found[noun]["head"]) == (head.seq, head.head)
        log = db.execute(text("SELECT id::text FROM cases WHERE number = :n"), {"n": done["case"]}).scalar_one()
        assert verify_case(db, log) == []
    with transaction(engine) as db:
        db.execute(text("UPDATE match_runs SET list = replace(list, 'dye houses', 'laundries')"))
        assert [one.kind for one in verify_case(db, log)] == ["found"]
