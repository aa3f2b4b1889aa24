"""What the logs beside the cases tell up to an instant: needs, technologies and matches, and how each night was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from casework.engine.case_objects.kept_records import NEED, RECORDED, evolve, said
from casework.engine.deadlines.calendars import Calendar
from casework.engine.state.events import RegisterEvent

#: What a programme's log says of matches, and what makes one refused or no longer so.
MATCHES, REFUSES, TAKES_BACK = "matches/", frozenset({"match_refused"}), frozenset({"match_taken_back"})
#: What it says of the check of each night.
NIGHTS = "case_hygiene_days/"
#: Of a need that was never shown to anybody.
DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """A need or a technology: what its fields say, and when it was first in use; None where it is a draft still."""

    id: str
    columns: Mapping[str, Any]
    published_on: date | None

    @property
    def stands(self) -> bool:
        """Whether no other record stands in its place."""
        return self.columns.get("merged_into") is None


@dataclass(frozen=True, slots=True)
class Night:
    """How many live cases there were in a night, and how many of them broke the rule."""

    day: str
    live: int
    broken: int


@dataclass(frozen=True, slots=True)
class ProgrammeFacts:
    """What the programme's own log tells: by match whether it stands refused, and the nights in order."""

    matches: Mapping[str, bool]
    nights: tuple[Night, ...]


def read_record(
    noun: str, id: str, events: Iterable[RegisterEvent], until: datetime, calendar: Calendar
) -> RecordFacts | None:
    """A record as its log tells it up to an instant; None before it was entered."""
    columns: dict[str, Any] = {}
    published: date | None = None
    for event in events:
        if event.at > until:
            break
        columns = evolve(noun, columns, event)
        if published is None and _shown(noun, columns, event):
            published = calendar.local_date(event.at)
    return RecordFacts(id, columns, published) if columns else None


def _shown(noun: str, columns: Mapping[str, Any], event: RegisterEvent) -> bool:
    told = noun != NEED or event.kind == RECORDED or "status" in said(noun, event)
    return told and columns.get("status") != DRAFT


def read_programme(events: Iterable[RegisterEvent], until: datetime) -> ProgrammeFacts:
    """What the log of a programme tells up to an instant."""
    matches: dict[str, bool] = {}
    nights: dict[str, Night] = {}
    for event in events:
        if event.at > until:
            break
        for name, told in event.body.items():
            if name.startswith(MATCHES):
                _match(matches, name.removeprefix(MATCHES), event.kind, told)
            elif name.startswith(NIGHTS) and isinstance(told, Mapping):
                day = name.rpartition(":")[2]
                before = nights.get(day, Night(day, 0, 0))
                nights[day] = Night(day, int(told.get("live", before.live)), int(told.get("broken", before.broken)))
    return ProgrammeFacts(matches, tuple(nights[day] for day in sorted(nights)))


def _match(matches: dict[str, bool], id: str, kind: str, told: object) -> None:
    if told is None:
        matches.pop(id, None)
    else:
        matches[id] = kind in REFUSES or matches.get(id, False) and kind not in TAKES_BACK
