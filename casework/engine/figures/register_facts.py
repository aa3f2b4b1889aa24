"""What the logs beside the cases tell up to an instant: needs, technologies and matches, how each night was, and what was done beside
the cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from casework.engine.case_objects.encumbrances import CONFIRMED
from casework.engine.case_objects.ip_rights import fold as fold_right
from casework.engine.case_objects.kept_records import NEED, RECORDED, evolve, said
from casework.engine.deadlines.calendars import Calendar
from casework.engine.state.events import RegisterEvent

#: What a programme's log says of matches, and what makes one refused or no longer so.
MATCHES, REFUSES, TAKES_BACK = "matches/", frozenset({"match_refused"}), frozenset({"match_taken_back"})
#: What it says of the check of each night.
NIGHTS = "case_hygiene_days/"
#: What it says row by row of what the programme did beside its cases.
PAST, VISITS, CAME_OF = BESIDE = ("past_projects", "assessment_visits", "assessment_needs")
#: Of a need that was never shown to anybody.
DRAFT = "draft"
#: Of which fields of a record figures read whether they say something, and when somebody stood for that.
READ_FIELDS = ("readiness_low", "readiness_high", "readiness_text", "ip_text", "reference_sites", "deployed_in")


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """A need or a technology: what figures read of its fields, and when it was first in use; None where it is a draft still."""

    id: str
    #: Which record stands in its place, that a field says something, and when it was confirmed; none of its words.
    columns: Mapping[str, Any]
    published_on: date | None

    @property
    def stands(self) -> bool:
        """Whether no other record stands in its place."""
        return self.columns.get("merged_into") is None


@dataclass(frozen=True, slots=True)
class RightFacts:
    """A right of the register: the technologies that it protects, and when somebody stood for it last; None where nobody has."""

    technologies: frozenset[str]
    confirmed_on: date | None
    stands: bool

    def confirmed_since(self, day: date) -> bool:
        return self.stands and self.confirmed_on is not None and self.confirmed_on >= day


@dataclass(frozen=True, slots=True)
class MatchFacts:
    """Which need and technology were matched, and whether the match stands refused."""

    need: str | None
    technology: str | None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Night:
    """How many live cases there were in a night, and how many of them broke the rule."""

    day: str
    live: int
    broken: int


@dataclass(frozen=True, slots=True)
class ProgrammeFacts:
    """What the programme's own log tells: the matches by id, the nights in order, and by table and key the rows of
    what is `BESIDE` the cases."""

    matches: Mapping[str, MatchFacts]
    nights: tuple[Night, ...]
    beside: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)


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
    return RecordFacts(id, _read_of(columns), published) if columns else None


def _read_of(columns: Mapping[str, Any]) -> dict[str, Any]:
    """What figures read of the fields of a record."""
    stood = columns.get("provenance", {})
    confirmed = {name: {"confirmed_at": at} for name in READ_FIELDS if (at := stood.get(name, {}).get("confirmed_at"))}
    says = {name: True for name in READ_FIELDS if columns.get(name)}
    return {"merged_into": columns.get("merged_into"), "provenance": confirmed, **says}


def read_right(events: Iterable[RegisterEvent], until: datetime, calendar: Calendar) -> RightFacts:
    """A right as its log tells it up to an instant."""
    told = [event for event in events if event.at <= until]
    right = fold_right(told)
    confirmed = [event.at for event in told if _confirms(event)]
    return RightFacts(
        frozenset(map(str, right.get("technologies", ()))),
        calendar.local_date(confirmed[-1]) if confirmed else None,
        right["merged_into"] is None and right["expired_at"] is None,
    )


def _confirms(event: RegisterEvent) -> bool:
    told = event.effects.get("right", {})
    return event.kind == CONFIRMED or bool(event.effects.get("stands") or told.get("confirmed"))


def _shown(noun: str, columns: Mapping[str, Any], event: RegisterEvent) -> bool:
    told = noun != NEED or event.kind == RECORDED or "status" in said(noun, event)
    return told and columns.get("status") != DRAFT


def read_programme(events: Iterable[RegisterEvent], until: datetime) -> ProgrammeFacts:
    """What the log of a programme tells up to an instant."""
    matches: dict[str, MatchFacts] = {}
    nights: dict[str, Night] = {}
    beside: dict[str, dict[str, Mapping[str, Any]]] = {}
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
            else:
                _beside(beside, name, told)
    return ProgrammeFacts(matches, tuple(nights[day] for day in sorted(nights)), beside)


def _beside(beside: dict[str, dict[str, Mapping[str, Any]]], name: str, told: object) -> None:
    table, mark, key = name.partition("/")
    if not mark or table not in BESIDE:
        return
    rows = beside.setdefault(table, {})
    if told is None:
        rows.pop(key, None)
    elif isinstance(told, Mapping):
        # Where words were erased the row is told anew.
        rows[key] = {**rows.get(key, {}), **told}


def _match(matches: dict[str, MatchFacts], id: str, kind: str, told: object) -> None:
    if told is None:
        matches.pop(id, None)
        return
    before = matches.get(id, MatchFacts(None, None))
    refused = kind in REFUSES or before.refused and kind not in TAKES_BACK
    # Where its words were erased it is told anew.
    sides = told if isinstance(told, Mapping) else {}
    matches[id] = MatchFacts(sides.get("need_id", before.need), sides.get("technology_id", before.technology), refused)
