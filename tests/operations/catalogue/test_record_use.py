"""A need or technology that expired or was withdrawn: its matches open no case, an import does not revive it, a person does."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.engine.case_objects.kept_records import BROUGHT_BACK, CORRECTED, WITHDRAWN
from casework.engine.figures.register_facts import read_record
from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused, WrongState
from casework.operations.catalogue import kept_records
from casework.operations.catalogue.importer import import_records
from casework.operations.catalogue.matches import list_matches, show_match
from casework.operations.catalogue.record_merging import merge_records
from casework.operations.catalogue.record_use import bring_back, end_record, publish_need
from casework.operations.catalogue.service import list_records, show_record
from casework.operations.catalogue.views import Need, Technology
from casework.operations.core.perform import calendar_of
from casework.operations.core.record_log import Kept
from casework.operations.matching.desk import list_open_needs
from casework.operations.matching.listed_records import list_found
from casework.operations.matching.runs import start_run
from casework.operations.verification.record_judgement import record_faults
from casework.operations.verification.service import verify_all, verify_case
from casework.records.database import transaction
from casework.records.event_log import now, read_register
from tests.support.world import World, add_match, add_record, new_request, today

BOTH = pytest.mark.parametrize("noun", ["need", "technology"])


def id_of(world: World, noun: Kept) -> str:
    return (world.needs if noun == "need" else world.technologies)[0]


def end(db: Connection, world: World, noun: Kept, status: str = "withdrawn", by: str = "officer", **more: Any) -> None:
    given = {"reason": "They found one themselves.", "request": new_request(), **more}
    end_record(db, world.actor(db, by), noun, id_of(world, noun), status=status, **given)


def revive(db: Connection, world: World, noun: Kept, **more: Any) -> None:
    given = {"reason": "They ask again.", "request": new_request(), **more}
    bring_back(db, world.actor(db, "officer"), noun, id_of(world, noun), **given)


def status_of(db: Connection, world: World, noun: Kept) -> str:
    officer, id = world.actor(db, "officer"), id_of(world, noun)
    return (show_record(db, officer, Need, id) if noun == "need" else show_record(db, officer, Technology, id)).status


@BOTH
def test_its_matches_open_no_case_until_it_is_brought_back(world: World, db: Connection, noun: Kept) -> None:
    officer = world.actor(db, "officer")
    end(db, world, noun)
    assert status_of(db, world, noun) == "withdrawn"
    match = show_match(db, officer, world.matches[0])
    assert (match.need if noun == "need" else match.technology).ended == "withdrawn"
    assert world.matches[0] in [one.id for one in list_matches(db, officer, ended=True).items]
    assert world.matches[0] not in [one.id for one in list_matches(db, officer, ended=False).items]
    with pytest.raises(WrongState, match="bring that back first"):
        world.open_case(db)
    with pytest.raises(InvalidForm, match=noun):
        other = add_record(db, world.programmes["BJ"], "need", "n-x", {"title": "Steam"})
        pair = (other, id_of(world, noun)) if noun == "technology" else (id_of(world, noun), world.technologies[0])
        add_match(db, officer, world.programmes["BJ"], *pair)
    revive(db, world, noun)
    assert world.open_case(db)
    assert not any(verify_case(db, id) for id in (id_of(world, noun), world.programmes["BJ"]))


def test_the_last_day_of_a_need_ends_it_and_a_new_one_brings_it_back(world: World, db: Connection) -> None:
    officer, passed = world.actor(db, "officer"), (today() - timedelta(days=1)).isoformat()
    need = world.needs[0]
    words: Any = {"source": "A call", "reason": None}
    kept_records.correct_record(
        db, officer, "need", need, fields={"valid_until": passed}, request=new_request(), **words
    )
    assert show_match(db, officer, world.matches[0]).need.ended == "expired"
    with pytest.raises(WrongState, match="bring that back first"):
        world.open_case(db)
    with pytest.raises(InvalidForm, match="valid_until"):
        revive(db, world, "need")
    revive(db, world, "need", valid_until=today().isoformat())
    assert world.open_case(db)
    assert verify_case(db, need) == []


@BOTH
def test_its_history_tells_who_said_so_and_why(world: World, db: Connection, noun: Kept) -> None:
    end(db, world, noun, "expired", "supervisor")
    revive(db, world, noun)
    entries = kept_records.read_entries(db, world.actor(db, "auditor"), noun, id_of(world, noun))
    assert [(entry.kind, entry.who, entry.reason) for entry in entries[:2]] == [
        ("brought_back", "Officer", "They ask again."),
        ("withdrawn", "Supervisor", "They found one themselves."),
    ]
    assert entries[1].changes["status"] == ("published", "expired")


@BOTH
def test_who_may_and_what_is_refused(world: World, db: Connection, noun: Kept) -> None:
    for who, refusal in (("auditor", NotAllowed), ("compliance", NotAllowed), ("foreign_officer", NotFound)):
        with pytest.raises(refusal):
            end(db, world, noun, by=who)
    for status, why in (("met", "status"), ("published", "status")):
        with pytest.raises(InvalidForm, match=why):
            end(db, world, noun, status)
    with pytest.raises(InvalidForm, match="reason"):
        end(db, world, noun, reason=" ")
    with pytest.raises(InvalidForm, match="neither expired"):
        revive(db, world, noun)
    seen = kept_records.read_seq(db, id_of(world, noun))
    end(db, world, noun)
    with pytest.raises(InvalidForm, match="said before"):
        end(db, world, noun, "expired")
    with pytest.raises(RecordHasMoved):
        revive(db, world, noun, seen=seen)


def test_nothing_is_merged_into_one_that_ended(world: World, db: Connection) -> None:
    end(db, world, "need")
    other = add_record(db, world.programmes["BJ"], "need", "n-x", {"title": "Steam"})
    officer = world.actor(db, "officer")
    more: Any = {"reason": "One call.", "request": new_request()}
    with pytest.raises(Refused, match="bring it back first"):
        merge_records(db, officer, "need", other, into=world.needs[0], **more)
    merge_records(db, officer, "need", world.needs[0], into=other, **more)
    assert show_record(db, officer, Need, other).status == "published"


def test_an_import_revives_none(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        end(db, world, "need")
        need = show_record(db, world.actor(db, "officer"), Need, world.needs[0])
    rows = f"external_id,title,source\n{need.external_id},Another title,{need.source}\n".encode()
    assert import_records(engine, "needs", io.BytesIO(rows), programme="BJ").updated == 1
    with transaction(engine) as db:
        assert status_of(db, world, "need") == "withdrawn"
    assert list(verify_all(engine)) == []


@BOTH
def test_what_somebody_changes_behind_it_or_says_without_a_reason_is_found(
    world: World, db: Connection, noun: Kept
) -> None:
    end(db, world, noun)
    id = id_of(world, noun)
    events = list(read_register(db, id))

    class Held:
        def held(self, *asked: object) -> bool:
            return True

    past: Any = Held()

    def faults(last: Any) -> list[str]:
        told = [*events[:-1], last]
        return [why for _, why in record_faults(db, past, noun, world.programmes["BJ"], told)]

    told = events[-1]
    assert (told.kind, faults(told)) == (WITHDRAWN, [])
    assert faults(replace(told, kind=CORRECTED)) == [
        "it changes how the record stands by something else than withdrawing it or bringing it back"
    ]
    assert faults(replace(told, kind=BROUGHT_BACK)) == ["what it says of how the record stands is not what was done"]
    bare = {name: value for name, value in told.body.items() if name != "reason"}
    assert "it does not say why" in faults(replace(told, body=bare))
    table = "needs" if noun == "need" else "technologies"
    db.execute(text(f"UPDATE {table} SET status = 'published' WHERE id = CAST(:id AS uuid)"), {"id": id})
    assert any("status" in finding.sentence for finding in verify_case(db, id))


def draft(db: Connection, world: World, who: str = "officer", *, confirmed: bool = True, **fields: Any) -> str:
    said = {"title": "Quicksilver pump", "publication": "public", "problem": "It leaks.", **fields}
    done = kept_records.create_record(
        db,
        world.actor(db, who),
        "need",
        programme=world.programmes["BJ"],
        fields=said,
        source="A call",
        confirmed=confirmed,
        draft=True,
        request=new_request(),
    )
    return str(done.answer["id"])


def published(db: Connection, world: World, need: str, who: str = "officer") -> str:
    return str(publish_need(db, world.actor(db, who), need, request=new_request()).answer["status"])


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_draft_is_there_for_those_alone_who_keep_it_until_it_is_published(
    world: World, db: Connection, confirmed: bool
) -> None:
    id = draft(db, world, confirmed=confirmed)
    for who in ("officer", "supervisor", "auditor"):
        assert show_record(db, world.actor(db, who), Need, id).status == "draft"
        assert id in [one.id for one in list_records(db, world.actor(db, who), Need).items]
    for who in ("compliance", "manager", "foreign_officer"):
        with pytest.raises(NotFound):
            show_record(db, world.actor(db, who), Need, id)
        assert id not in [one.id for one in list_records(db, world.actor(db, who), Need).items]
        assert not list_found(db, world.actor(db, who), Need, said="quicksilver").items
    assert [one.id for one in list_found(db, world.actor(db, "officer"), Need, said="quicksilver").items] == [id]
    assert published(db, world, id) == "published"
    assert show_record(db, world.actor(db, "manager"), Need, id).status == "published"
    assert [one.id for one in list_found(db, world.actor(db, "manager"), Need, said="quicksilver").items] == [id]
    assert not list(verify_case(db, id))


def test_nothing_is_looked_for_or_matched_while_a_need_is_a_draft(world: World, db: Connection) -> None:
    officer, id = world.actor(db, "officer"), draft(db, world)
    with pytest.raises(Refused, match="publish it before"):
        start_run(db, officer, id, request=new_request())
    with pytest.raises(InvalidForm, match="need"):
        add_match(db, officer, world.programmes["BJ"], id, world.technologies[1])
    assert id not in [one.id for one in list_open_needs(db, officer).items]
    published(db, world, id)
    assert start_run(db, officer, id, request=new_request()).status == 201
    assert add_match(db, officer, world.programmes["BJ"], id, world.technologies[1])


def test_a_need_is_published_once_and_by_who_keeps_it(world: World, db: Connection) -> None:
    id = draft(db, world)
    with pytest.raises(NotAllowed):
        published(db, world, id, "auditor")
    with pytest.raises(NotFound):
        published(db, world, id, "manager")
    published(db, world, id)
    with pytest.raises(InvalidForm, match="status"):
        published(db, world, id)
    with pytest.raises(InvalidForm, match="status"):
        published(db, world, world.needs[0])


def test_a_draft_that_is_given_up_is_shown_to_nobody_by_that(world: World, db: Connection) -> None:
    id = draft(db, world)
    end_record(db, world.actor(db, "officer"), "need", id, status="withdrawn", reason="No more.", request=new_request())
    assert show_record(db, world.actor(db, "officer"), Need, id).publication == "closed"
    with pytest.raises(NotFound):
        show_record(db, world.actor(db, "manager"), Need, id)
    facts = read_record("need", id, read_register(db, id), now(db), calendar_of(db, world.programmes["BJ"]))
    assert facts is not None
    assert facts.published_on is None
    assert not list(verify_case(db, id))


def test_no_need_that_is_in_use_vanishes_into_a_draft(world: World, db: Connection) -> None:
    officer, id = world.actor(db, "officer"), draft(db, world)
    with pytest.raises(Refused, match="is a draft"):
        merge_records(
            db, officer, "need", world.needs[0], into=id, chosen=[], reason="The same.", request=new_request()
        )


def test_a_file_brings_drafts_in_and_publishes_none(world: World, engine: Engine) -> None:
    def bring(kind: Any, text_: str) -> Any:
        return import_records(engine, kind, io.BytesIO(text_.encode()), programme="BJ", source="visit")

    bring("needs", "external_id,title,status\nq-1,Quicksilver pump,draft\nq-2,Steam,published\n")
    assert bring("needs", "external_id,title,status\nq-1,Quicksilver pump,published\n").unchanged == 1
    assert bring("needs", "external_id,title,status\nq-3,Ice,met\n").bad == 1
    with transaction(engine) as db:
        rows = db.execute(text("SELECT external_id, status FROM needs WHERE external_id LIKE 'q-%' ORDER BY 1")).all()
        technology = db.execute(text("SELECT external_id, source FROM technologies ORDER BY id LIMIT 1")).one()
    assert [tuple(row) for row in rows] == [("q-1", "draft"), ("q-2", "published")]
    matched = bring(
        "matches",
        "external_id,need,technology,technology_source\n"
        f"m-1,q-1,{technology.external_id},{technology.source}\nm-2,q-2,{technology.external_id},{technology.source}\n",
    )
    assert (matched.created, matched.bad) == (1, 1)


def test_the_history_is_judged_by_who_published_what(world: World, db: Connection) -> None:
    id = draft(db, world)
    published(db, world, id)
    events = list(read_register(db, id))

    class Held:
        def held(self, *asked: object) -> bool:
            return True

    past: Any = Held()

    def faults(*told: Any) -> list[str]:
        return [why for _, why in record_faults(db, past, "need", world.programmes["BJ"], told)]

    entered, last = events
    assert not faults(entered, last)
    again = replace(last, seq=last.seq + 1)
    assert "it publishes what was no draft, or says more" in faults(entered, last, again)
    ended = replace(last, body={**last.body, "status": "expired"})
    assert "what it says of how the record stands is not what was done" in faults(entered, ended)
    assert "it publishes what was no draft, or says more" in faults(
        entered, replace(last, body={**last.body, "title": "Ice"})
    )
    begun = replace(entered, body={**entered.body, "status": "met"})
    assert "a record begins as a draft or published, and as nothing else" in faults(begun)
