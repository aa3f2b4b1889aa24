"""Who else may read a sealed mediation for a time: asked for, and agreed to."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework.engine.case_objects.unsealing import MOST_DAYS
from casework.engine.definition.forms import Choice, Date, Form, Note, Number, Person
from casework.engine.state.case import Case
from casework.errors import NotFound, WrongState
from casework.json_values import JsonObject
from casework.operations.core.idempotency import Done, Request, find_done
from casework.operations.mediations import unsealing
from casework.operations.mediations.service import find_mediation
from casework.permissions.actors import Actor
from casework.web.mediations.opening_forms import check_form, show_form
from casework.web.shell.forms import FormView, read_request
from casework.web.shell.i18n import N_, say_error
from casework.web.shell.sent_forms import Sent, answer, page_with_form
from casework.web.shell.session import page_transaction

blueprint = Blueprint("unsealings", __name__)


class Unsealing(Form):
    reader = Person(label=N_("Who is to read it"), help=N_("Nobody who works on the case can be chosen."))
    days = Number(
        label=N_("For how many days"),
        min="1",
        max=str(MOST_DAYS),
        whole=True,
        help=N_("Counted from the moment of the second person's word; 30 at most."),
    )
    reason = Note(
        label=N_("Reason"), help=N_("The second person decides by it. Write nothing of what was said in the mediation.")
    )
    decider = Person(
        label=N_("Who is to decide, as the second person"), help=N_("Nobody else learns that you have asked.")
    )


class Decision(Form):
    decision = Choice(label=N_("Your decision"), choices={"agree": N_("Agree"), "refuse": N_("Do not agree")})
    note = Note(label=N_("Note"), required=False)


class Told(Form):
    on = Date(label=N_("When both parties had been told"), past=True)


def told_form(db: Connection, actor: Actor, opening: str) -> FormView:
    """The form with which a dispute officer records that the parties were told."""
    return show_form(db, actor, f"told:{opening}", Told, None)


# --- the first person ------------------------------------------------------------------------------------------------


def _named_for(db: Connection, actor: Actor, mediation: str) -> Case:
    try:
        case = find_mediation(db, actor, mediation)
    except NotFound:
        raise NotFound("mediation") from None
    if not unsealing.may_ask(actor, case):
        raise NotFound("mediation")
    return case


@blueprint.get("/mediations/<uuid:mediation>/unsealing")
def ask(mediation: UUID) -> Response:
    return _ask(str(mediation), None)


def _ask(mediation: str, sent: Sent | None) -> Response:
    with page_transaction() as (db, actor):
        case = _named_for(db, actor, mediation)
        form = show_form(db, actor, f"unseal:{mediation}", Unsealing, sent, choices=unsealing.who_may(db, case))
    return page_with_form(
        "mediations/ask_unsealing.html",
        sent,
        form=form,
        name=case.title or gettext("Sealed mediation"),
        mediation=mediation,
    )


@blueprint.post("/mediations/<uuid:mediation>/unsealing")
def ask_unsealing(mediation: UUID) -> Response:
    id = str(mediation)
    with page_transaction() as (db, actor):
        _named_for(db, actor, id)

    def do(db: Connection, actor: Actor, key: Request, _: int, data: JsonObject) -> Done:
        given = check_form(Unsealing, data)
        return unsealing.ask_unsealing(
            db,
            actor,
            id,
            reader=given["reader"],
            decider=given["decider"],
            days=int(given["days"]),
            reason=given["reason"],
            request=key,
        )

    return answer(
        f"unseal:{id}",
        Unsealing.rule(),
        do,
        lambda sent: _ask(id, sent),
        lambda _: url_for("mediations.show", mediation=id, _anchor="readers"),
        said=lambda _: gettext("You have asked. Nobody reads it before the second person agrees."),
    )


@blueprint.post("/unsealings/<uuid:opening>/told")
def tell_parties(opening: UUID) -> Response:
    id = str(opening)
    with page_transaction() as (db, actor):
        mediation = unsealing.mediation_of(db, actor, id)

    def do(db: Connection, actor: Actor, key: Request, _: int, data: JsonObject) -> Done:
        return unsealing.tell_parties(db, actor, id, on=str(check_form(Told, data)["on"]), request=key)

    def again(sent: Sent) -> Response:
        with page_transaction() as (db, actor):
            form = show_form(db, actor, f"told:{id}", Told, sent)
        page = render_template("mediations/unsealing_told.html", form=form, sent=sent, opening=id, mediation=mediation)
        return make_response(page, sent.status)

    return answer(
        f"told:{id}",
        Told.rule(),
        do,
        again,
        lambda _: url_for("mediations.show", mediation=mediation, _anchor="readers"),
        said=lambda _: gettext("It is recorded that both parties were told."),
    )


# --- the second person -----------------------------------------------------------------------------------------------


@blueprint.get("/unsealings/<uuid:opening>")
def show(opening: UUID) -> Response:
    return _show(str(opening), None)


def _show(id: str, sent: Sent | None) -> Response:
    with page_transaction() as (db, actor):
        details = unsealing.find_unsealing(db, actor, id)
        form = show_form(db, actor, f"decide:{id}", Decision, sent) if details.state == "asked" else None
    return page_with_form("mediations/unsealing.html", sent, one=details, form=form, faults=_faults(sent))


def _faults(sent: Sent | None) -> Mapping[str, str]:
    """By the names of the card's own fields."""
    faults = sent.faults if sent else {}
    named = {"decision": "answer", "note": "f-note"}
    return {named.get(name, name): words for name, words in faults.items()}


@blueprint.post("/unsealings/<uuid:opening>")
def decide(opening: UUID) -> Response:
    id = str(opening)
    with page_transaction() as (db, actor):
        # What was refused is there no longer; pressed twice, it is answered as the first time.
        if find_done(db, actor, read_request()) is None:
            unsealing.find_unsealing(db, actor, id)

    def do(db: Connection, actor: Actor, key: Request, _: int, data: JsonObject) -> Done:
        given = check_form(Decision, data)
        return unsealing.decide_unsealing(
            db, actor, id, agree=given["decision"] == "agree", note=given.get("note"), request=key
        )

    def said(done: Done) -> str:
        if done.answer["state"] == "open":
            return gettext("You have agreed. The reader is notified and can read from now on.")
        return gettext("You did not agree. It stays sealed, and the person who asked is notified.")

    return answer(
        f"decide:{id}",
        Decision.rule(),
        do,
        lambda sent: _show(id, sent),
        lambda _: url_for("home.decisions"),
        said=said,
    )


@blueprint.post("/unsealings/<uuid:opening>/end")
def end(opening: UUID) -> Response:
    """Seal it again before its time: from the page of the mediation, or from the second person's."""
    id = str(opening)
    try:
        with page_transaction() as (db, actor):
            unsealing.end_unsealing(db, actor, id, request=read_request())
            mine = unsealing.may_read_of(db, actor, id)
    except WrongState as refusal:
        flash(say_error(refusal), "warn")
        return redirect(url_for("home.show"), 303)
    flash(gettext("It is sealed again. Nobody reads it any more but those named for it."))
    return redirect(
        url_for("mediations.show", mediation=mine, _anchor="readers") if mine else url_for("home.decisions"), 303
    )


__all__ = ["blueprint", "told_form"]
