"""The schemas of roles that were asked for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Body
from casework.api.protocol.schemas import Named
from casework.operations.people.role_requests import LONGEST


class RoleDecision(Body):
    agree: bool
    note: Annotated[
        str, Field(max_length=LONGEST, description="Why not; required to refuse, or to take back what you asked for")
    ] = ""


class RoleDecided(Answer):
    id: str
    state: Literal["agreed", "refused"]
    membership: Annotated[str | None, Field(description="The role as it is held, where it was agreed to")]


class RoleRequest(Answer):
    id: str
    programme: Named
    person: Named | None
    role: str
    deputy_for: Named | None
    starts_at: str | None
    ends_at: str | None
    asked_by: Annotated[Named | None, Field(description="Null for the command line, and for a group")]
    group: Annotated[str | None, Field(description="The group at the provider of sign-in that gives it")]
    asked_at: str
    state: Literal["asked", "agreed", "refused"]
    decided_by: Named | None
    decided_at: str | None
    decides: Annotated[bool, Field(description="Whether you may say the second word now")]
    own: Annotated[bool, Field(description="Whether you asked for it, and may still take it back")]


class RoleRequestPage(Answer):
    items: list[RoleRequest]
    next: str | None = None
