"""The figures of a programme are folded from its logs up to an instant, and say what they were folded from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.figures.names import DEFINITIONS
from casework.errors import NotFound
from casework.ledger.canonical_json import parse_instant
from casework.operations.core.perform import calendar_of, home_of
from casework.operations.mediations.service import open_mediation
from casework.operations.oversight.figures import count_for_reader, count_programme, read_world, show_counted
from casework.records.event_log import now
from tests.support.figure_fold import read_programme, told
from tests.support.figure_fold_every import every
from tests.support.world import World, new_request


def test_figures_say_what_they_were_folded_from(world: World, db: Connection) -> None:
    programme = world.programmes["BJ"]
    log = home_of(db, world.open_case(db))
    counted = count_programme(db, programme)
    lengths = db.execute(
        text("SELECT id::text, seq FROM logs WHERE programme_id = CAST(:p AS uuid) OR id = CAST(:p AS uuid)"),
        {"p": programme},
    )
    kinds = {row.id: row.seq for row in lengths}
    logs = counted.as_of.logs or {}
    assert logs.items() <= kinds.items()
    assert {log, programme, world.needs[0], world.technologies[0]} <= logs.keys()
    assert counted.as_of.calendar == calendar_of(db, programme).digest
    assert counted.as_of.editions.keys() <= load_library().editions.keys()
    shown = show_counted(counted)
    assert shown["definitions"]["version"] == DEFINITIONS
    funnel = {row["of"].get("step"): row for row in shown["figures"]["funnel"]["rows"]}
    assert funnel["need_published"]["numerator"] == len([id for id in logs if id in world.needs])


def test_figures_up_to_an_instant_are_those_of_then(world: World, db: Connection) -> None:
    programme, first = world.programmes["BJ"], world.open_case(db)
    then = now(db)
    before = show_counted(count_programme(db, programme, then))
    second = world.open_case(db, 1)
    assert show_counted(count_programme(db, programme, then)) == before
    numbers = [[case.number for case in read_world(db, programme, at)[0].cases] for at in (then, now(db))]
    assert numbers == [[first], [first, second]]


def test_another_programmes_cases_are_not_counted(world: World, db: Connection) -> None:
    world.open_case(db)
    found, logs = read_world(db, world.programmes["SH"], now(db))
    assert found.cases == ()
    assert world.needs[0] not in logs


def test_a_mediation_changes_nothing_that_figures_tell(world: World, db: Connection) -> None:
    programme, number = world.programmes["BJ"], world.open_case(db)
    before = show_counted(count_programme(db, programme))
    open_mediation(db, world.actor(db, "dispute_officer"), number, new_request())
    after = show_counted(count_programme(db, programme))
    assert after["figures"] == before["figures"]
    assert after["as_of"]["logs"] == before["as_of"]["logs"]
    assert {row["under"] for row in after["figures"]["mediations"]["rows"]} == {5}
    assert {row["numerator"] for row in after["figures"]["mediations"]["rows"]} == {None}


def test_before_a_programme_there_are_no_figures(world: World, db: Connection) -> None:
    with pytest.raises(NotFound):
        count_programme(db, world.programmes["BJ"], now(db) - timedelta(days=9000))


@pytest.mark.parametrize("until", [datetime.max.replace(tzinfo=UTC), datetime(2500, 1, 1, tzinfo=UTC)])
def test_nothing_is_counted_up_to_a_moment_to_come(world: World, db: Connection, until: datetime) -> None:
    """Days are counted one by one up to that moment: whoever asks for the year 9999 keeps a processor busy."""
    world.open_case(db)
    counted = count_programme(db, world.programmes["BJ"], until)
    assert counted.as_of.at <= now(db)
    assert show_counted(counted)["figures"] == show_counted(count_programme(db, world.programmes["BJ"]))["figures"]


def test_an_outsider_finds_the_same(world: World, db: Connection) -> None:
    for match in range(2):
        world.open_case(db, match)
    at = now(db)
    shown = show_counted(count_programme(db, world.programmes["BJ"], at))["figures"]
    theirs = every(read_programme(db, world.programmes["BJ"], at))
    assert shown.keys() == theirs.keys()
    for name, rows in theirs.items():
        assert told(shown[name]["rows"]) == told(rows), name


@pytest.mark.parametrize(
    ("role", "reads"),
    [
        ("officer", "all"),
        ("supervisor", "all"),
        ("auditor", "all"),
        ("manager", "no_logs"),
        ("observer", None),
        ("compliance", None),
        ("administrator", None),
        ("dispute_officer", None),
        ("provider", None),
    ],
)
def test_who_reads_figures_reads_the_cases_behind_them(
    world: World, db: Connection, role: str, reads: str | None
) -> None:
    number, programme = world.open_case(db), world.programmes["BJ"]
    actor = world.actor(db, role)
    if reads is None:
        for asked in (None, programme):
            with pytest.raises(NotFound):
                count_for_reader(db, actor, programme=asked)
        return
    shown = show_counted(count_for_reader(db, actor))
    assert shown["figures"]["endings"]["rows"][0]["numerator"] == 0
    opened = next(row for row in shown["figures"]["conversion"]["rows"] if row["of"]["step"] == "opened")
    assert (opened["denominator"], opened["parts"]["open"]) == (1, 1)
    assert number not in opened["cases"]
    # Of needs that others keep closed neither a count nor a log's id tells.
    steps = {row["of"].get("step"): row["denominator"] for row in shown["figures"]["funnel"]["rows"]}
    assert ("need_published" in steps) is ("match_not_refused" in steps) is (reads == "all")
    assert (steps["interest_confirmed"] is not None) is (reads == "all")
    assert (shown["as_of"]["logs"] is not None) is (shown["as_of"]["logs_digest"] is not None) is (reads == "all")
    assert shown == show_counted(
        count_for_reader(db, actor, programme=programme, until=parse_instant(shown["as_of"]["at"]))
    )
    with pytest.raises(NotFound):
        count_for_reader(db, actor, programme=world.programmes["SH"])
