"""The administrator's pages: people and their roles, organisations, programmes. No content of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework import reasons
from casework.engine.roles import ORGANISATION_ROLES, PERSONAL_ROLES, Role
from casework.errors import CasesLeft, CasesStranded, InvalidForm, NotAllowed, NotFound, Refused
from casework.operations.auth import sessions
from casework.operations.core.i18n import SERVICES
from casework.operations.core.idempotency import Done, Request
from casework.operations.people import lists
from casework.operations.people import queries as people_queries
from casework.operations.people import service as administration
from casework.permissions.actors import Actor, takes_two
from casework.reasons import Why
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_, say_error, say_faults
from casework.web.shell.session import only, page_transaction, secret_box

blueprint = Blueprint("administration", __name__, url_prefix="/administration")

KINDS = {
    "company": N_("company"), "institution": N_("institution"), "government": N_("government office"),
    "association": N_("association"), "provider": N_("provider of services"), "other": N_("other"),
}  # fmt: skip
CALENDARS = {"china": N_("China's public holidays"), "monday_to_friday": N_("Monday to Friday, without holidays")}
LANGUAGES = {"en": "English", "zh-Hans": "简体中文"}
GIVEN = PERSONAL_ROLES
Do = Callable[[Connection, Actor, Request], Done]


def _do(
    do: Do,
    again: Callable[[Mapping[str, str]], Any],
    then: Callable[[Done], str],
    said: str,
    show: Callable[[Done], Response | None] = lambda _: None,
) -> Response:
    """Do what a form asked for and go on, or show what is shown this once; or the page again with why it was refused."""
    try:
        with page_transaction() as (db, actor):
            done = do(db, actor, read_request())
    except InvalidForm as refusal:
        return make_response(again(say_faults(refusal)), 422)
    except CasesStranded as refusal:
        return make_response(again({"": say_error(refusal), "stranded": "yes"}), 409)
    except (CasesLeft, NotAllowed, Refused) as refusal:
        return make_response(again({"": say_error(refusal)}), 403 if isinstance(refusal, NotAllowed) else 409)
    if (shown := show(done)) is not None:
        return shown
    flash(said)
    return redirect(then(done), 303)


def _typed(name: str) -> str:
    return request.form.get(name, "").strip()


def _maybe(name: str) -> str | None:
    return _typed(name) or None


def _day(name: str) -> date | None:
    given = _typed(name)
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise InvalidForm(fields={name: reasons.fields.NO_DAY}) from None


def _required(*names: str) -> None:
    if faults := {name: reasons.fields.REQUIRED for name in names if not _typed(name)}:
        raise InvalidForm(fields=faults)


# --- people ----------------------------------------------------------------------------------------------------------


@blueprint.get("/people")
@only(Role.ADMINISTRATOR)
def people() -> str:
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
    return render_template("people/new_person.html", faults=faults, languages=LANGUAGES)


@blueprint.post("/people/new")
@only(Role.ADMINISTRATOR)
def add_person() -> Response:
    def do(db: Connection, actor: Actor, asked: Request) -> Done:
        _required("email", "name")
        language = _typed("language")
        if language not in LANGUAGES:
            raise InvalidForm(fields={"language": reasons.fields.NOT_A_CHOICE})
        return administration.create_person(
            db,
            actor,
            secret_box(),
            email=_typed("email"),
            name=_typed("name")[:200],
            name_zh=_maybe("name_zh"),
            language=language,
            mailing=current_app.config["MAILING"],
            request=asked,
        )

    return _do(
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
    return _do(
        lambda db, actor, asked: administration.send_link(
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
    return _do(
        lambda db, actor, asked: administration.reopen_person(
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
    return _do(
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
    return render_template(
        "people/person.html",
        one=shown,
        offered=offered,
        roles=GIVEN,
        of_organisations=ORGANISATION_ROLES,
        faults=faults,
    )


@blueprint.post("/people/<uuid:person>/roles")
@only(Role.ADMINISTRATOR)
def give_role(person: Any) -> Response:
    id = str(person)

    def do(db: Connection, actor: Actor, asked: Request) -> Done:
        _required("role")
        role = _typed("role")
        if role not in GIVEN:
            raise InvalidForm(fields={"role": reasons.fields.NOT_A_CHOICE})
        within = "organisation" if role in ORGANISATION_ROLES else "programme"
        _required(within)
        offered = people_queries.choices(db, actor)
        for name in (within, "deputy_for"):
            if _typed(name) and _typed(name) not in dict(offered[name]):
                raise InvalidForm(fields={name: reasons.fields.NOT_A_CHOICE})
        people_queries.show_person(db, actor, id)
        scope = {"programme": None, "organisation": None} | {within: _typed(within)}
        return administration.create_membership(
            db,
            actor,
            person=id,
            role=role,
            **scope,
            deputy_for=_maybe("deputy_for"),
            starts_at=_begin(_day("starts_on")),
            ends_at=_begin(_day("ends_on")),
            request=asked,
        )

    return _do(
        do,
        lambda faults: _person(id, faults),
        lambda _: url_for("administration.person", person=id),
        gettext(
            "The role waits for a second person: another administrator or a supervisor of the programme agrees, on the page Roles."
        )
        if takes_two(_typed("role"))
        else gettext("The role is given. It holds from the day that you named, or from now."),
    )


def _begin(day: date | None) -> datetime | None:
    """The first moment of a day where the pilot is; nothing for today, which is now."""
    zone = ZoneInfo("Asia/Shanghai")
    return None if day is None else datetime.combine(day, time(), zone)


@blueprint.post("/roles/<uuid:membership>/end")
@only(Role.ADMINISTRATOR)
def end_role(membership: Any) -> Response:
    back = _typed("person")
    try:
        with page_transaction() as (db, actor):
            administration.end_membership(db, actor, str(membership), read_request())
    except CasesStranded as refusal:
        if not _is_id(back):
            raise
        return make_response(_person(back, {"": say_error(refusal), "stranded_role": str(membership)}), 409)
    flash(
        gettext(
            "The role has ended. Tasks held by it are free again; cases stay with the person until a supervisor hands them over."
        )
    )
    return redirect(_back(back), 303)


def _is_id(written: str) -> bool:
    try:
        return str(UUID(written)) == written
    except ValueError:
        return False


def _back(person: str) -> str:
    if _is_id(person):
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
        return administration.deactivate_person(db, actor, id, asked, at_once=at_once)

    return _do(
        do,
        lambda faults: _person(id, faults),
        lambda _: url_for("administration.person", person=id),
        gettext("The account is closed. Cases that are left stand on the Team page of their supervisors."),
    )


# --- organisations ---------------------------------------------------------------------------------------------------


@blueprint.get("/organisations")
@only(Role.ADMINISTRATOR)
def organisations() -> str:
    cursor = request.args.get("cursor")
    with page_transaction() as (db, actor):
        listing = lists.list_organisations(db, actor, cursor=cursor)
    return render_template(
        "people/organisations.html",
        items=listing.items,
        kinds=KINDS,
        services=SERVICES,
        next_url=url_for("administration.organisations", cursor=listing.next) if listing.next else "",
        first_url=url_for("administration.organisations") if cursor else "",
    )


@blueprint.get("/organisations/new")
@only(Role.ADMINISTRATOR)
def new_organisation() -> str:
    return _new_organisation({})


#: The services that a provider can take referrals for.
OFFERED = ("assessment", "ip", "pledge", "finance", "agreement", "deployment", "mediation", "verification")


def _new_organisation(faults: Mapping[str, str]) -> str:
    services = {code: SERVICES[code] for code in OFFERED}
    return render_template(
        "people/new_organisation.html", faults=faults, kinds=KINDS, services=services, languages=LANGUAGES
    )


@blueprint.post("/organisations/new")
@only(Role.ADMINISTRATOR)
def add_organisation() -> Response:
    def do(db: Connection, actor: Actor, asked: Request) -> Done:
        _required("name", "kind")
        services = request.form.getlist("services")
        country = _typed("country").upper()
        faults: dict[str, Why] = {}
        if _typed("kind") not in KINDS:
            faults["kind"] = reasons.fields.NOT_A_CHOICE
        if set(services) - set(OFFERED):
            faults["services"] = reasons.fields.NOT_A_CHOICE
        if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
            faults["country"] = reasons.fields.NO_COUNTRY
        if _typed("language") not in LANGUAGES:
            faults["language"] = reasons.fields.NOT_A_CHOICE
        if faults:
            raise InvalidForm(fields=faults)
        return administration.create_organisation(
            db,
            actor,
            name=_typed("name")[:200],
            name_zh=_maybe("name_zh"),
            country=country or None,
            kind=_typed("kind"),
            services=services,
            register_number=_maybe("register_number"),
            language=_typed("language"),
            request=asked,
        )

    return _do(
        do,
        _new_organisation,
        lambda done: url_for("administration.organisation", organisation=done.answer["id"]),
        gettext("The organisation is there. Give its people their roles next."),
    )


@blueprint.get("/organisations/<uuid:organisation>")
@only(Role.ADMINISTRATOR)
def organisation(organisation: Any) -> str:
    with page_transaction() as (db, actor):
        shown = people_queries.show_organisation(db, actor, str(organisation))
    return render_template("people/organisation.html", one=shown, kinds=KINDS, services=SERVICES, languages=LANGUAGES)


# --- programmes ----------------------------------------------------------------------------------------


@blueprint.get("/programmes")
@only(Role.ADMINISTRATOR)
def programmes() -> str:
    return _programmes({})


def _programmes(faults: Mapping[str, str]) -> str:
    with page_transaction() as (db, actor):
        items = lists.list_programmes(db, actor).items
        mine = people_queries.own_programmes(actor)
    return render_template("people/programmes.html", items=items, mine=mine, faults=faults, calendars=CALENDARS)


@blueprint.post("/programmes")
@only(Role.ADMINISTRATOR)
def add_programme() -> Response:
    def do(db: Connection, actor: Actor, asked: Request) -> Done:
        _required("code", "name")
        return administration.create_programme(
            db,
            actor,
            code=_typed("code"),
            name=_typed("name")[:200],
            name_zh=_maybe("name_zh"),
            calendar=_typed("calendar") if _typed("calendar") in CALENDARS else "",
            request=asked,
        )

    return _do(
        do,
        _programmes,
        lambda _: url_for("administration.programmes"),
        gettext("The programme is there. You administer it."),
    )


@blueprint.post("/programmes/<uuid:programme>/phases")
@only(Role.ADMINISTRATOR)
def add_phase(programme: Any) -> Response:
    id = str(programme)

    def do(db: Connection, actor: Actor, asked: Request) -> Done:
        if not actor.in_programme(id, (Role.ADMINISTRATOR,)):
            raise NotFound("programme")
        _required("phase_name", "starts_on")
        begin = _day("starts_on")
        assert begin is not None
        try:
            return administration.create_phase(
                db,
                actor,
                id,
                name=_typed("phase_name")[:200],
                name_zh=_maybe("phase_name_zh"),
                starts_on=begin,
                ends_on=_day("ends_on"),
                request=asked,
            )
        except InvalidForm as refusal:
            raise InvalidForm(
                {"phase_name" if name == "name" else name: why for name, why in refusal.fields.items()}
            ) from None

    again = lambda faults: _programmes({f"{id}.{name}": why for name, why in faults.items()})  # noqa: E731  one line, used once
    return _do(do, again, lambda _: url_for("administration.programmes"), gettext("The phase is added."))


__all__ = ["blueprint"]
