"""Figures for Prometheus: in its form, true, and telling nothing of what is sealed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from casework.counts import FAMILIES
from casework.operations.mediations.service import open_mediation
from casework.operations.oversight.case_hygiene import check_programme
from casework.operations.oversight.job_health import _DELAYS, KINDS
from casework.operations.oversight.metrics import Metric, measure, write_metrics
from casework.operations.verification.sequencer import sequence
from casework.records.backup_folders import finish, keep_proof, making, name_at
from casework.records.backup_shelves import Folder
from casework.records.database import transaction
from casework.records.wal_archive import Place, begin_line, keep_state
from casework.settings import Settings
from tests.support.additions import add_failed_job
from tests.support.databases import ROOT
from tests.support.world import World, new_request

#: A line of Prometheus's text format, with labels as it quotes them.
SAMPLE = re.compile(r'([a-z_]+)(?:\{([a-z]+)="((?:[^"\\\n]|\\["\\n])*)"[^}]*\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)')


def figures(engine: Engine, settings: Settings) -> dict[tuple[str, str], float]:
    """Each by its name and its label's value."""
    with transaction(engine) as db:
        said = write_metrics(measure(db, settings))
    found = [SAMPLE.fullmatch(line) for line in said.splitlines() if not line.startswith("#")]
    return {(one[1], one[3] or ""): float(one[4]) for one in found if one}


def test_what_waits_is_counted(engine: Engine, settings: Settings, world: World) -> None:
    before = figures(engine, settings)
    assert (before["casework_workers", ""], before["casework_jobs", "failing"]) == (0, 0)
    with transaction(engine) as db:
        world.open_case(db)
        add_failed_job(db)
        db.execute(text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now()), (now())"))
    after = figures(engine, settings)
    assert (after["casework_workers", ""], after["casework_jobs", "failing"]) == (1, 1)
    assert after["casework_outbox_events", ""] > before["casework_outbox_events", ""]
    assert (after["casework_queue_tasks", "BJ"], 0 <= after["casework_queue_oldest_seconds", "BJ"] < 60) == (1, True)
    assert after["casework_database_connections", ""] <= after["casework_database_connections_most", ""]
    assert abs(after["casework_database_time_seconds", ""] - datetime.now(UTC).timestamp()) < 60


def test_a_tree_that_stands_still_is_late(
    engine: Engine, superuser_engine: Engine, settings: Settings, world: World
) -> None:
    # What the world begins with has waited since it was made.
    sequence(engine, settings)
    with transaction(engine) as db:
        world.open_case(db)
    assert figures(engine, settings)["casework_checkpoint_late", ""] == 0
    with superuser_engine.begin() as db:
        db.execute(text("UPDATE awaited_leaves SET since = since - interval '2 minutes'"))
    assert figures(engine, settings)["casework_checkpoint_late", ""] == 1
    grown = sequence(engine, settings)
    assert grown is not None
    now = figures(engine, settings)
    assert (now["casework_checkpoint_late", ""], now["casework_tree_leaves", ""]) == (0, grown.size)
    assert 0 <= now["casework_checkpoint_age_seconds", ""] < 60


def test_the_nightly_check_is_told_by_programme(engine: Engine, settings: Settings, world: World) -> None:
    with transaction(engine) as db:
        world.open_case(db)
        check_programme(db, world.programmes["BJ"])
    now = figures(engine, settings)
    assert (now["casework_cases_live", "BJ"], now["casework_cases_broken", "BJ"]) == (1, 0)
    assert now["casework_cases_late", "BJ"] == 0
    assert now["casework_nightly_check_age_seconds", "BJ"] < 60


def test_of_sealed_mediations_nothing_is_counted(engine: Engine, settings: Settings, world: World) -> None:
    still = (
        "casework_queue_tasks",
        "casework_cases_late",
        "casework_outbox_events",
        "casework_jobs",
        "casework_mails_due",
        "casework_late",
        "casework_cases_live",
    )
    with transaction(engine) as db:
        number = world.new_case(db)
    before = figures(engine, settings)
    with transaction(engine) as db:
        opened = open_mediation(db, world.actor(db, "dispute_officer"), number, new_request())
        db.execute(
            text(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args, scheduled_at) VALUES"
                " ('clocks', 'casework:fire_timers', jsonb_build_object('log', CAST(:log AS text), 'tries', 1), now() - interval '1 hour')"
            ),
            {"log": str(opened.answer["id"])},
        )
    after = figures(engine, settings)
    assert {name: value for name, value in after.items() if name[0] in still} == {
        name: value for name, value in before.items() if name[0] in still
    }
    assert after["casework_job_wait_seconds", ""] == before["casework_job_wait_seconds", ""]


def _archived(root: Path, settings: Settings) -> Settings:
    """The same on the embedded server, whose log was archived an hour ago."""
    line, key = begin_line(Folder(root), Place(system="7", timeline=1, lsn=100), datetime.now(UTC), None)
    keep_state(Folder(root), line, 100, datetime.now(UTC) - timedelta(hours=1), key)
    return settings.model_copy(update={"backup_folder": str(root), "database_url": None})


def test_backups_are_told_where_their_folder_is_named(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    assert not [name for name, _ in figures(engine, settings) if "backup" in name]
    own = settings.model_copy(update={"backup_folder": str(tmp_path)})
    assert figures(engine, own)["casework_backups", "yes"] == 0
    assert ("casework_backup_age_seconds", "") not in figures(engine, own)
    at = datetime.now(UTC) - timedelta(hours=1)
    with making(Folder(tmp_path), name_at(at), None) as half:
        made = finish(half, half.manifest({"made_at": at.isoformat()}))
    keep_proof(made, {"faults": [], "at": at.isoformat()}, None)
    now = figures(engine, own)
    assert ("casework_archived_age_seconds", "") not in now
    assert 3500 < figures(engine, _archived(tmp_path, own))["casework_archived_age_seconds", ""] < 3700
    assert (now["casework_backups", "yes"], 3500 < now["casework_backup_age_seconds", ""] < 3700) == (1, True)


@given(st.text(), st.floats(allow_nan=False, allow_infinity=False))
def test_whatever_a_label_says_one_line_is_one_value(words: str, value: float) -> None:
    clean = "".join(one for one in words if one.isprintable() or one == "\n")
    said = write_metrics([Metric("a", clean, [({"b": clean}, value)])])
    assert said.count("\n") == 3
    found = SAMPLE.fullmatch(said.splitlines()[-1]) if said.splitlines()[-1].startswith("a{") else None
    assert found is not None
    assert re.sub(r"\\(.)", lambda one: {"n": "\n"}.get(one[1], one[1]), found[3]) == clean
    assert float(found[4]) == value


def test_every_kind_of_delay_that_the_page_tells_has_its_figure() -> None:
    kinds = set(re.findall(r"SELECT '(\w+)'", str(_DELAYS)))
    assert set(KINDS) == kinds - {"unsequenced"}


def test_alerts_and_docs_speak_of_figures_that_there_are(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    own = _archived(tmp_path, settings)
    with transaction(engine) as db:
        there = {one.name for one in measure(db, own)} | {"casework_database_up", "casework_backup_age_seconds"}
    counted = {one.name for one in FAMILIES}
    alerts = set(re.findall(r"\bcasework_[a-z_]+", (ROOT / "docs" / "alerts.yml").read_text()))
    told = set(re.findall(r"\bcasework_[a-z_]+", (ROOT / "docs/how-to/watch-with-prometheus.md").read_text()))
    # Of what takes time several stand under one name.
    assert {re.sub(r"_seconds_(?:bucket|count|sum)$", "_seconds", name) for name in alerts} <= there | counted
    assert there | counted <= told | {"casework_database_connections_most"}
