"""`casework tick` lets the clocks fire, and says what it did."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, text

from casework.operations.catalogue.kept_records import correct_record
from casework.records.database import transaction
from tests.operations.catalogue.test_need_renewals import on_record, today
from tests.operations.tasks.test_allocation import rule
from tests.support.databases import run_casework
from tests.support.world import World, new_request

FORTY_DAYS = str(40 * 86_400)


def test_a_tick_says_what_happened_and_the_next_one_finds_nothing(
    engine: Engine, database_url: str, world: World
) -> None:
    with transaction(engine) as db:
        world.new_case(db)
    later = {"DATABASE_URL": database_url, "CASEWORK_CLOCK_OFFSET": FORTY_DAYS}
    assert run_casework("tick", environment={"DATABASE_URL": database_url}).stdout == "Nothing is due.\n"
    assert run_casework("tick", "--until-quiet", environment=later).stdout == "4 happened.\n"
    assert run_casework("tick", environment=later).stdout == "Nothing is due.\n"


def test_a_tick_gives_tasks_to_people_where_their_queue_has_a_rule(
    engine: Engine, database_url: str, world: World
) -> None:
    with transaction(engine) as db:
        rule(world, db, "intake", "round_robin")
        world.new_case(db)
    assert run_casework("tick", environment={"DATABASE_URL": database_url}).stdout == "1 happened.\n"
    with transaction(engine) as db:
        assert (
            db.execute(text("SELECT count(*) FROM tasks WHERE queue = 'intake' AND holder_id IS NOT NULL")).scalar_one()
            == 1
        )


def test_a_tick_forgets_what_no_longer_counts_of_signing_in(engine: Engine, database_url: str) -> None:
    with transaction(engine) as db:
        db.execute(
            text(
                "INSERT INTO sign_in_attempts (account, address, at, succeeded) SELECT 'x'::bytea, '', casework_now()"
                " - make_interval(days => n), true FROM unnest(ARRAY[1, 89, 91]) n"
            )
        )
        db.execute(
            text(
                "INSERT INTO challenges (challenge, purpose, expires_at) SELECT n::text::bytea, 'sign_in', casework_now()"
                " + make_interval(mins => n) FROM unnest(ARRAY[-1, 1]) n"
            )
        )
    assert run_casework("tick", environment={"DATABASE_URL": database_url}).returncode == 0
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM sign_in_attempts")).scalar_one() == 2
        assert db.execute(text("SELECT count(*) FROM challenges")).scalar_one() == 1


def test_a_tick_asks_once_a_night_whether_a_need_that_expires_soon_still_holds(
    engine: Engine, database_url: str, world: World
) -> None:
    with transaction(engine) as db:
        need = on_record(db, world, address="zhou@campus.example")
        last = (today(db, world) + timedelta(days=20)).isoformat()
        officer = world.actor(db, "officer")
        fields = {"valid_until": last}
        correct_record(db, officer, "need", need, fields=fields, source=None, reason="So.", request=new_request())
    asked = text("SELECT count(*) FROM need_statements WHERE renews_id IS NOT NULL")
    where = {"DATABASE_URL": database_url}
    mails = {"CASEWORK_SMTP_HOST": "mail.example", "CASEWORK_BASE_URL": "https://office.example"}
    for night, (mailing, count) in enumerate((({}, 0), (mails, 1), (mails, 1))):
        later = {"CASEWORK_CLOCK_OFFSET": str(night * 86_400)}
        ticked = run_casework("tick", environment=where | later | mailing)
        assert ticked.returncode == 0, ticked.stderr
        with transaction(engine) as db:
            assert db.execute(asked).scalar_one() == count


def test_production_does_not_tick_in_another_time(database_url: str) -> None:
    elsewhere = {
        "DATABASE_URL": database_url,
        "CASEWORK_CLOCK_OFFSET": FORTY_DAYS,
        "CASEWORK_PROFILE": "production",
    }
    done = run_casework("tick", environment=elsewhere)
    assert done.returncode == 1
    assert "CASEWORK_CLOCK_OFFSET" in done.stderr
