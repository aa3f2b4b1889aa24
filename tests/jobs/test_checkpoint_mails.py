"""Checkpoints by mail from a worker that is killed in the middle: of a day one mail goes, and what arrives is what was signed."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, text

from casework.ledger.signed_notes import open_checkpoint
from casework.operations.notifications.checkpoint_mails import name_address
from casework.records import log_keys
from casework.records.database import transaction
from casework.settings import Settings
from tests.jobs.processes import hands, wait_until
from tests.jobs.sites import build_site
from tests.support.mailbox import mail_server
from tests.support.published import sign_and_publish
from tests.support.world import new_request

OUTSIDE = "keeper@elsewhere.example"


def test_a_worker_that_is_killed_as_it_queues_a_mail_leaves_it_to_the_next(
    engine: Engine, superuser_engine: Engine, settings: Settings, database_url: str, tmp_path: Path
) -> None:
    with mail_server() as box:
        site = build_site(engine, settings, database_url, 1)
        site.environment |= {
            "CASEWORK_SMTP_HOST": "127.0.0.1",
            "CASEWORK_SMTP_PORT": str(box.port),
            "CASEWORK_SMTP_SECURITY": "none",
            "CASEWORK_SMTP_SENDER": "casework@casework.example",
            "CASEWORK_BASE_URL": "https://casework.example",
        }
        sign_and_publish(engine, superuser_engine, settings)
        with transaction(engine) as db:
            name_address(db, site.world.actor(db, "auditor"), OUTSIDE, "en", new_request())
        with superuser_engine.begin() as db:
            # Long enough in the middle of it to be met there.
            db.execute(
                text(
                    "CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS"
                    " $$ BEGIN PERFORM pg_sleep(3); RETURN NEW; END $$;"
                    " CREATE TRIGGER linger BEFORE INSERT ON mails FOR EACH ROW WHEN (NEW.kind = 'checkpoint')"
                    " EXECUTE FUNCTION linger()"
                )
            )
        worker = site.hand(tmp_path, 0)
        with hands(worker):
            worker.start()
            wait_until(lambda: _queues(superuser_engine), "a mail that is queued")
            worker.kill()
            with superuser_engine.begin() as db:
                # The server notices only after a while that nobody is there any more.
                db.execute(text("SET LOCAL lock_timeout = '60s'"))
                db.execute(text("DROP TRIGGER linger ON mails"))
                assert db.execute(text("SELECT count(*) FROM mails WHERE kind = 'checkpoint'")).scalar_one() == 0
                # Whoever took it died with it; another one looks again, the hour being up.
                db.execute(text("UPDATE checkpoint_mails SET look_at = casework_now()"))
            worker.start()
            wait_until(lambda: _sent(superuser_engine), "the mail")
            with superuser_engine.begin() as db:
                # Whatever makes somebody look again: of the day it has gone.
                db.execute(text("UPDATE checkpoint_mails SET look_at = casework_now()"))
            wait_until(lambda: not _to_look_at(superuser_engine), "another look")
            worker.stop()
        (message,) = box.to(OUTSIDE)
        (attached,) = message.iter_attachments()
        assert open_checkpoint(attached.get_content().decode(), log_keys.public_keys(settings)).size > 0


def _queues(engine: Engine) -> bool:
    with transaction(engine) as db:
        query = text(
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%INSERT INTO mails%' AND wait_event = 'PgSleep'"
        )
        return bool(db.execute(query).scalar_one())


def _sent(engine: Engine) -> bool:
    with transaction(engine) as db:
        return bool(
            db.execute(text("SELECT count(*) FROM mails WHERE kind = 'checkpoint' AND state = 'sent'")).scalar_one()
        )


def _to_look_at(engine: Engine) -> bool:
    with transaction(engine) as db:
        return bool(
            db.execute(text("SELECT count(*) FROM checkpoint_mails WHERE look_at <= casework_now()")).scalar_one()
        )
