"""Whatever somebody with all power over the database rewrites, chains, heads and tree made whole again: the tree tells of it, where one
checkpoint was kept elsewhere."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, text

from casework.ledger.leaves import Awaited
from casework.ledger.signed_notes import Checkpoint, SigningKey, key_from_seed, sign_note
from casework.operations.core.access_log import note_reading, note_sealed
from casework.operations.history.point_in_time import Past
from casework.operations.mediations.service import open_mediation
from casework.operations.verification.access_log import check_readings
from casework.operations.verification.remembered_events import (
    Hashes,
    compare_remembered,
    keep_remembered,
    read_remembered,
)
from casework.operations.verification.rows import Finding
from casework.operations.verification.sequencer import sequence
from casework.operations.verification.service import verify_all
from casework.operations.verification.tree_judgement import KeptElsewhere, _dated_back, check_tree, kept_of
from casework.operations.verification.tree_memory import NOTHING, TreeMemory
from casework.records import log_keys, tree_tiles
from casework.records.database import connect_engine, transaction
from tests.operations.verification.forger import rebuild, sql
from tests.support.databases import DatabaseServer
from tests.support.samples import few_of
from tests.support.world import World, build_world, new_request

Stored = dict[str, Any]
ATTACKS = 500


@dataclass(frozen=True)
class Signed:
    """A whole database with a tree, and what an auditor kept of it."""

    engine: Engine
    superuser: Engine
    elsewhere: KeptElsewhere
    #: The hashes of what there was when that was signed, as `casework verify --state` keeps them.
    known: Hashes
    key: SigningKey


@pytest.fixture(scope="module")
def signed(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Signed]:
    name = database_server.create(template_database)
    settings = database_server.settings(name, tmp_path_factory.mktemp("signed"))
    engine = connect_engine(settings)
    superuser = connect_engine(
        settings.model_copy(update={"owner_database_url": database_server.url(name)}), role="owner"
    )
    with transaction(engine) as db:
        world = build_world(db)
    sequence(engine, settings)
    with transaction(engine) as db:
        for _ in range(3):
            number = world.new_case(db)
    _read_three_times(engine, world, number)
    sequence(engine, settings)
    keys = log_keys.public_keys(settings)
    with transaction(engine) as db:
        newest = tree_tiles.newest_checkpoint(db)
        keep_remembered(db, settings.var / "state")
    assert newest is not None
    with transaction(engine) as db:
        world.new_case(db)
    _read_three_times(engine, world, number)
    sequence(engine, settings)
    elsewhere = KeptElsewhere(keys, kept_of([("the auditor's", newest.note)], keys))
    yield Signed(engine, superuser, elsewhere, read_remembered(settings.var / "state"), log_keys.read_key(settings))
    engine.dispose()
    superuser.dispose()


def _read_three_times(engine: Engine, world: World, number: str) -> None:
    """An auditor reads three pages, and a sealed mediation is opened as often."""
    with transaction(engine) as db:
        mediation = sql(db, "SELECT CAST(id AS text) FROM mediations LIMIT 1").scalar_one_or_none()
    with transaction(engine) as db:
        if mediation is None:
            mediation = str(open_mediation(db, world.actor(db, "dispute_officer"), number, new_request()).answer["id"])
        for n in range(3):
            note_reading(db, world.actor(db, "auditor"), f"/cases?words={n}", number)
            note_sealed(db, world.actor(db, "dispute_officer"), mediation, f"/mediations/{mediation}")


@pytest.fixture
def attack(signed: Signed) -> Iterator[Connection]:
    """All power over it, taken back at the end."""
    with signed.superuser.connect() as db, db.begin() as whole:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        db.execute(text("SELECT set_config('casework.reader', 'engine', true)"))
        yield db
        whole.rollback()


def test_a_whole_tree_has_no_fault(signed: Signed) -> None:
    assert list(verify_all(signed.engine, signed.elsewhere)) == []


def test_what_waits_for_its_leaf_is_no_fault_at_first(signed: Signed, attack: Connection) -> None:
    sql(
        attack,
        "INSERT INTO awaited_leaves SELECT e.log_id, e.seq, decode(e.hash, 'hex') FROM events e WHERE e.seq = 1 LIMIT 1",
    )
    assert [one.sentence.split(") ")[1] for one in check_tree(attack)] == ["has a leaf, and waits for another."]


# --- what is done to the tree alone -----------------------------------------------------------------------------------------

OF_THE_TREE: dict[str, tuple[str, str]] = {
    "a leaf": ("UPDATE tree_tiles SET hashes = overlay(hashes PLACING sha256('') FROM 65) WHERE level = 0 AND n = 0", "leaf"),
    "two leaves swapped": (
        "UPDATE tree_tiles SET hashes = substr(hashes, 33, 32) || substr(hashes, 1, 32) || substr(hashes, 65) WHERE level = 0 AND n = 0",
        "tree",
    ),
    "the last leaf": ("UPDATE tree_tiles SET hashes = substr(hashes, 1, octet_length(hashes) - 32) WHERE level = 0", "tree"),
    "a tile": ("DELETE FROM tree_tiles WHERE level = 0", "tree"),
    "an entry": ("UPDATE tree_entries SET entries = overlay(entries PLACING substr(sha256(''), 1, 20) FROM 21) WHERE n = 0", "leaf"),
    "an entry's seq": ("UPDATE tree_entries SET entries = overlay(entries PLACING '\\x00000063' FROM 17) WHERE n = 0", "leaf"),
    "two entries swapped": (
        "UPDATE tree_entries SET entries = substr(entries, 21, 20) || substr(entries, 1, 20) || substr(entries, 41) WHERE n = 0",
        "leaf",
    ),
    "a bundle of entries": ("DELETE FROM tree_entries", "tree"),
    "a checkpoint": ("DELETE FROM checkpoints WHERE n = 2", "checkpoint"),
    "a note": ("UPDATE checkpoints SET note = replace(note, 'log', 'fog') WHERE n = 2", "checkpoint"),
    "a size": ("UPDATE checkpoints SET size = size + 1 WHERE n = 2", "checkpoint"),
    "a root": ("UPDATE checkpoints SET root = sha256('') WHERE n = 2", "checkpoint"),
    "a time": ("UPDATE checkpoints SET made_at = made_at - interval '1 day' WHERE n = 2", "checkpoint"),
    "the last checkpoint": ("DELETE FROM checkpoints WHERE n = 3", "tree"),
    "all checkpoints": ("DELETE FROM checkpoints", "tree"),
    "a tile above": ("INSERT INTO tree_tiles VALUES (1, 0, sha256(''))", "tree"),
    "an event without a leaf": (
        "INSERT INTO events SELECT log_id, seq + 1, at, kind, track_id, actor_id, header, effects, body, hash FROM events e"
        " WHERE seq = (SELECT max(seq) FROM events x WHERE x.log_id = e.log_id) LIMIT 1",
        "leaf",
    ),
    "a hash that is none": ("UPDATE events SET hash = 'none' WHERE seq = 2", "leaf"),
    "a leaf awaited twice": ("INSERT INTO awaited_leaves SELECT log_id, seq, decode(hash, 'hex') FROM events WHERE seq = 1", "leaf"),
    "a leaf awaited by nothing": ("INSERT INTO awaited_leaves VALUES (gen_random_uuid(), 1, sha256(''))", "leaf"),
    "a leaf of an event that went": ("DELETE FROM events WHERE seq = 3", "leaf"),
}  # fmt: skip


@pytest.mark.parametrize("what", OF_THE_TREE)
def test_whatever_is_changed_in_the_tree_is_found(signed: Signed, attack: Connection, what: str) -> None:
    statement, kind = OF_THE_TREE[what]
    attack.exec_driver_sql(statement.replace("%", "%%"))
    assert kind in {one.kind for one in check_tree(attack, signed.elsewhere)}


def test_a_last_checkpoint_that_went_is_found_where_it_is_kept_elsewhere(signed: Signed, attack: Connection) -> None:
    """The tree still gives its root, and who keeps it says that it was signed."""
    last = sql(attack, "SELECT size, root FROM checkpoints ORDER BY n DESC LIMIT 1").one()
    elsewhere = replace(signed.elsewhere, kept=(("the log's", last.size, bytes(last.root)),))
    assert list(check_tree(attack, elsewhere)) == []
    sql(attack, "DELETE FROM checkpoints WHERE n = 3")
    before = sql(attack, "SELECT max(size) FROM checkpoints").scalar_one()
    assert [one.sentence for one in check_tree(attack, elsewhere)] == [
        f"the log's has a checkpoint of {last.size} leaves; the newest one here is of {before}."
    ]


def test_an_event_that_was_left_waiting_is_found(signed: Signed, attack: Connection) -> None:
    attack.exec_driver_sql(
        "INSERT INTO events SELECT log_id, seq + 1, at, kind, track_id, actor_id, header, effects, body, hash FROM events e"
        " WHERE seq = (SELECT max(seq) FROM events x WHERE x.log_id = e.log_id) LIMIT 1"
    )
    waits = (
        "INSERT INTO awaited_leaves SELECT log_id, seq, decode(hash, 'hex'), clock_timestamp() - make_interval(hours => %s) FROM events e"
        " WHERE NOT EXISTS (SELECT FROM tree_entries b WHERE"
        " position(uuid_send(e.log_id) || substr(int8send(e.seq), 5) IN b.entries) > 0)"
    )
    attack.exec_driver_sql(waits, (0,))
    assert list(check_tree(attack, signed.elsewhere)) == []
    attack.exec_driver_sql("UPDATE awaited_leaves SET since = since - interval '2 hours'")
    assert ["was left out" in one.sentence for one in check_tree(attack, signed.elsewhere)] == [True]


@pytest.mark.parametrize("moved", [False, True])
def test_an_event_that_is_dated_before_what_was_signed_is_found(
    signed: Signed, attack: Connection, moved: bool
) -> None:
    """Nothing is rewritten: a new event says that it happened long ago, in a log where nothing did since, and is signed as any other;
    whether or not the moments of checkpoints, which nobody signed, are moved as well."""
    if moved:
        attack.exec_driver_sql("UPDATE checkpoints SET made_at = made_at - interval '2 years'")
    assert list(_dated_back(attack, NOTHING)) == []
    known = sql(attack, "SELECT id::text FROM logs").scalars().all()
    last = next(one for one in reversed(_entries(attack)) if one.log in known)
    for minutes, found in ((50, []), (20, [(last.log, last.seq)])):
        attack.exec_driver_sql(
            "UPDATE events SET at = at - make_interval(mins => %s) WHERE log_id = %s::uuid AND seq = %s",
            (minutes, last.log, last.seq),
        )
        assert [(one.log, one.seq) for one in _dated_back(attack, NOTHING)] == found
    memory = TreeMemory(size=sql(attack, "SELECT size FROM checkpoints WHERE n = 1").scalar_one(), checkpoint=1)
    assert [(one.log, one.seq) for one in _dated_back(attack, memory)] == [(last.log, last.seq)]


# --- twenty kinds of rewriting a log to its end -------------------------------------------------------------------------------


def header(name: str, value: Any) -> Callable[[list[Stored], int, random.Random], int]:
    def change(rows: list[Stored], at: int, dice: random.Random) -> int:
        rows[at]["header"][name] = value if rows[at]["header"][name] != value else None
        return at

    return change


def effects(rows: list[Stored], at: int, dice: random.Random) -> int:
    rows[at]["effects"]["more"] = dice.random() < 2
    return at


def body(rows: list[Stored], at: int, dice: random.Random) -> int:
    rows[at]["body"]["words"] = {"value": "Other.", "salt": f"{dice.getrandbits(128):032x}"}
    return at


def removed(rows: list[Stored], at: int, dice: random.Random) -> int:
    del rows[at]
    return at


def cut(rows: list[Stored], at: int, dice: random.Random) -> int:
    # A log without events is one that is gone.
    at = max(at, 1)
    del rows[at:]
    return at


def repeated(rows: list[Stored], at: int, dice: random.Random) -> int:
    rows.insert(at, copy.deepcopy(rows[at]))
    rows[at]["header"]["key"] = "0" * 64
    return at


def added(rows: list[Stored], at: int, dice: random.Random) -> int:
    rows.append(copy.deepcopy(rows[at]))
    return len(rows) - 1


def swapped(rows: list[Stored], at: int, dice: random.Random) -> int:
    other = dice.randrange(len(rows))
    at, other = sorted((at, other if other != at else (at + 1) % len(rows)))
    rows[at], rows[other] = rows[other], rows[at]
    return at


def emptied(rows: list[Stored], at: int, dice: random.Random) -> int:
    rows[at]["effects"] = {"nothing": True}
    return at


def earlier(rows: list[Stored], at: int, dice: random.Random) -> int:
    rows[at]["header"]["at"] = "2020" + rows[at]["header"]["at"][4:]
    return at


PERSON = "00000000-0000-7000-8000-000000000001"
KINDS: dict[str, Callable[[list[Stored], int, random.Random], int]] = {
    "actor": header("actor", PERSON), "acting for": header("acting_for", PERSON), "role": header("role", "auditor"),
    "organisation": header("organisation", PERSON), "because": header("because", 7), "key": header("key", "f" * 64),
    "edition": header("edition", "e" * 64), "track": header("track", PERSON), "from": header("from", ["Nowhere"]),
    "to": header("to", ["Elsewhere"]), "kind": header("kind", "noted"), "at": earlier, "effects": effects, "body": body,
    "removed": removed, "cut off": cut, "repeated": repeated, "added": added, "swapped": swapped, "emptied": emptied,
}  # fmt: skip
HOW = ("chains", "tree", "signed again")


@pytest.mark.parametrize("seed", few_of(range(ATTACKS), 60))
def test_a_log_rewritten_to_its_end_is_found(signed: Signed, attack: Connection, seed: int) -> None:
    dice = random.Random(seed)
    kind, how = list(KINDS)[seed % len(KINDS)], HOW[seed // len(KINDS) % len(HOW)]
    entries = _entries(attack)
    # Of what the auditor's checkpoint speaks of.
    early = {event.log for event in entries[: signed.elsewhere.kept[0][1]]}
    logs = [row.id for row in sql(attack, "SELECT id FROM logs WHERE seq > 1 ORDER BY id") if row.id in early]
    log, wrong = dice.choice(logs), []

    def change(rows: list[Stored]) -> None:
        known = sum(event.log == log for event in entries[: signed.elsewhere.kept[0][1]])
        wrong.append(KINDS[kind](rows, dice.randrange(known), dice) + 1)

    rebuild(attack, log, change)
    if how != "chains":
        _grow_again(attack, entries, signed.key if how == "tree" else key_from_seed(signed.key.name, bytes(32)), how)
    found = list(check_tree(attack, signed.elsewhere))
    before = wrong[0] <= sum(event.log == log for event in entries[: signed.elsewhere.kept[0][1]])
    if how == "chains":
        assert min(one.seq for one in found if one.kind == "leaf" and one.log == log and one.seq) == wrong[0], found
    elif before:
        assert {one.kind for one in found} & {"checkpoint", "tree"}, (kind, how)
    # Whatever else was made to fit, whoever remembers what there was is told where it begins. What somebody with all power adds behind it
    # is no rewriting.
    told = [(one.log, one.seq) for one in compare_remembered(attack, signed.known)]
    assert told == ([(log, wrong[0])] if before else []), (kind, how)


# --- the readings ---------------------------------------------------------------------------------------------------------------

#: What is done to a chain of readings, at which of its readings it is found.
OF_READINGS: dict[str, tuple[str, int]] = {
    "another page": (
        "UPDATE {table} SET address = '/elsewhere' || substr(address, strpos(address || '?', '?')) WHERE n = 2",
        2,
    ),
    "another moment": ("UPDATE {table} SET at = at - interval '1 year' WHERE n = 1", 1),
    "one taken out": ("DELETE FROM {table} WHERE n = 2", 2),
    "cut off": ("DELETE FROM {table} WHERE n >= 2", 2),
    "taken away whole": ("DELETE FROM {table}", 1),
}
_TABLES = {"readings": "person_id", "sealed_readings": "log_id"}


def _make_readings_whole(db: Connection, table: str) -> None:
    """Every number and hash of the chains, and where they end, what these must then be."""
    column = _TABLES[table]
    other = next(one for one in _TABLES if one != table)
    sql(
        db,
        f"DELETE FROM reading_heads h WHERE h.id NOT IN (SELECT {column} FROM {table})"
        f" AND h.id NOT IN (SELECT {_TABLES[other]} FROM {other})",
    )
    more = "number, document_id" if table == "readings" else "NULL AS number, CAST(NULL AS uuid) AS document_id"
    ends: dict[str, tuple[int, str]] = {}
    for row in sql(
        db,
        f"SELECT id, {column} AS chain, nonce, person_id, at, address, query, {more} FROM {table} ORDER BY {column}, n",
    ).all():
        n, head = ends.get(row.chain, (0, "0" * 64))
        made = sql(
            db,
            "SELECT casework_reading_hash(:nonce, CAST(:chain AS uuid), :n, :head, CAST(:person AS uuid), :at, :number, :address, :query,"
            " CAST(:document AS uuid))",
            nonce=row.nonce,
            chain=row.chain,
            n=n + 1,
            head=head,
            person=row.person_id,
            at=row.at,
            number=row.number,
            address=row.address,
            query=row.query,
            document=row.document_id,
        ).scalar_one()
        sql(db, f"UPDATE {table} SET n = :n, hash = :hash WHERE id = :id", n=n + 1, hash=made, id=row.id)
        ends[row.chain] = (n + 1, made)
    for chain, (n, head) in ends.items():
        sql(db, "UPDATE reading_heads SET n = :n, head = :head WHERE id = CAST(:id AS uuid)", n=n, head=head, id=chain)


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("table", _TABLES)
@pytest.mark.parametrize("what", OF_READINGS)
def test_readings_rewritten_to_their_end_are_found(
    signed: Signed, attack: Connection, what: str, table: str, how: str
) -> None:
    statement, n = OF_READINGS[what]
    entries = _entries(attack)
    attack.exec_driver_sql(statement.format(table=table))
    _make_readings_whole(attack, table)
    assert list(check_readings(attack, Past(attack))) == [], "the attacker made the chain whole"
    if how != "chains":
        _grow_again(attack, entries, signed.key if how == "tree" else key_from_seed(signed.key.name, bytes(32)), how)
    found = list(check_tree(attack, signed.elsewhere))
    if how == "chains":
        first = next(one.sentence for one in found if one.kind == "leaf")
        assert first.startswith((f"Reading {n} of ", f"Event or reading {n} (")), first
    else:
        assert {one.kind for one in found} & {"checkpoint", "tree"}, (what, how)
    told = [one.sentence for one in compare_remembered(attack, signed.known)]
    assert [sentence.startswith(f"Reading {n} of ") for sentence in told] == [True], told


def test_the_chain_of_a_mediation_has_leaves_apart_from_those_of_its_events(signed: Signed, attack: Connection) -> None:
    both = "SELECT count(*) FROM reading_heads h JOIN logs l ON l.id = h.log OR h.id = h.log"
    assert sql(attack, "SELECT count(*) FROM reading_heads h JOIN logs l ON l.id = h.id").scalar_one() > 0
    assert sql(attack, both).scalar_one() == 0


def test_a_tree_signed_again_by_those_who_have_the_key_is_found_by_a_checkpoint_kept_elsewhere(
    signed: Signed, attack: Connection
) -> None:
    """Even the key does not help: what was handed out says otherwise."""
    entries = _entries(attack)

    def change(rows: list[Stored]) -> None:
        rows[0]["effects"]["more"] = True

    rebuild(attack, entries[0].log, change)
    _grow_again(attack, entries, signed.key, "signed again")
    assert list(check_tree(attack, replace(signed.elsewhere, kept=()))) == []
    found = list(check_tree(attack, signed.elsewhere))
    assert [one.sentence for one in found] == [
        f"Another root was signed of {signed.elsewhere.kept[0][1]} leaves than the auditor's says."
    ] or _says(found, "is not the one that was signed")


def test_a_database_put_back_to_an_earlier_day_is_found(signed: Signed, attack: Connection) -> None:
    kept = signed.elsewhere.kept[0][1]
    entries = _entries(attack)
    first = sql(attack, "SELECT size FROM checkpoints WHERE n = 1").scalar_one()
    for event in entries[first:]:
        sql(attack, "DELETE FROM events WHERE log_id = CAST(:log AS uuid) AND seq = :seq", log=event.log, seq=event.seq)
        for table, column in _TABLES.items():
            sql(
                db=attack,
                statement=f"DELETE FROM {table} r USING reading_heads h WHERE h.id = r.{column} AND h.log = CAST(:log AS uuid)"
                " AND r.n = :n",
                log=event.log,
                n=event.seq,
            )
    _grow_again(attack, entries[:first], signed.key, "signed again")
    found = list(check_tree(attack, signed.elsewhere))
    assert _says(found, f"The tree has {first} leaves, and {kept} were signed.")


def test_without_its_keys_signatures_cannot_be_checked_and_that_is_said(signed: Signed, attack: Connection) -> None:
    assert ["keys.pub" in one.sentence for one in check_tree(attack, KeptElsewhere(()))] == [True]


def _says(found: Sequence[Finding], words: str) -> bool:
    return any(words in one.sentence for one in found)


def _entries(db: Connection) -> list[Awaited]:
    """Whose leaves there are, in their order."""
    raw = b"".join(bytes(row.entries) for row in sql(db, "SELECT entries FROM tree_entries ORDER BY n"))
    return [
        Awaited(str(UUID(bytes=raw[at : at + 16])), int.from_bytes(raw[at + 16 : at + 20], "big"), b"")
        for at in range(0, len(raw), 20)
    ]


def _grow_again(db: Connection, entries: Sequence[Awaited], key: SigningKey, how: str) -> None:
    """The tree that the events of today give, each leaf where it stood, and what is new at the end; signed again at the same sizes, or
    as it was."""
    told = (
        "SELECT log_id, seq, hash FROM events"
        " UNION ALL SELECT h.log, r.n, r.hash FROM readings r JOIN reading_heads h ON h.id = r.person_id"
        " UNION ALL SELECT h.log, r.n, r.hash FROM sealed_readings r JOIN reading_heads h ON h.id = r.log_id"
    )
    events = {(row.log_id, row.seq): bytes.fromhex(row.hash) for row in sql(db, told)}
    ordered = [(one.log, one.seq) for one in entries if (one.log, one.seq) in events]
    ordered += sorted(set(events) - set(ordered))
    sizes = [row.size for row in sql(db, "SELECT size FROM checkpoints ORDER BY n")]
    for table in ("tree_tiles", "tree_entries"):
        sql(db, f"DELETE FROM {table}")
    if how == "signed again":
        sql(db, "DELETE FROM checkpoints")
    before = 0
    for n, size in enumerate(sorted({min(size, len(ordered)) for size in (*sizes, len(ordered))}), 1):
        for log, seq in ordered[before:size]:
            _, root = tree_tiles.append_leaves(db, before, [Awaited(log, seq, events[log, seq])])
            before += 1
        if how == "signed again":
            tree_tiles.keep_checkpoint(db, n, size, root, sign_note(Checkpoint(key.name, size, root).text, [key]))
