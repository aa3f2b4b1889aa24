"""A worker or a command that is killed in the middle of a file, and an indexing in the middle of a catalogue: nothing is doubled."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from casework.operations.catalogue import file_imports
from casework.operations.catalogue.importer import import_records
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from casework.settings import Settings
from tests.jobs.processes import hands, wait_until
from tests.jobs.sites import Site, build_site
from tests.support.databases import ROOT

ROWS = 2_000
#: At so many rows a worker is killed.
KILLED_AT = (500, 1_000)


def told() -> bytes:
    rows = [
        f"T{n},Pump a{n * 7919} for site b{n * 104729},Recovers c{n * 611953} at d{n * 15485863} plants.,{n % 50} Works"
        for n in range(ROWS)
    ]
    return "\n".join(["external_id,title,description,owner", *rows, ",Nameless,,"]).encode()


def hand_in(site: Site) -> str:
    with transaction(site.engine) as db:
        actor, programme = site.world.actor(db, "officer"), site.world.programmes["BJ"]
        given: dict[str, Any] = {"content": told(), "name": "pumps.csv", "source": "A fair", "complete": True}
        id = file_imports.add_file(db, actor, programme, "technologies", **given)
        file_imports.take_over(db, actor, programme, id, licence=None)
    return id


def ask(engine: Engine, statement: str, **given: Any) -> Any:
    with transaction(engine) as db:
        return db.execute(text(statement), given).scalar_one()


def counts(engine: Engine) -> dict[str, int]:
    tables = {
        "technologies": "technologies WHERE source = 'A fair'",
        "logs": "logs WHERE kind = 'technology'",
        "source_rows": "source_rows",
        "owners": "organisations WHERE name LIKE '% Works'",
        "indexed": "indexed_records WHERE noun = 'technology'",
    }
    return {name: ask(engine, f"SELECT count(*) FROM {rows}") for name, rows in tables.items()}


def index_of(engine: Engine) -> list[Any]:
    """All that stands in the index."""
    with transaction(engine) as db:
        return [
            db.execute(text(statement)).all()
            for statement in (
                "SELECT noun, term, records FROM index_terms ORDER BY 1, 2",
                "SELECT noun, records, length FROM index_states ORDER BY 1",
                "SELECT record_id, counts, length, rules FROM indexed_records ORDER BY 1",
            )
        ]


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_of_a_file_is_followed_by_one_that_goes_on(
    engine: Engine, settings: Settings, database_url: str, tmp_path: Path
) -> None:
    site = build_site(engine, settings, database_url, 1)
    before = counts(engine)
    id = hand_in(site)

    def read() -> int:
        return int(ask(engine, "SELECT rows_read FROM imports WHERE id = CAST(:id AS uuid)", id=id))

    worker = site.hand(tmp_path)
    with hands(worker):
        for at in KILLED_AT:
            worker.start()
            wait_until(lambda at=at: read() >= at, f"row {at}")  # type: ignore[misc]  # a default argument keeps the loop's value
            worker.kill()
            # Otherwise the kill came when all was done, and proved nothing.
            assert at <= read() < ROWS
        worker.start()
        state = "SELECT state FROM imports WHERE id = CAST(:id AS uuid)"
        wait_until(lambda: ask(engine, state, id=id) == "done", "the end of the file")
        # It may look for twins by now, and need not end that.
        worker.kill()
    report = ask(engine, "SELECT report FROM imports WHERE id = CAST(:id AS uuid)", id=id)
    found = [report[name] for name in ("rows", "created", "updated", "unchanged", "bad")]
    assert found == [ROWS + 1, ROWS, 0, 0, 1]
    added = {name: now - before[name] for name, now in counts(engine).items()}
    assert added == {"technologies": ROWS, "logs": ROWS, "source_rows": ROWS, "owners": 50, "indexed": ROWS}
    assert list(verify_all(engine)) == []
    # The same file once more finds everything as it is.
    again = import_records(engine, "technologies", io.BytesIO(told()), programme="BJ", source="A fair", complete=True)
    assert (again.created, again.updated, again.unchanged, again.gone) == (0, 0, ROWS, 0)
    assert {name: now - before[name] for name, now in counts(engine).items()} == added
    _index_and_kill(site)


def rows_of(engine: Engine, programme: str) -> dict[str, list[Any]]:
    """What stands in a programme of the file, whichever programme that is."""
    told = {
        "technologies": """
            SELECT t.external_id, t.title, t.description, o.name, t.merged_into, p.field, p.origin ->> 'source', p.origin ->> 'confirmed_by'
            FROM technologies t JOIN organisations o ON o.id = t.owner_id CROSS JOIN LATERAL jsonb_each(t.provenance) p(field, origin)
            WHERE t.programme_id = CAST(:programme AS uuid) AND t.source = 'A fair' ORDER BY t.external_id, p.field""",
        "events": """
            SELECT t.external_id, e.seq, e.kind FROM events e JOIN technologies t ON t.id = e.log_id
            WHERE t.programme_id = CAST(:programme AS uuid) AND t.source = 'A fair' ORDER BY t.external_id, e.seq""",
        "source_rows": """
            SELECT r.external_id, r.row, r.gone_since FROM source_rows r JOIN sources s ON s.id = r.source_id
            WHERE s.programme_id = CAST(:programme AS uuid) ORDER BY r.external_id""",
        "indexed": """
            SELECT t.external_id, i.counts, i.length FROM indexed_records i JOIN technologies t ON t.id = i.record_id
            WHERE t.programme_id = CAST(:programme AS uuid) AND t.source = 'A fair' ORDER BY t.external_id""",
        "sources": "SELECT name, licence, fields FROM sources WHERE programme_id = CAST(:programme AS uuid) ORDER BY name",
    }
    with transaction(engine) as db:
        return {
            name: [tuple(row) for row in db.execute(text(statement), {"programme": programme})]
            for name, statement in told.items()
        }


@pytest.mark.slow
def test_a_command_killed_in_the_middle_of_a_file_and_given_again_ends_as_one_that_nobody_disturbed(
    engine: Engine, settings: Settings, database_url: str, tmp_path: Path
) -> None:
    site = build_site(engine, settings, database_url, 1)
    here, there = (site.world.programmes[code] for code in ("BJ", "SH"))
    import_records(engine, "technologies", io.BytesIO(told()), programme="SH", source="A fair", complete=True)
    file = tmp_path / "pumps.csv"
    file.write_bytes(told())
    command = [
        sys.executable,
        "-m",
        "tests.jobs.processes",
        "0",
        "import",
        "technologies",
        str(file),
        "--programme",
        "BJ",
    ]
    command += ["--source", "A fair", "--complete"]
    environment = {"PATH": os.environ["PATH"], **site.environment}

    def brought() -> int:
        statement = (
            "SELECT count(*) FROM technologies WHERE source = 'A fair' AND programme_id = CAST(:programme AS uuid)"
        )
        return int(ask(engine, statement, programme=here))

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    for at in KILLED_AT:
        process = start()
        try:
            wait_until(lambda at=at: brought() >= at, f"row {at}")  # type: ignore[misc]  # a default argument keeps the loop's value
            process.kill()
            assert process.wait(timeout=30) < 0
        finally:
            process.kill()
            process.communicate()
        # Otherwise the kill came when all was done, and proved nothing.
        assert at <= brought() < ROWS
    left = brought()
    process = start()
    try:
        said = process.communicate(timeout=60)[0].decode()
    finally:
        process.kill()
        process.wait()
    assert f"{ROWS - left} new, 0 changed, {left} unchanged, 1 bad" in said
    assert rows_of(engine, here) == rows_of(engine, there)
    assert list(verify_all(engine)) == []


def _index_and_kill(site: Site) -> None:
    """An indexing of all records is killed in the middle, and another one ends it: the index is as it was."""
    was = index_of(site.engine)

    def index(*more: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.jobs.processes", "0", "catalogue", "index", "--programme", "BJ", *more]
        environment = {"PATH": os.environ["PATH"], **site.environment}
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)

    def left() -> int:
        return int(ask(site.engine, "SELECT count(*) FROM indexed_records WHERE rules = 0"))

    process = index("--again")
    try:
        wait_until(lambda: left() > 0, "the beginning of the indexing")
        wait_until(lambda: left() < ROWS, "the first records")
        process.kill()
        assert process.wait(timeout=30) != 0
        assert 0 < left() < ROWS
        process = index()
        assert process.wait(timeout=60) == 0
    finally:
        process.kill()
        process.wait()
    assert left() == 0
    assert index_of(site.engine) == was
