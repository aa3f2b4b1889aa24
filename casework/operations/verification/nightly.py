"""Verifies the history each night, in a worker: the logs that have gone on since they were last read, and the others in their turn.

Of each log it is kept up to which event it was read, and with which hash. So a log that was rewritten since, with all its hashes, or cut
off, is found in the next night, also where it is not its turn. Whoever is ended halfway goes on there.

Of the tree and the readings it is kept how far they were found whole: a night reads what came since, and once in as many nights all. Of
answered requests and of what witnesses signed it reads what was kept since the night before; the rest takes a moment and is read each time.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, text

from casework.json_values import JsonObject
from casework.operations.history.point_in_time import Past
from casework.operations.oversight.case_hygiene import NIGHT_HOUR
from casework.operations.verification.access_log import check_readings
from casework.operations.verification.archiving import check_sealed
from casework.operations.verification.database import check_rest
from casework.operations.verification.key_rotations import check_rotations
from casework.operations.verification.rows import Finding
from casework.operations.verification.service import Checked, check_some, logs_at_once
from casework.operations.verification.tree_judgement import KeptElsewhere, check_tree
from casework.operations.verification.tree_memory import (
    NOTHING,
    TreeMemory,
    chains_read,
    compare_memory,
    recall,
    remember_leaves,
    tree_now,
)
from casework.operations.verification.witness_judgement import check_witnesses
from casework.records.database import transaction
from casework.records.row_security import in_snapshot

_note = logging.getLogger(__name__)
#: A log that stands still is read again in one night of so many, and so are the tree and the readings from their beginning.
TURNS = 7
#: So many faults of a log are kept: the first say enough.
MOST_KEPT = 20

#: Which night it is by the clock of the first programme; without one there is nothing to read.
_NIGHT = text(f"""
    SELECT CAST(casework_now() AT TIME ZONE (g.calendar->>'zone') - interval '{NIGHT_HOUR} hours' AS date) AS night
    FROM programmes g ORDER BY g.id LIMIT 1
""")
#: Whether all was read in a night.
_DONE = text("SELECT EXISTS (SELECT FROM verification_nights WHERE night = :night)")
#: The next logs that are to be read in a night.
_UNREAD = text("""
    SELECT l.id::text AS id, l.seq FROM logs l LEFT JOIN verifications v ON v.log_id = l.id
    WHERE l.id > CAST(:after AS uuid) AND (v.log_id IS NULL OR v.night <> :night AND (
        v.seq <> l.seq OR v.head <> l.head OR v.faults <> '[]'
        OR mod(abs(CAST(hashtext(l.id::text) AS bigint)), :turns) = mod(CAST(:night AS date) - date '2000-01-03', :turns)
    )) ORDER BY l.id LIMIT :most
""")
#: Where some logs end.
_HEADS = text("SELECT id::text, seq, head FROM logs WHERE id = ANY(CAST(:logs AS uuid[]))")
#: The logs whose events are not those that were read before, with the last of these.
_REWRITTEN = """
    SELECT v.log_id::text AS log, v.seq, e.hash IS NULL AS missing, c.number FROM verifications v
    LEFT JOIN cases c ON c.id = v.log_id
    LEFT JOIN events e ON e.log_id = v.log_id AND e.seq = v.seq
    WHERE e.hash IS DISTINCT FROM v.head {more} ORDER BY v.log_id
"""
#: The same of some logs.
_REWRITTEN_OF = text(_REWRITTEN.format(more="AND v.log_id = ANY(CAST(:logs AS uuid[]))"))
#: The same of all, but for those of which it was found in this night.
_REWRITTEN_ANYWHERE = text(
    _REWRITTEN.format(more="""AND NOT (v.night = :night AND v.faults @> '[{"kind": "rewritten"}]')""")
)
#: Keeps what was found of some logs. Where one is not what was read before, it stays known what that was.
_KEEP = text("""
    INSERT INTO verifications AS v (log_id, seq, head, at, night, faults)
    SELECT r.log, r.seq, r.head, casework_now(), :night, r.faults
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) r(log uuid, seq bigint, head text, faults jsonb)
    ON CONFLICT (log_id) DO UPDATE SET at = excluded.at, night = excluded.night, faults = excluded.faults,
        seq = CASE WHEN excluded.faults @> '[{"kind": "rewritten"}]' THEN v.seq ELSE excluded.seq END,
        head = CASE WHEN excluded.faults @> '[{"kind": "rewritten"}]' THEN v.head ELSE excluded.head END
""")
#: Keeps of some logs that they are not what was read before, and nothing else.
_BLAME = text("""
    UPDATE verifications v SET faults = r.faults, at = casework_now(), night = :night
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) r(log uuid, faults jsonb) WHERE v.log_id = r.log
""")
#: Keeps that all was read in a night, and how far the tree was found whole; nothing where another worker has ended it before.
_END = text("""
    INSERT INTO verification_nights (night, at, logs, events, faults, leaves, peaks, checkpoint, from_start)
    SELECT :night, casework_now(), count(*), coalesce(sum(seq), 0), CAST(:faults AS jsonb), CAST(:leaves AS bigint), CAST(:peaks AS bytea),
        CAST(:checkpoint AS bigint), :from_start
    FROM verifications WHERE night = :night
    ON CONFLICT (night) DO NOTHING RETURNING 1
""")


@dataclass(frozen=True, slots=True)
class _Left:
    """What was found that belongs to no log; which tree was begun from, and which was found whole, if it was."""

    findings: list[Finding]
    since: TreeMemory
    tree: TreeMemory | None


def any_unverified(db: Connection) -> bool:
    """Whether the history is still to be verified in this night."""
    night = _night(db)
    return night is not None and not db.execute(_DONE, {"night": night}).scalar_one()


def verify_night(engine: Engine, elsewhere: KeptElsewhere | None = None) -> int:
    """Verify what has not been verified in this night; gives how many faults were found."""
    with in_snapshot(engine) as db:
        night, past = _night(db), Past(db)
    if night is None:
        return 0
    found = sum(
        _verify_some(engine, past, night, logs) for logs in logs_at_once(engine, _UNREAD, night=night, turns=TURNS)
    )
    found += _blame_rewritten(engine, night)
    left = _check_what_is_left(engine, past, elsewhere, night)
    with transaction(engine) as db:
        _end(db, night, left)
    if found := found + len(left.findings):
        _note.error("the verification found %s faults: `casework verify` names them", found)
    return found


def _check_what_is_left(engine: Engine, past: Past, elsewhere: KeptElsewhere | None, night: date) -> _Left:
    """What no single log can tell: as `service.check_what_is_left`, but for what of tree and readings was found whole before."""
    with in_snapshot(engine) as db:
        here = past.seen_by(db)
        known = recall(db, night, TURNS)
        found = list(compare_memory(db, known.tree))
        # What does not fit is read from the beginning: it may be what is remembered that was changed.
        whole = known.due or bool(found)
        new = None if whole else known.since
        rest = [*check_rest(db, new), *check_witnesses(db, here, new), *check_sealed(db, elsewhere, read=whole)]
        rest += check_rotations(db, elsewhere.keys if elsewhere else ())
        since = NOTHING if whole else known.tree
        found += check_readings(db, here, None if whole else chains_read(db))
        found += check_tree(db, elsewhere, since)
        return _Left([*rest, *found], since, None if found else tree_now(db))


def _end(db: Connection, night: date, left: _Left) -> None:
    given = {"night": night, "faults": _written(_kept(left.findings)), "from_start": left.since is NOTHING}
    tree = {name: getattr(left.tree, name, None) for name in ("peaks", "checkpoint")}
    ended = db.execute(_END, {**given, **tree, "leaves": left.tree.size if left.tree else None}).one_or_none()
    if ended is not None and left.tree is not None:
        remember_leaves(db, left.since, left.tree)


def _night(db: Connection) -> date | None:
    return db.execute(_NIGHT).scalar_one_or_none()


def _verify_some(engine: Engine, past: Past, night: date, logs: Sequence[str]) -> int:
    with in_snapshot(engine) as db:
        heads = {row.id: row for row in db.execute(_HEADS, {"logs": logs})}
        checked = check_some(db, logs, past.seen_by(db))
        rewritten = {row.log: _rewritten(row) for row in db.execute(_REWRITTEN_OF, {"logs": logs})}
    rows = [_row(one, heads[one.log], rewritten.get(one.log)) for one in checked if one.log in heads]
    with transaction(engine) as db:
        db.execute(_KEEP, {"rows": _written(rows), "night": night})
    return sum(len(one.findings) for one in checked) + len(rewritten)


def _row(checked: Checked, head: Any, rewritten: Finding | None) -> JsonObject:
    findings = [*([rewritten] if rewritten else []), *checked.findings]
    return {"log": checked.log, "seq": head.seq, "head": head.head, "faults": _kept(findings)}


def _blame_rewritten(engine: Engine, night: date) -> int:
    """Of all logs, also those that are not read in this night: how many do not begin with what was read before."""
    with in_snapshot(engine) as db:
        found = [_rewritten(row) for row in db.execute(_REWRITTEN_ANYWHERE, {"night": night})]
    rows = [{"log": one.log, "faults": _kept([one])} for one in found]
    with transaction(engine) as db:
        db.execute(_BLAME, {"rows": _written(rows), "night": night})
    return len(found)


def _rewritten(row: Any) -> Finding:
    what = "is missing, and was there" if row.missing else "is not the one that was there"
    sentence = f"Event {row.seq} {what} when the log was read before."
    return Finding("rewritten", sentence, row.log, row.number, row.seq, "events")


def _kept(findings: Sequence[Finding]) -> list[JsonObject]:
    return [finding.as_json() for finding in findings[:MOST_KEPT]]


def _written(rows: Sequence[JsonObject]) -> str:
    return orjson.dumps(rows).decode()
