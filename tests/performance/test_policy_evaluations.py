"""How often a policy is evaluated: for the rows that a person is shown, however many rows of others there are."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from casework.definitions import load_library
from casework.engine.roles import Role
from casework.operations.core.national_holidays import china
from casework.operations.core.paging import PAGE, to_cursor
from casework.operations.people.registry import grant_role, register_organisation, register_person, register_programme
from casework.operations.referrals.inbox import TABS, count_inbox, counted_to, inbox_calendar, list_inbox
from casework.operations.tasks.queue_counts import count_queues
from casework.operations.tasks.queues import claimable, list_tasks
from casework.permissions.actors import Actor
from casework.records.actors import find_actor
from casework.records.database import ENGINE
from casework.records.row_security import read_as
from tests.support.inbox import write_inbox

#: In how many organisations the person works, and how many referrals and tasks each of these has.
ORGANISATIONS, EACH = 40, 3
#: What finds out who reads, which is asked once for a table of a statement; and what is asked of a mediation or of a track inside.
ONCE = {
    "casework_engine_reads", "casework_find_reach", "casework_person", "casework_reach", "casework_reached", "casework_reader",
}  # fmt: skip
#: Cases of one referral each with a task in its provider's queue, of so many providers in turn.
_REFERRALS = """
    WITH numbered AS (
        SELECT n, gen_random_uuid() AS log, gen_random_uuid() AS track, p.provider
        FROM generate_series(1, :count) n JOIN unnest(CAST(:providers AS uuid[])) WITH ORDINALITY p(provider, i)
        ON p.i = 1 + n % cardinality(CAST(:providers AS uuid[]))
    ), written AS (
        INSERT INTO logs (id, kind, programme_id, head, last_at) SELECT log, 'case', :programme, repeat('0', 64), now() FROM numbered
    ), home AS (
        INSERT INTO cases (id, programme_id, number, title, parties, rights, team, revision, state, interests, frozen, reasons, opened_at)
        SELECT log, :programme, 'P-' || log, 'A title', '{}', '{}', '{}', 1, 'triage', '{}', false, '{}', now() FROM numbered
    ), referral AS (
        INSERT INTO tracks (id, log_id, programme_id, sealed, shown_to, shut_out, workflow, edition, kind, provider_id, states,
            entered_at, opened_at, position, revision, replaced, came_from, fired, given, barred, part, played)
        SELECT track, log, :programme, false, provider, '{}', 'referral', :edition, 'assessment', provider, '{sent}',
            now(), now(), 1, 1, false, '{}', '{}', '{}', '{}', 'request', '{"sends": "send"}' FROM numbered
    )
    INSERT INTO tasks (id, log_id, programme_id, sealed, shown_to, shut_out, track_id, name, edition, rule, type, queue,
        organisation_id, state, opened_at, due_at, turn_at, result, flagged, aftercare, position)
    SELECT gen_random_uuid(), log, :programme, false, provider, '{}', track, 'sent', :edition, 'sent', 'step', 'provider',
        provider, 'Ready', now(),
        now() + n * interval '1 minute', now() + n * interval '1 minute', '{}', false, false, n FROM numbered
"""


class Crowd:
    """A person in many organisations, among ever more referrals of others."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        self.programme = register_programme(db, code="CROWD", name="P", name_zh=None, calendar=china([2026]))
        mine, others = (
            [register_organisation(db, name=f"{kind} {n}", kind="provider", services=()) for n in range(count)]
            for kind, count in (("mine", ORGANISATIONS), ("other", 10))
        )
        self.others = others
        self.person = register_person(db, email="many@example.org", name="Many")
        for organisation in mine:
            grant_role(db, self.person, "provider", organisation=organisation)
        self.add(mine, ORGANISATIONS * EACH)
        actor = find_actor(db, self.person)
        assert actor is not None
        self.actor: Actor = actor

    def add(self, providers: list[str], count: int) -> None:
        read_as(self.db, ENGINE)
        edition = load_library().latest("referral")
        assert edition is not None
        self.db.execute(
            text(_REFERRALS),
            {"count": count, "providers": providers, "programme": self.programme, "edition": edition.fingerprint},
        )
        write_inbox(self.db)
        self.db.execute(text("RESET ROLE"))
        self.db.execute(text("ANALYZE logs, cases, tracks, tasks"))
        self.db.execute(text("SET LOCAL ROLE casework_app"))


@pytest.fixture
def crowd(superuser_engine: Engine) -> Iterator[Crowd]:
    """As the application, by a login that may ask the server how often it called a function."""
    with superuser_engine.connect() as db, db.begin() as begun:
        db.execute(text("SET LOCAL track_functions = 'all'"))
        db.execute(text("SET LOCAL enable_seqscan = off"))
        db.execute(text("SET LOCAL ROLE casework_app"))
        read_as(db, ENGINE)
        yield Crowd(db)
        begun.rollback()


LISTS: dict[str, Callable[[Connection, Actor], object]] = {
    "queue": lambda db, actor: list_tasks(db, actor, view="queue").items,
    "counts": count_queues,
    "inbox": lambda db, actor: list_inbox(db, actor, tab="offers").items,
    "inbox counts": count_inbox,
    "inbox calendar": inbox_calendar,
}


def called(db: Connection) -> Counter[str]:
    """How often each of our functions was called in this transaction."""
    rows = db.execute(text("SELECT funcname, calls FROM pg_stat_xact_user_functions WHERE funcname LIKE 'casework%'"))
    return Counter({row.funcname: row.calls for row in rows})


@contextmanager
def captured(db: Connection) -> Iterator[list[tuple[str, Any]]]:
    """The statements that are sent in the block, with their values."""
    sent: list[tuple[str, Any]] = []

    def note(_db: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        sent.append((statement, values))

    event.listen(db, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db, "before_cursor_execute", note)


def met(db: Connection, statement: str, values: Any) -> Counter[str]:
    """How many rows of each table a statement looked at, the ones among them that it then passed over."""
    (plan,) = db.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF, COSTS OFF) {statement}", values).one()
    rows: Counter[str] = Counter()
    todo = [(plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"]]
    while todo:
        node = todo.pop()
        todo += node.get("Plans", ())
        if "Relation Name" in node:
            removed = sum(count for name, count in node.items() if name.startswith("Rows Removed by"))
            rows[node["Relation Name"]] += round((node["Actual Rows"] + removed) * node["Actual Loops"])
    return rows


@pytest.mark.parametrize("name", LISTS)
def test_no_function_is_called_for_rows_of_others(crowd: Crowd, name: str) -> None:
    """Nor for each of one's own: what a person reaches is found out once, and no list of all referrals is made."""
    counts = []
    for foreign in (100, 1_000):
        crowd.add(crowd.others, foreign)
        read_as(crowd.db, crowd.person)
        before = called(crowd.db)
        LISTS[name](crowd.db, crowd.actor)
        counts.append(called(crowd.db) - before)
    assert set(counts[0]) <= ONCE
    # Statements that are planned with other figures may ask in another order, and once more or less.
    assert sum(counts[1].values()) <= 1.5 * sum(counts[0].values()) < ORGANISATIONS * EACH * 4
    assert counts[0]["casework_find_reach"] <= 1


@pytest.mark.parametrize("name", LISTS)
def test_no_row_of_others_is_met(crowd: Crowd, name: str) -> None:
    rows = []
    for foreign in (100, 1_000):
        crowd.add(crowd.others, foreign)
        read_as(crowd.db, crowd.person)
        with captured(crowd.db) as sent:
            shown = LISTS[name](crowd.db, crowd.actor)
        assert shown
        asked = [one for one in sent if not one[0].startswith("SET ")]
        total = sum((met(crowd.db, *one) for one in asked), Counter[str]())
        rows.append({table: total[table] for table in ("tasks", "tracks", "cases", "clocks")})
    # Fewer where the planner goes by an index that it left aside among so few.
    assert {table: most for table, most in rows[1].items() if most > rows[0][table]} == {}


def test_a_queue_is_not_planned_anew_at_each_call(crowd: Crowd) -> None:
    """Nor is more read of it by the plan that is kept, the more tasks wait."""
    read_as(crowd.db, ENGINE)
    person = register_person(crowd.db, email="supervisor@example.org", name="Supervisor")
    grant_role(crowd.db, person, "supervisor", programme=crowd.programme)
    actor = find_actor(crowd.db, person)
    assert actor is not None
    looked_at = []
    for foreign in (100, 1_000):
        crowd.add(crowd.others, foreign)
        read_as(crowd.db, ENGINE)
        crowd.db.execute(text("UPDATE tasks SET queue = 'supervisor', organisation_id = NULL"))
        read_as(crowd.db, person)
        for _ in range(20):
            before = _rows_read(crowd.db)
            assert len(list_tasks(crowd.db, actor, view="queue").items) == PAGE
            after = _rows_read(crowd.db)
        looked_at.append(after - before)
    plans = crowd.db.execute(
        text(
            "SELECT generic_plans FROM pg_prepared_statements WHERE statement LIKE '%looked_at%' AND statement LIKE '%q.who%'"
        )
    ).scalars()
    assert max(plans) >= 10
    assert looked_at[0] <= 5 * PAGE
    # What was changed above stands in an index twice.
    assert looked_at[1] <= 1.1 * looked_at[0]


def test_a_queue_by_due_date_reads_no_more_the_more_tasks_wait(crowd: Crowd) -> None:
    """Its first page, the one after it, and what has no date."""
    read_as(crowd.db, ENGINE)
    person = register_person(crowd.db, email="supervisor@example.org", name="Supervisor")
    grant_role(crowd.db, person, "supervisor", programme=crowd.programme)
    actor = find_actor(crowd.db, person)
    assert actor is not None
    rows = []
    for foreign in (200, 2_000):
        crowd.add(crowd.others, foreign)
        read_as(crowd.db, ENGINE)
        crowd.db.execute(text("UPDATE tasks SET queue = 'supervisor', organisation_id = NULL"))
        crowd.db.execute(text("UPDATE tasks SET due_at = NULL WHERE position % 2 = 0"))
        last = crowd.db.execute(text("SELECT max(due_at) AS at, max(id::text) AS id FROM tasks")).one()
        crowd.db.execute(text("RESET ROLE"))
        crowd.db.execute(text("ANALYZE tasks"))
        crowd.db.execute(text("SET LOCAL ROLE casework_app"))
        read_as(crowd.db, person)
        first = list_tasks(crowd.db, actor, view="queue", sort="due")
        cursors = [None, first.next, to_cursor(last.at, last.id)]
        found = []
        for cursor in cursors:
            with captured(crowd.db) as sent:
                assert len(list_tasks(crowd.db, actor, view="queue", sort="due", cursor=cursor).items) == PAGE
            asked = [one for one in sent if not one[0].startswith("SET ")]
            found.append(sum((met(crowd.db, *one) for one in asked), Counter[str]())["tasks"])
        rows.append(found)
    assert rows[1] == rows[0]
    assert max(rows[0]) <= 5 * PAGE


def test_how_many_are_wanted_stands_in_the_statement_of_a_few_shared_queues(crowd: Crowd) -> None:
    """Of a provider's the plan that is kept for any number is the better one."""
    own = crowd.actor.memberships[0]
    shared = replace(own, role=Role.SUPERVISOR, programme=crowd.programme, organisation=None)
    for membership, written in ((shared, ["7", "7"]), (own, [":most", ":most"])):
        statement, _ = claimable(replace(crowd.actor, memberships=(membership,)), "", most=7)
        assert statement is not None
        assert re.findall(r"LIMIT (\S+?)\)", str(statement.text)) == written


def _rows_read(db: Connection) -> int:
    """How many rows of tasks and cases this transaction has read."""
    read = "SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_xact_user_tables WHERE relname IN ('tasks', 'cases')"
    return int(db.execute(text(read)).scalar_one())


def test_tabs_of_many_organisations_are_counted_less_far(crowd: Crowd) -> None:
    few = replace(crowd.actor, memberships=crowd.actor.memberships[:8])
    assert (counted_to(crowd.actor), counted_to(few)) == (100, 1000)
    assert ORGANISATIONS * EACH > 100
    read_as(crowd.db, crowd.person)
    assert count_inbox(crowd.db, crowd.actor) == dict.fromkeys(TABS, 0) | {"offers": 100}
    assert count_inbox(crowd.db, few) == dict.fromkeys(TABS, 0) | {"offers": 8 * EACH}


def test_the_only_programme_is_named_by_the_first_referral(crowd: Crowd) -> None:
    """With another programme beside it, by the newest of all organisations."""
    looked_at = []
    for code in (None, "BESIDE"):
        if code is not None:
            read_as(crowd.db, ENGINE)
            register_programme(crowd.db, code=code, name="Q", name_zh=None, calendar=china([2027]))
        read_as(crowd.db, crowd.person)
        with captured(crowd.db) as sent:
            calendar = inbox_calendar(crowd.db, crowd.actor)
        assert calendar
        assert calendar.digest == china([2026]).digest
        asked = [one for one in sent if not one[0].startswith("SET ")]
        looked_at.append(sum((met(crowd.db, *one) for one in asked), Counter[str]())["tracks"])
    assert looked_at == [1, ORGANISATIONS]


def test_what_is_called_for_each_row_is_counted(crowd: Crowd) -> None:
    """By a policy that asks a function of each row."""
    counts = []
    for shown in ("true", "casework_shows_log(log_id) AND shown_to = ANY(casework_reach('organisations'))"):
        crowd.db.execute(text("RESET ROLE"))
        crowd.db.execute(text(f"ALTER POLICY readers ON tasks USING ({shown})"))
        read_as(crowd.db, ENGINE)
        crowd.db.execute(text("SET LOCAL ROLE casework_app"))
        read_as(crowd.db, crowd.person)
        before = called(crowd.db)
        assert len(crowd.db.execute(text("SELECT id FROM tasks")).all()) == ORGANISATIONS * EACH
        counts.append(called(crowd.db) - before)
    assert (counts[0]["casework_shows_log"], counts[1]["casework_shows_log"]) == (0, ORGANISATIONS * EACH)
    assert counts[1]["casework_find_reach"] == 1


def test_the_same_is_listed_as_for_the_engine(crowd: Crowd) -> None:
    crowd.add(crowd.others, 100)
    lists = {}
    for reader in (ENGINE, crowd.person):
        read_as(crowd.db, reader)
        lists[reader] = [str(ask(crowd.db, crowd.actor)) for ask in LISTS.values()]
    assert lists[ENGINE] == lists[crowd.person]
    assert len(crowd.db.execute(text("SELECT id FROM tasks")).all()) == ORGANISATIONS * EACH


@pytest.mark.parametrize("name", ["queue", "counts"])
def test_a_queue_meets_no_more_rows_for_the_person_than_for_the_engine(crowd: Crowd, name: str) -> None:
    """What the policies ask of a track or a task stands in its row."""
    crowd.add(crowd.others, 100)
    rows = {}
    for reader in (ENGINE, crowd.person):
        read_as(crowd.db, reader)
        with captured(crowd.db) as sent:
            LISTS[name](crowd.db, crowd.actor)
        asked = [one for one in sent if not one[0].startswith("SET ")]
        total = sum((met(crowd.db, *one) for one in asked), Counter[str]())
        rows[reader] = {table: total[table] for table in ("tasks", "tracks", "cases", "clocks", "events")}
    assert rows[crowd.person] == rows[ENGINE]
    assert rows[ENGINE]["tasks"] >= ORGANISATIONS
