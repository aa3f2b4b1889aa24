"""The administrator's pages of people and their roles. No content of a case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework import reasons
from casework.engine.roles import ORGANISATION_ROLES, PERSONAL_ROLES, Role
from casework.errors import CasesStranded, InvalidForm
from casework.json_values import is_id
from casework.operations.auth import sessions
from casework.operations.core.idempotency import Done, Request
from casework.operations.people import queries as people_queries
from casework.operations.people import service as people
from casework.permissions.actors import Actor, takes_two
from casework.web.people.administration_forms import (
    LANGUAGES,
    do_or_ask_again,
    insist_typed,
    typed,
    typed_day,
    typed_or_none,
)
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import say_error, say_faults
from casework.web.shell.kept_forms import kept_form
from casework.web.shell.session import only, page_transaction, secret_box

blueprint = Blueprint("administration", __name__, url_prefix="/administration")

GIVEN = PERSONAL_ROLES


@blueprint.get("/people", endpoint="people")
@only(Role.ADMINISTRATOR)
def show_people() -> str:
    return _people(request.args.get("q", ""), {})


def _people(words: str, faults: Mapping[str, str]) -> str:
    with page_transaction() as (db, actor):
        persons = people_queries.find_people(db, actor, words=words)
    return render_template("people/people.html", people=persons, words=words, faults=faults)


@blueprint.get("/people/new")
@only(Role.ADMINISTRATOR)
def new_person() -> str:
    return _new_person({})


def _new_person(faults: Mapping[str, str]) -> str:
    with page_transaction() as (db, actor):
        draft = kept_form(db, actor, "person.new")
    return render_template("people/new_person.html", faults=faults, languages=LANGUAGES, draft=draft)


@blueprint.post("/people/new")
@only(Role.ADMINISTRATOR)
def add_person() -> Response:
    def do(db: Connection, actor: Actor, asked: Request) -> Done:
        insist_typed("email", "name")
        language = typed("language")
        if language not in LANGUAGES:
            raise InvalidForm(fields={"language": reasons.fields.NOT_A_CHOICE})
        return people.create_person(
            db,
            actor,
            secret_box(),
            email=typed("email"),
            name=typed("name")[:200],
            name_zh=typed_or_none("name_zh"),
            language=language,
            mailing=current_app.config["MAILING"],
            request=asked,
        )

    return do_or_ask_again(
        do,
        _new_person,
        _to_person,
        gettext("The account is made. Give the person a role next."),
        _show_link,
    )


def _to_person(done: Done) -> str:
    return url_for("administration.person", person=done.answer["id"])


def _show_link(done: Done) -> Response | None:
    """The link to hand over, this once; where it went by mail there is none."""
    if "link" not in done.answer:
        return None
    link = (current_app.config["BASE_URL"] or request.host_url).rstrip("/") + done.answer["link"]
    return make_response(render_template("people/link.html", link=link, then=_to_person(done)))


@blueprint.post("/people/<uuid:person>/link")
@only(Role.ADMINISTRATOR)
def send_link(person: Any) -> Response:
    """A new link for somebody who has set no password yet."""
    id = str(person)
    return do_or_ask_again(
        lambda db, actor, asked: people.send_link(
            db, actor, secret_box(), id, asked, mailing=current_app.config["MAILING"]
        ),
        lambda faults: _person(id, faults),
        _to_person,
        gettext("A new link is on its way by mail."),
        _show_link,
    )


@blueprint.post("/people/<uuid:person>/reopen")
@only(Role.ADMINISTRATOR)
def reopen(person: Any) -> Response:
    id = str(person)
    return do_or_ask_again(
        lambda db, actor, asked: people.reopen_person(
            db, actor, secret_box(), id, asked, mailing=current_app.config["MAILING"]
        ),
        lambda faults: _person(id, faults),
        _to_person,
        gettext(
            "The account is open again, without a role. Its person sets a new password by a link that goes by mail."
        ),
        _show_link,
    )


@blueprint.post("/people/<uuid:person>/end-access")
@only(Role.ADMINISTRATOR)
def end_access(person: Any) -> Response:
    id = str(person)
    return do_or_ask_again(
        lambda db, actor, asked: sessions.end_access_of(db, actor, id, asked),
        lambda faults: _person(id, faults),
        _to_person,
        gettext("Every session and token of the person has ended."),
    )


@blueprint.post("/end-access")
@only(Role.ADMINISTRATOR)
def end_access_of_all() -> Response:
    """For emergencies: everybody but oneself signs in again."""
    try:
        with page_transaction() as (db, actor):
            done = sessions.end_access_of_all(db, actor, read_request(), sure=request.form.get("sure") == "yes")
    except InvalidForm as refusal:
        return make_response(_people("", say_faults(refusal)), 422)
    flash(
        ngettext(
            "The sessions and tokens of %(num)d person have ended.",
            "The sessions and tokens of %(num)d people have ended.",
            done.answer["ended"],
        )
    )
    return redirect(url_for("administration.people"), 303)


@blueprint.get("/people/<uuid:person>")
@only(Role.ADMINISTRATOR)
def person(person: Any) -> str:
    return _person(str(person), {})


def _person(person: str, faults: Mapping[str, str]) -> str:
    with page_transaction() as (db, actor):
        shown = people_queries.show_person(db, actor, person)
        offered = people_queries.choices(db, actor)
        draft = kept_form(db, actor, f"role.new:{person}")
    return render_template(
        "people/person.html",
        one=shown,
        offered=offered,
        roles=GIVEN,
        of_organisations=ORGANISATION_ROLES,
        faults=faults,
        draft=draft,
    )


@blueprint.post("/people/<uuid:person>/roles")
@only(Role.ADMINISTRATOR)
def give_role(person: Any) -> Response:
    id = str(person)

    def do(db: Connection, actor: Actor, asked: Request) -> Done:
        insist_typed("role")
        role = typed("role")
        if role not in GIVEN:
            raise InvalidForm(fields={"role": reasons.fields.NOT_A_CHOICE})
        within = "organisation" if role in ORGANISATION_ROLES else "programme"
        insist_typed(within)
        offered = people_queries.choices(db, actor)
        for name in (within, "deputy_for"):
            if typed(name) and typed(name) not in dict(offered[name]):
                raise InvalidForm(fields={name: reasons.fields.NOT_A_CHOICE})
        people_queries.show_person(db, actor, id)
        scope = {"programme": None, "organisation": None} | {within: typed(within)}
        return people.create_membership(
            db,
            actor,
            person=id,
            role=role,
            **scope,
            deputy_for=typed_or_none("deputy_for"),
            starts_at=_begin(typed_day("starts_on")),
            ends_at=_after(typed_day("ends_on")),
            request=asked,
        )

    return do_or_ask_again(
        do,
        lambda faults: _person(id, faults),
        lambda _: url_for("administration.person", person=id),
        gettext(
            "The role waits for a second person: another administrator or a supervisor of the programme agrees, on the page Roles."
            " While the programme has no case, whoever runs Casework can give it at once, with casework user add."
        )
        if takes_two(typed("role"))
        else gettext("The role is given. It holds from the day that you named, or from now."),
    )


def _begin(day: date | None) -> datetime | None:
    """The first moment of a day where the pilot is; nothing for today, which is now."""
    zone = ZoneInfo("Asia/Shanghai")
    return None if day is None else datetime.combine(day, time(), zone)


def _after(day: date | None) -> datetime | None:
    """The first moment after a last day."""
    return _begin(day and day + timedelta(days=1))


@blueprint.post("/roles/<uuid:membership>/end")
@only(Role.ADMINISTRATOR)
def end_role(membership: Any) -> Response:
    back = typed("person")
    try:
        with page_transaction() as (db, actor):
            people.end_membership(db, actor, str(membership), read_request())
    except CasesStranded as refusal:
        if not is_id(back):
            raise
        return make_response(_person(back, {"": say_error(refusal), "stranded_role": str(membership)}), 409)
    flash(
        gettext(
            "The role has ended. Tasks held by it are free again; cases stay with the person until a supervisor hands them over."
        )
    )
    return redirect(_back(back), 303)


def _back(person: str) -> str:
    if is_id(person):
        return url_for("administration.people") + "/" + person
    return url_for("administration.people")


@blueprint.post("/people/<uuid:person>/deactivate")
@only(Role.ADMINISTRATOR)
def deactivate(person: Any) -> Response:
    id = str(person)

    def do(db: Connection, actor: Actor, asked: Request) -> Done:
        if request.form.get("sure") != "yes":
            people_queries.show_person(db, actor, id)
            raise InvalidForm(fields={"sure": reasons.fields.REQUIRED})
        at_once = request.form.get("at_once") == "yes"
        return people.deactivate_person(db, actor, id, asked, at_once=at_once)

    return do_or_ask_again(
        do,
        lambda faults: _person(id, faults),
        lambda _: url_for("administration.person", person=id),
        gettext("The account is closed. Cases that are left stand on the Team page of their supervisors."),
    )
