"""How the cases of a programme ran, folded from their logs up to an instant: ways, waits, and where they left their definition."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection

from casework.definitions import load_library
from casework.engine.deadlines.calendars import Calendar
from casework.engine.mining.conformance import Conformance, conformance
from casework.engine.mining.traces import Trace
from casework.engine.mining.waits import Place, Work, places, works
from casework.engine.mining.ways import Arc, Variant, arcs, variants
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant
from casework.operations.core.perform import calendar_of
from casework.operations.oversight.event_export import edition_names, read_traces
from casework.records.event_log import by_now


def tell_process(db: Connection, programme: str, until: datetime | None = None) -> JsonObject:
    """As programs read it, in working minutes of today's calendar. For whoever reads all of a programme.

    The logs are read once for each part, and none of them is kept.
    """
    moment, calendar = by_now(db, until), calendar_of(db, programme)

    def read() -> Iterator[Trace]:
        return read_traces(db, programme, moment)

    return {"as_of": instant(moment), "calendar": calendar.digest, **_told(read, calendar, moment)}


def _told(read: Callable[[], Iterator[Trace]], calendar: Calendar, moment: datetime) -> JsonObject:
    editions, conforming = edition_names(), conformance(load_library(), read())
    return {
        "variants": [_variant(one) for one in variants(read())],
        "arcs": [_arc(one) for one in arcs(read())],
        "states": [_place(one, editions.get(one.edition, one.edition)) for one in places(read(), calendar, moment)],
        "tasks": [_work(one) for one in works(read(), calendar, moment)],
        "conformance": {
            "actions": sum(one.actions for one in conforming),
            "cases": len(conforming),
            "deviating": [_deviating(one) for one in conforming if one.deviations],
        },
    }


def _minutes(time: timedelta | None) -> int | None:
    return None if time is None else round(time.total_seconds() / 60)


def _variant(one: Variant) -> JsonObject:
    return {
        "actions": list(one.actions),
        "cases": list(one.cases),
        "percent": float(round(100 * one.share, 1)),
        "median_minutes": _minutes(one.takes),
    }


def _arc(one: Arc) -> JsonObject:
    return {"source": one.source, "target": one.target, "count": one.count, "median_minutes": _minutes(one.wait)}


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
