"""Webhooks that come in: a provider's own system says what it does in its referrals, instead of asking the API to do it.

An address belongs to a service account of the organisation. Whatever a message asks for is done by that account, with its scopes
and by the operation that a route of the API has: a message may do nothing that a request with the account's token could not.
Each `webhook-id` is done once, in the transaction in which that is noted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.definition.names import is_plain
from casework.engine.roles import Role
from casework.errors import CaseworkError, InvalidForm, KeyReused, NotFound, NotSignedByYou, Refused
from casework.operations.auth.step_up import sensitive
from casework.operations.core.encryption import SecretBox
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.paging import Page, insist_limit, newest_after, page
from casework.operations.core.perform import new_id
from casework.operations.core.presenters import when
from casework.operations.core.register_entries import note_entries
from casework.operations.core.views import NamedInBoth
from casework.operations.integrations.views import IncomingMessage, IncomingWebhook
from casework.operations.integrations.webhook_signatures import Signed, is_signed, new_secret
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.records.access_sql import own_referral, reach_values
from casework.records.actors import find_actor
from casework.records.database import savepoint
from casework.records.row_security import read_as, whole

#: A secret that was replaced is good beside the new one for so long.
BOTH_FOR = timedelta(hours=24)
MOST_INCOMING = 5
#: A message that named no reference is listed, and its answer repeated, for so long.
KEPT_FOR = timedelta(days=90)
LONGEST_REFERENCE = 100


# --- what a provider's lead does ---------------------------------------------------------------------------------------

#: An account of an organisation, with how many addresses are open for it.
_ACCOUNT = text("""
    SELECT s.id, s.organisation_id, s.ended_at IS NULL AND s.expires_at > casework_now() AS live, (
        SELECT count(*) FROM incoming_webhooks i WHERE i.organisation_id = s.organisation_id AND i.ended_at IS NULL) AS open
    FROM service_accounts s WHERE s.id = CAST(:id AS uuid)
""")
#: Opens an address.
_NEW = text("""
    INSERT INTO incoming_webhooks (id, organisation_id, account_id, secret, made_by, made_at)
    VALUES (CAST(:id AS uuid), CAST(:org AS uuid), CAST(:account AS uuid), :secret, CAST(:by AS uuid), casework_now())
""")
#: Gives it a new secret, and keeps the one before for a while.
_ROTATE = text("""
    UPDATE incoming_webhooks SET former = secret, former_until = casework_now() + CAST(:both AS interval), secret = :secret
    WHERE id = CAST(:id AS uuid)
""")
#: Ends it, once.
_END = text("UPDATE incoming_webhooks SET ended_at = coalesce(ended_at, casework_now()) WHERE id = CAST(:id AS uuid)")


def path_of(incoming: str) -> str:
    """Where messages are sent."""
    return f"/hooks/in/{incoming}"


@sensitive
def create_incoming(db: Connection, actor: Actor, secret_box: SecretBox, *, account: str, request: Request) -> Done:
    """Open an address for the messages of a service account. The secret is in the first answer only."""
    row = db.execute(_ACCOUNT, {"id": account}).one_or_none()
    if row is None or row.organisation_id not in actor.led():
        raise NotFound("service account")
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    if not row.live:
        raise Refused(reasons.integrations.ACCOUNT_ENDED)
    if row.open >= MOST_INCOMING:
        raise Refused(reasons.integrations.MOST_ENDPOINTS(most=MOST_INCOMING))
    id, secret = new_id(), new_secret()
    sealed = secret_box.seal(secret, id)
    db.execute(_NEW, {"id": id, "org": row.organisation_id, "account": account, "secret": sealed, "by": actor.person})
    note_entries(db, "incoming_webhooks", row.organisation_id, [id], kind="incoming_made", by=actor.person)
    answer = {"id": id, "path": path_of(id)}
    finish(db, actor, request, Done(answer, 201))
    return Done(answer | {"secret": secret}, 201)


@sensitive
def rotate_incoming(db: Connection, actor: Actor, secret_box: SecretBox, incoming: str, request: Request) -> Done:
    """A new secret; the present one is good beside it for a day. The new one is in the first answer only."""
    row = _find(db, actor, incoming)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    if row.ended_at is not None:
        raise Refused(reasons.integrations.ENDED_NAME_ANEW)
    secret = new_secret()
    db.execute(_ROTATE, {"id": incoming, "secret": secret_box.seal(secret, incoming), "both": BOTH_FOR})
    written = ["secret", "former", "former_until"]
    note_entries(
        db,
        "incoming_webhooks",
        row.organisation_id,
        [incoming],
        kind="incoming_rotated",
        by=actor.person,
        columns=written,
    )
    answer = {"id": incoming, "path": path_of(incoming)}
    finish(db, actor, request, Done(answer))
    return Done(answer | {"secret": secret})


def end_incoming(db: Connection, actor: Actor, incoming: str, request: Request) -> Done:
    """Nothing is taken there any more, from this moment on."""
    row = _find(db, actor, incoming)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    db.execute(_END, {"id": incoming})
    note_entries(
        db,
        "incoming_webhooks",
        row.organisation_id,
        [incoming],
        kind="incoming_ended",
        by=actor.person,
        columns=["ended_at"],
    )
    return finish(db, actor, request, Done({"id": incoming, "ended": True}))


#: Addresses with their account and how many messages were done and refused there, the newest first.
_LIST = text("""
    SELECT i.id, i.organisation_id, o.name, o.name_zh, i.account_id, a.name AS account, i.made_at, i.ended_at,
        CASE WHEN i.former_until > casework_now() THEN i.former_until END AS former_until,
        i.ended_at IS NULL AND a.ended_at IS NULL AND a.expires_at > casework_now() AS live, m.done, m.refused, m.last_at
    FROM incoming_webhooks i JOIN organisations o ON o.id = i.organisation_id JOIN service_accounts a ON a.id = i.account_id
    CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE state = 'done') AS done, count(*) FILTER (WHERE state = 'refused') AS refused,
        max(last_at) AS last_at FROM incoming_messages m WHERE m.incoming_id = i.id) m
    WHERE (:all OR i.organisation_id = ANY(CAST(:led AS uuid[]))) AND (CAST(:one AS uuid) IS NULL OR i.id = CAST(:one AS uuid))
    ORDER BY i.made_at DESC, i.id DESC LIMIT 200
""")


def list_incoming(db: Connection, actor: Actor, *, one: str | None = None) -> Page[IncomingWebhook]:
    """The addresses of the organisations that the actor leads, for administrators of all; never their secrets; or one of them. Raises
    NotFound."""
    led = actor.led()
    if not led and not _administers(actor):
        raise NotFound
    rows = db.execute(_LIST, {"led": led, "all": _administers(actor), "one": one})
    items = [
        IncomingWebhook(
            id=row.id,
            organisation=NamedInBoth(id=row.organisation_id, name=row.name, name_zh=row.name_zh),
            account=row.account_id,
            name=row.account,
            path=path_of(row.id),
            live=row.live,
            mine=row.organisation_id in led,
            made_at=when(row.made_at),
            ended_at=when(row.ended_at),
            both_until=when(row.former_until),
            done=row.done,
            refused=row.refused,
            last_at=when(row.last_at),
        )
        for row in rows
    ]
    return Page(items=items)


#: The messages that came to an address, the newest first.
_MESSAGES = """
    SELECT id, message_id, type, referral_id, reference, state, status, code, attempts, made_at, last_at FROM incoming_messages
    WHERE incoming_id = CAST(:incoming AS uuid) {more} ORDER BY made_at DESC, id DESC LIMIT :most
"""


def list_incoming_messages(
    db: Connection, actor: Actor, incoming: str, *, cursor: str | None = None, limit: int | None = None
) -> Page[IncomingMessage]:
    """What came, and what came of it, the newest first. An administrator is not told of which referral. Raises NotFound."""
    row = _find(db, actor, incoming, administrators=True)
    mine, most, (more, after) = row.organisation_id in actor.led(), insist_limit(limit), newest_after(cursor)
    rows = db.execute(text(_MESSAGES.format(more=more)), {"incoming": incoming, "most": most + 1, **after}).all()
    shown, following = page(rows, most, lambda row: (row.made_at, row.id))
    items = [
        IncomingMessage(
            id=row.id,
            message=row.message_id,
            type=row.type,
            referral=row.referral_id if mine else None,
            reference=row.reference if mine else None,
            state=row.state,
            status=row.status,
            code=row.code,
            attempts=row.attempts,
            made_at=when(row.made_at),
            last_at=when(row.last_at),
        )
        for row in shown
    ]
    return Page(items=items, next=following)


# --- what comes --------------------------------------------------------------------------------------------------------

#: An address that takes messages now: it has not ended, nor has its account.
_OPEN = text("""
    SELECT i.id, i.account_id, i.secret, CASE WHEN i.former_until > casework_now() THEN i.former END AS former, s.scopes,
        casework_now() AS now
    FROM incoming_webhooks i JOIN service_accounts s ON s.id = i.account_id
    WHERE i.id = CAST(:id AS uuid) AND i.ended_at IS NULL AND s.ended_at IS NULL AND s.expires_at > casework_now()
""")
#: What an address that is not there is compared with, so that its answer takes as long.
_NOBODYS = "nobody"


def insist_signed(db: Connection, secret_box: SecretBox, incoming: str, message: Signed) -> Actor:
    """Whose address this is, if one of its secrets signed the message lately; from here on that account reads.

    Raises NotSignedByYou, in the same words whatever is wrong: the address, the signature, or the time.
    """
    row = db.execute(_OPEN, {"id": incoming}).one_or_none()
    owner = _NOBODYS if row is None else row.id
    sealed = [secret_box.seal(new_secret(), owner)] if row is None else [row.secret]
    sealed.append(sealed[0] if row is None or row.former is None else row.former)
    keys = [secret_box.open(one, owner)[0] for one in sealed]
    moment = db.execute(text("SELECT casework_now()")).scalar_one() if row is None else row.now
    # An address that is not there has a secret, too, that nobody knows.
    if not is_signed(message, keys, moment) or row is None:
        raise NotSignedByYou
    with whole(db):
        actor = find_actor(db, row.account_id)
    if actor is None:
        raise NotSignedByYou
    read_as(db, actor.person)
    return replace(actor, scopes=frozenset(row.scopes))


@dataclass(frozen=True)
class Came:
    """What came of a message: the answer, or the refusal, which was noted."""

    done: Done | None
    refusal: CaseworkError | None


@dataclass(frozen=True)
class Deed:
    """What a message asked for, once it was done: in which referral, and what its sender calls that."""

    referral: str | None
    reference: str | None
    done: Done


#: Messages of one address are taken one after the other: so none is done twice, and a reference is given to one referral only.
_LOCK = text("SELECT ended_at FROM incoming_webhooks WHERE id = CAST(:id AS uuid) FOR NO KEY UPDATE")
#: What came before under the same id, and what came of it.
_EARLIER = text("""
    SELECT id, digest, state, status, answer FROM incoming_messages
    WHERE incoming_id = CAST(:incoming AS uuid) AND message_id = :message
""")
#: Notes that a message came, and what came of it.
_NOTE = text("""
    INSERT INTO incoming_messages AS m (id, incoming_id, message_id, digest, type, referral_id, reference, state, status, code, answer,
        made_at, last_at)
    VALUES (CAST(:id AS uuid), CAST(:incoming AS uuid), :message, :digest, :type, CAST(:referral AS uuid), :reference, :state, :status,
        :code, CAST(:answer AS jsonb), casework_now(), casework_now())
    ON CONFLICT (incoming_id, message_id) DO UPDATE SET type = excluded.type, referral_id = excluded.referral_id,
        reference = excluded.reference, state = excluded.state, status = excluded.status, code = excluded.code, answer = excluded.answer,
        attempts = m.attempts + 1, last_at = excluded.last_at
""")
#: Notes that one came once more, of which nothing new came.
_AGAIN = text(
    "UPDATE incoming_messages SET attempts = attempts + 1, last_at = casework_now() WHERE id = CAST(:id AS uuid)"
)


def take_message(
    db: Connection,
    incoming: str,
    message: Signed,
    do: Callable[[Request], Deed],
    *,
    type: str,
    status_of: Callable[[CaseworkError], int],
) -> Came:
    """Do what a signed message asks for, once for its webhook-id; what was answered to it before, if that was done.

    What was refused may come again under the same id: it is looked at anew, since what stood against it may have passed.
    """
    digest = hashlib.sha256(message.body).digest()
    locked = db.execute(_LOCK, {"id": incoming}).one()
    if locked.ended_at is not None:
        raise NotSignedByYou
    earlier = db.execute(_EARLIER, {"incoming": incoming, "message": message.id}).one_or_none()
    if earlier is not None and bytes(earlier.digest) != digest:
        db.execute(_AGAIN, {"id": earlier.id})
        return Came(None, KeyReused())
    if earlier is not None and earlier.state == "done":
        db.execute(_AGAIN, {"id": earlier.id})
        return Came(Done(earlier.answer, earlier.status, repeated=True), None)
    given: dict[str, Any] = {"id": new_id(), "incoming": incoming, "message": message.id, "digest": digest}
    given |= {"type": type[:100], "referral": None, "reference": None, "answer": None, "code": ""}
    try:
        with savepoint(db):
            deed = do(Request(f"incoming {incoming} {message.id}", digest.hex()))
    except CaseworkError as refusal:
        db.execute(_NOTE, given | {"state": "refused", "status": status_of(refusal), "code": refusal.code})
        return Came(None, refusal)
    written = {"referral": deed.referral, "reference": deed.reference, "answer": json.dumps(deed.done.answer)}
    db.execute(_NOTE, given | written | {"state": "done", "status": deed.done.status})
    return Came(deed.done, None)


#: The referrals of a case that who asks works on for its provider and that have not ended.
_OF_CASE = text(f"""
    SELECT t.id FROM tracks t JOIN cases c ON c.id = t.log_id
    WHERE c.number = :number AND t.ended_at IS NULL AND {own_referral("t", "c.interests")} ORDER BY t.opened_at DESC, t.id DESC LIMIT 2
""")
#: The referral that a sender calls so.
_CALLED = text("""
    SELECT DISTINCT referral_id FROM incoming_messages
    WHERE incoming_id = CAST(:incoming AS uuid) AND reference = :reference AND referral_id IS NOT NULL LIMIT 2
""")


def find_meant(
    db: Connection, actor: Actor, incoming: str, *, referral: str | None, number: str | None, reference: str | None
) -> str:
    """The referral that a message means: by its id, by the number of its case, or by what the sender called it before.

    Whether the account sees it is asked by what is done there. Raises NotFound, InvalidForm.
    """
    if reference is not None and not (1 <= len(reference) <= LONGEST_REFERENCE and is_plain(reference)):
        raise InvalidForm(fields={"reference": reasons.fields.LENGTH_BETWEEN(least=1, most=LONGEST_REFERENCE)})
    called: list[str] = []
    if reference is not None:
        called = list(db.execute(_CALLED, {"incoming": incoming, "reference": reference}).scalars())
    meant = referral
    if meant is None and number is not None:
        with whole(db):
            found = db.execute(_OF_CASE, {**reach_values(reach(actor)), "number": number}).scalars().all()
        if len(found) > 1:
            raise InvalidForm(fields={"case": reasons.integrations.SEVERAL_REFERRALS})
        meant = found[0] if found else None
    elif meant is None and called:
        meant = called[0]
    if meant is None:
        raise NotFound("referral")
    if called and called != [meant]:
        raise InvalidForm(fields={"reference": reasons.integrations.REFERENCE_TAKEN})
    return meant


def forget_messages(db: Connection) -> int:
    """Remove what came long ago, but for what says what a referral is called."""
    return db.execute(
        text("DELETE FROM incoming_messages WHERE reference IS NULL AND last_at < casework_now() - :kept"),
        {"kept": KEPT_FOR},
    ).rowcount


# --- parts -------------------------------------------------------------------------------------------------------------


def _administers(actor: Actor) -> bool:
    return Role.ADMINISTRATOR in actor.roles()


def _find(db: Connection, actor: Actor, incoming: str, *, administrators: bool = False) -> Any:
    row = db.execute(
        text("SELECT id, organisation_id, ended_at FROM incoming_webhooks WHERE id = CAST(:id AS uuid)"),
        {"id": incoming},
    ).one_or_none()
    if row is None or not (row.organisation_id in actor.led() or administrators and _administers(actor)):
        raise NotFound("endpoint")
    return row


__all__ = [
    "KEPT_FOR", "Came", "Deed", "create_incoming", "end_incoming", "find_meant", "forget_messages", "insist_signed", "list_incoming",
    "list_incoming_messages", "path_of", "rotate_incoming", "take_message",
]  # fmt: skip
