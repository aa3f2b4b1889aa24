"""What an action changes is written, and nothing else: the rows of a case before and after it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.state.projection import fold
from casework.operations.core.perform import home_of
from casework.records.case_loader import load
from casework.records.case_writer import difference, rows_of
from casework.records.event_log import read_events
from tests.support.way_to_referral import to_accepted
from tests.support.world import World

pytestmark = pytest.mark.stage(play=to_accepted)


@pytest.fixture
def log(db: Connection, staged: tuple[str, ...]) -> str:
    return home_of(db, staged[0])


def test_every_row_of_a_case_is_one_that_it_adds_up_to(db: Connection, log: str) -> None:
    rows = rows_of(load(db, log, "case", every_task=True), load_library())
    for table in ("tracks", "tasks", "clocks", "consents", "documents", "grants"):
        query = text(f"SELECT id::text FROM {table} WHERE log_id = CAST(:log AS uuid) ORDER BY 1")
        assert sorted(row["id"] for row in rows[table]) == list(db.execute(query, {"log": log}).scalars()), table


def test_a_new_case_is_written_whole_and_an_unchanged_one_not_at_all(db: Connection, log: str) -> None:
    case = load(db, log, "case", every_task=True)
    written, removed = difference(None, case, load_library())
    assert {table: [row.get("id") for row in rows] for table, rows in written.items()} == {
        table: [row.get("id") for row in rows] for table, rows in rows_of(case, load_library()).items() if rows
    }
    assert removed == {}
    assert difference(case, case, load_library()) == ({}, {})


def test_what_changed_is_written_alone_and_what_went_is_removed(db: Connection, log: str) -> None:
    case = load(db, log, "case", every_task=True)
    task, clock = next(iter(case.tasks.values())), next(iter(case.clocks.values()))
    after = replace(
        case,
        tasks={**case.tasks, task.id: replace(task, priority=task.priority + 1)},
        clocks={id: other for id, other in case.clocks.items() if id != clock.id},
    )
    written, removed = difference(case, after, load_library())
    assert set(written) <= {"tasks", "cases"}
    assert [(row["id"], row["priority"]) for row in written["tasks"]] == [(task.id, task.priority + 1)]
    assert removed == {"clocks": [clock.id]}


def test_of_the_case_itself_its_row_alone_is_written(db: Connection, log: str) -> None:
    case = load(db, log, "case", every_task=True)
    written, removed = difference(case, replace(case, owner=None), load_library())
    assert [row["owner_id"] for row in written.pop("cases")] == [None]
    assert (written, removed) == ({}, {})


def test_what_an_action_wrote_is_what_is_there(world: World, db: Connection, log: str) -> None:
    number = str(load(db, log, "case").number)
    world.hand_over(db, "officer", number, "other_officer")
    events = list(read_events(db, log))
    case = fold(events)
    assert case is not None
    assert case.owner == world.people["other_officer"]
    owner = text("SELECT owner_id::text FROM cases WHERE id = CAST(:log AS uuid)")
    assert db.execute(owner, {"log": log}).scalar_one() == world.people["other_officer"]
    holders = text("SELECT id::text, holder_id::text FROM tasks WHERE log_id = CAST(:log AS uuid)")
    kept = {row[0]: row[1] for row in db.execute(holders, {"log": log})}
    assert kept == {task.id: task.holder for task in case.tasks.values()}


WALLS = ("programme_id", "sealed", "shown_to", "shut_out")
#: What changes whom a referral is shown to, and what gives it back.
CHANGES = (
    (
        "UPDATE tracks SET barred = ARRAY['x', 'a'] WHERE id = {referral}",
        "UPDATE tracks SET barred = '{{}}' WHERE id = {referral}",
    ),
    (
        "UPDATE tracks SET played = played - 'sends' WHERE id = {referral}",
        'UPDATE tracks SET played = played || \'{{"sends": "send"}}\' WHERE id = {referral}',
    ),
    (
        "UPDATE cases SET interests = ARRAY['x'] WHERE id = {log}",
        "UPDATE cases SET interests = '{{}}' WHERE id = {log}",
    ),
)


def walls(db: Connection, log: str) -> dict[str, Any]:
    """What the rows say of whom they are shown to, by id: as they are, and as the case makes them."""
    rows: dict[str, Any] = {}
    for table, columns in (("tracks", WALLS), ("tasks", (*WALLS, "common"))):
        query = text(f"SELECT id::text, {', '.join(columns)} FROM {table} WHERE log_id = CAST(:log AS uuid)")
        rows |= {row.id: row._asdict() for row in db.execute(query, {"log": log})}
        wanted = rows_of(load(db, log, "case", every_task=True), load_library())[table]
        assert {row["id"]: rows[row["id"]] for row in wanted} == {
            row["id"]: {name: row[name] for name in ("id", *columns)} for row in wanted
        }
    return rows


@pytest.mark.parametrize("change", CHANGES)
def test_a_wall_is_carried_through_every_row_of_the_referral_and_no_other(
    world: World, db: Connection, log: str, change: tuple[str, str]
) -> None:
    """Through what is finished, too, of which an action knows nothing."""
    case = load(db, log, "case", every_task=True)
    (referral,) = (track for track in case.tracks.values() if track.is_referral)
    inside = {id for id, track in case.tracks.items() if case.referral_of(track) is referral}
    inside |= {task.id for task in case.tasks.values() if task.track in inside}
    before, versions = walls(db, log), _versions(db, log)
    assert any(not task.open for task in case.tasks.values() if task.id in inside)
    there, back = (one.format(referral=f"'{referral.id}'", log=f"'{log}'") for one in change)
    db.execute(text(there))
    after = walls(db, log)
    assert {id for id in before if after[id] != before[id]} == inside
    # Rows that say it already are left as they are.
    assert {id for id, version in _versions(db, log).items() if version != versions[id]} == inside
    db.execute(text(back))
    assert walls(db, log) == before


def _versions(db: Connection, log: str) -> dict[str, str]:
    query = "SELECT id::text, ctid::text FROM tracks WHERE log_id = CAST(:log AS uuid) UNION ALL"
    query += " SELECT id::text, ctid::text FROM tasks WHERE log_id = CAST(:log AS uuid)"
    return {row.id: row.ctid for row in db.execute(text(query), {"log": log})}
