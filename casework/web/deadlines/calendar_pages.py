"""The calendars of programmes: seen, written anew, looked at before they are changed, and changed. For administrators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import available_timezones

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from casework import reasons
from casework.definitions import load_library
from casework.engine.deadlines.calendars import Calendar
from casework.engine.execution.clocks import END_ACCESS
from casework.engine.roles import Role
from casework.errors import CaseHasMoved, InvalidForm, Refused
from casework.operations.core.national_holidays import countries as with_holidays
from casework.operations.core.national_holidays import public_holidays
from casework.operations.deadlines.calendar_import import MOST_BYTES, YEARS, read_ics
from casework.operations.deadlines.calendar_text import WEEKDAYS as DAYS
from casework.operations.deadlines.calendar_text import read_calendar, write_days, write_slots
from casework.operations.deadlines.calendars import change_calendar, preview_calendar, recount_programme, show_calendar
from casework.operations.deadlines.views import MovedMoment, ProgrammeCalendar
from casework.operations.people import lists
from casework.web.shell.countries import countries
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_, edition_text, say, say_error, say_faults
from casework.web.shell.kept_forms import KeptForm, drop_kept, kept_form
from casework.web.shell.session import only, page_transaction
from casework.web.shell.task_links import task_words

blueprint = Blueprint("calendars", __name__, url_prefix="/administration/calendars")

WEEKDAYS = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip
#: So many cases are counted again before the page answers; the worker does the rest.
AT_ONCE = 200


@dataclass(frozen=True)
class Typed:
    """A calendar as it stands in the form."""

    zone: str
    hours: tuple[str, ...]
    holidays: str
    make_up: str
    #: Digest of the version that was seen.
    seen: str

    @classmethod
    def of(cls, calendar: Calendar) -> Typed:
        hours = tuple(write_slots(calendar, weekday) for weekday in DAYS)
        return cls(
            calendar.zone,
            hours,
            write_days(calendar.holidays, calendar.names),
            write_days(calendar.make_up, calendar.names),
            calendar.digest,
        )

    @classmethod
    def sent(cls) -> Typed:
        form = request.form
        return cls(
            form.get("zone", "").strip(),
            tuple(form.get(f"hours_{weekday}", "").strip() for weekday in DAYS),
            form.get("holidays", ""),
            form.get("make_up", ""),
            form.get("seen", ""),
        )

    def read(self, present: Calendar) -> Calendar:
        """The calendar that is meant. Raises InvalidForm."""
        return read_calendar(
            present.name,
            present.version + 1,
            zone=self.zone,
            hours=dict(enumerate(self.hours)),
            holidays=self.holidays,
            make_up=self.make_up,
        )

    def with_days(self, holidays: Mapping[date, Mapping[str, str]], make_up: Mapping[date, Mapping[str, str]]) -> Typed:
        """The same with more days; one that is named both ways is what it was named last."""
        more = "\n".join([self.holidays.strip(), write_days(frozenset(holidays), holidays)]).strip()
        worked = "\n".join([self.make_up.strip(), write_days(frozenset(make_up), make_up)]).strip()
        return Typed(self.zone, self.hours, _without(more, make_up), _without(worked, holidays), self.seen)


def _without(words: str, days: Mapping[date, object]) -> str:
    gone = {day.isoformat() for day in days}
    kept = {line.split(" ")[0]: line for line in words.splitlines() if line.strip() and line.split(" ")[0] not in gone}
    return "\n".join(kept[day] for day in sorted(kept))


@blueprint.get("")
@only(Role.ADMINISTRATOR)
def index() -> str:
    with page_transaction() as (db, actor):
        items = lists.list_programmes(db, actor).items
    return render_template("deadlines/calendars.html", items=items)


@blueprint.get("/<uuid:programme>")
@only(Role.ADMINISTRATOR)
def show(programme: UUID) -> str:
    with page_transaction() as (db, actor):
        shown = show_calendar(db, actor, str(programme))
    calendar = Calendar.from_json(shown.calendar)
    years = sorted({day.year for day in calendar.holidays | calendar.make_up}, reverse=True)
    return render_template(
        "deadlines/calendar.html",
        one=shown,
        calendar=calendar,
        weekdays=WEEKDAYS,
        years=[
            (
                year,
                sorted(day for day in calendar.holidays if day.year == year),
                sorted(day for day in calendar.make_up if day.year == year),
            )
            for year in years
        ],
    )


@blueprint.get("/<uuid:programme>/edit")
@only(Role.ADMINISTRATOR)
def edit(programme: UUID) -> str:
    with page_transaction() as (db, actor):
        shown = show_calendar(db, actor, str(programme), to_change=True)
        typed = Typed.of(Calendar.from_json(shown.calendar))
        draft = kept_form(db, actor, _draft(shown, typed))
    return _form(shown, typed, draft=draft)


def _draft(shown: ProgrammeCalendar, typed: Typed) -> str:
    """A draft belongs to the version of the calendar that it changes."""
    return f"calendar:{shown.id}:{typed.seen[:16]}"


def _form(
    shown: ProgrammeCalendar,
    typed: Typed,
    faults: Mapping[str, str] | None = None,
    read: Mapping[str, object] | None = None,
    draft: KeptForm | None = None,
) -> str:
    return render_template(
        "deadlines/edit_calendar.html",
        one=shown,
        typed=typed,
        faults=faults or {},
        weekdays=WEEKDAYS,
        read=read,
        zones=sorted(available_timezones()),
        countries=[one for one in countries() if one[0] in with_holidays()],
        draft=draft or KeptForm(_draft(shown, typed)),
    )


@blueprint.post("/<uuid:programme>/edit")
@only(Role.ADMINISTRATOR)
def add_days(programme: UUID) -> Response:
    """Fill in public holidays, or those of a file; nothing is recorded yet."""
    with page_transaction() as (db, actor):
        shown = show_calendar(db, actor, str(programme), to_change=True)
    typed, file = Typed.sent(), request.files.get("file")
    if file is not None and file.filename:
        listed = read_ics(file.stream.read(MOST_BYTES + 1))
        more = typed.with_days(
            {day: {"en": name} for day, name in listed.holidays.items()},
            {day: {"en": name} for day, name in listed.make_up.items()},
        )
        read = {
            "days": len(listed.holidays) + len(listed.make_up),
            "faults": [(line, say(why)) for line, why in listed.faults],
        }
        return make_response(_form(shown, more, read=read), 200)
    country, year = request.form.get("country", ""), request.form.get("year", "")
    if country not in with_holidays():
        return make_response(_form(shown, typed, {"country": say(reasons.fields.NOT_A_CHOICE)}), 422)
    if not (year.isdecimal() and len(year) == 4 and int(year) in YEARS):
        return make_response(_form(shown, typed, {"year": say(reasons.fields.NO_YEAR)}), 422)
    public = public_holidays(country, int(year))
    read = {"days": len(public.holidays) + len(public.make_up), "faults": []}
    return make_response(_form(shown, typed.with_days(public.holidays, public.make_up), read=read), 200)


@blueprint.post("/<uuid:programme>/edit-again")
@only(Role.ADMINISTRATOR)
def edit_again(programme: UUID) -> str:
    """Back from the preview to the form, with what was typed."""
    with page_transaction() as (db, actor):
        shown = show_calendar(db, actor, str(programme), to_change=True)
    return _form(shown, Typed.sent())


@blueprint.post("/<uuid:programme>/preview")
@only(Role.ADMINISTRATOR)
def preview(programme: UUID) -> Response:
    """Every deadline that the change would move; nothing is recorded yet."""
    typed = Typed.sent()
    with page_transaction() as (db, actor):
        shown = show_calendar(db, actor, str(programme), to_change=True)
        try:
            calendar = typed.read(Calendar.from_json(shown.calendar))
        except InvalidForm as refusal:
            return make_response(_form(shown, typed, say_faults(refusal)), 422)
        outcome = preview_calendar(db, actor, str(programme), calendar)
    moved = [(moment, _what(moment)) for moment in outcome.moved]
    return make_response(
        render_template(
            "deadlines/preview_calendar.html",
            one=shown,
            typed=typed,
            told=outcome,
            moved=moved,
            draft=KeptForm(_draft(shown, typed)),
        )
    )


#: A step of the escalation, of which the words name the task.
_STEPS = {
    "remind": N_("Reminder: %(task)s"), "escalate": N_("Overdue: %(task)s"), "flag": N_("Long overdue: %(task)s"),
    "activate": N_("Begins: %(task)s"), "wake": N_("Comes back: %(task)s"),
}  # fmt: skip


def _what(moment: MovedMoment) -> str:
    if moment.task:
        words, step = task_words(moment.task), _STEPS.get(moment.what)
        return gettext(step, task=words) if step else words
    if moment.what in _STEPS:
        return gettext("a reminder of a step")
    if moment.what == "expire":
        return gettext("a consent expires")
    if moment.what == END_ACCESS:
        return gettext("a provider's access to a document ends")
    name = str(moment.what).removeprefix("fire:")
    for edition in load_library().editions.values():
        if f"transitions.{name}.do" in edition.texts:
            return edition_text(edition, f"transitions.{name}.do")
    return name.replace("_", " ")


@blueprint.post("/<uuid:programme>")
@only(Role.ADMINISTRATOR)
def change(programme: UUID) -> Response:
    """Make the new version, and count again what it moves."""
    typed, id = Typed.sent(), str(programme)
    with page_transaction() as (db, actor):
        shown = show_calendar(db, actor, id, to_change=True)
    try:
        calendar = typed.read(Calendar.from_json(shown.calendar))
        with page_transaction() as (db, actor):
            change_calendar(db, actor, id, calendar, seen=typed.seen, request=read_request())
            drop_kept(db, actor)
    except InvalidForm as refusal:
        return make_response(_form(shown, typed, say_faults(refusal)), 422)
    except (CaseHasMoved, Refused) as refusal:
        return make_response(_form(shown, typed, {"": say_error(refusal)}), 409)
    moved = recount_programme(current_app.extensions["casework"], id, most=AT_ONCE)
    flash(gettext("The calendar is changed."))
    flash(ngettext("%(num)d case has other dates now.", "%(num)d cases have other dates now.", moved))
    return redirect(url_for("calendars.show", programme=id), 303)


__all__ = ["blueprint"]
