"""The sequencer: gives every event and reading its leaf in the one tree, and signs what the tree is then.

It works in the worker, in transactions of its own, and never in an action's. However many workers there are, one at a time makes the
tree grow. It signs only what goes on from what this machine signed last: a database that was put back to an earlier day, whose leaves
or checkpoints somebody rewrote, or that another key signs, it leaves as it is and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.errors import LogUnusable
from casework.ledger.merkle import BadProof
from casework.ledger.signed_notes import BadNote, Checkpoint, SigningKey, open_checkpoint, sign_note
from casework.operations.verification.key_rotations import tell_rotation
from casework.records import log_keys, tree_tiles
from casework.records.database import reader_transaction, transaction
from casework.records.log_keys import Kept
from casework.settings import Settings

#: How often it looks for events without a leaf.
EVERY_S = 0.4


@dataclass(frozen=True, slots=True)
class Grown:
    """What one pass did."""

    events: int
    size: int


def open_log(settings: Settings, db: Connection) -> SigningKey:
    """The key that signs what this database holds, which goes on from what was signed; made where nothing was signed yet. Ends a change of
    keys that was cut short. Raises LogUnusable."""
    newest = tree_tiles.newest_checkpoint(db)
    insist_not_older(settings, db)
    if newest is None:
        return log_keys.ensure_key(settings)
    following = log_keys.read_next_key(settings)
    if following is not None and _said(newest.note, following) is not None:
        log_keys.use_next_key(settings)
    key = log_keys.read_key(settings)
    if (said := _said(newest.note, key)) is None:
        raise LogUnusable(reasons.tree.OTHER_KEY(file=f"{settings.log_dir}/key"))
    if (said.size, said.root) != (newest.size, newest.root) or _root_at(db, said.size) != said.root:
        raise LogUnusable(reasons.tree.NOT_ITS_CHECKPOINT(size=said.size))
    log_keys.tell_key(settings, key.public)
    return key


def sequence(engine: Engine, settings: Settings, *, made_at: datetime | None = None) -> Grown | None:
    """Give what waits its leaves and sign the tree: one transaction. None where another does it just now. Raises LogUnusable.

    `made_at`: in a simulated time, when it is said to have been signed.
    """
    with reader_transaction(engine) as db:
        if not tree_tiles.try_leading(db):
            return None
        newest = tree_tiles.newest_checkpoint(db)
        before = newest.size if newest else 0
        if not tree_tiles.any_awaited(db):
            return Grown(0, before)
        key = open_log(settings, db)
        events = tree_tiles.take_awaited(db)
        size, root = tree_tiles.append_leaves(db, before, events)
        n, note = newest.n + 1 if newest else 1, _note(key.name, size, root, [key])
        tree_tiles.keep_checkpoint(db, n, size, root, note, made_at=made_at)
    # A moment behind, after a crash in between, is no harm: what is kept is there to be outgrown.
    log_keys.keep_last(settings, Kept(size, root))
    return Grown(len(events), size)


def rotate_key(engine: Engine, settings: Settings) -> SigningKey:
    """Let another key sign from here on: both sign the tree as it stands, which is kept as any checkpoint is, and an event tells of it in
    the same transaction. Raises LogUnusable."""
    with transaction(engine) as db:
        tree_tiles.lead(db)
        newest = tree_tiles.newest_checkpoint(db)
        if newest is None:
            raise LogUnusable(reasons.tree.NOTHING_SIGNED)
        key = open_log(settings, db)
        following = log_keys.new_key(settings, key.name)
        log_keys.keep_next_key(settings, following)
        note = _note(key.name, newest.size, newest.root, [key, following])
        tell_rotation(db, newest.n + 1, note)
        tree_tiles.act_as_sequencer(db)
        tree_tiles.keep_checkpoint(db, newest.n + 1, newest.size, newest.root, note)
    log_keys.use_next_key(settings)
    return following


def insist_not_older(settings: Settings, db: Connection) -> None:
    """Raises LogUnusable where the database lacks what was signed last, or tells it otherwise; or where a witness has signed another tree
    that a key of this log signed as well: of what a witness alone can make up nothing is stopped."""
    settled = log_keys.settled_alarms(settings)
    alarm = db.execute(_WITNESSED, {"settled": settled}).one_or_none()
    if alarm is not None:
        file = str(settings.log_dir / "settled")
        raise LogUnusable(reasons.tree.WITNESSED(name=alarm.name, size=alarm.size, alarm=alarm.id, file=file))
    kept = log_keys.last_kept(settings)
    if kept is None:
        return
    newest = tree_tiles.newest_checkpoint(db)
    size, file = newest.size if newest else 0, str(settings.log_dir / "last")
    if size < kept.size:
        raise LogUnusable(reasons.tree.OLDER(size=size, signed=kept.size, file=file))
    if _root_at(db, kept.size) != kept.root:
        raise LogUnusable(reasons.tree.REWRITTEN(size=kept.size, file=file))


#: The first alarm of a witness that a key of this log stands behind, and that nobody has settled.
_WITNESSED = text("""
    SELECT a.id::text, a.size, w.name FROM witness_alarms a JOIN witnesses w ON w.id = a.witness_id
    WHERE a.signed_by_log AND a.id::text <> ALL(CAST(:settled AS text[])) ORDER BY a.found_at, a.id LIMIT 1
""")


def _root_at(db: Connection, size: int) -> bytes | None:
    """The root over the first leaves as the tiles have them; None where these are none of a tree."""
    try:
        return tree_tiles.root_at(db, size)
    except BadProof:
        return None


def _note(origin: str, size: int, root: bytes, keys: list[SigningKey]) -> str:
    return sign_note(Checkpoint(origin, size, root).text, keys)


def _said(note: str, key: SigningKey) -> Checkpoint | None:
    """What a note says of the tree, where this key signed it."""
    try:
        return open_checkpoint(note, [key.public], key.name)
    except BadNote:
        return None
