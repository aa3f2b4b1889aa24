"""Witnesses: who signs what it has seen of the log with a key of its own, and what each has signed.

Auditors name them, and end them; that is told in the installation's log. What one signs is taken only if it holds and is of the tree that
is here. A signature that holds and is of another tree is no fault of whoever hands it in: it is kept as an alarm, for good.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.roles import Role
from casework.errors import InvalidForm, NotFound, Refused
from casework.ledger.canonical_json import instant
from casework.ledger.cosignatures import WitnessKey, open_cosigned, parse_witness_key, with_cosignatures
from casework.ledger.merkle import BadProof
from casework.ledger.signed_notes import BadNote, Checkpoint, PublicKey, open_checkpoint, parse_checkpoint, parse_note
from casework.operations.auth.step_up import sensitive
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.installation_log import lock_installation
from casework.operations.core.paging import Page, from_cursor, insist_limit, page
from casework.operations.core.perform import new_id
from casework.operations.core.presenters import names_of, when
from casework.operations.core.register_log import append
from casework.operations.core.views import Items, Named
from casework.operations.notifications.alarm_mail import tell_auditors
from casework.operations.verification.views import SeenBy, SeenCheckpoint, WitnessAlarm, WitnessRow
from casework.permissions.actors import Actor
from casework.records import tree_tiles
from casework.records.register_entries import body_of
from casework.records.row_security import whole

WITNESS_NAMED, WITNESS_ENDED = "witness_named", "witness_ended"
#: Of the events that name and end witnesses.
KINDS = (WITNESS_NAMED, WITNESS_ENDED)
#: Who names and ends them, and who reads what they have seen.
NAMES, READS = frozenset({Role.AUDITOR}), frozenset({Role.AUDITOR, Role.MANAGER})
#: More signatures no reader of a checkpoint takes.
MOST_WITNESSES = 50
#: Another root of as many leaves as here; more leaves than there are here.
OTHER_ROOT, LONGER = "other_root", "longer"
#: How far the clock of a witness may be ahead.
_AHEAD = timedelta(minutes=5)


def insist_reader(actor: Actor, roles: frozenset[Role] = READS) -> None:
    """Raises NotFound for whom the page is not."""
    if not any(membership.programme and membership.role in roles for membership in actor.memberships):
        raise NotFound("page")


# --- who they are ------------------------------------------------------------------------------------------------------------


@sensitive
def name_witness(db: Connection, actor: Actor, key: str, request: Request) -> Done:
    """From here on what this key signs is taken."""
    insist_reader(actor, NAMES)
    try:
        witness = parse_witness_key(key.strip())
    except BadNote as fault:
        raise InvalidForm(fields={"key": reasons.witnesses.NO_KEY}) from fault
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    with whole(db):
        log = lock_installation(db)
        if db.execute(_LIVE_COUNT).scalar_one() >= MOST_WITNESSES:
            raise Refused(reasons.witnesses.MOST(most=MOST_WITNESSES))
        id, given = new_id(), {"name": witness.name, "key": witness.line, "by": actor.person}
        if db.execute(_NAME, given | {"id": id}).one_or_none() is None:
            raise Refused(reasons.witnesses.NAMED_ALREADY)
        body = body_of(db, "witnesses", None, [id])
        append(db, log, [log.next_event(WITNESS_NAMED, actor.person, role=Role.AUDITOR, body=body)])
    return finish(db, actor, request, Done({"id": id, "name": witness.name}, 201))


@sensitive
def end_witness(db: Connection, actor: Actor, witness: str, request: Request) -> Done:
    """Nothing that it signs is taken any more, and what it signed is not shown to strangers; it stays on record."""
    insist_reader(actor, NAMES)
    if db.execute(_FIND, {"id": witness}).one_or_none() is None:
        raise NotFound("witness")
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    with whole(db):
        log = lock_installation(db)
        if db.execute(_END, {"id": witness, "by": actor.person}).one_or_none() is None:
            raise Refused(reasons.witnesses.ENDED)
        body = body_of(db, "witnesses", None, [witness], columns=["ended_by", "ended_at"])
        append(db, log, [log.next_event(WITNESS_ENDED, actor.person, role=Role.AUDITOR, body=body)])
    return finish(db, actor, request, Done({"id": witness, "ended": True}))


#: How many witnesses have not ended.
_LIVE_COUNT = text("SELECT count(*) FROM witnesses WHERE ended_at IS NULL")
#: Keeps a witness; gives nothing where its key is known.
_NAME = text("""
    INSERT INTO witnesses (id, name, key, named_by, named_at)
    VALUES (CAST(:id AS uuid), :name, :key, CAST(:by AS uuid), casework_now()) ON CONFLICT (key) DO NOTHING RETURNING id
""")
#: A witness by its id.
_FIND = text("SELECT id FROM witnesses WHERE id = CAST(:id AS uuid)")
#: Ends a witness; gives nothing where it has ended.
_END = text("""
    UPDATE witnesses SET ended_by = CAST(:by AS uuid), ended_at = casework_now()
    WHERE id = CAST(:id AS uuid) AND ended_at IS NULL RETURNING id
""")


def live_keys(db: Connection) -> list[str]:
    """The public keys of those that have not ended."""
    return list(db.execute(_LIVE_KEYS).scalars())


#: The keys of the witnesses that have not ended.
_LIVE_KEYS = text("SELECT key FROM witnesses WHERE ended_at IS NULL ORDER BY name, id")


def count_seen(db: Connection, size: int) -> tuple[int, list[str]]:
    """How many witnesses have not ended, and the names of those that signed the tree of so many leaves, or a later one."""
    rows = db.execute(_SINCE, {"size": size}).all()
    return len(rows), [row.name for row in rows if row.seen]


#: The witnesses that have not ended, and whether they signed as many leaves or more.
_SINCE = text("""
    SELECT w.name, EXISTS (SELECT FROM cosignatures c WHERE c.witness_id = w.id AND c.size >= :size) AS seen
    FROM witnesses w WHERE w.ended_at IS NULL ORDER BY w.name, w.id
""")


# --- what they sign ------------------------------------------------------------------------------------------------------------


def take_cosignature(
    db: Connection, actor: Actor, note: str, request: Request, *, keys: Sequence[PublicKey] = (), mailing: bool = False
) -> Done:
    """Keep what a witness signed of a checkpoint; `keys` are those of this log. Of another tree it becomes an alarm, and is answered so."""
    if not actor.service:
        insist_reader(actor)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    row, key = _signer(db, note)
    try:
        said, cosignature = open_cosigned(note, key)
    except BadNote as fault:
        raise Refused(reasons.witnesses.NOT_TRUE(name=key.name)) from fault
    newest = tree_tiles.newest_checkpoint(db)
    if newest is None:
        raise Refused(reasons.tree.NOTHING_SIGNED)
    origin = parse_checkpoint(parse_note(newest.note).text).origin
    if said.origin != origin:
        raise Refused(reasons.witnesses.OTHER_LOG(origin=said.origin))
    moment = db.execute(_CLOCK).scalar_one()
    if cosignature.at > (moment + _AHEAD).timestamp():
        raise Refused(reasons.witnesses.FUTURE)
    told = {"witness": str(row.id), "name": key.name, "size": said.size}
    if (kind := _unlike(db, said, newest.size)) is not None:
        given = {"id": new_id(), "witness": row.id, "kind": kind, "size": said.size, "note": note}
        alarm = db.execute(_ALARM, given | {"signed_by_log": _signed_by(note, keys)}).scalar_one_or_none()
        if alarm is not None and mailing:
            tell_auditors(db, str(alarm))
        return finish(db, actor, request, Done({**told, "taken": False, "alarm": kind}, 201))
    if db.execute(_SIGNED, {"size": said.size}).one_or_none() is None:
        raise Refused(reasons.witnesses.NEVER_SIGNED(size=said.size))
    signed_at = datetime.fromtimestamp(cosignature.at, UTC)
    last = db.execute(_LAST, {"witness": row.id}).one_or_none()
    if last is not None and (last.signed_at > signed_at or last.size > said.size):
        raise Refused(reasons.witnesses.BEFORE)
    given = {"witness": row.id, "size": said.size, "signed_at": signed_at, "line": cosignature.line}
    db.execute(_TAKE, given)
    return finish(db, actor, request, Done({**told, "taken": True, "alarm": None}, 201))


def _signer(db: Connection, note: str) -> tuple[Any, WitnessKey]:
    """The one witness whose signature a note bears; from here to the end of the transaction no other of its is taken. Raises Refused."""
    try:
        signed = parse_note(note)
        parse_checkpoint(signed.text)
    except BadNote as fault:
        raise Refused(reasons.witnesses.NO_NOTE(fault=str(fault))) from fault
    ids = {(one.name, one.id) for one in signed.signatures}
    names = sorted({name for name, _ in ids})
    rows = [(row, parse_witness_key(row.key)) for row in db.execute(_OF_NAMES, {"names": names})]
    found = [(row, key) for row, key in rows if (key.name, key.id) in ids]
    live = [(row, key) for row, key in found if row.ended_at is None]
    if not live:
        raise Refused(reasons.witnesses.ENDED if found else reasons.witnesses.UNKNOWN)
    if len(live) > 1:
        raise Refused(reasons.witnesses.SEVERAL)
    return live[0]


def _unlike(db: Connection, said: Checkpoint, size: int) -> str | None:
    """How the tree that a witness signed is another than the one that is here, if it is."""
    if said.size > size:
        return LONGER
    try:
        root = tree_tiles.root_at(db, said.size)
    except BadProof:
        return OTHER_ROOT
    return None if root == said.root else OTHER_ROOT


def _signed_by(note: str, keys: Sequence[PublicKey]) -> bool:
    try:
        open_checkpoint(note, keys)
    except BadNote:
        return False
    return True


#: The witnesses of these names, which stay as they are meanwhile.
_OF_NAMES = text("""
    SELECT id, key, ended_at FROM witnesses WHERE name = ANY(:names) ORDER BY id FOR NO KEY UPDATE
""")
#: The real time, by which witnesses sign.
_CLOCK = text("SELECT clock_timestamp()")
#: Keeps an alarm, once; gives nothing where it is known.
_ALARM = text("""
    INSERT INTO witness_alarms (id, witness_id, kind, size, note, signed_by_log)
    VALUES (CAST(:id AS uuid), CAST(:witness AS uuid), :kind, :size, :note, :signed_by_log) ON CONFLICT DO NOTHING RETURNING id
""")
#: Whether a checkpoint of this size was signed.
_SIGNED = text("SELECT 1 FROM checkpoints WHERE size = :size LIMIT 1")
#: What a witness signed last.
_LAST = text("""
    SELECT size, signed_at FROM cosignatures WHERE witness_id = CAST(:witness AS uuid) ORDER BY signed_at DESC, size DESC LIMIT 1
""")
#: Keeps what a witness signed; of the same tree the newest.
_TAKE = text("""
    INSERT INTO cosignatures (size, witness_id, signed_at, line) VALUES (:size, CAST(:witness AS uuid), :signed_at, :line)
    ON CONFLICT (size, witness_id) DO UPDATE SET signed_at = excluded.signed_at, line = excluded.line, taken_at = clock_timestamp()
""")


# --- what is shown ------------------------------------------------------------------------------------------------------------


def list_witnesses(db: Connection, actor: Actor) -> Items[WitnessRow]:
    """All there ever were, those that sign first. Raises NotFound for whom this is not."""
    insist_reader(actor)
    rows = db.execute(_WITNESSES).all()
    alarms: dict[str, list[WitnessAlarm]] = {}
    for row in db.execute(_ALARMS):
        alarm = WitnessAlarm(
            kind=row.kind, size=row.size, signed_by_log=row.signed_by_log, found_at=instant(row.found_at)
        )
        alarms.setdefault(str(row.witness_id), []).append(alarm)
    called = names_of(db, {str(one) for row in rows for one in (row.named_by, row.ended_by) if one})
    return Items(items=[_witness(row, called, alarms.get(str(row.id), [])) for row in rows])


def _witness(row: Any, called: dict[str, str], alarms: list[WitnessAlarm]) -> WitnessRow:
    def person(id: Any) -> Named:
        return Named(id=str(id), name=called.get(str(id)))

    return WitnessRow(
        id=str(row.id),
        name=row.name,
        key=row.key,
        named_by=person(row.named_by),
        named_at=instant(row.named_at),
        ended_by=person(row.ended_by) if row.ended_by else None,
        ended_at=when(row.ended_at),
        size=row.size,
        signed_at=when(row.signed_at),
        alarms=alarms,
    )


#: Every witness with what it signed last.
_WITNESSES = text("""
    SELECT w.*, s.size, s.signed_at FROM witnesses w LEFT JOIN LATERAL (
        SELECT c.size, c.signed_at FROM cosignatures c WHERE c.witness_id = w.id ORDER BY c.signed_at DESC, c.size DESC LIMIT 1
    ) s ON true ORDER BY w.ended_at IS NOT NULL, w.name, w.id
""")
#: What witnesses signed of another tree, the newest first.
_ALARMS = text("""
    SELECT witness_id, kind, size, signed_by_log, found_at FROM witness_alarms ORDER BY found_at DESC, id LIMIT 200
""")


def count_alarms(db: Connection, actor: Actor) -> int:
    """How often a witness signed another tree than the one here. Raises NotFound for whom this is not."""
    insist_reader(actor)
    return int(db.execute(_HOW_MANY_ALARMS).scalar_one())


#: How many alarms there are.
_HOW_MANY_ALARMS = text("SELECT count(*) FROM witness_alarms")


def list_seen(
    db: Connection, actor: Actor, *, cursor: str | None = None, limit: int | None = None
) -> Page[SeenCheckpoint]:
    """The checkpoint that is published, and those that a witness has signed, the newest first. Raises NotFound for whom this is not.

    No others: when each was signed would say when something happened.
    """
    insist_reader(actor)
    most = insist_limit(limit)
    published = tree_tiles.published_checkpoint(db)
    keys = from_cursor(cursor, 1)
    below = int(keys[0]) if keys and isinstance(keys[0], int) else None
    given = {"published": published.size if published else None, "below": below, "most": most + 1}
    rows = db.execute(_SEEN, given).all()
    shown, following = page(rows, most, lambda row: (row.size,))
    by: dict[int, list[SeenBy]] = {}
    for row in db.execute(_SEEN_BY, {"sizes": [row.size for row in shown]}):
        by.setdefault(row.size, []).append(
            SeenBy(witness=str(row.witness_id), name=row.name, signed_at=instant(row.signed_at))
        )
    return Page(items=[_seen(row, by.get(row.size, [])) for row in shown], next=following)


def _seen(row: Any, by: list[SeenBy]) -> SeenCheckpoint:
    said = parse_checkpoint(parse_note(row.note).text)
    return SeenCheckpoint(
        origin=said.origin,
        size=said.size,
        root=b64encode(said.root).decode(),
        made_at=instant(row.made_at.replace(second=0, microsecond=0)),
        witnesses=by,
    )


#: Checkpoints, the largest first: of each size the last that was signed.
_SEEN = text("""
    SELECT k.size, k.note, k.made_at FROM (
        SELECT size FROM cosignatures UNION SELECT CAST(:published AS bigint) WHERE CAST(:published AS bigint) IS NOT NULL
    ) s CROSS JOIN LATERAL (SELECT size, note, made_at FROM checkpoints k WHERE k.size = s.size ORDER BY k.n DESC LIMIT 1) k
    WHERE CAST(:below AS bigint) IS NULL OR k.size < CAST(:below AS bigint) ORDER BY k.size DESC LIMIT :most
""")
#: Who signed these.
_SEEN_BY = text("""
    SELECT c.size, c.witness_id, w.name, c.signed_at FROM cosignatures c JOIN witnesses w ON w.id = c.witness_id
    WHERE c.size = ANY(CAST(:sizes AS bigint[])) ORDER BY c.size, c.signed_at, w.name
""")


def published_cosigned(db: Connection, size: int | None = None) -> str | None:
    """The newest published checkpoint that witnesses have signed, or the one of a size, with all that they signed of it."""
    published = tree_tiles.published_checkpoint(db)
    if published is None or size is not None and size > published.size:
        return None
    row = db.execute(_COSIGNED, {"published": published.size, "size": size}).one_or_none()
    return None if row is None else with_cosignatures(row.note, row.lines)


def cosigned_up_to(db: Connection, size: int) -> str | None:
    """The newest checkpoint of at most so many leaves that witnesses have signed, with all that they signed of it."""
    row = db.execute(_COSIGNED, {"published": size, "size": None}).one_or_none()
    return None if row is None else with_cosignatures(row.note, row.lines)


#: A checkpoint with the signatures of the witnesses that have not ended.
_COSIGNED = text("""
    SELECT k.note, s.lines FROM (
        SELECT c.size, array_agg(c.line ORDER BY w.name, w.id) AS lines FROM cosignatures c
        JOIN witnesses w ON w.id = c.witness_id AND w.ended_at IS NULL
        WHERE c.size <= :published AND (CAST(:size AS bigint) IS NULL OR c.size = CAST(:size AS bigint))
        GROUP BY c.size ORDER BY c.size DESC LIMIT 1
    ) s CROSS JOIN LATERAL (SELECT note FROM checkpoints k WHERE k.size = s.size ORDER BY k.n DESC LIMIT 1) k
""")


__all__ = [
    "KINDS", "LONGER", "NAMES", "OTHER_ROOT", "READS", "WITNESS_ENDED", "WITNESS_NAMED", "cosigned_up_to", "count_alarms", "count_seen",
    "end_witness", "insist_reader",
    "list_seen", "list_witnesses", "live_keys", "name_witness", "published_cosigned", "take_cosignature",
]  # fmt: skip
