"""The rate of the follow-up is the figure's own, and the list says whom to ask now and who did not answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection, Engine, text

from benchmarks.statements import captured
from casework.definitions import load_figure_names
from casework.errors import InvalidForm
from casework.operations.links.service import Wanted, give_link
from casework.operations.oversight.figures import count_programme
from casework.operations.oversight.follow_ups import SILENT, TABS, WAITING, count_follow_ups, list_follow_ups
from casework.operations.oversight.kept_figures import count_ahead
from casework.records.database import transaction
from casework.records.tables.cases import UNANSWERED
from tests.operations.links.scene import SECRET_BOX
from tests.support.followed import ask_now, closed_case, later, record
from tests.support.world import World, new_request

#: Behind the last day of the first question to a party, and before that of the second.
LATE = 230


def folded(db: Connection, world: World) -> dict[int, tuple[int, int, int]]:
    """By rung what the figure says of all cases: due, answered in time, ever answered."""
    figure = count_programme(db, world.programmes["BJ"]).figures["follow_up"]
    told = {(row.of["days"], row.of["what"]): row for row in figure.rows if row.of["of"] == "all"}
    return {
        days: (
            told[str(days), "answered"].denominator or 0,
            told[str(days), "answered_in_time"].numerator,
            told[str(days), "answered"].numerator,
        )
        for days in (180, 365, 730)
    }


def queried(db: Connection, world: World) -> dict[int, tuple[int, int, int]]:
    return {one.days: (one.due, one.in_time, one.answered) for one in count_follow_ups(db, world.actor(db, "officer"))}


def test_it_is_counted_as_the_figure_folds_it(world: World, db: Connection) -> None:
    asked = [closed_case(world, db)[1] for _ in range(5)]
    for tasks in asked[:4]:
        ask_now(world, db, tasks[0])
    ask_now(world, db, asked[0][1])
    record(world, db, asked[0][0], "yes")
    record(world, db, asked[1][0], "no_answer")
    assert folded(db, world)[180] == (1, 1, 1), "what nobody answered is due on its last day"
    assert queried(db, world) == folded(db, world)
    later(db, LATE)
    record(world, db, asked[2][0], "no")
    assert folded(db, world) == {180: (5, 1, 2), 365: (0, 0, 0), 730: (0, 0, 0)}, "what nobody began to ask is due, too"
    assert queried(db, world) == folded(db, world)
    manager = world.actor(db, "manager")
    assert [(one.waiting, one.late) for one in count_follow_ups(db, manager)] == [(1, 1), (1, 0), (0, 0)]


def asked_and_answered(world: World, engine: Engine) -> str:
    """Three closed cases: one was answered, one is asked now, and one comes to its day later; gives the id of the last question."""
    with transaction(engine) as db:
        tasks = [closed_case(world, db)[1][0] for _ in range(3)]
        for task in tasks[:2]:
            ask_now(world, db, task)
        record(world, db, tasks[0], "yes")
    return tasks[2]


def test_of_a_large_programme_it_is_counted_ahead_and_is_the_same_number(engine: Engine, world: World) -> None:
    asked_and_answered(world, engine)
    with transaction(engine) as db:
        now_counted = count_follow_ups(db, world.actor(db, "officer"))
    assert count_ahead(engine, world.programmes["BJ"])
    with transaction(engine) as db:
        ahead = count_follow_ups(db, world.actor(db, "officer"))
        assert {one.counted_at is None for one in now_counted} == {True}
        assert {one.counted_at is None for one in ahead} == {False}
        assert [replace(one, counted_at=None) for one in ahead] == now_counted
        assert queried(db, world) == folded(db, world)
        assert [(one.waiting, one.late) for one in ahead] == [(1, 0), (0, 0), (0, 0)]


def test_it_is_asked_in_one_statement_counted_ahead_or_not(engine: Engine, world: World) -> None:
    asked_and_answered(world, engine)
    count_ahead(engine, world.programmes["BJ"])
    with transaction(engine) as db:
        actor = world.actor(db, "officer")
        with captured(str(engine.url.database)) as sent:
            count_follow_ups(db, actor)
        assert len([one for one in sent if "kept_figures" in one.query]) == 1
        assert not [one for one in sent if "tasks" in one.query and "kept_figures" not in one.query]


def test_what_has_come_since_is_counted_the_next_time(engine: Engine, world: World) -> None:
    later_one = asked_and_answered(world, engine)
    count_ahead(engine, world.programmes["BJ"])
    with transaction(engine) as db:
        before = count_follow_ups(db, world.actor(db, "officer"))
        ask_now(world, db, later_one)
        assert count_follow_ups(db, world.actor(db, "officer")) == before
    assert count_ahead(engine, world.programmes["BJ"])
    with transaction(engine) as db:
        assert count_follow_ups(db, world.actor(db, "officer"))[0].waiting == before[0].waiting + 1


def test_what_was_counted_by_other_rules_is_counted_now(engine: Engine, world: World) -> None:
    asked_and_answered(world, engine)
    count_ahead(engine, world.programmes["BJ"])
    with transaction(engine) as db:
        ahead = count_follow_ups(db, world.actor(db, "officer"))
        db.execute(text("UPDATE kept_figures SET rules = 'another', followed = '[]'"))
        counted_now = count_follow_ups(db, world.actor(db, "officer"))
        assert counted_now == [replace(one, counted_at=None) for one in ahead]


@pytest.mark.parametrize("name", ["compliance", "dispute_officer", "provider", "observer", "foreign_officer"])
def test_who_reads_no_figures_of_the_programme_is_told_nothing(world: World, db: Connection, name: str) -> None:
    _, tasks = closed_case(world, db)
    ask_now(world, db, tasks[0])
    actor = world.actor(db, name)
    assert count_follow_ups(db, actor) == []
    assert list_follow_ups(db, actor).items == []


def test_before_a_question_is_due_there_is_no_rate(world: World, db: Connection) -> None:
    closed_case(world, db)
    assert count_follow_ups(db, world.actor(db, "supervisor")) == []


def test_the_list_has_what_is_asked_now_by_its_last_day_page_by_page(world: World, db: Connection) -> None:
    found = []
    for _ in range(3):
        number, tasks = closed_case(world, db)
        ask_now(world, db, tasks[0])
        found.append((number, tasks[0]))
    actor = world.actor(db, "officer")
    first = list_follow_ups(db, actor, limit=2)
    rest = list_follow_ups(db, actor, cursor=first.next, limit=2)
    shown = [*first.items, *rest.items]
    assert {(one.number, one.task) for one in shown} == set(found)
    assert [one.due_at for one in shown] == sorted(one.due_at for one in shown)
    assert {(one.days, one.late, one.owner.name if one.owner else "", one.link) for one in shown} == {
        (180, False, "Officer", None)
    }
    assert rest.next is None


def test_what_came_to_its_day_without_an_answer_is_listed_apart(world: World, db: Connection) -> None:
    number, tasks = closed_case(world, db)
    ask_now(world, db, tasks[0])
    record(world, db, tasks[0], "no_answer")
    actor = world.actor(db, "auditor")
    assert list_follow_ups(db, actor, tab="silent").items == []
    later(db, LATE)
    assert [one.number for one in list_follow_ups(db, actor, tab="silent").items] == [number]
    assert list_follow_ups(db, actor).items == []
    with pytest.raises(InvalidForm):
        list_follow_ups(db, actor, tab="all")


def test_both_lists_together_have_each_question_of_the_ladder_once_with_its_place(world: World, db: Connection) -> None:
    asked = [closed_case(world, db)[1] for _ in range(3)]
    for task in (*asked[0], asked[1][0], asked[1][2]):
        ask_now(world, db, task)
    record(world, db, asked[0][1], "no_answer")
    record(world, db, asked[1][0], "yes")
    later(db, 900)
    actor = world.actor(db, "officer")
    listed = {tab: {(one.task, one.days) for one in list_follow_ups(db, actor, tab=tab).items} for tab in TABS}
    assert listed[WAITING] == {(asked[0][0], 180), (asked[0][2], 730), (asked[1][2], 730)}
    every = {(task, days) for tasks in asked for task, days in zip(tasks, (180, 365, 730), strict=True)}
    assert listed[SILENT] == every - listed[WAITING] - {(asked[1][0], 180)}, "what nobody began to ask is due, too"
    rungs = count_follow_ups(db, actor)
    assert [one.waiting for one in rungs] == [1, 0, 2]


def test_the_newest_link_stands_beside_a_question_and_ends_by_its_day(world: World, db: Connection) -> None:
    _, tasks = closed_case(world, db)
    ask_now(world, db, tasks[0])
    actor = world.actor(db, "officer")
    for party in ("technology_owner", "need_owner"):
        give_link(db, actor, SECRET_BOX, tasks[0], Wanted(party, 14, "en", code=False), request=new_request())
    (link,) = [one.link for one in list_follow_ups(db, actor).items]
    assert link is not None
    assert (link.party, link.state, link.mail) == ("need_owner", "open", False)
    later(db, 15)
    (link,) = [one.link for one in list_follow_ups(db, actor).items]
    assert link is not None
    assert link.state == "over"


def test_the_index_of_what_nobody_answered_has_the_words_of_the_workflows(db: Connection, world: World) -> None:
    names = load_figure_names()
    assert f"'{names.follow_up_answer}' <> '{names.no_answer}'" in UNANSWERED
    db.execute(text("SET LOCAL enable_seqscan = off"))
    db.execute(text("SET LOCAL enable_bitmapscan = off"))
    plan = db.execute(
        text(
            f"EXPLAIN SELECT FROM tasks t WHERE t.programme_id = CAST(:p AS uuid) AND t.aftercare AND {UNANSWERED} ORDER BY t.due_at, t.id"
        ),
        {"p": world.programmes["BJ"]},
    )
    assert "ix_tasks_aftercare_silent" in "".join(plan.scalars())
