"""The log as strangers read it: what was published, the tiles that prove it, and nothing beyond."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, text

from casework.ledger.merkle import check_inclusion, node_from, parse_tile, prove_inclusion, root_between, tiles_between
from casework.ledger.signed_notes import Checkpoint, open_checkpoint, open_note
from casework.operations.core.rate_limits import ALLOWANCES
from casework.operations.verification.sequencer import rotate_key, sequence
from casework.records import log_keys
from casework.records.database import transaction
from casework.settings import Settings
from tests.support.published import publish
from tests.support.web_client import Browser
from tests.support.world import World


def age(superuser: Engine, seconds: int, where: str = "true") -> None:
    """As if what was signed had been signed so long ago."""
    with superuser.begin() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        db.execute(
            text(f"UPDATE checkpoints SET made_at = made_at - make_interval(secs => :s) WHERE {where}"), {"s": seconds}
        )


@pytest.fixture
def published(engine: Engine, superuser_engine: Engine, world: World, settings: Settings) -> Checkpoint:
    """The world with a checkpoint of an hour ago, and one that is not published yet."""
    sequence(engine, settings)
    age(superuser_engine, 3600)
    with transaction(engine) as db:
        world.new_case(db)
    sequence(engine, settings)
    age(superuser_engine, -60, "n = 2")
    with transaction(engine) as db:
        note = newest(db)
    return open_checkpoint(note, log_keys.public_keys(settings))


def newest(db: Connection) -> str:
    return str(db.execute(text("SELECT note FROM checkpoints WHERE n = 1")).scalar_one())


def test_the_checkpoint_is_that_of_the_last_full_minute(app: Flask, published: Checkpoint, settings: Settings) -> None:
    answer = app.test_client().get("/log/checkpoint")
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    assert open_checkpoint(answer.text, log_keys.public_keys(settings)) == published
    assert answer.headers["Cache-Control"] == "no-cache"


def test_a_stranger_proves_a_leaf_from_the_tiles_alone(app: Flask, published: Checkpoint) -> None:
    client = app.test_client()
    tiles = {(tile.level, tile.n): client.get(f"/log/tile/{tile.path}") for tile in tiles_between(0, published.size)}
    assert {answer.status_code for answer in tiles.values()} == {200}
    read = node_from(lambda level, n: tiles[level, n].data)
    assert root_between(read, 0, published.size) == published.root
    leaf = tiles[0, 0].data[5 * 32 : 6 * 32]
    check_inclusion(leaf, 5, published.size, prove_inclusion(read, 5, published.size), published.root)


def test_a_tile_goes_no_further_than_what_is_published(app: Flask, published: Checkpoint) -> None:
    client = app.test_client()
    last = list(tiles_between(0, published.size))[-1]
    assert client.get(f"/log/tile/{last.path}").status_code == 200
    assert client.get(f"/log/tile/0/000.p/{published.size + 1}").status_code == 404
    assert client.get("/log/tile/0/000").status_code == 404
    assert client.get("/log/tile/0/001").status_code == 404
    assert client.get("/log/tile/1/000.p/1").status_code == 404


def test_what_was_published_once_is_given_when_the_tile_has_grown(app: Flask, published: Checkpoint) -> None:
    answer = app.test_client().get("/log/tile/0/000.p/3")
    assert len(answer.data) == 96
    assert "immutable" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["", "0", "0/0", "entries/000", "0/000.p/0", "0/000.p/256", "64/000", "0/x001", "0/../000", "%00", "-1/000"]
)
def test_what_is_no_tile_is_not_found(app: Flask, published: Checkpoint, path: str) -> None:
    assert app.test_client().get(f"/log/tile/{path}").status_code == 404


def test_nothing_is_there_before_anything_was_signed(app: Flask, world: World) -> None:
    for path in ("/log/checkpoint", "/log/handover", "/log/tile/0/000.p/1"):
        assert app.test_client().get(path).status_code == 404


def test_where_another_key_took_over_both_signatures_stay_to_be_read(
    app: Flask, engine: Engine, superuser_engine: Engine, world: World, settings: Settings
) -> None:
    client = app.test_client()
    assert client.get("/log/handover").status_code == 404
    sequence(engine, settings)
    first = log_keys.read_key(settings).public
    second = rotate_key(engine, settings).public
    age(superuser_engine, -120)
    assert client.get("/log/handover").status_code == 404, "its minute is not over"
    # What comes within the same minute is what is published of it, by the new key alone.
    with transaction(engine) as db:
        world.new_case(db)
    sequence(engine, settings)
    third = rotate_key(engine, settings).public
    with transaction(engine) as db:
        world.new_case(db)
    sequence(engine, settings)
    publish(superuser_engine)
    assert open_note(client.get("/log/checkpoint").text, [first, second, third])[1] == (third,)
    assert open_note(client.get("/log/handover").text, [first, second, third])[1] == (second, third)
    for before, after in ((first, second), (second, third)):
        note = client.get(f"/log/handover?key={before.id.hex()}").text
        assert open_note(note, [before, after])[1] == (before, after)
    for key in (third.id.hex(), "none", "%2F"):
        assert client.get(f"/log/handover?key={key}").status_code == 404


def test_it_is_the_same_for_who_is_signed_in(
    app: Flask, published: Checkpoint, browser_for: Callable[[str], Browser]
) -> None:
    browser = browser_for("officer")
    for path in ("/log/checkpoint", f"/log/tile/{parse_tile('0/000.p/3').path}"):
        assert browser.get(path).data == app.test_client().get(path).data


def test_it_sets_no_cookie(app: Flask, published: Checkpoint) -> None:
    assert "Set-Cookie" not in app.test_client().get("/log/checkpoint").headers


def test_who_asks_too_often_is_told_to_wait(app: Flask, published: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    few = type(ALLOWANCES["log"])(2, ALLOWANCES["log"].within, "few")
    monkeypatch.setitem(ALLOWANCES, "log", few)
    answers = [app.test_client().get("/log/checkpoint").status_code for _ in range(4)]
    assert answers[-1] == 429
