"""Stage reports: those of a programme, a new one with what would be frozen, and one with its figures and whoever agreed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework import reasons
from casework.engine.figures.cohorts import Cohort, is_told_outside
from casework.engine.figures.reports import (
    AGREED,
    FROZEN,
    IS_AGREED,
    IS_DRAFT,
    IS_PUBLISHED,
    PUBLISHED,
    REPORTERS,
    WORDED,
)
from casework.errors import InvalidForm, NotFound, RecordHasMoved, Refused
from casework.ledger.canonical_json import NotCanonical, instant, parse_instant
from casework.operations.auth.views import Scope
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.operations.oversight.figure_names import list_phases, names_behind, names_in
from casework.operations.oversight.figure_scope import read_scope
from casework.operations.oversight.figures import count_for_reader
from casework.operations.oversight.report_queries import READ_REPORTS, list_reports, show_report
from casework.operations.oversight.reports import agree_report, count_report, keep_report, publish_report
from casework.permissions.actors import Actor
from casework.web.oversight.figure_pages import WIDE, end_of, programme_asked
from casework.web.oversight.figure_words import Sayer
from casework.web.oversight.report_cohorts import DAYS, asked_cohort, fault_in, say_cohort
from casework.web.oversight.report_said import say_words
from casework.web.oversight.report_tables import inside_sections, outside_sections, restated_table, units_of
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_, say, say_error
from casework.web.shell.layout import use_calendar
from casework.web.shell.session import list_transaction, only, page_transaction, viewer

blueprint = Blueprint("reports", __name__)
readers = only(*READ_REPORTS)

STATES = {IS_DRAFT: N_("not agreed to yet"), IS_AGREED: N_("agreed"), IS_PUBLISHED: N_("published")}
NOT_BEGUN = N_("The programme had not begun on that day. Choose a later one.")
STEPS = {FROZEN: N_("Frozen"), WORDED: N_("Words written"), AGREED: N_("Agreed"), PUBLISHED: N_("Published")}


@blueprint.get("/reports")
@readers
def index() -> str:
    with list_transaction() as (db, actor):
        programme, _ = programme_asked(actor, READ_REPORTS)
        use_calendar(calendar_of(db, programme.id))
        listed = list_reports(db, actor, programme.id)
        phases = {one.id: one for one in list_phases(db, programme.id)}
    return render_template(
        "oversight/reports.html",
        programme=programme,
        rows=listed,
        cohorts={one.id: say_cohort(one.among, phases) for one in listed},
        states=STATES,
        freezes=_freezes(actor, programme.id),
    )


def scope_of(programme: str) -> Scope:
    """A programme of the reader's, as the head of the page has it. Raises NotFound."""
    person = viewer()
    for one in person.viewer.programmes if person else ():
        if one.id == programme:
            return one
    raise NotFound("programme")


def _freezes(actor: Actor, programme: str) -> bool:
    return actor.in_programme(programme, REPORTERS)


# --- a new one -------------------------------------------------------------------------------------------------------


@blueprint.get("/programmes/<uuid:programme>/reports/new")
@only(*REPORTERS)
def new(programme: UUID) -> Response:
    """What would be frozen: of which cases, up to the end of a day, or until now."""
    return _preview(str(programme), request.args.get("as_of", "").strip(), asked_cohort(request.args))


def _preview(programme: str, asked: str, among: Cohort, why: str = "", status: int = 200) -> Response:
    told, sections = None, []
    with page_transaction() as (db, actor):
        if not _freezes(actor, programme):
            raise NotFound("programme")
        scope = scope_of(programme)
        calendar = calendar_of(db, programme)
        use_calendar(calendar)
        phases = list_phases(db, programme)
        fault = fault_in(db, programme, among)
        try:
            if not fault:
                until = end_of(asked, calendar)
                told = count_for_reader(db, actor, programme=programme, until=until, among=among, with_cases=False)
                sections = inside_sections(told.figures, Sayer(names_behind(db, told)))
        except ValueError:
            fault = gettext("Write the day as YYYY-MM-DD.")
        except NotFound:
            fault = gettext(NOT_BEGUN)
    if fault:
        why, status = fault, 422
    page = render_template(
        "oversight/new_report.html",
        programme=scope,
        asked=asked,
        among=among,
        cohort=say_cohort(among, {one.id: one for one in phases}) if told else "",
        phases=phases,
        opened=[(name, gettext(words), among.get(name, "")) for name, words in DAYS.items()],
        outside=is_told_outside(among),
        fault=why,
        told=told,
        until=instant(told.as_of.at) if told else "",
        sections=sections,
        wide=WIDE,
    )
    return make_response(page, status)


@blueprint.post("/programmes/<uuid:programme>/reports")
@only(*REPORTERS)
def freeze(programme: UUID) -> Response:
    """Freeze what was shown: the same logs up to the same moment give the same figures."""
    id, among = str(programme), asked_cohort(request.form)
    try:
        until = parse_instant(request.form.get("until", ""))
    except NotCanonical:
        return _preview(id, "", among, gettext("Look at the figures first, then freeze them."), 422)
    try:
        with page_transaction() as (db, actor):
            count = count_report(db, actor, id, until, read_scope(among))
        drafted = count()
        with page_transaction() as (db, actor):
            done = keep_report(db, actor, id, drafted, read_request())
    except (ValueError, InvalidForm):
        # It says of which cases a report may be.
        return _preview(id, "", among, status=422)
    except (Refused, RecordHasMoved) as refusal:
        return _preview(id, "", among, say_error(refusal), 409)
    except NotFound:
        # Of a programme of another's it is not found there either.
        return _preview(id, "", among, gettext(NOT_BEGUN), 422)
    flash(
        gettext(
            "Report %(number)s is frozen. Two persons agree to it before it is published.", number=done.answer["number"]
        )
    )
    return redirect(url_for("reports.show", report=done.answer["id"]), 303)


# --- one -------------------------------------------------------------------------------------------------------------


@blueprint.get("/reports/<uuid:report>")
@readers
def show(report: UUID) -> Response:
    return _shown(str(report))


def _shown(id: str, fault: str = "", why: str = "", status: int = 200) -> Response:
    with page_transaction() as (db, actor):
        shown = show_report(db, actor, id)
        programme = scope_of(shown.programme)
        use_calendar(calendar_of(db, shown.programme))
        called = names_in(db, shown.programme, shown.inside)
        sayer = Sayer(called)
    page = render_template(
        "oversight/report.html",
        one=shown,
        report=shown.report,
        cohort=say_cohort(shown.report.among, called.phases),
        told_outside=is_told_outside(shown.report.among),
        programme=programme,
        states=STATES,
        steps=STEPS,
        said=say_words(shown.report.words),
        fault=fault,
        why=why,
        why_not=say(shown.why_not) if shown.why_not else "",
        inside=inside_sections(shown.inside, sayer),
        outside=outside_sections(shown.outside, sayer),
        outside_at=parse_instant(shown.outside["as_of"]["at"]),
        restated=None
        if shown.before is None
        else restated_table(shown.restated, sayer, shown.before, units_of(shown.inside)),
        wide=WIDE,
    )
    return make_response(page, status)


@blueprint.post("/reports/<uuid:report>/agree")
@readers
def agree(report: UUID) -> Response:
    said = N_("You agreed to report %(number)s.")
    return _move(str(report), partial(agree_report, words=request.form.get("words", "")), said)


@blueprint.post("/reports/<uuid:report>/publish")
@readers
def publish(report: UUID) -> Response:
    said = N_("Report %(number)s is published. From now on it is never changed.")
    return _move(str(report), publish_report, said)


def _move(id: str, do: Callable[[Connection, Actor, str, int, Request], Done], said: str) -> Response:
    try:
        with page_transaction() as (db, actor):
            shown = show_report(db, actor, id)
            # What cannot be done is said before the box that is not ticked.
            if request.form.get("sure") != "yes" and _freezes(actor, shown.programme) and shown.next is not None:
                return _shown(id, say(reasons.fields.TICK_THE_BOX), status=422)
            do(db, actor, shown.programme, shown.report.number, read_request())
    except Refused as refusal:
        return _shown(id, why=say_error(refusal), status=409)
    flash(gettext(said, number=shown.report.number))
    return redirect(url_for("reports.show", report=id), 303)


__all__ = ["blueprint"]
