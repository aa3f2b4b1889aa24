"""Checkpoints by mail: the addresses, inside and outside the house, that get the published checkpoint once a day, to be kept there.

Auditors name and end them; whoever reads such a mail stops it by its link. Of each day one mail goes; what it says is decided when it goes,
and is what everybody may read at the log's address. Where whoever named an address is no auditor any more, nothing goes there.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.engine.deadlines.calendars import day_in
from casework.engine.roles import Role
from casework.errors import InvalidForm, NotFound, Refused
from casework.operations.auth.step_up import sensitive
from casework.operations.core.email_addresses import insist_address, is_address
from casework.operations.core.i18n import BEIJING
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.perform import new_id
from casework.operations.core.presenters import names_of
from casework.operations.core.views import Named
from casework.operations.notifications.mail_queue import queue_mail
from casework.permissions.actors import Actor
from casework.records.actors import find_actor
from casework.records.database import savepoint, transaction
from casework.records.event_log import now
from casework.records.tree_tiles import published_checkpoint

_note = logging.getLogger(__name__)

#: The kind of these mails.
CHECKPOINT = "checkpoint"
LANGUAGES = ("en", "zh-Hans")
#: No more addresses there are, and so many are looked at in one transaction.
MOST_ADDRESSES, _AT_ONCE = 50, 20
#: When the mail of a day goes, in Beijing; how soon it is looked again where one fails, or nothing is published yet.
_GOES_AT, _SOON = time(8), timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckpointAddress:
    """Where checkpoints are mailed to."""

    address: str
    language: str
    named_by: Named
    #: The day of the last mail, in Beijing.
    told_for: date | None


@dataclass(frozen=True, kw_only=True)
class CheckpointMail:
    """A mail with a checkpoint: to whom, in which language, and what was signed."""

    id: str
    address: str
    language: str
    at: datetime
    origin: str
    size: int
    note: str
    made_at: datetime
    subscription: str


def insist_namer(actor: Actor) -> None:
    """Raises NotFound for whom this is not."""
    if not _names(actor):
        raise NotFound("page")


def _names(actor: Actor) -> bool:
    return any(membership.programme and membership.role == Role.AUDITOR for membership in actor.memberships)


def list_addresses(db: Connection, actor: Actor) -> list[CheckpointAddress]:
    """All there are, for auditors. Raises NotFound for others."""
    insist_namer(actor)
    rows = db.execute(_ALL).all()
    called = names_of(db, {row.person for row in rows})
    return [
        CheckpointAddress(
            address=row.address,
            language=row.language,
            named_by=Named(id=row.person, name=called.get(row.person)),
            told_for=row.told_for,
        )
        for row in rows
    ]


#: Where checkpoints are mailed to.
_ALL = text("SELECT person_id::text AS person, address, language, told_for FROM checkpoint_mails ORDER BY address, id")


@sensitive
def name_address(db: Connection, actor: Actor, address: str, language: str, request: Request) -> Done:
    """From here on the published checkpoint is mailed there once a day, the first time at once."""
    insist_namer(actor)
    if language not in LANGUAGES:
        raise InvalidForm(fields={"language": reasons.fields.NOT_A_CHOICE})
    kept = insist_address(address)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    db.execute(_HOLD)
    if db.execute(_COUNT).scalar_one() >= MOST_ADDRESSES:
        raise Refused(reasons.witnesses.MOST_ADDRESSES(most=MOST_ADDRESSES))
    given = {"id": new_id(), "person": actor.person, "address": kept, "language": language}
    if db.execute(_NAME, given).one_or_none() is None:
        raise Refused(reasons.witnesses.ADDRESS_NAMED)
    return finish(db, actor, request, Done({"address": kept}, 201))


#: Names addresses one after the other, so that there are never more than may be.
_HOLD = text("SELECT pg_advisory_xact_lock(hashtext('checkpoint_mails'))")
#: How many there are.
_COUNT = text("SELECT count(*) FROM checkpoint_mails")
#: Has checkpoints mailed to an address; gives nothing where they are already.
_NAME = text("""
    INSERT INTO checkpoint_mails (id, person_id, address, language, look_at)
    VALUES (CAST(:id AS uuid), CAST(:person AS uuid), :address, :language, casework_now()) ON CONFLICT DO NOTHING RETURNING id
""")


def end_address(db: Connection, actor: Actor, address: str, request: Request) -> Done:
    """Nothing goes there any more; of an address that is not named nothing did."""
    insist_namer(actor)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    db.execute(_END, {"address": address})
    return finish(db, actor, request, Done({"address": address}))


#: Ends what goes to an address; what waits of it finds nothing to tell.
_END = text("DELETE FROM checkpoint_mails WHERE address = :address")


# --- by itself -------------------------------------------------------------------------------------------------------

#: That it is to be looked whether a mail of `c` is due. Looks never lie far ahead, unless the clock was turned back.
_WAITS = "(c.look_at <= casework_now() OR c.look_at > casework_now() + interval '2 days')"
#: Whether any is to be looked at.
_ANY = text(f"SELECT EXISTS (SELECT FROM checkpoint_mails c WHERE {_WAITS})")
#: Those that are to be looked at, the longest waiting first; where that fails, again after a while.
_TAKE = text(f"""
    WITH taken AS (
        SELECT c.id FROM checkpoint_mails c WHERE {_WAITS} ORDER BY c.look_at, c.id LIMIT :most FOR UPDATE SKIP LOCKED
    )
    UPDATE checkpoint_mails c SET look_at = casework_now() + interval '1 hour' FROM taken t WHERE c.id = t.id
    RETURNING c.id::text, c.person_id::text AS person, c.address, c.told_for
""")


def any_waiting(db: Connection) -> bool:
    """Whether it is to be looked if mails are due."""
    waiting: bool = db.execute(_ANY).scalar_one()
    return waiting


def queue_checkpoints(engine: Engine) -> int:
    """Queue the mails that are due, each once; gives how many were looked at."""
    looked = 0
    while True:
        with transaction(engine) as db:
            rows = db.execute(_TAKE, {"most": _AT_ONCE}).all()
            moment = now(db)
            for row in rows:
                try:
                    with savepoint(db):
                        _look_at(db, row, moment)
                except Exception as fault:  # whatever is wrong with one is no reason to keep the others waiting
                    _note.warning("a checkpoint could not be mailed: %s", type(fault).__name__)
        if not rows:
            return looked
        looked += len(rows)


def _look_at(db: Connection, row: Any, moment: datetime) -> None:
    if not is_address(row.address):
        # It named a person who was erased.
        db.execute(_END, {"address": row.address})
        return
    day = day_in(moment, BEIJING)
    if published_checkpoint(db) is None:
        db.execute(_LOOK_AGAIN, {"id": row.id, "at": moment + _SOON})
        return
    actor = find_actor(db, row.person)
    if actor is not None and _names(actor) and (row.told_for is None or row.told_for < day):
        mail = queue_mail(db, row.person, f"{CHECKPOINT} {row.id} {day}", CHECKPOINT, at=moment, send_at=moment)
        if mail is not None:
            db.execute(_TOLD, {"id": row.id, "day": day, "mail": mail})
    following = datetime.combine(day + timedelta(days=1), _GOES_AT, ZoneInfo(BEIJING))
    db.execute(_LOOK_AGAIN, {"id": row.id, "at": following})


#: Notes of which day the last mail is: one that did not go before says nothing any more.
_TOLD = text("UPDATE checkpoint_mails SET told_for = :day, mail_id = CAST(:mail AS uuid) WHERE id = CAST(:id AS uuid)")
#: When it is looked again.
_LOOK_AGAIN = text("UPDATE checkpoint_mails SET look_at = :at WHERE id = CAST(:id AS uuid)")


def write_checkpoint_mail(db: Connection, mail: str) -> CheckpointMail | None:
    """What such a mail says; None where its address was ended meanwhile, or whoever named it is no auditor any more."""
    row = db.execute(_OF_MAIL, {"id": mail}).one_or_none()
    published = published_checkpoint(db)
    if row is None or published is None or not is_address(row.address):
        return None
    actor = find_actor(db, row.person)
    if actor is None or not _names(actor):
        return None
    return CheckpointMail(
        id=row.id,
        address=row.address,
        language=row.language,
        at=row.now,
        origin=published.note.partition("\n")[0],
        size=published.size,
        note=published.note,
        made_at=published.made_at.replace(second=0, microsecond=0),
        subscription=row.subscription,
    )


#: To which address a mail goes that waits, while no later one takes its place.
_OF_MAIL = text("""
    SELECT m.id::text, c.id::text AS subscription, c.person_id::text AS person, c.address, c.language, casework_now() AS now
    FROM mails m JOIN checkpoint_mails c ON c.mail_id = m.id WHERE m.id = CAST(:id AS uuid) AND m.state = 'queued'
""")


__all__ = [
    "CHECKPOINT", "LANGUAGES", "MOST_ADDRESSES", "CheckpointAddress", "CheckpointMail", "any_waiting", "end_address",
    "insist_namer", "list_addresses", "name_address", "queue_checkpoints", "write_checkpoint_mail",
]  # fmt: skip
