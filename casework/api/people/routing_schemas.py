"""The schemas of a programme's routing table."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, SomeWords, Words
from casework.api.protocol.schemas import Named


class NewRouting(Body):
    table: Annotated[
        dict[str, Any] | None,
        Field(max_length=20, description="The whole table as JSON, as `casework table` reads it; or say it as `dmn`"),
    ] = None
    dmn: Annotated[str | None, Field(max_length=100_000, description="The same as DMN 1.2 to 1.5")] = None
    reason: SomeWords
    seen: Annotated[int | None, Field(description="`version` of the table that was seen")] = None


class RoutingDecision(Body):
    agree: Annotated[bool, Field(description="False: not agreed, or taken back by who proposed it")]
    note: Annotated[Words, Field(description="Why; needed where it is not agreed")] = ""
    seen: Annotated[int, Field(description="`version` of the table that was seen: nobody agrees to something else")]


class RoutingMoved(Answer):
    id: str
    version: int
    state: Annotated[str, Field(description="`asked`, `agreed` or `refused`")]


class RoutingRow(Answer):
    number: int
    cells: Annotated[dict[str, str], Field(description="By input what the row asks, in S-FEEL; `-` asks nothing")]
    to: Annotated[Named | None, Field(description="Null: the rule of the queue chooses among all")]
    note: str


class RoutingShown(Answer):
    hit_policy: Annotated[str, Field(description="`unique`, `first` or `collect`")]
    rows: list[RoutingRow]
    otherwise: Annotated[Named | None, Field(description="Who gets a task for which no row holds")]
    table: Annotated[dict[str, Any], Field(description="As it is written in a file")]


class RoutingChanged(Answer):
    before: RoutingRow | None
    after: RoutingRow | None


class RoutingVersion(Answer):
    number: int
    changes: Annotated[list[RoutingChanged], Field(description="Of the version before")]
    since: Annotated[str | None, Field(description="Null of the first one, which has no rows")]
    proposed_by: Named | None
    agreed_by: Named | None
    reason: str | None


class ProposedRouting(Answer):
    shown: RoutingShown
    changes: list[RoutingChanged]
    proposed_by: Named
    at: str
    reason: str | None
    decides: Annotated[bool, Field(description="You may agree to it")]
    own: Annotated[bool, Field(description="You proposed it, and may take it back")]


class ProgrammeRouting(Answer):
    id: str
    version: Annotated[int, Field(description="What a proposal or a decision sends back as `seen`")]
    number: Annotated[int, Field(description="The version that is in force")]
    shown: RoutingShown
    versions: Annotated[list[RoutingVersion], Field(description="The newest first")]
    proposed: Annotated[ProposedRouting | None, Field(description="What waits for a second person")]
    people: Annotated[list[Named], Field(description="Whom a row may name")]
    by_hand: Annotated[list[str], Field(description="Queues that give no task by themselves: the table is not asked")]
    mine: Annotated[bool, Field(description="You may propose another one")]


class TriedKey(Answer):
    edition: str | None
    rule: str
    type: Annotated[str, Field(description="`step`, `side` or `decision`")]
    about: str | None


class TriedTask(Answer):
    id: str
    task: TriedKey
    case: Annotated[str, Field(description="Its number")]
    queue: str
    hits: Annotated[list[int], Field(description="The rows that hold")]
    was: Named
    would: Named


class RoutingTrial(Answer):
    proposed: Annotated[bool, Field(description="It is the table that waits, and not the one in force")]
    tried: Annotated[int, Field(description="So many of the newest tasks were tried")]
    hit: Annotated[int, Field(description="For so many of them a row holds")]
    items: Annotated[list[TriedTask], Field(description="Those that would have come to somebody else")]
