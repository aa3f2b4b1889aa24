"""Legal holds: the list, the form of whoever places one, and the page on which another person ends it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework import reasons
from casework.errors import InvalidForm, NotFound, WrongState
from casework.operations.cases.queries import find_case
from casework.operations.catalogue.organisation_queries import show_organisation
from casework.operations.people import lists
from casework.operations.privacy import legal_holds
from casework.permissions.actors import Actor
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_, name_of, role_name, say, say_error, say_faults
from casework.web.shell.kept_forms import drop_kept, kept_form
from casework.web.shell.second_person import who_decides
from casework.web.shell.session import only, page_transaction

blueprint = Blueprint("legal_holds", __name__, url_prefix="/legal-holds")

#: What a hold is on.
ON = {
    "case": N_("a case"), "organisation": N_("the cases of an organisation"), "programme": N_("all cases of the programme"),
}  # fmt: skip


@blueprint.get("")
@only(*legal_holds.READERS)
def index() -> str:
    cursor = request.args.get("cursor")
    with page_transaction() as (db, actor):
        listing = legal_holds.list_holds(db, actor, cursor=cursor)
        places = bool(_programmes(db, actor))
    return render_template(
        "privacy/holds.html",
        rows=listing.items,
        on=ON,
        places=places,
        next_url=url_for("legal_holds.index", cursor=listing.next) if listing.next else "",
        first_url=url_for("legal_holds.index") if cursor else "",
    )


def _programmes(db: Any, actor: Actor) -> list[tuple[str, str]]:
    """The programmes in which the actor places holds."""
    items = lists.list_programmes(db, actor).items
    return [(one.id, name_of(one)) for one in items if legal_holds.may_place(actor, one.id)]


@blueprint.get("/new")
@only(*legal_holds.PLACERS)
def new() -> str:
    return _form({})


def _form(faults: Mapping[str, str]) -> str:
    """What is held is said by the address, a case or an organisation; or else in the form, by a case's number or a programme."""
    number, organisation = request.args.get("case", ""), request.values.get("organisation", "")
    with page_transaction() as (db, actor):
        within = _programmes(db, actor)
        if number:
            case, _ = find_case(db, actor, number)
            within = [one for one in within if one[0] == case.programme]
        named = show_organisation(db, actor, _id(organisation)) if organisation else None
        draft = kept_form(db, actor, f"hold.new:{number or organisation}")
    if not within:
        raise NotFound("programme")
    return render_template(
        "privacy/new_hold.html", faults=faults, within=within, number=number, organisation=named, draft=draft
    )


def _id(given: str) -> str:
    try:
        return str(UUID(given))
    except ValueError:
        raise NotFound("organisation") from None


@blueprint.post("")
@only(*legal_holds.PLACERS)
def place() -> Response:
    number = request.values.get("case", "").strip().upper()
    organisation = request.form.get("organisation", "").strip()
    try:
        with page_transaction() as (db, actor):
            within = dict(_programmes(db, actor))
            programme = request.form.get("programme", "")
            if programme not in within:
                raise InvalidForm(fields={"programme": reasons.fields.NOT_A_CHOICE})
            done = legal_holds.place_hold(
                db,
                actor,
                programme=programme,
                case=number or None,
                organisation=_id(organisation) if organisation else None,
                until=_day(request.form.get("until", "").strip()),
                reason=request.form.get("reason", ""),
                request=read_request(),
            )
            drop_kept(db, actor)
    except InvalidForm as refusal:
        return make_response(_form(say_faults(refusal)), 422)
    except NotFound:
        if not request.form.get("case"):
            raise
        return make_response(_form({"case": say(reasons.retention.NO_SUCH_CASE)}), 422)
    flash(gettext("The legal hold stands. Nothing that it is on is removed, and no person is erased from it."))
    return redirect(url_for("legal_holds.show", hold=done.answer["id"]), 303)


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise InvalidForm(fields={"until": reasons.fields.DAY_FORM}) from None


@blueprint.get("/<uuid:hold>")
@only(*legal_holds.READERS)
def show(hold: UUID) -> str:
    return _shown(str(hold), {})


def _shown(hold: str, faults: Mapping[str, str]) -> str:
    with page_transaction() as (db, actor):
        one = legal_holds.show_hold(db, actor, hold)
        draft = kept_form(db, actor, f"hold:{hold}")
    return render_template(
        "privacy/hold.html",
        one=one,
        on=ON,
        faults=faults,
        draft=draft,
        barred=who_decides(map(role_name, legal_holds.PLACERS), asked=one.own),
    )


@blueprint.post("/<uuid:hold>/end")
@only(*legal_holds.READERS)
def end(hold: UUID) -> Response:
    id = str(hold)
    try:
        with page_transaction() as (db, actor):
            legal_holds.end_hold(db, actor, id, reason=request.form.get("reason", ""), request=read_request())
            drop_kept(db, actor)
    except InvalidForm as refusal:
        return make_response(_shown(id, say_faults(refusal)), 422)
    except WrongState as refusal:
        return make_response(_shown(id, {"": say_error(refusal)}), 409)
    flash(gettext("The legal hold has ended."))
    return redirect(url_for("legal_holds.show", hold=id), 303)


__all__ = ["blueprint"]
