"""Counts the figures of large programmes ahead, so that a page of them need not wait: what is shown says up to when it was counted."""

from __future__ import annotations

import logging
from dataclasses import replace

import orjson
from sqlalchemy import Connection, Engine, text

from casework.engine.figures.kept_facts import KEPT, write
from casework.engine.mining.process import Process
from casework.operations.oversight import figure_parts
from casework.operations.oversight.figure_facts import bring_after, events_of_programme, find_differing, forget_facts
from casework.operations.oversight.figure_parts import MANY, forget_lines, forget_parts, without_cases, write_lines
from casework.operations.oversight.figures import Counted, count_programme, read_ahead, rules
from casework.operations.oversight.follow_ups import Followed, count_followed, read_followed, write_followed
from casework.operations.oversight.process import fold_process, read_process_ahead, written_process
from casework.records.database import transaction
from casework.records.row_security import in_snapshot

_note = logging.getLogger(__name__)
#: After so many minutes it is looked again whether anything has happened.
EVERY_MINUTES = 15
#: The large programmes whose figures are to be looked at again, and those that were counted by other rules.
_DUE = text(f"""
    SELECT p.id::text FROM programmes p LEFT JOIN kept_figures k ON k.programme_id = p.id
    WHERE (k.programme_id IS NULL OR k.rules <> :rules OR k.looked_at < casework_now() - make_interval(mins => :minutes))
    AND (k.programme_id IS NOT NULL OR {MANY})
    ORDER BY p.id
""")
#: The rate of the follow-up as it was counted ahead.
_FOLLOWED = text("SELECT followed FROM kept_figures WHERE programme_id = CAST(:programme AS uuid)")
#: Says of figures that it was looked at them; gives whether they are of this many events, by the rules of now.
_LOOK = text("""
    UPDATE kept_figures SET looked_at = casework_now()
    WHERE programme_id = CAST(:programme AS uuid) AND events = :events AND rules = :rules RETURNING programme_id
""")
#: Keeps figures in the place of those before.
_KEEP = text("""
    INSERT INTO kept_figures (programme_id, at, looked_at, rules, events, told, followed, logs, process, ways)
    VALUES (CAST(:programme AS uuid), :at, casework_now(), :rules, :events, :told, :followed, :logs, :process, :ways)
    ON CONFLICT (programme_id) DO UPDATE SET at = excluded.at, looked_at = excluded.looked_at, rules = excluded.rules,
        events = excluded.events, told = excluded.told, followed = excluded.followed, logs = excluded.logs,
        process = excluded.process, ways = excluded.ways
""")
#: Forgets figures.
_FORGET = text("DELETE FROM kept_figures WHERE programme_id = CAST(:programme AS uuid)")


def list_due(db: Connection) -> list[str]:
    """The programmes whose figures are to be counted ahead, as far as anything has happened there."""
    return list(db.execute(_DUE, {"rules": rules(), "minutes": EVERY_MINUTES, "large": figure_parts.LARGE}).scalars())


def count_ahead(engine: Engine, programme: str) -> bool:
    """Count the figures of a programme and keep them, where anything has happened since they were; gives whether they were counted."""
    with transaction(engine) as db:
        # What was written while they were counted last is told by the number of events, whatever its moment is.
        # Sealed ones apart.
        events = events_of_programme(db, programme, ["programme", *KEPT]).events
        if db.execute(_LOOK, {"programme": programme, "events": events, "rules": rules()}).one_or_none() is not None:
            return False
    bring_after(engine, programme)
    with in_snapshot(engine) as db:
        counted = count_programme(db, programme)
        followed = count_followed(db, [programme], counted.as_of.at)
        process = fold_process(db, programme, counted.as_of.at)
    with transaction(engine) as db:
        _keep(db, counted, followed, process)
    return True


def _keep(db: Connection, counted: Counted, followed: list[Followed], process: Process) -> None:
    """Keep figures in the place of those before."""
    programme, logs = counted.as_of.programme, dict(counted.as_of.logs or {})
    told = replace(without_cases(counted), ahead=True)
    given = {"programme": programme, "at": counted.as_of.at, "rules": rules(), "events": sum(logs.values())}
    # First: whoever counts at the same time waits here.
    db.execute(
        _KEEP,
        {
            **given,
            "told": orjson.dumps(write(told)).decode(),
            "followed": write_followed(followed),
            "logs": orjson.dumps(logs).decode(),
            **written_process(process),
        },
    )
    write_lines(db, counted)


def _same_beside(db: Connection, kept: Counted, again: Counted) -> bool:
    """Whether the rate of the follow-up is what its query counts up to then, and how cases ran what their logs tell; what has gone on
    since is not asked."""
    if kept.as_of.logs != again.as_of.logs:
        return True
    programme = kept.as_of.programme
    told = read_followed(db.execute(_FOLLOWED, {"programme": programme}).scalar_one())
    ran = read_process_ahead(db, programme, whole_lists=True)
    return told == count_followed(db, [programme], kept.as_of.at) and ran == fold_process(db, programme, kept.as_of.at)


def _forget(db: Connection, programme: str) -> None:
    forget_lines(db, programme)
    db.execute(_FORGET, {"programme": programme})


def find_wrong(engine: Engine, programme: str) -> list[str]:
    """What is kept of a programme and not what its logs tell: logs by their ids, and `figures`. It is forgotten, and so made again; and so
    is whatever was counted of its parts, whether it is right or not."""
    wrong = find_differing(engine, programme)
    with transaction(engine) as db:
        forget_facts(db, wrong)
        forget_parts(db, programme)
    with in_snapshot(engine) as db:
        kept = read_ahead(db, programme, with_cases=True)
        again = None if kept is None else replace(count_programme(db, programme, kept.as_of.at), ahead=True)
        same = kept is None or again is None or _same_beside(db, kept, again)
    if kept is not None and again is not None and (again != kept or not same):
        with transaction(engine) as db:
            _forget(db, programme)
        # What was being written while they were counted is of an earlier moment, and no fault.
        wrong += ["figures"] if again.as_of.logs == kept.as_of.logs else []
    if wrong:
        _note.error("what was kept for figures was not what the logs of %s tell: %s", programme, ", ".join(wrong))
    return wrong
