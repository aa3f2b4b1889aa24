"""Workers as real processes: clocks that are wrong, kills at the moment of firing, several side by side."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from casework.jobs.dispatcher import dispatch
from casework.jobs.job_app import make_app
from casework.operations.core.perform import home_of
from casework.operations.verification.service import verify_all
from casework.records.database import connect_engine, transaction
from casework.settings import Settings
from tests.jobs.processes import hands, wait_until
from tests.jobs.sites import Site, build_site
from tests.journeys.kills import Victim

CASES = 8


@pytest.fixture
def site(engine: Engine, settings: Settings, database_url: str) -> Site:
    return build_site(engine, settings, database_url, CASES)


def test_two_workers_ten_minutes_apart_killed_while_they_fire(
    site: Site, superuser_engine: Engine, tmp_path: Path
) -> None:
    """Each step fires once and never before its moment by the database's time, whoever dies in the middle of it."""
    with transaction(superuser_engine) as db:
        # Long enough in the middle of a firing to be met there.
        db.execute(
            text(
                "CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN PERFORM pg_sleep(0.4); RETURN NEW; END $$"
            )
        )
        db.execute(
            text(
                "CREATE TRIGGER linger BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.actor_id = 'system')"
                " EXECUTE FUNCTION linger()"
            )
        )
    ahead, behind = site.hand(tmp_path, 300), site.hand(tmp_path, -300)
    with hands(ahead, behind):
        for one in (ahead, behind):
            one.start(**site.offset(4))
        for victim in (ahead, behind, ahead):
            wait_until(lambda: _in_the_middle(superuser_engine), "a firing")
            victim.kill()
            victim.start(**site.offset(4))
        with transaction(superuser_engine) as db:
            db.execute(text("DROP TRIGGER linger ON events"))
        wait_until(lambda: len(site.timers_fired()) == CASES, "every reminder")
        assert ahead.stop() == behind.stop() == 0
    fired = site.timers_fired()
    assert {one.n for one in fired} == {0}
    assert len({one.clock for one in fired}) == CASES
    assert all(one.at >= one.moment for one in fired)
    assert list(verify_all(site.engine)) == []


def _in_the_middle(engine: Engine) -> bool:
    with transaction(engine) as db:
        return bool(
            db.execute(
                text(
                    "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
                )
            ).scalar_one()
        )


def _is_told(engine: Engine) -> bool:
    with transaction(engine) as db:
        waiting = db.execute(text("SELECT (SELECT count(*) FROM procrastinate_jobs) + (SELECT count(*) FROM outbox)"))
        return bool(waiting.scalar_one() == 0)


def test_steps_of_one_log_fire_in_their_order(site: Site, tmp_path: Path) -> None:
    one = site.hand(tmp_path)
    with hands(one):
        one.start(**site.offset(-40 * 86_400))
        wait_until(lambda: len(site.timers_fired()) == 4 * CASES, "every step")
        # What the steps owe is told by jobs of their own; a worker that is stopped before leaves these to the next.
        wait_until(lambda: _is_told(site.engine), "all that follows from them")
        wait_until(lambda: not _jobs(site.engine), "the end of what the night asks for")
        assert one.stop() == 0
    said = one.log.read_text()
    assert said.startswith(
        "Working: up to 2 deadlines and 2 other jobs at once; no mails, for no mail server is named.\n"
    )
    assert "times deadlines" in said
    assert said.endswith("Stopped.\n")
    by_clock: dict[str, list[int]] = {}
    for fired in site.timers_fired():
        by_clock.setdefault(fired.clock, []).append(fired.n)
    assert all(order == [0, 1, 2, 3] for order in by_clock.values())
    assert _jobs(site.engine) == []


def _jobs(engine: Engine) -> list[str]:
    """What each job does that waits or runs."""
    with transaction(engine) as db:
        return list(db.execute(text("SELECT task_name FROM procrastinate_jobs ORDER BY task_name")).scalars())


def test_a_worker_that_begins_anew_still_knows_its_tasks(settings: Settings) -> None:
    first, second = ({name for name in make_app(settings).tasks if not name.startswith("builtin:")} for _ in range(2))
    assert first == second >= {"casework:fire_timers", "casework:tell", "casework:send", "casework:check"}


def test_a_worker_lives_through_a_database_that_goes_away(site: Site, superuser_engine: Engine, tmp_path: Path) -> None:
    one = site.hand(tmp_path)
    with hands(one):
        one.start(**site.offset(5))
        wait_until(lambda: _workers(site.engine) == 2, "the worker")
        with transaction(superuser_engine) as db:
            db.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        # Ours were ended as well.
        site.engine.dispose()
        wait_until(lambda: len(site.timers_fired()) == CASES, "every reminder")
        assert one.stop() == 0


def _workers(engine: Engine) -> int:
    with transaction(engine) as db:
        count: int = db.execute(text("SELECT count(*) FROM procrastinate_workers")).scalar_one()
    return count


def test_a_job_whose_worker_is_dead_gives_way_to_another(site: Site, settings: Settings) -> None:
    later = connect_engine(settings.model_copy(update={"clock_offset": round(site.ahead) + 60}))
    # One for each clock, one that tells of what has happened so far, the night of two programmes, that of the history, and of the
    # programme with records the twins and what is proposed.
    made = dispatch(later, mailing=False)
    kinds = Counter(name.removeprefix("casework:") for name in _jobs(later))
    assert kinds == {"fire_timers": CASES, "tell": 1, "check": 2, "verify_history": 1, "find_twins": 1, "propose": 1}
    assert made == CASES + 6
    assert dispatch(later, mailing=False) == 0
    with transaction(later) as db:
        # A worker that took them all, and was not heard of since.
        dead = db.execute(
            text(
                "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '20 seconds') RETURNING id"
            )
        ).scalar_one()
        db.execute(text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :dead"), {"dead": dead})
    assert dispatch(later, mailing=False) == CASES + 6
    with transaction(later) as db:
        jobs = db.execute(text("SELECT status::text FROM procrastinate_jobs")).scalars().all()
    assert jobs == ["todo"] * (CASES + 6)
    later.dispose()


def test_a_clock_that_cannot_fire_is_tried_again_later_and_hinders_no_other(
    site: Site, engine: Engine, tmp_path: Path
) -> None:
    with transaction(engine) as db:
        log = home_of(db, site.numbers[0])
        db.execute(
            text("UPDATE clocks SET track_id = gen_random_uuid() WHERE log_id = CAST(:log AS uuid)"), {"log": log}
        )
    one = site.hand(tmp_path)
    with hands(one):
        one.start(**site.offset(-60))
        wait_until(lambda: len(site.timers_fired()) == CASES - 1, "the others' reminders")
        wait_until(lambda: _tries(engine) >= 1, "another try")
        named = _names(engine)
        wait_until(lambda: _tries(engine) >= 2, "one more try")
        assert one.stop() == 0
    assert len(site.timers_fired()) == CASES - 1
    # By an id that it keeps, not by its number in the queue, which would tell how many other jobs there were.
    assert _names(engine) == named
    assert [len(name) for name in named] == [36]


def test_a_server_can_have_a_worker_beside_it(site: Site) -> None:
    victim = Victim(site.environment | site.offset(-40 * 86_400), arguments=("--worker",))
    try:
        victim.start()
        wait_until(lambda: len(site.timers_fired()) == 4 * CASES, "every step")
    finally:
        victim.kill()


def _names(engine: Engine) -> set[str]:
    with transaction(engine) as db:
        return set(db.execute(text("SELECT args->>'id' FROM procrastinate_jobs WHERE args ? 'tries'")).scalars())


def _tries(engine: Engine) -> int:
    with transaction(engine) as db:
        tries: int = db.execute(
            text("SELECT coalesce(max((args->>'tries')::int), 0) FROM procrastinate_jobs")
        ).scalar_one()
    return tries
