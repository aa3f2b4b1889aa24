"""A night reads of the tree and the readings what came since it found them whole: what is wrong with that it finds, as whoever reads all
does, and what is wrong with what was there before is found when all is read."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from casework.ledger.leaves import Awaited
from casework.ledger.merkle import subtrees
from casework.ledger.signed_notes import Checkpoint, key_from_seed, sign_note
from casework.operations.cases.queries import find_case
from casework.operations.core.access_log import note_reading, note_sealed
from casework.operations.history.point_in_time import Past
from casework.operations.mediations.service import open_mediation
from casework.operations.verification.access_log import check_readings
from casework.operations.verification.nightly import TURNS, verify_night
from casework.operations.verification.rows import Finding
from casework.operations.verification.sequencer import sequence
from casework.operations.verification.tree_judgement import KeptElsewhere, check_tree, kept_here, kept_of
from casework.operations.verification.tree_memory import (
    NOTHING,
    TreeMemory,
    chains_read,
    compare_memory,
    holds_root,
    remember_leaves,
)
from casework.records import log_keys, tree_tiles
from casework.records.database import connect_engine, transaction
from casework.records.row_security import in_snapshot
from casework.settings import Settings
from tests.operations.verification import test_tree_judgement as rewriting
from tests.operations.verification.forger import rebuild, sql
from tests.operations.verification.test_nightly import on_day
from tests.operations.verification.test_tree_judgement import HOW, KINDS, Signed, attack
from tests.support.databases import DatabaseServer
from tests.support.samples import few_of
from tests.support.world import World, build_world, new_request

__all__ = ["attack"]
ATTACKS = 120
#: What was signed when the night had read everything.
CHECKED = 2


@pytest.fixture(scope="module")
def signed(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Signed]:
    """A database with a tree that grew four times; the auditor has kept what was signed last."""
    name = database_server.create(template_database)
    settings = database_server.settings(name, tmp_path_factory.mktemp("memory"))
    engine = connect_engine(settings)
    superuser = connect_engine(
        settings.model_copy(update={"owner_database_url": database_server.url(name)}), role="owner"
    )
    with transaction(engine) as db:
        world = build_world(db)
    with transaction(engine) as db:
        number = world.new_case(db)
        mediation = str(open_mediation(db, world.actor(db, "dispute_officer"), number, new_request()).answer["id"])
    for _ in range(4):
        with transaction(engine) as db:
            other = world.new_case(db)
            # A log and chains that go on, beside one that begins.
            for n in range(3):
                note_reading(db, world.actor(db, "auditor"), f"/cases?words={n}", number)
                note_sealed(db, world.actor(db, "dispute_officer"), mediation, f"/mediations/{mediation}")
        sequence(engine, settings)
        with transaction(engine) as db:
            world.fire(db, "officer", other, "take")
    sequence(engine, settings)
    keys = log_keys.public_keys(settings)
    with transaction(engine) as db:
        newest = tree_tiles.newest_checkpoint(db)
    assert newest is not None
    elsewhere = KeptElsewhere(keys, kept_of([("the auditor's", newest.note)], keys))
    yield Signed(engine, superuser, elsewhere, {}, log_keys.read_key(settings))
    engine.dispose()
    superuser.dispose()


def remember(db: Connection, n: int) -> TreeMemory:
    """What a night knew that read everything when a checkpoint was the last."""
    size = sql(db, "SELECT size FROM checkpoints WHERE n = :n", n=n).scalar_one()
    read = tree_tiles.node_reader(db)
    tree = TreeMemory(size, b"".join(read(level, index) for level, index in subtrees(0, size)), n)
    remember_leaves(db, NOTHING, tree)
    return tree


def found_since(db: Connection, tree: TreeMemory, elsewhere: KeptElsewhere | None) -> list[Finding]:
    return [
        *compare_memory(db, tree),
        *check_readings(db, Past(db), chains_read(db)),
        *check_tree(db, elsewhere, tree),
    ]


def found_in_all(db: Connection, elsewhere: KeptElsewhere | None) -> list[Finding]:
    return [*check_readings(db, Past(db)), *check_tree(db, elsewhere)]


@pytest.mark.parametrize("n", range(1, 6))
def test_of_an_honest_history_both_say_that_it_is_whole(signed: Signed, attack: Connection, n: int) -> None:
    assert found_since(attack, remember(attack, n), signed.elsewhere) == found_in_all(attack, signed.elsewhere) == []


def _entries_with_logs(db: Connection, size: int) -> tuple[list[Awaited], list[Awaited]]:
    """Whose leaves there were when everything was read, and whose came since, of logs of events."""
    logs = {row.id for row in sql(db, "SELECT id FROM logs")}
    entries = rewriting._entries(db)
    return entries[:size], [one for one in entries[size:] if one.log in logs]


@pytest.mark.parametrize("seed", few_of(range(ATTACKS), 60))
def test_what_is_rewritten_after_it_was_read_is_found_by_reading_what_came_since(
    signed: Signed, attack: Connection, seed: int
) -> None:
    dice = random.Random(seed)
    kind, how = list(KINDS)[seed % len(KINDS)], HOW[seed // len(KINDS) % len(HOW)]
    tree = remember(attack, CHECKED)
    entries = rewriting._entries(attack)
    before, since = _entries_with_logs(attack, tree.size)
    one = dice.choice([one for one in since if sum(other.log == one.log for other in entries) > 1])
    wrong: list[int] = []

    def change(rows: list[Any]) -> None:
        wrong.append(KINDS[kind](rows, one.seq - 1, dice) + 1)

    rebuild(attack, one.log, change)
    if how != "chains":
        rewriting._grow_again(attack, entries, signed.key, how)
    found = found_since(attack, tree, signed.elsewhere)
    assert bool(found) == bool(found_in_all(attack, signed.elsewhere))
    # What somebody who has the key, too, adds at the end and signs is no rewriting.
    assert found != [] or (kind, how) == ("added", "signed again")
    known = sum(other.log == one.log for other in before)
    if how == "chains" and wrong[0] > known:
        first = min(told.seq for told in found if told.kind == "leaf" and told.log == one.log and told.seq)
        assert first == wrong[0], found


@pytest.mark.parametrize("seed", few_of(range(ATTACKS), 40))
def test_what_is_rewritten_before_is_found_by_reading_all_and_where_the_tree_is_made_to_fit_at_once(
    signed: Signed, attack: Connection, seed: int
) -> None:
    dice = random.Random(seed)
    kind, how = list(KINDS)[seed % len(KINDS)], HOW[seed // len(KINDS) % len(HOW)]
    tree = remember(attack, CHECKED)
    entries = rewriting._entries(attack)
    before, _ = _entries_with_logs(attack, tree.size)
    logs = {row.id: row.seq for row in sql(attack, "SELECT id, seq FROM logs WHERE seq > 1")}
    one = dice.choice([one for one in before if one.log in logs])

    def change(rows: list[Any]) -> None:
        KINDS[kind](rows, one.seq - 1, dice)

    rebuild(attack, one.log, change)
    if how != "chains":
        rewriting._grow_again(attack, entries, signed.key, how)
    assert found_in_all(attack, signed.elsewhere) != [], (kind, how)
    if how != "chains":
        assert found_since(attack, tree, signed.elsewhere) != [], (kind, how)


#: What is done to what came since.
OF_THE_NEW = {
    "the last leaf": "UPDATE tree_tiles SET hashes = substr(hashes, 1, octet_length(hashes) - 32) WHERE level = 0",
    "an entry": "UPDATE tree_entries SET entries = overlay(entries PLACING substr(sha256(''), 1, 20) FROM octet_length(entries) - 19)",
    "the entries": "UPDATE tree_entries SET entries = substr(entries, 1, octet_length(entries) - 20)",
    "a checkpoint": "DELETE FROM checkpoints WHERE n = 3",
    "a note": "UPDATE checkpoints SET note = replace(note, 'log', 'fog') WHERE n = 4",
    "a root": "UPDATE checkpoints SET root = sha256('') WHERE n = 4",
    "the last checkpoint": "DELETE FROM checkpoints WHERE n = 5",
    "all checkpoints": "DELETE FROM checkpoints",
    "a tile above": "INSERT INTO tree_tiles VALUES (1, 0, sha256(''))",
    "an event without a leaf": (
        "INSERT INTO events SELECT log_id, seq + 1, at, kind, track_id, actor_id, header, effects, body, hash FROM events e"
        " WHERE seq = (SELECT max(seq) FROM events x WHERE x.log_id = e.log_id) LIMIT 1"
    ),
    "a log without leaves": (
        "INSERT INTO events SELECT gen_random_uuid(), 1, at, kind, track_id, actor_id, header, effects, body, hash FROM events e LIMIT 1"
    ),
    "an old leaf awaited twice": "INSERT INTO awaited_leaves SELECT log_id, seq, decode(hash, 'hex') FROM events WHERE seq = 1 LIMIT 1",
    "a leaf awaited by nothing": "INSERT INTO awaited_leaves VALUES (gen_random_uuid(), 1, sha256(''))",
    "the last reading": "DELETE FROM readings WHERE n = 12",
    "a new reading": "DELETE FROM readings WHERE n = 8",
    "another moment of one": "UPDATE readings SET at = at - interval '1 day' WHERE n = 9",
    "another page": "UPDATE readings SET address = '/elsewhere?words=1' WHERE n = 9",
    "all readings": "DELETE FROM readings",
    "readings and where they end": "WITH x AS (DELETE FROM readings) DELETE FROM reading_heads",
    "of what is sealed": "UPDATE sealed_readings SET at = at - interval '1 day' WHERE n = 10",
    "a reading of another chain": (
        "INSERT INTO readings (person_id, at, address, n, nonce, hash, query)"
        " SELECT p.id, now(), '/', 1, '', repeat('0', 64), '' FROM people p"
        " WHERE NOT EXISTS (SELECT FROM readings r WHERE r.person_id = p.id) LIMIT 1"
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", OF_THE_NEW)
def test_whatever_is_changed_in_what_came_since_is_found(signed: Signed, attack: Connection, what: str) -> None:
    tree = remember(attack, CHECKED)
    attack.exec_driver_sql(OF_THE_NEW[what].replace("%", "%%"))
    alone = replace(signed.elsewhere, kept=())
    assert found_since(attack, tree, alone) != []
    assert found_in_all(attack, alone) != []


#: What is done to what was read before, in the rows alone: no check of what came since can see it.
OF_THE_OLD = {
    "a leaf": "UPDATE tree_entries SET entries = overlay(entries PLACING substr(sha256(''), 1, 20) FROM 21)",
    "a note": "UPDATE checkpoints SET note = replace(note, 'log', 'fog') WHERE n = 1",
    "a reading": "UPDATE readings SET address = '/elsewhere' WHERE n = 2",
    "an event": "UPDATE events SET hash = repeat('0', 64) WHERE seq = 1",
}


@pytest.mark.parametrize("what", OF_THE_OLD)
def test_whatever_is_changed_in_the_old_is_found_by_reading_all(signed: Signed, attack: Connection, what: str) -> None:
    attack.exec_driver_sql(OF_THE_OLD[what])
    assert found_in_all(attack, signed.elsewhere) != []


#: What somebody with all power does to what is remembered: none of it makes a rewritten tree whole for whoever reads all.
OF_THE_MEMORY: dict[str, Callable[[TreeMemory], TreeMemory]] = {
    "another root": lambda tree: replace(tree, peaks=bytes(len(tree.peaks))),
    "another size": lambda tree: TreeMemory(1, tree.peaks[:32], 1),
    "another checkpoint": lambda tree: replace(tree, checkpoint=99),
}


@pytest.mark.parametrize("what", OF_THE_MEMORY)
def test_a_memory_that_does_not_fit_is_said(signed: Signed, attack: Connection, what: str) -> None:
    tree = OF_THE_MEMORY[what](remember(attack, CHECKED))
    assert "rewritten" in {one.kind for one in compare_memory(attack, tree)}


# --- large trees -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def large(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """A tree of three levels of tiles, whose leaves are of nothing."""
    name = database_server.create(template_database)
    settings = database_server.settings(name, tmp_path_factory.mktemp("large"))
    superuser = connect_engine(
        settings.model_copy(update={"owner_database_url": database_server.url(name)}), role="owner"
    )
    key = key_from_seed("log", bytes(32))
    with superuser.begin() as db:
        for n, start in enumerate(range(0, LARGE, STEP), 1):
            leaves = [
                Awaited(_LOG, seq, seq.to_bytes(32, "big")) for seq in range(start + 1, min(start + STEP, LARGE) + 1)
            ]
            size, root = tree_tiles.append_leaves(db, start, leaves)
            tree_tiles.keep_checkpoint(db, n, size, root, sign_note(Checkpoint(key.name, size, root).text, [key]))
    yield superuser
    superuser.dispose()


LARGE, STEP = 66_400, 8_000
_LOG = "00000000-0000-7000-8000-000000000009"
#: Of the tiles alone: the notes are unsigned, and the events of nobody.
_TILES = {"tree_tiles", "tree_entries"}


def _said_of_tiles(db: Connection, size: int) -> list[str]:
    read = tree_tiles.node_reader(db)
    peaks = b"".join(read(level, index) for level, index in subtrees(0, size))
    found = check_tree(db, None, TreeMemory(size, peaks, 0))
    return [one.sentence for one in found if one.kind == "tree" and one.table in _TILES]


@pytest.mark.parametrize(
    "size", [1, 255, 256, 257, 8_000, 65_279, 65_280, 65_535, 65_536, 65_537, 66_303, 66_304, LARGE]
)
def test_from_wherever_it_begins_the_tiles_above_are_those_of_the_leaves(large: Engine, size: int) -> None:
    with large.begin() as db:
        assert _said_of_tiles(db, size) == []


#: Of a tile that is there since before, or is new: level, number and place of a hash, after so many leaves.
HASHES = ((0, 259, 100), (0, 255, 255), (1, 0, 255), (1, 1, 2), (2, 0, 0))


@pytest.mark.parametrize(("level", "n", "place"), HASHES)
def test_another_hash_in_a_tile_that_came_since_is_found(large: Engine, level: int, n: int, place: int) -> None:
    with large.connect() as db, db.begin() as everything:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        sql(
            db,
            "UPDATE tree_tiles SET hashes = overlay(hashes PLACING sha256('') FROM :at) WHERE level = :level AND n = :n",
            at=place * 32 + 1,
            level=level,
            n=n,
        )
        assert _said_of_tiles(db, 65_535) != []
        everything.rollback()


def test_of_a_large_tree_that_was_read_before_a_night_reads_one_tile_of_each_level(large: Engine) -> None:
    with large.begin() as db:
        sql(db, "ANALYZE")
        rows, _ = _reads(db, lambda: _said_of_tiles(db, LARGE))
        assert rows["tree_tiles"] < 40
        assert rows["tree_entries"] < 20
        assert _reads(db, lambda: list(check_tree(db, None)))[0]["tree_tiles"] > LARGE / 256


# --- what is read ------------------------------------------------------------------------------------------------------------

#: Rows that this transaction has read of each table.
_ROWS = text("""
    SELECT relname, seq_tup_read + coalesce(idx_tup_fetch, 0) AS rows FROM pg_stat_xact_user_tables WHERE relname = ANY(:tables)
""")
_COUNTED = ("events", "readings", "sealed_readings", "tree_tiles", "tree_entries", "checkpoints")


def _reads(db: Connection, do: Callable[[], object]) -> tuple[dict[str, int], int]:
    """Of how many rows of each table something reads, and with how many statements, where tables are too large to be read whole."""
    for way in ("seqscan", "bitmapscan", "sort"):
        sql(db, f"SET LOCAL enable_{way} = off")
    sent: list[str] = []
    before = {row.relname: row.rows for row in db.execute(_ROWS, {"tables": list(_COUNTED)})}

    def note(*given: Any) -> None:
        sent.append(given[2])

    event.listen(db, "before_cursor_execute", note)
    do()
    event.remove(db, "before_cursor_execute", note)
    after = {row.relname: row.rows for row in db.execute(_ROWS, {"tables": list(_COUNTED)})}
    return {table: after[table] - before[table] for table in _COUNTED}, len(sent)


def test_however_long_the_old_part_is_a_night_reads_as_much(world: World, engine: Engine, settings: Settings) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)

    def go_on(times: int) -> None:
        with transaction(engine) as db:
            for n in range(times):
                note_reading(db, world.actor(db, "auditor"), f"/cases?words={n}", number)
                world.write(db, "officer", find_case(db, world.actor(db, "officer"), number)[0], words=f"Note {n}.")
        sequence(engine, settings)

    def read_again() -> tuple[dict[str, int], int]:
        with transaction(engine) as db:
            sql(db, "ANALYZE")
            n = sql(db, "SELECT max(n) FROM checkpoints").scalar_one()
            tree = remember(db, n)
        go_on(5)
        with transaction(engine) as db:
            return _reads(db, lambda: found_since(db, tree, kept_here(settings)))

    go_on(150)
    first = read_again()
    go_on(300)
    rows, sent = read_again()
    with transaction(engine) as db:
        everything, _ = _reads(db, lambda: found_in_all(db, kept_here(settings)))
    # A statement for each tile at the edge of the tree, of which there are as many as it has levels.
    assert abs(sent - first[1]) <= 2
    assert {table: rows[table] <= first[0][table] + 5 for table in _COUNTED} == dict.fromkeys(_COUNTED, True), (
        first,
        rows,
    )
    assert everything["events"] > rows["events"] + 300
    assert everything["readings"] > rows["readings"] + 300


# --- nights ------------------------------------------------------------------------------------------------------------------


def night(settings: Settings, day: int) -> tuple[int, bool]:
    """How many faults the night of a day finds, and whether it read tree and readings from their beginning."""
    with on_day(settings, day) as engine:
        found = verify_night(engine, kept_here(settings))
        with transaction(engine) as db:
            statement = "SELECT from_start FROM verification_nights ORDER BY night DESC LIMIT 1"
            return found, sql(db, statement).scalar_one()


@pytest.fixture
def grown(world: World, engine: Engine, settings: Settings) -> str:
    with transaction(engine) as db:
        number = world.new_case(db)
        note_reading(db, world.actor(db, "auditor"), "/cases?words=1", number)
    sequence(engine, settings)
    return number


def _change(superuser: Engine, statement: str) -> None:
    with superuser.begin() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        db.execute(text(statement))


def test_all_is_read_in_the_first_night_and_in_one_of_so_many(
    grown: str, world: World, engine: Engine, settings: Settings
) -> None:
    nights = []
    for day in range(TURNS + 2):
        with transaction(engine) as db:
            note_reading(db, world.actor(db, "auditor"), f"/cases?words={day}", grown)
            world.new_case(db)
        sequence(engine, settings)
        nights.append(night(settings, day))
    assert nights == [(0, day % TURNS == 0) for day in range(TURNS + 2)]


OLD_READING = "UPDATE readings SET at = at - interval '1 day' WHERE n = 1"
MENDED = "UPDATE readings SET at = at + interval '1 day' WHERE n = 1"


def test_what_was_changed_before_is_found_within_so_many_nights_and_read_each_night_until_it_is_mended(
    grown: str, world: World, superuser_engine: Engine, engine: Engine, settings: Settings
) -> None:
    with transaction(engine) as db:
        note_reading(db, world.actor(db, "auditor"), "/cases?words=2", grown)
    sequence(engine, settings)
    assert night(settings, 0) == (0, True)
    _change(superuser_engine, OLD_READING)
    assert night(settings, 1) == (0, False)
    assert night(settings, TURNS) == (1, True)
    assert night(settings, TURNS + 1) == (1, True)
    _change(superuser_engine, MENDED)
    assert night(settings, TURNS + 2) == (0, True)
    assert night(settings, TURNS + 3) == (0, False)


def test_readings_cut_off_to_where_they_were_not_read_are_found_in_the_next_night_and_stay_known(
    grown: str, superuser_engine: Engine, engine: Engine, settings: Settings
) -> None:
    assert night(settings, 0) == (0, True)
    _change(superuser_engine, "WITH x AS (DELETE FROM readings) DELETE FROM reading_heads")
    for day in (1, 2):
        found, whole = night(settings, day)
        assert found > 0
        assert whole
    with transaction(engine) as db:
        faults = sql(db, "SELECT faults FROM verification_nights ORDER BY night DESC LIMIT 1").scalar_one()
        assert any(fault["kind"] == "rewritten" and "Reading 1" in fault["sentence"] for fault in faults)


def test_whoever_changes_what_is_remembered_is_told_of_and_all_is_read(
    grown: str, superuser_engine: Engine, settings: Settings
) -> None:
    assert night(settings, 0) == (0, True)
    _change(superuser_engine, "UPDATE verification_nights SET peaks = sha256('') || substr(peaks, 33)")
    found, whole = night(settings, 1)
    assert found > 0
    assert whole


def test_a_memory_made_to_fit_a_rewritten_tree_hides_nothing_from_whoever_reads_all(
    signed: Signed, attack: Connection
) -> None:
    """The tree is made anew and signed again, and what was remembered with it: a checkpoint elsewhere still says otherwise."""
    entries = rewriting._entries(attack)
    log = sql(attack, "SELECT CAST(id AS text) FROM logs ORDER BY id LIMIT 1").scalar_one()
    rebuild(attack, log, lambda rows: rows[0]["effects"].update(more=True))
    rewriting._grow_again(attack, entries, signed.key, "signed again")
    tree = remember(attack, CHECKED)
    alone = replace(signed.elsewhere, kept=())
    assert found_since(attack, tree, alone) == found_in_all(attack, alone) == []
    assert found_since(attack, tree, signed.elsewhere) != []
    assert found_in_all(attack, signed.elsewhere) != []


def test_of_a_night_that_another_worker_has_ended_nothing_more_is_remembered(
    grown: str, world: World, engine: Engine, settings: Settings
) -> None:
    assert night(settings, 0) == (0, True)
    with transaction(engine) as db:
        before = sql(db, "SELECT count(*), max(seq) FROM verified_leaves").one()
        world.new_case(db)
    sequence(engine, settings)
    assert night(settings, 0)[0] == 0
    with transaction(engine) as db:
        assert sql(db, "SELECT count(*), max(seq) FROM verified_leaves").one() == before
    assert night(settings, 1) == (0, False)


def test_without_a_tree_all_readings_are_read_each_night(
    world: World, superuser_engine: Engine, engine: Engine, settings: Settings
) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
        note_reading(db, world.actor(db, "auditor"), "/cases?words=1", number)
    with on_day(settings, 0) as now:
        assert verify_night(now) == 0
    _change(superuser_engine, OLD_READING)
    with on_day(settings, 1) as now:
        assert verify_night(now) > 0


def test_the_root_of_a_tree_that_never_was_does_not_hold(signed: Signed) -> None:
    with in_snapshot(signed.engine) as db:
        assert not holds_root(db, 1_000_000, bytes(32))
