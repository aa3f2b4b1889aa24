"""A stage report as files: printed on A4 as it is told outside, its figures as a table, and what was frozen as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework import reasons
from casework.api.protocol.files import as_attachment
from casework.engine.deadlines.calendars import Calendar
from casework.engine.figures.cohorts import is_told_outside
from casework.engine.figures.reports import IS_PUBLISHED
from casework.engine.figures.suppression import INSIDE
from casework.engine.roles import Role
from casework.errors import NotAllowed
from casework.json_values import JsonObject
from casework.ledger.canonical_json import canonical, parse_instant
from casework.operations.auth.step_up import insist_proved
from casework.operations.auth.views import Scope
from casework.operations.core.perform import calendar_of
from casework.operations.letters.content import FONTS
from casework.operations.letters.pdf import print_pdf
from casework.operations.oversight.figure_names import CalledInFigures, names_in
from casework.operations.oversight.figures import AsOf, Counted, show_figure
from casework.operations.oversight.report_queries import READ_REPORTS, show_report
from casework.operations.oversight.views import ShownReport
from casework.web.oversight.figure_files import head
from casework.web.oversight.figure_files import lines as lines_of
from casework.web.oversight.figure_words import Sayer, say_of, title_of
from casework.web.oversight.report_cohorts import say_cohort
from casework.web.oversight.report_pages import STATES, STEPS, scope_of
from casework.web.oversight.report_paper import chapters_of, cover_of, notes, tiles_of
from casework.web.oversight.report_said import say_words
from casework.web.oversight.report_tables import say_anew, units_of
from casework.web.shell.downloads import as_file
from casework.web.shell.papers import LANGUAGES, in_language, paper_language
from casework.web.shell.session import only, page_transaction
from casework.web.shell.spreadsheets import LONGEST, XLSX, to_xlsx

blueprint = Blueprint("report_files", __name__, url_prefix="/reports/<uuid:report>")
readers = only(*READ_REPORTS)


@dataclass(frozen=True)
class Read:
    """A report on its way into a file, with what its codes are called."""

    shown: ShownReport
    programme: Scope
    calendar: Calendar
    called: CalledInFigures

    def at(self, moment: datetime) -> str:
        """A moment as it is where the programme is."""
        return f"{moment.astimezone(ZoneInfo(self.calendar.zone)):%Y-%m-%d %H:%M}"

    @property
    def name(self) -> str:
        return f"report-{self.programme.code}-{self.shown.report.number}"


def _read(report: UUID, *, takes_cases: bool) -> Read:
    with page_transaction() as (db, actor):
        shown = show_report(db, actor, str(report))
        if takes_cases:
            insist_proved(actor)
        programme = scope_of(shown.programme)
        called = names_in(db, shown.programme, shown.inside)
        return Read(shown, programme, calendar_of(db, shown.programme), called)


@blueprint.get("/figures.xlsx", endpoint="xlsx")
@readers
def take_xlsx(report: UUID) -> Response:
    """The figures inside, with the cases behind each line."""
    read = _read(report, takes_cases=True)
    shown = read.shown
    as_of = AsOf(
        at=shown.report.as_of,
        programme=shown.programme,
        logs=None,
        editions={},
        calendar="",
        names="",
        among=shown.report.among,
    )
    counted = Counted(as_of=as_of, figures=shown.inside, offered={})
    content = to_xlsx(gettext("Figures"), head(), list(lines_of(counted, Sayer(read.called), LONGEST)))
    return as_file(f"{read.name}.xlsx", content, XLSX)


@blueprint.get("/content.json", endpoint="json")
@readers
def take_json(report: UUID) -> Response:
    """What was frozen, byte for byte: its SHA-256 is the fingerprint. Raises NotAllowed for who reads no closed needs."""
    read = _read(report, takes_cases=True)
    if read.shown.content is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=(Role.SUPERVISOR, Role.AUDITOR)))
    return as_file(f"{read.name}.json", canonical(read.shown.content), "application/json")


# --- on paper --------------------------------------------------------------------------------------------------------


@blueprint.get("/report.pdf", endpoint="pdf")
@readers
def take_pdf(report: UUID) -> Response:
    """What is told outside, and of a period what is known inside, in the language that is asked for; no transaction waits while it is
    printed."""
    language = paper_language()
    # Who did something is called as the paper has it, and not as the page.
    with in_language(language):
        read = _read(report, takes_cases=False)
        html = write_paper(read, language)
    pdf = print_pdf(html)
    return as_attachment(iter([pdf]), f"{read.name}-{language}.pdf", len(pdf))


def write_paper(read: Read, language: str) -> str:
    shown, sayer = read.shown, Sayer(read.called)
    told_outside = is_told_outside(shown.report.among)
    figures = shown.outside["figures"] if told_outside else _inside(shown)
    as_of = parse_instant(shown.outside["as_of"]["at"]) if told_outside else shown.report.as_of
    return render_template(
        "papers/report.html",
        language=LANGUAGES[language],
        fonts=FONTS,
        one=shown,
        programme=read.programme,
        state=gettext(STATES[shown.report.state]),
        cohort=say_cohort(shown.report.among, read.called.phases),
        all_cases=not shown.report.among,
        told_outside=told_outside,
        as_of=read.at(as_of),
        frozen=read.at(shown.report.as_of),
        day=read.calendar.local_date(as_of).isoformat(),
        published=shown.report.state == IS_PUBLISHED,
        steps=[(gettext(STEPS[step.kind]), step, read.at(step.at)) for step in shown.report.steps],
        cover=cover_of(figures),
        said=say_words(shown.report.words),
        tiles=tiles_of(figures, sayer),
        chapters=chapters_of(figures, sayer),
        notes=notes(),
        # Of each line of an earlier report's month that is told otherwise: its figure, what it is of, then and now.
        anew=[
            (title_of(one["figure"]), say_of(sayer, one["figure"], one["of"]), then, now)
            for one, then, now in say_anew(
                shown.outside["restated"] if told_outside else shown.restated, units_of(shown.inside)
            )
        ],
    )


def _inside(shown: ShownReport) -> JsonObject:
    """As they were counted, for the office alone."""
    return {name: show_figure(figure) for name, figure in shown.inside.items() if name not in INSIDE}


__all__ = ["blueprint"]
