"""The figures of a programme, read from its logs up to an instant: two people who compute them from the same logs get the same digits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, text

from casework.definitions import load_figure_names, load_library
from casework.engine.case_objects.kept_records import NEED, TECHNOLOGY
from casework.engine.deadlines.calendars import Calendar
from casework.engine.figures.case_facts import CaseFacts, read_case
from casework.engine.figures.counting import Figure, Row, without_needs
from casework.engine.figures.mediation_facts import MediationFacts, read_mediation
from casework.engine.figures.names import DEFINITIONS, FigureNames, written
from casework.engine.figures.register_facts import RecordFacts, RightFacts, read_programme, read_record, read_right
from casework.engine.figures.suppression import ShownRow
from casework.engine.figures.world import World
from casework.engine.roles import Role
from casework.engine.state.events import Event, RegisterEvent
from casework.errors import NotFound
from casework.json_values import JsonObject
from casework.ledger.canonical_json import digest, instant
from casework.operations.oversight.figure_scope import figures_among, told_apart_by
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of
from casework.records.event_log import by_now, event_of, register_event_of
from casework.records.row_security import whole


@dataclass(frozen=True, kw_only=True, slots=True)
class AsOf:
    """What figures were counted by and up to: the same again gives the same digits."""

    at: datetime
    programme: str
    #: Of every log that was read, the number of the last event; None for whoever may not know how many there are.
    logs: Mapping[str, int] | None
    #: The editions by which the cases run: workflow and number, by fingerprint.
    editions: Mapping[str, str]
    #: Digests of the calendar, and of what a package says of its actions.
    calendar: str
    names: str
    definitions: int = DEFINITIONS
    #: By what the cases were told apart before any was counted, with what they were.
    among: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """The figures of a programme, and what they were counted by."""

    as_of: AsOf
    figures: Mapping[str, Figure]
    #: By what all of its cases can be told apart, with what they were.
    offered: Mapping[str, tuple[str, ...]]


def count_programme(
    db: Connection, programme: str, until: datetime | None = None, among: Mapping[str, str] | None = None
) -> Counted:
    """Fold the logs of a programme up to an instant: now, where none is named or it is still to come. For whoever reads all of it.

    `among`: of those cases alone that were this, by phase, sector, district or source.
    """
    among = among or {}
    world, logs = read_world(db, programme, by_now(db, until))
    library = load_library()
    editions = {
        track.edition: f"{library[track.edition].workflow} {library[track.edition].number}"
        for case in world.cases
        for track in case.case.tracks.values()
    }
    as_of = AsOf(
        at=world.until,
        programme=programme,
        logs=logs,
        editions=dict(sorted(editions.items())),
        calendar=world.calendar.digest,
        names=digest(dict(written(world.names))),
        among=dict(sorted(among.items())),
    )
    return Counted(as_of=as_of, figures=figures_among(world, among), offered=told_apart_by(world))


#: Who reads the figures of a programme, with the numbers of the cases behind them. Others wait for what hides small cells.
READ_BY = frozenset({Role.OFFICER, Role.SUPERVISOR, Role.MANAGER, Role.AUDITOR})


def show_figures(
    db: Connection,
    actor: Actor,
    *,
    programme: str | None = None,
    until: datetime | None = None,
    among: Mapping[str, str] | None = None,
) -> JsonObject:
    """The figures of a programme as the API tells them. Raises what `count_for_reader` raises."""
    return show_counted(count_for_reader(db, actor, programme=programme, until=until, among=among))


def count_for_reader(
    db: Connection,
    actor: Actor,
    *,
    programme: str | None = None,
    until: datetime | None = None,
    among: Mapping[str, str] | None = None,
) -> Counted:
    """The figures of a programme for one of its readers: of the actor's first one, where none is named.

    Raises NotFound for others than its officers, supervisors, managers and auditors, and before the programme began.
    """
    counted = count_programme(db, programme_of_reader(actor, programme), until, among)
    if counted.as_of.programme in closed_of(actor):
        return counted
    # To all others closed needs do not exist: no count tells of them, and nor do the logs of records, or what was done in the programme.
    trimmed = {name: without_needs(figure) for name, figure in counted.figures.items()}
    return replace(counted, as_of=replace(counted.as_of, logs=None), figures=trimmed)


def programme_of_reader(actor: Actor, programme: str | None) -> str:
    """Of which programme somebody reads the figures: the one that is named, or the first. Raises NotFound for who reads none."""
    mine = sorted({m.programme for m in actor.memberships if m.programme and m.role in READ_BY})
    if not mine or programme not in (None, *mine):
        raise NotFound("programme")
    return programme or mine[0]


def read_world(db: Connection, programme: str, until: datetime) -> tuple[World, dict[str, int]]:
    """A programme as its logs tell it up to an instant, and the last event of each log by then."""
    with whole(db):
        return fold_world(_by_log(db, programme, until), programme, until)


def fold_world(
    by_log: Iterator[tuple[str, list[Any]]], programme: str, until: datetime
) -> tuple[World, dict[str, int]]:
    """The same from the kind and the events of each log, the programme's own first: none of them is later. Raises NotFound."""
    names, logs = load_figure_names(), dict[str, int]()
    _, own = next(by_log, ("programme", []))
    if not own:
        raise NotFound("programme")
    logs[programme] = own[-1].seq
    told = _register(own)
    calendar = _calendar(told)
    found = _Found(names, calendar, until)
    for kind, rows in by_log:
        found.take(kind, rows)
        # Of mediations nothing is told, not even that there are any: whoever is not named in one knows of none.
        if kind != MEDIATION:
            logs[rows[0].log] = rows[-1].seq
    of_programme = read_programme(told, until)
    world = World(
        names=names,
        calendar=calendar,
        until=until,
        cases=tuple(sorted(found.cases, key=lambda case: case.number)),
        needs=tuple(found.records[NEED]),
        technologies=tuple(found.records[TECHNOLOGY]),
        rights=tuple(found.rights),
        mediations=tuple(found.mediations),
        matches=of_programme.matches,
        nights=of_programme.nights,
        beside=of_programme.beside,
    )
    return world, logs


def _calendar(told: list[RegisterEvent]) -> Calendar:
    """The newest that the programme's log tells."""
    versions = [event.effects["calendar"] for event in told if "calendar" in event.effects]
    return Calendar.from_json(versions[-1])


class _Found:
    """What the logs of a programme tell, log by log."""

    def __init__(self, names: FigureNames, calendar: Calendar, until: datetime) -> None:
        self._names, self._calendar, self._until = names, calendar, until
        self.cases: list[CaseFacts] = []
        self.records: dict[str, list[RecordFacts]] = {NEED: [], TECHNOLOGY: []}
        self.rights: list[RightFacts] = []
        self.mediations: list[MediationFacts] = []

    def take(self, kind: str, rows: list[Any]) -> None:
        if kind == CASE:
            case = read_case(_events(rows), self._until, self._calendar, self._names)
            self.cases += [case] if case is not None else []
        elif kind == MEDIATION:
            mediation = read_mediation(_events(rows), self._names, self._calendar)
            self.mediations += [mediation] if mediation is not None else []
        elif kind == RIGHT:
            self.rights.append(read_right(_register(rows), self._until, self._calendar))
        elif kind in self.records:
            record = read_record(kind, rows[0].log, _register(rows), self._until, self._calendar)
            self.records[kind] += [record] if record is not None else []


def _events(rows: list[Any]) -> list[Event]:
    return [event_of(row.header, row.effects, row.body) for row in rows]


def _register(rows: list[Any]) -> list[RegisterEvent]:
    return [register_event_of(row.header, row.effects, row.body) for row in rows]


CASE, MEDIATION, RIGHT = "case", "mediation", "right"
#: The events of a programme's logs up to a moment, log by log, its own first. One statement: what is written meanwhile is in none of them.
_EVENTS = text("""
    SELECT l.kind, e.log_id::text AS log, e.seq, e.header, e.effects, e.body FROM events e JOIN logs l ON l.id = e.log_id
    WHERE CAST(:programme AS uuid) IN (l.programme_id, l.id) AND l.kind = ANY(CAST(:kinds AS text[])) AND e.at <= :until
    ORDER BY l.kind <> 'programme', l.kind, e.log_id, e.seq
""").execution_options(stream_results=True)
_KINDS = ["programme", CASE, NEED, TECHNOLOGY, RIGHT, MEDIATION]


def _by_log(db: Connection, programme: str, until: datetime) -> Iterator[tuple[str, list[Any]]]:
    """The kind of each log, and its events."""
    given = {"programme": programme, "kinds": _KINDS, "until": until}
    for _, rows in groupby(db.execute(_EVENTS, given), key=attrgetter("log")):
        kept = list(rows)
        yield kept[0].kind, kept


def show_counted(counted: Counted) -> JsonObject:
    """As programs read it, with the numbers of the cases behind each line."""
    as_of = counted.as_of
    logs = None if as_of.logs is None else dict(sorted(as_of.logs.items()))
    return {
        "as_of": {
            "at": instant(as_of.at),
            "programme": as_of.programme,
            "among": dict(as_of.among),
            "logs": logs,
            "logs_digest": None if logs is None else digest(logs),
            "editions": dict(as_of.editions),
            "calendar": as_of.calendar,
        },
        "definitions": {"version": as_of.definitions, "names": as_of.names},
        "figures": {name: show_figure(figure) for name, figure in counted.figures.items()},
    }


def show_figure(figure: Figure) -> JsonObject:
    """Amounts and percentages as decimals in words, which no program rounds."""
    return {
        "unit": figure.unit,
        "beside": dict(figure.beside),
        "rows": [
            show_row(row)
            | {
                "numerator": None if row.under is not None else row.numerator,
                "under": row.under,
                "money": {currency: str(amount) for currency, amount in row.money.items()},
                "cases": list(row.cases),
            }
            for row in figure.rows
        ],
    }


def show_row(row: Row | ShownRow) -> JsonObject:
    """What a line tells inside and outside the office."""
    return {
        "of": dict(row.of),
        "numerator": row.numerator,
        "denominator": row.denominator,
        "percent": None if row.percent is None else str(row.percent),
        "parts": dict(row.parts),
        "median": None if row.median is None else str(row.median),
        "p90": None if row.p90 is None else str(row.p90),
        "amount": None if row.amount is None else str(row.amount),
        "unripe": row.unripe,
    }
