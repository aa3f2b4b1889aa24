"""Keys of the log that followed one another: told in the installation's log, held against what both signed, and shown to auditors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from casework.engine.state.events import SYSTEM_ACTOR
from casework.engine.state.register_effects import KeyFollowed
from casework.ledger.canonical_json import instant
from casework.ledger.signed_notes import BadNote, PublicKey, open_note, parse_checkpoint, parse_note
from casework.operations.core.installation_log import lock_installation
from casework.operations.core.register_entries import INSTALLATION
from casework.operations.core.register_log import append
from casework.operations.verification.rows import Finding
from casework.operations.verification.views import KeyRotation
from casework.operations.verification.witnesses import insist_reader
from casework.permissions.actors import Actor
from casework.records import tree_tiles
from casework.records.row_security import whole

KEY_ROTATED = "key_rotated"
#: Nobody of the office does it: it is done on the machine of the worker.
PROGRAM = "casework log key rotate"


def tell_rotation(db: Connection, n: int, note: str) -> None:
    """Say in the installation's log which key follows which, and what both signed. The event's leaf is the first that the new one signs."""
    log = lock_installation(db)
    append(
        db,
        log,
        [log.next_event(KEY_ROTATED, SYSTEM_ACTOR, effects={"program": PROGRAM, "rotation": _rotation(n, note)})],
    )


def _rotation(n: int, note: str) -> KeyFollowed:
    """What the event says of a checkpoint that two keys signed. Raises BadNote."""
    signed = parse_note(note)
    said = parse_checkpoint(signed.text)
    return {
        "origin": said.origin,
        "old_key": signed.signatures[0].id.hex(),
        "new_key": signed.signatures[-1].id.hex(),
        "checkpoint": {"n": n, "size": said.size, "root": said.root.hex()},
    }


#: What tells of keys that followed one another.
_TOLD = text("""
    SELECT e.log_id::text AS log, e.seq, e.at, e.actor_id, e.effects FROM events e JOIN logs l ON l.id = e.log_id
    WHERE l.kind = :installation AND e.kind = :kind ORDER BY e.seq
""")


def check_rotations(db: Connection, keys: Sequence[PublicKey] = ()) -> list[Finding]:
    """Checkpoints of two keys that no event tells of, or that one of them did not sign; and events that tell of none. `keys`: what
    signatures are checked with, where they are known."""
    told = db.execute(_TOLD, {"installation": INSTALLATION, "kind": KEY_ROTATED}).all()
    untold = {row.seq: row for row in told}
    found: list[Finding] = []
    for one in reversed(tree_tiles.list_handovers(db)):
        try:
            expected = _rotation(one.n, one.note)
            signed = open_note(one.note, keys)[1] if keys else ()
        except BadNote:
            # What the tree's own check tells of.
            continue
        n = str(one.n)
        if keys and len(signed) != len(parse_note(one.note).signatures):
            sentence = f"Checkpoint {n} names a key that took over, and keys.pub has none of that id."
            found.append(Finding("checkpoint", sentence, None, None, None, "checkpoints", n, "note"))
        row = next((row for row in untold.values() if row.effects.get("rotation") == expected), None)
        if row is None or row.actor_id != SYSTEM_ACTOR:
            sentence = f"Checkpoint {n} was signed by two keys, and no event tells that one followed the other."
            found.append(Finding("checkpoint", sentence, None, None, None, "checkpoints", n, "note"))
        if row is not None:
            del untold[row.seq]
    for row in untold.values():
        sentence = f"Event {row.seq} tells of a change of keys that no checkpoint shows."
        found.append(Finding("checkpoint", sentence, row.log, None, row.seq))
    return found


def list_rotations(db: Connection, actor: Actor) -> list[KeyRotation]:
    """Which keys followed one another, the newest first. Raises NotFound for whom this is not."""
    insist_reader(actor)
    with whole(db):
        rows = db.execute(_TOLD, {"installation": INSTALLATION, "kind": KEY_ROTATED}).all()
    return [_shown(row) for row in reversed(rows)]


def _shown(row: Any) -> KeyRotation:
    told = row.effects["rotation"]
    return KeyRotation(
        old_key=told["old_key"], new_key=told["new_key"], size=told["checkpoint"]["size"], at=instant(row.at)
    )


__all__ = ["KEY_ROTATED", "PROGRAM", "check_rotations", "list_rotations", "tell_rotation"]
