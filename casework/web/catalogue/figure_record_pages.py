"""What stands behind the numbers of figures that count no cases: the needs, technologies, visits and events, each with the way to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework.engine.case_objects.kept_records import NEED, TECHNOLOGY
from casework.engine.figures.behind import MATCH, VISIT, noun_behind
from casework.errors import NotFound
from casework.operations.oversight.figure_records import Behind, list_behind
from casework.web.catalogue.assessment_words import KINDS
from casework.web.catalogue.pages import STATUSES
from casework.web.oversight.figure_pages import readers, tell
from casework.web.oversight.figure_words import Sayer, about, say_line, title_of
from casework.web.shell.i18n import N_
from casework.web.shell.session import list_transaction

blueprint = Blueprint("figure_records", __name__)

#: Of each kind what its list is called, and its second column.
LISTS: Mapping[str, tuple[str, str]] = {
    NEED: (N_("The needs behind the number"), N_("State")),
    TECHNOLOGY: (N_("The technologies behind the number"), N_("State")),
    VISIT: (N_("The visits and events behind the number"), N_("Day")),
}


@blueprint.get("/figures/<figure>/records")
@readers
def index(figure: str) -> str | Response:
    """As they are called now, of those that were counted the ones that the reader sees."""
    line, cursor = request.args.get("line", ""), request.args.get("cursor")
    with list_transaction() as (db, actor):
        told = tell(db, actor, with_cases=False)
        if told.waits:
            return redirect(url_for("figures.index", _anchor=figure, **dict[str, Any](told.query)), 303)
        rows = told.counted.figures[figure].rows if told.counted and figure in told.counted.figures else ()
        row = next((one for one in rows if one.line == line), None)
        noun = None if row is None else noun_behind(figure, row)
        if told.counted is None or told.called is None or row is None or noun is None or noun == MATCH:
            raise NotFound("page")
        listed = list_behind(db, actor, told.counted.as_of, figure=figure, row=row, cursor=cursor)
    query: dict[str, Any] = told.query | {"line": line}
    among = gettext("%(count)s of %(all)s", count=row.numerator, all=row.denominator)
    caption, second = LISTS[noun]
    return render_template(
        "catalogue/figure_records.html",
        told=told,
        title=title_of(figure),
        line=say_line(Sayer(told.called), figure, row),
        counted=str(row.numerator) if row.denominator is None else among,
        about=about(figure),
        caption=gettext(caption),
        columns=[("name", gettext("Name"), "head"), ("second", gettext(second), "")],
        rows=[_shown(noun, one) for one in listed.items],
        next_url=url_for("figure_records.index", figure=figure, cursor=listed.next, **query) if listed.next else "",
        first_url=url_for("figure_records.index", figure=figure, **query) if cursor else "",
        back=url_for("figures.index", _anchor=figure, **dict[str, Any](told.query)),
    )


def _shown(noun: str, one: Behind) -> dict[str, str]:
    """Its name with the way to it, and how it stands or when it was."""
    if noun == VISIT:
        second = f"{one.day} · {gettext(KINDS[one.kind])}" if one.kind in KINDS else str(one.day)
        return {
            "name": one.title,
            "url": url_for("assessments.show", needs_assessment=one.assessment),
            "second": second,
        }
    status = one.status or ""
    url = url_for("needs.show", need=one.id) if noun == NEED else url_for("technologies.show", technology=one.id)
    return {"name": one.title, "url": url, "second": gettext(STATUSES[status]) if status in STATUSES else status}
