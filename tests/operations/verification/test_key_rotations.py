"""A key of the log that is followed by another: told by an event with a leaf, held against what both signed, shown to auditors."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine, text

from casework.engine.state.events import SYSTEM_ACTOR
from casework.errors import NotFound
from casework.ledger.signed_notes import Checkpoint, sign_note
from casework.operations.verification.key_rotations import KEY_ROTATED, PROGRAM, check_rotations, list_rotations
from casework.operations.verification.nightly import verify_night
from casework.operations.verification.sequencer import rotate_key, sequence
from casework.operations.verification.service import verify_all
from casework.operations.verification.tree_judgement import kept_here
from casework.records import log_keys, tree_tiles
from casework.records.database import transaction
from casework.settings import Settings
from tests.support.world import World


def told(engine: Engine, settings: Settings) -> list[str]:
    return [one.sentence for one in verify_all(engine, kept_here(settings))]


def rewrite(superuser: Engine, statement: str, **given: object) -> None:
    with superuser.begin() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        assert db.execute(text(statement), given).rowcount > 0


def event(db: Connection) -> tuple[str, int, dict[str, object]]:
    found = text("SELECT log_id::text, seq, effects, actor_id, at FROM events WHERE kind = :kind")
    row = db.execute(found, {"kind": KEY_ROTATED}).one()
    assert row.actor_id == SYSTEM_ACTOR
    assert tree_tiles.find_leaf(db, row.log_id, row.seq, row.at) is not None
    return row.log_id, row.seq, row.effects


def test_an_event_with_a_leaf_tells_of_both_keys_and_of_what_they_signed(
    engine: Engine, world: World, settings: Settings
) -> None:
    sequence(engine, settings)
    before = log_keys.read_key(settings).public
    after = rotate_key(engine, settings).public
    with transaction(engine) as db:
        newest = tree_tiles.newest_checkpoint(db)
        assert newest is not None
    sequence(engine, settings)
    with transaction(engine) as db:
        _, _, effects = event(db)
        assert effects == {
            "program": PROGRAM,
            "rotation": {
                "origin": before.name,
                "old_key": before.id.hex(),
                "new_key": after.id.hex(),
                "checkpoint": {"n": newest.n, "size": newest.size, "root": newest.root.hex()},
            },
        }
        assert tree_tiles.newest_checkpoint(db) != newest, "the event itself is signed by the new key"
    assert told(engine, settings) == []
    assert list(verify_all(engine)) == []
    assert verify_night(engine, kept_here(settings)) == 0


def test_auditors_are_shown_it_and_officers_not(engine: Engine, world: World, settings: Settings) -> None:
    sequence(engine, settings)
    keys = [log_keys.read_key(settings).public, *(rotate_key(engine, settings).public for _ in range(2))]
    with transaction(engine) as db:
        auditor, officer = world.actor(db, "auditor"), world.actor(db, "officer")
        shown = [(one.old_key, one.new_key) for one in list_rotations(db, auditor)]
        first, second, third = (key.id.hex() for key in keys)
        assert shown == [(second, third), (first, second)]
        with pytest.raises(NotFound):
            list_rotations(db, officer)


#: What somebody rewrites, and what is said of it.
REWRITES = [
    (
        "UPDATE events SET effects = jsonb_set(effects, '{rotation,new_key}', '\"00000000\"') WHERE kind = 'key_rotated'",
        {"no event tells that one followed the other", "tells of a change of keys that no checkpoint shows"},
    ),
    ("UPDATE events SET actor_id = gen_random_uuid()::text WHERE kind = 'key_rotated'", {"no event tells that one followed"}),
    ("UPDATE events SET kind = 'settings' WHERE kind = 'key_rotated'", {"no event tells that one followed the other"}),
    (
        "DELETE FROM checkpoints WHERE split_part(note, chr(10), 6) <> ''",
        {"tells of a change of keys that no checkpoint shows", "by another key than the one before"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "expected"), REWRITES)
def test_the_event_and_what_both_signed_are_held_against_each_other(
    engine: Engine, superuser_engine: Engine, world: World, settings: Settings, statement: str, expected: set[str]
) -> None:
    sequence(engine, settings)
    rotate_key(engine, settings)
    sequence(engine, settings)
    rewrite(superuser_engine, statement)
    found = told(engine, settings)
    for words in sorted(expected):
        assert any(words in sentence for sentence in found), (words, found)


def test_a_key_that_never_took_over_is_noticed_though_its_line_is_there(
    engine: Engine, superuser_engine: Engine, world: World, settings: Settings
) -> None:
    sequence(engine, settings)
    other = log_keys.new_key(settings, log_keys.read_key(settings).name)
    log_keys.tell_key(settings, other.public)
    with transaction(engine) as db:
        newest = tree_tiles.newest_checkpoint(db)
    assert newest is not None
    note = sign_note(Checkpoint(other.name, newest.size, newest.root).text, [other])
    given = {"n": newest.n + 1, "size": newest.size, "root": newest.root, "note": note}
    rewrite(superuser_engine, "INSERT INTO checkpoints (n, size, root, note) VALUES (:n, :size, :root, :note)", **given)
    assert any("another key than the one before" in one for one in told(engine, settings))


def test_a_key_of_a_checkpoint_of_two_must_be_known_here(engine: Engine, world: World, settings: Settings) -> None:
    sequence(engine, settings)
    before = log_keys.read_key(settings).public
    rotate_key(engine, settings)
    with transaction(engine) as db:
        assert check_rotations(db, log_keys.public_keys(settings)) == []
        found = [one.sentence for one in check_rotations(db, [before])]
    assert len(found) == 1
    assert "keys.pub has none of that id" in found[0]
