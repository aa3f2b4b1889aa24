"""Views of lists under a name: kept, shared with the office, renamed and deleted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework import reasons
from casework.engine.roles import Role
from casework.errors import InvalidForm, NotFound
from casework.matching.facets import FACETS
from casework.operations.cases.saved_views import (
    SEARCHED,
    SHARED_TO,
    change_view,
    drop_view,
    find_named,
    find_view,
    list_views,
    read_query,
    save_view,
    shares_with,
)
from casework.operations.cases.views import SavedView
from casework.operations.oversight.figure_scope import SCOPE
from casework.permissions.actors import Actor
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_, name_of, say_error
from casework.web.shell.session import page_transaction, viewer
from casework.web.tasks.list_columns import Columns

blueprint = Blueprint("saved_views", __name__)


@dataclass(frozen=True, kw_only=True)
class List:
    """A list that has views: its page, what it is called, and what its address may ask for."""

    endpoint: str
    title: str
    names: Sequence[str]


LISTS: Mapping[str, List] = {
    "cases": List(
        endpoint="cases.index",
        title=N_("Cases"),
        names=(
            "q",
            "state",
            "owner",
            "provider",
            "phase",
            "waits_for",
            "overdue",
            "outcome",
            "open",
            "followed",
            "sort",
            "columns",
        ),
    ),
    "figures": List(
        endpoint="figures.index",
        title=N_("Figures"),
        names=("programme", *SCOPE, "as_of", "period"),
    ),
    "queues": List(endpoint="tasks.queue", title=N_("Queues"), names=("queue", "sort", "columns")),
    "needs": List(
        endpoint="needs.index",
        title=N_("Needs"),
        names=("q", *FACETS["need"]),
    ),
    "technologies": List(
        endpoint="technologies.index",
        title=N_("Technologies"),
        names=("q", *FACETS["technology"]),
    ),
}


@dataclass(frozen=True, kw_only=True)
class View:
    """A view as a link."""

    id: str
    name: str
    url: str
    current: bool
    #: Who shares it; nobody where it is the reader's own.
    owner: str
    shared: bool


@dataclass(frozen=True, kw_only=True)
class Views:
    """The views of a list, and the present one as it would be kept; "" where there is nothing to keep."""

    page: str
    items: list[View]
    query: str


def views_of(db: Connection, actor: Actor, columns: Columns, asked: Mapping[str, str]) -> Views:
    """The views of a list whose address asks for this and that shows these columns."""
    page = columns.page
    present = {name: value for name, value in asked.items() if name != "columns"}
    shown = ",".join(columns.shown)
    query = urlencode({**present, "columns": shown or ","}) if columns.unusual else urlencode(present)
    return Views(
        page=page,
        items=[_view(page, saved, present, shown) for saved in list_views(db, actor, page)],
        query=query,
    )


def searches_of(db: Connection, actor: Actor, page: str, asked: Mapping[str, str]) -> Views:
    """The views of a list without columns whose address asks for this."""
    present = known(page, urlencode(asked))
    items = [_view(page, saved, present, "") for saved in list_views(db, actor, page)]
    return Views(page=page, items=items, query=urlencode(present))


def _view(page: str, saved: SavedView, present: Mapping[str, str], shown: str) -> View:
    query = known(page, saved.query)
    kept = {name: value for name, value in query.items() if name != "columns"}
    return View(
        id=saved.id,
        name=saved.name,
        url=address(page, query),
        current=kept == present and query.get("columns", shown).strip(",") == shown,
        owner=saved.owner.name or "" if saved.owner else "",
        shared=saved.shared_with is not None,
    )


def known(page: str, query: str) -> dict[str, str]:
    """What a list knows of a query; another word than one of its own leads nowhere."""
    return {name: value for name, value in read_query(query[:2000]).items() if name in LISTS[page].names}


def address(page: str, query: Mapping[str, Any]) -> str:
    return url_for(LISTS[page].endpoint, **query)


@blueprint.post("/views")
def save() -> Response:
    """Keep what is shown under a name."""
    page, query = request.form.get("list", ""), request.form.get("query", "")
    if page not in LISTS:
        raise InvalidForm(fields={"list": reasons.fields.NOT_A_CHOICE})
    query, name, replace = urlencode(known(page, query)), request.form.get("name", ""), "replace" in request.form
    try:
        with page_transaction() as (db, actor):
            done = save_view(db, actor, page, name=name, query=query, request=read_request(), replace=replace)
    except InvalidForm as refusal:
        if reasons.cases.VIEW_NAMED_SO(name=" ".join(name.split())) in refusal.fields.values():
            return make_response(_ask_to_replace(page, name, query), 422)
        flash(gettext("The view was not saved. %(why)s", why=say_error(refusal)), "danger")
        return redirect(address(page, known(page, query)), 303)
    if not replace:
        flash(gettext("The view is saved. It stands above the list from now on."))
    elif office := _offices([done.answer["shared_with"]]):
        flash(gettext("The view is replaced. It is still shared with the office of %(office)s.", office=office[0][1]))
    else:
        flash(gettext("The view is replaced."))
    return redirect(address(page, known(page, done.answer["query"])), 303)


def _ask_to_replace(page: str, name: str, query: str) -> str:
    """Whether what is shown is to take the place of the view that has the name, or to have another name."""
    with page_transaction() as (db, actor):
        kept = find_named(db, actor, page, name)
    if kept is None:
        # Another window has just deleted it.
        raise NotFound("view")
    return render_template(
        "tasks/replace_view.html",
        kept=kept,
        page=page,
        query=query,
        list=gettext(LISTS[page].title),
        back=address(page, known(page, query)),
        url=address(page, known(page, kept.query)),
        office=next((words for _, words in _offices([kept.shared_with])), ""),
    )


def _offices(ids: Collection[str | None]) -> list[tuple[str, str]]:
    """Programmes that the reader works in, each with its name."""
    person = viewer()
    programmes = person.viewer.programmes if person else []
    return [(one.id, name_of(one)) for one in programmes if one.id in ids]


@blueprint.get("/views/<uuid:view>")
def show(view: UUID) -> str:
    """The page on which one's own view is renamed, shared and deleted."""
    return _page(str(view))


def _page(id: str, fault: str = "") -> str:
    with page_transaction() as (db, actor):
        page, saved = find_view(db, actor, id)
        offices = shares_with(actor, page)
    return render_template(
        "tasks/saved_view.html",
        view=saved,
        list=gettext(LISTS[page].title),
        back=address(page, known(page, saved.query)),
        offices=_offices(offices),
        roles=[role for role in Role if role in SHARED_TO.get(page, ())],
        typed={
            "name": saved.name,
            "shared_with": f"{saved.shared_with or ''} {saved.shared_role or ''}".strip(),
            "mailed": "yes" if saved.mailed and request.method == "GET" else "",
            **request.form.to_dict(),
        },
        fault=fault,
    )


@blueprint.post("/views/<uuid:view>")
def change(view: UUID) -> Response:
    # A programme, and behind it a role where it is shared with those alone who have it.
    programme, _, role = request.form.get("shared_with", "").partition(" ")
    try:
        with page_transaction() as (db, actor):
            of, _ = find_view(db, actor, str(view))
            change_view(
                db,
                actor,
                str(view),
                name=request.form.get("name", ""),
                shared_with=programme or None,
                shared_role=role or None,
                mailed="mailed" in request.form if of in SEARCHED else None,
                request=read_request(),
            )
            page, saved = find_view(db, actor, str(view))
    except InvalidForm as refusal:
        return make_response(_page(str(view), say_error(refusal)), 422)
    flash(gettext("The view is changed."))
    return redirect(address(page, known(page, saved.query)), 303)


@blueprint.post("/views/<uuid:view>/drop")
def drop(view: UUID) -> Response:
    with page_transaction() as (db, actor):
        done = drop_view(db, actor, str(view), read_request())
    flash(gettext("The view is deleted."))
    return redirect(address(done.answer["page"], {}), 303)


__all__ = ["Views", "blueprint", "known", "searches_of", "views_of"]
