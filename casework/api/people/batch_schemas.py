"""The schemas of batches of moves to another edition."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Id, Line, Paged, Said, SomeWords, Words
from casework.api.protocol.schemas import Named
from casework.engine.batches import MOST
from casework.json_values import JsonObject

_Seen = Annotated[int | None, Field(description="`version` of the programme's batches that was seen")]
_Becomes = Annotated[dict[Line, Line], Field(max_length=200)]


class NewBatch(Body):
    programme: Id
    workflow: Line
    earlier: Annotated[int, Field(ge=1, le=100_000, description="The number of the edition from which cases move")]
    later: Annotated[int, Field(ge=1, le=100_000, description="The number of the edition to which they move")]
    states: Annotated[_Becomes, Field(description="What a state becomes that the later edition calls otherwise")] = {}
    tasks: Annotated[_Becomes, Field(description="What a task becomes, by its key")] = {}
    plan: Annotated[str | None, Field(max_length=64, description="The digest of the plan that was seen")] = None
    cases: Annotated[
        list[Line] | None,
        Field(max_length=MOST, description="The numbers of these alone; leave it out for all that run by it"),
    ] = None
    reason: SomeWords
    seen: _Seen = None


class RevertBatch(Body):
    reason: SomeWords
    seen: _Seen = None


class BatchDecision(Body):
    agree: Annotated[bool, Field(description="False: not agreed, or taken back by who proposed it")]
    note: Annotated[Words, Field(description="Why; needed where it is not agreed")] = ""
    seen: Annotated[int, Field(description="`version` of the batches that were seen: nobody agrees to something else")]


class BatchStep(Body):
    reason: Words | None = None


class BatchQuery(Paged):
    state: Annotated[
        Literal["listed", "waits", "moved", "stays", "failed"] | None, Field(description="Cases that stand so alone")
    ] = None


class BatchAsked(Answer):
    id: str
    version: int
    state: Annotated[str, Field(description="`asked`")]
    cases: Annotated[int, Field(description="How many it names")]


class BatchMoved(Answer):
    id: str
    version: int
    state: Annotated[str, Field(description="`agreed`, `refused`, `running`, `suspended` or `cancelled`")]


class BatchRow(Answer):
    id: str
    programme: Named
    number: Annotated[int, Field(description="Of the event by which it was proposed")]
    decision: Annotated[int | None, Field(description="Its number, once agreed to; files of cases name it so")]
    state: Annotated[
        str,
        Field(
            description=(
                "`asked`, `refused` or `replaced`; once agreed to `running`, `suspended`, `cancelled` or `ended`"
            )
        ),
    ]
    workflow: str
    earlier: Annotated[int, Field(description="The number of the edition from which cases move")]
    later: int
    plan: Annotated[str, Field(description="The digest of its plan")]
    mapping: Annotated[JsonObject, Field(description="What was said by hand")]
    reverts: Annotated[str | None, Field(description="The batch that it takes back")]
    proposed_by: Named
    proposed_at: str
    reason: str | None
    decided_by: Named | None
    decided_at: str | None
    cases: Annotated[int, Field(description="How many it names, but for those that you keep out of")]
    moved: int
    stayed: int
    failed: int
    waiting: Annotated[int, Field(description="How many the worker has not come to")]
    decides: Annotated[bool, Field(description="You may agree to it")]
    own: Annotated[bool, Field(description="You proposed it and it waits: you may take it back")]
    steers: Annotated[bool, Field(description="You may stop it, let it go on or end it")]
    mine: Annotated[bool, Field(description="You may propose to take it back")]


class BatchPage(Answer):
    items: Annotated[list[BatchRow], Field(description="The newest first")]
    next: str | None


class BatchCase(Answer):
    number: str
    state: Annotated[str, Field(description="`listed` while nobody has agreed; `waits`, `moved`, `stays` or `failed`")]
    why: Annotated[list[Said], Field(description="Every reason for which it stayed, or failed")]
    codes: Annotated[list[str], Field(description="The codes of these")]
    verdict: Annotated[
        str | None,
        Field(description="While it waits what would become of it: `moves`, `moves_with_mapping` or `stays`, with why"),
    ]


class BatchStepTaken(Answer):
    what: Annotated[str, Field(description="`batch_suspended`, `batch_resumed` or `batch_cancelled`")]
    by: Named
    at: str
    reason: str | None


class ShownBatch(BatchRow):
    version: Annotated[int, Field(description="What a decision sends back as `seen`")]
    steps: list[BatchStepTaken]
    outcomes: Annotated[list[BatchCase], Field(description="What became of each case, by their numbers")]
    next: str | None
