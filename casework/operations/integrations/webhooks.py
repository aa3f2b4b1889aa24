"""Webhooks: a provider's own system is told of what moves in its referrals.

A message tells ids and states and nothing else: whoever receives it asks the API for the rest, as one who may. It is
made from the outbox, which the action itself has written into. What else is told: `checkpoint_hooks`.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.events import FIRED, Event
from casework.errors import NotFound, Refused
from casework.ledger.canonical_json import instant
from casework.operations.auth.step_up import sensitive
from casework.operations.core import outbox
from casework.operations.core.encryption import SecretBox
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.paging import Page, insist_limit, newest_after, page
from casework.operations.core.perform import new_id
from casework.operations.core.presenters import when
from casework.operations.core.register_entries import note_entries
from casework.operations.core.views import NamedInBoth
from casework.operations.integrations.service_account_scopes import WEBHOOKS
from casework.operations.integrations.ssrf_guard import insist_target
from casework.operations.integrations.views import Endpoint, EndpointMessage
from casework.operations.integrations.webhook_signatures import new_secret, sign
from casework.permissions.actors import Actor

#: A secret that was replaced signs beside the new one for so long.
BOTH_FOR = timedelta(hours=24)
#: After each failure it rests longer; after the last one it is given up.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400))
MOST_ENDPOINTS = 5


# --- from an event to messages -----------------------------------------------------------------------------------------

#: Queues a message for an endpoint, once for each event.
_QUEUE = text("""
    INSERT INTO webhook_messages (id, endpoint_id, log_id, seq, type, payload, made_at, send_at)
    SELECT CAST(:id AS uuid), e.id, CAST(:log AS uuid), :seq, :type, :payload, :now, :now FROM webhook_endpoints e
    WHERE e.id = CAST(:endpoint AS uuid) ON CONFLICT DO NOTHING
""")
#: The endpoints of an organisation that have not ended.
_ENDPOINTS = text(
    "SELECT id FROM webhook_endpoints WHERE organisation_id = CAST(:org AS uuid) AND ended_at IS NULL ORDER BY id"
)


def queue_message(db: Connection, case: Case, event: Event, now: datetime) -> None:
    """Queue what an event says to the endpoints of the provider whose referral it moved."""
    track = case.tracks.get(event.track or "") if event.kind == FIRED else None
    above = case.referral_of(track) if track else None
    # A draft is not the provider's yet, and what is called off before it was sent never was.
    if track is None or above is None or above.provider is None or not above.sent_by(event.at):
        return
    endpoints = db.execute(_ENDPOINTS, {"org": above.provider}).scalars().all()
    for endpoint in endpoints:
        type = f"{track.workflow}.{event.effects['transition']}"
        message = {
            "type": type,
            "timestamp": instant(event.at),
            "data": {
                "referral": above.id,
                "track": track.id,
                "workflow": track.workflow,
                "from": list(event.frm),
                "to": list(event.to),
            },
        }
        payload = json.dumps(message, sort_keys=True, separators=(",", ":"))
        db.execute(
            _QUEUE,
            {
                "id": new_id(),
                "endpoint": endpoint,
                "log": case.log,
                "seq": event.seq,
                "type": type,
                "payload": payload,
                "now": now,
            },
        )


# --- delivery ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Message:
    """A message that goes now."""

    id: str
    url: str
    payload: str
    timestamp: int
    signature: str
    #: An earlier attempt may have arrived, of which nobody knows.
    repeated: bool = False


MESSAGES = outbox.Outbox(table="webhook_messages", receiver="m.endpoint_id", taken="delivered", longest=200, ends=False)


def prepare(db: Connection, message: str, secret_box: SecretBox) -> Message | None:
    """A queued message, signed for this moment; None where it is not queued any more, or its endpoint has ended."""
    row = db.execute(
        text(
            "SELECT m.id, m.payload, e.id AS endpoint, e.url, e.secret, e.ended_at, casework_now() AS now,"
            " CASE WHEN e.former_until > casework_now() THEN e.former END AS former"
            " FROM webhook_messages m JOIN webhook_endpoints e ON e.id = m.endpoint_id"
            " WHERE m.id = CAST(:id AS uuid) AND m.state = 'queued' FOR NO KEY UPDATE OF m"
        ),
        {"id": message},
    ).one_or_none()
    if row is None:
        return None
    if row.ended_at is not None:
        outbox.cancel(db, MESSAGES, message, "its endpoint has ended")
        return None
    repeated = outbox.begin(db, MESSAGES, message)
    keys = [secret_box.open(secret, row.endpoint)[0] for secret in (row.secret, row.former) if secret is not None]
    id, timestamp = f"msg_{row.id}", int(row.now.timestamp())
    return Message(id, row.url, row.payload, timestamp, sign(keys, id, timestamp, row.payload), repeated)


def gone(db: Connection, message: str, what: str) -> None:
    """The receiver wants nothing any more: its endpoint ends."""
    outbox.give_up(db, MESSAGES, message, what)
    ended = db.execute(
        text(
            "UPDATE webhook_endpoints SET ended_at = casework_now() WHERE ended_at IS NULL"
            " AND id = (SELECT endpoint_id FROM webhook_messages WHERE id = CAST(:id AS uuid)) RETURNING id, organisation_id"
        ),
        {"id": message},
    ).one_or_none()
    if ended is not None:
        note_entries(
            db, "webhook_endpoints", ended.organisation_id, [ended.id], kind="endpoint_gone", columns=["ended_at"]
        )


def rest_after(count: int, age: timedelta) -> timedelta | None:
    """Each rest is longer than the one before; after the last it is given up."""
    return PAUSES[count] if count < len(PAUSES) else None


# --- what a provider's lead does ---------------------------------------------------------------------------------------


@sensitive
def create_endpoint(
    db: Connection,
    actor: Actor,
    secret_box: SecretBox,
    *,
    organisation: str,
    url: str,
    inside: Collection[str],
    request: Request,
    hosts: Collection[str] = ("*",),
    checkpoints: bool = False,
) -> Done:
    """Name where one's own system wants to be told; of `checkpoints`, too. The secret is in the first answer only."""
    if organisation not in _led(actor):
        raise NotFound("organisation")
    insist_target(url, inside, hosts)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    count = db.execute(_ENDPOINTS, {"org": organisation}).scalars().all()
    if len(count) >= MOST_ENDPOINTS:
        raise Refused(reasons.integrations.MOST_ENDPOINTS(most=MOST_ENDPOINTS))
    id, secret = new_id(), new_secret()
    db.execute(
        text(
            "INSERT INTO webhook_endpoints (id, organisation_id, url, secret, checkpoints, made_by, made_at)"
            " VALUES (CAST(:id AS uuid), CAST(:org AS uuid), :url, :secret, :checkpoints, CAST(:by AS uuid), casework_now())"
        ),
        {
            "id": id,
            "org": organisation,
            "url": url,
            "secret": secret_box.seal(secret, id),
            "checkpoints": checkpoints,
            "by": actor.person,
        },
    )
    note_entries(db, "webhook_endpoints", organisation, [id], kind="endpoint_made", by=actor.person)
    finish(db, actor, request, Done({"id": id, "url": url}, 201))
    return Done({"id": id, "url": url, "secret": secret}, 201)


@sensitive
def rotate_secret(db: Connection, actor: Actor, secret_box: SecretBox, endpoint: str, request: Request) -> Done:
    """A new secret; the present one signs beside it for a day. The new one is in the first answer only."""
    row = _find(db, actor, endpoint)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    if row.ended_at is not None:
        raise Refused(reasons.integrations.ENDED_NAME_ANEW)
    secret = new_secret()
    db.execute(
        text(
            "UPDATE webhook_endpoints SET former = secret, former_until = casework_now() + CAST(:both AS interval), secret = :secret"
            " WHERE id = CAST(:id AS uuid)"
        ),
        {"id": endpoint, "secret": secret_box.seal(secret, endpoint), "both": BOTH_FOR},
    )
    note_entries(
        db,
        "webhook_endpoints",
        row.organisation_id,
        [endpoint],
        kind="endpoint_rotated",
        by=actor.person,
        columns=["secret", "former", "former_until"],
    )
    finish(db, actor, request, Done({"id": endpoint}))
    return Done({"id": endpoint, "secret": secret})


def end_endpoint(db: Connection, actor: Actor, endpoint: str, request: Request) -> Done:
    """Nothing is sent there any more, nor what was queued."""
    row = _find(db, actor, endpoint)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    db.execute(
        text("UPDATE webhook_endpoints SET ended_at = coalesce(ended_at, casework_now()) WHERE id = CAST(:id AS uuid)"),
        {"id": endpoint},
    )
    note_entries(
        db,
        "webhook_endpoints",
        row.organisation_id,
        [endpoint],
        kind="endpoint_ended",
        by=actor.person,
        columns=["ended_at"],
    )
    return finish(db, actor, request, Done({"id": endpoint, "ended": True}))


def list_endpoints(db: Connection, actor: Actor) -> Page[Endpoint]:
    """The endpoints of the organisations that the actor leads, the newest first; never their secrets. Raises NotFound."""
    led = _led(actor)
    if not led:
        raise NotFound
    rows = db.execute(
        text(
            "SELECT e.id, e.organisation_id, o.name, o.name_zh, e.url, e.checkpoints, e.made_at, e.ended_at,"
            " CASE WHEN e.former_until > casework_now() THEN e.former_until END AS former_until, m.waiting, m.failed"
            " FROM webhook_endpoints e JOIN organisations o ON o.id = e.organisation_id CROSS JOIN LATERAL ("
            "   SELECT count(*) FILTER (WHERE state = 'queued') AS waiting, count(*) FILTER (WHERE state = 'failed') AS failed"
            "   FROM webhook_messages m WHERE m.endpoint_id = e.id) m"
            " WHERE e.organisation_id = ANY(CAST(:led AS uuid[])) ORDER BY e.made_at DESC, e.id DESC"
        ),
        {"led": led},
    )
    items = [
        Endpoint(
            id=row.id,
            organisation=NamedInBoth(
                id=row.organisation_id,
                name=row.name,
                name_zh=row.name_zh,
            ),
            url=row.url,
            checkpoints=row.checkpoints,
            made_at=when(row.made_at),
            ended_at=when(row.ended_at),
            both_until=when(row.former_until),
            waiting=row.waiting,
            failed=row.failed,
        )
        for row in rows
    ]
    return Page(items=items)


#: The messages of an endpoint, the newest first.
_MESSAGES = """
    SELECT id, type, state, made_at, send_at, tries FROM webhook_messages WHERE endpoint_id = CAST(:endpoint AS uuid) {more}
    ORDER BY made_at DESC, id DESC LIMIT :most
"""


def list_messages(
    db: Connection, actor: Actor, endpoint: str, *, cursor: str | None = None, limit: int | None = None
) -> Page[EndpointMessage]:
    """What an endpoint was told, with every attempt, the newest first."""
    _find(db, actor, endpoint)
    most, (more, after) = insist_limit(limit), newest_after(cursor)
    rows = db.execute(text(_MESSAGES.format(more=more)), {"endpoint": endpoint, "most": most + 1, **after}).all()
    shown, following = page(rows, most, lambda row: (row.made_at, row.id))
    items = [
        EndpointMessage(
            id=row.id,
            type=row.type,
            state=row.state,
            made_at=when(row.made_at),
            send_at=when(row.send_at) if row.state == "queued" else None,
            tries=row.tries,
        )
        for row in shown
    ]
    return Page(items=items, next=following)


def replay_message(db: Connection, actor: Actor, message: str, request: Request) -> Done:
    """Send a message once more; its webhook-id stays. Raises NotFound, or Refused while it waits to be sent."""
    row = db.execute(
        text(
            "SELECT m.endpoint_id, m.state, e.organisation_id, e.ended_at FROM webhook_messages m"
            " JOIN webhook_endpoints e ON e.id = m.endpoint_id WHERE m.id = CAST(:id AS uuid)"
        ),
        {"id": message},
    ).one_or_none()
    if row is None or row.organisation_id not in _led(actor):
        raise NotFound("message")
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    if row.ended_at is not None:
        raise Refused(reasons.integrations.ENDPOINT_ENDED)
    if row.state == "queued":
        raise Refused(reasons.integrations.WAITS_ALREADY)
    outbox.queue_again(db, MESSAGES, message)
    return finish(db, actor, request, Done({"id": message, "endpoint": row.endpoint_id, "state": "queued"}))


def _led(actor: Actor) -> list[str]:
    """The organisations whose endpoints the actor looks after: as their lead, or as their own system with that scope."""
    own = actor.service and WEBHOOKS in actor.scopes
    return sorted(
        {m.organisation for m in actor.memberships if m.organisation and (own or m.role == Role.PROVIDER_LEAD)}
    )


def _find(db: Connection, actor: Actor, endpoint: str) -> Any:
    row = db.execute(
        text("SELECT id, organisation_id, ended_at FROM webhook_endpoints WHERE id = CAST(:id AS uuid)"),
        {"id": endpoint},
    ).one_or_none()
    if row is None or row.organisation_id not in _led(actor):
        raise NotFound("endpoint")
    return row
