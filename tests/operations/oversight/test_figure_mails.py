"""Figures by mail: who may ask for them, and that of each day of a rhythm one mail goes, whatever the clock does."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from casework.errors import InvalidForm, NotFound
from casework.operations.cases.saved_views import change_view, drop_view, save_view
from casework.operations.oversight.figure_mails import (
    any_waiting,
    find_shut,
    list_figure_mails,
    list_offered,
    queue_due,
    subscribe,
    unsubscribe,
)
from casework.operations.people.registry import end_role
from casework.operations.privacy.erasure import _erase_account
from casework.records.database import connect_engine, transaction
from casework.settings import Settings
from tests.support.world import World, new_request

DAY = 24 * 60 * 60


def keep(db: Connection, world: World, by: str, query: str = "", role: str | None = None, share: bool = False) -> str:
    actor = world.actor(db, by)
    id = str(save_view(db, actor, "figures", name="Ours", query=query, request=new_request()).answer["id"])
    if share:
        change_view(
            db,
            actor,
            id,
            name="Ours",
            shared_with=world.programmes["BJ"],
            shared_role=role,
            request=new_request(),
        )
    return id


def ask_for(db: Connection, world: World, who: str, view: str, rhythm: str = "monthly", **more: Any) -> str:
    done = subscribe(db, world.actor(db, who), view, rhythm=rhythm, request=new_request(), **more)
    return str(done.answer["id"])


@contextmanager
def clock(settings: Settings, days: float) -> Iterator[Engine]:
    """The database with a clock that is so many days ahead."""
    engine = connect_engine(settings.model_copy(update={"clock_offset": round(days * DAY)}))
    try:
        yield engine
    finally:
        engine.dispose()


def queued(engine: Engine) -> list[str]:
    with transaction(engine) as db:
        return list(db.execute(text("SELECT key FROM mails WHERE kind = 'figures' ORDER BY key")).scalars())


# --- who may ------------------------------------------------------------------------------------------------------------


def test_one_has_ones_own_view_mailed_and_stops_it(db: Connection, world: World) -> None:
    view = keep(db, world, "officer", "sector=steel")
    id = ask_for(db, world, "officer", view, "weekly", weekday=3)
    (mine,) = list_figure_mails(db, world.actor(db, "officer"))
    assert (mine.id, mine.view.name, mine.rhythm, mine.weekday) == (id, "Ours", "weekly", 3)
    assert mine.programme == world.programmes["BJ"]
    with pytest.raises(NotFound):
        unsubscribe(db, world.actor(db, "supervisor"), id, new_request())
    unsubscribe(db, world.actor(db, "officer"), id, new_request())
    assert list_figure_mails(db, world.actor(db, "officer")) == []


def test_asking_again_changes_the_rhythm_and_makes_no_second_one(db: Connection, world: World) -> None:
    view = keep(db, world, "officer")
    first = ask_for(db, world, "officer", view, "weekly", weekday=1)
    assert ask_for(db, world, "officer", view, "quarterly") == first
    (mine,) = list_figure_mails(db, world.actor(db, "officer"))
    assert (mine.rhythm, mine.weekday) == ("quarterly", None)


@pytest.mark.parametrize(("rhythm", "weekday"), [("daily", None), ("weekly", None), ("weekly", 0), ("weekly", 8)])
def test_a_rhythm_that_there_is_none_is_refused(db: Connection, world: World, rhythm: str, weekday: int | None) -> None:
    with pytest.raises(InvalidForm):
        ask_for(db, world, "officer", keep(db, world, "officer"), rhythm, weekday=weekday)


@pytest.mark.parametrize("who", ["officer", "auditor", "observer", "manager", "compliance", "foreign_officer"])
def test_what_is_not_shared_is_nobody_elses(db: Connection, world: World, who: str) -> None:
    view = keep(db, world, "supervisor")
    with pytest.raises(NotFound):
        ask_for(db, world, who, view)


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (None, {"officer", "supervisor", "manager", "auditor"}),
        ("manager", {"supervisor", "manager"}),
        ("observer", {"supervisor", "observer"}),
    ],
)
def test_a_view_is_mailed_to_those_with_whom_it_is_shared(
    db: Connection, world: World, role: str | None, may: set[str]
) -> None:
    view = keep(db, world, "supervisor", role=role, share=True)
    asked = set()
    for who in ("officer", "supervisor", "manager", "auditor", "observer", "compliance", "provider", "foreign_officer"):
        try:
            ask_for(db, world, who, view)
        except NotFound:
            continue
        asked.add(who)
    assert asked == may


@pytest.mark.parametrize("who", ["compliance", "administrator", "dispute_officer", "provider"])
def test_whoever_is_told_of_no_figures_is_not_told_that_there_are_mails(db: Connection, world: World, who: str) -> None:
    with pytest.raises(NotFound):
        list_figure_mails(db, world.actor(db, who))
    with pytest.raises(NotFound):
        list_offered(db, world.actor(db, who))
    # What such a person once kept, when its role was another, leads nowhere.
    with pytest.raises(NotFound):
        ask_for(db, world, who, keep(db, world, who))


def test_a_view_of_another_programme_is_not_mailed(db: Connection, world: World) -> None:
    view = keep(db, world, "officer", "programme=SH")
    with pytest.raises(NotFound):
        ask_for(db, world, "officer", view)
    assert list_offered(db, world.actor(db, "officer")) == []


@pytest.mark.parametrize("role", ["provider", "compliance", "nobody", ""])
def test_figures_are_shared_with_roles_that_are_told_of_them(db: Connection, world: World, role: str) -> None:
    with pytest.raises(InvalidForm):
        keep(db, world, "supervisor", role=role, share=True)


def test_a_list_of_cases_is_shared_with_no_role_alone(db: Connection, world: World) -> None:
    officer = world.actor(db, "officer")
    id = str(save_view(db, officer, "cases", name="Late", query="", request=new_request()).answer["id"])
    with pytest.raises(InvalidForm):
        change_view(
            db,
            officer,
            id,
            name="Late",
            shared_with=world.programmes["BJ"],
            shared_role="officer",
            request=new_request(),
        )


def test_with_a_view_go_the_mails_of_everybody(db: Connection, world: World) -> None:
    view = keep(db, world, "supervisor", share=True)
    ask_for(db, world, "officer", view)
    drop_view(db, world.actor(db, "supervisor"), view, new_request())
    assert list_figure_mails(db, world.actor(db, "officer")) == []


def test_whoever_may_not_drop_a_view_stops_no_mails_by_trying(db: Connection, world: World) -> None:
    view = keep(db, world, "supervisor", share=True)
    ask_for(db, world, "officer", view)
    with pytest.raises(NotFound):
        drop_view(db, world.actor(db, "officer"), view, new_request())
    assert len(list_figure_mails(db, world.actor(db, "officer"))) == 1


def test_a_list_of_many_views_asks_the_database_as_often_as_one_of_few(engine: Engine, world: World) -> None:
    def asked() -> int:
        statements: list[str] = []
        with transaction(engine) as db:
            officer = world.actor(db, "officer")
            event.listen(db, "before_cursor_execute", lambda *told: statements.append(told[2]))
            list_figure_mails(db, officer)
        return len(statements)

    def more(names: str) -> None:
        with transaction(engine) as db:
            officer = world.actor(db, "officer")
            for name in names:
                made = save_view(db, officer, "figures", name=name, query="programme=BJ", request=new_request()).answer
                ask_for(db, world, "officer", str(made["id"]))

    more("A")
    few = asked()
    more("BCDEFGH")
    assert asked() == few


# --- when ---------------------------------------------------------------------------------------------------------------


def test_of_each_period_one_mail_is_queued_and_of_those_that_were_missed_the_last(
    world: World, engine: Engine, settings: Settings
) -> None:
    with transaction(engine) as db:
        id = ask_for(db, world, "officer", keep(db, world, "officer"))
    # None at once: the first is of the month that comes.
    assert queue_due(engine) == 1
    assert queued(engine) == []
    with clock(settings, 45) as later:
        queue_due(later)
        queue_due(later)
        (first,) = queued(later)
        assert first.startswith(f"figures {id} ")
    # The worker was away for half a year.
    with clock(settings, 230) as later:
        assert queue_due(later) == 1
        assert len(queued(later)) == 2
        with transaction(later) as db:
            assert not any_waiting(db)


def test_a_clock_that_jumps_ahead_and_back_sends_nothing_twice_and_leaves_nothing_out(
    world: World, engine: Engine, settings: Settings
) -> None:
    with transaction(engine) as db:
        ask_for(db, world, "officer", keep(db, world, "officer"))
    with clock(settings, 400) as ahead:
        queue_due(ahead)
        far = queued(ahead)
        assert len(far) == 1
    for days in (0, 45, 45, 400, 45):
        with clock(settings, days) as now_and_then:
            queue_due(now_and_then)
    found = queued(engine)
    assert len(found) == 2
    assert far[0] in found


def test_two_workers_queue_one_mail(world: World, engine: Engine, settings: Settings) -> None:
    with transaction(engine) as db:
        ask_for(db, world, "officer", keep(db, world, "officer"))
    with clock(settings, 45) as one, clock(settings, 45) as other:
        with transaction(one) as db:
            db.execute(text("SELECT 1 FROM figure_mails FOR UPDATE")).all()
            # Who comes second does not wait.
            assert queue_due(other) == 0
        queue_due(one)
        queue_due(other)
        assert len(queued(one)) == 1


def test_one_that_cannot_be_looked_at_holds_up_no_other(world: World, engine: Engine, settings: Settings) -> None:
    with transaction(engine) as db:
        broken = ask_for(db, world, "manager", keep(db, world, "manager"))
        other = ask_for(db, world, "officer", keep(db, world, "officer"))
        spoilt = (
            "UPDATE saved_views SET query = 'programme=%00'"
            " WHERE id IN (SELECT view_id FROM figure_mails WHERE id = CAST(:id AS uuid))"
        )
        db.execute(text(spoilt), {"id": broken})
    with clock(settings, 45) as later:
        assert queue_due(later) == 2
        assert [key.split()[1] for key in queued(later)] == [other]


@pytest.mark.parametrize("days", [45, 100])
def test_the_mails_of_whoever_lost_the_role_end(world: World, engine: Engine, settings: Settings, days: int) -> None:
    with transaction(engine) as db:
        view = keep(db, world, "supervisor", share=True)
        ask_for(db, world, "manager", view)
        ask_for(db, world, "auditor", view)
        given = {"person": world.people["auditor"]}
        end_role(
            db,
            db.execute(text("SELECT id FROM memberships WHERE person_id = CAST(:person AS uuid)"), given).scalar_one(),
        )
    with clock(settings, days) as later:
        queue_due(later)
        with transaction(later) as db:
            assert db.execute(text("SELECT person_id::text FROM figure_mails")).scalars().all() == [
                world.people["manager"]
            ]
            kept = db.execute(text("SELECT person_id::text FROM mails WHERE kind = 'figures'")).scalars().all()
            assert kept == [world.people["manager"]]


@pytest.mark.parametrize(
    ("spoilt", "stays"),
    [
        ("UPDATE people SET active = false WHERE id = CAST(:person AS uuid)", True),
        (
            "UPDATE memberships SET starts_at = casework_now() + interval '60 days' WHERE person_id = CAST(:person AS uuid)",
            True,
        ),
        ("UPDATE memberships SET ends_at = casework_now() WHERE person_id = CAST(:person AS uuid)", False),
        (
            "UPDATE memberships SET starts_at = m.later, ends_at = m.later"
            " FROM (SELECT casework_now() + interval '60 days' AS later) m WHERE person_id = CAST(:person AS uuid)",
            False,
        ),
    ],
)
def test_mails_rest_while_a_role_does_not_count_and_end_with_it(
    world: World, engine: Engine, settings: Settings, spoilt: str, stays: bool
) -> None:
    with transaction(engine) as db:
        ask_for(db, world, "manager", keep(db, world, "supervisor", share=True))
        db.execute(text(spoilt), {"person": world.people["manager"]})
    with clock(settings, 45) as later:
        queue_due(later)
        assert queued(later) == []
        with transaction(later) as db:
            ahead = (
                db.execute(text("SELECT look_at - casework_now() > interval '23 hours' FROM figure_mails"))
                .scalars()
                .all()
            )
    assert ahead == ([True] if stays else [])


@pytest.mark.parametrize("how", ["dropped", "erased"])
def test_a_view_that_goes_while_somebody_asks_for_its_mails_is_not_mailed(
    engine: Engine, world: World, how: str
) -> None:
    with transaction(engine) as db:
        view = keep(db, world, "supervisor", share=True)
        supervisor = world.actor(db, "supervisor")
    begun = Event()

    def asks() -> None:
        with transaction(engine) as db:
            officer = world.actor(db, "officer")
            begun.set()
            with pytest.raises(NotFound):
                subscribe(db, officer, view, rhythm="monthly", request=new_request())

    with ThreadPoolExecutor(1) as pool:
        with transaction(engine) as db:
            if how == "dropped":
                drop_view(db, supervisor, view, new_request())
            else:
                _erase_account(db, world.people["supervisor"])
            waits = pool.submit(asks)
            begun.wait(10)
            with pytest.raises(TimeoutError):
                waits.result(0.5)
        waits.result(10)


def test_a_view_is_dropped_with_mails_that_are_asked_for_at_that_moment(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        view = keep(db, world, "supervisor", share=True)
    begun = Event()

    def drops() -> None:
        with transaction(engine) as db:
            supervisor = world.actor(db, "supervisor")
            begun.set()
            drop_view(db, supervisor, view, new_request())

    with ThreadPoolExecutor(1) as pool:
        with transaction(engine) as db:
            ask_for(db, world, "officer", view)
            waits = pool.submit(drops)
            begun.wait(10)
            with pytest.raises(TimeoutError):
                waits.result(0.5)
        waits.result(10)
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM figure_mails")).scalar_one() == 0


def test_the_mails_end_as_a_view_is_shared_no_more(world: World, engine: Engine, settings: Settings) -> None:
    with transaction(engine) as db:
        view = keep(db, world, "supervisor", share=True)
        ask_for(db, world, "manager", view)
        change_view(db, world.actor(db, "supervisor"), view, name="Ours", shared_with=None, request=new_request())
    with clock(settings, 45) as later:
        queue_due(later)
        assert queued(later) == []


def test_it_is_looked_each_day_for_a_calendar_may_change(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        ask_for(db, world, "officer", keep(db, world, "officer"), "quarterly")
    queue_due(engine)
    with transaction(engine) as db:
        ahead: timedelta = db.execute(text("SELECT look_at - casework_now() FROM figure_mails")).scalar_one()
    assert ahead <= timedelta(days=1)


@pytest.mark.parametrize(("who", "shut"), [("supervisor", False), ("officer", False), ("manager", True)])
def test_a_view_by_event_cannot_be_told_to_whoever_reads_no_assessments(
    db: Connection, world: World, who: str, shut: bool
) -> None:
    view = keep(db, world, who, "event=nothing")
    actor = world.actor(db, who)
    assert find_shut(db, actor, list_offered(db, actor)) == ({view} if shut else frozenset())


def test_to_an_observer_a_view_tells_of_the_whole_programme_whatever_it_asks_for(db: Connection, world: World) -> None:
    keep(db, world, "supervisor", "event=nothing", role="observer", share=True)
    actor = world.actor(db, "observer")
    (view,) = list_offered(db, actor)
    assert find_shut(db, actor, [view]) == frozenset()
