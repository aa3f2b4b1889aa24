"""What the logs beside the cases tell up to an instant: needs, technologies and matches, how each night was, and what was done beside
the cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from casework.engine.case_objects.encumbrances import CONFIRMED
from casework.engine.case_objects.ip_rights import fold as fold_right
from casework.engine.case_objects.kept_records import NEED, RECORDED, evolve, said
from casework.engine.case_objects.record_use import DRAFT, ENDED
from casework.engine.deadlines.calendars import Calendar
from casework.engine.state.events import ERASED, RegisterEvent

#: What a programme's log says of matches, and what makes one refused or no longer so.
MATCHES, REFUSES, TAKES_BACK = "matches/", frozenset({"match_refused"}), frozenset({"match_taken_back"})
#: What it says of the check of each night.
NIGHTS = "case_hygiene_days/"
#: What it says row by row of what the programme did beside its cases.
PAST, VISITS, CAME_OF = BESIDE = ("past_projects", "assessment_visits", "assessment_needs")
#: Of which fields of a record figures read whether they say something, and when somebody stood for that.
READ_FIELDS = ("readiness_low", "readiness_high", "readiness_text", "ip_text", "reference_sites", "deployed_in")
#: What a field has that says nothing.
_NOTHING: tuple[object, ...] = (None, "", 0, [])


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """A need or a technology: what figures read of its fields, and when it was first in use; None where it is a draft still."""

    id: str
    #: Which record stands in its place, that a field says something, and when it was confirmed; none of its words.
    columns: Mapping[str, Any]
    published_on: date | None
    #: Since when another record stands in its place.
    merged_at: datetime | None = None

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
    #: Those rows that say what needs came of, each time with since when; None since one was taken back.
    came_of: Mapping[str, Sequence[tuple[datetime, Mapping[str, Any] | None]]] = field(default_factory=dict)


def read_record(
    noun: str, id: str, events: Iterable[RegisterEvent], until: datetime, calendar: Calendar
) -> RecordFacts | None:
    """A record as its log tells it up to an instant; None before it was entered."""
    columns: dict[str, Any] = {}
    published: date | None = None
    merged: datetime | None = None
    for event in events:
        if event.at > until:
            break
        columns = evolve(noun, columns, event)
        merged = None if columns.get("merged_into") is None else merged or event.at
        if published is None and _shown(noun, columns, event):
            published = calendar.local_date(event.at)
    return RecordFacts(id, _read_of(columns), published, merged) if columns else None


def _read_of(columns: Mapping[str, Any]) -> dict[str, Any]:
    """What figures read of the fields of a record."""
    stood = columns.get("provenance", {})
    confirmed = {name: {"confirmed_at": at} for name in READ_FIELDS if (at := stood.get(name, {}).get("confirmed_at"))}
    # What was erased said something: nothing names nobody.
    says = {name: True for name in READ_FIELDS if columns.get(name) not in _NOTHING}
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
    # A draft that is taken back was never shown.
    return told and columns.get("status") not in (DRAFT, *ENDED)


def read_programme(events: Iterable[RegisterEvent], until: datetime) -> ProgrammeFacts:
    """What the log of a programme tells up to an instant; what was erased since of that, as the erasure told it anew."""
    matches: dict[str, MatchFacts] = {}
    nights: dict[str, Night] = {}
    beside: dict[str, dict[str, Mapping[str, Any]]] = {}
    came_of: dict[str, list[tuple[datetime, Mapping[str, Any] | None]]] = {}
    for event, name, told in _told(events, until):
        kind, later = event.kind, event.at > until
        if name.startswith(MATCHES):
            _match(matches, name.removeprefix(MATCHES), kind, told, later=later)
        elif name.startswith(NIGHTS) and isinstance(told, Mapping):
            day = name.rpartition(":")[2]
            before = nights.get(day, Night(day, 0, 0))
            nights[day] = Night(day, int(told.get("live", before.live)), int(told.get("broken", before.broken)))
        else:
            _beside(beside, name, told, later=later)
            if name.startswith(f"{CAME_OF}/"):
                _came_of(came_of.setdefault(name.partition("/")[2], []), event, told)
    return ProgrammeFacts(matches, tuple(nights[day] for day in sorted(nights)), beside, came_of)


def _told(events: Iterable[RegisterEvent], until: datetime) -> Iterator[tuple[RegisterEvent, str, object]]:
    """The fields up to an instant, each with its event; and later ones of erasures, of what they took out of those."""
    gone: set[str] = set()
    for event in events:
        later = event.at > until
        for name, told in event.body.items():
            if later and (event.kind != ERASED or told is None or name not in gone):
                continue
            if told is not None and not isinstance(told, Mapping):
                gone.add(name)
            yield event, name, told


def _beside(beside: dict[str, dict[str, Mapping[str, Any]]], name: str, told: object, *, later: bool) -> None:
    table, mark, key = name.partition("/")
    if not mark or table not in BESIDE:
        return
    rows = beside.setdefault(table, {})
    if told is None:
        rows.pop(key, None)
    elif isinstance(told, Mapping):
        # Where words were erased the row is told anew; what is known of it by then stays.
        known = rows.get(key, {})
        rows[key] = {**told, **known} if later else {**known, **told}


def _came_of(versions: list[tuple[datetime, Mapping[str, Any] | None]], event: RegisterEvent, told: object) -> None:
    """One more version of a row; where its words were erased, what it was is told anew of all of them."""
    if event.kind == ERASED and isinstance(told, Mapping):
        versions[:] = [(at, None if row is None else {**told, **row}) for at, row in versions]
    elif told is None:
        versions.append((event.at, None))
    else:
        known = (versions[-1][1] if versions else None) or {}
        versions.append((event.at, {**known, **told} if isinstance(told, Mapping) else known))


def _match(matches: dict[str, MatchFacts], id: str, kind: str, told: object, *, later: bool) -> None:
    if told is None:
        matches.pop(id, None)
        return
    before = matches.get(id, MatchFacts(None, None))
    refused = kind in REFUSES or before.refused and kind not in TAKES_BACK
    # Where its words were erased it is told anew.
    sides = told if isinstance(told, Mapping) else {}
    need, technology = sides.get("need_id", before.need), sides.get("technology_id", before.technology)
    if later:
        need, technology = before.need or need, before.technology or technology
    matches[id] = MatchFacts(need, technology, refused)
