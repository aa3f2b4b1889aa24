"""How cases ran is exported for one programme, up to a moment, some cases at a time; nobody's name and nothing sealed is in it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import Connection, Engine, event, text

from casework.ledger.canonical_json import instant
from casework.operations.core.perform import home_of
from casework.operations.mediations.service import open_mediation
from casework.operations.oversight.event_export import export_ocel, export_xes, read_traces
from casework.records.event_log import now, read_events
from casework.records.row_security import whole
from tests.engine.mining.readers import attributes, fold_logs, ocel_schema, read_ocel, read_xes, xes_schema
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request


@pytest.fixture
def reading(db: Connection) -> Iterator[Connection]:
    """A transaction in which the engine reads, as in that of the command."""
    with whole(db):
        yield db


def xes(db: Connection, world: World, programme: str = "BJ", until: datetime | None = None) -> str:
    return "".join(export_xes(db, programme, world.programmes[programme], until))


def ocel(db: Connection, world: World, programme: str = "BJ", until: datetime | None = None) -> str:
    return "".join(export_ocel(db, world.programmes[programme], until))


def numbers(document: str) -> list[str]:
    return [attributes(trace)["concept:name"] for trace in ET.fromstring(document).iter("trace")]


def some_cases(db: Connection, world: World) -> list[str]:
    """Three cases, the second with a referral."""
    first, (second, _) = world.new_case(db), to_referral(world, db)
    world.fire(db, "officer", first, "take")
    return [first, second, world.new_case(db)]


def test_both_formats_tell_all_cases_as_the_logs_do(world: World, reading: Connection) -> None:
    cases = some_cases(reading, world)
    told = fold_logs([list(read_events(reading, home_of(reading, number))) for number in cases])
    for document, seen in ((xes(reading, world), read_xes), (ocel(reading, world), read_ocel)):
        found = seen(document)
        assert (found.cases, found.arcs, found.variants) == (told.cases, told.arcs, told.variants)
        assert told.events.items() <= found.events.items()
    xes_schema().validate(xes(reading, world))
    ocel_schema().validate(json.loads(ocel(reading, world)))


def test_a_referral_has_the_case_that_it_is_of(world: World, reading: Connection) -> None:
    number = some_cases(reading, world)[1]
    told = json.loads(ocel(reading, world))
    referral = next(one for one in told["objects"] if one["type"] == "referral")
    assert referral["relationships"] == [{"objectId": f"case:{number}", "qualifier": "of"}]
    about = [one for one in told["events"] if referral["id"] in {to["objectId"] for to in one["relationships"]}]
    assert about
    assert {to["objectId"] for one in about for to in one["relationships"] if to["qualifier"] == "of"} == {
        f"case:{number}"
    }


def test_up_to_a_moment_it_is_what_it_was_then(world: World, reading: Connection) -> None:
    first = world.open_case(reading)
    then = now(reading)
    before = xes(reading, world, until=then), ocel(reading, world, until=then)
    world.fire(reading, "officer", first, "take")
    world.open_case(reading, 1)
    assert (xes(reading, world, until=then), ocel(reading, world, until=then)) == before
    assert len(numbers(xes(reading, world))) == 2


def test_nothing_is_told_up_to_a_moment_to_come(world: World, reading: Connection) -> None:
    late = datetime.fromisoformat("2500-01-01T00:00:00Z")
    assert "2500" not in xes(reading, world, until=late)
    assert instant(now(reading))[:13] in xes(reading, world, until=late)


def test_another_programmes_cases_are_not_in_it(world: World, reading: Connection) -> None:
    world.open_case(reading)
    assert numbers(xes(reading, world, "SH")) == []
    assert read_ocel(ocel(reading, world, "SH")).cases == 0


def test_cases_come_one_by_one_of_one_statement(world: World, reading: Connection, engine: Engine) -> None:
    some_cases(reading, world)
    programme, until = world.programmes["BJ"], now(reading)
    asked: list[str] = []

    def note(*sent: object) -> None:
        asked.append(str(sent[2]))

    event.listen(reading, "before_cursor_execute", note)
    try:
        found = read_traces(reading, programme, until)
        assert asked == []
        first = next(found)
        assert len([first, *found]) == 3
    finally:
        event.remove(reading, "before_cursor_execute", note)
    assert len(asked) == 1


def test_nobody_and_nothing_has_a_name_in_it(world: World, reading: Connection) -> None:
    some_cases(reading, world)
    written = xes(reading, world) + ocel(reading, world)
    people = reading.execute(text("SELECT id::text, name, email FROM people")).all()
    titles = reading.execute(text("SELECT title FROM cases")).scalars().all()
    organisations = reading.execute(text("SELECT name FROM organisations")).scalars().all()
    words = [*titles, *organisations, *(word for person in people for word in person)]
    assert [word for word in words if word and word in written] == []
    assert "person-" in written


def test_a_sealed_mediation_leaves_no_trace_in_it(world: World, reading: Connection) -> None:
    number = world.open_case(reading)
    documents = []
    for _ in range(2):
        until = now(reading)
        told = xes(reading, world, until=until) + ocel(reading, world, until=until)
        documents.append(told.replace(instant(until), "then"))
        open_mediation(reading, world.actor(reading, "dispute_officer"), number, new_request())
    assert documents[0] == documents[1]
