"""Views of lists under a name: kept, shared with the office, renamed and deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework import reasons
from casework.errors import InvalidForm, NotFound
from casework.operations.cases.saved_filters import (
    change_filter,
    drop_filter,
    find_filter,
    list_filters,
    save_filter,
    shares_with,
)
from casework.operations.cases.views import SavedFilter
from casework.permissions.actors import Actor
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_, name_of, say_error
from casework.web.shell.session import page_transaction, viewer
from casework.web.tasks.list_columns import USUAL, Columns

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
            "sort",
            "columns",
        ),
    ),
    "queues": List(endpoint="tasks.queue", title=N_("Queues"), names=("queue", "columns")),
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
    unusual = set(columns.shown) != USUAL[page] & set(columns.offered)
    query = urlencode({**present, "columns": shown or ","}) if unusual else urlencode(present)
    return Views(
        page=page,
        items=[_view(page, saved, present, shown) for saved in list_filters(db, actor, page)],
        query=query,
    )


def _view(page: str, saved: SavedFilter, present: Mapping[str, str], shown: str) -> View:
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
    return {name: value for name, value in parse_qsl(query[:2000]) if name in LISTS[page].names}


def address(page: str, query: Mapping[str, Any]) -> str:
    return url_for(LISTS[page].endpoint, **query)


@blueprint.post("/views")
def save() -> Response:
    """Keep what is shown under a name."""
    page, query = request.form.get("list", ""), request.form.get("query", "")
    if page not in LISTS:
        raise InvalidForm(fields={"list": reasons.fields.NOT_A_CHOICE})
    query = urlencode(known(page, query))
    try:
        with page_transaction() as (db, actor):
            done = save_filter(db, actor, page, name=request.form.get("name", ""), query=query, request=read_request())
    except InvalidForm as refusal:
        flash(gettext("The view was not saved. %(why)s", why=say_error(refusal)), "danger")
        return redirect(address(page, known(page, query)), 303)
    flash(gettext("The view is saved. It stands above the list from now on."))
    return redirect(address(page, known(page, done.answer["query"])), 303)


@blueprint.get("/views/<uuid:filter>")
def show(filter: UUID) -> str:
    """The page on which one's own view is renamed, shared and deleted."""
    return _page(str(filter))


def _page(id: str, fault: str = "") -> str:
    with page_transaction() as (db, actor):
        page, saved = find_filter(db, actor, id)
        offices = shares_with(actor, page)
    person = viewer()
    programmes = [one for one in person.viewer.programmes if one.id in offices] if person else []
    return render_template(
        "tasks/saved_view.html",
        view=saved,
        list=gettext(LISTS[page].title),
        back=address(page, known(page, saved.query)),
        offices=[(one.id, name_of(one)) for one in programmes],
        typed={"name": saved.name, "shared_with": saved.shared_with or "", **request.form.to_dict()},
        fault=fault,
    )


@blueprint.post("/views/<uuid:filter>")
def change(filter: UUID) -> Response:
    try:
        with page_transaction() as (db, actor):
            change_filter(
                db,
                actor,
                str(filter),
                name=request.form.get("name", ""),
                shared_with=request.form.get("shared_with") or None,
                request=read_request(),
            )
            page, saved = find_filter(db, actor, str(filter))
    except InvalidForm as refusal:
        return make_response(_page(str(filter), say_error(refusal)), 422)
    flash(gettext("The view is changed."))
    return redirect(address(page, known(page, saved.query)), 303)


@blueprint.post("/views/<uuid:filter>/drop")
def drop(filter: UUID) -> Response:
    with page_transaction() as (db, actor):
        try:
            page, _ = find_filter(db, actor, str(filter))
        except NotFound:
            # Sent twice it is gone already; whether it was one's own is for what deletes it to say.
            page = "cases"
        drop_filter(db, actor, str(filter), read_request())
    flash(gettext("The view is deleted."))
    return redirect(address(page, {}), 303)


__all__ = ["Views", "blueprint", "known", "views_of"]
