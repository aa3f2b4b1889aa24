"""The schemas of removals under retention."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Code, SomeWords, Words
from casework.api.protocol.schemas import Named


class NewRemoval(Body):
    reason: SomeWords
    code: Annotated[
        Code | None, Field(description="The class whose cases are removed; leave it out for those of all")
    ] = None
    seen: Annotated[int | None, Field(description="`version` of the removals that were seen")] = None


class RemovalDecision(Body):
    agree: Annotated[bool, Field(description="False: not agreed, or taken back by who proposed it")]
    confirmed: Annotated[bool, Field(description="You know that it cannot be undone; needed where it is agreed")] = (
        False
    )
    note: Annotated[Words, Field(description="Why; needed where it is not agreed")] = ""
    seen: Annotated[int, Field(description="`version` of the removals that were seen: nobody agrees to something else")]


class RemovalAsked(Answer):
    id: str
    version: int
    state: Annotated[str, Field(description="`asked`")]
    cases: Annotated[int, Field(description="How many it names")]


class RemovalDecided(Answer):
    id: str
    version: int
    state: Annotated[str, Field(description="`agreed` or `refused`")]


class RemovalRow(Answer):
    number: Annotated[int, Field(description="Of the event by which it was proposed")]
    decision: Annotated[int | None, Field(description="Its number, once agreed to; files of cases name it so")]
    state: Annotated[str, Field(description="`asked`, `agreed`, `refused` or `replaced`")]
    by: Annotated[str, Field(description="The day by which its cases were due")]
    archives: Annotated[int, Field(description="How many of its cases go into the archive")]
    digest: Annotated[str, Field(description="Over the list of its cases, and which of them go into the archive")]
    proposed_by: Named
    proposed_at: str
    reason: str | None
    decided_by: Named | None
    decided_at: str | None
    cases: Annotated[int, Field(description="How many it names")]
    removed: int
    archived: Annotated[int, Field(description="How many were put into the archive")]
    left: Annotated[int, Field(description="How many were left out")]
    waiting: Annotated[int, Field(description="How many the worker has not come to")]


class RemovalCase(Answer):
    number: str
    code: Annotated[str, Field(description="The class under which it was due")]
    closed_at: Annotated[str | None, Field(description="Null where it was opened again")]
    due: Annotated[
        str | None,
        Field(description="Until when that class keeps it as it is now; null where the class is gone, or is for good"),
    ]
    state: Annotated[
        str, Field(description="`listed` while nobody has agreed; `waits`, `removed`, `archived` or `left`")
    ]
    archives: Annotated[bool, Field(description="It goes into the archive")]
    why: Annotated[
        list[str],
        Field(
            description="Why it was left out: `open`, `held`, `not_due`, `for_good`, `other_class`, `removed_before`,"
            " `not_sealed` (it was not judged whole in the archive)"
        ),
    ]


class ProgrammeRemovals(Answer):
    id: str
    version: Annotated[int, Field(description="What a proposal or a decision sends back as `seen`")]
    removals: Annotated[list[RemovalRow], Field(description="The newest first")]
    cases: Annotated[list[RemovalCase], Field(description="Those of the newest one")]
    mine: Annotated[bool, Field(description="You may propose one")]
    decides: Annotated[bool, Field(description="You may agree to what waits")]
    own: Annotated[bool, Field(description="You proposed what waits, and may take it back")]
