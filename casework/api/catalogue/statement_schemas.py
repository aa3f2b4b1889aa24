"""The schemas of needs as enterprises state them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Line, Moment, SomeWords
from casework.operations.catalogue.need_renewals import DAYS
from casework.operations.catalogue.need_statements import MOST_DAYS


class StatementSeen(Body):
    seen: Annotated[
        Line | None,
        Field(
            description=(
                "`sent_at` of the need as you read it. Where the enterprise has sent it again since, the answer is 412 and nothing is"
                " recorded"
            )
        ),
    ] = None


class StatementAcceptance(StatementSeen):
    revision: Annotated[
        int | None,
        Field(
            ge=0,
            description=(
                "Of one that renews a need how long the log of that record was as you read it. Where it is longer, the answer is 412 and"
                " nothing is recorded"
            ),
        ),
    ] = None


class NewRenewal(Body):
    address: Annotated[Line, Field(description="Where the link is mailed")]
    language: Literal["en", "zh-Hans"]
    days: Annotated[int, Field(ge=1, le=MOST_DAYS, description="Until it ends")] = DAYS


class RenewalAsked(Answer):
    id: str


class RenewalTakenBack(Answer):
    id: str
    state: Literal["revoked"]


class StatementQuestion(StatementSeen):
    question: Annotated[SomeWords, Field(description="The enterprise reads it, and its form opens again")]


class StatementRefusal(StatementSeen):
    reason: Annotated[SomeWords, Field(description="The enterprise reads it")]


class StatementDecided(Answer):
    id: str
    state: Literal["asked", "accepted", "refused"]
    need: Annotated[str | None, Field(description="Of one that is accepted the record")] = None


class StatementFile(Answer):
    id: str
    name: str
    type: Annotated[str, Field(description="What it was found to be, such as pdf")]
    size: int
    sha256: str
    scan: Annotated[
        Literal["pending", "clean", "blocked"] | None, Field(description="Null where nobody looks for what harms")
    ] = None


class NeedStatement(Answer):
    id: str
    programme: str
    organisation: str
    organisation_name: str
    language: str
    state: Annotated[
        Literal["draft", "submitted", "asked", "accepted", "refused", "withdrawn", "renewed", "revoked", "over"],
        Field(
            description="draft: not sent yet; submitted: waits for the office; renewed: the need holds as it was; revoked: the office asks"
            " no more; over: its link ended before it was sent, or answered"
        ),
    ]
    invited_at: Moment
    invited_by: Annotated[
        str | None, Field(description="Null where it was asked by itself, before the need expires")
    ] = None
    renews: Annotated[str | None, Field(description="The need of which it is asked whether it still holds")] = None
    renews_title: str | None = None
    until: Annotated[Moment, Field(description="So long its link works")]
    address: Annotated[
        str | None,
        Field(
            description="Where it is mailed; null once the link is over and no need that came of it is in use, or the need is taken back"
        ),
    ] = None
    sent_at: Annotated[
        Moment | None, Field(description="When it was sent last; who decides sends it back as `seen`")
    ] = None
    question: Annotated[str | None, Field(description="What was asked back last")] = None
    reason: Annotated[str | None, Field(description="Why it was refused")] = None
    decided_at: Moment | None = None
    need: Annotated[str | None, Field(description="The record that it became, or changed")] = None
    fields: Annotated[
        dict[str, Any], Field(description="As it was sent last, by the names of a need; empty once it is kept no more")
    ]
    valid_until: Annotated[str | None, Field(description="Of one that renews a need: until when it holds")] = None
    withdrawn_for: Annotated[str | None, Field(description="Why its enterprise has withdrawn the need")] = None
    files: list[StatementFile]
    by: Annotated[str, Field(description="Who says so, as typed")]
    position: str


class StatementList(Answer):
    items: Annotated[list[NeedStatement], Field(description="Those first that wait for the office")]
    next: str | None = None
