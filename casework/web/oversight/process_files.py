"""How cases ran as a table for spreadsheets: a row for each state, task, way, action after another, and deviation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from flask_babel import gettext

from casework.engine.mining.process import Process
from casework.engine.mining.waits import Place, Work
from casework.engine.mining.ways import Arc, Variant
from casework.ledger.canonical_json import instant
from casework.operations.oversight.process import minutes_of
from casework.web.oversight.figure_files import cases_in_cell
from casework.web.oversight.process_tables import say_edition, say_state, say_task, say_way, say_wrong
from casework.web.shell.i18n import N_

#: What a row can have: a part of it is told of each kind of row.
COLUMNS: Mapping[str, str] = {
    "at": N_("As of"),
    "part": N_("Part"),
    "workflow": N_("Workflow"),
    "what": N_("What"),
    "count": N_("Count"),
    "now": N_("There now"),
    "median": N_("Median minutes"),
    "working_median": N_("Median working minutes"),
    "total": N_("Working minutes of all stays"),
    "dated": N_("Tasks with a deadline"),
    "overdue": N_("Of these late"),
    "waiting": N_("Working minutes waiting"),
    "in_hand": N_("Working minutes in hand"),
    "resting": N_("Working minutes snoozed"),
    "cases": N_("Cases"),
}  # fmt: skip

Line = dict[str, object]


def head() -> list[str]:
    return [gettext(words) for words in COLUMNS.values()]


def lines(told: Process, longest: int | None = None) -> Iterator[list[str]]:
    """Exact numbers, as programs read them; the cases as far as a cell holds so many letters."""
    parts: tuple[tuple[str, Iterable[Line]], ...] = (
        (gettext("Time in each state"), map(_of_place, told.places)),
        (gettext("Waiting and work"), map(_of_work, told.works)),
        (gettext("Ways that cases went"), (_of_variant(one, longest) for one in told.variants)),
        (gettext("What followed what"), map(_of_arc, told.arcs)),
        (gettext("Cases that left their definition"), _of_deviations(told)),
    )
    for part, rows in parts:
        for row in rows:
            line = {"at": instant(told.at), "part": part, **row}
            yield ["" if (value := line.get(column)) is None else str(value) for column in COLUMNS]


def _of_place(one: Place) -> Line:
    return {
        "workflow": say_edition(one),
        "what": say_state(one),
        "count": one.count,
        "now": one.now,
        "working_median": one.median,
        "total": one.total,
        "dated": one.dated,
        "overdue": one.overdue,
        **one.minutes,
    }


def _of_work(one: Work) -> Line:
    return {"workflow": one.workflow, "what": say_task(one), "count": one.count, **one.minutes}


def _of_variant(one: Variant, longest: int | None) -> Line:
    return {
        "what": say_way(one.actions),
        "count": len(one.cases),
        "median": minutes_of(one.takes),
        "cases": cases_in_cell(one.cases, longest),
    }


def _of_arc(one: Arc) -> Line:
    return {"what": say_way((one.source, one.target)), "count": one.count, "median": minutes_of(one.wait)}


def _of_deviations(told: Process) -> Iterator[Line]:
    for one in told.conformance:
        for each in one.deviations:
            yield {"workflow": each.workflow, "what": say_wrong(each), "cases": one.case}
