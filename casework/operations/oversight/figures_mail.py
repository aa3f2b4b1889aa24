"""What a mail with figures says when it goes: the main numbers of a saved view, as its reader may be told of them then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection, Engine, text

from casework.engine.deadlines.calendars import Calendar
from casework.engine.figures.rhythms import PERIODS, Rhythm, end_of_period, midnight
from casework.errors import NotFound
from casework.json_values import JsonObject
from casework.ledger.canonical_json import parse_instant
from casework.operations.cases.saved_views import find_used, read_query
from casework.operations.cases.views import SavedView
from casework.operations.core.notice_words import N_
from casework.operations.core.perform import calendar_of
from casework.operations.oversight.figure_mails import PAGE, PROGRAMME, programme_of
from casework.operations.oversight.figure_parts import is_large
from casework.operations.oversight.figure_scope import EVENT, may_read, read_scope
from casework.operations.oversight.figures import READ_BY, Counted, count_for_reader
from casework.operations.oversight.outside_figures import find_outside
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of
from casework.records.actors import find_actor
from casework.records.database import transaction

#: The main numbers: how many needs were published, and how many cases came to a step at all; each by its figure and what it is called.
MAIN: Mapping[str, tuple[str, str]] = {
    "need_published": ("funnel", N_("Need published")),
    "opened": ("conversion", N_("Case opened")),
    "plan_approved": ("conversion", N_("Plan approved")),
    "agreement_signed": ("conversion", N_("Agreement signed")),
    "site_accepted": ("conversion", N_("Site accepted")),
    "measured_12_months": ("conversion", N_("Measured for 12 months")),
}
#: In a query: up to the end of which day, or of what ended last.
AS_OF, PERIOD = "as_of", "period"


@dataclass(frozen=True, kw_only=True)
class MainNumber:
    """One of the main numbers: as it is told, None where it is hidden, and how many more it is than the time before."""

    words: str
    count: str | None
    more: int | None = None


@dataclass(frozen=True, kw_only=True)
class FiguresMail:
    """A mail with figures: to whom, in which language, and what it says."""

    id: str
    address: str
    language: str
    #: The programme's zone.
    zone: str
    at: datetime
    view: str
    programme: str
    as_of: datetime
    #: Since when numbers are more; None where they are told without that.
    since: datetime | None
    numbers: tuple[MainNumber, ...]
    #: Whether it says what is told outside the office, and whether of some cases alone.
    outside: bool
    some: bool
    #: Whether the view asks for an event, of which its reader reads none: then there are no numbers.
    shut: bool
    path: str
    subscription: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """What was counted for a mail with figures."""

    #: Of what, and for a reader of which rights.
    asks: tuple[object, ...]
    words: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class _Found:
    """A mail with figures that waits, and what its reader may be told."""

    row: Any
    actor: Actor
    view: SavedView
    programme: str

    @property
    def inside(self) -> bool:
        return any(m.programme == self.programme and m.role in READ_BY for m in self.actor.memberships)

    @property
    def asks(self) -> tuple[object, ...]:
        """What decides which numbers it tells."""
        closed = self.programme in closed_of(self.actor)
        return self.row.subscription, self.view.id, self.view.query, self.programme, self.inside, closed


#: To whom and of what a mail with figures is, while no later one takes its place and nobody has stopped it.
_OF_MAIL = text("""
    SELECT m.id::text, p.email, p.language, p.id::text AS person, f.id::text AS subscription, f.view_id::text, f.rhythm, f.weekday,
        f.told_for, casework_now() AS now
    FROM mails m JOIN figure_mails f ON f.mail_id = m.id JOIN people p ON p.id = m.person_id AND p.active
    WHERE m.id = CAST(:id AS uuid) AND m.state = 'queued'
""")
#: What a programme is called.
_CALLED = text("SELECT code, name, name_zh FROM programmes WHERE id = CAST(:id AS uuid)")


def count_for_mail(engine: Engine, mail: str) -> Told | None:
    """What a mail with figures is to tell; None for any other mail, and where nothing can be told.

    It may take minutes, in which no mail is locked.
    """
    with transaction(engine) as db:
        found = _find(db, mail)
        if found is None:
            return None
        outside = None if found.inside else find_outside(db, found.actor, programme=found.programme)
        words = _tell(db, found) if outside is None else None
    if outside is not None:
        words = _tell_outside(outside())
    return None if words is None else Told(asks=found.asks, words=words)


def write_figures_mail(db: Connection, mail: str, told: Told | None) -> FiguresMail | None:
    """What a mail with figures says, by what was counted for it; None where it was stopped meanwhile, or its reader may not be told that
    any more."""
    found = _find(db, mail)
    if found is None or told is None or found.asks != told.asks:
        return None
    row, called = found.row, db.execute(_CALLED, {"id": found.programme}).one()
    return FiguresMail(
        id=row.id,
        address=row.email,
        language=row.language,
        zone=calendar_of(db, found.programme).zone,
        at=row.now,
        view=found.view.name,
        programme=(row.language.startswith("zh") and called.name_zh) or called.name,
        subscription=row.subscription,
        **told.words,
    )


def _find(db: Connection, mail: str) -> _Found | None:
    row = db.execute(_OF_MAIL, {"id": mail}).one_or_none()
    actor = None if row is None else find_actor(db, row.person)
    view = None if row is None or actor is None else find_used(db, actor, PAGE, row.view_id)
    programme = None if actor is None or view is None else programme_of(db, actor, view)
    if actor is None or view is None or programme is None:
        return None
    return _Found(row=row, actor=actor, view=view, programme=programme)


class _Times:
    """Up to when a view is told, on the day of its mail and on the day of the mail before; None for now."""

    def __init__(self, row: Any, asked: Mapping[str, str], calendar: Calendar) -> None:
        self.until, self.before = None, None
        if period := asked.get(PERIOD):
            if period not in PERIODS:
                raise ValueError(period)
            earlier = Rhythm(kind=row.rhythm, weekday=row.weekday).before(row.told_for)
            self.until = end_of_period(period, row.told_for, calendar)
            self.before = end_of_period(period, earlier, calendar)
            if self.before == self.until:
                self.before = None
        elif day := asked.get(AS_OF):
            self.until = datetime.combine(date.fromisoformat(day), time.max, midnight(row.told_for, calendar).tzinfo)
        else:
            earlier = Rhythm(kind=row.rhythm, weekday=row.weekday).before(row.told_for)
            self.before = midnight(earlier, calendar) - timedelta(microseconds=1)


def _tell(db: Connection, found: _Found) -> dict[str, Any] | None:
    """None where there is no such day, or the programme had not begun by the one that the view asks for."""
    actor, programme, asked = found.actor, found.programme, read_query(found.view.query)
    calendar = calendar_of(db, programme)
    try:
        times, among = _Times(found.row, asked, calendar), read_scope(asked)
    except ValueError:
        return None
    if not may_read(actor, programme, among):
        return _tell_shut(db, found, among)
    try:
        counted = count_for_reader(db, actor, programme=programme, until=times.until, among=among, with_cases=False)
    except NotFound:
        return None
    # A large programme takes minutes to count once.
    earlier = None if is_large(db, programme) else _count_before(db, actor, programme, among, times.before)
    numbers = []
    for step, (figure, words) in MAIN.items():
        count = _number(counted, figure, step)
        then = None if earlier is None else _number(earlier, figure, step)
        if count is not None:
            more = count - (then or 0) if earlier is not None else None
            numbers.append(MainNumber(words=words, count=str(count), more=more))
    query = {PROGRAMME: db.execute(_CALLED, {"id": programme}).one().code, **among}
    if times.until:
        query[AS_OF] = calendar.local_date(counted.as_of.at).isoformat()
    return {
        "as_of": counted.as_of.at,
        "since": None if earlier is None else earlier.as_of.at,
        "numbers": tuple(numbers),
        "outside": False,
        "some": bool(among),
        "shut": False,
        # To the same figures, whenever the mail is read.
        "path": f"/figures?{urlencode(query)}",
    }


def _tell_shut(db: Connection, found: _Found, among: Mapping[str, str]) -> dict[str, Any]:
    """That the view cannot be told as it was set up, and the way to the figures without the event."""
    code = db.execute(_CALLED, {"id": found.programme}).one().code
    query = {PROGRAMME: code, **{name: value for name, value in among.items() if name != EVENT}}
    return {
        "as_of": found.row.now,
        "since": None,
        "numbers": (),
        "outside": False,
        "some": False,
        "shut": True,
        "path": f"/figures?{urlencode(query)}",
    }


def _count_before(
    db: Connection, actor: Actor, programme: str, among: Mapping[str, str], before: datetime | None
) -> Counted | None:
    """As it was the time before; None where there is none, or the programme had not begun."""
    if before is None:
        return None
    try:
        return count_for_reader(db, actor, programme=programme, until=before, among=among, with_cases=False)
    except NotFound:
        return None


def _number(counted: Counted, figure: str, step: str) -> int | None:
    told = counted.figures.get(figure)
    row = next((row for row in told.rows if _is_of(row.of, figure, step)), None) if told else None
    if row is None or row.under is not None:
        return None
    return row.numerator if figure == "funnel" else row.denominator


def _is_of(of: Mapping[str, str | None], figure: str, step: str) -> bool:
    """The line of a step, of all cases: among those that came to it those that went on, and needs as they are."""
    return of.get("step") == step and of.keys() == ({"step"} if figure == "funnel" else {"step", "next"})


def _tell_outside(told: JsonObject) -> dict[str, Any]:
    """Of the whole programme as of the end of the last quarter, small numbers hidden: nobody outside chooses anything of that."""
    numbers = []
    for step, (figure, words) in MAIN.items():
        rows = told["figures"].get(figure, {}).get("rows", ())
        row = next((row for row in rows if _is_of(row["of"], figure, step)), None)
        if row is not None:
            count = row["numerator" if figure == "funnel" else "denominator"]
            numbers.append(MainNumber(words=words, count=None if count is None else str(count)))
    return {
        "as_of": parse_instant(told["as_of"]["at"]),
        "since": None,
        "numbers": tuple(numbers),
        "outside": True,
        "some": False,
        "shut": False,
        "path": "/figures/mails",
    }


__all__ = ["AS_OF", "MAIN", "PERIOD", "FiguresMail", "MainNumber", "Told", "count_for_mail", "write_figures_mail"]
