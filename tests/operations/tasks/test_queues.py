"""Tasks in lists: what one holds, may take and has done, and for whom a task is in no queue."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection, text

from casework.engine.roles import Role
from casework.errors import InvalidForm
from casework.operations.people.registry import end_role, grant_role
from casework.operations.tasks.queues import FEW, list_placed_tasks, list_tasks, sorts_of
from casework.operations.tasks.service import claim_task
from casework.permissions.actors import focused
from tests.support.way_to_referral import to_referral, to_request
from tests.support.world import World, new_request


def listed(db: Connection, world: World, who: str, view: str = "queue", queue: str | None = None) -> list[str]:
    """The names of the tasks of a view."""
    return [one.name for one in list_tasks(db, world.actor(db, who), view=view, queue=queue).items]


def test_a_task_goes_from_its_queue_to_who_takes_it(world: World, db: Connection) -> None:
    number = world.new_case(db)
    (waiting,) = list_tasks(db, world.actor(db, "officer"), view="queue").items
    assert listed(db, world, "officer", "mine") == []
    claim_task(db, world.actor(db, "officer"), waiting.id, new_request())
    assert listed(db, world, "officer") == listed(db, world, "other_officer") == []
    assert listed(db, world, "officer", "mine") == ["proposed"]
    world.fire(db, "officer", number, "take")
    assert (listed(db, world, "officer", "mine"), listed(db, world, "officer", "done")) == ([], ["proposed"])


def test_what_one_holds_is_listed_within_the_programme_that_was_chosen(world: World, db: Connection) -> None:
    world.new_case(db)
    officer = world.actor(db, "officer")
    (waiting,) = list_tasks(db, officer, view="queue").items
    claim_task(db, officer, waiting.id, new_request())
    held = {
        code: [one.id for one in list_placed_tasks(db, focused(officer, world.programmes[code]), view="mine").items]
        for code in ("BJ", "SH")
    }
    assert held == {"BJ": [waiting.id], "SH": []}


def test_what_one_holds_is_read_page_by_page_with_or_without_a_date(world: World, db: Connection) -> None:
    officer = world.actor(db, "officer")
    for _ in range(3):
        world.fire(db, "officer", world.new_case(db), "take")
    for waiting in list_tasks(db, officer, view="queue").items:
        claim_task(db, officer, waiting.id, new_request())
    undated = "UPDATE tasks SET due_at = NULL WHERE name = 'triage' AND holder_id = CAST(:me AS uuid)"
    assert db.execute(text(undated), {"me": officer.person}).rowcount == 3
    whole = [one.id for one in list_tasks(db, officer, view="mine").items]
    assert len(whole) == 6
    paged, cursor = [], None
    while True:
        page = list_tasks(db, officer, view="mine", limit=1, cursor=cursor)
        paged += [one.id for one in page.items]
        if (cursor := page.next) is None:
            break
    assert paged == whole


def test_the_tasks_of_a_case_that_somebody_owns_are_for_the_owner_and_the_team(world: World, db: Connection) -> None:
    number = world.new_case(db)
    assert listed(db, world, "other_officer") == ["proposed"]
    world.fire(db, "officer", number, "take")
    assert set(listed(db, world, "officer")) == {"triage", "triage_check"}
    assert listed(db, world, "other_officer") == []
    world.hand_over(db, "officer", number, "officer", "other_officer")
    assert set(listed(db, world, "other_officer")) == {"triage", "triage_check"}


def test_who_asked_for_a_decision_does_not_take_it(world: World, db: Connection) -> None:
    number, _ = to_referral(world, db)
    plan = {"payer": "programme", "skip_assessment": False, "reason": "Less money"}
    world.fire(db, "supervisor", number, "amend_plan", plan)
    assert len(listed(db, world, "second_supervisor")) == 1
    assert listed(db, world, "supervisor") == []


def test_a_provider_finds_what_was_sent_to_it_and_who_is_barred_finds_nothing(world: World, db: Connection) -> None:
    to_request(world, db)
    _, referral = to_referral(world, db)
    assert listed(db, world, "provider") == ["sent"]
    assert listed(db, world, "foreign_provider") == []
    db.execute(
        text("UPDATE tracks SET barred = ARRAY[:person] WHERE id = CAST(:id AS uuid)"),
        {"person": world.people["provider"], "id": referral},
    )
    assert (listed(db, world, "provider"), listed(db, world, "provider_lead")) == ([], ["sent"])


def test_of_several_queues_one_may_be_chosen(world: World, db: Connection) -> None:
    world.fire(db, "officer", world.new_case(db), "take")
    world.new_case(db)
    assert set(listed(db, world, "officer")) == {"triage", "triage_check", "proposed"}
    assert listed(db, world, "officer", queue="intake") == ["proposed"]


@pytest.mark.parametrize("who", ["officer", "supervisor"])
def test_a_queue_is_read_page_by_page_by_due_date_what_has_none_last(world: World, db: Connection, who: str) -> None:
    """Of an officer by the cases, of a supervisor by the index of the queue."""
    for _ in range(6):
        world.new_case(db)
    if who == "supervisor":
        db.execute(text("UPDATE tasks SET queue = 'supervisor' WHERE queue = 'intake'"))
    actor = world.actor(db, who)
    ids = [one.id for one in list_tasks(db, actor, view="queue").items]
    assert len(ids) == 6
    # Two have a day each, two the same, two none; and the turn is another order.
    days = ["2031-03-01", None, "2031-02-01", "2031-01-01", None, "2031-02-01"]
    for n, (id, day) in enumerate(zip(ids, days, strict=True)):
        db.execute(
            text("UPDATE tasks SET due_at = CAST(:day AS timestamptz), turn_at = :turn WHERE id = CAST(:id AS uuid)"),
            {"id": id, "day": day, "turn": f"2031-06-0{n + 1}"},
        )
        opened = "UPDATE tasks SET opened_at = CAST(:at AS timestamptz) WHERE id = CAST(:id AS uuid)"
        db.execute(text(opened), {"id": id, "at": f"2026-01-0{9 - n}"})
    by_due = [id for _, id in sorted(zip([day or "9999" for day in days], ids, strict=True))]
    orders = {"due": by_due, "turn": ids, "opened": ids[::-1]}
    for sort, wanted in ((sort, orders[sort]) for sort in sorts_of(actor)):
        assert [one.id for one in list_tasks(db, actor, view="queue", sort=sort).items] == wanted
        for limit in (1, 2, 3, 4, 5):
            paged, cursor = [], None
            while True:
                page = list_tasks(db, actor, view="queue", sort=sort, limit=limit, cursor=cursor)
                paged += [one.id for one in page.items]
                if (cursor := page.next) is None:
                    break
            assert paged == wanted, (sort, limit)


def test_only_the_orders_that_stay_fast_are_offered(world: World, db: Connection) -> None:
    provider, officer = world.actor(db, "provider"), world.actor(db, "officer")
    assert (sorts_of(provider), sorts_of(officer)) == (("turn",), ("turn", "due", "opened"))
    assert sorts_of(world.actor(db, "supervisor")) == ("turn", "due")
    many = replace(
        officer,
        memberships=tuple(replace(officer.memberships[0], programme=f"{n:032x}") for n in range(FEW + 1)),
    )
    assert sorts_of(many) == ("turn",)
    supervisor = world.actor(db, "supervisor")
    for actor, view, sort in (
        (provider, "queue", "due"),
        (officer, "mine", "due"),
        (supervisor, "queue", "opened"),
        (officer, "queue", "priority"),
    ):
        with pytest.raises(InvalidForm) as refused:
            list_tasks(db, actor, view=view, sort=sort)
        assert set(refused.value.fields) == {"sort"}


def test_what_one_has_done_is_listed_while_one_may_see_it(world: World, db: Connection) -> None:
    number, referral = to_referral(world, db)
    done = list_tasks(db, world.actor(db, "officer"), view="done").items
    assert {one.case and one.case.number for one in done} == {number}
    membership = text("SELECT id FROM memberships WHERE person_id = CAST(:id AS uuid)")
    end_role(db, str(db.execute(membership, {"id": world.people["officer"]}).scalar_one()))
    grant_role(db, world.people["officer"], Role.OFFICER, programme=world.programmes["SH"])
    assert listed(db, world, "officer", "done") == []
    world.fire(db, "provider", number, "decline", {"reason": "no_capacity"}, track=referral)
    assert listed(db, world, "provider", "done") == ["sent"]
    db.execute(text("UPDATE cases SET interests = ARRAY[:id]"), {"id": world.people["provider"]})
    assert listed(db, world, "provider", "done") == []


def test_a_view_that_there_is_not_is_refused(world: World, db: Connection) -> None:
    with pytest.raises(InvalidForm):
        list_tasks(db, world.actor(db, "officer"), view="everything")
