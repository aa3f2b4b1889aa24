"""How many tasks wait in each queue of somebody's, and which one may be taken next."""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework.operations.core.perform import home_of
from casework.operations.tasks.queue_counts import count_queues, next_claimable
from tests.support.way_to_referral import to_referral
from tests.support.world import World


def counted(db: Connection, world: World, who: str, *, most: int | None = None) -> dict[str, tuple[int, int]]:
    """How many wait in each queue, and how many of them are late."""
    return {one.queue: (one.count, one.overdue) for one in count_queues(db, world.actor(db, who), most=most)}


def let_be_late(db: Connection, number: str) -> None:
    db.execute(
        text(
            "UPDATE tasks SET due_at = casework_now() - interval '1 day', turn_at = casework_now() - interval '1 day'"
            " WHERE log_id = CAST(:log AS uuid)"
        ),
        {"log": home_of(db, number)},
    )


def test_each_queue_is_counted_with_what_is_late_in_it(world: World, db: Connection) -> None:
    late, taken, _ = (world.new_case(db) for _ in range(3))
    let_be_late(db, late)
    world.fire(db, "officer", taken, "take")
    assert counted(db, world, "officer") == {"intake": (2, 1), "officer": (2, 0)}
    # A case that has an owner is nobody else's work.
    assert counted(db, world, "other_officer") == {"intake": (2, 1), "officer": (0, 0)}
    assert counted(db, world, "foreign_officer") == {"intake": (0, 0), "officer": (0, 0)}
    assert counted(db, world, "auditor") == {}


def test_no_queue_is_counted_further_than_is_asked_for(world: World, db: Connection) -> None:
    for _ in range(2):
        number, _ = to_referral(world, db)
        let_be_late(db, number)
    assert counted(db, world, "provider") == {"provider": (2, 2)}
    assert counted(db, world, "provider", most=1) == {"provider": (1, 1)}
    assert counted(db, world, "officer")["officer"] > (2, 2)
    assert counted(db, world, "officer", most=1) == {"intake": (0, 0), "officer": (1, 1)}


def test_a_queue_says_of_whom_it_is(world: World, db: Connection) -> None:
    scopes = {
        who: {(one.queue, one.scope.id, one.scope.name) for one in count_queues(db, world.actor(db, who))}
        for who in ("supervisor", "provider_lead")
    }
    beijing = (world.programmes["BJ"], "Beijing pilot")
    lab = (world.organisations["lab"], "Haidian Assessment Lab")
    assert scopes == {
        "supervisor": {("supervisor", *beijing)},
        "provider_lead": {("provider", *lab), ("provider_lead", *lab)},
    }


def test_who_has_declared_an_interest_is_counted_nothing_of_the_case(world: World, db: Connection) -> None:
    world.new_case(db)
    assert counted(db, world, "officer")["intake"] == (1, 0)
    db.execute(text("UPDATE cases SET interests = ARRAY[CAST(:p AS text)]"), {"p": world.people["officer"]})
    assert counted(db, world, "officer")["intake"] == (0, 0)
    assert counted(db, world, "other_officer")["intake"] == (1, 0)


def test_the_next_is_whose_turn_is_first_and_not_of_a_case_to_skip(world: World, db: Connection) -> None:
    first, second, late = (world.new_case(db) for _ in range(3))
    let_be_late(db, late)
    officer = world.actor(db, "officer")
    order = [row.number for row in next_claimable(db, officer, limit=3)]
    assert (order[0], set(order)) == (late, {first, second, late})
    skipping = next_claimable(db, officer, limit=3, skip=[home_of(db, late)])
    assert [row.number for row in skipping] == order[1:]
    assert [row.number for row in next_claimable(db, officer, limit=1)] == [late]
    assert next_claimable(db, world.actor(db, "auditor"), limit=3) == []
