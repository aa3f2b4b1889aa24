"""The schemas of recoveries."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from casework.api.protocol.fields import Answer, Body
from casework.api.protocol.schemas import NamedInBoth


class NewRecovery(Body):
    person: UUID
    means: Annotated[list[Literal["password", "second_factor"]], Field(min_length=1, max_length=2)]
    reason: Annotated[str, Field(min_length=5, max_length=1000, description="How you know that it is the person")]


class Deciding(Body):
    decision: Literal["agree", "refuse"]
    reason: Annotated[str, Field(max_length=1000, description="Required to refuse, 5 letters at least")] = ""


class Using(Body):
    email: Annotated[str, Field(min_length=1, max_length=254)]
    first: Annotated[str, Field(min_length=1, max_length=40)]
    second: Annotated[str, Field(min_length=1, max_length=40)]


class RecoveryMade(Answer):
    id: str
    state: str
    half: Annotated[str | None, Field(description="Your half of the code: in the first answer only")] = None


class Recovered(Answer):
    recovered: bool
    secret: Annotated[str | None, Field(description="For POST /passwords, where the password was lost")] = None


class Recovery(Answer):
    id: str
    person: NamedInBoth
    means: list[str]
    reason: str
    state: Annotated[str, Field(description="asked, agreed, refused, withdrawn, used or lapsed")]
    asked_at: str
    expires_at: str
    asked_by: NamedInBoth
    decided_at: str | None = None
    decided_by: NamedInBoth | None = None
    decision_reason: Annotated[str | None, Field(description="Why it was not agreed to, or what was made sure of")] = (
        None
    )
    used_at: str | None = None
    may_decide: bool


class RecoveryPage(Answer):
    items: list[Recovery]
    next: str | None = None
