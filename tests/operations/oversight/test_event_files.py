"""Files of how cases ran have what their reader may see: other programmes, needs that are not read, and mediations leave no trace."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Connection, text

from casework.errors import NotConfirmed, NotFound, Refused
from casework.ledger.canonical_json import instant
from casework.operations.mediations.service import open_mediation
from casework.operations.oversight import event_files
from casework.operations.oversight.event_export import export_xes
from casework.operations.oversight.event_files import OCEL, XES, make_event_file
from casework.permissions.actors import Proof
from casework.records.event_log import now
from casework.records.row_security import whole
from tests.engine.mining.readers import attributes, ocel_schema, xes_schema
from tests.support.world import World, new_request


def taken(
    db: Connection,
    world: World,
    form: str,
    name: str = "supervisor",
    *,
    until: datetime | None = None,
    chosen: Mapping[str, str] | None = None,
) -> str:
    file = make_event_file(db, world.actor(db, name), form, world.programmes["BJ"], until=until, chosen=chosen)
    written = b"".join(file.content.pieces())
    assert len(written) == file.content.size
    return written.decode()


def numbers(document: str) -> list[str]:
    return [attributes(trace)["concept:name"] for trace in ET.fromstring(document).iter("trace")]


def test_a_file_has_the_cases_of_the_programme_and_is_valid(world: World, db: Connection) -> None:
    found = sorted([world.open_case(db), world.open_case(db, 1)])
    document = taken(db, world, XES)
    assert sorted(numbers(document)) == found
    xes_schema().validate(document)
    ocel_schema().validate(json.loads(taken(db, world, OCEL)))
    moment = now(db)
    with whole(db):
        everything = "".join(export_xes(db, "BJ", world.programmes["BJ"], moment))
    assert taken(db, world, XES, until=moment) == everything


def test_one_case_or_those_of_a_period_are_chosen(world: World, db: Connection) -> None:
    number, _ = world.open_case(db), world.open_case(db, 1)
    assert numbers(taken(db, world, XES, chosen={"case": number})) == [number]
    assert numbers(taken(db, world, XES, chosen={"opened_from": "2199-01-01"})) == []
    assert numbers(taken(db, world, XES, chosen={"case": "SH-2026-0001"})) == []


def test_whoever_reads_no_closed_needs_is_told_of_no_need(world: World, db: Connection) -> None:
    world.open_case(db)
    needs = db.execute(text("SELECT need_id::text FROM cases")).scalars().all()
    told = taken(db, world, OCEL, "manager")
    assert not [need for need in needs if need in told]
    assert [need for need in needs if need in taken(db, world, OCEL, "supervisor")]
    assert "technology:" in told


@pytest.mark.parametrize("form", [XES, OCEL])
def test_a_sealed_mediation_leaves_no_trace(world: World, db: Connection, form: str) -> None:
    number = world.open_case(db)
    documents = []
    for _ in range(2):
        until = now(db)
        documents.append(taken(db, world, form, until=until).replace(instant(until), "then"))
        open_mediation(db, world.actor(db, "dispute_officer"), number, new_request())
    assert documents[0] == documents[1]


@pytest.mark.parametrize("name", ["officer", "compliance", "provider", "observer", "foreign_officer"])
def test_to_all_others_there_is_no_file(world: World, db: Connection, name: str) -> None:
    with pytest.raises(NotFound):
        make_event_file(db, world.actor(db, name), XES, world.programmes["BJ"])


def test_whoever_has_not_lately_proved_who_it_is_takes_none_out(world: World, db: Connection) -> None:
    with pytest.raises(NotConfirmed):
        make_event_file(db, replace(world.actor(db, "supervisor"), proof=Proof.OLD), XES)


def test_of_more_cases_than_a_file_has_a_period_is_to_be_chosen(
    world: World, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, _ = world.open_case(db), world.open_case(db, 1)
    monkeypatch.setattr(event_files, "MOST", 1)
    with pytest.raises(Refused, match="2 cases, and a file has 1 at most"):
        make_event_file(db, world.actor(db, "supervisor"), XES)
    assert numbers(taken(db, world, XES, chosen={"case": number})) == [number]
