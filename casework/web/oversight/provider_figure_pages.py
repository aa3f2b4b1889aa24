"""What became of a provider's own referrals: the figure, the referrals behind each number, and as files."""

from __future__ import annotations

import json
from collections.abc import Iterator

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework.engine.figures.counting import Row
from casework.errors import NotFound
from casework.ledger.canonical_json import instant
from casework.operations.auth.step_up import insist_proved
from casework.operations.oversight.figure_names import CalledInFigures
from casework.operations.oversight.provider_figures import MOST, OwnFigures, count_own, list_own, show_own
from casework.operations.referrals.inbox import inbox_calendar
from casework.web.oversight.figure_drafts import Draft
from casework.web.oversight.figure_files import cases_in_cell, line_head, line_numbers
from casework.web.oversight.figure_tables import section
from casework.web.oversight.figure_words import Sayer, say_count, say_line, title_of
from casework.web.shell.downloads import as_file
from casework.web.shell.layout import use_calendar
from casework.web.shell.navigation import PROVIDERS
from casework.web.shell.session import list_transaction, only
from casework.web.shell.spreadsheets import CSV, LONGEST, XLSX, to_csv, to_xlsx

blueprint = Blueprint("own_figures", __name__, url_prefix="/referrals")
#: What is told, by the name that it has among the figures of a programme.
FIGURE = "referrals"


def _sayer() -> Sayer:
    """No list of a programme names what a provider is told of."""
    return Sayer(CalledInFigures(ids={}, phases={}, lists={}))


@blueprint.get("/figures")
@only(*PROVIDERS)
def index() -> str:
    with list_transaction() as (db, actor):
        if calendar := inbox_calendar(db, actor):
            use_calendar(calendar)
        own = count_own(db, actor)
    return render_template(
        "oversight/provider_figures.html",
        own=own,
        section=section(Draft(FIGURE, own.figure, _sayer(), _link)),
        name=FIGURE,
    )


def _link(figure: str, row: Row) -> str:
    return url_for("own_figures.behind", line=row.line) if row.behind else ""


@blueprint.get("/figures/behind")
@only(*PROVIDERS)
def behind() -> str:
    """The referrals behind a line: the last ones of many."""
    line = request.args.get("line", "")
    with list_transaction() as (db, actor):
        if calendar := inbox_calendar(db, actor):
            use_calendar(calendar)
        own = count_own(db, actor)
        row = next((one for one in own.figure.rows if one.line == line), None)
        if row is None:
            raise NotFound("page")
        rows = list_own(db, actor, row.cases)
    return render_template(
        "oversight/provider_figure_referrals.html",
        own=own,
        line=say_line(_sayer(), FIGURE, row),
        counted=say_count(row),
        rows=rows,
        left_out=max(len(row.cases) - MOST, 0),
    )


# --- as files --------------------------------------------------------------------------------------------------------


@blueprint.get("/figures.csv", endpoint="csv")
@only(*PROVIDERS)
def take_csv() -> Response:
    own = _taken()
    return _file(own, to_csv(_head(), list(_lines(own))), CSV, "csv")


@blueprint.get("/figures.xlsx", endpoint="xlsx")
@only(*PROVIDERS)
def take_xlsx() -> Response:
    own = _taken()
    return _file(own, to_xlsx(title_of(FIGURE), _head(), list(_lines(own, LONGEST))), XLSX, "xlsx")


@blueprint.get("/figures.json", endpoint="json")
@only(*PROVIDERS)
def take_json() -> Response:
    """What the API tells."""
    own = _taken()
    return _file(own, json.dumps(show_own(own), ensure_ascii=False, indent=1).encode(), "application/json", "json")


def _taken() -> OwnFigures:
    with list_transaction() as (db, actor):
        # A file is taken out by whoever has proved lately who it is.
        insist_proved(actor)
        return count_own(db, actor)


def _file(own: OwnFigures, content: bytes, kind: str, ending: str) -> Response:
    return as_file(f"referrals-{own.at:%Y-%m-%d}.{ending}", content, kind)


def _head() -> list[str]:
    return [gettext("As of"), *line_head(), gettext("Referrals")]


def _lines(own: OwnFigures, longest: int | None = None) -> Iterator[list[str]]:
    """Exact numbers, as programs read them; the referrals by their ids."""
    at, sayer = instant(own.at), _sayer()
    for row in own.figure.rows:
        numbers = line_numbers(row, own.figure.unit)
        yield [at, title_of(FIGURE), say_line(sayer, FIGURE, row), *numbers, cases_in_cell(row.cases, longest)]
