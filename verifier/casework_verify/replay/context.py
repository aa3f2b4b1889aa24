"""What events are judged by: editions, calendars and roles of the file, and what earlier events did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from casework_verify.replay.counting import Calendar
from casework_verify.replay.roles import Roles
from casework_verify.replay.standing import Case, Event, Track
from casework_verify.replay.workflows import Workflow, Written

#: Codes of what is wrong with an event, each with what stands in its sentence.
Found = Iterator[tuple[str, dict[str, Any]]]


def say(code: str, **values: Any) -> tuple[str, dict[str, Any]]:
    return code, values


def listed(words: Any) -> str:
    return ", ".join(map(str, words))


@dataclass(slots=True)
class Earlier:
    """What an event did, for those that name it as their cause."""

    event: Event
    rule: Written | None


@dataclass
class Context:
    """One history's."""

    workflows: Mapping[str, Workflow]
    calendars: Mapping[str, Calendar]
    roles: Roles | None
    #: Of the programme's calendar, since when it had each version.
    known_since: Mapping[str, datetime] = field(default_factory=dict)
    earlier: dict[int, Earlier] = field(default_factory=dict)
    #: Rules that are programs and not run here, by name: how often they were taken as told.
    as_told: Counter[str] = field(default_factory=Counter)
    #: What was told once of all events that it holds for.
    told: set[tuple[str, ...]] = field(default_factory=set)
    #: Messages by id: where they were written, by whom, and whether they were taken back.
    messages: dict[str, list[Event]] = field(default_factory=dict)

    def tells(self, *cause: str) -> bool:
        """Whether a cause is told now: of many events it is told of the first."""
        new = cause not in self.told
        self.told.add(cause)
        return new

    def workflow_of(self, track: Track) -> Workflow:
        return self.workflows[track.edition]

    def calendar(self, digest: str) -> Calendar | None:
        return self.calendars.get(digest)

    def today(self, at: datetime) -> date | None:
        """The date on the wall of the programme."""
        said = [
            (since, digest) for digest, since in self.known_since.items() if since <= at and digest in self.calendars
        ]
        digest = max(said)[1] if said else next(iter(self.calendars), None)
        return None if digest is None else self.calendars[digest].day_of(at)


#: The case before an event is judged, the event, and what it is judged by.
__all__ = ["Case", "Context", "Earlier", "Event", "Found", "Track", "listed", "say"]
