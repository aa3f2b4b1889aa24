"""What a finding's log adds up to, and its row."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection, text

from casework.engine.state.events import RegisterEvent
from casework.json_values import JsonMapping, JsonObject
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import Erased
from casework.records.event_log import read_register

RAISED, ANSWERED_IT, ASKED_AGAIN, CLOSED_IT = "raised", "answered", "asked_again", "closed"
#: Somebody is to answer it by a day; that day has passed, which the worker notes.
ASSIGNED, FELL_DUE = "assigned", "fell_due"
#: What an auditor does, who has no part in what is judged.
JUDGING = frozenset({RAISED, ASKED_AGAIN, CLOSED_IT})
#: What takes another person than the step before.
TURNS = frozenset({*JUDGING, ANSWERED_IT})
OPEN, ANSWERED, CLOSED = "open", "answered", "closed"
STATES = (OPEN, ANSWERED, CLOSED)


def fold(events: Sequence[RegisterEvent]) -> JsonObject:
    """The row that a finding's log adds up to."""
    row: JsonObject = {}
    for n, event in enumerate(events, 1):
        row["revision"] = n
        words = event.body.get("words")
        words = None if isinstance(words, Erased) else words
        match event.kind:
            case "raised":
                row |= dict.fromkeys(COLUMNS) | {
                    "id": event.log,
                    "programme_id": event.effects["programme"],
                    "case_id": event.effects["case"],
                    "seq": event.effects["seq"],
                    "state": OPEN,
                    "words": words,
                    "raised_by": event.actor,
                    "raised_at": instant(event.at),
                    "revision": n,
                }
            case "assigned":
                row |= {
                    "owner_id": event.effects["owner"],
                    "due_at": event.effects["due_at"],
                    "assigned_by": event.actor,
                    "assigned_at": instant(event.at),
                    "fell_due_at": None,
                }
            case "fell_due":
                row |= {"fell_due_at": instant(event.at)}
            case "answered":
                row |= {
                    "state": ANSWERED,
                    "answer": words,
                    "answered_by": event.actor,
                    "answered_at": instant(event.at),
                }
            case "asked_again":
                row |= {"state": OPEN}
            case "closed":
                row |= {"state": CLOSED, "closed_by": event.actor, "closed_at": instant(event.at)}
    return row


COLUMNS = (
    "id", "programme_id", "case_id", "seq", "state", "words", "answer", "raised_by", "raised_at", "answered_by",
    "answered_at", "closed_by", "closed_at", "owner_id", "due_at", "assigned_by", "assigned_at", "fell_due_at", "revision",
)  # fmt: skip


def write_row(db: Connection, row: JsonMapping) -> None:
    """Keep the row of a finding."""
    changed = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name != "id")
    db.execute(
        text(
            f"INSERT INTO findings ({', '.join(COLUMNS)}) SELECT {', '.join(COLUMNS)}"
            f" FROM jsonb_populate_record(NULL::findings, CAST(:row AS jsonb)) ON CONFLICT (id) DO UPDATE SET {changed}"
        ),
        {"row": json.dumps(row)},
    )


def fold_again(db: Connection, finding: str) -> JsonObject:
    """Bring the row of a finding after its log; gives it."""
    row = fold(list(read_register(db, finding)))
    write_row(db, row)
    return row
