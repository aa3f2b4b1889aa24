"""What operations hand out of a programme's routing table."""

from __future__ import annotations

from dataclasses import dataclass

from casework.json_values import JsonObject
from casework.operations.core.views import Named, NamedPerson, TaskKey


@dataclass(frozen=True, kw_only=True, slots=True)
class RoutingRow:
    """A row: what it asks of each input, as cells have it, and whom it names."""

    number: int
    cells: dict[str, str]
    #: None: the rule of the queue chooses among all.
    to: Named | None
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RoutingShown:
    """A table."""

    #: unique, first or collect.
    hit_policy: str
    rows: list[RoutingRow]
    #: Who gets a task for which no row holds; None: the rule of the queue chooses among all.
    otherwise: Named | None
    #: As it is written in a file.
    table: JsonObject


@dataclass(frozen=True, kw_only=True, slots=True)
class RoutingChanged:
    """What a row was, and is or would be."""

    before: RoutingRow | None
    after: RoutingRow | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RoutingVersion:
    """A version, with what it changed of the one before."""

    number: int
    changes: list[RoutingChanged]
    #: None of the first one, which has no rows.
    since: str | None
    proposed_by: Named | None
    agreed_by: Named | None
    #: Why it was proposed; none where the words were erased.
    reason: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposedRouting:
    """A table that waits for a second person."""

    shown: RoutingShown
    changes: list[RoutingChanged]
    proposed_by: Named
    at: str
    reason: str | None
    #: Whether who asks may agree to it; whether it is theirs to take back.
    decides: bool
    own: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgrammeRouting:
    """By which table the queues of a programme give tasks to people."""

    id: str
    #: Of the newest proposal or decision; whoever makes one says so with it.
    version: int
    #: The number of what is in force.
    number: int
    shown: RoutingShown
    #: The newest first.
    versions: list[RoutingVersion]
    proposed: ProposedRouting | None
    #: Whom a row may name.
    people: list[NamedPerson]
    #: The queues that give tasks to nobody by themselves: the table is not asked for them.
    by_hand: list[str]
    #: Whether who asks may propose another one.
    mine: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class TriedTask:
    """A past task that would have come to somebody else."""

    id: str
    task: TaskKey
    case: str
    queue: str
    #: The rows that hold.
    hits: list[int]
    was: Named
    would: Named


@dataclass(frozen=True, kw_only=True, slots=True)
class RoutingTrial:
    """What a table would have made of past tasks."""

    #: Whether it is the proposed one.
    proposed: bool
    #: How many tasks were tried, for how many a row holds, and those that would have come to somebody else.
    tried: int
    hit: int
    items: list[TriedTask]


__all__ = [
    "ProgrammeRouting", "ProposedRouting", "RoutingChanged", "RoutingRow", "RoutingShown", "RoutingTrial", "RoutingVersion", "TriedTask",
]  # fmt: skip
