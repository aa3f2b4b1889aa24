"""The figures of a programme: what came of its cases, with the cases behind each number, and as files."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework.engine.deadlines.calendars import Calendar
from casework.engine.figures.behind import MATCH, noun_behind
from casework.engine.figures.cohorts import OPENED_FROM, OPENED_TO
from casework.engine.figures.counting import Row
from casework.engine.figures.rhythms import LAST_MONTH, LAST_QUARTER, LAST_WEEK, LAST_YEAR, PERIODS, end_of_period
from casework.engine.roles import Role
from casework.errors import InvalidForm, NotFound
from casework.operations.auth.step_up import insist_proved
from casework.operations.auth.views import Scope
from casework.operations.cases.list_queries import list_cases
from casework.operations.catalogue.assessment_needs import list_choices
from casework.operations.core.perform import calendar_of
from casework.operations.oversight.figure_mails import PAGE
from casework.operations.oversight.figure_names import CalledInFigures, names_behind
from casework.operations.oversight.figure_parts import Asked as AskedFor
from casework.operations.oversight.figure_parts import count_or_ask, count_with_cases
from casework.operations.oversight.figure_scope import EVENT, SCOPE, insist_in_order, may_read, read_scope
from casework.operations.oversight.figures import READ_BY, Counted, cases_behind, show_counted
from casework.operations.oversight.figures_mail import PERIOD
from casework.operations.oversight.process import READ_BY as PROCESS_READ_BY
from casework.permissions.actors import Actor
from casework.records.event_log import now
from casework.web.cases.list_page import row_of
from casework.web.oversight.figure_drafts import Draft, StepLimit
from casework.web.oversight.figure_files import head, lines
from casework.web.oversight.figure_headline import Ways, headline
from casework.web.oversight.figure_tables import in_order, section
from casework.web.oversight.figure_times import step_limits
from casework.web.oversight.figure_words import (
    LABELS,
    Sayer,
    about,
    place_of_field,
    say_cases,
    say_count,
    say_line,
    title_of,
)
from casework.web.shell.downloads import as_file
from casework.web.shell.i18n import N_, listed
from casework.web.shell.layout import use_calendar
from casework.web.shell.session import FOCUS, focus, list_transaction, only, viewer
from casework.web.shell.spreadsheets import CSV, LONGEST, XLSX, to_csv, to_xlsx
from casework.web.tasks.saved_view_pages import searches_of

blueprint = Blueprint("figures", __name__)
readers = only(Role.OFFICER, Role.SUPERVISOR, Role.MANAGER, Role.AUDITOR)

DAY = "as_of"
#: In an address: what the lines tell behind which the cases are asked for, and of how many things.
WHAT, _MOST = "what", 10
#: Which of the long folded tables is opened.
DETAIL = "detail"
#: What ended last, as seen from the day on which figures are asked for.
UNTIL = {
    LAST_WEEK: N_("End of last week"), LAST_MONTH: N_("End of last month"), LAST_QUARTER: N_("End of last quarter"),
    LAST_YEAR: N_("End of last year"),
}  # fmt: skip
#: Why figures of a part, or as of a day, are not being counted.
REFUSED = {
    "own": N_(
        "You wait for as many figures as one person can: these are not being counted. Try again when some of the others are there."
    ),
    "all": N_("Too many figures are being counted: these are not among them. Try again in some minutes."),
}
#: Where else a figure is worked with, for those who may go there.
ELSEWHERE: Mapping[str, tuple[tuple[str, str, frozenset[Role]], ...]] = {
    "discipline": (
        (N_("By night"), "nights.index", READ_BY),
        (N_("Case hygiene"), "home.case_hygiene", frozenset({Role.SUPERVISOR})),
    ),
    "workload": ((N_("Team"), "home.team", frozenset({Role.SUPERVISOR})),),
    "agreements": ((N_("Contract values"), "contract_values.index", READ_BY),),
    "effects": ((N_("Success stories"), "stories.index", frozenset({Role.OFFICER, Role.SUPERVISOR})),),
    "follow_up": ((N_("Follow-ups"), "follow_ups.index", READ_BY),),
}
#: Those that need the whole width of the page.
WIDE = frozenset({"funnel", "conversion", "time_in_step", "referrals", "assessments", "workload"})


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the address asks for."""

    among: Mapping[str, str]
    day: str
    #: What ended last; it goes before a day.
    period: str = ""

    @property
    def query(self) -> dict[str, str]:
        until = {PERIOD: self.period} if self.period else {DAY: self.day} if self.day else {}
        return {**self.among, **until}


@dataclass(frozen=True, kw_only=True)
class Told:
    """The figures that the address asks for, of which programme, and what their ids and codes are called."""

    asked: Asked
    programme: Scope
    programmes: tuple[Scope, ...]
    counted: Counted | None = None
    #: Whether a worker is still to count them.
    waits: bool = False
    #: Why no worker will, and what to do.
    refused: str = ""
    #: By what cases can be told apart, as far as is known by then.
    offered: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    called: CalledInFigures | None = None
    #: The day as of which they are, where the programme is.
    day: date | None = None
    fault: str = ""
    #: By step its limit now.
    limits: Mapping[str, StepLimit] = field(default_factory=dict)
    #: Whether it asks for an event, of which the reader reads none.
    shut: bool = False

    @property
    def query(self) -> dict[str, str]:
        """For addresses that come back to the same figures."""
        code = {FOCUS: str(self.programme.code)} if len(self.programmes) > 1 else {}
        return {**code, **self.asked.query}


def read_asked() -> Asked:
    given = {name: request.args.get(name, "").strip()[:100] for name in (*SCOPE, DAY, PERIOD)}
    among = {name: given[name] for name in SCOPE if given[name]}
    return Asked(among=among, day=given[DAY], period=given[PERIOD] if given[PERIOD] in PERIODS else "")


def tell(db: Connection, actor: Actor, *, with_cases: bool = True) -> Told:
    """Raises NotFound for who reads no figures."""
    asked = read_asked()
    programme, programmes = programme_asked(actor, READ_BY)
    told = Told(asked=asked, programme=programme, programmes=programmes)
    calendar = calendar_of(db, programme.id)
    use_calendar(calendar)
    if not may_read(actor, programme.id, asked.among):
        return replace(told, shut=True)
    try:
        until = (
            end_of_period(asked.period, calendar.local_date(now(db)), calendar)
            if asked.period
            else end_of(asked.day, calendar)
        )
        among = read_scope(asked.among)
        insist_in_order(among)
    except ValueError:
        return replace(told, fault=gettext("Write the day as YYYY-MM-DD."))
    except InvalidForm:
        return replace(told, fault=gettext("The last day comes before the first. Change one of them."))
    try:
        if with_cases:
            counted = count_with_cases(db, actor, programme=programme.id, until=until, among=among)
        else:
            asked_for = count_or_ask(db, actor, programme=programme.id, until=until, among=among)
            if asked_for.counted is None:
                return _waiting(db, told, asked_for)
            counted = asked_for.counted
    except NotFound:
        return replace(told, fault=gettext("The programme had not begun on that day. Choose a later one."))
    day = calendar.local_date(counted.as_of.at)
    limits = step_limits(calendar, counted.as_of.at)
    return replace(told, counted=counted, offered=counted.offered, called=_called(db, counted), day=day, limits=limits)


def _waiting(db: Connection, told: Told, asked: AskedFor) -> Told:
    """What is still to be counted, with what there is to choose from."""
    refused = gettext(REFUSED[asked.refused]) if asked.refused else ""
    told = replace(told, waits=True, refused=refused)
    return told if asked.ahead is None else replace(told, offered=asked.ahead.offered, called=_called(db, asked.ahead))


def _called(db: Connection, counted: Counted) -> CalledInFigures:
    """What all that they tell is called, and what the needs of cases came of."""
    called = names_behind(db, counted)
    if EVENT not in {*counted.as_of.among, *(name for name, told in counted.offered.items() if told)}:
        return called
    return replace(called, ids={**called.ids, **list_choices(db, counted.as_of.programme)})


def programme_asked(actor: Actor, roles: Collection[Role]) -> tuple[Scope, tuple[Scope, ...]]:
    """Of which programme the address asks, and all in which somebody has one of the roles, as the head of the page has them.

    Raises NotFound for who has none in it.
    """
    person, chosen = viewer(), focus()
    mine = {member.programme for member in actor.memberships if member.role in roles}
    programmes = tuple(one for one in person.viewer.programmes if one.id in mine) if person else ()
    programme = next((one for one in programmes if chosen is None or one.id == chosen.id), None)
    if programme is None:
        raise NotFound("programme")
    return programme, programmes


def end_of(day: str, calendar: Calendar) -> datetime | None:
    """The end of a day as an address has it, where the programme is; of one to come it is until now. Raises ValueError."""
    return datetime.combine(date.fromisoformat(day), time.max, ZoneInfo(calendar.zone)) if day else None


@blueprint.get("/figures")
@readers
def index() -> Response:
    with list_transaction() as (db, actor):
        told = tell(db, actor, with_cases=False)
        views = searches_of(db, actor, PAGE, told.query)
    sections, tiles = [], []
    if told.counted is not None and told.called is not None:
        sayer = Sayer(told.called)
        figures = told.counted.figures
        sections = [section(Draft(name, figures[name], sayer, _link(told), _open(told))) for name in in_order(figures)]
        tiles = headline(figures, _ways(told))
    page = render_template(
        "oversight/figures.html",
        told=told,
        sections=sections,
        headline=tiles,
        wide=WIDE,
        selects=selects(told),
        opened=[(name, gettext(LABELS[name]), told.asked.among.get(name, "")) for name in (OPENED_FROM, OPENED_TO)],
        untils=[(code, gettext(words)) for code, words in UNTIL.items()],
        views=views,
        elsewhere={
            name: [(gettext(words), url_for(endpoint)) for words, endpoint, roles in ways if actor.roles() & roles]
            for name, ways in ELSEWHERE.items()
        },
        ways=any(one.programme == told.programme.id and one.role in PROCESS_READ_BY for one in actor.memberships),
        to_process=_to_process(told),
        without={name: value for name, value in told.query.items() if name != EVENT},
    )
    return make_response(page, 404 if told.shut else 422 if told.fault else 200)


def _link(told: Told) -> Callable[[str, Row], str]:
    """The way to the cases behind a line, or to what else it counts; "" where nothing stands behind it of which there is a list."""
    matches = url_for("matches.index", view="all")

    def link(name: str, row: Row) -> str:
        query: dict[str, Any] = told.query | {"line": row.line}
        if row.behind:
            return url_for("figures.cases", figure=name, **query)
        noun = noun_behind(name, row) if row.numerator else None
        if noun == MATCH:
            return matches
        return "" if noun is None else url_for("figure_records.index", figure=name, **query)

    return link


def _to_process(told: Told) -> dict[str, str]:
    """For the address of how the same cases ran, which knows days and no periods."""
    query = dict(told.query)
    if query.pop(PERIOD, "") and told.day is not None:
        query[DAY] = told.day.isoformat()
    return query


def _ways(told: Told) -> Ways:
    def all_of(name: str, what: tuple[str, ...]) -> str:
        query: dict[str, Any] = told.query | {WHAT: what}
        return url_for("figures.cases", figure=name, **query)

    return Ways(line=_link(told), all_of=all_of, matches=url_for("matches.index", view="all"))


def _open(told: Told) -> Callable[[str, str], str]:
    """The way to a folded table of a figure, opened; "" of the one that the address asks for."""
    asked = request.args.get(DETAIL)

    def open_table(name: str, table: str) -> str:
        detail = f"{name}.{table}"
        query: dict[str, Any] = told.query | {DETAIL: detail}
        return "" if detail == asked else url_for("figures.index", _anchor=name, **query)

    return open_table


def _offered(told: Told) -> dict[str, list[str]]:
    """What there is, with what is asked for though no case was it."""
    found = {
        name: sorted({*codes, *filter(None, [told.asked.among.get(name)])}) for name, codes in told.offered.items()
    }
    return {
        name: sorted(codes, key=place_of_field) if name == "technology_field" else codes
        for name, codes in found.items()
    }


def selects(told: Told) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """By what the cases can be told apart: the name of each, its words, and what there is."""
    if told.called is None:
        return []
    sayer = Sayer(told.called)
    return [
        (name, gettext(LABELS[name]), [(code, sayer.say("", name, code)) for code in codes])
        for name, codes in _offered(told).items()
        if codes
    ]


# --- the cases behind a number ---------------------------------------------------------------------------------------

COLUMNS = {"state": N_("State"), "owner": N_("Owner"), "opened": N_("Opened"), "closed": N_("Closed")}


@blueprint.get("/figures/<figure>/cases")
@readers
def cases(figure: str) -> str | Response:
    """The cases behind a line, or behind all that tell one thing, as a list of cases has them: those that the reader sees."""
    asked, cursor = _behind(), request.args.get("cursor")
    with list_transaction() as (db, actor):
        told = tell(db, actor, with_cases=False)
        if told.waits:
            return redirect(url_for("figures.index", _anchor=figure, **dict[str, Any](told.query)), 303)
        rows = _rows(told, figure, asked)
        if told.counted is None or told.called is None or not rows:
            raise NotFound("page")
        behind = cases_behind(db, told.counted, figure, *rows)
        filters = {"numbers": " ".join(behind), "programme": told.programme.id}
        listed_cases = list_cases(db, actor, filters=filters, sort="number", cursor=cursor)
    query: dict[str, Any] = told.query | asked
    sayer = Sayer(told.called)
    return render_template(
        "oversight/figure_cases.html",
        told=told,
        title=title_of(figure),
        line=say_line(sayer, figure, rows[0]) if "line" in asked else listed(_said(sayer, figure, asked[WHAT])),
        counted=say_count(rows[0]) if "line" in asked else say_cases(len(behind)),
        about=about(figure),
        rows=[row_of(case) for case in listed_cases.items],
        columns=[(key, gettext(words)) for key, words in COLUMNS.items()],
        next_url=url_for("figures.cases", figure=figure, cursor=listed_cases.next, **query)
        if listed_cases.next
        else "",
        first_url=url_for("figures.cases", figure=figure, **query) if cursor else "",
        back=url_for("figures.index", _anchor=figure, **dict[str, Any](told.query)),
    )


def _behind() -> dict[str, Any]:
    """Behind what the address asks for cases: behind a line, or behind all that tell one of some things."""
    return {"line": request.args["line"]} if request.args.get("line") else {WHAT: request.args.getlist(WHAT)[:_MOST]}


def _rows(told: Told, name: str, asked: Mapping[str, Any]) -> list[Row]:
    figure = told.counted.figures.get(name) if told.counted else None
    rows = figure.rows if figure else ()
    if "line" in asked:
        return [row for row in rows if row.line == asked["line"]]
    return [row for row in rows if row.of.get("what") in asked[WHAT]]


def _said(sayer: Sayer, figure: str, what: list[str]) -> Iterator[str]:
    return (sayer.say(figure, "what", one) for one in what)


# --- as files --------------------------------------------------------------------------------------------------------


@blueprint.get("/figures.csv", endpoint="csv")
@readers
def take_csv() -> Response:
    told, rows = _lines()
    return _file(told, to_csv(head(), rows), CSV, "csv")


@blueprint.get("/figures.xlsx", endpoint="xlsx")
@readers
def take_xlsx() -> Response:
    told, rows = _lines(LONGEST)
    return _file(told, to_xlsx(gettext("Figures"), head(), rows), XLSX, "xlsx")


@blueprint.get("/figures.json", endpoint="json")
@readers
def take_json() -> Response:
    """What the API tells."""
    told, counted, _ = _told()
    content = json.dumps(show_counted(counted), ensure_ascii=False, indent=1).encode()
    return _file(told, content, "application/json", "json")


def _told() -> tuple[Told, Counted, CalledInFigures]:
    """Raises NotFound for a day or an event of which nothing is told."""
    with list_transaction() as (db, actor):
        told = tell(db, actor)
        # A file is taken out by whoever has proved lately who it is.
        insist_proved(actor)
    if told.counted is None or told.called is None:
        raise NotFound("page")
    return told, told.counted, told.called


def _lines(longest: int | None = None) -> tuple[Told, list[list[str]]]:
    told, counted, called = _told()
    return told, list(lines(counted, Sayer(called), longest))


def _file(told: Told, content: bytes, kind: str, ending: str) -> Response:
    return as_file(f"figures-{told.programme.code}-{told.day}.{ending}", content, kind)
