"""Small logs for the tests of the ledger, the same in every run."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from casework.ledger.canonical_json import instant, parse_instant
from casework.ledger.hash_chain import genesis, seal_event
from casework.ledger.integrity import Head, StoredEvent
from casework.ledger.redactable_bodies import seal

LOG = "0192f0c1-5a6b-7c8d-9e0f-112233445566"
START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


def salt_of(seq: int, field: str) -> str:
    return hashlib.sha256(f"{seq} {field}".encode()).hexdigest()[:32]


def header_of(log: str, seq: int, at: datetime | None = None) -> dict[str, Any]:
    return {
        "log": log,
        "seq": seq,
        "at": instant(at or START + timedelta(minutes=seq)),
        "kind": "transition",
        "track": "main",
        "from": ["review"],
        "to": ["decision"],
        "edition": "5e" * 32,
        "actor": "0192f0c1-0000-7000-8000-00000000000a",
        "role": "officer",
        "key": "c0" * 32 if seq % 2 else None,
    }


def stored(seq: int, prev: str, *, log: str = LOG, effects: Any = None, values: Any = None, **said: Any) -> StoredEvent:
    """One sealed event as a row."""
    form: dict[str, Any] = {"note": f"企业 {seq}", "amount": "1200.50", "agreed": True} if values is None else values
    fields = iter(form)
    event = seal_event(
        header={**header_of(log, seq), **said},
        effects={"tasks_opened": [{"id": f"t{seq}", "name": "decide"}], "n": seq} if effects is None else effects,
        body=seal(form, lambda: salt_of(seq, next(fields))),
        prev=prev,
    )
    return row_of(event.header, event.effects, event.body, event.hash)


def row_of(header: Any, effects: Any, body: Any, hash_: str) -> StoredEvent:
    at = parse_instant(header["at"])
    return StoredEvent(header["log"], header["seq"], at, header, effects, body, hash_)


def whole_log(length: int, *, log: str = LOG, contents: Sequence[Any] = ()) -> tuple[list[StoredEvent], Head]:
    """A log as we write it, with its head; `contents` are effects and values by event."""
    rows: list[StoredEvent] = []
    prev = genesis(log)
    for seq in range(1, length + 1):
        effects, values = contents[seq - 1] if contents else (None, None)
        rows.append(stored(seq, prev, log=log, effects=effects, values=values))
        prev = rows[-1].hash
    return rows, Head(log, length, prev)
