"""The schemas of invitations."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from casework import reasons
from casework.api.protocol.fields import Answer, Body, Code, Id, Line
from casework.api.protocol.schemas import NamedInBoth
from casework.errors import FieldFault
from casework.operations.people.invitations import DAYS, MOST_DAYS

Days = Annotated[int, Field(ge=1, le=MOST_DAYS, description="Until its link opens nothing any more")]


class NewInvitation(Body):
    email: Annotated[str, Field(min_length=3, max_length=254)]
    name: Line
    roles: Annotated[list[Code], Field(min_length=1, max_length=12)]
    programme: Id | None = None
    organisation: Id | None = None
    language: Literal["en", "zh-Hans"] = "en"
    days: Days = DAYS

    @model_validator(mode="after")
    def _one_scope(self) -> NewInvitation:
        if (self.programme is None) == (self.organisation is None):
            raise FieldFault(reasons.people.PROGRAMME_OR_ORGANISATION)
        return self


class Again(Body):
    days: Days = DAYS


class InvitationMade(Answer):
    id: str
    state: Literal["open"]
    code: Annotated[
        str | None,
        Field(description="Tell it to whom you invite, by telephone or in person: in the first answer only"),
    ] = None


class Invitation(Answer):
    id: str
    email: str | None
    name: str | None
    roles: list[str]
    language: str
    programme: str | None
    organisation: str | None
    scope: Annotated[str, Field(description="The name of the programme or organisation")]
    scope_zh: str | None = None
    state: Annotated[
        Literal["open", "accepted", "lapsed", "revoked", "locked"],
        Field(
            description="lapsed: by time, or because whoever invited may not invite any more; locked: too many wrong codes"
        ),
    ]
    mail: Annotated[str | None, Field(description="What became of its last mail: queued, sent, failed or cancelled")]
    made_at: str
    expires_at: str
    accepted_at: str | None
    person: Annotated[str | None, Field(description="Who accepted it")]
    invited_by: NamedInBoth | None


class InvitationPage(Answer):
    items: list[Invitation]
    next: str | None = None
