"""Invitations: whom administrators and leads have asked to join, the form for one more, and the code to tell."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework import reasons
from casework.engine.roles import ORGANISATION_ROLES, PERSONAL_ROLES, Role
from casework.errors import InvalidForm, Refused
from casework.json_values import JsonMapping
from casework.operations.people import administrator_checks, invitations, lists
from casework.operations.people import queries as people_queries
from casework.operations.people.invitations import DAYS, Scope
from casework.permissions.actors import Actor
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_, say_error, say_faults
from casework.web.shell.kept_forms import drop_kept, kept_form
from casework.web.shell.session import only, page_transaction, secret_box

blueprint = Blueprint("invitations", __name__, url_prefix="/invitations")

LANGUAGES = {"en": "English", "zh-Hans": "简体中文"}
STATES = {
    "open": N_("not answered yet"), "accepted": N_("accepted"), "lapsed": N_("ran out"), "revoked": N_("withdrawn"),
    "locked": N_("locked"),
}  # fmt: skip
INVITES = (Role.ADMINISTRATOR, Role.PROVIDER_LEAD)


@blueprint.get("")
@only(*INVITES)
def index() -> str:
    cursor = request.args.get("cursor")
    with page_transaction() as (db, actor):
        listing = invitations.list_invitations(db, actor, cursor=cursor)
    return render_template(
        "people/invitations.html",
        rows=listing.items,
        states=STATES,
        back=_back(actor),
        next_url=url_for("invitations.index", cursor=listing.next) if listing.next else "",
        first_url=url_for("invitations.index") if cursor else "",
    )


@blueprint.get("/new")
@only(*INVITES)
def new() -> str:
    return _form({})


def _form(faults: Mapping[str, str]) -> str:
    with page_transaction() as (db, actor):
        where = _where(db, actor)
        draft = kept_form(db, actor, "invitation")
    kinds = {place.partition(":")[0] for place, _ in where}
    in_programmes = [role for role in PERSONAL_ROLES if role not in ORGANISATION_ROLES]
    groups = [
        (kind, roles)
        for kind, roles in (
            ("programme", in_programmes),
            ("organisation", [role for role in PERSONAL_ROLES if role in ORGANISATION_ROLES]),
        )
        if kind in kinds
    ]
    return render_template(
        "people/new_invitation.html",
        faults=faults,
        where=where,
        groups=groups,
        languages=LANGUAGES,
        days=DAYS,
        back=_back(actor),
        draft=draft,
    )


def _where(db: Connection, actor: Actor) -> list[tuple[str, str]]:
    """What the actor may invite to: (kind and id, name)."""
    if administrator_checks.is_administrator(actor):
        offered = people_queries.choices(db, actor)
        return [(f"{kind}:{id}", name) for kind in ("programme", "organisation") for id, name in offered[kind]]
    led = lists.list_members(db, actor)
    return [(f"organisation:{organisation.id}", organisation.name) for organisation in led]


def _back(actor: Actor) -> tuple[str, str]:
    """Where people are looked after: words and address."""
    if administrator_checks.is_administrator(actor):
        return gettext("People"), url_for("administration.people")
    return gettext("Members"), url_for("referrals.members")


@blueprint.post("")
@only(*INVITES)
def invite() -> Response:
    """The code stands in this answer alone."""
    given = {name: request.form.get(name, "").strip() for name in ("email", "name", "where", "language", "days")}
    try:
        with page_transaction() as (db, actor):
            kind, _, id = given["where"].partition(":")
            if given["where"] not in dict(_where(db, actor)):
                raise InvalidForm(fields={"where": reasons.fields.NOT_A_CHOICE})
            done = invitations.invite(
                db,
                actor,
                secret_box(),
                scope=Scope(**{kind: id}),
                email=given["email"],
                name=given["name"],
                roles=request.form.getlist("roles"),
                language=given["language"],
                days=_days(given["days"]),
                request=read_request(),
            )
            drop_kept(db, actor)
    except InvalidForm as refusal:
        return make_response(_form(say_faults(refusal)), 422)
    except Refused as refusal:
        return make_response(_form({"": say_error(refusal)}), 409)
    return _told(done.answer)


def _days(written: str) -> int:
    if not (written.isascii() and written.isdigit() and len(written) <= 3):
        raise InvalidForm(fields={"days": reasons.fields.WHOLE_NUMBER})
    return int(written)


def _told(answer: JsonMapping) -> Response:
    """The page that shows the code, once."""
    with page_transaction() as (db, actor):
        invitation = invitations.show_invitation(db, actor, answer["id"])
    code = answer.get("code") or ""
    return make_response(
        render_template(
            "people/invitation_told.html",
            one=invitation,
            code=f"{code[:4]} {code[4:]}".strip(),
            mailing=current_app.config["MAILING"],
            back=_back(actor),
        )
    )


@blueprint.post("/<uuid:invitation>/resend")
@only(*INVITES)
def resend(invitation: UUID) -> Response:
    """The new code stands in this answer alone."""
    try:
        with page_transaction() as (db, actor):
            done = invitations.invite_again(db, actor, secret_box(), str(invitation), read_request())
    except Refused as refusal:
        return _refused(refusal)
    return _told(done.answer)


@blueprint.post("/<uuid:invitation>/revoke")
@only(*INVITES)
def revoke(invitation: UUID) -> Response:
    try:
        with page_transaction() as (db, actor):
            invitations.revoke_invitation(db, actor, str(invitation), read_request())
    except Refused as refusal:
        return _refused(refusal)
    flash(gettext("The invitation is withdrawn. Its link no longer works."))
    return redirect(url_for("invitations.index"), 303)


def _refused(refusal: Refused) -> Response:
    flash(say_error(refusal), "warn")
    return redirect(url_for("invitations.index"), 303)


__all__ = ["blueprint"]
