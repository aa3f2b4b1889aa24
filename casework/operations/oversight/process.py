"""How the cases of a programme ran, folded from their logs up to an instant: ways, waits, and where they left their definition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

import orjson
from sqlalchemy import Connection, text

from casework.engine.figures.case_facts import DIMENSIONS
from casework.engine.figures.cohorts import OPENED_FROM, OPENED_TO, opened_within
from casework.engine.figures.counting import numbers
from casework.engine.figures.kept_facts import read, write
from casework.engine.mining.conformance import Conformance
from casework.engine.mining.process import LeftOut, Process, as_shown, fold_runs
from casework.engine.mining.runs import JudgedRun, standing
from casework.engine.mining.waits import Place, Work
from casework.engine.mining.ways import Arc, Variant
from casework.engine.roles import Role
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant
from casework.operations.core.perform import calendar_of
from casework.operations.oversight.case_runs import read_runs
from casework.operations.oversight.event_export import edition_names
from casework.operations.oversight.figure_scope import insist_in_order, read_scope
from casework.operations.oversight.figures import in_its_time, programme_of_reader, rules
from casework.permissions.actors import Actor
from casework.records.event_log import by_now
from casework.records.row_security import whole

#: Who reads how the cases of a programme ran: who answers for it, and who judges that.
READ_BY = frozenset({Role.SUPERVISOR, Role.MANAGER, Role.AUDITOR})


#: How the cases of a programme ran, as it was counted ahead by the rules of now: what a page shows, and where it is asked for the rest.
_AHEAD = text("""
    SELECT k.process, CASE WHEN CAST(:whole_lists AS boolean) THEN k.ways END AS ways FROM kept_figures k
    WHERE k.programme_id = CAST(:programme AS uuid) AND k.rules = :rules
""")


@dataclass(frozen=True, slots=True)
class _Lists:
    """What a page shows the first lines of."""

    variants: tuple[Variant, ...]
    conformance: tuple[Conformance, ...]


#: Of which cases alone it is told how they ran: one by its number, beside the first and the last day of the opening, and what they were
#: when they were opened.
ONE_CASE = "case"
CHOSEN_BY = (ONE_CASE, OPENED_FROM, OPENED_TO, *DIMENSIONS)
#: What the cases of a programme were when they were opened.
_OPENED_AS = text("""
    SELECT c.number, e.effects -> 'case' ->> 'phase' AS phase, e.effects -> 'case' -> 'as_opened' AS as_opened
    FROM cases c JOIN events e ON e.log_id = c.id AND e.seq = 1 WHERE c.programme_id = CAST(:programme AS uuid) ORDER BY c.number
""")


def read_chosen(asked: Mapping[str, str]) -> dict[str, str]:
    """Of which cases alone something asks. Raises ValueError for what is no day, and InvalidForm where the last comes before the first."""
    among = read_scope({name: asked[name] for name in (OPENED_FROM, OPENED_TO, *DIMENSIONS) if asked.get(name)})
    insist_in_order(among)
    return among | ({ONE_CASE: asked[ONE_CASE]} if asked.get(ONE_CASE) else {})


def fold_process(
    db: Connection,
    programme: str,
    until: datetime | None = None,
    chosen: Mapping[str, str] | None = None,
    *,
    from_logs: bool = False,
) -> Process:
    """Up to an instant: now, where none is named or it is still to come. For whoever reads all of a programme.

    Each log is read once, and none of them is held. `chosen`: of which cases alone, by what `CHOSEN_BY` names. `from_logs`: from nothing
    but the logs.
    """
    in_its_time(db)
    with whole(db):
        moment, calendar = by_now(db, until), calendar_of(db, programme)
        runs = _runs(db, programme, moment, chosen or {}, from_logs=from_logs)
        return fold_runs(runs, calendar, moment)


def _runs(
    db: Connection, programme: str, moment: datetime, chosen: Mapping[str, str], *, from_logs: bool = False
) -> Iterator[JudgedRun]:
    calendar, among = calendar_of(db, programme), numbers_among(db, programme, chosen)
    for one in read_runs(db, programme, moment, from_logs=from_logs, case=chosen.get(ONE_CASE)):
        if among is not None and one.run.number not in among:
            continue
        if opened_within(chosen, calendar.local_date(one.run.opened_at)):
            yield one


def numbers_among(db: Connection, programme: str, chosen: Mapping[str, str]) -> frozenset[str] | None:
    """The numbers of the cases that were what is asked for when they were opened; None where nothing of that is asked."""
    asked = {name: chosen[name] for name in DIMENSIONS if chosen.get(name)}
    if not asked:
        return None
    rows = db.execute(_OPENED_AS, {"programme": programme})
    return frozenset(
        str(row.number)
        for row in rows
        if all(({"phase": row.phase} | (row.as_opened or {})).get(name) == said for name, said in asked.items())
    )


def process_for_reader(
    db: Connection,
    actor: Actor,
    programme: str | None = None,
    until: datetime | None = None,
    chosen: Mapping[str, str] | None = None,
    *,
    whole_lists: bool = True,
) -> Process:
    """The same for one of its readers: of the actor's first programme, where none is named.

    Of a large programme it may have been counted ahead, and then, unless `whole_lists`, the lists have only what a page shows. It
    counts cases alone, and tells nothing of needs, closed or not.

    Raises NotFound for others than the programme's supervisors, managers and auditors.
    """
    mine = programme_of_reader(actor, programme, READ_BY)
    told = None if until or chosen else read_process_ahead(db, mine, whole_lists=whole_lists)
    return told or fold_process(db, mine, until, chosen)


def cases_standing(
    db: Connection,
    actor: Actor,
    programme: str,
    at: datetime,
    *,
    place: tuple[str, str],
    chosen: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """The numbers of the cases that stood in a state of an edition at an instant: `place` names the edition's fingerprint, and the state.

    Raises NotFound for others than the programme's supervisors, managers and auditors.
    """
    mine = programme_of_reader(actor, programme, READ_BY)
    in_its_time(db)
    with whole(db):
        runs = _runs(db, mine, by_now(db, at), chosen or {})
        return numbers(one.run.number for one in runs if place in standing(one.run))


def read_process_ahead(db: Connection, programme: str, *, whole_lists: bool) -> Process | None:
    """How its cases ran as it was last counted ahead; None where it was not. For whoever reads all of a programme."""
    with whole(db):
        row = db.execute(_AHEAD, {"programme": programme, "rules": rules(), "whole_lists": whole_lists}).one_or_none()
    if row is None:
        return None
    shown = _shown(row.process)
    if row.ways is None:
        return shown
    lists = _lists(row.ways)
    return replace(shown, variants=lists.variants, conformance=lists.conformance, left_out=LeftOut())


def written_process(told: Process) -> dict[str, str]:
    """As it is kept, by column."""
    lists = _Lists(told.variants, told.conformance)
    return {
        "process": orjson.dumps(write(as_shown(told))).decode(),
        "ways": orjson.dumps(write(lists)).decode(),
    }


@lru_cache(maxsize=8)
def _shown(written: str) -> Process:
    """The same text is the same: until it is counted again, each page would read it anew."""
    return read(Process, orjson.loads(written))


@lru_cache(maxsize=2)
def _lists(written: str) -> _Lists:
    return read(_Lists, orjson.loads(written))


def tell_process(db: Connection, programme: str, until: datetime | None = None) -> JsonObject:
    """As programs read it, in working minutes of today's calendar. For whoever reads all of a programme."""
    return show_process(fold_process(db, programme, until))


def show_process(told: Process) -> JsonObject:
    editions = edition_names()
    return {
        "as_of": instant(told.at),
        "calendar": told.calendar,
        "variants": [_variant(one) for one in told.variants],
        "arcs": [_arc(one) for one in told.arcs],
        "states": [_place(one, editions.get(one.edition, one.edition)) for one in told.places],
        "tasks": [_work(one) for one in told.works],
        "conformance": {
            "actions": sum(one.actions for one in told.conformance),
            "cases": len(told.conformance),
            "deviating": [_deviating(one) for one in told.conformance if one.deviations],
        },
    }


def minutes_of(time: timedelta | None) -> int | None:
    """Of the clock, as files and programs read them."""
    return None if time is None else round(time.total_seconds() / 60)


def _variant(one: Variant) -> JsonObject:
    return {
        "actions": list(one.actions),
        "cases": list(one.cases),
        "percent": float(round(100 * one.share, 1)),
        "median_minutes": minutes_of(one.takes),
    }


def _arc(one: Arc) -> JsonObject:
    return {"source": one.source, "target": one.target, "count": one.count, "median_minutes": minutes_of(one.wait)}


def _place(one: Place, edition: str) -> JsonObject:
    return {
        "edition": edition,
        "state": one.state,
        "count": one.count,
        "now": one.now,
        "median_working_minutes": one.median,
        "working_minutes": one.total,
        "dated": one.dated,
        "overdue": one.overdue,
        "task_working_minutes": dict(one.minutes),
    }


def _work(one: Work) -> JsonObject:
    return {"workflow": one.workflow, "task": one.name, "count": one.count, "working_minutes": dict(one.minutes)}


def _deviating(one: Conformance) -> JsonObject:
    return {
        "case": one.case,
        "actions": one.actions,
        "deviations": [
            {"seq": each.seq, "workflow": each.workflow, "action": each.action, "what": each.what}
            for each in one.deviations
        ],
    }
