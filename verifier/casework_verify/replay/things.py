"""What a case has: events, tracks, tasks, clocks and proposals, as the history tells of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casework_verify.replay.counting import moment
from casework_verify.replay.workflows import Marking

OPEN = frozenset({"Created", "Ready", "Reserved", "InProgress", "Suspended"})
HELD = frozenset({"Reserved", "InProgress"})
SYSTEM, PARTY = "system", "party"
PARTIES = ("need_owner", "technology_owner")


class Event:
    """One event: what its sealed header says, what followed from it, and which fields of its body are there."""

    __slots__ = (
        "acting_for",
        "actor",
        "at",
        "because",
        "body",
        "edition",
        "effects",
        "frm",
        "kind",
        "log",
        "organisation",
        "role",
        "seq",
        "to",
        "track",
        "written_at",
    )

    def __init__(self, row: Mapping[str, Any]) -> None:
        header = row["header"]
        self.log: str = header["log"]
        self.seq: int = header["seq"]
        self.written_at: str = header["at"]
        self.at = moment(header["at"])
        self.kind: str = header["kind"]
        self.actor: str = header["actor"]
        self.role: str | None = header["role"]
        self.acting_for: str | None = header["acting_for"]
        self.organisation: str | None = header["organisation"]
        self.track: str | None = header["track"]
        self.frm: Marking = tuple(header["from"])
        self.to: Marking = tuple(header["to"])
        self.edition: str | None = header["edition"]
        self.because: int | None = header["because"]
        self.effects: Mapping[str, Any] = row["effects"]
        self.body: Mapping[str, Mapping[str, Any]] = row["body"]

    @property
    def people(self) -> set[str]:
        """Who did it, and in whose name."""
        return {one for one in (self.actor, self.acting_for) if one is not None}

    @property
    def by_itself(self) -> bool:
        return self.actor == SYSTEM


@dataclass(slots=True)
class Fired:
    """The last time that a transition fired on a track."""

    count: int
    at: datetime
    written_at: str
    actor: str
    acting_for: str | None
    data: Mapping[str, Any]


@dataclass(slots=True)
class Track:
    """A workflow that runs."""

    id: str
    workflow: str
    edition: str
    kind: str
    part: str
    parent: str | None
    provider: str | None
    states: Marking
    opened_at: datetime
    entered_at: datetime
    given: dict[str, Any]
    ended_at: datetime | None = None
    outcome: str | None = None
    replaced: bool = False
    named: str | None = None
    came_from: dict[str, Marking] = field(default_factory=dict)
    fired: dict[str, Fired] = field(default_factory=dict)
    played: dict[str, str] = field(default_factory=dict)
    barred: set[str] = field(default_factory=set)
    #: How often a form about it grew stale; what the other side has got, by transition; and what one side does not agree with, by id.
    revision: int = 0
    received: dict[str, Any] = field(default_factory=dict)
    objections: dict[str, Any] = field(default_factory=dict)

    @property
    def live(self) -> bool:
        return self.ended_at is None

    @property
    def is_request(self) -> bool:
        return self.part == "request"

    @property
    def sent(self) -> bool:
        return "sends" in self.played


@dataclass(slots=True)
class Task:
    """Something that one person must do."""

    id: str
    track: str
    name: str
    edition: str
    rule: str
    type: str
    queue: str
    organisation: str | None
    state: str
    opened_at: datetime
    due: datetime | None
    of: str | None
    about: str | None
    aftercare: bool
    initiator: str | None
    holder: str | None = None
    before: str | None = None
    flagged: bool = False
    priority: int = 0
    result: Mapping[str, Any] = field(default_factory=dict)
    closed_at: datetime | None = None
    closed_by: str | None = None
    acted_for: str | None = None
    #: Which body outside has the next word; and for whom a person lets it wait.
    awaits: str | None = None
    wait: Mapping[str, Any] | None = None
    #: How it came to whom it is with: by which kind of event, by whom, to whom, and where its words stand.
    handed: Mapping[str, Any] | None = None
    #: Of its checklist, what was touched: whether it is done, by whom and when.
    ticks: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def waits(self) -> bool:
        return self.wait is not None

    @property
    def items(self) -> dict[str, bool]:
        """Of its checklist, what was touched: whether it is done."""
        return {name: one["done"] for name, one in self.ticks.items()}

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def lent_by(self) -> str | None:
        """To whom it goes back that was delegated."""
        return self._handed_by("delegated")

    @property
    def reviewed_for(self) -> str | None:
        """Who waits for the answer of whoever reviews it."""
        return self._handed_by("review_asked")

    def _handed_by(self, how: str) -> str | None:
        handed = self.handed
        return handed["by"] if handed and handed["how"] == how and handed["to"] == self.holder else None


@dataclass(slots=True)
class Step:
    """A moment of a clock, what happens then, and how it was counted."""

    at: datetime
    what: str
    rule: Mapping[str, Any]


@dataclass(slots=True)
class Clock:
    """Moments at which something happens by itself."""

    id: str
    track: str
    unit: str
    steps: list[Step]
    start: datetime
    calendar: str
    task: str | None
    consent: str | None
    grant: str | None
    of: str | None
    next: int = 0
    state: str = "running"
    left: tuple[int, ...] = ()

    @property
    def fires_at(self) -> datetime | None:
        return self.steps[self.next].at if self.state == "running" and self.next < len(self.steps) else None


@dataclass(slots=True)
class Proposal:
    """What one person asked for and another one must confirm."""

    id: str
    track: str
    transition: str
    actor: str
    acting_for: str | None
    seq: int
    data: Mapping[str, Any]
    task: str

    @property
    def people(self) -> set[str]:
        return {one for one in (self.actor, self.acting_for) if one is not None}


def steps_of(written: Iterable[Any]) -> list[Step]:
    return [Step(moment(at), what, rule) for at, what, rule in written]
