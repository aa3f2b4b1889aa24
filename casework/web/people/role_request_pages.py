"""Roles that decide: what was asked for, and the page on which a second person agrees or does not."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework import reasons
from casework.engine.roles import Role
from casework.engine.two_person import ASKED
from casework.errors import InvalidForm, Refused, WrongState
from casework.operations.people import role_requests
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_, role_name, say, say_error, say_faults, sentences
from casework.web.shell.kept_forms import drop_kept, kept_form
from casework.web.shell.second_person import AGREE, pressed, who_decides
from casework.web.shell.session import only, page_transaction

blueprint = Blueprint("role_requests", __name__, url_prefix="/roles")

STATES = {"asked": N_("waits for a second person"), "agreed": N_("agreed"), "refused": N_("not agreed")}
#: What somebody with the role can do from then on, for whoever agrees.
REACH = {
    Role.OFFICER: N_("reads every case of the programme, and works on those of their own"),
    Role.SUPERVISOR: N_("reads every case of the programme, decides as a second person, and agrees to roles"),
    Role.COMPLIANCE: N_("reads every case of the programme, screens parties and stops cases"),
    Role.DISPUTE_OFFICER: N_("works on sealed mediations, and on no case"),
    Role.AUDITOR: N_("reads every case and its history, and judges what others have done"),
    Role.MANAGER: N_("reads every case of the programme, and changes nothing in it"),
    Role.ADMINISTRATOR: N_("makes accounts, asks for roles and agrees to them; reads no case"),
}


@blueprint.get("")
@only(Role.ADMINISTRATOR, Role.SUPERVISOR, Role.AUDITOR)
def index() -> str:
    with page_transaction() as (db, actor):
        listing = role_requests.list_requests(db, actor)
    return render_template("people/role_requests.html", rows=listing.items, states=STATES)


@blueprint.get("/<uuid:role>")
@only(Role.ADMINISTRATOR, Role.SUPERVISOR, Role.AUDITOR)
def show(role: UUID) -> str:
    return _shown(str(role), {})


def _shown(id: str, faults: Mapping[str, str]) -> str:
    with page_transaction() as (db, actor):
        one = role_requests.show_request(db, actor, id)
        people = [named.id for named in (one.person, one.asked_by) if named is not None and named.id is not None]
        programme = one.programme.id if one.state == ASKED else None
        roles = role_requests.given_by(db, programme, people) if programme else {}
        draft = kept_form(db, actor, f"role:{id}")
    return render_template(
        "people/role_request.html",
        one=one,
        faults=faults,
        states=STATES,
        reach=REACH,
        roles=roles,
        draft=draft,
        barred=who_decides(
            map(role_name, role_requests.DECIDERS),
            asked=one.asked_by is not None and one.asked_by.id == actor.person,
            about=any(named is not None and named.id == actor.person for named in (one.person, one.deputy_for)),
        ),
    )


@blueprint.post("/<uuid:role>/decide")
@only(Role.ADMINISTRATOR, Role.SUPERVISOR, Role.AUDITOR)
def decide(role: UUID) -> Response:
    id, agree = str(role), pressed() == AGREE
    try:
        with page_transaction() as (db, actor):
            role_request = role_requests.show_request(db, actor, id)
            if (role_request.decides or role_request.own) and not pressed():
                raise InvalidForm(fields={"answer": reasons.fields.REQUIRED})
            role_requests.decide_role(
                db, actor, id, agree=agree, note=request.form.get("note", ""), request=read_request()
            )
            drop_kept(db, actor)
    except InvalidForm as refusal:
        return make_response(_shown(id, say_faults(refusal)), 422)
    except Refused as refusal:
        return make_response(_shown(id, {"": sentences(map(say, refusal.reasons))}), 409)
    except WrongState as refusal:
        return make_response(_shown(id, {"": say_error(refusal)}), 409)
    given = {"name": role_request.person.name, "role": role_name(role_request.role)}
    flash(
        gettext("You agreed: %(name)s has the role %(role)s now, or from its first day.", **given)
        if agree
        else gettext("You did not agree: %(name)s does not get the role %(role)s.", **given)
    )
    return redirect(url_for("role_requests.index"), 303)


__all__ = ["blueprint"]
