"""Invitations: who is asked to join, and what became of it. They are accepted on a page, by a person."""

from __future__ import annotations

from casework.api.people import invitation_schemas as schemas
from casework.api.protocol import fields
from casework.api.protocol import schemas as shared
from casework.api.protocol.encryption import secret_box
from casework.api.protocol.routes import Call, Route, get, post
from casework.api.protocol.schemas import text_of
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.people import invitations
from casework.operations.people.invitations import Scope
from casework.operations.people.views import Invitation


def list_invitations(call: Call) -> Page[Invitation]:
    return invitations.list_invitations(call.db, call.actor, cursor=call.query.cursor, limit=call.query.limit)


def invite(call: Call) -> Done:
    body = call.body
    return invitations.invite(
        call.db,
        call.actor,
        secret_box(),
        scope=Scope(text_of(body.programme), text_of(body.organisation)),
        email=body.email,
        name=body.name,
        roles=body.roles,
        language=body.language,
        days=body.days,
        request=call.request,
    )


def invite_again(call: Call) -> Done:
    return invitations.invite_again(
        call.db, call.actor, secret_box(), call.path["invitation"], call.request, days=call.body.days
    )


def revoke_invitation(call: Call) -> Done:
    return invitations.revoke_invitation(call.db, call.actor, call.path["invitation"], call.request)


ROUTES: tuple[Route, ...] = (
    get("/invitations", list_invitations, "List whom your programmes or your organisation have invited", schemas.InvitationPage,
        query=fields.Paged),
    post("/invitations", invite, "Invite somebody by mail; the code to tell them is shown this once", schemas.InvitationMade,
        body=schemas.NewInvitation, status=201, noun="programme or organisation"),
    post("/invitations/{invitation}/resend", invite_again, "Send a new link with a new code and end; those before are dead",
        schemas.InvitationMade, body=schemas.Again),
    post("/invitations/{invitation}/revoke", revoke_invitation, "Withdraw an invitation that nobody has accepted", shared.Made),
)  # fmt: skip
