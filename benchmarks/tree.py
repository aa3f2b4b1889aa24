"""The tree over all events: how late an event's leaf is signed, what the sequencer costs those who act, and the room that it takes.

An event counts as signed at the moment that its checkpoint bears, which it is given milliseconds before others can read it. What
`casework-verify` makes of a long case's file stands beside, with and without the history played again.
"""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from benchmarks import ours
from benchmarks.actions import first_case
from benchmarks.figures import Figure, Scale, ms, percentile, rate, spread, timed
from benchmarks.processes import sequencer, wait_until
from benchmarks.world import STEPS, World, request
from casework.operations.documents.key_material import document_store_of
from casework.operations.messages.service import send_message
from casework.operations.verification.case_archive import make_case_file
from casework.operations.verification.sequencer import sequence
from casework.records.case_loader import load
from casework.records.database import transaction
from casework_verify.case_files import check_case_file
from casework_verify.histories import read_history
from casework_verify.memory import Memory
from casework_verify.reading import Archive
from casework_verify.tiles import Tiles

#: Events come so many a second, in so many transactions of equal size.
RATE, TRANSACTIONS = 200, 50
#: The most seconds that 99 of 100 may wait for what is signed over them, and the most bytes that one may take.
LATEST_S, BYTES = 2.0, 60
#: So many wait at once where as many as possible are to be there.
_BATCH = 500

# For load only: no action has made these events.
_WRITE = """
    INSERT INTO events (log_id, seq, at, kind, track_id, actor_id, header, effects, body, hash)
    SELECT e.log_id, x.seq, clock_timestamp(), e.kind, e.track_id, e.actor_id, e.header, e.effects, e.body,
        encode(sha256(uuid_send(gen_random_uuid())), 'hex')
    FROM (SELECT * FROM events WHERE log_id = %(log)s ORDER BY seq LIMIT 1) e
    CROSS JOIN generate_series(%(first)s::bigint, %(last)s::bigint) AS x(seq)
"""
_LATE = """
    WITH leaf AS (
        SELECT b.n * 256 + i AS at, ('x' || encode(substr(b.entries, i * 20 + 17, 4), 'hex'))::bit(32)::bigint AS seq
        FROM tree_entries b CROSS JOIN generate_series(0, octet_length(b.entries) / 20 - 1) AS i
        WHERE substr(b.entries, i * 20 + 1, 16) = uuid_send(%(log)s::uuid)
    )
    SELECT extract(epoch FROM (SELECT min(c.made_at) FROM checkpoints c WHERE c.size > l.at) - e.at)::float
    FROM leaf l JOIN events e ON e.log_id = %(log)s AND e.seq = l.seq WHERE e.seq >= %(first)s
"""
_AWAITED = "SELECT count(*) FROM awaited_leaves"
_ROOM = """
    SELECT sum(pg_total_relation_size(t::regclass))::float FROM unnest(ARRAY['tree_tiles', 'tree_entries', 'checkpoints']) AS t
"""
_LEAVES = "SELECT coalesce(max(size), 0) FROM checkpoints"


def measure(world: World, scale: Scale) -> Iterator[Figure]:
    mine = ours.Ours(world)
    first_case(world, mine)
    sequence(mine.engine, world.settings)
    yield from _lateness(world, mine, scale)
    yield from _latency(world, mine, scale)
    yield from _room(world, mine, scale)
    yield from _verified(world, mine, scale)
    mine.close()


def _lateness(world: World, mine: ours.Ours, scale: Scale) -> Iterator[Figure]:
    """Events at an even rate, whoever makes them; how long each waited."""
    log = mine.open(world.make_matches(mine.engine, 1)[0]).log
    seconds, at_once = 2 * scale.repetitions, RATE // TRANSACTIONS
    with sequencer(world), world.superuser() as db:
        begun, first = time.monotonic(), 1_000
        for n in range(seconds * TRANSACTIONS):
            time.sleep(max(0.0, begun + n / TRANSACTIONS - time.monotonic()))
            db.execute(_WRITE, {"log": log, "first": first + n * at_once, "last": first + (n + 1) * at_once - 1})
        took = time.monotonic() - begun
        wait_until(lambda: db.execute(_AWAITED).fetchone() == (0,))
        late = [row[0] for row in db.execute(_LATE, {"log": log, "first": first})]
    written = seconds * RATE
    assert len(late) == written, f"{len(late)} leaves of {written} events"
    detail = f"at most {max(late):.2f} s of {written} at {written / took:.0f} a second"
    yield Figure("leaf signed after, p50", median(late), "s", LATEST_S, True)
    yield Figure("leaf signed after, p99", percentile(late, 99), "s", LATEST_S, True, detail)


def _latency(world: World, mine: ours.Ours, scale: Scale) -> Iterator[Figure]:
    """Claiming and completing with the sequencer at work, and without, in turns."""
    ratios: list[float] = []
    last: dict[bool, list[float]] = {}
    for repetition in range(scale.repetitions + 1):
        for at_work in (False, True):
            with sequencer(world) if at_work else nullcontext():
                last[at_work] = _act(world, mine, scale.cases)
        if repetition:
            ratios.append(median(last[True]) / median(last[False]))
    took = "; ".join(
        f"p50 {ms(median(last[one]))}, p99 {ms(percentile(last[one], 99))} {'with' if one else 'without'}"
        for one in (True, False)
    )
    yield Figure("action beside the sequencer", median(ratios), "of one without", detail=f"{spread(ratios)}; {took}")


def _act(world: World, mine: ours.Ours, cases: int) -> list[float]:
    times: list[float] = []
    for match in world.make_matches(mine.engine, cases):
        hand = mine.open(match)
        for _ in range(STEPS):
            mine.find_task(hand)
            times += [timed(mine.claim, hand), timed(mine.complete, hand)]
    return times


def _room(world: World, mine: ours.Ours, scale: Scale) -> Iterator[Figure]:
    """What the tables take with their indexes, as they are, and when nothing is left of what grew; among so many that what a table has
    anyway weighs little."""
    log = mine.open(world.make_matches(mine.engine, 1)[0]).log
    with world.superuser() as db:
        for first in range(1_000, 1_000 + 4 * scale.rows, _BATCH):
            db.execute(_WRITE, {"log": log, "first": first, "last": first + _BATCH - 1})
            sequence(mine.engine, world.settings)
        leaves, room = _one(db, _LEAVES), _one(db, _ROOM)
        for table in ("tree_tiles", "tree_entries", "checkpoints"):
            db.execute(f"VACUUM FULL {table}")
        close, notes = _one(db, _ROOM), _one(db, "SELECT pg_total_relation_size('checkpoints')::float")
    detail = f"{room / leaves:.0f} before it is put together, of {leaves:.0f} events; checkpoints {notes / leaves:.1f}"
    yield Figure("room in the tree", close / leaves, "bytes an event", BYTES, True, detail)


def _one(db: psycopg.Connection[tuple[Any, ...]], statement: str) -> float:
    (value,) = db.execute(statement).fetchone() or (0,)
    return float(value)


def _verified(world: World, mine: ours.Ours, scale: Scale) -> Iterator[Figure]:
    """The file of a case as long as the longest, by the code that strangers run."""
    with TemporaryDirectory() as folder:
        path = _long_file(world, mine, scale, Path(folder))
        with zipfile.ZipFile(path) as zipped:
            index = json.loads(zipped.read("index.json"))
            rows = [json.loads(line) for line in zipped.read("history.ndjson").splitlines()]

        def chain() -> int:
            history = read_history(iter(rows), index["log"], index["head"])
            assert not history.faults
            return len(history.rows)

        def all() -> int:
            with path.open("rb") as file:
                checked = check_case_file(Archive(file), Memory(), Tiles())
            return int(checked.facts["events"])

        yield rate("casework-verify, the chain", chain, scale, aim=10_000)
        yield rate("casework-verify, all of a file", all, scale, aim=2_000)


def _long_file(world: World, mine: ours.Ours, scale: Scale, folder: Path) -> Path:
    """A case of ten steps and so many notes, signed and published."""
    hand = mine.open(world.make_matches(mine.engine, 1)[0])
    for _ in range(STEPS):
        mine.find_task(hand)
        mine.claim(hand)
        mine.complete(hand)
    for n in range(scale.rows // 5):
        with transaction(mine.engine) as db:
            send_message(
                db,
                mine.actor,
                load(db, hand.log, "case"),
                audience="internal",
                referral=None,
                words=f"Note {n}.",
                mentions=[],
                reply_to=None,
                documents=[],
                sure=True,
                request=request(),
            )
    while (grown := sequence(mine.engine, world.settings)) is None or grown.events:
        pass
    with world.superuser() as db:
        # As if the minute were full.
        db.execute("ALTER TABLE checkpoints DISABLE TRIGGER USER")
        db.execute("UPDATE checkpoints SET made_at = made_at - interval '1 hour'")
        db.execute("ALTER TABLE checkpoints ENABLE TRIGGER USER")
    with transaction(mine.engine) as db:
        made = make_case_file(db, mine.actor, document_store_of(mine.engine, world.settings), hand.number, "/cases")
    path = folder / "case.zip"
    path.write_bytes(b"".join(made.pieces()))
    return path
