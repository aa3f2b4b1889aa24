"""Letting somebody in again who has lost the password or the second factor: asked by one person, agreed to by another."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework import reasons
from casework.engine.roles import Role
from casework.errors import InvalidForm, NotAllowed, Refused
from casework.operations.people import account_recovery
from casework.operations.people import queries as people_queries
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_, role_name, say_error, say_faults
from casework.web.shell.kept_forms import drop_kept, kept_form
from casework.web.shell.second_person import AGREE, pressed, who_decides
from casework.web.shell.session import only, page_transaction

blueprint = Blueprint("recoveries", __name__, url_prefix="/recoveries")

MEANS = {"password": N_("the password"), "second_factor": N_("the second factor: app, passkeys and recovery codes")}
STATES = {
    "asked": N_("waits for a second person"), "agreed": N_("agreed: the code works"), "refused": N_("not agreed"),
    "withdrawn": N_("replaced by a newer one"), "used": N_("done"), "lapsed": N_("ran out"),
}  # fmt: skip


@blueprint.get("")
@only(*sorted(account_recovery.DECIDERS))
def index() -> str:
    with page_transaction() as (db, actor):
        items = account_recovery.list_recoveries(db, actor).items
    return render_template("people/recoveries.html", items=items, means=MEANS, states=STATES)


@blueprint.get("/new/<uuid:person>")
@only(Role.ADMINISTRATOR)
def new(person: UUID) -> Response:
    return _new(str(person), {})


def _new(person: str, faults: dict[str, str], status: int = 200) -> Response:
    with page_transaction() as (db, actor):
        details = people_queries.show_person(db, actor, person)
        draft = kept_form(db, actor, f"recovery.new:{person}")
    page = render_template("people/new_recovery.html", one=details, means=MEANS, faults=faults, draft=draft)
    return make_response(page, status)


@blueprint.post("/new/<uuid:person>")
@only(Role.ADMINISTRATOR)
def ask(person: UUID) -> Response:
    """Ask; the page that follows shows the first half of the code, this once."""
    try:
        with page_transaction() as (db, actor):
            details = people_queries.show_person(db, actor, str(person))
            done = account_recovery.ask_recovery(
                db,
                actor,
                person=str(person),
                means=request.form.getlist("means"),
                reason=request.form.get("reason", ""),
                request=read_request(),
            )
            drop_kept(db, actor)
    except InvalidForm as refusal:
        return _new(str(person), say_faults(refusal), 422)
    except NotAllowed as refusal:
        return _new(str(person), {"": say_error(refusal)}, 403)
    return make_response(
        render_template("people/recovery_told.html", one=details, half=done.answer.get("half"), first=True)
    )


@blueprint.get("/<uuid:recovery>")
@only(*sorted(account_recovery.DECIDERS))
def show(recovery: UUID) -> Response:
    return _show(str(recovery), {})


def _show(recovery: str, faults: dict[str, str], status: int = 200) -> Response:
    with page_transaction() as (db, actor):
        details = account_recovery.find_recovery(db, actor, recovery)
        draft = kept_form(db, actor, f"recovery:{recovery}")
    return make_response(
        render_template(
            "people/recovery.html",
            one=details,
            means=MEANS,
            states=STATES,
            faults=faults,
            draft=draft,
            most=account_recovery.MOST,
            hours=int(account_recovery.LASTS.total_seconds() // 3600),
            barred=who_decides(
                map(role_name, sorted(account_recovery.DECIDERS)),
                asked=actor.person == details.asked_by.id,
                about=actor.person == details.person.id,
            ),
        ),
        status,
    )


@blueprint.post("/<uuid:recovery>/decide")
@only(*sorted(account_recovery.DECIDERS))
def decide(recovery: UUID) -> Response:
    """Agree or not; upon agreement the page shows the second half of the code, this once."""
    agree = pressed() == AGREE
    try:
        with page_transaction() as (db, actor):
            if account_recovery.find_recovery(db, actor, str(recovery)).may_decide and not pressed():
                raise InvalidForm(fields={"answer": reasons.fields.REQUIRED})
            done = account_recovery.decide_recovery(
                db,
                actor,
                str(recovery),
                agree=agree,
                reason=request.form.get("reason", ""),
                request=read_request(),
            )
            drop_kept(db, actor)
            details = account_recovery.find_recovery(db, actor, str(recovery))
    except InvalidForm as refusal:
        return _show(str(recovery), say_faults(refusal), 422)
    except Refused as refusal:
        return _show(str(recovery), {"": say_error(refusal)}, 409)
    if not agree:
        flash(gettext("You have not agreed. The person is notified."))
        return redirect(url_for("recoveries.index"), 303)
    return make_response(
        render_template("people/recovery_told.html", one=details.person, half=done.answer.get("half"), first=False)
    )


__all__ = ["blueprint"]
