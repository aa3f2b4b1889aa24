"""The figures of a programme, read from its logs up to an instant: two people who compute them from the same logs get the same digits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any

import orjson
from sqlalchemy import Connection, text

from casework.definitions import load_figure_names, load_library
from casework.engine.case_objects.kept_records import NEED, TECHNOLOGY
from casework.engine.deadlines.calendars import Calendar
from casework.engine.figures.case_facts import CaseFacts, read_case
from casework.engine.figures.counting import Figure, Row, numbers, without_needs
from casework.engine.figures.kept_facts import KEPT, Facts, facts_by, read, read_facts, rules_of
from casework.engine.figures.mediation_facts import MediationFacts, read_mediation
from casework.engine.figures.names import DEFINITIONS, FigureNames, written
from casework.engine.figures.register_facts import RecordFacts, RightFacts, read_programme, read_record, read_right
from casework.engine.figures.suppression import ShownRow
from casework.engine.figures.world import World
from casework.engine.mining.process import Process
from casework.engine.mining.runs import JudgedRun
from casework.engine.roles import Role
from casework.engine.state.events import Event, RegisterEvent
from casework.errors import NotFound
from casework.json_values import JsonObject
from casework.ledger.canonical_json import digest, instant
from casework.operations.core.perform import calendar_of
from casework.operations.oversight.figure_scope import figures_among, insist_readable, told_apart_by, without_events
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of
from casework.records.event_log import by_now, event_of, now, register_event_of
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
    #: Whether they were counted ahead: what has happened since is not in them.
    ahead: bool = False
    #: By what the cases behind their lines are kept, where these are kept apart: of a whole programme as of now nothing.
    kept_as: str = ""


#: What is read of a large programme, and what is made of it before the transaction ends, takes minutes.
_IN_ITS_TIME = text("""
    SELECT set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)
""")


def in_its_time(db: Connection) -> None:
    """From here to the end of the transaction nothing is cut off for taking long."""
    db.execute(_IN_ITS_TIME)


def count_programme(
    db: Connection,
    programme: str,
    until: datetime | None = None,
    among: Mapping[str, str] | None = None,
    *,
    from_logs: bool = False,
) -> Counted:
    """Fold the logs of a programme up to an instant: now, where none is named or it is still to come. For whoever reads all of it.

    `among`: of those cases alone that were this, by what `SCOPE` names. `from_logs`: from nothing but the logs.
    """
    in_its_time(db)
    world, logs = read_world(db, programme, by_now(db, until), from_logs=from_logs)
    return count_world(programme, world, logs, among or {})


def count_world(programme: str, world: World, logs: Mapping[str, int], among: Mapping[str, str]) -> Counted:
    """The figures of a programme that was read, or of a part of its cases."""
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


def count_for_reader(
    db: Connection,
    actor: Actor,
    *,
    programme: str | None = None,
    until: datetime | None = None,
    among: Mapping[str, str] | None = None,
    with_cases: bool = True,
) -> Counted:
    """The figures of a programme for one of its readers: of the actor's first one, where none is named.

    Of a large programme they may have been counted ahead, and then, unless `with_cases`, each line says but how many these are. Raises
    NotFound for others than its officers, supervisors, managers and auditors, and before the programme began.
    """
    chosen = programme_of_reader(actor, programme)
    insist_readable(actor, chosen, among or {})
    counted = None if until or among else read_ahead(db, chosen, with_cases=with_cases)
    if counted is None:
        counted = count_programme(db, chosen, until, among)
    return told_to(actor, counted)


def told_to(actor: Actor, counted: Counted) -> Counted:
    """Figures for one of their readers. To whoever reads no closed needs these do not exist: no count tells of them, and nor do the logs of
    records, or what was done in the programme."""
    if counted.as_of.programme in closed_of(actor):
        return counted
    trimmed = {name: without_needs(figure) for name, figure in counted.figures.items()}
    offered = without_events(counted.offered)
    return replace(counted, as_of=replace(counted.as_of, logs=None), figures=trimmed, offered=offered)


def programme_of_reader(actor: Actor, programme: str | None, roles: Collection[Role] = READ_BY) -> str:
    """Of which programme somebody with one of the roles reads: the one that is named, or the first. Raises NotFound for who reads none."""
    mine = sorted({m.programme for m in actor.memberships if m.programme and m.role in roles})
    if not mine or programme not in (None, *mine):
        raise NotFound("programme")
    return programme or mine[0]


def read_world(
    db: Connection, programme: str, until: datetime, *, from_logs: bool = False, kinds: Collection[str] = ()
) -> tuple[World, dict[str, int]]:
    """A programme as its logs tell it up to an instant, and the last event of each log by then.

    Of a log that tells nothing more than what is kept of it, that is taken, unless everything is to be read `from_logs`. `kinds`: of logs
    of these kinds alone, where any are named; its own is one.
    """
    calendar = calendar_of(db, programme)
    while True:
        with whole(db):
            by_log = _by_log(db, programme, until, "" if from_logs else facts_by(rules(), calendar), kinds or KINDS)
            found = fold_world(by_log, programme, until)
        if from_logs or found[0].calendar.digest == calendar.digest:
            return found
        # Up to then it had another one, by which nothing may be kept: days and minutes are of that.
        calendar = found[0].calendar


def fold_world(
    by_log: Iterator[tuple[str, list[Any]]], programme: str, until: datetime
) -> tuple[World, dict[str, int]]:
    """The same from the kind of each log, and its events or what is kept of it, the programme's own first: none of them is later, but
    for what erasures have told anew of the programme since.

    Raises NotFound.
    """
    names, logs = load_figure_names(), dict[str, int]()
    _, own = next(by_log, ("programme", []))
    told = events_of_register(own)
    by_then = [event for event in told if event.at <= until]
    if not by_then:
        raise NotFound("programme")
    logs[programme] = by_then[-1].seq
    calendar = _calendar(by_then)
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
        came_of=of_programme.came_of,
    )
    return world, logs


def read_cases(db: Connection, programme: str, logs: Collection[str]) -> World:
    """Some cases of a programme as they stand now, and nothing else of it. For whoever may be told of them."""
    calendar, until = calendar_of(db, programme), now(db)
    found = _Found(load_figure_names(), calendar, until)
    given = {"logs": list(logs), "until": until, "counted_by": facts_by(rules(), calendar)}
    with whole(db):
        for kind, rows in _each_log(db.execute(_CASES, given)):
            found.take(kind, rows)
    return World(names=load_figure_names(), calendar=calendar, until=until, cases=tuple(found.cases))


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
        if kind == MEDIATION:
            mediation = read_mediation(events_of_case(rows), self._names, self._calendar)
            self.mediations += [mediation] if mediation is not None else []
        elif rows[0].facts is not None:
            facts = read_facts(kind, orjson.loads(rows[0].facts))
            self._put(kind, facts.up_to(self._until, self._calendar) if isinstance(facts, CaseFacts) else facts)
        else:
            self._put(kind, fold_log(kind, rows, self._until, self._calendar, self._names))

    def _put(self, kind: str, facts: Facts | None) -> None:
        if isinstance(facts, CaseFacts):
            self.cases.append(facts)
        elif isinstance(facts, RightFacts):
            self.rights.append(facts)
        elif facts is not None:
            self.records[kind].append(facts)


def fold_log(kind: str, rows: list[Any], until: datetime, calendar: Calendar, names: FigureNames) -> Facts | None:
    """What the events of one log, of a kind of which facts are kept, tell up to an instant."""
    if kind == CASE:
        return read_case(events_of_case(rows), until, calendar, names)
    if kind == RIGHT:
        return read_right(events_of_register(rows), until, calendar)
    return read_record(kind, rows[0].log, events_of_register(rows), until, calendar)


def events_of_case(rows: list[Any]) -> list[Event]:
    return [event_of(row.header, row.effects, row.body) for row in rows]


def events_of_register(rows: list[Any]) -> list[RegisterEvent]:
    return [register_event_of(row.header, row.effects, row.body) for row in rows]


CASE, MEDIATION, RIGHT = "case", "mediation", "right"
#: A log `l` of which what is kept `f` is all that it tells up to a moment.
AS_KEPT = "f.log_id = l.id AND f.seq = l.seq AND f.counted_by = :counted_by AND f.last_at <= :until"
#: What a programme's logs tell up to a moment, log by log, its own first: of a log that tells no more than what is kept of it that,
#: of others the events. And what erasures have told anew since, where words were taken out of the programme's own. One statement: what is
#: written meanwhile is in none of them.
_TOLD = text(f"""
    SELECT x.kind, x.id::text AS log, x.seq, x.header, x.effects, x.body, x.facts FROM (
        SELECT l.kind, l.id, f.seq, CAST(NULL AS jsonb) AS header, CAST(NULL AS jsonb) AS effects, CAST(NULL AS jsonb) AS body, f.facts
        FROM figure_facts f JOIN logs l ON {AS_KEPT} WHERE f.programme_id = CAST(:programme AS uuid) AND l.kind = ANY(:kinds)
        UNION ALL
        SELECT l.kind, l.id, e.seq, e.header, e.effects, e.body, NULL FROM events e JOIN logs l ON l.id = e.log_id
        WHERE CAST(:programme AS uuid) IN (l.programme_id, l.id) AND l.kind = ANY(CAST(:kinds AS text[]))
        AND (e.at <= :until OR l.kind = 'programme' AND e.kind = 'erased')
        AND NOT EXISTS (SELECT FROM figure_facts f WHERE {AS_KEPT})
    ) x ORDER BY x.kind <> 'programme', x.kind, x.id, x.seq
""").execution_options(stream_results=True)
KINDS = ["programme", *KEPT, MEDIATION]
#: The same of some cases.
_CASES = text(f"""
    SELECT x.kind, x.id::text AS log, x.seq, x.header, x.effects, x.body, x.facts FROM (
        SELECT l.kind, l.id, f.seq, CAST(NULL AS jsonb) AS header, CAST(NULL AS jsonb) AS effects, CAST(NULL AS jsonb) AS body, f.facts
        FROM logs l JOIN figure_facts f ON {AS_KEPT} WHERE l.id = ANY(CAST(:logs AS uuid[])) AND l.kind = '{CASE}'
        UNION ALL
        SELECT l.kind, l.id, e.seq, e.header, e.effects, e.body, NULL FROM logs l JOIN events e ON e.log_id = l.id
        WHERE l.id = ANY(CAST(:logs AS uuid[])) AND l.kind = '{CASE}' AND e.at <= :until
        AND NOT EXISTS (SELECT FROM figure_facts f WHERE {AS_KEPT})
    ) x ORDER BY x.id, x.seq
""").execution_options(stream_results=True)


def _by_log(
    db: Connection, programme: str, until: datetime, counted_by: str, kinds: Collection[str]
) -> Iterator[tuple[str, list[Any]]]:
    """The kind of each log, and its events, or one row with what is kept of it by this."""
    given = {"programme": programme, "kinds": list(kinds), "until": until, "counted_by": counted_by}
    return _each_log(db.execute(_TOLD, given))


def _each_log(told: Iterable[Any]) -> Iterator[tuple[str, list[Any]]]:
    for _, rows in groupby(told, key=attrgetter("log")):
        kept = list(rows)
        yield kept[0].kind, kept


# --- what was counted ahead ------------------------------------------------------------------------------------------


@cache
def rules() -> str:
    """By what figures are counted and kept."""
    return rules_of(load_figure_names(), Counted, JudgedRun, Process)


#: What was counted ahead of a programme by the rules of now; where they are asked for the last events of its logs, and the cases behind
#: the lines. One statement: a worker may write others in their place at any moment.
_AHEAD = text("""
    SELECT k.told, CASE WHEN CAST(:with_cases AS boolean) THEN k.logs END AS logs, CASE WHEN CAST(:with_cases AS boolean) THEN (
        SELECT json_agg(json_build_array(l.figure, l.line, l.cases)) FROM kept_figure_lines l
        WHERE l.programme_id = k.programme_id AND l.asked = ''
    ) END AS behind FROM kept_figures k
    WHERE k.programme_id = CAST(:programme AS uuid) AND k.rules = :rules
""")
#: The cases behind some of its lines.
_BEHIND = text("""
    SELECT cases FROM kept_figure_lines WHERE programme_id = CAST(:programme AS uuid)
    AND figure = :figure AND line = ANY(CAST(:lines AS text[]))
""")


def read_ahead(db: Connection, programme: str, *, with_cases: bool) -> Counted | None:
    """The figures of a programme as they were last counted ahead; None where they were not. For whoever reads all of it."""
    given = {"programme": programme, "rules": rules(), "with_cases": with_cases}
    with whole(db):
        row = db.execute(_AHEAD, given).one_or_none()
    if row is None:
        return None
    counted = read_told(row.told)
    if not with_cases:
        return counted
    lines = {(figure, line): tuple(cases) for figure, line, cases in row.behind or ()}
    return with_lines(replace(counted, as_of=replace(counted.as_of, logs=orjson.loads(row.logs))), lines)


@lru_cache(maxsize=32)
def read_told(told: str) -> Counted:
    """The same text is the same figures: until they are counted again, each page would read thousands of lines anew."""
    return read(Counted, orjson.loads(told))


def with_lines(counted: Counted, lines: Mapping[tuple[str, str], tuple[str, ...]]) -> Counted:
    """The same with the cases behind each line, by figure and line."""
    figures = {
        name: replace(
            figure, rows=tuple(replace(row, cases=lines.get((name, row.line), ()), kept_apart=0) for row in figure.rows)
        )
        for name, figure in counted.figures.items()
    }
    return replace(counted, figures=figures)


def cases_behind(db: Connection, counted: Counted, figure: str, *rows: Row) -> tuple[str, ...]:
    """The numbers of the cases behind lines of a figure, each once, wherever they are kept; for whoever reads these figures."""
    found = [row.cases for row in rows]
    if lines := [row.line for row in rows if row.kept_apart]:
        with whole(db):
            of = {"programme": counted.as_of.programme, "asked": counted.kept_as}
            given = {**of, "figure": figure, "lines": lines}
            found += db.execute(_BEHIND, given).scalars()
    return numbers(number for cases in found for number in cases)


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
                "spread": None if row.spread is None else [str(one) for one in row.spread],
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
