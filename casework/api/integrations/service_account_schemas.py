"""The schemas of service accounts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Id
from casework.api.protocol.schemas import NamedInBoth, Names
from casework.operations.integrations.service_accounts import DAYS, MOST_DAYS

ServiceScope = Literal[
    "referrals.read",
    "referrals.answer",
    "referrals.ask",
    "referrals.deliver",
    "documents.read",
    "documents.write",
    "webhooks.manage",
    "checkpoints.cosign",
]


class NewServiceAccount(Body):
    organisation: Id
    name: Annotated[str, Field(min_length=1, max_length=60)]
    scopes: Annotated[list[ServiceScope], Field(min_length=1, max_length=8)]
    days: Annotated[int, Field(ge=1, le=MOST_DAYS, description="Until it ends")] = DAYS


class ServiceToken(Answer):
    id: str
    expires_at: str
    token: Annotated[str | None, Field(description="The secret: in the first answer only")] = None


class ServiceAccount(Answer):
    id: str
    name: str
    organisation: NamedInBoth
    scopes: list[ServiceScope]
    live: bool
    made_at: str
    made_by: Names
    expires_at: str
    ended_at: str | None
    used_at: Annotated[str | None, Field(description="The last use, to within five minutes")]
    both_until: Annotated[str | None, Field(description="Until then the token before the last one holds too")]


class ServiceAccountPage(Answer):
    items: list[ServiceAccount]
    next: str | None = None
