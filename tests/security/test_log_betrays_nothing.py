"""What strangers read of the log is the same for a mediation as for as many notes in a case: all but the hashes, which are chance."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Engine, text

from casework.ledger.merkle import tiles_between
from casework.operations.core.perform import home_of
from casework.operations.mediations.service import open_mediation
from casework.operations.verification.sequencer import sequence
from casework.records.case_loader import load
from casework.records.database import connect_engine, transaction
from casework.records.log_keys import ensure_key
from casework.settings import Settings
from casework.web.app import create_app
from tests.support.databases import DatabaseServer
from tests.support.world import World, build_world, new_request

Act = Callable[[World, Connection, str], None]


def mediate(world: World, db: Connection, number: str) -> None:
    mediation = str(open_mediation(db, world.actor(db, "dispute_officer"), number, new_request()).answer["id"])
    world.write(db, "dispute_officer", load(db, mediation, "mediation"), words="Both were heard.")


def note(world: World, db: Connection, number: str) -> None:
    """As many events, in the case itself."""
    case = load(db, home_of(db, number), "case")
    for _ in range(EVENTS):
        world.write(db, "officer", case, words="Nobody was heard.")
        case = load(db, home_of(db, number), "case")


#: How many events `mediate` records.
EVENTS = 2
_CHANCE = re.compile(r"[A-Za-z0-9+/]{30,}={0,2}")


def told(server: DatabaseServer, template: str, folder: pytest.TempPathFactory, act: Act) -> tuple[object, bytes]:
    """All that a stranger is answered, hashes left out, and all hashes."""
    name = server.create(template)
    settings = server.settings(name, folder.mktemp("told"))
    engine = connect_engine(settings)
    superuser: Engine = connect_engine(
        settings.model_copy(update={"owner_database_url": server.url(name)}), role="owner"
    )
    # The name of a log is chance as well, of one length.
    ensure_key(settings.model_copy(update={"base_url": "https://casework.example.org"}))
    with transaction(engine) as db:
        world = build_world(db)
        number = world.new_case(db)
        before = db.execute(text("SELECT count(*) FROM events")).scalar_one()
    with transaction(engine) as db:
        act(world, db, number)
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM events")).scalar_one() == before + EVENTS
    grown = sequence(engine, settings)
    assert grown is not None
    with superuser.begin() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        db.execute(text("UPDATE checkpoints SET made_at = made_at - interval '2 minutes'"))
    app = create_app(settings)
    client = app.test_client()
    answers, hashes = [], b""
    paths = [f"tile/{tile.path}" for tile in tiles_between(0, grown.size)]
    for path in ("checkpoint", *paths, "tile/0/001", "tile/entries/000", "tile/0/000.p/255"):
        answer = client.get(f"/log/{path}")
        headers = sorted((k, v) for k, v in answer.headers if k.lower() not in ("date", "x-request-id"))
        words = _CHANCE.sub("…", answer.text) if answer.mimetype == "text/plain" else str(len(answer.data))
        answers.append((path, answer.status, headers, words))
        hashes += answer.data if path.startswith("tile/") else b""
    for opened in (engine, superuser, app.extensions["casework"]):
        opened.dispose()
    return answers, hashes


def test_a_mediation_is_told_as_notes_in_a_case_are(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    sealed, ids = told(database_server, template_database, tmp_path_factory, mediate)
    open_, _ = told(database_server, template_database, tmp_path_factory, note)
    assert sealed == open_
    assert len(ids) > 32 * 20


def test_what_is_published_names_no_log(engine: Engine, world: World, settings: Settings) -> None:
    """Neither a log's id nor an event's hash stands in a tile, in whatever form."""
    sequence(engine, settings)
    with transaction(engine) as db:
        tiles = b"".join(bytes(row.hashes) for row in db.execute(text("SELECT hashes FROM tree_tiles")))
        notes = "".join(row.note for row in db.execute(text("SELECT note FROM checkpoints")))
        for row in db.execute(text("SELECT log_id, hash FROM events")):
            for secret in (bytes.fromhex(row.log_id.replace("-", "")), bytes.fromhex(row.hash)):
                assert secret not in tiles
                assert base64.b64encode(secret).decode() not in notes
                assert secret.hex() not in notes
