"""The opening of a case says by which run it was found and how both records ended, and the verification finds whoever changed these."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from casework.engine.state.events import ERASED, SYSTEM_ACTOR
from casework.engine.state.found_case import RecordThen
from casework.json_values import JsonObject
from casework.ledger.redactable_bodies import ERASED_WORDS
from casework.operations.cases.opening import open_case
from casework.operations.catalogue.kept_records import correct_record
from casework.operations.catalogue.record_merging import merge_records
from casework.operations.core.record_log import Kept
from casework.operations.core.register_log import append
from casework.operations.history.timeline import read_entry
from casework.operations.links.office_links import open_link
from casework.operations.matching.decisions import decide
from casework.operations.matching.interest_links import Says, send_interest
from casework.operations.matching.interest_mail import INTEREST
from casework.operations.matching.ranking import make_ready
from casework.operations.matching.runs import show_run
from casework.operations.people.programme_lists import set_entry
from casework.operations.verification.service import verify_case
from casework.records.database import connect_engine, transaction
from casework.records.event_log import lock_log
from casework.settings import Settings
from tests.operations.matching.test_interest import asked
from tests.operations.matching.test_runs import put, run
from tests.operations.privacy.erasure_scene import Scene as Erasing
from tests.operations.verification.forger import Stored, rebuild
from tests.support.databases import DatabaseServer
from tests.support.world import World, new_request, note_records

Forge = Callable[[list[Stored]], None]


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


def opened(world: World, engine: Engine) -> str:
    """The log of a case whose match no run has found."""
    with transaction(engine) as db:
        return str(open_case(db, world.actor(db, "officer"), world.matches[0], new_request()).answer["id"])


def correct(world: World, engine: Engine, noun: Kept, id: str, title: str) -> RecordThen:
    """Something else is said of a record; gives how its log ends then."""
    with transaction(engine) as db:
        fields = {"title": title}
        officer = world.actor(db, "officer")
        correct_record(db, officer, noun, id, fields=fields, source=None, reason="So.", request=new_request())
    return ends(engine, id)


def ends(engine: Engine, id: str) -> RecordThen:
    with transaction(engine) as db:
        row = db.execute(text("SELECT seq, head FROM logs WHERE id = :id"), {"id": id}).one()
    return {"seq": row.seq, "head": row.head}


def forged(engine: Engine, settings: Settings, server: DatabaseServer, log: str, forge: Forge) -> None:
    """Somebody with all power writes a log anew, with every hash that follows."""
    everything = server.url(str(engine.url.database))
    superuser = connect_engine(settings.model_copy(update={"owner_database_url": everything}), role="owner")
    with superuser.begin() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        rebuild(db, log, forge)
    superuser.dispose()


def test_a_case_that_no_run_has_found_begins_with_both_records_as_they_were(world: World, engine: Engine) -> None:
    sides = {"need": world.needs[0], "technology": world.technologies[0]}
    then = {side: ends(engine, id) for side, id in sides.items()}
    log = opened(world, engine)
    with transaction(engine) as db:
        said = db.execute(text("SELECT effects->'case' FROM events WHERE log_id = :id AND seq = 1"), {"id": log})
        case = said.scalar_one()
        assert case["records"] == then
        assert "found" not in case
        assert verify_case(db, log) == []


@pytest.mark.parametrize("side", ["need", "technology"])
@pytest.mark.parametrize("what", ["head", "seq", "earlier", "later", "nothing", "no number"])
def test_an_opening_says_how_its_records_ended_by_then(
    world: World, engine: Engine, settings: Settings, database_server: DatabaseServer, side: Kept, what: str
) -> None:
    id = (world.needs if side == "need" else world.technologies)[0]
    moments = {"earlier": ends(engine, id)}
    correct(world, engine, side, id, "What was said then")
    log = opened(world, engine)
    moments["later"] = correct(world, engine, side, id, "What is said now")

    def forge(rows: list[Stored]) -> None:
        then = rows[0]["effects"]["case"]["records"]
        wrong = {"head": {"head": "0" * 64}, "seq": {"seq": 1}, "nothing": {"seq": None}, "no number": {"seq": "x"}}
        then[side] |= wrong.get(what) or moments[what]

    with transaction(engine) as db:
        assert verify_case(db, log) == []
    forged(engine, settings, database_server, log, forge)
    with transaction(engine) as db:
        assert [(one.kind, one.row) for one in verify_case(db, log)] == [("found", id)]


def test_a_record_that_was_written_anew_is_not_the_one_of_its_case(
    world: World, engine: Engine, settings: Settings, database_server: DatabaseServer
) -> None:
    """Of the record itself nobody can tell: its own log is in order."""
    log, technology = opened(world, engine), world.technologies[0]

    def forge(rows: list[Stored]) -> None:
        rows[0]["effects"] = {**rows[0]["effects"], "more": 1}

    forged(engine, settings, database_server, technology, forge)
    with transaction(engine) as db:
        assert [(one.kind, one.row) for one in verify_case(db, log)] == [("found", technology)]


def test_an_opening_of_before_says_nothing_of_its_records_and_accuses_nobody(
    world: World, engine: Engine, settings: Settings, database_server: DatabaseServer
) -> None:
    log = opened(world, engine)

    def forge(rows: list[Stored]) -> None:
        del rows[0]["effects"]["case"]["records"]

    forged(engine, settings, database_server, log, forge)
    with transaction(engine) as db:
        assert verify_case(db, log) == []
        number = db.execute(text("SELECT number FROM cases WHERE id = :id"), {"id": log}).scalar_one()
        entry = read_entry(db, world.actor(db, "auditor"), number, 1).entry
        assert (entry.found, entry.records) == (None, None)


def test_what_becomes_of_its_records_accuses_no_case(world: World, engine: Engine) -> None:
    """They are corrected, merged into others, and lose words that name somebody, of before and of after the opening."""
    correct(world, engine, "need", world.needs[0], "Boilers for the dye houses")
    log = opened(world, engine)
    correct(world, engine, "technology", world.technologies[0], "What the dye houses bought")
    with transaction(engine) as db:
        officer, (need, technology) = world.actor(db, "officer"), (world.needs[0], world.technologies[0])
        for noun, gone, kept in (("need", need, world.needs[1]), ("technology", technology, world.technologies[1])):
            merge_records(db, officer, noun, gone, into=kept, reason="They are one.", request=new_request())  # type: ignore[arg-type]  # both are
    Erasing(engine, engine, world, "", "").erase(person=None, words=["dye houses"], reason="They have left.")
    with transaction(engine) as db:
        told = db.execute(text("SELECT string_agg(body::text, ' ') FROM events")).scalar_one()
        assert "dye houses" not in told
        assert verify_case(db, log) == []


@pytest.mark.parametrize(("kind", "found"), [(ERASED, []), ("corrected", ["found"])])
def test_an_erasure_waits_for_no_opening(world: World, engine: Engine, kind: str, found: list[str]) -> None:
    """It took its time before, and is told after. Whatever else is told of a record waits for the turn that the opening has."""
    technology = world.technologies[0]
    with transaction(engine) as db:
        log = lock_log(db, technology)
        case = opened(world, engine)
        append(db, log, [log.next_event(kind, SYSTEM_ACTOR)])
    with transaction(engine) as db:
        assert [one.kind for one in verify_case(db, case)] == found


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
    forged(engine, settings, database_server, log, forge)
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

    forged(engine, settings, database_server, log, forge)
    with transaction(engine) as db:
        assert [(one.kind, one.seq) for one in verify_case(db, log) if one.kind == "found"] == [("found", 1)]


@pytest.mark.parametrize(
    ("said", "found"), [({"technology_field": "7"}, True), ({"technology_field": None}, True), ({}, False)]
)
def test_an_opening_says_of_which_field_the_technology_was(
    world: World, engine: Engine, settings: Settings, database_server: DatabaseServer, said: JsonObject, found: bool
) -> None:
    """Those that were opened before it was told say nothing, and nobody is accused."""
    with transaction(engine) as db:
        db.execute(text("UPDATE technologies SET ipc = '{F24D3/08}' WHERE id = :id"), {"id": world.technologies[0]})
        note_records(db, "technologies")
        log = str(open_case(db, world.actor(db, "officer"), world.matches[0], new_request()).answer["id"])

    def forge(rows: list[Stored]) -> None:
        told = rows[0]["effects"]["case"]["as_opened"]
        assert told.pop("technology_field") == "30"
        rows[0]["effects"]["case"]["as_opened"] = told | said

    forged(engine, settings, database_server, log, forge)
    with transaction(engine) as db:
        assert any("field of technology" in one.sentence for one in verify_case(db, log)) is found


@pytest.mark.parametrize("named", ["need", "itself", "later"])
def test_an_opening_names_no_case_that_its_programme_did_not_have(
    world: World, engine: Engine, settings: Settings, database_server: DatabaseServer, named: str
) -> None:
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        log = str(open_case(db, officer, world.matches[0], new_request()).answer["id"])
    with transaction(engine) as db:
        later = str(open_case(db, officer, world.matches[1], new_request()).answer["id"])

    def forge(rows: list[Stored]) -> None:
        rows[0]["effects"]["case"]["follows_from"] = {"need": world.needs[0], "itself": log, "later": later}[named]

    forged(engine, settings, database_server, log, forge)
    with transaction(engine) as db:
        assert any("follows from" in one.sentence for one in verify_case(db, log))


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
