"""The history for people: what is chosen, in which order, and what each entry tells to whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine

from casework.errors import NotFound
from casework.operations.cases.transitions import fire_transition
from casework.operations.core.perform import home_of
from casework.operations.documents.storage import DocumentStore
from casework.operations.history.timeline import LATE_AFTER, read_entry, read_history, tell
from casework.operations.people import registry
from casework.records.database import transaction
from tests.operations.privacy.erasure_scene import set_scene
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request, today

pytestmark = pytest.mark.stage(play=to_referral)


def paged(db: Connection, world: World, number: str, *, oldest_first: bool) -> list[int]:
    """The positions of all entries, read page by page."""
    positions: list[int] = []
    cursor = None
    while True:
        part = read_history(db, world.actor(db, "auditor"), number, oldest_first=oldest_first, cursor=cursor, limit=4)
        positions += [entry.position for entry in part.items]
        cursor = part.next
        if cursor is None:
            return positions


def test_pages_join_without_a_gap_in_either_order(world: World, db: Connection, staged: tuple[str, str]) -> None:
    last = read_entry(db, world.actor(db, "auditor"), staged[0], 1).last
    assert last > 4
    assert paged(db, world, staged[0], oldest_first=True) == list(range(1, last + 1))
    assert paged(db, world, staged[0], oldest_first=False) == list(range(last, 0, -1))


@pytest.mark.parametrize(("chosen", "transitions"), [("decisions", ["approve_plan"]), ("referrals", ["send"])])
def test_a_filter_leaves_what_was_asked_for(
    world: World, db: Connection, staged: tuple[str, str], chosen: str, transitions: list[str]
) -> None:
    found = read_history(db, world.actor(db, "auditor"), staged[0], chosen=chosen)
    assert [entry.transition for entry in found.items] == transitions


def test_an_entry_tells_what_it_changed(world: World, db: Connection, staged: tuple[str, str]) -> None:
    (entry,) = read_history(db, world.actor(db, "auditor"), staged[0], chosen="decisions").items
    changes = [(change.table, change.column, change.before, change.after) for change in entry.changes]
    assert ("cases", "state", "scoping", "assessment") in changes
    # Each row by what it is called, also where that did not change.
    assert ("tracks", "case case") in {(change.table, change.row) for change in entry.changes if not change.new}
    assert all(change.row for change in entry.changes if change.table in ("tracks", "tasks", "proposals"))
    assert (entry.actor.name, entry.role) == ("Supervisor", "supervisor")


def test_a_provider_reads_its_own_part_in_positions_of_its_own(
    world: World, db: Connection, staged: tuple[str, str]
) -> None:
    number, referral = staged
    world.fire(db, "provider", number, "ask_info", {"items": "How hot is it?"}, track=referral)
    history = read_history(db, world.actor(db, "provider"), number)
    assert not history.whole
    assert [(entry.position, entry.what) for entry in history.items] == [(1, "send"), (2, "ask_info")]
    assert {(entry.seq, entry.hash) for entry in history.items} == {(None, None)}
    with pytest.raises(NotFound):
        read_entry(db, world.actor(db, "provider"), number, 1)


@pytest.mark.parametrize("who", ["observer", "foreign_officer", "foreign_provider"])
def test_for_who_reads_nothing_of_a_case_there_is_no_history(
    world: World, db: Connection, staged: tuple[str, str], who: str
) -> None:
    with pytest.raises(NotFound):
        read_history(db, world.actor(db, who), staged[0])


@pytest.mark.parametrize(("days", "late"), [(20, True), (1, False)])
def test_what_was_recorded_many_working_days_later_is_flagged(
    world: World, db: Connection, days: int, late: bool
) -> None:
    number = world.open_case(db)
    fire_transition(
        db,
        world.actor(db, "officer"),
        home_of(db, number),
        "case",
        world.main_track(db, number),
        transition="take",
        data={},
        revision=0,
        request=new_request(),
        happened_on=(today() - timedelta(days=days)).isoformat(),
    )
    (entry,) = (
        entry for entry in read_history(db, world.actor(db, "auditor"), number).items if entry.transition == "take"
    )
    assert entry.late > LATE_AFTER if late else entry.late == 0


def test_each_officer_of_the_programme_could_have_taken_a_case_that_nobody_owned(world: World, db: Connection) -> None:
    number = world.open_case(db)
    world.fire(db, "officer", number, "take")
    opened, taken = tell(db, home_of(db, number), {1, 2})
    assert {one.name: one.why_not for one in taken.candidates} == {"Officer": "did_it", "Other Officer": ""}
    assert {one.name for one in opened.candidates} == {"Officer", "Other Officer", "Supervisor", "Second Supervisor"}


def test_a_role_given_later_counts_for_nothing_then(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        number = world.open_case(db)
    with transaction(engine) as db:
        registry.grant_role(db, world.people["manager"], "officer", programme=world.programmes["BJ"])
        (opened,) = tell(db, home_of(db, number), {1})
    assert "Manager" not in {one.name for one in opened.candidates}


def test_erased_words_are_named_and_not_shown(
    world: World, engine: Engine, superuser_engine: Engine, document_store: DocumentStore
) -> None:
    scene = set_scene(engine, superuser_engine, world, document_store)
    with transaction(engine) as db:
        (before,) = tell(db, home_of(db, scene.number), {1})
    scene.erase()
    with transaction(engine) as db:
        (after,) = tell(db, home_of(db, scene.number), {1})
    assert before.body["title"]
    assert "title" not in before.erased
    assert (after.body["title"], "title" in after.erased) == (None, True)
