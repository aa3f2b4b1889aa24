"""The opening of a case says by which run it was found, and the verification finds whoever changed that run."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from casework.ledger.redactable_bodies import ERASED_WORDS
from casework.operations.cases.opening import open_case
from casework.operations.links.office_links import open_link
from casework.operations.matching.decisions import decide
from casework.operations.matching.interest_links import Says, send_interest
from casework.operations.matching.interest_mail import INTEREST
from casework.operations.matching.ranking import make_ready
from casework.operations.matching.runs import show_run
from casework.operations.people.programme_lists import set_entry
from casework.operations.verification.service import verify_case
from casework.records.database import connect_engine, transaction
from casework.settings import Settings
from tests.operations.matching.test_interest import asked
from tests.operations.matching.test_runs import put, run
from tests.operations.privacy.erasure_scene import Scene as Erasing
from tests.operations.verification.forger import Stored, rebuild
from tests.support.databases import DatabaseServer
from tests.support.world import World, new_request, note_records


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
        heads = {row.id: row for row in db.execute(text("SELECT id::text, seq, head FROM logs"))}
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
            assert (found[noun]["seq"], found[noun]["head"]) == (heads[id].seq, heads[id].head)
        log = db.execute(text("SELECT id::text FROM cases WHERE number = :n"), {"n": done["case"]}).scalar_one()
        assert verify_case(db, log) == []
    with transaction(engine) as db:
        db.execute(text("UPDATE match_runs SET list = replace(list, 'dye houses', 'laundries')"))
        assert [one.kind for one in verify_case(db, log)] == ["found"]


def answered(world: World, engine: Engine, words: str = "") -> str:
    """The log of a case that was opened after the enterprise said yes."""
    with transaction(engine) as db:
        _, token = asked(db, world)
        says = {world.matches[0]: Says(says="yes", words=words)}
        send_interest(db, token, open_link(db, INTEREST, token), says, by="Zhou")
    with transaction(engine) as db:
        done = open_case(db, world.actor(db, "officer"), world.matches[0], new_request())
        return str(done.answer["id"])


@pytest.mark.parametrize("says", ["no", None])
def test_an_opening_says_what_both_sides_had_answered(
    world: World, engine: Engine, settings: Settings, database_server: DatabaseServer, says: str | None
) -> None:
    """Nothing is forged into it, and nothing that had come by then is left out."""
    log = answered(world, engine)

    def forge(rows: list[Stored]) -> None:
        case = rows[0]["effects"]["case"]
        assert [(one["side"], one["says"]) for one in case["answers"]] == [("need_owner", "yes")]
        if says is None:
            del case["answers"]
        else:
            case["answers"][0]["says"] = says

    with transaction(engine) as db:
        assert verify_case(db, log) == []
        query = "SELECT id::text FROM interest_requests WHERE programme_id = CAST(:id AS uuid) AND state = 'answered'"
        question = db.execute(text(query), {"id": world.programmes["BJ"]}).scalar_one()
    everything = database_server.url(str(engine.url.database))
    superuser = connect_engine(settings.model_copy(update={"owner_database_url": everything}), role="owner")
    with superuser.begin() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        rebuild(db, log, forge)
    superuser.dispose()
    with transaction(engine) as db:
        found = [(one.kind, one.table, one.row) for one in verify_case(db, log)]
        assert ("found", "interest_requests", question) in found


def test_an_erasure_accuses_no_case_of_what_was_answered(world: World, engine: Engine) -> None:
    log = answered(world, engine, "Ask the dye houses.")
    Erasing(engine, engine, world, "", "").erase(person=None, words=["dye houses"], reason="They have left.")
    with transaction(engine) as db:
        said = db.execute(text("SELECT said::text FROM interest_requests WHERE state = 'answered'")).scalar_one()
        assert ERASED_WORDS in said
        assert verify_case(db, log) == []


@pytest.mark.parametrize(
    ("field", "said"), [("sector", "Water"), ("sector", None), ("source", "another"), ("source", None)]
)
def test_an_opening_says_what_need_and_match_said(
    world: World, engine: Engine, settings: Settings, database_server: DatabaseServer, field: str, said: str | None
) -> None:
    """By which figures tell cases apart: nobody moves a case from one sector to another behind our backs."""
    with transaction(engine) as db:
        db.execute(text("UPDATE needs SET sector = 'Energy' WHERE id = :id"), {"id": world.needs[0]})
        note_records(db, "needs")
        log = str(open_case(db, world.actor(db, "officer"), world.matches[0], new_request()).answer["id"])

    def forge(rows: list[Stored]) -> None:
        rows[0]["effects"]["case"]["as_opened"][field] = said

    everything = database_server.url(str(engine.url.database))
    superuser = connect_engine(settings.model_copy(update={"owner_database_url": everything}), role="owner")
    with superuser.begin() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        rebuild(db, log, forge)
    superuser.dispose()
    with transaction(engine) as db:
        assert [(one.kind, one.seq) for one in verify_case(db, log) if one.kind == "found"] == [("found", 1)]


def test_what_came_onto_a_list_after_the_opening_accuses_nobody(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        db.execute(text("UPDATE needs SET sector = 'st-01' WHERE id = :id"), {"id": world.needs[0]})
        note_records(db, "needs")
        log = str(open_case(db, world.actor(db, "officer"), world.matches[0], new_request()).answer["id"])
    with transaction(engine) as db:
        fields = {"code": "st-01", "label": "Steam boilers", "label_zh": "蒸汽锅炉"}
        who, programme = world.actor(db, "administrator"), world.programmes["BJ"]
        set_entry(db, who, programme, "sectors", fields=fields, reason=None, request=new_request())
    with transaction(engine) as db:
        assert verify_case(db, log) == []
