"""The opening of a case says by which run it was found, and the verification finds whoever changed that run."""

from __future__ import annotations

from sqlalchemy import Engine, text

from casework.ledger.redactable_bodies import ERASED_WORDS
from casework.operations.matching.decisions import decide
from casework.operations.matching.ranking import make_ready
from casework.operations.matching.runs import show_run
from casework.operations.verification.service import verify_case
from casework.records.database import transaction
from tests.operations.matching.test_runs import put, run
from tests.operations.privacy.erasure_scene import Scene as Erasing
from tests.support.world import World, new_request


def accepted(world: World, engine: Engine) -> tuple[str, str]:
    """A run, and the log of the case that was opened by it."""
    make_ready()
    with transaction(engine) as db:
        ids = put(world, db)
        made, officer = run(world, db, ids["need"]), world.actor(db, "officer")
        done = decide(db, officer, made, technology=ids["pump"], decision="accept", request=new_request()).answer
    with transaction(engine) as db:
        return made, db.execute(text("SELECT id::text FROM cases WHERE number = :n"), {"n": done["case"]}).scalar_one()


def test_an_erasure_accuses_no_case_that_was_found(world: World, engine: Engine) -> None:
    """What the run had found names nobody any more: whoever changes something else in it is told by the programme's log."""
    made, log = accepted(world, engine)
    Erasing(engine, engine, world, "", "").erase(person=None, words=["dye houses"], reason="They have left.")
    with transaction(engine) as db:
        found = db.execute(text("SELECT evidence || list FROM match_runs WHERE id = :id"), {"id": made}).scalar_one()
        assert "dye houses" not in found
        assert ERASED_WORDS in found
        assert verify_case(db, log) == []
        assert verify_case(db, world.programmes["BJ"]) == []
    with transaction(engine) as db:
        db.execute(text("UPDATE match_runs SET list = replace(list, 'Another heat pump', 'A boiler')"))
        assert ("match_runs", made) in [(one.table, one.row) for one in verify_case(db, world.programmes["BJ"])]


def test_a_case_begins_with_its_run_and_both_records_as_they_were(world: World, engine: Engine) -> None:
    make_ready()
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
