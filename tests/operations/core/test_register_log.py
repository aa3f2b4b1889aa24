"""How an event is written into a log that no engine decides about."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.errors import Unreadable
from casework.operations.core.register_log import REGISTERED, append, append_each
from casework.records.event_log import lock_log, new_log, now, read_register, read_rows
from casework.records.field_encryption import MARK
from tests.support.world import World


def test_the_first_event_begins_the_log_and_the_next_goes_on(world: World, db: Connection) -> None:
    id = str(db.execute(text("SELECT gen_random_uuid()")).scalar_one())
    log = new_log(id, "person", None, now(db))
    append(db, log, [log.next_event(REGISTERED, "somebody", body={"name": "Li Wen"})], "a key")
    for word in ("one", "two"):
        log = lock_log(db, id)
        append(db, log, [log.next_event("changed", "somebody", body={"word": word})])
    events = list(read_register(db, id))
    assert [(event.seq, event.kind) for event in events] == [(1, REGISTERED), (2, "changed"), (3, "changed")]
    assert events[0].body == {"name": "Li Wen"}
    assert [row.header["key"] for row in read_rows(db, id)] == ["a key", None, None]
    after = lock_log(db, id)
    assert (after.seq, after.head, after.last_at) == (3, list(read_rows(db, id))[-1].hash, events[-1].at)


def test_what_lies_sealed_is_not_written_into_a_history(world: World, db: Connection) -> None:
    log = lock_log(db, world.people["officer"])
    with pytest.raises(Unreadable):
        append(db, log, [log.next_event("changed", "somebody", body={"word": f"{MARK}abc"})])
    assert lock_log(db, log.id).seq == log.seq


def test_of_several_logs_each_gets_its_event_whether_it_is_new_or_goes_on(world: World, db: Connection) -> None:
    id = str(db.execute(text("SELECT gen_random_uuid()")).scalar_one())
    new, known = new_log(id, "person", None, now(db)), lock_log(db, world.people["officer"])
    append_each(db, [(log, log.next_event("changed", "somebody", body={"word": "one"})) for log in (new, known)])
    for log in (new, known):
        after, last = lock_log(db, log.id), list(read_rows(db, log.id))[-1]
        assert (after.seq, after.head, after.last_at) == (log.seq + 1, last.hash, last.at)
        assert last.body["word"]["value"] == "one"
    with pytest.raises(Unreadable):
        append_each(db, [(after, after.next_event("changed", "somebody", body={"word": f"{MARK}abc"}))])
