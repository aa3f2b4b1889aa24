"""How the cases of a programme ran, folded from their logs up to an instant: ways, waits, and where they left their definition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from casework.definitions import load_library
from casework.engine.mining.conformance import Conformance, conformance
from casework.engine.mining.waits import Place, Waits, Work
from casework.engine.mining.ways import Arc, Variant, Ways
from casework.engine.roles import Role
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant
from casework.operations.core.perform import calendar_of
from casework.operations.oversight.event_export import edition_names, read_traces
from casework.operations.oversight.figures import in_its_time, programme_of_reader
from casework.permissions.actors import Actor
from casework.records.event_log import by_now
from casework.records.row_security import whole

#: Who reads how the cases of a programme ran: who answers for it, and who judges that.
READ_BY = frozenset({Role.SUPERVISOR, Role.MANAGER, Role.AUDITOR})


@dataclass(frozen=True, kw_only=True, slots=True)
class Process:
    """How the cases of a programme ran up to a moment."""

    at: datetime
    #: The digest of the calendar by whose working minutes it is told.
    calendar: str
    variants: tuple[Variant, ...]
    arcs: tuple[Arc, ...]
    places: tuple[Place, ...]
    works: tuple[Work, ...]
    conformance: tuple[Conformance, ...]


def fold_process(db: Connection, programme: str, until: datetime | None = None) -> Process:
    """Up to an instant: now, where none is named or it is still to come. For whoever reads all of a programme.

    The logs are read once, and none of them is kept.
    """
    in_its_time(db)
    moment, calendar, library = by_now(db, until), calendar_of(db, programme), load_library()
    ways, waits, conforming = Ways(), Waits(calendar, moment), list[Conformance]()
    for trace in read_traces(db, programme, moment):
        ways.add(trace)
        waits.add(trace)
        conforming += conformance(library, (trace,))
    return Process(
        at=moment,
        calendar=calendar.digest,
        variants=ways.variants(),
        arcs=ways.arcs(),
        places=waits.places(),
        works=waits.works(),
        conformance=tuple(conforming),
    )


def process_for_reader(
    db: Connection, actor: Actor, programme: str | None = None, until: datetime | None = None
) -> Process:
    """The same for one of its readers: of the actor's first programme, where none is named.

    It counts cases alone, and tells nothing of needs, closed or not.

    Raises NotFound for others than the programme's supervisors, managers and auditors.
    """
    mine = programme_of_reader(actor, programme, READ_BY)
    with whole(db):
        return fold_process(db, mine, until)


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
