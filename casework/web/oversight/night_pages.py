"""Case hygiene night by night: the share of live cases that broke no rule as a picture and a table, with the mean of the nights."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext, ngettext
from markupsafe import Markup

from casework.engine.roles import Role
from casework.operations.core.perform import calendar_of
from casework.operations.oversight.figures import READ_BY
from casework.operations.oversight.hygiene_nights import list_nights
from casework.operations.oversight.views import CaseHygieneDay
from casework.web.oversight.figure_pages import programme_asked
from casework.web.shell import charts
from casework.web.shell.dates import say_day
from casework.web.shell.layout import clock, use_calendar
from casework.web.shell.session import list_transaction, only

blueprint = Blueprint("nights", __name__)

#: How many nights one may look back, the first unless told.
_SPANS = (30, 90, 180)
#: So many days are written below the picture.
_MARKS = 4


@blueprint.get("/figures/nights")
@only(Role.OFFICER, Role.SUPERVISOR, Role.MANAGER, Role.AUDITOR)
def index() -> str:
    span = next((one for one in _SPANS if str(one) == request.args.get("nights")), _SPANS[0])
    with list_transaction() as (db, actor):
        programme, _ = programme_asked(actor, READ_BY)
        use_calendar(calendar_of(db, programme.id))
        told = list_nights(db, actor, programme.id, most=span)
    return render_template(
        "oversight/nights.html",
        programme=programme,
        told=told,
        picture=_picture(told.days[::-1], told.mean) if told.days else "",
        spans=[
            (ngettext("%(num)d night", "%(num)d nights", one), url_for("nights.index", nights=one), one == span)
            for one in _SPANS
        ],
    )


@blueprint.app_template_global()
def kept_rule(one: CaseHygieneDay) -> str:
    """Of the live cases of a night the share that broke none, in words; "" of a night without any."""
    return f"{100 * (one.live - one.broken) / one.live:.1f} %" if one.live else ""


def _picture(days: Sequence[CaseHygieneDay], mean: str | None) -> Markup:
    """Every night, the oldest first."""
    shares = [
        charts.Share((one.live - one.broken) / one.live if one.live else 0, charts.OURS, kept_rule(one)) for one in days
    ]
    apart = max(1, -(-len(days) // _MARKS))
    marks = [(n, say_day(date.fromisoformat(days[n].day), clock())) for n in range(0, len(days), apart)]
    says = gettext(
        "Share of live cases that broke no rule, over %(count)s nights; mean %(mean)s",
        count=len(days),
        mean=_mean(mean),
    )
    return charts.series(shares, marks, says)


def _mean(mean: str | None) -> str:
    return f"{mean} %" if mean else gettext("not told")


__all__ = ["blueprint"]
