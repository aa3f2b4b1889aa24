"""Every part of `make bench` that reads large databases runs, and those hold what people read.

Apart from the other parts: what these publish for their small world stays to the end of their file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import Connection

from benchmarks.__main__ import LARGE
from benchmarks.large import large
from benchmarks.reading import Reading, as_engine, as_person, readings
from casework.operations.core.paging import Page
from casework.operations.search.service import KINDS
from casework.operations.search.views import Found
from casework.permissions.actors import Actor
from tests.support.tiny_benchmarks import give_figures


@pytest.mark.slow
@pytest.mark.parametrize("part", LARGE)
def test_a_part_on_large_databases_gives_its_figures(
    part: str, kept_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEWORK_VAR", str(kept_dir))
    give_figures(part)


#: What a large database holds, as numbers of rows that must be there.
HELD = {
    "live referrals of the busy provider": (
        "SELECT count(*) FROM tracks WHERE provider_id = md5('busy')::uuid AND ended_at IS NULL AND played ? 'sends'"
    ),
    "sealed mediations": "SELECT count(*) FROM mediations",
    "papers": "SELECT count(*) FROM documents",
    "grants": "SELECT count(*) FROM grants g JOIN tracks r ON r.id = g.track_id JOIN documents d ON d.id = g.document_id",
    "holds": "SELECT count(*) FROM cases WHERE hold IS NOT NULL",
    "absences": "SELECT count(*) FROM absences a JOIN memberships m ON m.absence_id = a.id AND m.deputy_for = a.person_id",
    "parties with a Chinese name": (
        "SELECT count(*) FROM cases c JOIN organisations o ON o.id = (c.parties->>'need_owner')::uuid WHERE o.name_zh LIKE '%热力%'"
    ),
    "clocks that stand still": "SELECT count(*) FROM clocks k JOIN tasks t ON t.id = k.task_id WHERE k.state = 'paused'",
    "messages": "SELECT count(*) FROM events WHERE kind = 'noted'",
}


@pytest.mark.slow
def test_a_large_database_holds_what_people_read(kept_dir: Path) -> None:
    with large(600, 400, 30, var=kept_dir) as scene, scene.world.superuser() as db:
        counts = {name: db.execute(query.encode()).fetchone() for name, query in HELD.items()}
        assert {name for name, count in counts.items() if count is None or not count[0]} == set()
        history = "SELECT count(*) FROM events e JOIN cases c ON c.id = e.log_id WHERE c.number = %s"
        assert db.execute(history, (scene.long,)).fetchone() == (2_000,)
        assert scene.tasks >= 600


@pytest.mark.slow
def test_a_person_reads_what_the_engine_reads_for_them(kept_dir: Path) -> None:
    with large(600, 400, 30, var=kept_dir) as scene:
        engine = scene.world.engine()
        for name, reading in readings(scene, 30).items():
            actor = scene.world.actor(engine, reading.who)
            given: list[object] = []

            def keep(db: Connection, actor: Actor, reading: Reading = reading, given: list[object] = given) -> None:
                given.append(reading.read(db, actor))

            as_engine(engine, actor, keep)
            as_person(engine, actor, keep)
            assert given[0] == given[1], name
            assert _says_something(given[0]), name
        engine.dispose()


def _says_something(given: object) -> bool:
    """Whether a list, a count or what was found is not empty."""
    if isinstance(given, Page):
        return bool(given.items)
    if isinstance(given, Mapping):
        return any(given.values())
    if isinstance(given, Found):
        return any(getattr(given, kind) for kind in KINDS)
    return bool(given)
