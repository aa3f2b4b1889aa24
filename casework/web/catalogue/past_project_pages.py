"""Past projects: what was closed before the programme kept its cases here, listed and counted apart from cases."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext

from casework.definitions import load_library
from casework.engine.case_objects.programme_lists import Lists
from casework.engine.parts import MAIN
from casework.errors import NotFound
from casework.operations.catalogue.outcome_names import outcomes
from casework.operations.catalogue.past_projects import list_past_projects
from casework.operations.catalogue.views import PastProject
from casework.operations.core.programme_lists import read_lists
from casework.permissions.visibility import reach
from casework.web.catalogue.listed_fields import called
from casework.web.catalogue.pages import bring_buttons
from casework.web.catalogue.right_pages import id_or_none
from casework.web.shell.i18n import chinese, edition_text
from casework.web.shell.session import list_transaction
from casework.web.shell.values import say_amount

blueprint = Blueprint("past_projects", __name__)


@blueprint.get("/past-projects")
def index() -> str:
    chosen, cursor = request.args.get("outcome") or None, request.args.get("cursor")
    project = id_or_none(request.args.get("project", ""))
    with list_transaction() as (db, actor):
        if not reach(actor).all_of:
            raise NotFound()
        listed = list_past_projects(db, actor, outcome=chosen, project=project, cursor=cursor)
        if project and not listed.items:
            raise NotFound()
        bring = bring_buttons(db, actor, "past_projects")
        lists = {one: read_lists(db, one) for one in {item.programme for item in listed.items}}
    edition = load_library().playing(MAIN)
    words = {code: edition_text(edition, key) for code, key in outcomes().items()} if edition is not None else {}
    return render_template(
        "catalogue/past_projects.html",
        rows=listed.items,
        counts=listed.counts,
        ways=[
            (gettext("All"), url_for("past_projects.index"), not chosen and not project, sum(listed.counts.values())),
            *(
                (words.get(code, code), url_for("past_projects.index", outcome=code), code == chosen, count)
                for code, count in listed.counts.items()
            ),
        ],
        outcome=chosen,
        bring=bring,
        words=words,
        title_of=_title,
        district_of=partial(_district, lists),
        value_of=_value,
        next_url=url_for("past_projects.index", outcome=chosen, cursor=listed.next) if listed.next else "",
        first_url=url_for("past_projects.index", outcome=chosen) if cursor else "",
    )


def _title(project: PastProject) -> str:
    return (project.title_zh if chinese() else None) or project.title


def _district(lists: Mapping[str, Lists], project: PastProject) -> str:
    """Where it was, as its programme calls it."""
    return called(lists[project.programme], "districts", "district", project.district) if project.district else ""


def _value(project: PastProject) -> str:
    if project.contract_value is None:
        return ""
    return f"{project.contract_currency} {say_amount(Decimal(project.contract_value))}"
