"""The page of checkpoints: who has seen which one, the witnesses, and what any of them has seen that is not what is here."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.roles import Role
from casework.errors import InvalidForm, Refused
from casework.operations.core.notice_words import ALARM_SAYS
from casework.operations.notifications import checkpoint_mails
from casework.operations.verification import witnesses
from casework.operations.verification.key_rotations import list_rotations
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import chinese, say_error, say_faults
from casework.web.shell.kept_forms import drop_kept, kept_form
from casework.web.shell.session import only, page_transaction

blueprint = Blueprint("witnesses", __name__, url_prefix="/checkpoints")

DRAFT = "witness"
#: In which language a checkpoint is mailed.
LANGUAGES = {"en": "English", "zh-Hans": "简体中文"}


@blueprint.get("")
@only(Role.AUDITOR, Role.MANAGER)
def index() -> str:
    return _index({})


def _index(faults: Mapping[str, str]) -> str:
    cursor = request.args.get("cursor")
    with page_transaction() as (db, actor):
        rows = witnesses.list_witnesses(db, actor).items
        seen = witnesses.list_seen(db, actor, cursor=cursor)
        rotations = list_rotations(db, actor)
        draft = kept_form(db, actor, DRAFT)
        names = Role.AUDITOR in actor.roles()
        addresses = checkpoint_mails.list_addresses(db, actor) if names else []
    return render_template(
        "audit/checkpoints.html",
        rows=rows,
        seen=seen.items,
        rotations=rotations,
        words=ALARM_SAYS,
        names=names,
        addresses=addresses,
        languages=LANGUAGES,
        mine="zh-Hans" if chinese() else "en",
        draft=draft,
        faults=faults,
        next_url=url_for("witnesses.index", cursor=seen.next) if seen.next else "",
        first_url=url_for("witnesses.index") if cursor else "",
    )


@blueprint.post("")
@only(Role.AUDITOR)
def name() -> BaseResponse | Response:
    try:
        with page_transaction() as (db, actor):
            done = witnesses.name_witness(db, actor, request.form.get("witness_key", ""), read_request())
            drop_kept(db, actor)
    except InvalidForm as refusal:
        return make_response(_index(say_faults(refusal)), 422)
    except Refused as refusal:
        return make_response(_index({"": say_error(refusal)}), 409)
    flash(gettext("%(name)s is a witness now. What it signs is taken from here on.", name=done.answer["name"]))
    return redirect(url_for("witnesses.index"), 303)


@blueprint.post("/witnesses/<uuid:witness>/end")
@only(Role.AUDITOR)
def end(witness: UUID) -> BaseResponse | Response:
    try:
        with page_transaction() as (db, actor):
            witnesses.end_witness(db, actor, str(witness), read_request())
    except Refused as refusal:
        return make_response(_index({"": say_error(refusal)}), 409)
    flash(gettext("The witness has ended. Nothing that it signs is taken any more."))
    return redirect(url_for("witnesses.index"), 303)


@blueprint.post("/mails")
@only(Role.AUDITOR)
def mail_to() -> BaseResponse | Response:
    try:
        with page_transaction() as (db, actor):
            done = checkpoint_mails.name_address(
                db, actor, request.form.get("address", ""), request.form.get("language", ""), read_request()
            )
    except InvalidForm as refusal:
        return make_response(_index(say_faults(refusal)), 422)
    except Refused as refusal:
        return make_response(_index({"email": say_error(refusal)}), 409)
    flash(gettext("The published checkpoint is mailed to %(address)s once a day.", address=done.answer["address"]))
    return redirect(url_for("witnesses.index"), 303)


@blueprint.post("/mails/end")
@only(Role.AUDITOR)
def end_mails() -> BaseResponse:
    address = request.form.get("address", "")
    with page_transaction() as (db, actor):
        checkpoint_mails.end_address(db, actor, address, read_request())
    flash(gettext("No checkpoint is mailed to %(address)s any more.", address=address))
    return redirect(url_for("witnesses.index"), 303)
