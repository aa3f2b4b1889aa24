"""The nightly check: each kind of breach is found where it is seeded, nothing is found in a sound world, figures are kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, event, text

from casework.errors import NotFound
from casework.jobs.job_functions import check
from casework.jobs.job_registry import Hands
from casework.operations.mediations.service import open_mediation
from casework.operations.oversight import case_hygiene
from casework.operations.oversight.case_hygiene import (
    KINDS,
    check_due,
    check_programme,
    find_breaches,
    list_unchecked,
    show_case_hygiene,
)
from casework.operations.oversight.job_health import find_delays
from casework.operations.people.registry import grant_role
from casework.records.database import ENGINE, connect_engine, transaction
from casework.records.row_security import read_as
from casework.settings import Settings
from tests.support.published import nothing_awaited
from tests.support.way_to_referral import to_bank, to_referral
from tests.support.world import World, new_request, today

Seed = Callable[[Connection, World, str], None]


def sql(statement: str) -> Seed:
    """Break a case from outside; `:log` is its log, `:p` the auditor, who works no queue."""

    def seed(db: Connection, world: World, number: str) -> None:
        log = db.execute(text("SELECT id FROM cases WHERE number = :n"), {"n": number}).scalar_one()
        given = {"log": log, "p": world.people["auditor"], "lab": world.organisations["lab"]}
        named = {name: value for name, value in given.items() if f":{name}" in statement}
        assert db.execute(text(statement), named).rowcount, "nothing was broken"

    return seed


def hold(db: Connection, world: World, number: str) -> None:
    world.fire(
        db,
        "officer",
        number,
        "hold",
        {
            "reason": "budget",
            "waits_for": "need_owner",
            "waits_until": "day",
            "resume_by": (today() + timedelta(days=9)).isoformat(),
        },
    )


def both(*seeds: Seed) -> Seed:
    def seed(db: Connection, world: World, number: str) -> None:
        for one in seeds:
            one(db, world, number)

    return seed


LOG = "log_id = CAST(:log AS uuid)"
#: (what is wrong, how it comes about in a case whose referral was just sent)
SEEDS: tuple[tuple[str, Seed], ...] = (
    ("no_owner", sql("UPDATE cases SET owner_id = NULL WHERE id = CAST(:log AS uuid)")),
    ("owner_left", sql("UPDATE cases SET owner_id = CAST(:p AS uuid) WHERE id = CAST(:log AS uuid)")),
    ("no_action", sql(f"UPDATE tasks SET due_at = NULL WHERE {LOG}")),
    ("waits_for_nobody", both(hold, sql("UPDATE cases SET hold = hold - 'waits_for' WHERE id = CAST(:log AS uuid)"))),
    ("holder_left", sql("UPDATE tasks SET state = 'Reserved', holder_id = CAST(:p "
        f"AS uuid) WHERE {LOG} AND state = 'Ready' AND name = 'sent'")),
    ("nobody_may", sql("UPDATE memberships SET ends_at = casework_now() WHERE organisation_id = CAST(:lab AS uuid)")),
    ("nobody_may", sql("UPDATE cases SET interests = interests || (SELECT array_agg(person_id::text) FROM "
        "memberships WHERE organisation_id = CAST(:lab AS uuid)) WHERE id = CAST(:log AS uuid)")),
    ("nobody_may", sql("UPDATE tracks SET barred = (SELECT array_agg(person_id::text) FROM memberships "
        f"WHERE organisation_id = CAST(:lab AS uuid)) WHERE {LOG} AND workflow = 'referral'")),
    ("left_open", sql(f"UPDATE tracks SET ended_at = casework_now(), outcome = 'cancelled' WHERE {LOG} AND workflow = 'referral'")),
    ("no_clock", sql(f"DELETE FROM clocks WHERE {LOG}")),
    ("no_clock", both(hold, sql(f"DELETE FROM clocks WHERE {LOG} AND task_id IS NULL"))),
    ("stands_still", sql(f"UPDATE clocks SET fires_at = NULL WHERE {LOG}")),
    ("stands_still", sql(f"UPDATE clocks SET state = 'paused', fires_at = NULL WHERE {LOG}")),
    ("copies_out", sql(
        "INSERT INTO grants (id, log_id, track_id, document_id, consents, given_at, ended_at)"
        " SELECT gen_random_uuid(), log_id, id, gen_random_uuid(), '{}', casework_now() - interval '60 days',"
        f" casework_now() - interval '31 days' FROM tracks WHERE {LOG} AND workflow = 'referral'"
    )),
    ("late", sql(f"UPDATE clocks SET fires_at = casework_now() - interval '6 minutes' WHERE {LOG}")),
)  # fmt: skip


@pytest.fixture
def db(engine: Engine, world: World) -> Connection:  # type: ignore[misc]  # a generator, as pytest wants it
    with engine.connect() as connection, connection.begin() as begun:
        read_as(connection, ENGINE)
        yield connection
        begun.rollback()


def kinds(db: Connection, number: str) -> set[str]:
    return {one.kind for one in find_breaches(db) if one.number == number}


@pytest.mark.parametrize(("kind", "seed"), SEEDS, ids=[f"{n} {kind}" for n, (kind, _) in enumerate(SEEDS)])
def test_what_is_seeded_is_found_and_nothing_else(db: Connection, world: World, kind: str, seed: Seed) -> None:
    number, _ = to_referral(world, db)
    other, _ = to_referral(world, db)
    assert find_breaches(db) == []
    seed(db, world, number)
    assert kinds(db, number) == {kind}
    # Roles and people are everybody's.
    assert kinds(db, other) <= ({"nobody_may"} if kind == "nobody_may" else set())


def test_a_clock_rests_by_the_edition_that_its_referral_runs_by(
    db: Connection, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, _, loan = to_bank(world, db)
    given = {"loan": loan}
    db.execute(text("UPDATE clocks SET state = 'paused', fires_at = NULL WHERE track_id = CAST(:loan AS uuid)"), given)
    query = """
        UPDATE tracks SET states = '{elsewhere}' WHERE id = (SELECT parent_id FROM tracks WHERE id = CAST(:loan AS uuid)) RETURNING edition
    """
    edition = db.execute(text(query), given).scalar_one()
    # The newest edition knows no such state.
    assert "stands_still" in kinds(db, number)
    states = {edition: ["elsewhere"], "newest": ["suspended"]}
    monkeypatch.setattr(case_hygiene, "side_states_of", lambda part: states)
    assert "stands_still" not in kinds(db, number)


def test_a_mediation_that_nobody_leads_is_found(db: Connection, world: World) -> None:
    case = world.new_case(db)
    mediation = open_mediation(db, world.actor(db, "dispute_officer"), case, new_request()).answer["id"]
    assert find_breaches(db) == []
    db.execute(
        text("UPDATE memberships SET ends_at = casework_now() WHERE person_id = CAST(:p AS uuid)"),
        {"p": world.people["dispute_officer"]},
    )
    assert (OF_MEDIATIONS, mediation) in {(one.kind, one.log) for one in find_breaches(db)}


#: Of a mediation, which has no number and is no case's.
OF_MEDIATIONS = "nobody_leads"


def test_every_kind_is_seeded() -> None:
    assert {kind for kind, _ in SEEDS} | {OF_MEDIATIONS} == set(KINDS)


def test_a_person_whose_account_is_closed_holds_nothing_and_owns_nothing_unseen(db: Connection, world: World) -> None:
    number, _ = to_referral(world, db)
    db.execute(
        text(
            "UPDATE tasks SET state = 'Reserved', holder_id = CAST(:p AS uuid) WHERE queue = 'officer' AND state = 'Ready'"
        ),
        {"p": world.people["officer"]},
    )
    db.execute(text("UPDATE people SET active = false WHERE id = CAST(:p AS uuid)"), {"p": world.people["officer"]})
    assert kinds(db, number) == {"owner_left", "holder_left"}


def test_a_supervisor_on_both_sides_does_not_step_in_for_the_officer(db: Connection, world: World) -> None:
    number, _ = to_referral(world, db)
    supervisor = world.people["supervisor"]
    db.execute(
        text(
            "UPDATE tasks SET type = 'side', queue = 'officer', organisation_id = NULL, state = 'Reserved',"
            " holder_id = CAST(:p AS uuid) WHERE name = 'sent'"
        ),
        {"p": supervisor},
    )
    assert "holder_left" not in kinds(db, number)
    grant_role(db, supervisor, "provider", organisation=world.organisations["lab"])
    assert "holder_left" in kinds(db, number)


def test_whoever_asked_does_not_decide_so_somebody_else_must_be_there(db: Connection, world: World) -> None:
    number, _ = to_referral(world, db)
    world.fire(
        db, "supervisor", number, "amend_plan", {"payer": "programme", "skip_assessment": False, "reason": "Less"}
    )
    assert kinds(db, number) == set()
    db.execute(
        text("UPDATE memberships SET ends_at = casework_now() WHERE person_id = CAST(:p AS uuid)"),
        {"p": world.people["second_supervisor"]},
    )
    assert kinds(db, number) == {"nobody_may"}


def test_a_sealed_mediation_is_checked_but_stands_on_no_page_and_in_no_figure(db: Connection, world: World) -> None:
    number, _ = to_referral(world, db)
    done = open_mediation(db, world.actor(db, "dispute_officer"), number, new_request())
    log = done.answer["id"]
    db.execute(text("DELETE FROM clocks WHERE log_id = CAST(:log AS uuid)"), {"log": log})
    found = find_breaches(db)
    assert {(one.kind, one.number, one.log) for one in found} == {("no_clock", None, log)}
    assert check_programme(db, world.programmes["BJ"]) == 0
    assert show_case_hygiene(db, world.actor(db, "supervisor")).count == 0


def test_only_supervisors_are_told_and_only_of_their_programmes(db: Connection, world: World) -> None:
    number, _ = to_referral(world, db)
    db.execute(text("UPDATE cases SET owner_id = NULL"))
    shown = show_case_hygiene(db, world.actor(db, "supervisor"))
    assert [(one.number, [breach.kind for breach in one.breaches]) for one in shown.items] == [(number, ["no_owner"])]
    with pytest.raises(NotFound):
        show_case_hygiene(db, world.actor(db, "officer"))
    db.execute(
        text("UPDATE memberships SET programme_id = CAST(:sh AS uuid) WHERE role = 'supervisor'"),
        {"sh": world.programmes["SH"]},
    )
    assert show_case_hygiene(db, world.actor(db, "supervisor")).items == []


# --- the figure of each day ------------------------------------------------------------------------------------------


def test_each_night_keeps_one_figure_for_each_programme(engine: Engine, settings: Settings, world: World) -> None:
    with transaction(engine) as db:
        to_referral(world, db)
        db.execute(text("UPDATE cases SET owner_id = NULL"))
    for days in range(3):
        later = connect_engine(settings.model_copy(update={"clock_offset": days * 86_400}))
        assert check_due(later) == 2
        assert check_due(later) == 0
        later.dispose()
    with transaction(engine) as db:
        days_told = show_case_hygiene(db, world.actor(db, "supervisor")).days
    assert [(one.live, one.broken) for one in days_told] == [(1, 1)] * 3
    assert days_told == sorted(days_told, key=lambda one: one.day, reverse=True)


def test_a_day_begins_at_two_in_the_morning_on_the_programmes_own_clock(
    engine: Engine, settings: Settings, world: World
) -> None:
    with transaction(engine) as db:
        until_two = db.execute(
            text(
                "SELECT extract(epoch FROM date_trunc('day', n) + interval '1 day 2 hours' - n)::int"
                " FROM (SELECT casework_now() AT TIME ZONE 'Asia/Shanghai' AS n) x"
            )
        ).scalar_one()
    check_due(engine)
    for seconds, due in ((until_two - 60, 0), (until_two + 60, 2)):
        later = connect_engine(settings.model_copy(update={"clock_offset": seconds % 86_400}))
        with transaction(later) as db:
            assert len(list_unchecked(db)) == due
        later.dispose()


def test_the_workers_job_keeps_the_figure(engine: Engine, settings: Settings, world: World) -> None:
    check(Hands(engine, settings), world.programmes["BJ"])
    with transaction(engine) as db:
        assert db.execute(text("SELECT live, broken FROM case_hygiene_days")).all() == [(0, 0)]


def test_the_number_of_queries_does_not_depend_on_how_much_is_wrong(db: Connection, world: World) -> None:
    def how_many() -> int:
        sent: list[str] = []
        event.listen(db, "before_cursor_execute", lambda *given: sent.append(given[2]))
        show_case_hygiene(db, actor)
        check_programme(db, world.programmes["BJ"])
        return len(sent)

    actor = world.actor(db, "supervisor")
    to_referral(world, db)
    before = how_many()
    for _ in range(3):
        to_referral(world, db)
    db.execute(text("UPDATE cases SET owner_id = NULL"))
    # Each listener stays, so the second time counts twice.
    assert how_many() <= before + 1


# --- what happens by itself ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "statement"),
    [
        ("untold", "UPDATE outbox SET seq = seq"),
        (
            "unsent",
            (
                "INSERT INTO mails (id, person_id, key, kind, sealed, made_at, send_at) SELECT gen_random_uuid(), "
                "id, 'k', 'offer', false, casework_now(), casework_now() - interval '2 hours' FROM people LIMIT 1"
            ),
        ),
        (
            "unerased",
            (
                "WITH l AS (INSERT INTO logs (id, kind, head, last_at) SELECT gen_random_uuid(), 'erasure', '', now() "
                "RETURNING id) INSERT INTO erasures (id, programme_id, basis, state, asked_by, asked_at, decided_by, "
                "decided_at) SELECT l.id, p.id, 'request', 'agreed', l.id, now(), "
                "p.id, now() - interval '1 hour' FROM l, programmes p LIMIT 1"
            ),
        ),
        (
            "failing",
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('others', 'casework:tell', '{\"tries\": 5}')",
        ),
        ("closed_roles", "UPDATE people SET active = false WHERE email = 'observer@example.org'"),
        (
            "overdue_job",
            (
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args, scheduled_at) "
                "VALUES ('others', 'casework:tell', '{}', now() - interval '1 hour')"
            ),
        ),
    ],
)
def test_work_that_waits_too_long_is_found(db: Connection, world: World, kind: str, statement: str) -> None:
    world.new_case(db)
    nothing_awaited(db)
    assert find_delays(db, sealed=True) == []
    db.execute(text(statement))
    if kind == "untold":
        db.execute(text("SELECT set_config('casework.clock_offset', '600', true)"))
    assert [one.kind for one in find_delays(db, sealed=True)] == [kind]
