"""The contract of a referral: what has arrived on which side, and what the two sides do not agree about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.engine.definition.forms import Choice, Form, Note
from casework.errors import WrongState
from casework.json_values import JsonObject
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.operations.referrals import acknowledgements
from casework.operations.referrals.service import find_referral
from casework.operations.referrals.views import SideAction
from casework.permissions.actors import Actor
from casework.web.shell import layout
from casework.web.shell.forms import FormView, Rule, Texts, own_texts, read_request
from casework.web.shell.i18n import N_, edition_text, listed, say_error
from casework.web.shell.sent_forms import Sent, answer, kept_form, page_with_form
from casework.web.shell.session import page_transaction

blueprint = Blueprint("contract", __name__)


OUTCOMES = {"settled": N_("settled"), "upheld": N_("upheld"), "dismissed": N_("dismissed")}


class Objection(Form):
    to = Choice(label=N_("What you do not agree with"))
    words = Note(label=N_("Why you do not agree"))


class Answer(Form):
    words = Note(label=N_("What you say to it"))


@blueprint.get("/referrals/<uuid:referral>/contract")
def show(referral: UUID) -> Response:
    return _show(str(referral), None, "")


def _show(id: str, sent: Sent | None, about: str) -> Response:
    """The page; with what was sent and refused, in the form of an objection, of the answer to one, or ("") of a new one."""
    with page_transaction() as (db, actor):
        case, track = find_referral(db, actor, id)
        layout.use_calendar(calendar_of(db, case.programme))
        contract = acknowledgements.describe_contract(db, actor, case, track)
        edition = load_library()[track.edition]

        def words(action: SideAction) -> str:
            return edition_text(edition, f"transitions.{action.transition}.done")

        offered = {action.transition: words(action) for action in contract.actions}
        rules = [rule | {"choices": list(offered)} if rule["name"] == "to" else rule for rule in Objection.rule()]
        new = _form(
            db,
            actor,
            _draft(id),
            rules,
            sent if not about else None,
            texts=_with_choices(own_texts(Objection), "to", offered),
        )
        answers = {
            objection.id: _form(
                db,
                actor,
                _draft(id, objection.id),
                Answer.rule(),
                sent if about == objection.id else None,
                texts=own_texts(Answer),
            ).placed(objection.id)
            for objection in contract.objections
            if contract.may_object and not objection.settled
        }
        kind = track.kind
    return page_with_form(
        "referrals/acknowledgement.html",
        sent,
        told=contract,
        id=id,
        kind=kind,
        words=words,
        done=said_of(edition),
        form=new,
        answers=answers,
        about=about,
        outcome=lambda what: gettext(OUTCOMES[what]),
    )


def _with_choices(texts: Texts, field: str, offered: Mapping[str, str]) -> Texts:
    """The words of a form, one of whose fields offers what only the moment knows."""
    own = {f"{field}.choices.{code}": words for code, words in offered.items()}
    return Texts(lambda key: own.get(key) or texts.get(key), lambda key: key in own or texts.has(key))


def said_of(edition: Edition) -> Callable[[Sequence[SideAction]], str]:
    """Actions as a list in words."""
    return lambda actions: listed(edition_text(edition, f"transitions.{action.transition}.done") for action in actions)


def _form(
    db: Connection, actor: Actor, name: str, rules: Iterable[Rule], sent: Sent | None, *, texts: Texts
) -> FormView:
    return kept_form(db, actor, name, rules, texts, sent=sent)


def _draft(referral: str, objection: str = "") -> str:
    return f"object:{referral}:{objection or 'new'}"


@blueprint.post("/referrals/<uuid:referral>/receipts")
def confirm_receipt(referral: UUID) -> Response:
    """Sign for what has come."""
    try:
        with page_transaction() as (db, actor):
            acknowledgements.confirm_receipt(db, actor, str(referral), read_request())
    except WrongState as refusal:
        flash(say_error(refusal), "warn")
    else:
        flash(gettext("Confirmed. The other side sees that it has arrived."))
    return redirect(url_for("referrals.show", referral=referral), 303)


@blueprint.post("/referrals/<uuid:referral>/objections")
def object_to(referral: UUID) -> Response:
    def do(db: Connection, actor: Actor, request: Request, _: int, data: JsonObject) -> Done:
        to, words = str(data.get("to", "")), str(data.get("words", ""))
        return acknowledgements.object_to(db, actor, str(referral), to=to, words=words, request=request)

    return answer(
        _draft(str(referral)),
        Objection.rule(),
        do,
        lambda sent: _show(str(referral), sent, ""),
        lambda done: url_for("contract.show", referral=referral),
        said=lambda done: gettext("It is on record. The other side reads it, and can answer."),
    )


@blueprint.post("/referrals/<uuid:referral>/objections/<uuid:objection>")
def answer_objection(referral: UUID, objection: UUID) -> Response:
    def do(db: Connection, actor: Actor, request: Request, _: int, data: JsonObject) -> Done:
        return acknowledgements.answer_objection(
            db, actor, str(referral), str(objection), words=str(data.get("words", "")), request=request
        )

    def said(done: Done) -> str:
        if done.answer["state"] == "settled":
            return gettext("Settled. The history of both sides keeps it.")
        return gettext("Answered. The person who objected can call it settled.")

    return answer(
        _draft(str(referral), str(objection)),
        Answer.rule(),
        do,
        lambda sent: _show(str(referral), sent, str(objection)),
        lambda done: url_for("contract.show", referral=referral),
        said=said,
    )
