"""Every event gets one leaf, in the order of its log, and what the tree then is gets signed; nobody else may make it grow."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from casework.errors import LogUnusable
from casework.ledger.leaves import leaf_of
from casework.ledger.merkle import check_consistency, check_inclusion, prove_consistency
from casework.ledger.signed_notes import key_from_seed, open_checkpoint, open_note
from casework.operations.core.access_log import note_reading
from casework.operations.verification.sequencer import insist_not_older, open_log, rotate_key, sequence
from casework.operations.verification.service import verify_all
from casework.operations.verification.tree_judgement import KeptElsewhere
from casework.records import log_keys, tree_tiles
from casework.records.database import transaction
from casework.settings import Settings
from tests.support.world import World

NOW = text("SELECT clock_timestamp()")


def elsewhere(settings: Settings) -> KeptElsewhere:
    last = log_keys.last_kept(settings)
    return KeptElsewhere(log_keys.public_keys(settings), () if last is None else (("last", last.size, last.root),))


def count(db: Connection, table: str) -> int:
    return int(db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def more_events(engine: Engine, world: World) -> str:
    with transaction(engine) as db:
        return world.new_case(db)


def test_every_event_gets_one_leaf_and_the_tree_is_signed(engine: Engine, world: World, settings: Settings) -> None:
    with transaction(engine) as db:
        events = count(db, "events")
        assert count(db, "awaited_leaves") == events > 20
    grown = sequence(engine, settings)
    assert grown is not None
    assert (grown.events, grown.size) == (events, events)
    with transaction(engine) as db:
        assert count(db, "awaited_leaves") == 0
        newest = tree_tiles.newest_checkpoint(db)
        assert newest is not None
        assert tree_tiles.root_at(db, events) == newest.root
    said = open_checkpoint(newest.note, log_keys.public_keys(settings))
    assert (said.size, said.root) == (events, newest.root)
    assert list(verify_all(engine, elsewhere(settings))) == []


def test_every_reading_gets_one_leaf_as_events_do(engine: Engine, world: World, settings: Settings) -> None:
    sequence(engine, settings)
    with transaction(engine) as db:
        before = count(db, "events")
        for n in range(3):
            note_reading(db, world.actor(db, "auditor"), f"/cases?words={n}")
        assert count(db, "awaited_leaves") == 3
    grown = sequence(engine, settings)
    assert grown is not None
    assert (grown.events, grown.size) == (3, before + 3)
    with transaction(engine) as db:
        heads = db.execute(text("SELECT log FROM reading_heads")).scalars().all()
        leaves = [tree_tiles.find_leaf(db, log, n, db.execute(NOW).scalar_one()) for log in heads for n in (1, 2, 3)]
    assert leaves == [before, before + 1, before + 2]
    assert list(verify_all(engine, elsewhere(settings))) == []


def test_an_event_is_proven_to_be_in_the_tree_and_the_tree_to_have_grown(
    engine: Engine, world: World, settings: Settings
) -> None:
    sizes = []
    for _ in range(3):
        more_events(engine, world)
        grown = sequence(engine, settings)
        assert grown is not None
        sizes.append(grown.size)
    with transaction(engine) as db:
        roots = {size: tree_tiles.root_at(db, size) for size in sizes}
        for row in db.execute(text("SELECT log_id, seq, at, hash FROM events")):
            leaf = tree_tiles.find_leaf(db, row.log_id, row.seq, row.at)
            assert leaf is not None
            proof = tree_tiles.prove_leaf(db, leaf, sizes[-1])
            check_inclusion(leaf_of(bytes.fromhex(row.hash)), leaf, sizes[-1], proof, roots[sizes[-1]])
        for old, new in itertools.pairwise(sizes):
            proof = prove_consistency(tree_tiles.node_reader(db), old, new)
            check_consistency(old, new, proof, roots[old], roots[new])
    assert list(verify_all(engine, elsewhere(settings))) == []


def test_nothing_is_signed_where_nothing_happened(engine: Engine, world: World, settings: Settings) -> None:
    sequence(engine, settings)
    again = sequence(engine, settings)
    assert again is not None
    assert again.events == 0
    with transaction(engine) as db:
        assert count(db, "checkpoints") == 1


def test_only_one_makes_the_tree_grow_at_a_time(engine: Engine, world: World, settings: Settings) -> None:
    with engine.connect() as other, other.begin():
        assert tree_tiles.try_leading(other)
        assert sequence(engine, settings) is None
    assert sequence(engine, settings) is not None


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO awaited_leaves (log_id, seq, hash) VALUES (gen_random_uuid(), 1, '')",
        "DELETE FROM awaited_leaves",
        "UPDATE tree_tiles SET hashes = hashes || hashes",
        "DELETE FROM tree_entries",
        "INSERT INTO checkpoints (n, size, root, note) VALUES (9, 9, sha256(''), '')",
    ],
)
def test_the_application_may_not_touch_the_tree(engine: Engine, world: World, statement: str) -> None:
    for reads in ("SELECT 1", "SET LOCAL ROLE casework_engine"):
        with pytest.raises(ProgrammingError, match="permission denied"), engine.begin() as db:
            db.execute(text(reads))
            db.execute(text(statement))


@pytest.mark.parametrize(
    "statement", ["SELECT * FROM events", "SELECT * FROM logs", "INSERT INTO awaited_leaves VALUES (null, 1, '')"]
)
def test_the_sequencer_may_do_nothing_else(engine: Engine, world: World, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), engine.begin() as db:
        db.execute(text("SET LOCAL ROLE casework_sequencer"))
        db.execute(text(statement))


def test_nobody_reads_whose_leaves_they_are_but_the_engine(engine: Engine, world: World) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), engine.begin() as db:
        db.execute(text("SELECT * FROM tree_entries"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tree_tiles SET hashes = substr(hashes, 1, 32)",
        "UPDATE tree_tiles SET hashes = sha256('') || hashes",
        "DELETE FROM tree_tiles",
        "TRUNCATE tree_entries",
        "UPDATE tree_entries SET entries = substr(entries, 21)",
        "UPDATE checkpoints SET made_at = now()",
        "DELETE FROM checkpoints",
    ],
)
def test_the_tree_only_grows_for_its_owner_too(
    engine: Engine, owner_engine: Engine, world: World, settings: Settings, statement: str
) -> None:
    sequence(engine, settings)
    with pytest.raises(DBAPIError, match="never changed"), owner_engine.begin() as db:
        db.execute(text(statement))


# --- the key -----------------------------------------------------------------------------------------------------------


def test_both_keys_sign_one_checkpoint_where_one_follows_the_other(
    engine: Engine, world: World, settings: Settings
) -> None:
    sequence(engine, settings)
    before = log_keys.read_key(settings)
    after = rotate_key(engine, settings)
    with transaction(engine) as db:
        newest = tree_tiles.newest_checkpoint(db)
    assert newest is not None
    assert open_note(newest.note, [before.public, after.public])[1] == (before.public, after.public)
    assert log_keys.public_keys(settings) == (before.public, after.public)
    more_events(engine, world)
    sequence(engine, settings)
    with transaction(engine) as db:
        newest = tree_tiles.newest_checkpoint(db)
    assert newest is not None
    assert open_note(newest.note, [after.public])[1] == (after.public,)
    assert list(verify_all(engine, elsewhere(settings))) == []


def test_a_change_of_keys_that_was_cut_short_is_ended(engine: Engine, world: World, settings: Settings) -> None:
    sequence(engine, settings)
    before = log_keys.read_key(settings)
    after = rotate_key(engine, settings)
    # As if the machine had stopped before the files were moved.
    log_keys.keep_next_key(settings, before)
    log_keys.use_next_key(settings)
    log_keys.keep_next_key(settings, after)
    more_events(engine, world)
    sequence(engine, settings)
    assert log_keys.read_key(settings) == after


def test_a_key_that_was_never_used_is_not_taken_up(engine: Engine, world: World, settings: Settings) -> None:
    sequence(engine, settings)
    before = log_keys.read_key(settings)
    log_keys.keep_next_key(settings, log_keys.new_key(settings, before.name))
    more_events(engine, world)
    sequence(engine, settings)
    assert log_keys.read_key(settings) == before


def test_another_key_signs_nothing(engine: Engine, world: World, settings: Settings, tmp_path: object) -> None:
    sequence(engine, settings)
    more_events(engine, world)
    elsewhere = settings.model_copy(update={"log_folder": settings.var / "other"})
    with pytest.raises(LogUnusable, match="no key in"):
        sequence(engine, elsewhere)
    log_keys.keep_next_key(elsewhere, key_from_seed(log_keys.read_key(settings).name, bytes(32)))
    log_keys.use_next_key(elsewhere)
    with pytest.raises(LogUnusable, match="not the key that signed"):
        sequence(engine, elsewhere)
    with transaction(engine) as db:
        assert count(db, "awaited_leaves") > 0


def test_no_key_is_changed_before_anything_was_signed(engine: Engine, world: World, settings: Settings) -> None:
    with pytest.raises(LogUnusable, match="nothing was signed"):
        rotate_key(engine, settings)


# --- older databases -----------------------------------------------------------------------------------------------------


def rewrite(db: Connection, statement: str) -> None:
    db.execute(text("SET LOCAL session_replication_role = replica"))
    db.execute(text(statement))


def test_an_older_database_is_not_signed_again(
    engine: Engine, superuser_engine: Engine, world: World, settings: Settings
) -> None:
    sequence(engine, settings)
    more_events(engine, world)
    sequence(engine, settings)
    with superuser_engine.begin() as db:
        rewrite(db, "DELETE FROM checkpoints WHERE n > 1")
    more_events(engine, world)
    with pytest.raises(LogUnusable, match="restore the newest one"):
        sequence(engine, settings)
    with transaction(engine) as db, pytest.raises(LogUnusable, match="restore the newest one"):
        insist_not_older(settings, db)


def test_an_empty_database_in_place_of_the_signed_one_is_noticed(
    engine: Engine, superuser_engine: Engine, world: World, settings: Settings
) -> None:
    sequence(engine, settings)
    with superuser_engine.begin() as db:
        rewrite(db, "DELETE FROM checkpoints")
    with transaction(engine) as db, pytest.raises(LogUnusable, match="0 leaves"):
        open_log(settings, db)


def test_a_rewritten_database_is_noticed_at_the_start(
    engine: Engine, superuser_engine: Engine, world: World, settings: Settings
) -> None:
    sequence(engine, settings)
    with transaction(engine) as db:
        insist_not_older(settings, db)
    with superuser_engine.begin() as db:
        rewrite(db, "UPDATE tree_tiles SET hashes = overlay(hashes PLACING sha256('') FROM 33) WHERE level = 0")
    with transaction(engine) as db, pytest.raises(LogUnusable, match="somebody rewrote them"):
        insist_not_older(settings, db)


def test_nothing_is_signed_over_leaves_that_were_rewritten_while_it_runs(
    engine: Engine, superuser_engine: Engine, world: World, settings: Settings
) -> None:
    sequence(engine, settings)
    with superuser_engine.begin() as db:
        rewrite(db, "UPDATE tree_tiles SET hashes = overlay(hashes PLACING sha256('') FROM 33) WHERE level = 0")
    more_events(engine, world)
    kept = log_keys.last_kept(settings)
    with pytest.raises(LogUnusable, match="somebody rewrote them"):
        sequence(engine, settings)
    with pytest.raises(LogUnusable, match="somebody rewrote them"):
        rotate_key(engine, settings)
    assert log_keys.last_kept(settings) == kept


@pytest.mark.parametrize("column", ["size = size - 1", "root = sha256('')"])
def test_what_a_row_says_of_the_last_checkpoint_is_not_signed_where_its_note_says_otherwise(
    engine: Engine, superuser_engine: Engine, world: World, settings: Settings, column: str
) -> None:
    sequence(engine, settings)
    # Where nothing is kept beside the database either.
    (settings.log_dir / "last").unlink()
    with superuser_engine.begin() as db:
        rewrite(db, f"UPDATE checkpoints SET {column}")
    more_events(engine, world)
    for sign in (sequence, rotate_key):
        with pytest.raises(LogUnusable, match="or the checkpoint"):
            sign(engine, settings)
    with transaction(engine) as db:
        assert count(db, "checkpoints") == 1


def test_a_long_backlog_gets_its_leaves_in_several_batches(
    engine: Engine, world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree_tiles, "MOST_TAKEN", 7)
    with transaction(engine) as db:
        events = count(db, "awaited_leaves")
    # A day late, as after a long outage: what waited for its turn is not taken for dated back.
    late = datetime.now(UTC) + timedelta(days=1)
    grown = [sequence(engine, settings, made_at=late) for _ in range(-(-events // 7))]
    assert [one and one.size for one in grown] == [*range(7, events, 7), events]
    assert list(verify_all(engine, elsewhere(settings))) == []


def test_a_key_is_not_made_for_a_change_of_keys(engine: Engine, world: World, settings: Settings) -> None:
    with pytest.raises(LogUnusable, match="nothing was signed"):
        rotate_key(engine, settings)
    assert not (settings.log_dir / "key").exists()
