"""What was read is kept beside what was understood, and what a source has no more is marked, not deleted."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from sqlalchemy import Engine, text

from casework.operations.catalogue import kept_records, sources
from casework.operations.catalogue.import_report import Report
from casework.operations.catalogue.importer import import_records
from casework.operations.catalogue.service import show_record
from casework.operations.catalogue.source_rows import MOST_SOURCES, read_source_row
from casework.operations.catalogue.views import Technology
from casework.records.database import transaction
from tests.support.world import World, new_request


def bring(engine: Engine, told: str, **more: Any) -> Report:
    return import_records(engine, "technologies", io.BytesIO(told.encode()), programme="BJ", source="PATENTS", **more)


def gone(engine: Engine) -> list[str]:
    with transaction(engine) as db:
        query = text("SELECT external_id FROM source_rows WHERE gone_since IS NOT NULL ORDER BY external_id")
        return list(db.execute(query).scalars())


HEAD = "external_id,title,description\n"


def technology(engine: Engine, world: World, external_id: str) -> Technology:
    with transaction(engine) as db:
        id = db.execute(text("SELECT id FROM technologies WHERE external_id = :id"), {"id": external_id}).scalar_one()
        return show_record(db, world.actor(db, "officer"), Technology, str(id))


def test_what_was_read_is_kept_as_the_file_has_it(engine: Engine, world: World) -> None:
    bring(engine, 'external_id,title,"Foo  BAR",description\nT1,<b>Pump</b>,odd,N/A\n')
    one = technology(engine, world, "T1")
    with transaction(engine) as db:
        read = dict(read_source_row(db, world.actor(db, "officer"), "technology", one.id).row)
    assert (one.title, one.description) == ("Pump", None)
    assert read == {"external_id": "T1", "title": "<b>Pump</b>", "foo bar": "odd", "description": "N/A"}


def test_the_same_file_again_is_nothing_new(engine: Engine, world: World) -> None:
    told = HEAD + "".join(f"T{n},Pump {n},It pumps.\n" for n in range(30))
    read_at = text("SELECT external_id, read_at FROM source_rows ORDER BY external_id")
    first = bring(engine, told, complete=True)
    with transaction(engine) as db:
        before = db.execute(read_at).all()
    again = bring(engine, told, complete=True)
    assert (first.created, again.created, again.updated, again.unchanged) == (30, 0, 0, 30)
    with transaction(engine) as db:
        assert db.execute(read_at).all() == before


def test_what_a_complete_file_is_without_is_marked_and_unmarked_when_it_is_back(engine: Engine, world: World) -> None:
    bring(engine, HEAD + "T1,One,a\nT2,Two,b\nT3,Three,c\n")
    assert bring(engine, HEAD + "T1,One,a\n").gone == 0
    short = bring(engine, HEAD + "T1,One,a\nT3,\x07,refused\n", complete=True)
    assert (short.bad, short.gone, gone(engine)) == (1, 1, ["T2"])
    one = technology(engine, world, "T2")
    assert (one.title, one.status, one.gone_since is not None) == ("Two", "published", True)
    back = bring(engine, HEAD + "T2,Two,b\n")
    assert (back.back, back.unchanged, gone(engine)) == (1, 1, [])
    assert technology(engine, world, "T2").gone_since is None


@pytest.mark.parametrize(
    ("row", "marked"),
    [
        ("T2,Two", []),
        (f"T2,Two,{'x' * 200_001}", ["T3"]),
        (f"{'x' * 200_001},Two,b", []),
        ("T2,\x07,b", ["T3"]),
        ("T2\x07,Two,b", []),
        (",Two,b", ["T2", "T3"]),
    ],
)
def test_what_stands_in_a_refused_row_is_not_gone(engine: Engine, world: World, row: str, marked: list[str]) -> None:
    bring(engine, HEAD + "T1,One,a\nT2,Two,b\nT3,Three,c\n")
    short = bring(engine, f"{HEAD}T1,One,a\n{row}\n", complete=True)
    assert (short.bad, short.gone, gone(engine)) == (1, len(marked), marked)


def test_what_cannot_be_stored_is_not_gone(engine: Engine, world: World) -> None:
    bring(engine, HEAD + "T1,One,a\nT2,Two,b\n")
    told = '[{"external_id": "T1", "title": "One"}, {"external_id": "T2", "title": "Two", "note": "\\u0000"}]'
    short = bring(engine, told, complete=True)
    assert (short.bad, short.gone) == (1, 0)


def test_a_file_that_breaks_off_or_is_only_tried_marks_nothing(engine: Engine, world: World) -> None:
    bring(engine, HEAD + "T1,One,a\nT2,Two,b\n")
    broken = bring(engine, HEAD + 'T1,One,a\nT9,"open\n', complete=True)
    assert (broken.whole, broken.gone, gone(engine)) == (False, 0, [])
    tried = bring(engine, HEAD + "T1,One,a\n", complete=True, dry_run=True)
    assert (tried.gone, gone(engine)) == (1, [])


def test_records_of_another_source_or_kind_are_not_missed(engine: Engine, world: World) -> None:
    bring(engine, "source,external_id,title\nOTHERS,T1,One\n")
    import_records(engine, "needs", io.BytesIO(b"external_id,title\nN1,Need\n"), programme="BJ", source="PATENTS")
    assert bring(engine, HEAD + "T2,Two,b\n", complete=True).gone == 0


def test_the_columns_of_a_source_are_read_as_it_is_said(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        id = sources.open_source(db, world.programmes["BJ"], "PATENTS").id
        fields = {"Number": "external_id", "Name": "title", "Abstract": "description", "Status": None}
        actor, programme = world.actor(db, "officer"), world.programmes["BJ"]
        sources.set_source(db, actor, programme, id, "technologies", licence="CC BY 4.0", fields=fields)
    for told in (
        "Number;NAME;Abstract;Status\nP1;Pump;It pumps.;granted\n",
        json.dumps([{"number": "P1", "name": "Pump", "abstract": "It pumps.", "status": "granted"}]),
    ):
        made = bring(engine, told)
        assert (made.bad, made.left_out) == (0, set())
    one = technology(engine, world, "P1")
    assert (one.title, one.description) == ("Pump", "It pumps.")
    with transaction(engine) as db:
        read = dict(read_source_row(db, world.actor(db, "officer"), "technology", one.id).row)
        found = sources.list_sources(db, world.actor(db, "officer"), world.programmes["BJ"])
    assert read["status"] == "granted"
    (source,) = [one for one in found.items if one.name == "PATENTS"]
    assert (source.licence, source.records, source.gone, source.fetched_at is not None) == ("CC BY 4.0", 1, 0, True)


def test_a_record_that_somebody_entered_here_has_no_such_row(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        actor = world.actor(db, "officer")
        made = kept_records.create_record(
            db,
            actor,
            "technology",
            programme=world.programmes["BJ"],
            fields={"title": "Pump"},
            source="A call",
            confirmed=False,
            request=new_request(),
        ).answer
        assert read_source_row(db, actor, "technology", str(made["id"])).row == []


@pytest.mark.parametrize("words", ["[erased]", '{"title": "x'])
def test_a_row_of_which_words_were_erased_is_told_as_it_is(engine: Engine, world: World, words: str) -> None:
    bring(engine, HEAD + "T1,One,a\n")
    one = technology(engine, world, "T1")
    with transaction(engine) as db:
        db.execute(text("UPDATE source_rows SET row = :row"), {"row": words})
        assert read_source_row(db, world.actor(db, "officer"), "technology", one.id).row == [("", words)]


def test_a_file_names_so_many_sources_and_no_more(engine: Engine, world: World) -> None:
    rows = "".join(f"Source {n},T{n},Pump {n}\n" for n in range(MOST_SOURCES + 2)) + "Source 0,T,Pump\n,U,Pump\n"
    done = bring(engine, "source,external_id,title\n" + rows)
    assert (done.created, done.bad) == (MOST_SOURCES + 2, 2)
    assert [(one.row, one.field) for one in done.faults] == [(MOST_SOURCES + 2, "source"), (MOST_SOURCES + 3, "source")]
    assert "more than the 100 that a file may name" in done.faults[0].reason
