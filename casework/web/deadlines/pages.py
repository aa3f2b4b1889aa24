"""All clocks of a case on one page: what each is for, when it is due and why, and which stand still."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask_babel import gettext

from casework.definitions import load_library
from casework.engine.execution.clocks import END_ACCESS
from casework.engine.parts import REFERRAL
from casework.operations.core.perform import calendar_of
from casework.operations.deadlines.queries import read_clocks
from casework.operations.deadlines.views import ClockTrack, PlacedClock
from casework.operations.oversight.forecasts import TOLD
from casework.web.deadlines.gantt import gantt
from casework.web.deadlines.presenter import Ledger, ledger
from casework.web.shell import layout
from casework.web.shell.i18n import edition_text
from casework.web.shell.session import page_transaction
from casework.web.shell.task_links import capital, task_words, used_words
from casework.web.shell.values import service_name

blueprint = Blueprint("clocks", __name__)


@dataclass(frozen=True)
class ClockView:
    """One clock: of a task, of a transition that comes by itself, of a consent, or of an access to a document."""

    what: str
    where: str
    due_at: str | None
    used: str
    ledger: Ledger | None


@blueprint.get("/cases/<number>/clocks")
def show(number: str) -> str:
    with page_transaction() as (db, actor):
        clocks = read_clocks(db, actor, number)
        calendar = calendar_of(db, clocks.programme)
        forecasts = actor.in_programme(clocks.programme, TOLD)
        layout.use_calendar(calendar)
    return render_template(
        "deadlines/clocks.html",
        forecasts=forecasts,
        told=clocks,
        clocks=[_view(item) for item in clocks.items],
        gantt=gantt([item.clock for item in clocks.items], calendar),
    )


def _view(placed: PlacedClock) -> ClockView:
    clock = placed.clock
    return ClockView(_what(placed), _where(placed.track), clock.due_at, capital(used_words(clock)), ledger(clock))


def _what(placed: PlacedClock) -> str:
    what = placed.clock.what
    if what == "expire":
        return gettext("A consent ends")
    if what == END_ACCESS:
        return gettext("A provider's access to a document ends")
    if what.startswith("fire:"):
        edition = load_library()[placed.track.edition]
        done = edition_text(edition, f"transitions.{what.removeprefix('fire:')}.done")
        return gettext("By itself: the system %(done)s", done=done)
    return task_words(placed.task) if placed.task else gettext("a task")


def _where(track: ClockTrack) -> str:
    if track.main:
        return ""
    name = service_name(track.kind)
    return capital(
        gettext("Referral: %(service)s", service=name) if load_library()[track.edition].part == REFERRAL else name
    )
