"""The mail of an invitation: what it says, the link in it, and how it is queued and cancelled."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

import uuid_utils
from sqlalchemy import Connection, text

from casework.operations.core.encryption import SecretBox

#: Where a link leads; what follows the mark never leaves the browser but in a form.
INVITATION_PAGE = "/invitation#"
#: One invitation with what it is for and how it stands. Without the right to invite, what one had
#: invited to has lapsed, and so has what an erasure took the address of.
ROW = """
    SELECT i.*, g.id AS programme_id, o.id AS organisation_id, coalesce(g.name, o.name) AS scope,
        coalesce(g.name_zh, o.name_zh) AS scope_zh, p.name AS inviter, p.name_zh AS inviter_zh,
        CASE WHEN i.accepted_at IS NOT NULL THEN 'accepted' WHEN i.revoked_at IS NOT NULL THEN 'revoked'
        WHEN i.locked_at IS NOT NULL THEN 'locked' WHEN i.expires_at <= casework_now() OR i.email IS NULL OR i.invited_by IS NOT NULL
        AND NOT (p.active AND EXISTS (SELECT FROM memberships m WHERE m.person_id = i.invited_by
            AND m.starts_at <= casework_now() AND (m.ends_at IS NULL OR m.ends_at > casework_now())
            AND (m.role = 'administrator' AND (o.id IS NOT NULL OR m.programme_id = i.scope_id)
            OR m.role = 'provider_lead' AND m.organisation_id = i.scope_id)))
        THEN 'lapsed' ELSE 'open' END AS state
    FROM invitations i LEFT JOIN programmes g ON g.id = i.scope_id LEFT JOIN organisations o ON o.id = i.scope_id
    LEFT JOIN people p ON p.id = i.invited_by
"""
#: Whether no mail of an invitation `i` went out, nor is on its way.
UNSENT = "NOT EXISTS (SELECT FROM mails m WHERE m.invitation_id = i.id AND m.state <> 'cancelled')"


@dataclass(frozen=True)
class InvitationMail:
    """The mail of an invitation: who invites to what, and the link; never the code."""

    id: str
    address: str
    language: str
    at: datetime
    inviter: str
    scope: str
    path: str
    until: datetime


def write_invitation(db: Connection, mail: str, secret_box: SecretBox) -> InvitationMail | None:
    """What the mail of an invitation says now; None where its link opens nothing any more."""
    row = db.execute(
        text(
            f"SELECT i.*, m.key, casework_now() AS now FROM mails m JOIN ({ROW}) i ON i.id = m.invitation_id"
            " WHERE m.id = CAST(:id AS uuid)"
        ),
        {"id": mail},
    ).one()
    if row.state != "open" or row.key != link_purpose(row.id, row.issue):
        return None
    # Made again each time, and kept nowhere: another key may have come since.
    links = [
        secret
        for secret in secret_box.secrets_of(link_purpose(row.id, row.issue))
        if token_hash(secret) == bytes(row.token)
    ]
    if not links:
        return None
    chinese = row.language == "zh-Hans"
    inviter, scope = (row.inviter_zh, row.scope_zh) if chinese else (None, None)
    return InvitationMail(
        mail,
        row.email,
        row.language,
        row.now,
        inviter or row.inviter or "",
        scope or row.scope,
        INVITATION_PAGE + links[0],
        row.expires_at,
    )


def queue_mail(db: Connection, invitation: str, issue: int, at: datetime) -> None:
    db.execute(
        text(
            "INSERT INTO mails (id, invitation_id, key, kind, sealed, made_at, send_at)"
            " VALUES (:id, :invitation, :key, 'invitation', false, :at, :at)"
        ),
        {"id": str(uuid_utils.uuid7()), "invitation": invitation, "key": link_purpose(invitation, issue), "at": at},
    )


def cancel_mails(db: Connection, invitation: str) -> None:
    db.execute(
        text(
            "UPDATE mails SET state = 'cancelled', ended_at = casework_now() WHERE invitation_id = CAST(:id AS uuid)"
            " AND state = 'queued'"
        ),
        {"id": invitation},
    )


def token_hash(secret: str) -> bytes:
    """What is stored of a link: its 256 bits need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


def link_purpose(invitation: str, issue: int) -> str:
    return f"invitation {invitation} {issue}"
