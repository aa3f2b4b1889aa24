"""The schemas of what the program proposes for needs, and of what was searched for them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from casework.api.protocol.fields import Answer, Id, Moment, Paged


class ProposalQuery(Paged):
    need: Annotated[Id | None, Field(description="For one need alone; else for those that are open")] = None
    technology: Annotated[Id | None, Field(description="Of one technology alone")] = None


class ProposalFilter(Answer):
    name: str
    verdict: Annotated[str, Field(description="`passed`, `partly`: with more than was asked for besides, or `unknown`")]


class ProposedTwin(Answer):
    technology: str
    title: str


class MatchProposal(Answer):
    id: str
    programme: str
    need: str
    need_title: str
    need_status: Annotated[str, Field(description="matched while a case runs for it, and published else")]
    technology: str
    technology_title: str
    share: Annotated[float, Field(description="How much of the need it says, from 0 to 1")]
    words: Annotated[list[str], Field(description="By which words, the most first")]
    filters: Annotated[
        list[ProposalFilter],
        Field(description="What each filter said that was asked when it was proposed; what is unknown has passed"),
    ]
    twins: Annotated[
        list[ProposedTwin],
        Field(description="Proposed as well, and maybe the same: it stands for them, the best first"),
    ]
    made_at: Moment
    dismissed_at: Moment | None
    dismissal: Annotated[str | None, Field(description="Why it does not fit")]


class MatchProposalPage(Answer):
    items: Annotated[list[MatchProposal], Field(description="Those that wait for a person, the newest first")]
    next: str | None = None


class ProposalDismissed(Answer):
    id: str
    need: str


class RunListed(Answer):
    id: str
    made_at: Moment
    made_by: str
    ranked: Annotated[int | None, Field(description="How many candidates it listed; null where that was erased")]
    removed: Annotated[int | None, Field(description="How many it compared and did not list")]
    relaxed: Annotated[dict[str, str], Field(description="The filters that were left out, each with the reason")]


class RunList(Answer):
    items: Annotated[list[RunListed], Field(description="The newest first")]


class ToCorrectQuery(Paged):
    pass


class RecordToCorrect(Answer):
    technology: str
    title: str
    match: Annotated[str, Field(description="That was refused")]
    code: Annotated[str, Field(description="Why: a reason of fact of the list `match_refusals`")]
    reason: str
    since: Moment


class RecordsToCorrect(Answer):
    items: Annotated[
        list[RecordToCorrect],
        Field(description="Each until its record is corrected or confirmed in that; the longest waiting first"),
    ]
    next: str | None = None


class RankAccepted(Answer):
    low: Annotated[int, Field(description="The first rank of those that are counted together")]
    high: int
    listed: Annotated[int, Field(description="So many candidates stood there")]
    accepted: int
    shortlisted: int
    refused: int


class WeekAccepted(Answer):
    week: Annotated[str, Field(description="Its Monday")]
    ranks: list[RankAccepted]


class RanksAccepted(Answer):
    items: Annotated[list[RankAccepted], Field(description="Of all lists")]
    weeks: Annotated[
        list[WeekAccepted], Field(description="Of the lists of each of the last weeks that have any; the newest first")
    ]
