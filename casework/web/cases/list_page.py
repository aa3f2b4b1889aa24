"""The list of cases: filtered and sorted by plain addresses, with filters that a person keeps, and as a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.engine.parts import MAIN
from casework.engine.roles import Role
from casework.errors import InvalidForm
from casework.operations.cases.list_filters import WAITS_FOR, FilterChoices, filter_choices
from casework.operations.cases.list_queries import (
    MOST_COUNTED,
    SORTS,
    count_cases,
    export_cases,
    list_cases,
)
from casework.operations.cases.views import CaseOutline, CaseRow, ListedCase, MarkedCaseRow
from casework.operations.core.paging import Page
from casework.operations.core.perform import calendar_of
from casework.operations.core.views import NamedInBoth
from casework.operations.oversight.follow_ups import count_follow_ups
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.web.cases.bulk_case_pages import bulk_actions
from casework.web.cases.price import say_values
from casework.web.cases.progress import step_name
from casework.web.shell import dates
from casework.web.shell.downloads import as_file
from casework.web.shell.i18n import N_, edition_text, listed, name_of, say_error
from casework.web.shell.layout import clock, use_calendar
from casework.web.shell.navigation import OFFICES
from casework.web.shell.session import list_transaction, only
from casework.web.shell.spreadsheets import CSV, XLSX, to_csv, to_xlsx
from casework.web.shell.values import say_waited
from casework.web.tasks.list_columns import columns_of, usual_columns
from casework.web.tasks.list_views import with_visit
from casework.web.tasks.saved_view_pages import views_of

PAGE = "cases"
ROLES = (
    Role.OFFICER,
    Role.SUPERVISOR,
    Role.COMPLIANCE,
    Role.DISPUTE_OFFICER,
    Role.MANAGER,
    Role.AUDITOR,
    Role.OBSERVER,
)
#: The names in the address, and of the filters of operations.
FILTERS = {
    "q": "words", "state": "state", "owner": "owner", "provider": "provider", "phase": "phase", "waits_for": "waits_for",
    "overdue": "overdue", "outcome": "outcome", "open": "open", "followed": "followed",
}  # fmt: skip
NAMES_OF_SORTS = {
    "newest": N_("newest first"), "oldest": N_("oldest first"), "due": N_("due first"), "number": N_("by number"),
}  # fmt: skip
NAMES_OF_WAITS = {
    "us": N_("us"), "provider": N_("a provider"),
    "outside": N_("an authority, a register or a party"), "hold": N_("an event or a day: on hold"),
}  # fmt: skip
#: Of those only an outline is seen, nothing else can be asked.
OF_OUTLINES = frozenset({"q", "state", "outcome"})
COLUMNS_OF_OUTLINES = frozenset({"state", "step"})


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    filters: Mapping[str, str]
    sort: str
    columns: str

    @property
    def query(self) -> dict[str, str]:
        sort = {"sort": self.sort} if self.sort in SORTS and self.sort != "newest" else {}
        return {**self.filters, **sort, **({"columns": self.columns} if self.columns else {})}

    @property
    def of_operations(self) -> dict[str, str]:
        return {FILTERS[name]: value for name, value in self.filters.items()}


def _asked() -> Asked:
    given = {name: request.args.get(name, "").strip()[:200] for name in FILTERS}
    sort = request.args.get("sort", "newest")
    return Asked({name: value for name, value in given.items() if value}, sort, request.args.get("columns", "")[:200])


@only(*ROLES)
def show() -> BaseResponse:
    asked, fault, status = _asked(), "", 200
    listed: Page[ListedCase] = Page(items=[])
    with list_transaction() as (db, actor):
        _use_calendar(db, actor)
        whole = bool(reach(actor).all_of)
        offered = filter_choices(db, actor)
        count = 0
        columns = usual_columns(PAGE, None if whole else COLUMNS_OF_OUTLINES)
        try:
            columns = columns_of(PAGE, None if whole else COLUMNS_OF_OUTLINES)
            listed = list_cases(
                db, actor, filters=asked.of_operations, sort=asked.sort, cursor=request.args.get("cursor")
            )
            count = count_cases(db, actor, filters=asked.of_operations)
        except InvalidForm as refusal:
            fault, status = say_error(refusal), 422
        views = views_of(db, actor, columns, asked.query)
        # A manager's front page is this list.
        followed = count_follow_ups(db, actor) if Role.MANAGER in actor.roles() and not actor.roles() & OFFICES else []
    page = render_template(
        "cases/index.html",
        rows=[row_of(item) for item in listed.items],
        asked=asked,
        count=count,
        most=MOST_COUNTED,
        selects=_selects(offered, whole=whole),
        tabs=_tabs(actor, asked, whole=whole),
        fault=fault,
        followed=followed,
        whole=whole,
        ticks=bulk_actions() if Role.OFFICER in actor.roles() else [],
        columns=columns,
        heads=[*columns.heads, *([("verify", gettext("Verify"))] if Role.AUDITOR in actor.roles() else [])],
        sorts=_sorts(asked, whole=whole),
        views=views,
        next_url=_address(asked.query | {"cursor": listed.next}) if listed.next else "",
        first_url=_address(asked.query) if request.args.get("cursor") else "",
    )
    response = with_visit(page)
    response.status_code = status
    return response


def _address(query: Mapping[str, Any]) -> str:
    return url_for("cases.index", **query)


def _use_calendar(db: Connection, actor: Actor) -> None:
    programmes = sorted(reach(actor).all_of | reach(actor).outlines_of)
    # Working days of several programmes may differ: then they are counted as days.
    if len(programmes) == 1:
        use_calendar(calendar_of(db, programmes[0]))


def _sorts(asked: Asked, *, whole: bool) -> dict[str, tuple[str, str]]:
    """By column the address that sorts by it, and how it sorts the list now."""
    sorts = {
        "number": ("number", "ascending" if asked.sort == "number" else ""),
        "opened": (
            "oldest" if asked.sort == "newest" else "newest",
            {"newest": "descending", "oldest": "ascending"}.get(asked.sort, ""),
        ),
    }
    if whole:
        sorts["due"] = ("due", "ascending" if asked.sort == "due" else "")
    return {name: (_address({**asked.query, "sort": sort}), how) for name, (sort, how) in sorts.items()}


# --- rows ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Row:
    """A case as a list shows it; the same words go into a spreadsheet."""

    number: str
    title: str
    step: str = ""
    state: str = ""
    outcome: str = ""
    phase: str = ""
    owner: str = ""
    due_at: str | None = None
    overdue: bool = False
    waits_for: str = ""
    until: str | None = None
    #: Whether whoever is waited for is late.
    until_late: bool = False
    opened_at: str | None = None
    closed_at: str | None = None
    #: Of its agreements in effect; and what of that is technology.
    contract_value: str = ""
    technology_value: str = ""
    #: Whether two persons moved it past steps.
    moved: bool = False
    #: Whether its page opens for the reader.
    seen: bool = False
    #: Whether it stands aside from its steps: on hold.
    aside: bool = False
    #: New to the reader, or changed since the reader looked.
    mark: str | None = None

    @property
    def may_tick(self) -> bool:
        """Whether something may be done with several such: what is seen whole and open."""
        return self.opened_at is not None and self.closed_at is None


def row_of(case: ListedCase) -> Row:
    if not isinstance(case, CaseOutline):
        return Row(number=case.number, title=case.title or "")
    edition = load_library()[case.edition]
    outline = Row(
        number=case.number,
        title=case.title or "",
        step=step_name(case.step),
        state=edition_text(edition, f"states.{case.state}"),
        outcome=say_outcome(edition, case.outcome, case.state),
        seen=True,
        aside=case.state in edition.side_states,
    )
    if not isinstance(case, CaseRow):
        return outline
    first = next(iter(case.waits_for), None)
    value, technology = say_values(case.contracts)
    return replace(
        outline,
        owner=name_of(case.owner),
        phase=name_of(case.phase),
        due_at=case.due_at,
        overdue=case.overdue,
        waits_for=say_hold(edition, case.hold.get("waits_for")) if case.hold else listed(_waited(case)),
        until=first.until if first else None,
        until_late=first is not None and first.overdue,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        contract_value=value,
        technology_value=technology,
        moved=case.moved,
        mark=case.mark if isinstance(case, MarkedCaseRow) else None,
    )


def _waited(case: CaseRow) -> list[str]:
    """Whom a case waits for; us first where something is asked of us beside that."""
    waited = [say_waited(wait.for_) for wait in case.waits_for]
    return [gettext(NAMES_OF_WAITS["us"]), *waited] if waited and case.our_turn else waited


def say_outcome(edition: Edition | None, outcome: str | None, state: str) -> str:
    """The outcome of a case in words; of one that is not closed yet, that it is proposed."""
    words = _choice(edition, "outcome", outcome)
    if words and edition is not None and not edition.states[state].final:
        return gettext("%(outcome)s (proposed, not decided yet)", outcome=words)
    return words


def say_hold(edition: Edition | None, code: str | None) -> str:
    """For whom a case on hold waits."""
    return _choice(edition, "waits_for", code) or gettext("on hold")


def _choice(edition: Edition | None, field: str, code: str | None) -> str:
    """The words of a code, wherever a form of the edition offers it."""
    if not code:
        return ""
    if edition is None:
        return code.replace("_", " ")
    end = f".{field}.choices.{code}"
    key = next((key for key in sorted(edition.texts) if key.endswith(end)), None)
    return edition_text(edition, key) if key else code.replace("_", " ")


# --- filters ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Select:
    name: str
    label: str
    choices: tuple[tuple[str, str], ...]


def _selects(offered: FilterChoices, *, whole: bool) -> list[Select]:
    edition = load_library().playing(MAIN)
    states: list[tuple[str, str]] = []
    outcomes: dict[str, str] = {}
    if edition is not None:
        states = [(path, edition_text(edition, f"states.{path}")) for path in edition.states]
        outcomes = {code: edition_text(edition, key) for code, key in edition.codes_of("outcome").items()}
    selects = [
        Select("state", gettext("State"), tuple(states)),
        Select("outcome", gettext("Outcome"), tuple(sorted(outcomes.items(), key=lambda pair: pair[1]))),
        Select("owner", gettext("Owner"), _named(offered.owner)),
        Select("provider", gettext("Provider"), _named(offered.provider)),
        Select("phase", gettext("Phase"), _named(offered.phase)),
        Select("waits_for", gettext("Waits for"), tuple((code, gettext(NAMES_OF_WAITS[code])) for code in WAITS_FOR)),
        Select("overdue", gettext("Overdue"), (("yes", gettext("only what is overdue")),)),
        Select("open", gettext("Open or closed"), (("yes", gettext("open")), ("no", gettext("closed")))),
        Select("followed", gettext("Followed"), (("yes", gettext("only what I follow")),)),
    ]
    return [select for select in selects if select.choices and (whole or select.name in OF_OUTLINES)]


def _named(offered: list[NamedInBoth]) -> tuple[tuple[str, str], ...]:
    return tuple((choice.id, name_of(choice)) for choice in offered)


def _tabs(actor: Actor, asked: Asked, *, whole: bool) -> list[tuple[str, str, bool]]:
    """Views that everybody has, as links."""
    views: list[tuple[str, dict[str, str]]] = [(gettext("All"), {})]
    if whole:
        if Role.OFFICER in actor.roles():
            views.append((gettext("Mine"), {"owner": actor.person, "open": "yes"}))
        views += [
            (gettext("Followed"), {"followed": "yes"}),
            (gettext("Overdue"), {"overdue": "yes", "sort": "due"}),
            (gettext("Waiting for others"), {"waits_for": "provider", "sort": "due"}),
            (gettext("Waiting for offices and parties"), {"waits_for": "outside", "sort": "due"}),
            (gettext("On hold"), {"waits_for": "hold"}),
            (gettext("Closed"), {"open": "no"}),
        ]
    return [(words, _address(query), asked.query == query) for words, query in views]


# --- spreadsheets ----------------------------------------------------------------------------------------------------


def _table() -> tuple[list[str], list[list[str]]]:
    """The columns of the page, and every row that its filters find."""
    asked = _asked()
    with list_transaction() as (db, actor):
        rows = [row_of(case) for case in export_cases(db, actor, filters=asked.of_operations, sort=asked.sort)]
    reader_clock = clock()

    def moment(at: str | None) -> str:
        # Of a day only the day.
        return (
            at or ""
            if at is None or len(at) == 10
            else f"{dates.read_moment(at).astimezone(reader_clock.zone):%Y-%m-%d %H:%M}"
        )

    head = [
        gettext("Number"),
        gettext("Title"),
        gettext("Step"),
        gettext("State"),
        gettext("Outcome"),
        gettext("Owner"),
        gettext("Next due"),
        gettext("Waits for"),
        gettext("Until"),
        gettext("Opened"),
        gettext("Contract value"),
        gettext("Of which technology"),
        gettext("Moved past steps"),
    ]
    body = [
        [
            row.number,
            row.title,
            row.step,
            row.state,
            row.outcome,
            row.owner,
            moment(row.due_at),
            row.waits_for,
            moment(row.until),
            moment(row.opened_at),
            row.contract_value,
            row.technology_value,
            gettext("yes") if row.moved else "",
        ]
        for row in rows
    ]
    return head, body


@only(*ROLES)
def export_csv() -> Response:
    return as_file("cases.csv", to_csv(*_table()), CSV)


@only(*ROLES)
def export_xlsx() -> Response:
    return as_file("cases.xlsx", to_xlsx(gettext("Cases"), *_table()), XLSX)
