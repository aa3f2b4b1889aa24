"""What administrators see of the queue of jobs, and what they may press."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import NotFound
from casework.jobs.queue import DEAD_AFTER_S
from casework.operations.mediations.service import open_mediation
from casework.operations.oversight.job_health import SILENT_S, age_of_backup, find_delays, retry_job, show_jobs
from casework.records.backup_folders import finish, keep_proof, making, name_at
from casework.records.backup_shelves import Folder
from casework.records.database import transaction
from casework.records.wal_archive import Place, begin_line, keep_state
from casework.settings import Settings
from tests.support.additions import add_failed_job, add_mail
from tests.support.world import World, new_request


def _worker(db: Connection, silent: int) -> int:
    id: int = db.execute(
        text(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => :s)) RETURNING id"
        ),
        {"s": silent},
    ).scalar_one()
    return id


def _job(db: Connection, status: str, worker: int | None = None) -> None:
    db.execute(
        text(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id) "
            "VALUES ('others', 'casework:tell', CAST(:s AS procrastinate_job_status), :w)"
        ),
        {"s": status, "w": worker},
    )


def test_the_queue_is_told_in_figures(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        alive, _, dead = _worker(db, 0), _worker(db, 0), _worker(db, 60)
        _job(db, "todo")
        _job(db, "doing", alive)
        _job(db, "doing", dead)
        failed = add_failed_job(db)
        found = show_jobs(db, world.actor(db, "administrator"))
    assert (found.workers, found.waiting, found.running, found.stalled, found.failing) == (1, 1, 2, 1, 1)
    assert [(one.id, one.task, one.tries) for one in found.jobs] == [(failed, "send", 1)]


def test_a_worker_is_dead_to_the_page_when_it_is_to_the_others() -> None:
    assert SILENT_S == DEAD_AFTER_S


def test_a_failed_job_is_tried_at_once(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        failed = add_failed_job(db)
        retry_job(db, world.actor(db, "administrator"), failed, new_request())
        assert show_jobs(db, world.actor(db, "administrator")).jobs[0].next_at is None


@pytest.mark.parametrize("job", ["", "0", "nothing", "1; DROP TABLE cases", "９", "9" * 30])
def test_what_is_no_failed_job_is_not_there(engine: Engine, world: World, job: str) -> None:
    with transaction(engine) as db, pytest.raises(NotFound):
        retry_job(db, world.actor(db, "administrator"), job, new_request())


def test_for_others_than_administrators_there_is_no_queue(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        for name in ("officer", "supervisor", "provider_lead", "auditor"):
            with pytest.raises(NotFound):
                show_jobs(db, world.actor(db, name))


def test_what_is_for_a_sealed_mediation_is_in_no_figure_of_the_page(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
        administrator = world.actor(db, "administrator")
        before = show_jobs(db, administrator)
        mediation = str(open_mediation(db, world.actor(db, "dispute_officer"), number, new_request()).answer["id"])
        mail = add_mail(db, world.people["dispute_officer"])
        db.execute(
            text(
                "UPDATE mails SET sealed = true, state = 'queued', made_at = now() - "
                "interval '2 days', send_at = now() - interval '2 days' WHERE id = :id"
            ),
            {"id": mail},
        )
        jobs = [
            db.execute(
                text(
                    "INSERT INTO procrastinate_jobs (queue_name, task_name, args, scheduled_at) VALUES ('others', :task,"
                    " CAST(:args AS jsonb) || jsonb_build_object('tries', 9, 'id', "
                    "gen_random_uuid()), now() - interval '1 day') RETURNING args->>'id'"
                ),
                {"task": f"casework:{task}", "args": args},
            ).scalar_one()
            for task, args in (("fire_timers", f'{{"log": "{mediation}"}}'), ("send", f'{{"mail": "{mail}"}}'))
        ]
        assert replace(show_jobs(db, administrator), at=before.at) == before
        for job in jobs:
            with pytest.raises(NotFound):
                retry_job(db, administrator, job, new_request())
        assert {one.kind for one in find_delays(db, sealed=True)} >= {"unsent", "failing", "overdue_job"}


def test_what_waits_for_its_leaf_is_told_only_where_all_is(
    engine: Engine, superuser_engine: Engine, world: World
) -> None:
    """Of how many and since when an administrator could tell that something happened in a mediation."""
    with superuser_engine.begin() as db:
        db.execute(text("UPDATE awaited_leaves SET since = since - interval '2 minutes'"))
    with transaction(engine) as db:
        assert "unsequenced" not in {one.kind for one in show_jobs(db, world.actor(db, "administrator")).late}
        assert "unsequenced" in {one.kind for one in find_delays(db, sealed=True)}


def test_of_backups_it_is_told_where_a_folder_of_them_is_named(engine: Engine, world: World, tmp_path: Path) -> None:
    """Nothing where none is; how old the last good one is, and where it is too old, how many were made since and are not good."""
    assert age_of_backup(Settings(profile="test")) == (None, None, None, None)
    settings = Settings(profile="test", backup_folder=str(tmp_path))
    behind = age_of_backup(settings).behind
    assert behind is not None
    assert (behind.kind, behind.count, behind.since) == ("not_archived", 0, None)
    line, key = begin_line(Folder(tmp_path), Place(system="7", timeline=1, lsn=100), datetime.now(UTC), None)
    keep_state(Folder(tmp_path), line, 100, datetime.now(UTC) - timedelta(minutes=7, seconds=30), key)
    behind = age_of_backup(settings).behind
    assert behind is not None
    assert (behind.count, behind.since) == (7, age_of_backup(settings).archived_at)
    none = age_of_backup(settings).late
    assert none is not None
    assert (none.kind, none.count, none.since) == ("no_backup", 0, None)
    day = timedelta(days=1)
    _backup(tmp_path, datetime.now(UTC) - 3 * day, good=True)
    _backup(tmp_path, datetime.now(UTC) - day, good=False)
    age = age_of_backup(settings)
    assert age.late is not None
    assert (age.late.count, age.late.since) == (1, age.good_at)
    with transaction(engine) as db:
        shown = show_jobs(db, world.actor(db, "administrator"), age)
    assert (shown.backup_at, [one.kind for one in shown.late]) == (age.good_at, ["no_backup", "not_archived"])
    assert shown.archived_at == age.archived_at
    keep_state(Folder(tmp_path), line, 100, datetime.now(UTC), key)
    _backup(tmp_path, datetime.now(UTC), good=True)
    assert age_of_backup(settings).delays == []


def _backup(root: Path, at: datetime, *, good: bool) -> None:
    with making(Folder(root), name_at(at), None) as half:
        made = finish(half, half.manifest({"made_at": at.isoformat()}))
    keep_proof(made, {"faults": [] if good else ["a fault"], "at": at.isoformat()}, None)
