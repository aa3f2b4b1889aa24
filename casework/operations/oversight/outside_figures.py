"""Figures for readers outside the office: of a whole programme, as of the end of the last quarter, with small cells hidden.

Nobody there chooses a moment, or tells cases apart: two answers that differ by a case would tell of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from threading import Lock
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection

from casework.engine.deadlines.calendars import Calendar
from casework.engine.figures.cohorts import PHASE, Cohort, is_told_outside
from casework.engine.figures.counting import Figure, without_needs
from casework.engine.figures.names import DEFINITIONS
from casework.engine.figures.suppressed_parts import suppressed_parts
from casework.engine.figures.suppression import ShownRow, suppressed
from casework.engine.figures.world import World
from casework.engine.roles import Role
from casework.errors import NotFound
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant
from casework.operations.core.perform import calendar_of
from casework.operations.oversight.figure_facts import Events, events_of_programme
from casework.operations.oversight.figure_scope import figures_among, figures_by_phase
from casework.operations.oversight.figures import READ_BY, count_programme, in_its_time, read_world, rules, show_row
from casework.permissions.actors import Actor
from casework.records.event_log import now

#: Whoever sees no more than an outline of each case; and those who read all may look at what is told outside.
READ_OUTSIDE = READ_BY | {Role.OBSERVER}
#: Of which programme an answer is, and as of when; by which rules it was found, and how far the logs had come.
_Of = tuple[str, datetime]
_By = tuple[str, Events]


def find_outside(db: Connection, actor: Actor, *, programme: str | None = None) -> Callable[[], JsonObject]:
    """What gives the figures of a programme as they are told outside the office: of the actor's first one, where none is named.

    What is hidden takes its time to find: no transaction waits for it. Raises NotFound for others than its observers and those who read
    all figures.
    """
    mine = sorted({m.programme for m in actor.memberships if m.programme and m.role in READ_OUTSIDE})
    if not mine or programme not in (None, *mine):
        raise NotFound("programme")
    chosen = programme or mine[0]
    return tell_outside(db, chosen, last_quarter(now(db), calendar_of(db, chosen)))


def tell_outside(db: Connection, programme: str, end: datetime) -> Callable[[], JsonObject]:
    """What gives those of a programme as of the end of a quarter that has passed.

    As long as nothing was written since they are the same, and neither counted nor hidden again.
    """
    # Asked first: whatever is written while it is counted makes what is told then another answer's.
    by = rules(), events_of_programme(db, programme)
    kept = _ANSWERS.find((programme, end), by)
    if kept is not None:
        return lambda: _read(kept)
    figures = _figures(db, programme, end)

    def give() -> JsonObject:
        answer = orjson.dumps(told_outside(figures, programme, end))
        _ANSWERS.keep((programme, end), by, answer)
        return _read(answer)

    return give


def _read(answer: bytes) -> JsonObject:
    """An own one for each reader."""
    told: JsonObject = orjson.loads(answer)
    return told


class _Answers:
    """The answers that were given last, by what they are of, each with what it was found by; for all threads of a process."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._kept: dict[_Of, tuple[_By, bytes]] = {}

    def find(self, of: _Of, by: _By) -> bytes | None:
        with self._lock:
            kept = self._kept.get(of)
            if kept is None or kept[0] != by:
                return None
            # The last one goes last.
            self._kept[of] = self._kept.pop(of)
            return kept[1]

    def keep(self, of: _Of, by: _By, answer: bytes) -> None:
        """In the place of the one before, which nobody is told any more."""
        with self._lock:
            self._kept.pop(of, None)
            self._kept[of] = by, answer
            while len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]


#: Of so many programmes and quarters.
_ANSWERS = _Answers(16)


def tell_cohort_outside(db: Connection, programme: str, end: datetime, among: Cohort) -> Callable[[], JsonObject]:
    """The same of a cohort: of a period nothing, of a phase what may be told beside that of all others."""
    if not among:
        return tell_outside(db, programme, end)
    world = None
    if is_told_outside(among):
        in_its_time(db)
        try:
            world, _ = read_world(db, programme, end)
        except NotFound:
            # The programme began later.
            world = None
    return lambda: told_of_cohort(world, programme, end, among)


def told_of_cohort(world: World | None, programme: str, end: datetime, among: Cohort) -> JsonObject:
    """What is told outside of a cohort of a programme as it was then."""
    phase = among.get(PHASE)
    if world is None or phase is None:
        return _told({}, {}, programme, end)
    phases = figures_by_phase(world)
    figures = phases.get(phase, {})
    whole = {name: without_needs(figure) for name, figure in figures_among(world, {}).items()}
    return _told(figures, suppressed_parts(phases, whole, by=PHASE).get(phase, {}), programme, end)


def told_outside(figures: Mapping[str, Figure], programme: str, end: datetime) -> JsonObject:
    """Figures without needs, as they are told outside."""
    return _told(figures, suppressed(figures), programme, end)


def _told(
    figures: Mapping[str, Figure], shown: Mapping[str, tuple[ShownRow, ...]], programme: str, end: datetime
) -> JsonObject:
    return {
        "as_of": {"at": instant(end), "programme": programme},
        "definitions": DEFINITIONS,
        "figures": {
            name: {"unit": figures[name].unit, "rows": [show_row(row) for row in rows]} for name, rows in shown.items()
        },
    }


def _figures(db: Connection, programme: str, end: datetime) -> dict[str, Figure]:
    """Without needs: those that are closed do not exist outside. Of a programme that began later there are none."""
    try:
        counted = count_programme(db, programme, end)
    except NotFound:
        return {}
    return {name: without_needs(figure) for name, figure in counted.figures.items()}


def last_quarter(moment: datetime, calendar: Calendar) -> datetime:
    """The last instant of the quarter that ended last, in the programme's zone."""
    today = calendar.local_date(moment)
    first = date(today.year, today.month - (today.month - 1) % 3, 1)
    return datetime.combine(first, time(), ZoneInfo(calendar.zone)) - timedelta(microseconds=1)
