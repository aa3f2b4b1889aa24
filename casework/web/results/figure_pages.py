"""Which figures stand beside a programme's stories: looked at by its supervisor, published, and taken down."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework.engine.case_objects.letterheads import READERS
from casework.operations.core.perform import calendar_of
from casework.operations.core.programme_lists import read_lists
from casework.operations.people import letterheads
from casework.operations.results import public_figures
from casework.web.results.shown_figures import say_figures
from casework.web.shell import layout
from casework.web.shell.forms import read_request
from casework.web.shell.session import only, page_transaction

blueprint = Blueprint("result_figures", __name__, url_prefix="/programmes/<uuid:programme>/settings/public-figures")


@blueprint.get("")
@only(*READERS)
def show(programme: UUID) -> str:
    """What is shown now, and the way to the next ones."""
    id = str(programme)
    with page_transaction() as (db, actor):
        shown = public_figures.show_figures(db, actor, id)
        settings = letterheads.show_settings(db, actor, id)
        lists = read_lists(db, id)
        layout.use_calendar(calendar_of(db, id))
    return render_template(
        "results/figures.html", one=settings, shown=shown, figures=say_figures(shown, lists) if shown else []
    )


@blueprint.post("/publish")
@only(*READERS)
def publish(programme: UUID) -> Response:
    """Count them anew and show them. No transaction waits while small numbers are hidden."""
    id = str(programme)
    with page_transaction() as (db, actor):
        count = public_figures.count_figures(db, actor, id)
    counted = count()
    with page_transaction() as (db, actor):
        public_figures.publish_figures(db, actor, id, counted, read_request())
    flash(gettext("The figures of the last quarter are shown beside the stories."))
    return redirect(url_for("result_figures.show", programme=id), 303)


@blueprint.post("/take-down")
@only(*READERS)
def take_down(programme: UUID) -> Response:
    id = str(programme)
    with page_transaction() as (db, actor):
        public_figures.take_figures_down(db, actor, id, read_request())
    flash(gettext("No figures are shown any more."))
    return redirect(url_for("result_figures.show", programme=id), 303)


__all__ = ["blueprint"]
