"""Erasing a person: the form of whoever asks, the page on which a second person agrees, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework import reasons
from casework.engine.roles import Role
from casework.errors import InvalidForm, NotAllowed, NotFound, Refused, WrongState
from casework.operations.people import queries as people_queries
from casework.operations.privacy import erasure_requests
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_, role_name, say, say_error, say_faults, sentences
from casework.web.shell.kept_forms import drop_kept, kept_form
from casework.web.shell.second_person import AGREE, pressed, who_decides
from casework.web.shell.session import current_actor, only, page_transaction

blueprint = Blueprint("erasures", __name__, url_prefix="/erasures")

BASES = {
    "request": N_("The person asked for it"), "withdrawn": N_("The person withdrew consent"),
    "needless": N_("The data are not needed any more"), "order": N_("An authority ordered it"),
}  # fmt: skip
STATES = {
    "asked": N_("waits for a second person"), "agreed": N_("is being carried out"), "done": N_("erased"),
    "refused": N_("not erased"),
}  # fmt: skip


@blueprint.get("")
@only(Role.ADMINISTRATOR, Role.COMPLIANCE, Role.MANAGER)
def index() -> str:
    cursor = request.args.get("cursor")
    with page_transaction() as (db, actor):
        listing = erasure_requests.list_erasures(db, actor, cursor=cursor)
    return render_template(
        "privacy/index.html",
        rows=listing.items,
        states=STATES,
        bases=BASES,
        asks=Role.ADMINISTRATOR in actor.roles(),
        next_url=url_for("erasures.index", cursor=listing.next) if listing.next else "",
        first_url=url_for("erasures.index") if cursor else "",
    )


@blueprint.get("/new")
@only(Role.ADMINISTRATOR)
def new() -> str:
    return _form({})


def _form(faults: Mapping[str, str]) -> str:
    with page_transaction() as (db, actor):
        programmes = people_queries.choices(db, actor)["programme"]
        person = request.values.get("person", "")
        named = people_queries.show_person(db, actor, _id(person)) if person else None
        draft = kept_form(db, actor, f"erasure.new:{named.id if named else ''}")
    return render_template("privacy/new.html", faults=faults, within=programmes, whom=named, bases=BASES, draft=draft)


def _id(given: str) -> str:
    try:
        return str(UUID(given))
    except ValueError:
        raise NotFound("person") from None


@blueprint.post("")
@only(Role.ADMINISTRATOR)
def ask() -> Response:
    given = {name: request.form.get(name, "").strip() for name in ("programme", "person", "basis", "reason", "words")}
    try:
        with page_transaction() as (db, actor):
            if given["programme"] not in dict(people_queries.choices(db, actor)["programme"]):
                raise InvalidForm(fields={"programme": reasons.fields.NOT_A_CHOICE})
            done = erasure_requests.ask_erasure(
                db,
                actor,
                programme=given["programme"],
                person=_id(given["person"]) if given["person"] else None,
                words=given["words"].splitlines(),
                basis=given["basis"],
                reason=given["reason"],
                request=read_request(),
                years=current_app.config["KEEP_FINANCING_YEARS"],
            )
            drop_kept(db, actor)
    except InvalidForm as refusal:
        return make_response(_form(say_faults(refusal)), 422)
    except Refused as refusal:
        return make_response(_form({"": sentences(map(say, refusal.reasons))}), 409)
    except WrongState as refusal:
        return make_response(_form({"": say_error(refusal)}), 409)
    flash(
        gettext("Nothing is erased yet. A compliance officer or manager of the programme decides next, on this page.")
    )
    return redirect(url_for("erasures.show", erasure=done.answer["id"]), 303)


@blueprint.get("/<uuid:erasure>")
@only(Role.ADMINISTRATOR, Role.COMPLIANCE, Role.MANAGER)
def show(erasure: UUID) -> str:
    return _shown(str(erasure), {})


def _shown(erasure: str, faults: Mapping[str, str]) -> str:
    with page_transaction() as (db, actor):
        details = erasure_requests.show_erasure(db, actor, erasure, years=current_app.config["KEEP_FINANCING_YEARS"])
        draft = kept_form(db, actor, f"erasure:{erasure}")
    return render_template(
        "privacy/show.html",
        one=details,
        kept=[say(why) for why in details.kept],
        draft=draft,
        faults=faults,
        states=STATES,
        bases=BASES,
        barred=who_decides(
            map(role_name, erasure_requests.DECIDERS),
            asked=actor.person == details.asked_by.id,
            about=details.person is not None and details.person.id == actor.person,
        ),
    )


@blueprint.post("/<uuid:erasure>/decide")
@only(Role.ADMINISTRATOR, Role.COMPLIANCE, Role.MANAGER)
def decide(erasure: UUID) -> Response:
    id, agree = str(erasure), pressed() == AGREE
    try:
        with page_transaction() as (db, actor):
            erasure_requests.show_erasure(db, actor, id)
            if not {Role.COMPLIANCE, Role.MANAGER} & current_actor().roles():
                raise NotAllowed(why=reasons.cases.FOR_ROLES_THEMSELVES(roles=(Role.COMPLIANCE, Role.MANAGER)))
            if not pressed():
                raise InvalidForm(fields={"answer": reasons.fields.REQUIRED})
            if agree and request.form.get("sure") != "yes":
                raise InvalidForm(fields={"sure": reasons.fields.TICK_THE_BOX})
            erasure_requests.decide_erasure(
                db,
                actor,
                id,
                agree=agree,
                note=request.form.get("note", ""),
                request=read_request(),
                years=current_app.config["KEEP_FINANCING_YEARS"],
            )
            drop_kept(db, actor)
    except InvalidForm as refusal:
        return make_response(_shown(id, say_faults(refusal)), 422)
    except Refused as refusal:
        return make_response(_shown(id, {"": sentences(map(say, refusal.reasons))}), 409)
    except WrongState as refusal:
        return make_response(_shown(id, {"": say_error(refusal)}), 409)
    flash(
        gettext("You have agreed. It is carried out within moments, at the latest within a day.")
        if agree
        else gettext("You have not agreed. Nothing is erased.")
    )
    return redirect(url_for("erasures.show", erasure=id), 303)


__all__ = ["blueprint"]
