"""Invitations: one person, one time, with an end. Whoever invites tells the code; the mail alone opens nothing."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.definition.names import insist_name
from casework.engine.roles import ORGANISATION_ROLES, PERSONAL_ROLES, Role
from casework.engine.state.events import SYSTEM_ACTOR
from casework.engine.state.register_effects import RegisterEffects
from casework.errors import InvalidForm, NotAllowed, NotFound, Refused
from casework.json_values import JsonObject
from casework.operations.auth.passwords import hash_password
from casework.operations.auth.preferences import LANGUAGES
from casework.operations.auth.step_up import sensitive
from casework.operations.core.email_addresses import canonical, is_address
from casework.operations.core.encryption import SecretBox
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.paging import Page, insist_limit, newest_after, page
from casework.operations.core.presenters import when
from casework.operations.core.register_log import append
from casework.operations.core.views import NamedInBoth
from casework.operations.people.invitation_mail import ROW, cancel_mails, link_purpose, queue_mail, token_hash
from casework.operations.people.invitation_rules import INVITED, INVITED_AGAIN, REVOKED
from casework.operations.people.views import Invitation
from casework.permissions.actors import Actor
from casework.reasons import Why
from casework.records.event_log import Log, lock_log

#: Days until an invitation ends, and the most that may be asked for.
DAYS, MOST_DAYS = 7, 30
CODE_DIGITS = 8
#: Wrong codes of one invitation within a day, wherever they come from: each address is slowed down long before.
MOST_WRONG = 200
#: Invitations that are mailed for one programme or organisation within a day.
MOST_A_DAY = 50


@dataclass(frozen=True)
class Scope:
    """What somebody is invited to: a programme or an organisation."""

    programme: str | None = None
    organisation: str | None = None

    @property
    def id(self) -> str:
        scope = self.programme or self.organisation
        assert scope is not None
        return scope


@sensitive
def invite(
    db: Connection,
    actor: Actor,
    secret_box: SecretBox,
    *,
    scope: Scope,
    email: str,
    name: str,
    roles: Sequence[str],
    language: str = "en",
    days: int = DAYS,
    request: Request,
) -> Done:
    """Invite somebody; the code to tell stands in the first answer only.

    An administrator invites to a programme of their own and to every organisation, a provider's lead to the own one.
    """
    _insist_invites(actor, scope)
    insist_form(db, actor.person, scope, email, name=name, roles=roles, language=language, days=days)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    id, code = record_invitation(
        db,
        actor.person,
        secret_box,
        scope=scope,
        email=email,
        name=name.strip(),
        roles=roles,
        language=language,
        days=days,
    )[:2]
    answer = {"id": id, "state": "open"}
    finish(db, actor, request, Done(answer, 201))
    return Done(answer | {"code": code}, 201)


def record_invitation(
    db: Connection,
    by: str | None,
    secret_box: SecretBox,
    *,
    scope: Scope,
    email: str,
    name: str,
    roles: Sequence[str],
    language: str,
    days: int,
    because: RegisterEffects | None = None,
) -> tuple[str, str, str]:
    """Write an invitation and queue its mail: (its id, its code, the secret of its link)."""
    email = canonical(email)
    log = lock_log(db, scope.id)
    _insist_calm(db, log)
    taken = db.execute(
        text(
            f"SELECT 1 FROM ({ROW}) i WHERE scope_id = CAST(:scope AS uuid) AND lower(email) = :email"
            " AND state = 'open'"
        ),
        {"scope": log.id, "email": email},
    ).first()
    if taken:
        raise InvalidForm(fields={"email": reasons.people.OPEN_INVITATION})
    id = str(uuid_utils.uuid7())
    ends, code = log.now + timedelta(days=days), new_code()
    effects: RegisterEffects = {
        "invitation": id,
        "roles": [str(role) for role in roles],
        "language": language,
        "expires_at": ends.isoformat(),
    }
    effects |= because or {}
    _note(db, log, INVITED, by or SYSTEM_ACTOR, effects, body={"email": email, "name": name})
    secret = secret_box.secrets_of(link_purpose(id, 1))[0]
    db.execute(
        text(
            "INSERT INTO invitations (id, scope_id, email, name, roles, language, invited_by, made_at, expires_at, token, code)"
            " VALUES (:id, :scope, :email, :name, :roles, :language, :by, :at, :ends, :token, :code)"
        ),
        {
            "id": id,
            "scope": log.id,
            "email": email,
            "name": name,
            "roles": list(roles),
            "language": language,
            "by": by,
            "at": log.now,
            "ends": ends,
            "token": token_hash(secret),
            "code": hash_password(code),
        },
    )
    queue_mail(db, id, 1, log.now)
    return id, code, secret


def list_invitations(
    db: Connection, actor: Actor, *, cursor: str | None = None, limit: int | None = None
) -> Page[Invitation]:
    """Whom one may have invited, the newest first: all of one's programmes and organisations, whoever invited."""
    most, (more, after) = insist_limit(limit), newest_after(cursor)
    rows = db.execute(
        text(
            f"SELECT i.*, {_MAIL} AS mail FROM ({ROW}) i WHERE {_SEEN}{more} ORDER BY made_at DESC, id DESC LIMIT :most"
        ),
        {**_reach(actor), "most": most + 1, **after},
    ).all()
    shown, following = page(rows, most, lambda row: (row.made_at, str(row.id)))
    return Page(items=[_item(row) for row in shown], next=following)


def show_invitation(db: Connection, actor: Actor, invitation: str) -> Invitation:
    """One of them. Raises NotFound."""
    row = db.execute(
        text(f"SELECT i.*, {_MAIL} AS mail FROM ({ROW}) i WHERE id = CAST(:id AS uuid) AND {_SEEN}"),
        _reach(actor) | {"id": invitation},
    ).one_or_none()
    if row is None:
        raise NotFound("invitation")
    return _item(row)


#: What became of its last mail.
_MAIL = "(SELECT m.state FROM mails m WHERE m.invitation_id = i.id ORDER BY m.made_at DESC, m.id DESC LIMIT 1)"


def _item(row: Any) -> Invitation:
    return Invitation(
        id=row.id,
        email=row.email,
        name=row.name,
        roles=list(row.roles),
        language=row.language,
        programme=row.programme_id,
        organisation=row.organisation_id,
        scope=row.scope,
        scope_zh=row.scope_zh,
        state=row.state,
        mail=row.mail,
        made_at=when(row.made_at),
        expires_at=when(row.expires_at),
        accepted_at=when(row.accepted_at),
        person=row.accepted_by,
        invited_by=NamedInBoth(id=row.invited_by, name=row.inviter, name_zh=row.inviter_zh) if row.invited_by else None,
    )


@sensitive
def invite_again(
    db: Connection, actor: Actor, secret_box: SecretBox, invitation: str, request: Request, *, days: int = DAYS
) -> Done:
    """Send a new link with a new code and a new end; the ones before open nothing any more. Raises NotFound, Refused."""
    row = _find(db, actor, invitation)
    if not 1 <= days <= MOST_DAYS:
        raise InvalidForm(fields={"days": reasons.fields.BETWEEN(least=1, most=MOST_DAYS)})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    if row.state in ("accepted", "revoked"):
        raise Refused(reasons.people.INVITATION_OVER)
    log, code, issue = lock_log(db, row.scope_id), new_code(), row.issue + 1
    _insist_calm(db, log)
    ends = log.now + timedelta(days=days)
    _note(db, log, INVITED_AGAIN, actor.person, {"invitation": row.id, "expires_at": ends.isoformat()}, body={})
    db.execute(
        text(
            "UPDATE invitations SET issue = :issue, token = :token, code = :code, tries = 0, expires_at = :ends,"
            " locked_at = NULL, opened = NULL, opened_until = NULL WHERE id = CAST(:id AS uuid)"
        ),
        {
            "id": row.id,
            "issue": issue,
            "token": token_hash(secret_box.secrets_of(link_purpose(row.id, issue))[0]),
            "code": hash_password(code),
            "ends": ends,
        },
    )
    cancel_mails(db, row.id)
    queue_mail(db, row.id, issue, log.now)
    answer = {"id": row.id, "state": "open"}
    finish(db, actor, request, Done(answer))
    return Done(answer | {"code": code})


def revoke_invitation(db: Connection, actor: Actor, invitation: str, request: Request) -> Done:
    """Withdraw an invitation that nobody has accepted: its link opens nothing from now on. Raises NotFound, Refused."""
    row = _find(db, actor, invitation)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    if row.state == "accepted":
        raise Refused(reasons.people.INVITATION_ACCEPTED)
    if row.revoked_at is None:
        record_revocation(db, row.id, row.scope_id, actor.person)
    return finish(db, actor, request, Done({"id": row.id, "state": "revoked"}))


def record_revocation(
    db: Connection, invitation: str, scope: str, by: str, *, because: RegisterEffects | None = None
) -> None:
    """Write that an invitation opens nothing any more, and send none of its mails."""
    log = lock_log(db, scope)
    effects: RegisterEffects = {"invitation": invitation}
    _note(db, log, REVOKED, by, effects | (because or {}), body={})
    db.execute(
        text("UPDATE invitations SET revoked_at = :at, opened = NULL WHERE id = CAST(:id AS uuid)"),
        {"id": invitation, "at": log.now},
    )
    cancel_mails(db, invitation)


# --- who may ---------------------------------------------------------------------------------------------------------

#: The invitations that whoever asks may see.
_SEEN = (
    "(programme_id = ANY(CAST(:programmes AS uuid[])) OR organisation_id = ANY(CAST(:led AS uuid[]))"
    " OR :administers AND organisation_id IS NOT NULL)"
)


def _reach(actor: Actor) -> JsonObject:
    held = actor.memberships
    return {
        "programmes": sorted({m.programme for m in held if m.programme and m.role == Role.ADMINISTRATOR}),
        "led": actor.led(),
        "administers": any(m.role == Role.ADMINISTRATOR for m in held),
    }


def _insist_invites(actor: Actor, scope: Scope) -> None:
    """Raises NotAllowed for who invites nobody, and NotFound for what is not theirs to invite to."""
    mine = _reach(actor)
    if not (mine["administers"] or mine["led"]):
        raise NotAllowed(why=reasons.people.INVITED_BY)
    if scope.programme is not None and scope.programme not in mine["programmes"]:
        raise NotFound("programme")
    if scope.organisation is not None and scope.organisation not in mine["led"] and not mine["administers"]:
        raise NotFound("organisation")


def insist_form(
    db: Connection,
    by: str | None,
    scope: Scope,
    email: str,
    *,
    name: str,
    roles: Sequence[str],
    language: str,
    days: int,
) -> None:
    """Raises InvalidForm for what is no invitation."""
    faults: dict[str, Why] = {}
    held = ORGANISATION_ROLES if scope.organisation else frozenset(PERSONAL_ROLES) - ORGANISATION_ROLES
    if not roles or len(set(roles)) != len(roles):
        faults["roles"] = reasons.fields.REQUIRED
    elif not set(roles) <= held:
        faults["roles"] = reasons.people.HELD_WITHIN
    try:
        insist_name(name)
    except InvalidForm as fault:
        faults |= fault.fields
    email = canonical(email)
    if not is_address(email):
        faults["email"] = reasons.fields.NO_EMAIL
    if language not in LANGUAGES:
        faults["language"] = reasons.fields.NOT_A_CHOICE
    if not 1 <= days <= MOST_DAYS:
        faults["days"] = reasons.fields.BETWEEN(least=1, most=MOST_DAYS)
    if (
        scope.organisation
        and not db.execute(
            text("SELECT 1 FROM organisations WHERE id = CAST(:id AS uuid)"), {"id": scope.organisation}
        ).first()
    ):
        faults["organisation"] = reasons.fields.NOT_KNOWN
    if "email" not in faults and (why := _email_fault(db, by, scope, email, roles)) is not None:
        faults["email"] = why
    if faults:
        raise InvalidForm(fields=faults)


def _email_fault(db: Connection, by: str | None, scope: Scope, email: str, roles: Sequence[str]) -> Why | None:
    """Only what whoever invites can see anyway: who is in the programme or the organisation already, and oneself."""
    known = {"scope": scope.id, "email": email, "roles": list(roles)}
    if db.execute(_OWN, {"id": by, "email": email}).first():
        return reasons.people.OWN_INVITATION
    if db.execute(_HOLDS, known).first():
        return reasons.people.ROLE_ALREADY
    # Only administrators invite to a programme, and they see every account.
    return reasons.people.BELONGS_TO_CLOSED if scope.programme and db.execute(_CLOSED, known).first() else None


#: Whether an address is a person's own.
_OWN = text("SELECT 1 FROM people WHERE id = CAST(:id AS uuid) AND lower(email) = :email")
#: Whether the account of an address is closed.
_CLOSED = text("SELECT 1 FROM people WHERE lower(email) = :email AND NOT active")
#: Whether whoever has an address holds one of the roles in a place.
_HOLDS = text("""
    SELECT 1 FROM memberships m JOIN people p ON p.id = m.person_id WHERE lower(p.email) = :email AND m.role = ANY(:roles)
    AND coalesce(m.programme_id, m.organisation_id) = CAST(:scope AS uuid) AND m.deputy_for IS NULL
    AND (m.ends_at IS NULL OR m.ends_at > casework_now()) LIMIT 1
""")


def _insist_calm(db: Connection, log: Log) -> None:
    """Nobody's address is flooded with mails of ours. Raises Refused."""
    sent = db.execute(
        text(
            "SELECT count(*) FROM mails m JOIN invitations i ON i.id = m.invitation_id WHERE i.scope_id = CAST(:scope AS uuid)"
            " AND m.made_at > casework_now() - interval '1 day'"
        ),
        {"scope": log.id},
    ).scalar_one()
    if sent >= MOST_A_DAY:
        raise Refused(reasons.people.TOO_MANY_INVITATIONS)


def _find(db: Connection, actor: Actor, invitation: str) -> Any:
    """The invitation, locked. Raises NotFound for one that is not the actor's to look after."""
    row = db.execute(
        text(f"{ROW} WHERE i.id = CAST(:id AS uuid) FOR NO KEY UPDATE OF i"), {"id": invitation}
    ).one_or_none()
    mine = _reach(actor)
    theirs = row is not None and (
        row.programme_id in mine["programmes"]
        or row.organisation_id in mine["led"]
        or row.organisation_id is not None
        and mine["administers"]
    )
    if not theirs:
        raise NotFound("invitation")
    return row


def new_code() -> str:
    """Eight digits, which are easy to say."""
    return "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))


def _note(db: Connection, log: Log, kind: str, by: str, effects: RegisterEffects, *, body: JsonObject) -> None:
    append(db, log, [log.next_event(kind, by, effects=effects, body=body)])


__all__ = [
    "DAYS", "MOST_DAYS", "MOST_WRONG", "Scope", "insist_form", "invite", "invite_again", "list_invitations",
    "record_invitation", "record_revocation", "revoke_invitation", "show_invitation",
]  # fmt: skip
