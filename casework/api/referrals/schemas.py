"""The schemas of referrals."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from casework.api.protocol.case_schemas import Action, Offer, Task, Track
from casework.api.protocol.fields import Answer, Id, Mark, Moment
from casework.api.protocol.schemas import AnswerCorrection, ClockCause, Firing, NewTask


class ReferralFiring(Firing):
    track: Annotated[
        Id | None, Field(description="The referral's own track or its service's; found by the name unless given")
    ] = None


class ReferralCorrection(AnswerCorrection):
    track: Annotated[
        Id | None, Field(description="Its service's track, where that was moved; the referral's own unless given")
    ] = None


class NewReferralTask(NewTask):
    track: Id | None = None


class ReferralShown(Track):
    case: str | None = None
    title: str | None = None
    parties: dict[str, str | None] = {}
    service: list[Track]
    mark: Mark = None


class AskedBefore(Answer):
    referral: str
    provider: str | None = None
    outcome: str | None = None
    edition: str
    reason: Annotated[str | None, Field(description="The code of the reason given for declining")] = None
    why: Annotated[str | None, Field(description="The same in words")] = None


class AskedBeside(Answer):
    referral: str
    provider: str | None = None
    edition: str
    states: list[str]
    labels: list[str]


class SideShown(Answer):
    """One side of a referral: what it must do first, and how much time it was charged with since the offer."""

    running: Annotated[bool, Field(description="It is this side's turn: time is charged to it now")]
    minutes: Annotated[int, Field(description="All the time since the offer that was charged to it")]
    working_minutes: Annotated[int, Field(description="Of these the minutes of working time")]
    task: Annotated[str | None, Field(description="What it must do first")]
    due_at: Moment | None
    late: bool
    unit: Annotated[str | None, Field(description="wd, working days, or cd, calendar days")]
    used_days: int | None
    given_days: int | None


class TurnShown(Answer):
    side: Annotated[str, Field(description="provider or office")]
    from_: Annotated[Moment, Field(alias="from")]
    until: Annotated[Moment | None, Field(description="Null while it goes on")]
    minutes: int
    working_minutes: int
    because: Annotated[ClockCause | None, Field(description="The action that began it, where you may see it")]


class Sides(Answer):
    """Every minute between the offer and the end of a referral is charged to exactly one side."""

    offered_at: Moment | None
    provider: SideShown
    office: SideShown
    turns: list[TurnShown]


class GrantedDocument(Answer):
    document: str
    title: Annotated[str | None, Field(description="Null once erased")]
    last_day: Annotated[str | None, Field(description="Of the access, if it is known")]


class ReferralWhole(ReferralShown):
    sides: Sides
    removed_at: Annotated[
        str | None, Field(description="When the contents of its case were removed; nothing is done in it any more")
    ] = None
    question: str | None = None
    asked_before: Annotated[
        list[AskedBefore], Field(description="Whom the panel asked before; empty for providers")
    ] = []
    asked_beside: Annotated[
        list[AskedBeside], Field(description="Who is asked at the same time; empty for providers")
    ] = []
    asked_next: Annotated[list[str | None], Field(description="Whom the panel asks next; empty for providers")] = []
    documents: Annotated[list[str | None], Field(description="Titles of what was shared")] = []
    granted: Annotated[list[GrantedDocument], Field(description="What may be seen")]
    tasks: list[Task]
    actions: list[Action]
    requests: Annotated[list[Offer], Field(description="Tasks that you may add, or why not")]


class ReferralPage(Answer):
    items: list[ReferralShown]
    next: str | None = None
