"""Service accounts: a provider's own system as an actor of its own, with a few scopes, an end, and nothing else.

Such an account holds the role of a provider's member in its organisation until it ends. It signs in to no page, is
named for nothing, asked for nothing and told nothing, and never is the second person of anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.definition.names import is_plain
from casework.engine.execution.context import By
from casework.engine.roles import Role
from casework.engine.state.register_effects import RegisterEffects
from casework.errors import InvalidForm, NotFound, Refused, TooManyRequests
from casework.json_values import JsonObject
from casework.operations.auth.sessions import close_account, secret_hash
from casework.operations.auth.step_up import sensitive
from casework.operations.auth.tokens import make_token
from casework.operations.core import register_log
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.paging import Page
from casework.operations.core.presenters import when
from casework.operations.core.register_entries import note_entries
from casework.operations.core.views import NamedInBoth, Names
from casework.operations.integrations.service_account_rules import MADE, ROTATED, SERVICE_ENDED
from casework.operations.integrations.service_account_scopes import SCOPES
from casework.operations.integrations.views import ServiceAccount
from casework.operations.people import registry
from casework.operations.people.role_ending import end_roles
from casework.permissions.actors import Actor
from casework.records.event_log import Log, lock_log

SERVICE_PREFIX = "cwa_"
DAYS, MOST_DAYS = 90, 365
#: A token that was replaced holds beside the new one for so long.
BOTH_FOR = timedelta(hours=24)
MOST_ACCOUNTS = 10
#: Requests of one account within a minute.
MOST_A_MINUTE = 300


def list_service_accounts(db: Connection, actor: Actor) -> Page[ServiceAccount]:
    """The service accounts of the organisations that the actor leads, the newest first. Raises NotFound for others."""
    rows = db.execute(
        text(
            f"{_ROW} WHERE s.organisation_id = ANY(CAST(:led AS uuid[])) ORDER BY s.made_at DESC, s.id DESC LIMIT 100"
        ),
        {"led": actor.led()},
    )
    return Page(items=[_item(row) for row in rows])


#: The service accounts, with whether each lives, when it was used, and until when two tokens hold.
_ROW = """
    SELECT s.id, s.organisation_id, o.name AS organisation, o.name_zh AS organisation_zh, s.name, s.scopes, s.made_at, s.expires_at,
        s.ended_at, b.name AS made_by, b.name_zh AS made_by_zh, p.active AND s.ended_at IS NULL AND s.expires_at > casework_now()
        AND EXISTS (SELECT FROM memberships m WHERE m.person_id = s.id AND (m.ends_at IS NULL OR m.ends_at > casework_now())) AS live,
        (SELECT max(t.used_at) FROM tokens t WHERE t.person_id = s.id) AS used_at,
        (SELECT max(t.expires_at) FROM tokens t WHERE t.person_id = s.id AND t.revoked_at IS NULL AND t.expires_at > casework_now()
            AND t.created_at < (SELECT max(n.created_at) FROM tokens n WHERE n.person_id = s.id)) AS both_until
    FROM service_accounts s JOIN people p ON p.id = s.id JOIN organisations o ON o.id = s.organisation_id
    JOIN people b ON b.id = s.made_by
"""


def _item(row: Any) -> ServiceAccount:
    return ServiceAccount(
        id=row.id,
        name=row.name,
        scopes=list(row.scopes),
        live=row.live,
        organisation=NamedInBoth(
            id=row.organisation_id,
            name=row.organisation,
            name_zh=row.organisation_zh,
        ),
        made_at=when(row.made_at),
        expires_at=when(row.expires_at),
        ended_at=when(row.ended_at),
        made_by=Names(
            name=row.made_by,
            name_zh=row.made_by_zh,
        ),
        used_at=when(row.used_at),
        both_until=when(row.both_until),
    )


@sensitive
def create_service_account(
    db: Connection, actor: Actor, *, organisation: str, name: str, scopes: Sequence[str], days: int, request: Request
) -> Done:
    """Make an account for the organisation's own system; its token stands in the first answer only."""
    if organisation not in actor.led():
        raise NotFound("organisation")
    _insist_form(name, scopes, days)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log = lock_log(db, organisation)
    running = db.execute(
        text(f"SELECT count(*) FROM ({_ROW} WHERE s.organisation_id = CAST(:id AS uuid)) s WHERE live"),
        {"id": organisation},
    )
    if running.scalar_one() >= MOST_ACCOUNTS:
        raise Refused(reasons.integrations.TEN_ACCOUNTS)
    ends, wanted = log.now + timedelta(days=days), [scope for scope in SCOPES if scope in scopes]
    id = _register(db, actor, organisation, name.strip())
    effects: RegisterEffects = {"account": id, "scopes": wanted, "expires_at": ends.isoformat()}
    made_at = _note(db, log, MADE, actor.person, effects, body={"name": name.strip()})
    db.execute(
        text(
            "INSERT INTO service_accounts (id, organisation_id, name, scopes, made_by, made_at, expires_at)"
            " VALUES (:id, :organisation, :name, :scopes, :by, :at, :ends)"
        ),
        {
            "id": id,
            "organisation": organisation,
            "name": name.strip(),
            "scopes": wanted,
            "by": actor.person,
            "at": made_at,
            "ends": ends,
        },
    )
    registry.grant_role(db, id, Role.PROVIDER, organisation=organisation, ends_at=ends, by=actor.person)
    secret = _new_token(db, id, wanted, ends - log.now, actor.person)
    answer = {"id": id, "expires_at": when(ends)}
    finish(db, actor, request, Done(answer, 201))
    return Done(answer | {"token": secret}, 201)


@sensitive
def rotate_service_token(db: Connection, actor: Actor, account: str, request: Request) -> Done:
    """A new token; the one before holds a day longer, those before it end now. Raises NotFound, Refused."""
    row = _find(db, actor, account)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    if not row.live:
        raise Refused(reasons.integrations.ACCOUNT_ENDED)
    log = lock_log(db, row.organisation_id)
    _note(db, log, ROTATED, actor.person, {"account": row.id})
    retired = db.execute(_RETIRE, {"id": row.id, "both": BOTH_FOR}).scalars().all()
    note_entries(
        db, "tokens", row.id, retired, kind="tokens_retired", by=actor.person, columns=["expires_at", "revoked_at"]
    )
    secret = _new_token(db, row.id, row.scopes, row.expires_at - log.now, actor.person)
    answer = {"id": row.id, "expires_at": when(row.expires_at)}
    finish(db, actor, request, Done(answer))
    return Done(answer | {"token": secret})


#: The newest lives on for a while, those before it no longer.
_RETIRE = text("""
    UPDATE tokens t SET expires_at = least(t.expires_at, casework_now() + :both), revoked_at = CASE WHEN EXISTS (
        SELECT FROM tokens n WHERE n.person_id = t.person_id AND n.created_at > t.created_at) THEN casework_now() END
    WHERE t.person_id = CAST(:id AS uuid) AND t.revoked_at IS NULL RETURNING t.id
""")


def end_service_account(db: Connection, actor: Actor, account: str, request: Request) -> Done:
    """End an account: its role and every token of it, at once. Raises NotFound."""
    row = _find(db, actor, account)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    if row.ended_at is None:
        held = db.execute(
            text(
                "SELECT id FROM memberships WHERE person_id = CAST(:id AS uuid) AND (ends_at IS NULL OR ends_at > casework_now())"
            ),
            {"id": row.id},
        ).scalars()
        end_roles(db, held.all(), By(actor.person, Role.PROVIDER_LEAD, row.organisation_id))
        log = lock_log(db, row.organisation_id)
        ended_at = _note(db, log, SERVICE_ENDED, actor.person, {"account": row.id})
        db.execute(
            text("UPDATE service_accounts SET ended_at = :at WHERE id = CAST(:id AS uuid)"),
            {"at": ended_at, "id": row.id},
        )
        close_account(db, row.id, by=actor.person)
    return finish(db, actor, request, Done({"id": row.id, "ended": True}))


def count_request(db: Connection, secret: str) -> None:
    """One request more of the account whose token this is. Raises TooManyRequests beyond what a minute allows."""
    row = db.execute(_COUNT, {"hash": secret_hash(secret)}).one_or_none()
    if row is not None and row.asked > MOST_A_MINUTE:
        raise TooManyRequests(max(1, int(row.left)))


#: Counts one request of a service account in this minute, and says how many seconds are left of it.
_COUNT = text("""
    UPDATE service_accounts s SET minute = date_trunc('minute', casework_now()),
        asked = CASE WHEN s.minute = date_trunc('minute', casework_now()) THEN s.asked + 1 ELSE 1 END
    FROM tokens t WHERE t.hash = :hash AND t.person_id = s.id
    RETURNING s.asked, 60 - extract(second FROM casework_now()) AS left
""")


# --- parts -----------------------------------------------------------------------------------------------------------


def _insist_form(name: str, scopes: Sequence[str], days: int) -> None:
    faults = {}
    if not 1 <= len(name.strip()) <= 60:
        faults["name"] = reasons.fields.LENGTH_BETWEEN(least=1, most=60)
    elif not is_plain(name):
        faults["name"] = reasons.fields.INVISIBLE
    if not scopes:
        faults["scopes"] = reasons.fields.REQUIRED
    elif set(scopes) - set(SCOPES):
        faults["scopes"] = reasons.fields.NOT_A_CHOICE
    if not 1 <= days <= MOST_DAYS:
        faults["days"] = reasons.fields.BETWEEN(least=1, most=MOST_DAYS)
    if faults:
        raise InvalidForm(fields=faults)


def _register(db: Connection, actor: Actor, organisation: str, name: str) -> str:
    """The actor that the history names, by a name that says what it is."""
    owner = db.execute(
        text("SELECT name, coalesce(name_zh, name) AS name_zh FROM organisations WHERE id = CAST(:id AS uuid)"),
        {"id": organisation},
    ).one()
    address = f"{uuid_utils.uuid7()}@service.invalid"
    return registry.register_person(
        db,
        email=address,
        name=f"{name} (system of {owner.name})",
        name_zh=f"{name}（{owner.name_zh}的系统）",
        service=True,
        by=actor.person,
    )


def _find(db: Connection, actor: Actor, account: str) -> Any:
    row = db.execute(
        text(
            f"{_ROW} WHERE s.id = CAST(:id AS uuid) AND s.organisation_id = ANY(CAST(:led AS uuid[])) FOR NO KEY UPDATE OF s"
        ),
        {"id": account, "led": actor.led()},
    ).one_or_none()
    if row is None:
        raise NotFound("service account")
    return row


def _new_token(db: Connection, account: str, scopes: Sequence[str], lasts: timedelta, by: str) -> str:
    return make_token(db, account, name="service account", scopes=scopes, lasts=lasts, prefix=SERVICE_PREFIX, by=by)[1]


def _note(
    db: Connection, log: Log, kind: str, by: str, effects: RegisterEffects, *, body: JsonObject | None = None
) -> datetime:
    # The log may have grown since it was locked, by a role that ended in it.
    log = lock_log(db, log.id)
    register_log.append(db, log, [log.next_event(kind, by, effects=effects, body=body)])
    return log.now


__all__ = [
    "DAYS", "MOST_A_MINUTE", "MOST_DAYS", "SERVICE_PREFIX", "count_request", "create_service_account",
    "end_service_account", "list_service_accounts", "rotate_service_token",
]  # fmt: skip
